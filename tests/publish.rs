//! Publishing by the real program: releases in real folders, killed publishers, full and read-only disks.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use briefwright::io::Manifest;
use briefwright::publish::{ReleaseId, verify};

use crate::cli::{Ran, Site, files, program};
use crate::skip::skipped;

/// A site with two builds, `a` and `b`, of which `b` lacks a page, has a new one and a changed one.
pub fn two_builds() -> Site {
    let site = Site::new();
    site.write("site.toml", "title = \"T\"\ntlp = \"clear\"\n");
    for n in 0..12 {
        site.write(
            &format!("content/briefs/n{n}.md"),
            &format!("---\ntitle: N{n}\ndate: 2025-01-02\n---\nText {n}.\n"),
        );
    }
    site.write("content/briefs/gone.md", "---\ntitle: Gone\ndate: 2025-01-02\n---\n");
    site.brief(&["build", "--out", "a"]).ends(0);
    site.remove("content/briefs/gone.md");
    site.write("content/briefs/new.md", "---\ntitle: New\ndate: 2025-01-02\n---\n");
    site.write("content/briefs/n3.md", "---\ntitle: N3\ndate: 2025-01-02\ntlp: green\n---\nOther.\n");
    site.brief(&["build", "--out", "b"]).ends(0);
    site
}

fn publish(site: &Site, out: &str, more: &[&str]) -> Ran {
    site.brief(&[&["publish", "www", "--out", out], more].concat())
}

fn releases(www: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(www.join("releases"))
        .expect("there are releases")
        .map(|entry| entry.expect("it can be listed").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

/// What readers see, and that it is whole by its manifest.
#[track_caller]
pub fn seen(www: &Path) -> Vec<u8> {
    let current = www.join("current");
    assert!(fs::symlink_metadata(&current).expect("it is there").is_symlink());
    let manifest = Manifest::read(&current).expect("it can be read").expect("there is one");
    assert_eq!(verify(&fs::canonicalize(&current).expect("it leads somewhere"), &manifest), []);
    fs::read(current.join("manifest.json")).expect("it can be read")
}

fn manifest(site: &Site, out: &str) -> Vec<u8> {
    fs::read(site.path(out).join("manifest.json")).expect("it was built")
}

#[test]
fn a_release_is_the_build_and_nothing_else() {
    let site = two_builds();
    site.write("a/notes.txt", "not of the build");
    publish(&site, "a", &[]).ends(0).says("published ").says(" 0 linked → www/current");
    let www = site.path("www");
    assert_eq!(seen(&www), manifest(&site, "a"));
    let mut expected = files(&site.path("a"));
    expected.remove("notes.txt");
    assert!(files(&www.join("current")) == expected);
    let link = fs::read_link(www.join("current")).expect("a link");
    assert!(ReleaseId::parse(&link.to_string_lossy()["releases/".len()..]).is_some(), "relative: {link:?}");
}

#[test]
fn unchanged_files_are_linked_to_the_release_before() {
    let site = two_builds();
    publish(&site, "a", &[]).ends(0);
    let www = site.path("www");
    let inode = |path: &str| fs::metadata(www.join("current").join(path)).expect("it is there").ino();
    let (same, changed) = (inode("briefs/n1/index.html"), inode("briefs/n3/index.html"));
    publish(&site, "b", &[]).ends(0).says(" copied, ");
    assert_eq!(inode("briefs/n1/index.html"), same);
    assert_ne!(inode("briefs/n3/index.html"), changed);
    assert_eq!(seen(&www), manifest(&site, "b"));
    // A damaged old release does not spread: the file comes from the build.
    let damaged = www.join("releases").join(&releases(&www)[1]).join("briefs/n2/index.html");
    let size = fs::metadata(&damaged).expect("it is there").len();
    fs::write(&damaged, vec![b'x'; usize::try_from(size).expect("small")]).expect("it can be written");
    publish(&site, "a", &[]).ends(0);
    assert_eq!(seen(&www), manifest(&site, "a"));
}

#[test]
fn the_same_build_is_published_once() {
    let site = two_builds();
    publish(&site, "a", &[]).ends(0);
    publish(&site, "a", &[]).ends(0).says("www/current shows this build already");
    assert_eq!(releases(&site.path("www")).len(), 1);
    // Unless what readers see has been damaged: then a new release mends it.
    let page = site.path("www").join("releases").join(&releases(&site.path("www"))[0]).join("404.html");
    fs::write(&page, "vandal").expect("it can be written");
    publish(&site, "a", &[]).ends(0).says("published");
    assert_eq!(seen(&site.path("www")), manifest(&site, "a"));
}

#[test]
fn releases_are_kept_listed_and_rolled_back() {
    let site = two_builds();
    let www = site.path("www");
    site.brief(&["publish", "www", "--list"]).ends(0).prints("there are no releases");
    site.brief(&["publish", "www", "--rollback"]).ends(1).says("B0907").says("nothing has been published");
    for out in ["a", "b", "a", "b"] {
        publish(&site, out, &["--keep", "3"]).ends(0);
    }
    let names = releases(&www);
    assert_eq!(names.len(), 3);
    let list = site.brief(&["publish", "www", "--list", "--format", "json"]).ends(0).json();
    let current: Vec<bool> = (0..3).map(|n| list[n]["current"].as_bool().expect("a flag")).collect();
    assert_eq!(current, [true, false, false], "the newest first");
    assert_eq!(list[0]["id"], names[2].as_str());
    assert_eq!(site.brief(&["publish", "www", "--list"]).ends(0).out.lines().count(), 4);
    site.brief(&["publish", "www", "--rollback"]).ends(0).says(&names[1]);
    assert_eq!(seen(&www), manifest(&site, "a"));
    site.brief(&["publish", "www", "--rollback"]).ends(0);
    assert_eq!(seen(&www), manifest(&site, "b"));
    site.brief(&["publish", "www", "--rollback"]).ends(1).says("there is no release before");
    assert_eq!(seen(&www), manifest(&site, "b"));
    // A release that is not whole is not gone back to.
    publish(&site, "a", &[]).ends(0);
    let before = site.path("www/releases").join(&releases(&www)[releases(&www).len() - 2]);
    fs::remove_file(before.join("404.html")).expect("it is there");
    site.brief(&["publish", "www", "--rollback"]).ends(1).says("`404.html` is missing");
    assert_eq!(seen(&www), manifest(&site, "a"));
}

#[test]
fn what_older_releases_still_hold_is_told_and_purged() {
    let site = two_builds();
    publish(&site, "a", &[]).ends(0);
    let ran = publish(&site, "b", &[]).ends(0);
    let ran = ran.says("1 older release still holds 1 page that this one does not have (briefs/gone/)");
    ran.says("whose label has been raised").says("briefs/n3/, TLP:CLEAR then, TLP:GREEN now").says("--purge");
    publish(&site, "b", &["--purge"]).ends(0).says("removed 1 older release");
    assert_eq!(releases(&site.path("www")).len(), 1);
    assert_eq!(seen(&site.path("www")), manifest(&site, "b"));
}

#[test]
fn a_dry_run_changes_nothing() {
    let site = two_builds();
    let ran = publish(&site, "a", &["--dry-run"])
        .ends(0)
        .says("nothing was changed")
        .prints("+ briefs/gone/  Gone – T\n");
    ran.prints("to copy: ");
    assert!(!site.path("www").exists());
    publish(&site, "a", &[]).ends(0);
    let before = releases(&site.path("www"));
    let ran = publish(&site, "b", &["--dry-run"]).ends(0);
    ran.prints("+ briefs/new/  New – T\n").prints("~ briefs/n3/  N3 – T\n").prints("- briefs/gone/\n");
    assert_eq!((releases(&site.path("www")), seen(&site.path("www"))), (before, manifest(&site, "a")));
}

#[test]
fn what_cannot_be_published_is_told() {
    let site = two_builds();
    publish(&site, "content", &[]).ends(2).says("there is no build in").says("`brief build` makes one");
    site.brief(&["publish", "gs://bucket/x", "--out", "a"]).ends(2).says("does not know `gs://`");
    #[cfg(not(feature = "remote"))]
    site.brief(&["check", "--external"]).ends(2).says("was built without it").says("--features remote");
    #[cfg(not(feature = "remote"))]
    site.brief(&["publish", "s3://bucket/x", "--out", "a"]).ends(2).says("was built without it");
    site.brief(&["publish", "ssh://web", "--out", "a"]).ends(2).says("names no folder");
    for target in ["a", "a/www"] {
        site.brief(&["publish", target, "--out", "a"]).ends(2).says("lies in the output folder");
    }
    // The output is no longer what was built.
    publish(&site, "a", &[]).ends(0);
    fs::write(site.path("b/404.html"), "changed by hand").expect("it can be written");
    publish(&site, "b", &[]).ends(1).says("B0907").says("`404.html` differs");
    fs::remove_file(site.path("b/404.html")).expect("it is there");
    publish(&site, "b", &[]).ends(1).says("B0907").says("`404.html` is missing");
    assert_eq!(seen(&site.path("www")), manifest(&site, "a"));
    assert_eq!(releases(&site.path("www")).len(), 1, "nothing is left");
    // Somebody else's `current`.
    fs::create_dir_all(site.path("other/current")).expect("it can be made");
    site.brief(&["publish", "other", "--out", "a"]).ends(3).says("B0905").says("other/current");
    assert_eq!(
        fs::read_dir(site.path("other")).expect("it is there").count(),
        1,
        "nothing is made beside it"
    );
    fs::write(site.path("file"), "a file").expect("it can be written");
    site.brief(&["publish", "file", "--out", "a"]).ends(3).says("B0902").says("file/releases");
}

#[test]
fn two_publishers_do_not_mix() {
    let site = two_builds();
    publish(&site, "a", &[]).ends(0);
    let lock = fs::File::create(site.path("www/.publish-lock")).expect("it can be made");
    lock.lock().expect("nobody holds it");
    publish(&site, "b", &[]).ends(3).says("B0904").says("another `brief publish` is at work in");
    assert_eq!(seen(&site.path("www")), manifest(&site, "a"));
    drop(lock);
    publish(&site, "b", &[]).ends(0);
    // Two that begin at once: one waits for nobody, and what is there in the end is whole.
    let start = |out: &str| {
        let mut command = program(site.folder.path());
        command.args(["publish", "www", "--out", out]).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program runs")
    };
    for _ in 0..5 {
        let mut both = [start("a"), start("b")];
        let ends = both.each_mut().map(|child| child.wait().expect("it ends").code());
        assert!(
            ends.contains(&Some(0)) && ends.iter().all(|end| [Some(0), Some(3)].contains(end)),
            "{ends:?}"
        );
        let seen = seen(&site.path("www"));
        assert!([manifest(&site, "a"), manifest(&site, "b")].contains(&seen));
    }
}

/// A pipe in the lock's place would be waited for, and a link leads elsewhere.
#[test]
fn a_lock_that_is_no_plain_file_is_refused() {
    let site = two_builds();
    fs::create_dir(site.path("www")).expect("it can be made");
    let place = site.path("www/.publish-lock");
    let made = std::process::Command::new("mkfifo").arg(&place).status();
    assert!(made.expect("mkfifo runs").success());
    publish(&site, "a", &[]).ends(3).says("B0906").says(".publish-lock").says("remove it");
    fs::remove_file(&place).expect("it is there");
    std::os::unix::fs::symlink("../elsewhere", &place).expect("a link can be made");
    publish(&site, "a", &[]).ends(3).says("B0906");
    assert!(!site.path("elsewhere").exists() && !site.path("www/releases").exists());
    fs::remove_file(&place).expect("it is there");
    publish(&site, "a", &[]).ends(0);
}

/// `BRIEF_KILLS=1000 cargo test killed_publishers` for the larger number.
#[test]
fn killed_publishers_leave_the_old_or_the_new_release() {
    let kills: u32 = std::env::var("BRIEF_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let site = two_builds();
    let www = site.path("www");
    let (a, b) = (manifest(&site, "a"), manifest(&site, "b"));
    let time = |out| {
        let started = Instant::now();
        publish(&site, out, &[]).ends(0);
        started.elapsed()
    };
    let span = ["a", "b", "a", "b"].map(time).into_iter().min().expect("there are four");
    let mut random = Random(7);
    let (mut runs, mut killed) = (0, 0);
    while killed < kills {
        runs += 1;
        assert!(runs < kills * 10, "only {killed} of {runs} were still at work when they were killed");
        let out = if runs % 2 == 0 { "a" } else { "b" };
        let mut command = program(site.folder.path());
        command.args(["publish", "www", "--keep", "2", "--out", out]);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs");
        std::thread::sleep(span.mul_f64(random.next()));
        child.kill().expect("it is ours");
        killed += u32::from(!child.wait().expect("it ends").success());
        let seen = seen(&www);
        assert!(seen == a || seen == b, "run {runs}: readers see neither the old nor the new release");
    }
    println!("{killed} killed in {runs} runs");
    publish(&site, "a", &["--keep", "2"]).ends(0);
    assert_eq!(seen(&www), a);
    let left = releases(&www);
    assert!(left.len() <= 2 && left.iter().all(|name| ReleaseId::parse(name).is_some()), "{left:?}");
    let names: Vec<_> =
        fs::read_dir(&www).expect("it is there").map(|entry| entry.expect("listed").file_name()).collect();
    assert_eq!(names.len(), 3, "current, releases and the lock: {names:?}");
}

/// Numbers between 0 and 1 that are the same in every run (xorshift).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[allow(clippy::cast_precision_loss, reason = "no more than 53 bits are used")]
        let fraction = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        fraction
    }
}

/// A small disk of its own, for one who may mount; unmounted when it goes.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder)),
            other => {
                skipped(format!("no file system can be mounted here ({other:?})"));
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount").args(["-o", options]).arg(self.0.path()).status();
        assert!(status.expect("mount runs").success());
    }

    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    /// Leaves only so many bytes free.
    fn fill_but(&self, free: u64) {
        let ballast = self.path().join("ballast");
        let mut file = fs::File::create(&ballast).expect("it can be made");
        let mut size = 0;
        while let Ok(written) = file.write(&[0; 4096]) {
            size += written as u64;
        }
        file.set_len(size - free).expect("it can be cut");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_and_a_read_only_disk_lose_nothing() {
    let site = two_builds();
    let size: u64 = files(&site.path("a")).values().map(|bytes| bytes.len() as u64).sum();
    // Room for one release and the beginning of another that shares nothing with it.
    let Some(disk) = Disk::new(&format!("{}k", size / 1024 * 2 + 200)) else { return };
    let www = disk.path().join("www");
    let target = www.display().to_string();
    site.brief(&["publish", &target, "--out", "a"]).ends(0);
    disk.fill_but(60 * 1024);
    let started = Instant::now();
    site.write("site.toml", "title = \"Another title, so that every page is another\"\n");
    site.brief(&["build", "--out", "c"]).ends(0);
    let ran = site.brief(&["publish", &target, "--out", "c"]).ends(3);
    ran.says("B0902").says("No space left on device").says(&target).says("readers see what they saw");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(seen(&www), manifest(&site, "a"));
    assert_eq!(releases(&www).len(), 1, "what was half made is gone");
    disk.remount("remount,ro");
    let ran = site.brief(&["publish", &target, "--out", "c"]).ends(3);
    ran.says("B0902").says("Read-only file system").says(".publish-lock");
    assert_eq!(seen(&www), manifest(&site, "a"));
    disk.remount("remount,rw");
    fs::remove_file(disk.path().join("ballast")).expect("it is there");
    site.brief(&["publish", &target, "--out", "c"]).ends(0);
    assert_eq!(seen(&www), manifest(&site, "c"));
}

/// Every call of a publisher that changes the disk, one after another, is its last.
#[test]
fn a_publisher_killed_at_any_change_of_the_disk_leaves_the_old_or_the_new_release() {
    const CALLS: [&str; 9] = [
        "?mkdir,mkdirat",
        "?link,linkat",
        "?rename,?renameat,renameat2",
        "?symlink,symlinkat",
        "?unlink,unlinkat",
        "?rmdir",
        "syncfs",
        "fsync",
        "write,copy_file_range",
    ];
    let probe = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output();
    if !probe.as_ref().is_ok_and(|output| output.status.success()) {
        return skipped(format!("strace does not work on this machine ({probe:?})"));
    }
    let site = two_builds();
    let www = site.path("www");
    let (a, b) = (manifest(&site, "a"), manifest(&site, "b"));
    publish(&site, "a", &[]).ends(0);
    publish(&site, "b", &[]).ends(0);
    let (mut kills, mut out) = (0, "a");
    for call in CALLS {
        // Of calls that come for each file, not all: they are alike.
        for n in (1..12).chain((12..200).step_by(9)) {
            let mut command = Command::new("strace");
            command.current_dir(site.folder.path()).env_clear().stdin(Stdio::null()).stderr(Stdio::null());
            command
                .args(["-f", "-qq", "-o", "/dev/null", "-e"])
                .arg(format!("inject={call}:signal=KILL:when={n}"));
            command
                .arg(env!("CARGO_BIN_EXE_brief"))
                .args(["publish", "www", "-q", "--keep", "2", "-j1", "--out", out]);
            let ended = command.status().expect("strace runs");
            assert!(ended.success() || ended.signal() == Some(9), "{call} {n}: {ended}");
            let seen = seen(&www);
            assert!(
                seen == a || seen == b,
                "killed at {call} {n}: readers see neither the old nor the new release"
            );
            publish(&site, out, &["--keep", "2"]).ends(0);
            assert_eq!(self::seen(&www), manifest(&site, out), "after {call} {n}");
            assert!(releases(&www).iter().all(|name| ReleaseId::parse(name).is_some()), "after {call} {n}");
            out = if out == "a" { "b" } else { "a" };
            if ended.success() {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 40, "only {kills} kills: strace does not see the calls");
}

/// Over SSH too: here the connection ends while an older release is being removed.
#[test]
fn a_connection_that_ends_after_the_switch_does_not_hide_it() {
    const SSH: &str = r#"#!/bin/sh
while :; do case "$1" in -o|-p) shift 2;; -T|--) shift;; *) break;; esac; done
shift
if [ "$*" = "exec sh" ]; then sed -u '/mv -T releases\/2/Q' | sh; else exec sh -c "$*"; fi
"#;
    let site = two_builds();
    if let Err(error) = Command::new("rsync").arg("--version").output() {
        return skipped(format!("there is no rsync on this machine ({error})"));
    }
    site.write("ssh", SSH);
    let ssh = site.path("ssh");
    Command::new("chmod").arg("+x").arg(&ssh).status().expect("there is a chmod");
    let (ssh, target) = (ssh.display().to_string(), format!("ssh://here{}", site.path("far").display()));
    let publish = |out: &str| site.brief(&["publish", &target, "--ssh", &ssh, "--keep", "1", "--out", out]);
    publish("a").ends(0).says("published");
    let ran = publish("b").ends(3).says("published").says("B0908").says("readers see the new release");
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert_eq!(seen(&site.path("far")), manifest(&site, "b"));
    for inside in ["releases", "current/x"] {
        let target = format!("{target}/{inside}");
        site.brief(&["publish", &target, "--ssh", &ssh, "--out", "b"]).ends(2).says("B0005");
    }
}

/// What goes wrong after the switch is told as that, and the release stays.
#[test]
fn what_cannot_be_removed_once_readers_see_the_release_does_not_hide_it() {
    let site = two_builds();
    let www = site.path("www");
    publish(&site, "a", &[]).ends(0);
    let mut command = Command::new("strace");
    command.current_dir(site.folder.path()).env_clear().stdin(Stdio::null());
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", "inject=unlinkat:error=EIO"]);
    command.arg(env!("CARGO_BIN_EXE_brief")).args(["publish", "www", "--keep", "1", "--out", "b"]);
    match command.output() {
        Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("strace:") => {
            let ran = Ran::of(output).ends(3).says("published").says("B0902");
            ran.says("readers see the new release; what could not be removed is still there");
        }
        other => return skipped(format!("strace does not work on this machine ({other:?})")),
    }
    assert_eq!(seen(&www), manifest(&site, "b"));
    assert_eq!(releases(&www).len(), 2, "the old one is half removed");
    publish(&site, "b", &[]).ends(0).says("shows this build already");
    assert_eq!(releases(&www).len(), 1, "the next publisher removes it");
}

/// What others have done to an older release keeps nobody from publishing.
#[test]
fn damaged_releases_are_told_and_go() {
    let site = two_builds();
    let www = site.path("www");
    publish(&site, "b", &[]).ends(0);
    publish(&site, "a", &[]).ends(0);
    let old = site.path("www/releases").join(&releases(&www)[0]);
    fs::write(old.join("manifest.json"), "{").expect("it can be written");
    publish(&site, "a", &[]).ends(0).says("what 1 older release holds cannot be told");
    fs::remove_file(old.join("manifest.json")).expect("it is there");
    site.brief(&["publish", "www", "--list"]).ends(0).prints("damaged");
    publish(&site, "a", &[]).ends(0).says("removed 1 older release");
    assert_eq!(releases(&www).len(), 1);
    // Nobody is led past one without a word.
    publish(&site, "b", &[]).ends(0);
    publish(&site, "a", &[]).ends(0);
    fs::remove_file(site.path("www/releases").join(&releases(&www)[1]).join("manifest.json"))
        .expect("it is there");
    site.brief(&["publish", "www", "--rollback"]).ends(1).says("B0907").says("has lost its manifest");
    assert_eq!(seen(&www), manifest(&site, "a"));
}

#[test]
fn what_was_rolled_back_is_not_gone_back_to() {
    let site = two_builds();
    let www = site.path("www");
    publish(&site, "a", &[]).ends(0);
    publish(&site, "b", &[]).ends(0);
    site.brief(&["publish", "www", "--rollback"]).ends(0);
    site.write("content/briefs/newer.md", "---\ntitle: Newer\ndate: 2025-01-02\n---\n");
    site.brief(&["build", "--out", "c"]).ends(0);
    publish(&site, "c", &["--keep", "2"]).ends(0).says("removed 1 older release");
    site.brief(&["publish", "www", "--rollback"]).ends(0);
    assert_eq!(seen(&www), manifest(&site, "a"));
}

#[test]
fn a_site_is_not_published_into_another() {
    let site = two_builds();
    publish(&site, "a", &[]).ends(0);
    let before = files(&site.path("www"));
    for target in
        ["www/current", "www/current/x", "www/releases", "www/releases/x", "a/x", "content", "themes/x"]
    {
        site.brief(&["publish", target, "--out", "b"]).ends(2).says("B0005").says("cannot be published to");
    }
    std::os::unix::fs::symlink(site.path("content"), site.path("link")).expect("it can be made");
    site.brief(&["publish", "link/x", "--out", "b"]).ends(2).says("B0005");
    assert_eq!(files(&site.path("www")), before);
    assert!(
        !site.path("content/x").exists()
            && !site.path("content/releases").exists()
            && !site.path("themes").exists()
    );
}

/// What others keep in the folder is neither taken for a release nor removed.
#[test]
fn what_others_keep_beside_releases_stays() {
    let site = two_builds();
    let names = [
        ".old-before-migration/x",
        ".new-design/x",
        ".old-x",
        "99999999T999999Z-deadbeef/manifest.json",
        "20250101T000000Z-12345678",
    ];
    for name in names {
        site.write(&format!("www/releases/{name}"), "{}");
    }
    site.write("www/releases/.new-20200101T000000Z-00000000/x", "left over");
    publish(&site, "a", &[]).ends(0);
    publish(&site, "b", &["--purge"]).ends(0);
    assert!(!site.brief(&["publish", "www", "--list"]).ends(0).out.contains("20250101"));
    assert_eq!(releases(&site.path("www")).len(), names.len() + 1);
    assert!(names.iter().all(|name| site.path("www/releases").join(name).is_file()));
    // After the last moment that there is, nothing is.
    site.write("www/releases/99991230T220000Z-deadbeef/manifest.json", "{}");
    publish(&site, "a", &[]).ends(3).says("B0905").says("`releases/99991230T220000Z-deadbeef` is in the way");
    assert_eq!(seen(&site.path("www")), manifest(&site, "b"));
}

/// A release that was made with another mask gives later ones nothing that readers could not read.
#[test]
fn a_release_is_readable_whatever_the_one_before_was() {
    let site = two_builds();
    let umask = |mask: &str, out: &str| {
        let script = format!("umask {mask}; exec \"$0\" publish www -q --out {out}");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_brief")]).current_dir(site.folder.path());
        assert!(shell.status().expect("there is a shell").success());
    };
    umask("077", "a");
    umask("022", "b");
    for entry in walkdir::WalkDir::new(fs::canonicalize(site.path("www/current")).expect("it is there")) {
        let entry = entry.expect("it can be listed");
        let mode = entry.metadata().expect("it is there").mode();
        assert_eq!(mode & 0o444, 0o444, "{}", entry.path().display());
    }
}
