//! What the formats of CI systems share: a fault with its file as the repository knows it, its lines, and a
//! fingerprint by which the same fault is known again in the next run.

use std::collections::HashMap;

use super::Context;
use super::lines::{Lines, Position};
use crate::base::{Diagnostic, Place};

/// The file that a fault is laid to when a format must have one and the fault has none.
pub(super) const NO_FILE: &str = "site.toml";

/// A fault, placed.
pub(super) struct Finding<'a> {
    /// The fault.
    pub(super) diagnostic: &'a Diagnostic,
    /// Where it lies, if it lies in a file.
    pub(super) at: Option<Region>,
    /// Second places with their words.
    pub(super) others: Vec<(Region, &'a str)>,
    /// 32 hexadecimal digits; no other fault of the run has them.
    pub(super) fingerprint: String,
}

/// A file from the repository's root and, unless the file as a whole is meant, a piece of it.
pub(super) struct Region {
    /// With `/`, not encoded.
    pub(super) path: String,
    /// First character and one past the last.
    pub(super) ends: Option<(Position, Position)>,
}

impl Region {
    fn new<'a>(place: &'a Place, lines: &mut Lines<'a>, prefix: &str) -> Self {
        let ends = place.span.and_then(|span| {
            let file = lines.of(&place.path)?;
            Some((file.position(span.range().start), file.position(span.range().end)))
        });
        Self { path: format!("{prefix}{}", place.path.as_str()), ends }
    }

    /// The first and the last line, from 1; the first of the file when all of it is meant.
    pub(super) fn lines(&self) -> (usize, usize) {
        self.ends.map_or((1, 1), |(start, end)| (start.line, end.line))
    }
}

/// Places faults that are sorted already.
pub(super) fn findings<'a>(diagnostics: &'a [Diagnostic], context: &Context<'a>) -> Vec<Finding<'a>> {
    let mut lines = Lines::new(context.sources);
    let mut seen: HashMap<String, usize> = HashMap::new();
    diagnostics
        .iter()
        .map(|diagnostic| {
            let at = diagnostic.place.as_ref().map(|place| Region::new(place, &mut lines, context.prefix));
            let others = diagnostic.others.iter();
            let others =
                others.map(|(place, words)| (Region::new(place, &mut lines, context.prefix), words.as_str()));
            let others = others.collect();
            let key = key(diagnostic, &mut lines, context.prefix);
            let nth = seen.entry(key.clone()).or_default();
            let fingerprint = hash(&format!("{key}\0{nth}"));
            *nth += 1;
            Finding { diagnostic, at, others, fingerprint }
        })
        .collect()
}

/// What stays the same when lines move: the code, the file, what the line says and which words of it are
/// meant. A fault of a whole file is told by its message.
fn key<'a>(diagnostic: &'a Diagnostic, lines: &mut Lines<'a>, prefix: &str) -> String {
    let code = diagnostic.code.id;
    let Some(place) = &diagnostic.place else { return format!("{code}\0\0{}", diagnostic.message) };
    let path = place.path.as_str();
    let words = place.span.and_then(|span| {
        let file = lines.of(&place.path)?;
        let span = file.snap(span.range());
        let line = file.text[file.line(file.line_of(span.start))].trim();
        let end = span.end.min(file.text.len());
        Some(format!("{line}\0{}", &file.text[span.start.min(end)..end]))
    });
    format!("{code}\0{prefix}{path}\0{}", words.as_deref().unwrap_or(&diagnostic.message))
}

fn hash(key: &str) -> String {
    blake3::hash(key.as_bytes()).to_hex()[..32].to_owned()
}
