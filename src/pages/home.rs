//! The home page.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::brief::body;
use super::frame::feeds;
use super::profile::counts;
use super::{Page, Reader, labels};
use crate::base::{Edtf, Kind, Label, Shared, UrlPath, order};
use crate::document::Update;
use crate::figure;
use crate::html::Html;
use crate::site::{DocIx, NodeIx};
use crate::view::{Change, Home, Judgement, Safe, ThreatLevel, View};

const LATEST: usize = 12;
const JUDGEMENTS: usize = 24;
const CHANGES: usize = 10;
const ACTORS: usize = 12;

/// Briefs that count for the most named actors.
const RECENT: usize = 100;

pub(super) fn view(book: &Reader<'_>, page: &Page, html: Option<&Shared<Html>>) -> View {
    let latest: Vec<_> = book.site.briefs.iter().take(LATEST).map(|&at| book.document_card(at)).collect();
    let levels = levels(book);
    let judgements = judgements(book);
    let changes = changes(book);
    let actors = actors(book);
    let shown = latest
        .iter()
        .chain(levels.iter().map(|level| &level.brief))
        .chain(judgements.iter().flat_map(labels::of_judgement))
        .chain(changes.iter().map(|change| &change.card))
        .chain(actors.iter().map(|count| &count.card));
    let own = book.site.find(&[Kind::Page], "").map(|node| book.card(node).label);
    let counted = book.label_of(book.site.briefs.iter().take(RECENT).copied().filter(|_| !actors.is_empty()));
    let label = own.into_iter().chain(counted).fold(book.label(shown), Label::max);
    let mut frame = book.frame(page, &book.settings.title, "home", label);
    frame.summary.clone_from(&book.settings.tagline);
    frame.feeds = feeds(&UrlPath::new(""), &book.settings.title);
    View::Home(Box::new(Home {
        page: frame,
        body: html.map(|_| body(html)).filter(|body| !body.0.is_empty()),
        latest,
        map: level_map(book),
        levels,
        judgements,
        changes,
        actors,
        brief_count: book.site.briefs.len(),
    }))
}

/// The level that stands in each country: its newest reading. The gravest first, then by name.
fn levels(book: &Reader<'_>) -> Vec<ThreatLevel> {
    let newest = book.levels.values().filter_map(|readings| readings.first());
    let mut levels: Vec<ThreatLevel> = newest.filter_map(|(at, reading)| book.threat(*at, reading)).collect();
    levels.sort_by(|a, b| {
        b.rank.cmp(&a.rank).then_with(|| order::key(&a.country.title).cmp(&order::key(&b.country.title)))
    });
    levels
}

/// The levels on a map.
pub(super) fn level_map(book: &Reader<'_>) -> Option<Safe> {
    let shades: Vec<figure::Shade<'_>> = book
        .levels
        .iter()
        .filter_map(|(code, readings)| Some((*code, readings.first()?)))
        .map(|(code, (_, reading))| figure::Shade {
            country: code,
            rank: reading.level.rank(),
            words: reading.level.word(),
        })
        .collect();
    figure::map(&shades).map(|svg| Safe(svg.into()))
}

/// Open judgements, those that fall due first.
fn judgements(book: &Reader<'_>) -> Vec<Judgement> {
    let mut made: Vec<_> = book.site.judgements.iter().map(|(id, steps)| (book.due(id), id, steps)).collect();
    made.sort_by_cached_key(|&(due, id, _)| (due.is_none(), due.map(Edtf::sort_key), id));
    let judgements = made.into_iter().filter_map(|(_, _, steps)| book.judgement(*steps.first()?));
    let open = judgements.filter(|judgement| judgement.outcome.is_none() && !judgement.text.is_empty());
    open.take(JUDGEMENTS).collect()
}

/// The newest dated changes of any document.
fn changes(book: &Reader<'_>) -> Vec<Change> {
    let updates = book.documents().flat_map(|(at, document)| {
        document.common.updates.iter().filter_map(move |update| Some((update.date?, at, update)))
    });
    let mut updates: Vec<_> = updates.collect();
    updates.sort_by_cached_key(|&(date, at, _)| (Reverse(date.sort_key()), book.site.version_address(at)));
    let change = |(date, at, update): (Edtf, DocIx, &Update)| Change {
        card: book.document_card(at),
        date: date.into(),
        kind: update.kind.word(),
        note: update.note.clone(),
    };
    updates.into_iter().take(CHANGES).map(change).collect()
}

/// The actors most named in the newest briefs.
fn actors(book: &Reader<'_>) -> Vec<crate::view::Count> {
    let mut numbers: HashMap<NodeIx, usize> = HashMap::new();
    for &at in book.site.briefs.iter().take(RECENT) {
        let named = book.named_by(at);
        for node in named.filter(|node| book.site.nodes[node.at()].key.kind == Kind::Actor) {
            *numbers.entry(node).or_default() += 1;
        }
    }
    let mut list: Vec<(NodeIx, usize)> = numbers.into_iter().collect();
    list.sort_unstable_by_key(|&(node, _)| node);
    let mut counts = counts(book, list);
    counts.truncate(ACTORS);
    counts
}
