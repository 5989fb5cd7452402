//! Something that happened: a document of its own, or an item of a brief.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::base::shape::{Check, Field, Fields, Shape, field};
use crate::base::{CountryCode, Edtf, Kind, Label, Spanned, codes};

use super::Ref;
use super::alias::name;
use super::tables::TLP;

/// An event, or a reference to one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Its id; for a document, empty, because the document's key says it.
    pub id: Option<Ref>,
    /// Only an id was written: the event has a document.
    pub reference: bool,
    /// Its title.
    pub title: Option<Spanned<String>>,
    /// When.
    pub date: Option<Edtf>,
    /// In which country.
    pub country: Option<Spanned<CountryCode>>,
    /// Where there.
    pub place: Option<String>,
    /// Latitude and longitude, degrees (WGS 84).
    pub position: Option<(f64, f64)>,
    /// Who took part, by the part played.
    pub actors: Vec<(String, Ref)>,
    /// People killed, as written.
    pub killed: Option<String>,
    /// People injured, as written.
    pub injured: Option<String>,
    /// The brief's source for it, or a source document.
    pub source: Option<Ref>,
    /// A remark.
    pub note: Option<String>,
    /// Other names, for links.
    pub aliases: Vec<String>,
    /// Its own label.
    pub label: Option<Label>,
}

/// Each of them; numbers by their bits.
impl Hash for Event {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            id,
            reference,
            title,
            date,
            country,
            place,
            position,
            actors,
            killed,
            injured,
            source,
            note,
            aliases,
            label,
        } = self;
        let position = position.map(|(lat, lon)| (lat.to_bits(), lon.to_bits()));
        (id, reference, title, date, country, place, position, actors).hash(state);
        (killed, injured, source, note, aliases, label).hash(state);
    }
}

const LAT: Shape = Shape::Number(-90.0, 90.0);
/// Words are numbers too (`dozens`), but what says whether, not how many, is none.
const COUNT: Check = Check {
    name: "a number of people",
    accepts: |text| match text.to_ascii_lowercase().as_str() {
        "true" | "false" | "yes" => Err("says whether, not how many".to_owned()),
        _ => Ok(()),
    },
    code: &codes::WRONG_TYPE,
    help: "a number, a range such as 84-101, or words",
};
const LON: Shape = Shape::Number(-180.0, 180.0);

macro_rules! event_fields {
    ($($more:expr),* $(,)?) => {
        &[
            $($more,)*
            field("date", Shape::Date, "When."),
            field("country", Shape::Country, "In which country."),
            field("place", Shape::Text, "Where there."),
            field("lat", LAT, "Latitude in degrees (WGS 84)."),
            field("lon", LON, "Longitude in degrees (WGS 84)."),
            field("actors", Shape::MapOf(&Shape::List(&Shape::Reference(&[Kind::Actor]))), "Who took part, by the part played: `{ perpetrator: [isis-k] }`."),
            field("killed", Shape::Checked(&COUNT), "People killed: a number, a range such as 84-101, or words."),
            field("injured", Shape::Checked(&COUNT), "People injured, likewise."),
            field("source", Shape::Text, "The brief's source for it, or a source document's id."),
            field("note", Shape::Text, "A remark."),
        ]
    };
}

/// The keys of an event document.
pub(super) const DOCUMENT: &[Field] =
    event_fields![field("aliases", Shape::List(&Shape::Text), "Other names that become links.")];

/// The keys of an event in a brief.
pub(super) const INLINE: &[Field] = event_fields![
    field("id", Shape::Text, "Its id: its page is /events/ID/."),
    field("title", Shape::Text, "Its title."),
    TLP,
];

/// Reads a checked map, or the bare id of an event.
pub(super) fn read(fields: Fields<'_>) -> Event {
    let bare = fields.0.text().map(|id| Ref::new(id.to_owned(), fields.0.span));
    let position = fields.number("lat", &LAT).zip(fields.number("lon", &LON));
    Event {
        reference: bare.is_some(),
        id: bare.or_else(|| fields.spanned("id")),
        title: fields.spanned("title").map(|title| Spanned::new(title.trim().to_owned(), title.span)),
        date: fields.date("date"),
        country: fields.country("country"),
        place: fields.text("place"),
        position: position.filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0),
        actors: actors(fields),
        killed: fields.text("killed"),
        injured: fields.text("injured"),
        source: fields.spanned("source"),
        note: fields.text("note"),
        aliases: fields.texts("aliases").into_iter().filter_map(|alias| name(Some(alias.value))).collect(),
        label: fields.label("tlp"),
    }
}

fn actors(fields: Fields<'_>) -> Vec<(String, Ref)> {
    let Some(node) = fields.node("actors") else { return Vec::new() };
    let with_role = |role: &str, node: &crate::base::node::Node| -> Vec<(String, Ref)> {
        node.items()
            .iter()
            .filter_map(|item| Some((role.to_owned(), Ref::new(item.text()?.to_owned(), item.span))))
            .collect()
    };
    if node.entries().is_empty() {
        return with_role("", node);
    }
    node.entries().iter().flat_map(|(role, list)| with_role(&role.name, list)).collect()
}
