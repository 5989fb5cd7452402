//! The preview as a whole: it listens, lets the rounds run, and answers.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::routing::any;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

use super::Teller;
use super::answer::{self, Asked, answer};
use super::edition::Edition;
use super::guard::{Names, Refusal, admit};
use super::round::{Rounds, Source};
use super::{events, wrap};
use crate::base::Fingerprint;
use crate::io::Watch;

/// Connections at once; more wait. Systems often allow a program 1,024 open files.
const CONNECTIONS: usize = 900;
/// Of them, those that listen for news.
const LISTENERS: usize = 800;
/// The head of a request is read within this time, and it is not larger than that.
const HEAD_TIME: Duration = Duration::from_secs(10);
const HEAD_SIZE: usize = 16 * 1024;
/// A client that takes in nothing for so long is gone.
const STALLED: Duration = Duration::from_secs(30);
/// How many ports after the first are tried.
const PORTS: u16 = 50;

/// The headers of every answer. The policy is that of the published site, and closes what it leaves open.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
];

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
        for listener in self.listeners {
            self.runtime.spawn(accept(listener, house.clone(), Arc::clone(&connections)));
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

/// What every request is answered from.
#[derive(Clone)]
struct House {
    root: PathBuf,
    names: Arc<Names>,
    editions: watch::Receiver<Arc<Edition>>,
    listeners: Arc<Semaphore>,
}

/// Between whom a connection is.
#[derive(Clone, Copy)]
struct Ends {
    local: SocketAddr,
    peer: SocketAddr,
}

async fn accept(listener: TcpListener, house: House, connections: Arc<Semaphore>) {
    let routes = routes(house);
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let routes = routes.clone();
                tokio::spawn(async move {
                    converse(stream, peer, routes).await;
                    drop(permit);
                });
            }
            // Out of open files, or the client has left already.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn converse(stream: TcpStream, peer: SocketAddr, routes: Router) {
    let Ok(local) = stream.local_addr() else { return };
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALLED));
    let service = TowerToHyperService::new(routes.layer(Extension(Ends { local, peer })));
    // A client that hangs up is no fault.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_SIZE)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .await;
}

fn routes(house: House) -> Router {
    Router::new()
        .route("/_preview/events", any(listen_for_news))
        .route("/_preview/faults", any(faults))
        .route("/_preview/{name}", any(own_file))
        .fallback(site)
        .layer(middleware::from_fn_with_state(house.clone(), guard))
        .with_state(house)
}

async fn guard(State(house): State<House>, request: Request, next: Next) -> Response<Body> {
    let ends = request.extensions().get::<Ends>().copied();
    let local = ends.map_or(SocketAddr::from(([127, 0, 0, 1], 0)), |ends| ends.local);
    let admitted = admit(request.method(), request.uri(), request.headers(), &house.names, local);
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err(Refusal(status, words)) => {
            let mut response = answer::plain(status, words);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            response
        }
    };
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn site(State(house): State<House>, request: Request) -> Response<Body> {
    let edition = Arc::clone(&house.editions.borrow());
    let asked = Asked {
        method: request.method(),
        path: request.uri().path(),
        query: request.uri().query(),
        headers: request.headers(),
    };
    answer(&house.root, &edition, &asked).await
}

async fn listen_for_news(State(house): State<House>) -> Response<Body> {
    match Arc::clone(&house.listeners).try_acquire_owned() {
        Ok(permit) => events::events(house.editions, permit),
        Err(_) => answer::plain(StatusCode::SERVICE_UNAVAILABLE, "too many tabs listen already"),
    }
}

/// The overlay. Lines of the sources and paths of this machine are for the writer, not for others on the
/// network.
async fn faults(State(house): State<House>, Extension(ends): Extension<Ends>) -> Response<Body> {
    let edition = Arc::clone(&house.editions.borrow());
    let overlay = match &edition.faults {
        None => return answer::plain(StatusCode::NOT_FOUND, "there are no faults"),
        Some(_) if !ends.peer.ip().to_canonical().is_loopback() => {
            "<h1 id=\"title\">The last change has faults</h1>\n<p>The writer sees them.</p>\n"
        }
        Some(overlay) => overlay,
    };
    let mut response = answer::plain(StatusCode::OK, overlay);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

async fn own_file(Path(name): Path<String>) -> Response<Body> {
    let Some((_, mime, text)) = wrap::FILES.iter().find(|(own, ..)| *own == name) else {
        return answer::plain(StatusCode::NOT_FOUND, "there is no such file");
    };
    Response::builder()
        .header(header::CONTENT_TYPE, *mime)
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from(*text))
        .expect("each header is plain text")
}
