//! What an object is sent with, so that browsers and the servers in between handle it as `brief config` has a
//! web server handle the file.

use std::collections::BTreeSet;

use crate::base::{Encoding, mime};

/// Headers of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Headers {
    pub(super) content_type: &'static str,
    pub(super) cache_control: &'static str,
    pub(super) content_encoding: Option<&'static str>,
}

/// For names that hold a hash: the bytes under them never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for again, which an unchanged ETag answers in a few bytes.
const ASK_AGAIN: &str = "no-cache";

impl Headers {
    /// For a file among all files of the site. A compressed copy has the type of the file beside which it lies;
    /// an archive that a brief offers for download has none beside it and is sent as what it is.
    pub(super) fn of(path: &str, all: &BTreeSet<&str>) -> Self {
        let copy = Encoding::of_copy(path).filter(|(plain, _)| all.contains(plain));
        let (plain, content_encoding) = copy.map_or((path, None), |(plain, it)| (plain, Some(it.name())));
        let cache_control = if is_fingerprinted(plain) { FOR_EVER } else { ASK_AGAIN };
        Self { content_type: mime::of(plain), cache_control, content_encoding }
    }
}

/// `assets/style.0123456789.css`: as the server configurations have it.
pub(super) fn is_fingerprinted(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("assets/") else { return false };
    let mut parts = rest.rsplit('.');
    let (ending, hash) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_hash = hash.len() == 10 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hash && !ending.is_empty() && parts.next().is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_sent_as_what_they_are_copies_of() {
        let all: BTreeSet<&str> = [
            "a/index.html",
            "a/index.html.br",
            "a/data.tar.gz",
            "assets/x.0123456789.css.gz",
            "assets/x.0123456789.css",
        ]
        .into();
        let of = |path| {
            let headers = Headers::of(path, &all);
            (headers.content_type, headers.cache_control, headers.content_encoding)
        };
        assert_eq!(of("a/index.html.br"), ("text/html; charset=utf-8", "no-cache", Some("br")));
        assert_eq!(of("a/data.tar.gz"), ("application/gzip", "no-cache", None));
        assert_eq!(of("assets/x.0123456789.css.gz"), ("text/css; charset=utf-8", FOR_EVER, Some("gzip")));
        assert_eq!(of("assets/x.css").1, ASK_AGAIN);
        assert!(!is_fingerprinted("briefs/x.0123456789.css"));
    }
}
