//! Addresses that give one file without a sign-in, for a while (ATT-11): for programs that fetch what they were told of. Signed with the desk's
//! key and kept nowhere. Whoever made one must still be allowed to see the file when it is used.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::{Attachment, openable};
use crate::{
    desk::{
        actor::{Actor, Origin},
        identity::{self, Person},
        settings::Settings,
    },
    error::{Code, Refusal, Result},
    id::{AttachmentId, PersonId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

const TAG_BYTES: usize = 16;
const BODY_BYTES: usize = 37;
/// The form of the body, should there ever be another.
const FORM: u8 = 1;

fn tag(settings: &Settings, body: &[u8]) -> [u8; TAG_BYTES] {
    let key = blake3::derive_key("lodge file link 1", &settings.key);
    let mut tag = [0; TAG_BYTES];
    tag.copy_from_slice(&blake3::keyed_hash(&key, body).as_bytes()[..TAG_BYTES]);
    tag
}

/// Makes an address's token for a file that the actor may open; gives when it ends. Usually it lasts [`limits::FILE_LINK_MINUTES`].
pub fn make(tx: &Tx, actor: &Actor, id: AttachmentId, minutes: Option<u32>) -> Result<(String, Instant)> {
    let it = openable(tx, actor, id)?;
    let minutes = minutes.unwrap_or(limits::FILE_LINK_MINUTES);
    if !(1..=limits::FILE_LINK_MINUTES_MAX).contains(&minutes) {
        let most = limits::FILE_LINK_MINUTES_MAX;
        return Err(Refusal::field("minutes", "out_of_range", say!("refused-file-link-minutes", most = most)).into());
    }
    let person = actor.person().ok_or_else(|| Refusal::new(Code::Forbidden, say!("refused-upload-person")))?;
    let secs = tx.now().plus(Duration::from_secs(u64::from(minutes) * 60)).as_secs();
    let ends = u32::try_from(secs).unwrap_or(u32::MAX);
    let body = [&[FORM][..], it.id.0.as_bytes(), person.0.as_bytes(), &ends.to_be_bytes()].concat();
    let settings = Settings::of(tx)?;
    Ok((BASE64URL_NOPAD.encode(&[body.as_slice(), &tag(&settings, &body)].concat()), Instant::from_millis(i64::from(ends) * 1000)))
}

/// The file of a token. Whatever is wrong with it, there is no such file.
pub fn read(tx: &Tx, token: &str, origin: Origin) -> Result<Attachment> {
    let missing = || Refusal::not_found("attachment");
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| missing())?;
    let (body, signed) = bytes.split_at_checked(BODY_BYTES).ok_or_else(missing)?;
    // The hashes are compared, so that the time taken says nothing.
    if signed.len() != TAG_BYTES || body[0] != FORM || blake3::hash(signed) != blake3::hash(&tag(&*Settings::of(tx)?, body)) {
        return Err(missing().into());
    }
    let id = |at: usize| Uuid::from_slice(&body[at..at + 16]).map_err(|_| missing());
    let ends = body[33..].try_into().map(u32::from_be_bytes).map_err(|_| missing())?;
    if Instant::from_millis(i64::from(ends) * 1000) <= tx.now() {
        return Err(missing().into());
    }
    let person = tx.get::<Person>(&PersonId(id(17)?))?.filter(|it| it.active).ok_or_else(missing)?;
    openable(tx, &identity::actor_of(tx, &person, origin)?, AttachmentId(id(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{
            attachments::{StoredFile, add},
            identity::PersonChange,
            stage::{Stage, id_of},
        },
        id::BlobHash,
    };

    fn attached(stage: &Stage) -> AttachmentId {
        let (ticket, ada) = (stage.ticket(None), stage.ada.clone());
        let file = StoredFile {
            hash: BlobHash([3; 32]),
            size: 5,
            sha256: [0; 32],
            filename: "log.txt".into(),
            content_type: "text/plain".into(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: None,
        };
        stage.write(move |tx| add(tx, &ada, ticket.id, vec![file])).unwrap()[0].id
    }

    fn opens(stage: &Stage, token: &str) -> bool {
        stage.read(|tx| Ok(read(tx, token, Origin::default()).is_ok()))
    }

    #[test]
    fn it_opens_its_file_for_a_while_and_as_long_as_its_maker_may() {
        let stage = Stage::new();
        let id = attached(&stage);
        let (token, ends) = stage.read(|tx| make(tx, &stage.ada, id, None));
        assert_eq!(ends, stage.now().plus(Duration::from_secs(u64::from(limits::FILE_LINK_MINUTES) * 60)));
        assert!(opens(&stage, &token));
        let mut forged = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        forged[36] ^= 1;
        for wrong in ["", "x", &token[..30], &BASE64URL_NOPAD.encode(&forged)] {
            assert!(!opens(&stage, wrong), "{wrong}");
        }
        stage.pass(i64::from(limits::FILE_LINK_MINUTES) * 60 + 1);
        assert!(!opens(&stage, &token), "it has ended");
        let (token, _) = stage.read(|tx| make(tx, &stage.ada, id, Some(60)));
        let (max, ada) = (stage.max.clone(), id_of(&stage.ada));
        let gone = PersonChange { active: Some(false), ..PersonChange::default() };
        stage.write(move |tx| identity::change_person(tx, &max, ada, gone)).unwrap();
        assert!(!opens(&stage, &token), "its maker is gone");
    }

    #[test]
    fn only_for_what_one_may_open_and_not_for_ever() {
        let stage = Stage::new();
        let id = attached(&stage);
        let makes = |actor: &Actor, minutes: Option<u32>| stage.read(|tx| Ok(make(tx, actor, id, minutes).is_ok()));
        for (actor, minutes, fine) in [
            (&stage.ada, None, true),
            (&stage.rosa, None, true),
            (&stage.otto, None, false),
            (&stage.ada, Some(0), false),
            (&stage.ada, Some(limits::FILE_LINK_MINUTES_MAX), true),
            (&stage.ada, Some(limits::FILE_LINK_MINUTES_MAX + 1), false),
        ] {
            assert_eq!(makes(actor, minutes), fine);
        }
    }
}
