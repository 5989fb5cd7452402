//! Sites in memory: a snapshot made of texts, and a sink that keeps what a build writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use briefwright::base::{
    Blob, Committed, Content, Diagnostic, File, Fingerprint, Level, OutPath, Override, Place, Snapshot,
    SourcePath,
};
use briefwright::engine::{Build, Emit, Engine, Sink};
use briefwright::io::Shard;
use jiff::civil::{Date, date};

/// The day on which every test builds, unless it says otherwise.
pub const TODAY: Date = date(2026, 1, 15);

/// Files by path, as a test writes them, and how to build them.
#[derive(Clone, Debug)]
pub struct Sources {
    pub files: BTreeMap<String, String>,
    /// Settings as flags give them.
    pub settings: Vec<(String, String)>,
    pub env: Option<String>,
    pub today: Date,
    /// As git tells.
    pub committed: BTreeMap<SourcePath, Committed>,
}

impl Default for Sources {
    fn default() -> Self {
        let (files, committed) = (BTreeMap::new(), BTreeMap::new());
        Self { files, settings: Vec::new(), env: None, today: TODAY, committed }
    }
}

impl Sources {
    pub fn snapshot(&self) -> Snapshot {
        let overrides = self.settings.iter().map(|(key, value)| Override {
            key: key.clone(),
            value: value.clone(),
            origin: format!("--{key}"),
        });
        let mut files: Vec<File> = self.files.iter().map(|(path, text)| file(path, text)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Snapshot {
            files: files.into(),
            overrides: overrides.collect(),
            env: self.env.clone(),
            today: self.today,
            committed: self.committed.clone().into(),
            faults: Vec::new(),
        }
    }
}

/// Text where `io` would hold text; of a picture, the text says the size: `40x30`.
fn file(path: &str, text: &str) -> File {
    let content = if holds_text(path) {
        Content::Text(text.into())
    } else {
        let dimensions =
            text.trim().split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
        let hash = Fingerprint::of_bytes(text.as_bytes());
        Content::Blob(Blob { size: text.len() as u64, hash, dimensions })
    };
    File { path: SourcePath::new(path), content, mark: 0 }
}

/// As `io` decides it.
fn holds_text(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [_] | ["templates", ..] | ["themes", _, "theme.toml"] | ["themes", _, "templates", ..] => true,
        ["static", .., name] | ["themes", _, "static", .., name] => name.ends_with(".css"),
        ["content", .., name] => name.ends_with(".md"),
        _ => false,
    }
}

/// What a build wrote and said.
#[derive(Debug)]
pub struct Built {
    pub files: BTreeMap<String, Vec<u8>>,
    pub diagnostics: Vec<Diagnostic>,
    /// How many pages the engine rendered instead of remembering them.
    pub rendered: usize,
    /// By which the shards of an edition know each other.
    pub content: Fingerprint,
}

impl Built {
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|bytes| std::str::from_utf8(bytes).expect("pages are UTF-8"))
    }

    /// Every fault with all that it says.
    pub fn faults(&self, snapshot: &Snapshot) -> String {
        self.diagnostics
            .iter()
            .map(|fault| describe(fault, snapshot, &["at", "label", "also", "help", "put"]))
            .collect()
    }
}

pub fn cold(sources: &Sources) -> Built {
    build(&mut Engine::cold(), &sources.snapshot())
}

pub fn build(engine: &mut Engine, snapshot: &Snapshot) -> Built {
    build_share(engine, snapshot, None)
}

/// One share of a build, or all of it.
pub fn build_share(engine: &mut Engine, snapshot: &Snapshot, shard: Option<Shard>) -> Built {
    let memory = Memory(Mutex::default(), shard);
    let build = engine.build(snapshot, &memory);
    let content = build.content(snapshot);
    let Build { diagnostics, rendered, .. } = build;
    let (files, twice) = memory.0.into_inner().expect("no sink panicked");
    let fails = diagnostics.iter().any(|fault| fault.level == Level::Error);
    assert!(fails || twice.is_empty(), "written twice without a fault: {twice:?}");
    Built { files, diagnostics, rendered, content }
}

/// Keeps what is written, and what was written twice. A copied file is kept as its path and hash.
#[derive(Debug)]
struct Memory(Mutex<Kept>, Option<Shard>);

type Kept = (BTreeMap<String, Vec<u8>>, Vec<String>);

impl Sink for Memory {
    fn wants(&self, path: &OutPath) -> bool {
        self.1.is_none_or(|shard| shard.has(path))
    }

    fn put(&self, path: &OutPath, content: Emit<'_>) -> Result<(), Box<Diagnostic>> {
        let bytes = match content {
            Emit::Bytes(bytes) | Emit::Known(bytes, _) => bytes.to_vec(),
            Emit::Page(bytes) => bytes.to_vec(),
            Emit::Copy(source, blob) => format!("copy of {source} {}", blob.hash.hex(32)).into_bytes(),
        };
        let mut kept = self.0.lock().expect("no sink panicked");
        if kept.0.insert(path.as_str().to_owned(), bytes).is_some() {
            kept.1.push(path.to_string());
        }
        Ok(())
    }
}

/// `PATH:LINE:COLUMN CODE LEVEL: MESSAGE`, and below it, of what else the fault says, the wanted kinds.
pub fn describe(fault: &Diagnostic, snapshot: &Snapshot, wanted: &[&str]) -> String {
    let place = fault.place.as_ref().map_or_else(|| "-".to_owned(), |place| position(place, snapshot));
    let mut out = format!("{place} {} {}: {}\n", fault.code.id, fault.level.word(), fault.message);
    let wants = |kind| wanted.contains(&kind);
    if wants("at")
        && let Some(place) = &fault.place
        && let (Some(span), Some(text)) = (place.span, snapshot.text(&place.path))
    {
        let _ = writeln!(out, "  at: {}", text.get(span.range()).unwrap_or("?").replace('\n', "\\n"));
    }
    if wants("label") && !fault.label.is_empty() {
        let _ = writeln!(out, "  label: {}", fault.label);
    }
    for (place, words) in fault.others.iter().filter(|_| wants("also")) {
        let _ = writeln!(out, "  also: {} {words}", position(place, snapshot));
    }
    for help in fault.help.iter().filter(|_| wants("help")) {
        let _ = writeln!(out, "  help: {help}");
    }
    if wants("put") {
        let _ = writeln!(out, "  put: {}", fault.replacement.as_deref().unwrap_or("nothing"));
    }
    out
}

/// Lines and columns count from 1, columns in characters.
fn position(place: &Place, snapshot: &Snapshot) -> String {
    let Some(span) = place.span else { return place.path.to_string() };
    let Some(text) = snapshot.text(&place.path) else { return format!("{}:?", place.path) };
    let before = text.get(..span.start as usize).expect("a span begins at a character of its file");
    let line = before.matches('\n').count() + 1;
    let column = before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count() + 1;
    format!("{}:{line}:{column}", place.path)
}

/// Lines that differ, with `-` for what was expected and `+` for what came, and a few lines around them.
pub fn diff(expected: &str, got: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), got.lines().collect());
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut out = String::new();
    let mut line = |mark: char, text: &str| _ = writeln!(out, "    {mark} {text}");
    a[start.saturating_sub(2)..start].iter().for_each(|text| line(' ', text));
    for (mark, text) in changes(&a[start..a.len() - end], &b[start..b.len() - end]) {
        line(mark, text);
    }
    a[a.len() - end..].iter().take(2).for_each(|text| line(' ', text));
    if a == b {
        let _ = writeln!(out, "    (the same lines; only the line ends differ)");
    }
    out
}

/// The longest common lines stay; what is too long for that is shown whole.
fn changes<'t>(a: &[&'t str], b: &[&'t str]) -> Vec<(char, &'t str)> {
    if a.len() * b.len() > 4_000_000 {
        return a
            .iter()
            .map(|&text| ('-', text))
            .chain(b.iter().map(|&text| ('+', text)))
            .take(200)
            .collect();
    }
    let mut common = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] =
                if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push((' ', a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && common[i + 1][j] >= common[i][j + 1] {
            out.push(('-', a[i]));
            i += 1;
        } else {
            out.push(('+', b[j]));
            j += 1;
        }
    }
    out
}

/// What differs between two builds' files, or nothing.
pub fn difference(expected: &Built, got: &Built) -> Option<String> {
    let mut out = String::new();
    let paths: std::collections::BTreeSet<&String> = expected.files.keys().chain(got.files.keys()).collect();
    for path in paths {
        match (expected.files.get(path), got.files.get(path)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => {
                let lines = diff(&String::from_utf8_lossy(a), &String::from_utf8_lossy(b));
                let _ = writeln!(out, "  {path} differs:\n{lines}");
            }
            (Some(_), None) => _ = writeln!(out, "  {path} is missing"),
            (None, _) => _ = writeln!(out, "  {path} should not be there"),
        }
    }
    (!out.is_empty()).then_some(out)
}
