//! Dates for a reader, in English.

use super::point::{End, Moment, Part, Point, Qualifier, Season};
use super::{Edtf, Shape};

/// How much room there is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `22 March 2024`, `March 2024 (uncertain)`, `the 2020s`
    Long,
    /// `22 Mar 2024`, `Mar 2024?`, `2020s`
    Short,
}

pub(super) fn write(date: Edtf, style: Style) -> String {
    match date.0 {
        Shape::Moment(moment) => moment_text(moment, style),
        Shape::Point(point) => point_text(point, style),
        Shape::Interval(start, end) => interval(start, end, style),
    }
}

/// The English name of a month, 1–12.
pub(super) fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let index = usize::try_from(month - 1).ok();
    index.and_then(|index| NAMES.get(index)).expect("the parser only lets months 1 to 12 through")
}

fn interval(start: End, end: End, style: Style) -> String {
    let text = |point| point_text(point, style);
    match (start, end) {
        (End::At(first), End::At(last)) => both_ends(first, last, style),
        (End::At(first), End::Open) => format!("since {}", text(first)),
        (End::At(first), End::Unknown) => format!("from {} (end unknown)", text(first)),
        (End::Open, End::At(last)) => format!("until {}", text(last)),
        (End::Unknown, End::At(last)) => format!("until {} (start unknown)", text(last)),
        (End::Open | End::Unknown, End::Open | End::Unknown) => {
            unreachable!("the parser refuses an interval without a date")
        }
    }
}

/// What the two ends share is written once.
fn both_ends(first: Point, last: Point, style: Style) -> String {
    if first == last {
        point_text(first, style)
    } else if first.qualifier == last.qualifier {
        qualified(first.qualifier, style, |wording| joined(first, last, wording))
    } else {
        format!("{} – {}", point_text(first, style), point_text(last, style))
    }
}

fn joined(first: Point, last: Point, wording: Wording) -> String {
    let same_year = first.year == last.year;
    let month = |number| wording.month(number);
    let year = last.year;
    match (first.part, last.part) {
        (Part::Day(a, from), Part::Day(b, to)) if same_year && a == b => {
            format!("{from}–{to} {} {year}", month(b))
        }
        (Part::Day(a, from), Part::Day(b, to)) if same_year => {
            format!("{from} {} – {to} {} {year}", month(a), month(b))
        }
        (Part::Month(a), Part::Month(b)) if same_year => {
            format!("{}–{} {year}", month(a), month(b))
        }
        (Part::Season(a), Part::Season(b)) if same_year && b != Season::Winter => {
            format!("{}–{} {year}", season_name(a), season_name(b))
        }
        (Part::Year, Part::Year) => format!("{}–{year}", first.year),
        _ => format!("{} – {}", wording.unqualified(first), wording.unqualified(last)),
    }
}

fn point_text(point: Point, style: Style) -> String {
    qualified(point.qualifier, style, |wording| wording.unqualified(point))
}

/// `c.` before and a mark of doubt after what `text` writes.
fn qualified(qualifier: Qualifier, style: Style, text: impl Fn(Wording) -> String) -> String {
    let approximate = qualifier.is_approximate();
    // "c. 2020s", not "c. the 2020s".
    let wording = Wording { style, article: style == Style::Long && !approximate };
    let doubt = match (qualifier.is_uncertain(), style) {
        (false, _) => "",
        (true, Style::Long) => " (uncertain)",
        (true, Style::Short) => "?",
    };
    let text = text(wording);
    match (approximate, doubt) {
        (false, "") => text,
        (true, doubt) => format!("c. {text}{doubt}"),
        (false, doubt) => text + doubt,
    }
}

/// How the words of one date are chosen.
#[derive(Clone, Copy)]
struct Wording {
    style: Style,
    /// Whether a decade and a century take "the".
    article: bool,
}

impl Wording {
    fn month(self, month: i8) -> &'static str {
        let name = month_name(month);
        match self.style {
            Style::Long => name,
            Style::Short => &name[..3],
        }
    }

    fn unqualified(self, point: Point) -> String {
        let year = point.year;
        let the = if self.article { "the " } else { "" };
        match point.part {
            Part::Day(month, day) => format!("{day} {} {year}", self.month(month)),
            Part::SomeDayOf(month) => format!("some day in {} {year}", self.month(month)),
            Part::Month(month) => format!("{} {year}", self.month(month)),
            Part::Season(Season::Winter) => format!("winter {}", winter_years(year)),
            Part::Season(season) => format!("{} {year}", season_name(season)),
            Part::SomeDay => format!("some day in {year}"),
            Part::SomeMonth => format!("some month in {year}"),
            Part::Year => year.to_string(),
            Part::Decade => format!("{the}{year}s"),
            Part::Century => format!("{the}{} century", ordinal(year / 100 + 1)),
        }
    }
}

/// `9 December 2025, 06:00 UTC`; seconds only where there are any, and no zone
/// where none was stated.
fn moment_text(moment: Moment, style: Style) -> String {
    let (month, day) = (moment.date.month(), moment.date.day());
    let day = Point { year: moment.date.year(), part: Part::Day(month, day), qualifier: Qualifier::None };
    let written = moment.to_string();
    let (_, time) = written.split_once('T').expect("a moment is written with a T");
    let (clock, zone) = time.split_at("00:00:00".len());
    let clock = clock.strip_suffix(":00").unwrap_or(clock);
    let zone = match zone {
        "" => String::new(),
        "Z" => " UTC".to_owned(),
        offset => format!(" UTC{offset}"),
    };
    format!("{}, {clock}{zone}", point_text(day, style))
}

fn season_name(season: Season) -> &'static str {
    match season {
        Season::Spring => "spring",
        Season::Summer => "summer",
        Season::Autumn => "autumn",
        Season::Winter => "winter",
    }
}

/// A winter belongs to two years, and saying so leaves no doubt which.
fn winter_years(year: i16) -> String {
    match (year + 1) % 100 {
        0 => format!("{year}–{}", year + 1),
        second => format!("{year}–{second:02}"),
    }
}

fn ordinal(number: i16) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}
