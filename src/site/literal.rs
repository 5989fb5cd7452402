//! What stands in a text as it is: web and mail addresses, paths, tags. No name in one is a mention.

/// Whether a place of a text is part of one.
pub(super) fn in_literal(text: &str, start: usize, end: usize) -> bool {
    // No address is longer; a text without blanks may be, and is not to be walked for each name in it.
    const NEAR: usize = 2048;
    let from = text.ceil_char_boundary(start.saturating_sub(NEAR));
    let to = text.floor_char_boundary(text.len().min(end + NEAR));
    let before = text[from..start].rsplit(is_outside).next().unwrap_or_default();
    let before = before.trim_start_matches(['(', '[', '\'']);
    let after = text[end..to].split(is_outside).next().unwrap_or_default();
    let after = after.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
    let dotted =
        |text: &str| text.strip_suffix('.').is_some_and(|rest| rest.ends_with(char::is_alphanumeric));
    let domain = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    before.contains("://")
        || before.contains('\\')
        || before.rsplit([',', ';']).next().is_some_and(|item| item.contains('@'))
        || before.starts_with(['/', '#', '~'])
        || dotted(before)
        || after.starts_with(['@', '\\'])
        || domain
        || in_path(before, after)
}

/// Whether a character is in no address: a blank, a quotation mark, a bracket that addresses must not hold, a mark
/// of punctuation outside ASCII.
fn is_outside(ch: char) -> bool {
    match ch {
        '"' | '<' | '>' | '|' => true,
        _ if ch.is_ascii() => ch.is_ascii_whitespace(),
        '\u{2013}'..='\u{205E}' | '\u{3000}'..='\u{303F}' => !matches!(ch, '々' | '〆' | '〇'),
        '\u{FF01}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}'
        | '\u{FF3B}'..='\u{FF40}'
        | '\u{FF5B}'..='\u{FF65}' => true,
        '،' | '؛' | '؟' | '۔' | '।' | '॥' | '·' | '・' => true,
        _ => ch.is_whitespace(),
    }
}

/// Whether slashes join what stands before and after a name to a path, and not to a list of names: `x.org/ISIS`,
/// `var/log/ISIS`, `C:/ISIS`, `ISIS/report.pdf` are paths; `APT28/Turla/ISIS`, `U.S./ISIS`, `TEMP.Veles/ISIS` and
/// `state/ISIS` are lists.
fn in_path(before: &str, after: &str) -> bool {
    let later = || after.split(':').next().unwrap_or_default().split('/').skip(1);
    let Some((earlier, _)) = before.rsplit_once('/') else { return later().any(has_domain_or_ending) };
    let others = || earlier.split('/').chain(later());
    let first = earlier.split('/').next().unwrap_or_default();
    let is_small = |part: &str| !part.starts_with(|ch: char| ch.is_alphabetic() && !ch.is_lowercase());
    let has_dot = || earlier.contains('.') || after.contains('.');
    first.ends_with(':')
        || matches!(first.split(':').next(), Some("." | ".." | "localhost"))
        || has_dot() && others().any(has_domain_or_ending)
        || earlier.contains('/') && others().all(is_small)
}

/// Whether a part of a path is an internet host, with or without a port, or a file with its ending. A last part with
/// a capital, as in `TEMP.Veles`, is neither.
fn has_domain_or_ending(part: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let host = part.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(part, |(host, _)| host);
    let Some((first, last)) = host.rsplit_once('.') else { return false };
    let is_ending = last.chars().all(|ch| ch.is_alphanumeric() && !ch.is_uppercase())
        && last.contains(char::is_alphabetic)
        && last.chars().nth(1).is_some();
    let is_number = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    first.ends_with(char::is_alphanumeric) && is_ending
        || host.split('.').count() == 4 && host.split('.').all(is_number)
}
