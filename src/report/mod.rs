//! Faults → what a terminal shows and what machines read. One diagnostic value feeds every form.

mod editor;
mod excerpt;
mod finding;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod lines;
mod overlay;
mod sarif;
mod summary;

use std::collections::BTreeSet;
use std::fmt;

use crate::base::{Diagnostic, Level, Snapshot};

pub use editor::Editor;
pub use github::github;
pub use gitlab::gitlab;
pub use human::{human, notice};
pub use json::json;
pub use junit::junit;
pub use overlay::overlay;
pub use sarif::sarif;
pub use summary::{Changes, PageLine, Sizes, Summary};

/// What the formats of CI systems need to know beside the faults.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The sources, for lines and columns.
    pub sources: &'a Snapshot,
    /// From the repository's root to the site's, with a slash at its end; empty where they are one.
    pub prefix: &'a str,
    /// Whether warnings fail the run.
    pub strict: bool,
}

/// How many faults there are, and in how many files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Faults that fail the build.
    pub errors: usize,
    /// Faults that fail it only under `--strict`.
    pub warnings: usize,
    /// Files that the faults lie in.
    pub files: usize,
}

impl Tally {
    /// Counts.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |level| diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count();
        let files: BTreeSet<_> = diagnostics
            .iter()
            .filter_map(|diagnostic| diagnostic.place.as_ref())
            .map(|place| &place.path)
            .collect();
        Self { errors: count(Level::Error), warnings: count(Level::Warn), files: files.len() }
    }
}

/// `3 errors and 1 warning in 2 files`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        match (self.errors, self.warnings) {
            (errors, 0) => f.write_str(&count(errors, "error"))?,
            (0, warnings) => f.write_str(&count(warnings, "warning"))?,
            (errors, warnings) => write!(f, "{} and {}", count(errors, "error"), count(warnings, "warning"))?,
        }
        if self.files > 0 {
            write!(f, " in {}", count(self.files, "file"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
