//! Which folder, and which files in it, are ours to change.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::manifest::{self, Entry, Manifest};
use super::shard::{self, Shard};
use super::{Result, disk, workshop};
use crate::base::{Diagnostic, codes};

/// What earlier builds left in an output folder.
pub(super) struct Claim {
    /// Every file that is ours.
    pub(super) files: BTreeSet<Box<str>>,
    /// Those that only the journal of a killed build tells of.
    pub(super) unlisted: Vec<Entry>,
    /// The shards whose manifests are there.
    pub(super) shards: Vec<Shard>,
    /// For a shard, the files that it has written itself and no whole build has: it removes no others.
    own: Option<BTreeSet<Box<str>>>,
}

/// Whether a build has put its files into this folder.
pub(super) fn is_output(folder: &Path) -> bool {
    // In this order: the journal goes when the manifest has come, perhaps just now.
    manifest::is_ours(&workshop::journal(folder)) || manifest::is_ours(&folder.join(manifest::NAME))
}

/// Whether shards have put their files into this folder.
fn has_shards(folder: &Path) -> io::Result<bool> {
    let any = |whose, path: fn(&Path, Shard) -> PathBuf| {
        let named = shard::named(folder, whose)?;
        io::Result::Ok(named.into_iter().any(|shard| manifest::is_ours(&path(folder, shard))))
    };
    // In this order, as above.
    Ok(any(Shard::of_workshop, workshop::journal_of)?
        || any(Shard::of_manifest, |folder, shard| folder.join(shard.manifest()))?)
}

/// Refuses a folder with files in it that no build has claimed.
pub(super) fn check(out: &Path) -> Result<()> {
    match is_vacant(out) {
        Ok(true) => Ok(()),
        Ok(false) if is_output(out) || has_shards(out).map_err(disk::unwritable(out))? => Ok(()),
        Ok(false) => Err(not_ours(out, "holds files of others and no `manifest.json` of an earlier build")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) if fs::symlink_metadata(out).is_ok_and(|it| !it.is_dir()) => {
            Err(not_ours(out, "is not a folder"))
        }
        Err(error) => Err(disk::unwritable(out)(error)),
    }
}

impl Claim {
    /// Reads what is ours from the manifest and from the journal that a killed build left. The journal was
    /// written before the files came, so one that is there counts only if it is the very one that was to come;
    /// one that is not there may have left its folder. What shards tell counts likewise.
    pub(super) fn read(out: &Path, shard: Option<Shard>) -> Result<Self> {
        let list = |whose| shard::named(out, whose).map_err(disk::unwritable(out));
        let read = |name: &str| {
            let unclear = |why: String| not_ours(out, &format!("has a `{name}` that is not clear: {why}"));
            Manifest::read_file(&out.join(name)).map(Option::unwrap_or_default).map_err(unclear)
        };
        // It came by a rename, so only a power cut can have spoilt it; then what it told of counts as foreign.
        let pending = |path: PathBuf| Manifest::read_file(&path).ok().flatten().unwrap_or_default().files;

        let whole = paths(read(manifest::NAME)?);
        let mut files = whole.clone();
        let mut own = BTreeSet::new();
        let mut unlisted = pending(workshop::journal(out));
        for working in list(Shard::of_workshop)? {
            let coming = pending(workshop::journal_of(out, working));
            if shard == Some(working) {
                own.extend(coming.iter().map(|entry| Box::from(entry.path.as_str())));
            }
            unlisted.extend(coming);
        }
        let shards = list(Shard::of_manifest)?;
        for &done in &shards {
            let listed = paths(read(&done.manifest())?);
            if shard == Some(done) {
                own.extend(listed.iter().cloned());
            }
            files.extend(listed);
        }
        let unlisted: Vec<Entry> = unlisted
            .into_par_iter()
            .filter(|entry| !files.contains(entry.path.as_str()) && is_as_left(out, entry))
            .collect();
        files.extend(unlisted.iter().map(|entry| entry.path.as_str().into()));
        own.retain(|path| !whole.contains(path));
        Ok(Self { files, unlisted, shards, own: shard.map(|_| own) })
    }

    /// Whether a file of ours goes when it is no longer of the site. What a whole build listed stays until a
    /// merge or another whole build takes its place.
    pub(super) fn may_go(&self, path: &str) -> bool {
        self.own.as_ref().is_none_or(|own| own.contains(path))
    }

    /// Whether a file is ours.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether a folder is ours with all that is in it, so that it may go.
    pub(super) fn has_whole(&self, out: &Path, folder: &str) -> io::Result<bool> {
        if !self.files_below(folder) {
            return Ok(false);
        }
        for entry in fs::read_dir(out.join(folder))? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            let ours =
                if kind.is_dir() { self.has_whole(out, &path)? } else { kind.is_file() && self.has(&path) };
            if !ours {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn files_below(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        let after = (Bound::Included(start.as_str()), Bound::Unbounded);
        self.files.range::<str, _>(after).next().is_some_and(|path| path.starts_with(&start))
    }
}

fn paths(manifest: Manifest) -> BTreeSet<Box<str>> {
    manifest.files.into_iter().map(|entry| entry.path.as_str().into()).collect()
}

fn is_as_left(out: &Path, entry: &Entry) -> bool {
    let path = entry.path.as_str();
    disk::stands(out, path).is_none_or(|it| {
        it.is_file()
            && it.len() == entry.size
            && disk::hash(&out.join(path)).is_ok_and(|hash| hash == entry.hash)
    })
}

/// Whether nobody's work is in a folder: it holds no files but those of other outputs of ours (the editions
/// of a site may lie in each other), and what a build that was killed before its journal left.
fn is_vacant(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let vacant = entry.file_type()?.is_dir()
            && if entry.file_name().to_str().is_some_and(workshop::is_workshop_name) {
                workshop::is_workshop(&path)?
            } else {
                is_output(&path) || is_vacant(&path)? || has_shards(&path)?
            };
        if !vacant {
            return Ok(false);
        }
    }
    Ok(true)
}

fn not_ours(out: &Path, why: &str) -> Box<Diagnostic> {
    let words = format!("the output folder `{}` {why}", out.display());
    Box::new(Diagnostic::new(&codes::NOT_OURS, words).help("choose an empty or new folder with `--out DIR`"))
}
