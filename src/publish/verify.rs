//! Files against the manifest that lists them.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use rayon::prelude::*;

use crate::base::{Code, Diagnostic, codes};
use crate::io::{Entry, MANIFEST, Manifest, SIGNATURE, is_workshop_name, unreadable};

/// A file that is not as the manifest says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It has other bytes.
    Differs(String),
    /// It is not there.
    Missing(String),
    /// It is there, and nothing lists it.
    Unlisted(String),
    /// It cannot be read, with the system's words.
    Unreadable(String, String),
    /// The server that has it does not answer for it now, or not with its bytes, with the reason.
    Unanswered(String, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs(path) => write!(f, "`{path}` differs from what the manifest says"),
            Self::Missing(path) => write!(f, "`{path}` is missing"),
            Self::Unlisted(path) => write!(f, "`{path}` is not listed in the manifest"),
            Self::Unreadable(path, why) | Self::Unanswered(path, why) => {
                write!(f, "`{path}` cannot be read: {why}")
            }
        }
    }
}

impl Fault {
    /// What cannot be read may be as good as ever: that is the machine's fault, not the site's.
    pub fn code(&self) -> &'static Code {
        match self {
            Self::Unreadable(..) => &codes::READ,
            Self::Unanswered(..) => &codes::REMOTE,
            _ => &codes::NOT_AS_LISTED,
        }
    }

    /// The fault of a file in a folder, as a fault of what that folder lies in.
    fn within(self, folder: &str) -> Self {
        let within = |path: String| format!("{folder}/{path}");
        match self {
            Self::Differs(path) => Self::Differs(within(path)),
            Self::Missing(path) => Self::Missing(within(path)),
            Self::Unlisted(path) => Self::Unlisted(within(path)),
            Self::Unreadable(path, why) => Self::Unreadable(within(path), why),
            Self::Unanswered(path, why) => Self::Unanswered(within(path), why),
        }
    }

    /// The fault as it is told of a folder.
    pub fn diagnostic(&self, folder: &Path) -> Diagnostic {
        match self {
            Self::Unreadable(path, why) => *unreadable(&folder.join(path), why),
            _ => Diagnostic::new(self.code(), self.to_string()),
        }
    }
}

/// Everything that is wrong with a release, sorted. Links count as files that are not listed: a release has none.
pub fn verify(folder: &Path, manifest: &Manifest) -> Vec<Fault> {
    Walk { top: folder, has_outputs: false, outputs: Vec::new(), faults: Vec::new() }.done(manifest).0
}

/// Likewise of an output folder, in which other outputs may lie, as those of editions do; and their folders, sorted.
/// Their files are compared with their own manifests, of which each may have a signature.
pub fn verify_output(folder: &Path, manifest: &Manifest) -> (Vec<Fault>, Vec<String>) {
    Walk { top: folder, has_outputs: true, outputs: Vec::new(), faults: Vec::new() }.done(manifest)
}

struct Walk<'a> {
    top: &'a Path,
    /// Whether other outputs may lie in it.
    has_outputs: bool,
    outputs: Vec<String>,
    faults: Vec<Fault>,
}

impl Walk<'_> {
    fn done(mut self, manifest: &Manifest) -> (Vec<Fault>, Vec<String>) {
        let top = self.top;
        self.faults.par_extend(manifest.files.par_iter().filter_map(|entry| check(top, entry).err()));
        self.unlisted(top, manifest);
        self.faults.sort();
        self.outputs.sort();
        (self.faults, self.outputs)
    }

    /// Finds what is in a folder and not in the manifest of that folder.
    fn unlisted(&mut self, folder: &Path, manifest: &Manifest) {
        let listed: BTreeSet<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).collect();
        let mut entries = walkdir::WalkDir::new(folder).min_depth(1).into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    // Where files of this output lie, no other one does.
                    let start = below(folder, entry.path()) + "/";
                    let first = listed.range(start.as_str()..).next();
                    let may_be_one = self.has_outputs && !first.is_some_and(|path| path.starts_with(&start));
                    if let Some(own) = may_be_one.then(|| own_manifest(entry.path())).flatten() {
                        entries.skip_current_dir();
                        let name = below(self.top, entry.path());
                        let differing =
                            own.files.par_iter().filter_map(|file| check(entry.path(), file).err());
                        self.faults.par_extend(differing.map(|fault| fault.within(&name)));
                        self.outputs.push(name);
                        self.unlisted(entry.path(), &own);
                    }
                }
                Ok(entry) => {
                    let path = below(folder, entry.path());
                    let is_ours = listed.contains(path.as_str()) || path == MANIFEST || path == SIGNATURE;
                    // While a build or its shards are at work, their own folders are there. None works in a release.
                    let is_at_work = self.has_outputs
                        && path.split_once('/').is_some_and(|(folder, _)| is_workshop_name(folder));
                    if !is_ours && !is_at_work {
                        self.faults.push(Fault::Unlisted(below(self.top, entry.path())));
                    }
                }
                Err(error) => {
                    let path = error.path().unwrap_or(folder).display().to_string();
                    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.faults.push(Fault::Unreadable(path, why));
                }
            }
        }
    }
}

/// The manifest of a folder that is an output of its own.
fn own_manifest(folder: &Path) -> Option<Manifest> {
    Manifest::read(folder).ok().flatten().filter(|manifest| manifest.part.is_none())
}

/// A path below a folder, as manifests have it.
fn below(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Compares one file with its entry.
pub(super) fn check(folder: &Path, entry: &Entry) -> Result<(), Fault> {
    let name = || entry.path.as_str().to_owned();
    let path = folder.join(entry.path.as_str());
    let unreadable = |error: io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Fault::Missing(name()),
        _ => Fault::Unreadable(name(), error.to_string()),
    };
    let metadata = fs::symlink_metadata(&path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() != entry.size {
        return Err(Fault::Differs(name()));
    }
    let mut hasher = blake3::Hasher::new();
    let hashed = fs::File::open(&path).and_then(|file| hasher.update_reader(file).map(|it| it.finalize()));
    if hashed.map_err(unreadable)? == entry.hash { Ok(()) } else { Err(Fault::Differs(name())) }
}
