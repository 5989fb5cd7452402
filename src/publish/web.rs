//! A site as a web server sends it, against the manifest that it sends.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use tokio::runtime::Runtime;

use super::verify::Fault;
use crate::base::{Diagnostic, Encoding, codes};
use crate::io::{Entry, MANIFEST, Manifest, Result, SIGNATURE};

/// Requests under way at a time.
const AT_ONCE: usize = 8;
/// A larger manifest lists more files than a site has.
const LARGEST_MANIFEST: u64 = 256 * 1024 * 1024;
const LARGEST_SIGNATURE: u64 = 16 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
/// Without a byte.
const SILENCE: Duration = Duration::from_secs(8);
/// For one file as a whole, however slowly it comes.
const WHOLE: Duration = Duration::from_secs(300);
const REDIRECTS: usize = 5;
const ATTEMPTS: u64 = 3;
/// After so many without an answer, the rest are not asked for.
const ENOUGH: usize = 2 * AT_ONCE;

/// The address of a site.
#[derive(Debug)]
pub struct Web {
    base: Url,
    client: Client,
    runtime: Runtime,
    /// Requests in a row that had no answer at all.
    silent: Cell<usize>,
}

/// What came of a request for a file.
enum Got {
    Hash(blake3::Hash),
    /// More bytes than it may have.
    Longer,
    Status(StatusCode),
}

impl Web {
    /// Reads the address of a site's front page. Asks nothing yet.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn new(address: &str) -> std::result::Result<Self, (String, String)> {
        let help = || "it is the address of the front page, such as https://briefs.example.org/".to_owned();
        let mut base =
            Url::parse(address).map_err(|error| (format!("`{address}` is no address: {error}"), help()))?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err((
                "an address may hold no password: others can see a command line".to_owned(),
                help(),
            ));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err((format!("`{address}` is not the address of a folder"), help()));
        }
        let path = match base.path().rsplit_once('/') {
            Some((folder, MANIFEST | "index.html")) => folder,
            _ => base.path(),
        };
        let path = format!("{}/", path.trim_end_matches('/'));
        base.set_path(&path);
        let failed = |error: String| (format!("no connection can be made: {error}"), help());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let client = Client::builder()
            .user_agent(concat!("briefwright/", env!("CARGO_PKG_VERSION")))
            // Bytes as they come: a compressed copy is compared as it is.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(WHOLE)
            .redirect(at_home())
            .build();
        Ok(Self {
            base,
            client: client.map_err(|error| failed(error.to_string()))?,
            runtime: runtime.map_err(|error| failed(error.to_string()))?,
            silent: Cell::new(0),
        })
    }

    /// The address, with a slash at its end.
    pub fn address(&self) -> &str {
        self.base.as_str()
    }

    /// The manifest as it is sent; `None` when there is none.
    ///
    /// # Errors
    /// B0908 when the server does not answer as it should.
    pub fn manifest(&self) -> Result<Option<Vec<u8>>> {
        self.runtime.block_on(self.small(MANIFEST, LARGEST_MANIFEST))
    }

    /// The manifest's signature; `None` when there is none.
    ///
    /// # Errors
    /// As [`Web::manifest`].
    pub fn signature(&self) -> Result<Option<Vec<u8>>> {
        self.runtime.block_on(self.small(SIGNATURE, LARGEST_SIGNATURE))
    }

    /// Every listed file that is not sent as it is listed, sorted. What is there and not listed cannot be told.
    pub fn verify(&self, manifest: &Manifest, told: &dyn Fn()) -> Vec<Fault> {
        let listed: BTreeSet<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).collect();
        let checked = stream::iter(&manifest.files).map(async |entry: &Entry| {
            let fault = self.check(entry, &listed).await.err();
            told();
            fault
        });
        let faults = checked.buffer_unordered(AT_ONCE).filter_map(async |fault| fault).collect::<Vec<_>>();
        let mut faults = self.runtime.block_on(faults);
        faults.sort();
        faults
    }

    async fn check(&self, entry: &Entry, listed: &BTreeSet<&str>) -> std::result::Result<(), Fault> {
        let path = entry.path.as_str();
        let name = || path.to_owned();
        let unreadable = |why: String| Fault::Unreadable(name(), why);
        let copy = Encoding::of_copy(path).filter(|(plain, _)| listed.contains(plain));
        let mut got = self.fetch(path, "identity", entry).await.map_err(unreadable)?;
        // A server may keep its copies for those who ask for the file and say that they take them.
        if let (Got::Status(_), Some((plain, encoding))) = (&got, copy) {
            got = self.fetch(plain, encoding.name(), entry).await.map_err(unreadable)?;
        }
        match got {
            Got::Hash(hash) if hash == entry.hash => Ok(()),
            Got::Hash(_) | Got::Longer => Err(Fault::Differs(name())),
            Got::Status(StatusCode::NOT_FOUND | StatusCode::GONE) => Err(Fault::Missing(name())),
            Got::Status(status) => Err(unreadable(format!("the server answers {status}"))),
        }
    }

    /// Asks for a file, unless the server has ceased to answer.
    async fn fetch(&self, path: &str, encoding: &str, entry: &Entry) -> std::result::Result<Got, String> {
        if self.silent.get() >= ENOUGH {
            return Err("not asked for, as the server has ceased to answer".to_owned());
        }
        let got = again(
            |got| matches!(got, Ok(Got::Status(status)) if is_busy(*status)),
            async || self.attempt(path, encoding, entry).await,
        );
        let got = got.await;
        let is_silent = got.as_ref().is_err_and(|error| !error.is_redirect());
        self.silent.set(if is_silent { self.silent.get() + 1 } else { 0 });
        got.map_err(|error| words(&error))
    }

    async fn attempt(&self, path: &str, encoding: &str, entry: &Entry) -> reqwest::Result<Got> {
        let mut answer = self.client.get(self.url(path)).header(ACCEPT_ENCODING, encoding).send().await?;
        let status = answer.status();
        // The page for what is not there comes with the status that says so.
        let is_its_page = status == StatusCode::NOT_FOUND && path.ends_with("404.html");
        if !status.is_success() && !is_its_page {
            return Ok(Got::Status(status));
        }
        let sent = answer.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        if encoding != "identity" && sent != Some(encoding) {
            return Ok(Got::Status(StatusCode::NOT_FOUND));
        }
        match read(&mut answer, entry.size).await? {
            Some(bytes) => Ok(Got::Hash(bytes.finalize())),
            // Somebody's own page for what is not there is not ours.
            None if is_its_page => Ok(Got::Status(status)),
            None => Ok(Got::Longer),
        }
    }

    async fn small(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>> {
        let failed = |why: String| {
            let words = format!("{}{path}: {why}", self.base);
            Box::new(
                Diagnostic::new(&codes::REMOTE, words)
                    .help("is the address right, and may this machine ask there?"),
            )
        };
        let ask = async || -> reqwest::Result<(StatusCode, Option<Vec<u8>>)> {
            let request = self.client.get(self.url(path)).header(ACCEPT_ENCODING, "identity");
            let mut answer = request.send().await?;
            let mut bytes = Vec::new();
            if !answer.status().is_success() {
                return Ok((answer.status(), None));
            }
            while let Some(chunk) = answer.chunk().await? {
                if (bytes.len() + chunk.len()) as u64 > most {
                    return Ok((answer.status(), None));
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok((answer.status(), Some(bytes)))
        };
        let got = again(|got| matches!(got, Ok((status, _)) if is_busy(*status)), ask).await;
        match got.map_err(|error| failed(words(&error)))? {
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => Ok(None),
            (status, _) if !status.is_success() => Err(failed(format!("the server answers {status}"))),
            (_, None) => Err(failed(format!("it is longer than {most} bytes"))),
            (_, bytes) => Ok(bytes),
        }
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path.split('/'));
        }
        url
    }
}

/// Asks, and once more where the network failed or the answer says that the server is busy.
async fn again<T>(
    is_busy: impl Fn(&reqwest::Result<T>) -> bool,
    ask: impl AsyncFn() -> reqwest::Result<T>,
) -> reqwest::Result<T> {
    for attempt in 1..ATTEMPTS {
        let got = ask().await;
        let has_failed = got.as_ref().is_err_and(|error| !error.is_redirect() && !error.is_timeout());
        if !has_failed && !is_busy(&got) {
            return got;
        }
        tokio::time::sleep(Duration::from_millis(300 * attempt)).await;
    }
    ask().await
}

fn is_busy(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// Hashes an answer's body as long as it is no longer than it should be.
async fn read(answer: &mut Response, size: u64) -> reqwest::Result<Option<blake3::Hasher>> {
    let (mut hasher, mut length) = (blake3::Hasher::new(), 0);
    if answer.content_length().is_some_and(|length| length > size) {
        return Ok(None);
    }
    while let Some(chunk) = answer.chunk().await? {
        length += chunk.len() as u64;
        if length > size {
            return Ok(None);
        }
        hasher.update(&chunk);
    }
    Ok(Some(hasher))
}

/// Redirects to another host, or from HTTPS to plain HTTP, are not followed: what comes from there is not what
/// this server sends.
fn at_home() -> redirect::Policy {
    redirect::Policy::custom(|attempt| {
        let Some(first) = attempt.previous().first() else { return attempt.follow() };
        let is_home = first.host_str() == attempt.url().host_str()
            && (attempt.url().scheme() == "https"
                || first.scheme() == "http" && first.port() == attempt.url().port());
        if !is_home {
            let words = format!("it leads to another place, {}", attempt.url());
            return attempt.error(words);
        }
        if attempt.previous().len() > REDIRECTS {
            attempt.error("it leads round and round")
        } else {
            attempt.follow()
        }
    })
}

/// The innermost words: those around them name the address, which the message has already.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
