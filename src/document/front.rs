//! Where the front matter ends and the text begins.

use crate::base::{Diagnostic, SourcePath, Span, codes};

/// The largest front matter read, in bytes.
const LIMIT: usize = 64 * 1024;

/// Front matter that is not where or what it should be is looked for in so many lines.
const LINES: usize = 200;

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
    let mut lines = source[start..].lines().take(LINES);
    let is_text = !lines.next().is_some_and(|line| line.contains(':')) && !lines.any(is_label_key);
    if is_text { none } else { Parts { body_start: offset(source.len()), fault: Some(fault), ..none } }
}

/// The fault of a file that begins with front matter in another form: TOML, JSON, more dashes, or not at the start.
fn other_form(path: &SourcePath, source: &str) -> Option<Diagnostic> {
    let at = after_comments(source);
    let first = source[at..].lines().next()?.trim();
    let fenced = |mark: u8| first.len() >= 3 && first.bytes().all(|byte| byte == mark);
    let inside: Vec<&str> = source[at..].lines().skip(1).take(LINES).map(str::trim).collect();
    let end = inside.iter().position(|line| *line == first);
    let is_fenced = end.is_some_and(|end| is_front_matter(&inside[..end]));
    let what = if fenced(b'+') && is_fenced {
        "TOML front matter"
    } else if fenced(b'-') && is_fenced {
        if first.len() > 3 {
            "front matter with too many dashes"
        } else {
            "front matter that does not begin the file"
        }
    } else if source[at..].strip_prefix('{').is_some_and(|rest| is_json_key(rest.trim_start())) {
        "JSON front matter"
    } else {
        return None;
    };
    let fault = Diagnostic::new(&codes::FRONT_MATTER_FORM, format!("the file has {what}"))
        .at(path, Span::new(at..at + first.len().max(1)))
        .help("front matter is YAML between two lines `---`, and the first line of the file is the first of them");
    Some(fault)
}

/// Where the first line begins that is neither empty nor a comment; its own blanks are passed over too.
fn after_comments(source: &str) -> usize {
    let mut at = source.len() - source.trim_start().len();
    while let Some(end) = source[at..].strip_prefix("<!--").and_then(|rest| rest.find("-->")) {
        at += "<!--".len() + end + "-->".len();
        at += source[at..].len() - source[at..].trim_start().len();
    }
    at
}

/// Whether lines between two fences are keys and values, or say a label at least. A text between two rules is not.
fn is_front_matter(lines: &[&str]) -> bool {
    let is_empty = |line: &&&str| !line.is_empty() && !line.starts_with('#');
    let mut lines_with = lines.iter().filter(is_empty).peekable();
    let is_like = |line: &&str| key(line).is_some() || line.starts_with(['-', '[', ']', '{', '}', '"', '\'']);
    lines.iter().any(|line| is_label_key(line)) || lines_with.peek().is_some() && lines_with.all(is_like)
}

/// The key that a line gives a value, in YAML or TOML.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once([':', '='])?;
    let key = key.trim().trim_matches(['"', '\'']);
    let is_key =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    is_key.then_some(key)
}

fn is_label_key(line: &str) -> bool {
    key(line).is_some_and(|key| key.eq_ignore_ascii_case("tlp"))
}

fn is_json_key(text: &str) -> bool {
    let rest = text.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    rest.is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
