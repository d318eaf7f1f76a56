//! Personal access tokens (IAM-21): `lodge_pat_<id>_<secret>`. Kept by hash; shown once. A token without scopes carries all its
//! owner's permissions; with scopes, never more than the owner has at the moment of use.

use minicbor::{Decode, Encode};

use super::{Person, elevation::need_rank_over, permissions_of};
use crate::{
    desk::{
        actor::{Actor, Origin},
        event::{self, About, Changes, EventKind},
        permission::{Permission, Permissions},
    },
    error::{Refusal, Result},
    id::{PersonId, TokenId},
    language::say,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

const PREFIX: &str = "lodge_pat_";

#[derive(Debug, Clone, Encode, Decode)]
pub struct Token {
    #[n(0)]
    pub id: TokenId,
    #[n(1)]
    pub person: PersonId,
    #[n(2)]
    pub name: String,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    /// Names of permissions; all of the owner's if empty.
    #[n(4)]
    pub scopes: Vec<String>,
    #[n(5)]
    pub created_at: Instant,
    #[n(6)]
    pub expires_at: Option<Instant>,
}

pub const TOKENS_OF: Index<Token, PersonId> = Index::new(0x91, "tokens_of");

impl Record for Token {
    type Key = TokenId;
    const TABLE: Table = Table::journalled(0x1c, "tokens");

    fn key(&self) -> TokenId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&TOKENS_OF, &self.person);
    }
}

#[derive(Debug, Clone, Default)]
pub struct NewToken {
    pub name: String,
    pub scopes: Vec<String>,
    pub expires_at: Option<Instant>,
}

/// Makes a token for `person`; gives the record and the text, which is never shown again.
pub fn create_token(tx: &mut Tx, actor: &Actor, person: PersonId, new: NewToken) -> Result<(Token, String)> {
    if actor.is(person) {
        actor.need(Permission::TokensOwn)?
    } else {
        actor.need(Permission::PeopleWrite)?
    }
    let owner = tx.get::<Person>(&person)?.ok_or_else(|| Refusal::not_found("person"))?;
    if new.name.trim().is_empty() || new.name.chars().count() > 100 {
        return Err(Refusal::field("name", "required", say!("refused-token-needs-name-1")).into());
    }
    if let Err(unknown) = Permissions::named(new.scopes.iter().map(String::as_str)) {
        let known: Vec<_> = Permission::ALL.iter().map(|it| it.name()).collect();
        return Err(
            Refusal::field("scopes", "unknown", say!("refused-there-no-scope-there", unknown = unknown, join = known.join(", "))).into()
        );
    }
    super::need_rank(tx, actor, &owner)?;
    let scopes = within(tx, actor, &owner, new.scopes)?;
    let secret: [u8; 32] = tx.random();
    let text: String = secret.iter().map(|it| format!("{it:02x}")).collect();
    let token = Token {
        id: tx.new_id(),
        person: owner.id,
        name: new.name.trim().to_owned(),
        secret: *blake3::hash(text.as_bytes()).as_bytes(),
        scopes,
        created_at: tx.now(),
        expires_at: new.expires_at,
    };
    tx.put(&token)?;
    let about = About { entity_kind: "token", entity: token.id.0, subject: Some(owner.id.0) };
    let changes = Changes::new().set("name", token.name.as_str()).set("person", owner.id.to_string()).set("scopes", token.scopes.clone());
    event::record(tx, actor, EventKind::TokenCreated, about, changes)?;
    let shown = format!("{PREFIX}{}_{text}", token.id.0.simple());
    Ok((token, shown))
}

/// A token cannot make one that may do more: one without scopes gets those of its maker, if the maker has not all of the owner's.
fn within(tx: &Tx, actor: &Actor, owner: &Person, scopes: Vec<String>) -> Result<Vec<String>> {
    if !actor.is(owner.id) || actor.permissions == permissions_of(tx, owner)? {
        return Ok(scopes);
    }
    if scopes.is_empty() {
        return Ok(actor.permissions.iter().map(|it| it.name().to_owned()).collect());
    }
    match Permission::ALL.iter().find(|it| scopes.iter().any(|scope| scope == it.name()) && !actor.may(**it)) {
        Some(it) => Err(Refusal::forbidden(it.name()).into()),
        None => Ok(scopes),
    }
}

/// The tokens of a person, oldest first.
pub fn tokens_of(tx: &Tx, person: PersonId) -> Result<Vec<Token>> {
    Ok(tx.find(&TOKENS_OF, &person)?)
}

pub fn end_token(tx: &mut Tx, actor: &Actor, id: TokenId) -> Result<()> {
    let token = tx.get::<Token>(&id)?.ok_or_else(|| Refusal::not_found("token"))?;
    if !actor.is(token.person) {
        actor.need(Permission::PeopleWrite).map_err(|_| Refusal::not_found("token"))?;
        need_rank_over(tx, actor, token.person)?;
    }
    tx.remove::<Token>(&id)?;
    let about = About { entity_kind: "token", entity: id.0, subject: Some(token.person.0) };
    event::record(tx, actor, EventKind::TokenEnded, about, Changes::new().set("name", token.name))?;
    Ok(())
}

/// The live token that this text is.
pub fn presented_token(tx: &Tx, presented: &str) -> Result<Option<Token>> {
    let Some((id, secret)) = presented.strip_prefix(PREFIX).and_then(|it| it.split_once('_')) else { return Ok(None) };
    let Ok(id) = id.parse::<TokenId>() else { return Ok(None) };
    let fits = |it: &Token| blake3::Hash::from(it.secret) == blake3::hash(secret.as_bytes()) && it.is_live(tx.now());
    Ok(tx.get::<Token>(&id)?.filter(fits))
}

/// The person behind a bearer token, with no more than its scopes.
pub fn token_actor(tx: &Tx, presented: &str, origin: Origin) -> Result<Option<(Person, Actor)>> {
    match presented_token(tx, presented)? {
        Some(token) => actor_of(tx, &token, origin),
        None => Ok(None),
    }
}

/// The person behind a token that was traded in as client credentials, with no more than what was asked for then.
pub fn client_actor(tx: &Tx, id: TokenId, asked: Option<&str>, origin: Origin) -> Result<Option<(Person, Actor)>> {
    let Some(token) = tx.get::<Token>(&id)?.filter(|it| it.is_live(tx.now())) else { return Ok(None) };
    let Some((person, mut actor)) = actor_of(tx, &token, origin)? else { return Ok(None) };
    if let Some(asked) = asked {
        let asked = asked.split_whitespace().filter_map(|it| Permissions::named([it]).ok());
        actor.permissions = actor.permissions.intersection(asked.fold(Permissions::NONE, Permissions::union));
    }
    Ok(Some((person, actor)))
}

impl Token {
    fn is_live(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|it| it > now)
    }
}

fn actor_of(tx: &Tx, token: &Token, origin: Origin) -> Result<Option<(Person, Actor)>> {
    let Some(person) = tx.get::<Person>(&token.person)?.filter(|it| it.active) else { return Ok(None) };
    let mut actor = super::actor_of(tx, &person, origin)?;
    if !token.scopes.is_empty() {
        // Scopes were checked when the token was made; one that a later release dropped allows nothing.
        let scopes = token.scopes.iter().filter_map(|it| Permissions::named([it.as_str()]).ok());
        actor.permissions = actor.permissions.intersection(scopes.fold(Permissions::NONE, Permissions::union));
    }
    Ok(Some((person, actor)))
}
