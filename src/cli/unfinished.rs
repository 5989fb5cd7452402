//! What a killed `init` left: the beginning of a site, which the next one completes.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::status::Failure;
use crate::base::{Diagnostic, codes};
use crate::io::read_plain;

/// Whether a folder holds the beginning of these files and nothing else: written in their order, all but the last
/// one are whole, and it may be. Names at its top that are not in the way are passed over.
pub(super) fn is_beginning(dir: &Path, files: &[(String, String)], passed: &[&str]) -> Result<bool, Failure> {
    let found = found(dir, passed).map_err(|error| {
        let words = format!("cannot list `{}`: {error}", dir.display());
        Box::new(Diagnostic::new(&codes::READ, words))
    })?;
    let is_known = |path: &PathBuf| files.iter().any(|(file, _)| Path::new(file).starts_with(path));
    if !found.iter().all(is_known) {
        return Ok(false);
    }
    let mut is_open = true;
    for (path, text) in files {
        let bytes = match read_plain(&dir.join(path)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                is_open = false;
                continue;
            }
            // What it cannot be told of is taken for the user's own.
            Err(_) => return Ok(false),
        };
        if !is_open || !text.as_bytes().starts_with(&bytes) {
            return Ok(false);
        }
        is_open = bytes.len() == text.len();
    }
    // A site that is whole is no beginning.
    Ok(!is_open)
}

/// Files and folders, whatever they are, by their paths from the folder.
fn found(dir: &Path, passed: &[&str]) -> io::Result<Vec<PathBuf>> {
    let is_passed = |entry: &walkdir::DirEntry| {
        entry.depth() == 1 && passed.iter().any(|name| entry.file_name() == *name)
    };
    let walk = walkdir::WalkDir::new(dir).min_depth(1).into_iter().filter_entry(|entry| !is_passed(entry));
    let below = |entry: walkdir::DirEntry| {
        entry.path().strip_prefix(dir).map_or_else(|_| entry.path().to_owned(), Path::to_owned)
    };
    walk.map(|entry| entry.map(below).map_err(io::Error::from)).collect()
}
