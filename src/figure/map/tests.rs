//! The table of shapes, and maps as a reader sees them.

use super::*;

/// Too small to draw: they have a point, and a mark when they are shaded.
const POINTS: &[&str] = &["BL", "BV", "CC", "GI", "MC", "MO", "MV", "NF", "NR", "PN", "TK", "TV", "UM", "VA"];

fn shades(spec: &[(&str, u8)]) -> Vec<Shade<'static>> {
    let words = ["low", "moderate", "substantial", "severe", "critical"];
    let country = |code: &str| CountryCode::from_input(code).unwrap();
    spec.iter()
        .map(|&(code, rank)| Shade { country: country(code), rank, words: words[usize::from(rank) - 1] })
        .collect()
}

fn draw(spec: &[(&str, u8)]) -> String {
    map(&shades(spec)).unwrap()
}

/// The values of an attribute, in order.
fn values<'s>(svg: &'s str, name: &str) -> Vec<&'s str> {
    let start = format!(" {name}=\"");
    svg.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

fn view_box(svg: &str) -> [f64; 2] {
    let size = values(svg, "viewBox")[0].strip_prefix("0 0 ").unwrap();
    let (width, height) = size.split_once(' ').unwrap();
    [width.parse().unwrap(), height.parse().unwrap()]
}

/// Asserts that the tags are balanced, attributes quoted, and nothing has a style.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    assert!(open.is_empty());
    assert!(!svg.contains("style") && !svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn every_country_has_a_shape_or_a_point() {
    for country in CountryCode::all() {
        let shape = shapes::of(country).unwrap_or_else(|| panic!("{country}"));
        assert_eq!(shape.rings.is_empty(), POINTS.contains(&shape.code), "{country}");
        assert_ne!(shape.middle, [0, 0]);
    }
    let codes: Vec<&str> = shapes::world().iter().map(|shape| shape.code).collect();
    assert!(codes.is_sorted());
    assert_eq!(codes.len(), CountryCode::all().len() + 1, "all countries, and the land that is nobody's");
}

#[test]
fn no_line_crosses_the_world() {
    for shape in shapes::world().iter().filter(|shape| shape.code != "AQ") {
        for ring in &shape.rings {
            let next = ring.points.iter().cycle().skip(1);
            for (a, b) in ring.points.iter().zip(next) {
                assert!((a[0] - b[0]).abs() < 30 * shapes::DEGREE as i32, "{}", shape.code);
            }
        }
    }
}

#[test]
fn every_country_draws_by_itself() {
    for country in CountryCode::all() {
        let code = country.alpha2();
        let svg = draw(&[(code, 3)]);
        assert_well_formed(&svg);
        let drawn = [svg.contains("<path class=\"level-3\""), svg.contains("<circle class=\"level-3 mark\"")];
        assert!(drawn.contains(&true) && (drawn[1] || !POINTS.contains(&code)), "{code}: {drawn:?}");
        let [width, height] = view_box(&svg);
        assert!((1.2..2.6).contains(&(width / height)), "{code}: {width} × {height}");
        let at = [values(&svg, "x"), values(&svg, "y")].map(|at| at[0].parse::<f64>().unwrap());
        assert!((0.0..width).contains(&at[0]) && (0.0..height).contains(&at[1]), "{code}: {at:?}");
        for d in values(&svg, "d") {
            for start in d.split('M').skip(1) {
                let numbers = start.split('l').next().unwrap();
                let x: f64 = numbers[..numbers.rfind([' ', '-']).unwrap()].parse().unwrap();
                assert!((-7.0..width + 7.0).contains(&x), "{code}: {start}");
            }
        }
    }
}

#[test]
fn a_level_is_told_by_class_title_figure_and_label() {
    let svg = draw(&[("AF", 4), ("PK", 5)]);
    for part in [
        "aria-label=\"Map of threat levels: Pakistan critical, Afghanistan severe\"",
        "<title>Afghanistan: severe</title>",
        "class=\"level-5\"",
        "dy=\".35em\">4</text>",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    assert_eq!(svg.matches("class=\"land\"").count(), 1);
    assert!(!svg.contains("<circle"));
    let words = [Shade { words: "<\"&\">", ..shades(&[("TT", 1)])[0] }];
    assert_well_formed(&map(&words).unwrap());
}

#[test]
fn the_same_levels_give_the_same_map() {
    let [one, other] = [[("RU", 4), ("TJ", 3), ("UZ", 2)], [("UZ", 2), ("RU", 4), ("TJ", 3)]];
    assert_eq!(draw(&one), draw(&other));
    assert_eq!(draw(&[("FR", 1), ("FR", 1)]), draw(&[("FR", 1)]));
    assert!(map(&[]).is_none());
}

#[test]
fn a_map_shows_what_matters() {
    let regional = draw(&[("AF", 4), ("PK", 5)]);
    let world = draw(&[("US", 1), ("CN", 3), ("ZA", 2), ("BR", 4)]);
    assert_eq!(view_box(&world), view_box(&draw(&[("CL", 1), ("JP", 2), ("NG", 3)])));
    assert!(view_box(&world)[1] < view_box(&draw(&[("AQ", 1)]))[1], "Antarctica only when it is asked for");
    assert!(regional.len() < 20_000 && world.len() < 72_000, "{} {}", regional.len(), world.len());
}

#[test]
fn what_lies_on_both_sides_of_the_antimeridian_is_together() {
    let svg = draw(&[("FJ", 2), ("WS", 3), ("NZ", 1)]);
    let x: Vec<f64> = values(&svg, "x").iter().map(|x| x.parse().unwrap()).collect();
    assert!(x.iter().all(|x| (300.0..700.0).contains(x)), "{x:?}");
}

#[test]
fn marks_do_not_hide_each_other() {
    let svg = draw(&[("IL", 4), ("LB", 5), ("PS", 5), ("SY", 4), ("JO", 2), ("IR", 3), ("QA", 1), ("BH", 2)]);
    let numbers = |name| -> Vec<f64> { values(&svg, name).iter().map(|at| at.parse().unwrap()).collect() };
    let at: Vec<(f64, f64)> = numbers("x").into_iter().zip(numbers("y")).collect();
    for (index, one) in at.iter().enumerate() {
        for other in &at[..index] {
            assert!((one.0 - other.0).hypot(one.1 - other.1) > APART - 2.0, "{one:?} {other:?}");
        }
    }
}
