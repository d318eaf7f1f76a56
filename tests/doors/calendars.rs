//! Calendars over the API: made, changed by merge patch, and asked; and a subscription that is read from a real server.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    thread,
};

use lodge::{appliance::holidays, id::CalendarId};
use serde_json::{Value, json};

use crate::world::World;

async fn ask(world: &World, question: Value) -> Value {
    world.call("POST", "/v1/sla/preview").by("Max").json(question).go().await.is(200).json()
}

fn office() -> Value {
    json!({ "timeZone": "Europe/Berlin", "hours": { "mon": [["09:00", "17:00"]], "tue": [["22:00", "06:00"]], "sun": [["00:00", "24:00"]] },
        "holidays": ["2026-05-11"], "overrides": { "2026-05-18": [["10:00", "11:00"]] } })
}

/// The instants of an answer as milliseconds, so that forms of writing them do not matter.
fn instant(it: &Value) -> Option<lodge::time::Instant> {
    it.as_str().map(|it| it.parse().unwrap())
}

#[tokio::test]
async fn a_question_brings_its_calendar_or_names_one() {
    let world = World::new().await;
    let kept = json!({ "name": "Office", "timeZone": "Europe/Berlin", "hours": office()["hours"], "holidays": [{ "date": "2026-05-11", "label": "Quiet" }],
        "overrides": { "2026-05-18": { "hours": [["10:00", "11:00"]], "label": "Fair" } } });
    let kept = world.call("POST", "/v1/calendars").by("Max").json(kept).go().await.is(201).json();
    assert_eq!(kept["hours"]["tue"], json!([["22:00", "06:00"]]));
    assert_eq!(kept["holidays"], json!([{ "date": "2026-05-11", "label": "Quiet", "source": "own" }]));
    for calendar in [office(), kept["id"].clone(), json!("office")] {
        for (question, expected) in [
            (
                json!({ "start": "2026-05-04T06:00:00Z", "targetMinutes": 60 }),
                json!({ "dueAt": "2026-05-04T08:00:00.000Z", "workingSecondsUntilDue": 3600 }),
            ),
            (
                json!({ "start": "2026-05-04T06:00:00Z", "targetMinutes": 1.5 }),
                json!({ "dueAt": "2026-05-04T07:01:30.000Z", "workingSecondsUntilDue": 90 }),
            ),
            (
                json!({ "start": "2026-05-04T06:00:00Z", "targetSeconds": 28800 }),
                json!({ "dueAt": "2026-05-04T15:00:00.000Z", "workingSecondsUntilDue": 28800 }),
            ),
            (
                json!({ "start": "2026-05-04T07:00:00Z", "targetMinutes": 60, "pauses": [{ "from": "2026-05-04T07:30:00Z", "to": "2026-05-04T08:00:00Z" }] }),
                json!({ "dueAt": "2026-05-04T08:30:00.000Z", "workingSecondsUntilDue": 3600 }),
            ),
            (
                json!({ "start": "2026-05-03T22:00:00Z", "until": "2026-05-18T22:00:00Z" }),
                json!({ "workingSeconds": (8 + 8 + 24 + 8 + 24 + 1) * 3600 }),
            ),
            (json!({ "at": "2026-05-05T20:30:00Z" }), json!({ "open": true, "nextOpen": "2026-05-05T20:30:00.000Z" })),
            (json!({ "at": "2026-05-11T08:00:00Z" }), json!({ "open": false, "nextOpen": "2026-05-12T20:00:00.000Z" })),
        ] {
            let mut question = question;
            question["calendar"] = calendar.clone();
            assert_eq!(ask(&world, question.clone()).await, expected, "{question}");
        }
    }
    let never = json!({ "timeZone": "UTC", "hours": {} });
    assert_eq!(
        ask(&world, json!({ "calendar": never, "start": "2026-05-04T06:00:00Z", "targetMinutes": 1 })).await,
        json!({ "dueAt": null, "workingSecondsUntilDue": null })
    );
    assert_eq!(ask(&world, json!({ "calendar": never, "at": "2026-05-04T06:00:00Z" })).await, json!({ "open": false, "nextOpen": null }));
    let sunday = json!({ "at": "2026-05-03T03:00:00Z" });
    assert_eq!(ask(&world, sunday.clone()).await["nextOpen"], "2026-05-04T09:00:00.000Z", "that of the desk");
    let first = world.call("GET", "/v1/calendars").by("Max").go().await.json()["items"][0].clone();
    let path = format!("/v1/calendars/{}", first["id"].as_str().unwrap());
    world.call("PATCH", &path).by("Max").json(json!({ "isDefault": false })).go().await.is(200);
    assert_eq!(ask(&world, sunday).await["open"], true, "a desk without a calendar works round the clock");
}

#[tokio::test]
async fn a_question_that_does_not_fit_is_told_by_field() {
    let world = World::new().await;
    let start = "2026-05-04T06:00:00Z";
    for (question, field) in [
        (json!({ "calendar": office(), "start": start }), "targetSeconds"),
        (json!({ "calendar": office(), "targetMinutes": 5 }), "start"),
        (json!({ "calendar": office(), "start": start, "targetMinutes": -1 }), "targetMinutes"),
        (json!({ "calendar": office(), "start": start, "targetMinutes": 1, "targetSeconds": 61 }), "targetMinutes"),
        (json!({ "calendar": office(), "start": start, "targetMinutes": 1, "until": start }), "until"),
        (json!({ "calendar": office(), "start": start, "at": start }), "at"),
        (json!({ "calendar": office(), "start": "noon", "targetMinutes": 1 }), "start"),
        (json!({ "calendar": "nowhere", "start": start, "targetMinutes": 1 }), "calendar"),
        (json!({ "calendar": 5, "start": start, "targetMinutes": 1 }), "calendar"),
        (json!({ "calendar": { "hours": {} }, "start": start, "targetMinutes": 1 }), "calendar.timeZone"),
        (json!({ "calendar": { "timeZone": "UTC" }, "start": start, "targetMinutes": 1 }), "calendar.hours"),
        (json!({ "calendar": { "timeZone": "Luna/Crater", "hours": {} }, "start": start, "targetMinutes": 1 }), "calendar.timeZone"),
        (
            json!({ "calendar": { "timeZone": "UTC", "hours": { "moonday": [] } }, "start": start, "targetMinutes": 1 }),
            "calendar.hours.moonday",
        ),
        (
            json!({ "calendar": { "timeZone": "UTC", "hours": { "mon": [["09:00", "25:00"]] } }, "start": start, "targetMinutes": 1 }),
            "calendar.hours.mon[0]",
        ),
        (
            json!({ "calendar": { "timeZone": "UTC", "hours": {}, "holidays": ["2026-02-30"] }, "start": start, "targetMinutes": 1 }),
            "calendar.holidays[0]",
        ),
        (
            json!({ "calendar": { "timeZone": "UTC", "hours": {}, "overrides": { "soon": [] } }, "start": start, "targetMinutes": 1 }),
            "calendar.overrides.soon",
        ),
        (
            json!({ "calendar": office(), "start": start, "targetMinutes": 1, "pauses": [{ "from": start, "to": "2026-05-03T06:00:00Z" }] }),
            "pauses[0].to",
        ),
    ] {
        let refused = world.call("POST", "/v1/sla/preview").by("Max").json(question.clone()).go().await.is(422).json();
        assert_eq!(refused["errors"][0]["field"], field, "{question}: {refused}");
    }
    world.call("POST", "/v1/sla/preview").by("Rosa").json(json!({ "at": start })).go().await.is(403);
}

#[tokio::test]
async fn every_stated_case_is_answered_over_the_api() {
    let places = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(3);
    let Some(text) = places.filter_map(|it| fs::read_to_string(it.join("shared/cases/working-time.json")).ok()).next() else {
        assert!(std::env::var_os("CI").is_none(), "the shared cases must be there in CI");
        println!("skipped: the shared cases of working time are not beside the project");
        return;
    };
    let world = World::new().await;
    let all: Value = serde_json::from_str(&text).unwrap();
    for case in all["cases"].as_array().unwrap() {
        let mut question = json!({ "pauses": case["pauses"], "calendar": {
            "timeZone": case["tz"], "hours": case["business_hours"], "holidays": case["holidays"],
            "overrides": case.get("date_overrides").cloned().unwrap_or(json!({})) } });
        let mut given = |name: &str, field: &str| question[name] = case[field].clone();
        let name = &case["id"];
        match case["kind"].as_str().unwrap() {
            "due" => {
                given("start", "start");
                given("targetMinutes", "target_minutes");
                let mut due = ask(&world, question.clone()).await["dueAt"].clone();
                if case["boundary"] == "next_period_start" {
                    let next = json!({ "calendar": question["calendar"], "pauses": question["pauses"], "at": due });
                    due = ask(&world, next).await["nextOpen"].clone();
                }
                assert_eq!(instant(&due), instant(&case["expect_due"]), "{name}");
            }
            "elapsed" => {
                given("start", "start");
                given("until", "end");
                assert_eq!(ask(&world, question).await["workingSeconds"], case["expect_business_seconds"], "{name}");
            }
            "open" => {
                given("at", "at");
                assert_eq!(ask(&world, question).await["open"], case["expect_open"], "{name}");
            }
            _ => {
                given("at", "start");
                assert_eq!(instant(&ask(&world, question).await["nextOpen"]), instant(&case["expect_next_open"]), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_calendar_is_changed_by_merge_patch_and_stays_while_it_is_used() {
    let world = World::new().await;
    let made = json!({ "name": "Office", "hours": { "mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]] }, "isDefault": true });
    let made = world.call("POST", "/v1/calendars").by("Max").json(made).go().await.is(201).json();
    assert_eq!((&made["timeZone"], &made["isDefault"], &made["version"]), (&json!("UTC"), &json!(true), &json!(1)));
    let path = format!("/v1/calendars/{}", made["id"].as_str().unwrap());
    let patch = json!({ "hours": { "tue": null, "wed": [["08:00", "12:00"]] }, "overrides": { "2026-12-24": [["09:00", "12:00"]] } });
    let changed = world.call("PATCH", &path).by("Max").json(patch).go().await.is(200).json();
    assert_eq!(changed["hours"]["mon"], json!([["09:00", "17:00"]]), "what is not named stays");
    assert_eq!((&changed["hours"]["tue"], &changed["hours"]["wed"]), (&json!([]), &json!([["08:00", "12:00"]])));
    assert_eq!((&changed["version"], &changed["overrides"]["2026-12-24"]["hours"]), (&json!(2), &json!([["09:00", "12:00"]])));
    let with_set = json!({ "set": "DE-BY", "years": [2027] });
    let changed = world.call("POST", &format!("{path}/holidays")).by("Max").json(with_set).go().await.is(200).json();
    let epiphany = json!({ "date": "2027-01-06", "label": "Epiphany", "source": "DE-BY" });
    assert!(changed["holidays"].as_array().unwrap().contains(&epiphany));
    let again = json!({ "holidays": changed["holidays"], "overrides": { "2026-12-24": null } });
    let changed = world.call("PATCH", &path).by("Max").json(again).go().await.is(200).json();
    assert!(changed["holidays"].as_array().unwrap().contains(&epiphany), "what was answered can be sent back");
    assert_eq!((&changed["overrides"], &changed["version"]), (&json!({}), &json!(4)));
    for (bad, field) in [(json!({ "timeZone": "Here" }), "timeZone"), (json!({ "subscription": { "url": "gopher://x" } }), "subscription")]
    {
        let refused = world.call("PATCH", &path).by("Max").json(bad).go().await.is(422).json();
        assert_eq!(refused["errors"][0]["field"], field);
    }
    world.call("DELETE", &path).by("Max").go().await.is(409);
    world.call("PATCH", &path).by("Max").json(json!({ "isDefault": false })).go().await.is(200);
    world.call("DELETE", &path).by("Max").go().await.is(204);
    assert_eq!(world.call("GET", "/v1/calendars").by("Max").go().await.json()["total"], 1, "that which the desk began with");
    assert!(world.call("GET", &path).by("Max").go().await.is(200).json()["retiredAt"].is_string());
}

#[tokio::test]
async fn a_team_names_its_region_and_calendar() {
    let world = World::new().await;
    let night = json!({ "name": "Night", "timeZone": "UTC", "hours": { "mon": [["22:00", "06:00"]] } });
    world.call("POST", "/v1/calendars").by("Max").json(night).go().await.is(201);
    let team = json!({ "name": "Quay", "region": "North pier", "calendar": "night" });
    let team = world.call("POST", "/v1/teams").by("Max").json(team).go().await.is(201).json();
    assert_eq!((&team["region"], &team["calendar"]["name"]), (&json!("North pier"), &json!("Night")));
    let regions = world.call("GET", "/v1/regions").by("Max").go().await.json();
    assert_eq!((&regions["total"], &regions["items"][0]["teams"][0]["name"]), (&json!(1), &json!("Quay")));
    let path = format!("/v1/regions/{}", regions["items"][0]["id"].as_str().unwrap());
    world.call("DELETE", &path).by("Max").go().await.is(409);
    let change = json!({ "name": "South pier", "calendar": "Night" });
    world.call("PATCH", &path).by("Max").json(change).go().await.is(200);
    let team = format!("/v1/teams/{}", team["id"].as_str().unwrap());
    let change = json!({ "region": null, "calendar": null });
    let without = world.call("PATCH", &team).by("Max").json(change).go().await.is(200).json();
    assert_eq!((&without["region"], &without["calendar"]), (&json!(null), &json!(null)));
    world.call("DELETE", &path).by("Max").go().await.is(204);
}

#[tokio::test]
async fn holidays_are_looked_up() {
    let world = World::new().await;
    let found = world.call("GET", "/v1/holidays?country=DE&region=BY&year=2027").by("Max").go().await.is(200).json();
    assert_eq!((&found["code"], &found["holidays"][0]["date"]), (&json!("DE-BY"), &json!("2027-01-01")));
    for (query, field) in [("country=XX&year=2027", "country"), ("year=2027", "country"), ("country=DE&year=1800", "year")] {
        let refused = world.call("GET", &format!("/v1/holidays?{query}")).by("Max").go().await.is(422).json();
        assert_eq!(refused["errors"][0]["field"], field, "{query}");
    }
    assert!(world.call("GET", "/v1/holidays/countries").by("Max").go().await.json()["total"].as_u64().unwrap() > 200);
}

/// A server that gives these answers, one to each request, and what it was asked.
fn server(answers: Vec<String>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/holidays.ics", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let answer = |answer: String| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut bytes = [0; 4096];
            while !request.ends_with(b"\r\n\r\n") {
                let count = stream.read(&mut bytes).unwrap();
                request.extend_from_slice(&bytes[..count]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request).unwrap().to_ascii_lowercase()
        };
        answers.into_iter().map(answer).collect()
    });
    (url, asked)
}

#[tokio::test]
async fn a_subscription_is_read_from_its_address() {
    let world = World::new().await;
    let year: u64 = lodge::time::Instant::now().to_string()[..4].parse().unwrap();
    let file = format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200704\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Harbour day\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:{year}0705T090000Z\r\nSUMMARY:A meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let (url, asked) = server(vec![
        format!("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: {}\r\n\r\n{file}", file.len()),
        "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 100 * 1024 * 1024),
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".to_owned(),
    ]);
    let new = json!({ "name": "Office", "timeZone": "UTC", "hours": {}, "subscription": { "url": url } });
    let made = world.call("POST", "/v1/calendars").by("Max").json(new).go().await.is(201).json();
    let id: CalendarId = made["id"].as_str().unwrap().parse().unwrap();
    let look = async || {
        holidays::fetch(&world.desk, id).await.unwrap();
        world.call("GET", &format!("/v1/calendars/{id}")).by("Max").go().await.json()
    };
    let read = look().await;
    let day = json!({ "date": format!("{year}-07-04"), "label": "Harbour day", "source": "subscription" });
    assert!(read["holidays"].as_array().unwrap().contains(&day), "{read}");
    assert_eq!((&read["subscription"]["leftOut"], &read["subscription"]["trouble"]), (&json!(1), &json!(null)));
    for what in ["the same again", "a redirect", "too much", "no calendar"] {
        let it = look().await;
        assert_eq!(it["holidays"], read["holidays"], "{what}: the days stay");
        assert_eq!(it["subscription"]["trouble"].is_string(), what != "the same again", "{what}: {}", it["subscription"]);
    }
    assert!(look().await["subscription"]["trouble"].is_string(), "nobody answers any more");
    let asked = asked.join().unwrap();
    assert!(!asked[0].contains("if-none-match") && asked[1].contains("if-none-match: \"v1\""), "{asked:?}");
}
