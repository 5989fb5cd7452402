//! By what a file is known again without being read.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::base::SourcePath;

/// The folder of a site, open: paths below it need not be followed from the top of the file system.
#[derive(Debug)]
pub(super) struct Root<'a> {
    pub(super) path: &'a Path,
    #[cfg(unix)]
    folder: fs::File,
}

/// What a file looks like from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) size: u64,
    modified: Moment,
    /// The time of the last change of anything, which no program can set.
    changed: Moment,
    inode: u64,
}

/// Since 1970.
type Moment = Duration;

/// From what systems tell in numbers of different types.
#[cfg(unix)]
fn moment(seconds: impl TryInto<u64>, nanoseconds: impl TryInto<u32>) -> Moment {
    Moment::new(seconds.try_into().unwrap_or_default(), nanoseconds.try_into().unwrap_or_default())
}

impl<'a> Root<'a> {
    /// Opens it.
    pub(super) fn open(path: &'a Path) -> io::Result<Self> {
        #[cfg(unix)]
        let folder = fs::File::open(path)?;
        Ok(Self {
            path,
            #[cfg(unix)]
            folder,
        })
    }

    /// Looks at a file.
    #[cfg(unix)]
    pub(super) fn look(&self, path: &SourcePath) -> io::Result<Stamp> {
        let stat = rustix::fs::statat(&self.folder, path.as_str(), rustix::fs::AtFlags::empty())?;
        Ok(Stamp::from(stat))
    }

    /// Looks at a file.
    #[cfg(not(unix))]
    pub(super) fn look(&self, path: &SourcePath) -> io::Result<Stamp> {
        Stamp::of(&std::fs::metadata(self.path.join(path.as_str()))?)
    }

    /// Opens a file.
    #[cfg(unix)]
    pub(super) fn open_file(&self, path: &SourcePath) -> io::Result<fs::File> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let open = || rustix::fs::openat(&self.folder, path.as_str(), flags, Mode::empty());
        Ok(rustix::io::retry_on_intr(open)?.into())
    }

    /// Opens a file.
    #[cfg(not(unix))]
    pub(super) fn open_file(&self, path: &SourcePath) -> io::Result<fs::File> {
        fs::File::open(self.path.join(path.as_str()))
    }
}

#[cfg(unix)]
impl From<rustix::fs::Stat> for Stamp {
    fn from(stat: rustix::fs::Stat) -> Self {
        Self {
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            modified: moment(stat.st_mtime, stat.st_mtime_nsec),
            changed: moment(stat.st_ctime, stat.st_ctime_nsec),
            inode: stat.st_ino,
        }
    }
}

impl Stamp {
    /// Of an open file.
    #[cfg(unix)]
    pub(super) fn of_open(file: &fs::File) -> io::Result<Self> {
        Ok(rustix::fs::fstat(file)?.into())
    }

    /// Of an open file.
    #[cfg(not(unix))]
    pub(super) fn of_open(file: &fs::File) -> io::Result<Self> {
        Self::of(&file.metadata()?)
    }

    /// Of what was told of a file.
    #[cfg(unix)]
    pub(super) fn of(metadata: &fs::Metadata) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Ok(Self {
            size: metadata.len(),
            modified: moment(metadata.mtime(), metadata.mtime_nsec()),
            changed: moment(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        })
    }

    /// Of what was told of a file.
    #[cfg(not(unix))]
    pub(super) fn of(metadata: &fs::Metadata) -> io::Result<Self> {
        let modified = since_1970(metadata.modified()?);
        Ok(Self { size: metadata.len(), modified, changed: modified, inode: 0 })
    }

    /// Whether a file that looks the same is the same: none that changed so lately that a further change could
    /// leave the same times, as git has it.
    pub(super) fn is_settled(&self, now: SystemTime) -> bool {
        let now = since_1970(now);
        is_settled(self.modified, now) && is_settled(self.changed, now)
    }
}

fn since_1970(time: SystemTime) -> Moment {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// Whether no change can still happen at this time as the file system tells it. Some tell two seconds apart,
/// some hundredths of one: a time between two of those is of a system that tells more exactly.
fn is_settled(changed: Moment, now: Moment) -> bool {
    const COARSE: Duration = Duration::from_secs(2);
    const FINE: Duration = Duration::from_millis(100);
    const HUNDREDTH: u32 = 10_000_000;
    let wait = if changed.subsec_nanos().is_multiple_of(HUNDREDTH) { COARSE } else { FINE };
    now.checked_sub(changed).is_some_and(|age| age > wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_settled_when_the_file_system_can_tell_a_later_one() {
        let at = |milliseconds, nanoseconds| {
            Duration::from_millis(milliseconds) + Duration::from_nanos(nanoseconds)
        };
        let exact = at(5_000, 1_234_567);
        assert!(!is_settled(exact, at(5_090, 0)) && is_settled(exact, at(5_110, 0)));
        for coarse in [at(5_000, 0), at(5_430, 0)] {
            assert!(!is_settled(coarse, at(6_900, 0)) && is_settled(coarse, at(7_500, 0)));
        }
        assert!(!is_settled(exact, at(4_000, 0)), "a clock that is set back");
    }
}
