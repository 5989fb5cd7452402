//! Front matter that is not valid YAML, entry by entry: each fault is told, and what is sound is read.
//!
//! What is broken is masked: its key stays, blanks stand where its value was, and the whole is read again, so that
//! places, anchors and keys that stand twice are as they would be without the fault.

use std::collections::BTreeSet;
use std::ops::Range;

use super::line::{Pair, is_item};
use super::{Builder, Fault, Unread, advice};
use crate::base::node::{Key, Node, Value};
use crate::base::{Diagnostic, Outcome, SourcePath, Span};

/// Entries of entries are looked into so deep.
const DEPTH: usize = 6;

/// So often what is left is read again; more faults that only the whole shows are not looked for.
const ROUNDS: usize = 16;

/// So many entries a value in quotes or brackets may seem to go over, because it goes over lines.
const JOINED: usize = 12;

/// Reads what can be read, and tells what cannot.
pub(super) fn read(path: &SourcePath, text: &str, offset: u32) -> Outcome<Node> {
    let masked = text.to_owned().into_bytes();
    let anchors = text.match_indices('&').filter_map(|(at, _)| name_at(text, at + 1)).collect();
    let mut mender = Mender {
        path,
        text,
        offset,
        masked,
        unread: Unread::default(),
        swallowed: Vec::new(),
        anchors,
        diagnostics: Vec::new(),
    };
    let pieces = match Piece::first(text, 0, text.len()) {
        Some(whole) => mender.joined(&whole.split(text)),
        None => Vec::new(),
    };
    for piece in &pieces {
        mender.mend(*piece, true, 0);
    }
    let value = mender.rest(&pieces);
    Outcome { value, diagnostics: mender.diagnostics }
}

/// A stretch of lines: an entry, or an item, with what is indented below it.
#[derive(Clone, Copy)]
struct Piece {
    /// Where its first line begins.
    line: usize,
    /// Where it begins itself.
    start: usize,
    end: usize,
}

impl Piece {
    /// What stands between two places, up to the end, if anything but comments does.
    fn first(text: &str, from: usize, end: usize) -> Option<Self> {
        let mut line = text[..from].rfind('\n').map_or(0, |at| at + 1);
        let mut at = from;
        for rest in text[from..end].split_inclusive('\n') {
            let content = rest.trim_start_matches(' ');
            if !content.trim().is_empty() && !content.starts_with('#') {
                return Some(Self { line, start: at + rest.len() - content.len(), end });
            }
            at += rest.len();
            line = at;
        }
        None
    }

    /// Its entries, which begin in its first one's column.
    fn split(self, text: &str) -> Vec<Self> {
        let column = self.start - self.line;
        let is_list = is_item(&text[self.start..self.end]);
        let mut pieces = vec![self];
        let mut at = self.line;
        for line in text[self.line..self.end].split_inclusive('\n') {
            let content = line.trim_start_matches(' ');
            let indent = line.len() - content.len();
            let begins = !content.trim().is_empty()
                && !content.starts_with(['#', '\t', ']', '}', ','])
                && (is_list || !is_item(content));
            if at > self.line && begins && indent <= column {
                if let Some(last) = pieces.last_mut() {
                    last.end = at;
                }
                pieces.push(Self { line: at, start: at + indent, end: self.end });
            }
            at += line.len();
        }
        pieces
    }

    /// The lines below an entry that has its value beside its key, as far as they look like entries.
    fn swallowed(self, text: &str) -> Vec<Self> {
        let has_value = Pair::read(&text[self.start..self.end]).is_some_and(|pair| {
            !pair.value.is_empty() && !pair.value.starts_with(['|', '>', '[', '{', '"', '\''])
        });
        let mut at = self.start;
        let lines = text[self.start..self.end].split_inclusive('\n').map(|line| {
            at += line.len();
            Self { line: at - line.len(), start: at - line.trim_start_matches(' ').len(), end: at }
        });
        let is_entry = |line: &Self| Pair::read(&text[line.start..line.end]).is_some();
        lines.skip(1).filter(|line| has_value && is_entry(line)).collect()
    }

    /// What stands below its key or after its dash, when that is entries or items.
    fn body(self, text: &str) -> Option<Self> {
        let content = &text[self.start..self.end];
        let body = if is_item(content) {
            Self::first(text, self.start + 1, self.end)?
        } else {
            let pair =
                Pair::read(content).filter(|pair| pair.value.is_empty() || pair.value.starts_with('#'))?;
            let below = content[pair.key.len()..].find('\n')?;
            Self::first(text, self.start + pair.key.len() + below + 1, self.end)?
        };
        let inner = &text[body.start..body.end];
        (is_item(inner) || Pair::read(inner).is_some()).then_some(body)
    }
}

struct Mender<'a> {
    path: &'a SourcePath,
    text: &'a str,
    offset: u32,
    /// The text with blanks in place of what is broken.
    masked: Vec<u8>,
    unread: Unread,
    /// Lines that are indented as if they went on with a value, but are entries.
    swallowed: Vec<Piece>,
    /// The names of anchors.
    anchors: BTreeSet<&'a str>,
    diagnostics: Vec<Diagnostic>,
}

impl Mender<'_> {
    /// Pieces of which some are one, because a value goes over lines that look like entries.
    fn joined(&self, pieces: &[Piece]) -> Vec<Piece> {
        let is_open =
            |fault: &Fault| matches!(fault, Fault::Scan(scan) if scan.info().starts_with("unclosed"));
        let mut all = Vec::new();
        let mut at = 0;
        while let Some(&piece) = pieces.get(at) {
            at += 1;
            let mut whole = piece;
            if self.parse(piece).is_err_and(|fault| is_open(&fault)) {
                let later = pieces[at..].iter().take(JOINED).map(|next| Piece { end: next.end, ..piece });
                let closes = |piece: &Piece| self.parse(*piece).is_ok_and(|node| node.entries().len() == 1);
                if let Some((more, joined)) = later.enumerate().find(|(_, piece)| closes(piece)) {
                    at += more + 1;
                    whole = joined;
                }
            }
            all.push(whole);
        }
        all
    }

    /// Tells what is wrong in a piece, and masks it.
    fn mend(&mut self, piece: Piece, is_entry: bool, depth: usize) {
        match self.parse(piece) {
            Ok(node) if !is_entry || node.is_null() || matches!(node.value, Value::Map(_)) => return,
            Ok(_) => {
                let line = &self.text[piece.start..piece.end];
                let at = self.offset + offset(piece.start);
                self.diagnostics.push(advice::no_key(self.path, line, at));
                return self.mask(piece);
            }
            Err(_) => {}
        }
        if let Some(body) = piece.body(self.text).filter(|_| depth < DEPTH) {
            let is_list = is_item(&self.text[body.start..body.end]);
            for part in body.split(self.text) {
                self.mend(part, !is_list, depth + 1);
            }
        }
        if let Err(fault) = self.parse(piece) {
            self.blame(piece, &fault, piece.line);
            if depth == 0 {
                self.swallowed.extend(piece.swallowed(self.text));
            }
        }
    }

    /// What is left when all that is broken is masked.
    fn rest(&mut self, pieces: &[Piece]) -> Node {
        for _ in 0..ROUNDS {
            let masked = self.masked_text(0, 0, self.text.len());
            let mut builder = Builder::new(self.path, &masked, self.offset);
            builder.unread = Some(&self.unread);
            let fault = match builder.read() {
                Ok(node) => {
                    self.diagnostics.append(&mut builder.diagnostics);
                    let node = if matches!(node.value, Value::Scalar { .. }) { Node::empty() } else { node };
                    return self.with_swallowed(node);
                }
                Err(fault) => fault,
            };
            if let Some(name) = self.lost_anchor(&fault, &masked) {
                self.mask_aliases(&name);
                continue;
            }
            let at = fault.at(&masked);
            let Some(piece) = pieces.iter().rfind(|piece| piece.line <= at).copied() else { break };
            let left = self.masked[piece.start..piece.end].trim_ascii();
            if left.is_empty() {
                break;
            }
            if left.ends_with(b":") && self.unread.keys.remove(&(self.offset + offset(piece.start))) {
                // What is wrong with it has been told.
                self.blank(piece.start..piece.end);
            } else {
                self.blame(piece, &fault, 0);
            }
        }
        Node::empty()
    }

    /// A map with the keys of entries that are indented as if they were none: they are not missing.
    fn with_swallowed(&self, mut node: Node) -> Node {
        let Value::Map(entries) = &mut node.value else { return node };
        for piece in &self.swallowed {
            let Some(pair) = Pair::read(&self.text[piece.start..piece.end]) else { continue };
            let span = Span::new(piece.start..piece.start + pair.key.len()).shifted(self.offset);
            if entries.iter().all(|(key, _)| key.name != pair.key) {
                entries.push((Key { name: pair.key.to_owned(), span }, Node { span, value: Value::Unread }));
            }
        }
        node
    }

    /// The name of an anchor that stands in the text, but in a part that is masked, when that is the fault.
    fn lost_anchor(&self, fault: &Fault, masked: &str) -> Option<String> {
        let Fault::Scan(scan) = fault else { return None };
        let name =
            name_at(masked, fault.at(masked) + 1).filter(|_| scan.info().contains("unknown anchor"))?;
        self.anchors.contains(name).then(|| name.to_owned())
    }

    /// What an anchor that is broken stands for is not known, and no fault of its own.
    fn mask_aliases(&mut self, name: &str) {
        for at in memchr::memchr_iter(b'*', &self.masked.clone()) {
            let alias = at..at + 1 + name.len();
            if name_at(self.text, at + 1) == Some(name)
                && self.masked.get(alias.clone()) == self.text.as_bytes().get(alias.clone())
            {
                self.masked[alias].fill(b' ');
                self.masked[at] = b'~';
                self.unread.values.insert(self.offset + offset(at));
            }
        }
    }

    /// `from` is where the text that the fault is of began.
    fn blame(&mut self, piece: Piece, fault: &Fault, from: usize) {
        let at = from + fault.at(&self.text[from..]);
        self.diagnostics.push(fault.tell(self.path, self.text, self.offset, at));
        self.mask(piece);
    }

    /// Puts blanks where a piece's value is, or where it is itself when it has no key.
    fn mask(&mut self, piece: Piece) {
        let content = &self.text[piece.start..piece.end];
        let guess = || Pair::guess(content).filter(|pair| pair.key.starts_with(char::is_alphanumeric));
        let mut from = piece.start;
        if let Some(pair) = Pair::read(content).or_else(guess) {
            from += pair.key.len();
            self.masked[from] = b':';
            from += 1;
            self.unread.keys.insert(self.offset + offset(piece.start));
        }
        self.blank(from..piece.end);
    }

    fn blank(&mut self, range: Range<usize>) {
        for byte in self.masked[range].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
    }

    fn parse(&self, piece: Piece) -> Result<Node, Fault> {
        let mut text = self.masked_text(piece.line, piece.start, piece.end);
        // An anchor may stand in another piece.
        if !self.anchors.is_empty() {
            let aliases: Vec<usize> = text.match_indices('*').map(|(at, _)| at).collect();
            for at in aliases {
                if name_at(&text, at + 1).is_some_and(|name| self.anchors.contains(name)) {
                    text.replace_range(at..=at, "x");
                }
            }
        }
        Builder::new(self.path, &text, self.offset + offset(piece.line)).read()
    }

    /// What is masked of a stretch, with blanks before its start.
    fn masked_text(&self, line: usize, start: usize, end: usize) -> String {
        let mut text = " ".repeat(start - line);
        text.push_str(&String::from_utf8_lossy(&self.masked[start..end]));
        text
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The name of an anchor that stands at a byte.
fn name_at(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..)?;
    let end = rest.find(|ch: char| ch.is_whitespace() || ",[]{}".contains(ch)).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}
