//! One seeded, believable history: what `lodge demo` shows, and what tests and benches live in. The same seed gives the same people,
//! tickets and threads; the number of tickets scales from a dozen to millions.
//!
//! It speaks to the desk as everybody does, through commands, in the order of time; it invents and decides no rule.

mod articles;
mod cast;
mod house;
mod kept;
mod past;
mod scenes;
mod small;
mod story;
mod tools;
mod words;
mod worked;

pub use cast::{Cast, PASSWORD};
pub use small::{SmallPlan, build_small, small_name};

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, BinaryHeap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    desk::{
        actor::Actor,
        attachments::StoredFile,
        service_levels, settings,
        tickets::{Kind, Ticket},
    },
    error::{Error, Result},
    follow::notifier,
    id::TicketId,
    limits,
    store::{
        Tx,
        writer::{Command, Writer, command},
    },
    time::Instant,
};
use past::{Past, Places};
use story::{Act, Story};

/// Commands in one commit. Nobody waits for any of them, so it is far more than a desk at work puts into one: a page that many of
/// them change is written once.
const COMMANDS_AT_ONCE: usize = 8192;

/// Clocks act once an hour in the history, with their true instants: a long one has more minutes than are worth a look each.
const CLOCKS_EVERY: Duration = Duration::from_secs(3600);
/// Within this time before the present, they act before every command.
const PRESENT: Duration = Duration::from_secs(12 * 3600);

/// What to build.
#[derive(Debug, Clone)]
pub struct Plan {
    pub tickets: usize,
    pub seed: u64,
    /// All but the last weeks is the past of another desk, taken in as it was, closed.
    pub brief: bool,
    /// The present: history ends here.
    pub until: Instant,
    /// A PHC string that everybody signs in with; nobody can if there is none.
    pub password: Option<String>,
    /// Files for attachments, whose bytes are stored already.
    pub files: Vec<StoredFile>,
    /// The desk's mail address.
    pub address: String,
    pub base_url: Option<String>,
}

/// What was built.
#[derive(Debug, Clone)]
pub struct Built {
    pub tickets: usize,
    pub cast: Cast,
}

/// Something that happens at an instant; earlier things first, and in the order of making.
struct Scheduled {
    at: Instant,
    order: u64,
    what: Coming,
}

enum Coming {
    /// To the ticket at a place in the history.
    Act(usize, Act),
    /// A ticket that is over by then.
    Past(Box<Past>),
}

impl Scheduled {
    fn place(&self) -> (Instant, u64) {
        (self.at, self.order)
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

/// Ids of the tickets made so far, by their place in the history.
type Made = Arc<Mutex<BTreeMap<usize, TicketId>>>;

/// Builds the history on an empty desk. The writer's clock must stand in the past: each command brings its own time.
pub fn build(writer: &mut Writer, plan: &Plan) -> Result<Built> {
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let begin = plan.until.minus(Duration::from_secs(days(plan.tickets) * 24 * 3600));
    let cast = found(writer, plan, begin, &mut rng)?;
    let made: Made = Arc::default();
    let failed: Arc<Mutex<Option<Error>>> = Arc::default();
    let mut births = births(plan, &cast, begin, &mut rng).into_iter().peekable();
    let mut ahead: BinaryHeap<Reverse<Scheduled>> = BinaryHeap::new();
    let mut order = 0;
    let mut clocks_at = begin;
    let places: Arc<Mutex<Places>> = Arc::default();
    // Rows that a commit takes away are in the way of whoever looks for the first ones left, until it is done.
    let at_once = plan.tickets.clamp(512, COMMANDS_AT_ONCE);
    let mut batch: Vec<Box<dyn Command>> = Vec::new();
    loop {
        let next_act = ahead.peek().map(|it| it.0.at);
        let next_birth = births.peek().map(|it| it.at);
        let at = match (next_act, next_birth) {
            (None, None) => break,
            (Some(act), Some(birth)) => act.min(birth),
            (Some(it), None) | (None, Some(it)) => it,
        };
        if at >= clocks_at {
            batch.push(clocks_until(at, failed.clone()));
            clocks_at = if plan.until.since(at) < PRESENT { at } else { at.plus(CLOCKS_EVERY) };
        }
        if next_birth == Some(at) {
            let Some(Lodged { at, ticket, story }) = births.next() else { break };
            if plan.brief && story.is_none() && plan.until.since(at) > past::LATELY {
                let past = Past::invent(&mut rng, &cast, at);
                order += 1;
                ahead.push(Reverse(Scheduled { at: past.over_at(), order, what: Coming::Past(Box::new(past)) }));
                continue;
            }
            let invent = || Story::invent(&mut rng, &cast, at, plan.until, &plan.files);
            let story = story.map_or_else(invent, |it| *it);
            for (at, act) in story.acts {
                order += 1;
                ahead.push(Reverse(Scheduled { at, order, what: Coming::Act(ticket, act) }));
            }
            batch.push(birth_of(ticket, at, story.birth, made.clone(), failed.clone()));
        } else if let Some(Reverse(Scheduled { at, what, .. })) = ahead.pop() {
            batch.push(match what {
                Coming::Act(ticket, act) => act_of(ticket, at, act, made.clone(), failed.clone()),
                Coming::Past(past) => past_of(at, *past, places.clone(), failed.clone()),
            });
        }
        if batch.len() >= at_once {
            writer.run(std::mem::take(&mut batch));
        }
        if let Some(error) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(error);
        }
    }
    batch.push(clocks_until(plan.until, failed.clone()));
    writer.run(batch);
    let (agents, requests) = (cast.clone(), made.clone());
    run(writer, plan.until, move |tx| {
        let made = requests.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = Vec::new();
        for id in made.values().rev().take(200) {
            let is_open = tx.get::<Ticket>(id)?.is_some_and(|it| it.kind == Kind::Request && it.category.is_open());
            open.extend(is_open.then_some(*id));
        }
        open.truncate(3);
        tools::begin_checklists(tx, &agents, &open)
    })?;
    let people = cast.clone();
    run(writer, plan.until, move |tx| kept::leave(tx, &people))?;
    run(writer, plan.until, worked::book)?;
    run(writer, plan.until, notifier::skip_to_end)?;
    match failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error),
        None => Ok(Built { tickets: plan.tickets, cast }),
    }
}

/// A ticket that is about to be lodged.
struct Lodged {
    at: Instant,
    /// Its place in the history.
    ticket: usize,
    /// None: one is invented.
    story: Option<Box<Story>>,
}

/// All tickets in the order of time: the staged ones of the last hours, and as many others as the plan leaves room for.
fn births(plan: &Plan, cast: &Cast, begin: Instant, rng: &mut StdRng) -> Vec<Lodged> {
    let mut staged = scenes::of(cast, plan.until);
    if staged.len() * 2 > plan.tickets {
        staged.clear();
    }
    let others = plan.tickets - staged.len();
    let mut births: Vec<Lodged> =
        (0..others).map(|_| story::moment(rng, begin, plan.until)).map(|at| Lodged { at, ticket: 0, story: None }).collect();
    births.sort_by_key(|it| it.at);
    for (ticket, it) in births.iter_mut().enumerate() {
        it.ticket = ticket + staged.len();
    }
    births.extend(staged.into_iter().enumerate().map(|(ticket, (at, story))| Lodged { at, ticket, story: Some(Box::new(story)) }));
    births.sort_by_key(|it| it.at);
    births
}

/// A small desk looks back on three weeks, so that enough of it is still open; a large one on as many days as make some hundred and fifty tickets a day, five years at most.
fn days(tickets: usize) -> u64 {
    (tickets as u64 / 150).clamp(21, 5 * 365)
}

/// Sets the desk up and brings its people in.
fn found(writer: &mut Writer, plan: &Plan, begin: Instant, rng: &mut StdRng) -> Result<Cast> {
    let before = begin.minus(Duration::from_secs(3600));
    let (address, base_url) = (plan.address.clone(), plan.base_url.clone());
    run(writer, before, move |tx| {
        let actor = Actor::system("demo");
        settings::found(tx, &actor, "Harbour Works IT")?;
        let change = settings::SettingsChange {
            addresses: Some(vec![address]),
            base_url,
            time_zone: Some(house::ZONE.into()),
            ..settings::SettingsChange::default()
        };
        settings::change(tx, &actor, change).map(drop)
    })?;
    let requesters = (plan.tickets / 25).clamp(40, 20_000);
    let seed = rng.random();
    let password = plan.password.clone();
    let (tickets, until, files) = (plan.tickets, plan.until, plan.files.clone());
    run(writer, before, move |tx| {
        let cast = Cast::engage(tx, requesters, password.as_deref(), seed)?;
        house::furnish(tx, &cast, tickets, until)?;
        tools::equip(tx)?;
        articles::write(tx, &cast, &files)?;
        Ok(cast)
    })
}

/// Runs one command at an instant and gives its value.
fn run<T: Send + 'static>(writer: &mut Writer, at: Instant, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
    let (tell, told) = std::sync::mpsc::channel();
    let answer = move |it: Result<(T, u64)>| {
        // The receiver is below.
        let _ = tell.send(it);
    };
    writer.run(vec![command(
        move |tx| {
            tx.advance_to(at);
            run(tx)
        },
        answer,
    )]);
    told.recv().map_err(|_| crate::error::Fault::new("the writer did not answer"))?.map(|it| it.0)
}

fn keep_first(failed: &Mutex<Option<Error>>, outcome: Result<((), u64)>) {
    if let Err(error) = outcome {
        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Has every clock act whose instant has come by now.
fn clocks_until(at: Instant, failed: Arc<Mutex<Option<Error>>>) -> Box<dyn Command> {
    command(
        move |tx| {
            tx.advance_to(at);
            while service_levels::act(tx, limits::TARGETS_AT_ONCE)?.tickets > 0 {}
            Ok(())
        },
        move |outcome| keep_first(&failed, outcome),
    )
}

fn birth_of(ticket: usize, at: Instant, birth: story::Birth, made: Made, failed: Arc<Mutex<Option<Error>>>) -> Box<dyn Command> {
    command(
        move |tx| {
            tx.advance_to(at);
            let id = birth.happen(tx)?;
            made.lock().unwrap_or_else(PoisonError::into_inner).insert(ticket, id);
            Ok(())
        },
        move |outcome| keep_first(&failed, outcome),
    )
}

fn past_of(at: Instant, past: Past, places: Arc<Mutex<Places>>, failed: Arc<Mutex<Option<Error>>>) -> Box<dyn Command> {
    command(
        move |tx| {
            tx.advance_to(at);
            past.happen(tx, &mut places.lock().unwrap_or_else(PoisonError::into_inner))
        },
        move |outcome| keep_first(&failed, outcome),
    )
}

fn act_of(ticket: usize, at: Instant, act: Act, made: Made, failed: Arc<Mutex<Option<Error>>>) -> Box<dyn Command> {
    command(
        move |tx| {
            tx.advance_to(at);
            let made = |ticket: usize| made.lock().unwrap_or_else(PoisonError::into_inner).get(&ticket).copied();
            match made(ticket) {
                Some(id) => act.happen(tx, id, &made),
                None => Ok(()),
            }
        },
        move |outcome| keep_first(&failed, outcome),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{
            board::Board,
            duplicates::outage,
            satisfaction::SatisfactionDay,
            service_levels::{ClockState, Retiming},
            tickets::{Channel, Comment, Ticket},
        },
        store::{
            engine::memory::MemoryEngine,
            log,
            writer::{self, Options},
        },
    };

    fn history(seed: u64, tickets: usize) -> (Vec<Ticket>, [u8; 32]) {
        let reader = desk(seed, tickets, "2026-06-01T10:00:00Z");
        let tx = reader.read().unwrap();
        (tx.scan::<Ticket>(&()).unwrap().map(Result::unwrap).collect(), log::verify(&tx).unwrap().head.hash)
    }

    fn desk(seed: u64, tickets: usize, until: &str) -> writer::Reader {
        let rng = Some(StdRng::seed_from_u64(seed));
        let options = Options { clock: Box::new(|| Instant::EPOCH), rng, ..Options::new(MemoryEngine::default()) };
        let (mut writer, reader) = writer::open(options).unwrap();
        let until = until.parse().unwrap();
        let plan = Plan {
            tickets,
            seed,
            brief: false,
            until,
            password: None,
            files: vec![],
            address: "help@harbour.example".into(),
            base_url: None,
        };
        build(&mut writer, &plan).unwrap();
        reader
    }

    #[test]
    fn promises_are_shown_in_every_state_whatever_the_hour() {
        for until in ["2026-06-01T10:00:00Z", "2026-12-26T03:30:00Z"] {
            let reader = desk(5, 120, until);
            let tx = reader.read().unwrap();
            let tickets: Vec<Ticket> = tx.scan::<Ticket>(&()).unwrap().map(Result::unwrap).collect();
            let now: Instant = until.parse().unwrap();
            let shown = |what: &str, is: &dyn Fn(&Ticket) -> bool| {
                let found = tickets.iter().any(|it| it.category.is_open() && it.targets.is_some() && is(it));
                assert!(found, "no ticket is {what} at {until}");
            };
            let targets = |it: &Ticket| it.targets.clone().unwrap();
            let clocks = |it: &Ticket, is: &dyn Fn(&service_levels::Clock) -> bool| targets(it).clocks.iter().any(is);
            shown("running", &|it| clocks(it, &|it| it.state == ClockState::Running && it.reached == 0));
            shown("paused", &|it| clocks(it, &|it| it.state == ClockState::Paused));
            shown("near its end", &|it| clocks(it, &|it| it.state == ClockState::Running && (75..100).contains(&it.reached)));
            shown("breached", &|it| clocks(it, &|it| it.reached == 100));
            shown("escalated by level", &|it| clocks(it, &|it| it.reached > 100));
            shown("escalated by its requester", &|it| targets(it).escalated.is_some());
            shown("acknowledged", &|it| targets(it).acknowledged.is_some());
            assert!(service_levels::next_due(&tx).unwrap().is_none_or(|it| it > now), "nothing is left for the start");
            assert!(tx.get::<Retiming>(&()).unwrap().is_some_and(|it| it.finished_at.is_some()));
            let outages = outage::live(&tx).unwrap();
            let declared = outages.iter().find(|it| it.state == outage::State::Declared).unwrap();
            assert_eq!(outage::count_parts(&tx, declared.parent.unwrap()).unwrap(), 4);
            assert!(tx.scan::<SatisfactionDay>(&()).unwrap().count() > 5);
        }
    }

    #[test]
    fn a_seed_gives_one_history_and_another_gives_another() {
        let (tickets, head) = history(7, 60);
        assert_eq!(tickets.len(), 60);
        assert_eq!(head, history(7, 60).1);
        assert_ne!(head, history(8, 60).1);
    }

    #[test]
    fn it_is_a_desk_at_work() {
        let (tickets, _) = history(1, 400);
        let open = tickets.iter().filter(|it| it.category.is_open()).count();
        assert!((20..250).contains(&open), "{open} of 400 are open");
        assert!(tickets.iter().any(|it| it.comment_count > 2));
        assert!(tickets.iter().all(|it| it.created_at <= it.updated_at));
        assert!(Board::default().is_empty());
    }

    #[test]
    fn a_brief_history_has_a_past_that_is_over_and_takes_little_room() {
        let rng = Some(StdRng::seed_from_u64(3));
        let options = Options { clock: Box::new(|| Instant::EPOCH), rng, ..Options::new(MemoryEngine::default()) };
        let (mut writer, reader) = writer::open(options).unwrap();
        let until: Instant = "2026-06-01T10:00:00Z".parse().unwrap();
        let (tickets, address) = (6_000, "help@harbour.example".into());
        let plan = Plan { tickets, seed: 3, brief: true, until, password: None, files: vec![], address, base_url: None };
        build(&mut writer, &plan).unwrap();
        let tx = reader.read().unwrap();
        let all: Vec<Ticket> = tx.scan::<Ticket>(&()).unwrap().map(Result::unwrap).collect();
        assert_eq!(all.len(), tickets);
        let past: Vec<&Ticket> = all.iter().filter(|it| it.channel == Channel::Import).collect();
        assert!(past.len() > tickets / 2 && past.iter().all(|it| it.closed_at.is_some_and(|at| at < until)), "{}", past.len());
        assert!(all.iter().any(|it| it.category.is_open()));
        let mut bytes = 0;
        for it in &past {
            assert_eq!(tx.history(it.id.0, None, 10).unwrap().len(), 1);
            let comments = tx.scan::<Comment>(&it.id).unwrap().map(|it| minicbor::to_vec(it.unwrap()).unwrap().len());
            bytes += minicbor::to_vec(it).unwrap().len() + comments.sum::<usize>();
        }
        // Its event and indexes come to it, and what a page of the database leaves free.
        assert!(bytes / past.len() < 1_200, "{} bytes a ticket", bytes / past.len());
    }
}
