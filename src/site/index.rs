//! The catalogue with the documents themselves: where references are looked up.

use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::catalogue::{Catalogue, Input};
use super::names::NameList;
use crate::base::{Content, File, Outcome, Shared};
use crate::document::Document;

/// What there is, and where.
#[derive(Clone, Debug)]
pub struct Index {
    pub(super) input: Shared<Input>,
    pub(super) catalogue: Shared<Outcome<Catalogue>>,
}

impl Index {
    /// The documents of `input` with their catalogue.
    pub fn new(input: Shared<Input>, catalogue: Shared<Outcome<Catalogue>>) -> Self {
        Self { input, catalogue }
    }

    /// Every document, by path.
    pub fn documents(&self) -> &[Shared<Document>] {
        &self.input.documents
    }

    /// What names there are.
    pub fn names(&self) -> &Shared<NameList> {
        &self.catalogue.value.names
    }

    /// Every file of the site, by path.
    pub(super) fn files(&self) -> &[File] {
        &self.input.files
    }
}

impl Deref for Index {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        &self.catalogue.value
    }
}

/// What stands at which address, and which files there are, with the months that have briefs and so archives: nothing
/// of what the documents are called or say. Its hash covers only that.
pub(super) struct Places<'a>(pub(super) &'a Index);

impl Hash for Places<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let index = self.0;
        index.catalogue.value.places.hash(state, || {
            let nodes = index.nodes.iter().map(|node| {
                let stands = (node.document, &node.variants, node.main, node.merged_into, node.declared);
                (&node.key, &node.url, stands)
            });
            let documents = index.documents().iter().map(|document| {
                (&document.path, &document.key, document.common.lang, document.common.variant)
            });
            let files = index.files().iter().map(|file| match &file.content {
                Content::Text(_) => (&file.path, None),
                Content::Blob(blob) => (&file.path, Some(blob)),
            });
            let redirects: Vec<_> = index.redirects.iter().map(|(url, node, _)| (url, node)).collect();
            let dates = index.briefs.iter().filter_map(|at| index.documents()[at.at()].date());
            let mut months: Vec<_> = dates.map(|date| (date.year(), date.month())).collect();
            months.sort_unstable();
            months.dedup();
            let placed =
                (nodes.collect::<Vec<_>>(), documents.collect::<Vec<_>>(), files.collect::<Vec<_>>());
            (placed, redirects, &index.input.namesakes, months)
        });
    }
}
