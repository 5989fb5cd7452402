//! Lists of a page that may be longer than it shows, and the pages that hold the whole of them.

use std::collections::BTreeMap;

use super::frame::{cut, page_count, page_url, pager};
use super::ledgers::Said;
use super::{Page, Reader, labels, profile};
use crate::base::{Kind, Label, UrlPath};
use crate::document::Reading;
use crate::site::{Backlink, DocIx, NodeIx};
use crate::view::{Crumb, Mention, More, Pager, View, Whole};

/// The most statements, judgements, events and so on that a page shows of each.
const MOST: usize = 20;

/// A list of a page that may be longer than it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// The briefs that name an entity. They begin on its own page.
    Briefs,
    /// A country's readings.
    Levels,
    /// Judgements of the briefs about it.
    Judgements,
    /// What it took part in, or what happened there.
    Events,
    /// What it said.
    Said,
    /// What was said about it.
    About,
    /// An actor's relations to others.
    Relations,
    /// Who names it besides briefs; who names a brief or page.
    Mentioned,
}

impl List {
    /// All of them.
    pub(super) const ALL: [Self; 8] = [
        Self::Briefs,
        Self::Levels,
        Self::Judgements,
        Self::Events,
        Self::Said,
        Self::About,
        Self::Relations,
        Self::Mentioned,
    ];

    /// The last part of its address.
    fn folder(self) -> &'static str {
        match self {
            Self::Briefs => "briefs",
            Self::Levels => "levels",
            Self::Judgements => "judgements",
            Self::Events => "events",
            Self::Said => "statements",
            Self::About => "about",
            Self::Relations => "relations",
            Self::Mentioned => "mentioned",
        }
    }

    /// What is in it, of what the page is about.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Briefs => "briefs",
            Self::Levels => "level over time",
            Self::Judgements => "judgements",
            Self::Events => "events",
            Self::Said => "statements by it",
            Self::About => "statements about it",
            Self::Relations => "relations",
            Self::Mentioned => "mentions",
        }
    }

    /// Where it begins.
    fn address(self, of: &UrlPath) -> UrlPath {
        match self {
            Self::Briefs => of.clone(),
            _ => UrlPath::new(&format!("{}{}/", of.as_str(), self.folder())),
        }
    }
}

/// The further pages of a node: each list's, with its number.
pub(super) fn pages(book: &Reader<'_>, node: NodeIx) -> Vec<(UrlPath, List, usize)> {
    let (url, size) = (book.site.address(node), book.settings.page_size);
    let mut pages = Vec::new();
    // The home page has no lists of its own.
    if url.as_str().is_empty() {
        return pages;
    }
    for list in List::ALL {
        let items = book.length(node, list);
        // Of the briefs, the page itself has the first; of the others it has an extract of those that are long.
        let first = match list {
            List::Briefs => 2,
            _ if items > MOST => 1,
            _ => continue,
        };
        let list_url = list.address(url);
        let numbers = first..=page_count(items, size);
        pages.extend(numbers.map(|number| (page_url(&list_url, number), list, number)));
    }
    pages
}

/// A brief or a plain page: of what is in others it lists only who names it.
fn is_text(book: &Reader<'_>, node: NodeIx) -> bool {
    matches!(book.site.nodes[node.at()].key.kind, Kind::Brief | Kind::Page)
}

impl Reader<'_> {
    /// Readings of a country's level, newest first.
    pub(super) fn readings(&self, node: NodeIx) -> &[(DocIx, Reading)] {
        let country = self.site.nodes[node.at()].country();
        country.and_then(|code| self.levels.get(&code)).map_or(&[], Vec::as_slice)
    }

    /// Where a document names a node.
    fn mention(&self, link: &Backlink, node: NodeIx) -> Mention {
        let cites = link.kind == Kind::Brief && self.site.nodes[node.at()].key.kind == Kind::Source;
        Mention {
            card: self.document_card(link.document),
            sentence: self.sentence(link.document, node),
            citations: if cites { self.citations(link.document, node) } else { Vec::new() },
        }
    }

    /// How many items a list has.
    pub(super) fn length(&self, node: NodeIx, list: List) -> usize {
        let said = |all: &BTreeMap<NodeIx, Vec<Said>>| all.get(&node).map_or(0, Vec::len);
        match list {
            List::Mentioned => self.mentioning(node).count(),
            _ if is_text(self, node) => 0,
            List::Briefs => self.brief_backlinks(node).count(),
            List::Levels => self.readings(node).len(),
            List::Judgements => self.record(node).map_or(0, |record| record.judgements.items.len()),
            List::Events => self.record(node).map_or(0, |record| record.events.items.len()),
            List::Relations => self.record(node).map_or(0, |record| record.relations.items.len()),
            List::Said => said(&self.said_by),
            List::About => said(&self.said_about),
        }
    }

    /// How long a list is and where all of it is, when a page shows only its beginning.
    pub(super) fn whole(&self, node: NodeIx, list: List) -> Option<Whole> {
        let count = self.length(node, list);
        (count > MOST).then(|| Whole { count, url: list.address(self.site.address(node)) })
    }

    /// Who names a node, as its page lists them: of an entity not the briefs, which it lists by themselves.
    pub(super) fn mentioning(&self, node: NodeIx) -> impl Iterator<Item = &Backlink> {
        let text = is_text(self, node);
        let links = self.backlinks(node).iter().filter(move |link| text || link.kind != Kind::Brief);
        links.filter(|link| self.site.has_page(self.site.node_of(link.document)))
    }

    /// The highest label behind a list: that of its length and order.
    pub(super) fn label_of_list(&self, node: NodeIx, list: List) -> Option<Label> {
        let said = |all: &BTreeMap<NodeIx, Vec<Said>>| {
            self.label_of(all.get(&node).into_iter().flatten().map(|said| said.0))
        };
        match list {
            List::Briefs => self.label_of_briefs(node),
            List::Levels => self.label_of(self.readings(node).iter().map(|(at, _)| *at)),
            List::Judgements => self.record(node).map(|record| record.judgements.label),
            List::Events => self.record(node).map(|record| record.events.label),
            List::Relations => self.record(node).map(|record| record.relations.label),
            List::Said => said(&self.said_by),
            List::About => said(&self.said_about),
            List::Mentioned => self.label_of(self.mentioning(node).map(|link| link.document)),
        }
    }
}

/// The first items of a list.
pub(super) fn first<T>(items: &[T]) -> &[T] {
    &items[..items.len().min(MOST)]
}

/// The items of a list that its page shows, each with the sentence in which it names the node.
pub(super) fn mentioned(book: &Reader<'_>, node: NodeIx) -> Vec<Mention> {
    first_mentioning(book, node).map(|link| book.mention(link, node)).collect()
}

/// Those of [`mentioned()`].
pub(super) fn first_mentioning<'r>(book: &'r Reader<'_>, node: NodeIx) -> impl Iterator<Item = &'r Backlink> {
    book.mentioning(node).take(MOST)
}

/// A page of a list.
pub(super) fn view(book: &Reader<'_>, page: &Page, node: NodeIx, (list, number): (List, usize)) -> View {
    let card = book.card(node);
    let size = book.settings.page_size;
    let pager = pager(&list.address(&card.url), number, book.length(node, list), size);
    let label = book.label_of_list(node, list).map_or(card.label, |behind| behind.max(card.label));
    let title = match list {
        List::Briefs => format!("{}, page {number}", card.title),
        _ if number == 1 => format!("{}: {}", card.title, list.words()),
        _ => format!("{}: {}, page {number}", card.title, list.words()),
    };
    let mut frame = book.frame(page, &title, card.kind.name(), label);
    let own = Crumb { title: card.title.clone(), url: card.url.clone() };
    frame.crumbs = book.crumbs_above(node).into_iter().chain([own]).collect();
    frame.noindex = !card.badges.is_empty();
    let mut more = More {
        page: frame,
        card,
        list: list.folder(),
        words: list.words(),
        mentions: Vec::new(),
        levels: Vec::new(),
        judgements: Vec::new(),
        statements: Vec::new(),
        events: Vec::new(),
        relations: Vec::new(),
        pager,
    };
    fill(book, node, (list, number), &mut more);
    let shown = (more.mentions.iter().flat_map(labels::of_mention))
        .chain(more.levels.iter().map(|level| &level.brief))
        .chain(more.judgements.iter().flat_map(labels::of_judgement))
        .chain(more.statements.iter().flat_map(labels::of_statement))
        .chain(more.events.iter().flat_map(labels::of_event))
        .chain(more.relations.iter().flat_map(labels::of_relation));
    more.page.label = shown.map(|card| card.label).fold(more.page.label, Label::max);
    View::More(Box::new(more))
}

fn fill(book: &Reader<'_>, node: NodeIx, (list, number): (List, usize), more: &mut More) {
    let size = book.settings.page_size;
    let mentions = |links: Vec<&Backlink>| {
        cut(&links, number, size).iter().map(|link| book.mention(link, node)).collect()
    };
    let said = |all: &BTreeMap<NodeIx, Vec<Said>>| {
        let said = all.get(&node).map_or(&[][..], Vec::as_slice);
        cut(said, number, size).iter().filter_map(|&said| book.said(said)).collect()
    };
    let record = book.record(node);
    match list {
        List::Briefs => more.mentions = mentions(book.brief_backlinks(node).collect()),
        List::Mentioned => more.mentions = mentions(book.mentioning(node).collect()),
        List::Levels => {
            let readings = cut(book.readings(node), number, size).iter();
            more.levels = readings.filter_map(|(at, reading)| book.threat(*at, reading)).collect();
        }
        List::Judgements => {
            let steps = record.into_iter().flat_map(|it| cut(&it.judgements.items, number, size));
            more.judgements = steps.filter_map(|&step| book.judgement(step)).collect();
        }
        List::Events => {
            let events = record.into_iter().flat_map(|it| cut(&it.events.items, number, size));
            more.events = events.filter_map(|&event| book.event_of(event)).collect();
        }
        List::Relations => {
            let relations = record.into_iter().flat_map(|it| cut(&it.relations.items, number, size));
            more.relations = relations.filter_map(|it| profile::relation(book, it)).collect();
        }
        List::Said => more.statements = said(&book.said_by),
        List::About => more.statements = said(&book.said_about),
    }
}

/// The first page of the briefs that name an entity, which is on its own page, and how they go on.
pub(super) fn briefs(book: &Reader<'_>, node: NodeIx) -> (Vec<Mention>, Pager) {
    let links: Vec<&Backlink> = book.brief_backlinks(node).collect();
    let size = book.settings.page_size;
    let shown = cut(&links, 1, size).iter().map(|link| book.mention(link, node));
    (shown.collect(), pager(&book.card(node).url, 1, links.len(), size))
}
