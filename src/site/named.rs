//! Whom a document names: in its front matter, by links, by name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::excerpt::{cited, excerpt};
use super::index::Index;
use super::key::event_key;
use super::reference::{Role, countries, country_key, references};
use super::resolve::Link;
use super::scan::Mentions;
use super::told::Told;
use super::{DocIx, NodeIx};
use crate::base::{Kind, Lang, Text};
use crate::document::{Document, Prose, Run};

/// How a document names an entity.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Naming {
    pub node: NodeIx,
    /// The front matter names it as its subject.
    pub subject: bool,
    /// The front matter names it in any way.
    pub front_matter: bool,
    /// The sentence of the first mention or link in the text, or of the first citation of a source; escaped HTML.
    pub sentence: Option<Text>,
}

/// Everybody whom a document names, each once, in order. `links` are its links, `targets` whom they lead to.
pub(super) fn named_by(
    index: &Index,
    at: DocIx,
    (links, targets): (&[Link], &[Option<NodeIx>]),
    mentions: &Mentions,
) -> Vec<Naming> {
    let document = &*index.documents()[at.at()];
    let mut named = NamedBy::default();
    references(document, &mut |role, kinds, id| {
        if let Some(node) = index.find(kinds, id) {
            named.front_matter(node, role == Role::Subject);
        }
    });
    let events = document.brief().into_iter().flat_map(|brief| &brief.events).filter_map(event_key);
    for key in countries(document).iter().map(|code| country_key(code.value)).chain(events) {
        if let Some(&node) = index.by_key.get(&key) {
            named.front_matter(node, true);
        }
    }
    let cites = cites(index, document);
    let read = targets.iter().any(Option::is_some) || !cites.is_empty();
    let prose = read.then(|| document.prose());
    let shown = prose.as_ref().map(|prose| Shown::new(document, (links, targets), prose));
    for (key, place, sentence) in &mentions.first {
        if let Some(&node) = index.by_key.get(key) {
            let retold =
                shown.as_ref().filter(|shown| shown.has_titles()).map(|shown| shown.sentence(*place).into());
            named
                .entry(index.standing(node))
                .sentence
                .get_or_insert_with(|| retold.unwrap_or_else(|| sentence.clone()));
        }
    }
    for (nth, node) in targets.iter().enumerate() {
        let (Some(node), Some(shown)) = (*node, &shown) else { continue };
        let words = document.body.links[nth].words;
        named.entry(node).sentence.get_or_insert_with(|| shown.sentence(words).into());
    }
    for (node, at) in cites {
        let Some(shown) = &shown else { continue };
        let naming = named.entry(node);
        if naming.sentence.is_none() {
            naming.sentence = Some(shown.cited(at)).filter(|words| !words.is_empty()).map(Into::into);
        }
    }
    named.0.into_values().collect()
}

/// The outlets that its text cites, and those through whom it has that, with the place in the prose.
fn cites(index: &Index, document: &Document) -> Vec<(NodeIx, u32)> {
    let Some(brief) = document.brief() else { return Vec::new() };
    let mut cites = Vec::new();
    for citation in &document.body.citations {
        let Some(at) = citation.at else { continue };
        for (id, _) in &citation.items {
            let source = brief.source(id).map(|place| &brief.sources[place]);
            let outlets = source.into_iter().flat_map(|source| source.source.iter().chain(&source.via));
            cites.extend(outlets.filter_map(|id| Some((index.find(&[Kind::Source], id)?, at))));
        }
    }
    cites
}

/// A text as its page shows it: wikilinks without words of their own have the titles of what they lead to.
struct Shown<'a> {
    lang: Lang,
    text: Cow<'a, str>,
    /// Where such links stand in the prose, and where their titles stand here.
    titles: Vec<(Run, Range<usize>)>,
    struck: Vec<Range<usize>>,
    cites: Vec<usize>,
}

impl<'a> Shown<'a> {
    fn new(
        document: &Document,
        (links, targets): (&[Link], &[Option<NodeIx>]),
        prose: &'a Prose<'_>,
    ) -> Self {
        let (struck, prose) = (prose.struck, prose.text.as_str());
        let lang = document.common.lang;
        let (mut text, mut titles, mut from) = (String::new(), Vec::new(), 0);
        for (raw, (link, node)) in document.body.links.iter().zip(links.iter().zip(targets)) {
            let words = raw.words.start as usize..raw.words.end as usize;
            let Link::Page { title: Some(title), .. } = link else { continue };
            if node.is_none() || !raw.wiki || raw.image || prose[words.clone()] != raw.target {
                continue;
            }
            text.push_str(&prose[from..words.start]);
            from = words.end;
            let start = text.len();
            text.push_str(title);
            titles.push((raw.words, start..text.len()));
        }
        let text = if titles.is_empty() { Cow::from(prose) } else { Cow::from(text + &prose[from..]) };
        let mut shown = Self { lang, text, titles, struck: Vec::new(), cites: Vec::new() };
        shown.struck = struck.iter().map(|&run| shown.place(run)).collect();
        shown.cites = document.body.cites().map(|at| shown.at(at)).collect();
        shown
    }

    fn told(&self) -> Told<'_> {
        Told { prose: &self.text, struck: &self.struck, cites: &self.cites, lang: self.lang }
    }

    fn has_titles(&self) -> bool {
        !self.titles.is_empty()
    }

    /// The sentence around a stretch of the prose.
    fn sentence(&self, run: Run) -> String {
        excerpt(self.told(), self.place(run))
    }

    /// The sentence that a citation is for.
    fn cited(&self, at: u32) -> String {
        cited(self.told(), self.at(at))
    }

    /// Where a place of the prose is here.
    fn at(&self, at: u32) -> usize {
        self.place(Run { start: at, end: at }).start
    }

    /// Where a stretch of the prose stands here.
    fn place(&self, run: Run) -> Range<usize> {
        let next = self.titles.partition_point(|(words, _)| words.end <= run.start);
        match self.titles.get(next).filter(|(words, _)| words.start < run.end) {
            Some((_, title)) => title.clone(),
            None => {
                let (before, here) = next.checked_sub(1).map_or((0, 0), |at| {
                    let (words, title) = &self.titles[at];
                    (words.end as usize, title.end)
                });
                here + (run.start as usize - before)..here + (run.end as usize - before)
            }
        }
    }
}

/// By node.
#[derive(Default)]
struct NamedBy(BTreeMap<NodeIx, Naming>);

impl NamedBy {
    fn front_matter(&mut self, node: NodeIx, subject: bool) {
        let naming = self.entry(node);
        naming.front_matter = true;
        naming.subject |= subject;
    }

    fn entry(&mut self, node: NodeIx) -> &mut Naming {
        let new = || Naming { node, subject: false, front_matter: false, sentence: None };
        self.0.entry(node).or_insert_with(new)
    }
}
