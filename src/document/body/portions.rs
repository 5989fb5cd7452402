//! Portion marks in a text, and what each covers.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::TagEnd;

use super::{Portion, Reader};
use crate::base::{Diagnostic, Label, Span, codes};
use crate::document::mark::Mark;

/// A term, with the definitions that follow it.
pub(super) struct Term {
    pub start: usize,
    pub end: usize,
    pub list: Range<usize>,
}

/// What a heading stands in: a quotation, an item, a note, a definition, or the whole text. Its section ends there at
/// the latest.
pub(super) struct Enclosure {
    range: Range<usize>,
    /// The heading opens the item, so without its section nothing is left of it.
    opened: bool,
}

impl Reader<'_> {
    /// A block whose text starts with `(TLP:…)` carries that label. Says how long the mark is.
    pub(super) fn portion(&mut self, text: &str, range: &Range<usize>) -> usize {
        let Some(Mark { length, label }) = Mark::at_start(text) else { return 0 };
        let place = self.map.span(&self.stretch(range.start, length, range));
        match label {
            Some(label) => {
                let (scope, is_part) = self.scope();
                let covered = self.text.get(range.start..scope.end).unwrap_or_default();
                let is_in_table = matches!(self.scopes.last(), Some((TagEnd::TableCell, _)));
                if Mark::is_alone(covered) && self.heading.is_none() && !is_in_table {
                    self.lone_mark(Mark::shown(&text[..length]), place);
                }
                let scope = self.map.span(&scope);
                if self.heading.is_some() {
                    self.heading_mark = Some(length);
                }
                self.body.portions.push(Portion { label, scope, is_part, opens: false });
            }
            None => self.bad_mark(Mark::shown(&text[..length]), place),
        }
        length
    }

    /// Tells of marks that cover nothing, since only the start of a block has one: `from` there is how long its own
    /// is. What begins a line, or follows a mark, was meant for one.
    pub(super) fn marks_without_effect(
        &mut self,
        text: &str,
        from: usize,
        fresh: bool,
        range: &Range<usize>,
    ) {
        let rest = &text[from..];
        let (mark, is_meant) = match Mark::at_start(rest) {
            Some(Mark { length, .. }) if from > 0 || !fresh && self.after_break => (0..length, true),
            _ => match Mark::within(rest).or_else(|| self.bare(rest).filter(|_| fresh && from == 0)) {
                Some(mark) => (mark, false),
                None => return,
            },
        };
        // Signs of emphasis that does not end, `~~(TLP:RED) …`, are mere words, but whoever wrote them meant a mark.
        let begins = from == 0 && (fresh || self.after_break);
        let before = rest[..mark.start].trim();
        let is_behind_signs = begins && !before.is_empty() && before.chars().all(is_sign);
        let written = Mark::shown(&rest[mark]);
        let block = &self.text[range.clone()];
        // What stands otherwise in the file, such as after `&amp;`, is looked for.
        let at = block.rfind(written).map_or(range.start, |at| range.start + at);
        let span = self.map.span(&self.stretch(at, written.len(), range));
        self.diagnostics.push(if is_behind_signs && !is_meant {
            let words = format!("`{written}` stands behind signs that end nowhere, and covers nothing");
            Diagnostic::new(&codes::BAD_PORTION, words)
                .at(self.path, span)
                .help("take away the `~`, `*` or `_` before it, or end there what they begin; as mere words, write it in backticks")
        } else if is_meant {
            Diagnostic::new(&codes::BAD_PORTION, format!("`{written}` stands within a block, and covers nothing"))
                .at(self.path, span)
                .help("leave an empty line before it, so that it begins a block; as mere words, write it in backticks")
        } else {
            Diagnostic::new(&codes::IDLE_MARK, format!("`{written}` covers nothing here"))
                .at(self.path, span)
                .help("a mark is in round brackets, at the start of a paragraph, an item or a heading: (TLP:AMBER)")
                .help("as mere words, write it in backticks")
        });
    }

    /// Tells of marks that open lines of a code block which is one by its indentation only, or whose fence nothing
    /// closes: who fences code means to show it.
    pub(super) fn marks_in_code(&mut self, text: &str, range: &Range<usize>) {
        let block =
            self.scopes.last().and_then(|(_, block)| self.text.get(block.clone())).unwrap_or_default();
        let fence = block.trim_start();
        let is_fenced = ["```", "~~~"].iter().any(|sign| fence.starts_with(sign));
        if is_fenced && is_closed(fence) {
            return;
        }
        let help = match is_fenced {
            true => {
                "nothing closes the code that begins above it: end it with the same signs on a line of their own, or take these away"
            }
            false => {
                "a line with four blanks before it is code: take some away; code that shows a mark stands between lines of ```"
            }
        };
        for line in text.lines() {
            let Some(Mark { length, .. }) = Mark::at_start(line) else { continue };
            let written = Mark::shown(&line[..length]);
            let at = self.text[range.clone()].find(written).map_or(range.start, |at| range.start + at);
            let span = self.map.span(&self.stretch(at, written.len(), range));
            let message = format!("`{written}` stands in a code block, and covers nothing");
            self.diagnostics
                .push(Diagnostic::new(&codes::BAD_PORTION, message).at(self.path, span).help(help));
        }
    }

    /// A label at the start of a block that was meant for a mark. One that stands alone in an item, a cell or a term is
    /// what these are about.
    fn bare(&self, text: &str) -> Option<Range<usize>> {
        let mark = Mark::bare(text)?;
        let mut blocks = self.scopes.iter().filter(|(tag, _)| covers(*tag)).rev();
        let is_paragraph = matches!(blocks.next(), Some((TagEnd::Paragraph, _)))
            && blocks.next().is_none_or(|(tag, _)| matches!(tag, TagEnd::BlockQuote(_)));
        (is_paragraph || !text[mark.end..].trim().is_empty()).then_some(mark)
    }

    /// So many bytes of a text from `at` on. Where it is written otherwise in the file, such as `&nbsp;`, they may be
    /// others, but never parts of a letter.
    fn stretch(&self, at: usize, length: usize, range: &Range<usize>) -> Range<usize> {
        at..self.text.floor_char_boundary((at + length).min(range.end)).max(at)
    }

    pub(super) fn attribute_mark(&mut self, value: &str, range: &Range<usize>) {
        match Label::parse(value) {
            Some(label) => {
                let scope = self.map.span(range);
                self.body.portions.push(Portion { label, scope, is_part: false, opens: false });
            }
            None => self.bad_mark(&format!("tlp={value}"), self.map.span(range)),
        }
    }

    pub(super) fn bad_mark(&mut self, written: &str, span: Span) {
        self.diagnostics.push(
            Diagnostic::new(&codes::BAD_PORTION, format!("`{written}` is no portion mark"))
                .at(self.path, span)
                .help("write (TLP:CLEAR), (TLP:GREEN), (TLP:AMBER), (TLP:AMBER+STRICT) or (TLP:RED)"),
        );
    }

    fn lone_mark(&mut self, written: &str, span: Span) {
        self.diagnostics.push(
            Diagnostic::new(&codes::BAD_PORTION, format!("`{written}` stands alone, and covers nothing"))
                .at(self.path, span)
                .help("write it at the start of the paragraph that it is meant for, or of a heading, for a whole section"),
        );
    }

    /// What the mark at the present place covers: the item, note or definition of which it opens the first block, else
    /// the innermost block; and whether that is a part of a list or table.
    fn scope(&self) -> (Range<usize>, bool) {
        let blocks: Vec<_> = self.scopes.iter().filter(|(tag, _)| covers(*tag)).collect();
        match blocks.as_slice() {
            [.., (tag, item), (TagEnd::Paragraph, paragraph)]
                if opens_on_its_line(*tag) && self.is_first(item.start, paragraph.start) =>
            {
                (item.clone(), true)
            }
            // A table is none without its head.
            [.., (TagEnd::TableHead, _)] => (self.around(|tag| tag == TagEnd::Table), false),
            [.., (tag, block)] => {
                let is_part =
                    opens_on_its_line(*tag) || matches!(tag, TagEnd::TableRow | TagEnd::DefinitionListTitle);
                (block.clone(), is_part)
            }
            [] => (0..self.text.len(), false),
        }
    }

    /// Whether nothing but an item's marker comes before a block in it.
    fn is_first(&self, item: usize, block: usize) -> bool {
        let Some(before) = self.text.get(item..block) else { return false };
        let marker = before.trim();
        let is_number =
            marker.strip_suffix(['.', ')']).is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()));
        let is_note = marker.starts_with("[^") && marker.ends_with("]:") && !marker.contains('\n');
        !before.contains('\n') || matches!(marker, "-" | "*" | "+" | ":") || is_number || is_note
    }

    /// What a heading that begins here stands in.
    pub(super) fn enclosure(&self, heading: usize) -> Enclosure {
        let around = self.scopes.iter().rfind(|(tag, _)| encloses(*tag));
        let range = around.map_or(0..self.text.len(), |(_, range)| range.clone());
        let opened =
            around.is_some_and(|(tag, _)| opens_on_its_line(*tag)) && self.is_first(range.start, heading);
        Enclosure { range, opened }
    }

    /// The innermost open block of such a kind; without one, the whole text.
    pub(super) fn around(&self, is_such: fn(TagEnd) -> bool) -> Range<usize> {
        let block = self.scopes.iter().rfind(|(tag, _)| is_such(*tag));
        block.map_or(0..self.text.len(), |(_, range)| range.clone())
    }

    /// A definition of a list's last term ends.
    pub(super) fn end_definition(&mut self, at: usize) {
        let list = self.around(|tag| tag == TagEnd::DefinitionList);
        if let Some(term) = self.terms.iter_mut().rfind(|term| term.list == list) {
            term.end = at;
        }
    }

    /// What marks at headings and terms cover is known when the text has been walked.
    pub(super) fn end_portions(&mut self) {
        if self.body.portions.is_empty() {
            return;
        }
        let scopes = self.sections().chain(self.definitions()).collect::<HashMap<_, _>>();
        let numbered = self.numbered.iter().map(|&at| self.map.span(&(at..at)).start).collect::<HashSet<_>>();
        for portion in &mut self.body.portions {
            if let Some(&(scope, is_part)) = scopes.get(&portion.scope.start) {
                (portion.scope, portion.is_part) = (scope, is_part);
            }
            portion.opens = portion.is_part && numbered.contains(&portion.scope.start);
        }
    }

    /// What marks at headings cover, by where these begin: the section, which ends at the next heading of its level or
    /// above, or with what the heading stands in.
    fn sections(&self) -> impl Iterator<Item = (u32, (Span, bool))> {
        let headings = || self.body.headings.iter().zip(&self.enclosures);
        headings().enumerate().map(move |(n, (heading, Enclosure { range, opened }))| {
            let mut later = headings().skip(n + 1).filter(|(_, other)| other.range == *range);
            let next = later.find(|(next, _)| next.level <= heading.level);
            let around = self.map.span(range);
            let is_item = next.is_none() && *opened;
            let start = if is_item { around.start } else { heading.span.start };
            let end = next.map_or_else(|| self.map.end_of(range), |(next, _)| next.span.start);
            (heading.span.start, (Span { start, end }, is_item))
        })
    }

    /// What marks at terms cover: the definitions too.
    fn definitions(&self) -> impl Iterator<Item = (u32, (Span, bool))> {
        self.terms.iter().map(|term| {
            let scope = term.start..term.end;
            let start = self.map.span(&scope).start;
            (start, (Span { start, end: self.map.end_of(&scope) }, true))
        })
    }
}

/// What a heading's section does not reach out of.
fn encloses(tag: TagEnd) -> bool {
    opens_on_its_line(tag) || matches!(tag, TagEnd::BlockQuote(_))
}

/// What is wholly covered by a mark that stands on its first line.
fn opens_on_its_line(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Item | TagEnd::FootnoteDefinition | TagEnd::DefinitionListDefinition)
}

fn covers(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Paragraph
            | TagEnd::Item
            | TagEnd::Heading(_)
            | TagEnd::TableRow
            | TagEnd::TableHead
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::FootnoteDefinition
            | TagEnd::BlockQuote(_)
    )
}

/// What emphasis and struck words begin with.
fn is_sign(ch: char) -> bool {
    matches!(ch, '~' | '*' | '_') || ch.is_whitespace()
}

/// Whether fenced code ends with a fence as its first line has one. In a quotation each line has its own signs first.
fn is_closed(code: &str) -> bool {
    let sign = code.chars().next().unwrap_or_default();
    let length = code.chars().take_while(|&ch| ch == sign).count();
    let last = code.trim_end().lines().skip(1).last().unwrap_or_default();
    let last = last.trim_start_matches(|ch: char| ch == '>' || ch.is_whitespace());
    last.chars().count() >= length && last.chars().all(|ch| ch == sign)
}
