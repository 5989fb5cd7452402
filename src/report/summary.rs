//! What a build changed, as Markdown for a comment on a merge request.

use std::fmt::Write as _;

use super::Context;
use super::Tally;
use super::finding::findings;
use crate::base::{Diagnostic, Level};

/// How many lines a list may have, and how many bytes: four full lists stay below the 65,536 characters that
/// a comment on GitHub may have.
const LINES: usize = 40;
const BYTES: usize = 12_000;

/// Longer texts are cut.
const CHARACTERS: usize = 160;

/// What a build came to.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    /// The site's title.
    pub title: &'a str,
    /// Pages against the build before; `None` when nothing was written.
    pub changes: Option<Changes>,
    /// The new output; `None` when nothing was written.
    pub sizes: Option<Sizes>,
    /// `0.42 s`
    pub time: String,
}

/// Pages that differ from an earlier output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether there was an earlier output to compare with.
    pub has_before: bool,
    /// New ones.
    pub added: Vec<PageLine>,
    /// Those with other bytes.
    pub changed: Vec<PageLine>,
    /// Those that are gone.
    pub removed: Vec<PageLine>,
    /// Files that are no pages: new, other, gone.
    pub files: [usize; 3],
}

/// A page in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLine {
    /// Its address in the site, such as `briefs/a/`.
    pub address: String,
    /// As its HTML says.
    pub title: String,
}

/// How large an output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// HTML files.
    pub pages: usize,
    /// All files.
    pub files: usize,
    /// Of all files.
    pub bytes: u64,
    /// Of the earlier output.
    pub before: Option<u64>,
}

impl Summary<'_> {
    /// As Markdown (CommonMark with tables), which says nothing but what it is: words of the site are escaped,
    /// so they make no markup, mention nobody and refer to nothing. Lists are bounded.
    pub fn markdown(&self, diagnostics: &[Diagnostic], context: &Context<'_>) -> String {
        let mut out = format!("## {}\n\n", escaped(self.title));
        self.verdict(&mut out, diagnostics);
        if let Some(changes) = &self.changes {
            changes.write(&mut out);
        }
        write_faults(&mut out, diagnostics, context);
        out
    }

    fn verdict(&self, out: &mut String, diagnostics: &[Diagnostic]) {
        match &self.sizes {
            None => {
                let _ = writeln!(out, "**Not built:** {}. The output is as it was.", Tally::of(diagnostics));
            }
            Some(sizes) => {
                let faults = if diagnostics.is_empty() {
                    "no faults".to_owned()
                } else {
                    Tally::of(diagnostics).to_string()
                };
                let _ = writeln!(out, "**Built** in {}: {faults}.\n", self.time);
                let change = sizes.before.map_or_else(String::new, |before| {
                    let by = i128::from(sizes.bytes) - i128::from(before);
                    let sign = if by < 0 { '−' } else { '+' };
                    let by = u64::try_from(by.unsigned_abs()).unwrap_or(u64::MAX);
                    if by == 0 { " (as before)".to_owned() } else { format!(" ({sign}{})", size(by)) }
                });
                let _ = writeln!(
                    out,
                    "{} HTML files among {} files, {}{change}.",
                    sizes.pages,
                    sizes.files,
                    size(sizes.bytes)
                );
            }
        }
    }
}

impl Changes {
    fn write(&self, out: &mut String) {
        if !self.has_before {
            out.push_str("\nThere is no earlier build to compare with.\n");
            return;
        }
        let [added, changed, removed] = self.files;
        if self.added.len() + self.changed.len() + self.removed.len() + added + changed + removed == 0 {
            out.push_str("\nNo page has changed.\n");
            return;
        }
        for (word, pages) in [("added", &self.added), ("changed", &self.changed), ("removed", &self.removed)]
        {
            if pages.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n### {} {word}\n", count(pages.len(), "page"));
            list(out, pages.iter().map(|page| format!("- {} {}", escaped(&page.title), code(&page.address))));
        }
        if added + changed + removed > 0 {
            let _ = writeln!(out, "\nOther files: {added} added, {changed} changed, {removed} removed.");
        }
    }
}

fn write_faults(out: &mut String, diagnostics: &[Diagnostic], context: &Context<'_>) {
    if diagnostics.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {}\n", Tally::of(diagnostics));
    let mut found = findings(diagnostics, context);
    // A bounded list should end with what matters less.
    found.sort_by_key(|one| one.diagnostic.level != Level::Error);
    list(
        out,
        found.iter().map(|one| {
            let fault = one.diagnostic;
            let at = one.at.as_ref().map_or_else(String::new, |at| {
                let line = at
                    .ends
                    .map_or_else(String::new, |(start, _)| format!(":{}:{}", start.line, start.column));
                format!(" {}", code(&format!("{}{line}", at.path)))
            });
            let help = fault.help.first().map_or_else(String::new, |help| format!(" ({})", escaped(help)));
            format!("- **{} {}**{at}: {}{help}", fault.level.word(), fault.code.id, escaped(&fault.message))
        }),
    );
}

/// Lines until one of the bounds is met, then how many more there would be.
fn list(out: &mut String, lines: impl ExactSizeIterator<Item = String>) {
    let total = lines.len();
    let start = out.len();
    for (at, line) in lines.enumerate() {
        if at == LINES || out.len() + line.len() > start + BYTES {
            let _ = writeln!(out, "- … and {} more", total - at);
            return;
        }
        out.push_str(&line);
        out.push('\n');
    }
}

fn count(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// `3.4 MB`
fn size(bytes: u64) -> String {
    const STEP: u64 = 1000;
    match bytes {
        0..STEP => format!("{bytes} bytes"),
        bytes if bytes < STEP * STEP => format!("{}.{} kB", bytes / STEP, bytes % STEP / 100),
        bytes => format!("{}.{} MB", bytes / (STEP * STEP), bytes % (STEP * STEP) / (STEP * STEP / 10)),
    }
}

/// Words as words: no markup, one line, no mention (`@`), reference (`#12`) or address that would become a link.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut chars = text.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        if at == CHARACTERS {
            out.push('…');
            break;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '-' | '+' | '=' => {
                out.push('\\');
                out.push(c);
            }
            // An empty comment parts a mark from what it would refer to or belong to, and is not seen.
            '@' | '#' | '!' | '%' | '$' | '~' | '^' | ':' => {
                out.push('\\');
                out.push(c);
                out.push_str("<!-- -->");
            }
            '.' => {
                out.push_str("\\.");
                if chars.peek().is_some_and(|(_, next)| next.is_alphanumeric()) {
                    out.push_str("<!-- -->");
                }
            }
            c if c.is_whitespace() || c.is_control() => out.push(' '),
            c if turns(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Whether a character has others read in another direction than they are written, and is not seen itself.
fn turns(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A path as code, whatever backticks it holds.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .take(CHARACTERS * 2)
        .map(|c| if c.is_control() || turns(c) { '\u{FFFD}' } else { c })
        .collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_make_no_markup() {
        assert_eq!(escaped("a *b* [c](d) <e> & f"), "a \\*b\\* \\[c\\]\\(d\\) &lt;e&gt; &amp; f");
        assert_eq!(escaped("@all\n#12"), "\\@<!-- -->all \\#<!-- -->12");
        assert_eq!(escaped("1. First"), "1\\. First");
        assert_eq!(escaped("www.a.example"), "www\\.<!-- -->a\\.<!-- -->example");
        assert_eq!(escaped("abc\u{202e}def\u{2069}"), "abcdef");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("a\u{202e}b"), "`a\u{FFFD}b`");
    }

    #[test]
    fn lists_end() {
        let mut out = String::new();
        list(&mut out, vec!["- x".to_owned(); 100].into_iter());
        assert!(out.ends_with("- x\n- … and 60 more\n"), "{out}");
        let mut out = String::new();
        list(&mut out, vec!["x".repeat(5_000); 10].into_iter());
        assert!(out.len() < BYTES + 100 && out.ends_with("- … and 8 more\n"), "{}", out.len());
    }

    #[test]
    fn sizes_are_read_easily() {
        assert_eq!([0, 999, 1_500, 3_450_000].map(size), ["0 bytes", "999 bytes", "1.5 kB", "3.4 MB"]);
    }
}
