//! Footnotes: references in the text, and the notes below it with the ways back.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::document::{note_key, shown_notes};

/// The footnotes of one text.
#[derive(Default)]
pub(super) struct Notes {
    /// In the order of their first references.
    notes: Vec<Note>,
    /// Each note's place among them.
    places: HashMap<String, usize>,
    /// Each note's text.
    texts: HashMap<String, String>,
    /// The notes that are being read, the innermost last, and the text before each.
    open: Vec<(String, String)>,
}

/// A note that is referred to.
struct Note {
    name: String,
    /// Of each reference, in order, the note in which it stands, if it stands in one.
    references: Vec<Option<String>>,
}

impl Note {
    fn references(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        self.references.iter().map(|around| (around.as_deref(), self.name.as_str()))
    }
}

impl Notes {
    /// Writes a reference.
    pub(super) fn refer(&mut self, name: &str, out: &mut String) {
        let name = note_key(name);
        let place = *self.places.entry(name.clone()).or_insert_with(|| {
            self.notes.push(Note { name, references: Vec::new() });
            self.notes.len() - 1
        });
        let references = &mut self.notes[place].references;
        references.push(self.open.last().map(|(around, _)| around.clone()));
        let (number, nth) = (place + 1, references.len());
        let _ = write!(
            out,
            "<sup class=\"footnote-ref\"><a id=\"{}\" href=\"#fn-{number}\" role=\"doc-noteref\">{}</a></sup>",
            anchor(number, nth),
            letters(number)
        );
    }

    /// A note begins: what is written until it closes is its text.
    pub(super) fn open(&mut self, name: &str, out: &mut String) {
        self.open.push((note_key(name), std::mem::take(out)));
    }

    /// A note ends. Of several with one name the first counts.
    pub(super) fn close(&mut self, out: &mut String) {
        if let Some((name, text)) = self.open.pop() {
            let note = std::mem::replace(out, text);
            self.texts.entry(name).or_insert(note);
        }
    }

    /// Writes the notes that a reader is led to, from the text or from such a note, and from there back.
    pub(super) fn write(&self, out: &mut String) {
        let shown = shown_notes(self.notes.iter().flat_map(Note::references));
        let leads = |around: &Option<String>| around.as_deref().is_none_or(|around| shown.contains(around));
        if shown.is_empty() {
            return;
        }
        out.push_str("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\"><ol>\n");
        for ((note, number), nth) in self.numbered().filter(|(note, _)| shown.contains(&*note.name)).zip(1..)
        {
            let text = self.texts.get(&note.name).map_or("", String::as_str).trim_end();
            let (text, close) = text.strip_suffix("</p>").map_or((text, ""), |text| (text, "</p>"));
            let value = if number == nth { String::new() } else { format!(" value=\"{number}\"") };
            let _ = write!(out, "<li id=\"fn-{number}\"{value}>{text}");
            for (_, nth) in note.references.iter().zip(1..).filter(|(around, _)| leads(around)) {
                let which = if nth > 1 { format!(", reference {nth}") } else { String::new() };
                let _ = write!(
                    out,
                    " <a href=\"#{}\" role=\"doc-backlink\" aria-label=\"Back to the text{which}\">↩</a>",
                    anchor(number, nth)
                );
            }
            let _ = writeln!(out, "{close}</li>");
        }
        out.push_str("</ol></section>\n");
    }

    fn numbered(&self) -> impl Iterator<Item = (&Note, usize)> {
        self.notes.iter().zip(1..)
    }
}

/// The anchor of a reference to a note, from which the note leads back.
fn anchor(number: usize, nth: usize) -> String {
    if nth > 1 { format!("fnref-{number}-{nth}") } else { format!("fnref-{number}") }
}

/// Notes are lettered, because sources are numbered: a … z, aa …
fn letters(number: usize) -> String {
    let mut rest = number;
    let mut out = Vec::new();
    while rest > 0 {
        rest -= 1;
        out.push(char::from(b'a' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    out.iter().rev().collect()
}
