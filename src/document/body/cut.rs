//! A text without the parts that an edition leaves out.
//!
//! Whole lines go, with what stands before a part in them, so that nothing of a quotation or of an item is left where
//! the part was. Empty lines around it stay, since what is around it was told apart by them.

use std::ops::Range;
use std::sync::Arc;

use super::Portion;
use crate::base::Span;

/// From places in the text that is left to places in the file.
pub(super) struct CutMap {
    pub text: Option<Arc<str>>,
    start: u32,
    /// In the text that is left: from here on, the file is so many bytes ahead.
    ahead: Vec<(usize, u32)>,
}

impl CutMap {
    /// Takes parts away, which are sorted, from the text that begins at byte `start` of the file.
    pub(super) fn new(source: &str, start: u32, cut: &[Portion]) -> Self {
        if cut.is_empty() {
            return Self { text: None, start, ahead: vec![(0, start)] };
        }
        let (mut text, mut ahead, mut at) = (String::new(), Vec::new(), start as usize);
        let mut note = |text: &str, at: usize| {
            ahead.push((text.len(), u32::try_from(at.saturating_sub(text.len())).unwrap_or(u32::MAX)));
        };
        let mut holes = holes(source, start as usize, cut).into_iter().peekable();
        while let Some(hole) = holes.next() {
            note(&text, at);
            text.push_str(&source[at..hole.range.start]);
            at = hole.range.end;
            let rest = &source[..holes.peek().map_or(source.len(), |next| next.range.start)];
            at += hole.left_empty(&text, &rest[at..]);
            if hole.loosens(&rest[at..]) {
                text.truncate(without_empty_lines(&text).len());
                text.push('\n');
            } else if hole.wants_line(&text, &rest[at..]) {
                text.push_str(hole.prefix.trim_end());
                text.push('\n');
            }
            if let Some((number, own)) = hole.renumbers(&rest[at..]) {
                note(&text, at);
                text.push_str(&rest[at..at + own.start]);
                text.push_str(&format!("{number:0>width$}", width = own.len()));
                at += own.end;
            }
        }
        note(&text, at);
        text.push_str(&source[at..]);
        Self { text: Some(text.into()), start, ahead }
    }

    /// The end of a stretch, in the file.
    pub(super) fn end_of(&self, range: &Range<usize>) -> u32 {
        self.span(&(range.end..range.end)).end
    }

    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let by = self.ahead.iter().rev().find(|(at, _)| *at <= range.start).map_or(self.start, |&(_, by)| by);
        Span::new(range.clone()).shifted(by)
    }
}

/// What goes in one piece.
struct Hole<'s> {
    range: Range<usize>,
    /// What stood before it in its line, which goes too.
    prefix: &'s str,
    /// Whether it is made of parts of lists and tables only.
    is_part: bool,
    /// The number of its first item, which a list goes on from.
    number: Option<&'s str>,
}

/// The pieces that go, in order, with something between that stays.
fn holes<'s>(source: &'s str, start: usize, cut: &[Portion]) -> Vec<Hole<'s>> {
    let mut holes: Vec<Hole<'s>> = Vec::new();
    for portion in cut {
        let hole = Hole::around(source, start, portion);
        let is_next = |last: &&mut Hole<'_>| {
            let between = source.get(last.range.end..hole.range.start).unwrap_or_default();
            let is_alike = last.is_part == hole.is_part || !last.is_in_item();
            between.is_empty() || is_alike && last.is_beside(hole.prefix) && last.is_around(between)
        };
        match holes.last_mut().filter(is_next) {
            Some(last) => {
                // One that lies within another says nothing of what is next to it.
                if hole.range.end > last.range.end {
                    last.range.end = hole.range.end;
                    last.number = hole.number.or(last.number.filter(|_| hole.is_part));
                    last.is_part &= hole.is_part;
                }
            }
            None => holes.push(hole),
        }
    }
    holes
}

impl<'s> Hole<'s> {
    fn around(source: &'s str, start: usize, portion: &Portion) -> Self {
        let Range { start: from, end } = portion.scope.start as usize..portion.scope.end as usize;
        let end = end.min(source.len());
        let line = source[start..from].rfind('\n').map_or(start, |at| start + at + 1);
        let prefix = &source[line..from];
        let is_whole = prefix.chars().all(is_prefix);
        let content = from + without_empty_lines(&source[from..end]).len();
        let rest = source[content..].split_inclusive('\n').next().unwrap_or_default();
        let takes_line_end = is_whole && rest.trim().is_empty();
        let content = if takes_line_end { content + rest.len() } else { content };
        Self {
            range: if is_whole { line } else { from }..content + mark_below(&source[content..]),
            prefix: if is_whole { prefix } else { "" },
            is_part: portion.is_part,
            number: Some(digits(source[from..end].trim_start()))
                .filter(|number| portion.opens && !number.is_empty()),
        }
    }

    /// Whether the empty lines before it would be left within a list that has none between its items otherwise: those
    /// before a paragraph or list of an item, when the next item follows at once.
    fn loosens(&self, after: &str) -> bool {
        let line = after.lines().next().unwrap_or_default();
        let below = line.trim_start_matches(is_prefix);
        let ends_list = line.len() - below.len() < self.prefix.len();
        self.is_in_item() && is_item(below) && (ends_list || !self.is_part)
    }

    /// Whether its line is indented, within a quotation or not.
    fn is_in_item(&self) -> bool {
        let blanks = self.prefix.rsplit('>').next().unwrap_or_default().len();
        blanks > usize::from(self.prefix.contains('>'))
    }

    /// How many bytes of empty lines would be left before the next item, where none are before the first one, which
    /// goes.
    fn left_empty(&self, before: &str, after: &str) -> usize {
        let is_first = self.is_part && without_empty_lines(before).len() + 1 >= before.len();
        self.next_item(after).filter(|_| is_first).map_or(0, |(empty, _)| empty.len())
    }

    /// The number that the first item left has to get, and where its own stands: a list is counted from there.
    fn renumbers(&self, after: &str) -> Option<(&'s str, Range<usize>)> {
        let (number, (_, item)) = self.number.zip(self.next_item(after))?;
        let (start, own) = (after.len() - item.len(), digits(item));
        (!own.is_empty()).then_some((number, start..start + own.len()))
    }

    /// The item that comes next, after such empty lines, in the same list.
    fn next_item<'t>(&self, after: &'t str) -> Option<(&'t str, &'t str)> {
        let item = after.trim_start_matches(is_between);
        let before = &after[..after.len() - item.len()];
        let (empty, prefix) = before.split_at(before.rfind('\n').map_or(0, |at| at + 1));
        (is_item(item) && self.is_beside(prefix) && self.is_around(empty)).then_some((empty, item))
    }

    /// Whether nothing but empty lines is between, of the quotation that this stands in: two are parted by a line that is
    /// of neither, or only of what both stand in.
    fn is_around(&self, between: &str) -> bool {
        let quotes = |text: &str| text.matches('>').count();
        between.chars().all(is_between) && between.lines().all(|line| quotes(line) == quotes(self.prefix))
    }

    /// Whether a line that begins so stands in what this one stands in: items of one list may differ by two blanks.
    fn is_beside(&self, prefix: &str) -> bool {
        let quotes = |prefix: &str| prefix.trim_end_matches(' ').len();
        quotes(prefix) == quotes(self.prefix) && prefix.len().abs_diff(self.prefix.len()) < 3
    }

    /// Whether what comes before and after would become one without an empty line between.
    fn wants_line(&self, before: &str, after: &str) -> bool {
        let before = before.strip_suffix('\n').unwrap_or(before).rsplit('\n').next().unwrap_or_default();
        let after = after.lines().next().unwrap_or_default();
        let (above, below) = (before.trim_matches(is_prefix), after.trim_matches(is_prefix));
        if above.is_empty() || below.is_empty() {
            return false;
        }
        // A list needs no line after the text before it, unless it begins with a number.
        let is_text = !is_item(above)
            && !above.starts_with(':')
            && !above.contains('|')
            && !before.starts_with([' ', '\t']);
        !self.is_part || is_text && !interrupts(below)
    }
}

/// How long a mark is, with the empty lines before it, that stands alone below a block and names it: it goes with the
/// block.
fn mark_below(after: &str) -> usize {
    let mark = after.trim_start_matches(is_between);
    let line = mark.split_inclusive('\n').next().unwrap_or_default();
    let name = line.trim_end().strip_prefix('^').unwrap_or_default();
    let is_mark = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let rest = &mark[line.len()..];
    let is_alone = rest.lines().next().unwrap_or_default().trim_matches(is_prefix).is_empty();
    if is_mark && is_alone { after.len() - rest.len() } else { 0 }
}

/// What stands before a block within others.
fn is_prefix(ch: char) -> bool {
    matches!(ch, ' ' | '\t' | '>' | '\r')
}

/// Whether a line begins an item, a definition or a row, even right after a line of text.
fn interrupts(line: &str) -> bool {
    line.starts_with([':', '|']) || is_item(line) && ["", "1"].contains(&digits(line))
}

/// What stands between blocks.
fn is_between(ch: char) -> bool {
    is_prefix(ch) || ch == '\n'
}

/// Whether a line begins an item.
fn is_item(line: &str) -> bool {
    let digits = digits(line).len();
    let marker = match digits {
        0 => line.strip_prefix(['-', '*', '+']),
        1..=9 => line[digits..].strip_prefix(['.', ')']),
        _ => None,
    };
    marker.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// The digits that a text begins with.
fn digits(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches(|ch: char| ch.is_ascii_digit()).len()]
}

/// A text up to its last line that is not empty, or empty but for the prefixes of quotations.
fn without_empty_lines(text: &str) -> &str {
    let mut text = text;
    loop {
        text = text.trim_end();
        let line = text.rsplit('\n').next().unwrap_or_default();
        if line.is_empty() || !line.chars().all(is_prefix) {
            return text;
        }
        text = &text[..text.len() - line.len()];
    }
}
