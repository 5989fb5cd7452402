//! Faults as SARIF 2.1.0 (OASIS, 2020), which code-scanning pages of GitHub, GitLab and editors read.

use serde_json::{Value, json};

use super::Context;
use super::finding::{Finding, NO_FILE, Region, findings};
use crate::base::{Code, Level, codes, encode};

/// Renders faults that are sorted already as one SARIF log with one run.
///
/// Every kind of fault stands among the rules, with its long text as help. Paths are from the repository's
/// root (`%SRCROOT%`). Columns count Unicode characters from 1 and ends are exclusive. The fingerprint stands
/// in `partialFingerprints` twice, under a name of our own and under the one that GitHub compares.
pub fn sarif(diagnostics: &[crate::base::Diagnostic], context: &Context<'_>) -> String {
    let results: Vec<Value> =
        findings(diagnostics, context).iter().map(|found| result(found, context.prefix)).collect();
    let rules: Vec<Value> = codes::ALL.iter().map(|code| rule(code)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Briefwright",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: &Code) -> Value {
    let first = code.explanation.split_inclusive(". ").next().unwrap_or_default().trim_end();
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": first },
        "fullDescription": { "text": code.explanation },
        "help": { "text": code.explanation, "markdown": code.explanation },
        "defaultConfiguration": { "level": level(code.level) },
        "properties": { "tags": [code.group.name()] },
    })
}

fn result(found: &Finding<'_>, prefix: &str) -> Value {
    let fault = found.diagnostic;
    let mut text = fault.message.clone();
    for more in std::iter::once(&fault.label).filter(|label| !label.is_empty()).chain(&fault.help) {
        text.push('\n');
        text.push_str(more);
    }
    let index = codes::ALL.iter().position(|code| code.id == fault.code.id);
    let nowhere = Region { path: format!("{prefix}{NO_FILE}"), ends: None };
    let at = found.at.as_ref().unwrap_or(&nowhere);
    let mut result = json!({
        "ruleId": fault.code.id,
        "ruleIndex": index,
        "level": level(fault.level),
        "message": { "text": literal(&text) },
        "locations": [{ "physicalLocation": physical(at) }],
        "partialFingerprints": {
            "briefwright/v1": found.fingerprint,
            "primaryLocationLineHash": found.fingerprint,
        },
    });
    if !found.others.is_empty() {
        let others = found.others.iter().enumerate().map(|(id, (region, words))| {
            json!({ "id": id, "physicalLocation": physical(region), "message": { "text": literal(words) } })
        });
        result["relatedLocations"] = others.collect();
    }
    if let (Some(text), Some(ends)) = (&fault.replacement, at.ends) {
        result["fixes"] = json!([{
            "description": { "text": literal(&format!("write `{text}`")) },
            "artifactChanges": [{
                "artifactLocation": artifact(at),
                "replacements": [{
                    "deletedRegion": region(ends),
                    "insertedContent": { "text": text },
                }],
            }],
        }]);
    }
    result
}

/// Words as a message takes them (§3.11.5 and §3.11.6): braces are doubled, as one alone stands for an argument, and
/// where brackets would make a link they are escaped.
fn literal(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text
    }
}

fn physical(at: &Region) -> Value {
    let mut location = json!({ "artifactLocation": artifact(at) });
    if let Some(ends) = at.ends {
        location["region"] = region(ends);
    }
    location
}

fn artifact(at: &Region) -> Value {
    json!({ "uri": encode(&at.path), "uriBaseId": "%SRCROOT%" })
}

fn region((start, end): (super::lines::Position, super::lines::Position)) -> Value {
    json!({
        "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Allow => "none",
        Level::Warn => "warning",
        Level::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_links_and_no_arguments() {
        assert_eq!(literal(r"see [a\b](https://x.example)"), r"see \[a\\b\](https://x.example)");
        assert_eq!(literal("`[[a]]` and {0}"), "`[[a]]` and {{0}}");
    }
}
