//! Conditions that are kept, asked of tickets: what they mean, what they refuse, and that they go on meaning it.

use super::Condition;
use crate::{
    desk::{
        actor::Actor,
        queues::{self, Queue},
        settings,
        tickets::{Channel, Kind, NewTicket, Ticket, create},
    },
    error::{Error, Result},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
};

fn desk() -> Store {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    store.write(|tx| settings::found(tx, &system(), "Help")).unwrap();
    store
}

fn system() -> Actor {
    Actor::system("test")
}

fn run<T: Send + 'static>(store: &Store, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
    store.write(run).map(|it| it.0)
}

/// An incident in the queue Network with two tags and a field of the desk's own.
fn ticket(store: &Store) -> Ticket {
    run(store, |tx| {
        queues::create_queue(tx, &system(), "Network", None)?;
        let mut new = NewTicket::new(Kind::Incident, "Wi-Fi drops in the library", Channel::Email);
        new.description = "Since Monday the wireless network of floor 3 is gone.".into();
        new.requester = Some("ann@far.example".into());
        new.queue = Some("network".into());
        new.tags = vec!["wifi".into(), "vip".into()];
        new.custom = Some(r#"{"site":"Lyon","seats":40}"#.into());
        new.impact = Some(1);
        new.urgency = Some(2);
        create(tx, &system(), new)
    })
    .unwrap()
}

#[test]
fn a_condition_is_asked_of_one_ticket() {
    let store = desk();
    let ticket = ticket(&store);
    for (text, expected) in [
        ("", true),
        ("kind:incident queue:network", true),
        ("kind:request", false),
        ("queue:none OR tag:wifi", true),
        ("-tag:wifi", false),
        ("tag:none", false),
        ("priority<=2 impact:1", true),
        ("channel:mail", true),
        ("requester:ann@far.example", true),
        ("assignee:none", true),
        ("assignee:any", false),
        ("\"wi fi\"", true),
        ("title:library", true),
        ("title:wireless", false),
        ("text:wireless", true),
        ("wirel", false),
        ("wirel*", true),
        ("custom.site:lyon", true),
        ("custom.seats>39", true),
        ("custom.seats>40", false),
        ("custom.floor:none", true),
        ("status:open", true),
        ("status:resolved", false),
        ("created>-1d", true),
        ("created<-1d", false),
        ("resolved:none", true),
        ("number:1", true),
        ("number:INC-1", true),
        ("number:REQ-1", false),
        ("has:attachment", false),
    ] {
        let ticket = ticket.clone();
        let said = run(&store, move |tx| Condition::new(tx, &system(), "condition", text)?.holds(tx, &ticket)).unwrap();
        assert_eq!(said, expected, "{text}");
    }
}

#[test]
fn what_a_rule_cannot_mean_is_refused_with_its_field() {
    let store = desk();
    for (text, said) in [
        ("queue:nowhere", "queue"),
        ("assignee:me", "nobody"),
        ("author:ann", "person"),
        ("has:note", "notes"),
        ("kind:", ""),
        (&"x ".repeat(1_001), "bytes"),
    ] {
        let text = text.to_owned();
        let shown = text.clone();
        match run(&store, move |tx| Condition::new(tx, &system(), "when", &text).map(|it| it.text().to_owned())) {
            Err(Error::Refused(it)) => {
                assert!(it.fields.iter().any(|it| it.field == "when"), "{shown}: {it:?}");
                assert!(it.detail.contains(said), "{shown}: {}", it.detail);
            }
            other => panic!("{shown}: {other:?}"),
        }
    }
}

#[test]
fn a_rule_goes_on_meaning_what_was_meant() {
    let store = desk();
    let ticket = ticket(&store);
    let bytes = run(&store, |tx| Ok(minicbor::to_vec(Condition::new(tx, &system(), "when", "queue:network")?).unwrap())).unwrap();
    let kept: Condition = minicbor::decode(&bytes).unwrap();
    run(&store, |tx| {
        let mut queue: Queue = queues::queue_named(tx, "Network")?.unwrap();
        queue.name = "Infrastructure".into();
        tx.put(&queue)?;
        // A command that changes what is journalled says so.
        queues::create_queue(tx, &system(), "Network", None)
    })
    .unwrap();
    assert!(run(&store, move |tx| kept.holds(tx, &ticket)).unwrap(), "the queue was renamed, and another took its name");
}

#[test]
fn only_what_speaks_of_now_moves() {
    let store = desk();
    for (text, moves) in [("priority:1", false), ("created>2026-01-01", false), ("created>-7d", true), ("updated<today", true)] {
        assert_eq!(run(&store, move |tx| Condition::new(tx, &system(), "when", text)?.moves()).unwrap(), moves, "{text}");
    }
    for (text, asks) in [("priority:1", false), ("is:breached", true), ("NOT (kind:request due<+1h)", true), ("is:paused", true)] {
        let asked = move |tx: &mut Tx| Condition::new(tx, &system(), "when", text)?.asks_for_targets(tx.now());
        assert_eq!(run(&store, asked).unwrap(), asks, "{text}");
    }
}
