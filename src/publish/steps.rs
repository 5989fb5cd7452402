//! What a publisher does, in its order, wherever the releases lie.

use jiff::Timestamp;

use super::verify::Fault;
use super::withdrawn::Withdrawn;
use super::{Host, Named, ReleaseId, Source, State};
use crate::base::{Code, Diagnostic, codes};
use crate::io::{Manifest, Result};

/// How to publish.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many releases stay, the new one counted; at least one.
    pub keep: usize,
    /// Whether only the new one stays.
    pub purge: bool,
    /// The moment that names the release.
    pub now: Timestamp,
}

/// Told as the work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A lock is looked at that nobody may hold any more.
    Waiting,
    /// Files are linked, copied and checked.
    Copying,
    /// Readers are about to see the release.
    Switching,
    /// Releases go that are no longer kept.
    Clearing,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// What readers see now.
    pub release: ReleaseId,
    /// What they saw before.
    pub before: Option<ReleaseId>,
    /// Files that were linked to the release before; `None` when the release was there already.
    pub linked: Option<usize>,
    /// Releases that were removed.
    pub removed: Vec<ReleaseId>,
    /// What could not be done when readers saw the release already.
    pub undone: Option<Box<Diagnostic>>,
    /// What older releases that stay still hold.
    pub withdrawn: Withdrawn,
}

/// A release in a list.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its name.
    pub id: ReleaseId,
    /// Whether readers see it.
    pub is_current: bool,
    /// Files in it, the manifest not counted.
    pub files: usize,
    /// Of these files.
    pub bytes: u64,
    /// Whether it has no manifest any more, or one that is none.
    pub is_damaged: bool,
    /// Why it cannot be looked at now; it counts as empty then.
    pub unreadable: Option<Box<Diagnostic>>,
}

/// Publishes.
///
/// # Errors
/// B0901 or B0908 when a release cannot be looked at: it might be taken for one that is damaged, and go. Else the
/// first thing that went wrong until readers see the release; what goes wrong from then on is in [`Done::undone`].
pub fn publish(host: &mut dyn Host, source: &Source, options: &Options, told: &dyn Fn(Step)) -> Result<Done> {
    let (releases, damaged) = complete_and_damaged(host)?;
    let before = host.current()?;
    told(Step::Copying);
    let (release, linked) = match same_as_last(host, &releases, source)? {
        Some(last) => (last, None),
        None => {
            let others: Vec<ReleaseId> = releases.iter().chain(&damaged).cloned().collect();
            let id =
                ReleaseId::new(options.now, &source.bytes, &others).ok_or_else(|| no_time_left(&others))?;
            let like = before.as_ref().filter(|id| releases.contains(id)).or(releases.last());
            let linked = host.add(source, &id, like)?;
            (id, Some(linked))
        }
    };
    told(Step::Switching);
    let others: Vec<ReleaseId> = releases.into_iter().filter(|id| *id != release).collect();
    // What readers were led away from must not be what a rollback leads them to, whatever happens from here on.
    let is_rejected = |id: &ReleaseId| before.as_ref().is_some_and(|before| id > before);
    let (rejected, mut older): (Vec<_>, Vec<_>) = others.into_iter().partition(is_rejected);
    for id in &rejected {
        host.remove(id)?;
    }
    if before.as_ref() != Some(&release) {
        host.switch(&release)?;
    }
    told(Step::Clearing);
    let keep = if options.purge { 0 } else { options.keep.saturating_sub(1) };
    let mut going: Vec<ReleaseId> = older.drain(..older.len().saturating_sub(keep)).collect();
    // Nobody can go back to what has no manifest.
    going.extend(damaged);
    let (mut removed, undone) = remove(host, going);
    removed.extend(rejected);
    let withdrawn = Withdrawn::find(host, &older, (&release, &source.manifest));
    Ok(Done { release, before, linked, removed, undone, withdrawn })
}

/// Complete releases, and those that nobody can go back to.
fn complete_and_damaged(host: &mut dyn Host) -> Result<(Vec<ReleaseId>, Vec<ReleaseId>)> {
    let (mut complete, mut damaged) = (Vec::new(), Vec::new());
    for Named { id, state } in host.named()? {
        match state {
            State::Complete => complete.push(id),
            State::Damaged => damaged.push(id),
            State::Unreadable(fault) => return Err(fault),
        }
    }
    Ok((complete, damaged))
}

/// Removes releases and what was left of others: which are gone, and the first fault.
fn remove(host: &mut dyn Host, going: Vec<ReleaseId>) -> (Vec<ReleaseId>, Option<Box<Diagnostic>>) {
    let (mut removed, mut undone) = (Vec::new(), None);
    for id in going {
        match host.remove(&id) {
            Ok(()) => removed.push(id),
            Err(fault) => undone = undone.or(Some(fault)),
        }
    }
    let undone = undone.or_else(|| host.clear().err()).map(|mut fault| {
        fault.help = vec![
            "readers see the new release; what could not be removed is still there, and the next publisher tries again"
                .to_owned(),
        ];
        fault
    });
    (removed, undone)
}

/// The last release, if it is what is to be published and whole: a publisher that was killed before it
/// switched has left it, or nothing has changed since.
fn same_as_last(host: &mut dyn Host, releases: &[ReleaseId], source: &Source) -> Result<Option<ReleaseId>> {
    let Some(last) = releases.last() else { return Ok(None) };
    Ok(host.is(last, source)?.then(|| last.clone()))
}

/// Lets readers see the release before the current one again.
///
/// # Errors
/// B0907 when there is none or it is not whole, B0901 or B0908 when that cannot be told.
pub fn rollback(host: &mut dyn Host) -> Result<Done> {
    let named = host.named()?;
    let Some(now) = host.current()? else { return Err(nothing("nothing has been published here yet")) };
    let (mut before, mut damaged) = (None, None);
    for Named { id, state } in named.into_iter().rev().filter(|named| named.id < now) {
        match state {
            State::Complete => {
                before = Some(id);
                break;
            }
            State::Damaged => damaged = damaged.or(Some(id)),
            State::Unreadable(fault) => return Err(fault),
        }
    }
    let Some(before) = before else { return Err(nothing(&format!("there is no release before `{now}`"))) };
    if let Some(id) = damaged {
        let words = format!("the release `{id}`, the one before the current one, has lost its manifest");
        let help = format!(
            "remove its folder, and `--rollback` leads to `{before}`; readers still see the current one"
        );
        return Err(Box::new(Diagnostic::new(&codes::NOT_AS_LISTED, words).help(help)));
    }
    let not_whole = |code: &'static Code, why: String| {
        let words = format!("the release `{before}` is not whole: {why}");
        let help = "readers still see the current one; publish a good build instead";
        Box::new(Diagnostic::new(code, words).help(help))
    };
    let faults = match host.verify(&before) {
        Err(fault) if fault.is(&codes::NOT_AS_LISTED) => return Err(not_whole(fault.code, fault.message)),
        faults => faults?,
    };
    // What cannot be read is the graver fault.
    let unread = faults.iter().find(|fault| matches!(fault, Fault::Unreadable(..)));
    if let Some(first) = unread.or(faults.first()) {
        return Err(not_whole(first.code(), first.to_string()));
    }
    host.switch(&before)?;
    Ok(Done {
        release: before,
        before: Some(now),
        linked: None,
        removed: Vec::new(),
        undone: None,
        withdrawn: Withdrawn::default(),
    })
}

/// The releases there are, oldest first.
///
/// # Errors
/// As [`Host::named`] and [`Host::current`].
pub fn list(host: &mut dyn Host) -> Result<Vec<Release>> {
    let current = host.current()?;
    let mut list = Vec::new();
    for Named { id, state } in host.named()? {
        let (manifest, is_damaged, unreadable) = match state {
            State::Damaged => (Manifest::default(), true, None),
            State::Unreadable(fault) => (Manifest::default(), false, Some(fault)),
            State::Complete => match host.manifest(&id) {
                Ok(manifest) => (manifest, false, None),
                Err(fault) if fault.is(&codes::NOT_AS_LISTED) => (Manifest::default(), true, None),
                Err(fault) => (Manifest::default(), false, Some(fault)),
            },
        };
        let bytes = manifest.files.iter().map(|entry| entry.size).sum();
        let is_current = current.as_ref() == Some(&id);
        list.push(Release { id, is_current, files: manifest.files.len(), bytes, is_damaged, unreadable });
    }
    Ok(list)
}

/// The manifest of what readers see now, to tell what publishing would change; empty when they see nothing.
///
/// # Errors
/// As [`Host::current`] and [`Host::manifest`].
pub fn plan(host: &mut dyn Host) -> Result<(Option<ReleaseId>, Manifest)> {
    let named = host.named()?;
    let current = host.current()?;
    let seen = named.into_iter().find(|named| Some(&named.id) == current.as_ref());
    let manifest = match seen.map(|named| (named.id, named.state)) {
        Some((id, State::Complete)) => host.manifest(&id)?,
        Some((_, State::Unreadable(fault))) => return Err(fault),
        Some((_, State::Damaged)) | None => Manifest::default(),
    };
    Ok((current, manifest))
}

fn no_time_left(others: &[ReleaseId]) -> Box<Diagnostic> {
    let last = others.iter().max().map_or("", ReleaseId::as_str);
    let words = format!("`releases/{last}` is in the way: a new release must be later, and no time is");
    let help = "a clock has gone wrong, or somebody else made it; move it away, and publish again";
    Box::new(Diagnostic::new(&codes::FOREIGN_FILE, words).help(help))
}

fn nothing(words: &str) -> Box<Diagnostic> {
    let help = "`brief publish --list` lists the releases";
    Box::new(Diagnostic::new(&codes::NOT_AS_LISTED, words).help(help))
}
