//! Laws that hold for every site, tried on generated ones: nothing panics, warm equals cold, threads do not
//! matter, and what lies above an edition's ceiling leaves no trace.
//!
//! `PROPTEST_CASES=500 cargo test --release --test all laws` looks longer.

use std::sync::Arc;

use briefwright::base::{Committed, Content, Label, Lang, Snapshot, SourcePath};
use briefwright::document::{self, Rules};
use briefwright::engine::Engine;
use briefwright::io::Shard;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;

use crate::cache;
use crate::memory::{Built, Sources, build, build_share, cold, difference};
use crate::own_site;

/// A few seconds in all; `PROPTEST_CASES` overrides it.
pub fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn any_text_is_read(path in path(), text in text()) {
        let rules = Rules { lang: Lang::english(), label: Label::Clear, keep_unknown: false, git_dates: false };
        let args = document::Args { path: SourcePath::new(&path), source: text.as_str().into(), rules, committed: Committed::default() };
        for fault in document::parse(&args).diagnostics {
            let span = fault.place.and_then(|place| place.span);
            let range = span.map_or(0..0, |span| span.range());
            prop_assert!(text.get(range.clone()).is_some(), "{}: {range:?} of {text:?}", fault.message);
        }
    }
}

proptest! {
    #![proptest_config(config(12))]

    /// Text of any sort, on every page that shows it.
    #[test]
    fn any_site_is_built(files in prop::collection::vec((path(), text()), 1..6)) {
        let sources = Sources { files: files.into_iter().collect(), ..Sources::default() };
        let built = cold(&sources);
        prop_assert!(built.files.contains_key("index.html"));
        built.faults(&sources.snapshot());
    }

    #[test]
    fn warm_is_cold_after_any_edits(start in site(), edits in prop::collection::vec(edit(), 1..5)) {
        let mut sources = start;
        let mut warm = Engine::warm();
        build(&mut warm, &sources.snapshot());
        for edit in edits {
            apply(&mut sources, edit);
            let snapshot = sources.snapshot();
            let (warm, cold) = (build(&mut warm, &snapshot), cold(&sources));
            same(&cold, &warm)?;
            prop_assert_eq!(cold.faults(&snapshot), warm.faults(&snapshot));
        }
    }

    #[test]
    fn a_second_build_renders_nothing(sources in site()) {
        let mut warm = Engine::warm();
        build(&mut warm, &sources.snapshot());
        prop_assert_eq!(build(&mut warm, &sources.snapshot()).rendered, 0);
    }

    #[test]
    fn threads_do_not_matter(sources in site()) {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
            pool.install(|| cold(&sources))
        };
        let (one, many) = (on(1), on(7));
        same(&one, &many)?;
        prop_assert_eq!(one.faults(&sources.snapshot()), many.faults(&sources.snapshot()));
    }

    /// The law of the union: every file is in one share, each share is as the whole has it, and each finds every
    /// fault.
    #[test]
    fn shards_are_the_whole(sources in site(), of in 1..9_u32) {
        let snapshot = sources.snapshot();
        let whole = cold(&sources);
        let mut union = std::collections::BTreeMap::new();
        for index in 1..=of {
            let shard = Shard::new(index, of);
            let share = build_share(&mut Engine::cold(), &snapshot, shard);
            prop_assert_eq!(whole.faults(&snapshot), share.faults(&snapshot));
            prop_assert_eq!(share.content, whole.content);
            for (path, bytes) in share.files {
                prop_assert!(union.insert(path.clone(), bytes).is_none(), "{} is in two shards", path);
            }
        }
        prop_assert!(union == whole.files);
    }

    /// The law of editions: what is above the ceiling is changed, or is not there at all, and the lower
    /// edition is the same.
    #[test]
    fn what_is_hidden_leaves_no_trace(low in site(), high in secrets(), other in secrets()) {
        let with = |secrets: &[Secret], day: i8| {
            let mut sources = low.clone();
            let settings = "title = \"T\"\ntlp = \"green\"\ndates = \"git\"\nundeclared = \"allow\"\n[[editions]]\nname = \"low\"\ntlp = \"green\"\n";
            sources.files.insert("site.toml".to_owned(), settings.to_owned());
            sources.settings.push(("edition".to_owned(), "low".to_owned()));
            secrets.iter().for_each(|secret| hide(&mut sources, secret));
            // The last commit of any file may have been of what is hidden in it.
            let dates = Committed { first: Some(date(2025, 3, 2)), last: Some(date(2025, 6, day)) };
            sources.committed = sources.files.keys().map(|path| (SourcePath::new(path), dates)).collect();
            cold(&sources)
        };
        let (none, some, others) = (with(&[], 1), with(&high, 2), with(&other, 3));
        same(&none, &some)?;
        same(&none, &others)?;
        // Nor in what shards of the edition say of themselves.
        prop_assert_eq!(none.content, some.content);
        prop_assert_eq!(none.content, others.content);
        for (path, bytes) in &some.files {
            prop_assert!(!path.contains("SECRET") && !String::from_utf8_lossy(bytes).contains("SECRET"), "{path}");
        }
    }
}

proptest! {
    #![proptest_config(config(4))]

    /// On a site that uses every field: a page that shows something of another document is made again with it.
    #[test]
    fn warm_is_cold_whatever_line_of_the_example_changes(
        changes in prop::collection::vec((any::<usize>(), any::<usize>(), change()), 1..12),
    ) {
        let mut snapshot = own_site::snapshot();
        let mut warm = Engine::warm();
        let store = Arc::<cache::Memory>::default();
        let with_store = |snapshot: &Snapshot| {
            build(&mut Engine::with_store(Arc::<cache::Memory>::clone(&store)), snapshot)
        };
        build(&mut warm, &snapshot);
        with_store(&snapshot);
        for (file, line, change) in changes {
            change_line(&mut snapshot, file, line, change);
            let (warm, cold) = (build(&mut warm, &snapshot), build(&mut Engine::cold(), &snapshot));
            for other in [warm, with_store(&snapshot)] {
                same(&cold, &other)?;
                prop_assert_eq!(cold.faults(&snapshot), other.faults(&snapshot));
            }
        }
    }
}

/// The card of a version is not that of its original, and lists show it where there is no original.
#[test]
fn a_brief_in_one_other_language_is_listed_by_its_new_title() {
    let brief = |title: &str| format!("---\ntitle: {title}\ndate: 2025-03-01\nactors: [bears]\n---\nText.\n");
    let mut sources = Sources::default();
    sources.files.insert("content/actors/bears.md".to_owned(), "---\nname: Iron Bears\n---\n".to_owned());
    let mut warm = Engine::warm();
    for title in ["نخست", "دوم"] {
        sources.files.insert("content/briefs/a.fa.md".to_owned(), brief(title));
        let (warm, cold) = (build(&mut warm, &sources.snapshot()), cold(&sources));
        assert!(difference(&cold, &warm).is_none(), "{}", difference(&cold, &warm).unwrap_or_default());
        let actor = String::from_utf8_lossy(&warm.files["actors/bears/index.html"]).into_owned();
        assert!(actor.contains(title), "{actor}");
    }
}

pub fn same(expected: &Built, got: &Built) -> Result<(), TestCaseError> {
    match difference(expected, got) {
        None => Ok(()),
        Some(words) => Err(TestCaseError::fail(format!("the output differs\n{words}"))),
    }
}

const KINDS: [&str; 9] =
    ["briefs", "actors", "countries", "people", "events", "sources", "regions", "topics", "pages"];
const IDS: [&str; 10] = ["a", "a.fa", "a.ru", "b", "bears", "af", "tj", "wire", "speaker", "index"];
const NAMES: [&str; 8] =
    ["Iron Bears", "Iron", "Harbour Front", "طالبان", "Талибан", "al-Qaida", "ISIS-K", "ISIS"];

fn path() -> impl Strategy<Value = String> {
    let named =
        (select(&KINDS[..]), select(&IDS[..])).prop_map(|(folder, id)| format!("content/{folder}/{id}.md"));
    prop_oneof![
        6 => named,
        1 => (select(&KINDS[..]), "[^/\0]{1,12}").prop_map(|(folder, id)| format!("content/{folder}/{id}.md")),
        1 => Just("content/index.md".to_owned()),
    ]
}

/// Any characters, or pieces of what briefs are written in, in any order.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "---\n",
        "\n",
        "\r\n",
        " ",
        "  ",
        "\t",
        "    ",
        "title: T\n",
        "date: 2025-01-02\n",
        "name: ",
        "tlp: amber\n",
        "aliases: [Iron, ",
        "]",
        "[",
        "[[",
        "]]",
        "|",
        "\\|",
        "![",
        "](",
        ")",
        "(",
        "a.md",
        "#",
        "## ",
        "# ",
        "{#x}",
        "{tlp=red}",
        "(TLP:AMBER) ",
        "(tlp:",
        "[@er]",
        "[@",
        "[^1]",
        "[^1]: ",
        "> ",
        "- ",
        "1. ",
        "- [x] ",
        "| a | b |\n",
        "| - | - |\n",
        "```\n",
        "```json\n",
        "~~",
        "**",
        "*",
        "_",
        "`",
        "<b>",
        "<script>",
        "&amp;",
        "&#1;",
        "https://example.org",
        "javascript:",
        "\u{200C}",
        "\u{200F}",
        "\u{301}",
        "é",
        "طالبان",
        "Талибан",
        "Iron Bears",
        "Iron",
        "ISIS-K",
        "sources: [{ id: er }]\n",
        "actors: [bears]\n",
        ": ",
        "\n: ",
        "\\",
        "'",
        "\"",
        "--",
        "...",
        "{",
        "}",
        "&a ",
        "*a",
        "!",
        "%",
        "\u{0}",
        "\u{1}",
        "\u{FFFD}",
        "$",
        "^x",
        " ^x\n",
        "extra:\n",
        "  - ",
        "events: [{ title: E }]\n",
        "kind: brief\n",
        "lang: fa\n",
    ];
    let pieces = prop::collection::vec(select(PIECES), 0..40).prop_map(|pieces| pieces.concat());
    let headed = pieces.clone().prop_map(|text| format!("---\ntitle: T\ndate: 2025-01-02\n{text}"));
    let whole = pieces
        .clone()
        .prop_map(|text| format!("---\ntitle: T\ndate: 2025-01-02\nsources: [{{ id: er }}]\n---\n{text}"));
    prop_oneof![2 => pieces, 2 => headed, 4 => whole, 1 => any::<String>()]
}

/// Words of a text: names, links, marks that a low edition keeps.
fn words() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "Iron Bears moved. ",
        "Harbour Front\nstood. ",
        "[[bears]] ",
        "[[a]] ",
        "[x](../actors/bears.md) ",
        "طالبان گفت. ",
        "\n\n",
        "\n\n## Heading\n\n",
        "\n\n- item\n- (TLP:GREEN) green\n\n",
        "Afghanistan and Tajikistan. ",
        "[[secret]] ",
        "[[Iron]] ",
        "ISIS-K, not ISIS. ",
        "`Iron` ",
        "\n\n> quoted\n\n",
        "A note.[^1]\n\n[^1]: The note.\n\n",
    ];
    prop::collection::vec(select(WORDS), 0..8).prop_map(|words| words.concat())
}

fn brief() -> impl Strategy<Value = String> {
    let refs = select(
        &[
            "",
            "actors: [bears]\n",
            "actors: [bears, front]\n",
            "countries: [AF]\ntopics: [t]\n",
            "people: [speaker]\n",
        ][..],
    );
    let items = select(
        &[
            "",
            "events: [{ id: e, title: An event, country: RU, actors: { by: [bears] } }]\n",
            "statements: [{ by: speaker, says: So, about: [bears] }]\n",
            "threat: [{ country: TJ, level: low }]\n",
            "judgements: [{ id: j, text: It will, likelihood: likely }]\n",
        ][..],
    );
    (1..29_u8, refs, items, words()).prop_map(|(day, refs, items, words)| {
        format!("---\ntitle: Brief {day}\ndate: 2025-03-{day:02}\n{refs}{items}---\n{words}\n")
    })
}

fn actor() -> impl Strategy<Value = String> {
    let more = select(
        &["", "merged_into: front\n", "relations: [{ to: front, kind: ally-of }]\n", "active_in: [AF]\n"][..],
    );
    (select(&NAMES[..]), select(&NAMES[..]), more, words()).prop_map(|(name, alias, more, words)| {
        format!("---\nname: {name}\naliases: [{alias}]\n{more}---\n{words}\n")
    })
}

fn file() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        3 => (select(&["a", "b", "c", "d"][..]), brief()).prop_map(|(id, text)| (format!("content/briefs/{id}.md"), text)),
        2 => (select(&["bears", "front", "third"][..]), actor()).prop_map(|(id, text)| (format!("content/actors/{id}.md"), text)),
        1 => (select(&["people/speaker", "topics/t", "sources/wire", "countries/af", "pages/p"][..]), words())
            .prop_map(|(path, words)| (format!("content/{path}.md"), format!("---\nname: A name\n---\n{words}\n"))),
    ]
}

pub fn site() -> impl Strategy<Value = Sources> {
    prop::collection::vec(file(), 1..7).prop_map(|files| {
        let settings = "title = \"T\"\nundeclared = \"allow\"\npage_size = 5\n".to_owned();
        let files = files.into_iter().chain([("site.toml".to_owned(), settings)]).collect();
        Sources { files, ..Sources::default() }
    })
}

#[derive(Clone, Debug)]
pub enum Edit {
    Write(String, String),
    Delete(usize),
    Move(usize, String),
    Append(usize, String),
    Settings(&'static str),
    Commit(usize, i8),
}

pub fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => file().prop_map(|(path, text)| Edit::Write(path, text)),
        1 => (path(), text()).prop_map(|(path, text)| Edit::Write(path, text)),
        2 => any::<usize>().prop_map(Edit::Delete),
        1 => (any::<usize>(), path()).prop_map(|(nth, path)| Edit::Move(nth, path)),
        2 => (any::<usize>(), words()).prop_map(|(nth, words)| Edit::Append(nth, words)),
        1 => select(&["title = \"Other\"\n", "lang = \"fa\"\ntlp = \"amber\"\n", "undeclared = \"warn\"\n", "page_size = 5\nfuture = true\n", "dates = \"git\"\n"][..])
            .prop_map(Edit::Settings),
        1 => (any::<usize>(), 1..28_i8).prop_map(|(nth, day)| Edit::Commit(nth, day)),
    ]
}

pub fn apply(sources: &mut Sources, edit: Edit) {
    let nth = |sources: &Sources, n: usize| {
        sources.files.keys().filter(|path| path.ends_with(".md")).nth(n % sources.files.len()).cloned()
    };
    match edit {
        Edit::Write(path, text) => _ = sources.files.insert(path, text),
        Edit::Delete(n) => _ = nth(sources, n).and_then(|path| sources.files.remove(&path)),
        Edit::Move(n, to) => {
            if let Some(text) = nth(sources, n).and_then(|path| sources.files.remove(&path)) {
                sources.files.insert(to, text);
            }
        }
        Edit::Append(n, words) => {
            if let Some(text) = nth(sources, n).and_then(|path| sources.files.get_mut(&path)) {
                text.push_str(&words);
            }
        }
        Edit::Commit(n, day) => {
            if let Some(path) = nth(sources, n) {
                let dates = Committed { first: Some(date(2025, 3, 1)), last: Some(date(2025, 4, day)) };
                sources.committed.insert(SourcePath::new(&path), dates);
            }
        }
        Edit::Settings(text) => _ = sources.files.insert("site.toml".to_owned(), text.to_owned()),
    }
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// One word more.
    Longer,
    Removed,
    /// It becomes a line of another document that begins with the same key.
    Like(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => Just(Change::Longer),
        1 => Just(Change::Removed),
        3 => any::<usize>().prop_map(Change::Like),
    ]
}

/// Changes a line of some document; which, the numbers tell.
fn change_line(snapshot: &mut Snapshot, file: usize, line: usize, change: Change) {
    let files = snapshot.files.iter().enumerate().filter(|(_, file)| file.path.as_str().ends_with(".md"));
    let texts: Vec<(usize, Vec<String>)> = files
        .filter_map(|(at, file)| match &file.content {
            Content::Text(text) => Some((at, text.lines().map(str::to_owned).collect())),
            Content::Blob(_) => None,
        })
        .collect();
    let (at, mut lines) = texts[file % texts.len()].clone();
    if lines.is_empty() {
        return;
    }
    let line = line % lines.len();
    match change {
        Change::Longer => lines[line].push_str(" again"),
        Change::Removed => drop(lines.remove(line)),
        Change::Like(other) => {
            let key = |line: &str| line.split_once(':').map(|(key, _)| key.to_owned());
            let all = texts.iter().flat_map(|(_, lines)| lines);
            let alike: Vec<&String> = all.filter(|other| key(other) == key(&lines[line])).collect();
            lines[line].clone_from(alike[other % alike.len()]);
        }
    }
    let text = lines.join("\n") + "\n";
    Arc::make_mut(&mut snapshot.files)[at].content = Content::Text(text.as_str().into());
}

/// Something above the ceiling.
#[derive(Clone, Debug)]
enum Secret {
    /// A whole document. Its id is one that others may refer to.
    Document(&'static str, String),
    /// A portion at the end of a document.
    Portion(usize, &'static str),
    /// An item of a list in a document's front matter: the folders of the kinds that have the list, its key, the
    /// item, and whether it comes before those that are there.
    Item(usize, Item, bool),
}

type Item = (&'static [&'static str], &'static str, &'static str);

/// What front matter can hide of itself.
const ITEMS: &[Item] = &[
    (&["briefs"], "sources", "{ id: s, title: SECRET, source: wire, tlp: amber }"),
    (&["briefs"], "sources", "{ id: er, title: SECRET, via: [wire], tlp: red }"),
    (&["briefs"], "judgements", "{ id: j, text: SECRET, likelihood: unlikely, confidence: low, tlp: amber }"),
    (&["briefs"], "judgements", "{ text: SECRET, updates: j, reason: SECRET, likelihood: remote, tlp: red }"),
    (&["briefs"], "statements", "{ by: speaker, says: SECRET, on: 2024-12-01, about: [bears], tlp: amber }"),
    (&["briefs"], "statements", "{ by: KZ, says: SECRET, issue: a, stance: denies, tlp: red }"),
    (&["briefs"], "events", "{ id: e, title: SECRET, country: KZ, actors: { by: [third] }, tlp: amber }"),
    (&["briefs"], "events", "{ title: An event, date: 1999, lat: 35, lon: 69, killed: 3, tlp: red }"),
    (&["briefs"], "threat", "{ country: TJ, level: critical, trend: rising, tlp: amber }"),
    (&["briefs"], "threat", "{ country: KZ, level: low, tlp: red }"),
    (&["actors"], "relations", "{ to: third, kind: rival-of, note: SECRET, tlp: amber }"),
    (&["actors"], "relations", "{ to: front, kind: ally-of, from: 1999, tlp: red }"),
    (&["actors"], "designated", "{ by: UN, date: 2015-09-29, tlp: amber }"),
    (&["people", "sources", "countries", "actors"], "aliases", "{ name: Iron Bears, tlp: amber }"),
    (&["people", "sources", "countries", "actors"], "aliases", "{ name: SECRET, tlp: red }"),
    (&["people"], "offices", "{ title: SECRET, of: KZ, tlp: amber }"),
    (&["countries"], "metonyms", "{ name: SECRET, tlp: amber }"),
];

fn secrets() -> impl Strategy<Value = Vec<Secret>> {
    let document = (
        select(
            &[
                "content/briefs/secret.md",
                "content/briefs/a.de.md",
                "content/actors/secret.md",
                "content/actors/zz.md",
                "content/people/zz.md",
                "content/pages/afghanistan.md",
            ][..],
        ),
        select(
            &[
                "aliases: [Iron, طالبان, SECRET]\n",
                "redirect_from: [/briefs/a/]\n",
                "countries: [KZ, AF]\ndate: 2025-03-30\n",
                "merged_into: bears\n",
            ][..],
        ),
        words(),
    )
        .prop_map(|(path, keys, words)| {
            Secret::Document(path, format!("---\nname: SECRET\ntlp: amber\n{keys}---\nSECRET {words}\n"))
        });
    let portion = (
        any::<usize>(),
        select(
            &[
                "\n\n(TLP:AMBER) SECRET Iron Bears in Kazakhstan [[a]] [[KZ]].\n",
                "\n\n## (TLP:RED) SECRET heading\n\nSECRET text [[bears]].\n\n### Below\n\nSECRET\n",
                "\n\n## SECRET {tlp=amber}\n\nSECRET\n",
                "\n\n(TLP:AMBER+STRICT) SECRET\nover two lines, Tajikistan\n",
                "\n\n\u{200F}(TLP:RED) SECRET\n",
                "\n\n# (TLP:RED) SECRET\n\n> # SECRET\n\nSECRET\n\n- # SECRET\n\nSECRET\n",
            ][..],
        ),
    )
        .prop_map(|(nth, text)| Secret::Portion(nth, text));
    let item = (any::<usize>(), select(ITEMS), any::<bool>())
        .prop_map(|(nth, item, before)| Secret::Item(nth, item, before));
    prop::collection::vec(prop_oneof![2 => document, 2 => portion, 2 => item], 1..4)
}

fn hide(sources: &mut Sources, secret: &Secret) {
    let documents: Vec<String> = sources.files.keys().filter(|path| path.ends_with(".md")).cloned().collect();
    match secret {
        Secret::Document(path, text) => _ = sources.files.insert((*path).to_owned(), text.clone()),
        Secret::Portion(nth, portion) => {
            if let Some(text) = sources.files.get_mut(&documents[nth % documents.len()]) {
                text.push_str(portion);
            }
        }
        Secret::Item(nth, (kinds, key, item), before) => {
            let has = |path: &&String| kinds.iter().any(|kind| path.contains(&format!("/{kind}/")));
            let documents: Vec<&String> = documents.iter().filter(has).collect();
            let Some(path) = documents.get(nth % documents.len().max(1)) else { return };
            let text = &sources.files[*path];
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            match lines.iter_mut().find(|line| line.starts_with(&format!("{key}: ["))) {
                Some(list) if *before => *list = list.replacen('[', &format!("[{item}, "), 1),
                Some(list) => *list = format!("{}, {item}]", list.trim_end_matches(']')),
                None => lines.insert(1, format!("{key}: [{item}]")),
            }
            sources.files.insert((*path).clone(), lines.join("\n") + "\n");
        }
    }
}
