//! What a value is, in 16 bytes; and values that carry it.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::Xxh3;

/// What makes a value what it is, in 16 bytes. Of files it is BLAKE3, because others check it; of values in
/// memory XXH3, which nobody needs to find a collision of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of anything that hashes: `derive(Hash)` names every field, so nothing is forgotten.
    pub fn of<T: Hash + ?Sized>(value: &T) -> Self {
        let mut hasher = Xxh3::new();
        value.hash(&mut hasher);
        Self(hasher.digest128().to_be_bytes())
    }

    /// Of bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::first_half(&blake3::hash(bytes))
    }

    /// From a full BLAKE3 hash.
    pub fn first_half(hash: &blake3::Hash) -> Self {
        let mut half = [0; 16];
        half.copy_from_slice(&hash.as_bytes()[..16]);
        Self(half)
    }

    /// For spreading values over a few places.
    pub fn first_byte(self) -> u8 {
        self.0[0]
    }

    /// Which of `of` even shares it falls to, from 0, on any machine.
    pub fn share(self, of: u32) -> u32 {
        let mut start = [0; 8];
        start.copy_from_slice(&self.0[..8]);
        u32::try_from(u64::from_be_bytes(start) % u64::from(of)).unwrap_or_default()
    }

    /// The first `digits` hexadecimal digits, for file names.
    pub fn hex(self, digits: usize) -> String {
        self.0
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .take(digits)
            .filter_map(|n| char::from_digit(n.into(), 16))
            .collect()
    }
}

/// An immutable value with one owner less to worry about: cheap to clone, and its fingerprint is computed
/// once, when first asked for. A cold build never asks.
#[derive(Debug)]
pub struct Shared<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    value: T,
    fingerprint: OnceLock<Fingerprint>,
}

impl<T> Shared<T> {
    /// Wraps a finished value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Inner { value, fingerprint: OnceLock::new() }))
    }

    /// Whether there is another copy.
    pub fn is_held(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl From<String> for Shared<Box<str>> {
    fn from(text: String) -> Self {
        Self::new(text.into())
    }
}

impl Default for Shared<Box<str>> {
    fn default() -> Self {
        Self::new(Box::default())
    }
}

impl From<&str> for Shared<Box<str>> {
    fn from(text: &str) -> Self {
        Self::new(text.into())
    }
}

impl<T: Hash> Shared<T> {
    /// The value's fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        *self.0.fingerprint.get_or_init(|| Fingerprint::of(&self.0.value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: Hash> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fingerprint().hash(state);
    }
}

impl<T: Hash> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.fingerprint() == other.fingerprint()
    }
}

impl<T: serde::Serialize> serde::Serialize for Shared<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value.serialize(serializer)
    }
}

/// What a value works out of itself when it is first asked for. A changed copy works it out anew.
#[derive(Debug)]
pub struct Once<T>(OnceLock<T>);

impl<T: Copy> Once<T> {
    /// The value, made at the first call.
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> T {
        *self.0.get_or_init(make)
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Fingerprint::of(&("ab", "c")), Fingerprint::of(&("a", "bc")));
    }
}
