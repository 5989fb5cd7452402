//! YAML 1.2 text → [`Node`]s, with every fault that does not stop the parser.

mod advice;
mod entries;
mod line;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use granit_parser::{Event, Parser, ScalarStyle, ScanError};

use super::node::{Key, Node, Value};
use super::{Diagnostic, Label, Outcome, Place, SourcePath, Span, codes};

/// More nodes than any front matter has; what a chain of aliases grows into stops here.
const NODE_LIMIT: usize = 100_000;

/// More levels of lists and maps than any front matter has.
const DEPTH_LIMIT: usize = 64;

/// Reads one YAML document. `text` begins at byte `offset` of the file `path`.
///
/// What cannot be read for a syntax error is told, entry by entry, and is [`Value::Unread`]; of duplicate keys the first
/// value is kept.
pub fn parse(path: &SourcePath, text: &str, offset: u32) -> Outcome<Node> {
    let mut builder = Builder::new(path, text, offset);
    match builder.read() {
        Ok(value) => Outcome { value, diagnostics: builder.diagnostics },
        Err(Fault::Scan(_)) => parse_entries(path, text, offset),
        Err(fault) => {
            builder.diagnostics.push(fault.tell(path, text, offset, 0));
            Outcome { value: Node::empty(), diagnostics: builder.diagnostics }
        }
    }
}

/// Reads a map whose entries may be faulty, or may be no entries.
pub fn parse_entries(path: &SourcePath, text: &str, offset: u32) -> Outcome<Node> {
    entries::read(path, text, offset)
}

/// Whether a line was meant for a key and a value, but YAML does not read it so, for a colon without a blank after it or
/// for what only looks like a colon: `title:T`, `title：T`.
pub fn is_nearly_entry(line: &str) -> bool {
    line::Pair::read(line).is_none() && line::Pair::guess(line).is_some_and(|pair| pair.sign.trim() != "=")
}

struct Builder<'a> {
    path: &'a SourcePath,
    offset: u32,
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    depth: usize,
    /// What is known to be broken.
    unread: Option<&'a Unread>,
}

/// Where in the file what is broken stands.
#[derive(Default)]
struct Unread {
    /// Keys, whose values are.
    keys: BTreeSet<u32>,
    /// Values that have no key, or are themselves sound.
    values: BTreeSet<u32>,
}

enum Fault {
    Scan(ScanError),
    TooLarge(Span),
    TooDeep(Span),
}

impl Fault {
    /// Where in the text the parser stopped.
    fn at(&self, text: &str) -> usize {
        let Self::Scan(scan) = self else { return 0 };
        let marker = scan.marker();
        marker.byte_offset().unwrap_or_else(|| byte_of(text, marker.index())).min(text.len())
    }

    /// What is wrong at a byte of the text, which begins at byte `offset` of the file.
    fn tell(&self, path: &SourcePath, text: &str, offset: u32, at: usize) -> Diagnostic {
        match self {
            Self::Scan(scan) => advice::advice(path, text, offset, at, &scan.info()),
            Self::TooDeep(span) => {
                Diagnostic::new(&codes::FRONT_MATTER_SIZE, "the front matter nests too deeply")
                    .at(path, *span)
                    .help("64 levels of lists and maps are the most")
            }
            Self::TooLarge(span) => {
                Diagnostic::new(&codes::FRONT_MATTER_SIZE, "the front matter holds too many values")
                    .at(path, *span)
                    .help("aliases (`*name`) multiply what they stand for; write the values out")
            }
        }
    }
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        Self::Scan(error)
    }
}

type Events<'a> = Parser<'a, granit_parser::StrInput<'a>>;

impl<'a> Builder<'a> {
    fn new(path: &'a SourcePath, text: &'a str, offset: u32) -> Self {
        Self {
            path,
            offset,
            text,
            diagnostics: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            depth: 0,
            unread: None,
        }
    }

    fn read(&mut self) -> Result<Node, Fault> {
        let parser = &mut Parser::new_from_str(self.text);
        let mut root = Node::empty();
        let mut seen = false;
        while let Some((event, span)) = self.next(parser)? {
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd | Event::Comment(..) => {}
                event => {
                    let node = self.node(event, span, parser)?;
                    if !seen {
                        root = node;
                        seen = true;
                    }
                }
            }
        }
        Ok(root)
    }

    fn next(&self, parser: &mut Events<'a>) -> Result<Option<(Event<'a>, Span)>, Fault> {
        let Some(next) = parser.next_event() else { return Ok(None) };
        let (event, span) = next?;
        let range = span.byte_range().unwrap_or(0..0);
        Ok(Some((event, Span::new(range).shifted(self.offset))))
    }

    fn node(&mut self, event: Event<'a>, span: Span, parser: &mut Events<'a>) -> Result<Node, Fault> {
        self.nodes += 1;
        if self.nodes > NODE_LIMIT {
            return Err(Fault::TooLarge(span));
        }
        if self.depth > DEPTH_LIMIT {
            return Err(Fault::TooDeep(span));
        }
        self.depth += 1;
        let anchor = event.anchor_id().filter(|&id| id != 0);
        let node = match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                let is_unread = self.unread.is_some_and(|unread| unread.values.contains(&span.start));
                let value = if is_unread {
                    Value::Unread
                } else {
                    Value::Scalar { text: without_controls(text.into_owned()), plain }
                };
                Node { span: self.trimmed(span), value }
            }
            Event::SequenceStart(..) => self.list(span, parser)?,
            Event::MappingStart(..) if self.is_field(span) => self.field(span, parser)?,
            Event::MappingStart(..) => self.map(span, parser)?,
            Event::Alias(id) => {
                let copy = self.anchors.get(&id).cloned().unwrap_or_else(Node::empty);
                self.nodes += size(&copy);
                if self.nodes > NODE_LIMIT {
                    return Err(Fault::TooLarge(span));
                }
                if self.depth + height(&copy) > DEPTH_LIMIT {
                    return Err(Fault::TooDeep(span));
                }
                Node { span, ..copy }
            }
            _ => Node::empty(),
        };
        self.depth -= 1;
        if let Some(id) = anchor {
            self.anchors.insert(id, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, start: Span, parser: &mut Events<'a>) -> Result<Node, Fault> {
        let mut items: Vec<Node> = Vec::new();
        let mut end = start.end;
        while let Some((event, span)) = self.next(parser)? {
            match event {
                Event::SequenceEnd => {
                    end = self.closed(span, ']').or(items.last().map(|item| item.span.end)).unwrap_or(end);
                    break;
                }
                Event::Comment(..) => {}
                event => items.push(self.node(event, span, parser)?),
            }
        }
        Ok(Node { span: Span { start: start.start, end: end.max(start.end) }, value: Value::List(items) })
    }

    fn map(&mut self, start: Span, parser: &mut Events<'a>) -> Result<Node, Fault> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        let mut closed = None;
        while let Some((event, span)) = self.next(parser)? {
            match event {
                Event::MappingEnd => {
                    closed = self.closed(span, '}');
                    break;
                }
                Event::Comment(..) => continue,
                _ => {}
            }
            let key = self.node(event, span, parser)?;
            let value = loop {
                let Some((event, span)) = self.next(parser)? else { break Node::empty() };
                if !matches!(event, Event::Comment(..)) {
                    break self.node(event, span, parser)?;
                }
            };
            if key.value == Value::Unread {
                continue;
            }
            let Value::Scalar { text: name, .. } = key.value else {
                self.diagnostics.push(
                    Diagnostic::new(
                        &codes::WRONG_TYPE,
                        format!("a key must be text, not {}", key.describe()),
                    )
                    .at(self.path, key.span)
                    .label("not a key")
                    .help("quote text that starts with `[` or `{`"),
                );
                continue;
            };
            let is_unread = self.unread.is_some_and(|unread| unread.keys.contains(&key.span.start));
            let value = if is_unread { Node { span: key.span, value: Value::Unread } } else { value };
            match first.get(&name) {
                Some(&earlier) => self.diagnostics.push(
                    // Of two labels the second may be the one that is meant.
                    Diagnostic::new(
                        if Label::is_key(&name) { &codes::BAD_LABEL } else { &codes::DUPLICATE_KEY },
                        format!("the key `{name}` stands twice"),
                    )
                    .at(self.path, key.span)
                    .label("again here")
                    .also(Place::new(self.path, earlier), "first here")
                    .help("join the two, or remove one"),
                ),
                None => {
                    first.insert(name.clone(), key.span);
                    entries.push((Key { name, span: key.span }, value));
                }
            }
        }
        let end = closed.or(entries.last().map(|(_, value)| value.span.end)).unwrap_or(start.end);
        Ok(Node { span: Span { start: start.start, end: end.max(start.end) }, value: Value::Map(entries) })
    }

    /// Whether a map in brackets is a field of a template: `{{title}}`.
    fn is_field(&self, span: Span) -> bool {
        let at = span.start.saturating_sub(self.offset) as usize;
        self.text.get(at..).is_some_and(|text| text.starts_with("{{"))
    }

    fn field(&mut self, start: Span, parser: &mut Events<'a>) -> Result<Node, Fault> {
        let told = self.diagnostics.len();
        let span = self.map(start, parser)?.span;
        self.diagnostics.truncate(told);
        let at =
            span.start.saturating_sub(self.offset) as usize..span.end.saturating_sub(self.offset) as usize;
        let written = self.text.get(at).unwrap_or_default();
        let mut fault = Diagnostic::new(
            &codes::YAML_SYNTAX,
            "a field of a template is left over, which YAML cannot read",
        )
        .at(self.path, span)
        .label("not filled in")
        .help("write the value; text that begins with `{` needs quotes");
        fault.replacement = Some(format!("\"{}\"", written.replace('\\', "\\\\").replace('"', "\\\"")));
        self.diagnostics.push(fault);
        Ok(Node { span, value: Value::Unread })
    }

    /// Where a list or map in brackets ends; one without brackets ends with its last item.
    fn closed(&self, span: Span, bracket: char) -> Option<u32> {
        let at = span.start.checked_sub(self.offset)? as usize;
        self.text.get(at..)?.starts_with(bracket).then_some(span.start + 1)
    }

    /// The parser's scalar spans may take in trailing blanks and line ends; an underline should not.
    fn trimmed(&self, span: Span) -> Span {
        let range =
            span.start.saturating_sub(self.offset) as usize..span.end.saturating_sub(self.offset) as usize;
        let kept = self.text.get(range).map_or(0, |text| text.trim_end().len());
        Span { start: span.start, end: span.start + u32::try_from(kept).unwrap_or(0) }
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::Scalar { .. } | Value::Unread => 1,
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, node)| size(node)).sum::<usize>(),
    }
}

fn height(node: &Node) -> usize {
    match &node.value {
        Value::Scalar { .. } | Value::Unread => 0,
        Value::List(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Value::Map(entries) => 1 + entries.iter().map(|(_, node)| height(node)).max().unwrap_or(0),
    }
}

fn byte_of(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

/// Without characters that an escape such as `"\b"` can make, and that no page may hold.
fn without_controls(mut text: String) -> String {
    let is_odd = |ch: char| ch.is_control() && !matches!(ch, '\n' | '\r' | '\t');
    if text.contains(is_odd) {
        text.retain(|ch| !is_odd(ch));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Outcome<Node> {
        parse(&SourcePath::new("x.md"), text, 0)
    }

    #[test]
    fn plain_scalars_stay_text() {
        let node = read("a: NO\nb: 2025-12-08\nc: on\nd:\n").value;
        assert_eq!(node.get("a").and_then(Node::text), Some("NO"));
        assert_eq!(node.get("b").and_then(Node::text), Some("2025-12-08"));
        assert_eq!(node.get("c").and_then(Node::text), Some("on"));
        assert!(node.get("d").is_none());
    }

    #[test]
    fn spans_are_exact() {
        let text = "title: Räuber\nlist: [a, \"b c\"]\n";
        let node = read(text).value;
        let spans: Vec<&str> =
            node.get("list").unwrap().items().iter().map(|n| &text[n.span.range()]).collect();
        assert_eq!(spans, ["a", "\"b c\""]);
        assert_eq!(&text[node.get("title").unwrap().span.range()], "Räuber");
    }

    #[test]
    fn both_places_of_a_duplicate_are_told() {
        let out = read("a: 1\nb: 2\na: 3\n");
        assert_eq!(out.diagnostics.len(), 1);
        assert_eq!(out.diagnostics[0].place.as_ref().unwrap().span.unwrap().range(), 10..11);
        assert_eq!(out.value.get("a").and_then(Node::text), Some("1"));
    }

    #[test]
    fn an_unquoted_colon_is_underlined_where_it_stands() {
        let text = "id: x\ntitle: Moscow: a warning\ndate: 2025\n";
        let out = read(text);
        let place = out.diagnostics[0].place.clone().unwrap();
        assert_eq!(&text[place.span.unwrap().range()], "Moscow: a warning");
    }

    #[test]
    fn what_is_sound_is_read_beside_what_is_broken() {
        let out = read("a: @x\nb: [y, *n]\nc:\n  - d: %\n    e: z\nn: &n `v`\nf:g\n");
        let told = |out: &Outcome<Node>| out.diagnostics.len();
        assert_eq!(told(&out), 4);
        let json = serde_json::json!({"a": null, "b": ["y", null], "c": [{"d": null, "e": "z"}], "n": null, "f": null});
        assert_eq!(out.value.to_json(), json);
        assert!(["a", "n", "f"].iter().all(|key| out.value.get(key).unwrap().value == Value::Unread));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_told(text in r#"([ab:]|: |- |\n|\n  |\n- |[\[\]{}"'@%*&!|>,#?=\\\té：\u{A0} ]){0,60}"#) {
            let out = read(&text);
            for fault in &out.diagnostics {
                let span = fault.place.as_ref().unwrap().span.unwrap();
                prop_assert!(text.get(span.range()).is_some(), "{:?} {:?}", fault, span);
            }
            let valid = Builder::new(&SourcePath::new("x.md"), &text, 0).read().is_ok();
            prop_assert!(valid || !out.diagnostics.is_empty());
        }
    }

    #[test]
    fn evil_input_ends_quickly() {
        for evil in [
            "[".repeat(60_000),
            "- ".repeat(30_000),
            "{a: ".repeat(15_000),
            "*x".to_owned(),
            "\0".to_owned(),
            "a: @b\n".repeat(9_000),
            "a: &a\nb: *a\nc: @\n".repeat(3_000),
            format!("a:\n{}", "- - b: \"\n".repeat(6_000)),
            "a: [\n".repeat(10_000),
            "a: \"\n".repeat(10_000),
            "%".repeat(99),
        ] {
            let _ = read(&evil);
        }
        let bomb: String = (1..12)
            .map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(",")))
            .collect();
        assert_eq!(read(&format!("a0: &a0 x\n{bomb}")).diagnostics.len(), 1);
    }
}
