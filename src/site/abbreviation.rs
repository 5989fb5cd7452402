//! Full stops that end no sentence: after an abbreviation, an initial, an ordinal number.
//!
//! No table decides all of them: the stop of "the U.S." may end the sentence as well. Where it may, the sentence
//! goes on unless the next word is one that begins sentences, because too much of a text reads better than half a
//! sentence.

use super::boundary::{is_hangul, is_unspaced, is_word};
use crate::base::{Lang, is_joining};

/// Whether the sentence goes on in `after`, though `before` was followed by a full stop.
pub(super) fn goes_on(before: &str, after: &str, lang: Lang) -> bool {
    let at = before.trim_end_matches(is_word).len();
    let (rest, word) = before.split_at(at);
    if word.is_empty() || word.len() > LONGEST {
        return false;
    }
    let is_dotted = rest.trim_end().ends_with('.') && DOTTED.iter().any(|it| ends_with_dotted(before, it));
    if is_dotted || is_listed(word, LEADING) {
        return true;
    }
    if is_one_letter(word) {
        let is_dotted = rest.trim_end().trim_end_matches('-').strip_suffix('.').is_some_and(ends_with_letter);
        let is_apart = rest.chars().next_back().is_none_or(|ch| ch.is_whitespace() || OPENING.contains(&ch));
        let is_initial = !is_dotted && !word.starts_with(char::is_lowercase);
        return (is_dotted || is_apart) && (is_initial || !begins(after));
    }
    (is_listed(word, TRAILING) || is_ordinal(word, lang)) && !begins(after)
}

/// Whether a text begins with a word that begins sentences, and stands after hardly any abbreviation.
fn begins(text: &str) -> bool {
    let text = text.trim_start_matches(|ch| !is_word(ch));
    let word = text.split(|ch| !is_word(ch)).next().unwrap_or_default();
    OPENERS.contains(&word)
}

/// Whether the last word of a text is a single letter.
fn ends_with_letter(text: &str) -> bool {
    is_one_letter(&text[text.trim_end_matches(is_word).len()..])
}

/// A single letter, with the marks that belong to it. A syllable of Korean and a letter of scripts without blanks
/// may be whole words.
fn is_one_letter(word: &str) -> bool {
    let mut letters = word.chars().filter(|&ch| !is_joining(ch));
    let is_letter = |ch: char| ch.is_alphabetic() && !is_hangul(ch) && !is_unspaced(ch);
    letters.next().is_some_and(is_letter) && letters.next().is_none()
}

/// Whether it is a number that a full stop makes an ordinal: `am 5. Oktober`, `3. Division`. Years are longer.
fn is_ordinal(word: &str, lang: Lang) -> bool {
    word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) && ORDINALS.contains(&lang.language())
}

/// Whether a word stands in a sorted table of words in small letters.
fn is_listed(word: &str, table: &[&str]) -> bool {
    table.binary_search_by(|known| known.chars().cmp(word.chars().flat_map(char::to_lowercase))).is_ok()
}

/// Whether a text ends with an abbreviation of several parts, with or without blanks between them: `z. B`, `z.B`.
fn ends_with_dotted(text: &str, dotted: &str) -> bool {
    let mut rest = text;
    for (nth, part) in dotted.rsplit('.').enumerate() {
        if nth > 0 {
            let Some(before) = rest.trim_end().strip_suffix('.') else { return false };
            rest = before;
        }
        for letter in part.chars().rev() {
            let Some(last) = rest.chars().next_back().filter(|last| last.to_lowercase().eq([letter])) else {
                return false;
            };
            rest = &rest[..rest.len() - last.len_utf8()];
        }
    }
    !rest.ends_with(is_word)
}

/// No abbreviation in the tables is longer, in bytes.
const LONGEST: usize = 12;

/// What may stand before an initial besides a blank. What a hyphen joins is part of a name: `ISIS-K`.
const OPENING: [char; 7] = ['(', '[', '"', '“', '„', '«', '/'];

/// Languages that write an ordinal number as a figure with a full stop.
#[rustfmt::skip]
const ORDINALS: &[&str] = &[
    "az", "bs", "cs", "da", "de", "dsb", "et", "fi", "fo", "gsw", "hr", "hsb", "hu", "is", "lb", "lv", "nb", "nn",
    "no", "pl", "sk", "sl", "sr", "tr",
];

/// Words that begin sentences and follow hardly any abbreviation that may end one.
#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "But", "He", "However", "If", "In", "It", "She", "That", "The", "There", "These", "They", "This", "We", "When",
    "While",
    "Das", "Der", "Die", "Er", "Es", "Sie",
    "Elle", "Il", "Ils", "La", "Le", "Les", "El", "Los",
    "В", "Он", "Она", "Они", "Это", "Но", "По", "У", "Він", "Вони", "Це",
];

/// Abbreviations of several parts that never end a sentence, in small letters.
const DOTTED: &[&str] = &[
    "e.g",
    "i.e",
    "a.k.a",
    "d.h",
    "m.a.w",
    "s.k",
    "t.ex",
    "u.a",
    "z.b",
    "v.a",
    "f.eks",
    "bl.a",
    "p.ex",
    "p.ej",
    "m.in",
    "т.е",
    "т.н",
    "т.нар",
    "т.зв",
];

/// Abbreviations that stand before what they belong to and never end a sentence, in small letters, sorted: titles,
/// ranks, kinds of places. None is a word of a language as well that may end a sentence.
#[rustfmt::skip]
const LEADING: &[&str] = &[
    "adm", "amb", "approx", "aprox", "asst", "atty", "attys", "bijv", "brig", "bzw", "ca", "capt", "cf", "cmdr",
    "cmdt", "cnel", "col", "comdr", "cpl", "cpt", "dhr", "dipl", "dott", "doç", "dr", "dra", "drs", "dt", "env",
    "esim", "evtl", "exmo", "fig", "figs", "fr", "ft", "gen", "ggf", "gov", "gral", "hr", "hrn", "hrsg", "inkl",
    "insb", "kap", "kpt", "lt", "ltc", "ltg", "ltn", "maj", "messrs", "mevr", "mgr", "mjr", "mlle", "mm", "mme",
    "mr", "mrs", "ms", "msgr", "mt", "např", "np", "npr", "nr", "núm", "pfc", "pl", "plk", "plm", "pp", "ppłk",
    "pres", "prof", "pte", "pvt", "płk", "rep", "reps", "resp", "rev", "rtd", "sen", "sens", "sgt", "sig", "sigg",
    "sog", "sr", "sra", "srta", "st", "sta", "ste", "sto", "supt", "tte", "tzn", "tzv", "tzw", "vgl", "viz", "vs",
    "yrd", "zzgl", "ún", "βλ", "δηλ", "δρ", "акад", "англ", "бул", "вул", "ген", "гл", "див", "изд", "исп", "напр",
    "нем", "нпр", "обл", "оз", "пер", "пл", "подп", "пр", "прим", "просп", "проф", "ред", "рус", "русск", "св",
    "ср", "тзв", "тов", "ул", "франц", "ім", "डॉ", "प्रो",
];

/// Abbreviations that may end a sentence, in small letters, sorted.
#[rustfmt::skip]
const TRAILING: &[&str] = &[
    "al", "apod", "apr", "atd", "aug", "ave", "bldg", "blvd", "bros", "co", "corp", "dec", "dept", "ecc", "ee", "enz",
    "esq", "etc", "feb", "inc", "itd", "itp", "jan", "jh", "jne", "jr", "llc", "ltd", "mio", "mrd", "nov", "oct",
    "okt", "osv", "plc", "pty", "sep", "sept", "stb", "std", "str", "tel", "univ", "usf", "usw", "uu", "κλπ", "λπ", "гг",
    "грн", "долл", "др", "им", "коп", "млн", "млрд", "рр", "руб", "см", "стр", "тис", "тыс", "чел",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_none_is_longer_than_said() {
        assert!(LEADING.is_sorted() && TRAILING.is_sorted() && ORDINALS.is_sorted());
        assert!(LEADING.iter().chain(TRAILING).all(|word| word.len() <= LONGEST));
    }

    #[test]
    fn a_sentence_goes_on_after_abbreviations_initials_and_ordinals() {
        let goes_on = |text: &str, lang: &str| {
            let (before, after) = text.rsplit_once(" | ").unwrap();
            super::goes_on(before.strip_suffix('.').unwrap(), after, Lang::parse(lang).unwrap())
        };
        for (lang, text) in [
            ("en", "The U.S. | Treasury"),
            ("en", "Russia vs. | Turla"),
            ("en", "others, e.g. | The Base"),
            ("en", "Lt. Gen. | Asim Munir"),
            ("en", "J. | Smith"),
            ("en", "J. R. R. | Tolkien"),
            ("en", "a.k.a. | The Com"),
            ("en", "at 5 p.m. | Moscow time"),
            ("en", "Washington, D.C. | Police"),
            ("en", "Acme Inc. | Moscow"),
            ("fr", "Avant. M. | Le Pen"),
            ("fr", "av. J.-C. | Rome"),
            ("ru", "В 2024 г. | Турла"),
            ("ru", "группа, т. е. | В"),
            ("ru", "Россия и т. д. | Турла"),
            ("ru", "Е. | Пригожин"),
            ("de", "Gruppen, z. B. | Die Linke"),
            ("de", "am 5. | Oktober"),
            ("es", "EE. UU. | Rusia"),
            ("ar", "د. | محمد"),
            ("hi", "डॉ. | सिंह"),
        ] {
            assert!(goes_on(text, lang), "{text}");
        }
        for (lang, text) in [
            ("en", "in the U.S. | The Taliban"),
            ("en", "in 2024 by 5 p.m. | They left"),
            ("en", "Acme Inc. | It moved"),
            ("en", "killed 12. | Turla"),
            ("en", "at Sana'a. | Turla"),
            ("en", "The answer was no. | Moscow"),
            ("en", "by Turla. | Moscow"),
            ("en", "against ISIS-K. | It"),
            ("en", "against ISIS–K. | Moscow"),
            ("en", "(Turla). | Moscow"),
            ("de", "im Jahr 2024. | Turla"),
            ("de", "es waren 12. | Die Taliban"),
            ("ru", "в 2024 г. | В марте"),
            ("ko", "말했다. | 그는"),
        ] {
            assert!(!goes_on(text, lang), "{text}");
        }
    }
}
