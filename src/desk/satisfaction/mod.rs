//! How people found the work: good or bad, if the desk wants it as one to five stars, with a word if they like. Said with the link that
//! stands in the mail about a resolved ticket, kept on the ticket, and counted by day, agent and queue.
//!
//! Invariant: a vote is counted once, where it was given; a changed one takes its first count away. Looking never votes.

mod link;
mod tally;

pub use link::SurveyLink;
pub use tally::{By, Report, Row, SatisfactionDay, Votes, report};

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::{Actor, Origin, Who},
        event::{self, Changes, EventKind},
        permission::Permissions,
        settings::Settings,
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{PersonId, QueueId, TicketId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

/// Whether people are asked, and how.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SurveyRules {
    #[n(0)]
    pub on: bool,
    /// One to five stars instead of good or bad (RPT-15); four and five count as good.
    #[n(1)]
    pub stars: bool,
    /// Queues about whose tickets nobody is asked.
    #[n(2)]
    pub silent_queues: Vec<QueueId>,
}

impl Default for SurveyRules {
    fn default() -> Self {
        SurveyRules { on: true, stars: false, silent_queues: Vec::new() }
    }
}

impl SurveyRules {
    pub(in crate::desk) fn for_log(&self) -> serde_json::Value {
        let SurveyRules { on, stars, silent_queues } = self;
        let queues: Vec<String> = silent_queues.iter().map(QueueId::to_string).collect();
        serde_json::json!({ "on": on, "stars": stars, "silentQueues": queues })
    }

    /// Whether the requester of this ticket is asked.
    pub fn asks_about(&self, ticket: &Ticket) -> bool {
        self.on && ticket.merged.is_none() && ticket.queue.is_none_or(|it| !self.silent_queues.contains(&it))
    }
}

/// What somebody said, as the ticket keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Satisfaction {
    #[n(0)]
    pub good: bool,
    /// One to five, where it was asked so.
    #[n(1)]
    pub stars: Option<u8>,
    #[n(2)]
    pub comment: Option<String>,
    #[n(3)]
    pub at: Instant,
    #[n(4)]
    pub by: PersonId,
    /// Whose work it was, and where it lay, when it was said: where it is counted.
    #[n(5)]
    pub agent: Option<PersonId>,
    #[n(6)]
    pub queue: Option<QueueId>,
    /// The day in the desk's zone, from 1970-01-01.
    #[n(7)]
    pub day: u32,
}

impl Satisfaction {
    /// `good` or `bad`.
    pub fn score(&self) -> &'static str {
        if self.good { "good" } else { "bad" }
    }
}

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    pub good: bool,
    pub stars: Option<u8>,
    /// None leaves what was written before.
    pub comment: Option<String>,
}

impl Vote {
    /// `good`, `bad`, or `1` to `5`.
    pub fn named(text: &str) -> Option<Vote> {
        let vote = |good, stars| Some(Vote { good, stars, comment: None });
        match text.trim() {
            "good" => vote(true, None),
            "bad" => vote(false, None),
            text => match text.parse::<u8>() {
                Ok(stars @ 1..=5) => vote(stars >= 4, Some(stars)),
                _ => None,
            },
        }
    }

    /// As it was named.
    pub fn name(&self) -> String {
        match self.stars {
            Some(it) => it.to_string(),
            None => if self.good { "good" } else { "bad" }.to_owned(),
        }
    }
}

/// The ticket of a link that has not ended, for whoever holds the link.
pub fn asked(tx: &Tx, text: &str) -> Result<(SurveyLink, Ticket)> {
    let settings = Settings::of(tx)?;
    let link = SurveyLink::read(&settings, text).ok_or_else(|| Refusal::not_found("link"))?;
    if link.has_ended(tx.now()) {
        let detail = say!("refused-link-good-days-ended", survey_link_days = limits::SURVEY_LINK_DAYS);
        return Err(Refusal::new(Code::NotFound, detail).into());
    }
    let ticket = tx.get::<Ticket>(&link.ticket)?.filter(|it| it.deleted_at.is_none()).ok_or_else(|| Refusal::not_found("link"))?;
    Ok((link, ticket))
}

/// Takes a vote by link. It can be changed as long as the link is good and the ticket stays done.
pub fn rate(tx: &mut Tx, token: &str, vote: Vote, origin: Origin) -> Result<Ticket> {
    let (link, before) = asked(tx, token)?;
    need_asked(&Settings::of(tx)?.survey, &before, &vote)?;
    let comment = match vote.comment {
        None => before.satisfaction.as_ref().filter(|it| it.by == link.person).and_then(|it| it.comment.clone()),
        Some(it) => Some(it.trim().to_owned()).filter(|it| !it.is_empty()),
    };
    if comment.as_ref().is_some_and(|it| it.chars().count() > limits::SURVEY_COMMENT_CHARS_MAX) {
        let message = say!("refused-may-characters-most-3", survey_comment_chars_max = limits::SURVEY_COMMENT_CHARS_MAX);
        return Err(Refusal::field("comment", "too_long", message).into());
    }
    let same = |it: &Satisfaction| it.good == vote.good && it.stars == vote.stars && it.comment == comment && it.by == link.person;
    if before.satisfaction.as_ref().is_some_and(same) {
        return Ok(before);
    }
    let said = Satisfaction {
        good: vote.good,
        stars: vote.stars,
        comment,
        at: tx.now(),
        by: link.person,
        agent: before.assignee,
        queue: before.queue,
        day: tally::day_of(tx.now(), &Settings::of(tx)?.time_zone),
    };
    let actor = Actor { who: Who::Person(link.person), permissions: Permissions::NONE, bounds: None, origin };
    keep(tx, &actor, before, said)
}

/// Refuses what nobody asks for: a report mixes no scales, and work that goes on is not judged yet.
fn need_asked(rules: &SurveyRules, ticket: &Ticket, vote: &Vote) -> Result<()> {
    if !rules.on {
        return Err(Refusal::new(Code::Conflict, say!("refused-desk-does-not-ask")).into());
    }
    if ticket.category.is_open() {
        return Err(Refusal::new(Code::Conflict, say!("refused-we-working-ticket-again")).into());
    }
    match (rules.stars, vote.stars) {
        (true, None) => Err(Refusal::field("score", "invalid", say!("refused-say-stars-1-5")).into()),
        (false, Some(_)) => Err(Refusal::field("score", "invalid", say!("refused-say-whether-good-bad")).into()),
        _ => Ok(()),
    }
}

fn keep(tx: &mut Tx, actor: &Actor, before: Ticket, said: Satisfaction) -> Result<Ticket> {
    if let Some(it) = &before.satisfaction {
        tally::count(tx, it, false)?;
    }
    tally::count(tx, &said, true)?;
    let old = before.satisfaction.as_ref();
    let stars = |it: Option<&Satisfaction>| it.and_then(|it| it.stars);
    let comment = |it: Option<&Satisfaction>| it.and_then(|it| it.comment.clone());
    let mut changes = Changes::new();
    changes.field("score", old.map(Satisfaction::score), said.score()).field("stars", stars(old), stars(Some(&said))).field(
        "said",
        comment(old),
        comment(Some(&said)),
    );
    let mut after = Ticket { satisfaction: Some(said), ..before };
    after.touch(tx.now());
    tx.put(&after)?;
    event::record(tx, actor, EventKind::SatisfactionGiven, after.about(), changes)?;
    Ok(after)
}

/// What was said, for those who may read it: who works the ticket, and who said it.
pub fn shown<'a>(actor: &Actor, ticket: &'a Ticket) -> Option<&'a Satisfaction> {
    ticket.satisfaction.as_ref().filter(|it| access::reads_notes(actor, ticket) || actor.is(it.by))
}

/// The ticket that a link is about, by its number; nobody who only has a link learns more.
pub fn number(tx: &Tx, id: TicketId) -> Result<String> {
    let ticket = tx.get::<Ticket>(&id)?.ok_or_else(|| Refusal::not_found("link"))?;
    Ok(crate::desk::tickets::number::text(&*Settings::of(tx)?, ticket.kind, ticket.number))
}

#[cfg(test)]
mod tests;
