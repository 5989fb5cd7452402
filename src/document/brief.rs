//! A brief's keys: what it is about, what it judges, what it rests on.

use serde::{Deserialize, Serialize};

use crate::base::node::Value;
use crate::base::shape::{Checker, Field, Fields, Shape, field, required};
use crate::base::{CountryCode, Diagnostic, Edtf, Kind, Label, Spanned, codes, is_same};

use super::tables::TLP;
use super::{Confidence, Event, Grade, JudgementOutcome, Level, Likelihood, Ref, Stance, Trend, event};

/// A brief's own keys.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Brief {
    /// When published.
    pub date: Option<Edtf>,
    /// Desks or persons.
    pub authors: Vec<String>,
    /// Actors it is about.
    pub actors: Vec<Ref>,
    /// Countries it is about.
    pub countries: Vec<Spanned<CountryCode>>,
    /// Regions it is about.
    pub regions: Vec<Ref>,
    /// People it is about.
    pub people: Vec<Ref>,
    /// Its topics.
    pub topics: Vec<Ref>,
    /// Readings of the threat level.
    pub threat: Vec<Reading>,
    /// Judgements made or changed.
    pub judgements: Vec<JudgementEntry>,
    /// What it rests on.
    pub sources: Vec<Cited>,
    /// Whether some of what it rests on could not be read, so that nobody knows what is missing there.
    pub lacks_sources: bool,
    /// Who said what.
    pub statements: Vec<StatementEntry>,
    /// What happened.
    pub events: Vec<Event>,
    /// Older briefs that it replaces.
    pub supersedes: Vec<Ref>,
    /// Not to be published before, RFC 3339 or a date.
    pub embargo: Option<Edtf>,
}

impl Brief {
    /// The place of a source in the list, by its id there.
    pub fn source(&self, id: &str) -> Option<usize> {
        self.sources.iter().position(|source| is_same(&source.id.value, id))
    }
}

/// A reading of a country's or region's threat level.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Reading {
    /// Where.
    pub country: Spanned<CountryCode>,
    /// How high.
    pub level: Level,
    /// Where it is heading.
    pub trend: Option<Trend>,
    /// Its own label.
    pub label: Option<Label>,
}

/// A judgement, or a change of an earlier one.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct JudgementEntry {
    /// Its id; a change has that of the judgement it changes.
    pub id: Ref,
    /// Whether this changes a judgement made elsewhere (`updates:`).
    pub change: bool,
    /// What is judged.
    pub text: Option<String>,
    /// How likely.
    pub likelihood: Option<Likelihood>,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// Until when.
    pub by: Option<Edtf>,
    /// Why; a change's `reason`.
    pub because: Option<String>,
    /// How it ended.
    pub outcome: Option<JudgementOutcome>,
    /// Its own label.
    pub label: Option<Label>,
}

/// A source of the brief.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Cited {
    /// What citations call it.
    pub id: Ref,
    /// The outlet.
    pub source: Option<Ref>,
    /// The title.
    pub title: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// When it was published.
    pub date: Option<Edtf>,
    /// Admiralty grade.
    pub grade: Option<Grade>,
    /// Through whom it came, nearest first.
    pub via: Vec<Ref>,
    /// An archived copy.
    pub archived: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Its own label.
    pub label: Option<Label>,
}

/// Who said what.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct StatementEntry {
    /// Its id, for links.
    pub id: Option<Ref>,
    /// Who: a person or an actor.
    pub by: Ref,
    /// When.
    pub on: Option<Edtf>,
    /// Where or on what occasion.
    pub at: Option<String>,
    /// In the authors' words.
    pub says: Option<String>,
    /// In the speaker's words.
    pub quote: Option<String>,
    /// Whom or what it is about.
    pub about: Vec<Ref>,
    /// The question it takes a side on.
    pub issue: Option<String>,
    /// Which side.
    pub stance: Option<Stance>,
    /// The brief's source for it.
    pub source: Option<Ref>,
    /// Whether it is certain that this person said it.
    pub certain: Option<bool>,
    /// A remark.
    pub note: Option<String>,
    /// Its own label.
    pub label: Option<Label>,
}

impl StatementEntry {
    /// Whom a statement may be about, the likeliest first.
    pub const ABOUT: &'static [Kind] =
        &[Kind::Actor, Kind::Person, Kind::Country, Kind::Region, Kind::Source];
}

pub(super) const FIELDS: &[Field] = &[
    required("date", Shape::Date, "When it was published, EDTF: 2026-03-02, 2026-03."),
    field("authors", Shape::List(&Shape::Text), "Desks or persons."),
    field("actors", Shape::List(&Shape::Reference(&[Kind::Actor])), "Ids of the actors it is about."),
    field(
        "countries",
        Shape::List(&Shape::Country),
        "Countries it is about: ISO 3166-1 codes or English names.",
    ),
    field("regions", Shape::List(&Shape::Reference(&[Kind::Region])), "Ids of the regions it is about."),
    field("people", Shape::List(&Shape::Reference(&[Kind::Person])), "Ids of the people it is about."),
    field("topics", Shape::List(&Shape::Reference(&[Kind::Topic])), "Its topics."),
    field("threat", Shape::List(&Shape::Map(THREAT)), "Readings of the threat level, as of this brief."),
    field(
        "judgements",
        Shape::List(&Shape::Map(JUDGEMENT)),
        "What it judges, or how it changes an earlier judgement.",
    ),
    field("sources", Shape::List(&Shape::Map(CITED)), "What it rests on; the text cites them with `[@id]`."),
    field(
        "statements",
        Shape::List(&Shape::Map(STATEMENT)),
        "Who said what, in which office, where and when.",
    ),
    field(
        "events",
        Shape::List(&Shape::TextOr(event::INLINE)),
        "What happened: the id of an event document, or the event itself.",
    ),
    field(
        "supersedes",
        Shape::List(&Shape::Reference(&[Kind::Brief])),
        "Ids of older briefs that this one replaces.",
    ),
    field("embargo", Shape::Date, "Left out of a build before this time unless `--future` is given."),
];

const THREAT: &[Field] = &[
    required("country", Shape::Country, "Where."),
    required("level", Shape::Choice(Level::NAMES), "low, moderate, substantial, severe or critical."),
    field("trend", Shape::Choice(Trend::NAMES), "falling, steady or rising."),
    TLP,
];

const JUDGEMENT: &[Field] = &[
    field("id", Shape::Text, "What later briefs call it."),
    field("updates", Shape::Text, "Instead of `id`: the id of the judgement that this changes or closes."),
    field("text", Shape::Text, "What is judged."),
    field(
        "likelihood",
        Shape::Checked(Likelihood::CHECK),
        "A term of ICD 203, or a range of per cent such as 55-80.",
    ),
    field("confidence", Shape::Choice(Confidence::NAMES), "low, moderate or high."),
    field("by", Shape::Date, "Until when it should have come true."),
    field("because", Shape::Text, "Why."),
    field("reason", Shape::Text, "Why it is changed."),
    field(
        "outcome",
        Shape::Choice(JudgementOutcome::NAMES),
        "occurred, did-not-occur or undetermined: closes it.",
    ),
    TLP,
];

const CITED: &[Field] = &[
    required("id", Shape::Text, "What `[@id]` calls it."),
    field("source", Shape::Reference(&[Kind::Source]), "Id of the outlet."),
    field("title", Shape::Text, "Its title."),
    field("url", Shape::Url, "Where it can be read."),
    field("date", Shape::Date, "When it was published."),
    field("grade", Shape::Checked(Grade::CHECK), "Admiralty grade such as C3."),
    field("via", Shape::List(&Shape::Reference(&[Kind::Source])), "Through which outlet it came."),
    field("archived", Shape::Url, "An archived copy."),
    field("note", Shape::Text, "A remark."),
    TLP,
];

const STATEMENT: &[Field] = &[
    field("id", Shape::Text, "For links: `#statement-ID`."),
    required("by", Shape::Reference(&[Kind::Person, Kind::Actor]), "Id of the person or actor who said it."),
    field("on", Shape::Date, "When."),
    field("at", Shape::Text, "Where or on what occasion."),
    field("says", Shape::Text, "In your words."),
    field("quote", Shape::Text, "In the speaker's words."),
    field(
        "about",
        Shape::List(&Shape::Reference(&[Kind::Actor, Kind::Person, Kind::Country])),
        "Ids of whom it is about.",
    ),
    field("issue", Shape::Text, "The question it takes a side on: the same word for all statements on it."),
    field("stance", Shape::Choice(Stance::NAMES), "denies, affirms or mixed."),
    field("source", Shape::Text, "Id of the brief's source for it."),
    field(
        "attribution",
        Shape::Choice(&["certain", "doubtful"]),
        "Whether it is certain that this person said it.",
    ),
    field("note", Shape::Text, "A remark."),
    TLP,
];

/// Reports items that say nothing: they could only be left out in silence.
pub(super) fn check_items(fields: Fields<'_>, checker: &mut Checker<'_>) {
    let mut missing = |item: Fields<'_>, key: &str, what: &str| {
        let fault = Diagnostic::new(&codes::MISSING_KEY, format!("the key `{key}` is missing"));
        let fault = fault.at(checker.path, item.span()).label("in this item").help(what);
        checker.diagnostics.push(fault);
    };
    for item in fields.maps("judgements").filter(|item| !item.0.entries().is_empty()) {
        if item.node("updates").is_none() && item.node("text").is_none() {
            missing(
                item,
                "text",
                "a judgement says what is judged, or with `updates:` which judgement it changes",
            );
        }
    }
    for item in fields.maps("events").filter(|item| !item.0.entries().is_empty()) {
        if item.node("id").is_none() && item.node("title").is_none() {
            missing(item, "title", "an event has a title, or at least an id");
        }
    }
}

/// Reads a checked map.
pub(super) fn read(fields: Fields<'_>) -> Brief {
    let sources: Vec<Cited> = fields.maps("sources").filter_map(cited).collect();
    let is_unread = fields.node("sources").is_some_and(|node| node.value == Value::Unread);
    Brief {
        date: fields.date("date"),
        authors: fields.texts("authors").into_iter().map(|author| author.value).collect(),
        actors: fields.texts("actors"),
        countries: fields.countries("countries"),
        regions: fields.texts("regions"),
        people: fields.texts("people"),
        topics: fields.texts("topics"),
        threat: fields.maps("threat").filter_map(reading).collect(),
        judgements: fields.maps("judgements").filter_map(judgement).collect(),
        lacks_sources: is_unread || sources.len() < fields.maps("sources").count(),
        sources,
        statements: fields.maps("statements").filter_map(statement).collect(),
        events: fields.maps("events").map(event::read).collect(),
        supersedes: fields.texts("supersedes"),
        embargo: fields.date("embargo"),
    }
}

fn reading(fields: Fields<'_>) -> Option<Reading> {
    Some(Reading {
        country: fields.country("country")?,
        level: fields.parsed("level", Level::parse)?.value,
        trend: fields.parsed("trend", Trend::parse).map(|trend| trend.value),
        label: fields.label("tlp"),
    })
}

fn judgement(fields: Fields<'_>) -> Option<JudgementEntry> {
    let change = fields.node("updates").is_some();
    let text = fields.text("text");
    // Without an id it can still be shown; nothing can refer to it.
    let id = fields
        .spanned(if change { "updates" } else { "id" })
        .unwrap_or_else(|| Ref::new(String::new(), fields.span()));
    (change || text.is_some() || !id.is_empty()).then(|| JudgementEntry {
        id,
        change,
        text,
        likelihood: fields.parsed("likelihood", Likelihood::parse).map(|likelihood| likelihood.value),
        confidence: fields.parsed("confidence", Confidence::parse).map(|confidence| confidence.value),
        by: fields.date("by"),
        because: fields.text("because").or_else(|| fields.text("reason")),
        outcome: fields.parsed("outcome", JudgementOutcome::parse).map(|outcome| outcome.value),
        label: fields.label("tlp"),
    })
}

fn cited(fields: Fields<'_>) -> Option<Cited> {
    Some(Cited {
        id: fields.spanned("id")?,
        source: fields.spanned("source"),
        title: fields.text("title"),
        url: fields.text("url").filter(|url| crate::base::shape::is_web_address(url)),
        date: fields.date("date"),
        grade: fields.parsed("grade", Grade::parse).map(|grade| grade.value),
        via: fields.texts("via"),
        archived: fields.text("archived").filter(|url| crate::base::shape::is_web_address(url)),
        note: fields.text("note"),
        label: fields.label("tlp"),
    })
}

fn statement(fields: Fields<'_>) -> Option<StatementEntry> {
    Some(StatementEntry {
        id: fields.spanned("id"),
        by: fields.spanned("by")?,
        on: fields.date("on"),
        at: fields.text("at"),
        says: fields.text("says"),
        quote: fields.text("quote"),
        about: fields.texts("about"),
        issue: fields.text("issue"),
        stance: fields.parsed("stance", Stance::parse).map(|stance| stance.value),
        source: fields.spanned("source"),
        certain: fields.text("attribution").map(|word| word == "certain"),
        note: fields.text("note"),
        label: fields.label("tlp"),
    })
}
