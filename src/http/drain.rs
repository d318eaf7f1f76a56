//! An error that comes before the body was read still has to reach its caller: one who is cut off in the middle of sending sees a broken
//! connection instead of the reason. So what is left of a refused body is read and thrown away, within bounds.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::header,
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::limits;

/// How long somebody may take to send what nobody wants.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body that the handler reads, and that can be read to its end when the handler did not.
struct Lent(Arc<Mutex<Body>>);

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

/// Middleware.
pub async fn drain(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Whoever asks before sending is told before sending.
    if body.is_end_stream() || parts.headers.contains_key(header::EXPECT) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let body = Arc::new(Mutex::new(body));
    let response = next.run(Request::from_parts(parts, Body::new(Lent(body.clone())))).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        let mut rest = Lent(body);
        let reading = async {
            let mut read = 0;
            while let Some(Ok(frame)) = rest.frame().await {
                read += frame.data_ref().map_or(0, Bytes::len);
                if read > limits::REFUSED_BODY_BYTES_MAX {
                    break;
                }
            }
        };
        // Whoever does not finish in time is cut off after all.
        let _ = tokio::time::timeout(PATIENCE, reading).await;
    }
    response
}
