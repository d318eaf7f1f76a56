//! The knowledge base at the open door: everybody reads what is public, where the desk wants it, and nothing else; and what articles carry
//! over the wire.

use serde_json::{Value, json};

use crate::world::World;

async fn article(world: &World, title: &str, visibility: &str, status: &str) -> Value {
    let new = json!({ "title": title, "content": "## One\n\nText about a *printer*.", "visibility": visibility, "status": status, "summary": "In short." });
    world.call("POST", "/v1/kb/articles").by("Max").json(new).go().await.is(201).json()
}

async fn opened(world: &World, public: bool) {
    world.call("PATCH", "/v1/settings/knowledge").by("Max").json(json!({ "public": public })).go().await.is(200);
}

#[tokio::test]
async fn everybody_reads_what_is_public_and_nothing_else() {
    let world = World::new().await;
    for (title, visibility, status) in [
        ("For all", "public", "published"),
        ("For members", "tenant", "published"),
        ("For agents", "agents", "published"),
        ("Not yet", "public", "draft"),
    ] {
        article(&world, title, visibility, status).await;
    }
    let status = |path: &'static str| async { world.call("GET", path).go().await.status.as_u16() };
    for path in ["/knowledge", "/knowledge/for-all"] {
        assert_eq!(status(path).await, 303, "{path}: the desk shows nothing to everybody, and asks for a sign-in");
    }
    assert_eq!(status("/sitemap.xml").await, 404);
    opened(&world, true).await;
    for (path, expected) in [
        ("/knowledge", 200),
        ("/knowledge/for-all", 200),
        ("/knowledge/for-members", 303),
        ("/knowledge/for-agents", 303),
        ("/knowledge/not-yet", 303),
        ("/knowledge/nothing-like-it", 303),
    ] {
        assert_eq!(status(path).await, expected, "{path}");
    }
    let shelves = world.call("GET", "/knowledge").go().await.is(200).text();
    assert!(shelves.contains("For all") && !shelves.contains("For members") && !shelves.contains("Not yet"));
    let map = world.call("GET", "/sitemap.xml").go().await.is(200).text();
    assert!(map.contains("/knowledge/for-all</loc>") && map.matches("<url>").count() == 1, "{map}");
    let by_rosa = |path: &'static str| async { world.call("GET", path).by("Rosa").go().await.status.as_u16() };
    for (path, expected) in [("/v1/kb/articles/for-members", 200), ("/v1/kb/articles/for-agents", 404), ("/v1/kb/articles/not-yet", 404)] {
        assert_eq!(by_rosa(path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn a_page_for_everybody_says_what_it_is_and_is_kept_by_caches() {
    let world = World::new().await;
    opened(&world, true).await;
    let made = article(&world, "Paper jam", "public", "published").await;
    let path = "/knowledge/paper-jam";
    let answer = world.call("GET", path).go().await.is(200);
    let (tag, text) = (answer.header("etag").to_owned(), answer.text());
    assert!(text.contains("<meta name=\"description\" content=\"In short.\">") && text.contains("rel=\"canonical\""), "{text}");
    assert!(text.contains("<h2 id=\"at-one\">One</h2>"));
    assert_eq!(answer.header("cache-control"), "public, no-cache");
    world.call("GET", path).header("if-none-match", &tag).go().await.is(304);
    let renamed = json!({ "slug": "jams", "content": "New text." });
    world.call("PATCH", &format!("/v1/kb/articles/{}", made["id"].as_str().unwrap())).by("Max").json(renamed).go().await.is(200);
    let moved = world.call("GET", path).go().await.is(301);
    assert_eq!(moved.header("location"), "/knowledge/jams");
    world.call("GET", "/knowledge/jams").header("if-none-match", &tag).go().await.is(200);
}

#[tokio::test]
async fn visitors_are_counted_without_a_name() {
    let world = World::new().await;
    opened(&world, true).await;
    article(&world, "Paper jam", "public", "published").await;
    let said = world.form("/knowledge/paper-jam/feedback", "", &[("helped", "yes")]).go().await.is(303);
    assert!(!said.cookies("").contains("voted"));
    let counts = world.call("GET", "/v1/kb/articles/paper-jam/feedback").by("Ada").go().await.is(200).json();
    assert_eq!((&counts["helped"], &counts["anonymousHelped"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn an_article_is_written_changed_compared_and_found_over_the_wire() {
    let world = World::new().await;
    let made = world
        .call("POST", "/v1/kb/articles")
        .by("Ada")
        .json(json!({ "title": "VPN", "content_md": "one", "tags": ["Remote work"] }))
        .go()
        .await;
    let tag = made.header("etag").to_owned();
    let made = made.is(201).json();
    let path = format!("/v1/kb/articles/{}", made["id"].as_str().unwrap());
    assert_eq!((&made["status"], &made["tags"], &made["slug"]), (&json!("draft"), &json!(["remote-work"]), &json!("vpn")));
    let change = |text: &str| json!({ "content": text, "note": "better" });
    world.call("PATCH", &path).by("Ada").header("if-match", &tag).json(change("two")).go().await.is(200);
    world.call("PATCH", &path).by("Ada").header("if-match", &tag).json(change("three")).go().await.is(412);
    world.call("PATCH", &path).by("Ada").json(json!({ "status": "published" })).go().await.is(403);
    world.call("PATCH", &path).by("Max").json(json!({ "status": "published" })).go().await.is(200);
    let lines = world.call("GET", &format!("{path}/revisions/2/difference")).by("Ada").go().await.is(200).json();
    let fates: Vec<&str> = lines["lines"].as_array().unwrap().iter().filter_map(|it| it["fate"].as_str()).collect();
    assert_eq!(fates.iter().filter(|it| **it != "stayed").copied().collect::<Vec<_>>(), ["removed", "added"]);
    world.call("POST", &format!("{path}/revisions/1/restore")).by("Max").go().await.is(200);
    let found = world.call("GET", "/v1/kb?query=one").by("Rosa").go().await.is(200).json();
    assert_eq!((&found["total"], &found["items"][0]["preview"]), (&json!(1), &json!("one")));
    let ticket = world.lodge("Rosa", json!({ "title": "VPN drops" })).await;
    let on = format!("/v1/tickets/{}/articles", ticket["number"].as_str().unwrap());
    world.call("POST", &on).by("Ada").json(json!({ "article": "vpn" })).go().await.is(201);
    let all = world.call("GET", &on).by("Ada").go().await.is(200).json();
    assert_eq!(all["items"][0]["type"], "answered_with");
    world.call("GET", &on).by("Rosa").go().await.is(403);
    world.call("DELETE", &format!("{on}/vpn")).by("Ada").go().await.is(204);
    let both = world.call("GET", "/v1/kb/search?q=vpn").by("Ada").go().await.is(200).json();
    let kinds: Vec<&str> = both["items"].as_array().unwrap().iter().filter_map(|it| it["type"].as_str()).collect();
    assert_eq!(kinds.first(), Some(&"article"), "{both}");
}

#[tokio::test]
async fn a_desk_without_it_has_no_address_of_it() {
    let world = World::new().await;
    opened(&world, true).await;
    article(&world, "For all", "public", "published").await;
    world.call("PATCH", "/v1/settings/features").by("Max").json(json!({ "features": { "knowledge": false } })).go().await.is(200);
    for path in ["/knowledge", "/knowledge/for-all", "/sitemap.xml"] {
        world.call("GET", path).go().await.is(404);
    }
    world.call("GET", "/v1/kb").by("Ada").go().await.is(404);
}
