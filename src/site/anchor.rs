//! Where on a page a link leads.

use super::address;
use super::resolve::Resolver;
use crate::base::{Diagnostic, Kind, codes, slug};
use crate::document::{Document, Heading, RawLink, block_key};

/// Among so many anchors of a page the one that was meant is looked for.
const MOST: usize = 1000;

/// What `anchor` means on the page of an entity of this kind, whose document this is. Obsidian names a heading below
/// another `A#B`.
pub(super) fn anchor_on(kind: Kind, document: Option<&Document>, anchor: &str) -> Option<String> {
    let parts: Vec<&str> = anchor.split('#').map(str::trim).filter(|part| !part.is_empty()).collect();
    let headings = document.map_or(&[] as &[_], |document| document.body.headings.as_slice());
    let last = *parts.last()?;
    if let Some(block) = last.strip_prefix('^') {
        return document?.body.blocks.get(&block_key(block)).map(|name| format!("^{name}"));
    }
    let heading = match parts.as_slice() {
        [only] => heading(headings, only),
        parts => heading_below(headings, parts),
    };
    let heading = heading.map(|heading| heading.id.clone());
    let item = || {
        let is_item = parts.len() == 1 && document.is_some_and(|it| address::has_item_anchor(it, last));
        is_item.then(|| last.to_owned())
    };
    let section = || address::section_anchor(kind, document, last);
    heading.or_else(section).or_else(item)
}

/// A heading by its id, its text, or what its text's id would be.
fn heading<'d>(headings: &'d [Heading], anchor: &str) -> Option<&'d Heading> {
    let wanted = slug(anchor);
    let by_id = headings.iter().find(|heading| heading.id == anchor);
    let by_text = || {
        headings.iter().find(|heading| {
            heading.text.eq_ignore_ascii_case(anchor) || !wanted.is_empty() && heading.id == wanted
        })
    };
    by_id.or_else(by_text)
}

/// The heading that the last of `parts` names in the section that those before it name.
fn heading_below<'d>(headings: &'d [Heading], parts: &[&str]) -> Option<&'d Heading> {
    let (part, below) = parts.split_first()?;
    let wanted = slug(part);
    let fits = |heading: &Heading| {
        let by_slug = || !wanted.is_empty() && slug(&heading.text) == wanted;
        heading.id == *part || heading.text.eq_ignore_ascii_case(part) || by_slug()
    };
    let found = headings.iter().enumerate().filter(|(_, heading)| fits(heading));
    for (at, heading) in found {
        let section = &headings[at + 1..];
        let end = section.iter().position(|other| other.level <= heading.level).unwrap_or(section.len());
        let found = if below.is_empty() { Some(heading) } else { heading_below(&section[..end], below) };
        if found.is_some() {
            return found;
        }
    }
    None
}

impl Resolver<'_> {
    /// The page that a link leads to does not have its anchor.
    pub(super) fn broken_anchor(
        &mut self,
        raw: &RawLink,
        title: &str,
        document: Option<&Document>,
        anchor: &str,
    ) {
        let last = anchor.rsplit('#').next().unwrap_or(anchor).trim();
        let (what, known) = if last.starts_with('^') {
            let blocks = document.iter().flat_map(|it| it.body.blocks.values()).take(MOST);
            ("block", blocks.map(|name| format!("^{name}")).collect())
        } else {
            let headings = document.iter().flat_map(|it| &it.body.headings).take(MOST);
            ("heading", headings.map(|heading| heading.id.clone()).collect::<Vec<_>>())
        };
        let words = format!("`{title}` has no {what} `{}`", anchor.trim());
        let mut fault = Diagnostic::new(&codes::BROKEN_ANCHOR, words)
            .at(&self.document.path, raw.span)
            .suggest(last, known.iter().map(String::as_str));
        fault.replacement = fault.replacement.and_then(|near| {
            let (path, _) = raw.target.split_once('#')?;
            self.is_as_written(raw).then(|| format!("{path}#{near}"))
        });
        if fault.help.is_empty() && !known.is_empty() {
            fault = fault.help(format!("its {what}s: {}", known[..known.len().min(12)].join(", ")));
        }
        self.out.diagnostics.push(fault);
    }

    /// Whether what is underlined for a link is its target, so that another can be put in its place.
    pub(super) fn is_as_written(&self, raw: &RawLink) -> bool {
        self.document.source.get(raw.span.range()) == Some(raw.target.as_str())
    }
}
