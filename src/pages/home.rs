//! The home page.

use std::collections::HashMap;

use super::brief::body;
use super::frame::feeds;
use super::profile::counts;
use super::{Page, Reader, labels};
use crate::base::{Edtf, Kind, Label, Shared, UrlPath, order};
use crate::figure;
use crate::html::Html;
use crate::site::NodeIx;
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
    let mut open: Vec<(Option<Edtf>, Judgement)> = book
        .site
        .judgements
        .iter()
        .filter_map(|(id, steps)| {
            let judgement = book.judgement(*steps.first()?)?;
            (judgement.outcome.is_none() && !judgement.text.is_empty()).then(|| (book.due(id), judgement))
        })
        .collect();
    open.sort_by(|a, b| {
        (a.0.is_none(), a.0.map(Edtf::sort_key))
            .cmp(&(b.0.is_none(), b.0.map(Edtf::sort_key)))
            .then_with(|| a.1.id.cmp(&b.1.id))
    });
    open.into_iter().take(JUDGEMENTS).map(|(_, judgement)| judgement).collect()
}

/// The newest dated changes of any document.
fn changes(book: &Reader<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (at, document) in book.documents() {
        for update in &document.common.updates {
            let Some(date) = update.date else { continue };
            changes.push((
                date,
                Change {
                    card: book.document_card(at),
                    date: date.into(),
                    kind: update.kind.word(),
                    note: update.note.clone(),
                },
            ));
        }
    }
    changes.sort_by(|a, b| b.0.sort_key().cmp(&a.0.sort_key()).then_with(|| a.1.card.url.cmp(&b.1.card.url)));
    changes.into_iter().take(CHANGES).map(|(_, change)| change).collect()
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
