//! A macro is used on tickets: every action on every one of them, or nothing at all; kept, so that it can be undone as one. A preview does
//! the same in a transaction that is thrown away, and tells what would differ.

use serde_json::{Map, Value};

use super::{
    Macro,
    action::{Action, Whom},
};
use crate::{
    desk::{
        actor::Actor,
        checklists,
        event::{self, Changes, EventKind},
        features::{self, Feature},
        placeholders, queues,
        settings::Settings,
        tickets::{self, Channel, NewComment, ObjectChange, Ticket, TicketChange, access, number},
        undo,
    },
    error::{Code, Error, Refusal, Result},
    id::{CommentId, MacroId, TicketId, UndoId},
    language::{Sentence, say},
    limits,
    store::Tx,
};

/// What came of a macro.
#[derive(Debug, Clone)]
pub struct Applied {
    pub name: String,
    pub tickets: Vec<Ticket>,
    /// By which it is undone as one.
    pub undo: Option<UndoId>,
}

/// What a macro says and does on one ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// What differs, by field, before and after.
    pub changes: Changes,
    pub reply: Option<String>,
    pub note: Option<String>,
    /// What else it does, in words.
    pub besides: Vec<Sentence>,
}

/// Uses a macro on these tickets, by id or number. One that cannot be done refuses all, and says which.
pub fn apply(tx: &mut Tx, actor: &Actor, id: MacroId, named: &[String]) -> Result<Applied> {
    features::need(tx, Feature::Macros)?;
    let it = super::known(tx, actor, id)?;
    if named.is_empty() || named.len() > limits::MACRO_TICKETS_MAX {
        let message = say!("refused-macro-tickets", most = limits::MACRO_TICKETS_MAX);
        return Err(Refusal::field("tickets", "invalid", message).into());
    }
    let (mut done, mut tickets): (Vec<undo::Done>, Vec<Ticket>) = (Vec::new(), Vec::new());
    for text in named {
        let before = access::named(tx, actor, text)?;
        if done.iter().any(|it| it.before.id == before.id) {
            continue;
        }
        let one = use_on(tx, actor, &it, &before).map_err(|error| naming(tx, &before, error))?;
        tickets.push(one.after.clone());
        done.push(one);
    }
    let undo = undo::keep(tx, actor, &format!("the macro {}", it.name), &done)?;
    Ok(Applied { name: it.name, tickets, undo })
}

/// The refusal, with the ticket that it is about.
fn naming(tx: &Tx, ticket: &Ticket, error: Error) -> Error {
    let Error::Refused(refusal) = error else { return error };
    let Ok(settings) = Settings::of(tx) else { return refusal.into() };
    let number = number::text(&settings, ticket.kind, ticket.number);
    Refusal { detail: format!("{number}: {}", refusal.detail).into(), ..refusal }.into()
}

/// What the macro would do to this ticket. `tx` is thrown away by the caller, with all that was done in it.
pub fn preview(tx: &mut Tx, actor: &Actor, id: MacroId, named: &str) -> Result<Effect> {
    let it = super::known(tx, actor, id)?;
    let before = access::named(tx, actor, named)?;
    let done = use_on(tx, actor, &it, &before)?;
    let (mut reply, mut note) = (None, None);
    for id in &done.comments {
        if let Some(it) = tx.get::<tickets::Comment>(&(before.id, *id))? {
            *(if it.is_private { &mut note } else { &mut reply }) = Some(it.body);
        }
    }
    let steps = |it: &Ticket| it.checklist.as_ref().map_or(0, |it| it.steps.len());
    let mut besides = Vec::new();
    for it in &it.actions {
        match it {
            Action::Link(relation, number) => {
                besides.push(say!("macro-links", relation = Sentence::of_family("relation-", relation.name()), number = number))
            }
            Action::Watch(_) if done.after.watchers.len() > done.before.watchers.len() => besides.push(say!("macro-follows")),
            Action::Checklist(_) => besides.push(say!("macro-adds-steps", count = steps(&done.after) - steps(&done.before))),
            _ => {}
        }
    }
    Ok(Effect { changes: done.after.changes_since(&done.before), reply, note, besides })
}

/// Does every action, in order. Changes of fields that follow on each other are one change, so that a status finds the assignee that it
/// needs.
fn use_on(tx: &mut Tx, actor: &Actor, it: &Macro, before: &Ticket) -> Result<undo::Done> {
    access::need(actor, crate::desk::permission::Permission::TicketsWrite, before)?;
    if !it.when.holds(tx, before)? {
        return Err(Refusal::new(Code::Conflict, say!("refused-macro-not-meant", name = it.name, when = it.when.text())).into());
    }
    event::record(tx, actor, EventKind::TicketMacro, before.about(), told(it))?;
    let (mut change, mut comments): (Option<TicketChange>, Vec<CommentId>) = (None, Vec::new());
    for action in &it.actions {
        if set(tx, before, action, change.get_or_insert_default())? {
            continue;
        }
        flush(tx, actor, before.id, &mut change)?;
        comments.extend(act(tx, actor, before.id, action)?);
    }
    flush(tx, actor, before.id, &mut change)?;
    let after = access::ticket(tx, actor, before.id)?;
    Ok(undo::Done { before: before.clone(), after, comments })
}

fn told(it: &Macro) -> Changes {
    let did: Vec<&str> = it.actions.iter().map(Action::kind).collect();
    Changes::new().set("macro", it.id.to_string()).set("name", it.name.as_str()).set("did", did)
}

fn flush(tx: &mut Tx, actor: &Actor, id: TicketId, change: &mut Option<TicketChange>) -> Result<()> {
    if let Some(it) = change.take() {
        tickets::change(tx, actor, id, it)?;
    }
    Ok(())
}

/// Puts an action that sets a field into a change; false if it is of another sort.
fn set(tx: &Tx, before: &Ticket, action: &Action, into: &mut TicketChange) -> Result<bool> {
    match action {
        Action::Status(it) => into.status = Some(it.clone()),
        Action::Priority(it) => into.priority = Some(*it),
        Action::Assign(Whom::Me) => into.assignee = Some(Some("me".to_owned())),
        Action::Assign(Whom::Nobody) => into.assignee = Some(None),
        Action::Assign(Whom::Person(it)) => into.assignee = Some(Some(it.to_string())),
        Action::Queue(it) => into.queue = Some(it.map(|it| it.to_string())),
        Action::Team(team) => {
            // The oldest, whatever others are called that the team gets later.
            let queue = queues::queues(tx)?.into_iter().filter(|it| it.team == Some(*team)).min_by_key(|it| it.id);
            let queue = queue.ok_or_else(|| Refusal::new(Code::Conflict, say!("refused-team-no-queue")))?;
            into.queue = Some(Some(queue.id.to_string()));
        }
        Action::Category(None) => (into.category, into.subcategory) = (Some(None), None),
        Action::Category(Some(id)) => {
            let place = queues::place_in_tree(tx, *id)?;
            let (top, sub) = place.ok_or_else(|| Refusal::new(Code::Conflict, say!("refused-category-gone")))?;
            (into.category, into.subcategory) = (Some(Some(top.to_string())), sub.map(|it| Some(it.to_string())));
        }
        Action::Tag(it) => into.tags.get_or_insert_with(|| before.tags.clone()).push(it.clone()),
        Action::Untag(it) => into.tags.get_or_insert_with(|| before.tags.clone()).retain(|tag| tag != it),
        Action::Custom(key, value) => {
            let mut patch: Map<String, Value> = match &into.custom {
                Some(ObjectChange::Merged(it)) => serde_json::from_str(it).unwrap_or_default(),
                _ => Map::new(),
            };
            patch.insert(key.clone(), if value.is_empty() { Value::Null } else { value.as_str().into() });
            into.custom = Some(ObjectChange::Merged(Value::Object(patch).to_string()));
        }
        Action::Reply(_) | Action::Note(_) | Action::Link(..) | Action::Watch(_) | Action::Checklist(_) => return Ok(false),
    }
    Ok(true)
}

/// Does what is no field; the comment that it wrote, if it did.
fn act(tx: &mut Tx, actor: &Actor, id: TicketId, action: &Action) -> Result<Option<CommentId>> {
    match action {
        Action::Reply(text) | Action::Note(text) => {
            // Ids of one instant have no order, and a thread is read by its ids.
            tx.advance_to(tx.now().plus(std::time::Duration::from_millis(1)));
            let ticket = access::ticket(tx, actor, id)?;
            let body = placeholders::filled(text, &placeholders::values(tx, actor, &ticket)?)?;
            let new = NewComment::new(body, matches!(action, Action::Note(_)), Channel::Portal);
            return Ok(Some(tickets::add_comment(tx, actor, id, new)?.1.id));
        }
        Action::Link(relation, number) => {
            let other = access::named(tx, actor, number)
                .map_err(|_| Refusal::new(Code::Conflict, say!("refused-no-ticket-to-link", number = number)))?;
            tickets::link(tx, actor, id, *relation, other.id)?;
        }
        Action::Watch(person) => {
            if let Some(person) = person.or_else(|| actor.person()) {
                tickets::watch(tx, actor, id, person)?;
            }
        }
        Action::Checklist(list) => drop(checklists::add_list(tx, actor, id, *list)?),
        _ => {}
    }
    Ok(None)
}
