//! What every page may know of every document: who there is, at which address, in which order. It depends on
//! front matter and headings only, so that it stays as it is while somebody writes prose.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use ahash::AHashMap;

use super::judgement::{item_ids, judgements};
use super::key::{event_key, reference_key, stem};
use super::names::NameList;
use super::nodes::{Node, nodes};
use super::reference::country_key;
use super::supersedes;
use super::{DocIx, NodeIx};
use crate::base::{
    Content, CountryCode, Diagnostic, File, Id, Key, Kind, Lang, Level, Near, NearNames, Outcome, Place,
    Prints, Shared, SourcePath, UrlPath, codes,
};
use crate::document::{Data, Document, Event};

/// What a site is made of.
#[derive(Debug)]
pub struct Input {
    /// What this audience sees, by path: one document for each key and language.
    pub documents: Vec<Shared<Document>>,
    /// Files that were left out for another of their key and language, and that file. A link to one is no fault besides.
    pub namesakes: Vec<(SourcePath, SourcePath)>,
    /// Every file of the site, by path.
    pub files: Arc<Vec<File>>,
    /// The site's language.
    pub lang: Lang,
    /// What a reference to a document that is not there counts as.
    pub undeclared: Level,
}

/// Of each document only its face counts, and of each file its path and what it is.
impl Hash for Input {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.lang, self.undeclared, &self.namesakes).hash(state);
        self.documents.len().hash(state);
        self.documents.iter().for_each(|document| document.face().hash(state));
        for file in self.files.iter() {
            file.path.hash(state);
            match &file.content {
                Content::Text(_) => state.write_u8(0),
                Content::Blob(blob) => blob.hash(state),
            }
        }
    }
}

/// Where everything is.
#[derive(Debug)]
pub struct Catalogue {
    /// Every entity and document, by key.
    pub nodes: Vec<Node>,
    /// The briefs of the site's own language, the newest first.
    pub briefs: Vec<DocIx>,
    /// Every document, the newest first.
    pub(super) order: Vec<DocIx>,
    /// For each document, its place in time: the newest is 0. Backlinks are in this order.
    pub rank: Vec<u32>,
    /// Old addresses and where they lead.
    pub redirects: Vec<(UrlPath, NodeIx, Place)>,
    /// For each judgement's id, the briefs that make or change it, oldest first, with the place there.
    pub judgements: BTreeMap<String, Vec<(DocIx, usize)>>,
    /// What names there are.
    pub(super) names: Shared<NameList>,
    /// The node of each document.
    pub(super) node_of: Vec<NodeIx>,
    pub(super) by_key: AHashMap<Key, NodeIx>,
    pub(super) by_path: AHashMap<SourcePath, DocIx>,
    /// Documents by the last part of their path, folded, without its ending.
    pub(super) by_stem: AHashMap<String, Vec<DocIx>>,
    pub(super) by_url: AHashMap<UrlPath, NodeIx>,
    /// Assets in `content/` by folded file name, as places in `files`.
    pub(super) by_asset: AHashMap<String, Vec<usize>>,
    /// What documents and assets are called, for links that lead nowhere.
    stems: OnceLock<NearNames>,
    /// See [`Places`](super::index::Places).
    pub(super) places: Prints,
    /// See [`Outline`](super::Outline).
    pub(super) outline: Prints,
}

/// Gives everything its place.
pub fn catalogue(input: &Shared<Input>) -> Outcome<Catalogue> {
    let Input { documents, namesakes, files, lang, undeclared } = &**input;
    let mut diagnostics = Vec::new();
    let (nodes, (by_path, by_stem, by_asset, order)) = rayon::join(
        || nodes(documents, (*lang, *undeclared), &mut diagnostics),
        || {
            let mut by_path = numbered(documents, |document| document.path.clone(), DocIx::new);
            for (left_out, kept) in namesakes {
                by_path.insert(left_out.clone(), by_path[kept]);
            }
            (by_path, by_stem(documents), by_asset(files), newest_first(documents))
        },
    );
    let (by_key, by_url) = rayon::join(
        || -> AHashMap<Key, NodeIx> { numbered(&nodes, |node| node.key.clone(), NodeIx::new) },
        || -> AHashMap<UrlPath, NodeIx> { numbered(&nodes, |node| node.url.clone(), NodeIx::new) },
    );
    let node_of: Vec<NodeIx> = documents.iter().map(|document| by_key[&document.key]).collect();
    let mut catalogue = Catalogue {
        briefs: Vec::new(),
        rank: rank(&order),
        order,
        redirects: Vec::new(),
        judgements: BTreeMap::new(),
        names: Shared::new(NameList::default()),
        node_of,
        by_path,
        by_stem,
        by_url,
        by_asset,
        nodes,
        by_key,
        stems: OnceLock::new(),
        places: Prints::default(),
        outline: Prints::default(),
    };
    catalogue.merge(documents, &mut diagnostics);
    catalogue.redirects = catalogue.old_addresses(documents);
    catalogue.briefs = catalogue.order.iter().copied().filter(|&at| catalogue.is_listed_brief(at)).collect();
    diagnostics.extend(supersedes::circles(&catalogue, documents));
    catalogue.judgements = judgements(documents, &catalogue.briefs, &mut diagnostics);
    let (names, ()) =
        rayon::join(|| NameList::of(&catalogue, documents), || item_ids(documents, &mut diagnostics));
    catalogue.names = Shared::new(names);
    Outcome { value: catalogue, diagnostics }
}

impl Catalogue {
    /// The node that stands for this one: where a merged actor leads.
    pub(super) fn standing(&self, node: NodeIx) -> NodeIx {
        let mut at = node;
        for _ in 0..16 {
            match self.nodes[at.at()].merged_into {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// The stem of a document or asset that a link may have meant.
    pub(super) fn nearest_stem(&self, wanted: &str) -> Option<Near<'_>> {
        let stems = || {
            let mut stems: Vec<String> = self.by_stem.keys().chain(self.by_asset.keys()).cloned().collect();
            // An index is called as its folder is.
            stems.retain(|stem| stem != "index");
            stems.sort_unstable();
            NearNames::new(stems)
        };
        self.stems.get_or_init(stems).near(wanted)
    }

    /// The entity of one of these kinds with this id.
    pub fn find(&self, kinds: &[Kind], id: &str) -> Option<NodeIx> {
        kinds
            .iter()
            .find_map(|&kind| self.by_key.get(&reference_key(kind, id)))
            .map(|&node| self.standing(node))
    }

    /// The country's node.
    pub fn country(&self, code: CountryCode) -> Option<NodeIx> {
        self.by_key.get(&country_key(code)).copied()
    }

    /// The node of an event that a brief tells of.
    pub fn event(&self, event: &Event) -> Option<NodeIx> {
        event_key(event).and_then(|key| self.by_key.get(&key).copied())
    }

    /// The node of a document.
    pub fn node_of(&self, document: DocIx) -> NodeIx {
        self.node_of[document.at()]
    }

    /// The node's document: that of the site's language, else any.
    pub fn document_of(&self, node: NodeIx) -> Option<DocIx> {
        self.nodes[node.at()].main
    }

    /// How many documents there are.
    pub fn size(&self) -> usize {
        self.node_of.len()
    }

    /// Follows `merged_into`, and reports circles.
    fn merge(&mut self, documents: &[Shared<Document>], diagnostics: &mut Vec<Diagnostic>) {
        for (at, document) in documents.iter().enumerate() {
            let Data::Actor(actor) = &document.data else { continue };
            let Some(into) = &actor.merged_into else { continue };
            let target = self.by_key.get(&reference_key(Kind::Actor, into)).copied();
            let node = self.node_of[at];
            if target.is_none_or(|target| self.standing(target) != node) {
                self.nodes[node.at()].merged_into = target;
            } else {
                diagnostics.push(
                    Diagnostic::new(&codes::MERGE_LOOP, "`merged_into` leads back here")
                        .at(&document.path, into.span)
                        .help("remove it from one of the actors"),
                );
            }
        }
    }

    /// Where old addresses lead.
    fn old_addresses(&self, documents: &[Shared<Document>]) -> Vec<(UrlPath, NodeIx, Place)> {
        let mut redirects = Vec::new();
        for (document, &node) in documents.iter().zip(&self.node_of) {
            for old in &document.common.redirect_from {
                // What can be no address has been told.
                let Ok(url) = UrlPath::of_before(old) else { continue };
                redirects.push((url, self.standing(node), Place::new(&document.path, old.span)));
            }
            let found = &self.nodes[node.at()];
            if found.merged_into.is_some() && !document.common.variant {
                redirects.push((found.url.clone(), self.standing(node), Place::file(&document.path)));
            }
        }
        redirects
    }

    /// Whether a listed brief is of this year, and of this month of it.
    pub(super) fn has_briefs_of(&self, documents: &[Shared<Document>], year: i16, month: Option<i8>) -> bool {
        let dates = self.briefs.iter().filter_map(|at| documents[at.at()].date());
        dates.into_iter().any(|date| date.year() == year && (month.is_none() || date.month() == month))
    }

    /// A brief, in the site's own language or in the only one it is written in.
    fn is_listed_brief(&self, at: DocIx) -> bool {
        let node = &self.nodes[self.node_of[at.at()].at()];
        node.key.kind == Kind::Brief && node.main == Some(at)
    }
}

/// By date, the newest first; what has no date comes last; ties by path.
fn newest_first(documents: &[Shared<Document>]) -> Vec<DocIx> {
    let date = |document: &Document| document.date().map(|date| date.sort_key());
    let mut dated: Vec<_> =
        documents.iter().enumerate().map(|(at, document)| (date(document), DocIx::new(at))).collect();
    dated.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    dated.into_iter().map(|(_, at)| at).collect()
}

fn rank(order: &[DocIx]) -> Vec<u32> {
    let mut rank = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(at, place)| rank[at.at()] = place);
    rank
}

/// What is in a list by something of it.
fn numbered<T, K: Eq + Hash, I>(
    list: &[T],
    key: impl Fn(&T) -> K,
    number: impl Fn(usize) -> I,
) -> AHashMap<K, I> {
    list.iter().enumerate().map(|(at, item)| (key(item), number(at))).collect()
}

fn by_stem(documents: &[Shared<Document>]) -> AHashMap<String, Vec<DocIx>> {
    let mut by_stem: AHashMap<String, Vec<DocIx>> = AHashMap::with_capacity(documents.len());
    for (at, document) in documents.iter().enumerate() {
        let stem = stem(&document.path);
        if document.path.name().eq_ignore_ascii_case("index.md") && stem != "index" {
            by_stem.entry("index".to_owned()).or_default().push(DocIx::new(at));
        }
        by_stem.entry(stem).or_default().push(DocIx::new(at));
    }
    by_stem
}

fn by_asset(files: &[File]) -> AHashMap<String, Vec<usize>> {
    let mut by_asset: AHashMap<String, Vec<usize>> = AHashMap::new();
    for (at, file) in files.iter().enumerate() {
        if file.path.in_content().is_some() && matches!(file.content, Content::Blob(_)) {
            by_asset.entry(Id::new(file.path.name()).as_str().to_owned()).or_default().push(at);
        }
    }
    by_asset
}
