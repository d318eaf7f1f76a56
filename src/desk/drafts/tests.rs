//! Drafts of one's own and shared ones: what is kept, what is not overwritten, and what is gone once sent.

use super::{
    shared::{self, Written},
    *,
};
use crate::desk::{
    stage::{Stage, id_of},
    tickets::{self, Channel, NewComment},
};

fn body(text: &str) -> Vec<Field> {
    vec![Field { name: "body".into(), value: text.into() }, Field { name: "mode".into(), value: String::new() }]
}

fn put(stage: &Stage, by: &Actor, place: Place, text: &str, base: Option<u64>) -> Result<Option<Draft>> {
    let (by, fields) = (by.clone(), body(text));
    stage.write(move |tx| keep(tx, &by, place, fields, base))
}

#[test]
fn a_copy_that_did_not_know_of_another_overwrites_nothing() {
    let stage = Stage::new();
    let place = Place::Ticket(stage.ticket(None).id);
    let first = put(&stage, &stage.ada, place, "Hello", Some(0)).unwrap().unwrap();
    let second = put(&stage, &stage.ada, place, "Hello Rosa", Some(first.version)).unwrap().unwrap();
    assert!(second.version > first.version);
    for stale in [0, first.version] {
        let refused = put(&stage, &stage.ada, place, "Other", Some(stale)).unwrap_err();
        assert_eq!(refused.code(), Some(Code::Stale), "{stale}");
    }
    assert_eq!(put(&stage, &stage.ada, place, "Without a look", None).unwrap().unwrap().text("body"), "Without a look");
    let of_bob = put(&stage, &stage.bob, place, "Mine", Some(0)).unwrap().unwrap();
    assert_eq!(of_bob.text("body"), "Mine", "what others write is theirs");
    assert_eq!(put(&stage, &stage.bob, place, "  ", Some(of_bob.version)).unwrap(), None, "nothing is no draft");
    assert!(!stage.read(|tx| is_on(
        tx,
        id_of(&stage.bob),
        match place {
            Place::Ticket(id) => id,
            Place::Form(_) | Place::Article(_) => TicketId::NIL,
        }
    )));
}

fn fields(of: &[(&str, &str)]) -> Vec<Field> {
    of.iter().map(|it| Field { name: it.0.into(), value: it.1.into() }).collect()
}

#[test]
fn where_nobody_can_be_asked_both_copies_are_kept() {
    for (there, mine, kept) in [
        (
            [("body", "Hello"), ("mode", "reply")],
            [("body", "Good day"), ("mode", "reply")],
            [("body", "Hello\n\n---\n\nGood day"), ("mode", "reply")],
        ),
        ([("body", "Hello"), ("mode", "")], [("body", "Hello Rosa"), ("mode", "reply")], [("body", "Hello Rosa"), ("mode", "reply")]),
        ([("body", "Hello Rosa"), ("mode", "")], [("body", "Hello"), ("mode", "")], [("body", "Hello Rosa"), ("mode", "")]),
        ([("body", "Hello"), ("mode", "")], [("body", " "), ("mode", "")], [("body", "Hello"), ("mode", "")]),
        (
            [("body", "They lie"), ("mode", "note")],
            [("body", "Hi"), ("mode", "reply")],
            [("body", "They lie\n\n---\n\nHi"), ("mode", "note")],
        ),
        (
            [("body", "Hi"), ("mode", "reply")],
            [("body", "They lie"), ("mode", "note")],
            [("body", "Hi\n\n---\n\nThey lie"), ("mode", "note")],
        ),
        ([("title", "VPN"), ("tags", "vpn")], [("description", "x"), ("tags", "net")], [("title", "VPN"), ("tags", "net")]),
    ] {
        let found = both(fields(&there), fields(&mine));
        for (name, value) in kept {
            assert_eq!(found.iter().find(|it| it.name == name).map(|it| it.value.as_str()), Some(value), "{there:?} {mine:?}");
        }
    }
    let (stage, ada) = (Stage::new(), |it: &Stage| it.ada.clone());
    let place = Place::Ticket(stage.ticket(None).id);
    let keep = |base: u64, text: &'static str| {
        let ada = ada(&stage);
        stage.write(move |tx| keep_both(tx, &ada, place, body(text), Some(base))).unwrap()
    };
    let version = |stage: &Stage| stage.read(|tx| of(tx, id_of(&stage.ada), place)).map_or(0, |it| it.version);
    assert_eq!(keep(0, "Hello"), Kept::Alone);
    let first = version(&stage);
    assert_eq!(keep(first, "Hello Rosa"), Kept::Alone);
    assert_eq!(keep(first, "Good day"), Kept::Both);
    assert_eq!(keep(first, "Good day"), Kept::Both, "sent twice");
    assert_eq!(stage.read(|tx| of(tx, id_of(&stage.ada), place)).unwrap().text("body"), "Hello Rosa\n\n---\n\nGood day");
    let last = version(&stage);
    let ada = ada(&stage);
    stage.write(move |tx| discard(tx, &ada, place)).unwrap();
    assert_eq!(keep(last, "Good day"), Kept::Anew);
}

#[test]
fn what_was_sent_is_gone_and_does_not_come_back() {
    let stage = Stage::new();
    let ticket = stage.ticket(None).id;
    let kept = put(&stage, &stage.ada, Place::Ticket(ticket), "On it", Some(0)).unwrap().unwrap();
    let ada = stage.ada.clone();
    stage.write(move |tx| tickets::add_comment(tx, &ada, ticket, NewComment::new("On it", false, Channel::Portal))).unwrap();
    assert!(stage.read(|tx| all(tx, id_of(&stage.ada))).is_empty());
    let late = put(&stage, &stage.ada, Place::Ticket(ticket), "On it!", Some(kept.version));
    assert_eq!(late.unwrap_err().code(), Some(Code::Stale), "a tab that still held it does not bring it back");
}

#[test]
fn drafts_are_bounded_in_size_number_and_age() {
    let stage = Stage::new();
    let place = Place::form("incident").unwrap();
    assert!(put(&stage, &stage.rosa, place, &"x".repeat(limits::DRAFT_BYTES_MAX + 1), Some(0)).is_err());
    for _ in 0..limits::DRAFTS_MAX + 3 {
        let ticket = stage.ticket(None).id;
        stage.pass(1);
        put(&stage, &stage.ada, Place::Ticket(ticket), "x", Some(0)).unwrap();
    }
    assert_eq!(stage.read(|tx| all(tx, id_of(&stage.ada))).len(), limits::DRAFTS_MAX);
    put(&stage, &stage.rosa, place, "x", Some(0)).unwrap();
    stage.pass(limits::DRAFT_DAYS as i64 * 86_400 - 1);
    let swept = stage.write(|tx| sweep(tx, 1000)).unwrap();
    assert_eq!(swept, limits::DRAFTS_MAX - 2, "all but those of the last two seconds");
    stage.pass(2);
    assert_eq!(stage.write(|tx| sweep(tx, 1000)).unwrap(), 3);
}

#[test]
fn nobody_keeps_a_draft_on_what_they_may_not_see() {
    let stage = Stage::new();
    let ada = stage.ada.clone();
    let foreign = stage
        .write(move |tx| tickets::create(tx, &ada, tickets::NewTicket::new(tickets::Kind::Incident, "Hers", Channel::Portal)))
        .unwrap();
    assert_eq!(put(&stage, &stage.rosa, Place::Ticket(foreign.id), "x", None).unwrap_err().code(), Some(Code::NotFound));
}

#[test]
fn a_shared_draft_is_taken_up_and_names_who_wrote_it() {
    let stage = Stage::new();
    let ticket = stage.ticket(None).id;
    let (ada, bob, rosa) = (stage.ada.clone(), stage.bob.clone(), stage.rosa.clone());
    put(&stage, &stage.ada, Place::Ticket(ticket), "Please restart", Some(0)).unwrap();
    let written = |text: &str| Written { body: text.into(), ..Written::default() };
    let (by, text) = (ada.clone(), written("Please restart"));
    let draft = stage.write(move |tx| shared::share(tx, &by, ticket, text)).unwrap();
    assert!(stage.read(|tx| all(tx, id_of(&ada))).is_empty(), "one's own became the shared one");
    let (by, text, id) = (bob.clone(), written("Please restart it"), draft.id);
    let second = stage.write(move |tx| shared::change(tx, &by, ticket, id, Some(1), text)).unwrap();
    assert_eq!((second.version, second.last_writer()), (2, bob.person()));
    let (by, text) = (ada.clone(), written("Do not"));
    let stale = stage.write(move |tx| shared::change(tx, &by, ticket, id, Some(1), text)).unwrap_err();
    assert_eq!(stale.code(), Some(Code::Stale));
    assert!(stage.write(move |tx| shared::send(tx, &rosa, ticket, id, Some(2), Channel::Portal)).is_err(), "requesters see none");
    let by = bob.clone();
    let (_, sent) = stage.write(move |tx| shared::send(tx, &by, ticket, id, Some(2), Channel::Portal)).unwrap();
    assert_eq!((sent.author, sent.drafted_by, sent.body.as_str()), (bob.person(), vec![id_of(&ada)], "Please restart it"));
    assert!(stage.read(|tx| shared::of_ticket(tx, &ada, &tx.get(&ticket)?.unwrap())).is_empty());
}
