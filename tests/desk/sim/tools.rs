//! Macros, undoing as one, and checklists among everything else that happens. A macro that was used and undone in one breath leaves every
//! field as it was; a step is done by whoever did it first.

use lodge::{
    desk::{
        checklists::{self, NewStep, StepChange},
        macros::{self, MacroDraft},
        tickets::{self, Ticket},
        undo,
    },
    error::Code,
    id::TicketId,
};
use rand::{Rng, seq::IndexedRandom};

use super::{
    acts::{Act, Stage, one, person, works},
    model::{self, Told, sees},
};

impl Stage<'_> {
    /// Somebody makes a macro, uses it on some tickets, and may think better of it at once.
    pub fn use_macro(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let ids: Vec<TicketId> = (0..self.rng.random_range(1..4)).filter_map(|_| self.ticket()).collect();
        let undoes = self.rng.random_bool(0.6);
        let actions = [("tag", "by-macro"), ("priority", "P1"), ("assignee", "me"), ("untag", "tag-1")];
        let chosen = actions.choose_multiple(self.rng, 3).map(|(kind, value)| ((*kind).to_owned(), (*value).to_owned())).collect();
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let actor = model::actor(&me);
            let befores: Vec<Ticket> =
                ids.iter().map(|id| Ok(tx.get::<Ticket>(id)?.expect("tickets stay"))).collect::<lodge::error::Result<_>>()?;
            let wanted = match () {
                () if !works(&me) => Some(Code::Forbidden),
                () if befores.is_empty() => Some(Code::Validation),
                () if befores.iter().any(|it| !sees(&me, it)) => Some(Code::NotFound),
                () => None,
            };
            let draft = MacroDraft { name: "At random".into(), actions: chosen, ..MacroDraft::default() };
            let made = match macros::create(tx, &actor, draft) {
                Ok(it) => it,
                Err(error) => {
                    complaints.judge::<()>("make a macro", wanted, &Err(error));
                    return Ok(Told::default());
                }
            };
            let named: Vec<String> = ids.iter().map(TicketId::to_string).collect();
            let got = macros::apply(tx, &actor, made.id, &named);
            complaints.judge("use a macro", wanted, &got);
            let done = got?;
            let mut told: Vec<Ticket> = done.tickets;
            if let Some(id) = done.undo.filter(|_| undoes) {
                let undone = undo::undo(tx, &actor, id)?;
                if !undone.left.is_empty() {
                    complaints.say(format!("nothing came between, and not all went back: {:?}", undone.left));
                }
                for before in &befores {
                    let after = tx.get::<Ticket>(&before.id)?.expect("tickets stay");
                    let fields = |it: &Ticket| {
                        let tags = it.tags.iter().cloned().collect::<std::collections::BTreeSet<_>>();
                        (
                            it.state.clone(),
                            it.priority,
                            it.priority_fixed,
                            it.assignee,
                            it.queue,
                            tags,
                            it.watchers.clone(),
                            it.custom.clone(),
                        )
                    };
                    if fields(before) != fields(&after) {
                        complaints.say(format!("undoing left {:?} of {:?}", fields(&after), fields(before)));
                    }
                    told.retain(|it| it.id != after.id);
                    told.push(after);
                }
            }
            Ok(Told { tickets: told, ..Told::default() })
        })
    }

    /// A step is added, done, moved or taken off.
    pub fn step(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.use_macro() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let what = self.rng.random_range(0..4);
        let place = self.rng.random_range(0..4);
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let steps = before.checklist.as_ref().map(|it| it.steps.clone()).unwrap_or_default();
            let step = steps.get(place % steps.len().max(1)).cloned();
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if !works(&me) => Some(Code::Forbidden),
                () => None,
            };
            let actor = model::actor(&me);
            let got = match (what, &step) {
                // Few, so that tickets do not fill up; none that must be done, so that states go on as everybody knows.
                (0, _) | (_, None) if steps.len() < 6 => {
                    checklists::add(tx, &actor, id, vec![NewStep { text: format!("Step {place}"), required: false }])
                }
                (1, Some(it)) => {
                    checklists::change(tx, &actor, id, it.id, StepChange { done: Some(it.done.is_none()), ..StepChange::default() })
                }
                (2, Some(it)) => checklists::change(tx, &actor, id, it.id, StepChange { place: Some(place), ..StepChange::default() }),
                (_, Some(it)) => checklists::remove(tx, &actor, id, it.id),
                (_, None) => tickets::access::ticket(tx, &actor, id),
            };
            complaints.judge("a step", wanted, &got);
            let after = got?;
            let ids: std::collections::BTreeSet<u32> = after.checklist.iter().flat_map(|it| it.steps.iter().map(|it| it.id)).collect();
            let count = after.checklist.as_ref().map_or(0, |it| it.steps.len());
            if ids.len() != count || after.checklist.as_ref().is_some_and(|it| ids.iter().any(|id| *id > it.last)) {
                complaints.say(format!("steps have no number of their own: {:?}", after.checklist));
            }
            Ok(one(after))
        })
    }
}
