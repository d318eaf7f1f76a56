//! How the desk sends: the form of the rules, of the server and of queues' voices, and the tests of the way out.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    appliance::sending::{self, Finding},
    desk::{
        Tx,
        mail::{
            mailbox, outbox,
            sending::{self as rules, SWITCHED, SendingChange, SendingRules, ServerEncryption, ServerSettings},
            signature::{self, Voice},
            suppression, templates,
        },
        notify,
        permission::Permission,
        queues::{self, Queue},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{MailboxId, QueueId},
    language::say,
    secret::Secret,
    web::{
        admin::{
            sending::{Errors, FindingView, QueueView, QueueVoice, SendingView, ServerForm, VoiceForm, page as sending_page, queue_page},
            shell::{SENDING, Tick},
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

/// What the tabs count: letters in trouble, and suppressed addresses.
pub(super) fn counts(tx: &Tx, admin: &Admin) -> Result<(usize, usize)> {
    let letters = outbox::letters(tx, admin.actor(), None)?.iter().filter(|it| it.state.is_trouble()).count();
    Ok((letters, suppression::suppressions(tx, admin.actor())?.len()))
}

pub(super) fn finding(it: Finding) -> FindingView {
    FindingView { fine: it.fine, text: it.text, advice: it.advice }
}

fn voice_form(it: &Voice) -> VoiceForm {
    let Voice { address, name, reply_to, signature } = it.clone();
    VoiceForm { address, name, reply_to, signature }
}

fn sent_voice(sent: &Sent) -> Voice {
    let text = |name| sent.text(name).trim().to_owned();
    Voice {
        address: text("address"),
        name: text("name"),
        reply_to: text("replyTo"),
        signature: sent.text("signature").replace("\r\n", "\n"),
    }
}

fn filled(admin: &Admin) -> Result<SendingView> {
    let machine = admin.desk.outbound.machine().name();
    admin.desk.read(|tx| {
        let it = SendingRules::of(tx)?;
        let (letters, addresses) = counts(tx, admin)?;
        let own = it.server.clone().unwrap_or_default();
        let occasions = SWITCHED.map(|occasion| Tick {
            value: occasion.name().to_owned(),
            label: tongue::named("occasion-", occasion.name()).unwrap_or(occasion.label()).to_owned(),
            on: it.is_on(occasion),
            ..Tick::default()
        });
        Ok(SendingView {
            frame: admin.frame(),
            may_change: admin.actor().may(Permission::SettingsWrite),
            hold_secs: it.hold_secs.to_string(),
            language: it.language.clone(),
            languages: templates::LANGUAGES.map(|(code, name)| Choice::new(code, name)).to_vec(),
            reminder_days: it.reminder_days.to_string(),
            reminders_max: it.reminders_max.to_string(),
            keep_days: it.kept_days().to_string(),
            occasions: occasions.to_vec(),
            null_return_path: it.null_return_path,
            quotes: it.quotes,
            voice: voice_form(&it.voice),
            usual_address: admin.settings.sender().unwrap_or_default().to_owned(),
            server: ServerForm {
                host: own.host,
                port: if own.port == 0 { String::new() } else { own.port.to_string() },
                encryption: own.encryption.name().to_owned(),
                username: own.username,
                has_password: own.secret.is_some(),
                mailbox: own.mailbox.map(|it| it.to_string()).unwrap_or_default(),
                ca: own.ca.unwrap_or_default(),
            },
            sign_ins: sign_ins(tx)?,
            machine,
            queues: queue_voices(tx, admin)?,
            letters,
            addresses,
            ..SendingView::default()
        })
    })
}

fn sign_ins(tx: &Tx) -> Result<Vec<Choice>> {
    let all = mailbox::all(tx)?.into_iter().filter(|it| it.oauth().is_some());
    Ok(all.map(|it| Choice::new(it.id.to_string(), t!("sending-sign-mailbox", name = it.name))).collect())
}

fn queue_voices(tx: &Tx, admin: &Admin) -> Result<Vec<QueueVoice>> {
    let mut all = Vec::new();
    for queue in queues::queues(tx)? {
        let sender = signature::voice(tx, &admin.settings, Some(queue.id))?;
        let sender = sender.map_or_else(|| t!("sending-no-address").to_owned(), |it| format!("{} <{}>", it.name, it.address));
        all.push(QueueVoice { href: queue_address(queue.id), name: queue.name, sender, own: queue.voice.is_some() });
    }
    Ok(all)
}

fn queue_address(id: QueueId) -> String {
    format!("{}/queues/{id}", SENDING.href)
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, sending_page(&filled(&admin)?)))
}

fn number(sent: &Sent, name: &str) -> Result<u32> {
    let wrong = || Refusal::field(name, "invalid", say!("sending-whole-number"));
    Ok(sent.text(name).trim().parse().map_err(|_| wrong())?)
}

fn rules_of(sent: &Sent) -> Result<SendingChange> {
    let silent = SWITCHED.into_iter().filter(|it| !sent.all("on").any(|on| on == it.name())).collect();
    Ok(SendingChange {
        hold_secs: Some(number(sent, "holdSeconds")?),
        language: Some(sent.text("language").to_owned()),
        reminder_days: Some(number(sent, "reminderDays")?),
        reminders_max: Some(number(sent, "remindersMax")?),
        keep_days: sent.get("keepDays").map(|_| number(sent, "keepDays")).transpose()?,
        silent: Some(silent),
        null_return_path: Some(sent.has("nullReturnPath")),
        quotes: Some(sent.has("quotes")),
        voice: Some(sent_voice(sent)),
        server: None,
    })
}

/// What is wrong, by field, and with the whole.
fn wrong(refusal: &Refusal, shown: &[&str]) -> (Errors, Option<String>) {
    let errors = refusal.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect();
    (errors, whole(refusal, shown))
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let done = match rules_of(&sent) {
        Ok(change) => admin.desk.write(actor.person(), move |tx| rules::change(tx, &actor, change)).await.map(drop),
        Err(it) => Err(it),
    };
    let refusal = match done {
        Ok(()) => return Ok(see_and_say(SENDING.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(it)) => it,
        Err(it) => return Err(it.into()),
    };
    let (errors, error) =
        wrong(&refusal, &["address", "name", "replyTo", "signature", "holdSeconds", "reminderDays", "remindersMax", "keepDays"]);
    let view = SendingView {
        hold_secs: sent.text("holdSeconds").to_owned(),
        reminder_days: sent.text("reminderDays").to_owned(),
        reminders_max: sent.text("remindersMax").to_owned(),
        keep_days: sent.text("keepDays").to_owned(),
        voice: voice_form(&sent_voice(&sent)),
        errors,
        error,
        ..filled(&admin)?
    };
    Ok(page(problem::status_of(refusal.code), sending_page(&view)))
}

fn server_of(admin: &Admin, sent: &Sent) -> Result<Option<ServerSettings>> {
    if sent.get("host").is_none() {
        return Ok(None);
    }
    let before = admin.desk.read(SendingRules::of)?.server.clone();
    let wrong_port = || Refusal::field("port", "invalid", say!("sending-port-number-1-65535"));
    let port = sent.get("port").map(|it| it.parse().map_err(|_| wrong_port())).transpose()?.unwrap_or(0);
    let unknown = || Refusal::field("mailbox", "unknown", say!("sending-choose-one-list"));
    let mailbox = sent.get("mailbox").map(|it| it.parse::<MailboxId>().map_err(|_| unknown())).transpose()?;
    let password = Secret::new(sent.text("password"));
    // Without a user there is nobody whom a password would belong to.
    let given = !password.is_empty() && sent.get("username").is_some() && mailbox.is_none();
    let secret = if given { sending::sealed(&admin.desk, &password)? } else { None };
    let meant = ServerSettings {
        host: sent.text("host").to_owned(),
        port,
        encryption: ServerEncryption::named(sent.text("encryption")).unwrap_or_default(),
        username: sent.text("username").to_owned(),
        secret,
        mailbox,
        ca: sent.get("ca").map(|it| it.trim().replace('\r', "")),
    };
    if given || mailbox.is_some() { Ok(Some(meant)) } else { meant.signing_in_as(before.as_ref()).map(Some) }
}

pub async fn server(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    let done = match server_of(&admin, &sent) {
        Ok(server) => {
            let change = SendingChange { server: Some(server), ..SendingChange::default() };
            admin.desk.write(actor.person(), move |tx| rules::change(tx, &actor, change)).await.map(drop)
        }
        Err(it) => Err(it),
    };
    let refusal = match done {
        Ok(()) => return Ok(see_and_say(SENDING.href, &said::done(t!("sending-saved-test-before-you")))),
        Err(Error::Refused(it)) => it,
        Err(it) => return Err(it.into()),
    };
    let (errors, error) = wrong(&refusal, &["host", "port", "mailbox", "username", "password", "ca"]);
    let before = filled(&admin)?;
    let text = |name| sent.text(name).to_owned();
    let server = ServerForm {
        host: text("host"),
        port: text("port"),
        encryption: text("encryption"),
        username: text("username"),
        has_password: before.server.has_password,
        mailbox: text("mailbox"),
        ca: text("ca"),
    };
    let view = SendingView { server, errors, error, ..before };
    Ok(page(problem::status_of(refusal.code), sending_page(&view)))
}

pub async fn test(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    if sent.text("what") == "mail" {
        let actor = admin.actor().clone();
        return match admin.desk.write(actor.person(), move |tx| notify::send_test(tx, &actor, None, None)).await {
            Ok(it) => {
                let to = it.recipients.first().map_or("", |it| it.address.as_str());
                Ok(see_and_say("/agent/admin/sending/letters?state=all", &said::done(t!("sending-test-mail-way", to = to))))
            }
            Err(Error::Refused(it)) => Ok(page(
                problem::status_of(it.code),
                sending_page(&SendingView { error: Some(tongue::sentence(&it.detail)), ..filled(&admin)? }),
            )),
            Err(it) => Err(it.into()),
        };
    }
    let findings = sending::test(&admin.desk, None).await?.into_iter().map(finding).collect();
    Ok(page(StatusCode::OK, sending_page(&SendingView { findings, ..filled(&admin)? })))
}

fn queue_view(admin: &Admin, id: QueueId) -> Result<QueueView> {
    admin.desk.read(|tx| {
        let queue = tx.get::<Queue>(&id)?.ok_or_else(|| Refusal::not_found("queue"))?;
        let usual = signature::voice(tx, &admin.settings, None)?.map(|it| it.address).unwrap_or_default();
        Ok(QueueView {
            frame: admin.frame(),
            may_change: admin.actor().may(Permission::SettingsWrite),
            href: queue_address(id),
            voice: voice_form(&queue.voice.unwrap_or_default()),
            usual_address: usual,
            name: queue.name,
            ..QueueView::default()
        })
    })
}

pub async fn queue(admin: Admin, Path(id): Path<QueueId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, queue_page(&queue_view(&admin, id)?)))
}

pub async fn change_queue(admin: Admin, Path(id): Path<QueueId>, sent: Sent) -> Result<Response, Problem> {
    let (actor, voice) = (admin.actor().clone(), sent_voice(&sent));
    match admin.desk.write(actor.person(), move |tx| signature::give_voice(tx, &actor, id, voice)).await {
        Ok(it) => Ok(see_and_say(SENDING.href, &said::done(t!("sending-saved-voice", name = it.name)))),
        Err(Error::Refused(it)) => {
            let (errors, error) = wrong(&it, &["address", "name", "replyTo", "signature"]);
            let view = QueueView { voice: voice_form(&sent_voice(&sent)), errors, error, ..queue_view(&admin, id)? };
            Ok(page(problem::status_of(it.code), queue_page(&view)))
        }
        Err(it) => Err(it.into()),
    }
}
