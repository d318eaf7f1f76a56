//! Failed sign-ins, and who has to wait for them. Guessing is slowed without giving anybody the means to lock somebody else out:
//!
//! - what fails slows its own pair of account and address, more with each failure;
//! - strangers, from addresses and devices that an account does not know, share a slow rate per account, so that guessing from many
//!   addresses gains nothing;
//! - a device that signed in before answers for itself alone, and an address that did is no stranger: neither waits for what others do.
//!
//! Every attempt counts as failed until it has succeeded, so that many at once are not cheaper than one after the other. Accounts
//! that do not exist are counted in the same way. Kept in memory, bounded; a restart forgets it. The clock is the caller's.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Problem, credential_limit::block};
use crate::{
    error::{Code, Refusal},
    id::DeskId,
    language::say,
    limits,
    time::Instant,
};

/// An account by a hash of its desk and address, whether or not there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account([u8; 16]);

impl Account {
    pub fn of(desk: DeskId, email: &str) -> Account {
        let hash = blake3::hash(&[desk.0.as_bytes().as_slice(), email.trim().to_lowercase().as_bytes()].concat());
        let mut half = [0; 16];
        half.copy_from_slice(&hash.as_bytes()[..16]);
        Account(half)
    }
}

/// What the account knows of where an attempt comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Stranger,
    /// Somebody signed in from this address before.
    Address,
    /// This device signed in before.
    Device([u8; 8]),
}

/// Who waits for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Pair(Account, Option<IpAddr>),
    Device(Account, [u8; 8]),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
    until: Instant,
    /// Whether it was said that this line waits.
    told: bool,
}

/// Attempts that strangers may still make, as of an instant.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    left: f64,
    at: Instant,
    told: bool,
}

/// An attempt that was let through, and counts as failed until it is said otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    account: Account,
    line: Line,
    is_strange: bool,
}

/// It has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slowed {
    pub seconds: u64,
    /// Whether it is the slow rate of all strangers, rather than this address or device.
    pub everybody: bool,
    /// Whether this is the first time that it is said, so that it is written down once.
    pub first: bool,
}

impl From<Slowed> for Problem {
    fn from(it: Slowed) -> Problem {
        let detail = say!("refused-too-many-sign-ins", seconds = it.seconds);
        Problem { error: Refusal::new(Code::RateLimited, detail).into(), retry_after: Some(it.seconds) }
    }
}

#[derive(Default)]
struct Books {
    lines: Bounded<Line, Failures>,
    strangers: Bounded<Account, Allowance>,
}

#[derive(Default)]
pub struct Attempts(Mutex<Books>);

impl Attempts {
    /// Lets an attempt through and counts it, or says how long to wait.
    pub fn begin(&self, now: Instant, account: Account, address: Option<IpAddr>, known: Known) -> Result<Attempt, Slowed> {
        let line = match known {
            Known::Device(it) => Line::Device(account, it),
            Known::Stranger | Known::Address => Line::Pair(account, address.map(block)),
        };
        let is_strange = known == Known::Stranger;
        let mut books = self.lock();
        let mut failures = books.lines.get(&line).filter(|it| now.since(it.last) < REMEMBERED).unwrap_or(Failures {
            count: 0,
            last: now,
            until: now,
            told: false,
        });
        if failures.until > now {
            let first = !std::mem::replace(&mut failures.told, true);
            books.lines.put(line, failures);
            return Err(Slowed { seconds: seconds(failures.until.since(now)), everybody: false, first });
        }
        if is_strange {
            let mut allowance = books.strangers.get(&account).unwrap_or(Allowance { left: f64::from(STRANGERS), at: now, told: false });
            allowance.left = (allowance.left + now.since(allowance.at).as_secs_f64() / STRANGER_SECS).min(f64::from(STRANGERS));
            allowance.at = now;
            if allowance.left < 1.0 {
                let first = !std::mem::replace(&mut allowance.told, true);
                books.strangers.put(account, allowance);
                let wait = Duration::from_secs_f64((1.0 - allowance.left) * STRANGER_SECS);
                return Err(Slowed { seconds: seconds(wait), everybody: true, first });
            }
            allowance.left -= 1.0;
            allowance.told &= allowance.left < f64::from(STRANGERS) / 2.0;
            books.strangers.put(account, allowance);
        }
        failures.count += 1;
        failures.last = now;
        failures.until = now.plus(wait_after(failures.count));
        books.lines.put(line, failures);
        Ok(Attempt { account, line, is_strange })
    }

    /// Somebody is in: the line is clear again.
    pub fn succeeded(&self, attempt: Attempt) {
        let mut books = self.lock();
        books.lines.remove(&attempt.line);
        books.give_back(&attempt);
    }

    /// The attempt was no guess, such as a password that was right where a code is still missing: it does not count, nor clear.
    pub fn withdrawn(&self, attempt: Attempt) {
        let mut books = self.lock();
        if let Some(mut failures) = books.lines.get(&attempt.line) {
            failures.count = failures.count.saturating_sub(1);
            failures.until = failures.last;
            books.lines.put(attempt.line, failures);
        }
        books.give_back(&attempt);
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn give_back(&mut self, attempt: &Attempt) {
        if attempt.is_strange
            && let Some(mut allowance) = self.strangers.get(&attempt.account)
        {
            allowance.left = (allowance.left + 1.0).min(f64::from(STRANGERS));
            self.strangers.put(attempt.account, allowance);
        }
    }
}

const REMEMBERED: Duration = Duration::from_secs(limits::SIGN_IN_REMEMBERED_SECS);
const STRANGERS: u32 = limits::SIGN_IN_STRANGERS_MAX;
const STRANGER_SECS: f64 = limits::SIGN_IN_STRANGER_SECS as f64;

/// How long the next attempt waits after this many failures: nothing, then one second, then twice as long each time.
fn wait_after(failures: u32) -> Duration {
    match failures.checked_sub(limits::SIGN_IN_FREE_FAILURES) {
        None => Duration::ZERO,
        Some(over) => Duration::from_secs((1_u64 << over.min(32)).min(limits::SIGN_IN_WAIT_SECS_MAX)),
    }
}

fn seconds(wait: Duration) -> u64 {
    (wait.as_millis().div_ceil(1000) as u64).max(1)
}

/// A map that holds so much and no more: the entry that was longest untouched goes first.
struct Bounded<K, V> {
    entries: BTreeMap<K, (V, u64)>,
    by_age: BTreeMap<u64, K>,
    next: u64,
}

impl<K, V> Default for Bounded<K, V> {
    fn default() -> Self {
        Bounded { entries: BTreeMap::new(), by_age: BTreeMap::new(), next: 0 }
    }
}

impl<K: Ord + Copy, V: Copy> Bounded<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        self.entries.get(key).map(|it| it.0)
    }

    fn put(&mut self, key: K, value: V) {
        if let Some((_, age)) = self.entries.insert(key, (value, self.next)) {
            self.by_age.remove(&age);
        }
        self.by_age.insert(self.next, key);
        self.next += 1;
        if self.entries.len() > limits::SIGN_IN_REMEMBERED_MAX
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.entries.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &K) {
        if let Some((_, age)) = self.entries.remove(key) {
            self.by_age.remove(&age);
        }
    }
}

#[cfg(test)]
mod tests;
