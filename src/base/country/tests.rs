//! The table against the crates it was made from, and names as people write
//! them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn country(input: &str) -> CountryCode {
    CountryCode::from_input(input).unwrap_or_else(|| panic!("{input}"))
}

fn alpha2(input: &str) -> &'static str {
    CountryCode::from_input(input).map_or("-", CountryCode::alpha2)
}

#[test]
fn codes_are_those_of_iso_3166() {
    let mut compared = 0;
    for iso in rust_iso3166::ALL {
        let ours = country(iso.alpha2);
        assert_eq!((ours.alpha2(), ours.alpha3()), (iso.alpha2, iso.alpha3));
        assert_eq!(format!("{:03}", ours.numeric()), iso.numeric_str());
        // What names two countries is no name of one of them.
        if iso.alpha2 != "CG" {
            assert_eq!(alpha2(iso.name), iso.alpha2, "{}", iso.name);
        }
        compared += 1;
    }
    assert_eq!(compared, 249);
    let others: Vec<_> =
        CountryCode::all().filter(|ours| rust_iso3166::from_alpha2(ours.alpha2()).is_none()).collect();
    assert_eq!(others, [country("XK")]);
    assert_eq!(CountryCode::all().len(), 250);
}

#[test]
fn areas_and_formal_names_are_keshvars() {
    // M49 where the crate has nothing, or (South Sudan, the US islands) something else.
    let areas = BTreeMap::from([("AQ", 10), ("BV", 5), ("HM", 53), ("SS", 14), ("UM", 57)]);
    // In English, or in the form of ISO 3166, or (Taiwan, Western Sahara) without taking a side.
    let formal = BTreeSet::from(["BN", "EH", "GF", "GL", "PA", "PE", "TW", "VG"]);
    let mut compared = 0;
    for iso in rust_iso3166::ALL {
        let theirs = keshvar::Alpha2::try_from(iso.alpha2).unwrap().to_country();
        let ours = country(iso.alpha2);
        let area = areas.get(iso.alpha2).copied().or_else(|| area_code(theirs.maybe_subregion()?));
        assert_eq!(Some(ours.subregion().code), area, "{}", ours.name());
        let name = theirs.iso_long_name();
        let name = name.strip_prefix("The ").unwrap_or(name);
        let same = ours.official_name().eq_ignore_ascii_case(name);
        assert_eq!(same, !formal.contains(iso.alpha2), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 249);
}

fn area_code(area: keshvar::SubRegion) -> Option<u16> {
    use keshvar::SubRegion as S;
    let name = match area {
        S::SouthEasternAsia => "South-eastern Asia".to_owned(),
        other => format!("{other:?}"),
    };
    let squeezed = |name: &str| name.replace([' ', '-'], "").to_ascii_lowercase();
    Region49::all().find(|region| squeezed(region.name) == squeezed(&name)).map(|region| region.code)
}

#[test]
fn the_tables_are_sorted_and_whole() {
    assert!(COUNTRIES.is_sorted_by(|a, b| a.alpha2 < b.alpha2));
    assert!(REGIONS.is_sorted_by(|a, b| a.code < b.code));
    assert!(REGIONS.iter().flat_map(|region| region.parts).all(|&part| m49_region(part).is_some()));
    let distinct =
        |field: fn(CountryCode) -> String| CountryCode::all().map(field).collect::<BTreeSet<_>>().len();
    assert_eq!(distinct(|country| country.alpha3().to_owned()), 250);
    assert_eq!(distinct(|country| country.numeric().to_string()), 250);
    assert_eq!(distinct(|country| country.name().to_owned()), 250);
}

#[test]
fn no_name_belongs_to_two_countries() {
    let mut owner = BTreeMap::new();
    for country in CountryCode::all() {
        let row = country.row();
        for name in [row.name, row.official].iter().chain(row.linked).chain(row.also) {
            assert_eq!(alpha2(name), row.alpha2, "{name}");
            let other = owner.insert(*name, row.alpha2);
            assert!(other.is_none_or(|other| other == row.alpha2), "{name}");
        }
        let once: BTreeSet<_> = row.linked.iter().collect();
        assert_eq!(once.len(), row.linked.len(), "{}", row.name);
        assert!(!row.linked.is_empty(), "{}", row.name);
    }
    for phrase in look_alikes() {
        assert_eq!(alpha2(phrase), "-");
        let inside =
            |country: CountryCode| country.names_for_linking().iter().any(|name| phrase.contains(name));
        assert!(CountryCode::all().any(inside), "{phrase} hides no country");
    }
}

#[test]
fn reads_what_people_write() {
    #[rustfmt::skip]
    let inputs = [
        ("AF", "AF"), ("af", "AF"), ("afg", "AF"), ("NO", "NO"), ("no", "NO"), ("Russia", "RU"),
        ("russian federation", "RU"), ("Iran", "IR"), ("Iran, Islamic Republic of", "IR"),
        ("The Islamic Republic of Iran", "IR"), ("Türkiye", "TR"), ("TÜRKİYE", "TR"), ("turkey", "TR"),
        ("Ivory Coast", "CI"), ("Côte d’Ivoire", "CI"), ("cote d'ivoire", "CI"), ("South Korea", "KR"),
        ("Republic of Korea", "KR"), ("Korea, North", "KP"), ("DPRK", "KP"), ("UK", "GB"), ("U.K.", "GB"),
        ("Great Britain", "GB"), ("USA", "US"), ("U.S.", "US"), ("the United States", "US"), ("Kosovo", "XK"),
        ("XKX", "XK"), ("UAE", "AE"), ("Burma", "MM"), ("Swaziland", "SZ"), ("Czech Republic", "CZ"),
        ("DR Congo", "CD"), ("Congo-Kinshasa", "CD"), ("Congo (Brazzaville)", "CG"), ("Republic of the Congo", "CG"),
        ("Bosnia & Herzegovina", "BA"), ("St. Lucia", "LC"), ("Gambia", "GM"), ("The Gambia", "GM"), ("Syria", "SY"),
        ("Viet Nam", "VN"), ("Holy See", "VA"), ("Palestine", "PS"), ("Taiwan", "TW"), ("China", "CN"),
        ("Congo", "-"), ("Korea", "-"), ("Atlantis", "-"), ("", "-"), ("XX", "-"), ("Россия", "-"),
    ];
    for (input, expected) in inputs {
        assert_eq!(alpha2(input), expected, "{input}");
    }
}

#[test]
fn suggests_for_the_misspelt() {
    #[rustfmt::skip]
    let inputs = [
        ("Afganistan", "AF"), ("Kazahkstan", "KZ"), ("Tajikstan", "TJ"), ("Kyrgistan", "KG"), ("Phillipines", "PH"),
        ("Irak", "IQ"), ("Nigera", "NG"), ("Untied States", "US"), ("Rusia", "RU"), ("Columbia", "CO"), ("Isreal", "IL"),
        ("Azerbajian", "AZ"), ("Atlantis", "-"), ("Congo", "-"), ("Korea", "-"), ("xx", "-"), ("", "-"), ("Wakanda", "-"),
    ];
    for (input, expected) in inputs {
        assert_eq!(suggest(input).map_or("-", CountryCode::alpha2), expected, "{input}");
    }
}

#[test]
fn a_reader_meets_common_names() {
    let names = ["RU", "IR", "SY", "TZ", "BO", "KP", "KR", "MD", "VN", "LA", "TR", "CZ", "CD", "XK", "PS"];
    let names: Vec<_> = names.iter().map(|code| country(code).name()).collect();
    assert_eq!(
        names.join(", "),
        "Russia, Iran, Syria, Tanzania, Bolivia, North Korea, South Korea, Moldova, Vietnam, Laos, Turkey, \
         Czechia, DR Congo, Kosovo, Palestine"
    );
    assert_eq!(country("RU").official_name(), "Russian Federation");
    assert!(country("TR").names_for_linking().contains(&"Türkiye"));
    assert!(country("IR").names_for_linking().contains(&"Islamic Republic of Iran"));
    for kept in ["GE", "JO", "TD", "TR", "GN", "NE", "DM", "WS", "IE"] {
        assert_eq!(country(kept).names_for_linking()[0], country(kept).name());
    }
    let linked = |name: &str| CountryCode::all().any(|country| country.names_for_linking().contains(&name));
    for left_out in ["Congo", "Korea", "Micronesia", "Jersey", "Reunion", "America", "Macedonia", "Holland"] {
        assert!(!linked(left_out), "{left_out}");
    }
}

#[test]
fn areas_hold_their_countries() {
    let central_asia = Region49::from_input("143").unwrap();
    let codes: Vec<_> = central_asia.countries().map(CountryCode::alpha2).collect();
    assert_eq!((central_asia.name, codes), ("Central Asia", vec!["KG", "KZ", "TJ", "TM", "UZ"]));
    assert_eq!(Region49::from_input("central asia"), Some(central_asia));
    assert_eq!(Region49::from_input("002").unwrap().name, "Africa");
    assert_eq!((Region49::from_input("144"), Region49::from_input("Mordor")), (None, None));

    let count = |code| m49_region(code).unwrap().countries().count();
    assert_eq!(count(1), 250);
    // M49's 248, Taiwan in Asia and Kosovo in Europe.
    assert_eq!([2, 9, 10, 19, 142, 150].map(count), [60, 29, 1, 57, 51, 52]);
    assert_eq!((count(419) + count(21), count(202) + count(15)), (57, 60));
    assert_eq!(count(3), count(13) + count(21) + count(29));

    let place = |code: &str| (country(code).region().name, country(code).subregion().name);
    assert_eq!(place("XK"), ("Europe", "Southern Europe"));
    assert_eq!(place("TW"), ("Asia", "Eastern Asia"));
    assert_eq!(place("NG"), ("Africa", "Western Africa"));
    assert_eq!(place("AQ"), ("Antarctica", "Antarctica"));
    for country in CountryCode::all() {
        assert!(country.region().contains(country) && country.subregion().contains(country));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_panics(input in prop_oneof![any::<String>(), "[A-Za-zé.’ ]{0,30}"]) {
        let _ = (CountryCode::from_input(&input), suggest(&input), Region49::from_input(&input));
    }
}
