//! What a value is, in 16 bytes; and values that carry it.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::xxh3_128;

/// What makes a value what it is, in 16 bytes. Of files it is BLAKE3, because others check it; of values in
/// memory XXH3, which nobody needs to find a collision of; of values that a cache keeps for others BLAKE3 again,
/// because there one contributor's text must not pass for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint([u8; 16]);

/// In one piece: a hash that is made of many others gets them one by one.
impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

impl Fingerprint {
    /// Of anything that hashes: `derive(Hash)` names every field, so nothing is forgotten.
    pub fn of<T: Hash + ?Sized>(value: &T) -> Self {
        let mut hasher = Quick(Gathered::new());
        value.hash(&mut hasher);
        Self(quick(&hasher.0.0))
    }

    /// The same by BLAKE3 throughout, the fingerprints of its parts included. In every process of one program it
    /// is the same.
    pub fn strong<T: Hash + ?Sized>(value: &T) -> Self {
        let mut hasher = Strong(Gathered::new());
        value.hash(&mut hasher);
        Self::of_bytes(&hasher.0.0)
    }

    /// From 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
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

/// What is hashed, one after the other. Most of it comes a few bytes at a time, so it is gathered. An input of
/// [`LONG`](Gathered::LONG) bytes or more is replaced by its hash, and so is what was gathered once it is
/// [`MUCH`](Gathered::MUCH). A byte that no text has stands before a hash.
struct Gathered(Vec<u8>);

impl Gathered {
    /// A text as long as this is hashed where it lies.
    const LONG: usize = 512;
    /// As much as is gathered at once.
    const MUCH: usize = 64 * 1024;
    /// Before a hash.
    const STANDS_FOR: u8 = 0xfe;

    fn new() -> Self {
        Self(Vec::with_capacity(Self::LONG))
    }

    fn write<const N: usize>(&mut self, bytes: &[u8], hash: impl Fn(&[u8]) -> [u8; N]) {
        if bytes.len() < Self::LONG {
            self.0.extend_from_slice(bytes);
        } else {
            self.stand_for(&hash(bytes));
        }
        if self.0.len() >= Self::MUCH {
            let before = hash(&self.0);
            self.0.clear();
            self.stand_for(&before);
        }
    }

    fn stand_for(&mut self, hash: &[u8]) {
        self.0.push(Self::STANDS_FOR);
        self.0.extend_from_slice(hash);
    }
}

/// For what stays in memory.
struct Quick(Gathered);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes, quick);
    }

    /// Only tells it from [`Strong`].
    fn finish(&self) -> u64 {
        0
    }
}

fn quick(bytes: &[u8]) -> [u8; 16] {
    xxh3_128(bytes).to_be_bytes()
}

/// For what leaves the process.
struct Strong(Gathered);

impl Strong {
    const MARK: u64 = 0x6b72_6565_7020_6d65;
}

impl Hasher for Strong {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes, |bytes| *blake3::hash(bytes).as_bytes());
    }

    /// Tells the parts of a value that their fingerprints must be strong, too.
    fn finish(&self) -> u64 {
        Self::MARK
    }
}

/// The fingerprints of something, each computed when a hash first asks for it. A changed copy starts without.
#[derive(Debug, Default)]
pub struct Prints {
    quick: OnceLock<Fingerprint>,
    strong: OnceLock<Fingerprint>,
}

impl Prints {
    /// Hashes the fingerprint of `parts`: a strong one if what is being made is strong.
    pub fn hash<H: Hasher, T: Hash>(&self, state: &mut H, parts: impl FnOnce() -> T) {
        if state.finish() == Strong::MARK {
            self.strong.get_or_init(|| Fingerprint::strong(&parts())).hash(state);
        } else {
            self.quick.get_or_init(|| Fingerprint::of(&parts())).hash(state);
        }
    }
}

/// The strong one is kept with the value that it is of, so that it is not made anew. Who keeps a value sees to it
/// that it is there.
impl Serialize for Prints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.strong.get().map(|print| print.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Prints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let strong = Option::deserialize(deserializer)?.map(Fingerprint);
        Ok(Self { quick: OnceLock::new(), strong: strong.map(OnceLock::from).unwrap_or_default() })
    }
}

impl Clone for Prints {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The fingerprints of many things, side by side: who asks for a million of them finds them there sooner than at the
/// things themselves.
#[derive(Debug)]
pub struct PrintTable {
    size: usize,
    quick: OnceLock<Vec<OnceLock<Fingerprint>>>,
    strong: OnceLock<Vec<OnceLock<Fingerprint>>>,
}

impl PrintTable {
    /// Of so many things.
    pub fn new(size: usize) -> Self {
        Self { size, quick: OnceLock::new(), strong: OnceLock::new() }
    }

    /// Hashes the fingerprint of a thing by its place: a strong one if what is being made is strong.
    pub fn hash<H: Hasher, T: Hash>(&self, at: usize, state: &mut H, thing: impl FnOnce() -> T) {
        let is_strong = state.finish() == Strong::MARK;
        let prints = if is_strong { &self.strong } else { &self.quick };
        let prints = prints.get_or_init(|| (0..self.size).map(|_| OnceLock::new()).collect());
        let print = || if is_strong { Fingerprint::strong(&thing()) } else { Fingerprint::of(&thing()) };
        prints[at].get_or_init(print).hash(state);
    }
}

/// An immutable value with one owner less to worry about: cheap to clone, and its fingerprint is computed
/// once, when first asked for. A cold build never asks.
#[derive(Debug)]
pub struct Shared<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    value: T,
    prints: Prints,
}

impl<T> Shared<T> {
    /// Wraps a finished value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Inner { value, prints: Prints::default() }))
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
        *self.0.prints.quick.get_or_init(|| Fingerprint::of(&self.0.value))
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
        self.0.prints.hash(state, || &self.0.value);
    }
}

impl<T: Hash> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.fingerprint() == other.fingerprint()
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

/// A shared value with its strong fingerprint: `#[serde(with = "sealed")]`.
pub mod sealed {
    use std::hash::Hash;
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Fingerprint, Inner, Prints, Shared};

    /// The fingerprint, made if it is not there yet, and the value.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<T, S>(shared: &Shared<T>, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Hash + Serialize,
        S: Serializer,
    {
        Fingerprint::strong(shared);
        (&shared.0.prints, &shared.0.value).serialize(serializer)
    }

    /// Both again.
    ///
    /// # Errors
    /// The deserializer's.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Shared<T>, D::Error> {
        let (prints, value) = <(Prints, T)>::deserialize(deserializer)?;
        Ok(Shared(Arc::new(Inner { value, prints })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Fingerprint::of(&("ab", "c")), Fingerprint::of(&("a", "bc")));
        assert_ne!(Fingerprint::strong(&("ab", "c")), Fingerprint::strong(&("a", "bc")));
    }

    /// A text whose bytes are another's hash: a repeated byte in place of a real hash, so that it is a text at all.
    #[test]
    fn a_text_never_passes_for_the_hash_of_another() {
        let gathered = |parts: &[&str]| {
            let mut gathered = Gathered::new();
            for part in parts {
                gathered.write(part.as_bytes(), |_| [b'x'; 32]);
            }
            gathered.0
        };
        let hash = "x".repeat(32);
        assert_ne!(gathered(&[&"long ".repeat(200)]), gathered(&[&hash]));
        let much = vec!["part"; Gathered::MUCH / 4];
        assert_ne!(gathered(&much), gathered(&[&hash]));
    }

    #[test]
    fn a_strong_fingerprint_is_strong_in_its_parts() {
        let nested = |text: &str| Shared::new((1, Shared::new(text.to_owned())));
        let [a, b] = [nested("a"), nested("a")];
        // Asked for in another order, and after the quick one.
        Fingerprint::of(&a);
        assert_eq!(Fingerprint::strong(&a), Fingerprint::strong(&b));
        assert_eq!(Fingerprint::of(&a), Fingerprint::of(&b));
        assert_ne!(Fingerprint::strong(&a), Fingerprint::strong(&nested("b")));
        let inner = Fingerprint::strong("a").as_bytes().to_vec();
        let mut outer = Strong(Gathered::new());
        Shared::new("a").hash(&mut outer);
        assert!(outer.0.0.ends_with(&inner), "BLAKE3 all the way down");
    }
}
