//! A desk as small as one at work can be: an owner, an agent, a handful of tickets. Hundreds of them show what many desks on one
//! machine are like.

use std::time::Duration;

use rand::{SeedableRng, rngs::StdRng};

use super::{run, words};
use crate::{
    desk::{
        actor::Actor,
        identity::{self, NewPerson},
        settings::{self, SettingsChange},
        tickets::{self, Channel, Kind, NewTicket},
    },
    error::Result,
    follow::notifier,
    store::{Tx, writer::Writer},
    time::Instant,
};

/// What to build.
#[derive(Debug, Clone)]
pub struct SmallPlan {
    /// Of the desk; its people have addresses at `NAME.example`.
    pub name: String,
    pub tickets: usize,
    pub seed: u64,
    /// The present: the tickets came in the days before.
    pub until: Instant,
    /// A PHC string that both people sign in with.
    pub password: String,
    pub base_url: Option<String>,
}

/// The name of the i-th of many; it answers on `NAME.localhost`, which is this machine everywhere (RFC 6761 6.3).
pub fn small_name(i: usize) -> String {
    format!("desk-{i:04}")
}

/// Builds it on an empty desk, whose writer's clock must stand in the past.
pub fn build_small(writer: &mut Writer, plan: SmallPlan) -> Result<()> {
    let until = plan.until;
    let before = until.minus(Duration::from_secs(3600 * (plan.tickets as u64 + 1)));
    run(writer, before, move |tx| people_and_tickets(tx, &plan))?;
    run(writer, until, notifier::skip_to_end)
}

fn people_and_tickets(tx: &mut Tx, plan: &SmallPlan) -> Result<()> {
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let actor = Actor::system("demo");
    settings::found(tx, &actor, &format!("IT of {}", plan.name))?;
    let change = SettingsChange { base_url: plan.base_url.clone(), ..SettingsChange::default() };
    settings::change(tx, &actor, change)?;
    for (local, role) in [("owner", "tenant_owner"), ("agent", "agent")] {
        let new = NewPerson {
            email: format!("{local}@{}.example", plan.name),
            name: format!("{} {}", words::pick(&mut rng, words::FIRST_NAMES), words::pick(&mut rng, words::LAST_NAMES)),
            roles: vec![role.to_owned()],
            password: Some(plan.password.clone()),
            ..NewPerson::default()
        };
        identity::create_person(tx, &actor, new)?;
    }
    for _ in 0..plan.tickets {
        let at = tx.now().plus(Duration::from_secs(3600));
        tx.advance_to(at);
        let (template, fill) = (words::pick(&mut rng, words::INCIDENTS), words::Fill::new(&mut rng));
        let new = NewTicket {
            description: fill.text(template.description),
            requester: Some(format!("owner@{}.example", plan.name)),
            ..NewTicket::new(Kind::Incident, fill.text(template.title), Channel::Portal)
        };
        tickets::create(tx, &actor, new)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{identity::Person, tickets::Ticket},
        store::{
            engine::memory::MemoryEngine,
            writer::{self, Options},
        },
    };

    #[test]
    fn it_has_what_the_plan_says() {
        let options = Options { clock: Box::new(|| Instant::EPOCH), ..Options::new(MemoryEngine::default()) };
        let (mut writer, reader) = writer::open(options).unwrap();
        let until = Instant::from_millis(1_777_627_800_000);
        let plan = SmallPlan { name: "desk-0001".into(), tickets: 10, seed: 1, until, password: "x".into(), base_url: None };
        build_small(&mut writer, plan).unwrap();
        let tx = reader.read().unwrap();
        assert_eq!((tx.count::<Person>().unwrap(), tx.count::<Ticket>().unwrap()), (2, 10));
        assert!(tx.scan::<Ticket>(&()).unwrap().all(|it| it.unwrap().created_at <= until));
    }
}
