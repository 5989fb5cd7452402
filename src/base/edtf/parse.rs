//! Text → date, strictly, naming the bytes that are wrong. What the writer
//! probably meant instead is for [`super::repair`] to guess.

use std::ops::Range;

use jiff::civil::Date;

use super::point::{End, Moment, Part, Point, Qualifier, Season};
use super::{Edtf, Shape};

/// What is wrong, and where in the input.
#[derive(Debug)]
pub(super) struct Fault {
    pub message: String,
    pub at: Range<usize>,
}

type Parsed<T> = Result<T, Fault>;

pub(super) fn parse(input: &str) -> Parsed<Edtf> {
    let all = Piece { text: input, start: 0 }.trim();
    if all.text.is_empty() {
        return all.fault("a date is missing");
    }
    let mut sides = all.split('/');
    let shape = match (sides.next(), sides.next(), sides.next()) {
        (_, _, Some(third)) => return third.fault("an interval has one slash and two ends"),
        (Some(start), Some(end), None) => interval(all, start, end)?,
        _ => match all.split_time() {
            Some((date, time)) => Shape::Moment(moment(date, time)?),
            None => Shape::Point(point(all)?),
        },
    };
    Ok(Edtf(shape))
}

fn interval(all: Piece, start: Piece, end: Piece) -> Parsed<Shape> {
    let (from, to) = (interval_end(start)?, interval_end(end)?);
    match (from.point(), to.point()) {
        (None, None) => all.fault("an interval needs a date at one end at least"),
        (Some(first), Some(last)) if first.first() > last.last() => {
            all.fault(format!("the interval ends ({last}) before it begins ({first})"))
        }
        _ => Ok(Shape::Interval(from, to)),
    }
}

fn interval_end(piece: Piece) -> Parsed<End> {
    match piece.text {
        "" => Ok(End::Unknown),
        ".." => Ok(End::Open),
        _ if piece.split_time().is_some() => piece.fault("an interval is of days, without times"),
        _ => point(piece).map(End::At),
    }
}

/// A date without a time.
fn point(piece: Piece) -> Parsed<Point> {
    let (date, qualifier) = split_qualifier(piece);
    if date.text.starts_with('-') {
        return date.fault("years before 0000 are not supported");
    }
    if date.text.starts_with('Y') {
        return date.fault("years of more than four digits are not supported");
    }
    let mut fields = date.split('-');
    let (first, month, day) = (fields.next(), fields.next(), fields.next());
    if let Some(rest) = fields.next() {
        return rest.fault("a date has a year, a month and a day, and nothing after them");
    }
    let year = first.map_or_else(|| date.fault(YEAR), year)?;
    let (year, part) = match (year, month) {
        (Year::Known(year), Some(month)) => (year, within_year(year, month, day)?),
        (Year::Known(year), None) => (year, Part::Year),
        (Year::Decade(_) | Year::Century(_), Some(month)) => {
            return month.fault("a year with unknown digits has no month");
        }
        (Year::Decade(year), None) => (year, Part::Decade),
        (Year::Century(year), None) => (year, Part::Century),
    };
    Ok(Point { year, part, qualifier })
}

fn split_qualifier(piece: Piece) -> (Piece, Qualifier) {
    let qualifier = match piece.text.as_bytes().last() {
        Some(b'~') => Qualifier::Approximate,
        Some(b'?') => Qualifier::Uncertain,
        Some(b'%') => Qualifier::Both,
        _ => return (piece, Qualifier::None),
    };
    (piece.slice(0..piece.text.len() - 1), qualifier)
}

const YEAR: &str = "a date starts with a year of four digits, as in 2024-03-22";

enum Year {
    Known(i16),
    Decade(i16),
    Century(i16),
}

fn year(field: Piece) -> Parsed<Year> {
    let [a, b, c, d] = *field.text.as_bytes() else { return field.fault(YEAR) };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
    let (Some(thousands), Some(hundreds)) = (digit(a), digit(b)) else { return field.fault(YEAR) };
    let century = thousands * 1000 + hundreds * 100;
    match (digit(c), digit(d)) {
        (Some(tens), Some(ones)) => Ok(Year::Known(century + tens * 10 + ones)),
        (Some(tens), None) if d == b'X' => Ok(Year::Decade(century + tens * 10)),
        (None, None) if (c, d) == (b'X', b'X') => Ok(Year::Century(century)),
        _ => field.fault(YEAR),
    }
}

fn within_year(year: i16, month: Piece, day: Option<Piece>) -> Parsed<Part> {
    let number = two_digits(month, "a month has two digits, 01 to 12, or XX")?;
    match (number, day) {
        (None, None) => Ok(Part::SomeMonth),
        (Some(number @ 1..=12), None) => Ok(Part::Month(number)),
        (Some(number), None) => season(number).map(Part::Season).map_or_else(
            || month.fault(format!("there is no month {number:02}: months are 01 to 12, seasons 21 to 24")),
            Ok,
        ),
        (None, Some(day)) => match day.text {
            "XX" => Ok(Part::SomeDay),
            _ => month.fault("a day needs its month"),
        },
        (Some(number @ 1..=12), Some(day)) => within_month(year, number, day),
        (Some(number), Some(day)) if season(number).is_some() => day.fault("a season has no days"),
        (Some(number), Some(_)) => month.fault(format!("there is no month {number:02}: months are 01 to 12")),
    }
}

fn within_month(year: i16, month: i8, day: Piece) -> Parsed<Part> {
    match two_digits(day, "a day has two digits, 01 to 31, or XX")? {
        None => Ok(Part::SomeDayOf(month)),
        Some(number) if Date::new(year, month, number).is_ok() => Ok(Part::Day(month, number)),
        Some(_) => day.fault(days_of(year, month)),
    }
}

fn season(number: i8) -> Option<Season> {
    match number {
        21 => Some(Season::Spring),
        22 => Some(Season::Summer),
        23 => Some(Season::Autumn),
        24 => Some(Season::Winter),
        _ => None,
    }
}

/// `February 2024 has 29 days`: the fact that the writer overlooked.
fn days_of(year: i16, month: i8) -> String {
    let first = Date::new(year, month, 1).expect("the caller passes a month of 1 to 12");
    let name = super::prose::month_name(month);
    format!("{name} {year} has {} days", first.days_in_month())
}

/// Two digits as a number, or `XX` as nothing.
fn two_digits(field: Piece, otherwise: &str) -> Parsed<Option<i8>> {
    match *field.text.as_bytes() {
        [b'X', b'X'] => Ok(None),
        [tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit() => {
            let number = (tens - b'0') * 10 + (ones - b'0');
            Ok(Some(i8::try_from(number).expect("two digits make 99 at most")))
        }
        _ => field.fault(otherwise),
    }
}

/// `06:00`, `06:00:00.5Z`, `06:00:00 +03:00`. Fractions of a second are
/// dropped: nothing here is known that well.
fn moment(day: Piece, time: Piece) -> Parsed<Moment> {
    let Point { year, part: Part::Day(month, of_month), qualifier: Qualifier::None } = point(day)? else {
        return day.fault("a time needs an exact day");
    };
    let date = Date::new(year, month, of_month).expect("the parser made this day from the calendar");
    let zone_at = time.text.find(['Z', 'z', '+', '-', ' ']).unwrap_or(time.text.len());
    let (clock, zone) = (time.slice(0..zone_at), time.slice(zone_at..time.text.len()));
    Ok(Moment { date, second: second_of_day(clock)?, offset: offset(zone.trim())? })
}

fn second_of_day(clock: Piece) -> Parsed<u32> {
    const FORM: &str = "a time is hours, minutes and seconds of two digits, as in 06:00:00";
    let end = clock.text.find('.').unwrap_or(clock.text.len());
    let fraction = &clock.text[end..];
    let mut fields = clock.slice(0..end).split(':');
    let (hour, minute) = (fields.next(), fields.next());
    let (Some(hour), Some(minute)) = (hour, minute) else { return clock.fault(FORM) };
    let second = fields.next();
    let digits = |piece: Piece, limit| within(piece, limit, FORM);
    let seconds = second.map_or(Ok(0), |second| digits(second, 60))?;
    let is_fraction = fraction.len() > 1 && fraction[1..].bytes().all(|byte| byte.is_ascii_digit());
    if fields.next().is_some() || !(fraction.is_empty() || second.is_some() && is_fraction) {
        return clock.fault(FORM);
    }
    Ok(digits(hour, 24)? * 3600 + digits(minute, 60)? * 60 + seconds)
}

/// Minutes east of UTC: nothing, `Z`, `+03`, `+0330` or `+03:30`.
fn offset(zone: Piece) -> Parsed<Option<i16>> {
    const FORM: &str = "an offset is Z or hours and minutes, as in +03:30";
    let sign = match zone.text.as_bytes().first() {
        None => return Ok(None),
        Some(b'Z' | b'z') if zone.text.len() == 1 => return Ok(Some(0)),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return zone.fault(FORM),
    };
    let (hours, minutes) = match zone.text.len() {
        3 => (zone.slice(1..3), None),
        5 if zone.text.is_ascii() => (zone.slice(1..3), Some(zone.slice(3..5))),
        6 if zone.text.is_ascii() && zone.text.as_bytes()[3] == b':' => {
            (zone.slice(1..3), Some(zone.slice(4..6)))
        }
        _ => return zone.fault(FORM),
    };
    let hours = within(hours, 24, FORM)?;
    let minutes = minutes.map_or(Ok(0), |minutes| within(minutes, 60, FORM))?;
    let east = i16::try_from(hours * 60 + minutes).expect("a day has 1440 minutes");
    Ok(Some(sign * east))
}

/// Two digits that make a number below `limit`.
fn within(field: Piece, limit: u32, otherwise: &str) -> Parsed<u32> {
    match two_digits(field, otherwise)?.and_then(|number| u32::try_from(number).ok()) {
        Some(number) if number < limit => Ok(number),
        _ => field.fault(otherwise),
    }
}

/// A part of the input that knows where it stands in it.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Piece<'a> {
    fn fault<T>(self, message: impl Into<String>) -> Parsed<T> {
        Err(Fault { message: message.into(), at: self.start..self.start + self.text.len() })
    }

    fn slice(self, range: Range<usize>) -> Self {
        Piece { text: &self.text[range.clone()], start: self.start + range.start }
    }

    fn trim(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start + self.text.trim().len())
    }

    /// At every `separator`, which is ASCII.
    fn split(self, separator: char) -> impl Iterator<Item = Self> + use<'a> {
        let mut start = self.start;
        self.text.split(separator).map(move |text| {
            let piece = Piece { text, start };
            start += text.len() + 1;
            piece
        })
    }

    /// Date and time, where the tenth byte is followed by `T` or a blank.
    fn split_time(self) -> Option<(Self, Self)> {
        let parts = matches!(self.text.as_bytes().get(10), Some(b'T' | b't' | b' '));
        parts.then(|| (self.slice(0..10), self.slice(11..self.text.len())))
    }
}
