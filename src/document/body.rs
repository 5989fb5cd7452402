//! A document's text, as the site needs to know it: prose, headings, links, citations, portion marks.

mod cut;
mod definitions;
mod portions;
mod tables;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::memchr;
use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use serde::{Deserialize, Serialize};

use super::mark::Mark;
use super::markdown::{
    Adds, Cursor, block_key, block_mark, citation, is_label, is_wiki, joined, note_key, pieces, shown_notes,
    undefined_note,
};
use crate::base::seen::shown;
use crate::base::{Diagnostic, Label, SourcePath, Span, codes, slug};
use cut::CutMap;
use definitions::Definitions;
use portions::{Enclosure, Term};
use words::{Gatherer, Words};

pub use words::{Prose, Run};

/// What a document's text holds. Spans are places in the file; `u32` ranges are places in the prose.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Body {
    /// Where the text begins in the file.
    pub start: u32,
    /// The text without the parts that an edition leaves out; absent when nothing is left out.
    pub cut: Option<Arc<str>>,
    /// Its words: what was recalled from a cache has none until they are asked for, as most never are.
    #[serde(skip)]
    pub(super) words: OnceLock<Arc<Words>>,
    /// Headings in order.
    pub headings: Vec<Heading>,
    /// The names of blocks that Obsidian has marked, by their keys.
    pub blocks: BTreeMap<String, String>,
    /// Links and images in order.
    pub links: Vec<RawLink>,
    /// Citations in order.
    pub citations: Vec<Citation>,
    /// Portion marks in order.
    pub portions: Vec<Portion>,
    /// Whether the first heading is the title, which the page shows already.
    pub title_heading: bool,
    /// How many words it has, roughly: for the time it takes to read.
    pub word_count: u32,
}

impl Body {
    /// Where in the prose sources are cited, in order.
    pub fn cites(&self) -> impl Iterator<Item = u32> + '_ {
        self.citations.iter().filter_map(|citation| citation.at)
    }
}

/// A heading.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Heading {
    /// As written, 1–6.
    pub level: u8,
    /// Its anchor, unique in the document.
    pub id: String,
    /// Its text, without a portion mark.
    pub text: String,
    /// Where it stands in the file.
    pub span: Span,
    /// Where it begins in the prose: a section runs from here to the next heading.
    pub at: u32,
}

/// A link or image, unresolved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RawLink {
    /// Where it leads, as written.
    pub target: String,
    /// Written as `[[…]]`.
    pub wiki: bool,
    /// An image: `![…](…)` or `![[…]]`.
    pub image: bool,
    /// Where the target stands in the file.
    pub span: Span,
    /// Its words in the prose; empty for an image.
    pub words: Run,
    /// In a footnote that no reader sees, because nothing leads to it.
    pub lost: bool,
}

/// A citation, `[@er, p. 4]` or `[@er; @un]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Citation {
    /// Each source's id, and the locator after it.
    pub items: Vec<(String, Option<String>)>,
    /// Where it stands in the file.
    pub span: Span,
    /// Where it stands in the prose; absent in a footnote that no reader sees.
    pub at: Option<u32>,
}

/// A portion mark and what it covers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Portion {
    /// The label.
    pub label: Label,
    /// What it covers, in the file.
    pub scope: Span,
    /// Whether that is a part of a list or table, next to others of its kind.
    pub is_part: bool,
    /// Whether it opens a list with numbers, which go on from its own.
    pub opens: bool,
}

/// Reads the text that begins at byte `start` of the file. `cut` holds the parts of the file that an
/// edition leaves out; nothing of them is in the result.
pub fn read(path: &SourcePath, source: &str, start: u32, cut: &[Portion]) -> (Body, Vec<Diagnostic>) {
    let map = CutMap::new(source, start, cut);
    let text: &str = map.text.as_deref().unwrap_or(&source[start as usize..]);
    let mut reader = Reader {
        path,
        text,
        map: &map,
        body: Body { start, cut: map.text.clone(), ..Body::default() },
        cursor: Cursor::new(),
        scopes: Vec::new(),
        after_break: false,
        terms: Vec::new(),
        enclosures: Vec::new(),
        numbered: Vec::new(),
        open_links: Vec::new(),
        definitions: Definitions::default(),
        cells: Vec::new(),
        heading: None,
        heading_mark: None,
        slugs: HashMap::new(),
        explicit: HashSet::new(),
        notes: Vec::new(),
        in_notes: Vec::new(),
        references: Vec::new(),
        diagnostics: Vec::new(),
    };
    let mut words = Gatherer::new(text);
    for (event, range) in joined(pieces(text).inspect(|(event, range)| words.take(event, range))) {
        reader.take(&event, range);
    }
    reader.finish(words.finish())
}

/// A footnote.
struct Note {
    name: String,
    /// In the text.
    range: Range<usize>,
    prose: Run,
    /// The links in it, by number.
    links: Range<usize>,
}

struct Reader<'a> {
    path: &'a SourcePath,
    text: &'a str,
    map: &'a CutMap,
    body: Body,
    cursor: Cursor,
    /// The blocks around the present event, with their ranges in the text.
    scopes: Vec<(TagEnd, Range<usize>)>,
    /// A line of the same block has just ended.
    after_break: bool,
    /// Terms of lists of definitions.
    terms: Vec<Term>,
    /// For each heading what is around it.
    enclosures: Vec<Enclosure>,
    /// Where lists with numbers begin.
    numbered: Vec<usize>,
    /// The links around the present event, by number; none for citations and notes.
    open_links: Vec<Option<usize>>,
    definitions: Definitions,
    /// The cells of the present row of a table.
    cells: Vec<Range<usize>>,
    heading: Option<Heading>,
    /// The length of the portion mark that the present heading starts with.
    heading_mark: Option<usize>,
    slugs: HashMap<String, u32>,
    explicit: HashSet<String>,
    notes: Vec<Note>,
    /// The footnotes around the present event: their places in `notes`.
    in_notes: Vec<usize>,
    /// References to footnotes: the note in which each stands, if in one, and the note to which it leads.
    references: Vec<(Option<String>, String)>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        let fresh = self.cursor.fresh;
        let adds = self.cursor.step(event).adds;
        match event {
            Event::Text(text) if adds != Adds::Nothing => {
                let mark = if fresh { self.portion(text, &range) } else { 0 };
                self.marks_without_effect(text, mark, fresh, &range);
                if self.heading.is_some() && self.is_attribute(text, &range) {
                    self.bad_mark("{tlp…}", self.map.span(&range));
                }
                self.undefined_notes(&range);
                self.of_heading(text);
            }
            Event::Code(text) if adds != Adds::Nothing => self.of_heading(text),
            Event::SoftBreak | Event::HardBreak if adds != Adds::Nothing => self.of_heading(" "),
            Event::Text(text) if self.in_code() => self.marks_in_code(text, &range),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.marks_without_effect(text, 0, false, &range);
            }
            Event::FootnoteReference(name) => {
                let around = self.in_notes.last().map(|&at| note_key(&self.notes[at].name));
                self.references.push((around, note_key(name)));
            }
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(*tag),
            event => {
                let named = block_mark(event).map(|name| (block_key(name), name.to_owned()));
                self.body.blocks.extend(named);
            }
        }
        match event {
            Event::SoftBreak | Event::HardBreak => self.after_break = true,
            Event::Start(_) | Event::End(_) => {}
            _ => self.after_break = false,
        }
    }

    /// Adds words to the present heading.
    fn of_heading(&mut self, words: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(words);
        }
    }

    /// Whether a heading's text has a label in braces, which may close after it.
    fn is_attribute(&self, text: &str, range: &Range<usize>) -> bool {
        let after = || {
            let open = range.start + self.text[range.clone()].rfind('{')?;
            let heading = self.scopes.iter().rfind(|(tag, _)| matches!(tag, TagEnd::Heading(_)))?;
            self.text.get(open..heading.1.end)?.split_inclusive('}').next()
        };
        text.contains(['{', '｛']) && (Mark::is_attribute(text) || after().is_some_and(Mark::is_attribute))
    }

    fn in_code(&self) -> bool {
        matches!(self.scopes.last(), Some((TagEnd::CodeBlock, _)))
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, id, classes, attrs } => {
                self.heading = Some(Heading {
                    level: *level as u8,
                    id: id.as_deref().unwrap_or_default().to_owned(),
                    text: String::new(),
                    span: self.map.span(&range),
                    at: self.cursor.position,
                });
                for (_, value) in attrs.iter().filter(|(name, _)| is_label(name)) {
                    self.attribute_mark(value.as_deref().unwrap_or_default(), &range);
                }
                let others = attrs.iter().map(|(name, _)| name).filter(|name| !is_label(name));
                let is_odd = |name: &str| is_label(name.get(..3).unwrap_or_default()) || Label::is_key(name);
                for odd in others.chain(classes).filter(|name| is_odd(name)) {
                    self.bad_mark(&shown(odd), self.map.span(&range));
                }
            }
            Tag::TableCell => self.cells.push(range.clone()),
            Tag::List(Some(_)) => self.numbered.push(range.start),
            Tag::FootnoteDefinition(name) => {
                let at = self.cursor.position;
                self.in_notes.push(self.notes.len());
                let prose = Run { start: at, end: at };
                let links = self.body.links.len()..self.body.links.len();
                self.notes.push(Note { name: name.to_string(), range: range.clone(), prose, links });
            }
            Tag::DefinitionListTitle => {
                let list = self.around(|tag| tag == TagEnd::DefinitionList);
                self.terms.push(Term { start: range.start, end: range.end, list });
            }
            Tag::Link { dest_url, .. } if citation(dest_url).is_some() => {
                // The words of an image are text, from which no source leads back.
                if !self.scopes.iter().any(|(tag, _)| *tag == TagEnd::Image) {
                    self.cite(citation(dest_url).unwrap_or_default(), &range);
                }
                self.open_links.push(None);
            }
            Tag::Link { dest_url, .. } if undefined_note(dest_url).is_some() => {
                self.undefined_note(undefined_note(dest_url).unwrap_or_default(), &range);
                self.open_links.push(None);
            }
            Tag::Link { .. } => {
                self.open_links.push(Some(self.body.links.len()));
                self.link(tag, &range);
            }
            Tag::Image { .. } => self.link(tag, &range),
            _ => {}
        }
        self.scopes.push((tag.to_end(), range));
    }

    fn end(&mut self, tag: TagEnd) {
        let ended = self.scopes.pop();
        if let (TagEnd::DefinitionListDefinition, Some((_, definition))) = (tag, &ended) {
            self.end_definition(definition.end);
        }
        if tag == TagEnd::FootnoteDefinition
            && let Some(note) = self.in_notes.pop().and_then(|at| self.notes.get_mut(at))
        {
            (note.prose.end, note.links.end) = (self.cursor.position, self.body.links.len());
        }
        match (tag, &ended) {
            (TagEnd::TableRow | TagEnd::TableHead, Some((_, row))) => self.end_row(row),
            (TagEnd::Paragraph, Some((_, paragraph))) => self.end_paragraph(paragraph),
            _ => {}
        }
        if tag == TagEnd::Link
            && let Some(link) = self.open_links.pop().flatten()
        {
            self.body.links[link].words.end = self.cursor.position;
        }
        if !matches!(tag, TagEnd::Heading(_)) {
            return;
        }
        let Some(mut heading) = self.heading.take() else { return };
        let mark = self.heading_mark.take().unwrap_or(0);
        heading.text = heading.text.get(mark..).unwrap_or_default().trim().to_owned();
        if is_reserved(&heading.id) {
            heading.id = format!("heading{}", heading.id);
        }
        if heading.id.is_empty() {
            heading.id = self.unique_slug(&heading.text);
        } else if !self.explicit.insert(heading.id.clone()) || self.slugs.contains_key(&heading.id) {
            self.diagnostics.push(
                Diagnostic::new(
                    &codes::SAME_HEADING,
                    format!("another heading already has the id `{}`", heading.id),
                )
                .at(self.path, heading.span)
                .help("give this one another id, or none"),
            );
            heading.id = self.unique_slug(&heading.id.clone());
        } else {
            self.slugs.insert(heading.id.clone(), 0);
        }
        self.body.headings.push(heading);
        let enclosure = self.enclosure(ended.map_or(0, |(_, heading)| heading.start));
        self.enclosures.push(enclosure);
    }

    fn unique_slug(&mut self, text: &str) -> String {
        let mut base = slug(text);
        if is_reserved(&base) {
            base.insert_str(0, "heading-");
        }
        if base.is_empty() {
            base.push_str("section");
        }
        let mut id = base.clone();
        while self.slugs.contains_key(&id) {
            let count = self.slugs.entry(base.clone()).or_insert(0);
            *count += 1;
            id = format!("{base}-{count}");
        }
        self.slugs.insert(id.clone(), 0);
        id
    }

    fn link(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        let (Tag::Link { link_type: kind, dest_url: target, id, .. }
        | Tag::Image { link_type: kind, dest_url: target, id, .. }) = tag
        else {
            return;
        };
        let wiki = is_wiki(*kind);
        // In tables `[[x\|words]]` is written so.
        let target = if wiki { target.trim().trim_end_matches('\\') } else { target };
        let place = match kind {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                self.definitions.place(self.text, id, target)
            }
            _ => target_in(&self.text[range.clone()], target, wiki)
                .map(|at| range.start + at..range.start + at + target.len()),
        };
        let place = place.unwrap_or_else(|| range.clone());
        let target = match kind {
            LinkType::Email => format!("mailto:{target}"),
            _ => target.to_owned(),
        };
        let at = self.cursor.position;
        self.body.links.push(RawLink {
            target,
            wiki,
            image: matches!(tag, Tag::Image { .. }),
            span: self.map.span(&place),
            words: Run { start: at, end: at },
            lost: false,
        });
    }

    fn cite(&mut self, inside: &str, range: &Range<usize>) {
        let items = inside
            .split(';')
            .filter_map(|item| {
                let item = item.trim().strip_prefix('@')?;
                let (id, locator) = item
                    .split_once(',')
                    .map_or((item, None), |(id, rest)| (id, Some(rest.trim().to_owned())));
                Some((id.trim().to_owned(), locator.filter(|text| !text.is_empty())))
            })
            .collect();
        let at = Some(self.cursor.position);
        self.body.citations.push(Citation { items, span: self.map.span(range), at });
    }

    /// The parser leaves references to notes that are not defined in the text as they stand.
    fn undefined_notes(&mut self, range: &Range<usize>) {
        let written = &self.text[range.clone()];
        // Looking for one byte first is many times faster, and text without it is the rule.
        if memchr(b'[', written.as_bytes()).is_none() {
            return;
        }
        for (at, _) in written.match_indices("[^").filter(|&(at, _)| !written[..at].ends_with('\\')) {
            let name = written[at + 1..].split([']', '[']).next().unwrap_or_default();
            let end = at + 1 + name.len();
            if name.len() > 1 && written[end..].starts_with(']') && !name.contains(char::is_whitespace) {
                self.undefined_note(name, &(range.start + at..range.start + end + 1));
            }
        }
    }

    fn undefined_note(&mut self, name: &str, range: &Range<usize>) {
        self.diagnostics.push(
            Diagnostic::new(&codes::UNDEFINED_FOOTNOTE, format!("the footnote `[{name}]` is not defined"))
                .at(self.path, self.map.span(range))
                .help(format!("write `[{name}]: the note` on a line of its own")),
        );
    }

    /// Footnotes that no reader gets to see.
    fn lost_notes(&mut self, words: &mut Words) {
        let shown = shown_notes(self.references.iter().map(|(around, name)| (around.as_deref(), &**name)));
        let (mut known, mut lost) = (HashSet::new(), Vec::new());
        for Note { name, range, prose, links } in &self.notes {
            let (words, help) = if !known.insert(note_key(name)) {
                ("another footnote has the name", "give this one another name, and refer to that")
            } else if !shown.contains(&*note_key(name)) {
                ("nothing leads to the footnote", "put the reference into the text, or take the note out")
            } else {
                continue;
            };
            lost.push(*prose);
            self.body.links[links.clone()].iter_mut().for_each(|link| link.lost = true);
            let mark = range.start..(range.start + "[^]".len() + name.len()).min(range.end);
            self.diagnostics.push(
                Diagnostic::new(&codes::LOST_FOOTNOTE, format!("{words} `[^{name}]`"))
                    .at(self.path, self.map.span(&mark))
                    .label("not shown")
                    .help(help),
            );
        }
        for citation in &mut self.body.citations {
            let seen = |at: &u32| !lost.iter().any(|note| (note.start..=note.end).contains(at));
            citation.at = citation.at.filter(seen);
        }
        // What nobody sees names nobody.
        words.code.extend(lost);
        outermost(&mut words.code);
    }

    fn finish(mut self, mut words: Words) -> (Body, Vec<Diagnostic>) {
        self.end_portions();
        self.lost_notes(&mut words);
        self.body.word_count = u32::try_from(words.count(self.text)).unwrap_or(u32::MAX);
        self.body.words = Arc::new(words).into();
        (self.body, self.diagnostics)
    }
}

/// Puts runs in order, without those that lie in others.
fn outermost(runs: &mut Vec<Run>) {
    runs.sort_unstable_by_key(|run| (run.start, std::cmp::Reverse(run.end)));
    runs.dedup_by(|inner, outer| inner.end <= outer.end);
}

/// Where in a link its target stands: first in `[[target|words]]`, after the words in `[words](target "title")`.
fn target_in(written: &str, target: &str, wiki: bool) -> Option<usize> {
    if target.is_empty() {
        return None;
    }
    if wiki {
        return written.find(target);
    }
    let follows = |at: &usize| written[..*at].trim_end_matches(['<', ' ', '\n']).ends_with("](");
    let inline = written.rmatch_indices(target).map(|(at, _)| at).find(follows);
    inline.or_else(|| written.rfind(target))
}

/// Anchors that the page itself has: footnotes, citations, the items of the front matter, the theme's sections.
fn is_reserved(id: &str) -> bool {
    const OWN: [&str; 7] = ["_", "fn-", "fnref-", "cite-", "source-", "statement-", "judgement-"];
    OWN.iter().any(|own| id.starts_with(own))
}
