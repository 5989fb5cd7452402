//! Which documents make up the site: one for each key and language.

use std::collections::HashSet;
use std::collections::hash_map::Entry;

use ahash::AHashMap;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::base::{Diagnostic, Key, Kind, Lang, Place, Shared, SourcePath, codes};
use crate::document::Document;

/// The documents of a site.
#[derive(Debug)]
pub struct Admitted {
    /// By path: one for each key and language.
    pub documents: Vec<Shared<Document>>,
    /// Files that were left out for another of their key and language, and that file.
    pub namesakes: Vec<(SourcePath, SourcePath)>,
}

/// Admits the first of documents with one key and language, and reports the others.
pub fn admit(documents: Vec<Shared<Document>>, diagnostics: &mut Vec<Diagnostic>) -> Admitted {
    without_duplicates(settled(documents), diagnostics)
}

/// Pages that look like a version in another language, but of a page that is not there, stand alone.
fn settled(documents: Vec<Shared<Document>>) -> Vec<Shared<Document>> {
    let is_page = |document: &&Shared<Document>| document.key.kind == Kind::Page;
    let originals = documents.iter().filter(is_page).filter(|document| !document.common.variant);
    let originals: HashSet<Key> = originals.map(|document| document.key.clone()).collect();
    let settle = |document: Shared<Document>| {
        let page = document.key.kind == Kind::Page && document.common.variant;
        if page && !originals.contains(&document.key) { Shared::new(document.alone()) } else { document }
    };
    documents.into_iter().map(settle).collect()
}

/// Keeps the first of documents with one key and language, and reports the others.
fn without_duplicates(documents: Vec<Shared<Document>>, diagnostics: &mut Vec<Diagnostic>) -> Admitted {
    let mut first: AHashMap<(Key, Option<Lang>), SourcePath> = AHashMap::with_capacity(documents.len());
    let mut kept = Admitted { documents: Vec::with_capacity(documents.len()), namesakes: Vec::new() };
    for document in documents {
        let lang = document.common.variant.then_some(document.common.lang);
        match first.entry((document.key.clone(), lang)) {
            Entry::Vacant(free) => {
                free.insert(document.path.clone());
                kept.documents.push(document);
            }
            Entry::Occupied(other) => {
                let words =
                    format!("two documents are the {} `{}`", document.key.kind.name(), document.key.id);
                let fault = Diagnostic::new(&codes::DUPLICATE_ID, words)
                    .in_file(&document.path)
                    .also(Place::file(other.get()), "the other is here");
                let fault = match look_alike(document.path.as_str(), other.get().as_str()) {
                    Some((this, other)) => fault.help(format!(
                        "the names look the same, but are of other characters: {this} here, {other} there"
                    )),
                    None => fault,
                };
                diagnostics.push(fault.help(match document.key.kind {
                    Kind::Country => {
                        "a country's id is its code, whatever the file is called: join the files, or correct a `code:`"
                    }
                    _ => "the id is the file's name; rename one of the files",
                }));
                kept.namesakes.push((document.path.clone(), other.get().clone()));
            }
        }
    }
    kept
}

/// Where two names that look alike begin to differ: the characters of each, by their numbers.
fn look_alike(a: &str, b: &str) -> Option<(String, String)> {
    /// So many are told.
    const TOLD: usize = 3;
    if !a.nfc().eq(b.nfc()) {
        return None;
    }
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    // A mark belongs to the letter before it.
    let is_mark = |name: &str| name.chars().nth(same).is_some_and(is_combining_mark);
    let start = if is_mark(a) || is_mark(b) { same.saturating_sub(1) } else { same };
    let rest = |name: &str| name.chars().skip(start).collect::<Vec<_>>();
    let (a, b) = (rest(a), rest(b));
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let numbers = |chars: &[char]| {
        let told = chars[..chars.len() - end].iter().take(TOLD);
        told.map(|&ch| format!("U+{:04X}", u32::from(ch))).collect::<Vec<_>>().join(" ")
    };
    Some((numbers(&a), numbers(&b)))
}
