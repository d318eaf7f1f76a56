//! How the desk sends, for programs that set it up: rules, server, and a test of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{input::nullable, letters::LetterView};
use crate::{
    appliance::{
        Desk,
        sending::{self, Finding},
    },
    desk::{
        mail::{
            occasion::Occasion,
            sending::{self as rules, SendingChange, SendingRules, ServerEncryption, ServerSettings},
            signature::Voice,
            templates,
        },
        notify,
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
    id::MailboxId,
    secret::Secret,
};

/// In whose voice mails are written; what is empty is the desk's, or comes by itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct VoiceView {
    /// The sender's address.
    pub address: String,
    pub name: String,
    pub reply_to: String,
    /// Markdown with placeholders such as `{{ agent.name }}`.
    pub signature: String,
}

impl VoiceView {
    pub fn of(it: &Voice) -> VoiceView {
        let Voice { address, name, reply_to, signature } = it.clone();
        VoiceView { address, name, reply_to, signature }
    }

    pub fn meant(self) -> Voice {
        let VoiceView { address, name, reply_to, signature } = self;
        Voice { address, name, reply_to, signature }
    }
}

/// The desk's own mail server. The password is never shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailServerView {
    pub host: String,
    pub port: u16,
    /// `start_tls`, `tls` or `none`.
    pub encryption: &'static str,
    pub username: String,
    pub has_password: bool,
    /// The mailbox whose token it signs in with.
    pub mailbox: Option<Uuid>,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: Option<String>,
}

/// How the desk sends.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendingView {
    /// How long an agent's answer can be taken back, in seconds.
    #[schema(minimum = 0)]
    pub hold_seconds: u32,
    /// For people whose language is not known.
    pub language: String,
    /// Days after which somebody is reminded that we wait for them; 0: never.
    #[schema(minimum = 0)]
    pub reminder_days: u32,
    #[schema(minimum = 0)]
    pub reminders_max: u32,
    /// Occasions on which nothing is sent.
    pub silent: Vec<&'static str>,
    pub null_return_path: bool,
    /// Whether the message that is answered stands below an answer.
    pub quotes: bool,
    /// Days for which a letter is kept whole.
    #[schema(minimum = 30, maximum = 3650)]
    pub keep_days: u32,
    pub voice: VoiceView,
    /// Null: the machine's.
    pub server: Option<MailServerView>,
}

fn view(it: &SendingRules) -> SendingView {
    // Destructured without `..`, so that a new rule is shown.
    let SendingRules { hold_secs, language, reminder_days, reminders_max, silent, null_return_path, voice, server, quotes, keep_days: _ } =
        it;
    SendingView {
        hold_seconds: *hold_secs,
        language: language.clone(),
        reminder_days: *reminder_days,
        reminders_max: *reminders_max,
        silent: silent.iter().map(|it| it.name()).collect(),
        null_return_path: *null_return_path,
        quotes: *quotes,
        keep_days: it.kept_days(),
        voice: VoiceView::of(voice),
        server: server.as_ref().map(|it| MailServerView {
            host: it.host.clone(),
            port: it.port,
            encryption: it.encryption.name(),
            username: it.username.clone(),
            has_password: it.secret.is_some(),
            mailbox: it.mailbox.map(|it| it.0),
            ca: it.ca.clone(),
        }),
    }
}

/// A mail server to be, or to be tried.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailServerInput {
    pub host: String,
    /// The usual one if it is 0 or absent.
    #[serde(default)]
    pub port: u16,
    pub encryption: Option<String>,
    #[serde(default)]
    pub username: String,
    /// Absent: the one that is there stays, for the same host, port, user, encryption and authority.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub password: Option<Option<Secret>>,
    pub mailbox: Option<Uuid>,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: Option<String>,
}

impl MailServerInput {
    fn meant(self, desk: &Desk, before: Option<&ServerSettings>) -> Result<ServerSettings> {
        let unknown = || Refusal::field("server.encryption", "unknown", "The encryption is `start_tls`, `tls` or `none`.");
        let encryption = match self.encryption.as_deref() {
            None => before.map_or(ServerEncryption::default(), |it| it.encryption),
            Some(it) => ServerEncryption::named(it).ok_or_else(unknown)?,
        };
        let MailServerInput { host, port, username, password, mailbox, ca, .. } = self;
        let keeps = password.is_none() && mailbox.is_none();
        let secret = password.flatten().map(|it| sending::sealed(desk, &it)).transpose()?.flatten();
        let meant = ServerSettings { host, port, encryption, username, secret, mailbox: mailbox.map(MailboxId), ca };
        if keeps { meant.signing_in_as(before.filter(|it| it.secret.is_some())) } else { Ok(meant) }
    }
}

/// Changes to how the desk sends; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendingPatchInput {
    #[schema(minimum = 0, maximum = 600)]
    pub hold_seconds: Option<u32>,
    pub language: Option<String>,
    #[schema(minimum = 0, maximum = 90)]
    pub reminder_days: Option<u32>,
    #[schema(minimum = 0, maximum = 10)]
    pub reminders_max: Option<u32>,
    pub silent: Option<Vec<String>>,
    pub null_return_path: Option<bool>,
    pub quotes: Option<bool>,
    #[schema(minimum = 30, maximum = 3650)]
    pub keep_days: Option<u32>,
    pub voice: Option<VoiceView>,
    /// Null: the machine's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MailServerInput>)]
    pub server: Option<Option<MailServerInput>>,
}

pub async fn read(caller: Caller) -> Result<axum::Json<SendingView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(view(&*caller.desk.read(SendingRules::of)?)))
}

pub async fn patch(caller: Caller, json: RawJson) -> Result<axum::Json<SendingView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: SendingPatchInput = body::value(Value::Object(json.parse()?.object))?;
    let before = caller.desk.read(SendingRules::of)?;
    let unknown = |text: &String| Refusal::field("silent", "unknown", format!("There is no occasion `{text}`."));
    let silent = input.silent.map(|all| all.iter().map(|it| Occasion::named(it).ok_or_else(|| unknown(it))).collect::<Result<Vec<_>, _>>());
    let server = match input.server {
        None => None,
        Some(None) => Some(None),
        Some(Some(it)) => Some(Some(it.meant(&caller.desk, before.server.as_ref())?)),
    };
    let change = SendingChange {
        hold_secs: input.hold_seconds,
        language: input.language,
        reminder_days: input.reminder_days,
        reminders_max: input.reminders_max,
        silent: silent.transpose()?,
        null_return_path: input.null_return_path,
        quotes: input.quotes,
        keep_days: input.keep_days,
        voice: input.voice.map(VoiceView::meant),
        server,
    };
    let actor = caller.actor.clone();
    Ok(axum::Json(view(&caller.desk.write(actor.person(), move |tx| rules::change(tx, &actor, change)).await?)))
}

/// One thing that was found, in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailFindingView {
    pub ok: bool,
    pub text: String,
    /// What to do about it; may be empty.
    pub advice: String,
}

impl MailFindingView {
    pub fn of(it: Finding) -> MailFindingView {
        MailFindingView { ok: it.fine, text: it.text, advice: it.advice }
    }
}

/// What a test of the mail server found, in the order of its steps.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailServerTestView {
    pub ok: bool,
    pub findings: Vec<MailFindingView>,
}

pub async fn test(caller: Caller) -> Result<axum::Json<MailServerTestView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let findings: Vec<_> = sending::test(&caller.desk, None).await?.into_iter().map(MailFindingView::of).collect();
    Ok(axum::Json(MailServerTestView { ok: findings.iter().all(|it| it.ok), findings }))
}

/// What a test mail shows.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct TestMailInput {
    /// The text of this occasion; absent: a word that mail leaves.
    pub occasion: Option<String>,
    pub language: Option<String>,
}

/// Sends a test to whoever asks.
pub async fn send_test(caller: Caller, json: RawJson) -> Result<axum::Json<LetterView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: TestMailInput = body::value(Value::Object(json.parse()?.object))?;
    let unknown = || Refusal::field("occasion", "unknown", "There is no such occasion.");
    let occasion = input.occasion.as_deref().map(|it| Occasion::named(it).ok_or_else(unknown)).transpose()?;
    if input.language.as_deref().is_some_and(|it| templates::language(it).is_none()) {
        return Err(Refusal::field("language", "unknown", "There are no texts in this language.").into());
    }
    let actor = caller.actor.clone();
    let letter = caller.desk.write(actor.person(), move |tx| notify::send_test(tx, &actor, occasion, input.language.as_deref())).await?;
    Ok(axum::Json(LetterView::of(&letter)))
}
