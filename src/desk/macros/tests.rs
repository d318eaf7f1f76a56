//! Macros on tickets: what they do, as one; what a preview tells; and that all of it goes back as one, but for what somebody did since.

use super::*;
use crate::{
    desk::{
        Tx,
        actor::{Actor, Origin},
        checklists::{self, NewStep},
        identity::{self, NewPerson},
        queues, settings,
        snippets::{self, SnippetDraft},
        tickets::{self, Channel, Kind, NewComment, NewTicket, TicketChange},
        undo,
    },
    error::Error,
    id::TicketId,
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

struct World {
    store: Store,
    rosa: Actor,
    ada: Actor,
    max: Actor,
}

impl World {
    fn new() -> World {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let people = store.write(|tx| {
            let system = Actor::system("test");
            settings::found(tx, &system, "Test")?;
            queues::create_queue(tx, &system, "Network", None)?;
            let mut actor = |email: &str, name: &str, role: &str| {
                let new = NewPerson { email: email.into(), name: name.into(), roles: vec![role.into()], ..NewPerson::default() };
                let person = identity::create_person(tx, &system, new)?;
                identity::actor_of(tx, &person, Origin::default())
            };
            Ok([
                actor("rosa@example.com", "Rosa *Lee*", "requester")?,
                actor("ada@example.com", "Ada Lovelace", "agent")?,
                actor("max@example.com", "Max", "admin")?,
            ])
        });
        let [rosa, ada, max] = people.unwrap().0;
        World { store, rosa, ada, max }
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn ticket(&self, title: &str) -> Ticket {
        let (rosa, new) = (self.rosa.clone(), NewTicket::new(Kind::Incident, title, Channel::Portal));
        self.write(move |tx| tickets::create(tx, &rosa, new)).unwrap()
    }

    fn get(&self, id: TicketId) -> Ticket {
        self.write(move |tx| Ok(tx.get::<Ticket>(&id)?.unwrap())).unwrap()
    }

    fn make(&self, when: &str, actions: &[(&str, &str)]) -> Result<Macro> {
        let actions = actions.iter().map(|(kind, value)| ((*kind).to_owned(), (*value).to_owned())).collect();
        let draft = MacroDraft { name: "Send home".into(), when: when.into(), actions, ..MacroDraft::default() };
        let ada = self.ada.clone();
        self.write(move |tx| create(tx, &ada, draft))
    }

    fn apply(&self, it: &Macro, tickets: &[&Ticket]) -> Result<Applied> {
        let (ada, id) = (self.ada.clone(), it.id);
        let named: Vec<String> = tickets.iter().map(|it| it.id.to_string()).collect();
        self.write(move |tx| apply(tx, &ada, id, &named))
    }

    fn undo(&self, applied: &Applied) -> Result<undo::Undone> {
        let (ada, id) = (self.ada.clone(), applied.undo.unwrap());
        self.write(move |tx| undo::undo(tx, &ada, id))
    }

    fn change(&self, ticket: &Ticket, set: impl FnOnce(&mut TicketChange)) -> Ticket {
        let mut change = TicketChange::default();
        set(&mut change);
        let (ada, id) = (self.ada.clone(), ticket.id);
        self.write(move |tx| tickets::change(tx, &ada, id, change)).unwrap()
    }
}

fn detail<T>(it: Result<T>) -> String {
    match it {
        Err(Error::Refused(it)) => it.detail.to_string(),
        Err(it) => panic!("{it}"),
        Ok(_) => "done".to_owned(),
    }
}

const SOLVED: &[(&str, &str)] = &[
    ("assignee", "me"),
    ("queue", "network"),
    ("tag", "Cable Broken"),
    ("priority", "P2"),
    ("reply", "Hello {{requester.firstName}}, {{ ticket.number }} is done.\n\n{{agent.name}}"),
    ("note", "by macro"),
    ("watch", "me"),
    ("status", "resolved"),
];

#[test]
fn a_macro_does_all_it_says_as_one_and_goes_back_as_one() {
    let world = World::new();
    let it = world.make("", SOLVED).unwrap();
    let (one, two) = (world.ticket("VPN"), world.ticket("Printer"));
    let applied = world.apply(&it, &[&one, &two, &one]).unwrap();
    assert_eq!(applied.tickets.len(), 2);
    let after = world.get(one.id);
    assert_eq!((after.state.as_str(), after.assignee, after.priority), ("resolved", world.ada.person(), 2));
    assert_eq!((after.tags.as_slice(), after.queue.is_some(), after.watchers.len()), (&["cable-broken".to_owned()][..], true, 1));
    let said = world.write({
        let (ada, after) = (world.ada.clone(), after.clone());
        move |tx| tickets::comments(tx, &ada, &after)
    });
    let said = said.unwrap();
    assert_eq!(said[0].body, "Hello Rosa, INC-000001 is done.\n\nAda Lovelace");
    assert!(!said[0].is_private && said[1].is_private);
    // Somebody went on with the second one.
    let two = world.change(&two, |it| it.priority = Some(Some(1)));
    let undone = world.undo(&applied).unwrap();
    assert_eq!((undone.what.as_str(), undone.tickets.len()), ("the macro Send home", 2));
    let back = world.get(one.id);
    assert_eq!((back.state.as_str(), back.assignee, back.queue, back.priority), ("new", None, one.queue, one.priority));
    assert!(back.tags.is_empty() && back.watchers.is_empty() && back.resolved_at.is_none());
    assert_eq!((world.get(two.id).priority, world.get(two.id).state.as_str()), (1, "new"));
    assert!(undone.left.iter().any(|it| it.starts_with("INC-000002: the priority was changed since")), "{:?}", undone.left);
    assert!(undone.left.iter().all(|it| it.contains("the note stays")), "{:?}", undone.left);
    assert_eq!(detail(world.undo(&applied)), "This is undone already.");
    // Nobody undoes what somebody else did.
    let (max, id) = (world.max.clone(), applied.undo.unwrap());
    assert!(world.write(move |tx| undo::undo(tx, &max, id)).is_err());
}

#[test]
fn one_ticket_that_refuses_keeps_the_macro_from_all() {
    let world = World::new();
    let it = world.make("status:open", &[("tag", "x"), ("status", "resolved"), ("assignee", "me")]).unwrap();
    let (one, two) = (world.ticket("VPN"), world.ticket("Printer"));
    let two = world.change(&two, |it| (it.assignee, it.status) = (Some(Some("me".into())), Some("resolved".into())));
    let said = detail(world.apply(&it, &[&one, &two]));
    assert_eq!(said, "INC-000002: The macro Send home is not meant for this ticket: status:open");
    assert_eq!(world.get(one.id), one);
    assert_eq!(detail(world.apply(&it, &[&one])), "done");
}

#[test]
fn a_preview_tells_and_changes_nothing() {
    let world = World::new();
    let it = world.make("", SOLVED).unwrap();
    let ticket = world.ticket("VPN");
    let mut tx = world.store.read().unwrap();
    let effect = preview(&mut tx, &world.ada, it.id, &ticket.id.to_string()).unwrap();
    drop(tx);
    for name in ["status", "assignee", "queue", "tags", "priority"] {
        assert!(effect.changes.has(name), "{name}: {effect:?}");
    }
    assert!(effect.reply.unwrap().starts_with("Hello Rosa,") && effect.note.as_deref() == Some("by macro"));
    assert_eq!(world.get(ticket.id), ticket);
}

#[test]
fn what_a_macro_cannot_mean_is_refused_when_it_is_written() {
    let world = World::new();
    for (when, actions, expected) in [
        ("", vec![], "A macro does 1 to 20 things."),
        ("", vec![("queue", "nowhere")], "There is no queue `nowhere`."),
        ("", vec![("dance", "x")], "`dance` is nothing that a macro does."),
        ("", vec![("priority", "asap")], "There is no priority `asap`."),
        (
            "",
            vec![("reply", "{{requester.frstName}}")],
            "Line 1: there is no placeholder `requester.frstName`; did you mean `requester.firstName`?",
        ),
        ("", vec![("reply", "{% for x in y %}{% endfor %}")], "Line 1: there is no `{% for %}` here; there are if, elif, else, endif."),
        ("", vec![("custom", "site")], "Say `key = value`."),
        ("", vec![("link", "likes INC-1")], "There is no relation `likes INC-1`."),
        ("priorty:1", vec![("tag", "x")], "There is no field `priorty`, at column 1; did you mean `priority`?."),
    ] {
        let said = detail(world.make(when, &actions));
        assert_eq!(said.trim_end_matches('.'), expected.trim_end_matches('.'), "{actions:?}");
    }
    let (rosa, draft) = (world.rosa.clone(), MacroDraft { name: "x".into(), ..MacroDraft::default() });
    assert!(world.write(move |tx| create(tx, &rosa, draft)).is_err(), "requesters make no macros");
    let everybody =
        MacroDraft { name: "x".into(), actions: vec![("tag".into(), "x".into())], sharing: Sharing::Everybody, ..MacroDraft::default() };
    let (ada, draft) = (world.ada.clone(), everybody.clone());
    assert!(detail(world.write(move |tx| create(tx, &ada, draft))).contains("settings:write"));
    let max = world.max.clone();
    let shared = world.write(move |tx| create(tx, &max, everybody)).unwrap();
    let (ada, max, id) = (world.ada.clone(), world.max.clone(), shared.id);
    assert!(world.write(move |tx| delete(tx, &ada, id)).is_err());
    // One's own is nobody else's.
    let own = world.make("", &[("tag", "x")]).unwrap();
    assert!(world.write(move |tx| known(tx, &max, own.id)).is_err());
}

#[test]
fn a_change_of_many_tickets_is_undone_field_by_field() {
    let world = World::new();
    let before = world.ticket("VPN");
    let after = world.change(&before, |it| (it.tags, it.assignee) = (Some(vec!["a".into()]), Some(Some("me".into()))));
    let ada = world.ada.clone();
    let done = undo::Done { before: before.clone(), after: after.clone(), comments: Vec::new() };
    let id = world.write(move |tx| undo::keep(tx, &ada, "a change of 1 ticket", &[done])).unwrap().unwrap();
    // Another tag came since: only that of the change goes.
    world.change(&after, |it| it.tags = Some(vec!["a".into(), "b".into()]));
    let ada = world.ada.clone();
    let undone = world.write(move |tx| undo::undo(tx, &ada, id)).unwrap();
    assert_eq!((undone.tickets[0].tags.as_slice(), undone.tickets[0].assignee), (&["b".to_owned()][..], None));
    assert!(undone.left.is_empty());
}

#[test]
fn ready_made_texts_are_found_and_filled_in_for_their_ticket() {
    let world = World::new();
    let ticket = world.ticket("VPN_gone");
    let text = |name: &str, shortcut: &str, body: &str| SnippetDraft {
        name: name.into(),
        shortcut: shortcut.into(),
        body: body.into(),
        ..SnippetDraft::default()
    };
    let ada = world.ada.clone();
    world
        .write(move |tx| {
            snippets::create(tx, &ada, text("Restart it", "::Restart", "Hello {{requester.name}}, restart {{ ticket.title }}."))?;
            snippets::create(tx, &ada, text("Greeting", "hi", "Hello"))?;
            assert!(snippets::create(tx, &ada, text("x", "a b", "x")).is_err());
            assert!(snippets::create(tx, &ada, text("x", "", "{{nobody}}")).is_err());
            Ok(())
        })
        .unwrap();
    let ada = world.ada.clone();
    world
        .write(move |tx| {
            let names =
                |typed: &str| -> Result<Vec<String>> { Ok(snippets::usable(tx, &ada, typed)?.into_iter().map(|it| it.name).collect()) };
            assert_eq!(names("")?, ["Greeting", "Restart it"]);
            assert_eq!(names("res")?, ["Restart it"]);
            assert_eq!(names("hello")?, ["Greeting", "Restart it"]);
            assert_eq!(names("zebra")?, Vec::<String>::new());
            let it = &snippets::usable(tx, &ada, "restart")?[0];
            // Markdown in a name means nothing.
            assert_eq!(snippets::filled(tx, &ada, it, &ticket)?, "Hello Rosa \\*Lee\\*, restart VPN\\_gone.");
            Ok(())
        })
        .unwrap();
}

#[test]
fn steps_are_done_by_somebody_and_required_ones_before_the_end() {
    let world = World::new();
    let ticket = world.ticket("VPN");
    let (ada, rosa, id) = (world.ada.clone(), world.rosa.clone(), ticket.id);
    let step = |text: &str, required| NewStep { text: text.into(), required };
    let added = world.write({
        let ada = ada.clone();
        move |tx| checklists::add(tx, &ada, id, vec![step("Ask", false), step("Replace", true), step("Tidy up", false)])
    });
    let steps = added.unwrap().checklist.unwrap().steps;
    assert_eq!(steps.iter().map(|it| it.id).collect::<Vec<_>>(), [1, 2, 3]);
    let resolve = |world: &World| {
        let ada = world.ada.clone();
        let change = TicketChange { status: Some("resolved".into()), assignee: Some(Some("me".into())), ..TicketChange::default() };
        world.write(move |tx| tickets::change(tx, &ada, id, change))
    };
    assert_eq!(detail(resolve(&world)), "The step “Replace” must be done before the ticket is resolved.");
    let change = |step: u32, change: checklists::StepChange| {
        let ada = ada.clone();
        world.write(move |tx| checklists::change(tx, &ada, id, step, change)).unwrap().checklist.unwrap()
    };
    let done = change(2, checklists::StepChange { done: Some(true), ..Default::default() });
    assert_eq!((done.progress(), done.steps[1].done.as_ref().unwrap().by), ((1, 3), ada.person()));
    let moved = change(3, checklists::StepChange { place: Some(0), ..Default::default() });
    assert_eq!(moved.steps.iter().map(|it| it.id).collect::<Vec<_>>(), [3, 1, 2]);
    let by = ada.clone();
    let left = world.write(move |tx| checklists::remove(tx, &by, id, 1)).unwrap().checklist.unwrap();
    assert_eq!((left.steps.len(), left.last), (2, 3));
    assert!(world.write(move |tx| checklists::add(tx, &rosa, id, vec![step("x", false)])).is_err());
    assert!(resolve(&world).is_ok());
    // Requesters know of none of it.
    let rosa = world.rosa.clone();
    let kinds = world.write(move |tx| {
        let ticket = tx.get::<Ticket>(&id)?.unwrap();
        let history = tickets::history(tx, &rosa, &ticket, None, 0, 50)?;
        Ok(history.entries.into_iter().map(|it| it.kind).collect::<Vec<_>>())
    });
    assert!(!kinds.unwrap().contains(&"ticket.checklist".to_owned()));
}

#[test]
fn a_reply_that_is_held_goes_back_with_the_macro() {
    let world = World::new();
    let ticket = world.ticket("VPN");
    let it = world.make("", &[("reply", "On it.")]).unwrap();
    let applied = world.apply(&it, &[&ticket]).unwrap();
    let undone = world.undo(&applied).unwrap();
    let (ada, id) = (world.ada.clone(), ticket.id);
    let said = world.write(move |tx| tickets::comments(tx, &ada, &tx.get::<Ticket>(&id)?.unwrap())).unwrap();
    // Where the desk holds replies for a moment, it is a note now; where not, it is said that it went.
    assert_eq!(said[0].is_private, undone.left.is_empty(), "{:?}", undone.left);
    let (ada, new) = (world.ada.clone(), NewComment::new("And?", false, Channel::Portal));
    assert!(world.write(move |tx| tickets::add_comment(tx, &ada, id, new)).is_ok());
}
