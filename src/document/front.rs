//! Where the front matter ends and the text begins.

use memchr::memchr_iter;

use crate::base::seen::{self, plain};
use crate::base::yaml;
use crate::base::{Diagnostic, Label, SourcePath, Span, codes};

/// The largest front matter read, in bytes.
const LIMIT: usize = 64 * 1024;

/// Front matter that is not where or what it should be is looked for in so many lines.
const LINES: usize = 30;

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
        return none;
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
    let is_text = !lines.next().is_some_and(|line| line.contains(':')) && !lines.any(is_label);
    if is_text { none } else { Parts { body_start: offset(source.len()), fault: Some(fault), ..none } }
}

/// The fault of a file in which a carriage return alone ends a line.
pub(super) fn lone_return(path: &SourcePath, source: &str) -> Option<Diagnostic> {
    let bytes = source.as_bytes();
    let at = memchr_iter(b'\r', bytes).find(|&at| bytes.get(at + 1) != Some(&b'\n'))?;
    let fault = Diagnostic::new(&codes::LINE_ENDS, "a line ends with a carriage return alone")
        .at(path, Span::new(at..at + 1))
        .help("save the file with line ends LF or CRLF, for example with `tr '\\r' '\\n'`");
    Some(fault)
}

/// The fault of a text that begins with front matter in another form: TOML, JSON, more dashes, not at the start, a
/// second time, without any fence. `at` is where the text begins. The label in it tells it, or the TOML's fence, which
/// begins no text, or blanks before the first fence; other keys may be words.
pub(super) fn in_another_form(path: &SourcePath, source: &str, at: usize) -> Option<Diagnostic> {
    let text = &source[at..];
    let first = head(text).map(|(_, line)| line.trim()).find(|line| !line.is_empty())?;
    let in_json = |line: &str| first.starts_with('{') && line.to_ascii_lowercase().contains("\"tlp\"");
    let says = |line: &str| is_label(line) || in_json(line);
    let label = head(text).find(|(_, line)| !line.starts_with("    ") && says(line));
    let is_toml = || first == "+++" && head(text).any(|(_, line)| is_key(line));
    let (place, line) = match label {
        Some(found) => found,
        None if is_toml() || at == 0 && is_below_blanks(text) => {
            head(text).find(|(_, line)| line.trim() == first)?
        }
        None => return None,
    };
    let before = head(text).take_while(|(other, _)| *other <= place);
    let fence = before.map(|(_, line)| line.trim()).find(|line| is_fence(line));
    let what = match fence {
        _ if first == "+++" => "TOML front matter",
        _ if in_json(line) => "JSON front matter",
        Some("---") => "front matter that does not begin the file",
        Some(fence) if fence.bytes().all(|byte| byte == b'-') => "front matter with too many dashes",
        Some(_) => "front matter that does not begin with three plain dashes",
        None if at == 0 && head(text).any(|(_, line)| is_key(line)) => "front matter without its lines `---`",
        // A letter's head.
        None => return None,
    };
    let start = at + place + (line.len() - line.trim_start().len());
    let fault = Diagnostic::new(&codes::FRONT_MATTER_FORM, format!("the file has {what}"))
        .at(path, Span::new(start..start + line.trim().len()))
        .help("front matter is YAML between two lines `---`, and the first line of the file is the first of them");
    Some(fault)
}

/// Whether a text begins with front matter but for blanks before it.
fn is_below_blanks(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix("---") else { return false };
    let Some((keys, _)) = rest
        .trim_start_matches([' ', '\t'])
        .strip_prefix(['\n', '\r'])
        .and_then(|rest| rest.split_once("\n---"))
    else {
        return false;
    };
    keys.len() < LIMIT && are_keys(keys)
}

/// Whether a line is of dashes, as one between front matter and text is; some programs make long dashes of short ones.
fn is_fence(line: &str) -> bool {
    let line = plain(line);
    let line = line.trim();
    line.contains("---") && line.bytes().all(|byte| byte == b'-')
        || !line.is_empty() && line.chars().all(|ch| matches!(ch, '-' | '–' | '—')) && !line.is_ascii()
}

/// The first lines of a text, with their places, up to the first code, which is shown on purpose.
fn head(text: &str) -> impl Iterator<Item = (usize, &str)> {
    const ODD: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];
    // Hardly any text has them, and one character is found much faster than one of several.
    let is_odd = ODD.into_iter().any(|ch| text.contains(ch));
    let is_end = move |ch: char| ch == '\n' || ODD.contains(&ch);
    let (odd, plain) = if is_odd { (text, "") } else { ("", text) };
    let mut next = 0;
    let lines = odd.split_inclusive(is_end).chain(plain.split_inclusive('\n')).map(move |line| {
        next += line.len();
        (next - line.len(), line)
    });
    lines.take(LINES).take_while(|(_, line)| !line.starts_with("```") && !line.starts_with("~~~"))
}

/// Whether what YAML takes for one text was meant for keys and values: a line gives a label, or all lines begin with
/// words that a colon without a blank, or what looks like a colon, parts from the rest.
pub(super) fn are_keys(text: &str) -> bool {
    let is_open = |line: &&str| !line.trim().is_empty() && !line.starts_with([' ', '\t', '#']);
    let mut open = text.lines().filter(is_open).peekable();
    text.lines().any(|line| is_label(line) || is_key(line))
        || open.peek().is_some() && open.all(yaml::is_nearly_entry)
}

/// What stands around keys and values in one form or another.
const AROUND: [char; 10] = [' ', '\t', '\r', '\n', '"', '\'', '“', '”', '‘', '’'];

/// Whether a line gives the key `tlp` a label, in YAML, TOML or JSON, or as what looks like it.
pub(super) fn is_label(line: &str) -> bool {
    /// No such line is longer, but for what comes after the label.
    const LONGEST: usize = 128;
    if seen::first(line) != Some('t') {
        return false;
    }
    let line = plain(&line[..line.floor_char_boundary(LONGEST)]);
    value_of(&line, "tlp").is_some_and(|value| {
        let value = value.split(" #").next().unwrap_or_default();
        let value = value.trim_matches(AROUND).trim_end_matches(',').trim_matches(AROUND);
        Label::parse(value.trim_start_matches([':', '='])).is_some()
    })
}

/// Whether it gives one of the keys a value that most front matter has.
fn is_key(line: &str) -> bool {
    let line = plain(line);
    ["title", "name", "date"].into_iter().any(|key| value_of(&line, key).is_some())
}

fn value_of<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    let line = line.trim_start_matches(AROUND);
    let rest =
        line.get(..key.len()).filter(|head| head.eq_ignore_ascii_case(key)).map(|_| &line[key.len()..])?;
    rest.trim_start_matches(AROUND).strip_prefix([':', '='])
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
