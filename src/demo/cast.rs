//! The people of the demo, known by name: whoever reads a test or opens the demo meets the same ones.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::words;
use crate::{
    desk::{
        actor::Actor,
        identity::{self, NewPerson, PersonChange},
        queues,
    },
    error::Result,
    id::{PersonId, TeamId},
    store::Tx,
};

/// What everybody in the demo signs in with.
pub const PASSWORD: &str = "lodge-demo";

/// The people and queues of a demo desk.
#[derive(Debug, Clone)]
pub struct Cast {
    pub admin: PersonId,
    pub manager: PersonId,
    pub leads: Vec<PersonId>,
    pub agents: Vec<PersonId>,
    pub requesters: Vec<PersonId>,
    /// Names of queues.
    pub queues: Vec<String>,
}

/// Name, local part of the address, role, teams.
const STAFF: &[(&str, &str, &str, &[&str])] = &[
    ("Maxine Okafor", "max", "admin", &[]),
    ("Helene Brandt", "helene", "manager", &[]),
    ("Tomas Reyes", "tomas", "team_lead", &["Field team", "Infrastructure"]),
    ("Ines Carvalho", "ines", "team_lead", &["Applications"]),
    ("Ada Lindqvist", "ada", "agent", &["Field team"]),
    ("Ben Achterberg", "ben", "agent", &["Infrastructure"]),
    ("Chiara Rossi", "chiara", "agent", &["Applications"]),
    ("Dmitri Volkov", "dmitri", "agent", &["Infrastructure"]),
    ("Emeka Nwosu", "emeka", "agent", &["Applications"]),
    ("Freya Holm", "freya", "agent", &["Field team"]),
];

/// The requester whom the demo introduces.
const ROSA: (&str, &str) = ("Rosa Delgado", "rosa");

/// Queue and the team that works it.
const QUEUES: &[(&str, &str)] =
    &[("Workplace", "Field team"), ("Network", "Infrastructure"), ("Business apps", "Applications"), ("Access", "Field team")];

pub const DOMAIN: &str = "harbourworks.example";

impl Cast {
    /// Brings everybody in.
    pub fn engage(tx: &mut Tx, requesters: usize, password: Option<&str>, seed: u64) -> Result<Cast> {
        let mut rng = StdRng::seed_from_u64(seed);
        let actor = Actor::system("demo");
        let mut teams: Vec<(String, TeamId)> = Vec::new();
        let mut names = vec!["Service desk".to_owned()];
        for (queue, team) in QUEUES {
            let id = match teams.iter().find(|it| it.0 == *team) {
                Some(it) => it.1,
                None => {
                    let id = queues::create_team(tx, &actor, team)?.id;
                    teams.push(((*team).to_owned(), id));
                    id
                }
            };
            queues::create_queue(tx, &actor, queue, Some(id))?;
            names.push((*queue).to_owned());
        }
        let mut cast =
            Cast { admin: PersonId::NIL, manager: PersonId::NIL, leads: vec![], agents: vec![], requesters: vec![], queues: names };
        for (name, local, role, works_in) in STAFF {
            let id = hire(tx, &actor, name, local, role, password)?;
            let works_in = teams.iter().filter(|it| works_in.contains(&it.0.as_str())).map(|it| it.1).collect();
            identity::change_person(tx, &actor, id, PersonChange { teams: Some(works_in), ..PersonChange::default() })?;
            match *role {
                "admin" => cast.admin = id,
                "manager" => cast.manager = id,
                "team_lead" => cast.leads.push(id),
                _ => cast.agents.push(id),
            }
        }
        cast.requesters.push(hire(tx, &actor, ROSA.0, ROSA.1, "requester", password)?);
        let organizations = words::ORGANIZATIONS.iter().map(|it| identity::create_organization(tx, &actor, it).map(|it| it.id));
        let organizations = organizations.collect::<Result<Vec<_>>>()?;
        let departments = words::DEPARTMENTS.iter().map(|it| identity::create_department(tx, &actor, it, None).map(|it| it.id));
        let departments = departments.collect::<Result<Vec<_>>>()?;
        for i in 1..requesters {
            let (first, last) = (words::pick(&mut rng, words::FIRST_NAMES), words::pick(&mut rng, words::LAST_NAMES));
            let local = format!("{}.{}{i}", first.to_lowercase(), last.to_lowercase());
            let new = NewPerson {
                email: format!("{local}@{DOMAIN}"),
                name: format!("{first} {last}"),
                organization: organizations.choose(&mut rng).copied(),
                department: departments.choose(&mut rng).copied(),
                phone: rng.random_bool(0.5).then(|| format!("+31 20 555 {:04}", rng.random_range(0..10_000))),
                ..NewPerson::default()
            };
            cast.requesters.push(identity::create_person(tx, &actor, new)?.id);
        }
        Ok(cast)
    }

    /// Name, address and role of those whom the demo introduces, one per role.
    pub fn introduced() -> Vec<(&'static str, String, &'static str)> {
        let address = |local: &str| format!("{local}@{DOMAIN}");
        let wanted = ["admin", "manager", "team_lead", "agent"];
        let mut found: Vec<_> =
            wanted.iter().filter_map(|role| STAFF.iter().find(|it| it.2 == *role)).map(|it| (it.0, address(it.1), it.2)).collect();
        found.push((ROSA.0, address(ROSA.1), "requester"));
        found
    }
}

fn hire(tx: &mut Tx, actor: &Actor, name: &str, local: &str, role: &str, password: Option<&str>) -> Result<PersonId> {
    let new = NewPerson {
        email: format!("{local}@{DOMAIN}"),
        name: name.to_owned(),
        roles: vec![role.to_owned()],
        password: password.map(str::to_owned),
        ..NewPerson::default()
    };
    Ok(identity::create_person(tx, actor, new)?.id)
}
