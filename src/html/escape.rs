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
    // In the place of a host's name, brackets hold a number of IPv6.
    let number = ["https://[", "http://["].into_iter().find_map(|start| {
        address.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start))?;
        let end = start.len() + address[start.len()..].find(']')?;
        address[start.len()..end].bytes().all(is_of_number).then_some(end + 1)
    });
    let (host, rest) = address.split_at(number.unwrap_or(0));
    out.push_str(host);
    for (nth, part) in rest.split('^').enumerate() {
        // The library lets it through.
        out.push_str(if nth > 0 { "%5E" } else { "" });
        let _ = escape_href(&mut *out, part);
    }
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}
