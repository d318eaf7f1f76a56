//! Mailboxes from which mail is fetched: their settings, how they are, their test and their statement (BEY-07). Secrets go in and never
//! come out.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, nullable},
    list::ListView,
    one,
    shown::NamedView,
    sign_in_providers::FindingView,
};
use crate::{
    appliance::mailboxes,
    desk::{
        Tx,
        mail::{
            mailbox::{
                self, After, Authority, Encryption, Mailbox, MailboxChange, MailboxSettings, NewMailbox, OAuthClient, Protocol, SignIn,
            },
            statement::Statement,
            token,
            watch::{self, FolderWatch},
        },
        permission::Permission,
        queues::{self, Queue},
    },
    error::{Fault, Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Reply,
        page::Page,
        path::Path,
        query::Query,
    },
    id::MailboxId,
    secret::Secret,
    time::Instant,
};

/// OAuth 2.0 in place of a password. Endpoints and scopes are filled in for Microsoft and Google.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MailboxOAuthView {
    /// `microsoft`, `google` or `custom`.
    pub authority: String,
    pub client_id: String,
    /// Of Microsoft: an organization's id or domain.
    pub tenant: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub scopes: Vec<String>,
}

/// The sign-in of a mailbox by OAuth, as it is now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailboxTokenView {
    pub signed_in_at: Instant,
    pub refreshed_at: Option<Instant>,
    pub access_ends_at: Instant,
    /// Where the provider says so.
    pub refresh_ends_at: Option<Instant>,
    /// What should be known about it, in a sentence.
    pub warning: Option<String>,
}

/// How many mails a folder has there and here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatementView {
    pub folder: String,
    pub at: Instant,
    #[schema(minimum = 0)]
    pub on_server: u64,
    /// Of those on the server.
    #[schema(minimum = 0)]
    pub in_ledger: u64,
    /// On the server and not in the ledger.
    #[schema(minimum = 0)]
    pub lost: u64,
    /// Found to be lacking by this comparison; what could be was taken in.
    #[schema(minimum = 0)]
    pub lacking: u64,
    /// UIDs of those that were lacking, the first of them.
    pub named: Vec<String>,
    /// In the ledger, and since moved or deleted there.
    #[schema(minimum = 0)]
    pub gone: u64,
    /// The same in a sentence.
    pub text: String,
}

/// The statements of a mailbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatementsView {
    pub folders: Vec<StatementView>,
}

/// How fetching goes in one folder.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FolderView {
    pub folder: String,
    #[schema(minimum = 0)]
    pub on_server: u64,
    #[schema(minimum = 0)]
    pub taken_in: u64,
    #[schema(minimum = 0)]
    pub duplicates: u64,
    /// Moved or deleted there before they could be fetched.
    #[schema(minimum = 0)]
    pub gone: u64,
    #[schema(minimum = 0)]
    pub too_large: u64,
    /// Mails that could not be fetched and are tried again.
    #[schema(minimum = 0)]
    pub troubled: usize,
    /// Of IMAP.
    #[schema(minimum = 0)]
    pub uid_validity: Option<u32>,
    /// Whether the server tells of new mail by itself.
    pub idles: bool,
    pub last_trial: Option<Instant>,
    pub last_success: Option<Instant>,
    pub failing_since: Option<Instant>,
    /// What is wrong, in words.
    pub trouble: Option<String>,
    /// A short stable word for it.
    pub trouble_code: Option<String>,
    pub statement: Option<StatementView>,
}

/// A mailbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailboxView {
    pub id: Uuid,
    pub name: String,
    pub enabled: bool,
    pub address: String,
    pub aliases: Vec<String>,
    /// `imap` or `pop3`.
    pub protocol: String,
    pub host: String,
    pub port: u16,
    /// `tls`, `start_tls` or `none`.
    pub encryption: String,
    pub ca: Option<String>,
    pub username: String,
    /// Null: by a password.
    pub oauth: Option<MailboxOAuthView>,
    pub folders: Vec<String>,
    /// `leave`, `mark_seen`, `move` or `delete`.
    pub after: String,
    pub move_to: Option<String>,
    #[schema(minimum = 0)]
    pub poll_seconds: u32,
    pub queue: Option<NamedView>,
    pub believe_reply_to: bool,
    pub authentication_server: Option<String>,
    pub quiet: bool,
    #[schema(minimum = 0)]
    pub alarm_minutes: u32,
    /// The secret itself is never shown.
    pub has_secret: bool,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// How a mailbox is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailboxHealthView {
    /// `off`, `new`, `well`, `failing` or `alarm`.
    pub standing: String,
    /// What should be looked at, in sentences.
    pub warnings: Vec<String>,
    pub token: Option<MailboxTokenView>,
    pub folders: Vec<FolderView>,
}

/// A mailbox to be, or what is to change about one.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailboxInput {
    #[schema(value_type = String, min_length = 1, max_length = 60)]
    pub name: Option<String>,
    pub enabled: Option<bool>,
    #[schema(value_type = String)]
    pub address: Option<String>,
    pub aliases: Option<Vec<String>>,
    pub protocol: Option<String>,
    #[schema(value_type = String)]
    pub host: Option<String>,
    /// The usual one if 0.
    pub port: Option<u16>,
    pub encryption: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub ca: Option<Option<String>>,
    /// The address if empty.
    pub username: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MailboxOAuthView>)]
    pub oauth: Option<Option<MailboxOAuthView>>,
    pub folders: Option<Vec<String>>,
    pub after: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub move_to: Option<Option<String>>,
    #[schema(minimum = 0)]
    pub poll_seconds: Option<u32>,
    /// Id or name; null for the desk's default.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub queue: Option<Option<Named>>,
    pub believe_reply_to: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub authentication_server: Option<Option<String>>,
    pub quiet: Option<bool>,
    #[schema(minimum = 0)]
    pub alarm_minutes: Option<u32>,
    /// The password, or the secret of the OAuth client; null takes it away.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub secret: Option<Option<Secret>>,
}

/// What a test of a mailbox found, in the order of its steps.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxTestView {
    pub ok: bool,
    pub findings: Vec<FindingView>,
    /// Folders of the account.
    pub folders: Vec<String>,
}

fn view(tx: &Tx, it: &Mailbox) -> Result<MailboxView> {
    let settings = it.settings.clone();
    let queue = settings.queue.map(|id| tx.get::<Queue>(&id)).transpose()?.flatten();
    let oauth = match settings.sign_in {
        SignIn::Password => None,
        SignIn::OAuth(it) => Some(MailboxOAuthView {
            authority: it.authority.name().into(),
            client_id: it.client_id,
            tenant: it.tenant,
            authorization_endpoint: it.authorization_endpoint,
            token_endpoint: it.token_endpoint,
            scopes: it.scopes,
        }),
    };
    Ok(MailboxView {
        id: it.id.0,
        name: it.name.clone(),
        enabled: it.enabled,
        address: settings.address,
        aliases: settings.aliases,
        protocol: settings.protocol.name().into(),
        host: settings.host,
        port: settings.port,
        encryption: settings.encryption.name().into(),
        ca: settings.ca,
        username: settings.username,
        oauth,
        folders: settings.folders,
        after: settings.after.name().into(),
        move_to: settings.after.folder().map(str::to_owned),
        poll_seconds: settings.poll_secs,
        queue: queue.map(|it| NamedView { id: it.id.0, name: it.name }),
        believe_reply_to: settings.believe_reply_to,
        authentication_server: settings.authentication_server,
        quiet: settings.quiet,
        alarm_minutes: settings.alarm_minutes,
        has_secret: it.secret.is_some(),
        created_at: it.created_at,
        updated_at: it.updated_at,
    })
}

fn statement_view(folder: &str, it: &Statement) -> StatementView {
    StatementView {
        folder: folder.to_owned(),
        at: it.at,
        on_server: it.on_server,
        in_ledger: it.in_ledger,
        lost: it.lost,
        lacking: it.lacking,
        named: it.named.clone(),
        gone: it.gone,
        text: it.said(),
    }
}

fn folder_view(it: FolderWatch) -> FolderView {
    FolderView {
        statement: it.statement.as_ref().map(|statement| statement_view(&it.folder, statement)),
        on_server: it.on_server,
        taken_in: it.taken_in,
        duplicates: it.duplicates,
        gone: it.gone,
        too_large: it.too_large,
        troubled: it.troubled.len(),
        uid_validity: it.validity,
        idles: it.idles,
        last_trial: it.last_trial,
        last_success: it.last_success,
        failing_since: it.failing_since,
        trouble: it.trouble,
        trouble_code: it.trouble_code,
        folder: it.folder,
    }
}

impl MailboxInput {
    /// The settings that it gives; the rest is as before.
    fn settings(&mut self, tx: &Tx, before: MailboxSettings) -> Result<MailboxSettings> {
        let unknown = |field: &str, words: &str| Refusal::field(field, "unknown", format!("It is {words}."));
        let protocol = match self.protocol.take() {
            Some(it) => Protocol::named(&it).ok_or_else(|| unknown("protocol", "`imap` or `pop3`"))?,
            None => before.protocol,
        };
        let encryption = match self.encryption.take() {
            Some(it) => Encryption::named(&it).ok_or_else(|| unknown("encryption", "`tls`, `start_tls` or `none`"))?,
            None => before.encryption,
        };
        let move_to = match self.move_to.take() {
            Some(it) => it.unwrap_or_default(),
            None => before.after.folder().unwrap_or_default().to_owned(),
        };
        let after = match self.after.take() {
            Some(it) => After::named(&it, &move_to).ok_or_else(|| unknown("after", "`leave`, `mark_seen`, `move` or `delete`"))?,
            None if before.after.folder().is_some() => After::Move(move_to),
            None => before.after,
        };
        let sign_in = match self.oauth.take() {
            Some(Some(it)) => SignIn::OAuth(it.meant()?),
            Some(None) => SignIn::Password,
            None => before.sign_in,
        };
        let queue = match self.queue.take() {
            Some(Some(it)) => {
                let found =
                    queues::queue_named(tx, &it.text)?.ok_or_else(|| Refusal::field("queue", "unknown", "There is no such queue."))?;
                Some(found.id)
            }
            Some(None) => None,
            None => before.queue,
        };
        // With another host or another way to encrypt, the port is the usual one unless it is said.
        let moved = protocol != before.protocol || encryption != before.encryption;
        Ok(MailboxSettings {
            address: self.address.take().unwrap_or(before.address),
            aliases: self.aliases.take().unwrap_or(before.aliases),
            protocol,
            host: self.host.take().unwrap_or(before.host),
            port: self.port.take().unwrap_or(if moved { 0 } else { before.port }),
            encryption,
            ca: self.ca.take().unwrap_or(before.ca),
            username: self.username.take().unwrap_or(before.username),
            sign_in,
            folders: self.folders.take().unwrap_or(before.folders),
            after,
            poll_secs: self.poll_seconds.take().unwrap_or(before.poll_secs),
            queue,
            believe_reply_to: self.believe_reply_to.unwrap_or(before.believe_reply_to),
            authentication_server: self.authentication_server.take().unwrap_or(before.authentication_server),
            quiet: self.quiet.unwrap_or(before.quiet),
            alarm_minutes: self.alarm_minutes.unwrap_or(before.alarm_minutes),
        })
    }
}

impl MailboxOAuthView {
    fn meant(self) -> Result<OAuthClient> {
        let MailboxOAuthView { authority, client_id, tenant, authorization_endpoint, token_endpoint, scopes } = self;
        let unknown = || Refusal::field("oauth.authority", "unknown", "It is `microsoft`, `google` or `custom`.");
        let authority = Authority::named(&authority).ok_or_else(unknown)?;
        Ok(OAuthClient { authority, client_id, tenant, authorization_endpoint, token_endpoint, scopes })
    }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<MailboxView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| mailbox::mailboxes(tx, &caller.actor)?.iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn read(caller: Caller, Path(id): Path<MailboxId>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, &mailbox::mailbox(tx, actor, id)?))
}

/// Not repeatable by an idempotency key: the body may hold a secret, and secrets are not kept.
pub async fn create(caller: Caller, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let mut input: MailboxInput = body::value(Value::Object(json.parse()?.object))?;
    let name = input.name.take().ok_or_else(|| Refusal::field("name", "required", "`name` is required."))?;
    let secret = input.secret.take().flatten().map(|it| mailboxes::sealed(&caller.desk, &it)).transpose()?.flatten();
    let enabled = input.enabled.unwrap_or(false);
    let actor = caller.actor.clone();
    let made = caller.desk.write(actor.person(), move |tx| {
        let settings = input.settings(tx, MailboxSettings::default())?;
        let made = mailbox::create(tx, &actor, NewMailbox { name, enabled, settings, secret })?;
        view(tx, &made)
    });
    let view = made.await?;
    let tag = one::tag_of(&view)?;
    Ok(Reply::json(StatusCode::CREATED, &view)?.with(header::ETAG, tag.0).into_response())
}

/// The part of a patch that is sealed before the desk sees it.
#[derive(Default, Deserialize)]
struct SecretInput {
    #[serde(default, deserialize_with = "nullable")]
    secret: Option<Option<Secret>>,
}

/// A merge patch (RFC 7396) of what is shown.
pub async fn patch(caller: Caller, Path(id): Path<MailboxId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.desk.read(|tx| mailbox::mailbox(tx, &caller.actor, id))?;
    caller.actor.need(Permission::SettingsWrite)?;
    let patch = json.parse()?.object;
    let secret = match body::value::<SecretInput>(Value::Object(patch.clone()))?.secret {
        None => None,
        Some(None) => Some(None),
        Some(Some(it)) => Some(mailboxes::sealed(&caller.desk, &it)?),
    };
    one::change(&caller, &headers, move |tx, actor| {
        let before = mailbox::mailbox(tx, actor, id)?;
        let shown = view(tx, &before)?;
        let mut input = patched(&shown, patch)?;
        let settings = input.settings(tx, before.settings)?;
        let change = MailboxChange { name: input.name.take(), enabled: input.enabled, settings: Some(settings), secret };
        let after = mailbox::change(tx, actor, id, change)?;
        Ok((shown, view(tx, &after)?))
    })
    .await
}

/// A patch of `oauth` is merged with what is shown of it now.
fn patched(shown: &MailboxView, mut patch: Map<String, Value>) -> Result<MailboxInput> {
    if let Some(Value::Object(wanted)) = patch.get("oauth") {
        let shown = serde_json::to_value(shown.oauth.clone().unwrap_or_default()).map_err(|it| Fault::because("showing a mailbox", it))?;
        let mut all = shown.as_object().cloned().unwrap_or_default();
        all.extend(wanted.clone());
        patch.insert("oauth".into(), Value::Object(all));
    }
    body::value(Value::Object(patch))
}

pub async fn delete(caller: Caller, Path(id): Path<MailboxId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    one::delete(&caller, &headers, move |tx, actor| {
        let before = mailbox::mailbox(tx, actor, id)?;
        let shown = view(tx, &before)?;
        mailbox::delete(tx, actor, id)?;
        Ok(shown)
    })
    .await
}

pub async fn health(caller: Caller, Path(id): Path<MailboxId>) -> Result<axum::Json<MailboxHealthView>, Problem> {
    Ok(axum::Json(caller.desk.read(|tx| {
        let it = mailbox::mailbox(tx, &caller.actor, id)?;
        let health = watch::health(tx, &it)?;
        let token = token::token(tx, id)?.map(|token| MailboxTokenView {
            warning: token.warning(tx.now()).map(|it| it.to_string()),
            signed_in_at: token.signed_in_at,
            refreshed_at: token.refreshed_at,
            access_ends_at: token.access_ends_at,
            refresh_ends_at: token.refresh_ends_at,
        });
        Ok(MailboxHealthView {
            standing: health.standing.name().into(),
            warnings: health.warnings.iter().map(ToString::to_string).collect(),
            token,
            folders: watch::folders(tx, &it)?.into_iter().map(folder_view).collect(),
        })
    })?))
}

/// The mailbox, for somebody who may have something done with it.
fn for_work(caller: &Caller, id: MailboxId) -> Result<Mailbox> {
    let found = caller.desk.read(|tx| mailbox::mailbox(tx, &caller.actor, id))?;
    caller.actor.need(Permission::SettingsWrite)?;
    Ok(found)
}

pub async fn test(caller: Caller, Path(id): Path<MailboxId>) -> Result<axum::Json<MailboxTestView>, Problem> {
    let mailbox = for_work(&caller, id)?;
    let tested = mailboxes::test(&caller.desk, &mailbox).await?;
    let findings: Vec<_> = tested
        .findings
        .into_iter()
        .map(|it| FindingView { ok: it.fine, code: it.code.to_owned(), text: it.text, advice: it.advice })
        .collect();
    Ok(axum::Json(MailboxTestView { ok: findings.iter().all(|it| it.ok), findings, folders: tested.folders }))
}

pub async fn poll(caller: Caller, Path(id): Path<MailboxId>) -> Result<StatusCode, Problem> {
    let mailbox = for_work(&caller, id)?;
    mailboxes::need_enabled(&mailbox)?;
    caller.desk.mailboxes.call(id, false);
    Ok(StatusCode::NO_CONTENT)
}

/// Compares everything with the ledger now, and takes in what is lacking.
pub async fn statement(caller: Caller, Path(id): Path<MailboxId>) -> Result<axum::Json<StatementsView>, Problem> {
    let mailbox = for_work(&caller, id)?;
    mailboxes::need_enabled(&mailbox)?;
    let found = mailboxes::statement(&caller.desk, &mailbox).await?;
    Ok(axum::Json(StatementsView { folders: found.iter().map(|(folder, it)| statement_view(folder, it)).collect() }))
}
