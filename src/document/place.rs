//! From a place in a document's prose back to its place in the file, for the faults that are found in prose.

use super::markdown::{Adds, Cursor, events};
use super::{Document, Run};
use crate::base::Span;
use pulldown_cmark::Event;

impl Document {
    /// Where in the file a stretch of prose stands. `None` when it does not stand there as written.
    pub fn place_of(&self, run: Run) -> Option<Span> {
        let markdown = self.markdown();
        let (mut cursor, mut from) = (Cursor::new(), None);
        for (event, range) in events(markdown) {
            let start = cursor.position;
            let adds = cursor.step(&event).adds;
            let (Event::Text(text), true) = (&event, adds != Adds::Nothing) else { continue };
            // What was written as `&amp;` or `--` is of another length: then the text's own place is the nearest.
            let exact = markdown.get(range.clone()) == Some(text.as_ref());
            let written = |at: u32| match (at - start) as usize {
                0 => range.start,
                offset if exact => range.start + offset,
                offset => {
                    nth(text, offset, &markdown[range.clone()]).map_or(range.start, |at| range.start + at)
                }
            };
            if from.is_none() && start <= run.start && run.start < cursor.position {
                from = Some(written(run.start));
            }
            if let Some(from) = from.filter(|_| run.end <= cursor.position) {
                let last =
                    text.get(..(run.end.saturating_sub(start)) as usize)?.chars().next_back()?.len_utf8();
                let to = written(run.end - u32::try_from(last).ok()?) + last;
                return self.in_file(from..to.max(from));
            }
        }
        None
    }

    /// In a text that an edition has cut, a place is known by the line it stands in.
    fn in_file(&self, place: std::ops::Range<usize>) -> Option<Span> {
        let (text, start) = (self.markdown(), self.body.start as usize);
        if self.body.cut.is_none() {
            return Some(Span::new(start + place.start..start + place.end));
        }
        let line = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[place.start..].find('\n').map_or(text.len(), |at| place.start + at);
        let at = start + self.source.get(start..)?.find(&text[line..end])? + (place.start - line);
        Some(Span::new(at..at + place.len()))
    }
}

/// Where the word at `offset` of a text stands in the text as written: the occurrence of the same number.
fn nth(text: &str, offset: usize, written: &str) -> Option<usize> {
    let rest = text.get(offset..)?;
    let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let number = text[..offset].matches(word).count();
    written.match_indices(word).nth(number).map(|(at, _)| at)
}
