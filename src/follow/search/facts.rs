//! Facts: everything about a ticket that is not text, as words of one field, `queue=...` or `has=attachment`.
//! One field serves every filter, so a new filter needs no new schema. Both sides, documents and conditions, spell a fact here.

use uuid::Uuid;

use crate::{
    desk::{
        knowledge::State,
        query::{SortKey, TimeField},
    },
    time::Instant,
};

use super::document::{ArticleDocument, PersonDocument, TicketDocument};

/// What stands before a fact's value. No two are alike, and none contains the separator.
pub(super) mod key {
    pub const STATUS: &str = "status";
    pub const STATUS_CATEGORY: &str = "status_category";
    pub const KIND: &str = "kind";
    pub const PRIORITY: &str = "priority";
    pub const IMPACT: &str = "impact";
    pub const URGENCY: &str = "urgency";
    pub const QUEUE: &str = "queue";
    pub const TEAM: &str = "team";
    pub const ASSIGNEE: &str = "assignee";
    pub const REQUESTER: &str = "requester";
    pub const ORGANIZATION: &str = "organization";
    pub const DEPARTMENT: &str = "department";
    pub const CATEGORY: &str = "category";
    pub const ITEM: &str = "item";
    pub const ASSET: &str = "asset";
    pub const WATCHER: &str = "watcher";
    pub const PARTICIPANT: &str = "participant";
    pub const AUTHOR: &str = "author";
    pub const NOTE_AUTHOR: &str = "note_author";
    pub const TAG: &str = "tag";
    pub const CHANNEL: &str = "channel";
    pub const NUMBER: &str = "number";
    /// That it has something at all; the value is the key of what it has.
    pub const HAS: &str = "has";
    pub const ATTACHMENT: &str = "attachment";
    pub const NOTE: &str = "note";
    pub const LINK: &str = "link";
    pub const PAUSED: &str = "paused";
    pub const VIP: &str = "vip";
    pub const SNOOZED: &str = "snoozed";
    pub const ON_US: &str = "on_us";
    pub const ON_THEM: &str = "on_them";
    pub const BREACH_RESPONSE: &str = "breach_response";
    pub const BREACH_RESOLUTION: &str = "breach_resolution";
    /// What is no ticket. Articles and people share no key with tickets, so no condition on tickets, and no grant, lets one through.
    pub const OTHER: &str = "other";
    pub const TYPE: &str = "type";
    pub const ARTICLE: &str = "article";
    pub const PERSON: &str = "person";
    /// For whom an article is that is published.
    pub const READ_BY: &str = "read_by";
    pub const ARTICLE_STATE: &str = "article_state";
    pub const ARTICLE_CATEGORY: &str = "article_category";
    pub const ARTICLE_TAG: &str = "article_tag";
    pub const ARTICLE_LANGUAGE: &str = "article_language";
    pub const ACTIVE: &str = "active";
    pub const CUSTOM: &str = "custom";
    pub const CUSTOM_NUMBER: &str = "custom_number";
    pub const CUSTOM_TIME: &str = "custom_time";
}

/// Longer values are cut, on both sides alike.
const VALUE_BYTES_MAX: usize = 256;
pub(super) const SEPARATOR: char = '\u{1f}';

/// A fact as a word of the index.
pub(super) fn fact(key: &str, value: &str) -> String {
    let mut end = value.len().min(VALUE_BYTES_MAX);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    format!("{key}{SEPARATOR}{}", &value[..end])
}

/// A fact whose value is an id.
pub(super) fn id_fact(key: &str, id: Uuid) -> String {
    fact(key, id.simple().encode_lower(&mut Uuid::encode_buffer()))
}

/// A fact about one of the desk's own fields.
pub(super) fn custom_fact(kind: &str, name: &str, value: &str) -> String {
    fact(kind, &format!("{name}{SEPARATOR}{value}"))
}

/// A number as letters that sort as it does. Minus zero is zero.
pub(super) fn sortable(number: f64) -> String {
    let bits = (number + 0.0).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    format!("{ordered:016x}")
}

/// An instant as letters that sort as it does.
pub(super) fn sortable_instant(it: Instant) -> String {
    format!("{:016x}", SortKey::from_signed(it.as_millis()))
}

/// The name under which an instant is known to the schema and to `has`.
pub(super) fn time_name(field: TimeField) -> &'static str {
    match field {
        TimeField::Created => "created",
        TimeField::Updated => "updated",
        TimeField::Resolved => "resolved",
        TimeField::Closed => "closed",
        TimeField::Scheduled => "scheduled",
        TimeField::Due => "due",
        TimeField::Response => "response",
        TimeField::UpdatedPublicly => "updated_public",
    }
}

/// An instant that one of the desk's own fields holds: RFC 3339, or a date, which is its midnight in UTC.
pub(super) fn custom_instant(value: &str) -> Option<Instant> {
    value.parse().ok().or_else(|| {
        let date: jiff::civil::Date = value.parse().ok()?;
        Some(Instant::from(date.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()))
    })
}

/// Every fact of a ticket.
pub(super) fn facts(ticket: &TicketDocument) -> Vec<String> {
    let mut facts = vec![
        fact(key::STATUS, &ticket.status),
        fact(key::STATUS_CATEGORY, &ticket.category_of_status.code().to_string()),
        fact(key::KIND, &ticket.kind.code().to_string()),
        fact(key::PRIORITY, &ticket.priority.to_string()),
        fact(key::IMPACT, &ticket.impact.unwrap_or(0).to_string()),
        fact(key::URGENCY, &ticket.urgency.unwrap_or(0).to_string()),
        fact(key::CHANNEL, &ticket.channel),
    ];
    for (key, ids) in [
        (key::QUEUE, ticket.queue.as_slice()),
        (key::TEAM, ticket.team.as_slice()),
        (key::ASSIGNEE, ticket.assignee.as_slice()),
        (key::REQUESTER, ticket.requester.as_slice()),
        (key::ORGANIZATION, ticket.organization.as_slice()),
        (key::DEPARTMENT, ticket.department.as_slice()),
        (key::CATEGORY, &ticket.categories),
        (key::ITEM, ticket.item.as_slice()),
        (key::ASSET, &ticket.assets),
        (key::WATCHER, &ticket.watchers),
        (key::PARTICIPANT, &ticket.participants),
        (key::AUTHOR, &ticket.public_authors),
        (key::NOTE_AUTHOR, &ticket.private_authors),
    ] {
        facts.extend(ids.iter().map(|id| id_fact(key, *id)));
        facts.extend((!ids.is_empty()).then(|| fact(key::HAS, key)));
    }
    facts.extend(ticket.tags.iter().map(|tag| fact(key::TAG, &tag.to_lowercase())));
    facts.extend((!ticket.tags.is_empty()).then(|| fact(key::HAS, key::TAG)));
    for (key, holds) in [
        (key::ATTACHMENT, ticket.has_attachment),
        (key::NOTE, ticket.has_note),
        (key::LINK, ticket.has_link),
        (key::PAUSED, ticket.paused),
        (key::VIP, ticket.vip),
        (key::SNOOZED, ticket.snoozed),
        (key::ON_US, ticket.on_us),
        (key::ON_THEM, ticket.category_of_status.is_open() && !ticket.on_us),
        (key::BREACH_RESPONSE, ticket.response_breached),
        (key::BREACH_RESOLUTION, ticket.resolution_breached),
        (time_name(TimeField::Resolved), ticket.resolved.is_some()),
        (time_name(TimeField::Closed), ticket.closed.is_some()),
        (time_name(TimeField::Scheduled), ticket.scheduled.is_some()),
        (time_name(TimeField::Due), ticket.due.is_some()),
        (time_name(TimeField::Response), ticket.response_due.is_some()),
    ] {
        facts.extend(holds.then(|| fact(key::HAS, key)));
    }
    for (name, value) in &ticket.custom {
        facts.push(custom_fact(key::HAS, key::CUSTOM, name));
        facts.push(custom_fact(key::CUSTOM, name, &value.to_lowercase()));
        let number = value.parse::<f64>().ok().filter(|it| it.is_finite());
        facts.extend(number.map(|it| custom_fact(key::CUSTOM_NUMBER, name, &sortable(it))));
        facts.extend(custom_instant(value).map(|it| custom_fact(key::CUSTOM_TIME, name, &sortable_instant(it))));
    }
    facts
}

/// Every fact of an article.
pub(super) fn facts_of_article(article: &ArticleDocument) -> Vec<String> {
    let mut facts = vec![
        fact(key::HAS, key::OTHER),
        fact(key::TYPE, key::ARTICLE),
        fact(key::ARTICLE_STATE, article.state.name()),
        fact(key::ARTICLE_LANGUAGE, &primary(&article.language)),
    ];
    facts.extend((article.state == State::Published).then(|| fact(key::READ_BY, article.visibility.name())));
    facts.extend(article.category.map(|it| id_fact(key::ARTICLE_CATEGORY, it)));
    facts.extend(article.tags.iter().map(|tag| fact(key::ARTICLE_TAG, &tag.to_lowercase())));
    facts
}

/// Every fact of a person.
pub(super) fn facts_of_person(person: &PersonDocument) -> Vec<String> {
    let mut facts = vec![fact(key::HAS, key::OTHER), fact(key::TYPE, key::PERSON)];
    facts.extend(person.active.then(|| fact(key::HAS, key::ACTIVE)));
    facts
}

/// The language of a tag without its region.
pub(super) fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_sort_as_their_letters(a in -1e9f64..1e9, b in -1e9f64..1e9) {
            prop_assert_eq!(a.total_cmp(&b), sortable(a).cmp(&sortable(b)));
        }
    }

    #[test]
    fn long_values_are_cut_between_letters() {
        assert!(fact("k", &"ä".repeat(1000)).len() <= VALUE_BYTES_MAX + 2);
        assert_eq!(sortable(-0.0), sortable(0.0));
        assert!(sortable(f64::NEG_INFINITY) < sortable(-1.0) && sortable(1.0) < sortable(f64::INFINITY));
    }
}
