//! After whatever happens to the folder, what is served is what a cold build gives.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use super::live::{Live, brief, files, site, write};

#[test]
fn an_edit_renders_one_page_and_is_told() {
    let live = Live::new();
    let events = live.listen();
    live.save("content/briefs/a.md", &brief("A", "Other words."));
    let news = events.recv_timeout(Duration::from_secs(10)).expect("news of the edit");
    assert_eq!(news["changed"], serde_json::json!(["/briefs/a/"]), "{news}");
    assert_eq!((&news["ready"], &news["faults"]), (&true.into(), &false.into()));
    assert!(live.get("/briefs/a/").text().contains("Other words."));
    live.until("the line", |live| live.said().contains("content/briefs/a.md: 1 of "));
    let said = live.said();
    let line = said.lines().find(|line| line.starts_with("content/briefs/a.md")).expect("a line");
    assert!(line.contains("pages rendered, 1 changed in ") && line.ends_with(" ms"), "{line}");
    // Events follow each other, each from the one before.
    live.save("content/briefs/b.md", &brief("B", "Other words."));
    let next = events.recv_timeout(Duration::from_secs(10)).expect("news of the edit");
    assert_eq!((&next["from"], &next["changed"]), (&news["build"], &serde_json::json!(["/briefs/b/"])));
    live.is_as_built_cold();
}

#[test]
fn every_way_of_saving_is_seen() {
    let live = Live::new();
    let (a, path) = ("content/briefs/a.md", live.path("content/briefs/a.md"));
    // In place.
    live.write(a, &brief("A", "In place."));
    live.until_shows("/briefs/a/", "In place.");
    // A new file over the old one: most editors.
    live.save(a, &brief("A", "Renamed over."));
    live.until_shows("/briefs/a/", "Renamed over.");
    // The old one goes aside, a new one comes: vim, emacs.
    fs::rename(&path, live.path("content/briefs/a.md~")).expect("it can be renamed");
    live.write(a, &brief("A", "Put aside."));
    fs::remove_file(live.path("content/briefs/a.md~")).expect("it is there");
    live.until_shows("/briefs/a/", "Put aside.");
    // In pieces, with pauses.
    for piece in ["---\ntitle: A\n", "---\ntitle: A\ndate: 2025-01-01\n---\n", &brief("A", "In pieces.")] {
        live.write(a, piece);
        std::thread::sleep(Duration::from_millis(15));
    }
    live.until_shows("/briefs/a/", "In pieces.");
    live.is_as_built_cold();
}

#[test]
fn files_and_folders_come_and_go() {
    let live = Live::new();
    live.write("content/briefs/c.md", &brief("C", "New."));
    live.until_shows("/briefs/c/", "New.");
    live.until_shows("/briefs/", "C");
    fs::remove_file(live.path("content/briefs/c.md")).expect("it is there");
    live.until_gone("/briefs/c/");
    // A new folder, with a file right away; then renamed; then moved out; then back.
    live.write("content/briefs/2025/deep/d.md", &brief("D", "Deep."));
    live.until_shows("/briefs/d/", "Deep.");
    live.write("content/actors/bears.md", "---\nname: Iron Bears\n---\n");
    live.until_shows("/actors/bears/", "Iron Bears");
    fs::rename(live.path("content/briefs/2025"), live.path("content/briefs/2026"))
        .expect("it can be renamed");
    live.write("content/briefs/2026/deep/e.md", &brief("E", "In the renamed folder."));
    live.until_shows("/briefs/e/", "In the renamed folder.");
    fs::rename(live.path("content/briefs/2026"), live.path("aside")).expect("it can be renamed");
    live.until_gone("/briefs/d/");
    fs::rename(live.path("aside"), live.path("content/briefs/back")).expect("it can be renamed");
    live.until_shows("/briefs/d/", "Deep.");
    // The folder that all lies in, away and back as a whole.
    fs::rename(live.path("content"), live.path("elsewhere")).expect("it can be renamed");
    live.until_gone("/briefs/a/");
    fs::rename(live.path("elsewhere"), live.path("content")).expect("it can be renamed");
    live.until_shows("/briefs/a/", "First.");
    live.save("content/briefs/a.md", &brief("A", "Still watched."));
    live.until_shows("/briefs/a/", "Still watched.");
    live.is_as_built_cold();
}

#[test]
fn templates_static_files_and_settings_count() {
    let live = Live::new();
    live.write("static/style.css", "main { color: red }");
    live.until("the style has a new name", |live| {
        let home = live.get("/").text();
        let style = home.split("href=\"./assets/style.").nth(1).and_then(|rest| rest.split('"').next());
        style.is_some_and(|rest| live.get(&format!("/assets/style.{rest}")).text().contains("color: red"))
    });
    live.write("templates/404.html", "<!doctype html><title>Nope</title><p>Nothing here.");
    live.until_shows("/nothing/", "Nothing here.");
    live.save("site.toml", "title = \"Another\"\n");
    live.until_shows("/", "<title>Another</title>");
    // Folders that came while it ran are watched too, and so is one that was put in the place of another,
    // also when the second look after a change is long over.
    fs::remove_dir_all(live.path("content")).expect("it is there");
    live.write("content/briefs/n.md", &brief("N", "In a new folder."));
    live.until_shows("/briefs/n/", "In a new folder.");
    for (path, text, page) in [
        (
            "templates/404.html",
            "<!doctype html><title>Nope</title><p>Nothing at all.".to_owned(),
            "/nothing/",
        ),
        ("content/briefs/n.md", brief("N", "Nothing at all."), "/briefs/n/"),
    ] {
        std::thread::sleep(Duration::from_millis(1500));
        live.save(path, &text);
        live.until_shows(page, "Nothing at all.");
    }
    live.is_as_built_cold();
}

/// `git checkout` of another branch: thousands of files at once, and folders with them.
#[test]
fn a_burst_of_2000_files_converges() {
    let live = Live::new();
    let text = |n: usize| brief(&format!("N{n}"), &format!("Burst {n}."));
    for n in 0..2000 {
        live.write(&format!("content/briefs/{}/n{n}.md", n % 40), &text(n));
    }
    let took = live.until_shows("/briefs/n1999/", "Burst 1999.");
    println!("2,000 files: {took:?} after the last");
    live.until("all are there", |live| {
        (0..2000).step_by(333).all(|n| live.get(&format!("/briefs/n{n}/")).status == 200)
    });
    fs::remove_dir_all(live.path("content/briefs/0")).expect("it is there");
    for n in (1..2000).step_by(40) {
        live.save(&format!("content/briefs/{}/n{n}.md", n % 40), &brief("Other", "Changed."));
    }
    live.until_gone("/briefs/n0/");
    live.until_shows("/briefs/n1/", "Changed.");
    live.until_shows("/briefs/n1961/", "Changed.");
    live.save("content/briefs/39/n1999.md", &brief("Last", "Watched after it all."));
    live.until_shows("/briefs/n1999/", "Watched after it all.");
    live.is_as_built_cold();
}

#[test]
fn what_is_removed_as_soon_as_it_is_saved_is_gone() {
    let live = Live::new();
    for round in 0..4 {
        live.write("content/briefs/a.md", &brief("A", &format!("Round {round}.")));
        live.until_shows("/briefs/a/", &format!("Round {round}."));
        // Until it is calm: another wake would make up for a missed one.
        std::thread::sleep(Duration::from_millis(1500));
        live.save("content/briefs/a.md", &brief("A", "For a moment."));
        fs::remove_file(live.path("content/briefs/a.md")).expect("it is there");
        live.until_gone("/briefs/a/");
    }
    live.is_as_built_cold();
}

#[test]
fn the_folder_itself_may_go_and_come_back() {
    let live = Live::new();
    fs::remove_dir_all(live.folder.path()).expect("it can be removed");
    live.until("its absence", |live| live.said().contains("is not a site"));
    live.until_shows("/briefs/a/", "First.");
    write(live.folder.path(), "site.toml", "title = \"T\"\n");
    live.write("content/briefs/a.md", &brief("A", "Made anew."));
    live.until_shows("/briefs/a/", "Made anew.");
    // Long after, it is watched as before.
    std::thread::sleep(Duration::from_millis(1500));
    live.save("content/briefs/a.md", &brief("A", "Watched anew."));
    assert!(live.until_shows("/briefs/a/", "Watched anew.") < Duration::from_secs(2));
    live.is_as_built_cold();
}

#[test]
fn a_site_may_be_a_link_that_leads_elsewhere_later() {
    let folder = site(&[]);
    for name in ["one", "two"] {
        write(folder.path(), &format!("{name}/site.toml"), "title = \"T\"\n");
        write(folder.path(), &format!("{name}/content/briefs/a.md"), &brief("A", name));
    }
    symlink("one", folder.path().join("link")).expect("a link");
    let live = Live::of(folder, &["--site", "link"]);
    live.until_shows("/briefs/a/", "one");
    symlink("two", live.path("next")).expect("a link");
    fs::rename(live.path("next"), live.path("link")).expect("it can be renamed");
    live.until_shows("/briefs/a/", "two");
    std::thread::sleep(Duration::from_millis(1500));
    live.save("two/content/briefs/a.md", &brief("A", "edited"));
    live.until_shows("/briefs/a/", "edited");
}

#[test]
fn files_to_which_links_lead_are_watched() {
    let live = Live::new();
    live.write("notes/n.md", &brief("N", "Elsewhere."));
    symlink("../../notes/n.md", live.path("content/briefs/n.md")).expect("a link");
    live.until_shows("/briefs/n/", "Elsewhere.");
    for words in ["Saved.", "Saved again."] {
        std::thread::sleep(Duration::from_millis(1500));
        live.save("notes/n.md", &brief("N", words));
        live.until_shows("/briefs/n/", words);
    }
}

#[test]
fn a_commit_is_seen_where_git_tells_the_dates() {
    let folder = site(&[("content/briefs/a.md", "---\ntitle: A\n---\nFirst.\n")]);
    write(folder.path(), "site.toml", "title = \"T\"\ndates = \"git\"\n");
    let git = |folder: &Path, args: &[&str]| {
        let who = ["-c", "user.name=A desk", "-c", "user.email=desk@example.org"];
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).args(who).args(args).env("GIT_COMMITTER_DATE", "2025-03-04T12:00:00Z");
        assert!(command.stdout(Stdio::null()).status().expect("git runs").success());
    };
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    let live = Live::of(folder, &[]);
    assert!(!live.get("/briefs/a/").text().contains("March 2025"));
    std::thread::sleep(Duration::from_millis(1500));
    git(live.folder.path(), &["commit", "-qm", "first"]);
    live.until_shows("/briefs/a/", "4 March 2025");
    live.until("the line", |live| live.said().contains("other commits: "));
}

#[test]
fn without_events_the_folder_is_polled() {
    let folder = site(&[("content/briefs/a.md", &brief("A", "First."))]);
    let live = Live::of(folder, &["--poll"]);
    live.save("content/briefs/a.md", &brief("A", "Polled."));
    live.until_shows("/briefs/a/", "Polled.");
}

#[test]
fn what_is_no_part_of_the_site_wakes_nobody() {
    let live = Live::new();
    write(live.folder.path(), "public/index.html", "somebody's");
    write(live.folder.path(), "notes/x.md", "x");
    write(live.folder.path(), "content/briefs/.a.md.swp", "x");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(live.said().lines().count(), 2, "{}", live.said());
}

#[test]
fn nothing_is_written() {
    let live = Live::new();
    let before = files(live.folder.path());
    live.save("content/briefs/a.md", &brief("A", "Other."));
    live.until_shows("/briefs/a/", "Other.");
    let names =
        |files: &std::collections::BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&files(live.folder.path())), names(&before));
}

#[test]
fn follow_names_the_page_that_was_edited() {
    let files =
        [("content/briefs/a.md", &*brief("A", "First.")), ("content/briefs/b.md", &brief("B", "Second."))];
    let live = Live::of(site(&files), &["--follow"]);
    let events = live.listen();
    // Its title shows on other pages too, but this is the page that was edited.
    live.save("content/briefs/b.md", &brief("Another title", "Second."));
    let news = events.recv_timeout(Duration::from_secs(10)).expect("news of the edit");
    assert_eq!(news["follow"], "/briefs/b/");
    assert!(news["changed"].as_array().is_some_and(|all| all.len() > 2), "{news}");
}

#[test]
fn drafts_and_editions_are_shown_as_asked() {
    let draft = brief("D", "Not yet.").replace("title: D", "title: D\ndraft: true");
    let secret = brief("S", "Hidden words.").replace("title: S", "title: S\ntlp: red");
    let files = [
        ("site.toml", "title = \"T\"\ntlp = \"clear\"\neditions = [{ name = \"low\", tlp = \"green\" }]\n"),
        ("content/briefs/a.md", &*brief("A", "First.\n\n(TLP:RED) Hidden words.\n\n![](s.txt)")),
        ("content/briefs/d.md", &draft),
        ("content/briefs/e.md", &brief("E", "Wait.").replace("title: E", "title: E\nembargo: 2027-01-01")),
        ("content/briefs/f.md", &brief("F", "Later.").replace("2025-01-01", "2027-01-01")),
        ("content/briefs/s.md", &secret),
        ("content/briefs/s.txt", "a file"),
    ];
    let live = Live::of(site(&files), &["--drafts"]);
    assert!(live.get("/briefs/d/").text().contains("<strong>Draft.</strong>"), "a draft says so");
    for (path, badge) in
        [("/briefs/e/", "<strong>Embargoed.</strong>"), ("/briefs/f/", "<strong>Future.</strong>")]
    {
        assert!(live.get(path).text().contains(badge), "{path}");
    }
    assert_eq!(live.get("/briefs/s/").status, 200);
    drop(live);
    let live = Live::of(site(&files), &["--edition", "low"]);
    assert_eq!(live.get("/briefs/d/").status, 404);
    live.save("content/briefs/s.md", &secret.replace("words", "words again"));
    live.save("content/briefs/a.md", &brief("A", "Second.\n\n(TLP:RED) Hidden words."));
    live.until_shows("/briefs/a/", "Second.");
    for path in ["/", "/briefs/", "/briefs/a/", "/feed.xml", "/feed.json", "/sitemap.xml", "/2025/01/"] {
        let answer = live.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text().contains("Hidden") && !answer.text().contains("/briefs/s/"), "{path}");
    }
    for path in ["/briefs/s/", "/briefs/s", "/briefs/s/index.html", "/content/briefs/s.md", "/briefs/s.md"] {
        assert_eq!(live.get(path).status, 404, "{path}");
    }
}

#[derive(Clone, Debug)]
enum Edit {
    Write(&'static str, String),
    Delete(&'static str),
    Rename(&'static str, &'static str),
}

const PLACES: [&str; 6] = [
    "content/briefs/a.md",
    "content/briefs/b.md",
    "content/briefs/2025/c.md",
    "content/actors/bears.md",
    "content/pages/about.md",
    "content/index.md",
];

fn edit() -> impl Strategy<Value = Edit> {
    let text = (
        select(&["One", "Two", "Iron Bears"][..]),
        select(&["Text.", "Iron Bears moved.", "## H\n\n- x"][..]),
    );
    prop_oneof![
        4 => (select(&PLACES[..]), text).prop_map(|(path, (title, text))| {
            let front = if path.contains("briefs") { format!("title: {title}\ndate: 2025-01-01") }
                else if path.contains("actors") { format!("name: {title}") }
                else { format!("title: {title}") };
            Edit::Write(path, format!("---\n{front}\n---\n{text}\n"))
        }),
        1 => select(&PLACES[..]).prop_map(Edit::Delete),
        1 => (select(&PLACES[..3]), select(&PLACES[..3])).prop_map(|(from, to)| Edit::Rename(from, to)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 4, failure_persistence: None, ..ProptestConfig::default() })]

    /// The law, seen from outside.
    #[test]
    fn what_is_served_is_what_a_cold_build_gives(edits in prop::collection::vec((edit(), 0..30_u64), 1..12)) {
        let live = Live::new();
        for (edit, pause) in edits {
            match edit {
                Edit::Write(path, text) => live.save(path, &text),
                // What is not there need not go.
                Edit::Delete(path) => _ = fs::remove_file(live.path(path)),
                Edit::Rename(from, to) => _ = fs::rename(live.path(from), live.path(to)),
            }
            std::thread::sleep(Duration::from_millis(pause));
        }
        // A last page says that all before it has been seen.
        live.write("content/pages/last.md", "---\ntitle: Last\n---\nThe last.\n");
        live.until_shows("/last/", "The last.");
        live.is_as_built_cold();
    }
}
