//! Where an output folder may lie: nowhere that a build could harm the site it is made from.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::discover::FOLDERS;
use super::{Result, claim, disk};
use crate::base::{Diagnostic, codes};

/// The output folder with every link in its path resolved, whether it is there yet or not.
///
/// # Errors
/// B0005 when it is the site, lies in one of the site's folders, or holds one; B0902 when it cannot be
/// resolved.
pub(super) fn resolve(out: &Path, site: &Path) -> Result<PathBuf> {
    resolve_as("the output folder", out, site)
}

/// Whether an output folder may lie there; nothing is made.
///
/// # Errors
/// B0005 when it is the site, lies in one of the site's folders, or holds one; B0902 when it cannot be resolved.
pub fn may_be_output(out: &Path, site: &Path) -> Result<()> {
    resolve(out, site).map(drop)
}

/// Likewise the folder of the cache, which must have nothing to do with any output folder either: it holds what every
/// audience may see.
pub(super) fn resolve_cache(dir: &Path, site: &Path, outs: &[PathBuf]) -> Result<PathBuf> {
    let what = "the cache";
    let place = resolve_as(what, dir, site)?;
    for out in outs {
        let out = real(out)?;
        match (place.starts_with(&out), out.starts_with(&place)) {
            (true, _) => return Err(refused(what, dir, "it lies in an output folder")),
            (_, true) => return Err(refused(what, dir, "an output folder lies in it")),
            _ => {}
        }
    }
    if place.ancestors().any(claim::is_output) {
        return Err(refused(what, dir, "it lies in what was built for readers"));
    }
    Ok(place)
}

fn refused(what: &str, folder: &Path, why: &str) -> Box<Diagnostic> {
    let words = format!("`{}` cannot be {what}: {why}", folder.display());
    Box::new(
        Diagnostic::new(&codes::UNSAFE_FOLDER, words)
            .help("choose a folder of its own, such as `public` for the output, `.cache` for the cache"),
    )
}

fn resolve_as(what: &str, out: &Path, site: &Path) -> Result<PathBuf> {
    let place = real(out)?;
    let refuse = |why: String| Err(refused(what, out, &why));
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
///
/// # Errors
/// B0902 when a link leads nowhere.
pub fn real(path: &Path) -> Result<PathBuf> {
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
