//! What the DNS says about a domain that mail is sent for: keys, SPF and DMARC, looked up and put into words.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use mail_auth::hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts},
    net::runtime::TokioRuntimeProvider,
    proto::rr::RData,
    system_conf::read_system_conf,
};

use super::smtp::Finding;
use crate::{
    desk::mail::dkim::{DkimKey, KeyState, suggested_dmarc, suggested_spf},
    error::{Fault, Result},
    limits,
};

/// Asks the DNS.
#[derive(Clone)]
pub struct Resolver(TokioResolver);

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Texts {
    Found(Vec<String>),
    /// There is no such name, or nothing of the kind at it.
    Absent,
    /// Nobody answered.
    Unknown(String),
}

impl Resolver {
    /// Asks this server, or those that the machine asks.
    pub fn new(server: Option<SocketAddr>) -> Result<Resolver> {
        let doing = |it: &dyn std::fmt::Display| Fault::new(format!("preparing to ask the DNS: {it}"));
        let (config, mut options) = match server {
            Some(it) => (ResolverConfig::from_name_servers(vec![at(it.ip(), it.port())]), ResolverOpts::default()),
            None => read_system_conf().map_err(|it| doing(&it))?,
        };
        options.timeout = Duration::from_secs(limits::DNS_SECS_MAX);
        options.attempts = 1;
        // An admin who has just published a record looks for it now.
        options.cache_size = 0;
        let built = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).with_options(options).build();
        Ok(Resolver(built.map_err(|it| doing(&it))?))
    }

    /// The text records at a name, each in one piece.
    pub async fn texts(&self, name: &str) -> Texts {
        let asked = tokio::time::timeout(Duration::from_secs(limits::DNS_SECS_MAX * 2), self.0.txt_lookup(format!("{name}."))).await;
        let found = match asked {
            Err(_) => return Texts::Unknown("nobody answered in time".into()),
            Ok(Err(it)) if it.is_no_records_found() || it.is_nx_domain() => return Texts::Absent,
            Ok(Err(it)) => return Texts::Unknown(it.to_string()),
            Ok(Ok(it)) => it,
        };
        let mut texts = Vec::new();
        for record in found.answers() {
            if let RData::TXT(it) = &record.data {
                texts.push(it.txt_data.iter().map(|it| String::from_utf8_lossy(it).into_owned()).collect::<String>());
            }
        }
        if texts.is_empty() { Texts::Absent } else { Texts::Found(texts) }
    }

    /// Whether the record of a key is there, and what is wrong if it is not.
    pub async fn key(&self, key: &DkimKey) -> Finding {
        let record = key.record();
        let wanted = tag(&record.value, "p").unwrap_or_default().to_owned();
        match self.texts(&record.name).await {
            Texts::Found(all) if all.iter().any(|it| tag(it, "p").is_some_and(|it| it == wanted)) => {
                Finding::fine(format!("The key {} is published.", record.name))
            }
            Texts::Found(all) => {
                let known = all.iter().any(|it| tag(it, "p").is_some_and(str::is_empty));
                let what = if known { "revokes the key" } else { "is another one" };
                Finding::wrong(
                    format!("The record at {} {what}.", record.name),
                    "Publish the record exactly as it stands here; check that nothing was cut.",
                )
            }
            Texts::Absent if key.state == KeyState::Retired => {
                Finding::fine(format!("The retired key {} is not published any more.", record.name))
            }
            Texts::Absent => Finding::wrong(
                format!("There is no record at {}.", record.name),
                if key.state == KeyState::Signing {
                    "Publish it: mail is signed with it."
                } else {
                    "Publish it; until it is seen, nothing is signed with this key."
                },
            ),
            Texts::Unknown(why) => Finding::wrong(format!("{} could not be looked up: {why}", record.name), "Try again later."),
        }
    }

    /// Whether the domain says who may send for it.
    pub async fn spf(&self, domain: &str, server: Option<&str>) -> Finding {
        let advice = format!("Publish a TXT record at {domain} such as: {}", suggested_spf(domain, server).value);
        match self.texts(domain).await {
            Texts::Unknown(why) => Finding::wrong(format!("The SPF record of {domain} could not be looked up: {why}"), "Try again later."),
            Texts::Absent => Finding::wrong(format!("{domain} has no SPF record."), advice),
            Texts::Found(all) => {
                let spf: Vec<&String> = all.iter().filter(|it| it.to_lowercase().starts_with("v=spf1")).collect();
                match spf.as_slice() {
                    [] => Finding::wrong(format!("{domain} has no SPF record."), advice),
                    [one] if one.to_lowercase().contains("+all") => Finding::wrong(
                        format!("The SPF record of {domain} lets everybody send for it: {one}"),
                        "Let it end with `~all` or `-all`.",
                    ),
                    [one] => Finding::fine(format!("SPF of {domain}: {one}")),
                    _ => Finding::wrong(
                        format!("{domain} has {} SPF records; with more than one, none counts (RFC 7208 3.2).", spf.len()),
                        "Make one of them.",
                    ),
                }
            }
        }
    }

    /// Whether the domain says what becomes of mail that fails.
    pub async fn dmarc(&self, domain: &str) -> Finding {
        let name = format!("_dmarc.{domain}");
        let advice = format!("Publish a TXT record at {name} such as: {}", suggested_dmarc(domain).value);
        match self.texts(&name).await {
            Texts::Unknown(why) => Finding::wrong(format!("{name} could not be looked up: {why}"), "Try again later."),
            Texts::Absent => Finding::wrong(format!("{domain} has no DMARC record."), advice),
            Texts::Found(all) => match all.iter().find(|it| it.to_lowercase().starts_with("v=dmarc1")) {
                Some(it) => Finding::fine(format!("DMARC of {domain}: {it}")),
                None => Finding::wrong(format!("{domain} has no DMARC record."), advice),
            },
        }
    }
}

fn at(ip: IpAddr, port: u16) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(ip);
    let with = |mut it: ConnectionConfig| {
        it.port = port;
        it
    };
    server.connections = std::mem::take(&mut server.connections).into_iter().map(with).collect();
    server
}

/// The value of a tag of a record of tags, without spaces: `p` of `v=DKIM1; p=...`.
fn tag<'a>(record: &'a str, name: &str) -> Option<&'a str> {
    record.split(';').filter_map(|it| it.split_once('=')).find(|it| it.0.trim() == name).map(|it| it.1.trim())
}
