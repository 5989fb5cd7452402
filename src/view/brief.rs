//! A brief, and the ledgers that its front matter fills.

use serde::Serialize;

use super::{Card, Extra, Frame, Heading, Mention, Safe, Shown, When, Whole};
use crate::base::{Label, Lang};

/// `brief.html`.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Brief {
    /// The head.
    pub page: Frame,
    /// The brief itself.
    pub card: Shown<Card>,
    /// The text.
    pub body: Safe,
    /// Its headings of level 2 and 3.
    pub contents: Vec<Heading>,
    /// Desks or persons, as written.
    pub authors: Vec<String>,
    /// Named in front matter.
    pub actors: Vec<Shown<Card>>,
    /// Named in front matter.
    pub countries: Vec<Shown<Card>>,
    /// Named in front matter.
    pub regions: Vec<Shown<Card>>,
    /// Named in front matter, and who makes its statements.
    pub people: Vec<Shown<Card>>,
    /// Named in front matter.
    pub topics: Vec<Shown<Card>>,
    /// Readings of the threat level.
    pub threat: Vec<ThreatLevel>,
    /// What it judges, with the later history of each judgement.
    pub judgements: Vec<Judgement>,
    /// Its numbered sources. `id` of each is an anchor of the page.
    pub sources: Vec<SourceItem>,
    /// Who said what.
    pub statements: Vec<Statement>,
    /// What happened.
    pub events: Vec<EventItem>,
    /// Its own history, newest first.
    pub updates: Vec<Update>,
    /// The day of its last commit, with `dates = "git"` and when its own history tells none.
    pub changed: Option<When>,
    /// Older briefs that it replaces.
    pub supersedes: Vec<Shown<Card>>,
    /// Newer briefs that replace it: of each the first version that says so.
    pub superseded_by: Vec<Shown<Card>>,
    /// Documents that link here, the newest first: at most 20.
    pub backlinks: Vec<Mention>,
    /// How many there are and where all of them are, when there are more.
    pub backlinks_whole: Option<Whole>,
    /// Briefs about the same actors and countries, the nearest first; none that `backlinks`, `supersedes` or
    /// `superseded_by` has.
    pub related: Vec<Shown<Card>>,
    /// The brief published before this.
    pub earlier: Option<Shown<Card>>,
    /// The brief published after this.
    pub later: Option<Shown<Card>>,
    /// When it should be read again by its authors.
    pub review_by: Option<When>,
    /// Words in the text.
    pub words: usize,
    /// Minutes to read it, at 230 words a minute, at least 1.
    pub minutes: usize,
    /// `extra:` of its front matter.
    pub extra: Extra,
}

/// A reading of a country's threat level.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct ThreatLevel {
    /// The country (or region).
    pub country: Shown<Card>,
    /// `low`, `moderate`, `substantial`, `severe`, `critical`.
    pub level: &'static str,
    /// 1 (low) to 5 (critical).
    pub rank: u8,
    /// `falling`, `steady`, `rising`.
    pub trend: Option<&'static str>,
    /// The brief that says so.
    pub brief: Shown<Card>,
    /// When.
    pub date: Option<When>,
    /// Its own label, when it says one.
    pub label: Option<Label>,
}

/// A judgement with its history.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Judgement {
    /// Its id.
    pub id: String,
    /// What is judged.
    pub text: String,
    /// Language tag of the text and of the reasons for it.
    pub lang: Lang,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// How likely: on a brief's own page as that brief says, elsewhere now. So are the confidence, the time and the
    /// outcome.
    pub likelihood: Option<Likelihood>,
    /// `low`, `moderate`, `high`.
    pub confidence: Option<&'static str>,
    /// Until when.
    pub by: Option<When>,
    /// Whether that is past, and no outcome is known.
    pub overdue: bool,
    /// Why.
    pub because: Option<String>,
    /// `occurred`, `did-not-occur`, `undetermined`; absent while open.
    pub outcome: Option<&'static str>,
    /// The brief that made it.
    pub brief: Shown<Card>,
    /// Every change, oldest first, the first assessment included.
    pub history: Vec<JudgementStep>,
    /// On a brief's own page: what stands now, with the brief that says so, when that is something else.
    pub now: Option<JudgementStep>,
    /// The highest label that it or a change of it says.
    pub label: Option<Label>,
}

/// A step in a judgement's history.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct JudgementStep {
    /// The brief.
    pub brief: Shown<Card>,
    /// How likely, from here on; absent when unchanged.
    pub likelihood: Option<Likelihood>,
    /// `low`, `moderate`, `high`; absent when unchanged.
    pub confidence: Option<&'static str>,
    /// The outcome, when this step closes it.
    pub outcome: Option<&'static str>,
    /// Why.
    pub reason: Option<String>,
    /// Language tag of the reason.
    pub lang: Lang,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
}

/// A likelihood in the terms of ICD 203.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, Hash)]
pub struct Likelihood {
    /// `likely`, `roughly even chance`, … The nearest term when a range was given.
    pub term: &'static str,
    /// Lower end in per cent.
    pub low: u8,
    /// Upper end in per cent.
    pub high: u8,
}

/// A numbered source of a brief.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct SourceItem {
    /// From 1, in the order cited.
    pub number: usize,
    /// The anchor: `source-er`.
    pub id: String,
    /// The title, or the outlet's name.
    pub title: String,
    /// The outlet.
    pub source: Option<Shown<Card>>,
    /// Through whom it reached the authors, nearest first.
    pub via: Vec<Shown<Card>>,
    /// Where it can be read.
    pub url: Option<String>,
    /// An archived copy.
    pub archived: Option<String>,
    /// When published.
    pub date: Option<When>,
    /// Admiralty grade.
    pub grade: Option<Grade>,
    /// The anchors of the places that cite it.
    pub cited_at: Vec<String>,
    /// A remark.
    pub note: Option<String>,
    /// Its own label, when it says one.
    pub label: Option<Label>,
}

/// An Admiralty grade, such as B2.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, Hash)]
pub struct Grade {
    /// `B2`
    pub code: String,
    /// `usually reliable`
    pub reliability: &'static str,
    /// `probably true`; absent when only the source is graded.
    pub credibility: Option<&'static str>,
}

/// Who said what.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Statement {
    /// The anchor: `statement-unsc`; absent without an id.
    pub id: Option<String>,
    /// The person or actor who said it.
    pub by: Shown<Card>,
    /// The office held on that day: `Secretary of the Security Council`.
    pub office: Option<String>,
    /// What the office is of: a state or organisation.
    pub office_of: Option<String>,
    /// When.
    pub on: Option<When>,
    /// Where or on what occasion.
    pub at: Option<String>,
    /// Language tag of what follows in words.
    pub lang: Lang,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// In the authors' words.
    pub says: Option<String>,
    /// In the speaker's words.
    pub quote: Option<String>,
    /// Whom or what it is about.
    pub about: Vec<Shown<Card>>,
    /// The question it takes a side on.
    pub issue: Option<String>,
    /// `affirms`, `denies`, `mixed`.
    pub stance: Option<&'static str>,
    /// Whether `certain` or `doubtful` that this person said it.
    pub attribution: Option<&'static str>,
    /// A remark.
    pub note: Option<String>,
    /// The source's number in the brief's list and its anchor.
    pub source: Option<Brought>,
    /// The brief that reports it.
    pub brief: Shown<Card>,
    /// Its own label, when it says one.
    pub label: Option<Label>,
}

/// A source of the brief that brought something.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Brought {
    /// Its number in the brief's list.
    pub number: usize,
    /// Its address from the root, encoded, with the anchor: `briefs/x/#source-er`.
    pub url: String,
    /// Its title.
    pub title: String,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct EventItem {
    /// The event's own page.
    pub card: Shown<Card>,
    /// When.
    pub date: Option<When>,
    /// Where.
    pub country: Option<Shown<Card>>,
    /// Where in that country.
    pub place: Option<String>,
    /// Who, with the part played: `[("perpetrator", card)]`.
    pub actors: Vec<(String, Shown<Card>)>,
    /// People killed, as written: a number, a range, or words.
    pub killed: Option<String>,
    /// People injured.
    pub injured: Option<String>,
    /// The brief that reports it; absent for an event with a document of its own.
    pub brief: Option<Shown<Card>>,
    /// Where it was read.
    pub source: Option<Brought>,
    /// A remark.
    pub note: Option<String>,
}

/// A dated change of a document.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Update {
    /// When.
    pub date: Option<When>,
    /// `update`, `correction`, `clarification`.
    pub kind: &'static str,
    /// What changed.
    pub note: Option<String>,
}
