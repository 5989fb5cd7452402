//! Where a word ends, in any script.
//!
//! Most scripts part words by blanks. Chinese, Japanese, Thai, Lao, Burmese and Khmer do not, so between their
//! letters any place may be a boundary; a run of katakana is one word; in Korean a particle follows a name
//! without a blank.

use crate::base::{Lang, is_joining};

/// Whether a letter, a figure or what belongs to one.
pub(super) fn is_word(ch: char) -> bool {
    if ch.is_ascii() {
        return ch.is_ascii_alphanumeric() || ch == '_';
    }
    ch.is_alphanumeric() || is_joining(ch)
}

/// Whether a name may begin or end between these two characters of a text.
pub(super) fn between(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    if !is_word(before) || !is_word(after) {
        return true;
    }
    // A mark belongs to the letter before it, a leading vowel of Thai or Lao to the one after it.
    if is_joining(after)
        || before == '\u{200C}'
        || matches!(before, '\u{E40}'..='\u{E44}' | '\u{EC0}'..='\u{EC4}')
    {
        return false;
    }
    is_unspaced(before) || is_unspaced(after) || is_katakana(before) != is_katakana(after)
}

/// Whether a text that follows a name goes on with Korean particles and no more of a word: one of case, one that
/// marks the topic or the like, or both.
pub(super) fn is_particle(after: &str) -> bool {
    let word = after.split(|ch| !is_word(ch)).next().unwrap_or_default();
    word.starts_with(is_hangul)
        && (PARTICLES.contains(&word)
            || CASES.iter().any(|case| {
                word.strip_prefix(case).is_some_and(|rest| rest.is_empty() || PARTICLES.contains(&rest))
            }))
}

#[rustfmt::skip]
const CASES: &[&str] = &[
    "에", "에서", "에게", "에게서", "한테", "께", "로", "으로", "로서", "으로서", "로써", "으로써", "와", "과", "랑", "이랑",
    "하고", "까지", "부터", "만", "처럼", "보다", "조차", "마저", "뿐",
];

#[rustfmt::skip]
const PARTICLES: &[&str] = &[
    "은", "는", "이", "가", "을", "를", "의", "도", "만", "나", "이나", "며", "이며", "이고", "라고", "이라고", "라는",
    "이라는", "이다", "입니다", "였다", "이었다", "부터", "까지",
];

/// Whether a text ends with a word that lost its last vowel before the next, which an apostrophe joins to it: the
/// articles, pronouns and prepositions of French, Italian, Catalan and their like. In English `O’Brien` is a name.
pub(super) fn is_elided(before: &str, lang: Lang) -> bool {
    if !ELIDING.contains(&lang.language()) {
        return false;
    }
    let word = before.rsplit(|ch| !is_word(ch)).next().unwrap_or_default();
    ELIDED.iter().any(|elided| word.eq_ignore_ascii_case(elided))
}

#[rustfmt::skip]
const ELIDING: &[&str] = &[
    "an", "ast", "br", "ca", "co", "eo", "fr", "frp", "fur", "gl", "it", "lb", "lij", "lmo", "nap", "oc", "pcd", "pms",
    "pt", "rm", "sc", "scn", "vec", "wa",
];

#[rustfmt::skip]
const ELIDED: &[&str] = &[
    "c", "d", "j", "l", "m", "n", "s", "t", "v",
    "jusqu", "lorsqu", "presqu", "puisqu", "qu", "quelqu", "quoiqu",
    "agl", "all", "anch", "coll", "com", "cos", "dagl", "dall", "degl", "dell", "dov", "gl", "negl", "nell", "nessun",
    "quand", "quell", "quest", "senz", "sugl", "sull", "tutt", "un",
];

/// Whether a letter is Hangul.
pub(super) fn is_hangul(ch: char) -> bool {
    matches!(ch, '\u{AC00}'..='\u{D7A3}')
}

/// Whether a letter is of a script that has no blanks between words.
pub(super) fn is_unspaced(ch: char) -> bool {
    matches!(ch,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}'
        | '\u{3041}'..='\u{309F}'
        | '\u{E01}'..='\u{E7F}' | '\u{E81}'..='\u{EFF}'
        | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

fn is_katakana(ch: char) -> bool {
    matches!(ch, '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9D}')
}
