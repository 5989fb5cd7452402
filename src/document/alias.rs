//! Other names of an entity, and what is wrong with them.

use serde::{Deserialize, Serialize};

use crate::base::node::{Node, Value};
use crate::base::shape::{Checker, Field, Fields, Shape, field, required};
use crate::base::{Diagnostic, Edtf, Label, Spanned, codes};

use super::Data;
use super::tables::TLP;

/// Another name of an entity.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Alias {
    /// The name.
    pub name: Spanned<String>,
    /// Its language.
    pub lang: Option<String>,
    /// Who uses it: a source's id, or words.
    pub source: Option<String>,
    /// Since when it is used.
    pub from: Option<Edtf>,
    /// Until when.
    pub to: Option<Edtf>,
    /// Whether it becomes a link in text.
    pub link: bool,
    /// Whether its use is disputed.
    pub disputed: bool,
    /// Its own label.
    pub label: Option<Label>,
}

/// An alias written as a map.
pub(super) const ALIAS: &[Field] = &[
    required("name", Shape::Text, "The name."),
    field("lang", Shape::Language, "Its language, BCP 47."),
    field("source", Shape::Text, "Who uses it."),
    field("from", Shape::Date, "Since when."),
    field("to", Shape::Date, "Until when."),
    field("link", Shape::Flag, "`false`: it never becomes a link in text."),
    field("disputed", Shape::Flag, "Whether its use is disputed."),
    TLP,
];

/// Reads a list of names, each text or a map.
pub(super) fn aliases(fields: Fields<'_>, key: &str) -> Vec<Alias> {
    fields.maps(key).filter_map(alias).collect()
}

fn alias(fields: Fields<'_>) -> Option<Alias> {
    let node = name_of(fields.0)?;
    Some(Alias {
        name: Spanned::new(name(node.text().map(str::to_owned))?, node.span),
        lang: fields.text("lang"),
        source: fields.text("source"),
        from: fields.date("from"),
        to: fields.date("to"),
        link: fields.flag("link").unwrap_or(true),
        disputed: fields.flag("disputed").unwrap_or(false),
        label: fields.label("tlp"),
    })
}

/// A name without blanks around it; of blanks alone, none.
pub(super) fn name(written: Option<String>) -> Option<String> {
    let written = written?;
    let name = written.trim_matches(is_blank);
    if name.len() == written.len() {
        return Some(written).filter(|name| !name.is_empty());
    }
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// What takes room at most.
fn is_blank(ch: char) -> bool {
    ch.is_whitespace() || ch.is_control() || matches!(ch, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// The value that says the name: the text itself, or that of the key `name`.
fn name_of(node: &Node) -> Option<&Node> {
    match &node.value {
        Value::Map(_) => node.get("name"),
        _ => Some(node),
    }
}

/// Reports names that say nothing, and lists of names that are none.
pub(super) fn check(node: &Node, checker: &mut Checker<'_>) {
    checker.list_in_one(node);
    let items = if node.entries().is_empty() { node.items() } else { std::slice::from_ref(node) };
    let empty = |node: &&Node| node.text().is_some_and(|text| text.trim_matches(is_blank).is_empty());
    for node in items.iter().filter_map(name_of).filter(empty) {
        checker.diagnostics.push(
            Diagnostic::new(&codes::WRONG_TYPE, "expected a name, found an empty text")
                .at(checker.path, node.span)
                .label("should be a name")
                .help("write the name, or remove the item"),
        );
    }
}

impl Data {
    /// The other names of an entity, those that stand for its government among them.
    pub fn aliases(&self) -> impl Iterator<Item = &Alias> {
        let (aliases, metonyms): (&[Alias], &[Alias]) = match self {
            Self::Actor(actor) => (&actor.aliases, &[]),
            Self::Country(country) => (&country.aliases, &country.metonyms),
            Self::Person(person) => (&person.aliases, &[]),
            Self::Source(source) => (&source.aliases, &[]),
            Self::Region(region) => (&region.aliases, &[]),
            Self::Brief(_) | Self::Event(_) | Self::Topic | Self::Page => (&[], &[]),
        };
        aliases.iter().chain(metonyms)
    }
}
