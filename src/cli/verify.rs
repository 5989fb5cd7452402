//! `brief verify`: whether a site is what was built, and by whom it was signed.

use std::path::{Path, PathBuf};

use super::args::VerifyFlags;
use super::session::{current_dir, normal};
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::count;
use crate::base::{Diagnostic, codes};
use crate::io::{MANIFEST, Manifest, SIGNATURE};
use crate::publish;

/// Compares every file with the manifest and, with a key, the manifest with its signature.
pub(super) fn run(given: &VerifyFlags, shell: &Shell) -> Result<Status, Failure> {
    if given.target.contains("://") {
        return Err(Failure::usage("`brief verify` takes a folder, not an address")
            .help("fetch the site first, for example with `wget -r -np`, or run it where the files lie"));
    }
    let folder = folder(&normal(&current_dir()?.join(&given.target)))?;
    let key = given.key.as_deref().map(publish::public_key).transpose();
    let key = key.map_err(|(words, help)| Failure::usage(words).help(help))?;
    let manifest = Manifest::read(&folder).map_err(|why| {
        let words = format!("cannot read `{}`: {why}", folder.join(MANIFEST).display());
        Box::new(Diagnostic::new(&codes::READ, words))
    })?;
    let Some(manifest) = manifest else {
        return Err(Failure::usage(format!("there is no {MANIFEST} in `{}`", folder.display()))
            .help("name an output folder, a release, or what `brief publish` published to"));
    };
    let mut faults = Vec::new();
    if let Some(key) = &key
        && let Err(fault) = publish::check(&folder, key)
    {
        faults.push(*fault);
    }
    let differing = publish::verify(&folder, &manifest);
    faults.extend(differing.iter().map(|fault| Diagnostic::new(&codes::NOT_AS_LISTED, fault.to_string())));
    shell.report_bare(&faults)?;
    if faults.is_empty() {
        let signed = match (&key, folder.join(SIGNATURE).is_file()) {
            (Some(_), _) => ", and the signature holds",
            (None, true) => "; its signature was not checked, which takes --key",
            (None, false) => "; it is not signed",
        };
        let files = count(manifest.files.len(), "file");
        shell.say(&format!("{}: {files} as the manifest lists them{signed}", folder.display()));
    }
    Ok(Status::of(&faults, true))
}

/// The folder itself, or what readers see of one that is published to.
fn folder(given: &Path) -> Result<PathBuf, Failure> {
    if !given.is_dir() {
        return Err(Failure::usage(format!("there is no folder `{}`", given.display())));
    }
    let current = given.join("current");
    let is_published = !given.join(MANIFEST).exists() && current.join(MANIFEST).exists();
    // What is read must not change under way when somebody publishes.
    let folder =
        if is_published { std::fs::canonicalize(&current).unwrap_or(current) } else { given.to_owned() };
    Ok(folder)
}
