//! The marks by which Obsidian links to blocks: `^name` at the end of a block's text or on a line of its own below it.
//! They are no words of the text.

use std::collections::{HashSet, VecDeque};

use memchr::memchr;
use pulldown_cmark::{Event, Tag, TagEnd};

use super::Placed;

/// The name of a block, when an event is its mark. The parser does not know of formulas here, so that their event is
/// free to stand for it.
pub fn block_mark<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::InlineMath(name) => Some(name),
        _ => None,
    }
}

/// A parser's events, in which marks of blocks are events of their own.
pub(super) struct WithBlockMarks<'a, I> {
    events: I,
    /// Events that were looked at before their turn.
    ahead: VecDeque<Placed<'a>>,
    /// A line or a block has just begun.
    at_start: bool,
    /// Names so far, unless the text cannot have any. A second block of a name keeps it among its words.
    names: Option<HashSet<String>>,
}

impl<'a, I: Iterator<Item = Placed<'a>>> WithBlockMarks<'a, I> {
    pub(super) fn new(text: &str, events: I) -> Self {
        let names = memchr(b'^', text.as_bytes()).map(|_| HashSet::new());
        Self { events, ahead: VecDeque::new(), at_start: true, names }
    }

    fn peek(&mut self, nth: usize) -> Option<&Event<'a>> {
        while self.ahead.len() <= nth {
            self.ahead.push_back(self.events.next()?);
        }
        self.ahead.get(nth).map(|(event, _)| event)
    }

    fn pull(&mut self) -> Option<Placed<'a>> {
        self.ahead.pop_front().or_else(|| self.events.next())
    }

    /// A line that is only a mark, the last of its block, comes without the break before it.
    fn next_line(&mut self, a_break: Placed<'a>) -> Placed<'a> {
        let is_mark = |text: &str| mark(text, true).is_some_and(|(words, _)| words.is_empty());
        let alone = matches!(self.peek(0), Some(Event::Text(text)) if is_mark(text));
        if !alone || !self.peek(1).is_some_and(ends_block) {
            return a_break;
        }
        match self.pull() {
            Some((Event::Text(text), range)) => match self.named(&text, true) {
                Some((_, name)) => (Event::InlineMath(name.into()), range),
                None => {
                    self.ahead.push_front((Event::Text(text), range));
                    a_break
                }
            },
            _ => a_break,
        }
    }

    /// The words before a mark at the end of a text, and its name, when no other block has it.
    fn named(&mut self, text: &str, at_start: bool) -> Option<(usize, String)> {
        let (words, name) = mark(text, at_start)?;
        self.names.as_mut()?.insert(name.to_owned()).then(|| (words.len(), name.to_owned()))
    }
}

impl<'a, I: Iterator<Item = Placed<'a>>> Iterator for WithBlockMarks<'a, I> {
    type Item = Placed<'a>;

    fn next(&mut self) -> Option<Placed<'a>> {
        if self.names.is_none() {
            return self.events.next();
        }
        let placed = self.pull()?;
        let at_start = std::mem::replace(&mut self.at_start, begins_line(&placed.0));
        match placed {
            (Event::SoftBreak | Event::HardBreak, _) => Some(self.next_line(placed)),
            (Event::Text(text), range) if mark(&text, at_start).is_some() => {
                let found = self.peek(0).is_some_and(ends_block).then(|| self.named(&text, at_start));
                let Some((length, name)) = found.flatten() else { return Some((Event::Text(text), range)) };
                let words =
                    (Event::Text(text[..length].to_owned().into()), range.start..range.start + length);
                let mark = (Event::InlineMath(name.into()), words.1.end..range.end);
                if length == 0 {
                    return Some(mark);
                }
                self.ahead.push_front(mark);
                Some(words)
            }
            placed => Some(placed),
        }
    }
}

/// The words before a mark at the end of a text, and its name. A number alone is one where a sentence has ended: `10 ^6`
/// is none.
fn mark(text: &str, at_start: bool) -> Option<(&str, &str)> {
    let text = text.trim_end_matches([' ', '\t']);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let length = text.bytes().rev().take_while(is_of_name).count();
    let (before, name) = text.split_at(text.len() - length);
    let before = before.strip_suffix('^').filter(|_| !name.is_empty())?;
    let words = before.trim_end_matches([' ', '\t']);
    let is_apart = words.len() < before.len() || words.is_empty() && at_start;
    let is_number = || name.bytes().all(|byte| byte.is_ascii_digit());
    let may_be_number = || match words.chars().next_back() {
        Some(last) => !last.is_alphanumeric(),
        None => at_start,
    };
    (is_apart && (!is_number() || may_be_number())).then_some((words, name))
}

/// Whether nothing of a block's text follows.
fn ends_block(event: &Event<'_>) -> bool {
    matches!(event, Event::End(TagEnd::Paragraph | TagEnd::Item) | Event::Start(Tag::List(_)))
}

fn begins_line(event: &Event<'_>) -> bool {
    matches!(event, Event::SoftBreak | Event::HardBreak | Event::Start(Tag::Paragraph | Tag::Item))
}
