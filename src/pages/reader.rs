//! The book as one page reads it: it is noted what the page asks for, so that the page need not be made again
//! until one of the answers is another.

use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Book;
use super::feed;
use super::ledgers::{Glance, Ledgers, Lists, Said};
use super::records::Record;
use crate::base::{Kind, PrintTable, Shared};
use crate::config::Settings;
use crate::document::{Data, Document, Person, StatementEntry};
use crate::site::{Backlink, DocIx, Links, Neighbours, NodeIx, Outline, Site};
use crate::view::{Card, FeedEntry, Safe, Shown};

/// What a page may ask the book for, besides what it knows without asking: the site's outline, its lists, the
/// settings and the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ask {
    /// The card of a node.
    Card(NodeIx),
    /// The card of a version in another language.
    Version(DocIx),
    /// A document's front matter and headings.
    Document(DocIx),
    /// Whom a document names, and its sources.
    Resolved(DocIx),
    /// The sentence in which it names a node, which is the one that the page is about.
    Sentence(DocIx, NodeIx),
    /// Who names a node.
    Links(NodeIx),
    /// Whom they name besides.
    Together(NodeIx),
    /// What is on record of a node: which relations, judgements and events, not what they say.
    Record(NodeIx),
    /// All of it but the sentences: for the few pages that go through the whole site.
    Everything,
}

impl Ask {
    /// Whether a site has what it asks for.
    pub fn fits(self, site: &Site) -> bool {
        let (has_node, has_document) =
            (|node: NodeIx| node.at() < site.nodes.len(), |at: DocIx| at.at() < site.documents.len());
        match self {
            Self::Card(node) | Self::Links(node) | Self::Together(node) | Self::Record(node) => {
                has_node(node)
            }
            Self::Version(at) | Self::Document(at) | Self::Resolved(at) => has_document(at),
            Self::Sentence(at, node) => has_document(at) && has_node(node),
            Self::Everything => true,
        }
    }
}

/// The answers to what was asked for. Their hash covers only these.
pub struct Answers<'a>(pub &'a Book<'a>, pub &'a [Ask]);

/// The fingerprints of answers, as far as they were asked for, where the site does not keep them side by side itself.
#[derive(Debug)]
pub(super) struct Answered {
    cards: PrintTable,
    versions: PrintTable,
    documents: PrintTable,
    resolved: PrintTable,
}

impl Answered {
    pub(super) fn new(site: &Site) -> Self {
        let documents = || PrintTable::new(site.documents.len());
        Self {
            cards: PrintTable::new(site.nodes.len()),
            versions: documents(),
            documents: documents(),
            resolved: documents(),
        }
    }
}

impl Hash for Answers<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let &Self(book, asked) = self;
        let Book { site, ledgers, answered: known, .. } = book;
        let Ledgers { cards, records, .. } = &**ledgers;
        for ask in asked {
            match *ask {
                Ask::Card(node) => known.cards.hash(node.at(), state, || cards.of_node(node)),
                Ask::Version(at) => known.versions.hash(at.at(), state, || cards.of_version(at)),
                Ask::Document(at) => known.documents.hash(at.at(), state, || site.documents[at.at()].face()),
                Ask::Resolved(at) => known.resolved.hash(at.at(), state, || site.resolved(at)),
                Ask::Sentence(at, node) => site.sentence(at, node).hash(state),
                Ask::Links(node) => site.links_to(node).hash(state),
                Ask::Together(node) => site.together_with(node).hash(state),
                Ask::Record(node) => records.of(node).hash(state),
                Ask::Everything => book.hash(state),
            }
        }
    }
}

/// What of the site every page may know without asking. Its hash covers only that.
pub(super) struct Known<'a>(pub(super) &'a Book<'a>);

impl Hash for Known<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let book = self.0;
        book.known.hash(state, || (book.site.outline(), &book.ledgers.lists, book.settings, book.today));
    }
}

/// The book in the hands of one page.
pub(super) struct Reader<'a> {
    book: &'a Book<'a>,
    pub(super) site: Outline<'a>,
    pub(super) settings: &'a Settings,
    pub(super) today: Date,
    asked: RefCell<Vec<Ask>>,
    /// Whether everything was asked for.
    all: Cell<bool>,
}

impl Deref for Reader<'_> {
    type Target = Lists;

    fn deref(&self) -> &Lists {
        &self.book.ledgers.lists
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(book: &'a Book<'a>) -> Self {
        let Book { site, settings, today, .. } = *book;
        Self { book, site: site.outline(), settings, today, asked: RefCell::default(), all: Cell::new(false) }
    }

    /// Everything that was asked for, each once.
    pub(super) fn asked(self) -> Vec<Ask> {
        let mut asked = self.asked.into_inner();
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    fn ask(&self, ask: Ask) {
        if !self.all.get() || matches!(ask, Ask::Sentence(..)) {
            self.asked.borrow_mut().push(ask);
        }
    }

    /// Asks for everything but sentences, so that nothing else need be noted.
    pub(super) fn ask_everything(&self) {
        self.ask(Ask::Everything);
        self.all.set(true);
    }

    /// The card of an entity or document.
    pub(super) fn card(&self, node: NodeIx) -> Shown<Card> {
        self.ask(Ask::Card(node));
        self.book.ledgers.cards.of_node(node).clone()
    }

    /// The card of a document: of this very version.
    pub(super) fn document_card(&self, at: DocIx) -> Shown<Card> {
        let Some(card) = self.book.ledgers.cards.of_version(at) else {
            return self.card(self.site.node_of(at));
        };
        self.ask(Ask::Version(at));
        card.clone()
    }

    /// The card of the entity that a reference means.
    pub(super) fn find(&self, kinds: &[Kind], id: &str) -> Option<Shown<Card>> {
        self.site.find(kinds, id).filter(|&node| self.site.has_page(node)).map(|node| self.card(node))
    }

    /// A document. Of another than the page's own, its text is none of the page's business.
    pub(super) fn document(&self, at: DocIx) -> &'a Shared<Document> {
        self.ask(Ask::Document(at));
        &self.book.site.documents[at.at()]
    }

    /// Every document.
    pub(super) fn documents(&self) -> impl Iterator<Item = (DocIx, &'a Shared<Document>)> + '_ {
        self.ask_everything();
        (0..self.site.size()).map(DocIx::new).map(|at| (at, self.document(at)))
    }

    /// The document of an entity.
    pub(super) fn document_of(&self, node: NodeIx) -> Option<&'a Shared<Document>> {
        self.site.document_of(node).map(|at| self.document(at))
    }

    /// The document that tells of an entity, be it only one in another language than its page.
    pub(super) fn facts_of(&self, node: NodeIx) -> Option<&'a Shared<Document>> {
        self.site.nodes[node.at()].facts().map(|at| self.document(at))
    }

    /// The document of a person.
    pub(super) fn person(&self, node: NodeIx) -> Option<&'a Person> {
        match &self.document_of(node)?.data {
            Data::Person(person) => Some(person),
            _ => None,
        }
    }

    /// What is asked most of a document.
    pub(super) fn glance(&self, at: DocIx) -> Glance {
        self.glances[at.at()]
    }

    /// A statement's entry.
    pub(super) fn statement(&self, (at, nth): Said) -> Option<&'a StatementEntry> {
        self.document(at).brief().and_then(|brief| brief.statements.get(nth))
    }

    /// A brief's sources in the order of their numbers: places in `brief.sources`.
    pub(super) fn numbered_sources(&self, at: DocIx) -> &'a [usize] {
        self.ask(Ask::Resolved(at));
        &self.book.site.linked[at.at()].sources
    }

    /// What the text of the page's own document is linked to. That is known without asking.
    pub(super) fn own_links(&self, at: DocIx) -> &'a Links {
        &self.book.site.linked[at.at()].links
    }

    /// The entry of a brief in feeds.
    pub(super) fn entry(&self, at: DocIx) -> Shown<FeedEntry> {
        let (entry, asked) = self.book.entries[at.at()].get_or_init(|| {
            let reader = Reader::new(self.book);
            let entry = Shown::new(feed::entry(&reader, at));
            (entry, reader.asked())
        });
        asked.iter().for_each(|&ask| self.ask(ask));
        entry.clone()
    }

    /// Who names a node, the newest first.
    pub(super) fn backlinks(&self, node: NodeIx) -> &'a [Backlink] {
        self.ask(Ask::Links(node));
        self.book.site.backlinks(node)
    }

    /// The briefs that name a node, the newest first.
    pub(super) fn brief_backlinks(&self, node: NodeIx) -> impl Iterator<Item = &'a Backlink> + use<'a> {
        self.ask(Ask::Links(node));
        self.book.site.brief_backlinks(node)
    }

    /// What is on record of a node, if anything is.
    pub(super) fn record(&self, node: NodeIx) -> Option<&'a Record> {
        self.ask(Ask::Record(node));
        self.book.ledgers.records.of(node)
    }

    /// The sentence in which a document names an entity; absent when only its front matter does.
    pub(super) fn sentence(&self, at: DocIx, node: NodeIx) -> Option<Safe> {
        self.ask(Ask::Sentence(at, node));
        self.book.site.sentence(at, node).cloned().map(Safe)
    }

    /// Everybody whom a document names, once each.
    pub(super) fn named_by(&self, at: DocIx) -> impl Iterator<Item = NodeIx> + use<'a> {
        self.ask(Ask::Resolved(at));
        self.book.site.company(at).map(|(node, _)| node)
    }

    /// Those of some kinds whom a document names, with those who name them, and the place where it stands among these
    /// or would stand.
    pub(super) fn company<'r>(
        &'r self,
        at: DocIx,
        kinds: &'r [Kind],
    ) -> impl Iterator<Item = (&'a [Backlink], usize)> + 'r {
        self.ask(Ask::Resolved(at));
        let named = self.book.site.company(at);
        let named = named.filter(|(node, _)| kinds.contains(&self.site.nodes[node.at()].key.kind));
        named.map(|(node, place)| (self.backlinks(node), place))
    }

    /// Who is named in the same briefs.
    pub(super) fn together(&self, node: NodeIx) -> Neighbours {
        self.ask(Ask::Together(node));
        Neighbours::of(self.book.site, node)
    }
}
