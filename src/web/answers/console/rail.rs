//! The rail: where the reader can go, and how much waits there. Its counters come from the board, so they cost no look at the disk.

use std::collections::BTreeSet;

use super::place::{VIEWS, queue_address, view_address};
use crate::{
    appliance::lists::in_scope,
    desk::{
        Tx,
        query::{Category, Cond, Presence, StatusTest, Test, TimeField, TimeRange, TimeTest},
        queues,
        tickets::access::{self, Scope},
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
    let mine = me.and_then(|it| counts.by_assignee.get(&it)).copied().unwrap_or(0);
    let actor = site.caller.as_ref().map(|it| &it.actor);
    let seen = |cond: Cond| board.count(&actor.map_or_else(|| Cond::Or(Vec::new()), |it| in_scope(it, cond)));
    let breaching = seen(breaching(tx.now()));
    let sees_all = actor.is_some_and(|it| access::scope(it) == Scope::All);
    let numbers = if sees_all {
        [mine as usize, counts.unassigned as usize, breaching, counts.waiting as usize, counts.open as usize]
    } else {
        let open = || Cond::Test(Test::Status(Category::OPEN.map(StatusTest::Category).to_vec()));
        let unassigned = Cond::Test(Test::Assignee(Presence::OneOf { ids: BTreeSet::new(), or_none: true }));
        let waiting = Cond::Test(Test::Status(vec![StatusTest::Category(Category::Waiting)]));
        [mine as usize, seen(Cond::And(vec![open(), unassigned])), breaching, seen(waiting), seen(open())]
    };
    let mut at = 0;
    let views = VIEWS.map(|view| {
        let href = view_address(view.key);
        let place = Place {
            name: view.name.to_owned(),
            current: current == href,
            href,
            count: numbers[at],
            near_breach: view.key == "breaching" && breaching > 0,
        };
        at += 1;
        place
    });
    let mut queues = queues::queues(tx)?;
    if let Some(bounds) = actor.and_then(|it| it.bounds.as_ref()).filter(|_| !sees_all) {
        let only = &bounds.queues.of;
        queues.retain(|it| only.is_empty() || only.contains(&it.id));
    }
    queues.sort_by_key(|it| it.name.to_lowercase());
    let queues = queues.into_iter().take(QUEUES_MAX).map(|queue| {
        let href = queue_address(&queue);
        let count = if sees_all {
            counts.by_queue.get(&queue.id).copied().unwrap_or(0) as usize
        } else {
            let here = Test::Queue(Presence::OneOf { ids: BTreeSet::from([queue.id.0]), or_none: false });
            let open = Test::Status(Category::OPEN.map(StatusTest::Category).to_vec());
            seen(Cond::And(vec![Cond::Test(open), Cond::Test(here)]))
        };
        Place { current: current == href, href, count, near_breach: false, name: queue.name }
    });
    Ok(RailView { views, queues: queues.collect(), narrow: site.narrow_rail })
}

/// The condition of the view "breaching soon".
fn breaching(now: Instant) -> Cond {
    let open: BTreeSet<_> = Category::OPEN.into_iter().collect();
    Cond::And(vec![
        Cond::Test(Test::Status(open.into_iter().map(StatusTest::Category).collect())),
        Cond::Test(Test::Time(TimeField::Due, TimeTest::Within(TimeRange { from: None, before: Some(soon(now)) }))),
    ])
}
