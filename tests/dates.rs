//! `dates = "git"`, on real repositories: what a page, the sitemap and the feeds take from it, what a shallow clone
//! and a folder without git are told, and that an edition tells nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use briefwright::io::History;
use serde_json::Value;

use crate::cli::{Ran, Site, files, program};
use crate::serve::live::Live;
use crate::skip::skipped;

/// A site in a repository; each commit on its day, which for the author was another.
struct Repository {
    site: Site,
}

fn git(folder: &Path, day: &str, args: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).stdin(Stdio::null()).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_COMMITTER_DATE", day).env("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z");
    command.args(["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always"]);
    let output = command.args(["-c", "init.defaultBranch=main"]).args(args).output().expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Repository {
    /// `None`, and why is printed, where there is no git. The site lies below the top of the repository.
    fn new() -> Option<Self> {
        if let Err(error) = Command::new("git").arg("--version").output() {
            skipped(format!("there is no git on this machine ({error})"));
            return None;
        }
        let site = Site::new();
        site.write(
            "site.toml",
            "title = \"T\"\ndates = \"git\"\nbase_url = \"https://briefs.example.org/\"\n",
        );
        git(site.folder.path(), "", &["init", "-q"]);
        Some(Self { site })
    }

    fn commit(&self, day: &str) {
        git(self.site.folder.path(), day, &["add", "-A"]);
        git(self.site.folder.path(), day, &["commit", "-q", "-m", "A change"]);
    }
}

/// The sitemap's day of change of an address.
fn lastmod<'t>(sitemap: &'t str, address: &str) -> Option<&'t str> {
    let (_, rest) = sitemap.split_once(&format!("<loc>https://briefs.example.org/{address}</loc>"))?;
    rest.split_once("</url>")?.0.strip_prefix("<lastmod>")?.split('<').next().map(str::trim)
}

fn text(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn builds(site: &Site, args: &[&str]) -> Ran {
    site.run(|command| command.env("PATH", "/usr/local/bin:/usr/bin:/bin").arg("build").args(args))
}

const UNDATED: &str = "---\ntitle: Undated\n---\nThe Iron Bears.\n";

/// Names beyond ASCII, a history of several days, one with another zone's evening, a merge.
#[test]
fn dates_come_from_commits_where_none_is_written() {
    let Some(repository) = Repository::new() else { return };
    let site = &repository.site;
    site.write("content/briefs/undated.md", UNDATED);
    site.write("content/briefs/گزارش نو.md", &UNDATED.replace("Undated", "Persian"));
    site.write("content/pages/told.md", "---\ntitle: Told\nupdates: [{ date: 2025-04-01, note: n }]\n---\n");
    repository.commit("2025-02-28T23:30:00-0500");
    site.write("content/briefs/undated.md", &UNDATED.replace("Bears", "Bears again"));
    site.write("content/pages/told.md", "---\ntitle: Told\nupdates: [{ date: 2025-04-01, note: m }]\n---\n");
    site.write("content/actors/bears.md", "---\nname: Iron Bears\n---\nMore.\n");
    repository.commit("2025-05-06T12:00:00Z");
    let root = site.folder.path();
    git(root, "", &["checkout", "-q", "-b", "side"]);
    site.write("content/pages/side.md", "---\ntitle: Side\n---\n");
    repository.commit("2025-07-01T12:00:00Z");
    git(root, "", &["checkout", "-q", "main"]);
    site.write("other.txt", "not of the site");
    repository.commit("2025-07-02T12:00:00Z");
    git(root, "2025-08-01T12:00:00Z", &["merge", "-q", "--no-edit", "side"]);

    builds(site, &["--strict"]).ends(0);
    let public = site.path("public");
    let sitemap = text(&public, "sitemap.xml");
    for (address, day) in [
        // Its own date, and then the day of the last commit that touched it.
        ("briefs/a/", "2025-03-01"),
        ("briefs/undated/", "2025-05-06"),
        ("actors/bears/", "2025-05-06"),
        // What it tells itself counts.
        ("told/", "2025-04-01"),
        ("side/", "2025-07-01"),
    ] {
        assert_eq!(lastmod(&sitemap, address), Some(day), "{address}: {sitemap}");
    }
    let page = text(&public, "briefs/undated/index.html");
    assert!(
        page.contains("<time datetime=\"2025-03-01\">")
            && page.contains(&changed("2025-05-06", "6 May 2025")),
        "{page}"
    );
    let page = text(&public, "briefs/گزارش نو/index.html");
    assert!(page.contains("<time datetime=\"2025-03-01\">") && !page.contains("changed "), "{page}");
    assert!(text(&public, "actors/bears/index.html").contains(&changed("2025-05-06", "6 May 2025")));
    assert!(text(&public, "side/index.html").contains(&changed("2025-07-01", "1 Jul 2025")));
    assert!(!text(&public, "told/index.html").contains("changed "));
    let feed: Value = serde_json::from_str(&text(&public, "feed.json")).expect("JSON");
    let item =
        feed["items"].as_array().and_then(|items| items.iter().find(|item| item["title"] == "Undated"));
    let item = item.expect("the brief is in the feed");
    assert_eq!(item["date_published"], "2025-03-01T00:00:00Z");
    assert_eq!(item["date_modified"], "2025-05-06T00:00:00Z");
    // A build of an earlier day does not know what came later.
    builds(site, &["--now", "2025-05-01", "--out", "earlier"]).ends(0);
    assert!(!text(&site.path("earlier"), "briefs/undated/index.html").contains("changed "));
    // A clone elsewhere is built to the same bytes, and without the setting nothing is asked.
    let clone = tempfile::tempdir().expect("a folder can be made");
    git(clone.path(), "", &["clone", "-q", &format!("file://{}", root.display()), "it"]);
    let there = clone.path().join("it");
    let ran = program(&there).env("PATH", "/usr/bin:/bin").args(["build", "--strict"]).output();
    Ran::of(ran.expect("it runs")).ends(0);
    assert!(files(&there.join("public")) == site.public());
    site.run(|command| command.env("PATH", "/nowhere").env("BRIEF_DATES", "written").arg("check"))
        .ends(1)
        .says("B0107")
        .says("content/briefs/undated.md");
}

#[test]
fn what_is_not_committed_has_no_date() {
    let Some(repository) = Repository::new() else { return };
    let site = &repository.site;
    // Before the first commit, too.
    builds(site, &["--strict"]).ends(0);
    repository.commit("2025-02-01T12:00:00Z");
    site.write("content/briefs/new.md", UNDATED);
    builds(site, &[]).ends(0).says("warning[B0116]").says("content/briefs/new.md").says("first commit");
    builds(site, &["--strict"]).ends(1);
    // In the index it is no commit yet; a date that is written is enough; a broken one is told as such.
    git(site.folder.path(), "", &["add", "-A"]);
    builds(site, &["--strict"]).ends(1).says("B0116");
    site.write("content/briefs/new.md", "---\ntitle: T\ndate: soon\n---\n");
    builds(site, &[]).ends(1).says("B0109");
    site.write("content/briefs/new.md", "---\ntitle: T\ndate: 2025-01-03\n---\n");
    builds(site, &["--strict"]).ends(0);
}

#[test]
fn a_shallow_clone_is_told_and_nothing_is_guessed() {
    let Some(repository) = Repository::new() else { return };
    let site = &repository.site;
    site.write("content/pages/old.md", "---\ntitle: Old\n---\n");
    site.write("content/briefs/undated.md", UNDATED);
    repository.commit("2025-02-01T12:00:00Z");
    site.write("content/pages/new.md", "---\ntitle: New\n---\n");
    repository.commit("2025-03-01T12:00:00Z");
    site.write("content/pages/newer.md", "---\ntitle: Newer\n---\n");
    repository.commit("2025-04-01T12:00:00Z");
    let clones = tempfile::tempdir().expect("a folder can be made");
    let url = format!("file://{}", site.folder.path().display());
    git(clones.path(), "", &["clone", "-q", "--depth", "2", &url, "it"]);
    let clone = clones.path().join("it");
    let build = |args: &[&str]| {
        let mut command = program(&clone);
        Ran::of(command.env("PATH", "/usr/bin:/bin").arg("build").args(args).output().expect("it runs"))
    };
    let ran = build(&[]).ends(0).says("warning[B0914]").says("fetch-depth: 0").says("GIT_DEPTH: 0");
    assert_eq!(ran.err.matches("B0914]").count(), 1, "{}", ran.err);
    assert!(!ran.err.contains("B0116"), "that it has no day follows from it: {}", ran.err);
    build(&["--strict"]).ends(1);
    let sitemap = text(&clone.join("public"), "sitemap.xml");
    assert_eq!(lastmod(&sitemap, "newer/"), Some("2025-04-01"));
    // The oldest commit of the clone seems to have brought all of these.
    assert_eq!([lastmod(&sitemap, "new/"), lastmod(&sitemap, "old/")], [None, None]);
    git(&clone, "", &["fetch", "-q", "--unshallow"]);
    build(&["--strict"]).ends(0);
    let sitemap = text(&clone.join("public"), "sitemap.xml");
    assert_eq!(lastmod(&sitemap, "new/"), Some("2025-03-01"));
    assert_eq!(lastmod(&sitemap, "old/"), Some("2025-02-01"));
}

#[test]
fn without_git_the_fault_is_told() {
    let site = Site::new();
    site.write("site.toml", "title = \"T\"\ndates = \"git\"\n");
    builds(&site, &[]).ends(3).says("error[B0913]").says("site.toml").says("not a git repository");
    site.run(|command| command.env("PATH", "/nowhere").arg("build"))
        .ends(3)
        .says("B0913")
        .says("cannot be run");
    site.write("site.toml", "title = \"T\"\ndates = \"git\"\n[diagnostics]\nno-git = \"warn\"\n");
    builds(&site, &[]).ends(0).says("warning[B0913]");
    site.write("site.toml", "title = \"T\"\ndates = \"gti\"\n");
    builds(&site, &[]).ends(2).says("written").says("git");
}

/// How a page tells the day of its last commit.
fn changed(iso: &str, short: &str) -> String {
    format!("changed <time datetime=\"{iso}\">{short}</time>")
}

/// A hidden part is changed in a commit of its own: nothing of the lower edition is another, the day neither.
#[test]
fn an_edition_shows_no_day_of_a_hidden_change() {
    let Some(repository) = Repository::new() else { return };
    let site = &repository.site;
    site.write(
        "site.toml",
        "title = \"T\"\ndates = \"git\"\ntlp = \"clear\"\nbase_url = \"https://briefs.example.org/\"\n[[editions]]\nname = \"low\"\ntlp = \"green\"\n[[editions]]\nname = \"all\"\ntlp = \"red\"\n",
    );
    site.write("content/briefs/undated.md", UNDATED);
    repository.commit("2025-02-01T12:00:00Z");
    builds(site, &["--edition", "low", "--out", "before"]).ends(0);
    assert!(text(&site.path("before"), "briefs/undated/index.html").contains("2025-02-01"));
    site.write("content/briefs/undated.md", &format!("{UNDATED}\n(TLP:AMBER) Hidden.\n"));
    site.write("content/briefs/secret.md", "---\ntitle: S\ntlp: red\n---\nThe Iron Bears.\n");
    repository.commit("2025-06-01T12:00:00Z");
    builds(site, &["--edition", "low", "--out", "after"]).ends(0);
    assert!(files(&site.path("before")) == files(&site.path("after")));
    // Who sees all sees the day.
    builds(site, &["--edition", "all", "--out", "all"]).ends(0);
    assert!(
        text(&site.path("all"), "briefs/undated/index.html").contains(&changed("2025-06-01", "1 Jun 2025"))
    );
}

/// Neither a repository's configuration nor the caller's environment makes the dates others or starts a program, be
/// it to fetch what a clone lacks.
#[test]
fn the_dates_are_of_the_commits_alone() {
    let Some(repository) = Repository::new() else { return };
    let site = &repository.site;
    site.write("content/briefs/undated.md", UNDATED);
    repository.commit("2025-02-01T12:00:00Z");
    site.write("content/briefs/undated.md", &UNDATED.replace("Bears", "Bears again"));
    repository.commit("2025-03-01T12:00:00Z");
    let root = site.folder.path();
    builds(site, &["--strict"]).ends(0);
    let before = site.public();
    for (key, value) in [
        ("log.showRoot", "false"),
        ("log.follow", "true"),
        ("log.diffMerges", "off"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("diff.orderFile", "/nowhere"),
        ("color.ui", "always"),
    ] {
        git(root, "", &["config", key, value]);
        builds(site, &["--strict"]).ends(0);
        assert!(site.public() == before, "{key}");
        git(root, "", &["config", "--unset", key]);
    }
    let head = Command::new("git").current_dir(root).args(["rev-parse", "HEAD"]).output().expect("git runs");
    std::fs::write(root.join(".git/info/grafts"), head.stdout).expect("it can be written");
    builds(site, &["--strict"]).ends(0);
    assert!(site.public() == before, "a graft");
    std::fs::remove_file(root.join(".git/info/grafts")).expect("it is there");
    git(root, "", &["replace", "--graft", "HEAD"]);
    for (name, value) in [
        ("GIT_DIR", "/nowhere"),
        ("GIT_COMMON_DIR", "/nowhere"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere"),
        ("GIT_SHALLOW_FILE", "/nowhere"),
        ("GIT_TRACE", "1"),
    ] {
        site.run(|command| command.env("PATH", "/usr/bin:/bin").env(name, value).args(["build", "--strict"]))
            .ends(0);
        assert!(site.public() == before, "{name}");
    }
    // A clone without trees: git would fetch them, with whatever program its configuration names.
    git(root, "", &["config", "uploadpack.allowFilter", "true"]);
    let clones = tempfile::tempdir().expect("a folder can be made");
    let url = format!("file://{}", root.display());
    git(clones.path(), "", &["clone", "-q", "--filter=tree:0", &url, "it"]);
    let clone = clones.path().join("it");
    git(&clone, "", &["config", "remote.origin.uploadpack", "touch ran; git-upload-pack"]);
    let mut command = program(&clone);
    command.env("PATH", "/usr/bin:/bin").arg("build");
    let ran =
        Ran::of(command.output().expect("it runs")).ends(3).says("error[B0913]").says("--filter=blob:none");
    // The cause is told, not what follows from it for each brief.
    assert!(!ran.err.contains("B0116"), "{}", ran.err);
    assert!(!clone.join("ran").exists());
}

/// The preview asks for the history at each round: it is read again only when a commit came.
#[test]
fn the_history_is_read_once_for_each_commit() {
    let Some(repository) = Repository::new() else { return };
    let site = &repository.site;
    repository.commit("2025-02-01T12:00:00Z");
    let root: PathBuf = site.folder.path().into();
    let first = History::read(&root, &History::default());
    assert_eq!(first.committed.len(), 3);
    let again = History::read(&root, &first);
    assert!(std::sync::Arc::ptr_eq(&first.committed, &again.committed));
    site.write("content/pages/p.md", "---\ntitle: P\n---\n");
    repository.commit("2025-03-01T12:00:00Z");
    let later = History::read(&root, &again);
    assert_eq!(later.committed.len(), 4);
}

/// The preview shows a brief that is not committed, and its day from the first change after the commit.
#[test]
fn the_preview_follows_the_history() {
    let Some(Repository { site }) = Repository::new() else { return };
    site.write("content/briefs/undated.md", UNDATED);
    let live = Live::of(site.folder, &[]);
    assert!(live.said().contains("B0116"), "{}", live.said());
    live.until_shows("/briefs/undated/", "Undated");
    git(live.folder.path(), "", &["add", "-A"]);
    git(live.folder.path(), "2025-02-03T12:00:00Z", &["commit", "-q", "-m", "A brief"]);
    live.save("content/briefs/undated.md", &UNDATED.replace("Bears", "Bears again"));
    live.until_shows("/briefs/undated/", "<time datetime=\"2025-02-03\">");
}
