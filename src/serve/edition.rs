//! What is published at a moment: the last good site, what is wrong with the sources, and the news of both.

use std::sync::Arc;

use serde::Serialize;

use super::shelf::{Changes, Site};
use crate::base::{OutPath, decode};

/// A longer list is not sent: every tab then asks after its own page.
const LISTED: usize = 200;

/// One state of the preview. Requests and tabs that meet it see all of it or nothing.
#[derive(Debug)]
pub(super) struct Edition {
    /// Differs from that of any other edition, of any session.
    pub(super) id: String,
    number: u64,
    /// The last site without faults that forbid it; `None` before the first.
    pub(super) site: Option<Arc<Site>>,
    /// The overlay, while faults forbid a new site.
    pub(super) faults: Option<Arc<str>>,
    /// The news for browsers, JSON.
    pub(super) news: String,
    /// The path of the site's `base_url`, not percent-encoded; the site's 404 page relies on it.
    pub(super) prefix: String,
}

/// What browsers are told of an edition.
#[derive(Serialize)]
struct News<'a> {
    build: &'a str,
    /// The edition that `changed` counts from.
    from: &'a str,
    /// Addresses whose content changed, with those that came or went; `null` when they are too many.
    changed: Option<Vec<String>>,
    /// Whether there is a site to show.
    ready: bool,
    faults: bool,
    /// The page just edited, where browsers are to go.
    follow: Option<&'a str>,
    /// The path below which the site's addresses lead to the same, `/` if there is none.
    prefix: &'a str,
}

/// What a round adds to the edition before.
pub(super) struct Next<'a> {
    /// The new site; `None` when faults forbid it.
    pub(super) site: Option<(Site, &'a Changes)>,
    pub(super) faults: Option<String>,
    pub(super) follow: Option<String>,
    pub(super) prefix: String,
}

impl Edition {
    /// Before the first build is over.
    pub(super) fn first(session: &str) -> Self {
        Self {
            id: format!("{session}-0"),
            number: 0,
            site: None,
            faults: None,
            news: news(&format!("{session}-0"), None, None, (false, false), ""),
            prefix: String::new(),
        }
    }

    /// The edition after this one.
    pub(super) fn next(&self, next: Next<'_>) -> Self {
        let session = self.id.split('-').next().unwrap_or_default();
        let number = self.number + 1;
        let id = format!("{session}-{number}");
        let none = Changes::default();
        let changes = next.site.as_ref().map_or(&none, |(_, changes)| *changes);
        let site = next.site.as_ref().map(|(site, _)| Arc::new(site.clone())).or_else(|| self.site.clone());
        // Faulty settings do not move the last good site.
        let prefix = match next.site {
            Some(_) => decode(&next.prefix).unwrap_or(next.prefix),
            None => self.prefix.clone(),
        };
        let news = {
            let state = (site.is_some(), next.faults.is_some());
            news(&id, Some((&self.id, changes)), next.follow.as_deref(), state, &prefix)
        };
        Self { id, number, site, faults: next.faults.map(Into::into), news, prefix }
    }
}

fn news(
    id: &str,
    since: Option<(&str, &Changes)>,
    follow: Option<&str>,
    (ready, faults): (bool, bool),
    prefix: &str,
) -> String {
    let listed = since.filter(|(_, changes)| changes.count() <= LISTED);
    let changed = listed.map(|(_, changes)| changes.all().map(address).collect());
    let from = since.map_or("", |(from, _)| from);
    serde_json::to_string(&News { build: id, from, changed, ready, faults, follow, prefix })
        .expect("the struct has only string keys, so it serialises")
}

/// The address of a file, not percent-encoded: `/briefs/x/`.
pub(super) fn address(path: &OutPath) -> String {
    let path = path.as_str();
    let folder = path.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'));
    format!("/{}", folder.unwrap_or(path))
}
