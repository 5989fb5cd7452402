//! A line of YAML as its writer sees it: a key and a value, or what was meant for them.

use crate::base::seen::{is_unseen, plain};

/// What typewriters and word processors make of quotation marks.
const QUOTES: [char; 6] = ['"', '\'', '“', '”', '‘', '’'];

/// A key and its value, which a line consists of from its first character on.
pub(super) struct Pair<'t> {
    pub key: &'t str,
    /// What stands between the two: a colon and blanks, or what was meant for them.
    pub sign: &'t str,
    /// Without blanks at its end, and without a comment.
    pub value: &'t str,
}

impl<'t> Pair<'t> {
    /// A key as YAML has it.
    pub(super) fn read(line: &'t str) -> Option<Self> {
        let line = first_line(line);
        let is_sign = |at: usize| line[at + 1..].is_empty() || line[at + 1..].starts_with([' ', '\t']);
        let end = match line.chars().next()? {
            quote @ ('"' | '\'') => line[1..].find(quote)? + 2,
            first if first.is_alphanumeric() || "_$<".contains(first) => {
                line.match_indices(':').map(|(at, _)| at).find(|&at| is_sign(at))?
            }
            _ => return None,
        };
        (line[end..].starts_with(':') && is_sign(end)).then(|| Self::new(line, end, end + 1))
    }

    /// A word that something other than a colon and a blank parts from its value: `title:T`, `title：T`, `title = T`.
    pub(super) fn guess(line: &'t str) -> Option<Self> {
        let line = first_line(line);
        let open = line.len() - line.trim_start_matches(QUOTES).len();
        let is_word = |ch: char| ch.is_alphanumeric() || matches!(ch, '_' | '-') || is_unseen(ch);
        let word = line[open..].split(|ch| !is_word(ch)).next().unwrap_or_default();
        let end = open + word.len();
        let after = line[end..].trim_start_matches(|ch: char| ch.is_whitespace() || QUOTES.contains(&ch));
        let sign = after.chars().next()?;
        let is_sign = matches!(&*plain(sign.encode_utf8(&mut [0; 4])), ":" | "=");
        let pair = Self::new(line, end, line.len() - after.len() + sign.len_utf8());
        // Times, and addresses of the web, are text.
        let is_text = !word.starts_with(|ch: char| ch.is_alphabetic() || is_unseen(ch))
            || pair.value.starts_with("//")
            || pair.value.is_empty();
        (is_sign && !is_text).then_some(pair)
    }

    /// Where the value begins in the line.
    pub(super) fn start(&self) -> usize {
        self.key.len() + self.sign.len()
    }

    fn new(line: &'t str, key: usize, sign: usize) -> Self {
        let value = line[sign..].trim_start();
        let start = line.len() - value.len();
        Self { key: &line[..key], sign: &line[key..start], value: without_comment(value) }
    }
}

/// The value of a line, with where it begins: what stands after its key, or after the dash of an item.
pub(super) fn value(line: &str) -> Option<(usize, &str)> {
    let mut rest = line.trim_start();
    let indent = line.len() - rest.len();
    while is_item(rest) {
        rest = rest[1..].trim_start();
    }
    let at = line.len() - rest.len();
    match Pair::read(rest) {
        Some(pair) => Some((at + pair.start(), pair.value)),
        None => (at > indent).then(|| (at, without_comment(rest))),
    }
}

/// Whether a line, without its indentation, begins an item.
pub(super) fn is_item(line: &str) -> bool {
    line.strip_prefix('-').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_end()
}

fn without_comment(value: &str) -> &str {
    let is_quoted = value.starts_with(['"', '\'']);
    let end = value.find(" #").filter(|_| !is_quoted).unwrap_or(value.len());
    value[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_key_and_a_value() {
        for (line, key, value) in [
            ("title: A b # c\n", "title", "A b"),
            ("title:\n", "title", ""),
            ("\"a: b\": c: d", "\"a: b\"", "c: d"),
            ("a:b: c", "a:b", "c"),
            ("title:   \"A # b\"", "title", "\"A # b\""),
        ] {
            let pair = Pair::read(line).unwrap();
            assert_eq!(
                (pair.key, pair.value, &line[pair.start()..][..value.len()]),
                (key, value, value),
                "{line}"
            );
        }
        for none in ["", "title", "title:T", "*a*: b", "- a: b", "'a: b"] {
            assert!(Pair::read(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_word_may_have_been_meant_for_a_key() {
        for (line, key, sign, value) in [
            ("title:T\n", "title", ":", "T"),
            ("title：T", "title", "：", "T"),
            ("title\u{A0}:\u{A0}T", "title", "\u{A0}:\u{A0}", "T"),
            ("title = \"T\"", "title", " = ", "\"T\""),
            ("“title”:T", "“title", "”:", "T"),
            ("\u{200B}tlp：red", "\u{200B}tlp", "：", "red"),
        ] {
            let pair = Pair::guess(line).unwrap();
            assert_eq!((pair.key, pair.sign, pair.value), (key, sign, value), "{line}");
        }
        for none in ["", "words", "two words: x", "12:30 noon", "https://example.org", "word:", "(a:b)"] {
            assert!(Pair::guess(none).is_none(), "{none}");
        }
    }

    #[test]
    fn the_value_of_a_line_is_found() {
        for (line, at, found) in
            [("  a: b", 5, "b"), ("- - x # y", 4, "x"), ("  - a: @b", 7, "@b"), ("a:", 2, "")]
        {
            assert_eq!(value(line), Some((at, found)), "{line}");
        }
        assert_eq!(value("words"), None);
    }
}
