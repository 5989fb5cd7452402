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
    /// The name of its mark.
    pub(super) mark: Option<String>,
}

impl Paragraph {
    /// One that begins here.
    pub(super) fn at(start: usize) -> Self {
        Self { start, images: 0, others: false, caption: String::new(), mark: None }
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
        self.close_paragraph(&paragraph);
        if let Some(name) = &paragraph.mark {
            self.mark_paragraph(paragraph.start, name);
        }
    }

    fn close_paragraph(&mut self, paragraph: &Paragraph) {
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
        let (alt, size) = without_size(&alt, is_wiki);
        if let Link::Asset { url, dimensions, .. } = link
            && is_picture(url)
        {
            let _ = write!(self.out, "<img src=\"{}", self.root);
            escape::attribute(&url.href(), &mut self.out);
            self.out.push_str("\" alt=\"");
            escape::attribute(alt, &mut self.out);
            self.out.push('"');
            if size.is_some() {
                self.out.push_str(" class=\"sized\"");
            }
            let (width, height) = shown_at(size, *dimensions);
            for (name, value) in [("width", width), ("height", height)] {
                let _ = value.map(|value| write!(self.out, " {name}=\"{value}\""));
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
        let otherwise = if let Link::Asset { .. } = link { link.own_words() } else { "image" };
        escape::text(if words.is_empty() { otherwise } else { words }, &mut self.out);
        self.out.push_str(if *link == Link::Nowhere { "</span>" } else { "</a>" });
    }
}

/// What a browser shows as a picture; anything else that is embedded becomes a link.
fn is_picture(url: &UrlPath) -> bool {
    const ENDINGS: [&str; 9] = ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico"];
    let ending = url.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// No picture is asked to be wider.
const LARGEST: u32 = 10_000;

/// How large a picture is to be shown: its width, and its height if that is said, too.
type Size = (u32, Option<u32>);

/// An alternative text without the size that Obsidian writes after it, and that: `![[x.png|300]]`,
/// `![a map|300x200](x.png)`.
fn without_size(alt: &str, is_wiki: bool) -> (&str, Option<Size>) {
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().unwrap_or(u32::MAX))
    };
    let size = |text: &str| match text.split_once('x') {
        Some((width, height)) => Some((number(width)?, Some(number(height)?))),
        None => Some((number(text)?, None)),
    };
    let (words, last) = match alt.rsplit_once('|') {
        Some((words, last)) => (words, Some(last)),
        None => ("", is_wiki.then_some(alt)),
    };
    let may_be = |&(width, height): &Size| (1..=LARGEST).contains(&width) && height != Some(0);
    last.and_then(size).map_or((alt, None), |size| (words, Some(size).filter(may_be)))
}

/// The width and height at which a picture of these dimensions is shown. Where they are known, they are kept in
/// proportion.
fn shown_at(size: Option<Size>, dimensions: Option<(u32, u32)>) -> (Option<u32>, Option<u32>) {
    match (size, dimensions) {
        (Some((width, _)), Some((of_width, of_height))) => {
            let height = u64::from(of_height) * u64::from(width) / u64::from(of_width.max(1));
            (Some(width), u32::try_from(height).ok())
        }
        (Some((width, height)), None) => (Some(width), height),
        (None, dimensions) => dimensions.unzip(),
    }
}
