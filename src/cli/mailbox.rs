//! `lodge mail mailboxes`, `statement` and `poll`: what there is to know about mailboxes, on the command line.

use std::sync::Arc;

use super::local::{Out, say_to};
use crate::{
    appliance::{Desk, mailboxes},
    desk::mail::{
        mailbox::{self, Mailbox},
        watch,
    },
    error::{Code, Refusal, Result},
};

/// One line for each mailbox: name, address, server, how it is, its last success; and beneath it what should be looked at.
pub async fn list(desk: &Desk, out: &Out) -> Result<()> {
    let lines = desk.read(|tx| {
        let mut lines = Vec::new();
        for it in mailbox::all(tx)? {
            let health = watch::health(tx, &it)?;
            let last = health.last_success.map_or_else(|| "never".to_owned(), |it| it.to_string());
            let server = format!("{}://{}:{}", it.settings.protocol.name(), it.settings.host, it.settings.port);
            lines.push(format!("{}\t{}\t{server}\t{}\t{last}", it.name, it.settings.address, health.standing.name()));
            lines.extend(health.warnings.into_iter().chain(health.notes).map(|it| format!("\t{it}")));
        }
        Ok(lines)
    })?;
    for line in lines {
        say_to(out, line).await;
    }
    Ok(())
}

/// The statement of one mailbox, or of all that are on.
///
/// # Errors
/// When a mailbox could not be asked, or a mail is lost: then the command ends with a failure.
pub async fn statement(desk: &Arc<Desk>, name: Option<&str>, out: &Out) -> Result<()> {
    let wanted: Vec<Mailbox> = match name {
        Some(it) => vec![desk.read(|tx| mailbox::named(tx, it))?],
        None => desk.read(mailbox::all)?.into_iter().filter(|it| it.enabled).collect(),
    };
    let mut lost = 0;
    for it in wanted {
        for (folder, statement) in mailboxes::statement(desk, &it).await? {
            lost += statement.lost;
            let named = if statement.named.is_empty() { String::new() } else { format!("\tUIDs {}", statement.named.join(", ")) };
            say_to(out, format!("{}\t{folder}\t{}{named}", it.name, statement.said())).await;
        }
    }
    if lost > 0 { Err(Refusal::new(Code::Conflict, format!("{lost} mails could not be taken in.")).into()) } else { Ok(()) }
}

/// Has mail looked for now.
pub async fn poll(desk: &Desk, name: &str, out: &Out) -> Result<()> {
    let it = desk.read(|tx| mailbox::named(tx, name))?;
    mailboxes::need_enabled(&it)?;
    desk.mailboxes.call(it.id, false);
    say_to(out, format!("Mail is being looked for in {}.", it.name)).await;
    Ok(())
}
