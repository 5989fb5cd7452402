//! A build in shards, by the real program: in folders of their own, copied over each other, or all at once in one
//! folder, what `brief merge` joins is byte for byte the whole build; and what is not of one build is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::cli::{Ran, Site, files, program};

/// Some forty files, a copied picture among them, and two editions.
fn site() -> Site {
    let site = Site::new();
    site.write(
        "site.toml",
        "title = \"T\"\ntlp = \"clear\"\nbase_url = \"https://briefs.example.org/\"\n[[editions]]\nname = \"low\"\ntlp = \"clear\"\n[[editions]]\nname = \"high\"\ntlp = \"red\"\n",
    );
    for n in 10..22 {
        let text = "The Iron Bears moved again, and nobody said why. ".repeat(n);
        let brief = format!(
            "---\ntitle: Brief {n}\ndate: 2025-02-{n}\nactors: [bears]\ncountries: [AF]\n---\n{text}\n\n## Heading\n\n(TLP:RED) Hidden {n}.\n"
        );
        site.write(&format!("content/briefs/b{n}.md"), &brief);
    }
    site
}

/// Builds shard `index` of `of` into a folder, with further arguments.
fn shard(site: &Site, index: u32, of: u32, out: &str, more: &[&str]) -> Ran {
    let shard = format!("{index}/{of}");
    site.run(|command| command.args(["build", "--shard", &shard, "--out", out]).args(more))
}

fn all(site: &Site, of: u32, out: impl Fn(u32) -> String, more: &[&str]) {
    for index in 1..=of {
        let threads = format!("-j{}", index % 3 + 1);
        shard(site, index, of, &out(index), &[more, &[threads.as_str()]].concat())
            .ends(0)
            .says("built shard ");
    }
}

/// As an object store does: what lies in one folder comes over what lies in the other.
fn copy_over(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let target = to.join(path);
        fs::create_dir_all(target.parent().expect("it lies in a folder")).expect("it can be made");
        fs::write(target, bytes).expect("it can be written");
    }
}

#[track_caller]
fn same(expected: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    let got = files(folder);
    assert_eq!(got.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (path, bytes) in expected {
        assert!(got[path] == *bytes, "{path} differs");
    }
}

#[test]
fn shards_in_folders_of_their_own_are_joined() {
    let site = site();
    for (of, more) in [
        (1, &[][..]),
        (3, &["--compress"]),
        (4, &["--edition", "low", "--compress"]),
        (70, &["--edition", "high"]),
    ] {
        site.run(|command| command.args(["build", "--out", "whole"]).args(more)).ends(0);
        let whole = files(&site.path("whole"));
        all(&site, of, |index| format!("shards/{index}"), more);
        let mut dirs: Vec<String> = (1..=of).map(|index| format!("shards/{index}")).collect();
        dirs.reverse();
        let union: usize = dirs.iter().map(|dir| files(&site.path(dir)).len() - 1).sum();
        assert_eq!(union, whole.len() - 1, "each file is in one shard");
        site.run(|command| command.arg("merge").args(&dirs).args(["--out", "merged"]))
            .ends(0)
            .says(&format!("merged {of} shard"));
        same(&whole, &site.path("merged"));
        site.brief(&["verify", "merged"]).ends(0);
        // Once more is no work, and the next plain build finds its own.
        site.run(|command| command.arg("merge").args(&dirs).args(["--out", "merged"]))
            .ends(0)
            .says(" 0 written, ")
            .says(" 0 removed");
        site.run(|command| command.args(["build", "--out", "merged"]).args(more))
            .ends(0)
            .says(" 0 written, ");
        fs::remove_dir_all(site.path("shards")).expect("it can be removed");
    }
}

#[test]
fn shards_copied_over_each_other_are_joined_in_place() {
    let site = site();
    site.brief(&["build", "--compress", "--out", "whole"]).ends(0);
    all(&site, 5, |index| format!("shards/{index}"), &["--compress"]);
    for index in 1..=5 {
        copy_over(&site.path(&format!("shards/{index}")), &site.path("public"));
    }
    // The setting `out` names the folder.
    site.brief(&["merge"]).ends(0).says("merged 5 shards").says(" 0 written, ");
    same(&files(&site.path("whole")), &site.path("public"));
    // Where there is no site, `--out` does.
    let store = tempfile::tempdir().expect("a folder can be made");
    for index in 1..=5 {
        copy_over(&site.path(&format!("shards/{index}")), &store.path().join("all"));
    }
    let merge =
        |args: &[&str]| Ran::of(program(store.path()).arg("merge").args(args).output().expect("it runs"));
    merge(&["all", "--out", "new"]).ends(0);
    same(&files(&site.path("whole")), &store.path().join("new"));
    merge(&["--out", "all"]).ends(0);
    same(&files(&site.path("whole")), &store.path().join("all"));
    merge(&["--out", "all"]).ends(0).says("nothing was left to merge: all is whole already");
    same(&files(&site.path("whole")), &store.path().join("all"));
    // Where there is neither a shard nor a whole, nothing was merged.
    fs::create_dir(store.path().join("empty")).expect("it can be made");
    merge(&["--out", "empty"]).ends(2).says("B0910").says("there is no shard in");
    merge(&["empty", "--out", "all"]).ends(2).says("B0910").says("there is no shard in");
}

/// As a job does that is run again because what came after the merge failed.
#[test]
fn a_merge_may_be_run_again_and_signs_then() {
    let site = site();
    let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    site.write("key.sec", &pair.sk.to_box(None).expect("it has a form").into_string());
    site.write("key.pub", &pair.pk.to_box().expect("it has a form").into_string());
    all(&site, 3, |_| "public".to_owned(), &[]);
    site.brief(&["merge"]).ends(0).says("merged 3 shards");
    let merged = site.public();
    site.brief(&["merge", "--sign", "key.sec"]).ends(0).says("whole already").says("and it is signed");
    site.brief(&["verify", "public", "--key", "key.pub"]).ends(0);
    let signed = site.public();
    site.brief(&["merge", "--out", "public"]).ends(0);
    site.brief(&["merge", "public", "--sign", "key.sec"]).ends(0);
    assert_eq!(site.public(), signed, "the signature is of this very manifest");
    assert_eq!(signed.len(), merged.len() + 1);
    // A signature of another manifest goes.
    let other = fs::read_to_string(site.path("public/manifest.json.minisig")).expect("it was signed");
    let brief = fs::read_to_string(site.path("content/briefs/b10.md")).expect("it is there");
    site.write("content/briefs/b10.md", &brief.replace("title: Brief 10", "title: Another"));
    all(&site, 2, |_| "public".to_owned(), &[]);
    site.brief(&["merge"]).ends(0).says("merged 2 shards");
    assert!(!site.path("public/manifest.json.minisig").exists());
    site.write("public/manifest.json.minisig", &other);
    site.brief(&["merge"]).ends(0).says("whole already");
    assert!(!site.path("public/manifest.json.minisig").exists());
    // A shard that was killed on its way is none that was merged.
    site.write("public/.brief-1-of-2/pending.json", "{}");
    site.brief(&["merge"]).ends(2).says("B0910");
}

/// The old release has pages that go, a page where a folder comes, and a folder where a file comes.
#[test]
fn shards_at_once_in_one_folder_over_an_older_release() {
    let site = site();
    site.write("content/pages/old.md", "---\ntitle: Old\n---\nGone soon.\n");
    site.write("content/briefs/turns.csv/x.png", "bytes");
    site.write("content/briefs/becomes", "bytes");
    site.write(
        "content/briefs/c.md",
        "---\ntitle: C\ndate: 2025-01-03\n---\n![](turns.csv/x.png) [f](becomes)\n",
    );
    site.brief(&["build"]).ends(0);
    for path in ["content/pages/old.md", "content/briefs/turns.csv/x.png", "content/briefs/becomes"] {
        site.remove(path);
    }
    fs::remove_dir(site.path("content/briefs/turns.csv")).expect("it is empty");
    site.write("content/briefs/turns.csv", "a,b\n");
    site.write("content/briefs/becomes/y.png", "bytes");
    site.write(
        "content/briefs/c.md",
        "---\ntitle: C\ndate: 2025-01-03\n---\n![](becomes/y.png) [f](turns.csv)\n",
    );
    site.brief(&["build", "--out", "whole"]).ends(0);
    let start = |index: u32| -> Child {
        let mut command = program(site.folder.path());
        command
            .args(["build", "--shard", &format!("{index}/8")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the program runs")
    };
    for _ in 0..3 {
        let running: Vec<Child> = (1..=8).map(start).collect();
        for child in running {
            Ran::of(child.wait_with_output().expect("it ends")).ends(0).says("built shard ");
        }
    }
    let public = site.public();
    assert!(public.contains_key("old/index.html"), "until the merge, what is listed stays");
    assert!(!public.keys().any(|path| path.starts_with(".brief")), "{:?}", public.keys());
    site.brief(&["merge"]).ends(0).says("merged 8 shards").says(" 0 written, ");
    same(&files(&site.path("whole")), &site.path("public"));
}

#[test]
fn a_shard_removes_only_what_it_wrote() {
    let site = site();
    site.write("content/pages/p.md", "---\ntitle: P\n---\nText.\n");
    all(&site, 3, |_| "public".to_owned(), &[]);
    site.remove("content/pages/p.md");
    let is_there = || site.path("public/p/index.html").exists();
    assert!(is_there());
    let removed: Vec<bool> = (1..=3)
        .map(|index| {
            let before = is_there();
            shard(&site, index, 3, "public", &[]).ends(0);
            before != is_there()
        })
        .collect();
    assert_eq!(removed.iter().filter(|removed| **removed).count(), 1, "{removed:?}");
    // Another number of shards takes over what the last one left, and a whole build all of it.
    all(&site, 2, |_| "public".to_owned(), &[]);
    site.brief(&["build", "--out", "whole"]).ends(0);
    site.brief(&["merge"]).ends(2).says("B0911").says("is of 2").says("is of 3");
    site.brief(&["build"]).ends(0);
    same(&files(&site.path("whole")), &site.path("public"));
    // `clean` knows what shards wrote, and leaves what they did not.
    all(&site, 2, |_| "public".to_owned(), &[]);
    site.write("public/mine.txt", "mine");
    site.brief(&["clean"]).ends(0);
    assert_eq!(site.public().into_keys().collect::<Vec<_>>(), ["mine.txt"]);
    shard(&site, 1, 2, "public", &[]).ends(3).says("B0903");
}

#[test]
fn what_is_not_of_one_build_is_refused() {
    let site = site();
    let folders = |index: u32| format!("s/{index}");
    let build = || {
        if site.path("s").exists() {
            fs::remove_dir_all(site.path("s")).expect("it can be removed");
        }
        all(&site, 3, folders, &[]);
    };
    site.brief(&["build"]).ends(0);
    let before = site.public();
    let merge = |dirs: &[&str]| {
        let ran = site.run(|command| command.arg("merge").args(dirs));
        assert!(ran.status == 0 || site.public() == before, "nothing has changed");
        ran
    };
    let three = ["s/1", "s/2", "s/3"];
    build();
    merge(&["s/1", "s/3"]).ends(2).says("error[B0910]").says("shard 2 of 3 is missing");
    merge(&["s/2"]).ends(2).says("shards 1, 3 of 3 are missing");
    merge(&["s/1", "s/2", "s/4"]).ends(2).says("there is no folder");
    site.brief(&["merge", "s/1", "s/2", "s/3", "--out", "content/new"]).ends(2).says("B0005");
    merge(&["s/1", "s/2", "content"]).ends(2).says("there is no shard in");
    // Another number.
    shard(&site, 2, 4, "s/other", &[]).ends(0);
    merge(&["s/1", "s/2", "s/3", "s/other"]).ends(2).says("error[B0911]").says("is of 4");
    // Another day, flag, edition, content; the same shard twice.
    for (more, words) in [
        (&["--now", "2026-01-16"][..], "was built on 2026-01-16"),
        (&["--compress"], "has copies: compressed"),
        (&["--edition", "low"], "is of `low`"),
        (&["--drafts"], "from other files or settings"),
    ] {
        build();
        shard(&site, 2, 3, "s/2", more).ends(0);
        merge(&three).ends(2).says("error[B0911]").says(words);
        shard(&site, 2, 3, "s/2", &[]).ends(0);
        shard(&site, 2, 3, "s/twice", more).ends(0);
        merge(&["s/1", "s/2", "s/3", "s/twice"]).ends(2).says("both hold shard 2/3");
        merge(&["s/1", "s/2", "s/3", "s/2"]).ends(0);
        site.brief(&["build"]).ends(0);
    }
    build();
    site.write("content/briefs/b10.md", "---\ntitle: Other\ndate: 2025-02-10\n---\n");
    shard(&site, 3, 3, "s/3", &[]).ends(0);
    merge(&three).ends(2).says("error[B0911]").says("from other files or settings");
    // Another version.
    build();
    let manifest = site.path("s/3/manifest-3-of-3.json");
    let text = fs::read_to_string(&manifest).expect("it is there");
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&version));
    fs::write(&manifest, text.replace(&version, "\"version\":\"0.0.1\"")).expect("it can be written");
    merge(&three).ends(2).says("is by briefwright 0.0.1");
    // A file that two list.
    build();
    let line =
        |text: &str| text.lines().nth(1).expect("a shard has some files").trim_end_matches(',').to_owned();
    let first = fs::read_to_string(site.path("s/1/manifest-1-of-3.json")).expect("it is there");
    let manifest = site.path("s/2/manifest-2-of-3.json");
    let second = fs::read_to_string(&manifest).expect("it is there");
    let (start, list) = second.split_once("[\n").expect("it has files");
    let mut lines: Vec<&str> = list.trim_end_matches("\n]}\n").split(",\n").collect();
    let line = line(&first);
    lines.push(&line);
    lines.sort_unstable();
    fs::write(&manifest, format!("{start}[\n{}\n]}}\n", lines.join(",\n"))).expect("it can be written");
    merge(&three).ends(2).says("is in shard 1/3 and in shard 2/3");
    // Damage: every file that is wrong is told.
    build();
    let path = |nth: usize| {
        let some = files(&site.path("s/1")).into_keys().filter(|path| !path.starts_with("manifest")).nth(nth);
        site.path("s/1").join(some.expect("a share has some files"))
    };
    fs::write(path(0), "damaged").expect("it can be written");
    fs::remove_file(path(1)).expect("it is there");
    merge(&three)
        .ends(3)
        .says("error[B0912]")
        .says("is missing")
        .says("is not what the shard's manifest says");
    fs::write(site.path("s/2/manifest-2-of-3.json"), "{}").expect("it can be written");
    merge(&three).ends(3).says("error[B0901]").says("manifest-2-of-3.json");
}

/// A manifest may come from anywhere. What it says is tried before anything is written.
#[test]
fn a_manifest_that_lies_is_refused() {
    let site = site();
    all(&site, 2, |index| format!("s/{index}"), &[]);
    let place = site.path("s/1/manifest-1-of-2.json");
    let good = fs::read_to_string(&place).expect("it is there");
    let line = good.lines().nth(1).expect("a share has some files").trim_end_matches(',');
    let (start, size) = line.split_once("\"size\":").expect("it has a size");
    let (_, hash) = size.split_once(',').expect("it has a hash");
    let sized = |size: &str| good.replace(line, &format!("{start}\"size\":{size},{hash}"));
    let path = line.split('"').nth(3).expect("it has a path");
    for (text, status, words) in [
        (sized("1"), 3, "is not what the shard's manifest says"),
        (sized("18446744073709551615"), 3, "larger than any disk"),
        (good.replacen(line, &format!("{line},\n{line}"), 1), 3, "are not in order"),
        (good.replacen(path, "../outside.txt", 1), 3, "points elsewhere"),
        (good.replacen(path, "/etc/hostname", 1), 3, "has an empty part"),
        (good.replacen(path, ".brief-1-of-2/pending.json", 1), 3, "working folder"),
        (good.replacen(path, "manifest.json", 1), 3, "manifest.json"),
    ] {
        assert_ne!(text, good);
        fs::write(&place, text).expect("it can be written");
        site.brief(&["merge", "s/1", "s/2"]).ends(status).says(words);
        assert!(!site.path("public").exists());
    }
    // It says that there are billions: told in no time, in few words.
    fs::write(site.path("s/2/manifest-1-of-4000000000.json"), good.replace("\"of\":2", "\"of\":4000000000"))
        .expect("it can be written");
    fs::remove_file(site.path("s/2/manifest-2-of-2.json")).expect("it is there");
    let ran = site.brief(&["merge", "s/2"]).ends(2).says("B0910").says("and 3999999979 more of 4000000000");
    assert!(ran.err.len() < 2000, "{}", ran.err.len());
}

/// A pipe would be read for ever, and what is written through a link lies elsewhere.
#[cfg(unix)]
#[test]
fn pipes_and_links_among_the_working_files_are_refused() {
    use std::os::unix::fs::symlink;
    let site = site();
    all(&site, 2, |index| format!("s/{index}"), &[]);
    let pipe = |path: &str| {
        let made = std::process::Command::new("mkfifo").arg(site.path(path)).status();
        assert!(made.expect("mkfifo runs").success());
    };
    pipe("s/1/manifest.json");
    shard(&site, 1, 2, "s/1", &[]).ends(3).says("manifest.json");
    site.brief(&["build", "--out", "s/1"]).ends(3).says("manifest.json");
    site.brief(&["merge", "s/1", "s/2", "--out", "s/1"]).ends(3).says("manifest.json");
    site.brief(&["publish", "www", "--out", "s/1"]).ends(3).says("manifest.json");
    site.remove("s/1/manifest.json");
    site.remove("s/2/manifest-2-of-2.json");
    pipe("s/2/manifest-2-of-2.json");
    site.brief(&["merge", "s/1", "s/2"]).ends(3).says("B0901").says("manifest-2-of-2.json");
    fs::create_dir(site.path("elsewhere")).expect("it can be made");
    symlink(site.path("elsewhere"), site.path("s/1/.brief")).expect("a link can be made");
    shard(&site, 1, 2, "s/1", &[]).ends(3).says("B0906");
    site.remove("s/1/.brief");
    fs::create_dir(site.path("s/1/.brief")).expect("it can be made");
    symlink(site.path("elsewhere/lock"), site.path("s/1/.brief/lock")).expect("a link can be made");
    shard(&site, 1, 2, "s/1", &[]).ends(3).says("B0906");
    assert!(files(&site.path("elsewhere")).is_empty());
}

/// Shards of an edition that were built of different states of the site know it, though nothing in their manifests
/// comes from what the edition leaves out.
#[test]
fn shards_of_an_edition_tell_nothing_and_know_each_other() {
    let site = site();
    let low = ["--edition", "low"];
    all(&site, 2, |index| format!("a/{index}"), &low);
    let brief = fs::read_to_string(site.path("content/briefs/b10.md")).expect("it is there");
    site.write("content/briefs/b10.md", &brief.replace("Hidden", "Hidden and changed"));
    site.write(
        "content/briefs/secret.md",
        "---\ntitle: S\ndate: 2025-02-11\ntlp: red\n---\nThe Iron Bears.\n",
    );
    all(&site, 2, |index| format!("b/{index}"), &low);
    for index in 1..=2 {
        same(&files(&site.path(&format!("a/{index}"))), &site.path(&format!("b/{index}")));
    }
    site.brief(&["merge", "a/1", "b/2", "--out", "merged"]).ends(0);
    site.brief(&["build", "--edition", "low", "--out", "whole"]).ends(0);
    same(&files(&site.path("whole")), &site.path("merged"));
    // Of what it shows they tell: even of what stands in front matter alone.
    site.write("content/briefs/b10.md", &brief.replace("countries: [AF]", "countries: [AF, TJ]"));
    shard(&site, 2, 2, "b/2", &low).ends(0);
    site.brief(&["merge", "a/1", "b/2", "--out", "merged"]).ends(2).says("from other files or settings");
}

/// Whoever is to see an edition is never given shards that show more.
#[test]
fn an_edition_is_joined_of_its_own_shards_only() {
    let site = site();
    all(&site, 2, |index| format!("whole/{index}"), &[]);
    all(&site, 2, |index| format!("high/{index}"), &["--edition", "high"]);
    all(&site, 2, |index| format!("low/{index}"), &["--edition", "low"]);
    for (from, words) in [("whole", "shows all that the site has"), ("high", "is of the edition `high`")] {
        let shards = [format!("{from}/1"), format!("{from}/2")];
        let asked = site.run(|command| command.arg("merge").args(&shards).args(["--edition", "low"]));
        let set = site.run(|command| command.arg("merge").args(&shards).env("BRIEF_EDITION", "low"));
        let by_folder = site.run(|command| command.arg("merge").args(&shards).args(["--out", "public/low"]));
        for refused in [asked, set, by_folder] {
            refused.ends(2).says("error[B0911]").says(words).says("build the shards with `--edition low`");
        }
        assert!(!site.path("public/low/manifest.json").exists());
    }
    site.brief(&["merge", "low/1", "low/2", "--edition", "low"]).ends(0);
    site.brief(&["build", "--edition", "low", "--out", "alone"]).ends(0);
    same(&files(&site.path("alone")), &site.path("public/low"));
}

/// By a link to the site, or to the folder, it is the same folder; where there is no site, a variable says whom it is for.
#[cfg(unix)]
#[test]
fn an_editions_folder_is_known_by_any_path() {
    let site = site();
    all(&site, 2, |index| format!("whole/{index}"), &[]);
    std::os::unix::fs::symlink(site.folder.path(), site.path("link")).expect("a link can be made");
    let by_link = site.path("link/public/low");
    let by_link = by_link.to_str().expect("UTF-8");
    let by_site = site.path("public/low");
    let by_site = by_site.to_str().expect("UTF-8");
    let shards = ["whole/1", "whole/2"];
    let merge = |more: &[&str]| site.run(|command| command.arg("merge").args(shards).args(more));
    for refused in [merge(&["--out", by_link]), merge(&["--site", "link", "--out", by_site])] {
        refused.ends(2).says("error[B0911]").says("shows all that the site has");
    }
    merge(&["--edition", "high", "--out", by_link]).ends(2).says("is the folder of the edition `low`");
    for more in [&[][..], &["--edition", "high"]] {
        let ran = site.run(|command| command.args(["build", "--out", by_link]).args(more));
        ran.ends(2).says("is the folder of the edition `low`").says("--edition low");
    }
    assert!(!site.path("public").exists());
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    copy_over(&site.path("whole"), elsewhere.path());
    let mut command = program(elsewhere.path());
    command.args(["merge", "1", "2", "--out", "x"]).env("BRIEF_EDITION", "low");
    Ran::of(command.output().expect("it runs")).ends(2).says("build the shards with `--edition low`");
    assert!(!elsewhere.path().join("x").exists());
}

/// Where no shard is, only a whole that is what the merge was to make is as good as merged.
#[test]
fn a_whole_that_is_not_meant_is_neither_taken_nor_signed() {
    let site = site();
    let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    site.write("key.sec", &pair.sk.to_box(None).expect("it has a form").into_string());
    let merge = |more: &[&str]| site.brief(&[&["merge", "--sign", "key.sec"], more].concat());
    for flags in [&[][..], &["--edition", "high"], &["--edition", "low", "--now", "2026-01-14"]] {
        site.run(|command| command.args(["build", "--out", "w"]).args(flags)).ends(0);
        fs::create_dir_all(site.path("public")).expect("it can be made");
        fs::rename(site.path("w"), site.path("public/low")).expect("it can be moved");
        for more in [&["--edition", "low"][..], &["--out", "public/low"]] {
            merge(more).ends(2).says("error[B0910]").says("nothing was merged");
        }
        let elsewhere = tempfile::tempdir().expect("a folder can be made");
        fs::rename(site.path("public/low"), elsewhere.path().join("w")).expect("it can be moved");
        let mut command = program(elsewhere.path());
        command.args(["merge", "--edition", "low", "--out", "w", "--sign"]).arg(site.path("key.sec"));
        Ran::of(command.output().expect("it runs")).ends(2).says("error[B0910]");
        assert!(!elsewhere.path().join("w/manifest.json.minisig").exists());
    }
    site.brief(&["build", "--edition", "low"]).ends(0);
    merge(&["--edition", "low"]).ends(0).says("whole already");
    // The shards of what was written since have never come.
    site.brief(&["build"]).ends(0);
    merge(&[]).ends(0).says("whole already");
    site.write("content/pages/new.md", "---\ntitle: New\n---\nText.\n");
    merge(&[]).ends(2).says("error[B0910]").says("built of other files or settings");
}

/// What only the settings tell takes no look at the rest of the site, nor at its history.
#[cfg(unix)]
#[test]
fn to_know_the_folder_takes_the_settings_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = site();
    all(&site, 2, |index| format!("s/{index}"), &[]);
    let settings = fs::read_to_string(site.path("site.toml")).expect("it is there");
    site.write("site.toml", &format!("dates = \"git\"\n{settings}"));
    let git = site.path("bin/git");
    site.write("bin/git", "#!/bin/sh\n: >>\"$0.ran\"\nexit 1\n");
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let path = format!("{}:/usr/bin:/bin", site.path("bin").display());
    let run = |args: &[&str]| site.run(|command| command.args(args).env("PATH", &path));
    run(&["check"]).ends(3).says("B0913");
    assert!(site.path("bin/git.ran").exists(), "a check asks for the history");
    site.remove("bin/git.ran");
    run(&["merge", "s/1", "s/2"]).ends(0);
    run(&["merge", "s/1", "s/2", "--out", "other"]).ends(0);
    run(&["publish", "www"]).ends(0);
    run(&["clean"]).ends(0);
    assert!(!site.path("bin/git.ran").exists());
    // A setting that is wrong may be the one that says whom the folder is for.
    site.write("site.toml", &settings.replace("name = \"low\"", "nam = \"low\""));
    for args in [&["merge", "s/1", "s/2", "--out", "public/low"][..], &["clean"], &["publish", "www"]] {
        run(args).ends(2).says("site.toml:");
    }
}

#[test]
fn usage_is_told() {
    let site = Site::new();
    for (shard, words) in [
        ("0/3", "shards count from 1"),
        ("4/3", "there is no shard 4 of 3"),
        ("1/0", "there is no shard 1 of 0"),
        ("3", "expected I/N"),
        ("a/b", "expected I/N"),
    ] {
        site.brief(&["build", "--shard", shard]).ends(2).says(words);
    }
    site.brief(&["build", "--shard", "1/2", "--report", "r.md"]).ends(2).says("--report");
    site.brief(&["build", "--shard", "1/2", "--sign", "k"]).ends(2).says("--sign");
    // Every shard finds every fault, and then writes nothing.
    site.fault();
    for index in 1..=2 {
        shard(&site, index, 2, "public", &[])
            .ends(1)
            .says("content/briefs/a.md:5:3")
            .says("nothing was written");
    }
    assert!(!site.path("public").exists());
    // No file of the site can have the name of a shard's manifest.
    site.write("content/manifest-1-of-2.json", "{}");
    site.write("content/briefs/a.md", "---\ntitle: A\ndate: 2025-01-01\n---\n[x](../manifest-1-of-2.json)\n");
    site.brief(&["build"]).ends(3).says("B0906");
}
