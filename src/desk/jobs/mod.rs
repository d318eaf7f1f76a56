//! Durable background work: delivery to the outside, and whatever must happen once although anything may crash (D7).
//!
//! A job is enqueued in the transaction of what it follows from. A runner leases it, does the work, and says how it went. A lease
//! that runs out is given to the next runner, so a job runs at least once: its id is stable, and the far side drops repeats by it.

use std::{collections::BTreeMap, time::Duration};

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        mail::outbox,
        permission::Permission,
    },
    error::{Refusal, Result},
    id::JobId,
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// How long a runner may take before its job is given to another.
pub const LEASE: Duration = Duration::from_secs(120);
/// The wait after the first failure; it doubles with each further one.
const BACKOFF: Duration = Duration::from_secs(15);
const BACKOFF_MAX: Duration = Duration::from_secs(4 * 3600);
/// An error message that is kept, in characters.
const ERROR_CHARS_MAX: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum JobState {
    #[n(0)]
    Waiting,
    /// A runner has it until `due_at`.
    #[n(1)]
    Leased,
    /// It failed for good and waits for a person.
    #[n(2)]
    Dead,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Job {
    #[n(0)]
    pub id: JobId,
    /// What it does, such as `send_mail`.
    #[n(1)]
    pub kind: String,
    /// JSON, as the kind defines it.
    #[n(2)]
    pub payload: String,
    /// When it may run, or when its lease ends.
    #[n(3)]
    pub due_at: Instant,
    #[n(4)]
    pub state: JobState,
    #[n(5)]
    pub attempts: u32,
    #[n(6)]
    pub last_error: Option<String>,
    /// Two jobs of the same key are one.
    #[n(7)]
    pub dedup: String,
    #[n(8)]
    pub created_at: Instant,
    /// Of its attempts, those before it last went on by its own schedule: they are no failures.
    #[n(9)]
    #[cbor(default)]
    pub forgiven: u32,
}

impl Job {
    /// Attempts in a row that did not succeed, or whose end is not known. `attempts` itself only grows, since it tells one lease from
    /// another.
    fn tries(&self) -> u32 {
        self.attempts.saturating_sub(self.forgiven)
    }

    /// It failed for good, or its last attempt did and it waits for the next.
    pub fn has_failed(&self) -> bool {
        match self.state {
            JobState::Dead => true,
            JobState::Waiting => self.last_error.is_some() && self.tries() > 0,
            JobState::Leased => false,
        }
    }
}

/// By the instant at which something is to happen.
pub const DUE: Index<Job, Instant> = Index::new(0x94, "jobs_due");
pub const BY_DEDUP: Index<Job, String> = Index::new(0x95, "jobs_by_dedup");

impl Record for Job {
    type Key = JobId;
    const TABLE: Table = Table::operational(0x22, "jobs");

    fn key(&self) -> JobId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        if self.state != JobState::Dead {
            entries.add(&DUE, &self.due_at);
        }
        entries.add(&BY_DEDUP, &self.dedup);
    }
}

/// Enqueues a job; gives the one that is there if its key is. One that failed for good makes way: else nothing of its kind would ever
/// be tried again.
pub fn enqueue(tx: &mut Tx, kind: &'static str, dedup: &str, payload: String, due_at: Instant) -> Result<JobId> {
    // The key ends the string in the index, so a longer key does not match.
    match tx.find_one(&BY_DEDUP, &dedup.to_owned())? {
        Some(found) if found.state == JobState::Dead => {
            tx.remove::<Job>(&found.id)?;
        }
        Some(found) => return Ok(found.id),
        None => {}
    }
    let job = Job {
        id: tx.new_id(),
        kind: kind.to_owned(),
        payload,
        due_at,
        state: JobState::Waiting,
        attempts: 0,
        last_error: None,
        dedup: dedup.to_owned(),
        created_at: tx.now(),
        forgiven: 0,
    };
    tx.put(&job)?;
    Ok(job.id)
}

/// Jobs that one look goes through to find some of a kind: as many of another kind may wait for what is away.
const LOOKED_AT_MAX: usize = 100_000;

/// Up to `limit` jobs that are due and may run at present. To be asked of a reader, since it may have to look far.
pub fn due(tx: &Tx, limit: usize, may_run: impl Fn(&Job) -> bool) -> Result<Vec<JobId>> {
    let mut found = Vec::new();
    for id in tx.find_between(&DUE, &Instant::EPOCH, &tx.now().plus(Duration::from_millis(1)))?.take(LOOKED_AT_MAX) {
        if found.len() >= limit {
            break;
        }
        found.extend(tx.get::<Job>(&id?)?.filter(&may_run).map(|it| it.id));
    }
    Ok(found)
}

/// Leases up to `limit` jobs that are due and may run at present.
pub fn lease(tx: &mut Tx, limit: usize, may_run: impl Fn(&Job) -> bool) -> Result<Vec<Job>> {
    let due = due(tx, limit, may_run)?;
    lease_these(tx, &due)
}

/// Leases those of these jobs that are still due.
pub fn lease_these(tx: &mut Tx, due: &[JobId]) -> Result<Vec<Job>> {
    let now = tx.now();
    let mut leased = Vec::with_capacity(due.len());
    for id in due {
        let Some(mut job) = tx.get::<Job>(id)?.filter(|it| it.state != JobState::Dead && it.due_at <= now) else { continue };
        if job.tries() >= limits::JOB_ATTEMPTS_MAX {
            // Its runner never said how it went, not once: it may well be what ends the runner.
            bury(tx, job, "the work was begun many times and never ended".into())?;
            continue;
        }
        job.state = JobState::Leased;
        job.attempts += 1;
        job.due_at = now.plus(LEASE);
        tx.put(&job)?;
        leased.push(job);
    }
    Ok(leased)
}

/// When the next job is due, whatever its state.
pub fn next_due(tx: &Tx) -> Result<Option<Instant>> {
    let far = Instant::from_millis(i64::MAX);
    let Some(id) = tx.find_between(&DUE, &Instant::EPOCH, &far)?.next() else { return Ok(None) };
    Ok(tx.get::<Job>(&id?)?.map(|it| it.due_at))
}

/// When the next of these jobs is due; of very many, those that are due first are looked at.
pub fn next_due_of(tx: &Tx, is_it: impl Fn(&Job) -> bool) -> Result<Option<Instant>> {
    let far = Instant::from_millis(i64::MAX);
    for id in tx.find_between(&DUE, &Instant::EPOCH, &far)?.take(LOOKED_AT_MAX) {
        if let Some(job) = tx.get::<Job>(&id?)?.filter(|it| is_it(it)) {
            return Ok(Some(job.due_at));
        }
    }
    Ok(None)
}

/// What waits to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that wait or run.
    pub waiting: usize,
    /// For how long the first of them has been due.
    pub late: Duration,
}

/// What waits to be done, counted up to `limit`.
pub fn backlog(tx: &Tx, limit: usize) -> Result<Backlog> {
    let far = Instant::from_millis(i64::MAX);
    let waiting = tx.find_between(&DUE, &Instant::EPOCH, &far)?.take(limit).filter(std::result::Result::is_ok).count();
    let late = next_due(tx)?.filter(|it| *it < tx.now()).map_or(Duration::ZERO, |it| tx.now().since(it));
    Ok(Backlog { waiting, late })
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It may work later.
    Retry(String),
    /// It goes on at this instant, by a schedule of its own: its attempts are not counted.
    Again(Instant),
    /// It will never work.
    Failed(String),
}

/// Writes down how an attempt ended. An attempt whose lease was lost meanwhile changes nothing.
pub fn end(tx: &mut Tx, id: JobId, attempt: u32, ended: Ended) -> Result<()> {
    let Some(mut job) = tx.get::<Job>(&id)? else { return Ok(()) };
    if job.attempts != attempt || job.state != JobState::Leased {
        return Ok(());
    }
    let (error, dead) = match ended {
        Ended::Done => return tx.remove::<Job>(&id),
        Ended::Again(at) => {
            job.state = JobState::Waiting;
            job.forgiven = job.attempts;
            job.due_at = at;
            return tx.put(&job);
        }
        Ended::Retry(error) => (error, job.tries() >= limits::JOB_ATTEMPTS_MAX),
        Ended::Failed(error) => (error, true),
    };
    if dead {
        return bury(tx, job, error);
    }
    job.last_error = Some(clip(&error));
    job.state = JobState::Waiting;
    job.due_at = tx.now().plus(backoff(tx, job.tries()));
    tx.put(&job)
}

/// The job is dead and waits for a person.
fn bury(tx: &mut Tx, mut job: Job, error: String) -> Result<()> {
    job.state = JobState::Dead;
    job.last_error = Some(clip(&error));
    let changes = Changes::new().set("kind", job.kind.as_str()).set("error", job.last_error.clone()).set("attempts", job.attempts);
    event::record(tx, &Actor::system("jobs"), EventKind::JobDead, about(&job), changes)?;
    tx.put(&job)?;
    if job.kind == outbox::SEND_MAIL {
        outbox::job_died(tx, &job.payload, job.last_error.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// Gives a runner longer than the usual lease for an attempt that it has begun. Nothing happens if its lease was lost.
pub fn extend(tx: &mut Tx, id: JobId, attempt: u32, by: Duration) -> Result<()> {
    let Some(mut job) = tx.get::<Job>(&id)?.filter(|it| it.state == JobState::Leased && it.attempts == attempt) else { return Ok(()) };
    job.due_at = tx.now().plus(by);
    tx.put(&job)
}

/// Brings the waiting job of this key forward, or puts it off; nothing happens if it runs, or there is none.
pub fn reschedule(tx: &mut Tx, dedup: &str, at: Instant) -> Result<()> {
    let Some(mut job) = tx.find_one(&BY_DEDUP, &dedup.to_owned())?.filter(|it| it.state == JobState::Waiting) else { return Ok(()) };
    job.due_at = at;
    tx.put(&job)
}

/// The job of this key, whatever its state.
pub fn of(tx: &Tx, dedup: &str) -> Result<Option<Job>> {
    Ok(tx.find_one(&BY_DEDUP, &dedup.to_owned())?)
}

/// Takes a job away, whatever its state; its attempt, if one runs, ends without a trace.
pub fn forget(tx: &mut Tx, dedup: &str) -> Result<()> {
    match tx.find_one(&BY_DEDUP, &dedup.to_owned())? {
        Some(job) => tx.remove::<Job>(&job.id),
        None => Ok(()),
    }
}

/// Ends the leases of runners that are gone: one process runs a desk's jobs, so at its start nobody else has any.
pub fn release(tx: &mut Tx) -> Result<usize> {
    let leased = tx.scan::<Job>(&())?.filter(|it| it.as_ref().map_or(true, |it| it.state == JobState::Leased));
    let leased: Vec<Job> = leased.collect::<Result<_, _>>()?;
    let count = leased.len();
    for mut job in leased {
        job.state = JobState::Waiting;
        job.due_at = tx.now();
        tx.put(&job)?;
    }
    Ok(count)
}

fn clip(error: &str) -> String {
    error.chars().take(ERROR_CHARS_MAX).collect()
}

/// Doubles with each attempt up to a limit, give or take a quarter, so that many failures do not come back together.
fn backoff(tx: &mut Tx, attempts: u32) -> Duration {
    let plain = BACKOFF.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(BACKOFF_MAX);
    let [die] = tx.random::<1>();
    plain.mul_f64(0.75 + f64::from(die) / 510.0)
}

/// Gives a job another round that failed for good, and lets one begin now that waits for its next attempt.
pub fn retry(tx: &mut Tx, actor: &Actor, id: JobId) -> Result<()> {
    actor.need(Permission::JobsManage)?;
    let mut job = tx.get::<Job>(&id)?.ok_or_else(|| Refusal::not_found("job"))?;
    if !job.has_failed() {
        return Err(Refusal::new(crate::error::Code::Conflict, say!("refused-job-not-dead-runs")).into());
    }
    // Of a letter it is known who has it already, and nothing happens unless it is sent on its way again.
    if job.state == JobState::Dead && job.kind == outbox::SEND_MAIL {
        event::record(tx, actor, EventKind::JobRetried, about(&job), Changes::new().set("kind", job.kind.as_str()))?;
        return outbox::again(tx, actor, &job.payload);
    }
    job.state = JobState::Waiting;
    job.forgiven = job.attempts;
    job.due_at = tx.now();
    tx.put(&job)?;
    event::record(tx, actor, EventKind::JobRetried, about(&job), Changes::new().set("kind", job.kind.as_str()))?;
    Ok(())
}

/// Takes a job away that failed for good.
pub fn discard(tx: &mut Tx, actor: &Actor, id: JobId) -> Result<()> {
    actor.need(Permission::JobsManage)?;
    let job = tx.get::<Job>(&id)?.ok_or_else(|| Refusal::not_found("job"))?;
    if job.state != JobState::Dead {
        return Err(Refusal::new(crate::error::Code::Conflict, say!("refused-job-not-dead")).into());
    }
    tx.remove::<Job>(&id)?;
    let changes = Changes::new().set("kind", job.kind.as_str()).set("error", job.last_error.clone());
    event::record(tx, actor, EventKind::JobDiscarded, about(&job), changes)?;
    Ok(())
}

/// What waits of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// Not begun, or between two attempts.
    pub waiting: usize,
    pub running: usize,
    /// Of those that wait, whose last attempt failed.
    pub failing: usize,
    pub dead: usize,
    /// When the next begins.
    pub next: Option<Instant>,
}

/// What there is to do, by kind, and what failed.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    pub queues: BTreeMap<String, Queue>,
    /// Dead ones first, then those that are tried again, oldest first.
    pub failed: Vec<Job>,
    /// There are more jobs than were looked at.
    pub is_part: bool,
}

/// What there is to do, of the first `limit` jobs.
pub fn overview(tx: &Tx, actor: &Actor, limit: usize) -> Result<Overview> {
    actor.need(Permission::JobsManage)?;
    let (mut found, mut failing) = (Overview::default(), Vec::new());
    for (seen, job) in tx.scan::<Job>(&())?.enumerate() {
        if seen >= limit {
            found.is_part = true;
            break;
        }
        let job = job?;
        let queue = found.queues.entry(job.kind.clone()).or_default();
        match job.state {
            JobState::Waiting => {
                queue.waiting += 1;
                queue.failing += usize::from(job.has_failed());
                queue.next = Some(queue.next.map_or(job.due_at, |it| it.min(job.due_at)));
            }
            JobState::Leased => queue.running += 1,
            JobState::Dead => queue.dead += 1,
        }
        // What failed for good is never hidden behind what goes on by itself.
        let of_its_sort = if job.state == JobState::Dead { &mut found.failed } else { &mut failing };
        match job.has_failed() {
            true if of_its_sort.len() < limits::JOBS_FAILED_SHOWN_MAX => of_its_sort.push(job),
            true => found.is_part = true,
            false => {}
        }
    }
    found.failed.append(&mut failing);
    found.failed.sort_by_key(|it| (it.state != JobState::Dead, it.created_at));
    found.is_part |= found.failed.len() > limits::JOBS_FAILED_SHOWN_MAX;
    found.failed.truncate(limits::JOBS_FAILED_SHOWN_MAX);
    Ok(found)
}

/// Jobs that failed for good, oldest first.
pub fn dead(tx: &Tx, actor: &Actor) -> Result<Vec<Job>> {
    actor.need(Permission::JobsManage)?;
    let mut found = Vec::new();
    for job in tx.scan::<Job>(&())? {
        let job = job?;
        if job.state == JobState::Dead {
            found.push(job);
        }
    }
    Ok(found)
}

fn about(job: &Job) -> About {
    About { entity_kind: "job", entity: job.id.0, subject: None }
}

/// How many jobs wait or run, and how many are dead.
pub fn counts(tx: &Tx) -> Result<(usize, usize)> {
    let (mut alive, mut dead) = (0, 0);
    for job in tx.scan::<Job>(&())? {
        match job?.state {
            JobState::Dead => dead += 1,
            JobState::Waiting | JobState::Leased => alive += 1,
        }
    }
    Ok((alive, dead))
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use super::*;
    use crate::store::{Store, engine::memory::MemoryEngine, writer::Options};

    #[test]
    fn a_runner_that_lost_its_lease_ends_no_later_one() {
        let clock = Arc::new(AtomicI64::new(0));
        let ticking = clock.clone();
        let options = Options::new(MemoryEngine::default());
        let store =
            Store::open(Options { clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))), ..options }).unwrap();
        let (id, _) = store.write(|tx| enqueue(tx, "x", "once", "{}".into(), Instant::EPOCH)).unwrap();
        let lease = || {
            clock.fetch_add(LEASE.as_millis() as i64 + 1, Ordering::Relaxed);
            store.write(|tx| lease(tx, 1, |_| true)).unwrap().0.remove(0).attempts
        };
        let stale = lease();
        for _ in 0..2 * limits::JOB_ATTEMPTS_MAX {
            let present = lease();
            store.write(move |tx| end(tx, id, present, Ended::Again(tx.now()))).unwrap();
        }
        lease();
        store.write(move |tx| end(tx, id, stale, Ended::Done)).unwrap();
        assert_eq!(store.read().unwrap().get::<Job>(&id).unwrap().unwrap().state, JobState::Leased);
    }

    #[test]
    fn what_failed_is_seen_and_gets_another_round() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let lead = Actor::system("test");
        let enqueue_all = |tx: &mut Tx| -> Result<Vec<JobId>> {
            ["a", "b", "c"].iter().map(|it| enqueue(tx, "x", it, "{}".into(), Instant::EPOCH)).collect()
        };
        let (ids, _) = store.write(enqueue_all).unwrap();
        let (leased, _) = store.write(|tx| lease(tx, 2, |_| true)).unwrap();
        let (one, two) = (leased[0].id, leased[1].id);
        let three = ids.into_iter().find(|it| ![one, two].contains(it)).unwrap();
        let (first, second) = (leased[0].attempts, leased[1].attempts);
        store.write(move |tx| end(tx, one, first, Ended::Failed("no".into()))).unwrap();
        store.write(move |tx| end(tx, two, second, Ended::Retry("not now".into()))).unwrap();
        let seen = |lead: &Actor| overview(&store.read().unwrap(), lead, 10).unwrap();
        let found = seen(&lead);
        let queue = &found.queues["x"];
        assert_eq!((queue.waiting, queue.failing, queue.dead, queue.running), (2, 1, 1, 0));
        assert_eq!(found.failed.iter().map(|it| it.id).collect::<Vec<_>>(), [one, two], "what failed for good comes first");
        assert!(overview(&store.read().unwrap(), &lead, 2).unwrap().is_part);
        let by = lead.clone();
        assert!(store.write(move |tx| retry(tx, &by, three)).is_err(), "nothing is wrong with it");
        let by = lead.clone();
        assert!(store.write(move |tx| discard(tx, &by, two)).is_err(), "it goes on by itself");
        let by = lead.clone();
        store.write(move |tx| retry(tx, &by, one).and_then(|()| retry(tx, &by, two))).unwrap();
        assert!(seen(&lead).failed.is_empty());
        assert_eq!(store.write(|tx| lease(tx, 10, |_| true)).unwrap().0.len(), 3, "both begin now");
        store.write(move |tx| end(tx, one, first + 1, Ended::Failed("no".into()))).unwrap();
        let by = lead.clone();
        store.write(move |tx| discard(tx, &by, one)).unwrap();
        assert!(store.read().unwrap().get::<Job>(&one).unwrap().is_none());
    }

    #[test]
    fn a_job_that_ends_its_runner_every_time_dies_too() {
        let clock = Arc::new(AtomicI64::new(0));
        let ticking = clock.clone();
        let options = Options::new(MemoryEngine::default());
        let store =
            Store::open(Options { clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))), ..options }).unwrap();
        let (id, _) = store.write(|tx| enqueue(tx, "send_mail", "once", "{}".into(), Instant::EPOCH)).unwrap();
        let late = |secs| Backlog { waiting: 1, late: Duration::from_secs(secs) };
        clock.store(7_000, Ordering::Relaxed);
        assert_eq!(backlog(&store.read().unwrap(), 10).unwrap(), late(7));
        for attempt in 1..=limits::JOB_ATTEMPTS_MAX {
            let (leased, _) = store.write(|tx| lease(tx, 10, |_| true)).unwrap();
            assert_eq!(leased.iter().map(|it| it.attempts).collect::<Vec<_>>(), [attempt]);
            assert!(store.write(|tx| lease(tx, 10, |_| true)).unwrap().0.is_empty(), "it is leased");
            assert_eq!(backlog(&store.read().unwrap(), 10).unwrap(), late(0));
            clock.fetch_add(LEASE.as_millis() as i64 + 1, Ordering::Relaxed);
        }
        assert!(store.write(|tx| lease(tx, 10, |_| true)).unwrap().0.is_empty());
        let tx = store.read().unwrap();
        assert_eq!(backlog(&tx, 10).unwrap().waiting, 0);
        assert_eq!(tx.get::<Job>(&id).unwrap().unwrap().state, JobState::Dead);
        assert_eq!(tx.events_after(0, 10).unwrap().iter().map(|it| it.kind.as_str()).collect::<Vec<_>>(), [EventKind::JobDead.name()]);
        let (next, _) = store.write(|tx| enqueue(tx, "send_mail", "once", "{}".into(), Instant::EPOCH)).unwrap();
        assert_ne!(next, id, "what failed for good keeps nothing of its kind from being tried again");
        assert!(store.read().unwrap().get::<Job>(&id).unwrap().is_none());
        assert_eq!(store.write(|tx| enqueue(tx, "send_mail", "once", "{}".into(), Instant::EPOCH)).unwrap().0, next, "it is one");
    }
}
