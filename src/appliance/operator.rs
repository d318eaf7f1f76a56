//! Operators: people of some desk who also look after all desks of this machine (D1). Who it is stands above the desks; whether they
//! may sign in at all stays their own desk's word, so a deactivated person is no operator as long as they are.
//!
//! Invariant: what an operator does is checked against this list in the transaction that does it, and nobody removes the last one who
//! can still sign in.

use minicbor::{Decode, Encode};
use serde_json::json;

use super::{Appliance, Member};
use crate::{
    desk::identity::Person,
    error::{Code, Refusal, Result},
    id::{DeskId, PersonId},
    language::say,
    limits,
    store::{NewEvent, Record, Table, Tx, log::EventActor},
    time::Instant,
};

/// Who changes what stands above the desks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Whoever owns the machine, by a command.
    CommandLine,
    /// Somebody who is signed in at their desk.
    Operator(Member),
}

impl By {
    /// Refuses whoever is no operator (any more).
    pub(super) fn need(self, tx: &Tx) -> Result<()> {
        match self {
            By::Operator(it) if !is_operator(tx, it)? => Err(refused()),
            _ => Ok(()),
        }
    }

    /// Whether this is the desk that they are signed in at.
    pub fn is_at(self, desk: DeskId) -> bool {
        matches!(self, By::Operator(it) if it.desk == desk)
    }

    pub(super) fn for_log(self) -> EventActor {
        let id = match self {
            By::CommandLine => None,
            By::Operator(it) => Some(it.person.0),
        };
        EventActor { kind: "operator".into(), id }
    }
}

/// What is said to everybody else.
pub fn refused() -> crate::error::Error {
    Refusal::new(Code::Forbidden, say!("refused-only-operators-server-may")).into()
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Operator {
    #[n(0)]
    desk: DeskId,
    #[n(1)]
    person: PersonId,
    #[n(2)]
    since: Instant,
}

impl Record for Operator {
    type Key = (DeskId, PersonId);
    const TABLE: Table = Table::journalled(0x15, "operators");

    fn key(&self) -> (DeskId, PersonId) {
        (self.desk, self.person)
    }
}

/// Whether this person was made an operator; that they may sign in is for their desk to say.
pub(super) fn is_operator(tx: &Tx, member: Member) -> Result<bool> {
    Ok(tx.has::<Operator>(&(member.desk, member.person))?)
}

fn all(tx: &Tx) -> Result<Vec<Member>> {
    let mut all: Vec<Operator> = tx.scan::<Operator>(&())?.collect::<Result<_, _>>()?;
    all.sort_by_key(|it| (it.since, it.desk, it.person));
    Ok(all.into_iter().map(|it| Member { desk: it.desk, person: it.person }).collect())
}

/// Makes a person an operator; false if they are one already.
pub(super) fn add(tx: &mut Tx, by: By, member: Member) -> Result<bool> {
    by.need(tx)?;
    if is_operator(tx, member)? {
        return Ok(false);
    }
    if all(tx)?.len() >= limits::OPERATORS_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-server-most-operators", operators_max = limits::OPERATORS_MAX)).into());
    }
    let since = tx.now();
    tx.put(&Operator { desk: member.desk, person: member.person, since })?;
    record(tx, by, "operator.added", member, (false, true))?;
    Ok(true)
}

/// Takes it back. `able` are those who can sign in: one of them must stay.
fn remove(tx: &mut Tx, by: By, member: Member, able: &[Member]) -> Result<()> {
    by.need(tx)?;
    let present = all(tx)?;
    if !present.contains(&member) {
        return Err(Refusal::new(Code::NotFound, say!("refused-person-no-operator")).into());
    }
    if !present.iter().any(|it| *it != member && able.contains(it)) {
        let detail = say!("refused-nobody-else-who-can");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    drop_one(tx, by, member)
}

fn drop_one(tx: &mut Tx, by: By, member: Member) -> Result<()> {
    tx.remove::<Operator>(&(member.desk, member.person))?;
    record(tx, by, "operator.removed", member, (true, false))
}

/// A desk is about to go: its people are no operators any more. Refused if they are all there are.
pub(super) fn leave_with(tx: &mut Tx, by: By, desk: DeskId) -> Result<()> {
    let (leaving, staying): (Vec<_>, Vec<_>) = all(tx)?.into_iter().partition(|it| it.desk == desk);
    if staying.is_empty() && !leaving.is_empty() {
        let detail = say!("refused-all-operators-people-desk");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    leaving.into_iter().try_for_each(|it| drop_one(tx, by, it))
}

fn record(tx: &mut Tx, by: By, kind: &'static str, who: Member, (before, after): (bool, bool)) -> Result<()> {
    let changes = json!({ "operator": { "before": before, "after": after }, "desk": { "before": null, "after": who.desk.to_string() } });
    tx.record(NewEvent {
        kind,
        actor: by.for_log(),
        entity_kind: "person",
        entity: who.person.0,
        parts: vec![(None, b"{}".to_vec()), (None, changes.to_string().into_bytes())],
    })?;
    Ok(())
}

impl Appliance {
    /// Whether this person, whom their desk let in, is an operator.
    pub fn is_operator(&self, member: Member) -> Result<bool> {
        is_operator(&self.store().read()?, member)
    }

    /// Every operator, the first made first.
    pub fn operators(&self) -> Result<Vec<Member>> {
        all(&self.store().read()?)
    }

    /// Makes a person an operator; false if they are one already.
    pub fn add_operator(&self, by: By, member: Member) -> Result<bool> {
        self.store().write(move |tx| add(tx, by, member)).map(|it| it.0)
    }

    /// Takes it back, unless nobody else is left who can sign in.
    pub fn remove_operator(&self, by: By, member: Member) -> Result<()> {
        let mut able = Vec::new();
        for it in self.operators()?.into_iter().filter(|it| *it != member) {
            if self.operator_person(it)?.is_some_and(|it| it.active) {
                able.push(it);
            }
        }
        self.store().write(move |tx| remove(tx, by, member, &able)).map(drop)
    }

    /// The person behind an operator, if their desk lets anybody in.
    pub fn operator_person(&self, member: Member) -> Result<Option<Person>> {
        if self.entry(member.desk)?.suspended_at.is_some() {
            return Ok(None);
        }
        self.desk_of_id(member.desk)?.read(|tx| Ok(tx.get::<Person>(&member.person)?))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::{Store, engine::memory::MemoryEngine, writer::Options};

    fn member(desk: u128, person: u128) -> Member {
        Member { desk: DeskId(Uuid::from_u128(desk)), person: PersonId(Uuid::from_u128(person)) }
    }

    fn store_with(operators: &[Member]) -> Store {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        for it in operators.iter().copied() {
            assert!(store.write(move |tx| add(tx, By::CommandLine, it)).unwrap().0);
        }
        store
    }

    fn present(store: &Store) -> Vec<Member> {
        all(&store.read().unwrap()).unwrap()
    }

    #[test]
    fn only_operators_and_the_command_line_make_operators() {
        let (max, ada, rosa) = (member(1, 10), member(1, 11), member(2, 20));
        let store = store_with(&[max]);
        assert!(store.write(move |tx| add(tx, By::Operator(ada), ada)).is_err());
        assert!(store.write(move |tx| add(tx, By::Operator(Member { desk: rosa.desk, ..max }), rosa)).is_err(), "a namesake elsewhere");
        assert!(store.write(move |tx| add(tx, By::Operator(max), rosa)).unwrap().0);
        assert!(!store.write(move |tx| add(tx, By::CommandLine, rosa)).unwrap().0, "they are one already");
        assert_eq!(present(&store), [max, rosa]);
        let events = store.read().unwrap().events_after(0, 10).unwrap();
        let told: Vec<_> = events.iter().map(|it| (it.kind.as_str(), it.actor.id)).collect();
        assert_eq!(told, [("operator.added", None), ("operator.added", Some(max.person.0))]);
    }

    #[test]
    fn the_last_who_can_sign_in_stays() {
        let (max, ada, rosa) = (member(1, 10), member(1, 11), member(2, 20));
        for (operators, who, able, refused) in [
            (vec![max], max, vec![], Some("Nobody else")),
            (vec![max], ada, vec![max], Some("no operator")),
            (vec![max, ada], max, vec![], Some("Nobody else")),
            (vec![max, ada], max, vec![rosa], Some("Nobody else")),
            (vec![max, ada], max, vec![max], Some("Nobody else")),
            (vec![max, ada], max, vec![ada], None),
        ] {
            let store = store_with(&operators);
            let given = able.clone();
            let outcome = store.write(move |tx| remove(tx, By::CommandLine, who, &given)).map(drop);
            match (outcome, refused) {
                (Ok(()), None) => assert!(!present(&store).contains(&who)),
                (Err(it), Some(says)) => assert!(it.to_string().contains(says), "{it}"),
                (it, _) => panic!("{it:?} for {who:?} of {operators:?}, able {able:?}"),
            }
        }
    }

    #[test]
    fn operators_go_with_their_desk_unless_they_are_all() {
        let (max, ada, rosa) = (member(1, 10), member(1, 11), member(2, 20));
        let store = store_with(&[max, ada, rosa]);
        store.write(move |tx| leave_with(tx, By::CommandLine, rosa.desk)).unwrap();
        assert_eq!(present(&store), [max, ada]);
        assert!(store.write(move |tx| leave_with(tx, By::CommandLine, max.desk)).is_err());
        store.write(move |tx| leave_with(tx, By::CommandLine, rosa.desk)).unwrap();
        assert_eq!(present(&store), [max, ada]);
    }
}
