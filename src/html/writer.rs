//! The walk that writes. It goes by the same cursor as the walk that read, so each heading, link, citation
//! and name is met in the order in which it was found.

mod blocks;
mod image;

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::contents::Contents;
use super::notes::Notes;
use super::{escape, highlight};
use crate::base::{Label, Text, UrlPath, joined};
use crate::document::{
    Adds, Cursor, Document, Mark, block_mark, citation, events, is_block, is_label, is_wiki, undefined_note,
};
use crate::site::{Cite, Link, Links};
use blocks::Block;
use image::{Image, Paragraph};

const QUOTE: &str = "<blockquote>\n";

/// A rendered text.
#[derive(Clone, Debug)]
pub struct Html {
    /// The text.
    pub body: Text,
    /// Its headings: anchor, text, level as shown.
    pub contents: Vec<(String, String, u8)>,
}

/// Writes a document's text.
pub(super) fn write(document: &Document, links: &Links) -> Html {
    let markdown = document.markdown();
    let body = &document.body;
    let skip = usize::from(body.title_heading);
    let shift = u8::from(body.headings.iter().skip(skip).any(|heading| heading.level == 1));
    let mut writer = Writer {
        document,
        links,
        root: links.url.as_ref().map_or_else(String::new, UrlPath::to_root),
        shift,
        out: String::with_capacity(markdown.len() * 3 / 2),
        cursor: Cursor::new(),
        at: Places::default(),
        name_end: None,
        open: Vec::new(),
        blocks: vec![Block::default()],
        held: None,
        images: Vec::new(),
        paragraph: None,
        item: 0,
        table: Table::default(),
        notes: Notes::default(),
        contents: Contents::default(),
    };
    for (event, _) in events(markdown) {
        writer.take(&event);
    }
    writer.notes.write(&mut writer.out);
    Html { body: writer.out.into(), contents: writer.contents.list(body, shift) }
}

struct Writer<'a> {
    document: &'a Document,
    links: &'a Links,
    /// The way from this page to the site's root.
    root: String,
    /// How many levels headings go down, because the page has its own first heading.
    shift: u8,
    out: String,
    cursor: Cursor,
    at: Places,
    /// Within a name that became a link: where in the prose it ends.
    name_end: Option<u32>,
    /// What is open, the innermost last.
    open: Vec<Open<'a>>,
    /// The blocks around the present event, the text itself the first.
    blocks: Vec<Block>,
    /// Text that is gathered instead of written: code and alternative texts.
    held: Option<String>,
    /// The images around the present event. Only text is kept of what they hold.
    images: Vec<Image>,
    paragraph: Option<Paragraph>,
    /// Where the last item's tag begins.
    item: usize,
    table: Table,
    notes: Notes,
    contents: Contents,
}

/// What its end has to know of a thing that has begun.
enum Open<'a> {
    Heading {
        level: u8,
        id: &'a str,
    },
    /// The heading that is the title, which the page shows already: where it begins, and the references in it.
    Title {
        from: usize,
        references: String,
    },
    /// Where what is quoted begins.
    Quote {
        from: usize,
    },
    /// Where a callout begins, and what is in it.
    Alert {
        start: usize,
        from: usize,
    },
    Code {
        language: String,
    },
    Cell {
        close: &'static str,
    },
    /// Where its words begin, and what stands there if it has none.
    Link {
        from: usize,
        otherwise: &'a str,
        close: &'static str,
    },
    /// A wikilink without words of its own, which has the title of what it leads to: what it holds is not shown.
    Titled {
        close: &'static str,
    },
    /// A link in the words of another is only its words.
    InnerLink,
    Citation {
        from: usize,
    },
    UndefinedNote,
}

/// The table around the present event.
#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    in_head: bool,
    /// Cells of the present row so far.
    cell: usize,
}

/// How many of each were met.
#[derive(Default)]
struct Places {
    heading: usize,
    link: usize,
    cite: usize,
    name: usize,
}

impl<'a> Writer<'a> {
    fn take(&mut self, event: &Event<'_>) {
        let (before, fresh) = (self.cursor.position, self.cursor.fresh);
        let adds = self.cursor.step(event).adds;
        match event {
            event if self.in_image(event) => {}
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) if self.held.is_some() => self.hold(text),
            Event::Code(text) if self.held.is_some() => self.hold(text),
            Event::SoftBreak | Event::HardBreak if self.held.is_some() => self.hold(" "),
            Event::Text(_) if adds == Adds::Nothing => {}
            Event::Text(text) => {
                self.other();
                let mark = if fresh { self.portion(text) } else { 0 };
                self.contents.add(&text[mark..]);
                self.text(&text[mark..], before + u32::try_from(mark).unwrap_or(0));
            }
            Event::Code(text) => {
                self.other();
                self.contents.add(text);
                self.out.push_str("<code>");
                escape::text(text, &mut self.out);
                self.out.push_str("</code>");
            }
            Event::SoftBreak if adds != Adds::Nothing => {
                self.contents.add(" ");
                self.out.push(if self.name_end.is_some() { ' ' } else { '\n' });
            }
            Event::HardBreak if adds != Adds::Nothing => {
                self.contents.add(" ");
                self.out.push_str("<br>\n");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                self.other();
                escape::text(html, &mut self.out);
            }
            Event::Rule => {
                self.out.push_str("<hr>\n");
                self.part_blocks();
            }
            Event::FootnoteReference(name) => {
                self.other();
                let from = self.out.len();
                self.notes.refer(name, &mut self.out);
                self.keep_reference(from);
            }
            Event::TaskListMarker(done) => self.task(*done),
            event => block_mark(event).into_iter().for_each(|name| self.mark(name)),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        if is_block(tag.to_end()) {
            self.open_block();
        }
        match tag {
            Tag::Paragraph => {
                self.paragraph = Some(Paragraph::at(self.out.len()));
                self.out.push_str("<p>");
            }
            Tag::Heading { level, attrs, .. } => {
                self.heading(*level as u8, attrs.iter().find(|(name, _)| is_label(name)));
            }
            Tag::BlockQuote(kind) => self.quote(*kind),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                self.open.push(Open::Code { language: info.to_owned() });
                self.held = Some(String::new());
            }
            Tag::HtmlBlock => self.out.push_str("<p class=\"raw\">"),
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(start)) => {
                let _ = writeln!(self.out, "<ol start=\"{start}\">");
            }
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::Item => {
                self.item = self.out.len();
                self.out.push_str("<li>");
            }
            Tag::FootnoteDefinition(name) => self.notes.open(name, &mut self.out),
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionListTitle => self.out.push_str("<dt>"),
            Tag::DefinitionListDefinition => self.out.push_str("<dd>"),
            Tag::Table(alignments) => {
                self.table.alignments.clone_from(alignments);
                self.out.push_str(
                    "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"Table\"><table>\n",
                );
            }
            Tag::TableHead => {
                (self.table.in_head, self.table.cell) = (true, 0);
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.table.cell = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Link { dest_url, .. } if citation(dest_url).is_some() => self.cite(),
            Tag::Link { dest_url, .. } if undefined_note(dest_url).is_some() => {
                self.out.push('[');
                self.open.push(Open::UndefinedNote);
            }
            Tag::Link { link_type, .. } => self.link(*link_type),
            Tag::Image { title, link_type, .. } => {
                if let Some(paragraph) = &mut self.paragraph {
                    paragraph.images += 1;
                    paragraph.caption = title.to_string();
                }
                self.held = Some(String::new());
                self.image(*link_type);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::TableCell
            | TagEnd::Link => self.close(),
            TagEnd::HtmlBlock => self.out.push_str("</p>\n"),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::FootnoteDefinition => self.notes.close(&mut self.out),
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.out.push_str("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.out.push_str("</dd>\n"),
            TagEnd::Table => self.out.push_str("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.table.in_head = false;
                self.out.push_str("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Image => self.end_image(),
            _ => {}
        }
        if matches!(tag, TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell) {
            self.direct();
        }
        if is_block(tag) {
            self.close_block(!matches!(tag, TagEnd::Heading(_) | TagEnd::FootnoteDefinition));
        }
    }

    /// Closes what was opened last.
    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        match open {
            Open::Heading { level, id } => {
                self.contents.close();
                self.out.push_str(" <a class=\"anchor\" href=\"#");
                escape::href(id, &mut self.out);
                let _ = writeln!(self.out, "\" aria-label=\"Link to this section\">#</a></h{level}>");
            }
            Open::Title { from, references } => {
                self.contents.close();
                self.out.truncate(from);
                if !references.is_empty() {
                    let _ = writeln!(self.out, "<p class=\"of-title\">{references}</p>");
                }
            }
            // An edition has taken all that was quoted.
            Open::Quote { from } if from == self.out.len() => self.out.truncate(from - QUOTE.len()),
            Open::Quote { .. } => self.out.push_str("</blockquote>\n"),
            Open::Alert { start, from } if from == self.out.len() => self.out.truncate(start),
            Open::Alert { .. } => self.out.push_str("</div>\n"),
            Open::Code { language } => self.end_code(&language),
            Open::Cell { close } => self.out.push_str(close),
            Open::Link { from, otherwise, close } => {
                if from == self.out.len() {
                    escape::text(otherwise, &mut self.out);
                }
                self.out.push_str(close);
            }
            Open::Titled { close } => {
                self.held = None;
                self.out.push_str(close);
            }
            Open::InnerLink => {}
            Open::Citation { from } => {
                self.out.push_str("</sup>");
                self.keep_reference(from);
            }
            Open::UndefinedNote => self.out.push(']'),
        }
    }

    /// The reference that was written from here to the end outlasts the title's heading.
    fn keep_reference(&mut self, from: usize) {
        let title = self.open.iter_mut().find_map(|open| match open {
            Open::Title { references, .. } => Some(references),
            _ => None,
        });
        if let Some(references) = title {
            references.push_str(&self.out[from..]);
        }
    }

    fn hold(&mut self, text: &str) {
        if let Some(held) = &mut self.held {
            held.push_str(text);
        }
    }

    /// Writes text, with the names in it that become links. It begins at `position` of the prose.
    fn text(&mut self, mut text: &str, mut position: u32) {
        loop {
            let end = position + u32::try_from(text.len()).unwrap_or(0);
            let stop = match self.name_end {
                Some(stop) => stop,
                None => self.links.names.get(self.at.name).map_or(u32::MAX, |name| name.0),
            };
            let inside = self.name_end.is_some();
            if stop >= end && !(inside && stop == end) {
                escape::text(text, &mut self.out);
                return;
            }
            let Some((head, tail)) = text.split_at_checked(stop.saturating_sub(position) as usize) else {
                escape::text(text, &mut self.out);
                return;
            };
            escape::text(head, &mut self.out);
            if inside {
                self.out.push_str("</a>");
                self.name_end = None;
            } else {
                let (_, name_end, kind, url) = &self.links.names[self.at.name];
                let _ = write!(self.out, "<a class=\"ref ref-{}\" href=\"{}", kind.name(), self.root);
                escape::attribute(&url.href(), &mut self.out);
                self.out.push_str("\">");
                self.name_end = Some(*name_end);
                self.at.name += 1;
            }
            (text, position) = (tail, stop);
        }
    }

    /// Shows a portion mark at the start of a block; says how much of the text it was.
    fn portion(&mut self, text: &str) -> usize {
        let Some(Mark { length, label: Some(label) }) = Mark::at_start(text) else { return 0 };
        self.label(label);
        length
    }

    fn label(&mut self, label: Label) {
        let _ = write!(self.out, "<span class=\"tlp tlp-{}\">{label}</span> ", label.class());
    }

    fn heading(
        &mut self,
        level: u8,
        mark: Option<&(pulldown_cmark::CowStr<'_>, Option<pulldown_cmark::CowStr<'_>>)>,
    ) {
        let at = self.at.heading;
        self.at.heading += 1;
        self.contents.open();
        if at == 0 && self.document.body.title_heading {
            return self.open.push(Open::Title { from: self.out.len(), references: String::new() });
        }
        let level = (level + self.shift).min(6);
        let document = self.document;
        let id = document.body.headings.get(at).map_or("", |heading| heading.id.as_str());
        let _ = write!(self.out, "<h{level} id=\"");
        escape::attribute(id, &mut self.out);
        self.out.push_str("\">");
        if let Some(label) = mark.and_then(|(_, value)| Label::parse(value.as_deref()?)) {
            self.label(label);
        }
        self.open.push(Open::Heading { level, id });
    }

    fn quote(&mut self, kind: Option<BlockQuoteKind>) {
        let Some(kind) = kind else {
            self.out.push_str(QUOTE);
            return self.open.push(Open::Quote { from: self.out.len() });
        };
        let (class, title) = match kind {
            BlockQuoteKind::Note => ("note", "Note"),
            BlockQuoteKind::Tip => ("tip", "Tip"),
            BlockQuoteKind::Important => ("important", "Important"),
            BlockQuoteKind::Warning => ("warning", "Warning"),
            BlockQuoteKind::Caution => ("caution", "Caution"),
        };
        let start = self.out.len();
        let _ = writeln!(
            self.out,
            "<div class=\"alert alert-{class}\" role=\"note\"><p class=\"alert-title\">{title}</p>"
        );
        self.open.push(Open::Alert { start, from: self.out.len() });
    }

    fn end_code(&mut self, language: &str) {
        let code = self.held.take().unwrap_or_default();
        self.out.push_str("<pre class=\"code\" tabindex=\"0\"><code");
        if !language.is_empty() {
            self.out.push_str(" class=\"language-");
            escape::attribute(language, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
        highlight::highlight(&code, language, &mut self.out);
        self.out.push_str("</code></pre>\n");
    }

    fn cell(&mut self) {
        let class = match self.table.alignments.get(self.table.cell) {
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ => "",
        };
        self.table.cell += 1;
        let (open, close) = if self.table.in_head { ("th scope=\"col\"", "</th>") } else { ("td", "</td>") };
        let _ = write!(self.out, "<{open}{class}>");
        self.open.push(Open::Cell { close });
    }

    fn task(&mut self, done: bool) {
        self.other();
        self.give(self.item, " class=\"task\"");
        let (checked, label) = if done { (" checked", "Done") } else { ("", "To do") };
        let _ = write!(self.out, "<input type=\"checkbox\" disabled{checked} aria-label=\"{label}\"> ");
    }

    fn cite(&mut self) {
        self.other();
        let items: &[Cite] = self.links.cites.get(self.at.cite).map_or(&[], Vec::as_slice);
        self.at.cite += 1;
        // A citation stays with the word before it.
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.open.push(Open::Citation { from: self.out.len() });
        self.out.push_str("<sup class=\"cite\">");
        for (n, cite) in items.iter().enumerate() {
            if n > 0 {
                self.out.push(' ');
            }
            self.out.push_str("<a id=\"cite-");
            escape::attribute(&joined(&cite.id), &mut self.out);
            let _ = write!(self.out, "-{}\" href=\"#source-", cite.nth);
            escape::href(&joined(&cite.id), &mut self.out);
            let _ = write!(self.out, "\">[{}", cite.number);
            if let Some(locator) = &cite.locator {
                self.out.push_str(", ");
                escape::text(locator, &mut self.out);
            }
            self.out.push_str("]</a>");
        }
    }

    fn link(&mut self, kind: LinkType) {
        self.other();
        let links = self.links;
        let link = links.links.get(self.at.link);
        self.at.link += 1;
        let Some(link) = link.filter(|_| !self.cursor.in_inner_link()) else {
            return self.open.push(Open::InnerLink);
        };
        let title = self.open_link(link);
        let close = if *link == Link::Nowhere { "</span>" } else { "</a>" };
        let bare = matches!(kind, LinkType::WikiLink { has_pothole: false });
        match title.filter(|title| bare && is_wiki(kind) && !title.is_empty()) {
            Some(title) => {
                self.contents.add(title);
                escape::text(title, &mut self.out);
                self.held = Some(String::new());
                self.open.push(Open::Titled { close });
            }
            None => {
                self.open.push(Open::Link { from: self.out.len(), otherwise: link.own_words(), close });
            }
        }
    }

    /// Writes a link's opening tag, and gives the title of what it leads to.
    fn open_link<'l>(&mut self, link: &'l Link) -> Option<&'l str> {
        match link {
            Link::Page { url, anchor, kind, title } => {
                self.out.push_str("<a class=\"ref");
                if let Some(kind) = kind {
                    let _ = write!(self.out, " ref-{}", kind.name());
                }
                let _ = write!(self.out, "\" href=\"{}", self.root);
                escape::attribute(&url.href(), &mut self.out);
                if let Some(anchor) = anchor {
                    self.out.push('#');
                    escape::href(anchor, &mut self.out);
                }
                self.out.push_str("\">");
                return title.as_deref();
            }
            Link::Anchor(anchor) => {
                self.out.push_str("<a href=\"#");
                escape::href(anchor, &mut self.out);
                self.out.push_str("\">");
            }
            Link::Asset { url, anchor, .. } => {
                let _ = write!(self.out, "<a class=\"file\" href=\"{}", self.root);
                escape::attribute(&url.href(), &mut self.out);
                if let Some(anchor) = anchor {
                    self.out.push('#');
                    escape::href(anchor, &mut self.out);
                }
                self.out.push_str("\">");
            }
            Link::External(address) => {
                self.out.push_str("<a class=\"external\" rel=\"external noopener\" href=\"");
                escape::href(address, &mut self.out);
                self.out.push_str("\">");
            }
            Link::Nowhere => self.out.push_str("<span class=\"broken\">"),
        }
        None
    }
}
