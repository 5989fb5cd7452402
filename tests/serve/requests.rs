//! Who is answered, and how: names, origins, methods, paths, ranges, limits.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use super::live::{Live, brief, site};

const EVIL: &str = "http://evil.example";

#[test]
fn only_the_writer_on_this_machine_is_answered() {
    let live = Live::of(
        site(&[("content/briefs/a.md", &brief("A", "First."))]),
        &["--allow-host", "Desk.example:4000"],
    );
    let here = format!("127.0.0.1:{}", live.port);
    let own = format!("http://{here}");
    let local = format!("localhost:{}", live.port);
    let local_origin = format!("http://{local}");
    let other_port = "http://127.0.0.1:1".to_owned();
    let cross = ("Sec-Fetch-Site", "cross-site");
    let (page, picture) =
        ([("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")], ("Sec-Fetch-Mode", "no-cors"));
    let cases: Vec<(Vec<(&str, &str)>, u16)> = vec![
        (vec![], 200),
        (vec![("Host", &here)], 200),
        (vec![("Host", &local)], 200),
        (vec![("Host", "LOCALHOST")], 200),
        (vec![("Host", "[::1]:4000")], 200),
        (vec![("Host", "desk.example")], 200),
        (vec![("Host", "evil.example")], 403),
        (vec![("Host", "127.0.0.1.evil.example")], 403),
        (vec![("Host", "192.168.1.1")], 403),
        (vec![("Host", "0.0.0.0")], 403),
        (vec![("Host", "")], 403),
        (vec![("Host", &here), ("Host", &here)], 400),
        (vec![("Origin", &own)], 200),
        (vec![("Host", &local), ("Origin", &local_origin)], 200),
        (vec![("Origin", EVIL)], 403),
        (vec![("Origin", "null")], 403),
        (vec![("Origin", "")], 403),
        (vec![("Origin", &other_port)], 403),
        (vec![("Origin", &local_origin)], 403),
        (vec![("Origin", &own), ("Origin", EVIL)], 403),
        (vec![("Sec-Fetch-Site", "same-origin")], 200),
        (vec![("Sec-Fetch-Site", "none")], 200),
        (vec![cross], 403),
        (vec![cross, picture], 403),
        (vec![cross, page[0]], 403),
        (vec![cross, page[0], page[1]], 200),
        (vec![cross, page[0], ("Sec-Fetch-Dest", "iframe")], 403),
        (vec![("Sec-Fetch-Site", "same-site"), picture], 403),
        (vec![("Sec-Fetch-Site", "something")], 403),
    ];
    for (headers, status) in cases {
        assert_eq!(live.ask("GET", "/", &headers).status, status, "{headers:?}");
    }
    for own in ["/_preview/events", "/_preview/faults", "/_preview/client.js"] {
        assert_eq!(live.ask("GET", own, &[("Host", "evil.example")]).status, 403, "{own}");
        assert_eq!(live.ask("GET", own, &[cross, page[0], page[1]]).status, 403, "{own}");
    }
    assert_eq!(live.send(b"GET / HTTP/1.0\r\n\r\n").status, 400, "without a Host");
    let absolute = format!("GET http://evil.example/ HTTP/1.1\r\nHost: {here}\r\nConnection: close\r\n\r\n");
    assert_eq!(live.send(absolute.as_bytes()).status, 403);
}

#[test]
fn it_can_be_read_and_nothing_else() {
    let live = Live::new();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"] {
        for path in ["/", "/_preview/events", "/_preview/faults"] {
            let answer = live.ask(method, path, &[]);
            assert!(
                answer.status == 405 || method == "CONNECT" && answer.status == 400,
                "{method} {path}: {}",
                answer.status
            );
            assert!(answer.status == 400 || answer.header("allow") == Some("GET, HEAD"), "{method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    let (get, head) = (live.get("/briefs/a/"), live.ask("HEAD", "/briefs/a/", &[]));
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    for path in ["/", "/nothing/", "/_preview/client.js", "/assets/none.css"] {
        let answer = live.get(path);
        for (name, value) in [
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    }
}

#[test]
fn no_path_leads_out_of_the_site() {
    let live = Live::new();
    live.write("secret.txt", "SECRET");
    live.write("content/secret.txt", "SECRET");
    let long = format!("/{}", "a".repeat(5000));
    let deep = format!("/{}", "a/".repeat(900));
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/..%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/%5c%5chost%5cshare",
        "/%c0%ae%c0%ae/secret.txt",
        "/%e0%80%ae/",
        "/a%00b",
        "/secret.txt%00.html",
        "/%00",
        "/C:/secret.txt",
        "/c%3a/secret.txt",
        "/briefs/a/index.html::$DATA",
        "//secret.txt",
        "///etc/passwd",
        "//evil.example/%2e%2e",
        "/etc/passwd",
        "/./secret.txt",
        "/briefs/../secret.txt",
        "/briefs//a/",
        "/briefs%2fa/",
        "/secret.txt",
        "/content/secret.txt",
        "/content/briefs/a.md",
        "/site.toml",
        "/.git/config",
        "/~root/",
        "/%ff%fe",
        "/%",
        "/briefs/a%0d%0aX: y/",
        "/con",
        "/nul.html",
        "/_preview/../secret.txt",
        "/_preview/%2e%2e%2fsecret",
        "/_preview/x",
        "/%u002e%u002e/secret.txt",
        &long,
        &deep,
    ] {
        let answer = live.get(path);
        assert!([400, 404, 414].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.text().contains("SECRET") && !answer.text().contains("root:"), "{path}");
        assert_eq!(answer.header("x"), None);
    }
    for path in ["*", "secret.txt", ""] {
        assert!([0, 400, 403, 404].contains(&live.ask("GET", path, &[]).status), "{path:?}");
    }
}

#[test]
fn pages_folders_and_what_is_not_there() {
    let files =
        [("content/briefs/ü b.md", &*brief("U", "Umlaut.")), ("content/briefs/a.md", &brief("A", "First."))];
    let live = Live::of(site(&files), &[]);
    let to = live.get("/briefs/a?q=1");
    assert_eq!((to.status, to.header("location")), (307, Some("/briefs/a/?q=1")));
    assert_eq!(live.get("/briefs").header("location"), Some("/briefs/"));
    assert!(live.get("/briefs/a/index.html").text().contains("First."));
    let home = live.get("/briefs/").text();
    let href =
        home.split("href=\"").find_map(|rest| rest.split('"').next().filter(|href| href.contains("%C3%BC")));
    if let Some(href) = href {
        assert!(
            live.get(&format!("/briefs/{}", href.trim_start_matches("../briefs/"))).status == 200,
            "{href}"
        );
    }
    let missing = live.get("/no/such/page/");
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("No such page") && missing.text().contains("data-shown=\"missing\""));
    let page = live.get("/briefs/a/");
    let tag = page.header("etag").expect("a tag").to_owned();
    assert_eq!(live.ask("GET", "/briefs/a/", &[("If-None-Match", &tag)]).status, 304);
}

/// Nobody knows from where a page that is not there is asked for, so its links rely on `base_url`.
#[test]
fn the_404_page_has_its_style_wherever_the_site_is_published() {
    let settings = "title = \"T\"\nbase_url = \"https://example.org/some/desk/\"\n";
    let files = [("site.toml", settings), ("content/briefs/a.md", &*brief("A", "First."))];
    let live = Live::of(site(&files), &[]);
    let page = live.get("/no/such/").text();
    let (_, rest) = page.split_once("rel=\"stylesheet\" href=\"").expect("a style sheet");
    let href = rest.split('"').next().expect("its address");
    assert!(href.starts_with("/some/desk/assets/"), "{href}");
    assert_eq!(live.get(href).header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(live.get("/some/desk/briefs/a/").status, 200);
}

#[test]
fn attachments_come_in_parts_and_by_their_type() {
    let bytes: String = (0..300_000).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
    let text = "![A film](film.mp4)\n\n[A paper](paper.pdf) [Odd](odd.xyz) [Empty](empty.csv)";
    let files = [
        ("content/briefs/a.md", &*brief("A", text)),
        ("content/briefs/film.mp4", &bytes),
        ("content/briefs/paper.pdf", "%PDF-1.7"),
        ("content/briefs/odd.xyz", "?"),
        ("content/briefs/empty.csv", ""),
    ];
    let live = Live::of(site(&files), &[]);
    let film = "/briefs/film.mp4";
    let whole = live.get(film);
    assert_eq!((whole.status, whole.body.len()), (200, 300_000));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let tag = whole.header("etag").expect("a tag").to_owned();
    for (path, mime) in [
        (film, "video/mp4"),
        ("/briefs/paper.pdf", "application/pdf"),
        ("/briefs/odd.xyz", "application/octet-stream"),
        ("/briefs/empty.csv", "text/csv; charset=utf-8"),
        ("/feed.xml", "application/xml"),
        ("/feed.json", "application/json"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ] {
        assert_eq!(live.get(path).header("content-type"), Some(mime), "{path}");
    }
    for (range, status, part) in [
        ("bytes=0-9", 206, Some((0, 10))),
        ("bytes=100000-", 206, Some((100_000, 300_000))),
        ("bytes=-5", 206, Some((299_995, 300_000))),
        ("bytes=299999-999999", 206, Some((299_999, 300_000))),
        ("bytes=300000-", 416, None),
        ("bytes=0-1,5-6", 200, Some((0, 300_000))),
        ("lines=1-2", 200, Some((0, 300_000))),
    ] {
        let answer = live.ask("GET", film, &[("Range", range)]);
        assert_eq!(answer.status, status, "{range}");
        let expected = part.map_or("", |(from, to)| &bytes[from..to]);
        assert!(answer.text() == expected, "{range}: {} bytes", answer.body.len());
        match (status, part) {
            (206, Some((from, to))) => {
                let said = format!("bytes {from}-{}/300000", to - 1);
                assert_eq!(answer.header("content-range"), Some(said.as_str()));
            }
            (416, _) => assert_eq!(answer.header("content-range"), Some("bytes */300000")),
            _ => assert_eq!(answer.header("content-range"), None),
        }
    }
    let part = [("Range", "bytes=0-9"), ("If-Range", &*tag)];
    assert_eq!(live.ask("GET", film, &part).status, 206);
    assert_eq!(live.ask("GET", film, &[part[0], ("If-Range", "\"old\"")]).status, 200);
    assert_eq!(live.ask("GET", film, &[("If-None-Match", &*tag)]).status, 304);
    let head = live.ask("HEAD", film, &[]);
    assert_eq!((head.header("content-length"), head.body.len()), (Some("300000"), 0));
    // In the page's own bytes too.
    let feed = live.get("/feed.json").body;
    assert_eq!(live.ask("GET", "/feed.json", &[("Range", "bytes=1-3")]).body, feed[1..4]);
    live.save("content/briefs/film.mp4", "another film");
    live.until_shows(film, "another film");
}

#[test]
fn slow_and_large_requests_do_not_stall_others() {
    let live = Live::new();
    let huge = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    assert!([0, 431].contains(&live.send(huge.as_bytes()).status));
    // Clients that begin to ask and never go on, and clients that only listen.
    let mut slow: Vec<_> = (0..200).map(|_| live.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").expect("it takes a request");
    }
    let listeners: Vec<_> = (0..100).map(|_| live.listen()).collect();
    let started = Instant::now();
    for _ in 0..50 {
        assert_eq!(live.get("/briefs/a/").status, 200);
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    live.save("content/briefs/a.md", &brief("A", "For all."));
    for events in &listeners {
        let news = events.recv_timeout(Duration::from_secs(10)).expect("all hear of it");
        assert_eq!(news["changed"], serde_json::json!(["/briefs/a/"]));
    }
}

#[test]
fn a_client_that_was_away_hears_of_the_present_state() {
    let live = Live::new();
    let first = live.listen_from_now().recv_timeout(Duration::from_secs(10)).expect("the present state");
    live.save("content/briefs/a.md", &brief("A", "Meanwhile."));
    live.until_shows("/briefs/a/", "Meanwhile.");
    let next = live.listen_from_now().recv_timeout(Duration::from_secs(10)).expect("the present state");
    assert_ne!(first["build"], next["build"]);
    let page = live.get("/briefs/a/").text();
    assert!(page.contains(&format!("data-build=\"{}\"", next["build"].as_str().expect("text"))));
    // It ends as a stream does, with its header, and is no page.
    let mut stream = live.connect();
    stream
        .write_all(b"GET /_preview/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .expect("it takes a request");
    let mut start = [0; 400];
    let count = stream.read(&mut start).expect("an answer");
    assert!(String::from_utf8_lossy(&start[..count]).contains("content-type: text/event-stream"));
}
