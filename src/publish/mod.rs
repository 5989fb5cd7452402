//! A finished output folder → releases on a web server's disk, here or over SSH.
//!
//! ```text
//! DIR/releases/20261122T181152Z-1a2b3c4d/   a whole site with its manifest.json, never changed again
//! DIR/current -> releases/2026…             what the web server shows
//! DIR/.publish-lock                         held by the one publisher at work
//! ```
//!
//! A release is made under a name that nobody reads, checked file by file against its manifest, flushed to the
//! disk, given its name, and only then does `current` lead to it, by one rename. So a publisher that is killed
//! leaves `current` at the old release or at the new one; the next clears what it left half made.
//!
//! [`publish`], [`rollback`] and [`list`] are the same for every [`Host`]: a [`Folder`] or, by the system's own
//! `ssh` and `rsync`, a [`Remote`]. An object store knows no renames and has a way of its own, `Store`, built with
//! the feature `remote`.

#![allow(clippy::disallowed_methods, reason = "releases are files, and this room is where they are made")]

mod cap;
mod folder;
mod id;
#[cfg(feature = "remote")]
mod patience;
mod readers;
mod remote;
mod session;
mod sign;
mod source;
mod steps;
#[cfg(feature = "remote")]
mod store;
mod target;
mod verify;
#[cfg(feature = "remote")]
mod web;
mod withdrawn;

/// What checks a signature.
pub use minisign::PublicKey;

pub use cap::Cap;
pub use folder::{Folder, is_release};
pub use id::ReleaseId;
pub use readers::closed;
pub use remote::Remote;
pub use sign::{KeyFault, Signer, check, check_bytes, public_key};
pub use source::Source;
pub use steps::{Done, Options, Release, Step, list, plan, publish, rollback};
#[cfg(feature = "remote")]
pub use store::{Store, StoreDone, StoreOptions};
pub use target::Target;
pub use verify::{Fault, verify, verify_output};
#[cfg(feature = "remote")]
pub use web::Web;
pub use withdrawn::Withdrawn;

use std::collections::BTreeMap;

use crate::base::{Diagnostic, Label, OutPath};
use crate::io::{Manifest, Result};

/// A folder that is named as a release is.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name.
    pub id: ReleaseId,
    /// What it is.
    pub state: State,
}

/// Whether a folder that is named as a release is one. A release gets its name when it is complete, so what has
/// no manifest was damaged by others.
#[derive(Clone, Debug)]
pub enum State {
    /// It has its manifest.
    Complete,
    /// It certainly has none.
    Damaged,
    /// It cannot be looked at now, with the reason. It may be as good as ever, so it is not for publishers to remove.
    Unreadable(Box<Diagnostic>),
}

/// Where releases lie. What changes anything needs the lock, which the one that is opened for writing holds.
pub trait Host {
    /// What is named as a release is, oldest first.
    ///
    /// # Errors
    /// B0901 or B0908 when it cannot be listed.
    fn named(&mut self) -> Result<Vec<Named>>;

    /// Removes what is left of releases that were being made or removed.
    ///
    /// # Errors
    /// B0902 or B0908.
    fn clear(&mut self) -> Result<()>;

    /// The release that readers see.
    ///
    /// # Errors
    /// B0905 when `current` is something else than a link to a release.
    fn current(&mut self) -> Result<Option<ReleaseId>>;

    /// The manifest of a release.
    ///
    /// # Errors
    /// B0907 when there is none or it is not one, B0901 or B0908 when it cannot be read.
    fn manifest(&mut self, id: &ReleaseId) -> Result<Manifest>;

    /// The labels that pages of a release show, as far as they can be read.
    fn labels(&mut self, id: &ReleaseId, paths: &[OutPath]) -> BTreeMap<OutPath, Label>;

    /// Whether a release is just what is to be published, byte for byte.
    ///
    /// # Errors
    /// B0908 when that cannot be told.
    fn is(&mut self, id: &ReleaseId, source: &Source) -> Result<bool>;

    /// Makes a release and checks it. Files that are the same in the release `like` are linked, not copied.
    /// Gives the number of those.
    ///
    /// # Errors
    /// B0902, B0907 or B0908; nothing is left of the release then.
    fn add(&mut self, source: &Source, id: &ReleaseId, like: Option<&ReleaseId>) -> Result<usize>;

    /// What is wrong with a release, by its manifest.
    ///
    /// # Errors
    /// As [`manifest`](Self::manifest).
    fn verify(&mut self, id: &ReleaseId) -> Result<Vec<Fault>>;

    /// Lets readers see a release, in one instant.
    ///
    /// # Errors
    /// B0902 or B0908; readers see then what they saw.
    fn switch(&mut self, id: &ReleaseId) -> Result<()>;

    /// Removes a release.
    ///
    /// # Errors
    /// B0902 or B0908.
    fn remove(&mut self, id: &ReleaseId) -> Result<()>;
}
