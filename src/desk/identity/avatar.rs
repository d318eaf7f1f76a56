//! A person's own picture (IAM-13, PUI-07). It lies beside the person, so that whoever only wants a name does not read it; the person
//! knows its digest, and so its address.

use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{Person, elevation};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
        raster,
    },
    error::{Refusal, Result},
    id::PersonId,
    limits,
    store::{Record, Table, Tx},
};

/// The picture of one person.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Avatar {
    #[n(0)]
    person: PersonId,
    /// Found in its bytes.
    #[n(1)]
    pub content_type: String,
    #[n(2)]
    pub bytes: ByteVec,
}

impl Record for Avatar {
    type Key = PersonId;
    const TABLE: Table = Table::journalled(0x3a, "avatars");

    fn key(&self) -> PersonId {
        self.person
    }
}

/// The picture of somebody, for everybody who uses the desk and knows its digest, which is told only to those who are shown the person.
pub fn avatar(tx: &Tx, actor: &Actor, id: PersonId, digest: &str) -> Result<Avatar> {
    if !actor.may(Permission::PeopleRead) {
        actor.need(Permission::PortalUse)?;
    }
    let is_there = tx.get::<Person>(&id)?.is_some_and(|it| it.avatar.as_deref() == Some(digest));
    let found = if is_there { tx.get::<Avatar>(&id)? } else { None };
    Ok(found.ok_or_else(|| Refusal::not_found("picture"))?)
}

/// Refused to all but the person and whoever administers people.
pub fn need_change_avatar(actor: &Actor, id: PersonId) -> Result<()> {
    actor.need(if actor.is(id) { Permission::PortalUse } else { Permission::PeopleWrite })
}

/// Gives somebody a picture, or takes it away.
pub fn change_avatar(tx: &mut Tx, actor: &Actor, id: PersonId, bytes: Option<Vec<u8>>) -> Result<Person> {
    need_change_avatar(actor, id)?;
    let before = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
    if !actor.is(id) {
        elevation::need_rank(tx, actor, &before)?;
    }
    let mut after = before.clone();
    match bytes {
        Some(bytes) => {
            let content_type = raster::checked("picture", &bytes, limits::AVATAR_BYTES_MAX)?;
            let bytes = raster::bare("picture", bytes)?;
            after.avatar = Some(raster::digest(&bytes));
            tx.put(&Avatar { person: id, content_type, bytes: bytes.into() })?;
        }
        None => {
            after.avatar = None;
            if tx.has::<Avatar>(&id)? {
                tx.remove::<Avatar>(&id)?;
            }
        }
    }
    if after.avatar == before.avatar {
        return Ok(after);
    }
    after.updated_at = tx.now();
    tx.put(&after)?;
    let mut changes = Changes::new();
    changes.field("avatar", before.avatar, after.avatar.clone());
    event::record(tx, actor, EventKind::PersonChanged, after.about(), changes)?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::stage::{Stage, id_of},
        error::Code,
    };

    #[test]
    fn people_have_pictures_of_their_own() {
        let world = Stage::new();
        let rosa = id_of(&world.rosa);
        let change = |by: &Actor, bytes: Option<Vec<u8>>| {
            let by = by.clone();
            world.write(move |tx| change_avatar(tx, &by, rosa, bytes))
        };
        let seen = |by: &Actor, digest: &str| avatar(&world.store.read().unwrap(), by, rosa, digest).map(|it| it.content_type);
        let digest = change(&world.rosa, Some(raster::png(64, 64))).unwrap().avatar.unwrap();
        assert_eq!(seen(&world.otto, &digest).unwrap(), "image/png");
        assert_eq!(seen(&world.rosa, "0123456789abcdef").unwrap_err().code(), Some(Code::NotFound));
        for by in [&world.otto, &world.ada] {
            assert_eq!(change(by, None).unwrap_err().code(), Some(Code::Forbidden));
        }
        let refused = change(&world.rosa, Some(b"<svg/>".to_vec())).unwrap_err();
        assert_eq!(refused.code(), Some(Code::Validation));
        assert!(seen(&world.rosa, &digest).is_ok(), "what was there stays");
        assert_eq!(change(&world.max, None).unwrap().avatar, None);
        assert_eq!(seen(&world.rosa, &digest).unwrap_err().code(), Some(Code::NotFound));
    }
}
