//! Service levels in the real binary, whose clock is set: a ticket waits over a weekend, is warned of, missed, and goes up to the lead and
//! the manager by mail, each once and with its true instant; also what fell due while the appliance was off.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::{
    appliance::Appliance,
    mail::{MailServer, header},
    sending,
};

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

/// The appliance's clock goes forward; a commit wakes whoever waits for an instant.
pub fn ahead(appliance: &Appliance, seconds: u64) {
    let done = appliance.run(&["clock", "--ahead", &seconds.to_string()]);
    assert!(done.status.success(), "{done:?}");
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    assert_eq!(appliance.ask("POST", "/v1/categories", &json!({ "name": format!("category {nanos}") })).status, 201);
}

/// Seconds from now to the next Friday, 16:30 UTC.
fn to_friday() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    // 1970 began on a Thursday.
    let friday = DAY + 16 * HOUR + HOUR / 2;
    (friday + 7 * DAY - now % (7 * DAY)) % (7 * DAY)
}

/// The events of a ticket's targets, oldest first: kind, target and instant.
fn steps(appliance: &Appliance, ticket: &str) -> Vec<(String, String, String)> {
    let all = appliance.get(&format!("/v1/tickets/{ticket}/history?pageSize=100")).json();
    let row = |it: &Value| {
        let text = |name: &str| it["changes"][name]["after"].as_str().unwrap_or_default().to_owned();
        (it["kind"].as_str().unwrap_or_default().to_owned(), text("target"), text("at"))
    };
    let mut found: Vec<_> = all["items"].as_array().unwrap().iter().map(row).filter(|it| it.0.starts_with("target.")).collect();
    found.reverse();
    found
}

#[test]
fn a_promise_is_kept_in_mind_over_the_weekend_and_while_the_appliance_is_off() {
    let Some(server) = MailServer::start() else { return };
    let mut appliance = sending::appliance(server.port, &[("LODGE_TEST_CLOCK", "1")]);
    for name in ["lee", "mona"] {
        let person = json!({ "email": format!("{name}@example.com"), "name": name, "roles": ["agent"] });
        assert_eq!(appliance.ask("POST", "/v1/people", &person).status, 201);
    }
    let team = json!({ "members": ["lee@example.com"], "lead": "lee@example.com", "manager": "mona@example.com" });
    let changed = appliance.ask("PATCH", "/v1/teams/Service%20desk", &team);
    assert_eq!(changed.status, 200, "{changed:?}");

    let friday = to_friday();
    ahead(&appliance, friday);
    let new = json!({ "kind": "incident", "title": "The scanner scans nothing", "requester": "rosa@example.org", "priority": 2 });
    let made = appliance.ask("POST", "/v1/tickets", &new).json();
    let ticket = made["number"].as_str().unwrap().to_owned();
    let due = made["sla"]["responseDueAt"].as_str().unwrap().to_owned();
    assert!(due.contains("T09:30:"), "half an hour on Friday, and half an hour on Monday: {due}");

    // The weekend, and the first minutes of Monday: nothing happens.
    ahead(&appliance, 2 * DAY + 16 * HOUR + HOUR / 2);
    assert_eq!(steps(&appliance, &ticket), []);
    ahead(&appliance, 20 * 60);
    appliance.until("it is warned of", |it| steps(it, &ticket).len() == 1);
    assert!(steps(&appliance, &ticket)[0].2.contains("T09:15:"), "{:?}", steps(&appliance, &ticket));
    let of = |subject: &str| -> Vec<String> {
        let mails = server.taken();
        mails.into_iter().filter(|it| header(it, "Subject").contains(subject)).map(|it| header(&it, "To")).collect()
    };
    appliance.until("the team is warned", |_| of("Due soon").len() == 1);

    // It is off when the target is missed and when the manager is to be told. A restart sets the clock back; it is set again.
    assert_eq!(appliance.stop(), 0);
    appliance.start();
    ahead(&appliance, friday + 2 * DAY + 16 * HOUR + HOUR / 2 + 80 * 60);
    appliance.until("it was missed and went up", |it| steps(it, &ticket).len() == 3);
    let all = steps(&appliance, &ticket);
    let expected = [("target.warned", "T09:15:"), ("target.breached", "T09:30:"), ("target.escalated", "T10:00:")];
    for (step, (kind, at)) in all.iter().zip(expected) {
        assert!(step.0 == kind && step.1 == "response" && step.2.contains(at), "{all:?}");
    }
    assert_eq!(all[1].2[..19], due[..19], "the true instant, not that of the restart");
    let shown = appliance.get(&format!("/v1/tickets/{ticket}")).json();
    assert_eq!(shown["sla"]["breach"], true);
    appliance.until("lead and manager are told", |_| of("Overdue").len() == 2);
    let mut told = of("Overdue");
    told.sort();
    assert!(told[0].contains("lee@example.com") && told[1].contains("mona@example.com"), "{told:?}");

    // Once: another start does it all over, and finds it done.
    assert_eq!(appliance.stop(), 0);
    appliance.start();
    ahead(&appliance, friday + 3 * DAY);
    assert_eq!(steps(&appliance, &ticket).iter().filter(|it| it.1 == "response").count(), 3);
}
