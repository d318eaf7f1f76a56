//! Routing rules in the settings: listed, put in order, tried on past tickets, kept.

use axum::{http::StatusCode, response::Response};

use super::{Admin, categories::listed, last_change, on_a_thread, whole};
use crate::{
    desk::{
        Tx, calendars,
        identity::{self, Person},
        permission::Permission,
        queues::{self, Category, Queue},
        routing::{
            self, Assign, RoutingRule, RuleDraft, Then, Trial, When,
            on_call::{self, Rotation},
        },
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::RoutingRuleId,
    web::{
        admin::{
            routing_rules::{CaughtRow, RuleFormView, RuleRow, RulesView, TrialView, form_page, page as rules_page},
            shell::ROUTING,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see, see_and_say},
        },
        components::field::Choice,
        tongue::t,
    },
};

fn address(id: RoutingRuleId) -> String {
    format!("{}/{id}", ROUTING.href)
}

fn known(tx: &Tx, id: RoutingRuleId) -> Result<RoutingRule> {
    tx.get::<RoutingRule>(&id)?.ok_or_else(|| Refusal::not_found("routing rule").into())
}

fn when_in_words(it: &RoutingRule) -> String {
    let condition = if it.condition.text().is_empty() { t!("routing-rules-every-ticket") } else { it.condition.text() };
    match it.when {
        When::Always => condition.to_owned(),
        When::Inside(_) => t!("routing-rules-working-hours-3", condition = condition),
        When::Outside(_) => t!("routing-rules-outside-working-hours-2", condition = condition),
    }
}

fn then_in_words(tx: &Tx, it: &Then) -> Result<String> {
    let gone = || t!("routing-rules-gone").to_owned();
    let mut parts = Vec::new();
    if let Some(id) = it.queue {
        parts.push(t!("routing-rules-queue", name = tx.get::<Queue>(&id)?.map_or_else(gone, |it| it.name)));
    }
    match it.assignee {
        Some(Assign::Person(id)) => parts.push(t!("routing-rules-to", name = tx.get::<Person>(&id)?.map_or_else(gone, |it| it.name))),
        Some(Assign::OnCall(id)) => {
            parts.push(t!("routing-rules-whoever-call", name = tx.get::<Rotation>(&id)?.map_or_else(gone, |it| it.name)));
        }
        None => {}
    }
    if let Some(level) = it.priority {
        parts.push(if it.at_least { t!("routing-rules-at-least", level = level.to_string()) } else { format!("P{level}") });
    }
    if let Some(id) = it.category {
        parts.push(t!("routing-rules-category", name = tx.get::<Category>(&id)?.map_or_else(gone, |it| it.name)));
    }
    if !it.tags.is_empty() {
        parts.push(t!("routing-rules-tagged", join = it.tags.join(", ")));
    }
    if !it.watchers.is_empty() {
        parts.push(t!("routing-rules-more-people-follow", count = it.watchers.len()));
    }
    Ok(parts.join(", "))
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let row = |it: RoutingRule| -> Result<RuleRow> {
            Ok(RuleRow {
                href: address(it.id),
                when: when_in_words(&it),
                then: then_in_words(tx, &it.then)?,
                name: it.name,
                enabled: it.enabled,
                goes_on: it.goes_on,
            })
        };
        let rules = routing::rules(tx)?.into_iter().map(row).collect::<Result<_>>()?;
        Ok(RulesView { frame: admin.frame(), rules, may_make: admin.actor().may(Permission::SettingsWrite) })
    })?;
    Ok(page(StatusCode::OK, rules_page(&view)))
}

/// The form of this draft.
fn filled(tx: &Tx, admin: &Admin, of: Option<&RoutingRule>, draft: &RuleDraft) -> Result<RuleFormView> {
    let usual = |word: &str| vec![Choice::new("", word)];
    let (mut queues_of, mut categories, mut assignees) =
        (usual(t!("word-usual")), usual(t!("word-usual")), usual(t!("routing-rules-queue-does")));
    queues_of.extend(queues::queues(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    let all = queues::categories(tx)?;
    let above = |it: &Category| it.parent.and_then(|id| all.iter().find(|it| it.id == id)).map(|it| format!("{} / ", it.name));
    categories.extend(all.iter().map(|it| Choice::new(it.id.to_string(), format!("{}{}", above(it).unwrap_or_default(), it.name))));
    let rotations = on_call::rotations(tx)?.into_iter();
    assignees.extend(rotations.map(|it| Choice::new(format!("on_call:{}", it.id), t!("routing-rules-whoever-call-2", name = it.name))));
    let mut people = identity::agents(tx)?;
    people.sort_by_cached_key(|it| it.name.to_lowercase());
    assignees.extend(people.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    let mut watchers = Vec::new();
    for id in &draft.then.watchers {
        watchers.extend(tx.get::<Person>(id)?.map(|it| it.email));
    }
    let mut calendars = vec![Choice::new("", t!("word-desk"))];
    calendars.extend(calendars::calendars(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    let then = &draft.then;
    Ok(RuleFormView {
        frame: admin.frame(),
        action: of.map_or_else(|| ROUTING.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        name: draft.name.clone(),
        position: draft.position.to_string(),
        enabled: draft.enabled,
        condition: draft.condition.clone(),
        when: draft.when.name().to_owned(),
        calendar: draft.when.calendar().map(|it| it.to_string()).unwrap_or_default(),
        calendars,
        queue: then.queue.map(|it| it.to_string()).unwrap_or_default(),
        queues: queues_of,
        assignee: match then.assignee {
            Some(Assign::Person(it)) => it.to_string(),
            Some(Assign::OnCall(it)) => format!("on_call:{it}"),
            None => String::new(),
        },
        assignees,
        priority: then.priority.map(|it| if then.at_least { format!("least-{it}") } else { it.to_string() }).unwrap_or_default(),
        category: then.category.map(|it| it.to_string()).unwrap_or_default(),
        categories,
        tags: then.tags.join(", "),
        watchers: watchers.join(", "),
        goes_on: draft.goes_on,
        days: "7".into(),
        changed: of.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..RuleFormView::default()
    })
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

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| {
        let position = routing::rules(tx)?.last().map_or(0, |it| it.position).saturating_add(10);
        filled(tx, &admin, None, &RuleDraft { position, enabled: true, ..RuleDraft::default() })
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<RoutingRuleId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let it = known(tx, id)?;
        filled(tx, &admin, Some(&it), &draft_of(&it))
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// What the form asks for.
fn wanted(tx: &Tx, sent: &Sent) -> Result<RuleDraft> {
    let (level, at_least) = match sent.get("priority") {
        None => (None, false),
        Some(it) => match it.strip_prefix("least-") {
            Some(it) => (it.parse().ok(), true),
            None => (it.parse().ok(), false),
        },
    };
    let assignee = sent.get("assignee").and_then(|it| match it.strip_prefix("on_call:") {
        Some(it) => it.parse().ok().map(Assign::OnCall),
        None => it.parse().ok().map(Assign::Person),
    });
    let watchers =
        listed(sent.text("watchers")).iter().map(|it| identity::named(tx, "watchers", it).map(|it| it.id)).collect::<Result<_>>();
    Ok(RuleDraft {
        name: sent.text("name").to_owned(),
        position: sent.text("position").trim().parse().unwrap_or(10),
        enabled: sent.has("enabled"),
        condition: sent.text("condition").to_owned(),
        when: When::named(tx, sent.text("when"), sent.get("calendar"))?,
        then: Then {
            queue: sent.get("queue").and_then(|it| it.parse().ok()),
            assignee,
            priority: level,
            at_least,
            category: sent.get("category").and_then(|it| it.parse().ok()),
            tags: listed(sent.text("tags")),
            watchers: watchers?,
        },
        goes_on: sent.has("goes_on"),
    })
}

/// The form as it was sent, with what is wrong with it.
fn again(admin: &Admin, of: Option<&RoutingRule>, draft: &RuleDraft, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = RuleFormView {
        name_error: message(&refusal, "name"),
        condition_error: message(&refusal, "condition"),
        error: whole(&refusal, &["name", "condition"]),
        ..admin.desk.read(|tx| filled(tx, admin, of, draft))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

fn trial_view(it: Trial) -> TrialView {
    let rows = it.shown.into_iter().map(|it| CaughtRow {
        href: format!("/agent/tickets/{}", it.number),
        number: it.number,
        title: it.title,
        changes: it
            .changes
            .into_iter()
            .map(|it| {
                let empty = |it: String| if it.is_empty() { "none".to_owned() } else { it };
                format!("{}: {} → {}", it.field, empty(it.was), empty(it.would))
            })
            .collect(),
    });
    TrialView { days: it.days, looked: it.looked, cut: it.cut, caught: it.caught, rows: rows.collect() }
}

async fn tried(admin: &Admin, of: Option<&RoutingRule>, draft: RuleDraft, days: &str) -> Result<Response, Problem> {
    let (id, tried, count) = (of.map(|it| it.id), draft.clone(), days.trim().parse().unwrap_or(0));
    match on_a_thread(admin, move |tx, actor| routing::rehearse(tx, actor, id, tried, count)).await {
        Ok(found) => {
            let view = RuleFormView {
                trial: Some(trial_view(found)),
                days: days.to_owned(),
                ..admin.desk.read(|tx| filled(tx, admin, of, &draft))?
            };
            Ok(page(StatusCode::OK, form_page(&view)))
        }
        Err(error) => again(admin, of, &draft, error),
    }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let draft = admin.desk.read(|tx| wanted(tx, &sent))?;
    if sent.has("try") {
        return tried(&admin, None, draft, sent.text("days")).await;
    }
    let (actor, kept) = (admin.actor().clone(), draft.clone());
    match admin.desk.write(actor.person(), move |tx| routing::create_rule(tx, &actor, kept)).await {
        Ok(it) => Ok(see_and_say(ROUTING.href, &said::done(t!("routing-rules-rule-added", name = it.name)))),
        Err(error) => again(&admin, None, &draft, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<RoutingRuleId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (present, draft) = admin.desk.read(|tx| Ok((known(tx, id)?, wanted(tx, &sent)?)))?;
    if sent.has("try") {
        return tried(&admin, Some(&present), draft, sent.text("days")).await;
    }
    let (actor, kept, version) = (admin.actor().clone(), draft.clone(), sent.text("version").parse().ok());
    match admin.desk.write(actor.person(), move |tx| routing::change_rule(tx, &actor, id, version, kept)).await {
        Ok(it) => Ok(see_and_say(ROUTING.href, &said::done(t!("routing-rules-rule-saved", name = it.name)))),
        Err(error) => again(&admin, Some(&present), &draft, error),
    }
}

/// One place up or down.
pub async fn shift(admin: Admin, Path(id): Path<RoutingRuleId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, up) = (admin.actor().clone(), sent.text("by") == "up");
    let run = move |tx: &mut Tx| {
        known(tx, id)?;
        let mut ids: Vec<RoutingRuleId> = routing::rules(tx)?.into_iter().map(|it| it.id).collect();
        if let Some(at) = ids.iter().position(|it| *it == id) {
            let other = if up { at.saturating_sub(1) } else { (at + 1).min(ids.len() - 1) };
            ids.swap(at, other);
        }
        routing::order_rules(tx, &actor, &ids)
    };
    admin.desk.write(admin.actor().person(), run).await?;
    Ok(see(ROUTING.href))
}

pub async fn delete(admin: Admin, Path(id): Path<RoutingRuleId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let run = move |tx: &mut Tx| {
        actor.need(Permission::SettingsWrite)?;
        let name = known(tx, id)?.name;
        routing::delete_rule(tx, &actor, id)?;
        Ok(name)
    };
    let name = admin.desk.write(admin.actor().person(), run).await?;
    Ok(see_and_say(ROUTING.href, &said::done(t!("routing-rules-rule-deleted", name = name))))
}
