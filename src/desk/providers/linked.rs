//! Who is known by what at which provider (IAM-16): several identities to one person, never two people to one identity. The key is
//! provider and subject, so the store itself keeps them apart. Also which sessions a provider opened, so that it can end them.

use minicbor::{Decode, Encode};

use super::{provider::Provider, said::Attributes, settings::ProviderKind};
use crate::{
    desk::{
        actor::{Actor, Origin},
        event::{self, About, Changes, EventKind},
        identity::{self, Person, PersonChange, Session, Started, factor},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    id::{PersonId, ProviderId, SessionId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// One person as one provider knows them.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct ExternalIdentity {
    #[n(0)]
    pub provider: ProviderId,
    #[n(1)]
    pub subject: String,
    #[n(2)]
    pub person: PersonId,
    #[n(3)]
    pub linked_at: Instant,
    /// What the provider said last; only what differs from it is followed.
    #[n(4)]
    pub last: Attributes,
    /// Keys of roles that its groups give.
    #[n(5)]
    pub roles: Vec<String>,
    /// Whether the provider says that the account is in use.
    #[n(6)]
    pub active: bool,
    /// Whether it was this provider's word that deactivated the person, so that its word brings them back.
    #[n(7)]
    pub has_deactivated: bool,
}

pub const IDENTITIES_OF: Index<ExternalIdentity, PersonId> = Index::new(0xb0, "identities_of");

impl Record for ExternalIdentity {
    type Key = (ProviderId, String);
    const TABLE: Table = Table::journalled(0x41, "external_identities");

    fn key(&self) -> Self::Key {
        (self.provider, self.subject.clone())
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&IDENTITIES_OF, &self.person);
    }
}

impl ExternalIdentity {
    pub(super) fn about(&self) -> About {
        About { entity_kind: "person", entity: self.person.0, subject: Some(self.person.0) }
    }
}

/// When an identity was last used and last seen in its directory: not worth an event.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct IdentitySeen {
    #[n(0)]
    pub provider: ProviderId,
    #[n(1)]
    pub subject: String,
    #[n(2)]
    pub signed_in_at: Option<Instant>,
    /// The beginning of the last sync that found it.
    #[n(3)]
    pub synced_at: Option<Instant>,
}

impl Record for IdentitySeen {
    type Key = (ProviderId, String);
    const TABLE: Table = Table::operational(0x42, "identities_seen");

    fn key(&self) -> Self::Key {
        (self.provider, self.subject.clone())
    }
}

impl IdentitySeen {
    pub(super) fn of(tx: &Tx, provider: ProviderId, subject: &str) -> Result<IdentitySeen> {
        let found = tx.get::<IdentitySeen>(&(provider, subject.to_owned()))?;
        Ok(found.unwrap_or(IdentitySeen { provider, subject: subject.to_owned(), signed_in_at: None, synced_at: None }))
    }
}

/// A session that a provider opened.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct ProviderSession {
    #[n(0)]
    pub session: SessionId,
    #[n(1)]
    pub provider: ProviderId,
    #[n(2)]
    pub subject: String,
    /// What the provider calls its own session.
    #[n(3)]
    pub sid: Option<String>,
    /// Sealed, to be shown to the provider when the person signs out (OpenID Connect RP-Initiated Logout 1.0).
    #[cbor(n(4), with = "minicbor::bytes")]
    pub id_token: Option<Vec<u8>>,
}

/// By provider and subject, for a provider that ends what it opened.
pub const BY_SESSION_SUBJECT: Index<ProviderSession, (ProviderId, String)> = Index::new(0xb1, "provider_sessions_of");

impl Record for ProviderSession {
    type Key = SessionId;
    const TABLE: Table = Table::operational(0x44, "provider_sessions");

    fn key(&self) -> SessionId {
        self.session
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_SESSION_SUBJECT, &(self.provider, self.subject.clone()));
    }
}

/// The identities of a person.
pub fn identities_of(tx: &Tx, actor: &Actor, person: PersonId) -> Result<Vec<(ExternalIdentity, IdentitySeen)>> {
    if !actor.is(person) {
        actor.need(Permission::PeopleRead)?;
    }
    let found = tx.find(&IDENTITIES_OF, &person)?;
    found.into_iter().map(|it| Ok((it.clone(), IdentitySeen::of(tx, it.provider, &it.subject)?))).collect()
}

/// Says by hand that a person is known by this subject. The provider's word on them counts from its next one on.
pub fn link(tx: &mut Tx, actor: &Actor, provider: ProviderId, subject: &str, person: PersonId) -> Result<ExternalIdentity> {
    actor.need(Permission::PeopleWrite)?;
    tx.get::<Provider>(&provider)?.ok_or_else(|| Refusal::field("provider", "unknown", say!("refused-there-no-such-way")))?;
    let known = tx.get::<Person>(&person)?.ok_or_else(|| Refusal::field("person", "unknown", say!("refused-there-no-such-person")))?;
    identity::need_rank(tx, actor, &known)?;
    identity::need_whole(tx, actor, &known)?;
    put_new(tx, actor, provider, subject, person)
}

pub(super) fn put_new(tx: &mut Tx, actor: &Actor, provider: ProviderId, subject: &str, person: PersonId) -> Result<ExternalIdentity> {
    let subject = checked_subject(subject)?;
    if tx.has::<ExternalIdentity>(&(provider, subject.clone()))? {
        return Err(Refusal::new(Code::Conflict, say!("refused-somebody-known-identity-already")).into());
    }
    let it = ExternalIdentity {
        provider,
        subject,
        person,
        linked_at: tx.now(),
        last: Attributes::default(),
        roles: Vec::new(),
        active: true,
        has_deactivated: false,
    };
    tx.put(&it)?;
    let changes = Changes::new().set("provider", provider.to_string()).set("subject", it.subject.as_str());
    event::record(tx, actor, EventKind::IdentityLinked, it.about(), changes)?;
    Ok(it)
}

pub(super) fn checked_subject(text: &str) -> Result<String> {
    let fine = !text.trim().is_empty() && text.len() <= limits::SUBJECT_BYTES_MAX && !text.contains(char::is_control);
    if fine {
        return Ok(text.to_owned());
    }
    let message = say!("refused-what-provider-knows-somebody", subject_bytes_max = limits::SUBJECT_BYTES_MAX);
    Err(Refusal::field("subject", "invalid", message).into())
}

/// The person is no longer known by this identity. Sessions that it opened end, and so do the roles that it gave.
pub fn unlink(tx: &mut Tx, actor: &Actor, provider: ProviderId, subject: &str) -> Result<()> {
    actor.need(Permission::PeopleWrite)?;
    let key = (provider, subject.to_owned());
    let it = tx.get::<ExternalIdentity>(&key)?.ok_or_else(|| Refusal::not_found("identity"))?;
    if let Some(person) = tx.get::<Person>(&it.person)? {
        identity::need_rank(tx, actor, &person)?;
    }
    end_sessions_of(tx, provider, subject, None)?;
    tx.remove::<IdentitySeen>(&key)?;
    tx.remove::<ExternalIdentity>(&key)?;
    let changes = Changes::new().set("provider", provider.to_string()).set("subject", subject);
    event::record(tx, actor, EventKind::IdentityUnlinked, it.about(), changes)?;
    give_roles(tx, it.person)
}

pub(super) fn unlink_all(tx: &mut Tx, actor: &Actor, provider: ProviderId) -> Result<()> {
    let all: Vec<ExternalIdentity> = tx.scan::<ExternalIdentity>(&provider)?.collect::<Result<_, _>>()?;
    all.iter().try_for_each(|it| unlink(tx, actor, provider, &it.subject))
}

/// Gives a person the roles of all their identities.
pub(super) fn give_roles(tx: &mut Tx, person: PersonId) -> Result<()> {
    let mut roles: Vec<String> = Vec::new();
    for it in tx.find(&IDENTITIES_OF, &person)?.into_iter().filter(|it| it.active).flat_map(|it| it.roles) {
        if !roles.contains(&it) {
            roles.push(it);
        }
    }
    let change = PersonChange { directory_roles: Some(roles), ..PersonChange::default() };
    identity::change_person(tx, &Actor::system("directory"), person, change)?;
    Ok(())
}

/// What a provider adds to a session that it opens.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    pub sid: Option<String>,
    /// Sealed.
    pub id_token: Option<Vec<u8>>,
    /// For programs, which get a refresh token.
    pub refreshable: bool,
}

/// Whether a directory compares a password that this person types into our form.
pub fn types_a_password(tx: &Tx, person: PersonId) -> Result<bool> {
    for it in tx.find(&IDENTITIES_OF, &person)? {
        if tx.get::<Provider>(&it.provider)?.is_some_and(|it| it.kind() == ProviderKind::Ldap) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Starts a session for somebody whom the provider vouched for just now, under this subject.
pub fn enter(tx: &mut Tx, provider: ProviderId, subject: &str, person: PersonId, from: &Origin, opened: Opened) -> Result<Started> {
    let Opened { sid, id_token, refreshable } = opened;
    let started = identity::start_session(tx, person, from, refreshable)?;
    // Whoever was let in from there is slowed by nobody else's failures.
    identity::place::came_from(tx, person, from)?;
    let now = tx.now();
    let seen = IdentitySeen::of(tx, provider, subject)?;
    tx.put(&IdentitySeen { signed_in_at: Some(now), ..seen })?;
    tx.put(&ProviderSession { session: started.session.id, provider, subject: subject.to_owned(), sid, id_token })?;
    Ok(started)
}

/// The same for somebody whose directory found the password right a moment ago, and who sends the code of their second factor now.
/// `None`: the code is not right, which is written down as a failure.
pub fn enter_with_code(
    tx: &mut Tx,
    provider: ProviderId,
    subject: &str,
    code: &str,
    from: &Origin,
    opened: Opened,
) -> Result<Option<Started>> {
    let known = tx.get::<ExternalIdentity>(&(provider, subject.to_owned()))?.filter(|it| it.active);
    let person = known.map(|it| tx.get::<Person>(&it.person)).transpose()?.flatten().filter(|it| it.active);
    let person = person.ok_or_else(|| Refusal::new(Code::Unauthenticated, say!("refused-account-disabled-meanwhile-ask")))?;
    if !factor::use_code(tx, person.id, code.trim())? {
        identity::sign_in_failed(tx, &person.email, from)?;
        return Ok(None);
    }
    enter(tx, provider, subject, person.id, from, opened).map(Some)
}

/// Which provider opened this session.
pub fn provider_session(tx: &Tx, session: SessionId) -> Result<Option<ProviderSession>> {
    Ok(tx.get::<ProviderSession>(&session)?)
}

/// Ends the sessions that a provider opened for somebody; those of one session of its own if `sid` says which. Gives how many.
pub fn end_sessions_of(tx: &mut Tx, provider: ProviderId, subject: &str, sid: Option<&str>) -> Result<usize> {
    let found = tx.find(&BY_SESSION_SUBJECT, &(provider, subject.to_owned()))?;
    let (mut ended, mut whose) = (0, None);
    for it in found.into_iter().filter(|it| sid.is_none() || it.sid.as_deref() == sid) {
        if let Some(session) = tx.get::<Session>(&it.session)? {
            whose = Some(session.person);
            tx.remove::<Session>(&it.session)?;
            ended += 1;
        }
        tx.remove::<ProviderSession>(&it.session)?;
    }
    if let Some(person) = whose {
        identity::sessions_ended(tx, &Actor::system("directory"), person, ended)?;
    }
    Ok(ended)
}

/// Ends what a provider wants ended: all that it opened for a subject, or one session of its own, or both as one.
pub fn end_sessions(tx: &mut Tx, provider: ProviderId, subject: Option<&str>, sid: Option<&str>) -> Result<usize> {
    if let Some(subject) = subject {
        return end_sessions_of(tx, provider, subject, sid);
    }
    let mut subjects = Vec::new();
    for it in tx.find_keys(&BY_SESSION_SUBJECT, &provider)? {
        let Some(it) = tx.get::<ProviderSession>(&it?)? else { continue };
        if it.sid.is_some() && it.sid.as_deref() == sid {
            subjects.push(it.subject);
        }
    }
    subjects.iter().try_fold(0, |sum, it| Ok(sum + end_sessions_of(tx, provider, it, sid)?))
}

/// Forgets which provider opened sessions that have ended; looks at `limit` at most.
pub fn sweep_provider_sessions(tx: &mut Tx, limit: usize) -> Result<usize> {
    let all: Vec<ProviderSession> = tx.scan::<ProviderSession>(&())?.take(limit).collect::<Result<_, _>>()?;
    let mut forgotten = 0;
    for it in all {
        if !tx.has::<Session>(&it.session)? {
            tx.remove::<ProviderSession>(&it.session)?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}
