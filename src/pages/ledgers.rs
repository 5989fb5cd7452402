//! What many pages ask for, worked out once: cards, the briefs by year and month, who said what of whom.
//!
//! All of it follows from the catalogue, not from anybody's prose, so a warm engine keeps it while prose is
//! written.

use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};

use jiff::civil::Date;
use rayon::prelude::*;

use super::book::{month_name, month_url, year_url};
use super::cards::{date, document_card, node_card};
use super::item::{held_for, office};
use crate::base::{CountryCode, Kind, Shared, UrlPath};
use crate::config::Settings;
use crate::document::{Data, Document, Reading};
use crate::site::{DocIx, NodeIx, Site};
use crate::view::{ArchiveMonth, ArchiveYear, Card, Shown};

/// What [`Ledgers`] depend on.
#[derive(Debug)]
pub struct LedgerArgs<'a> {
    /// The site, of which only the catalogue counts.
    pub site: &'a Site,
    /// The settings.
    pub settings: &'a Settings,
    /// The day of the build.
    pub today: Date,
}

impl Hash for LedgerArgs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.site.catalogue_print(), self.settings, self.today).hash(state);
    }
}

/// The cards, the calendar and the ledgers of the site.
#[derive(Debug)]
pub struct Ledgers {
    pub(super) cards: Vec<Shown<Card>>,
    pub(super) version_cards: HashMap<DocIx, Shown<Card>>,
    /// Of each document.
    pub(super) glances: Vec<Glance>,
    /// Briefs by year and month (0: the year is all that is known), newest first.
    pub(super) calendar: BTreeMap<(i16, i8), Vec<DocIx>>,
    pub(super) archive: Shown<Vec<ArchiveYear>>,
    pub(super) said_by: HashMap<NodeIx, Vec<Said>>,
    pub(super) said_about: HashMap<NodeIx, Vec<Said>>,
    /// Readings of each country's level, newest first.
    pub(super) levels: BTreeMap<CountryCode, Vec<(DocIx, Reading)>>,
    pub(super) superseded_by: HashMap<NodeIx, Vec<DocIx>>,
    /// Relations that other actors say they have to this one.
    pub(super) related_from: HashMap<NodeIx, Vec<(NodeIx, usize)>>,
}

/// What is asked of each of the many documents that name an entity, most of which answer no.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance {
    /// Whether it is among the site's briefs; a version in another language is not.
    pub(super) own_brief: bool,
    /// Year and month (0: the year is all that is known).
    pub(super) month: Option<(i16, i8)>,
    pub(super) has_judgements: bool,
    /// Whether it tells of events, or is of one.
    pub(super) has_events: bool,
}

/// A statement: the brief, and its place among the brief's statements.
pub(super) type Said = (DocIx, usize);

impl Ledgers {
    /// Works them out.
    pub fn new(args: &LedgerArgs<'_>) -> Self {
        let &LedgerArgs { site, settings, today } = args;
        let glances = glances(site);
        let calendar = calendar(site, &glances);
        let mut ledgers = Self {
            cards: (0..site.nodes.len())
                .into_par_iter()
                .map(|at| Shown::new(node_card(site, settings, NodeIx::new(at), today)))
                .collect(),
            glances,
            version_cards: HashMap::new(),
            archive: Shown::new(archive(&calendar)),
            calendar,
            said_by: HashMap::new(),
            said_about: HashMap::new(),
            levels: BTreeMap::new(),
            superseded_by: HashMap::new(),
            related_from: HashMap::new(),
        };
        ledgers.collect_versions(args);
        ledgers.collect_briefs(site);
        ledgers.collect_relations(site);
        ledgers
    }

    fn collect_versions(&mut self, args: &LedgerArgs<'_>) {
        let &LedgerArgs { site, settings, today } = args;
        for (at, document) in site.documents.iter().enumerate() {
            let at = DocIx::new(at);
            if document.common.variant {
                let url = site.linked[at.at()].links.url.clone().unwrap_or_else(|| UrlPath::new(""));
                let card = document_card(document, settings, url, today);
                self.version_cards.insert(at, Shown::new(card));
            }
        }
    }

    fn collect_briefs(&mut self, site: &Site) {
        const SPEAKERS: &[Kind] = &[Kind::Person, Kind::Actor, Kind::Country];
        const ANYONE: &[Kind] = &[Kind::Actor, Kind::Person, Kind::Country, Kind::Region, Kind::Source];
        for &at in &site.briefs {
            let Some(brief) = site.documents[at.at()].brief() else { continue };
            for (nth, statement) in brief.statements.iter().enumerate() {
                if let Some(speaker) = site.find(SPEAKERS, &statement.by) {
                    let on = statement.on.or(brief.date);
                    let spoken_for = office(site, speaker, on).and_then(|office| held_for(site, office));
                    for node in std::iter::once(speaker).chain(spoken_for) {
                        self.said_by.entry(node).or_default().push((at, nth));
                    }
                }
                for node in statement.about.iter().filter_map(|id| site.find(ANYONE, id)) {
                    self.said_about.entry(node).or_default().push((at, nth));
                }
            }
            for reading in &brief.threat {
                self.levels.entry(reading.country.value).or_default().push((at, reading.clone()));
            }
            for node in brief.supersedes.iter().filter_map(|id| site.find(&[Kind::Brief], id)) {
                self.superseded_by.entry(node).or_default().push(at);
            }
        }
    }

    fn collect_relations(&mut self, site: &Site) {
        for (at, document) in site.documents.iter().enumerate() {
            let Data::Actor(actor) = &document.data else { continue };
            let own = site.node_of(DocIx::new(at));
            for (nth, relation) in actor.relations.iter().enumerate() {
                if let Some(other) = site.find(&[Kind::Actor], &relation.to).filter(|&other| other != own) {
                    self.related_from.entry(other).or_default().push((own, nth));
                }
            }
        }
    }
}

fn glances(site: &Site) -> Vec<Glance> {
    let glance = |document: &Shared<Document>| Glance {
        own_brief: false,
        month: date(document).map(|date| (date.year(), date.month().unwrap_or(0))),
        has_judgements: document.brief().is_some_and(|brief| !brief.judgements.is_empty()),
        has_events: match &document.data {
            Data::Event(_) => true,
            Data::Brief(brief) => !brief.events.is_empty(),
            _ => false,
        },
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
