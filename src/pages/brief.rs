//! A brief's page.

use std::collections::HashSet;

use super::item::{changed, updates};
use super::more::{first_mentioning, mentioned};
use super::{List, Page, Reader, labels};
use crate::base::{Kind, Label, Shared};
use crate::document::{self, Ref};
use crate::html::Html;
use crate::site::{DocIx, NodeIx};
use crate::view::{Brief, Card, Extra, Heading, Safe, Shown, View};

/// Briefs shown as related.
const RELATED: usize = 6;

/// How many briefs on either side in time are candidates, by each thing that a brief is about.
const REACH: usize = 12;

/// Words a minute.
const PACE: usize = 230;

pub(super) fn view(book: &Reader<'_>, page: &Page, at: DocIx, html: Option<&Shared<Html>>) -> View {
    let document = book.document(at);
    let brief = document.brief().expect("a brief's page is of a brief");
    let node = book.site.node_of(at);
    let (earlier, later) = neighbours(book, at);
    let cards = |kind: Kind, refs: &[Ref]| cards(book, kind, refs);
    let words = document.body.word_count as usize;
    let mut view = Brief {
        page: book.document_frame(page, at),
        card: book.document_card(at),
        body: body(html),
        contents: contents(html),
        authors: brief.authors.clone(),
        actors: cards(Kind::Actor, &brief.actors),
        countries: {
            let mut seen = HashSet::new();
            let nodes = brief.countries.iter().filter_map(|code| book.site.country(code.value));
            let nodes = nodes.filter(|&node| seen.insert(node));
            nodes.map(|node| book.card(node)).collect()
        },
        regions: cards(Kind::Region, &brief.regions),
        people: people(book, at),
        topics: cards(Kind::Topic, &brief.topics),
        threat: brief.threat.iter().filter_map(|reading| book.threat(at, reading)).collect(),
        judgements: (0..brief.judgements.len()).filter_map(|nth| book.judgement_there((at, nth))).collect(),
        sources: book.sources(at, brief),
        statements: (0..brief.statements.len()).filter_map(|nth| book.said((at, nth))).collect(),
        events: brief
            .events
            .iter()
            .filter_map(|event| {
                let node = book.site.event(event)?;
                if event.reference { book.event_of(node) } else { Some(book.event(node, event, Some(at))) }
            })
            .collect(),
        updates: updates(&document.common.updates),
        changed: changed(book, document),
        supersedes: older(book, node, brief).map(|node| book.card(node)).collect(),
        superseded_by: book
            .superseded_by
            .get(&node)
            .into_iter()
            .flatten()
            .map(|&at| book.document_card(at))
            .collect(),
        backlinks: mentioned(book, node),
        backlinks_whole: book.whole(node, List::Mentioned),
        related: related(book, at, &shown_besides(book, node, brief)),
        earlier,
        later,
        review_by: document.common.review_by.map(Into::into),
        words,
        minutes: (words / PACE).max(1),
        extra: Extra(document.common.extra.clone()),
    };
    let behind = book.label_of_list(node, List::Mentioned);
    view.page.label = shown(&view).chain(behind).fold(view.page.label, Label::max);
    View::Brief(Box::new(view))
}

/// The labels of everything that a brief's page shows besides the brief.
fn shown(view: &Brief) -> impl Iterator<Item = Label> {
    let named = [&view.actors, &view.countries, &view.regions, &view.people, &view.topics];
    let briefs = [&view.supersedes, &view.superseded_by, &view.related];
    let links = view.backlinks.iter().map(|mention| &mention.card);
    let neighbours = view.earlier.iter().chain(&view.later);
    let read = view.threat.iter().map(|level| &level.country);
    let items = (view.judgements.iter().flat_map(labels::of_judgement))
        .chain(view.statements.iter().flat_map(labels::of_statement))
        .chain(view.events.iter().flat_map(labels::of_event))
        .chain(view.sources.iter().flat_map(|source| source.source.iter().chain(&source.via)));
    let cards = named.into_iter().chain(briefs).flatten().chain(links).chain(neighbours);
    cards.chain(read).chain(items).map(|card| card.label)
}

/// The text of a page.
pub(super) fn body(html: Option<&Shared<Html>>) -> Safe {
    html.map(|html| Safe(html.body.clone())).unwrap_or_default()
}

/// Headings for the contents list: levels 2 and 3.
pub(super) fn contents(html: Option<&Shared<Html>>) -> Vec<Heading> {
    let headings = html
        .into_iter()
        .flat_map(|html| &html.contents)
        .filter(|(_, title, level)| (2..=3).contains(level) && !title.is_empty());
    headings
        .map(|(id, title, level)| Heading { id: id.clone(), title: title.clone(), level: *level })
        .collect()
}

fn cards(book: &Reader<'_>, kind: Kind, refs: &[Ref]) -> Vec<Shown<Card>> {
    let mut nodes: Vec<NodeIx> = Vec::new();
    for node in
        refs.iter().filter_map(|id| book.site.find(&[kind], id)).filter(|&node| book.site.has_page(node))
    {
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    nodes.into_iter().map(|node| book.card(node)).collect()
}

/// People of the front matter, and those who make its statements.
fn people(book: &Reader<'_>, at: DocIx) -> Vec<Shown<Card>> {
    let Some(brief) = book.document(at).brief() else { return Vec::new() };
    let refs: Vec<Ref> =
        brief.people.iter().chain(brief.statements.iter().map(|statement| &statement.by)).cloned().collect();
    cards(book, Kind::Person, &refs)
}

/// The briefs published just before and just after.
fn neighbours(book: &Reader<'_>, at: DocIx) -> (Option<Shown<Card>>, Option<Shown<Card>>) {
    let rank = |at: &DocIx| book.site.rank[at.at()];
    let Ok(place) = book.site.briefs.binary_search_by_key(&rank(&at), rank) else { return (None, None) };
    let card = |at: &DocIx| book.document_card(*at);
    let later = place.checked_sub(1).and_then(|place| book.site.briefs.get(place)).map(card);
    (book.site.briefs.get(place + 1).map(card), later)
}

/// The briefs that this one says to replace, once each.
fn older<'r>(
    book: &'r Reader<'_>,
    own: NodeIx,
    brief: &'r document::Brief,
) -> impl Iterator<Item = NodeIx> + 'r {
    let mut seen = HashSet::from([own]);
    let nodes = brief.supersedes.iter().filter_map(|id| book.site.find(&[Kind::Brief], id));
    nodes.filter(move |&node| book.site.has_page(node) && seen.insert(node))
}

/// The briefs that the page lists for another reason: that they name this one, are replaced by it or replace it.
fn shown_besides(book: &Reader<'_>, node: NodeIx, brief: &document::Brief) -> Vec<DocIx> {
    let older = older(book, node, brief).filter_map(|node| book.site.document_of(node));
    let newer = book.superseded_by.get(&node).into_iter().flatten().copied();
    first_mentioning(book, node).map(|link| link.document).chain(older).chain(newer).collect()
}

/// Briefs near in time that share actors, people, countries or events: the rarer what they share, the nearer. Without
/// those of `besides`.
fn related(book: &Reader<'_>, at: DocIx, besides: &[DocIx]) -> Vec<Shown<Card>> {
    let site = book.site;
    let own = site.node_of(at);
    let rank = |other: DocIx| site.rank[other.at()];
    let mut shared: Vec<(DocIx, f32)> = Vec::with_capacity(128);
    const BY: &[Kind] = &[Kind::Actor, Kind::Country, Kind::Person, Kind::Event];
    for (links, place) in book.company(at, BY).filter(|(links, _)| links.len() > 1) {
        let weight = 1.0 / (2.0 + links.len() as f32).ln();
        let near = &links[place.saturating_sub(REACH)..(place + REACH).min(links.len())];
        let others = near.iter().filter(|link| site.node_of(link.document) != own);
        let others = others.filter(|link| book.glance(link.document).own_brief);
        shared.extend(
            others.map(|link| (link.document, if link.front_matter { weight } else { weight / 2.0 })),
        );
    }
    shared.sort_unstable_by_key(|&(other, _)| other);
    let sum = |same: &[(DocIx, f32)]| (same[0].0, same.iter().map(|(_, weight)| weight).sum::<f32>());
    let nearness = |&(other, score): &(DocIx, f32)| {
        (score, std::cmp::Reverse(rank(other).abs_diff(rank(at))), std::cmp::Reverse(other))
    };
    let nearer = |a: &(DocIx, f32), b: &(DocIx, f32)| nearness(a) > nearness(b);
    // The nearest so far: few are kept, so there is no need to sort all.
    let mut nearest: Vec<(DocIx, f32)> = Vec::with_capacity(RELATED + 1);
    for candidate in shared.chunk_by(|a, b| a.0 == b.0).map(sum) {
        let is_near = nearest.len() < RELATED || nearest.last().is_some_and(|last| nearer(&candidate, last));
        if is_near && !besides.contains(&candidate.0) {
            nearest.insert(nearest.partition_point(|kept| nearer(kept, &candidate)), candidate);
            nearest.truncate(RELATED);
        }
    }
    nearest.into_iter().map(|(other, _)| book.document_card(other)).collect()
}
