//! Every table and index of a desk with its tag: the first byte of its keys on disk. A tag is never used again for something else.
//! The store keeps 0x01 to 0x0f for itself.

use crate::{
    desk::{attachments, identity, jobs, mail, queues, settings, tickets},
    store::{Record, Table},
};

/// Every table, so that a test can see that no tag is used twice.
pub const TABLES: &[Table] = &[
    tickets::Ticket::TABLE,
    tickets::Comment::TABLE,
    tickets::number::Counter::TABLE,
    attachments::Attachment::TABLE,
    attachments::Blob::TABLE,
    identity::Person::TABLE,
    identity::Organization::TABLE,
    identity::Session::TABLE,
    identity::Token::TABLE,
    identity::LastSeen::TABLE,
    queues::Team::TABLE,
    queues::Queue::TABLE,
    queues::Category::TABLE,
    tickets::lifecycle::Lifecycle::TABLE,
    settings::Settings::TABLE,
    jobs::Job::TABLE,
    mail::ledger::MailEntry::TABLE,
    mail::thread::SeenMessage::TABLE,
    super::idempotency::Answer::TABLE,
];

/// Every index tag with its name.
pub const INDEXES: &[(u8, &str)] = &[
    (tickets::BY_NUMBER.tag, tickets::BY_NUMBER.name),
    (tickets::UNCLOSED.tag, tickets::UNCLOSED.name),
    (attachments::BY_ID.tag, attachments::BY_ID.name),
    (identity::BY_EMAIL.tag, identity::BY_EMAIL.name),
    (identity::AGENTS.tag, identity::AGENTS.name),
    (identity::TOKENS_OF.tag, identity::TOKENS_OF.name),
    (identity::SESSIONS_OF.tag, identity::SESSIONS_OF.name),
    (jobs::DUE.tag, jobs::DUE.name),
    (jobs::BY_DEDUP.tag, jobs::BY_DEDUP.name),
    (mail::ledger::BY_DIGEST.tag, mail::ledger::BY_DIGEST.name),
    (mail::ledger::BY_UID.tag, mail::ledger::BY_UID.name),
    (super::idempotency::BY_TIME.tag, super::idempotency::BY_TIME.name),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_tag_is_used_twice() {
        let tags: Vec<u8> = TABLES.iter().map(|it| it.tag).chain(INDEXES.iter().map(|it| it.0)).collect();
        assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len());
        assert!(tags.iter().all(|it| (0x10..0xf0).contains(it)));
    }
}
