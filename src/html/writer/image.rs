//! Pictures: alone in a paragraph they are figures, and of what their words hold only text is kept.

use std::fmt::Write as _;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::super::escape;
use super::Writer;
use crate::base::UrlPath;
use crate::document::{citation, undefined_note};
use crate::site::Link;

/// An open paragraph: an image alone in it becomes a figure.
pub(super) struct Paragraph {
    pub(super) start: usize,
    pub(super) images: usize,
    others: bool,
    pub(super) caption: String,
}

impl Paragraph {
    /// One that begins here.
    pub(super) fn at(start: usize) -> Self {
        Self { start, images: 0, others: false, caption: String::new() }
    }
}

/// An open image.
pub(super) struct Image {
    /// Its number among the links.
    at: usize,
    /// `![[x.png]]`: its words are its target.
    is_bare: bool,
}

impl Writer<'_> {
    /// An image begins.
    pub(super) fn image(&mut self, kind: LinkType) {
        let is_bare = matches!(kind, LinkType::WikiLink { has_pothole: false });
        self.images.push(Image { at: self.at.link, is_bare });
        self.at.link += 1;
    }

    /// Counts, and does not write, what stands in the words of an image besides text.
    pub(super) fn in_image(&mut self, event: &Event<'_>) -> bool {
        let tag = match event {
            _ if self.images.is_empty() => return false,
            Event::Text(_) | Event::Code(_) | Event::SoftBreak | Event::HardBreak => return false,
            Event::End(TagEnd::Image) => return self.images.len() > 1 && self.images.pop().is_some(),
            Event::Start(tag) => tag,
            _ => return true,
        };
        match tag {
            Tag::Link { dest_url, .. } if citation(dest_url).or(undefined_note(dest_url)).is_some() => {}
            Tag::Link { .. } => self.at.link += 1,
            Tag::Image { link_type, .. } => {
                self.image(*link_type);
            }
            _ => {}
        }
        true
    }

    /// Notes that the paragraph holds more than an image.
    pub(super) fn other(&mut self) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.others = true;
        }
    }

    pub(super) fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraph.take() else { return };
        if paragraph.images != 1 || paragraph.others {
            self.out.push_str("</p>\n");
            return;
        }
        let image = self.out.split_off(paragraph.start + "<p>".len());
        self.out.truncate(paragraph.start);
        if !image.starts_with("<img") {
            let _ = writeln!(self.out, "<p>{image}</p>");
            return;
        }
        let _ = write!(self.out, "<figure>{image}");
        if !paragraph.caption.is_empty() {
            self.out.push_str("<figcaption>");
            escape::text(&paragraph.caption, &mut self.out);
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("</figure>\n");
    }

    pub(super) fn end_image(&mut self) {
        let alt = self.held.take().unwrap_or_default();
        let links = self.links;
        let Some(image) = self.images.pop() else { return };
        let Some(link) = links.links.get(image.at) else { return };
        let is_wiki = self.document.body.links.get(image.at).is_some_and(|raw| raw.wiki);
        let alt = without_size(&alt, is_wiki);
        if let Link::Asset { url, dimensions, .. } = link
            && is_picture(url)
        {
            let _ = write!(self.out, "<img src=\"{}", self.root);
            escape::attribute(&url.href(), &mut self.out);
            self.out.push_str("\" alt=\"");
            escape::attribute(alt, &mut self.out);
            self.out.push('"');
            if let Some((width, height)) = dimensions {
                let _ = write!(self.out, " width=\"{width}\" height=\"{height}\"");
            }
            self.out.push_str(" loading=\"lazy\">");
            return;
        }
        // Another document, or a picture on another host, which is not fetched: a link.
        self.other();
        self.open_link(link);
        let words = match link {
            Link::Page { title: Some(title), .. } if image.is_bare || alt.is_empty() => title,
            _ => alt,
        };
        escape::text(if words.is_empty() { "image" } else { words }, &mut self.out);
        self.out.push_str(if *link == Link::Nowhere { "</span>" } else { "</a>" });
    }
}

/// What a browser shows as a picture; anything else that is embedded becomes a link.
fn is_picture(url: &UrlPath) -> bool {
    const ENDINGS: [&str; 9] = ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico"];
    let ending = url.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// An alternative text without the width that Obsidian writes after it: `![[x.png|300]]`, `![a map|300x200](x.png)`.
fn without_size(alt: &str, is_wiki: bool) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_size = |text: &str| match text.split_once('x') {
        Some((width, height)) => is_number(width) && is_number(height),
        None => is_number(text),
    };
    match alt.rsplit_once('|') {
        Some((words, size)) if is_size(size) => words,
        None if is_wiki && is_size(alt) => "",
        _ => alt,
    }
}
