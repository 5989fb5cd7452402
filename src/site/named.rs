//! Whom a document names: in its front matter, by links, by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::excerpt::excerpt_as;
use super::index::Index;
use super::key::event_key;
use super::reference::{Role, countries, country_key, references};
use super::scan::Mentions;
use super::{DocIx, NodeIx};
use crate::base::Text;

/// How a document names an entity.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Naming {
    pub node: NodeIx,
    /// The front matter names it as its subject.
    pub subject: bool,
    /// The front matter names it in any way.
    pub front_matter: bool,
    /// The sentence of the first mention or link in the text, escaped HTML.
    pub sentence: Option<Text>,
}

/// Everybody whom a document names, each once, in order. `targets` are where its links lead.
pub(super) fn named_by(
    index: &Index,
    at: DocIx,
    targets: &[Option<NodeIx>],
    mentions: &Mentions,
) -> Vec<Naming> {
    let document = &*index.documents()[at.at()];
    let mut named = NamedBy::default();
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
            named.entry(index.standing(node)).sentence.get_or_insert_with(|| sentence.clone());
        }
    }
    let words = targets.iter().any(Option::is_some).then(|| document.prose());
    let prose = words.as_ref().map_or("", |words| &words.text);
    for (nth, node) in targets.iter().enumerate() {
        let (Some(node), raw) = (*node, &document.body.links[nth]) else { continue };
        let words = raw.words.start as usize..raw.words.end as usize;
        let bare = raw.wiki && prose[words.clone()] == raw.target;
        let shown = if bare { index.nodes[node.at()].title.as_str() } else { &prose[words.clone()] };
        named.entry(node).sentence.get_or_insert_with(|| excerpt_as(prose, words, shown).into());
    }
    named.0.into_values().collect()
}

/// By node.
#[derive(Default)]
struct NamedBy(BTreeMap<NodeIx, Naming>);

impl NamedBy {
    fn front_matter(&mut self, node: NodeIx, subject: bool) {
        let naming = self.entry(node);
        naming.front_matter = true;
        naming.subject |= subject;
    }

    fn entry(&mut self, node: NodeIx) -> &mut Naming {
        let new = || Naming { node, subject: false, front_matter: false, sentence: None };
        self.0.entry(node).or_insert_with(new)
    }
}
