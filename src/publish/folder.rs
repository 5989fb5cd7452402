//! Releases in a folder of this machine.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::readers::{make_folder, make_folders, mode_of_new, write};
use super::verify::{self, Fault};
use super::{Host, Named, ReleaseId, Source, State};
use crate::base::{Diagnostic, Label, OutPath, codes};
use crate::io::{
    Entry, FOLDERS, MANIFEST, Manifest, PageFacts, Result, SIGNATURE, read_plain, read_signature, real,
};

/// What releases, their half-made beginnings, what is left of removed ones, and the link are called.
pub(super) const RELEASES: &str = "releases";
pub(super) const NEW: &str = ".new-";
pub(super) const OLD: &str = ".old-";
pub(super) const CURRENT: &str = "current";
pub(super) const NEXT: &str = ".current-next";
pub(super) const LOCK: &str = ".publish-lock";
/// What makes a folder a site's.
pub(super) const SETTINGS: &str = "site.toml";

/// A folder with releases.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    /// Held until this value goes; none for one who only looks.
    _lock: Option<File>,
}

impl Folder {
    /// Looks, without a lock and without changing anything.
    pub fn look(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), _lock: None }
    }

    /// Makes the folder if need be, takes its lock, and clears what a killed publisher left.
    ///
    /// # Errors
    /// B0005 when it is no place to publish to, B0904 when another publisher holds the lock, B0905 when `current` is no
    /// link of a publisher's, B0906 when something else than a plain file is in the lock's place, B0902 when the system
    /// refuses.
    pub fn open(dir: &Path) -> Result<Self> {
        // Nothing is made beside a `current` that is somebody else's, nor in what readers see.
        Self::look(dir).current()?;
        Self::may_be(dir)?;
        let path = dir.join(LOCK);
        // Looked at before it is opened: a pipe would wait for its other end, and a link leads elsewhere.
        if fs::symlink_metadata(&path).is_ok_and(|it| !it.is_file()) {
            return Err(no_lock(&path.display().to_string()));
        }
        let releases = dir.join(RELEASES);
        make_folders(&releases).map_err(unwritable(&releases))?;
        let lock = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let lock = lock.map_err(unwritable(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(locked(&dir.display().to_string())),
            Err(fs::TryLockError::Error(error)) => return Err(unwritable(&path)(error)),
        }
        let mut folder = Self { dir: dir.to_owned(), _lock: Some(lock) };
        let next = dir.join(NEXT);
        absent_is_fine(fs::remove_file(&next)).map_err(unwritable(&next))?;
        // What cannot go now is tried again, and told of, when readers see the new release.
        let _ = folder.clear();
        Ok(folder)
    }

    /// Whether releases may lie in a folder.
    ///
    /// # Errors
    /// B0005 when it is a site's or of one.
    pub fn may_be(dir: &Path) -> Result<()> {
        let place = real(dir)?;
        let is_a_site = place.parent().is_none() || place.join(SETTINGS).is_file();
        if is_a_site || place.ancestors().any(|above| is_of_a_site(above) || is_input(above)) {
            return Err(inside_a_site(&dir.display().to_string()));
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        let dir = self.dir.join(RELEASES);
        let listed = || {
            let names =
                fs::read_dir(&dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
            names.collect::<io::Result<Vec<String>>>()
        };
        match listed() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            names => names.map_err(|error| unreadable(&dir, &error)),
        }
    }

    /// Only what the system says for certain counts: a disk that fails for a moment must not cost a release.
    fn state(&self, id: &ReleaseId) -> State {
        let path = self.path(id).join(MANIFEST);
        match fs::symlink_metadata(&path) {
            Ok(_) => State::Complete,
            Err(error) if error.kind() == ErrorKind::NotFound => State::Damaged,
            Err(error) => State::Unreadable(unreadable(&path, &error)),
        }
    }

    fn path(&self, id: &ReleaseId) -> PathBuf {
        self.dir.join(RELEASES).join(id.as_str())
    }

    /// Fills a folder that is not a release yet.
    fn fill(&self, new: &Path, source: &Source, like: Option<&ReleaseId>) -> Result<usize> {
        let old = like.map(|id| self.path(id));
        let manifest = like.and_then(|id| self.manifest_of(id).ok()).unwrap_or_default();
        let same: BTreeMap<&OutPath, &Entry> =
            manifest.files.iter().map(|entry| (&entry.path, entry)).collect();
        let mode = mode_of_new(new).map_err(unwritable(new))?;
        for folder in folders(&source.manifest) {
            let path = new.join(folder);
            make_folder(&path).map_err(unwritable(&path))?;
        }
        let linked = source.manifest.files.par_iter().map(|entry| {
            let is_same = same.get(&entry.path).is_some_and(|old| old.hash == entry.hash);
            place(entry, &source.folder, old.as_deref().filter(|_| is_same), (new, &mode))
        });
        let linked = linked.try_fold(|| 0, |sum, one| one.map(|one| sum + usize::from(one)));
        let linked = linked.try_reduce(|| 0, |a, b| Ok(a + b))?;
        // Without a manifest it is not a release, so this comes last.
        let files = [(SIGNATURE, source.signature.as_ref()), (MANIFEST, Some(&source.bytes))];
        for (name, bytes) in files {
            if let Some(bytes) = bytes {
                let path = new.join(name);
                write(&path, bytes).map_err(unwritable(&path))?;
            }
        }
        Ok(linked)
    }

    fn manifest_of(&self, id: &ReleaseId) -> Result<Manifest> {
        let clear = |why: &str| {
            let words = format!("the manifest of the release `{id}` cannot be read: {why}");
            Box::new(Diagnostic::new(&codes::NOT_AS_LISTED, words))
        };
        let path = self.path(id).join(MANIFEST);
        let bytes = read_plain(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => clear("there is none"),
            // What is no file at all is none of the system's errors.
            _ if error.raw_os_error().is_none() => clear(&error.to_string()),
            _ => unreadable(&path, &error),
        })?;
        Manifest::parse(&bytes).map_err(|why| clear(&why))
    }
}

impl Host for Folder {
    fn named(&mut self) -> Result<Vec<Named>> {
        let mut ids: Vec<ReleaseId> =
            self.names()?.iter().filter_map(|name| ReleaseId::parse(name)).collect();
        // What is certainly no folder is no release, whatever it is called.
        ids.retain(|id| fs::metadata(self.path(id)).map_or(true, |it| it.is_dir()));
        ids.sort();
        Ok(ids.into_iter().map(|id| Named { state: self.state(&id), id }).collect())
    }

    fn clear(&mut self) -> Result<()> {
        for name in self.names()? {
            let path = self.dir.join(RELEASES).join(&name);
            if is_left_over(&name) && path.is_dir() {
                fs::remove_dir_all(&path).map_err(unwritable(&path))?;
            }
        }
        Ok(())
    }

    fn current(&mut self) -> Result<Option<ReleaseId>> {
        let path = self.dir.join(CURRENT);
        let target = match fs::read_link(&path) {
            Ok(target) => target,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) if error.kind() == ErrorKind::InvalidInput => {
                return Err(foreign(&path.display().to_string()));
            }
            Err(error) => return Err(unreadable(&path, &error)),
        };
        current_id(&target.to_string_lossy(), &path.display().to_string()).map(Some)
    }

    fn manifest(&mut self, id: &ReleaseId) -> Result<Manifest> {
        self.manifest_of(id)
    }

    fn labels(&mut self, id: &ReleaseId, paths: &[OutPath]) -> BTreeMap<OutPath, Label> {
        let folder = self.path(id);
        let label =
            |path: &OutPath| Some((path.clone(), PageFacts::read(&folder.join(path.as_str())).label?));
        paths.par_iter().filter_map(label).collect()
    }

    fn is(&mut self, id: &ReleaseId, source: &Source) -> Result<bool> {
        let signature = read_signature(&self.path(id)).ok().flatten();
        Ok(self.manifest(id).is_ok_and(|manifest| manifest == source.manifest)
            && signature == source.signature
            && self.verify(id)?.is_empty())
    }

    fn add(&mut self, source: &Source, id: &ReleaseId, like: Option<&ReleaseId>) -> Result<usize> {
        let releases = self.dir.join(RELEASES);
        let new = releases.join(format!("{NEW}{id}"));
        make_folder(&new).map_err(unwritable(&new))?;
        let made = || -> Result<usize> {
            let linked = self.fill(&new, source, like)?;
            flush(&new).map_err(unwritable(&new))?;
            let path = self.path(id);
            fs::rename(&new, &path).map_err(unwritable(&path))?;
            sync_folder(&releases).map_err(unwritable(&releases))?;
            Ok(linked)
        };
        made().inspect_err(|_| {
            // It fills the disk, perhaps; if it cannot go now, the next publisher removes it.
            let _ = fs::remove_dir_all(&new);
        })
    }

    fn verify(&mut self, id: &ReleaseId) -> Result<Vec<Fault>> {
        Ok(verify::verify(&self.path(id), &self.manifest_of(id)?))
    }

    fn switch(&mut self, id: &ReleaseId) -> Result<()> {
        let (next, current) = (self.dir.join(NEXT), self.dir.join(CURRENT));
        symlink(&Path::new(RELEASES).join(id.as_str()), &next)
            .and_then(|()| fs::rename(&next, &current))
            .map_err(unwritable(&current))?;
        sync_folder(&self.dir).map_err(|error| {
            let words = format!("`{}` is not yet on the disk: {error}", current.display());
            let help = "readers see the new release, unless the machine goes down now: publish again";
            Box::new(Diagnostic::new(&codes::WRITE, words).help(help))
        })
    }

    fn remove(&mut self, id: &ReleaseId) -> Result<()> {
        // Renamed first: half a release must not be taken for one.
        let (path, old) = (self.path(id), self.dir.join(RELEASES).join(format!("{OLD}{id}")));
        fs::rename(&path, &old).and_then(|()| fs::remove_dir_all(&old)).map_err(unwritable(&path))
    }
}

/// Whether a name is of a release that was being made or removed. Others may name folders much like it.
pub(super) fn is_left_over(name: &str) -> bool {
    let id = name.strip_prefix(NEW).or_else(|| name.strip_prefix(OLD));
    id.and_then(ReleaseId::parse).is_some()
}

/// The release that the link leads to.
pub(super) fn current_id(link: &str, path: &str) -> Result<ReleaseId> {
    link.strip_prefix(RELEASES)
        .and_then(|rest| ReleaseId::parse(rest.strip_prefix('/')?))
        .ok_or_else(|| foreign(path))
}

pub(super) fn foreign(path: &str) -> Box<Diagnostic> {
    let words = format!("`{path}` is in the way: it is not a link to a release, so no publisher made it");
    let help =
        "move it away, or publish to another folder; the web server then shows `current` in that folder";
    Box::new(Diagnostic::new(&codes::FOREIGN_FILE, words).help(help))
}

/// Whether a folder is a build or a release, or one that is published to: what is in it is not for publishers to
/// put a site in.
fn is_of_a_site(folder: &Path) -> bool {
    is_of_releases(folder) || Manifest::read(folder).is_ok_and(|manifest| manifest.is_some())
}

fn is_of_releases(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == RELEASES)
        && folder.parent().is_some_and(|above| above.join(LOCK).exists())
}

/// Whether a folder is a release, in which nothing lies but what its manifest lists.
pub fn is_release(folder: &Path) -> bool {
    folder.parent().is_some_and(is_of_releases)
}

/// Whether a folder is one of those that a site is made from.
fn is_input(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    FOLDERS.iter().any(|input| name == *input)
        && folder.parent().is_some_and(|above| above.join(SETTINGS).is_file())
}

pub(super) fn inside_a_site(dir: &str) -> Box<Diagnostic> {
    let words = format!(
        "`{dir}` cannot be published to: it is the root of a disk, or it is, or lies in, a site or what one is made from"
    );
    let help = "name the folder in which `releases` and `current` are to lie, such as /srv/www/briefs";
    Box::new(Diagnostic::new(&codes::UNSAFE_FOLDER, words).help(help))
}

pub(super) fn locked(place: &str) -> Box<Diagnostic> {
    let words = format!("another `brief publish` is at work in `{place}`");
    Box::new(Diagnostic::new(&codes::LOCKED, words).help("wait for it, then publish again"))
}

/// What stands in the lock's place cannot be one.
pub(super) fn no_lock(path: &str) -> Box<Diagnostic> {
    let words = format!("`{path}` is no plain file, as the lock of publishers is");
    Box::new(Diagnostic::new(&codes::UNSAFE_OUTPUT, words).help("remove it, then publish again"))
}

/// The folders that the files of a manifest lie in, from the outside in.
fn folders(manifest: &Manifest) -> std::collections::BTreeSet<&str> {
    let paths = manifest.files.iter().map(|entry| entry.path.as_str());
    paths.flat_map(|path| path.match_indices('/').map(move |(slash, _)| &path[..slash])).collect()
}

/// Puts one file into a new release, by a link where the old one has the same, and checks what is there now.
/// Whether it was linked. A file that other people may read than those who may read a new one is not linked: one
/// release that was made with a wrong mask must not shape all that follow.
fn place(entry: &Entry, from: &Path, old: Option<&Path>, (new, mode): (&Path, &Permissions)) -> Result<bool> {
    let path = entry.path.as_str();
    let target = new.join(path);
    if let Some(old) = old
        && fs::hard_link(old.join(path), &target).is_ok()
    {
        let is_as_new = fs::metadata(&target).is_ok_and(|found| found.permissions() == *mode);
        if is_as_new && verify::check(new, entry).is_ok() {
            return Ok(true);
        }
        // The old release has been damaged, or is not for the same readers. The new one gets the file from where it was
        // built.
        fs::remove_file(&target).map_err(unwritable(&target))?;
    }
    let source = from.join(path);
    let unread = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => not_as_listed(from, &Fault::Missing(path.to_owned())),
        _ => unreadable(&source, &error),
    };
    // Asked before it is opened, because opening a pipe waits for its other end.
    if !fs::symlink_metadata(&source).map_err(unread)?.is_file() {
        return Err(not_as_listed(from, &Fault::Differs(path.to_owned())));
    }
    let mut reader = File::open(&source).map_err(unread)?;
    let copied = File::create_new(&target).and_then(|mut file| {
        io::copy(&mut reader, &mut file)?;
        if file.metadata()?.permissions() == *mode { Ok(()) } else { file.set_permissions(mode.clone()) }
    });
    copied.map_err(unwritable(&target))?;
    verify::check(new, entry).map_err(|fault| not_as_listed(from, &fault))?;
    Ok(false)
}

/// A file of the output folder is not what its manifest says, or cannot be read.
pub(super) fn not_as_listed(folder: &Path, fault: &Fault) -> Box<Diagnostic> {
    if matches!(fault, Fault::Unreadable(..)) {
        return Box::new(fault.diagnostic(folder).help("readers see what they saw"));
    }
    let words = format!("`{}` is not as it was built: {fault}", folder.display());
    Box::new(
        Diagnostic::new(&codes::NOT_AS_LISTED, words)
            .help("build again, then publish; readers see what they saw"),
    )
}

/// Waits until everything in a folder is on the disk. One flush of the file system, where there is a call for
/// it: flushing ten thousand files one by one takes a hundred times as long.
#[cfg(target_os = "linux")]
fn flush(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn flush(folder: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(folder) {
        File::open(entry?.path())?.sync_all()?;
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "this system has no symbolic links that a rename replaces"))
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> Box<Diagnostic> {
    move |error| {
        let words = format!("cannot write `{}`: {error}", path.display());
        Box::new(Diagnostic::new(&codes::WRITE, words).help("readers see what they saw"))
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let help = "nothing was removed and readers see what they saw; try again when it can be read";
    Box::new(crate::io::unreadable(path, error).help(help))
}
