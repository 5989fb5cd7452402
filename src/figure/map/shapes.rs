//! The shapes of the world's countries, read from the theme's table on first use.

use std::sync::OnceLock;

use crate::base::CountryCode;

/// How many units of the table are a degree.
pub(super) const DEGREE: f64 = 50.0;

/// A point of the table: east, and north as Equal Earth's parametric latitude.
pub(super) type Point = [i32; 2];

/// What is drawn of a country.
pub(super) struct Shape {
    /// Its alpha-2 code; `--` is land that is nobody's.
    pub code: &'static str,
    /// The point of its largest part that is farthest from any border or coast.
    pub middle: Point,
    /// How far that is.
    pub room: i32,
    /// Its parts, the largest first; none for what is too small to draw.
    pub rings: Vec<Ring>,
}

/// A closed line: an outline, or the hole that an enclave is in, which runs the other way round.
pub(super) struct Ring {
    pub points: Vec<Point>,
    /// The least and the greatest of its points' coordinates.
    pub bounds: [Point; 2],
}

/// Every shape, by code.
pub(super) fn world() -> &'static [Shape] {
    static WORLD: OnceLock<Vec<Shape>> = OnceLock::new();
    WORLD.get_or_init(|| {
        let table = include_str!("../../../themes/default/shapes/world.txt");
        table.lines().filter(|line| !line.starts_with('#')).map(shape).collect()
    })
}

/// A country's shape.
pub(super) fn of(country: CountryCode) -> Option<&'static Shape> {
    world().iter().find(|shape| shape.code == country.alpha2())
}

/// A line of the table: code, middle and room, path.
fn shape(line: &'static str) -> Shape {
    let mut cells = line.split('\t');
    let code = cells.next().unwrap_or_default();
    let label = numbers(cells.next().unwrap_or_default());
    let [east, north, room] = label.try_into().unwrap_or_default();
    let rings = cells.next().unwrap_or_default().split_terminator('z').map(ring).collect();
    Shape { code, middle: [east, north], room, rings }
}

/// `M` with a point and `l` with the way from each point to the next: the sum so far is always a point.
fn ring(path: &str) -> Ring {
    let mut at = [0, 0];
    let mut bounds = [[i32::MAX; 2], [i32::MIN; 2]];
    let mut points = Vec::with_capacity(path.len() / 4);
    for step in numbers(path).chunks_exact(2) {
        for axis in 0..2 {
            at[axis] += step[axis];
            bounds[0][axis] = bounds[0][axis].min(at[axis]);
            bounds[1][axis] = bounds[1][axis].max(at[axis]);
        }
        points.push(at);
    }
    Ring { points, bounds }
}

/// Whole numbers that are set apart by anything, or by the sign of the second.
fn numbers(text: &str) -> Vec<i32> {
    let mut out: Vec<i32> = Vec::with_capacity(text.len() / 2);
    let mut sign = 1;
    let mut inside = false;
    for byte in text.bytes() {
        match (byte, inside) {
            (b'0'..=b'9', true) => {
                if let Some(last) = out.last_mut() {
                    *last = *last * 10 + sign * i32::from(byte - b'0');
                }
            }
            (b'0'..=b'9', false) => out.push(sign * i32::from(byte - b'0')),
            _ => sign = if byte == b'-' { -1 } else { 1 },
        }
        inside = byte.is_ascii_digit();
    }
    out
}
