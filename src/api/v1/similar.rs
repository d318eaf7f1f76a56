//! Tickets that may be about the same: of a ticket, and of what somebody types before it is one.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given, kind},
    tickets::KindName,
};
use crate::{
    api::aliases,
    desk::{
        Tx,
        actor::Actor,
        duplicates::{self, Suggestion, Typed, outage},
        identity::{self, Person},
        settings::Settings,
        tickets::{access, number},
    },
    error::Result,
    http::{
        Caller, Problem,
        body::{self, RawJson},
        path::Path,
    },
    time::Instant,
};

/// What is being typed.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypedInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 255)]
    pub title: Option<String>,
    #[schema(max_length = 1048576)]
    pub description: Option<String>,
    #[schema(value_type = Option<KindName>)]
    pub kind: Option<String>,
    /// For whom, if not for yourself; for whoever works tickets.
    pub requester: Option<Named>,
}

/// Why a ticket is suggested.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhyView {
    /// Words that both have.
    pub words: Vec<String>,
    pub same_department: bool,
    pub same_organization: bool,
    /// Between the two, in minutes.
    #[schema(minimum = 0)]
    pub minutes: u64,
}

/// A ticket that may be about the same.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SimilarView {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub status: String,
    pub created_at: Instant,
    /// How alike they are.
    #[schema(minimum = 0, maximum = 1)]
    pub score: f64,
    pub why: WhyView,
}

/// Something that is known to be broken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnownOutageView {
    pub id: Uuid,
    pub message: String,
    pub since: Instant,
}

/// What may be the same, the most alike first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SimilarListView {
    pub items: Vec<SimilarView>,
    /// What is announced to you at present.
    pub outages: Vec<KnownOutageView>,
}

fn view(settings: &Settings, it: Suggestion) -> SimilarView {
    let duplicates::Why { words, same_department, same_organization, minutes } = it.why;
    SimilarView {
        id: it.ticket.id.0,
        number: number::text(settings, it.ticket.kind, it.ticket.number),
        title: it.ticket.title,
        status: it.ticket.state,
        created_at: it.ticket.created_at,
        score: (f64::from(it.score) * 1000.0).round() / 1000.0,
        why: WhyView { words, same_department, same_organization, minutes },
    }
}

fn list(tx: &Tx, actor: &Actor, found: Vec<Suggestion>) -> Result<SimilarListView> {
    let settings = Settings::of(tx)?;
    let me = actor.person().map(|it| tx.get::<Person>(&it)).transpose()?.flatten();
    let outages = me.map(|it| outage::announced(tx, &it)).transpose()?.unwrap_or_default();
    let known = |it: outage::Outage| KnownOutageView { id: it.id.0, message: it.message, since: it.began_at };
    Ok(SimilarListView {
        items: found.into_iter().map(|it| view(&settings, it)).collect(),
        outages: outages.into_iter().map(known).collect(),
    })
}

pub async fn of_ticket(caller: Caller, Path(id): Path<String>) -> Result<axum::Json<SimilarListView>, Problem> {
    let view = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        let found = duplicates::for_ticket(tx, &caller.desk.recent(), &caller.actor, &ticket)?;
        list(tx, &caller.actor, found)
    });
    Ok(axum::Json(view?))
}

pub async fn of_typed(caller: Caller, json: RawJson) -> Result<axum::Json<SimilarListView>, Problem> {
    access::need_lodge(&caller.actor)?;
    let input: TypedInput = body::value(Value::Object(aliases::canonical(json.parse()?.object)))?;
    let TypedInput { title, description, kind: named, requester } = input;
    let typed = Typed {
        kind: named.as_deref().map(kind).transpose()?,
        title: super::input::required("title", title)?,
        description: description.unwrap_or_default(),
    };
    let view = caller.desk.read(|tx| {
        let other = match requester.filter(|_| access::works(&caller.actor)) {
            Some(it) if it.text.contains('@') => identity::person_by_email(tx, &it.text)?,
            Some(it) => Some(identity::named(tx, "requester", &it.text)?),
            None => caller.actor.person().map(|it| tx.get::<Person>(&it)).transpose()?.flatten(),
        };
        let found = duplicates::for_typed(tx, &caller.desk.recent(), &caller.actor, other.as_ref(), &typed)?;
        list(tx, &caller.actor, found)
    });
    Ok(axum::Json(view?))
}
