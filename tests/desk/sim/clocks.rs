//! What clocks go through, at random: somebody acts on what is due, sooner or later; policies, calendars, teams and queues change in
//! mid-flight, and open tickets are timed anew some at a time; people take note and ask for more. Each act says by its own understanding
//! what must hold then.

use std::collections::BTreeSet;

use lodge::{
    desk::{
        actor::Actor,
        calendars::{self, CalendarChange, Day, Holiday, Override, Plan, WeekHours, parse_shifts},
        event::{Changes, EventKind},
        queues::{self, TeamChange},
        service_levels::{
            self, Operational, Policies, PolicyChange, Retiming, Step, StepAct, Target, TargetRow, Targets, What, Window, next_due,
            retime_some,
        },
        settings::{self, SettingsChange},
        tickets::Ticket,
    },
    error::Result,
    id::TicketId,
    store::Tx,
    time::Instant,
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    acts::{Act, Complaints, person},
    model::{self, Told},
    promises::{self, Share, Walk},
    routing,
};

const ZONES: [&str; 5] = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"];
const SHIFTS: [&[[&str; 2]]; 5] = [
    &[["09:00", "17:00"]],
    &[["08:00", "12:30"], ["13:15", "17:00"]],
    &[["22:00", "06:00"]],
    &[["00:00", "24:00"]],
    &[["00:30", "03:30"], ["20:00", "23:59"]],
];
const CONDITIONS: [&str; 5] = ["kind:incident", "kind:request", "priority:<=2", "queue:Network", ""];

/// One of them; whoever works these tickets is one of these people.
pub fn act(rng: &mut StdRng, complaints: &Complaints, crowd: &[TicketId], who: lodge::id::PersonId) -> Act {
    let complaints = complaints.clone();
    match rng.random_range(0..20) {
        0..9 => {
            let at_once = rng.random_range(1..20);
            Box::new(move |tx| watch(tx, &complaints, at_once))
        }
        9..12 => {
            let limit = rng.random_range(1..60);
            told_after(move |tx| retime_some(tx, limit).map(drop))
        }
        12..14 => policies(rng),
        14 | 15 => hours(rng),
        16 => owners(rng),
        17 => {
            let ticket = crowd.choose(rng).copied();
            let asks = rng.random_bool(0.5);
            Box::new(move |tx| {
                let (Some(ticket), actor) = (ticket, model::actor(&person(tx, who)?)) else { return Ok(Told::default()) };
                let after = if asks {
                    service_levels::escalate(tx, &actor, ticket, "It cannot wait.")?
                } else {
                    service_levels::acknowledge(tx, &actor, ticket)?
                };
                Ok(Told { tickets: vec![after], ..Told::default() })
            })
        }
        _ => Box::new(move |tx| {
            promises::complaints(tx)?.into_iter().for_each(|it| complaints.say(it));
            Ok(Told::default())
        }),
    }
}

/// Runs it, and tells of all tickets, since any may have changed.
fn told_after(run: impl FnOnce(&mut Tx) -> Result<()> + Send + 'static) -> Act {
    Box::new(move |tx| {
        run(tx)?;
        Ok(Told { tickets: tx.scan::<Ticket>(&())?.collect::<Result<_, _>>()?, ..Told::default() })
    })
}

/// Acts on everything that is due, as the watch of clocks does, and looks at each ticket.
fn watch(tx: &mut Tx, complaints: &Complaints, at_once: usize) -> Result<Told> {
    let now = tx.now();
    let mut shares = Vec::new();
    // Each round takes at least one share of one ticket; there are not so many.
    for _ in 0..10_000 {
        let due = service_levels::due(tx, at_once, &BTreeSet::new())?;
        let Some(first) = due.first() else { break };
        let when = |id| Ok::<_, lodge::error::Error>(tx.get::<Ticket>(id)?.and_then(|it| it.targets?.next_at()));
        let order = due.iter().map(when).collect::<Result<Vec<_>>>()?;
        if next_due(tx)? != order[0] || !order.is_sorted() || order.iter().any(|it| it.is_none_or(|it| it > now)) {
            complaints.say(format!("{first} comes first, and what is due is {order:?} at {now}"));
        }
        for id in due {
            shares.extend(one(tx, complaints, id, now)?);
        }
    }
    if next_due(tx)?.is_some_and(|it| it <= now) {
        complaints.say(format!("something is left that fell due before {now}"));
    }
    Ok(Told { tickets: tx.scan::<Ticket>(&())?.collect::<Result<_, _>>()?, shares, ..Told::default() })
}

fn one(tx: &mut Tx, complaints: &Complaints, id: TicketId, now: Instant) -> Result<Vec<Share>> {
    let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
    let targets = before.targets.expect("what is due has targets");
    let said = tx.last_seq();
    let acted = service_levels::act_on(tx, &[id])?;
    let facts = targets.course.facts();
    let walk = Walk { tx, facts };
    let under = facts.iter().rev().find(|it| matches!(it.what, What::Under(_))).map(|it| it.at);
    let terms_since = under.max(Retiming::of(tx)?.map(|it| it.started_at)).unwrap_or(Instant::EPOCH);
    let mut shares: Vec<Share> = Vec::new();
    for event in tx.events_after(said, 1_000)? {
        let kind = EventKind::named(&event.kind);
        if !matches!(kind, Some(EventKind::TargetWarned | EventKind::TargetBreached | EventKind::TargetEscalated)) {
            continue;
        }
        let changes = Changes::of(&event);
        let text = |name: &str| changes.after(name).and_then(|it| it.as_str()).unwrap_or_default().to_owned();
        let target = Target::named(&text("target")).expect("a target");
        let share = changes.after("share").and_then(serde_json::Value::as_u64).and_then(|it| u16::try_from(it).ok()).expect("a share");
        let at: Instant = text("at").parse().expect("an instant");
        let started_at = walk.started(target);
        // What is over keeps what it was promised. Of a ticket that is not timed anew yet, it is not known here what it is promised now.
        let after = tx.get::<Ticket>(&id)?.and_then(|it| it.targets);
        let allowed = |it: &Targets| it.clock(target).filter(|it| it.is_open()).map(|it| it.allowed);
        let known = allowed(&targets).filter(|it| after.as_deref().and_then(allowed) == Some(*it));
        let is_true = match known {
            Some(allowed) => walk.is_first(target, started_at, u64::from(allowed) * 10 * u64::from(share), at)?,
            None => true,
        };
        let done = targets.clock(target).and_then(|it| it.done_at);
        let in_order = shares.last().is_none_or(|it| it.at <= at);
        if at > now || done.is_some_and(|it| at > it) || !walk.ran(at) || !is_true || !in_order {
            complaints.say(format!("{id}: {share} % of {target:?} at {at}, now {now}, after {shares:?}; {targets:?}"));
        }
        let right = match share {
            0..100 => EventKind::TargetWarned,
            100 => EventKind::TargetBreached,
            _ => EventKind::TargetEscalated,
        };
        if event.entity != id.0 || kind != Some(right) {
            complaints.say(format!("{id}: {share} % is told as {kind:?} of {}", event.entity));
        }
        shares.push(Share { ticket: id, target, started_at, share, at, acted_at: now, terms_since });
    }
    if acted.steps != shares.len() || acted.breaches != shares.iter().filter(|it| it.share == 100).count() {
        complaints.say(format!("{acted:?} is said of {shares:?}"));
    }
    Ok(shares)
}

// --- what the desk promises ---

fn targets(rng: &mut StdRng) -> [TargetRow; 4] {
    [(); 4].map(|()| {
        let mut some = |most: u32| rng.random_bool(0.85).then(|| rng.random_range(1..most));
        TargetRow { response: some(240), resolution: some(3_000), update: some(600) }
    })
}

fn steps(rng: &mut StdRng) -> Vec<Step> {
    let count = rng.random_range(0..5);
    let mut step = || {
        let acts = match rng.random_range(0..6) {
            0 => vec![StepAct::Raise(rng.random_range(1..=4))],
            1 => vec![StepAct::AssignLead],
            2 => vec![StepAct::Tag("late".into())],
            _ => Vec::new(),
        };
        let target = *[None, None, Some(Target::Resolution), Some(Target::Update)].choose(rng).expect("some");
        let window = if rng.random_bool(0.5) { Window::Always } else { Window::WorkingHours };
        Step { target, share: *[1, 50, 75, 100, 150, 400].choose(rng).expect("some"), tell: Vec::new(), window, acts }
    };
    (0..count).map(|_| step()).collect()
}

fn policies(rng: &mut StdRng) -> Act {
    let (which, place, name) = (rng.random_range(0..7), rng.random_range(0..100_usize), format!("Policy {}", rng.random::<u32>()));
    let targets = rng.random_bool(0.6).then(|| targets(rng));
    let steps = rng.random_bool(0.5).then(|| steps(rng));
    let condition = CONDITIONS.choose(rng).expect("some").to_string();
    let minutes = [(); 4].map(|()| rng.random_bool(0.8).then(|| rng.random_range(1..2_000)));
    let (by_team, active) = (rng.random_bool(0.5), rng.random_bool(0.8));
    told_after(move |tx| {
        let system = Actor::system("test");
        let all = Policies::of(tx)?;
        let teams = queues::teams(tx)?;
        let team = by_team.then(|| teams[place % teams.len()].id);
        let operational = Some(vec![Operational { team, minutes }]);
        let change = PolicyChange { targets, steps, ..PolicyChange::default() };
        let Some(policy) = (!all.list.is_empty()).then(|| all.list[place % all.list.len()].id).filter(|_| which > 1) else {
            if all.list.len() < 5 {
                let new = PolicyChange { name: Some(name), condition: Some(condition), operational, ..change };
                service_levels::add_policy(tx, &system, new)?;
            }
            return Ok(());
        };
        match which {
            2 if all.list.len() > 1 => service_levels::remove_policy(tx, &system, policy)?,
            3 => {
                let mut order: Vec<_> = all.list.iter().map(|it| it.id).collect();
                let by = place % order.len();
                order.rotate_left(by);
                service_levels::order_policies(tx, &system, &order)?;
            }
            4 => {
                let change = PolicyChange { active: Some(active), operational, ..change };
                service_levels::change_policy(tx, &system, policy, change)?;
            }
            _ => drop(service_levels::change_policy(tx, &system, policy, change)?),
        }
        Ok(())
    })
}

/// Another week, with a day or two that differ.
fn hours(rng: &mut StdRng) -> Act {
    let zone = *ZONES.choose(rng).expect("zones");
    let (week, other) = (*SHIFTS.choose(rng).expect("shifts"), *SHIFTS.choose(rng).expect("shifts"));
    let days: Vec<i64> = (0..3).map(|_| rng.random_range(-20..20)).collect();
    let place = rng.random_range(0..100_usize);
    told_after(move |tx| {
        let system = Actor::system("test");
        let mut plan = Plan::new(zone, WeekHours::weekdays(&parse_shifts("hours", week)?));
        let day = |ahead: i64| -> Day {
            let at = Instant::from_millis(tx.now().as_millis() + ahead * 86_400_000).to_string();
            at[..10].parse().expect("a day")
        };
        plan.overrides.insert(day(days[0]), Override { label: "Other hours".into(), shifts: parse_shifts("hours", other)? });
        for it in &days[1..] {
            plan.holidays.insert(day(*it), Holiday::default());
        }
        let all = calendars::calendars(tx)?;
        if all.len() < 4 {
            calendars::create_calendar(tx, &system, &format!("Hours {}", all.len()), plan)?;
            return Ok(());
        }
        let change = CalendarChange { plan: Some(plan), ..CalendarChange::default() };
        calendars::change_calendar(tx, &system, all[place % all.len()].id, change).map(drop)
    })
}

/// Who goes by which calendar, and which team works which queue.
fn owners(rng: &mut StdRng) -> Act {
    let (which, place, none) = (rng.random_range(0..4), rng.random_range(0..100_usize), rng.random_bool(0.3));
    told_after(move |tx| {
        let system = Actor::system("test");
        let (all, teams) = (calendars::calendars(tx)?, queues::teams(tx)?);
        let calendar = if none || all.is_empty() { None } else { Some(all[place % all.len()].id) };
        let team = teams[place % teams.len()].id;
        match which {
            0 => drop(settings::change(tx, &system, SettingsChange { calendar: Some(calendar), ..SettingsChange::default() })?),
            1 => drop(queues::change_team(tx, &system, team, TeamChange { calendar: Some(calendar), ..TeamChange::default() })?),
            2 => {
                let policy = Policies::of(tx)?.list.first().map(|it| it.id);
                let change = PolicyChange { calendar: Some(calendar), ..PolicyChange::default() };
                policy.map(|it| service_levels::change_policy(tx, &system, it, change)).transpose()?;
            }
            _ => {
                let queue = queues::queue_named(tx, routing::NETWORK)?.expect("the queue stays");
                queues::give_queue(tx, &system, queue.id, Some(team).filter(|_| !none))?;
            }
        }
        Ok(())
    })
}
