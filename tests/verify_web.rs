//! `brief verify` of an address: a real web server with what `brief config` prints, and one that misbehaves.
//! Only with the feature `remote`.

use std::fs;
use std::io::Write as _;
use std::net::{Shutdown, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::cli::{Ran, Site};
use crate::servers::{WebServer, head, published};

fn verify(site: &Site, port: u16, more: &[&str]) -> Ran {
    site.brief(&[&["verify", &format!("http://127.0.0.1:{port}/")], more].concat())
}

fn release(site: &Site) -> PathBuf {
    fs::canonicalize(site.path("www/current")).expect("it was published")
}

#[test]
fn a_site_is_verified_as_nginx_apache_and_caddy_send_it() {
    for server in ["nginx", "apache", "caddy"] {
        let site = published();
        let Some(server) = WebServer::start(server, &site, &[]) else { continue };
        let files =
            fs::read_to_string(site.path("a/manifest.json")).expect("it was built").lines().count() - 2;
        verify(&site, server.port, &[])
            .ends(0)
            .says(&format!("{files} files as the manifest lists them; it is not signed"));
        verify(&site, server.port, &["--key", "RWQ"]).ends(2).says("neither a file nor a public key");
    }
}

#[test]
fn every_fault_of_a_served_site_is_told_with_its_path() {
    let site = published();
    let Some(server) = WebServer::start("nginx", &site, &[]) else { return };
    let release = release(&site);
    let page = release.join("briefs/n3/index.html");
    let mut bytes = fs::read(&page).expect("it is there");
    bytes[40] ^= 1;
    fs::remove_file(&page).expect("it may be linked elsewhere");
    fs::write(&page, bytes).expect("it can be written");
    fs::write(release.join("robots.txt"), "longer than what was there before, by far")
        .expect("it can be written");
    fs::remove_file(release.join("briefs/n4/index.html")).expect("it is there");
    fs::remove_file(release.join("briefs/n5/index.html.br")).expect("it is there");
    fs::write(release.join("briefs/n6/index.html.gz"), "not what it should be").expect("it can be written");
    let ran = verify(&site, server.port, &[]).ends(1);
    let ran = ran.says("`briefs/n3/index.html` differs from").says("`robots.txt` differs from");
    let ran = ran.says("`briefs/n4/index.html` is missing").says("`briefs/n5/index.html.br` is missing");
    ran.says("`briefs/n6/index.html.gz` differs").says("5 errors");
    let json = verify(&site, server.port, &["--format", "json"]).ends(1).json();
    assert_eq!(json["errors"], 5);
    let address = format!("http://127.0.0.1:{}/briefs/", server.port);
    site.brief(&["verify", &address]).ends(2).says("there is no manifest.json at");
}

#[test]
fn the_signature_of_a_served_site_is_checked() {
    let site = published();
    let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    let other = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    site.write("key.sec", &pair.sk.to_box(None).expect("it has a form").into_string());
    site.brief(&["publish", "www", "--out", "a", "--sign", "key.sec"]).ends(0);
    let Some(server) = WebServer::start("nginx", &site, &[]) else { return };
    let (key, other) = (pair.pk.to_base64(), other.pk.to_base64());
    verify(&site, server.port, &["--key", &key]).ends(0).says("and the signature holds");
    verify(&site, server.port, &[]).ends(0).says("its signature was not checked");
    verify(&site, server.port, &["--key", &other]).ends(1).says("B0909");
    fs::remove_file(release(&site).join("manifest.json.minisig")).expect("it is there");
    verify(&site, server.port, &["--key", &key])
        .ends(1)
        .says("B0909")
        .says("there is no `manifest.json.minisig`");
}

/// A server that answers each path as it is told, and notes what it was asked.
fn odd(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (notes, answer) = (asked.clone(), Arc::new(answer));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let (notes, answer) = (notes.clone(), answer.clone());
            std::thread::spawn(move || {
                let head = head(&stream);
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let body = answer(&path);
                notes.lock().expect("nobody panics").push(path);
                let _ = stream.write_all(&body);
                // A socket that is closed with bytes unread resets the connection, and the answer is lost.
                let _ = stream.shutdown(Shutdown::Write);
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            });
        }
    });
    (port, asked)
}

/// What nobody has signed may list anything, of any size.
#[test]
fn nothing_is_fetched_that_a_manifest_without_its_signature_lists() {
    let site = Site::new();
    let pairs =
        [(); 2].map(|()| minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made"));
    site.write("key.sec", &pairs[0].sk.to_box(None).expect("it has a form").into_string());
    site.brief(&["build", "--out", "a", "--sign", "key.sec"]).ends(0);
    let folder = site.path("a");
    let (port, asked) = odd(move |path| {
        let body = fs::read(folder.join(path.trim_start_matches('/')));
        let status = if body.is_ok() { "200 OK" } else { "404 No" };
        let body = body.unwrap_or_default();
        let head =
            format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        [head.into_bytes(), body].concat()
    });
    let [key, other] = pairs.map(|pair| pair.pk.to_base64());
    verify(&site, port, &["--key", &key]).ends(0).says("the signature holds");
    assert!(asked.lock().expect("nobody panics").len() > 5, "every file was asked for");
    let fetches_nothing = |key: &str, words: &str| {
        asked.lock().expect("nobody panics").clear();
        verify(&site, port, &["--key", key]).ends(1).says("B0909").says(words).says("1 error");
        let asked = asked.lock().expect("nobody panics");
        assert!(asked.iter().all(|path| path.starts_with("/manifest.json")), "{asked:?}");
    };
    fetches_nothing(&other, "key id");
    site.remove("a/manifest.json.minisig");
    fetches_nothing(&key, "there is no `manifest.json.minisig`");
    site.write("a/manifest.json", "{\"huge\": true}");
    fetches_nothing(&key, "there is no `manifest.json.minisig`");
}

#[test]
fn a_server_that_misbehaves_is_not_followed_or_read_for_ever() {
    let site = Site::new();
    site.brief(&["build", "--out", "a"]).ends(0);
    let listed = fs::read(site.path("a/manifest.json")).expect("it was built");
    let (elsewhere, asked) = odd(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".to_vec());
    let (folder, has_hung_up) = (site.path("a"), AtomicBool::new(false));
    let (port, _) = odd(move |path| {
        let plain = |body: &[u8]| {
            let head =
                format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            [head.as_bytes(), body].concat()
        };
        match path {
            // Hangs up once.
            "/manifest.json" if !has_hung_up.swap(true, Ordering::Relaxed) => Vec::new(),
            "/manifest.json" => plain(&listed),
            "/robots.txt" => format!(
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{elsewhere}/x\r\nContent-Length: 0\r\n\r\n"
            )
            .into_bytes(),
            // No length and no end: sixteen megabytes are as good.
            "/index.html" => {
                [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec(), vec![b'x'; 16 << 20]].concat()
            }
            "/404.html" => b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "/feed.xml" => {
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5000\r\n\r\nshort".to_vec()
            }
            path => fs::read(folder.join(path.trim_start_matches('/'))).map_or_else(
                |_| b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
                |body| plain(&body),
            ),
        }
    });
    let started = Instant::now();
    let ran = verify(&site, port, &[]).ends(3);
    let ran = ran.says("`robots.txt` cannot be read: it leads to another place").says("`index.html` differs");
    ran.says("`404.html` cannot be read: the server answers 500").says("`feed.xml`").says("4 errors");
    assert!(asked.lock().expect("nobody panics").is_empty(), "another host was asked");
    assert!(started.elapsed() < Duration::from_secs(20));
    site.brief(&["verify", "https://me:secret@example.org/"]).ends(2).says("may hold no password");
    let free = crate::publish_ssh::free_port();
    verify(&site, free, &[]).ends(3).says("B0908").says("Connection refused");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let started = Instant::now();
    let silent = listener.local_addr().expect("it has an address").port();
    verify(&site, silent, &[]).ends(3).says("B0908").says("no answer in time");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_server_that_goes_away_is_not_asked_for_every_file() {
    let site = Site::new();
    site.brief(&["build", "--out", "a"]).ends(0);
    // Thousands of files, three attempts each, would take minutes.
    let text = fs::read_to_string(site.path("a/manifest.json")).expect("it was built");
    let entry = |n| format!(r#"{{"path":"x/{n}","size":1,"blake3":"{}"}}"#, "0".repeat(64));
    let files = (0..2000).map(entry).collect::<Vec<_>>().join(",");
    let head = text.split_once("[\n").expect("files are listed").0;
    let listed = format!("{head}[{files}]}}");
    let (port, asked) = odd(move |path| match path {
        "/manifest.json" => format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{listed}",
            listed.len()
        )
        .into_bytes(),
        "/manifest.json.minisig" => {
            b"HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec()
        }
        _ => Vec::new(),
    });
    verify(&site, port, &[]).ends(3).says("the server has ceased to answer");
    let asked = asked.lock().expect("nobody panics").len();
    assert!((16..200).contains(&asked), "{asked} requests");
}

/// An answer with a head of its own.
fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A build in a folder, and a server that sends its files, except where it is told otherwise.
fn served(
    site: &Site,
    other: impl Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> (u16, Arc<Mutex<Vec<String>>>) {
    site.brief(&["build", "--out", "a"]).ends(0);
    let folder = site.path("a");
    odd(move |path| match fs::read(folder.join(path.trim_start_matches('/'))) {
        Ok(body) => other(path, &body).unwrap_or_else(|| answer("200 OK", "", &body)),
        Err(_) => answer("404 No", "", b""),
    })
}

#[test]
fn a_server_that_is_busy_is_waited_for_as_it_asks() {
    let site = Site::new();
    // One file is not answered for in the next second, as by a server that limits requests; another is late.
    let (last, late) = (Mutex::new(None::<Instant>), Mutex::new(0));
    let (port, asked) = served(&site, move |path, _| {
        if path == "/briefs/a/index.html" {
            let mut late = late.lock().expect("nobody panics");
            *late += 1;
            return (*late < 6).then(|| answer("503 Later", "Retry-After: 0\r\n", b""));
        }
        let mut last = last.lock().expect("nobody panics");
        if path == "/robots.txt" && last.is_none_or(|last| last.elapsed() < Duration::from_millis(900)) {
            last.get_or_insert_with(Instant::now);
            return Some(answer("429 Slowly", "Retry-After: 1\r\n", b""));
        }
        None
    });
    verify(&site, port, &[]).ends(0).says("as the manifest lists them");
    let asked = asked.lock().expect("nobody panics");
    assert_eq!(asked.iter().filter(|path| *path == "/robots.txt").count(), 2, "not before it asks to be");
}

#[test]
fn what_a_server_does_not_answer_for_is_not_told_as_other_than_listed() {
    let site = Site::new();
    let (port, _) = served(&site, |path, _| match path {
        "/robots.txt" => Some(answer("429 Slowly", "Retry-After: 3600\r\n", b"")),
        "/sitemap.xml" => Some(answer("503 No", "", b"")),
        _ => None,
    });
    let started = Instant::now();
    let ran = verify(&site, port, &[]).ends(3).says("error[B0908]: `robots.txt` cannot be read").says("429");
    assert!(!ran.err.contains("B0907"), "{}", ran.err);
    assert!(started.elapsed() < Duration::from_secs(60), "an hour is not waited for");
    // What it refuses, readers do not see either.
    let (port, _) = served(&site, |path, _| (path == "/robots.txt").then(|| answer("403 No", "", b"")));
    verify(&site, port, &[]).ends(1).says("error[B0907]: `robots.txt` cannot be read");
}

#[test]
fn a_server_that_encodes_unasked_is_told_of() {
    let site = Site::new();
    let gzip = |body: &[u8]| answer("200 OK", "Content-Encoding: gzip\r\n", &[b"\x1f\x8b", body].concat());
    let (port, _) = served(&site, move |_, body| Some(gzip(body)));
    let words = "the server sends it encoded, as \"gzip\", although it was asked for as it is";
    verify(&site, port, &[]).ends(3).says("manifest.json: ").says(words).says("Accept-Encoding: identity");
    let (port, _) = served(&site, move |path, body| path.ends_with(".minisig").then(|| gzip(body)));
    let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("keys can be made");
    site.write("key.sec", &pair.sk.to_box(None).expect("it has a form").into_string());
    site.brief(&["build", "--out", "a", "--sign", "key.sec"]).ends(0);
    verify(&site, port, &["--key", &pair.pk.to_base64()]).ends(3).says("minisig: ").says(words);
    let (port, _) = served(&site, move |path, body| path.ends_with(".html").then(|| gzip(body)));
    verify(&site, port, &[]).ends(3).says(&format!("`index.html` cannot be read: {words}"));
    // A file may well be said to be a copy when it is asked for as what it is.
    let said = |body: &[u8]| answer("200 OK", "Content-Encoding: gzip\r\n", body);
    let (port, _) = served(&site, move |path, body| path.ends_with(".css").then(|| said(body)));
    verify(&site, port, &[]).ends(0);
}
