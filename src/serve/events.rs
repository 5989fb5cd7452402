//! News for browsers, as server-sent events: one for the edition there is, one for each that follows. A tab
//! that was away compares the edition it has with the first one it hears of.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt as _};

use super::edition::Edition;

/// A silence this long makes proxies hang up.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon a browser asks again when the preview went away.
const RETRY: Duration = Duration::from_millis(500);

/// The news, as long as the client listens. The permit is given back when it no longer does.
pub(super) fn events(editions: watch::Receiver<Arc<Edition>>, permit: OwnedSemaphorePermit) -> Response {
    let keep = KeepAlive::new().interval(HEARTBEAT);
    Sse::new(stream(editions, permit)).keep_alive(keep).into_response()
}

fn stream(
    editions: watch::Receiver<Arc<Edition>>,
    permit: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    WatchStream::new(editions).map(move |edition| {
        let _ = &permit;
        Ok(Event::default().event("build").id(&edition.id).retry(RETRY).data(&edition.news))
    })
}
