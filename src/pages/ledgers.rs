//! What many pages ask for, worked out once: cards, the briefs by year and month, who said what of whom.
//!
//! All of it follows from the catalogue, not from anybody's prose, so a warm engine keeps it while prose is
//! written.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use jiff::civil::Date;
use rayon::prelude::*;

use super::book::{month_name, month_url, year_url};
use super::cards::{CardArgs, Cards, label};
use super::item::{held_for, office};
use super::records::Records;
use crate::base::{CountryCode, Kind, Label, Shared};
use crate::config::Settings;
use crate::document::{Data, Document, Reading, StatementEntry};
use crate::site::{DocIx, NodeIx, Site, replaced};
use crate::view::{ArchiveMonth, ArchiveYear, Card, Shown};

/// What [`Ledgers`] depend on.
pub struct LedgerArgs<'a> {
    /// The site, of which only the catalogue counts.
    pub site: &'a Site,
    /// The settings.
    pub settings: &'a Settings,
    /// The day of the build.
    pub today: Date,
    /// Makes a card, or remembers it.
    pub card: CardOf<'a>,
}

/// What gives the [`card()`](super::card()) of its arguments.
pub type CardOf<'a> = &'a (dyn Fn(&CardArgs<'_>) -> Shared<Shown<Card>> + Sync);

impl Hash for LedgerArgs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.site.catalogue_print(), self.settings, self.today).hash(state);
    }
}

/// The cards of the site and its lists.
#[derive(Debug)]
pub struct Ledgers {
    pub(super) cards: Cards,
    pub(super) lists: Shared<Lists>,
    pub(super) records: Records,
}

/// Who, when and where, by number: what changes with a date, a statement or a relation, but not with a title.
#[derive(Debug, Hash)]
pub(super) struct Lists {
    /// Of each document.
    pub(super) glances: Vec<Glance>,
    /// Briefs by year and month (0: the year is all that is known), newest first.
    pub(super) calendar: BTreeMap<(i16, i8), Vec<DocIx>>,
    pub(super) archive: Shown<Vec<ArchiveYear>>,
    pub(super) said_by: BTreeMap<NodeIx, Vec<Said>>,
    pub(super) said_about: BTreeMap<NodeIx, Vec<Said>>,
    /// Readings of each country's level, newest first.
    pub(super) levels: BTreeMap<CountryCode, Vec<(DocIx, Reading)>>,
    /// The briefs that others replace, and who says so.
    pub(super) superseded_by: BTreeMap<NodeIx, Vec<DocIx>>,
    /// Who was merged into an actor, be it by way of others.
    pub(super) merged: BTreeMap<NodeIx, Vec<NodeIx>>,
}

/// What is asked of each of the many documents that name an entity, most of which answer no.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Glance {
    /// Whether it is among the site's briefs; a version in another language is not.
    pub(super) own_brief: bool,
    /// Year and month (0: the year is all that is known).
    pub(super) month: Option<(i16, i8)>,
    /// The highest in it.
    pub(super) label: Label,
}

/// A statement: the brief, and its place among the brief's statements.
pub(super) type Said = (DocIx, usize);

impl Ledgers {
    /// Works them out.
    pub fn new(args: &LedgerArgs<'_>) -> Self {
        let lists_and_records = || {
            let lists = Lists::new(args.site);
            let records = Records::new(args.site, &lists.glances);
            (lists, records)
        };
        let (cards, (lists, records)) = rayon::join(|| Cards::new(args), lists_and_records);
        Self { cards, lists: Shared::new(lists), records }
    }
}

impl Lists {
    fn new(site: &Site) -> Self {
        let glances = glances(site);
        let calendar = calendar(site, &glances);
        let mut lists = Self {
            glances,
            archive: Shown::new(archive(&calendar)),
            calendar,
            said_by: BTreeMap::new(),
            said_about: BTreeMap::new(),
            levels: BTreeMap::new(),
            superseded_by: replaced(site),
            merged: merged(site),
        };
        lists.collect_briefs(site);
        lists
    }

    fn collect_briefs(&mut self, site: &Site) {
        const SPEAKERS: &[Kind] = &[Kind::Person, Kind::Actor, Kind::Country];
        for &at in &site.briefs {
            let Some(brief) = site.documents[at.at()].brief() else { continue };
            for (nth, statement) in brief.statements.iter().enumerate() {
                let Some(speaker) = site.find(SPEAKERS, &statement.by) else { continue };
                let on = statement.on.or(brief.date);
                let person = site.document_of(speaker).map(|at| &site.documents[at.at()].data);
                let office = match person {
                    Some(Data::Person(person)) => office(person, on),
                    _ => None,
                };
                let spoken_for = office.and_then(|office| held_for(site, office));
                for node in std::iter::once(speaker).chain(spoken_for) {
                    self.said_by.entry(node).or_default().push((at, nth));
                }
                for node in statement.about.iter().filter_map(|id| site.find(StatementEntry::ABOUT, id)) {
                    self.said_about.entry(node).or_default().push((at, nth));
                }
            }
            for reading in &brief.threat {
                self.levels.entry(reading.country.value).or_default().push((at, reading.clone()));
            }
        }
    }
}

fn merged(site: &Site) -> BTreeMap<NodeIx, Vec<NodeIx>> {
    let mut merged: BTreeMap<NodeIx, Vec<NodeIx>> = BTreeMap::new();
    for (at, node) in site.nodes.iter().enumerate().filter(|(_, node)| node.merged_into.is_some()) {
        if let Some(into) = site.find(&[node.key.kind], node.key.id.as_str()) {
            merged.entry(into).or_default().push(NodeIx::new(at));
        }
    }
    merged
}

fn glances(site: &Site) -> Vec<Glance> {
    let glance = |document: &Shared<Document>| Glance {
        own_brief: false,
        month: document.date().map(|date| (date.year(), date.month().unwrap_or(0))),
        label: label(document),
    };
    let mut glances: Vec<Glance> = site.documents.par_iter().map(glance).collect();
    site.briefs.iter().for_each(|at| glances[at.at()].own_brief = true);
    glances
}

fn calendar(site: &Site, glances: &[Glance]) -> BTreeMap<(i16, i8), Vec<DocIx>> {
    let mut calendar: BTreeMap<(i16, i8), Vec<DocIx>> = BTreeMap::new();
    for &at in &site.briefs {
        if let Some(month) = glances[at.at()].month {
            calendar.entry(month).or_default().push(at);
        }
    }
    calendar
}

fn archive(calendar: &BTreeMap<(i16, i8), Vec<DocIx>>) -> Vec<ArchiveYear> {
    let mut years: Vec<ArchiveYear> = Vec::new();
    for (&(year, month), briefs) in calendar.iter().rev() {
        if years.last().is_none_or(|last| last.year != year) {
            years.push(ArchiveYear { year, url: year_url(year), count: 0, months: Vec::new() });
        }
        let Some(entry) = years.last_mut() else { continue };
        entry.count += briefs.len();
        if month > 0 {
            entry.months.push(ArchiveMonth {
                month,
                name: month_name(month),
                url: month_url(year, month),
                count: briefs.len(),
            });
        }
    }
    years
}
