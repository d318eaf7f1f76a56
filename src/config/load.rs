//! Reads the settings: the environment over the file over the table's defaults. Each value remembers where it came from.
//! The file is the one that was named, else `./lodge.toml`, else `/etc/lodge/lodge.toml`, else none. All faults are told at once.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    error::{Code, FieldError, Refusal},
    limits::CONFIG_FILE_BYTES_MAX,
    secret::Secret,
    text::nearest::nearest,
};

use super::{
    Acme, Config, CookiesSecure, Limits, Log, LogFormat, Mail, ObjectPlace, Push, Search, SignIn, Smtp, SmtpTls, Snapshots, Store, Tls,
    TlsVersion,
    keys::{KEYS, Key, ValueKind, variable},
    value::{IpRange, Setting},
};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Variable(name) => f.write_str(name),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub setting: Setting,
    pub origin: Origin,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// By key; a key that is not set and has no default is missing.
    pub values: BTreeMap<&'static str, Held>,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// What is odd, but no reason not to start.
    pub warnings: Vec<String>,
}

const FALLBACKS: [&str; 2] = ["lodge.toml", "/etc/lodge/lodge.toml"];
/// Variables that begin like ours and are no settings.
const OTHER_VARIABLES: [&str; 2] = ["LODGE_BLESS", "LODGE_BENCH_TICKETS"];

/// Reads the settings from a named file, or one of the usual places, and these variables (those that are not ours are skipped).
pub fn load(file: Option<&Path>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Loaded, Refusal> {
    let file = match file {
        Some(path) => Some(path.to_owned()),
        None => FALLBACKS.iter().map(PathBuf::from).find(|path| path.exists()),
    };
    let mut loading = Loading { values: BTreeMap::new(), warnings: Vec::new(), faults: Vec::new() };
    for key in KEYS {
        if let Some(text) = key.default_text() {
            loading.take(key, key.kind.read_text(&text), Origin::Default);
        }
    }
    if let Some(path) = &file {
        loading.read_file(path);
    }
    loading.read_variables(variables);
    let Loading { values, warnings, faults } = loading;
    match faults.as_slice() {
        [] => Ok(Loaded { values, file, warnings }),
        [only] => Err(Refusal { code: Code::Validation, detail: only.message.clone(), fields: faults }),
        several => {
            let detail = format!("{} settings do not fit.", several.len());
            Err(Refusal { code: Code::Validation, detail: detail.into(), fields: faults })
        }
    }
}

struct Loading {
    values: BTreeMap<&'static str, Held>,
    warnings: Vec<String>,
    faults: Vec<FieldError>,
}

impl Loading {
    fn fault(&mut self, field: &str, code: &'static str, message: String) {
        self.faults.push(FieldError { field: field.to_owned(), code, message: message.into() });
    }

    fn take(&mut self, key: &Key, value: Result<Setting, String>, origin: Origin) {
        match value {
            Ok(setting) => {
                self.values.insert(key.name, Held { setting, origin });
            }
            Err(why) => self.fault(key.name, "invalid", format!("`{}` ({origin}): {why}.", key.name)),
        }
    }

    fn read_file(&mut self, path: &Path) {
        let text = match read_small(path) {
            Ok(text) => text,
            Err(cause) => {
                return self.fault("config", "invalid", format!("The settings in {} cannot be read: {cause}.", path.display()));
            }
        };
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(cause) => {
                let place = cause.span().map_or(String::new(), |it| format!(" line {}", 1 + text[..it.start].matches('\n').count()));
                return self.fault("config", "invalid", format!("{}{place} is no TOML: {}.", path.display(), cause.message()));
            }
        };
        let mut found = BTreeMap::new();
        for (name, value) in table {
            match value {
                toml::Value::Table(section) => found.extend(section.into_iter().map(|(key, value)| (format!("{name}.{key}"), value))),
                value => {
                    found.insert(name, value);
                }
            }
        }
        let origin = Origin::File(path.to_owned());
        let relative_to = path.parent().unwrap_or(Path::new(""));
        for (name, value) in &found {
            if let Some(key) = KEYS.iter().find(|key| key.name == name) {
                self.take(key, key.kind.read_toml(value), origin.clone());
            } else if let Some(key) = secret_of(name) {
                match value.as_str() {
                    Some(_) if found.contains_key(key.name) => {
                        self.fault(name, "invalid", format!("`{}` and `{name}` are both set ({origin}); keep one.", key.name));
                    }
                    Some(secret_path) => self.take(key, secret_from(&relative_to.join(secret_path)), origin.clone()),
                    None => self.fault(name, "invalid", format!("`{name}` ({origin}): write a path.")),
                }
            } else {
                self.unknown(name, &origin);
            }
        }
    }

    fn unknown(&mut self, name: &str, origin: &Origin) {
        let advice = match nearest(name, KEYS.iter().map(|key| key.name)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "`lodge config example` lists what there is.".to_owned(),
        };
        self.fault(name, "unknown", format!("There is no setting `{name}` ({origin}); {advice}"));
    }

    fn read_variables(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        let ours: BTreeMap<String, String> =
            variables.into_iter().filter(|(name, _)| name.starts_with("LODGE_") && !OTHER_VARIABLES.contains(&name.as_str())).collect();
        let known: Vec<String> = KEYS.iter().map(Key::variable).collect();
        for (name, text) in &ours {
            let origin = Origin::Variable(name.clone());
            if let Some(key) = KEYS.iter().find(|key| key.variable() == *name) {
                // An empty variable is how a shell unsets one: the key is as if it had never been set.
                if text.is_empty() {
                    self.warnings.push(format!("{name} is empty and counts as not set."));
                } else {
                    self.take(key, key.kind.read_text(text), origin);
                }
            } else if let Some(key) = KEYS.iter().find(|key| key.kind == ValueKind::Secret && variable(&file_key(key)) == *name) {
                if ours.contains_key(&key.variable()) {
                    self.fault(key.name, "invalid", format!("{} and {name} are both set; keep one.", key.variable()));
                } else {
                    self.take(key, secret_from(Path::new(text)), origin);
                }
            } else if let Some(meant) = nearest(name, known.iter().map(String::as_str)) {
                self.fault(name, "unknown", format!("There is no setting {name}; did you mean {meant}?"));
            } else {
                // Container platforms set variables like LODGE_SERVICE_HOST of their own accord.
                self.warnings.push(format!("{name} is no setting of this program and is ignored."));
            }
        }
    }
}

fn file_key(key: &Key) -> String {
    format!("{}_file", key.name)
}

/// The secret that may be read from a file by this key.
fn secret_of(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.kind == ValueKind::Secret && file_key(key) == name)
}

/// A secret from a file; the line's end behind it is none of it.
fn secret_from(path: &Path) -> Result<Setting, String> {
    let text = read_small(path).map_err(|cause| format!("the secret in {} cannot be read: {cause}", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(format!("the secret in {} is empty", path.display()));
    }
    Ok(Setting::Secret(Secret::new(text)))
}

fn read_small(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > CONFIG_FILE_BYTES_MAX {
        return Err(io::Error::other("it is larger than 1 MB"));
    }
    fs::read_to_string(path)
}

/// Takes typed values out of what was loaded. A test holds each name and type to the table.
pub(super) struct Reading<'a> {
    loaded: &'a Loaded,
}

/// A value of one type, if the setting is of it.
macro_rules! typed {
    ($($name:ident $variant:ident $type:ty;)*) => {$(
        fn $name(&self, name: &str) -> Option<$type> {
            match self.loaded.values.get(name).map(|held| &held.setting) {
                Some(Setting::$variant(it)) => Some(it.clone()),
                _ => None,
            }
        }
    )*};
}

impl<'a> Reading<'a> {
    pub(super) fn new(loaded: &'a Loaded) -> Self {
        Reading { loaded }
    }

    typed! {
        bool Bool bool;
        integer Integer u64;
        bytes Bytes u64;
        duration Duration Duration;
        path Path PathBuf;
        address SocketAddress std::net::SocketAddr;
        text Text String;
        list List Vec<String>;
        ranges IpRanges Vec<IpRange>;
        secret Secret Secret;
    }

    fn choice<T: Copy>(&self, name: &'static str, first: T, others: &[(&str, T)]) -> T {
        let text = self.text(name);
        others.iter().find(|(word, _)| text.as_deref() == Some(word)).map_or(first, |(_, it)| *it)
    }

    /// A place of objects, and what is needed to reach it.
    fn objects(&self, address: &str, section: &str) -> ObjectPlace {
        let text = |key: &str| self.text(&format!("{section}.{key}"));
        ObjectPlace {
            url: self.text(address),
            endpoint: text("endpoint"),
            region: text("region"),
            account: text("account"),
            secret: self.secret(&format!("{section}.secret")).unwrap_or_default(),
        }
    }

    /// Every key with a default has a value here; what stands after `unwrap_or` is never taken.
    pub(super) fn config(&self) -> Config {
        Config {
            listen: self.address("listen").unwrap_or_else(|| ([127, 0, 0, 1], 8080).into()),
            data_dir: self.path("data_dir").unwrap_or_default(),
            base_url: self.text("base_url"),
            cors_origins: self.list("cors_origins").unwrap_or_default(),
            trusted_proxies: self.ranges("trusted_proxies").unwrap_or_default(),
            cookies_secure: self.choice(
                "cookies_secure",
                CookiesSecure::Auto,
                &[("always", CookiesSecure::Always), ("never", CookiesSecure::Never)],
            ),
            tls: Tls {
                certificate: self.path("tls.certificate"),
                key: self.path("tls.key"),
                listen: self.address("tls.listen").unwrap_or_else(|| ([0, 0, 0, 0], 443).into()),
                oldest: self.choice("tls.oldest", TlsVersion::Tls13, &[("1.2", TlsVersion::Tls12)]),
            },
            acme: Acme {
                domains: self.list("acme.domains").unwrap_or_default(),
                contact: self.text("acme.contact"),
                directory: self.text("acme.directory").unwrap_or_default(),
                ca: self.path("acme.ca"),
            },
            log: Log {
                format: self.choice("log.format", LogFormat::Text, &[("json", LogFormat::Json)]),
                level: self.text("log.level").unwrap_or_default(),
            },
            smtp: Smtp {
                host: self.text("smtp.host"),
                port: self.integer("smtp.port").and_then(|it| u16::try_from(it).ok()).unwrap_or_default(),
                tls: self.choice("smtp.tls", SmtpTls::StartTls, &[("none", SmtpTls::None), ("tls", SmtpTls::Tls)]),
                ca: self.path("smtp.ca"),
                folder: self.path("smtp.folder"),
                username: self.text("smtp.username"),
                password: self.secret("smtp.password").unwrap_or_default(),
                from: self.text("smtp.from"),
                timeout: self.duration("smtp.timeout").unwrap_or_default(),
                retry_after: self.duration("smtp.retry_after").unwrap_or_default(),
            },
            mail: Mail {
                addresses: self.list("mail.addresses").unwrap_or_default(),
                reply_plus: self.bool("mail.reply_plus").unwrap_or_default(),
                dns_server: self.address("mail.dns_server"),
            },
            blobs: self.objects("blobs.url", "blobs"),
            scanner: self.text("scanner.clamd"),
            previews: self.bool("previews.enabled").unwrap_or(true),
            push: Push { private_services: self.bool("push.private_services").unwrap_or_default() },
            sign_in: SignIn { password_cost: self.text("sign_in.password_cost").unwrap_or_default() },
            limits: Limits {
                upload_bytes: self.bytes("limits.upload_bytes").unwrap_or_default(),
                mail_bytes: self.bytes("limits.mail_bytes").unwrap_or_default(),
                json_body_bytes: self.bytes("limits.json_body_bytes").unwrap_or_default(),
                live_connections: self.integer("limits.live_connections").unwrap_or_default(),
                requests_in_flight: self.integer("limits.requests_in_flight").unwrap_or_default(),
                request_time: self.duration("limits.request_time").unwrap_or_default(),
                credentials_per_minute: self.integer("limits.credentials_per_minute").unwrap_or_default(),
                address_requests_per_minute: self.integer("limits.address_requests_per_minute").unwrap_or_default(),
                person_requests_per_minute: self.integer("limits.person_requests_per_minute").unwrap_or_default(),
                desk_idle: self.duration("limits.desk_idle").unwrap_or_default(),
            },
            search: Search { memory_bytes: self.bytes("search.memory").unwrap_or_default() },
            store: Store { cache_bytes: self.bytes("store.cache").unwrap_or_default() },
            snapshots: Snapshots {
                place: self.objects("snapshots.to", "snapshots"),
                key: self.secret("snapshots.key").unwrap_or_default(),
                every: self.duration("snapshots.every").unwrap_or_default(),
                journal: self.bool("snapshots.journal").unwrap_or(true),
            },
        }
    }
}
