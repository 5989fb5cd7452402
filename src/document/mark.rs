//! Portion marks: what a text says of its own label, `(TLP:AMBER) …`, and what only looks like it.

use memchr::{memchr, memchr_iter};

use super::front;
use crate::base::node::{Node, Value};
use crate::base::seen::{self, plain, shown};
use crate::base::{Diagnostic, Label, SourcePath, Span, codes};

/// No mark is longer in bytes, whatever is strewn into it.
const LONGEST: usize = 128;

/// A portion mark at the start of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Its bytes, with the blank after it and what stands before it unseen.
    pub length: usize,
    /// Its label; `None` when it cannot be read, or is not written as a mark is.
    pub label: Option<Label>,
}

impl Mark {
    /// The mark that a text starts with. Direction marks and other characters that nobody sees may come before.
    pub(crate) fn at_start(text: &str) -> Option<Self> {
        let seen = text.trim_start_matches(is_unseen);
        let before = text.len() - seen.len();
        if !starts_with_ignore_case(seen, "(tlp:") {
            let length = before + odd(seen)?;
            return Some(Self { length, label: None });
        }
        let Some(end) = seen.find(')') else { return Some(Self { length: text.len(), label: None }) };
        let blank = seen[end + 1..].chars().next().filter(|ch| ch.is_whitespace()).map_or(0, char::len_utf8);
        Some(Self { length: before + end + 1 + blank, label: Label::parse(&seen[5..end]) })
    }

    /// A mark as a message shows it.
    pub(crate) fn shown(mark: &str) -> &str {
        mark.trim_matches(is_unseen)
    }

    /// Whether a text from a mark to the end of its block holds nothing that the mark could cover: no letter or digit,
    /// no picture, no code.
    pub(crate) fn is_alone(text: &str) -> bool {
        let Some(mut rest) = Self::at_start(text).map(|mark| &text[mark.length..]) else { return false };
        while let Some(first) = rest.chars().next() {
            let skipped = match first {
                '<' => end_near(rest, b'>'),
                ']' if rest.starts_with("](") => end_near(rest, b')'),
                '[' if rest.starts_with("[^") => end_near(rest, b']'),
                '{' => end_near(rest, b'}'),
                '^' => Some(rest.find(char::is_whitespace).unwrap_or(rest.len())),
                _ => None,
            };
            if skipped.is_none() && (first.is_alphanumeric() || matches!(first, '!' | '`')) {
                return false;
            }
            rest = &rest[skipped.unwrap_or(first.len_utf8())..];
        }
        true
    }

    /// Whether a heading's text holds a label that was meant for an attribute: `{#id tlp=amber}`.
    pub(crate) fn is_attribute(text: &str) -> bool {
        if !text.contains(['{', '｛']) {
            return false;
        }
        let text = plain(text).to_ascii_lowercase();
        let inside = text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
        inside
            .flat_map(|inside| inside.match_indices("tlp").map(|(at, _)| inside[at + 3..].trim_start()))
            .any(|after| after.starts_with(['=', ':']))
    }

    /// The first mark in a text that does not start with it. It counts with a label that there is not, too: one word.
    pub(crate) fn within(text: &str) -> Option<std::ops::Range<usize>> {
        memchr_iter(b'(', text.as_bytes()).find_map(|at| {
            let rest = &text[at..];
            let end = starts_with_ignore_case(rest, "(tlp:").then(|| end_near(rest, b')'))??;
            let label = rest[5..end - 1].trim();
            let is_word = !label.is_empty() && label.chars().all(|ch| ch.is_alphanumeric() || ch == '+');
            (is_word || Label::parse(label).is_some()).then_some(at..at + end)
        })
    }

    /// The label that a text starts with as if it were a mark, but without brackets: `TLP:AMBER The source …`.
    pub(crate) fn bare(text: &str) -> Option<std::ops::Range<usize>> {
        let seen = text.trim_start_matches(is_unseen);
        let before = text.len() - seen.len();
        let end = seen.find(char::is_whitespace).unwrap_or(seen.len());
        let word = seen.get(..end).filter(|word| word.len() < LONGEST && seen::first(word) == Some('t'))?;
        let word = plain(word);
        let name = starts_with_ignore_case(&word, "tlp:").then(|| &word[4..])?;
        Label::parse(name.trim_end_matches([':', '-', '–', '—'])).map(|_| before..before + end)
    }
}

/// Reports marks in front matter, where they say nothing, and labels that a value has swallowed. `source` is the file.
pub(super) fn check_front_matter(
    path: &SourcePath,
    source: &str,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let walk =
        |node: &Node, diagnostics: &mut Vec<Diagnostic>| check_front_matter(path, source, node, diagnostics);
    match &node.value {
        Value::Scalar { text, .. } => {
            diagnostics.extend(swallowed(path, source, node));
            let Some(Mark { length, .. }) = Mark::at_start(text).filter(|mark| mark.length < text.len())
            else {
                return;
            };
            let message = format!("`{}` says nothing in front matter", Mark::shown(&text[..length]));
            diagnostics.push(
                Diagnostic::new(&codes::BAD_PORTION, message)
                    .at(path, node.span)
                    .help("an item of front matter is marked by a key `tlp:` of its own, the whole document by `tlp:` at the top"),
            );
        }
        Value::List(items) => items.iter().for_each(|item| walk(item, diagnostics)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| walk(value, diagnostics)),
        Value::Unread => {}
    }
}

/// A line with a label that goes on with the value of the line before it: it is indented, and its colon is none that
/// YAML knows. In a block (`|`, `>`) lines are text on purpose.
fn swallowed(path: &SourcePath, source: &str, node: &Node) -> Option<Diagnostic> {
    let written =
        source.get(node.span.range()).filter(|written| memchr(b'\n', written.as_bytes()).is_some())?;
    let quoted = written.starts_with(['"', '\'']);
    if !quoted && !matches!(node.value, Value::Scalar { plain: true, .. }) {
        return None;
    }
    let mut at = 0;
    let (at, line) = written.split_inclusive('\n').find_map(|line| {
        at += line.len();
        (at > line.len() && front::is_label(line)).then_some((at - line.len(), line))
    })?;
    let start = at + line.len() - line.trim_start().len();
    let fault = Diagnostic::new(
        &codes::BAD_LABEL,
        "the line goes on with the value above it, so its label would be lost",
    )
    .at(path, Span::new(start..at + line.trim_end().len()).shifted(node.span.start))
    .label("no key")
    .help("begin the line where the other keys begin, and write a colon and a blank: `tlp: red`");
    Some(fault)
}

/// Reports labels among values of the site's own, which are shown to every audience.
pub(super) fn check_extra(path: &SourcePath, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let walk = |node: &Node, diagnostics: &mut Vec<Diagnostic>| check_extra(path, node, diagnostics);
    match &node.value {
        Value::Scalar { .. } | Value::Unread => {}
        Value::List(items) => items.iter().for_each(|item| walk(item, diagnostics)),
        Value::Map(entries) => {
            for (key, value) in entries {
                if Label::is_key(&key.name) {
                    diagnostics.push(
                        Diagnostic::new(
                            &codes::BAD_PORTION,
                            format!("`{}` says nothing here", shown(&key.name)),
                        )
                        .at(path, key.span)
                        .help(
                            "values of the site's own are shown to every audience; give the key another name",
                        ),
                    );
                }
                walk(value, diagnostics);
            }
        }
    }
}

/// The length of what was meant for a mark: other brackets, blanks within them, no colon.
fn odd(text: &str) -> Option<usize> {
    const BRACKETS: [(char, char); 9] = [
        ('(', ')'),
        ('[', ']'),
        ('{', '}'),
        ('（', '）'),
        ('［', '］'),
        ('｛', '｝'),
        ('【', '】'),
        ('﹙', '﹚'),
        ('«', '»'),
    ];
    let first = text.chars().next()?;
    let (_, close) = BRACKETS.into_iter().find(|(open, _)| *open == first)?;
    let end = text.find(close).filter(|end| *end < LONGEST)?;
    let inside = plain(&text[first.len_utf8()..end]);
    let inside = inside.trim();
    let name = starts_with_ignore_case(inside, "tlp").then(|| &inside[3..])?;
    let name = name.trim_start_matches(|ch: char| !ch.is_alphanumeric());
    Label::parse(name).map(|_| end + close.len_utf8())
}

/// What writers and programs put before a bracket, and a reader does not see.
fn is_unseen(ch: char) -> bool {
    ch.is_whitespace() || seen::is_unseen(ch)
}

/// Just after the next such byte, if it is not far: who looks from many places must not look to the end each time.
fn end_near(text: &str, byte: u8) -> Option<usize> {
    const NEAR: usize = 512;
    memchr(byte, &text.as_bytes()[..text.len().min(NEAR)]).map(|at| at + 1)
}

fn starts_with_ignore_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(usize, Option<Label>)> {
        Mark::at_start(text).map(|mark| (mark.length, mark.label))
    }

    #[test]
    fn a_mark_opens_a_text() {
        assert_eq!(read("(TLP:AMBER) x"), Some((12, Some(Label::Amber))));
        assert_eq!(read("(tlp:amber+strict)x"), Some((18, Some(Label::AmberStrict))));
        assert_eq!(read("(TLP:RED)"), Some((9, Some(Label::Red))));
        assert_eq!(read("x (TLP:RED)"), None);
        assert_eq!(read("(the TLP:RED one)"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn what_nobody_sees_may_stand_before_it() {
        for unseen in ['\u{200E}', '\u{200F}', '\u{202B}', '\u{2068}', '\u{A0}', '\u{200B}', '\u{FEFF}', ' ']
        {
            let text = format!("{unseen}(TLP:AMBER) x");
            assert_eq!(read(&text), Some((text.len() - 1, Some(Label::Amber))), "{unseen:?}");
        }
    }

    #[test]
    fn what_was_meant_for_one_is_none_that_can_be_read() {
        for text in [
            "(TLP:ORANGE) x",
            "( TLP:AMBER ) x",
            "(TLP AMBER) x",
            "[TLP:AMBER] x",
            "{TLP: amber} x",
            "（TLP:AMBER） x",
            "(TLP：RED) x",
            "(TLP-RED)",
            "(TLP_RED)",
            "«TLP:RED»",
            "\u{200F}[tlp red]",
            "(ＴＬＰ:RED) x",
            "(T\u{200B}LP:RED) x",
            "(ТLР:RED) x",
            "(TLP:RЕD) x",
            "\u{E0001}［TLP：RED］ x",
            "(TLP:AMBER",
        ] {
            assert!(matches!(read(text), Some((_, None))), "{text}: {:?}", read(text));
        }
        for text in ["(TLP 2.0 has four labels)", "[see TLP:RED]", "(TLP) is old", "[TLP", "(", "（x）"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn marks_elsewhere_and_without_brackets_are_found() {
        assert_eq!(Mark::within("Open. (TLP:RED) Hidden?"), Some(6..15));
        assert_eq!(Mark::within("(as said) (tlp:ambre) (TLP:GREEN"), Some(10..21));
        assert_eq!(Mark::within("(tlp: of which later) (TLP:GREEN"), None);
        // Not in the square of the length: these would take minutes.
        assert_eq!(Mark::within(&"(tlp:".repeat(400_000)), None);
        assert!(Mark::is_alone(&format!("(TLP:RED) {}", "<".repeat(1_000_000))));
        assert_eq!(Mark::bare("TLP:AMBER The source said"), Some(0..9));
        assert_eq!(Mark::bare("TLP:RED: The source said"), Some(0..8));
        assert_eq!(Mark::bare("TLP:AMBER"), Some(0..9));
        assert_eq!(Mark::bare("ТLP：AMBER The source said"), Some(0..12));
        assert_eq!(Mark::bare("TLP:2.0 is a standard"), None);
        for alone in [
            "(TLP:AMBER)",
            " (TLP:AMBER)**:\n",
            "(TLP:AMBER)<br>\n",
            "(TLP:AMBER)\\",
            "(TLP:AMBER)](https://example.org) ^block",
            "(TLP:AMBER)[^1] {#x}",
        ] {
            assert!(Mark::is_alone(alone), "{alone}");
        }
        assert!(!Mark::is_alone("(TLP:AMBER) ![](x.png)") && !Mark::is_alone("(TLP:AMBER) `x`"));
        assert!(Mark::is_attribute("A {#id tlp=amber} ##") && Mark::is_attribute("A { TLP : red}"));
        assert!(!Mark::is_attribute("The {tlp} placeholder") && !Mark::is_attribute("tlp=x {y}"));
        assert!(!Mark::is_alone("(TLP:AMBER) x") && !Mark::is_alone("(TLP:AMBER)\n  - x"));
    }
}
