//! A connection to a host, with each way to fail told apart: its name, its port, its silence.

use std::{io::ErrorKind, net::IpAddr, time::Duration};

use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{
    public::is_public,
    trouble::{Trouble, What},
};
use crate::limits;

pub const PATIENCE: Duration = Duration::from_secs(limits::DIRECTORY_SECS_MAX);

/// Connects to the first address of the host that answers.
pub async fn dial(host: &str, port: u16) -> Result<TcpStream, Trouble> {
    dial_where(host, port, |_| true).await
}

/// The same, at addresses of the open network alone: for hosts that somebody else has named. The addresses are asked for once, so that a
/// name cannot mean another one when it is connected to.
pub async fn dial_public(host: &str, port: u16) -> Result<TcpStream, Trouble> {
    dial_where(host, port, is_public).await
}

async fn dial_where(host: &str, port: u16, may: fn(IpAddr) -> bool) -> Result<TcpStream, Trouble> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = timeout(PATIENCE, lookup_host((bare, port))).await.map_err(|_| no_name(host))?;
    let addresses: Vec<_> = found.map_err(|_| no_name(host))?.collect();
    if addresses.is_empty() {
        return Err(no_name(host));
    }
    let addresses: Vec<_> = addresses.into_iter().filter(|it| may(it.ip())).collect();
    if addresses.is_empty() {
        let advice = "Only services on the open network are asked here.";
        return Err(Trouble::new(What::NotPublic, format!("{host} is at an address within the house."), advice));
    }
    let mut trouble = slow(&format!("{host} port {port}"));
    for address in addresses.into_iter().take(4) {
        match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(it)) => return Ok(it),
            Ok(Err(it)) => trouble = unreachable(host, port, &it),
            Err(_) => {}
        }
    }
    Err(trouble)
}

fn no_name(host: &str) -> Trouble {
    Trouble::new(
        What::NameNotFound,
        format!("The name `{host}` is not known."),
        "Look at its spelling, and whether this machine's name server knows it.",
    )
}

fn unreachable(host: &str, port: u16, it: &std::io::Error) -> Trouble {
    if it.kind() == ErrorKind::ConnectionRefused {
        let advice = "Look whether the server runs, and whether the port is right.";
        return Trouble::new(What::Refused, format!("{host} does not take connections on port {port}."), advice);
    }
    let advice = "Look at the route and the firewall between this machine and that one.";
    Trouble::new(What::Refused, format!("{host} port {port} cannot be reached: {it}."), advice)
}

/// It took too long.
pub fn slow(who: &str) -> Trouble {
    Trouble::new(
        What::TimedOut,
        format!("{who} did not answer within {} seconds.", PATIENCE.as_secs()),
        "Look whether the server is well, and whether a firewall swallows the connection.",
    )
}
