//! The rail: where the reader can go, and how much waits there. Its counters come from the board, so they cost no look at the disk.

use std::collections::BTreeSet;

use super::place::{VIEWS, queue_address, view_address};
use crate::{
    desk::{
        Tx,
        query::{Category, Cond, StatusTest, Test, TimeField, TimeRange, TimeTest},
        queues,
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
    let breaching = board.count(&breaching(tx.now()));
    let numbers = [mine as usize, counts.unassigned as usize, breaching, counts.waiting as usize, counts.open as usize];
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
    queues.sort_by_key(|it| it.name.to_lowercase());
    let queues = queues.into_iter().take(QUEUES_MAX).map(|queue| {
        let href = queue_address(&queue);
        let count = counts.by_queue.get(&queue.id).copied().unwrap_or(0);
        Place { current: current == href, href, count: count as usize, near_breach: false, name: queue.name }
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
