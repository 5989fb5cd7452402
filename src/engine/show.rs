//! One page: its text, its view, its bytes, each remembered.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Engine;
use crate::base::{Diagnostic, Shared};
use crate::html::{self, Html};
use crate::memo::Asked;
use crate::pages::{self, Answers, Ask, Book, Page};
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
        let &Self { book, page, theme, .. } = self;
        (theme, pages::Args { book, page, html: None }).hash(state);
    }
}

impl Asked for ShowArgs<'_> {
    type Ask = Ask;

    fn start(&self) -> impl Hash {
        let &Self { book, page, theme, .. } = self;
        (theme, pages::Start { book, page })
    }

    fn answers<'a>(&'a self, asked: &'a [Ask]) -> impl Hash + 'a {
        Answers(self.book, asked)
    }
}

/// Makes a page, and tells what it asked the book for.
pub(super) fn show(args: &ShowArgs<'_>) -> (Shown, Vec<Ask>) {
    let engine = args.engine;
    let Viewed { html, content, asked } = view(args);
    let shown = match content {
        pages::Content::Bytes(bytes) => Shown::Bytes(bytes),
        pages::Content::View(view) => {
            let args = theme::Args { theme: args.theme.clone(), view };
            Shown::Rendered { _html: html, rendered: engine.rendered.get(&args, theme::render) }
        }
    };
    (shown, asked)
}

/// What a page shows, the text in it, and what it asked the book for.
pub(super) struct Viewed {
    pub(super) html: Option<Shared<Html>>,
    pub(super) content: pages::Content,
    pub(super) asked: Vec<Ask>,
}

pub(super) fn view(args: &ShowArgs<'_>) -> Viewed {
    let &ShowArgs { engine, book, page, .. } = args;
    let site = book.site;
    let html = page.show.document().map(|at| {
        let (document, links) = (site.documents[at.at()].clone(), site.linked[at.at()].links.clone());
        engine.html.get(&html::Args { document, links }, html::render)
    });
    let (content, asked) = pages::view(&pages::Args { book, page, html: html.clone() });
    Viewed { html, content, asked }
}
