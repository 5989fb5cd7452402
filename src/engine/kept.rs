//! What earlier builds left in a store: by the strong fingerprint of all arguments, as memos have it.

use std::hash::Hash;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::show::{ShowArgs, Viewed, view};
use super::{Emit, Sink};
use crate::base::{Diagnostic, Fingerprint, OutPath, Outcome, Shared, Store};
use crate::document::{self, Document};
use crate::memo::Asked as _;
use crate::pages::{self, Ask};
use crate::site::{self, Mentions, ResolveKey, Resolved};
use crate::theme;

/// What a stage left behind last time. Without a store nothing is found and nothing is left.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(pub(super) Option<Arc<dyn Store>>);

/// Where a page goes.
#[derive(Clone, Copy)]
struct To<'t> {
    sink: &'t dyn Sink,
    path: &'t OutPath,
}

impl To<'_> {
    fn put(self, bytes: &[u8], hash: blake3::Hash) -> Result<(), Box<Diagnostic>> {
        self.sink.put(self.path, Emit::Known(bytes, hash))
    }
}

/// A file, as parsed.
type Parsed = Outcome<Option<Shared<Document>>>;

impl Kept {
    /// What parsing comes to.
    pub(super) fn parsed(
        &self,
        args: &document::Args,
        parse: impl FnOnce() -> Shared<Parsed>,
    ) -> Shared<Parsed> {
        let recall = |bytes: &[u8]| {
            let Outcome { value, diagnostics } = document::recall(args, bytes)?;
            Some(Shared::new(Outcome { value: value.map(Shared::new), diagnostics }))
        };
        let keep = |parsed: &Shared<Parsed>| document::keep(parsed.value.as_deref(), &parsed.diagnostics);
        self.value(("parsed", args), recall, parse, keep)
    }

    /// Whom a document's text mentions.
    pub(super) fn mentions(
        &self,
        args: &site::ScanArgs,
        scan: impl FnOnce() -> Shared<Mentions>,
    ) -> Shared<Mentions> {
        self.value(("mentions", args), read, scan, |mentions| write(&**mentions))
    }

    /// What a document is resolved to.
    pub(super) fn resolved(
        &self,
        key: &ResolveKey<'_>,
        resolve: impl FnOnce() -> Shared<Resolved>,
    ) -> Shared<Resolved> {
        self.value(("resolved", key, key.names), read, resolve, |resolved| {
            resolved.seal();
            write(&**resolved)
        })
    }

    /// Hands a page's bytes over: those that were kept, else those of a new one. `None` when there is no store.
    ///
    /// A page is found by three keys, one after the other: by all that it may show; by what it asked for when it was
    /// made, as long as the answers are what they were; and, made again so far, by its view, which is what it does show.
    pub(super) fn page(&self, args: &ShowArgs<'_>, sink: &dyn Sink) -> Option<Result<(), Box<Diagnostic>>> {
        let store = self.0.as_deref()?;
        let to = To { sink, path: &args.page.out };
        let all = Fingerprint::strong(&("page", args));
        if let Some((_, done)) = hand_over(store, all, to) {
            return Some(done);
        }
        let start = Fingerprint::strong(&("asks", args.start()));
        let mut before = Vec::new();
        while let Some(asked) = asked(store, start, before.len(), args) {
            if let Some((place, done)) = hand_over(store, answered(args, start, &asked), to) {
                lead(store, &[all], place);
                return Some(done);
            }
            before.push(asked);
        }
        Some(page_again(store, args, &Place { all, start, before }, to))
    }

    /// What was kept at a key; else what is made now, which is kept then.
    fn value<A: Hash, V>(
        &self,
        key: A,
        recall: impl Fn(&[u8]) -> Option<V>,
        make: impl FnOnce() -> V,
        keep: impl FnOnce(&V) -> Option<Vec<u8>>,
    ) -> V {
        let Some(store) = self.0.as_deref() else { return make() };
        let key = Fingerprint::strong(&key);
        let mut found = None;
        store.get(key, &mut |bytes, _| found = recall(bytes));
        found.unwrap_or_else(|| {
            let made = make();
            if let Some(bytes) = keep(&made) {
                store.put(&[key], &bytes, blake3::hash(&bytes));
            }
            made
        })
    }
}

/// Hands over the bytes at a key, or at the key that it leads to, and says where they are; `None` when they are not.
fn hand_over(
    store: &dyn Store,
    key: Fingerprint,
    to: To<'_>,
) -> Option<(Fingerprint, Result<(), Box<Diagnostic>>)> {
    let give = |place: Fingerprint| {
        // What is there already need not be read.
        let (size, hash) = store.look(place)?;
        let mut done = to.sink.has(to.path, size, hash).map(|has| has.then_some(())).transpose();
        if done.is_none() {
            store.get(place, &mut |bytes, hash| done = Some(to.put(bytes, hash)));
        }
        Some((place, done?))
    };
    give(key).or_else(|| {
        let mut place = None;
        store.get(leads(key), &mut |bytes, _| place = bytes.try_into().ok().map(Fingerprint::from_bytes));
        give(place?)
    })
}

/// The key under which is kept where a key leads.
fn leads(key: Fingerprint) -> Fingerprint {
    Fingerprint::strong(&("leads to", key))
}

/// Lets keys lead to the place where the bytes are.
fn lead(store: &dyn Store, keys: &[Fingerprint], place: Fingerprint) {
    let keys: Vec<Fingerprint> = keys.iter().map(|&key| leads(key)).collect();
    store.put(&keys, place.as_bytes(), blake3::hash(place.as_bytes()));
}

/// So often it is kept what a page asked for that starts with the same: what it asks for next follows from answers.
const TURNS: usize = 3;

/// What a page that started so asked for when it was made for the nth time.
fn asked(store: &dyn Store, start: Fingerprint, nth: usize, args: &ShowArgs<'_>) -> Option<Vec<Ask>> {
    let mut asked: Option<Vec<Ask>> = None;
    if nth < TURNS {
        store.get(turn(start, nth), &mut |bytes, _| asked = postcard::from_bytes(bytes).ok());
    }
    // What starts with the same has the same outline, so all fits unless the entry is damaged; then it must not panic.
    asked.filter(|asked| asked.iter().all(|ask| ask.fits(args.book.site)))
}

/// The key of what a page asked for.
fn turn(start: Fingerprint, nth: usize) -> Fingerprint {
    Fingerprint::strong(&("turn", nth, start))
}

/// The key of a page by what it asked for and the answers.
fn answered(args: &ShowArgs<'_>, start: Fingerprint, asked: &[Ask]) -> Fingerprint {
    Fingerprint::strong(&("answers", start, asked, args.answers(asked)))
}

/// By what a page is found, as far as it is known before it is made.
struct Place {
    all: Fingerprint,
    start: Fingerprint,
    /// What it asked for when it was made before.
    before: Vec<Vec<Ask>>,
}

/// Makes a page's view, and what follows from it if that was not kept.
fn page_again(
    store: &dyn Store,
    args: &ShowArgs<'_>,
    place: &Place,
    to: To<'_>,
) -> Result<(), Box<Diagnostic>> {
    let Viewed { content, asked, .. } = view(args);
    let keys = [place.all, answered(args, place.start, &asked)];
    if place.before.len() < TURNS
        && !place.before.contains(&asked)
        && let Ok(asked) = postcard::to_stdvec(&asked)
    {
        store.put(&[turn(place.start, place.before.len())], &asked, blake3::hash(&asked));
    }
    let of_view = |key: Fingerprint, make: &dyn Fn() -> Result<Arc<Vec<u8>>, Box<Diagnostic>>| {
        if let Some((place, done)) = hand_over(store, key, to) {
            lead(store, &keys, place);
            return done;
        }
        let bytes = make()?;
        let hash = blake3::hash(&bytes);
        store.put(&[&[key], &keys[..]].concat(), &bytes, hash);
        to.put(&bytes, hash)
    };
    match content {
        pages::Content::Bytes(bytes) => {
            of_view(Fingerprint::strong(&("bytes", &bytes)), &|| Ok(Arc::clone(&bytes)))
        }
        pages::Content::View(view) => {
            let rendering = theme::Args { theme: args.theme.clone(), view };
            let render = || Result::clone(&args.engine.rendered.get(&rendering, theme::render));
            of_view(Fingerprint::strong(&("rendered", &rendering)), &render)
        }
    }
}

fn read<V: DeserializeOwned>(bytes: &[u8]) -> Option<Shared<V>> {
    postcard::from_bytes(bytes).ok().map(Shared::new)
}

fn write<V: Serialize>(value: &V) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}
