//! People and how they prove who they are: persons, roles, sessions, tokens. Passwords are hashed at the door (it costs time and
//! randomness); the desk keeps and compares only what it is given.

pub mod account;
mod avatar;
mod caller;
mod custom_role;
mod department;
pub mod device;
mod elevation;
pub mod entry;
pub mod factor;
pub mod link;
mod organization;
pub mod password;
mod person;
pub mod place;
mod rights;
mod role;
pub mod rules;
mod session;
mod token;
pub mod totp;

pub use avatar::{Avatar, avatar, change_avatar, need_change_avatar};
pub(in crate::desk) use caller::index_all as index_people;
pub use caller::{BY_WORD, NewCaller, is_phone, offered as callers_offered, searched, take_down};
pub use custom_role::{
    AnyRole, CustomRole, HOLDERS, NewRole, RoleChange, all_roles, any_role, change_role, create_role, custom_role, delete_role, holders,
};
pub use department::{
    BY_DEPARTMENT, Department, DepartmentChange, change_department, create_department, delete_department, department_named, departments,
};
pub use elevation::{Rank, harmless, is_last_admin, need_rank, need_roles, need_unbounded, need_whole};
pub use organization::{
    BY_DOMAIN, CHILDREN, MEMBERS, MailDomain, Organization, OrganizationChange, Sharing, change_organization, count_members,
    create_organization, delete_organization, members, organization_named, organization_of_domain, organizations, with_beneath,
};
pub use person::{
    AGENTS, BY_EMAIL, LastSeen, NewPerson, PeopleFilter, Person, PersonChange, agents, change_person, create_person, find_or_create, named,
    normal_email, people, person_by_email, set_password,
};
pub use rights::{actor_of, of_roles, permissions_of};
pub use role::{ROLES, Role, role};
pub(in crate::desk) use session::sessions_ended;
pub use session::{
    ACCESS as SESSION_ACCESS, IDLE as SESSION_IDLE, SESSIONS_OF, Session, Started, end_session, end_session_of, end_sessions_of, rotate,
    session_actor, sessions_of, sign_in_failed, start_session, sweep_sessions, touch,
};
pub use token::{NewToken, TOKENS_OF, Token, client_actor, create_token, end_token, presented_token, token_actor, tokens_of};

use crate::{
    error::{Refusal, Result},
    language::say,
};

/// The longest name of something that people name, in characters.
pub const NAME_CHARS_MAX: usize = 100;

/// The name of something that people name: no line breaks or doubled spaces, neither empty nor too long.
fn plain_name(text: &str) -> Result<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Refusal::field("name", "required", say!("refused-needs-name")).into());
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(Refusal::field("name", "too_long", say!("refused-name-most-characters", NAME_CHARS_MAX = NAME_CHARS_MAX)).into());
    }
    Ok(name)
}

#[cfg(test)]
mod tests;
