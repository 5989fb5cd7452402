//! Where the targets of reference links are written: `[words][label]` here, `[label]: target` there.

use std::collections::HashMap;
use std::ops::Range;

/// The definitions of a text, by label. They are looked for when a link first asks.
#[derive(Default)]
pub(super) struct Definitions(Option<HashMap<String, Range<usize>>>);

impl Definitions {
    /// Where in the text the target of a label is written, if it is written there as the parser has read it.
    pub(super) fn place(&mut self, text: &str, label: &str, target: &str) -> Option<Range<usize>> {
        let known = self.0.get_or_insert_with(|| find(text));
        known.get(&key(label)).filter(|&place| text.get(place.clone()) == Some(target)).cloned()
    }
}

fn find(text: &str) -> HashMap<String, Range<usize>> {
    let (mut found, mut end) = (HashMap::new(), 0);
    for line in text.split_inclusive('\n') {
        end += line.len();
        let words = line.trim_start_matches([' ', '\t', '>']);
        let Some((label, rest)) = words.strip_prefix('[').and_then(|rest| rest.split_once("]:")) else {
            continue;
        };
        let rest = rest.trim_start();
        let (rest, ends): (_, &[char]) = match rest.strip_prefix('<') {
            Some(inside) => (inside, &['>']),
            None => (rest, &[' ', '\t', '\r', '\n']),
        };
        let target = rest.split(ends).next().unwrap_or_default();
        let start = end - rest.len();
        found.entry(key(label)).or_insert(start..start + target.len());
    }
    found
}

/// What a label is known by: letters' case and the number of blanks are ignored.
fn key(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
