//! Real folders: what is read, what is refused, and what a build leaves behind, whole, failed or killed.

#![cfg(unix)]

mod reading;
mod shards;
mod signature;
mod standing;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::disk::fuse;
use super::*;
use crate::base::{Blob, Content, Diagnostic, Fingerprint, OutPath, SourcePath, codes};

/// A folder with a site in `site`, removed with this value.
struct Desk(tempfile::TempDir);

/// A site as paths and contents.
type Files<'a> = &'a [(&'a str, &'a str)];

impl Desk {
    fn new(files: Files) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.write("site/site.toml", "");
        for (path, text) in files {
            desk.write(&format!("site/{path}"), text);
        }
        desk
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self) -> SiteFiles {
        read_site(&self.path("site"))
    }

    fn open(&self) -> Result<Output> {
        Output::open(&self.path("out"), &self.path("site"))
    }

    fn build(&self, files: Files) -> Result<Summary> {
        let output = self.open()?;
        for (path, text) in files {
            output.put(&OutPath::new(path).unwrap(), text.as_bytes())?;
        }
        output.commit(Fingerprint::of(files))
    }

    fn clean(&self) -> Result<usize> {
        clean(&self.path("out"), &self.path("site"))
    }

    /// Everything in the output folder: `name/` for folders, the bytes of files, the target of links.
    fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        let out = self.path("out");
        let entries =
            walkdir::WalkDir::new(&out).min_depth(1).into_iter().filter_map(std::result::Result::ok);
        entries
            .map(|entry| {
                let path = entry.path().strip_prefix(&out).unwrap().to_str().unwrap().to_owned();
                match entry.file_type() {
                    kind if kind.is_dir() => (path + "/", Vec::new()),
                    kind if kind.is_symlink() => {
                        (path, fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes())
                    }
                    _ => (path, fs::read(entry.path()).unwrap()),
                }
            })
            .collect()
    }

    fn names(&self) -> Vec<String> {
        self.tree().into_keys().collect()
    }
}

fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("none", |fault| fault.code.id)
}

fn content<'a>(site: &'a SiteFiles, path: &str) -> &'a Content {
    &site.files.iter().find(|file| file.path.as_str() == path).unwrap().content
}

fn blob<'a>(site: &'a SiteFiles, path: &str) -> &'a Blob {
    match content(site, path) {
        Content::Blob(blob) => blob,
        Content::Text(_) => panic!("{path} is no blob"),
    }
}

// Where an output may be

#[test]
fn the_site_itself_is_never_an_output() {
    let desk = Desk::new(&[("content/x.md", ""), ("static/x", "")]);
    let site = desk.path("site");
    symlink(&site, desk.path("link")).unwrap();
    for out in [
        "site",
        "site/content",
        "site/static/out",
        "site/themes/out",
        ".",
        "site/public/../content",
        "link",
        "link/content/x",
    ] {
        assert_eq!(code(Output::open(&desk.path(out), &site)), "B0005", "{out}");
    }
    assert!(!desk.path("site/themes").exists());
    assert_eq!(code(Output::open(&desk.path("link/public"), &site)), "none");
}

#[test]
fn others_work_is_not_overwritten() {
    let desk = Desk::new(&[]);
    desk.write("out/thesis.odt", "");
    assert_eq!(code(desk.build(&[("index.html", "")])), "B0903");
    assert_eq!(code(desk.clean()), "B0903");
    desk.write("out/manifest.json", r#"{"name": "a web app"}"#);
    assert_eq!(code(desk.build(&[("index.html", "")])), "B0903");
    desk.write("out/manifest.json", r#"{"generator":"briefwright","version":1,"inputs":"","files":[{"path":"../site/site.toml","size":0,"blake3":""}]}"#);
    assert_eq!(code(desk.build(&[])), "B0903");
    assert_eq!(desk.names(), ["manifest.json", "thesis.odt"]);
    fs::remove_dir_all(desk.path("out")).unwrap();
    desk.write("out", "a file");
    assert_eq!(code(desk.build(&[])), "B0903");
}

#[test]
fn editions_may_lie_in_each_other() {
    let desk = Desk::new(&[]);
    let inner = Output::open(&desk.path("out/partners"), &desk.path("site")).unwrap();
    inner.put(&OutPath::new("index.html").unwrap(), b"green").unwrap();
    desk.build(&[("index.html", "amber")]).unwrap();
    inner.commit(Fingerprint::of(&0)).unwrap();
    desk.build(&[("home.html", "amber")]).unwrap();
    assert_eq!(
        desk.names(),
        ["home.html", "manifest.json", "partners/", "partners/index.html", "partners/manifest.json"]
    );
    assert_eq!(code(desk.build(&[("partners/index.html", "amber")])), "B0905");
}

#[test]
fn an_output_may_be_reached_through_a_link() {
    let desk = Desk::new(&[]);
    fs::create_dir(desk.path("disk")).unwrap();
    symlink("disk", desk.path("out")).unwrap();
    desk.build(&[("index.html", "x")]).unwrap();
    assert_eq!(fs::read(desk.path("disk/index.html")).unwrap(), b"x");
    symlink("nowhere", desk.path("dangling")).unwrap();
    assert_eq!(code(Output::open(&desk.path("dangling"), &desk.path("site"))), "B0902");
}

// Building

#[test]
fn a_build_writes_what_differs_and_removes_what_it_wrote() {
    let desk = Desk::new(&[]);
    let first =
        desk.build(&[("a/b/c.html", "1"), ("a/d.html", "2"), ("e.html", "3"), ("e/f.html", "4")]).unwrap();
    assert_eq!(first, Summary { written: 4, unchanged: 0, removed: 0, bytes: 4 });
    let before = fs::metadata(desk.path("out/manifest.json")).unwrap().modified().unwrap();
    let same =
        desk.build(&[("a/b/c.html", "1"), ("a/d.html", "2"), ("e.html", "3"), ("e/f.html", "4")]).unwrap();
    assert_eq!(same, Summary { written: 0, unchanged: 4, removed: 0, bytes: 4 });
    assert_eq!(fs::metadata(desk.path("out/manifest.json")).unwrap().modified().unwrap(), before);

    desk.write("out/e/notes.txt", "mine");
    desk.write("out/e.html", "x");
    let next = desk.build(&[("a/d.html", "two"), ("e.html", "3"), ("g/h/i.html", "5")]).unwrap();
    assert_eq!(next, Summary { written: 3, unchanged: 0, removed: 2, bytes: 5 });
    assert_eq!(
        desk.names(),
        ["a/", "a/d.html", "e.html", "e/", "e/notes.txt", "g/", "g/h/", "g/h/i.html", "manifest.json"]
    );
    let manifest = Manifest::read(&desk.path("out")).unwrap().unwrap();
    let listed: Vec<_> = manifest.files.iter().map(|entry| (entry.path.as_str(), entry.size)).collect();
    assert_eq!(listed, [("a/d.html", 3), ("e.html", 1), ("g/h/i.html", 1)]);
    assert!(
        manifest
            .files
            .iter()
            .all(|it| it.hash == blake3::hash(&fs::read(desk.path("out").join(it.path.as_str())).unwrap()))
    );

    assert_eq!(desk.clean().unwrap(), 3);
    assert_eq!(desk.names(), ["e/", "e/notes.txt"]);
    assert_eq!(clean(&desk.path("never"), &desk.path("site")).unwrap(), 0);
}

#[test]
fn files_and_folders_change_places() {
    let desk = Desk::new(&[]);
    let file: Files = &[("x", "file"), ("y/z/1.html", "1"), ("y/2.html", "2")];
    let folder: Files = &[("x/index.html", "i"), ("x/deep/er.html", "d"), ("y", "file")];
    for files in [file, folder, file, folder] {
        desk.build(files).unwrap();
        let written =
            desk.tree().into_iter().filter(|(path, _)| !path.ends_with('/') && path != "manifest.json");
        let mut wanted: Vec<_> =
            files.iter().map(|&(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
        wanted.sort();
        assert_eq!(written.collect::<Vec<_>>(), wanted);
    }
    fs::write(desk.path("out/x/mine.txt"), "").unwrap();
    let before = desk.tree();
    assert_eq!(code(desk.build(file)), "B0905");
    assert_eq!(desk.tree(), before);
}

#[test]
fn a_foreign_file_is_left_alone_unless_it_is_the_same() {
    let desk = Desk::new(&[]);
    desk.build(&[("index.html", "1")]).unwrap();
    desk.write("out/about.html", "mine");
    desk.write("out/cv", "mine");
    fs::create_dir(desk.path("out/empty")).unwrap();
    let before = desk.tree();
    for path in ["about.html", "about.html/x", "cv/x", "empty"] {
        assert_eq!(code(desk.build(&[("index.html", "2"), (path, "theirs")])), "B0905", "{path}");
    }
    assert_eq!(desk.tree(), before);
    let adopted = desk.build(&[("index.html", "1"), ("about.html", "mine")]).unwrap();
    assert_eq!((adopted.written, adopted.unchanged), (0, 2));
}

#[test]
fn no_link_in_the_output_is_written_through_or_removed() {
    let desk = Desk::new(&[]);
    desk.build(&[("a/x.html", "1"), ("b.html", "1"), ("c/d/x.html", "1")]).unwrap();
    desk.write("secret/x.html", "1");
    desk.write("secret/d/x.html", "1");
    fs::remove_dir_all(desk.path("out/a")).unwrap();
    fs::remove_file(desk.path("out/b.html")).unwrap();
    fs::remove_dir_all(desk.path("out/c")).unwrap();
    symlink(desk.path("secret"), desk.path("out/a")).unwrap();
    symlink(desk.path("secret/x.html"), desk.path("out/b.html")).unwrap();
    symlink(desk.path("secret"), desk.path("out/c")).unwrap();
    let before = desk.tree();
    for path in ["a/x.html", "a/new.html", "b.html", "c/d/x.html"] {
        assert_eq!(code(desk.build(&[(path, "2")])), "B0906", "{path}");
    }
    assert_eq!(desk.tree(), before);
    // None of the three is ours any more, so nothing is removed.
    assert_eq!(desk.build(&[("index.html", "")]).unwrap().removed, 0);
    assert_eq!(fs::read(desk.path("secret/x.html")).unwrap(), b"1");
    assert!(desk.path("secret/d/x.html").exists() && desk.path("out/b.html").is_symlink());

    for name in [".brief", ".brief/lock"] {
        let _ = fs::create_dir(desk.path("out/.brief"));
        if name == ".brief" {
            fs::remove_dir(desk.path("out/.brief")).unwrap();
        }
        symlink(desk.path("secret"), desk.path("out").join(name)).unwrap();
        assert_eq!(code(desk.build(&[("index.html", "2")])), "B0906", "{name}");
        fs::remove_file(desk.path("out").join(name)).unwrap();
    }
}

#[test]
fn the_manifest_is_no_page() {
    let desk = Desk::new(&[]);
    assert_eq!(code(desk.build(&[("manifest.json", "{}")])), "B0906");
    assert!(!desk.path("out").exists());
}

#[test]
fn one_build_at_a_time() {
    let desk = Desk::new(&[]);
    let first = desk.open().unwrap();
    assert_eq!(code(desk.build(&[("index.html", "second")])), "B0904");
    assert_eq!(code(desk.clean()), "B0904");
    first.put(&OutPath::new("index.html").unwrap(), b"first").unwrap();
    first.commit(Fingerprint::of(&0)).unwrap();
    assert_eq!(desk.names(), ["index.html", "manifest.json"]);
    desk.build(&[("index.html", "second")]).unwrap();
}

#[test]
fn many_builds_at_once_end_in_one_of_them() {
    let desk = Desk::new(&[]);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let desk = &desk;
            scope.spawn(move || {
                let text = n.to_string();
                for round in 0..60 {
                    // At first all fail, and each takes the folder away that the others want to lock.
                    let built = match desk.open() {
                        Ok(output) if round < 30 => output.put(&OutPath::new("x").unwrap(), b""),
                        Ok(output) => {
                            drop(output);
                            desk.build(&[("a/index.html", &text), ("b.html", &text), (&format!("{n}/x"), "")])
                                .map(drop)
                        }
                        Err(fault) => Err(fault),
                    };
                    assert!(["none", "B0904"].contains(&code(built)));
                }
            });
        }
    });
    desk.build(&[("a/index.html", "9"), ("b.html", "9")]).unwrap();
    assert_eq!(desk.names(), ["a/", "a/index.html", "b.html", "manifest.json"]);
}

#[test]
fn a_failed_build_leaves_everything_as_it_was() {
    let desk = Desk::new(&[("static/x", "x")]);
    let fails = |out: &Path| {
        let output = Output::open(out, &desk.path("site")).unwrap();
        output.put(&OutPath::new("new/index.html").unwrap(), b"new").unwrap();
        let stale = Blob { size: 5, hash: Fingerprint::of(&0), dimensions: None };
        assert_eq!(
            code(output.copy(&OutPath::new("x").unwrap(), &SourcePath::new("static/x"), &stale)),
            "B0901"
        );
        assert_eq!(code(output.commit(Fingerprint::of(&0))), "B0901");
    };
    fails(&desk.path("far/away/out"));
    assert!(!desk.path("far").exists());
    fs::create_dir(desk.path("empty")).unwrap();
    fails(&desk.path("empty"));
    assert_eq!(fs::read_dir(desk.path("empty")).unwrap().count(), 0);

    desk.build(&[("index.html", "old"), ("a/b.html", "old")]).unwrap();
    let before = desk.tree();
    fails(&desk.path("out"));
    drop(desk.open().unwrap());
    assert_eq!(desk.tree(), before);
}

#[test]
fn a_copy_is_the_file_that_was_read() {
    let long = "x".repeat(200_000);
    let desk = Desk::new(&[("static/x", &long)]);
    let site = desk.read();
    let build = || {
        let output = desk.open().unwrap();
        output
            .copy(&OutPath::new("assets/x").unwrap(), &SourcePath::new("static/x"), blob(&site, "static/x"))
            .unwrap();
        output.commit(Fingerprint::of(&0)).unwrap()
    };
    assert_eq!(build().written, 1);
    assert_eq!(build().unchanged, 1);
    desk.write("out/assets/x", "y".repeat(200_000));
    assert_eq!(build().written, 1);
    assert_eq!(fs::read(desk.path("out/assets/x")).unwrap(), long.as_bytes());
}

#[test]
fn what_the_system_refuses_is_told_with_its_path() {
    let desk = Desk::new(&[]);
    desk.write("file", "");
    let under_a_file = Output::open(&desk.path("file/out"), &desk.path("site")).err().unwrap();
    assert!(std::ptr::eq(under_a_file.code, &codes::WRITE), "{}", under_a_file.message);
    let long = "n".repeat(255);
    let deep = vec![long.as_str(); 20].join("/");
    let refused = desk.build(&[("index.html", ""), (&deep, "")]).unwrap_err();
    assert!(
        std::ptr::eq(refused.code, &codes::WRITE) && refused.message.contains("/out/nnn"),
        "{}",
        refused.message
    );
    assert!(!desk.path("out").exists());
    // The kernel's own files can be changed by nobody, root included.
    if Path::new("/proc/self/fd").exists() {
        assert_eq!(code(Output::open(Path::new("/proc/self/fd/out"), &desk.path("site"))), "B0902");
    }
}

// Killed builds

/// Runs `work`, with the disk dead after so many changes; whether it came to that.
fn killed_after(steps: usize, work: impl FnOnce()) -> bool {
    fuse::set(Some(steps));
    work();
    let killed = fuse::is_blown();
    fuse::set(None);
    killed
}

const OLD: Files = &[
    ("a/1.html", "old a1"),
    ("a/2.html", "old a2"),
    ("b.html", "old b"),
    ("gone/x.html", "old x"),
    ("swap", "old file"),
    ("paws/deep/x.html", "old deep"),
    ("same.html", "same"),
];
const NEW: Files = &[
    ("a/1.html", "new a1"),
    ("a/3.html", "new a3"),
    ("b.html", "new b"),
    ("fresh/deep/x.html", "new x"),
    ("fresh/y.html", "new y"),
    ("swap/index.html", "new index"),
    ("paws", "new file"),
    ("same.html", "same"),
];
const OTHER: Files = &[("a/3.html", "other a3"), ("fresh", "other file"), ("last.html", "other")];

#[test]
fn a_build_may_be_killed_anywhere() {
    let clean_builds: Vec<_> = [OLD, NEW, OTHER]
        .map(|files| {
            let desk = Desk::new(&[]);
            desk.build(files).unwrap();
            desk.tree()
        })
        .into();
    for before in [&[][..], OLD] {
        for steps in 0.. {
            let desk = Desk::new(&[]);
            let has_notes = !before.is_empty();
            if has_notes {
                desk.build(before).unwrap();
                desk.write("out/a/notes.txt", "mine");
            }
            let was_killed = killed_after(steps, || drop(desk.build(NEW)));
            let tree = desk.tree();
            for (path, bytes) in
                tree.iter().filter(|(path, _)| !path.ends_with('/') && !path.starts_with(".brief/"))
            {
                let is = |files: &BTreeMap<String, Vec<u8>>| files.get(path) == Some(bytes);
                let whole = clean_builds.iter().any(is) || (path == "a/notes.txt" && bytes == b"mine");
                assert!(whole, "after {steps} steps {path} holds {:?}", String::from_utf8_lossy(bytes));
            }
            // The next run may have other input, fail, or be killed in its turn; or it is `clean`.
            drop(desk.open().unwrap());
            killed_after(steps / 2, || drop(desk.build(OTHER)));
            for (files, built) in
                [OLD, NEW, OTHER].into_iter().zip(&clean_builds).cycle().skip(steps % 3).take(2)
            {
                desk.build(files).unwrap();
                let mut wanted = built.clone();
                if has_notes {
                    wanted.extend([("a/".to_owned(), vec![]), ("a/notes.txt".to_owned(), b"mine".to_vec())]);
                }
                assert_eq!(desk.tree(), wanted, "after {steps} steps");
            }
            killed_after(steps, || drop(desk.build(NEW)));
            killed_after(steps / 3, || drop(desk.clean()));
            desk.clean().unwrap();
            let left: &[&str] = if has_notes { &["a/", "a/notes.txt"] } else { &[] };
            assert_eq!(desk.names(), left, "after {steps} steps");
            if !was_killed {
                break;
            }
        }
    }
}

#[test]
fn a_file_that_came_after_the_kill_is_not_taken_for_ours() {
    for steps in 0.. {
        let desk = Desk::new(&[]);
        desk.build(&[("index.html", "")]).unwrap();
        if !killed_after(steps, || drop(desk.build(&[("a.html", "ours"), ("b.html", "ours")]))) {
            break;
        }
        if desk.path("out/.brief/pending.json").exists() && !desk.path("out/b.html").exists() {
            desk.write("out/b.html", "mine");
            assert_eq!(code(desk.build(&[("b.html", "ours")])), "B0905");
            desk.build(&[("a.html", "ours")]).unwrap();
            desk.clean().unwrap();
            assert_eq!(desk.names(), ["b.html"]);
            return;
        }
    }
    panic!("no kill left a journal");
}
