//! The pieces an [`Edtf`](super::Edtf) is made of: a date with its precision
//! and qualifier, a moment, and the end of an interval.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::Precision;

/// One date, exact or vague.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Point {
    /// 0 to 9999; a multiple of ten for a decade, of a hundred for a century.
    pub year: i16,
    pub part: Part,
    pub qualifier: Qualifier,
}

/// What of the year is meant, finest first. The numbers are valid when made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    Day(i8, i8),
    /// `2024-03-XX`
    SomeDayOf(i8),
    Month(i8),
    Season(Season),
    /// `2024-XX-XX`
    SomeDay,
    /// `2024-XX`
    SomeMonth,
    Year,
    Decade,
    Century,
}

/// The seasons of EDTF level 1, read as the northern hemisphere's
/// meteorological ones: the winter of 2024 is December 2024 to February 2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Season {
    Spring = 21,
    Summer = 22,
    Autumn = 23,
    Winter = 24,
}

/// What a writer says of a date as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Qualifier {
    None,
    Approximate,
    Uncertain,
    Both,
}

/// A day and a time, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Moment {
    /// The day as written, in its own offset.
    pub date: Date,
    /// Seconds since midnight of that day, 0 to 86 399.
    pub second: u32,
    /// Minutes east of UTC, where stated.
    pub offset: Option<i16>,
}

/// One end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum End {
    At(Point),
    /// `..`
    Open,
    /// Nothing written.
    Unknown,
}

impl Point {
    pub(super) fn first(self) -> Date {
        let (month, day) = match self.part {
            Part::Day(month, day) => (month, day),
            Part::SomeDayOf(month) | Part::Month(month) => (month, 1),
            Part::Season(season) => (season.first_month(), 1),
            _ => (1, 1),
        };
        civil(self.year, month, day)
    }

    pub(super) fn last(self) -> Date {
        let year = self.year;
        match self.part {
            Part::Day(month, day) => civil(year, month, day),
            Part::SomeDayOf(month) | Part::Month(month) => civil(year, month, 1).last_of_month(),
            // The calendar ends before the winter of 9999 does.
            Part::Season(Season::Winter) if year == 9999 => Date::MAX,
            Part::Season(Season::Winter) => civil(year + 1, 2, 1).last_of_month(),
            Part::Season(season) => civil(year, season.first_month() + 2, 1).last_of_month(),
            Part::Year | Part::SomeMonth | Part::SomeDay => civil(year, 12, 31),
            Part::Decade => civil(year + 9, 12, 31),
            Part::Century => civil(year + 99, 12, 31),
        }
    }

    pub(super) fn month(self) -> Option<i8> {
        match self.part {
            Part::Day(month, _) | Part::SomeDayOf(month) | Part::Month(month) => Some(month),
            _ => None,
        }
    }

    pub(super) fn precision(self) -> Precision {
        match self.part {
            Part::Day(..) => Precision::Day,
            Part::Month(_) | Part::SomeDayOf(_) => Precision::Month,
            Part::Season(_) => Precision::Season,
            Part::Year | Part::SomeMonth | Part::SomeDay => Precision::Year,
            Part::Decade => Precision::Decade,
            Part::Century => Precision::Century,
        }
    }

    /// What of it HTML can say.
    pub(super) fn iso(self) -> Option<String> {
        let year = self.year;
        match self.part {
            Part::Day(month, day) => Some(format!("{year:04}-{month:02}-{day:02}")),
            Part::Month(month) | Part::SomeDayOf(month) => Some(format!("{year:04}-{month:02}")),
            Part::Year | Part::SomeMonth | Part::SomeDay => Some(format!("{year:04}")),
            Part::Season(_) | Part::Decade | Part::Century => None,
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.year;
        match self.part {
            Part::Day(month, day) => write!(f, "{year:04}-{month:02}-{day:02}"),
            Part::SomeDayOf(month) => write!(f, "{year:04}-{month:02}-XX"),
            Part::Month(month) => write!(f, "{year:04}-{month:02}"),
            Part::Season(season) => write!(f, "{year:04}-{}", season as u8),
            Part::SomeDay => write!(f, "{year:04}-XX-XX"),
            Part::SomeMonth => write!(f, "{year:04}-XX"),
            Part::Year => write!(f, "{year:04}"),
            Part::Decade => write!(f, "{:03}X", year / 10),
            Part::Century => write!(f, "{:02}XX", year / 100),
        }?;
        f.write_str(match self.qualifier {
            Qualifier::None => "",
            Qualifier::Approximate => "~",
            Qualifier::Uncertain => "?",
            Qualifier::Both => "%",
        })
    }
}

impl Season {
    fn first_month(self) -> i8 {
        match self {
            Self::Spring => 3,
            Self::Summer => 6,
            Self::Autumn => 9,
            Self::Winter => 12,
        }
    }
}

impl Qualifier {
    pub(super) fn is_approximate(self) -> bool {
        matches!(self, Self::Approximate | Self::Both)
    }

    pub(super) fn is_uncertain(self) -> bool {
        matches!(self, Self::Uncertain | Self::Both)
    }
}

impl Moment {
    /// Seconds after midnight UTC of the day as written: negative or beyond a
    /// day where UTC is in another one.
    pub(super) fn utc_second(self) -> i32 {
        let local = i32::try_from(self.second).expect("a day has fewer than 2^31 seconds");
        local - i32::from(self.offset.unwrap_or(0)) * 60
    }

    pub(super) fn instant(self) -> Option<Timestamp> {
        let midnight = Offset::UTC.to_timestamp(self.date.at(0, 0, 0, 0)).ok()?;
        let second = midnight.as_second() + i64::from(self.utc_second());
        Timestamp::from_second(second).ok()
    }
}

/// RFC 3339, without an offset where none was stated.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
        write!(f, "{:04}-{:02}-{:02}", self.date.year(), self.date.month(), self.date.day())?;
        write!(f, "T{hour:02}:{minute:02}:{second:02}")?;
        match self.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs());
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl End {
    pub(super) fn point(self) -> Option<Point> {
        match self {
            Self::At(point) => Some(point),
            Self::Open | Self::Unknown => None,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(point) => point.fmt(f),
            Self::Open => f.write_str(".."),
            Self::Unknown => Ok(()),
        }
    }
}

fn civil(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a point holds a day of the calendar: the parser checked it")
}
