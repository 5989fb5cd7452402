//! `brief help config`: every setting as it stands in site.toml, from the table that checks it. All lines
//! are comments, so the text is a valid site.toml to start from.

use std::fmt::Write as _;

use toml::de::DeValue;

use super::text::wrap;
use crate::base::Label;
use crate::base::shape::{Field, Shape};
use crate::config;

const WIDTH: usize = 100;

/// The text.
pub(super) fn settings() -> String {
    let mut out = wrap(
        "Every setting of site.toml, with its type and its default. Remove the `#` before a key to set it, and \
         before the name of its table. site.ENV.toml (`--env ENV`) wins over site.toml; then come BRIEF_* \
         variables (BRIEF_FRONT_MATTER_UNKNOWN sets front_matter.unknown), then flags.",
        WIDTH,
        "# ",
    );
    fields(&mut out, config::FIELDS, "");
    out
}

/// The keys of a table, then, as TOML wants it, the tables within it.
fn fields(out: &mut String, fields: &[Field], path: &str) {
    let (tables, keys): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| is_table(&field.shape));
    for field in keys {
        out.push('\n');
        about(out, field);
        let _ = writeln!(out, "#{} = {}", field.name, sample(field));
    }
    for field in tables {
        table(out, field, path);
    }
}

fn is_table(shape: &Shape) -> bool {
    match shape {
        // Anything, among settings, is a table of the site's own.
        Shape::Map(_) | Shape::MapOf(_) | Shape::Any => true,
        Shape::List(item) => matches!(item, Shape::Map(_)),
        _ => false,
    }
}

fn table(out: &mut String, field: &Field, path: &str) {
    let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
    out.push('\n');
    match &field.shape {
        Shape::Map(keys) => {
            out.push_str(&wrap(field.doc, WIDTH, "# "));
            let _ = writeln!(out, "#[{path}]");
            fields(out, keys, &path);
        }
        Shape::List(Shape::Map(keys)) => {
            out.push_str(&wrap(&format!("{} One such table for each.", field.doc), WIDTH, "# "));
            let _ = writeln!(out, "#[[{path}]]");
            fields(out, keys, &path);
        }
        Shape::MapOf(Shape::Map(keys)) => {
            out.push_str(&wrap(&format!("{} One such table for each NAME.", field.doc), WIDTH, "# "));
            let _ = writeln!(out, "#[{path}.NAME]");
            fields(out, keys, &format!("{path}.NAME"));
        }
        Shape::MapOf(value) => {
            about(out, field);
            let _ = writeln!(out, "#[{path}]\n#NAME = {}", of_shape(value));
        }
        shape => {
            out.push_str(&wrap(field.doc, WIDTH, "# "));
            let _ = writeln!(out, "#[{path}]\n#NAME = {}", of_shape(shape));
        }
    }
}

fn about(out: &mut String, field: &Field) {
    let must = if field.required { " Must be there." } else { "" };
    out.push_str(&wrap(&format!("{}{must}", field.doc), WIDTH, "# "));
    out.push_str(&wrap(&format!("Type: {}.", kind(&field.shape)), WIDTH, "# "));
}

/// The default, where the doc ends with one that is TOML; else something of the right shape.
fn sample(field: &Field) -> String {
    let default = field.doc.rsplit_once("Default: ").map(|(_, rest)| rest.split(';').next().unwrap_or(rest));
    let default =
        default.map(|text| text.trim_matches(['.', '`'])).filter(|text| DeValue::parse(text).is_ok());
    default.map_or_else(|| of_shape(&field.shape), str::to_owned)
}

fn of_shape(shape: &Shape) -> String {
    match shape {
        Shape::Flag => "true".to_owned(),
        Shape::Number(least, most) => 0_f64.clamp(*least, *most).to_string(),
        Shape::Whole(least, _) => least.to_string(),
        Shape::Choice(words) => format!("{:?}", words.first().copied().unwrap_or_default()),
        Shape::Label => format!("{:?}", Label::NAMES[0]),
        Shape::Date => "\"2026-11-20\"".to_owned(),
        Shape::Country => "\"AF\"".to_owned(),
        Shape::Language => "\"en\"".to_owned(),
        Shape::Url => "\"https://example.org/\"".to_owned(),
        Shape::List(item) => format!("[{}]", of_shape(item)),
        Shape::Map(_) | Shape::MapOf(_) => "{}".to_owned(),
        Shape::Text | Shape::Checked(_) | Shape::Reference(_) | Shape::TextOr(_) | Shape::Any => {
            "\"\"".to_owned()
        }
    }
}

/// A shape in words.
fn kind(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::TextOr(_) => "text".to_owned(),
        Shape::Date => "a date (EDTF)".to_owned(),
        Shape::Label => words(Label::NAMES),
        Shape::Flag => "true or false".to_owned(),
        Shape::Number(least, most) if most.is_finite() => format!("a number from {least} to {most}"),
        Shape::Number(least, _) => format!("a number from {least}"),
        Shape::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Shape::Country => "a country".to_owned(),
        Shape::Language => "a language tag (BCP 47)".to_owned(),
        Shape::Url => "a web address".to_owned(),
        Shape::Checked(check) => format!("{} ({})", check.name, check.help),
        Shape::Choice(choice) => words(choice),
        Shape::Reference(_) => "an id".to_owned(),
        Shape::List(item) => format!("a list: {}", kind(item)),
        Shape::Map(_) => "a table".to_owned(),
        Shape::MapOf(value) => format!("a table of names: {}", kind(value)),
        Shape::Any => "anything".to_owned(),
    }
}

fn words(words: &[&str]) -> String {
    format!("one of {}", words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::node::Node;
    use crate::base::{SourcePath, toml};

    fn read(text: &str) -> Node {
        let outcome = toml::parse(&SourcePath::new("site.toml"), text);
        assert!(outcome.diagnostics.is_empty(), "{text}\n{:?}", outcome.diagnostics);
        outcome.value
    }

    #[test]
    fn the_text_is_a_settings_file_that_sets_nothing() {
        let text = settings();
        assert!(read(&text).entries().is_empty());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn without_its_comment_marks_every_setting_is_toml() {
        let uncommented = |line: &str| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        };
        let settings = read(&settings().lines().map(uncommented).collect::<String>());
        assert!(config::FIELDS.iter().all(|field| settings.get(field.name).is_some()), "{settings:?}");
    }
}
