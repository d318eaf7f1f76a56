//! Every table and index of a desk with its tag: the first byte of its keys on disk. A tag is never used again for something else.
//! The store keeps 0x01 to 0x0f for itself.

use crate::{
    desk::{
        address_rules, attachments, calendars, closing, duplicates, idempotency, identity, jobs, mail, notify, providers, queues, routing,
        satisfaction, service_levels, settings, tickets,
    },
    store::{check::Shape, record::IndexTable},
};

/// Every type of record, so that a check sees all of a desk, and a test that no tag is used twice.
pub const SHAPES: &[Shape] = &[
    Shape::of::<tickets::Ticket>(),
    Shape::of::<tickets::Comment>(),
    Shape::of::<tickets::number::Counter>(),
    Shape::of::<attachments::Attachment>(),
    Shape::of::<attachments::Blob>(),
    Shape::of::<identity::Person>(),
    Shape::of::<identity::Organization>(),
    Shape::of::<identity::CustomRole>(),
    Shape::of::<identity::Department>(),
    Shape::of::<identity::Session>(),
    Shape::of::<identity::Token>(),
    Shape::of::<identity::LastSeen>(),
    Shape::of::<identity::link::Link>(),
    Shape::of::<identity::factor::Factor>(),
    Shape::of::<identity::factor::Enrolment>(),
    Shape::of::<identity::place::KnownPlaces>(),
    Shape::of::<identity::rules::AccountRules>(),
    Shape::of::<queues::Team>(),
    Shape::of::<queues::Queue>(),
    Shape::of::<queues::Category>(),
    Shape::of::<routing::RoutingRule>(),
    Shape::of::<routing::on_call::Rotation>(),
    Shape::of::<routing::Turn>(),
    Shape::of::<tickets::lifecycle::Lifecycle>(),
    Shape::of::<service_levels::Policies>(),
    Shape::of::<service_levels::Retiming>(),
    Shape::of::<settings::Settings>(),
    Shape::of::<address_rules::AddressRules>(),
    Shape::of::<jobs::Job>(),
    Shape::of::<mail::ledger::MailEntry>(),
    Shape::of::<mail::thread::SeenMessage>(),
    Shape::of::<mail::rules::MailRules>(),
    Shape::of::<mail::blocklist::BlockedSender>(),
    Shape::of::<mail::breaker::Tally>(),
    Shape::of::<mail::breaker::Breaker>(),
    Shape::of::<mail::outbox::ClearedUpTo>(),
    Shape::of::<mail::filter::MailFilter>(),
    Shape::of::<mail::recorder::MailTrace>(),
    Shape::of::<mail::moving::Moved>(),
    Shape::of::<mail::outbox::Letter>(),
    Shape::of::<notify::Burst>(),
    Shape::of::<mail::suppression::Suppression>(),
    Shape::of::<mail::suppression::SoftBounces>(),
    Shape::of::<mail::sending::SendingRules>(),
    Shape::of::<mail::templates::OwnText>(),
    Shape::of::<mail::dkim::DkimKey>(),
    Shape::of::<mail::reminder::Waiting>(),
    Shape::of::<mail::recipients::CopiedTo>(),
    Shape::of::<mail::mailbox::Mailbox>(),
    Shape::of::<mail::watch::FolderWatch>(),
    Shape::of::<mail::token::MailboxToken>(),
    Shape::of::<idempotency::Answer>(),
    Shape::of::<providers::Provider>(),
    Shape::of::<providers::ExternalIdentity>(),
    Shape::of::<providers::IdentitySeen>(),
    Shape::of::<providers::SyncState>(),
    Shape::of::<providers::ProviderSession>(),
    Shape::of::<providers::SignInMethods>(),
    Shape::of::<calendars::Calendar>(),
    Shape::of::<calendars::Region>(),
    Shape::of::<calendars::FeedState>(),
    Shape::of::<closing::Closing>(),
    Shape::of::<satisfaction::SatisfactionDay>(),
    Shape::of::<duplicates::Suggestions>(),
    Shape::of::<duplicates::Outage>(),
    Shape::of::<duplicates::Told>(),
];

/// Every index.
pub const INDEXES: &[IndexTable] = &[
    tickets::BY_NUMBER.table(),
    tickets::UNCLOSED.table(),
    tickets::merge::MERGED_INTO.table(),
    routing::LOAD.table(),
    routing::OPEN_IN.table(),
    service_levels::DUE.table(),
    attachments::BY_ID.table(),
    identity::BY_EMAIL.table(),
    identity::AGENTS.table(),
    identity::HOLDERS.table(),
    identity::MEMBERS.table(),
    identity::BY_DEPARTMENT.table(),
    identity::CHILDREN.table(),
    identity::BY_DOMAIN.table(),
    queues::TEAM_MEMBERS.table(),
    identity::TOKENS_OF.table(),
    identity::SESSIONS_OF.table(),
    identity::link::LINKS_FOR.table(),
    identity::factor::FACTORS_OF.table(),
    jobs::DUE.table(),
    jobs::BY_DEDUP.table(),
    mail::ledger::BY_DIGEST.table(),
    mail::ledger::BY_UID.table(),
    mail::ledger::UNDECIDED.table(),
    mail::ledger::HELD.table(),
    mail::moving::OF_TICKET.table(),
    mail::outbox::INDEXES[0],
    mail::outbox::INDEXES[1],
    mail::outbox::INDEXES[2],
    mail::outbox::INDEXES[3],
    mail::reminder::INDEX,
    idempotency::BY_TIME.table(),
    providers::IDENTITIES_OF.table(),
    providers::BY_SESSION_SUBJECT.table(),
    closing::INDEX,
    duplicates::CHILDREN.table(),
    duplicates::LIVE.table(),
    duplicates::OF_PARENT.table(),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_tag_is_used_twice() {
        let tags: Vec<u8> = SHAPES.iter().map(|it| it.table.tag).chain(INDEXES.iter().map(|it| it.tag)).collect();
        assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len());
        assert!(tags.iter().all(|it| (0x10..0xf0).contains(it)));
    }
}
