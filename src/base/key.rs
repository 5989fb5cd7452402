//! What a document or entity is called inside the site: its kind and its id.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use unicode_normalization::UnicodeNormalization as _;

/// The kinds of documents and entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A dated report.
    Brief,
    /// A group, organisation, state body, network or unit.
    Actor,
    /// A country (ISO 3166-1) or Kosovo.
    Country,
    /// A person who says or does something.
    Person,
    /// A region: a set of countries.
    Region,
    /// Something that happened.
    Event,
    /// Where a report was published.
    Source,
    /// A subject.
    Topic,
    /// Any other page.
    Page,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Brief,
        Self::Actor,
        Self::Country,
        Self::Person,
        Self::Region,
        Self::Event,
        Self::Source,
        Self::Topic,
        Self::Page,
    ];

    /// The singular, as in `kind: actor` and `[[actor:isis-k]]`.
    pub fn name(self) -> &'static str {
        ["brief", "actor", "country", "person", "region", "event", "source", "topic", "page"][self as usize]
    }

    /// The folder below `content/` and the first part of the address.
    pub fn folder(self) -> &'static str {
        ["briefs", "actors", "countries", "people", "regions", "events", "sources", "topics", "pages"]
            [self as usize]
    }

    /// By its singular or folder name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name || kind.folder() == name)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(<&str>::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("no such kind"))
    }
}

/// A document's name within its kind: its file stem, lower case, NFC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Id(Arc<str>);

impl Id {
    /// Folds any text to an id.
    pub fn new(text: &str) -> Self {
        if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
            return Self(text.into());
        }
        Self(text.nfc().flat_map(char::to_lowercase).collect::<String>().into())
    }

    /// Whether a text can be an id: a part of an address and the name of a folder on any system.
    pub fn is_usable(text: &str) -> bool {
        Self::why_not(text).is_none()
    }

    /// Why a text cannot be an id, in words that follow "it".
    pub fn why_not(text: &str) -> Option<String> {
        /// Names of files have 255 bytes at most, with what is added to them.
        const LONGEST: usize = 240;
        let is_odd = |ch: char| matches!(ch, '\\' | ':' | '/') || ch.is_control();
        match text.chars().find(|&ch| is_odd(ch)) {
            _ if text.is_empty() => Some("is empty".to_owned()),
            _ if text.len() > LONGEST => {
                Some(format!("is {} bytes long, and {LONGEST} are the most", text.len()))
            }
            _ if text.starts_with('.') => Some("begins with a full stop".to_owned()),
            Some(odd) if odd.is_control() => {
                Some(format!("has the character U+{:04X} in it", u32::from(odd)))
            }
            Some(odd) => Some(format!("has `{odd}` in it")),
            None => None,
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Kind and id together name one entity of the site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub id: Id,
}

impl Key {
    /// Joins the two.
    pub fn new(kind: Kind, id: Id) -> Self {
        Self { kind, id }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.id)
    }
}
