//! What a path of the preview is answered with: a page, a file, the way to a page, or the site's own 404.

use std::io::{Seek as _, SeekFrom};
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use super::edition::Edition;
use super::range::{Wanted, wanted};
use super::shelf::{Item, Site};
use super::wrap::{self, Shown};
use crate::base::mime;
use crate::base::{Blob, OutPath, SourcePath, UrlPath, decode, encode};
use crate::io;

/// No address of a site is longer.
const LONGEST: usize = 2000;
/// How much of a file is held while it is sent.
const CHUNK: usize = 64 * 1024;

/// What the client asked for.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    /// As it came, percent-encoded.
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) headers: &'a HeaderMap,
}

/// Answers for a path of the site.
pub(super) async fn answer(root: &Path, edition: &Edition, asked: &Asked<'_>) -> Response<Body> {
    let path = match address(asked.path) {
        Ok(path) => path,
        Err(status) => return plain(status, "there is no such address"),
    };
    let Some(site) = &edition.site else { return waiting(edition) };
    // Only the 404 page relies on where the site is published, because nobody knows from where it is asked for.
    let below = format!("/{path}").strip_prefix(&edition.prefix).map(str::to_owned);
    let found = find(site, &path).or_else(|| below.and_then(|path| find(site, &path)));
    match found {
        Some(Found::File(path, Item::Page(page))) if mime::of(path.as_str()).starts_with("text/html") => {
            html(StatusCode::OK, page, edition, asked)
        }
        Some(Found::File(path, Item::Page(bytes))) => {
            let bytes = Bytes::from_owner(Shared(std::sync::Arc::clone(bytes)));
            stored(&bytes, mime::of(path.as_str()), asked)
        }
        Some(Found::File(path, Item::Copy(source, blob))) => {
            file(root, source, blob, mime::of(path.as_str()), asked).await
        }
        Some(Found::Folder(folder)) => redirect(&folder, asked.query),
        None => match site.get(&known("404.html")) {
            Some(Item::Page(page)) => html(StatusCode::NOT_FOUND, page, edition, asked),
            _ => plain(StatusCode::NOT_FOUND, "there is no such page"),
        },
    }
}

/// The address in a site that a request's path means, without the leading slash.
fn address(path: &str) -> Result<String, StatusCode> {
    if path.len() > LONGEST {
        return Err(StatusCode::URI_TOO_LONG);
    }
    // A slash or backslash that had to be hidden is none of ours.
    let hides = ["%2f", "%5c", "%00"].iter().any(|code| path.to_ascii_lowercase().contains(code));
    let decoded = decode(path).filter(|_| !hides).ok_or(StatusCode::BAD_REQUEST)?;
    let rest = decoded.strip_prefix('/').ok_or(StatusCode::BAD_REQUEST)?;
    let file = UrlPath::new(rest);
    if rest.starts_with('/') || file.to_out().is_err() {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(rest.to_owned())
}

enum Found<'a> {
    File(OutPath, &'a Item),
    /// The address lacks its last slash.
    Folder(String),
}

fn find<'a>(site: &'a Site, path: &str) -> Option<Found<'a>> {
    let file = UrlPath::new(path).to_out().ok()?;
    if let Some(item) = site.get(&file) {
        return Some(Found::File(file, item));
    }
    let folder = UrlPath::new(&format!("{path}/"));
    site.get(&folder.to_out().ok()?).map(|_| Found::Folder(format!("/{}", folder.as_str())))
}

fn known(path: &str) -> OutPath {
    OutPath::new(path).expect("the name has one plain part")
}

/// A page with the preview's script in it. Its tag is that of the page itself.
fn html(status: StatusCode, page: &[u8], edition: &Edition, asked: &Asked<'_>) -> Response<Body> {
    let shown = if status == StatusCode::OK { Shown::Page } else { Shown::Missing };
    let tag = wrap::tag(page);
    let same =
        asked.headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes());
    let response = Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::ETAG, &tag);
    let response = if same && status == StatusCode::OK {
        response.status(StatusCode::NOT_MODIFIED).body(Body::empty())
    } else {
        response.status(status).body(Body::from(wrap::page(page, &edition.id, shown)))
    };
    response.expect("each header is plain text")
}

/// Before the first good build.
fn waiting(edition: &Edition) -> Response<Body> {
    Response::builder()
        .status(StatusCode::SERVICE_UNAVAILABLE)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from(wrap::page(wrap::waiting(), &edition.id, Shown::Waiting)))
        .expect("each header is plain text")
}

/// Bytes that are held anyway.
fn stored(bytes: &Bytes, mime: &str, asked: &Asked<'_>) -> Response<Body> {
    let (response, part) = head(bytes.len() as u64, &wrap::tag(bytes), mime, asked);
    let body = part.map_or_else(Body::empty, |(from, size)| {
        let at = |n: u64| usize::try_from(n).unwrap_or(bytes.len());
        Body::from(bytes.slice(at(from)..at(from + size)))
    });
    finish(response, body)
}

/// A file of the site, streamed.
async fn file(
    root: &Path,
    source: &SourcePath,
    blob: &Blob,
    mime: &str,
    asked: &Asked<'_>,
) -> Response<Body> {
    let tag = format!("\"{}\"", blob.hash.hex(16));
    let (response, part) = head(blob.size, &tag, mime, asked);
    let Some((from, size)) = part.filter(|_| asked.method != Method::HEAD) else {
        return finish(response, Body::empty());
    };
    let (root, source, whole) = (root.to_owned(), source.clone(), blob.size);
    let opened = tokio::task::spawn_blocking(move || {
        let mut file = io::open_asset(&root, &source).ok()?;
        file.seek(SeekFrom::Start(from)).ok()?;
        (file.metadata().ok()?.len() == whole).then_some(file)
    });
    // What is no longer the file that was built with is about to be built with again.
    let Ok(Some(file)) = opened.await else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "the file is changing just now");
    };
    let bytes = tokio::fs::File::from_std(file).take(size);
    finish(response, Body::from_stream(ReaderStream::with_capacity(bytes, CHUNK)))
}

/// The head for a file, and which bytes of it follow: from where, and how many.
fn head(
    size: u64,
    tag: &str,
    mime: &str,
    asked: &Asked<'_>,
) -> (axum::http::response::Builder, Option<(u64, u64)>) {
    let given = |name| asked.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let response = Response::builder()
        .header(header::CONTENT_TYPE, mime)
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::ETAG, tag)
        .header(header::ACCEPT_RANGES, "bytes");
    let is_known = given(header::IF_NONE_MATCH).is_some_and(|tags| {
        tags.split(',')
            .any(|other| matches!(other.trim().trim_start_matches("W/"), same if same == tag || same == "*"))
    });
    if is_known {
        return (response.status(StatusCode::NOT_MODIFIED), None);
    }
    // A range of what has changed since is no part of what the client has.
    let range = given(header::RANGE).filter(|_| given(header::IF_RANGE).is_none_or(|known| known == tag));
    match wanted(range, size) {
        Wanted::Whole => (response.header(header::CONTENT_LENGTH, size), Some((0, size))),
        Wanted::Part(first, last) => {
            let length = last - first + 1;
            let response = response
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}"))
                .header(header::CONTENT_LENGTH, length);
            (response, Some((first, length)))
        }
        Wanted::Nothing => {
            let response = response
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{size}"));
            (response, None)
        }
    }
}

fn finish(response: axum::http::response::Builder, body: Body) -> Response<Body> {
    response.body(body).expect("each header is plain text")
}

/// To the page with its slash, on which its relative links rely. Browsers do not keep it.
fn redirect(folder: &str, query: Option<&str>) -> Response<Body> {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Response::builder()
        .status(StatusCode::TEMPORARY_REDIRECT)
        .header(header::LOCATION, format!("{}{query}", encode(folder)))
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::empty())
        .expect("a query of a request is plain text")
}

/// A line of text.
pub(super) fn plain(status: StatusCode, words: &str) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from(format!("{words}\n")))
        .expect("each header is plain text")
}

/// A page that is sent from where it is kept.
struct Shared(std::sync::Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
