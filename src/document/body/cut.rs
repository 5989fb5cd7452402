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
        for hole in holes(source, start as usize, cut) {
            note(&text, at);
            text.push_str(&source[at..hole.range.start]);
            at = hole.range.end;
            if hole.wants_line(&text, &source[at..]) {
                text.push_str(hole.prefix.trim_end());
                text.push('\n');
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
}

/// The pieces that go, in order, none next to another.
fn holes<'s>(source: &'s str, start: usize, cut: &[Portion]) -> Vec<Hole<'s>> {
    let mut holes: Vec<Hole<'s>> = Vec::new();
    for portion in cut {
        let hole = Hole::around(source, start, portion);
        match holes.last_mut().filter(|last| hole.range.start <= last.range.end) {
            Some(last) => {
                // One that lies within another says nothing of what is next to it.
                last.is_part &= hole.is_part || hole.range.end <= last.range.end;
                last.range.end = last.range.end.max(hole.range.end);
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
        Self {
            range: if is_whole { line } else { from }..if takes_line_end {
                content + rest.len()
            } else {
                content
            },
            prefix: if is_whole { prefix } else { "" },
            is_part: portion.is_part,
        }
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
        let is_text = !is_marked(above) && !above.contains('|') && !before.starts_with([' ', '\t']);
        !self.is_part || is_text && !is_marked(below)
    }
}

/// What stands before a block within others.
fn is_prefix(ch: char) -> bool {
    matches!(ch, ' ' | '\t' | '>' | '\r')
}

/// Whether a line begins an item, a definition or a row.
fn is_marked(line: &str) -> bool {
    line.starts_with(['-', '*', '+', ':', '|']) || line.starts_with("1.") || line.starts_with("1)")
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
