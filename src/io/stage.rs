//! Where files wait before they come to their places: what stands there is asked, nothing is changed.

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use super::claim::Claim;
use super::stamp::Stamp;
use super::workshop::Workshop;
use super::{Result, disk};
use crate::base::{Diagnostic, Fingerprint, OutPath, codes};

/// What waits in an output folder's workshop, and what it met at its places.
pub(super) struct Stage {
    out: PathBuf,
    pub(super) claim: Claim,
    pub(super) shop: Workshop,
    waiting: disk::Folder,
    units: Mutex<Vec<(Box<str>, Unit)>>,
    folders: Mutex<HashMap<Box<str>, Folder>>,
    /// Others put files into the same folders meanwhile: then each file comes by itself.
    is_shared: bool,
}

/// What comes to its place by one rename: a file into a folder that is there, or a new folder whole.
#[derive(Clone, Copy)]
struct Unit {
    /// Of its path. It waits under this name: a changed file then needs no folders in the stage, and threads
    /// that meet at one new folder agree on it.
    name: Fingerprint,
    /// Bytes of its path, with which the paths of all that is in it begin.
    length: usize,
}

/// What is at the place of a folder.
#[derive(Clone, Copy)]
enum Folder {
    There,
    /// Nothing, or a file of ours: it is made when the files come.
    Missing,
    /// Nothing, or a file of ours that will have gone when the folder comes as part of a unit.
    Coming(Unit),
}

impl Stage {
    pub(super) fn new(out: &Path, claim: Claim, shop: (Workshop, disk::Folder), is_shared: bool) -> Self {
        let (units, folders) = (Mutex::default(), Mutex::default());
        let (shop, waiting) = shop;
        Self { out: out.to_owned(), claim, shop, waiting, units, folders, is_shared }
    }

    /// What the file at a path looks like; `None` where a file can come without replacing one.
    pub(super) fn look(&self, path: &OutPath) -> Result<Option<Stamp>> {
        let path = path.as_str();
        if let Folder::Coming(_) | Folder::Missing = self.folder(folder_of(path))? {
            return Ok(None);
        }
        let target = self.out.join(path);
        match fs::symlink_metadata(&target) {
            Ok(it) if it.is_file() => Stamp::of(&it).map(Some).map_err(disk::unwritable(&target)),
            Ok(it) if it.is_symlink() => Err(link(&target)),
            Ok(it) if it.is_dir() => match self.claim.has_whole(&self.out, path) {
                Ok(true) => Ok(None),
                Ok(false) => Err(foreign(&target)),
                Err(error) => Err(disk::unwritable(&target)(error)),
            },
            Ok(_) => Err(foreign(&target)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk::unwritable(&target)(error)),
        }
    }

    /// Opens the file that will come to `path`, where [`look`](Self::look) has found a file or none.
    pub(super) fn create(&self, path: &OutPath, found: Option<&Stamp>) -> Result<fs::File> {
        let path = path.as_str();
        let target = self.out.join(path);
        if found.is_some() && !self.claim.has(path) {
            return Err(foreign(&target));
        }
        let unit = match self.folder(folder_of(path))? {
            Folder::There | Folder::Missing => self.add_unit(path, Unit::of(path)),
            Folder::Coming(unit) => unit,
        };
        self.waiting.create_new(&unit.place(path)).map_err(disk::unwritable(&target))
    }

    /// Moves everything to its place.
    pub(super) fn move_in(&self) -> Result<()> {
        let mut units = hold(&self.units);
        units.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        for (path, unit) in units.iter() {
            let target = self.out.join(&**path);
            let staged = self.waiting.place(&unit.place(path));
            let moved =
                if self.is_shared { self.move_one(path, &staged) } else { disk::rename(&staged, &target) };
            moved.map_err(disk::unwritable(&target))?;
        }
        Ok(())
    }

    /// Moves a file to a place whose folders another may make or, while they are empty, remove just now.
    fn move_one(&self, path: &str, staged: &Path) -> io::Result<()> {
        let mut attempts = 100;
        loop {
            let there = path.match_indices('/').try_for_each(|(slash, _)| {
                let folder = self.out.join(&path[..slash]);
                if fs::symlink_metadata(&folder).is_ok_and(|it| it.is_dir()) {
                    return Ok(());
                }
                disk::create_dir(&folder).map(|_| ())
            });
            match there.and_then(|()| disk::rename(staged, &self.out.join(path))) {
                Err(error) if error.kind() == ErrorKind::NotFound && attempts > 0 => attempts -= 1,
                moved => return moved,
            }
        }
    }

    /// What is at a folder's place, asked of the disk once. A folder that is not there is made in the stage.
    fn folder(&self, path: &str) -> Result<Folder> {
        if path.is_empty() {
            return Ok(Folder::There);
        }
        if let Some(&folder) = hold(&self.folders).get(path) {
            return Ok(folder);
        }
        let folder = match self.folder(folder_of(path))? {
            Folder::There if self.is_there(path)? => Folder::There,
            Folder::There if self.is_shared => Folder::Missing,
            Folder::There => Folder::Coming(Unit::of(path)),
            whole => whole,
        };
        if let Folder::Coming(unit) = folder {
            self.waiting.create_dir(&unit.place(path)).map_err(disk::unwritable(&self.out.join(path)))?;
        }
        // Another thread may have come here at the same time, with the same answer.
        let is_first = hold(&self.folders).insert(path.into(), folder).is_none();
        if let Folder::Coming(unit) = folder
            && is_first
            && unit.length == path.len()
        {
            self.add_unit(path, unit);
        }
        Ok(folder)
    }

    fn is_there(&self, folder: &str) -> Result<bool> {
        let target = self.out.join(folder);
        match fs::symlink_metadata(&target) {
            Ok(it) if it.is_dir() => Ok(true),
            Ok(it) if it.is_symlink() => Err(link(&target)),
            Ok(it) if it.is_file() && self.claim.has(folder) => Ok(false),
            Ok(_) => Err(foreign(&target)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(disk::unwritable(&target)(error)),
        }
    }

    fn add_unit(&self, path: &str, unit: Unit) -> Unit {
        hold(&self.units).push((path.into(), unit));
        unit
    }
}

impl Unit {
    fn of(path: &str) -> Self {
        Self { name: Fingerprint::of_bytes(path.as_bytes()), length: path.len() }
    }

    /// Where something in it waits, in the stage.
    fn place(self, path: &str) -> String {
        self.name.hex(32) + &path[self.length..]
    }
}

/// Locks what several threads share.
pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nothing that holds it panics")
}

fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..slash])
}

fn foreign(target: &Path) -> Box<Diagnostic> {
    let words = format!("`{}` is in the way, and no earlier build wrote it", target.display());
    let help = "move it away, or choose another output folder with `--out DIR`";
    Box::new(Diagnostic::new(&codes::FOREIGN_FILE, words).help(help))
}

fn link(target: &Path) -> Box<Diagnostic> {
    let words = format!("`{}` is a symbolic link, and the build writes through none", target.display());
    Box::new(Diagnostic::new(&codes::UNSAFE_OUTPUT, words).help("remove the link"))
}
