//! What tells two lists of names apart: a text in which none of that stands mentions the same by both.

use std::collections::HashSet;

use memchr::memmem::Finder;

use super::names::{Name, Names, fold};
use crate::base::Shared;
use crate::document::Document;

/// More names than these are looked for by all names' automaton as quickly.
const MOST: usize = 8;

/// The names that one list has and another has not, or not with the same owners.
#[derive(Debug)]
pub struct Renamed {
    /// The other names.
    pub before: Shared<Names>,
    names: Vec<Finder<'static>>,
}

impl Renamed {
    /// What tells them apart, if it is little.
    pub fn between(before: &Shared<Names>, after: &Names) -> Option<Self> {
        if before.list.merged != after.list.merged {
            return None;
        }
        let [old, new] = [before, after].map(|names| names.list.names.iter().collect::<HashSet<&Name>>());
        let names: HashSet<&str> = old.symmetric_difference(&new).map(|name| name.text.as_str()).collect();
        (names.len() <= MOST).then(|| Self {
            before: before.clone(),
            names: names.into_iter().map(|name| Finder::new(name).into_owned()).collect(),
        })
    }

    /// Whether a document mentions the same by both lists.
    pub fn spares(&self, document: &Document) -> bool {
        let prose = document.prose();
        let folded = fold(&prose.text);
        !self.names.iter().any(|name| name.find(folded.text.as_bytes()).is_some())
    }
}
