//! Takes connections and hands their requests on (RFC 9112, 9113), encrypted or not. Bounded in number, in all and per address, and in
//! patience: who is slow to say what they want, or says nothing at all, keeps no connection for long.

use std::{
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, Uri, header},
};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::{
    credential_limit::block,
    shares::{Share, Shares},
    tls,
};
use crate::limits;

/// A short wait after the system could not give a connection, such as when it has no file handles left.
const AFTER_TROUBLE: Duration = Duration::from_millis(100);

/// How long a connection over which nothing was asked yet is waited for when it is time to end.
const FIRST_WORD: Duration = Duration::from_secs(1);

/// How much is taken in, and for how long it is waited.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub connections: usize,
    /// For the head of a request, between two of them, and for the beginning of encryption.
    pub patience: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { connections: limits::CONNECTIONS_MAX, patience: Duration::from_secs(limits::REQUEST_HEAD_SECS_MAX) }
    }
}

/// Where connections come in.
pub struct Door {
    pub listener: TcpListener,
    /// How encrypted connections are spoken with; none: they are plain.
    pub tls: Option<Arc<ServerConfig>>,
}

/// A request that came over an encrypted connection of our own.
#[derive(Debug, Clone, Copy)]
pub struct Encrypted;

/// What the doors share.
#[derive(Clone)]
struct House {
    router: Router,
    bounds: Bounds,
    places: Arc<Semaphore>,
    shares: Shares,
    stopping: watch::Receiver<bool>,
}

/// Serves until `stopping` turns true, then until every request that has begun is answered.
pub async fn serve(doors: Vec<Door>, router: Router, bounds: Bounds, stopping: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    // A proxy in front has one address.
    let shares = Shares::new(bounds.connections.div_ceil(2));
    let house = House { router, bounds, places: places.clone(), shares, stopping };
    let mut open: JoinSet<()> = doors.into_iter().map(|it| take_in(it, house.clone())).collect();
    while open.join_next().await.is_some() {}
    // Every place is free again when every connection has ended.
    let all = u32::try_from(bounds.connections).unwrap_or(u32::MAX);
    let _ = places.acquire_many(all).await;
}

/// Takes what comes in by one door.
async fn take_in(door: Door, mut house: House) {
    let tls = door.tls.map(TlsAcceptor::from);
    loop {
        // Whoever comes when all places are taken waits in the system's own queue.
        let place = tokio::select! {
            Ok(it) = house.places.clone().acquire_owned() => it,
            _ = house.stopping.wait_for(|it| *it) => return,
        };
        let accepted = tokio::select! {
            it = door.listener.accept() => it,
            _ = house.stopping.wait_for(|it| *it) => return,
        };
        let (stream, peer) = match accepted {
            Ok(it) => it,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(AFTER_TROUBLE).await;
                continue;
            }
        };
        let Some(share) = house.shares.take(Some(block(peer.ip()))) else {
            metrics::counter!("lodge_http_connections_refused_total").increment(1);
            continue;
        };
        // Answers are small and wanted at once.
        let _ = stream.set_nodelay(true);
        let (tls, house) = (tls.clone(), house.clone());
        tokio::spawn(attend(stream, peer, tls, house, (place, share)));
    }
}

/// One connection from its beginning to its end.
async fn attend(stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, house: House, held: (OwnedSemaphorePermit, Share)) {
    let Some(tls) = tls else {
        speak(stream, peer, false, false, house).await;
        drop(held);
        return;
    };
    match tokio::time::timeout(house.bounds.patience, tls.accept(stream)).await {
        Ok(Ok(stream)) => {
            let spoken = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
            // An authority has seen what it wanted to see.
            if spoken.as_deref() != Some(tls::ACME) {
                speak(stream, peer, true, spoken.as_deref() == Some(tls::H2), house).await;
            }
        }
        Ok(Err(error)) => tracing::debug!(%error, %peer, "a connection was not encrypted as it should be"),
        Err(_) => tracing::debug!(%peer, "a connection was not encrypted in time"),
    }
    drop(held);
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: SocketAddr, encrypted: bool, h2: bool, house: House) {
    let House { router, bounds, stopping, .. } = house;
    let asked = Arc::new(AtomicBool::new(false));
    let asks = asked.clone();
    let service = TowerToHyperService::new(router.map_request(move |request: Request<Incoming>| {
        asks.store(true, Ordering::Relaxed);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        if encrypted {
            request.extensions_mut().insert(Encrypted);
        }
        if h2 {
            as_in_http1(&mut request);
        }
        request
    }));
    let outcome = if h2 {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits::STREAMS_PER_CONNECTION_MAX)
            .max_header_list_size(limits::REQUEST_HEAD_BYTES_MAX)
            // Who does not answer any more is gone.
            .keep_alive_interval(bounds.patience / 2)
            .keep_alive_timeout(bounds.patience / 2);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        until_stopped(connection, &asked, bounds, stopping, |it| it.graceful_shutdown()).await
    } else {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(bounds.patience);
        let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        until_stopped(connection, &asked, bounds, stopping, |it| it.graceful_shutdown()).await
    };
    match outcome {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(%error, %peer, "a connection ended early"),
        None => tracing::debug!(%peer, "nothing was asked over a connection in time"),
    }
}

/// Carries a connection on, and to its end when the time has come; none if nothing was asked in time, so that it is hung up on.
async fn until_stopped<C: Future>(
    connection: C,
    asked: &AtomicBool,
    bounds: Bounds,
    mut stopping: watch::Receiver<bool>,
    end: impl FnOnce(Pin<&mut C>),
) -> Option<C::Output> {
    let mut connection = pin!(connection);
    let first = tokio::select! {
        it = connection.as_mut() => return Some(it),
        () = tokio::time::sleep(bounds.patience) => asked.load(Ordering::Relaxed),
        _ = stopping.wait_for(|it| *it) => true,
    };
    if !first {
        return None;
    }
    tokio::select! {
        it = connection.as_mut() => return Some(it),
        _ = stopping.wait_for(|it| *it) => {}
    }
    if !asked.load(Ordering::Relaxed) {
        // It was taken in before the end, so what it is about to ask is answered.
        tokio::select! {
            it = connection.as_mut() => return Some(it),
            () = tokio::time::sleep(FIRST_WORD) => {}
        }
    }
    end(connection.as_mut());
    Some(connection.await)
}

/// HTTP/2 names the host in the address (RFC 9113 8.3.1); handlers find it where HTTP/1.1 has it, and in one place only.
fn as_in_http1(request: &mut Request<Body>) {
    let host = request.uri().authority().and_then(|it| HeaderValue::from_str(it.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
}

#[cfg(test)]
mod tests {
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
        let serving = tokio::spawn(serve(vec![Door { listener, tls: None }], router, bounds, stopping));
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
