//! The words of a text, kept as places in its Markdown: nearly all of them stand there as a reader meets them, so that
//! those of thousands of documents take little room.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use crate::document::markdown::{Adds, Cursor, Step};

/// A stretch of prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Run {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Run {
    /// Its bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The words of a text.
#[derive(Clone, Debug)]
pub struct Prose<'d> {
    /// What a reader meets, blocks parted by line ends.
    pub text: String,
    /// Stretches in which names may become links. No name runs from one into the next.
    pub runs: &'d [Run],
    /// Inline code and raw HTML, which are prose but name nobody.
    pub code: &'d [Run],
    /// What is struck out.
    pub struck: &'d [Run],
}

/// Where the words of a text stand.
#[derive(Clone, Debug, Default)]
pub(in crate::document) struct Words {
    pieces: Vec<Piece>,
    /// What stands otherwise in the Markdown, one after the other.
    own: String,
    runs: Vec<Run>,
    pub(super) code: Vec<Run>,
    struck: Vec<Run>,
}

/// Some words of our own, then some that stand in the Markdown.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    own: u32,
    start: u32,
    end: u32,
}

impl Words {
    /// All of them.
    pub(in crate::document) fn prose(&self, markdown: &str) -> Prose<'_> {
        let mut text = String::with_capacity(self.pieces.iter().map(Piece::size).sum());
        self.each(markdown, |words| text.push_str(words));
        Prose { text, runs: &self.runs, code: &self.code, struck: &self.struck }
    }

    /// How many they are, roughly.
    pub(super) fn count(&self, markdown: &str) -> usize {
        // Sums that fit into a byte are made many at a time.
        let ends =
            |bytes: &[u8]| bytes.iter().map(|&byte| u8::from(matches!(byte, b' ' | b'\n'))).sum::<u8>();
        let mut count = 0;
        self.each(markdown, |words| {
            count += words.as_bytes().chunks(255).map(|some| usize::from(ends(some))).sum::<usize>();
        });
        count
    }

    fn each<'t>(&'t self, markdown: &'t str, mut take: impl FnMut(&'t str)) {
        let mut rest = self.own.as_str();
        for piece in &self.pieces {
            let (own, after) = rest.split_at(piece.own as usize);
            take(own);
            take(&markdown[piece.start as usize..piece.end as usize]);
            rest = after;
        }
    }
}

impl Piece {
    fn size(&self) -> usize {
        (self.own + self.end - self.start) as usize
    }
}

/// Gathers the words of a text from its events, before adjacent texts are joined: only so do most stand as written.
pub(super) struct Gatherer<'t> {
    markdown: &'t str,
    cursor: Cursor,
    /// Where the present run began.
    run: Option<u32>,
    /// Where each of those that strike out began.
    striking: Vec<u32>,
    words: Words,
}

impl<'t> Gatherer<'t> {
    pub(super) fn new(markdown: &'t str) -> Self {
        Self { markdown, cursor: Cursor::new(), run: None, striking: Vec::new(), words: Words::default() }
    }

    pub(super) fn take(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let before = self.cursor.position;
        let Step { newline, adds } = self.cursor.step(event);
        if newline {
            self.end_run(before);
            self.own("\n");
        }
        match adds {
            Adds::Open => {
                self.run.get_or_insert(before);
            }
            Adds::Blank => {}
            Adds::Closed | Adds::Nothing => self.end_run(before),
        }
        self.strike(event);
        match event {
            _ if adds == Adds::Nothing => {}
            Event::Text(text) if self.markdown.get(range.clone()) == Some(text.as_ref()) => {
                self.written(range);
            }
            Event::Text(text) => self.own(text),
            Event::Code(text) => {
                self.own(text);
                self.words.code.push(Run { start: before, end: self.cursor.position });
            }
            Event::InlineHtml(html) => {
                // A line end would part blocks.
                self.own(&html.replace(['\n', '\r'], " "));
                self.words.code.push(Run { start: before, end: self.cursor.position });
            }
            Event::SoftBreak | Event::HardBreak => self.own(" "),
            _ => {}
        }
    }

    fn strike(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Strikethrough) => self.striking.push(self.cursor.position),
            Event::End(TagEnd::Strikethrough) => {
                if let Some(start) = self.striking.pop().filter(|_| self.striking.is_empty()) {
                    self.words.struck.push(Run { start, end: self.cursor.position });
                }
            }
            _ => {}
        }
    }

    /// The words, once all events have been taken.
    pub(super) fn finish(mut self) -> Words {
        self.end_run(self.cursor.position);
        let Words { pieces, own, runs, code, struck } = &mut self.words;
        pieces.shrink_to_fit();
        own.shrink_to_fit();
        runs.shrink_to_fit();
        code.shrink_to_fit();
        struck.shrink_to_fit();
        self.words
    }

    fn own(&mut self, words: &str) {
        self.words.own.push_str(words);
        let own = u32::try_from(words.len()).unwrap_or(u32::MAX);
        match self.words.pieces.last_mut() {
            Some(last) if last.start == last.end => last.own += own,
            _ => self.words.pieces.push(Piece { own, ..Piece::default() }),
        }
    }

    fn written(&mut self, range: &Range<usize>) {
        let [start, end] = [range.start, range.end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        match self.words.pieces.last_mut() {
            Some(last) if last.start == last.end => (last.start, last.end) = (start, end),
            Some(last) if last.end == start => last.end = end,
            _ => self.words.pieces.push(Piece { own: 0, start, end }),
        }
    }

    fn end_run(&mut self, at: u32) {
        if let Some(start) = self.run.take() {
            self.words.runs.push(Run { start, end: at });
        }
    }
}
