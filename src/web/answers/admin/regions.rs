//! Regions in the settings: all of them on one page, each with its form.

use axum::{http::StatusCode, response::Response};

use super::{Admin, calendars::choices, whole};
use crate::{
    desk::{
        Tx,
        calendars::{self, Region, RegionChange},
        permission::Permission,
        queues,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{CalendarId, RegionId},
    web::{
        admin::{
            regions::{RegionRow, RegionsView, page as regions_page},
            shell::REGIONS,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

fn listed(tx: &Tx, admin: &Admin) -> Result<RegionsView> {
    let teams = queues::teams(tx)?;
    let row = |it: Region| RegionRow {
        id: it.id.to_string(),
        href: format!("{}/{}", REGIONS.href, it.id),
        teams: teams.iter().filter(|team| team.region == Some(it.id)).map(|it| it.name.clone()).collect(),
        calendar: it.calendar.map(|it| it.to_string()).unwrap_or_default(),
        name: it.name,
    };
    Ok(RegionsView {
        frame: admin.frame(),
        regions: calendars::regions(tx)?.into_iter().map(row).collect(),
        calendars: choices(tx, t!("regions-desk"))?,
        may_change: admin.actor().may(Permission::SettingsWrite),
        ..RegionsView::default()
    })
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, regions_page(&admin.desk.read(|tx| listed(tx, &admin))?)))
}

fn known(tx: &Tx, text: &str) -> Result<Region> {
    let found = text.parse().ok().map(|id: RegionId| tx.get::<Region>(&id)).transpose()?.flatten();
    found.ok_or_else(|| Refusal::not_found("region").into())
}

fn calendar(sent: &Sent) -> Option<CalendarId> {
    sent.get("calendar").and_then(|it| it.parse().ok())
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let (actor, name, calendar) = (admin.actor().clone(), sent.text("name").to_owned(), calendar(&sent));
    match admin.desk.write(actor.person(), move |tx| calendars::create_region(tx, &actor, &name, calendar)).await {
        Ok(it) => Ok(see_and_say(REGIONS.href, &said::done(t!("regions-region-added", name = it.name)))),
        Err(Error::Refused(refusal)) => {
            let view = admin.desk.read(|tx| listed(tx, &admin))?;
            let (name, name_error) = (sent.text("name").to_owned(), message(&refusal, "name"));
            let view = RegionsView { name, name_error, error: whole(&refusal, &["name"]), ..view };
            Ok(page(problem::status_of(refusal.code), regions_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn change(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, it) = (admin.actor().clone(), admin.desk.read(|tx| known(tx, &id))?);
    let change = RegionChange { name: Some(sent.text("name").to_owned()), calendar: Some(calendar(&sent)) };
    let done = admin.desk.write(actor.person(), move |tx| calendars::change_region(tx, &actor, it.id, change)).await;
    answered(&admin, done.map(|it| t!("regions-region-saved", name = it.name)))
}

pub async fn delete(admin: Admin, Path(id): Path<String>, _sent: Sent) -> Result<Response, Problem> {
    let (actor, it) = (admin.actor().clone(), admin.desk.read(|tx| known(tx, &id))?);
    let done = admin.desk.write(actor.person(), move |tx| calendars::delete_region(tx, &actor, it.id)).await;
    answered(&admin, done.map(|()| t!("regions-region-deleted", name = it.name)))
}

fn answered(admin: &Admin, done: Result<String>) -> Result<Response, Problem> {
    match done {
        Ok(text) => Ok(see_and_say(REGIONS.href, &said::done(text))),
        Err(Error::Refused(refusal)) => {
            let view = admin.desk.read(|tx| listed(tx, admin))?;
            let view = RegionsView { error: Some(tongue::sentence(&refusal.detail)), ..view };
            Ok(page(problem::status_of(refusal.code), regions_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
