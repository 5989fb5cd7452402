//! Everything that has a page or a name: documents, and entities that documents refer to.

use std::collections::BTreeMap;

use ahash::AHashSet;

use super::key::{event_key, reference_key};
use super::reference::{countries, country_key, references};
use super::undeclared::{Meant, bare};
use super::{DocIx, NodeIx, address};
use crate::base::{
    CountryCode, Diagnostic, Id, Key, Kind, Lang, Level, Place, Shared, UrlPath, codes, country, unportable,
};
use crate::document::{Data, Document, Ref};

/// A document, or an entity that documents refer to.
#[derive(Clone, Debug)]
pub struct Node {
    /// Kind and id.
    pub key: Key,
    /// Title or name.
    pub(super) title: String,
    /// Its page.
    pub url: UrlPath,
    /// Its document.
    pub document: Option<DocIx>,
    /// Its documents in other languages.
    pub variants: Vec<DocIx>,
    /// The document of its page: its own, else a version. What has a page without a document has one in the site's
    /// language, so that only a version in that language will do.
    pub(super) main: Option<DocIx>,
    /// The brief that tells of it, for an event without a document.
    pub told_by: Option<(DocIx, usize)>,
    /// What it was merged into.
    pub merged_into: Option<NodeIx>,
    /// Whether a document names it: a country that nobody names has no page.
    pub declared: bool,
}

impl Node {
    /// The document that tells of it, in whatever language.
    pub fn facts(&self) -> Option<DocIx> {
        self.versions().next()
    }

    /// Its documents, the original first.
    pub fn versions(&self) -> impl Iterator<Item = DocIx> + '_ {
        self.document.into_iter().chain(self.variants.iter().copied())
    }

    /// Which country, for countries.
    pub fn country(&self) -> Option<CountryCode> {
        (self.key.kind == Kind::Country).then(|| CountryCode::from_input(self.key.id.as_str())).flatten()
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
            main: None,
            told_by: None,
            merged_into: None,
            declared: false,
        }
    }
}

/// Every node, by key.
pub(super) fn nodes(
    documents: &[Shared<Document>],
    (lang, undeclared): (Lang, Level),
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Node> {
    let mut nodes = Nodes {
        nodes: BTreeMap::new(),
        missing: AHashSet::new(),
        found: AHashSet::new(),
        named: AHashSet::new(),
        meant: Vec::new(),
        lang,
        undeclared,
    };
    for (at, document) in documents.iter().enumerate() {
        nodes.add_document(DocIx::new(at), document);
    }
    // Before any reference, because a brief may refer to what a later one tells. Versions tell again what originals do.
    let tells = |at: &DocIx| documents[at.at()].brief().is_some_and(|brief| !brief.events.is_empty());
    let telling = (0..documents.len()).map(DocIx::new).filter(tells);
    let (first, again): (Vec<_>, Vec<_>) = telling.partition(|&at| nodes.is_main(at, documents));
    for at in first.into_iter().chain(again) {
        nodes.add_told(at, documents, diagnostics);
    }
    let (versions, originals): (Vec<_>, Vec<_>) =
        documents.iter().partition(|document| document.common.variant);
    for document in originals.into_iter().chain(versions) {
        nodes.add_referred(document, documents, diagnostics);
    }
    for code in CountryCode::all() {
        nodes.country(code, false);
    }
    nodes.nodes.into_values().collect()
}

struct Nodes<'d> {
    nodes: BTreeMap<Key, Node>,
    /// Whom documents refer to although they need a document and have none.
    missing: AHashSet<Key>,
    /// References as written that were found before: there are few actors and many who name them.
    found: AHashSet<(Kind, &'d str)>,
    /// Countries that were named before.
    named: AHashSet<CountryCode>,
    /// What references to what is not there may have meant.
    meant: Vec<Meant>,
    /// The site's own.
    lang: Lang,
    undeclared: Level,
}

impl<'d> Nodes<'d> {
    fn add_document(&mut self, at: DocIx, document: &Document) {
        let Document { key, common, .. } = document;
        let node = self.nodes.entry(key.clone()).or_insert_with(|| {
            // What it is called where no document is the one of its page.
            let code = CountryCode::from_input(key.id.as_str()).filter(|_| key.kind == Kind::Country);
            Node::new(key, code.map_or(key.id.as_str(), |code| code.name()))
        });
        node.declared = true;
        let is_main = if common.variant {
            node.variants.push(at);
            let needs_none = matches!(key.kind, Kind::Country | Kind::Region | Kind::Topic);
            node.main.is_none() && (!needs_none || common.lang.language() == self.lang.language())
        } else {
            node.document = Some(at);
            true
        };
        if is_main {
            node.main = Some(at);
            node.title.clone_from(&common.title.value);
        }
    }

    fn add_referred(
        &mut self,
        document: &'d Document,
        documents: &[Shared<Document>],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        references(document, &mut |_, kinds, id| {
            diagnostics.extend(self.refer(document, kinds, id, documents));
        });
        for code in countries(document) {
            if self.named.insert(code.value) {
                self.country(code.value, true);
            }
        }
        if let Data::Region(region) = &document.data {
            for code in
                region.m49.and_then(country::m49_region).into_iter().flat_map(|region| region.countries())
            {
                self.country(code, true);
            }
        }
    }

    /// Whether a document is the one of its node's page.
    fn is_main(&self, at: DocIx, documents: &[Shared<Document>]) -> bool {
        self.nodes[&documents[at.at()].key].main == Some(at)
    }

    /// The events that a brief tells itself.
    fn add_told(&mut self, at: DocIx, documents: &[Shared<Document>], diagnostics: &mut Vec<Diagnostic>) {
        let document = &*documents[at.at()];
        let is_main = self.is_main(at, documents);
        for (nth, event) in document.brief().iter().flat_map(|brief| brief.events.iter().enumerate()) {
            if event.reference {
                continue;
            }
            let Some(key) = event_key(event) else { continue };
            if !Id::is_usable(key.id.as_str()) {
                // Without an id it is the title that is too long.
                let bad = |id: &Ref| {
                    Diagnostic::new(&codes::BAD_ID, format!("`{}` cannot be an id", id.value))
                        .at(&document.path, id.span)
                        .label(
                            Id::why_not(key.id.as_str()).map_or_else(String::new, |why| format!("it {why}")),
                        )
                        .help(
                            "give it an `id:` that can be a part of an address: letters, digits and hyphens",
                        )
                };
                diagnostics.extend(event.id.as_ref().or(event.title.as_ref()).map(bad));
                continue;
            }
            if let Some((_, fault)) = unportable(key.id.as_str()) {
                let blame = event.id.as_ref().or(event.title.as_ref());
                let fault =
                    fault.help("give the event another `id:`, which is the name of its page's folder");
                diagnostics.extend(blame.map(|it| fault.at(&document.path, it.span)));
            }
            let title = event.title.as_ref().map_or(key.id.as_str(), |title| title).to_owned();
            let node = self.nodes.entry(key.clone()).or_insert_with(|| Node::new(&key, &title));
            node.declared = true;
            let other = node.document.or(node.told_by.map(|(at, _)| at));
            if other.is_none() {
                node.told_by = Some((at, nth));
            }
            let Some(title) = event.title.as_ref().filter(|_| is_main) else { continue };
            let fault = match (&event.id, other) {
                (Some(id), Some(other)) if other != at => {
                    Diagnostic::new(&codes::ITEM_ID, format!("the event `{}` is told twice", id.value))
                        .at(&document.path, id.span)
                        .help("give it another id, or write only its id to refer to the other")
                }
                // Two may well be called alike, but then they need ids to be told apart.
                (None, Some(_)) => {
                    let words =
                        format!("an event `{}` is told already, so this one has no page", title.value);
                    let fault =
                        Diagnostic::new(&codes::ITEM_ID, words).at(&document.path, title.span).help(format!(
                            "if it is another, give it an `id:`; if it is the same, write only its id, `{}`",
                            key.id
                        ));
                    Diagnostic { level: Level::Warn, ..fault }
                }
                _ => continue,
            };
            let first =
                other.filter(|&other| other != at).map(|other| Place::file(&documents[other.at()].path));
            diagnostics
                .push(first.into_iter().fold(fault, |fault, first| fault.also(first, "first told here")));
        }
    }

    /// Topics, regions and countries come into being by being named; others need a document, unless the
    /// settings do without.
    fn refer(
        &mut self,
        document: &Document,
        kinds: &'static [Kind],
        id: &'d Ref,
        documents: &[Shared<Document>],
    ) -> Option<Diagnostic> {
        // Where one kind is meant, what was found once is found again.
        if kinds.len() == 1 && self.found.contains(&(kinds[0], id.value.as_str())) {
            return None;
        }
        let keys = kinds.iter().map(|&kind| reference_key(kind, id));
        for key in keys {
            if let Some(node) = self.nodes.get_mut(&key).filter(|_| !self.missing.contains(&key)) {
                node.declared = true;
                if kinds.len() == 1 {
                    self.found.insert((kinds[0], id.value.as_str()));
                }
                return None;
            }
        }
        if kinds.contains(&Kind::Country)
            && let Some(code) = CountryCode::from_input(id)
        {
            self.country(code, true);
            return None;
        }
        let kind = kinds[0];
        let key = reference_key(kind, id);
        let no_id = || {
            Diagnostic::new(&codes::BAD_ID, format!("`{}` cannot be an id", id.value))
                .at(&document.path, id.span)
        };
        if !Id::is_usable(key.id.as_str()) {
            return Some(self.meant(kinds, documents).advise(no_id(), id));
        }
        let is_free = matches!(kind, Kind::Topic | Kind::Region);
        let needed = !is_free && self.undeclared > Level::Allow;
        let fault = if needed {
            let fault = self.meant(kinds, documents).fault(document, id);
            self.missing.insert(key.clone());
            Some(Diagnostic { level: self.undeclared, ..fault })
        } else {
            // It gets a page, but perhaps not one that anybody meant.
            let link = bare(id).map(|bare| format!("write only the id, `{bare}`"));
            let list = || if is_free { None } else { self.meant(kinds, documents).list(id) };
            match link.or_else(list) {
                Some(help) => Some(Diagnostic { level: Level::Warn, ..no_id().help(help) }),
                None => unportable(key.id.as_str()).map(|(_, fault)| {
                    let help = format!(
                        "write another id; `title:` in content/{}/ID.md may be any text",
                        kind.folder()
                    );
                    fault.at(&document.path, id.span).help(help)
                }),
            }
        };
        if kind != Kind::Brief && !(needed && self.undeclared == Level::Error) {
            self.nodes
                .entry(key.clone())
                .or_insert_with(|| Node { declared: true, ..Node::new(&key, id.trim()) });
        }
        fault
    }

    /// What references to these kinds may mean.
    fn meant(&mut self, kinds: &'static [Kind], documents: &[Shared<Document>]) -> &mut Meant {
        let at = self.meant.iter().position(|meant| meant.is_of(kinds)).unwrap_or_else(|| {
            self.meant.push(Meant::of(kinds, self.nodes.values(), documents));
            self.meant.len() - 1
        });
        &mut self.meant[at]
    }

    fn country(&mut self, code: CountryCode, declared: bool) {
        let key = country_key(code);
        let node = self.nodes.entry(key.clone()).or_insert_with(|| Node::new(&key, code.name()));
        node.declared |= declared;
    }
}
