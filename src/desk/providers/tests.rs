//! Who is let in by a directory's word, as whom, and what is followed afterwards.

use super::*;
use crate::{
    desk::{
        actor::{Actor, Origin},
        identity::{self, NewPerson, Person, PersonChange},
        settings,
    },
    error::{Refusal, Result},
    id::{PersonId, ProviderId},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
};

fn system() -> Actor {
    Actor::system("test")
}

fn world() -> Store {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    store.write(|tx| settings::found(tx, &system(), "Test").map(drop)).unwrap();
    store
}

fn run<T: Send + 'static>(store: &Store, what: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> T {
    store.write(what).unwrap().0
}

fn header(name: &str) -> NewProvider {
    NewProvider {
        name: name.into(),
        enabled: true,
        settings: ProviderSettings::Header(HeaderSettings {
            networks: vec!["10.0.0.1".into()],
            subject: "X-User".into(),
            ..HeaderSettings::default()
        }),
        admission: Admission {
            creates: true,
            domains: vec!["example.com".into()],
            vouches: false,
            group_roles: vec![GroupRoles { group: "helpdesk".into(), roles: vec!["agent".into()] }],
        },
        attributes: None,
        secret: None,
    }
}

fn provider_with(store: &Store, change: impl FnOnce(&mut NewProvider)) -> Provider {
    let mut new = header("Proxy");
    change(&mut new);
    run(store, move |tx| create_provider(tx, &system(), new))
}

fn said(subject: &str, email: &str, verified: bool) -> Said {
    Said {
        subject: subject.into(),
        attributes: Attributes { email: Some(email.into()).filter(|it: &String| !it.is_empty()), ..Attributes::default() },
        email_verified: verified,
        groups: None,
        active: true,
    }
}

fn person(store: &Store, email: &str, role: &str) -> PersonId {
    let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
    run(store, move |tx| identity::create_person(tx, &system(), new)).id
}

fn let_in(store: &Store, provider: &Provider, said: Said) -> Result<Admitted, Refusal> {
    let provider = provider.clone();
    run(store, move |tx| admit(tx, &provider, &said))
}

fn read(store: &Store, id: PersonId) -> Person {
    store.read().unwrap().get::<Person>(&id).unwrap().unwrap()
}

#[test]
fn who_is_let_in_and_as_whom() {
    for (creates, domains, vouches, email, verified, expected) in [
        (true, vec!["example.com"], false, "new@example.com", true, Some(Came::Created)),
        (true, vec!["example.com"], false, "new@example.com", false, None),
        (true, vec!["example.com"], true, "new@example.com", false, Some(Came::Created)),
        (true, vec!["example.com"], false, "new@elsewhere.org", true, None),
        (true, vec![], false, "new@elsewhere.org", true, Some(Came::Created)),
        (false, vec!["example.com"], false, "new@example.com", true, None),
        (false, vec!["example.com"], false, "old@example.com", true, Some(Came::Linked)),
        (true, vec!["example.com"], false, "OLD@Example.com", true, Some(Came::Linked)),
        (true, vec!["example.com"], false, "old@example.com", false, None),
        (true, vec![], false, "old@example.com", true, None),
        (true, vec![], true, "old@example.com", true, None),
        (true, vec!["example.com"], false, "gone@example.com", true, None),
        (true, vec!["example.com"], false, "", true, None),
        (true, vec!["example.com"], false, "no address", true, None),
    ] {
        let store = world();
        let old = person(&store, "old@example.com", "admin");
        let gone = person(&store, "gone@example.com", "requester");
        let change = PersonChange { active: Some(false), ..PersonChange::default() };
        run(&store, move |tx| identity::change_person(tx, &system(), gone, change));
        let provider = provider_with(&store, |it| {
            it.admission.creates = creates;
            it.admission.domains = domains.iter().map(|it| (*it).to_owned()).collect();
            it.admission.vouches = vouches;
        });
        let came = let_in(&store, &provider, said("1", email, verified));
        assert_eq!(came.as_ref().ok().map(|it| it.came), expected, "{creates} {domains:?} {vouches} {email} {verified}: {came:?}");
        if let Ok(it) = came {
            assert_eq!(it.came == Came::Linked, it.person == old);
            let again = let_in(&store, &provider, said("1", "whatever@elsewhere.org", false)).unwrap();
            assert_eq!((again.person, again.came), (it.person, Came::Known), "whoever is known is known by subject");
        }
    }
}

#[test]
fn roles_of_a_directory_stand_apart() {
    let store = world();
    let old = person(&store, "old@example.com", "team_lead");
    let provider = provider_with(&store, |_| {});
    let with = |groups: Option<Vec<&str>>| Said {
        groups: groups.map(|it| it.into_iter().map(str::to_owned).collect()),
        ..said("1", "old@example.com", true)
    };
    for (groups, expected) in [
        (Some(vec!["helpdesk"]), vec!["agent"]),
        (None, vec!["agent"]),
        (Some(vec!["other"]), vec![]),
        (Some(vec!["helpdesk"]), vec!["agent"]),
    ] {
        let_in(&store, &provider, with(groups.clone())).unwrap();
        let person = read(&store, old);
        assert_eq!(
            (person.roles, person.directory_roles),
            (vec!["team_lead".to_owned()], expected.iter().map(|it| (*it).to_owned()).collect()),
            "{groups:?}"
        );
    }
    let id = provider.id;
    run(&store, move |tx| delete_provider(tx, &system(), id));
    assert!(read(&store, old).directory_roles.is_empty(), "roles go with who gave them");
}

#[test]
fn only_what_the_directory_says_differently_is_followed() {
    let store = world();
    let provider = provider_with(&store, |_| {});
    let with = |email: &str, name: &str, phone: Option<&str>| {
        let mut it = said("1", email, true);
        it.attributes.name = Some(name.into());
        it.attributes.phone = phone.map(str::to_owned);
        it
    };
    let id = let_in(&store, &provider, with("rosa@example.com", "Rosa Lind", Some("1"))).unwrap().person;
    let change = PersonChange { phone: Some(Some("by hand".into())), ..PersonChange::default() };
    run(&store, move |tx| identity::change_person(tx, &system(), id, change));
    person(&store, "taken@example.com", "requester");
    for (email, name, phone, expected) in [
        ("rosa@example.com", "Rosa Lind", Some("1"), ("rosa@example.com", "Rosa Lind", Some("by hand"))),
        ("rosa.berg@example.com", "Rosa Berg", Some("2"), ("rosa.berg@example.com", "Rosa Berg", Some("by hand"))),
        ("taken@example.com", "Rosa Berg", None, ("rosa.berg@example.com", "Rosa Berg", Some("by hand"))),
        ("rosa@elsewhere.org", "Rosa", None, ("rosa.berg@example.com", "Rosa", Some("by hand"))),
        ("r@example.com", "Rosa", None, ("r@example.com", "Rosa", Some("by hand"))),
    ] {
        let_in(&store, &provider, with(email, name, phone)).unwrap();
        let now = read(&store, id);
        assert_eq!((now.email.as_str(), now.name.as_str(), now.phone.as_deref()), expected, "{email} {name}");
    }
}

#[test]
fn whoever_is_disabled_there_is_disabled_here() {
    let store = world();
    let (one, other) = (provider_with(&store, |_| {}), provider_with(&store, |it| it.name = "Other".into()));
    let id = let_in(&store, &one, said("1", "rosa@example.com", true)).unwrap().person;
    let_in(&store, &other, said("a", "rosa@example.com", true)).unwrap();
    let without = |subject: &str| Said { active: false, ..said(subject, "rosa@example.com", true) };
    assert!(let_in(&store, &one, without("1")).is_err());
    assert!(read(&store, id).active, "another directory still knows them");
    assert!(let_in(&store, &other, without("a")).is_err());
    assert!(!read(&store, id).active);
    assert!(let_in(&store, &other, said("a", "rosa@example.com", true)).is_ok());
    assert!(read(&store, id).active, "the directory that took them away brings them back");
    let change = PersonChange { active: Some(false), ..PersonChange::default() };
    run(&store, move |tx| identity::change_person(tx, &system(), id, change));
    assert!(let_in(&store, &other, said("a", "rosa@example.com", true)).is_ok(), "known there");
    assert!(!read(&store, id).active, "but whom an admin has deactivated stays so");
}

#[test]
fn the_last_who_can_set_the_desk_right_stays() {
    let store = world();
    let max = person(&store, "max@example.com", "admin");
    let provider = provider_with(&store, |_| {});
    let_in(&store, &provider, said("1", "max@example.com", true)).unwrap();
    let gone = Said { active: false, ..said("1", "max@example.com", true) };
    assert!(let_in(&store, &provider, gone.clone()).is_err());
    assert!(read(&store, max).active);
    person(&store, "eva@example.com", "admin");
    let_in(&store, &provider, said("1", "max@example.com", true)).unwrap();
    assert!(let_in(&store, &provider, gone).is_err());
    assert!(!read(&store, max).active);
}

fn directory(store: &Store) -> ProviderId {
    provider_with(store, |it| {
        it.settings = ProviderSettings::Ldap(LdapSettings {
            host: "ldap".into(),
            base: "dc=x".into(),
            subject: "entryUUID".into(),
            login_filter: "(uid={login})".into(),
            people_filter: "(uid=*)".into(),
            ..LdapSettings::default()
        });
    })
    .id
}

fn synced(store: &Store, id: ProviderId, people: std::ops::Range<u32>) -> SyncState {
    let all: Vec<Said> = people.map(|it| said(&it.to_string(), &format!("p{it}@example.com"), true)).collect();
    let run_at = run(store, move |tx| begin_sync(tx, id));
    let counts = run(store, move |tx| sync_some(tx, id, run_at, &all));
    run(store, move |tx| finish_sync(tx, id, run_at, counts))
}

#[test]
fn a_sync_disables_who_is_gone_unless_it_is_suspicious() {
    let store = world();
    let id = directory(&store);
    for (people, created, disabled, troubled) in
        [(0..20, 20, 0, false), (0..18, 0, 2, false), (0..2, 0, 0, true), (0..0, 0, 0, true), (0..18, 0, 0, false), (0..20, 0, 0, false)]
    {
        let state = synced(&store, id, people.clone());
        assert_eq!(
            (state.counts.created, state.counts.disabled, state.trouble.is_some()),
            (created, disabled, troubled),
            "{people:?}: {state:?}"
        );
        assert_eq!(state.trouble.is_some(), state.trouble_since.is_some());
    }
    run(&store, move |tx| sync_failed(tx, id, "down"));
    assert_eq!(sync_state(&store.read().unwrap(), id).unwrap().unwrap().trouble.as_deref(), Some("down"));
}

#[test]
fn an_identity_belongs_to_one_person() {
    let store = world();
    let provider = provider_with(&store, |_| {});
    let (rosa, otto, id) = (person(&store, "r@x.y", "requester"), person(&store, "o@x.y", "requester"), provider.id);
    run(&store, move |tx| link(tx, &system(), id, "1", rosa).and(link(tx, &system(), id, "2", rosa)));
    assert!(store.write(move |tx| link(tx, &system(), id, "1", otto)).is_err());
    assert_eq!(let_in(&store, &provider, said("2", "", false)).unwrap().person, rosa);
    run(&store, move |tx| unlink(tx, &system(), id, "1"));
    assert_eq!(identities_of(&store.read().unwrap(), &system(), rosa).unwrap().len(), 1);
    for subject in ["", " ", "a\nb", &"x".repeat(600)] {
        let subject = subject.to_owned();
        assert!(store.write(move |tx| link(tx, &system(), id, &subject, otto)).is_err());
    }
}

#[test]
fn nobody_hands_out_more_than_they_may() {
    let store = world();
    let ada = person(&store, "ada@example.com", "agent");
    let actor = |store: &Store, id| identity::actor_of(&store.read().unwrap(), &read(store, id), Origin::default()).unwrap();
    let ada = actor(&store, ada);
    assert!(store.write(move |tx| create_provider(tx, &ada, header("Mine"))).is_err());
    let max = person(&store, "max@example.com", "admin");
    let mut max = actor(&store, max);
    let all: Vec<_> = max.permissions.iter().filter(|it| *it != crate::desk::permission::Permission::NotesRead).collect();
    max.permissions = crate::desk::permission::Permissions::of(&all);
    let limited = max.clone();
    assert!(store.write(move |tx| create_provider(tx, &limited, header("Mine"))).is_err(), "an agent reads notes, which this one may not");
    let harmless = || NewProvider { admission: Admission::default(), ..header("Mine") };
    run(&store, move |tx| create_provider(tx, &max, harmless()));
}

#[test]
fn passwords_stay_for_those_who_can_set_it_right() {
    let store = world();
    let (rosa, max) = (person(&store, "rosa@x.y", "requester"), person(&store, "max@x.y", "admin"));
    assert!(store.write(|tx| allow_local(tx, &system(), false)).is_err(), "there is no other way in");
    provider_with(&store, |_| {});
    run(&store, |tx| allow_local(tx, &system(), false));
    let tx = store.read().unwrap();
    assert!(!may_use_password(&tx, &read(&store, rosa)).unwrap());
    assert!(may_use_password(&tx, &read(&store, max)).unwrap());
}

/// Whoever sets a provider up says who people are: so nobody comes in by it who may do more than they.
#[test]
fn nobody_becomes_somebody_who_may_do_more_than_whoever_set_it_up() {
    let store = world();
    let max = person(&store, "max@example.com", "admin");
    let eve = person(&store, "eve@example.com", "owner");
    let actor = |store: &Store, id| identity::actor_of(&store.read().unwrap(), &read(store, id), Origin::default()).unwrap();
    let by_admin = actor(&store, max);
    let made_by = by_admin.clone();
    let provider = run(&store, move |tx| create_provider(tx, &made_by, header("Proxy")));
    assert_eq!(let_in(&store, &provider, said("1", "max@example.com", true)).unwrap().person, max, "admins know admins");
    assert!(let_in(&store, &provider, said("2", "eve@example.com", true)).is_err(), "by her address");
    let id = provider.id;
    let linked_by = by_admin.clone();
    assert!(store.write(move |tx| link(tx, &linked_by, id, "2", eve)).is_err(), "by hand");
    run(&store, move |tx| link(tx, &system(), id, "2", eve));
    assert!(let_in(&store, &provider, said("2", "eve@example.com", true)).is_err(), "even where she is linked");
    let gone = Said { active: false, ..said("2", "eve@example.com", true) };
    assert!(let_in(&store, &provider, gone).is_err() && read(&store, eve).active, "nor is she shut out by it");
    // An owner vouches for owners; what an admin changes afterwards about whom to believe ends that.
    let by_owner = actor(&store, eve);
    let vouched = ProviderChange { admission: Some(Admission { vouches: true, ..provider.admission.clone() }), ..ProviderChange::default() };
    let provider = run(&store, move |tx| change_provider(tx, &by_owner, id, vouched));
    assert_eq!(let_in(&store, &provider, said("2", "eve@example.com", true)).unwrap().person, eve);
    let admins = by_admin.clone();
    let renamed = ProviderChange { name: Some("Ours".into()), ..ProviderChange::default() };
    let provider = run(&store, move |tx| change_provider(tx, &admins, id, renamed));
    assert!(let_in(&store, &provider, said("2", "eve@example.com", true)).is_ok(), "a name decides nothing");
    let believed = ProviderChange { admission: Some(Admission { vouches: false, ..provider.admission.clone() }), ..ProviderChange::default() };
    let provider = run(&store, move |tx| change_provider(tx, &by_admin, id, believed));
    assert!(let_in(&store, &provider, said("2", "eve@example.com", true)).is_err());
}
