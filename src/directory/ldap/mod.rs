//! LDAP (RFC 4511): who somebody is by their password, everybody page by page (RFC 2696), and whether the settings work.
//!
//! Invariant: an empty password is never sent, because servers take it for nobody in particular and say yes (RFC 4513 5.1.2).

mod entry;
mod filter;

use std::time::Duration;

use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Scope, SearchEntry, SearchOptions, StdStream,
    controls::{Control, ControlType, PagedResults},
};

use crate::{
    desk::providers::{AttributeMap, Encryption, Groups, LdapSettings, Said},
    limits,
    reach::{
        Finding, Trouble, What,
        dial::{PATIENCE, dial, slow},
        tls,
    },
    secret::Secret,
};

/// Result codes (RFC 4511 A.1).
const NO_SUCH_OBJECT: u32 = 32;
const INVALID_DN: u32 = 34;
const INVALID_CREDENTIALS: u32 = 49;
const CONFIDENTIALITY_REQUIRED: u32 = 13;
const STRONGER_AUTH_REQUIRED: u32 = 8;
const UNAVAILABLE_CRITICAL_EXTENSION: u32 = 12;
const SIZE_LIMIT_EXCEEDED: u32 = 4;

/// What is needed to ask a directory.
#[derive(Debug, Clone)]
pub struct Directory {
    pub settings: LdapSettings,
    pub attributes: AttributeMap,
    /// The password of whoever searches.
    pub secret: Secret,
}

impl Directory {
    /// Who this is, if the password is theirs.
    pub async fn authenticate(&self, login: &str, password: &Secret) -> Result<Said, Trouble> {
        let wrong = || Trouble::new(What::WrongPassword, "The user name or the password is wrong.", "");
        if login.trim().is_empty() || password.is_empty() || login.len() > limits::SUBJECT_BYTES_MAX {
            return Err(wrong());
        }
        let (this, login, password) = (self.clone(), login.trim().to_owned(), password.clone());
        guarded(async move {
            let mut open = this.open().await?;
            let Some(found) = open.find(&login).await? else {
                // As much work as for somebody who is there, so that the time it takes tells nothing.
                let _ = open.bind(&format!("cn=nobody,{}", this.settings.base), password.reveal()).await;
                return Err(wrong());
            };
            let said = open.said(&found, &login).await?;
            let result = open.bind(&found.dn, password.reveal()).await?;
            if result.rc != 0 {
                return Err(Trouble { advice: meant(&result).to_owned(), ..wrong() });
            }
            Ok(said)
        })
        .await
    }

    /// Everybody, a page at a time. Ends with an error unless it is everybody.
    pub async fn people<F>(&self, mut take: impl FnMut(Vec<Said>) -> F) -> Result<usize, Trouble>
    where
        F: Future<Output = crate::error::Result<()>>,
    {
        let mut open = self.open().await?;
        let mut cookie = Vec::new();
        let mut count = 0;
        loop {
            let (entries, next) = open.page(cookie).await?;
            let mut page = Vec::with_capacity(entries.len());
            for entry in &entries {
                page.push(open.said(entry, "").await?);
            }
            count += page.len();
            if count > limits::DIRECTORY_PEOPLE_MAX {
                let happened = format!("The directory holds more than {} people.", limits::DIRECTORY_PEOPLE_MAX);
                return Err(Trouble::new(What::Settings, happened, "Narrow the base or the filter."));
            }
            if !page.is_empty() {
                take(page).await.map_err(|it| Trouble::new(What::Answer, format!("What was read could not be kept: {it}"), ""))?;
            }
            if next.is_empty() {
                return Ok(count);
            }
            cookie = next;
        }
    }

    /// Tries everything that the settings name, in order, until something is wrong. With a login, also finds that person.
    pub async fn check(&self, login: Option<&str>) -> Vec<Finding> {
        let (this, login) = (self.clone(), login.map(str::to_owned));
        let mut findings = Vec::new();
        let outcome = guarded(async move {
            let mut found = Vec::new();
            let ended = this.check_all(login.as_deref(), &mut found).await;
            Ok((found, ended))
        })
        .await;
        let ended = match outcome {
            Ok((found, ended)) => {
                findings = found;
                ended
            }
            Err(it) => Err(it),
        };
        findings.extend(ended.err().map(Finding::from));
        findings
    }

    async fn check_all(&self, login: Option<&str>, findings: &mut Vec<Finding>) -> Result<(), Trouble> {
        let settings = &self.settings;
        let mut open = self.connect().await?;
        findings.push(Finding::fine(match settings.encryption {
            Encryption::None => {
                format!("Connected to {}:{}, without encryption: passwords can be read on the way.", settings.host, settings.port)
            }
            _ => format!("Connected to {}:{}, encrypted, and its certificate is trusted.", settings.host, settings.port),
        }));
        open.bind_to_search(&self.secret).await?;
        findings.push(Finding::fine(match settings.bind_dn.as_str() {
            "" => "Searching as nobody in particular is allowed.".to_owned(),
            dn => format!("Signed in as `{dn}`."),
        }));
        let (entries, next) = open.page(Vec::new()).await?;
        if entries.is_empty() {
            return Err(Trouble::new(
                What::NobodyFound,
                format!("Nobody below `{}` fits `{}`.", settings.base, settings.people_filter),
                "Look at the base and the filter, and at what whoever searches may read.",
            ));
        }
        let more = if next.is_empty() { "" } else { " and more" };
        let mut without_mail = 0;
        for entry in &entries {
            let said = entry::said(settings, &self.attributes, entry)?;
            without_mail += usize::from(said.attributes.email.is_none());
        }
        findings.push(Finding::fine(format!("Found {}{more} people.", entries.len())));
        if without_mail == entries.len() {
            return Err(Trouble::new(
                What::Settings,
                format!("None of them has a `{}`, and nobody gets an account without a mail address.", self.attributes.email),
                "Name the attribute that holds the mail address.",
            ));
        }
        if let Some(login) = login {
            let Some(found) = open.find(login).await? else {
                return Err(Trouble::new(
                    What::NobodyFound,
                    format!("Nobody fits `{}`.", filter::filled(&settings.login_filter, &[("login", login)])),
                    "Look at the filter for signing in; the attribute in it must hold what people type.",
                ));
            };
            let said = open.said(&found, login).await?;
            let groups = said.groups.unwrap_or_default();
            let groups = if groups.is_empty() { "none".to_owned() } else { groups.join("; ") };
            findings.push(Finding::fine(format!("`{login}` is `{}`; groups: {groups}.", found.dn)));
        }
        Ok(())
    }

    async fn open(&self) -> Result<Open<'_>, Trouble> {
        let mut open = self.connect().await?;
        open.bind_to_search(&self.secret).await?;
        Ok(open)
    }

    async fn connect(&self) -> Result<Open<'_>, Trouble> {
        let LdapSettings { host, port, encryption, ca, .. } = &self.settings;
        let tcp = dial(host, *port).await?;
        let tcp = tcp.into_std().map_err(|it| Trouble::new(What::Refused, format!("The connection broke: {it}."), ""))?;
        let scheme = if *encryption == Encryption::Tls { "ldaps" } else { "ldap" };
        let mut how = LdapConnSettings::new().set_std_stream(StdStream::Tcp(tcp));
        if *encryption != Encryption::None {
            how = how.set_config(tls::config(ca.as_deref())?).set_starttls(*encryption == Encryption::StartTls);
        }
        let url_host = if host.contains(':') { format!("[{}]", host.trim_matches(['[', ']'])) } else { host.clone() };
        let url = format!("{scheme}://{url_host}:{port}");
        let connecting = LdapConnAsync::with_settings(how, &url);
        let (connection, ldap) = match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(Ok(it)) => it,
            Ok(Err(it)) => return Err(self.trouble(&it)),
            Err(_) => return Err(slow(host)),
        };
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "a connection to a directory ended");
            }
        });
        Ok(Open { ldap, directory: self })
    }

    /// What an error of the connection means.
    fn trouble(&self, error: &LdapError) -> Trouble {
        let host = &self.settings.host;
        match error {
            LdapError::Timeout { .. } => slow(host),
            LdapError::Rustls { source } => tls::explained(host, source),
            LdapError::DNSName { .. } => {
                Trouble::new(What::TlsName, format!("`{host}` is no name that a certificate could be for."), "Use the server's name.")
            }
            LdapError::Io { source } if self.settings.encryption != Encryption::None => tls::trouble(host, source),
            LdapError::Io { source } => Trouble::new(
                What::Answer,
                format!("{host} ended the connection: {source}."),
                "It may want an encrypted connection; try TLS or StartTLS.",
            ),
            LdapError::LdapResult { result } => self.refused(result),
            LdapError::FilterParsing => Trouble::new(What::Settings, "A filter cannot be read.", "Look at its brackets and escapes."),
            LdapError::EndOfStream | LdapError::ResultRecv { .. } | LdapError::OpSend { .. } => {
                Trouble::new(What::Answer, format!("{host} ended the connection in the middle of an answer."), "Look at its log.")
            }
            it => Trouble::new(What::Answer, format!("{host} cannot be spoken to: {it}."), ""),
        }
    }

    /// What a result that is no success means.
    fn refused(&self, result: &LdapResult) -> Trouble {
        let LdapSettings { host, base, .. } = &self.settings;
        let text = if result.text.is_empty() { String::new() } else { format!(" ({})", result.text.trim_end_matches('\0')) };
        match result.rc {
            NO_SUCH_OBJECT => Trouble::new(
                What::BaseNotFound,
                format!("There is nothing at the base `{base}`{text}."),
                "Look at its spelling; it often is like `ou=people,dc=example,dc=com`. Whoever searches may also not be allowed to see it.",
            ),
            INVALID_DN => Trouble::new(
                What::BaseNotFound,
                format!("`{base}` or another name is no distinguished name{text}."),
                "Write it like `ou=people,dc=example,dc=com`.",
            ),
            CONFIDENTIALITY_REQUIRED | STRONGER_AUTH_REQUIRED => {
                Trouble::new(What::BindRefused, format!("{host} wants an encrypted connection{text}."), "Choose TLS or StartTLS.")
            }
            UNAVAILABLE_CRITICAL_EXTENSION => {
                Trouble::new(What::Answer, format!("{host} does not know how to answer page by page{text}."), "Ask its admin to allow it.")
            }
            SIZE_LIMIT_EXCEEDED => Trouble::new(
                What::Answer,
                format!("{host} shows fewer people than there are{text}."),
                "Ask its admin to raise the limit for whoever searches, or use smaller pages.",
            ),
            rc => Trouble::new(What::Answer, format!("{host} refuses with code {rc}{text}."), "Its log says why."),
        }
    }
}

/// What Active Directory says about a password that it refuses, for the person.
fn meant(result: &LdapResult) -> &'static str {
    let says = |code: &str| result.text.contains(&format!("data {code}"));
    if says("532") || says("773") {
        "The password has expired; change it there first."
    } else if says("775") {
        "The account is locked there for a while."
    } else if says("533") || says("701") {
        "The account is disabled there."
    } else {
        ""
    }
}

/// Runs what speaks to a server on a task of its own, so that an answer at which the protocol library stops ends this and no more.
async fn guarded<T: Send + 'static>(work: impl Future<Output = Result<T, Trouble>> + Send + 'static) -> Result<T, Trouble> {
    // Several steps, each with its own limit; this bounds all of them together.
    let bounded = tokio::time::timeout(PATIENCE * 3, work);
    match tokio::spawn(bounded).await {
        Ok(Ok(it)) => it,
        Ok(Err(_)) => Err(slow("The directory")),
        Err(_) => Err(Trouble::new(What::Answer, "What the directory answers is not LDAP.", "Look at the host and the port.")),
    }
}

/// An open connection.
struct Open<'a> {
    ldap: Ldap,
    directory: &'a Directory,
}

impl Open<'_> {
    async fn bind(&mut self, dn: &str, password: &str) -> Result<LdapResult, Trouble> {
        let bound = self.ldap.with_timeout(PATIENCE).simple_bind(dn, password).await;
        bound.map_err(|it| self.directory.trouble(&it))
    }

    async fn bind_to_search(&mut self, secret: &Secret) -> Result<(), Trouble> {
        let dn = &self.directory.settings.bind_dn;
        if dn.is_empty() {
            return Ok(());
        }
        if secret.is_empty() {
            return Err(Trouble::new(What::BindRefused, format!("There is no password for `{dn}`."), "Enter it."));
        }
        let result = self.bind(dn, secret.reveal()).await?;
        match result.rc {
            0 => Ok(()),
            INVALID_CREDENTIALS | NO_SUCH_OBJECT | INVALID_DN => Err(Trouble::new(
                What::BindRefused,
                format!("The directory does not let `{dn}` in: the name or the password is wrong."),
                "Look at both; the name is a whole distinguished name, or `name@domain` for Active Directory.",
            )),
            _ => Err(self.directory.refused(&result)),
        }
    }

    /// The one entry that this login names.
    async fn find(&mut self, login: &str) -> Result<Option<SearchEntry>, Trouble> {
        let LdapSettings { base, login_filter, .. } = &self.directory.settings;
        let filter = filter::filled(login_filter, &[("login", login)]);
        let wanted = entry::wanted(&self.directory.settings, &self.directory.attributes);
        let options = SearchOptions::new().sizelimit(2).timelimit(seconds(PATIENCE));
        let search = self.ldap.with_search_options(options).with_timeout(PATIENCE).search(base, Scope::Subtree, &filter, wanted).await;
        let (entries, result) = search.map(|it| (it.0, it.1)).map_err(|it| self.directory.trouble(&it))?;
        let mut found: Vec<_> =
            entries.into_iter().filter(|it| !it.is_ref() && !it.is_intermediate()).map(SearchEntry::construct).collect();
        if found.len() > 1 || result.rc == SIZE_LIMIT_EXCEEDED {
            let happened = format!("Several people fit `{filter}`, so nobody is let in.");
            return Err(Trouble::new(What::SeveralFound, happened, "Use an attribute in the filter that is different for everybody."));
        }
        if result.rc != 0 {
            return Err(self.directory.refused(&result));
        }
        Ok(found.pop())
    }

    /// One page of everybody, and where the next begins; nothing at the end.
    async fn page(&mut self, cookie: Vec<u8>) -> Result<(Vec<SearchEntry>, Vec<u8>), Trouble> {
        let LdapSettings { base, people_filter, page_size, .. } = &self.directory.settings;
        let wanted = entry::wanted(&self.directory.settings, &self.directory.attributes);
        let control = PagedResults { size: i32::from(*page_size), cookie };
        let search = self.ldap.with_controls(control).with_timeout(PATIENCE).search(base, Scope::Subtree, people_filter, wanted).await;
        let (entries, result) = search.map(|it| (it.0, it.1)).map_err(|it| self.directory.trouble(&it))?;
        if result.rc != 0 {
            return Err(self.directory.refused(&result));
        }
        let paged = result.ctrls.iter().find(|Control(kind, _)| matches!(kind, Some(ControlType::PagedResults)));
        let next = paged.map(|Control(_, raw)| raw.parse::<PagedResults>().cookie).unwrap_or_default();
        let entries = entries.into_iter().filter(|it| !it.is_ref() && !it.is_intermediate()).map(SearchEntry::construct).collect();
        Ok((entries, next))
    }

    /// What an entry says, with the groups that other entries put it into.
    async fn said(&mut self, found: &SearchEntry, login: &str) -> Result<Said, Trouble> {
        let mut said = entry::said(&self.directory.settings, &self.directory.attributes, found)?;
        let Groups::Search { base, filter } = &self.directory.settings.groups else { return Ok(said) };
        let login = if login.is_empty() { found.dn.split(['=', ',']).nth(1).unwrap_or_default() } else { login };
        let filter = filter::filled(filter, &[("dn", &found.dn), ("login", login)]);
        let search = self.ldap.with_timeout(PATIENCE).search(base, Scope::Subtree, &filter, vec!["1.1"]).await;
        let (entries, result) = search.map(|it| (it.0, it.1)).map_err(|it| self.directory.trouble(&it))?;
        if result.rc != 0 {
            let trouble = self.directory.refused(&result);
            return Err(Trouble { happened: format!("Groups cannot be searched: {}", trouble.happened), ..trouble });
        }
        let entries = entries.into_iter().filter(|it| !it.is_ref() && !it.is_intermediate());
        said.groups = Some(entries.take(limits::GROUPS_OF_PERSON_MAX).map(|it| SearchEntry::construct(it).dn).collect());
        Ok(said)
    }
}

fn seconds(it: Duration) -> i32 {
    i32::try_from(it.as_secs()).unwrap_or(i32::MAX)
}
