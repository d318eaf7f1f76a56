//! Who gets what, at random: queues change how they assign, people come and go, rules are made and taken away, turns are swapped. Each
//! act says by its own understanding what nobody may be given.

use std::time::Duration;

use lodge::{
    desk::{
        identity::Person,
        queues::{self, Queue},
        routing::{
            self, Absence, Assign, Bulk, By, Fallback, Question, QueueRulesChange, Reason, RuleDraft, StandingChange, Strategy, Then,
            on_call::{self, Handover, Layer, Override, RotationDraft},
        },
        settings::Settings,
        tickets::{self, Ticket, TicketChange, access},
    },
    error::{Code, Result},
    id::TicketId,
    store::Tx,
};
use rand::{Rng, seq::IndexedRandom};

use super::{
    acts::{Act, Complaints, Stage, leads, one, person, works},
    model::{self, Told, sees},
};

/// The queue that assigns and has a limit; the desk's default queue has neither.
pub const NETWORK: &str = "Network";

fn network(tx: &Tx) -> Result<Queue> {
    Ok(queues::queue_named(tx, NETWORK)?.expect("the queue stays"))
}

/// What a strategy gave was somebody's who was there and had room.
pub fn check_given(tx: &Tx, ticket: &Ticket, complaints: &Complaints) -> Result<()> {
    let Some(decision) = ticket.routed.of(Question::Assignee).filter(|it| it.at == tx.now()) else { return Ok(()) };
    let (Reason::Strategy { .. }, Some(to)) = (&decision.reason, ticket.assignee) else { return Ok(()) };
    let (who, settings) = (person(tx, to)?, Settings::of(tx)?);
    // Counted anew, one by one.
    let mut load = 0;
    for it in tx.scan::<Ticket>(&())? {
        let it = it?;
        if it.assignee == Some(to) && it.category.is_open() && it.deleted_at.is_none() {
            load += settings.routing.weight(it.priority);
        }
    }
    let capacity = who.standing.capacity.or(settings.routing.capacity).map(u64::from);
    if capacity.is_some_and(|most| load > most) {
        complaints.say(format!("{} has {load} and may have {capacity:?}", who.email));
    }
    if who.standing.away || routing::is_absent(&who, tx.now()) || !works(&who) {
        complaints.say(format!("{} is not there and was given {}", who.email, ticket.id));
    }
    Ok(())
}

impl Stage<'_> {
    pub fn route(&mut self) -> Act {
        match self.rng.random_range(0..9) {
            0 => self.change_queue(),
            1 | 2 => self.come_and_go(),
            3 => self.change_rules(),
            4 => self.swap(),
            5 => self.assign_many(),
            6 => self.open(),
            _ => self.move_there(),
        }
    }

    fn change_queue(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let fallback = match self.rng.random_range(0..3) {
            0 => Fallback::Nobody,
            1 => Fallback::Lead,
            _ => Fallback::Person(self.who()),
        };
        let limit = self.rng.random_bool(0.5).then(|| self.rng.random_range(0..30));
        let change = QueueRulesChange {
            strategy: Strategy::ALL.choose(self.rng).copied(),
            fallback: Some(fallback),
            wip_limit: Some(limit),
            wip_refuses: Some(self.rng.random_bool(0.5)),
            wip_active_only: Some(self.rng.random_bool(0.5)),
            takes: Some(*[routing::Takes::Never, routing::Takes::OnOpen].choose(self.rng).expect("ways")),
            ..QueueRulesChange::default()
        };
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let is_admin = me.active && me.roles.iter().any(|it| it == "admin");
            let bad = matches!(fallback, Fallback::Person(it) if !works(&person(tx, it)?)) || limit == Some(0);
            let wanted = match () {
                () if !is_admin => Some(Code::Forbidden),
                () if bad => Some(Code::Validation),
                () => None,
            };
            let id = network(tx)?.id;
            let got = routing::change_queue_rules(tx, &model::actor(&me), id, change);
            complaints.judge("change a queue", wanted, &got);
            got.map(|_| Told::default())
        })
    }

    fn come_and_go(&mut self) -> Act {
        let (who, other, complaints) = (self.who(), self.who(), self.complaints.clone());
        let away = self.rng.random_bool(0.3);
        let capacity = self.rng.random_bool(0.5).then(|| self.rng.random_range(1..12));
        let (from, length) = (self.rng.random_range(-1..3_i64), self.rng.random_range(1..6_u64));
        let absent = self.rng.random_bool(0.4);
        let by_admin = self.rng.random_bool(0.7);
        let admin = self.people.iter().copied().find(|it| self.model.people[it].roles.iter().any(|it| it == "admin"));
        Box::new(move |tx| {
            let by = person(tx, admin.filter(|_| by_admin).unwrap_or(who))?;
            let about = person(tx, who)?;
            let now = tx.now();
            let from = lodge::time::Instant::from_millis(now.as_millis() + from * 86_400_000);
            let absence =
                Absence { from, until: from.plus(Duration::from_secs(length * 86_400)), substitute: (other != who).then_some(other) };
            let over = absence.until <= now;
            let change = StandingChange {
                away: Some(away),
                capacity: by_admin.then_some(capacity),
                absences: Some(if absent { vec![absence] } else { Vec::new() }),
                skills: None,
            };
            let wanted = match () {
                () if !works(&by) => Some(Code::Forbidden),
                () if by_admin && !by.roles.iter().any(|it| it == "admin") => Some(Code::Forbidden),
                () if !works(&about) => Some(Code::Validation),
                () if absent && !over && other != who && !works(&person(tx, other)?) => Some(Code::Validation),
                () => None,
            };
            let got = routing::change_standing(tx, &model::actor(&by), who, change);
            complaints.judge("come and go", wanted, &got);
            Ok(Told { people: vec![got?], ..Told::default() })
        })
    }

    fn change_rules(&mut self) -> Act {
        let complaints = self.complaints.clone();
        let admin = self.people.iter().copied().find(|it| self.model.people[it].roles.iter().any(|it| it == "admin"));
        let who = admin.unwrap_or_else(|| self.who());
        let condition = *["printer", "channel:email", "kind:incident priority<=2", "is:vip OR channel:portal", ""]
            .choose(self.rng)
            .expect("conditions");
        let (to, on_call, goes_on) = (self.rng.random_bool(0.7), self.rng.random_bool(0.3), self.rng.random_bool(0.4));
        let (priority, at_least) = (self.rng.random_bool(0.4).then(|| self.rng.random_range(1..=4)), self.rng.random_bool(0.5));
        let position = self.rng.random_range(0..50);
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let actor = model::actor(&me);
            let old = routing::rules(tx)?;
            if old.len() > 4 {
                let gone = routing::delete_rule(tx, &actor, old[usize::try_from(position).unwrap_or(0) % old.len()].id);
                complaints.judge("delete a rule", (!me.active).then_some(Code::Forbidden), &gone);
                return gone.map(|()| Told::default());
            }
            let rotation = on_call::rotations(tx)?.first().map(|it| Assign::OnCall(it.id));
            let then = Then {
                queue: to.then_some(network(tx)?.id),
                assignee: rotation.filter(|_| on_call),
                priority,
                at_least,
                tags: vec!["ruled".into()],
                ..Then::default()
            };
            let name = format!("Rule {position}");
            let draft = RuleDraft { name, position, enabled: true, condition: condition.into(), then, goes_on, ..RuleDraft::default() };
            let made = routing::create_rule(tx, &actor, draft);
            complaints.judge("make a rule", (!me.active).then_some(Code::Forbidden), &made);
            made.map(|_| Told::default())
        })
    }

    fn swap(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let hours = self.rng.random_range(1..200);
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let Some(rotation) = on_call::rotations(tx)?.into_iter().next() else { return make_rotation(tx) };
            let until = tx.now().plus(Duration::from_secs(hours * 3600));
            let takes_part = rotation.layers.iter().any(|it| it.people.contains(&who));
            let is_admin = me.active && me.roles.iter().any(|it| it == "admin");
            let wanted = match () {
                () if !(is_admin || takes_part && works(&me)) => Some(Code::Forbidden),
                () if !works(&me) => Some(Code::Validation),
                () => None,
            };
            let swap = Override { from: tx.now(), until, person: who };
            let got = on_call::add_override(tx, &model::actor(&me), rotation.id, swap);
            // So many swaps that are not over fit into a rotation.
            if got.as_ref().err().is_some_and(|it| it.to_string().contains("overrides")) {
                return got.map(|_| Told::default());
            }
            complaints.judge("swap", wanted, &got);
            got?;
            if on_call::who(tx, rotation.id, tx.now())? != Some(who) && !me.standing.away && !routing::is_absent(&me, tx.now()) {
                complaints.say("whoever took a turn over is not on call");
            }
            Ok(Told::default())
        })
    }

    fn assign_many(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let ids: Vec<TicketId> = (0..3).filter_map(|_| self.ticket()).collect();
        let strategy = *[Strategy::RoundRobin, Strategy::LeastLoaded, Strategy::SkillBased].choose(self.rng).expect("strategies");
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let tickets: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let wanted = match () {
                () if !works(&me) => Some(Code::Forbidden),
                () if ids.is_empty() => Some(Code::Validation),
                () => None,
            };
            let by = By { strategy: Some(strategy), ..By::default() };
            let got = routing::assign(tx, &model::actor(&me), Bulk { tickets, by });
            complaints.judge("assign many", wanted, &got);
            let mut told = Told::default();
            for it in got? {
                if it.done == it.why_not.is_some() {
                    complaints.say(format!("{} is neither done nor not done: {it:?}", it.named));
                }
                let Some(ticket) = it.ticket else { continue };
                check_given(tx, &ticket, &complaints)?;
                // As it is now: one ticket may be named twice.
                told.tickets.extend(tx.get::<Ticket>(&ticket.id)?);
            }
            Ok(told)
        })
    }

    fn open(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.route() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let wanted = (!sees(&me, &before)).then_some(Code::NotFound);
            let got = routing::opened(tx, &model::actor(&me), id);
            complaints.judge("open", wanted, &got);
            let Some(after) = got? else { return Ok(Told::default()) };
            if before.assignee.is_some() || after.assignee != Some(who) || !works(&me) {
                complaints.say("opening it gave it to somebody it should not");
            }
            Ok(one(after))
        })
    }

    fn move_there(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.route() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let actor = model::actor(&me);
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let queue = network(tx)?;
            let mut inside = 0;
            for it in tx.scan::<Ticket>(&())? {
                let it = it?;
                let counts = it.category.is_open() && !(queue.rules.wip_active_only && it.category == tickets::Category::Waiting);
                inside += u32::from(it.queue == Some(queue.id) && it.deleted_at.is_none() && counts);
            }
            let full = queue.rules.wip_refuses && queue.rules.wip_limit.is_some_and(|it| inside >= it) && before.queue != Some(queue.id);
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if !access::works_on(&actor, &before) => Some(Code::Forbidden),
                () if full => Some(Code::Validation),
                () => None,
            };
            let change = TicketChange { queue: Some(Some(NETWORK.into())), ..TicketChange::default() };
            let got = tickets::change(tx, &actor, id, change);
            complaints.judge("move there", wanted, &got);
            let after = got?;
            check_given(tx, &after, &complaints)?;
            Ok(one(after))
        })
    }
}

/// A rotation of those who work tickets.
fn make_rotation(tx: &mut Tx) -> Result<Told> {
    let system = lodge::desk::actor::Actor::system("setup");
    let people: Vec<_> =
        tx.scan::<Person>(&())?.collect::<Result<Vec<_>, _>>()?.into_iter().filter(|it| works(it) && !leads(it)).map(|it| it.id).collect();
    if people.is_empty() {
        return Ok(Told::default());
    }
    let layer = Layer { people, handover: Handover::Daily, minute: 9 * 60, first_day: 0 };
    let draft = RotationDraft { name: "Nights".into(), zone: "Europe/Berlin".into(), layers: vec![layer] };
    on_call::create_rotation(tx, &system, draft)?;
    Ok(Told::default())
}
