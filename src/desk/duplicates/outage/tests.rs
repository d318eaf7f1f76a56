//! An outage from its proposal to its end: who becomes a part, who is told, how often, and what is refused.

use super::*;
use crate::{
    desk::{
        duplicates::tests::World,
        event::{self, Changes, EventKind},
        mail::{compose::compose, outbox::Letter},
        settings::{SettingsChange, change as change_settings},
        tickets::{self, Category, TicketChange},
    },
    follow::notifier,
};

const TITLE: &str = "Mail server does not answer";

fn letters(world: &World, occasion: Occasion) -> Vec<(TicketId, String)> {
    let tx = world.store.read().unwrap();
    let all = tx.scan::<Letter>(&()).unwrap().map(|it| it.unwrap());
    all.filter(|it| it.occasion == occasion).map(|it| (it.ticket.unwrap(), it.recipients[0].address.clone())).collect()
}

fn is_waiting(world: &World) -> bool {
    !waiting(&world.store.read().unwrap()).unwrap().is_empty()
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
        while is_waiting(&world) {
            steps.push(world.write(move |tx| carry_on(tx, id, 4)).unwrap());
        }
        assert_eq!(steps, [4, 2]);
        assert!(tickets[1..].iter().all(|it| ticket(&world, it.id).category == expected), "{resolve}");
        assert_eq!(ticket(&world, tickets[0].id).category, expected, "the parent, too");
        let over = letters(&world, Occasion::OutageOver).len();
        assert_eq!(over, 7, "in its own words, the parent's requester too");
        world.write(notifier::step).unwrap();
        assert_eq!(letters(&world, Occasion::Resolved).len(), 0, "and not of the resolution besides");
        let (ada, id) = (world.ada.clone(), outage.id);
        let again = world.write(move |tx| end(tx, &ada, id, true, None)).unwrap();
        assert_eq!((again.state, again.message.as_str()), (State::Ended, "It works again."), "twice is once");
    }
}

#[test]
fn whose_ticket_is_solved_with_it_reads_so_and_is_asked_how_it_was() {
    for resolve in [true, false] {
        let world = World::new();
        let change = SettingsChange { base_url: Some("https://desk.example".into()), ..SettingsChange::default() };
        world.write(move |tx| change_settings(tx, &Actor::system("test"), change)).unwrap();
        let [one, two] = [0, 1].map(|who| world.lodge(who, TITLE, ""));
        let (ada, id) = (world.ada.clone(), declared(&world, &one, &[&two]).unwrap().id);
        world.write(move |tx| end(tx, &ada, id, resolve, None)).unwrap();
        world.write(move |tx| carry_on(tx, id, 4)).unwrap();
        let tx = world.store.read().unwrap();
        let all = tx.scan::<Letter>(&()).unwrap().map(|it| it.unwrap());
        let over: Vec<Letter> = all.filter(|it| it.occasion == Occasion::OutageOver).collect();
        assert_eq!(over.len(), 2);
        for letter in over {
            let text = compose(&tx, &letter).unwrap().unwrap().text;
            let says = ["is over, and your ticket is solved with it:", "/csat/"].map(|it| text.contains(it));
            assert_eq!((says, text.contains(" is over:\n\nThis")), ([resolve; 2], !resolve), "{text}");
        }
    }
}

/// Moves a ticket to a state, as whoever it is.
fn moved(world: &World, by: &Actor, id: TicketId, to: &'static str) {
    let by = by.clone();
    let change = TicketChange { status: Some(to.into()), ..TicketChange::default() };
    world.write(move |tx| tickets::change(tx, &by, id, change)).unwrap();
}

#[test]
fn its_end_follows_from_the_resolution_of_its_ticket_by_whoever_works_it() {
    for to in ["resolved", "closed"] {
        let world = World::new();
        let [one, two, three] = [0, 1, 2].map(|who| world.lodge(who, TITLE, ""));
        let [second, own] = [1, 0].map(|who| world.lodge(who, TITLE, ""));
        let id = declared(&world, &one, &[&two, &three, &second, &own]).unwrap().id;
        moved(&world, &world.people[0], one.id, "resolved");
        assert_eq!(world.outages()[0].state, State::Declared, "a requester speaks for themselves");
        moved(&world, &world.people[0], one.id, "new");
        moved(&world, &world.ada, one.id, to);
        let ended = world.outages()[0].clone();
        let over = format!("This is over: {TITLE}");
        assert_eq!((ended.state, ended.message.as_str()), (State::Ended, over.as_str()));
        world.write(move |tx| carry_on(tx, id, 10)).unwrap();
        assert!(!is_waiting(&world));
        assert!([&two, &three, &second].iter().all(|it| ticket(&world, it.id).category == Category::Resolved));
        world.write(notifier::step).unwrap();
        let told = |occasion| letters(&world, occasion).len();
        let told = (told(Occasion::OutageOver), told(Occasion::Resolved) + told(Occasion::Closed));
        assert_eq!(told, (3, 0), "{to}: one for each person, whoever lodged the parent too");
    }
}

#[test]
fn a_parent_that_goes_on_again_stops_the_end_and_only_then_a_new_one_is_declared() {
    let world = World::new();
    let tickets: Vec<Ticket> = (0..5).map(|who| world.lodge(who, TITLE, "")).collect();
    let id = declared(&world, &tickets[0], &tickets[1..].iter().collect::<Vec<_>>()).unwrap().id;
    let open = || tickets[1..].iter().filter(|it| ticket(&world, it.id).category.is_open()).count();
    moved(&world, &world.ada, tickets[0].id, "resolved");
    world.write(move |tx| carry_on(tx, id, 1)).unwrap();
    moved(&world, &world.people[0], tickets[0].id, "new");
    assert!(is_waiting(&world), "a requester speaks for themselves");
    assert_eq!(declared(&world, &tickets[0], &[]).unwrap_err().code(), Some(Code::Conflict), "its parts would be resolved");
    moved(&world, &world.ada, tickets[0].id, "resolved");
    moved(&world, &world.ada, tickets[0].id, "new");
    assert_eq!((is_waiting(&world), world.write(move |tx| carry_on(tx, id, 4)).unwrap(), open()), (false, 0, 3));
    assert_eq!(declared(&world, &tickets[0], &[]).unwrap().state, State::Declared);
}

#[test]
fn so_many_go_on_and_a_proposal_counts_once() {
    let world = World::new();
    let parent = world.lodge(0, TITLE, "");
    let template = world.write(move |tx| declare(tx, &Actor::system("test"), Declaration::of(parent.id))).unwrap();
    let proposals = (0..limits::OUTAGES_LIVE_MAX - 1).map(|_| Outage { state: State::Proposed, parent: None, ..template.clone() });
    let proposals: Vec<Outage> = proposals.collect();
    let kept = world.write(move |tx| {
        proposals.into_iter().try_fold(None, |_, it| {
            let it = Outage { id: tx.new_id(), ..it };
            tx.put(&it)?;
            event::record(tx, &Actor::system("test"), EventKind::OutageProposed, it.about(), Changes::new())?;
            Ok(Some(it.id))
        })
    });
    let proposal = kept.unwrap();
    let other = world.lodge(1, TITLE, "");
    assert_eq!(declared(&world, &other, &[]).unwrap_err().code(), Some(Code::Conflict), "one too many");
    let ada = world.ada.clone();
    let new = Declaration { proposal, ..Declaration::of(other.id) };
    assert_eq!(world.write(move |tx| declare(tx, &ada, new)).unwrap().state, State::Declared, "it was counted already");
}

#[test]
fn a_part_that_cannot_be_finished_is_passed_over_and_the_log_says_so() {
    let world = World::new();
    let mut tickets: Vec<Ticket> = (0..4).map(|who| world.lodge(who, TITLE, "")).collect();
    // Parts are done in the order of their ids.
    tickets[1..].sort_by_key(|it| it.id);
    let id = declared(&world, &tickets[0], &tickets[1..].iter().collect::<Vec<_>>()).unwrap().id;
    let ada = world.ada.clone();
    world.write(move |tx| end(tx, &ada, id, true, None)).unwrap();
    assert_eq!(world.write(move |tx| carry_on(tx, id, 1)).unwrap(), 1);
    assert_eq!(world.write(move |tx| pass_over(tx, id)).unwrap(), Some(tickets[2].id));
    world.write(move |tx| carry_on(tx, id, 4)).unwrap();
    let open: Vec<TicketId> = tickets.iter().map(|it| ticket(&world, it.id)).filter(|it| it.category.is_open()).map(|it| it.id).collect();
    assert_eq!((open, is_waiting(&world)), (vec![tickets[2].id], false));
    assert_eq!(world.write(move |tx| pass_over(tx, id)).unwrap(), None, "there is nothing left");
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
    assert!(!is_waiting(&world));
    let open = proposal.proposed.iter().filter(|it| ticket(&world, **it).category == Category::New).count();
    assert_eq!(open, proposal.proposed.len(), "nothing happened to its tickets");
}

#[test]
fn a_parent_is_not_taken_away_under_its_outage_and_one_without_can_be_ended() {
    let world = World::new();
    let [one, two, three] = [0, 1, 2].map(|who| world.lodge(who, TITLE, ""));
    let outage = declared(&world, &one, &[&two]).unwrap();
    let (id, parent) = (outage.id, one.id);
    let (ada, other) = (world.ada.clone(), three.id);
    let merged = world.write(move |tx| tickets::merge::merge(tx, &ada, parent, other));
    assert_eq!(merged.unwrap_err().code(), Some(Code::Conflict));
    let ada = world.ada.clone();
    world.write(move |tx| tickets::merge::merge(tx, &ada, other, parent)).unwrap();
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
    world.write(move |tx| carry_on(tx, id, 4)).unwrap();
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
