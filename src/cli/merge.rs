//! `brief merge`: the shards of a build become one output folder.

use std::path::PathBuf;
use std::time::Instant;

use super::args::{MergeFlags, SiteFlags};
use super::progress::Progress;
use super::publish::signer;
use super::session::{
    Session, asked_edition, current_dir, is_any_meant, normal, not_for_this_audience, today,
};
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::{count, grouped, seconds};
use crate::base::Diagnostic;
use crate::config::{self, Settings};
use crate::{engine, io};

/// Joins what lies in the folders that are named, else in the output folder itself.
pub(super) fn run(given: &MergeFlags, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let started = Instant::now();
    let signer = given.sign.as_deref().map(signer).transpose()?;
    let cwd = current_dir()?;
    let aim = match Aim::of(flags, shell)? {
        Ok(aim) => aim,
        Err(status) => return Ok(status),
    };
    let out = &aim.out;
    let mut dirs: Vec<PathBuf> = given.dirs.iter().map(|dir| normal(&cwd.join(dir))).collect();
    if dirs.is_empty() {
        dirs.push(out.clone());
    }
    if let Some(dir) = dirs.iter().find(|dir| !dir.is_dir()) {
        return Err(Failure::usage(format!("there is no folder `{}`", dir.display()))
            .help("name the folders that `brief build --shard I/N --out DIR` has written"));
    }
    let progress = Progress::start("merging", *shell);
    let site = aim.site.as_ref().map(|(session, _)| &*session.root);
    let merged = io::merge(&dirs, out, site, aim.edition.as_deref());
    let is_meant = merged.as_ref().map_or(Ok(true), |merged| aim.is_meant(merged, flags));
    drop(progress);
    let merged = match merged {
        Ok(merged) if is_meant? => merged,
        refused => {
            let faults = refused.map_or_else(|faults| faults, |_| vec![io::not_this_whole(out)]);
            let faults = aim.report(faults, shell)?;
            shell.say(&format!("nothing was merged: {} is as it was", out.display()));
            return Ok(Status::of(&faults, true));
        }
    };
    if let Some(signer) = &signer {
        signer.sign(out)?;
    }
    let out = out.strip_prefix(&cwd).unwrap_or(out).display();
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

/// What is to be made of the shards.
struct Aim {
    /// The site that they are of, with its settings. What is merged may be all that there is here.
    site: Option<(Session, Settings)>,
    /// The folder of the whole.
    out: PathBuf,
    /// The edition that is asked for, or whose folder that is.
    edition: Option<String>,
}

impl Aim {
    /// What is wrong with the settings is reported, and gives the status.
    fn of(flags: &SiteFlags, shell: &Shell) -> Result<Result<Self, Status>, Failure> {
        if let Some(out) = &flags.out
            && !is_any_meant(flags)?
        {
            let out = normal(&current_dir()?.join(out));
            return Ok(Ok(Self { site: None, out, edition: asked_edition(flags)? }));
        }
        let session = Session::of_settings(flags)?;
        let settings = match session.settings(shell)? {
            Ok(settings) => settings,
            Err(status) => return Ok(Err(status)),
        };
        let out = session.resolve(&settings.out);
        let asked = settings.edition.as_ref().map(|edition| edition.name.clone());
        let edition = match (asked, session.edition_in(&out, &settings)) {
            (Some(asked), Some(other)) if asked != other.0 => {
                return Err(not_for_this_audience(other, Some(&asked)));
            }
            (asked, of_folder) => asked.or_else(|| of_folder.map(|(name, _)| name.clone())),
        };
        Ok(Ok(Self { site: Some((session, settings)), out, edition }))
    }

    /// Whether a whole that was there is the one that is to be made, as far as that can be told. An old one may be
    /// there because no shard ever came, or another edition's because somebody put it there.
    fn is_meant(&self, merged: &io::Merged, flags: &SiteFlags) -> Result<bool, Failure> {
        let Some(whole) = &merged.whole else { return Ok(true) };
        let inputs = match (&self.edition, &self.site) {
            (Some(edition), _) => engine::inputs_of_edition(edition, today(flags)?),
            (None, Some(_)) if merged.shards.is_none() => {
                let session = Session::open(flags)?;
                engine::inputs(&session.snapshot, &config::parse(&session.snapshot).value)
            }
            _ => return Ok(true),
        };
        Ok(*whole == inputs.hex(32))
    }

    /// Reports what keeps shards from being merged; of an output folder that cannot be one, where the settings name it.
    fn report(&self, faults: Vec<Diagnostic>, shell: &Shell) -> Result<Vec<Diagnostic>, Failure> {
        let Some((session, settings)) = &self.site else {
            shell.report_bare(&faults)?;
            return Ok(faults);
        };
        let faults: Vec<_> = faults.into_iter().map(|fault| session.blame_out(settings, fault)).collect();
        shell.report(&faults, &session.context(true))?;
        Ok(faults)
    }
}
