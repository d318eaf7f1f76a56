//! Policies of service levels in the settings: listed, put in order, tried on past tickets, kept.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, on_a_thread, whole};
use crate::{
    desk::{
        Tx, calendars, identity,
        permission::Permission,
        queues,
        routing::on_call,
        service_levels::{
            self, Level, Operational, Policies, Policy, PolicyChange, Preview, Retiming, Step, StepAct, Target, TargetRow, Window,
        },
        tickets::number,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{PolicyId, TeamId},
    language::say,
    web::{
        admin::{
            shell::SLA_POLICIES,
            sla_policies::{
                OperationalRow, PoliciesView, PolicyFormView, PolicyRow, Progress, StepRow, TargetsRow, Trial, TriedRow, form_page,
                page as policies_page,
            },
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

/// Empty rows that the form offers besides those that are there.
const SPARE_STEPS: usize = 2;
const SPARE_TEAMS: usize = 1;
/// Rows of the form that are read.
const ROWS_MAX: usize = 50;
const LEAD: &str = "team_lead";

fn address(id: PolicyId) -> String {
    format!("{}/{id}", SLA_POLICIES.href)
}

/// `4h`, `1h 30m`, `45m`.
fn time_text(minutes: Option<u32>) -> String {
    match minutes.map(|it| (it / 60, it % 60)) {
        None => String::new(),
        Some((0, minutes)) => format!("{minutes}m"),
        Some((hours, 0)) => format!("{hours}h"),
        Some((hours, minutes)) => format!("{hours}h {minutes}m"),
    }
}

/// Reads what `time_text` writes, and plain minutes.
fn minutes(text: &str) -> Result<Option<u32>> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong =
        || Refusal::field("targets", "invalid", say!("sla-policies-no-time-write-30m", string = text.chars().take(20).collect::<String>()));
    if let Ok(it) = text.parse() {
        return Ok(Some(it));
    }
    let mut sum = 0u32;
    for part in text.replace('h', "h ").replace('m', "m ").split_whitespace() {
        let (count, each) = match (part.strip_suffix('h'), part.strip_suffix('m')) {
            (Some(it), _) => (it, 60),
            (None, Some(it)) => (it, 1),
            (None, None) => return Err(wrong().into()),
        };
        let count: u32 = count.parse().map_err(|_| wrong())?;
        sum = count.checked_mul(each).and_then(|it| it.checked_add(sum)).ok_or_else(wrong)?;
    }
    Ok(Some(sum))
}

fn promises(it: &Policy) -> String {
    let line = |at: usize| {
        let row = &it.targets[at];
        let parts = [("response", row.response), ("resolution", row.resolution)];
        let said: Vec<String> =
            parts.iter().filter(|it| it.1.is_some()).map(|(name, minutes)| format!("{name} {}", time_text(*minutes))).collect();
        if said.is_empty() { String::new() } else { format!("P{}: {}", at + 1, said.join(", ")) }
    };
    [line(0), line(2)].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ")
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let row = |it: &Policy| -> Result<PolicyRow> {
            let calendar = it.calendar.map(|id| tx.get_shared::<calendars::Calendar>(&id)).transpose()?.flatten();
            Ok(PolicyRow {
                id: it.id.to_string(),
                href: address(it.id),
                name: it.name.clone(),
                active: it.active,
                when: it.condition.text().to_owned(),
                promises: promises(it),
                calendar: calendar.map_or_else(|| t!("sla-policies-team-desk").to_owned(), |it| it.name.clone()),
            })
        };
        let progress = Retiming::of(tx)?.map(|it| Progress {
            running: it.finished_at.is_none(),
            because: it.because,
            started_at: it.started_at,
            looked_at: it.looked_at,
            total: it.total,
            changed: it.changed,
        });
        let policies = Policies::of(tx)?.list.iter().map(row).collect::<Result<_>>()?;
        Ok(PoliciesView { frame: admin.frame(), policies, progress, may_make: admin.actor().may(Permission::SettingsWrite) })
    })?;
    Ok(page(StatusCode::OK, policies_page(&view)))
}

/// A policy as the form has it: what it is called, whom it is for, what it promises.
struct Draft {
    name: String,
    condition: String,
    active: bool,
    calendar: String,
    targets: [TargetsRow; 4],
    operational: Vec<OperationalRow>,
    steps: Vec<StepRow>,
}

impl Draft {
    fn of(it: &Policy) -> Draft {
        Draft {
            name: it.name.clone(),
            condition: it.condition.text().to_owned(),
            active: it.active,
            calendar: it.calendar.map_or_else(String::new, |it| it.to_string()),
            targets: it.targets.map(|it| TargetsRow {
                response: time_text(it.response),
                resolution: time_text(it.resolution),
                update: time_text(it.update),
            }),
            operational: it.operational.iter().map(operational_row).collect(),
            steps: it.steps.iter().map(step_row).collect(),
        }
    }

    fn sent(sent: &Sent) -> Draft {
        let column = |name: &str| sent.all(name).take(ROWS_MAX).map(str::to_owned).collect::<Vec<_>>();
        let (response, resolution, update) = (column("response"), column("resolution"), column("update"));
        let cell = |column: &[String], at: usize| column.get(at).cloned().unwrap_or_default();
        let levels = ["p1", "p2", "p3", "p4"].map(column);
        let operational = column("team").into_iter().enumerate();
        let step = |at: usize| -> Option<StepRow> {
            let field = |name: &str| sent.text(&format!("{name}-{at}")).trim().to_owned();
            sent.get(&format!("share-{at}"))?;
            Some(StepRow {
                share: field("share"),
                target: field("target"),
                tell: sent.all(&format!("tell-{at}")).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
                window: field("window"),
                raise: field("raise"),
                queue: field("queue"),
                assign: field("assign"),
                tag: field("tag"),
            })
        };
        Draft {
            name: sent.text("name").to_owned(),
            condition: sent.text("condition").to_owned(),
            active: sent.has("active"),
            calendar: sent.text("calendar").to_owned(),
            targets: [0, 1, 2, 3].map(|at| TargetsRow {
                response: cell(&response, at),
                resolution: cell(&resolution, at),
                update: cell(&update, at),
            }),
            operational: operational
                .map(|(at, team)| OperationalRow { team, minutes: [0, 1, 2, 3].map(|level| cell(&levels[level], at)) })
                .collect(),
            steps: (0..ROWS_MAX).filter_map(step).filter(|it| !it.share.is_empty()).collect(),
        }
    }

    fn change(&self, tx: &Tx) -> Result<PolicyChange> {
        let calendar = Some(self.calendar.as_str()).filter(|it| !it.is_empty());
        let mut targets = [TargetRow::default(); 4];
        for (row, wanted) in targets.iter_mut().zip(&self.targets) {
            *row = TargetRow {
                response: minutes(&wanted.response)?,
                resolution: minutes(&wanted.resolution)?,
                update: minutes(&wanted.update)?,
            };
        }
        let mut operational = Vec::new();
        for row in &self.operational {
            let mut allowed = [None; 4];
            for (to, text) in allowed.iter_mut().zip(&row.minutes) {
                *to = minutes(text)?;
            }
            if allowed.iter().any(Option::is_some) {
                operational.push(Operational { team: row.team.parse::<TeamId>().ok(), minutes: allowed });
            }
        }
        Ok(PolicyChange {
            name: Some(self.name.clone()),
            condition: Some(self.condition.clone()),
            calendar: Some(calendar.map(|it| calendars::usable(tx, "calendar", it)).transpose()?),
            targets: Some(targets),
            operational: Some(operational),
            steps: Some(self.steps.iter().map(step_of).collect::<Result<_>>()?),
            active: Some(self.active),
        })
    }
}

fn operational_row(it: &Operational) -> OperationalRow {
    OperationalRow { team: it.team.map_or_else(String::new, |it| it.to_string()), minutes: it.minutes.map(time_text) }
}

fn step_row(it: &Step) -> StepRow {
    let mut row = StepRow {
        share: it.share.to_string(),
        target: it.target.map_or("", Target::name).to_owned(),
        tell: it.tell.iter().map(|it| it.text()).collect(),
        window: if it.window == Window::Always { "always" } else { "working_hours" }.to_owned(),
        ..StepRow::default()
    };
    for act in &it.acts {
        match act {
            StepAct::Raise(to) => row.raise = to.to_string(),
            StepAct::Move(id) => row.queue = id.to_string(),
            StepAct::Assign(id) => row.assign = id.to_string(),
            StepAct::AssignLead => row.assign = LEAD.to_owned(),
            StepAct::Tag(tag) => row.tag.clone_from(tag),
        }
    }
    row
}

fn step_of(row: &StepRow) -> Result<Step> {
    let wrong = |what: &str| {
        let what = tongue::named("sla-policies-wrong-", what).unwrap_or_default();
        Refusal::field("steps", "invalid", say!("sla-policies-steps-cannot-read", what = what))
    };
    let mut acts = Vec::new();
    if !row.raise.is_empty() {
        acts.push(StepAct::Raise(row.raise.parse().map_err(|_| wrong("priority"))?));
    }
    if !row.queue.is_empty() {
        acts.push(StepAct::Move(row.queue.parse().map_err(|_| wrong("queue"))?));
    }
    match row.assign.as_str() {
        "" => {}
        LEAD => acts.push(StepAct::AssignLead),
        id => acts.push(StepAct::Assign(id.parse().map_err(|_| wrong("assignee"))?)),
    }
    if !row.tag.is_empty() {
        acts.push(StepAct::Tag(row.tag.clone()));
    }
    let level = |it: &String| Level::parse(it).ok_or_else(|| wrong("level"));
    Ok(Step {
        target: Some(row.target.as_str())
            .filter(|it| !it.is_empty())
            .map(|it| Target::named(it).ok_or_else(|| wrong("target")))
            .transpose()?,
        share: row.share.trim_end_matches('%').trim().parse().map_err(|_| wrong("percentage"))?,
        tell: row.tell.iter().map(level).collect::<Result<_, _>>()?,
        window: if row.window == "working_hours" { Window::WorkingHours } else { Window::Always },
        acts,
    })
}

/// The form of this draft.
fn filled(tx: &Tx, admin: &Admin, of: Option<&Policy>, draft: Draft) -> Result<PolicyFormView> {
    let with = |first: &str, rest: Vec<(String, String)>| {
        let rest = rest.into_iter().map(|(value, label)| Choice::new(value, label));
        [Choice::new("", first)].into_iter().chain(rest).collect::<Vec<_>>()
    };
    let mut agents = vec![(LEAD.to_owned(), t!("sla-policies-team-lead-2").to_owned())];
    agents.extend(identity::agents(tx)?.into_iter().map(|it| (it.id.to_string(), it.name)));
    let rotations = on_call::rotations(tx)?.into_iter().map(|it| (Level::OnCall(it.id).text(), t!("sla-policies-call", name = it.name)));
    let (mut steps, mut operational) = (draft.steps, draft.operational);
    steps.extend(std::iter::repeat_n(StepRow::default(), SPARE_STEPS));
    operational.extend(std::iter::repeat_n(OperationalRow::default(), SPARE_TEAMS));
    Ok(PolicyFormView {
        frame: admin.frame(),
        action: of.map_or_else(|| SLA_POLICIES.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        name: draft.name,
        condition: draft.condition,
        active: draft.active,
        calendar: draft.calendar,
        calendars: with(
            t!("sla-policies-team-desk-2"),
            calendars::calendars(tx)?.into_iter().map(|it| (it.id.to_string(), it.name)).collect(),
        ),
        targets: draft.targets,
        operational,
        teams: with(t!("sla-policies-every-other-team"), queues::teams(tx)?.into_iter().map(|it| (it.id.to_string(), it.name)).collect()),
        steps,
        queues: with(t!("sla-policies-queue"), queues::queues(tx)?.into_iter().map(|it| (it.id.to_string(), it.name)).collect()),
        agents: with(t!("sla-policies-assignee"), agents),
        rotations: with(t!("sla-policies-nobody-call"), rotations.collect()),
        changed: of.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..PolicyFormView::default()
    })
}

fn known(tx: &Tx, id: PolicyId) -> Result<Policy> {
    Ok(Policies::of(tx)?.get(id).cloned().ok_or_else(|| Refusal::not_found("policy"))?)
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| {
        let steps = Policies::of(tx)?.list.first().map(|it| it.steps.iter().map(step_row).collect()).unwrap_or_default();
        let draft = Draft {
            name: String::new(),
            condition: String::new(),
            active: true,
            calendar: String::new(),
            targets: Default::default(),
            operational: Vec::new(),
            steps,
        };
        filled(tx, &admin, None, draft)
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<PolicyId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let it = known(tx, id)?;
        filled(tx, &admin, Some(&it), Draft::of(&it))
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// The form as it was sent, with what is wrong with it.
fn again(admin: &Admin, of: Option<&Policy>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = PolicyFormView {
        name_error: message(&refusal, "name"),
        condition_error: message(&refusal, "condition"),
        error: whole(&refusal, &["name", "condition"]),
        ..admin.desk.read(|tx| filled(tx, admin, of, Draft::sent(sent)))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

/// The form with what it would do to the tickets of so many days.
async fn tried(admin: &Admin, of: Option<&Policy>, sent: &Sent, days: u32) -> Result<Response, Problem> {
    let (id, draft) = (of.map(|it| it.id), Draft::sent(sent));
    let seen = match on_a_thread(admin, move |tx, actor| service_levels::preview(tx, actor, id, draft.change(tx)?, days)).await {
        Ok(it) => it,
        Err(error) => return again(admin, of, sent, error),
    };
    let view = PolicyFormView { trial: Some(trial(admin, days, seen)), ..admin.desk.read(|tx| filled(tx, admin, of, Draft::sent(sent)))? };
    Ok(page(StatusCode::OK, form_page(&view)))
}

fn trial(admin: &Admin, days: u32, seen: Preview) -> Trial {
    let named = |it: Option<String>| it.unwrap_or_else(|| "none".to_owned());
    let row = |it: service_levels::PreviewRow| TriedRow {
        number: number::text(&admin.settings, it.kind, it.number),
        title: it.title,
        before: named(it.policy_before),
        after: named(it.policy_after),
        due_before: it.due_before,
        due_after: it.due_after,
        newly_breached: it.breached_after && !it.breached_before,
    };
    Trial {
        days,
        looked_at: seen.looked_at,
        narrowed: seen.narrowed,
        cut: seen.cut,
        won: seen.won,
        changed: seen.changed,
        breached_before: seen.breached_before,
        breached_after: seen.breached_after,
        rows: seen.rows.into_iter().map(row).collect(),
    }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    if let Some(days) = sent.get("try") {
        return tried(&admin, None, &sent, days.parse().unwrap_or(7)).await;
    }
    let actor = admin.actor().clone();
    let draft = Draft::sent(&sent);
    let done = admin.desk.write(Some(admin.person()), move |tx| {
        let change = draft.change(tx)?;
        service_levels::add_policy(tx, &actor, change)
    });
    match done.await {
        Ok(it) => Ok(see_and_say(SLA_POLICIES.href, &said::done(t!("sla-policies-added-open-tickets-timed", name = it.name)))),
        Err(error) => again(&admin, None, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<PolicyId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let before = admin.desk.read(|tx| known(tx, id))?;
    if let Some(days) = sent.get("try") {
        return tried(&admin, Some(&before), &sent, days.parse().unwrap_or(7)).await;
    }
    let actor = admin.actor().clone();
    let draft = Draft::sent(&sent);
    let done = admin.desk.write(Some(admin.person()), move |tx| {
        let change = draft.change(tx)?;
        service_levels::change_policy(tx, &actor, id, change)
    });
    match done.await {
        Ok(it) => Ok(see_and_say(SLA_POLICIES.href, &said::done(t!("sla-policies-saved-open-tickets-timed", name = it.name)))),
        Err(error) => again(&admin, Some(&before), &sent, error),
    }
}

pub async fn delete(admin: Admin, Path(id): Path<PolicyId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    admin.desk.write(Some(admin.person()), move |tx| service_levels::remove_policy(tx, &actor, id)).await?;
    Ok(see_and_say(SLA_POLICIES.href, &said::done(t!("sla-policies-policy-deleted-open-tickets"))))
}

/// Moves one policy before the one that stands above it.
pub async fn order(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    let up = sent.text("up").parse::<PolicyId>().ok();
    let done = admin.desk.write(Some(admin.person()), move |tx| {
        let mut order: Vec<PolicyId> = Policies::of(tx)?.list.iter().map(|it| it.id).collect();
        let at = order.iter().position(|it| Some(*it) == up).ok_or_else(|| Refusal::not_found("policy"))?;
        if at > 0 {
            order.swap(at - 1, at);
        }
        service_levels::order_policies(tx, &actor, &order)
    });
    done.await?;
    Ok(see_and_say(SLA_POLICIES.href, &said::done(t!("sla-policies-order-changed-open-tickets"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_write_them() {
        for (text, expected) in
            [("", None), ("4h", Some(240)), ("1h 30m", Some(90)), ("1h30m", Some(90)), ("45", Some(45)), (" 90M ", Some(90))]
        {
            assert_eq!(minutes(text).unwrap(), expected, "{text}");
        }
        for text in ["soon", "4d", "-1h", "1h x", "99999999999h"] {
            assert!(minutes(text).is_err(), "{text}");
        }
        for it in [Some(1), Some(60), Some(90), Some(2400), None] {
            assert_eq!(minutes(&time_text(it)).unwrap(), it);
        }
    }
}
