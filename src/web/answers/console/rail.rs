//! The rail: where the reader can go, and how much waits there. Its counters come from the board, so they cost no look at the disk.

use std::collections::BTreeSet;

use super::place::{VIEWS, queue_address, view_address};
use crate::{
    appliance::lists::in_scope,
    desk::{
        Tx,
        actor::Actor,
        board::{self, Board},
        permission::Permission,
        query::{Breach, Category, Cond, Flag, Presence, Sort, StatusTest, Test, TimeField, TimeRange, TimeTest},
        queues,
        tickets::access::{self, Scope},
        views,
    },
    error::Result,
    time::Instant,
    web::{
        answers::{site::Site, words::soon},
        console::shell::{Place, RailView},
    },
};

/// Queues that the rail has room for; the rest is found by name.
const QUEUES_MAX: usize = 40;

/// `current` is the address of the list that the reader is in, if any.
pub fn view(tx: &Tx, site: &Site, current: &str) -> Result<RailView> {
    let board = site.desk.board();
    let counts = board.counts();
    let me = site.caller.as_ref().map(|it| it.person.id);
    let actor = site.caller.as_ref().map(|it| &it.actor);
    let seen = |cond: Cond| board.count(&actor.map_or_else(|| Cond::Or(Vec::new()), |it| in_scope(it, cond)));
    let soon = seen(breaching(tx.now()));
    let sees_all = actor.is_some_and(|it| access::scope(it) == Scope::All);
    let open_and = |test: Test| Cond::And(vec![Cond::Test(open()), Cond::Test(test)]);
    let nobody = || Test::Assignee(Presence::OneOf { ids: BTreeSet::new(), or_none: true });
    let mine = |aside: bool| {
        let to = Test::Assignee(Presence::OneOf { ids: me.iter().map(|it| it.0).collect(), or_none: false });
        let is_aside = Cond::Test(Test::Is(Flag::Snoozed));
        let is_aside = if aside { is_aside } else { Cond::Not(Box::new(is_aside)) };
        seen(Cond::And(vec![Cond::Test(open()), Cond::Test(to), is_aside]))
    };
    // Whoever sees everything reads the counters that the writes keep.
    let count_of = |key: &str| match key {
        "mine" => mine(false),
        "aside" => mine(true),
        "breaching" => soon,
        "unassigned" if sees_all => counts.unassigned as usize,
        "unassigned" => seen(open_and(nobody())),
        "breached" if sees_all => counts.breached as usize,
        "breached" => seen(open_and(Test::Breach(Breach::Any))),
        "on-us" if sees_all => counts.on_us as usize,
        "on-us" => seen(open_and(Test::Is(Flag::OnUs))),
        "waiting" if sees_all => counts.open.saturating_sub(counts.on_us) as usize,
        "waiting" => seen(open_and(Test::Is(Flag::OnThem))),
        _ if sees_all => counts.open as usize,
        _ => seen(Cond::Test(open())),
    };
    let views = VIEWS.map(|view| {
        let (href, count) = (view_address(view.key), count_of(view.key));
        let near_breach = matches!(view.key, "breaching" | "breached") && count > 0;
        Place { name: view.name.into(), current: current == href, href, count, near_breach, ..Place::default() }
    });
    let mut queues = queues::queues(tx)?;
    if let Some(bounds) = actor.and_then(|it| it.bounds.as_ref()).filter(|_| !sees_all) {
        let only = &bounds.queues.of;
        queues.retain(|it| only.is_empty() || only.contains(&it.id));
    }
    // One look at what falls due soon, which the board has in order, tells for all of them.
    let near = actor.map(|it| board.queues_of(&in_scope(it, breaching(tx.now())))).unwrap_or_default();
    let queues = queues.into_iter().take(QUEUES_MAX).map(|queue| {
        let href = queue_address(&queue);
        let count = if sees_all {
            counts.by_queue.get(&queue.id).copied().unwrap_or(0) as usize
        } else {
            let here = Test::Queue(Presence::OneOf { ids: BTreeSet::from([queue.id.0]), or_none: false });
            seen(open_and(here))
        };
        Place { current: current == href, href, count, near_breach: near.contains(&queue.id), name: queue.name, ..Place::default() }
    });
    let saved = match actor {
        Some(actor) => saved(tx, &board, actor, current)?,
        None => Vec::new(),
    };
    Ok(RailView { saved, views, queues: queues.collect(), narrow: site.narrow_rail, current: current.to_owned() })
}

/// The saved views of the reader, each with a count where the board can tell: exact where no closed ticket may be among them, else what is
/// open as the least that there are. What asks for more than the board keeps, such as a word, has no count.
fn saved(tx: &Tx, board: &Board, actor: &Actor, current: &str) -> Result<Vec<Place>> {
    let reads_notes = actor.everywhere().has(Permission::NotesRead);
    let mut places = Vec::new();
    for it in views::in_rail(tx, actor)? {
        let href = view_address(&it.id.to_string());
        // A name in it may be gone since: then there is nothing to count, and its page says why.
        let meant = views::meant(tx, actor, &it.query).ok();
        let scoped = meant.map(|cond| in_scope(actor, if reads_notes { cond } else { cond.without_notes() }));
        let known = scoped.filter(|it| board::knows(it, Sort::NEWEST));
        let is_exact = known.as_ref().is_some_and(|it| board::answers(it, Sort::NEWEST));
        let count = known.as_ref().map_or(0, |it| board.count(it));
        let near_breach = known.is_some_and(|it| board.any(&Cond::And(vec![breaching(tx.now()), it])));
        places.push(Place { current: current == href, href, count, at_least: !is_exact, near_breach, name: it.name });
    }
    Ok(places)
}

/// Neither resolved nor closed.
fn open() -> Test {
    Test::Status(Category::OPEN.map(StatusTest::Category).to_vec())
}

/// The condition of the view "breaching soon".
fn breaching(now: Instant) -> Cond {
    let range = TimeRange { from: Some(now), before: Some(soon(now)) };
    Cond::And(vec![Cond::Test(open()), Cond::Test(Test::Time(TimeField::Due, TimeTest::Within(range)))])
}
