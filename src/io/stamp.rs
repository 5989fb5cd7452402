//! By what a file is known again without being read.

use std::fs;
use std::time::{Duration, SystemTime};

/// What a file looked like from outside when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    modified: SystemTime,
    changed: SystemTime,
    inode: u64,
}

impl Stamp {
    /// `None` for a file that changed so lately that a further change could leave the same times, as git has it.
    pub(super) fn of(metadata: &fs::Metadata, now: SystemTime) -> Option<Self> {
        let modified = metadata.modified().ok()?;
        let (changed, inode) = identity(metadata).unwrap_or((modified, 0));
        let is_settled = is_settled(modified, now) && is_settled(changed, now);
        is_settled.then_some(Self { size: metadata.len(), modified, changed, inode })
    }
}

/// Whether no change can still happen at this time as the file system tells it. Some tell two seconds apart,
/// some hundredths of one: a time between two of those is of a system that tells more exactly.
fn is_settled(changed: SystemTime, now: SystemTime) -> bool {
    const COARSE: Duration = Duration::from_secs(2);
    const FINE: Duration = Duration::from_millis(100);
    const HUNDREDTH: u32 = 10_000_000;
    let nanoseconds = changed.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
    let wait = if nanoseconds.is_multiple_of(HUNDREDTH) { COARSE } else { FINE };
    now.duration_since(changed).is_ok_and(|age| age > wait)
}

/// The time of the last change of anything, which no program can set, and the inode.
#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> Option<(SystemTime, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = Duration::from_secs(u64::try_from(metadata.ctime()).ok()?);
    let nanoseconds = Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).ok()?);
    Some((SystemTime::UNIX_EPOCH + seconds + nanoseconds, metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> Option<(SystemTime, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_settled_when_the_file_system_can_tell_a_later_one() {
        let at = |milliseconds, nanoseconds| {
            SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds) + Duration::from_nanos(nanoseconds)
        };
        let exact = at(5_000, 1_234_567);
        assert!(!is_settled(exact, at(5_090, 0)) && is_settled(exact, at(5_110, 0)));
        for coarse in [at(5_000, 0), at(5_430, 0)] {
            assert!(!is_settled(coarse, at(6_900, 0)) && is_settled(coarse, at(7_500, 0)));
        }
        assert!(!is_settled(exact, at(4_000, 0)), "a clock that is set back");
    }
}
