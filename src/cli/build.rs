//! `brief build` and `brief check`.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::args::{BuildFlags, CheckFlags, SiteFlags};
use super::changes::Before;
use super::progress::Progress;
use super::publish::signer;
use super::session::{Session, not_for_this_audience};
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::{count, grouped, seconds};
use crate::base::{Diagnostic, Encoding, Fingerprint, Level, OutPath, SourcePath, codes, in_order};
use crate::config;
use crate::config::Settings;
use crate::edition::LeftOut;
use crate::engine::{self, Build, Emit, Engine, Sink};
use crate::io::{self, Cache, Output, Part, Shard, Summary};
use crate::site::asset_url;

/// Builds the site; what has faults is not written.
pub(super) fn build(extra: &BuildFlags, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let started = Instant::now();
    let signer = extra.sign.as_deref().map(signer).transpose()?;
    let progress = Progress::start("reading", *shell);
    flags.cache.iter().for_each(|_| Cache::prepare());
    let mut session = Session::open(flags)?;
    shell.detail(|| format!("read {} in {}", files(&session), seconds(started.elapsed())));

    let parsed = config::parse(&session.snapshot);
    let settings = parsed.value;
    // Settings with faults are told as these; nothing is written then.
    if parsed.diagnostics.iter().all(|fault| fault.level < Level::Error) {
        not_for_another(&settings, &session)?;
    }
    let cache = cache(&mut session, &settings);
    let out = session.resolve(&settings.out);
    let before = Before::read(extra, &session, &out, started)?;
    let (mut build, output) = render(&session, extra, cache.as_ref(), &progress);
    shell.detail(|| format!("rendered after {}", seconds(started.elapsed())));
    shell.detail(|| format!("made {} of {}", grouped(build.rendered), count(build.pages, "page")));
    let status = Status::of(&build.diagnostics, build.settings.strict);
    let summary = output.filter(|_| status == Status::Done).and_then(|output| {
        progress.stage("writing");
        let inputs = engine::inputs(&session.snapshot, &build.settings);
        let committed = match extra.shard {
            None => output.commit(inputs),
            Some(shard) => output.commit_shard(inputs, part(shard, inputs, &build, &session)),
        };
        match committed {
            Ok(summary) => Some(summary),
            Err(fault) => {
                build.diagnostics = with(std::mem::take(&mut build.diagnostics), *fault);
                None
            }
        }
    });
    if summary.is_some()
        && let Some(signer) = &signer
    {
        signer.sign(&out)?;
    }
    keep(cache.as_deref(), shell);
    drop(progress);
    shell.report(&build.diagnostics, &session.context(build.settings.strict))?;
    if let Some(before) = &before {
        before.report(&build, &session, summary.is_some().then_some(&*out))?;
    }
    let out = session.shown_folder(&out);
    shell.say(&match &summary {
        Some(summary) => told(&build, extra.shard, summary, &out, started),
        None => format!("nothing was written: {out} is as it was"),
    });
    say_left_out(build.left_out, shell);
    let status = Status::of(&build.diagnostics, build.settings.strict);
    forget(build, session);
    Ok(status)
}

/// Reports every fault that a build would meet, and writes nothing.
pub(super) fn check(extra: &CheckFlags, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    #[cfg(not(feature = "remote"))]
    if extra.external {
        return Err(super::remote::missing("checking links to other sites"));
    }
    let started = Instant::now();
    let progress = Progress::start("reading", *shell);
    flags.cache.iter().for_each(|_| Cache::prepare());
    let mut session = Session::open(flags)?;
    progress.stage("checking");
    let settings = config::parse(&session.snapshot).value;
    let cache = cache(&mut session, &settings);
    #[cfg_attr(not(feature = "remote"), expect(unused_mut, reason = "without it, nothing is added"))]
    let mut build = engine(cache.as_ref()).check(&session.snapshot);
    keep(cache.as_deref(), shell);
    #[cfg(feature = "remote")]
    if extra.external && !has_faulty_settings(&build) {
        super::external::check(&mut build, extra, &session, &progress, shell);
    }
    drop(progress);
    shell.report(&build.diagnostics, &session.context(build.settings.strict))?;
    if build.diagnostics.is_empty() {
        shell.say(&format!("checked {} in {}: no faults", files(&session), seconds(started.elapsed())));
    }
    say_left_out(build.left_out, shell);
    let status = Status::of(&build.diagnostics, build.settings.strict);
    forget(build, session);
    Ok(status)
}

/// Whether settings are not as they were meant: then nobody knows which hosts may be asked.
#[cfg(feature = "remote")]
fn has_faulty_settings(build: &Build) -> bool {
    build
        .diagnostics
        .iter()
        .any(|fault| fault.code.group == crate::base::Group::Settings && fault.level == Level::Error)
}

/// Renders into an output that is not committed yet. Without one, when the settings are faulty or the
/// output folder cannot be used, all else is checked nevertheless, so that one run reports every fault.
fn render(
    session: &Session,
    extra: &BuildFlags,
    cache: Option<&Arc<Cache>>,
    progress: &Progress,
) -> (Build, Option<Output>) {
    let snapshot = &session.snapshot;
    let settings = config::parse(snapshot);
    let is_of_settings = |fault: &&Diagnostic| fault.is(&codes::UNSAFE_FOLDER);
    let mut faults = settings.diagnostics.iter().chain(snapshot.faults.iter().filter(is_of_settings));
    if faults.any(|fault| fault.level == Level::Error) {
        return (engine(cache).check(snapshot), None);
    }
    let out = session.resolve(&settings.value.out);
    let output = match extra.shard {
        None => Output::open(&out, &session.root),
        Some(shard) => Output::open_shard(&out, &session.root, shard),
    };
    match output {
        Err(fault) => {
            let mut build = engine(cache).check(snapshot);
            build.diagnostics = with(build.diagnostics, *fault);
            (build, None)
        }
        Ok(output) => {
            progress.stage("rendering");
            let output = match cache {
                Some(cache) if extra.shard.is_none() => output.remembering(Arc::clone(cache)),
                _ => output,
            };
            let output = if extra.compress { output.compressing(compressed(session)) } else { output };
            let files = Files { output, shard: extra.shard, progress };
            let build = engine(cache).build(snapshot, &files);
            (build, Some(files.output))
        }
    }
}

/// What is built for one audience, or for all, is not written to where the edition of another is.
fn not_for_another(settings: &Settings, session: &Session) -> Result<(), Failure> {
    let meant = settings.edition.as_ref().map(|edition| edition.name.as_str());
    let of_folder = session.edition_in(&session.resolve(&settings.out), settings);
    let other = of_folder.filter(|(name, _)| meant != Some(name));
    other.map_or(Ok(()), |other| Err(not_for_this_audience(other, meant)))
}

/// The cache that flags or settings name. Where it or the output cannot be, that is a fault among the others of the site.
fn cache(session: &mut Session, settings: &Settings) -> Option<Arc<Cache>> {
    let root = &session.root;
    let out = session.resolve(&settings.out);
    let mut faults = Vec::new();
    if let Err(fault) = io::may_be_output(&out, root)
        && fault.is(&codes::UNSAFE_FOLDER)
    {
        faults.push(session.blame_out(settings, *fault));
    }
    let cache = settings.cache.as_ref().and_then(|dir| {
        let editions = settings.edition_outs.iter().map(|(_, out)| out);
        let outs: Vec<PathBuf> =
            editions.chain([&settings.own_out]).map(|out| session.resolve(out)).chain([out]).collect();
        match Cache::open(&session.resolve(dir), root, &outs) {
            Ok(cache) => Some(Arc::new(cache)),
            Err(fault) => {
                faults.push(config::blame(&session.snapshot, "cache", *fault));
                None
            }
        }
    });
    session.snapshot.faults.extend(faults);
    cache
}

fn engine(cache: Option<&Arc<Cache>>) -> Engine {
    match cache {
        Some(cache) => Engine::with_store(Arc::<Cache>::clone(cache)),
        None => Engine::cold(),
    }
}

/// Keeps what was made. A fault of the cache is none of the site, so no flag makes it one.
fn keep(cache: Option<&Cache>, shell: &Shell) {
    if let Some(fault) = cache.and_then(Cache::finish) {
        shell.warn(&format!("{} [{}]", fault.message, fault.code.id), &fault.help.concat());
    }
}

/// Where the site's own files that are named like compressed copies are published.
fn compressed(session: &Session) -> HashSet<String> {
    let paths =
        session.snapshot.files.iter().map(|file| &file.path).filter(|path| path.in_content().is_some());
    let is_one = |path: &&SourcePath| Encoding::of_copy(path.as_str()).is_some();
    paths.filter(is_one).map(|path| asset_url(path).as_str().to_owned()).collect()
}

/// What is rendered goes to the output and is counted.
struct Files<'a> {
    output: Output,
    shard: Option<Shard>,
    progress: &'a Progress,
}

impl Sink for Files<'_> {
    fn put(&self, path: &OutPath, content: Emit<'_>) -> Result<(), Box<Diagnostic>> {
        self.progress.advance();
        match content {
            Emit::Bytes(bytes) => self.output.put(path, bytes),
            Emit::Page(bytes) => self.output.put(path, bytes),
            Emit::Known(bytes, hash) => self.output.put_known(path, bytes, hash),
            Emit::Copy(source, blob) => self.output.copy(path, source, blob),
        }
    }

    fn has(&self, path: &OutPath, size: u64, hash: blake3::Hash) -> Result<bool, Box<Diagnostic>> {
        let has = self.output.has(path, size, hash)?;
        if has {
            self.progress.advance();
        }
        Ok(has)
    }

    fn wants(&self, path: &OutPath) -> bool {
        self.shard.is_none_or(|shard| shard.has(path))
    }

    fn expect(&self, files: usize) {
        let shares = self.shard.map_or(1, Shard::of) as usize;
        self.progress.expect(files.div_ceil(shares));
    }
}

fn with(mut diagnostics: Vec<Diagnostic>, fault: Diagnostic) -> Vec<Diagnostic> {
    diagnostics.push(fault);
    in_order(diagnostics)
}

/// `built 1,234 pages in 0.42 s: 12 written, 1,222 unchanged, 0 removed → public/`
fn told(build: &Build, shard: Option<Shard>, summary: &Summary, out: &str, started: Instant) -> String {
    let [written, unchanged, removed] = [summary.written, summary.unchanged, summary.removed].map(grouped);
    let pages = count(build.pages, "page");
    let time = seconds(started.elapsed());
    let what = match shard {
        None => pages,
        Some(shard) => {
            format!("shard {shard} of {pages}, {}", count(summary.written + summary.unchanged, "file"))
        }
    };
    format!("built {what} in {time}: {written} written, {unchanged} unchanged, {removed} removed → {out}")
}

/// Says what is not looked at, so that nobody takes it for checked.
fn say_left_out(LeftOut { drafts, later }: LeftOut, shell: &Shell) {
    let drafts = (drafts > 0).then(|| format!("{} (--drafts)", count(drafts, "draft")));
    let later = (later > 0).then(|| format!("{} dated or embargoed after today (--future)", grouped(later)));
    let both: Vec<String> = drafts.into_iter().chain(later).collect();
    if !both.is_empty() {
        shell.say(&format!("left out: {}", both.join(", ")));
    }
}

/// By what a merge knows that shards are of one build.
fn part(shard: Shard, inputs: Fingerprint, build: &Build, session: &Session) -> Part {
    let edition = build.settings.edition.as_ref().map(|edition| edition.name.clone());
    // What an edition shows is worked out from that alone; else the inputs say it.
    let content = if edition.is_some() { build.content(&session.snapshot) } else { inputs };
    Part {
        shard,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        edition,
        day: session.snapshot.today.to_string(),
        content: content.hex(32),
    }
}

fn files(session: &Session) -> String {
    count(session.snapshot.files.len(), "file")
}

/// The process ends here: what the site was made of goes back to the system at once, not piece by piece.
fn forget(build: Build, session: Session) {
    std::mem::forget((build, session));
}
