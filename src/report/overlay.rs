//! Faults for the live preview: the report for people as HTML, each place leading into the writer's editor.

use std::fmt::Write as _;
use std::path::Path;

use super::human::plain;
use super::lines::Lines;
use super::{Editor, Tally};
use crate::base::{Diagnostic, Place, Snapshot};

/// Renders faults that are sorted already as a fragment of HTML. What comes from files is escaped; there is
/// no script and no style in it.
///
/// `root` is the folder of the site, for the addresses that `editor` makes.
pub fn overlay(diagnostics: &[Diagnostic], sources: &Snapshot, root: &Path, editor: &Editor) -> String {
    let mut lines = Lines::new(sources);
    let mut out = format!("<h1 id=\"title\">{}</h1>\n<ol>\n", escape(&Tally::of(diagnostics).to_string()));
    for diagnostic in diagnostics {
        let at = Links { root, editor };
        out.push_str(&fault(diagnostic, &mut lines, &at));
    }
    out.push_str("</ol>\n");
    out
}

fn fault<'a>(diagnostic: &'a Diagnostic, lines: &mut Lines<'a>, links: &Links<'_>) -> String {
    let code = diagnostic.code;
    let level = diagnostic.level.word();
    let mut out = format!(
        "<li class=\"{level}\"><h2><span class=\"level\">{level}</span> <code>{}</code> {}</h2>\n",
        code.id,
        escape(&shown(&diagnostic.message))
    );
    if let Some(place) = &diagnostic.place {
        let _ = writeln!(out, "<p class=\"place\">{}</p>", links.link(place, lines));
    }
    let frame = plain(diagnostic, lines);
    // The title and the place stand above already.
    let below = frame.lines().skip(diagnostic.message.lines().count().max(1));
    let below: Vec<&str> = below.skip_while(|line| line.trim_start().starts_with("--> ")).collect();
    if !below.is_empty() {
        let _ = writeln!(out, "<pre tabindex=\"0\">{}</pre>", escape(&below.join("\n")));
    }
    let others: Vec<String> =
        diagnostic.others.iter().map(|(place, _)| format!("<li>{}</li>", links.link(place, lines))).collect();
    if !others.is_empty() {
        let _ = writeln!(out, "<ul>{}</ul>", others.concat());
    }
    out.push_str("</li>\n");
    out
}

struct Links<'a> {
    root: &'a Path,
    editor: &'a Editor,
}

impl Links<'_> {
    /// `content/briefs/a.md:5:3`, leading there.
    fn link<'a>(&self, place: &'a Place, lines: &mut Lines<'a>) -> String {
        let file = lines.of(&place.path);
        let at = place.span.zip(file).map(|(span, file)| file.position(span.range().start));
        let (line, column) = at.map_or((1, 1), |at| (at.line, at.column));
        let words = match at {
            Some(at) => format!("{}:{}:{}", place.path, at.line, at.column),
            None => place.path.to_string(),
        };
        let words = escape(&words);
        match self.editor.href(self.root, &place.path, line, column) {
            Some(href) => format!("<a href=\"{}\">{words}</a>", escape(&href)),
            None => words,
        }
    }
}

/// Without control characters, which a browser would draw as nothing.
fn shown(text: &str) -> String {
    annotate_snippets::normalize_untrusted_str(text)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for ch in text.chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            ch => out.push(ch),
        }
    }
    out
}
