//! An actor's keys: its names, its relations, where it is active.

use serde::{Deserialize, Serialize};

use crate::base::shape::{Field, Fields, Shape, field, required};
use crate::base::{CountryCode, Edtf, Kind, Label, Spanned};

use super::alias::{ALIAS, aliases, name};
use super::tables::TLP;
use super::terms::{ActorType, RelationKind};
use super::{Alias, Ref};

/// An actor's own keys.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// Its usual short name.
    pub short: Option<String>,
    /// What it is.
    pub kind: Option<ActorType>,
    /// Its other names.
    pub aliases: Vec<Alias>,
    /// Where it is active.
    pub active_in: Vec<Spanned<CountryCode>>,
    /// To other actors.
    pub relations: Vec<Relation>,
    /// Listings by states and organisations.
    pub designated: Vec<Listing>,
    /// When founded.
    pub founded: Option<Edtf>,
    /// When it ended.
    pub ended: Option<Edtf>,
    /// The actor that now stands for it; its own address redirects there.
    pub merged_into: Option<Ref>,
    /// Wikidata item, `Q…`.
    pub wikidata: Option<String>,
    /// Its website.
    pub website: Option<String>,
}

/// A relation to another actor.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// The other.
    pub to: Ref,
    /// Which relation; `None` when it could not be read: it is not shown, but whom it names is still looked for.
    pub kind: Option<RelationKind>,
    /// Since when.
    pub from: Option<Edtf>,
    /// Until when.
    pub to_date: Option<Edtf>,
    /// A source document's id.
    pub source: Option<Ref>,
    /// A remark.
    pub note: Option<String>,
    /// Its own label.
    pub label: Option<Label>,
}

/// A listing by a state or organisation.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Listing {
    /// By whom: a country or a name.
    pub by: String,
    /// Since when.
    pub date: Option<Edtf>,
    /// Where it is published.
    pub url: Option<String>,
    /// Its own label.
    pub label: Option<Label>,
}

pub(super) const FIELDS: &[Field] = &[
    field("short", Shape::Text, "Its usual short name."),
    field("type", Shape::Choice(ActorType::NAMES), "group, organization, state, network or unit."),
    field("aliases", Shape::List(&Shape::TextOr(ALIAS)), "Other names; each becomes a link in text."),
    field("active_in", Shape::List(&Shape::Country), "Countries where it is active."),
    field("relations", Shape::List(&Shape::Map(RELATION)), "To other actors."),
    field(
        "designated",
        Shape::List(&Shape::Map(LISTING)),
        "Listings as a terrorist organisation and the like.",
    ),
    field("founded", Shape::Date, "When founded."),
    field("ended", Shape::Date, "When it ended."),
    field(
        "merged_into",
        Shape::Reference(&[Kind::Actor]),
        "The actor that now stands for it: this address redirects there.",
    ),
    field("wikidata", Shape::Text, "Wikidata item, Q…"),
    field("website", Shape::Url, "Its website."),
];

const RELATION: &[Field] = &[
    required("to", Shape::Reference(&[Kind::Actor]), "Id of the other actor."),
    required(
        "kind",
        Shape::Choice(RelationKind::NAMES),
        "affiliate-of, part-of, splinter-of, successor-of, ally-of, rival-of, fights, sponsors or controls.",
    ),
    field("from", Shape::Date, "Since when."),
    field("to_date", Shape::Date, "Until when."),
    field("source", Shape::Reference(&[Kind::Source]), "Id of a source."),
    field("note", Shape::Text, "A remark."),
    TLP,
];

const LISTING: &[Field] = &[
    required("by", Shape::Text, "By whom: a country or a name."),
    field("date", Shape::Date, "Since when."),
    field("url", Shape::Url, "Where it is published."),
    TLP,
];

/// Reads a checked map.
pub(super) fn read(fields: Fields<'_>) -> Actor {
    Actor {
        short: name(fields.text("short")),
        kind: fields.parsed("type", ActorType::parse).map(|kind| kind.value),
        aliases: aliases(fields, "aliases"),
        active_in: fields.countries("active_in"),
        relations: fields.maps("relations").filter_map(relation).collect(),
        designated: fields.maps("designated").filter_map(listing).collect(),
        founded: fields.date("founded"),
        ended: fields.date("ended"),
        merged_into: fields.spanned("merged_into"),
        wikidata: fields.text("wikidata"),
        website: fields.text("website").filter(|url| crate::base::shape::is_web_address(url)),
    }
}

fn relation(fields: Fields<'_>) -> Option<Relation> {
    Some(Relation {
        to: fields.spanned("to")?,
        kind: fields.parsed("kind", RelationKind::parse).map(|kind| kind.value),
        from: fields.date("from"),
        to_date: fields.date("to_date"),
        source: fields.spanned("source"),
        note: fields.text("note"),
        label: fields.label("tlp"),
    })
}

fn listing(fields: Fields<'_>) -> Option<Listing> {
    let by = fields.text("by")?;
    Some(Listing {
        by: CountryCode::from_input(&by).map_or(by, |country| country.name().to_owned()),
        date: fields.date("date"),
        url: fields.text("url").filter(|url| crate::base::shape::is_web_address(url)),
        label: fields.label("tlp"),
    })
}
