//! Style sheets: what they refer to has an address with a hash, and so have they.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::load::{Asset, Static, asset};
use crate::base::{Diagnostic, Level, SourcePath, Span, codes};

/// A style sheet as it is written.
pub(super) struct Sheet {
    /// Its file; none for the built-in theme's.
    pub path: Option<SourcePath>,
    pub css: String,
}

/// Adds the style sheets to the other static files, each after those that it imports, with the hashed addresses of
/// what they refer to. What is not there is told.
pub(super) fn add(
    mut sheets: BTreeMap<String, Sheet>,
    assets: &mut BTreeMap<String, Asset>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    while !sheets.is_empty() {
        let is_ready = |(name, sheet): &(&String, &Sheet)| {
            let named = |place: Range<usize>| Some(Target::new(name, &sheet.css[place])?.name);
            references(&sheet.css).into_iter().filter_map(named).all(|other| !sheets.contains_key(&other))
        };
        // Of a circle any is the first: what it refers to has no hash yet, and is told as missing.
        let next = sheets.iter().find(is_ready).or_else(|| sheets.iter().next());
        let Some((name, sheet)) =
            next.map(|(name, _)| name.clone()).and_then(|name| sheets.remove_entry(&name))
        else {
            return;
        };
        let css = refer(&name, &sheet, assets, diagnostics);
        let made = asset(name, Static::Bytes(css.into_bytes()));
        assets.insert(made.name.clone(), made);
    }
}

/// A style sheet whose references lead to the hashed addresses of the theme's other files.
fn refer(
    name: &str,
    sheet: &Sheet,
    assets: &BTreeMap<String, Asset>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    let up = "../".repeat(name.matches('/').count());
    let mut css = String::with_capacity(sheet.css.len());
    let mut from = 0;
    for place in references(&sheet.css) {
        let Some(target) = Target::new(name, &sheet.css[place.clone()]) else { continue };
        match assets.get(&target.name) {
            Some(asset) => {
                let url = asset.url.href();
                let below = url.strip_prefix("assets/").unwrap_or(&url);
                css.push_str(&sheet.css[from..place.start]);
                let _ = write!(css, "{up}{below}{}", target.rest);
                from = place.end;
            }
            None => diagnostics.extend(sheet.path.as_ref().map(|path| missing(path, &target.name, &place))),
        }
    }
    css.push_str(&sheet.css[from..]);
    css
}

fn missing(path: &SourcePath, name: &str, place: &Range<usize>) -> Diagnostic {
    let fault = Diagnostic::new(&codes::BROKEN_LINK, format!("there is no file `static/{name}`"))
        .at(path, Span::new(place.clone()))
        .help("the addresses in a style sheet are relative to it; its files lie in static/, in the site or its theme");
    Diagnostic { level: Level::Warn, ..fault }
}

/// A static file that a style sheet refers to.
struct Target<'c> {
    name: String,
    /// `?…` and `#…`.
    rest: &'c str,
}

impl<'c> Target<'c> {
    /// `None` for what is no file beside the sheet: a whole address, data, a part of the sheet itself.
    fn new(sheet: &str, written: &'c str) -> Option<Self> {
        let end = written.find(['?', '#']).unwrap_or(written.len());
        let (path, rest) = written.split_at(end);
        let is_elsewhere = path.is_empty() || path.starts_with('/') || path.contains(':');
        if is_elsewhere {
            return None;
        }
        let path = crate::base::decode(path)?;
        let name = SourcePath::new(sheet).join(&path)?;
        Some(Self { name: name.as_str().to_owned(), rest })
    }
}

/// Where addresses stand in a style sheet: in `url(…)` and after `@import`, without their quotes.
fn references(css: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = css[at..].find(['/', 'u', 'U', '@']) {
        at += start;
        let rest = &css[at..];
        let starts = |word: &str| rest.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
        let is_word = css[..at].ends_with(|ch: char| ch.is_alphanumeric() || matches!(ch, '-' | '_' | '\\'));
        if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if starts("url(") && !is_word {
            let inside = at + "url(".len();
            let place = quoted(css, inside).unwrap_or_else(|| {
                trimmed(css, inside..css[inside..].find(')').map_or(css.len(), |end| inside + end))
            });
            at = place.end;
            found.push(place);
        } else if starts("@import") {
            at += "@import".len();
            if let Some(place) = quoted(css, at) {
                at = place.end;
                found.push(place);
            }
        } else {
            at += 1;
        }
    }
    found
}

/// What stands between quotes that come next.
fn quoted(css: &str, at: usize) -> Option<Range<usize>> {
    let rest = css[at..].trim_start();
    let start = css.len() - rest.len() + 1;
    let quote = rest.chars().next().filter(|ch| matches!(ch, '"' | '\''))?;
    Some(start..start + css[start..].find(quote)?)
}

fn trimmed(css: &str, place: Range<usize>) -> Range<usize> {
    let text = css[place.clone()].trim_start();
    let start = place.end - text.len();
    start..start + text.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(css: &str) -> Vec<&str> {
        references(css).into_iter().map(|place| &css[place]).collect()
    }

    #[test]
    fn references_are_found_wherever_a_sheet_has_them() {
        let css = r#"/* url(no.png) */ @import "a.css"; @import url( 'b.css' ) print; a { background: URL(c.png) }
            b { src: url("d (1).woff2?v=1#iefix") format("woff2"), url(data:font/woff2;base64,AA); my-url(x) }"#;
        assert_eq!(
            found(css),
            ["a.css", "b.css", "c.png", "d (1).woff2?v=1#iefix", "data:font/woff2;base64,AA"]
        );
        for odd in ["url(", "url(\"", "@import", "@import '", "/*", "url()", "é url(é"] {
            found(odd);
        }
    }

    #[test]
    fn targets_are_named_from_the_folder_of_static_files() {
        let named = |sheet, written| Target::new(sheet, written).map(|it| (it.name, it.rest));
        assert_eq!(
            named("css/site.css", "../fonts/a%20b.woff2?v=1"),
            Some(("fonts/a b.woff2".to_owned(), "?v=1"))
        );
        assert_eq!(named("site.css", "bg.png"), Some(("bg.png".to_owned(), "")));
        for elsewhere in
            ["/bg.png", "//cdn.example.org/x", "https://example.org/x", "data:x", "#mask", "../../x"]
        {
            assert!(named("site.css", elsewhere).is_none(), "{elsewhere}");
        }
    }
}
