//! The head of a page, the navigation, and lists cut into pages.

use std::collections::BTreeMap;

use super::{Book, Page, Reader};
use crate::base::{Kind, Label, Lang, UrlPath};
use crate::document::Document;
use crate::site::{DocIx, NodeIx, folder_of, has_feed};
use crate::view::{Alternate, Crumb, Extra, FeedLink, Frame, Global, NavItem, Pager};

impl Book<'_> {
    /// What every page sees. `assets` are the theme's static files with their addresses.
    pub fn global(&self, assets: BTreeMap<String, UrlPath>) -> Global {
        let (settings, book) = (self.settings, Reader::new(self));
        Global {
            title: settings.title.clone(),
            tagline: settings.tagline.clone(),
            base_url: settings.base_url.clone(),
            base_path: book.base_path(),
            lang: settings.lang.to_string(),
            edition: settings.edition.as_ref().map(|edition| edition.name.clone()),
            nav: book.nav(),
            assets,
            today: book.today_as_date().into(),
            extra: Extra(settings.extra.clone()),
        }
    }
}

impl Reader<'_> {
    /// The path of the site's address, for what is shown at any address.
    pub(super) fn base_path(&self) -> String {
        let path = self.settings.base_url.as_deref().and_then(|url| url.splitn(4, '/').nth(3));
        path.map_or_else(|| "/".to_owned(), |path| format!("/{path}"))
    }

    /// A head for a page of the site itself.
    pub(super) fn frame(&self, page: &Page, title: &str, section: &'static str, label: Label) -> Frame {
        Frame {
            title: title.to_owned(),
            url: page.url.clone(),
            root: page.url.to_root(),
            section,
            summary: None,
            label,
            lang: self.settings.lang.to_string(),
            dir: self.settings.lang.dir(),
            alternates: Vec::new(),
            crumbs: Vec::new(),
            feeds: Vec::new(),
            noindex: false,
        }
    }

    /// A head for the page of a document.
    pub(super) fn document_frame(&self, page: &Page, at: DocIx) -> Frame {
        let document = self.document(at);
        let card = self.document_card(at);
        Frame {
            summary: document.common.summary.clone(),
            lang: card.lang.to_string(),
            dir: document.common.lang.dir(),
            alternates: self.alternates(self.site.node_of(at), Some(at)),
            crumbs: self.crumbs(document),
            noindex: !card.badges.is_empty(),
            ..self.frame(page, &card.title, document.key.kind.name(), card.label)
        }
    }

    /// A head for the page of an entity, with or without a document.
    pub(super) fn profile_frame(&self, page: &Page, node: NodeIx, at: Option<DocIx>, label: Label) -> Frame {
        let card = self.card(node);
        let mut frame = match at {
            Some(at) => self.document_frame(page, at),
            None => Frame {
                alternates: self.alternates(node, None),
                crumbs: vec![kind_crumb(card.kind)],
                ..self.frame(page, &card.title, card.kind.name(), label)
            },
        };
        frame.label = frame.label.max(label);
        if has_feed(card.kind) && at.is_none_or(|at| !self.document(at).common.variant) {
            frame.feeds = feeds(&card.url, &card.title);
        }
        frame
    }

    fn today_as_date(&self) -> crate::base::Edtf {
        crate::base::Edtf::parse(&self.today.to_string()).expect("a civil date is an EDTF date")
    }

    /// The pages that an entity has in other languages than this one.
    fn alternates(&self, node: NodeIx, at: Option<DocIx>) -> Vec<Alternate> {
        let found = &self.site.nodes[node.at()];
        let alternate = |lang: Lang, url: &UrlPath| Alternate {
            lang: lang.to_string(),
            name: lang.native_name().to_owned(),
            dir: lang.dir(),
            url: url.clone(),
        };
        let others = found.versions().filter(|&version| Some(version) != at);
        let written = others
            .map(|version| alternate(self.document(version).common.lang, &self.document_card(version).url));
        // What is without a document in the site's own.
        let without = at.is_some() && self.site.document_of(node).is_none();
        let own = without.then(|| alternate(self.settings.lang, self.site.address(node)));
        own.into_iter().chain(written).collect()
    }

    /// Lists above what a node's page is about; for a page, the pages above it.
    pub(super) fn crumbs_above(&self, node: NodeIx) -> Vec<Crumb> {
        let kind = self.site.nodes[node.at()].key.kind;
        self.document_of(node).map_or_else(|| vec![kind_crumb(kind)], |document| self.crumbs(document))
    }

    /// Lists above a document; for a page, the pages above it.
    fn crumbs(&self, document: &Document) -> Vec<Crumb> {
        if document.key.kind != Kind::Page {
            return vec![kind_crumb(document.key.kind)];
        }
        let id = document.key.id.as_str();
        let above = id.match_indices('/').map(|(at, _)| &id[..at]);
        above
            .filter_map(|id| self.site.find(&[Kind::Page], id))
            .filter(|&node| self.site.has_page(node))
            .map(|node| self.card(node))
            .map(|card| Crumb { title: card.title.clone(), url: card.url.clone() })
            .collect()
    }

    fn nav(&self) -> Vec<NavItem> {
        const LISTED: [Kind; 8] = [
            Kind::Brief,
            Kind::Actor,
            Kind::Country,
            Kind::Person,
            Kind::Region,
            Kind::Event,
            Kind::Source,
            Kind::Topic,
        ];
        let mut nav: Vec<NavItem> = LISTED
            .into_iter()
            .filter(|&kind| self.any_page(kind))
            .map(|kind| NavItem { title: kind_title(kind).to_owned(), url: folder_of(kind) })
            .collect();
        let top: Vec<_> = self
            .pages_of(Kind::Page)
            .filter(|&node| is_top_page(self.site.nodes[node.at()].key.id.as_str()))
            .collect();
        if top.len() > MOST_TOP_PAGES {
            nav.push(NavItem { title: kind_title(Kind::Page).to_owned(), url: folder_of(Kind::Page) });
        } else {
            nav.extend(
                top.into_iter()
                    .map(|node| self.card(node))
                    .map(|card| NavItem { title: card.title.clone(), url: card.url.clone() }),
            );
        }
        nav
    }

    /// Whether any entity of a kind has a page.
    pub(super) fn any_page(&self, kind: Kind) -> bool {
        self.pages_of(kind).next().is_some()
    }

    /// Entities of a kind that have a page, by id.
    pub(super) fn pages_of(&self, kind: Kind) -> impl Iterator<Item = NodeIx> + '_ {
        let nodes = &self.site.nodes;
        let start = nodes.partition_point(|node| node.key.kind < kind);
        let end = nodes.partition_point(|node| node.key.kind <= kind);
        (start..end).map(NodeIx::new).filter(|&node| self.site.has_page(node))
    }
}

/// More pages than this at the top go into a list of their own instead of the navigation.
const MOST_TOP_PAGES: usize = 5;

fn is_top_page(id: &str) -> bool {
    !id.is_empty() && !id.contains('/')
}

/// The feeds beside a page.
pub(super) fn feeds(url: &UrlPath, title: &str) -> Vec<FeedLink> {
    [("application/atom+xml", "xml"), ("application/feed+json", "json")]
        .map(|(mime, ending)| FeedLink {
            title: title.to_owned(),
            mime,
            url: UrlPath::new(&format!("{}feed.{ending}", url.as_str())),
        })
        .into()
}

/// What a list of a kind is called.
pub(super) fn kind_title(kind: Kind) -> &'static str {
    match kind {
        Kind::Brief => "Briefs",
        Kind::Actor => "Actors",
        Kind::Country => "Countries",
        Kind::Person => "People",
        Kind::Region => "Regions",
        Kind::Event => "Events",
        Kind::Source => "Sources",
        Kind::Topic => "Topics",
        Kind::Page => "Pages",
    }
}

pub(super) fn kind_crumb(kind: Kind) -> Crumb {
    Crumb { title: kind_title(kind).to_owned(), url: folder_of(kind) }
}

/// The address of a page of a list: `actors/x/`, `actors/x/page/2/`.
pub(super) fn page_url(list: &UrlPath, number: usize) -> UrlPath {
    if number <= 1 { list.clone() } else { UrlPath::new(&format!("{}page/{number}/", list.as_str())) }
}

/// How many pages a list of `items` takes.
pub(super) fn page_count(items: usize, size: usize) -> usize {
    items.div_ceil(size).max(1)
}

/// The `number`th page of a list.
pub(super) fn pager(list: &UrlPath, number: usize, items: usize, size: usize) -> Pager {
    let pages = page_count(items, size);
    Pager {
        current: number,
        pages,
        items,
        from: if items == 0 { 0 } else { (number - 1) * size + 1 },
        to: (number * size).min(items),
        previous: (number > 1).then(|| page_url(list, number - 1)),
        next: (number < pages).then(|| page_url(list, number + 1)),
        first: list.clone(),
        last: page_url(list, pages),
    }
}

/// The items of the `number`th page.
pub(super) fn cut<T>(items: &[T], number: usize, size: usize) -> &[T] {
    let start = ((number - 1) * size).min(items.len());
    &items[start..(start + size).min(items.len())]
}
