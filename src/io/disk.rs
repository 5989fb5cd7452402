//! Every call that changes an output folder, and the few that look before.
//!
//! All of a build's changes to its output pass through here, so that tests can stop it after any of them (`fuse`). A
//! cache is written by its own rooms: what is torn there is known by its hash.

use std::fmt::Display;
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::base::{Diagnostic, codes};

/// A folder that is open: what is made in it is not looked for from the top of the file system.
pub(super) struct Folder {
    path: PathBuf,
    #[cfg(unix)]
    handle: fs::File,
}

impl Folder {
    /// Opens it.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            handle: fs::File::open(&path)?,
            path,
        })
    }

    /// Where something in it lies.
    pub(super) fn place(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    /// Makes a folder in it; whether that was not there before.
    pub(super) fn create_dir(&self, path: &str) -> io::Result<bool> {
        step()?;
        #[cfg(unix)]
        let made = rustix::fs::mkdirat(&self.handle, path, rustix::fs::Mode::from_raw_mode(0o777));
        #[cfg(unix)]
        let made = made.map_err(io::Error::from);
        #[cfg(not(unix))]
        let made = fs::create_dir(self.place(path));
        was_not_there(made)
    }

    /// Makes a file in it where nothing is, not even a link.
    pub(super) fn create_new(&self, path: &str) -> io::Result<fs::File> {
        step()?;
        #[cfg(unix)]
        return {
            use rustix::fs::{Mode, OFlags};
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            let open = || rustix::fs::openat(&self.handle, path, flags, Mode::from_raw_mode(0o666));
            Ok(rustix::io::retry_on_intr(open)?.into())
        };
        #[cfg(not(unix))]
        fs::File::create_new(self.place(path))
    }
}

/// Makes a folder; whether it was not there before.
pub(super) fn create_dir(path: &Path) -> io::Result<bool> {
    step()?;
    was_not_there(fs::create_dir(path))
}

/// Makes a file where nothing is, not even a link.
pub(super) fn create_new(path: &Path) -> io::Result<fs::File> {
    step()?;
    fs::File::create_new(path)
}

/// Moves a file or folder; a file replaces the file that is there, in one instant.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    step()?;
    fs::rename(from, to)
}

/// Removes a file; whether it was there.
pub(super) fn remove_file(path: &Path) -> io::Result<bool> {
    step()?;
    absent_is_fine(fs::remove_file(path))
}

/// Removes a folder with all that is in it, links as such; whether it was there.
pub(super) fn remove_dir_all(path: &Path) -> io::Result<bool> {
    step()?;
    absent_is_fine(fs::remove_dir_all(path))
}

/// Removes a folder if it is empty; whether it was.
pub(super) fn remove_dir(path: &Path) -> io::Result<bool> {
    step()?;
    match fs::remove_dir(path) {
        Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(false),
        removed => absent_is_fine(removed),
    }
}

/// What stands at `path` below `folder`, itself no link and reached through none.
pub(super) fn stands(folder: &Path, path: &str) -> Option<fs::Metadata> {
    for (slash, _) in path.match_indices('/') {
        fs::symlink_metadata(folder.join(&path[..slash])).ok().filter(fs::Metadata::is_dir)?;
    }
    fs::symlink_metadata(folder.join(path)).ok()
}

/// Whether a file has just these bytes.
pub(super) fn holds(path: &Path, mut bytes: &[u8]) -> io::Result<bool> {
    let mut file = fs::File::open(path)?;
    let mut buffer = [0; 16 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(bytes.is_empty()),
            Ok(count) => match bytes.strip_prefix(&buffer[..count]) {
                Some(rest) => bytes = rest,
                None => return Ok(false),
            },
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The BLAKE3 hash of a file, which is never held whole.
pub(super) fn hash(path: &Path) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    Ok(hasher.update_reader(fs::File::open(path)?)?.finalize())
}

/// Copies a file from where it is read to its end; the hasher that has met every byte. The two sides have their
/// own faults.
pub(super) fn copy<E>(
    mut from: fs::File,
    mut to: fs::File,
    unreadable: impl Fn(io::Error) -> E,
    unwritable: impl Fn(io::Error) -> E,
) -> Result<blake3::Hasher, E> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(hasher),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                to.write_all(&buffer[..count]).map_err(&unwritable)?;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
}

/// Makes an I/O error the fault B0902 at a path: `.map_err(unwritable(&path))`.
pub(super) fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> Box<Diagnostic> {
    move |error| {
        Box::new(Diagnostic::new(&codes::WRITE, format!("cannot write `{}`: {error}", path.display())))
    }
}

/// The fault B0901 of a path, with the system's words or others.
pub fn unreadable(path: &Path, why: impl Display) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(&codes::READ, format!("cannot read `{}`: {why}", path.display())))
}

fn was_not_there(made: io::Result<()>) -> io::Result<bool> {
    match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        made => made.map(|()| true),
    }
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<bool> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}

fn step() -> io::Result<()> {
    #[cfg(test)]
    fuse::burn()?;
    Ok(())
}

/// Kills a build in a test: after a number of changes the disk takes no more from this thread.
#[cfg(test)]
pub(super) mod fuse {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    pub(crate) fn set(steps: Option<usize>) {
        LEFT.set(steps);
    }

    pub(crate) fn is_blown() -> bool {
        LEFT.get() == Some(0)
    }

    pub(super) fn burn() -> io::Result<()> {
        match LEFT.get() {
            Some(0) => Err(io::Error::other("killed")),
            left => {
                LEFT.set(left.map(|steps| steps - 1));
                Ok(())
            }
        }
    }
}
