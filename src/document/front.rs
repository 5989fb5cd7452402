//! Where the front matter ends and the text begins.

use crate::base::{Diagnostic, SourcePath, Span, codes};

/// The largest front matter read, in bytes.
const LIMIT: usize = 64 * 1024;

/// The parts of a file.
pub(super) struct Parts<'a> {
    /// The YAML between the `---` lines; empty without front matter.
    pub yaml: &'a str,
    /// Where it begins in the file.
    pub yaml_start: u32,
    /// Where the text begins in the file.
    pub body_start: u32,
    /// What is wrong with the front matter as a whole.
    pub fault: Option<Diagnostic>,
}

/// Splits a file. A first line of `---` opens front matter, the next line of `---` (or `...`) ends it.
pub(super) fn split<'a>(path: &SourcePath, source: &'a str) -> Parts<'a> {
    let none = Parts { yaml: "", yaml_start: 0, body_start: 0, fault: None };
    let Some(first) = source.split_inclusive('\n').next().filter(|line| line.trim_end() == "---") else {
        return Parts { fault: other_form(path, source), ..none };
    };
    let start = first.len();
    let mut at = start;
    for line in source[start..].split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            let yaml = &source[start..at];
            let (yaml, fault) = if yaml.len() > LIMIT {
                let fault = Diagnostic::new(
                    &codes::FRONT_MATTER_SIZE,
                    format!("the front matter is {} KB long", yaml.len() / 1024),
                )
                .at(path, Span::new(0..first.trim_end().len()))
                .help("64 KB is the most; move long text below the front matter");
                ("", Some(fault))
            } else {
                (yaml, None)
            };
            return Parts { yaml, yaml_start: offset(start), body_start: offset(at + line.len()), fault };
        }
        at += line.len();
    }
    let fault = Diagnostic::new(&codes::FRONT_MATTER_OPEN, "the front matter has no end")
        .at(path, Span::new(0..first.trim_end().len()))
        .label("opened here")
        .help("write a line `---` after its last key");
    // A Markdown file may begin with a rule; without any `key:` line it is text.
    let is_text = !source[start..].lines().take(1).any(|line| line.contains(':'));
    if is_text { none } else { Parts { body_start: offset(source.len()), fault: Some(fault), ..none } }
}

/// The fault of a file that begins with front matter in another form: TOML, JSON, more dashes, or not at the start.
fn other_form(path: &SourcePath, source: &str) -> Option<Diagnostic> {
    let at = source.len() - source.trim_start().len();
    let mut lines = source[at..].lines().map(str::trim_end);
    let first = lines.next()?;
    let opens = |line: &str, mark: u8| line.len() >= 3 && line.bytes().all(|byte| byte == mark);
    let is_key = |line: &str, parts: char| {
        line.split_once(parts).is_some_and(|(key, _)| {
            let key = key.trim();
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-\"".contains(&byte))
        })
    };
    let second = lines.next().unwrap_or_default();
    let ends = || lines.clone().any(|line| line == first);
    let what = if opens(first, b'+') && is_key(second, '=') && ends() {
        "TOML front matter"
    } else if opens(first, b'-') && is_key(second, ':') && ends() {
        if first.len() > 3 {
            "front matter with too many dashes"
        } else {
            "front matter that does not begin the file"
        }
    } else if first.starts_with('{') && is_key(first[1..].trim(), ':')
        || first == "{" && is_key(second.trim(), ':')
    {
        "JSON front matter"
    } else {
        return None;
    };
    let fault = Diagnostic::new(&codes::FRONT_MATTER_FORM, format!("the file has {what}"))
        .at(path, Span::new(at..at + first.len()))
        .help("front matter is YAML between two lines `---`, and the first line of the file is the first of them");
    Some(fault)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
