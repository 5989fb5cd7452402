//! Faults for people, in the style of rustc: the line, the exact span underlined, what to do.

use std::collections::BTreeSet;
use std::ops::Range;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{
    AnnotationKind, Element, Group, Level as Mark, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::Tally;
use super::excerpt::{Excerpt, LONG};
use super::lines::{FileLines, Lines};
use crate::base::{Diagnostic, Level, Place, Snapshot};

/// Places further apart than this many lines get a frame each.
const ONE_FRAME: usize = 200;

/// How many codes the last line names.
const CODES_NAMED: usize = 6;

/// Renders faults that are sorted already, and a line that sums them up. Empty when there are none.
///
/// Columns count characters. Control characters of sources and messages are shown as symbols, so that a
/// file cannot write to the terminal.
pub fn human(diagnostics: &[Diagnostic], sources: &Snapshot, color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = renderer(color);
    let mut lines = Lines::new(sources);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&message(diagnostic, &mut lines, &renderer));
        out.push_str("\n\n");
    }
    out.push_str(&renderer.render(&[summary(diagnostics)]));
    out.push('\n');
    out
}

/// Renders one message that is about no file, such as a fault of usage, with what to do.
pub fn notice(level: Level, message: &str, help: &[String], color: bool) -> String {
    let help = help.iter().map(|help| Mark::HELP.message(normalize_untrusted_str(help)));
    renderer(color).render(&[mark(level).primary_title(message).elements(help)]) + "\n"
}

/// One fault, without colours.
pub(super) fn plain<'a>(diagnostic: &'a Diagnostic, lines: &mut Lines<'a>) -> String {
    message(diagnostic, lines, &renderer(false))
}

fn renderer(color: bool) -> Renderer {
    // A fixed width: a report is the same in a pipe, in a log and on any terminal.
    if color { Renderer::styled() } else { Renderer::plain() }.term_width(DEFAULT_TERM_WIDTH)
}

fn mark(level: Level) -> Mark<'static> {
    if level == Level::Error { Mark::ERROR } else { Mark::WARNING }
}

fn message<'a>(diagnostic: &'a Diagnostic, lines: &mut Lines<'a>, renderer: &Renderer) -> String {
    let title = mark(diagnostic.level).primary_title(&diagnostic.message).id(diagnostic.code.id);
    let mut group = Group::with_title(title);
    let mut corrections = Vec::new();
    for frame in frames(diagnostic, lines) {
        let (element, correction) = frame.element(lines);
        group = group.element(element);
        corrections.extend(correction);
        if let Some(words) = frame.words_apart() {
            group = group.element(Mark::NOTE.message(normalize_untrusted_str(words)));
        }
    }
    group =
        group.elements(diagnostic.help.iter().map(|help| Mark::HELP.message(normalize_untrusted_str(help))));
    let out = renderer.render(&[group]);
    corrections.iter().fold(out, |out, (shown, meant)| out.replacen(shown, meant, 1))
}

/// Places that are shown together: places in the text of one file, or one file as a whole.
struct Frame<'a> {
    marks: Vec<Marked<'a>>,
    in_text: bool,
}

struct Marked<'a> {
    place: &'a Place,
    words: &'a str,
    kind: AnnotationKind,
}

/// The fault's own place first, then the others, near ones together.
fn frames<'a>(diagnostic: &'a Diagnostic, lines: &mut Lines<'a>) -> Vec<Frame<'a>> {
    let own = diagnostic.place.iter().map(|place| (place, &diagnostic.label, AnnotationKind::Primary));
    let others = diagnostic.others.iter().map(|(place, words)| (place, words, AnnotationKind::Context));
    let mut frames: Vec<Frame<'a>> = Vec::new();
    for (place, words, kind) in own.chain(others) {
        let mark = Marked { place, words, kind };
        let file = lines.of(&place.path).filter(|_| place.span.is_some());
        match frames.iter_mut().find(|frame| file.is_some_and(|file| frame.takes(&mark, file))) {
            Some(frame) => frame.marks.push(mark),
            None => frames.push(Frame { marks: vec![mark], in_text: file.is_some() }),
        }
    }
    frames
}

impl<'a> Frame<'a> {
    /// Whether a place is near enough to be shown in this frame. Very long lines are shown alone.
    fn takes(&self, mark: &Marked<'a>, file: &FileLines<'a>) -> bool {
        let first = &self.marks[0];
        let line = |mark: &Marked<'_>| file.line_of(mark.start());
        self.in_text
            && first.place.path == mark.place.path
            && line(first).abs_diff(line(mark)) <= ONE_FRAME
            && [first, mark].iter().all(|mark| file.line(line(mark)).len() <= LONG)
    }

    /// The lines with what is underlined in them, or the path alone. Where a long line was cut, the
    /// renderer miscounts the column: then also what it will show and what is meant.
    fn element(&self, lines: &mut Lines<'a>) -> (Element<'a>, Option<(String, String)>) {
        let path = self.marks[0].place.path.as_str();
        let Some(file) = lines.of(&self.marks[0].place.path).filter(|_| self.in_text) else {
            return (Origin::path(path).into(), None);
        };
        let spans: Vec<Range<usize>> = self.marks.iter().map(|mark| underlined(mark.place, file)).collect();
        let excerpt = Excerpt::new(file, &spans);
        let marks = self.marks.iter().zip(&spans).map(|(mark, span)| {
            mark.kind.span(excerpt.span(span)).label((!mark.words.is_empty()).then_some(mark.words))
        });
        let at = file.position(spans[0].start);
        let correction = excerpt.column(spans[0].start).filter(|&column| column != at.column).map(|column| {
            let meant = format!("{path}:{}:{}", at.line, at.column);
            (format!("{path}:{}:{column}", at.line), meant)
        });
        let snippet = Snippet::source(excerpt.text.clone()).line_start(excerpt.first_line).path(path);
        (snippet.annotations(marks.collect::<Vec<_>>()).into(), correction)
    }

    /// What is said of a file as a whole, which has no line to say it under.
    fn words_apart(&self) -> Option<&'a str> {
        let words = self.marks[0].words;
        (!self.in_text && !words.is_empty()).then_some(words)
    }
}

impl Marked<'_> {
    fn start(&self) -> usize {
        self.place.span.unwrap_or_default().start as usize
    }
}

/// The span without the line end that it may take in: an underline does not go on to the next line for it.
fn underlined(place: &Place, file: &FileLines<'_>) -> Range<usize> {
    let span = file.snap(place.span.unwrap_or_default().range());
    let kept = file.text[span.clone()].trim_end_matches(['\r', '\n']).len();
    span.start..span.start + kept
}

/// The last line: how many, and where to read more.
fn summary(diagnostics: &[Diagnostic]) -> Group<'static> {
    let tally = Tally::of(diagnostics);
    let codes: BTreeSet<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect();
    let mut named: Vec<&str> = codes.iter().copied().take(CODES_NAMED).collect();
    let first = named.remove(0);
    if codes.len() > CODES_NAMED {
        named.push("…");
    }
    let or = if named.is_empty() { String::new() } else { format!(" (or {})", named.join(", ")) };
    let more = format!("the long text: `brief explain {first}`{or}");
    let level = if tally.errors > 0 { Level::Error } else { Level::Warn };
    mark(level).primary_title(tally.to_string()).element(Mark::NOTE.message(more))
}
