//! Where an output folder may lie: nowhere that a build could harm the site it is made from.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::discover::FOLDERS;
use super::{Result, disk};
use crate::base::{Diagnostic, codes};

/// The output folder with every link in its path resolved, whether it is there yet or not.
///
/// # Errors
/// B0906 when it is the site, lies in one of the site's folders, or holds one; B0902 when it cannot be
/// resolved.
pub(super) fn resolve(out: &Path, site: &Path) -> Result<PathBuf> {
    let place = real(out)?;
    let refuse = |why: String| {
        let words = format!("`{}` cannot be the output folder: {why}", out.display());
        Err(Box::new(
            Diagnostic::new(&codes::UNSAFE_OUTPUT, words)
                .help("choose a folder of its own, such as `public`"),
        ))
    };
    let site = real(site)?;
    if site.starts_with(&place) {
        return refuse(format!("the site `{}` lies in it", site.display()));
    }
    for name in FOLDERS {
        let folder = real(&site.join(name))?;
        if place.starts_with(&folder) {
            return refuse(format!("it lies in the site's `{name}`"));
        }
        if folder.starts_with(&place) {
            return refuse(format!("the site's `{name}` lies in it"));
        }
    }
    Ok(place)
}

/// Like `canonicalize`, for paths whose last parts may not be there.
pub(super) fn real(path: &Path) -> Result<PathBuf> {
    let mut place = PathBuf::new();
    for part in std::path::absolute(path).map_err(disk::unwritable(path))?.components() {
        match part {
            Component::CurDir => {}
            // What is before it has no links any more, so the folder above is the one it names.
            Component::ParentDir => {
                place.pop();
            }
            part => place.push(part),
        }
        if fs::symlink_metadata(&place).is_ok_and(|it| it.is_symlink()) {
            place = fs::canonicalize(&place).map_err(disk::unwritable(&place))?;
        }
    }
    Ok(place)
}
