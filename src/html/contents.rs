//! The contents list of a text.

use crate::document::Body;

/// The words of headings as the page has them, gathered while the text is written: a bare wikilink shows the title of
/// what it leads to.
#[derive(Default)]
pub(super) struct Contents {
    words: Vec<String>,
    is_open: bool,
}

impl Contents {
    /// A heading begins.
    pub(super) fn open(&mut self) {
        self.words.push(String::new());
        self.is_open = true;
    }

    /// Words are written; they count if they are a heading's.
    pub(super) fn add(&mut self, words: &str) {
        if let Some(last) = self.words.last_mut().filter(|_| self.is_open) {
            last.push_str(words);
        }
    }

    /// The heading ends.
    pub(super) fn close(&mut self) {
        self.is_open = false;
    }

    /// The headings but for the title: anchor, text, level as shown, which is `shift` more than written.
    pub(super) fn list(self, body: &Body, shift: u8) -> Vec<(String, String, u8)> {
        let headings = body.headings.iter().zip(self.words).skip(usize::from(body.title_heading));
        headings
            .map(|(heading, words)| (heading.id.clone(), words.trim().to_owned(), heading.level + shift))
            .collect()
    }
}
