//! `.brief` in the output folder: the lock, and what a build has made and not yet moved to its place.
//!
//! It is there while a build runs, and after one was killed. What it holds is told by the names below. A shard
//! has a workshop of its own, such as `.brief-3-of-8`, and shares the lock of `.brief` with the others: several
//! shards may write to one folder, but none while a whole build or a merge does.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::shard::{self, Shard};
use super::{Result, disk};
use crate::base::{Diagnostic, codes};

/// The folder's name. No page can have it.
pub(super) const NAME: &str = ".brief";
const LOCK: &str = "lock";
const STAGE: &str = "stage";
const JOURNAL: &str = "pending.json";
const DRAFT: &str = "draft.json";
const MERGED: &str = "merged.json";

/// The working folder of the one build that holds its lock. Dropped, it removes itself and, unless the
/// build is [`done`](Self::done), every folder that was made for it.
pub(super) struct Workshop {
    dir: PathBuf,
    done: bool,
    // The fields are dropped in this order: the locks are free before the folders go.
    _lock: fs::File,
    _common: Option<Common>,
    made: Made,
}

/// Where the journal of a killed build is, in an output folder.
pub(super) fn journal(out: &Path) -> PathBuf {
    out.join(NAME).join(JOURNAL)
}

/// Where the journal of a killed shard is.
pub(super) fn journal_of(out: &Path, shard: Shard) -> PathBuf {
    out.join(shard.workshop()).join(JOURNAL)
}

/// Whether a folder of this name, in an output folder, is where a build or a shard works.
pub fn is_workshop_name(name: &str) -> bool {
    name == NAME || Shard::of_workshop(name).is_some()
}

/// Removes what killed shards left. To be called by who has the folder alone, when all of it is history.
pub(super) fn clear_shards(out: &Path) -> io::Result<()> {
    for shard in shard::named(out, Shard::of_workshop)? {
        let dir = out.join(shard.workshop());
        if fs::symlink_metadata(&dir).is_ok_and(|it| it.is_dir()) && is_workshop(&dir)? {
            disk::remove_dir_all(&dir)?;
        }
    }
    Ok(())
}

/// Whether a folder holds only what a workshop does.
pub(super) fn is_workshop(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if ![LOCK, STAGE, JOURNAL, DRAFT, MERGED].iter().any(|ours| name == *ours) {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Workshop {
    /// Makes the output folder if need be, takes its lock, and clears what a killed build left half made. A shard
    /// takes its own and has a part in the folder's. The second folder is where files wait until they are moved to
    /// their places.
    ///
    /// # Errors
    /// B0904 when another build holds the lock, B0906 when the workshop is a link, B0902 for the rest.
    pub(super) fn open(out: &Path, shard: Option<Shard>) -> Result<(Self, disk::Folder)> {
        let dir = out.join(shard.map_or_else(|| NAME.to_owned(), Shard::workshop));
        refuse_links(&dir)?;
        // A shard's part in the lock is there.
        refuse_links(&out.join(NAME))?;
        let take = |made| {
            let common = shard.is_some().then(|| Common::take(out)).transpose()?;
            Ok((lock(&dir, Lock::Alone)?, common, made))
        };
        let mut attempts = 100;
        let (lock, common, made) = loop {
            match Made::with_parents(out).and_then(take) {
                Ok(all) => break all,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(locked(out)),
                // A build that ends takes its lock and its empty folders away, from under our feet if need be.
                Err(error) if error.kind() == ErrorKind::NotFound && attempts > 0 => attempts -= 1,
                Err(error) => return Err(disk::unwritable(out)(error)),
            }
        };
        let shop = Self { dir, done: false, _lock: lock, _common: common, made };
        let stage = || {
            shop.clear()?;
            let stage = shop.dir.join(STAGE);
            disk::create_dir(&stage)?;
            disk::Folder::open(stage)
        };
        let stage = stage().map_err(disk::unwritable(&shop.dir))?;
        Ok((shop, stage))
    }

    /// Writes the journal, before the first file is moved.
    pub(super) fn write_journal(&self, bytes: &[u8]) -> Result<()> {
        self.write(bytes, &self.dir.join(JOURNAL))
    }

    /// Where a merge lists the shards' manifests that it is about to remove, when the whole is complete.
    pub(super) fn merged(&self) -> PathBuf {
        self.dir.join(MERGED)
    }

    /// Writes a file beside its place and renames it over what is there.
    pub(super) fn write(&self, bytes: &[u8], place: &Path) -> Result<()> {
        self.replace(bytes, place, None)
    }

    /// Likewise; whoever may read the file `like` may read the new one, whatever the mask of who writes it.
    pub(super) fn write_like(&self, bytes: &[u8], place: &Path, like: &Path) -> Result<()> {
        self.replace(bytes, place, Some(like))
    }

    fn replace(&self, bytes: &[u8], place: &Path, like: Option<&Path>) -> Result<()> {
        let draft = self.dir.join(DRAFT);
        let write = || {
            let mut file = disk::create_new(&draft)?;
            io::Write::write_all(&mut file, bytes)?;
            if let Some(like) = like {
                file.set_permissions(fs::symlink_metadata(like)?.permissions())?;
            }
            disk::rename(&draft, place)
        };
        write().map_err(disk::unwritable(place))
    }

    /// Says that the output is complete: the journal is history, and the folders made for it stay.
    pub(super) fn done(&mut self) {
        self.done = true;
        self.made.0.clear();
    }

    fn clear(&self) -> io::Result<()> {
        disk::remove_dir_all(&self.dir.join(STAGE))?;
        disk::remove_file(&self.dir.join(DRAFT))?;
        Ok(())
    }
}

impl Drop for Workshop {
    /// Nothing can be reported from here; what could not be removed, the next run removes.
    fn drop(&mut self) {
        let _ = self.clear();
        if self.done {
            let _ = disk::remove_file(&self.dir.join(JOURNAL));
            let _ = disk::remove_file(&self.merged());
        }
        // While it is still held: who locks it next sees that it is no longer the one at its place.
        let _ = disk::remove_file(&self.dir.join(LOCK));
        let _ = disk::remove_dir(&self.dir);
    }
}

/// The part that shards have in their folder's lock. The last of them takes it away.
struct Common {
    dir: PathBuf,
    lock: fs::File,
}

impl Common {
    fn take(out: &Path) -> io::Result<Self> {
        let dir = out.join(NAME);
        // A shard that ends holds the lock alone while it takes it away; whoever holds it longer is a build.
        let mut attempts = 50;
        loop {
            match lock(&dir, Lock::Shared) {
                Err(error) if error.kind() == ErrorKind::WouldBlock && attempts > 0 => attempts -= 1,
                taken => return Ok(Self { lock: taken?, dir }),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Common {
    fn drop(&mut self) {
        let path = self.dir.join(LOCK);
        let is_last = self.lock.unlock().is_ok() && self.lock.try_lock().is_ok() && is_at(&self.lock, &path);
        if is_last {
            let _ = disk::remove_file(&path);
            let _ = disk::remove_dir(&self.dir);
        }
    }
}

#[derive(Clone, Copy)]
enum Lock {
    Alone,
    Shared,
}

/// Takes the lock in `dir`. `NotFound` when its file, though we hold it, is not the one at its place any more:
/// then it is nobody's lock.
fn lock(dir: &Path, how: Lock) -> io::Result<fs::File> {
    let take = || {
        let path = dir.join(LOCK);
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        match how {
            Lock::Alone => file.try_lock()?,
            Lock::Shared => file.try_lock_shared()?,
        }
        if is_at(&file, &path) { Ok(file) } else { Err(ErrorKind::NotFound.into()) }
    };
    disk::create_dir(dir)?;
    take().inspect_err(|_| drop(disk::remove_dir(dir)))
}

fn is_at(file: &fs::File, path: &Path) -> bool {
    let held = file.try_clone().and_then(same_file::Handle::from_file);
    held.is_ok_and(|held| same_file::Handle::from_path(path).is_ok_and(|there| there == held))
}

fn refuse_links(dir: &Path) -> Result<()> {
    let is_in_the_way = |path: &Path, is_right: fn(&fs::Metadata) -> bool| {
        fs::symlink_metadata(path).is_ok_and(|it| !is_right(&it))
    };
    if is_in_the_way(dir, fs::Metadata::is_dir) || is_in_the_way(&dir.join(LOCK), fs::Metadata::is_file) {
        let words = format!("`{}` is in the way of the build's working files", dir.display());
        return Err(Box::new(Diagnostic::new(&codes::UNSAFE_OUTPUT, words).help("remove it")));
    }
    Ok(())
}

fn locked(out: &Path) -> Box<Diagnostic> {
    let words = format!("another build is writing to `{}`", out.display());
    Box::new(
        Diagnostic::new(&codes::LOCKED, words).help("wait for it, or choose another folder with `--out DIR`"),
    )
}

/// Folders made for an output, removed again with this value as far as they are empty.
struct Made(Vec<PathBuf>);

impl Made {
    fn with_parents(folder: &Path) -> io::Result<Self> {
        let mut made = Self(Vec::new());
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|it| fs::symlink_metadata(it).is_err()).collect();
        for folder in missing.into_iter().rev() {
            if disk::create_dir(folder)? {
                made.0.push(folder.to_owned());
            }
        }
        Ok(made)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _ = disk::remove_dir(folder);
        }
    }
}
