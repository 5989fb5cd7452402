//! Every page and its address, and what to say when two want the same.

use std::collections::hash_map::Entry;

use ahash::{AHashMap, AHashSet};
use rayon::prelude::*;

use super::book::{month_url, year_url};
use super::frame::{page_count, page_url};
use super::more::List;
use super::{Book, Page, Period, Reader, Show, SitemapOf};
use crate::base::{Diagnostic, Kind, Place, SourcePath, UrlPath, codes, unportable};
use crate::site::{DocIx, NodeIx, Site, folder_of, has_feed};

/// Every page, by address. What its reader asks for comes to what [`DeriveArgs`](super::DeriveArgs) tells.
pub(super) fn all(book: &Book<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Page> {
    let (site, book) = (book.site, &Reader::new(book));
    let mut pages = Pages {
        wanted: Vec::with_capacity(site.documents.len() + site.nodes.len()),
        taken: AHashMap::new(),
        list: Vec::new(),
        diagnostics,
    };
    pages.add_documents(site);
    pages.add_entities(site, book);
    pages.add_lists(site, book);
    pages.add_files(super::small::sitemap_parts(book));
    pages.settle();
    pages.reserve_manifest();
    pages.add_redirects(site);
    pages.check_assets(site);
    pages.check_folders();
    pages.list
}

/// Who asked for an address, and is told if he cannot have it.
#[derive(Clone, Copy)]
enum Blame<'s> {
    /// The site itself, of whose own pages nobody can be told.
    Nobody,
    /// What is long enough to have a list on a page of its own.
    List(List, &'s str),
    File(&'s SourcePath),
    At(&'s Place),
}

impl Blame<'_> {
    fn place(self) -> Option<Place> {
        match self {
            Self::Nobody | Self::List(..) => None,
            Self::File(path) => Some(Place::file(path)),
            Self::At(place) => Some(place.clone()),
        }
    }
}

/// A page that has no place yet.
struct Wanted<'s> {
    url: UrlPath,
    show: Show,
    blame: Blame<'s>,
}

struct Pages<'s, 'd> {
    wanted: Vec<Wanted<'s>>,
    /// Who is at an address, by its folded form.
    taken: AHashMap<String, Blame<'s>>,
    list: Vec<Page>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'s> Pages<'s, '_> {
    fn add_documents(&mut self, site: &'s Site) {
        self.put(UrlPath::new(""), Show::Home(home_document(site)), Blame::Nobody);
        for (at, document) in site.documents.iter().enumerate() {
            let at = DocIx::new(at);
            let node = site.node_of(at);
            let home = document.key.kind == Kind::Page && document.key.id.as_str().is_empty();
            if !site.has_page(node) || home && !document.common.variant {
                continue;
            }
            let show = match document.key.kind {
                Kind::Brief => Show::Brief(at),
                Kind::Page => Show::Plain(at),
                _ => Show::Profile(node, Some(at)),
            };
            let outline = site.outline();
            let url =
                if document.common.variant { outline.version_address(at) } else { outline.address(node) };
            self.put(url.clone(), show, Blame::File(&document.path));
        }
    }

    fn add_entities(&mut self, site: &'s Site, book: &Reader<'_>) {
        for at in 0..site.nodes.len() {
            let at = NodeIx::new(at);
            let node = &site.nodes[at.at()];
            if !site.has_page(at) {
                continue;
            }
            for (url, list, number) in super::more::pages(book, at) {
                self.put(url, Show::More(at, list, number), Blame::List(list, site.title(at)));
            }
            if matches!(node.key.kind, Kind::Brief | Kind::Page) {
                continue;
            }
            if site.document_of(at).is_none() {
                let told = node.told_by.map(|(at, _)| Blame::File(&site.documents[at.at()].path));
                self.put(node.url.clone(), Show::Profile(at, None), told.unwrap_or(Blame::Nobody));
            }
            let url = site.outline().address(at);
            if has_feed(node.key.kind) {
                let file = |name: &str| UrlPath::new(&format!("{}{name}", url.as_str()));
                self.put(file("feed.xml"), Show::Atom(Some(at)), Blame::Nobody);
                self.put(file("feed.json"), Show::Json(Some(at)), Blame::Nobody);
            }
        }
    }

    fn add_lists(&mut self, site: &Site, book: &Reader<'_>) {
        let size = book.settings.page_size;
        let briefs = |period| move |number| Show::Briefs(period, number);
        self.put_list(&folder_of(Kind::Brief), site.briefs.len(), size, briefs(Period::All));
        for kind in Kind::ALL.into_iter().filter(|&kind| kind != Kind::Brief && book.any_page(kind)) {
            let list = folder_of(kind);
            let items = super::index::nodes(book, kind).count();
            for number in 1..=page_count(items, super::index::PAGE) {
                self.put(page_url(&list, number), Show::Index(kind, number), Blame::Nobody);
            }
        }
        for year in book.archive.iter() {
            self.put_list(&year_url(year.year), year.count, size, briefs(Period::Year(year.year)));
            for month in &year.months {
                let url = month_url(year.year, month.month);
                self.put_list(&url, month.count, size, briefs(Period::Month(year.year, month.month)));
            }
        }
    }

    fn put_list(&mut self, url: &UrlPath, items: usize, size: usize, show: impl Fn(usize) -> Show) {
        for number in 1..=page_count(items, size) {
            self.put(page_url(url, number), show(number), Blame::Nobody);
        }
    }

    /// The builder's own file, which is no page.
    fn reserve_manifest(&mut self) {
        self.claim(&UrlPath::new("manifest.json"), Blame::Nobody);
    }

    /// What the whole site has one of, and the parts of its sitemap when it is too large for one.
    fn add_files(&mut self, sitemap_parts: usize) {
        let sitemap = if sitemap_parts > 0 { SitemapOf::Parts } else { SitemapOf::Pages };
        for (name, show) in [
            ("feed.xml", Show::Atom(None)),
            ("feed.json", Show::Json(None)),
            ("sitemap.xml", Show::Sitemap(sitemap)),
            ("robots.txt", Show::Robots),
            ("404.html", Show::NotFound),
        ] {
            self.put(UrlPath::new(name), show, Blame::Nobody);
        }
        for part in 1..=sitemap_parts {
            let url = super::small::sitemap_part(part);
            self.put(url, Show::Sitemap(SitemapOf::Part(part)), Blame::Nobody);
        }
    }

    fn add_redirects(&mut self, site: &'s Site) {
        for (url, node, place) in &site.redirects {
            if let Some(&other) = self.taken.get(&file_key(url)) {
                let mut fault =
                    Diagnostic::new(&codes::REDIRECT_TAKEN, format!("there is a page at {url} already"))
                        .help("remove the redirect, or rename what stands there");
                fault.place = Some(place.clone());
                if let Some(other) = other.place().filter(|other| other != place) {
                    fault = fault.also(other, "it is here");
                }
                self.diagnostics.push(fault);
                continue;
            }
            self.put(url.clone(), Show::Redirect(*node), Blame::At(place));
            self.settle();
        }
    }

    /// An asset may not take a page's address.
    fn check_assets(&mut self, site: &'s Site) {
        let mut seen = AHashSet::new();
        for (path, url) in &site.assets {
            self.claim(url, Blame::File(path));
            // A folder with such a name need not be told for all that lies in it.
            if let Some((place, fault)) = unportable(url.as_str()).filter(|(place, _)| seen.insert(*place)) {
                let what = if place == url.as_str() { "file" } else { "folder" };
                self.diagnostics.push(fault.in_file(path).help(format!("rename the {what}")));
            }
        }
    }

    /// A file may not be where a folder is needed. The pages come out in the order of their addresses.
    fn check_folders(&mut self) {
        self.list.par_sort_by(|a, b| a.url.cmp(&b.url));
        let mut clashes: Vec<(String, Option<Place>)> = Vec::new();
        let holder = |url: &UrlPath| self.taken.get(&file_key(url)).copied();
        let mut before = "";
        for page in &self.list {
            let path = page.out.as_str();
            for (at, _) in path.match_indices('/') {
                // The page before, if it lies in the same folder, has asked for it.
                if before.as_bytes().get(..=at) == Some(&path.as_bytes()[..=at]) {
                    continue;
                }
                if let Some(file) = holder(&UrlPath::new(&path[..at])) {
                    // Of what the site makes by itself nobody can be told; then of what is below it.
                    let below = || holder(&page.url).and_then(Blame::place);
                    clashes.push((path[..at].to_owned(), file.place().or_else(below)));
                }
            }
            before = path;
        }
        for (folder, place) in clashes {
            let fault =
                Diagnostic::new(&codes::SAME_ADDRESS, format!("/{folder} would be both a file and a folder"))
                    .help("rename one of them");
            self.diagnostics.push(Diagnostic { place, ..fault });
        }
    }

    fn put(&mut self, url: UrlPath, show: Show, blame: Blame<'s>) {
        self.wanted.push(Wanted { url, show, blame });
    }

    /// Gives the pages that are wanted their places, in turn.
    fn settle(&mut self) {
        let wanted = std::mem::take(&mut self.wanted);
        self.taken.reserve(wanted.len());
        self.list.reserve(wanted.len());
        let files: Vec<_> = wanted.par_iter().map(|page| (page.url.to_out(), file_key(&page.url))).collect();
        for (Wanted { url, show, blame }, (out, key)) in wanted.into_iter().zip(files) {
            match out {
                Ok(out) => {
                    if self.claim_key(key, &url, blame) {
                        self.list.push(Page { url, out, show });
                    }
                }
                Err(why) => {
                    let fault = Diagnostic::new(&codes::UNSAFE_OUTPUT, why);
                    self.diagnostics.push(Diagnostic { place: blame.place(), ..fault });
                }
            }
        }
    }

    fn claim(&mut self, url: &UrlPath, blame: Blame<'s>) {
        self.claim_key(file_key(url), url, blame);
    }

    fn claim_key(&mut self, key: String, url: &UrlPath, blame: Blame<'s>) -> bool {
        match self.taken.entry(key) {
            Entry::Vacant(free) => {
                free.insert(blame);
                true
            }
            Entry::Occupied(taken) => {
                let other = taken.get().place();
                let list = [*taken.get(), blame].into_iter().find_map(|it| match it {
                    Blame::List(list, of) => Some(format!("the {} of `{of}`", list.words())),
                    _ => None,
                });
                let words = format!("two pages would be at {url}");
                let mut fault = match list {
                    None => Diagnostic::new(&codes::SAME_ADDRESS, words)
                        .help("rename one of them, or set another `kind:`"),
                    Some(list) => Diagnostic::new(&codes::SAME_ADDRESS, words)
                        .help(format!("rename it: {list} are so many that they have a page there")),
                };
                fault.place = blame.place().or_else(|| other.clone());
                if let Some(other) = other.filter(|other| Some(other) != fault.place.as_ref()) {
                    fault = fault.also(other, "the other is here");
                }
                self.diagnostics.push(fault);
                false
            }
        }
    }
}

/// Two addresses with the same key are one file: `guide/` is `guide/index.html`.
fn file_key(url: &UrlPath) -> String {
    let key = url.collision_key();
    match key.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.to_owned(),
        _ => key,
    }
}

/// `content/index.md`: the text of the home page.
fn home_document(site: &Site) -> Option<DocIx> {
    let node = site.find(&[Kind::Page], "")?;
    site.nodes[node.at()].document
}
