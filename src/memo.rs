//! Values by the fingerprint of all their arguments.
//!
//! A memo takes a plain `fn`, which cannot capture: what a value depends on is in its arguments, so there
//! is nothing to invalidate. What a round of building did not ask for, and nobody holds, is forgotten.
//!
//! Where the arguments are a whole site, of which a value shows a little, a [`Traced`] memo also knows which parts
//! of them the value asked for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::base::{Fingerprint, Shared};

/// As many parts as threads are likely, so that they seldom wait for each other.
const PARTS: usize = 16;

/// Remembers the values of one function, or, in a cold engine, nothing.
#[derive(Debug)]
pub struct Memo<V> {
    parts: Option<Vec<Mutex<Part<V>>>>,
    round: usize,
    made: AtomicUsize,
}

/// A share of the values, behind a lock of its own.
type Part<V> = HashMap<Fingerprint, Entry<V>>;

#[derive(Debug)]
struct Entry<V> {
    value: Shared<V>,
    round: usize,
}

impl<V: Send + Sync + 'static> Memo<V> {
    /// A warm memo remembers the values of the last round, and those that somebody holds. A cold one remembers
    /// nothing: each value is made, and nothing is hashed.
    pub fn new(warm: bool) -> Self {
        let parts = warm.then(|| (0..PARTS).map(|_| Mutex::new(HashMap::new())).collect());
        Self { parts, round: 0, made: AtomicUsize::new(0) }
    }

    /// The value of `make` for `args`, remembered or made.
    pub fn get<A: Hash>(&self, args: &A, make: fn(&A) -> V) -> Shared<V> {
        self.get_or(args, || None, make)
    }

    /// [`Memo::get`]; what is not remembered may be known in another way than by making it.
    pub fn get_or<A: Hash>(
        &self,
        args: &A,
        known: impl FnOnce() -> Option<V>,
        make: fn(&A) -> V,
    ) -> Shared<V> {
        let Some(parts) = &self.parts else { return self.make(args, make) };
        let key = Fingerprint::of(args);
        let part = &parts[usize::from(key.first_byte()) % PARTS];
        if let Some(entry) = lock(part).get_mut(&key) {
            entry.round = self.round;
            return entry.value.clone();
        }
        let value = known().map_or_else(|| self.make(args, make), Shared::new);
        lock(part).insert(key, Entry { value: value.clone(), round: self.round });
        value
    }

    /// The value for `args`, if it is remembered. That does not count as asking for it.
    pub fn peek<A: Hash>(&self, args: &A) -> Option<Shared<V>> {
        let parts = self.parts.as_ref()?;
        let key = Fingerprint::of(args);
        lock(&parts[usize::from(key.first_byte()) % PARTS]).get(&key).map(|entry| entry.value.clone())
    }

    /// All values that are remembered, in no order.
    pub fn values(&self) -> Vec<Shared<V>> {
        let values =
            |part: &Mutex<Part<V>>| lock(part).values().map(|entry| entry.value.clone()).collect::<Vec<_>>();
        self.parts.iter().flatten().flat_map(values).collect()
    }

    /// Ends a round: forgets what it did not ask for and nobody holds, and says how many values it made.
    pub fn end_round(&mut self) -> usize {
        let round = self.round;
        let forgotten: Vec<Entry<V>> = self
            .parts
            .iter_mut()
            .flatten()
            .flat_map(|part| {
                let part = part.get_mut().unwrap_or_else(PoisonError::into_inner);
                part.extract_if(|_, entry| entry.round != round && !entry.value.is_held())
            })
            .map(|(_, entry)| entry)
            .collect();
        leave(forgotten);
        self.round += 1;
        std::mem::take(self.made.get_mut())
    }

    fn make<A>(&self, args: &A, make: fn(&A) -> V) -> Shared<V> {
        self.made.fetch_add(1, Ordering::Relaxed);
        Shared::new(make(args))
    }
}

/// Arguments of a value that asks for what it needs while it is made. [`start`](Asked::start) is what is known before it
/// asks, and picks its place in the memo; what it asks for is noted. The hash of the arguments is of all that it could
/// ask for.
pub trait Asked: Hash {
    /// What it may ask for.
    type Ask;

    /// What it depends on before it asks.
    fn start(&self) -> impl Hash;

    /// The answers to what was asked for.
    fn answers<'a>(&'a self, asked: &'a [Self::Ask]) -> impl Hash + 'a;
}

/// Remembers the last value from each start: as long as all that it asked for is answered as it was, it would be
/// made the same. In a cold engine it remembers nothing.
#[derive(Debug)]
pub struct Traced<V, Q> {
    parts: Option<Vec<Mutex<Traces<V, Q>>>>,
    round: usize,
}

/// A share of them, behind a lock of its own.
type Traces<V, Q> = HashMap<Fingerprint, Trace<V, Q>>;

#[derive(Debug)]
struct Trace<V, Q> {
    value: Shared<V>,
    asked: Arc<[Q]>,
    answers: Fingerprint,
    /// Of all arguments, when last asked for. While they are the same, no answer need be looked at.
    all: Fingerprint,
    round: usize,
}

impl<V, Q> Clone for Trace<V, Q> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), asked: Arc::clone(&self.asked), ..*self }
    }
}

impl<V: Send + Sync + 'static, Q: Send + Sync + 'static> Traced<V, Q> {
    /// See [`Memo::new`].
    pub fn new(warm: bool) -> Self {
        let parts = warm.then(|| (0..PARTS).map(|_| Mutex::new(HashMap::new())).collect());
        Self { parts, round: 0 }
    }

    /// The value of `make` for `args`, remembered or made. `make` tells what it asked for.
    pub fn get<A: Asked<Ask = Q>>(&self, args: &A, make: fn(&A) -> (V, Vec<Q>)) -> Shared<V> {
        let Some(parts) = &self.parts else { return Shared::new(make(args).0) };
        let (start, all) = (Fingerprint::of(&args.start()), Fingerprint::of(args));
        let part = &parts[usize::from(start.first_byte()) % PARTS];
        let last = lock(part).get_mut(&start).map(|trace| {
            trace.round = self.round;
            trace.clone()
        });
        let answers = |asked: &[Q]| Fingerprint::of(&args.answers(asked));
        let trace = match last {
            Some(trace) if trace.all == all => return trace.value,
            Some(trace) if trace.answers == answers(&trace.asked) => Trace { all, ..trace },
            _ => {
                let (value, asked) = make(args);
                let answers = answers(&asked);
                Trace { value: Shared::new(value), asked: asked.into(), answers, all, round: self.round }
            }
        };
        let value = trace.value.clone();
        lock(part).insert(start, trace);
        value
    }

    /// Ends a round: forgets what it did not ask for.
    pub fn end_round(&mut self) {
        let round = self.round;
        let parts = self
            .parts
            .iter_mut()
            .flatten()
            .map(|part| part.get_mut().unwrap_or_else(PoisonError::into_inner));
        let forgotten: Vec<Trace<V, Q>> = parts
            .flat_map(|part| part.extract_if(|_, trace| trace.round != round))
            .map(|(_, trace)| trace)
            .collect();
        leave(forgotten);
        self.round += 1;
    }
}

/// Nobody waits for thousands of values to be taken apart.
fn leave<T: Send + 'static>(values: Vec<T>) {
    if !values.is_empty() {
        rayon::spawn(|| drop(values));
    }
}

/// Values are immutable, so a lock that a panic left behind still guards whole entries.
fn lock<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_and_forgotten_when_unused() {
        let mut memo: Memo<usize> = Memo::new(true);
        let length = |text: &&str| text.len();
        assert_eq!(*memo.get(&"abc", length), 3);
        assert_eq!(*memo.get(&"abc", length), 3);
        assert_eq!(memo.end_round(), 1);
        memo.get(&"abc", length);
        memo.get(&"de", length);
        assert_eq!(memo.end_round(), 1);
        let held = memo.get(&"de", length);
        assert_eq!(memo.end_round(), 0);
        assert_eq!(memo.end_round(), 0);
        assert_eq!(*memo.get(&"de", length), *held);
        assert_eq!(memo.end_round(), 0);
        memo.get(&"abc", length);
        assert_eq!(memo.end_round(), 1);
    }

    /// A shelf of words of which a value shows some.
    #[derive(Hash)]
    struct Shelf {
        which: Vec<usize>,
        words: Vec<&'static str>,
    }

    impl Asked for Shelf {
        type Ask = usize;

        fn start(&self) -> impl Hash {
            &self.which
        }

        fn answers<'a>(&'a self, asked: &'a [usize]) -> impl Hash + 'a {
            asked.iter().map(|&at| self.words[at]).collect::<Vec<_>>()
        }
    }

    #[test]
    fn a_value_is_made_again_when_an_answer_is_another() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let mut memo: Traced<String, usize> = Traced::new(true);
        let mut show = |words: [&'static str; 3]| {
            let shelf = Shelf { which: vec![0, 2], words: words.into() };
            let shown = memo.get(&shelf, |shelf| {
                MADE.fetch_add(1, Ordering::Relaxed);
                (shelf.which.iter().map(|&at| shelf.words[at]).collect(), shelf.which.clone())
            });
            memo.end_round();
            ((*shown).clone(), MADE.load(Ordering::Relaxed))
        };
        assert_eq!(show(["a", "b", "c"]), ("ac".to_owned(), 1));
        assert_eq!(show(["a", "b", "c"]), ("ac".to_owned(), 1));
        assert_eq!(show(["a", "other", "c"]), ("ac".to_owned(), 1));
        assert_eq!(show(["a", "other", "d"]), ("ad".to_owned(), 2));
        // Only what was made last is remembered.
        assert_eq!(show(["a", "b", "c"]), ("ac".to_owned(), 3));
    }
}
