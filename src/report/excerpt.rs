//! The lines of a file that a frame shows, so that a frame costs the same in a long file and on a long line.

use std::ops::Range;

use super::lines::FileLines;

/// A longer line is cut around what is underlined in it, well outside what a frame shows.
pub(super) const LONG: usize = 2000;

/// How much is kept on both sides.
const MARGIN: usize = 400;

/// Whole lines of a file, of which very long ones are cut.
pub(super) struct Excerpt {
    /// The lines.
    pub(super) text: String,
    /// The number of the first, from 1.
    pub(super) first_line: usize,
    pieces: Vec<Piece>,
}

/// Bytes of the file and where they stand in the excerpt.
struct Piece {
    source: Range<usize>,
    at: usize,
}

impl Excerpt {
    /// The lines that hold `spans`, and those between them. The spans have been snapped.
    pub(super) fn new(file: &FileLines<'_>, spans: &[Range<usize>]) -> Self {
        let first = spans.iter().map(|span| file.line_of(span.start)).min().unwrap_or(0);
        let last = spans.iter().map(|span| file.line_of(span.end)).max().unwrap_or(first);
        let mut excerpt = Self { text: String::new(), first_line: first + 1, pieces: Vec::new() };
        for line in first..=last {
            let source = shown(file, file.line(line), spans);
            excerpt.pieces.push(Piece { source: source.clone(), at: excerpt.text.len() });
            excerpt.text.push_str(&file.text[source]);
            if line < last && !excerpt.text.ends_with('\n') {
                excerpt.text.push('\n');
            }
        }
        excerpt
    }

    /// Where a span of the file stands in the excerpt; what was cut away counts as the nearest that is left.
    pub(super) fn span(&self, span: &Range<usize>) -> Range<usize> {
        self.offset(span.start)..self.offset(span.end)
    }

    /// The column, from 1, at which a byte of the file stands here.
    pub(super) fn column(&self, byte: usize) -> Option<usize> {
        let before = self.text.get(..self.offset(byte))?;
        Some(before.rsplit('\n').next()?.chars().count() + 1)
    }

    fn offset(&self, byte: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.source.start <= byte);
        let Some(piece) = self.pieces.get(next.saturating_sub(1)) else { return 0 };
        piece.at + byte.clamp(piece.source.start, piece.source.end) - piece.source.start
    }
}

/// The part of a line that is shown: all of it, or what surrounds the spans that begin in it.
fn shown(file: &FileLines<'_>, line: Range<usize>, spans: &[Range<usize>]) -> Range<usize> {
    if line.len() <= LONG {
        return line;
    }
    let starts = || spans.iter().map(|span| span.start).filter(|start| line.contains(start));
    let from = starts().min().unwrap_or(line.start).saturating_sub(MARGIN).max(line.start);
    let to = (starts().max().unwrap_or(line.start) + MARGIN).min(line.end);
    file.text.floor_char_boundary(from)..file.text.ceil_char_boundary(to)
}
