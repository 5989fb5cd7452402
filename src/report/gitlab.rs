//! Faults as GitLab's Code Quality report, which a merge request shows beside the changed lines.

use serde_json::{Value, json};

use super::Context;
use super::finding::{Finding, NO_FILE, findings};
use crate::base::{Diagnostic, Level};

/// Renders faults that are sorted already as a JSON array, one object a fault, in the subset of Code Climate's
/// format that GitLab documents. Errors are `critical`, warnings `minor`. Paths are from the repository's
/// root, lines count from 1. A fault of a whole file stands at its first line; one of no file, in `site.toml`.
pub fn gitlab(diagnostics: &[Diagnostic], context: &Context<'_>) -> String {
    let list: Vec<Value> =
        findings(diagnostics, context).iter().map(|found| issue(found, context.prefix)).collect();
    format!("{:#}\n", Value::from(list))
}

fn issue(found: &Finding<'_>, prefix: &str) -> Value {
    let fault = found.diagnostic;
    let severity = if fault.level == Level::Error { "critical" } else { "minor" };
    let mut description = format!("{}: {}", fault.code.id, fault.message);
    for help in &fault.help {
        description.push_str(" – ");
        description.push_str(&help.replace('\n', " "));
    }
    let (begin, end) = found.at.as_ref().map_or((1, 1), super::finding::Region::lines);
    let path = found.at.as_ref().map_or_else(|| format!("{prefix}{NO_FILE}"), |at| at.path.clone());
    json!({
        "type": "issue",
        "check_name": fault.code.name,
        "description": description,
        "categories": ["Bug Risk"],
        "severity": severity,
        "fingerprint": found.fingerprint,
        "location": { "path": path, "lines": { "begin": begin, "end": end } },
    })
}
