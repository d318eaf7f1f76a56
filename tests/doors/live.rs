//! What is live and kept, through the API: drafts that nobody overwrites unread, lines that go on after a cut, who is here, what one is
//! told, and what is put aside.

use std::time::Duration;

use http_body_util::BodyExt;
use lodge::follow::notifier;
use serde_json::{Value, json};

use crate::world::World;

fn number(ticket: &Value) -> &str {
    ticket["number"].as_str().unwrap()
}

/// Ids and kinds of the notices that come within a moment.
async fn heard(mut live: axum::body::Body) -> Vec<(Option<u64>, String)> {
    let mut text = String::new();
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(Duration::from_millis(400), live.frame()).await {
        text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
    }
    let field = |block: &str, name: &str| block.lines().find_map(|it| it.strip_prefix(name)).map(|it| it.trim().to_owned());
    let notice = |block: &str| Some((field(block, "id:").and_then(|it| it.parse().ok()), field(block, "event:")?));
    text.split("\n\n").filter_map(notice).collect()
}

#[tokio::test]
async fn a_draft_is_kept_and_not_overwritten_unread() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer" })).await;
    let path = format!("/v1/me/drafts/{}", number(&ticket));
    let put = |who: &'static str, text: &str, version: Value| {
        let body = json!({ "fields": [{ "name": "body", "value": text }, { "name": "mode", "value": "reply" }], "version": version });
        world.call("PUT", &path).by(who).json(body).go()
    };
    let first = put("Ada", "On it", json!(0)).await.is(200).json();
    put("Ada", "Other words", json!(0)).await.is(412);
    let second = put("Ada", "On it, Rosa", first["version"].clone()).await.is(200).json();
    assert_eq!(world.call("GET", &path).by("Ada").go().await.is(200).json(), second);
    world.call("GET", &path).by("Max").go().await.is(404);
    world.call("GET", &path).by("Otto").go().await.is(404);
    let mine = world.call("GET", "/v1/me/drafts").by("Ada").go().await.is(200).json();
    assert_eq!((&mine["total"], &mine["items"][0]["place"]), (&json!(1), &ticket["number"]));
    let tabs = world.call("GET", "/v1/me/tabs").by("Ada").go().await.is(200).json();
    assert_eq!(tabs["items"][0]["number"], ticket["number"], "what is begun stays open");
    world.call("DELETE", &path).by("Ada").go().await.is(204);
    put("Ada", "Late", second["version"].clone()).await.is(412);
}

#[tokio::test]
async fn a_shared_draft_says_who_wrote_and_who_sent() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer" })).await;
    let path = format!("/v1/tickets/{}/drafts", number(&ticket));
    let draft = world.call("POST", &path).by("Ada").json(json!({ "body": "Please restart it" })).go().await.is(201).json();
    let one = format!("{path}/{}", draft["id"].as_str().unwrap());
    world.call("GET", &path).by("Rosa").go().await.is(403);
    let changed =
        world.call("PUT", &one).by("Max").json(json!({ "body": "Please restart it, Rosa", "version": 1 })).go().await.is(200).json();
    assert_eq!(changed["writers"].as_array().unwrap().len(), 2);
    world.call("PUT", &one).by("Ada").json(json!({ "body": "x", "version": 1 })).go().await.is(412);
    let send = format!("{one}/send");
    let sent = world.call("POST", &send).by("Max").json(json!({ "version": 2 })).go().await.is(200).json();
    assert_eq!((&sent["author"]["name"], &sent["draftedBy"][0]["name"]), (&json!("Max"), &json!("Ada")));
    world.call("POST", &send).by("Max").json(json!({})).go().await.is(404);
    let history = world.call("GET", &format!("/v1/tickets/{}/history", number(&ticket))).by("Ada").go().await.is(200).json();
    let kinds: Vec<&str> = history["items"].as_array().unwrap().iter().filter_map(|it| it["kind"].as_str()).collect();
    assert!(["draft.shared", "draft.changed", "comment.added"].iter().all(|it| kinds.contains(it)), "{kinds:?}");
    let hers = world.call("GET", &format!("/v1/tickets/{}/history", number(&ticket))).by("Rosa").go().await.is(200).text().to_owned();
    assert!(!hers.contains("draft."), "a requester knows nothing of it");
}

#[tokio::test]
async fn a_line_goes_on_where_it_was_cut() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer" })).await;
    let line = |last: Option<u64>| {
        let call = world.call("GET", &format!("/v1/events?topics=me,ticket:{}", number(&ticket))).by("Rosa");
        match last {
            Some(it) => call.header("last-event-id", &it.to_string()),
            None => call,
        }
        .open()
    };
    let (_, live) = line(None).await;
    world.comment("Ada", &ticket, json!({ "body": "One" })).await;
    let first = heard(live).await;
    assert_eq!(first.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), ["comment.added"]);
    let last = first[0].0.unwrap();
    for (body, private) in [("Two", false), ("Between us", true), ("Three", false)] {
        world.comment("Ada", &ticket, json!({ "body": body, "isPrivate": private })).await;
    }
    let missed = heard(line(Some(last)).await.1).await;
    assert_eq!(missed.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), ["comment.added", "comment.added"], "once each, and no note");
    assert!(missed.iter().all(|it| it.0.is_some_and(|it| it > last)));
    let again = heard(line(missed[1].0).await.1).await;
    assert!(again.is_empty(), "{again:?}");
    for far in ["999999", "nonsense"] {
        let (_, live) = world.call("GET", "/v1/events").by("Rosa").header("last-event-id", far).open().await;
        assert_eq!(heard(live).await.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), ["reset"], "{far}");
    }
}

#[tokio::test]
async fn colleagues_are_seen_and_requesters_see_nobody() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer" })).await;
    let path = format!("/v1/tickets/{}/presence", number(&ticket));
    let (_, live) = world.call("GET", &format!("/v1/events?topics=ticket:{}", number(&ticket))).by("Max").open().await;
    let (_, hers) = world.call("GET", &format!("/v1/events?topics=ticket:{}", number(&ticket))).by("Rosa").open().await;
    let say = |body: Value| world.call("POST", "/v1/presence").by("Ada").json(body).go();
    say(json!({ "ticket": number(&ticket), "typing": "reply" })).await.is(204);
    say(json!({ "ticket": number(&ticket), "typing": "shouting" })).await.is(422);
    let here = world.call("GET", &path).by("Max").go().await.is(200).json();
    assert_eq!((&here["items"][0]["person"]["name"], &here["items"][0]["typing"]), (&json!("Ada"), &json!("reply")));
    world.call("GET", &path).by("Rosa").go().await.is(403);
    assert_eq!(heard(live).await, [(None, "presence.changed".to_owned())]);
    assert!(heard(hers).await.is_empty(), "who works on it is between those who do");
    say(json!({ "ticket": number(&ticket), "leaves": true })).await.is(204);
    assert_eq!(world.call("GET", &path).by("Max").go().await.json()["total"], 0);
}

#[tokio::test]
async fn one_is_told_and_says_how() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer" })).await;
    world
        .call("PATCH", &format!("/v1/tickets/{}", number(&ticket)))
        .by("Max")
        .json(json!({ "assignee": "ada@example.com" }))
        .go()
        .await
        .is(200);
    world.comment("Rosa", &ticket, json!({ "body": "Still broken" })).await;
    world.desk.write(None, |tx| notifier::step(tx).map(drop)).await.unwrap();
    let told = world.call("GET", "/v1/notifications").by("Ada").go().await.is(200).json();
    let events: Vec<&str> = told["items"].as_array().unwrap().iter().filter_map(|it| it["event"].as_str()).collect();
    assert_eq!((events.len(), told["unread"].as_u64()), (2, Some(2)), "{events:?}");
    let id = told["items"][0]["id"].as_str().unwrap();
    let read = world.call("PATCH", &format!("/v1/notifications/{id}")).by("Ada").json(json!({ "isRead": true })).go().await.is(200).json();
    assert_eq!(read["isRead"], true);
    world.call("PATCH", &format!("/v1/notifications/{id}")).by("Max").json(json!({ "isRead": true })).go().await.is(404);
    assert_eq!(world.call("POST", "/v1/notifications/read").by("Ada").go().await.is(200).json()["marked"], 1);
    let choose = |who: &'static str, body: Value| world.call("PATCH", "/v1/me/notification-preferences").by(who).json(body).go();
    let mine = choose(
        "Ada",
        json!({ "events": [{ "event": "noted", "channel": "in_app", "on": false }], "quietFrom": "22:00", "quietUntil": "06:30" }),
    );
    assert_eq!(mine.await.is(200).json()["quietUntil"], "06:30");
    choose("Ada", json!({ "events": [{ "event": "noted", "channel": "slack", "on": true }] })).await.is(422);
    choose("Ada", json!({ "quietFrom": "25:00" })).await.is(422);
    let lock = json!({ "events": [{ "event": "answered", "channel": "email", "on": true, "locked": true }] });
    world.call("PATCH", "/v1/settings/notifications").by("Ada").json(lock.clone()).go().await.is(403);
    world.call("PATCH", "/v1/settings/notifications").by("Max").json(lock).go().await.is(200);
    choose("Rosa", json!({ "events": [{ "event": "answered", "channel": "email", "on": false }] })).await.is(422);
}

#[tokio::test]
async fn what_is_put_aside_is_between_those_who_work() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer" })).await;
    let path = format!("/v1/tickets/{}", number(&ticket));
    let aside = format!("{path}/snooze");
    world.call("PUT", &aside).by("Rosa").json(json!({})).go().await.is(403);
    world.call("PUT", &aside).by("Ada").json(json!({ "until": "2001-01-01T00:00:00Z" })).go().await.is(422);
    let until = "2099-01-01T09:00:00.000Z";
    world.call("PUT", &aside).by("Ada").json(json!({ "until": until })).go().await.is(422);
    let shown = world.call("PUT", &aside).by("Ada").json(json!({ "until": null })).go().await.is(200).json();
    assert_eq!((&shown["by"]["name"], &shown["until"]), (&json!("Ada"), &json!(null)));
    let of = |who: &'static str, path: String| {
        let call = world.call("GET", &path).by(who);
        async move { call.go().await.is(200).json() }
    };
    assert_eq!(of("Rosa", path.clone()).await["snooze"], json!(null));
    assert_eq!(of("Ada", path.clone()).await["snooze"]["by"]["name"], "Ada");
    for (who, count) in [("Ada", 1), ("Rosa", 0)] {
        assert_eq!(of(who, "/v1/tickets?q=is:snoozed".into()).await["total"], count, "{who}");
    }
    world.comment("Rosa", &ticket, json!({ "body": "Any news?" })).await;
    assert_eq!(of("Ada", path).await["snooze"], json!(null));
}

#[tokio::test]
async fn the_desk_can_be_installed() {
    let world = World::new().await;
    let manifest = world.call("GET", "/manifest.webmanifest").go().await.is(200);
    assert!(manifest.header("content-type").starts_with("application/manifest+json"));
    assert_eq!(manifest.json()["name"], "Pine Street");
    let worker = world.call("GET", "/worker.js").go().await.is(200);
    assert!(worker.header("content-type").starts_with("text/javascript") && worker.text().contains("showNotification"));
    for path in ["/icon-192.png", "/icon-512.png"] {
        assert_eq!(world.call("GET", path).go().await.is(200).header("content-type"), "image/png");
    }
    assert!(world.call("GET", "/offline").go().await.is(200).text().contains("You are offline"));
}
