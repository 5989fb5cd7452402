//! Tests that a machine cannot run say why, on a stream that the test runner does not keep to itself.

use std::fmt::Display;
use std::io::Write as _;

/// Says that a test is skipped.
pub fn skipped(why: impl Display) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
