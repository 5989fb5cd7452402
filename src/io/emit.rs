//! The output folder of a running build: files are compared with what is there, and staged where they differ.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::cache::Cache;
use super::claim::{self, Claim};
use super::compress;
use super::manifest::{self, Entry, Manifest};
use super::shard::Shard;
use super::stage::{Stage, hold};
use super::stamp::Stamp;
use super::standing::Standing;
use super::workshop::Workshop;
use super::{Result, disk, place, read, signature};
use crate::base::{Blob, Diagnostic, Encoding, Fingerprint, OutPath, SourcePath, codes};

/// An output folder, locked for one build. Until [`commit`](Self::commit) nothing in it changes; dropped
/// without, it leaves the folder as it was.
pub struct Output {
    pub(super) out: PathBuf,
    pub(super) stage: Stage,
    pub(super) files: Mutex<Vec<Put>>,
    pub(super) failure: Mutex<Option<Box<Diagnostic>>>,
    /// When compressed copies are made, what they must know.
    pub(super) copies: Option<Copies>,
    /// When a cache is kept, how the files looked.
    pub(super) standing: Option<Standing>,
    site: PathBuf,
    shard: Option<Shard>,
}

/// What those who make compressed copies must know.
pub(super) struct Copies {
    /// The files of the build before, with their sizes.
    before: HashMap<OutPath, (u64, blake3::Hash)>,
    /// Names that files of the site's own have.
    taken: HashSet<String>,
}

/// A file of the new output.
pub(super) struct Put {
    pub(super) entry: Entry,
    /// Whether it waits to be moved; else it is in its place already.
    pub(super) is_staged: bool,
    /// What it looked like before it was read, or when it was written.
    pub(super) stamp: Option<Stamp>,
}

impl Output {
    /// Locks the folder `out` for a build of the site in `site_root`, and makes it if it is not there.
    ///
    /// # Errors
    /// B0005 when a site must not be written there, B0903 when it holds other work, B0904 when another
    /// build is writing to it, B0902 when the system refuses.
    pub fn open(out: &Path, site_root: &Path) -> Result<Self> {
        Self::enter(place::resolve(out, site_root)?, site_root, None)
    }

    /// Likewise for one share of a build. Other shards may write to the folder at the same time; a whole build
    /// may not.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_shard(out: &Path, site_root: &Path, shard: Shard) -> Result<Self> {
        Self::enter(place::resolve(out, site_root)?, site_root, Some(shard))
    }

    pub(super) fn enter(out: PathBuf, site: &Path, shard: Option<Shard>) -> Result<Self> {
        claim::check(&out)?;
        signature::check(&out)?;
        let shop = Workshop::open(&out, shard)?;
        let stage = Stage::new(&out, Claim::read(&out, shard)?, shop, shard.is_some());
        let (files, failure) = (Mutex::default(), Mutex::default());
        Ok(Self { out, stage, files, failure, copies: None, standing: None, site: site.to_owned(), shard })
    }

    /// Puts `.gz`, `.br` and `.zst` copies beside the files for which they are worth it. Those that the last
    /// build made of the same bytes stay; a name in `taken` is left to the site's own file.
    #[must_use]
    pub fn compressing(mut self, taken: HashSet<String>) -> Self {
        // A manifest that cannot be read has been told by `open`.
        let read = |name: String| Manifest::read_file(&self.out.join(name)).ok().flatten();
        let own = self.shard.and_then(|shard| read(shard.manifest()));
        let before = own.or_else(|| read(manifest::NAME.to_owned())).unwrap_or_default();
        let is_ours = before.encoders == compress::ENCODERS;
        let files = before.files.into_iter().filter(|_| is_ours);
        let before = files.map(|entry| (entry.path, (entry.size, entry.hash))).collect();
        self.copies = Some(Copies { before, taken });
        self
    }

    /// Does not read what looks as the last build with this cache left it.
    #[must_use]
    pub fn remembering(mut self, cache: Arc<Cache>) -> Self {
        self.standing = Standing::of(cache, &self.out);
        self
    }

    /// Whether the file at a path looks as if it had this size and hash: then it counts as put.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn has(&self, path: &OutPath, size: u64, hash: blake3::Hash) -> Result<bool> {
        // Who makes compressed copies may need the bytes.
        let is_of_use = self.standing.as_ref().is_some_and(|it| !it.is_empty()) && self.copies.is_none();
        if is_of_use { self.note(self.try_has(path, size, hash)) } else { Ok(false) }
    }

    fn try_has(&self, path: &OutPath, size: u64, hash: blake3::Hash) -> Result<bool> {
        self.target(path)?;
        let found = self.stage.look(path)?.filter(|it| it.size == size);
        let found = found.filter(|it| self.known(path, it) == Some(hash));
        let has = found.is_some();
        if has {
            self.record(Entry { path: path.clone(), size, hash }, false, found);
        }
        Ok(has)
    }

    /// The hash of a file that need not be read to be known.
    fn known(&self, path: &OutPath, stamp: &Stamp) -> Option<blake3::Hash> {
        self.standing.as_ref()?.hash(path, stamp)
    }

    /// Gives a file its content. Each path once in a build; from any thread.
    ///
    /// # Errors
    /// B0905 when something that is not ours stands there, B0906 when a link does or the path is reserved,
    /// B0902 when the system refuses. After an error the build cannot be committed.
    pub fn put(&self, path: &OutPath, bytes: &[u8]) -> Result<()> {
        self.put_known(path, bytes, blake3::hash(bytes))
    }

    /// [`put`](Self::put) for bytes whose hash is known.
    ///
    /// # Errors
    /// As `put`.
    pub fn put_known(&self, path: &OutPath, bytes: &[u8], hash: blake3::Hash) -> Result<()> {
        self.note(self.try_put(path, bytes, hash))
    }

    /// Copies a file of the site, whose size and hash are known, without holding it. Otherwise like `put`.
    ///
    /// # Errors
    /// As [`put`](Self::put); also B0901 when the file cannot be read or is no longer what it was.
    pub fn copy(&self, path: &OutPath, from: &SourcePath, blob: &Blob) -> Result<()> {
        self.note(self.try_copy(path, from, blob))
    }

    fn try_put(&self, path: &OutPath, bytes: &[u8], hash: blake3::Hash) -> Result<()> {
        self.place(path, bytes, hash)?;
        self.beside(path, bytes.len() as u64, hash, || Ok(Cow::Borrowed(bytes)))
    }

    /// Puts the compressed copies of a file.
    fn beside<'b>(
        &self,
        path: &OutPath,
        size: u64,
        hash: blake3::Hash,
        bytes: impl FnOnce() -> Result<Cow<'b, [u8]>>,
    ) -> Result<()> {
        let Some(Copies { before, taken }) = &self.copies else { return Ok(()) };
        if !compress::is_worth_it(path.as_str(), size) {
            return Ok(());
        }
        let is_same = before.get(path).is_some_and(|(_, old)| *old == hash);
        let mut missing = Vec::new();
        for encoding in Encoding::ALL {
            let copy = OutPath::new(&format!("{path}{}", encoding.ending())).map_err(|why| {
                Box::new(Diagnostic::new(
                    &codes::UNSAFE_OUTPUT,
                    format!("the compressed copy of `{path}`: {why}"),
                ))
            })?;
            if taken.contains(copy.as_str()) {
                continue;
            }
            let old = before.get(&copy).filter(|_| is_same);
            if !old.map_or(Ok(false), |&(size, hash)| self.keep(&copy, size, hash))? {
                missing.push((encoding, copy));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let bytes = bytes()?;
        for (encoding, copy) in missing {
            if let Some(encoded) =
                compress::encode(encoding, &bytes).map_err(disk::unwritable(&self.out.join(copy.as_str())))?
            {
                self.place(&copy, &encoded, blake3::hash(&encoded))?;
            }
        }
        Ok(())
    }

    /// Takes over a file as the last build left it; whether it is still so.
    pub(super) fn keep(&self, path: &OutPath, size: u64, hash: blake3::Hash) -> Result<bool> {
        let target = self.target(path)?;
        let found = self.stage.look(path)?.filter(|it| it.size == size);
        let Some(stamp) = found else { return Ok(false) };
        let is_there = self.hash_of(path, &stamp, &target)? == hash;
        if is_there {
            self.record(Entry { path: path.clone(), size, hash }, false, Some(stamp));
        }
        Ok(is_there)
    }

    fn place(&self, path: &OutPath, bytes: &[u8], hash: blake3::Hash) -> Result<()> {
        let target = self.target(path)?;
        let size = bytes.len() as u64;
        let found = self.stage.look(path)?;
        let is_same = match &found {
            Some(it) if it.size != size => false,
            Some(it) if self.known(path, it) == Some(hash) => true,
            Some(_) => disk::holds(&target, bytes).map_err(disk::unwritable(&target))?,
            None => false,
        };
        let stamp = if is_same { found } else { self.write(path, found.as_ref(), bytes, &target)? };
        self.record(Entry { path: path.clone(), size, hash }, !is_same, stamp);
        Ok(())
    }

    /// Writes a file that waits for its place, and tells what it looks like if that is kept.
    fn write(
        &self,
        path: &OutPath,
        found: Option<&Stamp>,
        bytes: &[u8],
        target: &Path,
    ) -> Result<Option<Stamp>> {
        let mut staged = self.stage.create(path, found)?;
        staged.write_all(bytes).map_err(disk::unwritable(target))?;
        Ok(self.standing.as_ref().and_then(|_| Stamp::of_open(&staged).ok()))
    }

    fn hash_of(&self, path: &OutPath, stamp: &Stamp, target: &Path) -> Result<blake3::Hash> {
        self.known(path, stamp).map_or_else(|| disk::hash(target).map_err(disk::unwritable(target)), Ok)
    }

    fn try_copy(&self, path: &OutPath, from: &SourcePath, blob: &Blob) -> Result<()> {
        let hash = self.place_copy(path, from, blob)?;
        self.beside(path, blob.size, hash, || {
            let mut bytes = Vec::new();
            let read = read::open_asset(&self.site, from)?.read_to_end(&mut bytes);
            read.map_err(|error| Box::new(read::unreadable(from, &error)))?;
            if blake3::hash(&bytes) == hash { Ok(Cow::Owned(bytes)) } else { Err(changed(from)) }
        })
    }

    fn place_copy(&self, path: &OutPath, from: &SourcePath, blob: &Blob) -> Result<blake3::Hash> {
        let target = self.target(path)?;
        let found = self.stage.look(path)?;
        if let Some(stamp) = found.as_ref().filter(|it| it.size == blob.size) {
            let hash = self.hash_of(path, stamp, &target)?;
            if Fingerprint::first_half(&hash) == blob.hash {
                self.record(Entry { path: path.clone(), size: blob.size, hash }, false, found);
                return Ok(hash);
            }
        }
        let source = read::open_asset(&self.site, from)?;
        let staged = self.stage.create(path, found.as_ref())?;
        let unreadable = |error| Box::new(read::unreadable(from, &error));
        let hasher = disk::copy(source, staged, unreadable, |error| disk::unwritable(&target)(error))?;
        let hash = hasher.finalize();
        if Fingerprint::first_half(&hash) != blob.hash {
            return Err(changed(from));
        }
        self.record(Entry { path: path.clone(), size: hasher.count(), hash }, true, None);
        Ok(hash)
    }

    pub(super) fn target(&self, path: &OutPath) -> Result<PathBuf> {
        if Shard::of_manifest(&path.as_str().to_ascii_lowercase()).is_some() {
            let words = format!(
                "`{path}` is the list of what one share of a build wrote, so nothing else can have its name"
            );
            return Err(Box::new(Diagnostic::new(&codes::UNSAFE_OUTPUT, words)));
        }
        let is_taken = |name: &&&str| path.as_str().eq_ignore_ascii_case(name);
        if let Some(name) = [manifest::NAME, manifest::SIGNATURE].iter().find(is_taken) {
            let what =
                if *name == manifest::NAME { "list of what a build wrote" } else { "signature of that list" };
            let words = format!("`{path}` is the {what}, so nothing else can have its name");
            return Err(Box::new(Diagnostic::new(&codes::UNSAFE_OUTPUT, words)));
        }
        Ok(self.out.join(path.as_str()))
    }

    pub(super) fn record(&self, entry: Entry, is_staged: bool, stamp: Option<Stamp>) {
        hold(&self.files).push(Put { entry, is_staged, stamp });
    }

    fn note<T>(&self, result: Result<T>) -> Result<T> {
        if let Err(fault) = &result {
            hold(&self.failure).get_or_insert_with(|| fault.clone());
        }
        result
    }
}

fn changed(path: &SourcePath) -> Box<Diagnostic> {
    let words = format!("`{path}` was changed while the site was being built");
    Box::new(Diagnostic::new(&codes::READ, words).in_file(path).help("build again"))
}
