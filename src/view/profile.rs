//! An entity's profile: useful even when the entity has no file, from what the briefs say about it.

use serde::Serialize;

use super::{
    Card, Count, EventItem, Extra, Frame, Grade, Heading, Judgement, Mention, Pager, Safe, Shown, Statement,
    ThreatLevel, Update, When,
};

/// `actor.html`, `country.html`, `person.html`, `region.html`, `event.html`, `source.html`, `topic.html`.
/// A list that a kind has no use for is empty.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Profile {
    /// The template this goes through.
    #[serde(skip)]
    pub template: &'static str,
    /// The head.
    pub page: Frame,
    /// The entity.
    pub card: Shown<Card>,
    /// Whether it has a file; if not, all that is known of it is what briefs say.
    pub declared: bool,
    /// A second line under the name: an actor's type, a country's codes, a source's type.
    pub kicker: Option<String>,
    /// The text of its file; empty without one.
    pub body: Safe,
    /// The text's headings of level 2 and 3.
    pub contents: Vec<Heading>,
    /// Other names, then those of actors that were merged into it; none twice, none that is the title.
    pub aliases: Vec<AliasItem>,
    /// Short facts for the side: `[("Founded", "December 2007")]`.
    pub facts: Vec<(String, String)>,
    /// Web addresses: `[("Website", "https://…")]`.
    pub links: Vec<(String, String)>,
    /// To other actors, in both directions.
    pub relations: Vec<RelationItem>,
    /// Listings by states and organisations, newest first.
    pub designated: Vec<Designation>,
    /// A person's offices, newest first.
    pub offices: Vec<Office>,
    /// For a source: its reliability.
    pub grade: Option<Grade>,
    /// For a country: the level that stands now.
    pub level: Option<ThreatLevel>,
    /// For a country: its readings, newest first.
    pub levels: Vec<ThreatLevel>,
    /// For an event: the facts of it.
    pub event: Option<EventItem>,
    /// Briefs by month, by quarter when they span more than three years, by year when more than twelve; oldest first.
    pub activity: Vec<Bar>,
    /// The same as a figure (SVG); absent with fewer than two bars.
    pub activity_figure: Option<Safe>,
    /// For an actor: the countries where its file says it is active.
    pub active_in: Vec<Count>,
    /// Countries in the same briefs, those of `active_in` left out; for a region with a file its own countries.
    pub countries: Vec<Count>,
    /// Actors in the same briefs (for countries, regions, topics: the actors active there).
    pub actors: Vec<Count>,
    /// People in the same briefs.
    pub people: Vec<Count>,
    /// Topics of the same briefs.
    pub topics: Vec<Count>,
    /// Sources its briefs rest on.
    pub sources: Vec<Count>,
    /// Briefs that name it, newest first, with the sentence where they do: the first page.
    pub mentions: Vec<Mention>,
    /// How the list of mentions goes on; absent when it fits on one page.
    pub pager: Option<Pager>,
    /// How many briefs name it in all.
    pub mention_count: usize,
    /// Other documents that link here or name it.
    pub backlinks: Vec<Mention>,
    /// What it said, and what was said about it.
    pub statements_by: Vec<Statement>,
    /// What was said about it.
    pub statements_about: Vec<Statement>,
    /// Judgements of the briefs whose front matter names it, the open ones first.
    pub judgements: Vec<Judgement>,
    /// What it took part in, or what happened there, newest first.
    pub events: Vec<EventItem>,
    /// Of the lists that are longer than shown here, how long and where all of each is.
    pub whole: Wholes,
    /// The document's own history.
    pub updates: Vec<Update>,
    /// The day of its last commit, with `dates = "git"` and when its own history tells none.
    pub changed: Option<When>,
    /// When it should be read again.
    pub review_by: Option<When>,
    /// `extra:` of its front matter.
    pub extra: Extra,
}

/// Lists of which a profile shows no more than the first 20; each absent when it shows all.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Wholes {
    /// Of `levels`.
    pub levels: Option<Whole>,
    /// Of `judgements`.
    pub judgements: Option<Whole>,
    /// Of `events`.
    pub events: Option<Whole>,
    /// Of `statements_by`.
    pub statements_by: Option<Whole>,
    /// Of `statements_about`.
    pub statements_about: Option<Whole>,
    /// Of `relations`.
    pub relations: Option<Whole>,
    /// Of `backlinks`.
    pub backlinks: Option<Whole>,
}

/// A list that is longer than shown.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, Hash)]
pub struct Whole {
    /// How many there are.
    pub count: usize,
    /// The page with all of them.
    pub url: crate::base::UrlPath,
}

/// `profile-more.html`: a page of a list that a profile, brief or page shows in part. All lists but one are empty.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct More {
    /// The head.
    pub page: Frame,
    /// The entity or document.
    pub card: Shown<Card>,
    /// Which list: `briefs`, `levels`, `judgements`, `events`, `statements` (by it), `about` (statements about it),
    /// `relations`, `mentioned`.
    pub list: &'static str,
    /// What is in it: `statements about it`.
    pub words: &'static str,
    /// The items of `briefs` and `mentioned`.
    pub mentions: Vec<Mention>,
    /// The items of `levels`.
    pub levels: Vec<ThreatLevel>,
    /// The items of `judgements`.
    pub judgements: Vec<Judgement>,
    /// The items of `statements` and `about`.
    pub statements: Vec<Statement>,
    /// The items of `events`.
    pub events: Vec<EventItem>,
    /// The items of `relations`.
    pub relations: Vec<RelationItem>,
    /// Where in the list.
    pub pager: Pager,
}

/// Another name.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, Hash)]
pub struct AliasItem {
    /// The name.
    pub name: String,
    /// Its language, when said.
    pub lang: Option<String>,
    /// `ltr` or `rtl`; `auto` when the language is not said.
    pub dir: &'static str,
    /// Whether its use is disputed.
    pub disputed: bool,
    /// `2014–2015`, `since 2016`, …
    pub when: Option<String>,
    /// Who uses it.
    pub source: Option<String>,
}

/// A relation to another actor.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct RelationItem {
    /// From this side, in words: `affiliate of`, `has affiliate`.
    pub kind: &'static str,
    /// The other actor.
    pub actor: Shown<Card>,
    /// `since 2015`, `2014–2020`.
    pub when: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Who says so.
    pub source: Option<Shown<Card>>,
}

/// A listing by a state or organisation.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Designation {
    /// By whom, as written, or the country's name.
    pub by: String,
    /// Since when.
    pub date: Option<When>,
    /// Where it is published.
    pub url: Option<String>,
}

/// An office a person holds or held.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, Hash)]
pub struct Office {
    /// The office.
    pub title: String,
    /// Of what.
    pub of: Option<String>,
    /// `since 2017`, `2012–2024`.
    pub when: Option<String>,
    /// Whether held on the day of the build.
    pub current: bool,
}

/// A column of the activity figure.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, Hash)]
pub struct Bar {
    /// `March 2024`, `Q1 2024` or `2024`.
    pub label: String,
    /// Briefs.
    pub count: usize,
    /// The archive page of that time; of a quarter, that of its year.
    pub url: crate::base::UrlPath,
}
