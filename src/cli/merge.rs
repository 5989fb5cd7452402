//! `brief merge`: the shards of a build become one output folder.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::{MergeFlags, SiteFlags};
use super::progress::Progress;
use super::publish::{folder, signer};
use super::session::{Meant, Session, current_dir, normal};
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::{count, grouped, seconds};
use crate::base::{Diagnostic, codes};
use crate::{config, io};

/// Joins what lies in the folders that are named, else in the output folder itself.
pub(super) fn run(given: &MergeFlags, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let started = Instant::now();
    let signer = given.sign.as_deref().map(signer).transpose()?;
    let cwd = current_dir()?;
    let out = match folder(flags, shell)? {
        Ok(out) => out,
        Err(status) => return Ok(status),
    };
    let mut dirs: Vec<PathBuf> = given.dirs.iter().map(|dir| normal(&cwd.join(dir))).collect();
    if dirs.is_empty() {
        dirs.push(out.clone());
    }
    if let Some(dir) = dirs.iter().find(|dir| !dir.is_dir()) {
        return Err(Failure::usage(format!("there is no folder `{}`", dir.display()))
            .help("name the folders that `brief build --shard I/N --out DIR` has written"));
    }
    let progress = Progress::start("merging", *shell);
    // What is merged may be all that there is here.
    let site = Meant::by(flags).ok().map(|meant| meant.root);
    let edition = edition(flags, &out);
    let merged = io::merge(&dirs, &out, site.as_deref(), edition.as_deref());
    drop(progress);
    let merged = match merged {
        Ok(merged) => merged,
        Err(faults) => {
            let faults = report(faults, flags, shell)?;
            shell.say(&format!("nothing was merged: {} is as it was", out.display()));
            return Ok(Status::of(&faults, true));
        }
    };
    if let Some(signer) = &signer {
        signer.sign(&out)?;
    }
    let out = out.strip_prefix(&cwd).unwrap_or(&out).display();
    let summary = merged.summary;
    let files = count(summary.written + summary.unchanged, "file");
    let Some(shards) = merged.shards else {
        let signed = if signer.is_some() { ", and it is signed" } else { "" };
        shell.say(&format!("nothing was left to merge: {out} is whole already, {files}{signed}"));
        return Ok(Status::Done);
    };
    let [written, unchanged, removed] = [summary.written, summary.unchanged, summary.removed].map(grouped);
    shell.say(&format!(
        "merged {}, {files} in {}: {written} written, {unchanged} unchanged, {removed} removed → {out}",
        count(shards as usize, "shard"),
        seconds(started.elapsed()),
    ));
    Ok(Status::Done)
}

/// The edition that is joined: the one that is asked for, or whose folder the output is.
fn edition(flags: &SiteFlags, out: &Path) -> Option<String> {
    let Ok(session) = Session::open(flags) else { return flags.edition.clone() };
    let settings = config::parse(&session.snapshot).value;
    let mut outs = settings.edition_outs.into_iter();
    let asked = settings.edition.map(|edition| edition.name).or_else(|| flags.edition.clone());
    asked.or_else(|| outs.find(|(_, folder)| session.resolve(folder) == out).map(|(name, _)| name))
}

/// Reports what keeps shards from being merged; an output folder that cannot be one at its place in the settings.
fn report(faults: Vec<Diagnostic>, flags: &SiteFlags, shell: &Shell) -> Result<Vec<Diagnostic>, Failure> {
    let is_of_settings = faults.iter().any(|fault| fault.is(&codes::UNSAFE_FOLDER));
    let Some(session) = Session::open(flags).ok().filter(|_| is_of_settings) else {
        shell.report_bare(&faults)?;
        return Ok(faults);
    };
    let settings = config::parse(&session.snapshot).value;
    let faults: Vec<_> = faults.into_iter().map(|fault| session.blame_out(&settings, fault)).collect();
    shell.report(&faults, &session.context(true))?;
    Ok(faults)
}
