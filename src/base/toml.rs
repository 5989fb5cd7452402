//! TOML text → [`Node`]s.

use ::toml::de::{DeTable, DeValue};

use super::node::{Key, Node, Value};
use super::{Diagnostic, Outcome, SourcePath, Span, codes};

/// Reads a TOML document. What cannot be read is told, all of it, and left out.
pub fn parse(path: &SourcePath, text: &str) -> Outcome<Node> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let diagnostics = errors
        .iter()
        .map(|error| {
            let at = error.span().unwrap_or(0..0);
            Diagnostic::new(
                &codes::SETTINGS_SYNTAX,
                format!("this is not valid TOML: {}", error.message().replace('\n', ", ")),
            )
            .at(path, Span::new(at))
        })
        .collect();
    let span = Span::new(table.span());
    Outcome { value: Node { span, value: map(table.get_ref()) }, diagnostics }
}

/// Reads one value as TOML has it; anything else is text.
pub fn parse_value(text: &str) -> Node {
    match DeValue::parse(text) {
        Ok(value) => node(value.get_ref(), Span::default()),
        Err(_) => {
            Node { span: Span::default(), value: Value::Scalar { text: text.to_owned(), plain: false } }
        }
    }
}

/// Entries in the order of the file, whatever order the library keeps them in.
fn map(table: &DeTable<'_>) -> Value {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let name = Key { name: key.get_ref().clone().into_owned(), span: Span::new(key.span()) };
            (name, node(value.get_ref(), Span::new(value.span())))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span);
    Value::Map(entries)
}

fn node(value: &DeValue<'_>, span: Span) -> Node {
    let plain = |text: String| Value::Scalar { text, plain: true };
    let value = match value {
        DeValue::String(text) => Value::Scalar { text: text.clone().into_owned(), plain: false },
        DeValue::Integer(number) => plain(number.to_string()),
        DeValue::Float(number) => plain(number.to_string()),
        DeValue::Boolean(flag) => plain(flag.to_string()),
        DeValue::Datetime(date) => plain(date.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| node(item.get_ref(), Span::new(item.span()))).collect())
        }
        DeValue::Table(table) => map(table),
    };
    Node { span, value }
}
