//! Site → pages: which there are, at which addresses, and what each shows.
//!
//! [`derive()`] names every page and what it is of; [`view()`] makes one page's view, when it is rendered, so
//! that a build holds a page a thread.

mod address;
mod book;
mod brief;
mod briefs;
mod cards;
mod feed;
mod frame;
mod home;
mod index;
mod item;
mod judgement;
mod labels;
mod ledgers;
mod more;
mod plain;
mod profile;
mod reader;
mod records;
mod small;

pub use book::Book;
pub use cards::{CardArgs, card};
pub use ledgers::{CardOf, LedgerArgs, Ledgers};
pub use more::List;
pub use reader::{Answers, Ask};

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::base::{Diagnostic, Kind, OutPath, Outcome, Shared, UrlPath};
use crate::html::Html;
use crate::site::{DocIx, NodeIx, Site};
use crate::view::View;
use reader::{Known, Reader};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Show {
    /// The home page, with the text of `content/index.md`.
    Home(Option<DocIx>),
    /// A brief.
    Brief(DocIx),
    /// An entity: its node, and its document in the page's language.
    Profile(NodeIx, Option<DocIx>),
    /// A page of a list that an entity's or document's own page shows in part.
    More(NodeIx, List, usize),
    /// A plain page.
    Plain(DocIx),
    /// The briefs of a time, and which page of the list.
    Briefs(Period, usize),
    /// Every entity of a kind, and which page of the list.
    Index(Kind, usize),
    /// An old address.
    Redirect(NodeIx),
    /// The page for addresses that do not exist.
    NotFound,
    /// An Atom feed, of the site or of an entity.
    Atom(Option<NodeIx>),
    /// A JSON Feed, likewise.
    Json(Option<NodeIx>),
    /// A sitemap.
    Sitemap(SitemapOf),
    /// For robots.
    Robots,
}

/// When the briefs of a list are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Any time.
    All,
    /// A year.
    Year(i16),
    /// A month of a year, from 1.
    Month(i16, i8),
}

/// What a sitemap lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SitemapOf {
    /// Every page.
    Pages,
    /// The parts, where there are too many pages for one.
    Parts,
    /// The pages of a part, from 1.
    Part(usize),
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

    /// Whom the page is about: it shows in which sentences others name it.
    fn about(self, site: &Site) -> Option<NodeIx> {
        match self {
            Self::Profile(node, _) | Self::More(node, ..) => Some(node),
            _ => self.document().map(|at| site.node_of(at)),
        }
    }
}

/// What becomes a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// A template's view.
    View(Shared<View>),
    /// Bytes that no template makes.
    Bytes(Arc<Vec<u8>>),
}

/// What [`derive()`] depends on: what stands where, how long the lists of whom are, and which files are published.
#[derive(Debug)]
pub struct DeriveArgs<'a> {
    /// The site and what its pages share.
    pub book: &'a Book<'a>,
}

impl Hash for DeriveArgs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { book } = self;
        let site = book.site;
        (Known(book), &site.assets, &site.redirects, site.link_counts()).hash(state);
        book.ledgers.records.lengths().for_each(|lengths| lengths.hash(state));
        small::sitemap_parts(&Reader::new(book)).hash(state);
    }
}

/// Every page of the site, by address. Two at one address are a fault, and the first stays.
pub fn derive(args: &DeriveArgs<'_>) -> Outcome<Vec<Page>> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let pages = address::all(args.book, &mut diagnostics);
    Outcome { value: pages, diagnostics }
}

/// What [`view()`] depends on.
#[derive(Debug)]
pub struct Args<'a> {
    /// The site and what its pages share.
    pub book: &'a Book<'a>,
    /// The page.
    pub page: &'a Page,
    /// The text of its document.
    pub html: Option<Shared<Html>>,
}

/// The page's own document counts in full, and with what it is linked to that is its text; and so do
/// the sentences of those who name whom the page is about.
impl Hash for Args<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { book, page, .. } = self;
        (book, own(book, page)).hash(state);
        if let Some(node) = page.show.about(book.site) {
            book.site.sentences_about(node).hash(state);
        }
    }
}

/// What a page depends on before it asks for anything: what every page knows, and its own document in full with what
/// that is linked to. Its hash covers only that.
#[derive(Debug)]
pub struct Start<'a> {
    /// The site and what its pages share.
    pub book: &'a Book<'a>,
    /// The page.
    pub page: &'a Page,
}

impl Hash for Start<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let &Self { book, page } = self;
        Known(book).hash(state);
        own(book, page).hash(state);
    }
}

/// The page's own document in full, and what it is linked to that is its text.
fn own<'a>(book: &'a Book<'_>, page: &'a Page) -> impl Hash + 'a {
    let site = book.site;
    let document = page.show.document();
    (&page.url, page.show, document.map(|at| (&site.documents[at.at()], &site.linked[at.at()].links)))
}

/// What a page shows, complete; and what it asked the book for.
pub fn view(args: &Args<'_>) -> (Content, Vec<Ask>) {
    let Args { book, page, html } = args;
    let reader = Reader::new(book);
    let content = content(&reader, page, html.as_ref());
    (content, reader.asked())
}

fn content(book: &Reader<'_>, page: &Page, html: Option<&Shared<Html>>) -> Content {
    let view = match page.show {
        Show::Home(at) => home::view(book, page, at.and(html)),
        Show::Brief(at) => brief::view(book, page, at, html),
        Show::Profile(node, at) => profile::view(book, page, (node, at), html),
        Show::More(node, list, number) => more::view(book, page, node, (list, number)),
        Show::Plain(at) => plain::view(book, page, at, html),
        Show::Briefs(period, number) => briefs::view(book, page, period, number),
        Show::Index(kind, number) => index::view(book, page, kind, number),
        Show::Redirect(node) => small::redirect(book, page, node),
        Show::NotFound => small::not_found(book, page),
        Show::Atom(node) => feed::atom(book, page, node),
        Show::Json(node) => return bytes(feed::json(book, page, node)),
        Show::Sitemap(of) => return bytes(small::sitemap(book, page, of)),
        Show::Robots => return bytes(small::robots(book)),
    };
    Content::View(Shared::new(view))
}

fn bytes(bytes: Vec<u8>) -> Content {
    Content::Bytes(Arc::new(bytes))
}
