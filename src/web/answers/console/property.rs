//! The properties of a ticket that are changed in place, each by a form of its own: what it is called, how it reads, and the change
//! that a value means. A form says what its sender saw; if the ticket says otherwise by now, both are shown and nothing is changed.

use axum::response::Response;

use super::{
    macros::undo_address,
    place::Place,
    ticket::{Part, Undone, show},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        tickets::{self, Ticket, TicketChange, access, number, priority_label},
        undo::{self, Done},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{CategoryId, UndoId},
    language::say,
    time::Instant,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see, see_and_say},
            words::Words,
        },
        components::{badge::Tone, banner::Banner, toast::Toast},
        tongue::{self, Reading, t},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    Status,
    Priority,
    Assignee,
    Queue,
    Impact,
    Urgency,
    Category,
    Title,
    Due,
}

/// An instant as a form writes it, in the reader's zone.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

impl Property {
    /// Those that are changed in place.
    const ALL: [Property; 9] = [
        Property::Status,
        Property::Priority,
        Property::Assignee,
        Property::Queue,
        Property::Impact,
        Property::Urgency,
        Property::Category,
        Property::Title,
        Property::Due,
    ];

    /// Those that many tickets can be given at once.
    pub const OF_MANY: [Property; 7] = [
        Property::Status,
        Property::Priority,
        Property::Assignee,
        Property::Queue,
        Property::Impact,
        Property::Urgency,
        Property::Category,
    ];

    /// For people, within a sentence.
    fn shown_name(self) -> &'static str {
        match self {
            Property::Status => t!("property-status"),
            Property::Priority => t!("property-priority"),
            Property::Assignee => t!("property-assignee"),
            Property::Queue => t!("property-queue"),
            Property::Impact => t!("property-impact"),
            Property::Urgency => t!("property-urgency"),
            Property::Category => t!("property-category"),
            Property::Title => t!("property-title"),
            Property::Due => t!("property-due"),
        }
    }

    /// The field of the form.
    pub fn name(self) -> &'static str {
        match self {
            Property::Status => "status",
            Property::Priority => "priority",
            Property::Assignee => "assignee",
            Property::Queue => "queue",
            Property::Impact => "impact",
            Property::Urgency => "urgency",
            Property::Category => "category",
            Property::Title => "title",
            Property::Due => "dueAt",
        }
    }

    /// The present value, as forms write it.
    fn of(self, ticket: &Ticket) -> String {
        match self {
            Property::Status => ticket.state.clone(),
            Property::Priority => ticket.priority.to_string(),
            Property::Assignee => ticket.assignee.map_or_else(String::new, |it| it.to_string()),
            Property::Queue => ticket.queue.map_or_else(String::new, |it| it.to_string()),
            Property::Impact => ticket.impact.to_string(),
            Property::Urgency => ticket.urgency.to_string(),
            Property::Category => ticket.subtopic.or(ticket.topic).map_or_else(String::new, |it| it.to_string()),
            Property::Title => ticket.title.clone(),
            Property::Due => due_typed(ticket),
        }
    }

    /// A value for people.
    fn shown(self, words: &Words, ticket: &Ticket, value: &str) -> String {
        let known = match self {
            _ if value.is_empty() => Some(t!("property-nothing").to_owned()),
            Property::Status => Some(words.status(ticket.kind, value)),
            Property::Priority => value.parse().ok().map(|it| priority_label(it).to_owned()),
            Property::Assignee => words.agent(value).map(str::to_owned),
            Property::Queue => words.queue(value).map(str::to_owned),
            Property::Impact | Property::Urgency => Some(value.to_owned()),
            Property::Category => value.parse().ok().and_then(|it| words.category(it)),
            Property::Title => None,
            Property::Due => due_of(value).ok().flatten().map(tongue::exact),
        };
        known.unwrap_or_else(|| value.to_owned())
    }

    /// The change that gives a ticket this value.
    pub fn change(self, words: &Words, value: &str) -> Result<TicketChange> {
        let text = Some(value.trim().to_owned()).filter(|it| !it.is_empty());
        let level = || {
            let level = value.trim().parse::<u8>();
            level.map_err(|_| Refusal::field(self.name(), "invalid", say!("property-levels", property = self.shown_name())))
        };
        let change = TicketChange::default();
        Ok(match self {
            Property::Status => TicketChange { status: text, ..change },
            Property::Priority => TicketChange { priority: Some(Some(level()?)), ..change },
            Property::Assignee => TicketChange { assignee: Some(text), ..change },
            Property::Queue => TicketChange { queue: Some(text), ..change },
            Property::Impact => TicketChange { impact: Some(level()?), ..change },
            Property::Urgency => TicketChange { urgency: Some(level()?), ..change },
            Property::Category => {
                let parent = value.parse::<CategoryId>().ok().and_then(|it| words.parent(it));
                match parent {
                    Some(parent) => TicketChange { category: Some(Some(parent.to_string())), subcategory: Some(text), ..change },
                    None => TicketChange { category: Some(text), ..change },
                }
            }
            Property::Title => TicketChange { title: Some(value.trim().to_owned()), ..change },
            Property::Due => TicketChange { due_at: Some(due_of(value)?), ..change },
        })
    }
}

/// When it is due as somebody set it, as the form writes it.
pub fn due_typed(ticket: &Ticket) -> String {
    ticket.due_at.map(|it| it.timestamp().to_zoned(tongue::zone()).strftime(LOCAL).to_string()).unwrap_or_default()
}

/// The instant that a form writes; none takes it away.
fn due_of(text: &str) -> Result<Option<Instant>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || Refusal::field("dueAt", "invalid", say!("property-wrong-due"));
    let at: jiff::civil::DateTime = text.trim().parse().map_err(|_| wrong())?;
    let at = tongue::zone().to_ambiguous_zoned(at).compatible().map_err(|_| wrong())?;
    Ok(Some(Instant::from_millis(at.timestamp().as_millisecond())))
}

/// What somebody wants of a ticket.
pub struct Wish {
    property: Property,
    value: String,
    /// What they saw, if they said so.
    was: Option<String>,
}

impl Wish {
    /// The wish of a form with one property.
    pub fn of(sent: &Sent) -> Result<Wish> {
        let property = Property::ALL.into_iter().find(|it| sent.has(it.name()));
        let property = property.ok_or_else(|| Refusal::new(Code::Malformed, say!("property-form-names-no-property")))?;
        let was = sent.has("was").then(|| sent.text("was").to_owned());
        Ok(Wish { property, value: sent.text(property.name()).to_owned(), was })
    }

    /// Does it, and keeps what undoing it needs.
    pub fn fulfil(&self, tx: &mut Tx, actor: &Actor, text: &str) -> Result<Fulfilled> {
        let before = access::named(tx, actor, text)?;
        let words = Words::of(tx)?;
        let present = self.property.of(&before);
        // Whoever wanted what is there already has nothing to decide.
        if self.was.as_ref().is_some_and(|it| *it != present) && self.value != present {
            let [was, present, wanted] =
                [self.was.as_deref().unwrap_or_default(), &present, &self.value].map(|it| self.property.shown(&words, &before, it));
            let detail = t!("property-when-you-looked-now", was = was, present = present, wanted = wanted);
            return Err(Refusal::new(Code::Stale, detail).into());
        }
        let change = self.property.change(&words, &self.value)?;
        let after = tickets::change(tx, actor, before.id, change)?;
        let value = match self.property {
            // What was asked for may have another name than what it led to.
            Property::Status => words.status(after.kind, &after.state),
            it => it.shown(&words, &after, &it.of(&after)),
        };
        let ended = before.category.is_open() && !after.category.is_open();
        let parts_open = if ended {
            tickets::children(tx, &after)?.iter().filter(|it| it.category.is_open() && access::may_see(actor, it)).count()
        } else {
            0
        };
        let what = format!("the field {}", self.property.name());
        let undo = undo::keep(tx, actor, &what, &[Done { before, after: after.clone(), comments: Vec::new() }])?;
        Ok(Fulfilled { ticket: after, value, parts_open, undo })
    }
}

/// What became of a wish.
pub struct Fulfilled {
    pub ticket: Ticket,
    /// The value that the property has now, for people.
    pub value: String,
    /// It is over, and so many of its sub-tickets are not.
    pub parts_open: usize,
    /// None if nothing changed.
    pub undo: Option<UndoId>,
}

impl Fulfilled {
    /// A word about it, with the way back.
    pub fn toast(&self, text: String) -> Toast {
        let (tone, text) = match self.parts_open {
            0 => (Tone::Ok, text),
            open => (Tone::Warn, format!("{text}. {}", t!("ticket-parts-still-open", count = open))),
        };
        Toast { tone, text, undo: self.undo.map(undo_address) }
    }
}

/// Changes the property that the form names.
pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let wish = Wish::of(&sent)?;
    let (actor, named, property) = (agent.actor().clone(), text.clone(), wish.property);
    // Commands run on a thread of their own, and what they say of states and properties is for this reader.
    let reading = Reading::ambient();
    let done = agent.desk.write(Some(agent.person()), move |tx| reading.within(|| wish.fulfil(tx, &actor, &named))).await;
    match done {
        Ok(it) => {
            let number = number::text(&agent.settings, it.ticket.kind, it.ticket.number);
            let address = address_of(&agent, &it.ticket);
            let text = match property {
                Property::Status => format!("{number}: {}", it.value),
                _ if it.undo.is_none() => return Ok(see(&address)),
                _ => t!("property-now", number = number, property = property.shown_name(), value = it.value.as_str()),
            };
            Ok(see_and_say(&address, &it.toast(text)))
        }
        Err(error) => refused(&agent, &text, t!("property-not-changed", property = property.shown_name()), error).await,
    }
}

/// Does something to one ticket, and keeps what undoing it needs under what it is called.
pub async fn carry_out(
    agent: &Agent,
    text: &str,
    what: &'static str,
    run: impl FnOnce(&mut Tx, &Actor, &Ticket) -> Result<Ticket> + Send + 'static,
) -> Result<(Ticket, Option<UndoId>)> {
    let (actor, named) = (agent.actor().clone(), text.to_owned());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let before = access::named(tx, &actor, &named)?;
        let after = run(tx, &actor, &before)?;
        let done = [Done { before, after: after.clone(), comments: Vec::new() }];
        Ok((after, undo::keep(tx, &actor, what, &done)?))
    });
    done.await
}

/// The address of a ticket, with a word about what was done to it and the way back; without a word if nothing was.
pub fn back_and_say(agent: &Agent, ticket: &Ticket, text: &str, undo: Option<UndoId>) -> Response {
    let number = number::text(&agent.settings, ticket.kind, ticket.number);
    let address = address_of(agent, ticket);
    match undo {
        Some(id) => see_and_say(&address, &Toast { undo: Some(undo_address(id)), ..said::done(format!("{number}: {text}")) }),
        None => see(&address),
    }
}

/// The ticket with a word about what was not done to it, if the caller can do something about it.
pub async fn refused(agent: &Agent, text: &str, title: String, error: Error) -> Result<Response, Problem> {
    match error {
        Error::Refused(it) if matches!(it.code, Code::Validation | Code::Conflict | Code::Stale | Code::Malformed) => {
            let status = problem::status_of(it.code);
            let conflict = Some(Banner { tone: Tone::Warn, title, text: tongue::sentence(&it.detail) });
            let part = agent.part_of(text).map_or(Part::Conversation, Part::named);
            show(agent, text, part, Undone { conflict, ..Undone::default() }, status).await
        }
        error => Err(error.into()),
    }
}

/// Goes on where the reader was, after something was done to a ticket.
pub fn back_to(agent: &Agent, ticket: &Ticket) -> Response {
    see(&address_of(agent, ticket))
}

/// Where a reader goes on after something was done to a ticket: the part of it that they were at, or their list if what was done means
/// that they see it no longer.
pub fn address_of(agent: &Agent, ticket: &Ticket) -> String {
    if !access::may_see(agent.actor(), ticket) {
        let list = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()));
        return list.map_or_else(|_| "/agent".to_owned(), |it| it.address());
    }
    let number = number::text(&agent.settings, ticket.kind, ticket.number);
    match agent.part_of(&number) {
        Some(part) => format!("/agent/tickets/{number}/{part}"),
        None => format!("/agent/tickets/{number}"),
    }
}
