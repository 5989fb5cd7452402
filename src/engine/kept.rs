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
    /// What a page depends on leads to the key of its bytes, and that follows from its view: when much changes
    /// that a page may show, but does not, its view is made again and its bytes are not.
    pub(super) fn page(&self, args: &ShowArgs<'_>, put: Put<'_>) -> Option<Result<(), Box<Diagnostic>>> {
        let store = self.0.as_deref()?;
        let key = Fingerprint::strong(&("page", args));
        let mut place = None;
        store.get(key, &mut |bytes, _| place = bytes.try_into().ok().map(Fingerprint::from_bytes));
        let found = place.and_then(|place| hand_over(store, place, put));
        Some(found.unwrap_or_else(|| {
            let place = page_again(store, args, put)?;
            store.put(key, place.as_bytes(), blake3::hash(place.as_bytes()));
            Ok(())
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
                store.put(key, &bytes, blake3::hash(&bytes));
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

/// Makes a page's view, and what follows from it if that was not kept; the key of its bytes.
fn page_again(store: &dyn Store, args: &ShowArgs<'_>, put: Put<'_>) -> Result<Fingerprint, Box<Diagnostic>> {
    let keep = |key: Fingerprint, bytes: &[u8]| {
        let hash = blake3::hash(bytes);
        store.put(key, bytes, hash);
        put(Emit::Known(bytes, hash)).map(|()| key)
    };
    match view(args).1 {
        pages::Content::Bytes(bytes) => {
            let key = Fingerprint::strong(&("bytes", &bytes));
            hand_over(store, key, put).map_or_else(|| keep(key, &bytes), |done| done.map(|()| key))
        }
        pages::Content::View(view) => {
            let rendering = theme::Args { theme: args.theme.clone(), view };
            let key = Fingerprint::strong(&("rendered", &rendering));
            let render = || match &*args.engine.rendered.get(&rendering, theme::render) {
                Ok(bytes) => keep(key, bytes),
                Err(fault) => Err(fault.clone()),
            };
            hand_over(store, key, put).map_or_else(render, |done| done.map(|()| key))
        }
    }
}

fn read<V: DeserializeOwned>(bytes: &[u8]) -> Option<Shared<V>> {
    postcard::from_bytes(bytes).ok().map(Shared::new)
}

fn write<V: Serialize>(value: &V) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}
