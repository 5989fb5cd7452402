//! What a writer probably meant by a text that is not a date.
//!
//! Every guess is parsed before it is offered, so a rule may be generous: a
//! candidate that is no date is dropped and the next rule has its turn.

use super::parse::Fault;
use super::{Edtf, EdtfError, parse, prose};

/// Longer texts are not dates, and guessing at them costs time.
const LONGEST: usize = 64;

pub(super) fn explain(input: &str, fault: Fault) -> EdtfError {
    let text = input.trim();
    let guess = if text.len() > LONGEST { None } else { guess(text) };
    let Guess { meant, message } = guess.unwrap_or_default();
    match message {
        Some(message) => {
            let start = input.len() - input.trim_start().len();
            EdtfError { message, at: start..start + text.len(), suggestion: meant }
        }
        None => EdtfError { message: fault.message, at: fault.at, suggestion: meant },
    }
}

/// The canonical date that was meant, and a message where the parser's own
/// would point the wrong way.
#[derive(Default)]
struct Guess {
    meant: Option<String>,
    message: Option<String>,
}

fn guess(text: &str) -> Option<Guess> {
    let plain = plain(text);
    date(&plain).or_else(|| range(&plain).map(meant))
}

/// A single date, by the first rule whose candidate is one.
fn date(text: &str) -> Option<Guess> {
    if let Some(date) = canonical(text) {
        return Some(meant(date));
    }
    numbers(text).or_else(|| {
        let rules = [qualified, unknown_digits, quarter, words, time];
        rules.iter().find_map(|rule| rule(text)).map(meant)
    })
}

fn meant(date: String) -> Guess {
    Guess { meant: Some(date), message: None }
}

fn canonical(candidate: &str) -> Option<String> {
    parse::parse(candidate).ok().as_ref().map(Edtf::to_string)
}

/// ASCII digits for those of Arabic, Persian, Devanagari and full width, a
/// hyphen for any dash, and no marks of direction: what pasted text brings.
fn plain(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        '\u{966}'..='\u{96f}' => digit(c, 0x966),
        '\u{ff10}'..='\u{ff19}' => digit(c, 0xff10),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    };
    let is_mark = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}');
    text.chars().filter(|c| !is_mark(c)).map(plain).collect()
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(c as u32 - zero, 10).expect("the caller matched one of ten digits")
}

/// `2024-3-5`, `2024/03/22`, `20240322`, `22.03.2024`, `03/2024`, `2019-2024`.
fn numbers(text: &str) -> Option<Guess> {
    let date = text.trim_end_matches(['~', '?', '%']);
    let qualifier = &text[date.len()..];
    let separator = date.chars().find(|c| matches!(c, '-' | '/' | '.'));
    let fields: Vec<&str> = separator.map_or_else(|| vec![date], |c| date.split(c).collect());
    if !fields.iter().all(|field| field.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let lengths: Vec<usize> = fields.iter().map(|field| field.len()).collect();
    let candidates = match (&lengths[..], &fields[..]) {
        ([8], _) => vec![format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..])],
        ([6], _) => vec![format!("{}-{}", &date[..4], &date[4..])],
        ([4, 4], [from, to]) => vec![format!("{from}/{to}")],
        ([4, 1 | 2], [year, month]) | ([1 | 2, 4], [month, year]) => {
            vec![format!("{year}-{month:0>2}")]
        }
        ([4, 1 | 2, 1 | 2], [year, a, b]) => {
            vec![format!("{year}-{a:0>2}-{b:0>2}"), format!("{year}-{b:0>2}-{a:0>2}")]
        }
        ([1 | 2, 1 | 2, 4], [a, b, year]) => return year_last(a, b, year, separator, qualifier),
        _ => return None,
    };
    let meant = candidates.iter().find_map(|date| canonical(&format!("{date}{qualifier}")))?;
    // The parser takes the slashes for those of an interval.
    let message = (separator == Some('/')).then(|| YEAR_FIRST.to_owned());
    Some(Guess { meant: Some(meant), message })
}

const YEAR_FIRST: &str = "a date is written year first and with hyphens, as in 2024-03-22";

/// Day and month in either order; with full stops the day is always first.
fn year_last(a: &str, b: &str, year: &str, separator: Option<char>, qualifier: &str) -> Option<Guess> {
    let day_first = canonical(&format!("{year}-{b:0>2}-{a:0>2}{qualifier}"));
    let month_first = canonical(&format!("{year}-{a:0>2}-{b:0>2}{qualifier}"));
    let (meant, message) = match (day_first, month_first) {
        (Some(one), Some(other)) if one != other && separator != Some('.') => {
            let human = |date: &str| parse::parse(date).map(Edtf::human).unwrap_or_default();
            let (one, other) = (human(&one), human(&other));
            (None, format!("this may be {one} or {other}: a date is written year first"))
        }
        (Some(date), _) | (None, Some(date)) => (Some(date), YEAR_FIRST.to_owned()),
        (None, None) => return None,
    };
    Some(Guess { meant, message: Some(message) })
}

/// `~2024`, `c. March 2024`, `2024?~`.
fn qualified(text: &str) -> Option<String> {
    const ABOUT: [&str; 7] = ["~", "c.", "ca.", "c ", "circa ", "about ", "around "];
    let lower = text.to_ascii_lowercase();
    let rest = ABOUT.iter().find_map(|about| lower.strip_prefix(about)).map(str::trim);
    if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
        return canonical(&format!("{}~", date(rest)?.meant?));
    }
    let both = text.strip_suffix("~?").or_else(|| text.strip_suffix("?~"))?;
    canonical(&format!("{both}%"))
}

/// `202x`, `202u` (EDTF as it was in 2012), `2024-??`.
fn unknown_digits(text: &str) -> Option<String> {
    let some = text.replace(['x', 'u', '*'], "X");
    canonical(&some).or_else(|| canonical(&some.replace('?', "X")))
}

/// `2024-Q1`, `Q1 2024`, and `2024-33` of EDTF level 2: three months.
fn quarter(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let (year, quarter) = match upper.split_once('Q') {
        Some(("", rest)) => rest.split_once(' ').map(|(quarter, year)| (year, quarter))?,
        Some((year, quarter)) => (year.trim_end_matches([' ', '-']), quarter),
        None => upper.split_once("-3")?,
    };
    let first_month = match (quarter, upper.contains('Q')) {
        ("1", true) | ("3", false) => 1,
        ("2", true) | ("4", false) => 4,
        ("3", true) | ("5", false) => 7,
        ("4", true) | ("6", false) => 10,
        _ => return None,
    };
    canonical(&format!("{year}-{first_month:02}/{year}-{:02}", first_month + 2))
}

/// `22 March 2024`, `Mar. 22nd, 2024`, `spring 2024`, `the 2020s`.
fn words(text: &str) -> Option<String> {
    let (mut year, mut part, mut day) = (None, None, None);
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = word.to_ascii_lowercase();
        let slot = match word.trim_end_matches(|c: char| c.is_ascii_alphabetic()) {
            "" => match month_or_season(&word) {
                Some(_) => &mut part,
                None if matches!(word.as_str(), "the" | "of" | "in") => continue,
                None => return None,
            },
            digits if digits.len() == 4 => &mut year,
            _ => &mut day,
        };
        if slot.replace(word).is_some() {
            return None;
        }
    }
    let part = part.and_then(|word| month_or_season(&word));
    let day = day.map(|day| day.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']).to_owned());
    canonical(&match (year?, part, day) {
        (year, None, None) => format!("{}X", year.strip_suffix("0s")?),
        (year, Some(month), None) => format!("{year}-{month:02}"),
        (year, Some(month), Some(day)) => format!("{year}-{month:02}-{day:0>2}"),
        (_, None, Some(_)) => return None,
    })
}

/// By a full English name or its first three letters at least.
fn month_or_season(word: &str) -> Option<i8> {
    let is_month = |&month: &i8| {
        let name = prose::month_name(month).to_ascii_lowercase();
        word.len() >= 3 && name.starts_with(word)
    };
    match word {
        "sept" => Some(9),
        "spring" => Some(21),
        "summer" => Some(22),
        "autumn" | "fall" => Some(23),
        "winter" => Some(24),
        _ => (1..=12).find(is_month),
    }
}

/// `2025-12-09 6:00 UTC`.
fn time(text: &str) -> Option<String> {
    let (day, time) = text.split_at_checked(10)?;
    let time = time.trim_start_matches(['T', 't', ' ', ',']);
    let (hour, rest) = time.split_once(':')?;
    let zone = ["UTC", "GMT"].iter().find_map(|zone| rest.strip_suffix(zone));
    let rest = zone.map_or_else(|| rest.to_owned(), |clock| format!("{}Z", clock.trim_end()));
    canonical(&format!("{day}T{hour:0>2}:{rest}"))
}

/// `2019 to 2024`, `2019-present`, `since 2019`, `1-10 December 2025`, and an
/// interval whose ends are swapped or each need a repair.
fn range(text: &str) -> Option<String> {
    const SEPARATORS: [&str; 7] = ["/", " to ", " until ", " till ", "..", " - ", "-"];
    let lower = text.to_ascii_lowercase();
    let after = |words: [&str; 3]| words.iter().find_map(|word| lower.strip_prefix(word));
    if let Some(start) = after(["since ", "after ", "as of "]) {
        return canonical(&format!("{}/..", end(start)?));
    }
    if let Some(last) = after(["until ", "till ", "before "]) {
        return canonical(&format!("../{}", end(last)?));
    }
    let text = lower.strip_prefix("from ").unwrap_or(&lower);
    SEPARATORS.iter().find_map(|separator| {
        let (from, to) = text.split_once(separator)?;
        let last = end(to)?;
        let first = end(from).or_else(|| end_of_same(from, to))?;
        canonical(&format!("{first}/{last}")).or_else(|| canonical(&format!("{last}/{first}")))
    })
}

/// An end of an interval, canonical.
fn end(text: &str) -> Option<String> {
    match text.trim() {
        "unknown" | "" => Some(String::new()),
        ".." | "open" | "present" | "now" | "today" | "ongoing" => Some("..".to_owned()),
        text => date(text)?.meant.filter(|date| !date.contains('/')),
    }
}

/// The first end where it leaves out what the last one says: `1` in
/// `1 to 10 December 2025` is 1 December 2025.
fn end_of_same(from: &str, to: &str) -> Option<String> {
    let shared: Vec<&str> = to.split_whitespace().collect();
    (1..shared.len()).find_map(|known| end(&format!("{from} {}", shared[known..].join(" "))))
}
