//! Faults of settings by the real program: where each is set, and how the program ends.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::cli::{Site, program};

#[test]
fn a_folder_that_cannot_be_is_told_where_it_is_set() {
    let site = Site::new();
    let refused = |args: &[&str], place: &str, words: &str| {
        let ran = site.brief(args).ends(2).says("error[B0005]").says(words);
        assert!(ran.err.contains(place), "`{place}` is not in\n{}", ran.err);
        assert!(!site.path("public").exists());
    };
    for out in ["content", ".", "/", "themes/x"] {
        refused(&["build", "--out", out], "--out: `/", "cannot be the output folder");
        refused(&["clean", "--out", out], "--out: `/", "cannot be the output folder");
    }
    site.write("site.toml", "title = \"T\"\ncache = \"content\"\nout = \"static/x\"\n");
    for command in ["build", "check"] {
        refused(&[command], "site.toml:2:9", "it lies in the site's `content`");
    }
    for command in ["build", "check"] {
        refused(&[command], "site.toml:3:7", "it lies in the site's `static`");
    }
    refused(&["clean"], "site.toml:3:7", "out = \"static/x\"");
    refused(&["merge", "content"], "site.toml:3:7", "out = \"static/x\"");
    refused(&["check", "--cache", "themes"], "--cache: `/", "cannot be the cache");
    let ran = site.run(|brief| brief.arg("build").env("BRIEF_OUT", "content").env("BRIEF_CACHE", "kept"));
    ran.ends(2).says("error[B0005]: BRIEF_OUT: `/");
    site.write("site.toml", "title = \"T\"\n");
    site.write("site.ci.toml", "cache = \"templates\"\n");
    refused(&["check", "--env", "ci"], "site.ci.toml:1:9", "cannot be the cache");
    // All other faults are told beside it.
    site.fault();
    refused(&["check", "--env", "ci"], "content/briefs/a.md:5:3", "cannot be the cache");
}

#[test]
fn the_folder_of_an_edition_is_told_where_it_is_set() {
    let site = Site::new();
    site.write(
        "site.toml",
        "tlp = \"clear\"\n[[editions]]\nname = \"low\"\ntlp = \"clear\"\n[[editions]]\nname = \"content\"\ntlp = \"red\"\nout = \"content/x\"\n",
    );
    site.brief(&["build", "--edition", "content"]).ends(2).says("error[B0005]").says("site.toml:8:7");
    site.brief(&["build", "--edition", "low", "--out", "static"]).ends(2).says("B0005").says("--out: `/");
}

#[test]
fn other_settings_are_told_where_they_are_set() {
    let site = Site::new();
    site.write("site.toml", "title = \"T\"\ntheme = \"nope\"\nedition = \"zz\"\ndates = \"git\"\n");
    let ran = site.brief(&["check"]).ends(3);
    let ran = ran.says("site.toml:2:9").says("there is no theme `nope`");
    let ran = ran.says("site.toml:3:11").says("there is no edition `zz`");
    ran.says("site.toml:4:9").says("error[B0913]: git cannot tell");
    let given = |name: &str, value: &str| {
        site.write("site.toml", "title = \"T\"\n");
        site.run(|brief| brief.arg("check").env(name, value))
    };
    given("BRIEF_THEME", "nope").ends(2).says("error[B0004]: BRIEF_THEME: there is no theme `nope`");
    given("BRIEF_EDITION", "zz").ends(2).says("error[B0002]: BRIEF_EDITION: there is no edition `zz`");
    given("BRIEF_DATES", "git").ends(3).says("error[B0913]: BRIEF_DATES: git cannot tell");
    site.brief(&["check", "--edition", "zz"])
        .ends(2)
        .says("error[B0002]: --edition: there is no edition `zz`");
}

/// A reader that has gone away changes nothing of what the site is.
#[test]
fn a_closed_pipe_leaves_the_status() {
    let site = Site::new();
    let all: String = (0..3000).map(|nth| format!("[[nobody-{nth}]]\n\n")).collect();
    site.write("content/briefs/a.md", &format!("---\ntitle: A\ndate: 2025-01-01\n---\n{all}"));
    let closed = |command: &mut Command| {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("it is a pipe"));
        out.read_line(&mut first).expect("it says something");
        drop(out);
        let done = child.wait_with_output().expect("it ends");
        let err = String::from_utf8(done.stderr).expect("it speaks UTF-8");
        assert!(!err.contains("panicked") && !err.contains("standard output"), "{err}");
        done.status.code()
    };
    for format in ["json", "sarif", "github", "gitlab", "junit"] {
        for command in ["check", "build"] {
            let status = closed(program(site.folder.path()).args([command, "--format", format]));
            assert_eq!(status, Some(1), "{command} --format {format}");
        }
    }
    // What it was asked to print is another thing.
    assert_eq!(closed(program(site.folder.path()).args(["schema", "brief"])), Some(0));
    site.write("site.toml", "titel = \"T\"\n");
    assert_eq!(closed(program(site.folder.path()).args(["check", "--format", "json"])), Some(2));
}
