//! Shapes as the data of an SVG path: cut at the view's edge, and no finer than it shows.

use std::fmt::Write as _;

use super::shapes::{Ring, Shape};
use super::view::{View, WIDTH};

/// Twice the area of the smallest part that is drawn: less looks like dust.
const DUST: i32 = 6;
/// How far beyond the view a cut is made, so that its line does not show.
const BEYOND: f64 = 6.0;

/// A point of the view box.
type Dot = [i32; 2];

/// One path of all shapes; empty when nothing of them is in the view.
pub(super) fn path<'s>(shapes: impl IntoIterator<Item = &'s Shape>, view: &View) -> String {
    let mut out = String::new();
    for ring in shapes.into_iter().flat_map(|shape| &shape.rings) {
        write(&mut out, &dots(ring, view));
    }
    out
}

/// A ring as it shows. Neighbours stay neighbours: a point of a border comes to lie on the same dot whichever
/// country it is drawn for, and what is left out lies on the line or shows nothing.
fn dots(ring: &Ring, view: &View) -> Vec<Dot> {
    let places = clip(view.places(ring).collect(), view.height);
    let mut dots: Vec<Dot> = Vec::with_capacity(places.len());
    for place in places {
        push(&mut dots, place.map(|length| length.round() as i32));
    }
    while let [first, second, .., last] = dots[..]
        && straight(last, first, second)
    {
        dots.remove(0);
    }
    while let [first, .., before, last] = dots[..]
        && straight(before, last, first)
    {
        dots.pop();
    }
    if area(&dots).abs() < DUST { Vec::new() } else { dots }
}

/// Twice the area within a ring, by the shoelace formula; its sign tells the direction.
fn area(dots: &[Dot]) -> i32 {
    let next = dots.iter().cycle().skip(1);
    dots.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

/// Adds a dot; the one before it goes if it lies on the line, or on the way there and back.
fn push(dots: &mut Vec<Dot>, dot: Dot) {
    while let [.., before, last] = dots[..]
        && straight(before, last, dot)
    {
        dots.pop();
    }
    if dots.last() != Some(&dot) {
        dots.push(dot);
    }
}

fn straight(a: Dot, b: Dot, c: Dot) -> bool {
    (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])
}

/// Sutherland and Hodgman's clipping at the four edges.
fn clip(mut places: Vec<[f64; 2]>, height: f64) -> Vec<[f64; 2]> {
    let far = [WIDTH + BEYOND, height + BEYOND];
    for (axis, side) in [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)] {
        let inside =
            |place: [f64; 2]| if side > 0.0 { place[axis] + BEYOND } else { far[axis] - place[axis] };
        if places.iter().all(|&place| inside(place) >= 0.0) {
            continue;
        }
        let mut kept = Vec::with_capacity(places.len());
        let mut last = *places.last().unwrap_or(&[0.0; 2]);
        for place in places {
            let (from, to) = (inside(last), inside(place));
            if (from < 0.0) != (to < 0.0) {
                let part = from / (from - to);
                kept.push([0, 1].map(|axis| last[axis] + part * (place[axis] - last[axis])));
            }
            if to >= 0.0 {
                kept.push(place);
            }
            last = place;
        }
        places = kept;
    }
    places
}

fn write(out: &mut String, dots: &[Dot]) {
    let mut last = [0, 0];
    for (index, dot) in dots.iter().enumerate() {
        out.push_str(["M", "l", " "][index.min(2)]);
        let [x, y] = [dot[0] - last[0], dot[1] - last[1]];
        if index > 1 && x < 0 {
            out.pop();
        }
        let _ = write!(out, "{x}{}{y}", if y < 0 { "" } else { " " });
        last = *dot;
    }
    if !dots.is_empty() {
        out.push('z');
    }
}
