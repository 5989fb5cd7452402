//! Code → spans with classes. The grammars are loaded when the first fence with a language is met.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::OnceLock;

use syntect::Error;
use syntect::html::{ClassStyle, line_tokens_to_classed_spans};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use super::escape;

/// Longer code is shown plain: highlighting is for reading, and nobody reads so much.
const LIMIT: usize = 64 * 1024;

/// How many lines a thread remembers.
const REMEMBERED: usize = 4096;

const STYLE: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "hl-" };

/// Appends highlighted code, or plain code where no grammar is known for the language.
pub(super) fn highlight(code: &str, language: &str, out: &mut String) {
    let syntax = (!language.is_empty() && code.len() <= LIMIT)
        .then(|| grammars().find_syntax_by_token(alias(language)))
        .flatten();
    let start = out.len();
    if syntax.is_none_or(|syntax| write(code, syntax, out).is_err()) {
        out.truncate(start);
        escape::text(code, out);
    }
}

fn grammars() -> &'static SyntaxSet {
    static GRAMMARS: OnceLock<SyntaxSet> = OnceLock::new();
    GRAMMARS.get_or_init(two_face::syntax::extra_newlines)
}

fn write(code: &str, syntax: &SyntaxReference, out: &mut String) -> Result<(), Error> {
    let mut state = Rc::new(State { parse: ParseState::new(syntax), scopes: ScopeStack::new() });
    let mut open = 0;
    for line in LinesWithEndings::from(code) {
        let step = LINES.with_borrow_mut(|lines| lines.step(line, &state))?;
        out.push_str(&step.html);
        open += step.opened;
        state = Rc::clone(&step.after);
    }
    (0..open).for_each(|_| out.push_str("</span>"));
    Ok(())
}

/// Where the reading of code stands between two lines.
#[derive(Clone, PartialEq, Eq)]
struct State {
    parse: ParseState,
    scopes: ScopeStack,
}

/// A line, read.
struct Step {
    before: Rc<State>,
    html: String,
    /// How many spans it leaves open, less those of earlier lines that it closes.
    opened: isize,
    after: Rc<State>,
}

/// Lines that were read before. Rules and queries of one kind share most of their lines, and the grammars'
/// regular expressions cost more than all else on a page.
#[derive(Default)]
struct Lines(HashMap<String, Vec<Rc<Step>>>);

thread_local! {
    static LINES: RefCell<Lines> = RefCell::default();
}

impl Lines {
    fn step(&mut self, line: &str, before: &Rc<State>) -> Result<Rc<Step>, Error> {
        let known = self.0.get(line).into_iter().flatten().find(|step| step.before == *before);
        if let Some(step) = known {
            return Ok(Rc::clone(step));
        }
        let mut after = State::clone(before);
        let tokens = after.parse.parse_line(line, grammars())?;
        let (html, opened) = line_tokens_to_classed_spans(line, &tokens, STYLE, &mut after.scopes)?;
        let step = Rc::new(Step { before: Rc::clone(before), html, opened, after: Rc::new(after) });
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.entry(line.to_owned()).or_default().push(Rc::clone(&step));
        Ok(step)
    }
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

#[cfg(test)]
mod tests {
    use syntect::html::ClassedHTMLGenerator;

    use super::*;

    /// What is remembered of one text never shows in another: the same as line by line without a memory.
    #[test]
    fn remembered_lines_change_nothing() {
        let c = "/* a\n$x = \"y\"\n*/\nint x = 1;\n$x = \"y\"\n";
        let rule = "rule: [1, 2]\n$x = \"y\"\nint x = 1;\n";
        for (code, language) in [(c, "c"), (rule, "yaml"), (rule, "c"), (c, "yaml"), (c, "c"), (rule, "yaml")]
        {
            let syntax = grammars().find_syntax_by_token(language).unwrap();
            let mut plain = ClassedHTMLGenerator::new_with_class_style(syntax, grammars(), STYLE);
            for line in LinesWithEndings::from(code) {
                plain.parse_html_for_line_which_includes_newline(line).unwrap();
            }
            let mut out = String::new();
            highlight(code, language, &mut out);
            assert_eq!(out, plain.finalize(), "{language}");
        }
    }
}
