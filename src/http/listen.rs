//! Takes connections and hands their requests on (RFC 9112, RFC 9113). Bounded in number and in patience: who is slow to say what they
//! want, or says nothing at all, keeps no connection for long.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tower::ServiceExt;

use crate::limits;

/// A short wait after the system could not give a connection, such as when it has no file handles left.
const AFTER_TROUBLE: Duration = Duration::from_millis(100);

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    let patience = Duration::from_secs(limits::REQUEST_HEAD_SECS_MAX);
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::STREAMS_OF_CONNECTION_MAX)
        .keep_alive_interval(patience)
        .keep_alive_timeout(patience);
    builder
}

/// Serves until `stopping` turns true, then until every request that has begun is answered.
pub async fn serve(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) {
    let builder = Arc::new(builder());
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let ending = GracefulShutdown::new();
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
        // Answers are small and wanted at once.
        let _ = stream.set_nodelay(true);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service(router.clone(), peer)).into_owned();
        let connection = ending.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    ending.shutdown().await;
}

/// The router for requests of one connection, which know where they come from.
fn service(
    router: Router,
    peer: SocketAddr,
) -> TowerToHyperService<
    impl tower::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future = impl Future<Output = Result<axum::response::Response, std::convert::Infallible>> + Send,
    > + Clone,
> {
    TowerToHyperService::new(router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    }))
}
