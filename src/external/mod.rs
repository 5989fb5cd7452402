//! The addresses of other sites: whether something answers there. Only on request, only what the settings allow,
//! gently, and remembered.
//!
//! An address that the audience of the edition does not see is not asked: what is collected comes from documents
//! that [`crate::edition`] has filtered.
#![allow(
    clippy::disallowed_methods,
    reason = "this room asks the network and keeps what it was told in a file"
)]

mod ask;
mod cache;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::base::{Diagnostic, Place, codes};
use crate::config::Links;
use crate::document::{Address, Document, addresses};
use crate::io::{self, Result};
use ask::Asker;
use cache::Cache;

/// What came of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    /// Something is there, with this status.
    Good(u16),
    /// Nothing is, and why that is thought.
    Dead(String),
    /// The settings do not allow to ask.
    NotAsked,
}

/// What a check came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// A fault for each place that names a dead address; B0902 when the cache cannot be written.
    pub diagnostics: Vec<Diagnostic>,
    /// Addresses that were asked.
    pub asked: usize,
    /// Those whose last answer still holds.
    pub remembered: usize,
    /// Those that the settings do not allow.
    pub left_alone: usize,
}

/// Asks every address that the documents name, each once.
///
/// # Errors
/// B0908 when no connection can be made at all.
pub fn check<'d>(
    documents: impl Iterator<Item = &'d Document>,
    links: &Links,
    cache: &Path,
    told: &dyn Fn(usize),
) -> Result<Checked> {
    let found: Vec<(&Document, Address)> = documents
        .flat_map(|document| addresses(document).into_iter().map(move |address| (document, address)))
        .collect();
    let urls = found.iter().flat_map(|(_, address)| {
        [Some(&address.url), address.archived.as_ref().map(|copy| &copy.value)].into_iter().flatten()
    });
    let urls: BTreeSet<String> = urls.map(|url| without_fragment(url)).collect();
    let mut memory = Cache::read(cache, links, io::now()?)?;
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    let mut open = Vec::new();
    for url in urls {
        match memory.get(&url) {
            Some(status) => _ = answers.insert(url, Answer::Good(status)),
            None => open.push(url),
        }
    }
    let mut checked = Checked { remembered: answers.len(), ..Checked::default() };
    told(open.len());
    for (url, answer) in Asker::new(links)?.ask(open, &|| told(0)) {
        match &answer {
            Answer::Good(status) => memory.put(&url, *status),
            Answer::Dead(_) => {}
            Answer::NotAsked => checked.left_alone += 1,
        }
        checked.asked += usize::from(answer != Answer::NotAsked);
        answers.insert(url, answer);
    }
    let written = memory.write(cache);
    let of = |url: &str| answers.get(&without_fragment(url)).unwrap_or(&Answer::NotAsked);
    checked.diagnostics =
        found.iter().flat_map(|(document, address)| faults(document, address, &of)).collect();
    // What was found is told all the same.
    checked.diagnostics.extend(written.err().map(|fault| *fault));
    Ok(checked)
}

/// What is wrong with one address, and with its archived copy.
fn faults<'a>(document: &Document, address: &Address, of: &dyn Fn(&str) -> &'a Answer) -> Vec<Diagnostic> {
    let dead = |url: &str, span, why: &str| {
        Diagnostic::new(&codes::DEAD_EXTERNAL, format!("nothing is found at `{url}`: {why}"))
            .at(&document.path, span)
            .label("dead link")
    };
    let mut faults = Vec::new();
    if let Some(copy) = &address.archived
        && let Answer::Dead(why) = of(&copy.value)
    {
        faults.push(dead(&copy.value, copy.span, why).help("archive it anew, or leave `archived` out"));
    }
    let Answer::Dead(why) = of(&address.url) else { return faults };
    let copy = address.archived.as_ref().filter(|copy| matches!(of(&copy.value), Answer::Good(_)));
    faults.push(match copy {
        Some(copy) => {
            let words =
                format!("nothing is found at `{}` any more: {why}; its archived copy answers", address.url);
            Diagnostic::new(&codes::ONLY_ARCHIVED, words)
                .at(&document.path, address.span)
                .label("dead link")
                .also(Place::new(&document.path, copy.span), "this one answers")
        }
        None => dead(&address.url, address.span, why)
            .help("correct the address; for a source, an `archived` copy that answers will do")
            .help("`[links]` in site.toml says which hosts are asked and which statuses are good"),
    });
    faults
}

fn without_fragment(url: &str) -> String {
    url.split('#').next().unwrap_or(url).to_owned()
}
