//! The table of keys: name, kind, default, a sentence, since when. From it come the reading, `config show`, `config.example.toml`
//! and `docs/config.md`; a key exists because it stands here.

use crate::limits::{
    CREDENTIALS_PER_MINUTE, DESK_IDLE_SECS, HANDLER_SECS_MAX, JSON_BODY_BYTES_MAX, LIVE_CONNECTIONS_MAX, MAIL_BYTES_MAX,
    REQUESTS_IN_FLIGHT_MAX, REQUESTS_PER_MINUTE_ADDRESS, REQUESTS_PER_MINUTE_PERSON, UPLOAD_BYTES_MAX,
};

/// What values a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    Bool,
    /// Both ends included.
    Integer {
        min: u64,
        max: u64,
    },
    /// `25MB`; both ends included.
    Bytes {
        min: u64,
        max: u64,
    },
    /// `30s`; both ends included, in seconds.
    Duration {
        min_secs: u64,
        max_secs: u64,
    },
    Path,
    /// `127.0.0.1:8080`.
    SocketAddress,
    /// `https://desk.example.org`.
    Url,
    Text,
    Choice(&'static [&'static str]),
    /// Texts; in the environment, with commas between them.
    List,
    /// Addresses of sites without a path, `https://intranet.example.org`.
    Origins,
    /// `10.0.0.0/8`; as a list.
    IpRanges,
    /// May also be read from a file, by the same key with `_file` behind it.
    Secret,
}

/// One line of the table.
#[derive(Debug)]
pub struct Key {
    /// `section.key`, or the key alone at the top.
    pub name: &'static str,
    pub kind: ValueKind,
    /// As it would be written in the environment; empty: not set.
    pub default: Default,
    pub doc: &'static str,
    /// The first version that knows it.
    pub since: &'static str,
}

/// Where a default comes from.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    Unset,
    Is(&'static str),
    /// A limit of `limits.rs`.
    Limit(u64),
    /// The same, in seconds.
    LimitSecs(u64),
}

impl Key {
    /// The variable that overrides it: `LODGE_SMTP__HOST` for `smtp.host`.
    pub fn variable(&self) -> String {
        variable(self.name)
    }

    /// The section it stands in, empty for the top, and its name there.
    pub fn place(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or(("", self.name))
    }

    /// The default as it would be written in the environment.
    pub fn default_text(&self) -> Option<String> {
        match self.default {
            Default::Unset => None,
            Default::Is(text) => Some(text.to_owned()),
            Default::Limit(it) => Some(it.to_string()),
            Default::LimitSecs(it) => Some(format!("{it}s")),
        }
    }
}

/// The variable for a key of this name.
pub(super) fn variable(name: &str) -> String {
    format!("LODGE_{}", name.replace('.', "__").to_ascii_uppercase())
}

const fn key(name: &'static str, kind: ValueKind, default: Default, doc: &'static str) -> Key {
    Key { name, kind, default, doc, since: "0.1.0" }
}

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// Every key, in the order of the example.
pub const KEYS: &[Key] = &[
    key("listen", ValueKind::SocketAddress, Default::Is("127.0.0.1:8080"), "The address and port that it answers on."),
    key("data_dir", ValueKind::Path, Default::Is("./data"), "The folder that holds everything."),
    key(
        "base_url",
        ValueKind::Url,
        Default::Unset,
        "The address under which people reach it, for links in mails. Not set: the host that a request names.",
    ),
    key("trusted_proxies", ValueKind::IpRanges, Default::Unset, "Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."),
    key(
        "cors_origins",
        ValueKind::Origins,
        Default::Unset,
        "Web pages elsewhere whose scripts may call the API with a token, such as `https://intranet.example.org`. Cookies never count there.",
    ),
    key(
        "cookies_secure",
        ValueKind::Choice(&["auto", "always", "never"]),
        Default::Is("auto"),
        "Whether cookies are for encrypted connections only; `auto` goes by `base_url`, else by the request.",
    ),
    key(
        "tls.certificate",
        ValueKind::Path,
        Default::Unset,
        "The certificate for encrypted connections and those above it (PEM), as an authority gives them. Read anew when it changes.",
    ),
    key("tls.key", ValueKind::Path, Default::Unset, "The private key of that certificate (PEM)."),
    key(
        "tls.listen",
        ValueKind::SocketAddress,
        Default::Is("0.0.0.0:443"),
        "The address and port of encrypted connections, where there is a certificate. Who comes unencrypted from another machine is then sent there.",
    ),
    key(
        "tls.oldest",
        ValueKind::Choice(&["1.3", "1.2"]),
        Default::Is("1.3"),
        "The oldest version of TLS that is spoken; 1.2 is for programs that know no better.",
    ),
    key(
        "acme.domains",
        ValueKind::List,
        Default::Unset,
        "Names for which a certificate is fetched and renewed by itself (ACME). They lead to this server, whose port 443 is open to the authority. Naming them agrees to its terms.",
    ),
    key("acme.contact", ValueKind::Text, Default::Unset, "A mail address that the authority may write to."),
    key(
        "acme.directory",
        ValueKind::Url,
        Default::Is("https://acme-v02.api.letsencrypt.org/directory"),
        "The authority that is asked, by the address of its directory.",
    ),
    key(
        "acme.ca",
        ValueKind::Path,
        Default::Unset,
        "A file of certificates (PEM) that are trusted when the authority is asked, for one of one's own.",
    ),
    key("log.format", ValueKind::Choice(&["text", "json"]), Default::Is("text"), "How lines of the log are written."),
    key(
        "log.level",
        ValueKind::Choice(&["error", "warn", "info", "debug", "trace"]),
        Default::Is("info"),
        "The least important lines that are written.",
    ),
    key("smtp.host", ValueKind::Text, Default::Unset, "The server that takes our mail. Not set: no mail is sent."),
    key("smtp.port", ValueKind::Integer { min: 1, max: 65535 }, Default::Is("587"), "Its port."),
    key(
        "smtp.tls",
        ValueKind::Choice(&["none", "starttls", "tls"]),
        Default::Is("starttls"),
        "How the connection is encrypted: not at all, after greeting, or from the start.",
    ),
    key(
        "smtp.ca",
        ValueKind::Path,
        Default::Unset,
        "A file of certificates (PEM) that are trusted besides the system's, for a server whose certificate is of one's own authority.",
    ),
    key("smtp.username", ValueKind::Text, Default::Unset, "The account there, if it asks for one."),
    key("smtp.password", ValueKind::Secret, Default::Unset, "The password of that account."),
    key("smtp.from", ValueKind::Text, Default::Unset, "The sender of our mail. Not set: the first of `mail.addresses`."),
    key(
        "smtp.folder",
        ValueKind::Path,
        Default::Unset,
        "A folder that mails are written to instead, one file each: for trying things out. Goes before `smtp.host`.",
    ),
    key(
        "smtp.timeout",
        ValueKind::Duration { min_secs: 1, max_secs: 600 },
        Default::Is("30s"),
        "How long one step of a delivery may take before it is tried again later.",
    ),
    key(
        "smtp.retry_after",
        ValueKind::Duration { min_secs: 1, max_secs: 3600 },
        Default::Is("60s"),
        "The first wait after a mail could not be handed over; the schedule of five days after it is in proportion.",
    ),
    key("mail.addresses", ValueKind::List, Default::Unset, "Our own addresses. Mail from them is ours coming back and makes no ticket."),
    key(
        "mail.reply_plus",
        ValueKind::Bool,
        Default::Is("true"),
        "Whether replies come to `desk+token@...`, so that they surely find their ticket.",
    ),
    key(
        "mail.dns_server",
        ValueKind::SocketAddress,
        Default::Unset,
        "Who is asked for DNS records of mail (DKIM, SPF, DMARC). Not set: whom the machine asks.",
    ),
    key(
        "push.private_services",
        ValueKind::Bool,
        Default::Is("false"),
        "Whether devices are told by push services within the house, and without encryption to the service. Else only at https addresses of the open network.",
    ),
    key(
        "sign_in.password_cost",
        ValueKind::Text,
        Default::Is("auto"),
        "What one hash of a password costs (argon2id), as `m=19456,t=2,p=1`: KiB of memory, passes, lanes. `auto` measures at start.",
    ),
    key(
        "blobs.url",
        ValueKind::Text,
        Default::Unset,
        "Where attachments and raw mails lie, such as `s3://bucket/prefix`, `az://container/prefix` or `gs://bucket/prefix`. Not set: in the data folder.",
    ),
    key("blobs.endpoint", ValueKind::Text, Default::Unset, "The address of an S3-compatible server; `http:` is taken as it is."),
    key("blobs.region", ValueKind::Text, Default::Unset, "The region of an S3 bucket."),
    key("blobs.account", ValueKind::Text, Default::Unset, "The access key id (S3) or account name (Azure) at that store."),
    key(
        "blobs.secret",
        ValueKind::Secret,
        Default::Unset,
        "The secret access key (S3), account key (Azure), or service account as JSON (Google).",
    ),
    key(
        "scanner.clamd",
        ValueKind::Text,
        Default::Unset,
        "The socket of ClamAV's daemon, as `unix:/run/clamav/clamd.ctl` or `tcp:host:3310`. Files wait for it before anybody opens them. Not set: nothing is scanned.",
    ),
    key(
        "previews.enabled",
        ValueKind::Bool,
        Default::Is("true"),
        "Small pictures of files are made, and the text of files is read for the search, each file in a process of its own with little memory and time.",
    ),
    key(
        "limits.upload_bytes",
        ValueKind::Bytes { min: 1024, max: 1024 * GIB },
        Default::Limit(UPLOAD_BYTES_MAX),
        "One uploaded file, whoever sends it; a desk's settings say what its people may.",
    ),
    key("limits.mail_bytes", ValueKind::Bytes { min: 64 * 1024, max: GIB }, Default::Limit(MAIL_BYTES_MAX as u64), "One raw mail."),
    key(
        "limits.json_body_bytes",
        ValueKind::Bytes { min: 64 * 1024, max: 64 * MIB },
        Default::Limit(JSON_BODY_BYTES_MAX as u64),
        "One JSON body of the API.",
    ),
    key(
        "limits.live_connections",
        ValueKind::Integer { min: 1, max: 1_000_000 },
        Default::Limit(LIVE_CONNECTIONS_MAX as u64),
        "Browsers and programs that may follow live at the same time.",
    ),
    key(
        "limits.requests_in_flight",
        ValueKind::Integer { min: 1, max: 100_000 },
        Default::Limit(REQUESTS_IN_FLIGHT_MAX as u64),
        "Requests that are worked on at once; the next is told to come back.",
    ),
    key(
        "limits.request_time",
        ValueKind::Duration { min_secs: 1, max_secs: 3600 },
        Default::LimitSecs(HANDLER_SECS_MAX),
        "How long a request may take before it is given up: long enough for the largest upload over a slow line.",
    ),
    key(
        "limits.credentials_per_minute",
        ValueKind::Integer { min: 1, max: 10_000 },
        Default::Limit(CREDENTIALS_PER_MINUTE.get() as u64),
        "Sign-ins, resets and registrations from one address, per minute.",
    ),
    key(
        "limits.address_requests_per_minute",
        ValueKind::Integer { min: 0, max: 1_000_000_000 },
        Default::Limit(REQUESTS_PER_MINUTE_ADDRESS.get() as u64),
        "Requests of one address in a minute; 0 for no limit. A whole office may share an address.",
    ),
    key(
        "limits.person_requests_per_minute",
        ValueKind::Integer { min: 0, max: 1_000_000_000 },
        Default::Limit(REQUESTS_PER_MINUTE_PERSON.get() as u64),
        "Requests of one person in a minute, with all sessions and tokens; 0 for no limit.",
    ),
    key(
        "limits.desk_idle",
        ValueKind::Duration { min_secs: 1, max_secs: 7 * 24 * 3600 },
        Default::LimitSecs(DESK_IDLE_SECS),
        "How long one of several desks stays open that nobody asks for; a closed one opens by itself when it is wanted.",
    ),
    key(
        "search.memory",
        ValueKind::Bytes { min: 16 * MIB, max: 2 * GIB },
        Default::Is("32MB"),
        "Memory for writing to one desk's search index; given back when the desk is idle.",
    ),
    key(
        "store.cache",
        ValueKind::Bytes { min: MIB, max: 256 * GIB },
        Default::Is("64MB"),
        "Memory in which all desks together keep their stores.",
    ),
    key(
        "snapshots.to",
        ValueKind::Text,
        Default::Unset,
        "Where snapshots of everything are kept: a folder on another disk, or `s3://bucket/prefix`, `az://container/prefix` or `gs://bucket/prefix`. Not set: none is taken by itself.",
    ),
    key(
        "snapshots.key",
        ValueKind::Secret,
        Default::Unset,
        "What snapshots are encrypted with (AES-256), as `lodge snapshot key` prints it. Keep a copy elsewhere: without it nobody reads them. Not set: they are not encrypted.",
    ),
    key(
        "snapshots.every",
        ValueKind::Duration { min_secs: 60, max_secs: 7 * 24 * 3600 },
        Default::Is("1h"),
        "How often one is taken. Once a day the newest is restored aside and searched, and those that are not needed any more are removed.",
    ),
    key(
        "snapshots.journal",
        ValueKind::Bool,
        Default::Is("true"),
        "What is committed between two snapshots is sent to their place every few seconds, so that any instant of the last two days can be restored.",
    ),
    key(
        "snapshots.endpoint",
        ValueKind::Text,
        Default::Unset,
        "The address of an S3-compatible server for snapshots; `http:` is taken as it is.",
    ),
    key("snapshots.region", ValueKind::Text, Default::Unset, "The region of an S3 bucket for snapshots."),
    key(
        "snapshots.account",
        ValueKind::Text,
        Default::Unset,
        "The access key id (S3) or account name (Azure) at the store of the snapshots.",
    ),
    key(
        "snapshots.secret",
        ValueKind::Secret,
        Default::Unset,
        "The secret access key (S3), account key (Azure), or service account as JSON (Google) of the store of the snapshots.",
    ),
];
