//! The only room that touches files: a site's folder in, its output folder out.
//!
//! **In**: [`read_site`] lists what belongs to a site (`discover`) and reads it (`read`, `image`) into
//! [`SiteFiles`], with a diagnostic for everything that cannot be read. [`open_asset`] streams a file that
//! the build only knows by its hash. A [`Watch`] wakes the preview when the folder may have changed. A
//! [`History`] is what git tells of the files' dates.
//!
//! **Out**: an [`Output`] is an output folder that is ours (`place`, `claim`) and locked (`workshop`).
//! Files that differ (`emit`) wait beside the old ones (`stage`) until [`Output::commit`] moves them in. A build
//! may be parted (`shard`), and [`merge()`] joins its parts.
//! What holds at every moment, `kill -9` included:
//!
//! - no file at its address is torn: it arrives whole, by a rename;
//! - what no earlier build wrote is neither changed nor removed, and no link is followed out of the folder;
//! - no signature stands beside a manifest that it is not of (`signature`);
//! - the next run knows what a killed one left, from `manifest.json` or its journal, and completes it.
//!
//! **Between runs**: a [`Cache`] is a folder of packs (`cache`) in which builds leave what they made for others;
//! a command may keep one file (`kept`). What time it is (`clock`) comes from here, too.

#![allow(clippy::disallowed_methods, reason = "this is the room that the rest of the house is kept out of")]

mod cache;
mod claim;
mod clock;
mod commit;
mod compress;
mod difference;
mod discover;
mod disk;
mod emit;
mod history;
mod image;
mod kept;
mod manifest;
mod merge;
mod page;
mod place;
mod read;
mod shard;
mod signature;
mod stage;
mod stamp;
mod standing;
#[cfg(test)]
mod tests;
mod watch;
mod workshop;

pub use cache::Cache;
pub use clock::now;
#[cfg(feature = "remote")]
pub use clock::retry_after;
pub use commit::{Summary, clean};
pub use difference::Difference;
pub use discover::FOLDERS;
pub use disk::unreadable;
pub use emit::Output;
pub use history::History;
pub use kept::{read_kept, write_kept};
pub use manifest::{Entry, MANIFEST, Manifest, SIGNATURE, read_plain};
pub use merge::{Merged, merge, not_this_whole};
pub use page::{PageFacts, address, is_page};
pub use place::{may_be_output, real};
pub use read::{SiteFiles, open_asset, read_settings, read_site, read_site_again};
pub use shard::{Part, Shard};
pub use signature::{is_of_another, read_signature, signature_comment, write_signature};
pub use watch::Watch;
pub use workshop::is_workshop_name;

use crate::base::Diagnostic;

/// What the calls that change an output folder give: a fault is a value, boxed because it is large and rare.
pub type Result<T> = std::result::Result<T, Box<Diagnostic>>;
