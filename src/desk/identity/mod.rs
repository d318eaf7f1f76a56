//! People and how they prove who they are: persons, roles, sessions, tokens. Passwords are hashed at the door (it costs time and
//! randomness); the desk keeps and compares only what it is given.

pub mod account;
pub mod device;
pub mod entry;
pub mod factor;
pub mod link;
mod organization;
pub mod password;
mod person;
pub mod place;
mod role;
pub mod rules;
mod session;
mod token;
pub mod totp;

pub use organization::{Organization, create_organization, organization_named};
pub use person::{
    AGENTS, BY_EMAIL, LastSeen, NewPerson, Person, PersonChange, agents, change_person, create_person, find_or_create, look_up, named,
    normal_email, person_by_email, set_password,
};
pub use role::{ROLES, Role, role};
pub use session::{
    ACCESS as SESSION_ACCESS, IDLE as SESSION_IDLE, SESSIONS_OF, Session, Started, end_session, end_session_of, end_sessions_of, rotate,
    session_actor, sessions_of, sign_in_failed, start_session, sweep_sessions, touch,
};
pub use token::{NewToken, TOKENS_OF, Token, client_actor, create_token, end_token, presented_token, token_actor, tokens_of};
