//! `manifest.json`: what a build wrote, so that the next one, `clean` and `publish` know what is ours.
//!
//! The journal of a build that is moving its files in has the same form, and so has the manifest of a shard,
//! which says besides which share it lists.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::shard::{Part, Shard};
use crate::base::OutPath;

/// Its name in the output folder. No page can have it.
pub const MANIFEST: &str = "manifest.json";
pub(super) const NAME: &str = MANIFEST;

/// The name of its signature, as `minisign` gives it. No page can have that either.
pub const SIGNATURE: &str = "manifest.json.minisig";

/// How each begins, byte for byte, so that one is known without reading it whole.
const START: &[u8] = br#"{"generator":"briefwright","version":"#;
const VERSION: u32 = 1;

/// What an output folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The fingerprint of everything that the build depended on, 32 hexadecimal digits.
    pub inputs: String,
    /// What made the compressed copies among the files; empty when there are none.
    pub encoders: String,
    /// Of which share it is; `None` for a whole build's.
    pub part: Option<Part>,
    /// Every file but the manifest itself, sorted by path.
    pub files: Vec<Entry>,
}

/// One file of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies.
    pub path: OutPath,
    /// Bytes.
    pub size: u64,
    /// Of its content, BLAKE3.
    pub hash: blake3::Hash,
}

impl Manifest {
    /// Reads the manifest of an output folder; `None` when it has none.
    ///
    /// # Errors
    /// The system's words when it cannot be read, or what is wrong with it.
    pub fn read(folder: &Path) -> Result<Option<Self>, String> {
        Self::read_file(&folder.join(NAME))
    }

    pub(super) fn read_file(path: &Path) -> Result<Option<Self>, String> {
        match read_plain(path) {
            Ok(bytes) => Self::parse(&bytes).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// What is wrong with it; a path that would leave the output folder is.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if wire.generator != "briefwright" || wire.version != VERSION {
            return Err(format!("it is of `{}`, version {}", wire.generator, wire.version));
        }
        let files = wire.files.into_iter().map(Entry::try_from).collect::<Result<Vec<_>, _>>()?;
        // Whoever adds the sizes up may trust them to be sizes.
        if files.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.size)).is_none() {
            return Err("its files are larger than any disk".to_owned());
        }
        let part = wire.shard.map(Part::try_from).transpose()?;
        Ok(Self { inputs: wire.inputs.into_owned(), encoders: wire.encoders.into_owned(), part, files })
    }

    /// As JSON with a line for each file, which suits `grep` and `diff`.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.with(&self.files.iter().collect::<Vec<_>>())
    }

    /// The same with other files than its own.
    pub(super) fn with(&self, files: &[&Entry]) -> Vec<u8> {
        let mut out = Vec::with_capacity(200 + files.len() * 160);
        out.extend_from_slice(START);
        out.extend_from_slice(format!("{VERSION},\"inputs\":{},", json(&self.inputs)).as_bytes());
        if !self.encoders.is_empty() {
            out.extend_from_slice(format!("\"encoders\":{},", json(&self.encoders)).as_bytes());
        }
        if let Some(part) = &self.part {
            out.extend_from_slice(format!("\"shard\":{},", json(&WirePart::from(part))).as_bytes());
        }
        out.extend_from_slice(b"\"files\":[\n");
        let line = |entry: &&Entry| json(&WireEntry::from(*entry)) + ",\n";
        let lines = |entries: &[&Entry]| entries.iter().map(line).collect::<String>();
        let lines: Vec<String> = files.par_chunks(1024).map(lines).collect();
        lines.iter().for_each(|lines| out.extend_from_slice(lines.as_bytes()));
        let after = if files.is_empty() { "\n" } else { ",\n" };
        out.truncate(out.len() - after.len());
        out.extend_from_slice(b"\n]}\n");
        out
    }
}

/// Reads a file in a folder that may hold anything: a pipe would never end, and a link may lead to one.
///
/// # Errors
/// Those of the system; links are refused.
pub fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if kind.is_symlink() {
        return Err(io::Error::other("it is a symbolic link"));
    }
    if !kind.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    fs::read(path)
}

#[cfg(test)]
impl Manifest {
    /// A manifest of files with these texts.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let entry = |(path, text): &(&str, &str)| Entry {
            path: OutPath::new(path).unwrap(),
            size: text.len() as u64,
            hash: blake3::hash(text.as_bytes()),
        };
        Self { files: files.iter().map(entry).collect(), ..Self::default() }
    }
}

/// Whether a file begins as ours do. A link is none of ours, wherever it leads.
pub(super) fn is_ours(path: &Path) -> bool {
    let starts_so = || {
        let mut start = [0; START.len()];
        fs::File::open(path)?.read_exact(&mut start)?;
        io::Result::Ok(start == START)
    };
    fs::symlink_metadata(path).is_ok_and(|it| it.is_file()) && starts_so().unwrap_or(false)
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("text and numbers always have a form in JSON")
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    generator: Cow<'a, str>,
    version: u32,
    #[serde(borrow)]
    inputs: Cow<'a, str>,
    #[serde(borrow, default)]
    encoders: Cow<'a, str>,
    #[serde(borrow, default)]
    shard: Option<WirePart<'a>>,
    #[serde(borrow)]
    files: Vec<WireEntry<'a>>,
}

#[derive(Serialize, Deserialize)]
struct WirePart<'a> {
    index: u32,
    of: u32,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow)]
    edition: Option<Cow<'a, str>>,
    #[serde(borrow)]
    day: Cow<'a, str>,
    #[serde(borrow)]
    content: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct WireEntry<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    size: u64,
    #[serde(borrow)]
    blake3: Cow<'a, str>,
}

impl<'a> From<&'a Part> for WirePart<'a> {
    fn from(part: &'a Part) -> Self {
        Self {
            index: part.shard.index(),
            of: part.shard.of(),
            version: part.version.as_str().into(),
            edition: part.edition.as_deref().map(Cow::from),
            day: part.day.as_str().into(),
            content: part.content.as_str().into(),
        }
    }
}

impl TryFrom<WirePart<'_>> for Part {
    type Error = String;

    fn try_from(wire: WirePart<'_>) -> Result<Self, String> {
        let shard = Shard::new(wire.index, wire.of);
        Ok(Self {
            shard: shard.ok_or_else(|| format!("there is no shard {} of {}", wire.index, wire.of))?,
            version: wire.version.into_owned(),
            edition: wire.edition.map(Cow::into_owned),
            day: wire.day.into_owned(),
            content: wire.content.into_owned(),
        })
    }
}

impl<'a> From<&'a Entry> for WireEntry<'a> {
    fn from(entry: &'a Entry) -> Self {
        let blake3 = entry.hash.to_hex().to_string().into();
        Self { path: entry.path.as_str().into(), size: entry.size, blake3 }
    }
}

impl TryFrom<WireEntry<'_>> for Entry {
    type Error = String;

    fn try_from(wire: WireEntry<'_>) -> Result<Self, String> {
        let hash = blake3::Hash::from_hex(wire.blake3.as_bytes()).map_err(|error| error.to_string())?;
        Ok(Self { path: OutPath::new(&wire.path)?, size: wire.size, hash })
    }
}
