//! The life of one ticket: how it is lodged, who takes it, what is said, how it ends.

use std::time::Duration;

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    cast::Cast,
    tools,
    words::{self, Template},
};
use crate::{
    desk::{
        actor::{Actor, Origin, Who},
        attachments::StoredFile,
        duplicates::outage::{self, Declaration},
        permission::{Permission, Permissions},
        satisfaction::{self, SurveyLink, Vote},
        service_levels,
        settings::Settings,
        tickets::{self, BodyFormat, Channel, Kind, NewComment, NewTicket, Ticket, TicketChange},
    },
    error::Result,
    id::{PersonId, TicketId},
    store::Tx,
    time::Instant,
};

/// How a ticket begins.
pub struct Birth {
    pub actor: Actor,
    pub new: NewTicket,
}

impl Birth {
    pub fn happen(self, tx: &mut Tx) -> Result<TicketId> {
        Ok(tickets::create(tx, &self.actor, self.new)?.id)
    }
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Whoever has the ticket then; this one while nobody does.
    Holder(PersonId),
    /// This one, whoever has it.
    Own(PersonId),
}

impl By {
    fn actor(self, tx: &Tx, ticket: TicketId) -> Result<Actor> {
        let id = match self {
            By::Own(id) => id,
            By::Holder(id) => tx.get::<Ticket>(&ticket)?.and_then(|it| it.assignee).unwrap_or(id),
        };
        Ok(person(id))
    }
}

/// What happens to it later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Gives it to somebody, unless the desk did already.
    Assign {
        by: PersonId,
        to: PersonId,
    },
    Move {
        by: By,
        to: &'static str,
    },
    Tag {
        by: By,
        tags: Vec<String>,
    },
    Say {
        by: By,
        body: String,
        private: bool,
        mail: bool,
    },
    /// Its requester says how it was, if it is done.
    Rate {
        good: bool,
        comment: &'static str,
    },
    /// Its requester asks for more attention.
    Escalate {
        reason: &'static str,
    },
    Acknowledge {
        by: PersonId,
    },
    /// It is the outage of which these are parts, by their places in the history.
    Declare {
        by: PersonId,
        message: &'static str,
        parts: Vec<usize>,
    },
    /// The system closes what stayed resolved.
    Close,
}

/// Somebody of the desk, with all that their work needs; the desk's rules are tried elsewhere.
pub fn person(id: PersonId) -> Actor {
    Actor { who: Who::Person(id), permissions: Permissions::ALL, bounds: None, origin: Origin::default() }
}

impl Act {
    /// Does it. `made` gives the ticket at a place in the history.
    pub fn happen(self, tx: &mut Tx, ticket: TicketId, made: &dyn Fn(usize) -> Option<TicketId>) -> Result<()> {
        match self {
            Act::Assign { by, to } => match tx.get::<Ticket>(&ticket)?.and_then(|it| it.assignee) {
                Some(_) => Ok(()),
                None => change(tx, &person(by), ticket, |it| it.assignee = Some(Some(to.to_string()))),
            },
            Act::Move { by, to } => go(tx, &by.actor(tx, ticket)?, ticket, to),
            Act::Tag { by, tags } => tag(tx, &by.actor(tx, ticket)?, ticket, tags),
            Act::Close => go(tx, &Actor::system("demo"), ticket, "closed"),
            Act::Say { by, body, private, mail } => {
                let via = if mail { Channel::Email } else { Channel::Portal };
                let format = if mail { BodyFormat::Plain } else { BodyFormat::Markdown };
                let new = NewComment { format, ..NewComment::new(body, private, via) };
                tickets::add_comment(tx, &by.actor(tx, ticket)?, ticket, new).map(drop)
            }
            Act::Rate { good, comment } => rate(tx, ticket, good, comment),
            Act::Escalate { reason } => {
                let Some(requester) = tx.get::<Ticket>(&ticket)?.map(|it| it.requester) else { return Ok(()) };
                let permissions = Permissions::of(&[Permission::PortalUse]);
                service_levels::escalate(tx, &Actor { permissions, ..person(requester) }, ticket, reason).map(drop)
            }
            Act::Acknowledge { by } => service_levels::acknowledge(tx, &person(by), ticket).map(drop),
            Act::Declare { by, message, parts } => {
                let parts = parts.into_iter().filter_map(made).collect();
                let new = Declaration { parts, message: message.to_owned(), ..Declaration::of(ticket) };
                outage::declare(tx, &person(by), new).map(drop)
            }
        }
    }
}

/// Adds tags to those that rules gave it.
fn tag(tx: &mut Tx, actor: &Actor, ticket: TicketId, tags: Vec<String>) -> Result<()> {
    let present = tx.get::<Ticket>(&ticket)?.map(|it| it.tags).unwrap_or_default();
    change(tx, actor, ticket, |it| it.tags = Some(present.into_iter().chain(tags).collect()))
}

/// Votes with the link that stood in the mail, unless the ticket is being worked on again.
fn rate(tx: &mut Tx, ticket: TicketId, good: bool, comment: &str) -> Result<()> {
    let Some(ticket) = tx.get::<Ticket>(&ticket)?.filter(|it| !it.category.is_open()) else { return Ok(()) };
    let link = SurveyLink::of(ticket.id, ticket.requester, tx.now());
    let token = link.token(&*Settings::of(tx)?);
    let vote = Vote { good, stars: None, comment: Some(comment.to_owned()) };
    satisfaction::rate(tx, &token, vote, Origin::default()).map(drop)
}

fn change(tx: &mut Tx, actor: &Actor, ticket: TicketId, set: impl FnOnce(&mut TicketChange)) -> Result<()> {
    let mut change = TicketChange::default();
    set(&mut change);
    tickets::change(tx, actor, ticket, change).map(drop)
}

/// Moves the ticket if its lifecycle has the way from where it is: others may have moved it meanwhile.
fn go(tx: &mut Tx, actor: &Actor, ticket: TicketId, to: &str) -> Result<()> {
    let Some(ticket) = tx.get::<Ticket>(&ticket)? else { return Ok(()) };
    tickets::transition(tx, actor, &ticket, to).map(drop)
}

pub struct Story {
    pub birth: Birth,
    pub acts: Vec<(Instant, Act)>,
}

/// A moment of work between two instants: mostly on weekdays, mostly by day.
pub fn moment(rng: &mut StdRng, from: Instant, to: Instant) -> Instant {
    let span = to.since(from).as_millis() as i64;
    for _ in 0..8 {
        let at = from.as_millis() + rng.random_range(0..span.max(1));
        let hour = at.div_euclid(3_600_000).rem_euclid(24);
        // 1970 began on a Thursday.
        let weekday = (at.div_euclid(86_400_000) + 3).rem_euclid(7);
        if (weekday < 5 && (6..17).contains(&hour)) || rng.random_bool(0.05) {
            return Instant::from_millis(at);
        }
    }
    Instant::from_millis(from.as_millis() + rng.random_range(0..span.max(1)))
}

pub fn minutes(rng: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_secs(60 * rng.random_range(range) + rng.random_range(0..60))
}

impl Story {
    pub fn invent(rng: &mut StdRng, cast: &Cast, at: Instant, until: Instant, files: &[StoredFile]) -> Story {
        let request = rng.random_bool(0.35);
        let template = words::pick(rng, if request { words::REQUESTS } else { words::INCIDENTS });
        let requester = words::pick(rng, &cast.requesters);
        let agent = words::pick(rng, &cast.agents);
        let mut fill = words::Fill::new(rng);
        let birth = birth(rng, cast, &template, &mut fill, requester, request, files);
        let mut acts = Vec::new();
        let mail = birth.new.channel == Channel::Email;
        live(rng, cast, at, &template, &mut fill, requester, agent, mail, &mut acts);
        acts.retain(|it| it.0 < until);
        Story { birth, acts }
    }
}

fn birth(
    rng: &mut StdRng,
    cast: &Cast,
    template: &Template,
    fill: &mut words::Fill,
    requester: PersonId,
    request: bool,
    files: &[StoredFile],
) -> Birth {
    let kind = if request { Kind::Request } else { Kind::Incident };
    let channel = words::pick(rng, &[Channel::Portal, Channel::Portal, Channel::Email, Channel::Email, Channel::Phone, Channel::Api]);
    let mut new = NewTicket::new(kind, fill.text(template.title), channel);
    new.description = fill.text(template.description);
    new.description_format = if channel == Channel::Email { BodyFormat::Plain } else { BodyFormat::Markdown };
    new.requester = Some(requester.to_string());
    new.category = Some(template.category.0.to_owned());
    new.subcategory = Some(template.category.1.to_owned());
    new.custom = tools::values_of(kind, template.category, fill.place());
    // Most find their queue by their category.
    new.queue = rng.random_bool(0.15).then(|| cast.queues[0].clone());
    new.impact = Some(words::pick(rng, &[4, 4, 3, 3, 3, 2, 2, 1]));
    new.urgency = Some(words::pick(rng, &[4, 3, 3, 3, 2, 2, 1]));
    if !files.is_empty() && rng.random_bool(0.12) {
        let count = rng.random_range(1..=2.min(files.len()));
        new.files = files.choose_multiple(rng, count).cloned().collect();
    }
    Birth { actor: person(if channel == Channel::Phone { words::pick(rng, &cast.agents) } else { requester }), new }
}

#[expect(clippy::too_many_arguments, reason = "a story needs its people, its place and its words")]
fn live(
    rng: &mut StdRng,
    cast: &Cast,
    at: Instant,
    template: &Template,
    fill: &mut words::Fill,
    requester: PersonId,
    agent: PersonId,
    mail: bool,
    acts: &mut Vec<(Instant, Act)>,
) {
    let lead = words::pick(rng, &cast.leads);
    let mut now = at.plus(minutes(rng, 3..180));
    if rng.random_bool(0.15) {
        // Nobody got round to it yet.
        now = now.plus(minutes(rng, 2_000..8_000));
    }
    acts.push((now, Act::Assign { by: if rng.random_bool(0.5) { lead } else { agent }, to: agent }));
    now = now.plus(minutes(rng, 2..90));
    acts.push((now, Act::Move { by: By::Holder(agent), to: "in_progress" }));
    if rng.random_bool(0.4) {
        acts.push((now, Act::Tag { by: By::Holder(agent), tags: template.tags.iter().map(|it| (*it).to_owned()).collect() }));
    }
    if rng.random_bool(0.45) {
        now = now.plus(minutes(rng, 5..240));
        acts.push((
            now,
            Act::Say { by: By::Holder(agent), body: fill.text(words::pick(rng, words::QUESTIONS)), private: false, mail: false },
        ));
        acts.push((now.plus(Duration::from_secs(5)), Act::Move { by: By::Holder(agent), to: "awaiting_info" }));
        now = now.plus(minutes(rng, 10..1_500));
        if rng.random_bool(0.9) {
            acts.push((now, Act::Say { by: By::Own(requester), body: fill.text(words::pick(rng, words::REPLIES)), private: false, mail }));
        }
    }
    if rng.random_bool(0.35) {
        now = now.plus(minutes(rng, 5..300));
        let colleague = words::pick(rng, &cast.agents);
        acts.push((now, Act::Say { by: By::Own(colleague), body: fill.text(words::pick(rng, words::NOTES)), private: true, mail: false }));
    }
    if rng.random_bool(0.08) {
        acts.push((now.plus(minutes(rng, 5..60)), Act::Move { by: By::Holder(agent), to: "awaiting_parts" }));
        now = now.plus(minutes(rng, 1_440..6_000));
    }
    now = now.plus(minutes(rng, 30..7_200));
    acts.push((
        now,
        Act::Say { by: By::Holder(agent), body: fill.text(words::pick(rng, template.solutions)), private: false, mail: false },
    ));
    now = now.plus(minutes(rng, 1..30));
    acts.push((now, Act::Move { by: By::Holder(agent), to: "resolved" }));
    if rng.random_bool(0.3) {
        now = now.plus(minutes(rng, 30..1_000));
        let thanks = rng.random_bool(0.85);
        let body = fill.text(words::pick(rng, if thanks { words::THANKS } else { words::AGAIN }));
        acts.push((now, Act::Say { by: By::Own(requester), body, private: false, mail }));
        now = now.plus(minutes(rng, 60..1_000));
        acts.push((now, Act::Move { by: By::Holder(agent), to: "resolved" }));
    }
    if rng.random_bool(0.4) {
        let good = rng.random_bool(0.85);
        let comment = words::pick(rng, if good { words::PRAISE } else { words::BLAME });
        acts.push((now.plus(minutes(rng, 20..2_000)), Act::Rate { good, comment }));
    }
    acts.push((now.plus(Duration::from_secs(3 * 86_400)), Act::Close));
}
