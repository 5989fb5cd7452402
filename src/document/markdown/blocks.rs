//! The marks by which Obsidian links to blocks: `^name` at the end of a block's text or on a line of its own below it.
//! They are no words of the text.

use std::collections::{HashSet, VecDeque};

use memchr::memchr;
use pulldown_cmark::{Event, Tag, TagEnd};

use super::{Placed, is_block};

/// The name of a block, when an event is its mark. The parser does not know of formulas here, so that their event is
/// free to stand for it.
pub fn block_mark<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::InlineMath(name) => Some(name),
        _ => None,
    }
}

/// What blocks are known by: letters' case is ignored.
pub fn block_key(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// A parser's events, in which marks of blocks are events of their own. Those in footnotes are words: a note may be
/// shown elsewhere, or nowhere.
pub(super) struct WithBlockMarks<'a, I> {
    text: &'a str,
    events: I,
    /// Events that were looked at before their turn.
    ahead: VecDeque<Placed<'a>>,
    /// A line or a block has just begun.
    at_start: bool,
    /// What was last read ends a sentence, or at least no word.
    ended: bool,
    in_notes: usize,
    /// Names so far, unless the text cannot have any. A second block of a name keeps it among its words.
    names: Option<HashSet<String>>,
}

impl<'a, I: Iterator<Item = Placed<'a>>> WithBlockMarks<'a, I> {
    pub(super) fn new(text: &'a str, events: I) -> Self {
        let names = memchr(b'^', text.as_bytes()).map(|_| HashSet::new());
        Self { text, events, ahead: VecDeque::new(), at_start: true, ended: false, in_notes: 0, names }
    }

    fn peek(&mut self, nth: usize) -> Option<&Placed<'a>> {
        while self.ahead.len() <= nth {
            self.ahead.push_back(self.events.next()?);
        }
        self.ahead.get(nth)
    }

    fn pull(&mut self) -> Option<Placed<'a>> {
        self.ahead.pop_front().or_else(|| self.events.next())
    }

    /// Whether a line follows that is only a mark, the last of its block. It comes without the break before it.
    fn is_before_mark(&mut self) -> bool {
        let text = self.text;
        let Some((Event::Text(words), range)) = self.peek(0) else { return false };
        let found = Mark::find(words, text, range.start, &Before::Line);
        let Some(key) = found.filter(|mark| mark.words == 0).map(|mark| block_key(mark.name)) else {
            return false;
        };
        self.is_free(&key) && self.peek(1).is_some_and(|(event, _)| ends_block(event))
    }

    fn is_free(&self, key: &str) -> bool {
        self.in_notes == 0 && self.names.as_ref().is_some_and(|names| !names.contains(key))
    }

    /// Keeps account of what the next event comes after.
    fn after(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::FootnoteDefinition(_)) => self.in_notes += 1,
            Event::End(TagEnd::FootnoteDefinition) => self.in_notes -= 1,
            _ => {}
        }
        self.at_start = matches!(
            event,
            Event::SoftBreak
                | Event::HardBreak
                | Event::Start(Tag::Paragraph | Tag::Item | Tag::DefinitionListDefinition)
        );
        match event {
            Event::Text(text) => {
                self.ended = text.trim_end().chars().next_back().is_some_and(|ch| !ch.is_alphanumeric());
            }
            Event::Code(_) => self.ended = false,
            _ => {}
        }
    }
}

impl<'a, I: Iterator<Item = Placed<'a>>> Iterator for WithBlockMarks<'a, I> {
    type Item = Placed<'a>;

    fn next(&mut self) -> Option<Placed<'a>> {
        if self.names.is_none() {
            return self.events.next();
        }
        let mut placed = self.pull()?;
        let is_break = |event: &Event<'_>| matches!(event, Event::SoftBreak | Event::HardBreak);
        if is_break(&placed.0) && self.is_before_mark() {
            self.after(&placed.0);
            placed = self.pull()?;
        }
        let before = match (self.at_start, self.ended) {
            (true, _) => Before::Line,
            (false, true) => Before::End,
            (false, false) => Before::Word,
        };
        self.after(&placed.0);
        let (Event::Text(text), range) = &placed else { return Some(placed) };
        let Some(Mark { words, name }) = Mark::find(text, self.text, range.start, &before) else {
            return Some(placed);
        };
        let key = block_key(name);
        if !self.is_free(&key) || !self.peek(0).is_some_and(|(event, _)| ends_block(event)) {
            return Some(placed);
        }
        let end = range.start + words;
        let mark = (Event::InlineMath(name.to_owned().into()), end..range.end);
        let before = (Event::Text(text[..words].to_owned().into()), range.start..end);
        self.names.as_mut()?.insert(key);
        if words == 0 {
            return Some(mark);
        }
        self.ahead.push_front(mark);
        Some(before)
    }
}

/// What a piece of text comes after.
enum Before {
    /// Nothing on its line.
    Line,
    /// The end of a sentence, or of a quotation.
    End,
    /// A word, or what else is no end.
    Word,
}

/// A mark at the end of a piece of text.
struct Mark<'t> {
    /// Bytes of words before it.
    words: usize,
    name: &'t str,
}

impl<'t> Mark<'t> {
    /// The mark at the end of a piece that stands in the whole text at `start`. A number alone is one where a sentence has
    /// ended: `10 ^6` is none.
    fn find(piece: &'t str, text: &str, start: usize, before: &Before) -> Option<Self> {
        let piece = piece.trim_end_matches([' ', '\t']);
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let length = piece.bytes().rev().take_while(is_of_name).count();
        let (rest, name) = piece.split_at(piece.len() - length);
        let rest = rest.strip_suffix('^').filter(|_| !name.is_empty())?;
        let words = rest.trim_end_matches([' ', '\t']);
        let is_escaped = || text[..start].ends_with('\\');
        let is_alone = words.is_empty() && matches!(before, Before::Line) && !is_escaped();
        let is_number = || name.bytes().all(|byte| byte.is_ascii_digit());
        let has_ended = || match words.chars().next_back() {
            Some(last) => !last.is_alphanumeric(),
            None => matches!(before, Before::End),
        };
        let is_apart = words.len() < rest.len() && (!is_number() || has_ended());
        (is_alone || is_apart).then_some(Self { words: words.len(), name })
    }
}

/// Whether nothing of a block's text follows. In a list without empty lines, another block may.
fn ends_block(event: &Event<'_>) -> bool {
    match event {
        Event::End(tag) => {
            matches!(tag, TagEnd::Paragraph | TagEnd::Item | TagEnd::DefinitionListDefinition)
        }
        Event::Start(tag) => is_block(tag.to_end()),
        event => matches!(event, Event::Rule),
    }
}
