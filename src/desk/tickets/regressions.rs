//! Rules of tickets that were once broken, each with the smallest story that shows it. What holds for any story is tried by the
//! simulation in `tests/desk`.

use super::*;
use crate::{
    desk::{
        actor::{Actor, Origin},
        attachments,
        identity::{self, NewPerson, Person},
        settings,
        tickets::lifecycle::Preset,
    },
    error::{Code, Error, Result},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

struct Desk {
    store: Store,
    agent: Actor,
    requester: Actor,
}

fn actor(tx: &Tx, person: &Person) -> Actor {
    identity::actor_of(tx, person, Origin::default()).unwrap()
}

impl Desk {
    fn new() -> Desk {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let (agent, requester) = store
            .write(|tx| {
                let system = Actor::system("setup");
                settings::found(tx, &system, "Help")?;
                let mut add = |email: &str, role: &str| {
                    let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
                    identity::create_person(tx, &system, new).map(|it| actor(tx, &it))
                };
                Ok((add("amy@desk.example", "agent")?, add("rob@far.example", "requester")?))
            })
            .unwrap()
            .0;
        Desk { store, agent, requester }
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn lodge(&self) -> Ticket {
        let requester = self.requester.clone();
        self.write(move |tx| create(tx, &requester, NewTicket::new(Kind::Incident, "The printer hums", Channel::Portal))).unwrap()
    }

    fn change(&self, actor: &Actor, ticket: &Ticket, asked: TicketChange) -> Result<Ticket> {
        let (actor, id) = (actor.clone(), ticket.id);
        self.write(move |tx| change(tx, &actor, id, asked))
    }

    fn stored(&self, ticket: &Ticket) -> Ticket {
        self.store.read().unwrap().get(&ticket.id).unwrap().unwrap()
    }
}

#[test]
fn a_priority_set_by_hand_stays_even_if_the_matrix_gives_the_same() {
    let desk = Desk::new();
    let ticket = desk.lodge();
    let by_hand = TicketChange { priority: Some(Some(ticket.priority)), ..TicketChange::default() };
    assert!(desk.change(&desk.agent, &ticket, by_hand).unwrap().priority_fixed);
    let worse = TicketChange { impact: Some(1), urgency: Some(1), ..TicketChange::default() };
    let after = desk.change(&desk.agent, &ticket, worse).unwrap();
    assert_eq!((after.priority, after.priority_fixed), (ticket.priority, true));
    let back = TicketChange { priority: Some(None), ..TicketChange::default() };
    assert_eq!(desk.change(&desk.agent, &ticket, back).unwrap().priority, 1);
}

#[test]
fn a_change_that_changes_nothing_gives_the_ticket_as_it_is_stored() {
    let desk = Desk::new();
    let ticket = desk.lodge();
    let same = TicketChange { status: Some(ticket.state.clone()), ..TicketChange::default() };
    for actor in [&desk.agent, &desk.requester] {
        assert_eq!(desk.change(actor, &ticket, same.clone()).unwrap(), desk.stored(&ticket));
    }
}

#[test]
fn whoever_loses_the_assignee_goes_back_only_where_there_is_a_way() {
    for (with_way, state) in [(true, "new"), (false, "assigned")] {
        let desk = Desk::new();
        desk.write(move |tx| {
            let mut lifecycle = lifecycle::Lifecycle::preset(Kind::Incident, Preset::Full);
            lifecycle.transitions.retain(|it| with_way || it.to != "new");
            lifecycle::replace(tx, &Actor::system("setup"), lifecycle)
        })
        .unwrap();
        let ticket = desk.lodge();
        let give = |to: Option<&str>| TicketChange { assignee: Some(to.map(str::to_owned)), ..TicketChange::default() };
        assert_eq!(desk.change(&desk.agent, &ticket, give(Some("amy@desk.example"))).unwrap().state, "assigned");
        assert_eq!(desk.change(&desk.agent, &ticket, give(None)).unwrap().state, state);
    }
}

#[test]
fn a_requester_lodges_without_watchers_past_or_an_empty_title() {
    let desk = Desk::new();
    let someone = desk.agent.person().unwrap();
    let base = || NewTicket::new(Kind::Request, "A new chair", Channel::Api);
    let table = [
        (Code::Forbidden, NewTicket { watchers: vec![someone], ..base() }),
        (Code::Forbidden, NewTicket { created_at: Some(Instant::EPOCH), ..base() }),
        (Code::Forbidden, NewTicket { channel: Channel::Monitoring, ..base() }),
        (Code::Forbidden, NewTicket { channel: Channel::Import, ..base() }),
        (Code::Forbidden, NewTicket { channel: Channel::Email, ..base() }),
        (Code::Validation, NewTicket { title: " \u{1}\u{7f} ".into(), ..base() }),
    ];
    for (code, new) in table {
        let requester = desk.requester.clone();
        assert_eq!(desk.write(move |tx| create(tx, &requester, new)).unwrap_err().code(), Some(code));
    }
}

#[test]
fn adding_no_files_is_refused_rather_than_a_fault() {
    let desk = Desk::new();
    let (requester, ticket) = (desk.requester.clone(), desk.lodge());
    let id = ticket.id;
    let refused = desk.write(move |tx| attachments::add(tx, &requester, id, Vec::new())).unwrap_err();
    assert!(matches!(&refused, Error::Refused(it) if it.code == Code::Validation), "{refused}");
    assert_eq!(desk.stored(&ticket), ticket);
}
