//! Faults for machines.

use serde::Serialize;

use super::Tally;
use super::lines::{Lines, Position};
use crate::base::{Diagnostic, Place, Snapshot};

/// Renders faults that are sorted already as one JSON document, with each fault on a line of its own:
///
/// ```json
/// {"diagnostics": [
/// {"code": "B0105", "name": "unknown-key", "level": "error", "message": "there is no key `sumary` here",
///  "file": "content/briefs/x.md", "line": 3, "column": 1, "end_line": 3, "end_column": 7,
///  "byte_start": 20, "byte_end": 26, "label": "unknown key", "help": ["did you mean `summary`?"],
///  "replacement": "summary", "related": [{"file": "…", "line": 1, "column": 1, "message": "…"}],
///  "explain": "brief explain B0105"}
/// ],
/// "errors": 1, "warnings": 0}
/// ```
///
/// Every key is always there. `file` is from the site's root, with `/`; it is `null` when no file is to
/// blame, and the six numbers are `null` when a file as a whole is (for a file that is no text, only the
/// lines and columns are). Lines and columns count from 1, columns in Unicode characters (scalar values);
/// bytes count from 0; ends are exclusive. `replacement` is what could stand at the place instead.
/// Keys may be added; none changes its meaning.
pub fn json(diagnostics: &[Diagnostic], sources: &Snapshot) -> String {
    let mut lines = Lines::new(sources);
    let faults: Vec<String> =
        diagnostics.iter().map(|diagnostic| text(&Fault::new(diagnostic, &mut lines))).collect();
    let tally = Tally::of(diagnostics);
    let list = if faults.is_empty() { String::new() } else { format!("\n{}\n", faults.join(",\n")) };
    format!(
        "{{\"diagnostics\": [{list}],\n\"errors\": {}, \"warnings\": {}}}\n",
        tally.errors, tally.warnings
    )
}

fn text(fault: &Fault<'_>) -> String {
    serde_json::to_string(fault).expect("the struct has only string keys, so it serialises")
}

#[derive(Serialize)]
struct Fault<'a> {
    code: &'a str,
    name: &'a str,
    level: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Where<'a>,
    label: &'a str,
    help: &'a [String],
    replacement: Option<&'a str>,
    related: Vec<Related<'a>>,
    explain: String,
}

#[derive(Default, Serialize)]
struct Where<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    byte_start: Option<u32>,
    byte_end: Option<u32>,
}

#[derive(Serialize)]
struct Related<'a> {
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
}

impl<'a> Fault<'a> {
    fn new(diagnostic: &'a Diagnostic, lines: &mut Lines<'a>) -> Self {
        let related = diagnostic.others.iter().map(|(place, message)| {
            let start = ends(place, lines).map(|(start, _)| start);
            let (line, column) = (start.map(|at| at.line), start.map(|at| at.column));
            Related { file: place.path.as_str(), line, column, message }
        });
        Self {
            related: related.collect(),
            code: diagnostic.code.id,
            name: diagnostic.code.name,
            level: diagnostic.level.word(),
            message: &diagnostic.message,
            place: diagnostic.place.as_ref().map(|place| Where::new(place, lines)).unwrap_or_default(),
            label: &diagnostic.label,
            help: &diagnostic.help,
            replacement: diagnostic.replacement.as_deref(),
            explain: format!("brief explain {}", diagnostic.code.id),
        }
    }
}

impl<'a> Where<'a> {
    fn new(place: &'a Place, lines: &mut Lines<'a>) -> Self {
        let ends = ends(place, lines);
        let before = lines.before(&place.path);
        Self {
            file: Some(place.path.as_str()),
            line: ends.map(|(start, _)| start.line),
            column: ends.map(|(start, _)| start.column),
            end_line: ends.map(|(_, end)| end.line),
            end_column: ends.map(|(_, end)| end.column),
            byte_start: place.span.map(|span| before + span.start),
            byte_end: place.span.map(|span| before + span.end),
        }
    }
}

fn ends<'a>(place: &'a Place, lines: &mut Lines<'a>) -> Option<(Position, Position)> {
    let span = place.span?.range();
    let file = lines.of(&place.path)?;
    Some((file.position(span.start), file.position(span.end)))
}
