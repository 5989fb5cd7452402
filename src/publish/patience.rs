//! How long a server that is busy is waited for.

use std::cell::Cell;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, sleep, sleep_until};

use crate::io;

/// Who wants to be left alone for longer is not waited for.
const LONGEST: Duration = Duration::from_secs(8);
/// For all such pauses of a run together.
const ALL: Duration = Duration::from_secs(60);
/// Where nothing is said of a pause.
const PAUSE: Duration = Duration::from_millis(300);
/// Without such words.
const ATTEMPTS: u32 = 3;

/// What is left of it: pauses are for the server as a whole, so all requests keep them.
#[derive(Debug)]
pub(super) struct Patience {
    /// When it may be asked again.
    rest: Cell<Option<Instant>>,
    left: Cell<Duration>,
}

/// An answer, or that there is none now.
pub(super) enum Asked<T> {
    Answer(T),
    /// The server is busy, or has gone wrong; how long it wants to be left alone.
    Busy(StatusCode, Option<Duration>),
}

impl<T> Asked<T> {
    /// Of an answer that only says that there is none now.
    pub(super) fn busy(answer: &Response) -> Option<Self> {
        let status = answer.status();
        let is_busy = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        is_busy.then(|| Self::Busy(status, wanted(answer.headers())))
    }
}

impl Patience {
    pub(super) fn new() -> Self {
        Self { rest: Cell::new(None), left: Cell::new(ALL) }
    }

    /// Asks, and again where the network failed or the server is busy.
    pub(super) async fn ask<T>(
        &self,
        ask: impl AsyncFn() -> reqwest::Result<Asked<T>>,
    ) -> reqwest::Result<Asked<T>> {
        let mut attempt = 1;
        loop {
            if let Some(rest) = self.rest.get() {
                sleep_until(rest).await;
            }
            let got = ask().await;
            match &got {
                Ok(Asked::Answer(_)) => return got,
                Ok(Asked::Busy(_, Some(pause))) => {
                    if !self.pauses(*pause) {
                        return got;
                    }
                    continue;
                }
                Err(error) if error.is_redirect() || error.is_timeout() => return got,
                Ok(Asked::Busy(_, None)) | Err(_) => {}
            }
            if attempt == ATTEMPTS {
                return got;
            }
            sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }

    /// Lets the server alone, unless that takes too long. What several wait for at the same time counts once.
    fn pauses(&self, pause: Duration) -> bool {
        // Who says nought, for ever, costs patience, too.
        let pause = pause.max(PAUSE);
        let now = Instant::now();
        let until = now + pause.min(LONGEST);
        let from = self.rest.get().map_or(now, |rest| rest.max(now));
        let more = until.saturating_duration_since(from);
        if pause > LONGEST || more > self.left.get() {
            return false;
        }
        self.left.set(self.left.get() - more);
        self.rest.set(Some(until.max(from)));
        true
    }
}

fn wanted(headers: &HeaderMap) -> Option<Duration> {
    io::retry_after(headers.get(RETRY_AFTER)?.to_str().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_has_an_end() {
        let patience = Patience::new();
        assert!(!patience.pauses(LONGEST + PAUSE));
        assert!((0..8).all(|_| patience.pauses(LONGEST)), "at the same time, it is one pause");
        assert!(patience.left.get() > ALL - 2 * LONGEST);
        let one_after_another = || {
            patience.rest.set(None);
            patience.pauses(LONGEST)
        };
        assert_eq!((0..20).filter(|_| one_after_another()).count(), 6);
        assert!(
            (0..100)
                .filter(|_| {
                    patience.rest.set(None);
                    patience.pauses(Duration::ZERO)
                })
                .count()
                < 30
        );
    }
}
