//! Redirects, the page for addresses that do not exist, and what robots read.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Page, Reader, SitemapOf};
use crate::base::{Label, UrlPath};
use crate::site::{DocIx, NodeIx};
use crate::view::{NotFound, Redirect, View};

pub(super) fn redirect(book: &Reader<'_>, page: &Page, node: NodeIx) -> View {
    let card = book.card(node);
    let mut frame = book.frame(page, &card.title, "redirect", card.label);
    frame.noindex = true;
    View::Redirect(Box::new(Redirect {
        page: frame,
        target: card.url.clone(),
        target_title: card.title.clone(),
    }))
}

pub(super) fn not_found(book: &Reader<'_>, page: &Page) -> View {
    let latest: Vec<_> = book.site.briefs.iter().take(5).map(|&at| book.document_card(at)).collect();
    let mut frame = book.frame(page, "Page not found", "not-found", book.label(&latest));
    frame.root = book.base_path();
    frame.noindex = true;
    View::NotFound(Box::new(NotFound { page: frame, latest }))
}

/// How many addresses a sitemap may hold (sitemaps.org 0.9); twice as many would be 50 MB at most.
const SITEMAP_SIZE: usize = 50_000;

/// Into how many parts the sitemap is cut; none when it is whole.
pub(super) fn sitemap_parts(book: &Reader<'_>) -> usize {
    // There are at most as many addresses as documents and entities.
    if book.site.size() + book.site.nodes.len() < SITEMAP_SIZE {
        return 0;
    }
    let documents = book.documents().filter(|&(at, _)| is_listed(book, at));
    let documents = documents.filter(|&(at, _)| !book.document_card(at).url.as_str().is_empty());
    let parts = (1 + documents.count() + unwritten(book).count()).div_ceil(SITEMAP_SIZE);
    if parts > 1 { parts } else { 0 }
}

/// The address of a part of the sitemap.
pub(super) fn sitemap_part(part: usize) -> UrlPath {
    UrlPath::new(&format!("sitemap-{part}.xml"))
}

/// `sitemap.xml` (sitemaps.org 0.9): written straight, because it lists the whole site and a template would
/// keep one thread busy when all others are done.
pub(super) fn sitemap(book: &Reader<'_>, page: &Page, of: SitemapOf) -> Vec<u8> {
    let root = book.settings.base_url.clone().unwrap_or_else(|| page.url.to_root());
    let (outer, inner) = match of {
        SitemapOf::Parts => ("sitemapindex", "sitemap"),
        SitemapOf::Pages | SitemapOf::Part(_) => ("urlset", "url"),
    };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{outer} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    );
    let mut add = |url: &UrlPath, changed: Option<Date>| {
        out.extend(["<", inner, "><loc>"]);
        crate::html::text(&root, &mut out);
        crate::html::text(&url.href(), &mut out);
        out.push_str("</loc>");
        if let Some(day) = changed {
            out.extend(["<lastmod>", &day.to_string(), "</lastmod>"]);
        }
        out.extend(["</", inner, ">\n"]);
    };
    let entries = || sitemap_entries(book).into_iter();
    match of {
        SitemapOf::Parts => (1..=sitemap_parts(book)).for_each(|part| add(&sitemap_part(part), None)),
        SitemapOf::Pages => entries().for_each(|(url, changed)| add(&url, changed)),
        SitemapOf::Part(part) => {
            let these = entries().skip((part - 1) * SITEMAP_SIZE).take(SITEMAP_SIZE);
            these.for_each(|(url, changed)| add(&url, changed));
        }
    }
    out.extend(["</", outer, ">\n"]);
    out.into_bytes()
}

/// Every page with a text or a profile, by address, with the day of its last change.
fn sitemap_entries(book: &Reader<'_>) -> BTreeMap<UrlPath, Option<Date>> {
    let site = book.site;
    let mut entries = BTreeMap::from([(UrlPath::new(""), None)]);
    for (at, document) in book.documents() {
        if is_listed(book, at) {
            let dates =
                document.common.updates.iter().filter_map(|update| update.date).chain(document.date());
            let changed = dates
                .filter_map(|date| date.earliest())
                .chain(document.changed())
                .filter(|&day| day <= book.today)
                .max();
            entries.insert(book.document_card(at).url.clone(), changed);
        }
    }
    entries.extend(unwritten(book).map(|at| (site.nodes[at.at()].url.clone(), None)));
    entries
}

/// Whether a document is in the sitemap.
fn is_listed(book: &Reader<'_>, at: DocIx) -> bool {
    book.site.has_page(book.site.node_of(at)) && book.document_card(at).badges.is_empty()
}

/// Entities without a document.
fn unwritten<'r>(book: &'r Reader<'_>) -> impl Iterator<Item = NodeIx> + 'r {
    let site = book.site;
    let nodes = (0..site.nodes.len()).map(NodeIx::new);
    nodes.filter(move |&at| site.has_page(at) && site.document_of(at).is_none())
}

/// `robots.txt` (RFC 9309). A site whose default label is not clear asks robots to stay away.
pub(super) fn robots(book: &Reader<'_>) -> Vec<u8> {
    if book.settings.label > Label::Clear {
        return b"User-agent: *\nDisallow: /\n".to_vec();
    }
    let sitemap = book.settings.base_url.as_ref().map(|base| format!("\nSitemap: {base}sitemap.xml\n"));
    format!("User-agent: *\nDisallow:\n{}", sitemap.unwrap_or_default()).into_bytes()
}
