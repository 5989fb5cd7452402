//! Sites whose documents ask much of each other (titles, headings, marks of blocks, pictures, versions in other
//! languages, merged actors), by addresses of any letters: after any edits, what an engine remembers and what a
//! store keeps lead to what a build without either gives.

use std::sync::Arc;

use briefwright::engine::Engine;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::cache::{Memory, with};
use crate::laws::{config, same};
use crate::memory::{Sources, TODAY, build, cold};

const PLACES: &[&str] = &[
    "content/briefs/a.md",
    "content/briefs/a.fa.md",
    "content/briefs/é x.md",
    "content/briefs/2025/c.md",
    "content/briefs/2025/50%.md",
    "content/pages/c.md",
    "content/pages/about us.md",
    "content/pages/about us.fa.md",
    "content/pages/v1.io.md",
    "content/actors/bears.md",
    "content/actors/حزب.md",
    "content/actors/front.md",
    "content/countries/af.md",
    "content/people/speaker.md",
    "content/events/e.md",
    "content/sources/wire.md",
    "content/topics/t.md",
    "content/index.md",
];

const PICTURES: &[&str] =
    &["content/briefs/pic one.png", "content/pages/pic one.png", "content/briefs/PIC.png", "content/a.png"];

const TITLES: &[&str] = &["Iron Bears", "Front", "a", "c", "حزب", "Kabul", "One <é> & two", "Afghanistan"];

/// For documents of any kind; what a kind does not know is a fault, which counts as well.
const KEYS: &[&str] = &[
    "lang: fa\n",
    "tlp: amber\n",
    "draft: true\n",
    "autolink: false\n",
    "redirect_from: [/old/, /c/]\n",
    "updates: [{ date: 2025-02-03, note: N }]\n",
    "extra: { n: 1, f: 0.5, list: [a, true, null], deep: { a: -3 } }\n",
];

const OF_BRIEFS: &[&str] = &[
    "actors: [bears]\n",
    "actors: [front, حزب]\n",
    "countries: [AF, IR]\ntopics: [t]\n",
    "people: [speaker]\n",
    "sources: [{ id: s1, source: wire }, { id: s2, title: S, date: 2024-0X, grade: B2 }]\n",
    "events: [{ id: e }, { id: told, title: Told, date: 2024-21~, country: AF, lat: 1.5, lon: -2 }]\n",
    "statements: [{ id: st, by: speaker, says: So, about: [bears], source: wire }]\n",
    "judgements: [{ id: j, text: It will, likelihood: 55-80, confidence: low }]\n",
    "threat: [{ country: AF, level: low }]\n",
    "supersedes: [a]\n",
    "embargo: 2026-01-20T10:00+03:00\n",
];

const OF_ACTORS: &[&str] = &[
    "merged_into: front\n",
    "merged_into: bears\n",
    "aliases: [Iron, { name: Front, link: false }]\n",
    "short: IB\n",
    "relations: [{ to: حزب, kind: ally-of }]\n",
];

const TEXTS: &[&str] = &[
    "[x](../actors/bears.md) ",
    "[x](../actors/حزب.md) ",
    "[x](%C3%A9%20x.md) ",
    "[x](é%20x.md#part) ",
    "[x](2025/50%25.md) ",
    "[](a.md) ",
    "[x](a.md#part-two) ",
    "[x](a) ",
    "[x](c.md?x) ",
    "[x](../pages/c.md) ",
    "[x](/c/#part) ",
    "[x](/briefs/a/) ",
    "[x](/actors/) ",
    "[x](/countries/) ",
    "[x](/old/) ",
    "[x](/about%20us/) ",
    "[x](nowhere.md) ",
    "[x](/2025/) ",
    "[x](/2024/11/) ",
    "[x](../../2025/03/) ",
    "[x](/2025/?x=a) ",
    "[x](../../2024/11/?a=b) ",
    "[x](/fa/briefs/a/) ",
    "[x](a.fa.md#part) ",
    "[x](about%20us.fa.md) ",
    "[x](/actors/bears/feed.xml) ",
    "[x](/topics/t/feed.json#x) ",
    "[x](../countries/af.md#briefs) ",
    "[x](#part) ",
    "[[a]] ",
    "[[a#^mark]] ",
    "[[a#Part]] ",
    "[[a#Part#Part two]] ",
    "[[a.fa]] ",
    "[[index]] ",
    "[[Iron]] ",
    "[[é x|words]] ",
    "[[c]] ",
    "[[c#part|there]] ",
    "[[pages/c]] ",
    "[[front]] ",
    "[[Iron Bears]] ",
    "[[Afghanistan]] ",
    "[[person:speaker]] ",
    "[[about us]] ",
    "[[told]] ",
    "![p](pic%20one.png) ",
    "![[pic one.png]] ",
    "![p](PIC.png) ",
    "![[pic.png]] ",
    "[p](../a.png) ",
    "Iron Bears, IB and Kabul. ",
    "حزب of Afghanistan. ",
    "[@s1, p. 2] ",
    "[@s2; @gone] ",
    "\n\n## Part\n\n",
    "\n\n## Part two\n\n",
    "\n\n### Part two\n\n",
    "\n\n^mark\n\n",
    "\n\nA block. ^mark\n\n",
    "\n\n(TLP:RED) Hidden, with [[a]] and Iron Bears.\n\n",
    "A note.[^1]\n\n[^1]: The [[c]].\n\n",
];

#[derive(Clone, Debug)]
enum Edit {
    Write(&'static str, String),
    Picture(&'static str, &'static str),
    Remove(usize),
    Move(usize, &'static str),
    Append(usize, &'static str),
    Settings(&'static str),
    Edition(Option<&'static str>),
    Day(i8),
    Template(&'static str),
}

fn document() -> impl Strategy<Value = (&'static str, String)> {
    let some = |all: &'static [&'static str], most: usize| {
        subsequence(all, 0..=most).prop_map(|picked| picked.concat())
    };
    let text = prop::collection::vec(select(TEXTS), 0..9).prop_map(|texts| texts.concat());
    let date = select(&["2025-03-04", "2024-11", "2024"][..]);
    (select(PLACES), select(TITLES), some(KEYS, 2), date, some(OF_BRIEFS, 4), some(OF_ACTORS, 2), text)
        .prop_map(|(path, title, keys, date, of_briefs, of_actors, text)| {
            let (title_key, more) = match path.split('/').nth(1) {
                Some("briefs") => ("title", format!("date: {date}\n{of_briefs}")),
                Some("actors") => ("name", of_actors),
                Some("events") => ("title", "date: 2025-01\n".to_owned()),
                _ => ("title", String::new()),
            };
            (path, format!("---\n{title_key}: {title}\n{more}{keys}---\n{text}\n"))
        })
}

fn picture() -> impl Strategy<Value = (&'static str, &'static str)> {
    (select(PICTURES), select(&["40x30", "40x31", "?"][..]))
}

fn edit() -> impl Strategy<Value = Edit> {
    const SETTINGS: &[&str] = &[
        "undeclared = \"allow\"\n",
        "undeclared = \"warn\"\nlang = \"fa\"\n",
        "undeclared = \"allow\"\nbase_url = \"https://example.org/x/\"\n",
        "undeclared = \"allow\"\ntlp = \"amber\"\ndrafts = true\nfuture = true\n",
        "undeclared = \"allow\"\npage_size = 5\n[diagnostics]\nbroken-link = \"allow\"\n",
        "undeclared = \"allow\"\n[front_matter]\nunknown = \"keep\"\n",
    ];
    let template = "{% extends \"builtin/brief.html\" %}{# another #}";
    prop_oneof![
        6 => document().prop_map(|(path, text)| Edit::Write(path, text)),
        2 => picture().prop_map(|(path, size)| Edit::Picture(path, size)),
        3 => any::<usize>().prop_map(Edit::Remove),
        1 => (any::<usize>(), select(PLACES)).prop_map(|(nth, to)| Edit::Move(nth, to)),
        4 => (any::<usize>(), select(TEXTS)).prop_map(|(nth, text)| Edit::Append(nth, text)),
        1 => select(SETTINGS).prop_map(Edit::Settings),
        2 => select(&[None, Some("low"), Some("high")][..]).prop_map(Edit::Edition),
        2 => (14..20_i8).prop_map(Edit::Day),
        1 => select(vec![template, "{{ page.title }}", "{{ nothing_of_this_name }}"]).prop_map(Edit::Template),
    ]
}

/// What every settings file ends with.
const EDITIONS: &str =
    "[[editions]]\nname = \"low\"\ntlp = \"green\"\n[[editions]]\nname = \"high\"\ntlp = \"red\"\n";

fn apply(sources: &mut Sources, edit: &Edit) {
    let nth = |sources: &Sources, n: usize| {
        let content: Vec<&String> =
            sources.files.keys().filter(|path| path.starts_with("content/")).collect();
        (!content.is_empty()).then(|| content[n % content.len()].clone())
    };
    let mut put = |path: &str, text: String| _ = sources.files.insert(path.to_owned(), text);
    match edit {
        Edit::Write(path, text) => put(path, text.clone()),
        Edit::Picture(path, size) => put(path, (*size).to_owned()),
        Edit::Settings(text) => {
            let tlp = if text.contains("tlp") { "" } else { "tlp = \"green\"\n" };
            put("site.toml", format!("title = \"T\"\n{tlp}{text}{EDITIONS}"));
        }
        Edit::Template(text) => put("templates/brief.html", (*text).to_owned()),
        Edit::Day(day) => sources.today = date(2026, 1, *day),
        Edit::Edition(name) => {
            sources.settings = name.iter().map(|name| ("edition".to_owned(), (*name).to_owned())).collect();
        }
        Edit::Remove(n) => _ = nth(sources, *n).and_then(|path| sources.files.remove(&path)),
        Edit::Move(n, to) => {
            if let Some(text) = nth(sources, *n).and_then(|path| sources.files.remove(&path)) {
                sources.files.insert((*to).to_owned(), text);
            }
        }
        Edit::Append(n, words) => {
            let path = nth(sources, *n).filter(|path| path.ends_with(".md"));
            if let Some(text) = path.and_then(|path| sources.files.get_mut(&path)) {
                text.push_str(words);
            }
        }
    }
}

fn site() -> impl Strategy<Value = Sources> {
    let documents = prop::collection::vec(document(), 4..14);
    (documents, prop::collection::vec(picture(), 0..4)).prop_map(|(documents, pictures)| {
        let mut sources = Sources { today: TODAY, ..Sources::default() };
        apply(&mut sources, &Edit::Settings("undeclared = \"allow\"\n"));
        documents.into_iter().for_each(|(path, text)| apply(&mut sources, &Edit::Write(path, text)));
        pictures.into_iter().for_each(|(path, size)| apply(&mut sources, &Edit::Picture(path, size)));
        sources
    })
}

proptest! {
    #![proptest_config(config(6))]

    #[test]
    fn what_is_remembered_or_kept_is_what_is_made(start in site(), edits in prop::collection::vec(edit(), 1..7)) {
        let store: Arc<Memory> = Arc::default();
        let mut warm = Engine::warm();
        let mut states = vec![start];
        for edit in &edits {
            let mut next = states[states.len() - 1].clone();
            apply(&mut next, edit);
            states.push(next);
        }
        for sources in states.iter().chain(states.iter().rev().skip(1)) {
            let snapshot = sources.snapshot();
            let (made, remembered, kept) = (cold(sources), build(&mut warm, &snapshot), with(&store, sources));
            same(&made, &remembered)?;
            same(&made, &kept)?;
            prop_assert_eq!(made.faults(&snapshot), remembered.faults(&snapshot));
            prop_assert_eq!(made.faults(&snapshot), kept.faults(&snapshot));
            prop_assert_eq!(made.content, kept.content);
        }
    }
}

/// Addresses are kept as they are, and encoded once: when they are shown.
#[test]
fn addresses_of_any_letters_are_kept() {
    let mut sources = Sources::default();
    let links = "[x](../actors/حزب.md), حزب, [[é x]], ![p](pic%20one.png).";
    for (path, text) in [
        ("content/actors/حزب.md", "---\nname: حزب\n---\nText.\n".to_owned()),
        ("content/briefs/é x.md", "---\ntitle: T\ndate: 2025-01-02\n---\nText.\n".to_owned()),
        ("content/briefs/pic one.png", "40x30".to_owned()),
        ("content/briefs/a.md", format!("---\ntitle: A\ndate: 2025-01-02\n---\n{links}\n")),
    ] {
        sources.files.insert(path.to_owned(), text);
    }
    let store = Arc::default();
    with(&store, &sources);
    // Another day makes every page again, and no link.
    sources.today = date(2026, 1, 16);
    let kept = with(&store, &sources);
    let page = kept.text("briefs/a/index.html").expect("the page");
    assert!(page.contains("/actors/%D8%AD%D8%B2%D8%A8/\""), "{page}");
    assert!(page.contains("/briefs/%C3%A9%20x/\"") && page.contains("/pic%20one.png\""), "{page}");
    assert!(!page.contains("%25"), "{page}");
}

/// However the link to an archive is written: when the last brief of the time goes, the archive does.
#[test]
fn a_link_to_an_archive_is_followed_anew_when_briefs_move() {
    let links = ["/2025/", "/2025/02/", "/2025", "/2025/?x=a", "/2025/02/?q", "../2025/?a=b", "/%32025/?"];
    let mut sources = Sources::default();
    for (nth, link) in links.iter().enumerate() {
        let text = format!("---\ntitle: P\n---\n[that time]({link})\n");
        sources.files.insert(format!("content/pages/p{nth}.md"), text);
    }
    let store: Arc<Memory> = Arc::default();
    let mut warm = Engine::warm();
    for (date, broken) in [("2025-02-03", 0), ("2023-02-03", 7), ("2025-02", 0), ("2025", 2)] {
        let brief = format!("---\ntitle: A\ndate: {date}\n---\nText.\n");
        sources.files.insert("content/briefs/a.md".to_owned(), brief);
        let snapshot = sources.snapshot();
        let faults = cold(&sources).faults(&snapshot);
        assert_eq!(faults.matches("B0302").count(), broken, "{date}: {faults}");
        assert_eq!(with(&store, &sources).faults(&snapshot), faults, "{date}, from the store");
        assert_eq!(build(&mut warm, &snapshot).faults(&snapshot), faults, "{date}, remembered");
    }
}
