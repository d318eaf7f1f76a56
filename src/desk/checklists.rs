//! Checklists (BEY-13): steps on a ticket, ticked off by whoever does them, and lists of steps that tickets can be given. A step that must be
//! done keeps the ticket from being resolved. Only those who work a ticket know its steps.

use minicbor::{Decode, Encode};
use serde_json::{Value, json};

use crate::desk::features::{self, Feature};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        sharing,
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{ChecklistId, PersonId, TicketId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// One step of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Step {
    /// Its number on the ticket, never given again.
    #[n(0)]
    pub id: u32,
    #[n(1)]
    pub text: String,
    /// The ticket is not resolved before it is done.
    #[n(2)]
    pub required: bool,
    #[n(3)]
    pub done: Option<Done>,
}

/// Who did it, and when.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Done {
    #[n(0)]
    pub by: Option<PersonId>,
    #[n(1)]
    pub at: Instant,
}

/// The steps of a ticket, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Steps {
    #[n(0)]
    pub steps: Vec<Step>,
    /// The number of the last one that was ever added.
    #[n(1)]
    pub last: u32,
}

/// A step to be.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NewStep {
    #[n(0)]
    pub text: String,
    #[n(1)]
    pub required: bool,
}

impl Steps {
    /// How many are done, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.steps.iter().filter(|it| it.done.is_some()).count(), self.steps.len())
    }

    /// Adds steps at the end. Refuses more than a ticket takes, and steps without words.
    pub fn extend(&mut self, new: Vec<NewStep>) -> Result<()> {
        if self.steps.len() + new.len() > limits::CHECKLIST_STEPS_MAX {
            return Err(Refusal::field("steps", "too_many", say!("refused-steps-of-ticket", most = limits::CHECKLIST_STEPS_MAX)).into());
        }
        for it in new {
            self.last += 1;
            self.steps.push(Step { id: self.last, text: words(&it.text)?, required: it.required, done: None });
        }
        Ok(())
    }
}

fn words(text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.chars().count() > limits::CHECKLIST_STEP_CHARS_MAX || text.chars().any(char::is_control) {
        let message = say!("refused-step-length", most = limits::CHECKLIST_STEP_CHARS_MAX);
        return Err(Refusal::field("text", "invalid", message).into());
    }
    Ok(text)
}

/// What is to become of a step; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepChange {
    pub text: Option<String>,
    pub required: Option<bool>,
    pub done: Option<bool>,
    /// Its place among the others, from 0.
    pub place: Option<usize>,
}

fn open(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    Ok(ticket)
}

fn at(ticket: &Ticket, step: u32) -> Result<usize> {
    let steps = ticket.checklist.as_ref().map_or(&[][..], |it| &it.steps);
    steps.iter().position(|it| it.id == step).ok_or_else(|| Refusal::not_found("step").into())
}

/// Adds steps to a ticket, at the end.
pub fn add(tx: &mut Tx, actor: &Actor, id: TicketId, new: Vec<NewStep>) -> Result<Ticket> {
    let mut ticket = open(tx, actor, id)?;
    if new.is_empty() {
        return Ok(ticket);
    }
    let texts: Vec<String> = new.iter().map(|it| it.text.trim().to_owned()).collect();
    ticket.checklist.get_or_insert_default().extend(new)?;
    save(tx, actor, ticket, Changes::new().set("did", "added").set("steps", texts))
}

/// Gives a ticket the steps of a list.
pub fn add_list(tx: &mut Tx, actor: &Actor, id: TicketId, list: ChecklistId) -> Result<Ticket> {
    let list = tx.get::<Checklist>(&list)?.ok_or_else(|| Refusal::field("checklist", "unknown", say!("refused-no-checklist")))?;
    add(tx, actor, id, list.steps)
}

/// Changes a step: its words, whether it is done, its place.
pub fn change(tx: &mut Tx, actor: &Actor, id: TicketId, step: u32, change: StepChange) -> Result<Ticket> {
    let mut ticket = open(tx, actor, id)?;
    let place = at(&ticket, step)?;
    let now = tx.now();
    let Some(steps) = ticket.checklist.as_deref_mut().map(|it| &mut it.steps) else { return Ok(ticket) };
    let before = steps.clone();
    let it = &mut steps[place];
    if let Some(text) = change.text {
        it.text = words(&text)?;
    }
    it.required = change.required.unwrap_or(it.required);
    match change.done {
        // Whoever did it first did it.
        Some(true) if it.done.is_none() => it.done = Some(Done { by: actor.person(), at: now }),
        Some(false) => it.done = None,
        _ => {}
    }
    let (was, is) = (&before[place], it.clone());
    let mut changes = Changes::new().set("step", is.text.as_str());
    changes.field("text", was.text.as_str(), is.text.as_str()).field("required", was.required, is.required).field(
        "done",
        was.done.is_some(),
        is.done.is_some(),
    );
    if let Some(to) = change.place {
        let it = steps.remove(place);
        steps.insert(to.min(steps.len()), it);
        let now = steps.iter().position(|it| it.id == step).unwrap_or(place);
        changes.field("place", place, now);
    }
    if *steps == before {
        return Ok(ticket);
    }
    save(tx, actor, ticket, changes)
}

/// Takes a step off a ticket.
pub fn remove(tx: &mut Tx, actor: &Actor, id: TicketId, step: u32) -> Result<Ticket> {
    let mut ticket = open(tx, actor, id)?;
    let place = at(&ticket, step)?;
    let Some(steps) = ticket.checklist.as_deref_mut() else { return Ok(ticket) };
    let gone = steps.steps.remove(place);
    save(tx, actor, ticket, Changes::new().set("did", "removed").set("step", gone.text))
}

fn save(tx: &mut Tx, actor: &Actor, mut ticket: Ticket, changes: Changes) -> Result<Ticket> {
    ticket.touch_privately(tx.now());
    tx.put(&ticket)?;
    event::record(tx, actor, EventKind::TicketChecklist, ticket.about(), changes)?;
    Ok(ticket)
}

/// Refuses to resolve a ticket while a step is open that must be done before.
pub fn need_for_resolving(tx: &Tx, ticket: &Ticket) -> Result<()> {
    if !features::is_on(tx, Feature::Checklists)? {
        return Ok(());
    }
    let steps = ticket.checklist.as_ref().map_or(&[][..], |it| &it.steps);
    let open: Vec<&str> = steps.iter().filter(|it| it.required && it.done.is_none()).map(|it| it.text.as_str()).collect();
    match open.as_slice() {
        [] => Ok(()),
        [one] => Err(Refusal::new(Code::Conflict, say!("refused-step-first", one = one)).into()),
        [one, rest @ ..] => {
            let detail = say!("refused-steps-first", one = one, more = rest.len());
            Err(Refusal::new(Code::Conflict, detail).into())
        }
    }
}

// --- lists that tickets can be given ---

/// A list of steps, made once for many tickets.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Checklist {
    #[n(0)]
    pub id: ChecklistId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub steps: Vec<NewStep>,
    /// Grows by one with each change.
    #[n(3)]
    pub version: u64,
}

impl Record for Checklist {
    type Key = ChecklistId;
    const TABLE: Table = Table::journalled(0x7a, "checklists");

    fn key(&self) -> ChecklistId {
        self.id
    }
}

impl Checklist {
    fn about(&self) -> About {
        About { entity_kind: "checklist", entity: self.id.0, subject: None }
    }

    fn facts(&self) -> Vec<(&'static str, Value)> {
        let steps: Vec<Value> = self.steps.iter().map(|it| json!({ "text": it.text, "required": it.required })).collect();
        vec![("name", self.name.as_str().into()), ("steps", steps.into())]
    }
}

fn checked(id: ChecklistId, name: &str, steps: Vec<NewStep>, version: u64) -> Result<Checklist> {
    if steps.is_empty() || steps.len() > limits::CHECKLIST_STEPS_MAX {
        return Err(Refusal::field("steps", "invalid", say!("refused-steps-of-list", most = limits::CHECKLIST_STEPS_MAX)).into());
    }
    let step = |it: NewStep| Ok(NewStep { text: words(&it.text)?, ..it });
    Ok(Checklist { id, name: sharing::name("name", name)?, steps: steps.into_iter().map(step).collect::<Result<_>>()?, version })
}

/// Every list, by name.
pub fn lists(tx: &Tx) -> Result<Vec<Checklist>> {
    let mut found = tx.scan::<Checklist>(&())?.collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|it| (it.name.to_lowercase(), it.id));
    Ok(found)
}

pub fn list(tx: &Tx, id: ChecklistId) -> Result<Checklist> {
    tx.get::<Checklist>(&id)?.ok_or_else(|| Refusal::not_found("checklist").into())
}

pub fn create_list(tx: &mut Tx, actor: &Actor, name: &str, steps: Vec<NewStep>) -> Result<Checklist> {
    actor.need(Permission::SettingsWrite)?;
    if tx.count::<Checklist>()? >= limits::CHECKLISTS_MAX as u64 {
        return Err(Refusal::new(Code::Conflict, say!("refused-checklists", most = limits::CHECKLISTS_MAX)).into());
    }
    let it = checked(tx.new_id(), name, steps, 1)?;
    tx.put(&it)?;
    event::record(tx, actor, EventKind::ChecklistCreated, it.about(), event::between(&[], &it.facts()))?;
    Ok(it)
}

pub fn change_list(
    tx: &mut Tx,
    actor: &Actor,
    id: ChecklistId,
    version: Option<u64>,
    name: &str,
    steps: Vec<NewStep>,
) -> Result<Checklist> {
    actor.need(Permission::SettingsWrite)?;
    let before = list(tx, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-checklist-changed")).into());
    }
    let after = checked(id, name, steps, before.version + 1)?;
    let changes = event::between(&before.facts(), &after.facts());
    if changes.is_empty() {
        return Ok(before);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::ChecklistChanged, after.about(), changes)?;
    Ok(after)
}

/// Takes a list away; steps that tickets were given by it stay.
pub fn delete_list(tx: &mut Tx, actor: &Actor, id: ChecklistId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = list(tx, id)?;
    tx.remove::<Checklist>(&id)?;
    event::record(tx, actor, EventKind::ChecklistDeleted, before.about(), event::between(&before.facts()[..1], &[]))?;
    Ok(())
}
