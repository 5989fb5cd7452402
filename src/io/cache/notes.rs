//! Notes of what builds left in their outputs: a file for each output, beside the packs, with its hash at its end.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::pack::{Draft, is_hash};
use crate::base::Fingerprint;

/// Of so many outputs notes are kept, of those that were built last.
const MOST: usize = 8;

/// No note is larger.
const LARGEST: u64 = 1 << 28;

const ENDING: &str = "out";

/// What is noted of an output, unless it is not as it was written.
pub(super) fn read(folder: &Path, out: &Path) -> Option<Vec<u8>> {
    let path = place(folder, out);
    // Asked before it is opened, because opening a pipe waits for its other end.
    let is_plain = fs::symlink_metadata(&path).is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
    let mut bytes = is_plain.then(|| fs::read(&path).ok())??;
    let hash: [u8; blake3::OUT_LEN] = *bytes.last_chunk()?;
    bytes.truncate(bytes.len() - hash.len());
    (blake3::hash(&bytes) == hash).then_some(bytes)
}

/// Notes it in place of what was noted before.
pub(super) fn write(folder: &Path, out: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = place(folder, out);
    Draft::replace(&path, &[bytes, blake3::hash(bytes).as_bytes()].concat())?;
    let mut others: Vec<_> = all(folder)
        .filter(|other| *other != path)
        .filter_map(|other| Some((fs::symlink_metadata(&other).ok()?.modified().ok()?, other)))
        .collect();
    others.sort_unstable();
    let too_many = (others.len() + 1).saturating_sub(MOST);
    others.iter().take(too_many).for_each(|(_, path)| drop(fs::remove_file(path)));
    Ok(())
}

/// Every note in a folder.
pub(super) fn all(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.filter(|path| {
        let is_ours = |stem: &OsStr| stem.to_str().is_some_and(is_hash);
        path.extension() == Some(OsStr::new(ENDING)) && path.file_stem().is_some_and(is_ours)
    })
}

fn place(folder: &Path, out: &Path) -> PathBuf {
    let name = Fingerprint::of_bytes(out.as_os_str().as_encoded_bytes());
    folder.join(name.hex(32)).with_extension(ENDING)
}
