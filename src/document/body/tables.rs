//! Bars that part cells where the writer meant none, and cells that nobody gets to see.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::Reader;
use crate::base::{Diagnostic, codes};

impl Reader<'_> {
    /// A row is read with its cells. Those beyond the columns of the head are not among them.
    pub(super) fn end_row(&mut self, row: &Range<usize>) {
        let cells = std::mem::take(&mut self.cells);
        let is_shown = |bar: usize| cells.iter().any(|cell| cell.contains(&bar));
        let parted: Vec<Range<usize>> =
            self.parted_links(row).filter(|(_, bar)| !is_shown(*bar)).map(|(link, _)| link).collect();
        if !parted.is_empty() {
            // What is lost at the end of the row is lost because of it.
            parted.into_iter().for_each(|link| self.parted_link(link));
            return;
        }
        let end = cells.last().map_or(row.start, |cell| cell.end);
        let rest = self.text.get(end..row.end).unwrap_or_default();
        let lost = rest.trim_matches(|ch: char| ch == '|' || ch.is_whitespace());
        if !lost.is_empty() {
            let start =
                end + rest.len() - rest.trim_start_matches(|ch: char| ch == '|' || ch.is_whitespace()).len();
            self.diagnostics.push(
                Diagnostic::new(&codes::TABLE_ROW, "the row has more cells than the table's head")
                    .at(self.path, self.map.span(&(start..start + lost.len())))
                    .label("not shown")
                    .help("give the head as many cells, or write `\\|` for a bar that ends no cell"),
            );
        }
    }

    /// A paragraph with the line below a table's head in it is none, mostly because a link parts a cell of the head.
    pub(super) fn end_paragraph(&mut self, paragraph: &Range<usize>) {
        let text = &self.text[paragraph.clone()];
        if memchr(b'|', text.as_bytes()).is_none() {
            return;
        }
        let mut head: Option<(usize, &str)> = None;
        let mut end = paragraph.start;
        for line in text.split_inclusive('\n') {
            let start = end;
            end += line.len();
            let (Some((above, head)), Some(columns)) = (head.replace((start, line)), columns(line)) else {
                continue;
            };
            let found = cells(head);
            if found == columns || found == 1 {
                continue;
            }
            let parted: Vec<Range<usize>> =
                self.parted_links(&(above..start)).map(|(link, _)| link).collect();
            if !parted.is_empty() {
                parted.into_iter().for_each(|link| self.parted_link(link));
                continue;
            }
            let words = format!("this makes no table: its head has {found} cells, and this line {columns}");
            let end = start + line.trim_end().len();
            self.diagnostics.push(
                Diagnostic::new(&codes::TABLE_ROW, words)
                    .at(self.path, self.map.span(&(end - row(line).len()..end)))
                    .help("give both as many cells; write `\\|` for a bar that ends no cell"),
            );
        }
    }

    /// Wikilinks with words of their own, and where the bar stands that would part them in a table.
    fn parted_links(&self, range: &Range<usize>) -> impl Iterator<Item = (Range<usize>, usize)> {
        let (start, text) = (range.start, &self.text[range.clone()]);
        memmem::find_iter(text.as_bytes(), b"[[").filter_map(move |open| {
            // No further than to what no link holds.
            let inside = &text[open + 2..][..text[open + 2..].find(['[', ']', '`', '\n'])?];
            let bar = bars(inside).next()?;
            let is_told = |part: &str| !part.trim().is_empty();
            let is_link = text[open + 2 + inside.len()..].starts_with("]]")
                && is_told(&inside[..bar])
                && is_told(&inside[bar + 1..])
                && !text[..open].ends_with('\\');
            is_link.then(|| (start + open..start + open + inside.len() + 4, start + open + 2 + bar))
        })
    }

    fn parted_link(&mut self, link: Range<usize>) {
        let written = &self.text[link.clone()];
        let mut better = String::new();
        let mut from = 0;
        for bar in bars(written) {
            better.push_str(&written[from..bar]);
            better.push('\\');
            from = bar;
        }
        better.push_str(&written[from..]);
        let fault = Diagnostic::new(&codes::TABLE_ROW, format!("the bar in `{written}` ends the cell"))
            .at(self.path, self.map.span(&link))
            .label("parted into two cells")
            .help(format!("write `{better}`"));
        self.diagnostics.push(Diagnostic { replacement: Some(better), ..fault });
    }
}

/// The bars that part cells: those without a backslash.
fn bars(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('|').map(|(at, _)| at).filter(|&at| !text[..at].ends_with('\\'))
}

/// How many columns the line below a table's head makes, if it is such a line.
fn columns(line: &str) -> Option<usize> {
    let line = row(line);
    let is_rule = |cell: &str| {
        let rule = cell.trim();
        let rule = rule.strip_prefix(':').unwrap_or(rule);
        let rule = rule.strip_suffix(':').unwrap_or(rule);
        !rule.is_empty() && rule.bytes().all(|byte| byte == b'-')
    };
    (line.contains('|') && inside(line).split('|').all(is_rule)).then(|| inside(line).split('|').count())
}

/// How many cells a row has.
fn cells(line: &str) -> usize {
    bars(inside(row(line))).count() + 1
}

/// A line without the marks of the quotation or list that it stands in.
fn row(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t']).trim_end()
}

/// A row without the bars at its ends.
fn inside(row: &str) -> &str {
    let row = row.strip_prefix('|').unwrap_or(row);
    match row.strip_suffix('|') {
        Some(before) if !before.ends_with('\\') => before,
        _ => row,
    }
}
