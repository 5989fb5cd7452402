//! What holds of every date, and examples of each form.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn edtf(text: &str) -> Edtf {
    Edtf::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn fails(text: &str) -> EdtfError {
    Edtf::parse(text).expect_err(text)
}

#[test]
fn is_small() {
    assert!(size_of::<Edtf>() <= 16, "{} bytes", size_of::<Edtf>());
    assert!(size_of::<SortKey>() <= 16, "{} bytes", size_of::<SortKey>());
}

#[test]
fn every_form_reads_well() {
    #[rustfmt::skip]
    let forms = [
        // written, precision, earliest, latest, human, short, iso
        ("2024", Precision::Year, "2024-01-01", "2024-12-31", "2024", "2024", "2024"),
        ("2024-03", Precision::Month, "2024-03-01", "2024-03-31", "March 2024", "Mar 2024", "2024-03"),
        ("2024-03-22", Precision::Day, "2024-03-22", "2024-03-22", "22 March 2024", "22 Mar 2024", "2024-03-22"),
        ("2024-03~", Precision::Month, "2024-03-01", "2024-03-31", "c. March 2024", "c. Mar 2024", "2024-03"),
        ("2024-03?", Precision::Month, "2024-03-01", "2024-03-31", "March 2024 (uncertain)", "Mar 2024?", "2024-03"),
        ("2024%", Precision::Year, "2024-01-01", "2024-12-31", "c. 2024 (uncertain)", "c. 2024?", "2024"),
        ("202X", Precision::Decade, "2020-01-01", "2029-12-31", "the 2020s", "2020s", "-"),
        ("202X~", Precision::Decade, "2020-01-01", "2029-12-31", "c. 2020s", "c. 2020s", "-"),
        ("20XX", Precision::Century, "2000-01-01", "2099-12-31", "the 21st century", "21st century", "-"),
        ("99XX", Precision::Century, "9900-01-01", "9999-12-31", "the 100th century", "100th century", "-"),
        ("2024-XX", Precision::Year, "2024-01-01", "2024-12-31", "some month in 2024", "some month in 2024", "2024"),
        ("2024-02-XX", Precision::Month, "2024-02-01", "2024-02-29", "some day in February 2024", "some day in Feb 2024", "2024-02"),
        ("2024-XX-XX", Precision::Year, "2024-01-01", "2024-12-31", "some day in 2024", "some day in 2024", "2024"),
        ("2024-21", Precision::Season, "2024-03-01", "2024-05-31", "spring 2024", "spring 2024", "-"),
        ("2024-24", Precision::Season, "2024-12-01", "2025-02-28", "winter 2024–25", "winter 2024–25", "-"),
        ("1999-24", Precision::Season, "1999-12-01", "2000-02-29", "winter 1999–2000", "winter 1999–2000", "-"),
        ("9999-24", Precision::Season, "9999-12-01", "9999-12-31", "winter 9999–10000", "winter 9999–10000", "-"),
        ("2025-12-01/2025-12-10", Precision::Interval, "2025-12-01", "2025-12-10", "1–10 December 2025", "1–10 Dec 2025", "-"),
        ("2025-11-28/2025-12-03", Precision::Interval, "2025-11-28", "2025-12-03", "28 November – 3 December 2025", "28 Nov – 3 Dec 2025", "-"),
        ("2024-12-28/2025-01-03", Precision::Interval, "2024-12-28", "2025-01-03", "28 December 2024 – 3 January 2025", "28 Dec 2024 – 3 Jan 2025", "-"),
        ("2024-03/2024-05", Precision::Interval, "2024-03-01", "2024-05-31", "March–May 2024", "Mar–May 2024", "-"),
        ("2024-11/2025-03", Precision::Interval, "2024-11-01", "2025-03-31", "November 2024 – March 2025", "Nov 2024 – Mar 2025", "-"),
        ("2019/2024", Precision::Interval, "2019-01-01", "2024-12-31", "2019–2024", "2019–2024", "-"),
        ("2019~/2024~", Precision::Interval, "2019-01-01", "2024-12-31", "c. 2019–2024", "c. 2019–2024", "-"),
        ("2019~/2024?", Precision::Interval, "2019-01-01", "2024-12-31", "c. 2019 – 2024 (uncertain)", "c. 2019 – 2024?", "-"),
        ("2024-21/2024-23", Precision::Interval, "2024-03-01", "2024-11-30", "spring–autumn 2024", "spring–autumn 2024", "-"),
        ("2024-03-22/2024-03-22", Precision::Interval, "2024-03-22", "2024-03-22", "22 March 2024", "22 Mar 2024", "-"),
        ("2024-03/2024", Precision::Interval, "2024-03-01", "2024-12-31", "March 2024 – 2024", "Mar 2024 – 2024", "-"),
        ("2019/..", Precision::Interval, "2019-01-01", "-", "since 2019", "since 2019", "-"),
        ("199X/..", Precision::Interval, "1990-01-01", "-", "since the 1990s", "since 1990s", "-"),
        ("../2019~", Precision::Interval, "-", "2019-12-31", "until c. 2019", "until c. 2019", "-"),
        ("2019/", Precision::Interval, "2019-01-01", "-", "from 2019 (end unknown)", "from 2019 (end unknown)", "-"),
        ("/2019", Precision::Interval, "-", "2019-12-31", "until 2019 (start unknown)", "until 2019 (start unknown)", "-"),
        ("2025-12-09T06:00:00Z", Precision::Moment, "2025-12-09", "2025-12-09", "9 December 2025, 06:00 UTC", "9 Dec 2025, 06:00 UTC", "2025-12-09T06:00:00Z"),
        ("2025-12-09T06:00:30+03:30", Precision::Moment, "2025-12-09", "2025-12-09", "9 December 2025, 06:00:30 UTC+03:30", "9 Dec 2025, 06:00:30 UTC+03:30", "2025-12-09T06:00:30+03:30"),
        ("2025-12-09T06:00:00", Precision::Moment, "2025-12-09", "2025-12-09", "9 December 2025, 06:00", "9 Dec 2025, 06:00", "2025-12-09T06:00:00"),
        ("0000", Precision::Year, "0000-01-01", "0000-12-31", "0", "0", "-"),
    ];
    let or_dash = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
    for (text, precision, earliest, latest, human, short, iso) in forms {
        let date = edtf(text);
        assert_eq!(date.to_string(), text);
        assert_eq!(date.precision(), precision, "{text}");
        assert_eq!(or_dash(date.earliest()), earliest, "{text}");
        assert_eq!(or_dash(date.latest()), latest, "{text}");
        assert_eq!(date.human(), human, "{text}");
        assert_eq!(date.short(), short, "{text}");
        assert_eq!(date.iso().as_deref().unwrap_or("-"), iso, "{text}");
    }
}

#[test]
fn timestamps_have_one_canonical_form() {
    #[rustfmt::skip]
    let same = [
        ("2025-12-09 06:00:00", "2025-12-09T06:00:00"),
        ("2025-12-09 06:00:00 +03:00", "2025-12-09T06:00:00+03:00"),
        ("2025-12-09t06:00z", "2025-12-09T06:00:00Z"),
        ("2025-12-09T06:00:00.123Z", "2025-12-09T06:00:00Z"),
        ("2025-12-09T06:00:00-00:00", "2025-12-09T06:00:00Z"),
        ("2025-12-09T06:00:00+0430", "2025-12-09T06:00:00+04:30"),
        ("2025-12-09T06:00:00-05", "2025-12-09T06:00:00-05:00"),
        (" 2024-03-22\n", "2024-03-22"),
    ];
    for (written, canonical) in same {
        assert_eq!(edtf(written).to_string(), canonical);
    }
    let instant = |text| edtf(text).instant().map(|at| at.to_string());
    assert_eq!(instant("2025-12-09T06:00:00+03:00").as_deref(), Some("2025-12-09T03:00:00Z"));
    assert_eq!(instant("2025-12-09T01:00:00+03:00").as_deref(), Some("2025-12-08T22:00:00Z"));
    assert_eq!(instant("2025-12-09 06:00:00").as_deref(), Some("2025-12-09T06:00:00Z"));
    assert_eq!(instant("2025-12-09"), None);
}

#[test]
fn marks_and_starts() {
    assert!(edtf("2024~").is_approximate() && !edtf("2024~").is_uncertain());
    assert!(edtf("2024?").is_uncertain() && !edtf("2024?").is_approximate());
    assert!(edtf("2024/2025%").is_uncertain() && edtf("2024/2025%").is_approximate());
    assert_eq!((edtf("../2019-05").year(), edtf("../2019-05").month()), (2019, Some(5)));
    assert_eq!((edtf("202X").year(), edtf("202X").month()), (2020, None));
    assert_eq!((edtf("2024-11/2025-03").year(), edtf("2024-11/2025-03").month()), (2024, Some(11)));
}

#[test]
fn order_is_a_chronology() {
    #[rustfmt::skip]
    let chronology = [
        "199X/2024", "../2023-12", "2024-01-01", "2024-01-01T06:00:00+03:00", "2024-01-01T06:00:00Z", "2024-01",
        "2024-01-XX", "2024-01-01/2024-02-03", "2024", "2024/..", "2024-02-02", "2024-21", "202X/..",
    ];
    let mut sorted: Vec<Edtf> = chronology.iter().rev().map(|text| edtf(text)).collect();
    sorted.sort();
    let sorted: Vec<String> = sorted.iter().map(Edtf::to_string).collect();
    #[rustfmt::skip]
    let expected = [
        "199X/2024", "202X/..", "../2023-12", "2024-01-01", "2024-01-XX", "2024-01", "2024-01-01/2024-02-03", "2024",
        "2024/..", "2024-01-01T06:00:00+03:00", "2024-01-01T06:00:00Z", "2024-02-02", "2024-21",
    ];
    assert_eq!(sorted, expected);
}

#[test]
fn days_within_and_around() {
    let day = date(2024, 3, 22);
    for around in ["2024", "2024-03-22", "2024-21", "2019/..", "../2024-03-22", "/2024-03", "202X"] {
        assert!(edtf(around).contains(day), "{around}");
    }
    assert!(edtf("2024-02").is_before(day) && !edtf("2024-02/..").is_before(day));
    assert!(edtf("2024-04").is_after(day) && !edtf("../2024-04").is_after(day));
    assert!(edtf("2024-03").overlaps(edtf("2024-03-31/2025")));
    assert!(edtf("../2024").overlaps(edtf("2023/..")));
    assert!(!edtf("../2022").overlaps(edtf("2023/..")));
}

#[test]
fn faults_are_named_where_they_are() {
    #[rustfmt::skip]
    let faults = [
        ("", 0..0, "a date is missing"),
        ("2024-02-30", 8..10, "February 2024 has 29 days"),
        ("2023-02-29", 8..10, "February 2023 has 28 days"),
        ("2024-04-31/..", 8..10, "April 2024 has 30 days"),
        ("2024-13", 5..7, "there is no month 13: months are 01 to 12, seasons 21 to 24"),
        ("2024-3-5", 5..6, "a month has two digits, 01 to 12, or XX"),
        ("2024-21-05", 8..10, "a season has no days"),
        ("2024-XX-05", 5..7, "a day needs its month"),
        ("202X-05", 5..7, "a year with unknown digits has no month"),
        ("2025/2024", 0..9, "the interval ends (2024) before it begins (2025)"),
        ("../..", 0..5, "an interval needs a date at one end at least"),
        ("2024-01-01T06:00Z/..", 0..17, "an interval is of days, without times"),
        ("2024-01-01T25:00Z", 11..13, "a time is hours, minutes and seconds of two digits, as in 06:00:00"),
        ("2024-01-01T06:00+3", 16..18, "an offset is Z or hours and minutes, as in +03:30"),
        ("-0500", 0..5, "years before 0000 are not supported"),
        ("Y17000", 0..6, "years of more than four digits are not supported"),
        ("March 2024", 0..10, "a date starts with a year of four digits, as in 2024-03-22"),
        (" 22/03/2024", 1..11, "a date is written year first and with hyphens, as in 2024-03-22"),
        ("05/03/2024", 0..10, "this may be 5 March 2024 or 3 May 2024: a date is written year first"),
    ];
    for (text, at, message) in faults {
        let error = fails(text);
        assert_eq!((error.message.as_str(), error.at), (message, at), "{text}");
    }
}

#[test]
fn suggestions_are_what_was_meant() {
    #[rustfmt::skip]
    let meant = [
        ("2024-3-5", "2024-03-05"), ("2024-3-5~", "2024-03-05~"), ("2024/03/22", "2024-03-22"), ("2024/3", "2024-03"),
        ("20240322", "2024-03-22"), ("202403", "2024-03"), ("22.03.2024", "2024-03-22"), ("05.03.2024", "2024-03-05"),
        ("22/03/2024", "2024-03-22"), ("03/22/2024", "2024-03-22"), ("22-03-2024", "2024-03-22"),
        ("2024-22-03", "2024-03-22"), ("03/2024", "2024-03"), ("March 2024", "2024-03"), ("22 March 2024", "2024-03-22"),
        ("Mar. 22nd, 2024", "2024-03-22"), ("22 sept 2024", "2024-09-22"), ("the 22nd of March 2024", "2024-03-22"),
        ("22-Mar-2024", "2024-03-22"), ("spring 2024", "2024-21"), ("the 2020s", "202X"), ("c. March 2024", "2024-03~"),
        ("~2024", "2024~"), ("circa 2024", "2024~"), ("2024?~", "2024%"), ("202x", "202X"), ("201u", "201X"),
        ("2024-??", "2024-XX"), ("2024-Q1", "2024-01/2024-03"), ("Q4 2024", "2024-10/2024-12"),
        ("2024-34", "2024-04/2024-06"), ("2019-2024", "2019/2024"), ("2019–2024", "2019/2024"),
        ("2019 to present", "2019/.."), ("since 2019", "2019/.."), ("until March 2019", "../2019-03"),
        ("2019/open", "2019/.."), ("unknown/2019", "/2019"), ("2025/2024", "2024/2025"),
        ("1-10 December 2025", "2025-12-01/2025-12-10"), ("28 November – 3 December 2025", "2025-11-28/2025-12-03"),
        ("March-May 2024", "2024-03/2024-05"), ("2024-3-5/2024-3-8", "2024-03-05/2024-03-08"),
        ("۲۰۲۴-۰۳-۲۲", "2024-03-22"), ("2024−03−22", "2024-03-22"), ("2025-12-09 6:00 UTC", "2025-12-09T06:00:00Z"),
    ];
    for (written, suggestion) in meant {
        assert_eq!(fails(written).suggestion.as_deref(), Some(suggestion), "{written}");
    }
    for hopeless in
        ["", "2024-02-30", "05/03/2024", "today", "soon", "22.03.24", "2024-13", "v2.1", "10/10/10/10"]
    {
        assert_eq!(fails(hopeless).suggestion, None, "{hopeless}");
    }
}

#[test]
fn serializes_as_the_canonical_string() {
    let json = serde_json::to_string(&edtf("2025-12-09 06:00:00")).unwrap();
    assert_eq!(json, "\"2025-12-09T06:00:00\"");
}

/// A single date in any form, canonical.
fn any_point() -> impl Strategy<Value = String> {
    let day = (0i16..=9999, 1i8..=12, 1i8..=31).prop_filter_map("in the calendar", |(year, month, day)| {
        Date::new(year, month, day).ok().map(|day| day.to_string())
    });
    let date = prop_oneof![
        3 => day,
        2 => (0u16..=9999, 1u8..=12).prop_map(|(year, month)| format!("{year:04}-{month:02}")),
        2 => (0u16..=9999).prop_map(|year| format!("{year:04}")),
        1 => (0u16..=9999, 21u8..=24).prop_map(|(year, season)| format!("{year:04}-{season}")),
        1 => (0u16..=9999, 1u8..=12).prop_map(|(year, month)| format!("{year:04}-{month:02}-XX")),
        1 => (0u16..=9999, prop_oneof!["-XX", "-XX-XX"]).prop_map(|(year, x)| format!("{year:04}{x}")),
        1 => prop_oneof!["[0-9]{3}X", "[0-9]{2}XX"],
    ];
    (date, "[~?%]?").prop_map(|(date, qualifier)| format!("{date}{qualifier}"))
}

/// Any valid canonical date.
fn any_edtf() -> impl Strategy<Value = String> {
    let time = "(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-](0[1-9]|1[0-9]):[0-5][0-9])?";
    let moment = (any_point(), time).prop_filter_map("an exact day", |(day, time)| {
        let text = format!("{day}T{time}");
        Edtf::parse(&text).is_ok().then_some(text)
    });
    let end = || prop_oneof![4 => any_point(), 1 => Just("..".to_owned()), 1 => Just(String::new())];
    let interval = (end(), end()).prop_filter_map("in order", |(from, to)| {
        let text = format!("{from}/{to}");
        Edtf::parse(&text).is_ok().then_some(text)
    });
    prop_oneof![4 => any_point(), 2 => interval, 1 => moment]
}

/// Arbitrary text, and text that looks like a date.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9XxTZ~?%/.: +-]{0,24}",
        "[0-9]{1,4}[-/. ][0-9a-zA-Zé]{1,9}[-/. ,]{1,2}[0-9]{0,4}"
    ]
}

proptest! {
    // No file of past failures: a seed is worth keeping as an example above.
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parse_and_display_are_inverse(text in any_edtf()) {
        let date = edtf(&text);
        prop_assert_eq!(date.to_string(), text);
        prop_assert_eq!(edtf(&date.to_string()), date);
    }

    #[test]
    fn a_beginning_is_not_after_its_end(text in any_edtf()) {
        let date = edtf(&text);
        if let (Some(first), Some(last)) = (date.earliest(), date.latest()) {
            prop_assert!(first <= last);
            prop_assert!(date.contains(first) && date.contains(last) && date.overlaps(date));
        }
        prop_assert!(!date.human().is_empty() && !date.short().is_empty());
        let _ = (date.iso(), date.instant(), date.month());
    }

    #[test]
    fn the_order_is_total(a in any_edtf(), b in any_edtf(), c in any_edtf()) {
        let (a, b, c) = (edtf(&a), edtf(&b), edtf(&c));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        if a.sort_key() != b.sort_key() {
            prop_assert_eq!(a.cmp(&b), a.sort_key().cmp(&b.sort_key()));
        }
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        if a < b {
            prop_assert!(a.year() <= b.year(), "years are never split");
        }
    }

    #[test]
    fn no_text_panics(text in any_text()) {
        match Edtf::parse(&text) {
            Ok(date) => prop_assert_eq!(edtf(&date.to_string()), date),
            Err(error) => {
                prop_assert!(text.get(error.at.clone()).is_some(), "{:?} in {text:?}", error.at);
                if let Some(suggestion) = error.suggestion {
                    prop_assert_eq!(edtf(&suggestion).to_string(), suggestion);
                }
            }
        }
    }
}
