//! The joined site: every reference resolved, everybody's backlinks, the briefs in order.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use super::backlink::Backlink;
use super::index::{Index, Node, event_key, reference_key};
use super::names::Names;
use super::reference::{Role, countries, country_key, references};
use super::resolve::{Links, Resolved, resolve};
use super::scan::Mentions;
use super::{DocIx, NodeIx, excerpt::excerpt_as};
use crate::base::{Diagnostic, Key, Kind, Place, Shared, SourcePath, UrlPath, codes};
use crate::document::{Data, Document};

/// The site. Complete when made.
#[derive(Debug)]
pub struct Site {
    /// Every document, by path.
    pub documents: Vec<Shared<Document>>,
    /// For each document, what it is joined to.
    pub linked: Vec<Linked>,
    /// Every entity and document, by key.
    pub nodes: Vec<Node>,
    /// For each node, who names it, the newest first.
    pub backlinks: Vec<Vec<Backlink>>,
    /// The briefs of the site's own language, the newest first.
    pub briefs: Vec<DocIx>,
    /// For each document, its place in time: the newest is 0. Backlinks are in this order.
    pub rank: Vec<u32>,
    /// Old addresses and where they lead.
    pub redirects: Vec<(UrlPath, NodeIx, Place)>,
    /// Files that are published: where from, and the address.
    pub assets: Vec<(SourcePath, UrlPath)>,
    /// Files below `content/` that no document uses.
    pub unused: Vec<SourcePath>,
    /// For each judgement's id, the briefs that make or change it, oldest first, with the place there.
    pub judgements: BTreeMap<String, Vec<(DocIx, usize)>>,
    by_key: HashMap<Key, NodeIx>,
    node_of: Vec<NodeIx>,
}

/// What a document is joined to.
#[derive(Debug)]
pub struct Linked {
    /// For rendering its text.
    pub links: Shared<Links>,
    /// Everybody it names, front matter and text, sorted, once each.
    pub named: Vec<NodeIx>,
    /// The brief's sources in the order of their numbers: places in `brief.sources`.
    pub sources: Vec<usize>,
}

impl Site {
    /// The entity of one of these kinds with this id.
    pub fn find(&self, kinds: &[Kind], id: &str) -> Option<NodeIx> {
        kinds
            .iter()
            .find_map(|&kind| self.by_key.get(&reference_key(kind, id)))
            .map(|&node| self.standing(node))
    }

    /// The country's node.
    pub fn country(&self, code: crate::base::CountryCode) -> Option<NodeIx> {
        self.by_key.get(&country_key(code)).copied()
    }

    /// The node of an event that a brief tells of.
    pub fn event(&self, event: &crate::document::Event) -> Option<NodeIx> {
        event_key(event).and_then(|key| self.by_key.get(&key).copied())
    }

    /// The node of a document.
    pub fn node_of(&self, document: DocIx) -> NodeIx {
        self.node_of[document.at()]
    }

    /// The node's document: that of the site's language, else any.
    pub fn document_of(&self, node: NodeIx) -> Option<DocIx> {
        let node = &self.nodes[node.at()];
        node.document.or(node.variants.first().copied())
    }

    /// Whether a node has a page: a country that nobody names has none, a merged actor redirects.
    pub fn has_page(&self, node: NodeIx) -> bool {
        let found = &self.nodes[node.at()];
        let page = found.declared || !self.backlinks[node.at()].is_empty();
        page && found.merged_into.is_none()
            && (self.document_of(node).is_some() || !matches!(found.key.kind, Kind::Brief | Kind::Page))
    }

    fn standing(&self, node: NodeIx) -> NodeIx {
        let mut at = node;
        for _ in 0..16 {
            match self.nodes[at.at()].merged_into {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}

/// Joins the indexed documents and what their texts mention.
pub fn link(
    index: Index<'_>,
    names: &Names,
    mentions: &[Shared<Mentions>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Site {
    let mut resolved: Vec<Resolved> = (0..index.documents.len())
        .into_par_iter()
        .map(|at| resolve(&index, names, DocIx::new(at), &mentions[at]))
        .collect();
    for resolved in &mut resolved {
        diagnostics.append(&mut resolved.diagnostics);
    }
    let (assets, unused) = assets(&index, &resolved);
    diagnostics.extend(unused.iter().map(|path| {
        Diagnostic::new(&codes::UNUSED_FILE, format!("no document uses `{path}`")).in_file(path)
    }));
    let redirects = redirects(&index);
    let order = newest_first(&index, (0..index.documents.len()).map(DocIx::new));
    let (named, backlinks) = backlinks(&index, &resolved, mentions, &order);
    let linked = resolved
        .into_iter()
        .zip(named)
        .map(|(resolved, named)| Linked {
            links: Shared::new(resolved.links),
            named,
            sources: resolved.sources,
        })
        .collect();
    let briefs: Vec<DocIx> = order.iter().copied().filter(|&at| is_listed_brief(&index, at)).collect();
    let mut rank = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(at, place)| rank[at.at()] = place);
    let judgements = judgements(&index, &briefs, diagnostics);
    item_ids(&index, diagnostics);
    let Index { documents, nodes, by_key, node_of, .. } = index;
    Site {
        documents,
        linked,
        nodes,
        backlinks,
        briefs,
        rank,
        redirects,
        assets,
        unused,
        judgements,
        by_key,
        node_of,
    }
}

/// Where a file below `content/` is published: at its path; what lies beside a page, beside that page.
pub(super) fn asset_url(path: &SourcePath) -> UrlPath {
    let rest = path.in_content().unwrap_or(path.as_str());
    UrlPath::new(rest.strip_prefix("pages/").unwrap_or(rest))
}

fn assets(index: &Index<'_>, resolved: &[Resolved]) -> (Vec<(SourcePath, UrlPath)>, Vec<SourcePath>) {
    let used: BTreeSet<usize> =
        resolved.iter().flat_map(|resolved| resolved.assets.iter().copied()).collect();
    let path = |at: &usize| index.files[*at].path.clone();
    let published = used.iter().map(|at| (path(at), asset_url(&path(at)))).collect();
    let mut unused: Vec<SourcePath> =
        index.by_asset.values().flatten().filter(|at| !used.contains(at)).map(path).collect();
    unused.sort();
    (published, unused)
}

fn redirects(index: &Index<'_>) -> Vec<(UrlPath, NodeIx, Place)> {
    let mut redirects = Vec::new();
    for (at, document) in index.documents.iter().enumerate() {
        let node = index.node_of[at];
        for old in &document.common.redirect_from {
            let path = old.trim().trim_start_matches('/');
            let last = path.rsplit('/').next().unwrap_or(path);
            let path = if path.ends_with('/') || last.ends_with(".html") {
                path.to_owned()
            } else {
                format!("{path}/")
            };
            redirects.push((UrlPath::new(&path), index.standing(node), Place::new(&document.path, old.span)));
        }
        if index.nodes[node.at()].merged_into.is_some() && !document.common.variant {
            redirects.push((
                index.nodes[node.at()].url.clone(),
                index.standing(node),
                Place::file(&document.path),
            ));
        }
    }
    redirects
}

type Named = Vec<Vec<NodeIx>>;

/// For each document everybody it names; for each node everybody who names it.
fn backlinks(
    index: &Index<'_>,
    resolved: &[Resolved],
    mentions: &[Shared<Mentions>],
    order: &[DocIx],
) -> (Named, Vec<Vec<Backlink>>) {
    let per_document: Vec<BTreeMap<NodeIx, Backlink>> = (0..index.documents.len())
        .into_par_iter()
        .map(|at| named_by(index, DocIx::new(at), &resolved[at], &mentions[at]))
        .collect();
    let mut backlinks: Vec<Vec<Backlink>> = vec![Vec::new(); index.nodes.len()];
    let mut named = Vec::with_capacity(per_document.len());
    let mut per_document: Vec<Option<BTreeMap<NodeIx, Backlink>>> =
        per_document.into_iter().map(Some).collect();
    named.resize(per_document.len(), Vec::new());
    for &at in order {
        let by = per_document[at.at()].take().unwrap_or_default();
        named[at.at()] = by.keys().copied().collect();
        // A version in another language names for itself only; the original counts.
        let versions = index.documents[at.at()].common.variant
            && index.nodes[index.node_of[at.at()].at()].document.is_some();
        for (node, backlink) in by {
            if !versions && node != index.node_of[at.at()] {
                backlinks[node.at()].push(backlink);
            }
        }
    }
    (named, backlinks)
}

fn named_by(
    index: &Index<'_>,
    at: DocIx,
    resolved: &Resolved,
    mentions: &Mentions,
) -> BTreeMap<NodeIx, Backlink> {
    let document = &*index.documents[at.at()];
    let mut named = NamedBy { at, backlinks: BTreeMap::new() };
    references(document, &mut |role, kinds, id| {
        if let Some(node) = index.find(kinds, id) {
            named.front_matter(node, role == Role::Subject);
        }
    });
    let events = document.brief().into_iter().flat_map(|brief| &brief.events).filter_map(event_key);
    for key in countries(document).iter().map(|code| country_key(code.value)).chain(events) {
        if let Some(&node) = index.by_key.get(&key) {
            named.front_matter(node, true);
        }
    }
    for (key, sentence) in &mentions.first {
        if let Some(&node) = index.by_key.get(key) {
            named.entry(index.standing(node)).excerpt.get_or_insert_with(|| sentence.clone());
        }
    }
    for (nth, node) in resolved.targets.iter().enumerate() {
        let (Some(node), raw) = (*node, &document.body.links[nth]) else { continue };
        let words = raw.words.start as usize..raw.words.end as usize;
        let prose = &document.body.prose;
        let bare = raw.wiki && prose[words.clone()] == raw.target;
        let shown = if bare { index.nodes[node.at()].title.as_str() } else { &prose[words.clone()] };
        named.entry(node).excerpt.get_or_insert_with(|| excerpt_as(prose, words, shown).into());
    }
    named.backlinks
}

struct NamedBy {
    at: DocIx,
    backlinks: BTreeMap<NodeIx, Backlink>,
}

impl NamedBy {
    fn front_matter(&mut self, node: NodeIx, subject: bool) {
        let backlink = self.entry(node);
        backlink.front_matter = true;
        backlink.subject |= subject;
    }

    fn entry(&mut self, node: NodeIx) -> &mut Backlink {
        let document = self.at;
        self.backlinks.entry(node).or_insert_with(|| Backlink {
            document,
            subject: false,
            front_matter: false,
            excerpt: None,
        })
    }
}

/// A brief, in the site's own language or in the only one it is written in.
fn is_listed_brief(index: &Index<'_>, at: DocIx) -> bool {
    let node = &index.nodes[index.node_of[at.at()].at()];
    node.key.kind == Kind::Brief && node.document.or(node.variants.first().copied()) == Some(at)
}

/// By date, the newest first; what has no date comes last; ties by path.
fn newest_first(index: &Index<'_>, documents: impl Iterator<Item = DocIx>) -> Vec<DocIx> {
    let mut dated: Vec<_> =
        documents.map(|at| (date(&index.documents[at.at()]).map(|date| date.sort_key()), at)).collect();
    dated.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    dated.into_iter().map(|(_, at)| at).collect()
}

fn date(document: &Document) -> Option<crate::base::Edtf> {
    match &document.data {
        Data::Brief(brief) => brief.date,
        Data::Event(event) => event.date,
        _ => None,
    }
}

/// Threads of judgements, oldest step first; a change of a judgement that nobody made is a fault.
fn judgements(
    index: &Index<'_>,
    briefs: &[DocIx],
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<(DocIx, usize)>> {
    let mut threads: BTreeMap<String, Vec<(DocIx, usize)>> = BTreeMap::new();
    for &at in briefs.iter().rev() {
        let document = &index.documents[at.at()];
        for (nth, judgement) in document.brief().iter().flat_map(|brief| brief.judgements.iter().enumerate())
        {
            if !judgement.id.is_empty() {
                threads.entry(judgement.id.value.clone()).or_default().push((at, nth));
            }
        }
    }
    let entry = |(at, nth): (DocIx, usize)| {
        index.documents[at.at()].brief().map(|brief| (at, &brief.judgements[nth]))
    };
    let made: Vec<&str> = threads
        .iter()
        .filter(|(_, steps)| steps.iter().any(|&step| entry(step).is_some_and(|(_, j)| !j.change)))
        .map(|(id, _)| id.as_str())
        .collect();
    for (id, steps) in &threads {
        if made.binary_search(&id.as_str()).is_ok() {
            continue;
        }
        for (at, judgement) in steps.iter().filter_map(|&step| entry(step)) {
            diagnostics.push(
                Diagnostic::new(&codes::UNKNOWN_JUDGEMENT, format!("no brief makes the judgement `{id}`"))
                    .at(&index.documents[at.at()].path, judgement.id.span)
                    .suggest(id, made.iter().copied()),
            );
        }
    }
    // Two briefs that both make a judgement of one id cannot be told apart by those that change it.
    for steps in threads.values() {
        let makers: Vec<_> =
            steps.iter().filter_map(|&step| entry(step)).filter(|(_, judgement)| !judgement.change).collect();
        for pair in makers.windows(2) {
            let ((first, _), (again, judgement)) = (pair[0], pair[1]);
            diagnostics.push(
                Diagnostic::new(
                    &codes::ITEM_ID,
                    format!("the judgement `{}` is made twice", judgement.id.value),
                )
                .at(&index.documents[again.at()].path, judgement.id.span)
                .also(Place::file(&index.documents[first.at()].path), "first made here")
                .help("give it another id, or write `updates:` instead of `id:`"),
            );
        }
    }
    threads
}

/// Items of one document need ids of their own.
fn item_ids(index: &Index<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for document in &index.documents {
        let Some(brief) = document.brief() else { continue };
        let sources = brief.sources.iter().map(|source| &source.id);
        let statements = brief.statements.iter().filter_map(|statement| statement.id.as_ref());
        let events = brief.events.iter().filter_map(|event| event.id.as_ref());
        let lists: [(&str, Vec<&crate::document::Ref>); 3] =
            [("source", sources.collect()), ("statement", statements.collect()), ("event", events.collect())];
        let made = brief.judgements.iter().map(|judgement| &judgement.id);
        for id in made.chain(lists[1].1.iter().copied()).filter(|id| id.contains(char::is_whitespace)) {
            diagnostics.push(
                Diagnostic::new(&codes::BAD_ID, format!("`{}` cannot be an id", id.value))
                    .at(&document.path, id.span)
                    .help("it becomes an anchor of the page: write `-` for a blank"),
            );
        }
        for (what, ids) in lists {
            let mut first: HashMap<&str, crate::base::Span> = HashMap::new();
            for id in ids {
                if let Some(&earlier) = first.get(id.value.as_str()) {
                    diagnostics.push(
                        Diagnostic::new(&codes::ITEM_ID, format!("two {what}s have the id `{}`", id.value))
                            .at(&document.path, id.span)
                            .label("again here")
                            .also(Place::new(&document.path, earlier), "first here"),
                    );
                } else {
                    first.insert(&id.value, id.span);
                }
            }
        }
    }
}
