//! Asking, by `lychee-lib`: it knows what to ask for, and tries again when no answer comes.
//!
//! Redirects are followed here, one at a time, because each step may lead to a host that must not be asked. Here,
//! too, a host gets the time that it asks for, if that is short: one that wants an hour must not hold up a check.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use lychee_lib::ratelimit::RateLimitConfig;
use lychee_lib::{Client, ClientBuilder, Status};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url, redirect};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

use super::Answer;
use super::rules::{allows, is_public, is_this_machine, stands_in};
use crate::base::{Diagnostic, codes};
use crate::config::Links;
use crate::io::{self, Result};

/// Addresses under way at a time, of all hosts.
const AT_ONCE: usize = 32;
const REDIRECTS: usize = 10;
const RETRIES: u64 = 2;
/// For a host that has too much to do and does not say for how long; twice as much the next time.
const PAUSE: Duration = Duration::from_secs(1);
const AGENT: &str = concat!("briefwright/", env!("CARGO_PKG_VERSION"), " (link check)");

/// Whether a status says that something is there.
pub(super) fn is_good(status: u16, links: &Links) -> bool {
    (200..300).contains(&status) || links.accept.contains(&status)
}

/// What asks.
pub(super) struct Asker<'a> {
    links: &'a Links,
    /// Made anew when a host has refused: the old one would wait before it asks that host again.
    client: RefCell<Rc<Client>>,
    /// Reads headers, which `lychee-lib` does not tell.
    plain: reqwest::Client,
    runtime: Runtime,
    hosts: RefCell<BTreeMap<String, Rc<Mutex<Host>>>>,
    slots: Semaphore,
}

/// What is known of a host, held by the one that asks it.
struct Host {
    /// When it may be asked: both clients keep one pace.
    next: Instant,
    /// What it answered when it wanted to be left alone for long.
    busy: Option<StatusCode>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(links: &'a Links) -> Result<Self> {
        let failed = |error: String| {
            Box::new(Diagnostic::new(&codes::REMOTE, format!("no connection can be made: {error}")))
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(error.to_string()))?;
        // It makes timers as it is made.
        let client = runtime.block_on(async { client(links) }).map_err(|error| failed(error.to_string()))?;
        let timeout = Duration::from_secs_f64(links.timeout);
        let mut plain =
            reqwest::Client::builder().user_agent(AGENT).timeout(timeout).redirect(redirect::Policy::none());
        if !links.private {
            plain = plain.dns_resolver(Arc::new(OpenNet));
        }
        let plain = plain.build().map_err(|error| failed(error.to_string()))?;
        let client = RefCell::new(Rc::new(client));
        Ok(Self { links, client, plain, runtime, hosts: RefCell::default(), slots: Semaphore::new(AT_ONCE) })
    }

    /// Asks each address, and gives the answers by address.
    pub(super) fn ask(&self, urls: Vec<String>, told: &dyn Fn()) -> BTreeMap<String, Answer> {
        let answers = stream::iter(urls).map(async |url| {
            let answer = self.follow(&url).await;
            told();
            (url, answer)
        });
        // Those that wait for their host keep nobody else from asking.
        self.runtime.block_on(answers.buffer_unordered(usize::MAX).collect())
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
            match self.step(&at).await {
                Ok(Step::Ends(answer)) => return answer,
                Ok(Step::LeadsTo(next)) => at = next,
                Err(why) => return Answer::Dead(why),
            }
        }
        Answer::Dead(format!("it leads on more than {REDIRECTS} times"))
    }

    async fn step(&self, url: &Url) -> std::result::Result<Step, String> {
        let host = self.host(url);
        let mut host = host.lock().await;
        if let Some(status) = host.busy {
            return Err(status.to_string());
        }
        self.turn(&mut host).await;
        let _slot = self.slots.acquire().await;
        let client = Rc::clone(&self.client.borrow());
        let answer = client.check(url.as_str()).await.map_err(|error| error.to_string())?;
        let status = answer.status();
        // Names of examples and of XML's namespaces, of which `lychee-lib` knows that nothing need be there.
        if status.is_excluded() {
            return Ok(Step::Ends(Answer::NotAsked));
        }
        let Some(code) = status.code() else { return Err(words(status)) };
        if !code.is_success() && !code.is_redirection() && code != StatusCode::NOT_FOUND {
            self.client.replace(Rc::new(self::client(self.links).map_err(|error| error.to_string())?));
        }
        if is_good(code.as_u16(), self.links) {
            return Ok(Step::Ends(Answer::Good(code.as_u16())));
        }
        let answer = match code {
            code if code.is_redirection() => {
                self.turn(&mut host).await;
                self.get(url).await?
            }
            code if is_busy(code) => self.again(url, &mut host).await?,
            _ => return Err(words(status)),
        };
        match answer.status() {
            code if is_good(code.as_u16(), self.links) => Ok(Step::Ends(Answer::Good(code.as_u16()))),
            code if code.is_redirection() => leads_to(url, &answer).map(Step::LeadsTo),
            code => Err(code.to_string()),
        }
    }

    /// Asks a host once more that has too much to do, unless that will take long: then it is left alone from now on.
    async fn again(&self, url: &Url, host: &mut Host) -> std::result::Result<Response, String> {
        let (mut pause, mut left) = (PAUSE, RETRIES);
        loop {
            tokio::time::sleep(pause).await;
            self.turn(host).await;
            let answer = self.get(url).await?;
            left -= 1;
            let wanted = wanted(answer.headers());
            let is_busy = is_busy(answer.status());
            if is_busy && wanted.is_some_and(|wanted| wanted.as_secs_f64() > self.links.timeout) {
                host.busy = Some(answer.status());
            }
            if !is_busy || host.busy.is_some() || left == 0 {
                return Ok(answer);
            }
            pause = wanted.unwrap_or(pause * 2);
        }
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
        let _slot = self.slots.acquire().await;
        let port = url.port_or_known_default().unwrap_or(443);
        let name = host.trim_matches(['[', ']']);
        match tokio::net::lookup_host((name, port)).await {
            // A name without an address is asked for, so that the fault says so.
            Err(_) => true,
            Ok(mut found) => self.links.private || found.all(|address| is_public(address.ip())),
        }
    }

    fn host(&self, url: &Url) -> Rc<Mutex<Host>> {
        let name = url.host_str().unwrap_or_default().to_owned();
        let mut hosts = self.hosts.borrow_mut();
        let new = || Rc::new(Mutex::new(Host { next: Instant::now(), busy: None }));
        Rc::clone(hosts.entry(name).or_insert_with(new))
    }

    /// Waits until a host may be asked again.
    async fn turn(&self, host: &mut Host) {
        tokio::time::sleep_until(host.next).await;
        host.next = Instant::now() + pace(self.links);
    }

    async fn get(&self, url: &Url) -> std::result::Result<Response, String> {
        self.plain.get(url.clone()).send().await.map_err(|error| error.without_url().to_string())
    }
}

/// What came of asking for one address.
enum Step {
    Ends(Answer),
    LeadsTo(Url),
}

fn client(links: &Links) -> lychee_lib::Result<Client> {
    // It would wait for those that have too much to do before it tells of them.
    let accepted = |status: u16| is_good(status, links) || status == StatusCode::TOO_MANY_REQUESTS.as_u16();
    let accepted = (100..1000).filter(|status| accepted(*status));
    ClientBuilder::builder()
        .user_agent(AGENT)
        .accepted(accepted.filter_map(|it| StatusCode::from_u16(it).ok()).collect::<HashSet<_>>())
        .timeout(Duration::from_secs_f64(links.timeout))
        .max_redirects(0_usize)
        .max_retries(RETRIES)
        .exclude_all_private(!links.private)
        .rate_limit_config(RateLimitConfig { concurrency: 1, request_interval: pace(links) })
        .schemes(HashSet::from(["http".to_owned(), "https".to_owned()]))
        .build()
        .client()
}

fn pace(links: &Links) -> Duration {
    Duration::from_secs_f64(1.0 / links.rate)
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// How long a host wants to be left alone.
fn wanted(headers: &HeaderMap) -> Option<Duration> {
    io::retry_after(headers.get(RETRY_AFTER)?.to_str().ok()?)
}

fn leads_to(url: &Url, answer: &Response) -> std::result::Result<Url, String> {
    let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or_else(|| format!("{}, and nothing says where to", answer.status()))?;
    url.join(location).map_err(|_| format!("it leads to `{location}`, which is no address"))
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
