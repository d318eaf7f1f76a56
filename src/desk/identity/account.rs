//! How an account begins and how a forgotten password ends: registration, invitation, reset, each by a link that is sent by mail; and
//! what a person changes about their own account.
//!
//! Invariant: asking writes the same and tells the same whether or not the address is known; the difference is in the mail alone.

use super::{
    NewPerson, Person, create_person, factor,
    link::{self, Addressee, Link, Purpose},
    need_rank, normal_email, person_by_email, place,
    rules::AccountRules,
    set_password,
};
use crate::{
    desk::{
        actor::{Actor, Origin, Who},
        event::{self, About, Changes, EventKind},
        notify::account::{self, AccountMail},
        permission::{Permission, Permissions},
        providers,
    },
    error::{Code, Refusal, Result},
    id::PersonId,
    language::say,
    store::Tx,
};

const NAME_CHARS_MAX: usize = 200;

/// Whoever holds a link, before there is a session.
fn holder(name: &'static str, origin: &Origin) -> Actor {
    Actor { origin: origin.clone(), ..Actor::system(name) }
}

/// Sends a link to set another password, if the address is somebody's.
pub fn ask_reset(tx: &mut Tx, email: &str) -> Result<()> {
    let email = normal_email(email)?;
    account::send(tx, &AccountMail::Reset { email })
}

/// Sends a link to finish a registration; whoever has an account already is told so, by mail only.
pub fn register(tx: &mut Tx, email: &str, name: &str) -> Result<()> {
    let rules = AccountRules::of(tx)?;
    if !rules.registration || !providers::takes_passwords(tx)? {
        return Err(Refusal::new(Code::Forbidden, say!("refused-desk-takes-no-registrations")).into());
    }
    let email = normal_email(email)?;
    if !rules.takes(&email) {
        let message = say!("refused-only-addresses-may-register", join = rules.registration_domains.join(", "));
        return Err(Refusal::field("email", "not_allowed", message).into());
    }
    account::send(tx, &AccountMail::Register { email, name: own_name(name)? })
}

fn own_name(name: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars = name.chars().count();
    if chars == 0 {
        return Err(Refusal::field("name", "required", say!("refused-say-what-you-called")).into());
    }
    if chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Refusal::field("name", "too_long", say!("refused-name-most-characters", NAME_CHARS_MAX = NAME_CHARS_MAX)).into());
    }
    Ok(name)
}

/// The link that somebody followed, if it still leads to an account that may be used: whose, and under which name.
pub fn look(tx: &Tx, purpose: Purpose, token: &str) -> Result<Link> {
    let link = link::find(tx, purpose, token)?;
    match link.person {
        Some(id) => {
            let person = tx.get::<Person>(&id)?.filter(|it| it.active && it.email == link.email).ok_or_else(link::refused)?;
            Ok(Link { name: person.name, ..link })
        }
        None => Ok(link),
    }
}

/// What is set with a link.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// A PHC string, made at the door.
    pub password: String,
    /// Another name; the one that is there stays if none is given.
    pub name: Option<String>,
}

/// Uses a link: the account has this password from now on, and is the address's owner's. Gives who that is.
pub fn take(tx: &mut Tx, purpose: Purpose, token: &str, chosen: Chosen, origin: &Origin) -> Result<Person> {
    look(tx, purpose, token)?;
    let link = link::take(tx, purpose, token)?;
    let actor = holder(
        match purpose {
            Purpose::Verify => "registration",
            Purpose::Invitation => "invitation",
            Purpose::Reset => "reset",
        },
        origin,
    );
    let name = chosen.name.as_deref().map(own_name).transpose()?;
    let id = match (link.person, person_by_email(tx, &link.email)?) {
        (Some(id), _) => id,
        // Since the mail was sent, somebody wrote to us from this address, or was added by hand: it is theirs.
        (None, Some(it)) if it.active && it.password.is_none() => it.id,
        (None, Some(_)) => return Err(link::refused().into()),
        (None, None) if AccountRules::of(tx)?.takes(&link.email) => {
            let new = NewPerson { email: link.email.clone(), name: link.name.clone(), ..NewPerson::default() };
            create_person(tx, &actor, new)?.id
        }
        (None, None) => return Err(link::refused().into()),
    };
    if let Some(name) = name {
        rename(tx, &actor, id, name)?;
    }
    set_password(tx, &actor, id, Some(chosen.password))?;
    place::forget(tx, id)?;
    if purpose == Purpose::Reset {
        account::send(tx, &AccountMail::password_changed(id, tx.now(), origin))?;
    }
    tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person").into())
}

fn rename(tx: &mut Tx, actor: &Actor, id: PersonId, name: String) -> Result<()> {
    super::change_person(tx, actor, id, super::PersonChange { name: Some(name), ..Default::default() })?;
    Ok(())
}

/// Whether a text may be a language tag (BCP 47).
pub fn is_language(text: &str) -> bool {
    !text.is_empty() && text.len() <= 35 && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

/// Invites somebody: adds them if they are new, and sends them a link to set a name and a password.
pub fn invite(tx: &mut Tx, actor: &Actor, new: NewPerson) -> Result<Person> {
    let person = invited(tx, actor, new)?;
    account::send(tx, &AccountMail::Invitation { person: person.id, by: actor.person() })?;
    Ok(person)
}

/// The same where no mail goes out: gives the path of the link, which whoever invites hands over themselves.
pub fn invite_by_hand(tx: &mut Tx, actor: &Actor, new: NewPerson) -> Result<(Person, String)> {
    let person = invited(tx, actor, new)?;
    let purpose = Purpose::Invitation;
    let text = link::make(tx, purpose, Addressee { email: &person.email, person: Some(person.id), name: &person.name })?;
    Ok((person, format!("{}/{text}", purpose.path())))
}

fn invited(tx: &mut Tx, actor: &Actor, new: NewPerson) -> Result<Person> {
    actor.need(Permission::PeopleWrite)?;
    let person = match person_by_email(tx, &normal_email(&new.email)?)? {
        Some(it) if it.password.is_some() => {
            let detail = say!("refused-account-already-can-set", email = it.email);
            return Err(Refusal::new(Code::Conflict, detail).into());
        }
        Some(it) if !it.active => {
            return Err(Refusal::new(Code::Conflict, say!("refused-disabled-enable-person-first", email = it.email)).into());
        }
        Some(it) => {
            need_rank(tx, actor, &it)?;
            it
        }
        None => create_person(tx, actor, NewPerson { password: None, ..new })?,
    };
    let about = About { entity_kind: "person", entity: person.id.0, subject: Some(person.id.0) };
    event::record(tx, actor, EventKind::PersonInvited, about, Changes::new().set("email", person.email.as_str()))?;
    Ok(person)
}

/// Changes one's own password. The old one was compared at the door. Every session ends; the door begins another.
pub fn change_password(tx: &mut Tx, actor: &Actor, password: String) -> Result<()> {
    let Who::Person(id) = actor.who else { return Err(Refusal::forbidden("portal:use").into()) };
    set_password(tx, actor, id, Some(password))?;
    account::send(tx, &AccountMail::password_changed(id, tx.now(), &actor.origin))
}

/// Tells a person that their second factor was set up or removed.
pub fn tell_of_factor(tx: &mut Tx, person: PersonId, origin: &Origin) -> Result<()> {
    let set_up = factor::has_second(tx, person)?;
    account::send(tx, &AccountMail::factor_changed(person, set_up, tx.now(), origin))
}

/// What a person says about themselves.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    pub name: Option<String>,
    pub locale: Option<Option<String>>,
    pub time_zone: Option<Option<String>>,
}

/// Changes one's own name, language or time zone.
pub fn change_profile(tx: &mut Tx, actor: &Actor, profile: Profile) -> Result<Person> {
    let Who::Person(id) = actor.who else { return Err(Refusal::forbidden("portal:use").into()) };
    actor.need(Permission::PortalUse)?;
    let Profile { name, locale, time_zone } = profile;
    if let Some(Some(it)) = &time_zone
        && jiff::tz::TimeZone::get(it).is_err()
    {
        let shown: String = it.chars().take(80).collect();
        return Err(Refusal::field("timeZone", "unknown", say!("refused-not-iana-time-zone-2", shown = shown)).into());
    }
    if let Some(Some(it)) = &locale
        && !is_language(it)
    {
        return Err(Refusal::field("locale", "invalid", say!("refused-language-tag-such-en")).into());
    }
    let name = name.as_deref().map(own_name).transpose()?;
    // One's own name and language are one's own to change, and nothing else is.
    let own = Actor { permissions: Permissions::of(&[Permission::PeopleWrite]), ..actor.clone() };
    super::change_person(tx, &own, id, super::PersonChange { name, locale, time_zone, ..Default::default() })
}
