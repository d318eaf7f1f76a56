//! Second factors: what somebody must have, besides knowing the password (IAM-05). A person has a list of factors of kinds; so far a
//! code that changes with the time, and codes for the day on which the telephone is gone. Passkeys will be another kind.
//!
//! Invariant: a code works once. Seeds are sealed, recovery codes kept by their hash.

use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use minicbor::{Decode, Encode};

use super::{Person, rules::AccountRules, totp};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        providers, seal,
        settings::Settings,
    },
    error::{Code, Refusal, Result},
    id::{FactorId, PersonId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// What a seed is sealed for.
const SEALED_FOR: &str = "totp";
/// 80 bits, so that a stolen hash cannot be tried through.
const RECOVERY_BYTES: usize = 10;

/// How a factor is proved.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum FactorKind {
    /// A code that changes with the time (RFC 6238).
    #[n(0)]
    Totp {
        #[cbor(n(0), with = "minicbor::bytes")]
        sealed: Vec<u8>,
        /// The step of the last code that was used.
        #[n(1)]
        last_step: u64,
    },
    /// Codes on paper, each of which works once.
    #[n(1)]
    Recovery {
        /// BLAKE3 of those that are left, 32 bytes each.
        #[cbor(n(0), with = "minicbor::bytes")]
        left: Vec<u8>,
    },
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Factor {
    #[n(0)]
    pub id: FactorId,
    #[n(1)]
    pub person: PersonId,
    #[n(2)]
    pub kind: FactorKind,
    #[n(3)]
    pub created_at: Instant,
    #[n(4)]
    pub used_at: Option<Instant>,
}

pub const FACTORS_OF: Index<Factor, PersonId> = Index::new(0xa1, "factors_of");

impl Record for Factor {
    type Key = FactorId;
    const TABLE: Table = Table::journalled(0x31, "factors");

    fn key(&self) -> FactorId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&FACTORS_OF, &self.person);
    }
}

/// A factor that is being set up: the seed was shown, and no code of it was seen yet.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Enrolment {
    #[n(0)]
    pub person: PersonId,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    #[n(2)]
    pub begun_at: Instant,
}

impl Record for Enrolment {
    type Key = PersonId;
    const TABLE: Table = Table::operational(0x32, "enrolments");

    fn key(&self) -> PersonId {
        self.person
    }
}

/// How a person's second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Since when there is one.
    pub since: Option<Instant>,
    pub recovery_codes_left: usize,
    /// Whether one of the person's roles needs one.
    pub required: bool,
}

/// What an app needs, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// For the picture.
    pub uri: String,
    /// For typing.
    pub typed: String,
}

fn factors(tx: &Tx, person: PersonId) -> Result<Vec<Factor>> {
    Ok(tx.find(&FACTORS_OF, &person)?)
}

/// Whether the person signs in with a second factor.
pub fn has_second(tx: &Tx, person: PersonId) -> Result<bool> {
    Ok(factors(tx, person)?.iter().any(|it| matches!(it.kind, FactorKind::Totp { .. })))
}

/// Whether the person's roles need a second factor. Whoever only comes by an identity provider or a proxy shows it there; whoever
/// types a password, ours or a directory's, shows it here.
fn is_required(tx: &Tx, person: &Person) -> Result<bool> {
    let rules = AccountRules::of(tx)?;
    if !person.all_roles().iter().any(|it| rules.second_factor_roles.contains(it)) {
        return Ok(false);
    }
    Ok(person.password.is_some() || providers::types_a_password(tx, person.id)?)
}

/// Whether the person must set up a second factor before anything else.
pub fn must_enrol(tx: &Tx, person: &Person) -> Result<bool> {
    Ok(is_required(tx, person)? && !has_second(tx, person.id)?)
}

pub fn standing(tx: &Tx, person: &Person) -> Result<Standing> {
    let mut standing = Standing { since: None, recovery_codes_left: 0, required: is_required(tx, person)? };
    for factor in factors(tx, person.id)? {
        match &factor.kind {
            FactorKind::Totp { .. } => standing.since = Some(factor.created_at),
            FactorKind::Recovery { left } => standing.recovery_codes_left = left.len() / 32,
        }
    }
    Ok(standing)
}

fn own(actor: &Actor) -> Result<PersonId> {
    actor.person().ok_or_else(|| Refusal::new(Code::Forbidden, say!("refused-only-person-second-factor")).into())
}

fn owner(tx: &Tx, id: PersonId) -> Result<Person> {
    tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person").into())
}

fn about(person: PersonId) -> About {
    About { entity_kind: "person", entity: person.0, subject: Some(person.0) }
}

fn seed_of(tx: &Tx, person: &Person, sealed: &[u8]) -> Result<Seed> {
    let settings = Settings::of(tx)?;
    let secret = seal::open(&settings, SEALED_FOR, person.id.0.as_bytes(), sealed)?;
    Ok(Seed { uri: totp::uri(&secret, &settings.name, &person.email), typed: totp::typed(&secret) })
}

/// Begins to set up a code that changes with the time. Begun twice within its time, it is the same one.
pub fn begin(tx: &mut Tx, actor: &Actor) -> Result<Seed> {
    let person = owner(tx, own(actor)?)?;
    if has_second(tx, person.id)? {
        return Err(Refusal::new(Code::Conflict, say!("refused-you-second-factor-already")).into());
    }
    let now = tx.now();
    let begun = match enrolment(tx, person.id)? {
        Some(it) => it,
        None => {
            let secret: [u8; totp::SECRET_BYTES] = tx.random();
            let sealed = seal::seal(tx, SEALED_FOR, person.id.0.as_bytes(), &secret)?;
            Enrolment { person: person.id, sealed, begun_at: now }
        }
    };
    tx.put(&begun)?;
    seed_of(tx, &person, &begun.sealed)
}

/// The factor that the person is setting up, as their app needs it.
pub fn begun(tx: &Tx, person: &Person) -> Result<Option<Seed>> {
    enrolment(tx, person.id)?.map(|it| seed_of(tx, person, &it.sealed)).transpose()
}

/// What was begun and is not too old.
fn enrolment(tx: &Tx, person: PersonId) -> Result<Option<Enrolment>> {
    let longest = Duration::from_secs(limits::ENROLMENT_MINUTES * 60);
    Ok(tx.get::<Enrolment>(&person)?.filter(|it| tx.now().since(it.begun_at) < longest))
}

fn wrong_code() -> Refusal {
    Refusal::field("code", "invalid", say!("refused-code-not-right-take"))
}

/// Ends setting up: the app's code proves that it has the seed. Gives the recovery codes, which are never shown again.
pub fn confirm(tx: &mut Tx, actor: &Actor, code: &str) -> Result<Vec<String>> {
    let person = owner(tx, own(actor)?)?;
    let over = || Refusal::new(Code::Conflict, say!("refused-setting-up-took-too"));
    let begun = enrolment(tx, person.id)?.ok_or_else(over)?;
    if has_second(tx, person.id)? {
        return Err(Refusal::new(Code::Conflict, say!("refused-you-second-factor-already-2")).into());
    }
    let secret = seal::open(&*Settings::of(tx)?, SEALED_FOR, person.id.0.as_bytes(), &begun.sealed)?;
    let step = totp::step(&secret, code, tx.now(), 0).ok_or_else(wrong_code)?;
    let now = tx.now();
    let kind = FactorKind::Totp { sealed: begun.sealed, last_step: step };
    let factor = Factor { id: tx.new_id(), person: person.id, kind, created_at: now, used_at: Some(now) };
    tx.put(&factor)?;
    tx.remove::<Enrolment>(&person.id)?;
    event::record(tx, actor, EventKind::FactorAdded, about(person.id), Changes::new().set("kind", "totp"))?;
    put_recovery(tx, person.id)
}

fn put_recovery(tx: &mut Tx, person: PersonId) -> Result<Vec<String>> {
    for old in factors(tx, person)? {
        if matches!(old.kind, FactorKind::Recovery { .. }) {
            tx.remove::<Factor>(&old.id)?;
        }
    }
    let mut codes = Vec::with_capacity(limits::RECOVERY_CODES);
    let mut left = Vec::with_capacity(limits::RECOVERY_CODES * 32);
    for _ in 0..limits::RECOVERY_CODES {
        let text = BASE32_NOPAD.encode(&tx.random::<RECOVERY_BYTES>()).to_lowercase();
        left.extend_from_slice(blake3::hash(text.as_bytes()).as_bytes());
        codes.push([&text[..4], &text[4..8], &text[8..12], &text[12..]].join("-"));
    }
    let (id, now) = (tx.new_id(), tx.now());
    tx.put(&Factor { id, person, kind: FactorKind::Recovery { left }, created_at: now, used_at: None })?;
    Ok(codes)
}

/// Gives new recovery codes for a code that works; the old ones end.
pub fn renew_recovery(tx: &mut Tx, actor: &Actor, code: &str) -> Result<Vec<String>> {
    let person = own(actor)?;
    need_code(tx, person, code)?;
    event::record(tx, actor, EventKind::RecoveryRenewed, about(person), Changes::new().set("count", limits::RECOVERY_CODES))?;
    put_recovery(tx, person)
}

fn need_code(tx: &mut Tx, person: PersonId, code: &str) -> Result<()> {
    if !has_second(tx, person)? {
        return Err(Refusal::new(Code::Conflict, say!("refused-there-no-second-factor")).into());
    }
    if use_code(tx, person, code)? { Ok(()) } else { Err(wrong_code().into()) }
}

/// Uses up a code, of the app or of paper; false if it is not right. The command that calls it records what the code was for.
pub fn use_code(tx: &mut Tx, person: PersonId, code: &str) -> Result<bool> {
    let now = tx.now();
    for mut factor in factors(tx, person)? {
        let used = match &mut factor.kind {
            FactorKind::Totp { sealed, last_step } => {
                let secret = seal::open(&*Settings::of(tx)?, SEALED_FOR, person.0.as_bytes(), sealed)?;
                let step = totp::step(&secret, code, now, *last_step);
                *last_step = step.unwrap_or(*last_step);
                step.is_some()
            }
            FactorKind::Recovery { left } => use_recovery(left, code),
        };
        if used {
            factor.used_at = Some(now);
            tx.put(&factor)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the code's hash out of those that are left; every one is compared, in constant time.
fn use_recovery(left: &mut Vec<u8>, code: &str) -> bool {
    let text: String = code.chars().filter(|it| it.is_ascii_alphanumeric()).collect::<String>().to_ascii_lowercase();
    let given = blake3::hash(text.as_bytes());
    let before = left.len();
    let kept: Vec<u8> = left.as_chunks::<32>().0.iter().filter(|it| given != blake3::Hash::from(**it)).flatten().copied().collect();
    *left = kept;
    left.len() < before
}

/// Removes one's own second factor, for a code that works.
pub fn remove_own(tx: &mut Tx, actor: &Actor, code: &str) -> Result<()> {
    let person = own(actor)?;
    need_code(tx, person, code)?;
    remove_all(tx, actor, person)
}

/// Removes somebody's second factor: for whoever may change people, when a telephone and the paper are gone.
pub fn reset(tx: &mut Tx, actor: &Actor, person: PersonId) -> Result<()> {
    actor.need(Permission::PeopleWrite)?;
    if actor.is(person) {
        return Err(Refusal::new(Code::Forbidden, say!("refused-remove-your-own-second")).into());
    }
    super::need_rank(tx, actor, &owner(tx, person)?)?;
    if !has_second(tx, person)? {
        return Err(Refusal::new(Code::Conflict, say!("refused-person-no-second-factor")).into());
    }
    remove_all(tx, actor, person)?;
    // Whoever has the telephone may sit in a session.
    super::session::end_all(tx, person)
}

fn remove_all(tx: &mut Tx, actor: &Actor, person: PersonId) -> Result<()> {
    for factor in factors(tx, person)? {
        tx.remove::<Factor>(&factor.id)?;
    }
    event::record(tx, actor, EventKind::FactorRemoved, about(person), Changes::new().set("kind", "totp"))?;
    Ok(())
}

#[cfg(test)]
mod tests;
