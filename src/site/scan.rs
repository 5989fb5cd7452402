//! The names in one document's text: which become links, whose they are, and in what sentence they stand.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use ahash::AHashMap;
use serde::{Deserialize, Serialize};

use super::boundary::{between, is_elided, is_particle, is_word};
use super::excerpt::excerpt;
use super::key::reference_key;
use super::literal::in_literal;
use super::names::{Names, fold};
use super::reference::{countries, country_key, references};
use super::told::Told;
use crate::base::{Key, Lang, Shared, Text};
use crate::document::{Document, Prose, Run};

/// What [`scan`] depends on.
#[derive(Debug)]
pub struct ScanArgs {
    /// The document.
    pub document: Shared<Document>,
    /// The site's names.
    pub names: Shared<Names>,
}

impl Hash for ScanArgs {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.document, &self.names).hash(state);
    }
}

/// What the text mentions.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Mentions {
    /// Mentions that become links, in order. Places are in the prose.
    pub links: Vec<Mention>,
    /// Everybody mentioned, once each, with the first mention and its sentence, escaped HTML.
    pub first: Vec<(Key, Run, Text)>,
    /// Names that several share and the document does not decide: whose they are, and where each first stands.
    pub ambiguous: Vec<(Vec<Key>, Run)>,
}

/// A mention that becomes a link.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Mention {
    /// Where in the prose.
    pub place: Run,
    /// Who.
    pub key: Key,
}

/// Finds the names in a document's text.
pub fn scan(args: &ScanArgs) -> Mentions {
    let ScanArgs { document, names } = args;
    let prose = document.prose();
    let folded = fold(&prose.text);
    let mut scan = Scan {
        document,
        prose: &prose,
        struck: prose.struck.iter().map(|run| run.range()).collect(),
        cites: document.body.cites().map(|at| at as usize).collect(),
        names,
        subjects: None,
        mentions: Mentions::default(),
        linked: Vec::new(),
        places: AHashMap::new(),
        undecided: Vec::new(),
    };
    for (start, end, name) in longest(names, &folded.text, document.common.lang) {
        scan.take(Run { start: folded.original(start), end: folded.original(end) }, name);
    }
    scan.mentions
}

struct Scan<'a> {
    document: &'a Document,
    prose: &'a Prose<'a>,
    struck: Vec<Range<usize>>,
    cites: Vec<usize>,
    names: &'a Names,
    /// Who the front matter names; looked up only when a name is shared.
    subjects: Option<HashSet<Key>>,
    mentions: Mentions,
    /// For each of those first mentioned, the last section in which they are linked.
    linked: Vec<Option<usize>>,
    /// Where they stand among these, once they are many.
    places: AHashMap<Key, usize>,
    /// Ambiguous names so far, by number.
    undecided: Vec<u32>,
}

/// Up to so many keys are found as fast by looking at each as by a table, which would have to be made.
const FEW: usize = 16;

impl<'a> Scan<'a> {
    fn take(&mut self, place: Run, name: u32) {
        let (document, prose) = (self.document, self.prose);
        let code = prose.code.partition_point(|run| run.end <= place.start);
        if prose.code.get(code).is_some_and(|run| run.start < place.end) {
            return;
        }
        let inside = |run: &Run| run.start <= place.start && place.end <= run.end;
        let after = prose.runs.partition_point(|run| run.end < place.end);
        let open = prose.runs.get(after).is_some_and(inside);
        let Some(key) = self.owner(name, place, open).filter(|&key| *key != document.key) else { return };
        let nth = self.known(key).unwrap_or_else(|| self.meet(key, place));
        if open && document.common.autolink {
            let section = document.body.headings.partition_point(|heading| heading.at <= place.start);
            if self.linked[nth].replace(section) != Some(section) {
                self.mentions.links.push(Mention { place, key: key.clone() });
            }
        }
    }

    /// Where somebody stands among those first mentioned.
    fn known(&self, key: &Key) -> Option<usize> {
        let first = &self.mentions.first;
        if first.len() > FEW {
            return self.places.get(key).copied();
        }
        first.iter().position(|(other, ..)| other == key)
    }

    /// Adds somebody who is mentioned for the first time.
    fn meet(&mut self, key: &Key, place: Run) -> usize {
        let (prose, lang) = (&self.prose.text, self.document.common.lang);
        let told = Told { prose, struck: &self.struck, cites: &self.cites, lang };
        let sentence = excerpt(told, place.range());
        let first = &mut self.mentions.first;
        let nth = first.len();
        first.push((key.clone(), place, sentence.into()));
        self.linked.push(None);
        let from = if nth > FEW { nth } else { 0 };
        if nth >= FEW {
            let keys = first.iter().enumerate().skip(from);
            self.places.extend(keys.map(|(nth, (key, ..))| (key.clone(), nth)));
        }
        nth
    }

    /// Whose the name is here: the only owner whom the front matter names, or else the only one who has it switched on.
    fn owner(&mut self, name: u32, place: Run, open: bool) -> Option<&'a Key> {
        let names = self.names;
        let owners = names.list.names[name as usize].owners.as_slice();
        let named = match owners {
            [] | [_] => None,
            _ => {
                let document = self.document;
                let subjects = self.subjects.get_or_insert_with(|| subjects(document, names));
                only(owners.iter().filter(|(key, _)| subjects.contains(key)))
            }
        };
        if let Some((key, is_on)) = named {
            return is_on.then_some(key);
        }
        let mut on = owners.iter().filter(|(_, is_on)| *is_on);
        match (on.next(), on.next()) {
            (None, _) => None,
            (Some((key, _)), None) => Some(key),
            _ => {
                if open && self.document.common.autolink && !self.undecided.contains(&name) {
                    self.undecided.push(name);
                    let owners = owners.iter().map(|(key, _)| key.clone()).collect();
                    self.mentions.ambiguous.push((owners, place));
                }
                None
            }
        }
    }
}

/// What comes, if it is one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

/// Everybody whom a document's front matter names, and itself. Who was merged is known by whom they became.
fn subjects(document: &Document, names: &Names) -> HashSet<Key> {
    let mut keys: HashSet<Key> =
        countries(document).into_iter().map(|code| country_key(code.value)).collect();
    keys.insert(document.key.clone());
    references(document, &mut |_, kinds, id| keys.extend(kinds.iter().map(|&kind| reference_key(kind, id))));
    let stands = |key: Key| names.list.merged.get(&key).cloned().unwrap_or(key);
    keys.into_iter().map(stands).collect()
}

/// Occurrences on word boundaries, the longest first where they overlap.
fn longest(names: &Names, text: &str, lang: Lang) -> Vec<(usize, usize, u32)> {
    // Turkish and its like part a name from its endings by an apostrophe: `Taliban'ın`.
    let ends_so = ["tr", "az", "tk"].contains(&lang.language());
    let is_whole = |start, end| on_boundaries(text, start, end, lang) && (ends_so || !goes_on(&text[end..]));
    let mut found: Vec<_> = names.occurrences(text).filter(|&(start, end, _)| is_whole(start, end)).collect();
    found.sort_unstable_by_key(|&(start, end, _)| (start, std::cmp::Reverse(end)));
    let mut reach = 0;
    found.retain(|&(start, end, _)| {
        let free = start >= reach;
        if free {
            reach = end;
        }
        free
    });
    // `ISIS` in `ISIS-K` is not ISIS, nor `Taliban` in `Tehrik-i-Taliban`; but `Pakistan` in
    // `Afghanistan-Pakistan` is Pakistan, because both sides of the hyphen are names.
    let ends_at = |at: usize| found.binary_search_by_key(&at, |&(_, end, _)| end).is_ok();
    let starts_at = |at: usize| found.binary_search_by_key(&at, |&(start, ..)| start).is_ok();
    found
        .iter()
        .copied()
        .filter(|&(start, end, _)| {
            hyphen_before(text, start).is_none_or(ends_at) && hyphen_after(text, end).is_none_or(starts_at)
        })
        .collect()
}

fn on_boundaries(text: &str, start: usize, end: usize, lang: Lang) -> bool {
    let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
    let (first, last) = (text[start..].chars().next(), text[..end].chars().next_back());
    let apostrophe =
        before == Some('\'') && first.is_some_and(is_word) && is_joined(&text[..start - 1], lang);
    let open_before = between(before, first) && !apostrophe;
    let open_after = between(last, after) || is_particle(&text[end..]);
    open_before && open_after && !in_literal(text, start, end)
}

/// Whether a word goes on after an apostrophe, as `Sana` does in `Sana'a`. What English adds to a name is none of it.
fn goes_on(after: &str) -> bool {
    let Some(rest) = after.strip_prefix('\'') else { return false };
    let ending = rest.split(|ch| !is_word(ch)).next().unwrap_or_default();
    !ending.is_empty() && !["s", "d", "ll", "re", "ve"].iter().any(|it| ending.eq_ignore_ascii_case(it))
}

/// Whether an apostrophe after this text joins it to the same name, as `O` in `O'Brien` but not `d` in French
/// `d'Iran`.
fn is_joined(before: &str, lang: Lang) -> bool {
    before.ends_with(is_word) && !is_elided(before, lang)
}

/// The end of the word before a hyphen or dash that joins this name to it.
fn hyphen_before(text: &str, start: usize) -> Option<usize> {
    let before = text[..start].strip_suffix(DASHES)?;
    before.chars().next_back().filter(|&ch| is_word(ch)).map(|_| before.len())
}

/// The start of the word after a hyphen or dash that goes on with this name: one that begins with a capital or
/// a digit, a single letter, or an ending in another script than Latin (`РФ-овский`). `Taliban-led` is about the
/// Taliban.
fn hyphen_after(text: &str, end: usize) -> Option<usize> {
    let after = text[end..].strip_prefix(DASHES)?;
    let mut letters = after.chars();
    let first = letters.next().filter(|&ch| is_word(ch))?;
    let single = !letters.next().is_some_and(is_word);
    (!first.is_lowercase() || !first.is_ascii() || single).then(|| text.len() - after.len())
}

/// What joins words: the hyphen, the en dash, the minus sign. Other hyphens are folded to the first.
const DASHES: [char; 3] = ['-', '–', '−'];
