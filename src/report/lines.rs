//! Bytes → lines and columns, with the line starts of every file looked up once.

use std::collections::HashMap;
use std::ops::Range;

use crate::base::{Snapshot, SourcePath};

/// The lines of every file that a report has asked for.
pub(super) struct Lines<'a> {
    sources: &'a Snapshot,
    files: HashMap<&'a SourcePath, Option<FileLines<'a>>>,
}

impl<'a> Lines<'a> {
    /// For one report.
    pub(super) fn new(sources: &'a Snapshot) -> Self {
        Self { sources, files: HashMap::new() }
    }

    /// How many bytes of a file come before its text.
    pub(super) fn before(&self, path: &SourcePath) -> u32 {
        self.sources.file(path).map_or(0, |file| file.mark)
    }

    /// The lines of a file; `None` when it is not there or is no text.
    pub(super) fn of(&mut self, path: &'a SourcePath) -> Option<&FileLines<'a>> {
        let sources = self.sources;
        self.files.entry(path).or_insert_with(|| sources.text(path).map(|text| FileLines::new(text))).as_ref()
    }
}

/// A text and where its lines start.
pub(super) struct FileLines<'a> {
    /// The whole text.
    pub(super) text: &'a str,
    starts: Vec<usize>,
}

/// A place as people and machines count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// From 1.
    pub(super) line: usize,
    /// From 1, in Unicode characters (scalar values), not bytes.
    pub(super) column: usize,
}

impl<'a> FileLines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Where a byte stands. Bytes beyond the end stand at the end.
    pub(super) fn position(&self, byte: usize) -> Position {
        let byte = self.text.floor_char_boundary(byte);
        let line = self.line_of(byte);
        Position { line: line + 1, column: self.text[self.starts[line]..byte].chars().count() + 1 }
    }

    /// A span that is sure to lie in the text and to cut no character.
    pub(super) fn snap(&self, span: Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        start..self.text.ceil_char_boundary(span.end).max(start)
    }

    /// The line, from 0, that holds a byte.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte).saturating_sub(1)
    }

    /// The bytes of a line, from 0, with its line end.
    pub(super) fn line(&self, line: usize) -> Range<usize> {
        self.starts[line]..self.starts.get(line + 1).copied().unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = FileLines::new("ab\nжук x\r\n");
        assert_eq!(lines.position(0), Position { line: 1, column: 1 });
        assert_eq!(lines.position(10), Position { line: 2, column: 5 });
        assert_eq!(lines.position(4), Position { line: 2, column: 1 }, "inside a character");
        assert_eq!(lines.position(99), Position { line: 3, column: 1 });
        assert_eq!(lines.snap(4..6), 3..7);
    }
}
