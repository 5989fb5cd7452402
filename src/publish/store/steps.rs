//! What a publisher does with an object store, in its order.

use std::collections::BTreeSet;

use super::lock::Lock;
use super::objects::Published;
use super::plan::{Known, Plan, rank};
use super::{JOURNAL, Store};
use crate::base::{Diagnostic, codes};
use crate::io::{Difference, Entry, MANIFEST, Manifest, Result, SIGNATURE};
use crate::publish::{Cap, Source, Step};

/// How to publish.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// How many objects may be deleted.
    pub cap: Cap,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreDone {
    /// Objects that were sent, the manifest and its signature aside.
    pub sent: usize,
    /// Those that were deleted.
    pub deleted: usize,
    /// Whether readers saw this build already.
    pub was_there: bool,
}

impl Store {
    /// Publishes.
    ///
    /// # Errors
    /// B0904 when another publisher is at work, B0905 when an object is in the way, B0907 when the folder is not as
    /// it was built, B0908 when the server does not do its part, B0915 when too much would be deleted.
    pub fn publish(&self, source: &Source, options: StoreOptions, told: &dyn Fn(Step)) -> Result<StoreDone> {
        self.runtime.block_on(async {
            self.reach().await?;
            let mut lock = Lock::take(self, &|| told(Step::Waiting)).await?;
            let done = lock.during(self.work(source, options, told)).await;
            lock.free().await;
            done
        })
    }

    async fn work(&self, source: &Source, options: StoreOptions, told: &dyn Fn(Step)) -> Result<StoreDone> {
        told(Step::Copying);
        let before = self.published().await?;
        let known = self.known(before.as_ref()).await?;
        let mut plan = Plan::new(&known, &source.manifest)?;
        plan.check(&known, options.cap)?;
        let doubtful = std::mem::take(&mut plan.doubtful);
        plan.send.extend(self.differing(&doubtful).await?);
        plan.in_order();
        let done = StoreDone { sent: plan.send.len(), deleted: plan.delete.len(), was_there: false };
        if plan.send.is_empty()
            && plan.delete.is_empty()
            && self.is_shown(source, before.as_ref(), &known).await?
        {
            return Ok(StoreDone { was_there: true, ..done });
        }
        source.check()?;
        self.write_journal(&known, &plan).await?;
        self.send_all(source, &plan).await?;
        self.check(&source.manifest).await?;
        told(Step::Switching);
        if let Some(signature) = &source.signature {
            self.send_signature(signature).await?;
        }
        self.send_manifest(&source.bytes, before.as_ref()).await?;
        told(Step::Clearing);
        let mut gone = plan.delete;
        if source.signature.is_none() && known.objects.contains_key(SIGNATURE) {
            gone.push(SIGNATURE.to_owned());
        }
        self.delete(&gone).await?;
        self.delete(&[JOURNAL.to_owned()]).await?;
        Ok(done)
    }

    async fn known(&self, before: Option<&Published>) -> Result<Known> {
        let journal = match self.read(JOURNAL).await? {
            // One that cannot be read names no objects, so nothing that is there can be vouched for.
            Some((bytes, _)) => Manifest::parse(&bytes).map_err(|why| {
                let words = format!("`{}/{JOURNAL}` cannot be read: {why}", self.name);
                Box::new(Diagnostic::new(&codes::REMOTE, words).help("a publisher writes it whole, so somebody else has: delete that site's objects, and publish again"))
            })?,
            None => Manifest::default(),
        };
        let manifest = before.map(|before| before.manifest.clone()).unwrap_or_default();
        Ok(Known { manifest, journal, objects: self.list().await? })
    }

    /// Whether readers see just this, and no publisher left anything.
    async fn is_shown(&self, source: &Source, before: Option<&Published>, known: &Known) -> Result<bool> {
        if before.is_none_or(|before| before.bytes != source.bytes) || !known.journal.files.is_empty() {
            return Ok(false);
        }
        let signature = self.read(SIGNATURE).await?.map(|(bytes, _)| bytes);
        Ok(signature == source.signature)
    }

    /// Writes down what is about to be changed, together with what another was about to change.
    async fn write_journal(&self, known: &Known, plan: &Plan<'_>) -> Result<()> {
        let going = known.manifest.files.iter().filter(|entry| {
            plan.delete.binary_search_by(|path| path.as_str().cmp(entry.path.as_str())).is_ok()
        });
        let mut files: Vec<Entry> = plan.send.iter().copied().chain(going).cloned().collect();
        files.extend(known.journal.files.iter().cloned());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        let journal = Manifest { files, ..Manifest::default() };
        self.put(JOURNAL, journal.to_bytes(), self.plain_options(MANIFEST)).await
    }

    /// A rank is sent whole before the next one begins.
    async fn send_all(&self, source: &Source, plan: &Plan<'_>) -> Result<()> {
        let all: BTreeSet<&str> = source.manifest.files.iter().map(|entry| entry.path.as_str()).collect();
        for part in plan.send.chunk_by(|a, b| rank(a.path.as_str()) == rank(b.path.as_str())) {
            self.send(&source.folder, part, &all).await?;
        }
        Ok(())
    }

    /// Whether all that the manifest lists is there, before anybody is told so.
    async fn check(&self, manifest: &Manifest) -> Result<()> {
        let there = self.list().await?;
        let listed = |entry: &&Entry| there.get(entry.path.as_str()) != Some(&entry.size);
        let Some(missing) = manifest.files.iter().find(listed) else { return Ok(()) };
        let words =
            format!("{}: `{}` was sent and is not there as it was sent", self.name, missing.path.as_str());
        Err(Box::new(Diagnostic::new(&codes::NOT_AS_LISTED, words).help("publish again")))
    }

    /// What publishing would delete, were it done now, against the cap.
    ///
    /// # Errors
    /// B0915 when it is too much.
    pub fn would(&self, old: &Manifest, source: &Source, cap: Cap) -> Result<()> {
        let difference = Difference::between(old, &source.manifest);
        let delete = difference.removed.iter().map(|entry| entry.path.as_str().to_owned()).collect();
        let known = Known { manifest: old.clone(), ..Known::default() };
        Plan { delete, ..Plan::default() }.check(&known, cap)
    }
}
