//! Bytes → document: front matter by the tables of its kind, Markdown as prose, headings, links and marks.
//!
//! A [`Document`] is complete when parsed and never changes. Its references are raw, with spans; the
//! `site` room resolves them.

mod actor;
mod address;
mod alias;
mod body;
mod brief;
mod event;
mod front;
mod kept;
mod mark;
mod markdown;
mod parse;
mod people;
mod place;
mod places;
mod tables;
mod terms;

pub use actor::{Actor, Listing, Relation};
pub use address::{Address, addresses};
pub use alias::Alias;
pub use body::{Body, Citation, Heading, Portion, Prose, RawLink, Run, read as read_body};
pub use brief::{Brief, Cited, JudgementEntry, Reading, StatementEntry};
pub use event::Event;
pub use kept::{keep, recall};
pub(crate) use mark::Mark;
pub use markdown::{
    Adds, Cursor, Step, block_key, block_mark, citation, events, is_block, is_label, is_wiki, note_key,
    shown_notes, undefined_note,
};
pub use parse::{Args, Rules, address_kind, parse};
pub use people::{Office, Person, Source};
pub use places::{Country, Region};
pub use tables::tables;
pub use terms::{
    ActorType, Confidence, Credibility, Grade, Level, Likelihood, Outcome as JudgementOutcome, RelationKind,
    Reliability, Stance, Trend, UpdateKind,
};

use std::hash::{Hash, Hasher};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::base::{Committed, Edtf, Fingerprint, Key, Label, Lang, Prints, SourcePath, Spanned, Text};

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
    face: Prints,
}

/// The keys that every kind has.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
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
    /// Which of these two its own front matter says.
    pub(crate) says: Says,
    /// Whether names in its text become links.
    pub autolink: bool,
    /// Old addresses.
    pub redirect_from: Vec<Spanned<String>>,
    /// When it should be read again.
    pub review_by: Option<Edtf>,
    /// Its history, as written.
    pub updates: Vec<Update>,
    /// When its file was committed, where the settings ask for it and the audience may know.
    pub committed: Committed,
    /// Values of the site's own.
    #[serde(with = "kept::free")]
    pub extra: serde_json::Value,
}

/// What a document says itself of who may see it.
#[derive(Clone, Copy, Debug, Default, Hash, Serialize, Deserialize)]
pub(crate) struct Says {
    pub(crate) label: bool,
    pub(crate) draft: bool,
}

/// A dated change.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Update {
    /// When.
    pub date: Option<Edtf>,
    /// Of which kind.
    pub kind: UpdateKind,
    /// What changed.
    pub note: Option<String>,
}

/// The keys of each kind.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
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

    /// When a brief was published or an event happened.
    pub fn date(&self) -> Option<Edtf> {
        match &self.data {
            Data::Brief(brief) => brief.date,
            Data::Event(event) => event.date,
            _ => None,
        }
    }

    /// What other pages may know of this document.
    pub fn face(&self) -> Face<'_> {
        Face(self)
    }

    /// The words of its text.
    pub fn prose(&self) -> Prose<'_> {
        let markdown = self.markdown();
        // What was cut has been cut from the text that is read here.
        let read = || body::read(&self.path, markdown, 0, &[]).0.words.into_inner().unwrap_or_default();
        self.body.words.get_or_init(read).prose(markdown)
    }

    /// The day of its last commit, where that is after its own date and its own history tells no day.
    pub fn changed(&self) -> Option<Date> {
        let tells = self.common.updates.iter().any(|update| update.date.is_some());
        let written = match &self.data {
            Data::Brief(brief) => brief.date.and_then(Edtf::latest),
            _ => None,
        };
        self.common.committed.last.filter(|&day| !tells && written.is_none_or(|written| written < day))
    }

    /// Of what a reader of this version meets, and of nothing that was cut from it, be it only by moving what
    /// follows.
    pub fn shown(&self) -> Fingerprint {
        let Body { headings, links, citations, .. } = &self.body;
        Fingerprint::of(&(
            (&self.key, &self.common, &self.data, &self.prose().text),
            headings.iter().map(|it| (it.level, &it.id, &it.text)).collect::<Vec<_>>(),
            links.iter().map(|it| (&it.target, it.wiki, it.image)).collect::<Vec<_>>(),
            citations.iter().map(|it| &it.items).collect::<Vec<_>>(),
        ))
    }

    /// A version in another language is for nobody and at no time for whom and when its originals are not, unless it
    /// says so itself. `None` when that changes nothing.
    pub fn following(&self, originals: &[&Self]) -> Option<Self> {
        let own = &self.common;
        let (mut label, mut draft, embargo) = self.audience();
        for (other_label, other_draft, _) in originals.iter().map(|original| original.audience()) {
            label = if own.says.label { label } else { label.max(other_label) };
            draft |= other_draft && !own.says.draft;
        }
        let embargo = embargo.or_else(|| originals.iter().filter_map(|original| original.audience().2).max());
        if (label, draft, embargo) == self.audience() {
            return None;
        }
        let mut followed = self.clone();
        (followed.common.label, followed.common.draft) = (label, draft);
        if let Data::Brief(brief) = &mut followed.data {
            brief.embargo = embargo;
        }
        Some(followed)
    }

    /// For whom and when it is: its label, whether it is a draft, and its embargo; by its own front matter or that of
    /// its original.
    fn audience(&self) -> (Label, bool, Option<Edtf>) {
        (self.common.label, self.common.draft, self.brief().and_then(|brief| brief.embargo))
    }

    /// The text of the body, Markdown.
    pub fn markdown(&self) -> &str {
        self.body.cut.as_deref().unwrap_or(&self.source[self.body.start as usize..])
    }
}

/// Of a document all that other pages may know: its front matter, its title, its headings, the marks of its blocks
/// and its labels, but not its prose. Its hash covers only that.
pub struct Face<'a>(&'a Document);

impl Hash for Face<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let it = self.0;
        it.face.hash(state, || {
            let headings = it.body.headings.iter().map(|it| (it.level, &it.id, &it.text));
            (
                (&it.path, &it.key, &it.rules, it.ceiling, it.common.variant),
                (&it.source[..it.body.start as usize], &it.common.title, &it.common.summary, &it.common.lang),
                (it.common.committed, it.audience()),
                headings.collect::<Vec<_>>(),
                it.body.portions.iter().map(|portion| portion.label).collect::<Vec<_>>(),
                &it.body.blocks,
            )
        });
    }
}

/// A document is its path, its text, the rules it was read by, the ceiling it was cut at, when it was committed, and for
/// whom and when it is.
impl Hash for Document {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.path, &self.source, &self.rules, self.ceiling, self.common.variant).hash(state);
        (self.common.committed, self.audience()).hash(state);
    }
}
