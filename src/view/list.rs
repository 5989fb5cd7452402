//! The home page, lists and the small pages.

use serde::Serialize;

use super::{
    Card, Extra, Frame, Heading, Judgement, Mention, Pager, Safe, Shown, ThreatLevel, Update, When, Whole,
};
use crate::base::{Label, UrlPath};

/// `home.html`.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Home {
    /// The head.
    pub page: Frame,
    /// The text of `content/index.md`, when there is one.
    pub body: Option<Safe>,
    /// The newest briefs, newest first.
    pub latest: Vec<Shown<Card>>,
    /// The level that stands in each country, the gravest first.
    pub levels: Vec<ThreatLevel>,
    /// The same on a map (SVG); absent when no level is known.
    pub map: Option<Safe>,
    /// Open judgements, those that fall due first.
    pub judgements: Vec<Judgement>,
    /// What changed, newest first.
    pub changes: Vec<Change>,
    /// The actors most named in the newest briefs.
    pub actors: Vec<super::Count>,
    /// How many briefs there are.
    pub brief_count: usize,
}

/// A dated change of some document.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Change {
    /// The document.
    pub card: Shown<Card>,
    /// When.
    pub date: When,
    /// `new`, `update`, `correction`, `clarification`.
    pub kind: &'static str,
    /// What changed.
    pub note: Option<String>,
}

/// `page.html`: a plain page.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Plain {
    /// The head.
    pub page: Frame,
    /// The page itself.
    pub card: Shown<Card>,
    /// The text.
    pub body: Safe,
    /// Its headings of level 2 and 3.
    pub contents: Vec<Heading>,
    /// Pages below this one (`guide/` has `guide/x/`), by title.
    pub children: Vec<Shown<Card>>,
    /// Documents that link here, the newest first: at most 20.
    pub backlinks: Vec<Mention>,
    /// How many there are and where all of them are, when there are more.
    pub backlinks_whole: Option<Whole>,
    /// Its own history, newest first.
    pub updates: Vec<Update>,
    /// The day of its last commit, with `dates = "git"` and when its own history tells none.
    pub changed: Option<When>,
    /// `extra:` of its front matter.
    pub extra: Extra,
}

/// `briefs.html`: all briefs, or those of a year or a month; newest first.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Briefs {
    /// The head.
    pub page: Frame,
    /// This page's briefs.
    pub briefs: Vec<Shown<Card>>,
    /// Where in the list.
    pub pager: Pager,
    /// Every year and month that has briefs, newest first.
    pub archive: Shown<Vec<ArchiveYear>>,
    /// The year shown, if one is.
    pub year: Option<i16>,
    /// The month shown, if one is.
    pub month: Option<i8>,
}

/// A year of briefs.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct ArchiveYear {
    /// The year.
    pub year: i16,
    /// Its page.
    pub url: UrlPath,
    /// How many briefs.
    pub count: usize,
    /// Its months, newest first. Briefs that say only a year are in none.
    pub months: Vec<ArchiveMonth>,
}

/// A month of briefs.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct ArchiveMonth {
    /// 1–12.
    pub month: i8,
    /// `March`.
    pub name: &'static str,
    /// Its page.
    pub url: UrlPath,
    /// How many briefs.
    pub count: usize,
}

/// `index.html`: every entity of a kind, in one or two groupings.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Index {
    /// The head.
    pub page: Frame,
    /// `A–Z`, `By type`: the same entities, grouped in each of these ways.
    pub groupings: Vec<Grouping>,
    /// How many there are.
    pub count: usize,
    /// Where this page stands in a long list; absent when all are on one.
    pub pager: Option<Pager>,
    /// For countries: a map of the levels (SVG).
    pub map: Option<Safe>,
}

/// One way to group.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Grouping {
    /// `A–Z`.
    pub title: &'static str,
    /// Its anchor.
    pub id: &'static str,
    /// Its groups.
    pub groups: Vec<IndexGroup>,
}

/// A letter, a type, a region, a year.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct IndexGroup {
    /// Its name.
    pub title: String,
    /// Its anchor.
    pub id: String,
    /// Who is in it.
    pub items: Vec<Shown<IndexItem>>,
}

/// An entity in an index.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct IndexItem {
    /// The entity.
    pub card: Shown<Card>,
    /// How many briefs name it.
    pub count: usize,
    /// The newest of them.
    pub last: Option<When>,
    /// A word beside the name: a type, an office, a place.
    pub note: Option<String>,
    /// For a country: its level's word and rank.
    pub level: Option<(&'static str, u8)>,
    /// The highest label of all this: of the entity, of the briefs counted, of the level's brief.
    pub label: Label,
}

/// `redirect.html`: an old address.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Redirect {
    /// The head.
    pub page: Frame,
    /// Where it is now.
    pub target: UrlPath,
    /// What it is called.
    pub target_title: String,
}

/// `404.html`: no such page.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct NotFound {
    /// The head. Its `root` is absolute, because the page is served at any depth.
    pub page: Frame,
    /// The newest briefs.
    pub latest: Vec<Shown<Card>>,
}
