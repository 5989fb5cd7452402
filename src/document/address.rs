//! The addresses of the web that a document names, each with its place.

use super::{Data, Document, front};
use crate::base::node::Node;
use crate::base::{Label, Span, Spanned, yaml};

/// An address that readers are led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address, `http` or `https`.
    pub url: String,
    /// Where it stands.
    pub span: Span,
    /// An archived copy of what is found there.
    pub archived: Option<Spanned<String>>,
}

/// Those in the front matter, then those in the text, as far as the document's audience sees them.
pub fn addresses(document: &Document) -> Vec<Address> {
    let mut found = Vec::new();
    let parts = front::split(&document.path, &document.source);
    let node = yaml::parse(&document.path, parts.yaml, parts.yaml_start).value;
    let list = match &document.data {
        Data::Brief(_) => "sources",
        Data::Actor(_) => "designated",
        _ => "",
    };
    if matches!(document.data, Data::Actor(_)) {
        add(&node, "website", &mut found);
    }
    if matches!(document.data, Data::Source(_)) {
        add(&node, "url", &mut found);
    }
    if let Some(items) = node.get(list) {
        // A lone map is a list of one.
        let items = if items.entries().is_empty() { items.items() } else { std::slice::from_ref(items) };
        for item in items.iter().filter(|item| !is_above(item, document.ceiling)) {
            add(item, "url", &mut found);
        }
    }
    for link in document.body.links.iter().filter(|link| !link.wiki) {
        let url = match link.target.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => link.target.clone(),
        };
        if is_of_web(&url) {
            found.push(Address { url, span: link.span, archived: None });
        }
    }
    found
}

/// A value of a map, with the archived copy that the same map names. A copy without a first address stands alone.
fn add(item: &Node, key: &str, found: &mut Vec<Address>) {
    let read = |key: &str| {
        let node = item.get(key)?;
        let url = node.text().filter(|url| is_of_web(url))?;
        Some(Spanned::new(url.to_owned(), node.span))
    };
    match (read(key), read("archived")) {
        (Some(url), archived) => found.push(Address { url: url.value, span: url.span, archived }),
        (None, Some(copy)) => found.push(Address { url: copy.value, span: copy.span, archived: None }),
        (None, None) => {}
    }
}

/// A label that cannot be read may be any, so it is above.
fn is_above(item: &Node, ceiling: Option<Label>) -> bool {
    let (Some(ceiling), Some(node)) = (ceiling, item.get("tlp")) else { return false };
    node.text().and_then(Label::parse).is_none_or(|label| label > ceiling)
}

fn is_of_web(url: &str) -> bool {
    let start = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    (start.starts_with("http://") || start == "https://") && !url.contains(char::is_whitespace)
}
