//! A bound condition asked of one ticket, from its record and what that names. Everything that a condition can ask is answered here or
//! was refused when the rule was written.

use std::cell::OnceCell;

use uuid::Uuid;

use super::words::{stand_in, words};
use crate::{
    desk::{
        query::{Breach, Cond, CustomMatch, CustomTest, Flag, Part, Presence, StatusTest, Test, TextQuery, TextScope, TimeField},
        queues,
        settings::Settings,
        tickets::{Ticket, custom_values},
    },
    error::Result,
    store::Tx,
    time::Instant,
};

/// One ticket that is asked, with what was worked out for an earlier question.
pub(super) struct Asking<'a> {
    tx: &'a Tx,
    ticket: &'a Ticket,
    title: OnceCell<Vec<String>>,
    text: OnceCell<Vec<String>>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(tx: &'a Tx, ticket: &'a Ticket) -> Self {
        Asking { tx, ticket, title: OnceCell::new(), text: OnceCell::new() }
    }

    pub(super) fn holds(&self, cond: &Cond) -> Result<bool> {
        Ok(match cond {
            Cond::And(all) => {
                for it in all {
                    if !self.holds(it)? {
                        return Ok(false);
                    }
                }
                true
            }
            Cond::Or(any) => {
                for it in any {
                    if self.holds(it)? {
                        return Ok(true);
                    }
                }
                false
            }
            Cond::Not(it) => !self.holds(it)?,
            Cond::Test(it) => self.passes(it)?,
            Cond::Text(it) => self.says(it),
        })
    }

    fn passes(&self, test: &Test) -> Result<bool> {
        let it = self.ticket;
        let one = |wanted: &Presence, id: Option<Uuid>| wanted.fits(&[id]);
        Ok(match test {
            Test::Status(any) => any.iter().any(|test| match test {
                StatusTest::Category(category) => *category == it.category,
                StatusTest::State(key) => *key == it.state,
            }),
            Test::Kind(kinds) => kinds.contains(&it.kind),
            Test::Priority(levels) => levels.contains(&it.priority),
            Test::Impact(levels) => levels.contains(&it.impact),
            Test::Urgency(levels) => levels.contains(&it.urgency),
            Test::Queue(wanted) => one(wanted, it.queue.map(|it| it.0)),
            Test::Team(wanted) => one(wanted, self.team()?),
            Test::Assignee(wanted) => one(wanted, it.assignee.map(|it| it.0)),
            Test::Requester(wanted) => one(wanted, Some(it.requester.0)),
            Test::Organization(wanted) => one(wanted, it.organization.map(|it| it.0)),
            Test::Department(wanted) => one(wanted, it.department.map(|it| it.0)),
            Test::Category(wanted) => wanted.fits(&[it.topic.map(|it| it.0), it.subtopic.map(|it| it.0)]),
            Test::Watcher(wanted) => wanted.fits(&it.watchers.iter().map(|it| Some(it.0)).collect::<Vec<_>>()),
            // Records of these come with their own rooms; until then a ticket names them in words, which no id can meet.
            Test::Asset(wanted) => named(wanted, it.asset.is_some()),
            Test::Item(wanted) => named(wanted, it.service_item.is_some()),
            Test::Tag(any) => any.iter().any(|tag| match tag {
                Some(tag) => it.tags.contains(tag),
                None => it.tags.is_empty(),
            }),
            Test::Channel(any) => any.contains(&it.channel.name()),
            Test::Time(field, test) => test.fits(self.instant(*field)),
            Test::Breach(breach) => self.breached(*breach),
            Test::Is(Flag::Paused) => it.targets.as_ref().is_some_and(|it| it.is_paused()),
            Test::Is(Flag::Vip) => it.vip,
            Test::Is(Flag::Snoozed) => it.snoozed.is_some(),
            Test::Is(Flag::OnUs) => it.waits_on_us(),
            Test::Is(Flag::OnThem) => it.category.is_open() && !it.waits_on_us(),
            Test::Has(Part::Attachment) => it.has_attachments,
            Test::Has(Part::Link) => !it.links.is_empty(),
            Test::Number(wanted) => {
                let settings = Settings::of(self.tx)?;
                let prefix = settings.prefixes.get(it.kind as usize);
                let fits = wanted.prefix.as_ref().is_none_or(|wanted| prefix.is_some_and(|it| it.eq_ignore_ascii_case(wanted)));
                fits && (wanted.from..=wanted.to).contains(&it.number)
            }
            Test::Custom(test) => self.custom(test),
            // Refused when the rule was written.
            Test::Author(_) | Test::Has(Part::Note) => false,
        })
    }

    fn team(&self) -> Result<Option<Uuid>> {
        Ok(queues::team_of(self.tx, self.ticket.queue)?.map(|it| it.0))
    }

    fn instant(&self, field: TimeField) -> Option<Instant> {
        let it = self.ticket;
        match field {
            TimeField::Created => Some(it.created_at),
            TimeField::Updated => Some(it.updated_at),
            TimeField::UpdatedPublicly => Some(it.updated_for(false)),
            TimeField::Resolved => it.resolved_at,
            TimeField::Closed => it.closed_at,
            TimeField::Scheduled => it.scheduled_at,
            TimeField::Due => it.next_due(),
            TimeField::Response => it.targets.as_ref().and_then(|it| it.response_due()),
        }
    }

    fn breached(&self, breach: Breach) -> bool {
        let (response, resolution) = self.ticket.targets.as_ref().map_or((false, false), |it| it.breached());
        match breach {
            Breach::Any => response || resolution,
            Breach::None => !response && !resolution,
            Breach::Response => response,
            Breach::Resolution => resolution,
        }
    }

    fn custom(&self, wanted: &CustomTest) -> bool {
        let values: Vec<String> =
            custom_values(self.ticket).into_iter().filter(|(key, _)| *key == wanted.key).map(|(_, value)| value).collect();
        match &wanted.test {
            CustomMatch::Any => !values.is_empty(),
            CustomMatch::None => values.is_empty(),
            CustomMatch::OneOf(texts) => values.iter().any(|it| texts.contains(&it.to_lowercase())),
            CustomMatch::Between(from, to) => values.iter().filter_map(|it| it.parse::<f64>().ok()).any(|it| *from <= it && it <= *to),
            CustomMatch::Within(range) => values.iter().filter_map(|it| it.parse::<Instant>().ok()).any(|it| range.contains(it)),
        }
    }

    /// Whether its words say so: each word somewhere, or a phrase as it stands.
    fn says(&self, wanted: &TextQuery) -> bool {
        let asked = words(&wanted.text);
        let title = self.title.get_or_init(|| words(&self.ticket.title));
        let text = || self.text.get_or_init(|| words(&self.ticket.description));
        let found = |asked: &[String], prefix: bool| match wanted.scope {
            TextScope::Title => stand_in(title, asked, prefix),
            TextScope::Text => stand_in(text(), asked, prefix),
            TextScope::All => stand_in(title, asked, prefix) || stand_in(text(), asked, prefix),
        };
        found(&asked, wanted.prefix)
    }
}

fn named(wanted: &Presence, is_named: bool) -> bool {
    match wanted {
        Presence::Any => is_named,
        Presence::OneOf { or_none, .. } => *or_none && !is_named,
    }
}
