//! Everything that has a page or a name, with its address; and the ways to find it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::reference::{countries, country_key, references};
use super::{DocIx, NodeIx, address};
use crate::base::{
    CountryCode, Diagnostic, File, Id, Key, Kind, Level, Place, Shared, SourcePath, UrlPath, codes, country,
};
use crate::document::{Data, Document, Event, Ref};

/// What a site is made of.
#[derive(Debug)]
pub struct Input<'a> {
    /// What this audience sees, by path.
    pub documents: Vec<Shared<Document>>,
    /// Every file of the site, by path.
    pub files: &'a [File],
    /// What a reference to a document that is not there counts as.
    pub undeclared: Level,
}

/// A document, or an entity that documents refer to.
#[derive(Clone, Debug)]
pub struct Node {
    /// Kind and id.
    pub key: Key,
    /// Title or name.
    pub title: String,
    /// Its page.
    pub url: UrlPath,
    /// Its document.
    pub document: Option<DocIx>,
    /// Its documents in other languages.
    pub variants: Vec<DocIx>,
    /// The brief that tells of it, for an event without a document.
    pub told_by: Option<(DocIx, usize)>,
    /// What it was merged into.
    pub merged_into: Option<NodeIx>,
    /// Whether a document names it: a country that nobody names has no page.
    pub declared: bool,
}

impl Node {
    /// Which country, for countries.
    pub fn country(&self) -> Option<CountryCode> {
        (self.key.kind == Kind::Country).then(|| CountryCode::from_input(self.key.id.as_str())).flatten()
    }
}

/// Where everything is.
#[derive(Debug)]
pub struct Index<'a> {
    pub(super) documents: Vec<Shared<Document>>,
    pub(super) nodes: Vec<Node>,
    pub(super) files: &'a [File],
    /// The node of each document.
    pub(super) node_of: Vec<NodeIx>,
    pub(super) by_key: HashMap<Key, NodeIx>,
    pub(super) by_path: HashMap<SourcePath, DocIx>,
    /// Documents by the last part of their path, folded, without its ending.
    pub(super) by_stem: HashMap<String, Vec<DocIx>>,
    pub(super) by_url: HashMap<UrlPath, NodeIx>,
    /// Assets in `content/` by folded file name, as places in `files`.
    pub(super) by_asset: HashMap<String, Vec<usize>>,
}

/// Gives everything its place.
pub fn index<'a>(input: Input<'a>, diagnostics: &mut Vec<Diagnostic>) -> Index<'a> {
    let documents = without_duplicates(settled(input.documents), diagnostics);
    let mut nodes = Nodes { nodes: BTreeMap::new(), missing: HashSet::new(), undeclared: input.undeclared };
    for (at, document) in documents.iter().enumerate() {
        nodes.add_document(DocIx::new(at), document);
    }
    // Before any reference, because a brief may refer to what a later one tells.
    for (at, document) in documents.iter().enumerate() {
        nodes.add_told(DocIx::new(at), document, &documents, diagnostics);
    }
    for document in &documents {
        nodes.add_referred(document, diagnostics);
    }
    for code in CountryCode::all() {
        nodes.country(code, false);
    }
    let nodes: Vec<Node> = nodes.nodes.into_values().collect();
    let by_key: HashMap<Key, NodeIx> =
        nodes.iter().enumerate().map(|(at, node)| (node.key.clone(), NodeIx::new(at))).collect();
    let mut index = Index {
        node_of: documents.iter().map(|document| by_key[&document.key]).collect(),
        by_path: documents
            .iter()
            .enumerate()
            .map(|(at, document)| (document.path.clone(), DocIx::new(at)))
            .collect(),
        by_stem: HashMap::new(),
        by_url: nodes.iter().enumerate().map(|(at, node)| (node.url.clone(), NodeIx::new(at))).collect(),
        by_asset: HashMap::new(),
        files: input.files,
        documents,
        nodes,
        by_key,
    };
    index.fill_stems();
    index.merge(diagnostics);
    index
}

impl Index<'_> {
    /// Every document, by path.
    pub fn documents(&self) -> &[Shared<Document>] {
        &self.documents
    }

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

    /// The entity of one of these kinds with this id.
    pub(super) fn find(&self, kinds: &[Kind], id: &str) -> Option<NodeIx> {
        kinds
            .iter()
            .find_map(|&kind| self.by_key.get(&reference_key(kind, id)))
            .map(|&node| self.standing(node))
    }

    fn fill_stems(&mut self) {
        for (at, document) in self.documents.iter().enumerate() {
            self.by_stem.entry(stem(&document.path)).or_default().push(DocIx::new(at));
        }
        for (at, file) in self.files.iter().enumerate() {
            if file.path.in_content().is_some() && matches!(file.content, crate::base::Content::Blob(_)) {
                self.by_asset.entry(Id::new(file.path.name()).as_str().to_owned()).or_default().push(at);
            }
        }
    }

    /// Follows `merged_into`, and reports circles.
    fn merge(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        for at in 0..self.documents.len() {
            let Data::Actor(actor) = &self.documents[at].data else { continue };
            let Some(into) = &actor.merged_into else { continue };
            let target = self.by_key.get(&reference_key(Kind::Actor, into)).copied();
            let node = self.node_of[at];
            if target.is_none_or(|target| self.standing(target) != node) {
                self.nodes[node.at()].merged_into = target;
            } else {
                diagnostics.push(
                    Diagnostic::new(&codes::MERGE_LOOP, "`merged_into` leads back here")
                        .at(&self.documents[at].path, into.span)
                        .help("remove it from one of the actors"),
                );
            }
        }
    }
}

/// The key that a written id means for a kind.
pub(super) fn reference_key(kind: Kind, id: &str) -> Key {
    let id = id.trim();
    match kind {
        Kind::Country => CountryCode::from_input(id).map_or_else(|| Key::new(kind, Id::new(id)), country_key),
        Kind::Page => Key::new(kind, Id::new(id.trim_matches('/'))),
        _ => Key::new(kind, Id::new(&id.replace('/', "-"))),
    }
}

/// The last part of a path, folded, without its ending.
pub(super) fn stem(path: &SourcePath) -> String {
    let name = path.name();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let name = if name.eq_ignore_ascii_case("index") {
        path.folder().rsplit('/').next().unwrap_or(name)
    } else {
        name
    };
    Id::new(name).as_str().to_owned()
}

/// The id of an event that a brief tells of: its own, or its title's slug.
pub(super) fn event_key(event: &Event) -> Option<Key> {
    let id = match (&event.id, &event.title) {
        (Some(id), _) => Id::new(&id.trim().replace('/', "-")),
        (None, Some(title)) => Id::new(&crate::base::slug(title)),
        (None, None) => return None,
    };
    (!id.as_str().is_empty()).then(|| Key::new(Kind::Event, id))
}

/// Pages that look like a version in another language, but of a page that is not there, stand alone.
fn settled(documents: Vec<Shared<Document>>) -> Vec<Shared<Document>> {
    let is_page = |document: &&Shared<Document>| document.key.kind == Kind::Page;
    let originals = documents.iter().filter(is_page).filter(|document| !document.common.variant);
    let originals: HashSet<Key> = originals.map(|document| document.key.clone()).collect();
    let settle = |document: Shared<Document>| {
        let page = document.key.kind == Kind::Page && document.common.variant;
        if page && !originals.contains(&document.key) { Shared::new(document.alone()) } else { document }
    };
    documents.into_iter().map(settle).collect()
}

/// Keeps the first of documents with one key and language, and reports the others.
fn without_duplicates(
    documents: Vec<Shared<Document>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Shared<Document>> {
    let mut first: HashMap<(Key, String), SourcePath> = HashMap::with_capacity(documents.len());
    let mut kept = Vec::with_capacity(documents.len());
    for document in documents {
        let lang = if document.common.variant { document.common.lang.to_string() } else { String::new() };
        match first.get(&(document.key.clone(), lang.clone())) {
            None => {
                first.insert((document.key.clone(), lang), document.path.clone());
                kept.push(document);
            }
            Some(other) => diagnostics.push(
                Diagnostic::new(
                    &codes::DUPLICATE_ID,
                    format!("two documents are the {} `{}`", document.key.kind.name(), document.key.id),
                )
                .in_file(&document.path)
                .also(Place::file(other), "the other is here")
                .help("the id is the file's name; rename one of the files"),
            ),
        }
    }
    kept
}

struct Nodes {
    nodes: BTreeMap<Key, Node>,
    /// Whom documents refer to although they need a document and have none.
    missing: HashSet<Key>,
    undeclared: Level,
}

impl Nodes {
    fn add_document(&mut self, at: DocIx, document: &Document) {
        let node = self
            .nodes
            .entry(document.key.clone())
            .or_insert_with(|| Node::new(&document.key, &document.common.title));
        node.declared = true;
        if document.common.variant {
            node.variants.push(at);
        } else {
            node.document = Some(at);
            node.title.clone_from(&document.common.title.value);
        }
    }

    fn add_referred(&mut self, document: &Document, diagnostics: &mut Vec<Diagnostic>) {
        references(document, &mut |_, kinds, id| self.refer(document, kinds, id, diagnostics));
        for code in countries(document) {
            self.country(code.value, true);
        }
        if let Data::Region(region) = &document.data {
            for code in
                region.m49.and_then(country::m49_region).into_iter().flat_map(|region| region.countries())
            {
                self.country(code, true);
            }
        }
    }

    /// The events that a brief tells itself.
    fn add_told(
        &mut self,
        at: DocIx,
        document: &Document,
        documents: &[Shared<Document>],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        for (nth, event) in document.brief().iter().flat_map(|brief| brief.events.iter().enumerate()) {
            if event.reference {
                continue;
            }
            let Some(key) = event_key(event) else { continue };
            let title = event.title.as_deref().unwrap_or(key.id.as_str()).to_owned();
            let node = self.nodes.entry(key.clone()).or_insert_with(|| Node::new(&key, &title));
            node.declared = true;
            let other = node.document.or(node.told_by.map(|(at, _)| at));
            if other.is_none() {
                node.told_by = Some((at, nth));
            }
            let told_again = event.title.is_some() && !document.common.variant;
            if let (Some(other), Some(id)) = (other.filter(|&other| other != at && told_again), &event.id) {
                diagnostics.push(
                    Diagnostic::new(&codes::ITEM_ID, format!("the event `{}` is told twice", id.value))
                        .at(&document.path, id.span)
                        .also(Place::file(&documents[other.at()].path), "first told here")
                        .help("give it another id, or write only its id to refer to the other"),
                );
            }
        }
    }

    /// Topics, regions and countries come into being by being named; others need a document, unless the
    /// settings do without.
    fn refer(
        &mut self,
        document: &Document,
        kinds: &'static [Kind],
        id: &Ref,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let keys = kinds.iter().map(|&kind| reference_key(kind, id));
        for key in keys {
            if let Some(node) = self.nodes.get_mut(&key).filter(|_| !self.missing.contains(&key)) {
                node.declared = true;
                return;
            }
        }
        if kinds.contains(&Kind::Country)
            && let Some(code) = CountryCode::from_input(id)
        {
            return self.country(code, true);
        }
        let kind = kinds[0];
        let key = reference_key(kind, id);
        if !is_address_part(key.id.as_str()) {
            diagnostics.push(
                Diagnostic::new(&codes::BAD_ID, format!("`{}` cannot be an id", id.value))
                    .at(&document.path, id.span),
            );
            return;
        }
        if !matches!(kind, Kind::Topic | Kind::Region) && self.undeclared > Level::Allow {
            let mut fault = self.undeclared(document, kinds, id);
            fault.level = self.undeclared;
            diagnostics.push(fault);
            self.missing.insert(key.clone());
            if self.undeclared == Level::Error {
                return;
            }
        }
        if kind != Kind::Brief {
            self.nodes
                .entry(key.clone())
                .or_insert_with(|| Node { declared: true, ..Node::new(&key, id.trim()) });
        }
    }

    fn undeclared(&self, document: &Document, kinds: &[Kind], id: &Ref) -> Diagnostic {
        let kind = kinds[0];
        let of_kind = |node: &&Node| {
            kinds.contains(&node.key.kind) && (node.document.is_some() || node.told_by.is_some())
        };
        let known: BTreeSet<&str> =
            self.nodes.values().filter(of_kind).map(|node| node.key.id.as_str()).collect();
        let named =
            self.nodes.values().filter(of_kind).find(|node| node.title.eq_ignore_ascii_case(id.trim()));
        let fault =
            Diagnostic::new(&codes::UNDECLARED, format!("there is no {} `{}`", kind.name(), id.value))
                .at(&document.path, id.span)
                .label("not a known id");
        let mut fault = match named {
            Some(node) => {
                let mut fault =
                    fault.help(format!("`{}` is the name; its id is `{}`", node.title, node.key.id));
                fault.replacement = Some(node.key.id.to_string());
                fault
            }
            None => fault.suggest(id, known),
        };
        if fault.help.is_empty() {
            let file = format!("content/{}/{}.md", kind.folder(), reference_key(kind, id).id);
            fault = fault.help(match kind {
                Kind::Brief => format!("there is no {file}"),
                _ => format!("write {file}; it may hold only a name"),
            });
        }
        fault
    }

    fn country(&mut self, code: CountryCode, declared: bool) {
        let key = country_key(code);
        let node = self.nodes.entry(key.clone()).or_insert_with(|| Node::new(&key, code.name()));
        node.declared |= declared;
    }
}

impl Node {
    fn new(key: &Key, title: &str) -> Self {
        Self {
            key: key.clone(),
            title: title.to_owned(),
            url: address::of_key(key),
            document: None,
            variants: Vec::new(),
            told_by: None,
            merged_into: None,
            declared: false,
        }
    }
}

fn is_address_part(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 240
        && !matches!(id, "." | "..")
        && !id.contains(['\\', ':', '/'])
        && !id.contains(char::is_control)
}
