//! Sessions: a browser or program that signed in with a password. The secret is kept by its hash only. A session has a cookie (or
//! access token) and, for programs, a refresh token that works once: using it twice ends the whole family (IAM-18).

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::{LastSeen, Person, elevation::need_rank_over};
use crate::{
    desk::{
        actor::{Actor, Origin, Who},
        event::{self, About, Changes, EventKind},
        permission::{Permission, Permissions},
    },
    error::{Code, Refusal, Result},
    id::{PersonId, SessionId},
    language::say,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// A session ends this long after it was last rotated or, in a browser, after it was last used.
pub const IDLE: Duration = Duration::from_secs(14 * 24 * 3600);
/// And this long after it began, however much it is used.
pub const LIFETIME: Duration = Duration::from_secs(90 * 24 * 3600);
/// An access token of a program lives this long.
pub const ACCESS: Duration = Duration::from_secs(15 * 60);
/// Use is written down this often at most, so that reading pages does not write.
const SEEN_EVERY: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, Encode, Decode)]
pub struct Session {
    #[n(0)]
    pub id: SessionId,
    #[n(1)]
    pub person: PersonId,
    /// BLAKE3 of the secret in the cookie, or in the `jti` of the access token.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    #[n(3)]
    pub started_at: Instant,
    #[n(4)]
    pub seen_at: Instant,
    #[n(5)]
    pub expires_at: Instant,
    /// BLAKE3 of the refresh token's secret, if it has one.
    #[cbor(n(6), with = "hash")]
    pub refresh: Option<[u8; 32]>,
    /// Hashes of refresh tokens that were used up; seeing one again is theft.
    #[cbor(n(7), with = "hashes")]
    pub used: Vec<[u8; 32]>,
    /// When the access part ends; a browser's session has none of its own.
    #[n(8)]
    pub access_until: Option<Instant>,
    #[n(9)]
    pub user_agent: Option<String>,
    #[n(10)]
    pub address: Option<String>,
}

impl Session {
    /// Until when it lives if it is used now.
    fn until(&self, now: Instant) -> Instant {
        now.plus(IDLE).min(self.started_at.plus(LIFETIME))
    }
}

pub const SESSIONS_OF: Index<Session, PersonId> = Index::new(0x92, "sessions_of");

impl Record for Session {
    type Key = SessionId;
    const TABLE: Table = Table::operational(0x1b, "sessions");

    fn key(&self) -> SessionId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&SESSIONS_OF, &self.person);
    }
}

/// A new session and its secrets, shown once.
#[derive(Debug, Clone)]
pub struct Started {
    pub session: Session,
    /// `<session id>.<secret>`: the cookie, or the `jti` of the access token.
    pub secret: String,
    /// The refresh token, for programs.
    pub refresh: Option<String>,
}

/// Used-up refresh tokens that are remembered per session.
const USED_MAX: usize = 32;

fn mint(tx: &mut Tx, id: SessionId) -> (String, [u8; 32]) {
    let secret: [u8; 32] = tx.random();
    let text: String = secret.iter().map(|it| format!("{it:02x}")).collect();
    (format!("{}.{text}", id.0.simple()), hash_of(&text))
}

fn hash_of(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

/// The session id and the hash of the secret of a presented token.
fn taken_apart(presented: &str) -> Option<(SessionId, [u8; 32])> {
    let (id, secret) = presented.split_once('.')?;
    Some((id.parse().ok()?, hash_of(secret)))
}

/// Starts a session for somebody whose credentials were checked at the door. `refreshable` for programs.
/// Whoever was deactivated since then gets none: it would come to life when they come back.
pub fn start_session(tx: &mut Tx, person: PersonId, origin: &Origin, refreshable: bool) -> Result<Started> {
    if !tx.get::<Person>(&person)?.is_some_and(|it| it.active) {
        return Err(Refusal::new(Code::Unauthenticated, say!("refused-account-not-active-ask")).into());
    }
    let id: SessionId = tx.new_id();
    let (secret, hash) = mint(tx, id);
    let refresh = refreshable.then(|| mint(tx, id));
    let now = tx.now();
    let session = Session {
        id,
        person,
        secret: hash,
        started_at: now,
        seen_at: now,
        expires_at: now.plus(IDLE),
        refresh: refresh.as_ref().map(|it| it.1),
        used: Vec::new(),
        access_until: refreshable.then(|| now.plus(ACCESS)),
        user_agent: origin.user_agent.clone(),
        address: origin.address.clone(),
    };
    tx.put(&session)?;
    tx.put(&LastSeen { person, signed_in_at: Some(now), failures: 0, failed_at: None })?;
    let actor = Actor { who: Who::Person(person), permissions: Permissions::NONE, bounds: None, origin: origin.clone() };
    event::record(
        tx,
        &actor,
        EventKind::SignedIn,
        About { entity_kind: "person", entity: person.0, subject: Some(person.0) },
        Changes::new(),
    )?;
    Ok(Started { session, secret, refresh: refresh.map(|it| it.0) })
}

/// The person behind a cookie, or behind the `jti` of an access token, and the session.
pub fn session_actor(tx: &Tx, presented: &str, origin: Origin) -> Result<Option<(Person, Actor, Session)>> {
    let Some((id, hash)) = taken_apart(presented) else { return Ok(None) };
    let Some(session) = tx.get::<Session>(&id)? else { return Ok(None) };
    let now = tx.now();
    let live = session.secret == hash && session.expires_at > now && session.access_until.is_none_or(|it| it > now);
    if !live {
        return Ok(None);
    }
    let Some(person) = tx.get::<Person>(&session.person)?.filter(|it| it.active) else { return Ok(None) };
    let actor = super::actor_of(tx, &person, origin)?;
    Ok(Some((person, actor, session)))
}

impl Session {
    /// Whether this use is worth writing down.
    pub fn is_stale(&self, now: Instant) -> bool {
        self.access_until.is_none() && now.since(self.seen_at) > SEEN_EVERY
    }
}

/// Writes down that a browser's session was used, which also keeps it alive.
pub fn touch(tx: &mut Tx, id: SessionId) -> Result<()> {
    if let Some(mut session) = tx.get::<Session>(&id)? {
        session.seen_at = tx.now();
        session.expires_at = session.until(tx.now());
        tx.put(&session)?;
    }
    Ok(())
}

/// Writes down that somebody tried to sign in and failed. Nothing is kept about addresses that nobody here has.
pub fn sign_in_failed(tx: &mut Tx, email: &str, origin: &Origin) -> Result<()> {
    let Some(person) = super::person_by_email(tx, email)? else { return Ok(()) };
    let mut seen =
        tx.get::<LastSeen>(&person.id)?.unwrap_or(LastSeen { person: person.id, signed_in_at: None, failures: 0, failed_at: None });
    seen.failures = seen.failures.saturating_add(1);
    seen.failed_at = Some(tx.now());
    let failures = seen.failures;
    tx.put(&seen)?;
    let actor = Actor { origin: origin.clone(), ..Actor::system("sign_in") };
    let about = About { entity_kind: "person", entity: person.id.0, subject: Some(person.id.0) };
    event::record(tx, &actor, EventKind::SignInFailed, about, Changes::new().set("failures", failures))?;
    Ok(())
}

/// Trades a refresh token for new secrets. A token that was used before ends the session: somebody has a copy.
/// The inner result is the refusal, so that the ending is kept.
pub fn rotate(tx: &mut Tx, presented: &str, origin: &Origin) -> Result<Result<Started>> {
    let refused = || Refusal::new(Code::Unauthenticated, say!("refused-refresh-token-not-valid")).into();
    let Some((id, hash)) = taken_apart(presented) else { return Err(refused()) };
    let Some(mut session) = tx.get::<Session>(&id)? else { return Err(refused()) };
    if session.used.contains(&hash) {
        tx.remove::<Session>(&id)?;
        let about = About { entity_kind: "person", entity: session.person.0, subject: Some(session.person.0) };
        let actor = Actor { origin: origin.clone(), ..Actor::system("sign_in") };
        event::record(tx, &actor, EventKind::RefreshTokenReused, about, Changes::new().set("session", id.to_string()))?;
        return Ok(Err(refused()));
    }
    let active = tx.get::<Person>(&session.person)?.is_some_and(|it| it.active);
    if session.refresh != Some(hash) || session.expires_at <= tx.now() || !active {
        return Err(refused());
    }
    let (secret, secret_hash) = mint(tx, id);
    let (refresh, refresh_hash) = mint(tx, id);
    session.used.push(hash);
    if session.used.len() > USED_MAX {
        session.used.remove(0);
    }
    session.secret = secret_hash;
    session.refresh = Some(refresh_hash);
    session.seen_at = tx.now();
    session.expires_at = session.until(tx.now());
    session.access_until = Some(tx.now().plus(ACCESS));
    tx.put(&session)?;
    Ok(Ok(Started { session, secret, refresh: Some(refresh) }))
}

/// Ends the session of this cookie, `jti` or refresh token; nothing happens if there is none.
pub fn end_session(tx: &mut Tx, presented: &str, origin: &Origin) -> Result<()> {
    let Some((id, hash)) = taken_apart(presented) else { return Ok(()) };
    let Some(session) = tx.get::<Session>(&id)?.filter(|it| it.secret == hash || it.refresh == Some(hash)) else { return Ok(()) };
    tx.remove::<Session>(&id)?;
    let actor = Actor { who: Who::Person(session.person), permissions: Permissions::NONE, bounds: None, origin: origin.clone() };
    sessions_ended(tx, &actor, session.person, 1)
}

/// The sessions of a person that have not ended, the last used first.
pub fn sessions_of(tx: &Tx, person: PersonId) -> Result<Vec<Session>> {
    let mut sessions: Vec<Session> = tx.find(&SESSIONS_OF, &person)?;
    sessions.retain(|it| it.expires_at > tx.now());
    sessions.sort_by_key(|it| (std::cmp::Reverse(it.seen_at), it.id));
    Ok(sessions)
}

/// Ends one session, of the actor or, for whoever may change people, of somebody else. Others learn nothing of it.
pub fn end_session_of(tx: &mut Tx, actor: &Actor, id: SessionId) -> Result<()> {
    let session = tx.get::<Session>(&id)?.ok_or_else(|| Refusal::not_found("session"))?;
    if !actor.is(session.person) {
        actor.need(Permission::PeopleWrite).map_err(|_| Refusal::not_found("session"))?;
        need_rank_over(tx, actor, session.person)?;
    }
    tx.remove::<Session>(&id)?;
    sessions_ended(tx, actor, session.person, 1)
}

/// Ends the sessions of a person, but for the one given. Gives how many.
pub fn end_sessions_of(tx: &mut Tx, actor: &Actor, person: PersonId, but: Option<SessionId>) -> Result<usize> {
    if !actor.is(person) {
        actor.need(Permission::PeopleWrite).map_err(|_| Refusal::not_found("person"))?;
        need_rank_over(tx, actor, person)?;
    }
    let mut ids: Vec<SessionId> = tx.find_keys(&SESSIONS_OF, &person)?.collect::<Result<_, _>>()?;
    ids.retain(|it| Some(*it) != but);
    for id in &ids {
        tx.remove::<Session>(id)?;
    }
    if !ids.is_empty() {
        sessions_ended(tx, actor, person, ids.len())?;
    }
    Ok(ids.len())
}

/// Writes down that sessions of a person were ended; whoever follows live on one of them is looked at anew.
pub(in crate::desk) fn sessions_ended(tx: &mut Tx, actor: &Actor, person: PersonId, count: usize) -> Result<()> {
    let about = About { entity_kind: "person", entity: person.0, subject: Some(person.0) };
    event::record(tx, actor, EventKind::SessionsEnded, about, Changes::new().set("sessions", count))?;
    Ok(())
}

/// Ends every session of a person.
pub fn end_all(tx: &mut Tx, person: PersonId) -> Result<()> {
    let ids: Vec<SessionId> = tx.find_keys(&SESSIONS_OF, &person)?.collect::<Result<_, _>>()?;
    for id in ids {
        tx.remove::<Session>(&id)?;
    }
    Ok(())
}

/// Removes sessions that have ended, at most `limit`; gives how many.
pub fn sweep_sessions(tx: &mut Tx, limit: usize) -> Result<usize> {
    let now = tx.now();
    let mut ended = Vec::new();
    for session in tx.scan::<Session>(&())? {
        let session = session?;
        if session.expires_at <= now {
            ended.push(session.id);
        }
        if ended.len() >= limit {
            break;
        }
    }
    for id in &ended {
        tx.remove::<Session>(id)?;
    }
    Ok(ended.len())
}

/// An optional hash as bytes.
mod hash {
    use minicbor::{
        Decoder, Encoder,
        data::Type,
        decode::Error as DecodeError,
        encode::{Error as EncodeError, Write},
    };

    pub fn encode<C, W: Write>(it: &Option<[u8; 32]>, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        match it {
            Some(it) => e.bytes(it)?,
            None => e.null()?,
        };
        Ok(())
    }

    pub fn decode<'b, C>(d: &mut Decoder<'b>, _: &mut C) -> Result<Option<[u8; 32]>, DecodeError> {
        if d.datatype()? == Type::Null {
            d.null()?;
            return Ok(None);
        }
        d.bytes()?.try_into().map(Some).map_err(|_| DecodeError::message("a hash is 32 bytes"))
    }
}

/// Hashes, one after the other.
mod hashes {
    use minicbor::{
        Decoder, Encoder,
        decode::Error as DecodeError,
        encode::{Error as EncodeError, Write},
    };

    pub fn encode<C, W: Write>(it: &[[u8; 32]], e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.bytes(&it.concat())?;
        Ok(())
    }

    pub fn decode<'b, C>(d: &mut Decoder<'b>, _: &mut C) -> Result<Vec<[u8; 32]>, DecodeError> {
        Ok(d.bytes()?.as_chunks::<32>().0.to_vec())
    }
}
