//! Dates as a brief knows them: exact, vague, or from one to another.
//!
//! The notation is EDTF (ISO 8601-2:2019 level 0 and 1, and intervals), the
//! subset that writers meet:
//!
//! | written | means |
//! | --- | --- |
//! | `2024`, `2024-03`, `2024-03-22` | a year, a month, a day |
//! | `2024-21` … `2024-24` | spring, summer, autumn, winter |
//! | `202X`, `20XX`, `2024-XX`, `2024-03-XX`, `2024-XX-XX` | digits that are not known |
//! | `2024-03~`, `2024?`, `2024%` | approximate, uncertain, both |
//! | `2025-12-01/2025-12-10` | from one date to another |
//! | `2019/..`, `../2019` | open: it goes on, or began no one asks when |
//! | `2019/`, `/2019` | the other end exists and is not known |
//! | `2025-12-09T06:00:00Z` | a moment (RFC 3339; YAML's space instead of `T` too) |
//!
//! Years run from 0000 to 9999 in the proleptic Gregorian calendar. There is
//! no clock and no time zone database behind any of this: a date means the
//! same on every machine.

mod parse;
mod point;
mod prose;
mod repair;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use point::{End, Moment, Point};

/// A date, an interval or a moment, always a valid one. 16 bytes.
///
/// Ordered by [`Edtf::sort_key`]; dates with the same key are told apart by
/// how they are written, so the order is total and agrees with `==`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edtf(Shape);

/// What is written: the derived order only breaks ties of [`SortKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Shape {
    Moment(Moment),
    Point(Point),
    Interval(End, End),
}

/// How precisely a date is known, finest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// A time of day is given.
    Moment,
    /// A day.
    Day,
    /// A month, or some day of it (`2024-03-XX`).
    Month,
    /// A season: three months.
    Season,
    /// A year, or some month or day of it (`2024-XX`).
    Year,
    /// Ten years (`202X`).
    Decade,
    /// A hundred years (`20XX`).
    Century,
    /// From one date to another, or open at one end.
    Interval,
}

/// Where a date stands in a chronology: by its first day, then by its last, so
/// that a day comes before the month it begins and the month before its year.
///
/// - A moment stands within the day as written, by its instant.
/// - An open or unknown end is later than any other.
/// - An interval without a beginning stands at the only date it names.
///
/// Sorting by key therefore never separates dates of the same [`Edtf::year`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SortKey {
    first: Date,
    /// Seconds after midnight UTC of `first`; beyond a day where the offset
    /// carries the instant into a neighbouring one.
    first_second: i32,
    last: Date,
    last_second: i32,
}

/// Why a text is not a date, where, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdtfError {
    /// One sentence without a full stop, such as `February 2024 has 29 days`.
    pub message: String,
    /// The bytes of the input that are wrong; on character boundaries, empty
    /// where something is missing.
    pub at: Range<usize>,
    /// A date that parses, where only one can have been meant.
    pub suggestion: Option<String>,
}

impl Edtf {
    /// Reads a date; blanks around it are ignored.
    ///
    /// # Errors
    ///
    /// An [`EdtfError`] for anything that is not one of the forms above, for a
    /// day that the calendar does not have, and for an interval that ends
    /// before it begins.
    pub fn parse(input: &str) -> Result<Self, EdtfError> {
        parse::parse(input).map_err(|fault| repair::explain(input, fault))
    }

    /// The first day it can mean; `None` where the beginning is open or unknown.
    #[must_use]
    pub fn earliest(self) -> Option<Date> {
        match self.0 {
            Shape::Moment(moment) => Some(moment.date),
            Shape::Point(point) => Some(point.first()),
            Shape::Interval(start, _) => start.point().map(Point::first),
        }
    }

    /// The last day it can mean; `None` where the end is open or unknown.
    #[must_use]
    pub fn latest(self) -> Option<Date> {
        match self.0 {
            Shape::Moment(moment) => Some(moment.date),
            Shape::Point(point) => Some(point.last()),
            Shape::Interval(_, end) => end.point().map(Point::last),
        }
    }

    /// The year it starts in, for grouping; of the end where there is no
    /// start. The first year of a decade or century.
    #[must_use]
    pub fn year(self) -> i16 {
        self.sort_key().first.year()
    }

    /// The month it starts in, 1–12, where one is written; of the end where
    /// there is no start.
    #[must_use]
    pub fn month(self) -> Option<i8> {
        match self.0 {
            Shape::Moment(moment) => Some(moment.date.month()),
            Shape::Point(point) => point.month(),
            Shape::Interval(start, end) => start.point().or(end.point())?.month(),
        }
    }

    /// Its place in a chronology.
    #[must_use]
    pub fn sort_key(self) -> SortKey {
        const LAST_SECOND: i32 = 86_399;
        let (first, first_second, last, last_second) = match self.0 {
            Shape::Moment(moment) => {
                let second = moment.utc_second();
                (moment.date, second, moment.date, second)
            }
            Shape::Point(point) => (point.first(), 0, point.last(), LAST_SECOND),
            Shape::Interval(start, end) => {
                let last = end.point().map_or(Date::MAX, Point::last);
                let only = start.point().or(end.point());
                (only.map_or(Date::MIN, Point::first), 0, last, LAST_SECOND)
            }
        };
        SortKey { first, first_second, last, last_second }
    }

    /// How precisely it is known.
    #[must_use]
    pub fn precision(self) -> Precision {
        match self.0 {
            Shape::Moment(_) => Precision::Moment,
            Shape::Point(point) => point.precision(),
            Shape::Interval(..) => Precision::Interval,
        }
    }

    /// Whether it, or an end of it, is marked `~` or `%`.
    #[must_use]
    pub fn is_approximate(self) -> bool {
        self.points().any(|point| point.qualifier.is_approximate())
    }

    /// Whether it, or an end of it, is marked `?` or `%`.
    #[must_use]
    pub fn is_uncertain(self) -> bool {
        self.points().any(|point| point.qualifier.is_uncertain())
    }

    /// The instant of a moment; `None` for anything coarser, and within hours
    /// of the end of the calendar. A time without an offset is UTC, as in YAML.
    #[must_use]
    pub fn instant(self) -> Option<Timestamp> {
        match self.0 {
            Shape::Moment(moment) => moment.instant(),
            _ => None,
        }
    }

    /// Whether it can mean this day; an open or unknown end reaches for ever.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        !self.is_before(day) && !self.is_after(day)
    }

    /// Whether the two can mean a common day.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let starts_by = |a: Self, b: Self| match (a.earliest(), b.latest()) {
            (Some(first), Some(last)) => first <= last,
            _ => true,
        };
        starts_by(self, other) && starts_by(other, self)
    }

    /// Whether it is certainly over before this day begins.
    #[must_use]
    pub fn is_before(self, day: Date) -> bool {
        self.latest().is_some_and(|last| last < day)
    }

    /// Whether it certainly begins after this day.
    #[must_use]
    pub fn is_after(self, day: Date) -> bool {
        self.earliest().is_some_and(|first| first > day)
    }

    /// A string for HTML's `<time datetime>`: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`
    /// or a timestamp, of what is known (`2024-03` for `2024-03-XX~`). `None`
    /// where HTML has no form: intervals, seasons, decades, centuries, year 0.
    #[must_use]
    pub fn iso(self) -> Option<String> {
        match self.0 {
            Shape::Moment(moment) if moment.date.year() > 0 => Some(moment.to_string()),
            Shape::Point(point) if point.year > 0 => point.iso(),
            _ => None,
        }
    }

    /// For a reader, in English: `22 March 2024`, `c. March 2024`,
    /// `March 2024 (uncertain)`, `28 November – 3 December 2025`, `since 2019`,
    /// `the 2020s`, `spring 2024`, `9 December 2025, 06:00 UTC`.
    #[must_use]
    pub fn human(self) -> String {
        prose::write(self, prose::Style::Long)
    }

    /// The same for narrow places: `22 Mar 2024`, `Mar 2024?`, `2020s`.
    #[must_use]
    pub fn short(self) -> String {
        prose::write(self, prose::Style::Short)
    }

    /// The one or two dates it is made of; none for a moment, which is exact.
    fn points(self) -> impl Iterator<Item = Point> {
        let (one, two) = match self.0 {
            Shape::Moment(_) => (None, None),
            Shape::Point(point) => (Some(point), None),
            Shape::Interval(start, end) => (start.point(), end.point()),
        };
        one.into_iter().chain(two)
    }
}

impl Ord for Edtf {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = self.sort_key().cmp(&other.sort_key());
        by_key.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Edtf {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Canonical EDTF: what [`Edtf::parse`] reads back as the same value.
impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shape::Moment(moment) => moment.fmt(f),
            Shape::Point(point) => point.fmt(f),
            Shape::Interval(start, end) => write!(f, "{start}/{end}"),
        }
    }
}

impl FromStr for Edtf {
    type Err = EdtfError;

    fn from_str(input: &str) -> Result<Self, EdtfError> {
        Self::parse(input)
    }
}

/// As the canonical string.
impl Serialize for Edtf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Edtf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        Self::parse(text).ok().ok_or_else(|| D::Error::custom("no date"))
    }
}

impl fmt::Display for EdtfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EdtfError {}
