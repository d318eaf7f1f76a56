//! A desk for tests of its rules: people whom everybody knows by name, a ticket or two, and a clock that is moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use crate::{
    desk::{
        actor::{Actor, Origin},
        identity::{self, NewPerson},
        notify, settings,
        tickets::{self, Channel, Kind, NewTicket, Ticket},
    },
    error::Result,
    id::{PersonId, TicketId},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

/// The desk, and who acts on it.
pub struct Stage {
    pub store: Store,
    clock: Arc<AtomicI64>,
    /// Two requesters.
    pub rosa: Actor,
    pub otto: Actor,
    /// Two agents and an admin.
    pub ada: Actor,
    pub bob: Actor,
    pub max: Actor,
}

impl Stage {
    pub fn new() -> Stage {
        let clock = Arc::new(AtomicI64::new(1_800_000_000_000));
        let hand = clock.clone();
        let options = Options {
            clock: Box::new(move || Instant::from_millis(hand.load(Ordering::Relaxed))),
            ..Options::new(MemoryEngine::default())
        };
        let store = Store::open(options).unwrap();
        let people = store.write(|tx| {
            settings::found(tx, &Actor::system("test"), "Test")?;
            let mut actor = |email: &str, name: &str, role: &str| {
                let new = NewPerson { email: email.into(), name: name.into(), roles: vec![role.into()], ..NewPerson::default() };
                let person = identity::create_person(tx, &Actor::system("test"), new)?;
                identity::actor_of(tx, &person, Origin::default())
            };
            Ok([
                actor("rosa@example.com", "Rosa Diaz", "requester")?,
                actor("otto@example.com", "Otto Brand", "requester")?,
                actor("ada@example.com", "Ada Lovelace", "agent")?,
                actor("bob@example.com", "Bob Hale", "agent")?,
                actor("max@example.com", "Max Weber", "admin")?,
            ])
        });
        let [rosa, otto, ada, bob, max] = people.unwrap().0;
        Stage { store, clock, rosa, otto, ada, bob, max }
    }

    pub fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    pub fn read<T>(&self, run: impl FnOnce(&Tx) -> Result<T>) -> T {
        run(&self.store.read().unwrap()).unwrap()
    }

    /// The notifier takes what happened, a moment after it took what was before, so that notifications have an order.
    pub fn notify(&self) {
        self.clock.fetch_add(1, Ordering::Relaxed);
        self.write(|tx| {
            let after = tx.cursor("test notifier")?;
            let events = tx.events_after(after, 10_000)?;
            for event in &events {
                notify::tell(tx, event)?;
            }
            let last = tx.last_seq();
            tx.set_cursor("test notifier", last);
            Ok(())
        })
        .unwrap();
    }

    /// So many seconds go by.
    pub fn pass(&self, secs: i64) {
        self.clock.fetch_add(secs * 1000, Ordering::Relaxed);
    }

    pub fn now(&self) -> Instant {
        Instant::from_millis(self.clock.load(Ordering::Relaxed))
    }

    /// A ticket of Rosa's; assigned, if anybody is named.
    pub fn ticket(&self, assignee: Option<&Actor>) -> Ticket {
        let (rosa, max) = (id_of(&self.rosa), self.max.clone());
        let assignee = assignee.map(|it| id_of(it).to_string());
        let done = self.write(move |tx| {
            let new =
                NewTicket { requester: Some(rosa.to_string()), assignee, ..NewTicket::new(Kind::Incident, "VPN drops", Channel::Portal) };
            tickets::create(tx, &max, new)
        });
        done.unwrap()
    }

    /// An incident that Rosa lodges herself.
    pub fn lodge(&self, title: &str) -> Ticket {
        let (rosa, new) = (self.rosa.clone(), NewTicket::new(Kind::Incident, title, Channel::Portal));
        self.write(move |tx| tickets::create(tx, &rosa, new)).unwrap()
    }

    /// The ticket as it is kept now.
    pub fn stored(&self, id: TicketId) -> Ticket {
        self.read(|tx| Ok(tx.get::<Ticket>(&id)?.unwrap()))
    }
}

/// The person behind an actor of the stage.
pub fn id_of(actor: &Actor) -> PersonId {
    actor.person().unwrap()
}
