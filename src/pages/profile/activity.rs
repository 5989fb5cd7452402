//! When the briefs that name an entity were published.

use std::collections::BTreeMap;

use super::super::book::{month_name, month_url, year_url};
use super::Subject;
use crate::view::Bar;

/// The most columns that stand for a month, and for a quarter of a year, each.
const MOST_MONTHS: i32 = 36;
const MOST_QUARTERS: i32 = 48;

/// How many years an activity shows with those in which there was none.
const MOST_YEARS: usize = 60;

impl Subject<'_> {
    /// Briefs by month; by quarter when they span more than three years, by year when more than twelve.
    pub(super) fn activity(&self) -> Vec<Bar> {
        let mut months: BTreeMap<(i16, i8), usize> = BTreeMap::new();
        for link in self.book.brief_backlinks(self.node) {
            if let Some(month) = self.book.glance(link.document).month {
                *months.entry(month).or_default() += 1;
            }
        }
        let (Some((&first, _)), Some((&last, _))) = (months.first_key_value(), months.last_key_value())
        else {
            return Vec::new();
        };
        // A brief that says only its year belongs to no month.
        if months.keys().all(|&(_, month)| month > 0) {
            for (most, size) in [(MOST_MONTHS, 1), (MOST_QUARTERS, 3)] {
                let periods = period_of(first, size)..=period_of(last, size);
                if periods.end() - periods.start() < most {
                    return periods.map(|number| bar(&months, number, size)).collect();
                }
            }
        }
        let count = |year: i16| months.range((year, 0)..=(year, 12)).map(|(_, count)| count).sum();
        let bar = |year: i16| Bar { label: year.to_string(), count: count(year), url: year_url(year) };
        let bars = (first.0..=last.0).map(bar);
        // A date of long ago, be it mistyped, draws no row of empty years.
        if bars.len() > MOST_YEARS { bars.filter(|bar| bar.count > 0).collect() } else { bars.collect() }
    }
}

/// The number of the period of so many months in which a month lies, from the year 0.
fn period_of((year, month): (i16, i8), size: i32) -> i32 {
    (i32::from(year) * 12 + i32::from(month) - 1).div_euclid(size)
}

fn bar(months: &BTreeMap<(i16, i8), usize>, number: i32, size: i32) -> Bar {
    let month_of = |number: i32| {
        let year = i16::try_from(number.div_euclid(12)).unwrap_or_default();
        (year, i8::try_from(number.rem_euclid(12) + 1).unwrap_or(1))
    };
    let (start, end) = (month_of(number * size), month_of(number * size + size - 1));
    let (label, url) = match start {
        (year, month) if size == 1 => (format!("{} {year}", month_name(month)), month_url(year, month)),
        (year, month) => (format!("Q{} {year}", (month + 2) / 3), year_url(year)),
    };
    Bar { label, count: months.range(start..=end).map(|(_, count)| count).sum(), url }
}
