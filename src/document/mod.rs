//! Bytes → document: front matter by the tables of its kind, Markdown as prose, headings, links and marks.
//!
//! A [`Document`] is complete when parsed and never changes. Its references are raw, with spans; the
//! `site` room resolves them.

mod actor;
mod address;
mod body;
mod brief;
mod event;
mod front;
mod markdown;
mod parse;
mod people;
mod place;
mod places;
mod tables;
mod terms;

pub use actor::{Actor, Alias, Listing, Relation, RelationKind};
pub use address::{Address, addresses};
pub(crate) use body::portion_mark;
pub use body::{Body, Citation, Heading, Portion, RawLink, Run, read as read_body};
pub use brief::{Brief, Cited, JudgementEntry, Reading, StatementEntry};
pub use event::Event;
pub use markdown::{Adds, Cursor, Events, Step, citation, events, is_wiki, undefined_note};
pub use parse::{Args, Rules, address_kind, parse};
pub use people::{Office, Person, Source};
pub use places::{Country, Region};
pub use tables::tables;
pub use terms::{
    Confidence, Grade, Level, Likelihood, Outcome as JudgementOutcome, Stance, Trend, UpdateKind,
};

use std::hash::{Hash, Hasher};

use crate::base::{Edtf, Fingerprint, Key, Label, Lang, Once, SourcePath, Spanned, Text};

/// A reference to another document as written: an id and its place.
pub type Ref = Spanned<String>;

/// One source file, understood.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub path: SourcePath,
    /// The file's whole text.
    pub source: Text,
    /// Kind and id.
    pub key: Key,
    /// What every kind has.
    pub common: Common,
    /// What its kind has.
    pub data: Data,
    /// Its text.
    pub body: Body,
    /// The rules it was read by, and the ceiling it was cut at: with the text, all that it depends on.
    rules: Rules,
    ceiling: Option<Label>,
    face: Once<Fingerprint>,
}

/// The keys that every kind has.
#[derive(Clone, Debug)]
pub struct Common {
    /// Title or name, and where it stands (the start of the file when it is taken from elsewhere).
    pub title: Spanned<String>,
    /// One or two sentences.
    pub summary: Option<String>,
    /// The language of the text.
    pub lang: Lang,
    /// Whether this is `name.LANG.md`, a version of `name.md`.
    pub variant: bool,
    /// The document's label: its own, or the site's default.
    pub label: Label,
    /// Not ready.
    pub draft: bool,
    /// Whether names in its text become links.
    pub autolink: bool,
    /// Old addresses.
    pub redirect_from: Vec<Spanned<String>>,
    /// When it should be read again.
    pub review_by: Option<Edtf>,
    /// Its history, as written.
    pub updates: Vec<Update>,
    /// Values of the site's own.
    pub extra: serde_json::Value,
}

/// A dated change.
#[derive(Clone, Debug)]
pub struct Update {
    /// When.
    pub date: Option<Edtf>,
    /// Of which kind.
    pub kind: UpdateKind,
    /// What changed.
    pub note: Option<String>,
}

/// The keys of each kind.
#[derive(Clone, Debug)]
pub enum Data {
    /// A dated report.
    Brief(Box<Brief>),
    /// A group, organisation, state body, network or unit.
    Actor(Box<Actor>),
    /// A country.
    Country(Country),
    /// A person.
    Person(Person),
    /// Something that happened.
    Event(Box<Event>),
    /// An outlet.
    Source(Source),
    /// A set of countries.
    Region(Region),
    /// A subject.
    Topic,
    /// Any other page.
    Page,
}

impl Document {
    /// The brief's keys, when it is one.
    pub fn brief(&self) -> Option<&Brief> {
        match &self.data {
            Data::Brief(brief) => Some(brief),
            _ => None,
        }
    }

    /// Of all that other pages may know of this document: its front matter, its title, its headings and its
    /// labels, but not its prose.
    pub fn face(&self) -> Fingerprint {
        self.face.get_or_init(|| {
            let front_matter = &self.source[..self.body.start as usize];
            let headings = self.body.headings.iter().map(|it| (it.level, &it.id, &it.text));
            Fingerprint::of(&(
                (&self.path, &self.key, &self.rules, self.ceiling, self.common.variant),
                (front_matter, &self.common.title, &self.common.summary, &self.common.lang),
                headings.collect::<Vec<_>>(),
                self.body.portions.iter().map(|portion| portion.label).collect::<Vec<_>>(),
            ))
        })
    }

    /// The text of the body, Markdown.
    pub fn markdown(&self) -> &str {
        self.body.cut.as_deref().unwrap_or(&self.source[self.body.start as usize..])
    }
}

/// A document is its path, its text, the rules it was read by and the ceiling it was cut at.
impl Hash for Document {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.path, &self.source, &self.rules, self.ceiling, self.common.variant).hash(state);
    }
}
