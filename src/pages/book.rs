//! The site as its pages read it.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::OnceLock;

use jiff::civil::Date;

use super::ledgers::{Glance, Ledgers, Said};
use crate::base::{Fingerprint, Kind, Label, Prints, Shared, UrlPath};
use crate::config::Settings;
use crate::document::{Document, StatementEntry};
use crate::site::{DocIx, NodeIx, Site};
use crate::view::{Card, FeedEntry, Shown};

/// The site, and what its pages share.
#[derive(Debug)]
pub struct Book<'a> {
    /// The site.
    pub site: &'a Site,
    /// The settings.
    pub settings: &'a Settings,
    /// The day of the build.
    pub today: Date,
    ledgers: Shared<Ledgers>,
    entries: Vec<OnceLock<Shown<FeedEntry>>>,
    prints: Prints,
}

impl Deref for Book<'_> {
    type Target = Ledgers;

    fn deref(&self) -> &Ledgers {
        &self.ledgers
    }
}

/// All that pages show of documents that are not their own, but for the sentences in which they are named.
impl Hash for Book<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.prints.hash(state, || (self.site.shape(), self.settings, self.today));
    }
}

impl<'a> Book<'a> {
    /// Opens it.
    pub fn new(site: &'a Site, settings: &'a Settings, today: Date, ledgers: Shared<Ledgers>) -> Self {
        Self {
            site,
            settings,
            today,
            ledgers,
            entries: site.documents.iter().map(|_| OnceLock::new()).collect(),
            prints: Prints::default(),
        }
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

    /// What is asked most of a document.
    pub(super) fn glance(&self, at: DocIx) -> Glance {
        self.glances[at.at()]
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
}

/// An IRI for what has no address: a UUID (RFC 9562, version 8) of what it is called.
pub(super) fn urn(settings: &Settings, url: &UrlPath) -> String {
    let hex = Fingerprint::of(&(settings.title.as_str(), url)).hex(32);
    format!("urn:uuid:{}-{}-8{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
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
