//! An outage from its proposal to its end: who becomes a part, who is told, how often, and what is refused.

use super::*;
use crate::desk::{
    duplicates::tests::World,
    mail::outbox::Letter,
    settings::{SettingsChange, change as change_settings},
    tickets::Category,
};

const TITLE: &str = "Mail server does not answer";

fn letters(world: &World, occasion: Occasion) -> Vec<(TicketId, String)> {
    let tx = world.store.read().unwrap();
    let all = tx.scan::<Letter>(&()).unwrap().map(|it| it.unwrap());
    all.filter(|it| it.occasion == occasion).map(|it| (it.ticket.unwrap(), it.recipients[0].address.clone())).collect()
}

fn ticket(world: &World, id: TicketId) -> Ticket {
    world.store.read().unwrap().get::<Ticket>(&id).unwrap().unwrap()
}

fn declared(world: &World, parent: &Ticket, parts: &[&Ticket]) -> Result<Outage> {
    let (ada, parts) = (world.ada.clone(), parts.iter().map(|it| it.id).collect());
    let new = Declaration { parts, message: "Mail is down.".into(), ..Declaration::of(parent.id) };
    world.write(move |tx| declare(tx, &ada, new))
}

#[test]
fn it_is_declared_in_one_step_and_each_person_is_told_once() {
    let world = World::new();
    let [one, two, three] = [0, 1, 2].map(|who| world.lodge(who, TITLE, ""));
    let again = world.lodge(1, TITLE, "");
    let outage = declared(&world, &one, &[&two, &three, &again]).unwrap();
    assert_eq!(ticket(&world, one.id).priority, 1, "the parent is raised");
    assert!([&two, &three, &again].iter().all(|it| ticket(&world, it.id).parent == Some(one.id)));
    let mut told = letters(&world, Occasion::Outage);
    told.sort();
    let mut expected = vec![(one.id, "p1@example.com".into()), (two.id, "p2@example.com".into()), (three.id, "p3@example.com".into())];
    expected.sort();
    assert_eq!(told, expected, "in their own ticket, and the second of one person says nothing more");
    let ada = world.ada.clone();
    let later = world.lodge(3, TITLE, "");
    let (id, part) = (outage.id, later.id);
    world.write(move |tx| join(tx, &ada, id, &[part])).unwrap();
    assert_eq!(letters(&world, Occasion::Outage).len(), 4);
    let tx = world.store.read().unwrap();
    assert_eq!((count_parts(&tx, one.id).unwrap(), parts(&tx, &world.ada, one.id, 10).unwrap().len()), (4, 4));
    assert_eq!(parts(&tx, &world.people[1], one.id, 10).unwrap().len(), 2, "a requester sees their own");
    assert_eq!(said_of(&tx, &ticket(&world, later.id)).unwrap(), "Mail is down.");
}

#[test]
fn what_cannot_be_is_refused() {
    let world = World::new();
    let [one, two, three] = [0, 1, 2].map(|who| world.lodge(who, TITLE, ""));
    let outage = declared(&world, &one, &[&two]).unwrap();
    let code = |it: Result<Outage>| it.map(drop).map_err(|it| it.code()).unwrap_err();
    assert_eq!(code(declared(&world, &one, &[])), Some(Code::Conflict), "twice");
    assert_eq!(code(declared(&world, &two, &[])), Some(Code::Conflict), "a part is no parent");
    assert_eq!(code(declared(&world, &three, &[&two])), Some(Code::Conflict), "a part has one parent");
    assert_eq!(ticket(&world, three.id).priority, three.priority, "a refused one leaves no trace");
    let rosa = world.people[0].clone();
    let by_requester = world.write(move |tx| declare(tx, &rosa, Declaration::of(three.id)));
    assert!(by_requester.is_err());
    let ada = world.ada.clone();
    let long = "x".repeat(limits::OUTAGE_MESSAGE_CHARS_MAX + 1);
    let id = outage.id;
    assert_eq!(code(world.write(move |tx| change(tx, &ada, id, Some(long), None))), Some(Code::Validation));
    let ada = world.ada.clone();
    let nobody = Some(Some(vec![OrganizationId::NIL]));
    assert_eq!(code(world.write(move |tx| change(tx, &ada, id, None, nobody))), Some(Code::Validation));
}

#[test]
fn it_ends_for_all_parts_bit_by_bit() {
    for (resolve, expected) in [(true, Category::Resolved), (false, Category::New)] {
        let world = World::new();
        let tickets: Vec<Ticket> = (0..7).map(|who| world.lodge(who, TITLE, "")).collect();
        let outage = declared(&world, &tickets[0], &tickets[1..].iter().collect::<Vec<_>>()).unwrap();
        let (ada, id) = (world.ada.clone(), outage.id);
        world.write(move |tx| end(tx, &ada, id, resolve, Some("It works again.".into()))).unwrap();
        let mut steps = Vec::new();
        while is_waiting(&world.store.read().unwrap()).unwrap() {
            steps.push(world.write(|tx| carry_on(tx, 4)).unwrap());
        }
        assert_eq!(steps, [4, 2]);
        assert!(tickets[1..].iter().all(|it| ticket(&world, it.id).category == expected), "{resolve}");
        assert_eq!(ticket(&world, tickets[0].id).category, expected, "the parent, too");
        let over = letters(&world, Occasion::OutageOver).len();
        assert_eq!(over, if resolve { 0 } else { 7 }, "who is told by the resolution is not told twice");
        let (ada, id) = (world.ada.clone(), outage.id);
        let again = world.write(move |tx| end(tx, &ada, id, true, None)).unwrap();
        assert_eq!((again.state, again.message.as_str()), (State::Ended, "It works again."), "twice is once");
    }
}

#[test]
fn a_part_is_taken_out_and_a_proposal_dismissed() {
    let world = World::new();
    let [one, two] = [0, 1].map(|who| world.lodge(who, TITLE, ""));
    let outage = declared(&world, &one, &[&two]).unwrap();
    let (ada, id, part) = (world.ada.clone(), outage.id, two.id);
    world.write(move |tx| leave(tx, &ada, id, part)).unwrap();
    assert_eq!(ticket(&world, two.id).parent, None);
    let ada = world.ada.clone();
    assert_eq!(world.write(move |tx| leave(tx, &ada, id, part)).unwrap_err().code(), Some(Code::NotFound));
    for who in 0..6 {
        let it = world.lodge(who, "Beamer in room Elbe shows no picture", "The beamer stays dark.");
        world.arrive(&it);
    }
    let proposal = world.outages().into_iter().find(|it| it.state == State::Proposed).unwrap();
    let (ada, id) = (world.ada.clone(), proposal.id);
    assert_eq!(world.write(move |tx| end(tx, &ada, id, true, None)).unwrap().state, State::Dismissed);
    assert!(!is_waiting(&world.store.read().unwrap()).unwrap());
    let open = proposal.proposed.iter().filter(|it| ticket(&world, **it).category == Category::New).count();
    assert_eq!(open, proposal.proposed.len(), "nothing happened to its tickets");
}

#[test]
fn a_parent_is_not_deleted_under_its_outage_and_one_without_can_be_ended() {
    let world = World::new();
    let [one, two] = [0, 1].map(|who| world.lodge(who, TITLE, ""));
    let outage = declared(&world, &one, &[&two]).unwrap();
    let (id, parent) = (outage.id, one.id);
    let delete = || world.write(move |tx| tickets::delete(tx, &Actor::system("test"), parent, None));
    assert_eq!(delete().unwrap_err().code(), Some(Code::Conflict));
    // As releases before left it.
    let gone = Ticket { deleted_at: Some(one.created_at), ..ticket(&world, parent) };
    let leave_behind = move |tx: &mut Tx| {
        tx.put(&gone)?;
        event::record(tx, &Actor::system("test"), EventKind::TicketDeleted, gone.about(), Changes::new()).map(drop)
    };
    world.write(leave_behind).unwrap();
    let rosa = world.people[0].clone();
    assert_eq!(world.write(move |tx| end(tx, &rosa, id, true, None)).unwrap_err().code(), Some(Code::Forbidden));
    let ada = world.ada.clone();
    assert_eq!(world.write(move |tx| end(tx, &ada, id, true, None)).unwrap().state, State::Ended);
    world.write(|tx| carry_on(tx, 4)).unwrap();
    assert_eq!(ticket(&world, two.id).category, Category::Resolved, "its parts are not forgotten");
    assert_eq!(ticket(&world, parent).state, one.state, "what is deleted stays as it is");
}

#[test]
fn a_parent_whose_outage_has_ended_can_be_deleted() {
    let world = World::new();
    let one = world.lodge(0, TITLE, "");
    let outage = declared(&world, &one, &[]).unwrap();
    let (ada, id, parent) = (world.ada.clone(), outage.id, one.id);
    world.write(move |tx| end(tx, &ada, id, false, None)).unwrap();
    world.write(move |tx| tickets::delete(tx, &Actor::system("test"), parent, None)).unwrap();
}

#[test]
fn what_is_announced_and_to_whom() {
    let world = World::new();
    let one = world.lodge(0, TITLE, "");
    let outage = declared(&world, &one, &[]).unwrap();
    let person = |nth: usize| {
        let id = world.people[nth].person().unwrap();
        world.store.read().unwrap().get::<Person>(&id).unwrap().unwrap()
    };
    let told = |it: &Person| announced(&world.store.read().unwrap(), it).unwrap().len();
    assert_eq!(told(&person(3)), 1, "everybody");
    let quay = world.write(|tx| crate::desk::identity::create_organization(tx, &Actor::system("test"), "Quay"));
    let quay = quay.unwrap().id;
    let (ada, id) = (world.ada.clone(), outage.id);
    world.write(move |tx| change(tx, &ada, id, None, Some(Some(vec![quay])))).unwrap();
    assert_eq!(told(&person(3)), 0);
    assert_eq!(told(&Person { organization: Some(quay), ..person(3) }), 1);
}

#[test]
fn later_ones_join_by_themselves_where_that_is_wanted() {
    let world = World::new();
    let text = "Outlook cannot reach the mail server since this morning, error 0x800ccc0e.";
    let one = world.lodge(0, TITLE, text);
    declared(&world, &one, &[]).unwrap();
    let second = world.lodge(1, TITLE, text);
    world.arrive(&second);
    assert_eq!((ticket(&world, second.id).parent, world.outages()[0].proposed.clone()), (None, vec![second.id]), "proposed");
    world
        .write(|tx| {
            let alike = crate::desk::duplicates::AlikeRules { join_later: true, ..Default::default() };
            change_settings(tx, &Actor::system("test"), SettingsChange { alike: Some(alike), ..SettingsChange::default() })
        })
        .unwrap();
    let third = world.lodge(2, TITLE, text);
    world.arrive(&third);
    assert_eq!(ticket(&world, third.id).parent, Some(one.id));
}
