//! A file in which a command keeps what its next run may use.

use std::path::Path;
use std::{fs, io, process};

use super::Result;
use super::disk::unwritable;

/// What is in the file. One that is not there or cannot be read is empty: nothing is lost but time.
pub fn read_kept(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}

/// Writes the file, whole or not at all. In a folder made for it, Git leaves it alone.
///
/// # Errors
/// Those of the system, full disks included.
pub fn write_kept(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
    folder.map_or(Ok(()), make).and_then(|()| replace(path, text)).map_err(unwritable(path))
}

fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(".gitignore"), "*\n")
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(format!(".new-{}", process::id()));
    let moved = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    // A full disk needs no half a file on it.
    moved.inspect_err(|_| _ = fs::remove_file(&new))
}
