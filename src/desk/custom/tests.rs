//! Fields of a desk's own on its tickets: what values are taken, on which tickets, from whom; and what is found by them.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::*;
use crate::{
    desk::{
        Tx,
        actor::{Actor, Origin},
        identity::{self, NewPerson},
        query::{self, Binding, Typing},
        query_names::DeskNames,
        rules::Condition,
        settings,
        tickets::{self, Channel, Kind, NewTicket, ObjectChange, Ticket, TicketChange},
    },
    error::{Error, Result},
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

struct World {
    store: Store,
    rosa: Actor,
    ada: Actor,
    max: Actor,
}

impl World {
    fn new() -> World {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let people = store.write(|tx| {
            settings::found(tx, &Actor::system("test"), "Test")?;
            let mut actor = |email: &str, role: &str| {
                let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
                let person = identity::create_person(tx, &Actor::system("test"), new)?;
                identity::actor_of(tx, &person, Origin::default())
            };
            Ok([actor("rosa@example.com", "requester")?, actor("ada@example.com", "agent")?, actor("max@example.com", "admin")?])
        });
        let [rosa, ada, max] = people.unwrap().0;
        World { store, rosa, ada, max }
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn field(&self, draft: FieldDraft) -> CustomField {
        let max = self.max.clone();
        self.write(move |tx| create(tx, &max, draft)).unwrap()
    }

    fn lodge(&self, by: &Actor, kind: Kind, custom: Value) -> Result<Ticket> {
        let by = by.clone();
        let new = NewTicket { custom: Some(custom.to_string()), ..NewTicket::new(kind, "Broken", Channel::Portal) };
        self.write(move |tx| tickets::create(tx, &by, new))
    }

    fn patch(&self, by: &Actor, ticket: &Ticket, custom: Value) -> Result<Ticket> {
        let (by, id) = (by.clone(), ticket.id);
        let change = TicketChange { custom: Some(ObjectChange::Merged(custom.to_string())), ..TicketChange::default() };
        self.write(move |tx| tickets::change(tx, &by, id, change))
    }
}

fn draft(label: &str, kind: FieldType) -> FieldDraft {
    FieldDraft { label: label.into(), kind, audience: Audience::Asked, ..FieldDraft::default() }
}

fn choices(all: &[(&str, &str)]) -> Vec<FieldOption> {
    all.iter().map(|(value, label)| FieldOption { value: (*value).into(), label: (*label).into() }).collect()
}

fn device() -> FieldDraft {
    FieldDraft { options: choices(&[("laptop", "Laptop"), ("phone", "Mobile phone")]), ..draft("Device", FieldType::OneOf) }
}

/// The fields that a refusal names, with its codes.
fn wrong<T: std::fmt::Debug>(it: Result<T>) -> Vec<(String, &'static str)> {
    match it.unwrap_err() {
        Error::Refused(it) => it.fields.into_iter().map(|it| (it.field, it.code)).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn values_are_kept_in_one_form_or_refused() {
    let world = World::new();
    let ada = world.ada.person().unwrap().to_string();
    for (draft, value, expected) in [
        (draft("a", FieldType::Text), json!("  Room 5 "), Some(json!("Room 5"))),
        (draft("a", FieldType::Text), json!("two\nlines"), None),
        (draft("a", FieldType::Text), json!(5), Some(json!("5"))),
        (draft("a", FieldType::Text), json!(["x"]), None),
        (draft("a", FieldType::Text), json!({"x": 1}), None),
        (FieldDraft { length_max: Some(3), ..draft("a", FieldType::Text) }, json!("äöüß"), None),
        (FieldDraft { length_min: Some(3), ..draft("a", FieldType::Text) }, json!("ab"), None),
        (FieldDraft { pattern: Some("[A-Z]{2}\\d+".into()), ..draft("a", FieldType::Text) }, json!("AB12"), Some(json!("AB12"))),
        // The whole text must fit, also where the pattern is a choice.
        (FieldDraft { pattern: Some("a|b".into()), ..draft("a", FieldType::Text) }, json!("ax"), None),
        (draft("a", FieldType::LongText), json!("two\nlines\n"), Some(json!("two\nlines"))),
        (draft("a", FieldType::Number), json!("12.5"), Some(json!(12.5))),
        (draft("a", FieldType::Number), json!(7), Some(json!(7))),
        (draft("a", FieldType::Number), json!("many"), None),
        (draft("a", FieldType::Number), json!("NaN"), None),
        (FieldDraft { least: Some("0".into()), most: Some("10".into()), ..draft("a", FieldType::Number) }, json!(11), None),
        (FieldDraft { least: Some("0".into()), ..draft("a", FieldType::Number) }, json!(-1), None),
        (draft("a", FieldType::YesNo), json!("on"), Some(json!(true))),
        (draft("a", FieldType::YesNo), json!(false), Some(json!(false))),
        (draft("a", FieldType::YesNo), json!("perhaps"), None),
        (draft("a", FieldType::Date), json!("2026-12-24"), Some(json!("2026-12-24"))),
        (draft("a", FieldType::Date), json!("24.12.2026"), None),
        (FieldDraft { least: Some("2026-01-31".into()), ..draft("a", FieldType::Date) }, json!("2026-02-01"), Some(json!("2026-02-01"))),
        (FieldDraft { least: Some("2026-01-31".into()), ..draft("a", FieldType::Date) }, json!("2026-01-30"), None),
        (draft("a", FieldType::DateTime), json!("2026-12-24T10:00:00Z"), Some(json!("2026-12-24T10:00:00.000Z"))),
        (draft("a", FieldType::DateTime), json!("2026-12-24T10:00"), Some(json!("2026-12-24T10:00:00.000Z"))),
        (device(), json!("Mobile phone"), Some(json!("phone"))),
        (device(), json!("LAPTOP"), Some(json!("laptop"))),
        (device(), json!("fridge"), None),
        (FieldDraft { kind: FieldType::SeveralOf, ..device() }, json!(["phone", "Laptop", "phone"]), Some(json!(["laptop", "phone"]))),
        (FieldDraft { kind: FieldType::SeveralOf, ..device() }, json!("phone, laptop"), Some(json!(["laptop", "phone"]))),
        (FieldDraft { kind: FieldType::SeveralOf, ..device() }, json!(["fridge"]), None),
        (draft("a", FieldType::Person), json!("ada@example.com"), Some(json!(ada))),
        (draft("a", FieldType::Person), json!("nobody@example.com"), None),
        (draft("a", FieldType::Url), json!("https://example.com/x"), Some(json!("https://example.com/x"))),
        (draft("a", FieldType::Url), json!("javascript:alert(1)"), None),
        (draft("a", FieldType::Url), json!("https://a b"), None),
        (draft("a", FieldType::Email), json!("Rosa@Example.com"), Some(json!("rosa@example.com"))),
        (draft("a", FieldType::Email), json!("rosa"), None),
        (draft("a", FieldType::Text), json!("  "), Some(Value::Null)),
        (draft("a", FieldType::Number), Value::Null, Some(Value::Null)),
    ] {
        let case = format!("{:?} {value}", draft.kind);
        let by = world.ada.clone();
        let got = world
            .write(move |tx| {
                let field = draft.checked(tx, crate::id::CustomFieldId::NIL, tx.now(), 1)?;
                let got = read(tx, &by, &field, &value)?;
                // What is kept reads as itself.
                if let Ok(it) = &got {
                    assert_eq!(read(tx, &by, &field, it)?.as_ref(), Ok(it));
                }
                Ok(got)
            })
            .unwrap();
        assert_eq!(got.ok(), expected, "{case}");
    }
}

#[test]
fn definitions_that_no_value_could_keep_are_refused() {
    let world = World::new();
    world.field(device());
    let depends = |key: &str, value: &str| Some(When { key: key.into(), values: vec![value.into()] });
    for (draft, expected) in [
        (FieldDraft { label: " ".into(), ..draft("a", FieldType::Text) }, "label"),
        (FieldDraft { key: "Größe".into(), ..draft("a", FieldType::Text) }, "key"),
        (FieldDraft { key: "device".into(), ..draft("a", FieldType::Text) }, "key"),
        (draft("a", FieldType::OneOf), "options"),
        (FieldDraft { options: choices(&[("x", ""), ("X", "")]), ..draft("a", FieldType::OneOf) }, "options"),
        (FieldDraft { options: choices(&[("x,y", "")]), ..draft("a", FieldType::OneOf) }, "options"),
        (FieldDraft { pattern: Some("(".into()), ..draft("a", FieldType::Text) }, "pattern"),
        (FieldDraft { pattern: Some("\\w{900}{900}".into()), ..draft("a", FieldType::Text) }, "pattern"),
        (FieldDraft { length_min: Some(5), length_max: Some(2), ..draft("a", FieldType::Text) }, "lengthMax"),
        (FieldDraft { least: Some("5".into()), most: Some("2".into()), ..draft("a", FieldType::Number) }, "most"),
        (FieldDraft { least: Some("tomorrow".into()), ..draft("a", FieldType::Date) }, "least"),
        (FieldDraft { least: Some("5".into()), ..draft("a", FieldType::Text) }, "least"),
        (FieldDraft { when: depends("nothing", "x"), ..draft("a", FieldType::Text) }, "when"),
        (FieldDraft { when: depends("device", "fridge"), ..draft("a", FieldType::Text) }, "when"),
    ] {
        let (case, max) = (format!("{draft:?}"), world.max.clone());
        assert_eq!(wrong(world.write(move |tx| create(tx, &max, draft)))[0].0, expected, "{case}");
    }
    let ada = world.ada.clone();
    assert!(world.write(move |tx| create(tx, &ada, draft("a", FieldType::Text))).is_err(), "agents define no fields");
}

#[test]
fn fields_are_asked_where_they_stand_and_of_whom_they_are_asked() {
    let world = World::new();
    // Before any is declared, a program's own keys are kept.
    let free = world.lodge(&world.rosa, Kind::Incident, json!({"anything": {"goes": 1}})).unwrap();
    assert_eq!(free.custom.as_deref(), Some(r#"{"anything":{"goes":1}}"#));
    world.field(FieldDraft { need: Need::Always, ..device() });
    let when = Some(When { key: "device".into(), values: vec!["Laptop".into()] });
    world.field(FieldDraft { need: Need::Always, when, ..draft("Serial number", FieldType::Text) });
    world.field(FieldDraft { kinds: vec![Kind::Request], ..draft("Cost centre", FieldType::Text) });
    world.field(FieldDraft { audience: Audience::Agents, need: Need::ToResolve, ..draft("Cause", FieldType::Text) });
    for (by, kind, custom, expected) in [
        (&world.rosa, Kind::Incident, json!({}), vec![("device", "required")]),
        (&world.rosa, Kind::Incident, json!({"device": "laptop"}), vec![("serial_number", "required")]),
        (&world.rosa, Kind::Incident, json!({"device": "laptop", "serial_number": "S1"}), vec![]),
        (&world.rosa, Kind::Incident, json!({"device": "phone", "serial_number": "S1"}), vec![("serial_number", "not_asked")]),
        (&world.rosa, Kind::Incident, json!({"device": "phone", "cost_centre": "1"}), vec![("cost_centre", "not_asked")]),
        (&world.rosa, Kind::Request, json!({"device": "phone", "cost_centre": "1"}), vec![]),
        // What agents know of, others do not even hear of.
        (&world.rosa, Kind::Incident, json!({"device": "phone", "cause": "dust"}), vec![("cause", "unknown")]),
        (&world.rosa, Kind::Incident, json!({"device": "phone", "devise": "x"}), vec![("devise", "unknown")]),
        (&world.ada, Kind::Incident, json!({"device": "phone", "cause": "dust"}), vec![]),
        (&world.ada, Kind::Incident, json!({}), vec![("device", "required")]),
    ] {
        let case = custom.to_string();
        let got = world.lodge(by, kind, custom);
        let expected: Vec<_> = expected.into_iter().map(|(key, code)| (format!("custom.{key}"), code)).collect();
        assert_eq!(if got.is_ok() { Vec::new() } else { wrong(got) }, expected, "{case}");
    }
    // Mail has nobody who could be asked.
    let system = Actor::system("mail");
    let new = NewTicket { requester: Some("rosa@example.com".into()), ..NewTicket::new(Kind::Incident, "By mail", Channel::Email) };
    let by_mail = world.write(move |tx| tickets::create(tx, &system, new)).unwrap();
    // Older tickets keep what they have, and other keys of theirs may change.
    let kept = world.patch(&world.ada, &free, json!({"device": "phone"})).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(kept.custom.as_deref().unwrap()).unwrap(),
        json!({"anything": {"goes": 1}, "device": "phone"})
    );
    assert_eq!(wrong(world.patch(&world.ada, &kept, json!({"device": null}))), [("custom.device".to_owned(), "required")]);
    // Nobody resolves it before it is complete.
    let resolve = |ticket: &Ticket| {
        let (ada, id) = (world.ada.clone(), ticket.id);
        let change = TicketChange { status: Some("resolved".into()), assignee: Some(Some("me".into())), ..TicketChange::default() };
        world.write(move |tx| tickets::change(tx, &ada, id, change))
    };
    assert_eq!(wrong(resolve(&by_mail)).len(), 2);
    assert_eq!(wrong(resolve(&kept)), [("custom.cause".to_owned(), "required")]);
    let complete = world.patch(&world.ada, &kept, json!({"cause": "dust"})).unwrap();
    assert!(resolve(&complete).is_ok());
}

#[test]
fn a_change_stands_in_the_history_by_name_and_only_before_those_who_may_know() {
    let world = World::new();
    world.field(device());
    world.field(FieldDraft { audience: Audience::Agents, ..draft("Cause", FieldType::Text) });
    let ticket = world.lodge(&world.rosa, Kind::Incident, json!({"device": "phone"})).unwrap();
    let ticket = world.patch(&world.ada, &ticket, json!({"device": "laptop", "cause": "dust"})).unwrap();
    for (by, expected) in [(&world.ada, vec!["custom.cause", "custom.device"]), (&world.rosa, vec!["custom.device"])] {
        let (by, ticket) = (by.clone(), ticket.clone());
        let names = world.write(move |tx| {
            let history = tickets::history(tx, &by, &ticket, None, 0, 1)?;
            Ok(history.entries[0].changes.keys().cloned().collect::<Vec<_>>())
        });
        assert_eq!(names.unwrap(), expected);
    }
    let (public, private, seen) = world
        .write(move |tx| {
            let (public, private) = searched(tx, &ticket)?;
            Ok((public, private, visible(&*shared(tx)?, false, &ticket)))
        })
        .unwrap();
    assert_eq!((public, private), (vec!["Laptop".to_owned()], vec!["dust".to_owned()]));
    assert_eq!(seen.keys().collect::<Vec<_>>(), ["device"]);
}

#[test]
fn a_retired_field_takes_no_new_value_and_one_in_use_is_not_deleted() {
    let world = World::new();
    let field = world.field(device());
    let ticket = world.lodge(&world.rosa, Kind::Incident, json!({"device": "phone"})).unwrap();
    let (max, id) = (world.max.clone(), field.id);
    assert!(world.write(move |tx| delete(tx, &max, id)).is_err());
    let max = world.max.clone();
    world.write(move |tx| retire(tx, &max, id)).unwrap();
    assert_eq!(wrong(world.patch(&world.ada, &ticket, json!({"device": "laptop"}))), [("custom.device".to_owned(), "retired")]);
    let emptied = world.patch(&world.ada, &ticket, json!({"device": null})).unwrap();
    assert_eq!(emptied.custom, None);
    let max = world.max.clone();
    world.write(move |tx| delete(tx, &max, id)).unwrap();
}

#[test]
fn queries_and_rules_ask_by_what_people_call_it() {
    let world = World::new();
    world.field(device());
    world.field(draft("Owner", FieldType::Person));
    world.field(FieldDraft { audience: Audience::Agents, ..draft("Cause", FieldType::Text) });
    let ticket = world.lodge(&world.ada, Kind::Incident, json!({"device": "phone", "owner": "ada@example.com"})).unwrap();
    for (text, expected) in [
        ("custom.device:phone", Ok(true)),
        ("custom.device:\"Mobile phone\"", Ok(true)),
        ("custom.device:(laptop, phone)", Ok(true)),
        ("custom.device!=phone", Ok(false)),
        ("custom.device:any custom.cause:none", Ok(true)),
        ("custom.owner:ada@example.com", Ok(true)),
        ("custom.device:fridge", Err("`custom.device` is never `fridge`, at column 15.")),
        ("custom.devise:phone", Err("There is no field `custom.devise`, at column 1; did you mean `custom.device`?")),
    ] {
        let (max, ticket) = (world.max.clone(), ticket.clone());
        let got = world.write(move |tx| Condition::new(tx, &max, "when", text)?.holds(tx, &ticket));
        match (got, expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, expected, "{text}"),
            (Err(Error::Refused(it)), Err(expected)) => {
                assert!(it.detail.starts_with(expected.trim_end_matches('.')), "{text}: {}", it.detail)
            }
            (got, expected) => panic!("{text}: {got:?} {expected:?}"),
        }
    }
    // Requesters cannot even ask for what is not theirs to know.
    for (by, expected) in [(world.ada.clone(), true), (world.rosa.clone(), false)] {
        let asked = world.write(move |tx| {
            let names = DeskNames::new(tx, &by);
            let binding = Binding { names: &names, now: tx.now(), zone: &TimeZone::UTC, typing: Typing::Done };
            Ok(query::bind(&query::parse("custom.cause:dust")?, &binding).is_ok())
        });
        assert_eq!(asked.unwrap(), expected);
    }
}
