//! Countries shaded by their threat level.

use crate::base::CountryCode;

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

/// The map, or `None` when no country is shaded.
pub fn map(_shades: &[Shade<'_>]) -> Option<String> {
    None
}
