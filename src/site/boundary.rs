//! Where a word ends, in any script.
//!
//! Most scripts part words by blanks. Chinese, Japanese, Thai, Lao, Burmese and Khmer do not, so between their
//! letters any place may be a boundary; a run of katakana is one word; in Korean a particle follows a name
//! without a blank.

use crate::base::is_joining;

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

/// Whether a text that follows a Korean name goes on with a particle and no more of a word.
pub(super) fn is_particle(after: &str) -> bool {
    const PARTICLES: &[&str] = &[
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "의",
        "에",
        "와",
        "과",
        "도",
        "만",
        "로",
        "으로",
        "에서",
        "에게",
        "부터",
        "까지",
        "이라고",
        "라고",
    ];
    let word = after.split(|ch| !is_word(ch)).next().unwrap_or_default();
    PARTICLES.contains(&word)
}

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
