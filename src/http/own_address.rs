//! Under which address the desk is seen by whoever asks, for what must lead back to it: an identity provider's callback. The host is
//! the one that was called, since that is where the browser's cookies are; the provider takes registered addresses only.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderName, request::Parts},
};

use super::{App, app::CookiesFor, listen::Encrypted, origin};
use crate::id::ProviderId;

/// The other end of the connection itself, whatever headers say.
pub fn peer(parts: &Parts) -> Option<IpAddr> {
    Some(parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical())
}

/// Such as `https://desk.example.com`, without a slash at its end.
pub fn own_address(app: &App, parts: &Parts) -> String {
    let host = origin::host(parts).unwrap_or("localhost");
    match &app.options.base_url {
        Some(it) if it.split_once("://").is_some_and(|it| it.1.eq_ignore_ascii_case(host)) => it.clone(),
        _ => format!("{}://{host}", if is_encrypted(app, parts) { "https" } else { "http" }),
    }
}

/// The same for another of this server's hosts, which is reached the same way.
pub fn address_on(app: &App, parts: &Parts, other_host: &str) -> String {
    let here = own_address(app, parts);
    let (scheme, at) = here.split_once("://").unwrap_or(("https", ""));
    let port = at.rsplit_once(':').filter(|(_, it)| it.bytes().all(|it| it.is_ascii_digit())).map(|(_, it)| format!(":{it}"));
    format!("{scheme}://{other_host}{}", port.unwrap_or_default())
}

/// Whether the browser's connection is encrypted, as far as we are set up or a trusted proxy says.
pub fn is_encrypted(app: &App, parts: &Parts) -> bool {
    if parts.extensions.get::<Encrypted>().is_some() {
        return true;
    }
    let is_trusted = || peer(parts).is_some_and(|peer| app.options.trusted_proxies.iter().any(|it| it.contains(peer)));
    let forwarded = parts.headers.get(HeaderName::from_static("x-forwarded-proto")).and_then(|it| it.to_str().ok());
    match forwarded {
        Some(it) if is_trusted() => it.trim().eq_ignore_ascii_case("https"),
        _ => app.options.cookies_for == CookiesFor::Encrypted,
    }
}

/// Where an identity provider sends people back to.
pub fn callback(app: &App, parts: &Parts, provider: ProviderId) -> String {
    format!("{}/sign-in/oidc/{provider}/callback", own_address(app, parts))
}
