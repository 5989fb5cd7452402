//! Countries and regions.

use serde::{Deserialize, Serialize};

use crate::base::shape::{Field, Fields, Shape, field};
use crate::base::{CountryCode, Diagnostic, SourcePath, Spanned, codes, country};

use super::Alias;
use super::alias::{ALIAS, aliases};

/// A country's own keys. Names and codes come from the built-in table.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Country {
    /// Which country; absent when neither the key nor the file's name says it.
    pub code: Option<CountryCode>,
    /// Other names.
    pub aliases: Vec<Alias>,
    /// Names that stand for its government: Kremlin, Kabul.
    pub metonyms: Vec<Alias>,
}

/// A region's own keys.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub struct Region {
    /// Its countries.
    pub countries: Vec<Spanned<CountryCode>>,
    /// A UN M49 region whose countries these are.
    pub m49: Option<u16>,
    /// Other names.
    pub aliases: Vec<Alias>,
}

pub(super) const COUNTRY: &[Field] = &[
    field("code", Shape::Country, "ISO 3166-1 code; without it, the file's name counts."),
    field("aliases", Shape::List(&Shape::TextOr(ALIAS)), "Other names; each becomes a link in text."),
    field(
        "metonyms",
        Shape::List(&Shape::TextOr(ALIAS)),
        "Names that stand for its government: Kremlin, Kabul.",
    ),
];

const M49: Shape = Shape::Whole(1, 999);

/// Whether the number is that of a region: countries have numbers, too.
pub(super) fn check_m49(fields: Fields<'_>, path: &SourcePath) -> Option<Diagnostic> {
    let node = fields.node("m49")?;
    let code = fields.whole("m49", &M49).filter(|&code| country::m49_region(code).is_none())?;
    let fault = Diagnostic::new(&codes::OUT_OF_RANGE, format!("{code} is no UN M49 region"))
        .at(path, node.span)
        .help("such as 2 for Africa, 34 for Southern Asia or 143 for Central Asia; for a country write `countries`");
    Some(fault)
}

pub(super) const REGION: &[Field] = &[
    field("countries", Shape::List(&Shape::Country), "Its countries."),
    field("m49", M49, "Or: a UN M49 region whose countries these are, such as 143 for Central Asia."),
    field("aliases", Shape::List(&Shape::TextOr(ALIAS)), "Other names; each becomes a link in text."),
];

/// Reads a checked map; `stem` is the file's name without its ending.
pub(super) fn country(fields: Fields<'_>, stem: &str) -> Country {
    let code = fields
        .country("code")
        .map(|code| code.value)
        .or_else(|| CountryCode::from_input(&stem.replace(['-', '_'], " ")));
    Country { code, aliases: aliases(fields, "aliases"), metonyms: aliases(fields, "metonyms") }
}

/// Reads a checked map.
pub(super) fn region(fields: Fields<'_>) -> Region {
    Region {
        countries: fields.countries("countries"),
        m49: fields.whole("m49", &M49),
        aliases: aliases(fields, "aliases"),
    }
}
