//! One page: its text, its view, its bytes, each remembered.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Engine;
use crate::base::{Diagnostic, Shared};
use crate::html::{self, Html};
use crate::pages::{self, Book, Page};
use crate::theme::{self, Theme};

/// A page as it was last made. It holds what it was made of, so that nothing of that is made anew when another
/// page changes.
#[derive(Debug)]
pub(super) enum Shown {
    /// No template makes it.
    Bytes(Arc<Vec<u8>>),
    /// A template makes it.
    Rendered { _html: Option<Shared<Html>>, rendered: Shared<theme::Rendered> },
}

impl Shown {
    /// Its bytes.
    ///
    /// # Errors
    /// What its template did wrong.
    pub(super) fn bytes(&self) -> Result<&Arc<Vec<u8>>, Box<Diagnostic>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Rendered { rendered, .. } => Result::as_ref(rendered).map_err(Clone::clone),
        }
    }
}

/// What a page depends on. The engine's memos change nothing of what they remember.
pub(super) struct ShowArgs<'a> {
    pub(super) engine: &'a Engine,
    pub(super) book: &'a Book<'a>,
    pub(super) page: &'a Page,
    pub(super) theme: &'a Shared<Theme>,
}

impl Hash for ShowArgs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.theme.hash(state);
        pages::Args { book: self.book, page: self.page, html: None }.hash(state);
    }
}

/// Makes a page.
pub(super) fn show(args: &ShowArgs<'_>) -> Shown {
    let engine = args.engine;
    let (html, content) = view(args);
    match content {
        pages::Content::Bytes(bytes) => Shown::Bytes(bytes),
        pages::Content::View(view) => {
            let args = theme::Args { theme: args.theme.clone(), view };
            Shown::Rendered { _html: html, rendered: engine.rendered.get(&args, theme::render) }
        }
    }
}

/// What a page shows, and the text in it.
pub(super) fn view(args: &ShowArgs<'_>) -> (Option<Shared<Html>>, pages::Content) {
    let &ShowArgs { engine, book, page, .. } = args;
    let html = page.show.document().map(|at| {
        let links = book.site.linked[at.at()].links.clone();
        engine.html.get(&html::Args { document: book.document(at).clone(), links }, html::render)
    });
    let content = pages::view(&pages::Args { book, page, html: html.clone() });
    (html, content)
}
