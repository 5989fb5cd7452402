//! Publishing to an object store, by the protocol of S3. Objects cannot be renamed, so there are no releases:
//!
//! ```text
//! PREFIX/…                     the site, with its manifest.json as the last that changes
//! PREFIX/.publish-lock         who publishes, renewed while it works
//! PREFIX/.publish-journal      what a publisher is about to send and delete, gone when it has done so
//! ```
//!
//! What pages need is sent before the pages, pages before the lists that lead to them, the manifest after all of
//! them, and only then what is no longer listed is deleted. A publisher that is killed leaves a site that can be
//! read; the next one knows from the journal which objects it cannot take the manifest's word for.

mod fault;
mod headers;
mod lock;
mod objects;
mod plan;
mod steps;

pub use steps::{StoreDone, StoreOptions};

use opendal::Operator;
use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::S3;
use tokio::runtime::Runtime;

use crate::base::{Diagnostic, codes};
use crate::io::{Manifest, Result};
use fault::{Secrets, fault};

/// What the one who publishes renews.
const LOCK: &str = ".publish-lock";
/// What it is about to change, in the form of a manifest.
const JOURNAL: &str = ".publish-journal";

/// A bucket, or a part of one.
#[derive(Debug)]
pub struct Store {
    operator: Operator,
    /// The same, that tries once.
    once: Operator,
    runtime: Runtime,
    /// As it was given: `s3://bucket/prefix`.
    name: String,
    /// The server's address.
    server: String,
    secrets: Secrets,
}

impl Store {
    /// Takes credentials, region and endpoint from where S3's programs take them: `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_PROFILE` with `~/.aws`, `AWS_REGION`, `AWS_ENDPOINT_URL`.
    /// Asks nothing yet.
    ///
    /// # Errors
    /// B0908 when the region or the endpoint cannot be told.
    pub fn new(bucket: &str, prefix: &str) -> Result<Self> {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint = set("AWS_ENDPOINT_URL_S3").or_else(|| set("AWS_ENDPOINT_URL"));
        let region = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
        // Other servers have no regions, yet one is part of every signature.
        let region = region.or_else(|| endpoint.is_some().then(|| "us-east-1".to_owned()));
        let name = format!("s3://{bucket}/{prefix}").trim_end_matches('/').to_owned();
        let Some(region) = region else {
            let words = format!("{name}: it is not known in which region the bucket lies");
            let help = "set `AWS_REGION`, or `AWS_ENDPOINT_URL` for a server of your own";
            return Err(Box::new(Diagnostic::new(&codes::REMOTE, words).help(help)));
        };
        let server = endpoint.as_deref().map_or_else(|| format!("S3 in {region}"), without_password);
        let mut builder = S3::default().bucket(bucket).region(&region).checksum_algorithm("crc32c");
        if !prefix.is_empty() {
            builder = builder.root(prefix);
        }
        if let Some(endpoint) = &endpoint {
            builder = builder.endpoint(endpoint);
        }
        if set("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            builder = builder.disable_ec2_metadata();
        }
        let secrets =
            Secrets::of(set("AWS_ACCESS_KEY_ID"), set("AWS_SECRET_ACCESS_KEY"), set("AWS_SESSION_TOKEN"));
        let operator =
            Operator::new(builder).map_err(|error| fault(&name, "be reached", &error, &secrets))?;
        opendal::install_default();
        let once = operator.clone();
        let operator = operator
            .layer(TimeoutLayer::new().with_timeout(TIMEOUT).with_io_timeout(TRANSFER))
            .layer(RetryLayer::new().with_max_times(RETRIES).with_min_delay(PAUSE).with_jitter());
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
                Box::new(Diagnostic::new(&codes::REMOTE, format!("no connection can be made: {error}")))
            })?;
        Ok(Self { operator, once, runtime, name, server, secrets })
    }

    /// The manifest of what readers see now, to tell what publishing would change; empty when they see nothing.
    ///
    /// # Errors
    /// B0905 when it is not a publisher's, B0908 when it cannot be read.
    pub fn manifest(&self) -> Result<Manifest> {
        let found: Result<_> = self.runtime.block_on(async {
            self.reach().await?;
            let found = self.published().await?;
            if found.is_none() {
                // Asked for an object, a server does not say whether it is the bucket that is not there.
                self.list().await?;
            }
            Ok(found)
        });
        Ok(found?.map(|found| found.manifest).unwrap_or_default())
    }

    /// Whether a server is there at all. Later requests are patient; nobody should have to wait for the first.
    async fn reach(&self) -> Result<()> {
        match tokio::time::timeout(REACH, self.once.stat(LOCK)).await {
            Ok(Err(error)) if is_no_connection(&error) => {
                Err(self.fault(&format!("be reached at {}", self.server), &error))
            }
            // Whatever else the server says, the request that follows is told too.
            Ok(_) => Ok(()),
            Err(_) => {
                let words = format!("{}: no answer from {} in time", self.name, self.server);
                let help = "is that the right server, and are there credentials? where none are set, the machine's own \
                    metadata are asked for them";
                Err(Box::new(Diagnostic::new(&codes::REMOTE, words).help(help)))
            }
        }
    }
}

/// An endpoint as a message may show it.
fn without_password(endpoint: &str) -> String {
    match endpoint.rsplit_once('@') {
        Some((_, host)) => host.to_owned(),
        None => endpoint.to_owned(),
    }
}

fn is_no_connection(error: &opendal::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect) {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// For an object's bytes.
const TRANSFER: std::time::Duration = std::time::Duration::from_secs(900);
/// For any other request.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);
/// For the first request, with its connection and whatever credentials must be fetched.
const REACH: std::time::Duration = std::time::Duration::from_secs(8);
/// After the first attempt.
const RETRIES: usize = 3;
/// Before the second attempt, twice as long before each that follows: a server that has gone away is told of soon.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(400);
