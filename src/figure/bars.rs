//! Columns over time.

use std::fmt::Write as _;

use crate::view::Bar;

const WIDTH: usize = 600;
const HEIGHT: usize = 72;
/// Above the columns, for the number that the line there stands for.
const HEAD: usize = 18;
const FOOT: usize = 20;

/// The figure, or `None` when there is nothing to compare. It shows the first and last period, and how many the
/// highest column stands for; the numbers of the others are for a table beside it.
pub fn bars(bars: &[Bar]) -> Option<String> {
    let most = bars.iter().map(|bar| bar.count).max().filter(|&most| most > 0)?;
    if bars.len() < 2 {
        return None;
    }
    let highest = &bars.iter().find(|bar| bar.count == most)?.label;
    let (first, last) = (&bars.first()?.label, &bars.last()?.label);
    let step = WIDTH as f64 / bars.len() as f64;
    let width = (step * 0.72).min(36.0);
    let base = HEAD + HEIGHT;
    let mut out = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"Briefs from {first} to {last}, at most {most}, in {highest}\">\
         <line class=\"scale\" x1=\"0\" y1=\"{HEAD}\" x2=\"{WIDTH}\" y2=\"{HEAD}\"/>",
        base + FOOT
    );
    for (at, bar) in bars.iter().enumerate() {
        let height = (bar.count * HEIGHT) as f64 / most as f64;
        let x = step * at as f64 + (step - width) / 2.0;
        let plural = if bar.count == 1 { "" } else { "s" };
        let _ = write!(
            out,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{}: {} brief{plural}</title></rect>",
            base as f64 - height,
            bar.label,
            bar.count
        );
    }
    let plural = if most == 1 { "" } else { "s" };
    let _ = write!(
        out,
        "<line class=\"axis\" x1=\"0\" y1=\"{base}\" x2=\"{WIDTH}\" y2=\"{base}\"/>\
         <text x=\"0\" y=\"{}\">{most} brief{plural}</text><text x=\"0\" y=\"{1}\">{first}</text>\
         <text x=\"{WIDTH}\" y=\"{1}\" text-anchor=\"end\">{last}</text></svg>",
        HEAD - 5,
        base + FOOT - 4
    );
    Some(out)
}
