//! Footnotes: references in the text, and the notes below it with the ways back.

use std::collections::HashMap;
use std::fmt::Write as _;

/// The footnotes of one text.
#[derive(Default)]
pub(super) struct Notes {
    /// Each note's number and how often it was referred to.
    numbers: HashMap<String, (usize, usize)>,
    /// Notes' names by number.
    order: Vec<String>,
    /// Each note's text.
    texts: HashMap<String, String>,
    /// The note that is being read, and the text before it.
    open: Option<(String, String)>,
}

impl Notes {
    /// Writes a reference. Notes are numbered in the order of their first references.
    pub(super) fn refer(&mut self, name: &str, out: &mut String) {
        let count = self.order.len();
        let (number, times) = self.numbers.entry(name.to_owned()).or_insert((count + 1, 0));
        *times += 1;
        let (number, times) = (*number, *times);
        if number > count {
            self.order.push(name.to_owned());
        }
        let again = if times > 1 { format!("-{times}") } else { String::new() };
        let _ = write!(
            out,
            "<sup class=\"footnote-ref\"><a id=\"fnref-{number}{again}\" href=\"#fn-{number}\" role=\"doc-noteref\">{}</a></sup>",
            letters(number)
        );
    }

    /// A note begins: what is written until it closes is its text.
    pub(super) fn open(&mut self, name: &str, out: &mut String) {
        self.open = Some((name.to_owned(), std::mem::take(out)));
    }

    /// A note ends.
    pub(super) fn close(&mut self, out: &mut String) {
        if let Some((name, text)) = self.open.take() {
            let note = std::mem::replace(out, text);
            self.texts.insert(name, note);
        }
    }

    /// Writes the notes that were referred to. A note may refer to another.
    pub(super) fn write(&self, out: &mut String) {
        if self.order.is_empty() {
            return;
        }
        out.push_str("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\"><ol>\n");
        for (at, name) in self.order.iter().enumerate() {
            let number = at + 1;
            let times = self.numbers.get(name).map_or(1, |&(_, times)| times);
            let text = self.texts.get(name).map_or("", String::as_str).trim_end();
            let (text, close) = text.strip_suffix("</p>").map_or((text, ""), |text| (text, "</p>"));
            let _ = write!(out, "<li id=\"fn-{number}\">{text}");
            for nth in 1..=times {
                let again = if nth > 1 { format!("-{nth}") } else { String::new() };
                let which = if nth > 1 { format!(", reference {nth}") } else { String::new() };
                let _ = write!(
                    out,
                    " <a href=\"#fnref-{number}{again}\" role=\"doc-backlink\" aria-label=\"Back to the text{which}\">↩</a>"
                );
            }
            let _ = writeln!(out, "{close}</li>");
        }
        out.push_str("</ol></section>\n");
    }
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
