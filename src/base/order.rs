//! How names are sorted for readers, and under which letter they stand. One order for all lists.
//!
//! Not the Unicode collation algorithm, whose tables weigh megabytes: it knows neither that an article does not count
//! nor which letter a name stands under.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Articles that do not count.
const ARTICLES: [&str; 4] = ["the ", "al-", "al ", "el-"];

/// What a name is sorted by: small letters without their marks, without what stands before the first letter or digit
/// and without an article. Numbers are in their own order, `APT2` before `APT10`.
pub fn key(name: &str) -> String {
    let plain: String = name.nfd().filter(|&ch| !is_silent(ch)).map(same).collect();
    let folded = plain.to_lowercase();
    let is_mark = |ch: char| !ch.is_alphanumeric();
    let name = folded.trim_start_matches(is_mark);
    let without = ARTICLES.iter().find_map(|article| name.strip_prefix(article)).unwrap_or(name);
    let without = without.trim_start_matches(is_mark);
    numbered(if without.is_empty() { name } else { without })
}

/// The letter that a key stands under; `None` for a number or a sign.
pub fn letter(key: &str) -> Option<String> {
    let first = key.chars().next().filter(|ch| ch.is_alphabetic())?;
    Some(first.to_uppercase().collect())
}

/// Marks above and below letters, apostrophes, the half rings of transliterations, and what nobody sees.
fn is_silent(ch: char) -> bool {
    is_combining_mark(ch)
        || matches!(ch, '\'' | '’' | '‘' | '`' | '＇' | '\u{2B0}'..='\u{2FF}')
        || matches!(ch, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Hyphens as one, and digits.
fn same(ch: char) -> char {
    match ch {
        '\u{2010}'..='\u{2013}' => '-',
        '\u{660}'..='\u{669}' => digit(ch, '\u{660}'),
        '\u{6F0}'..='\u{6F9}' => digit(ch, '\u{6F0}'),
        ch => ch,
    }
}

fn digit(ch: char, zero: char) -> char {
    char::from_digit(u32::from(ch) - u32::from(zero), 10).unwrap_or(ch)
}

/// Before each number how long it is, so that a longer one comes later: nines for each eight digits, then the rest.
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut rest = text;
    while let Some(at) = rest.find(|ch: char| ch.is_ascii_digit()) {
        let digits = &rest[at..];
        let digits = &digits[..digits.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(digits.len())];
        out.push_str(&rest[..at]);
        rest = &rest[at + digits.len()..];
        let number = digits.trim_start_matches('0');
        let mut length = number.len();
        while length > 8 {
            out.push('9');
            length -= 8;
        }
        out.push(char::from_digit(u32::try_from(length).unwrap_or(0), 10).unwrap_or('0'));
        out.push_str(number);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{key, letter};

    #[test]
    fn names_stand_where_readers_look() {
        let sorted = [
            "7 October Brigade",
            "28 October Group",
            "‘Abd al-Rahman",
            "ʿAbd al-Salam",
            "APT1",
            "APT2",
            "APT۳",
            "APT10",
            "APT28",
            "Bab",
            "Baʿbel",
            "The Bears",
            "Émirat",
            "Group 99999999",
            "Group 100000000",
            "Group 12345678901234567890",
            "Al-ʼIkhlas",
            "al‑Qaida",
            "[Unnamed group]",
            "«Восток»",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by_key(|name| key(name));
        assert_eq!(names, sorted);
        let letters = sorted.map(|name| letter(&key(name)).unwrap_or("#".to_owned()));
        assert_eq!(letters.concat(), "##AAAAAAABBBEGGGIQUВ");
        assert_eq!((key("…").as_str(), key("The"), key("al-")), ("", "the".to_owned(), "al-".to_owned()));
    }
}
