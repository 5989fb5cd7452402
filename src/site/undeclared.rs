//! What to say of a reference to a document that is not there.

use ahash::AHashMap;

use super::key::reference_key;
use super::nodes::Node;
use crate::base::{Diagnostic, Id, Kind, codes, nearest};
use crate::document::{Document, Ref};

/// Documents of some kinds that a reference may have meant. A site that is taken over from elsewhere can have
/// thousands of references to what is not there, so each is looked up once.
pub(super) struct Meant {
    kinds: &'static [Kind],
    /// Sorted.
    ids: Vec<Id>,
    /// By its name in small letters.
    by_name: AHashMap<String, (String, Id)>,
    advice: AHashMap<String, Advice>,
}

#[derive(Clone)]
struct Advice {
    help: String,
    replacement: Option<String>,
}

impl Meant {
    /// Documents of these kinds, and events that briefs tell of. The nodes are sorted by key.
    pub(super) fn of<'n>(kinds: &'static [Kind], nodes: impl Iterator<Item = &'n Node>) -> Self {
        let mut meant = Self { kinds, ids: Vec::new(), by_name: AHashMap::new(), advice: AHashMap::new() };
        for node in nodes.filter(|node| kinds.contains(&node.key.kind)) {
            if node.document.is_some() || node.told_by.is_some() {
                meant.ids.push(node.key.id.clone());
                let name = (node.title.clone(), node.key.id.clone());
                meant.by_name.entry(node.title.to_ascii_lowercase()).or_insert(name);
            }
        }
        meant.ids.sort_unstable();
        meant
    }

    /// Whether it is of these kinds.
    pub(super) fn is_of(&self, kinds: &[Kind]) -> bool {
        self.kinds == kinds
    }

    /// The fault of a reference.
    pub(super) fn fault(&mut self, document: &Document, id: &Ref) -> Diagnostic {
        let kind = self.kinds[0];
        if !self.advice.contains_key(&id.value) {
            let advice = self.advise(id);
            self.advice.insert(id.value.clone(), advice);
        }
        let Advice { help, replacement } = self.advice[&id.value].clone();
        let words = format!("there is no {} `{}`", kind.name(), id.value);
        let fault = Diagnostic::new(&codes::UNDECLARED, words)
            .at(&document.path, id.span)
            .label("not a known id")
            .help(help);
        Diagnostic { replacement, ..fault }
    }

    fn advise(&self, id: &str) -> Advice {
        if let Some((name, id)) = self.by_name.get(&id.trim().to_ascii_lowercase()) {
            let help = format!("`{name}` is the name; its id is `{id}`");
            return Advice { help, replacement: Some(id.to_string()) };
        }
        if let Some(near) = nearest(id, self.ids.iter().map(Id::as_str)) {
            return Advice { help: format!("did you mean `{near}`?"), replacement: Some(near.to_owned()) };
        }
        let kind = self.kinds[0];
        let file = format!("content/{}/{}.md", kind.folder(), reference_key(kind, id).id);
        let help = match kind {
            Kind::Brief => format!("there is no {file}"),
            _ => format!("write {file}; it may hold only a name"),
        };
        Advice { help, replacement: None }
    }
}
