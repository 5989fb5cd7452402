//! The catalogue with the documents themselves: where references are looked up.

use std::ops::Deref;

use super::catalogue::{Catalogue, Input};
use crate::base::{File, Outcome, Shared};
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
