//! What earlier builds left in a store: by the strong fingerprint of all arguments, as memos have it.

use std::hash::Hash;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Emit;
use super::show::{ShowArgs, Viewed, view};
use crate::base::{Diagnostic, Fingerprint, Outcome, Shared, Store};
use crate::document::{self, Document};
use crate::memo::Asked as _;
use crate::pages::{self, Ask};
use crate::site::{self, Mentions, ResolveKey, Resolved};
use crate::theme;

/// What a stage left behind last time. Without a store nothing is found and nothing is left.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(pub(super) Option<Arc<dyn Store>>);

/// Takes a page's bytes.
pub(super) type Put<'p> = &'p dyn Fn(Emit<'_>) -> Result<(), Box<Diagnostic>>;

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
    /// They are kept by all that a page could ask for, and by what it asked for: when much changes that it does not
    /// show, what it asked for last time leads to its bytes, and from then on all that it could ask for leads there.
    pub(super) fn page(&self, args: &ShowArgs<'_>, put: Put<'_>) -> Option<Result<(), Box<Diagnostic>>> {
        let store = self.0.as_deref()?;
        let all = Fingerprint::strong(&("page", args));
        let leads = Fingerprint::strong(&("leads to", all));
        let led = || hand_over(store, get(store, leads)?, put);
        Some(hand_over(store, all, put).or_else(led).unwrap_or_else(|| {
            let trail = Trail::of(args, store);
            match hand_over(store, trail.end, put) {
                Some(done) => {
                    store.put(&[leads], trail.end.as_bytes(), blake3::hash(trail.end.as_bytes()));
                    done
                }
                None => page_again(store, args, trail, all, put),
            }
        }))
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

/// Hands over the bytes at a key, if they are there.
fn hand_over(store: &dyn Store, key: Fingerprint, put: Put<'_>) -> Option<Result<(), Box<Diagnostic>>> {
    let mut done = None;
    store.get(key, &mut |bytes, hash| done = Some(put(Emit::Known(bytes, hash))));
    done
}

/// A place in the store that another leads to.
fn get(store: &dyn Store, leads: Fingerprint) -> Option<Fingerprint> {
    let mut place = None;
    store.get(leads, &mut |bytes, _| place = bytes.try_into().ok().map(Fingerprint::from_bytes));
    place
}

/// Where a page's bytes are by what it asked for. What it asks for may depend on the answers, so from each list with
/// its answers another may lead on.
struct Trail {
    asked: Vec<Ask>,
    end: Fingerprint,
}

impl Trail {
    /// As many lists as are looked at.
    const MOST: usize = 8;

    /// Follows it as far as it is known.
    fn of(args: &ShowArgs<'_>, store: &dyn Store) -> Self {
        let start = Self { asked: Vec::new(), end: Fingerprint::strong(&("page from", args.start())) };
        let next = |trail: &Self| {
            let mut asked: Option<Vec<Ask>> = None;
            store.get(trail.asks(), &mut |bytes, _| asked = postcard::from_bytes(bytes).ok());
            Some(trail.on(args, asked.filter(|asked| args.book.has(asked))?))
        };
        std::iter::successors(Some(start), next).take(Self::MOST).last().expect("it has a start")
    }

    /// Where the list is that leads on from here.
    fn asks(&self) -> Fingerprint {
        Fingerprint::strong(&("asks", self.end))
    }

    /// On, by what is asked next.
    fn on(&self, args: &ShowArgs<'_>, asked: Vec<Ask>) -> Self {
        let end = Fingerprint::strong(&(self.end, &asked, args.answers(&asked)));
        Self { asked, end }
    }
}

/// Makes a page, and keeps it.
fn page_again(
    store: &dyn Store,
    args: &ShowArgs<'_>,
    trail: Trail,
    all: Fingerprint,
    put: Put<'_>,
) -> Result<(), Box<Diagnostic>> {
    let Viewed { content, asked, .. } = view(args);
    let bytes = match content {
        pages::Content::Bytes(bytes) => bytes,
        pages::Content::View(view) => {
            let rendering = theme::Args { theme: args.theme.clone(), view };
            Result::clone(&args.engine.rendered.get(&rendering, theme::render))?
        }
    };
    let mut end = trail.end;
    if asked.iter().any(|ask| trail.asked.binary_search(ask).is_err()) {
        if let Some(list) = write(&asked) {
            store.put(&[trail.asks()], &list, blake3::hash(&list));
        }
        end = trail.on(args, asked).end;
    }
    let hash = blake3::hash(&bytes);
    store.put(&[end, all], &bytes, hash);
    put(Emit::Known(&bytes, hash))
}

fn read<V: DeserializeOwned>(bytes: &[u8]) -> Option<Shared<V>> {
    postcard::from_bytes(bytes).ok().map(Shared::new)
}

fn write<V: Serialize>(value: &V) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}
