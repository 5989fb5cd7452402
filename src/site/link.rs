//! The joined site: every reference resolved, everybody's backlinks, the briefs in order.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::OnceLock;

use super::backlink::{Backlink, Company, LinkCounts, LinksTo, briefs};
use super::catalogue::Catalogue;
use super::index::Index;
use super::outline::Outline;
use super::resolve::{Resolved, ResolvedShape, Sentences};
use super::{DocIx, NodeIx};
use crate::base::{Diagnostic, Fingerprint, Kind, Prints, Shared, SourcePath, Text, UrlPath, codes};
use crate::document::Document;

/// The site: its catalogue, and what joins it. Complete when made.
#[derive(Debug)]
pub struct Site {
    /// Every document, by path.
    pub documents: Vec<Shared<Document>>,
    /// For each document, what it is joined to.
    pub linked: Vec<Shared<Resolved>>,
    pub(super) company: Shared<Company>,
    /// Files that are published: where from, and the address.
    pub assets: Vec<(SourcePath, UrlPath)>,
    /// Files below `content/` that no document uses.
    pub unused: Vec<SourcePath>,
    pub(super) index: Index,
    shape: Prints,
    sentences: OnceLock<Vec<Prints>>,
}

impl Deref for Site {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        &self.index
    }
}

impl Site {
    /// What stands where.
    pub fn outline(&self) -> Outline<'_> {
        Outline::of(self)
    }

    /// A node's title or name, as its document or the first that refers to it gives it.
    pub fn title(&self, node: NodeIx) -> &str {
        &self.nodes[node.at()].title
    }

    /// Whether a node has a page: a country that nobody names has none, a merged actor redirects.
    pub fn has_page(&self, node: NodeIx) -> bool {
        let found = &self.nodes[node.at()];
        let page = found.declared || !self.backlinks(node).is_empty();
        page && found.merged_into.is_none()
            && (self.document_of(node).is_some() || !matches!(found.key.kind, Kind::Brief | Kind::Page))
    }

    /// Everybody whom a document names, with the place where it stands among those who name them, or would stand.
    pub fn company(&self, at: DocIx) -> impl Iterator<Item = (NodeIx, usize)> + '_ {
        self.company.named_by(at).iter().map(|&(node, place)| (node, place as usize))
    }

    /// Who names a node, the newest first.
    pub fn backlinks(&self, node: NodeIx) -> &[Backlink] {
        self.company.backlinks(node)
    }

    /// The briefs that name a node, the newest first.
    pub fn brief_backlinks(&self, node: NodeIx) -> impl Iterator<Item = &Backlink> {
        briefs(self.backlinks(node))
    }

    /// Everybody whom a document names, once each.
    pub fn named_by(&self, at: DocIx) -> impl Iterator<Item = NodeIx> + '_ {
        self.company.named_by(at).iter().map(|&(node, _)| node)
    }

    /// The sentence in which a document names an entity, escaped HTML; absent when only its front matter does.
    pub fn sentence(&self, at: DocIx, node: NodeIx) -> Option<&Text> {
        self.linked[at.at()].names(node)?.sentence.as_ref()
    }

    /// Who names a node. Its hash covers only that.
    pub fn links_to(&self, node: NodeIx) -> LinksTo<'_> {
        LinksTo { company: &self.company, node }
    }

    /// Whom else they name who name a node. Its hash covers only that.
    pub fn together_with(&self, node: NodeIx) -> TogetherWith<'_> {
        TogetherWith { site: self, node }
    }

    /// How many name each node. Its hash covers only that.
    pub fn link_counts(&self) -> LinkCounts<'_> {
        LinkCounts(self)
    }

    /// Whom a document names and how, without the sentences. Its hash covers only that.
    pub fn resolved(&self, at: DocIx) -> impl Hash + '_ {
        ResolvedShape(&self.linked[at.at()])
    }

    /// All sentences of those who name an entity.
    pub fn sentences_about(&self, node: NodeIx) -> SentencesAbout<'_> {
        SentencesAbout { site: self, node }
    }

    /// Of the catalogue.
    pub fn catalogue_print(&self) -> Fingerprint {
        self.index.input.fingerprint()
    }

    /// Of all that other pages than its own may show of a document: the catalogue, and who names whom. It does
    /// not tell in which sentence: pages that show those depend on them themselves.
    pub fn shape(&self) -> Shape<'_> {
        Shape(self)
    }
}

/// The shape of a site. Its hash covers only that.
pub struct Shape<'a>(&'a Site);

impl Hash for Shape<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let site = self.0;
        site.shape.hash(state, || {
            let joined: Vec<_> = site.linked.iter().map(|linked| ResolvedShape(linked)).collect();
            (&site.index.input, joined, &site.assets)
        });
    }
}

/// The sentences in which an entity is named. They hash as such.
pub struct SentencesAbout<'a> {
    site: &'a Site,
    node: NodeIx,
}

impl Hash for SentencesAbout<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { site, node } = *self;
        let all = site.sentences.get_or_init(|| site.nodes.iter().map(|_| Prints::default()).collect());
        all[node.at()].hash(state, || {
            let naming = site.backlinks(node).iter().map(|link| &site.linked[link.document.at()]);
            naming.map(|linked| Sentences(linked)).collect::<Vec<_>>()
        });
    }
}

/// Whom else they name who name a node.
pub struct TogetherWith<'a> {
    site: &'a Site,
    node: NodeIx,
}

impl Hash for TogetherWith<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { site, node } = *self;
        site.company.together(node).hash(state, || {
            let links = site.backlinks(node).iter();
            links.map(|link| site.resolved(link.document)).collect::<Vec<_>>()
        });
    }
}

/// Joins the documents by what each is resolved to.
pub fn link(
    index: Index,
    linked: Vec<Shared<Resolved>>,
    company: Shared<Company>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Site {
    diagnostics.extend(index.catalogue.diagnostics.iter().cloned());
    diagnostics.extend(linked.iter().flat_map(|resolved| resolved.diagnostics.iter().cloned()));
    let (assets, unused) = assets(&index, &linked);
    diagnostics.extend(unused.iter().map(|path| {
        Diagnostic::new(&codes::UNUSED_FILE, format!("no document uses `{path}`")).in_file(path)
    }));
    Site {
        documents: index.documents().to_vec(),
        company,
        linked,
        assets,
        unused,
        index,
        shape: Prints::default(),
        sentences: OnceLock::new(),
    }
}

/// Where a file below `content/` is published: at its path; what lies beside a page, beside that page.
pub fn asset_url(path: &SourcePath) -> UrlPath {
    let rest = path.in_content().unwrap_or(path.as_str());
    UrlPath::new(rest.strip_prefix("pages/").unwrap_or(rest))
}

fn assets(index: &Index, resolved: &[Shared<Resolved>]) -> (Vec<(SourcePath, UrlPath)>, Vec<SourcePath>) {
    let used: BTreeSet<usize> =
        resolved.iter().flat_map(|resolved| resolved.assets.iter().copied()).collect();
    let path = |at: &usize| index.files()[*at].path.clone();
    let published = used.iter().map(|at| (path(at), asset_url(&path(at)))).collect();
    let mut unused: Vec<SourcePath> =
        index.by_asset.values().flatten().filter(|at| !used.contains(at)).map(path).collect();
    unused.sort();
    (published, unused)
}
