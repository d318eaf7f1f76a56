//! Invitations as programs write them.

use proptest::prelude::*;

use super::*;

fn calendar(method: &str, event: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
}

#[test]
fn invitations_are_told_in_words() {
    for (method, event, expected) in [
        (
            "REQUEST",
            "SUMMARY:Toner\\, again\r\nDTSTART;TZID=Europe/Berlin:20210503T100000\r\nDTEND;TZID=Europe/Berlin:20210503T110000\r\nLOCATION:Room 5\r\nORGANIZER;CN=\"Bee, Ann\":mailto:ann@x.example\r\nATTENDEE;CN=Bob:MAILTO:bob@x.example\r\nATTENDEE:mailto:desk@x.example\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=10",
            "Invitation: Toner, again\nWhen: Mon 3 May 2021, 10:00–11:00 (Europe/Berlin), 08:00–09:00 UTC\nRepeated: every week on Monday, 10 times\nWhere: Room 5\nOrganiser: Bee, Ann <ann@x.example>\nAsked: Bob <bob@x.example>, desk@x.example",
        ),
        ("CANCEL", "SUMMARY:Toner\r\nDTSTART:20210503T080000Z", "Cancelled: Toner\nWhen: Mon 3 May 2021, 08:00 UTC"),
        (
            "REPLY",
            "SUMMARY:Toner\r\nATTENDEE;PARTSTAT=DECLINED;CN=Bob:mailto:bob@x.example",
            "Answer to an invitation: Toner\nBob <bob@x.example>: declines",
        ),
        (
            "REQUEST",
            "SUMMARY:Trip\r\nDTSTART;VALUE=DATE:20210503\r\nDTEND;VALUE=DATE:20210506",
            "Invitation: Trip\nWhen: Mon 3 May 2021 – Wed 5 May 2021, whole days",
        ),
        ("REQUEST", "SUMMARY:Trip\r\nDTSTART;VALUE=DATE:20210503", "Invitation: Trip\nWhen: Mon 3 May 2021, the whole day"),
        (
            "REQUEST",
            "SUMMARY:Long\r\n er title\r\nDTSTART;TZID=W. Europe Standard Time:20211203T233000\r\nDURATION:PT2H",
            "Invitation: Longer title\nWhen: Fri 3 Dec 2021, 23:30 – Sat 4 Dec 2021, 01:30 (Europe/Berlin), Fri 3 Dec 2021, 22:30 – Sat 4 Dec 2021, 00:30 UTC",
        ),
        ("REQUEST", "SUMMARY:x\r\nDTSTART;TZID=Nowhere:20210503T100000", "Invitation: x\nWhen: Mon 3 May 2021, 10:00 (Nowhere)"),
        ("PUBLISH", "DTSTART:rubbish", "Calendar entry: (no title)"),
        ("REQUEST", "SUMMARY:x\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nEND:VALARM\r\nLOCATION:here", "Invitation: x\nWhere: here"),
    ] {
        assert_eq!(describe(&calendar(method, event)).as_deref(), Some(expected), "{event}");
    }
}

#[test]
fn a_zone_that_the_invitation_describes_is_used() {
    let text = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nTZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;TZID=Ours:20210503T100000\nEND:VEVENT\nEND:VCALENDAR";
    assert_eq!(describe(text).as_deref(), Some("Invitation: x\nWhen: Mon 3 May 2021, 10:00 (UTC+05:30), 04:30 UTC"));
}

#[test]
fn rules_are_told_in_words() {
    for (rule, expected) in [
        ("FREQ=DAILY;INTERVAL=2", "every 2 days"),
        ("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20211231T000000Z", "every month on the last Friday, until 31 Dec 2021"),
        ("FREQ=YEARLY", "every year"),
        ("FREQ=SECONDLY", "FREQ=SECONDLY"),
    ] {
        assert_eq!(when::repeated(rule), expected, "{rule}");
    }
}

#[test]
fn nothing_is_told_of_nothing() {
    assert_eq!(describe("no calendar"), None);
    assert_eq!(description(&calendar("REQUEST", "DESCRIPTION:One\\nTwo")).as_deref(), Some("One\nTwo"));
}

proptest! {
    #[test]
    fn damage_does_no_harm(parts in prop::collection::vec(prop::sample::select(vec![
        "BEGIN:VEVENT\n", "END:VEVENT\n", "DTSTART", ";TZID=", "Europe/Berlin", ":", "20210503T100000", "Z", "99999999T999999", "\n", "ä", "RRULE:FREQ=DAILY;BYDAY=", "é", "UNTIL=", ";", "DURATION:P999999999W\n", "DTEND:",
    ]), 0..30)) {
        describe(&parts.concat());
    }
}
