//! Countries and the areas they lie in: ISO 3166-1, Kosovo, and UN M49.
//!
//! A [`CountryCode`] can only be had for a country of the built-in table, so
//! everything about it is known without asking whether. A name is for readers
//! in English; a listing is no statement on anyone's status.

mod names;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use super::country_table::Region49;
use super::country_table::{COUNTRIES, Country, LOOK_ALIKES, REGIONS};

/// A country of the table, by its ISO 3166-1 alpha-2 code in capitals.
/// Ordered by that code; serialized and displayed as it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Every country, by code: ISO 3166-1's 249 and XK.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        COUNTRIES.iter().map(Self::of)
    }

    /// Reads an alpha-2 code, an alpha-3 code or an English name.
    ///
    /// Case, accents, full stops, "the", `&` and "St." do not matter. Names in
    /// common use are understood beside the official ones (`UK`, `Burma`,
    /// `Iran, Islamic Republic of`); those that two countries share (Congo,
    /// Korea) are not.
    #[must_use]
    pub fn from_input(input: &str) -> Option<Self> {
        let input = input.trim();
        let by_code = match input.as_bytes() {
            // The table is in the order of the codes.
            &[a, b] => {
                let code = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
                COUNTRIES
                    .binary_search_by(|row| row.alpha2.as_bytes().cmp(&code[..]))
                    .ok()
                    .map(|at| &COUNTRIES[at])
            }
            [_, _, _] => COUNTRIES.iter().find(|row| row.alpha3.eq_ignore_ascii_case(input)),
            _ => None,
        };
        by_code.map(Self::of).or_else(|| names::find(input))
    }

    /// The common short name for a reader: Russia, Turkey, DR Congo.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The formal name without an article: Russian Federation; the short one
    /// where there is no other.
    #[must_use]
    pub fn official_name(self) -> &'static str {
        self.row().official
    }

    /// ISO 3166-1 alpha-2: `RU`. Kosovo is `XK`.
    #[must_use]
    pub fn alpha2(self) -> &'static str {
        self.row().alpha2
    }

    /// ISO 3166-1 alpha-3: `RUS`. Kosovo is `XKX`.
    #[must_use]
    pub fn alpha3(self) -> &'static str {
        self.row().alpha3
    }

    /// ISO 3166-1 numeric, written with three digits: 643, 4 for `004`.
    /// Kosovo is 983, as in Unicode CLDR.
    #[must_use]
    pub fn numeric(self) -> u16 {
        self.row().numeric
    }

    /// The M49 region: Africa, Americas, Antarctica, Asia, Europe or Oceania.
    #[must_use]
    pub fn region(self) -> &'static Region49 {
        world_region(self.row().area)
    }

    /// The smallest M49 area: Central Asia for Kazakhstan, Western Africa (not
    /// the Sub-Saharan one around it) for Nigeria.
    #[must_use]
    pub fn subregion(self) -> &'static Region49 {
        area(self.row().area)
    }

    /// The names that mean this country in prose, the usual one first: proper
    /// names with their variants of spelling and apostrophe.
    ///
    /// Match them with their case (`US` is not "us"), on word boundaries (a name
    /// may end in a full stop, as `U.S.` does), the longest first: Guinea lies inside Equatorial Guinea, Republic of the
    /// Congo inside the Democratic one, Samoa inside American Samoa, Sudan
    /// inside South Sudan, all of which are listed too. What contains a name
    /// without being a country is in [`look_alikes`].
    ///
    /// Kept although they have a second meaning, because a site on security
    /// cannot do without: Georgia, Jordan, Chad, Turkey, Niger, Dominica, and
    /// the capitals US, UK, UAE, DRC, DPRK, PRC. Left out, for the country's
    /// page to add as an alias where a site wants it: Congo and Korea (two
    /// countries), Micronesia and Saint Martin (a region and an island of
    /// which they are a part), Jersey (a garment, and New Jersey in speech),
    /// Reunion without its accent, America and Macedonia (larger than the
    /// country), Holland (smaller), and demonyms, which name people.
    #[must_use]
    pub fn names_for_linking(self) -> &'static [&'static str] {
        self.row().linked
    }

    fn of(row: &Country) -> Self {
        let code = row.alpha2.as_bytes().try_into();
        Self(code.expect("every row has a code of two letters"))
    }

    fn row(self) -> &'static Country {
        let found = COUNTRIES.binary_search_by(|row| row.alpha2.as_bytes().cmp(&self.0));
        &COUNTRIES[found.expect("a code is only made from a row, and rows are sorted")]
    }
}

/// The country whose name is nearest to a misspelt one; `None` where the nearest
/// is too far to be what was meant, and for codes.
#[must_use]
pub fn suggest(input: &str) -> Option<CountryCode> {
    names::nearest(input)
}

/// Phrases that contain a country's name and mean something else, such as
/// Northern Ireland, Lake Chad and South China Sea.
///
/// A linker takes them as matches that lead nowhere, so that by the rule of
/// the longest match the country inside is not linked.
#[must_use]
pub fn look_alikes() -> &'static [&'static str] {
    LOOK_ALIKES
}

/// The M49 area of this code: 1 for the world, 143 for Central Asia.
#[must_use]
pub fn m49_region(code: u16) -> Option<&'static Region49> {
    let found = REGIONS.binary_search_by_key(&code, |region| region.code);
    found.ok().map(|index| &REGIONS[index])
}

impl Region49 {
    /// Every area, by code.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = &'static Self> {
        REGIONS.iter()
    }

    /// Reads a code (`143`, `2`, `002`) or an English name in any case.
    #[must_use]
    pub fn from_input(input: &str) -> Option<&'static Self> {
        let input = input.trim();
        match input.parse() {
            Ok(code) => m49_region(code),
            Err(_) => REGIONS.iter().find(|region| names::are_same(region.name, input)),
        }
    }

    /// Its countries by code, those of the areas within it included.
    pub fn countries(&self) -> impl Iterator<Item = CountryCode> {
        CountryCode::all().filter(|&country| self.contains(country))
    }

    /// Whether the country lies in it.
    #[must_use]
    pub fn contains(&self, country: CountryCode) -> bool {
        self.includes(country.row().area)
    }

    fn includes(&self, code: u16) -> bool {
        self.code == code || self.parts.iter().any(|&part| area(part).includes(code))
    }
}

/// The part of the world that includes this area.
fn world_region(code: u16) -> &'static Region49 {
    let mut regions = area(1).parts.iter().map(|&part| area(part));
    regions.find(|region| region.includes(code)).expect("every area is in a part of the world")
}

/// An area that the table itself names.
fn area(code: u16) -> &'static Region49 {
    m49_region(code).expect("the codes within the tables are codes of the table of regions")
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.alpha2())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CountryCode({})", self.alpha2())
    }
}

/// As the alpha-2 code.
impl Serialize for CountryCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.alpha2())
    }
}

impl<'de> Deserialize<'de> for CountryCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        Self::from_input(text).ok_or_else(|| D::Error::custom("no such country"))
    }
}
