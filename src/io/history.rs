//! When each file of a site was committed, as git tells, for sites that set `dates = "git"`.
//!
//! It is the committer's date, in UTC: the author's stays when a commit is rebased or taken from a mail, and so
//! may be of a time when nobody else had it.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::base::{Committed, Diagnostic, SourcePath, codes};

/// What starts a commit in the log; no path does.
const COMMIT: u8 = 1;

/// Asks for each commit's time and the files it touched: of a merge, those that are as neither side has them. What
/// a configuration could change is said.
const LOG: [&str; 16] = [
    "log",
    "-c",
    "--root",
    "--no-follow",
    "--no-renames",
    "--no-ext-diff",
    "-O/dev/null",
    "--no-color",
    "--no-show-signature",
    "--encoding=UTF-8",
    "--relative",
    "--name-only",
    "-z",
    "--format=%x01%H %ct",
    "--",
    "content",
];

/// What the environment may tell git: where its programs are, and how far up it looks for a repository. So may
/// `GIT_CONFIG_*`, by which CI says that a clone is trusted.
const KEPT: [&str; 3] = ["GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM"];

/// A repository's history, as far as it is of the site's content.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Each committed file below `content/`. Renames are not followed: a file's history begins with its name.
    pub committed: Arc<BTreeMap<SourcePath, Committed>>,
    /// B0913 when git cannot tell, B0914 when the clone does not go back to the beginning.
    pub faults: Vec<Diagnostic>,
    /// Of what it was read, so that it is read once; `None` when it was not.
    state: Option<State>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    /// The repository's own folder, or the working tree's, where several share a repository.
    folder: PathBuf,
    /// `None` before the first commit.
    head: Option<String>,
    /// The commits whose parents are not there.
    cut: Vec<String>,
}

impl History {
    /// Asks git about the site in the folder `root`; `previous` is given again while no commit came.
    pub fn read(root: &Path, previous: &Self) -> Self {
        match Self::try_read(root, previous) {
            Ok(history) => history,
            Err(why) => {
                let words = format!("git cannot tell the dates of files: {why}");
                let fault = Diagnostic::new(&codes::NO_GIT, words)
                    .in_file(&SourcePath::new("site.toml"))
                    .help(help(&why));
                Self { faults: vec![fault], ..Self::default() }
            }
        }
    }

    /// Where git notes that a commit was made.
    pub fn folder(&self) -> Option<&Path> {
        self.state.as_ref().map(|state| state.folder.as_path())
    }

    /// Whether it is of the same commits.
    pub fn is_same(&self, other: &Self) -> bool {
        self.state == other.state
    }

    fn try_read(root: &Path, previous: &Self) -> Result<Self, String> {
        let state = State::read(root)?;
        if previous.state.as_ref() == Some(&state) {
            return Ok(previous.clone());
        }
        let mut committed = BTreeMap::new();
        if state.head.is_some() {
            let log = git(root, &LOG)?;
            if !log.status.success() {
                return Err(last_line(&log.stderr));
            }
            committed = read_log(&log.stdout, &state.cut);
        }
        let faults = if state.cut.is_empty() { Vec::new() } else { vec![shallow()] };
        Ok(Self { committed: committed.into(), faults, state: Some(state) })
    }
}

impl State {
    fn read(root: &Path) -> Result<Self, String> {
        let what = ["--absolute-git-dir", "--is-shallow-repository", "--git-path", "shallow", "HEAD"];
        let asked = git(root, &[&["rev-parse"], &what[..]].concat())?;
        let text = String::from_utf8_lossy(&asked.stdout);
        let mut lines = text.lines();
        let (Some(folder), Some(is_shallow), Some(path)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(last_line(&asked.stderr));
        };
        let head = lines.next().filter(|_| asked.status.success()).map(str::to_owned);
        let mut cut = Vec::new();
        if is_shallow == "true" {
            let path = root.join(path);
            let list =
                std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            cut = list.lines().map(str::to_owned).collect();
        }
        Ok(Self { folder: folder.into(), head, cut })
    }
}

fn help(why: &str) -> &'static str {
    if why.contains("dubious ownership") {
        "if you trust it: `git config --global --add safe.directory DIR`"
    } else if ["unable to read tree", "promisor remote"].iter().any(|words| why.contains(words)) {
        "nothing is fetched during a build: clone with `--filter=blob:none` rather than `tree:0`, or without a filter"
    } else {
        "build in a clone with git installed, or take `dates = \"git\"` out of site.toml"
    }
}

/// Runs git in the site's folder. Neither what the caller's environment means by `GIT_DIR` and its like nor what a
/// repository's own configuration says may turn the dates into others, or start a program: nothing is fetched.
fn git(root: &Path, args: &[&str]) -> Result<Output, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "core.fsmonitor=false"]).args(args);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("GIT_") && !KEPT.contains(&name) && !name.starts_with("GIT_CONFIG")
        }) {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_REPLACE_OBJECTS", "1");
    // A repository may say of commits that they have other parents, in two ways.
    command.env("GIT_GRAFT_FILE", "/dev/null");
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "").stdin(Stdio::null());
    command.output().map_err(|error| format!("`git` cannot be run ({error})"))
}

/// The log is a run of fields, each ended by a NUL: a commit's, then its paths, the first after a line end.
/// A commit whose parents were cut off seems to have brought every file, so it tells nothing; and where any were,
/// no file's first commit is known.
fn read_log(log: &[u8], cut: &[String]) -> BTreeMap<SourcePath, Committed> {
    let cut: HashSet<&str> = cut.iter().map(String::as_str).collect();
    let mut committed: BTreeMap<SourcePath, Committed> = BTreeMap::new();
    let mut day: Option<Date> = None;
    let mut is_first_path = false;
    for field in log.split(|&byte| byte == 0) {
        if let [COMMIT, head @ ..] = field {
            let head = String::from_utf8_lossy(head);
            let (hash, seconds) = head.split_once(' ').unwrap_or_default();
            day = seconds.parse().ok().and_then(date_of).filter(|_| !cut.contains(hash));
            is_first_path = true;
            continue;
        }
        let path = if is_first_path { field.strip_prefix(b"\n").unwrap_or(field) } else { field };
        is_first_path = false;
        let (Some(day), Ok(path)) = (day, std::str::from_utf8(path)) else { continue };
        if path.is_empty() {
            continue;
        }
        // Clocks differ, so a later commit may have an earlier day.
        let dates = committed.entry(SourcePath::new(path)).or_default();
        dates.last = dates.last.max(Some(day));
        dates.first = Some(dates.first.map_or(day, |first| first.min(day))).filter(|_| cut.is_empty());
    }
    committed
}

fn date_of(seconds: i64) -> Option<Date> {
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
}

fn shallow() -> Diagnostic {
    let words = "the clone is shallow, so dates that would come from git are missing";
    Diagnostic::new(&codes::SHALLOW_CLONE, words)
        .in_file(&SourcePath::new("site.toml"))
        .help("fetch the whole history: `git fetch --unshallow`; in CI `fetch-depth: 0` (GitHub) or `GIT_DEPTH: 0` (GitLab)")
}

/// Git's last line says what stopped it.
fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text
        .lines()
        .rfind(|line| line.contains("fatal:"))
        .or(text.lines().last())
        .unwrap_or("no reason given");
    line.trim_start_matches("fatal: ").to_owned()
}
