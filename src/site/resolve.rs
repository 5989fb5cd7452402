//! Where a document's links and citations lead.

use std::cell::LazyCell;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::anchor::anchor_on;
use super::find::Found;
use super::index::{Index, Places};
use super::named::{Naming, named_by};
use super::names::Names;
use super::scan::Mentions;
use super::{DocIx, NodeIx, address};
use crate::base::shape::is_web_address;
use crate::base::{
    Blob, Content, Diagnostic, Fingerprint, Id, Kind, Prints, Shared, Span, UrlPath, codes, decode, encode,
    few, is_same, sealed,
};
use crate::document::{Document, RawLink, Ref};

/// All that the rendering of a document's text depends on besides the text. Addresses are from the root.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Links {
    /// For each link and image of the text, where it leads.
    pub links: Vec<Link>,
    /// For each mention that becomes a link: where in the prose, the kind, and the address.
    pub names: Vec<(u32, u32, Kind, UrlPath)>,
    /// For each citation of the text, its items.
    pub cites: Vec<Vec<Cite>>,
    /// The page's own address.
    pub url: Option<UrlPath>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Link {
    /// To a page of the site.
    Page {
        /// Its address.
        url: UrlPath,
        /// The anchor there.
        anchor: Option<String>,
        /// What it is, for its class; `None` for lists and other pages without a document.
        kind: Option<Kind>,
        /// Its title, for a link that has no words of its own.
        title: Option<String>,
    },
    /// To a place on this page.
    Anchor(String),
    /// To a file that is published beside the pages.
    Asset {
        /// Its address.
        url: UrlPath,
        /// The place in it, as written: `page=3`.
        anchor: Option<String>,
        /// For images: width and height in pixels.
        dimensions: Option<(u32, u32)>,
    },
    /// Out of the site.
    External(String),
    /// Nowhere: it was reported, or its target does not exist for this audience.
    Nowhere,
}

impl Link {
    /// What it says when nobody gave it words.
    pub fn own_words(&self) -> &str {
        match self {
            Self::Page { url, title, .. } => title.as_deref().unwrap_or(url.as_str()),
            Self::Anchor(anchor) => anchor,
            Self::Asset { url, .. } => url.as_str().rsplit('/').next().unwrap_or_default(),
            Self::External(address) => address,
            Self::Nowhere => "",
        }
    }
}

/// One source of a citation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cite {
    /// The source's id in the brief.
    pub id: String,
    /// Its number, from 1, in the order first cited.
    pub number: usize,
    /// Which citation of this source it is, from 1.
    pub nth: usize,
    /// `p. 4`
    pub locator: Option<String>,
}

/// What [`resolve()`] depends on.
#[derive(Debug)]
pub struct ResolveArgs<'a> {
    /// Where everything is.
    pub index: &'a Index,
    /// The site's names.
    pub names: &'a Shared<Names>,
    /// The document.
    pub document: DocIx,
    /// Whom its text mentions, by those names.
    pub mentions: &'a Shared<Mentions>,
}

impl Hash for ResolveArgs<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.mentions.hash(state);
        ResolveKey { index: self.index, names: self.names, document: self.document }.hash(state);
    }
}

/// What [`resolve()`] depends on besides the mentions. With the names it tells what the mentions are, so that who
/// looks for a resolved document in a store need not find these first.
#[derive(Clone, Copy, Debug)]
pub struct ResolveKey<'a> {
    /// Where everything is.
    pub index: &'a Index,
    /// The site's names.
    pub names: &'a Shared<Names>,
    /// The document.
    pub document: DocIx,
}

/// Most links follow an address, whatever stands there; the others also depend on what all documents are called
/// and on what is in them.
impl Hash for ResolveKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let document = &self.index.documents()[self.document.at()];
        document.hash(state);
        if document.body.links.iter().any(asks_its_target) {
            (&self.index.input, self.names).hash(state);
        } else {
            Places(self.index).hash(state);
        }
    }
}

/// Whether more than the address of its target counts for a link: it looks for a name, shows the title, or leads to a
/// place in the text.
fn asks_its_target(link: &RawLink) -> bool {
    link.wiki || is_wordless(link) || link.target.contains('#') && !has_scheme(&link.target)
}

fn is_wordless(link: &RawLink) -> bool {
    link.words.start == link.words.end
}

/// What a document is joined to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Resolved {
    /// For rendering its text.
    #[serde(with = "sealed")]
    pub links: Shared<Links>,
    /// Everybody it names, front matter and text, sorted, once each; and how they are told of it.
    pub(super) naming: Vec<Naming>,
    /// The brief's sources in the order of their numbers: places in `brief.sources`.
    pub sources: Vec<usize>,
    /// Assets that the text uses, as places among the site's files.
    pub(super) assets: Vec<usize>,
    pub(super) diagnostics: Vec<Diagnostic>,
    shape: Prints,
    sentences: Prints,
}

impl Resolved {
    /// How it names an entity, if it does.
    pub(super) fn names(&self, node: NodeIx) -> Option<&Naming> {
        let nth = self.naming.binary_search_by_key(&node, |naming| naming.node).ok()?;
        Some(&self.naming[nth])
    }

    /// Makes the fingerprints that are kept with it.
    pub fn seal(&self) {
        Fingerprint::strong(&(ResolvedShape(self), Sentences(self)));
    }
}

/// Whom a document names and how, without the sentences. Its hash covers only that.
pub(super) struct ResolvedShape<'a>(pub(super) &'a Resolved);

impl Hash for ResolvedShape<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let it = self.0;
        it.shape.hash(state, || {
            let named = it.naming.iter().map(|it| (it.node, it.subject, it.front_matter));
            (named.collect::<Vec<_>>(), &it.sources, &it.links.url)
        });
    }
}

/// The sentences in which a document names others. Its hash covers only these.
pub(super) struct Sentences<'a>(pub(super) &'a Resolved);

impl Hash for Sentences<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let it = self.0;
        it.sentences.hash(state, || it.naming.iter().map(|naming| &naming.sentence).collect::<Vec<_>>());
    }
}

/// Resolves one document's links, mentions and citations.
pub fn resolve(args: &ResolveArgs<'_>) -> Resolved {
    let ResolveArgs { index, names, document: at, mentions } = *args;
    let document = &*index.documents()[at.at()];
    let mut resolver = Resolver { index, names, document, out: Out::default() };
    resolver.out.links.url = Some(address::of_document(document));
    let mut targets = Vec::with_capacity(document.body.links.len());
    for raw in &document.body.links {
        let (link, node) = resolver.link(raw);
        resolver.out.links.links.push(link);
        targets.push(node.filter(|_| !raw.lost));
    }
    resolver.mentions(mentions);
    resolver.citations();
    let Out { links, assets, sources, diagnostics } = resolver.out;
    Resolved {
        naming: named_by(index, at, (&links.links, &targets), mentions),
        links: Shared::new(links),
        sources,
        assets,
        diagnostics,
        shape: Prints::default(),
        sentences: Prints::default(),
    }
}

/// What is being gathered.
#[derive(Default)]
pub(super) struct Out {
    links: Links,
    assets: Vec<usize>,
    sources: Vec<usize>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) struct Resolver<'a> {
    pub(super) index: &'a Index,
    pub(super) names: &'a Names,
    pub(super) document: &'a Document,
    pub(super) out: Out,
}

impl Resolver<'_> {
    fn link(&mut self, raw: &RawLink) -> (Link, Option<NodeIx>) {
        let target = raw.target.as_str();
        if !raw.wiki && has_scheme(target) {
            return (self.external(raw), None);
        }
        if target.starts_with("//") {
            return (self.external(&RawLink { target: format!("https:{target}"), ..raw.clone() }), None);
        }
        let (path, anchor) = self.split(raw);
        let path = path.trim();
        if let Some(anchor) = anchor.as_deref().filter(|_| path.is_empty()) {
            return (self.own_anchor(raw, anchor), None);
        }
        if path.is_empty() {
            let fault = Diagnostic::new(&codes::BROKEN_LINK, "the link has no target");
            self.out.diagnostics.push(fault.at(&self.document.path, raw.span).label("leads nowhere"));
            return (Link::Nowhere, None);
        }
        let found = if raw.wiki { self.wiki(path) } else { self.relative(path) };
        match found {
            Found::Node(node) => (self.page(raw, node, None, anchor.as_deref()), Some(node)),
            Found::Named(node) => {
                let mut link = self.page(raw, node, None, anchor.as_deref());
                if let Link::Page { title: Some(title), .. } = &mut link {
                    path.clone_into(title);
                }
                (link, Some(node))
            }
            Found::Document(at) => {
                let node = self.index.standing(self.index.node_of[at.at()]);
                (self.page(raw, node, Some(at), anchor.as_deref()), Some(node))
            }
            Found::Made(url) => (Link::Page { url, anchor, kind: None, title: Some(path.to_owned()) }, None),
            Found::Asset(file) => (self.asset(file, anchor), None),
            Found::Nothing => {
                self.broken(raw, path);
                (Link::Nowhere, None)
            }
            Found::Several(paths) => {
                self.out.diagnostics.push(
                    Diagnostic::new(
                        &codes::AMBIGUOUS_LINK,
                        format!("`{path}` fits {} documents", paths.len()),
                    )
                    .at(&self.document.path, raw.span)
                    .label("which one?")
                    .help(format!("say the kind or more of the path: {}", few(&paths, "or"))),
                );
                (Link::Nowhere, None)
            }
        }
    }

    /// A target's path and anchor, decoded. A file's name may itself hold `#`, `?` or `%`: what is there as it is
    /// written comes first.
    fn split(&self, raw: &RawLink) -> (String, Option<String>) {
        let target = raw.target.as_str();
        let plain = |text: &str| decode(text).unwrap_or_else(|| text.to_owned());
        let is_there = |path: &str| match raw.wiki {
            true => !matches!(self.by_path_end(path), Found::Nothing),
            false => self.document.path.join(path).is_some_and(|path| self.index.by_path.contains_key(&path)),
        };
        if raw.wiki && target.contains('%') {
            let (path, anchor) =
                target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
            if is_there(target) {
                return (target.to_owned(), None);
            } else if is_there(path) {
                return (path.to_owned(), anchor.map(plain));
            }
        }
        if target.contains(['#', '?']) && is_there(&plain(target)) {
            return (plain(target), None);
        }
        let (path, anchor) =
            target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(plain(anchor))));
        let path = if raw.wiki { path } else { path.split('?').next().unwrap_or(path) };
        (plain(path), anchor)
    }

    fn external(&mut self, raw: &RawLink) -> Link {
        if is_web_address(&raw.target) || raw.target.to_ascii_lowercase().starts_with("mailto:") {
            return Link::External(raw.target.clone());
        }
        let scheme: String =
            raw.target.chars().take_while(|&ch| ch != ':').filter(|ch| !ch.is_control()).collect();
        let fault = if scheme.to_ascii_lowercase().starts_with("http") {
            Diagnostic::new(&codes::FORBIDDEN_LINK, format!("`{}` is no web address", raw.target)).help(
                "an address starts with https:// or http:// and has no blanks; a blank is written `%20`",
            )
        } else {
            Diagnostic::new(&codes::FORBIDDEN_LINK, format!("a link may not lead to `{scheme}:`"))
                .help("links lead into the site or to https:, http: and mailto: addresses")
        };
        self.out.diagnostics.push(fault.at(&self.document.path, raw.span));
        Link::Nowhere
    }

    /// A place on this page.
    fn own_anchor(&mut self, raw: &RawLink, anchor: &str) -> Link {
        let document = self.document;
        match anchor_on(document.key.kind, Some(document), anchor) {
            Some(found) => Link::Anchor(found),
            None if anchor.is_empty() => Link::Anchor(String::new()),
            None => {
                self.broken_anchor(raw, &document.common.title.value, Some(document), anchor);
                Link::Nowhere
            }
        }
    }

    /// The page of an entity: the version that was asked for, or else the reader's, or else the original. A version
    /// that lacks the anchor is passed over for the original that has it.
    fn page(&mut self, raw: &RawLink, node: NodeIx, asked: Option<DocIx>, anchor: Option<&str>) -> Link {
        let index = self.index;
        let found = &index.nodes[node.at()];
        let document = |at: DocIx| &*index.documents()[at.at()];
        let named = asked.filter(|&at| index.node_of[at.at()] == node);
        let asked = named.filter(|&at| document(at).common.variant);
        // Who names the original's file in a version of it means the original.
        let is_meant = |at: &DocIx| named.is_none() || document(*at).path != self.document.path;
        let version = asked.or_else(|| self.own_version(node).filter(is_meant));
        let original = index.document_of(node);
        let on = |at: Option<DocIx>, anchor: &str| anchor_on(found.key.kind, at.map(document), anchor);
        let (version, anchor) = match anchor.filter(|anchor| !anchor.is_empty()) {
            None => (version, None),
            Some(anchor) => match version.and_then(|at| on(Some(at), anchor)) {
                found @ Some(_) => (version, found),
                None => match on(original, anchor).filter(|_| asked.is_none()) {
                    found @ Some(_) => (None, found),
                    None => {
                        let page = version.or(original).map(document);
                        let title = page.map_or(&found.title, |page| &page.common.title.value);
                        self.broken_anchor(raw, title, page, anchor);
                        (version, None)
                    }
                },
            },
        };
        let (url, title) = match version.map(document) {
            Some(version) => (address::of_document(version), &version.common.title.value),
            None => (self.url_of(node), &found.title),
        };
        let title = (raw.wiki || is_wordless(raw)).then(|| title.clone());
        Link::Page { url, anchor, kind: Some(found.key.kind), title }
    }

    /// The version in the language of this document, where this is one in another than the site's.
    fn own_version(&self, node: NodeIx) -> Option<DocIx> {
        let common = |at: DocIx| &self.index.documents()[at.at()].common;
        let own = &self.document.common;
        let mut versions = self.index.nodes[node.at()].variants.iter().copied().filter(|_| own.variant);
        versions.find(|&at| common(at).lang == own.lang)
    }

    /// The page of a node: of its own language, or the only version there is.
    fn url_of(&self, node: NodeIx) -> UrlPath {
        let node = &self.index.nodes[node.at()];
        let document = node.main.map(|at| &self.index.documents()[at.at()]);
        document.map_or_else(|| node.url.clone(), |document| address::of_document(document))
    }

    fn asset(&mut self, file: usize, anchor: Option<String>) -> Link {
        self.out.assets.push(file);
        let source = &self.index.files()[file];
        let dimensions = match &source.content {
            Content::Blob(Blob { dimensions, .. }) => *dimensions,
            Content::Text(_) => None,
        };
        Link::Asset { url: super::link::asset_url(&source.path), anchor, dimensions }
    }

    fn broken(&mut self, raw: &RawLink, path: &str) {
        let outside = !raw.wiki && !path.starts_with('/') && self.document.path.join(path).is_none();
        let fault = if outside {
            Diagnostic::new(&codes::LINK_OUTSIDE, format!("`{path}` leads out of the site"))
        } else {
            let what = if raw.image { "image" } else { "document or file" };
            let last = path.rsplit('/').next().unwrap_or(path);
            let wanted = Id::new(last.strip_suffix(".md").unwrap_or(last));
            let fault = Diagnostic::new(&codes::BROKEN_LINK, format!("there is no {what} `{path}`"));
            match self.index.nearest_stem(wanted.as_str()) {
                Some(near) => {
                    let way = self.way_to(near.name, raw.wiki);
                    let anchor = raw.target.find('#').map_or("", |at| &raw.target[at..]);
                    let is_clear = near.slip && self.is_as_written(raw);
                    let replacement = is_clear.then(|| format!("{way}{anchor}"));
                    Diagnostic { replacement, ..fault.help(format!("did you mean `{way}`?")) }
                }
                None => fault.help(if raw.image {
                    "put the picture beside this file, or write the way to it from here"
                } else if raw.wiki {
                    "write a document's id or name; `brief list` shows them"
                } else {
                    "write the way to a file from the folder of this one"
                }),
            }
        };
        self.out.diagnostics.push(fault.at(&self.document.path, raw.span).label("leads nowhere"));
    }

    /// How this document would write a link to the document of this stem.
    fn way_to(&self, near: &str, wiki: bool) -> String {
        let Some(&at) = self.index.by_stem.get(near).and_then(|found| found.first()) else {
            return near.to_owned();
        };
        let document = &self.index.documents()[at.at()];
        if wiki {
            return document.key.id.to_string();
        }
        let from: Vec<&str> = self.document.path.folder().split('/').collect();
        let to: Vec<&str> = document.path.as_str().split('/').collect();
        let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
        encode(&format!("{}{}", "../".repeat(from.len() - shared), to[shared..].join("/")))
    }

    fn mentions(&mut self, mentions: &Mentions) {
        for mention in &mentions.links {
            let Some(&node) = self.index.by_key.get(&mention.key) else { continue };
            let node = self.index.standing(node);
            let found = &self.index.nodes[node.at()];
            let version = self.own_version(node).map(|at| &self.index.documents()[at.at()]);
            let url = version.map_or_else(|| self.url_of(node), |version| address::of_document(version));
            self.out.links.names.push((mention.place.start, mention.place.end, found.key.kind, url));
        }
        let prose = LazyCell::new(|| self.document.prose().text);
        for (owners, place) in &mentions.ambiguous {
            let text = &prose[place.start as usize..place.end as usize];
            let mut fault =
                Diagnostic::new(&codes::AMBIGUOUS_NAME, format!("`{text}` could be {}", few(owners, "or")))
                    .help("name the one that is meant in the front matter, or link the mention by hand");
            fault = match self.document.place_of(*place) {
                Some(span) => fault.at(&self.document.path, span).label("not linked"),
                None => fault.in_file(&self.document.path),
            };
            self.out.diagnostics.push(fault);
        }
    }

    fn citations(&mut self) {
        let document = self.document;
        let brief = document.brief();
        let sources = brief.map_or(&[] as &[_], |brief| brief.sources.as_slice());
        let mut counts: Vec<usize> = vec![0; sources.len()];
        let mut order: Vec<usize> = Vec::new();
        let mut cites = Vec::with_capacity(document.body.citations.len());
        for citation in &document.body.citations {
            let mut items = Vec::new();
            for (id, locator) in &citation.items {
                let Some(at) = brief.and_then(|brief| brief.source(id)) else {
                    let span = self.id_in(citation.span, id);
                    self.unknown_citation(id, span, sources.iter().map(|source| source.id.as_str()));
                    continue;
                };
                counts[at] += 1;
                if counts[at] == 1 {
                    order.push(at);
                }
                let number = order.iter().position(|&other| other == at).map_or(0, |n| n + 1);
                let id = sources[at].id.value.clone();
                items.push(Cite { id, number, nth: counts[at], locator: locator.clone() });
            }
            cites.push(items);
        }
        order.extend((0..sources.len()).filter(|&at| counts[at] == 0));
        self.uncited(&counts);
        self.out.links.cites = cites;
        self.out.sources = order;
    }

    /// Where in a citation an id stands.
    fn id_in(&self, citation: Span, id: &str) -> Span {
        let written = self.document.source.get(citation.range()).unwrap_or_default();
        let at = written.match_indices('@').find(|(at, _)| written[at + 1..].trim_start().starts_with(id));
        let Some((at, _)) = at else { return citation };
        let blanks = written[at + 1..].len() - written[at + 1..].trim_start().len();
        let start = citation.range().start + at + 1 + blanks;
        Span::new(start..start + id.len())
    }

    fn unknown_citation<'s>(&mut self, id: &str, span: Span, known: impl Iterator<Item = &'s str>) {
        if self.document.brief().is_some_and(|brief| brief.lacks_sources) {
            // It may be the one that could not be read, which has been told.
            return;
        }
        let mut fault =
            Diagnostic::new(&codes::UNKNOWN_CITATION, format!("there is no source `{id}` in this document"))
                .at(&self.document.path, span)
                .suggest(id, known);
        if fault.help.is_empty() {
            fault = fault.help(format!("add it under `sources:` with `id: {id}`"));
        }
        self.out.diagnostics.push(fault);
    }

    fn uncited(&mut self, counts: &[usize]) {
        let Some(brief) = self.document.brief() else { return };
        let items = brief.statements.iter().filter_map(|statement| statement.source.as_ref());
        let items: Vec<&Ref> =
            items.chain(brief.events.iter().filter_map(|event| event.source.as_ref())).collect();
        for id in items.iter().filter(|id| brief.source(id).is_none()) {
            if self.index.find(&[Kind::Source], id).is_none() {
                self.unknown_citation(id, id.span, brief.sources.iter().map(|source| source.id.as_str()));
            }
        }
        let by_items: Vec<&str> = items.iter().map(|id| id.value.as_str()).collect();
        for (at, source) in brief.sources.iter().enumerate() {
            let first = brief.sources[..at].iter().all(|other| other.id != source.id);
            if first && counts[at] == 0 && !by_items.iter().any(|id| is_same(id, &source.id.value)) {
                self.out.diagnostics.push(
                    Diagnostic::new(
                        &codes::UNCITED_SOURCE,
                        format!("the source `{}` is never cited", source.id.value),
                    )
                    .at(&self.document.path, source.id.span)
                    .help(format!("cite it with `[@{}]`, or remove it", source.id.value)),
                );
            }
        }
    }
}

/// Whether a target begins with `scheme:`, as RFC 3986 has it.
fn has_scheme(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|ch: char| ch.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    }) || target.split(':').next().is_some_and(|scheme| {
        // `java\nscript:` and the like: browsers drop control characters before they look.
        let plain: String = scheme.chars().filter(|ch| !ch.is_control() && !ch.is_whitespace()).collect();
        plain.len() < target.len()
            && matches!(plain.to_ascii_lowercase().as_str(), "javascript" | "data" | "vbscript")
    })
}
