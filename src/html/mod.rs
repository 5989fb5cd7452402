//! A document's text with its resolved links → HTML.

mod contents;
mod escape;
mod highlight;
mod notes;
mod writer;

pub use escape::{attribute, text};
pub use writer::Html;

use std::hash::{Hash, Hasher};

use crate::base::Shared;
use crate::document::Document;
use crate::site::Links;

/// What [`render`] depends on.
#[derive(Debug)]
pub struct Args {
    /// The document.
    pub document: Shared<Document>,
    /// Where its links lead.
    pub links: Shared<Links>,
}

impl Hash for Args {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.document, &self.links).hash(state);
    }
}

/// Renders a document's text for its own page.
pub fn render(args: &Args) -> Html {
    writer::write(&args.document, &args.links)
}
