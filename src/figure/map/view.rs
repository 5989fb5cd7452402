//! Which part of the world is shown, and where its points come to lie: the Equal Earth projection about a
//! meridian of the view's own, so that a region stands upright.
//!
//! Equal Earth (Šavrič, Patterson and Jenny, 2018) is pseudocylindrical: what lies on a parallel differs by a
//! factor only. The table holds its parametric latitude instead of the geographic one, so that nothing but
//! the four operations and the square root is left to do here, whose results are the same bits on any machine.

use std::f64::consts::PI;

use super::shapes::{DEGREE, Point, Ring, Shape};

/// The width of the view box.
pub(super) const WIDTH: f64 = 1000.0;

const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
/// Half of the equator: the earth's radius is 1.
const EDGE: f64 = 0.861_573 * PI;
/// The ends of a map of the world: west of Hawaii, north of Greenland, south of Cape Horn.
const WEST: f64 = -2.5;
const NORTH: f64 = 1.31;
const SOUTH: f64 = -1.04;
/// The narrowest view: about 4,500 km.
const NARROWEST: f64 = 0.7;
/// Room around the shaded countries: a part of the larger side, and at most some 1,000 km.
const MARGIN: f64 = 0.16;
const WIDEST_MARGIN: f64 = 0.15;
/// The least and the greatest ratio of width to height.
const RATIO: [f64; 2] = [1.25, 1.75];
/// The whole world is centred here: the map's edges then meet in the Bering Strait and cut no country.
const WORLD: f64 = 11.0;

/// A part of the world on a view box.
pub(super) struct View {
    plane: Plane,
    /// The upper left corner on the plane.
    corner: [f64; 2],
    /// View box units to the earth's radius.
    scale: f64,
    /// The height of the view box.
    pub height: f64,
}

/// The projection's plane: x eastwards, y northwards, in radii of the earth.
#[derive(Clone, Copy)]
struct Plane {
    /// The central meridian in degrees.
    meridian: f64,
    /// How much wider and lower everything is than in the projection.
    stretch: f64,
}

impl View {
    /// The part of the world that shows all of them: `None` when there are none.
    pub(super) fn around<'s>(shapes: impl Iterator<Item = &'s Shape>) -> Option<Self> {
        let areas: Vec<[Point; 2]> = shapes.flat_map(main_parts).collect();
        let (middle, breadth) = longitudes(&areas)?;
        if breadth > 190.0 {
            return Some(Self::world(&areas));
        }
        let south = areas.iter().map(|area| area[0][1]).min()?;
        let north = areas.iter().map(|area| area[1][1]).max()?;
        let plane = Plane::new(middle, f64::from(south + north) / 2.0 / DEGREE);
        let [low, high] = plane.extent(&areas);
        let [width, height] = roomy([high[0] - low[0], high[1] - low[1]]);
        if width > 1.7 * EDGE {
            return Some(Self::world(&areas));
        }
        let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
        // There is nothing to see beyond the northernmost land.
        let top = (middle[1] + height / 2.0).min(NORTH / plane.stretch);
        Some(Self::of(plane, [middle[0] - width / 2.0, top], [width, height]))
    }

    /// The whole world, without Antarctica unless that is asked for.
    fn world(areas: &[[Point; 2]]) -> Self {
        let plane = Plane { meridian: WORLD, stretch: 1.0 };
        let lowest = areas.iter().map(|area| plane.project(area[0])[1]).fold(SOUTH, f64::min);
        Self::of(plane, [WEST, NORTH], [EDGE - WEST, NORTH - lowest])
    }

    fn of(plane: Plane, corner: [f64; 2], [width, height]: [f64; 2]) -> Self {
        let scale = WIDTH / width;
        Self { plane, corner, scale, height: (height * scale).round() }
    }

    /// Where a point of the table lies in the view box.
    pub(super) fn place(&self, point: Point) -> [f64; 2] {
        let turns = self.plane.turns(&[point, point]);
        self.project([point[0] + turns, point[1]])
    }

    /// Where a ring's points lie: all on the side of the world where its middle is.
    pub(super) fn places(&self, ring: &Ring) -> impl Iterator<Item = [f64; 2]> {
        let turns = self.plane.turns(&ring.bounds);
        ring.points.iter().map(move |point| self.project([point[0] + turns, point[1]]))
    }

    /// How long something of a length in the table is in the view box, about.
    pub(super) fn length(&self, units: i32) -> f64 {
        f64::from(units) / DEGREE * PI / 180.0 * self.scale
    }

    fn project(&self, point: Point) -> [f64; 2] {
        let [x, y] = self.plane.project(point);
        [(x - self.corner[0]) * self.scale, (self.corner[1] - y) * self.scale]
    }
}

impl Plane {
    /// Shapes are true about a parallel, given by its parametric latitude in degrees. Equal Earth's own
    /// are true at 38°; stretching keeps areas.
    fn new(meridian: f64, parallel: f64) -> Self {
        let theta = parallel.to_radians();
        let cos_squared = cos(theta) * cos(theta);
        let geographic = (1.0 - 4.0 / 3.0 * (1.0 - cos_squared)).max(0.04).sqrt();
        Self { meridian, stretch: geographic / width(theta) }
    }

    fn project(self, [east, north]: Point) -> [f64; 2] {
        let theta = (f64::from(north) / DEGREE).to_radians();
        let lambda = (f64::from(east) / DEGREE - self.meridian).to_radians();
        let square = theta * theta;
        let y = theta * (A[0] + square * (A[1] + square * square * (A[2] + A[3] * square)));
        [lambda * width(theta) * self.stretch, y / self.stretch]
    }

    /// The least and the greatest coordinates of all areas.
    fn extent(self, areas: &[[Point; 2]]) -> [[f64; 2]; 2] {
        let [mut low, mut high] = [[f64::MAX; 2], [f64::MIN; 2]];
        for area in areas {
            let turns = self.turns(area);
            for [east, north] in [[0, 0], [0, 1], [1, 0], [1, 1]] {
                let at = self.project([area[east][0] + turns, area[north][1]]);
                for axis in 0..2 {
                    low[axis] = low[axis].min(at[axis]);
                    high[axis] = high[axis].max(at[axis]);
                }
            }
        }
        [low, high]
    }

    /// What brings the middle of an area within half a turn of the central meridian, in units of the table.
    fn turns(self, area: &[Point; 2]) -> i32 {
        let middle = f64::from(area[0][0] + area[1][0]) / 2.0 / DEGREE;
        let turns = ((self.meridian - middle) / 360.0).round();
        (turns * 360.0 * DEGREE) as i32
    }
}

/// How long a radian of longitude is at a parametric latitude.
fn width(theta: f64) -> f64 {
    let square = theta * theta;
    let slope = A[0] + square * (3.0 * A[1] + square * square * (7.0 * A[2] + 9.0 * A[3] * square));
    2.0 / 3.0_f64.sqrt() * cos(theta) / slope
}

/// The cosine of at most a right angle by its series, because `f64::cos` may differ between machines.
fn cos(angle: f64) -> f64 {
    let square = angle * angle;
    [182.0, 132.0, 90.0, 56.0, 30.0, 12.0, 2.0].iter().fold(1.0, |sum, divisor| 1.0 - square / divisor * sum)
}

/// The bounds of a country's main parts. Its far islands do not make a map larger.
fn main_parts(shape: &Shape) -> Vec<[Point; 2]> {
    let size = |ring: &Ring| {
        let [low, high] = ring.bounds;
        f64::from(high[0] - low[0]) * f64::from(high[1] - low[1])
    };
    let largest = shape.rings.iter().map(size).fold(0.0, f64::max);
    let main: Vec<_> =
        shape.rings.iter().filter(|ring| size(ring) >= 0.15 * largest).map(|ring| ring.bounds).collect();
    if main.is_empty() { vec![[shape.middle; 2]] } else { main }
}

/// The middle and the breadth, in degrees, of the narrowest band of longitudes that has all of them: what is
/// left of the globe without the widest gap.
fn longitudes(areas: &[[Point; 2]]) -> Option<(f64, f64)> {
    let turn = (360.0 * DEGREE) as i32;
    let mut bands: Vec<(i32, i32)> = areas
        .iter()
        .map(|area| (area[0][0].rem_euclid(turn), area[0][0].rem_euclid(turn) + area[1][0] - area[0][0]))
        .collect();
    bands.sort_unstable();
    let mut reached = bands.iter().map(|band| band.1).max()? - turn;
    let (mut widest, mut from) = (0, bands[0].0);
    for (west, east) in bands {
        if west - reached > widest {
            (widest, from) = (west - reached, west);
        }
        reached = reached.max(east);
    }
    let breadth = f64::from(turn - widest) / DEGREE;
    Some((f64::from(from) / DEGREE + breadth / 2.0, breadth))
}

/// The size of a view of something: with a margin, not too narrow, and in a shape that fits a page.
fn roomy([width, height]: [f64; 2]) -> [f64; 2] {
    let margin = 2.0 * (MARGIN * width.max(height)).min(WIDEST_MARGIN);
    let (width, height) = ((width + margin).max(NARROWEST), height + margin);
    if width > height * RATIO[1] { [width, width / RATIO[1]] } else { [width.max(height * RATIO[0]), height] }
}
