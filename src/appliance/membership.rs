//! One person in several desks: a provider's technician, say (IAM-31). An operator says who is the same person; a member goes from one
//! desk to the other by a pass that works once, for a minute, on that desk, and is kept by its hash.
//!
//! Invariant: a pass is only ever made for somebody who is signed in as one of the membership's people, and lets in nobody else.

use std::time::Duration;

use minicbor::{Decode, Encode};
use serde_json::json;
use uuid::Uuid;

use super::{Appliance, DeskEntry};
use crate::{
    error::{Code, Refusal, Result},
    id::{DeskId, PersonId},
    language::say,
    store::{Index, NewEvent, Record, Table, Tx, log::EventActor, record::Entries},
    time::Instant,
};

/// How long a pass works: it is used by a redirect.
const PASS_LASTS: Duration = Duration::from_secs(60);
/// Desks that one person may be of.
const DESKS_MAX: usize = 1000;

/// One of the people that are the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Member {
    #[n(0)]
    pub desk: DeskId,
    #[n(1)]
    pub person: PersonId,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Membership {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: [u8; 16],
    #[n(1)]
    members: Vec<Member>,
}

const BY_MEMBER: Index<Membership, (DeskId, PersonId)> = Index::new(0x80, "memberships_by_member");

impl Record for Membership {
    type Key = [u8; 16];
    const TABLE: Table = Table::journalled(0x13, "memberships");

    fn key(&self) -> [u8; 16] {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        for it in &self.members {
            entries.add(&BY_MEMBER, &(it.desk, it.person));
        }
    }
}

/// A pass, by the hash of its secret.
#[derive(Debug, Clone, Encode, Decode)]
struct Pass {
    #[cbor(n(0), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[n(1)]
    to: Member,
    #[n(2)]
    until: Instant,
}

impl Record for Pass {
    type Key = [u8; 32];
    const TABLE: Table = Table::operational(0x14, "passes");

    fn key(&self) -> [u8; 32] {
        self.hash
    }
}

fn of(tx: &Tx, member: Member) -> Result<Option<Membership>> {
    Ok(tx.find_one(&BY_MEMBER, &(member.desk, member.person))?)
}

/// Says that these two are the same person. Whoever was the same person as either of them is the same as both.
fn join(tx: &mut Tx, one: Member, other: Member) -> Result<()> {
    if one.desk == other.desk {
        return Err(Refusal::new(Code::Validation, say!("refused-two-people-one-desk")).into());
    }
    let (first, second) = (of(tx, one)?, of(tx, other)?);
    let mut members: Vec<Member> = Vec::new();
    for it in first.iter().chain(&second).flat_map(|it| &it.members).chain([&one, &other]) {
        if !members.contains(it) {
            members.push(*it);
        }
    }
    let mut desks: Vec<DeskId> = members.iter().map(|it| it.desk).collect();
    desks.sort_unstable();
    desks.dedup();
    if desks.len() < members.len() || desks.len() > DESKS_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-one-them-somebody-else")).into());
    }
    for old in first.into_iter().chain(second) {
        tx.remove::<Membership>(&old.id)?;
    }
    let id = *tx.new_id::<Uuid>().as_bytes();
    let told = json!({ "members": { "before": null, "after": members.iter().map(|it| it.person.to_string()).collect::<Vec<_>>() } });
    tx.put(&Membership { id, members })?;
    record(tx, "membership.joined", id, &told)
}

/// Says that this one is nobody else any more.
fn part(tx: &mut Tx, member: Member) -> Result<()> {
    let Some(mut membership) = of(tx, member)? else { return Err(Refusal::not_found("membership").into()) };
    membership.members.retain(|it| *it != member);
    let id = membership.id;
    if membership.members.len() > 1 {
        tx.put(&membership)?;
    } else {
        tx.remove::<Membership>(&id)?;
    }
    record(tx, "membership.parted", id, &json!({ "member": { "before": member.person.to_string(), "after": null } }))
}

fn record(tx: &mut Tx, kind: &'static str, entity: [u8; 16], changes: &serde_json::Value) -> Result<()> {
    tx.record(NewEvent {
        kind,
        actor: EventActor { kind: "operator".into(), id: None },
        entity_kind: "membership",
        entity: Uuid::from_bytes(entity),
        parts: vec![(None, b"{}".to_vec()), (None, changes.to_string().into_bytes())],
    })?;
    Ok(())
}

fn make_pass(tx: &mut Tx, from: Member, to: DeskId) -> Result<String> {
    let stranger = || Refusal::not_found("desk");
    let membership = of(tx, from)?.ok_or_else(stranger)?;
    let to = *membership.members.iter().find(|it| it.desk == to && **it != from).ok_or_else(stranger)?;
    let over: Vec<Pass> =
        tx.scan::<Pass>(&())?.filter(|it| it.as_ref().map_or(true, |it| it.until <= tx.now())).collect::<Result<_, _>>()?;
    for it in over {
        tx.remove::<Pass>(&it.hash)?;
    }
    let secret: [u8; 32] = tx.random();
    let text: String = secret.iter().map(|it| format!("{it:02x}")).collect();
    tx.put(&Pass { hash: *blake3::hash(text.as_bytes()).as_bytes(), to, until: tx.now().plus(PASS_LASTS) })?;
    Ok(text)
}

/// The person whom a pass lets into this desk. It is used up, whatever becomes of it.
fn take_pass(tx: &mut Tx, desk: DeskId, text: &str) -> Result<Option<PersonId>> {
    let hash = *blake3::hash(text.as_bytes()).as_bytes();
    let Some(pass) = tx.get::<Pass>(&hash)? else { return Ok(None) };
    tx.remove::<Pass>(&hash)?;
    Ok((pass.to.desk == desk && pass.until > tx.now()).then_some(pass.to.person))
}

impl Appliance {
    /// Says that these two are the same person.
    pub fn join(&self, one: Member, other: Member) -> Result<()> {
        self.store().write(move |tx| join(tx, one, other)).map(|it| it.0)
    }

    pub fn part(&self, member: Member) -> Result<()> {
        self.store().write(move |tx| part(tx, member)).map(|it| it.0)
    }

    /// The other desks of a person, by name; those that are suspended are not offered.
    pub fn other_desks(&self, member: Member) -> Result<Vec<DeskEntry>> {
        let tx = self.store().read()?;
        let Some(membership) = of(&tx, member)? else { return Ok(Vec::new()) };
        let mut desks = Vec::new();
        for it in membership.members.iter().filter(|it| **it != member) {
            desks.extend(tx.get::<DeskEntry>(&it.desk)?.filter(|it| it.suspended_at.is_none()));
        }
        desks.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(desks)
    }

    /// Makes a pass for somebody who is signed in, into another of their desks. It waits for the disk; not for async callers.
    pub fn make_pass(&self, from: Member, to: DeskId) -> Result<String> {
        self.store().write(move |tx| make_pass(tx, from, to)).map(|it| it.0)
    }

    /// Uses a pass up; gives whom it lets into this desk, if anybody.
    pub fn take_pass(&self, desk: DeskId, text: &str) -> Result<Option<PersonId>> {
        let text = text.to_owned();
        self.store().write(move |tx| take_pass(tx, desk, &text)).map(|it| it.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use super::*;
    use crate::store::{Store, engine::memory::MemoryEngine, writer::Options};

    fn member(desk: u128, person: u128) -> Member {
        Member { desk: DeskId(Uuid::from_u128(desk)), person: PersonId(Uuid::from_u128(person)) }
    }

    fn store() -> (Arc<AtomicI64>, Store) {
        let clock = Arc::new(AtomicI64::new(1_000_000));
        let ticking = clock.clone();
        let options = Options {
            clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))),
            ..Options::new(MemoryEngine::default())
        };
        (clock, Store::open(options).unwrap())
    }

    #[test]
    fn a_pass_lets_one_person_in_once_and_soon() {
        let (clock, store) = store();
        let (a, b, c) = (member(1, 10), member(2, 20), member(3, 30));
        store.write(move |tx| join(tx, a, b)).unwrap();
        store.write(move |tx| join(tx, b, c)).unwrap();
        let pass = |from: Member, to: Member| store.write(move |tx| make_pass(tx, from, to.desk)).map(|it| it.0);
        let take = |at: Member, text: &str| {
            let text = text.to_owned();
            store.write(move |tx| take_pass(tx, at.desk, &text)).unwrap().0
        };
        let text = pass(a, c).unwrap();
        assert_eq!(take(c, &text), Some(c.person));
        assert_eq!(take(c, &text), None, "it works once");
        let text = pass(a, c).unwrap();
        assert_eq!((take(b, &text), take(c, &text)), (None, None), "it is for one desk, and used up by being shown elsewhere");
        let text = pass(a, b).unwrap();
        clock.fetch_add(60_000, Ordering::Relaxed);
        assert_eq!(take(b, &text), None, "it is too late");
        for wrong in ["", "00", "nonsense"] {
            assert_eq!(take(b, wrong), None);
        }
        assert!(pass(member(1, 11), b).is_err() && pass(a, a).is_err() && pass(a, member(9, 9)).is_err());
        store.write(move |tx| part(tx, b)).unwrap();
        assert!(pass(a, b).is_err() && pass(b, a).is_err() && pass(a, c).is_ok());
    }

    #[test]
    fn nobody_is_two_people_of_one_desk() {
        let (_, store) = store();
        store.write(|tx| join(tx, member(1, 10), member(2, 20))).unwrap();
        assert!(store.write(|tx| join(tx, member(1, 10), member(1, 11))).is_err());
        assert!(store.write(|tx| join(tx, member(1, 11), member(2, 20))).is_err());
        assert!(store.write(|tx| part(tx, member(5, 5))).is_err());
    }
}
