//! The shards of one build become the whole: their manifests are joined, and their files come together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::commit::Summary;
use super::emit::Output;
use super::manifest::{Entry, Manifest};
use super::shard::{self, Part, Shard};
use super::{Result, disk, place, workshop};
use crate::base::{Code, Diagnostic, OutPath, codes};

/// What a merge came to.
#[derive(Clone, Debug)]
pub struct Merged {
    /// How many shards there were; `None` when they had been joined before.
    pub shards: Option<u32>,
    /// The inputs of the whole that was there, when no shard was joined any more: nobody has compared them with
    /// anything.
    pub whole: Option<String>,
    /// What was done to the output folder.
    pub summary: Summary,
}

/// A shard as it was found.
struct Found {
    folder: PathBuf,
    part: Part,
    manifest: Manifest,
    /// Its manifest, as a file.
    listing: Entry,
}

/// Joins the shards that lie in `folders` into `out`, which may be one of them. There the shards' manifests go
/// when the whole is complete; the other folders stay as they are. Where there is a site, `out` must not harm it; where
/// there is an edition, the shards must be of that.
///
/// # Errors
/// B0910 when shards are missing, B0911 when they are not of one build, B0912 for every file that is not as its
/// shard's manifest says; and what [`Output::open`] and [`Output::commit`] refuse. Then nothing has changed.
pub fn merge(
    folders: &[PathBuf],
    out: &Path,
    site_root: Option<&Path>,
    edition: Option<&str>,
) -> std::result::Result<Merged, Vec<Diagnostic>> {
    let one = |fault: Box<Diagnostic>| vec![*fault];
    let out = site_root.map_or_else(|| place::real(out), |site| place::resolve(out, site)).map_err(one)?;
    let mut found = Vec::new();
    let mut faults = Vec::new();
    // Who writes to it holds its lock, so what is in it stays as it is read.
    let mut output = Output::enter(out, Path::new(""), None).map_err(one)?;
    if let Some(merged) = finished(folders, &output) {
        output.forget_shards().map_err(one)?;
        output.stage.shop.done();
        return Ok(merged);
    }
    if let Some(merged) = joined_before(folders, &output) {
        output.clear_signature().map_err(one)?;
        return Ok(merged);
    }
    for folder in folders {
        match read(folder) {
            Ok(shards) => found.extend(shards),
            Err(fault) => faults.push(*fault),
        }
    }
    if faults.is_empty() {
        faults = unlike(&mut found);
        faults.extend(edition.and_then(|edition| not_of(&found, edition)));
    }
    if faults.is_empty() {
        faults = found.par_iter().flat_map(|shard| output.take_all(shard)).collect();
        // Every damaged file is told; of a full disk once is enough.
        let mut is_told = false;
        faults.retain(|fault| !fault.is(&codes::WRITE) || !std::mem::replace(&mut is_told, true));
    }
    let (false, Some(first)) = (!faults.is_empty(), found.first()) else { return Err(faults) };
    let Manifest { inputs, encoders, .. } = &first.manifest;
    let head = Manifest { inputs: inputs.clone(), encoders: encoders.clone(), ..Manifest::default() };
    let mut manifests: Vec<Entry> = found.iter().map(|it| it.listing.clone()).collect();
    manifests.sort_by(|a, b| a.path.cmp(&b.path));
    let summary = output.finish(&head, &manifests).map_err(one)?;
    Ok(Merged { shards: Some(first.part.shard.of()), whole: None, summary })
}

/// What a merge of these folders came to that was killed when the whole was complete, and only not all of the shards'
/// manifests had gone.
fn finished(folders: &[PathBuf], output: &Output) -> Option<Merged> {
    let merged = Manifest::read_file(&output.stage.shop.merged()).ok()??;
    let whole = Manifest::read(&output.out).ok()??;
    let was_merged = |folder: &PathBuf| {
        let place = place::real(folder).ok()?;
        let names = shard::named(&place, Shard::of_manifest).ok()?;
        let is_one = |shard: &Shard| {
            let name = shard.manifest();
            let at = merged.files.binary_search_by(|entry| entry.path.as_str().cmp(&name));
            at.is_ok_and(|at| listing(&place, &name).is_ok_and(|now| now == merged.files[at]))
        };
        Some((place == output.out || !names.is_empty()) && names.iter().all(is_one))
    };
    if !folders.iter().all(|folder| was_merged(folder) == Some(true)) {
        return None;
    }
    Some(was_there(Some(u32::try_from(merged.files.len()).ok()?), whole))
}

/// What there is when the output folder is merged into itself once more: a whole build, and no shards beside it. What came
/// after the first merge, as signing or publishing, may have failed, and then all of it is run again.
fn joined_before(folders: &[PathBuf], output: &Output) -> Option<Merged> {
    let whole = Manifest::read(&output.out).ok()??;
    // What a build or a shard that was killed left is no whole, nor is what shards are at work on.
    let at_work = shard::named(&output.out, Shard::of_workshop).ok()?;
    let has_journal = fs::symlink_metadata(workshop::journal(&output.out)).is_ok();
    let is_whole = output.stage.claim.shards.is_empty() && at_work.is_empty() && !has_journal;
    let is_out = |folder: &PathBuf| place::real(folder).is_ok_and(|place| place == output.out);
    (is_whole && whole.part.is_none() && folders.iter().all(is_out)).then(|| was_there(None, whole))
}

fn was_there(shards: Option<u32>, whole: Manifest) -> Merged {
    let bytes = whole.files.iter().map(|entry| entry.size).sum();
    let summary = Summary { unchanged: whole.files.len(), bytes, ..Summary::default() };
    Merged { shards, whole: Some(whole.inputs), summary }
}

/// Why a whole in `out` is not what was to be joined, when no shard is there that could tell.
pub fn not_this_whole(out: &Path) -> Diagnostic {
    let words = format!(
        "there is no shard in `{}`, and what is whole there was built of other files or settings, for another \
         edition or on another day",
        out.display()
    );
    Diagnostic::new(&codes::SHARD_MISSING, words).help(
        "build the shards; if they were joined before, give this merge the flags that they were built with",
    )
}

/// The shards whose manifests lie in a folder.
fn read(folder: &Path) -> Result<Vec<Found>> {
    let unreadable = |name: &str, why: &dyn Display| disk::unreadable(&folder.join(name), why);
    let place = place::real(folder)?;
    let names = shard::named(&place, Shard::of_manifest).map_err(|error| unreadable("", &error))?;
    if names.is_empty() {
        let words = format!("there is no shard in `{}`", folder.display());
        return Err(Box::new(
            Diagnostic::new(&codes::SHARD_MISSING, words)
                .help("`brief build --shard I/N --out DIR` leaves a `manifest-I-of-N.json` in its folder"),
        ));
    }
    let mut found = Vec::new();
    for shard in names {
        let name = shard.manifest();
        let manifest = Manifest::read_file(&place.join(&name)).map_err(|why| unreadable(&name, &why))?;
        let manifest = manifest.unwrap_or_default();
        let Some(part) = manifest.part.clone().filter(|part| part.shard == shard) else {
            return Err(unreadable(&name, &"it is not the manifest of that shard"));
        };
        if let Some(pair) = manifest.files.windows(2).find(|pair| pair[0].path >= pair[1].path) {
            let words = format!("`{}` and `{}` are not in order", pair[0].path, pair[1].path);
            return Err(unreadable(&name, &words));
        }
        let listing = listing(&place, &name).map_err(|error| unreadable(&name, &error))?;
        found.push(Found { folder: place.clone(), part, manifest, listing });
    }
    Ok(found)
}

fn listing(folder: &Path, name: &str) -> std::io::Result<Entry> {
    let place = folder.join(name);
    let path = OutPath::new(name).map_err(std::io::Error::other)?;
    Ok(Entry { path, size: fs::metadata(&place)?.len(), hash: disk::hash(&place)? })
}

/// Why the shards are not those of one build, each once; `found` is sorted, and a shard that lies in two folders
/// counts once.
fn unlike(found: &mut Vec<Found>) -> Vec<Diagnostic> {
    found.sort_by_key(|it| it.part.shard);
    found.dedup_by(|b, a| a.manifest == b.manifest);
    let mut faults = Vec::new();
    let mut fault = |code: &'static Code, words: String, help: &str| {
        faults.push(Diagnostic::new(code, words).help(help));
    };
    let Some(first) = found.first() else { return faults };
    let is_one_set = found.iter().all(|it| it.part.shard.of() == first.part.shard.of());
    for pair in found.windows(2).filter(|pair| pair[0].part.shard == pair[1].part.shard) {
        let words = format!(
            "`{}` and `{}` both hold shard {}, and they differ",
            pair[0].folder.display(),
            pair[1].folder.display(),
            pair[0].part.shard
        );
        fault(&codes::SHARDS_DIFFER, words, "leave the older one out");
    }
    for other in &found[1..] {
        let (a, b) = (&first.part, &other.part);
        let mut differ = |what: &str, here: &str, there: &str, help: &str| {
            let words = format!("shard {} {what} {here}, and shard {} {what} {there}", a.shard, b.shard);
            fault(&codes::SHARDS_DIFFER, words, help);
        };
        let edition =
            |part: &Part| part.edition.as_ref().map_or("no edition".to_owned(), |it| format!("`{it}`"));
        let copies = |it: &Found| if it.manifest.encoders.is_empty() { "none" } else { "compressed" };
        if a.shard.of() != b.shard.of() {
            let of = |part: &Part| part.shard.of().to_string();
            differ("is of", &of(a), &of(b), "remove the older set, or run `brief clean`, and build again");
        } else if a.version != b.version {
            differ("is by briefwright", &a.version, &b.version, "build all with one version");
        } else if a.edition != b.edition {
            differ("is of", &edition(a), &edition(b), "merge the shards of each edition by themselves");
        } else if first.manifest.encoders != other.manifest.encoders {
            let help = "give `--compress` to all shards or to none";
            differ("has copies:", copies(first), copies(other), help);
        } else if a.day != b.day {
            differ("was built on", &a.day, &b.day, "give one day to all: `--now`, or SOURCE_DATE_EPOCH");
        } else if (&a.content, &first.manifest.inputs) != (&b.content, &other.manifest.inputs) {
            let words = format!("shards {} and {} were built from other files or settings", a.shard, b.shard);
            fault(&codes::SHARDS_DIFFER, words, "build all shards of the same commit with the same flags");
        }
    }
    if is_one_set {
        faults.extend(missing(found, first.part.shard.of()));
        faults.extend(in_two(found));
    }
    faults
}

/// Why shards are not for the audience that gets what is joined: else it would get what the others see.
fn not_of(found: &[Found], edition: &str) -> Option<Diagnostic> {
    let other = found.iter().find(|it| it.part.edition.as_deref() != Some(edition))?;
    let is_of = match &other.part.edition {
        Some(name) => format!("is of the edition `{name}`"),
        None => "shows all that the site has".to_owned(),
    };
    let words =
        format!("shard {} {is_of}, and what is joined is for the edition `{edition}`", other.part.shard);
    let help = format!("build the shards with `--edition {edition}`");
    Some(Diagnostic::new(&codes::SHARDS_DIFFER, words).help(help))
}

/// How many missing shards a message names; a manifest may say that there are billions.
const NAMED: usize = 20;

fn missing(found: &[Found], of: u32) -> Option<Diagnostic> {
    let there: BTreeSet<u32> = found.iter().map(|it| it.part.shard.index()).collect();
    let count = of as usize - there.len();
    let named: Vec<String> =
        (1..=of).filter(|index| !there.contains(index)).take(NAMED).map(|index| index.to_string()).collect();
    let named = named.join(", ");
    let words = match count {
        0 => return None,
        1 => format!("shard {named} of {of} is missing"),
        2..=NAMED => format!("shards {named} of {of} are missing"),
        _ => format!("shards {named} and {} more of {of} are missing", count - NAMED),
    };
    let help = "build them, or name the folders that they are in";
    Some(Diagnostic::new(&codes::SHARD_MISSING, words).help(help))
}

/// Files that two shards have, which no build makes.
fn in_two(found: &[Found]) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut whose: BTreeMap<&str, Shard> = BTreeMap::new();
    for it in found {
        for entry in &it.manifest.files {
            if let Some(other) = whose.insert(entry.path.as_str(), it.part.shard)
                && other != it.part.shard
            {
                let words = format!("`{}` is in shard {other} and in shard {}", entry.path, it.part.shard);
                faults.push(Diagnostic::new(&codes::SHARDS_DIFFER, words).help("build both again"));
            }
        }
    }
    faults
}

impl Output {
    /// Takes the files of a shard over; what is wrong with them.
    fn take_all(&self, shard: &Found) -> Vec<Diagnostic> {
        let taken =
            shard.manifest.files.par_iter().map(|entry| self.take(entry, &shard.folder, shard.part.shard));
        taken.filter_map(std::result::Result::err).map(|fault| *fault).collect()
    }

    fn take(&self, entry: &Entry, folder: &Path, shard: Shard) -> Result<()> {
        let path = entry.path.as_str();
        let damaged = |why: &dyn Display| {
            let words = format!("`{}` of shard {shard} {why}", folder.join(path).display());
            let help = format!("build shard {shard} again, and copy all of its files");
            Box::new(Diagnostic::new(&codes::SHARD_DAMAGED, words).help(help))
        };
        let unread = |error: std::io::Error| damaged(&format_args!("cannot be read: {error}"));
        let wrong = || damaged(&"is not what the shard's manifest says");
        let source = folder.join(path);
        let there = disk::stands(folder, path).filter(fs::Metadata::is_file);
        if there.ok_or_else(|| damaged(&"is missing"))?.len() != entry.size {
            return Err(wrong());
        }
        let target = self.target(&entry.path)?;
        if *folder == self.out {
            if disk::hash(&source).map_err(unread)? != entry.hash {
                return Err(wrong());
            }
            self.record(entry.clone(), false, None);
            return Ok(());
        }
        if self.keep(&entry.path, entry.size, entry.hash)? {
            return Ok(());
        }
        let from = fs::File::open(&source).map_err(unread)?;
        let to = self.stage.create(&entry.path, self.stage.look(&entry.path)?.as_ref())?;
        let copied = disk::copy(from, to, unread, |error| disk::unwritable(&target)(error))?;
        if copied.finalize() != entry.hash {
            return Err(wrong());
        }
        self.record(entry.clone(), true, None);
        Ok(())
    }
}
