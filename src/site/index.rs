//! The catalogue with the documents themselves: where references are looked up.

use std::ops::Deref;

use super::catalogue::{Catalogue, Input};
use crate::base::{Content, File, Fingerprint, Outcome, Shared};
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

    /// What stands at which address, and which files there are: nothing of what the documents are called or say.
    pub(super) fn places(&self) -> Fingerprint {
        self.catalogue.value.places.get_or_init(|| {
            let nodes = self.nodes.iter().map(|node| {
                let stands = (node.document, &node.variants, node.merged_into, node.declared);
                Fingerprint::of(&(&node.key, &node.url, stands))
            });
            let documents = self.documents().iter().map(|document| {
                Fingerprint::of(&(
                    &document.path,
                    &document.key,
                    document.common.lang,
                    document.common.variant,
                ))
            });
            let files = self.files().iter().map(|file| match &file.content {
                Content::Text(_) => Fingerprint::of(&file.path),
                Content::Blob(blob) => Fingerprint::of(&(&file.path, blob)),
            });
            Fingerprint::of(&nodes.chain(documents).chain(files).collect::<Vec<_>>())
        })
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
