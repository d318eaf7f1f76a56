//! Many tickets assigned at once (API-17).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    input::{Named, nullable},
    mail::TicketRefView,
    routing::{person_ref, queue_id},
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, Person},
        permission::Permission,
        queues::Queue,
        routing::{self, Bulk, By, Outcome, Strategy},
        settings::Settings,
        tickets::number,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson},
};

/// Tickets, and how they are assigned.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TriageInput {
    /// Ids or numbers.
    #[schema(min_items = 1, max_items = 200)]
    pub ticket_ids: Vec<String>,
    /// Id or name of a routing rule, which is applied where it fits; or a strategy: `round_robin`, `least_loaded`, `skill_based`.
    #[serde(default)]
    pub rule: Option<Named>,
    /// Id or name.
    #[serde(default)]
    pub queue: Option<Named>,
    /// Id or mail address; null takes the assignee away.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>, required = false)]
    pub assignee: Option<Option<Named>>,
    /// `round_robin`, `least_loaded` or `skill_based`, among the people of the ticket's queue.
    #[serde(default)]
    pub strategy: Option<String>,
}

/// What became of one ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TriagedView {
    /// As it was named.
    pub named: String,
    /// Null if there is none that you may see.
    pub ticket: Option<TicketRefView>,
    pub done: bool,
    /// Why nothing was done, or less than was asked for.
    pub why_not: Option<String>,
    pub queue: Option<NamedView>,
    pub assignee: Option<NamedView>,
}

/// What became of all of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriageView {
    #[schema(minimum = 0)]
    pub done: usize,
    pub items: Vec<TriagedView>,
}

fn by(tx: &Tx, actor: &Actor, input: &TriageInput) -> Result<By> {
    let strategy_named = |text: &str| {
        let unknown = || Refusal::field("strategy", "unknown", "There are `round_robin`, `least_loaded` and `skill_based`.");
        Strategy::named(text).filter(|it| *it != Strategy::Manual).ok_or_else(unknown)
    };
    let mut by = By {
        queue: input.queue.as_ref().map(|it| queue_id(tx, it)).transpose()?,
        strategy: input.strategy.as_deref().map(strategy_named).transpose()?,
        ..By::default()
    };
    if let Some(it) = &input.rule {
        match routing::rule(tx, &it.text)? {
            Some(it) => by.rule = Some(it.id),
            None => {
                let unknown = || Refusal::field("rule", "unknown", "There is no such routing rule or strategy.");
                by.strategy = Some(Strategy::named(&it.text).filter(|it| *it != Strategy::Manual).ok_or_else(unknown)?);
            }
        }
    }
    by.assignee = match &input.assignee {
        None => None,
        Some(None) => Some(None),
        Some(Some(it)) => {
            let me = actor.person().filter(|_| it.text.eq_ignore_ascii_case("me")).map(|it| it.to_string());
            let person = identity::named(tx, "assignee", me.as_deref().unwrap_or(&it.text))?;
            if !person.is_agent() {
                return Err(Refusal::field("assignee", "invalid", format!("{} does not work tickets.", person.name)).into());
            }
            Some(Some(person.id))
        }
    };
    Ok(by)
}

fn triaged(tx: &Tx, settings: &Settings, it: Outcome) -> Result<TriagedView> {
    let queue = it.ticket.as_ref().and_then(|it| it.queue).map(|it| tx.get::<Queue>(&it)).transpose()?.flatten();
    let assignee = it.ticket.as_ref().and_then(|it| it.assignee).map(|it| tx.get::<Person>(&it)).transpose()?.flatten();
    Ok(TriagedView {
        named: it.named,
        ticket: it.ticket.map(|it| TicketRefView { id: it.id.0, number: number::text(settings, it.kind, it.number) }),
        done: it.done,
        why_not: it.why_not,
        queue: queue.map(|it| NamedView { id: it.id.0, name: it.name }),
        assignee: assignee.map(person_ref),
    })
}

/// Assigns many tickets; each is done or not for itself.
pub async fn assign(caller: Caller, json: RawJson) -> Result<axum::Json<TriageView>, Problem> {
    caller.actor.need(Permission::TicketsAssign)?;
    let input: TriageInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let run = move |tx: &mut Tx| {
        let by = by(tx, &actor, &input)?;
        let outcomes = routing::assign(tx, &actor, Bulk { tickets: input.ticket_ids, by })?;
        let settings = Settings::of(tx)?;
        let done = outcomes.iter().filter(|it| it.done).count();
        let items = outcomes.into_iter().map(|it| triaged(tx, &settings, it)).collect::<Result<_>>()?;
        Ok(TriageView { done, items })
    };
    Ok(axum::Json(caller.desk.write(caller.actor.person(), run).await?))
}
