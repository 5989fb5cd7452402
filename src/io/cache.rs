//! What builds keep for the builds after them, in a folder of packs that many may use at once.
//!
//! `DIR/PROGRAM/NAME.pack`: PROGRAM is the version and the hash of the very program that runs, so that what
//! another one made is never used. A pack is written once, under another name first, and never changed; what it
//! holds is verified when it is read. So a build can be killed, and packs can be removed, at any moment, and two
//! builds do not meet. Whatever is wrong costs time: what cannot be read is made again.

mod notes;
mod pack;

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::place;
use super::stage::hold;
use crate::base::{Diagnostic, Fingerprint, Store, codes};
use pack::{Draft, Pack, Window, print};

/// The cache may grow to this many times of what the largest of the builds of late needed, for other branches and
/// audiences; and to twice that until a build comes that is not small, because a small one does not know what to throw
/// out.
const ROOM: u64 = 4;

/// What the largest of them needed stands in this file, beside the packs. A shard, an edition of a few briefs or a build
/// that failed needs little, and must not take from the others what they need.
const NEED: &str = "need";

/// For so long it counts.
const OF_LATE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// More packs than this become one.
const MOST_PACKS: usize = 16;

/// Drafts that are older are of builds that were killed.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

thread_local! {
    /// What is read from a pack is read into this, over and over.
    static WINDOW: RefCell<Window> = RefCell::default();
}

/// A folder in which builds keep what they made.
#[derive(Debug)]
pub struct Cache {
    dir: PathBuf,
    /// The folder of this program.
    folder: PathBuf,
    program: String,
    packs: Vec<Pack>,
    draft: Mutex<Keeping>,
    /// Bytes of new entries.
    new: AtomicU64,
    /// The first thing that went wrong.
    trouble: Mutex<Option<String>>,
}

/// How far the new pack has come.
#[derive(Debug)]
enum Keeping {
    Nothing,
    Some(Draft),
    /// Something is wrong, so nothing is kept any more.
    Given,
}

impl Cache {
    /// Opens the cache in `dir`, which is made if it is not there, for builds of the site in `site_root` into
    /// `outs`. What cannot be used there is passed over; [`finish`](Self::finish) tells.
    ///
    /// # Errors
    /// B0005 when it is the site, lies in one of the site's folders or in an output, or holds one.
    pub fn open(dir: &Path, site_root: &Path, outs: &[PathBuf]) -> super::Result<Self> {
        let dir = place::resolve_cache(dir, site_root, outs)?;
        let mut cache = Self {
            folder: dir.clone(),
            dir,
            program: String::new(),
            packs: Vec::new(),
            draft: Mutex::new(Keeping::Nothing),
            new: AtomicU64::new(0),
            trouble: Mutex::new(None),
        };
        if let Err(error) = cache.load() {
            cache.give_up(&error);
        }
        Ok(cache)
    }

    /// Works out in the background what [`open`](Self::open) needs to know of the program, while a site is read.
    pub fn prepare() {
        rayon::spawn(|| drop(program()));
    }

    fn load(&mut self) -> io::Result<()> {
        self.program = program()?;
        self.folder = self.dir.join(&self.program);
        make_private(&self.folder)?;
        let paths: Vec<PathBuf> = pack_paths(&self.folder)?;
        let packs: Vec<(PathBuf, io::Result<Pack>)> = paths
            .into_par_iter()
            .map(|path| {
                let pack = Pack::open(&path, &self.program);
                (path, pack)
            })
            .collect();
        for (path, pack) in packs {
            match pack {
                Ok(pack) => self.packs.push(pack),
                // Another build has merged it into its own.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    self.trouble(format!("`{}` cannot be used: {error}", path.display()));
                    // Only what is damaged is removed, not what the system did not let us read.
                    if error.kind() == io::ErrorKind::InvalidData {
                        let _ = fs::remove_file(&path);
                    }
                }
            }
        }
        Ok(())
    }

    /// What the last build into `out` noted of it.
    pub(super) fn noted(&self, out: &Path) -> Option<Vec<u8>> {
        notes::read(&self.folder, out)
    }

    /// Notes something of `out` for the next build into it.
    pub(super) fn note(&self, out: &Path, bytes: &[u8]) {
        if let Err(error) = notes::write(&self.folder, out, bytes) {
            self.trouble(format!("`{}`: {error}", self.folder.display()));
        }
    }

    /// Keeps what is new, and tidies the folder. What went wrong is told in one fault, B0920, a warning: the
    /// build lacks nothing for it.
    pub fn finish(&self) -> Option<Diagnostic> {
        if let Err(error) = self.save() {
            self.give_up(&error);
        }
        let words = hold(&self.trouble).take()?;
        let fault = Diagnostic::new(&codes::CACHE, format!("the cache is of no full use: {words}"));
        Some(fault.help("the site is built as without a cache; the folder may be removed at any time"))
    }

    fn save(&self) -> io::Result<()> {
        let new = self.new.load(Ordering::Relaxed);
        let own = new + self.packs.iter().map(Pack::found).sum::<u64>();
        let need = self.need(own);
        let room = ROOM.saturating_mul(need);
        let all = new + self.packs.iter().map(Pack::size).sum::<u64>();
        // What a build kept or found is what the next one like it needs. A small one is a bad judge of the rest.
        let is_too_much = if own >= need / 2 { all > room } else { all / 2 > room };
        let is_damaged = self.packs.iter().any(Pack::is_damaged);
        let merge = is_damaged || self.packs.len() >= MOST_PACKS || is_too_much && !self.packs.is_empty();
        if merge {
            for pack in &self.packs {
                pack.each(is_too_much, &mut |keys, bytes, hash| self.put(keys, bytes, hash));
            }
        }
        let written = match std::mem::replace(&mut *hold(&self.draft), Keeping::Nothing) {
            Keeping::Given => return Ok(()),
            Keeping::Nothing => None,
            Keeping::Some(draft) => Some(draft.finish(&self.program)?),
        };
        if merge {
            let merged = self.packs.iter().map(Pack::path).filter(|path| written.as_deref() != Some(path));
            merged.for_each(|path| drop(fs::remove_file(path)));
        }
        self.packs.iter().for_each(Pack::touch);
        self.make_room(room)
    }

    /// What the largest of the builds of late needed, this one included. Whatever the file says wrongly costs time or
    /// room, and for so long only.
    fn need(&self, own: u64) -> u64 {
        let path = self.folder.join(NEED);
        let there = fs::symlink_metadata(&path).ok();
        let age = there.as_ref().and_then(|it| it.modified().ok()?.elapsed().ok());
        let is_plain = there.as_ref().is_none_or(|it| it.is_file() && it.len() < 32);
        let read = || fs::read_to_string(&path).ok()?.trim().parse().ok();
        let known = age.filter(|age| is_plain && *age < OF_LATE).and_then(|_| read()).unwrap_or(0);
        let is_seldom_told = age.is_some_and(|age| age > OF_LATE / 30);
        // The first build needs more than those that change little, and a site may shrink: what is half as much still
        // tells of the same site. What needs less tells nothing, and the others lapse if nobody tells of them.
        if is_plain && (own > known || own >= known / 2 && is_seldom_told) {
            let _ = Draft::replace(&path, own.to_string().as_bytes());
        }
        own.max(known)
    }

    /// Removes what killed builds left, and of other programs' packs those that were longest of no use, until they
    /// fit into the room.
    fn make_room(&self, room: u64) -> io::Result<()> {
        let mut others: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in fs::read_dir(&self.dir)?.flatten() {
            if !is_program(&folder.file_name().to_string_lossy()) || !folder.file_type()?.is_dir() {
                continue;
            }
            for draft in fs::read_dir(folder.path())?.flatten().filter(|it| pack::is_draft(&it.file_name())) {
                let modified = draft.metadata().and_then(|it| it.modified());
                if modified.is_ok_and(|then| then.elapsed().is_ok_and(|age| age > ABANDONED)) {
                    let _ = fs::remove_file(draft.path());
                }
            }
            if folder.path() == self.folder {
                continue;
            }
            let packs = pack_paths(&folder.path())?.into_iter();
            others.extend(packs.filter_map(|path| {
                let it = fs::symlink_metadata(&path).ok()?;
                Some((it.modified().ok()?, it.len(), path))
            }));
        }
        others.sort_unstable();
        let mut all: u64 = others.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in others {
            if all <= room {
                break;
            }
            let _ = fs::remove_file(&path);
            path.parent().into_iter().for_each(remove_empty);
            all -= size;
        }
        Ok(())
    }

    fn try_put(&self, keys: &[Fingerprint], bytes: &[u8], hash: blake3::Hash) -> io::Result<()> {
        let place = {
            let mut keeping = hold(&self.draft);
            if let Keeping::Nothing = *keeping {
                *keeping = Keeping::Some(Draft::new(&self.folder)?);
            }
            let Keeping::Some(draft) = &mut *keeping else { return Ok(()) };
            draft.place(keys, print(bytes), bytes.len() as u64, hash)
        };
        place.write(bytes)
    }

    fn give_up(&self, error: &io::Error) {
        // A draft that is dropped removes itself.
        *hold(&self.draft) = Keeping::Given;
        self.trouble(format!("`{}`: {error}", self.folder.display()));
    }

    fn trouble(&self, words: String) {
        hold(&self.trouble).get_or_insert(words);
    }
}

impl Store for Cache {
    fn get(&self, key: Fingerprint, take: &mut dyn FnMut(&[u8], blake3::Hash)) -> bool {
        let mut window = WINDOW.take();
        let found = self.packs.iter().any(|pack| match pack.read(key, &mut window) {
            None => false,
            Some(Ok((bytes, hash))) => {
                take(bytes, hash);
                true
            }
            Some(Err(error)) => {
                self.trouble(format!("`{}` is damaged: {error}", pack.path().display()));
                false
            }
        });
        WINDOW.set(window);
        found
    }

    fn look(&self, key: Fingerprint) -> Option<(u64, blake3::Hash)> {
        self.packs.iter().find_map(|pack| pack.look(key))
    }

    fn put(&self, keys: &[Fingerprint], bytes: &[u8], hash: blake3::Hash) {
        self.new.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if let Err(error) = self.try_put(keys, bytes, hash) {
            self.give_up(&error);
        }
    }
}

/// The program that runs: its version, and the hash of its file, because the version does not tell a build of it
/// from the next. Asked once.
fn program() -> io::Result<String> {
    static PROGRAM: OnceLock<Result<String, String>> = OnceLock::new();
    let hash = || -> io::Result<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(fs::File::open(std::env::current_exe()?)?)?;
        let hash = Fingerprint::first_half(&hasher.finalize()).hex(32);
        Ok(format!("{}-{hash}", env!("CARGO_PKG_VERSION")))
    };
    PROGRAM.get_or_init(|| hash().map_err(|error| error.to_string())).clone().map_err(io::Error::other)
}

/// Whether a folder in a cache is named as a program's is.
fn is_program(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, hash)| pack::is_hash(hash))
}

fn pack_paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| pack::is_pack(path)).collect();
    paths.sort_unstable();
    Ok(paths)
}

/// Removes another program's folder when no pack is left in it.
fn remove_empty(folder: &Path) {
    if pack_paths(folder).is_ok_and(|packs| packs.is_empty()) {
        notes::all(folder).for_each(|note| drop(fs::remove_file(note)));
        let _ = fs::remove_file(folder.join(NEED));
        let _ = fs::remove_dir(folder);
    }
}

/// Makes a folder that nobody else may read: it holds what every audience may see.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
