//! What the desk's admins decided about incoming mail as a whole: how much is answered by itself, whose checks of senders are
//! believed, when an answer to a closed ticket is a ticket of its own. One record; a desk that never changed it has the defaults.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    language::say,
    store::{Record, Table, Tx},
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct MailRules {
    /// Automatic mails to one address in an hour (BEY-03).
    #[n(0)]
    pub answers_per_address_hour: u32,
    /// The same in a day.
    #[n(1)]
    pub answers_per_address_day: u32,
    /// Automatic mails about one ticket in an hour.
    #[n(2)]
    pub answers_per_ticket_hour: u32,
    /// Automatic mails of the whole desk in an hour.
    #[n(3)]
    pub answers_per_desk_hour: u32,
    /// New tickets with one subject from one address in an hour, after which its further ones are held.
    #[n(4)]
    pub alike_per_address_hour: u32,
    /// Days after closing in which an answer reopens a ticket; a later one becomes a ticket that is linked to it. None: it always reopens.
    #[n(5)]
    pub reopen_days: Option<u32>,
    /// Names of mail servers (authserv-id) whose `Authentication-Results` are believed (RFC 8601).
    #[n(6)]
    pub trusted_servers: Vec<String>,
    /// A mail that somebody who works tickets forwards is lodged for its first sender.
    #[n(7)]
    pub forwarded_for_sender: bool,
}

impl Default for MailRules {
    fn default() -> Self {
        MailRules {
            answers_per_address_hour: 6,
            answers_per_address_day: 20,
            answers_per_ticket_hour: 10,
            answers_per_desk_hour: 2000,
            alike_per_address_hour: 60,
            reopen_days: Some(30),
            trusted_servers: Vec::new(),
            forwarded_for_sender: true,
        }
    }
}

impl Record for MailRules {
    type Key = ();
    const TABLE: Table = Table::journalled(0x58, "mail_rules");

    fn key(&self) {}
}

/// Names of servers that may be trusted.
const SERVERS_MAX: usize = 20;

impl MailRules {
    pub fn of(tx: &Tx) -> Result<Arc<MailRules>> {
        Ok(tx.get_shared::<MailRules>(&())?.unwrap_or_default())
    }
}

/// Sets the rules as a whole.
pub fn change(tx: &mut Tx, actor: &Actor, mut after: MailRules) -> Result<MailRules> {
    actor.need(Permission::SettingsWrite)?;
    let before = MailRules::of(tx)?;
    for (field, value) in [
        ("answersPerAddressHour", after.answers_per_address_hour),
        ("answersPerAddressDay", after.answers_per_address_day),
        ("answersPerTicketHour", after.answers_per_ticket_hour),
        ("answersPerDeskHour", after.answers_per_desk_hour),
        ("alikePerAddressHour", after.alike_per_address_hour),
    ] {
        if !(1..=100_000).contains(&value) {
            return Err(Refusal::field(field, "invalid", say!("refused-budget-1-100-000")).into());
        }
    }
    if after.reopen_days.is_some_and(|it| it > 3650) {
        return Err(Refusal::field("reopenDays", "invalid", say!("refused-most-3-650-days")).into());
    }
    after.trusted_servers = after.trusted_servers.iter().map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).collect();
    after.trusted_servers.dedup();
    if after.trusted_servers.len() > SERVERS_MAX || after.trusted_servers.iter().any(|it| it.len() > 255 || it.contains([' ', ';'])) {
        let message = say!("refused-name-most-servers-they", SERVERS_MAX = SERVERS_MAX);
        return Err(Refusal::field("trustedServers", "invalid", message).into());
    }
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    let about = About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::MailRulesChanged, about, changes)?;
    Ok(after)
}

fn diff(before: &MailRules, after: &MailRules) -> Changes {
    // Destructured without `..`, so that a new rule does not compile until somebody decides how it is logged.
    let MailRules {
        answers_per_address_hour,
        answers_per_address_day,
        answers_per_ticket_hour,
        answers_per_desk_hour,
        alike_per_address_hour,
        reopen_days,
        trusted_servers,
        forwarded_for_sender,
    } = before;
    let mut changes = Changes::new();
    changes
        .field("answersPerAddressHour", *answers_per_address_hour, after.answers_per_address_hour)
        .field("answersPerAddressDay", *answers_per_address_day, after.answers_per_address_day)
        .field("answersPerTicketHour", *answers_per_ticket_hour, after.answers_per_ticket_hour)
        .field("answersPerDeskHour", *answers_per_desk_hour, after.answers_per_desk_hour)
        .field("alikePerAddressHour", *alike_per_address_hour, after.alike_per_address_hour)
        .field("reopenDays", *reopen_days, after.reopen_days)
        .field("trustedServers", trusted_servers.clone(), after.trusted_servers.clone())
        .field("forwardedForSender", *forwarded_for_sender, after.forwarded_for_sender);
    changes
}
