//! The query language by example, and its law: what is printed parses to the same tree.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use uuid::Uuid;

use crate::time::Instant;

use super::*;

/// A desk with a few names. Each id is a small number.
struct Desk;

impl Names for Desk {
    fn me(&self) -> Option<Uuid> {
        Some(Uuid::from_u128(1))
    }

    fn find(&self, kind: NameKind, name: &str) -> Vec<Uuid> {
        let known: &[(NameKind, &str, u128)] = &[
            (NameKind::Person, "anna@example.org", 2),
            (NameKind::Person, "Miller", 3),
            (NameKind::Person, "Miller", 4),
            (NameKind::Queue, "network", 10),
            (NameKind::Queue, "service desk", 11),
            (NameKind::Team, "field", 12),
        ];
        known.iter().filter(|it| it.0 == kind && it.1.eq_ignore_ascii_case(name)).map(|it| Uuid::from_u128(it.2)).collect()
    }

    fn known(&self, kind: NameKind) -> Vec<String> {
        let names: &[&str] = if kind == NameKind::Queue { &["network", "service desk"] } else { &[] };
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    fn state(&self, name: &str) -> Vec<String> {
        ["in_progress", "awaiting_parts"].into_iter().filter(|it| it.eq_ignore_ascii_case(name)).map(str::to_owned).collect()
    }

    fn states(&self) -> Vec<String> {
        vec!["in_progress".to_owned(), "awaiting_parts".to_owned()]
    }

    fn custom(&self, key: &str) -> bool {
        self.customs().iter().any(|it| it == key)
    }

    fn customs(&self) -> Vec<String> {
        vec!["cost".to_owned(), "site".to_owned()]
    }
}

/// 30 March 2026, the day after the clocks went forward, 10:00 in Berlin.
const NOW: &str = "2026-03-30T08:00:00Z";

fn bound_as(text: &str, typing: Typing) -> Result<Cond, String> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let binding = Binding { names: &Desk, now: NOW.parse().unwrap(), zone: &zone, typing };
    parse(text).and_then(|query| bind(&query, &binding)).map_err(|refusal| {
        assert_eq!(refusal.fields[0].field, "q");
        refusal.detail.into()
    })
}

fn bound(text: &str) -> Result<Cond, String> {
    bound_as(text, Typing::Done)
}

#[test]
fn prints_what_it_read() {
    for (text, printed) in [
        ("", ""),
        ("   ", ""),
        ("vpn", "vpn"),
        ("vpn  error", "vpn error"),
        ("vpn AND error", "vpn error"),
        ("a OR b c OR d", "a OR b c OR d"),
        ("(a OR b) c", "(a OR b) c"),
        ("((a))", "a"),
        ("-a", "NOT a"),
        ("- a", "error"),
        ("NOT (a b)", "NOT (a b)"),
        ("NOT NOT a", "NOT (NOT a)"),
        ("re-open", "re-open"),
        ("status:open", "status:open"),
        ("STATE:open", "status:open"),
        ("customer : me", "requester:me"),
        ("priority <= 2", "priority<=2"),
        ("created:>-7d", "created>-7d"),
        ("created>2026-05-01T09:30:00Z", "created>2026-05-01T09:30:00Z"),
        ("tag:(a,b , \"c d\")", "tag:(a, b, \"c d\")"),
        ("priority:1..2", "priority:1..2"),
        ("due:..today", "due:..today"),
        ("due:today..", "due:today.."),
        ("created:2026-01-01..2026-02-01", "created:2026-01-01..2026-02-01"),
        (r#""say \"hi\" in C:\temp""#, r#""say \"hi\" in C:\\temp""#),
        ("custom.cost>5", "custom.cost>5"),
        ("anna@example.org", "anna@example.org"),
        ("OR", "error"),
        ("Order", "Order"),
        ("\"OR\"", "\"OR\""),
        ("東京 OR größe", "東京 OR größe"),
    ] {
        match parse(text) {
            Ok(query) => assert_eq!(query.to_string(), printed, "{text}"),
            Err(refusal) => assert_eq!(printed, "error", "{text}: {refusal}"),
        }
    }
}

#[test]
fn errors_name_the_place_and_the_nearest_name() {
    for (text, message) in [
        ("staus:open", "There is no field `staus`, at column 1; did you mean `status`?"),
        ("vpn http://x", "There is no field `http`, at column 5; to search for it as text, put it in quotes"),
        ("queue:netwrok", "There is no queue `netwrok`, at column 7; did you mean `network`?"),
        ("status:in_progres", "There is no state `in_progres`, at column 8; did you mean `in_progress`?"),
        ("kind:incidnt", "There is no kind `incidnt`, at column 6; did you mean `incident`?"),
        ("channel:fone", "There is no channel `fone`, at column 9"),
        ("is:overdu", "There is no state for `is:` `overdu`, at column 4; did you mean `overdue`?"),
        ("has:atachment", "did you mean `attachment`?"),
        ("custom.cots:1", "There is no field `custom.cots`, at column 1; did you mean `custom.cost`?"),
        ("priority:5", "`5` is not a priority"),
        ("priority:none", "`none` is not a priority"),
        ("status>open", "`status` has no order"),
        ("queue:a..b", "`queue` has no order, so it takes no range"),
        ("created:sometimes", "`sometimes` is not a date"),
        ("created:2026-02-30", "`2026-02-30` is not a date"),
        ("created:none", "Every ticket has `created`"),
        ("created:(today, now)", "Instants are compared one at a time"),
        ("assignee:(any, me)", "`any` stands alone"),
        ("number:abc", "`abc` is not a number"),
        ("tag:a,b", "A list stands in brackets"),
        ("tag:(a b)", "A comma is missing in the list, at column 8."),
        ("tag:(a", "There is a `(` without its `)`, at column 5."),
        ("tag:", "A value is missing, at column 5."),
        ("tag:()", "A value is missing, at column 6."),
        ("tag:..", "A range needs at least one end"),
        ("tag:a\"b\"", "A space is missing after the value"),
        ("priority<(1, 2)", "A list cannot be compared with `<`"),
        ("priority<1..2", "A range cannot be compared with `<`"),
        ("(a", "There is a `(` without its `)`, at column 1."),
        ("a)", "There is a `)` without its `(`, at column 2."),
        ("()", "Something to look for is missing, at column 2."),
        ("a OR", "Something to look for is missing, at column 5."),
        ("a AND OR b", "Something to look for is missing"),
        ("NOT", "Something to look for is missing"),
        ("\"abc", "A quote is opened and not closed, at column 1."),
        ("- x", "There is nothing to search for in `-`"),
        ("\"\"", "There is nothing to search for in `\"\"`"),
        ("title:\"--\"", "There is nothing to search for in `--`"),
        (">5", "A field is missing before the comparison"),
        ("custom.:5", "`custom.` needs the key"),
    ] {
        let error = bound(text).unwrap_err();
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn stays_within_its_limits() {
    use crate::limits::{QUERY_BYTES_MAX, QUERY_DEPTH_MAX, QUERY_TERMS_MAX};
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let words = |count: usize| "a ".repeat(count);
    for (text, fits) in [
        (nested(QUERY_DEPTH_MAX), true),
        (nested(QUERY_DEPTH_MAX + 1), false),
        ("NOT ".repeat(QUERY_DEPTH_MAX + 1) + "a", false),
        (words(QUERY_TERMS_MAX), true),
        (words(QUERY_TERMS_MAX + 1), false),
        (format!("tag:({})", vec!["a"; QUERY_TERMS_MAX].join(",")), false),
        ("a".repeat(QUERY_BYTES_MAX), true),
        ("a".repeat(QUERY_BYTES_MAX + 1), false),
    ] {
        assert_eq!(parse(&text).is_ok(), fits, "{text}");
    }
}

fn ids(numbers: &[u128]) -> Presence {
    Presence::OneOf { ids: numbers.iter().map(|it| Uuid::from_u128(*it)).collect(), or_none: false }
}

fn not(cond: Cond) -> Cond {
    Cond::Not(Box::new(cond))
}

#[test]
fn means_what_it_says() {
    let none = Presence::OneOf { ids: Default::default(), or_none: true };
    let open = Test::Status(Category::OPEN.map(StatusTest::Category).to_vec());
    for (text, test) in [
        ("status:open", open.clone()),
        ("is:open", open),
        (
            "status:(closed, In_Progress)",
            Test::Status(vec![StatusTest::Category(Category::Closed), StatusTest::State("in_progress".to_owned())]),
        ),
        ("kind:(incident, task)", Test::Kind([Kind::Incident, Kind::Task].into())),
        ("priority<=2", Test::Priority([1, 2].into())),
        ("priority<=high", Test::Priority([1, 2].into())),
        ("impact>high", Test::Impact([3, 4].into())),
        ("priority>P2", Test::Priority([3, 4].into())),
        ("priority:critical", Test::Priority([1].into())),
        ("priority:2..", Test::Priority([2, 3, 4].into())),
        ("impact:none", Test::Impact([0].into())),
        ("urgency:any", Test::Urgency([1, 2, 3, 4].into())),
        ("assignee:me", Test::Assignee(ids(&[1]))),
        ("is:mine", Test::Assignee(ids(&[1]))),
        ("assignee:Miller", Test::Assignee(ids(&[3, 4]))),
        ("assignee:none", Test::Assignee(none.clone())),
        ("is:unassigned", Test::Assignee(none)),
        ("has:assignee", Test::Assignee(Presence::Any)),
        ("queue:\"Service Desk\"", Test::Queue(ids(&[11]))),
        ("tag:(VPN, none)", Test::Tag(vec![Some("vpn".to_owned()), None])),
        ("tag:\"none\"", Test::Tag(vec![Some("none".to_owned())])),
        ("source:web", Test::Channel(vec!["portal"])),
        ("channel:walk-in", Test::Channel(vec!["walk_in"])),
        ("breach:response", Test::Breach(Breach::Response)),
        ("has:attachments", Test::Has(Part::Attachment)),
        ("is:paused", Test::Is(Flag::Paused)),
        ("is:watched", Test::Watcher(ids(&[1]))),
        ("number:INC-000123", Test::Number(NumberTest { prefix: Some("INC".to_owned()), from: 123, to: 123 })),
        ("number>=100", Test::Number(NumberTest { prefix: None, from: 100, to: u64::MAX })),
        ("due:none", Test::Time(TimeField::Due, TimeTest::Missing)),
        ("has:due", Test::Time(TimeField::Due, TimeTest::Present)),
        ("custom.site:Berlin", Test::Custom(CustomTest { key: "site".to_owned(), test: CustomMatch::OneOf(vec!["berlin".to_owned()]) })),
        ("custom.cost:1..5", Test::Custom(CustomTest { key: "cost".to_owned(), test: CustomMatch::Between(1.0, 5.0) })),
        ("custom.cost:none", Test::Custom(CustomTest { key: "cost".to_owned(), test: CustomMatch::None })),
    ] {
        assert_eq!(bound(text), Ok(Cond::Test(test)), "{text}");
    }
    assert_eq!(bound("tag:any"), Ok(not(Cond::Test(Test::Tag(vec![None])))));
    assert_eq!(bound("priority!=1"), Ok(not(Cond::Test(Test::Priority([1].into())))));
    assert_eq!(bound(""), Ok(Cond::always()));
}

#[test]
fn usual_values_can_be_asked_for() {
    for row in FIELDS {
        for value in usual_values(row.field) {
            let text = format!("{}:{value}", row.name);
            assert!(bound(&text).is_ok(), "{text}");
        }
    }
    assert!(usual_values(Field::Channel).contains(&"walk_in") && !usual_values(Field::Channel).contains(&"web"));
}

#[test]
fn dates_are_those_of_the_asker() {
    // The 29th had 23 hours there, and the offset is two hours after it.
    for (text, from, before) in [
        ("created:2026-03-29", Some("2026-03-28T23:00:00Z"), Some("2026-03-29T22:00:00Z")),
        ("created:today", Some("2026-03-29T22:00:00Z"), Some("2026-03-30T22:00:00Z")),
        ("created:yesterday", Some("2026-03-28T23:00:00Z"), Some("2026-03-29T22:00:00Z")),
        ("created>2026-03-29", Some("2026-03-29T22:00:00Z"), None),
        ("created>=2026-03-29", Some("2026-03-28T23:00:00Z"), None),
        ("created<today", None, Some("2026-03-29T22:00:00Z")),
        ("created<=today", None, Some("2026-03-30T22:00:00Z")),
        ("created:2026-02", Some("2026-01-31T23:00:00Z"), Some("2026-02-28T23:00:00Z")),
        ("created:2026-03-30T09:30", Some("2026-03-30T07:30:00Z"), Some("2026-03-30T07:31:00Z")),
        ("created:2026-03-30T09:30:00Z", Some("2026-03-30T09:30:00Z"), Some("2026-03-30T09:30:00.001Z")),
        ("created>-7d", Some("2026-03-23T09:00:00.001Z"), None),
        ("created:-7d", Some("2026-03-23T09:00:00Z"), Some("2026-03-30T08:00:00.001Z")),
        ("created:+2h", Some("2026-03-30T08:00:00Z"), Some("2026-03-30T10:00:00.001Z")),
        ("created:-1w..-1d", Some("2026-03-23T09:00:00Z"), Some("2026-03-29T08:00:00.001Z")),
        ("created<=now", None, Some("2026-03-30T08:00:00.001Z")),
        ("created:2026-03-01..", Some("2026-02-28T23:00:00Z"), None),
    ] {
        let instant = |it: Option<&str>| it.map(|it| it.parse::<Instant>().unwrap());
        let range = TimeRange { from: instant(from), before: instant(before) };
        assert_eq!(bound(text), Ok(Cond::Test(Test::Time(TimeField::Created, TimeTest::Within(range)))), "{text}");
    }
}

#[test]
fn the_last_word_may_go_on() {
    let word = |text: &str, prefix| Cond::Text(TextQuery { text: text.to_owned(), phrase: false, prefix, scope: TextScope::All });
    for (text, typing, expected) in [
        ("prin", Typing::GoesOn, word("prin", true)),
        ("prin", Typing::Done, word("prin", false)),
        ("prin ", Typing::GoesOn, word("prin", false)),
        ("prin*", Typing::Done, word("prin", true)),
        ("big prin", Typing::GoesOn, Cond::And(vec![word("big", false), word("prin", true)])),
    ] {
        assert_eq!(bound_as(text, typing), Ok(expected), "{text}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let word = "[a-zäß京0-9][a-z0-9@._+-]{0,8}[a-z0-9]".prop_filter("dots make a range", |it| !it.contains(".."));
    let phrase = "[ -~ä京]{0,12}";
    prop_oneof![word.prop_map(|text| (text, false)), phrase.prop_map(|text| (text, true))].prop_map(|(text, quoted)| Value {
        text,
        quoted,
        at: At::default(),
    })
}

fn node() -> impl Strategy<Value = Node> {
    let op = prop::sample::select(vec![Op::Is, Op::Equal, Op::NotEqual, Op::Less, Op::LessOrEqual, Op::Greater, Op::GreaterOrEqual]);
    let set_op = prop::sample::select(vec![Op::Is, Op::Equal, Op::NotEqual]);
    let field = prop_oneof![
        prop::sample::select(FIELDS.iter().map(|row| FieldName::Known(row.field)).collect::<Vec<_>>()),
        "[a-z_]{1,8}".prop_map(FieldName::Custom)
    ];
    let single = value().prop_map(Values::One);
    let several = prop_oneof![
        prop::collection::vec(value(), 1..4).prop_map(Values::List),
        (prop::option::of(value()), value()).prop_map(|(from, to)| Values::Range(from, Some(to))),
        value().prop_map(|from| Values::Range(Some(from), None)),
    ];
    let test = prop_oneof![(field.clone(), op, single), (field, set_op, several)].prop_map(|(field, op, values)| Node::Test {
        field,
        op,
        values,
        at: At::default(),
    });
    let text = value().prop_filter("nothing to search for", |it| it.text.chars().any(char::is_alphanumeric)).prop_map(Node::Text);
    prop_oneof![test, text].prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Node::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Node::Or),
            inner.prop_map(|node| Node::Not(Box::new(node))),
        ]
    })
}

/// Whether it parses, or is larger than a query may be.
fn fits(node: &Node) -> bool {
    parse(&node.to_string()).is_ok() || node.to_string().len() > 4096 || terms(node) > 60
}

fn terms(node: &Node) -> usize {
    match node {
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().map(terms).sum(),
        Node::Not(node) => terms(node),
        Node::Test { values: Values::List(values), .. } => 1 + values.len(),
        Node::Test { .. } | Node::Text(_) => 1,
    }
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same_tree(node in node()) {
        prop_assert!(fits(&node), "{} is refused", node);
        if let Ok(query) = parse(&node.to_string()) {
            prop_assert_eq!(query.root, Some(node));
        }
    }

    #[test]
    fn no_text_upsets_the_reader(text in "[a-z():=<>!.,\"\\\\ \\-*#ä0-9]{0,40}") {
        if let Ok(query) = parse(&text) {
            prop_assert_eq!(parse(&query.to_string()).map(|it| it.root), Ok(query.root.clone()));
        }
        let _ = bound(&text);
    }
}
