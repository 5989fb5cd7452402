//! What many pages ask for, worked out once: cards, the briefs by year and month, the ledgers.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::base::{CountryCode, Edtf, Fingerprint, Kind, Label, Shared, UrlPath};
use crate::config::Settings;
use crate::document::{Alias, Data, Document, Reading, StatementEntry};
use crate::edition;
use crate::site::{DocIx, NodeIx, Site};
use crate::view::{ArchiveMonth, ArchiveYear, Card, FeedEntry, Safe, Shown};

/// The site and what its pages share.
#[derive(Debug)]
pub struct Book<'a> {
    /// The site.
    pub site: &'a Site,
    /// The settings.
    pub settings: &'a Settings,
    /// The day of the build.
    pub today: Date,
    cards: Vec<Shown<Card>>,
    version_cards: HashMap<DocIx, Shown<Card>>,
    /// For each document, whether it is among the site's briefs.
    own_brief: Vec<bool>,
    entries: Vec<OnceLock<Shown<FeedEntry>>>,
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

/// A statement: the brief, and its place among the brief's statements.
pub(super) type Said = (DocIx, usize);

impl<'a> Book<'a> {
    /// Works it out.
    pub fn new(site: &'a Site, settings: &'a Settings, today: Date) -> Self {
        let calendar = calendar(site);
        let mut book = Self {
            site,
            settings,
            today,
            cards: (0..site.nodes.len())
                .into_par_iter()
                .map(|at| Shown::new(node_card(site, settings, NodeIx::new(at), today)))
                .collect(),
            own_brief: {
                let mut own = vec![false; site.documents.len()];
                site.briefs.iter().for_each(|at| own[at.at()] = true);
                own
            },
            version_cards: HashMap::new(),
            entries: site.documents.iter().map(|_| OnceLock::new()).collect(),
            archive: Shown::new(archive(&calendar)),
            calendar,
            said_by: HashMap::new(),
            said_about: HashMap::new(),
            levels: BTreeMap::new(),
            superseded_by: HashMap::new(),
            related_from: HashMap::new(),
        };
        book.collect_versions();
        book.collect_briefs();
        book.collect_relations();
        book
    }

    /// The card of an entity or document.
    pub fn card(&self, node: NodeIx) -> Shown<Card> {
        self.cards[node.at()].clone()
    }

    /// The card of a document: of this very version.
    pub fn document_card(&self, at: DocIx) -> Shown<Card> {
        self.version_cards.get(&at).cloned().unwrap_or_else(|| self.card(self.site.node_of(at)))
    }

    /// The entry of a brief in feeds.
    pub(super) fn entry(&self, at: DocIx) -> Shown<FeedEntry> {
        self.entries[at.at()].get_or_init(|| Shown::new(super::feed::entry(self, at))).clone()
    }

    /// A document.
    pub fn document(&self, at: DocIx) -> &'a Shared<Document> {
        &self.site.documents[at.at()]
    }

    /// Whether a document is among the site's briefs; a version in another language is not.
    pub(super) fn is_own_brief(&self, at: DocIx) -> bool {
        self.own_brief[at.at()]
    }

    /// The card of the entity that a reference means.
    pub(super) fn find(&self, kinds: &[Kind], id: &str) -> Option<Shown<Card>> {
        self.site.find(kinds, id).filter(|&node| self.site.has_page(node)).map(|node| self.card(node))
    }

    /// A statement's entry.
    pub(super) fn statement(&self, (at, nth): Said) -> Option<&'a StatementEntry> {
        self.document(at).brief().and_then(|brief| brief.statements.get(nth))
    }

    /// The label of a page that lists these: the highest; the site's default when it lists nothing.
    pub(super) fn label<'c>(&self, cards: impl IntoIterator<Item = &'c Shown<Card>>) -> Label {
        cards.into_iter().map(|card| card.label).max().unwrap_or(self.settings.label)
    }

    fn collect_versions(&mut self) {
        for (at, document) in self.site.documents.iter().enumerate() {
            let at = DocIx::new(at);
            if document.common.variant {
                let url = self.site.linked[at.at()].links.url.clone().unwrap_or_else(|| UrlPath::new(""));
                let card = document_card(document, self.settings, url, self.today);
                self.version_cards.insert(at, Shown::new(card));
            }
        }
    }

    fn collect_briefs(&mut self) {
        const SPEAKERS: &[Kind] = &[Kind::Person, Kind::Actor, Kind::Country];
        const ANYONE: &[Kind] = &[Kind::Actor, Kind::Person, Kind::Country, Kind::Region, Kind::Source];
        for &at in &self.site.briefs {
            let Some(brief) = self.document(at).brief() else { continue };
            for (nth, statement) in brief.statements.iter().enumerate() {
                if let Some(speaker) = self.site.find(SPEAKERS, &statement.by) {
                    let on = statement.on.or(brief.date);
                    let spoken_for = self.office(speaker, on).and_then(|office| self.held_for(office));
                    for node in std::iter::once(speaker).chain(spoken_for) {
                        self.said_by.entry(node).or_default().push((at, nth));
                    }
                }
                for node in statement.about.iter().filter_map(|id| self.site.find(ANYONE, id)) {
                    self.said_about.entry(node).or_default().push((at, nth));
                }
            }
            for reading in &brief.threat {
                self.levels.entry(reading.country.value).or_default().push((at, reading.clone()));
            }
            for node in brief.supersedes.iter().filter_map(|id| self.site.find(&[Kind::Brief], id)) {
                self.superseded_by.entry(node).or_default().push(at);
            }
        }
    }

    fn collect_relations(&mut self) {
        for (at, document) in self.site.documents.iter().enumerate() {
            let Data::Actor(actor) = &document.data else { continue };
            let own = self.site.node_of(DocIx::new(at));
            for (nth, relation) in actor.relations.iter().enumerate() {
                if let Some(other) =
                    self.site.find(&[Kind::Actor], &relation.to).filter(|&other| other != own)
                {
                    self.related_from.entry(other).or_default().push((own, nth));
                }
            }
        }
    }
}

/// An IRI for what has no address: a UUID (RFC 9562, version 8) of what it is called.
pub(super) fn urn(settings: &Settings, url: &UrlPath) -> String {
    let hex = Fingerprint::of(&(settings.title.as_str(), url)).hex(32);
    format!("urn:uuid:{}-{}-8{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

fn node_card(site: &Site, settings: &Settings, at: NodeIx, today: Date) -> Card {
    let node = &site.nodes[at.at()];
    if let Some(document) = site.document_of(at).map(|document| &site.documents[document.at()]) {
        let url = match node.document {
            Some(_) => node.url.clone(),
            None => site
                .document_of(at)
                .and_then(|at| site.linked[at.at()].links.url.clone())
                .unwrap_or_else(|| node.url.clone()),
        };
        return document_card(document, settings, url, today);
    }
    let event = node.told_by.and_then(|(at, nth)| site.documents[at.at()].brief()?.events.get(nth));
    Card {
        title: node.title.clone(),
        url: node.url.clone(),
        kind: node.key.kind,
        date: event.and_then(|event| event.date).map(Into::into),
        summary: None,
        label: node.told_by.map_or(settings.label, |(at, _)| site.documents[at.at()].common.label),
        lang: settings.lang.to_string(),
        dir: settings.lang.dir(),
        badges: Vec::new(),
        attrs: Safe::default(),
        time: Safe::default(),
        marks: Safe::default(),
    }
    .written(&settings.lang.to_string())
}

fn document_card(document: &Document, settings: &Settings, url: UrlPath, today: Date) -> Card {
    let common = &document.common;
    Card {
        title: common.title.value.clone(),
        url,
        kind: document.key.kind,
        date: date(document).map(Into::into),
        summary: common.summary.clone(),
        label: label(document),
        lang: common.lang.to_string(),
        dir: common.lang.dir(),
        badges: edition::badges(document, today),
        attrs: Safe::default(),
        time: Safe::default(),
        marks: Safe::default(),
    }
    .written(&settings.lang.to_string())
}

/// The highest label in a document: its own, its portions', its items'.
fn label(document: &Document) -> Label {
    let portions = document.body.portions.iter().map(|portion| portion.label);
    let names = |aliases: &[Alias]| aliases.iter().filter_map(|alias| alias.label).max();
    let of_entity = match &document.data {
        Data::Actor(actor) => {
            let relations = actor.relations.iter().filter_map(|item| item.label);
            relations
                .chain(actor.designated.iter().filter_map(|item| item.label))
                .max()
                .max(names(&actor.aliases))
        }
        Data::Person(person) => {
            person.offices.iter().filter_map(|item| item.label).max().max(names(&person.aliases))
        }
        Data::Country(country) => names(&country.aliases).max(names(&country.metonyms)),
        Data::Source(source) => names(&source.aliases),
        Data::Region(region) => names(&region.aliases),
        _ => None,
    };
    let items = document.brief().into_iter().flat_map(|brief| {
        let judgements = brief.judgements.iter().map(|item| item.label);
        let statements = brief.statements.iter().map(|item| item.label);
        let sources = brief.sources.iter().map(|item| item.label);
        let events = brief.events.iter().map(|item| item.label);
        judgements
            .chain(statements)
            .chain(sources)
            .chain(events)
            .chain(brief.threat.iter().map(|item| item.label))
            .flatten()
    });
    portions.chain(items).chain(of_entity).fold(document.common.label, Label::max)
}

/// When a brief was published or an event happened.
pub(super) fn date(document: &Document) -> Option<Edtf> {
    match &document.data {
        Data::Brief(brief) => brief.date,
        Data::Event(event) => event.date,
        _ => None,
    }
}

fn calendar(site: &Site) -> BTreeMap<(i16, i8), Vec<DocIx>> {
    let mut calendar: BTreeMap<(i16, i8), Vec<DocIx>> = BTreeMap::new();
    for &at in &site.briefs {
        if let Some(date) = date(&site.documents[at.at()]) {
            calendar.entry((date.year(), date.month().unwrap_or(0))).or_default().push(at);
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

pub(super) fn year_url(year: i16) -> UrlPath {
    UrlPath::new(&format!("{year:04}/"))
}

pub(super) fn month_url(year: i16, month: i8) -> UrlPath {
    UrlPath::new(&format!("{year:04}/{month:02}/"))
}

pub(super) fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 13] = [
        "",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month).ok().and_then(|month| NAMES.get(month)).copied().unwrap_or("")
}
