//! Countries shaded by their threat level: a locator map.
//!
//! It shows the part of the world that matters: the shaded countries with what lies around them, or the
//! whole world when they are spread wide. A level is told by its rank in figures too, never by colour alone.

mod outline;
mod shapes;
#[cfg(test)]
mod tests;
mod view;

use std::fmt::Write as _;

use pulldown_cmark_escape::escape_html;

use crate::base::CountryCode;
use shapes::Shape;
use view::{View, WIDTH};

/// How a country is shaded.
#[derive(Clone, Copy, Debug)]
pub struct Shade<'a> {
    /// Which.
    pub country: CountryCode,
    /// 1 (low) to 5 (critical).
    pub rank: u8,
    /// The level in words.
    pub words: &'a str,
}

/// The size of a rank's figure in units of the view box, for a theme that sets none.
const FIGURE: f64 = 30.0;
/// The radius of a mark, which holds a figure.
const MARK: f64 = 17.0;
/// How far apart two ranks are at least: a mark covers a neighbour's rim, never its figure.
const APART: f64 = 26.0;
/// A country in which a circle of this radius has room shows its rank without a mark.
const ROOM: f64 = 13.0;

/// Where a rank stands.
struct Place<'a> {
    shade: &'a Shade<'a>,
    at: [f64; 2],
    marked: bool,
}

/// The map, or `None` when no country is shaded. A country that is given twice has the first level.
pub fn map(shades: &[Shade<'_>]) -> Option<String> {
    let mut shades: Vec<Shade<'_>> = shades.to_vec();
    shades.sort_by_key(|shade| shade.country);
    shades.dedup_by_key(|shade| shade.country);
    shades.sort_by_key(|shade| u8::MAX - shade.rank);
    let shaded: Vec<(&Shade<'_>, &Shape)> =
        shades.iter().filter_map(|shade| Some((shade, shapes::of(shade.country)?))).collect();
    let view = View::around(shaded.iter().map(|(_, shape)| *shape))?;

    let height = view.height;
    let words: Vec<String> =
        shades.iter().map(|shade| format!("{} {}", shade.country.name(), shade.words)).collect();
    let words = escaped(&words.join(", "));
    let mut out = format!(
        "<svg class=\"map\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Map of threat levels: {words}\">"
    );
    let others =
        shapes::world().iter().filter(|shape| shaded.iter().all(|(_, other)| other.code != shape.code));
    let _ = write!(out, "<path class=\"land\" d=\"{}\"/>", outline::path(others, &view));
    for (shade, shape) in &shaded {
        let d = outline::path([*shape], &view);
        if !d.is_empty() {
            let _ = write!(out, "<path class=\"level-{}\" d=\"{d}\">{}</path>", shade.rank, title(shade));
        }
    }
    let mut places: Vec<Place<'_>> = shaded.iter().map(|(shade, shape)| place(shade, shape, &view)).collect();
    spread(&mut places, height);
    ranks(&mut out, &places);
    out.push_str("</svg>");
    Some(out)
}

/// The marks of small countries, and every country's rank.
fn ranks(out: &mut String, places: &[Place<'_>]) {
    for Place { shade, at: [x, y], .. } in places.iter().filter(|place| place.marked) {
        let (rank, title) = (shade.rank, title(shade));
        let _ = write!(
            out,
            "<circle class=\"level-{rank} mark\" cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"{MARK}\">{title}</circle>"
        );
    }
    let _ = write!(out, "<g text-anchor=\"middle\" font-size=\"{FIGURE}\">");
    for Place { shade, at: [x, y], .. } in places {
        let _ =
            write!(out, "<text class=\"rank\" x=\"{x:.0}\" y=\"{y:.0}\" dy=\".35em\">{}</text>", shade.rank);
    }
    out.push_str("</g>");
}

fn place<'a>(shade: &'a Shade<'a>, shape: &Shape, view: &View) -> Place<'a> {
    Place { shade, at: view.place(shape.middle), marked: view.length(shape.room) < ROOM }
}

/// Moves marks apart that would cover each other or another country's figure.
fn spread(places: &mut [Place<'_>], height: f64) {
    for _ in 0..30 {
        for one in 0..places.len() {
            for other in 0..one {
                part(places, one, other);
            }
        }
    }
    for place in places {
        let [x, y] = place.at;
        place.at = [x.clamp(MARK, WIDTH - MARK), y.clamp(MARK, height - MARK)];
    }
}

fn part(places: &mut [Place<'_>], one: usize, other: usize) {
    let [dx, dy] = [places[one].at[0] - places[other].at[0], places[one].at[1] - places[other].at[1]];
    let apart = (dx * dx + dy * dy).sqrt();
    if apart >= APART {
        return;
    }
    let [dx, dy] = if apart < 0.1 { [1.0, 0.0] } else { [dx / apart, dy / apart] };
    let movable = f64::from(u8::from(places[one].marked) + u8::from(places[other].marked));
    let step = (APART - apart) / movable.max(1.0);
    for (which, sign) in [(one, 1.0), (other, -1.0)] {
        if places[which].marked {
            let [x, y] = places[which].at;
            places[which].at = [x + sign * dx * step, y + sign * dy * step];
        }
    }
}

fn title(shade: &Shade<'_>) -> String {
    format!("<title>{}</title>", escaped(&format!("{}: {}", shade.country.name(), shade.words)))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_html(&mut out, text).expect("a string takes what is written");
    out
}
