//! The live preview: the site as the writer sees it while typing, from memory, over HTTP.
//!
//! Two halves meet in one value. The *rounds* (`round`) wake when the folder may have changed, look at it
//! again, build with a warm engine onto a *shelf* (`shelf`), and publish a whole new edition (`edition`) of
//! the site at once. The *server* (`server`, behind its `guard`) answers from whatever edition is published
//! and tells browsers of each new one (`events`); a script of the preview's own (`client.js`) then patches
//! the page in view. Nothing is written to disk, and no path of a request ever becomes a path of a file.

#![allow(
    clippy::disallowed_methods,
    reason = "the preview is where the program meets the network, and it tells the writer how long all took"
)]

mod answer;
mod changes;
mod connection;
mod edition;
mod events;
mod guard;
mod range;
mod round;
mod routes;
mod server;
mod shelf;
#[cfg(test)]
mod tests;
mod wrap;

pub use guard::host_name;
pub use round::{Report, Source, Times};
pub use server::{Busy, Options, Preview};

/// What the writer is told.
pub trait Teller: Send {
    /// A round is over, and its edition published if it has no faults that forbid it.
    fn round(&self, report: &Report);

    /// Something about the session, said once.
    fn notice(&self, words: &str);
}
