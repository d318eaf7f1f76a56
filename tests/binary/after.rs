//! What comes after and beside the work, in the real binary whose clock is set: how it was, by the link of a mail that anybody's scanner
//! opens first; a solved ticket that is closed by itself, opened again, and followed by another; an outage that is told to each once.

use lodge::mail::mime;
use serde_json::{Value, json};

use crate::{
    appliance::{Answer, Appliance},
    mail::{MailServer, header, mail_in},
    sending,
    service_levels::ahead,
};

const DAY: u64 = 86_400;
const BASE: &str = "https://desk.example.com";

/// The mails to somebody that say this.
fn mails(server: &MailServer, to: &str, says: &str) -> Vec<String> {
    let says = |it: &String| mime::parse(it.as_bytes()).text.contains(says);
    server.taken().into_iter().filter(|it| header(it, "To").contains(to) && says(it)).collect()
}

/// The one mail to somebody that says this, once it has come.
fn mail(appliance: &Appliance, server: &MailServer, to: &str, says: &str) -> String {
    appliance.until(&format!("{to} reads: {says}"), |_| !mails(server, to, says).is_empty());
    let mut all = mails(server, to, says);
    assert_eq!(all.len(), 1, "once: {all:#?}");
    all.remove(0)
}

fn ticket(appliance: &Appliance, number: &str) -> Value {
    let answer = appliance.get(&format!("/v1/tickets/{number}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn go_to(appliance: &Appliance, number: &str, status: &str) {
    let done = appliance.ask("PATCH", &format!("/v1/tickets/{number}"), &json!({ "status": status }));
    assert_eq!(done.status, 200, "{done:?}");
}

fn answer(appliance: &Appliance, id: &str, to: &str) -> Value {
    let reference = header(to, "Message-ID");
    let subject = header(to, "Subject");
    mail_in(
        appliance,
        &format!(
            "From: rosa@example.org\nTo: help@example.com\nSubject: {subject}\nMessage-ID: <{id}@example.org>\nIn-Reply-To: {reference}\n\nIt is broken again ({id}).\n"
        ),
    )
}

/// Every address of this desk in a mail, in whatever part of it, as a scanner finds them.
fn links(mail: &str) -> Vec<String> {
    let whole = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=").replace("&amp;", "&");
    let ends = |it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '<' | '>' | ')');
    let mut all: Vec<String> = whole.split(BASE).skip(1).map(|it| it.split(ends).next().unwrap_or_default().to_owned()).collect();
    all.sort();
    all.dedup();
    all
}

fn form(appliance: &Appliance, path: &str, body: &str) -> Answer {
    appliance.try_ask("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes()).unwrap()
}

#[test]
fn only_a_sent_form_says_how_it_was_and_its_link_ends_after_thirty_days() {
    let Some(server) = MailServer::start() else { return };
    let appliance = sending::appliance(server.port, &[("LODGE_TEST_CLOCK", "1"), ("LODGE_LIMITS__CREDENTIALS_PER_MINUTE", "1000")]);
    let number = sending::ticket(&appliance, "rosa@example.org", "projector");
    go_to(&appliance, &number, "resolved");
    let solved = mail(&appliance, &server, "rosa@example.org", "/csat/");
    let found = links(&solved);
    let asks: Vec<&String> = found.iter().filter(|it| it.starts_with("/csat/")).collect();
    assert!(asks.iter().any(|it| it.ends_with("?score=good")) && asks.iter().any(|it| it.ends_with("?score=bad")), "{found:?}");

    // A scanner opens all that it finds, twice, in its own ways.
    for _ in 0..2 {
        for (method, agent) in [("HEAD", "scanner"), ("GET", "scanner"), ("GET", "Mozilla/5.0"), ("OPTIONS", "scanner")] {
            for link in &found {
                let seen = appliance.try_ask(method, link, &[("user-agent", agent)], b"").unwrap();
                assert!(seen.status < 500, "{method} {link}: {seen:?}");
                assert!(method != "GET" || !link.starts_with("/csat/") || seen.status == 200, "{link}: {seen:?}");
            }
        }
    }
    let quiet = ticket(&appliance, &number);
    assert_eq!((&quiet["csatScore"], &quiet["satisfaction"]), (&Value::Null, &Value::Null), "nobody has said anything");

    let link = asks[0].split('?').next().unwrap();
    assert_eq!(form(&appliance, link, "score=bad").status, 200);
    let said = form(&appliance, link, "score=bad&comment=Two+days+in+the+dark");
    assert_eq!(said.status, 200, "{said:?}");
    let shown = ticket(&appliance, &number);
    assert_eq!((&shown["csatScore"], &shown["satisfaction"]["comment"]), (&json!("bad"), &json!("Two days in the dark")), "{shown}");
    assert_eq!(appliance.get("/v1/satisfaction?by=agent").json()["total"]["bad"], 1, "one person is one vote");

    // Days later, the ticket long closed, somebody thinks better of it; a month later the link is dead.
    ahead(&appliance, 29 * DAY);
    assert_eq!(form(&appliance, link, "score=good").status, 200);
    assert_eq!(ticket(&appliance, &number)["csatScore"], "good");
    ahead(&appliance, 2 * DAY);
    for dead in [form(&appliance, link, "score=bad"), appliance.try_ask("GET", link, &[], b"").unwrap()] {
        assert!((400..500).contains(&dead.status), "{dead:?}");
    }
    assert_eq!(ticket(&appliance, &number)["csatScore"], "good");
}

#[test]
fn a_solved_ticket_is_closed_after_a_word_and_an_answer_opens_it_or_goes_on_as_another() {
    let Some(server) = MailServer::start() else { return };
    let appliance = sending::appliance(server.port, &[("LODGE_TEST_CLOCK", "1")]);
    let number = sending::ticket(&appliance, "rosa@example.org", "scanner");
    go_to(&appliance, &number, "resolved");
    let at =
        |it: &Value, name: &str| -> lodge::time::Instant { it[name].as_str().unwrap_or_else(|| panic!("{name}: {it}")).parse().unwrap() };
    let solved = at(&ticket(&appliance, &number), "resolvedAt");

    ahead(&appliance, 2 * DAY);
    let word = mail(&appliance, &server, "rosa@example.org", "and it is closed on");
    assert_eq!(ticket(&appliance, &number)["status"], "resolved");
    ahead(&appliance, DAY);
    let closed = mail(&appliance, &server, "rosa@example.org", "is closed now");
    let shown = ticket(&appliance, &number);
    assert_eq!(shown["status"], "closed");
    let silence = at(&shown, "closedAt").since(solved).as_secs();
    assert!((3 * DAY..3 * DAY + 600).contains(&silence), "closed after {silence} s");

    // Within the window, an answer to either mail opens it again, and nothing closes it then.
    assert_eq!(answer(&appliance, "within", &closed)["outcome"], "appended");
    assert!(matches!(ticket(&appliance, &number)["statusCategory"].as_str(), Some("new" | "active")), "{}", ticket(&appliance, &number));
    ahead(&appliance, 10 * DAY);
    assert!(matches!(ticket(&appliance, &number)["statusCategory"].as_str(), Some("new" | "active")));

    // Solved again. The word before comes late, as after days in which the appliance was off, and a day is left for an answer.
    go_to(&appliance, &number, "resolved");
    ahead(&appliance, 5 * DAY);
    appliance.until("the word comes again", |_| mails(&server, "rosa@example.org", "and it is closed on").len() == 2);
    assert_eq!(ticket(&appliance, &number)["status"], "resolved");
    // Long after it is closed, an answer is another matter, tied to this one.
    ahead(&appliance, DAY);
    appliance.until("it is closed again", |it| ticket(it, &number)["status"] == "closed");
    ahead(&appliance, 31 * DAY);
    let late = answer(&appliance, "late", &word);
    assert_eq!(late["outcome"], "created", "{late}");
    let other = late["ticket"]["number"].as_str().unwrap().to_owned();
    assert_ne!(other, number);
    let (old, new) = (ticket(&appliance, &number), ticket(&appliance, &other));
    assert_eq!((&old["status"], &new["statusCategory"]), (&json!("closed"), &json!("new")));
    assert_eq!(new["links"], json!([{ "type": "relates_to", "ticketId": old["id"] }]));
}

#[test]
fn many_alike_within_minutes_are_one_outage_and_each_is_told_once() {
    let Some(server) = MailServer::start() else { return };
    let appliance = sending::appliance(server.port, &[("LODGE_TEST_CLOCK", "1")]);
    let who = ["rosa", "otto", "nils", "mia", "lena", "karl"];
    let send = |who: &str, i: usize| {
        let raw = format!(
            "From: {who}@example.org\nTo: help@example.com\nSubject: Mail server does not answer\nMessage-ID: <{who}-{i}@example.org>\n\nOutlook cannot reach the mail server since this morning, error 0x800ccc0e.\n"
        );
        mail_in(&appliance, &raw)["ticket"]["number"].as_str().unwrap().to_owned()
    };
    let mut tickets: Vec<String> = Vec::new();
    for (i, it) in who.iter().enumerate() {
        tickets.push(send(it, i));
        ahead(&appliance, 60);
    }
    // Otto cannot wait, and asks twice.
    tickets.push(send("otto", 9));
    let outages = |it: &Appliance| it.get("/v1/outages").json()["items"].as_array().cloned().unwrap_or_default();
    let proposed = |it: &Appliance| outages(it).first().map_or(0, |it| it["proposed"].as_array().unwrap().len());
    appliance.until("all of them are proposed as one outage", |it| proposed(it) == tickets.len());
    let found = outages(&appliance);
    assert_eq!((found.len(), &found[0]["state"]), (1, &json!("proposed")), "{found:#?}");
    assert!(who.iter().all(|it| mails(&server, it, "larger trouble").is_empty()), "a proposal tells nobody");

    let rest = &tickets[1..];
    let declared = json!({ "proposal": found[0]["id"], "parent": tickets[0], "tickets": rest, "message": "The mail server is down." });
    let made = appliance.ask("POST", "/v1/outages", &declared);
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!((&made["state"], &made["partCount"]), (&json!("declared"), &json!(rest.len())));
    for it in who {
        let told = mail(&appliance, &server, it, "a larger trouble");
        assert!(mime::parse(told.as_bytes()).text.contains("The mail server is down."), "{told}");
    }
    assert_eq!(ticket(&appliance, &tickets[0])["priority"], "P1", "its parent is pressing");

    let path = format!("/v1/outages/{}/end", made["id"].as_str().unwrap());
    let ended = appliance.ask("POST", &path, &json!({ "message": "It answers again." }));
    assert_eq!(ended.status, 200, "{ended:?}");
    for it in who {
        let told = mail(&appliance, &server, it, "the trouble behind");
        assert!(mime::parse(told.as_bytes()).text.contains("It answers again."), "{told}");
    }
    appliance.until("its end is done", |it| outages(it)[0]["ending"] == false);
    appliance.until("no mail waits", |it| it.get("/v1/mail/outbox").json()["total"] == 0);
    for it in who {
        assert_eq!([mails(&server, it, "larger trouble").len(), mails(&server, it, "trouble behind").len()], [1, 1], "{it}");
    }
}
