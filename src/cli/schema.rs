//! `brief schema`: JSON Schema (draft 2020-12) of front matter, from the tables that check it.
//!
//! An editor uses it by a first line `# yaml-language-server: $schema=PATH` in the front matter. Numbers,
//! and true and false, are let through where text is meant, because YAML reads `title: 2025` as one and we do not.

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
    let name = kind.name();
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let mut schema = head(&format!("Front matter of {article} {name}"));
    schema.extend(whole(kind));
    schema.insert("$defs".to_owned(), Value::Object(definitions()));
    Value::Object(schema)
}

fn all() -> Value {
    let mut schema = head("Front matter of any kind");
    let mut definitions = definitions();
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        // By the folder's name, because a country is also a value.
        definitions.insert(kind.folder().to_owned(), Value::Object(whole(kind)));
        kinds.push(json!({ "$ref": format!("#/$defs/{}", kind.folder()) }));
    }
    schema.insert("anyOf".to_owned(), kinds.into());
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(schema)
}

/// Front matter of a kind, which may be empty where nothing is needed.
fn whole(kind: Kind) -> Map<String, Value> {
    let whole = map(&document::tables(kind));
    if whole.contains_key("required") { whole } else { or_nothing(whole) }
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
    // A key without a value counts as not written. A label that is nothing could be any.
    let is_needed = field.required || matches!(field.shape, Shape::Label);
    property.extend(if is_needed { shape(&field.shape) } else { or_nothing(shape(&field.shape)) });
    Value::Object(property)
}

/// What a schema takes, or nothing.
fn or_nothing(mut schema: Map<String, Value>) -> Map<String, Value> {
    if schema.is_empty() {
        return schema;
    }
    let [types, words, parts] = ["type", "enum", "anyOf"].map(|key| schema.contains_key(key));
    let mut add = |key: &str, nothing: Value| match schema.get_mut(key) {
        Some(Value::Array(list)) => list.push(nothing),
        Some(one) => *one = json!([one.take(), nothing]),
        None => {}
    };
    match (types, words, parts) {
        (true, false, _) => add("type", json!("null")),
        (_, true, _) => add("enum", Value::Null),
        (_, _, true) => add("anyOf", json!({ "type": "null" })),
        _ => return object(json!({ "anyOf": [schema, { "type": "null" }] })),
    }
    schema
}

fn shape(shape: &Shape) -> Map<String, Value> {
    object(match shape {
        Shape::Text => json!({ "type": TEXT }),
        Shape::Checked(check) => json!({ "type": ["string", "number"], "$comment": check.help }),
        Shape::Reference(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            json!({ "type": TEXT, "$comment": format!("id of: {}", names.join(", ")) })
        }
        Shape::Date => json!({ "$ref": "#/$defs/date" }),
        Shape::Label => json!({ "$ref": "#/$defs/label" }),
        Shape::Country => json!({ "$ref": "#/$defs/country" }),
        Shape::Language => json!({ "$ref": "#/$defs/language" }),
        Shape::Url => {
            json!({ "type": "string", "pattern": WEB_ADDRESS, "examples": ["https://example.org/"] })
        }
        // In quotes they count too.
        Shape::Flag => json!({ "enum": [true, false, "true", "false", "True", "False", "TRUE", "FALSE"] }),
        Shape::Number(least, most) => {
            let (least, most) = (number(*least), number(*most));
            json!({ "type": ["number", "string"], "minimum": least, "maximum": most, "pattern": "^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$" })
        }
        Shape::Whole(least, most) => {
            json!({ "type": ["integer", "string"], "minimum": least, "maximum": most, "pattern": "^[+]?[0-9]+$" })
        }
        Shape::Choice(words) => json!({ "enum": words }),
        Shape::List(item) => {
            let item = self::shape(item);
            json!({ "anyOf": [{ "type": "array", "items": or_nothing(item.clone()) }, item] })
        }
        Shape::Map(fields) => Value::Object(map(&[fields])),
        Shape::MapOf(value) => {
            let one = self::shape(value);
            let map = json!({ "type": "object", "additionalProperties": or_nothing(one.clone()) });
            // A list without keys counts as one of them.
            if matches!(value, Shape::List(_)) { json!({ "anyOf": [map, one] }) } else { map }
        }
        Shape::TextOr(fields) => json!({ "anyOf": [{ "type": TEXT }, map(&[fields])] }),
        Shape::Any => json!({}),
    })
}

/// What YAML may make of text: `title: 2025`, `title: true`.
const TEXT: [&str; 3] = ["string", "number", "boolean"];

/// In any case, as far as a pattern can say it.
const WEB_ADDRESS: &str = "^([Hh][Tt][Tt][Pp][Ss]?://|[Mm][Aa][Ii][Ll][Tt][Oo]:)[^\\s]+$";

/// What many keys share.
fn definitions() -> Map<String, Value> {
    let codes: Vec<&str> = CountryCode::all().map(CountryCode::alpha2).collect();
    let shouted: Vec<String> = Label::ALL.iter().map(|label| label.wording().to_owned()).collect();
    let any_case = format!("^\\s*({}:\\s*)?({})\\s*$", in_any_case("tlp"), {
        let names = Label::NAMES.iter().copied().chain(["white"]);
        names.map(in_any_case).collect::<Vec<_>>().join("|")
    });
    object(json!({
        "date": {
            "description": "EDTF (ISO 8601-2), with ~ for about and ? for uncertain.",
            "type": ["string", "integer"],
            "examples": ["2025-12-08", "2025-12", "2025", "2024-03~", "2025-12-01/2025-12-10", "2019/.."],
        },
        "label": {
            "description": "A TLP 2.0 label.",
            "anyOf": [{ "enum": Label::NAMES }, { "enum": shouted }, { "type": "string", "pattern": any_case }],
        },
        "country": {
            "description": "ISO 3166-1 alpha-2 or alpha-3 code, or English name. Kosovo is XK.",
            "anyOf": [{ "enum": codes }, { "type": "string" }],
            "examples": ["AF", "AFG", "Afghanistan"],
        },
        "language": { "description": "A BCP 47 tag.", "type": "string", "examples": ["en", "fa", "fa-AF"] },
    }))
}

/// A pattern for a word: JSON Schema's have no flag for it.
fn in_any_case(word: &str) -> String {
    word.chars()
        .map(|ch| match ch {
            ch if ch.is_ascii_alphabetic() => format!("[{}{ch}]", ch.to_ascii_uppercase()),
            ch => format!("[{ch}]"),
        })
        .collect()
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
    use crate::base::shape::Checker;
    use crate::base::{SourcePath, yaml};

    #[test]
    fn a_brief_is_described() {
        let schema = one(Kind::Brief);
        assert_eq!(schema["properties"]["date"]["$ref"], "#/$defs/date");
        assert_eq!(schema["additionalProperties"], false);
        assert!(schema["required"].as_array().unwrap().contains(&"date".into()));
        let sources = &schema["properties"]["sources"]["anyOf"];
        assert_eq!(sources[0]["items"]["properties"], sources[1]["properties"], "one may stand alone");
        assert_eq!(sources[1]["additionalProperties"], false);
        assert_eq!(schema["title"], "Front matter of a brief");
        assert_eq!(one(Kind::Event)["title"], "Front matter of an event");
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

    fn passes_check(kind: Kind, text: &str) -> (bool, Value) {
        let path = SourcePath::new("x.md");
        let node = yaml::parse(&path, text, 0).value;
        let mut checker = Checker::new(&path);
        checker.map(&node, &document::tables(kind), false);
        (checker.diagnostics.is_empty(), node.to_json())
    }

    #[test]
    fn what_the_check_takes_the_schema_takes() {
        let brief = "title: A\ndate: 2025\n";
        for (kind, before, text) in [
            (Kind::Brief, brief, "summary:\nactors:\nthreat:\nextra:\nlang:\nreview_by:\ndraft:\n"),
            (Kind::Brief, brief, "actors: [a, ]\nsources: [{ id: x, url: , grade: ~ }]"),
            (Kind::Brief, brief, "actors: [a, null]\ncountries: [AF, null]\njudgements:\n  -\n"),
            (Kind::Brief, brief, "summary: true\nregions: [2025, true]\nauthors: No"),
            (Kind::Brief, brief, "draft: \"true\"\nautolink: False"),
            (Kind::Brief, brief, "tlp: CLEAR"),
            (Kind::Brief, brief, "tlp: Amber+Strict"),
            (Kind::Brief, brief, "tlp: tlp:Green"),
            (Kind::Brief, brief, "tlp: \" TLP:WHITE\""),
            (Kind::Brief, brief, "sources: { id: x, url: \"HTTPS://de.example.org/Österreich\" }"),
            (Kind::Event, "", "actors: a"),
            (Kind::Event, "", "actors: [a, b]"),
            (Kind::Event, "", "actors: { perpetrator: a, target: [b], other: }"),
            (Kind::Event, "", "killed: 145\ninjured: 84-101\nlat: \"55.83\"\nlon: -1.5e1"),
            (Kind::Region, "", "m49: \"143\""),
            (Kind::Region, "", "m49: 143"),
            (Kind::Actor, "", "aliases: Snake"),
            (Kind::Actor, "", "aliases: [{ name: Snake, link: \"false\", lang: }, ~, 8200, true]"),
            (Kind::Topic, "", ""),
        ] {
            let text = format!("{before}{text}");
            let (passes, json) = passes_check(kind, &text);
            assert!(passes, "{text}");
            for schema in [one(kind), all()] {
                let errors: Vec<_> = jsonschema::validator_for(&schema)
                    .unwrap()
                    .iter_errors(&json)
                    .map(|it| it.to_string())
                    .collect();
                assert!(errors.is_empty(), "{text}: {errors:?}");
            }
        }
    }

    #[test]
    fn what_the_check_refuses_the_schema_refuses() {
        let brief = "title: A\ndate: 2025\n";
        for (kind, before, text) in [
            (Kind::Brief, "title: A\n", "date:"),
            (Kind::Brief, brief, "tlp:"),
            (Kind::Brief, brief, "tlp: orange"),
            (Kind::Brief, brief, "draft: yes"),
            (Kind::Brief, brief, "sources: [{ id: , url: x }]"),
            (Kind::Brief, brief, "threat: [{ country: AF, level: true }]"),
            (Kind::Event, "", "killed: true"),
            (Kind::Event, "", "lat: north"),
            (Kind::Event, "", "lat: true"),
            (Kind::Region, "", "m49: true"),
            (Kind::Region, "", "m49: 143.5"),
        ] {
            let text = format!("{before}{text}");
            let (passes, json) = passes_check(kind, &text);
            assert!(!passes, "{text}");
            assert!(!jsonschema::validator_for(&one(kind)).unwrap().is_valid(&json), "{text}");
        }
    }
}
