//! Roles, reach and elevation: nobody gets what they were not given, and what they were given ends where it was said to.

use std::collections::BTreeSet;

use super::*;
use crate::{
    desk::{
        actor::{Actor, Origin},
        bounds::Reach,
        permission::{Permission, Permissions},
        queues, settings,
        tickets::{self, Channel, Kind, NewComment, NewTicket, Ticket, TicketChange, access},
    },
    error::{Code, Error},
    id::{PersonId, TeamId},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
};

struct World {
    store: Store,
}

fn code<T>(it: Result<T>) -> Option<Code> {
    match it {
        Ok(_) => None,
        Err(Error::Refused(it)) => Some(it.code),
        Err(Error::Broken(it)) => panic!("{it}"),
    }
}

impl World {
    fn new() -> World {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let world = World { store };
        world.write(|tx| settings::found(tx, &Actor::system("test"), "Test")).unwrap();
        for (name, role) in [("rosa", "requester"), ("ada", "agent"), ("mia", "manager"), ("max", "admin"), ("olga", "tenant_owner")] {
            world.person(name, role);
        }
        world
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn read<T>(&self, run: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        run(&self.store.read().unwrap())
    }

    fn person(&self, name: &str, role: &str) -> PersonId {
        let new = NewPerson { email: format!("{name}@example.com"), roles: vec![role.into()], ..NewPerson::default() };
        self.write(move |tx| create_person(tx, &Actor::system("test"), new)).unwrap().id
    }

    fn id(&self, name: &str) -> PersonId {
        self.read(|tx| named(tx, "name", &format!("{name}@example.com"))).unwrap().id
    }

    /// The person as they act now.
    fn as_(&self, name: &str) -> Actor {
        self.read(|tx| actor_of(tx, &named(tx, "name", &format!("{name}@example.com"))?, Origin::default())).unwrap()
    }

    fn role(&self, by: &str, name: &str, permissions: &[Permission], reach: Reach) -> Result<CustomRole> {
        let actor = self.as_(by);
        let permissions = Permissions::of(permissions).names();
        let new = NewRole { name: name.into(), description: String::new(), permissions, reach };
        self.write(move |tx| create_role(tx, &actor, new))
    }

    fn change(&self, by: &Actor, whom: &str, change: PersonChange) -> Result<Person> {
        let (by, whom) = (by.clone(), self.id(whom));
        self.write(move |tx| change_person(tx, &by, whom, change))
    }

    fn roles(&self, by: &str, whom: &str, roles: &[&str]) -> Result<Person> {
        let roles = roles.iter().map(|it| (*it).to_owned()).collect();
        self.change(&self.as_(by), whom, PersonChange { roles: Some(roles), ..PersonChange::default() })
    }

    fn lodge(&self, by: &str, queue: Option<&str>) -> Ticket {
        let who = self.id(by).to_string();
        let mut new = NewTicket::new(Kind::Incident, "It broke", Channel::Portal);
        (new.requester, new.queue) = (Some(who), queue.map(str::to_owned));
        self.write(move |tx| tickets::create(tx, &Actor::system("test"), new)).unwrap()
    }

    fn sees(&self, name: &str, ticket: &Ticket) -> bool {
        let actor = self.as_(name);
        let sees = self.read(|tx| Ok(access::ticket(tx, &actor, ticket.id).is_ok())).unwrap();
        // What a list lets through is what a look lets through.
        let grants = match access::scope(&actor) {
            access::Scope::All => return sees,
            access::Scope::Any(grants) => grants,
        };
        let ticket = self.read(|tx| Ok(tx.get::<Ticket>(&ticket.id)?.unwrap())).unwrap();
        let listed = grants.iter().any(|it| match it {
            access::Grant::Participant(id) => ticket.participants().any(|it| it == *id),
            access::Grant::Organization(id) => ticket.organization == Some(*id),
            access::Grant::Department(id) => ticket.department == Some(*id),
            access::Grant::Queue(id) => ticket.queue == Some(*id),
            access::Grant::Assignee(id) => ticket.assignee == Some(*id),
        });
        assert_eq!(listed, sees, "{name}");
        sees
    }
}

const WORK: &[Permission] = &[
    Permission::PortalUse,
    Permission::TicketsRead,
    Permission::TicketsWrite,
    Permission::TicketsAssign,
    Permission::NotesRead,
    Permission::NotesWrite,
];
const CLERK: &[Permission] = &[Permission::PortalUse, Permission::PeopleRead, Permission::PeopleWrite, Permission::RolesWrite];

#[test]
fn roles_are_made_of_what_their_maker_has() {
    let world = World::new();
    world.role("max", "Clerk", CLERK, Reach::All).unwrap();
    world.person("carl", "clerk");
    let key = world.role("carl", "Phone book", &[Permission::PeopleRead], Reach::All).unwrap().key;
    assert_eq!(key, "phone_book");
    for (by, name, permissions, expected) in [
        ("ada", "Mine", &[Permission::PortalUse][..], Some(Code::Forbidden)),
        ("carl", "Spy", &[Permission::AuditRead], Some(Code::Forbidden)),
        ("carl", "Helper", WORK, Some(Code::Forbidden)),
        ("carl", "phone BOOK", CLERK, Some(Code::Validation)),
        ("carl", "Agent", CLERK, Some(Code::Validation)),
        ("carl", "owner", CLERK, Some(Code::Validation)),
        ("carl", "  ", CLERK, Some(Code::Validation)),
    ] {
        assert_eq!(code(world.role(by, name, permissions, Reach::All)), expected, "{by} {name}");
    }
    let change = |by: &str, key: &'static str, permissions: &[Permission]| {
        let (by, permissions) = (world.as_(by), Permissions::of(permissions).names());
        let change = RoleChange { permissions: Some(permissions), ..RoleChange::default() };
        world.write(move |tx| change_role(tx, &by, key, change))
    };
    assert_eq!(code(change("carl", "clerk", &[Permission::SettingsWrite])), Some(Code::Forbidden), "nobody adds to their own role");
    assert_eq!(code(change("max", "agent", WORK)), Some(Code::Conflict), "built-in roles stay");
    assert_eq!(code(change("max", "nothing", WORK)), Some(Code::NotFound));
    world.role("max", "Strong", WORK, Reach::All).unwrap();
    assert_eq!(code(change("carl", "strong", &[])), Some(Code::Forbidden), "nor takes from a stronger one");
}

#[test]
fn nobody_gives_takes_or_rules_over_what_they_lack() {
    let world = World::new();
    world.role("max", "Clerk", CLERK, Reach::All).unwrap();
    world.person("carl", "clerk");
    for (by, whom, roles, expected) in [
        ("ada", "rosa", &["agent"][..], Some(Code::Forbidden)),
        ("carl", "rosa", &["agent"], Some(Code::Forbidden)),
        ("carl", "rosa", &["clerk"], None),
        ("carl", "carl", &["clerk", "admin"], Some(Code::Forbidden)),
        ("carl", "ada", &["requester"], Some(Code::Forbidden)),
        ("carl", "max", &["requester"], Some(Code::Forbidden)),
        ("max", "rosa", &["admin"], None),
        ("max", "rosa", &["tenant_owner"], Some(Code::Forbidden)),
        ("max", "max", &["admin", "owner"], Some(Code::Forbidden)),
        ("max", "olga", &["requester"], Some(Code::Forbidden)),
        ("olga", "max", &["tenant_owner"], None),
        ("max", "rosa", &["nonsense"], Some(Code::Validation)),
    ] {
        assert_eq!(code(world.roles(by, whom, roles)), expected, "{by} makes {whom} {roles:?}");
    }
    let carl = world.as_("carl");
    let steal = PersonChange { email: Some("mine@example.com".into()), ..PersonChange::default() };
    assert_eq!(code(world.change(&carl, "mia", steal)), Some(Code::Forbidden), "an address is the way to a new password");
    let mia = world.id("mia");
    let by = carl.clone();
    assert_eq!(code(world.write(move |tx| set_password(tx, &by, mia, None))), Some(Code::Forbidden));
    let by = carl.clone();
    let new = NewToken { name: "x".into(), ..NewToken::default() };
    assert_eq!(code(world.write(move |tx| create_token(tx, &by, mia, new))), Some(Code::Forbidden));
    let by = carl.clone();
    let strong = NewPerson { email: "new@example.com".into(), roles: vec!["agent".into()], ..NewPerson::default() };
    assert_eq!(code(world.write(move |tx| create_person(tx, &by, strong))), Some(Code::Forbidden));
    world.change(&world.as_("max"), "mia", PersonChange { active: Some(false), ..PersonChange::default() }).unwrap();
    let back = PersonChange { active: Some(true), ..PersonChange::default() };
    assert_eq!(code(world.change(&carl, "mia", back)), Some(Code::Forbidden), "who sleeps keeps their rank");
}

#[test]
fn a_token_gives_no_more_than_its_scopes() {
    let world = World::new();
    let mut narrow = world.as_("max");
    narrow.permissions = narrow.permissions.intersection(Permissions::of(&[Permission::PeopleWrite]));
    let to_agent = PersonChange { roles: Some(vec!["agent".into()]), ..PersonChange::default() };
    assert_eq!(code(world.change(&narrow, "rosa", to_agent)), Some(Code::Forbidden));
    let by = narrow.clone();
    let new = NewPerson { email: "new@example.com".into(), ..NewPerson::default() };
    world.write(move |tx| create_person(tx, &by, new)).unwrap();
}

#[test]
fn a_desk_keeps_an_admin() {
    let world = World::new();
    world.change(&world.as_("olga"), "olga", PersonChange { active: Some(false), ..PersonChange::default() }).unwrap();
    for change in [
        PersonChange { active: Some(false), ..PersonChange::default() },
        PersonChange { roles: Some(vec!["requester".into()]), ..PersonChange::default() },
    ] {
        assert_eq!(code(world.change(&world.as_("max"), "max", change.clone())), Some(Code::Conflict));
        assert_eq!(code(world.change(&Actor::system("cli"), "max", change)), Some(Code::Conflict), "not even the system");
    }
    world.roles("max", "mia", &["admin"]).unwrap();
    world.roles("max", "max", &["requester"]).unwrap();
}

#[test]
fn a_role_works_at_once_and_goes_away_whole() {
    let world = World::new();
    world.role("max", "Field", WORK, Reach::All).unwrap();
    world.roles("max", "rosa", &["field"]).unwrap();
    let works = || world.read(|tx| Ok(agents(tx)?.iter().any(|it| it.email.starts_with("rosa")))).unwrap();
    assert!(works() && world.as_("rosa").may(Permission::TicketsWrite));
    let max = world.as_("max");
    let by = max.clone();
    let change = RoleChange { permissions: Some(vec!["portal:use".into()]), ..RoleChange::default() };
    world.write(move |tx| change_role(tx, &by, "field", change)).unwrap();
    assert!(!works() && !world.as_("rosa").may(Permission::TicketsRead));
    let delete = |instead: Option<&'static str>| {
        let by = max.clone();
        code(world.write(move |tx| delete_role(tx, &by, "field", instead)))
    };
    for (instead, expected) in [
        (None, Some(Code::Conflict)),
        (Some("field"), Some(Code::Validation)),
        (Some("nothing"), Some(Code::Validation)),
        (Some("requester"), None),
        (None, Some(Code::NotFound)),
    ] {
        assert_eq!(delete(instead), expected, "{instead:?}");
    }
    assert_eq!(world.read(|tx| named(tx, "x", "rosa@example.com")).unwrap().roles, ["requester"]);
}

#[test]
fn reach_ends_where_it_says() {
    let world = World::new();
    let (acme, desk, sales, team) = world
        .write(|tx| {
            let system = Actor::system("test");
            let acme = create_organization(tx, &system, "Acme")?.id;
            let branch = create_organization(tx, &system, "Acme Branch")?.id;
            let under = OrganizationChange { parent: Some(Some(acme)), ..OrganizationChange::default() };
            change_organization(tx, &system, branch, under)?;
            let sales = create_department(tx, &system, "Sales", Some(acme))?.id;
            let team: TeamId = queues::create_team(tx, &system, "Network")?.id;
            queues::create_queue(tx, &system, "Network", Some(team))?;
            Ok((acme, branch, sales, team))
        })
        .unwrap();
    for (name, reach) in
        [("Q", Reach::Queues), ("O", Reach::Organization), ("D", Reach::Department), ("S", Reach::Assigned), ("E", Reach::All)]
    {
        world.role("max", name, WORK, reach).unwrap();
        world.person(&format!("agent-{}", name.to_lowercase()), name);
    }
    let system = Actor::system("test");
    let place = |who: &str, change: PersonChange| world.change(&system, who, change).unwrap();
    place("agent-q", PersonChange { teams: Some(vec![team]), ..PersonChange::default() });
    place("agent-o", PersonChange { organization: Some(Some(acme)), ..PersonChange::default() });
    place("agent-d", PersonChange { department: Some(Some(sales)), ..PersonChange::default() });
    place("rosa", PersonChange { organization: Some(Some(desk)), department: Some(Some(sales)), ..PersonChange::default() });
    let (of_rosa, of_ada) = (world.lodge("rosa", None), world.lodge("ada", Some("Network")));
    for (who, rosas, adas) in
        [("agent-q", false, true), ("agent-o", true, false), ("agent-d", true, false), ("agent-s", false, false), ("agent-e", true, true)]
    {
        assert_eq!((world.sees(who, &of_rosa), world.sees(who, &of_ada)), (rosas, adas), "{who}");
    }
    // Whoever gets a ticket assigned works it, and nobody touches what they do not see.
    let (to, id) = (world.id("agent-s"), of_rosa.id);
    let change = |who: &str, change: TicketChange| {
        let by = world.as_(who);
        code(world.write(move |tx| tickets::change(tx, &by, id, change)))
    };
    let assign = TicketChange { assignee: Some(Some(to.to_string())), ..TicketChange::default() };
    assert_eq!(change("agent-q", assign.clone()), Some(Code::NotFound));
    assert_eq!(change("agent-o", assign), None);
    let title = TicketChange { title: Some("Better".into()), ..TicketChange::default() };
    assert_eq!(change("agent-s", title), None);
    // Taking part is not working: somebody narrowed may not read the notes on what they lodged elsewhere.
    let mine = world.lodge("agent-q", None);
    let by = system.clone();
    world.write(move |tx| tickets::add_comment(tx, &by, mine.id, NewComment::new("secret", true, Channel::Api))).unwrap();
    let (q, ticket) = (world.as_("agent-q"), world.lodge("agent-q", None));
    assert!(world.sees("agent-q", &ticket) && !access::reads_notes(&q, &ticket) && !access::works_on(&q, &ticket));
    // Nobody widens what they reach.
    world.role("max", "Clerk", CLERK, Reach::All).unwrap();
    world.roles("max", "agent-q", &["q", "clerk"]).unwrap();
    let all_teams = PersonChange { teams: Some(vec![]), ..PersonChange::default() };
    assert_eq!(code(world.change(&world.as_("agent-q"), "agent-q", all_teams)), Some(Code::Forbidden));
    assert_eq!(code(world.roles("agent-q", "agent-q", &["agent", "clerk"])), Some(Code::Forbidden));
    assert_eq!(code(world.roles("agent-q", "rosa", &["q"])), Some(Code::Forbidden), "narrowed is not the same for somebody else");
}

#[test]
fn members_see_their_organizations_tickets_where_it_allows_that() {
    let world = World::new();
    world.person("rolf", "requester");
    let acme = world.write(|tx| create_organization(tx, &Actor::system("test"), "Acme")).unwrap().id;
    let system = Actor::system("test");
    for who in ["rosa", "rolf"] {
        world.change(&system, who, PersonChange { organization: Some(Some(acme)), ..PersonChange::default() }).unwrap();
    }
    let ticket = world.lodge("rosa", None);
    let id = ticket.id;
    let comment = || {
        let by = world.as_("rolf");
        code(world.write(move |tx| tickets::add_comment(tx, &by, id, NewComment::new("me too", false, Channel::Portal))))
    };
    let solve = || {
        let (by, change) = (world.as_("rolf"), TicketChange { status: Some("resolved".into()), ..TicketChange::default() });
        code(world.write(move |tx| tickets::change(tx, &by, id, change)))
    };
    let rolf = world.id("rolf");
    for (sharing, viewers, answer, sees, comments) in [
        (Sharing::Nobody, vec![rolf], true, false, Some(Code::NotFound)),
        (Sharing::Named, vec![], true, false, Some(Code::NotFound)),
        (Sharing::Named, vec![rolf], false, true, Some(Code::Forbidden)),
        (Sharing::Members, vec![], false, true, Some(Code::Forbidden)),
        (Sharing::Members, vec![], true, true, None),
    ] {
        let change = OrganizationChange {
            sharing: Some(sharing),
            viewers: Some(viewers),
            viewers_answer: Some(answer),
            ..OrganizationChange::default()
        };
        let by = system.clone();
        world.write(move |tx| change_organization(tx, &by, acme, change)).unwrap();
        assert_eq!((world.sees("rolf", &ticket), comment()), (sees, comments), "{sharing:?}");
        let follow = || {
            let (by, rolf) = (world.as_("rolf"), rolf);
            code(world.write(move |tx| tickets::watch(tx, &by, id, rolf)))
        };
        assert_eq!(follow(), Some(if sees { Code::Forbidden } else { Code::NotFound }), "following would outlast the sharing");
        let answered = world.read(|tx| Ok(tx.get::<Ticket>(&id)?.unwrap().responded_at)).unwrap();
        assert_eq!(answered, None, "a colleague is not the desk");
        assert_eq!(solve(), Some(if sees { Code::Forbidden } else { Code::NotFound }), "{sharing:?}");
    }
    assert!(!access::reads_notes(&world.as_("rolf"), &ticket));
    world.change(&system, "rolf", PersonChange { organization: Some(None), ..PersonChange::default() }).unwrap();
    assert!(!world.sees("rolf", &ticket));
}

#[test]
fn organizations_stand_in_a_tree_and_own_their_domains() {
    let world = World::new();
    let ids = world
        .write(|tx| {
            ["A", "B", "C"].iter().map(|it| create_organization(tx, &Actor::system("test"), it).map(|it| it.id)).collect::<Result<Vec<_>>>()
        })
        .unwrap();
    let change = |i: usize, change: OrganizationChange| {
        let id = ids[i];
        code(world.write(move |tx| change_organization(tx, &Actor::system("test"), id, change)))
    };
    let under = |i: usize| OrganizationChange { parent: Some(Some(ids[i])), ..OrganizationChange::default() };
    for (which, parent, expected) in
        [(1, 0, None), (2, 1, None), (0, 2, Some(Code::Validation)), (0, 0, Some(Code::Validation)), (2, 0, None)]
    {
        assert_eq!(change(which, under(parent)), expected, "{which} under {parent}");
    }
    assert_eq!(world.read(|tx| with_beneath(tx, ids[0])).unwrap(), ids.iter().copied().collect::<BTreeSet<_>>());
    let domain = |name: &str, verified| OrganizationChange {
        domains: Some(vec![MailDomain { name: name.into(), verified }]),
        ..OrganizationChange::default()
    };
    for (which, name, verified, expected) in [
        (0, "@Acme.Example.", true, None),
        (1, "acme.example", true, Some(Code::Validation)),
        (1, "acme.example", false, None),
        (2, "nonsense", true, Some(Code::Validation)),
        (2, "a b.example", true, Some(Code::Validation)),
    ] {
        assert_eq!(change(which, domain(name, verified)), expected, "{which} {name}");
    }
    let join = |email: &str| {
        let new = NewPerson { email: email.into(), ..NewPerson::default() };
        world.write(move |tx| create_person(tx, &Actor::system("test"), new)).unwrap().organization
    };
    assert_eq!(join("new@acme.example"), Some(ids[0]));
    assert_eq!(join("new@sub.acme.example"), None);
    let delete = |i: usize| {
        let id = ids[i];
        code(world.write(move |tx| delete_organization(tx, &Actor::system("test"), id)))
    };
    assert_eq!((delete(0), delete(1), delete(2)), (Some(Code::Conflict), None, None));
}
