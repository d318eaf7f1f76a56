//! Takes connections and hands their requests on (RFC 9112). Bounded in number, in all and per address, and in patience: who is slow to
//! say what they want, or says nothing at all, keeps no connection for long. HTTP/2 is what a proxy in front speaks to browsers.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tower::ServiceExt;

use super::{credential_limit::block, shares::Shares};
use crate::limits;

/// A short wait after the system could not give a connection, such as when it has no file handles left.
const AFTER_TROUBLE: Duration = Duration::from_millis(100);

/// How much is taken in, and for how long it is waited.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub connections: usize,
    /// For the head of a request, and between two of them.
    pub patience: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { connections: limits::CONNECTIONS_MAX, patience: Duration::from_secs(limits::REQUEST_HEAD_SECS_MAX) }
    }
}

/// Serves until `stopping` turns true, then until every request that has begun is answered.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, mut stopping: watch::Receiver<bool>) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(bounds.patience);
    let places = Arc::new(Semaphore::new(bounds.connections));
    // A proxy in front has one address.
    let shares = Shares::new(bounds.connections.div_ceil(2));
    loop {
        // Whoever comes when all places are taken waits in the system's own queue.
        let place = tokio::select! {
            it = places.clone().acquire_owned() => it,
            _ = stopping.wait_for(|it| *it) => break,
        };
        let accepted = tokio::select! {
            it = listener.accept() => it,
            _ = stopping.wait_for(|it| *it) => break,
        };
        let (stream, peer) = match accepted {
            Ok(it) => it,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(AFTER_TROUBLE).await;
                continue;
            }
        };
        let Some(share) = shares.take(Some(block(peer.ip()))) else {
            metrics::counter!("lodge_http_connections_refused_total").increment(1);
            continue;
        };
        // Answers are small and wanted at once.
        let _ = stream.set_nodelay(true);
        let service = router.clone().map_request(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).with_upgrades();
        let mut stopping = stopping.clone();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                it = connection.as_mut() => Some(it),
                _ = stopping.wait_for(|it| *it) => None,
            };
            let outcome = match ended {
                Some(it) => it,
                None => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = outcome {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
            drop((place, share));
        });
    }
    drop(listener);
    // Every place is free again when every connection has ended.
    let all = u32::try_from(bounds.connections).unwrap_or(u32::MAX);
    let _ = places.acquire_many(all).await;
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    #[tokio::test]
    async fn who_says_nothing_is_hung_up_on_and_others_are_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = watch::channel(false);
        let router = Router::new().route("/", get(|ConnectInfo(it): ConnectInfo<SocketAddr>| async move { it.ip().to_string() }));
        let bounds = Bounds { connections: 4, patience: Duration::from_millis(200) };
        let serving = tokio::spawn(serve(listener, router, bounds, stopping));
        for begun in ["", "P", "PRI * HTTP", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
            let mut idle = TcpStream::connect(address).await.unwrap();
            idle.write_all(begun.as_bytes()).await.unwrap();
            // Ends when it is hung up on; what is read may be an answer that says so.
            idle.read_to_end(&mut Vec::new()).await.unwrap();
        }
        // Half of the places are for one address.
        let mut held = [TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
        for it in &mut held {
            it.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
            let mut answer = [0; 512];
            let read = it.read(&mut answer).await.unwrap();
            assert!(String::from_utf8_lossy(&answer[..read]).ends_with("127.0.0.1"));
        }
        stop.send_replace(true);
        drop(held);
        serving.await.unwrap();
    }
}
