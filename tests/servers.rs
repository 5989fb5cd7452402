//! What `brief config` prints, read by the real web servers: headers, 404, compressed copies, caching; and
//! readers who ask without a pause while releases are switched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use briefwright::io::Manifest;

use crate::cli::Site;
use crate::publish_ssh::free_port;
use crate::skip::skipped;

/// A site in two compressed builds, and the first one published.
pub fn published() -> Site {
    let site = Site::new();
    let everyone = fs::Permissions::from_mode(0o755);
    fs::set_permissions(site.folder.path(), everyone).expect("it is ours");
    for n in 0..40 {
        let text =
            format!("---\ntitle: N{n}\ndate: 2025-01-02\n---\n{}\n", "Some words of a brief. ".repeat(60));
        site.write(&format!("content/briefs/n{n}.md"), &text);
    }
    site.brief(&["build", "--compress", "--out", "a"]).ends(0);
    site.remove("content/briefs/n7.md");
    site.write("site.toml", "title = \"Another title\"\n");
    site.brief(&["build", "--compress", "--out", "b"]).ends(0);
    site.brief(&["publish", "www", "--out", "a"]).ends(0);
    site
}

/// A running web server; ended when it goes.
pub struct WebServer {
    child: Child,
    pub port: u16,
    /// Its own files.
    _folder: tempfile::TempDir,
}

impl WebServer {
    /// Starts the program with what `brief config NAME` prints; `None`, and why is printed, where it is missing.
    pub fn start(name: &str, site: &Site, more: &[&str]) -> Option<Self> {
        let programs = match name {
            "nginx" => ["/usr/sbin/nginx", "/usr/bin/nginx"],
            "apache" => ["/usr/sbin/apache2", "/usr/bin/apache2"],
            _ => ["/usr/bin/caddy", "/usr/local/bin/caddy"],
        };
        let Some(program) = programs.into_iter().find(|path| Path::new(path).is_file()) else {
            skipped(format!("there is no {name} on this machine"));
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let port = free_port();
        let root = site.path("www/current").display().to_string();
        let number = port.to_string();
        // Over TLS a client names the host that it means, and an address is no name.
        let host = if more.is_empty() { "127.0.0.1" } else { "localhost" };
        let args = ["config", name, "--root", &root, "--host", host, "--port", &number];
        // The port that leads to HTTPS may be somebody's here.
        let elsewhere = std::iter::repeat_with(free_port).find(|other| *other != port).unwrap_or_default();
        let path = |name: &str| folder.path().join(name);
        let printed = site.brief(&[&args, more].concat()).ends(0).out;
        let printed = printed.replace("listen 80;", &format!("listen {elsewhere};"));
        let printed = printed.replace("listen [::]:80;", &format!("listen [::]:{elsewhere};"));
        fs::write(path("site.conf"), &printed).expect("it can be written");
        let dir = folder.path().display();
        let mut command = Command::new(program);
        match name {
            "nginx" => {
                let main = format!(
                    "daemon off;\npid {dir}/pid;\nerror_log {dir}/log;\nevents {{}}\nhttp {{\ninclude /etc/nginx/mime.types;\naccess_log off;\n\
                     client_body_temp_path {dir}/b;\nproxy_temp_path {dir}/p;\nfastcgi_temp_path {dir}/f;\nuwsgi_temp_path {dir}/u;\nscgi_temp_path {dir}/s;\ninclude {dir}/site.conf;\n}}\n"
                );
                fs::write(path("main.conf"), main).expect("it can be written");
                let args = ["-c", &format!("{dir}/main.conf"), "-e", &format!("{dir}/log")];
                let test = Command::new(program).arg("-t").args(args).output().expect("nginx runs");
                assert!(test.status.success(), "nginx -t: {}", String::from_utf8_lossy(&test.stderr));
                command.args(args);
            }
            "apache" => {
                // None but those that it says are needed; two of them need one more.
                let (_, line) = printed.split_once("a2enmod ").expect("it names modules");
                let named = line.split_once(" &&").expect("a command follows").0.split(' ');
                let tls: &[&str] = if more.is_empty() { &[] } else { &["socache_shmcb", "setenvif"] };
                let modules = ["mpm_event"].into_iter().chain(tls.iter().copied()).chain(named);
                let load =
                    |module| format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n");
                let modules: String = modules.map(load).collect();
                let main = format!(
                    "ServerRoot {dir}\nServerName 127.0.0.1\nPidFile {dir}/pid\nDefaultRuntimeDir {dir}\nErrorLog {dir}/log\nUser www-data\nGroup www-data\n\
                     {modules}TypesConfig /etc/mime.types\nListen {port}\nInclude {dir}/site.conf\n"
                );
                fs::write(path("main.conf"), main).expect("it can be written");
                command.args(["-DFOREGROUND", "-f", &format!("{dir}/main.conf")]);
            }
            _ => {
                let main = format!("{{\nadmin off\nauto_https off\n}}\n{printed}");
                fs::write(path("Caddyfile"), main).expect("it can be written");
                command.args(["run", "--adapter", "caddyfile", "--config", &format!("{dir}/Caddyfile")]);
                command.env("XDG_DATA_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
            }
        }
        let out = fs::File::create(path("out")).expect("it can be made");
        let child = command.stdout(Stdio::null()).stderr(out).spawn().expect("the server starts");
        let mut server = Self { child, port, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let dir = server._folder.path();
            let log =
                ["out", "log"].map(|name| fs::read_to_string(dir.join(name)).unwrap_or_default()).concat();
            assert!(server.child.try_wait().expect("it is ours").is_none(), "{name} has ended: {log}");
            assert!(started.elapsed() < Duration::from_secs(20), "{name} does not listen: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        Client::new(self.port).ask("GET", path, headers).expect("the server answers")
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // Asked to end, so that it ends its workers too.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn has(&self, name: &str, value: &str) {
        let given = self.headers.get(name).map(String::as_str);
        assert_eq!(given, Some(value), "{name}, among {:?}", self.headers);
    }
}

/// One connection, kept for many questions.
struct Client {
    port: u16,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    fn new(port: u16) -> Self {
        Self { port, connection: None }
    }

    fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) -> std::io::Result<Answer> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_read_timeout(Some(Duration::from_secs(20)))?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let question = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}\r\n", self.port);
        connection.get_mut().write_all(question.as_bytes())?;
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("no status: {line:?}")))?;
        let mut headers = BTreeMap::new();
        loop {
            line.clear();
            connection.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let mut body = Vec::new();
        if let Some(length) = headers.get("content-length").and_then(|length| length.parse().ok()) {
            body.resize(length, 0);
            connection.read_exact(&mut body)?;
        } else if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            loop {
                line.clear();
                connection.read_line(&mut line)?;
                let length = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
                let start = body.len();
                body.resize(start + length + 2, 0);
                connection.read_exact(&mut body[start..])?;
                body.truncate(start + length);
                if length == 0 {
                    break;
                }
            }
        }
        if headers.get("connection").is_none_or(|value| value != "close") {
            self.connection = Some(connection);
        }
        Ok(Answer { status, headers, body })
    }
}

fn serves_well(name: &str) {
    let site = published();
    let Some(server) = WebServer::start(name, &site, &[]) else { return };
    let read = |path: &str| fs::read(site.path("a").join(path)).expect("it was built");
    let home = server.get("/", &[]);
    assert_eq!((home.status, &home.body), (200, &read("index.html")));
    home.has("cache-control", "no-cache");
    home.has(
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    );
    home.has("x-content-type-options", "nosniff");
    home.has("cross-origin-resource-policy", "same-origin");
    home.has("referrer-policy", "same-origin");
    home.has("content-type", "text/html; charset=utf-8");
    assert!(!home.headers.contains_key("content-encoding"));
    for (coding, ending) in [("gzip", "gz"), ("br", "br")] {
        if name == "nginx" && coding == "br" {
            continue; // It has no such module everywhere.
        }
        for path in ["/briefs/n1/", "/briefs/n1/index.html"] {
            let page = server.get(path, &[("Accept-Encoding", coding)]);
            let copy = read(&format!("briefs/n1/index.html.{ending}"));
            assert!(page.status == 200 && page.body == copy, "{path} {coding} {:?}", page.headers);
            page.has("content-encoding", coding);
            page.has("content-type", "text/html; charset=utf-8");
            assert!(page.headers["vary"].to_lowercase().contains("accept-encoding"));
            page.has("cache-control", "no-cache");
        }
    }
    let style = site
        .path("a/assets")
        .read_dir()
        .expect("it is there")
        .map(|entry| entry.expect("listed").file_name());
    let style = style
        .map(|name| name.into_string().expect("UTF-8"))
        .find(|name| name.ends_with(".css"))
        .expect("a style");
    for headers in [&[][..], &[("Accept-Encoding", "gzip")]] {
        let asset = server.get(&format!("/assets/{style}"), headers);
        asset.has("cache-control", "public, max-age=31536000, immutable");
        assert!(asset.headers["content-type"].starts_with("text/css"), "{:?}", asset.headers);
    }
    let missing = server.get("/no/such/page/", &[]);
    assert_eq!((missing.status, &missing.body), (404, &read("404.html")));
    assert!(missing.headers.contains_key("content-security-policy"));
    let folder = server.get("/briefs/n1", &[]);
    assert!([301, 302, 307, 308].contains(&folder.status), "{}", folder.status);
    assert!(
        folder.headers["location"].ends_with("briefs/n1/") || folder.headers["location"] == "n1/",
        "{:?}",
        folder.headers
    );
    // A copy of a hashed name that is not there may be there tomorrow.
    let gone = server.get("/assets/gone.0123456789.css", &[]);
    assert_eq!(gone.status, 404);
    assert!(!gone.headers.get("cache-control").is_some_and(|value| value.contains("immutable")));
    let tag = home.headers["etag"].clone();
    assert_eq!(server.get("/", &[("If-None-Match", &tag)]).status, 304);
    let posted = Client::new(server.port).ask("POST", "/", &[("Content-Length", "0")]).expect("it answers");
    assert!([403, 405].contains(&posted.status), "{}", posted.status);
    let release = fs::canonicalize(site.path("www/current")).expect("it leads somewhere");
    // An archive of the site's own is not a copy of anything, and a name may have a question mark.
    let gzip = [("Accept-Encoding", "gzip")];
    fs::write(release.join("pack.tar.gz"), "an archive").expect("it can be written");
    let pack = server.get("/pack.tar.gz", &gzip);
    assert_eq!((pack.status, &*pack.body), (200, &b"an archive"[..]));
    assert!(!pack.headers.contains_key("content-encoding"), "{:?}", pack.headers);
    assert!(
        ["application/gzip", "application/octet-stream"].contains(&&*pack.headers["content-type"]),
        "{:?}",
        pack.headers
    );
    fs::create_dir(release.join("why?")).expect("it can be made");
    for file in ["index.html", "index.html.gz"] {
        fs::write(release.join("why?").join(file), "because").expect("it can be written");
    }
    assert_eq!(server.get("/why%3F/", &gzip).status, 200);
    let traced = Client::new(server.port).ask("TRACE", "/", &[]).expect("it answers");
    assert!([403, 405].contains(&traced.status), "{}", traced.status);
    fs::create_dir(release.join(".hidden")).expect("it can be made");
    for file in [".secret", ".hidden/file", ".hidden/file.gz"] {
        fs::write(release.join(file), "secret").expect("it can be written");
    }
    for path in ["/.secret", "/.hidden/file", "/.hidden/", "/%2ehidden/file"] {
        assert!([403, 404].contains(&server.get(path, &gzip).status), "{path}");
    }
    // Except what the standard has there.
    assert_eq!(server.get("/.well-known/x", &[]).status, 404);
    fs::create_dir(release.join(".well-known")).expect("it can be made");
    fs::write(release.join(".well-known/security.txt"), "here").expect("it can be written");
    assert_eq!(server.get("/.well-known/security.txt", &[]).body, b"here");
    // Browsers are told not to guess, so a type has to be right, of what is not there too.
    for (file, kind) in [
        ("a.geojson", "application/geo+json"),
        ("a.mjs", "text/javascript"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.csv", "text/csv"),
    ] {
        let missing = server.get(&format!("/{file}"), &[]);
        assert_eq!((missing.status, &missing.body), (404, &read("404.html")));
        missing.has("content-type", "text/html; charset=utf-8");
        missing.has("cache-control", "no-cache");
        fs::write(release.join(file), "{}").expect("it can be written");
        let found = server.get(&format!("/{file}"), &[]);
        assert!(found.headers["content-type"].starts_with(kind), "{file}: {:?}", found.headers);
    }
}

#[test]
fn nginx_serves_well() {
    serves_well("nginx");
}

#[test]
fn apache_serves_well() {
    serves_well("apache");
}

#[test]
fn caddy_serves_well() {
    serves_well("caddy");
}

#[test]
fn two_editions_stand_in_one_caddyfile() {
    let site = Site::new();
    let config = |edition: &str| {
        site.brief(&["config", "caddy", "--host", &format!("{edition}.example.org"), "--edition", edition])
            .ends(0)
            .out
    };
    site.write("Caddyfile", &(config("partners") + &config("public")));
    let file = site.path("Caddyfile").display().to_string();
    match Command::new("caddy").args(["adapt", "--adapter", "caddyfile", "--config", &file]).output() {
        Ok(ran) => assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr)),
        Err(error) => skipped(format!("there is no caddy on this machine ({error})")),
    }
}

/// A folder with a server's key, an authority, and a reader in each of two units; `None`, and why is printed,
/// where a program is missing.
fn certificates(site: &Site) -> Option<String> {
    let folder = site.path("tls");
    fs::create_dir(&folder).expect("it can be made");
    let openssl = |line: &str| {
        let ran = Command::new("openssl").current_dir(&folder).args(line.split(' ')).output();
        match ran {
            Ok(output) => {
                assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
                true
            }
            Err(error) => {
                skipped(format!("there is no openssl on this machine ({error})"));
                false
            }
        }
    };
    let is_there = openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 2 -subj /CN=127.0.0.1",
    ) && openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out clients-ca.crt -days 2 -subj /CN=CA",
    );
    for (unit, name) in [
        ("briefs-partners.eu", "/O=X/OU=briefs-partners.eu/CN=reader"),
        ("other", "/O=X/OU=other/CN=reader"),
        ("like", "/O=X/OU=briefs-partnersXeu/CN=reader"),
        ("liar", "/O=X/OU=other/CN=r,OU=briefs-partners.eu"),
        ("last-liar", "/CN=r,OU=briefs-partners.eu"),
        ("two", "/O=X/OU=other/OU=briefs-partners.eu/CN=reader"),
        ("two-turned", "/O=X/OU=briefs-partners.eu/OU=other/CN=reader"),
        ("plus-liar", "/O=X/OU=other/CN=r\\+OU=briefs-partners.eu"),
    ] {
        if !is_there {
            return None;
        }
        openssl(&format!("req -newkey rsa:2048 -nodes -keyout {unit}.key -out {unit}.csr -subj {name}"));
        openssl(&format!(
            "x509 -req -in {unit}.csr -CA clients-ca.crt -CAkey ca.key -CAcreateserial -out {unit}.crt -days 2"
        ));
    }
    Some(folder.display().to_string())
}

#[test]
fn certificates_decide_who_reads_an_edition() {
    let site = published();
    if let Err(error) = Command::new("curl").arg("--version").output() {
        return skipped(format!("there is no curl on this machine ({error})"));
    }
    let Some(tls) = certificates(&site) else { return };
    for name in ["nginx", "apache", "caddy"] {
        let more = ["--tls", &tls, "--auth", "client-cert", "--edition", "partners.eu"];
        let Some(server) = WebServer::start(name, &site, &more) else { continue };
        let ask = |unit: Option<&str>| {
            let mut command = Command::new("curl");
            command.args(["-sk", "-o", "/dev/null", "-w", "%{http_code}"]);
            if let Some(unit) = unit {
                command.args(["--cert", &format!("{tls}/{unit}.crt"), "--key", &format!("{tls}/{unit}.key")]);
            }
            let output =
                command.arg(format!("https://localhost:{}/", server.port)).output().expect("curl runs");
            String::from_utf8(output.stdout).expect("UTF-8")
        };
        for unit in ["briefs-partners.eu", "two", "two-turned"] {
            assert_eq!(ask(Some(unit)), "200", "{name}, {unit}");
        }
        for unit in ["other", "like", "liar", "last-liar", "plus-liar"] {
            assert_eq!(ask(Some(unit)), "403", "{name}, {unit}");
        }
        // Refused while the connection is made, or with the first answer.
        assert!(["000", "400"].contains(&ask(None).as_str()), "{name}");
    }
}

/// `BRIEF_SWAPS=50 cargo test readers_see_one_release` for the larger number; 1,000 questions during each.
#[test]
fn readers_see_one_release_or_the_other() {
    const QUESTIONS: usize = 1000;
    let swaps: usize = std::env::var("BRIEF_SWAPS").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let site = published();
    let Some(server) = WebServer::start("nginx", &site, &[]) else { return };
    let builds = ["a", "b"].map(|out| listed(&site.path(out)));
    let paths: BTreeSet<&String> = builds
        .iter()
        .flat_map(BTreeMap::keys)
        .filter(|path| path.ends_with(".html") && *path != "404.html")
        .collect();
    let paths: Vec<&String> = paths.into_iter().collect();
    let (asked, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let seen = [AtomicUsize::new(0), AtomicUsize::new(0)];
    std::thread::scope(|scope| {
        for reader in 0..3 {
            let (paths, builds, asked, over, seen, port) =
                (&paths, &builds, &asked, &over, &seen, server.port);
            scope.spawn(move || {
                let mut client = Client::new(port);
                for n in reader.. {
                    if over.load(SeqCst) {
                        return;
                    }
                    let path = paths[n * 7 % paths.len()];
                    let gzip: &[_] = if n % 2 == 0 { &[("Accept-Encoding", "gzip")] } else { &[] };
                    let answer = client.ask("GET", &format!("/{path}"), gzip).expect("the server answers");
                    let is_packed = answer.headers.contains_key("content-encoding");
                    let shown = if answer.status == 404 { "404.html" } else { path.as_str() };
                    let file = if is_packed { format!("{shown}.gz") } else { shown.to_owned() };
                    let hash = blake3::hash(&answer.body);
                    // A page may be missing in the old release, and what says so come from the new one.
                    let may_miss =
                        answer.status == 404 && builds.iter().any(|build| !build.contains_key(path));
                    let may = answer.status == 200 || may_miss;
                    let fits =
                        |build: &BTreeMap<String, blake3::Hash>| may && build.get(&file) == Some(&hash);
                    let of: Vec<usize> = (0..2).filter(|&n| fits(&builds[n])).collect();
                    assert!(
                        !of.is_empty(),
                        "/{path}: {}, neither of the old nor of the new release",
                        answer.status
                    );
                    if let [one] = of[..] {
                        seen[one].fetch_add(1, SeqCst);
                    }
                    asked.fetch_add(1, SeqCst);
                }
            });
        }
        let guard = Over(&over);
        let wait_for = |n: usize| {
            let started = Instant::now();
            while asked.load(SeqCst) < n {
                assert!(started.elapsed() < Duration::from_secs(20), "the readers have stopped");
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        for n in 0..swaps {
            let before = asked.load(SeqCst);
            let out = if n % 2 == 0 { "b" } else { "a" };
            wait_for(before + QUESTIONS / 2);
            site.brief(&["publish", "www", "--keep", "2", "-q", "--out", out]).ends(0);
            wait_for(before + QUESTIONS);
        }
        drop(guard);
    });
    let seen = seen.map(AtomicUsize::into_inner);
    println!(
        "{} answers during {swaps} swaps, {} of the one, {} of the other",
        asked.into_inner(),
        seen[0],
        seen[1]
    );
    assert!(seen.iter().all(|&n| n > swaps), "both releases were seen");
}

/// Tells the readers to end, even when the test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

fn listed(out: &Path) -> BTreeMap<String, blake3::Hash> {
    let manifest = Manifest::read(out).expect("it can be read").expect("it was built");
    manifest.files.into_iter().map(|entry| (entry.path.as_str().to_owned(), entry.hash)).collect()
}

#[test]
fn what_a_configuration_cannot_take_is_told() {
    let site = Site::new();
    site.brief(&["config", "nginx", "--auth", "ldap"]).ends(2).says("`--auth` without `--tls DIR`");
    for flags in [["--root", "/srv/\"; }"], ["--host", "a;b"], ["--edition", "a b"], ["--tls", "/x$y"]] {
        site.brief(&["config", "nginx", flags[0], flags[1]]).ends(2).says(flags[0]);
    }
    site.brief(&["config", "nginx", "--port", "0"]).ends(2).says("--port");
    site.brief(&["config", "iis"]).ends(2).says("nginx");
}

/// The head of a request, without its last, empty line.
#[cfg(feature = "remote")]
pub fn head(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    lines.take_while(|line| !line.is_empty()).collect()
}
