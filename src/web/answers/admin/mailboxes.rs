//! Adding, changing, testing and signing in for mailboxes. A form becomes the desk's own input; a refusal goes back to the field it is
//! about.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::Admin;
use crate::{
    appliance::mailboxes::{self, CameBack, Tested},
    desk::{
        mail::{
            mailbox::{
                self, After, Authority, Encryption, Mailbox, MailboxChange, MailboxSettings, NewMailbox, OAuthClient, Protocol, SignIn,
            },
            token, watch,
        },
        permission::Permission,
        queues,
    },
    error::{Error, Refusal, Result},
    http::{App, Problem, auth::cookie, own_address::own_address, path::Path, problem, query::Query},
    id::MailboxId,
    language::say,
    limits,
    secret::Secret,
    web::{
        admin::{
            mailboxes::{MailboxView, MailboxesView, OAuthView, PresentView, RowView, fields, mailbox_page, mailboxes_page},
            sign_in_methods::FoundView,
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

const HOME: &str = "/agent/admin/mailboxes";
/// Carried while somebody is at the provider.
const UNDER_WAY: &str = "lodge_mailbox_sign_in";

fn address(id: MailboxId) -> String {
    format!("{HOME}/{id}")
}

fn callback(app: &App, parts: &Parts) -> String {
    format!("{}{HOME}/oauth/callback", own_address(app, parts))
}

fn need(admin: &Admin) -> Result<()> {
    admin.actor().need(Permission::SettingsWrite)
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    need(&admin)?;
    let view = admin.desk.read(|tx| {
        let mut rows = Vec::new();
        for it in mailbox::mailboxes(tx, admin.actor())? {
            let health = watch::health(tx, &it)?;
            let taken_in = watch::folders(tx, &it)?.iter().map(|it| it.taken_in).sum();
            let protocol = it.settings.protocol.name().to_uppercase();
            rows.push(RowView {
                href: address(it.id),
                address: it.settings.address,
                server: t!("mailboxes-at", protocol = protocol, host = it.settings.host),
                name: it.name,
                standing: health.standing,
                last_success: health.last_success,
                taken_in,
                warnings: health.warnings.iter().map(tongue::sentence).collect(),
            });
        }
        Ok(MailboxesView { frame: admin.frame(), rows })
    })?;
    Ok(page(StatusCode::OK, mailboxes_page(&view)))
}

/// What a page is drawn with besides what is kept.
#[derive(Default)]
struct Drawn {
    values: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
    error: Option<String>,
    tested: Tested,
}

fn draw(admin: &Admin, status: StatusCode, present: Option<PresentView>, drawn: Drawn) -> Result<Response, Problem> {
    let queues = admin.desk.read(queues::queues)?;
    let Drawn { values, errors, error, tested } = drawn;
    let findings = tested.findings.into_iter().map(|it| FoundView { fine: it.fine, text: it.text, advice: it.advice }).collect();
    let view = MailboxView {
        frame: admin.frame(),
        present,
        values,
        errors,
        error,
        findings,
        found_folders: tested.folders,
        queues: queues.into_iter().map(|it| (it.id.to_string(), it.name)).collect(),
    };
    Ok(page(status, mailbox_page(&view)))
}

pub async fn fresh(admin: Admin) -> Result<Response, Problem> {
    need(&admin)?;
    let usual = [
        ("protocol", "imap"),
        ("encryption", "tls"),
        ("signIn", "password"),
        ("after", "leave"),
        ("pollSeconds", "60"),
        ("folders", "INBOX"),
    ];
    let values = usual.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    draw(&admin, StatusCode::OK, None, Drawn { values, ..Drawn::default() })
}

fn authority_name(it: Authority) -> &'static str {
    match it {
        Authority::Microsoft => "Microsoft",
        Authority::Google => "Google",
        Authority::Custom => t!("mailboxes-provider"),
    }
}

/// A mailbox as it is, for its page.
fn present(app: &App, admin: &Admin, id: MailboxId, parts: &Parts) -> Result<(Mailbox, PresentView)> {
    admin.desk.read(|tx| {
        let it = mailbox::mailbox(tx, admin.actor(), id)?;
        let health = watch::health(tx, &it)?;
        let token = token::token(tx, id)?;
        let oauth = it.oauth().map(|client| OAuthView {
            authority: authority_name(client.authority),
            signed_in_at: token.as_ref().map(|it| it.signed_in_at),
            access_ends_at: token.as_ref().map(|it| it.access_ends_at),
            callback: callback(app, parts),
        });
        let view = PresentView {
            address: address(id),
            enabled: it.enabled,
            standing: health.standing,
            warnings: health.warnings.iter().map(tongue::sentence).collect(),
            notes: health.notes.iter().map(tongue::sentence).collect(),
            folders: watch::folders(tx, &it)?,
            oauth,
        };
        Ok((it, view))
    })
}

pub async fn show(State(app): State<App>, admin: Admin, Path(id): Path<MailboxId>, parts: Parts) -> Result<Response, Problem> {
    need(&admin)?;
    let (mailbox, view) = present(&app, &admin, id, &parts)?;
    draw(&admin, StatusCode::OK, Some(view), Drawn { values: values_of(&mailbox), ..Drawn::default() })
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let made = match read(&sent) {
        Ok(settings) => {
            let secret = mailboxes::sealed(&admin.desk, &Secret::new(sent.text("secret")))?;
            let new = NewMailbox { name: sent.text("name").to_owned(), enabled: sent.has("enabled"), settings, secret };
            let actor = admin.actor().clone();
            admin.desk.write(actor.person(), move |tx| mailbox::create(tx, &actor, new)).await
        }
        Err(it) => Err(it),
    };
    match made {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("mailboxes-added-test-connection", name = it.name)))),
        Err(it) => again(&admin, None, &sent, it),
    }
}

pub async fn change(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<MailboxId>,
    parts: Parts,
    sent: Sent,
) -> Result<Response, Problem> {
    need(&admin)?;
    let (_, view) = present(&app, &admin, id, &parts)?;
    let done = match read(&sent) {
        Ok(settings) => {
            let secret = Secret::new(sent.text("secret"));
            let secret = if secret.is_empty() { None } else { Some(mailboxes::sealed(&admin.desk, &secret)?) };
            let change = MailboxChange {
                name: Some(sent.text("name").to_owned()),
                enabled: Some(sent.has("enabled")),
                settings: Some(settings),
                secret,
            };
            let actor = admin.actor().clone();
            admin.desk.write(actor.person(), move |tx| mailbox::change(tx, &actor, id, change)).await
        }
        Err(it) => Err(it),
    };
    match done {
        Ok(_) => Ok(see_and_say(&address(id), &said::done(t!("word-saved")))),
        Err(it) => again(&admin, Some(view), &sent, it),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, present: Option<PresentView>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let values = fields().map(|it| it.name).filter(|it| *it != "secret").map(|it| (it.to_owned(), sent.text(it).to_owned())).collect();
    let errors = refusal.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect();
    let drawn = Drawn { values, errors, error: Some(tongue::sentence(&refusal.detail)), ..Drawn::default() };
    draw(admin, problem::status_of(refusal.code), present, drawn)
}

pub async fn test(State(app): State<App>, admin: Admin, Path(id): Path<MailboxId>, parts: Parts, _: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let mailbox = admin.desk.read(|tx| mailbox::mailbox(tx, admin.actor(), id))?;
    let tested = mailboxes::test(&admin.desk, &mailbox).await?;
    let (mailbox, view) = present(&app, &admin, id, &parts)?;
    draw(&admin, StatusCode::OK, Some(view), Drawn { values: values_of(&mailbox), tested, ..Drawn::default() })
}

pub async fn poll(admin: Admin, Path(id): Path<MailboxId>, _: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let mailbox = admin.desk.read(|tx| mailbox::mailbox(tx, admin.actor(), id))?;
    mailboxes::need_enabled(&mailbox)?;
    admin.desk.mailboxes.call(id, false);
    Ok(see_and_say(&address(id), &said::done(t!("mailboxes-mail-being-looked"))))
}

pub async fn statement(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<MailboxId>,
    parts: Parts,
    _: Sent,
) -> Result<Response, Problem> {
    need(&admin)?;
    let mailbox = admin.desk.read(|tx| mailbox::mailbox(tx, admin.actor(), id))?;
    mailboxes::need_enabled(&mailbox)?;
    match mailboxes::statement(&admin.desk, &mailbox).await {
        Ok(_) => Ok(see_and_say(&address(id), &said::done(t!("mailboxes-everything-server-compared-ledger")))),
        Err(Error::Refused(refusal)) => {
            let (mailbox, view) = present(&app, &admin, id, &parts)?;
            let drawn = Drawn { values: values_of(&mailbox), error: Some(tongue::sentence(&refusal.detail)), ..Drawn::default() };
            draw(&admin, StatusCode::OK, Some(view), drawn)
        }
        Err(it) => Err(it.into()),
    }
}

pub async fn delete(admin: Admin, Path(id): Path<MailboxId>, _: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| mailbox::delete(tx, &actor, id)).await?;
    Ok(see_and_say(HOME, &said::done(t!("mailboxes-taken-away"))))
}

/// Sends somebody to the provider. Nothing changes by that, so it is a link: a form may not lead elsewhere.
pub async fn sign_in(State(app): State<App>, admin: Admin, Path(id): Path<MailboxId>, parts: Parts) -> Result<Response, Problem> {
    need(&admin)?;
    let mailbox = admin.desk.read(|tx| mailbox::mailbox(tx, admin.actor(), id))?;
    let person = admin.actor().person().ok_or_else(|| Refusal::forbidden(Permission::SettingsWrite.name()))?;
    let session = admin.caller.via.session();
    let sent = mailboxes::begin_sign_in(&admin.desk, &mailbox, person, session, &callback(&app, &parts))?;
    let location = HeaderValue::from_str(&sent.address).map_err(|_| Refusal::not_found("provider"))?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    response.headers_mut().append(header::SET_COOKIE, under_way(Some(&sent.under_way)));
    Ok(response)
}

/// Somebody comes back from the provider.
pub async fn came_back(admin: Admin, query: Query, parts: Parts) -> Result<Response, Problem> {
    need(&admin)?;
    let carried = cookie(&parts.headers, UNDER_WAY).unwrap_or_default().to_owned();
    let text = |name: &str| query.get(name).map(str::to_owned);
    let back = CameBack { code: text("code"), state: text("state"), error: text("error"), error_description: text("error_description") };
    let session = admin.caller.via.session();
    let (mailbox, outcome) = mailboxes::finish_sign_in(&admin.desk, admin.actor(), session, &carried, back).await?;
    let toast = match outcome {
        Ok(()) => said::done(t!("mailboxes-signed", name = mailbox.name)),
        Err(refusal) => said::failed(tongue::sentence(&refusal.detail)),
    };
    let mut response = see_and_say(&address(mailbox.id), &toast);
    // It works once.
    response.headers_mut().append(header::SET_COOKIE, under_way(None));
    Ok(response)
}

fn under_way(carried: Option<&str>) -> HeaderValue {
    let age = if carried.is_some() { limits::OAUTH_SIGN_IN_SECS_MAX } else { 0 };
    let carried = carried.unwrap_or_default();
    let text = format!("{UNDER_WAY}={carried}; Path={HOME}; HttpOnly; SameSite=Lax; Max-Age={age}");
    // What is carried is base64; what is no header value signs nobody in.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// A mailbox as its form shows it.
fn values_of(it: &Mailbox) -> BTreeMap<String, String> {
    let on = |is: bool| if is { "on" } else { "" }.to_owned();
    let MailboxSettings {
        address,
        aliases,
        protocol,
        host,
        port,
        encryption,
        ca,
        username,
        sign_in,
        folders,
        after,
        poll_secs,
        queue,
        believe_reply_to,
        authentication_server,
        quiet,
        alarm_minutes,
    } = it.settings.clone();
    let mut values: BTreeMap<String, String> = [
        ("name", it.name.clone()),
        ("enabled", on(it.enabled)),
        ("address", address),
        ("aliases", aliases.join("\n")),
        ("protocol", protocol.name().into()),
        ("host", host),
        ("port", port.to_string()),
        ("encryption", encryption.name().into()),
        ("ca", ca.unwrap_or_default()),
        ("username", username),
        ("folders", folders.join("\n")),
        ("after", after.name().into()),
        ("moveTo", after.folder().unwrap_or_default().into()),
        ("pollSeconds", poll_secs.to_string()),
        ("alarmMinutes", alarm_minutes.to_string()),
        ("queue", queue.map(|it| it.to_string()).unwrap_or_default()),
        ("believeReplyTo", on(believe_reply_to)),
        ("authenticationServer", authentication_server.unwrap_or_default()),
        ("quiet", on(quiet)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let mut put = |name: &str, value: String| drop(values.insert(name.to_owned(), value));
    match sign_in {
        SignIn::Password => put("signIn", "password".into()),
        SignIn::OAuth(it) => {
            put("signIn", it.authority.name().into());
            put("clientId", it.client_id);
            put("tenant", it.tenant);
            put("authorizationEndpoint", it.authorization_endpoint);
            put("tokenEndpoint", it.token_endpoint);
            put("scopes", it.scopes.join(" "));
        }
    }
    values
}

/// A form as the desk takes it.
fn read(sent: &Sent) -> Result<MailboxSettings> {
    let text = |name: &str| sent.text(name).trim().to_owned();
    let lines = |name: &str| sent.text(name).lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    fn number<T: std::str::FromStr + Default>(sent: &Sent, name: &'static str) -> Result<T> {
        let wrong = |_| Refusal::field(name, "invalid", say!("mailboxes-number-empty")).into();
        sent.get(name).map_or(Ok(T::default()), |it| it.parse::<T>().map_err(wrong))
    }
    let choose = |name: &'static str| Refusal::field(name, "unknown", say!("mailboxes-choose-one-them"));
    let sign_in = match sent.text("signIn") {
        "" | "password" => SignIn::Password,
        name => SignIn::OAuth(OAuthClient {
            authority: Authority::named(name).ok_or_else(|| choose("signIn"))?,
            client_id: text("clientId"),
            tenant: text("tenant"),
            authorization_endpoint: text("authorizationEndpoint"),
            token_endpoint: text("tokenEndpoint"),
            scopes: sent.text("scopes").split_whitespace().map(str::to_owned).collect(),
        }),
    };
    let queue = match sent.get("queue") {
        None => None,
        Some(it) => Some(it.parse().map_err(|_| choose("queue"))?),
    };
    Ok(MailboxSettings {
        address: text("address"),
        aliases: lines("aliases"),
        protocol: Protocol::named(sent.text("protocol")).ok_or_else(|| choose("protocol"))?,
        host: text("host"),
        port: number(sent, "port")?,
        encryption: Encryption::named(sent.text("encryption")).ok_or_else(|| choose("encryption"))?,
        ca: sent.get("ca").map(str::to_owned),
        username: text("username"),
        sign_in,
        folders: lines("folders"),
        after: After::named(sent.text("after"), &text("moveTo")).ok_or_else(|| choose("after"))?,
        poll_secs: number(sent, "pollSeconds")?,
        queue,
        believe_reply_to: sent.has("believeReplyTo"),
        authentication_server: sent.get("authenticationServer").map(str::to_owned),
        quiet: sent.has("quiet"),
        alarm_minutes: number(sent, "alarmMinutes")?,
    })
}
