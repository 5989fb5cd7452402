//! `brief check --external` by the real program, against a server of this machine that counts what it is asked.
//! Only with the feature `remote`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Ran, Site};
use crate::servers::head;

/// What was asked: when, how and for what.
type Asked = Arc<Mutex<Vec<(Instant, String)>>>;

/// A server with a page for every kind of answer.
struct Far {
    port: u16,
    asked: Asked,
}

impl Far {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let asked: Asked = Arc::default();
        let notes = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let notes = notes.clone();
                std::thread::spawn(move || {
                    let head = head(&stream);
                    let line = head.split(" HTTP/").next().unwrap_or_default().to_owned();
                    let (method, path) = line.split_once(' ').unwrap_or_default();
                    let before = {
                        let mut notes = notes.lock().expect("nobody panics");
                        notes.push((Instant::now(), line.clone()));
                        notes.iter().filter(|(_, it)| *it == line).count() - 1
                    };
                    let to = |path: &str| format!("301 Moved\r\nLocation: {path}");
                    let status = match path.split('?').next().unwrap_or_default() {
                        "/ok" | "/end" | "/also" | "/copy" => "200 OK".to_owned(),
                        "/chain" => to("/chain-2"),
                        "/chain-2" => to(&format!("http://127.0.0.1:{port}/end")),
                        "/chain-dead" => to("/gone"),
                        "/round" => to("/round"),
                        "/inside" => to("http://169.254.169.254/latest/meta-data/"),
                        "/busy" if before == 0 => "429 Too Many Requests\r\nRetry-After: 1".to_owned(),
                        "/busy" => "200 OK".to_owned(),
                        "/full" => "429 Too Many Requests\r\nRetry-After: 3600".to_owned(),
                        "/head" if method == "HEAD" => "405 Method Not Allowed".to_owned(),
                        "/head" => "200 OK".to_owned(),
                        "/refused" => "403 Forbidden".to_owned(),
                        "/slow" => {
                            std::thread::sleep(Duration::from_secs(4));
                            "200 OK".to_owned()
                        }
                        _ => "404 Not Found".to_owned(),
                    };
                    let answer =
                        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                    let _ = stream.write_all(answer.as_bytes());
                });
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// How often each address was asked for since the last call.
    fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for (_, line) in self.asked.lock().expect("nobody panics").drain(..) {
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            *counts.entry(path).or_default() += 1;
        }
        counts
    }
}

fn site(settings: &str, files: &[(&str, &str)]) -> Site {
    let site = Site::new();
    site.write("site.toml", settings);
    for (path, text) in files {
        site.write(path, text);
    }
    site
}

/// Faults of links to other sites: code, place and the text underlined.
fn faults(site: &Site, ran: &Ran) -> Vec<(String, String, String)> {
    let json: Value = ran.json();
    let list = json["diagnostics"].as_array().expect("a list").iter();
    let list = list.filter(|fault| matches!(fault["code"].as_str(), Some("B0313" | "B0314")));
    list.map(|fault| {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let (file, line, column) = (text(&fault["file"]), &fault["line"], &fault["column"]);
        let source = fs::read_to_string(site.path(&file)).expect("it is there");
        let byte = |key: &str| fault[key].as_u64().and_then(|n| usize::try_from(n).ok()).expect("a number");
        let under = source[byte("byte_start")..byte("byte_end")].to_owned();
        (text(&fault["code"]), format!("{file}:{line}:{column}"), under)
    })
    .collect()
}

fn check(site: &Site, more: &[&str]) -> Ran {
    site.brief(&[&["check", "--external", "--format", "json"], more].concat())
}

const OPEN: &str = "title = \"T\"\n[links]\nprivate = true\nrate = 100\ntimeout = 1.5\n";

#[test]
fn every_dead_link_is_told_at_its_place_and_nothing_else() {
    let far = Far::start();
    let u = |path: &str| far.url(path);
    let brief = format!(
        "---\ntitle: B\ndate: 2025-01-01\nactors: [bears]\nsources:\n  - {{ id: a, source: s, title: A, url: \"{}\", archived: \"{}\" }}\n  \
         - {{ id: b, title: B, url: \"{}\", archived: \"{}\" }}\n---\nOne [ok]({}) and [dead]({}#part), [@a] [@b].\n\n\
         <{}> [chain]({}) [busy]({}) [head]({})\n[chain to nowhere]({}) [round]({}) [slow]({}) [mail](mailto:a@example.org)\n\n[[nobody-here]]\n",
        u("gone-1"),
        u("copy"),
        u("gone-2"),
        u("gone-3"),
        u("ok"),
        u("gone-4"),
        u("ok"),
        u("chain"),
        u("busy"),
        u("head"),
        u("chain-dead"),
        u("round"),
        u("slow")
    );
    let actor = format!(
        "---\nname: Bears\nwebsite: {}\ndesignated: [{{ by: UN, date: 2020, url: {} }}]\n---\n",
        u("gone-5"),
        u("gone-6")
    );
    let source = format!("---\nname: S\nurl: {}\n---\n", u("gone-7"));
    let site = site(
        OPEN,
        &[
            ("content/briefs/b.md", &brief),
            ("content/actors/bears.md", &actor),
            ("content/sources/s.md", &source),
        ],
    );
    let ran = check(&site, &[]).ends(1);
    let found = faults(&site, &ran);
    let unquoted = |text: &str| text.trim_matches('"').to_owned();
    let told: Vec<(String, String)> =
        found.iter().map(|(code, _, under)| (code.clone(), unquoted(under))).collect();
    let expected = [
        ("B0313", u("gone-5")),
        ("B0313", u("gone-6")),
        ("B0314", u("gone-1")),
        ("B0313", u("gone-2")),
        ("B0313", u("gone-3")),
        ("B0313", format!("{}#part", u("gone-4"))),
        ("B0313", u("chain-dead")),
        ("B0313", u("round")),
        ("B0313", u("slow")),
        ("B0313", u("gone-7")),
    ];
    assert_eq!(told, expected.map(|(code, url)| (code.to_owned(), url)));
    assert!(found[0].1.starts_with("content/actors/bears.md:3:10"), "{:?}", found[0]);
    // The faults of the site itself are there too, and the order is the same every time.
    assert!(ran.out.contains("B0301") || ran.out.contains("B0302"), "{}", ran.out);
    assert!(ran.out.contains("no answer in time") && ran.out.contains("404 Not Found"), "{}", ran.out);
    let counts = far.counts();
    assert_eq!(counts["/ok"], 1, "named twice, asked once: {counts:?}");
    assert_eq!(counts["/busy"], 2, "told to wait, and asked again");
    assert_eq!(faults(&site, &check(&site, &[])), found);
}

#[test]
fn good_answers_are_remembered_for_as_long_as_the_settings_say() {
    let far = Far::start();
    let text =
        format!("---\ntitle: B\ndate: 2025-01-01\n---\n[a]({}) [b]({})\n", far.url("ok"), far.url("refused"));
    let site = site(OPEN, &[("content/briefs/b.md", &text)]);
    check(&site, &[]).ends(1).says("2 links asked, 0 remembered, 0 left alone");
    assert!(site.path(".brief/links.json").is_file());
    assert_eq!(fs::read_to_string(site.path(".brief/.gitignore")).expect("it is there"), "*\n");
    far.counts();
    check(&site, &[]).ends(1).says("1 link asked, 1 remembered");
    assert_eq!(far.counts(), BTreeMap::from([("/refused".to_owned(), 1)]), "what was dead is asked again");
    // A status that the settings accept is good.
    site.write("site.toml", &format!("{OPEN}accept = [403]\n"));
    check(&site, &[]).ends(0);
    check(&site, &[]).ends(0).says("0 links asked, 2 remembered");
    // And is not any more when they do not.
    site.write("site.toml", &format!("{OPEN}cache_days = 0\n"));
    far.counts();
    check(&site, &["--link-cache", "elsewhere.json"]).ends(1);
    check(&site, &["--link-cache", "elsewhere.json"]).ends(1);
    assert_eq!(far.counts()["/ok"], 2, "an answer that holds for no time is none");
    // The level is the settings'.
    site.write("site.toml", &format!("{OPEN}[diagnostics]\ndead-external-link = \"warn\"\n"));
    check(&site, &[]).ends(0).prints("B0313");
    check(&site, &["--strict"]).ends(1);
    fs::write(site.path("elsewhere.json"), "{\"version\": 1, \"answers\": {\"").expect("it can be written");
    check(&site, &["--link-cache", "elsewhere.json"]).ends(0).says("2 links asked");
    site.brief(&["check", "--link-cache", "x"]).ends(2).says("--external");
    far.counts();
    site.brief(&["check"]).ends(0);
    assert!(far.counts().is_empty(), "nothing is asked unless it is wanted");
}

/// A host that wants an hour does not get it: what it was asked for is told as it is, and it is left alone.
#[test]
fn a_host_that_wants_to_be_left_alone_for_long_holds_up_nothing() {
    let far = Far::start();
    let links: String = (0..6).map(|n| format!("[a]({}?{n}) ", far.url("full"))).collect();
    let there = format!("[b](http://localhost:{}/ok)", far.port);
    let text = format!("---\ntitle: B\ndate: 2025-01-01\n---\n{links} {there}\n");
    let site = site(OPEN, &[("content/briefs/b.md", &text)]);
    let started = Instant::now();
    let ran = check(&site, &[]).ends(1).says("7 links asked").prints("429 Too Many Requests");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(faults(&site, &ran).len(), 6);
    let counts = far.counts();
    assert_eq!(counts.values().sum::<usize>(), 3, "one link twice, and the other host: {counts:?}");
    // Where it is a good answer, there is nothing to wait for.
    site.write("site.toml", &format!("{OPEN}accept = [429]\n"));
    let started = Instant::now();
    check(&site, &["--link-cache", "other.json"]).ends(0);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(far.counts().len(), 7);
}

#[test]
fn one_host_is_asked_no_faster_than_the_settings_say() {
    let far = Far::start();
    let links: String = (0..5).map(|n| format!("[a]({}?{n}) ", far.url("ok"))).collect();
    let text = format!("---\ntitle: B\ndate: 2025-01-01\n---\n{links}\n");
    let settings = OPEN.replace("rate = 100", "rate = 4");
    let site = site(&settings, &[("content/briefs/b.md", &text)]);
    check(&site, &[]).ends(0).says("5 links asked");
    let times: Vec<Instant> = far.asked.lock().expect("nobody panics").iter().map(|(at, _)| *at).collect();
    assert_eq!(times.len(), 5);
    let span = times[4] - times[0];
    assert!(span > Duration::from_millis(900), "five requests in {span:?}, four a second allowed");
}

#[test]
fn only_what_the_settings_allow_is_asked() {
    let far = Far::start();
    let text = format!(
        "---\ntitle: B\ndate: 2025-01-01\n---\n[a]({}) [b](http://localhost:{}/ok) [c](http://[::1]:{}/ok)\n",
        far.url("ok"),
        far.port,
        far.port
    );
    let site = site("title = \"T\"\n", &[("content/briefs/b.md", &text)]);
    check(&site, &[]).ends(0).says("0 links asked, 0 remembered, 3 left alone by `[links]`");
    assert!(far.counts().is_empty(), "this machine was asked");
    site.write("site.toml", &format!("{OPEN}deny = [\"127.0.0.1\", \"[::1]\"]\n"));
    check(&site, &[]).says("1 link asked, 0 remembered, 2 left alone");
    site.write("site.toml", &format!("{OPEN}allow = [\"*.example.org\"]\n"));
    far.counts();
    check(&site, &["--link-cache", "other.json"]).ends(0).says("3 left alone");
    assert!(far.counts().is_empty());
    // A redirect does not lead where the settings do not.
    site.write("site.toml", &format!("{OPEN}deny = [\"169.254.169.254\"]\n"));
    site.write(
        "content/briefs/b.md",
        &format!("---\ntitle: B\ndate: 2025-01-01\n---\n[a]({})\n", far.url("inside")),
    );
    check(&site, &[]).ends(1).prints("it leads to `169.254.169.254`, which may not be asked");
}

#[test]
fn names_of_examples_are_left_alone() {
    let text = "---\ntitle: B\ndate: 2025-01-01\n---\n[a](https://example.com/x) [b](http://a.localhost/) \
        [c](http://b.example/) [d](http://2130706433/) [e](http://0177.1/) [f](http://[::ffff:7f00:1]/)\n";
    let site = site("title = \"T\"\n", &[("content/briefs/b.md", text)]);
    check(&site, &[]).ends(0).says("0 links asked, 0 remembered, 6 left alone by `[links]`");
    // Of a video, another host is asked than the one that is named.
    let settings = "title = \"T\"\n[links]\ndeny = [\"img.youtube.com\"]\n";
    site.write("site.toml", settings);
    let text = "---\ntitle: B\ndate: 2025-01-01\n---\n[a](https://www.youtube.com/watch?v=x)\n";
    site.write("content/briefs/b.md", text);
    check(&site, &[]).ends(0).says("0 links asked, 0 remembered, 1 left alone");
}

#[test]
fn a_cache_that_cannot_be_written_hides_no_dead_link() {
    let far = Far::start();
    let text = format!("---\ntitle: B\ndate: 2025-01-01\n---\n[a]({})\n", far.url("gone"));
    let site = site(OPEN, &[("content/briefs/b.md", &text), ("taken/in-the-way", "")]);
    let ran = check(&site, &["--link-cache", "taken"]).ends(3).prints("B0313").prints("B0902");
    drop(ran);
    let left: Vec<_> =
        fs::read_dir(&site.folder).expect("it is there").flatten().map(|it| it.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".new-")), "{left:?}");
}

#[test]
fn a_file_of_another_kind_is_no_cache() {
    let site = site(OPEN, &[("content/briefs/b.md", "---\ntitle: B\ndate: 2025-01-01\n---\nText.\n")]);
    let feed = "{\"version\": \"https://jsonfeed.org/version/1.1\"}";
    site.write("public.json", feed);
    for file in ["site.toml", "content/briefs/b.md", "public.json"] {
        let before = fs::read_to_string(site.path(file)).expect("it is there");
        check(&site, &["--link-cache", file]).ends(3).prints("B0905");
        assert_eq!(fs::read_to_string(site.path(file)).expect("it is there"), before);
    }
    site.write("old.json", "{ \"version\": 7,\n \"answers\": {");
    check(&site, &["--link-cache", "old.json"]).ends(0);
    site.write("empty.json", "\n");
    check(&site, &["--link-cache", "empty.json"]).ends(0);
}

#[test]
fn redirects_keep_the_pace_of_their_host() {
    let far = Far::start();
    let links: String = (0..3).map(|n| format!("[a]({}?{n}) ", far.url("chain-dead"))).collect();
    let text = format!("---\ntitle: B\ndate: 2025-01-01\n---\n{links}\n");
    let site = site(&OPEN.replace("100", "4"), &[("content/briefs/b.md", &text)]);
    check(&site, &[]).ends(1);
    let asked = far.asked.lock().expect("nobody panics");
    let (first, last) = (asked.first().expect("one"), asked.last().expect("one"));
    let least = Duration::from_millis(250) * u32::try_from(asked.len() - 1).expect("few") * 9 / 10;
    assert!(
        asked.len() > 6 && last.0 - first.0 >= least,
        "{} requests in {:?}",
        asked.len(),
        last.0 - first.0
    );
}

#[test]
fn an_edition_asks_only_for_what_it_shows() {
    let far = Far::start();
    let brief = format!(
        "---\ntitle: B\ndate: 2025-01-01\nsources:\n  - {{ id: a, title: A, url: \"{}\", tlp: amber }}\n  \
         - {{ id: b, title: B, url: \"{}\" }}\n---\n[a]({}) [@b]\n\n(TLP:AMBER) [b]({}) [@a]\n",
        far.url("secret-1"),
        far.url("ok"),
        far.url("also"),
        far.url("secret-2")
    );
    let hidden = format!("---\ntitle: C\ndate: 2025-01-01\ntlp: red\n---\n[c]({})\n", far.url("secret-3"));
    let settings = format!("tlp = \"clear\"\n{OPEN}[[editions]]\nname = \"low\"\ntlp = \"green\"\n");
    let site = site(&settings, &[("content/briefs/b.md", &brief), ("content/briefs/c.md", &hidden)]);
    check(&site, &["--edition", "low"]).ends(0);
    assert_eq!(far.counts().into_keys().collect::<Vec<_>>(), ["/also", "/ok"]);
    let cache = fs::read_to_string(site.path(".brief/links.json")).expect("it was written");
    assert!(!cache.contains("secret"));
    let ran = check(&site, &[]).ends(1);
    assert_eq!(faults(&site, &ran).len(), 3);
    // A label that cannot be read may be any.
    far.counts();
    site.write("content/briefs/b.md", &brief.replace("tlp: amber", "tlp: purple").replace("[@a]", ""));
    check(&site, &["--edition", "low"]).ends(1);
    assert!(!far.counts().contains_key("/secret-1"));
}

#[test]
fn a_certificate_that_nobody_knows_is_told() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (key, certificate) = (path("key"), path("crt"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-keyout", &key, "-out", &certificate])
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        return crate::skip::skipped("there is no openssl on this machine");
    }
    let port = crate::publish_ssh::free_port();
    let mut server = std::process::Command::new("openssl")
        .args([
            "s_server",
            "-quiet",
            "-www",
            "-accept",
            &port.to_string(),
            "-key",
            &key,
            "-cert",
            &certificate,
        ])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl runs");
    let started = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err()
        && started.elapsed() < Duration::from_secs(10)
    {
        std::thread::sleep(Duration::from_millis(20));
    }
    let text = format!("---\ntitle: B\ndate: 2025-01-01\n---\n[a](https://localhost:{port}/)\n");
    let site = site(OPEN, &[("content/briefs/b.md", &text)]);
    let ran = check(&site, &[]);
    let _ = server.kill();
    let _ = server.wait();
    let ran = ran.ends(1).prints("B0313");
    assert!(ran.out.to_lowercase().contains("certificate"), "{}", ran.out);
}
