//! The settings of the appliance: what the operator decides before it starts. Everything else is a setting of a desk, made in the browser.
//! One table (`keys`) says what there is; a value comes from the environment, else the file, else the table, and remembers which.
//! Reading is strict: a key that is not in the table is an error, never ignored.

mod keys;
mod load;
mod print;
mod value;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use crate::{error::Refusal, secret::Secret};

pub use keys::{KEYS, Key, ValueKind};
pub use load::{Held, Loaded, Origin, load};
pub use print::{docs, example, show};
pub use value::{IpRange, Setting};

/// The settings in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    /// The address under which people reach the appliance; none: it is taken from each request.
    pub base_url: Option<String>,
    /// Proxies whose `X-Forwarded-...` headers are believed.
    pub trusted_proxies: Vec<IpRange>,
    /// Origins whose scripts may call the API (`https://host`, without a path).
    pub cors_origins: Vec<String>,
    pub cookies_secure: CookiesSecure,
    pub tls: Tls,
    pub acme: Acme,
    pub log: Log,
    pub smtp: Smtp,
    pub mail: Mail,
    pub push: Push,
    pub sign_in: SignIn,
    /// Where attachments and raw mails lie.
    pub blobs: ObjectPlace,
    /// Where a virus scanner listens.
    pub scanner: Option<String>,
    /// Small pictures of files are made, and their text is read.
    pub previews: bool,
    pub limits: Limits,
    pub search: Search,
    pub store: Store,
    pub snapshots: Snapshots,
}

/// Whether cookies are for encrypted connections only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookiesSecure {
    /// As `base_url`, or else the request, says.
    Auto,
    Always,
    Never,
}

/// Encrypted connections to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// A file of PEM, and so the key.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub listen: SocketAddr,
    pub oldest: TlsVersion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersion {
    Tls12,
    Tls13,
}

/// A certificate that is fetched (RFC 8555).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acme {
    /// None: nothing is fetched.
    pub domains: Vec<String>,
    pub contact: Option<String>,
    pub directory: String,
    pub ca: Option<PathBuf>,
}

/// How the log is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// The server that takes our mail. Without a host no mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    pub host: Option<String>,
    pub port: u16,
    pub tls: SmtpTls,
    /// Certificates that are trusted besides the system's, in a file of PEM.
    pub ca: Option<PathBuf>,
    /// Mails go here, one file each, and to no server.
    pub folder: Option<PathBuf>,
    pub username: Option<String>,
    pub password: Secret,
    /// The sender; none: the first of `mail.addresses`.
    pub from: Option<String>,
    pub timeout: Duration,
    pub retry_after: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    None,
    StartTls,
    Tls,
}

/// Our side of mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Our own addresses: mail from them is ours coming back.
    pub addresses: Vec<String>,
    /// Whether replies come to `desk+token@...`.
    pub reply_plus: bool,
    /// Who is asked for DNS records.
    pub dns_server: Option<SocketAddr>,
}

/// Where an operator wants objects to lie, such as attachments and raw mails, or snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectPlace {
    /// `s3://bucket/prefix`, `az://`, `gs://`.
    pub url: Option<String>,
    /// The address of a server that speaks such a store's language.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    /// Access key id, or name of the account.
    pub account: Option<String>,
    pub secret: Secret,
}

impl ObjectPlace {
    /// Whether it is in a store elsewhere that there may be.
    fn is_elsewhere(&self) -> bool {
        const SCHEMES: [&str; 5] = ["s3", "az", "abfs", "abfss", "gs"];
        let parts = self.url.as_deref().and_then(|it| it.split_once("://"));
        parts.is_some_and(|(scheme, rest)| SCHEMES.contains(&scheme) && !rest.is_empty())
    }
}

/// Snapshots of the whole appliance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshots {
    /// Where they lie; without an address none is taken by itself.
    pub place: ObjectPlace,
    /// What they are encrypted with; empty: they are not.
    pub key: Secret,
    pub every: Duration,
    /// What is committed in between is sent there, too.
    pub journal: bool,
}

/// Telling devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Services within the house may be asked.
    pub private_services: bool,
}

/// Signing in with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// `auto`, or memory, passes and lanes of argon2id.
    pub password_cost: String,
}

/// Limits that an operator may move. The others stand in `limits.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub upload_bytes: u64,
    pub mail_bytes: u64,
    pub json_body_bytes: u64,
    pub live_connections: u64,
    pub requests_in_flight: u64,
    pub request_time: Duration,
    pub credentials_per_minute: u64,
    /// Zero for no limit, and so below.
    pub address_requests_per_minute: u64,
    pub person_requests_per_minute: u64,
    pub desk_idle: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// What an index commit may take, per desk that is being indexed, in bytes.
    pub memory_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// What all desks together keep of their stores in memory, in bytes.
    pub cache_bytes: u64,
}

impl Config {
    /// The typed settings of what was loaded. Values already fit their kind; here they are checked against each other.
    pub fn from_loaded(loaded: &Loaded) -> Result<Config, Refusal> {
        let config = load::Reading::new(loaded).config();
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.blobs.url.is_some() && !self.blobs.is_elsewhere() {
            let message = "`blobs.url` begins with `s3://`, `az://` or `gs://` and names a bucket; leave it out for the data folder.";
            return Err(Refusal::field("blobs.url", "invalid", message));
        }
        if self.snapshots.place.url.as_ref().is_some_and(|it| it.contains("://")) && !self.snapshots.place.is_elsewhere() {
            let message = "`snapshots.to` is a folder, or begins with `s3://`, `az://` or `gs://` and names a bucket.";
            return Err(Refusal::field("snapshots.to", "invalid", message));
        }
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            let lacking = if self.tls.key.is_none() { "tls.key" } else { "tls.certificate" };
            return Err(Refusal::field(lacking, "required", "`tls.certificate` and `tls.key` go together: set both, or neither."));
        }
        if self.tls.certificate.is_some() && !self.acme.domains.is_empty() {
            let message = "`tls.certificate` names a certificate and `acme.domains` asks for one to be fetched: set one of them.";
            return Err(Refusal::field("acme.domains", "invalid", message));
        }
        let Smtp { host, port: _, tls: _, ca: _, folder: _, username, password, from, timeout: _, retry_after: _ } = &self.smtp;
        if host.is_some() && from.is_none() && self.mail.addresses.is_empty() {
            return Err(Refusal::field("smtp.from", "required", "`smtp.host` is set, but no sender: set `smtp.from` or `mail.addresses`."));
        }
        if username.is_some() && password.is_empty() {
            return Err(Refusal::field(
                "smtp.password",
                "required",
                "`smtp.username` is set without `smtp.password` or `smtp.password_file`.",
            ));
        }
        if self.scanner.as_deref().is_some_and(|it| !it.starts_with("unix:/") && !it.starts_with("tcp:")) {
            let message = "`scanner.clamd` is written as `unix:/run/clamav/clamd.ctl` or `tcp:host:3310`.";
            return Err(Refusal::field("scanner.clamd", "invalid", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
