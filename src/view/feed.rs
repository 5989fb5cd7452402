//! Feeds.

use serde::Serialize;

use super::{Frame, Shown};
use crate::base::{Label, UrlPath};

/// `feed.xml`: an Atom feed (RFC 4287).
#[derive(Clone, Debug, Serialize, Hash)]
pub struct Feed {
    /// The head; its `url` is the feed's own.
    pub page: Frame,
    /// The feed's name.
    pub title: String,
    /// An IRI that never changes: the address, or `urn:uuid:…` when the site does not say where it is.
    pub id: String,
    /// The page it accompanies.
    pub home: UrlPath,
    /// When the newest entry changed, RFC 3339.
    pub updated: String,
    /// Newest first.
    pub entries: Vec<Shown<FeedEntry>>,
}

/// An entry of a feed.
#[derive(Clone, Debug, Serialize, Hash)]
pub struct FeedEntry {
    /// Its title, without control characters.
    pub title: String,
    /// Its page.
    pub url: UrlPath,
    /// An IRI that never changes.
    pub id: String,
    /// RFC 3339.
    pub published: String,
    /// RFC 3339.
    pub updated: String,
    /// One or two sentences.
    pub summary: Option<String>,
    /// Desks or persons.
    pub authors: Vec<String>,
    /// Names of its topics, actors and countries.
    pub tags: Vec<String>,
    /// Its language.
    pub lang: String,
    /// The highest label in it.
    pub label: Label,
}
