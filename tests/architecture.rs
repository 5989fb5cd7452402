//! The rules of the house that a compiler does not know: which room may use which, headers, bigness, and
//! that every kind of fault has a case.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use briefwright::base::{Group, codes};

/// Which rooms a room may use. Arrows point down only.
const MAY_USE: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("config", &["base"]),
    ("memo", &["base"]),
    ("document", &["base"]),
    ("edition", &["document", "base"]),
    ("site", &["document", "base"]),
    // The resolved links that a text is rendered with are the site's.
    ("html", &["document", "base", "site"]),
    ("view", &["base"]),
    ("export", &["site", "view", "base"]),
    ("figure", &["view", "base"]),
    // Pages show what documents say (`document`), as rendered (`html`), with figures, by the settings
    // (`config`: page sizes, base URL), and say why a draft is there (`edition::badges`).
    ("pages", &["site", "view", "base", "document", "html", "figure", "config", "edition"]),
    ("theme", &["view", "base"]),
    ("report", &["base"]),
    ("io", &["base"]),
    ("publish", &["io", "base"]),
    // Links to other sites: asked for documents, as settings allow.
    ("external", &["base", "config", "document", "io"]),
    (
        "engine",
        &[
            "base", "config", "document", "edition", "html", "memo", "pages", "site", "theme", "view",
            "export", "figure",
        ],
    ),
    ("serve", &["engine", "io", "report", "base"]),
    (
        "cli",
        &[
            "base", "config", "document", "edition", "engine", "export", "external", "io", "publish",
            "report", "serve", "site", "view",
        ],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Longer files are to be parted.
const LINES: usize = 600;

#[test]
fn rooms_use_only_what_lies_below_them() {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for (path, text) in sources() {
        let room = room(&path);
        for used in used_rooms(&text) {
            seen.entry((room.clone(), used)).or_insert_with(|| path.display().to_string());
        }
    }
    assert!(seen.len() > 20, "the edges are not found any more");
    let forbidden: Vec<String> = seen
        .iter()
        .filter(|((room, used), _)| room != used && !allowed(room).contains(&used.as_str()))
        .map(|((room, used), path)| format!("{room} uses {used}, as in {path}"))
        .collect();
    assert!(forbidden.is_empty(), "edges that the design does not allow:\n{}", forbidden.join("\n"));
}

#[test]
fn the_allowed_edges_have_no_circle() {
    fn reach<'r>(room: &'r str, seen: &mut BTreeSet<&'r str>) {
        for used in MAY_USE.iter().find(|(name, _)| *name == room).map_or(&[] as &[&str], |(_, used)| used) {
            if seen.insert(used) {
                reach(used, seen);
            }
        }
    }
    for (room, _) in MAY_USE {
        let mut seen = BTreeSet::new();
        reach(room, &mut seen);
        assert!(!seen.contains(room), "{room} can reach itself");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = rust_files(&root.join("tests")).into_iter();
    let bare: Vec<PathBuf> =
        tests.chain(rust_files(&root.join("src"))).filter(|path| !read(path).starts_with("//! ")).collect();
    assert!(bare.is_empty(), "files without a `//!` header: {bare:?}");
}

#[test]
fn no_file_is_too_long_to_read() {
    let is_test = |path: &Path| path.ends_with("tests.rs");
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| !is_test(path) && text.lines().count() > LINES)
        .map(|(path, text)| format!("{} has {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "over {LINES} lines: {long:?}");
}

/// Content's faults in a case; the machine's and those of releases, which need a disk, and those of other sites,
/// which need a network, by the program.
#[test]
fn every_kind_of_fault_has_a_case() {
    let told: String =
        crate::case::all().iter().flat_map(|case| case.faults().map(|line| format!("{line}\n"))).collect();
    let by_program: String =
        ["cache", "cli", "dates", "external", "publish", "publish_ssh", "shards", "signing", "store"]
            .map(|name| read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{name}.rs"))))
            .concat();
    let without: Vec<&str> = codes::ALL
        .iter()
        .filter(|code| {
            let on_disk =
                matches!(code.group, Group::Machine | Group::Files | Group::Release | Group::Shards)
                    || matches!(code.id, "B0005" | "B0313" | "B0314");
            let is_told = told.contains(&format!(" {} ", code.id));
            !is_told && (!on_disk || !by_program.contains(code.id))
        })
        .map(|code| code.id)
        .collect();
    assert!(without.is_empty(), "no case shows {without:?}");
}

#[test]
fn codes_are_told_apart() {
    let ids: BTreeSet<&str> = codes::ALL.iter().map(|code| code.id).collect();
    let names: BTreeSet<&str> =
        codes::ALL.iter().map(|code| code.name).chain(Group::ALL.map(Group::name)).collect();
    assert_eq!(ids.len(), codes::ALL.len(), "an id twice");
    assert_eq!(
        names.len(),
        codes::ALL.len() + Group::ALL.len(),
        "a name twice, or one that is a group's too"
    );
    assert!(codes::ALL.is_sorted_by_key(|code| code.id));
}

fn allowed(room: &str) -> &'static [&'static str] {
    let found = MAY_USE.iter().find(|(name, _)| *name == room);
    found.unwrap_or_else(|| panic!("`{room}` is a new room: say in MAY_USE what it may use")).1
}

/// Every file of `src/` with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&src);
    assert!(files.len() > 50);
    files
        .into_iter()
        .map(|path| (path.strip_prefix(&src).expect("it lies below").to_owned(), read(&path)))
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the package can be listed") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() && !path.ends_with("node_modules") {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `html/writer.rs` lies in the room `html`, `engine.rs` is the room `engine`.
fn room(path: &Path) -> String {
    let first = path.components().next().expect("a path has a part").as_os_str();
    Path::new(first).with_extension("").display().to_string()
}

/// The rooms that a file names as `crate::room` or `crate::{room, …}`, its tests and comments aside.
fn used_rooms(text: &str) -> BTreeSet<String> {
    let code = without_tests(&text.lines().map(code_of).collect::<String>());
    let word =
        |text: &str| text.chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect::<String>();
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("briefwright::")) {
        let rest = code[at..].split_once("::").map_or("", |(_, rest)| rest);
        match rest.strip_prefix('{').and_then(|list| list.split_once("};")) {
            Some((list, _)) => used.extend(outermost(list).into_iter().map(|part| word(part.trim()))),
            None => _ = used.insert(word(rest)),
        }
    }
    used.retain(|name| !name.is_empty() && !name.starts_with(char::is_uppercase));
    used
}

/// Code without what is compiled for tests only: after each such attribute the item to its `;`, or to its last brace.
fn without_tests(code: &str) -> String {
    let mut parts = code.split("#[cfg(test)]");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        let mut depth = 0;
        let end = part.find(|ch| {
            depth += i32::from(ch == '{') - i32::from(ch == '}');
            matches!(ch, ';' | '}') && depth == 0
        });
        kept + end.map_or("", |end| &part[end + 1..])
    })
}

fn code_of(line: &str) -> String {
    line.split("//").next().unwrap_or_default().to_owned() + "\n"
}

/// The parts of a list, not those of lists within it.
fn outermost(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, ch) in list.char_indices() {
        match ch {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts
}

#[test]
fn the_scanner_sees_every_way_of_naming_a_room() {
    let text = "use crate::base::{Id, Key};\nuse crate::{config, html::{Args, text}, view};\nlet x = crate::io::y(); // crate::cli\n#[cfg(test)]\nuse crate::serve;\nuse crate::pages;\n#[cfg(test)]\nmod tests { fn x() { crate::cli::x(); } }\nuse crate::site::Site;";
    assert_eq!(
        used_rooms(text).into_iter().collect::<Vec<_>>(),
        ["base", "config", "html", "io", "pages", "site", "view"]
    );
}
