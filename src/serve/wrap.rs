//! The preview's own script in a page, put there when the page is served; what is stored stays as it is.

use crate::base::Fingerprint;

/// Where the preview's own files are.
pub(super) const FOLDER: &str = "/_preview/";

/// The preview's own files: name, media type, text.
pub(super) const FILES: &[(&str, &str, &str)] = &[
    ("client.js", "text/javascript; charset=utf-8", include_str!("client.js")),
    ("fresh.js", "text/javascript; charset=utf-8", include_str!("fresh.js")),
    ("patch.js", "text/javascript; charset=utf-8", include_str!("patch.js")),
    ("worker.js", "text/javascript; charset=utf-8", include_str!("worker.js")),
    ("overlay.css", "text/css; charset=utf-8", include_str!("overlay.css")),
];

/// What a page is known by again.
pub(super) fn tag(page: &[u8]) -> String {
    format!("\"{}\"", Fingerprint::of_bytes(page).hex(16))
}

/// What a page is to the script in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    /// The page that was asked for.
    Page,
    /// The site's page for what is not there.
    Missing,
    /// A page of ours, before there is a site.
    Waiting,
}

/// A page with the script that keeps it up to date, as of an edition.
pub(super) fn page(html: &[u8], build: &str, shown: Shown) -> Vec<u8> {
    let at = place(html);
    let shown = match shown {
        Shown::Page => "page",
        Shown::Missing => "missing",
        Shown::Waiting => "waiting",
    };
    let tag = tag(html);
    let script = format!(
        "<script type=\"module\" src=\"{FOLDER}client.js\" data-build=\"{build}\" data-shown=\"{shown}\" \
         data-tag='{tag}'></script>\n"
    );
    let mut out = Vec::with_capacity(html.len() + script.len());
    out.extend_from_slice(&html[..at]);
    out.extend_from_slice(script.as_bytes());
    out.extend_from_slice(&html[at..]);
    out
}

/// What is shown before there is a site.
pub(super) fn waiting() -> &'static [u8] {
    b"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Preview</title>\n\
      <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
      <meta name=\"color-scheme\" content=\"light dark\">\n</head>\n<body>\n<main>\n\
      <p>There is no page to show yet. This one turns into the site as soon as it can be built.</p>\n\
      </main>\n</body>\n</html>\n"
}

/// Before the end of the head; where a theme leaves that out, before the body, else at the very end.
fn place(html: &[u8]) -> usize {
    let find = |tag: &[u8]| html.windows(tag.len()).position(|window| window.eq_ignore_ascii_case(tag));
    find(b"</head>").or_else(|| find(b"<body")).unwrap_or(html.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stands_in_the_head() {
        for (html, before, after) in [
            ("<head></head><body>", "<head>", "</head><body>"),
            ("<HEAD></HEAD>", "<HEAD>", "</HEAD>"),
            ("<title>x</title><body>x", "<title>x</title>", "<body>x"),
            ("<p>x", "<p>x", ""),
            ("", "", ""),
        ] {
            let page = String::from_utf8(page(html.as_bytes(), "s-1", Shown::Page)).unwrap();
            assert!(page.starts_with(&format!("{before}<script ")), "{page}");
            assert!(page.ends_with(&format!("</script>\n{after}")), "{page}");
        }
    }
}
