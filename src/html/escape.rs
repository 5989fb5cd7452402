//! Text as HTML. The escaping itself is the Markdown library's.

use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};

/// Appends text that stands between tags.
pub fn text(text: &str, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = escape_html_body_text(out, text);
}

/// Appends text that stands in a quoted attribute.
pub fn attribute(text: &str, out: &mut String) {
    let _ = escape_html(out, text);
}

/// Appends an address that stands in a quoted attribute; what no address may hold is percent-encoded.
pub(super) fn href(address: &str, out: &mut String) {
    let _ = escape_href(out, address);
}
