//! Atom (RFC 4287) and JSON Feed 1.1, of the site and of entities.

use jiff::civil::Date;
use serde::Serialize;

use super::book::urn;
use super::{Page, Reader};
use crate::base::{Edtf, Kind, Label, UrlPath};
use crate::site::{DocIx, NodeIx};
use crate::view::{Feed, FeedEntry, Shown, View};

pub(super) fn atom(book: &Reader<'_>, page: &Page, node: Option<NodeIx>) -> View {
    let (title, home, briefs) = subject(book, node);
    let entries: Vec<Shown<FeedEntry>> = briefs.into_iter().map(|at| book.entry(at)).collect();
    View::Feed(Box::new(Feed {
        page: book.frame(page, &title, "feed", label(book, node, &entries)),
        id: iri(book, &page.url),
        updated: entries.iter().map(|entry| entry.updated.clone()).max().unwrap_or_else(|| EPOCH.to_owned()),
        title,
        home,
        entries,
    }))
}

/// Made without a template, because JSON escapes in its own way.
pub(super) fn json(book: &Reader<'_>, page: &Page, node: Option<NodeIx>) -> Vec<u8> {
    let (title, home, briefs) = subject(book, node);
    let base = book.settings.base_url.as_deref();
    let root = base.map_or_else(|| page.url.to_root(), str::to_owned);
    let entries: Vec<Shown<FeedEntry>> = briefs.into_iter().map(|at| book.entry(at)).collect();
    let feed = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title,
        home_page_url: format!("{root}{}", home.href()),
        feed_url: base.map(|base| format!("{base}{}", page.url.href())),
        language: book.settings.lang.to_string(),
        tlp: label(book, node, &entries).into(),
        items: entries.iter().map(|entry| item(entry, &root)).collect(),
    };
    let mut bytes = serde_json::to_vec(&feed).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// A feed as JSON Feed 1.1 has it.
#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: String,
    home_page_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<String>,
    language: String,
    /// An extension, which JSON Feed lets begin with `_`.
    #[serde(rename = "_tlp")]
    tlp: Tlp,
    items: Vec<Item<'a>>,
}

/// How far a feed or an entry may travel.
#[derive(Serialize)]
struct Tlp {
    label: &'static str,
    meaning: &'static str,
}

impl From<Label> for Tlp {
    fn from(label: Label) -> Self {
        Self { label: label.wording(), meaning: label.meaning() }
    }
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: String,
    title: &'a str,
    /// JSON Feed asks for a text; a brief's is its summary, or else its title.
    content_text: &'a str,
    date_published: &'a str,
    date_modified: &'a str,
    authors: Vec<Author<'a>>,
    tags: &'a [String],
    language: &'a str,
    #[serde(rename = "_tlp")]
    tlp: Tlp,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

/// A brief as an entry of every feed that holds it.
pub(super) fn entry(book: &Reader<'_>, at: DocIx) -> FeedEntry {
    let document = book.document(at);
    let card = book.document_card(at);
    let published = document.date().map_or_else(|| EPOCH.to_owned(), moment);
    let committed = document.changed().filter(|&day| day <= book.today).map(start);
    let changed = document.common.updates.iter().filter_map(|update| update.date).map(moment);
    let changed = changed.chain(committed).max();
    let brief = document.brief();
    let names = |kind: Kind, ids: &[crate::document::Ref]| -> Vec<String> {
        ids.iter().filter_map(|id| book.find(&[kind], id)).map(|card| plain(&card.title)).collect()
    };
    let mut tags = brief.map(|brief| names(Kind::Topic, &brief.topics)).unwrap_or_default();
    tags.extend(brief.map(|brief| names(Kind::Actor, &brief.actors)).unwrap_or_default());
    tags.extend(
        brief.into_iter().flat_map(|brief| &brief.countries).map(|code| code.value.name().to_owned()),
    );
    FeedEntry {
        title: plain(&card.title),
        url: card.url.clone(),
        id: iri(book, &card.url),
        updated: changed.filter(|changed| *changed > published).unwrap_or_else(|| published.clone()),
        published,
        summary: card.summary.as_deref().map(plain),
        authors: brief
            .map(|brief| brief.authors.iter().map(|author| plain(author)).collect())
            .unwrap_or_default(),
        tags,
        lang: card.lang.to_string(),
        label: card.label,
    }
}

const EPOCH: &str = "1970-01-01T00:00:00Z";

/// The label of a feed: the highest of what it is of, of its entries, and without any of those from whom that is known.
fn label(book: &Reader<'_>, node: Option<NodeIx>, entries: &[Shown<FeedEntry>]) -> Label {
    let subject = node.map(|node| book.card(node).label);
    let known = node.filter(|_| entries.is_empty()).and_then(|node| book.label_of_briefs(node));
    let entries = entries.iter().map(|entry| entry.label);
    subject.into_iter().chain(known).chain(entries).max().unwrap_or(book.settings.label)
}

/// What a feed is of: its title, the page it accompanies, its briefs.
fn subject(book: &Reader<'_>, node: Option<NodeIx>) -> (String, UrlPath, Vec<DocIx>) {
    let size = book.settings.feed_size;
    match node {
        None => {
            let briefs = book.site.briefs.iter().copied().take(size).collect();
            (plain(&book.settings.title), UrlPath::new(""), briefs)
        }
        Some(node) => {
            let card = book.card(node);
            let briefs = book.brief_backlinks(node).map(|link| link.document).take(size).collect();
            (plain(&format!("{}: {}", book.settings.title, card.title)), card.url.clone(), briefs)
        }
    }
}

fn item<'a>(entry: &'a FeedEntry, root: &str) -> Item<'a> {
    Item {
        id: &entry.id,
        url: format!("{root}{}", entry.url.href()),
        title: &entry.title,
        content_text: entry.summary.as_deref().unwrap_or(&entry.title),
        date_published: &entry.published,
        date_modified: &entry.updated,
        authors: entry.authors.iter().map(|name| Author { name }).collect(),
        tags: &entry.tags,
        language: &entry.lang,
        tlp: entry.label.into(),
    }
}

/// An identifier that stays: the address, or a UUID where the site does not say where it is.
fn iri(book: &Reader<'_>, url: &UrlPath) -> String {
    book.settings
        .base_url
        .as_ref()
        .map_or_else(|| urn(book.settings, url), |base| format!("{base}{}", url.href()))
}

/// RFC 3339: the moment, or the start of the day; a month begins on its first day.
fn moment(date: Edtf) -> String {
    match date.instant() {
        Some(instant) => instant.to_string(),
        None => date.earliest().or(date.latest()).map_or_else(|| EPOCH.to_owned(), start),
    }
}

fn start(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

/// XML has no place for most control characters.
fn plain(text: &str) -> String {
    if !text.chars().any(|ch| ch.is_control() || matches!(ch, '\u{FFFE}' | '\u{FFFF}')) {
        return text.to_owned();
    }
    text.chars().filter(|ch| !ch.is_control() && !matches!(ch, '\u{FFFE}' | '\u{FFFF}')).collect()
}
