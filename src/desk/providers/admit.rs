//! Whom a directory's word lets in, and as whom: known by subject first, then by a verified address in an allowed domain, else as
//! somebody new where that is allowed. What the directory says differently than before is followed; the rest is left alone.
//!
//! Invariant: an address that nobody verified never makes two accounts one.

use super::{
    linked::{self, ExternalIdentity, IDENTITIES_OF},
    provider::Provider,
    said::{Attributes, Said, is_in_domain, roles_of},
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        identity::{self, Department, NewPerson, Person, PersonChange},
    },
    error::{Code, Refusal, Result},
    id::{DepartmentId, PersonId},
    language::say,
    store::Tx,
};

/// How somebody was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Known,
    /// By their mail address.
    Linked,
    Created,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub person: PersonId,
    pub came: Came,
    /// Whether anything about the person changed.
    pub changed: bool,
}

/// Takes in what a provider says about somebody. The inner refusal is the answer to them; what was followed before it is kept, such
/// as that the directory disabled them.
pub fn admit(tx: &mut Tx, provider: &Provider, said: &Said) -> Result<Result<Admitted, Refusal>> {
    let subject = linked::checked_subject(&said.subject)?;
    if let Some(known) = tx.get::<ExternalIdentity>(&(provider.id, subject.clone()))? {
        let person = known.person;
        let Some(it) = tx.get::<Person>(&person)? else { return Ok(Err(disabled())) };
        if !provider.rank.reaches(tx, &it)? {
            return Ok(Err(outranked()));
        }
        let changed = follow(tx, provider, known, said)?;
        return Ok(if said.active { Ok(Admitted { person, came: Came::Known, changed }) } else { Err(disabled()) });
    }
    if !said.active {
        return Ok(Err(disabled()));
    }
    let (person, came) = match newcomer(tx, provider, said)? {
        Ok(it) => it,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let directory = Actor::system("directory");
    let identity = linked::put_new(tx, &directory, provider.id, &subject, person)?;
    follow(tx, provider, identity, said)?;
    Ok(Ok(Admitted { person, came, changed: true }))
}

/// Whoever set this way up could else become somebody who may do more.
fn outranked() -> Refusal {
    let detail = say!("refused-whoever-set-up-way");
    Refusal::new(Code::Unauthenticated, detail)
}

fn disabled() -> Refusal {
    Refusal::new(Code::Unauthenticated, say!("refused-your-organization-disabled-account"))
}

/// The person that somebody unknown turns out to be.
fn newcomer(tx: &mut Tx, provider: &Provider, said: &Said) -> Result<Result<(PersonId, Came), Refusal>> {
    let refused = |detail: crate::language::Sentence| Ok(Err(Refusal::new(Code::Unauthenticated, detail)));
    let admission = &provider.admission;
    let Some(email) = said.attributes.email.as_deref().filter(|it| !it.trim().is_empty()) else {
        return refused(say!("refused-directory-no-address"));
    };
    let email = match identity::normal_email(email) {
        Ok(it) => it,
        Err(_) => return refused(say!("refused-directory-bad-address")),
    };
    if !said.email_verified && !admission.vouches {
        return refused(say!("refused-address-not-verified"));
    }
    let is_allowed = is_in_domain(&email, &admission.domains);
    if !admission.domains.is_empty() && !is_allowed {
        return refused(say!("refused-domain-not-this-way"));
    }
    match identity::person_by_email(tx, &email)? {
        Some(_) if !is_allowed => refused(say!("refused-account-to-link")),
        Some(person) if !provider.rank.reaches(tx, &person)? => Ok(Err(outranked())),
        Some(person) if !person.active => refused(say!("refused-account-not-active-ask")),
        Some(person) => Ok(Ok((person.id, Came::Linked))),
        None if !admission.creates => refused(say!("refused-no-account-here")),
        None => {
            let name = said.attributes.name.as_deref().unwrap_or_default().chars().take(200).collect();
            let new = NewPerson { email, name, ..NewPerson::default() };
            let made = identity::create_person(tx, &Actor::system("directory"), new)?;
            Ok(Ok((made.id, Came::Created)))
        }
    }
}

/// Follows what the directory says differently than before; gives whether anything changed.
pub(super) fn follow(tx: &mut Tx, provider: &Provider, before: ExternalIdentity, said: &Said) -> Result<bool> {
    let directory = Actor::system("directory");
    let mut after = before.clone();
    let trusted = said.email_verified || provider.admission.vouches;
    let attributes = kept(said, trusted, &before.last);
    let person = tx.get::<Person>(&before.person)?.ok_or_else(|| Refusal::not_found("person"))?;
    let mut change = person_change(tx, provider, &person, &before.last, &attributes)?;
    let follows_email = before.last.email.as_ref() == Some(&person.email) && attributes.email != before.last.email;
    // An address that could not be taken now, because somebody else has it, is tried again next time.
    let email = if follows_email && change.email.is_none() { before.last.email.clone() } else { attributes.email.clone() };
    after.last = Attributes { email, ..attributes };
    if let Some(groups) = &said.groups {
        after.roles = roles_of(groups, &provider.admission.group_roles);
    }
    after.active = said.active;
    change.active = activity(tx, &person, &mut after)?;
    let changed = after != before;
    if changed {
        tx.put(&after)?;
        event::record(tx, &directory, EventKind::IdentityChanged, after.about(), diff(&before, &after))?;
    }
    let now_is = identity::change_person(tx, &directory, person.id, change)?;
    if after.roles != before.roles || after.active != before.active {
        linked::give_roles(tx, person.id)?;
    }
    if !after.active {
        linked::end_sessions_of(tx, provider.id, &after.subject, None)?;
    }
    Ok(changed || now_is != person)
}

/// What the directory says, cut to what a person's data may be. An address that does not count as verified is not taken note of.
fn kept(said: &Said, trusted: bool, last: &Attributes) -> Attributes {
    let Attributes { email, name, department, phone, locale } = &said.attributes;
    let line = |it: &Option<String>| {
        let it = it.as_deref()?.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(it.chars().take(200).collect::<String>()).filter(|it| !it.is_empty())
    };
    let email = if trusted { email.as_deref().and_then(|it| identity::normal_email(it).ok()) } else { None };
    Attributes {
        email: email.or_else(|| last.email.clone()),
        name: line(name),
        department: line(department),
        phone: line(phone),
        // What is no language is not taken note of.
        locale: line(locale).filter(|it| identity::account::is_language(it)),
    }
}

/// Fills what is empty, and changes what the directory had said and says differently now.
fn person_change(tx: &mut Tx, provider: &Provider, person: &Person, last: &Attributes, now: &Attributes) -> Result<PersonChange> {
    let text = |present: &Option<String>, last: &Option<String>, now: &Option<String>| match now {
        Some(_) if now != last && (present.is_none() || present == last) => Some(now.clone()),
        None if last.is_some() && present == last => Some(None),
        _ => None,
    };
    let present = person.department.map(|it| tx.get::<Department>(&it)).transpose()?.flatten().map(|it| it.name);
    let department = match text(&present, &last.department, &now.department) {
        Some(Some(name)) => Some(Some(department(tx, &name)?)),
        Some(None) => Some(None),
        None => None,
    };
    let mut change = PersonChange {
        department,
        phone: text(&person.phone, &last.phone, &now.phone),
        locale: text(&person.locale, &last.locale, &now.locale),
        ..PersonChange::default()
    };
    if let Some(name) = &now.name
        && last.name.as_ref() == Some(&person.name)
        && now.name != last.name
    {
        change.name = Some(name.clone());
    }
    if let Some(email) = &now.email
        && last.email.as_ref() == Some(&person.email)
        && now.email != last.email
    {
        let domains = &provider.admission.domains;
        let is_free = identity::person_by_email(tx, email)?.is_none();
        if is_free && (domains.is_empty() || is_in_domain(email, domains)) {
            change.email = Some(email.clone());
        }
    }
    Ok(change)
}

/// The department of this name; a new one if there is none.
fn department(tx: &mut Tx, name: &str) -> Result<DepartmentId> {
    let name: String = name.chars().take(identity::NAME_CHARS_MAX).collect();
    let name = name.trim();
    match identity::department_named(tx, name)? {
        Some(it) => Ok(it.id),
        None => Ok(identity::create_department(tx, &Actor::system("directory"), name, None)?.id),
    }
}

/// Whether the person is to be switched off or on. Somebody whom another directory still knows stays, and so does the last person
/// who can set the desk right.
fn activity(tx: &Tx, person: &Person, identity: &mut ExternalIdentity) -> Result<Option<bool>> {
    if identity.active {
        let comes_back = identity.has_deactivated && !person.active;
        identity.has_deactivated = false;
        return Ok(comes_back.then_some(true));
    }
    let own = (identity.provider, identity.subject.as_str());
    let others = tx.find(&IDENTITIES_OF, &person.id)?;
    let has_another = others.iter().any(|it| it.active && (it.provider, it.subject.as_str()) != own);
    if !person.active || has_another || identity::is_last_admin(tx, person)? {
        return Ok(None);
    }
    identity.has_deactivated = true;
    Ok(Some(false))
}

fn diff(before: &ExternalIdentity, after: &ExternalIdentity) -> Changes {
    // Destructured without `..`: a new field does not compile until somebody decides how it is logged.
    let ExternalIdentity { provider, subject, person: _, linked_at: _, last, roles, active, has_deactivated: _ } = before;
    let Attributes { email, name, department, phone, locale } = last;
    let mut changes = Changes::new().set("provider", provider.to_string()).set("subject", subject.as_str());
    changes
        .field("email", email.clone(), after.last.email.clone())
        .field("name", name.clone(), after.last.name.clone())
        .field("department", department.clone(), after.last.department.clone())
        .field("phone", phone.clone(), after.last.phone.clone())
        .field("locale", locale.clone(), after.last.locale.clone())
        .field("roles", roles.clone(), after.roles.clone())
        .field("active", *active, after.active);
    changes
}
