//! Edits as a warm engine meets them: from a changed snapshot to the new pages, in memory.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use briefwright::base::{Content, Diagnostic, OutPath, Snapshot};
use briefwright::engine::{Emit, Engine, Sink};

/// Each kind of edit: what it does to the nth text.
type Edit = (&'static str, &'static str, fn(&str, usize) -> String);

const EDITS: [Edit; 5] = [
    ("nothing", "content/briefs/", |text, _| text.to_owned()),
    ("a paragraph is added", "content/briefs/", |text, n| format!("{text}\nA new paragraph, number {n}.\n")),
    ("a first sentence is changed", "content/briefs/", |text, n| {
        text.replacen("\n\n", &format!("\n\nEdit {n} here, "), 2)
    }),
    ("a brief gets a new title", "content/briefs/", |text, n| {
        text.replacen("title: \"", &format!("title: \"Edit {n} "), 1)
    }),
    ("an actor gets a new name", "content/actors/", |text, n| {
        text.replacen("name: \"", &format!("name: \"Edit{n} "), 1)
    }),
];

/// Times every kind of edit, `rounds` times each and at least nine times.
pub fn edits(root: &Path, rounds: usize) -> String {
    let original = super::snapshot(root);
    let mut engine = Engine::warm();
    engine.build(&original, &Nowhere);
    let mut table = format!("{:30} {:>10} {:>10} {:>9}\n", "edit", "median ms", "worst ms", "rendered");
    for (name, folder, edit) in EDITS {
        let mut times: Vec<Duration> = Vec::new();
        let mut rendered = 0;
        for n in 0..rounds.max(9) {
            let snapshot = changed(&original, folder, |text| edit(text, n));
            let start = Instant::now();
            rendered = engine.build(&snapshot, &Nowhere).rendered;
            times.push(start.elapsed());
        }
        times.sort();
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let (median, worst) = (ms(times[times.len() / 2]), ms(times[times.len() - 1]));
        let _ = writeln!(table, "{name:30} {median:>10.1} {worst:>10.1} {rendered:>9}");
    }
    table
}

/// The snapshot with one file changed: the middle one of a folder.
fn changed(original: &Snapshot, folder: &str, edit: impl Fn(&str) -> String) -> Snapshot {
    let mut snapshot = original.clone();
    let files = Arc::make_mut(&mut snapshot.files);
    let mut inside: Vec<_> = files.iter_mut().filter(|file| file.path.as_str().starts_with(folder)).collect();
    let middle = inside.len() / 2;
    if let Content::Text(text) = &mut inside[middle].content {
        *text = edit(text).as_str().into();
    }
    snapshot
}

struct Nowhere;

impl Sink for Nowhere {
    fn put(&self, _: &OutPath, _: Emit<'_>) -> Result<(), Box<Diagnostic>> {
        Ok(())
    }
}
