//! A shell on another machine, by the system's `ssh`. It stays for as long as a publisher works, and so does
//! the lock that it holds: when the connection ends, however it ends, the lock is free.

use std::fmt;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::base::{Diagnostic, codes};
use crate::io::Result;

/// The line after a script's output, with its exit status behind it.
const MARK: &str = "--brief-end-of-output--";

/// For a lock that somebody holds.
const PATIENCE: Duration = Duration::from_secs(3);

/// How the other machine is reached.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// The program and its first arguments, such as `ssh -F config`.
    pub(super) ssh: Vec<String>,
    /// `user@host`.
    pub(super) host: String,
    /// If not 22.
    pub(super) port: Option<u16>,
}

impl Address {
    /// Program and arguments up to the host. Nobody is there to be asked for a password, and a machine that
    /// does not answer must not keep a CI job waiting.
    pub(super) fn command(&self) -> Vec<String> {
        let mut words = self.ssh.clone();
        for option in ["BatchMode=yes", "ConnectTimeout=8", "ServerAliveInterval=5", "ServerAliveCountMax=3"]
        {
            words.extend(["-o".to_owned(), option.to_owned()]);
        }
        if let Some(port) = self.port {
            words.extend(["-p".to_owned(), port.to_string()]);
        }
        words
    }
}

/// What a script came to.
pub(super) struct Ended {
    /// Both streams.
    pub(super) output: Vec<u8>,
    /// Its exit status.
    pub(super) status: i32,
}

/// The shell.
pub(super) struct Session {
    host: String,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    words: Option<JoinHandle<String>>,
    /// What it said when the connection ended.
    end: Option<String>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Session {
    /// Connects.
    pub(super) fn open(address: &Address) -> Result<Self> {
        let words = address.command();
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .args(["-T", "--", &address.host, "exec sh"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_run(&words[0], &error))?;
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("it was asked for"));
        let mut errors = child.stderr.take().expect("it was asked for");
        let words = std::thread::Builder::new().spawn(move || {
            let mut text = Vec::new();
            // What cannot be read of the words of a program that failed is not told.
            let _ = errors.read_to_end(&mut text);
            String::from_utf8_lossy(&text).trim().to_owned()
        });
        let words = words.map_err(|error| remote(&format!("cannot start a thread: {error}")))?;
        let output = BufReader::new(output);
        Ok(Self { host: address.host.clone(), child, input, output, words: Some(words), end: None })
    }

    /// Runs a script of the POSIX shell in a shell of its own, whatever its status.
    pub(super) fn try_run(&mut self, script: &str) -> Result<Ended> {
        self.send(&format!("(\n{script}\n)"))
    }

    /// Runs it and gives its output.
    ///
    /// # Errors
    /// B0908 with the script's words when it fails.
    pub(super) fn run(&mut self, what: &str, script: &str) -> Result<Vec<u8>> {
        let ended = self.try_run(script)?;
        if ended.status == 0 {
            return Ok(ended.output);
        }
        Err(remote(&format!("{}: cannot {what}: {}", self.host, last_words(&ended.output))))
    }

    /// Takes a lock for as long as the session lasts; whether it was free. The shell of a publisher that was killed
    /// may hold it a moment longer, so it is tried for a while.
    pub(super) fn lock(&mut self, file: &str) -> Result<bool> {
        let file = quote(file);
        // A redirection of `exec` that fails would end the shell, so it is tried first.
        self.run("make the lock", &format!(": >> {file}"))?;
        let started = Instant::now();
        loop {
            let is_mine = self.send(&format!("exec 9>>{file}; flock -n 9"))?.status == 0;
            if is_mine || started.elapsed() > PATIENCE {
                return Ok(is_mine);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn send(&mut self, command: &str) -> Result<Ended> {
        let script = format!("{command} </dev/null 2>&1\nprintf '\\n%s %s\\n' '{MARK}' \"$?\"\n");
        let Some(input) = self.input.as_mut() else { return Err(self.lost()) };
        if input.write_all(script.as_bytes()).and_then(|()| input.flush()).is_err() {
            return Err(self.lost());
        }
        let mut output = Vec::new();
        loop {
            let start = output.len();
            match self.output.read_until(b'\n', &mut output) {
                Ok(0) | Err(_) => return Err(self.lost()),
                Ok(_) => {}
            }
            let line = String::from_utf8_lossy(&output[start..]);
            if let Some(status) = line.strip_prefix(MARK) {
                let status = status.trim().parse().unwrap_or(-1);
                // Less the line end that was put before the mark.
                output.truncate(start.saturating_sub(1));
                return Ok(Ended { output, status });
            }
        }
    }

    /// The connection has ended, or never began.
    fn lost(&mut self) -> Box<Diagnostic> {
        self.input = None;
        let _ = self.child.wait();
        let words = self.words.take().and_then(|words| words.join().ok()).filter(|words| !words.is_empty());
        let end = self.end.get_or_insert_with(|| words.unwrap_or_else(|| "the connection ended".to_owned()));
        remote(&format!("{}: {end}", self.host))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The far shell ends when its input does.
        self.input = None;
        let _ = self.child.wait();
    }
}

/// A word that the shell takes as it is.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The last line that is not empty: the one that says what failed.
fn last_words(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or("it failed and said nothing").trim().to_owned()
}

/// B0908.
pub(super) fn remote(words: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(&codes::REMOTE, words)
            .help("readers see what they saw; `brief explain B0908` says what is needed on both sides"),
    )
}

/// A program that could not be started.
pub(super) fn not_run(program: &str, error: &std::io::Error) -> Box<Diagnostic> {
    match error.kind() {
        ErrorKind::NotFound => {
            remote(&format!("there is no program `{program}` on this machine: install it"))
        }
        _ => remote(&format!("cannot run `{program}`: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted() {
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("it's; rm"), "'it'\\''s; rm'");
        assert_eq!(last_words(b"a\nmv: no\n\n"), "mv: no");
    }
}
