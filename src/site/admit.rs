//! Which documents make up the site: one for each key and language.

use std::collections::HashSet;
use std::collections::hash_map::Entry;

use ahash::AHashMap;

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
                diagnostics.push(
                    Diagnostic::new(&codes::DUPLICATE_ID, words)
                        .in_file(&document.path)
                        .also(Place::file(other.get()), "the other is here")
                        .help("the id is the file's name; rename one of the files"),
                );
                kept.namesakes.push((document.path.clone(), other.get().clone()));
            }
        }
    }
    kept
}
