//! The template engine's errors as diagnostics.

use tera::{Error, ErrorKind, ReportError};

use super::survey::Sources;
use crate::base::{Diagnostic, SourcePath, Span, codes};

/// What went wrong, at its place in the template. `template` is the one that was asked for.
pub(super) fn diagnostic(sources: &Sources, template: &str, error: &Error) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) => placed(sources, report, "the template cannot be read"),
        ErrorKind::RenderingError(report) => placed(sources, report, "the template cannot be rendered"),
        _ => told(sources, template, &error.to_string()),
    }
}

/// Likewise, where an error may be several, whose reports stand one after the other.
pub(super) fn diagnostics(sources: &Sources, template: &str, error: &Error) -> Vec<Diagnostic> {
    match error.kind() {
        ErrorKind::Msg(text) => text.split("\n\nerror: ").map(|text| told(sources, template, text)).collect(),
        _ => vec![diagnostic(sources, template, error)],
    }
}

fn told(sources: &Sources, template: &str, text: &str) -> Diagnostic {
    let first = text.lines().next().unwrap_or_default();
    let fault = Diagnostic::new(&codes::TEMPLATE, first.strip_prefix("error: ").unwrap_or(first));
    match (told_place(sources, text), sources.get(template)) {
        (Some((path, span)), _) => fault.at(path, span),
        (None, Some((path, _))) => fault.in_file(path),
        (None, None) => fault,
    }
}

fn placed(sources: &Sources, report: &ReportError, what: &str) -> Diagnostic {
    let message = report.message();
    let mut lines = message.lines();
    let mut fault =
        Diagnostic::new(&codes::TEMPLATE, format!("{what}: {}", lines.next().unwrap_or_default()));
    for line in lines.filter(|line| !line.trim().is_empty()) {
        fault = fault.help(line.trim().to_owned());
    }
    let Some((path, text)) = sources.get(report.filename()) else { return fault };
    let span = report.span();
    let start = byte_at(text, span.start_line, span.start_col);
    let end = byte_at(text, span.end_line, span.end_col).max(start);
    fault.at(path, Span::new(start..end))
}

/// The byte at a line (from 1) and a column in characters (from 0).
fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = &text[start.min(text.len())..];
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

/// Where an error that holds another one's report says it is: ` --> page.html:1:18`, then the source line, then
/// the line that underlines it.
fn told_place<'t>(sources: &'t Sources, text: &str) -> Option<(&'t SourcePath, Span)> {
    let place = text.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let mut parts = place.rsplitn(3, ':');
    let (column, line) = (parts.next()?.parse::<usize>().ok()?, parts.next()?.parse().ok()?);
    let (path, source) = sources.get(parts.next()?)?;
    let underlined = text
        .lines()
        .find_map(|line| line.rsplit_once('^'))
        .map_or(1, |(before, _)| 1 + before.chars().rev().take_while(|&ch| ch == '^').count());
    let start = byte_at(source, line, column.saturating_sub(1));
    let end = byte_at(source, line, column.saturating_sub(1) + underlined);
    Some((path, Span::new(start..end.max(start))))
}
