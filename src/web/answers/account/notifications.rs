//! How the reader is told of things: shown, and changed.

use axum::{extract::State, http::StatusCode, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::parts_of;
use crate::language::say;
use crate::{
    appliance,
    desk::{
        Tx,
        notices::{
            Channel, Happening,
            preferences::{self, Choice, Gathering, NotificationRules, Preferences, PreferencesChange, QuietHours},
            push,
        },
        permission::Permission,
        tickets::{Ticket, access, number},
    },
    error::{Error, Refusal, Result},
    http::{App, Problem, path::Path, problem::status_of},
    id::SubscriptionId,
    web::{
        account::notifications::{DeviceRow, EventRow, NotificationsView, page as notifications_page},
        answers::{
            form::Sent,
            notices::event_name,
            said,
            site::{Reader, page, see_and_say},
        },
        tongue::{self, t},
    },
};

const HERE: &str = "/account/notifications";

/// A minute of the day as a form writes it.
fn time_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute(field: &str, text: &str) -> Result<u16> {
    let parsed =
        text.split_once(':').and_then(|(hours, minutes)| Some(hours.parse::<u16>().ok()? * 60 + minutes.get(..2)?.parse::<u16>().ok()?));
    parsed.ok_or_else(|| Refusal::field(field, "invalid", say!("refused-write-time")).into())
}

/// Events by ways. Those that only agents are told of are not offered to others.
pub fn rows(works: bool, state: impl Fn(Happening, Channel) -> (bool, bool)) -> Vec<EventRow> {
    let row = |it: Happening| EventRow {
        key: it.name(),
        name: event_name(it).to_owned(),
        ways: Channel::THERE
            .map(|way| {
                let (on, fixed) = state(it, way);
                (way.name(), on, fixed)
            })
            .into(),
    };
    Happening::ALL.into_iter().filter(|it| works || !it.is_for_agents()).map(row).collect()
}

/// The pairs that a form of such rows ticks.
pub fn ticked(sent: &Sent, name: &str, happening: Happening, way: Channel) -> bool {
    let wanted = format!("{}.{}", happening.name(), way.name());
    sent.all(name).any(|it| it == wanted)
}

fn view(tx: &Tx, reader: &Reader) -> Result<NotificationsView> {
    let (rules, mine) = (NotificationRules::of(tx)?, Preferences::of(tx, reader.person())?);
    let works = reader.actor().may(Permission::TicketsRead);
    let mut muted = Vec::new();
    for id in &mine.muted {
        muted.extend(tx.get::<Ticket>(id)?.filter(|it| access::may_see(reader.actor(), it)).map(|it| number::shown(tx, &it)));
    }
    let devices = push::of(tx, reader.person())?;
    Ok(NotificationsView {
        frame: reader.frame(),
        events: rows(works, |it, way| (rules.tells(&mine, it, way), rules.is_locked(it, way))),
        quiet_from: mine.quiet.map(|it| time_text(it.from)).unwrap_or_default(),
        quiet_until: mine.quiet.map(|it| time_text(it.until)).unwrap_or_default(),
        digest: mine.gathering.name().to_owned(),
        digest_at: time_text(mine.daily_at),
        toasts: mine.toasts,
        devices: devices.into_iter().map(|it| DeviceRow { id: it.id.to_string(), name: it.device, since: it.created_at }).collect(),
        muted,
        ..NotificationsView::default()
    })
}

async fn draw(app: &App, reader: &Reader, error: Option<String>, status: StatusCode) -> Result<Response, Problem> {
    let key = appliance::push::public_key(&reader.desk).await?;
    let view = reader.desk.read(|tx| view(tx, reader))?;
    let view = NotificationsView { parts: parts_of(app, reader)?, push_key: URL_SAFE_NO_PAD.encode(key), error, ..view };
    Ok(page(status, notifications_page(&view)))
}

pub async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    draw(&app, &reader, None, StatusCode::OK).await
}

fn wanted(tx: &Tx, reader: &Reader, sent: &Sent) -> Result<PreferencesChange> {
    let (rules, mine) = (NotificationRules::of(tx)?, Preferences::of(tx, reader.person())?);
    let works = reader.actor().may(Permission::TicketsRead);
    let mut choices = Vec::new();
    for happening in Happening::ALL.into_iter().filter(|it| works || !it.is_for_agents()) {
        for channel in Channel::THERE {
            let on = ticked(sent, "way", happening, channel);
            // A box that is fixed is not sent; one that stands as it did is no choice.
            if !rules.is_locked(happening, channel) && rules.tells(&mine, happening, channel) != on {
                choices.push(Choice { happening, channel, on });
            }
        }
    }
    let quiet = match (sent.get("quietFrom"), sent.get("quietUntil")) {
        (Some(from), Some(until)) => Some(QuietHours { from: minute("quietFrom", from)?, until: minute("quietUntil", until)? }),
        (None, None) => None,
        _ => return Err(Refusal::field("quietUntil", "required", say!("refused-quiet-both")).into()),
    };
    Ok(PreferencesChange {
        choices,
        quiet: Some(quiet),
        gathering: Gathering::named(sent.text("digest")),
        daily_at: sent.get("digestAt").map(|it| minute("digestAt", it)).transpose()?,
        toasts: Some(sent.has("toasts")),
    })
}

pub async fn change(State(app): State<App>, reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let change = reader.desk.read(|tx| wanted(tx, &reader, &sent));
    let actor = reader.actor().clone();
    let done = match change {
        Ok(change) => reader.desk.write(actor.person(), move |tx| preferences::change(tx, &actor, change).map(drop)).await,
        Err(it) => Err(it),
    };
    match done {
        Ok(()) => Ok(see_and_say(HERE, &said::done(t!("live-saved")))),
        Err(Error::Refused(it)) if !it.fields.is_empty() => {
            let status = status_of(it.code);
            draw(&app, &reader, Some(tongue::sentence(&it.detail)), status).await
        }
        Err(it) => Err(it.into()),
    }
}

pub async fn end_device(reader: Reader, Path(id): Path<SubscriptionId>, _: Sent) -> Result<Response, Problem> {
    let actor = reader.actor().clone();
    reader.desk.write(actor.person(), move |tx| push::unsubscribe(tx, &actor, id).map(drop)).await?;
    Ok(see_and_say(HERE, &said::done(t!("live-device-ended"))))
}

pub async fn unmute(reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let (actor, number) = (reader.actor().clone(), sent.text("ticket").to_owned());
    let done = reader.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &number)?;
        preferences::mute(tx, &actor, ticket.id, false).map(drop)
    });
    done.await?;
    Ok(see_and_say(HERE, &said::done(t!("live-saved"))))
}
