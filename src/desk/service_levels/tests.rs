//! Service levels told as stories: a ticket, a clock that the test sets, and what follows.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use super::*;
use crate::{
    desk::{
        actor::{Actor, Origin},
        calendars::{self, CalendarChange, Plan, WeekHours, parse_shifts},
        event::{Changes, EventKind},
        identity::{self, NewPerson},
        queues,
        settings::{self, SettingsChange},
        tickets::{self, Channel, Kind, NewComment, NewTicket, Ticket, TicketChange},
    },
    error::{Code, Error, Result},
    id::TicketId,
    store::{Event, Store, Tx, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

/// A desk whose clock the test sets, with an agent, a requester, and a team that works the queue Network round the clock.
struct Desk {
    store: Store,
    clock: Arc<AtomicI64>,
    agent: Actor,
    requester: Actor,
}

const HOUR: u64 = 3600;

impl Desk {
    fn new() -> Desk {
        let begin: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
        let clock = Arc::new(AtomicI64::new(begin.as_millis()));
        let shown = clock.clone();
        let store = Store::open(Options {
            clock: Box::new(move || Instant::from_millis(shown.load(Ordering::Relaxed))),
            ..Options::new(MemoryEngine::default())
        })
        .unwrap();
        let (agent, requester) = store
            .write(|tx| {
                let system = Actor::system("setup");
                settings::found(tx, &system, "Help")?;
                let clocks_never_stop = SettingsChange { calendar: Some(None), ..SettingsChange::default() };
                settings::change(tx, &system, clocks_never_stop)?;
                let mut add = |email: &str, role: &str| {
                    let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
                    let person = identity::create_person(tx, &system, new)?;
                    identity::actor_of(tx, &person, Origin::default())
                };
                let made = (add("amy@desk.example", "admin")?, add("rob@far.example", "requester")?);
                let team = queues::create_team(tx, &system, "Network")?;
                queues::create_queue(tx, &system, "Network", Some(team.id))?;
                Ok(made)
            })
            .unwrap()
            .0;
        Desk { store, clock, agent, requester }
    }

    fn wait(&self, seconds: u64) {
        self.clock.fetch_add(i64::try_from(seconds * 1000).unwrap(), Ordering::Relaxed);
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.clock.load(Ordering::Relaxed))
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn lodge(&self, priority: u8) -> TicketId {
        let agent = self.agent.clone();
        let requester = self.requester.person().map(|it| it.to_string());
        self.write(move |tx| {
            let mut new = NewTicket::new(Kind::Incident, "The printer hums", Channel::Portal);
            (new.requester, new.priority) = (requester, Some(priority));
            tickets::create(tx, &agent, new).map(|it| it.id)
        })
        .unwrap()
    }

    fn change(&self, id: TicketId, change: TicketChange) {
        let agent = self.agent.clone();
        self.write(move |tx| tickets::change(tx, &agent, id, change)).unwrap();
    }

    fn status(&self, id: TicketId, to: &str) {
        self.change(id, TicketChange { status: Some(to.into()), ..TicketChange::default() });
    }

    fn answer(&self, id: TicketId) {
        let agent = self.agent.clone();
        self.write(move |tx| tickets::add_comment(tx, &agent, id, NewComment::new("We look.", false, Channel::Api))).unwrap();
    }

    fn ticket(&self, id: TicketId) -> Ticket {
        self.store.read().unwrap().get::<Ticket>(&id).unwrap().unwrap()
    }

    fn clock(&self, id: TicketId, target: Target) -> Option<Clock> {
        self.ticket(id).targets.and_then(|it| it.clock(target).cloned())
    }

    /// Acts on everything that is due, as the watch of clocks would.
    fn act(&self) -> Acted {
        let mut sum = Acted::default();
        while super::next_due(&self.store.read().unwrap()).unwrap().is_some_and(|it| it <= self.now()) {
            let acted = self.write(|tx| act(tx, 10)).unwrap();
            assert!(acted.tickets > 0, "what is due is acted on");
            sum = Acted {
                tickets: sum.tickets + acted.tickets,
                steps: sum.steps + acted.steps,
                breaches: sum.breaches + acted.breaches,
                ..acted
            };
        }
        sum
    }

    /// What the log says of targets, oldest first: the kind, the target, and its instant.
    fn said(&self) -> Vec<(String, String, Instant)> {
        let tx = self.store.read().unwrap();
        let events = tx.events_after(0, 10_000).unwrap();
        let is_of_targets = |it: &&Event| it.kind.starts_with("target.") && it.kind != EventKind::TargetsRetimed.name();
        let row = |it: &Event| {
            let changes = Changes::of(it);
            let text = |name: &str| changes.after(name).and_then(|it| it.as_str()).unwrap_or_default().to_owned();
            (it.kind.clone(), text("target"), text("at").parse().unwrap())
        };
        events.iter().filter(is_of_targets).map(row).collect()
    }
}

#[test]
fn a_ticket_gets_the_targets_of_its_policy_and_keeps_them_right() {
    let desk = Desk::new();
    let id = desk.lodge(2);
    let begin = desk.now();
    let after = |minutes: u64| Some(begin.plus(Duration::from_secs(minutes * 60)));
    let due = |target| desk.clock(id, target).and_then(|it| it.due_at);
    assert_eq!((due(Target::Response), due(Target::Resolution), due(Target::Update)), (after(60), after(480), None));
    desk.wait(30 * 60);
    desk.answer(id);
    let response = desk.clock(id, Target::Response).unwrap();
    assert_eq!((response.state, response.done_at), (ClockState::Done, after(30)));
    assert_eq!(due(Target::Update), after(30 + 240), "from its first word on, the desk goes on speaking");
    // It waits for an hour: what is left is kept.
    desk.status(id, "awaiting_info");
    assert_eq!((due(Target::Resolution), desk.ticket(id).targets.unwrap().is_paused()), (None, true));
    desk.wait(HOUR);
    desk.status(id, "in_progress");
    assert_eq!(due(Target::Resolution), after(480 + 60));
    // A change of priority keeps the time that was used.
    desk.change(id, TicketChange { priority: Some(Some(1)), ..TicketChange::default() });
    assert_eq!(due(Target::Resolution), after(240 + 60));
    // Resolved and opened again: it goes on where it stood.
    desk.wait(HOUR);
    desk.status(id, "resolved");
    let resolution = desk.clock(id, Target::Resolution).unwrap();
    assert_eq!((resolution.state, resolution.worked / 60_000), (ClockState::Done, 90));
    assert_eq!(desk.clock(id, Target::Update), None);
    desk.wait(5 * HOUR);
    desk.status(id, "in_progress");
    assert_eq!(due(Target::Resolution), after(240 + 60 + 300));
    assert_eq!(desk.said(), [], "nothing was due");
}

#[test]
fn what_fell_due_before_the_end_is_acted_on_after_it_to_the_last_step() {
    let desk = Desk::new();
    let id = desk.lodge(1);
    let begin = desk.now();
    // Nobody acts for an hour, and somebody answers first.
    desk.wait(HOUR);
    desk.answer(id);
    desk.act();
    let response = |kind: &str, seconds| (kind.to_owned(), "response".to_owned(), begin.plus(Duration::from_secs(seconds)));
    let expected = [response("target.warned", 675), response("target.breached", 900), response("target.escalated", 1350)];
    assert_eq!(desk.said(), expected);
    assert_eq!(desk.act(), Acted::default(), "once");
}

#[test]
fn each_step_is_taken_once_in_order_and_with_its_true_instant() {
    let desk = Desk::new();
    let id = desk.lodge(1);
    let begin = desk.now();
    let after = |minutes: u64| begin.plus(Duration::from_secs(minutes * 60));
    assert_eq!(desk.act(), Acted::default());
    desk.wait(11 * 60 + 15);
    let response = |kind: &str, at| (kind.to_owned(), "response".to_owned(), at);
    desk.act();
    let warned = response("target.warned", begin.plus(Duration::from_secs(675)));
    assert_eq!(desk.said(), std::slice::from_ref(&warned));
    // The appliance is off for hours; all that fell due meanwhile is made up for.
    desk.wait(3 * HOUR);
    let acted = desk.act();
    let resolution = |kind: &str, at| (kind.to_owned(), "resolution".to_owned(), at);
    let expected = [
        warned,
        response("target.breached", after(15)),
        response("target.escalated", begin.plus(Duration::from_secs(1350))),
        resolution("target.warned", after(180)),
    ];
    assert_eq!(desk.said(), expected);
    assert_eq!((acted.steps, acted.breaches), (3, 1));
    assert_eq!(desk.act(), Acted::default(), "once");
    let targets = desk.ticket(id).targets.unwrap();
    assert_eq!((targets.breached(), targets.is_at_risk()), ((true, false), true));
    // A late answer keeps the breach.
    desk.answer(id);
    assert_eq!(desk.ticket(id).targets.unwrap().breached(), (true, false));
    // Closed, nothing more is due.
    desk.status(id, "resolved");
    desk.wait(100 * HOUR);
    assert_eq!(desk.act(), Acted::default());
}

#[test]
fn resolved_and_reopened_within_an_instant_begins_anew_and_repeats_nothing() {
    let desk = Desk::new();
    let id = desk.lodge(1);
    desk.status(id, "in_progress");
    desk.answer(id);
    desk.wait(3 * HOUR);
    desk.act();
    let before = desk.said();
    assert!(before.iter().any(|it| it.1 == "update"), "{before:?}");
    desk.status(id, "resolved");
    desk.status(id, "in_progress");
    desk.act();
    assert_eq!(desk.said(), before);
    assert_eq!(desk.clock(id, Target::Update).unwrap().started_at, desk.now());
}

#[test]
fn a_breach_that_a_change_takes_back_may_come_again() {
    let desk = Desk::new();
    let id = desk.lodge(1);
    desk.wait(15 * 60);
    assert_eq!(desk.act().breaches, 1);
    desk.change(id, TicketChange { priority: Some(Some(4)), ..TicketChange::default() });
    assert!(!desk.ticket(id).targets.unwrap().is_breached(), "measured by what is promised now, it is in time");
    desk.wait(8 * HOUR);
    assert_eq!(desk.act().breaches, 1);
    // More pressing again: it is missed from the moment of the change, not from before.
    let id = desk.lodge(4);
    desk.wait(HOUR);
    desk.change(id, TicketChange { priority: Some(Some(1)), ..TicketChange::default() });
    let clock = desk.clock(id, Target::Response).unwrap();
    assert_eq!(clock.breached_at(desk.now()), Some(desk.now()));
}

#[test]
fn what_is_due_by_an_old_calendar_waits_for_the_new_one() {
    let desk = Desk::new();
    let calendar = desk
        .write(|tx| {
            let setup = Actor::system("setup");
            let calendar = calendars::create_calendar(tx, &setup, "Hours", Plan::new("UTC", WeekHours::always()))?;
            let policy = Policies::of(tx)?.list[0].id;
            change_policy(tx, &setup, policy, PolicyChange { calendar: Some(Some(calendar.id)), ..PolicyChange::default() })?;
            Ok(calendar.id)
        })
        .unwrap();
    let id = desk.lodge(1);
    // It opens in the afternoon from now on, and nobody has timed the open tickets anew when the old instant comes.
    desk.write(move |tx| {
        let week = WeekHours::weekdays(&parse_shifts("hours", &[["14:00", "18:00"]])?);
        let change = CalendarChange { plan: Some(Plan::new("UTC", week)), ..CalendarChange::default() };
        calendars::change_calendar(tx, &Actor::system("setup"), calendar, change)
    })
    .unwrap();
    desk.wait(15 * 60);
    assert_eq!(desk.act(), Acted { tickets: 1, ..Acted::default() }, "looked at, and nothing was due");
    let due = desk.clock(id, Target::Response).and_then(|it| it.due_at).unwrap();
    assert_eq!(due.to_string(), "2026-03-02T14:15:00.000Z");
}

#[test]
fn steps_do_what_the_policy_says() {
    let desk = Desk::new();
    let agent = desk.agent.clone();
    let me = agent.person().unwrap();
    desk.write(move |tx| {
        let queue = queues::queue_named(tx, "Network")?.unwrap().id;
        let step = |share, acts| Step { target: Some(Target::Response), share, tell: vec![Level::Lead], window: Window::Always, acts };
        let steps = vec![
            step(50, vec![StepAct::Raise(2), StepAct::Tag("At risk".into())]),
            step(100, vec![StepAct::Move(queue), StepAct::Assign(me), StepAct::Raise(3)]),
        ];
        let id = Policies::of(tx)?.list[0].id;
        change_policy(tx, &agent, id, PolicyChange { steps: Some(steps), ..PolicyChange::default() })
    })
    .unwrap();
    let id = desk.lodge(3);
    desk.wait(2 * HOUR);
    desk.act();
    let ticket = desk.ticket(id);
    // It is more pressing than before, so that it is missed at once; a step raises and never lowers.
    assert_eq!((ticket.priority, ticket.tags.as_slice(), ticket.assignee), (2, ["at-risk".to_owned()].as_slice(), Some(me)));
    assert!(ticket.queue.is_some());
}

#[test]
fn exactly_one_policy_wins_and_the_ticket_says_why() {
    let desk = Desk::new();
    let agent = desk.agent.clone();
    desk.write(move |tx| {
        let one = |name: &str, condition: &str, minutes| PolicyChange {
            name: Some(name.into()),
            condition: Some(condition.into()),
            targets: Some([TargetRow { response: Some(minutes), resolution: None, update: None }; 4]),
            ..PolicyChange::default()
        };
        let tagged = add_policy(tx, &agent, one("VIP", "tag:vip", 5))?;
        let all: Vec<_> = Policies::of(tx)?.list.iter().map(|it| it.id).collect();
        order_policies(tx, &agent, &[tagged.id, all[0], all[1]])?;
        for (change, said) in [
            (one("VIP", "", 5), "named `VIP` already"),
            (one("Other", "is:breached", 5), "cannot ask for them"),
            (one("Other", "is:on-us", 5), "what passes"),
            (one("Other", "created>-7d", 5), "what passes"),
            (one("Other", "queue:nowhere", 5), "nowhere"),
            (one("Other", "", 0), "minutes of working time"),
        ] {
            match add_policy(tx, &agent, change) {
                Err(Error::Refused(it)) => assert!(it.detail.contains(said), "{}", it.detail),
                other => panic!("{said}: {other:?}"),
            }
        }
        Ok(())
    })
    .unwrap();
    let (plain, vip) = (desk.lodge(3), desk.lodge(3));
    desk.change(vip, TicketChange { tags: Some(vec!["vip".into()]), ..TicketChange::default() });
    let story = |id| timeline(&desk.store.read().unwrap(), &desk.ticket(id)).unwrap();
    assert_eq!((story(plain).policy.as_deref(), story(vip).policy.as_deref()), (Some("Incidents"), Some("VIP")));
    assert!(story(vip).because.contains("number 1") && story(vip).because.contains("tag:vip"), "{}", story(vip).because);
    assert_eq!(desk.clock(vip, Target::Response).unwrap().allowed, 300);
    assert_eq!(desk.clock(vip, Target::Resolution), None, "nothing is promised there");
    desk.change(vip, TicketChange { tags: Some(Vec::new()), ..TicketChange::default() });
    assert_eq!(story(vip).policy.as_deref(), Some("Incidents"));
}

#[test]
fn the_timeline_adds_up() {
    let desk = Desk::new();
    let id = desk.lodge(3);
    desk.wait(HOUR);
    desk.answer(id);
    desk.status(id, "awaiting_parts");
    desk.wait(30 * HOUR);
    desk.status(id, "in_progress");
    desk.wait(2 * HOUR);
    let tx = desk.store.read().unwrap();
    let story = timeline(&tx, &desk.ticket(id)).unwrap();
    let ran: u64 = story.entries.iter().map(|it| it.worked).sum();
    assert_eq!(ran, 3 * HOUR);
    assert!(story.entries.iter().any(|it| it.kind == EntryKind::Waited { state: "awaiting_parts".into() }));
    assert!(story.entries.iter().any(|it| it.kind == EntryKind::Answered));
    assert!(story.entries.iter().any(|it| it.kind == EntryKind::Due { target: Target::Resolution }));
    assert!(story.entries.windows(2).all(|it| it[0].at <= it[1].at), "in order");
}

#[test]
fn a_change_of_policies_times_open_tickets_anew_and_its_preview_says_how() {
    let desk = Desk::new();
    let agent = desk.agent.clone();
    let ids: Vec<TicketId> = (0..25).map(|_| desk.lodge(3)).collect();
    desk.status(ids[0], "resolved");
    desk.wait(HOUR);
    let (policy, targets) = {
        let tx = desk.store.read().unwrap();
        let policy = Policies::of(&tx).unwrap().list[0].clone();
        (policy.id, [TargetRow { response: Some(30), resolution: Some(600), update: None }; 4])
    };
    let change = PolicyChange { targets: Some(targets), ..PolicyChange::default() };
    let seen = preview(&desk.store.read().unwrap(), &agent, Some(policy), change.clone(), 7).unwrap();
    assert_eq!((seen.looked_at, seen.won, seen.breached_before), (25, 25, 0));
    assert_eq!(seen.breached_after, 24, "the resolved one was answered in time, by being resolved");
    assert_eq!(desk.said(), []);
    desk.write(move |tx| change_policy(tx, &agent, policy, change)).unwrap();
    let total = count_to_retime(&desk.store.read().unwrap()).unwrap();
    desk.write(move |tx| counted_to_retime(tx, total.unwrap())).unwrap();
    assert_eq!(count_to_retime(&desk.store.read().unwrap()).unwrap(), None, "counted once");
    let mut rounds = 0;
    while desk.write(|tx| retime_some(tx, 10)).unwrap() {
        rounds += 1;
    }
    let progress = Retiming::of(&desk.store.read().unwrap()).unwrap().unwrap();
    assert_eq!((rounds, progress.looked_at, progress.total), (2, 25, Some(25)));
    assert!(progress.finished_at.is_some());
    assert_eq!(desk.clock(ids[1], Target::Response).unwrap().allowed, 1800);
    assert_eq!(desk.act().breaches, 24, "a breach is a breach, and a warning of long ago is none");
    assert!(desk.said().iter().all(|it| it.0 == "target.breached" || it.0 == "target.escalated"), "{:?}", desk.said());
    desk.write(|tx| retime_all(tx, "again")).unwrap();
    while desk.write(|tx| retime_some(tx, 10)).unwrap() {}
    assert_eq!(Retiming::of(&desk.store.read().unwrap()).unwrap().unwrap().changed, 0, "applied again, it changes nothing");
}

#[test]
fn people_ask_for_attention_when_there_is_reason_to() {
    let desk = Desk::new();
    let id = desk.lodge(1);
    let by = |actor: &Actor, reason: &'static str| {
        let actor = actor.clone();
        desk.write(move |tx| escalate(tx, &actor, id, reason))
    };
    let refused = |it: Result<Ticket>| matches!(it, Err(Error::Refused(it)) if it.code == Code::Conflict);
    assert!(refused(by(&desk.requester, "It burns")), "it is within its times");
    desk.wait(15 * 60);
    desk.act();
    assert!(by(&desk.requester, "It burns").is_ok());
    assert!(refused(by(&desk.requester, "It burns still")), "once a day");
    let agent = desk.agent.clone();
    let after = desk.write(move |tx| acknowledge(tx, &agent, id)).unwrap();
    assert_eq!(after.targets.as_ref().unwrap().acknowledged.map(|it| it.by), desk.agent.person());
    // Who stands above is told no more, though the log goes on.
    desk.wait(HOUR);
    desk.act();
    let tx = desk.store.read().unwrap();
    let quiet: Vec<bool> = tx
        .events_after(0, 10_000)
        .unwrap()
        .iter()
        .filter(|it| it.kind == EventKind::TargetEscalated.name())
        .map(|it| Changes::of(it).after("quiet").is_some())
        .collect();
    assert_eq!(quiet, [true]);
}

#[test]
fn what_is_over_is_not_judged_by_what_is_promised_later() {
    let desk = Desk::new();
    let id = desk.lodge(3);
    desk.wait(HOUR);
    desk.answer(id);
    desk.status(id, "resolved");
    let agent = desk.agent.clone();
    desk.write(move |tx| {
        let policy = Policies::of(tx)?.list[0].id;
        let targets = Some([TargetRow { response: Some(5), resolution: Some(10), update: None }; 4]);
        change_policy(tx, &agent, policy, PolicyChange { targets, ..PolicyChange::default() })
    })
    .unwrap();
    while desk.write(|tx| retime_some(tx, 10)).unwrap() {}
    desk.status(id, "closed");
    desk.wait(HOUR);
    assert_eq!((desk.act(), desk.said()), (Acted::default(), Vec::new()));
    assert_eq!(desk.ticket(id).targets.unwrap().breached(), (false, false));
    // Opened again, the work goes on under what holds now, and the answer stays an answer in time.
    desk.status(id, "in_progress");
    assert_eq!(desk.clock(id, Target::Resolution).unwrap().allowed, 600);
    assert_eq!(desk.clock(id, Target::Response).unwrap().allowed, 4 * 3600);
}

#[test]
fn what_was_brought_in_old_alarms_nobody_for_what_is_past() {
    let desk = Desk::new();
    let requester = desk.requester.person().map(|it| it.to_string());
    let begin = desk.now();
    let id = desk
        .write(move |tx| {
            let mut new = NewTicket::new(Kind::Incident, "From the old desk", Channel::Import);
            (new.requester, new.priority) = (requester, Some(3));
            new.created_at = Some(begin.minus(Duration::from_secs(20 * HOUR)));
            tickets::create(tx, &Actor::system("import"), new).map(|it| it.id)
        })
        .unwrap();
    assert_eq!((desk.act(), desk.said()), (Acted::default(), Vec::new()));
    assert_eq!(desk.ticket(id).targets.unwrap().breached(), (true, false), "it is missed all the same");
    // What is still ahead is acted on.
    desk.wait(4 * HOUR);
    assert_eq!(desk.act().breaches, 1);
    assert_eq!(desk.said().last().map(|it| it.1.as_str()), Some("resolution"));
}
