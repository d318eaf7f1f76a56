//! Routing: rules, their order and their trial; how priorities are found; why a ticket is as it is.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Level, Named, given, nullable},
    list::ListView,
    mail::TicketRefView,
    one,
    shown::NamedView,
    tickets::PriorityName,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, Person},
        permission::Permission,
        queues::{self, Category, Queue},
        routing::{
            self, Assign, Decision, RoutingRule, RoutingRulesChange, RuleDraft, Then, Trial, When,
            on_call::{self, Rotation},
        },
        settings::Settings,
        tickets::{Ticket, access, priority_label},
    },
    error::{Fault, Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::RoutingRuleId,
    time::Instant,
};

/// Why something about a ticket is as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionView {
    /// `priority`, `queue`, `assignee`, `category`, `tags` or `watchers`.
    pub question: &'static str,
    /// `said`, `vip`, `category`, `matrix`, `default`, `rule`, `strategy`, `on_call`, `fallback`, `nobody`, `full`, `opened` or `answered`.
    pub reason: &'static str,
    /// The same in a sentence.
    pub why: String,
    /// The routing rule that decided.
    pub rule: Option<Uuid>,
    /// The version that it had then.
    #[schema(minimum = 0)]
    pub rule_version: Option<u64>,
    pub at: Instant,
}

impl DecisionView {
    /// The decisions that stand about a ticket, for those who work it; nothing for others.
    pub fn all(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<DecisionView>> {
        if !access::works_on(actor, ticket) {
            return Ok(Vec::new());
        }
        let one = |it: &Decision| {
            let (rule, rule_version) = it.reason.rule().unzip();
            Ok(DecisionView {
                question: it.question.name(),
                reason: it.reason.code(),
                why: routing::why(tx, it)?.into(),
                rule: rule.map(|it| it.0),
                rule_version,
                at: it.at,
            })
        };
        ticket.routed.decisions.iter().map(one).collect()
    }
}

// --- rules ---

/// What follows from a routing rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ThenView {
    pub queue: Option<NamedView>,
    pub assignee: Option<NamedView>,
    /// The rotation of which whoever is on call gets it.
    pub on_call: Option<NamedView>,
    #[schema(value_type = Option<PriorityName>)]
    pub priority: Option<&'static str>,
    /// The priority is at least this; otherwise it is this.
    pub at_least: bool,
    pub category: Option<NamedView>,
    pub tags: Vec<String>,
    pub watchers: Vec<NamedView>,
}

/// A routing rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoutingRuleView {
    pub id: Uuid,
    pub name: String,
    /// Rules are asked from the least on.
    #[schema(minimum = 0)]
    pub position: u32,
    pub enabled: bool,
    /// In the query language; empty: every ticket.
    pub condition: String,
    /// `always`, or `inside` or `outside` working hours.
    pub when: &'static str,
    /// The calendar of those hours; null: the desk's.
    pub calendar: Option<Uuid>,
    pub then: ThenView,
    /// The rules after it are asked too.
    pub goes_on: bool,
    #[schema(minimum = 1)]
    pub version: u64,
}

fn named_of<R>(tx: &Tx, read: impl FnOnce(&Tx) -> Result<Option<R>>, view: impl FnOnce(R) -> NamedView) -> Result<Option<NamedView>> {
    Ok(read(tx)?.map(view))
}

pub(super) fn person_ref(it: Person) -> NamedView {
    NamedView { id: it.id.0, name: it.name }
}

fn then_view(tx: &Tx, it: &Then) -> Result<ThenView> {
    let (person, rotation) = match it.assignee {
        Some(Assign::Person(it)) => (Some(it), None),
        Some(Assign::OnCall(it)) => (None, Some(it)),
        None => (None, None),
    };
    let mut watchers = Vec::new();
    for id in &it.watchers {
        watchers.extend(tx.get::<Person>(id)?.map(person_ref));
    }
    Ok(ThenView {
        queue: match it.queue {
            Some(id) => named_of(tx, |tx| Ok(tx.get::<Queue>(&id)?), |it| NamedView { id: it.id.0, name: it.name })?,
            None => None,
        },
        assignee: match person {
            Some(id) => named_of(tx, |tx| Ok(tx.get::<Person>(&id)?), person_ref)?,
            None => None,
        },
        on_call: match rotation {
            Some(id) => named_of(tx, |tx| Ok(tx.get::<Rotation>(&id)?), |it| NamedView { id: it.id.0, name: it.name })?,
            None => None,
        },
        priority: it.priority.map(priority_label),
        at_least: it.at_least,
        category: match it.category {
            Some(id) => named_of(tx, |tx| Ok(tx.get::<Category>(&id)?), |it| NamedView { id: it.id.0, name: it.name })?,
            None => None,
        },
        tags: it.tags.clone(),
        watchers,
    })
}

fn view(tx: &Tx, it: RoutingRule) -> Result<RoutingRuleView> {
    Ok(RoutingRuleView {
        id: it.id.0,
        position: it.position,
        enabled: it.enabled,
        condition: it.condition.text().to_owned(),
        when: it.when.name(),
        calendar: it.when.calendar().map(|it| it.0),
        then: then_view(tx, &it.then)?,
        goes_on: it.goes_on,
        version: it.version,
        name: it.name,
    })
}

/// What shall follow from a routing rule.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThenInput {
    /// Id or name.
    #[serde(default)]
    pub queue: Option<Named>,
    /// Id or mail address of somebody who works tickets.
    #[serde(default)]
    pub assignee: Option<Named>,
    /// Id or name of a rotation: whoever is on call in it gets the ticket.
    #[serde(default)]
    pub on_call: Option<Named>,
    #[serde(default)]
    pub priority: Option<Level>,
    #[schema(required = false)]
    #[serde(default)]
    pub at_least: bool,
    /// Id or name.
    #[serde(default)]
    pub category: Option<Named>,
    #[schema(required = false, max_items = 50)]
    #[serde(default)]
    pub tags: Vec<String>,
    #[schema(required = false, max_items = 20)]
    #[serde(default)]
    pub watchers: Vec<Named>,
}

/// A routing rule as a whole, or changes to one: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoutingRuleInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false)]
    pub position: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub enabled: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 2000)]
    pub condition: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub when: Option<String>,
    /// Id or name; null for the desk's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false)]
    pub calendar: Option<Option<String>>,
    /// As a whole.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ThenInput)]
    pub then: Option<ThenInput>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub goes_on: Option<bool>,
}

fn draft_of(it: &RoutingRule) -> RuleDraft {
    RuleDraft {
        name: it.name.clone(),
        position: it.position,
        enabled: it.enabled,
        condition: it.condition.text().to_owned(),
        when: it.when,
        then: it.then.clone(),
        goes_on: it.goes_on,
    }
}

pub(super) fn queue_id(tx: &Tx, it: &Named) -> Result<crate::id::QueueId> {
    let unknown = || Refusal::field("queue", "unknown", "There is no such queue.");
    Ok(queues::queue_named(tx, &it.text)?.ok_or_else(unknown)?.id)
}

fn then_meant(tx: &Tx, input: ThenInput) -> Result<Then> {
    let ThenInput { queue, assignee, on_call, priority, at_least, category, tags, watchers } = input;
    let assignee = match (assignee, on_call) {
        (Some(_), Some(_)) => return Err(Refusal::field("onCall", "invalid", "Name an assignee or a rotation, not both.").into()),
        (Some(it), None) => Some(Assign::Person(identity::named(tx, "assignee", &it.text)?.id)),
        (None, Some(it)) => {
            let unknown = || Refusal::field("onCall", "unknown", "There is no such rotation.");
            Some(Assign::OnCall(on_call::rotation_named(tx, &it.text)?.ok_or_else(unknown)?.id))
        }
        (None, None) => None,
    };
    let category = match category {
        Some(it) => {
            let unknown = || Refusal::field("category", "unknown", "There is no such category.");
            Some(queues::category_named(tx, &it.text, None)?.ok_or_else(unknown)?.id)
        }
        None => None,
    };
    Ok(Then {
        queue: queue.map(|it| queue_id(tx, &it)).transpose()?,
        assignee,
        priority: priority.map(|it| it.0),
        at_least,
        category,
        tags,
        watchers: watchers.iter().map(|it| identity::named(tx, "watchers", &it.text).map(|it| it.id)).collect::<Result<_>>()?,
    })
}

/// The rule as it shall be: as it was, with what is given.
fn meant(tx: &Tx, input: RoutingRuleInput, was: RuleDraft) -> Result<RuleDraft> {
    let RoutingRuleInput { name, position, enabled, condition, when, calendar, then, goes_on } = input;
    let when_name = when.unwrap_or_else(|| was.when.name().to_owned());
    let calendar = calendar.unwrap_or_else(|| was.when.calendar().map(|it| it.to_string()));
    Ok(RuleDraft {
        name: name.unwrap_or(was.name),
        position: position.unwrap_or(was.position),
        enabled: enabled.unwrap_or(was.enabled),
        condition: condition.unwrap_or(was.condition),
        when: When::named(tx, &when_name, calendar.as_deref())?,
        then: then.map(|it| then_meant(tx, it)).transpose()?.unwrap_or(was.then),
        goes_on: goes_on.unwrap_or(was.goes_on),
    })
}

/// What a new rule is if nothing else is said: behind the others, and on.
fn fresh(tx: &Tx) -> Result<RuleDraft> {
    let position = routing::rules(tx)?.last().map_or(0, |it| it.position).saturating_add(10);
    Ok(RuleDraft { position, enabled: true, ..RuleDraft::default() })
}

fn known(tx: &Tx, id: RoutingRuleId) -> Result<RoutingRule> {
    tx.get::<RoutingRule>(&id)?.ok_or_else(|| Refusal::not_found("routing rule").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<RoutingRuleView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| routing::rules(tx)?.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<RoutingRuleInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let was = fresh(tx)?;
        let draft = meant(tx, input, was)?;
        let made = routing::create_rule(tx, actor, draft)?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/routing/rules/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<RoutingRuleId>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    one::read(&caller, &headers, |tx, _| view(tx, known(tx, id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<RoutingRuleId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RoutingRuleInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, id)?;
        let draft = meant(tx, input, draft_of(&before))?;
        let shown = view(tx, before)?;
        let after = routing::change_rule(tx, actor, id, None, draft)?;
        Ok((shown, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<RoutingRuleId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let shown = view(tx, known(tx, id)?)?;
        routing::delete_rule(tx, actor, id)?;
        Ok(shown)
    })
    .await
}

/// The ids of rules in their new order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RuleOrderInput {
    /// Those that are not named keep theirs behind them.
    #[schema(max_items = 500)]
    pub ids: Vec<Uuid>,
}

pub async fn order(caller: Caller, json: RawJson) -> Result<axum::Json<ListView<RoutingRuleView>>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RuleOrderInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let run = move |tx: &mut Tx| {
        let ids: Vec<RoutingRuleId> = input.ids.into_iter().map(RoutingRuleId).collect();
        let ordered = routing::order_rules(tx, &actor, &ids)?;
        ordered.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>()
    };
    let all = caller.desk.write(caller.actor.person(), run).await?;
    Ok(axum::Json(ListView::of_whole(all, &Page::of(&Query::default(), &[])?)?))
}

// --- a trial ---

/// A rule that is not kept, and on how many days it is tried.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleTrialInput {
    /// The rule that it would take the place of; what is not given of `rule` is as it is there.
    #[serde(default)]
    pub of: Option<Uuid>,
    #[serde(default)]
    #[schema(value_type = RoutingRuleInput)]
    pub rule: RoutingRuleInput,
    /// 7 if nothing is said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    pub days: Option<u32>,
}

/// What would be otherwise about one ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WouldView {
    #[schema(value_type = String)]
    pub field: &'static str,
    pub was: String,
    pub would: String,
}

/// A ticket that the rule would have caught.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaughtView {
    pub ticket: TicketRefView,
    pub title: String,
    /// None: it would be as it was.
    pub changes: Vec<WouldView>,
}

/// What a trial of a rule found; nothing was changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTrialView {
    #[schema(minimum = 1)]
    pub days: u32,
    /// Tickets that were looked at.
    #[schema(minimum = 0)]
    pub looked: usize,
    /// There are more in these days than were looked at: the newest were.
    pub cut: bool,
    /// All that it would have caught.
    #[schema(minimum = 0)]
    pub caught: usize,
    /// The newest of them.
    pub items: Vec<CaughtView>,
}

fn trial_view(it: Trial) -> RuleTrialView {
    let items = it.shown.into_iter().map(|it| CaughtView {
        ticket: TicketRefView { id: it.ticket.0, number: it.number },
        title: it.title,
        changes: it.changes.into_iter().map(|it| WouldView { field: it.field, was: it.was, would: it.would }).collect(),
    });
    RuleTrialView { days: it.days, looked: it.looked, cut: it.cut, caught: it.caught, items: items.collect() }
}

/// Tries a rule on the tickets of the last days. It reads and writes nothing.
pub async fn rehearse(caller: Caller, json: RawJson) -> Result<axum::Json<RuleTrialView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RuleTrialInput = json.parse()?.into_value()?;
    // It reads thousands of tickets.
    let (desk, actor) = (caller.desk.clone(), caller.actor.clone());
    let run = move || {
        desk.read(|tx| {
            let of = input.of.map(RoutingRuleId);
            let was = match of {
                Some(id) => draft_of(&known(tx, id)?),
                None => RuleDraft { name: "A rule that is tried".into(), ..fresh(tx)? },
            };
            let draft = meant(tx, input.rule, was)?;
            routing::rehearse(tx, &actor, of, draft, input.days.unwrap_or(7))
        })
    };
    let trial = tokio::task::spawn_blocking(run).await.map_err(|it| Fault::because("trying a rule", it))?;
    Ok(axum::Json(trial_view(trial?)))
}

// --- the desk's settings ---

/// How priorities are found and work is weighed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoutingSettingsView {
    /// Priority by impact (rows) and urgency (columns), highest first.
    #[schema(value_type = Vec<Vec<u8>>)]
    pub matrix: [[u8; 4]; 4],
    /// A VIP's tickets are at least this; null: being a VIP changes nothing.
    #[schema(value_type = Option<PriorityName>)]
    pub vip_priority: Option<&'static str>,
    /// The priority of a ticket of which nobody said anything.
    #[schema(value_type = PriorityName)]
    pub default_priority: &'static str,
    /// How much an open ticket weighs, from P1 to P4.
    #[schema(value_type = Vec<u8>)]
    pub weights: [u8; 4],
    /// How much work somebody can have for whom nothing else is said; null: without end.
    pub capacity: Option<u32>,
}

/// Changes; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoutingSettingsPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Vec<u8>>, required = false)]
    pub matrix: Option<[[u8; 4]; 4]>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Level>, required = false)]
    pub vip_priority: Option<Option<Level>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Level, required = false)]
    pub default_priority: Option<Level>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<u8>, required = false)]
    pub weights: Option<[u8; 4]>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>, required = false)]
    pub capacity: Option<Option<u32>>,
}

fn settings_view(it: &Settings) -> RoutingSettingsView {
    let vip = it.routing.vip_priority;
    RoutingSettingsView {
        matrix: it.matrix,
        vip_priority: (vip > 0).then(|| priority_label(vip)),
        default_priority: priority_label(it.routing.default_priority),
        weights: it.routing.weights,
        capacity: it.routing.capacity,
    }
}

pub async fn read_settings(caller: Caller) -> Result<axum::Json<RoutingSettingsView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(settings_view(&*caller.desk.read(Settings::of)?)))
}

pub async fn patch_settings(caller: Caller, json: RawJson) -> Result<axum::Json<RoutingSettingsView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RoutingSettingsPatchInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let change = RoutingRulesChange {
        matrix: input.matrix,
        vip_priority: input.vip_priority.map(|it| it.map_or(0, |it| it.0)),
        default_priority: input.default_priority.map(|it| it.0),
        weights: input.weights,
        capacity: input.capacity,
    };
    let after = caller.desk.write(caller.actor.person(), move |tx| routing::change_routing(tx, &actor, change)).await?;
    Ok(axum::Json(settings_view(&after)))
}
