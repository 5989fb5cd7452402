//! Single objects: reading, listing, sending, comparing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use opendal::options::{ListOptions, WriteOptions};
use opendal::{EntryMode, ErrorKind};

use super::fault::fault;
use super::headers::Headers;
use super::{JOURNAL, LOCK, Store};
use crate::base::{Diagnostic, codes};
use crate::io::{Entry, MANIFEST, Manifest, Result, SIGNATURE};
use crate::publish::folder::not_as_listed;
use crate::publish::verify::Fault;

/// Requests under way at a time.
const AT_ONCE: usize = 16;
/// The user metadata that holds an object's hash: a listing and an ETag do not.
const HASH: &str = "blake3";

/// A manifest as it is published.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) manifest: Manifest,
    pub(super) bytes: Vec<u8>,
    pub(super) etag: Option<String>,
}

impl Store {
    /// The manifest that readers see; `None` when there is none.
    pub(super) async fn published(&self) -> Result<Option<Published>> {
        let Some((bytes, etag)) = self.read(MANIFEST).await? else { return Ok(None) };
        let manifest = Manifest::parse(&bytes).map_err(|why| {
            let words = format!("`{}/{MANIFEST}` is not the manifest of a site: {why}", self.name);
            let help = "publish below a prefix of its own: s3://bucket/prefix";
            Box::new(Diagnostic::new(&codes::FOREIGN_FILE, words).help(help))
        })?;
        Ok(Some(Published { manifest, bytes, etag }))
    }

    /// An object's bytes and ETag; `None` when it is not there.
    pub(super) async fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Option<String>)>> {
        let found = async {
            let etag = self.operator.stat(path).await?.etag().map(str::to_owned);
            let mut read = self.operator.read_with(path);
            if let Some(etag) = &etag {
                // The bytes that the ETag is of, or none.
                read = read.if_match(etag);
            }
            Ok((read.await?.to_vec(), etag))
        };
        match found.await {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.fault(&format!("read `{path}`"), &error)),
        }
    }

    /// Every object with its size, what publishers leave for each other aside.
    pub(super) async fn list(&self) -> Result<BTreeMap<String, u64>> {
        let options = ListOptions { recursive: true, ..ListOptions::default() };
        let listed = self.operator.list_options("", options).await;
        let listed = listed.map_err(|error| self.fault("list what is there", &error))?;
        let files = listed.iter().filter(|entry| entry.metadata().mode() == EntryMode::FILE);
        let files = files.map(|entry| (entry.path().to_owned(), entry.metadata().content_length()));
        Ok(files.filter(|(path, _)| ![LOCK, JOURNAL].contains(&path.as_str())).collect())
    }

    /// Those of the entries whose objects do not say that they have these bytes.
    pub(super) async fn differing<'a>(&self, entries: &[&'a Entry]) -> Result<Vec<&'a Entry>> {
        let compared = stream::iter(entries.iter().copied()).map(async |entry: &'a Entry| {
            let found = match self.operator.stat(entry.path.as_str()).await {
                Ok(found) => found,
                Err(error) if is_missing(&error) => return Ok(Some(entry)),
                Err(error) => return Err(self.fault(&format!("compare `{}`", entry.path.as_str()), &error)),
            };
            let hash = found.user_metadata().and_then(|data| data.get(HASH).map(str::to_owned));
            let is_same =
                found.content_length() == entry.size && hash.as_deref() == Some(&*entry.hash.to_hex());
            Ok((!is_same).then_some(entry))
        });
        let differing: Vec<_> = compared.buffered(AT_ONCE).try_collect().await?;
        Ok(differing.into_iter().flatten().collect())
    }

    /// Sends files of a folder, each compared with its entry first. The server compares what it got by a checksum.
    pub(super) async fn send(&self, folder: &Path, entries: &[&Entry], all: &BTreeSet<&str>) -> Result<()> {
        let sent = stream::iter(entries.iter().copied()).map(async |entry: &Entry| {
            let path = entry.path.as_str();
            let bytes = local(folder, entry)?;
            let headers = Headers::of(path, all);
            let options = WriteOptions {
                content_type: Some(headers.content_type.to_owned()),
                cache_control: Some(headers.cache_control.to_owned()),
                content_encoding: headers.content_encoding.map(str::to_owned),
                user_metadata: Some([(HASH.to_owned(), entry.hash.to_hex().to_string())].into()),
                ..WriteOptions::default()
            };
            self.put(path, bytes, options).await
        });
        sent.buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Sends the signature or the manifest; the latter only if it is still what it was.
    pub(super) async fn send_manifest(&self, bytes: &[u8], before: Option<&Published>) -> Result<()> {
        let mut options = self.plain_options(MANIFEST);
        match before {
            None => options.if_not_exists = true,
            Some(before) => options.if_match.clone_from(&before.etag),
        }
        match self.operator.write_options(MANIFEST, bytes.to_vec(), options).await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => {
                // A request that is made again because its answer was lost meets its own work.
                match self.read(MANIFEST).await? {
                    Some((found, _)) if found == bytes => Ok(()),
                    _ => Err(self.mixed()),
                }
            }
            Err(error) => Err(self.fault(&format!("write `{MANIFEST}`"), &error)),
        }
    }

    /// Sends the manifest's signature.
    pub(super) async fn send_signature(&self, bytes: &[u8]) -> Result<()> {
        self.put(SIGNATURE, bytes.to_vec(), self.plain_options(SIGNATURE)).await
    }

    pub(super) async fn put(&self, path: &str, bytes: Vec<u8>, options: WriteOptions) -> Result<()> {
        let written = self.operator.write_options(path, bytes, options).await;
        written.map(drop).map_err(|error| self.fault(&format!("write `{path}`"), &error))
    }

    pub(super) fn plain_options(&self, path: &str) -> WriteOptions {
        let headers = Headers::of(path, &BTreeSet::new());
        WriteOptions {
            content_type: Some(headers.content_type.to_owned()),
            cache_control: Some(headers.cache_control.to_owned()),
            ..WriteOptions::default()
        }
    }

    /// Deletes objects; those that are gone already are no fault.
    pub(super) async fn delete(&self, paths: &[String]) -> Result<()> {
        let deleted = self.operator.delete_iter(paths.iter().cloned()).await;
        deleted.map_err(|error| self.fault("delete what is no longer listed", &error))
    }

    pub(super) fn fault(&self, what: &str, error: &opendal::Error) -> Box<Diagnostic> {
        fault(&self.name, what, error, &self.secrets)
    }

    fn mixed(&self) -> Box<Diagnostic> {
        let words = format!("another `brief publish` has changed `{}` in the meantime", self.name);
        Box::new(Diagnostic::new(&codes::LOCKED, words).help("publish again"))
    }
}

/// Whether an object is not there, as opposed to its bucket.
pub(super) fn is_missing(error: &opendal::Error) -> bool {
    error.kind() == ErrorKind::NotFound && !error.message().contains("NoSuchBucket")
}

/// Whether the condition of a request did not hold.
pub(super) fn is_refused(error: &opendal::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConditionNotMatch | ErrorKind::AlreadyExists | ErrorKind::Conflict)
}

/// A file's bytes, if they are those that the manifest lists.
fn local(folder: &Path, entry: &Entry) -> Result<Vec<u8>> {
    let name = || entry.path.as_str().to_owned();
    let bytes = std::fs::read(folder.join(entry.path.as_str())).map_err(|error| {
        let fault = match error.kind() {
            std::io::ErrorKind::NotFound => Fault::Missing(name()),
            _ => Fault::Unreadable(name(), error.to_string()),
        };
        not_as_listed(folder, &fault)
    })?;
    if blake3::hash(&bytes) == entry.hash {
        Ok(bytes)
    } else {
        Err(not_as_listed(folder, &Fault::Differs(name())))
    }
}
