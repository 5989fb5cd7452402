//! The ready-made files of `brief init --ci`: they parse, what they call is there, and the hook does its work.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use briefwright::base::{SourcePath, yaml};

use crate::cli::{Ran, Site, files, program};
use crate::skip::skipped;

const ALL: [(&str, &[&str]); 8] = [
    ("github", &[".github/workflows/briefs.yml"]),
    ("gitlab", &[".gitlab-ci.yml"]),
    ("gitlab-shards", &[".gitlab/briefs-shards.yml"]),
    ("kubernetes", &["kubernetes/briefs-merge.yml", "kubernetes/briefs-shards.yml"]),
    ("slurm", &["slurm/briefs-merge.sh", "slurm/briefs-shards.sh"]),
    ("docker", &[".dockerignore", "Dockerfile"]),
    ("pre-commit", &[".githooks/pre-commit"]),
    ("systemd", &["systemd/briefs-publish.service", "systemd/briefs-publish.timer"]),
];

/// The files of every recipe, as `brief init` writes them into a site.
fn recipes() -> (Site, BTreeMap<String, String>) {
    let site = Site::new();
    let before = files(site.folder.path());
    for (name, _) in ALL {
        site.brief(&["init", ".", "--ci", name]).ends(0).says("next: ");
    }
    let mut written = files(site.folder.path());
    written.retain(|path, _| !before.contains_key(path));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let written = written.into_iter().map(|(path, bytes)| (path, text(bytes))).collect();
    (site, written)
}

/// Runs a program of the machine; `None`, and why is printed, where it is missing.
fn tool(name: &str, folder: &Path, args: &[&str]) -> Option<Output> {
    match Command::new(name).current_dir(folder).args(args).stdin(Stdio::null()).output() {
        Ok(output) => Some(output),
        Err(error) => {
            skipped(format!("there is no {name} on this machine ({error})"));
            None
        }
    }
}

#[track_caller]
fn is_well(output: &Output) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn each_is_written_into_a_site_or_with_a_new_one() {
    let (site, written) = recipes();
    let expected: Vec<&str> = ALL.iter().flat_map(|(_, files)| *files).copied().collect();
    assert_eq!(written.len(), expected.len());
    assert!(expected.iter().all(|path| written.contains_key(*path)), "{:?}", written.keys());
    for (name, files) in ALL {
        let refused = site.brief(&["init", ".", "--ci", name]).ends(2).says("exists already");
        assert!(files.iter().any(|path| refused.err.contains(path)), "{}", refused.err);
        // One that was broken off is completed.
        if let [_, .., last] = *files {
            site.remove(last);
            site.brief(&["init", ".", "--ci", name]).ends(0);
            assert!(site.path(last).is_file());
        }
        let desk = format!("desk-{name}");
        site.brief(&["init", &desk, "--ci", name]).ends(0).says("made a site in").says("then: ");
        assert!(files.iter().all(|path| site.path(&desk).join(path).is_file()));
        Ran::of(program(&site.path(&desk)).args(["check", "--strict"]).output().expect("it runs")).ends(0);
    }
    site.brief(&["init", "."]).ends(2).says("is not empty");
}

#[test]
fn pipelines_are_yaml() {
    let (_, written) = recipes();
    let mut seen = 0;
    for (path, text) in written.iter().filter(|(path, _)| path.ends_with(".yml")) {
        let outcome = yaml::parse(&SourcePath::new(path), text, 0);
        assert!(outcome.diagnostics.is_empty(), "{path}: {:?}", outcome.diagnostics);
        assert!(outcome.value.entries().len() >= 2, "{path}");
        seen += 1;
    }
    assert_eq!(seen, 5);
}

/// Every call of `brief` in them has a command and flags that the program has.
#[test]
fn what_they_call_is_there() {
    let (site, written) = recipes();
    let mut calls = 0;
    for (path, text) in &written {
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let line = line.trim_start_matches("- ");
            let call = [
                "run: brief ",
                "ExecStart=/usr/local/bin/brief ",
                "ExecStartPre=/usr/local/bin/brief ",
                "brief ",
            ]
            .iter()
            .find_map(|start| line.strip_prefix(start));
            let Some(call) = call else { continue };
            calls += 1;
            let words: Vec<&str> =
                call.split_whitespace().take_while(|word| ![">", "||", "&&", "|"].contains(word)).collect();
            let help = site.brief(&[words[0], "--help"]).ends(0).out;
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
                    "{path}: `{flag}` of `{call}`"
                );
            }
            for (at, _) in words.iter().enumerate().filter(|(_, word)| **word == "--format") {
                assert!(
                    help.contains(&format!("- {}:", words[at + 1])) || help.contains(words[at + 1]),
                    "{path}: {call}"
                );
            }
        }
    }
    assert!(calls >= 8, "only {calls} calls were found");
}

/// What the builds of a pipeline keep is what the CI system keeps.
#[test]
fn pipelines_keep_what_builds_make() {
    let (site, written) = recipes();
    for path in [".github/workflows/briefs.yml", ".gitlab-ci.yml"] {
        let text = &written[path];
        let dir = text.lines().find_map(|line| line.trim().strip_prefix("BRIEF_CACHE: ")).expect("it is set");
        let kept = [format!("path: {dir}\n"), format!("paths: [{dir}/]\n")];
        assert!(kept.iter().any(|line| text.contains(line)), "{path}");
        let run = |args: &[&str]| site.run(|command| command.env("BRIEF_CACHE", dir).args(args)).ends(0);
        run(&["check", "--strict"]);
        assert!(run(&["build", "--strict", "-v"]).err.contains("\nmade 0 of "), "{path}");
        site.brief(&["clean"]).ends(0);
    }
}

/// The commands of each recipe for shards, run by a shell as its scheduler would run them, build the site that one
/// machine builds.
#[test]
fn shards_are_built_as_their_schedulers_would() {
    let (site, written) = recipes();
    let folder = site.folder.path();
    let brief = Path::new(env!("CARGO_BIN_EXE_brief")).parent().expect("it lies in a folder").display();
    let day = "2026-01-15T23:59:00Z";
    site.brief(&["build", "--strict", "--compress", "--now", day, "--out", "whole"]).ends(0);
    let whole = files(&site.path("whole"));
    let run = |lines: &[&str], variables: &[(&str, String)]| {
        let mut command = Command::new("sh");
        command.current_dir(folder).env_clear().env("PATH", format!("{brief}:/usr/bin:/bin"));
        command.envs(variables.iter().map(|(name, value)| (name, value))).arg("-ec").arg(lines.join("\n"));
        is_well(&command.stdin(Stdio::null()).output().expect("there is a shell"));
    };
    let lines = |path: &str, start: &str| -> Vec<&str> {
        let lines = written[path].lines().map(|line| line.trim().trim_start_matches("- "));
        lines.filter(|line| line.starts_with(start)).collect()
    };
    let text = |text: &str| text.to_owned();

    for index in 1..=4 {
        run(
            &lines(".gitlab/briefs-shards.yml", "brief build"),
            &[
                ("CI_NODE_INDEX", index.to_string()),
                ("CI_NODE_TOTAL", text("4")),
                ("CI_PIPELINE_CREATED_AT", text(day)),
            ],
        );
    }
    run(&lines(".gitlab/briefs-shards.yml", "brief merge"), &[]);
    assert!(files(&site.path("public")) == whole, "GitLab");

    // Where the bucket is, all pods' files come over each other.
    std::fs::create_dir(site.path("bucket")).expect("it can be made");
    for index in 0..8 {
        let out = format!("pod-{index}");
        let index = ("JOB_COMPLETION_INDEX", format!("{index}"));
        let (shards, day) = (("SHARDS", text("8")), ("DAY", text(day)));
        let shards = [index, shards, day, ("OUT", out.clone())];
        run(&lines("kubernetes/briefs-shards.yml", "brief build"), &shards);
        run(&[&format!("cp -R {out}/. bucket/")], &[]);
    }
    let to = [("OUT", text("bucket")), ("PUBLISH_TO", text("www-k"))];
    run(&lines("kubernetes/briefs-merge.yml", "brief "), &to);
    assert!(files(&site.path("bucket")) == whole, "Kubernetes");
    assert!(site.path("www-k/current/index.html").is_file());

    let task = &|index: u32| {
        run(
            &[&written["slurm/briefs-shards.sh"]],
            &[
                ("SLURM_ARRAY_TASK_ID", index.to_string()),
                ("SLURM_ARRAY_TASK_COUNT", text("8")),
                ("SLURM_CPUS_PER_TASK", text("2")),
                ("DAY", text(day)),
                ("OUT", text("shared/public")),
            ],
        );
    };
    std::thread::scope(|scope| {
        for index in 1..=8 {
            scope.spawn(move || task(index));
        }
    });
    let to = [("OUT", text("shared/public")), ("PUBLISH_TO", text("www-s"))];
    run(&[&written["slurm/briefs-merge.sh"]], &to);
    assert!(files(&site.path("shared/public")) == whole, "Slurm");
    assert!(site.path("www-s/current/index.html").is_file());
}

#[test]
fn scripts_are_sound() {
    let (site, written) = recipes();
    for path in written.keys().filter(|path| path.ends_with(".sh")) {
        is_well(&tool("sh", site.folder.path(), &["-n", path]).expect("there is a shell"));
        if let Some(output) = tool("shellcheck", site.folder.path(), &[path]) {
            is_well(&output);
        }
    }
}

#[test]
fn the_image_is_static_and_not_roots() {
    let (_, written) = recipes();
    let file = &written["Dockerfile"];
    let last = file.rsplit("\nFROM ").next().expect("a stage");
    let user = last.lines().position(|line| line.starts_with("USER ") && line != "USER root");
    let entry = last.lines().position(|line| line == "ENTRYPOINT [\"brief\"]");
    assert!(user.expect("a user") < entry.expect("an entry point"));
    assert!(file.contains("-alpine AS build"), "musl");
    assert!(file.contains("cargo install --locked --features remote"));
}

/// The user of the image, by number.
fn user_of_the_image(written: &BTreeMap<String, String>) -> i64 {
    let (_, rest) = written["Dockerfile"].split_once("adduser -D -u ").expect("a user is made");
    rest.split(' ').next().and_then(|user| user.parse().ok()).expect("a number")
}

/// A pod's containers share a volume, in which each writes to what another has made: so all have one user, who is that
/// of the image.
#[test]
fn the_containers_of_a_pod_are_one_user() {
    let (_, written) = recipes();
    let user = user_of_the_image(&written);
    for path in ["kubernetes/briefs-merge.yml", "kubernetes/briefs-shards.yml"] {
        let job = yaml::parse(&SourcePath::new(path), &written[path], 0).value.to_json();
        let pod = &job["spec"]["template"]["spec"];
        assert_eq!(pod["securityContext"]["fsGroup"], user, "{path}");
        let containers = ["initContainers", "containers"].map(|list| pod[list].as_array().expect("a list"));
        let containers: Vec<_> = containers.into_iter().flatten().collect();
        assert!(containers.len() >= 2);
        for container in containers {
            let own = &container["securityContext"]["runAsUser"];
            let runs_as = if own.is_null() { &pod["securityContext"]["runAsUser"] } else { own };
            assert_eq!(*runs_as, user, "{path}: {}", container["name"]);
            // In images of others, the home of root is not to be read.
            let is_ours = container["image"] == "brief";
            let sets_home =
                container["env"].as_array().is_some_and(|env| env.iter().any(|it| it["name"] == "HOME"));
            assert!(is_ours || sets_home, "{path}: {}", container["name"]);
        }
    }
}

#[test]
fn the_timer_is_what_systemd_takes() {
    let (site, written) = recipes();
    let service = written["systemd/briefs-publish.service"]
        .replace("/usr/local/bin/brief", "/bin/true")
        .replace("/usr/bin/git", "/bin/true");
    site.write("systemd/briefs-publish.service", &service);
    let args = ["verify", "--man=no", "systemd/briefs-publish.service", "systemd/briefs-publish.timer"];
    let Some(output) = tool("systemd-analyze", site.folder.path(), &args) else { return };
    let words = String::from_utf8_lossy(&output.stderr);
    let ours: Vec<&str> = words.lines().filter(|line| line.contains("briefs-publish")).collect();
    assert!(ours.is_empty(), "{ours:?}");
    if let Some(output) = tool("systemd-analyze", site.folder.path(), &["calendar", "*-*-* *:02:00 UTC"]) {
        is_well(&output);
    }
}

#[test]
fn the_hook_lets_no_fault_pass() {
    let (site, _) = recipes();
    let folder = site.folder.path();
    let hook = site.path(".githooks/pre-commit").display().to_string();
    is_well(&tool("sh", folder, &["-n", &hook]).expect("there is a shell"));
    if let Some(output) = tool("shellcheck", folder, &[&hook]) {
        is_well(&output);
    }
    let brief = Path::new(env!("CARGO_BIN_EXE_brief")).parent().expect("it lies in a folder").display();
    let path = format!("{brief}:/usr/local/bin:/usr/bin:/bin");
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(folder)
            .env("PATH", &path)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::null());
        command.args(["-c", "user.name=T", "-c", "user.email=t@example.org"]).args(args).output()
    };
    if git(&["init", "-q"]).is_err() {
        skipped("there is no git on this machine");
        return;
    }
    let git = |args: &[&str]| git(args).expect("git runs");
    is_well(&git(&["config", "core.hooksPath", ".githooks"]));
    is_well(&git(&["add", "-A"]));
    is_well(&git(&["commit", "-q", "-m", "good"]));
    site.fault();
    is_well(&git(&["add", "-A"]));
    let refused = git(&["commit", "-q", "-m", "faulty"]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && words.contains("content/briefs/a.md:5:3"), "{words}");
    // What is mended in the folder but not staged is still faulty; what is faulty but not staged does not count.
    site.write("content/briefs/a.md", "---\ntitle: A\ndate: 2025-01-01\n---\n");
    assert!(!git(&["commit", "-q", "-m", "faulty"]).status.success());
    is_well(&git(&["add", "-A"]));
    site.fault();
    is_well(&git(&["commit", "-q", "-m", "mended"]));
    // What is to be committed has no date from git yet, and that is no fault.
    site.write("site.toml", "dates = \"git\"\nstrict = true\n");
    site.write("content/briefs/a.md", "---\ntitle: A\n---\n");
    is_well(&git(&["add", "-A"]));
    is_well(&git(&["commit", "-q", "-m", "undated"]));
}
