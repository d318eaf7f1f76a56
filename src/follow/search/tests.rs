//! A small desk, and what is found in it.

use std::{collections::BTreeSet, sync::Arc};

use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::{
    desk::{
        query::{Binding, Category, Cond, Direction, Kind, NameKind, Names, Sort, SortField, Typing, bind, parse},
        tickets::access::{Grant, Scope},
    },
    time::Instant,
};

use super::{faults::FaultyDisk, *};

/// Ids are small numbers: people below 100, queues from 100, teams from 200, and so on.
pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

const ANNA: u128 = 1;
const BEN: u128 = 2;
const CARLA: u128 = 3;
pub(super) const NETWORK: u128 = 100;
pub(super) const HARDWARE: u128 = 101;

struct Desk;

impl Names for Desk {
    fn me(&self) -> Option<Uuid> {
        Some(id(ANNA))
    }

    fn find(&self, kind: NameKind, name: &str) -> Vec<Uuid> {
        [
            (NameKind::Person, "anna", ANNA),
            (NameKind::Person, "ben", BEN),
            (NameKind::Person, "carla", CARLA),
            (NameKind::Queue, "network", NETWORK),
            (NameKind::Queue, "hardware", HARDWARE),
            (NameKind::Team, "field", 200),
            (NameKind::Organization, "acme", 300),
            (NameKind::Department, "finance", 700),
            (NameKind::Category, "printing", 400),
            (NameKind::Asset, "laptop7", 500),
            (NameKind::Item, "new-laptop", 600),
        ]
        .into_iter()
        .filter(|it| it.0 == kind && it.1 == name)
        .map(|it| id(it.2))
        .collect()
    }

    fn known(&self, _: NameKind) -> Vec<String> {
        Vec::new()
    }

    fn state(&self, name: &str) -> Vec<String> {
        ["in_progress", "awaiting_parts", "cancelled"].contains(&name).then(|| name.to_owned()).into_iter().collect()
    }

    fn states(&self) -> Vec<String> {
        Vec::new()
    }

    fn custom(&self, _: &str) -> bool {
        true
    }

    fn customs(&self) -> Vec<String> {
        Vec::new()
    }
}

const NOW: &str = "2026-05-20T12:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// A new incident with nothing but a number, lodged that many hours ago.
pub(super) fn ticket(number: u128, title: &str) -> TicketDocument {
    let created = Instant::from_millis(at(NOW).as_millis() - i64::try_from(number).unwrap() * 3_600_000);
    TicketDocument {
        id: id(10_000 + number),
        number: format!("INC-{number:06}"),
        kind: Kind::Incident,
        title: title.to_owned(),
        public_text: Vec::new(),
        private_text: Vec::new(),
        tags: Vec::new(),
        status: "new".to_owned(),
        category_of_status: Category::New,
        priority: 3,
        impact: None,
        urgency: None,
        queue: None,
        team: None,
        assignee: None,
        requester: Some(id(CARLA)),
        organization: None,
        department: None,
        categories: Vec::new(),
        item: None,
        assets: Vec::new(),
        watchers: Vec::new(),
        participants: Vec::new(),
        public_authors: Vec::new(),
        private_authors: Vec::new(),
        channel: "portal".to_owned(),
        created,
        updated: created,
        updated_public: created,
        resolved: None,
        closed: None,
        scheduled: None,
        due: None,
        response_due: None,
        response_breached: false,
        resolution_breached: false,
        paused: false,
        on_us: false,
        has_attachment: false,
        has_link: false,
        has_note: false,
        vip: false,
        snoozed: false,
        custom: Vec::new(),
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

/// The desk's tickets. Their numbers are what the tables below name.
fn tickets() -> Vec<TicketDocument> {
    let mut all = vec![
        TicketDocument {
            public_text: texts(&["The tunnel drops every hour", "See error 0x80070035 in the log"]),
            has_note: true,
            private_text: texts(&["Probably the firewall of Contoso"]),
            private_authors: vec![id(BEN)],
            tags: texts(&["VPN", "remote"]),
            queue: Some(id(NETWORK)),
            assignee: Some(id(ANNA)),
            participants: vec![id(CARLA)],
            priority: 1,
            impact: Some(1),
            due: Some(at("2026-05-20T11:00:00Z")),
            resolution_breached: true,
            ..ticket(1, "VPN error on login")
        },
        TicketDocument {
            public_text: texts(&["It says vpn error, then nothing"]),
            queue: Some(id(NETWORK)),
            status: "in_progress".to_owned(),
            category_of_status: Category::Active,
            priority: 2,
            urgency: Some(3),
            due: Some(at("2026-05-20T13:00:00Z")),
            response_due: Some(at("2026-05-20T12:30:00Z")),
            watchers: vec![id(ANNA)],
            has_link: true,
            ..ticket(2, "Cannot connect from home")
        },
        TicketDocument {
            public_text: texts(&["All printers on floor two are offline", "printed a test page"]),
            queue: Some(id(HARDWARE)),
            team: Some(id(200)),
            categories: vec![id(400), id(401)],
            participants: vec![id(BEN)],
            public_authors: vec![id(BEN)],
            has_attachment: true,
            custom: vec![("site".to_owned(), "Berlin".to_owned()), ("cost".to_owned(), "12.5".to_owned())],
            ..ticket(3, "Printer jams")
        },
        TicketDocument {
            public_text: texts(&["anna.smith@mail.example.org cannot reach srv-db01.corp.example.com"]),
            kind: Kind::Request,
            number: "REQ-000004".to_owned(),
            channel: "email".to_owned(),
            organization: Some(id(300)),
            department: Some(id(700)),
            item: Some(id(600)),
            custom: vec![("cost".to_owned(), "200".to_owned()), ("start".to_owned(), "2026-06-01".to_owned())],
            ..ticket(4, "Database access")
        },
        TicketDocument {
            public_text: texts(&["Größe des Postfachs überschritten: café"]),
            status: "awaiting_parts".to_owned(),
            category_of_status: Category::Waiting,
            paused: true,
            scheduled: Some(at("2026-05-21T08:00:00Z")),
            assets: vec![id(500)],
            ..ticket(5, "Mailbox full")
        },
        TicketDocument {
            public_text: texts(&["東京都庁のネットワークに接続できない"]),
            status: "resolved".to_owned(),
            category_of_status: Category::Resolved,
            resolved: Some(at("2026-05-20T10:00:00Z")),
            ..ticket(6, "接続エラー")
        },
        TicketDocument {
            public_text: texts(&["terror in the printing room; connection lost"]),
            status: "cancelled".to_owned(),
            category_of_status: Category::Closed,
            closed: Some(at("2026-05-19T10:00:00Z")),
            priority: 4,
            ..ticket(7, "Connections reset")
        },
        TicketDocument { public_text: texts(&["the login of the error vpn"]), ..ticket(123, "Laptop stolen") },
    ];
    all.extend((20..40).map(|number| ticket(number, "Routine check")));
    all
}

pub(super) fn in_memory() -> SearchIndex {
    SearchIndex::open_on(Arc::new(FaultyDisk::sound()), 1024 * 1024, 0).unwrap().0
}

fn desk() -> SearchIndex {
    let index = in_memory();
    let changes: Vec<_> = tickets().into_iter().map(|it| Change::Put(Box::new(it))).collect();
    // Two commits, so that there are two segments.
    let (first, second) = changes.split_at(5);
    index.apply(first, 5).unwrap();
    index.apply(second, 6).unwrap();
    index
}

pub(super) fn cond(text: &str, typing: Typing) -> Cond {
    let binding = Binding { names: &Desk, now: at(NOW), zone: &TimeZone::UTC, typing };
    parse(text).and_then(|query| bind(&query, &binding)).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
}

pub(super) fn request(cond: &Cond) -> SearchRequest<'_> {
    SearchRequest {
        cond,
        scope: Scope::All,
        notes: Scope::All,
        among: &Among::TICKETS,
        vocabulary: Vocabulary::english(),
        spelling: Spelling::Forgiving,
        sort: Sort::RELEVANCE,
        page: Page::Rows { offset: 0, limit: 100 },
    }
}

/// The numbers of what was found, in order, without zeroes.
fn numbers(page: &SearchPage) -> Vec<u128> {
    assert_eq!(page.total, page.hits.len().into());
    page.hits.iter().map(|hit| hit.number[4..].parse().unwrap()).collect()
}

#[test]
fn finds_words_best_first() {
    let index = desk();
    let mut wrong = Vec::new();
    for (text, typing, expected) in [
        // Both words in the title; side by side in the text; anywhere.
        ("vpn error", Typing::Done, &[1, 2, 123][..]),
        ("\"vpn error\"", Typing::Done, &[1, 2]),
        ("\"error vpn\"", Typing::Done, &[123]),
        ("title:vpn", Typing::Done, &[1]),
        ("text:vpn", Typing::Done, &[123, 2]),
        ("VPN -title:vpn", Typing::Done, &[123, 2]),
        // Exact, other forms, then what looks alike.
        ("printer", Typing::Done, &[3]),
        ("print", Typing::Done, &[7, 3]),
        ("pritner", Typing::Done, &[3]),
        ("connection", Typing::Done, &[7, 2]),
        ("eror", Typing::Done, &[1, 123, 2]),
        ("prin", Typing::Done, &[]),
        ("prin", Typing::GoesOn, &[3, 7]),
        ("prin*", Typing::Done, &[3, 7]),
        ("vpn log", Typing::GoesOn, &[1, 123]),
        // Numbers come first and forgive nothing.
        ("123", Typing::Done, &[123]),
        ("#123", Typing::Done, &[123]),
        ("inc-000123", Typing::Done, &[123]),
        ("INC-4", Typing::Done, &[]),
        ("REQ-4", Typing::Done, &[4]),
        ("0x80070035", Typing::Done, &[1]),
        ("0x80070036", Typing::Done, &[]),
        // Addresses and hosts, whole and by part.
        ("anna.smith@mail.example.org", Typing::Done, &[4]),
        ("smith", Typing::Done, &[4]),
        ("example.org", Typing::Done, &[4]),
        ("srv-db01.corp.example.com", Typing::Done, &[4]),
        ("srv-db01", Typing::Done, &[4]),
        ("srv-db02", Typing::Done, &[]),
        ("db01", Typing::Done, &[4]),
        ("srv-db01.co", Typing::GoesOn, &[4]),
        ("smith@mali.example.org", Typing::Done, &[4]),
        // Folded, and scripts without spaces.
        ("grosse", Typing::Done, &[5]),
        ("GRÖSSE", Typing::Done, &[5]),
        ("cafe", Typing::Done, &[5]),
        ("東京", Typing::Done, &[6]),
        ("京都庁", Typing::Done, &[6]),
        ("接続", Typing::Done, &[6]),
        ("東", Typing::Done, &[6]),
        ("大阪", Typing::Done, &[]),
        // Notes are found by who may read them.
        ("contoso", Typing::Done, &[1]),
    ] {
        let cond = cond(text, typing);
        let found = numbers(&index.search(&request(&cond)).unwrap());
        if found != expected {
            wrong.push(format!("{text}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn answers_every_condition() {
    let index = desk();
    let rest: Vec<u128> = (20..40).collect();
    let but = |without: &[u128]| -> BTreeSet<u128> {
        [1, 2, 3, 4, 5, 6, 7, 123].iter().chain(&rest).copied().filter(|it| !without.contains(it)).collect()
    };
    for (text, expected) in [
        ("", but(&[])),
        ("status:open", but(&[6, 7])),
        ("status:(active, waiting)", [2, 5].into()),
        ("status:closed", [7].into()),
        ("status:awaiting_parts", [5].into()),
        ("status!=new", [2, 5, 6, 7].into()),
        ("kind:request", [4].into()),
        ("priority<=2", [1, 2].into()),
        ("priority:low", [7].into()),
        ("impact:critical", [1].into()),
        ("impact:any", [1].into()),
        ("urgency:none -priority:3", [1, 7].into()),
        ("queue:network", [1, 2].into()),
        ("queue:none", but(&[1, 2, 3])),
        ("queue:(hardware, none) team:any", [3].into()),
        ("team:field", [3].into()),
        ("assignee:me", [1].into()),
        ("assignee:none status:active", [2].into()),
        ("requester:ben", [].into()),
        ("requester:carla queue:any", [1, 2, 3].into()),
        ("organization:acme", [4].into()),
        ("department:finance", [4].into()),
        ("category:printing", [3].into()),
        ("item:new-laptop", [4].into()),
        ("asset:laptop7", [5].into()),
        ("author:ben", [1, 3].into()),
        ("tag:vpn", [1].into()),
        ("tag:any", [1].into()),
        ("tag:none queue:network", [2].into()),
        ("channel:email", [4].into()),
        ("created>-150m", [1, 2].into()),
        ("created<=2026-05-15", [123].into()),
        ("updated:2026-05-20 queue:any", [1, 2, 3].into()),
        ("resolved:today", [6].into()),
        ("resolved:any", [6].into()),
        ("closed:..2026-05-19", [7].into()),
        ("scheduled>now", [5].into()),
        ("due:none queue:network", [].into()),
        ("due<+2h", [1, 2].into()),
        ("due>2026-05-21 due<2026-05-20", [].into()),
        ("response<=+1h", [2].into()),
        ("breach:resolution", [1].into()),
        ("breach:none queue:network", [2].into()),
        ("is:overdue", [1].into()),
        ("is:paused", [5].into()),
        ("is:watched", [2].into()),
        ("is:mine", [1].into()),
        ("has:attachment", [3].into()),
        ("has:link", [2].into()),
        ("has:note", [1].into()),
        ("number:4", [4].into()),
        ("number:REQ-1..9", [4].into()),
        ("number>=39", [39, 123].into()),
        ("custom.site:berlin", [3].into()),
        ("custom.cost>12.5", [4].into()),
        ("custom.cost<=12.5", [3].into()),
        ("custom.cost:-1..1e9", [3, 4].into()),
        ("custom.cost:any", [3, 4].into()),
        ("custom.cost:none queue:any", [1, 2].into()),
        ("custom.start>=2026-06-01", [4].into()),
        ("custom.start<2026-06-01", [].into()),
        ("queue:network OR kind:request", [1, 2, 4].into()),
        ("NOT (queue:network OR is:open)", [6, 7].into()),
        ("-queue:any -is:open", [6, 7].into()),
    ] {
        let cond = cond(text, Typing::Done);
        assert_eq!(numbers(&index.search(&request(&cond)).unwrap()).into_iter().collect::<BTreeSet<_>>(), expected, "{text}");
    }
}

#[test]
fn hides_what_may_not_be_seen() {
    let index = desk();
    let carla = Scope::Any(vec![Grant::Participant(id(CARLA).into())]);
    for (text, scope, notes, expected) in [
        ("", carla.clone(), Scope::Any(Vec::new()), &[1][..]),
        ("contoso", carla.clone(), Scope::Any(Vec::new()), &[]),
        ("contos*", carla.clone(), Scope::Any(Vec::new()), &[]),
        ("-contoso", carla.clone(), Scope::Any(Vec::new()), &[1]),
        ("author:ben", carla.clone(), Scope::Any(Vec::new()), &[]),
        ("author:any", carla.clone(), Scope::Any(Vec::new()), &[]),
        ("has:note", carla.clone(), Scope::Any(Vec::new()), &[]),
        ("printer OR vpn", carla.clone(), Scope::Any(Vec::new()), &[1]),
        ("NOT tag:nothing", carla, Scope::Any(Vec::new()), &[1]),
        ("", Scope::Any(vec![]), Scope::All, &[]),
        ("", Scope::Any(vec![Grant::Participant(id(BEN).into()), Grant::Queue(id(NETWORK).into())]), Scope::All, &[3, 2, 1]),
        (
            "",
            Scope::Any(vec![Grant::Organization(id(300).into()), Grant::Department(id(700).into()), Grant::Assignee(id(ANNA).into())]),
            Scope::Any(Vec::new()),
            &[4, 1],
        ),
    ] {
        let cond = cond(text, Typing::Done);
        let page = index.search(&SearchRequest { scope, notes, ..request(&cond) }).unwrap();
        assert_eq!(numbers(&page), expected, "{text}");
    }
}

#[test]
fn a_list_takes_words_as_they_are() {
    let index = desk();
    for (text, expected) in [("eror", &[][..]), ("error", &[1, 2, 123]), ("print", &[3, 7]), ("-eror queue:network", &[1, 2])] {
        let cond = cond(text, Typing::Done);
        let page = index.search(&SearchRequest { spelling: Spelling::Exact, sort: Sort::NEWEST, ..request(&cond) }).unwrap();
        assert_eq!(numbers(&page), expected, "{text}");
    }
}

#[test]
fn pages_cover_every_row_once_in_every_order() {
    let index = desk();
    let cond = cond("", Typing::Done);
    for field in [
        SortField::Created,
        SortField::Updated,
        SortField::Priority,
        SortField::Due,
        SortField::Number,
        SortField::Relevance,
        SortField::UpdatedPublicly,
    ] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let sort = Sort { field, direction };
            let whole = index.search(&SearchRequest { sort, ..request(&cond) }).unwrap();
            assert_eq!(whole.total, 28.into());
            assert!(whole.hits.is_sorted_by(|a, b| sort.compare(&a.key, &b.key).is_lt()), "{sort}");
            let mut walked = Vec::new();
            let mut page = Page::Rows { offset: 0, limit: 5 };
            loop {
                let found = index.search(&SearchRequest { sort, page, ..request(&cond) }).unwrap();
                assert_eq!(found.total, 28.into());
                let Some(last) = found.hits.last() else { break };
                page = Page::After { key: sort.after(&sort.cursor(&last.key)).unwrap(), limit: 5 };
                walked.extend(found.hits);
            }
            assert_eq!(walked, whole.hits, "{sort}");
            let middle = index.search(&SearchRequest { sort, page: Page::Rows { offset: 10, limit: 3 }, ..request(&cond) }).unwrap();
            assert_eq!(middle.hits, whole.hits[10..13]);
        }
    }
    let nothing = index.search(&SearchRequest { page: Page::Rows { offset: 0, limit: 0 }, ..request(&cond) }).unwrap();
    assert_eq!((nothing.hits.len(), nothing.total), (0, 28.into()));
}

#[test]
fn a_change_replaces_and_a_removal_hides() {
    let index = desk();
    let found = |text: &str| {
        let cond = cond(text, Typing::Done);
        numbers(&index.search(&request(&cond)).unwrap())
    };
    index.apply(&[Change::Put(Box::new(ticket(1, "Solved"))), Change::Remove(id(10_003)), Change::Remove(id(77))], 9).unwrap();
    assert_eq!((found("title:vpn"), found("solved"), found("jams"), found("number:3")), (vec![], vec![1], vec![], vec![]));
    assert_eq!(index.cursor(), 9);
    // The same ticket twice in one batch: the last counts.
    let twice = [Change::Put(Box::new(ticket(1, "First"))), Change::Put(Box::new(ticket(1, "Second")))];
    index.apply(&twice, 10).unwrap();
    assert_eq!((found("first"), found("second")), (vec![], vec![1]));
    index.rest().unwrap();
    index.apply(&[], 11).unwrap();
    assert_eq!((index.cursor(), found("second")), (11, vec![1]));
    index.clear().unwrap();
    assert_eq!((index.cursor(), found("")), (0, vec![]));
}

#[test]
fn a_folder_keeps_its_index_and_an_unusable_one_is_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let open = || SearchIndex::open(folder.path(), 0).unwrap();
    let fill = |index: &SearchIndex| {
        index.apply(&[Change::Put(Box::new(ticket(1, "Kept")))], 7).unwrap();
        index.rest().unwrap();
    };
    let (index, outcome) = open();
    assert_eq!(outcome, OpenOutcome::Empty(None));
    fill(&index);
    assert_eq!(index.damaged_files().unwrap(), Vec::<String>::new());
    drop(index);
    assert_eq!(open().1, OpenOutcome::Ready(7));

    let files = || std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().path());
    let named = |end: &str| files().find(|it| it.to_string_lossy().ends_with(end)).unwrap();
    let endings: Vec<String> = files()
        .map(|it| it.file_name().unwrap().to_string_lossy().into_owned())
        .map(|it| it.rsplit('.').next().unwrap().to_owned())
        .collect();
    for ending in endings.iter().filter(|it| !it.ends_with("lock") && *it != "del") {
        for damage in [&b""[..], b"garbage that is longer than any footer may be, garbage that is longer than any footer may be"] {
            std::fs::write(named(ending), damage).unwrap();
            let (index, outcome) = open();
            assert!(matches!(outcome, OpenOutcome::Empty(Some(_))), "{ending}: {outcome:?}");
            fill(&index);
            drop(index);
            assert_eq!(open().1, OpenOutcome::Ready(7));
        }
    }
    let meta = std::fs::read_to_string(named("meta.json")).unwrap();
    let version = format!("\\\"version\\\":{}", schema::SCHEMA_VERSION);
    for (from, to) in [(version.as_str(), "\\\"version\\\":0"), ("public_text", "public_test")] {
        assert!(meta.contains(from));
        std::fs::write(named("meta.json"), meta.replace(from, to)).unwrap();
        let (index, outcome) = open();
        assert!(matches!(outcome, OpenOutcome::Empty(Some(_))), "{outcome:?}");
        fill(&index);
        drop(index);
    }
}

/// tantivy asserts that nothing asks a phrase about a document that it has passed; what is left out is asked so all the time.
#[test]
fn a_phrase_that_is_left_out_may_match_nothing_or_end_early() {
    let index = desk();
    let all = numbers(&index.search(&request(&cond("", Typing::Done))).unwrap());
    for (text, missing) in [
        ("-\"error vpn\"", &[123][..]),
        ("-\"vpn error\"", &[1, 2]),
        ("-\"login stolen\"", &[]),
        ("-text:\"login stolen\"", &[]),
        ("NOT \"vpn error\" OR \"login stolen\"", &[1, 2]),
        ("NOT \"vpn error\" OR \"vpn error\"", &[]),
        ("-(vpn error)", &[1, 2, 123]),
        ("-(\"login stolen\" OR \"vpn error\")", &[1, 2]),
        ("-\"vpn err\"", &[]),
        ("status:open -\"never written\" OR -status:open", &[]),
    ] {
        let mut found = numbers(&index.search(&request(&cond(text, Typing::GoesOn))).unwrap());
        found.sort_unstable();
        let mut expected: Vec<u128> = all.iter().copied().filter(|it| !missing.contains(it)).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}
