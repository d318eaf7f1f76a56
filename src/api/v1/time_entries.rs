//! Time that was worked on tickets, and its categories (BEY-13).

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given, nullable, required},
    list::ListView,
    one,
    shown::NamedView,
    tickets::known,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        permission::Permission,
        tickets::{Cast, access},
        time_entries::{self, CategoryChange, NewTimeEntry, TimeCategory, TimeEntry, TimeEntryChange},
        time_report::{self, Asked, By, Report, Row},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Key,
        page::Page,
        path::Path,
        query::Query,
    },
    id::{TimeCategoryId, TimeEntryId},
    time::Instant,
};

/// A sort of work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeCategoryView {
    pub id: Uuid,
    pub name: String,
    /// Somebody pays for it.
    pub billable: bool,
    /// It is offered no longer.
    pub retired: bool,
}

fn category_view(it: TimeCategory) -> TimeCategoryView {
    let TimeCategory { id, name, billable, retired } = it;
    TimeCategoryView { id: id.0, name, billable, retired }
}

/// A sort of work to be, or changes to one: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeCategoryInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub billable: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub retired: Option<bool>,
}

impl From<TimeCategoryInput> for CategoryChange {
    fn from(it: TimeCategoryInput) -> CategoryChange {
        CategoryChange { name: it.name, billable: it.billable, retired: it.retired }
    }
}

/// A piece of work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeEntryView {
    pub id: Uuid,
    pub person: NamedView,
    #[schema(minimum = 1, maximum = 1440)]
    pub minutes: u32,
    pub category: Option<NamedView>,
    pub billable: bool,
    pub note: String,
    /// The day of the work.
    #[schema(value_type = String, format = Date)]
    pub day: String,
    pub created_at: Instant,
}

/// Work to be booked, or changes to it: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeEntryInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, minimum = 1, maximum = 1440)]
    pub minutes: Option<u32>,
    /// By id or name; null for none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub category: Option<Option<Named>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 500)]
    pub note: Option<String>,
    /// Today if absent.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, format = Date, required = false)]
    pub day: Option<String>,
}

/// One line of a report: the id of a person or category, a name or a number; empty for what is nobody's.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeReportRowView {
    pub key: String,
    pub name: String,
    pub minutes: u64,
    pub billable_minutes: u64,
}

/// What was worked over some days.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeReportView {
    #[schema(format = Date)]
    pub from: String,
    /// The last day that counts.
    #[schema(format = Date)]
    pub to: String,
    /// `person`, `category`, `organization` or `ticket`.
    pub by: &'static str,
    pub minutes: u64,
    pub billable_minutes: u64,
    /// The largest first.
    pub rows: Vec<TimeReportRowView>,
    /// There is more than one report counts: ask for fewer days.
    pub cut: bool,
}

pub async fn report(caller: Caller, query: Query) -> Result<axum::Json<TimeReportView>, Problem> {
    caller.actor.need(Permission::NotesRead)?;
    query.only(["from", "to", "by", "billable"].into_iter())?;
    let date = |name: &str| -> Result<Option<Date>> {
        let invalid = || Refusal::field(name, "invalid", format!("`{name}` is a date such as 2026-03-31."));
        Ok(query.get(name).map(|it| it.parse::<Date>().map_err(|_| invalid())).transpose()?)
    };
    let billable = match query.get("billable") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(Refusal::field("billable", "invalid", "`billable` is true or false.").into()),
    };
    let by = match query.get("by") {
        None => By::Person,
        Some(it) => By::named(it).ok_or_else(|| Refusal::field("by", "unknown", "`by` is person, category, organization or ticket."))?,
    };
    let asked = Asked { from: date("from")?, to: date("to")?, billable };
    let actor = caller.actor.clone();
    let Report { from, to, total, rows, cut } = caller.desk.read_apart(move |tx| time_report::report(tx, &actor, asked, by)).await?;
    let row = |it: Row| TimeReportRowView { key: it.key, name: it.name, minutes: it.sum.minutes, billable_minutes: it.sum.billable };
    Ok(axum::Json(TimeReportView {
        from: from.to_string(),
        to: to.to_string(),
        by: by.name(),
        minutes: total.minutes,
        billable_minutes: total.billable,
        rows: rows.into_iter().map(row).collect(),
        cut,
    }))
}

fn day(text: Option<String>) -> Result<Option<Date>> {
    let wrong = || Refusal::field("day", "invalid", "Write a day as 2026-03-31.");
    Ok(text.map(|it| it.trim().parse::<Date>().map_err(|_| wrong())).transpose()?)
}

fn category(tx: &Tx, it: Option<Named>) -> Result<Option<TimeCategoryId>> {
    let Some(it) = it else { return Ok(None) };
    let found = time_entries::category_named(tx, &it.text)?;
    let found = found.ok_or_else(|| Refusal::field("category", "unknown", "There is no such category of time."))?;
    Ok(Some(found.id))
}

fn views(tx: &Tx, entries: &[TimeEntry]) -> Result<Vec<TimeEntryView>> {
    let mut cast = Cast::default();
    cast.meet(tx, entries.iter().map(|it| it.person))?;
    let one = |it: &TimeEntry| -> Result<TimeEntryView> {
        let category = it.category.map(|id| tx.get::<TimeCategory>(&id)).transpose()?.flatten();
        Ok(TimeEntryView {
            id: it.id.0,
            person: NamedView::person(&cast, it.person),
            minutes: it.minutes,
            category: category.map(|it| NamedView { id: it.id.0, name: it.name }),
            billable: it.billable,
            note: it.note.clone(),
            day: it.date().to_string(),
            created_at: it.created_at,
        })
    };
    entries.iter().map(one).collect()
}

fn view(tx: &Tx, it: TimeEntry) -> Result<TimeEntryView> {
    views(tx, &[it])?.pop().ok_or_else(|| Refusal::not_found("entry of time").into())
}

pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<TimeEntryView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        views(tx, &time_entries::of_ticket(tx, &caller.actor, &ticket)?)
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    let json = json.parse()?;
    let raw = json.raw;
    let input: TimeEntryInput = body::value(Value::Object(json.object))?;
    let named = id.clone();
    let make = move |tx: &mut Tx, actor: &Actor| {
        let ticket = access::named(tx, actor, &named)?;
        let new = NewTimeEntry {
            minutes: required("minutes", input.minutes)?,
            category: category(tx, input.category.flatten())?,
            note: input.note.unwrap_or_default(),
            day: day(input.day)?,
            person: None,
        };
        let made = time_entries::add(tx, actor, ticket.id, new)?.1;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, move |it| format!("/v1/tickets/{id}/time-entries/{}", it.id)).await
}

pub async fn patch(
    caller: Caller,
    Path((id, entry)): Path<(String, TimeEntryId)>,
    headers: HeaderMap,
    json: RawJson,
) -> Result<Response, Problem> {
    known(&caller, &id)?;
    let input: TimeEntryInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let ticket = access::named(tx, actor, &id)?;
        let before = tx.get::<TimeEntry>(&(ticket.id, entry))?.ok_or_else(|| Refusal::not_found("entry of time"))?;
        let shown = view(tx, before)?;
        let change = TimeEntryChange {
            minutes: input.minutes,
            category: input.category.map(|it| category(tx, it)).transpose()?,
            note: input.note,
            day: day(input.day)?,
        };
        let after = time_entries::change(tx, actor, ticket.id, entry, change)?;
        Ok((shown, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path((id, entry)): Path<(String, TimeEntryId)>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    known(&caller, &id)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let ticket = access::named(tx, actor, &id)?;
        let it = time_entries::remove(tx, actor, ticket.id, entry)?;
        view(tx, it)
    })
    .await
}

pub async fn categories(caller: Caller, query: Query) -> Result<axum::Json<ListView<TimeCategoryView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| Ok(time_entries::categories(tx)?.into_iter().map(category_view).collect()))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create_category(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<TimeCategoryInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| Ok(category_view(time_entries::create_category(tx, actor, input.into())?));
    one::create(&caller, key, &raw, make, |it| format!("/v1/time-categories/{}", it.id)).await
}

pub async fn patch_category(
    caller: Caller,
    Path(id): Path<TimeCategoryId>,
    headers: HeaderMap,
    json: RawJson,
) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: TimeCategoryInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = tx.get::<TimeCategory>(&id)?.ok_or_else(|| Refusal::not_found("category of time"))?;
        let after = time_entries::change_category(tx, actor, id, input.into())?;
        Ok((category_view(before), category_view(after)))
    })
    .await
}
