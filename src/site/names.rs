//! The names that become links: whose they are, and one automaton that finds them all.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder, MatchKind};
use memchr::{memchr2, memchr3};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::catalogue::Catalogue;
use crate::base::{Key, Shared, country};
use crate::document::{Alias, Data, Document};

/// A name as found in text, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// Folded as texts are for comparing.
    pub text: String,
    /// Who is called so, and whether mentions become links. None: a name that leads nowhere, such as that
    /// of a sea in which a country's name stands.
    pub owners: Vec<(Key, bool)>,
}

/// Every name of the site. What the automaton depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameList {
    /// Sorted.
    pub names: Vec<Name>,
    /// Who was merged, and into whom: names are owned by these.
    pub merged: BTreeMap<Key, Key>,
}

/// The names with their automaton.
pub struct Names {
    /// The names, in the automaton's numbering.
    pub list: Shared<NameList>,
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").field("list", &self.list).finish_non_exhaustive()
    }
}

impl Hash for Names {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.list.hash(state);
    }
}

impl NameList {
    /// Collects the names of actors, countries, people, regions, events and sources.
    pub(super) fn of(catalogue: &Catalogue, documents: &[Shared<Document>]) -> Self {
        let mut names = Collector::default();
        for node in &catalogue.nodes {
            let owner = &catalogue.nodes[catalogue.standing(catalogue.by_key[&node.key]).at()].key;
            if let Some(code) = node.country() {
                code.names_for_linking().iter().for_each(|name| names.add(name, owner, true));
            }
            let versions = node.document.into_iter().chain(node.variants.iter().copied());
            for document in versions.map(|at| &documents[at.at()]) {
                names.add_document(document, owner);
            }
        }
        country::look_alikes().iter().for_each(|name| names.block(name));
        let merged = catalogue.nodes.iter().filter(|node| node.merged_into.is_some());
        let stands = |key: &Key| catalogue.nodes[catalogue.standing(catalogue.by_key[key]).at()].key.clone();
        NameList {
            names: names.finish(),
            merged: merged.map(|node| (node.key.clone(), stands(&node.key))).collect(),
        }
    }
}

impl Names {
    /// Builds the automaton.
    pub fn new(list: &Shared<NameList>) -> Self {
        let patterns = list.names.iter().map(|name| name.text.as_bytes());
        let automaton =
            DoubleArrayAhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(patterns).ok();
        Self { list: list.clone(), automaton }
    }

    /// Every occurrence of every name in a folded text: start, end and the name's number, overlaps and all.
    pub(super) fn occurrences<'a>(
        &'a self,
        folded: &'a str,
    ) -> impl Iterator<Item = (usize, usize, u32)> + 'a {
        self.automaton
            .iter()
            .flat_map(move |automaton| automaton.find_overlapping_iter(folded.as_bytes()))
            .map(|found| (found.start(), found.end(), found.value()))
    }
}

#[derive(Default)]
struct Collector {
    names: BTreeMap<String, Vec<(Key, bool)>>,
}

impl Collector {
    fn add_document(&mut self, document: &Document, owner: &Key) {
        let title = document.common.title.as_str();
        let aliases: &[&[Alias]] = match &document.data {
            Data::Actor(actor) => {
                actor.short.iter().for_each(|short| self.add(short, owner, true));
                &[&actor.aliases]
            }
            Data::Country(country) => &[&country.aliases, &country.metonyms],
            Data::Person(person) => &[&person.aliases],
            Data::Source(source) => &[&source.aliases],
            Data::Region(region) => &[&region.aliases],
            Data::Event(event) => {
                event.aliases.iter().for_each(|alias| self.add(alias, owner, true));
                &[]
            }
            Data::Brief(_) | Data::Topic | Data::Page => return,
        };
        self.add(title, owner, true);
        for alias in aliases.iter().copied().flatten() {
            self.add(&alias.name, owner, alias.link);
        }
    }

    /// One switched off stays off, whoever else gives it.
    fn add(&mut self, name: &str, owner: &Key, link: bool) {
        let text = fold_name(name);
        if text.chars().filter(|ch| ch.is_alphanumeric()).count() < 2 {
            return;
        }
        // At the start of a sentence `al-Qaida` is written `Al-Qaida`.
        let first = text.chars().next().filter(|ch| ch.is_lowercase());
        if let Some(first) = first {
            let raised: String = first.to_uppercase().chain(text.chars().skip(1)).collect();
            self.put(raised, owner, link);
        }
        self.put(text, owner, link);
    }

    fn put(&mut self, text: String, owner: &Key, link: bool) {
        let owners = self.names.entry(text).or_default();
        match owners.iter_mut().find(|(other, _)| other == owner) {
            Some((_, linked)) => *linked &= link,
            None => owners.push((owner.clone(), link)),
        }
    }

    fn block(&mut self, name: &str) {
        self.names.entry(fold_name(name)).or_default();
    }

    fn finish(self) -> Vec<Name> {
        let sorted = |(text, mut owners): (String, Vec<(Key, bool)>)| {
            owners.sort();
            Name { text, owners }
        };
        self.names.into_iter().map(sorted).collect()
    }
}

/// A name as texts are compared: see [`fold`]. Dashes and dots in it are what they become in a text.
pub(super) fn fold_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut name = words.join(" ");
    for (typed, printed) in [("---", "—"), ("--", "–"), ("...", "…")] {
        if name.contains(typed) {
            name = name.replace(typed, printed);
        }
    }
    fold(&name).text.into_owned()
}

/// A text for comparing, with the way back to its own places.
pub(super) struct Folded<'a> {
    /// The folded text.
    pub(super) text: std::borrow::Cow<'a, str>,
    /// For texts that changed: (place in the folded text, place in the text), ascending.
    places: Vec<(u32, u32)>,
}

impl Folded<'_> {
    /// Where a place of the folded text lies in the text itself.
    pub(super) fn original(&self, at: usize) -> u32 {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        match self.places.partition_point(|(folded, _)| *folded <= at).checked_sub(1) {
            None => at,
            Some(last) => {
                let (folded, original) = self.places[last];
                original + (at - folded)
            }
        }
    }
}

/// Makes equal what writers mean to be equal: typographic and plain apostrophes, quotation marks and hyphens, all
/// blanks, Arabic and Persian forms of yeh and kaf, composed and decomposed letters; what nobody sees and second
/// blanks fall away. Case counts: `us` is not `US`.
pub(super) fn fold(text: &str) -> Folded<'_> {
    let is_plain = || match text.is_ascii() {
        true => {
            let text = text.as_bytes();
            memchr3(b'`', b'\t', b'\r', text).is_none() && memchr2(b'\x0b', b'\x0c', text).is_none()
        }
        false => !text.chars().any(changes) && is_nfc(text),
    };
    if !text.contains("  ") && is_plain() {
        return Folded { text: text.into(), places: Vec::new() };
    }
    let mut out = String::with_capacity(text.len());
    let mut places = Vec::new();
    let mut cluster_start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        // A letter and its marks are composed together.
        let mut end = at + ch.len_utf8();
        while let Some(&(next, mark)) = chars.peek() {
            if !unicode_normalization::char::is_combining_mark(mark) {
                break;
            }
            end = next + mark.len_utf8();
            chars.next();
        }
        let before = out.len();
        let blank = before > 0 && out.ends_with(' ');
        out.extend(text[at..end].nfc().filter_map(folded).filter(|&ch| !(blank && ch == ' ')));
        if out.len() - before != end - at || cluster_start != at {
            places.push((u32::try_from(before).unwrap_or(u32::MAX), u32::try_from(at).unwrap_or(u32::MAX)));
            places
                .push((u32::try_from(out.len()).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX)));
        }
        cluster_start = end;
    }
    places.dedup_by(|later, earlier| {
        later.0 == earlier.0 && {
            earlier.1 = later.1;
            true
        }
    });
    Folded { text: out.into(), places }
}

fn changes(ch: char) -> bool {
    folded(ch) != Some(ch)
}

fn folded(ch: char) -> Option<char> {
    match ch {
        '’' | '‘' | 'ʼ' | '＇' | '`' | 'ʿ' | 'ʾ' => Some('\''),
        '“' | '”' | '„' | '‟' | '«' | '»' => Some('"'),
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{FF0D}' => Some('-'),
        'ي' | 'ى' => Some('ی'),
        'ك' => Some('ک'),
        '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{2060}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{AD}'
        | '\u{FEFF}' => None,
        '\n' => Some('\n'),
        ch if ch.is_whitespace() => Some(' '),
        ch => Some(ch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_does_not_depend_on_what_stands_beside() {
        for text in ["Jama`at", "Iron\tBears", "a\x0bb", "a\r\nb", "Battalion \"V\"", "a  b", "x"] {
            let longer = format!("{text}é");
            assert!(fold(&longer).text.starts_with(&*fold(text).text), "{text:?}");
        }
        assert_eq!(fold_name("Wait... Alpha -- Beta"), fold("Wait… Alpha – Beta").text);
        assert_eq!(fold_name("Батальон «Восток»"), fold("Батальон \"Восток\"").text);
        assert_eq!(fold("ISIS\u{2060}-\u{2060}K").text, "ISIS-K");
    }

    #[test]
    fn folding_keeps_the_way_back() {
        let text = "x’s  Jama\u{2019}at و ي\u{200F}z e\u{301}a b";
        let folded = fold(text);
        assert_eq!(folded.text, "x's Jama'at و یz éa b");
        for name in ["Jama", "at", "z", "éa", "b"] {
            let at = folded.text.rfind(name).unwrap();
            let back = folded.original(at) as usize..folded.original(at + name.len()) as usize;
            let same: String = text[back].nfc().collect();
            assert_eq!(same, name);
        }
    }
}
