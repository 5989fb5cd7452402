//! Faults as GitHub's workflow commands, which become annotations on the lines of a pull request.

use std::fmt::Write as _;

use super::Context;
use super::finding::{Finding, findings};
use crate::base::{Diagnostic, Level};

/// Renders faults that are sorted already, one `::error …::message` a line. GitHub shows ten errors and ten
/// warnings of a step; `sarif` has no such limit.
pub fn github(diagnostics: &[Diagnostic], context: &Context<'_>) -> String {
    findings(diagnostics, context).iter().map(command).collect()
}

fn command(found: &Finding<'_>) -> String {
    let fault = found.diagnostic;
    let mut out = format!("::{} ", if fault.level == Level::Error { "error" } else { "warning" });
    if let Some(at) = &found.at {
        let _ = write!(out, "file={},", property(&at.path));
        if let Some((start, end)) = at.ends {
            let _ = write!(out, "line={},endLine={},", start.line, end.line);
            // Over several lines GitHub takes no columns. Its ends are inclusive.
            if start.line == end.line {
                let last = end.column.saturating_sub(1).max(start.column);
                let _ = write!(out, "col={},endColumn={last},", start.column);
            }
        }
    }
    let title = format!("{} {}", fault.code.id, fault.code.name);
    let mut message = fault.message.clone();
    for help in &fault.help {
        let _ = write!(message, "\nhelp: {help}");
    }
    let _ = writeln!(out, "title={}::{}", property(&title), data(&message));
    out
}

/// As the runner's own toolkit escapes a message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As it escapes a property, where `:` and `,` are marks.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
