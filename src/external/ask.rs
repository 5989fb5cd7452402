//! Asking, by `lychee-lib`: it keeps the pace for each host, waits when a host says so, and tries again.
//!
//! Redirects are followed here, one at a time, because each step may lead to a host that must not be asked.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use lychee_lib::ratelimit::RateLimitConfig;
use lychee_lib::{Client, ClientBuilder, Status};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::LOCATION;
use reqwest::{StatusCode, Url, redirect};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::Answer;
use super::rules::{allows, is_public, is_this_machine, stands_in};
use crate::base::{Diagnostic, codes};
use crate::config::Links;
use crate::io::Result;

/// Addresses under way at a time, of all hosts.
const AT_ONCE: usize = 32;
const REDIRECTS: usize = 10;
const RETRIES: u64 = 2;
const AGENT: &str = concat!("briefwright/", env!("CARGO_PKG_VERSION"), " (link check)");

/// Whether a status says that something is there.
pub(super) fn is_good(status: u16, links: &Links) -> bool {
    (200..300).contains(&status) || links.accept.contains(&status)
}

/// What asks.
pub(super) struct Asker<'a> {
    links: &'a Links,
    client: Client,
    /// Reads where a redirect leads, which `lychee-lib` does not tell.
    plain: reqwest::Client,
    runtime: Runtime,
    /// When each host may be asked next: both clients keep one pace.
    turns: RefCell<BTreeMap<String, Instant>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(links: &'a Links) -> Result<Self> {
        let failed = |error: String| {
            Box::new(Diagnostic::new(&codes::REMOTE, format!("no connection can be made: {error}")))
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(error.to_string()))?;
        let timeout = Duration::from_secs_f64(links.timeout);
        let pace = Duration::from_secs_f64(1.0 / links.rate);
        let accepted: HashSet<StatusCode> = (100..1000)
            .filter(|status| is_good(*status, links))
            .filter_map(|it| StatusCode::from_u16(it).ok())
            .collect();
        let client = ClientBuilder::builder()
            .user_agent(AGENT)
            .accepted(accepted)
            .timeout(timeout)
            .max_redirects(0_usize)
            .max_retries(RETRIES)
            .exclude_all_private(!links.private)
            .rate_limit_config(RateLimitConfig { concurrency: 1, request_interval: pace })
            .schemes(HashSet::from(["http".to_owned(), "https".to_owned()]))
            .build();
        // It makes timers as it is made.
        let client =
            runtime.block_on(async { client.client() }).map_err(|error| failed(error.to_string()))?;
        let mut plain =
            reqwest::Client::builder().user_agent(AGENT).timeout(timeout).redirect(redirect::Policy::none());
        if !links.private {
            plain = plain.dns_resolver(Arc::new(OpenNet));
        }
        let plain = plain.build().map_err(|error| failed(error.to_string()))?;
        Ok(Self { links, client, plain, runtime, turns: RefCell::default() })
    }

    /// Asks each address, and gives the answers by address.
    pub(super) fn ask(&self, urls: Vec<String>, told: &dyn Fn()) -> BTreeMap<String, Answer> {
        let answers = stream::iter(urls).map(async |url| {
            let answer = self.follow(&url).await;
            told();
            (url, answer)
        });
        self.runtime.block_on(answers.buffer_unordered(AT_ONCE).collect())
    }

    async fn follow(&self, url: &str) -> Answer {
        let Ok(mut at) = Url::parse(url) else { return Answer::Dead("it is no address".to_owned()) };
        for step in 0..=REDIRECTS {
            if !self.may_ask(&at).await {
                let to = at.host_str().filter(|host| !host.is_empty()).map(str::to_owned);
                let to = to.unwrap_or_else(|| format!("{}:", at.scheme()));
                let words = format!("it leads to `{to}`, which may not be asked");
                return if step == 0 { Answer::NotAsked } else { Answer::Dead(words) };
            }
            self.turn(&at).await;
            let answer = match self.client.check(at.as_str()).await {
                Ok(answer) => answer,
                Err(error) => return Answer::Dead(error.to_string()),
            };
            let status = answer.status();
            match status.code() {
                // Names of examples and of XML's namespaces, of which `lychee-lib` knows that nothing need be there.
                _ if status.is_excluded() => return Answer::NotAsked,
                Some(code) if status.is_success() => return Answer::Good(code.as_u16()),
                Some(code) if code.is_redirection() => match self.next(&at).await {
                    Ok(next) => at = next,
                    Err(why) => return Answer::Dead(why),
                },
                _ => return Answer::Dead(words(status)),
            }
        }
        Answer::Dead(format!("it leads on more than {REDIRECTS} times"))
    }

    /// Whether the settings allow a host, by its name and by where the name leads.
    async fn may_ask(&self, url: &Url) -> bool {
        let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
            return false;
        };
        if !allows(self.links, host) || stands_in(host).is_some_and(|other| !allows(self.links, other)) {
            return false;
        }
        if !self.links.private && is_this_machine(host) {
            return false;
        }
        let port = url.port_or_known_default().unwrap_or(443);
        let name = host.trim_matches(['[', ']']);
        match tokio::net::lookup_host((name, port)).await {
            // A name without an address is asked for, so that the fault says so.
            Err(_) => true,
            Ok(mut found) => self.links.private || found.all(|address| is_public(address.ip())),
        }
    }

    /// Waits until a host may be asked again.
    async fn turn(&self, url: &Url) {
        let host = url.host_str().unwrap_or_default().to_owned();
        let mine = {
            let mut turns = self.turns.borrow_mut();
            let next = turns.entry(host).or_insert_with(Instant::now);
            let mine = (*next).max(Instant::now());
            *next = mine + Duration::from_secs_f64(1.0 / self.links.rate);
            mine
        };
        tokio::time::sleep_until(mine).await;
    }

    async fn next(&self, url: &Url) -> std::result::Result<Url, String> {
        self.turn(url).await;
        let answer =
            self.plain.get(url.clone()).send().await.map_err(|error| error.without_url().to_string())?;
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| format!("{}, and nothing says where to", answer.status()))?;
        url.join(location).map_err(|_| format!("it leads to `{location}`, which is no address"))
    }
}

/// Looks names up and keeps to what is public, at the very moment of connecting.
struct OpenNet;

impl Resolve for OpenNet {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() || !found.iter().all(|address| is_public(address.ip())) {
                return Err("it is of a private network".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Why an address is thought dead, in a few words that are the same on every run.
fn words(status: &Status) -> String {
    match status {
        Status::Timeout(_) => "no answer in time".to_owned(),
        Status::Error(_) | Status::UnknownStatusCode(_) => match status.code() {
            Some(code) => code.to_string(),
            None => status.details(),
        },
        status => status.details(),
    }
}
