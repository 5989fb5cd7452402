//! Recipes for a site that lies below the root of its repository, and for a user who is not the clone's; what is
//! published under any mask; targets that are no place for releases.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use briefwright::base::{SourcePath, yaml};

use crate::cli::{Ran, Site, program};
use crate::publish::two_builds;
use crate::skip::skipped;

/// Where the program and those of the machine are.
fn path() -> String {
    let brief = Path::new(env!("CARGO_BIN_EXE_brief")).parent().expect("it lies in a folder").display();
    format!("{brief}:/usr/local/bin:/usr/bin:/bin")
}

fn git(folder: &Path, args: &[&str]) -> Option<Output> {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("PATH", path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null());
    command.args(["-c", "user.name=T", "-c", "user.email=t@example.org"]).args(args);
    command.output().inspect_err(|error| skipped(format!("there is no git on this machine ({error})"))).ok()
}

/// A repository whose site lies in a folder of it.
fn below(folder: &str) -> Option<Site> {
    let site = Site { folder: tempfile::tempdir().expect("a folder can be made") };
    git(site.folder.path(), &["init", "-q"])?;
    site.write(&format!("{folder}/site.toml"), "title = \"T\"\n");
    site.write(&format!("{folder}/content/briefs/a.md"), "---\ntitle: A\ndate: 2025-01-01\n---\n");
    Some(site)
}

/// The line that `brief init` tells to run.
fn next(ran: &Ran) -> String {
    let line = ran.err.lines().find_map(|line| line.strip_prefix("next: "));
    line.unwrap_or_else(|| panic!("there is none: {}", ran.err)).to_owned()
}

#[test]
fn the_hook_of_a_site_below_the_root_runs() {
    for (folder, from) in [("docs", "."), ("our desk/it's", "."), ("docs", "docs"), ("docs", "..")] {
        let Some(site) = below(folder) else { return };
        let top = site.folder.path();
        let name = top.file_name().expect("a name").to_string_lossy().into_owned();
        let dir = match from {
            "." => folder.to_owned(),
            ".." => format!("{name}/{folder}"),
            _ => ".".to_owned(),
        };
        let ran = program(&top.join(from)).args(["init", &dir, "--ci", "pre-commit"]).output();
        let ran = Ran::of(ran.expect("it runs")).ends(0);
        let told = Command::new("sh").current_dir(top.join(from)).args(["-ec", &next(&ran)]).status();
        assert!(told.expect("there is a shell").success(), "{}", ran.err);
        let git = |args: &[&str]| git(top, args).expect("git runs");
        git(&["add", "-A"]);
        let done = git(&["commit", "-q", "-m", "good"]);
        assert!(done.status.success(), "{folder}: {}", String::from_utf8_lossy(&done.stderr));
        site.write(
            &format!("{folder}/content/briefs/a.md"),
            "---\ntitle: A\ndate: 2025-01-01\n---\n[[nobody]]\n",
        );
        git(&["add", "-A"]);
        let refused = git(&["commit", "-q", "-m", "faulty"]);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{folder} from {from}: the hook has not run");
        assert!(words.contains("content/briefs/a.md:5:3"), "{words}");
        assert!(words.contains(&format!("counted from {folder}/")), "{words}");
    }
}

/// What CI systems look for at the root of a repository lies there, and works in the site's folder.
#[test]
fn pipelines_of_a_site_below_the_root_lie_at_the_root() {
    let Some(site) = below("docs/desk") else { return };
    for (name, path) in [
        ("github", ".github/workflows/briefs.yml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("gitlab-shards", ".gitlab/briefs-shards.yml"),
    ] {
        let ran = site.brief(&["init", "docs/desk", "--ci", name]).ends(0).says(path);
        assert!(!ran.err.contains("docs/desk/."), "{}", ran.err);
        let text = fs::read_to_string(site.path(path)).expect("it lies at the root");
        let read = yaml::parse(&SourcePath::new(path), &text, 0);
        assert!(read.diagnostics.is_empty(), "{path}: {:?}", read.diagnostics);
        assert!(
            !text.contains('@') || !["@IF", "@END", "@BELOW", "@SITE"].iter().any(|mark| text.contains(mark))
        );
        let file = read.value.to_json();
        match name {
            "github" => {
                assert_eq!(file["defaults"]["run"]["working-directory"], "docs/desk");
                for part in [
                    "path: docs/desk/.brief-cache\n",
                    "path: docs/desk/public\n",
                    "sarif_file: docs/desk/briefs.sarif\n",
                ] {
                    assert!(text.contains(part), "{part}");
                }
            }
            "gitlab" => {
                assert_eq!(file["default"]["before_script"][0], "cd docs/desk");
                assert_eq!(file["check"]["artifacts"]["reports"]["junit"], "docs/desk/junit.xml");
                assert_eq!(file["build"]["artifacts"]["paths"][1], "docs/desk/public/");
            }
            _ => assert_eq!(file["shard"]["artifacts"]["paths"][0], "docs/desk/shards/"),
        }
        site.brief(&["init", "docs/desk", "--ci", name]).ends(2).says("exists already");
    }
    site.brief(&["init", "docs/desk", "--ci", "kubernetes"]).ends(0);
    let text =
        fs::read_to_string(site.path("docs/desk/kubernetes/briefs-shards.yml")).expect("it was written");
    assert!(text.contains("workingDir: /work/site/docs/desk\n"));
    let Some(site) = below("our desk") else { return };
    site.brief(&["init", "our desk", "--ci", "gitlab"]).ends(2).says("`our desk/`, which no recipe can name");
}

/// Runs `brief` as another user than the one whose clone it is, with what a recipe sets.
#[test]
fn what_recipes_set_lets_git_read_a_clone_of_another_user() {
    let Some(site) = below("docs") else { return };
    site.write("docs/site.toml", "title = \"T\"\ndates = \"git\"\n");
    for name in ["gitlab", "docker"] {
        site.brief(&["init", "docs", "--ci", name]).ends(0);
    }
    let image = fs::read_to_string(site.path("docs/Dockerfile")).expect("it was written");
    let last = image.rsplit("\nFROM ").next().expect("a stage");
    assert!(last.lines().any(|line| line.starts_with("RUN apk add ") && line.contains(" git ")), "{last}");
    assert!(last.contains("git config --system --add safe.directory /site"), "{last}");
    let gitlab = fs::read_to_string(site.path(".gitlab-ci.yml")).expect("it was written");
    let gitlab = yaml::parse(&SourcePath::new("x"), &gitlab, 0).value.to_json();
    let variables = gitlab["variables"].as_object().expect("they are set");
    let root = site.folder.path().display().to_string();
    let variables: Vec<(&String, String)> = variables
        .iter()
        .filter(|(name, _)| name.starts_with("GIT_CONFIG"))
        .map(|(name, value)| (name, value.as_str().expect("a text").replace("$CI_PROJECT_DIR", &root)))
        .collect();
    assert_eq!(variables.len(), 3);
    if fs::metadata(&root).expect("it is there").uid() != 0 {
        return skipped("only root can give a clone to another user");
    }
    let given = Command::new("chown").args(["-R", "10002:10002", &root]).status();
    assert!(given.expect("there is chown").success());
    let check = |variables: &[(&String, String)]| {
        let mut command = program(site.folder.path());
        command
            .env("PATH", path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        Ran::of(command.args(["check", "--site", "docs"]).output().expect("it runs"))
    };
    check(&[]).ends(3).says("B0913").says("dubious ownership");
    check(&variables).ends(0);
}

/// Only keys are for their owner alone: the mask of the step that publishes is another's when it publishes.
#[test]
fn the_step_that_publishes_hides_keys_only() {
    let site = Site::new();
    site.brief(&["init", ".", "--ci", "github"]).ends(0);
    let text = fs::read_to_string(site.path(".github/workflows/briefs.yml")).expect("it was written");
    let job = yaml::parse(&SourcePath::new("x"), &text, 0).value.to_json();
    let steps = job["jobs"]["build"]["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["name"] == "Publish").expect("it is there");
    site.write("bin/brief", "#!/bin/sh\numask > mask\n");
    fs::set_permissions(site.path("bin/brief"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let root = site.folder.path().display();
    let mut shell = Command::new("sh");
    shell.current_dir(site.folder.path()).env_clear().env("PATH", format!("{root}/bin:/usr/bin:/bin"));
    shell.env("HOME", format!("{root}/home")).env("RUNNER_TEMP", format!("{root}"));
    shell.args(["-ec", &format!("umask 022\n{}", step["run"].as_str().expect("a script"))]);
    assert!(shell.status().expect("there is a shell").success());
    assert_eq!(fs::read_to_string(site.path("mask")).expect("it ran").trim(), "0022");
    for key in ["home/.ssh/id_ed25519", "sign.key"] {
        assert_eq!(fs::metadata(site.path(key)).expect("it was written").mode() & 0o777, 0o600, "{key}");
    }
}

fn publish_under(mask: &str, site: &Site, out: &str) -> Ran {
    let script = format!("umask {mask}; exec \"$0\" publish srv/www --out {out}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_brief")]).current_dir(site.folder.path());
    Ran::of(shell.output().expect("there is a shell"))
}

fn modes(folder: &Path) -> Vec<(String, u32)> {
    let mode = |entry: walkdir::Result<walkdir::DirEntry>| {
        let entry = entry.expect("it can be listed");
        let mode = entry.metadata().expect("it is there").mode() & 0o7777;
        (entry.path().display().to_string(), mode)
    };
    walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(mode).collect()
}

/// Whatever the mask: readers can read, and a group that may write may still.
#[test]
fn what_is_published_can_be_read_under_any_mask() {
    for (mask, folder, file) in [("077", 0o755, 0o644), ("022", 0o755, 0o644), ("002", 0o775, 0o664)] {
        let site = two_builds();
        for out in ["a", "b"] {
            let ran = publish_under(mask, &site, out).ends(0);
            assert!(!ran.err.contains("only its owner"), "{}", ran.err);
            for (path, mode) in modes(&site.path("srv/www/releases")) {
                let wanted = if Path::new(&path).is_dir() { folder } else { file };
                assert_eq!(mode, wanted, "{path} under {mask}");
            }
            assert_eq!(fs::metadata(site.path("srv")).expect("it is there").mode() & 0o777, folder);
        }
        let ran = publish_under(mask, &site, "a").ends(0);
        assert!(!ran.err.contains(" 0 linked"), "{}", ran.err);
    }
}

/// An older release stays for those for whom it was made, and a folder that is closed is told of and left alone.
#[test]
fn what_readers_cannot_read_is_told() {
    let site = two_builds();
    publish_under("022", &site, "a").ends(0);
    let www = site.path("srv/www");
    let release = fs::canonicalize(www.join("current")).expect("it leads somewhere");
    for entry in walkdir::WalkDir::new(&release) {
        let entry = entry.expect("it can be listed");
        let mode = if entry.file_type().is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).expect("it is ours");
    }
    let before = modes(&release);
    publish_under("077", &site, "a").ends(0).says("only its owner can read").says("chmod -R a+rX");
    publish_under("077", &site, "b").ends(0).says(" 0 linked");
    assert_eq!(modes(&release), before);
    // Where the folders are open and the files are not, what is advised opens them all.
    let current = fs::canonicalize(www.join("current")).expect("it leads somewhere");
    for entry in walkdir::WalkDir::new(&current).into_iter().map(|entry| entry.expect("it can be listed")) {
        if entry.file_type().is_file() {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o600)).expect("it is ours");
        }
    }
    let told = publish_under("022", &site, "b").ends(0).says("only its owner can read");
    let advised = told.err.split('`').find(|words| words.starts_with("chmod ")).expect("it helps").to_owned();
    let status = Command::new("sh").args(["-c", &advised]).current_dir(site.folder.path()).status();
    assert!(status.expect("there is a shell").success());
    assert!(!publish_under("022", &site, "b").ends(0).err.contains("only its owner"));
    assert!(modes(&current).iter().all(|(_, mode)| mode & 0o444 == 0o444), "{:?}", modes(&current));
    fs::set_permissions(&www, fs::Permissions::from_mode(0o700)).expect("it is ours");
    publish_under("022", &site, "a").ends(0).says("only its owner can read").says("srv/www`");
    assert_eq!(fs::metadata(&www).expect("it is there").mode() & 0o777, 0o700);
    // What a group may read is meant for it.
    fs::set_permissions(&www, fs::Permissions::from_mode(0o750)).expect("it is ours");
    assert!(!publish_under("022", &site, "b").ends(0).err.contains("only its owner"));
}

#[test]
fn a_site_is_not_published_into_itself() {
    let site = two_builds();
    let names = || {
        let entries = fs::read_dir(site.folder.path()).expect("it is there");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("listed").file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let whole = site.folder.path().display().to_string();
    for target in [".", "content/..", &whole] {
        for more in [&[][..], &["--dry-run"]] {
            let args = [&["publish", target, "--out", "a"], more].concat();
            site.brief(&args).ends(2).says("B0005").says("cannot be published to");
        }
    }
    assert_eq!(names(), before);
    site.brief(&["publish", "www", "--out", "a"]).ends(0);
    for target in ["ssh://host/~/x", "ssh://host/~me/x"] {
        site.brief(&["publish", target, "--out", "a"]).ends(2).says("begins with `~`").says("from the root");
    }
}
