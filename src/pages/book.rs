//! The site as its pages read it.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use jiff::civil::Date;

use super::ledgers::Ledgers;
use super::reader::{Answered, Ask};
use crate::base::{Fingerprint, Prints, Shared, UrlPath};
use crate::config::Settings;
use crate::site::Site;
use crate::view::{FeedEntry, Shown};

/// The site, and what its pages share.
#[derive(Debug)]
pub struct Book<'a> {
    /// The site.
    pub site: &'a Site,
    /// The settings.
    pub settings: &'a Settings,
    /// The day of the build.
    pub today: Date,
    pub(super) ledgers: Shared<Ledgers>,
    /// Entries of feeds, with what was asked to make them.
    pub(super) entries: Vec<OnceLock<(Shown<FeedEntry>, Vec<Ask>)>>,
    prints: Prints,
    pub(super) known: Prints,
    pub(super) answered: Answered,
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
            known: Prints::default(),
            answered: Answered::new(site),
        }
    }
}

/// An IRI for what has no address: a UUID (RFC 9562, version 8) of the site's title and the page's path. Feeds are
/// followed by it, so it is the same in every version of the program.
pub(super) fn urn(settings: &Settings, url: &UrlPath) -> String {
    let hex = Fingerprint::of_bytes(format!("{}\0{url}", settings.title).as_bytes()).hex(32);
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
