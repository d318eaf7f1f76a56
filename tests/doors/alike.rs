//! Alike tickets and outages at the doors: nobody learns of a ticket by typing something like it.

use lodge::desk::duplicates;
use serde_json::{Value, json};

use crate::world::World;

const TITLE: &str = "Mail server does not answer";
const TEXT: &str = "Outlook cannot reach the mail server since this morning, error 0x800ccc0e.";

async fn lodge(world: &World, who: &str) -> Value {
    world.lodge(who, json!({ "title": TITLE, "description": TEXT })).await
}

fn numbers(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|it| it["number"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn typing_shows_what_one_may_see_and_nothing_else() {
    let world = World::new().await;
    let [rosas, ottos] = [lodge(&world, "Rosa").await, lodge(&world, "Otto").await];
    let [rosas, ottos] = [&rosas, &ottos].map(|it| it["number"].as_str().unwrap());
    let typed = json!({ "title": "mail server not answering", "description": TEXT });
    for (who, mut expected) in [("Rosa", vec![rosas]), ("Otto", vec![ottos]), ("Ada", vec![ottos, rosas])] {
        let answer = world.call("POST", "/v1/tickets/similar").by(who).json(typed.clone()).go().await.is(200);
        let text = answer.text();
        let answer = answer.json();
        let mut found = numbers(&answer);
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{who}");
        let foreign = if who == "Rosa" { ottos } else { rosas };
        assert!(who == "Ada" || !text.contains(foreign));
    }
    let first = world.call("POST", "/v1/tickets/similar").by("Ada").json(typed).go().await.json();
    assert!(first["items"][0]["why"]["words"].as_array().unwrap().contains(&json!("mail")), "{first}");
    assert!(first["items"][0]["score"].as_f64().unwrap() >= f64::from(duplicates::THRESHOLD));
    let of_ticket = world.call("GET", &format!("/v1/tickets/{rosas}/similar")).by("Ada").go().await.is(200).json();
    assert_eq!(numbers(&of_ticket), [ottos]);
    let of_own = world.call("GET", &format!("/v1/tickets/{rosas}/similar")).by("Rosa").go().await.is(200).json();
    assert_eq!(numbers(&of_own), [""; 0]);
    world.call("GET", &format!("/v1/tickets/{rosas}/similar")).by("Otto").go().await.is(404);
    for (body, status) in [(json!({}), 422), (json!({ "title": "x", "kind": "riot" }), 422), (json!({ "title": "" }), 200)] {
        world.call("POST", "/v1/tickets/similar").by("Rosa").json(body).go().await.is(status);
    }
}

#[tokio::test]
async fn an_outage_from_its_declaration_to_its_end() {
    let world = World::new().await;
    let [one, two, three] = [lodge(&world, "Rosa").await, lodge(&world, "Otto").await, lodge(&world, "Otto").await];
    let number = |it: &Value| it["number"].as_str().unwrap().to_owned();
    world.call("POST", "/v1/outages").by("Rosa").json(json!({ "parent": number(&one) })).go().await.is(403);
    let body = json!({ "parent": number(&one), "tickets": [number(&two)], "message": "Mail is down, we are on it." });
    let made = world.call("POST", "/v1/outages").by("Ada").json(body.clone()).go().await.is(201).json();
    assert_eq!((&made["state"], &made["partCount"]), (&json!("declared"), &json!(1)));
    world.call("POST", "/v1/outages").by("Ada").json(body).go().await.is(409);
    let path = format!("/v1/outages/{}", made["id"].as_str().unwrap());
    world.call("GET", &path).by("Rosa").go().await.is(403);
    world.call("POST", &format!("{path}/tickets")).by("Ada").json(json!({ "tickets": ["INC-999999"] })).go().await.is(404);
    let joined =
        world.call("POST", &format!("{path}/tickets")).by("Ada").json(json!({ "tickets": [number(&three)] })).go().await.is(200).json();
    assert_eq!(joined["partCount"], 2);
    // A part says so to whoever may see the parent.
    for (who, expected) in [("Ada", json!(number(&one))), ("Otto", Value::Null)] {
        let seen = world.call("GET", &format!("/v1/tickets/{}", number(&two))).by(who).go().await.is(200).json();
        assert_eq!(seen["parent"].get("number").cloned().unwrap_or_default(), expected, "{who}");
    }
    let known = world.call("POST", "/v1/tickets/similar").by("Otto").json(json!({ "title": "printer" })).go().await.is(200).json();
    assert_eq!(known["outages"][0]["message"], "Mail is down, we are on it.");
    let patched = world.call("PATCH", &path).by("Ada").json(json!({ "message": "Nearly done." })).go().await.is(200).json();
    assert_eq!(patched["message"], "Nearly done.");
    world.call("DELETE", &format!("{path}/tickets/{}", number(&three))).by("Ada").go().await.is(204);
    world.call("DELETE", &format!("{path}/tickets/{}", number(&three))).by("Ada").go().await.is(404);
    let ended = world.call("POST", &format!("{path}/end")).by("Ada").json(json!({ "resolve": true })).go().await.is(200).json();
    assert_eq!((&ended["state"], &ended["ending"]), (&json!("ended"), &json!(true)));
    let carry_on = |tx: &mut lodge::desk::Tx| {
        duplicates::outage::waiting(tx)?.into_iter().try_for_each(|it| duplicates::outage::carry_on(tx, it, 100).map(drop))
    };
    world.desk.write(None, carry_on).await.unwrap();
    let solved = world.call("GET", &format!("/v1/tickets/{}", number(&two))).by("Otto").go().await.is(200).json();
    assert_eq!(solved["statusCategory"], "resolved");
    let open = world.call("GET", &format!("/v1/tickets/{}", number(&three))).by("Otto").go().await.is(200).json();
    assert_eq!(open["statusCategory"], "new", "what was taken out stays as it is");
}

#[tokio::test]
async fn the_follower_keeps_what_it_finds_once() {
    use lodge::follow::alike::{self, Look};
    let world = World::new().await;
    lodge(&world, "Rosa").await;
    let second = lodge(&world, "Otto").await;
    let Look::Arrived { upto, tickets } = world.desk.read(|tx| alike::look(tx, 0)).unwrap() else { panic!("two arrived") };
    assert_eq!(tickets.len(), 2);
    let mut arrived = Vec::new();
    for ticket in tickets {
        arrived.extend(world.desk.read(|tx| duplicates::consider(tx, &world.desk.recent(), ticket)).unwrap());
    }
    assert_eq!(arrived.iter().map(|it| it.ticket.to_string()).collect::<Vec<_>>(), [second["id"].as_str().unwrap()]);
    world.desk.write(None, move |tx| alike::keep(tx, upto, arrived)).await.unwrap();
    assert!(matches!(world.desk.read(|tx| alike::look(tx, 0)).unwrap(), Look::Nothing { .. }));
}

#[tokio::test]
async fn rules_of_tickets_are_read_and_changed_by_those_who_may() {
    let world = World::new().await;
    let before = world.call("GET", "/v1/settings/tickets").by("Max").go().await.is(200).json();
    assert_eq!((&before["closeDays"], &before["survey"], &before["alikeHours"]), (&json!(3), &json!(true), &json!(24)));
    for (who, body, status) in [
        ("Ada", json!({ "closeDays": 5 }), 403),
        ("Max", json!({ "closeDays": 5 }), 200),
        ("Max", json!({ "closeDays": 400 }), 422),
        ("Max", json!({ "remindDays": 5 }), 422),
        ("Max", json!({ "outagePriority": 0 }), 422),
        ("Max", json!({ "surveySilentQueues": ["00000000-0000-0000-0000-000000000000"] }), 422),
        ("Max", json!({ "surveyStars": true, "alike": false }), 200),
    ] {
        world.call("PATCH", "/v1/settings/tickets").by(who).json(body.clone()).go().await.is(status);
    }
    let after = world.call("GET", "/v1/settings/tickets").by("Max").go().await.is(200).json();
    assert_eq!((&after["closeDays"], &after["surveyStars"], &after["alike"]), (&json!(5), &json!(true), &json!(false)));
    lodge(&world, "Rosa").await;
    let typed = json!({ "title": TITLE, "description": TEXT });
    let off = world.call("POST", "/v1/tickets/similar").by("Ada").json(typed).go().await.is(200).json();
    assert_eq!(off["items"], json!([]), "switched off");
}

#[tokio::test]
async fn a_ticket_may_follow_another() {
    let world = World::new().await;
    let old = lodge(&world, "Rosa").await;
    let new = world.lodge("Rosa", json!({ "title": "Again", "followUpOf": old["number"] })).await;
    assert_eq!(new["links"], json!([{ "type": "relates_to", "ticketId": old["id"] }]));
    let unknown = json!({ "title": "Again", "followUpOf": old["number"] });
    world.call("POST", "/v1/tickets").by("Otto").json(unknown).go().await.is(422);
}
