//! A preview that runs, a small client that says what it means byte by byte, and a listener for its events.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Far beyond what any change takes, for a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(20);

/// A preview of a folder of its own. Both are gone after the test.
pub struct Live {
    child: Child,
    said: Arc<Mutex<String>>,
    pub folder: TempDir,
    pub port: u16,
}

/// A site's files, before the preview starts.
pub fn site(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(folder.path(), "site.toml", "title = \"T\"\n");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

/// A brief without faults.
pub fn brief(title: &str, text: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2025-01-01\n---\n{text}\n")
}

pub fn write(folder: &Path, below: &str, text: &str) {
    let path = folder.join(below);
    fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it can be made");
    fs::write(path, text).expect("it can be written");
}

impl Live {
    /// A preview of two briefs.
    pub fn new() -> Self {
        let files = [
            ("content/briefs/a.md", &*brief("A", "First.")),
            ("content/briefs/b.md", &brief("B", "Second.")),
        ];
        Self::of(site(&files), &[])
    }

    /// Starts the preview and waits until its first build is over.
    pub fn of(folder: TempDir, args: &[&str]) -> Self {
        let mut child = command(folder.path(), args).spawn().expect("the program runs");
        let said = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("it is piped");
        let saying = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                *saying.lock().expect("no thread panicked") += &(line + "\n");
            }
        });
        let mut live = Self { child, said, folder, port: 0 };
        live.until("it listens", |live| live.said().contains("the preview is at"));
        let said = live.said();
        let (_, rest) = said.split_once("http://").expect("an address");
        let (address, _) = rest.split_once('/').expect("a slash after it");
        live.port = address.parse::<SocketAddr>().expect("an address with a port").port();
        live.until("the first build", |live| live.said().contains("built: "));
        live
    }

    /// All that it said so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("no thread panicked").clone()
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, text: &str) {
        write(self.folder.path(), below, text);
    }

    /// Saves as careful editors do: a new file, renamed over the old one.
    pub fn save(&self, below: &str, text: &str) {
        let beside = format!("{below}.tmp");
        self.write(&beside, text);
        fs::rename(self.path(&beside), self.path(below)).expect("it can be renamed");
    }

    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) -> Duration {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < PATIENCE, "never: {what}\nit said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
        started.elapsed()
    }

    #[track_caller]
    pub fn until_shows(&self, path: &str, words: &str) -> Duration {
        self.until(&format!("{path} shows {words:?}"), |live| live.get(path).text().contains(words))
    }

    #[track_caller]
    pub fn until_gone(&self, path: &str) -> Duration {
        self.until(&format!("{path} is gone"), |live| live.get(path).status == 404)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Asks with these headers, in place of the usual `Host` where one is among them.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            text += &format!("Host: 127.0.0.1:{}\r\n", self.port);
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        self.send(format!("{text}\r\n").as_bytes())
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time can be set");
        stream
    }

    pub fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("it takes a request");
        let mut answer = Vec::new();
        // Where it hangs up early, what came is the answer.
        let _ = stream.read_to_end(&mut answer);
        Answer::of(&answer)
    }

    /// Listens for news; the first is of the present state, and is passed over.
    pub fn listen(&self) -> Receiver<Value> {
        let events = self.listen_from_now();
        events.recv_timeout(PATIENCE).expect("the present state");
        events
    }

    pub fn listen_from_now(&self) -> Receiver<Value> {
        let (sender, events) = mpsc::channel();
        let mut stream = self.connect();
        let request = format!("GET /_preview/events HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port);
        stream.write_all(request.as_bytes()).expect("it takes a request");
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some(news) = line.strip_prefix("data: ") {
                    let _ = sender.send(serde_json::from_str(news).expect("news are JSON"));
                }
            }
        });
        events
    }

    /// Every file that a cold build of the folder makes, compared with what is served.
    #[track_caller]
    pub fn is_as_built_cold(&self) {
        let out = tempfile::tempdir().expect("a folder can be made");
        let args = ["build", "--out", &out.path().display().to_string()];
        let built = program(self.folder.path()).args(args).output().expect("the program runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        for (path, bytes) in files(out.path()) {
            if path == "manifest.json" {
                continue;
            }
            let served = self.get(&format!("/{}", briefwright::base::encode(&path)));
            assert_eq!(served.status, 200, "{path} is not served");
            assert_eq!(served.page(), bytes, "{path} is not served as built");
        }
    }

    /// Sends Ctrl-C and gives the exit status.
    pub fn interrupt(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().expect("kill runs");
        assert!(sent.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brief"));
    command.current_dir(folder).env_clear().env("BRIEF_NOW", "2026-01-15").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = program(folder);
    command.args(["serve", "--port", "0"]).args(args);
    command
}

/// Every file below a folder, with its bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let walk = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let own = |path: &Path| path.strip_prefix(folder).expect("it lies below").display().to_string();
    walk.filter(|entry| entry.file_type().is_file())
        .map(|entry| (own(entry.path()), fs::read(entry.path()).expect("it can be read")))
        .collect()
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let body = bytes.get(end + 4..).unwrap_or_default().to_vec();
        let is_chunked =
            headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        Self { status, headers, body: if is_chunked { unchunked(&body) } else { body } }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body without the preview's own script.
    pub fn page(&self) -> Vec<u8> {
        let text = self.text();
        match text.split_once("<script type=\"module\" src=\"/_preview/") {
            Some((before, rest)) => {
                let (_, after) = rest.split_once("</script>\n").expect("the script ends");
                [before, after].concat().into_bytes()
            }
            None => self.body.clone(),
        }
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(at) = body.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(&String::from_utf8_lossy(&body[..at]), 16).unwrap_or(0);
        if size == 0 || body.len() < at + 2 + size {
            break;
        }
        out.extend_from_slice(&body[at + 2..at + 2 + size]);
        body = &body[(at + 4 + size).min(body.len())..];
    }
    out
}
