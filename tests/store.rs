//! Publishing to an object store by the real program, against a real server of S3's protocol (moto, from PyPI):
//! what is sent and in which order, two publishers, killed publishers. Only with the feature `remote`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use briefwright::io::Manifest;

use crate::cli::{Ran, Site, program};
use crate::publish::{Random, two_builds};
use crate::publish_ssh::free_port;
use crate::skip::skipped;
use crate::web::{Answer, ask};

const SECRET: &str = "a-secret-that-nobody-should-see";

/// The server does not verify signatures, yet shows what is private only to requests that have one.
const SIGNED: &[(&str, &str)] = &[(
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
)];

/// A server with an empty bucket; ended when it goes.
struct Moto {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Moto {
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let port = free_port();
        let log = fs::File::create(folder.path().join("log")).expect("it can be made");
        let mut command = Command::new("moto_server");
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(log);
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                skipped(format!(
                    "there is no moto_server on this machine: pip install 'moto[server]' ({error})"
                ));
                return None;
            }
        };
        let mut server = Self { child, port, folder };
        let started = Instant::now();
        while ask(port, "PUT", "/bucket", SIGNED, b"").is_err() {
            // A shim of a Python that is not there ends at once.
            if server.child.try_wait().expect("it is ours").is_some() {
                skipped(format!("moto_server does not start: {}", server.log()));
                return None;
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "moto_server does not listen: {}",
                server.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How many requests were answered so far.
    fn requests(&self) -> usize {
        self.log().lines().filter(|line| line.contains('"')).count()
    }

    /// Waits until the lock has been looked at, after the first `since` requests.
    fn await_a_look(&self, since: usize) {
        let started = Instant::now();
        let is_look = |line: &str| line.contains("\"GET /bucket/site/.publish-lock");
        while !self.log().lines().filter(|line| line.contains('"')).skip(since).any(is_look) {
            assert!(started.elapsed() < Duration::from_secs(60), "nobody looks: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Requests since the last call that change an object: `PUT x`, `DELETE x`; deletions in a batch as `POST`.
    fn changes(&self, since: &mut usize) -> Vec<String> {
        let log = self.log();
        let lines = log.lines().skip(*since).filter_map(|line| {
            let (method, rest) = line.split_once('"')?.1.split_once(' ')?;
            let path = rest.split([' ', '?']).next()?.strip_prefix("/bucket")?.trim_start_matches('/');
            (method != "GET" && method != "HEAD").then(|| format!("{method} {path}"))
        });
        let lines: Vec<String> = lines.collect();
        *since = log.lines().count();
        lines
    }

    fn get(&self, path: &str) -> Answer {
        ask(self.port, "GET", &format!("/bucket/{path}"), SIGNED, b"").expect("the server answers")
    }

    fn put(&self, path: &str, body: &[u8]) {
        assert_eq!(
            ask(self.port, "PUT", &format!("/bucket/{path}"), SIGNED, body).expect("it answers").status,
            200
        );
    }

    fn command(&self, site: &Site, target: &str, out: &str, more: &[&str]) -> Command {
        let mut command = program(site.folder.path());
        command.args(["publish", target, "--out", out]).args(more);
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port));
        command
    }

    fn publish(&self, site: &Site, out: &str, more: &[&str]) -> Ran {
        let ran =
            Ran::of(self.command(site, "s3://bucket/site", out, more).output().expect("the program runs"));
        assert!(!format!("{}{}", ran.out, ran.err).contains(SECRET), "a secret is told");
        ran
    }

    /// Every object below the prefix.
    fn objects(&self) -> BTreeSet<String> {
        let listed =
            ask(self.port, "GET", "/bucket?list-type=2&max-keys=1000", SIGNED, b"").expect("it answers");
        let text = String::from_utf8(listed.body).expect("UTF-8");
        assert!(text.contains("<IsTruncated>false"), "{text}");
        let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
        keys.filter_map(|(key, _)| key.strip_prefix("site/")).map(str::to_owned).collect()
    }

    /// That the bucket holds just one build, with right bytes.
    #[track_caller]
    fn shows(&self, site: &Site, out: &str) {
        let manifest = Manifest::read(&site.path(out)).expect("it can be read").expect("it was built");
        let mut expected: BTreeSet<String> =
            manifest.files.iter().map(|entry| entry.path.as_str().to_owned()).collect();
        for path in &expected {
            let body = self.get(&format!("site/{path}")).body;
            assert!(body == fs::read(site.path(out).join(path)).expect("it was built"), "{path} differs");
        }
        let listed = fs::read(site.path(out).join("manifest.json")).expect("it was built");
        assert_eq!(self.get("site/manifest.json").body, listed);
        expected.extend(["manifest.json".to_owned(), ".publish-lock".to_owned()]);
        assert_eq!(self.objects(), expected);
    }

    /// Makes the lock that a killed publisher left look old, so that no test waits a minute.
    fn age_lock(&self) {
        self.put("site/.publish-lock", br#"{"holder":"somebody","until":"2020-01-01T00:00:00Z"}"#);
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_differs_is_sent_in_an_order_in_which_no_link_is_dead() {
    let Some(moto) = Moto::start() else { return };
    let site = two_builds();
    let mut seen = 0;
    moto.publish(&site, "a", &["--dry-run"])
        .ends(0)
        .says("nothing was changed")
        .prints("+ briefs/gone/  Gone – T\n");
    moto.changes(&mut seen);
    assert!(moto.objects().is_empty());
    moto.publish(&site, "a", &[]).ends(0).says(" 0 unchanged, 0 deleted → s3://bucket/site");
    moto.shows(&site, "a");
    let first = moto.changes(&mut seen);
    let at = |what: &str| {
        let line = format!("PUT site/{what}");
        first.iter().position(|it| *it == line).unwrap_or_else(|| panic!("{what} was not sent: {first:?}"))
    };
    let style = first.iter().rposition(|it| it.contains("/assets/")).expect("there is style");
    let page = first.iter().position(|it| it.contains("/briefs/n")).expect("there is a page");
    let last_page = first.iter().rposition(|it| it.contains("/briefs/n")).expect("there is a page");
    assert!(at(".publish-journal") < at("briefs/x.png") && style.max(at("briefs/x.png")) < page);
    assert!(last_page < at("index.html") && at("index.html") < at("manifest.json"));
    let manifests = first.iter().filter(|it| it.ends_with("site/manifest.json")).count();
    assert_eq!(manifests, 1);
    // The same once more: nothing but the lock is written.
    moto.publish(&site, "a", &[]).ends(0).says("s3://bucket/site shows this build already");
    let again = moto.changes(&mut seen);
    assert!(again.iter().all(|it| it == "PUT site/.publish-lock"), "{again:?}");
    // Another build: only what differs, and what is gone goes.
    moto.publish(&site, "b", &["--dry-run"])
        .ends(0)
        .prints("- briefs/gone/\n")
        .prints("+ briefs/new/  New – T\n");
    moto.publish(&site, "b", &[]).ends(0).says(" deleted → ");
    let then = moto.changes(&mut seen);
    assert!(!then.iter().any(|it| it.contains("/briefs/n1/")), "unchanged, and sent: {then:?}");
    let manifest = then.iter().position(|it| it.ends_with("site/manifest.json")).expect("sent");
    let deleted = then.iter().position(|it| it.starts_with("POST") || it.contains("gone")).expect("deleted");
    assert!(manifest < deleted, "{then:?}");
    moto.shows(&site, "b");
}

#[test]
fn objects_say_what_they_are_and_how_long_to_keep_them() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    site.write("content/briefs/карта 1.csv", &"a,b\n".repeat(400));
    site.write(
        "content/briefs/b.md",
        "---\ntitle: B\ndate: 2025-01-01\n---\n[map](<карта 1.csv>)\n[old](old.tar.gz)\n",
    );
    site.write("content/briefs/old.tar.gz", "an archive");
    site.brief(&["build", "--compress", "--out", "a"]).ends(0);
    moto.publish(&site, "a", &[]).ends(0);
    moto.shows(&site, "a");
    let headers = |path: &str| {
        let answer = moto.get(&format!("site/{path}"));
        ["content-type", "cache-control", "content-encoding"]
            .map(|name| answer.headers.get(name).cloned().unwrap_or_default())
    };
    assert_eq!(headers("index.html"), ["text/html; charset=utf-8", "no-cache", ""]);
    assert_eq!(headers("index.html.br"), ["text/html; charset=utf-8", "no-cache", "br"]);
    assert_eq!(headers("index.html.zst")[2], "zstd");
    assert_eq!(headers("briefs/old.tar.gz"), ["application/gzip", "no-cache", ""]);
    assert_eq!(headers("manifest.json")[..2], ["application/json", "no-cache"]);
    let style = moto.objects().into_iter().find(|path| path.ends_with(".css")).expect("there is style");
    assert_eq!(headers(&style)[..2], ["text/css; charset=utf-8", "public, max-age=31536000, immutable"]);
    // A signature goes with its manifest, and away with it.
    let key = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    let text = key.sk.to_box(None).expect("it has a form").to_string();
    site.write("key.sec", &text);
    moto.publish(&site, "a", &["--sign", "key.sec"]).ends(0);
    assert!(moto.objects().contains("manifest.json.minisig"));
    moto.publish(&site, "a", &["--sign", "key.sec"]).ends(0).says("shows this build already");
    fs::remove_file(site.path("a/manifest.json.minisig")).expect("it is there");
    moto.publish(&site, "a", &[]).ends(0);
    assert!(!moto.objects().contains("manifest.json.minisig"));
}

#[test]
fn a_wrong_build_a_strangers_objects_and_releases_are_refused() {
    let Some(moto) = Moto::start() else { return };
    let site = two_builds();
    moto.put("site/briefs/n1/index.html", b"somebody's");
    let ran = moto.publish(&site, "a", &[]).ends(3).says("B0905").says("`briefs/n1/index.html` is there");
    ran.says("has lost its manifest.json");
    moto.put("site/manifest.json", b"{}");
    moto.publish(&site, "a", &[]).ends(3).says("B0905").says("is not the manifest of a site");
    for path in ["site/briefs/n1/index.html", "site/manifest.json"] {
        ask(moto.port, "DELETE", &format!("/bucket/{path}"), SIGNED, b"").expect("the server answers");
    }
    moto.put("site/notes.txt", b"a stranger's, in nobody's way");
    moto.publish(&site, "a", &[]).ends(0);
    // Most of the site is gone: that is a mistake, until it is said not to be.
    let small = Site::new();
    small.brief(&["build", "--out", "c"]).ends(0);
    let before = moto.objects();
    moto.publish(&small, "c", &["--dry-run"]).ends(1).says("B0915").prints("- briefs/n1/\n");
    let ran = moto.publish(&small, "c", &[]).ends(1).says("B0915").says("published objects would be deleted");
    let number =
        ran.err.split("`--max-delete ").nth(1).expect("it says how").split('`').next().expect("a number");
    assert_eq!(moto.objects(), before);
    moto.publish(&small, "c", &["--max-delete", "3"]).ends(1).says("and 3 may be");
    moto.publish(&small, "c", &["--max-delete", number]).ends(0);
    assert!(moto.objects().contains("notes.txt"), "what no publisher sent stays");
    for flag in ["--list", "--rollback", "--purge"] {
        moto.publish(&site, "a", &[flag]).ends(2).says("no releases");
    }
    moto.publish(&site, "a", &["--keep", "2"]).ends(2).says("no releases");
    // A file of the folder that is not as it was built: found before the manifest changes.
    let listed = moto.get("site/manifest.json").body;
    fs::write(site.path("a/404.html"), "changed by hand").expect("it can be written");
    let mut since = 0;
    moto.changes(&mut since);
    moto.publish(&site, "a", &["--max-delete", "100%"]).ends(1).says("B0907").says("`404.html` differs");
    assert_eq!(moto.get("site/manifest.json").body, listed);
    let changes = moto.changes(&mut since);
    assert!(changes.iter().all(|change| change.contains(".publish-lock")), "nothing was sent: {changes:?}");
}

#[test]
fn what_a_server_refuses_is_told_without_secrets() {
    let site = two_builds();
    let none = |set: &[(&str, &str)]| {
        let mut command = program(site.folder.path());
        command.args(["publish", "s3://bucket/site", "--out", "a"]).envs(set.iter().copied());
        let ran = Ran::of(command.output().expect("the program runs"));
        assert!(!ran.err.contains(SECRET));
        ran
    };
    none(&[]).ends(3).says("B0908").says("in which region").says("AWS_REGION");
    let port = free_port();
    let endpoint = format!("http://127.0.0.1:{port}");
    let nobody = [("AWS_ENDPOINT_URL", &*endpoint), ("AWS_EC2_METADATA_DISABLED", "true")];
    none(&nobody).ends(3).says("B0908").says("are `AWS_ACCESS_KEY_ID` and");
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET)];
    let started = Instant::now();
    let refused = none(&[keys[0], keys[1], ("AWS_ENDPOINT_URL", &endpoint)]);
    refused.ends(3).says("B0908").says("Connection refused").says(&format!("be reached at {endpoint}"));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    // It takes connections and says nothing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let silent = format!("127.0.0.1:{}", listener.local_addr().expect("it has an address").port());
    let endpoint = format!("http://me:{SECRET}@{silent}");
    let started = Instant::now();
    let ran = none(&[keys[0], keys[1], ("AWS_ENDPOINT_URL", &endpoint)]);
    ran.ends(3).says("B0908").says(&format!("no answer from {silent} in time"));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    let Some(moto) = Moto::start() else { return };
    for more in [&[][..], &["--dry-run"]] {
        let ran = Ran::of(moto.command(&site, "s3://nobucket/x", "a", more).output().expect("it runs"));
        ran.ends(3).says("B0908").says("NoSuchBucket");
    }
}

#[test]
fn two_publishers_do_not_mix_in_a_bucket() {
    let Some(moto) = Moto::start() else { return };
    let site = two_builds();
    moto.publish(&site, "a", &[]).ends(0);
    for _ in 0..3 {
        let start = |out: &str| {
            let mut command = moto.command(&site, "s3://bucket/site", out, &["-q"]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs")
        };
        let mut both = [start("a"), start("b")];
        let ends = both.each_mut().map(|child| child.wait().expect("it ends").code());
        assert!(ends.contains(&Some(0)), "{ends:?}");
        let shown = moto.get("site/manifest.json").body;
        let is = |out: &str| shown == fs::read(site.path(out).join("manifest.json")).expect("it was built");
        moto.shows(&site, if is("a") { "a" } else { "b" });
    }
    // A publisher that works: its lock changes under the other's eyes.
    let held = |n: u32| {
        let until = "2199-01-01T00:00:00Z";
        moto.put("site/.publish-lock", format!(r#"{{"holder":"other-{n}","until":"{until}"}}"#).as_bytes());
    };
    held(0);
    let waiting = || {
        let before = moto.requests();
        let mut command = moto.command(&site, "s3://bucket/site", "b", &[]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        moto.await_a_look(before);
        child.expect("the program runs")
    };
    let child = waiting();
    held(1);
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    ran.ends(3).says("B0904").says("another `brief publish` is at work in `s3://bucket/site`");
    let lock = String::from_utf8(moto.get("site/.publish-lock").body).expect("UTF-8");
    assert!(lock.contains("other-1"), "it is the other's still: {lock}");
    // One that is let go while another waits is had by the one who waits.
    let child = waiting();
    moto.put("site/.publish-lock", br#"{"holder":"","until":"2020-01-01T00:00:00Z"}"#);
    Ran::of(child.wait_with_output().expect("it ends")).ends(0);
    moto.shows(&site, "b");
}

/// A minute long, so only on demand: `cargo test --features remote left_behind -- --ignored`.
#[test]
#[ignore = "it waits until a lock has not been renewed for a minute"]
fn a_lock_that_is_left_behind_is_nobodys_after_a_minute() {
    let Some(moto) = Moto::start() else { return };
    let site = two_builds();
    moto.put("site/.publish-lock", br#"{"holder":"killed","until":"2199-01-01T00:00:00Z"}"#);
    let started = Instant::now();
    moto.publish(&site, "a", &[]).ends(0);
    assert!(started.elapsed() > Duration::from_secs(59));
    moto.shows(&site, "a");
}

/// `BRIEF_KILLS=200 cargo test --features remote killed_in_a_bucket` for a larger number.
#[test]
fn a_publisher_killed_in_a_bucket_leaves_a_site_that_the_next_completes() {
    let kills: u32 = std::env::var("BRIEF_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(10);
    let Some(moto) = Moto::start() else { return };
    let site = two_builds();
    moto.publish(&site, "a", &[]).ends(0);
    // Killed after so and so many requests, not after a time: what a machine has to do besides changes nothing.
    let before = moto.requests();
    moto.publish(&site, "b", &[]).ends(0);
    let whole = moto.requests() - before;
    let mut random = Random(11);
    let mut by_state: BTreeMap<bool, u32> = BTreeMap::new();
    let mut killed = 0;
    for run in 0.. {
        assert!(run < kills * 10, "only {killed} of {run} were still at work when they were killed");
        if killed >= kills {
            break;
        }
        let out = if run % 2 == 0 { "a" } else { "b" };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of some dozens")]
        let last = moto.requests() + (whole as f64 * random.next()) as usize;
        let mut command = moto.command(&site, "s3://bucket/site", out, &["-q"]);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs");
        while moto.requests() < last && child.try_wait().expect("it is ours").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it is ours");
        let was_killed = !child.wait().expect("it ends").success();
        killed += u32::from(was_killed);
        // Readers: whatever the manifest lists is there, and every page is a whole one of either build.
        let manifest = Manifest::parse(&moto.get("site/manifest.json").body).expect("it is whole");
        for entry in &manifest.files {
            let path = entry.path.as_str();
            let body = moto.get(&format!("site/{path}")).body;
            let is = |out: &str| fs::read(site.path(out).join(path)).is_ok_and(|bytes| bytes == body);
            assert!(is("a") || is("b"), "run {run}: {path} is torn or gone");
        }
        *by_state.entry(moto.objects().contains(".publish-journal")).or_default() += 1;
        moto.age_lock();
        // The next one may well be of the other build: what was half sent is not taken for what was there.
        if run % 3 == 0 {
            moto.publish(&site, "a", &[]).ends(0);
            moto.shows(&site, "a");
        }
    }
    let _ = writeln!(std::io::stderr(), "{killed} killed; with a journal left: {by_state:?}");
    assert!(by_state.contains_key(&true), "none was killed while it sent");
    moto.publish(&site, "b", &[]).ends(0);
    moto.shows(&site, "b");
}
