//! SIGKILL under load, again and again: whatever was answered is there afterwards, and everything derived agrees with it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;

use crate::appliance::{Appliance, try_ask};

const KILLS: usize = 25;
const WRITERS: usize = 6;

/// What was acknowledged: title by number, and the comments of each ticket.
#[derive(Default)]
struct Acknowledged {
    tickets: BTreeMap<String, String>,
    comments: Vec<(String, String)>,
    mails: Vec<String>,
}

#[test]
fn nothing_acknowledged_is_lost_over_many_kills() {
    let mut appliance = Appliance::new();
    let known = Arc::new(Mutex::new(Acknowledged::default()));
    for round in 0..KILLS {
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (known, stop) = (known.clone(), stop.clone());
                let (address, bearer) = (appliance.address(), format!("Bearer {}", appliance.token));
                std::thread::spawn(move || write(&address, &bearer, round, writer, &known, &stop))
            })
            .collect();
        let before = known.lock().unwrap().tickets.len();
        // The kill comes at another moment of the work each time, but never before some of it is done.
        let wanted = before + 5 + (round * 7) % 40;
        appliance.until("enough was written", |_| known.lock().unwrap().tickets.len() >= wanted);
        appliance.kill();
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().for_each(|it| it.join().unwrap());
        appliance.start();
        check(&appliance, &known.lock().unwrap(), round);
    }
    appliance.until("the index has caught up", |it| it.get("/readyz").json()["desks"][0]["indexLag"] == 0);
    appliance.is_well();
    let known = known.lock().unwrap();
    let listed = appliance.get("/v1/tickets?pageSize=1").json()["total"].as_u64().unwrap();
    assert!(listed >= (known.tickets.len() + known.mails.len()) as u64, "{listed} listed");
    println!(
        "{KILLS} kills, {} tickets, {} comments, {} mails acknowledged, none lost",
        known.tickets.len(),
        known.comments.len(),
        known.mails.len()
    );
}

fn write(address: &str, bearer: &str, round: usize, writer: usize, known: &Mutex<Acknowledged>, stop: &AtomicBool) {
    let headers = [("authorization", bearer), ("content-type", "application/json")];
    for i in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let title = format!("round {round} writer {writer} ticket {i}");
        let body = json!({ "kind": "incident", "title": title, "requester": "rosa@example.com" }).to_string();
        let Ok(answer) = try_ask(address, "POST", "/v1/tickets", &headers, body.as_bytes()) else { return };
        if answer.status != 201 {
            return;
        }
        let number = answer.json()["number"].as_str().unwrap().to_owned();
        assert!(known.lock().unwrap().tickets.insert(number.clone(), title).is_none(), "{number} was given twice");
        let said = format!("comment on {number}");
        let comment = json!({ "body": said, "isPrivate": i % 2 == 0 }).to_string();
        match try_ask(address, "POST", &format!("/v1/tickets/{number}/comments"), &headers, comment.as_bytes()) {
            Ok(answer) if answer.status == 201 => known.lock().unwrap().comments.push((number, said)),
            _ => return,
        }
        if i % 5 == 0 {
            let mail = format!(
                "From: rosa@example.com\r\nTo: help@example.com\r\nSubject: mail {round}-{writer}-{i}\r\nMessage-ID: <{round}.{writer}.{i}@example.com>\r\n\r\nHello\r\n"
            );
            let headers = [("authorization", bearer), ("content-type", "message/rfc822")];
            match try_ask(address, "POST", "/v1/webhooks/email-inbound", &headers, mail.as_bytes()) {
                Ok(answer) if answer.status < 300 => {
                    known.lock().unwrap().mails.push(answer.json()["ticket"]["number"].as_str().unwrap().to_owned());
                }
                _ => return,
            }
        }
    }
}

fn check(appliance: &Appliance, known: &Acknowledged, round: usize) {
    for (number, title) in &known.tickets {
        let answer = appliance.get(&format!("/v1/tickets/{number}"));
        assert_eq!((answer.status, answer.json()["title"].as_str()), (200, Some(title.as_str())), "round {round}: {number}");
    }
    // Reading every thread each time would be most of the test; the newest are the ones in danger.
    for (number, said) in known.comments.iter().rev().take(50) {
        let thread = appliance.get(&format!("/v1/tickets/{number}/comments")).json();
        let there = thread["items"].as_array().unwrap().iter().any(|it| it["body"] == said.as_str());
        assert!(there, "round {round}: the comment on {number} is gone");
    }
    for number in known.mails.iter().rev().take(20) {
        assert_eq!(appliance.get(&format!("/v1/tickets/{number}")).status, 200, "round {round}: mail ticket {number}");
    }
    let verified = appliance.run(&["audit", "verify"]);
    assert!(verified.status.success(), "round {round}: {verified:?}");
}
