//! What protects the process from its callers and callers from each other: a limit on requests at once, a limit on time, panics that
//! end one request and not the process, and the headers that tell browsers what not to do.

use std::any::Any;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response as HttpResponse, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{App, Problem, app::CookiesFor, credential_limit, listen::Encrypted, origin, own_address};
use crate::{
    error::{Code, Fault, Refusal},
    language::say,
};

/// Pages load nothing from elsewhere, and nobody frames them.
const POLICY: &str =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Middleware: with too many requests at once, the next is told to come back instead of making all of them slow. Health is exempt.
pub async fn shed_load(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let share = app.shares.take(origin::address(&app, &parts).map(credential_limit::block));
    let place = app.in_flight.clone().try_acquire_owned();
    let (Some(_share), Ok(_place)) = (share, place) else {
        metrics::counter!("lodge_http_shed_total").increment(1);
        let refusal = Refusal::new(Code::Unavailable, say!("refused-too-many-requests-being"));
        return Problem::from(refusal).into_response();
    };
    next.run(Request::from_parts(parts, body)).await
}

/// Middleware: an answer comes in time, or the caller is told so. What was begun in the desk's writer is finished all the same.
pub async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(app.options.handler_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            metrics::counter!("lodge_http_timeouts_total").increment(1);
            Problem::from(Refusal::new(Code::Unavailable, say!("refused-took-too-long-given"))).into_response()
        }
    }
}

/// A panic is a fault like any other: one request fails, the log has the cause.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> HttpResponse<axum::body::Body> {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::from(Fault::new(format!("a handler panicked: {}", text.unwrap_or("without a message")))).into_response()
}

/// Middleware: who comes unencrypted from another machine, where we encrypt ourselves, is sent to where it is (RFC 9110 15.4.9).
pub async fn encrypted(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(port) = app.options.encrypted_port
        && parts.extensions.get::<Encrypted>().is_none()
        && own_address::peer(&parts).is_some_and(|it| !it.is_loopback() && !app.options.trusted_proxies.iter().any(|net| net.contains(it)))
    {
        let host = origin::host_name(&parts);
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        let path = parts.uri.path_and_query().map_or("/", |it| it.as_str());
        return Redirect::permanent(&format!("https://{host}{port}{path}")).into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Middleware: headers of every answer, unless the handler set its own; and cookies that a browser sends back over encrypted
/// connections only, where this is one.
pub async fn security_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let is_encrypted = match app.options.cookies_for {
        CookiesFor::Any => false,
        CookiesFor::Encrypted => true,
        CookiesFor::AsAsked => own_address::is_encrypted(&app, &parts),
    };
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if is_encrypted {
        secure_cookies(response.headers_mut());
    }
    let headers = response.headers_mut();
    let mut usual = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    usual(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    usual(header::X_FRAME_OPTIONS, "DENY");
    usual(header::REFERRER_POLICY, "same-origin");
    usual(header::CONTENT_SECURITY_POLICY, POLICY);
    usual(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    usual(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    usual(header::CACHE_CONTROL, "private, no-cache");
    usual(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if is_encrypted {
        usual(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Adds `Secure` to every cookie that is set.
fn secure_cookies(headers: &mut HeaderMap) {
    let set: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in set {
        let secured = HeaderValue::from_bytes(&[cookie.as_bytes(), b"; Secure"].concat()).unwrap_or(cookie);
        headers.append(header::SET_COOKIE, secured);
    }
}
