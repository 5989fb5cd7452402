//! Wakes the preview when the site's folder may have changed. What did change, [`super::read_site_again`]
//! finds out: events are never believed, and a missed one is made up for by a second look.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Config, ErrorKind, EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, DebouncedEvent, Debouncer, NoCache, new_debouncer_opt};

use super::discover::FOLDERS;

/// How long an event waits for others. It is a part of what the writer waits for.
const DEBOUNCE: Duration = Duration::from_millis(20);
const TICK: Duration = Duration::from_millis(4);
/// So many files at once are no save but a checkout or a copy, which goes on for a while.
const BURST: usize = 20;
/// A burst is over when nothing has come for this long, and at the latest after that long.
const QUIET: Duration = Duration::from_millis(60);
const PATIENCE: Duration = Duration::from_millis(600);
/// After a wake the folder is looked at once more: a file that was made in a new folder before the system
/// watched that folder has no event.
const AGAIN: Duration = Duration::from_secs(1);
/// Without events the folder is looked at this often.
const POLL: Duration = Duration::from_secs(1);

/// Watches the folder of a site.
pub struct Watch {
    root: PathBuf,
    /// `None` when the system cannot tell of changes.
    watcher: Option<Debouncer<RecommendedWatcher, NoCache>>,
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
        f.debug_struct("Watch").field("root", &self.root).finish_non_exhaustive()
    }
}

/// What the watcher's thread says.
enum Message {
    /// Something changed.
    Changed {
        since: Instant,
        files: usize,
        /// A folder of the site itself may have come or gone.
        is_top: bool,
    },
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
        // The system names what it watches as it was asked to.
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let mut watch = Self {
            root,
            watcher: None,
            sender,
            messages,
            again: None,
            notice: None,
            has_told_of_bursts: false,
            is_blind: false,
        };
        if !poll {
            watch.listen();
        }
        watch
    }

    /// Waits until the folder should be looked at, and says since when; `None` when only the time has passed.
    pub fn wait(&mut self, time: Duration) -> Option<Instant> {
        let until_again = self.again.map(|again| again.saturating_duration_since(Instant::now()));
        let poll = self.watcher.is_none().then_some(POLL);
        let wait = [until_again, poll].into_iter().flatten().fold(time, Duration::min);
        match self.messages.recv_timeout(wait) {
            Ok(message) => Some(self.settle(message)),
            Err(RecvTimeoutError::Timeout) => {
                let now = Instant::now();
                let again = self.again.take_if(|again| *again <= now).is_some();
                (again || poll.is_some()).then_some(now)
            }
            // The sender is ours, so this does not happen; if it did, looking is never wrong.
            Err(RecvTimeoutError::Disconnected) => Some(Instant::now()),
        }
    }

    /// What the writer should know of how well the folder is watched, once.
    pub fn notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// Takes in all that comes at once.
    fn settle(&mut self, first: Message) -> Instant {
        let started = Instant::now();
        let (mut since, mut count) = (started, 0);
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Changed { since: at, files, is_top } => {
                    since = since.min(at);
                    count += files;
                    if is_top {
                        self.watch_folders();
                    }
                }
                Message::Overflow => self.listen_anew(),
                Message::Failed(why) => self.give_up(&why),
            }
            let patience = if count >= BURST { QUIET } else { Duration::ZERO };
            let patience = patience.min(PATIENCE.saturating_sub(started.elapsed()));
            next = self.messages.recv_timeout(patience).ok();
        }
        self.again = Some(Instant::now() + AGAIN);
        since
    }

    fn listen(&mut self) {
        let (sender, root) = (self.sender.clone(), self.root.clone());
        let tell = move |result: DebounceEventResult| {
            for message in messages(result, &root) {
                // Nobody hears it once the preview ends.
                let _ = sender.send(message);
            }
        };
        let config = Config::default();
        match new_debouncer_opt(DEBOUNCE, Some(TICK), tell, NoCache::new(), config) {
            Ok(watcher) => {
                self.watcher = Some(watcher);
                self.watch_folders();
            }
            Err(error) => self.give_up(&error.to_string()),
        }
    }

    /// After an overflow new folders may be unwatched, so all is set up again.
    fn listen_anew(&mut self) {
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
        let Some(watcher) = &mut self.watcher else { return };
        let top = watcher.watch(&self.root, RecursiveMode::NonRecursive);
        let folders = FOLDERS.iter().map(|name| self.root.join(name)).filter(|folder| folder.is_dir());
        let watched = folders.map(|folder| watcher.watch(folder, RecursiveMode::Recursive));
        // What went away in between needs no watch.
        let failed =
            std::iter::once(top).chain(watched).filter_map(Result::err).find(|error| !is_gone(error));
        if let Some(error) = failed {
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

fn messages(result: DebounceEventResult, root: &Path) -> Vec<Message> {
    let events = match result {
        Ok(events) => events,
        Err(errors) => {
            let grave = errors.iter().filter(|error| !is_gone(error));
            return grave.map(|error| Message::Failed(error.to_string())).collect();
        }
    };
    if events.iter().any(|event| event.need_rescan()) {
        return vec![Message::Overflow];
    }
    let changes: Vec<&DebouncedEvent> = events.iter().filter(|event| is_change(event.kind)).collect();
    let Some(since) = changes.iter().map(|event| event.time).min() else { return Vec::new() };
    let is_top =
        changes.iter().flat_map(|event| &event.paths).any(|path| path == root || path.parent() == Some(root));
    vec![Message::Changed { since, files: changes.len(), is_top }]
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

    const SOON: Duration = Duration::from_secs(10);

    fn desk() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("content/briefs")).unwrap();
        folder
    }

    /// Waits until nothing is to be looked at any more.
    fn calm(watch: &mut Watch) {
        while watch.wait(AGAIN + QUIET).is_some() {}
    }

    #[test]
    fn a_change_wakes_and_is_looked_at_twice() {
        let folder = desk();
        let mut watch = Watch::start(folder.path(), false);
        assert!(watch.wait(QUIET).is_none(), "nothing happened");
        let started = Instant::now();
        std::fs::write(folder.path().join("content/briefs/a.md"), "x").unwrap();
        let since = watch.wait(SOON).unwrap();
        assert!(since >= started, "the change is what it counts from");
        assert!(watch.wait(SOON).is_some(), "it looks again");
        assert!(watch.wait(QUIET).is_none());
        // Reading is no change, and nor is what lies beside the site's folders.
        std::fs::read(folder.path().join("content/briefs/a.md")).unwrap();
        std::fs::create_dir(folder.path().join("public")).unwrap();
        calm(&mut watch);
        std::fs::write(folder.path().join("public/index.html"), "x").unwrap();
        assert!(watch.wait(QUIET * 3).is_none());
        assert_eq!(watch.notice(), None);
    }

    #[test]
    fn after_an_overflow_all_is_watched_anew_and_said_once() {
        let folder = desk();
        let mut watch = Watch::start(folder.path(), false);
        for said in [true, false] {
            watch.sender.send(Message::Overflow).unwrap();
            assert!(watch.wait(SOON).is_some(), "every file is looked at");
            assert_eq!(watch.notice().is_some(), said);
            assert!(watch.watcher.is_some());
        }
        calm(&mut watch);
        std::fs::write(folder.path().join("content/briefs/a.md"), "x").unwrap();
        assert!(watch.wait(SOON).is_some());
    }

    #[test]
    fn where_the_system_cannot_tell_the_folder_is_polled_and_it_is_said_once() {
        let folder = desk();
        let mut watch = Watch::start(folder.path(), false);
        for said in [true, false] {
            watch.sender.send(Message::Failed("too many watches.".to_owned())).unwrap();
            assert!(watch.wait(SOON).is_some());
            let notice = "cannot watch the folder (too many watches): it is looked at every second";
            assert_eq!(watch.notice().as_deref(), said.then_some(notice));
        }
        let started = Instant::now();
        assert!(watch.wait(SOON).is_some() && watch.wait(SOON).is_some() && watch.wait(SOON).is_some());
        assert!(started.elapsed() < POLL * 4);
    }
}
