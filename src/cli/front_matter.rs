//! The front matter that `brief new` writes: what must be there, then what a kind mostly has, each with the
//! words of its table.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::base::shape::{Field, Shape};
use crate::base::{CountryCode, Kind};
use crate::document;

/// Comments begin at this column.
const COMMENT: usize = 30;

/// A document without text.
pub(super) fn text(kind: Kind, title: &str, country: Option<CountryCode>, today: Date) -> String {
    let name = name_key(kind);
    let mut out = format!("---\n{name}: {}\n", scalar(title));
    if let Some(country) = country {
        let _ = writeln!(out, "code: {}", country.alpha2());
    }
    let tables = document::tables(kind);
    let fields =
        || tables.iter().copied().flatten().filter(|field| field.name != name && field.name != "code");
    for field in fields().filter(|field| field.required) {
        let value = if matches!(field.shape, Shape::Date) { today.to_string() } else { String::new() };
        out.push_str(&line("", field, &value));
    }
    for name in usual(kind) {
        if let Some(field) = fields().find(|field| field.name == *name && !field.required) {
            out.push_str(&line("# ", field, &sample(&field.shape, today)));
        }
    }
    out + "---\n\n"
}

/// What a document of this kind is called by.
fn name_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Actor | Kind::Country | Kind::Person | Kind::Region | Kind::Source => "name",
        Kind::Brief | Kind::Event | Kind::Topic | Kind::Page => "title",
    }
}

/// The keys that are worth a line from the start.
fn usual(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Brief => &[
            "summary",
            "tlp",
            "authors",
            "actors",
            "countries",
            "regions",
            "people",
            "topics",
            "threat",
            "judgements",
            "sources",
            "statements",
            "events",
        ],
        Kind::Actor => &["summary", "short", "type", "aliases", "active_in", "relations", "founded"],
        Kind::Country => &["summary", "aliases", "metonyms"],
        Kind::Person => &["summary", "aliases", "offices"],
        Kind::Region => &["summary", "countries", "m49"],
        Kind::Event => {
            &["summary", "date", "country", "place", "lat", "lon", "actors", "killed", "injured", "source"]
        }
        Kind::Source => &["summary", "type", "country", "url", "reliability", "note"],
        Kind::Topic | Kind::Page => &["summary", "tlp", "lang"],
    }
}

fn line(mark: &str, field: &Field, value: &str) -> String {
    let pair = format!("{mark}{}: {value}", field.name);
    format!("{:COMMENT$}# {}\n", pair.trim_end(), field.doc)
}

fn sample(shape: &Shape, today: Date) -> String {
    match shape {
        Shape::Date => today.to_string(),
        Shape::Label => "clear".to_owned(),
        Shape::Flag => "true".to_owned(),
        Shape::Number(least, most) => 0_f64.clamp(*least, *most).to_string(),
        Shape::Whole(least, _) => least.to_string(),
        Shape::Choice(words) => words.first().copied().unwrap_or_default().to_owned(),
        Shape::Language => "en".to_owned(),
        Shape::Country => "AF".to_owned(),
        Shape::Url => "https://example.org/".to_owned(),
        Shape::List(_) => "[]".to_owned(),
        Shape::Map(_) | Shape::MapOf(_) => "{}".to_owned(),
        Shape::Text | Shape::Checked(_) | Shape::Reference(_) | Shape::TextOr(_) | Shape::Any => {
            String::new()
        }
    }
}

/// Text as a YAML scalar: bare where no reader of YAML can take it for anything else, else quoted. JSON's
/// quoting is YAML's, but for the characters that YAML does not let stand.
fn scalar(text: &str) -> String {
    let is_word = |c: char| c.is_alphabetic() || crate::base::is_joining(c);
    let is_plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| is_word(c) || c.is_ascii_digit() || " -,.()'’–—".contains(c))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null"
        );
    if is_plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::base::node::Node;
    use crate::base::shape::Checker;
    use crate::base::{SourcePath, yaml};

    fn read(text: &str) -> Node {
        let path = SourcePath::new("x.md");
        let yaml = text.strip_prefix("---\n").unwrap().strip_suffix("---\n\n").unwrap();
        let outcome = yaml::parse(&path, yaml, 4);
        assert!(outcome.diagnostics.is_empty(), "{text}\n{:?}", outcome.diagnostics);
        outcome.value
    }

    #[test]
    fn every_kind_passes_its_own_check_with_and_without_comments() {
        let path = SourcePath::new("x.md");
        for kind in Kind::ALL {
            let country = (kind == Kind::Country).then(|| CountryCode::from_input("AF").unwrap());
            let text = text(kind, "A title", country, date(2026, 11, 20));
            assert!(usual(kind).iter().all(|name| text.contains(&format!("{name}:"))), "{text}");
            for text in [text.clone(), text.replace("\n# ", "\n")] {
                let mut checker = Checker::new(&path);
                checker.map(&read(&text), &document::tables(kind), false);
                assert!(checker.diagnostics.is_empty(), "{text}\n{:?}", checker.diagnostics);
            }
        }
    }

    #[test]
    fn plain_titles_stay_plain() {
        for plain in ["Moscow warns of ISIS-K", "داعش خراسان", "Don't panic (yet)"] {
            assert_eq!(scalar(plain), plain);
        }
        assert_eq!(scalar("No"), "\"No\"");
        assert_eq!(scalar("a: \"b\" # c"), "\"a: \\\"b\\\" # c\"");
    }

    proptest! {
        #[test]
        fn any_title_reads_back(title in "\\PC{1,40}") {
            let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assume!(!title.is_empty());
            let node = read(&text(Kind::Brief, &title, None, date(2026, 11, 20)));
            prop_assert_eq!(node.get("title").and_then(Node::text), Some(title.as_str()));
        }
    }
}
