//! A pack: entries one after the other, then their index, then where that begins and its hash.
//!
//! The hash of the index is also the pack's name, and it is one that depends on the program; the index has a
//! hash of each entry. An entry may have several keys. So a bit that is not as it was written is noticed wherever it is, and so is an entry or a
//! pack in the place of another.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::base::Fingerprint;

const MAGIC: [u8; 16] = *b"briefwright pack";
const FOOTER: usize = 16 + 8 + 32;
const ENTRY: usize = 16 + 8 + 8 + 16 + 32;

/// No index and no entry is larger. A file can claim any size and hold nothing, and memory is given before it is
/// read.
const MOST: u64 = 1 << 30;

/// A pack that was in use within this time need not be marked as used.
const LATELY: Duration = Duration::from_secs(60 * 60);

static OPENED: AtomicUsize = AtomicUsize::new(1);

/// A finished pack, whose index is verified.
#[derive(Debug)]
pub(super) struct Pack {
    /// Which of those that this process opened, from 1.
    number: usize,
    path: PathBuf,
    file: fs::File,
    size: u64,
    /// In order. Most of what is looked up here is near where it is expected, so they lie close to each other.
    keys: Vec<Fingerprint>,
    /// By key.
    entries: Vec<Entry>,
    /// Which of them were of use, and their bytes together.
    used: Vec<AtomicBool>,
    found: AtomicU64,
    is_damaged: AtomicBool,
}

/// Takes bytes with their keys and their hash.
pub(super) type Take<'t> = &'t mut dyn FnMut(&[Fingerprint], &[u8], blake3::Hash);

/// What was read of a pack last. Small entries mostly lie in the order in which they are asked for, so who reads
/// one after the other finds many that were read at once.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Of which pack; 0 while it is of none.
    pack: usize,
    start: u64,
    end: u64,
    /// Where the last entry ended that was asked for.
    after: u64,
    /// It grows and never shrinks, since what is in it need not be cleared.
    bytes: Vec<u8>,
}

impl Window {
    /// An entry as large as this is read alone.
    const SMALL: u64 = 4 * 1024;
    /// As much is read at once.
    const AHEAD: u64 = 32 * 1024;

    /// Bytes of a pack that lie before its end.
    fn read(&mut self, pack: &Pack, at: u64, size: u64) -> io::Result<&[u8]> {
        let is_same = self.pack == pack.number;
        let end = at + size;
        if !(is_same && self.start <= at && end <= self.end) {
            let is_next = is_same && (0..Self::SMALL).contains(&at.wrapping_sub(self.after));
            let ahead = if is_next && size < Self::SMALL { Self::AHEAD } else { 0 };
            self.fill(pack, at, end.max(pack.size.min(at + ahead)))?;
        }
        self.after = end;
        let place = |at: u64| usize::try_from(at - self.start).map_err(io::Error::other);
        Ok(&self.bytes[place(at)?..place(end)?])
    }

    fn fill(&mut self, pack: &Pack, start: u64, end: u64) -> io::Result<()> {
        let size = usize::try_from(end - start).map_err(io::Error::other)?;
        self.pack = 0;
        self.bytes.resize(self.bytes.len().max(size), 0);
        read_at(&pack.path, &pack.file, &mut self.bytes[..size], start)?;
        (self.pack, self.start, self.end) = (pack.number, start, end);
        Ok(())
    }
}

#[derive(Clone, Debug)]
struct Entry {
    key: Fingerprint,
    at: u64,
    size: u64,
    /// Of the bytes, to see whether they are as they were written.
    print: Print,
    /// Of the bytes, for those who take them.
    hash: blake3::Hash,
}

/// XXH3 of an entry. The index, which holds it, is under BLAKE3; whoever could change the bytes on purpose could
/// write a whole pack as well, so against faults of the machine the quick one does.
pub(super) type Print = [u8; 16];

/// Of an entry's bytes.
pub(super) fn print(bytes: &[u8]) -> Print {
    xxh3_128(bytes).to_be_bytes()
}

impl Pack {
    /// Opens a pack and verifies its index.
    ///
    /// # Errors
    /// `InvalidData` when it is not as it was written, or was not written by this program; else the system's.
    pub(super) fn open(path: &Path, program: &str) -> io::Result<Self> {
        // Asked before it is opened, because opening a pipe waits for its other end.
        if !fs::symlink_metadata(path)?.is_file() {
            return Err(io::Error::other("it is not a file"));
        }
        let file = fs::File::open(path)?;
        let size = file.metadata()?.len();
        let end = size.checked_sub(FOOTER as u64).ok_or_else(|| damaged("it is too short"))?;
        let mut footer = [0; FOOTER];
        read_at(path, &file, &mut footer, end)?;
        let (magic, rest) = footer.split_at(16);
        let (start, hash) = rest.split_at(8);
        let start = number(start);
        if magic != MAGIC || start > end || !(end - start).is_multiple_of(ENTRY as u64) {
            return Err(damaged("it has no proper end"));
        }
        if end - start > MOST {
            return Err(damaged("its index is too large"));
        }
        let mut index = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
        read_at(path, &file, &mut index, start)?;
        let read = || index.par_chunks_exact(ENTRY).map(Entry::from_bytes).collect();
        let (found, entries): (_, Vec<Entry>) = rayon::join(|| index_hash(program, start, &index), read);
        if found.as_bytes() != hash || path.file_stem() != Some(OsStr::new(&name(&found))) {
            return Err(damaged("its index has another hash"));
        }
        let keys = entries.iter().map(|entry| entry.key).collect();
        let used = entries.iter().map(|_| AtomicBool::new(false)).collect();
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let is_damaged = AtomicBool::new(false);
        Ok(Self {
            number,
            path: path.to_owned(),
            file,
            size,
            keys,
            entries,
            used,
            found: AtomicU64::new(0),
            is_damaged,
        })
    }

    /// Its file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Whether an entry was not as it was written.
    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    /// Reads the bytes at a key, verifies them and gives them with their hash; `None` when there are none.
    pub(super) fn read<'w>(
        &self,
        key: Fingerprint,
        window: &'w mut Window,
    ) -> Option<io::Result<(&'w [u8], blake3::Hash)>> {
        let at = self.find(key)?;
        let read = self.read_entry(&self.entries[at], window);
        match &read {
            Ok(_) => self.was_of_use(at),
            Err(_) => self.is_damaged.store(true, Ordering::Relaxed),
        }
        Some(read)
    }

    /// The size and the hash of the bytes at a key, as its index has them. That they were of use is noted.
    pub(super) fn look(&self, key: Fingerprint) -> Option<(u64, blake3::Hash)> {
        let at = self.find(key)?;
        self.was_of_use(at);
        Some((self.entries[at].size, self.entries[at].hash))
    }

    fn was_of_use(&self, at: usize) {
        if !self.used[at].swap(true, Ordering::Relaxed) {
            self.found.fetch_add(self.entries[at].size, Ordering::Relaxed);
        }
    }

    /// Bytes of what was of use.
    pub(super) fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }

    /// Gives out all bytes that are as they were written, or only those that were read before, with their keys.
    pub(super) fn each(&self, only_used: bool, take: Take<'_>) {
        let mut window = Window::default();
        let mut by_place: Vec<(&Entry, &AtomicBool)> = self.entries.iter().zip(&self.used).collect();
        by_place.sort_unstable_by_key(|(entry, _)| (entry.at, entry.size));
        for same in by_place.chunk_by(|(a, _), (b, _)| (a.at, a.size) == (b.at, b.size)) {
            if only_used && !same.iter().any(|(_, used)| used.load(Ordering::Relaxed)) {
                continue;
            }
            let keys: Vec<Fingerprint> = same.iter().map(|(entry, _)| entry.key).collect();
            if let Ok((bytes, hash)) = self.read_entry(same[0].0, &mut window) {
                take(&keys, bytes, hash);
            }
        }
    }

    /// Notes on the file that it was of use, for those who make room.
    pub(super) fn touch(&self) {
        let now = SystemTime::now();
        let modified = self.file.metadata().and_then(|it| it.modified());
        let is_new = modified.is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age < LATELY));
        if !is_new && self.used.iter().any(|used| used.load(Ordering::Relaxed)) {
            let _ = self.file.set_modified(now);
        }
    }

    /// The place of a key. Keys are hashes and so lie evenly: it is near where it is expected.
    fn find(&self, key: Fingerprint) -> Option<usize> {
        let keys = &self.keys[..];
        let last = keys.len().checked_sub(1)?;
        let start =
            |key: Fingerprint| u128::from(u64::from_be_bytes(std::array::from_fn(|n| key.as_bytes()[n])));
        let guess = usize::try_from((start(key) * keys.len() as u128) >> 64).unwrap_or(0).min(last);
        let (mut low, mut high, mut step) = (guess, guess + 1, 16);
        while low > 0 && keys[low] > key {
            low = low.saturating_sub(step);
            step *= 2;
        }
        while high <= last && keys[high] <= key {
            high = (high + step).min(last + 1);
            step *= 2;
        }
        keys[low..high].binary_search(&key).ok().map(|at| low + at)
    }

    fn read_entry<'w>(&self, entry: &Entry, window: &'w mut Window) -> io::Result<(&'w [u8], blake3::Hash)> {
        let end = entry.at.checked_add(entry.size).filter(|&end| end <= self.size);
        end.filter(|_| entry.size <= MOST).ok_or_else(|| damaged("an entry is beyond its end"))?;
        let bytes = window.read(self, entry.at, entry.size)?;
        if print(bytes) != entry.print {
            return Err(damaged("an entry has another hash"));
        }
        Ok((bytes, entry.hash))
    }
}

impl Entry {
    fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            key: Fingerprint::from_bytes(std::array::from_fn(|n| bytes[n])),
            at: number(&bytes[16..24]),
            size: number(&bytes[24..32]),
            print: std::array::from_fn(|n| bytes[32 + n]),
            hash: blake3::Hash::from_bytes(std::array::from_fn(|n| bytes[48 + n])),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.key.as_bytes());
        out.extend_from_slice(&self.at.to_le_bytes());
        out.extend_from_slice(&self.size.to_le_bytes());
        out.extend_from_slice(&self.print);
        out.extend_from_slice(self.hash.as_bytes());
    }
}

/// A pack that is being written. Dropped unfinished, it removes its file.
#[derive(Debug)]
pub(super) struct Draft {
    file: Arc<fs::File>,
    path: Arc<Path>,
    end: u64,
    entries: Vec<Entry>,
    /// Whether every entry was written.
    pending: Arc<AtomicUsize>,
}

/// Where an entry goes.
pub(super) struct Place {
    file: Arc<fs::File>,
    path: Arc<Path>,
    at: u64,
    pending: Arc<AtomicUsize>,
}

impl Place {
    /// Writes the entry.
    pub(super) fn write(self, bytes: &[u8]) -> io::Result<()> {
        write_at(&self.path, &self.file, bytes, self.at)?;
        self.pending.fetch_sub(1, Ordering::Release);
        Ok(())
    }
}

impl Draft {
    /// Begins one in a folder.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let name = format!("{}-{}-{number}.draft", since.as_nanos(), std::process::id());
        let path = folder.join(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = Arc::new(options.open(&path)?);
        Ok(Self { file, path: path.into(), end: 0, entries: Vec::new(), pending: Arc::default() })
    }

    /// Writes a file that is no pack, in place of what is there: whoever reads it meanwhile reads the old or the new,
    /// never a part of one.
    pub(super) fn replace(place: &Path, bytes: &[u8]) -> io::Result<()> {
        let draft = Self::new(place.parent().unwrap_or(place))?;
        write_at(&draft.path, &draft.file, bytes, 0)?;
        fs::rename(&draft.path, place)
    }

    /// Gives bytes their place, which is then to be written, from any thread.
    pub(super) fn place(
        &mut self,
        keys: &[Fingerprint],
        print: Print,
        size: u64,
        hash: blake3::Hash,
    ) -> Place {
        let at = self.end;
        self.end += size;
        self.entries.extend(keys.iter().map(|&key| Entry { key, at, size, print, hash }));
        self.pending.fetch_add(1, Ordering::Relaxed);
        let (file, path) = (Arc::clone(&self.file), Arc::clone(&self.path));
        Place { file, path, at, pending: Arc::clone(&self.pending) }
    }

    /// Writes the index and gives the pack its name; where it is then.
    pub(super) fn finish(mut self, program: &str) -> io::Result<PathBuf> {
        if self.pending.load(Ordering::Acquire) > 0 {
            return Err(io::Error::other("an entry was not written"));
        }
        self.entries.sort_unstable_by_key(|entry| entry.key);
        self.entries.dedup_by_key(|entry| entry.key);
        let mut end = Vec::with_capacity(self.entries.len() * ENTRY + FOOTER);
        self.entries.iter().for_each(|entry| entry.write(&mut end));
        let hash = index_hash(program, self.end, &end);
        end.extend_from_slice(&MAGIC);
        end.extend_from_slice(&self.end.to_le_bytes());
        end.extend_from_slice(hash.as_bytes());
        write_at(&self.path, &self.file, &end, self.end)?;
        let place = self.path.with_file_name(format!("{}.pack", name(&hash)));
        fs::rename(&self.path, &place)?;
        Ok(place)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // When it has its name, there is none of this one any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a path is named as a pack is.
pub(super) fn is_pack(path: &Path) -> bool {
    let stem = path.file_stem().and_then(OsStr::to_str);
    path.extension() == Some(OsStr::new("pack")) && stem.is_some_and(is_hash)
}

/// Whether a file is named as a draft is.
pub(super) fn is_draft(name: &OsStr) -> bool {
    Path::new(name).extension() == Some(OsStr::new("draft"))
}

/// Whether a text is 32 hexadecimal digits.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn name(hash: &blake3::Hash) -> String {
    Fingerprint::first_half(hash).hex(32)
}

fn index_hash(program: &str, start: u64, index: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new_derive_key(&format!("pack of {program}"));
    hasher.update(&start.to_le_bytes()).update(index).finalize()
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(unix)]
fn read_at(_: &Path, file: &fs::File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(unix)]
fn write_at(_: &Path, file: &fs::File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

/// Elsewhere a file has one place at which it is read, so each reader opens its own.
#[cfg(not(unix))]
fn read_at(path: &Path, _: &fs::File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    let mut file = fs::File::open(path)?;
    io::Seek::seek(&mut file, io::SeekFrom::Start(at))?;
    io::Read::read_exact(&mut file, bytes)
}

#[cfg(not(unix))]
fn write_at(path: &Path, _: &fs::File, bytes: &[u8], at: u64) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    io::Seek::seek(&mut file, io::SeekFrom::Start(at))?;
    io::Write::write_all(&mut file, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_what_was_written_in_whatever_order_they_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let entry = |pack: u8, n: usize| vec![pack ^ u8::try_from(n % 251).unwrap(); n * 1_117 % 6_000];
        let key = |n: usize| Fingerprint::of_bytes(&n.to_le_bytes());
        let packs = [1, 2].map(|pack| {
            let mut draft = Draft::new(folder.path()).unwrap();
            for n in 0..200 {
                let bytes = entry(pack, n);
                let place = draft.place(&[key(n)], print(&bytes), bytes.len() as u64, blake3::hash(&bytes));
                place.write(&bytes).unwrap();
            }
            Pack::open(&draft.finish("program").unwrap(), "program").unwrap()
        });
        let mut window = Window::default();
        let in_order = (0..200).map(|n| (0, n));
        let backwards = (0..200).rev().map(|n| (1, n));
        let by_turns = (0..400).map(|n| (n % 2, n / 2));
        let scattered = (0..200).map(|n| (0, n * 7 % 200));
        for (pack, n) in in_order.chain(backwards).chain(by_turns).chain(scattered) {
            let (bytes, hash) = packs[pack].read(key(n), &mut window).unwrap().unwrap();
            let written = entry([1, 2][pack], n);
            assert_eq!((bytes, hash), (&written[..], blake3::hash(&written)), "entry {n} of pack {pack}");
        }
    }
}
