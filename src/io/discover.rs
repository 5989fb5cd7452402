//! Which files belong to a site: one walk over its folder that enters only what the format names.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::slice::ParallelSliceMut as _;
use walkdir::{DirEntry, WalkDir};

use super::{claim, read};
use crate::base::{Diagnostic, SourcePath, codes};

/// The folders of a site. Anything else beside them is not the site's.
pub const FOLDERS: [&str; 4] = ["content", "templates", "static", "themes"];

/// What a walk found.
#[derive(Default)]
pub(super) struct Listing {
    /// Every regular file that belongs to the site, sorted.
    pub(super) paths: Vec<SourcePath>,
    /// What could not be listed, in the order of the walk.
    pub(super) faults: Vec<Diagnostic>,
    /// The folders of files to which links of the site lead, where these are not the site's own.
    pub(super) beside: BTreeSet<PathBuf>,
}

impl Listing {
    /// What either of two walks found; the faults are those of the later one.
    pub(super) fn with(mut self, later: Self) -> Self {
        self.paths.extend(later.paths);
        self.paths.par_sort_unstable();
        self.paths.dedup();
        self.beside.extend(later.beside);
        Self { faults: later.faults, ..self }
    }
}

/// Lists the site below `root`, which has no symbolic links in it.
///
/// Symbolic links are followed as long as they stay inside the site; loops are reported.
pub(super) fn discover(root: &Path) -> Listing {
    walk(root, WalkDir::new(root))
}

/// Lists only the files of settings.
pub(super) fn discover_settings(root: &Path) -> Listing {
    let mut listing = walk(root, WalkDir::new(root).max_depth(1));
    let is_of_settings = |path: &SourcePath| belongs(1, path.as_str(), false);
    listing.faults.retain(|fault| fault.place.as_ref().is_some_and(|place| is_of_settings(&place.path)));
    listing
}

fn walk(root: &Path, walk: WalkDir) -> Listing {
    let mut listing = Listing::default();
    let mut walk = walk.min_depth(1).follow_links(true).into_iter();
    while let Some(step) = walk.next() {
        let entry = match step {
            Ok(entry) => entry,
            Err(error) => {
                listing.faults.extend(fault(root, &error));
                continue;
            }
        };
        let is_folder = entry.file_type().is_dir();
        match admit(root, &entry, &mut listing.beside) {
            Ok(Some(_)) if is_folder => {}
            Ok(Some(path)) => listing.paths.push(path),
            refused => {
                listing.faults.extend(refused.err().map(|fault| *fault));
                if is_folder {
                    walk.skip_current_dir();
                }
            }
        }
    }
    listing.paths.par_sort_unstable();
    // Some systems show a file twice that is renamed over another while the folder is listed.
    listing.paths.dedup();
    listing
}

/// The path of what belongs to the site; `None` for what is passed over in silence.
fn admit(root: &Path, entry: &DirEntry, beside: &mut BTreeSet<PathBuf>) -> super::Result<Option<SourcePath>> {
    let kind = entry.file_type();
    if !belongs(entry.depth(), &entry.file_name().to_string_lossy(), kind.is_dir()) {
        return Ok(None);
    }
    let (path, is_utf8) = source_path(root, entry.path());
    if !is_utf8 {
        let fault = Diagnostic::new(&codes::NOT_UTF8, format!("the name of `{path}` is not UTF-8"));
        return Err(Box::new(
            fault.in_file(&path).help("rename it; names become addresses, and these are UTF-8"),
        ));
    }
    if entry.path_is_symlink() {
        let target =
            fs::canonicalize(entry.path()).map_err(|error| Box::new(read::unreadable(&path, &error)))?;
        let Ok(below) = target.strip_prefix(root) else { return Err(Box::new(outside(&path))) };
        if kind.is_file() && !FOLDERS.iter().any(|folder| below.starts_with(folder)) {
            beside.extend(target.parent().map(Path::to_owned));
        }
    }
    if kind.is_dir() {
        return Ok((!claim::is_output(entry.path())).then_some(path));
    }
    if !kind.is_file() {
        let words = format!("cannot read `{path}`: it is neither a file nor a folder");
        return Err(Box::new(Diagnostic::new(&codes::READ, words).in_file(&path)));
    }
    Ok(Some(path))
}

/// A symbolic link that leads out of the site.
pub(super) fn outside(path: &SourcePath) -> Diagnostic {
    Diagnostic::new(&codes::SYMLINK_OUTSIDE, format!("the link `{path}` leads out of the site"))
        .in_file(path)
        .help("put a copy of the file or folder in its place")
}

fn belongs(depth: usize, name: &str, is_folder: bool) -> bool {
    match depth {
        1 if is_folder => FOLDERS.contains(&name),
        1 => name == "site.toml" || (name.starts_with("site.") && name.ends_with(".toml")),
        _ => !is_ignored(name),
    }
}

/// What editors, version control and operating systems leave between an author's files.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || [".swp", ".tmp"].iter().any(|ending| name.ends_with(ending))
        || name.eq_ignore_ascii_case("thumbs.db")
}

fn fault(root: &Path, error: &walkdir::Error) -> Option<Diagnostic> {
    let (path, _) = source_path(root, error.path()?);
    // A link that leads nowhere, or back, may be of the files that nobody asked for; emacs makes such links.
    let top = path.as_str().split('/').next().unwrap_or_default();
    let wanted = FOLDERS.contains(&top) || top.is_empty() || belongs(1, top, false);
    if !wanted || is_ignored(path.name()) {
        return None;
    }
    let words = match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => {
            format!("the link `{path}` leads back to `{}`, in which it lies", source_path(root, ancestor).0)
        }
        (None, Some(io)) if io.kind() == io::ErrorKind::NotFound => {
            // What is no link was removed while we looked.
            fs::symlink_metadata(error.path()?).ok()?;
            format!("the link `{path}` leads nowhere")
        }
        (None, Some(io)) => return Some(read::unreadable(&path, io)),
        (None, None) => error.to_string(),
    };
    Some(Diagnostic::new(&codes::READ, words).in_file(&path))
}

/// The path from the root, and whether its name could be told exactly.
fn source_path(root: &Path, path: &Path) -> (SourcePath, bool) {
    // On Unix a path is as we write it, so that the common case costs one copy. Every look at the folder
    // passes here for each file.
    if let (true, Some(root), Some(path)) = (cfg!(unix), root.to_str(), path.to_str())
        && let Some(below) = path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'))
    {
        return (SourcePath::new(below), true);
    }
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    (SourcePath::new(&parts.join("/")), relative.to_str().is_some())
}
