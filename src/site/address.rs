//! Which address a document has, and which anchors its page has besides its headings.

use crate::base::{Key, Kind, Lang, UrlPath, joined};
use crate::document::Document;

/// The address of an entity's page in the site's own language.
pub(super) fn of_key(key: &Key) -> UrlPath {
    match key.kind {
        Kind::Page if key.id.as_str().is_empty() => UrlPath::new(""),
        Kind::Page => UrlPath::new(&format!("{}/", key.id)),
        kind => UrlPath::new(&format!("{}/{}/", kind.folder(), key.id)),
    }
}

/// The address of a version in another language: `fa/briefs/x/`.
pub(super) fn of_variant(key: &Key, lang: Lang) -> UrlPath {
    UrlPath::new(&format!("{}/{}", lang.to_string().to_lowercase(), of_key(key).as_str()))
}

/// The address of a document's page.
pub(super) fn of_document(document: &Document) -> UrlPath {
    if document.common.variant {
        of_variant(&document.key, document.common.lang)
    } else {
        of_key(&document.key)
    }
}

/// The address of the list of a kind: `actors/`.
pub fn folder_of(kind: Kind) -> UrlPath {
    UrlPath::new(&format!("{}/", kind.folder()))
}

/// Whether the entities of a kind have feeds of their own.
pub fn has_feed(kind: Kind) -> bool {
    matches!(kind, Kind::Actor | Kind::Country | Kind::Region | Kind::Topic)
}

/// The anchor of a section that the template makes: what links call `sources` is `_sources` on the page, where
/// it cannot meet a heading's id. `None` when the page has no such section.
pub(super) fn section_anchor(kind: Kind, document: Option<&Document>, anchor: &str) -> Option<String> {
    let has = match document.and_then(Document::brief) {
        Some(brief) => match anchor {
            "judgements" => !brief.judgements.is_empty(),
            "statements" => !brief.statements.is_empty(),
            "events" => !brief.events.is_empty(),
            "sources" => !brief.sources.is_empty(),
            _ => false,
        },
        // Whatever links to a profile is itself among the briefs there; what else it gathers is not known yet.
        None => kind != Kind::Page && anchor == "briefs",
    };
    let updates = anchor == "updates" && document.is_some_and(|document| !document.common.updates.is_empty());
    (has || updates).then(|| format!("_{anchor}"))
}

/// Whether a brief's page has an anchor for one of its items: `source-er`, `judgement-x`, `statement-y`.
pub(super) fn has_item_anchor(document: &Document, anchor: &str) -> bool {
    let Some(brief) = document.brief() else { return false };
    if let Some(id) = anchor.strip_prefix("source-") {
        return brief.sources.iter().any(|source| joined(&source.id) == id);
    }
    if let Some(id) = anchor.strip_prefix("judgement-") {
        return brief.judgements.iter().any(|judgement| judgement.id.value == id);
    }
    anchor.strip_prefix("statement-").is_some_and(|id| {
        brief.statements.iter().filter_map(|statement| statement.id.as_ref()).any(|own| own.value == id)
    })
}
