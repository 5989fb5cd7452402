//! How the files of an output looked when a build was done with them. What still looks so is not read again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::cache::Cache;
use super::emit::Put;
use super::stamp::Stamp;
use crate::base::{Fingerprint, OutPath};

/// The files of an output as the last build with the same cache left them.
pub(super) struct Standing {
    cache: Arc<Cache>,
    out: PathBuf,
    /// By the fingerprint of the path.
    files: HashMap<Fingerprint, Seen, ahash::RandomState>,
}

/// A file that was seen, and what was in it then.
#[derive(Serialize, Deserialize)]
struct Seen {
    stamp: Stamp,
    hash: [u8; blake3::OUT_LEN],
}

impl Standing {
    /// What the cache tells of an output; `None` where systems do not tell enough of a file to know it again.
    pub(super) fn of(cache: Arc<Cache>, out: &Path) -> Option<Self> {
        if cfg!(not(unix)) {
            return None;
        }
        let noted = cache.noted(out).and_then(|bytes| postcard::from_bytes::<Vec<_>>(&bytes).ok());
        let files = noted.unwrap_or_default().into_iter().collect();
        Some(Self { cache, out: out.to_owned(), files })
    }

    /// Whether nothing is known of the output.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The hash of a file that looks like this, if it was seen so.
    pub(super) fn hash(&self, path: &OutPath, stamp: &Stamp) -> Option<blake3::Hash> {
        let seen = self.files.get(&of_path(path)).filter(|seen| seen.stamp == *stamp)?;
        Some(blake3::Hash::from_bytes(seen.hash))
    }

    /// Keeps how the files look now that all are in their places.
    pub(super) fn keep(&self, files: &[Put]) {
        let now = SystemTime::now();
        let seen = |put: &Put| {
            let stamp = put.stamp.clone().filter(|stamp| stamp.is_settled(now))?;
            Some((of_path(&put.entry.path), Seen { stamp, hash: *put.entry.hash.as_bytes() }))
        };
        let seen: Vec<(Fingerprint, Seen)> = files.iter().filter_map(seen).collect();
        if let Ok(bytes) = postcard::to_stdvec(&seen) {
            self.cache.note(&self.out, &bytes);
        }
    }
}

fn of_path(path: &OutPath) -> Fingerprint {
    Fingerprint::of_bytes(path.as_str().as_bytes())
}
