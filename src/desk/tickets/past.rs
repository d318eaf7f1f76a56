//! Tickets that were lodged, worked on and closed elsewhere, taken in as they were: for whoever moves here and brings a history along
//! (IMP-01), and for the long past of a demo. No rule looks at one, no clock runs, nobody is told, since nothing of it is to be done any
//! more. All of it is one event, because here only one thing happened.

use std::time::Duration;

use super::{
    BodyFormat, Channel, Comment, Kind, Ticket,
    change::{enter, meant_state},
    create::{blank, body, json_object, level, said_at_birth, tags, title},
    lifecycle::Lifecycle,
    number,
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, EventKind},
        identity::Person,
        permission::Permission,
        queues::{self, Queue},
    },
    error::{Refusal, Result},
    id::{CategoryId, PersonId, QueueId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

/// A ticket of the past, whose people and places are known here.
#[derive(Debug, Clone)]
pub struct PastTicket {
    pub kind: Kind,
    pub title: String,
    pub description: String,
    pub description_format: BodyFormat,
    pub requester: PersonId,
    pub assignee: Option<PersonId>,
    pub queue: Option<QueueId>,
    pub topic: Option<CategoryId>,
    pub subtopic: Option<CategoryId>,
    /// 1 to 4, each.
    pub priority: u8,
    pub impact: u8,
    pub urgency: u8,
    pub tags: Vec<String>,
    /// A JSON object that is kept with it, such as what it was called there.
    pub metadata: Option<String>,
    pub created_at: Instant,
    pub resolved_at: Option<Instant>,
    pub closed_at: Instant,
    /// In the order of time.
    pub thread: Vec<PastComment>,
}

/// What was said on it.
#[derive(Debug, Clone)]
pub struct PastComment {
    pub author: Option<PersonId>,
    pub body: String,
    pub format: BodyFormat,
    pub is_private: bool,
    pub created_at: Instant,
}

/// Takes a ticket of the past in; it gets a number of this desk. Needs the right to change settings, as it writes what others are said to
/// have written.
pub fn take_in(tx: &mut Tx, actor: &Actor, past: PastTicket) -> Result<Ticket> {
    actor.need(Permission::SettingsWrite)?;
    check_times(tx, &past)?;
    check_places(tx, &past)?;
    let requester = tx.get::<Person>(&past.requester)?.ok_or_else(|| unknown("requester"))?;
    let lifecycle = Lifecycle::of(tx, past.kind)?;
    let closed = meant_state(&lifecycle, "closed", past.assignee.is_some())?;
    let mut ticket = Ticket {
        title: title(&past.title)?,
        description: body("description", past.description)?,
        description_format: past.description_format,
        priority: level("priority", Some(past.priority))?.unwrap_or(past.priority),
        impact: level("impact", Some(past.impact))?.unwrap_or(past.impact),
        urgency: level("urgency", Some(past.urgency))?.unwrap_or(past.urgency),
        priority_fixed: true,
        assignee: past.assignee,
        queue: past.queue,
        topic: past.topic,
        subtopic: past.subtopic,
        tags: tags(past.tags)?,
        metadata: json_object("metadata", past.metadata)?,
        number: number::next(tx, past.kind)?,
        updated_at: past.closed_at,
        resolved_at: Some(past.resolved_at.unwrap_or(past.closed_at)),
        ..blank(tx, actor, past.kind, Channel::Import, &requester, &lifecycle, past.created_at)
    };
    enter(&mut ticket, closed, past.closed_at);
    let mut place = past.created_at;
    let mut thread = blake3::Hasher::new();
    let mut public = 0_u32;
    for said in past.thread {
        // A thread is read in the order of its ids.
        place = said.created_at.max(place.plus(Duration::from_millis(1)));
        let id = tx.new_id_of(place);
        let comment = Comment {
            body: body("body", said.body)?,
            format: said.format,
            ..Comment::blank(id, ticket.id, said.author, said.is_private, Channel::Import, said.created_at)
        };
        tx.put(&comment)?;
        let author = comment.author.map_or_else(String::new, |it| it.to_string());
        let head = format!("{}\n{author}\n{}\n{}\n{}\n", comment.id, comment.is_private, comment.created_at, comment.body.len());
        thread.update(head.as_bytes()).update(comment.body.as_bytes());
        ticket.comment_count += 1;
        public += u32::from(!comment.is_private);
        if !said.is_private && said.author != Some(ticket.requester) {
            ticket.responded_at = ticket.responded_at.or(Some(said.created_at));
        }
    }
    tx.put(&ticket)?;
    let changes = said_at_birth(&ticket, true)
        .set("createdAt", ticket.created_at.to_string())
        .set("closedAt", past.closed_at.to_string())
        // Of notes it says nothing, since whoever reads no notes reads this.
        .set("comments", public)
        .set("threadDigest", thread.finalize().to_hex().to_string());
    event::record(tx, actor, EventKind::TicketImported, ticket.about(), changes)?;
    Ok(ticket)
}

/// Everything of it was, and in its order.
fn check_times(tx: &Tx, past: &PastTicket) -> Result<()> {
    let mut times = vec![("createdAt", past.created_at)];
    times.extend(past.thread.iter().map(|it| ("comments", it.created_at)));
    if past.thread.len() > limits::PAST_COMMENTS_MAX {
        let message = say!("refused-past-comments", most = limits::PAST_COMMENTS_MAX);
        return Err(Refusal::field("comments", "too_many", message).into());
    }
    let is_in_order = times.is_sorted_by_key(|it| it.1) && times.iter().all(|it| it.1 <= past.closed_at);
    let is_resolved_within = past.resolved_at.is_none_or(|it| (past.created_at..=past.closed_at).contains(&it));
    if !is_in_order || !is_resolved_within || past.closed_at > tx.now() {
        return Err(Refusal::field("closedAt", "invalid", say!("refused-past-times")).into());
    }
    Ok(())
}

fn check_places(tx: &Tx, past: &PastTicket) -> Result<()> {
    let people = past.assignee.into_iter().map(|it| ("assignee", it));
    for (field, it) in people.chain(past.thread.iter().filter_map(|it| Some(("comments", it.author?)))) {
        if !tx.has::<Person>(&it)? {
            return Err(unknown(field));
        }
    }
    if let Some(it) = past.queue
        && !tx.has::<Queue>(&it)?
    {
        return Err(unknown("queue"));
    }
    if let Some(it) = past.topic
        && queues::place_in_tree(tx, it)? != Some((it, None))
    {
        return Err(unknown("category"));
    }
    if let Some(it) = past.subtopic
        && (past.topic.is_none() || queues::place_in_tree(tx, it)? != past.topic.map(|above| (above, Some(it))))
    {
        return Err(unknown("subcategory"));
    }
    Ok(())
}

fn unknown(field: &'static str) -> crate::error::Error {
    Refusal::field(field, "unknown", say!("refused-past-unknown", field = field)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        board::Board,
        service_levels,
        stage::Stage,
        tickets::{self, Category},
    };

    fn past(stage: &Stage, now: Instant) -> PastTicket {
        let ago = |days: u64| now.minus(Duration::from_secs(days * 86_400));
        let said = |author: &Actor, body: &str, is_private, days| PastComment {
            author: author.person(),
            body: body.into(),
            format: BodyFormat::Plain,
            is_private,
            created_at: ago(days),
        };
        PastTicket {
            kind: Kind::Incident,
            title: "Printer of floor 3".into(),
            description: "It is on fire.".into(),
            description_format: BodyFormat::Plain,
            requester: stage.rosa.person().unwrap(),
            assignee: stage.ada.person(),
            queue: None,
            topic: None,
            subtopic: None,
            priority: 2,
            impact: 2,
            urgency: 2,
            tags: vec!["Old Desk".into()],
            metadata: Some(r#"{"was":"4711"}"#.into()),
            created_at: ago(400),
            resolved_at: Some(ago(398)),
            closed_at: ago(395),
            thread: vec![
                said(&stage.rosa, "Quick!", false, 400),
                said(&stage.ada, "Bring water", true, 399),
                said(&stage.ada, "It is out", false, 398),
            ],
        }
    }

    fn now(stage: &Stage) -> Instant {
        stage.read(|tx| Ok(tx.now()))
    }

    #[test]
    fn the_past_is_there_and_nothing_comes_of_it() {
        let stage = Stage::new();
        let (it, max) = (past(&stage, now(&stage)), stage.max.clone());
        let (created, closed) = (it.created_at, it.closed_at);
        let ticket = stage.write(move |tx| take_in(tx, &max, it)).unwrap();
        assert_eq!((ticket.category, ticket.channel, ticket.comment_count), (Category::Closed, Channel::Import, 3));
        assert_eq!((ticket.created_at, ticket.updated_at, ticket.closed_at), (created, closed, Some(closed)));
        assert!(ticket.targets.is_none() && ticket.responded_at > Some(created) && ticket.tags == ["old-desk"]);
        assert_eq!(ticket.organization, stage.read(|tx| Ok(tx.get::<Person>(&ticket.requester)?.unwrap().organization)));
        let heard = stage.read(|tx| tickets::comments(tx, &stage.rosa, &ticket));
        assert_eq!(heard.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["Quick!", "It is out"], "the note stays a note");
        let events = stage.read(|tx| Ok(tx.history(ticket.id.0, None, 10)?));
        assert_eq!(events.iter().map(|it| it.kind.as_str()).collect::<Vec<_>>(), [EventKind::TicketImported.name()]);
        let history = stage.read(|tx| tickets::history(tx, &stage.rosa, &ticket, None, 0, 10));
        assert_eq!(history.total, 1);
        assert!(stage.read(service_levels::next_due).is_none(), "no clock runs");
        assert!(stage.read(Board::of).is_empty(), "there is nothing to do");
        let after = stage.read(|tx| tickets::as_of_instant(tx, &stage.ada, ticket.id, tx.now()));
        assert_eq!(after.ticket.state, ticket.state);
    }

    #[test]
    fn what_cannot_have_been_is_refused() {
        let stage = Stage::new();
        let now = now(&stage);
        let later = |it: Instant| it.plus(Duration::from_secs(500 * 86_400));
        type Spoil = fn(&mut PastTicket);
        let wrong: [(&str, Spoil); 8] = [
            ("requester", |it| it.requester = PersonId::NIL),
            ("assignee", |it| it.assignee = Some(PersonId::NIL)),
            ("queue", |it| it.queue = Some(QueueId::NIL)),
            ("category", |it| it.topic = Some(CategoryId::NIL)),
            ("subcategory", |it| it.subtopic = Some(CategoryId::NIL)),
            ("comments", |it| it.thread[0].author = Some(PersonId::NIL)),
            ("title", |it| it.title = " ".into()),
            ("priority", |it| it.priority = 5),
        ];
        for (field, change) in wrong {
            let mut it = past(&stage, now);
            change(&mut it);
            let max = stage.max.clone();
            let said = stage.write(move |tx| take_in(tx, &max, it)).unwrap_err();
            assert!(said.to_string().contains(field) || format!("{said:?}").contains(field), "{field}: {said:?}");
        }
        type Shift = fn(&mut PastTicket, &dyn Fn(Instant) -> Instant);
        let times: [Shift; 4] = [
            |it, later| it.closed_at = later(it.closed_at),
            |it, later| it.created_at = later(it.created_at),
            |it, later| it.resolved_at = it.resolved_at.map(later),
            |it, _| it.thread.reverse(),
        ];
        for change in times {
            let mut it = past(&stage, now);
            change(&mut it, &later);
            let max = stage.max.clone();
            assert!(stage.write(move |tx| take_in(tx, &max, it)).is_err());
        }
        let (it, ada) = (past(&stage, now), stage.ada.clone());
        assert!(stage.write(move |tx| take_in(tx, &ada, it)).is_err(), "an agent writes no past");
    }
}
