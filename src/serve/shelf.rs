//! A whole site in memory, and the sink that makes the next one out of it.
//!
//! Pages are the engine's own: one that did not change is the same allocation in every edition.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Blob, Diagnostic, OutPath, SourcePath};
use crate::engine::{Emit, Sink};

/// A file of the site.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// Made by the engine.
    Page(Arc<Vec<u8>>),
    /// A file of the writer's, streamed from where it lies.
    Copy(SourcePath, Blob),
}

/// Every file of a site.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    /// Sorted; shared as long as no file comes or goes.
    paths: Arc<Vec<OutPath>>,
    places: Arc<HashMap<OutPath, usize>>,
    /// In the order of the paths.
    items: Vec<Item>,
}

/// How a site differs from the one before; each list is sorted.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Files with other content.
    pub changed: Vec<OutPath>,
    /// New files.
    pub added: Vec<OutPath>,
    /// Files that are no more.
    pub removed: Vec<OutPath>,
}

/// Takes the files of the next site.
#[derive(Debug)]
pub(super) struct Shelf<'a> {
    before: &'a Site,
    /// For each item before, whether it came again.
    seen: Vec<AtomicBool>,
    fresh: Mutex<Fresh>,
}

#[derive(Debug, Default)]
struct Fresh {
    /// Made anew, but the same.
    same: Vec<(usize, Item)>,
    changed: Vec<(usize, Item)>,
    added: Vec<(OutPath, Item)>,
}

impl Site {
    /// The file at a path.
    pub(super) fn get(&self, path: &OutPath) -> Option<&Item> {
        self.places.get(path).map(|&at| &self.items[at])
    }

    fn of(files: Vec<(OutPath, Item)>) -> Self {
        let (paths, items): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        let places = paths.iter().cloned().zip(0..).collect();
        Self { paths: Arc::new(paths), places: Arc::new(places), items }
    }
}

impl Changes {
    /// How many files differ.
    pub fn count(&self) -> usize {
        self.changed.len() + self.added.len() + self.removed.len()
    }

    /// Every file that differs.
    pub(super) fn all(&self) -> impl Iterator<Item = &OutPath> {
        self.changed.iter().chain(&self.added).chain(&self.removed)
    }
}

impl<'a> Shelf<'a> {
    /// An empty shelf for what comes after `before`.
    pub(super) fn after(before: &'a Site) -> Self {
        let seen = before.items.iter().map(|_| AtomicBool::new(false)).collect();
        Self { before, seen, fresh: Mutex::default() }
    }

    /// The new site, and how it differs from the one before.
    pub(super) fn finish(self) -> (Site, Changes) {
        let fresh = self.fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
        let path = |at: usize| self.before.paths[at].clone();
        let mut changes = Changes {
            changed: fresh.changed.iter().map(|(at, _)| path(*at)).collect(),
            added: fresh.added.iter().map(|(path, _)| path.clone()).collect(),
            removed: Vec::new(),
        };
        changes.changed.sort_unstable();
        changes.added.sort_unstable();
        let mut site = self.before.clone();
        for (at, item) in fresh.same.into_iter().chain(fresh.changed) {
            site.items[at] = item;
        }
        let kept: Vec<bool> = self.seen.into_iter().map(AtomicBool::into_inner).collect();
        if fresh.added.is_empty() && kept.iter().all(|&kept| kept) {
            return (site, changes);
        }
        let mut files = fresh.added;
        for ((path, item), kept) in site.paths.iter().zip(site.items).zip(kept) {
            if kept {
                files.push((path.clone(), item));
            } else {
                changes.removed.push(path.clone());
            }
        }
        files.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        (Site::of(files), changes)
    }

    fn fresh(&self) -> std::sync::MutexGuard<'_, Fresh> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Shelf<'_> {
    fn put(&self, path: &OutPath, content: Emit<'_>) -> Result<(), Box<Diagnostic>> {
        let Some(&at) = self.before.places.get(path) else {
            self.fresh().added.push((path.clone(), content.into()));
            return Ok(());
        };
        self.seen[at].store(true, Ordering::Relaxed);
        match (&self.before.items[at], content) {
            (Item::Page(before), Emit::Page(now)) if Arc::ptr_eq(before, now) => {}
            (Item::Page(before), Emit::Bytes(now)) if **before == now => {}
            (Item::Page(before), Emit::Known(now, _)) if **before == now => {}
            (Item::Copy(from, before), Emit::Copy(source, now)) if from == source && before == now => {}
            // The engine keeps the new one, so that we let go of the old one.
            (Item::Page(before), Emit::Page(now)) if before == now => {
                self.fresh().same.push((at, content.into()));
            }
            _ => self.fresh().changed.push((at, content.into())),
        }
        Ok(())
    }
}

impl From<Emit<'_>> for Item {
    fn from(content: Emit<'_>) -> Self {
        match content {
            Emit::Bytes(bytes) | Emit::Known(bytes, _) => Self::Page(Arc::new(bytes.to_vec())),
            Emit::Page(bytes) => Self::Page(Arc::clone(bytes)),
            Emit::Copy(source, blob) => Self::Copy(source.clone(), blob.clone()),
        }
    }
}
