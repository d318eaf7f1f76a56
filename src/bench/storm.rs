//! A storm of breaches: many clocks run, and thousands of them reach their target in the same second. What counts is how long after the
//! instant the desk has acted, durably, on the first and on the last; and that others still write meanwhile.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{sync::watch, task::spawn_blocking};

use super::{
    appliance::{self, Child},
    client::{Ask, Client, Proof},
    report::{Row, Storm, StormRow},
};
use crate::{
    appliance::{Appliance, DeskOptions},
    desk::{
        actor::Actor,
        identity,
        service_levels::{self, Level, Policies, PolicyChange, Step, TargetRow, Window},
        settings::{self, Settings, SettingsChange},
        tickets::{self, Channel, Kind, NewTicket},
    },
    error::{Error, Fault, Result},
    follow::notifier,
    store::{
        Tx,
        engine::redb::RedbFile,
        writer::{self, Command, Options, Writer, command},
    },
    time::Instant,
};

/// What those are promised that fall due: the shortest that a policy can say.
const PROMISED: Duration = Duration::from_secs(60);
/// Breaches that come one by one, a second apart, while all others run.
const SINGLE: usize = 20;
/// What a storm is compared with.
const FEW: usize = 100;
/// From one part to the next.
const BETWEEN: Duration = Duration::from_secs(5);
/// Least time for the tickets to be written, indexed and served before the first is due.
const LEAD: Duration = Duration::from_secs(20);
/// Tickets in one commit while the desk is built.
const BUILT_AT_ONCE: usize = 5_000;
/// How long the desk may take to act on all.
const PATIENCE: Duration = Duration::from_secs(900);
/// The one policy of this desk.
const POLICY: &str = "Storm";
const TAG: &str = "storm";
/// Who is told of every breach.
const TOLD: &str = "max@harbourworks.example";

/// What a command does.
type Run = Box<dyn FnOnce(&mut Tx) -> Result<()> + Send>;

/// What to measure.
#[derive(Debug, Clone)]
pub struct StormPlan {
    /// Clocks that run and are not due.
    pub running: usize,
    /// Clocks that fall due in the same second.
    pub at_once: usize,
    /// A desk that was built before, or where to build one.
    pub folder: PathBuf,
}

/// The instants at which the parts fall due.
#[derive(Debug, Clone, Copy)]
struct Dues {
    /// The first of those that come one by one.
    single: Instant,
    few: Instant,
    storm: Instant,
}

impl Dues {
    fn from(single: Instant) -> Dues {
        let few = single.plus(Duration::from_secs(SINGLE as u64)).plus(BETWEEN);
        Dues { single, few, storm: few.plus(BETWEEN) }
    }

    fn single(&self, at: usize) -> Instant {
        self.single.plus(Duration::from_secs(at as u64))
    }
}

/// Builds the desk, lets the clocks come to their instants, and reports.
pub async fn run(plan: &StormPlan, progress: impl Fn(&str)) -> Result<Storm> {
    progress("building the desk");
    appliance::build(&plan.folder, &["--tickets", "200"]).await?;
    let began = std::time::Instant::now();
    let (folder, running, now) = (plan.folder.clone(), plan.running, Instant::now());
    on_desk(folder, move |writer| lodge_running(writer, running, now)).await?;
    progress("starting the appliance (the first start fills the search index)");
    let first = Child::start(&plan.folder).await?;
    first.until_indexed().await?;
    first.stop().await?;
    // What is written next takes its time as what was written before; a multiple of it is on the safe side.
    let each = began.elapsed().div_f64(plan.running.max(1) as f64);
    let lead = LEAD.max(each.mul_f64(6.0 * plan.at_once as f64)).max(PROMISED);
    progress(&format!("writing those that fall due, the first of them in {} s", lead.as_secs()));
    let dues = Dues::from(Instant::now().plus(lead));
    let at_once = plan.at_once;
    on_desk(plan.folder.clone(), move |writer| lodge_due(writer, dues, at_once)).await?;
    let child = Child::start(&plan.folder).await?;
    child.until_indexed().await?;
    let token = child.token().await?;
    if Instant::now() >= dues.single {
        return Err(Fault::new("the machine was too slow: the first clock was due before the appliance served").into());
    }
    progress("waiting for the instants");
    let storm = measure(&child, &token, plan, dues).await?;
    child.stop().await?;
    Ok(storm)
}

/// Runs something on the desk's store while no appliance holds it.
async fn on_desk(folder: PathBuf, run: impl FnOnce(&mut Writer) -> Result<()> + Send + 'static) -> Result<()> {
    let run = move || {
        let path = store_of(&folder)?;
        let cache_bytes = DeskOptions::default().store_cache_bytes;
        let (mut writer, _) = writer::open(Options { clock: Box::new(|| Instant::EPOCH), ..Options::new(RedbFile { path, cache_bytes }) })?;
        run(&mut writer)
    };
    spawn_blocking(run).await.map_err(|it| Fault::because("writing the desk", it))?
}

fn store_of(folder: &Path) -> Result<PathBuf> {
    let appliance = Appliance::open(folder, DeskOptions::default())?;
    Ok(appliance.desk(None)?.folder.join("desk.redb"))
}

/// Runs commands as one commit; the first that fails says so.
fn commit(writer: &mut Writer, commands: impl Iterator<Item = Run>) -> Result<()> {
    let (tell, told) = std::sync::mpsc::channel();
    let command = |run| -> Box<dyn Command> {
        let tell = tell.clone();
        command(run, move |it: Result<((), u64)>| {
            // The receiver is below.
            let _ = tell.send(it.map(drop));
        })
    };
    writer.run(commands.map(command).collect());
    told.try_iter().collect()
}

fn one(writer: &mut Writer, run: impl FnOnce(&mut Tx) -> Result<()> + Send + 'static) -> Result<()> {
    let run: Run = Box::new(run);
    commit(writer, std::iter::once(run))
}

/// The policy of the storm, and the tickets whose clocks only run, from `now` on. Nothing on a desk that has them.
fn lodge_running(writer: &mut Writer, running: usize, now: Instant) -> Result<()> {
    let (tell, told) = std::sync::mpsc::channel();
    one(writer, move |tx| {
        // The writer's clock stands in the past, and each command brings its own time.
        tx.advance_to(now);
        let is_new = !Policies::of(tx)?.list.iter().any(|it| it.name == POLICY);
        if is_new {
            promise(tx)?;
        }
        // The receiver is below.
        let _ = tell.send(is_new);
        Ok(())
    })?;
    if told.try_recv() != Ok(true) {
        return Ok(());
    }
    let mut left = running;
    while left > 0 {
        let some = left.min(BUILT_AT_ONCE);
        left -= some;
        commit(writer, (0..some).map(|i| ticket(left + i, 4, now)))?;
    }
    one(writer, notifier::skip_to_end)
}

/// Round the clock, so that the instants do not depend on the day of the week; one step, at the breach.
fn promise(tx: &mut Tx) -> Result<()> {
    let actor = Actor::system("bench");
    let alike = crate::desk::duplicates::AlikeRules { on: false, ..Settings::of(tx)?.alike };
    settings::change(tx, &actor, SettingsChange { calendar: Some(None), alike: Some(alike), ..SettingsChange::default() })?;
    for old in &Policies::of(tx)?.list {
        service_levels::remove_policy(tx, &actor, old.id)?;
    }
    let soon = TargetRow { response: Some(1), ..TargetRow::default() };
    let late = TargetRow { response: Some(525_600), resolution: Some(525_600), update: None };
    // Somebody hears of each: the letters of a storm are part of its cost.
    let told = identity::person_by_email(tx, TOLD)?.ok_or_else(|| Fault::new("the demo has an admin"))?;
    let step = Step { target: None, share: 100, tell: vec![Level::Person(told.id)], window: Window::Always, acts: Vec::new() };
    let policy = PolicyChange {
        name: Some(POLICY.into()),
        condition: Some(format!("tag:{TAG}")),
        targets: Some([soon, late, late, late]),
        steps: Some(vec![step]),
        ..PolicyChange::default()
    };
    service_levels::add_policy(tx, &actor, policy)?;
    while service_levels::retime_some(tx, 1_000)? {}
    Ok(())
}

/// A command that lodges a ticket at an instant.
fn ticket(serial: usize, priority: u8, at: Instant) -> Run {
    Box::new(move |tx| {
        tx.advance_to(at);
        let new = NewTicket {
            description: format!("Room {serial}: the display stays dark."),
            requester: Some("rosa@harbourworks.example".into()),
            priority: Some(priority),
            tags: vec![TAG.into()],
            quiet: true,
            ..NewTicket::new(Kind::Incident, format!("Display {serial} is dark"), Channel::Api)
        };
        tickets::create(tx, &Actor::system("bench"), new).map(drop)
    })
}

/// The tickets that fall due: each was lodged as long before its instant as is promised.
fn lodge_due(writer: &mut Writer, dues: Dues, at_once: usize) -> Result<()> {
    let due = |serial: usize, at: Instant| ticket(serial, 1, at.minus(PROMISED));
    commit(writer, (0..SINGLE).map(|i| due(i, dues.single(i))))?;
    commit(writer, (0..FEW).map(|i| due(i, dues.few)))?;
    commit(writer, (0..at_once).map(|i| due(i, dues.storm)))?;
    one(writer, notifier::skip_to_end)
}

/// How many breaches the appliance says are on the disk.
async fn acted(client: &mut Client) -> Result<usize> {
    let answer = client.ask(&Ask::get("/metrics")).await?;
    let text = String::from_utf8_lossy(&answer.body);
    let value = text.lines().find_map(|it| it.strip_prefix("lodge_targets_breached_total ")).unwrap_or("0");
    Ok(value.trim().parse::<f64>().unwrap_or(0.0) as usize)
}

/// Waits until so many were acted on; gives how long after `due` that was known.
async fn until(client: &mut Client, wanted: usize, due: Instant) -> Result<Duration> {
    let began = std::time::Instant::now();
    loop {
        if acted(client).await? >= wanted {
            return Ok(Instant::now().since(due));
        }
        if began.elapsed() > PATIENCE {
            return Err(Fault::new(format!("of {wanted} breaches, some were not acted on")).into());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn part(client: &mut Client, before: usize, count: usize, due: Instant) -> Result<StormRow> {
    let first = until(client, before + 1, due).await?;
    let last = until(client, before + count, due).await?;
    let ms = |it: Duration| it.as_secs_f64() * 1000.0;
    Ok(StormRow { at_once: count, first_ms: ms(first), last_ms: ms(last) })
}

async fn measure(child: &Child, token: &str, plan: &StormPlan, dues: Dues) -> Result<Storm> {
    let mut client = Client::open(child.address, Proof::Bearer(token.to_owned())).await?;
    let mut single = Vec::with_capacity(SINGLE);
    for i in 0..SINGLE {
        single.push(until(&mut client, i + 1, dues.single(i)).await?);
    }
    let few = part(&mut client, SINGLE, FEW, dues.few).await?;
    let (over, stop) = watch::channel(false);
    let writing = tokio::spawn(write_meanwhile(child.address, token.to_owned(), dues.storm, stop));
    let storm = part(&mut client, SINGLE + FEW, plan.at_once, dues.storm).await?;
    // Who writes looks at it after each answer.
    let _ = over.send(true);
    let meanwhile = writing.await.map_err(|it| Fault::because("writing meanwhile", it))??;
    let single = Row::of("a single breach, after its instant", 1, Duration::from_secs(SINGLE as u64), single, 0);
    Ok(Storm { running: plan.running, rows: vec![few, storm], single, meanwhile })
}

/// Somebody who lodges tickets, one after the other, from the storm's instant until it is over.
async fn write_meanwhile(address: std::net::SocketAddr, token: String, from: Instant, over: watch::Receiver<bool>) -> Result<Row> {
    let mut client = Client::open(address, Proof::Bearer(token)).await?;
    tokio::time::sleep(from.since(Instant::now())).await;
    let (began, mut times, mut errors) = (std::time::Instant::now(), Vec::new(), 0);
    while !*over.borrow() {
        let body = format!(r#"{{"kind":"incident","title":"Meanwhile {}","requester":"rosa@harbourworks.example"}}"#, times.len());
        let answer = client.ask(&Ask::post("/v1/tickets", "application/json", body)).await?;
        errors += usize::from(!answer.status.is_success());
        times.push(answer.took);
    }
    Ok::<_, Error>(Row::of("lodge a ticket during the storm", 1, began.elapsed(), times, errors))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{service_levels::next_due, tickets::Ticket},
        store::engine::memory::MemoryEngine,
    };

    #[test]
    fn each_part_falls_due_at_its_instant() {
        let options = Options { clock: Box::new(|| Instant::EPOCH), ..Options::new(MemoryEngine::default()) };
        let (mut writer, reader) = writer::open(options).unwrap();
        let begin: Instant = "2026-05-01T09:00:00Z".parse().unwrap();
        one(&mut writer, move |tx| {
            tx.advance_to(begin);
            settings::found(tx, &Actor::system("bench"), "Bench")?;
            let told = identity::NewPerson { email: TOLD.into(), roles: vec!["admin".into()], ..identity::NewPerson::default() };
            identity::create_person(tx, &Actor::system("bench"), told).map(drop)
        })
        .unwrap();
        lodge_running(&mut writer, 30, begin).unwrap();
        // Once only.
        lodge_running(&mut writer, 30, begin).unwrap();
        let dues = Dues::from(begin.plus(Duration::from_secs(300)));
        lodge_due(&mut writer, dues, 7).unwrap();
        let tx = reader.read().unwrap();
        assert_eq!(next_due(&tx).unwrap(), Some(dues.single));
        let all: Vec<Ticket> = tx.scan::<Ticket>(&()).unwrap().map(|it| it.unwrap()).collect();
        let at = |due: Instant| all.iter().filter(|it| it.targets.as_ref().unwrap().next_at() == Some(due)).count();
        assert_eq!((all.len(), at(dues.single(SINGLE - 1)), at(dues.few), at(dues.storm)), (30 + SINGLE + FEW + 7, 1, FEW, 7));
        assert_eq!(at(begin.plus(Duration::from_secs(525_600 * 60))), 30, "the others only run");
    }
}
