//! `brief serve`: the live preview, and what it says in the terminal.

use std::path::Path;
use std::sync::Mutex;

use jiff::tz::TimeZone;

use super::args::{ServeFlags, SiteFlags};
use super::session::{self, Meant};
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::{count, grouped};
use crate::base::{Diagnostic, codes};
use crate::io;
use crate::report::{Context, Editor, Tally};
use crate::serve::{Busy, Options, Preview, Report, Source, Teller};

/// The port, where none is asked for.
const PORT: u16 = 4000;
/// So many changed files are named.
const NAMED: usize = 3;

/// Shows the site until Ctrl-C.
pub(super) fn run(flags: &ServeFlags, site: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let formats = |_| Failure::usage("the preview has the formats `human` and `json`");
    let is_json = shell.is_json().map_err(formats)?;
    // Whoever writes wants to see all that is not published yet.
    let site = &SiteFlags { future: site.future || site.drafts, ..site.clone() };
    let Meant { root, overrides, .. } = Meant::by(site)?;
    check_env(&root, site)?;
    // It is asked for again every day, so that a fault in it is told now.
    let first_day = session::today(site)?;
    let is_fixed =
        site.now.is_some() || std::env::var_os("SOURCE_DATE_EPOCH").is_some_and(|it| !it.is_empty());
    let source = Source {
        root,
        overrides,
        env: site.env.clone(),
        today: Box::new(move || {
            let now = if is_fixed { None } else { io::now().ok() };
            now.map_or(first_day, |now| now.to_zoned(TimeZone::UTC).date())
        }),
        editor: flags.editor.clone().unwrap_or_else(usual_editor),
        follow: flags.follow,
    };
    let preview = open(flags, shell)?;
    let url = preview.url();
    shell.say(&format!("the preview is at {url} (Ctrl-C ends it)"));
    if preview.is_open_to_others() {
        let help = "drafts and all else that it shows can be read by whoever reaches this machine";
        shell.warn("others in the network can see the preview", help);
    }
    if flags.open && open::that_detached(&url).is_err() {
        shell.warn("no browser could be opened", &format!("open {url} yourself"));
    }
    match preview.run(source, Terminal { shell: *shell, is_json, last: Mutex::default() }) {
        true => Ok(Status::Done),
        false => Err(Box::new(Diagnostic::new(&codes::READ, "the preview broke down, as told above")).into()),
    }
}

/// Listens at the port that is asked for, else at the first that is free from the usual one on.
fn open(flags: &ServeFlags, shell: &Shell) -> Result<Preview, Failure> {
    let port = flags.port.unwrap_or(PORT);
    let options =
        |port| Options { host: flags.host, port, names: flags.allow_host.clone(), poll: flags.poll };
    match Preview::open(options(port)) {
        Ok(preview) => Ok(preview),
        Err(Busy::Port(Some(free))) if flags.port.is_none() => {
            shell.say(&format!("port {port} is in use by another program; {free} is free"));
            Preview::open(options(free)).map_err(|busy| cannot_listen(free, busy))
        }
        Err(busy) => Err(cannot_listen(port, busy)),
    }
}

fn cannot_listen(port: u16, busy: Busy) -> Failure {
    match busy {
        Busy::Port(free) => {
            let fault = Failure::usage(format!("port {port} is in use by another program"));
            match free {
                Some(free) => fault.help(format!("port {free} is free: `--port {free}`")),
                None => fault.help("`--port 0` takes any port that is free"),
            }
        }
        Busy::Refused(error) => Failure::usage(format!("cannot listen at port {port}: {error}")),
    }
}

/// What `--env` names must be there when the session starts.
fn check_env(root: &Path, site: &SiteFlags) -> Result<(), Failure> {
    match &site.env {
        Some(env) if !root.join(format!("site.{env}.toml")).is_file() => {
            Err(Failure::usage(format!("there is no `site.{env}.toml` for the environment `{env}`")))
        }
        _ => Ok(()),
    }
}

fn usual_editor() -> Editor {
    let command = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok());
    Editor::of_command(&command.unwrap_or_default())
}

/// What is said of each round: one line, and faults in full when they are not those of the last round.
struct Terminal {
    shell: Shell,
    /// Then a report is printed in every round, also when there are no faults.
    is_json: bool,
    last: Mutex<Vec<String>>,
}

impl Teller for Terminal {
    fn round(&self, report: &Report) {
        let faults: Vec<String> = report.diagnostics.iter().map(|fault| format!("{fault:?}")).collect();
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_news = std::mem::replace(&mut *last, faults) != *last;
        if self.is_json || is_news && !report.diagnostics.is_empty() {
            let context = Context { sources: &report.snapshot, prefix: "", strict: report.strict };
            // Whoever read the reports may have gone away; the preview goes on.
            let _ = self.shell.report(&report.diagnostics, &context);
        }
        self.shell.say(&line(report));
        self.shell.detail(|| parts(report));
    }

    fn notice(&self, words: &str) {
        self.shell.warn(words, "the preview is right all the same");
    }
}

/// `content/briefs/a.md: 1 of 1,234 pages rendered, 1 changed in 38 ms`
fn line(report: &Report) -> String {
    let time = report.times.all().as_millis();
    let what = what(report);
    if report.fails {
        let tally = Tally::of(&report.diagnostics);
        let so = if report.has_site { "the last good pages stay" } else { "no page can be shown yet" };
        return format!("{what}: {tally}; {so} ({time} ms)");
    }
    let (rendered, pages) = (grouped(report.rendered), count(report.pages, "page"));
    if report.is_first {
        return format!("{what}: {pages} in {time} ms");
    }
    let changed = if report.changes.count() == 0 { "nothing" } else { &grouped(report.changes.count()) };
    format!("{what}: {rendered} of {pages} rendered, {changed} changed in {time} ms")
}

fn what(report: &Report) -> String {
    let sources = &report.sources;
    if report.is_first {
        return "built".to_owned();
    }
    if sources.is_empty() {
        // What else there is: what cannot be read, or can be again.
        let news = [(report.is_new_day, "a new day"), (report.has_new_commits, "other commits")];
        return news.into_iter().find(|(is, _)| *is).map_or("the folder", |(_, words)| words).to_owned();
    }
    let named: Vec<&str> = sources.iter().take(NAMED).map(|path| path.as_str()).collect();
    match sources.len() - named.len() {
        0 => named.join(", "),
        more => format!("{} and {}", named.join(", "), count(more, "other file")),
    }
}

fn parts(report: &Report) -> String {
    let ms = |time: std::time::Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let times = &report.times;
    let [wake, read, build, publish] = [times.wake, times.read, times.build, times.publish].map(ms);
    format!("  waited {wake}, read {read}, built {build}, published {publish}")
}
