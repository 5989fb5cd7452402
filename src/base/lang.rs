//! Languages of documents: BCP 47 tags (RFC 5646) of a language, a script and
//! a region, as in `fa`, `fa-AF`, `zh-Hant`, `es-419`.
//!
//! Variants, extensions and private use are refused, as nothing here could
//! act on them.

mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use table::{LANGUAGES, Language, MISTAKEN, OTHER_WAY, RIGHT_TO_LEFT, RIGHT_TO_LEFT_SCRIPTS, VARIANTS};

/// A language tag of a known language. 24 bytes; ordered by language, script
/// and region; displayed and serialized in the canonical case (`fa-AF`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lang {
    language: &'static Language,
    script: Option<Subtag<4>>,
    /// Two letters or three digits.
    region: Option<Subtag<3>>,
}

/// Whether a part of a file name says its language, as `fa` in `name.fa.md`.
///
/// Only a two-letter code of ISO 639-1 in lower case, alone or with a country
/// in capitals (`fa-AF`), so that `notes.v2.md`, `report.final.md` and
/// `what.is-it.md` are no translations. Some English words are codes too (`is`,
/// `to`, `no`): where a site lists its languages, ask that list as well.
#[must_use]
pub fn is_language_suffix(part: &str) -> bool {
    let (language, region) = part.split_once('-').unwrap_or((part, "XX"));
    let is_code = |row: &Language| row.code.len() == 2 && row.code == language;
    let is_region = region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase());
    is_region && LANGUAGES.iter().any(is_code)
}

/// Whether a letter belongs to a script that runs from right to left.
#[must_use]
pub fn is_right_to_left(ch: char) -> bool {
    matches!(ch, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
        || matches!(ch, '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// The tag that was probably meant by a text that is none: `fa_AF`, the name
/// of a language, a longer or withdrawn code, or a country's (`ua`).
#[must_use]
pub fn suggest(input: &str) -> Option<Lang> {
    let hyphenated = input.trim().replace('_', "-").to_lowercase();
    let (first, rest) = hyphenated.split_once('-').unwrap_or((&hyphenated, ""));
    let is_meant = |row: &&Language| {
        let names = [row.code, row.alpha3, row.english, row.native];
        names.iter().any(|name| name.to_lowercase() == first)
    };
    let mistaken = MISTAKEN.iter().find(|(wrong, _)| *wrong == first).map(|&(_, code)| code);
    let code = mistaken.or_else(|| LANGUAGES.iter().find(is_meant).map(|row| row.code))?;
    Lang::parse(&format!("{code}-{rest}")).or_else(|| Lang::parse(code))
}

impl Lang {
    /// English, the language of a site that names none.
    #[must_use]
    pub fn english() -> Self {
        Self::of(listed("en"))
    }

    /// Reads a tag in any case; blanks around it are ignored. `None` for a
    /// language that the table does not hold, and where anything follows it
    /// but a script of four letters and a region of two letters or three
    /// digits; [`suggest`] may know what was meant.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let mut parts = input.trim().split('-');
        let lang = Self::of(language(parts.next()?)?);
        parts.try_fold(lang, Self::with)
    }

    /// The language alone: `fa` of `fa-AF`.
    #[must_use]
    pub fn language(self) -> &'static str {
        self.language.code
    }

    /// The direction of its script, for HTML's `dir`: `rtl` or `ltr`.
    #[must_use]
    pub fn dir(self) -> &'static str {
        let changes = |&(code, region): &(&str, &str)| code == self.language() && self.has(region);
        let usual = || RIGHT_TO_LEFT.contains(&self.language()) != OTHER_WAY.iter().any(changes);
        let of_script = |script: Subtag<4>| RIGHT_TO_LEFT_SCRIPTS.iter().any(|&rtl| script.is(rtl));
        let is_rtl = self.script.map_or_else(usual, of_script);
        if is_rtl { "rtl" } else { "ltr" }
    }

    /// What its speakers call it: فارسی, Русский; the English name where that
    /// is not known.
    #[must_use]
    pub fn native_name(self) -> &'static str {
        self.variant().map_or(self.language.native, |variant| variant.native)
    }

    /// What it is called in English: Persian, Dari (`fa-AF`), Russian.
    #[must_use]
    pub fn english_name(self) -> &'static str {
        self.variant().map_or(self.language.english, |variant| variant.english)
    }

    fn of(language: &'static Language) -> Self {
        Self { language, script: None, region: None }
    }

    /// The tag with a script or region after what it has.
    fn with(self, part: &str) -> Option<Self> {
        let is_complete = self.region.is_some();
        if !is_complete && self.script.is_none() && is_script(part) {
            Some(Self { script: Some(Subtag::title_case(part)), ..self })
        } else if !is_complete && is_region(part) {
            Some(Self { region: Some(Subtag::upper_case(part)), ..self })
        } else {
            None
        }
    }

    fn variant(self) -> Option<&'static table::Variant> {
        VARIANTS.iter().find(|variant| {
            variant.code == self.language() && variant.with.iter().any(|subtag| self.has(subtag))
        })
    }

    /// Whether it is of this script or region.
    fn has(self, subtag: &str) -> bool {
        self.script.is_some_and(|script| script.is(subtag))
            || self.region.is_some_and(|region| region.is(subtag))
    }
}

fn language(code: &str) -> Option<&'static Language> {
    let code = code.to_ascii_lowercase();
    let found = LANGUAGES.binary_search_by_key(&code.as_str(), |row| row.code);
    found.ok().map(|index| &LANGUAGES[index])
}

/// A language that this file names itself.
fn listed(code: &str) -> &'static Language {
    language(code).expect("the table holds every language of ISO 639-1")
}

fn is_script(part: &str) -> bool {
    part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_region(part: &str) -> bool {
    match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// Up to `N` ASCII letters or digits, padded with zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Subtag<const N: usize>([u8; N]);

impl<const N: usize> Subtag<N> {
    /// Of at most `N` ASCII characters, as the parser has checked.
    fn upper_case(text: &str) -> Self {
        let mut bytes = [0; N];
        for (byte, letter) in bytes.iter_mut().zip(text.bytes()) {
            *byte = letter.to_ascii_uppercase();
        }
        Self(bytes)
    }

    fn title_case(text: &str) -> Self {
        let Self(mut bytes) = Self::upper_case(text);
        bytes[1..].make_ascii_lowercase();
        Self(bytes)
    }

    fn is(self, text: &str) -> bool {
        self.letters().eq(text.chars())
    }

    fn letters(self) -> impl Iterator<Item = char> {
        self.0.into_iter().take_while(|&byte| byte != 0).map(char::from)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.language())?;
        let script = self.script.map(|script| script.letters().collect::<String>());
        let region = self.region.map(|region| region.letters().collect::<String>());
        [script, region].iter().flatten().try_for_each(|subtag| write!(f, "-{subtag}"))
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lang({self})")
    }
}

/// As the canonical tag.
impl Serialize for Lang {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Lang {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        Self::parse(text).ok_or_else(|| D::Error::custom("no such language"))
    }
}
