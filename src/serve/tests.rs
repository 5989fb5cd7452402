//! The preview's parts that need no network: the shelf, and rounds by a clock of the test's own.

use std::path::Path;
use std::sync::atomic::{AtomicI8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::civil::date;
use tokio::sync::watch;

use super::edition::Edition;
use super::round::{Rounds, Source};
use super::shelf::{Item, Shelf, Site};
use crate::base::OutPath;
use crate::engine::{Emit, Sink as _};
use crate::report::Editor;

fn path(path: &str) -> OutPath {
    OutPath::new(path).unwrap()
}

#[test]
fn a_page_that_stays_is_the_same_allocation() {
    let [a, b, c] = ["a", "b", "c"].map(|text| Arc::new(text.as_bytes().to_vec()));
    let none = Site::default();
    let shelf = Shelf::after(&none);
    for (name, page) in [("a.html", &a), ("b.html", &b), ("c.html", &c)] {
        shelf.put(&path(name), Emit::Page(page)).unwrap();
    }
    shelf.put(&path("feed.xml"), Emit::Bytes(b"feed")).unwrap();
    let (site, changes) = shelf.finish();
    assert_eq!((changes.added.len(), changes.count()), (4, 4));

    // The same page, one made anew with the same bytes, one that changed, one that went, one that came.
    let shelf = Shelf::after(&site);
    let (b_again, changed) = (Arc::new(b.to_vec()), Arc::new(b"changed".to_vec()));
    shelf.put(&path("a.html"), Emit::Page(&a)).unwrap();
    shelf.put(&path("b.html"), Emit::Page(&b_again)).unwrap();
    shelf.put(&path("c.html"), Emit::Page(&changed)).unwrap();
    shelf.put(&path("0.html"), Emit::Page(&changed)).unwrap();
    let (next, changes) = shelf.finish();
    assert_eq!(changes.changed, [path("c.html")]);
    assert_eq!(changes.added, [path("0.html")]);
    assert_eq!(changes.removed, [path("feed.xml")]);
    let is = |name: &str, page: &Arc<Vec<u8>>| match next.get(&path(name)) {
        Some(Item::Page(held)) => Arc::ptr_eq(held, page),
        _ => false,
    };
    assert!(is("a.html", &a) && is("b.html", &b_again) && is("c.html", &changed) && is("0.html", &changed));
    assert!(next.get(&path("feed.xml")).is_none());
}

/// A site on a disk, and rounds over it on a day that the test sets.
struct Desk {
    folder: tempfile::TempDir,
    day: Arc<AtomicI8>,
    rounds: Mutex<Rounds>,
    editions: watch::Receiver<Arc<Edition>>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let day = Arc::new(AtomicI8::new(1));
        let today = Arc::clone(&day);
        let source = Source {
            root: folder.path().to_owned(),
            overrides: Vec::new(),
            env: None,
            today: Box::new(move || date(2026, 1, today.load(Ordering::Relaxed))),
            editor: Editor::parse("none").unwrap(),
            follow: false,
        };
        let (sender, editions) = watch::channel(Arc::new(Edition::first("test")));
        let desk = Self { folder, day, rounds: Mutex::new(Rounds::new(source, sender)), editions };
        desk.write("site.toml", "title = \"T\"\n");
        desk.write("content/briefs/a.md", "---\ntitle: A\ndate: 2026-01-02\n---\n");
        desk
    }

    fn write(&self, below: &str, text: &str) {
        let path = self.folder.path().join(below);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A round, and whether there was something to do.
    fn round(&self, looks: bool) -> bool {
        self.rounds.lock().unwrap().round(looks.then(|| (Instant::now(), None))).is_some()
    }

    fn has(&self, page: &str) -> bool {
        let edition = Arc::clone(&self.editions.borrow());
        edition.site.as_ref().is_some_and(|site| site.get(&path(page)).is_some())
    }
}

#[test]
fn what_is_dated_tomorrow_comes_at_midnight() {
    let desk = Desk::new();
    assert!(desk.round(true) && !desk.has("briefs/a/index.html"));
    assert!(!desk.round(true), "nothing changed");
    assert!(!desk.round(false), "it is the same day");
    desk.day.store(2, Ordering::Relaxed);
    assert!(desk.round(false) && desk.has("briefs/a/index.html"));
    assert!(!desk.round(false));
}

#[test]
fn editions_follow_each_other_and_faults_hold_them_back() {
    let desk = Desk::new();
    desk.round(true);
    assert_eq!(desk.editions.borrow().id, "test-1");
    desk.write("site.toml", "titel = \"T\"\n");
    assert!(desk.round(true));
    let faulty = Arc::clone(&desk.editions.borrow());
    assert!(faulty.faults.is_some() && faulty.site.is_some() && faulty.news.contains("\"changed\":[]"));
    assert!(faulty.news.contains("\"build\":\"test-2\",\"from\":\"test-1\""), "{}", faulty.news);
    // A site that cannot be read at all is a fault too, and told once.
    std::fs::remove_dir_all(desk.folder.path()).unwrap();
    assert!(desk.round(true) && !desk.round(true));
    assert!(desk.editions.borrow().site.is_some());
}
