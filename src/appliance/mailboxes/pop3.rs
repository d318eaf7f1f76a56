//! A look at a POP3 mailbox. There is no cursor: every mail is known by its UIDL, and whatever the ledger lacks is fetched.

use super::{Done, Round, Unread, way_in};
use crate::{
    desk::mail::{
        ledger::{ServerPlace, ServerUid},
        mailbox::{After, Mailbox},
        statement::{self, Compared},
        watch::{self as watching, FolderWatch},
    },
    limits,
    mail::pop3::{Listed, Listing, Pop3},
    reach::What,
    time::Instant,
};

const INBOX: &str = "INBOX";
/// What stands among the troubled for the mails that the server has no word for. No UIDL has a space at its beginning.
const UNNAMED: &str = " (no UIDL)";

fn place(mailbox: &Mailbox, uidl: &str) -> ServerPlace {
    ServerPlace { mailbox: mailbox.id, folder: INBOX.into(), account: mailbox.account, uid: ServerUid::Pop(uidl.to_owned()) }
}

pub async fn look(round: &Round<'_>) -> Result<Done, Unread> {
    let (server, credentials) = way_in(round.desk, round.mailbox).await?;
    let mut pop = Pop3::open(&server, &credentials).await?;
    let Listing { mails: listed, unnamed } = pop.list().await?;
    let mut watch = round.desk.read(|tx| watching::of(tx, round.mailbox, INBOX))?;
    watch.on_server = listed.len() as u64 + unnamed;
    watch.troubled.retain(|it| (unnamed > 0 && it.uid == UNNAMED) || listed.iter().any(|lying| lying.uidl == it.uid));
    if unnamed > 0 && !watch.rests(UNNAMED, Instant::now()) {
        let why = format!("{unnamed} mails lie there without a UIDL that can be read, so they cannot be told apart. Use IMAP.");
        watch.trouble_with(UNNAMED, &why, Instant::now());
    }
    let mut done = Done::default();
    let outcome = work(round, &mut pop, &mut watch, &listed, &mut done).await;
    let outcome = match outcome {
        // Now the server deletes what it was told to.
        Ok(()) => pop.quit().await.map_err(Unread::from),
        Err(it) => Err(it),
    };
    if outcome.is_ok() && !done.stopped {
        if round.whole {
            let found = compared(round, &listed)?;
            let after = Compared { on_server: found.on_server + unnamed, ..found };
            let lost = after.lacking.len() as u64 + unnamed;
            let mut statement = after.statement(Instant::now(), lost);
            statement.lacking = lost + done.taken_in;
            watch.statement = Some(statement);
        }
        watch.succeeded(Instant::now());
    }
    round.save(&watch).await?;
    outcome.map(|()| done)
}

async fn work(round: &Round<'_>, pop: &mut Pop3, watch: &mut FolderWatch, listed: &[Listed], done: &mut Done) -> Result<(), Unread> {
    let deletes = round.mailbox.settings.after == After::Delete;
    for it in listed {
        if round.is_stopped() {
            done.stopped = true;
            break;
        }
        let place = place(round.mailbox, &it.uidl);
        let lacks = !round.desk.read(|tx| statement::lacking(tx, [place.clone()]))?.is_empty();
        if lacks {
            if watch.rests(&it.uidl, Instant::now()) {
                continue;
            }
            if !fetch(round, pop, watch, it, place.clone()).await? {
                continue;
            }
            done.taken_in += 1;
        }
        // Where a word stands for several mails, the next conversation may give this one's to another that nobody has read yet.
        if deletes && it.is_sole && !round.desk.read(|tx| statement::in_full(tx, [place]))?.is_empty() {
            pop.delete(it.number).await?;
        }
    }
    Ok(())
}

/// Takes one mail in; false if it is to stay.
async fn fetch(round: &Round<'_>, pop: &mut Pop3, watch: &mut FolderWatch, it: &Listed, place: ServerPlace) -> Result<bool, Unread> {
    let limit = round.desk.mail_bytes_max;
    if it.size > limit as u64 {
        let head = pop.head(it.number, limits::MAIL_HEAD_BYTES_MAX).await?.unwrap_or_default();
        round.set_aside(watch, place, head, it.size).await?;
        return Ok(false);
    }
    let raw = match pop.retrieve(it.number, limit).await {
        Ok(raw) => raw,
        // It said no, and goes on talking with us.
        Err(trouble) if trouble.what == What::Answer && trouble.happened.contains("refuses") => {
            watch.trouble_with(&it.uidl, &trouble.happened, Instant::now());
            return Ok(false);
        }
        Err(trouble) => {
            watch.trouble_with(&it.uidl, &trouble.to_string(), Instant::now());
            return Err(trouble.into());
        }
    };
    if let Err(error) = round.take_in(watch, place, raw).await {
        watch.trouble_with(&it.uidl, &error.to_string(), Instant::now());
        return Err(error.into());
    }
    Ok(true)
}

fn compared(round: &Round<'_>, listed: &[Listed]) -> crate::error::Result<Compared> {
    let lying: Vec<_> = listed.iter().map(|it| place(round.mailbox, &it.uidl)).collect();
    round.desk.read(|tx| statement::compare(tx, &lying))
}
