//! `brief schema`: JSON Schema (draft 2020-12) of front matter, from the tables that check it.
//!
//! An editor uses it by a first line `# yaml-language-server: $schema=PATH` in the front matter. Numbers are
//! let through where text is meant, because YAML reads `title: 2025` as one and we do not.

use serde_json::{Map, Value, json};

use super::shell::Shell;
use super::status::{Failure, Status};
use crate::base::shape::{Field, Shape};
use crate::base::{CountryCode, Kind, Label};
use crate::document;

/// Prints the schema of one kind, or one that takes any kind.
pub(super) fn run(kind: Option<Kind>, shell: &Shell) -> Result<Status, Failure> {
    let schema = kind.map_or_else(all, one);
    shell.print(&format!("{schema:#}\n"))
}

fn one(kind: Kind) -> Value {
    let mut schema = head(&format!("Front matter of a {}", kind.name()));
    schema.extend(map(&document::tables(kind)));
    schema.insert("$defs".to_owned(), Value::Object(definitions()));
    Value::Object(schema)
}

fn all() -> Value {
    let mut schema = head("Front matter of any kind");
    let mut definitions = definitions();
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        // By the folder's name, because a country is also a value.
        definitions.insert(kind.folder().to_owned(), Value::Object(map(&document::tables(kind))));
        kinds.push(json!({ "$ref": format!("#/$defs/{}", kind.folder()) }));
    }
    schema.insert("anyOf".to_owned(), kinds.into());
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(schema)
}

fn head(title: &str) -> Map<String, Value> {
    object(json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title }))
}

/// A map with the keys of these tables and no others. Of a key that two tables have, the first counts.
fn map(tables: &[&[Field]]) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in tables.iter().copied().flatten() {
        if !properties.contains_key(field.name) {
            properties.insert(field.name.to_owned(), property(field));
            required.extend(field.required.then_some(field.name));
        }
    }
    let mut map =
        object(json!({ "type": "object", "properties": properties, "additionalProperties": false }));
    if !required.is_empty() {
        map.insert("required".to_owned(), required.into());
    }
    map
}

fn property(field: &Field) -> Value {
    let mut property = object(json!({ "description": field.doc }));
    property.extend(shape(&field.shape));
    Value::Object(property)
}

fn shape(shape: &Shape) -> Map<String, Value> {
    object(match shape {
        Shape::Text => json!({ "type": ["string", "number"] }),
        Shape::Checked(check) => json!({ "type": ["string", "number"], "$comment": check.help }),
        Shape::Reference(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            json!({ "type": ["string", "number"], "$comment": format!("id of: {}", names.join(", ")) })
        }
        Shape::Date => json!({ "$ref": "#/$defs/date" }),
        Shape::Label => json!({ "$ref": "#/$defs/label" }),
        Shape::Country => json!({ "$ref": "#/$defs/country" }),
        Shape::Language => json!({ "$ref": "#/$defs/language" }),
        Shape::Url => json!({ "type": "string", "format": "uri" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number(least, most) => {
            json!({ "type": "number", "minimum": number(*least), "maximum": number(*most) })
        }
        Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Choice(words) => json!({ "enum": words }),
        Shape::List(item) => {
            let item = self::shape(item);
            json!({ "anyOf": [{ "type": "array", "items": item }, item] })
        }
        Shape::Map(fields) => Value::Object(map(&[fields])),
        Shape::MapOf(value) => json!({ "type": "object", "additionalProperties": self::shape(value) }),
        Shape::TextOr(fields) => json!({ "anyOf": [{ "type": ["string", "number"] }, map(&[fields])] }),
        Shape::Any => json!({}),
    })
}

/// What many keys share.
fn definitions() -> Map<String, Value> {
    let codes: Vec<&str> = CountryCode::all().map(CountryCode::alpha2).collect();
    let shouted: Vec<String> = Label::ALL.iter().map(|label| label.wording().to_owned()).collect();
    object(json!({
        "date": {
            "description": "EDTF (ISO 8601-2), with ~ for about and ? for uncertain.",
            "type": ["string", "integer"],
            "examples": ["2025-12-08", "2025-12", "2025", "2024-03~", "2025-12-01/2025-12-10", "2019/.."],
        },
        "label": { "description": "A TLP 2.0 label.", "anyOf": [{ "enum": Label::NAMES }, { "enum": shouted }] },
        "country": {
            "description": "ISO 3166-1 alpha-2 or alpha-3 code, or English name. Kosovo is XK.",
            "anyOf": [{ "enum": codes }, { "type": "string" }],
            "examples": ["AF", "AFG", "Afghanistan"],
        },
        "language": { "description": "A BCP 47 tag.", "type": "string", "examples": ["en", "fa", "fa-AF"] },
    }))
}

/// Whole numbers without a fraction; an open end is `null`, which [`object`] drops.
fn number(value: f64) -> Value {
    if value.is_infinite() {
        Value::Null
    } else if value.fract() == 0.0 {
        // Saturates for what no range has.
        json!(value as i64)
    } else {
        json!(value)
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(mut map) => {
            map.retain(|_, value| !value.is_null());
            map
        }
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brief_is_described() {
        let schema = one(Kind::Brief);
        assert_eq!(schema["properties"]["date"]["$ref"], "#/$defs/date");
        assert_eq!(schema["additionalProperties"], false);
        assert!(schema["required"].as_array().unwrap().contains(&"date".into()));
        let sources = &schema["properties"]["sources"]["anyOf"];
        assert_eq!(sources[0]["items"], sources[1], "one may stand alone");
        assert_eq!(sources[1]["additionalProperties"], false);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let schema = all();
        assert_eq!(schema["$defs"].as_object().unwrap().len(), definitions().len() + Kind::ALL.len());
        let text = schema.to_string();
        for reference in text.split("\"$ref\":\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema["$defs"][name].is_object(), "{name}");
        }
    }
}
