//! An index that is large for its limits, which are small in tests: pages by zones, totals that are bounds, the best of the newest.

use std::collections::BTreeSet;

use crate::{
    desk::{
        knowledge::{State, Visibility},
        query::{Category, Direction, Sort, SortField, SortKey, Total, Typing},
        tickets::access::{Grant, Scope},
    },
    id::{PersonId, QueueId},
    time::Instant,
};

use super::{
    newest::RANKED_MAX,
    ordered::COUNTED_MAX,
    tests::{HARDWARE, NETWORK, cond, id, in_memory, request, ticket},
    wider::{article, person},
    *,
};

const MANY: u128 = 400;

/// Tickets from this number on, which are the oldest, have a word and a tag that no other has.
const OLD_FROM: u128 = 240;

/// Tickets that differ in all that lists are ordered by; the later ones have the lower numbers.
fn documents() -> Vec<TicketDocument> {
    let one = |number: u128| {
        let lodged = ticket(number, if number.is_multiple_of(5) { "Printer jams" } else { "VPN drops" });
        let later = |hours: u128| Instant::from_millis(lodged.created.as_millis() + i64::try_from(hours).unwrap() * 3_600_000);
        let closed = !number.is_multiple_of(7);
        TicketDocument {
            priority: u8::try_from(number * 13 % 4).unwrap() + 1,
            queue: Some(id(if number.is_multiple_of(3) { NETWORK } else { HARDWARE })),
            updated: later(number * 31 % 50),
            updated_public: later(number * 17 % 20),
            public_text: vec![if number < OLD_FROM { "case 391" } else { "case 391, a relic" }.to_owned()],
            tags: if number < OLD_FROM { vec![] } else { vec!["legacy".to_owned()] },
            due: number.is_multiple_of(4).then(|| later(number * 7 % 90)),
            category_of_status: if closed { Category::Closed } else { Category::Active },
            closed: closed.then(|| later(60)),
            ..lodged
        }
    };
    (1..=MANY).rev().map(one).collect()
}

/// Several segments, with documents in them that were replaced or removed later.
fn filled() -> (SearchIndex, Vec<TicketDocument>) {
    let index = in_memory();
    let all = documents();
    for (at, some) in all.chunks(130).enumerate() {
        let changes: Vec<Change> = some.iter().map(|it| Change::Put(Box::new(it.clone()))).collect();
        index.apply(&changes, at as u64 + 1).unwrap();
    }
    let mut changes = Vec::new();
    let mut kept = Vec::new();
    for (at, mut it) in all.into_iter().enumerate() {
        if at % 11 == 0 {
            changes.push(Change::Remove(it.id));
            continue;
        }
        if at % 9 == 0 {
            it.updated = Instant::from_millis(it.updated.as_millis() + 900_000_000);
            it.priority = 1;
            changes.push(Change::Put(Box::new(it.clone())));
        }
        kept.push(it);
    }
    index.apply(&changes, 9).unwrap();
    (index, kept)
}

fn place(it: &TicketDocument, field: SortField) -> SortKey {
    let instant = |at: Instant| SortKey::from_signed(at.as_millis());
    let value = match field {
        SortField::Created => Some(instant(it.created)),
        SortField::Updated => Some(instant(it.updated)),
        SortField::UpdatedPublicly => Some(instant(it.updated_public)),
        SortField::Due => it.due.map(instant),
        SortField::Priority => Some(u64::from(it.priority)),
        SortField::Number => it.number[4..].parse().ok(),
        SortField::Relevance => None,
    };
    SortKey { value, id: it.id }
}

fn day(text: &str) -> Instant {
    format!("{text}T00:00:00Z").parse().unwrap()
}

type Fits = fn(&TicketDocument) -> bool;

const ASKED: [(&str, Fits); 11] = [
    ("", |_| true),
    ("status:closed", |it| it.category_of_status == Category::Closed),
    ("status:closed queue:network", |it| it.category_of_status == Category::Closed && it.queue == Some(id(NETWORK))),
    ("queue:hardware -priority:P1", |it| it.queue == Some(id(HARDWARE)) && it.priority != 1),
    ("title:printer", |it| it.title.starts_with("Printer")),
    ("number:17", |it| it.number == "INC-000017"),
    ("number<=230", |it| place(it, SortField::Number).value.unwrap() <= 230),
    // The end of the order at which nothing of it is.
    ("priority:P3", |it| it.priority == 3),
    ("priority:(P2, P3) status:closed", |it| [2, 3].contains(&it.priority) && it.category_of_status == Category::Closed),
    ("created>=2026-05-08 created<2026-05-15", |it| it.created >= day("2026-05-08") && it.created < day("2026-05-15")),
    ("due<2026-05-15", |it| it.due.is_some_and(|it| it < day("2026-05-15"))),
];

#[test]
fn pages_of_a_large_index_are_those_of_all_rows_in_order() {
    let (index, documents) = filled();
    for (text, fits) in ASKED {
        let cond = cond(text, Typing::Done);
        for field in
            [SortField::Created, SortField::Updated, SortField::UpdatedPublicly, SortField::Due, SortField::Priority, SortField::Number]
        {
            for direction in [Direction::Ascending, Direction::Descending] {
                let sort = Sort { field, direction };
                let mut expected: Vec<SortKey> = documents.iter().filter(|it| fits(it)).map(|it| place(it, field)).collect();
                expected.sort_by(|a, b| sort.compare(a, b));
                let mut found = Vec::new();
                let mut page = Page::Rows { offset: 0, limit: 23 };
                loop {
                    let part = index.search(&SearchRequest { sort, page, spelling: Spelling::Exact, ..request(&cond) }).unwrap();
                    let true_count = expected.len();
                    match part.total {
                        Total { count, is_bound: false } => assert_eq!(count, true_count, "{text} {sort}"),
                        Total { count, .. } => assert!((COUNTED_MAX..=true_count).contains(&count), "{text} {sort}: {count}"),
                    }
                    let Some(last) = part.hits.last() else { break };
                    page = Page::After { key: last.key, limit: 23 };
                    found.extend(part.hits.iter().map(|it| it.key));
                }
                assert!(found == expected, "{text} by {sort}: {} rows, not {}", found.len(), expected.len());
                let middle = index.search(&SearchRequest { sort, page: Page::Rows { offset: 30, limit: 9 }, ..request(&cond) }).unwrap();
                let middle: Vec<SortKey> = middle.hits.into_iter().map(|it| it.key).collect();
                assert_eq!(middle, expected.iter().skip(30).take(9).copied().collect::<Vec<_>>(), "{text} {sort}");
            }
        }
    }
}

#[test]
fn what_is_counted_by_a_fact_is_exact_however_much_it_is_and_the_rest_says_where_it_ends() {
    let (index, documents) = filled();
    for (text, fits) in ASKED {
        let cond = cond(text, Typing::Done);
        let count = documents.iter().filter(|it| fits(it)).count();
        let total = index.search(&SearchRequest { sort: Sort::NEWEST, ..request(&cond) }).unwrap().total;
        let cheap = ["", "status:closed", "priority:P3"].contains(&text) || count <= COUNTED_MAX;
        assert_eq!(total.is_bound, !cheap, "{text}: {count}");
    }
    // Whoever does not see everything is not told of more than they see.
    let cond = cond("", Typing::Done);
    let scope = Scope::Any(Vec::new());
    let nothing = index.search(&SearchRequest { sort: Sort::NEWEST, scope, ..request(&cond) }).unwrap();
    assert_eq!(nothing.total, 0.into());
}

#[test]
fn a_walk_through_a_large_index_meets_everything_once() {
    let (index, documents) = filled();
    let cond = cond("queue:hardware", Typing::Done);
    let sort = Sort { field: SortField::Updated, direction: Direction::Descending };
    let mut walk = index.walk(&SearchRequest { sort, ..request(&cond) }).unwrap();
    let (mut met, mut rows) = (BTreeSet::new(), 0);
    loop {
        let some = walk.next(37).unwrap();
        rows += some.len();
        met.extend(some.iter().map(|it| it.id));
        if some.is_empty() {
            break;
        }
    }
    let fits = documents.iter().filter(|it| it.queue == Some(id(HARDWARE))).count();
    assert_eq!((met.len(), rows, walk.total()), (fits, fits, fits));
}

#[test]
fn of_very_much_the_best_of_the_newest_are_found_and_what_is_little_is_not_missed() {
    let (index, documents) = filled();
    let read = vec![Visibility::Public];
    let old = |it: ArticleDocument| Change::PutArticle(Box::new(it));
    let changes = vec![
        old(article(1, "VPN for beginners", Visibility::Public, State::Published)),
        Change::PutPerson(Box::new(person(1, "Vanessa VPN", &[], &[]))),
        Change::Put(Box::new(TicketDocument { public_text: vec!["vpn again and again, case 391".into()], ..ticket(2, "VPN error") })),
    ];
    index.apply(&changes, 10).unwrap();
    let among = Among { tickets: true, articles: Some(Articles { read, ..Articles::default() }), people: Some(People::default()) };
    let vpn = cond("vpn", Typing::Done);
    let ask = |page| index.search(&SearchRequest { among: &among, page, spelling: Spelling::Forgiving, ..request(&vpn) }).unwrap();
    let first = ask(Page::Rows { offset: 0, limit: 60 });
    assert!(first.total.is_bound && first.total.count >= 60 && first.total.count < documents.len(), "{:?}", first.total);
    let all = ask(Page::Rows { offset: 0, limit: 1_000 });
    let of = |what| all.hits.iter().filter(|it| it.found == what).count();
    // Both are older than every ticket.
    assert_eq!((of(Found::Article), of(Found::Person)), (1, 1));
    let mut ages: Vec<_> = documents.iter().map(|it| it.created).collect();
    ages.sort();
    let found: BTreeSet<_> = all.hits.iter().map(|it| it.id).collect();
    assert!(documents.iter().filter(|it| found.contains(&it.id)).all(|it| it.created > ages[60]));
    // Pages go on where the last one ended.
    let second = ask(Page::After { key: first.hits[29].key, limit: 30 });
    let keys = |hits: &[Hit]| hits.iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(keys(&second.hits), keys(&first.hits[30..]));

    // A ticket's own number comes first, however old it is and whatever else the number is in.
    let number = cond("391", Typing::Done);
    let page = index.search(&SearchRequest { among: &among, ..request(&number) }).unwrap();
    assert!(page.total.is_bound);
    assert_eq!(page.hits[0].number, "INC-000391");

    let counted = index.facets(&SearchRequest { among: &among, ..request(&vpn) }, &[Facet::Type, Facet::Queue], 9).unwrap();
    assert!(counted.is_bound);
    let values = |at: usize| counted.counted[at].1.iter().map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(values(0)[1..], [1, 1]);
    assert_eq!(values(0)[0] + 2, first.total.count);
    assert!(values(1).iter().sum::<usize>() <= values(0)[0]);
}

#[test]
fn of_what_only_the_oldest_hold_no_more_is_ranked_than_of_anything_else() {
    let (index, documents) = filled();
    let old: BTreeSet<_> = documents.iter().filter(|it| !it.tags.is_empty()).map(|it| (it.created, it.id)).collect();
    assert!(old.len() > 2 * RANKED_MAX);
    let relic = cond("relic", Typing::Done);
    let found = index.search(&SearchRequest { page: Page::Rows { offset: 0, limit: 1_000 }, ..request(&relic) }).unwrap();
    assert!(found.total.is_bound && (RANKED_MAX..=2 * RANKED_MAX).contains(&found.total.count), "{:?}", found.total);
    let found: BTreeSet<_> = found.hits.into_iter().map(|it| it.id).collect();
    // Those that were changed since lie elsewhere, and some of them are met before.
    assert!(old.iter().rev().take(RANKED_MAX / 2).all(|it| found.contains(&it.1)));
}

#[test]
fn a_value_that_only_the_oldest_have_is_offered_where_it_is_typed() {
    let (index, _) = filled();
    let all = cond("", Typing::Done);
    let names = |scope: Scope, start: &str| {
        let request = SearchRequest { scope, ..request(&all) };
        index.values(&request, Facet::Tag, start, 9).unwrap().into_iter().map(|it| it.0).collect::<Vec<_>>()
    };
    assert_eq!(names(Scope::All, "leg"), ["legacy"]);
    assert_eq!(names(Scope::All, ""), ["legacy"]);
    assert_eq!(names(Scope::Any(vec![Grant::Queue(QueueId(id(NETWORK)))]), "leg"), ["legacy"]);
    assert!(names(Scope::Any(vec![Grant::Queue(QueueId(id(1)))]), "leg").is_empty());
    assert!(names(Scope::All, "legacyx").is_empty());
}

#[test]
fn who_sees_two_queues_has_pages_and_totals_of_these() {
    let (index, documents) = filled();
    let all = cond("", Typing::Done);
    let scope = || Scope::Any(vec![Grant::Queue(QueueId(id(NETWORK))), Grant::Queue(QueueId(id(1))), Grant::Participant(PersonId(id(2)))]);
    let sort = Sort::NEWEST;
    let mut expected: Vec<_> = documents.iter().filter(|it| it.queue == Some(id(NETWORK))).map(|it| place(it, sort.field)).collect();
    expected.sort_by(|a, b| sort.compare(a, b));
    assert!(expected.len() > COUNTED_MAX);
    let page = Page::Rows { offset: 0, limit: 50 };
    let found = index.search(&SearchRequest { scope: scope(), sort, page, ..request(&all) }).unwrap();
    assert_eq!(found.hits.iter().map(|it| it.key).collect::<Vec<_>>(), expected[..50]);
    assert!(found.total.is_bound && found.total.count <= expected.len());
}

#[test]
fn counts_stay_exact_while_tickets_change() {
    let (index, mut documents) = filled();
    let closed = cond("status:closed", Typing::Done);
    let count = || index.search(&SearchRequest { sort: Sort::NEWEST, ..request(&closed) }).unwrap().total;
    for (at, seq) in [(3, 10), (50, 11), (3, 12), (200, 13)] {
        assert_eq!(count(), documents.iter().filter(|it| it.category_of_status == Category::Closed).count().into());
        let it = &mut documents[at];
        it.category_of_status = if it.category_of_status == Category::Closed { Category::Active } else { Category::Closed };
        let again = it.clone();
        let gone = documents.remove(at + 20);
        index.apply(&[Change::Put(Box::new(again)), Change::Remove(gone.id)], seq).unwrap();
    }
    assert_eq!(count(), documents.iter().filter(|it| it.category_of_status == Category::Closed).count().into());
}

#[test]
fn what_little_fits_is_looked_through_to_the_end() {
    let (index, documents) = filled();
    let cond = cond("printer -priority:P1", Typing::Done);
    let found = index.search(&SearchRequest { ..request(&cond) }).unwrap();
    let fits: Vec<_> = documents.iter().filter(|it| it.title.starts_with("Printer") && it.priority != 1).collect();
    assert!(fits.len() < COUNTED_MAX && fits.iter().any(|it| it.number.as_str() > "INC-000390"));
    assert_eq!(found.total, fits.len().into());
    assert_eq!(found.hits.len(), fits.len());
}
