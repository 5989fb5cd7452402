//! Code → spans with classes. The grammars are loaded when the first fence with a language is met.

use std::sync::OnceLock;

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

use super::escape;

/// Longer code is shown plain: highlighting is for reading, and nobody reads so much.
const LIMIT: usize = 64 * 1024;

const STYLE: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "hl-" };

/// Appends highlighted code, or plain code where no grammar is known for the language.
pub(super) fn highlight(code: &str, language: &str, out: &mut String) {
    static GRAMMARS: OnceLock<SyntaxSet> = OnceLock::new();
    let grammars = || GRAMMARS.get_or_init(two_face::syntax::extra_newlines);
    let syntax = (!language.is_empty() && code.len() <= LIMIT)
        .then(|| grammars().find_syntax_by_token(alias(language)))
        .flatten();
    let Some(syntax) = syntax else { return escape::text(code, out) };
    let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax, grammars(), STYLE);
    for line in LinesWithEndings::from(code) {
        if generator.parse_html_for_line_which_includes_newline(line).is_err() {
            return escape::text(code, out);
        }
    }
    out.push_str(&generator.finalize());
}

/// Languages that are written in another.
fn alias(language: &str) -> &str {
    match language.to_ascii_lowercase().as_str() {
        "sigma" => "yaml",
        "jsonl" | "ndjson" | "stix" | "geojson" => "json",
        "pwsh" | "ps" => "powershell",
        "kql" | "kusto" => "sql",
        _ => language,
    }
}
