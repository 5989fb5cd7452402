//! What an entity is called besides, and what those were called who were merged into it.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

use super::super::item::period;
use super::Subject;
use crate::base::{Kind, Label, Lang, Shared};
use crate::document::{Alias, Data, Document};
use crate::view::AliasItem;

impl Subject<'_> {
    /// Its own other names, then the names of those who were merged into it; none twice, whatever the case of its
    /// letters, and none that is the page's title.
    pub(super) fn aliases(&self, title: &str) -> Vec<AliasItem> {
        let mut items = Vec::new();
        self.add_others(self.data, &mut items);
        for document in self.merged() {
            items.push(plain(&document.common.title));
            self.add_others(Some(&document.data), &mut items);
        }
        let folded = |name: &str| {
            let words: Vec<String> = name.split_whitespace().map(|word| word.nfc().collect()).collect();
            words.join(" ").to_lowercase()
        };
        let mut seen = HashSet::from([folded(title), folded(&self.book.card(self.node).title)]);
        items.retain(|item| seen.insert(folded(&item.name)));
        items
    }

    /// The labels of the names of those who were merged into it.
    pub(super) fn labels_of_merged(&self) -> impl Iterator<Item = Label> {
        self.merged().flat_map(|document| {
            let own = document.data.aliases().filter_map(|alias| alias.label);
            own.chain([document.common.label])
        })
    }

    fn merged(&self) -> impl Iterator<Item = &Shared<Document>> {
        let merged = self.book.merged.get(&self.node).into_iter().flatten();
        merged.filter_map(|&node| self.book.document_of(node))
    }

    fn add_others(&self, data: Option<&Data>, items: &mut Vec<AliasItem>) {
        if let Some(Data::Actor(actor)) = data {
            items.extend(actor.short.as_deref().map(plain));
        }
        items.extend(data.into_iter().flat_map(Data::aliases).map(|alias| self.alias(alias)));
    }

    fn alias(&self, alias: &Alias) -> AliasItem {
        let lang = alias.lang.as_deref().and_then(Lang::parse);
        AliasItem {
            lang: lang.map(|lang| lang.to_string()),
            dir: lang.map_or("auto", |lang| lang.dir()),
            disputed: alias.disputed,
            when: period(alias.from, alias.to),
            source: alias.source.as_ref().map(|source| {
                let card = self.book.find(&[Kind::Source], source);
                card.map_or_else(|| source.clone(), |card| card.title.clone())
            }),
            ..plain(&alias.name)
        }
    }
}

/// A name of which nothing more is known.
fn plain(name: &str) -> AliasItem {
    AliasItem { name: name.to_owned(), lang: None, dir: "auto", disputed: false, when: None, source: None }
}
