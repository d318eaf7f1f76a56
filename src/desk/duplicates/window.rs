//! The tickets of the last hours, reduced to what tells whether two are alike, in memory. A search looks at these and at nothing else,
//! so its cost does not grow with the desk: a million tickets of other days are no candidates (RTE-08 asks for the last 24 hours).
//! The writer brings it up to date at each commit, before anybody is answered; at the start it is read from the newest tickets.
//!
//! Why not the search index: it lags behind the writer by a commit, and while tickets of an outage pour in it is what would be asked
//! most. Invariant: it holds so many tickets and no more, and what it answers follows from the tickets in it alone.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use uuid::Uuid;

use super::{
    score::{self, Probe},
    text::{self, Features, Mark},
};
use crate::{
    desk::{
        event::{Changes, EventKind},
        settings::Settings,
        tickets::{Kind, Ticket},
    },
    error::Result,
    id::{DepartmentId, OrganizationId, PersonId, TicketId},
    limits,
    store::{Event, Tx},
    time::Instant,
};

/// A ticket of the window.
#[derive(Debug, Clone)]
pub struct Entry {
    pub ticket: TicketId,
    pub kind: Kind,
    pub created_at: Instant,
    pub requester: PersonId,
    pub organization: Option<OrganizationId>,
    pub department: Option<DepartmentId>,
    pub features: Features,
    /// It changed, or is gone: another entry holds what it is now.
    dead: bool,
}

impl Entry {
    fn of(ticket: &Ticket) -> Entry {
        Entry {
            ticket: ticket.id,
            kind: ticket.kind,
            created_at: ticket.created_at,
            requester: ticket.requester,
            organization: ticket.organization,
            department: ticket.department,
            features: text::features(&ticket.title, &ticket.description),
            dead: false,
        }
    }
}

/// A ticket that is alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    pub ticket: TicketId,
    /// 0 to 1.
    pub score: f32,
    pub created_at: Instant,
}

/// Entries by the words or pieces in them: numbers of entries, ascending.
type Postings = BTreeMap<Mark, Vec<u32>>;

#[derive(Default)]
pub struct Window {
    entries: VecDeque<Entry>,
    /// The number of the first entry.
    first: u32,
    numbers: BTreeMap<TicketId, u32>,
    pieces: Postings,
    words: Postings,
    /// For how long tickets are kept.
    hours: u32,
    /// The latest instant that it was told of: what it has let go of does not come back when a clock is set back.
    upto: Instant,
    /// Entries that left since the postings were last tidied.
    left: usize,
}

/// How far a clock may have been set back since the newest ticket.
const CLOCK_BACK: Duration = Duration::from_secs(24 * 3600);
/// Candidates that are compared in full.
const CANDIDATES_MAX: usize = 64;
/// A word or piece that stands in more of the entries than one in so many finds nothing, where there are many.
const COMMON: usize = 4;
/// Entries below which every word counts.
const FEW: usize = 400;

impl Window {
    /// The window of a store, read anew.
    pub fn of(tx: &Tx) -> Result<Window> {
        let hours = tx.get_shared::<Settings>(&())?.map_or(0, |it| it.alike.hours);
        let mut window = Window { hours, ..Window::default() };
        let since = window.since(tx.now());
        let mut found = Vec::new();
        // Ids are by time, so these lie together; what was imported with an id of its own is no candidate.
        let after = first_id_after(tx.now().plus(CLOCK_BACK));
        for ticket in tx.scan_back_from::<Ticket>(Some(&TicketId(after)))? {
            let ticket = ticket?;
            if ticket.id < TicketId(first_id_after(since)) || found.len() >= limits::ALIKE_TICKETS_MAX {
                break;
            }
            found.push(ticket);
        }
        for ticket in found.iter().rev() {
            window.keep(ticket, tx.now());
        }
        Ok(window)
    }

    /// Brings it up to date with committed events. `tx` reads the state after them.
    pub fn follow(&mut self, tx: &Tx, events: &[Event]) -> Result<()> {
        for event in events {
            match EventKind::named(&event.kind) {
                Some(EventKind::SettingsChanged) => {
                    let hours = Settings::of(tx)?.alike.hours;
                    if hours != self.hours {
                        *self = Window::of(tx)?;
                        return Ok(());
                    }
                }
                Some(EventKind::TicketCreated | EventKind::TicketDeleted | EventKind::TicketMerged | EventKind::TicketUnmerged) => {
                    self.look(tx, TicketId(event.entity))?;
                }
                Some(EventKind::TicketChanged) if is_about_words(&Changes::of(event)) => self.look(tx, TicketId(event.entity))?,
                _ => {}
            }
        }
        self.forget(tx.now());
        Ok(())
    }

    fn look(&mut self, tx: &Tx, id: TicketId) -> Result<()> {
        self.drop(id);
        if let Some(ticket) = tx.get::<Ticket>(&id)? {
            self.keep(&ticket, tx.now());
        }
        Ok(())
    }

    /// An empty one that keeps tickets for so many hours.
    pub fn for_hours(hours: u32) -> Window {
        Window { hours, ..Window::default() }
    }

    /// Entries of its postings, which is what most of its memory is for.
    pub fn held(&self) -> usize {
        [&self.pieces, &self.words].into_iter().flat_map(BTreeMap::values).map(Vec::len).sum()
    }

    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// What is known of a ticket, if it is in the window.
    pub fn entry(&self, ticket: TicketId) -> Option<&Entry> {
        self.at(*self.numbers.get(&ticket)?)
    }

    fn at(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number.checked_sub(self.first)? as usize)
    }

    fn since(&self, now: Instant) -> Instant {
        now.max(self.upto).minus(Duration::from_secs(u64::from(self.hours) * 3600))
    }

    /// Takes a ticket in, if it is recent, lives, and goes on by itself.
    pub fn keep(&mut self, ticket: &Ticket, now: Instant) {
        self.drop(ticket.id);
        if ticket.deleted_at.is_some() || ticket.merged.is_some() || ticket.created_at < self.since(now) {
            return;
        }
        let entry = Entry::of(ticket);
        // After so many tickets the numbers end and the window begins anew; nobody sees that day.
        let Some(number) = u32::try_from(self.entries.len()).ok().and_then(|it| self.first.checked_add(it)) else {
            *self = Window { hours: self.hours, ..Window::default() };
            return;
        };
        for piece in &entry.features.pieces {
            self.pieces.entry(*piece).or_default().push(number);
        }
        for (word, _) in &entry.features.words {
            self.words.entry(*word).or_default().push(number);
        }
        self.numbers.insert(ticket.id, number);
        self.entries.push_back(entry);
        while self.entries.len() > limits::ALIKE_TICKETS_MAX {
            self.pop();
        }
    }

    fn drop(&mut self, id: TicketId) {
        if let Some(number) = self.numbers.remove(&id)
            && let Some(entry) = number.checked_sub(self.first).and_then(|it| self.entries.get_mut(it as usize))
        {
            entry.dead = true;
            let Features { pieces, words, .. } = std::mem::take(&mut entry.features);
            pieces.iter().for_each(|it| take_out(&mut self.pieces, *it, number));
            words.iter().for_each(|it| take_out(&mut self.words, it.0, number));
        }
    }

    /// Lets go of what is too old.
    fn forget(&mut self, now: Instant) {
        self.upto = self.upto.max(now);
        let since = self.since(now);
        while self.entries.front().is_some_and(|it| it.dead || it.created_at < since) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(entry) = self.entries.pop_front() else { return };
        if self.numbers.get(&entry.ticket) == Some(&self.first) {
            self.numbers.remove(&entry.ticket);
        }
        self.first += 1;
        self.left += 1;
        // Now and then, so that what a ticket costs is the same on the average.
        if self.left > FEW.max(self.entries.len() / 2) {
            self.left = 0;
            for postings in [&mut self.pieces, &mut self.words] {
                let first = self.first;
                postings.retain(|_, list| {
                    list.drain(..list.partition_point(|it| *it < first));
                    !list.is_empty()
                });
            }
        }
    }

    /// In how many tickets a word stands, give or take those that left lately.
    pub(super) fn frequency(&self, word: Mark) -> usize {
        self.words.get(&word).map_or(0, |it| it.len() - it.partition_point(|it| *it < self.first))
    }

    /// The tickets most alike, the best first, above `threshold`; at most `limit`.
    pub fn near(&self, probe: &Probe, threshold: f32, now: Instant, limit: usize) -> Vec<Near> {
        let since = self.since(now);
        let mut found: Vec<Near> = Vec::new();
        for number in self.candidates(probe) {
            let Some(entry) = self.at(number).filter(|it| !it.dead && it.created_at >= since) else { continue };
            if Some(entry.ticket) == probe.except {
                continue;
            }
            let score = score::score(self, probe, entry);
            if score >= threshold {
                found.push(Near { ticket: entry.ticket, score, created_at: entry.created_at });
            }
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.created_at.cmp(&a.created_at)).then(a.ticket.cmp(&b.ticket)));
        found.truncate(limit);
        found
    }

    /// Entries that share most with the probe, by a rough measure.
    fn candidates(&self, probe: &Probe) -> Vec<u32> {
        let mut shares = vec![0.0_f32; self.entries.len()];
        let few = self.entries.len() <= FEW;
        let mut add = |postings: &Postings, mark: Mark, worth: &dyn Fn(usize) -> f32| {
            let Some(list) = postings.get(&mark) else { return };
            let list = &list[list.partition_point(|it| *it < self.first)..];
            if !few && list.len() > self.entries.len() / COMMON {
                return;
            }
            let worth = worth(list.len());
            for number in list {
                shares[(number - self.first) as usize] += worth;
            }
        };
        let piece = 1.0 / (probe.features.pieces.len().max(1) as f32);
        for mark in &probe.features.pieces {
            add(&self.pieces, *mark, &|_| piece);
        }
        let total: f32 = probe.features.words.iter().map(|it| score::rarity(self.len(), self.frequency(it.0))).sum();
        for (mark, _) in &probe.features.words {
            add(&self.words, *mark, &|it| score::rarity(self.len(), it) / total.max(f32::EPSILON));
        }
        let mut best: Vec<u32> = (0..shares.len()).filter(|it| shares[*it] > 0.15).map(|it| self.first + it as u32).collect();
        let share = |number: &u32| shares[(number - self.first) as usize];
        // Of equals the newest.
        let order = |a: &u32, b: &u32| share(b).total_cmp(&share(a)).then(b.cmp(a));
        if best.len() > CANDIDATES_MAX {
            best.select_nth_unstable_by(CANDIDATES_MAX - 1, order);
            best.truncate(CANDIDATES_MAX);
        }
        best.sort_unstable_by(order);
        best
    }

    /// What differs from a window that is read anew, for checks; nothing if all is well.
    pub fn difference(&self, tx: &Tx) -> Result<Option<String>> {
        let fresh = Window::of(tx)?;
        let since = self.since(tx.now());
        let lives = |it: &&Entry| !it.dead && it.created_at >= since;
        let present = |window: &Window| -> BTreeMap<TicketId, Features> {
            window.entries.iter().filter(lives).map(|it| (it.ticket, it.features.clone())).collect()
        };
        let (ours, theirs) = (present(self), present(&fresh));
        if let Some(id) = theirs.keys().chain(ours.keys()).find(|it| ours.get(it) != theirs.get(it)) {
            return Ok(Some(format!("{id} is not in the window of recent tickets as it is stored")));
        }
        Ok(None)
    }
}

fn take_out(postings: &mut Postings, mark: Mark, number: u32) {
    let Some(list) = postings.get_mut(&mark) else { return };
    if let Ok(at) = list.binary_search(&number) {
        list.remove(at);
    }
    if list.is_empty() {
        postings.remove(&mark);
    }
}

/// Whether what is compared may have changed.
fn is_about_words(changes: &Changes) -> bool {
    ["title", "description", "organization", "department", "requester"].into_iter().any(|it| changes.has(it))
}

/// The smallest id that is made after this instant (RFC 9562 5.7).
fn first_id_after(at: Instant) -> Uuid {
    let millis = u128::try_from(at.as_millis().saturating_add(1)).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}
