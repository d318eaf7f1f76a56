//! Ways to sign in that belong to somebody else: an identity provider, a directory, a proxy. Here is what an admin says about each,
//! who is known by it, and what becomes of what it says about a person. Asking it is the shell's work (`directory/`).
//!
//! Invariant: what a directory says changes only what it said before. What people changed here by hand stays, and roles from a
//! directory are kept apart from those given by hand.

mod admit;
mod linked;
mod methods;
mod provider;
mod said;
mod settings;
mod sync;
#[cfg(test)]
mod tests;

pub use admit::{Admitted, Came, admit};
pub use linked::{
    BY_SESSION_SUBJECT, ExternalIdentity, IDENTITIES_OF, IdentitySeen, Opened, ProviderSession, end_sessions, enter, enter_with_code,
    identities_of, link, provider_session, sweep_provider_sessions, types_a_password, unlink,
};
pub use methods::{SignInMethods, allow_local, may_use_password, takes_passwords};
pub use provider::{
    NewProvider, Provider, ProviderChange, change_provider, create_provider, delete_provider, enabled, gives_role, provider, providers,
};
pub use said::{Attributes, GroupRoles, Said, roles_of};
pub use settings::{
    Admission, AttributeMap, Encryption, Groups, HeaderSettings, LdapSettings, OidcSettings, ProviderKind, ProviderSettings,
};
pub(in crate::desk) use settings::{is_web_address, pem};
pub use sync::{
    SYNC_DIRECTORY, SyncCounts, SyncState, begin_sync, enqueue_due, enqueue_sync, finish_sync, sync_failed, sync_some, sync_state,
};
