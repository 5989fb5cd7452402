//! What earlier builds left in a store: by the strong fingerprint of all arguments, as memos have it.

use std::hash::Hash;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Emit;
use super::show::{ShowArgs, view};
use crate::base::{Diagnostic, Fingerprint, Outcome, Shared, Store};
use crate::document::{self, Document};
use crate::pages;
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
    /// A page has two keys: one of all that it may show, and one of its view, which is what it does show. Where the first
    /// has changed and the second has not, the view is made again and the bytes are reused; an entry then leads from
    /// the first key to the second.
    pub(super) fn page(&self, args: &ShowArgs<'_>, put: Put<'_>) -> Option<Result<(), Box<Diagnostic>>> {
        let store = self.0.as_deref()?;
        let key = Fingerprint::strong(&("page", args));
        if let Some(done) = hand_over(store, key, put) {
            return Some(done);
        }
        let leads = Fingerprint::strong(&("leads to", key));
        let mut place = None;
        store.get(leads, &mut |bytes, _| place = bytes.try_into().ok().map(Fingerprint::from_bytes));
        let found = place.and_then(|place| hand_over(store, place, put));
        Some(found.unwrap_or_else(|| page_again(store, args, &Place { key, leads }, put)))
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

/// Where a page's bytes are kept by what it depends on, and where a key is that leads to them.
struct Place {
    key: Fingerprint,
    leads: Fingerprint,
}

/// Makes a page's view, and what follows from it if that was not kept.
fn page_again(
    store: &dyn Store,
    args: &ShowArgs<'_>,
    place: &Place,
    put: Put<'_>,
) -> Result<(), Box<Diagnostic>> {
    let of_view = |key: Fingerprint, make: &dyn Fn() -> Result<Arc<Vec<u8>>, Box<Diagnostic>>| {
        if let Some(done) = hand_over(store, key, put) {
            store.put(&[place.leads], key.as_bytes(), blake3::hash(key.as_bytes()));
            return done;
        }
        let bytes = make()?;
        let hash = blake3::hash(&bytes);
        store.put(&[key, place.key], &bytes, hash);
        put(Emit::Known(&bytes, hash))
    };
    match view(args).content {
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
