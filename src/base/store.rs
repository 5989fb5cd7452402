//! What outlives a build: bytes by key, kept somewhere for the builds to come.

use super::Fingerprint;

/// Keeps bytes between builds. It may forget anything at any time; what it gives is what it was given.
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Hands the bytes at `key` with their hash to `take`; false when it has none.
    fn get(&self, key: Fingerprint, take: &mut dyn FnMut(&[u8], blake3::Hash)) -> bool;

    /// The size and the hash of the bytes at `key`, which are not read.
    fn look(&self, key: Fingerprint) -> Option<(u64, blake3::Hash)>;

    /// Keeps bytes, whose hash is given, at each of these keys.
    fn put(&self, keys: &[Fingerprint], bytes: &[u8], hash: blake3::Hash);
}
