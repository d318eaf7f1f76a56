//! A small believable desk for the style guide and the tests of the pages. Nothing in it is anybody's.

use std::time::Duration;

use maud::html;

use crate::{
    time::Instant,
    web::{
        components::{
            alike::KnownRow,
            attachment::{FileState, FileView},
            avatar::Face,
            caller::{CallerView, Found},
            composer::{ComposerView, Unreached},
            countdown::Clock,
            field::Choice,
            icon::Icon,
            kept::Kept,
            own_field::{Control, OwnField},
            pagination::Pages,
            priority::Priority,
            status_pill::Category,
            thread::{Audience, Entry, Happening, Message},
            timeline::Step,
            why::WhyLine,
        },
        console::{
            checklist::{ChecklistView, StepView},
            dashboard::{DashboardView, FigureView, Line as ShiftLine, LoadView, Part},
            kanban::{Card, ColumnView, KanbanPageView, KanbanView},
            later::LaterView,
            list::{ListPageView, ListView, Row, Vocabulary},
            new_ticket::NewTicketView,
            open_tabs::OpenTab,
            search::{Hit, Narrower, SearchView},
            service_level::{ClockLine, ServiceLevelView, StoryLine},
            shared_drafts::SharedDraftView,
            shell::{Place, RailView},
            ticket::{Beyond, LinkView, Present, RequesterView, Tabbed, TicketPageView, TicketView},
            time_spent::{EntryView, TimeView},
        },
        layout::{Frame, MailPages, Viewer},
        portal::{
            home::HomeView,
            incident_form::IncidentFormView,
            request_form::{CatalogTile, RequestFormView},
            sign_in::{Provider, SignInView},
            ticket::{Happened, MyTicketView, Said, What},
            tickets::{MyTicket, TicketsView},
        },
    },
};

/// So many seconds before `now`; after it if negative.
pub fn ago(now: Instant, secs: i64) -> Instant {
    let by = Duration::from_secs(secs.unsigned_abs());
    if secs < 0 { now.plus(by) } else { now.minus(by) }
}

/// A frame for an agent of a desk.
pub fn frame(now: Instant) -> Frame {
    Frame {
        now,
        desk: "Acme IT".into(),
        csrf: "sample".into(),
        upload_bytes_max: crate::limits::UPLOAD_BYTES_MAX,
        viewer: Some(Viewer {
            id: String::new(),
            face: Face::named("Ada Lindqvist"),
            agent: true,
            admin: true,
            mail: MailPages::default(),
            operator: true,
            unread: 3,
            toasts: true,
        }),
        ..Frame::default()
    }
}

pub fn agents() -> Vec<Face> {
    ["Ada Lindqvist", "Tomas Okafor", "Priya Raman", "Jonas Weber"].map(Face::named).to_vec()
}

pub fn files() -> Vec<FileView> {
    let file = |name: &str, bytes, picture, state| FileView {
        id: "1".into(),
        name: name.into(),
        href: "/v1/attachments/1".into(),
        bytes,
        picture,
        state,
        thumbnail: None,
    };
    vec![
        file("vpn-error.png", 214_312, true, FileState::Ready),
        file("client.log", 18_204, false, FileState::Ready),
        file("minutes.docx", 41_000, false, FileState::Scanning),
        file("invoice.exe", 912_000, false, FileState::Held),
    ]
}

pub fn vocabulary() -> Vocabulary {
    let choices = |all: &[(&str, &str)]| all.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    Vocabulary {
        statuses: choices(&[
            ("new", "New"),
            ("assigned", "Assigned"),
            ("in_progress", "In progress"),
            ("awaiting_info", "Awaiting info"),
            ("awaiting_parts", "Awaiting parts"),
            ("resolved", "Resolved"),
            ("closed", "Closed"),
        ]),
        assignees: choices(&[("ada", "Ada Lindqvist"), ("tomas", "Tomas Okafor"), ("priya", "Priya Raman"), ("jonas", "Jonas Weber")]),
        queues: choices(&[("network", "Network"), ("workplace", "Workplace"), ("accounts", "Accounts"), ("apps", "Business apps")]),
        categories: choices(&[("vpn", "Network / VPN"), ("hardware", "Hardware"), ("software", "Software"), ("access", "Access")]),
        levels: choices(&[("high", "High"), ("medium", "Medium"), ("low", "Low")]),
    }
}

pub fn rail() -> RailView {
    let place =
        |name: &str, href: &str, count, near_breach| Place { name: name.into(), href: href.into(), count, near_breach, ..Place::default() };
    let mut views = [
        place("My work", "/agent/views/mine", 9, false),
        place("Unassigned", "/agent/views/unassigned", 14, false),
        place("Breaching soon", "/agent/views/breaching", 3, true),
        place("Breached", "/agent/views/breached", 1, true),
        place("Waiting on us", "/agent/views/on-us", 12, false),
        place("Waiting on them", "/agent/views/waiting", 22, false),
        place("Put aside", "/agent/views/aside", 2, false),
        place("All tickets", "/agent/views/all", 71, false),
    ];
    views[0].current = true;
    let queues = [
        ("Network", "network", 18, true),
        ("Workplace", "workplace", 41, false),
        ("Accounts", "accounts", 7, false),
        ("Business apps", "apps", 5, false),
    ];
    RailView {
        saved: vec![place("Laptops without an owner", "/agent/views/00000000-0000-7000-8000-000000000001", 6, false)],
        views,
        queues: queues.map(|(name, slug, count, near)| place(name, &format!("/agent/queues/{slug}"), count, near)).to_vec(),
        narrow: false,
        current: String::new(),
    }
}

/// Rows of a list: title, requester, organization, status, priority, assignee, seconds left.
type Line = (&'static str, &'static str, &'static str, (Category, &'static str), Priority, Option<usize>, Option<i64>);

const LINES: [Line; 14] = [
    ("VPN drops every hour since the update", "Mina Park", "Finance", (Category::Active, "In progress"), Priority::P1, Some(0), Some(4320)),
    ("Nobody in Hamburg can print", "Ole Brandt", "Hamburg", (Category::New, "New"), Priority::P1, None, Some(1500)),
    ("Invoices show last year's address", "Sara Whitfield", "Finance", (Category::Active, "Assigned"), Priority::P2, Some(0), Some(-2280)),
    (
        "Outlook asks for the password again and again",
        "Liam Nakamura",
        "Sales",
        (Category::Waiting, "Awaiting info"),
        Priority::P2,
        Some(1),
        None,
    ),
    ("New laptop is slow when docked", "Noor Haddad", "Design", (Category::Active, "In progress"), Priority::P3, Some(0), Some(24_000)),
    ("Meeting room 4: the camera is upside down", "Ewa Kowalska", "", (Category::New, "New"), Priority::P3, None, Some(26_500)),
    (
        "Cannot open the shared calendar of the board",
        "Ines Duarte",
        "Management",
        (Category::Active, "In progress"),
        Priority::P3,
        Some(2),
        Some(31_000),
    ),
    (
        "Phone does not ring when the headset is on",
        "Karl Lund",
        "Support",
        (Category::Waiting, "Awaiting parts"),
        Priority::P3,
        Some(0),
        None,
    ),
    ("Wi-Fi is weak in the warehouse", "Bo Andersson", "Logistics", (Category::Active, "Assigned"), Priority::P3, Some(3), Some(61_000)),
    (
        "Please restore a folder I deleted on Monday",
        "Mina Park",
        "Finance",
        (Category::Active, "In progress"),
        Priority::P3,
        Some(0),
        Some(72_000),
    ),
    ("Scanner makes every page green", "Yusuf Demir", "Legal", (Category::New, "New"), Priority::P4, None, Some(130_000)),
    (
        "The intranet search finds nothing from 2024",
        "Greta Holm",
        "People",
        (Category::Active, "Assigned"),
        Priority::P4,
        Some(0),
        Some(160_000),
    ),
    ("Second screen flickers in the morning", "Pavel Novak", "Design", (Category::Waiting, "Awaiting info"), Priority::P4, Some(2), None),
    ("Signature in mails has the old logo", "Anna Rossi", "Sales", (Category::Active, "In progress"), Priority::P4, Some(0), Some(210_000)),
];

pub fn list(now: Instant) -> ListView {
    let agents = agents();
    let row = |(index, line): (usize, &Line)| {
        let (title, requester, organization, (category, status), priority, assignee, left) = *line;
        let age = 700 + 4100 * i64::try_from(index * index).unwrap_or(0);
        Row {
            steps: None,
            more: Vec::new(),
            group: String::new(),
            number: format!("INC-{:06}", 4123 - index * 7),
            title: title.into(),
            priority,
            category,
            status: status.into(),
            requester: requester.into(),
            organization: organization.into(),
            assignee: assignee.and_then(|it| agents.get(it).cloned()),
            clock: left.map_or(Clock::Paused { left_secs: 9000 }, |left| Clock::Running {
                since: ago(now, left.max(0) + 900),
                due: ago(now, -left),
            }),
            changed: ago(now, age),
            unread: index < 3,
            current: false,
            draft: index == 1,
            aside: index == 4,
        }
    };
    ListView {
        without: Vec::new(),
        macros: vec![Choice::new("00000000-0000-7000-8000-000000000002", "Close as duplicate")],
        edit: "/agent/saved-views/new".into(),
        export: String::new(),
        name: "My work".into(),
        href: "/agent/views/mine".into(),
        here: "/agent/views/mine".into(),
        sort: "due".into(),
        rows: LINES.iter().enumerate().map(row).collect(),
        pages: Pages { first: 1, last: 14, total: Some(14.into()), previous: None, next: None },
        vocabulary: vocabulary(),
    }
}

pub fn list_page(now: Instant) -> ListPageView {
    ListPageView { frame: frame(now), rail: rail(), list: list(now) }
}

fn said(id: &str, author: &str, role: &str, audience: Audience, at: Instant, body: &str) -> Message {
    Message {
        id: id.into(),
        author: Face::named(author),
        role: role.into(),
        audience,
        at,
        via: String::new(),
        body_html: body.into(),
        notes: Vec::new(),
        mail: false,
        paper: false,
        blocked_pictures: 0,
        show_pictures: "".into(),
        about: "/agent/tickets/INC-004123/messages/description".into(),
        files: Vec::new(),
        unread: false,
        sending: Box::default(),
    }
}

pub fn thread(now: Instant) -> Vec<Entry> {
    let happening =
        |who: &str, text: &str, secs, icon| Entry::Happening(Happening { text: text.into(), who: who.into(), at: ago(now, secs), icon });
    let mut first = said(
        "c1",
        "Mina Park",
        "Requester",
        Audience::Everybody,
        ago(now, 9300),
        "<p>Good morning,</p><p>since the update last night the VPN drops <strong>every hour, on the hour</strong>. I have to sign in again each time and lose what I was doing in the ledger. Two colleagues on my floor see the same.</p>",
    );
    first.via = "by mail".into();
    first.mail = true;
    first.files = files().into_iter().take(2).collect();
    first.blocked_pictures = 2;
    first.show_pictures = "/agent/tickets/INC-004123/pictures".into();
    let mut last = said(
        "c4",
        "Mina Park",
        "Requester",
        Audience::Everybody,
        ago(now, 700),
        "<p>Yes, at 09:00 again. The log is attached. If it helps: it does <em>not</em> happen on the guest network.</p>",
    );
    last.via = "by mail".into();
    last.body_html.push_str("<details class=\"mail-fold\"><summary>Quoted text</summary><blockquote><p>Thank you, Mina. Could you tell me whether it happened at nine as well?</p></blockquote></details>");
    last.notes = vec!["This mail is signed. The signature was not checked.".into()];
    last.unread = true;
    vec![
        Entry::Message(first),
        happening("Ada Lindqvist", "took it and set the priority to P1", 8700, Icon::Person),
        Entry::Message(said(
            "c2",
            "Ada Lindqvist",
            "Agent",
            Audience::Everybody,
            ago(now, 8400),
            "<p>Thank you, Mina. That sounds like the new session limit. Could you tell me whether it happened at nine as well, and send me the file <code>client.log</code>?</p>",
        )),
        happening("Ada Lindqvist", "set the status to Awaiting info; the clock stood still", 8380, Icon::Pause),
        Entry::Message(said(
            "c3",
            "Tomas Okafor",
            "Agent",
            Audience::Agents,
            ago(now, 5200),
            "<p>The gateway was patched at 23:40. The re-key interval went from 8 h to 1 h; I think this is it. I can roll it back after lunch if you say so.</p>",
        )),
        Entry::Message(last),
    ]
}

fn service_level(now: Instant) -> ServiceLevelView {
    let line = |name: &str, clock, used, allowed| ClockLine { name: name.into(), clock, used, allowed, breached: false };
    ServiceLevelView {
        policy: "Incidents".into(),
        because: "number 1 in the order, and the first that is for it: kind:incident".into(),
        clocks: vec![
            line("First response", Clock::Met, 720, 900),
            line("Resolution", Clock::Running { since: ago(now, 9300), due: ago(now, -4320) }, 9300, 14_400),
            line("Team's part", Clock::Paused { left_secs: 5400 }, 1800, 7200),
        ],
        story: vec![
            StoryLine { at: ago(now, 9300), text: "From here on: Incidents, P1, the calendar of the desk".into(), worked: None },
            StoryLine { at: ago(now, 9300), text: "Ran in the hours of Office hours, until now".into(), worked: Some(9300) },
        ],
        escalated: Some(("Mina Park".into(), ago(now, 600), "The month end is today.".into())),
        acknowledged: None,
        may_acknowledge: true,
        may_escalate: false,
    }
}

pub fn ticket(now: Instant) -> TicketView {
    TicketView {
        time: time(),
        checklist: ChecklistView {
            steps: vec![
                StepView { id: 1, text: "Ask for the serial number".into(), required: true, done: "Ada Lovelace".into() },
                StepView { id: 2, text: "Order the part".into(), required: true, done: String::new() },
                StepView { id: 3, text: "Tell the requester when it comes".into(), required: false, done: String::new() },
            ],
            lists: vec![Choice::new("00000000-0000-7000-8000-000000000003", "New laptop")],
        },
        own: vec![
            OwnField {
                name: "custom.device".into(),
                label: "Device".into(),
                control: Control::One,
                choices: vec![Choice::new("laptop", "Laptop")],
                values: vec!["laptop".into()],
                ..OwnField::default()
            },
            OwnField { name: "custom.cause".into(), label: "Cause".into(), control: Control::Lines, required: true, ..OwnField::default() },
        ],
        why: vec![WhyLine { what: "Queue".into(), why: "The rule VPN says so (version 3).".into(), at: ago(now, 4_000) }],
        merged: None,
        may_write_articles: true,
        joined: Vec::new(),
        beyond: Beyond::default(),
        number: "INC-004123".into(),
        title: "VPN drops every hour since the update".into(),
        kind: "Incident".into(),
        category: Category::Active,
        status_name: "In progress".into(),
        status: "in_progress".into(),
        priority: Priority::P1,
        impact: "high".into(),
        urgency: "high".into(),
        assignee: "ada".into(),
        queue: "network".into(),
        subject: "vpn".into(),
        tags: vec!["vpn".into(), "gateway".into(), "patch-night".into()],
        clocks: vec![("Answer".into(), Clock::Met), ("Resolve".into(), Clock::Running { since: ago(now, 9300), due: ago(now, -4320) })],
        service_level: service_level(now),
        created: ago(now, 9300),
        channel: "by mail".into(),
        requester: RequesterView {
            face: Face::named("Mina Park"),
            reached_by: "mina.park@acme.example".into(),
            organization: "Finance".into(),
            open_tickets: 1,
            href: "/agent/search?q=requester:mina.park@acme.example".into(),
            vip: true,
        },
        watchers: agents().into_iter().skip(1).take(2).map(|it| (it.name.clone(), it)).collect(),
        people: "/agent/requesters".into(),
        due: String::new(),
        due_shown: String::new(),
        parts: 0,
        may_delete: true,
        watching: false,
        links: vec![
            LinkView {
                kind: "blocks".into(),
                relation: "blocks".into(),
                number: "INC-004088".into(),
                title: "Ledger loses entries".into(),
                category: Category::Waiting,
            },
            LinkView {
                kind: "caused by".into(),
                relation: "caused_by".into(),
                number: "CHG-000310".into(),
                title: "Patch the gateways".into(),
                category: Category::Closed,
            },
        ],
        here: vec![Present { face: Face::named("Tomas Okafor"), replies: true, notes: false }],
        open: vec![
            OpenTab { number: "INC-000123".into(), title: "VPN drops every hour".into(), draft: true, current: true },
            OpenTab { number: "REQ-000042".into(), title: "New laptop for Sami".into(), draft: false, current: false },
        ],
        shared: vec![SharedDraftView {
            id: "1".into(),
            body: "Please restart the client; the new profile is out.".into(),
            writer: "Tomas Okafor".into(),
            others: 1,
            version: 2,
            at: ago(now, 300),
            ..SharedDraftView::default()
        }],
        later: LaterView {
            may_put_aside: true,
            moments: vec![Choice::new("tomorrow", "Tomorrow morning")],
            reminders: vec![("1".into(), ago(now, -7200), "Ring the supplier".into())],
            ..LaterView::default()
        },
        messages: 4,
        files: 2,
        tabbed: Tabbed::Conversation(thread(now)),
        composer: ComposerView {
            texts: true,
            action: "/agent/tickets/INC-004123/comments".into(),
            draft: "INC-004123".into(),
            to: "Mina Park".into(),
            seen: "c4".into(),
            unreached: vec![Unreached {
                address: "mina.park@example.com".into(),
                reason: "550 5.1.1 There is no such mailbox here.".into(),
                since: Instant::from_millis(now.as_millis() - 3 * 86_400_000),
                by_hand: false,
            }],
            release: "/agent/admin/sending/addresses".into(),
            ..ComposerView::default()
        },
        conflict: None,
        may_change: true,
        vocabulary: vocabulary(),
    }
}

pub fn ticket_page(now: Instant) -> TicketPageView {
    let mut list = list(now);
    if let Some(row) = list.rows.first_mut() {
        row.current = true;
        row.unread = false;
    }
    TicketPageView { frame: frame(now), rail: rail(), list, ticket: ticket(now) }
}

/// The ticket with its history open.
pub fn ticket_history(now: Instant) -> TicketPageView {
    let mut view = ticket_page(now);
    let step = |who: &str, text: &str, secs| Step {
        title: html! { strong { (who) } " " (text) },
        body: None,
        at: ago(now, secs),
        mine: false,
        now: false,
    };
    view.ticket.tabbed = Tabbed::History(vec![
        step("Mail", "made the ticket from a message of mina.park@acme.example", 9300),
        step("Ada Lindqvist", "set the assignee to Ada Lindqvist", 8700),
        step("Ada Lindqvist", "changed the priority from P3 to P1", 8699),
        step("Ada Lindqvist", "changed the status from Assigned to Awaiting info", 8380),
        step("Mail", "changed the status from Awaiting info to In progress, since the requester answered", 700),
    ]);
    view
}

/// What was worked on the sample ticket.
fn time() -> TimeView {
    let entry = |id: &str, length: &str, note: &str, may_change| EntryView {
        id: id.into(),
        who: "Ada Lindqvist".into(),
        length: length.into(),
        typed: "25m".into(),
        day: "1 May 2026".into(),
        date: "2026-05-01".into(),
        category: "support".into(),
        category_name: "Support".into(),
        billable: true,
        note: note.into(),
        may_change,
    };
    TimeView {
        shown: true,
        total: "1 h 25 min".into(),
        billable: "1 h 25 min".into(),
        entries: vec![entry("a", "25 min", "Looked at the gateway", true), entry("b", "1 h", "", false)],
        categories: vec![Choice::new("support", "Support"), Choice::new("travel", "Travel")],
        today: "2026-05-01".into(),
        may_add: true,
    }
}

pub fn caller() -> CallerView {
    let found = |id: &str, name: &str, about: &str| Found { id: id.into(), name: name.into(), about: about.into() };
    CallerView {
        source: "/agent/requesters".into(),
        text: "mina".into(),
        found: vec![found("1", "Mina Park", "mina.park@acme.example · Acme Works"), found("2", "Mina Miller", "+49 911 4711")],
        error: Some("Choose who it is, or add somebody.".into()),
        ..CallerView::default()
    }
}

pub fn new_caller() -> CallerView {
    CallerView {
        source: "/agent/requesters".into(),
        new: ["Joe".into(), String::new(), "12".into()],
        new_errors: [None, None, Some("That is no telephone number.".into())],
        ..CallerView::default()
    }
}

pub fn figures() -> Vec<FigureView> {
    let one = |name: &str, count, late| FigureView { name: name.into(), count, href: "#numbers-and-lines".into(), late };
    vec![one("My work", 12, false), one("Overdue", 2, true), one("Due today", 0, false)]
}

pub fn lines(now: Instant) -> Vec<ShiftLine> {
    let one = |number: &str, title: &str, about: &str, clock, at| ShiftLine {
        number: number.into(),
        title: title.into(),
        priority: Priority::P2,
        clock,
        about: about.into(),
        at,
    };
    let running = Clock::Running { since: ago(now, 7200), due: ago(now, -600) };
    vec![
        one("INC-000123", "VPN drops every hour", "Mina Park", running, None),
        one("INC-000124", "Printer on floor 3", "Ask whether the part has come", Clock::None, Some(ago(now, -7200))),
    ]
}

/// Two cards of a board: one that may be moved, one that may not.
pub fn cards(now: Instant) -> Vec<Card> {
    let rows = list(now).rows;
    let card = |row: Row, may_move| Card {
        property: "status",
        was: "new".into(),
        choices: vec![Choice::new("new", "New"), Choice::new("open", "Open")],
        may_move,
        row,
    };
    rows.into_iter().take(2).enumerate().map(|(at, row)| card(row, at == 0)).collect()
}

pub fn kanban_page(now: Instant) -> KanbanPageView {
    let column = |value: &str, name: &str, tone, cards: Vec<Card>, total| ColumnView {
        value: value.into(),
        name: name.into(),
        face: None,
        tone: Some(tone),
        total,
        cards,
        href: "/agent/search?q=status:new".into(),
    };
    let columns =
        vec![column("new", "New", Category::New, cards(now), 31), column("in_progress", "In progress", Category::Active, Vec::new(), 0)];
    let board = KanbanView {
        name: "Network".into(),
        href: "/agent/queues/1".into(),
        by: "status".into(),
        total: 31,
        limit: Some((12, 15)),
        columns,
        ..KanbanView::default()
    };
    KanbanPageView { frame: frame(now), rail: rail(), board }
}

pub fn dashboard(now: Instant) -> DashboardView {
    let load = |name: &str, face: bool, open, limit| LoadView {
        name: name.into(),
        face: face.then(|| Face::named(name)),
        href: "/agent/search?q=x".into(),
        open,
        unassigned: (!face).then(|| (3, "/agent/search?q=y".to_owned())),
        limit,
        away: false,
    };
    DashboardView {
        frame: frame(now),
        rail: rail(),
        greeting: "Good morning, Ada".into(),
        figures: figures(),
        parts: vec![Part { name: "Next for you".into(), lines: lines(now), total: 12, href: "/agent/views/mine".into() }],
        queues: vec![load("Network", false, 12, Some(15)), load("Workplace", false, 30, None)],
        team: vec![load("Ada Lindqvist", true, 7, Some(10)), load("Bob Hale", true, 14, Some(10))],
    }
}

pub fn new_ticket(now: Instant) -> NewTicketView {
    NewTicketView {
        frame: frame(now),
        rail: rail(),
        vocabulary: vocabulary(),
        kind: "incident".into(),
        channel: "phone".into(),
        caller: caller(),
        priority: Some(Priority::P3),
        ..NewTicketView::default()
    }
}

pub fn search(now: Instant) -> SearchView {
    let hit = |kind: &str, title: &str, excerpt: &str, status: Option<(Category, &str)>, secs| Hit {
        kind: kind.into(),
        title: title.into(),
        href: "/agent/tickets/INC-004123".into(),
        excerpt_html: excerpt.into(),
        status: status.map(|(category, name)| (category, name.into())),
        changed: ago(now, secs),
    };
    let mut rail = rail();
    rail.views.iter_mut().for_each(|it| it.current = false);
    SearchView {
        frame: frame(now),
        rail,
        query: "vpn gateway".into(),
        hits: vec![
            hit(
                "INC-004123",
                "VPN drops every hour since the update",
                "The <mark>gateway</mark> was patched at 23:40. The re-key interval went from 8 h to 1 h",
                Some((Category::Active, "In progress")),
                700,
            ),
            hit(
                "INC-003871",
                "Cannot reach the file server from home",
                "connected to the <mark>VPN</mark>, but the <mark>gateway</mark> answers with 403",
                Some((Category::Closed, "Closed")),
                2_000_000,
            ),
            hit(
                "CHG-000310",
                "Patch the gateways",
                "both <mark>VPN</mark> <mark>gateways</mark>, one after the other, Thursday night",
                Some((Category::Closed, "Closed")),
                90_000,
            ),
        ],
        facets: vec![
            ("State", vec![Narrower { name: "In progress".into(), count: 1, href: "/agent/search?q=vpn".into(), current: false }]),
            ("Queue", vec![Narrower { name: "Network".into(), count: 3, href: "/agent/search?q=vpn".into(), current: true }]),
        ],
        counts_newest: true,
        pages: Pages { first: 1, last: 3, total: Some(3.into()), previous: None, next: None },
        error: None,
        stale: false,
    }
}

fn my_tickets(now: Instant) -> Vec<MyTicket> {
    let one = |number: &str, title: &str, category, secs, unread| MyTicket {
        number: number.into(),
        title: title.into(),
        category,
        changed: ago(now, secs),
        unread,
        by: String::new(),
    };
    vec![
        one("INC-004123", "VPN drops every hour since the update", Category::Active, 700, true),
        one("INC-004060", "Please restore a folder I deleted on Monday", Category::Waiting, 92_000, false),
        one("REQ-000871", "A second screen for the ledger", Category::New, 260_000, false),
    ]
}

pub fn requester_frame(now: Instant) -> Frame {
    Frame {
        viewer: Some(Viewer {
            id: String::new(),
            face: Face::named("Mina Park"),
            agent: false,
            admin: false,
            mail: MailPages::default(),
            operator: false,
            unread: 0,
            toasts: true,
        }),
        ..frame(now)
    }
}

pub fn home(now: Instant) -> HomeView {
    HomeView { frame: requester_frame(now), first_name: "Mina".into(), open: my_tickets(now), open_total: 3, known: Vec::new() }
}

pub fn tickets(now: Instant) -> TicketsView {
    TicketsView { frame: requester_frame(now), tickets: my_tickets(now), ..TicketsView::default() }
}

pub fn incident_form(now: Instant) -> IncidentFormView {
    IncidentFormView {
        frame: requester_frame(now),
        answer_within: "within 4 working hours".into(),
        phone: "040 555 01 99".into(),
        ..IncidentFormView::default()
    }
}

pub fn request_form(now: Instant) -> RequestFormView {
    let tile = |name: &str, about: &str, takes: &str, icon| CatalogTile {
        name: name.into(),
        about: about.into(),
        takes: takes.into(),
        href: "#request".into(),
        icon,
    };
    RequestFormView {
        frame: requester_frame(now),
        tiles: vec![
            tile("A laptop", "New, or instead of an old one.", "your manager approves · 5 days", Icon::Laptop),
            tile("Access", "To a folder, a system or a building.", "its owner approves · 1 day", Icon::Key),
            tile("Software", "From the list, or something new.", "usually the same day", Icon::Box),
            tile("Somebody starts", "Everything for a first day.", "tell us 10 days before", Icon::People),
        ],
        ..RequestFormView::default()
    }
}

pub fn sign_in(now: Instant) -> SignInView {
    SignInView {
        frame: Frame { viewer: None, ..frame(now) },
        providers: vec![Provider { name: "Microsoft".into(), href: "/sign-in/microsoft".into() }],
        local: true,
        ..SignInView::default()
    }
}

pub fn my_ticket(now: Instant) -> MyTicketView {
    let happened = |name: &str, secs, what| Happened { who: Face::named(name), mine: name == "Mina Park", at: ago(now, secs), what };
    let text = |html: &str, files| What::Said(Said { html: html.into(), files, ..Said::default() });
    MyTicketView {
        own: vec![("Device".into(), "Laptop".into())],
        goes_on: None,
        frame: requester_frame(now),
        number: "INC-004123".into(),
        title: "VPN drops every hour since the update".into(),
        category: Category::Active,
        outage: Some(KnownRow { message: "The VPN drops every hour. We are on it.".into(), since: ago(now, 5_400) }),
        promise: Some(("We aim to have it solved".into(), Some(ago(now, -4320)))),
        may_escalate: true,
        next: "Ada is looking into it. You hear from us by 14:00 today.".into(),
        happened: vec![
            happened(
                "Mina Park",
                9300,
                text(
                    "<p>Since the update last night the VPN drops every hour, on the hour. Two colleagues on my floor see the same.</p>",
                    files().into_iter().take(1).collect(),
                ),
            ),
            happened("Ada Lindqvist", 8700, What::Did("is looking into it".into())),
            happened(
                "Ada Lindqvist",
                8400,
                text(
                    "<p>Thank you, Mina. That sounds like the new session limit. Could you tell me whether it happened at nine as well?</p>",
                    Vec::new(),
                ),
            ),
            happened("Mina Park", 700, text("<p>Yes, at 09:00 again. It does <em>not</em> happen on the guest network.</p>", Vec::new())),
        ],
        may_reply: true,
        may_solve: true,
        may_reopen: false,
        draft: String::new(),
        kept: Kept::default(),
        error: None,
    }
}
