//! Against privilege elevation (RBAC-09): nobody gives, takes or makes what they do not have themselves, nobody decides over the account
//! of somebody who may do more, and a desk never loses its last admin.
//!
//! What every requester may do is given by anybody who may create people. The system (setup, command line, a directory) may do all.

use minicbor::{Decode, Encode};

use super::{AnyRole, Person, any_role, rights, role};
use crate::{
    desk::{
        actor::{Actor, Who},
        bounds::Reach,
        permission::{Permission, Permissions},
    },
    error::{Code, Refusal, Result},
    id::PersonId,
    language::say,
    store::Tx,
};

/// The role that only its holders give and take.
const OWNER: &str = "tenant_owner";
/// Roles of which somebody active must hold one.
const ADMINS: [&str; 2] = ["admin", OWNER];

/// What every requester may do.
pub fn harmless() -> Permissions {
    role("requester").map_or(Permissions::NONE, |it| it.permissions)
}

/// What somebody who may do this lacks of these, besides what everybody has.
fn lacking(has: Permissions, wanted: Permissions) -> Option<Permission> {
    wanted.without(has).without(harmless()).iter().next()
}

fn forbidden(what: String) -> Refusal {
    Refusal::new(Code::Forbidden, what)
}

fn is_owner(tx: &Tx, actor: &Actor) -> Result<bool> {
    match actor.who {
        Who::System(_) => Ok(true),
        Who::Person(id) => Ok(tx.get::<Person>(&id)?.is_some_and(|it| it.all_roles().iter().any(|it| it == OWNER))),
    }
}

/// Refuses unless the actor has every permission of the role, and without a narrower reach.
pub fn need_all_of(actor: &Actor, role: &AnyRole) -> Result<()> {
    match lacking(actor.everywhere(), role.permissions) {
        Some(it) => {
            Err(forbidden(format!("The role {} holds `{}`, which you do not have (everywhere) yourself.", role.name, it.name())).into())
        }
        None => Ok(()),
    }
}

/// Refuses unless the actor's permissions over tickets hold for all of them: who decides what narrowed roles reach is not narrowed.
pub fn need_unbounded(actor: &Actor) -> Result<()> {
    match lacking(actor.everywhere(), actor.permissions.intersection(Permissions::ON_TICKETS)) {
        Some(it) => Err(forbidden(format!("Your permission `{}` is narrowed, and this would change how far.", it.name())).into()),
        None => Ok(()),
    }
}

/// Refuses unless the actor reads every ticket: who decides who sees whose tickets would else see more than they may.
pub fn need_reading(actor: &Actor) -> Result<()> {
    match actor.everywhere().has(Permission::TicketsRead) {
        true => Ok(()),
        false => {
            Err(forbidden("This decides who sees whose tickets; for that you need `tickets:read` everywhere yourself.".to_owned()).into())
        }
    }
}

/// Refuses to change who holds which roles, where the actor lacks what is given or taken.
pub fn need_roles(tx: &Tx, actor: &Actor, before: &[String], after: &[String]) -> Result<()> {
    let moved = before.iter().filter(|it| !after.contains(it)).chain(after.iter().filter(|it| !before.contains(it)));
    for key in moved {
        if let Some(role) = any_role(tx, key)? {
            need_all_of(actor, &role)?;
        }
        if key == OWNER && !is_owner(tx, actor)? {
            return Err(forbidden("Only an owner gives or takes the role Owner.".to_owned()).into());
        }
    }
    Ok(())
}

/// Refuses to decide over the account of somebody who may do more, active or not: their roles, address, password, tokens, whether
/// they may sign in.
pub fn need_rank(tx: &Tx, actor: &Actor, person: &Person) -> Result<()> {
    if actor.is(person.id) {
        return Ok(());
    }
    if let Some(it) = lacking(actor.everywhere(), rights::of_roles(tx, &person.all_roles())?) {
        return Err(forbidden(format!("{} has the permission `{}`, which you do not have (everywhere).", person.name, it.name())).into());
    }
    if person.all_roles().iter().any(|it| it == OWNER) && !is_owner(tx, actor)? {
        return Err(forbidden(format!("{} is an owner; only another owner changes that account.", person.name)).into());
    }
    Ok(())
}

/// Refuses to decide over one's own account by a token that may do less than its owner: whoever found it would become them.
pub fn need_whole(tx: &Tx, actor: &Actor, person: &Person) -> Result<()> {
    let all = rights::permissions_of(tx, person)?;
    if actor.is(person.id) && !all.without(actor.permissions).is_empty() {
        return Err(forbidden("A token that may do less than you does not change who you are; sign in for this.".to_owned()).into());
    }
    Ok(())
}

/// The same by id; whoever is not there any more is nobody's rank.
pub fn need_rank_over(tx: &Tx, actor: &Actor, person: PersonId) -> Result<()> {
    tx.get::<Person>(&person)?.map_or(Ok(()), |it| need_rank(tx, actor, &it))
}

/// How far somebody may decide over accounts of others, kept with what they set up, so that it reaches no further than they did: by
/// roles, so that a role that may do more in a later release may do so here too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Rank {
    /// Keys of their roles that hold for everything.
    #[n(0)]
    roles: Vec<String>,
}

impl Rank {
    pub fn of(tx: &Tx, actor: &Actor) -> Result<Rank> {
        let Who::Person(id) = actor.who else { return Ok(Rank { roles: vec![OWNER.to_owned()] }) };
        let mut roles = tx.get::<Person>(&id)?.map(|it| it.all_roles()).unwrap_or_default();
        let mut narrowed = Vec::new();
        for key in &roles {
            if any_role(tx, key)?.is_none_or(|it| it.reach != Reach::All) {
                narrowed.push(key.clone());
            }
        }
        roles.retain(|it| !narrowed.contains(it));
        // A token that may do less than its owner decides over nobody.
        if lacking(actor.everywhere(), rights::of_roles(tx, &roles)?).is_some() {
            roles.clear();
        }
        Ok(Rank { roles })
    }

    /// Whether the person may do nothing that those roles may not.
    pub fn reaches(&self, tx: &Tx, person: &Person) -> Result<bool> {
        if self.roles.iter().any(|it| it == OWNER) {
            return Ok(true);
        }
        let is_owner = person.all_roles().iter().any(|it| it == OWNER);
        Ok(!is_owner && lacking(rights::of_roles(tx, &self.roles)?, rights::of_roles(tx, &person.all_roles())?).is_none())
    }
}

fn is_admin(person: &Person) -> bool {
    person.active && person.roles.iter().any(|it| ADMINS.contains(&it.as_str()))
}

/// Whether the person is the desk's last admin or owner. Roles that a directory gives do not count: it may take them back at any time.
pub fn is_last_admin(tx: &Tx, person: &Person) -> Result<bool> {
    Ok(is_admin(person) && !super::agents(tx)?.iter().any(|it| it.id != person.id && is_admin(it)))
}

/// Refuses to take the desk its last admin or owner.
pub fn keep_an_admin(tx: &Tx, before: &Person, after: &Person) -> Result<()> {
    if is_admin(after) || !is_last_admin(tx, before)? {
        return Ok(());
    }
    let detail = say!("refused-last-admin-desk-make", name = before.name);
    Err(Refusal::new(Code::Conflict, detail).into())
}
