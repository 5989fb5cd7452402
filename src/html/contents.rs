//! The contents list of a text.

use crate::document::{Document, Heading};
use crate::site::{Link, Links};

/// The headings but for the title: anchor, text, level as shown, which is `shift` more than written.
pub(super) fn contents(document: &Document, links: &Links, shift: u8) -> Vec<(String, String, u8)> {
    let body = &document.body;
    let headings = body.headings.iter().skip(usize::from(body.title_heading));
    headings
        .map(|heading| (heading.id.clone(), words_shown(heading, document, links), heading.level + shift))
        .collect()
}

/// A heading's words as the page has them: a bare wikilink shows the title of what it leads to.
fn words_shown(heading: &Heading, document: &Document, links: &Links) -> String {
    let end = heading.at + u32::try_from(heading.text.len()).unwrap_or(0);
    let mut text = heading.text.clone();
    for (raw, link) in document.body.links.iter().zip(&links.links) {
        let is_bare = raw.wiki && (raw.words.end - raw.words.start) as usize == raw.target.len();
        if is_bare
            && (heading.at..end).contains(&raw.words.start)
            && let Link::Page { title: Some(title), .. } = link
        {
            text = text.replacen(&raw.target, title, 1);
        }
    }
    text
}
