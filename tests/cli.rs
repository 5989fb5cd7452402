//! The real program, run on folders on a disk: what it says, how it ends, what it writes and leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own, gone after the test.
pub struct Site {
    pub folder: TempDir,
}

impl Site {
    /// An actor and a brief, no faults.
    pub fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        site.write("site.toml", "title = \"T\"\n");
        site.write("content/actors/bears.md", "---\nname: Iron Bears\n---\n");
        site.write(
            "content/briefs/a.md",
            "---\ntitle: A\ndate: 2025-01-01\nactors: [bears]\n---\nThe Iron Bears.\n\n![](x.png)\n",
        );
        site.write("content/briefs/x.png", "no picture, but bytes");
        site
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    pub fn remove(&self, below: &str) {
        fs::remove_file(self.path(below)).expect("it is there");
    }

    /// Runs `brief` in the site's folder.
    pub fn brief(&self, args: &[&str]) -> Ran {
        self.run(|command| command.args(args))
    }

    pub fn run(&self, with: impl FnOnce(&mut Command) -> &mut Command) -> Ran {
        let mut command = program(self.folder.path());
        Ran::of(with(&mut command).output().expect("the program runs"))
    }

    /// Every file of the output, with its bytes.
    pub fn public(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.path("public"))
    }

    pub fn fault(&self) {
        self.write("content/briefs/a.md", "---\ntitle: A\ndate: 2025-01-01\n---\n[[nobody-here]]\n");
    }
}

pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brief"));
    command.current_dir(folder).env_clear().env("BRIEF_NOW", "2026-01-15").stdin(Stdio::null());
    command
}

pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it speaks UTF-8");
        Self {
            status: output.status.code().expect("it ended by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    #[track_caller]
    pub fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "`{words}` is not in\n{}", self.err);
        self
    }

    #[track_caller]
    pub fn prints(self, words: &str) -> Self {
        assert!(self.out.contains(words), "`{words}` is not in\n{}", self.out);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}", self.out))
    }
}

pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let walk = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let own = |path: &Path| path.strip_prefix(folder).expect("it lies below").display().to_string();
    walk.filter(|entry| entry.file_type().is_file())
        .map(|entry| (own(entry.path()), fs::read(entry.path()).expect("it can be read")))
        .collect()
}

#[test]
fn a_build_without_faults_ends_with_0() {
    let site = Site::new();
    site.brief(&["build"]).ends(0).says("built ").says("→ public/");
    let public = site.public();
    for name in [
        "index.html",
        "briefs/a/index.html",
        "actors/bears/index.html",
        "briefs/x.png",
        "manifest.json",
        "404.html",
    ] {
        assert!(public.contains_key(name), "{name} is not among {:?}", public.keys());
    }
    assert_eq!(public["briefs/x.png"], b"no picture, but bytes");
    site.brief(&["check"]).ends(0).says("no faults");
    site.brief(&["build", "-q"]).ends(0).json_is_empty();
}

impl Ran {
    /// Nothing on either stream.
    #[track_caller]
    fn json_is_empty(&self) {
        assert!(self.out.is_empty() && self.err.is_empty(), "{}{}", self.out, self.err);
    }
}

#[test]
fn faults_end_with_1_and_leave_the_output() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    let before = site.public();
    site.fault();
    let words = "content/briefs/a.md:5:3";
    site.brief(&["build"])
        .ends(1)
        .says("error[B0302]")
        .says(words)
        .says("nothing was written: public/ is as it was");
    assert_eq!(site.public(), before, "byte for byte");
    site.brief(&["check"]).ends(1).says(words);
    // A template's fault shows when pages are rendered, which is late.
    site.write("content/briefs/a.md", "---\ntitle: Another\ndate: 2025-01-01\n---\n");
    site.write("templates/404.html", "{{ nothing.at.all }}");
    site.brief(&["build"]).ends(1).says("B0501").says("templates/404.html:1:4");
    assert_eq!(site.public(), before, "byte for byte");
}

#[test]
fn warnings_end_with_0_and_under_strict_with_1() {
    let site = Site::new();
    site.write("content/briefs/a.md", "---\ntitle: A\ndate: 2025-01-01\nsources: [{ id: s }]\n---\n");
    site.brief(&["build"]).ends(0).says("warning[B0308]");
    site.brief(&["build", "--strict"]).ends(1).says("warning[B0308]");
    site.brief(&["check", "--strict"]).ends(1);
    site.run(|command| command.arg("check").env("BRIEF_STRICT", "true")).ends(1);
}

#[test]
fn usage_and_settings_end_with_2() {
    let site = Site::new();
    for args in [
        &["biuld"][..],
        &["build", "--now", "soon"],
        &["check", "--now", "-000001-12-31T00:00:00Z"],
        &["explain", "B9999"],
        &["schema", "nothing"],
        &["build", "--env", "staging"],
        &[],
    ] {
        site.brief(args).ends(2);
    }
    // The day before 0000, with which dates in writing begin.
    let epoch = |of: &mut Command| Ran::of(of.env_remove("BRIEF_NOW").output().expect("it runs"));
    epoch(program(site.folder.path()).env("SOURCE_DATE_EPOCH", "-62167219201").arg("check"))
        .ends(2)
        .says("no day");
    epoch(program(site.folder.path()).env("SOURCE_DATE_EPOCH", "-62167219200").arg("check")).ends(0);
    site.write("site.toml", "titel = \"T\"\n");
    site.brief(&["build"]).ends(2).says("site.toml:1:1").says("did you mean `title`?");
    let empty = tempfile::tempdir().expect("a folder can be made");
    let ran = Ran::of(program(empty.path()).arg("build").output().expect("it runs"));
    ran.ends(2).says("there is no site here");
}

#[test]
fn the_machine_ends_with_3() {
    let site = Site::new();
    site.write("public/somebody.txt", "else's work");
    site.brief(&["build"]).ends(3).says("B0903");
    assert_eq!(site.public().len(), 1, "it is left alone");
    // A file where the folder should be.
    site.write("occupied", "a file");
    site.brief(&["build", "--out", "occupied/site"]).ends(3).says("B0902");
    assert_eq!(fs::read_to_string(site.path("occupied")).expect("it is there"), "a file");
}

#[test]
fn what_cannot_be_read_is_told_with_all_other_faults() {
    let site = Site::new();
    site.fault();
    fs::write(site.path("content/briefs/b.md"), b"---\ntitle: B\xFF\ndate: 2025\n---\n")
        .expect("it can be written");
    std::os::unix::fs::symlink("/etc/hostname", site.path("content/briefs/c.md")).expect("it can be made");
    std::os::unix::fs::symlink("nowhere", site.path("content/briefs/d.md")).expect("it can be made");
    let ran = site.brief(&["check", "--format", "json"]).ends(3);
    let json = ran.json();
    let faults: Vec<String> = json["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|fault| {
            format!(
                "{} {}:{}",
                fault["code"].as_str().unwrap_or("?"),
                fault["file"].as_str().unwrap_or("?"),
                fault["line"]
            )
        })
        .collect();
    let expected = [
        "B0302 content/briefs/a.md:5",
        "B0100 content/briefs/b.md:2",
        "B0312 content/briefs/c.md:null",
        "B0901 content/briefs/d.md:null",
    ];
    assert_eq!(faults, expected);
}

#[test]
fn a_byte_order_mark_is_no_text() {
    let site = Site::new();
    site.write("content/briefs/a.md", "\u{FEFF}---\ntitle: A\ndate: 2025-01-01\n---\n");
    site.brief(&["build"]).ends(0);
    assert!(String::from_utf8_lossy(&site.public()["briefs/a/index.html"]).contains("<h1>A</h1>"));
}

#[test]
fn faults_are_json_when_asked_for() {
    let site = Site::new();
    site.fault();
    let ran = site.brief(&["check", "--format=json"]).ends(1);
    let json = ran.json();
    let fault = &json["diagnostics"][0];
    let expected = serde_json::json!({
        "code": "B0302", "name": "broken-link", "level": "error", "message": "there is no document or file `nobody-here`",
        "file": "content/briefs/a.md", "line": 5, "column": 3, "end_line": 5, "end_column": 14, "byte_start": 36, "byte_end": 47,
        "label": "leads nowhere", "help": ["write a document's id or name; `brief list` shows them"],
        "replacement": null, "related": [], "explain": "brief explain B0302",
    });
    assert_eq!(*fault, expected);
    assert_eq!((&json["errors"], &json["warnings"]), (&1.into(), &0.into()));
    // Standard output is for machines alone.
    assert!(ran.err.is_empty() || !ran.err.contains("error["), "{}", ran.err);
}

#[test]
fn a_second_build_at_once_is_refused() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    let before = site.public();
    // As another build would hold it; between builds there is none.
    fs::create_dir(site.path("public/.brief")).expect("a build leaves no workshop");
    let file = fs::File::create(site.path("public/.brief/lock")).expect("it can be made");
    file.lock().expect("nobody holds it");
    site.write("content/briefs/b.md", "---\ntitle: B\ndate: 2025-01-01\n---\n");
    site.brief(&["build"]).ends(3).says("B0904");
    let mut after = site.public();
    after.remove(".brief/lock").expect("the other build still has its lock");
    assert_eq!(after, before);
    drop(file);
    site.brief(&["build"]).ends(0);
    assert!(site.public().contains_key("briefs/b/index.html"));
}

#[test]
fn an_unchanged_build_writes_nothing() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    let stamps = || -> BTreeMap<PathBuf, _> {
        let walk = walkdir::WalkDir::new(site.path("public")).into_iter().filter_map(Result::ok);
        let pages = walk.filter(|entry| {
            entry.file_type().is_file() && !entry.path().components().any(|part| part.as_os_str() == ".brief")
        });
        pages
            .map(|entry| {
                (entry.path().to_owned(), entry.metadata().expect("it is there").modified().expect("known"))
            })
            .collect()
    };
    let before = stamps();
    std::thread::sleep(std::time::Duration::from_millis(30));
    site.brief(&["build"]).ends(0).says(": 0 written, ").says(", 0 removed");
    assert_eq!(stamps(), before);
    site.write(
        "content/briefs/a.md",
        "---\ntitle: A\ndate: 2025-01-01\nactors: [bears]\n---\nThe Iron Bears again.\n\n![](x.png)\n",
    );
    site.brief(&["build"]).ends(0);
    let after = stamps();
    let changed: Vec<String> = after
        .iter()
        .filter(|(path, stamp)| before.get(*path) != Some(stamp))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(changed.iter().any(|path| path.ends_with("briefs/a/index.html")), "{changed:?}");
    assert!(!changed.iter().any(|path| path.ends_with("404.html") || path.ends_with("x.png")), "{changed:?}");
}

#[test]
fn stale_files_go_and_foreign_ones_stay() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    site.write("public/.well-known/security.txt", "mine");
    site.write("public/briefs/a/notes.txt", "mine");
    site.remove("content/briefs/a.md");
    site.brief(&["build"]).ends(0);
    let public = site.public();
    for gone in ["briefs/a/index.html", "briefs/x.png", "2025/index.html", "2025/01/index.html"] {
        assert!(!public.contains_key(gone), "{gone} is still there");
    }
    assert!(public.contains_key(".well-known/security.txt") && public.contains_key("briefs/a/notes.txt"));
    assert!(!site.path("public/2025").is_dir(), "an empty folder is left");
    // A page where a foreign file stands is not written over it.
    site.write("public/briefs/b/index.html", "mine");
    site.write("content/briefs/b.md", "---\ntitle: B\ndate: 2025-01-01\n---\n");
    site.brief(&["build"]).ends(3).says("B0905");
    assert_eq!(site.public()["briefs/b/index.html"], b"mine");
}

#[test]
fn a_path_out_of_the_output_is_refused() {
    let site = Site::new();
    site.write("content/briefs/a.md", "---\ntitle: A\ndate: 2025-01-01\nredirect_from: /../../out/\n---\n");
    site.brief(&["build"]).ends(1).says("B0208").says("content/briefs/a.md:4:16");
    assert!(!site.path("out").is_dir());
}

#[test]
fn clean_removes_what_builds_wrote() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    site.write("public/mine.txt", "mine");
    site.brief(&["clean"]).ends(0);
    assert_eq!(site.public().keys().collect::<Vec<_>>(), ["mine.txt"]);
    site.remove("public/mine.txt");
    site.brief(&["clean"]).ends(0);
}

#[test]
fn a_new_site_builds_and_grows() {
    let top = tempfile::tempdir().expect("a folder can be made");
    let run = |folder: &Path, args: &[&str]| Ran::of(program(folder).args(args).output().expect("it runs"));
    run(top.path(), &["init", "desk"]).ends(0).says("made a site in desk");
    let desk = top.path().join("desk");
    run(&desk, &["build", "--strict"]).ends(0);
    run(top.path(), &["init", "desk"]).ends(2).says("is not empty");
    for (kind, title, path) in [
        ("brief", "Harbour closed", "content/briefs/2026-01-15-harbour-closed.md"),
        ("actor", "Iron Bears", "content/actors/iron-bears.md"),
        ("country", "Tajikistan", "content/countries/tj.md"),
        ("person", "A Speaker", "content/people/a-speaker.md"),
        ("event", "An event", "content/events/an-event.md"),
        ("source", "The Wire", "content/sources/the-wire.md"),
        ("region", "Central Asia", "content/regions/central-asia.md"),
        ("topic", "Border security", "content/topics/border-security.md"),
        ("page", "About", "content/pages/about.md"),
    ] {
        assert_eq!(run(&desk, &["new", kind, title]).ends(0).out, format!("{path}\n"));
        run(&desk, &["new", kind, title]).ends(2).says("is taken");
    }
    run(&desk, &["check", "--drafts", "--strict"]).ends(0);
}

#[test]
fn what_is_left_out_is_told() {
    let site = Site::new();
    site.write("content/briefs/b.md", "---\ntitle: B\ndate: 2025-02-01\ndraft: true\n---\n[[nobody]]\n");
    site.write("content/briefs/c.md", "---\ntitle: C\ndate: 2027-02-01\n---\n");
    let now = ["--now", "2026-01-15"];
    let told = "left out: 1 draft (--drafts), 1 dated or embargoed after today (--future)";
    site.brief(&[&["check"], &now[..]].concat()).ends(0).says(told);
    site.brief(&[&["build"], &now[..]].concat()).ends(0).says(told);
    let all = site.brief(&[&["check", "--drafts", "--future"], &now[..]].concat()).ends(1);
    assert!(!all.err.contains("left out"), "{}", all.err);
}

#[test]
fn list_lists() {
    let site = Site::new();
    site.write("content/briefs/unused.csv", "a");
    site.write("content/briefs/b.md", "---\ntitle: B\ndate: 2025-02-01\ndraft: true\n---\n");
    site.brief(&["list", "actors"]).ends(0).prints("bears").prints("Iron Bears");
    let briefs = site.brief(&["list", "briefs", "--format", "json"]).ends(0).json();
    assert_eq!(briefs[0]["id"], "a");
    assert_eq!(briefs[0]["path"], "content/briefs/a.md");
    assert_eq!(briefs.as_array().map(Vec::len), Some(1));
    site.brief(&["list", "drafts"]).ends(0).prints("b");
    site.brief(&["list", "unused"]).ends(0).prints("content/briefs/unused.csv");
    site.brief(&["list", "assets"]).ends(0).prints("content/briefs/x.png");
    site.fault();
    site.brief(&["list", "actors"]).ends(0).says("the list may lack something");
}

#[test]
fn explanations_schemas_help_and_completions() {
    let site = Site::new();
    site.brief(&["explain", "b0302"]).ends(0).prints("broken-link");
    site.brief(&["explain", "broken-link"]).ends(0).prints("B0302");
    site.brief(&["explain"]).ends(0).prints("B0906");
    for kind in ["brief", "actor", "country", "person", "event", "source", "region", "topic", "page"] {
        let schema = site.brief(&["schema", kind]).ends(0).json();
        assert!(schema["$schema"].as_str().is_some_and(|url| url.contains("json-schema.org")), "{kind}");
        assert!(schema["properties"]["summary"].is_object(), "{kind}");
    }
    let help = site.brief(&["help", "config"]).ends(0);
    for key in briefwright::config::keys() {
        assert!(
            help.out.contains(key.rsplit('.').next().unwrap_or(&key)),
            "`help config` does not tell of {key}"
        );
    }
    for shell in ["bash", "zsh", "fish"] {
        site.brief(&["completions", shell]).ends(0).prints("brief");
    }
    site.brief(&["--help"]).ends(0).prints("Exit status");
    site.brief(&["--version"]).ends(0).prints(env!("CARGO_PKG_VERSION"));
}

#[test]
fn settings_come_in_layers() {
    let site = Site::new();
    site.write("site.staging.toml", "title = \"Staging\"\n");
    let title = |ran: Ran| {
        ran.ends(0);
        let home = String::from_utf8(site.public()["index.html"].clone()).expect("UTF-8");
        home.split_once("<title>").expect("a title").1.split("</title>").next().unwrap_or_default().to_owned()
    };
    assert!(title(site.brief(&["build"])).ends_with('T'));
    assert!(title(site.brief(&["build", "--env", "staging"])).ends_with("Staging"));
    let env = |command: &mut Command| -> Ran {
        Ran::of(
            command
                .args(["build", "--env", "staging"])
                .env("BRIEF_TITLE", "By variable")
                .output()
                .expect("it runs"),
        )
    };
    assert!(title(env(&mut program(site.folder.path()))).ends_with("By variable"));
}

/// The same inputs give the same bytes, wherever and by whomever the program is run.
#[test]
fn the_output_depends_on_the_input_alone() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    let expected = site.public();
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    let folder = site.folder.path().display().to_string();
    let out = |name: &str| elsewhere.path().join(name);
    let build = |name: &str, command: &mut Command| {
        Ran::of(
            command.args(["build", "--site", &folder, "--out"]).arg(out(name)).output().expect("it runs"),
        )
        .ends(0);
        let mut built = files(&out(name));
        built.retain(|path, _| !path.starts_with(".brief/"));
        let mut expected = expected.clone();
        expected.retain(|path, _| !path.starts_with(".brief/"));
        for (path, bytes) in &expected {
            assert!(built.get(path) == Some(bytes), "{name}: {path} differs");
        }
        assert_eq!(built.len(), expected.len(), "{name}");
    };
    build("folder", &mut program(elsewhere.path()));
    build("deep", &mut program(&site.path("content/briefs")));
    build(
        "locale",
        program(elsewhere.path())
            .env("LC_ALL", "fa_AF.UTF-8")
            .env("LANG", "tr_TR")
            .env("TZ", "Pacific/Kiritimati"),
    );
    build("threads", program(elsewhere.path()).args(["-j", "1"]));
    build("epoch", program(elsewhere.path()).env_remove("BRIEF_NOW").env("SOURCE_DATE_EPOCH", "1768435200"));
    build(
        "home",
        program(elsewhere.path())
            .env("HOME", "/nowhere")
            .env("TERM", "xterm-256color")
            .env("COLUMNS", "20")
            .args(["--color", "always"]),
    );
    let mut shell = Command::new("sh");
    shell.current_dir(elsewhere.path()).env_clear().env("BRIEF_NOW", "2026-01-15");
    shell.args(["-c", "umask 077; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_brief")]);
    build("umask", &mut shell);
    let copy = tempfile::tempdir().expect("a folder can be made");
    for (path, bytes) in files(site.folder.path()).iter().filter(|(path, _)| !path.starts_with("public/")) {
        let path = copy.path().join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
    Ran::of(program(copy.path()).arg("build").output().expect("it runs")).ends(0);
    assert_eq!(
        files(&copy.path().join("public")).keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    assert!(
        files(&copy.path().join("public"))["manifest.json"] == expected["manifest.json"],
        "a copy in another folder"
    );
}

#[test]
fn editions_are_built_apart() {
    let site = Site::new();
    site.write("site.toml", "title = \"T\"\ntlp = \"green\"\n[[editions]]\nname = \"partners\"\ntlp = \"green\"\nout = \"public-partners\"\n");
    site.write(
        "content/briefs/secret.md",
        "---\ntitle: SECRET\ndate: 2025-01-02\ntlp: amber\nactors: [bears]\n---\n",
    );
    site.brief(&["build"]).ends(0);
    site.brief(&["build", "--edition", "partners"]).ends(0).says("→ public-partners/");
    assert!(site.public().contains_key("briefs/secret/index.html"));
    let partners = files(&site.path("public-partners"));
    assert!(partners.contains_key("briefs/a/index.html"));
    for (path, bytes) in &partners {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !path.contains("secret") && !text.contains("SECRET") && !text.contains("briefs/secret"),
            "{path}"
        );
    }
    // What is hidden may change without a trace, the manifest and its hash of the inputs included.
    site.write("content/briefs/secret.md", "---\ntitle: SECRET\ndate: 2025-01-03\ntlp: red\n---\nMore.\n");
    site.brief(&["build", "--edition", "partners"]).ends(0);
    let again = files(&site.path("public-partners"));
    for (path, bytes) in &partners {
        assert!(path.starts_with(".brief/") || again.get(path) == Some(bytes), "{path} differs");
    }
}

#[test]
fn what_cannot_be_read_is_told_without_its_consequences() {
    let site = Site::new();
    site.write(
        "content/briefs/a.md",
        "---\ntitle: A\ndate: 2025-01-01\nactors: [bears]\ncolour: red\n---\n[Bears](../actors/bears.md), [[bears]]\n",
    );
    std::fs::create_dir_all(site.path("content/actors")).expect("it can be made");
    fs::remove_file(site.path("content/actors/bears.md")).expect("it is there");
    let pipe = site.path("content/actors/bears.md");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("there is a mkfifo");
    assert!(made.success());
    let ran = site.brief(&["check"]).ends(3).says("B0901").says("content/actors/bears.md");
    // A fault that has another cause is not hidden.
    ran.says("B0105").says("2 errors in 2 files");
}

/// What is built for all must not lie where an edition is published from.
#[test]
fn a_build_for_all_is_not_written_into_an_editions_folder() {
    let site = Site::new();
    site.write(
        "site.toml",
        "title = \"T\"\ntlp = \"red\"\n[[editions]]\nname = \"open\"\ntlp = \"clear\"\nout = \"./public/\"\n",
    );
    site.brief(&["build", "--edition", "open"]).ends(0);
    let before = site.public();
    site.brief(&["build"]).ends(2).says("is the folder of the edition `open`").says("--edition open");
    assert_eq!(site.public(), before);
    site.brief(&["build", "--out", "all"]).ends(0);
    site.brief(&["check"]).ends(0);
}
