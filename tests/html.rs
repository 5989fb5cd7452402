//! What holds on every page of every site: its links lead somewhere, its ids are unique, and no text is lost.

use std::collections::{BTreeMap, BTreeSet};

use briefwright::base::{Committed, Label, Lang, SourcePath, decode};
use briefwright::document::{self, Rules};
use proptest::prelude::*;
use proptest::sample::select;

use crate::laws::config;
use crate::memory::{Sources, cold};

/// How many links within the site there are, and which of them lead nowhere.
pub fn links(files: &BTreeMap<String, Vec<u8>>) -> (usize, Vec<String>) {
    let pages = files.iter().filter(|(path, _)| path.ends_with(".html"));
    let pages: Vec<(&str, &str)> = pages
        .map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).expect("pages are UTF-8")))
        .collect();
    let ids: BTreeMap<&str, BTreeSet<&str>> =
        pages.iter().map(|(page, html)| (*page, ids(html).into_iter().collect())).collect();
    let (mut seen, mut broken) = (0, Vec::new());
    for (page, html) in pages {
        for tag in tags(html) {
            for (name, value) in tag.attributes.iter().filter(|(name, _)| matches!(*name, "href" | "src")) {
                let address = value.replace("&amp;", "&").replace("&#39;", "'");
                if is_elsewhere(&address) {
                    continue;
                }
                seen += 1;
                let (path, anchor) = address
                    .split_once('#')
                    .map_or((address.as_str(), None), |(path, anchor)| (path, Some(anchor)));
                let Some(file) = file(page, path) else {
                    broken.push(format!("{page}: {name}=\"{value}\" leads out of the site"));
                    continue;
                };
                let anchor = anchor.filter(|anchor| !anchor.is_empty());
                let anchor = anchor.map(|anchor| decode(anchor).expect("anchors are UTF-8"));
                if !files.contains_key(&file) {
                    broken.push(format!("{page}: {name}=\"{value}\": there is no {file}"));
                } else if anchor.is_some_and(|anchor| {
                    !ids.get(file.as_str()).is_some_and(|ids| ids.contains(anchor.as_str()))
                }) {
                    broken.push(format!("{page}: {name}=\"{value}\": {file} has no such id"));
                }
            }
        }
    }
    broken.dedup();
    (seen, broken)
}

/// Ids that a page has twice, and such as no page may have.
pub fn bad_ids(page: &str, html: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut bad = ids(html);
    bad.retain(|&id| id.is_empty() || id.contains(char::is_whitespace) || !seen.insert(id));
    bad.into_iter().map(|id| format!("{page}: id={id:?}")).collect()
}

/// The file that a server reads for an address on a page; the page for lost readers stands at the root.
pub fn file(page: &str, address: &str) -> Option<String> {
    if address.is_empty() {
        return Some(page.to_owned());
    }
    let decoded = decode(address.split('?').next().unwrap_or_default())?;
    let (absolute, relative) =
        decoded.strip_prefix('/').map_or((false, decoded.as_str()), |rest| (true, rest));
    let mut parts: Vec<&str> = if absolute { Vec::new() } else { page.split('/').collect() };
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    let is_folder = relative.is_empty() || relative.ends_with(['/', '.']);
    if is_folder {
        parts.push("index.html");
    }
    Some(parts.join("/"))
}

pub fn is_elsewhere(address: &str) -> bool {
    address.contains("://")
        || address.starts_with("mailto:")
        || address.starts_with("//")
        || address.starts_with("data:")
}

fn ids(html: &str) -> Vec<&str> {
    tags(html).iter().filter_map(|tag| tag.get("id")).collect()
}

/// A start tag. Our own pages quote every attribute and escape every `<`, `>` and `"`, so little is needed to
/// read them; that they are HTML, `tests/browser` has the W3C's checker say.
pub struct Tag<'h> {
    pub name: &'h str,
    pub attributes: Vec<(&'h str, &'h str)>,
    pub text: &'h str,
}

impl<'h> Tag<'h> {
    pub fn get(&self, name: &str) -> Option<&'h str> {
        self.attributes.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }
}

pub fn tags(html: &str) -> Vec<Tag<'_>> {
    let starts = html
        .match_indices('<')
        .filter(|(at, _)| html[at + 1..].starts_with(|ch: char| ch.is_ascii_alphabetic()));
    starts.map(|(at, _)| tag(&html[at + 1..])).collect()
}

fn tag(text: &str) -> Tag<'_> {
    let end = text.find('>').expect("a tag has an end");
    let text = &text[..end];
    let name_end = text.find(|ch: char| ch.is_whitespace() || ch == '/').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(name_end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|ch: char| ch.is_whitespace() || ch == '/');
        if rest.is_empty() {
            return Tag { name, attributes, text };
        }
        let key_end = rest.find(|ch: char| ch == '=' || ch.is_whitespace()).unwrap_or(rest.len());
        let (key, after) = rest.split_at(key_end);
        match after.strip_prefix("=\"") {
            Some(value) => {
                let (value, after) =
                    value.split_once('"').unwrap_or_else(|| panic!("`>` or no quote in <{text}"));
                attributes.push((key, value));
                rest = after;
            }
            None => {
                assert!(!after.starts_with('='), "an attribute without quotes in <{text}");
                attributes.push((key, ""));
                rest = after;
            }
        }
    }
}

fn prose(text: &str) -> String {
    let args = document::Args {
        path: SourcePath::new("content/briefs/a.md"),
        source: text.into(),
        rules: Rules { lang: Lang::english(), label: Label::Clear, keep_unknown: false, git_dates: false },
        committed: Committed::default(),
    };
    document::parse(&args).value.expect("it is a document").prose().text
}

fn without_tags(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// Pieces of texts, between which words are put that stand nowhere else.
const PIECES: &[&str] = &[
    " ",
    "\n",
    "\n\n",
    "  \n",
    "\n\n## ",
    "\n\n# ",
    "\n\n- ",
    "\n  - ",
    "\n- [ ] ",
    "\n1. ",
    "\n\n> ",
    "\n> > ",
    "\n\n> [!note]\n> ",
    "\n\n    ",
    "\n\n```json\n",
    "\n```\n",
    "\n\n| a | b |\n| - | - |\n| ",
    " | ",
    " |\n| ",
    "\n: ",
    "\n\n[^1]: ",
    "\n[^two]: ",
    "\n\n    [^TWO]: ",
    "\n> [^1]: ",
    "[^1]",
    "[^two]",
    "[^none]",
    "[@er]",
    "[@er, p. 4; @wire]",
    "[@",
    "[[",
    "|",
    "]]",
    "[",
    "](a.md)",
    "](#x)",
    "](#^mark)",
    " ^mark\n\n",
    "\n^mark\n\n",
    " ^mark\n  - ",
    "\n\n^other\n\n",
    "[[#^other|",
    "](https://example.org/)",
    "![",
    "](x.png)",
    "](x.png \"t\")",
    "**",
    "*",
    "_",
    "~~",
    "`",
    "<b>",
    "<!-- ",
    " -->",
    "{#x}",
    "{tlp=clear}",
    "(TLP:CLEAR) ",
    "Iron Bears",
    "\\",
    "&amp;",
    "\t",
    "---\n",
];

proptest! {
    #![proptest_config(config(120))]

    /// Of a text no word is lost, and nothing on its page leads nowhere.
    #[test]
    fn no_word_is_lost(pieces in prop::collection::vec(select(PIECES), 1..24)) {
        let word = |at: usize| format!("q{}q", char::from(b'a' + u8::try_from(at).expect("there are few")));
        let text: String = pieces.iter().enumerate().map(|(at, piece)| format!("{piece}{}", word(at))).collect();
        let head = "---\ntitle: A\ndate: 2025-01-01\nsources: [{ id: er, title: E }, { id: wire, title: W }]\n---\n";
        let mut sources = Sources::default();
        for (path, text) in [
            ("content/briefs/a.md", format!("{head}{text}\n")),
            ("content/briefs/x.png", "4x3".to_owned()),
            ("content/actors/bears.md", "---\nname: Iron Bears\n---\n".to_owned()),
        ] {
            sources.files.insert(path.to_owned(), text);
        }
        let built = cold(&sources);
        let faults = built.faults(&sources.snapshot());
        let page = built.text("briefs/a/index.html").expect("the page is written");
        let bad = bad_ids("a", page);
        prop_assert!(bad.is_empty(), "{}\nin\n{text}", bad.join("\n"));
        let shown = format!("{}{page}", without_tags(page));
        // A footnote or cell that nobody gets to see is told, and so is a citation of nothing.
        if !faults.contains("B0405") && !faults.contains("B0309") && !faults.contains("B0406") {
            let (_, broken) = links(&built.files);
            prop_assert!(broken.is_empty(), "{}\nin\n{text}", broken.join("\n"));
            // Of `[[target|words]]` the words are shown.
            let prose = text.contains("[[").then(|| prose(&sources.files["content/briefs/a.md"]));
            for at in (0..pieces.len()).filter(|&at| prose.as_ref().is_none_or(|it| it.contains(&word(at)))) {
                prop_assert!(shown.contains(&word(at)), "{} is lost of\n{text}\n\n{page}", word(at));
            }
        }
    }
}
