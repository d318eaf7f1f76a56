//! How it was, at the open door: only the link from the mail counts, only a form that is sent votes, and nothing else is given away.

use lodge::{
    desk::{
        satisfaction::SurveyLink,
        settings::{self, Settings, SettingsChange},
        tickets::Ticket,
    },
    http::Options,
    id::TicketId,
    time::Instant,
};
use serde_json::{Value, json};

use crate::world::World;

/// A ticket of Rosa's that Ada works, and the token for it as a mail of this instant carries it.
async fn asked(world: &World, at: Instant) -> (Value, String) {
    let ticket = world.lodge("Rosa", json!({ "title": "VPN drops" })).await;
    let path = format!("/v1/tickets/{}", ticket["number"].as_str().unwrap());
    for change in [json!({ "assignee": "me" }), json!({ "status": "resolved" })] {
        world.call("PATCH", &path).by("Ada").json(change).go().await.is(200);
    }
    let id: TicketId = ticket["id"].as_str().unwrap().parse().unwrap();
    let token = world.desk.read(|tx| Ok(SurveyLink::of(id, world.id("Rosa"), at).token(&*Settings::of(tx)?))).unwrap();
    (ticket, token)
}

fn said(world: &World, ticket: &Value) -> Option<bool> {
    let id: TicketId = ticket["id"].as_str().unwrap().parse().unwrap();
    world.desk.read(|tx| Ok(tx.get::<Ticket>(&id)?)).unwrap().unwrap().satisfaction.map(|it| it.good)
}

async fn vote(world: &World, token: &str, fields: &[(&str, &str)]) -> crate::world::Answer {
    // From a mail program: another site, no cookie, no token of a form.
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    world.call("POST", &format!("/csat/{token}")).bytes("application/x-www-form-urlencoded", body).go().await
}

#[tokio::test]
async fn looking_never_votes_and_one_press_does() {
    let world = World::new().await;
    let (ticket, token) = asked(&world, world.desk.now()).await;
    // What scanners, previews and prefetching browsers do.
    for (method, query, header) in [
        ("GET", "", ("accept", "*/*")),
        ("GET", "?score=good", ("purpose", "prefetch")),
        ("HEAD", "?score=bad", ("accept", "*/*")),
        ("GET", "?score=bad", ("accept", "application/json")),
        ("OPTIONS", "?score=good", ("accept", "*/*")),
    ] {
        world.call(method, &format!("/csat/{token}{query}")).header(header.0, header.1).go().await;
        assert_eq!(said(&world, &ticket), None, "{method} {query}");
    }
    let page = world.call("GET", &format!("/csat/{token}?score=good")).go().await.is(200);
    assert!(page.text().contains("It was good") && page.text().contains(ticket["number"].as_str().unwrap()));
    assert!(!page.text().contains("VPN drops"), "its title is nobody's business who only has a link");
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
    let done = vote(&world, &token, &[("score", "bad")]).await.is(200);
    assert!(done.text().contains("Thank you") && done.text().contains("What should have been better?"));
    assert_eq!(said(&world, &ticket), Some(false));
    vote(&world, &token, &[("score", "bad"), ("comment", "Took a week <b>")]).await.is(200);
    let again = world.call("GET", &format!("/csat/{token}")).go().await.is(200);
    assert!(again.text().contains("So far you said: it was not good"));
    vote(&world, &token, &[("score", "good")]).await.is(200);
    assert_eq!(said(&world, &ticket), Some(true), "it can be changed");
    vote(&world, &token, &[]).await.is(422);
    vote(&world, &token, &[("score", "9")]).await.is(422);
    let long = "x".repeat(2001);
    assert!(
        vote(&world, &token, &[("score", "good"), ("comment", &long)]).await.is(422).text().contains(&long),
        "what was written is kept"
    );
}

#[tokio::test]
async fn programs_get_json_at_the_same_address() {
    let world = World::new().await;
    let (ticket, token) = asked(&world, world.desk.now()).await;
    for path in [format!("/csat/{token}"), format!("/v1/csat/{token}"), format!("/api/csat/{token}")] {
        let seen = world.call("GET", &path).header("accept", "application/json").go().await.is(200).json();
        assert_eq!((&seen["ticket"], &seen["asksStars"], &seen["answer"]), (&ticket["number"], &json!(false), &Value::Null), "{path}");
        assert_eq!(seen.as_object().unwrap().len(), 4, "and nothing else: {seen}");
    }
    let path = format!("/v1/csat/{token}");
    let said = world.call("POST", &path).json(json!({ "score": "bad", "comment": "Slow" })).go().await.is(200).json();
    assert_eq!((&said["answer"]["score"], &said["answer"]["comment"]), (&json!("bad"), &json!("Slow")));
    for (body, status) in
        [(json!({ "score": "maybe" }), 422), (json!({}), 422), (json!({ "score": "4" }), 422), (json!({ "score": "good" }), 200)]
    {
        world.call("POST", &path).json(body.clone()).go().await.is(status);
    }
    // Whom it concerns reads it on the ticket.
    let number = ticket["number"].as_str().unwrap();
    for (who, expected) in [("Ada", json!("good")), ("Rosa", json!("good"))] {
        let seen = world.call("GET", &format!("/v1/tickets/{number}")).by(who).go().await.is(200).json();
        assert_eq!((&seen["csatScore"], &seen["satisfaction"]["stars"]), (&expected, &Value::Null), "{who}");
    }
    let report = world.call("GET", "/v1/satisfaction?by=agent").by("Ada").go().await.is(200).json();
    assert_eq!(
        (&report["total"]["good"], &report["total"]["percent"], &report["rows"][0]["name"]),
        (&json!(1), &json!(100.0), &json!("Ada"))
    );
    for (query, who, status) in [
        ("", "Rosa", 403),
        ("?by=mood", "Ada", 422),
        ("?from=yesterday", "Ada", 422),
        ("?from=2027-02-01&to=2027-01-01", "Ada", 422),
        ("?form=x", "Ada", 422),
    ] {
        world.call("GET", &format!("/v1/satisfaction{query}")).by(who).go().await.is(status);
    }
}

#[tokio::test]
async fn what_is_forged_over_or_another_s_is_nothing() {
    let world = World::new().await;
    let day = std::time::Duration::from_secs(24 * 3600);
    let (ticket, token) = asked(&world, world.desk.now()).await;
    let (_, over) = asked(&world, world.desk.now().minus(day * 30)).await;
    let theirs = {
        let other = World::new().await;
        asked(&other, other.desk.now()).await.1
    };
    let mut forged = token.clone().into_bytes();
    forged[30] = if forged[30] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for bad in [over.as_str(), theirs.as_str(), forged.as_str(), &token[..40], "x", "%00", "..%2f"] {
        world.call("GET", &format!("/csat/{bad}")).go().await.is(404);
        world.call("GET", &format!("/v1/csat/{bad}")).go().await.is(404);
        vote(&world, bad, &[("score", "good")]).await.is(404);
        world.call("POST", &format!("/v1/csat/{bad}")).json(json!({ "score": "good" })).go().await.is(404);
    }
    assert_eq!(said(&world, &ticket), None);
}

#[tokio::test]
async fn guessing_is_slowed_as_at_other_open_doors() {
    let world = World::with(Options { credentials_per_minute: 3.try_into().unwrap(), ..Options::default() }).await;
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(world.call("POST", "/v1/csat/guess").from("192.0.2.9").json(json!({ "score": "good" })).go().await.status.as_u16());
    }
    assert_eq!(told, [404, 404, 404, 429, 429]);
    world.call("GET", "/csat/guess").from("192.0.2.10").go().await.is(404);
}

#[tokio::test]
async fn stars_are_asked_where_the_desk_wants_them() {
    let world = World::new().await;
    let (_, token) = asked(&world, world.desk.now()).await;
    let survey = lodge::desk::satisfaction::SurveyRules { stars: true, ..Default::default() };
    let change = SettingsChange { survey: Some(survey), ..SettingsChange::default() };
    world.desk.write(None, |tx| settings::change(tx, &lodge::desk::actor::Actor::system("test"), change)).await.unwrap();
    let page = world.call("GET", &format!("/csat/{token}?score=4")).go().await.is(200).text();
    assert!(page.contains("4 stars") && page.contains("1 star") && !page.contains("It was good"));
    // A word of the other scale chooses nothing.
    assert!(world.call("GET", &format!("/csat/{token}?score=good")).go().await.is(200).text().contains("5 stars"));
}
