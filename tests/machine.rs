//! What the machine refuses: files that cannot be read, threads that are not to be had, names that are no text.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::cli::{Ran, Site, files, program};
use crate::publish::two_builds;
use crate::skip::skipped;

/// Runs `brief` as somebody who is not root, for whom permissions count.
fn nobody(site: &Site, args: &[&str]) -> Option<Ran> {
    let mut command = Command::new("setpriv");
    command.current_dir(site.folder.path()).env_clear().env("BRIEF_NOW", "2026-01-15").stdin(Stdio::null());
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]);
    match command.arg(env!("CARGO_BIN_EXE_brief")).args(args).output() {
        Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("setpriv:") => Some(Ran::of(output)),
        other => {
            skipped(format!("nobody else can be had on this machine ({other:?})"));
            None
        }
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn what_cannot_be_read_is_the_machines_fault() {
    let site = two_builds();
    mode(site.folder.path(), 0o755);
    for out in ["a", "b"] {
        site.brief(&["publish", "www", "--out", out]).ends(0);
    }
    let current = fs::canonicalize(site.path("www/current")).expect("it is there");
    let page = current.join("404.html");
    mode(&page, 0o600);
    let Some(ran) = nobody(&site, &["verify", "www"]) else { return };
    ran.ends(3).says("B0901").says(&format!("cannot read `{}`: Permission denied", page.display()));
    let run = |args: &[&str]| nobody(&site, args).expect("it ran before");
    fs::write(current.join("robots.txt"), "changed by hand").expect("it can be written");
    run(&["verify", "www"]).ends(3).says("B0901").says("B0907").says("`robots.txt` differs");
    site.brief(&["verify", "www"]).ends(1).says("B0907");
    let manifest = current.join("manifest.json");
    mode(&manifest, 0o600);
    for args in [&["publish", "www", "--out", "a", "--dry-run"][..], &["verify", "www"]] {
        run(args).ends(3).says("B0901").says(&manifest.display().to_string());
    }
    run(&["publish", "www", "--list"]).ends(3).prints("current, cannot be read").says("B0901");
    mode(&current, 0o700);
    for args in [&["publish", "www", "--out", "a", "--dry-run"][..], &["verify", "www"]] {
        run(args).ends(3).says("B0901").says("Permission denied");
    }
    // The output folder, too.
    mode(&site.path("a/404.html"), 0o600);
    fs::create_dir(site.path("mine")).expect("it can be made");
    mode(&site.path("mine"), 0o777);
    run(&["publish", "mine", "--out", "a"]).ends(3).says("B0901").says("404.html`: Permission denied");
}

/// The names of the releases, oldest first.
fn releases(www: &Path) -> Vec<String> {
    let names = fs::read_dir(www.join("releases")).expect("there are releases");
    let mut names: Vec<String> =
        names.map(|it| it.expect("listed").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

/// A disk that fails for a moment costs no release: only what has certainly lost its manifest goes.
#[test]
fn a_release_that_cannot_be_looked_at_stays() {
    let site = two_builds();
    let www = site.path("www");
    for out in ["a", "b", "a"] {
        site.brief(&["publish", "www", "--out", out]).ends(0);
    }
    let before = files(&www);
    let unread = &releases(&www)[1];
    let path = www.join("releases").join(unread).join("manifest.json").display().to_string();
    let failing = |args: &[&str]| {
        let mut command = Command::new("strace");
        command.current_dir(site.folder.path()).env_clear().stdin(Stdio::null());
        command.args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-P",
            &path,
            "-e",
            "inject=?statx,?newfstatat:error=EIO",
        ]);
        command.arg(env!("CARGO_BIN_EXE_brief")).args(["publish", "www"]).args(args);
        Ran::of(command.output().expect("strace runs"))
    };
    if let Err(error) = Command::new("strace").arg("-V").output() {
        return skipped(format!("there is no strace on this machine ({error})"));
    }
    let ran = failing(&["--list"]);
    if ran.err.contains("ptrace") {
        return skipped(format!("strace does not work on this machine ({})", ran.err));
    }
    ran.ends(3).prints("cannot be read").says("B0901").says(&path);
    let list = failing(&["--list", "--format", "json"]).ends(3).json();
    assert_eq!(
        (&list[1]["unreadable"], &list[1]["damaged"], &list[1]["bytes"]),
        (&true.into(), &false.into(), &serde_json::Value::Null)
    );
    for args in [&["--out", "b"][..], &["--out", "b", "--purge"], &["--rollback"]] {
        failing(args).ends(3).says("B0901").says(&path).says("Input/output error");
        assert!(files(&www) == before, "{args:?}");
    }
    site.brief(&["publish", "www", "--out", "b"]).ends(0);
    assert_eq!(releases(&www).len(), 4);
}

/// Where a process may have few threads or none, the work is done with these.
#[test]
fn few_threads_are_enough() {
    let site = Site::new();
    mode(site.folder.path(), 0o755);
    for (threads, jobs) in [(1, ""), (2, ""), (3, "-j 64"), (2, "-j 2")] {
        // The first is the shell that becomes the program; of a user whom nobody else is.
        let script = format!("ulimit -u {threads}; exec \"$0\" check {jobs}");
        let user = (54_321 + threads).to_string();
        let mut command = Command::new("unshare");
        command.args(["-p", "-f", "--mount-proc", "setpriv", "--reuid", &user, "--regid", &user]);
        command.args(["--clear-groups", "bash", "-c", &script, env!("CARGO_BIN_EXE_brief")]);
        command.current_dir(site.folder.path()).env_clear().env("BRIEF_NOW", "2026-01-15");
        match command.stdin(Stdio::null()).output() {
            Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("unshare:") => {
                Ran::of(output).ends(0).says("no faults");
            }
            other => return skipped(format!("threads cannot be limited on this machine ({other:?})")),
        }
    }
}

/// By a clock that has gone wrong no day is made up, and nothing breaks down.
#[test]
fn a_clock_that_has_gone_wrong_is_told() {
    let site = two_builds();
    let late = |args: &[&str]| {
        let mut command = Command::new("faketime");
        command.current_dir(site.folder.path()).env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        command.args(["-f", "+8000y"]).arg(env!("CARGO_BIN_EXE_brief")).args(args).output().map(Ran::of)
    };
    let ran = match late(&["check"]) {
        Ok(ran) => ran.ends(3),
        Err(error) => return skipped(format!("no other time can be had on this machine ({error})")),
    };
    ran.says("B0901").says("the clock of this machine cannot be right").says("set the clock");
    for args in [&["publish", "www", "--dry-run"][..], &["publish", "www", "--out", "a"]] {
        let ran = late(args).expect("it ran before").ends(3);
        ran.says("the clock of this machine cannot be right");
    }
}

/// Settings are text. A name that is none must not become another one.
#[test]
fn a_folder_whose_name_is_no_text_is_refused() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    let before = files(site.folder.path());
    let name = OsStr::from_bytes(b"o\xff");
    for (args, option) in [
        (&["build"][..], "--out"),
        (&["build"], "--cache"),
        (&["check"], "--cache"),
        (&["clean"], "--out"),
        (&["publish", "www"], "--out"),
        (&["merge", "public"], "--out"),
    ] {
        let ran = site.run(|command| command.args(args).arg(option).arg(name));
        ran.ends(2).says(&format!("`{option}`")).says("not UTF-8");
    }
    // Nor is a part of it that lies above.
    let folder = site.path("").join(name);
    fs::create_dir(&folder).expect("it can be made");
    let root = site.folder.path().display().to_string();
    let elsewhere = Site::new();
    let mut command = program(&folder);
    let site_of = elsewhere.folder.path().display().to_string();
    command.args(["build", "--site", &site_of, "--out", "x"]);
    Ran::of(command.output().expect("it runs")).ends(2).says("`--out`");
    // From the site's own folder, it is only what is below that counts.
    let mut command = program(&folder);
    command.args(["build", "--site", &root, "--out", "../public"]);
    Ran::of(command.output().expect("it runs")).ends(0);
    assert!(files(site.folder.path()).keys().eq(before.keys()));
}

/// Nobody means the root, where `releases` and `current` would lie among the system's folders. Only looking is asked
/// for, so that nothing is made there if it is not refused.
#[test]
fn the_root_of_the_disk_is_not_published_to() {
    let site = two_builds();
    let up = "../".repeat(40);
    for target in ["/", "//", "/./", "/srv/..", &up] {
        let ran = site.brief(&["publish", target, "--list"]).ends(2);
        ran.says("is the root of this machine's disk").says("such as /srv/www/briefs");
    }
    site.brief(&["publish", "ssh://web/./", "--list"]).ends(2).says("names no folder of its own");
}

/// A second `init` completes what a killed or failed one began.
#[test]
fn an_init_that_was_broken_off_is_completed() {
    let run = |dir: &Path, with: &[&str]| {
        let mut command = Command::new("strace");
        command.current_dir(dir).env_clear().env("BRIEF_NOW", "2026-01-15").stdin(Stdio::null());
        command.args(["-f", "-qq", "-o", "/dev/null"]).args(with);
        command.arg(env!("CARGO_BIN_EXE_brief")).args(["init", "desk", "-q"]).output()
    };
    let whole = tempfile::tempdir().expect("a folder can be made");
    match run(whole.path(), &[]) {
        Ok(output) if output.status.success() => {}
        other => return skipped(format!("strace does not work on this machine ({other:?})")),
    }
    let expected = files(whole.path());
    let mut broken = 0;
    for end in ["signal=KILL", "error=ENOSPC"] {
        for call in ["mkdir,mkdirat", "openat", "write"] {
            for n in 1..24 {
                let top = tempfile::tempdir().expect("a folder can be made");
                let inject = format!("inject=?{}:{end}:when={n}", call.replace(',', ",?"));
                let ran = run(top.path(), &["-e", &inject]).expect("it ran before");
                if !ran.status.success() {
                    broken += 1;
                    let mut again = program(top.path());
                    Ran::of(again.args(["init", "desk"]).output().expect("it runs")).ends(0);
                }
                assert!(files(top.path()) == expected, "{end} at {call} {n}");
            }
        }
    }
    assert!(broken > 20, "only {broken} were broken off: strace does not see the calls");
}
