//! Plain pages.

use super::brief::{body, contents};
use super::item::{changed, updates};
use super::more::mentioned;
use super::{List, Page, Reader};
use crate::base::{Kind, Label, Shared, order};
use crate::html::Html;
use crate::site::DocIx;
use crate::view::{Card, Extra, Plain, Shown, View};

pub(super) fn view(book: &Reader<'_>, page: &Page, at: DocIx, html: Option<&Shared<Html>>) -> View {
    let document = book.document(at);
    let node = book.site.node_of(at);
    let mut view = Plain {
        page: book.document_frame(page, at),
        card: book.document_card(at),
        body: body(html),
        contents: contents(html),
        children: children(book, document.key.id.as_str()),
        backlinks: mentioned(book, node),
        backlinks_whole: book.whole(node, List::Mentioned),
        updates: updates(&document.common.updates),
        changed: changed(book, document),
        extra: Extra(document.common.extra.clone()),
    };
    let shown = view.children.iter().chain(view.backlinks.iter().map(|mention| &mention.card));
    let behind = book.label_of_list(node, List::Mentioned);
    view.page.label = shown.map(|card| card.label).chain(behind).fold(view.page.label, Label::max);
    View::Plain(Box::new(view))
}

/// Pages one step below, by title.
fn children(book: &Reader<'_>, id: &str) -> Vec<Shown<Card>> {
    let below = |other: &str| {
        other.strip_prefix(id).and_then(|rest| rest.strip_prefix('/')).is_some_and(|rest| !rest.contains('/'))
    };
    let mut cards: Vec<Shown<Card>> = book
        .pages_of(Kind::Page)
        .filter(|node| below(book.site.nodes[node.at()].key.id.as_str()))
        .map(|node| book.card(node))
        .collect();
    cards.sort_by_cached_key(|card| order::key(&card.title));
    cards
}
