//! YAML 1.2 text → [`Node`]s, with every fault that does not stop the parser.

use std::collections::{BTreeMap, HashMap};

use granit_parser::{Event, Parser, ScalarStyle, ScanError};

use super::node::{Key, Node, Value};
use super::{Diagnostic, Label, Outcome, Place, SourcePath, Span, codes};

/// More nodes than any front matter has; what a chain of aliases grows into stops here.
const NODE_LIMIT: usize = 100_000;

/// Reads one YAML document. `text` begins at byte `offset` of the file `path`.
///
/// A syntax error gives an empty map and says where; duplicate keys keep the first value.
pub fn parse(path: &SourcePath, text: &str, offset: u32) -> Outcome<Node> {
    let mut builder =
        Builder { path, offset, text, diagnostics: Vec::new(), anchors: HashMap::new(), nodes: 0 };
    let mut parser = Parser::new_from_str(text);
    let value = match builder.document(&mut parser) {
        Ok(node) => node,
        Err(fault) => {
            let fault = builder.syntax(&fault);
            builder.diagnostics.push(fault);
            Node::empty()
        }
    };
    Outcome { value, diagnostics: builder.diagnostics }
}

struct Builder<'a> {
    path: &'a SourcePath,
    offset: u32,
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

enum Fault {
    Scan(ScanError),
    TooLarge(Span),
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        Self::Scan(error)
    }
}

type Events<'a> = Parser<'a, granit_parser::StrInput<'a>>;

impl<'a> Builder<'a> {
    fn document(&mut self, parser: &mut Events<'a>) -> Result<Node, Fault> {
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
        let anchor = event.anchor_id().filter(|&id| id != 0);
        let node = match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                let value = Value::Scalar { text: without_controls(text.into_owned()), plain };
                Node { span: self.trimmed(span), value }
            }
            Event::SequenceStart(..) => self.list(span, parser)?,
            Event::MappingStart(..) => self.map(span, parser)?,
            Event::Alias(id) => {
                let copy = self.anchors.get(&id).cloned().unwrap_or_else(Node::empty);
                self.nodes += size(&copy);
                if self.nodes > NODE_LIMIT {
                    return Err(Fault::TooLarge(span));
                }
                Node { span, ..copy }
            }
            _ => Node::empty(),
        };
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

    fn syntax(&self, fault: &Fault) -> Diagnostic {
        let scan = match fault {
            Fault::TooLarge(span) => {
                return Diagnostic::new(&codes::FRONT_MATTER_SIZE, "the front matter holds too many values")
                    .at(self.path, *span)
                    .help("aliases (`*name`) multiply what they stand for; write the values out");
            }
            Fault::Scan(scan) => scan,
        };
        let marker = scan.marker();
        let at = marker.byte_offset().unwrap_or_else(|| byte_of(self.text, marker.index()));
        // A value that goes on after a tab is blamed where it began; the tab is what to mend.
        let at = match self
            .text
            .get(at..)
            .and_then(|rest| rest.find('\t'))
            .filter(|_| scan.info().ends_with("a tab"))
        {
            Some(tab) => at + tab,
            None => at,
        };
        let (start, line) = line_at(self.text, at);
        let mut diagnostic =
            Diagnostic::new(&codes::YAML_SYNTAX, format!("this is not valid YAML: {}", scan.info()));
        // A parser notices an unquoted `a: b: c` at the second colon or a line later; show the line to blame.
        let blamed = if at == start && !line.contains(": ") { start.saturating_sub(1) } else { at };
        let (start, line) = line_at(self.text, blamed);
        if let Some((_, value)) = line.split_once(": ")
            && value.contains(": ")
            && !value.starts_with(['"', '\'', '{', '['])
        {
            let from = start + line.len() - value.len();
            diagnostic.help.push("a value with a colon needs quotes".to_owned());
            diagnostic.replacement = Some(format!("{:?}", value.trim_end()));
            return diagnostic
                .at(self.path, Span::new(from..from + value.trim_end().len()).shifted(self.offset))
                .label("quote this");
        }
        if line.contains('\t') {
            diagnostic.help.push("YAML indents with spaces, never with tabs".to_owned());
        }
        // One character, whole.
        let at = self.text.floor_char_boundary(at);
        let end = self.text.ceil_char_boundary((at + 1).min(self.text.len()));
        diagnostic.at(self.path, Span::new(at..end).shifted(self.offset)).label("the parser stopped here")
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::Scalar { .. } | Value::Unread => 1,
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, node)| size(node)).sum::<usize>(),
    }
}

fn byte_of(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

/// The line around a byte, with where it starts.
fn line_at(text: &str, at: usize) -> (usize, &str) {
    let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    (start, &text[start..end])
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
    fn evil_input_ends_quickly() {
        for evil in [
            "[".repeat(60_000),
            "- ".repeat(30_000),
            "{a: ".repeat(15_000),
            "*x".to_owned(),
            "\0".to_owned(),
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
