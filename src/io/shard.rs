//! One share of a build, for schedulers that run a build as several jobs: which files it makes, and what its
//! own things in an output folder are called.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;

use crate::base::{Fingerprint, OutPath};

/// The third of eight: `3/8`. It counts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    // In this order, so that shards sort by set.
    of: u32,
    index: u32,
}

/// What a shard's manifest says beside its files, so that only shards of one build are merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which share.
    pub shard: Shard,
    /// The version of the program.
    pub version: String,
    /// The edition that was built, if any.
    pub edition: Option<String>,
    /// The day of the build.
    pub day: String,
    /// The fingerprint of what was built. Of an edition it knows only what the edition shows.
    pub content: String,
}

impl Shard {
    /// `None` unless 0 < `index` <= `of`.
    pub fn new(index: u32, of: u32) -> Option<Self> {
        (1..=of).contains(&index).then_some(Self { of, index })
    }

    /// Which it is, from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// How many there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether a file is of this share. That depends on its path alone, so that a share is the same in any order
    /// and tells nothing of other files.
    pub fn has(self, path: &OutPath) -> bool {
        Fingerprint::of_bytes(path.as_str().as_bytes()).share(self.of) == self.index - 1
    }

    /// The name of its manifest, in the output folder. No page can have it.
    pub(super) fn manifest(self) -> String {
        format!("manifest-{}-of-{}.json", self.index, self.of)
    }

    /// Whose manifest has this name.
    pub(super) fn of_manifest(name: &str) -> Option<Self> {
        Self::between(name, "manifest-", ".json")
    }

    /// The name of its workshop, in the output folder.
    pub(super) fn workshop(self) -> String {
        format!(".brief-{}-of-{}", self.index, self.of)
    }

    /// Whose workshop has this name.
    pub(super) fn of_workshop(name: &str) -> Option<Self> {
        Self::between(name, ".brief-", "")
    }

    fn between(name: &str, start: &str, end: &str) -> Option<Self> {
        let (index, of) = name.strip_prefix(start)?.strip_suffix(end)?.split_once("-of-")?;
        Self::new(number(index)?, number(of)?)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, of)| Some((number(index)?, number(of)?)));
        let (index, of) = parts.ok_or("expected I/N, such as 3/8")?;
        Self::new(index, of).ok_or_else(|| match (index, of) {
            (0, _) => "shards count from 1, so the first of 8 is 1/8".to_owned(),
            _ => format!("there is no shard {index} of {of}"),
        })
    }
}

/// Digits alone, with no zero before them: each number has one form.
fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

/// The shards that something in a folder is named for, sorted; none where there is no folder.
pub(super) fn named(folder: &Path, whose: fn(&str) -> Option<Shard>) -> io::Result<Vec<Shard>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        found.extend(entry?.file_name().to_str().and_then(whose));
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_has_one_form() {
        assert_eq!("3/8".parse::<Shard>().map(|shard| shard.to_string()), Ok("3/8".to_owned()));
        for wrong in ["0/8", "9/8", "1/0", "3", "03/8", "+3/8", "3/8/1", " 3/8", "/", "3/99999999999"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        let shard = Shard::new(3, 8).unwrap();
        assert_eq!(Shard::of_manifest(&shard.manifest()), Some(shard));
        assert_eq!(Shard::of_workshop(&shard.workshop()), Some(shard));
        assert_eq!(Shard::of_manifest("manifest-9-of-8.json"), None);
    }

    #[test]
    fn shares_are_even_and_every_file_is_in_one() {
        let paths: Vec<OutPath> =
            (0..4000).map(|n| OutPath::new(&format!("briefs/b{n}/index.html")).unwrap()).collect();
        for of in [1, 2, 3, 8, 40] {
            let mut sizes = vec![0_usize; of as usize];
            for path in &paths {
                let whose: Vec<u32> =
                    (1..=of).filter(|&index| Shard::new(index, of).unwrap().has(path)).collect();
                assert_eq!(whose.len(), 1, "{path}");
                sizes[whose[0] as usize - 1] += 1;
            }
            let even = paths.len() / of as usize;
            assert!(sizes.iter().all(|size| size * 3 > even * 2 && size * 2 < even * 3), "{sizes:?}");
        }
    }
}
