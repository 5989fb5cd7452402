//! What earlier builds left in a store: by the strong fingerprint of all arguments, as memos have it.

use std::hash::Hash;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Emit;
use super::show::{ShowArgs, show};
use crate::base::{Diagnostic, Fingerprint, Outcome, Shared, Store};
use crate::document::{self, Document};
use crate::site::{self, Mentions, ResolveArgs, Resolved};

/// What a stage left behind last time. Without a store nothing is found and nothing is left.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(pub(super) Option<Arc<dyn Store>>);

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

    /// What a document is resolved to. What it mentions need not be known for that: it follows from the rest.
    pub(super) fn resolved(
        &self,
        args: &ResolveArgs<'_>,
        resolve: impl FnOnce() -> Shared<Resolved>,
    ) -> Shared<Resolved> {
        self.value(("resolved", args), read, resolve, |resolved| {
            resolved.seal();
            write(&**resolved)
        })
    }

    /// Hands a page's bytes over: those that were kept, else those of a new one. `None` when there is no store.
    pub(super) fn page(
        &self,
        args: &ShowArgs<'_>,
        put: impl Fn(Emit<'_>) -> Result<(), Box<Diagnostic>>,
    ) -> Option<Result<(), Box<Diagnostic>>> {
        let store = self.0.as_deref()?;
        let key = Fingerprint::strong(&("page", args));
        let mut done = None;
        store.get(key, &mut |bytes, hash| done = Some(put(Emit::Known(bytes, hash))));
        if done.is_some() {
            return done;
        }
        Some(show(args).bytes().and_then(|bytes| {
            let hash = blake3::hash(bytes);
            store.put(key, bytes, hash);
            put(Emit::Known(bytes, hash))
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

fn read<V: DeserializeOwned>(bytes: &[u8]) -> Option<Shared<V>> {
    postcard::from_bytes(bytes).ok().map(Shared::new)
}

fn write<V: Serialize>(value: &V) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}
