//! Everything a build depends on, as one immutable value: the files, the settings from outside, and today.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Diagnostic, Fingerprint, Shared, SourcePath};

/// The input of a build. The same snapshot gives the same bytes on any machine.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Every file of the site that may matter, sorted by path.
    pub files: Arc<Vec<File>>,
    /// Settings from variables and flags: dotted key, value as in TOML, and where it came from (`--strict`).
    pub overrides: Vec<Override>,
    /// The environment whose `site.ENV.toml` counts, if any.
    pub env: Option<String>,
    /// The day on which the build takes place.
    pub today: Date,
    /// When files were committed, for a site that sets `dates = "git"`; empty for others.
    pub committed: Arc<BTreeMap<SourcePath, Committed>>,
    /// What could not be read.
    pub faults: Vec<Diagnostic>,
}

impl Snapshot {
    /// The file at a path.
    pub fn file(&self, path: &SourcePath) -> Option<&File> {
        self.files.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &self.files[at])
    }

    /// The text of a file, to show a fault's lines.
    pub fn text(&self, path: &SourcePath) -> Option<&Text> {
        match &self.file(path)?.content {
            Content::Text(text) => Some(text),
            Content::Blob(_) => None,
        }
    }
}

/// The days, in UTC, on which a file was committed; absent where that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Committed {
    /// For the first time.
    pub first: Option<Date>,
    /// For the last time.
    pub last: Option<Date>,
}

/// One file of the site.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it lies.
    pub path: SourcePath,
    /// What is in it.
    pub content: Content,
    /// Bytes of the byte order mark before its text, of which the text knows nothing.
    pub mark: u32,
}

/// A file's text, which knows its fingerprint once it was asked for.
pub type Text = Shared<Box<str>>;

/// What is in a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// Markdown, settings and templates are held. Valid UTF-8, without a byte order mark.
    Text(Text),
    /// Anything else is known by its hash and copied when published.
    Blob(Blob),
}

/// What the build knows of a file that it does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Blob {
    /// Bytes.
    pub size: u64,
    /// Of its content.
    pub hash: Fingerprint,
    /// Width and height in pixels, for images.
    pub dimensions: Option<(u32, u32)>,
}

/// A setting from a variable or a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// `links.rate`
    pub key: String,
    /// As TOML would have it, or bare text.
    pub value: String,
    /// `BRIEF_LINKS_RATE` or `--strict`, for messages.
    pub origin: String,
}
