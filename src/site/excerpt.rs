//! The sentence in which a mention stands, for the pages of those who are mentioned.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::abbreviation::goes_on;
use super::boundary::{between, is_unspaced, is_word};
use super::told::{Sentence, Told};
use crate::base::Lang;
use crate::document::Mark;

/// The most that is shown on either side of the name, in bytes.
const SIDE: usize = 160;

/// How far beyond that is looked for the end of a sentence: blanks and closing marks may follow it.
const BEYOND: usize = 16;

/// The sentence around `name`, escaped for HTML, with the name in `<mark>` and what is struck out in `<del>`.
pub(super) fn excerpt(told: Told<'_>, name: Range<usize>) -> String {
    let Told { prose, lang, .. } = told;
    let (near, far) = near(prose, &name);
    let start = sentence_start(prose, near, name.start, lang);
    let end = sentence_end(prose, near..far, name.end, lang);
    let (start, cut_start) = shorten_start(prose, start, name.start);
    let (end, cut_end) = shorten_end(prose, name.end, end);
    let mark = Mark::at_start(&prose[start..name.start]).filter(|mark| mark.label.is_some());
    let start = start + mark.map_or(0, |mark| mark.length);
    let mut sentence = Sentence::new(told, end - start + 24);
    if cut_start {
        sentence.cut_start();
    }
    sentence.write(start..name.start, false);
    sentence.write(name.clone(), true);
    sentence.write(name.end..end, false);
    sentence.end(cut_end)
}

/// The sentence that a citation at a place in the prose is for: it stands in it, or behind its full stop.
pub(super) fn cited(told: Told<'_>, at: usize) -> String {
    let Told { prose, lang, .. } = told;
    let before = prose[..at].trim_end_matches(|ch: char| ch != '\n' && ch.is_whitespace());
    let said = before.trim_end_matches(|ch| ends_sentence(ch) || closes(ch)).len();
    if said == 0 || before.as_bytes()[said - 1] == b'\n' {
        let first = at + (prose.len() - at - prose[at..].trim_start_matches(' ').len());
        return excerpt(told, first..first);
    }
    let (block, _) = near(prose, &(said..said));
    let after = prose[at..].lines().next().unwrap_or_default().trim_start();
    let mut marks = before[said..].char_indices().filter(|&(_, ch)| ends_sentence(ch));
    let is_behind = marks.any(|(i, mark)| ends(&prose[block..said + i], mark, after, lang));
    if is_behind {
        excerpt(Told { prose: before, ..told }, said..said)
    } else {
        excerpt(told, before.len()..before.len())
    }
}

/// What of a name's block can be shown, and a little more: a block may be as long as a book.
fn near(prose: &str, name: &Range<usize>) -> (usize, usize) {
    let from = prose.floor_char_boundary(name.start.saturating_sub(SIDE + BEYOND));
    let to = prose.ceil_char_boundary(prose.len().min(name.end + SIDE + BEYOND));
    let block_start = memrchr(b'\n', &prose.as_bytes()[from..name.start]).map(|at| from + at + 1);
    let block_end = memchr(b'\n', &prose.as_bytes()[name.end..to]).map(|at| name.end + at);
    (block_start.unwrap_or(from), block_end.unwrap_or(to))
}

fn sentence_start(prose: &str, block: usize, at: usize, lang: Lang) -> usize {
    // Where what follows begins, if only blanks and closing marks stand between.
    let mut next = None;
    let mut following = prose[at..].chars().next();
    for (i, ch) in prose[block..at].char_indices().rev() {
        if ch.is_ascii_alphanumeric() {
            (next, following) = (None, Some(ch));
            continue;
        }
        let (before, after) = (block + i, block + i + ch.len_utf8());
        let is_end = match next {
            Some(next) => ends_sentence(ch) && ends(&prose[block..before], ch, &prose[next..], lang),
            None => needs_no_blank(ch) && following.is_some_and(|next| !ends_sentence(next) && !closes(next)),
        };
        if is_end {
            return next.unwrap_or(after);
        }
        if ch.is_whitespace() {
            let is_inside = next.is_some() && following == Some('»');
            next = if is_inside { next } else { Some(after) };
        } else if !closes(ch) {
            next = None;
        }
        following = Some(ch);
    }
    block
}

fn sentence_end(prose: &str, block: Range<usize>, at: usize, lang: Lang) -> usize {
    // The mark that may have ended the sentence, where it stands, and whether it was the last character.
    let mut last: Option<(char, usize, bool)> = None;
    for (i, ch) in prose[at..block.end].char_indices() {
        let here = at + i;
        last = match last {
            None if ch.is_ascii_alphanumeric() => None,
            _ if ends_sentence(ch) => Some((ch, here, true)),
            Some((mark, stop, _)) if closes(ch) => Some((mark, stop, false)),
            Some((mark, _, true)) if needs_no_blank(mark) => return here,
            // French quotations have a blank before the mark that closes them.
            Some((mark, stop, _)) if ch.is_whitespace() && prose[here..].trim_start().starts_with('»') => {
                Some((mark, stop, false))
            }
            Some((mark, stop, _)) if ch.is_whitespace() => {
                if ends(&prose[block.start..stop], mark, prose[here..].trim_start(), lang) {
                    return here;
                }
                None
            }
            _ => None,
        };
    }
    block.end
}

pub(super) fn ends_sentence(ch: char) -> bool {
    matches!(ch, '.' | '!' | '?' | '…' | '۔' | '।' | '॥' | '։' | '።' | '။' | '។') || needs_no_blank(ch)
}

/// Whether a mark ends a sentence though no blank follows it, unless a closing mark does: `「…。」と述べた`.
fn needs_no_blank(ch: char) -> bool {
    matches!(ch, '。' | '｡' | '！' | '？' | '؟')
}

pub(super) fn closes(ch: char) -> bool {
    matches!(ch, '»' | '”' | '“' | '‘' | '"' | '’' | ')' | '」' | '』' | '）' | '》' | '〉' | '】' | '〕')
}

/// Whether a mark ends the sentence before it. What looks like a full stop may belong to an abbreviation.
fn ends(before: &str, mark: char, after: &str, lang: Lang) -> bool {
    match mark {
        '.' => starts_sentence(after) && !goes_on(before, after, lang),
        '!' | '?' | '…' => starts_sentence(after),
        _ => true,
    }
}

/// A small letter or a figure after a full stop means that an abbreviation stood before it: `3 Oct. 2025`. A tag says
/// nothing of that.
fn starts_sentence(text: &str) -> bool {
    let tag = |text: &str| memchr(b'>', &text.as_bytes()[..text.len().min(SIDE)]);
    let mut text = text;
    while let Some(end) = tag(text).filter(|_| text.starts_with('<')) {
        text = text[end + 1..].trim_start();
    }
    text.chars().find(|ch| ch.is_alphanumeric()).is_none_or(|ch| !ch.is_lowercase() && !ch.is_numeric())
}

fn shorten_start(prose: &str, start: usize, name: usize) -> (usize, bool) {
    if name - start <= SIDE {
        return (start, false);
    }
    let from = prose.ceil_char_boundary(name - SIDE);
    let mut before = prose[..from].chars().next_back();
    for (i, ch) in prose[from..name].char_indices() {
        if parts(before, ch) {
            return (from + i, true);
        }
        before = Some(ch);
    }
    (name, true)
}

fn shorten_end(prose: &str, name: usize, end: usize) -> (usize, bool) {
    if end - name <= SIDE {
        return (end, false);
    }
    let to = prose.floor_char_boundary(name + SIDE);
    let mut after = prose[to..].chars().next();
    for (i, ch) in prose[name..to].char_indices().rev() {
        if after.is_some_and(|after| parts(Some(ch), after)) {
            return (name + i + ch.len_utf8(), true);
        }
        after = Some(ch);
    }
    (name, true)
}

/// Whether a long sentence can be cut between two characters: at a blank, or between the letters of a script that
/// has none between words.
fn parts(before: Option<char>, after: char) -> bool {
    let is_unspaced = is_unspaced(after) || before.is_some_and(is_unspaced);
    after.is_whitespace() || is_unspaced && is_word(after) && between(before, Some(after))
}

#[cfg(test)]
mod tests {
    use super::{Told, excerpt};
    use crate::base::Lang;

    fn around(prose: &str, name: &str) -> String {
        let at = prose.find(name).unwrap();
        excerpt(Told { prose, struck: &[], cites: &[], lang: Lang::english() }, at..at + name.len())
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
        assert_eq!(around("以前。据报道塔利班来了！然后", "塔利班"), "据报道<mark>塔利班</mark>来了！");
        assert_eq!(
            around("前の文。「攻撃した。」とターリバーンは述べた。次", "ターリバーン"),
            "「攻撃した。」と<mark>ターリバーン</mark>は述べた。"
        );
        assert_eq!(around("एक। तालिबान आए। दो।", "तालिबान"), "<mark>तालिबान</mark> आए।");
        assert_eq!(around("ایک۔ طالبان آئے۔ دو", "طالبان"), "<mark>طالبان</mark> آئے۔");
    }

    #[test]
    fn closing_marks_belong_to_the_sentence_and_blanks_to_the_text() {
        let french = |prose: &str| {
            let at = prose.find("Zorgon").unwrap();
            excerpt(Told { prose, struck: &[], cites: &[], lang: Lang::parse("fr").unwrap() }, at..at + 6)
        };
        assert_eq!(french("Avant. « Zorgon ment. » Il part."), "« <mark>Zorgon</mark> ment. »");
        assert_eq!(french("« Il ment ! » Zorgon part ; il rit. Fin."), "<mark>Zorgon</mark> part ; il rit.");
        assert_eq!(around("„Zorgon war es.“ Er ging.", "Zorgon"), "„<mark>Zorgon</mark> war es.“");
        assert_eq!(around("He said. “Zorgon did.” Then", "Zorgon"), "“<mark>Zorgon</mark> did.”");
        assert_eq!(
            around("Zorgon hit .gov and .ir hosts , as told . Then", "Zorgon"),
            "<mark>Zorgon</mark> hit .gov and .ir hosts, as told."
        );
    }

    #[test]
    fn a_citation_is_for_the_sentence_in_which_it_stands_or_before_it() {
        let cited = |prose: &str| {
            let at = prose.find('@').unwrap();
            let prose = &prose.replace('@', "");
            super::cited(Told { prose, struck: &[], cites: &[at], lang: Lang::english() }, at)
        };
        assert_eq!(cited("Before it. A road was cut @. After it."), "A road was cut.");
        assert_eq!(cited("Before it. A road was cut. @ After it."), "A road was cut.");
        assert_eq!(cited("Before it. A road was cut.@"), "A road was cut.");
        assert_eq!(cited("He said “A road was cut.” @ After it."), "He said “A road was cut.”");
        assert_eq!(cited("Some (the Bears) @ cut a road. After it."), "Some (the Bears) cut a road.");
        assert_eq!(cited("Before it. The U.S. @ denied it."), "The U.S. denied it.");
        assert_eq!(cited("Block.\n@ says so. After it."), "says so.");
        assert_eq!(cited("@"), "");
    }

    #[test]
    fn long_sentences_are_cut_at_words() {
        let prose = format!("{} NAME {}", "word ".repeat(100), "word ".repeat(100));
        let out = around(&prose, "NAME");
        assert!(out.starts_with("… word") && out.ends_with("word …") && out.len() < 420, "{out}");
    }

    #[test]
    fn long_sentences_without_blanks_are_cut_between_letters() {
        let prose = format!("{}塔利班{}", "字，".repeat(200), "字，".repeat(200));
        let out = around(&prose, "塔利班");
        assert!(out.starts_with("… 字") && out.ends_with("， …") && out.len() > 300, "{out}");
    }
}
