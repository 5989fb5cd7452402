//! What a written page says of itself: its title and its label.

use std::fs;
use std::path::Path;

use crate::base::Label;

/// What stands in a page's HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// The text of `<title>`.
    pub title: Option<String>,
    /// The first TLP label that is all the text of an element, such as `<strong>TLP:AMBER</strong>`: pages show
    /// theirs at the top.
    pub label: Option<Label>,
}

/// Whether a file of an output is a page.
pub fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

/// The address of a page: `briefs/a/` for `briefs/a/index.html`, `./` for the front page.
pub fn address(path: &str) -> String {
    match path.strip_suffix("index.html") {
        Some("") => "./".to_owned(),
        Some(folder) if folder.ends_with('/') => folder.to_owned(),
        _ => path.to_owned(),
    }
}

impl PageFacts {
    /// Reads them from a page's bytes.
    pub fn of(html: &[u8]) -> Self {
        let html = String::from_utf8_lossy(html);
        let title = html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        let title = title.map(|(title, _)| plain(title.trim())).filter(|title| !title.is_empty());
        let label = html.split(">TLP:").skip(1).find_map(|rest| Label::parse(rest.split_once('<')?.0));
        Self { title, label }
    }

    /// Reads them from a file; nothing when it cannot be read.
    pub fn read(path: &Path) -> Self {
        fs::read(path).map(|html| Self::of(&html)).unwrap_or_default()
    }
}

/// The text of a title, which may hold references to characters but no tags.
fn plain(html: &str) -> String {
    let names =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x2F;", "/")];
    let text = names.iter().fold(html.to_owned(), |text, (name, character)| text.replace(name, character));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_it_is() {
        let html = b"<title>A &amp; &lt;b&gt;</title><b>TLP:RED is</b><b class=\"tlp\">TLP:AMBER+STRICT</b>";
        let facts = PageFacts::of(html);
        assert_eq!(facts.title.as_deref(), Some("A & <b>"));
        assert_eq!(facts.label, Some(Label::AmberStrict));
        assert_eq!(PageFacts::of(b"no page"), PageFacts::default());
    }

    #[test]
    fn addresses_are_folders() {
        assert_eq!(["index.html", "a/index.html", "404.html"].map(address), ["./", "a/", "404.html"]);
    }
}
