//! Text as a reader sees it: what was meant for one thing and is another to a machine.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Whether a character has no shape of its own: marks of direction, joiners, fillers, variation selectors, tags, byte
/// order marks, controls. They are Unicode's `Default_Ignorable_Code_Point`s and what programs show as nothing. Blanks
/// and line ends are not among them.
pub fn is_unseen(ch: char) -> bool {
    match ch {
        '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' => false,
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => ch.is_control(),
    }
}

/// A text without what nobody sees, in the plain forms of its letters and signs: full-width forms, and letters and
/// colons of other scripts that look like those of ASCII, become these; every blank a plain one. Case is kept.
///
/// It finds what was meant for a word of ours. To be shown, or to tell names apart, a text is taken as it is.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfkc().filter(|&ch| !is_unseen(ch)).map(in_ascii).collect())
}

/// The first letter or digit that a reader sees, in its plain form and small.
pub fn first(text: &str) -> Option<char> {
    let ch = text.chars().find(|&ch| ch.is_alphanumeric() && !is_unseen(ch))?;
    let plain = if ch.is_ascii() { Some(ch) } else { std::iter::once(ch).nfkc().map(in_ascii).next() };
    plain.map(|ch| ch.to_ascii_lowercase())
}

/// A text with what nobody sees, and blanks other than the plain one, written as `<U+200B>`: for messages.
pub fn shown(text: &str) -> Cow<'_, str> {
    let is_odd = |ch: char| is_unseen(ch) || ch != ' ' && ch.is_whitespace();
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let show = |ch| if is_odd(ch) { format!("<U+{:04X}>", u32::from(ch)) } else { String::from(ch) };
    Cow::Owned(text.chars().map(show).collect())
}

/// The sign of ASCII that a reader takes a character for, as far as words of ours are made of it.
fn in_ascii(ch: char) -> char {
    match ch {
        '\n' => '\n',
        'а' | 'ɑ' | 'α' => 'a',
        'А' | 'Α' => 'A',
        'В' | 'Β' | 'в' => 'B',
        'с' => 'c',
        'С' => 'C',
        'ԁ' => 'd',
        'е' => 'e',
        'Е' | 'Ε' => 'E',
        'ɡ' => 'g',
        'Ԍ' => 'G',
        'і' | 'ι' | 'ı' => 'i',
        'І' | 'Ι' => 'I',
        'к' => 'k',
        'ӏ' | 'ǀ' => 'l',
        'Ӏ' => 'L',
        'м' => 'm',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'ո' => 'n',
        'о' | 'ο' => 'o',
        'О' | 'Ο' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ѕ' => 's',
        'Ѕ' => 'S',
        'т' | 'τ' => 't',
        'Т' | 'Τ' => 'T',
        'ԝ' => 'w',
        '∶' | '꞉' | 'ː' | '׃' | '։' => ':',
        '˖' | '᛭' => '+',
        '‐' | '‑' | '−' => '-',
        _ if ch.is_whitespace() => ' ',
        _ => ch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_alike() {
        for (text, seen) in [
            ("tlp: red", "tlp: red"),
            ("\u{A0} tlp:\u{A0}red", "  tlp: red"),
            ("\u{200B}t\u{AD}lp\u{FE0F}", "tlp"),
            ("ＴＬＰ：ＲＥＤ", "TLP:RED"),
            ("тӏр: rеd", "tlp: red"),
            ("ТLР∶RED", "TLP:RED"),
            ("𝐭𝐥𝐩 =\u{2003}amber", "tlp = amber"),
            ("a\u{0}b\u{3164}c", "abc"),
            ("طالبان", "طالبان"),
        ] {
            assert_eq!(plain(text), seen, "{text:?}");
        }
        assert!(matches!(plain("as it is"), Cow::Borrowed(_)));
        assert_eq!(
            ["  \u{200B}\"Ｔlp", "тlp", "- x", "—"].map(first),
            [Some('t'), Some('t'), Some('x'), None]
        );
        assert_eq!(shown("\u{A0} tlp\u{200B}"), "<U+00A0> tlp<U+200B>");
    }
}
