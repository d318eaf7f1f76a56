//! Second factors over a whole desk, in virtual time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use data_encoding::BASE32_NOPAD;

use super::*;
use crate::{
    desk::{
        actor::Origin,
        identity::{self, NewPerson, rules},
        settings,
    },
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

struct World {
    store: Store,
    clock: Arc<AtomicI64>,
    ada: Actor,
}

fn world() -> World {
    let clock = Arc::new(AtomicI64::new(1_777_627_800_000));
    let ticking = clock.clone();
    let options = Options::new(MemoryEngine::default());
    let options = Options { clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))), ..options };
    let store = Store::open(options).unwrap();
    let (person, _) = store
        .write(|tx| {
            let setup = Actor::system("setup");
            settings::found(tx, &setup, "Pine Street")?;
            let new = NewPerson {
                email: "ada@example.com".into(),
                roles: vec!["agent".into()],
                password: Some("x".into()),
                ..Default::default()
            };
            identity::create_person(tx, &setup, new)
        })
        .unwrap();
    let ada = identity::actor_of(&store.read().unwrap(), &person, Origin::default()).unwrap();
    World { store, clock, ada }
}

impl World {
    fn id(&self) -> PersonId {
        self.ada.person().unwrap()
    }

    fn pass(&self, secs: i64) {
        self.clock.fetch_add(secs * 1000, Ordering::Relaxed);
    }

    fn code(&self, seed: &Seed) -> String {
        let secret = BASE32_NOPAD.decode(seed.typed.replace(' ', "").as_bytes()).unwrap();
        totp::code_at(&secret, Instant::from_millis(self.clock.load(Ordering::Relaxed)))
    }

    fn act<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx, &Actor) -> Result<T> + Send + 'static) -> Result<T> {
        let ada = self.ada.clone();
        self.store.write(move |tx| run(tx, &ada)).map(|it| it.0)
    }

    /// Uses a code as a sign-in does, which records an event.
    fn uses(&self, code: &str) -> bool {
        let code = code.to_owned();
        self.act(move |tx, ada| {
            let id = ada.person().unwrap();
            event::record(tx, ada, EventKind::SignedIn, about(id), Changes::new())?;
            use_code(tx, id, &code)
        })
        .unwrap()
    }

    fn enrol(&self) -> (Seed, Vec<String>) {
        let seed = self.act(begin).unwrap();
        let code = self.code(&seed);
        let codes = self.act(move |tx, ada| confirm(tx, ada, &code)).unwrap();
        (seed, codes)
    }
}

#[test]
fn a_code_proves_the_app_and_works_once() {
    let world = world();
    let seed = world.act(begin).unwrap();
    assert_eq!(world.act(begin).unwrap(), seed, "looking at the page again changes nothing");
    assert!(world.act(|tx, ada| confirm(tx, ada, "000000")).is_err());
    assert!(!has_second(&world.store.read().unwrap(), world.id()).unwrap());
    let code = world.code(&seed);
    let confirmed = code.clone();
    let recovery = world.act(move |tx, ada| confirm(tx, ada, &confirmed)).unwrap();
    assert_eq!(recovery.len(), limits::RECOVERY_CODES);
    assert!(!world.uses(&code), "it was used to set up");
    world.pass(30);
    let code = world.code(&seed);
    assert!(world.uses(&code) && !world.uses(&code));
    assert!(world.act(begin).is_err(), "there is one already");
}

#[test]
fn recovery_codes_work_once_each_and_until_there_are_new_ones() {
    let world = world();
    let (seed, codes) = world.enrol();
    assert!(world.uses(&codes[0].to_uppercase().replace('-', " ")));
    assert!(!world.uses(&codes[0]));
    world.pass(30);
    let code = world.code(&seed);
    let fresh = world.act(move |tx, ada| renew_recovery(tx, ada, &code)).unwrap();
    assert!(!world.uses(&codes[1]) && world.uses(&fresh[1]));
    let person = world.store.read().unwrap().get::<Person>(&world.id()).unwrap().unwrap();
    assert_eq!(standing(&world.store.read().unwrap(), &person).unwrap().recovery_codes_left, limits::RECOVERY_CODES - 1);
}

#[test]
fn setting_up_ends_by_itself() {
    let world = world();
    let seed = world.act(begin).unwrap();
    world.pass(limits::ENROLMENT_MINUTES as i64 * 60);
    let code = world.code(&seed);
    assert!(world.act(move |tx, ada| confirm(tx, ada, &code)).is_err());
    assert_ne!(world.act(begin).unwrap(), seed);
}

#[test]
fn it_is_removed_by_its_owner_with_a_code_and_by_an_admin_without() {
    let world = world();
    let (_, codes) = world.enrol();
    let id = world.id();
    assert!(world.act(|tx, ada| remove_own(tx, ada, "123456")).is_err());
    assert!(world.act(move |tx, ada| reset(tx, ada, id)).is_err(), "an agent is no admin");
    let code = codes[0].clone();
    world.act(move |tx, ada| remove_own(tx, ada, &code)).unwrap();
    assert!(!has_second(&world.store.read().unwrap(), id).unwrap());
    world.enrol();
    world.store.write(move |tx| reset(tx, &Actor::system("operator"), id)).unwrap();
    assert!(!has_second(&world.store.read().unwrap(), id).unwrap());
    assert!(!world.uses(&codes[1]));
}

#[test]
fn a_role_may_need_one() {
    let world = world();
    let person = world.store.read().unwrap().get::<Person>(&world.id()).unwrap().unwrap();
    let must = |person: &Person| must_enrol(&world.store.read().unwrap(), person).unwrap();
    assert!(!must(&person));
    let given = rules::AccountRulesChange { second_factor_roles: Some(vec!["agent".into()]), ..Default::default() };
    world.store.write(|tx| rules::change(tx, &Actor::system("test"), given)).unwrap();
    for (person, expected) in [
        (person.clone(), true),
        (Person { roles: vec!["requester".into()], ..person.clone() }, false),
        (Person { password: None, ..person.clone() }, false),
    ] {
        assert_eq!(must(&person), expected);
    }
    world.enrol();
    assert!(!must(&person));
}
