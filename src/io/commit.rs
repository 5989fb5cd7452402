//! The new output takes the old one's place, in an order that may be broken off anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rayon::slice::ParallelSliceMut as _;

use super::compress::ENCODERS;
use super::emit::{Output, Put};
use super::manifest::{self, Entry, Manifest};
use super::shard::Part;
use super::stage::hold;
use super::{Result, disk, place, signature, workshop};
use crate::base::{Diagnostic, Fingerprint};

/// What a build did to its output folder; the manifest is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that are new or have changed.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files of earlier builds that are no longer of the site.
    pub removed: usize,
    /// Of all files together.
    pub bytes: u64,
}

/// Removes what builds have written to `out`, and says how many files that were. What others put there stays.
///
/// # Errors
/// As [`Output::open`] and [`Output::commit`].
pub fn clean(out: &Path, site_root: &Path) -> Result<usize> {
    if fs::symlink_metadata(place::resolve(out, site_root)?).is_err() {
        return Ok(0);
    }
    let mut output = Output::open(out, site_root)?;
    let removed = output.remove(output.stage.claim.files.iter().map(AsRef::as_ref))?;
    // It is of the manifest, and no folder of ours without one.
    signature::remove(&output.out)?;
    output.forget_shards()?;
    // The manifest goes last: until then a run that is broken off is known as ours.
    let manifest = output.out.join(manifest::NAME);
    disk::remove_file(&manifest).map_err(disk::unwritable(&manifest))?;
    output.stage.shop.done();
    Ok(removed)
}

impl Output {
    /// Moves what was put into its place, removes what is no longer of the site, and writes the manifest.
    /// `inputs` is the fingerprint of everything that the build depended on.
    ///
    /// # Errors
    /// The first fault of any [`put`](Self::put), and then nothing has changed; B0902 when the system
    /// refuses on the way, and then the next run completes what this one began.
    pub fn commit(self, inputs: Fingerprint) -> Result<Summary> {
        let head = self.head(inputs);
        self.finish(&head, &[])
    }

    /// Likewise for one share of a build: what it no longer has of its own goes, and its manifest is its own.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_shard(self, inputs: Fingerprint, part: Part) -> Result<Summary> {
        let head = Manifest { part: Some(part), ..self.head(inputs) };
        self.finish(&head, &[])
    }

    fn head(&self, inputs: Fingerprint) -> Manifest {
        let encoders = if self.copies.is_some() { ENCODERS } else { "" }.to_owned();
        Manifest { inputs: inputs.hex(32), encoders, ..Manifest::default() }
    }

    /// Commits with a manifest that lacks only the files. `merged` are the manifests of shards that it stands for.
    pub(super) fn finish(mut self, head: &Manifest, merged: &[Entry]) -> Result<Summary> {
        if let Some(fault) = hold(&self.failure).take() {
            return Err(fault);
        }
        let mut files = std::mem::take(&mut *hold(&self.files));
        files.par_sort_unstable_by(|a, b| a.entry.path.cmp(&b.entry.path));
        debug_assert!(files.is_sorted_by(|a, b| a.entry.path < b.entry.path), "each path is put once");
        let (in_the_way, stale) = self.no_longer(&files);
        let written = files.iter().filter(|file| file.is_staged).count();
        let bytes = files.iter().map(|file| file.entry.size).sum();
        let mut summary = Summary { written, unchanged: files.len() - written, removed: 0, bytes };

        self.announce(&files)?;
        let exchange = || {
            let first = self.remove(in_the_way)?;
            self.stage.move_in()?;
            let removed = first + self.remove(stale)?;
            self.sign(head, &files, merged)?;
            Ok(removed)
        };
        summary.removed = exchange().map_err(|fault: Box<Diagnostic>| {
            Box::new(fault.help("a part of the new output may be in place; the next build completes it"))
        })?;
        self.stage.shop.done();
        if let Some(standing) = &self.standing {
            standing.keep(&files);
        }
        Ok(summary)
    }

    /// Our files that the new output does not have: those in the way of a new file or folder, and the rest.
    fn no_longer(&self, new: &[Put]) -> (Vec<&str>, Vec<&str>) {
        let from = |path: &str| new.partition_point(|file| file.entry.path.as_str() < path);
        let first = |path: &str| new.get(from(path)).map_or("", |file| file.entry.path.as_str());
        let is_new = |path: &str| first(path) == path;
        let is_in_the_way = |path: &str| {
            let below = format!("{path}/");
            first(&below).starts_with(&below) || folders_of(path).any(is_new)
        };
        self.stage
            .claim
            .files
            .iter()
            .map(AsRef::as_ref)
            .filter(|path| !is_new(path))
            .filter(|path| self.stage.claim.may_go(path) || is_in_the_way(path))
            .partition(|path| is_in_the_way(path))
    }

    /// Removes what shards left beside their files, when the manifest lists them.
    pub(super) fn forget_shards(&self) -> Result<()> {
        for shard in &self.stage.claim.shards {
            let path = self.out.join(shard.manifest());
            disk::remove_file(&path).map_err(disk::unwritable(&path))?;
        }
        workshop::clear_shards(&self.out).map_err(disk::unwritable(&self.out))
    }

    /// Removes a signature that is not of the manifest that is there.
    pub(super) fn clear_signature(&self) -> Result<()> {
        let manifest = self.out.join(manifest::NAME);
        let bytes = manifest::read_plain(&manifest).map_err(disk::unwritable(&manifest))?;
        signature::clear_for(&bytes, true, &self.out)
    }

    /// Names in a journal what is about to come, so that it is known as ours if we come no further.
    fn announce(&self, files: &[Put]) -> Result<()> {
        if !files.iter().any(|file| file.is_staged) {
            return Ok(());
        }
        let coming = files.iter().filter(|file| file.is_staged).map(|file| &file.entry);
        let files: Vec<&Entry> = self.stage.claim.unlisted.iter().chain(coming).collect();
        self.stage.shop.write_journal(&Manifest::default().with(&files))
    }

    /// Removes files of ours, then the folders that this left empty; gives the number of files. Where
    /// something else has come to stand there, it stays.
    fn remove<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Result<usize> {
        let mut removed = 0;
        let mut folders = BTreeSet::new();
        for path in paths {
            let target = self.out.join(path);
            if disk::stands(&self.out, path).is_some_and(|it| it.is_file()) {
                removed += usize::from(disk::remove_file(&target).map_err(disk::unwritable(&target))?);
            }
            folders.extend(folders_of(path));
        }
        // What lies in a folder sorts after it, so backwards is from the inside out.
        for folder in folders.into_iter().rev() {
            let target = self.out.join(folder);
            if disk::stands(&self.out, folder).is_some_and(|it| it.is_dir()) {
                disk::remove_dir(&target).map_err(disk::unwritable(&target))?;
            }
        }
        Ok(removed)
    }

    /// Writes the manifest: from here on the new output is the old one.
    fn sign(&self, head: &Manifest, files: &[Put], merged: &[Entry]) -> Result<()> {
        let name = head.part.as_ref().map(|part| part.shard.manifest());
        let is_whole = name.is_none();
        let target = self.out.join(name.as_deref().unwrap_or(manifest::NAME));
        let files: Vec<&Entry> = files.iter().map(|file| &file.entry).collect();
        let bytes = head.with(&files);
        let is_there = disk::holds(&target, &bytes).unwrap_or(false);
        if is_whole {
            // Who is killed between the two leaves no signature, rather than one of another manifest.
            signature::clear_for(&bytes, is_there, &self.out)?;
        }
        if !is_there {
            self.stage.shop.write(&bytes, &target)?;
        }
        if !is_whole {
            return Ok(());
        }
        if !merged.is_empty() && !self.stage.claim.shards.is_empty() {
            // With some of them gone, who is killed on the way could not tell them from shards that never came.
            let list = Manifest::default().with(&merged.iter().collect::<Vec<_>>());
            self.stage.shop.write(&list, &self.stage.shop.merged())?;
        }
        self.forget_shards()
    }
}

/// The folders that a path lies in, from the outside in.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}
