//! The sentence in which a mention stands, for the pages of those who are mentioned.

use std::ops::Range;

use memchr::{memchr, memrchr};

use crate::document::Mark;

/// The most that is shown on either side of the name, in bytes.
const SIDE: usize = 160;

/// The sentence around `name` in the prose, escaped for HTML, with the name in `<mark>`.
pub(super) fn excerpt(prose: &str, name: Range<usize>) -> String {
    let block_start = memrchr(b'\n', &prose.as_bytes()[..name.start]).map_or(0, |at| at + 1);
    let block_end = memchr(b'\n', &prose.as_bytes()[name.end..]).map_or(prose.len(), |at| name.end + at);
    let start = sentence_start(prose, block_start, name.start);
    let end = sentence_end(prose, name.end, block_end);
    let (start, cut_start) = shorten_start(prose, start, name.start);
    let (end, cut_end) = shorten_end(prose, name.end, end);
    let mark = Mark::at_start(&prose[start..name.start]).filter(|mark| mark.label.is_some());
    let start = start + mark.map_or(0, |mark| mark.length);
    let mut out = String::with_capacity(end - start + 24);
    if cut_start {
        out.push_str("… ");
    }
    escape(prose[start..name.start].trim_start(), &mut out);
    if name.is_empty() {
        escape(prose[name.end..end].trim_end(), &mut out);
    } else {
        out.push_str("<mark>");
        escape(&prose[name.clone()], &mut out);
        out.push_str("</mark>");
        escape(prose[name.end..end].trim_end(), &mut out);
    }
    if cut_end {
        out.push_str(" …");
    }
    out
}

fn sentence_start(prose: &str, block: usize, at: usize) -> usize {
    let mut after_blank = None;
    for (i, ch) in prose[block..at].char_indices().rev() {
        match (ch, after_blank) {
            (ch, Some(next)) if ends_sentence(ch) && starts_sentence(&prose[next..]) => return next,
            (ch, _) if ch.is_whitespace() => after_blank = Some(block + i + ch.len_utf8()),
            ('»' | '”' | '"' | ')', Some(_)) => {}
            _ => after_blank = None,
        }
    }
    block
}

fn sentence_end(prose: &str, at: usize, block: usize) -> usize {
    let mut end = None;
    for (i, ch) in prose[at..block].char_indices() {
        match end {
            Some(end) if ch.is_whitespace() && starts_sentence(prose[at + i..].trim_start()) => return end,
            Some(_) if matches!(ch, '»' | '”' | '"' | '’' | ')') => end = Some(at + i + ch.len_utf8()),
            _ => end = ends_sentence(ch).then(|| at + i + ch.len_utf8()),
        }
    }
    block
}

fn ends_sentence(ch: char) -> bool {
    matches!(ch, '.' | '!' | '?' | '؟' | '۔' | '。' | '…')
}

/// A small letter or a figure after a full stop means that an abbreviation stood before it: `3 Oct. 2025`.
fn starts_sentence(text: &str) -> bool {
    text.chars().find(|ch| ch.is_alphanumeric()).is_none_or(|ch| !ch.is_lowercase() && !ch.is_numeric())
}

fn shorten_start(prose: &str, start: usize, name: usize) -> (usize, bool) {
    if name - start <= SIDE {
        return (start, false);
    }
    let from = (name - SIDE..=name).find(|&at| prose.is_char_boundary(at)).unwrap_or(name);
    let word = prose[from..name].find(char::is_whitespace).map_or(name, |at| from + at + 1);
    (if prose.is_char_boundary(word) { word } else { name }, true)
}

fn shorten_end(prose: &str, name: usize, end: usize) -> (usize, bool) {
    if end - name <= SIDE {
        return (end, false);
    }
    let to = (name..=name + SIDE).rev().find(|&at| prose.is_char_boundary(at)).unwrap_or(name);
    (prose[name..to].rfind(char::is_whitespace).map_or(name, |at| name + at), true)
}

/// A blank before a full stop is left over from a citation between them, and is dropped.
fn escape(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'.' | b',' | b';' => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        from = at + usize::from(!entity.is_empty());
        if entity.is_empty() && out.ends_with(' ') {
            out.pop();
        }
        out.push_str(entity);
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    fn around(prose: &str, name: &str) -> String {
        let at = prose.find(name).unwrap();
        excerpt(prose, at..at + name.len())
    }

    #[test]
    fn a_sentence_ends_where_a_reader_says() {
        let prose = "Before it. The U.S. envoy met the Taliban in Doha on 3 Oct. 2025. After it.\nNext block";
        assert_eq!(
            around(prose, "Taliban"),
            "The U.S. envoy met the <mark>Taliban</mark> in Doha on 3 Oct. 2025."
        );
        assert_eq!(around("یک. طالبان آمدند؟ نه.", "طالبان"), "<mark>طالبان</mark> آمدند؟");
        assert_eq!(around("a < b & ISIS", "ISIS"), "a &lt; b &amp; <mark>ISIS</mark>");
    }

    #[test]
    fn long_sentences_are_cut_at_words() {
        let prose = format!("{} NAME {}", "word ".repeat(100), "word ".repeat(100));
        let out = around(&prose, "NAME");
        assert!(out.starts_with("… word") && out.ends_with("word …") && out.len() < 420, "{out}");
    }
}
