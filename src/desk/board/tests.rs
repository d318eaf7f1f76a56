//! The board against a scan of the records: lists, counts and groups.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{groups::Groups, *};
use crate::{
    desk::{
        query::{Category as Stage, Cond, Presence, StatusTest, Test, TimeField, TimeRange, TimeTest, sort::Sort},
        tickets::{Category, Channel, Kind},
    },
    id::{PersonId, QueueId},
    time::Instant,
};
use uuid::Uuid;

fn person(n: u8) -> PersonId {
    PersonId(Uuid::from_u128(1000 + u128::from(n)))
}

fn queue(n: u8) -> QueueId {
    QueueId(Uuid::from_u128(2000 + u128::from(n)))
}

fn category(n: u8) -> Category {
    Category::ALL[usize::from(n) % 4]
}

/// A summary made of small numbers, so that many share what they have.
fn summary(id: u8, of: (u8, u8, u8, u8, u8)) -> Summary {
    let (assignee, place, requester, stage, due) = of;
    let at = |n: u8| Instant::from_millis(i64::from(n) * 1000);
    Summary {
        id: TicketId(Uuid::from_u128(u128::from(id))),
        kind: Kind::Incident,
        category: category(stage),
        channel: Channel::Api,
        priority: stage % 4 + 1,
        impact: 3,
        urgency: 3,
        state: 0,
        number: u64::from(id),
        requester: person(requester % 4),
        watchers: vec![person(4 + requester % 3)],
        assignee: (assignee % 3 > 0).then(|| person(10 + assignee % 3)),
        queue: (place % 3 > 0).then(|| queue(place % 3)),
        organization: None,
        department: None,
        topic: None,
        subtopic: None,
        created_at: at(id),
        updated_at: at(due),
        updated_publicly_at: at(stage),
        due_at: (due % 3 > 0).then(|| at(due)),
        response_due_at: (due % 5 > 0).then(|| at(due)),
        response_breached: due % 4 == 1,
        resolution_breached: due % 7 == 1,
        is_paused: stage % 4 == 2,
        scheduled_at: None,
        waits_on_us: due % 2 == 1 && stage % 4 < 2,
        has_attachments: false,
        has_links: false,
        vip: stage.is_multiple_of(5),
        snoozed: false,
    }
}

fn conditions() -> Vec<Cond> {
    let one = |id: Uuid| Presence::OneOf { ids: [id].into(), or_none: false };
    let open = Cond::Test(Test::Status(Stage::OPEN.map(StatusTest::Category).to_vec()));
    let due = TimeRange { from: None, before: Some(Instant::from_millis(90_000)) };
    vec![
        open.clone(),
        Cond::And(vec![open.clone(), Cond::Test(Test::Assignee(one(person(11).0)))]),
        Cond::And(vec![open.clone(), Cond::Test(Test::Assignee(Presence::OneOf { ids: [].into(), or_none: true }))]),
        Cond::And(vec![Cond::Test(Test::Queue(one(queue(1).0))), Cond::Test(Test::Requester(one(person(2).0)))]),
        Cond::Or(vec![Cond::Test(Test::Requester(one(person(1).0))), Cond::Test(Test::Watcher(one(person(4).0)))]),
        Cond::Not(Box::new(Cond::Test(Test::Queue(one(queue(1).0))))),
        Cond::Test(Test::Queue(Presence::OneOf { ids: [queue(1).0, queue(2).0].into(), or_none: true })),
        Cond::And(vec![open, Cond::Test(Test::Time(TimeField::Due, TimeTest::Within(due)))]),
        Cond::Test(Test::Assignee(Presence::Any)),
    ]
}

proptest! {
    /// Whatever comes, changes and goes: a group never hides a ticket that meets a condition, and pages put together are the list.
    #[test]
    fn lists_are_what_a_look_at_all_gives(
        changes in prop::collection::vec((any::<u8>(), any::<(u8, u8, u8, u8, u8)>(), prop::bool::weighted(0.2)), 1..120),
        size in 1_usize..9,
    ) {
        let mut board = Board::default();
        for (id, of, goes) in changes {
            let it = summary(id % 40, of);
            board.drop(it.id);
            if !goes {
                board.put(it);
            }
            // Whatever is counted on the way stands, and must stay true.
            for cond in conditions().iter().skip(usize::from(id) % 9).take(3) {
                board.count(cond);
            }
        }
        let mut groups = Groups::default();
        board.tickets.values().for_each(|it| groups.add(it));
        prop_assert_eq!(&groups, &board.groups);
        for cond in conditions() {
            let without_groups = Board { tickets: board.tickets.clone(), ..Board::default() };
            let all = without_groups.tickets.values().filter(|it| without_groups.meets(it, &cond)).count();
            prop_assert_eq!(board.count(&cond), all, "{:?}", &cond);
            prop_assert_eq!(board.any(&cond), all > 0);
            let met = without_groups.tickets.values().filter(|it| without_groups.meets(it, &cond));
            prop_assert_eq!(board.queues_of(&cond), met.filter_map(|it| it.queue).collect::<BTreeSet<_>>());
            for by in By::ALL {
                let sort = Sort::parse("updatedAt:asc").unwrap();
                let columns = board.columns(&cond, sort, by, 3);
                prop_assert_eq!(columns.values().map(|it| it.total).sum::<usize>(), all);
                let listed = board.list(&cond, sort, None, 0, 1000).ids;
                for page in columns.values() {
                    prop_assert_eq!(page.ids.len(), page.total.min(3));
                    let places: Vec<_> = page.ids.iter().map(|id| listed.iter().position(|it| it == id)).collect();
                    prop_assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
                }
            }
            let sorts = ["createdAt:desc", "updatedAt:asc", "priority:asc", "dueAt:asc", "number:asc"].map(|it| Sort::parse(it).unwrap());
            for sort in sorts.into_iter().chain([sorts[1].without_notes()]) {
                let whole = board.list(&cond, sort, None, 0, 1000);
                prop_assert_eq!((whole.total, whole.next), (all, None));
                let (mut walked, mut after) = (Vec::new(), None);
                loop {
                    let page = board.list(&cond, sort, after, 0, size);
                    walked.extend(page.ids);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                prop_assert_eq!(&walked, &whole.ids);
            }
        }
    }
}
