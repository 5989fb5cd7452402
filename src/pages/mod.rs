//! Site → pages: which there are, at which addresses, and what each shows.
//!
//! [`derive()`] names every page and what it is of; [`view()`] makes one page's view, when it is rendered, so
//! that a build holds a page a thread.

mod address;
mod book;
mod brief;
mod briefs;
mod feed;
mod frame;
mod home;
mod index;
mod item;
mod plain;
mod profile;
mod small;

pub use book::Book;

use crate::base::{Diagnostic, Kind, OutPath, Outcome, Shared, UrlPath};
use crate::html::Html;
use crate::site::{DocIx, NodeIx, Site};
use crate::view::View;

/// A page or another file of the site.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its address.
    pub url: UrlPath,
    /// Its file.
    pub out: OutPath,
    /// What it shows.
    pub show: Show,
}

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// The home page, with the text of `content/index.md`.
    Home(Option<DocIx>),
    /// A brief.
    Brief(DocIx),
    /// An entity: its node, and its document in the page's language.
    Profile(NodeIx, Option<DocIx>),
    /// A later page of an entity's briefs, from 2.
    More(NodeIx, usize),
    /// A plain page.
    Plain(DocIx),
    /// All briefs, or those of a year and month; and which page of the list.
    Briefs(Option<i16>, Option<i8>, usize),
    /// Every entity of a kind.
    Index(Kind),
    /// An old address.
    Redirect(NodeIx),
    /// The page for addresses that do not exist.
    NotFound,
    /// An Atom feed, of the site or of an entity.
    Atom(Option<NodeIx>),
    /// A JSON Feed, likewise.
    Json(Option<NodeIx>),
    /// The sitemap.
    Sitemap,
    /// For robots.
    Robots,
}

impl Show {
    /// The document whose text the page holds.
    pub fn document(self) -> Option<DocIx> {
        match self {
            Self::Brief(at) | Self::Plain(at) => Some(at),
            Self::Home(at) | Self::Profile(_, at) => at,
            _ => None,
        }
    }
}

/// What becomes a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// A template's view.
    View(View),
    /// Bytes that no template makes.
    Bytes(Vec<u8>),
}

/// Every page of the site, by address. Two at one address are a fault, and the first stays.
pub fn derive(site: &Site, book: &Book<'_>) -> Outcome<Vec<Page>> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let pages = address::all(site, book, &mut diagnostics);
    Outcome { value: pages, diagnostics }
}

/// What a page shows, complete. `html` is the text of its document.
pub fn view(book: &Book<'_>, page: &Page, html: Option<&Shared<Html>>) -> Content {
    let view = match page.show {
        Show::Home(at) => home::view(book, page, at.and(html)),
        Show::Brief(at) => brief::view(book, page, at, html),
        Show::Profile(node, at) => profile::view(book, page, (node, at), html),
        Show::More(node, number) => profile::more(book, page, node, number),
        Show::Plain(at) => plain::view(book, page, at, html),
        Show::Briefs(year, month, number) => briefs::view(book, page, (year, month), number),
        Show::Index(kind) => index::view(book, page, kind),
        Show::Redirect(node) => small::redirect(book, page, node),
        Show::NotFound => small::not_found(book, page),
        Show::Atom(node) => feed::atom(book, page, node),
        Show::Json(node) => return Content::Bytes(feed::json(book, page, node)),
        Show::Sitemap => return Content::Bytes(small::sitemap(book, page)),
        Show::Robots => return Content::Bytes(small::robots(book)),
    };
    Content::View(view)
}
