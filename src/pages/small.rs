//! Redirects, the page for addresses that do not exist, and what robots read.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Book, Page};
use crate::base::{Label, UrlPath};
use crate::site::{DocIx, NodeIx};
use crate::view::{NotFound, Redirect, View};

pub(super) fn redirect(book: &Book<'_>, page: &Page, node: NodeIx) -> View {
    let card = book.card(node);
    let mut frame = book.frame(page, &card.title, "redirect", card.label);
    frame.noindex = true;
    View::Redirect(Box::new(Redirect {
        page: frame,
        target: card.url.clone(),
        target_title: card.title.clone(),
    }))
}

pub(super) fn not_found(book: &Book<'_>, page: &Page) -> View {
    let latest: Vec<_> = book.site.briefs.iter().take(5).map(|&at| book.document_card(at)).collect();
    let mut frame = book.frame(page, "Page not found", "not-found", book.label(&latest));
    frame.root = book.global(BTreeMap::new()).base_path;
    frame.noindex = true;
    View::NotFound(Box::new(NotFound { page: frame, latest }))
}

/// `sitemap.xml` (sitemaps.org 0.9): written straight, because it lists the whole site and a template would
/// keep one thread busy when all others are done.
pub(super) fn sitemap(book: &Book<'_>, page: &Page) -> Vec<u8> {
    let root = book.settings.base_url.clone().unwrap_or_else(|| page.url.to_root());
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (url, changed) in sitemap_entries(book) {
        out.push_str("<url><loc>");
        crate::html::text(&root, &mut out);
        crate::html::text(&url.href(), &mut out);
        out.push_str("</loc>");
        if let Some(day) = changed {
            out.extend(["<lastmod>", &day.to_string(), "</lastmod>"]);
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    out.into_bytes()
}

/// Every page with a text or a profile, by address, with the day of its last change.
fn sitemap_entries(book: &Book<'_>) -> BTreeMap<UrlPath, Option<Date>> {
    let site = book.site;
    let mut entries = BTreeMap::from([(UrlPath::new(""), None)]);
    for (at, document) in site.documents.iter().enumerate() {
        let at = DocIx::new(at);
        let card = book.document_card(at);
        if site.has_page(site.node_of(at)) && card.badges.is_empty() {
            let dates = document
                .common
                .updates
                .iter()
                .filter_map(|update| update.date)
                .chain(super::cards::date(document));
            let changed = dates.filter_map(|date| date.earliest()).filter(|&day| day <= book.today).max();
            entries.insert(card.url.clone(), changed);
        }
    }
    let unwritten = (0..site.nodes.len())
        .map(NodeIx::new)
        .filter(|&at| site.has_page(at) && site.document_of(at).is_none());
    entries.extend(unwritten.map(|at| (site.nodes[at.at()].url.clone(), None)));
    entries
}

/// `robots.txt` (RFC 9309). A site whose default label is not clear asks robots to stay away.
pub(super) fn robots(book: &Book<'_>) -> Vec<u8> {
    if book.settings.label > Label::Clear {
        return b"User-agent: *\nDisallow: /\n".to_vec();
    }
    let sitemap = book.settings.base_url.as_ref().map(|base| format!("\nSitemap: {base}sitemap.xml\n"));
    format!("User-agent: *\nDisallow:\n{}", sitemap.unwrap_or_default()).into_bytes()
}
