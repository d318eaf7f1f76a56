//! Deleting: the ticket is hidden and keeps its number; retention removes it for good later (TKT-38).

use super::{Ticket, access, merge::need_none_merged};
use crate::{
    desk::{
        actor::Actor,
        duplicates::outage,
        event::{self, EventKind},
        permission::Permission,
        service_levels,
    },
    error::{Code, Refusal, Result},
    id::TicketId,
    language::say,
    store::Tx,
};

/// `expected` is the version that the caller saw, if it says so.
pub fn delete(tx: &mut Tx, actor: &Actor, id: TicketId, expected: Option<u64>) -> Result<()> {
    let before = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsDelete, &before)?;
    if expected.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-ticket-version-now", version = before.version)).into());
    }
    need_none_merged(tx, actor, &before)?;
    outage::need_no_parent(tx, &before)?;
    let mut after = Ticket { deleted_at: Some(tx.now()), ..before.clone() };
    after.touch(tx.now());
    service_levels::follow(tx, &mut after, tx.now())?;
    tx.put(&after)?;
    event::record(tx, actor, EventKind::TicketDeleted, after.about(), after.changes_since(&before))?;
    Ok(())
}
