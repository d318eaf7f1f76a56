//! Search over all that the desk knows, at the open door: each finds what they may read, and learns of nothing else by totals, counts or
//! offers.

use serde_json::{Value, json};

use crate::world::World;

async fn article(world: &World, title: &str, visibility: &str, status: &str) {
    let new = json!({ "title": title, "content": "Zeppelin handling, step by step.", "visibility": visibility, "status": status, "tags": ["airship"] });
    world.call("POST", "/v1/kb/articles").by("Max").json(new).go().await.is(201);
}

/// What a search finds: sort and title, sorted; and the total.
async fn found(world: &World, who: &str, path: &str) -> (Vec<String>, u64) {
    let answer = world.call("GET", path).by(who).go().await.is(200).json();
    let of = |it: &Value| format!("{}:{}", it["type"].as_str().unwrap_or_default(), it["title"].as_str().unwrap_or_default());
    let mut all: Vec<String> = answer["items"].as_array().unwrap().iter().map(of).collect();
    all.sort();
    (all, answer["total"].as_u64().unwrap())
}

async fn filled() -> World {
    let world = World::new().await;
    for (title, visibility, status) in [
        ("Zeppelin for all", "public", "published"),
        ("Zeppelin for members", "tenant", "published"),
        ("Zeppelin for agents", "agents", "published"),
        ("Zeppelin not yet", "public", "draft"),
    ] {
        article(&world, title, visibility, status).await;
    }
    world.lodge("Rosa", json!({ "title": "My zeppelin leaks" })).await;
    world.lodge("Otto", json!({ "title": "Another zeppelin" })).await;
    let person = json!({ "email": "ferdinand@zeppelin.example", "name": "Ferdinand Zeppelin", "phone": "+49 7541 4711" });
    world.call("POST", "/v1/people").by("Max").json(person).go().await.is(201);
    // Whoever wrote last finds what they wrote; the others wait until the index has it.
    for who in ["Rosa", "Otto", "Max"] {
        world.call("GET", "/v1/search?q=zeppelin").by(who).go().await.is(200);
    }
    world
}

#[tokio::test]
async fn each_finds_what_they_may_read_and_learns_of_nothing_else() {
    let world = filled().await;
    let all = |list: &[&str]| (list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(), list.len() as u64);
    let (rosa, ada) = (
        all(&["article:Zeppelin for all", "article:Zeppelin for members", "ticket:My zeppelin leaks"]),
        all(&[
            "article:Zeppelin for agents",
            "article:Zeppelin for all",
            "article:Zeppelin for members",
            "article:Zeppelin not yet",
            "person:Ferdinand Zeppelin",
            "ticket:Another zeppelin",
            "ticket:My zeppelin leaks",
        ]),
    );
    assert_eq!(found(&world, "Rosa", "/v1/search?q=zeppelin").await, rosa);
    assert_eq!(found(&world, "Ada", "/v1/search?q=zeppelin").await, ada);
    assert_eq!(found(&world, "Ada", "/v1/search?q=zepelin").await, ada, "with a typo");
    for (who, path, expected) in [
        ("Rosa", "/v1/search?q=zeppelin&type=person", &[][..]),
        ("Rosa", "/v1/search?q=ferdinand", &[]),
        ("Rosa", "/v1/search?q=4711", &[]),
        ("Ada", "/v1/search?q=4711", &["person:Ferdinand Zeppelin"]),
        ("Ada", "/v1/search?q=zeppelin&type=person", &["person:Ferdinand Zeppelin"]),
        ("Ada", "/v1/search?q=zeppelin&type=ticket", &["ticket:Another zeppelin", "ticket:My zeppelin leaks"]),
        ("Ada", "/v1/search?q=zeppelin&type=incident", &["ticket:Another zeppelin", "ticket:My zeppelin leaks"]),
        ("Ada", "/v1/search?q=zeppelin%20status:open", &["ticket:Another zeppelin", "ticket:My zeppelin leaks"]),
        ("Ada", "/v1/search?q=zeppelin&type=asset", &[]),
        (
            "Rosa",
            "/v1/search?q=zeppelin&type=article,ticket",
            &["article:Zeppelin for all", "article:Zeppelin for members", "ticket:My zeppelin leaks"],
        ),
        ("Rosa", "/v1/kb/search?q=zeppelin", &["article:Zeppelin for all", "article:Zeppelin for members", "ticket:My zeppelin leaks"]),
        ("Rosa", "/v1/kb/search?q=zepelin&tags=airship", &["article:Zeppelin for all", "article:Zeppelin for members"]),
    ] {
        assert_eq!(found(&world, who, path).await, all(expected), "{who} {path}");
    }
    // Page by page, each once.
    let mut paged = Vec::new();
    let mut path = "/v1/search?q=zeppelin&limit=2".to_owned();
    loop {
        let answer = world.call("GET", &path).by("Ada").go().await.is(200).json();
        assert_eq!(answer["total"], 7);
        paged.extend(answer["items"].as_array().unwrap().iter().map(|it| it["id"].to_string()));
        let Some(next) = answer["nextCursor"].as_str() else { break };
        path = format!("/v1/search?q=zeppelin&limit=2&cursor={next}");
    }
    paged.sort();
    paged.dedup();
    assert_eq!(paged.len(), 7);
    world.call("PATCH", "/v1/settings/features").by("Max").json(json!({ "features": { "knowledge": false } })).go().await.is(200);
    assert_eq!(found(&world, "Rosa", "/v1/search?q=zeppelin").await, all(&["ticket:My zeppelin leaks"]));
}

#[tokio::test]
async fn what_is_withdrawn_is_found_no_more() {
    let world = filled().await;
    let change = json!({ "visibility": "agents" });
    world.call("PATCH", "/v1/kb/articles/zeppelin-for-all").by("Max").json(change).go().await.is(200);
    for path in ["/v1/search?q=zeppelin", "/v1/kb/search?q=zeppelin"] {
        let (found, _) = found(&world, "Rosa", path).await;
        assert!(!found.contains(&"article:Zeppelin for all".to_owned()), "{path} {found:?}");
    }
}

#[tokio::test]
async fn counts_and_offers_tell_of_nothing_hidden() {
    let world = filled().await;
    let facets = |who: &'static str| {
        let world = &world;
        async move {
            world.call("GET", "/v1/search?q=zeppelin&facets=type,status,queue,assignee,tag").by(who).go().await.is(200).json()["facets"]
                .clone()
        }
    };
    let rosa = facets("Rosa").await;
    assert_eq!(
        rosa["type"],
        json!([{ "value": "article", "label": "article", "count": 2 }, { "value": "ticket", "label": "ticket", "count": 1 }])
    );
    assert_eq!((&rosa["queue"], &rosa["assignee"], &rosa["tag"]), (&Value::Null, &Value::Null, &Value::Null));
    let ada = facets("Ada").await;
    assert_eq!(ada["type"][0], json!({ "value": "article", "label": "article", "count": 4 }));
    assert_eq!(ada["status"], json!([{ "value": "new", "label": "new", "count": 2 }]));
    world.call("GET", "/v1/search?q=x&facets=secret").by("Ada").go().await.is(422);
    let offered = |who: &'static str, q: &'static str| {
        let world = &world;
        async move {
            let answer = world.call("GET", &format!("/v1/query/complete?q={q}")).by(who).go().await.is(200).json();
            answer["items"].as_array().unwrap().iter().map(|it| it["insert"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(offered("Ada", "requester:ferd").await, ["ferdinand@zeppelin.example", "\"Ferdinand Zeppelin\""]);
    assert_eq!(offered("Rosa", "requester:ferd").await, [""; 0]);
    assert_eq!(offered("Rosa", "queue:").await, [""; 0]);
    assert_eq!(offered("Rosa", "tag:air").await, [""; 0]);
    assert_eq!(offered("Rosa", "stat").await, ["status:"]);
    world.call("GET", "/v1/query/complete?q=x&at=y").by("Ada").go().await.is(422);
}

#[tokio::test]
async fn synonyms_are_kept_with_a_version_and_found_by_everybody() {
    let world = filled().await;
    world.call("PUT", "/v1/settings/search").by("Ada").json(json!({})).go().await.is(403);
    let before = world.call("GET", "/v1/settings/search").by("Max").go().await.is(200);
    let tag = before.header("etag").to_owned();
    let set = json!({ "synonyms": [{ "words": ["zeppelin", "blimp"] }, { "words": ["lta"], "means": ["zeppelin"] }], "languages": ["de"] });
    let put = |tag: String, body: Value| world.call("PUT", "/v1/settings/search").by("Max").header("if-match", &tag).json(body);
    put(tag.clone(), set.clone()).go().await.is(200);
    put(tag, set).go().await.is(412);
    let (blimps, total) = found(&world, "Rosa", "/v1/search?q=blimps").await;
    assert_eq!((blimps.len(), total), (3, 3), "{blimps:?}");
    assert_eq!(found(&world, "Rosa", "/v1/search?q=lta").await.1, 3);
    let marked = world.call("GET", "/v1/search?q=blimp&type=ticket").by("Rosa").go().await.is(200).json();
    assert_eq!(marked["items"][0]["highlights"][0], "My <mark>zeppelin</mark> leaks");
    let any = |body: Value| world.call("PUT", "/v1/settings/search").by("Max").json(body);
    let refused = any(json!({ "synonyms": [{ "words": ["vpn", "tunnel"] }, { "words": ["alone"] }] })).go().await.is(422).json();
    assert_eq!(refused["errors"][0]["field"], "synonyms[1]", "{refused}");
    any(json!({ "languages": ["tlh"] })).go().await.is(422);
    let cookies = world.signed_in("max@example.com").await;
    let shown = world.call("GET", "/agent/admin/search?try=blimp").header("cookie", &cookies).go().await.is(200).text();
    assert!(shown.contains("zeppelin, blimp") && shown.contains("lta =&gt; zeppelin"), "{shown}");
    assert!(shown.contains("Means the same: zeppelin") && shown.contains("2 tickets, 4 articles and"), "{shown}");
    let csrf = shown.split("name=\"csrf\" value=\"").nth(1).and_then(|it| it.split('"').next()).unwrap();
    let post = |fields: &[(&str, &str)]| world.form("/agent/admin/search", &cookies, &[fields, &[("csrf", csrf)]].concat()).go();
    post(&[("set", "a, b"), ("set", "alone"), ("set", "")]).await.is(422);
    let changed = post(&[("set", "a, b"), ("set", ""), ("language", "fr")]).await;
    assert_eq!(changed.status, 303);
    let now = world.call("GET", "/v1/settings/search").by("Max").go().await.is(200).json();
    assert_eq!(now, json!({ "synonyms": [{ "words": ["a", "b"], "means": [] }], "languages": ["fr"] }));
}

#[tokio::test]
async fn people_are_found_by_words_and_the_pages_show_all_sorts() {
    let world = filled().await;
    for (path, expected) in [
        ("/v1/people?q=ferd", 1),
        ("/v1/people?q=ferdinand%20zeppelin", 1),
        ("/v1/people?q=ferdinant", 1),
        ("/v1/people?q=zeppelin.example", 1),
        ("/v1/people?q=zeppelin&role=agent", 0),
        ("/v1/people?q=ada&role=agent", 1),
        ("/v1/people?q=ferd&active=false", 0),
        ("/v1/people?q=nobodyatall", 0),
    ] {
        assert_eq!(world.call("GET", path).by("Ada").go().await.is(200).json()["total"], expected, "{path}");
    }
    let new = json!({ "email": "new@example.com", "name": "Quite New" });
    world.call("POST", "/v1/people").by("Max").json(new).go().await.is(201);
    assert_eq!(world.call("GET", "/v1/people?q=quite").by("Ada").go().await.json()["total"], 1, "at once");
    let cookies = world.signed_in("ada@example.com").await;
    let page = |path: &str| world.call("GET", path).header("cookie", &cookies).go();
    let shown = page("/agent/search?q=zeppelin").await.is(200).text();
    for text in ["Ferdinand <mark>Zeppelin</mark>", "/agent/knowledge/", "My zeppelin leaks", "type=article", "class=\"facets\""] {
        assert!(shown.contains(text) || text.contains("<mark>"), "{text}: {shown}");
    }
    let only = page("/agent/search?q=zeppelin&type=person").await.is(200).text();
    assert!(only.contains("Ferdinand Zeppelin") && !only.contains("My zeppelin leaks"));
    let found = page("/agent/palette?find=zepp").await.is(200).json();
    assert!(found.as_array().is_some_and(|it| it.len() == 4), "{found}");
    let callers = page("/agent/requesters?q=ferdinant").await.is(200).json();
    assert_eq!(callers[0]["name"], "Ferdinand Zeppelin");
    let offers = page("/agent/search/complete?q=vpn%20stat&at=8").await.is(200).json();
    assert_eq!(offers["items"][0]["insert"], "status:");
    assert_eq!((&offers["from"], &offers["to"]), (&json!(4), &json!(8)));
}
