//! One publisher at a time, by an object that is written only if it is what it was: `If-None-Match` for the
//! first, `If-Match` for each that follows.
//!
//! Who holds the lock writes it anew every few seconds. Another waits and looks: a lock that changes is held, one
//! that does not change for as long as [`LIFE`] is left from a publisher that was killed. No clocks are compared.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use jiff::Timestamp;
use opendal::options::WriteOptions;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, timeout};

use super::objects::is_refused;
use super::{LOCK, Store};
use crate::base::{Diagnostic, codes};
use crate::io::{self, Result};

/// A lock that is not renewed for so long is nobody's.
const LIFE: Duration = Duration::from_secs(60);
const RENEWED_EVERY: Duration = Duration::from_secs(10);
const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);
/// Who waits for longer has met a lock that is neither held nor to be had.
const PATIENCE: Duration = Duration::from_secs(2 * LIFE.as_secs());
/// For letting go: the next one can do without.
const GOODBYE: Duration = Duration::from_secs(3);
/// A moment that lies so far behind is past by every clock that is anywhere near right.
const LONG_PAST: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// What the object holds.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// Who: a number of chance, or nothing when the lock is free.
    holder: String,
    /// Until when it holds, by the holder's clock.
    until: Timestamp,
}

/// The lock, held.
pub(super) struct Lock<'a> {
    store: &'a Store,
    holder: String,
    etag: String,
}

impl<'a> Lock<'a> {
    /// Takes it, waiting for up to [`LIFE`] while nobody renews it.
    pub(super) async fn take(store: &'a Store, waiting: &dyn Fn()) -> Result<Self> {
        let mut lock = Self { store, holder: chance(), etag: String::new() };
        let started = Instant::now();
        let mut first: Option<String> = None;
        loop {
            if started.elapsed() > PATIENCE {
                return Err(super::super::folder::locked(&store.name));
            }
            let found = store.read(LOCK).await?;
            let Some((bytes, etag)) = found else {
                if lock.write(None, LIFE).await? {
                    break;
                }
                sleep(LOOKED_AT_EVERY).await;
                continue;
            };
            let etag = etag.unwrap_or_default();
            let note: Option<Note> = serde_json::from_slice(&bytes).ok();
            let now = io::now()?;
            let is_free = note
                .as_ref()
                .is_some_and(|note| note.holder.is_empty() || now.duration_since(note.until) > LONG_PAST);
            let is_left = first.as_ref() == Some(&etag) && started.elapsed() >= LIFE;
            if is_free || is_left {
                if lock.write(Some(&etag), LIFE).await? {
                    break;
                }
                sleep(LOOKED_AT_EVERY).await;
                continue;
            }
            if first.get_or_insert_with(|| etag.clone()) != &etag {
                return Err(super::super::folder::locked(&store.name));
            }
            waiting();
            sleep(LOOKED_AT_EVERY).await;
        }
        match lock.probe().await {
            Ok(()) => Ok(lock),
            Err(fault) => {
                lock.free().await;
                Err(fault)
            }
        }
    }

    /// Works and renews the lock meanwhile.
    ///
    /// # Errors
    /// Those of the work; B0904 when somebody else has the lock by now, at which the work stops.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let work = pin!(work);
        let renewing = pin!(self.renew());
        match select(work, renewing).await {
            Either::Left((done, _)) => done,
            Either::Right((fault, _)) => Err(fault),
        }
    }

    /// Lets the next one have it at once, unless it is somebody else's by now. If that fails, the next one waits.
    pub(super) async fn free(self) {
        let _ = timeout(GOODBYE, self.let_go()).await;
    }

    async fn let_go(mut self) {
        // The last renewal may have been cut off, so what the object is now is looked at.
        let Ok(Some((bytes, Some(etag)))) = self.store.read(LOCK).await else { return };
        if self.holds(&bytes) {
            self.holder.clear();
            let _ = self.write(Some(&etag), Duration::ZERO).await;
        }
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        serde_json::from_slice::<Note>(bytes).is_ok_and(|note| note.holder == self.holder)
    }

    async fn renew(&mut self) -> Box<Diagnostic> {
        let mut renewed = Instant::now();
        loop {
            sleep(RENEWED_EVERY).await;
            let etag = self.etag.clone();
            let asked = Instant::now();
            // A request that hangs must not keep us at work when the lock is another's.
            let written = timeout(RENEWED_EVERY, self.write(Some(&etag), LIFE)).await;
            match written {
                Ok(Ok(true)) => renewed = asked,
                Ok(Ok(false)) => return self.lost(),
                // What does not answer now may do so before anybody takes the lock for left.
                _ if renewed.elapsed() + 2 * RENEWED_EVERY < LIFE => {}
                Ok(Err(fault)) => return fault,
                Err(_) => return self.silent(),
            }
        }
    }

    /// Writes the object if it is what it was; whether it was.
    async fn write(&mut self, before: Option<&str>, life: Duration) -> Result<bool> {
        let until = io::now()?.checked_add(life).unwrap_or(Timestamp::MAX);
        let note = serde_json::to_vec(&Note { holder: self.holder.clone(), until });
        let note = note.expect("text and a time always have a form in JSON");
        let options = WriteOptions {
            if_not_exists: before.is_none(),
            if_match: before.map(str::to_owned),
            ..self.store.plain_options("lock.json")
        };
        match self.store.operator.write_options(LOCK, note, options).await {
            Ok(_) => {}
            Err(error) if is_refused(&error) => {}
            Err(error) => return Err(self.store.fault(&format!("write `{LOCK}`"), &error)),
        }
        // Not every server gives the ETag with its answer, and one that is asked again may meet its own work.
        let Some((bytes, etag)) = self.store.read(LOCK).await? else { return Ok(false) };
        let is_ours = self.holds(&bytes);
        if is_ours {
            self.etag = etag.unwrap_or_default();
        }
        Ok(is_ours)
    }

    /// Whether the server heeds conditions at all. One that does not would let two publishers in.
    async fn probe(&self) -> Result<()> {
        let conditions = [
            WriteOptions { if_not_exists: true, ..WriteOptions::default() },
            WriteOptions { if_match: Some("\"0\"".to_owned()), ..WriteOptions::default() },
        ];
        for options in conditions {
            let held = serde_json::to_vec(&Note { holder: self.holder.clone(), until: io::now()? });
            let held = held.expect("text and a time always have a form in JSON");
            match self.store.operator.write_options(LOCK, held, options).await {
                Err(error) if is_refused(&error) => {}
                Err(error) => {
                    return Err(self.store.fault(&format!("write `{LOCK}` on a condition"), &error));
                }
                Ok(_) => {
                    let words = format!(
                        "{}: the server takes no heed of `If-None-Match` or `If-Match`, so two publishers could mix",
                        self.store.name
                    );
                    let help =
                        "a newer version of the server may know them; S3 itself, MinIO, Ceph and R2 do";
                    return Err(Box::new(Diagnostic::new(&codes::REMOTE, words).help(help)));
                }
            }
        }
        Ok(())
    }

    fn silent(&self) -> Box<Diagnostic> {
        let words = format!("{}: no answer for so long that another may take the lock", self.store.name);
        let help = "publish again when the server answers: what is there already is not sent again";
        Box::new(Diagnostic::new(&codes::REMOTE, words).help(help))
    }

    fn lost(&self) -> Box<Diagnostic> {
        let words = format!("another `brief publish` has taken the lock of `{}`", self.store.name);
        let help = "this one did not renew it in time, as when a machine sleeps; publish again when the other is done";
        Box::new(Diagnostic::new(&codes::LOCKED, words).help(help))
    }
}

/// Told apart from every other publisher.
fn chance() -> String {
    let now = io::now().map_or(0, Timestamp::as_nanosecond);
    let seed = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), now);
    format!("{:016x}-{}", seed, std::process::id())
}
