//! Which address a document has, and which anchors its page has besides its headings.

use crate::base::{Key, Kind, Lang, UrlPath};
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
    if document.common.variant { of_variant(&document.key, document.common.lang) } else { of_key(&document.key) }
}

/// The address of the list of a kind: `actors/`.
pub fn folder_of(kind: Kind) -> UrlPath {
    UrlPath::new(&format!("{}/", kind.folder()))
}

/// The anchors that the page of a kind has from its template.
pub fn profile_anchors(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Brief => &["threat", "judgements", "statements", "events", "sources", "updates", "related", "mentions"],
        Kind::Page => &["mentions"],
        _ => &["briefs", "mentions", "relations", "statements", "judgements", "events", "sources", "levels", "activity"],
    }
}

/// Whether a brief's page has an anchor for one of its items: `source-er`, `judgement-x`, `statement-y`.
pub(super) fn has_item_anchor(document: &Document, anchor: &str) -> bool {
    let Some(brief) = document.brief() else { return false };
    if let Some(id) = anchor.strip_prefix("source-") {
        return brief.sources.iter().any(|source| source.id.value == id);
    }
    if let Some(id) = anchor.strip_prefix("judgement-") {
        return brief.judgements.iter().any(|judgement| judgement.id.value == id);
    }
    anchor.strip_prefix("statement-").is_some_and(|id| {
        brief.statements.iter().filter_map(|statement| statement.id.as_ref()).any(|own| own.value == id)
    })
}
