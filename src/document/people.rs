//! People with their offices, and sources.

use serde::{Deserialize, Serialize};

use crate::base::shape::{Field, Fields, Shape, field, required};
use crate::base::{CountryCode, Edtf, Kind, Label, Spanned};

use super::alias::{ALIAS, aliases};
use super::tables::TLP;
use super::{Alias, Ref, Reliability};

/// A person's own keys.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Other spellings and names.
    pub aliases: Vec<Alias>,
    /// Offices held, as written.
    pub offices: Vec<Office>,
}

/// An office.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Office {
    /// What it is called.
    pub title: String,
    /// Of what: an actor's id, a country, or words.
    pub of: Option<Spanned<String>>,
    /// Since when.
    pub from: Option<Edtf>,
    /// Until when; absent while held.
    pub to: Option<Edtf>,
    /// Its own label.
    pub label: Option<Label>,
}

/// A source's own keys: an outlet, an archive, a service.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Source {
    /// `news`, `official`, `think tank`, … in the site's own words.
    pub kind: Option<String>,
    /// Where it sits.
    pub country: Option<Spanned<CountryCode>>,
    /// Its address.
    pub url: Option<String>,
    /// How reliable, A to F.
    pub reliability: Option<Reliability>,
    /// Outlets that it takes its reports from.
    pub via: Vec<Ref>,
    /// A remark.
    pub note: Option<String>,
    /// Other names.
    pub aliases: Vec<Alias>,
}

pub(super) const PERSON: &[Field] = &[
    field("aliases", Shape::List(&Shape::TextOr(ALIAS)), "Other spellings; each becomes a link in text."),
    field("offices", Shape::List(&Shape::Map(OFFICE)), "Offices held."),
];

const OFFICE: &[Field] = &[
    required("title", Shape::Text, "The office."),
    field("of", Shape::Text, "Of what: a country, an actor's id, or words."),
    field("from", Shape::Date, "Since when."),
    field("to", Shape::Date, "Until when."),
    TLP,
];

pub(super) const SOURCE: &[Field] = &[
    field("type", Shape::Text, "news, official, think tank, … in the site's own words."),
    field("country", Shape::Country, "Where it sits."),
    field("url", Shape::Url, "Its address."),
    field("reliability", Shape::Checked(Reliability::CHECK), "Admiralty letter A to F."),
    field("via", Shape::List(&Shape::Reference(&[Kind::Source])), "Outlets that it takes its reports from."),
    field("note", Shape::Text, "A remark."),
    field("aliases", Shape::List(&Shape::TextOr(ALIAS)), "Other names; each becomes a link in text."),
];

/// Reads a checked map.
pub(super) fn person(fields: Fields<'_>) -> Person {
    Person {
        aliases: aliases(fields, "aliases"),
        offices: fields.maps("offices").filter_map(office).collect(),
    }
}

/// Reads a checked map.
pub(super) fn source(fields: Fields<'_>) -> Source {
    Source {
        kind: fields.text("type"),
        country: fields.country("country"),
        url: fields.text("url").filter(|url| crate::base::shape::is_web_address(url)),
        reliability: fields.parsed("reliability", Reliability::read).map(|letter| letter.value),
        via: fields.texts("via"),
        note: fields.text("note"),
        aliases: aliases(fields, "aliases"),
    }
}

fn office(fields: Fields<'_>) -> Option<Office> {
    Some(Office {
        title: fields.text("title")?,
        of: fields.spanned("of"),
        from: fields.date("from"),
        to: fields.date("to"),
        label: fields.label("tlp"),
    })
}
