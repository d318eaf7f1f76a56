//! The public holidays that are built in, to be looked at before they are put into a calendar.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::ListView;
use crate::{
    desk::{
        calendars::{self, Place},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, page::Page, query::Query},
    time::Instant,
};

/// A country, or a region of one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceView {
    /// ISO 3166: `DE`, `DE-BY`.
    pub code: String,
    pub name: String,
}

/// A country whose holidays are known.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountryView {
    pub code: String,
    pub name: String,
    pub regions: Vec<PlaceView>,
}

/// The holidays of a place in one year.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicHolidaysView {
    pub code: String,
    pub name: String,
    pub year: i16,
    pub holidays: Vec<PublicHolidayView>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicHolidayView {
    pub date: String,
    pub label: String,
}

fn place(it: Place) -> PlaceView {
    PlaceView { code: it.code.to_owned(), name: it.name.to_owned() }
}

pub async fn countries(caller: Caller, query: Query) -> Result<Json<ListView<CountryView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let country = |it: Place| CountryView {
        regions: calendars::regions_of(it.code).into_iter().map(place).collect(),
        code: it.code.to_owned(),
        name: it.name.to_owned(),
    };
    Ok(Json(ListView::of_whole(calendars::countries().into_iter().map(country).collect(), &page)?))
}

pub async fn of_place(caller: Caller, query: Query) -> Result<Json<PublicHolidaysView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    query.only(["country", "region", "year"].into_iter())?;
    let country = query.get("country").ok_or_else(|| Refusal::field("country", "required", "`country` is required, like `DE`."))?;
    let code = match query.get("region") {
        Some(region) if region.contains('-') => region.to_owned(),
        Some(region) => format!("{country}-{region}"),
        None => country.to_owned(),
    };
    let this_year = || caller.desk.read(|tx| Ok(tx.now())).map(|it: Instant| it.timestamp().to_zoned(jiff::tz::TimeZone::UTC).year());
    let year = match query.number("year", 1..=9998)? {
        Some(it) => i16::try_from(it).unwrap_or(i16::MAX),
        None => this_year()?,
    };
    let days = calendars::public_holidays(&code, year)?;
    let known = calendars::holiday_place(&code).ok_or_else(|| Refusal::not_found("place"))?;
    Ok(Json(PublicHolidaysView {
        code: known.code.to_owned(),
        name: known.name.to_owned(),
        year,
        holidays: days.into_iter().map(|(day, label)| PublicHolidayView { date: day.to_string(), label: label.to_owned() }).collect(),
    }))
}
