//! Who may read what is published: everyone whom the folders above let in, whatever mask the publisher works under.
//! What its mask gives beyond that stays, as the right of a group to write.

use std::fs::{self, File, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{CURRENT, RELEASES};
use crate::io::MANIFEST;

/// What everyone may do with a folder, and with a file.
const FOLDER: u32 = 0o755;
const FILE: u32 = 0o644;

/// Makes a folder and those above it that are not there, each open to readers.
pub(super) fn make_folders(path: &Path) -> io::Result<()> {
    let is_missing = |folder: &&Path| fs::symlink_metadata(folder).is_err();
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(path)?;
    missing.into_iter().for_each(|folder| open(folder, FOLDER));
    Ok(())
}

/// Makes one folder, open to readers.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    open(path, FOLDER);
    Ok(())
}

/// Writes a file, open to readers.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)?;
    open(path, FILE);
    Ok(())
}

/// The permissions that a file of a release gets here: what a disk without permissions gives, where it is one.
pub(super) fn mode_of_new(folder: &Path) -> io::Result<Permissions> {
    let path = folder.join(".mode");
    File::create_new(&path)?;
    open(&path, FILE);
    let permissions = fs::metadata(&path)?.permissions();
    fs::remove_file(&path)?;
    Ok(permissions)
}

/// Of a folder that was published to: the first folder that nobody but its owner can read, so no web server either; a
/// release also when its manifest cannot be read, because its other files were made under the same mask. What is for a
/// group is meant to be.
pub fn closed(dir: &Path) -> Option<PathBuf> {
    let current = dir.join(CURRENT);
    let is_current_closed = is_closed(&current, 0o011) || is_closed(&current.join(MANIFEST), 0o044);
    let folder = [dir.to_owned(), dir.join(RELEASES)].into_iter().find(|folder| is_closed(folder, 0o011));
    folder.or_else(|| is_current_closed.then_some(current))
}

/// Where that is not allowed or there is no such thing, [`closed`] finds it.
#[cfg(unix)]
fn open(path: &Path, least: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(found) = fs::metadata(path) else { return };
    let mode = found.permissions().mode() & 0o7777;
    if mode & least != least {
        let _ = fs::set_permissions(path, Permissions::from_mode(mode | least));
    }
}

#[cfg(not(unix))]
fn open(_: &Path, _: u32) {}

#[cfg(unix)]
fn is_closed(path: &Path, to: u32) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & to == 0)
}

#[cfg(not(unix))]
fn is_closed(_: &Path, _: u32) -> bool {
    false
}
