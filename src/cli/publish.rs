//! `brief publish`: brings what was built to where it is read.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::args::{PublishFlags, SiteFlags};
use super::progress::Progress;
use super::session::{Session, current_dir, normal};
use super::shell::Shell;
use super::status::{Failure, Status};
use super::table::table;
use super::text::{bytes, count, grouped};
use crate::io::{self, Difference, Entry, PageFacts};
use crate::publish::{
    self, Done, Folder, Host, Options, Release, Remote, Signer, Source, Step, Target, Withdrawn,
};

/// How many pages a message names.
const NAMED: usize = 5;
/// How many releases stay, unless it is said.
const KEPT: u16 = 5;

/// Publishes, lists, rolls back, or says what publishing would change.
pub(super) fn run(given: &PublishFlags, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let target = Target::parse(&given.target).map_err(|(words, help)| Failure::usage(words).help(help))?;
    if let Target::Folder(dir) = &target
        && absolute(dir)?.parent().is_none()
    {
        return Err(Failure::usage(format!("`{}` is the root of this machine's disk", given.target))
            .help("name a folder in which `releases` and `current` are to lie, such as /srv/www/briefs"));
    }
    if matches!(target, Target::Store { .. }) {
        #[cfg(not(feature = "remote"))]
        return Err(super::remote::missing("publishing to an object store"));
        #[cfg(feature = "remote")]
        refuse_releases(given)?;
    }
    if given.list {
        let is_json = shell.is_json()?;
        let releases = publish::list(&mut *look(&target, given)?)?;
        let printed = shell.print(&if is_json { json(&releases) } else { human(&releases) });
        let unread: Vec<_> = releases.iter().filter_map(|release| release.unreadable.as_ref()).collect();
        for fault in &unread {
            shell.warn(&format!("{} [{}]", fault.message, fault.code.id), &fault.help.concat());
        }
        return if unread.is_empty() { printed } else { Ok(Status::Machine) };
    }
    if given.rollback {
        let done = publish::rollback(&mut *open(&target, given)?)?;
        let from = done.before.map_or_else(String::new, |id| format!(", no longer {id}"));
        shell.say(&format!("readers see {} again{from}", done.release));
        return Ok(Status::Done);
    }
    let folder = match folder(flags, shell)? {
        Ok(folder) => folder,
        Err(status) => return Ok(status),
    };
    if let Target::Folder(dir) = &target
        && absolute(dir)?.starts_with(&folder)
    {
        return Err(Failure::usage(format!(
            "`{}` lies in the output folder that is to be published",
            dir.display()
        ))
        .help("publish to a folder of its own, such as /srv/www/briefs"));
    }
    if let Some(key) = &given.sign {
        let signer = signer(key)?;
        if folder.join(io::MANIFEST).is_file() {
            signer.sign(&folder)?;
        }
    }
    let Some(source) = Source::open(&folder)? else {
        return Err(Failure::usage(format!("there is no build in `{}`", folder.display()))
            .help("`brief build` makes one; `brief publish` then brings it to its readers"));
    };
    #[cfg(feature = "remote")]
    if let Target::Store { bucket, prefix } = &target {
        return store((bucket, prefix), &source, given, shell);
    }
    if given.dry_run {
        if let Target::Folder(dir) = &target {
            Folder::may_be(&absolute(dir)?)?;
        }
        let (current, manifest) = publish::plan(&mut *look(&target, given)?)?;
        let current = current.map_or_else(|| "nothing yet".to_owned(), |id| id.to_string());
        let text = difference(&Difference::between(&manifest, &source.manifest), &folder);
        shell.say(&format!("readers see {current}; nothing was changed"));
        return shell.print(&text);
    }
    let progress = Progress::start("copying", *shell);
    let mut host = open(&target, given)?;
    let keep = usize::from(given.keep.unwrap_or(KEPT));
    let options = Options { keep, purge: given.purge, now: io::now()? };
    let done = publish::publish(&mut *host, &source, &options, &|step| {
        progress.stage(match step {
            Step::Waiting => "waiting",
            Step::Copying => "copying",
            Step::Switching => "switching",
            Step::Clearing => "clearing",
        });
    })?;
    drop(progress);
    tell(&done, &source, given, shell);
    if let Target::Folder(dir) = &target
        && let Some(closed) = publish::closed(&absolute(dir)?)
    {
        let closed = closed.display();
        shell.warn(
            &format!(
                "only its owner can read `{closed}`, so a web server that runs as another user shows nothing"
            ),
            &format!("`chmod -R a+rX {closed}` lets everyone read it"),
        );
    }
    done.undone.map_or(Ok(Status::Done), |fault| Err(Failure::Fault(fault)))
}

/// What has to do with releases cannot be had of an object store.
#[cfg(feature = "remote")]
fn refuse_releases(given: &PublishFlags) -> Result<(), Failure> {
    let flags = [
        ("--list", given.list),
        ("--rollback", given.rollback),
        ("--keep", given.keep.is_some()),
        ("--purge", given.purge),
    ];
    let Some((flag, _)) = flags.into_iter().find(|(_, is_given)| *is_given) else { return Ok(()) };
    let words =
        format!("an object store holds one state of the site and no releases, so there is no `{flag}`");
    Err(Failure::usage(words).help(match flag {
        "--purge" => {
            "what a build no longer has is deleted by every run; if the bucket keeps versions, a lifecycle rule of its \
             own removes them"
        }
        "--rollback" => "objects cannot be renamed, so nothing could switch at once: build the older commit and publish that",
        _ => "a folder or `ssh://host/path` has releases",
    }))
}

#[cfg(feature = "remote")]
fn store(
    place: (&str, &str),
    source: &Source,
    given: &PublishFlags,
    shell: &Shell,
) -> Result<Status, Failure> {
    super::store::run(place, source, given, shell, &|changes| difference(changes, &source.folder))
}

/// The key of `--sign`.
pub(super) fn signer(key: &Path) -> Result<Signer, Failure> {
    let password = std::env::var("BRIEF_SIGN_PASSWORD").ok().filter(|password| !password.is_empty());
    Signer::read(&absolute(key)?, password).map_err(|(words, help)| Failure::usage(words).help(help))
}

/// The output folder. What is wrong with the settings is reported, and gives the status.
fn folder(flags: &SiteFlags, shell: &Shell) -> Result<Result<PathBuf, Status>, Failure> {
    if let Some(out) = &flags.out {
        return Ok(Ok(absolute(out)?));
    }
    let session = Session::of_settings(flags)?;
    Ok(session.settings(shell)?.map(|settings| session.resolve(&settings.out)))
}

fn look(target: &Target, given: &PublishFlags) -> Result<Box<dyn Host>, Failure> {
    Ok(match target {
        Target::Folder(dir) => Box::new(Folder::look(&absolute(dir)?)),
        Target::Ssh { host, port, path } => Box::new(Remote::look(&given.ssh, host, *port, path)?),
        Target::Store { .. } => {
            return Err(Failure::usage("an object store has no releases"));
        }
    })
}

fn open(target: &Target, given: &PublishFlags) -> Result<Box<dyn Host>, Failure> {
    Ok(match target {
        Target::Folder(dir) => Box::new(Folder::open(&absolute(dir)?)?),
        Target::Ssh { host, port, path } => Box::new(Remote::open(&given.ssh, host, *port, path)?),
        Target::Store { .. } => {
            return Err(Failure::usage("an object store has no releases"));
        }
    })
}

fn absolute(dir: &Path) -> Result<PathBuf, Failure> {
    Ok(normal(&current_dir()?.join(dir)))
}

/// `published 131 files as 20261122T181152Z-1a2b3c4d: 4 copied, 127 linked`
fn tell(done: &Done, source: &Source, given: &PublishFlags, shell: &Shell) {
    let files = source.manifest.files.len();
    let release = &done.release;
    let to = given.target.trim_end_matches('/');
    shell.say(&match (done.linked, done.before.as_ref() == Some(release)) {
        (Some(linked), _) => {
            // The manifest and its signature are copied always, and counted with neither.
            let linked = linked.min(files);
            let copied = files - linked;
            format!(
                "published {} as {release}: {copied} copied, {linked} linked → {to}/current",
                count(files, "file")
            )
        }
        (None, true) => format!("{to}/current shows this build already, as {release}"),
        (None, false) => format!("readers see {release}, which was there already → {to}/current"),
    });
    for old in &done.removed {
        shell.detail(|| format!("removed the release {old}"));
    }
    if !done.removed.is_empty() {
        shell.say(&format!("removed {}", count(done.removed.len(), "older release")));
    }
    if let Some(words) = withdrawn(&done.withdrawn) {
        shell.warn(&words, "`brief publish --purge` removes every older release");
    }
}

fn withdrawn(found: &Withdrawn) -> Option<String> {
    let unknown = (!found.unknown.is_empty()).then(|| {
        let names = found.unknown.iter().map(ToString::to_string);
        format!(
            "what {} holds cannot be told ({})",
            count(found.unknown.len(), "older release"),
            named(names)
        )
    });
    if found.releases == 0 {
        return unknown;
    }
    let mut parts = Vec::new();
    if !found.removed.is_empty() {
        let names = found.removed.iter().map(|path| io::address(path.as_str()));
        parts.push(format!(
            "{} that this one does not have ({})",
            count(found.removed.len(), "page"),
            named(names)
        ));
    }
    if !found.raised.is_empty() {
        let names = found
            .raised
            .iter()
            .map(|(path, was, is)| format!("{}, {was} then, {is} now", io::address(path.as_str())));
        parts.push(format!(
            "{} whose label has been raised ({})",
            count(found.raised.len(), "page"),
            named(names)
        ));
    }
    if !found.files.is_empty() {
        let names = found.files.iter().map(|path| format!("/{}", path.as_str()));
        let what = count(found.files.len(), "file");
        parts.push(format!("{what} beside pages that this one does not have ({})", named(names)));
    }
    let verb = if found.releases == 1 { "holds" } else { "hold" };
    let held = format!("{} still {verb} {}", count(found.releases, "older release"), parts.join(" and "));
    Some(unknown.map_or_else(|| held.clone(), |unknown| format!("{held}; {unknown}")))
}

fn named(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut out = names.take(NAMED).collect::<Vec<_>>().join("; ");
    if more > 0 {
        let _ = write!(out, "; and {more} more");
    }
    out
}

/// What publishing would change, a page a line, with `+`, `~` or `-` before it.
fn difference(difference: &Difference<'_>, folder: &Path) -> String {
    let mut out = String::new();
    let lists = [('+', &difference.added), ('~', &difference.changed), ('-', &difference.removed)];
    let mut files = [0; 3];
    for (at, (mark, list)) in lists.iter().enumerate() {
        for entry in *list {
            let path = entry.path.as_str();
            if !io::is_page(path) {
                files[at] += 1;
                continue;
            }
            let title = if *mark == '-' { None } else { PageFacts::read(&folder.join(path)).title };
            let title = title.map_or_else(String::new, |title| format!("  {title}"));
            let _ = writeln!(out, "{mark} {}{title}", io::address(path));
        }
    }
    let size = |list: &[&Entry]| list.iter().map(|entry| entry.size).sum::<u64>();
    let copied = size(&difference.added) + size(&difference.changed);
    let _ = writeln!(
        out,
        "other files: {} added, {} changed, {} removed\nto copy: {}, {}",
        files[0],
        files[1],
        files[2],
        count(difference.added.len() + difference.changed.len(), "file"),
        bytes(copied)
    );
    out
}

fn human(releases: &[Release]) -> String {
    if releases.is_empty() {
        return "there are no releases\n".to_owned();
    }
    let row = |release: &Release| {
        let is_known = release.unreadable.is_none();
        let [files, size] = match is_known {
            true => [grouped(release.files), bytes(release.bytes)],
            false => ["?", "?"].map(str::to_owned),
        };
        let marks =
            [(release.is_current, "current"), (release.is_damaged, "damaged"), (!is_known, "cannot be read")];
        let marks: Vec<&str> = marks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| mark).collect();
        [release.id.to_string(), files, size, marks.join(", ")]
    };
    let rows: Vec<[String; 4]> = releases.iter().rev().map(row).collect();
    table(["release", "files", "size", ""], &rows, [false, true, true, false])
}

fn json(releases: &[Release]) -> String {
    let list: Vec<serde_json::Value> = releases
        .iter()
        .rev()
        .map(|release| {
            let is_known = release.unreadable.is_none();
            serde_json::json!({
                "id": release.id.as_str(), "current": release.is_current,
                "files": is_known.then_some(release.files), "bytes": is_known.then_some(release.bytes),
                "damaged": release.is_damaged, "unreadable": !is_known,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(list))
}
