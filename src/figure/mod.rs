//! Figures as SVG. They carry classes, never styles, so that the theme colours them and a strict content
//! security policy holds.

mod bars;
mod map;

pub use bars::bars;
pub use map::{Shade, map};
