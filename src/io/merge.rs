//! The shards of one build become the whole: their manifests are joined, and their files come together.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::commit::Summary;
use super::emit::Output;
use super::manifest::{Entry, Manifest};
use super::shard::{self, Part, Shard};
use super::{Result, disk, place};
use crate::base::{Code, Diagnostic, codes};

/// What a merge came to.
#[derive(Clone, Copy, Debug)]
pub struct Merged {
    /// How many shards there were.
    pub shards: u32,
    /// What was done to the output folder.
    pub summary: Summary,
}

/// A shard as it was found.
struct Found {
    folder: PathBuf,
    part: Part,
    manifest: Manifest,
}

/// Joins the shards that lie in `folders` into `out`, which may be one of them. There the shards' manifests go
/// when the whole is complete; the other folders stay as they are. Where there is a site, `out` must not harm it.
///
/// # Errors
/// B0910 when shards are missing, B0911 when they are not of one build, B0912 for every file that is not as its
/// shard's manifest says; and what [`Output::open`] and [`Output::commit`] refuse. Then nothing has changed.
pub fn merge(
    folders: &[PathBuf],
    out: &Path,
    site_root: Option<&Path>,
) -> std::result::Result<Merged, Vec<Diagnostic>> {
    let one = |fault: Box<Diagnostic>| vec![*fault];
    let out = site_root.map_or_else(|| place::real(out), |site| place::resolve(out, site)).map_err(one)?;
    let mut found = Vec::new();
    let mut faults = Vec::new();
    // Who writes to it holds its lock, so what is in it stays as it is read.
    let output = Output::enter(out, Path::new(""), None).map_err(one)?;
    for folder in folders {
        match read(folder) {
            Ok(shards) => found.extend(shards),
            Err(fault) => faults.push(*fault),
        }
    }
    if faults.is_empty() {
        faults = unlike(&mut found);
    }
    if faults.is_empty() {
        faults = found.par_iter().flat_map(|shard| output.take_all(shard)).collect();
    }
    let (false, Some(first)) = (!faults.is_empty(), found.first()) else { return Err(faults) };
    let Manifest { inputs, encoders, .. } = &first.manifest;
    let head = Manifest { inputs: inputs.clone(), encoders: encoders.clone(), ..Manifest::default() };
    let summary = output.finish(head).map_err(one)?;
    Ok(Merged { shards: first.part.shard.of(), summary })
}

/// The shards whose manifests lie in a folder.
fn read(folder: &Path) -> Result<Vec<Found>> {
    let unreadable = |name: &str, why: &dyn Display| {
        let words = format!("cannot read `{}`: {why}", folder.join(name).display());
        Box::new(Diagnostic::new(&codes::READ, words))
    };
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
        found.push(Found { folder: place.clone(), part, manifest });
    }
    Ok(found)
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

fn missing(found: &[Found], of: u32) -> Option<Diagnostic> {
    let is_there = |index: &u32| found.iter().any(|it| it.part.shard.index() == *index);
    let missing: Vec<String> =
        (1..=of).filter(|index| !is_there(index)).map(|index| index.to_string()).collect();
    let words = match missing.len() {
        0 => return None,
        1 => format!("shard {} of {of} is missing", missing[0]),
        _ => format!("shards {} of {of} are missing", missing.join(", ")),
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
        let target = self.target(&entry.path)?;
        let standing = |folder: &Path| disk::stands(folder, path).filter(fs::Metadata::is_file);
        let is_right = |place: &Path, found: &fs::Metadata| {
            Ok(found.len() == entry.size && disk::hash(place)? == entry.hash)
        };
        let source = folder.join(path);
        let there = standing(folder).ok_or_else(|| damaged(&"is missing"))?;
        if *folder == self.out {
            if !is_right(&source, &there).map_err(|error: std::io::Error| damaged(&error))? {
                return Err(damaged(&"is not what the shard's manifest says"));
            }
            self.record(entry.clone(), false);
            return Ok(());
        }
        let found = self.stage.look(&entry.path)?;
        if found == Some(entry.size) && disk::hash(&target).map_err(disk::unwritable(&target))? == entry.hash
        {
            self.record(entry.clone(), false);
            return Ok(());
        }
        let mut from = fs::File::open(&source).map_err(|error| damaged(&error))?;
        let mut to = self.stage.create(&entry.path, found)?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = from.read(&mut buffer).map_err(|error| damaged(&error))?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            to.write_all(&buffer[..count]).map_err(disk::unwritable(&target))?;
        }
        if hasher.finalize() != entry.hash {
            return Err(damaged(&"is not what the shard's manifest says"));
        }
        self.record(entry.clone(), true);
        Ok(())
    }
}
