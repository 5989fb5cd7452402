//! What is wrong where a parser of YAML stopped, and what to do: mostly, to put a value in quotes.

use super::line::{Pair, value};
use crate::base::{Diagnostic, SourcePath, Span, codes};

/// The fault of a text in which the parser stopped at a byte, with such words. The text begins at byte `offset` of the
/// file.
pub(super) fn advice(path: &SourcePath, text: &str, offset: u32, at: usize, info: &str) -> Diagnostic {
    let fault = Diagnostic::new(&codes::YAML_SYNTAX, format!("this is not valid YAML: {info}"));
    let at = text.floor_char_boundary(at.min(text.len()));
    let place = |range: std::ops::Range<usize>| Span::new(range).shifted(offset);
    // A value that goes on after a tab is blamed where it began; the tab is what to mend.
    let at = match text[at..].find('\t').filter(|_| info.ends_with("a tab")) {
        Some(tab) => at + tab,
        None => at,
    };
    if let Some((escape, better)) = bad_escape(text, at).filter(|_| info.contains("a quoted scalar, ")) {
        let mut fault = fault.at(path, place(escape)).label("no escape that YAML knows").help(
            "in double quotes a backslash begins an escape: write `\\\\`, or put the value in single quotes",
        );
        fault.replacement = Some(better);
        fault.help.extend(in_single_quotes(text, at).map(|better| format!("write {better}")));
        return fault;
    }
    let (start, line) = blamed(text, at);
    if let Some(quote) = Quote::of(line, at.saturating_sub(start), info) {
        let from = start + quote.start;
        let mut fault =
            fault.at(path, place(from..from + quote.written.len())).label("quote this").help(quote.why);
        fault.help.extend(quote.better.as_ref().map(|better| format!("write {better}")));
        fault.replacement = quote.better;
        return fault;
    }
    let content = line.trim_start();
    if info.starts_with("mapping values")
        && content.len() < line.len()
        && let Some(pair) = Pair::read(content)
    {
        let from = start + line.len() - content.len();
        return fault
            .at(path, place(from..from + pair.key.len()))
            .label("indented")
            .help("an indented line goes on with the value above it: begin it where the other keys begin");
    }
    // One character, whole.
    let end = text.ceil_char_boundary((at + 1).min(text.len()));
    let fault = fault.at(path, place(at..end)).label("the parser stopped here");
    match info {
        _ if info.starts_with("unclosed quote") => {
            fault.help("close the quotation; a quote within it is written twice (`''`) or as `\\\"`")
        }
        _ if info.starts_with("unclosed bracket") => {
            fault.help("close the bracket; text that begins with one needs quotes")
        }
        _ if line.contains('\t') => fault.help("YAML indents with spaces, never with tabs"),
        _ => fault,
    }
}

/// The fault of a line that is no key with a value, nor a part of one.
pub(super) fn no_key(path: &SourcePath, line: &str, at: u32) -> Diagnostic {
    let line = line.lines().next().unwrap_or_default().trim_end();
    let place = Span::new(0..line.len()).shifted(at);
    let Some(pair) = Pair::guess(line) else {
        return Diagnostic::new(&codes::YAML_SYNTAX, "this is not valid YAML: the line has no key")
            .at(path, place)
            .label("neither a key nor the rest of a value")
            .help("write `key: value`; text that goes on over lines is indented below its key");
    };
    let key = crate::base::seen::plain(pair.key.trim_matches(['"', '\'', '“', '”', '‘', '’'])).into_owned();
    let (what, label) = match pair.sign {
        ":" => (format!("there is no blank after the colon of `{key}`"), "a blank belongs after the colon"),
        sign if sign.trim() == "=" => {
            (format!("`{key}` has `=` in place of a colon"), "a colon and a blank part key and value")
        }
        _ => (format!("what stands after `{key}` is not a colon and a blank"), "not the plain characters"),
    };
    let better = format!("{key}: {}", pair.value);
    let mut fault = Diagnostic::new(&codes::YAML_SYNTAX, format!("this is not valid YAML: {what}"))
        .at(path, place)
        .label(label)
        .help(format!("write `{better}`"));
    fault.replacement = Some(better);
    fault
}

/// A value, or a part of a list in brackets, that has to be quoted.
struct Quote<'t> {
    /// In the line.
    start: usize,
    written: &'t str,
    why: String,
    /// What to write, where that is plain.
    better: Option<String>,
}

impl<'t> Quote<'t> {
    /// What to quote in a line when the parser stopped at a byte of it.
    fn of(line: &'t str, at: usize, info: &str) -> Option<Self> {
        let (start, written) = value(line)?;
        if written.starts_with(['[', '{']) {
            return Self::in_brackets(line, start, at, info);
        }
        let first = written.chars().next()?;
        let why = match first {
            '"' | '\'' if info.starts_with("invalid trailing") || info.starts_with("mapping values") => {
                ENDS_WITH_QUOTE.to_owned()
            }
            '"' | '\'' => return None,
            '*' => format!("{}; an alias, `*name`, needs an anchor, `&name`, before it", begins_with(first)),
            '-' => format!("{}; a list begins on the next line", begins_with(first)),
            first if RESERVED.contains(first) => begins_with(first),
            _ if written.contains(": ") || written.ends_with(':') => WITH_COLON.to_owned(),
            _ => return None,
        };
        Some(Self { start, written, why, better: Some(quoted(written)) })
    }

    /// The same where the value begins with a bracket: a part of it, or all, when more than a comment follows.
    fn in_brackets(line: &'t str, start: usize, at: usize, info: &str) -> Option<Self> {
        let written = line[start..].trim_end();
        let (before, after) = (line.get(start..at)?, &line[at..]);
        let depth =
            |text: &str| text.matches(['[', '{']).count().saturating_sub(text.matches([']', '}']).count());
        if depth(before) == 0 {
            let is_text = at > start && !info.starts_with("misplaced") && !info.starts_with("comments must");
            let why = begins_with(written.chars().next()?);
            return is_text.then(|| Self { start, written, why, better: Some(quoted(written)) });
        }
        if info.starts_with("comments must") {
            let why = "`#` begins a comment: what begins with it needs quotes".to_owned();
            return listed(written).map(|better| Self { start, written, why, better: Some(better) });
        }
        let end = after.find([',', ']', '}']).map_or(line.len(), |end| at + end);
        let begins = |signs: &[&str]| {
            signs.iter().filter_map(|sign| before.rfind(sign).map(|at| at + sign.len())).max()
        };
        let from = |begin: usize| start + begin + before[begin..].len() - before[begin..].trim_start().len();
        let first = after.chars().next()?;
        let (from, why) = match first {
            ':' => (from(begins(&[": ", "[", "{", ", "])?), WITH_COLON.to_owned()),
            _ if info.starts_with("invalid trailing") => {
                (from(begins(&[": ", "[", "{", ", "])?), ENDS_WITH_QUOTE.to_owned())
            }
            first if RESERVED.contains(first) && !",]}".contains(first) => (at, begins_with(first)),
            _ => return None,
        };
        let written = line[from..end].trim_end();
        Some(Self { start: from, written, why, better: Some(quoted(written)) })
    }
}

/// What no text without quotes begins with.
const RESERVED: &str = "@`%*&!|>,]}?-#";

const WITH_COLON: &str = "a value with a colon needs quotes";

const ENDS_WITH_QUOTE: &str =
    "a value that begins with a quotation mark ends with it: put the whole of it in other quotes";

fn begins_with(first: char) -> String {
    match first {
        '`' => "a value that begins with a backtick needs quotes".to_owned(),
        first => format!("a value that begins with `{first}` needs quotes"),
    }
}

/// A value in quotes: in single ones where they save escapes.
fn quoted(value: &str) -> String {
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let inner = quote.and_then(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value);
    if inner.contains(['"', '\\']) {
        format!("'{}'", inner.replace('\'', "''"))
    } else {
        format!("\"{inner}\"")
    }
}

/// A list in brackets whose items are quoted where they begin with `#`.
fn listed(value: &str) -> Option<String> {
    let items = value.strip_prefix('[')?.strip_suffix(']')?;
    let quote = |item: &str| if item.starts_with('#') { quoted(item) } else { item.to_owned() };
    let items: Vec<String> = items.split(',').map(|item| quote(item.trim())).collect();
    Some(format!("[{}]", items.join(", ")))
}

/// The first escape in the double quotes that open at a byte which YAML does not know, and what may stand instead.
fn bad_escape(text: &str, at: usize) -> Option<(std::ops::Range<usize>, String)> {
    let mut from = at + 1;
    text.get(at..)?.strip_prefix('"')?;
    loop {
        let start = from + text.get(from..)?.find(['\\', '"'])?;
        let escape = text[start..].strip_prefix('\\')?;
        let first = escape.chars().next().unwrap_or('"');
        let digits = match first {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '0' | 'a' | 'b' | 't' | '\t' | 'n' | 'v' | 'f' | 'r' | 'e' | ' ' | '"' | '/' | '\\' | 'N'
            | '_' | 'L' | 'P' | '\r' | '\n' => 0,
            _ => return Some((start..start + 1 + first.len_utf8(), format!("\\\\{first}"))),
        };
        let hex = escape.get(1..1 + digits).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        // Two escapes may make one character of those beyond U+FFFF.
        let is_half = digits == 4 && matches!(code, Some(0xD800..=0xDFFF));
        if digits > 0 && !is_half && code.and_then(char::from_u32).is_none() {
            return Some((start..start + 2, format!("\\\\{first}")));
        }
        from = start + 1 + first.len_utf8();
    }
}

/// A value in double quotes as it is in single ones, when it stands on one line and no escape in it is meant.
fn in_single_quotes(text: &str, at: usize) -> Option<String> {
    let (start, line) = line_at(text, at);
    let (_, value) = value(line).filter(|(from, _)| start + from == at)?;
    let is_meant = ["\\n", "\\t", "\\\"", "\\\\"].iter().any(|escape| value.contains(escape));
    (value.len() > 1 && value.ends_with('"') && !is_meant).then(|| quoted(value))
}

/// The line to blame: a parser notices an unquoted `a: b: c` at the second colon or a line later.
fn blamed(text: &str, at: usize) -> (usize, &str) {
    let (start, line) = line_at(text, at);
    if at == start && !line.contains(": ") { line_at(text, start.saturating_sub(1)) } else { (start, line) }
}

/// The line around a byte, with where it starts.
fn line_at(text: &str, at: usize) -> (usize, &str) {
    let at = text.floor_char_boundary(at.min(text.len()));
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    (start, &text[start..end])
}
