//! One round of the preview: look at the folder again, build, publish. Rounds follow each other on a thread of
//! their own; what changes during one leads to another.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::watch::Sender;

use super::Teller;
use super::changes::changes;
use super::edition::{Edition, Next, address};
use super::shelf::{Changes, Shelf, Site};
use crate::base::{Diagnostic, Level, Override, Snapshot, SourcePath};
use crate::engine::{self, Build, Engine};
use crate::io::{self, History, SiteFiles, Watch};
use crate::report::{self, Editor};

/// How often the day is asked for: at midnight UTC what is embargoed may be shown.
const DAY_IS_ASKED: Duration = Duration::from_secs(20);

/// Which site is shown, and what of it.
pub struct Source {
    /// The site's folder, absolute.
    pub root: PathBuf,
    /// Settings from variables and flags.
    pub overrides: Vec<Override>,
    /// The environment whose `site.ENV.toml` counts.
    pub env: Option<String>,
    /// The day of a build.
    pub today: Box<dyn Fn() -> Date + Send>,
    /// Which editor the overlay's links open.
    pub editor: Editor,
    /// Whether browsers go to the page that was edited.
    pub follow: bool,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("root", &self.root).finish_non_exhaustive()
    }
}

/// What a round came to.
#[derive(Debug)]
pub struct Report {
    /// Whether it is the first of the session.
    pub is_first: bool,
    /// The files that differ from the last round's.
    pub sources: Vec<SourcePath>,
    /// Whether another day has begun since.
    pub is_new_day: bool,
    /// Whether git has other commits since.
    pub has_new_commits: bool,
    /// Every fault.
    pub diagnostics: Vec<Diagnostic>,
    /// What the faults' lines are shown from.
    pub snapshot: Snapshot,
    /// Whether faults keep the last good site in place.
    pub fails: bool,
    /// Whether warnings are faults that do.
    pub strict: bool,
    /// Whether there is a site to show: this round's, or the last good one.
    pub has_site: bool,
    /// How many files the site has.
    pub pages: usize,
    /// How many of them the engine rendered.
    pub rendered: usize,
    /// How the site differs from the last good one; nothing when it fails.
    pub changes: Changes,
    /// How long it took.
    pub times: Times,
}

/// The parts of a round, one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// From the first event to the start of the round.
    pub wake: Duration,
    /// Looking at the folder.
    pub read: Duration,
    /// The engine.
    pub build: Duration,
    /// From the engine's end until browsers are told.
    pub publish: Duration,
}

impl Times {
    /// From the change to its publication.
    pub fn all(&self) -> Duration {
        self.wake + self.read + self.build + self.publish
    }
}

/// Goes round and round.
pub(super) struct Rounds {
    source: Source,
    engine: Engine,
    files: SiteFiles,
    /// `None` while the site does not ask git.
    history: Option<History>,
    /// That of the last round; `None` before the first.
    day: Option<Date>,
    /// When the last round that built was over.
    over: Option<Instant>,
    editions: Sender<Arc<Edition>>,
}

impl Rounds {
    /// Rounds that publish to `editions`.
    pub(super) fn new(source: Source, editions: Sender<Arc<Edition>>) -> Self {
        let files = SiteFiles::default();
        Self { source, engine: Engine::warm(), files, history: None, day: None, over: None, editions }
    }

    /// Goes on until the program ends.
    pub(super) fn run(mut self, mut watch: Watch, teller: &dyn Teller) {
        let mut woken = Some((Instant::now(), None));
        loop {
            if let Some(words) = watch.notice() {
                teller.notice(&words);
            }
            if let Some(report) = self.round(woken) {
                teller.round(&report);
            }
            let git = self.history.as_ref().and_then(History::folder).map(Path::to_owned);
            watch.beside(self.files.beside.iter().cloned().chain(git).collect());
            woken = watch.wait(DAY_IS_ASKED, || self.look());
        }
    }

    fn look(&self) -> SiteFiles {
        io::read_site_again(&self.source.root, &self.files)
    }

    /// One round, for what happened since a moment, with what was seen of the folder since. When nothing woke it, the
    /// folder need not be looked at. `None` when nothing changed.
    pub(super) fn round(&mut self, woken: Option<(Instant, Option<SiteFiles>)>) -> Option<Report> {
        let started = Instant::now();
        let today = (self.source.today)();
        let is_first = self.day.is_none();
        let is_new_day = self.day.replace(today) != Some(today);
        let (since, seen) = woken.map_or((None, None), |(since, seen)| (Some(since), seen));
        let files = match (since, seen) {
            (Some(_), Some(seen)) => seen,
            (Some(_), None) => self.look(),
            (None, _) if is_new_day => self.files.clone(),
            (None, _) => return None,
        };
        let sources = changes(&self.files.files, &files.files);
        let is_same = sources.is_empty() && told(&files.faults) == told(&self.files.faults);
        self.files = files;
        let history = self.history.as_ref().map(|before| History::read(&self.source.root, before));
        let has_new_commits = history.as_ref().zip(self.history.as_ref()).is_some_and(|(a, b)| !a.is_same(b));
        self.history = history;
        if is_same && !is_new_day && !has_new_commits {
            return None;
        }
        let read = started.elapsed();
        let mut report = self.build(today, sources);
        (report.is_first, report.is_new_day) = (is_first, is_new_day && !is_first);
        report.has_new_commits = has_new_commits;
        report.times.read = read;
        // What came before the last round was over may be of what that one saw.
        let since = since.map(|since| self.over.map_or(since, |over| since.max(over)));
        report.times.wake = since.map_or(Duration::ZERO, |since| started.saturating_duration_since(since));
        self.over = Some(Instant::now());
        Some(report)
    }

    fn build(&mut self, today: Date, sources: Vec<SourcePath>) -> Report {
        let started = Instant::now();
        let mut snapshot = Snapshot {
            files: self.files.files.clone().into(),
            overrides: self.source.overrides.clone(),
            env: self.source.env.clone(),
            today,
            committed: Arc::default(),
            faults: self.files.faults.clone(),
        };
        if engine::wants_history(&snapshot) {
            let read = || History::read(&self.source.root, &History::default());
            let history = self.history.get_or_insert_with(read);
            snapshot.committed = Arc::clone(&history.committed);
            snapshot.faults.extend(history.faults.iter().cloned());
        } else {
            self.history = None;
        }
        let before = Arc::clone(&self.editions.borrow());
        let none = Site::default();
        let shelf = Shelf::after(before.site.as_deref().unwrap_or(&none));
        let build = self.engine.build(&snapshot, &shelf);
        let built = Instant::now();
        let fails = fails(&build);
        let site = (!fails).then(|| shelf.finish());
        let has_site = site.is_some() || before.site.is_some();
        let changes = site.as_ref().map(|(_, changes)| changes.clone()).unwrap_or_default();
        self.editions.send_replace(Arc::new(before.next(Next {
            follow: self.source.follow.then(|| edited(&build, &sources, &changes)).flatten(),
            site: site.map(|(site, _)| (site, &changes)),
            faults: fails.then(|| self.overlay(&build, &snapshot)),
            prefix: prefix(build.settings.base_url.as_deref()),
        })));
        let times = Times { build: built - started, publish: built.elapsed(), ..Times::default() };
        let strict = build.settings.strict;
        let Build { diagnostics, pages, rendered, .. } = build;
        Report {
            is_first: false,
            is_new_day: false,
            has_new_commits: false,
            has_site,
            sources,
            diagnostics,
            snapshot,
            fails,
            strict,
            pages,
            rendered,
            changes,
            times,
        }
    }

    fn overlay(&self, build: &Build, snapshot: &Snapshot) -> String {
        report::overlay(&build.diagnostics, snapshot, &self.source.root, &self.source.editor)
    }
}

/// Whether `brief build` would write nothing.
fn fails(build: &Build) -> bool {
    let least = if build.settings.strict { Level::Warn } else { Level::Error };
    build.diagnostics.iter().any(|fault| fault.level >= least)
}

fn told(faults: &[Diagnostic]) -> impl PartialEq {
    faults.iter().map(|fault| (fault.place.clone(), fault.message.clone())).collect::<Vec<_>>()
}

/// The page of the document that was edited. A change of many files at once is no edit.
fn edited(build: &Build, sources: &[SourcePath], changes: &Changes) -> Option<String> {
    const FEW: usize = 5;
    if sources.len() > FEW {
        return None;
    }
    let pages = sources.iter().filter_map(|source| Some(build.address_of(source)?.to_string()));
    let came = || changes.changed.iter().chain(&changes.added).map(address);
    let mut edited = pages.filter(|page| came().any(|came| came == *page));
    let mut only = came().filter(|page| page.ends_with('/'));
    edited.next().or_else(|| only.next().filter(|_| only.next().is_none()))
}

/// The path of the address at which the site is published: `/desk/` of `https://example.org/desk/`.
fn prefix(base_url: Option<&str>) -> String {
    let rest = base_url.and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..]).to_owned()
}
