//! The cache between runs: the same bytes as without one, whatever happened to its folder.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use briefwright::base::{Fingerprint, Store};
use briefwright::engine::Engine;
use proptest::prelude::*;
use proptest::test_runner::TestRng;

use crate::cli::{Site, files};
use crate::laws::{apply, config, edit, same, site};
use crate::memory::{Built, Sources, build, cold};
use crate::skip::skipped;

/// A store in memory.
#[derive(Debug, Default)]
pub struct Memory {
    entries: Mutex<HashMap<Fingerprint, Vec<u8>>>,
    /// How many were kept under several keys: those of pages whose views were made.
    views: AtomicUsize,
}

impl Store for Memory {
    fn get(&self, key: Fingerprint, take: &mut dyn FnMut(&[u8], blake3::Hash)) -> bool {
        let found = self.entries.lock().expect("no panic").get(&key).cloned();
        found.is_some_and(|bytes| {
            take(&bytes, blake3::hash(&bytes));
            true
        })
    }

    fn look(&self, key: Fingerprint) -> Option<(u64, blake3::Hash)> {
        let entries = self.entries.lock().expect("no panic");
        entries.get(&key).map(|bytes| (bytes.len() as u64, blake3::hash(bytes)))
    }

    fn put(&self, keys: &[Fingerprint], bytes: &[u8], hash: blake3::Hash) {
        assert_eq!(blake3::hash(bytes), hash);
        self.views.fetch_add(usize::from(keys.len() > 1), Ordering::Relaxed);
        for &key in keys {
            let before = self.entries.lock().expect("no panic").insert(key, bytes.to_vec());
            assert!(before.is_none_or(|before| before == bytes), "one key has two values");
        }
    }
}

/// A build by a new engine, as by another run of the program, with what earlier ones left.
pub fn with(store: &Arc<Memory>, sources: &Sources) -> Built {
    build(&mut Engine::with_store(Arc::<Memory>::clone(store)), &sources.snapshot())
}

proptest! {
    #![proptest_config(config(10))]

    /// After any edits, and back again, in any order.
    #[test]
    fn cached_is_cold_after_any_edits(start in site(), edits in prop::collection::vec(edit(), 1..5)) {
        let store = Arc::default();
        let mut sources = start;
        with(&store, &sources);
        let mut states = vec![sources.clone()];
        for edit in edits {
            apply(&mut sources, edit);
            states.push(sources.clone());
        }
        for sources in states.iter().chain(states.iter().rev()) {
            let (cached, cold) = (with(&store, sources), cold(sources));
            same(&cold, &cached)?;
            let snapshot = sources.snapshot();
            prop_assert_eq!(cold.faults(&snapshot), cached.faults(&snapshot));
        }
        let again = with(&store, &sources);
        prop_assert_eq!(again.rendered, 0);
    }

    /// One store for every audience: what a higher edition left there is not in a lower one.
    #[test]
    fn editions_share_a_cache_and_nothing_else(low in site(), secret in "[A-Z]{12}") {
        let store = Arc::default();
        let edition = |name: &str| {
            let mut sources = low.clone();
            let settings = "title = \"T\"\ntlp = \"green\"\nundeclared = \"allow\"\n\
                [[editions]]\nname = \"low\"\ntlp = \"green\"\n[[editions]]\nname = \"high\"\ntlp = \"red\"\n";
            sources.files.insert("site.toml".to_owned(), settings.to_owned());
            sources.settings.push(("edition".to_owned(), name.to_owned()));
            for text in sources.files.iter_mut().filter(|(path, _)| path.ends_with(".md")).map(|(_, text)| text) {
                text.push_str(&format!("\n\n(TLP:RED) {secret} of the Iron Bears, see [[a]].\n"));
            }
            sources
        };
        let (high, low) = (edition("high"), edition("low"));
        for sources in [&high, &low, &high, &low] {
            same(&cold(sources), &with(&store, sources))?;
        }
        let holds = |built: &Built| built.files.values().any(|bytes| String::from_utf8_lossy(bytes).contains(&secret));
        prop_assert!(!holds(&with(&store, &low)));
        let has_pages = high.files.keys().any(|path| path.contains("/briefs/"));
        prop_assert!(!has_pages || holds(&with(&store, &high)));
    }
}

/// Every page depends on every title, until it is known what it asked for: then on those alone.
#[test]
fn a_new_title_makes_the_views_that_show_it() {
    let mut sources = Sources::default();
    let mut write = |n: usize, title: &str| {
        let text = format!("---\ntitle: {title}\ndate: {}-03-04\nactors: [a{n}]\n---\nText.\n", n + 1990);
        sources.files.insert(format!("content/briefs/b{n}.md"), text);
        sources.files.insert(format!("content/actors/a{n}.md"), format!("---\nname: Actor {n}\n---\n"));
        sources.clone()
    };
    let all = (0..30).map(|n| write(n, "Before")).last().expect("there are some");
    let store: Arc<Memory> = Arc::default();
    let views = |sources: &Sources| {
        with(&store, sources);
        store.views.swap(0, Ordering::Relaxed)
    };
    let first = views(&all);
    assert!(first > 100, "{first} views are made of a site of so many pages");
    assert_eq!(views(&all), 0);
    let few = views(&write(7, "After"));
    assert!((1..first / 4).contains(&few), "{few} views of {first} were made");
    let again = views(&write(8, "After"));
    assert!((1..first / 4).contains(&again), "{again} views of {first} were made");
    assert_eq!(views(&all), 0, "what was kept is known by both titles");
}

/// Sites of the real program with one cache.
struct Desk {
    site: Site,
}

impl Desk {
    fn new() -> Self {
        let site = Site::new();
        for n in 0..12 {
            let text = format!(
                "---\ntitle: Brief {n}\ndate: 2025-02-{:02}\nactors: [bears]\nextra: {{ score: 0.1, n: {n}, list: [a, true, null] }}\n\
                ---\nThe Iron Bears [[a]] and Kabul.\n\n## Part {n}\n\n`code` and Moscow, 2.\n",
                n + 1
            );
            site.write(&format!("content/briefs/b{n}.md"), &text);
        }
        // A warning, so that faults are kept, too.
        site.write("content/pages/faulty.md", "---\ntitle: F\n---\nA note.[^1]\n");
        Self { site }
    }

    /// A fresh copy elsewhere, as a CI system checks it out.
    fn elsewhere(&self) -> Site {
        let copy = Site::new();
        for (path, bytes) in files(self.site.folder.path()) {
            if !path.starts_with("public") {
                let place = copy.path(&path);
                fs::create_dir_all(place.parent().expect("a folder")).expect("made");
                fs::write(place, bytes).expect("written");
            }
        }
        copy
    }

    /// Builds a copy with the cache; the output, and what was said.
    fn cached(&self, cache: &Path) -> (BTreeMap<String, Vec<u8>>, String, usize) {
        let copy = self.elsewhere();
        let ran = copy.run(|command| command.args(["build", "-v", "--cache"]).arg(cache)).ends(0);
        (copy.public(), ran.err.clone(), made(&ran.err))
    }

    fn plain(&self) -> BTreeMap<String, Vec<u8>> {
        let copy = self.elsewhere();
        copy.brief(&["build"]).ends(0);
        copy.public()
    }
}

/// How many pages were made, by what `-v` says: `made 3 of 40 pages`.
fn made(words: &str) -> usize {
    let line = words.lines().find_map(|line| line.strip_prefix("made ")).expect("it says so");
    line.split(' ').next().and_then(|count| count.parse().ok()).expect("a number")
}

fn packs(cache: &Path) -> Vec<PathBuf> {
    let all = files(cache).into_keys().filter(|path| path.ends_with(".pack"));
    all.map(|path| cache.join(path)).collect()
}

#[test]
fn another_run_elsewhere_takes_what_is_as_it_was() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let cache = top.path().join("deep/cache");
    let (first, words, all) = desk.cached(&cache);
    assert!(all > 20 && !words.contains("B0920"), "{words}");
    assert!(first == desk.plain());
    let (second, _, none) = desk.cached(&cache);
    assert!(second == first && none == 0, "{none} pages were made again");

    let path = "content/briefs/b3.md";
    let text = fs::read_to_string(desk.site.path(path)).expect("it is there");
    desk.site.write(path, &format!("{text}\nA new paragraph.\n"));
    let (third, _, few) = desk.cached(&cache);
    assert!(third == desk.plain() && third != first);
    assert!((1..=3).contains(&few), "{few} of {all} pages were made");
    assert_eq!(packs(&cache).len(), 2);

    // With a title all pages may change, but no file is read anew.
    desk.site.write(path, &text.replace("title: Brief 3", "title: Another"));
    let (fourth, ..) = desk.cached(&cache);
    assert!(fourth == desk.plain() && fourth != third);
}

#[test]
fn check_fills_and_uses_it_and_tells_the_same() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let cache = top.path().to_str().expect("UTF-8").to_owned();
    let plain = desk.site.brief(&["check", "--format", "json"]).ends(0).out;
    assert!(plain.contains("B0402"), "{plain}");
    for _ in 0..2 {
        let ran = desk.site.brief(&["check", "--format", "json", "--cache", &cache]).ends(0);
        assert_eq!(ran.out, plain);
    }
    assert_eq!(made(&desk.cached(top.path()).1), 0);
    // The same by a variable and by a setting, from the site's folder.
    desk.site.run(|command| command.args(["build"]).env("BRIEF_CACHE", "kept")).ends(0);
    assert_eq!(packs(&desk.site.path("kept")).len(), 1);
    desk.site.write("site.toml", "title = \"T\"\ncache = \"kept-too\"\n");
    desk.site.brief(&["build"]).ends(0);
    assert_eq!(packs(&desk.site.path("kept-too")).len(), 1);
}

/// Which page is named for a fault of a template does not hang on what was found, nor on which thread was first.
#[test]
fn a_template_that_fails_on_some_pages_is_told_the_same() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let cache = top.path().to_str().expect("UTF-8").to_owned();
    let page = |nth: usize, title: &str, updates: &str| {
        let text = format!("---\ntitle: {title}\ndate: 2025-01-01\n{updates}---\n");
        desk.site.write(&format!("content/briefs/u{nth}.md"), &text);
    };
    for nth in 0..40 {
        let updates =
            if nth % 3 == 0 { "updates: [{ date: 2025-02-01, kind: correction, note: N. }]\n" } else { "" };
        page(nth, "T", updates);
    }
    desk.site.write("templates/brief.html", "{{ card.title }} {{ updates[0].kind }}");
    let check = |more: &[&str]| {
        let ran = desk.site.brief(&[&["check", "--format", "json"], more].concat()).ends(1);
        let json = ran.json();
        let faults = json["diagnostics"].as_array().expect("a list").iter();
        let faults: Vec<_> = faults.filter(|fault| fault["code"] == "B0501").cloned().collect();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].to_string()
    };
    let plain = check(&[]);
    assert!(plain.contains("it happens on `content/briefs/"), "{plain}");
    for threads in ["1", "2", "7"] {
        assert_eq!(check(&["-j", threads]), plain);
        assert_eq!(check(&["-j", threads, "--cache", &cache]), plain);
    }
    // A page that was kept in another state, or is mended, is counted as it is.
    page(1, "Other", "");
    page(2, "T", "updates: [{ date: 2025-02-01, kind: correction, note: N. }]\n");
    let edited = check(&["--cache", &cache]);
    assert_eq!(edited, check(&[]));
    assert_ne!(edited, plain);
}

#[test]
fn a_site_or_its_output_is_no_cache() {
    let site = Site::new();
    for bad in ["content", "content/x", "public", "public/x", ".", "..", "themes"] {
        site.brief(&["build", "--cache", bad]).ends(2).says("B0005").says("cannot be the cache");
    }
    assert!(!site.path("public").exists());
    site.brief(&["build", "--cache", "out/kept", "--out", "out"]).ends(2).says("lies in an output folder");
    // Nor in that of another audience, built or not, nor in what is anybody's output.
    site.write(
        "site.toml",
        "title = \"T\"\ntlp = \"clear\"\n[[editions]]\nname = \"low\"\ntlp = \"clear\"\n[[editions]]\nname = \"high\"\ntlp = \"red\"\nout = \"high\"\n",
    );
    site.brief(&["build", "--out", "elsewhere"]).ends(0);
    for bad in ["public/low/kept", "public/kept", "high/assets/kept", "elsewhere/kept"] {
        let ran = site.brief(&["build", "--edition", "low", "--cache", bad]).ends(2);
        ran.says("B0005").says("cannot be the cache");
        assert!(!site.path(bad).exists(), "{bad}");
    }
    site.brief(&["build", "--cache", "kept", "--out", "kept/out"]).ends(2).says("output folder lies in it");
}

/// Files of an output that stayed are known by their looks, and their pages are not even read from the cache.
#[test]
fn an_output_that_stayed_is_what_a_new_one_would_be() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let build =
        || desk.site.run(|command| command.args(["build", "-v", "--cache"]).arg(top.path())).ends(0).err;
    build();
    let page = desk.site.path("public/briefs/b3/index.html");
    let right = fs::read(&page).expect("it is there");
    // Until all are old enough to be known.
    std::thread::sleep(std::time::Duration::from_millis(200));
    build();
    for change in ["in its place", "a folder moved", "gone"] {
        match change {
            "in its place" => fs::write(&page, vec![b'x'; right.len()]).expect("written"),
            "gone" => fs::remove_file(&page).expect("removed"),
            _ => {
                fs::rename(desk.site.path("public/briefs"), desk.site.path("public/moved")).expect("moved");
            }
        }
        let path = desk.site.path("content/briefs/b5.md");
        let text = fs::read_to_string(&path).expect("it is there");
        fs::write(path, format!("{text}\nA paragraph, {change}.\n")).expect("written");
        let words = build();
        let _ = fs::remove_dir_all(desk.site.path("public/moved"));
        assert!(desk.site.public() == desk.plain(), "{change}: {words}");
        assert!((1..=3).contains(&made(&words)), "{change}: {words}");
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
    build();
    // Now every page that is kept is damaged, and nobody looks at it.
    for pack in packs(top.path()) {
        let mut bytes = fs::read(&pack).expect("a pack");
        let sign = b"<!doctype html>";
        let pages: Vec<usize> =
            bytes.windows(sign.len()).enumerate().filter(|(_, it)| it == sign).map(|(at, _)| at).collect();
        pages.into_iter().for_each(|at| bytes[at] = b'x');
        fs::write(&pack, bytes).expect("written");
    }
    let words = build();
    assert!(words.contains(" 0 written") && !words.contains("B0920"), "{words}");
    let (output, words, _) = desk.cached(top.path());
    assert!(output == desk.plain() && words.contains("B0920"), "{words}");
}

/// Every kind of damage, at places chosen by chance: the output is the same, and the next build mends the cache.
#[test]
fn damage_costs_time_and_nothing_else() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let (whole, cache) = (top.path().join("whole"), top.path().join("cache"));
    let expected = desk.plain();
    let (_, _, all) = desk.cached(&whole);
    let mut chance = TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    let mut below = |end: usize| usize::try_from(chance.next_u64()).expect("64 bits") % end.max(1);
    for round in 0..24 {
        let _ = fs::remove_dir_all(&cache);
        copy(&whole, &cache);
        let path = packs(&cache).remove(0);
        let bytes = fs::read(&path).expect("a pack");
        let (at, tail) = (below(bytes.len()), bytes.len() - below(3000).min(bytes.len()));
        let mut changed = bytes.clone();
        let kind = round % 12;
        match kind {
            0 => changed.truncate(at),
            1 => changed.truncate(tail),
            2 => changed.clear(),
            3 => changed[at] ^= 1 << below(8),
            4 => changed[tail - 1] ^= 0x55,
            5 => (0..200).for_each(|_| changed[below(bytes.len())] ^= 0xFF),
            6 => changed.extend_from_slice(b"more"),
            7 => changed.drain(..at.min(100) + 1).for_each(drop),
            // Two stretches in each other's place, and two records of the index.
            8 => (0..64).for_each(|n| changed.swap(n, bytes.len() / 2 + n)),
            9 => (0..80).for_each(|n| changed.swap(bytes.len() - 216 + n, bytes.len() - 136 + n)),
            10 => changed.iter_mut().for_each(|byte| *byte = 0),
            _ => {
                // A folder where the pack was.
                fs::remove_file(&path).expect("removed");
                fs::create_dir(&path).expect("made");
            }
        }
        if path.is_file() {
            fs::write(&path, changed).expect("written");
        }
        let (output, words, again) = desk.cached(&cache);
        assert!(output == expected, "round {round}");
        assert!(words.contains("B0920") && again <= all, "round {round}: {words}");
        let (output, words, again) = desk.cached(&cache);
        assert!(output == expected && again == 0, "round {round}: {again} pages made, {words}");
        assert_eq!(words.contains("B0920"), kind == 11, "round {round}: {words}");
    }
}

/// A file of holes that says it has more than a terabyte of index: no memory is given for that.
#[test]
fn a_pack_of_any_size_costs_no_memory() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let (expected, ..) = desk.cached(top.path());
    let pack = packs(top.path()).remove(0);
    let huge = pack.with_file_name(format!("{}.pack", "0".repeat(32)));
    let file = fs::File::create(&huge).expect("made");
    if let Err(error) = file.set_len((80 << 34) + 56) {
        return skipped(format!("no file of a terabyte: {error}"));
    }
    let footer = [&b"briefwright pack"[..], &[0; 40]].concat();
    (&file).seek(SeekFrom::End(-56)).and_then(|_| (&file).write_all(&footer)).expect("written");
    let (output, words, again) = desk.cached(top.path());
    assert!(output == expected && again == 0, "{again} pages were made");
    assert!(words.contains("its index is too large") && !huge.exists(), "{words}");
}

#[test]
fn what_is_not_of_this_program_is_not_used() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let cache = top.path();
    let (expected, _, all) = desk.cached(cache);
    let pack = packs(cache).remove(0);
    let own = pack.parent().expect("a folder").to_owned();
    let other = cache.join(format!("0.0.9-{}", "0".repeat(32)));
    fs::rename(&own, &other).expect("moved");
    let (output, words, again) = desk.cached(cache);
    assert!(output == expected && again == all && !words.contains("B0920"), "{words}");
    // Not even in this program's place: its name for the pack depends on the program.
    let bytes = fs::read(packs(&own).remove(0)).expect("a pack");
    let foreign = own.join(format!("{}.pack", "f".repeat(32)));
    fs::write(&foreign, bytes).expect("written");
    let (output, words, again) = desk.cached(cache);
    assert!(output == expected && again == 0 && words.contains("B0920"), "{words}");
    assert!(!foreign.exists());
    // And what is none of ours stays.
    fs::write(own.join("notes.txt"), "mine").expect("written");
    fs::write(cache.join("notes.txt"), "mine").expect("written");
    desk.cached(cache);
    assert!(own.join("notes.txt").exists() && cache.join("notes.txt").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_used_is_passed_over() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let expected = desk.plain();
    // A file, a link that leads nowhere it could be made, a device that is always full.
    fs::write(top.path().join("file"), "").expect("written");
    for bad in ["file", "file/below", "/dev/full", "/proc/none"] {
        let copy = desk.elsewhere();
        let cache = top.path().join(bad);
        let ran = copy.run(|command| command.args(["build", "--strict", "--cache"]).arg(&cache));
        // `--strict` fails by the site's own warning, and by nothing else.
        let ran = ran.ends(1).says("B0920").says("as without a cache");
        assert!(ran.err.contains("B0402"), "{}", ran.err);
        let copy = desk.elsewhere();
        copy.run(|command| command.args(["build", "--cache"]).arg(&cache)).ends(0).says("B0920");
        assert!(copy.public() == expected, "{bad}");
    }
    // A link is followed.
    fs::create_dir(top.path().join("real")).expect("made");
    symlink("real", top.path().join("link")).expect("linked");
    desk.cached(&top.path().join("link"));
    let pack = packs(&top.path().join("real")).remove(0);
    assert_eq!(fs::metadata(&pack).expect("a pack").permissions().mode() & 0o777, 0o600);
    let folder = fs::metadata(pack.parent().expect("a folder")).expect("a folder");
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    // Nobody may read or write it; the superuser may all the same.
    for mode in [0o000, 0o200] {
        fs::set_permissions(&pack, fs::Permissions::from_mode(mode)).expect("set");
        assert!(desk.cached(&top.path().join("real")).0 == expected);
    }
    fs::set_permissions(pack.parent().expect("a folder"), fs::Permissions::from_mode(0o500)).expect("set");
    assert!(desk.cached(&top.path().join("real")).0 == expected);
    fs::set_permissions(pack.parent().expect("a folder"), fs::Permissions::from_mode(0o700)).expect("set");
}

#[test]
fn several_builds_share_it_at_once() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let expected = desk.plain();
    for round in 0..4 {
        if round == 2 {
            // One writes what the others read, and one takes it away.
            fs::remove_dir_all(top.path()).expect("removed");
        }
        thread::scope(|scope| {
            let builds: Vec<_> = (0..4).map(|_| scope.spawn(|| desk.cached(top.path()))).collect();
            for build in builds {
                let (output, words, _) = build.join().expect("it ended");
                assert!(output == expected && !words.contains("B0920"), "{words}");
            }
        });
    }
    assert_eq!(desk.cached(top.path()).2, 0);
    let drafts = files(top.path()).into_keys().filter(|path| path.ends_with(".draft"));
    assert_eq!(drafts.count(), 0);
}

#[test]
fn it_does_not_grow_without_end() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    let size = || packs(top.path()).iter().map(|path| fs::metadata(path).expect("a pack").len()).sum::<u64>();
    desk.cached(top.path());
    let one = size();
    let mut most = 0;
    for n in 0..40 {
        // Every page changes with the title of the site.
        desk.site.write("site.toml", &format!("title = \"T{n}\"\n"));
        desk.cached(top.path());
        most = most.max(size());
        assert!(packs(top.path()).len() <= 17);
    }
    assert!(most < one * 6, "{most} bytes, of which a build needs {one}");
    assert_eq!(desk.cached(top.path()).2, 0);
}

/// A shard, an edition of little, a build that fails: what they do not need the next whole build needs.
#[test]
fn small_builds_take_nothing_from_large_ones() {
    let desk = Desk::new();
    desk.site.write(
        "site.toml",
        "title = \"T\"\ntlp = \"amber\"\n[[editions]]\nname = \"low\"\ntlp = \"clear\"\n",
    );
    let top = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str], status: i32| {
        let site = desk.elsewhere();
        site.run(|command| command.args(arguments).arg("--cache").arg(top.path())).ends(status);
    };
    assert!(desk.cached(top.path()).2 > 20);
    for _ in 0..3 {
        run(&["build", "--edition", "low"], 0);
        run(&["build", "--shard", "1/9"], 0);
        desk.site.write("templates/base.html", "{% broken");
        run(&["build"], 1);
        fs::remove_dir_all(desk.site.path("templates")).expect("it is there");
        assert_eq!(desk.cached(top.path()).2, 0);
    }
}

/// What a large site needs is told again by every build of it, though it needs less than the first one; not by small ones.
#[test]
fn what_large_builds_need_does_not_lapse_while_they_run() {
    let desk = Desk::new();
    let top = tempfile::tempdir().expect("a folder");
    desk.cached(top.path());
    let need = files(top.path()).into_keys().find(|path| path.ends_with("/need")).expect("it is told");
    let need = top.path().join(need);
    let told = || fs::read_to_string(&need).expect("it is told").parse::<u64>().expect("a number");
    let days = |file: fs::File| file.metadata().and_then(|it| it.modified()).expect("a time").elapsed();
    let age = || days(fs::File::open(&need).expect("it is there")).expect("it is past").as_secs() / 86_400;
    let set_back = |days: u64| {
        let then = SystemTime::now() - Duration::from_secs(days * 86_400);
        fs::File::options().append(true).open(&need).and_then(|file| file.set_modified(then)).expect("set");
    };
    let first = told();
    set_back(20);
    assert_eq!(age(), 20);
    desk.cached(top.path());
    assert!(age() == 0 && told() < first && told() > first / 2, "{first}, then {}", told());
    // A share of it tells nothing, and what is not told any more lapses.
    let (last, share) = (told(), |of: &str| {
        let site = desk.elsewhere();
        site.run(|command| command.args(["build", "--shard", of, "--cache"]).arg(top.path())).ends(0);
    });
    set_back(20);
    share("1/9");
    assert!(age() == 20 && told() == last);
    set_back(31);
    share("2/9");
    assert!(age() == 0 && told() < last);
    assert!(!files(top.path()).keys().any(|path| path.ends_with(".draft")));
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let place = to.join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("made");
        fs::write(place, bytes).expect("written");
    }
}
