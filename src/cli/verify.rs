//! `brief verify`: whether a site is what was built, and by whom it was signed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::args::VerifyFlags;
use super::session::{current_dir, normal};
use super::shell::Shell;
use super::status::{Failure, Status};
use super::text::count;
use crate::io::{MANIFEST, Manifest, read_plain, read_signature, unreadable};
use crate::publish;

/// Compares every file with the manifest and, with a key, the manifest with its signature.
pub(super) fn run(given: &VerifyFlags, shell: &Shell) -> Result<Status, Failure> {
    let key = given.key.as_deref().map(publish::public_key).transpose();
    let key = key.map_err(|(words, help)| Failure::usage(words).help(help))?;
    if ["http://", "https://"].iter().any(|scheme| given.target.to_ascii_lowercase().starts_with(scheme)) {
        return address(&given.target, key.as_ref(), shell);
    }
    if given.target.contains("://") {
        return Err(Failure::usage("`brief verify` takes a folder, or an address of https:// or http://")
            .help("a release on another machine is verified there, or by the address at which it is read"));
    }
    let folder = folder(&normal(&current_dir()?.join(&given.target)))?;
    let place = folder.join(MANIFEST);
    let bytes = match read_plain(&place) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::usage(format!("there is no {MANIFEST} in `{}`", folder.display()))
                .help("name an output folder, a release, or what `brief publish` published to"));
        }
        read => read.map_err(|error| unreadable(&place, error))?,
    };
    let manifest = Manifest::parse(&bytes).map_err(|why| unreadable(&place, why))?;
    let mut faults = Vec::new();
    // What stands in the signature's place is looked at without a key, too.
    let signature = read_signature(&folder);
    let is_signed = matches!(signature, Ok(Some(_)));
    let held = signature.and_then(|signature| {
        let name = place.display().to_string();
        key.as_ref().map_or(Ok(()), |key| publish::check_bytes(&name, &bytes, signature.as_deref(), key))
    });
    faults.extend(held.err().map(|fault| *fault));
    let (differing, others) = match publish::is_release(&folder) {
        true => (publish::verify(&folder, &manifest), Vec::new()),
        false => publish::verify_output(&folder, &manifest),
    };
    faults.extend(differing.iter().map(|fault| fault.diagnostic(&folder)));
    // Anybody can put a folder with a manifest of its own there; only the key tells whose it is.
    let signed = |other: &String| Some(*publish::check(&folder.join(other), key.as_ref()?).err()?);
    faults.extend(others.iter().filter_map(signed));
    shell.report_bare(&faults)?;
    if faults.is_empty() {
        say_good(&folder.display().to_string(), &manifest, key.is_some(), is_signed, shell);
    }
    for other in others {
        shell
            .say(&format!("{} is an output of its own, and was looked at too", folder.join(other).display()));
    }
    Ok(Status::of(&faults, true))
}

fn say_good(name: &str, manifest: &Manifest, is_checked: bool, is_signed: bool, shell: &Shell) {
    let signed = match (is_checked, is_signed) {
        (true, _) => ", and the signature holds",
        (false, true) => "; its signature was not checked, which takes --key",
        (false, false) => "; it is not signed",
    };
    let files = count(manifest.files.len(), "file");
    shell.say(&format!("{name}: {files} as the manifest lists them{signed}"));
}

/// The same of what a web server sends.
#[cfg(feature = "remote")]
fn address(target: &str, key: Option<&publish::PublicKey>, shell: &Shell) -> Result<Status, Failure> {
    use super::progress::Progress;
    use crate::base::{Diagnostic, codes};

    let web = publish::Web::new(target).map_err(|(words, help)| Failure::usage(words).help(help))?;
    let name = web.address();
    let Some(bytes) = web.manifest()? else {
        return Err(Failure::usage(format!("there is no {MANIFEST} at {name}"))
            .help("give the address of the front page; is it a site that `brief build` wrote?"));
    };
    let signature = web.signature()?;
    let is_same = || -> Result<(), Failure> {
        if web.manifest()?.as_ref() == Some(&bytes) {
            return Ok(());
        }
        let words = format!("{name} was published anew while it was verified");
        Err(Box::new(Diagnostic::new(&codes::REMOTE, words).help("verify it again")).into())
    };
    if let Some(key) = key
        && let Err(fault) =
            publish::check_bytes(&format!("{name}{MANIFEST}"), &bytes, signature.as_deref(), key)
    {
        // Nobody vouches for what it lists, which may be of any size: nothing of that is fetched.
        is_same()?;
        shell.report_bare(std::slice::from_ref(&*fault))?;
        return Ok(Status::of(std::slice::from_ref(&*fault), true));
    }
    let manifest = Manifest::parse(&bytes).map_err(|why| {
        let words = format!("{name}{MANIFEST} is not the manifest of a site: {why}");
        Box::new(Diagnostic::new(&codes::NOT_AS_LISTED, words))
    })?;
    let progress = Progress::start("fetching", *shell);
    progress.expect(manifest.files.len());
    let differing = web.verify(&manifest, &|| progress.advance());
    drop(progress);
    // What the server does not answer for may be as good as ever. What it refuses is not what readers are to see.
    let told = |fault: &publish::Fault| {
        let is_unknown = matches!(fault, publish::Fault::Unanswered(..));
        let code = if is_unknown { fault.code() } else { &codes::NOT_AS_LISTED };
        Diagnostic::new(code, fault.to_string())
    };
    let faults: Vec<Diagnostic> = differing.iter().map(told).collect();
    if !faults.is_empty() {
        is_same()?;
    }
    shell.report_bare(&faults)?;
    if faults.is_empty() {
        say_good(name, &manifest, key.is_some(), signature.is_some(), shell);
    }
    Ok(Status::of(&faults, true))
}

#[cfg(not(feature = "remote"))]
fn address(_: &str, _: Option<&publish::PublicKey>, _: &Shell) -> Result<Status, Failure> {
    Err(super::remote::missing("verifying an address"))
}

/// The folder itself, or what readers see of one that is published to.
fn folder(given: &Path) -> Result<PathBuf, Failure> {
    // Only what is certainly not there is a fault of usage; what cannot be looked at is the machine's.
    let is_there = |path: &Path| path.try_exists().map_err(|error| Failure::from(unreadable(path, error)));
    if !is_there(given)? || given.is_file() {
        return Err(Failure::usage(format!("there is no folder `{}`", given.display())));
    }
    let current = given.join("current");
    let is_published = !is_there(&given.join(MANIFEST))? && is_there(&current.join(MANIFEST))?;
    // What is read must not change under way when somebody publishes.
    let is_link = given.is_symlink();
    let folder = if is_published { &current } else { given };
    let real = (is_published || is_link).then(|| std::fs::canonicalize(folder).ok()).flatten();
    Ok(real.unwrap_or_else(|| folder.to_owned()))
}
