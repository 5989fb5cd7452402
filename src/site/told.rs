//! A stretch of a text as other pages show it: escaped HTML, tidied of what citations and the like leave behind.

use std::ops::Range;

use super::excerpt::{closes, ends_sentence};
use crate::base::Lang;

/// A text as its page shows it, from which sentences are taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub(super) prose: &'a str,
    /// What is struck out of it.
    pub(super) struck: &'a [Range<usize>],
    /// Where it cites sources, in order.
    pub(super) cites: &'a [usize],
    pub(super) lang: Lang,
}

/// What is around words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    /// `<mark>`
    marked: bool,
    /// `<del>`, within the other.
    struck: bool,
}

/// A sentence in the making.
pub(super) struct Sentence<'a> {
    told: Told<'a>,
    out: String,
    /// Something stands before its first words.
    is_cut: bool,
    open: Look,
    /// The blanks after the last words, which are written when others follow, and what was around them.
    blanks: String,
    around: Look,
    /// A citation has followed those blanks.
    cited: bool,
}

impl<'a> Sentence<'a> {
    pub(super) fn new(told: Told<'a>, size: usize) -> Self {
        Self {
            told,
            out: String::with_capacity(size),
            is_cut: false,
            open: Look::default(),
            blanks: String::new(),
            around: Look::default(),
            cited: false,
        }
    }

    /// Says that words before it are left out.
    pub(super) fn cut_start(&mut self) {
        self.out.push_str("… ");
        self.is_cut = true;
    }

    /// Writes a stretch of the text.
    pub(super) fn write(&mut self, range: Range<usize>, marked: bool) {
        let all = self.told.struck;
        let mut from = range.start;
        let from_here = all.partition_point(|struck| struck.end <= range.start);
        for struck in all[from_here..].iter().take_while(|struck| struck.start < range.end) {
            let (start, end) = (struck.start.max(range.start), struck.end.min(range.end));
            self.write_alike(from..start, Look { marked, struck: false });
            self.write_alike(start..end, Look { marked, struck: true });
            from = end;
        }
        self.write_alike(from..range.end, Look { marked, struck: false });
    }

    /// The sentence, and whether words after it are left out.
    pub(super) fn end(mut self, cut: bool) -> String {
        self.turn(Look::default());
        if cut {
            self.out.push_str(" …");
        }
        self.out
    }

    fn write_alike(&mut self, range: Range<usize>, look: Look) {
        let Told { prose, cites, .. } = self.told;
        let mut from = range.start;
        let from_here = cites.partition_point(|&at| at < range.start);
        for &at in cites[from_here..].iter().take_while(|&&at| at <= range.end) {
            self.words(&prose[from..at], look);
            self.cited = true;
            from = at;
        }
        self.words(&prose[from..range.end], look);
    }

    fn words(&mut self, text: &str, look: Look) {
        let words = text.trim_start();
        self.wait(&text[..text.len() - words.len()], look);
        let rest = words.trim_end();
        let Some(first) = rest.chars().next() else { return };
        if first == ')' && self.cited && self.out.ends_with('(') {
            // Brackets around nothing but a citation.
            self.out.pop();
            let before = self.out.trim_end_matches(' ').len();
            self.wait(&" ".repeat(self.out.len() - before), self.open);
            self.out.truncate(before);
            self.cited = true;
            return self.words(&words[1..], look);
        }
        let lang = self.told.lang;
        let is_first = self.out.is_empty() || self.is_cut;
        // A blank before a citation goes with it, as on the page.
        let ends = ends_clause(rest, 0, lang) || self.cited && (ends_sentence(first) || closes_clause(first));
        if !is_first && !ends && !self.blanks.is_empty() {
            let (before, between, after) = (self.open, self.around, look);
            self.turn(Look {
                marked: before.marked && between.marked && after.marked,
                struck: before.struck && between.struck && after.struck,
            });
            let only = self.blanks.trim_matches(' ');
            self.out.push_str(if only.is_empty() { " " } else { &self.blanks });
        }
        self.turn(look);
        self.blanks.clear();
        (self.cited, self.is_cut) = (false, false);
        escape(rest, lang, &mut self.out);
        self.wait(&words[rest.len()..], look);
    }

    /// Keeps blanks until words follow.
    fn wait(&mut self, blanks: &str, look: Look) {
        if blanks.is_empty() {
            return;
        }
        let Look { marked, struck } = if self.blanks.is_empty() { look } else { self.around };
        self.around = Look { marked: marked && look.marked, struck: struck && look.struck };
        self.blanks.push_str(blanks);
        self.cited = false;
    }

    /// Ends what is around the last words, and begins what is around the next.
    fn turn(&mut self, look: Look) {
        let Look { marked, struck } = self.open;
        if self.open == look {
            return;
        }
        if struck && (!look.struck || marked != look.marked) {
            self.out.push_str("</del>");
        }
        if marked != look.marked {
            self.out.push_str(if marked { "</mark>" } else { "<mark>" });
        }
        if look.struck && (!struck || marked != look.marked) {
            self.out.push_str("<del>");
        }
        self.open = look;
    }
}

/// Escapes words, without blanks too many.
fn escape(words: &str, lang: Lang, out: &mut String) {
    let mut from = 0;
    for (at, byte) in words.bytes().enumerate() {
        let entity = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b' ' if words.as_bytes().get(at + 1) == Some(&b' ') || ends_clause(words, at + 1, lang) => "",
            _ => continue,
        };
        out.push_str(&words[from..at]);
        from = at + 1;
        out.push_str(entity);
    }
    out.push_str(&words[from..]);
}

/// Whether a clause ends at a place, so that a blank before it is left over from a note between them or a slip. In
/// French a semicolon has one, and `.ir` is no end.
fn ends_clause(text: &str, at: usize, lang: Lang) -> bool {
    let is_end = match text.as_bytes().get(at) {
        Some(b'.' | b',') => true,
        Some(b';') => lang.language() != "fr",
        _ => false,
    };
    is_end && text[at + 1..].chars().next().is_none_or(|ch| ch.is_whitespace() || closes(ch))
}

/// Whether a mark stands at the end of a clause, or of what is in brackets.
fn closes_clause(ch: char) -> bool {
    closes(ch) || matches!(ch, ',' | ';' | ':' | ']' | '،' | '؛' | '、' | '，' | '；' | '：')
}
