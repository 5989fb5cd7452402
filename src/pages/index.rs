//! Lists of everything of a kind, grouped in the ways that readers look for it.

use std::collections::BTreeMap;

use super::frame::{kind_title, pager};
use super::home::level_map;
use super::{Page, Reader};
use crate::base::{Edtf, Kind, Label, order, slug};
use crate::document::Data;
use crate::site::{NodeIx, folder_of};
use crate::view::{Grouping, Index, IndexGroup, IndexItem, Shown, View};

/// An index of more than this is cut into pages, in the order of its first grouping; the others are left out.
pub(super) const PAGE: usize = 1000;

pub(super) fn view(book: &Reader<'_>, page: &Page, kind: Kind, number: usize) -> View {
    if nodes(book, kind).nth(PAGE).is_some() {
        // Each page goes through all items.
        book.ask_everything();
    }
    let items: Vec<Item> =
        nodes(book, kind).map(|node| Item { node, shown: Shown::new(item(book, node)) }).collect();
    let mut groupings = match kind {
        Kind::Actor | Kind::Source => vec![alphabetical(&items), by_type(&items)],
        Kind::Country => vec![by_region(book, &items), alphabetical(&items)],
        Kind::Event => vec![by_year(book, &items)],
        _ => vec![alphabetical(&items)],
    };
    let pager = (items.len() > PAGE).then(|| pager(&folder_of(kind), number, items.len(), PAGE));
    if let Some(pager) = &pager {
        groupings.truncate(1);
        groupings.iter_mut().for_each(|grouping| grouping.cut(pager.from - 1, pager.to));
    }
    let shown = groupings.iter().flat_map(|grouping| &grouping.groups).flat_map(|group| &group.items);
    let map = (kind == Kind::Country && number == 1).then(|| level_map(book)).flatten();
    let mapped = map.as_ref().and_then(|_| book.label_of_levels());
    let label = shown.map(|item| item.label).chain(mapped).max().unwrap_or(book.settings.label);
    View::Index(Box::new(Index {
        page: book.frame(page, kind_title(kind), kind.folder(), label),
        groupings,
        count: items.len(),
        pager,
        map,
    }))
}

/// Whom an index of a kind holds: everybody with a page of their own, which is not the home page.
pub(super) fn nodes<'b>(book: &'b Reader<'_>, kind: Kind) -> impl Iterator<Item = NodeIx> + 'b {
    book.pages_of(kind).filter(|&node| !book.site.address(node).as_str().is_empty())
}

impl Grouping {
    /// Leaves the items from one place to another, counted through all groups.
    fn cut(&mut self, from: usize, to: usize) {
        let mut at = 0;
        for group in &mut self.groups {
            let items = std::mem::take(&mut group.items);
            let start = at;
            at += items.len();
            group.items =
                (start..).zip(items).filter(|(nth, _)| (from..to).contains(nth)).map(|(_, it)| it).collect();
        }
        self.groups.retain(|group| !group.items.is_empty());
    }
}

struct Item {
    node: NodeIx,
    shown: Shown<IndexItem>,
}

fn item(book: &Reader<'_>, node: NodeIx) -> IndexItem {
    let data = book.document_of(node).map(|it| &it.data);
    let note = match data {
        Some(Data::Actor(actor)) => actor.kind.map(|kind| kind.word().to_owned()),
        Some(Data::Source(source)) => source.kind.clone(),
        Some(Data::Person(person)) => book.present_office(person),
        Some(Data::Event(event)) => event.place.clone(),
        _ => None,
    };
    let level = book.site.nodes[node.at()]
        .country()
        .and_then(|code| book.levels.get(&code))
        .and_then(|readings| readings.first());
    let mut briefs = book.brief_backlinks(node);
    let newest = briefs.next();
    let card = book.card(node);
    let behind = [book.label_of_briefs(node), level.and_then(|(at, _)| book.label_of([*at]))];
    IndexItem {
        label: behind.into_iter().flatten().fold(card.label, Label::max),
        card,
        count: newest.map_or(0, |_| 1 + briefs.count()),
        last: newest.and_then(|link| book.document_card(link.document).date.clone()),
        note,
        level: level.map(|(_, reading)| (reading.level.word(), reading.level.rank())),
    }
}

/// By first letter, as names are sorted.
fn alphabetical(items: &[Item]) -> Grouping {
    let mut groups: BTreeMap<(bool, String), Vec<(String, &Item)>> = BTreeMap::new();
    for item in items {
        let key = order::key(&item.shown.card.title);
        let letter = order::letter(&key);
        let title = letter.clone().unwrap_or_else(|| "#".to_owned());
        groups.entry((letter.is_none(), title)).or_default().push((key, item));
    }
    let group = |((_, letter), mut members): ((bool, String), Vec<(String, &Item)>)| {
        members.sort_by(|a, b| a.0.cmp(&b.0));
        let id = if letter == "#" { "letter-other".to_owned() } else { format!("letter-{}", slug(&letter)) };
        IndexGroup {
            title: letter,
            id,
            items: members.into_iter().map(|(_, item)| item.shown.clone()).collect(),
        }
    };
    Grouping { title: "A–Z", id: "a-z", groups: groups.into_iter().map(group).collect() }
}

fn by_type(items: &[Item]) -> Grouping {
    grouped("By type", "by-type", items, |item| capitalised(item.shown.note.as_deref().unwrap_or("other")))
}

fn by_region(book: &Reader<'_>, items: &[Item]) -> Grouping {
    grouped("By region", "by-region", items, |item| {
        let code = book.site.nodes[item.node.at()].country();
        code.map_or_else(|| "Elsewhere".to_owned(), |code| code.subregion().name.to_owned())
    })
}

fn by_year(book: &Reader<'_>, items: &[Item]) -> Grouping {
    let date = |item: &Item| book.event_date(item.node);
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by_key(|item| std::cmp::Reverse(date(item).map(Edtf::sort_key)));
    let mut groups: Vec<IndexGroup> = Vec::new();
    for item in sorted {
        let title = date(item).map_or_else(|| "Undated".to_owned(), |date| date.year().to_string());
        if groups.last().is_none_or(|last| last.title != title) {
            groups.push(IndexGroup { id: format!("year-{}", slug(&title)), title, items: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.items.push(item.shown.clone());
        }
    }
    Grouping { title: "By year", id: "by-year", groups }
}

fn grouped(title: &'static str, id: &'static str, items: &[Item], of: impl Fn(&Item) -> String) -> Grouping {
    let mut groups: BTreeMap<String, Vec<(String, &Item)>> = BTreeMap::new();
    for item in items {
        groups.entry(of(item)).or_default().push((order::key(&item.shown.card.title), item));
    }
    let group = |(name, mut members): (String, Vec<(String, &Item)>)| {
        members.sort_by(|a, b| a.0.cmp(&b.0));
        IndexGroup {
            id: format!("{id}-{}", slug(&name)),
            title: name,
            items: members.into_iter().map(|(_, item)| item.shown.clone()).collect(),
        }
    };
    Grouping { title, id, groups: groups.into_iter().map(group).collect() }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
