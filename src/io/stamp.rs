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
        const RACY: Duration = Duration::from_secs(2);
        let modified = metadata.modified().ok()?;
        let (changed, inode) = identity(metadata).unwrap_or((modified, 0));
        let age = now.duration_since(modified.max(changed)).ok()?;
        (age > RACY).then_some(Self { size: metadata.len(), modified, changed, inode })
    }
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
