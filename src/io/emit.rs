//! The output folder of a running build: files are compared with what is there, and staged where they differ.

use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::claim::{self, Claim};
use super::manifest::{self, Entry};
use super::stage::{Stage, hold};
use super::workshop::Workshop;
use super::{Result, disk, place, read};
use crate::base::{Blob, Diagnostic, Fingerprint, OutPath, SourcePath, codes};

/// An output folder, locked for one build. Until [`commit`](Self::commit) nothing in it changes; dropped
/// without, it leaves the folder as it was.
pub struct Output {
    pub(super) out: PathBuf,
    pub(super) stage: Stage,
    pub(super) files: Mutex<Vec<Put>>,
    pub(super) failure: Mutex<Option<Box<Diagnostic>>>,
    site: PathBuf,
}

/// A file of the new output.
pub(super) struct Put {
    pub(super) entry: Entry,
    /// Whether it waits to be moved; else it is in its place already.
    pub(super) is_staged: bool,
}

impl Output {
    /// Locks the folder `out` for a build of the site in `site_root`, and makes it if it is not there.
    ///
    /// # Errors
    /// B0906 when a site must not be written there, B0903 when it holds other work, B0904 when another
    /// build is writing to it, B0902 when the system refuses.
    pub fn open(out: &Path, site_root: &Path) -> Result<Self> {
        let out = place::resolve(out, site_root)?;
        claim::check(&out)?;
        let shop = Workshop::open(&out)?;
        let stage = Stage::new(&out, Claim::read(&out)?, shop);
        Ok(Self {
            out,
            stage,
            files: Mutex::default(),
            failure: Mutex::default(),
            site: site_root.to_owned(),
        })
    }

    /// Gives a file its content. Each path once in a build; from any thread.
    ///
    /// # Errors
    /// B0905 when something that is not ours stands there, B0906 when a link does or the path is reserved,
    /// B0902 when the system refuses. After an error the build cannot be committed.
    pub fn put(&self, path: &OutPath, bytes: &[u8]) -> Result<()> {
        self.note(self.try_put(path, bytes))
    }

    /// Copies a file of the site, whose size and hash are known, without holding it. Otherwise like `put`.
    ///
    /// # Errors
    /// As [`put`](Self::put); also B0901 when the file cannot be read or is no longer what it was.
    pub fn copy(&self, path: &OutPath, from: &SourcePath, blob: &Blob) -> Result<()> {
        self.note(self.try_copy(path, from, blob))
    }

    fn try_put(&self, path: &OutPath, bytes: &[u8]) -> Result<()> {
        let target = self.target(path)?;
        let size = bytes.len() as u64;
        let found = self.stage.look(path)?;
        let is_same =
            found == Some(size) && disk::holds(&target, bytes).map_err(disk::unwritable(&target))?;
        if !is_same {
            self.stage.create(path, found)?.write_all(bytes).map_err(disk::unwritable(&target))?;
        }
        self.record(Entry { path: path.clone(), size, hash: blake3::hash(bytes) }, !is_same);
        Ok(())
    }

    fn try_copy(&self, path: &OutPath, from: &SourcePath, blob: &Blob) -> Result<()> {
        let target = self.target(path)?;
        let found = self.stage.look(path)?;
        if found == Some(blob.size) {
            let hash = disk::hash(&target).map_err(disk::unwritable(&target))?;
            if Fingerprint::first_half(&hash) == blob.hash {
                self.record(Entry { path: path.clone(), size: blob.size, hash }, false);
                return Ok(());
            }
        }
        let mut source = read::open_asset(&self.site, from)?;
        let mut staged = self.stage.create(path, found)?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                    staged.write_all(&buffer[..count]).map_err(disk::unwritable(&target))?;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Box::new(read::unreadable(from, &error))),
            }
        }
        let hash = hasher.finalize();
        if Fingerprint::first_half(&hash) != blob.hash {
            let words = format!("`{from}` was changed while the site was being built");
            return Err(Box::new(Diagnostic::new(&codes::READ, words).in_file(from).help("build again")));
        }
        self.record(Entry { path: path.clone(), size: hasher.count(), hash }, true);
        Ok(())
    }

    fn target(&self, path: &OutPath) -> Result<PathBuf> {
        if path.as_str().eq_ignore_ascii_case(manifest::NAME) {
            let words =
                format!("`{path}` is the list of what a build wrote, so nothing else can have its name");
            return Err(Box::new(Diagnostic::new(&codes::UNSAFE_OUTPUT, words)));
        }
        Ok(self.out.join(path.as_str()))
    }

    fn record(&self, entry: Entry, is_staged: bool) {
        hold(&self.files).push(Put { entry, is_staged });
    }

    fn note(&self, result: Result<()>) -> Result<()> {
        if let Err(fault) = &result {
            hold(&self.failure).get_or_insert_with(|| fault.clone());
        }
        result
    }
}
