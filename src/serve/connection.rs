//! Connections: each bounded in time and size, and their number too, so that no client stalls the others.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

/// At once; more wait. Systems often allow a program 1,024 open files.
pub(super) const CONNECTIONS: usize = 900;
/// The head of a request is read within this time, and it is not larger than that.
const HEAD_TIME: Duration = Duration::from_secs(10);
const HEAD_SIZE: usize = 16 * 1024;
/// A client that takes in nothing for so long is gone.
const STALLED: Duration = Duration::from_secs(30);
/// Between whom a connection is.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
}

/// Takes in clients as they come.
pub(super) async fn accept(listener: TcpListener, routes: Router, connections: Arc<Semaphore>) {
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
