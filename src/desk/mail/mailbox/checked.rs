//! Whether what an admin says about a mailbox can be, and in which form it is kept.

use super::{After, Authority, Encryption, Mailbox, MailboxSettings, OAuthClient, Protocol, SignIn};
use crate::{
    desk::{
        identity,
        providers::{is_web_address, pem},
        queues::Queue,
    },
    error::{Refusal, Result},
    id::MailboxId,
    language::Sentence,
    language::say,
    limits,
    store::Tx,
};

const NAME_CHARS_MAX: usize = 60;
const FOLDER_CHARS_MAX: usize = 255;
const POLL_SECS_MIN: u32 = 10;
const POLL_SECS_MAX: u32 = 24 * 3600;
const POLL_SECS_USUAL: u32 = 60;
const ALARM_MINUTES_USUAL: u32 = 15;
const ALARM_MINUTES_MAX: u32 = 7 * 24 * 60;
/// The only folder that POP3 knows.
const INBOX: &str = "INBOX";

fn invalid<T>(field: &str, message: impl Into<Sentence>) -> Result<T> {
    Err(Refusal::field(field, "invalid", message).into())
}

fn required<T>(field: &str, message: impl Into<Sentence>) -> Result<T> {
    Err(Refusal::field(field, "required", message).into())
}

pub fn name(tx: &Tx, name: &str, own: Option<MailboxId>) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return required("name", say!("mailbox-name", most = NAME_CHARS_MAX));
    }
    for it in super::all(tx)? {
        if Some(it.id) != own && it.name.to_lowercase() == name.to_lowercase() {
            return Err(Refusal::field("name", "taken", say!("refused-there-mailbox-named-already", name = name)).into());
        }
    }
    Ok(name)
}

pub fn settings(tx: &Tx, mut it: MailboxSettings) -> Result<MailboxSettings> {
    it.address = address("address", &it.address)?;
    it.aliases = it.aliases.iter().filter(|it| !it.trim().is_empty()).map(|it| address("aliases", it)).collect::<Result<_>>()?;
    it.aliases.sort_unstable();
    it.aliases.dedup();
    if it.aliases.len() > limits::MAILBOX_ALIASES_MAX {
        return invalid("aliases", say!("mailbox-aliases", most = limits::MAILBOX_ALIASES_MAX));
    }
    server(&mut it)?;
    it.username = it.username.trim().to_owned();
    if it.username.is_empty() {
        it.username.clone_from(&it.address);
    }
    if it.username.len() > limits::SUBJECT_BYTES_MAX || it.username.contains(char::is_control) {
        return invalid("username", say!("mailbox-user"));
    }
    if let SignIn::OAuth(client) = &mut it.sign_in {
        oauth(client, it.protocol)?;
    }
    folders(&mut it)?;
    if it.poll_secs == 0 {
        it.poll_secs = POLL_SECS_USUAL;
    }
    if !(POLL_SECS_MIN..=POLL_SECS_MAX).contains(&it.poll_secs) {
        return invalid("pollSeconds", say!("mailbox-poll", least = POLL_SECS_MIN.to_string(), most = POLL_SECS_MAX.to_string()));
    }
    if it.alarm_minutes == 0 {
        it.alarm_minutes = ALARM_MINUTES_USUAL.max(3 * it.poll_secs / 60);
    }
    if it.alarm_minutes > ALARM_MINUTES_MAX || it.alarm_minutes * 60 < it.poll_secs {
        let message = say!("refused-alarm-comes-after-minutes", ALARM_MINUTES_MAX = ALARM_MINUTES_MAX);
        return invalid("alarmMinutes", message);
    }
    if let Some(queue) = it.queue
        && !tx.has::<Queue>(&queue)?
    {
        return Err(Refusal::field("queue", "unknown", say!("refused-there-no-such-queue")).into());
    }
    it.authentication_server = it.authentication_server.map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty());
    if it.authentication_server.as_ref().is_some_and(|it| it.len() > 255 || it.contains(|c: char| c.is_whitespace() || c.is_control())) {
        return invalid("authenticationServer", say!("mailbox-results"));
    }
    Ok(it)
}

/// What must be there before mail can be fetched.
pub fn complete(it: &Mailbox) -> Result<()> {
    let needs_secret = it.settings.sign_in == SignIn::Password;
    if it.enabled && needs_secret && it.secret.is_none() { required("secret", say!("mailbox-password")) } else { Ok(()) }
}

fn address(field: &str, text: &str) -> Result<String> {
    identity::normal_email(text).or_else(|_| invalid(field, say!("mailbox-address", text = text.chars().take(80).collect::<String>())))
}

fn server(it: &mut MailboxSettings) -> Result<()> {
    it.host = it.host.trim().to_lowercase();
    if it.host.is_empty() {
        return required("host", say!("mailbox-host-required"));
    }
    if it.host.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | ':' | '_')) {
        return invalid("host", say!("mailbox-host"));
    }
    if it.encryption == Encryption::None && !is_here(&it.host) {
        return invalid("encryption", say!("mailbox-encryption"));
    }
    if it.port == 0 {
        it.port = it.protocol.usual_port(it.encryption);
    }
    it.ca = pem(it.ca.take())?;
    Ok(())
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    let parts: Vec<_> = host.split('.').map(str::parse::<u8>).collect();
    matches!(host, "localhost" | "::1" | "[::1]") || (parts.len() == 4 && parts[0] == Ok(127) && parts.iter().all(Result::is_ok))
}

fn folders(it: &mut MailboxSettings) -> Result<()> {
    let check = |field: &str, folder: &str| -> Result<String> {
        let folder = folder.trim();
        if folder.is_empty() || folder.chars().count() > FOLDER_CHARS_MAX || folder.contains(char::is_control) {
            return invalid(field, say!("mailbox-folder", most = FOLDER_CHARS_MAX));
        }
        // INBOX is the same whatever its case (RFC 3501 5.1).
        Ok(if folder.eq_ignore_ascii_case(INBOX) { INBOX.to_owned() } else { folder.to_owned() })
    };
    let mut found: Vec<String> = Vec::new();
    for folder in it.folders.iter().filter(|it| !it.trim().is_empty()) {
        let folder = check("folders", folder)?;
        if !found.contains(&folder) {
            found.push(folder);
        }
    }
    if found.is_empty() {
        found.push(INBOX.to_owned());
    }
    if found.len() > limits::MAILBOX_FOLDERS_MAX {
        return invalid("folders", say!("mailbox-folders", most = limits::MAILBOX_FOLDERS_MAX));
    }
    if it.protocol == Protocol::Pop3 && found != [INBOX] {
        return invalid("folders", say!("mailbox-pop-folders"));
    }
    match &mut it.after {
        After::Move(folder) => {
            *folder = check("moveTo", folder)?;
            if found.contains(folder) {
                return invalid("moveTo", say!("mailbox-move-to"));
            }
        }
        After::Leave | After::Delete => {}
        After::MarkSeen => {}
    }
    if it.protocol == Protocol::Pop3 && matches!(it.after, After::Move(_) | After::MarkSeen) {
        return invalid("after", say!("mailbox-pop-after"));
    }
    it.folders = found;
    Ok(())
}

fn oauth(it: &mut OAuthClient, protocol: Protocol) -> Result<()> {
    it.client_id = it.client_id.trim().to_owned();
    if it.client_id.is_empty() {
        return required("clientId", say!("mailbox-client"));
    }
    it.tenant = it.tenant.trim().to_owned();
    if it.tenant.is_empty() {
        it.tenant = "common".into();
    }
    if it.tenant.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-')) {
        return invalid("tenant", say!("mailbox-tenant"));
    }
    match it.authority {
        Authority::Microsoft => {
            let base = format!("https://login.microsoftonline.com/{}/oauth2/v2.0", it.tenant);
            it.authorization_endpoint = format!("{base}/authorize");
            it.token_endpoint = format!("{base}/token");
            let fetching = match protocol {
                Protocol::Imap => "https://outlook.office.com/IMAP.AccessAsUser.All",
                Protocol::Pop3 => "https://outlook.office.com/POP.AccessAsUser.All",
            };
            it.scopes = [fetching, "https://outlook.office.com/SMTP.Send", "offline_access"].map(str::to_owned).into();
        }
        Authority::Google => {
            it.authorization_endpoint = "https://accounts.google.com/o/oauth2/v2/auth".into();
            it.token_endpoint = "https://oauth2.googleapis.com/token".into();
            it.scopes = vec!["https://mail.google.com/".into()];
        }
        Authority::Custom => {
            for (field, endpoint) in [("authorizationEndpoint", &mut it.authorization_endpoint), ("tokenEndpoint", &mut it.token_endpoint)]
            {
                *endpoint = endpoint.trim().to_owned();
                if !is_web_address(endpoint) {
                    return invalid(field, say!("mailbox-endpoint"));
                }
            }
            it.scopes = it.scopes.iter().flat_map(|it| it.split_whitespace()).map(str::to_owned).collect();
            if let Some(bad) = it.scopes.iter().find(|it| !it.bytes().all(|it| it.is_ascii_graphic() && it != b'"' && it != b'\\')) {
                return invalid("scopes", say!("provider-scope", text = bad));
            }
        }
    }
    Ok(())
}

/// Whether the secret would go to somebody else than before, or where others can read it.
pub fn is_elsewhere(before: &MailboxSettings, after: &MailboxSettings) -> bool {
    let server = |it: &MailboxSettings| (it.host.clone(), it.port, it.encryption, it.ca.clone(), it.username.clone());
    match (&before.sign_in, &after.sign_in) {
        (SignIn::Password, SignIn::Password) => server(before) != server(after),
        (SignIn::OAuth(one), SignIn::OAuth(other)) => {
            let authority = |it: &OAuthClient| (it.client_id.clone(), it.token_endpoint.clone());
            authority(one) != authority(other) || server(before) != server(after)
        }
        _ => true,
    }
}

/// Whether UIDs mean something else than before.
pub fn is_another_account(before: &MailboxSettings, after: &MailboxSettings) -> bool {
    let account = |it: &MailboxSettings| (it.protocol, it.host.clone(), it.port, it.username.clone());
    account(before) != account(after)
}
