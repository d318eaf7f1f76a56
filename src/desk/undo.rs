//! What a command changed on tickets, kept for a day, so that it can be undone as one (BEY-12): mass changes, macros. A field goes back only
//! if it still has the value that the command gave it; whatever somebody did since stays, and is said.
//!
//! It never undoes what left the desk: a mail that was sent stays sent, a note that was read stays read.

use minicbor::{Decode, Encode};
use serde_json::{Map, Value};

use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
        settings::Settings,
        tickets::{self, Comment, Relation, Ticket, access, number},
    },
    error::{Code, Error, Refusal, Result},
    id::{CategoryId, CommentId, DepartmentId, OrganizationId, PersonId, QueueId, TicketId, UndoId},
    language::{Sentence, say},
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// The fields of a ticket that go back.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Fields {
    #[n(0)]
    state: String,
    #[n(1)]
    priority: (u8, bool),
    #[n(2)]
    impact: u8,
    #[n(3)]
    urgency: u8,
    #[n(4)]
    assignee: Option<PersonId>,
    #[n(5)]
    queue: Option<QueueId>,
    #[n(6)]
    category: (Option<CategoryId>, Option<CategoryId>),
    #[n(7)]
    tags: Vec<String>,
    #[n(8)]
    custom: Option<String>,
    #[n(9)]
    due_at: Option<Instant>,
    #[n(10)]
    scheduled_at: Option<Instant>,
    #[n(11)]
    service_item: Option<String>,
    #[n(12)]
    asset: Option<String>,
    #[n(13)]
    title: String,
    /// With where they belonged; none in what was kept before requesters went back.
    #[n(14)]
    requester: Option<Whose>,
}

/// Whose ticket it is.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Whose {
    #[n(0)]
    person: PersonId,
    #[n(1)]
    organization: Option<OrganizationId>,
    #[n(2)]
    department: Option<DepartmentId>,
}

impl Fields {
    fn of(it: &Ticket) -> Fields {
        Fields {
            state: it.state.clone(),
            priority: (it.priority, it.priority_fixed),
            impact: it.impact,
            urgency: it.urgency,
            assignee: it.assignee,
            queue: it.queue,
            category: (it.topic, it.subtopic),
            tags: it.tags.clone(),
            custom: it.custom.clone(),
            due_at: it.due_at,
            scheduled_at: it.scheduled_at,
            service_item: it.service_item.clone(),
            asset: it.asset.clone(),
            title: it.title.clone(),
            requester: Some(Whose { person: it.requester, organization: it.organization, department: it.department }),
        }
    }
}

/// What was done to one ticket.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Part {
    #[n(0)]
    ticket: TicketId,
    #[n(1)]
    before: Fields,
    #[n(2)]
    after: Fields,
    #[n(3)]
    links: Vec<(Relation, TicketId)>,
    #[n(4)]
    watchers: Vec<PersonId>,
    #[n(5)]
    comments: Vec<CommentId>,
    /// It was merged into this one.
    #[n(6)]
    merged: Option<TicketId>,
    /// Links and watchers that went.
    #[n(7)]
    #[cbor(default)]
    unlinked: Vec<(Relation, TicketId)>,
    #[n(8)]
    #[cbor(default)]
    unwatched: Vec<PersonId>,
}

/// Something that was done at once.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Undo {
    #[n(0)]
    pub id: UndoId,
    /// Who did it, and who alone undoes it.
    #[n(1)]
    pub person: PersonId,
    #[n(2)]
    pub at: Instant,
    /// In words: `the macro Close as duplicate`.
    #[n(3)]
    pub what: String,
    #[n(4)]
    pub parts: Vec<Part>,
    #[n(5)]
    pub undone_at: Option<Instant>,
}

impl Record for Undo {
    type Key = UndoId;
    // Follows from what is in the log; kept for a day.
    const TABLE: Table = Table::operational(0x75, "undo");

    fn key(&self) -> UndoId {
        self.id
    }
}

/// One ticket before and after a command, with the comments that it wrote.
#[derive(Debug, Clone)]
pub struct Done {
    pub before: Ticket,
    pub after: Ticket,
    pub comments: Vec<CommentId>,
}

impl Done {
    fn part(&self) -> Option<Part> {
        let Done { before, after, comments } = self;
        let links = |of: &Ticket, not: &Ticket| -> Vec<(Relation, TicketId)> {
            of.links.iter().filter(|it| !not.links.contains(it)).map(|it| (it.relation, it.ticket)).collect()
        };
        let watchers =
            |of: &Ticket, not: &Ticket| -> Vec<PersonId> { of.watchers.iter().filter(|it| !not.watchers.contains(it)).copied().collect() };
        let into = |it: &Ticket| it.merged.as_ref().map(|it| it.into);
        let part = Part {
            ticket: after.id,
            before: Fields::of(before),
            after: Fields::of(after),
            links: links(after, before),
            watchers: watchers(after, before),
            comments: comments.clone(),
            merged: into(after).filter(|_| into(after) != into(before)),
            unlinked: links(before, after),
            unwatched: watchers(before, after),
        };
        let ties = [&part.links, &part.unlinked].iter().all(|it| it.is_empty());
        let people = [&part.watchers, &part.unwatched].iter().all(|it| it.is_empty());
        let nothing = part.before == part.after && ties && people && part.comments.is_empty() && part.merged.is_none();
        (!nothing).then_some(part)
    }
}

/// Keeps what was done, so that it can be undone; none if nothing was, or if no person did it. What is older than a day goes.
pub fn keep(tx: &mut Tx, actor: &Actor, what: &str, done: &[Done]) -> Result<Option<UndoId>> {
    let Some(person) = actor.person() else { return Ok(None) };
    let parts: Vec<Part> = done.iter().take(limits::UNDO_TICKETS_MAX).filter_map(Done::part).collect();
    if parts.is_empty() {
        return Ok(None);
    }
    sweep(tx)?;
    let it = Undo { id: tx.new_id(), person, at: tx.now(), what: what.to_owned(), parts, undone_at: None };
    tx.put(&it)?;
    Ok(Some(it.id))
}

/// Drops what nobody can undo any more. Ids grow with time, so the oldest come first.
fn sweep(tx: &mut Tx) -> Result<()> {
    let mut old = Vec::new();
    for it in tx.scan::<Undo>(&())?.take(limits::UNDO_SWEPT_AT_ONCE) {
        let it = it?;
        if !is_over(&it, tx.now()) {
            break;
        }
        old.push(it.id);
    }
    for id in old {
        tx.remove::<Undo>(&id)?;
    }
    Ok(())
}

fn is_over(it: &Undo, now: Instant) -> bool {
    now.since(it.at) > limits::UNDO_FOR
}

/// What became of undoing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Undone {
    pub what: String,
    /// The tickets of which something went back.
    pub tickets: Vec<Ticket>,
    /// What did not, in sentences that name the ticket.
    pub left: Vec<Sentence>,
}

/// Undoes it as one.
pub fn undo(tx: &mut Tx, actor: &Actor, id: UndoId) -> Result<Undone> {
    let mut it = tx.get::<Undo>(&id)?.filter(|it| actor.is(it.person)).ok_or_else(|| Refusal::not_found("change to undo"))?;
    if is_over(&it, tx.now()) {
        return Err(Refusal::new(Code::Conflict, say!("refused-undo-too-old")).into());
    }
    if it.undone_at.is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-undone-before")).into());
    }
    let mut undone = Undone { what: it.what.clone(), ..Undone::default() };
    for part in &it.parts {
        one(tx, actor, &it, part, &mut undone)?;
    }
    it.undone_at = Some(tx.now());
    tx.put(&it)?;
    Ok(undone)
}

fn one(tx: &mut Tx, actor: &Actor, whole: &Undo, part: &Part, undone: &mut Undone) -> Result<()> {
    let what = whole.what.as_str();
    let Some(mut present) = tx.get::<Ticket>(&part.ticket)?.filter(|it| access::may_see(actor, it)) else {
        undone.left.push(say!("undo-not-seen"));
        return Ok(());
    };
    let settings = Settings::of(tx)?;
    let number = number::text(&settings, present.kind, present.number);
    let named = [Permission::TicketsWrite, Permission::TicketsAssign];
    let assigned = (part.before.assignee, part.before.queue) != (part.after.assignee, part.after.queue);
    if !named.into_iter().take(if assigned { 2 } else { 1 }).all(|it| access::may(actor, it, &present)) {
        undone.left.push(say!("undo-not-yours", number = number));
        return Ok(());
    }
    let mut left: Vec<Sentence> = Vec::new();
    let version = present.version;
    // First, since the ticket takes nothing else while its matter is another's.
    if part.merged.is_some() && present.merged.as_ref().map(|it| it.into) == part.merged {
        match tickets::unmerge(tx, actor, present.id) {
            Ok(it) => present = it,
            Err(Error::Refused(it)) => left.push(say!("undo-fields", why = it.detail)),
            Err(broken) => return Err(broken),
        }
    }
    let mut wanted = back(&present, part, &mut left);
    // What was made unreadable since is not brought back by the way it was before.
    if present.redacted_at.is_some_and(|it| it >= whole.at) && (wanted.title != present.title || wanted.custom != present.custom) {
        (wanted.title, wanted.custom) = (present.title.clone(), present.custom.clone());
        left.push(say!("undo-redacted"));
    }
    if present.merged.is_some() && wanted.state != present.state {
        wanted.state = present.state.clone();
        left.push(say!("undo-merged"));
    }
    match tickets::put_back(tx, actor, &present, wanted) {
        Ok(it) => present = it,
        Err(Error::Refused(it)) => left.push(say!("undo-fields", why = it.detail)),
        Err(broken) => return Err(broken),
    }
    for (relation, other) in &part.links {
        if present.links.iter().any(|it| it.relation == *relation && it.ticket == *other) {
            match tickets::unlink(tx, actor, present.id, *relation, *other) {
                Ok(it) => present = it,
                Err(Error::Refused(it)) => left.push(say!("undo-fields", why = it.detail)),
                Err(broken) => return Err(broken),
            }
        }
    }
    for person in &part.watchers {
        match tickets::unwatch(tx, actor, present.id, *person) {
            Ok(it) => present = it,
            Err(Error::Refused(it)) => left.push(say!("undo-fields", why = it.detail)),
            Err(broken) => return Err(broken),
        }
    }
    for (relation, other) in &part.unlinked {
        match tickets::link(tx, actor, present.id, *relation, *other) {
            Ok(it) => present = it,
            Err(Error::Refused(it)) => left.push(say!("undo-fields", why = it.detail)),
            Err(broken) => return Err(broken),
        }
    }
    for person in &part.unwatched {
        match tickets::watch(tx, actor, present.id, *person) {
            Ok(it) => present = it,
            Err(Error::Refused(it)) => left.push(say!("undo-fields", why = it.detail)),
            Err(broken) => return Err(broken),
        }
    }
    for id in &part.comments {
        match tx.get::<Comment>(&(present.id, *id))? {
            Some(it) if it.is_private => left.push(say!("undo-note")),
            Some(it) if it.is_held(tx.now()) => match tickets::withdraw_comment(tx, actor, present.id, *id) {
                Ok(it) => present = it.0,
                Err(Error::Refused(it)) => left.push(say!("undo-fields", why = it.detail)),
                Err(broken) => return Err(broken),
            },
            Some(_) => left.push(say!("undo-reply")),
            None => {}
        }
    }
    if let Some(all) = left.into_iter().reduce(|first, second| say!("undo-and", first = first, second = second)) {
        undone.left.push(say!("undo-left", number = number, what = all));
    }
    if present.version != version {
        event::record(tx, actor, EventKind::TicketUndone, present.about(), Changes::new().set("what", what))?;
        undone.tickets.push(present);
    }
    Ok(())
}

/// The ticket with all that may go back as it was.
fn back(present: &Ticket, part: &Part, left: &mut Vec<Sentence>) -> Ticket {
    let mut wanted = present.clone();
    let now = Fields::of(present);
    // Destructured without `..`: a new field does not compile until somebody decides how it goes back.
    let Fields {
        state,
        priority,
        impact,
        urgency,
        assignee,
        queue,
        category,
        tags,
        custom,
        due_at,
        scheduled_at,
        service_item,
        asset,
        title,
        requester,
    } = &part.before;
    let after = &part.after;
    macro_rules! back {
        ($name:literal, $field:ident, $set:expr) => {
            if *$field != after.$field {
                if now.$field == after.$field {
                    ($set)(&mut wanted, $field.clone());
                } else if now.$field != *$field {
                    left.push(say!("undo-changed", field = Sentence::of_family("field-name-", $name)));
                }
            }
        };
    }
    back!("status", state, |it: &mut Ticket, to| it.state = to);
    back!("priority", priority, |it: &mut Ticket, to| (it.priority, it.priority_fixed) = to);
    back!("impact", impact, |it: &mut Ticket, to| it.impact = to);
    back!("urgency", urgency, |it: &mut Ticket, to| it.urgency = to);
    back!("assignee", assignee, |it: &mut Ticket, to| it.assignee = to);
    back!("queue", queue, |it: &mut Ticket, to| it.queue = to);
    back!("category", category, |it: &mut Ticket, to| (it.topic, it.subtopic) = to);
    back!("due time", due_at, |it: &mut Ticket, to| it.due_at = to);
    back!("planned time", scheduled_at, |it: &mut Ticket, to| it.scheduled_at = to);
    back!("service", service_item, |it: &mut Ticket, to| it.service_item = to);
    back!("asset", asset, |it: &mut Ticket, to| it.asset = to);
    back!("title", title, |it: &mut Ticket, to| it.title = to);
    if requester.is_some() && after.requester.is_some() {
        back!("requester", requester, |it: &mut Ticket, to: Option<Whose>| {
            if let Some(to) = to {
                (it.requester, it.organization, it.department) = (to.person, to.organization, to.department);
            }
        });
    }
    // Each tag and each field of the desk's own goes back for itself.
    let came = |it: &&String| !tags.contains(it);
    let gone: Vec<&String> = after.tags.iter().filter(came).collect();
    wanted.tags.retain(|it| !gone.contains(&it));
    for it in tags.iter().filter(|it| !after.tags.contains(it)) {
        if !wanted.tags.contains(it) {
            wanted.tags.push(it.clone());
        }
    }
    wanted.custom = custom_back([custom, &after.custom, &now.custom], left);
    wanted
}

/// The values after each that still is as the command made it went back.
fn custom_back([before, after, now]: [&Option<String>; 3], left: &mut Vec<Sentence>) -> Option<String> {
    if before == after {
        return now.clone();
    }
    let object =
        |it: &Option<String>| -> Map<String, Value> { it.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default() };
    let (before, after, mut now) = (object(before), object(after), object(now));
    for key in before.keys().chain(after.keys()) {
        if before.get(key) == after.get(key) || now.get(key) == before.get(key) {
            continue;
        }
        if now.get(key) != after.get(key) {
            left.push(say!("undo-changed-own", key = key));
            continue;
        }
        match before.get(key) {
            Some(value) => drop(now.insert(key.clone(), value.clone())),
            None => drop(now.remove(key)),
        }
    }
    (!now.is_empty()).then(|| Value::Object(now).to_string())
}
