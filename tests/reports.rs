//! Reports for CI systems, by the real program: valid by their published schemas, paths from the repository's
//! root, fingerprints that outlive moved lines.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::{Site, files};

/// Two faults on one line, the same fault on two lines that say the same, a warning, a file that is no text.
fn faulty() -> Site {
    let site = Site::new();
    site.write(
        "content/briefs/a b,c%.md",
        "---\ntitle: A\ndate: 2025-01-01\nsources: [{ id: s }]\n---\n[[no: one, 5%]] [[nobody]]\n\nSame [[x1]]\n\nSame [[x1]]\n",
    );
    fs::write(site.path("content/briefs/b.md"), b"---\ntitle: B\xFF\ndate: 2025\n---\n")
        .expect("it can be written");
    site
}

fn schema(name: &str) -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas").join(name);
    // SARIF's schema as published has a pattern with a bracket too many, which is no regular expression.
    let text = fs::read_to_string(path).expect("it is there").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[track_caller]
fn is_valid(report: &Value, name: &str) {
    let faults: Vec<String> =
        schema(name).iter_errors(report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{name}: {faults:#?}");
}

fn sarif(site: &Site) -> Value {
    let report = site.brief(&["check", "--format", "sarif"]).ends(1).json();
    is_valid(&report, "sarif-2.1.0.json");
    report
}

fn results(report: &Value) -> Vec<Value> {
    report["runs"][0]["results"].as_array().expect("a list").clone()
}

#[test]
fn the_schemas_refuse_what_is_wrong() {
    let mut report = sarif(&faulty());
    report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0.into();
    assert!(!schema("sarif-2.1.0.json").is_valid(&report));
    assert!(!schema("gitlab-code-quality.json").is_valid(&serde_json::json!([{ "description": "x" }])));
}

#[test]
fn sarif_is_valid_and_complete() {
    let report = sarif(&faulty());
    let driver = &report["runs"][0]["tool"]["driver"];
    let rules = driver["rules"].as_array().expect("a list");
    for result in results(&report) {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["text"].as_str().is_some_and(|text| text.len() > 40));
    }
    let found = results(&report).into_iter().find(|it| it["ruleId"] == "B0302").expect("a broken link");
    let place = &found["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "content/briefs/a%20b,c%25.md");
    let expected = serde_json::json!({"startLine": 6, "startColumn": 3, "endLine": 6, "endColumn": 14});
    assert_eq!(place["region"], expected);
    assert_eq!(found["level"], "error");
    assert!(results(&report).iter().any(|it| it["ruleId"] == "B0308" && it["level"] == "warning"));
    let clean = Site::new().brief(&["check", "--format", "sarif"]).ends(0).json();
    is_valid(&clean, "sarif-2.1.0.json");
    assert_eq!(results(&clean), Vec::<Value>::new());
}

#[test]
fn fingerprints_are_unique_and_outlive_moved_lines() {
    let site = faulty();
    let prints = |report: &Value| -> Vec<String> {
        let print =
            |it: &Value| it["partialFingerprints"]["briefwright/v1"].as_str().expect("text").to_owned();
        results(report).iter().map(print).collect()
    };
    let before = prints(&sarif(&site));
    assert!(before.len() >= 6, "{before:?}");
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), before.len(), "each its own");
    let path = "content/briefs/a b,c%.md";
    let text = fs::read_to_string(site.path(path)).expect("it is there");
    site.write(path, &text.replacen("---\n[[no", "---\n\nA new first line.\n\n[[no", 1));
    assert_eq!(prints(&sarif(&site)), before, "lines have moved");
    // One of two alike is mended: the other keeps its print, and so do the rest.
    site.write(path, &text.replacen("Same [[x1]]\n\n", "", 1));
    let after = prints(&sarif(&site));
    assert_eq!(after.len(), before.len() - 1);
    assert!(after.iter().all(|print| before.contains(print)));
}

#[test]
fn gitlab_reads_the_code_quality_report() {
    let site = faulty();
    let report = site.brief(&["check", "--format", "gitlab"]).ends(1).json();
    is_valid(&report, "gitlab-code-quality.json");
    let list = report.as_array().expect("a list");
    let prints: BTreeSet<_> = list.iter().map(|it| it["fingerprint"].as_str()).collect();
    assert_eq!(prints.len(), list.len());
    assert_eq!(list[0]["location"]["path"], "content/briefs/a b,c%.md");
    assert_eq!(list[0]["location"]["lines"]["begin"], 4);
    assert_eq!(Site::new().brief(&["check", "--format", "gitlab"]).ends(0).out, "[]\n");
}

#[test]
fn github_annotates_lines() {
    let site = faulty();
    let ran = site.brief(&["check", "--format", "github"]).ends(1);
    let line = ran.out.lines().find(|line| line.contains("5%25")).expect("the link with a sign of per cent");
    let expected = "::error file=content/briefs/a b%2Cc%25.md,line=6,endLine=6,col=3,endColumn=13,\
                    title=B0302 broken-link::there is no document or file `no: one, 5%25`";
    assert!(line.starts_with(expected), "{line}");
    assert!(ran.out.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")));
    assert_eq!(Site::new().brief(&["check", "--format", "github"]).ends(0).out, "");
}

#[test]
fn junit_fails_the_files_that_fail_the_build() {
    let site = Site::new();
    site.write("content/briefs/w.md", "---\ntitle: <W>\ndate: 2025-01-01\nsources: [{ id: s }]\n---\n");
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="brief" tests="3" failures="0" errors="0">
<testsuite name="brief" tests="3" failures="0" errors="0" skipped="0" time="0">
<testcase name="content/actors/bears.md" classname="content.actors" file="content/actors/bears.md" time="0"/>
<testcase name="content/briefs/a.md" classname="content.briefs" file="content/briefs/a.md" time="0"/>
<testcase name="content/briefs/w.md" classname="content.briefs" file="content/briefs/w.md" time="0">
<system-out>content/briefs/w.md:4:17: warning[B0308]: "#;
    let ran = site.brief(&["check", "--format", "junit"]).ends(0);
    assert!(ran.out.starts_with(expected), "{}", ran.out);
    let strict = site.brief(&["check", "--strict", "--format", "junit"]).ends(1);
    assert!(
        strict.out.contains("tests=\"3\" failures=\"1\"") && strict.out.contains("type=\"uncited-source\">")
    );
    let faulty = faulty().brief(&["check", "--format", "junit"]).ends(1);
    let message = "<failure message=\"B0302: there is no document or file `no: one, 5%` (and 3 more)\" type=\"broken-link\">";
    assert!(faulty.out.contains(message), "{}", faulty.out);
    assert_eq!(faulty.out.matches("<failure").count(), 2, "one for each file");
}

#[test]
fn paths_are_from_the_root_of_the_repository() {
    let site = faulty();
    let top = tempfile::tempdir().expect("a folder can be made");
    let inner = top.path().join("desk");
    fs::create_dir(top.path().join(".git")).expect("it can be made");
    for (path, bytes) in crate::cli::files(site.folder.path()) {
        let path = inner.join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
    for folder in [top.path(), &inner, &inner.join("content")] {
        let mut command = crate::cli::program(folder);
        let site = inner.display().to_string();
        let output =
            command.args(["check", "--format", "gitlab", "--site", &site]).output().expect("it runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report[0]["location"]["path"], "desk/content/briefs/a b,c%.md");
    }
}

#[test]
fn a_list_has_no_format_for_faults() {
    Site::new().brief(&["list", "briefs", "--format", "sarif"]).ends(2).says("`human` and `json`");
}

#[test]
fn a_report_tells_what_a_build_changed() {
    let site = Site::new();
    let report = |args: &[&str], status| {
        let args = [&["build", "--report", "build.md"], args].concat();
        site.brief(&args).ends(status);
        fs::read_to_string(site.path("build.md")).expect("it was written")
    };
    let text = report(&[], 0);
    assert!(text.starts_with("## T\n\n**Built** in ") && text.contains("no earlier build"), "{text}");
    assert!(report(&[], 0).contains("No page has changed."));
    site.write("content/briefs/b.md", "---\ntitle: \"*New* @all\"\ndate: 2025-01-02\n---\n");
    site.write("content/briefs/a.md", "---\ntitle: Now other\ndate: 2025-01-01\nsources: [{ id: s }]\n---\n");
    let text = report(&[], 0);
    assert!(text.contains("### 1 page added\n\n- \\*New\\* \\@<!-- -->all `briefs/b/`\n"), "{text}");
    assert!(text.contains("- Now other `briefs/a/`\n"), "{text}");
    assert!(text.contains("Other files: 0 added, "), "{text}");
    assert!(
        text.contains("### 1 warning in 1 file\n\n- **warning B0308** `content/briefs/a.md:4:17`: "),
        "{text}"
    );
    site.remove("content/briefs/b.md");
    let text = report(&[], 0);
    assert!(text.contains("### 1 page removed\n\n- \\*New\\* \\@<!-- -->all `briefs/b/`\n"), "{text}");
    site.fault();
    assert!(report(&[], 1).contains("**Not built:** 1 error in 1 file."));
}

#[test]
fn a_report_compares_with_another_output() {
    let site = Site::new();
    site.brief(&["build", "--out", "before"]).ends(0);
    site.write("content/briefs/b.md", "---\ntitle: B\ndate: 2025-01-02\n---\n");
    for against in ["before", "before/manifest.json"] {
        site.brief(&["build", "--report", "r.md", "--against", against]).ends(0);
        let text = fs::read_to_string(site.path("r.md")).expect("it was written");
        assert!(text.contains("### 1 page added\n\n- B `briefs/b/`\n"), "{text}");
    }
    site.brief(&["build", "--report", "r.md", "--against", "content"]).ends(2).says("no manifest.json");
    site.brief(&["build", "--report", "no/r.md"]).ends(3).says("B0902");
    let made = std::process::Command::new("mkfifo").arg(site.path("pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    site.brief(&["build", "--report", "pipe"]).ends(2).says("is a pipe");
    site.brief(&["build", "--report", "public/index.html"]).ends(2).says("lies in the output folder");
    // Nor does it take the place of what the site is made from, by whatever name.
    site.write("site.toml", "title = \"T\"\n");
    std::os::unix::fs::symlink(site.path("content"), site.path("link")).expect("it can be made");
    for file in ["site.toml", "content/briefs/b.md", "link/new.md", "static/new.md"] {
        site.brief(&["build", "--report", file]).ends(2).says("what the site is made from");
    }
    assert_eq!(fs::read_to_string(site.path("site.toml")).expect("it is there"), "title = \"T\"\n");
    // What a report is to be compared with is looked for before there is anything to tell.
    let seen = files(&site.path("public"));
    site.write("content/briefs/b.md", "---\ntitle: Other\ndate: 2025-01-02\n---\n");
    site.brief(&["build", "--report", "r.md", "--against", "no.json"]).ends(2).says("no.json");
    assert_eq!(files(&site.path("public")), seen);
}

#[test]
fn a_report_is_bounded() {
    let site = Site::new();
    site.brief(&["build"]).ends(0);
    for n in 0..60 {
        let path = format!("content/briefs/n{n}.md");
        site.write(&path, &format!("---\ntitle: \"{}\"\ndate: 2025-01-02\n---\n", "@#~*".repeat(60)));
    }
    site.brief(&["build", "--report", "r.md"]).ends(0);
    let text = fs::read_to_string(site.path("r.md")).expect("it was written");
    assert!(text.contains(" pages added") && text.contains("- … and "), "{text}");
    assert!(text.len() < 65_536, "{}", text.len());
}

/// What a report says could stand at a place is put there: then the fault is gone.
#[test]
fn every_replacement_mends_its_fault() {
    let site = Site::new();
    site.write("site.toml", "title = \"T\"\ntlp = \"clear\"\n");
    site.write("content/pages/Long report.md", "# Long report\n\n## Examples\n");
    site.write("content/pages/sub/notebook.md", "# A node\n");
    site.write("content/actors/isis-khorasan.md", "---\nname: ISIS-K\n---\n");
    site.write(
        "content/pages/links.md",
        "[[Long report#Exampels]] [a](Long%20report.md#exampels) [b](Long%20reprot.md) [c](Long%20reprot.md#examples) [d](<Long reprot.md>)\n\n\
         [e](sub/noetbook.md \"sub/noetbook.md\") [#examples](#examples)\n\n| a | b |\n|---|---|\n| [[Long-report\\|x]] | y |\n\n## Exampels\n",
    );
    site.write(
        "content/briefs/b.md",
        "---\ntitle: B\ndate: 2025-12-1\nactors: [isis-khroasan]\nsumary: S\n\
         updates: [{ date: 2025-9 }, { date: 2025-12-01/2025-12-9 }, { date: '2025-1-05' }]\ncountries: [Nigera]\n\
         sources: [{ id: review, source: isis-khroasan }, { id: agency }]\n---\nSaid [@reveiw, p. 4; @ agnecy].\n",
    );
    let report = || -> Vec<Value> {
        let report = site.brief(&["check", "--format", "json"]).json();
        report["diagnostics"].as_array().expect("a list").clone()
    };
    let mut mended = 0;
    let mut faults: Vec<Value> =
        report().into_iter().filter(|fault| fault["replacement"].is_string()).collect();
    // From the end, so that places before stay right.
    faults.sort_by_key(|fault| std::cmp::Reverse(fault["byte_start"].as_u64()));
    for fault in &faults {
        let path = fault["file"].as_str().expect("a path");
        let mut text = fs::read_to_string(site.path(path)).expect("it is there");
        let at = |key: &str| usize::try_from(fault[key].as_u64().expect("a number")).expect("a place");
        text.replace_range(at("byte_start")..at("byte_end"), fault["replacement"].as_str().expect("a text"));
        site.write(path, &text);
        mended += 1;
    }
    assert!(mended >= 10, "{mended} of {faults:#?}");
    let left: Vec<Value> = report().into_iter().filter(|fault| fault["replacement"].is_string()).collect();
    assert!(left.is_empty(), "{left:#?}");
    let links = fs::read_to_string(site.path("content/pages/links.md")).expect("it is there");
    assert!(
        links.contains("[[Long report#examples]] [a](Long%20report.md#examples) [b](Long%20report.md)"),
        "{links}"
    );
    assert!(
        links.contains("[d](<Long%20report.md>)") && links.contains("[[long report\\|x]] | y |"),
        "{links}"
    );
}

/// Whoever puts the replacement at the bytes mends the file, whether it begins with a byte order mark or not.
#[test]
fn bytes_are_those_of_the_file() {
    for mark in ["", "\u{feff}"] {
        let site = Site::new();
        let text = format!("{mark}---\ntitle: A\ndate: 2025-01-01\nsumary: Ü\n---\n");
        site.write("content/briefs/a.md", &text);
        let ran = site.brief(&["check", "--format", "json"]).ends(1);
        let report: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
        let fault = &report["diagnostics"][0];
        let at = |key: &str| usize::try_from(fault[key].as_u64().expect("a number")).expect("it fits");
        assert_eq!(&text[at("byte_start")..at("byte_end")], "sumary");
        assert_eq!((fault["line"].as_u64(), fault["column"].as_u64()), (Some(4), Some(1)));
    }
}
