//! A heading's attributes, `{#id .class tlp=amber}` at its end, and nothing else that stands in braces.
//!
//! The parser's own extension takes whatever ends a heading in braces away from its text, such as the `{id}` of
//! `GET /users/{id}`, and panics at some headings in quotations. So the parser does not know of them here.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::Placed;
use crate::base::Label;

/// A parser's events, in which headings have their attributes and not the text of these.
pub(super) struct WithAttributes<'a, I> {
    text: &'a str,
    events: I,
    /// Where the attributes of the present heading begin, and whether number signs before them end it.
    from: Option<(usize, bool)>,
}

impl<'a, I: Iterator<Item = Placed<'a>>> WithAttributes<'a, I> {
    pub(super) fn new(text: &'a str, events: I) -> Self {
        Self { text, events, from: None }
    }

    fn start(&mut self, heading: Event<'a>, range: Range<usize>) -> Placed<'a> {
        let (Event::Start(Tag::Heading { level, .. }), Some(braces)) =
            (&heading, Braces::at_end(self.text, &range))
        else {
            return (heading, range);
        };
        self.from = Some((braces.start, !braces.underlined));
        let (mut id, mut classes, mut attrs) = (None, Vec::new(), Vec::new());
        for word in braces.inside.split_ascii_whitespace() {
            if let Some(name) = word.strip_prefix('#') {
                id = Some(name.into());
            } else if let Some(name) = word.strip_prefix('.') {
                classes.push(name.into());
            } else {
                let (key, value) =
                    word.split_once('=').map_or((word, None), |(key, value)| (key, Some(value)));
                attrs.push((CowStr::from(key), value.map(CowStr::from)));
            }
        }
        (Event::Start(Tag::Heading { level: *level, id, classes, attrs }), range)
    }
}

impl<'a, I: Iterator<Item = Placed<'a>>> Iterator for WithAttributes<'a, I> {
    type Item = Placed<'a>;

    fn next(&mut self) -> Option<Placed<'a>> {
        loop {
            let (event, range) = self.events.next()?;
            if let Event::Start(Tag::Heading { .. }) = event {
                return Some(self.start(event, range));
            }
            let Some((from, has_signs)) = self.from else { return Some((event, range)) };
            match event {
                Event::End(TagEnd::Heading(_)) => {
                    self.from = None;
                    return Some((event, range));
                }
                _ if range.start >= from => {}
                Event::Text(_) if range.end > from => {
                    let words = self.text[range.start..from].trim_end_matches(is_blank);
                    let words = if has_signs { without_signs(words) } else { words };
                    if !words.is_empty() {
                        return Some((Event::Text(words.into()), range.start..range.start + words.len()));
                    }
                }
                event => return Some((event, range)),
            }
        }
    }
}

/// The attributes of a heading.
struct Braces<'a> {
    start: usize,
    inside: &'a str,
    /// The heading is one by the line below it, not by number signs before it.
    underlined: bool,
}

impl<'a> Braces<'a> {
    /// Those that end the heading in a range.
    fn at_end(text: &'a str, heading: &Range<usize>) -> Option<Self> {
        let source = text.get(heading.clone())?.trim_end_matches(is_blank);
        let signs = source.len() - source.trim_start_matches('#').len();
        let underlined = !(1..=6).contains(&signs) || !source[signs..].starts_with(is_blank);
        let line = if underlined { source[..source.rfind('\n')?].trim_end_matches(is_blank) } else { source };
        let inside = line.strip_suffix('}')?;
        let open = inside.rfind(['{', '}', '<', '>', '\\', '`', '*', '\n', '\r'])?;
        let inside = inside[open..].strip_prefix('{')?;
        let backslashes = open - line[..open].trim_end_matches('\\').len();
        let is_escaped = backslashes % 2 == 1;
        let braces = Self { start: heading.start + open, inside, underlined };
        (!is_escaped && are_attributes(inside)).then_some(braces)
    }
}

fn is_blank(ch: char) -> bool {
    matches!(ch, ' ' | '\t' | '\n' | '\r')
}

/// A heading's words without the number signs that may end it.
fn without_signs(words: &str) -> &str {
    let rest = words.trim_end_matches('#');
    if rest.is_empty() || rest.ends_with([' ', '\t']) { rest.trim_end_matches(is_blank) } else { words }
}

/// Whether what stands in braces is attributes and nothing else: `#id`, `.class`, `key=value`, `key="more words"`; a
/// label, or what was meant for one; the `:` that some programs want first, and their `-` for a heading without a
/// number.
fn are_attributes(inside: &str) -> bool {
    let mut words = inside.split_ascii_whitespace();
    let mut found = false;
    while let Some(word) = words.next() {
        let is_named = word.len() > 1 && word.starts_with(['#', '.', ':']);
        if !is_named && !matches!(word, ":" | "-") && !is_pair(word) && !is_label(word) {
            return false;
        }
        if word.split_once("=\"").is_some_and(|(_, value)| !value.ends_with('"')) {
            let _ = words.by_ref().find(|word| word.ends_with('"'));
        }
        found = true;
    }
    found
}

fn is_pair(word: &str) -> bool {
    word.split_once('=').is_some_and(|(key, value)| {
        key.starts_with(|ch: char| ch.is_ascii_alphabetic())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte))
            && !value.ends_with(',')
    })
}

fn is_label(word: &str) -> bool {
    word.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("tlp"))
        || Label::is_key(word.split('=').next().unwrap_or_default())
        || Label::is_key(word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Tag, TagEnd};

    use crate::document::events;

    /// The text of the first heading, and whether it has attributes.
    fn read(markdown: &str) -> (String, bool) {
        let (mut words, mut named) = (String::new(), false);
        for (event, _) in events(markdown) {
            match event {
                Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
                    named = id.is_some() || !classes.is_empty() || !attrs.is_empty();
                }
                Event::End(TagEnd::Heading(_)) => break,
                Event::Text(text) | Event::Code(text) => words.push_str(&text),
                Event::SoftBreak | Event::HardBreak => words.push('\n'),
                _ => {}
            }
        }
        (words, named)
    }

    #[test]
    fn words_in_braces_stay() {
        for (markdown, words) in [
            ("## GET /users/{id}\n", "GET /users/{id}"),
            ("## Map  {key: value} \n\nx", "Map  {key: value}"),
            ("# {x}\n", "{x}"),
            ("# fn f() {}", "fn f() {}"),
            ("### `x` {1,2}\n", "x {1,2}"),
            ("## C # {foo}\n", "C # {foo}"),
            ("## a **b** {*c*  `d` don't &amp; e}", "a b {c  d don’t & e}"),
            ("## a [b](c){d}", "a b{d}"),
            ("Foo {bar}\r\n---\r\nx", "Foo {bar}"),
            ("> Foo\n>  {bar x}\n> ---\n", "Foo\n{bar x}"),
            ("Foo\\\n{bar x}\n  ===  \n", "Foo\n{bar x}"),
            ("#foo {x}\n---\n", "#foo {x}"),
            ("{x}\n===", "{x}"),
            ("- ## a {b}\n", "a {b}"),
            ("## GET \\{id}", "GET {id}"),
            ("## GET *x* \\{#id}", "GET x {#id}"),
            ("## \\{#id}", "{#id}"),
            ("## Of {#id interest}", "Of {#id interest}"),
            ("## Of {a=b, c=d}", "Of {a=b, c=d}"),
            ("## Of `{#b}`", "Of {#b}"),
            ("## Of `a {#b`}", "Of a {#b}"),
            ("## Of {{title}}", "Of {{title}}"),
            ("## Of {id} ##", "Of {id}"),
        ] {
            assert_eq!(read(markdown), (words.to_owned(), false), "{markdown}");
        }
    }

    proptest! {
        #[test]
        fn any_heading_is_well_formed(text in r"(# |\n> |\n|---|[ab#.=_*`\[\](){}\\é ]|\{#a\}|tlp=){0,40}") {
            let mut open = Vec::new();
            for (event, range) in events(&text) {
                prop_assert!(text.get(range).is_some(), "{:?}", event);
                match event {
                    Event::Start(tag) => open.push(tag.to_end()),
                    Event::End(tag) => prop_assert_eq!(open.pop(), Some(tag)),
                    _ => {}
                }
            }
            prop_assert!(open.is_empty());
        }
    }

    #[test]
    fn attributes_are_no_words() {
        for (markdown, words) in [
            ("## A {#id}", "A"),
            ("##  A  {: #id } \n", "A"),
            ("## {#id}", ""),
            ("## A\\\\{#id}", "A\\"),
            ("## `A` ## {.class #id key=value tlp=amber}", "A"),
            ("## C# {#c}", "C#"),
            ("## A ##\t{#c}", "A"),
            ("## _A {key=\"more words\" #b_}", "A"),
            ("## A's {#b_c_d}", "A’s"),
            ("A {#id}\n---", "A"),
            ("A # {#id}\r\n---", "A #"),
            ("> A\n>   {#id}\n> ---", "A\n"),
            ("## A {TLP=amber}", "A"),
            ("## A {tlp:amber}", "A"),
            ("## A {ｔlp=amber}", "A"),
            ("## ش {#ش}", "ش"),
        ] {
            assert_eq!(read(markdown), (words.to_owned(), true), "{markdown}");
        }
    }
}
