//! Markdown as events, and the one account of what in them is prose.
//!
//! The text is walked twice: when a document is parsed, to learn its prose, headings and links, and when it
//! is rendered. Both walks go by [`Cursor`], so a place in the prose means the same to both.

mod attributes;
mod blocks;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use attributes::WithAttributes;
use blocks::WithBlockMarks;
pub use blocks::{block_key, block_mark};
use pulldown_cmark::{
    BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

/// An event, and the bytes in which it is written.
pub(super) type Placed<'a> = (Event<'a>, Range<usize>);

/// Marks the target of a citation or an undefined footnote, which the parser sees as links without a target.
const CITE: &str = "\u{1}cite:";
const NOTE: &str = "\u{1}note:";

/// The events of a text, adjacent texts joined.
pub fn events(text: &str) -> impl Iterator<Item = Placed<'_>> {
    joined(pieces(text))
}

/// Joins adjacent texts.
pub(super) fn joined<'t>(pieces: impl Iterator<Item = Placed<'t>>) -> impl Iterator<Item = Placed<'t>> {
    TextMergeWithOffset::new(pieces)
}

/// The events of a text, in which a text event is what is written in its range, or one character or entity that is
/// written otherwise.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Placed<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
        | Options::ENABLE_WIKILINKS;
    let claim = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        let reference = link.reference.as_ref();
        let mark = if reference.starts_with('@') && reference.len() > 1 {
            CITE
        } else if reference.starts_with('^') && reference.len() > 1 {
            NOTE
        } else {
            return None;
        };
        Some((format!("{mark}{reference}").into(), CowStr::Borrowed("")))
    };
    let parser = Parser::new_with_broken_link_callback(text, options, Some(claim));
    WithBlockMarks::new(text, WithAttributes::new(text, parser.into_offset_iter()))
}

/// The inside of a citation `[@er, p. 4]`, when a link's target is one.
pub fn citation(target: &str) -> Option<&str> {
    target.strip_prefix(CITE)
}

/// The reference of an undefined footnote, when a link's target is one.
pub fn undefined_note(target: &str) -> Option<&str> {
    target.strip_prefix(NOTE)
}

/// What footnotes are known by: letters' case is ignored.
pub fn note_key(name: &str) -> String {
    name.to_lowercase()
}

/// The footnotes that a reader is led to, of all references: the note in which each stands, if in one, and the note to
/// which it leads.
pub fn shown_notes<'n>(references: impl Iterator<Item = (Option<&'n str>, &'n str)>) -> HashSet<&'n str> {
    let mut inside: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut met = Vec::new();
    for (around, name) in references {
        match around {
            Some(around) => inside.entry(around).or_default().push(name),
            None => met.push(name),
        }
    }
    let mut shown = HashSet::new();
    while let Some(name) = met.pop() {
        if shown.insert(name) {
            met.extend(inside.remove(name).unwrap_or_default());
        }
    }
    shown
}

/// Whether a heading's attribute is its label: `{tlp=amber}`.
pub fn is_label(attribute: &str) -> bool {
    attribute.eq_ignore_ascii_case("tlp")
}

/// Where a walk stands in the prose: all text that a reader meets as sentences, blocks parted by line ends.
/// Code blocks, alternative texts, blocks of raw HTML and citations are not prose. Raw HTML within a text is shown as it is
/// written, as code is, and is as much prose as that.
#[derive(Debug, Default)]
pub struct Cursor {
    /// Bytes of prose so far.
    pub position: u32,
    /// No text of the present block has been met, so that it may begin with a mark.
    pub fresh: bool,
    /// Nothing of the present block is prose.
    empty: bool,
    /// The links around the present event, the innermost last.
    links: Vec<Around>,
    /// Within how many things whose text is not prose.
    silent: u32,
    /// Within a heading.
    heading: bool,
}

/// What the parser calls a link, of which the end does not say which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Link,
    Citation,
    UndefinedNote,
}

/// What an event adds to the prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// A line end comes first, because a block begins or ended.
    pub newline: bool,
    /// What the event is to the prose.
    pub adds: Adds,
}

/// What an event is to the prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adds {
    /// Its text, in which names may become links.
    Open,
    /// Its text, as it stands: inside a link, a heading or code.
    Closed,
    /// One blank, in the midst of a text.
    Blank,
    /// Nothing, and a name does not run across it.
    Nothing,
}

impl Cursor {
    /// At the start.
    pub fn new() -> Self {
        Self { fresh: true, empty: true, ..Self::default() }
    }

    /// Takes an event in, and says what it adds.
    pub fn step(&mut self, event: &Event<'_>) -> Step {
        let adds = match event {
            Event::Start(tag) => return self.start(tag),
            Event::End(tag) => return self.end(*tag),
            Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) | Event::SoftBreak | Event::HardBreak
                if self.silent > 0 =>
            {
                Adds::Nothing
            }
            Event::Text(text) => {
                let adds = if self.in_link() || self.heading { Adds::Closed } else { Adds::Open };
                self.advance(text.len());
                adds
            }
            Event::Code(text) => {
                self.advance(text.len());
                Adds::Closed
            }
            Event::InlineHtml(html) => {
                let fresh = self.fresh;
                self.advance(html.len());
                self.fresh = fresh;
                Adds::Closed
            }
            Event::SoftBreak => {
                self.advance(1);
                Adds::Blank
            }
            Event::HardBreak => {
                self.advance(1);
                Adds::Closed
            }
            _ => Adds::Nothing,
        };
        Step { newline: false, adds }
    }

    /// Whether the walk is inside a link.
    pub fn in_link(&self) -> bool {
        self.links.contains(&Around::Link)
    }

    /// Whether the link that has just begun stands in another one, as an address may.
    pub fn in_inner_link(&self) -> bool {
        self.links.iter().filter(|around| **around == Around::Link).count() > 1
    }

    fn start(&mut self, tag: &Tag<'_>) -> Step {
        let newline = is_block(tag.to_end()) && self.break_line();
        match tag {
            Tag::Link { dest_url, .. } if citation(dest_url).is_some() => {
                self.links.push(Around::Citation);
                self.silent += 1;
            }
            Tag::Link { dest_url, .. } if undefined_note(dest_url).is_some() => {
                self.links.push(Around::UndefinedNote);
            }
            Tag::Link { .. } => self.links.push(Around::Link),
            Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.silent += 1;
            }
            Tag::Heading { .. } => self.heading = true,
            _ => {}
        }
        Step { newline, adds: Adds::Nothing }
    }

    fn end(&mut self, tag: TagEnd) -> Step {
        match tag {
            TagEnd::Link => self.silent -= u32::from(self.links.pop() == Some(Around::Citation)),
            TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => {
                self.silent -= 1;
            }
            TagEnd::Heading(_) => self.heading = false,
            _ => {}
        }
        Step { newline: is_block(tag) && self.break_line(), adds: Adds::Nothing }
    }

    fn advance(&mut self, bytes: usize) {
        self.position += u32::try_from(bytes).unwrap_or(u32::MAX);
        (self.fresh, self.empty) = (false, false);
    }

    fn break_line(&mut self) -> bool {
        let newline = !self.empty;
        self.position += u32::from(newline);
        (self.fresh, self.empty) = (true, true);
        newline
    }
}

/// Whether a wikilink was meant: `[[x]]` or `[[x|words]]`.
pub fn is_wiki(kind: LinkType) -> bool {
    matches!(kind, LinkType::WikiLink { .. })
}

/// Whether it stands on lines of its own.
pub fn is_block(tag: TagEnd) -> bool {
    !matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}
