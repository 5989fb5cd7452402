//! Country names as people write them: found whatever their case, accents and
//! punctuation, and by nearness where they are misspelt.

use std::sync::LazyLock;

use strsim::osa_distance;

use super::super::country_table::{COUNTRIES, Country};
use super::CountryCode;

/// The country that goes by this name.
pub(super) fn find(name: &str) -> Option<CountryCode> {
    let name = normal(name);
    let found = BY_NAME.binary_search_by(|(known, _)| known.as_str().cmp(&name));
    found.ok().map(|index| BY_NAME[index].1)
}

/// The country with the nearest name: one slip in four or five letters, two up
/// to eight, three in longer ones. Of two equally near the longer name is
/// taken, as letters are left out more often than added.
pub(super) fn nearest(name: &str) -> Option<CountryCode> {
    let name = normal(name);
    let slips = match name.chars().count() {
        0..=3 => return None,
        4 | 5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    let near = BY_NAME.iter().filter_map(|(known, country)| {
        // An abbreviation is near to everything short.
        let comparable = known.len() > 3 && known.len().abs_diff(name.len()) <= slips;
        let distance = if comparable { osa_distance(&name, known) } else { usize::MAX };
        (distance <= slips).then_some((distance, usize::MAX - known.len(), *country))
    });
    near.min().map(|(_, _, country)| country)
}

/// Whether two names differ in nothing that matters.
pub(super) fn are_same(one: &str, other: &str) -> bool {
    normal(one) == normal(other)
}

/// Every accepted name in its normal form, sorted. Made when the first name is
/// looked up, in a fraction of a millisecond: a site that writes codes never
/// pays for it.
static BY_NAME: LazyLock<Vec<(String, CountryCode)>> = LazyLock::new(|| {
    let mut names: Vec<_> = COUNTRIES.iter().flat_map(names_of).collect();
    names.sort_unstable();
    names.dedup();
    names
});

fn names_of(row: &Country) -> impl Iterator<Item = (String, CountryCode)> {
    let names = [row.name, row.official].into_iter();
    let others = row.linked.iter().chain(row.also).copied();
    names.chain(others).map(|name| (normal(name), CountryCode::of(row)))
}

/// Lower case without accents, articles and punctuation, "&" and "St" spelt
/// out: `cote divoire`, `saint lucia`, `united states`.
fn normal(name: &str) -> String {
    let mut letters = String::with_capacity(name.len() + 8);
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            // Left out, not replaced: U.S. is us. The last is the dot that
            // lower-casing leaves of a Turkish capital.
            '.' | '\'' | '’' | '‘' | '`' | '\u{307}' => {}
            '&' => letters.push_str(" and "),
            c if c.is_alphanumeric() => letters.push(without_accent(c)),
            _ => letters.push(' '),
        }
    }
    let mut normal = String::with_capacity(letters.len());
    for word in letters.split_whitespace().filter(|&word| word != "the") {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(if word == "st" { "saint" } else { word });
    }
    normal
}

/// The letters that occur in names of countries in Latin script.
fn without_accent(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ş' | 'š' => 's',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' => 'y',
        'ž' => 'z',
        other => other,
    }
}
