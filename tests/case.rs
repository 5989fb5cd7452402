//! Cases: whole sites written in Markdown, built in memory, and what must come of them.
//!
//! A file `tests/cases/AREA/NAME.md` holds prose and fenced blocks. Each `## heading` is a **case**; what
//! stands above the first one belongs to all cases of the file. Each `### heading` in a case is an **edit**:
//! its blocks change files, and the site is built again. A block's first line says what it is.
//!
//! | first line | what the block is |
//! | --- | --- |
//! | `` ```md content/briefs/a.md `` | a file of the site: any word, then the path. Of a picture it says the size, `40x30` |
//! | `` ```crlf content/a.md `` | a file with CRLF line ends; the word `bare` leaves out the last line end |
//! | `` ```delete content/a.md `` | this file goes |
//! | `` ```settings `` | settings as flags give them, one `key = value` a line; they stay for later edits |
//! | `` ```now `` | the day of the build, in place of 2026-01-15 |
//! | `` ```is briefs/a/index.html `` | the whole output file |
//! | `` ```has briefs/a/index.html `` | each line is in the output file, one after another |
//! | `` ```lacks briefs/a/index.html `` | no line is in the output file; `*` means every file, and every name; `*.html` those that end so |
//! | `` ```links briefs/a/index.html `` | exactly these links to pages of the site, as `words -> address` |
//! | `` ```files actors/ `` | exactly these output files below this path, names without it; with no path all, save `assets/` |
//! | `` ```rendered `` | how many pages a warm engine renders anew |
//! | `` ```faults `` | exactly these faults, in this order |
//!
//! A fault is `PATH:LINE:COLUMN CODE LEVEL: MESSAGE` (`-` for no place). Lines below it may tell more: `  at:`
//! the underlined text, `  label:`, `  also:`, `  help:`, and `  put:` what a program may put there (or `nothing`); of
//! each kind that is told at all, every line is. A line that ends with `…` need not tell the rest.
//! **No `faults` block means no faults.** Anywhere in a block or path, `\u{200C}` stands for that character,
//! so that what is invisible can be seen. A longer fence (` ```` `) holds blocks that have fences themselves.
//!
//! After every step the runner asserts the law of the warm engine: the engine that lived through all edits
//! gives the same files and faults, byte for byte, as a cold one. Run one case, or one area, with
//! `CASE=nested cargo test --test all cases`: any part of `AREA/NAME: heading`.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use briefwright::base::Snapshot;
use briefwright::engine::Engine;
use rayon::prelude::*;

use crate::memory::{Built, Sources, build, describe, diff, difference};

#[test]
fn cases() {
    let filter = std::env::var("CASE").unwrap_or_default();
    let cases: Vec<Case> = all().into_iter().filter(|case| case.name.contains(&filter)).collect();
    assert!(!cases.is_empty(), "no case has `{filter}` in its name");
    let failures: Vec<String> = cases.par_iter().filter_map(failure).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases failed\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// A site and its edits.
pub struct Case {
    /// `linking/nested: the longer name wins`
    pub name: String,
    file: PathBuf,
    steps: Vec<Step>,
}

struct Step {
    title: String,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    word: String,
    path: String,
    text: String,
    line: usize,
}

/// Every case, by file.
pub fn all() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    files.iter().flat_map(|file| read(&root, file)).collect()
}

impl Case {
    /// The lines of its blocks of faults.
    pub fn faults(&self) -> impl Iterator<Item = &str> {
        let blocks = self.steps.iter().flat_map(|step| &step.blocks);
        blocks.filter(|block| block.word == "faults").flat_map(|block| block.text.lines())
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("tests/cases is there") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            files.push(path);
        }
    }
}

fn read(root: &Path, file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a case can be read");
    let area = file.strip_prefix(root).expect("it lies below").with_extension("");
    let (mut common, mut cases): (Vec<Block>, Vec<Case>) = (Vec::new(), Vec::new());
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("### ") {
            let case = cases
                .last_mut()
                .unwrap_or_else(|| panic!("{}:{}: an edit of no case", file.display(), at + 1));
            case.steps.push(Step { title: title.to_owned(), blocks: Vec::new() });
        } else if let Some(title) = line.strip_prefix("## ") {
            let name = format!("{}: {title}", area.display());
            let first = Step { title: String::new(), blocks: common.clone() };
            cases.push(Case { name, file: file.to_owned(), steps: vec![first] });
        } else if line.starts_with("```") {
            let block = block(file, (at, line), &mut lines);
            match cases.last_mut().and_then(|case| case.steps.last_mut()) {
                Some(step) => step.blocks.push(block),
                None => common.push(block),
            }
        }
    }
    assert!(!cases.is_empty(), "{} has no case: begin one with `## `", file.display());
    cases
}

fn block<'t>(
    file: &Path,
    (at, line): (usize, &str),
    lines: &mut impl Iterator<Item = (usize, &'t str)>,
) -> Block {
    let fence = &line[..line.len() - line.trim_start_matches('`').len()];
    let info = plain(line[fence.len()..].trim());
    let (word, path) = info.split_once(' ').unwrap_or((&info, ""));
    let mut text = String::new();
    loop {
        let (_, line) =
            lines.next().unwrap_or_else(|| panic!("{}:{}: the block has no end", file.display(), at + 1));
        if line == fence {
            break;
        }
        text.push_str(line);
        text.push('\n');
    }
    Block { word: word.to_owned(), path: path.trim().to_owned(), text: plain(&text), line: at + 1 }
}

/// `\u{200C}` as the character itself.
fn plain(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').expect("`\\u{` has an end");
        let code = u32::from_str_radix(digits, 16).expect("hexadecimal digits");
        out.push(char::from_u32(code).expect("a character"));
        out.push_str(rest);
    }
    out
}

/// What went wrong in a case, told in full.
fn failure(case: &Case) -> Option<String> {
    let faults = match catch_unwind(AssertUnwindSafe(|| run(case))) {
        Ok(faults) => faults,
        Err(_) => vec!["  it panicked (see above)\n".to_owned()],
    };
    (!faults.is_empty()).then(|| format!("── {}\n{}", case.name, faults.concat()))
}

fn run(case: &Case) -> Vec<String> {
    let mut faults = Vec::new();
    let mut sources = Sources::default();
    let mut warm = Engine::warm();
    for (at, step) in case.steps.iter().enumerate() {
        step.blocks.iter().for_each(|block| apply(&mut sources, block));
        let snapshot = sources.snapshot();
        let built = build(&mut warm, &snapshot);
        let mut told = check(step, &built, &snapshot, at > 0);
        told.extend(law(&built, &snapshot).map(|words| (1, words)));
        faults.extend(told.into_iter().map(|(line, words)| {
            let edit = if step.title.is_empty() { String::new() } else { format!(" ({})", step.title) };
            format!("  {}:{line}{edit}: {words}", case.file.display())
        }));
    }
    faults
}

/// The law of the warm engine.
fn law(warm: &Built, snapshot: &Snapshot) -> Option<String> {
    let cold = build(&mut Engine::cold(), snapshot);
    let mut out = difference(&cold, warm).unwrap_or_default();
    let (of_cold, of_warm) = (cold.faults(snapshot), warm.faults(snapshot));
    if of_cold != of_warm {
        let _ = writeln!(out, "  the faults differ:\n{}", diff(&of_cold, &of_warm));
    }
    (!out.is_empty()).then(|| format!("a cold engine gives something else\n{out}"))
}

fn apply(sources: &mut Sources, block: &Block) {
    match block.word.as_str() {
        "is" | "has" | "lacks" | "links" | "files" | "rendered" | "faults" => {}
        "delete" => {
            assert!(sources.files.remove(&block.path).is_some(), "there is no {} to delete", block.path);
        }
        "now" => sources.today = block.text.trim().parse().expect("a day"),
        "settings" => {
            for line in block.text.lines() {
                let (key, value) = line.split_once('=').expect("key = value");
                sources.settings.push((key.trim().to_owned(), value.trim().to_owned()));
            }
        }
        word => {
            let top = block.path.split('/').next().unwrap_or_default();
            let known =
                ["content", "templates", "static", "themes"].contains(&top) || top.starts_with("site.");
            assert!(
                known,
                "line {}: a block is a file of the site or an expectation: `{word} {}`",
                block.line, block.path
            );
            let text = match word {
                "crlf" => block.text.replace('\n', "\r\n"),
                "bare" => block.text.trim_end_matches('\n').to_owned(),
                _ => block.text.clone(),
            };
            sources.files.insert(block.path.clone(), text);
        }
    }
}

/// What a step expected and did not get, by line.
fn check(step: &Step, built: &Built, snapshot: &Snapshot, edited: bool) -> Vec<(usize, String)> {
    let mut told = Vec::new();
    for block in &step.blocks {
        let words = match block.word.as_str() {
            "is" => is(block, built),
            "has" => has(block, built),
            "lacks" => lacks(block, built),
            "links" => links(block, built),
            "files" => files(block, built),
            "rendered" => {
                assert!(edited, "line {}: only an edit renders anew", block.line);
                let got = built.rendered.to_string();
                (block.text.trim() != got)
                    .then(|| format!("expected {} pages to be rendered, not {got}\n", block.text.trim()))
            }
            _ => None,
        };
        told.extend(words.map(|words| (block.line, words)));
    }
    let blocks: Vec<&Block> = step.blocks.iter().filter(|block| block.word == "faults").collect();
    assert!(blocks.len() < 2, "line {}: a second block of faults in one step", blocks[1].line);
    let (line, expected) = blocks.first().map_or((0, ""), |block| (block.line, block.text.as_str()));
    told.extend(faults(expected, built, snapshot).map(|words| (line, words)));
    told
}

fn output<'b>(block: &Block, built: &'b Built) -> Result<&'b str, String> {
    built.text(&block.path).ok_or_else(|| {
        let names: Vec<&str> = built.files.keys().map(String::as_str).collect();
        format!("there is no output file {}, only\n    {}\n", block.path, names.join("\n    "))
    })
}

fn is(block: &Block, built: &Built) -> Option<String> {
    match output(block, built) {
        Err(none) => Some(none),
        Ok(text) => (text.trim_end() != block.text.trim_end()).then(|| {
            format!("{} is something else\n{}", block.path, diff(block.text.trim_end(), text.trim_end()))
        }),
    }
}

fn has(block: &Block, built: &Built) -> Option<String> {
    let text = match output(block, built) {
        Err(none) => return Some(none),
        Ok(text) => text,
    };
    let mut rest = text;
    for line in block.text.lines().filter(|line| !line.trim().is_empty()) {
        match rest.split_once(line) {
            Some((_, after)) => rest = after,
            None => {
                let elsewhere = if text.contains(line) { " after the lines above it" } else { "" };
                return Some(format!(
                    "{} lacks{elsewhere}\n    - {line}\n  It is\n{}\n",
                    block.path,
                    indented(text)
                ));
            }
        }
    }
    None
}

fn lacks(block: &Block, built: &Built) -> Option<String> {
    let mut lines = block.text.lines().filter(|line| !line.trim().is_empty());
    if let Some(ending) = block.path.strip_prefix('*') {
        let found = |line: &str| {
            let inside = |(name, bytes): &(&String, &Vec<u8>)| {
                let named = ending.is_empty() && name.contains(line);
                named || name.ends_with(ending) && String::from_utf8_lossy(bytes).contains(line)
            };
            built.files.iter().find(inside).map(|(name, _)| format!("{name} has\n    + {line}\n"))
        };
        return lines.find_map(found);
    }
    match output(block, built) {
        Err(none) => Some(none),
        Ok(text) => lines
            .find(|line| text.contains(line))
            .map(|line| format!("{} has\n    + {line}\n  It is\n{}\n", block.path, indented(text))),
    }
}

fn links(block: &Block, built: &Built) -> Option<String> {
    let text = match output(block, built) {
        Err(none) => return Some(none),
        Ok(text) => text,
    };
    let mut got = String::new();
    for part in text.split("<a class=\"ref").skip(1) {
        let (_, part) = part.split_once("href=\"").expect("a link has an address");
        let (address, part) = part.split_once('"').expect("an address has an end");
        let (_, part) = part.split_once('>').expect("a tag has an end");
        let (words, _) = part.split_once("</a>").expect("a link has an end");
        let _ = writeln!(got, "{} -> {address}", words.replace('\n', " "));
    }
    (block.text != got).then(|| {
        format!("{} has other links\n{}  It is\n{}\n", block.path, diff(&block.text, &got), indented(text))
    })
}

fn files(block: &Block, built: &Built) -> Option<String> {
    let below = built.files.keys().filter_map(|name| name.strip_prefix(block.path.as_str()));
    let got =
        below.filter(|name| !name.starts_with("assets/")).fold(String::new(), |all, name| all + name + "\n");
    (block.text != got).then(|| format!("other files lie in /{}\n{}", block.path, diff(&block.text, &got)))
}

/// Compares faults; of each, only the kinds of lines that the case tells.
fn faults(expected: &str, built: &Built, snapshot: &Snapshot) -> Option<String> {
    let mut wanted: Vec<Vec<&str>> = Vec::new();
    for line in expected.lines() {
        match line.strip_prefix("  ").and_then(|line| line.split_once(':')) {
            Some((kind, _)) => wanted.last_mut().expect("a detail follows its fault").push(kind),
            None => wanted.push(Vec::new()),
        }
    }
    let details = |at: usize| wanted.get(at).map_or(&[] as &[_], Vec::as_slice);
    let got: String = built
        .diagnostics
        .iter()
        .enumerate()
        .map(|(at, fault)| describe(fault, snapshot, details(at)))
        .collect();
    let got = abridged(&got, expected);
    (expected != got).then(|| format!("the faults are\n{}", diff(expected, &got)))
}

/// Lines of which a case tells only the beginning, as the case tells them.
fn abridged(got: &str, expected: &str) -> String {
    let mut out = String::new();
    let mut wanted = expected.lines();
    for line in got.lines() {
        let wanted = wanted
            .next()
            .filter(|wanted| wanted.strip_suffix('…').is_some_and(|start| line.starts_with(start)));
        out.push_str(wanted.unwrap_or(line));
        out.push('\n');
    }
    out
}

fn indented(text: &str) -> String {
    let lines = text.lines().take(60).map(|line| format!("    | {line}\n"));
    lines.collect()
}
