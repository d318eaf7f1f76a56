//! Checklists: lists of steps that tickets can be given, and the steps of a ticket.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{input::given, list::ListView, one, tickets::known};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        checklists::{self, Checklist, NewStep, StepChange},
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::Result,
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::ChecklistId,
    time::Instant,
};

/// A step to be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStepView {
    #[schema(min_length = 1, max_length = 300)]
    pub text: String,
    /// The ticket is not resolved before it is done.
    #[serde(default)]
    pub required: bool,
}

/// A checklist that tickets can be given.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistView {
    pub id: Uuid,
    pub name: String,
    pub steps: Vec<NewStepView>,
}

/// A checklist as a whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ChecklistInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[schema(min_items = 1, max_items = 100)]
    pub steps: Vec<NewStepView>,
}

/// A step of a ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChecklistStepView {
    #[schema(minimum = 1)]
    pub id: u32,
    pub text: String,
    pub required: bool,
    pub done: bool,
    pub done_by: Option<Uuid>,
    pub done_at: Option<Instant>,
}

/// The steps of a ticket, in their order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepsView {
    pub steps: Vec<ChecklistStepView>,
    #[schema(minimum = 0)]
    pub done: usize,
    #[schema(minimum = 0)]
    pub total: usize,
}

/// Steps that are added to a ticket: those of a checklist, or these.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct StepsInput {
    pub checklist: Option<Uuid>,
    #[serde(default)]
    #[schema(required = false)]
    pub steps: Vec<NewStepView>,
}

/// What is to become of a step.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct StepPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 300)]
    pub text: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub required: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub done: Option<bool>,
    /// Its place among the others, from 0.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = usize, required = false, minimum = 0, maximum = 1000)]
    pub place: Option<usize>,
}

fn view(it: Checklist) -> ChecklistView {
    let steps = it.steps.into_iter().map(|it| NewStepView { text: it.text, required: it.required }).collect();
    ChecklistView { id: it.id.0, name: it.name, steps }
}

fn new(steps: Vec<NewStepView>) -> Vec<NewStep> {
    steps.into_iter().map(|it| NewStep { text: it.text, required: it.required }).collect()
}

fn steps_view(ticket: &Ticket) -> StepsView {
    let steps = ticket.checklist.as_ref().map_or(&[][..], |it| &it.steps);
    let (done, total) = ticket.checklist.as_ref().map_or((0, 0), |it| it.progress());
    let step = |it: &checklists::Step| ChecklistStepView {
        id: it.id,
        text: it.text.clone(),
        required: it.required,
        done: it.done.is_some(),
        done_by: it.done.as_ref().and_then(|it| it.by).map(|it| it.0),
        done_at: it.done.as_ref().map(|it| it.at),
    };
    StepsView { steps: steps.iter().map(step).collect(), done, total }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<ChecklistView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(checklists::lists)?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<ChecklistInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| checklists::create_list(tx, actor, &input.name, new(input.steps)).map(view);
    one::create(&caller, key, &raw, make, |it| format!("/v1/checklists/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<ChecklistId>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::read(&caller, &headers, |tx, _| checklists::list(tx, id).map(view))
}

pub async fn replace(caller: Caller, Path(id): Path<ChecklistId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: ChecklistInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(checklists::list(tx, id)?);
        Ok((before, view(checklists::change_list(tx, actor, id, None, &input.name, new(input.steps))?)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<ChecklistId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(checklists::list(tx, id)?);
        checklists::delete_list(tx, actor, id)?;
        Ok(before)
    })
    .await
}

// --- the steps of a ticket ---

pub async fn steps(caller: Caller, Path(id): Path<String>) -> Result<axum::Json<StepsView>, Problem> {
    let ticket = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        access::need(&caller.actor, Permission::TicketsRead, &ticket)?;
        Ok(ticket)
    })?;
    Ok(axum::Json(steps_view(&ticket)))
}

async fn changed(
    caller: Caller,
    run: impl FnOnce(&mut Tx, &Actor) -> Result<Ticket> + Send + 'static,
) -> Result<axum::Json<StepsView>, Problem> {
    let actor = caller.actor.clone();
    let ticket = caller.desk.write(actor.person(), move |tx| run(tx, &actor)).await?;
    Ok(axum::Json(steps_view(&ticket)))
}

pub async fn add_steps(caller: Caller, Path(id): Path<String>, json: RawJson) -> Result<axum::Json<StepsView>, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let input: StepsInput = json.parse()?.into_value()?;
    changed(caller, move |tx, actor| {
        let mut ticket = access::named(tx, actor, &id)?;
        if let Some(list) = input.checklist {
            ticket = checklists::add_list(tx, actor, ticket.id, ChecklistId(list))?;
        }
        checklists::add(tx, actor, ticket.id, new(input.steps))
    })
    .await
}

pub async fn change_step(caller: Caller, Path((id, step)): Path<(String, u32)>, json: RawJson) -> Result<axum::Json<StepsView>, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let input: StepPatchInput = json.parse()?.into_value()?;
    let change = StepChange { text: input.text, required: input.required, done: input.done, place: input.place };
    changed(caller, move |tx, actor| {
        let ticket = access::named(tx, actor, &id)?;
        checklists::change(tx, actor, ticket.id, step, change)
    })
    .await
}

pub async fn remove_step(caller: Caller, Path((id, step)): Path<(String, u32)>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        checklists::remove(tx, &actor, ticket.id, step).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
