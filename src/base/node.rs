//! Front matter and settings as one tree: every value with its place, whichever language it was written in.

use super::Span;

/// A value in YAML or TOML and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its bytes in the file.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a [`Node`] holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar. YAML's plain scalars stay text until a field says what it wants, so `NO` is Norway.
    Scalar {
        /// As written, escapes resolved.
        text: String,
        /// Without quotes: may also be read as a number, a truth value or nothing.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in the order written, no key twice.
    Map(Vec<(Key, Node)>),
    /// Something that could not be read, of which a fault tells: neither there for a reader, nor missing.
    Unread,
}

/// A key and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Its place.
    pub span: Span,
}

impl Node {
    /// An empty map, for a file without front matter.
    pub fn empty() -> Self {
        Self { span: Span::default(), value: Value::Map(Vec::new()) }
    }

    /// The scalar's text; `None` for lists, maps and nothing.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// YAML's nothing: empty, `~` or `null`, unquoted.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The items of a list; a lone scalar is a list of one, nothing is an empty list.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Scalar { .. } if !self.is_null() => std::slice::from_ref(self),
            Value::Scalar { .. } | Value::Map(_) | Value::Unread => &[],
        }
    }

    /// The entries of a map; empty for anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key that is there and not nothing.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|(key, node)| key.name == name && !node.is_null()).map(|(_, node)| node)
    }

    /// What it is, in words for a message.
    pub fn describe(&self) -> &'static str {
        match &self.value {
            Value::Scalar { .. } if self.is_null() => "nothing",
            Value::Scalar { .. } => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Unread => "something unreadable",
        }
    }

    /// As JSON, for `extra:`; plain scalars are read by YAML 1.2's core schema.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar { text, plain: true } => scalar_to_json(text),
            Value::Scalar { text, plain: false } => text.as_str().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => serde_json::Value::Object(
                entries.iter().map(|(key, node)| (key.name.clone(), node.to_json())).collect(),
            ),
            Value::Unread => serde_json::Value::Null,
        }
    }
}

fn scalar_to_json(text: &str) -> serde_json::Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => serde_json::Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            if !digits.starts_with(|c: char| c.is_ascii_digit()) {
                return text.into();
            }
            // A number keeps its digits only when it reads back the same: `007` and `1.10` stay text.
            if let Ok(n) = text.parse::<i64>()
                && n.to_string() == text
            {
                return n.into();
            }
            match text.parse::<f64>() {
                Ok(n) if n.to_string() == text => n.into(),
                _ => text.into(),
            }
        }
    }
}
