//! Documents as a cache keeps them: what was read of a file, without the file's text, which is at hand.

use serde::{Deserialize, Serialize};

use super::{Args, Body, Common, Data, Document};
use crate::base::{Diagnostic, Fingerprint, Key, Outcome, Prints};

/// What parsing a file came to, but for what its arguments tell.
#[derive(Serialize, Deserialize)]
struct Kept<D, B> {
    document: Option<D>,
    diagnostics: B,
}

/// What [`parse`](super::parse()) came to, as bytes.
pub fn keep<'a>(document: Option<&'a Document>, diagnostics: &[Diagnostic]) -> Option<Vec<u8>> {
    let parts = |it: &'a Document| {
        // So that the fingerprint is there to be kept.
        Fingerprint::strong(&it.face());
        (&it.key, &it.common, &it.data, &it.body, &it.face)
    };
    let document = document.map(parts);
    postcard::to_stdvec(&Kept { document, diagnostics }).ok()
}

/// From such bytes, what [`parse`](super::parse()) came to for the same arguments.
pub fn recall(args: &Args, bytes: &[u8]) -> Option<Outcome<Option<Document>>> {
    type Parts = (Key, Common, Data, Body, Prints);
    let kept: Kept<Parts, Vec<Diagnostic>> = postcard::from_bytes(bytes).ok()?;
    let value = kept.document.map(|(key, common, data, body, face)| Document {
        path: args.path.clone(),
        source: args.source.clone(),
        key,
        common,
        data,
        body,
        rules: args.rules.clone(),
        ceiling: None,
        face,
    });
    Some(Outcome { value, diagnostics: kept.diagnostics })
}

/// Values of the site's own. A form that does not tell what comes next needs their types said.
pub(super) mod free {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::{Map, Number, Value};

    #[derive(Serialize, Deserialize)]
    enum Free {
        Null,
        Bool(bool),
        Whole(i64),
        Large(u64),
        Float(f64),
        Text(String),
        List(Vec<Free>),
        Map(Vec<(String, Free)>),
    }

    pub(crate) fn serialize<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            value.serialize(serializer)
        } else {
            free(value).serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        if deserializer.is_human_readable() {
            return Value::deserialize(deserializer);
        }
        Free::deserialize(deserializer).map(value)
    }

    fn free(value: &Value) -> Free {
        match value {
            Value::Null => Free::Null,
            Value::Bool(flag) => Free::Bool(*flag),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => Free::Whole(whole),
                (None, Some(large)) => Free::Large(large),
                _ => Free::Float(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => Free::Text(text.clone()),
            Value::Array(list) => Free::List(list.iter().map(free).collect()),
            Value::Object(map) => {
                Free::Map(map.iter().map(|(key, value)| (key.clone(), free(value))).collect())
            }
        }
    }

    fn value(free: Free) -> Value {
        match free {
            Free::Null => Value::Null,
            Free::Bool(flag) => Value::Bool(flag),
            Free::Whole(whole) => whole.into(),
            Free::Large(large) => large.into(),
            Free::Float(float) => Number::from_f64(float).map_or(Value::Null, Value::Number),
            Free::Text(text) => text.into(),
            Free::List(list) => list.into_iter().map(value).collect(),
            Free::Map(map) => {
                Value::Object(map.into_iter().map(|(key, free)| (key, value(free))).collect::<Map<_, _>>())
            }
        }
    }
}
