//! From where a request comes: the address (through trusted proxies only), the user agent, the request id; and under which address
//! the desk is seen from there.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header, request::Parts},
};

use super::{App, request_id::RequestId};
use crate::{config::IpRange, desk::actor::Origin};

/// A user agent is kept up to this length, in characters.
const USER_AGENT_CHARS_MAX: usize = 300;

/// The caller's address: the peer's, or what a trusted proxy says, read from the right until somebody is not trusted.
pub fn address(app: &App, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    Some(behind_proxies(&app.options.trusted_proxies, peer, &parts.headers))
}

fn behind_proxies(trusted: &[IpRange], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_trusted = |it: IpAddr| trusted.iter().any(|network| network.contains(it));
    let mut address = peer;
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok()).collect::<Vec<_>>().join(",");
    for hop in forwarded.rsplit(',') {
        if !is_trusted(address) {
            break;
        }
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        address = hop.to_canonical();
    }
    address
}

/// From where, as the log of the desk keeps it.
pub fn of(app: &App, parts: &Parts) -> Origin {
    let user_agent = parts.headers.get(header::USER_AGENT).map(|it| String::from_utf8_lossy(it.as_bytes()));
    Origin {
        address: address(app, parts).map(|it| it.to_string()),
        user_agent: user_agent.map(|it| it.chars().filter(|it| !it.is_control()).take(USER_AGENT_CHARS_MAX).collect()),
        request_id: parts.extensions.get::<RequestId>().map(|it| it.0.clone()),
    }
}

/// The host that was called, with its port.
pub fn host(parts: &Parts) -> Option<&str> {
    parts.headers.get(header::HOST).and_then(|it| it.to_str().ok()).or_else(|| parts.uri.authority().map(|it| it.as_str()))
}

/// The same without the port.
pub fn host_name(parts: &Parts) -> &str {
    let host = host(parts).unwrap_or_default();
    host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|it| it.is_ascii_digit())).map_or(host, |it| it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_peers_are_believed() {
        let trusted: Vec<IpRange> = ["10.0.0.0/8", "::1"].iter().map(|it| it.parse().unwrap()).collect();
        for (peer, forwarded, expected) in [
            ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
            ("10.1.1.1", "1.2.3.4", "1.2.3.4"),
            ("10.1.1.1", "9.9.9.9, 1.2.3.4, 10.2.2.2", "1.2.3.4"),
            ("::1", "2001:db8::7", "2001:db8::7"),
            ("10.1.1.1", "nonsense", "10.1.1.1"),
            ("10.1.1.1", "", "10.1.1.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            assert_eq!(
                behind_proxies(&trusted, peer.parse().unwrap(), &headers),
                expected.parse::<IpAddr>().unwrap(),
                "{peer} {forwarded}"
            );
        }
    }
}
