//! Trying a mailbox out, in words, and the statement on request.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Open, Round, Unread, is_imap, pop3, way_in};
use crate::{
    appliance::Desk,
    desk::mail::{
        mailbox::{Encryption, Mailbox},
        statement::Statement,
        watch as watching,
    },
    error::{Code, Refusal, Result},
    mail::pop3::Pop3,
    reach::{Finding, Trouble},
};

/// What a test found, in the order of its steps; the first that is wrong ends it.
#[derive(Debug, Clone, Default)]
pub struct Tested {
    pub findings: Vec<Finding>,
    /// The folders of the account, to choose from.
    pub folders: Vec<String>,
}

/// Tries a mailbox, whether or not it is on. Nothing is fetched and nothing changed there.
pub async fn test(desk: &Arc<Desk>, mailbox: &Mailbox) -> Result<Tested> {
    let mut tested = Tested::default();
    match try_out(desk, mailbox, &mut tested).await {
        Ok(()) => {}
        Err(Unread::Trouble { trouble, .. }) => tested.findings.push(trouble.into()),
        Err(Unread::Ours(error)) => return Err(error),
    }
    Ok(tested)
}

async fn try_out(desk: &Arc<Desk>, mailbox: &Mailbox, tested: &mut Tested) -> std::result::Result<(), Unread> {
    let it = &mailbox.settings;
    let (_stop, stop) = watch::channel(false);
    let round = Round { desk, mailbox, stop: &stop, careful: false, whole: false };
    let encryption = match it.encryption {
        Encryption::Tls => "encrypted from the start",
        Encryption::StartTls => "encrypted by STARTTLS",
        Encryption::None => "not encrypted",
    };
    let reached = format!("{} answers on port {}, {encryption}, and lets `{}` in.", it.host, it.port, it.username);
    if !is_imap(mailbox) {
        let door = desk.mailboxes.of(mailbox.id);
        let _turn = door.turn.lock().await;
        let (server, credentials) = way_in(desk, mailbox).await?;
        let mut pop = Pop3::open(&server, &credentials).await?;
        tested.findings.push(Finding::fine(reached));
        let found = pop.list().await?;
        tested.findings.push(Finding::fine(format!("{} mails lie there.", found.mails.len() as u64 + found.unnamed)));
        pop.quit().await?;
        return Ok(());
    }
    let mut open = Open::begin(&round).await?;
    tested.findings.push(Finding::fine(reached));
    let idles = if open.can_idle() {
        "The server tells of new mail at once (IDLE)."
    } else {
        "The server has no IDLE, so it is asked from time to time."
    };
    tested.findings.push(Finding::fine(idles));
    tested.folders = open.folders().await?;
    let mut wrong: Vec<Trouble> = Vec::new();
    for folder in &it.folders {
        match open.count(folder).await {
            Ok(found) => {
                let more = if found.is_read_only { ", and it may only be read" } else { "" };
                tested.findings.push(Finding::fine(format!("`{folder}` holds {} mails{more}.", found.exists)));
            }
            Err(trouble) => wrong.push(trouble),
        }
    }
    tested.findings.extend(wrong.into_iter().map(Finding::from));
    open.close().await;
    Ok(())
}

/// Compares every folder of a mailbox with the ledger now, takes in what is lacking, and gives the statements.
///
/// # Errors
/// `unavailable` with the reason in words, when the server cannot be asked.
pub async fn statement(desk: &Arc<Desk>, mailbox: &Mailbox) -> Result<Vec<(String, Statement)>> {
    let told = |it: Unread| match it {
        Unread::Ours(error) => error,
        unread => Refusal::new(Code::Unavailable, unread.words().1).into(),
    };
    let (_stop, stop) = watch::channel(false);
    let round = Round { desk, mailbox, stop: &stop, careful: false, whole: true };
    let door = desk.mailboxes.of(mailbox.id);
    {
        let _turn = door.turn.lock().await;
        if is_imap(mailbox) {
            let mut open = Open::begin(&round).await.map_err(told)?;
            open.look(&round).await.map_err(told)?;
            open.close().await;
        } else {
            pop3::look(&round).await.map_err(told)?;
        }
    }
    let folders = desk.read(|tx| watching::folders(tx, mailbox))?;
    Ok(folders.into_iter().filter_map(|it| Some((it.folder, it.statement?))).collect())
}
