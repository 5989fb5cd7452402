//! Frames as they are shown, letter by letter, and the same faults for machines.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::base::{Blob, Content, File, Fingerprint, Place, Snapshot, SourcePath, Span, codes, in_order};

const BRIEF: &str =
    "---\ntitle: A\nsumary: B\n---\n\tx\tдом\t[[taliban]] y\nخبر درباره [[طالبان]] امروز\r\nlast";

#[test]
fn one_place() {
    let fault = unknown_key(BRIEF, "sumary").help("did you mean `summary`?");
    shows(
        &[fault],
        "
error[B0105]: there is no key `sumary` here
 --> content/briefs/a.md:3:1
  |
3 | sumary: B
  | ^^^^^^ unknown key
  |
  = help: did you mean `summary`?

error: 1 error in 1 file
 |
 = note: the long text: `brief explain B0105`
",
    );
}

#[test]
fn places_in_several_files() {
    let other = SourcePath::new("content/actors/taliban.md");
    let mut fault = unknown_key(BRIEF, "[[taliban]]")
        .also(Place::new(&path(), span(BRIEF, "title")), "first here")
        .also(Place::new(&other, Span::new(10..17)), "declared here")
        .also(Place::file(&SourcePath::new("content/map.png")), "and this image");
    fault.level = Level::Warn;
    shows(
        &[fault],
        "
warning[B0105]: there is no key `[[taliban]]` here
 --> content/briefs/a.md:5:8
  |
2 | title: A
  | ----- first here
...
5 |     x    дом    [[taliban]] y
  |                 ^^^^^^^^^^^ unknown key
  |
 ::: content/actors/taliban.md:2:7
  |
2 | name: Taliban
  |       ------- declared here
 ::: content/map.png
  = note: and this image

warning: 1 warning in 1 file
 |
 = note: the long text: `brief explain B0105`
",
    );
}

#[test]
fn right_to_left_is_underlined_by_characters() {
    shows_frame(
        unknown_key(BRIEF, "[[طالبان]]"),
        "
 --> content/briefs/a.md:6:12
  |
6 | خبر درباره [[طالبان]] امروز
  |            ^^^^^^^^^^ unknown key
",
    );
}

#[test]
fn spans_at_the_edges() {
    let at = |range| fault("x").at(&path(), Span::new(range)).label("here");
    let end = BRIEF.len();
    for (range, expected) in [
        (4..4, "\n --> content/briefs/a.md:2:1\n  |\n2 | title: A\n  | ^ here\n"),
        (end..end, "\n --> content/briefs/a.md:7:5\n  |\n7 | last\n  |     ^ here\n"),
        (end + 9..end + 99, "\n --> content/briefs/a.md:7:5\n  |\n7 | last\n  |     ^ here\n"),
        (3..4, "\n --> content/briefs/a.md:1:4\n  |\n1 | ---\n  |    ^ here\n"),
        (0..4, "\n --> content/briefs/a.md:1:1\n  |\n1 | ---\n  | ^^^ here\n"),
        (
            5..20,
            "\n --> content/briefs/a.md:2:2\n  |\n2 |   title: A\n  |  __^\n3 | | sumary: B\n  | |_______^ here\n",
        ),
    ] {
        shows_frame(at(range), expected);
    }
    let empty = SourcePath::new("content/empty.md");
    shows_frame(
        fault("x").at(&empty, Span::new(0..0)).label("nothing here"),
        "\n --> content/empty.md:1:1\n  |\n1 |\n  | ^ nothing here\n",
    );
}

#[test]
fn a_huge_line_is_cut_around_the_span() {
    let long = SourcePath::new("content/long.md");
    let start = "lorem ipsum ".len() * 50_000;
    let near = fault("x").at(&long, Span::new(start..start + 8)).label("here");
    let far = near.clone().also(Place::new(&long, Span::new(0..5)), "and here");
    let frame = "
 --> content/long.md:1:600001
  |
1 | ...rem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum [[here]]dolor sit dolor sit dolor sit dolor sit dolor sit dolor sit dolo...
  |                                                              ^^^^^^^^ here
";
    shows_frame(near, frame);
    let both = human(&[far], &site(), false);
    assert!(
        both.contains(" --> content/long.md:1:600001\n") && both.contains(" ::: content/long.md:1:1\n"),
        "{both}"
    );
    assert!(both.len() < 800, "{both}");
}

#[test]
fn what_has_no_text_still_has_its_path() {
    let image = SourcePath::new("content/map.png");
    let whole =
        Diagnostic::new(&codes::READ, "cannot read the file").in_file(&image).label("permission denied");
    let inside = Diagnostic::new(&codes::READ, "cannot read the file").at(&image, Span::new(3..4));
    let nowhere =
        Diagnostic::new(&codes::LOCKED, "the output\u{1b}[31m is locked").help("wait\nor choose another");
    shows(
        &[nowhere, whole, inside],
        "
error[B0904]: the output␛[31m is locked
 |
 = help: wait
         or choose another

error[B0901]: cannot read the file
--> content/map.png
 = note: permission denied

error[B0901]: cannot read the file
--> content/map.png

error: 3 errors in 1 file
 |
 = note: the long text: `brief explain B0901` (or B0904)
",
    );
}

#[test]
fn a_notice_is_about_no_file() {
    let help = ["`brief init DIR` makes a site".to_owned()];
    let shown = notice(Level::Error, "there is no site here", &help, false);
    assert_eq!(shown, "error: there is no site here\n |\n = help: `brief init DIR` makes a site\n");
    assert_eq!(human(&[], &site(), false), "");
}

#[test]
fn the_overlay_says_what_the_report_says() {
    let wild = fault("a <b>\u{1b} & \"c\"")
        .at(&path(), span(BRIEF, "[[taliban]]"))
        .label("<script>")
        .help("it's <i>");
    let image = SourcePath::new("content/map.png");
    let whole = Diagnostic::new(&codes::READ, "cannot read the file").in_file(&image).label("denied");
    let twice = unknown_key(BRIEF, "title").also(Place::new(&path(), span(BRIEF, "sumary")), "and here");
    let nowhere = Diagnostic::new(&codes::LOCKED, "locked");
    let editor = Editor::parse("vscode").unwrap();
    let html = overlay(&[nowhere, wild, whole, twice], &site(), Path::new("/s p/x"), &editor);
    for words in [
        "<h1 id=\"title\">4 errors in 2 files</h1>",
        "<code>B0105</code> a &lt;b&gt;␛ &amp; &quot;c&quot;</h2>",
        "<a href=\"vscode://file/s%20p/x/content/briefs/a.md:5:8\">content/briefs/a.md:5:8</a>",
        "^^^^^^^^^^^ &lt;script&gt;",
        "= help: it&#39;s &lt;i&gt;",
        "<a href=\"vscode://file/s%20p/x/content/map.png:1:1\">content/map.png</a>",
        "= note: denied",
        "<ul><li><a href=\"vscode://file/s%20p/x/content/briefs/a.md:3:1\">content/briefs/a.md:3:1</a></li></ul>",
        "<code>B0904</code> locked</h2>\n</li>",
    ] {
        assert!(html.contains(words), "{words} is not in\n{html}");
    }
    assert!(!html.contains("<b>") && !html.contains("<script") && !html.contains("--&gt;"), "{html}");
    let bare =
        overlay(&[unknown_key(BRIEF, "title")], &site(), Path::new("/s"), &Editor::parse("none").unwrap());
    assert!(bare.contains("<p class=\"place\">content/briefs/a.md:2:1</p>"), "{bare}");
}

#[test]
fn machines_get_characters_and_bytes() {
    let fault = unknown_key(BRIEF, "[[taliban]]").also(Place::new(&path(), span(BRIEF, "title")), "first");
    let json: serde_json::Value = serde_json::from_str(&json(&[fault], &site())).unwrap();
    let expected = serde_json::json!({
        "diagnostics": [{
            "code": "B0105", "name": "unknown-key", "level": "error",
            "message": "there is no key `[[taliban]]` here",
            "file": "content/briefs/a.md", "line": 5, "column": 8, "end_line": 5, "end_column": 19,
            "byte_start": 37, "byte_end": 48,
            "label": "unknown key", "help": [], "replacement": null,
            "related": [{"file": "content/briefs/a.md", "line": 2, "column": 1, "message": "first"}],
            "explain": "brief explain B0105",
        }],
        "errors": 1, "warnings": 0,
    });
    assert_eq!(json, expected);
    assert_eq!(super::json(&[], &site()), "{\"diagnostics\": [],\n\"errors\": 0, \"warnings\": 0}\n");
}

#[test]
fn reports_are_sorted_and_allowed_faults_are_dropped() {
    let early = unknown_key(BRIEF, "title");
    let late = unknown_key(BRIEF, "sumary");
    let nowhere = Diagnostic::new(&codes::LOCKED, "locked");
    let mut allowed = early.clone();
    allowed.level = Level::Allow;
    let sorted = in_order(vec![late.clone(), allowed, early.clone(), nowhere.clone()]);
    let messages: Vec<&str> = sorted.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(messages, [&nowhere.message, &early.message, &late.message]);
    assert_eq!(Tally::of(&sorted).to_string(), "3 errors in 1 file");
}

proptest! {
    /// Whatever the text and the spans, the report says where and does not panic.
    #[test]
    fn any_span_in_any_text(text in "[a-z\\t\\r\\n \u{200f}\u{202e}жی中\u{301}\u{1b}]{0,60}", spans in prop::collection::vec((0..70_u32, 0..70_u32), 1..4)) {
        let place = |&(a, b): &(u32, u32)| Place::new(&path(), Span { start: a.min(b), end: a.max(b) });
        let mut fault = spans[1..].iter().fold(fault("x"), |fault, span| fault.also(place(span), "too"));
        fault.place = Some(place(&spans[0]));
        let mut site = site();
        let files = Arc::make_mut(&mut site.files);
        files.retain(|file| file.path != path());
        files.insert(0, File { path: path(), content: Content::Text(text.as_str().into()), mark: 0 });
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let shown = human(&[fault.clone()], &site, false);
        prop_assert!(shown.contains("--> content/briefs/a.md:"), "{shown}");
        prop_assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
        let _ = json(&[fault], &site);
    }
}

fn path() -> SourcePath {
    SourcePath::new("content/briefs/a.md")
}

fn site() -> Snapshot {
    let long = format!("{}[[here]]{}\nx\n", "lorem ipsum ".repeat(50_000), "dolor sit ".repeat(50_000));
    let text = |path: &str, text: &str| File {
        path: SourcePath::new(path),
        content: Content::Text(text.into()),
        mark: 0,
    };
    let blob = Blob { size: 1, hash: Fingerprint::of_bytes(b""), dimensions: None };
    let files = vec![
        text("content/actors/taliban.md", "---\nname: Taliban\n---\n"),
        text("content/briefs/a.md", BRIEF),
        text("content/empty.md", ""),
        text("content/long.md", &long),
        File { path: SourcePath::new("content/map.png"), content: Content::Blob(blob), mark: 0 },
    ];
    Snapshot {
        committed: std::sync::Arc::default(),
        files: files.into(),
        overrides: Vec::new(),
        env: None,
        today: date(2026, 11, 20),
        faults: Vec::new(),
    }
}

fn span(text: &str, what: &str) -> Span {
    let start = text.find(what).unwrap();
    Span::new(start..start + what.len())
}

fn fault(message: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNKNOWN_KEY, message)
}

fn unknown_key(text: &str, what: &str) -> Diagnostic {
    fault(&format!("there is no key `{what}` here")).at(&path(), span(text, what)).label("unknown key")
}

/// The whole report.
#[track_caller]
fn shows(faults: &[Diagnostic], expected: &str) {
    assert_eq!(format!("\n{}", human(faults, &site(), false)), expected);
}

/// The report of one fault without its title and the summary.
#[track_caller]
fn shows_frame(fault: Diagnostic, expected: &str) {
    let report = human(&[fault], &site(), false);
    let (frame, _) = report.split_once("\n\nerror: 1 error").unwrap();
    let (_, frame) = frame.split_once('\n').unwrap();
    assert_eq!(format!("\n{frame}\n"), expected);
}
