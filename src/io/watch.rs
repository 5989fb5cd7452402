//! Wakes the preview when the site's folder may have changed. What did change, [`super::read_site_again`]
//! finds out: events are never believed, and a missed one is made up for by a second look.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::discover::FOLDERS;

/// How long an event waits for others. It is a part of what the writer waits for.
const DEBOUNCE: Duration = Duration::from_millis(20);
/// When nothing has come for this long, the folder is looked at while the rest of that time goes by.
const PAUSE: Duration = Duration::from_millis(3);
/// So often for one wake, lest a file that is written without end is looked at without end.
const LOOKS: usize = 3;
/// So many files at once are no save but a checkout or a copy, which goes on for a while.
const BURST: usize = 40;
/// A burst is over when nothing has come for this long, and at the latest after that long.
const QUIET: Duration = Duration::from_millis(60);
const PATIENCE: Duration = Duration::from_millis(600);
/// After a wake the folder is looked at once more: a file that was made in a new folder before the system
/// watched that folder has no event.
const AGAIN: Duration = Duration::from_secs(1);
/// Where the system cannot tell of changes the folder is looked at this often; and so often it is asked whether
/// the folder is still the one that is watched.
const POLL: Duration = Duration::from_secs(1);

/// Watches the folder of a site.
pub struct Watch {
    /// As it was named, which may be a link.
    given: PathBuf,
    /// Which folder that was when the watcher was made; `None` when there was none.
    place: Option<Place>,
    /// Folders in which lies what the site shows, beside its own.
    beside: BTreeSet<PathBuf>,
    /// `None` when the system cannot tell of changes.
    watcher: Option<RecommendedWatcher>,
    polls: bool,
    sender: Sender<Message>,
    messages: Receiver<Message>,
    again: Option<Instant>,
    notice: Option<String>,
    has_told_of_bursts: bool,
    /// The system was asked and cannot, which has been said.
    is_blind: bool,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("given", &self.given).finish_non_exhaustive()
    }
}

/// A folder, which another one of the same name is not.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    path: PathBuf,
    identity: (u64, u64),
}

impl Place {
    fn of(given: &Path) -> Option<Self> {
        let path = given.canonicalize().ok()?;
        let metadata = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_dir)?;
        Some(Self { path, identity: identity(&metadata) })
    }
}

/// The device and the inode.
#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> (u64, u64) {
    (0, 0)
}

/// What the watcher's thread says.
enum Message {
    /// Something changed.
    Changed { at: Instant, paths: Vec<PathBuf> },
    /// The system told of more than it could hold.
    Overflow,
    /// The system will not tell of all changes.
    Failed(String),
}

impl Watch {
    /// Watches the folder of a site. Where the system cannot, or `poll` says that it need not try, the folder
    /// is looked at every second.
    pub fn start(root: &Path, poll: bool) -> Self {
        let (sender, messages) = mpsc::channel();
        let mut watch = Self {
            given: root.to_owned(),
            place: Place::of(root),
            beside: BTreeSet::new(),
            watcher: None,
            polls: poll,
            sender,
            messages,
            again: None,
            notice: None,
            has_told_of_bursts: false,
            is_blind: false,
        };
        watch.listen();
        watch
    }

    /// Watches these folders beside the site's own, without those below them.
    pub fn beside(&mut self, folders: BTreeSet<PathBuf>) {
        if folders != self.beside {
            self.beside = folders;
            self.watch_folders();
        }
    }

    /// Waits until the folder should be looked at, and says since when; `None` when only the time has passed. With
    /// it comes what `look` saw, if it was called after the last event.
    pub fn wait<T>(&mut self, time: Duration, look: impl FnMut() -> T) -> Option<(Instant, Option<T>)> {
        let end = Instant::now() + time;
        loop {
            let next =
                [Some(end), self.again].into_iter().flatten().fold(Instant::now() + POLL, Instant::min);
            match self.messages.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(message) => return Some(self.settle(message, look)),
                Err(RecvTimeoutError::Timeout) => {}
                // The sender is ours, so this does not happen; if it did, looking is never wrong.
                Err(RecvTimeoutError::Disconnected) => return Some((Instant::now(), None)),
            }
            let now = Instant::now();
            let has_moved = self.has_moved();
            if has_moved {
                self.again = Some(now + AGAIN);
            }
            let is_again = !has_moved && self.again.take_if(|again| *again <= now).is_some();
            if has_moved || is_again || self.watcher.is_none() {
                return Some((now, None));
            }
            if now >= end {
                return None;
            }
        }
    }

    /// What the writer should know of how well the folder is watched, once.
    pub fn notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// Takes in all that comes at once.
    fn settle<T>(&mut self, first: Message, mut look: impl FnMut() -> T) -> (Instant, Option<T>) {
        let started = Instant::now();
        let (mut since, mut last, mut seen, mut looks) = (started, None, None, 0);
        let mut paths: HashSet<PathBuf> = HashSet::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Changed { at, paths: more } => {
                    since = since.min(at);
                    last = last.max(Some(at));
                    paths.extend(more);
                }
                Message::Overflow => self.overflow(),
                Message::Failed(why) => self.give_up(&why),
            }
            seen = None;
            let is_burst = paths.len() >= BURST;
            let quiet = if is_burst { QUIET } else { DEBOUNCE };
            let left = || last.map_or(Duration::ZERO, |last: Instant| quiet.saturating_sub(last.elapsed()));
            let patience = || left().min(PATIENCE.saturating_sub(started.elapsed()));
            let looks_ahead = !is_burst && looks < LOOKS;
            let pause = if looks_ahead { PAUSE.min(patience()) } else { patience() };
            next = self.messages.recv_timeout(pause).ok();
            if next.is_none() && looks_ahead {
                seen = Some(look());
                looks += 1;
                next = self.messages.recv_timeout(patience()).ok();
            }
        }
        if paths.iter().any(|path| self.is_top(path)) {
            self.watch_folders();
            // What came into a new folder before it was watched had no event.
            seen = None;
        }
        self.again = Some(Instant::now() + AGAIN);
        (since, seen)
    }

    /// Whether a folder of the site itself may have come or gone.
    fn is_top(&self, path: &Path) -> bool {
        self.place.as_ref().is_some_and(|place| path == place.path || path.parent() == Some(&place.path))
    }

    /// Whether the folder is another one than that which is watched, or came, or went; if so, it is watched now.
    fn has_moved(&mut self) -> bool {
        let place = Place::of(&self.given);
        let has_moved = place != self.place;
        if has_moved {
            self.place = place;
            self.listen();
        }
        has_moved
    }

    fn listen(&mut self) {
        if self.polls || self.is_blind {
            return;
        }
        let sender = self.sender.clone();
        let tell = move |event| {
            if let Some(message) = message(event) {
                // Nobody hears it once the preview ends.
                let _ = sender.send(message);
            }
        };
        match notify::recommended_watcher(tell) {
            Ok(watcher) => {
                self.watcher = Some(watcher);
                self.watch_folders();
            }
            Err(error) => self.give_up(&error.to_string()),
        }
    }

    /// New folders may be unwatched, so all is set up again.
    fn overflow(&mut self) {
        if self.watcher.take().is_none() {
            return;
        }
        self.listen();
        if self.watcher.is_some() && !self.has_told_of_bursts {
            self.has_told_of_bursts = true;
            let words = "more changed at once than the system tells of: every file is looked at again";
            self.notice = Some(words.to_owned());
        }
    }

    /// Watches the site's own folders, and beside them only the settings: not the output, not `.git`.
    fn watch_folders(&mut self) {
        let (Some(watcher), Some(Place { path: root, .. })) = (&mut self.watcher, &self.place) else {
            return;
        };
        let folders = FOLDERS.iter().map(|name| root.join(name)).filter(|folder| folder.is_dir());
        let alone = std::iter::once(root).chain(&self.beside).cloned();
        let all = alone.map(|folder| (folder, RecursiveMode::NonRecursive));
        let all: Vec<_> = all.chain(folders.map(|folder| (folder, RecursiveMode::Recursive))).collect();
        let watched = all.into_iter().map(|(folder, mode)| watcher.watch(&folder, mode));
        // What went away in between needs no watch.
        if let Some(error) = watched.filter_map(Result::err).find(|error| !is_gone(error)) {
            self.give_up(&error.to_string());
        }
    }

    fn give_up(&mut self, why: &str) {
        self.watcher = None;
        if !std::mem::replace(&mut self.is_blind, true) {
            let why = why.trim_end_matches('.');
            self.notice = Some(format!("cannot watch the folder ({why}): it is looked at every second"));
        }
    }
}

fn message(event: notify::Result<Event>) -> Option<Message> {
    match event {
        Ok(event) if event.need_rescan() => Some(Message::Overflow),
        Ok(event) if is_change(event.kind) => {
            Some(Message::Changed { at: Instant::now(), paths: event.paths })
        }
        Ok(_) => None,
        Err(error) => (!is_gone(&error)).then(|| Message::Failed(error.to_string())),
    }
}

/// Reading changes nothing, and we read ourselves.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound | ErrorKind::WatchNotFound => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(watch: &mut Watch, time: Duration) -> Option<Instant> {
        watch.wait(time, || ()).map(|(since, _)| since)
    }

    const SOON: Duration = Duration::from_secs(10);

    fn desk() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("content/briefs")).unwrap();
        folder
    }

    /// Waits until nothing is to be looked at any more.
    fn calm(watch: &mut Watch) {
        while wait(watch, AGAIN + QUIET).is_some() {}
    }

    #[test]
    fn a_change_wakes_and_is_looked_at_twice() {
        let folder = desk();
        let mut watch = Watch::start(folder.path(), false);
        assert!(wait(&mut watch, QUIET).is_none(), "nothing happened");
        let started = Instant::now();
        std::fs::write(folder.path().join("content/briefs/a.md"), "x").unwrap();
        let since = wait(&mut watch, SOON).unwrap();
        assert!(since >= started, "the change is what it counts from");
        assert!(wait(&mut watch, SOON).is_some(), "it looks again");
        assert!(wait(&mut watch, QUIET).is_none());
        // Reading is no change, and nor is what lies beside the site's folders.
        std::fs::read(folder.path().join("content/briefs/a.md")).unwrap();
        std::fs::create_dir(folder.path().join("public")).unwrap();
        calm(&mut watch);
        std::fs::write(folder.path().join("public/index.html"), "x").unwrap();
        assert!(wait(&mut watch, QUIET * 3).is_none());
        assert_eq!(watch.notice(), None);
    }

    #[test]
    fn after_an_overflow_all_is_watched_anew_and_said_once() {
        let folder = desk();
        let mut watch = Watch::start(folder.path(), false);
        for said in [true, false] {
            watch.sender.send(Message::Overflow).unwrap();
            assert!(wait(&mut watch, SOON).is_some(), "every file is looked at");
            assert_eq!(watch.notice().is_some(), said);
            assert!(watch.watcher.is_some());
        }
        calm(&mut watch);
        std::fs::write(folder.path().join("content/briefs/a.md"), "x").unwrap();
        assert!(wait(&mut watch, SOON).is_some());
    }

    #[test]
    fn where_the_system_cannot_tell_the_folder_is_polled_and_it_is_said_once() {
        let folder = desk();
        let mut watch = Watch::start(folder.path(), false);
        for said in [true, false] {
            watch.sender.send(Message::Failed("too many watches.".to_owned())).unwrap();
            assert!(wait(&mut watch, SOON).is_some());
            let notice = "cannot watch the folder (too many watches): it is looked at every second";
            assert_eq!(watch.notice().as_deref(), said.then_some(notice));
        }
        let started = Instant::now();
        assert!(
            wait(&mut watch, SOON).is_some()
                && wait(&mut watch, SOON).is_some()
                && wait(&mut watch, SOON).is_some()
        );
        assert!(started.elapsed() < POLL * 4);
    }
}
