//! What fits, and what follows.

use super::*;

fn message() -> ParsedMessage {
    ParsedMessage {
        from: Some(Mailbox { name: "Nagios".into(), address: "Alerts@mon.example.com".into() }),
        to: vec![Mailbox { name: String::new(), address: "help@example.com".into() }],
        subject: "** PROBLEM: disk full on db1 **".into(),
        text: "CRITICAL - 98% used".into(),
        headers: vec![("X-Priority".into(), "1".into())],
        automatic: Automatic::Notice { reason: "x".into() },
        ..ParsedMessage::default()
    }
}

fn condition(field: &str, op: Op, value: &str) -> Condition {
    Condition { field: Field::named(field).unwrap(), op, value: value.into() }
}

fn filter(name: &str, all: bool, conditions: Vec<Condition>, actions: Vec<Action>, last: bool) -> MailFilter {
    let draft = FilterDraft { name: name.into(), position: 0, enabled: true, all, conditions, actions, last };
    draft.checked(MailFilterId(uuid::Uuid::nil()), Instant::EPOCH, 1).unwrap()
}

#[test]
fn conditions_compare_each_in_its_way() {
    for (field, op, value, fits) in [
        ("from", Op::Is, "alerts@MON.example.com", true),
        ("from", Op::Is, "nagios", true),
        ("from", Op::Ends, "@mon.example.com", true),
        ("from", Op::Ends, "@other.example", false),
        ("recipient", Op::Contains, "help@", true),
        ("subject", Op::Begins, "** problem", true),
        ("subject", Op::Matches, r"disk full on \w+\d", true),
        ("subject", Op::Matches, r"^disk", false),
        ("text", Op::Lacks, "warning", true),
        ("text", Op::Lacks, "critical", false),
        ("header:x-priority", Op::Exists, "", true),
        ("header:x-other", Op::Exists, "", false),
        ("automatic", Op::Is, "notice", true),
        ("mailbox", Op::Is, "hook", true),
        ("attachment", Op::Exists, "", false),
    ] {
        let filter = filter("x", true, vec![condition(field, op, value)], vec![Action::LetIn], false);
        assert_eq!(filter.fits(&message(), None, "hook"), fits, "{field} {op:?} {value}");
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for (conditions, actions) in [
        (vec![], vec![Action::Hold]),
        (vec![condition("subject", Op::Is, "x")], vec![]),
        (vec![condition("subject", Op::Is, " ")], vec![Action::Hold]),
        (vec![condition("subject", Op::Matches, "(")], vec![Action::Hold]),
        (vec![condition("subject", Op::Matches, "((a{1000}){1000})")], vec![Action::Hold]),
        (vec![condition("subject", Op::Is, &"x".repeat(501))], vec![Action::Hold]),
    ] {
        let draft = FilterDraft { name: "x".into(), conditions, actions, ..FilterDraft::default() };
        assert!(draft.clone().checked(MailFilterId(uuid::Uuid::nil()), Instant::EPOCH, 1).is_err(), "{draft:?}");
    }
}

#[test]
fn the_first_that_sets_a_field_has_it_and_the_last_ends_the_list() {
    let from = || vec![condition("from", Op::Contains, "mon.example.com")];
    let never = vec![condition("from", Op::Contains, "nobody")];
    let filters = [
        filter("never", true, never, vec![Action::Ignore], true),
        filter("first", true, from(), vec![Action::Priority(1), Action::Tag("monitoring".into())], false),
        filter("second", false, from(), vec![Action::Priority(3), Action::LetIn], true),
        filter("third", true, from(), vec![Action::Hold], false),
    ];
    let asked = ask(&filters, &message(), None, "hook");
    assert_eq!(asked.fitted, ["first", "second"]);
    assert_eq!((asked.priority, asked.tags, asked.let_in, asked.held_by), (Some(1), vec!["monitoring".to_owned()], true, None));
}
