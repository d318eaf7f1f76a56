//! Public holidays in the settings: looked up by country and region, put into a calendar, and taken out again.

use axum::{http::StatusCode, response::Response};

use super::{
    Admin,
    calendars::{address, known, place_title},
};
use crate::{
    desk::{
        Tx,
        calendars::{self, Place},
        permission::Permission,
    },
    error::{Error, Result},
    http::{Problem, path::Path, problem, query::Query},
    web::{
        admin::calendars::{Found, HolidaysView, holidays_page},
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

fn choice(it: Place) -> Choice {
    Choice::new(it.code, it.name)
}

/// The page as it is asked for; without a country it asks which.
fn looked_up(tx: &Tx, admin: &Admin, id: &str, query: &Query) -> Result<HolidaysView> {
    let it = known(tx, id)?;
    let this_year = tx.now().timestamp().to_zoned(jiff::tz::TimeZone::UTC).year();
    let years = calendars::holiday_years();
    let year = |name: &str, ahead: i16| {
        query.get(name).and_then(|it| it.parse().ok()).unwrap_or(this_year + ahead).clamp(*years.start(), *years.end())
    };
    let first = year("first", 0);
    let last = year("last", 2).max(first);
    let country = query.get("country").and_then(calendars::holiday_place).map(|it| it.code).filter(|it| !it.contains('-'));
    let regions: Vec<Place> = country.map(calendars::regions_of).unwrap_or_default();
    let region = query.get("region").and_then(|wanted| regions.iter().find(|it| it.code == wanted)).map(|it| it.code);
    let found = match region.or(country) {
        None => None,
        Some(code) => {
            let mut days = Vec::new();
            for year in first..=last {
                for (day, label) in calendars::public_holidays(code, year)? {
                    let shown = tongue::date_full(day.date());
                    days.push((shown, label.to_owned(), it.plan.holidays.contains_key(&day)));
                }
            }
            Some(Found { code: code.to_owned(), title: place_title(code), days })
        }
    };
    let whole = Choice::new("", t!("calendar-holidays-whole-country"));
    Ok(HolidaysView {
        frame: admin.frame(),
        href: address(it.id),
        calendar: it.name,
        countries: std::iter::once(Choice::new("", t!("calendar-holidays-choose-country")))
            .chain(calendars::countries().into_iter().map(choice))
            .collect(),
        country: country.unwrap_or_default().to_owned(),
        regions: if regions.is_empty() { Vec::new() } else { std::iter::once(whole).chain(regions.into_iter().map(choice)).collect() },
        region: region.unwrap_or_default().to_owned(),
        years: years.map(|it| Choice::new(it.to_string(), it.to_string())).collect(),
        first: first.to_string(),
        last: last.to_string(),
        found,
        error: None,
    })
}

pub async fn show(admin: Admin, Path(id): Path<String>, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| looked_up(tx, &admin, &id, &query))?;
    Ok(page(StatusCode::OK, holidays_page(&view)))
}

pub async fn add(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, it) = (admin.actor().clone(), admin.desk.read(|tx| known(tx, &id))?);
    let known_years = calendars::holiday_years();
    let year =
        |name: &str| sent.get(name).and_then(|it| it.parse::<i16>().ok()).map(|it| it.clamp(*known_years.start(), *known_years.end()));
    let (first, last) = (year("first").unwrap_or(*known_years.start()), year("last").unwrap_or(*known_years.start()));
    let (code, years) = (sent.text("set").to_owned(), (first..=last.max(first)).collect::<Vec<_>>());
    let title = place_title(&code);
    match admin.desk.write(actor.person(), move |tx| calendars::add_holidays(tx, &actor, it.id, &code, &years)).await {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("calendar-holidays-holidays-calendar", title = title)))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| looked_up(tx, &admin, &id, &Query::of("")))?;
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), holidays_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn remove(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, it) = (admin.actor().clone(), admin.desk.read(|tx| known(tx, &id))?);
    let code = sent.text("set").to_owned();
    let it = admin.desk.write(actor.person(), move |tx| calendars::drop_holidays(tx, &actor, it.id, &code)).await?;
    Ok(see_and_say(&address(it.id), &said::done(t!("calendar-holidays-holidays-taken-out-calendar"))))
}
