//! `manifest.json.minisig`, the signature of a manifest: read and written only where a plain file or nothing stands, and
//! never left beside a manifest that it is not of.

use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use minisign::SignatureBox;

use super::manifest::{MANIFEST, SIGNATURE, read_plain};
use super::workshop::Workshop;
use super::{Result, disk};
use crate::base::{Diagnostic, codes};

/// In bytes. What is longer is no signature, and is not read to its end.
const LONGEST: u64 = 16 * 1024;

/// Before the manifest's hash, in the comment that is signed with it.
const HASH: &str = "blake3:";

/// Reads the signature in an output folder; `None` when there is none.
///
/// # Errors
/// B0906 when something else than a plain file stands there, B0901 when it cannot be read.
pub fn read_signature(folder: &Path) -> Result<Option<Vec<u8>>> {
    let Some(path) = plain(folder)? else { return Ok(None) };
    let read = || {
        let mut bytes = Vec::new();
        fs::File::open(&path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
        io::Result::Ok(bytes)
    };
    read().map(Some).map_err(|error| disk::unreadable(&path, &error))
}

/// Gives a folder's manifest the signature that `make` makes of its bytes, whole or not at all.
///
/// # Errors
/// B0904 when a build is at work there, B0906 when something else than a plain file stands in the signature's place,
/// B0901 and B0902 when the system refuses; and those of `make`.
pub fn write_signature(folder: &Path, make: impl FnOnce(&[u8]) -> Result<String>) -> Result<()> {
    // Under the lock the manifest stays what it is while it is signed.
    let (shop, _) = Workshop::open(folder, None)?;
    plain(folder)?;
    let manifest = folder.join(MANIFEST);
    let bytes = read_plain(&manifest).map_err(|error| disk::unreadable(&manifest, &error))?;
    let text = make(&bytes)?;
    shop.write_like(text.as_bytes(), &folder.join(SIGNATURE), &manifest)
}

/// What a signature of this manifest says of it, in words that are signed too.
pub fn signature_comment(manifest: &[u8]) -> String {
    format!("briefwright {MANIFEST} {HASH}{}", blake3::hash(manifest).to_hex())
}

/// Whether a signature is one of another manifest, or none at all. That takes no key. One that says nothing of a
/// manifest's hash, as `minisign` makes them, may be of any.
pub fn is_of_another(signature: &[u8], manifest: &[u8]) -> bool {
    let text = String::from_utf8_lossy(signature);
    let Ok(comment) = SignatureBox::from_string(&text).and_then(|it| it.trusted_comment()) else {
        return true;
    };
    let hash = comment.split_whitespace().find_map(|word| word.strip_prefix(HASH));
    hash.is_some_and(|hash| hash != blake3::hash(manifest).to_hex().as_str())
}

/// Refuses a folder where something else than a plain file stands in the signature's place.
pub(super) fn check(folder: &Path) -> Result<()> {
    plain(folder).map(drop)
}

/// Removes the signature before a manifest comes that it is not of. `is_there` says that the manifest has come already.
pub(super) fn clear_for(manifest: &[u8], is_there: bool, folder: &Path) -> Result<()> {
    match read_signature(folder)? {
        Some(found) if !is_there || is_of_another(&found, manifest) => remove(folder),
        _ => Ok(()),
    }
}

/// Removes the signature, if there is one.
pub(super) fn remove(folder: &Path) -> Result<()> {
    let Some(path) = plain(folder)? else { return Ok(()) };
    disk::remove_file(&path).map(drop).map_err(disk::unwritable(&path))
}

/// The signature's path, if a plain file is there: a pipe would never end, and a link leads elsewhere.
fn plain(folder: &Path) -> Result<Option<PathBuf>> {
    let path = folder.join(SIGNATURE);
    match fs::symlink_metadata(&path) {
        Ok(it) if it.is_file() => Ok(Some(path)),
        Ok(_) => {
            let words = format!("`{}` is no plain file, as a signature is", path.display());
            Err(Box::new(Diagnostic::new(&codes::UNSAFE_OUTPUT, words).help("move it away, or remove it")))
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(disk::unreadable(&path, &error)),
    }
}
