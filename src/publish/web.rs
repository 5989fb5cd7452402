//! A site as a web server sends it, against the manifest that it sends.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use tokio::runtime::Runtime;

use super::patience::{Asked, Patience};
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
/// After so many without an answer, the rest are not asked for.
const ENOUGH: usize = 2 * AT_ONCE;

/// The address of a site.
#[derive(Debug)]
pub struct Web {
    base: Url,
    client: Client,
    runtime: Runtime,
    patience: Patience,
    /// Requests in a row that had no answer at all, or that there is none now.
    silent: Cell<usize>,
}

/// What came of a request for the manifest or its signature.
enum Small {
    Bytes(Vec<u8>),
    Longer,
    Status(StatusCode),
    /// In an encoding that was not asked for.
    Encoded(String),
}

/// What came of a request for a file.
enum Got {
    Hash(blake3::Hash),
    /// More bytes than it may have.
    Longer,
    Status(StatusCode),
    /// Other bytes, in an encoding that was not asked for.
    Encoded(String),
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
            patience: Patience::new(),
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
        let copy = Encoding::of_copy(path).filter(|(plain, _)| listed.contains(plain));
        let mut got = self.fetch(path, "identity", entry).await?;
        // A server may keep its copies for those who ask for the file and say that they take them.
        if let (Got::Status(_) | Got::Encoded(_), Some((plain, encoding))) = (&got, copy) {
            got = self.fetch(plain, encoding.name(), entry).await?;
        }
        match got {
            Got::Hash(hash) if hash == entry.hash => Ok(()),
            Got::Hash(_) | Got::Longer => Err(Fault::Differs(name())),
            Got::Status(StatusCode::NOT_FOUND | StatusCode::GONE) => Err(Fault::Missing(name())),
            Got::Status(status) => Err(Fault::Unreadable(name(), answers(status))),
            Got::Encoded(encoding) => Err(Fault::Unanswered(name(), encoded(&encoding))),
        }
    }

    /// Asks for a file, unless the server has ceased to answer.
    async fn fetch(&self, path: &str, encoding: &str, entry: &Entry) -> std::result::Result<Got, Fault> {
        let unanswered = |why: String| Fault::Unanswered(entry.path.as_str().to_owned(), why);
        if self.silent.get() >= ENOUGH {
            return Err(unanswered("not asked for, as the server has ceased to answer".to_owned()));
        }
        let got = self.patience.ask(async || self.attempt(path, encoding, entry).await).await;
        let is_silent = match &got {
            Ok(Asked::Answer(_)) => false,
            Ok(Asked::Busy(..)) => true,
            Err(error) => !error.is_redirect(),
        };
        self.silent.set(if is_silent { self.silent.get() + 1 } else { 0 });
        match got {
            Ok(Asked::Answer(got)) => Ok(got),
            Ok(Asked::Busy(status, _)) => Err(unanswered(answers(status))),
            Err(error) if error.is_redirect() => {
                Err(Fault::Unreadable(entry.path.as_str().to_owned(), words(&error)))
            }
            Err(error) => Err(unanswered(words(&error))),
        }
    }

    async fn attempt(&self, path: &str, encoding: &str, entry: &Entry) -> reqwest::Result<Asked<Got>> {
        let mut answer = self.client.get(self.url(path)).header(ACCEPT_ENCODING, encoding).send().await?;
        match Asked::busy(&answer) {
            Some(busy) => Ok(busy),
            None => Ok(Asked::Answer(Self::compare(&mut answer, path, encoding, entry).await?)),
        }
    }

    async fn compare(
        answer: &mut Response,
        path: &str,
        encoding: &str,
        entry: &Entry,
    ) -> reqwest::Result<Got> {
        let status = answer.status();
        // The page for what is not there comes with the status that says so.
        let is_its_page = status == StatusCode::NOT_FOUND && path.ends_with("404.html");
        if !status.is_success() && !is_its_page {
            return Ok(Got::Status(status));
        }
        let sent = sent_as(answer);
        let is_plain = encoding == "identity";
        if !is_plain && sent.as_deref() != Some(encoding) {
            return Ok(Got::Status(StatusCode::NOT_FOUND));
        }
        let hash = read(answer, entry.size).await?.map(|bytes| bytes.finalize());
        // A copy that is asked for by its own name may be told to be one.
        if let Some(sent) = sent.filter(|_| is_plain && hash != Some(entry.hash)) {
            return Ok(Got::Encoded(sent));
        }
        match hash {
            Some(hash) => Ok(Got::Hash(hash)),
            // Somebody's own page for what is not there is not ours.
            None if is_its_page => Ok(Got::Status(status)),
            None => Ok(Got::Longer),
        }
    }

    async fn small(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>> {
        let told = |why: String, help: &str| {
            let words = format!("{}{path}: {why}", self.base);
            Box::new(Diagnostic::new(&codes::REMOTE, words).help(help))
        };
        let failed = |why: String| told(why, "is the address right, and may this machine ask there?");
        let ask = async || -> reqwest::Result<Asked<Small>> {
            let request = self.client.get(self.url(path)).header(ACCEPT_ENCODING, "identity");
            let mut answer = request.send().await?;
            if let Some(busy) = Asked::busy(&answer) {
                return Ok(busy);
            }
            if !answer.status().is_success() {
                return Ok(Asked::Answer(Small::Status(answer.status())));
            }
            if let Some(encoding) = sent_as(&answer) {
                return Ok(Asked::Answer(Small::Encoded(encoding)));
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                if (bytes.len() + chunk.len()) as u64 > most {
                    return Ok(Asked::Answer(Small::Longer));
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(Asked::Answer(Small::Bytes(bytes)))
        };
        match self.patience.ask(ask).await.map_err(|error| failed(words(&error)))? {
            Asked::Busy(status, _) => Err(told(answers(status), "verify again when the server has time")),
            Asked::Answer(Small::Status(StatusCode::NOT_FOUND | StatusCode::GONE)) => Ok(None),
            Asked::Answer(Small::Status(status)) => Err(failed(answers(status))),
            Asked::Answer(Small::Longer) => Err(failed(format!("it is longer than {most} bytes"))),
            Asked::Answer(Small::Encoded(encoding)) => {
                let help = "let the server, or what stands before it, heed `Accept-Encoding: identity`";
                Err(told(encoded(&encoding), help))
            }
            Asked::Answer(Small::Bytes(bytes)) => Ok(Some(bytes)),
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

/// The encoding of an answer, if it has one.
fn sent_as(answer: &Response) -> Option<String> {
    let sent = answer.headers().get(CONTENT_ENCODING)?.to_str().ok()?.trim();
    (!sent.is_empty() && !sent.eq_ignore_ascii_case("identity")).then(|| sent.to_ascii_lowercase())
}

fn answers(status: StatusCode) -> String {
    format!("the server answers {status}")
}

fn encoded(encoding: &str) -> String {
    format!("the server sends it encoded, as {encoding:?}, although it was asked for as it is")
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
