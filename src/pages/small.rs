//! Redirects, the page for addresses that do not exist, and what robots read.

use super::{Book, Page};
use crate::base::{Label, UrlPath};
use crate::site::{DocIx, NodeIx};
use crate::view::{NotFound, Redirect, Sitemap, SitemapEntry, View};

pub(super) fn redirect(book: &Book<'_>, page: &Page, node: NodeIx) -> View {
    let card = book.card(node);
    let mut frame = book.frame(page, &card.title, "redirect", card.label);
    frame.noindex = true;
    View::Redirect(Box::new(Redirect { page: frame, target: card.url.clone(), target_title: card.title.clone() }))
}

pub(super) fn not_found(book: &Book<'_>, page: &Page) -> View {
    let latest: Vec<_> = book.site.briefs.iter().take(5).map(|&at| book.document_card(at)).collect();
    let mut frame = book.frame(page, "Page not found", "not-found", book.label(&latest));
    frame.root = book.global(std::collections::BTreeMap::new()).base_path;
    frame.noindex = true;
    View::NotFound(Box::new(NotFound { page: frame, latest }))
}

pub(super) fn sitemap(book: &Book<'_>, page: &Page) -> View {
    let site = book.site;
    let mut entries: Vec<SitemapEntry> = Vec::new();
    for (at, document) in site.documents.iter().enumerate() {
        let at = DocIx::new(at);
        let card = book.document_card(at);
        if site.has_page(site.node_of(at)) && card.badges.is_empty() {
            let dates = document.common.updates.iter().filter_map(|update| update.date).chain(super::book::date(document));
            let changed = dates.filter_map(|date| date.earliest()).filter(|&day| day <= book.today).max();
            entries.push(SitemapEntry { url: card.url.clone(), changed: changed.map(|day| day.to_string()) });
        }
    }
    for at in (0..site.nodes.len()).map(NodeIx::new) {
        if site.has_page(at) && site.document_of(at).is_none() {
            entries.push(SitemapEntry { url: site.nodes[at.at()].url.clone(), changed: None });
        }
    }
    entries.push(SitemapEntry { url: UrlPath::new(""), changed: None });
    entries.sort_by(|a, b| a.url.cmp(&b.url));
    entries.dedup_by(|a, b| a.url == b.url);
    View::Sitemap(Box::new(Sitemap { page: book.frame(page, "Sitemap", "sitemap", book.settings.label), entries }))
}

/// `robots.txt` (RFC 9309). A site whose default label is not clear asks robots to stay away.
pub(super) fn robots(book: &Book<'_>) -> Vec<u8> {
    if book.settings.label > Label::Clear {
        return b"User-agent: *\nDisallow: /\n".to_vec();
    }
    let sitemap = book.settings.base_url.as_ref().map(|base| format!("\nSitemap: {base}sitemap.xml\n"));
    format!("User-agent: *\nDisallow:\n{}", sitemap.unwrap_or_default()).into_bytes()
}
