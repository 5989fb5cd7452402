//! The preview as a whole: it listens, lets the rounds run, and answers.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::SystemTime;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, watch};

use super::Teller;
use super::connection::{CONNECTIONS, accept};
use super::edition::Edition;
use super::guard::Names;
use super::round::{Rounds, Source};
use super::routes::{House, routes};
use crate::base::Fingerprint;
use crate::io::Watch;

/// Connections that may listen for news, of all that there may be.
const LISTENERS: usize = CONNECTIONS - 100;
/// How many ports after the first are tried.
const PORTS: u16 = 50;

/// Where to listen, and to whom.
#[derive(Clone, Debug)]
pub struct Options {
    /// An address of this machine; its loopback, of both families, when absent.
    pub host: Option<IpAddr>,
    /// The port; 0 for any.
    pub port: u16,
    /// Names by which the preview may be called beside `localhost`.
    pub names: Vec<String>,
    /// Whether the folder is looked at every second instead of being watched.
    pub poll: bool,
}

/// Why the preview cannot listen.
#[derive(Debug)]
pub enum Busy {
    /// Another program listens there; a port near it that is free.
    Port(Option<u16>),
    /// What the system said.
    Refused(io::Error),
}

/// A preview that listens and does not answer yet.
#[derive(Debug)]
pub struct Preview {
    options: Options,
    runtime: Runtime,
    listeners: Vec<TcpListener>,
}

impl Preview {
    /// Begins to listen.
    ///
    /// # Errors
    /// When it cannot listen there.
    pub fn open(options: Options) -> Result<Self, Busy> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().map_err(Busy::Refused)?;
        let listeners = runtime.block_on(listen(options.host, options.port)).map_err(|error| {
            if error.kind() != io::ErrorKind::AddrInUse {
                return Busy::Refused(error);
            }
            let mut ports = (options.port..=options.port.saturating_add(PORTS)).skip(1);
            Busy::Port(ports.find(|&port| runtime.block_on(listen(options.host, port)).is_ok()))
        })?;
        Ok(Self { options, runtime, listeners })
    }

    /// Where a browser finds it.
    pub fn url(&self) -> String {
        let port = self.listeners[0].local_addr().map_or(self.options.port, |at| at.port());
        let host = match self.options.host {
            Some(host) if !host.is_unspecified() => host,
            _ => Ipv4Addr::LOCALHOST.into(),
        };
        format!("http://{}/", SocketAddr::new(host, port))
    }

    /// Whether other machines can reach it.
    pub fn is_open_to_others(&self) -> bool {
        self.options.host.is_some_and(|host| !host.is_loopback())
    }

    /// Builds, serves and rebuilds until the writer ends it. False when it broke down instead.
    pub fn run(self, source: Source, teller: impl Teller + 'static) -> bool {
        let (sender, editions) = watch::channel(Arc::new(Edition::first(&session())));
        let (end, ended) = mpsc::channel();
        let given = self.options.host.map(|host| host.to_string());
        let house = House {
            root: source.root.clone(),
            names: Arc::new(Names::new(self.options.names.iter().cloned().chain(given))),
            editions,
            listeners: Arc::new(Semaphore::new(LISTENERS)),
        };
        let connections = Arc::new(Semaphore::new(CONNECTIONS));
        let routes = routes(house);
        for listener in self.listeners {
            self.runtime.spawn(accept(listener, routes.clone(), Arc::clone(&connections)));
        }
        for (stop, signal) in [(end.clone(), Signal::Interrupt), (end.clone(), Signal::End)] {
            self.runtime.spawn(async move {
                signal.comes().await;
                let _ = stop.send(true);
            });
        }
        let poll = self.options.poll;
        thread::spawn(move || {
            let _broken = OnDrop(end);
            // First watch, then look: what changes in between is seen twice, not missed.
            let watch = Watch::start(&source.root, poll);
            Rounds::new(source, sender).run(watch, &teller);
        });
        let is_over = ended.recv().unwrap_or(false);
        self.runtime.shutdown_background();
        is_over
    }
}

/// Says that the rounds broke down.
struct OnDrop(mpsc::Sender<bool>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(false);
    }
}

/// A name for this run: browsers that were told of another one's editions must not take them for ours.
fn session() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Fingerprint::of(&(now, std::process::id())).hex(8)
}

async fn listen(host: Option<IpAddr>, port: u16) -> io::Result<Vec<TcpListener>> {
    if let Some(host) = host {
        return Ok(vec![TcpListener::bind((host, port)).await?]);
    }
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = first.local_addr()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(second) => Ok(vec![first, second]),
        // Browsers may take `localhost` for this one, and would meet another program.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok(vec![first]),
    }
}

/// How a session ends.
#[derive(Clone, Copy)]
enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// The system, or a program that started us.
    End,
}

impl Signal {
    /// Waits for it; for ever, where the system has no such signal.
    async fn comes(self) {
        let came = match self {
            Self::Interrupt => tokio::signal::ctrl_c().await.is_ok(),
            Self::End => terminated().await,
        };
        if !came {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn terminated() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut ended) => ended.recv().await.is_some(),
        Err(_) => false,
    }
}

#[cfg(not(unix))]
async fn terminated() -> bool {
    false
}
