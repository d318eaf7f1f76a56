//! Who is on call, in the settings: rotations, their overrides, and the two weeks to come.

use std::time::Duration;

use axum::{http::StatusCode, response::Response};
use jiff::{civil::DateTime, tz::TimeZone};

use super::{Admin, last_change};
use crate::{
    desk::{
        Tx,
        identity::{self, Person},
        permission::Permission,
        routing::on_call::{self, Handover, Layer, Override, Rotation, RotationDraft},
        settings::Settings,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::{PersonId, RotationId},
    language,
    language::say,
    limits,
    time::Instant,
    web::{
        admin::{
            on_call::{LayerFields, OverrideRow, RotationFormView, RotationRow, RotationsView, Stretch, form_page, page as rotations_page},
            shell::ON_CALL,
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

const SHOWN: Duration = Duration::from_secs(14 * 86_400);

fn address(id: RotationId) -> String {
    format!("{}/{id}", ON_CALL.href)
}

fn known(tx: &Tx, id: RotationId) -> Result<Rotation> {
    tx.get::<Rotation>(&id)?.ok_or_else(|| Refusal::not_found("rotation").into())
}

fn name(tx: &Tx, id: PersonId) -> Result<String> {
    Ok(tx.get::<Person>(&id)?.map_or_else(|| "somebody".into(), |it| it.name))
}

/// An instant in a zone, for people.
fn local(at: Instant, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    t!("date-day-time", day = tongue::date_short(at.timestamp().to_zoned(zone.clone()).date()), time = language::clock(at, &zone))
}

/// The midnights of a span in a zone, with how their days are called.
fn midnights(from: Instant, until: Instant, zone: &str) -> Vec<(Instant, String)> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let mut day = from.timestamp().to_zoned(zone);
    let mut found = Vec::new();
    while let Ok(next) = day.tomorrow().and_then(|it| it.start_of_day()) {
        let at = Instant::from(next.timestamp());
        if at >= until {
            break;
        }
        found.push((at, tongue::date_short(next.date())));
        day = next;
    }
    found
}

pub async fn list(admin: Admin, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let asked = query.get("at").unwrap_or_default().to_owned();
    let zone = admin.settings.time_zone.clone();
    let (then, error) = match (!asked.is_empty()).then(|| moment(&asked, &zone, "at")).transpose() {
        Ok(it) => (it, None),
        Err(Error::Refused(it)) => (None, Some(tongue::sentence(&it.detail))),
        Err(it) => return Err(it.into()),
    };
    let view = admin.desk.read(|tx| {
        let now = tx.now();
        let row = |it: Rotation| -> Result<RotationRow> {
            let until = on_call::spans(&it, now, now.plus(SHOWN))?.first().map(|span| local(span.until, &it.zone)).unwrap_or_default();
            let who = on_call::who(tx, it.id, now)?.map(|id| name(tx, id)).transpose()?;
            let later = then.map(|at| on_call::who(tx, it.id, at)).transpose()?.flatten().map(|id| name(tx, id)).transpose()?;
            let nobody = || t!("word-nobody").to_owned();
            Ok(RotationRow {
                href: address(it.id),
                name: it.name,
                now: who.unwrap_or_else(nobody),
                until,
                then: later.unwrap_or_else(nobody),
            })
        };
        let rotations = on_call::rotations(tx)?.into_iter().map(row).collect::<Result<_>>()?;
        let may_make = admin.actor().may(Permission::SettingsWrite);
        let at_text = then.map(|at| local(at, &zone)).unwrap_or_default();
        Ok(RotationsView { frame: admin.frame(), rotations, at: asked, at_text, zone: zone.clone(), error, may_make })
    })?;
    Ok(page(StatusCode::OK, rotations_page(&view)))
}

fn layer_fields(tx: &Tx, it: &Layer) -> Result<LayerFields> {
    let mut people = Vec::new();
    for id in &it.people {
        people.extend(tx.get::<Person>(id)?.map(|it| it.email));
    }
    Ok(LayerFields {
        people: people.join("\n"),
        handover: it.handover.name().into(),
        at: format!("{:02}:{:02}", it.minute / 60, it.minute % 60),
        starts: on_call::day_text(it.first_day),
    })
}

fn filled(tx: &Tx, admin: &Admin, of: Option<&Rotation>) -> Result<RotationFormView> {
    let now = tx.now();
    let mut people = identity::agents(tx)?;
    people.sort_by_cached_key(|it| it.name.to_lowercase());
    let mut view = RotationFormView {
        frame: admin.frame(),
        action: ON_CALL.href.to_owned(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        zone: Settings::of(tx)?.time_zone.clone(),
        people: people.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect(),
        ..RotationFormView::default()
    };
    let today = now.timestamp().to_zoned(TimeZone::get(&view.zone).unwrap_or(TimeZone::UTC)).date().to_string();
    let spare = LayerFields { handover: "weekly".into(), at: "09:00".into(), starts: today, ..LayerFields::default() };
    if let Some(it) = of {
        view.action = address(it.id);
        (view.title, view.name, view.zone) = (it.name.clone(), it.name.clone(), it.zone.clone());
        view.version = it.version.to_string();
        view.layers = it.layers.iter().map(|it| layer_fields(tx, it)).collect::<Result<_>>()?;
        view.now = on_call::who(tx, it.id, now)?.map(|id| name(tx, id)).transpose()?;
        view.days = midnights(now, now.plus(SHOWN), &it.zone);
        for span in on_call::spans(it, now, now.plus(SHOWN))? {
            view.stretches.push(Stretch {
                from: span.from,
                until: span.until,
                from_text: local(span.from, &it.zone),
                until_text: local(span.until, &it.zone),
                who: span.person.map(|id| name(tx, id)).transpose()?.unwrap_or_else(|| t!("word-nobody").into()),
                is_override: span.is_override,
            });
        }
        for (place, swap) in it.overrides.iter().enumerate() {
            view.overrides.push(OverrideRow {
                place,
                from: local(swap.from, &it.zone),
                until: local(swap.until, &it.zone),
                who: name(tx, swap.person)?,
                is_over: swap.until <= now,
                from_at: swap.from.to_string(),
            });
        }
        view.changed = last_change(tx, it.id.0)?;
    }
    if view.layers.len() < limits::ROTATION_LAYERS_MAX {
        view.layers.push(spare);
    }
    Ok(view)
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<RotationId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, Some(&known(tx, id)?)))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// The rings as they stand in the form.
fn fields(sent: &Sent) -> Vec<LayerFields> {
    let rest = sent.all("handover").zip(sent.all("at")).zip(sent.all("starts"));
    let all = sent.all("people").zip(rest).map(|(people, ((handover, at), starts))| LayerFields {
        people: people.to_owned(),
        handover: handover.to_owned(),
        at: at.to_owned(),
        starts: starts.to_owned(),
    });
    all.collect()
}

fn wanted(tx: &Tx, sent: &Sent) -> Result<RotationDraft> {
    let refused = |field: &'static str, said: &str| Refusal::field(field, "invalid", said);
    let mut layers = Vec::new();
    for it in fields(sent).into_iter().filter(|it| !it.people.trim().is_empty()) {
        let people = it.people.lines().map(str::trim).filter(|it| !it.is_empty());
        let starts = it.starts.trim().parse().map_err(|_| refused("starts", t!("on-call-ring-begins-day-such")))?;
        layers.push(Layer {
            people: people.map(|it| identity::named(tx, "people", it).map(|it| it.id)).collect::<Result<_>>()?,
            handover: Handover::named(&it.handover).ok_or_else(|| refused("handover", t!("on-call-they-hand-over-every")))?,
            minute: on_call::minute_of(&it.at).ok_or_else(|| refused("at", t!("on-call-handover-time-day-such")))?,
            first_day: on_call::number_of(starts),
        });
    }
    Ok(RotationDraft { name: sent.text("name").to_owned(), zone: sent.text("zone").trim().to_owned(), layers })
}

/// The form as it was sent, with what is wrong with it.
fn again(admin: &Admin, of: Option<&Rotation>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let mut view = admin.desk.read(|tx| filled(tx, admin, of))?;
    if sent.has("person") {
        (view.swap_from, view.swap_until) = (sent.text("from").to_owned(), sent.text("until").to_owned());
        view.swap_person = sent.text("person").to_owned();
        view.swap_error = Some(tongue::sentence(&refusal.detail));
    } else {
        (view.name, view.zone) = (sent.text("name").to_owned(), sent.text("zone").to_owned());
        view.layers = fields(sent);
        view.error = Some(tongue::sentence(&refusal.detail));
    }
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    let done = match admin.desk.read(|tx| wanted(tx, &sent)) {
        Err(error) => Err(error),
        Ok(draft) => admin.desk.write(actor.person(), move |tx| on_call::create_rotation(tx, &actor, draft)).await,
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("on-call-rotation-added", name = it.name)))),
        Err(error) => again(&admin, None, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<RotationId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, version) = (admin.actor().clone(), sent.text("version").parse().ok());
    let present = admin.desk.read(|tx| known(tx, id))?;
    let done = match admin.desk.read(|tx| wanted(tx, &sent)) {
        Err(error) => Err(error),
        Ok(draft) => admin.desk.write(actor.person(), move |tx| on_call::change_rotation(tx, &actor, id, version, draft)).await,
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(id), &said::done(t!("on-call-rotation-saved", name = it.name)))),
        Err(error) => again(&admin, Some(&present), &sent, error),
    }
}

/// A local date and time of the form, in a zone.
fn moment(text: &str, zone: &str, field: &'static str) -> Result<Instant> {
    let refused = || Refusal::field(field, "invalid", say!("on-call-say-when-date-time"));
    let civil: DateTime = text.trim().parse().map_err(|_| refused())?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let zoned = zone.to_ambiguous_zoned(civil).compatible().map_err(|_| refused())?;
    Ok(Instant::from(zoned.timestamp()))
}

pub async fn add_override(admin: Admin, Path(id): Path<RotationId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    let present = admin.desk.read(|tx| known(tx, id))?;
    let swap = || -> Result<Override> {
        let person = sent.text("person").parse().map_err(|_| Refusal::field("person", "required", say!("on-call-say-who")))?;
        let (from, until) = (moment(sent.text("from"), &present.zone, "from")?, moment(sent.text("until"), &present.zone, "until")?);
        Ok(Override { from, until, person })
    };
    let done = match swap() {
        Err(error) => Err(error),
        Ok(it) => admin.desk.write(actor.person(), move |tx| on_call::add_override(tx, &actor, id, it)).await,
    };
    match done {
        Ok(_) => Ok(see_and_say(&address(id), &said::done(t!("on-call-they-call-instead")))),
        Err(error) => again(&admin, Some(&present), &sent, error),
    }
}

pub async fn remove_override(admin: Admin, Path(id): Path<RotationId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    let gone = || Refusal::not_found("override");
    let (place, from) =
        (sent.text("place").parse::<usize>().map_err(|_| gone())?, sent.text("from_at").parse::<Instant>().map_err(|_| gone())?);
    admin.desk.write(actor.person(), move |tx| on_call::remove_override(tx, &actor, id, place, Some(from))).await?;
    Ok(see_and_say(&address(id), &said::done(t!("on-call-usual-again"))))
}

pub async fn delete(admin: Admin, Path(id): Path<RotationId>, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    let present = admin.desk.read(|tx| known(tx, id))?;
    match admin.desk.write(actor.person(), move |tx| on_call::delete_rotation(tx, &actor, id)).await {
        Ok(()) => Ok(see_and_say(ON_CALL.href, &said::done(t!("on-call-rotation-deleted", name = present.name)))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, Some(&present)))?;
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
