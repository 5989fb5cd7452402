//! Faults as JUnit XML, which Jenkins, GitLab and most CI systems show as test results.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Context;
use super::finding::{Finding, findings};
use crate::base::{Content, Diagnostic, Level};

/// Renders faults that are sorted already as one suite with a test case for each text of `content/` and for
/// each other file with a fault. A case fails when its file fails the build: by an error or, under `--strict`,
/// by a warning. It has one `failure` that tells of every fault in the file, because readers take one.
/// Warnings that fail nothing stand in `system-out`. Files keep their names from run to run, so a CI system
/// knows which were mended.
pub fn junit(diagnostics: &[Diagnostic], context: &Context<'_>) -> String {
    let found = findings(diagnostics, context);
    let mut cases: BTreeMap<String, Vec<&Finding<'_>>> =
        texts(context).map(|path| (path, Vec::new())).collect();
    for one in &found {
        let name = one.at.as_ref().map_or_else(|| "the site".to_owned(), |at| at.path.clone());
        cases.entry(name).or_default().push(one);
    }
    let fails = |found: &&Finding<'_>| context.strict || found.diagnostic.level == Level::Error;
    let failures = cases.values().filter(|found| found.iter().any(&fails)).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", cases.len());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"brief\" {counts}>\n\
         <testsuite name=\"brief\" {counts} skipped=\"0\" time=\"0\">\n"
    );
    for (name, found) in &cases {
        let (failing, rest): (Vec<_>, Vec<_>) = found.iter().copied().partition(|one| fails(one));
        case(&mut out, name, &failing, &rest);
    }
    out.push_str("</testsuite>\n</testsuites>\n");
    out
}

fn texts<'a>(context: &'a Context<'_>) -> impl Iterator<Item = String> + 'a {
    let is_text = |file: &&crate::base::File| {
        matches!(file.content, Content::Text(_)) && file.path.in_content().is_some()
    };
    context
        .sources
        .files
        .iter()
        .filter(is_text)
        .map(|file| format!("{}{}", context.prefix, file.path.as_str()))
}

fn case(out: &mut String, name: &str, failing: &[&Finding<'_>], rest: &[&Finding<'_>]) {
    let folder = name.rsplit_once('/').map_or("brief", |(folder, _)| folder).replace('/', ".");
    let name = attribute(name);
    let _ = write!(
        out,
        "<testcase name=\"{name}\" classname=\"{}\" file=\"{name}\" time=\"0\"",
        attribute(&folder)
    );
    if failing.is_empty() && rest.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    if let Some(first) = failing.first() {
        let first = first.diagnostic;
        let more = match failing.len() {
            1 => String::new(),
            n => format!(" (and {} more)", n - 1),
        };
        let _ = writeln!(
            out,
            "<failure message=\"{}{more}\" type=\"{}\">{}</failure>",
            attribute(&format!("{}: {}", first.code.id, first.message)),
            attribute(first.code.name),
            text(&told(failing))
        );
    }
    if !rest.is_empty() {
        let _ = writeln!(out, "<system-out>{}</system-out>", text(&told(rest)));
    }
    out.push_str("</testcase>\n");
}

/// `content/briefs/a.md:5:3: error[B0302]: …`, a line a fault, its help below it.
fn told(found: &[&Finding<'_>]) -> String {
    let mut out = String::new();
    for one in found {
        let fault = one.diagnostic;
        if let Some(at) = &one.at {
            out.push_str(&at.path);
            if let Some((start, _)) = at.ends {
                let _ = write!(out, ":{}:{}", start.line, start.column);
            }
            out.push_str(": ");
        }
        let _ = writeln!(out, "{}[{}]: {}", fault.level.word(), fault.code.id, fault.message);
        for help in &fault.help {
            let _ = writeln!(out, "  help: {help}");
        }
    }
    out
}

fn text(text: &str) -> String {
    let is_char = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML 1.0 has no way to write most control characters.
            c if is_char(&c) => out.push(c),
            _ => out.push('\u{FFFD}'),
        }
    }
    out
}

fn attribute(value: &str) -> String {
    text(value).replace('"', "&quot;").replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}
