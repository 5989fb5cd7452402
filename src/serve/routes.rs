//! What each address of the preview leads to, behind the guard, and the headers that every answer has.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::routing::any;
use tokio::sync::{Semaphore, watch};

use super::answer::{self, Asked, answer};
use super::connection::Ends;
use super::edition::Edition;
use super::guard::{Names, Refusal, admit};
use super::{events, wrap};

/// The headers of every answer. The policy is that of the published site, and closes what it leaves open.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
];

/// What every request is answered from.
#[derive(Clone)]
pub(super) struct House {
    pub(super) root: PathBuf,
    pub(super) names: Arc<Names>,
    pub(super) editions: watch::Receiver<Arc<Edition>>,
    /// A permit for each that listens for news.
    pub(super) listeners: Arc<Semaphore>,
}

/// All addresses.
pub(super) fn routes(house: House) -> Router {
    Router::new()
        .route("/_preview/events", any(listen_for_news))
        .route("/_preview/faults", any(faults))
        .route("/_preview/{name}", any(own_file))
        .fallback(site)
        .layer(middleware::from_fn_with_state(house.clone(), guard))
        .with_state(house)
}

async fn guard(State(house): State<House>, request: Request, next: Next) -> Response<Body> {
    let ends = request.extensions().get::<Ends>().copied();
    let local = ends.map_or(SocketAddr::from(([127, 0, 0, 1], 0)), |ends| ends.local);
    let admitted = admit(request.method(), request.uri(), request.headers(), &house.names, local);
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err(Refusal(status, words)) => {
            let mut response = answer::plain(status, words);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            response
        }
    };
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn site(State(house): State<House>, request: Request) -> Response<Body> {
    let edition = Arc::clone(&house.editions.borrow());
    let asked = Asked {
        method: request.method(),
        path: request.uri().path(),
        query: request.uri().query(),
        headers: request.headers(),
    };
    answer(&house.root, &edition, &asked).await
}

async fn listen_for_news(State(house): State<House>) -> Response<Body> {
    match Arc::clone(&house.listeners).try_acquire_owned() {
        Ok(permit) => events::events(house.editions, permit),
        Err(_) => answer::plain(StatusCode::SERVICE_UNAVAILABLE, "too many tabs listen already"),
    }
}

/// The overlay. Lines of the sources and paths of this machine are for the writer, not for others on the
/// network.
async fn faults(State(house): State<House>, Extension(ends): Extension<Ends>) -> Response<Body> {
    let edition = Arc::clone(&house.editions.borrow());
    let overlay = match &edition.faults {
        None => return answer::plain(StatusCode::NOT_FOUND, "there are no faults"),
        Some(_) if !ends.peer.ip().to_canonical().is_loopback() => {
            "<h1 id=\"title\">The last change has faults</h1>\n<p>The writer sees them.</p>\n"
        }
        Some(overlay) => overlay,
    };
    let mut response = answer::plain(StatusCode::OK, overlay);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

async fn own_file(Path(name): Path<String>) -> Response<Body> {
    let Some((_, mime, text)) = wrap::FILES.iter().find(|(own, ..)| *own == name) else {
        return answer::plain(StatusCode::NOT_FOUND, "there is no such file");
    };
    Response::builder()
        .header(header::CONTENT_TYPE, *mime)
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from(*text))
        .expect("each header is plain text")
}
