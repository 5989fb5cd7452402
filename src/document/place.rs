//! From a place in a document's prose back to its place in the file, for the faults that are found in prose.

use super::markdown::{Adds, Cursor, pieces};
use super::{Document, Run};
use crate::base::Span;
use pulldown_cmark::Event;

impl Document {
    /// Where in the file a stretch of prose stands. `None` when it does not stand there as written.
    pub fn place_of(&self, run: Run) -> Option<Span> {
        let markdown = self.markdown();
        let (mut cursor, mut from) = (Cursor::new(), None);
        for (event, range) in pieces(markdown) {
            let start = cursor.position;
            let adds = cursor.step(&event).adds;
            let (Event::Text(text), true) = (&event, adds != Adds::Nothing) else { continue };
            let end = cursor.position;
            // Of what is written otherwise, such as `&amp;` or `--`, no part has a place of its own.
            let exact = markdown.get(range.clone()) == Some(text.as_ref());
            let offset = |at: u32| exact.then(|| range.start + (at - start) as usize);
            if from.is_none() && (start..end).contains(&run.start) {
                from = Some(offset(run.start).unwrap_or(range.start));
            }
            if let Some(from) = from.filter(|_| run.end <= end) {
                let to = offset(run.end.max(start)).unwrap_or(range.end);
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
