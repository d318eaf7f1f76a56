//! Whether people sign in here with a password of ours (IAM-27). With it off, only those who may change the desk's settings still can,
//! so that a directory that is down or set up wrongly never locks everybody out.

use minicbor::{Decode, Encode};

use super::provider::enabled;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::{self, Person},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    language::say,
    store::{Record, Table, Tx},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SignInMethods {
    /// Whether everybody may sign in with mail address and password.
    #[n(0)]
    pub local: bool,
}

impl Record for SignInMethods {
    type Key = ();
    const TABLE: Table = Table::journalled(0x45, "sign_in_methods");

    fn key(&self) {}
}

impl SignInMethods {
    pub fn of(tx: &Tx) -> Result<SignInMethods> {
        Ok(tx.get_shared::<SignInMethods>(&())?.map_or(SignInMethods { local: true }, |it| *it))
    }
}

/// Switches signing in by password on or off for everybody.
pub fn allow_local(tx: &mut Tx, actor: &Actor, local: bool) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = SignInMethods::of(tx)?;
    if !local && enabled(tx)?.is_empty() {
        let detail = say!("refused-passwords-can-switched-off");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let mut changes = Changes::new();
    changes.field("local", before.local, local);
    if changes.is_empty() {
        return Ok(());
    }
    tx.put(&SignInMethods { local })?;
    let about = About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::SignInMethodsChanged, about, changes)?;
    Ok(())
}

/// Whether everybody may sign in with a password.
pub fn takes_passwords(tx: &Tx) -> Result<bool> {
    Ok(SignInMethods::of(tx)?.local || enabled(tx)?.is_empty())
}

/// Whether this person may sign in with a password.
pub fn may_use_password(tx: &Tx, person: &Person) -> Result<bool> {
    Ok(takes_passwords(tx)? || identity::permissions_of(tx, person)?.has(Permission::SettingsWrite))
}
