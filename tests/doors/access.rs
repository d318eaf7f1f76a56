//! What is somebody else's does not exist, and what is private reaches nobody who may not read it, by any way.

use std::time::Duration;

use http_body_util::BodyExt;
use lodge::http::{Options, app::CookiesFor};
use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn a_foreign_ticket_does_not_exist() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "My secret plan", "description": "zanzibar" })).await;
    for name in [&ticket["id"], &ticket["number"]] {
        let path = format!("/v1/tickets/{}", name.as_str().unwrap());
        for (method, path, body) in [
            ("GET", path.clone(), json!(null)),
            ("PATCH", path.clone(), json!({ "title": "x" })),
            ("PUT", path.clone(), json!({ "title": "x" })),
            ("DELETE", path.clone(), json!(null)),
            ("GET", format!("{path}/comments"), json!(null)),
            ("POST", format!("{path}/comments"), json!({ "body": "x" })),
            ("GET", format!("{path}/history"), json!(null)),
            ("GET", format!("{path}/watchers"), json!(null)),
            ("POST", format!("{path}/watchers"), json!({})),
            ("POST", format!("{path}/links"), json!({ "type": "blocks", "ticketId": "INC-000001" })),
            ("POST", format!("{path}/attachments"), json!({})),
            ("GET", format!("/v1/events?topics=ticket:{}", name.as_str().unwrap()), json!(null)),
        ] {
            let call = world.call(method, &path).by("Otto");
            if body.is_null() { call } else { call.json(body) }.go().await.is(404);
        }
    }
    for path in ["/v1/tickets", "/v1/search?q=zanzibar", "/v1/portal/tickets", "/v1/portal/tickets?mine=false"] {
        let list = world.call("GET", path).by("Otto").go().await.is(200).json();
        assert_eq!((&list["total"], list["items"].as_array().unwrap().len()), (&json!(0), 0), "{path}");
        let list = world.call("GET", path).by("Rosa").go().await.is(200).json();
        assert_eq!(list["total"], 1, "{path}");
    }
}

fn form(name: &str, content_type: &str, bytes: &str) -> (String, String) {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {content_type}\r\n\r\n{bytes}\r\n--x--\r\n"
    );
    ("multipart/form-data; boundary=x".to_owned(), body)
}

#[tokio::test]
async fn a_note_reaches_nobody_who_may_not_read_it() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Slow laptop" })).await;
    let number = ticket["number"].as_str().unwrap();
    // An answer that can still be taken back is nobody's yet; here it is said at once.
    world.call("PATCH", "/v1/settings/sending").by("Max").json(json!({ "holdSeconds": 0 })).go().await.is(200);
    let (_, live) = world.call("GET", &format!("/v1/events?topics=me,ticket:{number}")).by("Rosa").open().await;
    world.comment("Ada", &ticket, json!({ "body": "She broke it: xylophone", "isPrivate": true })).await;
    world.comment("Ada", &ticket, json!({ "body": "We are looking: marimba" })).await;
    for path in [
        format!("/v1/tickets/{number}"),
        format!("/v1/tickets/{number}/comments"),
        format!("/api/tickets/{number}/messages"),
        format!("/v1/tickets/{number}/history"),
        "/v1/tickets".to_owned(),
        "/v1/search?q=xylophone".to_owned(),
        "/v1/search?q=laptop".to_owned(),
        "/v1/tickets?q=has:note".to_owned(),
    ] {
        let answer = world.call("GET", &path).by("Rosa").go().await.is(200);
        assert!(!answer.text().contains("xylophone") && !answer.text().contains("\"isPrivate\":true"), "{path}: {}", answer.text());
    }
    let thread = world.call("GET", &format!("/v1/tickets/{number}/comments")).by("Rosa").go().await.json();
    assert_eq!(thread["total"], 1);
    assert_eq!(world.call("GET", "/v1/search?q=xylophone").by("Rosa").go().await.json()["total"], 0);
    let found = world.call("GET", "/v1/search?q=xylophone").by("Ada").go().await.json();
    assert_eq!(found["items"][0]["number"], number);
    assert!(found["items"][0]["highlights"][0].as_str().unwrap().contains("<mark>xylophone</mark>"));
    let history = world.call("GET", &format!("/v1/tickets/{number}/history")).by("Rosa").go().await.json();
    let comments = history["items"].as_array().unwrap().iter().filter(|it| it["kind"] == "comment.added").count();
    assert_eq!(comments, 1);
    assert_eq!(heard(live).await, ["comment.added"]);
}

/// The kinds of the notices that come within a moment.
async fn heard(mut live: axum::body::Body) -> Vec<String> {
    let mut text = String::new();
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(Duration::from_millis(600), live.frame()).await {
        text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
    }
    text.lines().filter_map(|it| it.strip_prefix("event: ").or_else(|| it.strip_prefix("event:"))).map(|it| it.trim().to_owned()).collect()
}

#[tokio::test]
async fn topics_are_for_those_who_may() {
    let world = World::new().await;
    for (who, topics, status) in
        [("Rosa", "lists", 403), ("Ada", "lists", 200), ("Rosa", "me", 200), ("Rosa", "weather", 422), ("Ada", "ticket:INC-000009", 404)]
    {
        let (got, _) = world.call("GET", &format!("/v1/events?topics={topics}")).by(who).open().await;
        assert_eq!(got.as_u16(), status, "{who} {topics}");
    }
    // What was so far behind that it cannot be told is to be read anew.
    let (_, live) = world.call("GET", "/v1/events").by("Rosa").header("last-event-id", "999999").open().await;
    assert_eq!(heard(live).await, ["reset"]);
}

#[tokio::test]
async fn files_are_handed_out_safely_and_only_to_those_who_may() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "With a file" })).await;
    let path = format!("/v1/tickets/{}/attachments", ticket["number"].as_str().unwrap());
    let (content_type, body) = form("../page.html", "text/html", "<script>alert(1)</script>");
    let file = world.call("POST", &path).by("Rosa").bytes(&content_type, body).go().await.is(201).json();
    assert_eq!(file["filename"], "page.html");
    let address = format!("/v1/attachments/{}", file["id"].as_str().unwrap());
    let answer = world.call("GET", &address).by("Rosa").go().await.is(200);
    assert_eq!(answer.text(), "<script>alert(1)</script>");
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert!(answer.header("content-disposition").starts_with("attachment"));
    assert!(answer.header("content-security-policy").contains("sandbox"));
    world.call("GET", &address).by("Otto").go().await.is(404);
    let tag = answer.header("etag").to_owned();
    world.call("GET", &address).by("Rosa").header("if-none-match", &tag).go().await.is(304);
    let part = world.call("GET", &address).by("Ada").header("range", "bytes=1-6").go().await.is(206);
    assert_eq!((part.text().as_str(), part.header("content-range")), ("script", "bytes 1-6/25"));
    world.call("GET", &address).by("Ada").header("range", "bytes=99-").go().await.is(416);
    let (content_type, body) = form("big.bin", "application/octet-stream", &"a".repeat(lodge::limits::REQUESTER_FILE_BYTES as usize + 1));
    world.call("POST", &path).by("Rosa").bytes(&content_type, body).go().await.is(413);
    world.call("POST", &path).by("Rosa").bytes("multipart/form-data; boundary=x", "--x--\r\n").go().await.is(422);
    world.call("POST", &path).by("Rosa").bytes("multipart/form-data", "nonsense").go().await.is(400);
}

#[tokio::test]
async fn a_cookie_works_from_our_own_pages_only() {
    let world = World::new().await;
    let person = world.id("Ada");
    let started = world.desk.write(None, move |tx| lodge::desk::identity::start_session(tx, person, &Default::default(), false)).await;
    let cookie = format!("lodge_session={}", started.unwrap().secret);
    world.call("GET", "/v1/me").header("cookie", &cookie).go().await.is(200);
    for (name, value, status) in [
        ("sec-fetch-site", "same-origin", 201),
        ("sec-fetch-site", "cross-site", 403),
        ("origin", "https://desk.example", 201),
        ("origin", "https://evil.example", 403),
        ("x-other", "x", 403),
    ] {
        let call = world.call("POST", "/v1/tickets").header("cookie", &cookie).header(name, value);
        assert_eq!(call.json(json!({ "title": "a" })).go().await.status.as_u16(), status, "{name}: {value}");
    }
    let secret = cookie.trim_start_matches("lodge_session=");
    world.call("GET", "/v1/me").header("authorization", &format!("Bearer {secret}")).go().await.is(401);
    world.call("POST", "/v1/auth/logout").header("cookie", &cookie).header("sec-fetch-site", "same-origin").go().await.is(204);
    world.call("GET", "/v1/me").header("cookie", &cookie).go().await.is(401);
}

#[tokio::test]
async fn signing_in_and_rotating() {
    let world = World::new().await;
    let login = |email: &'static str, password: &'static str| {
        world.call("POST", "/v1/auth/login").json(json!({ "email": email, "password": password })).go()
    };
    for (email, password) in [("ada@example.com", "wrong"), ("nobody@example.com", PASSWORD)] {
        assert_eq!(login(email, password).await.is(401).json()["detail"], "The mail address or the password is wrong.");
    }
    let session = login("Ada@example.com", PASSWORD).await.is(200).json();
    assert_eq!(session["user"]["email"], "ada@example.com");
    let bearer = |session: &serde_json::Value| format!("Bearer {}", session["accessToken"].as_str().unwrap());
    world.call("GET", "/v1/me").header("authorization", &bearer(&session)).go().await.is(200);
    let rotate = |token: &serde_json::Value| world.call("POST", "/v1/auth/refresh").json(json!({ "refreshToken": token })).go();
    let next = rotate(&session["refreshToken"]).await.is(200).json();
    world.call("GET", "/v1/me").header("authorization", &bearer(&session)).go().await.is(401);
    world.call("GET", "/v1/me").header("authorization", &bearer(&next)).go().await.is(200);
    // A family can be ended with its refresh token alone.
    let other = login("ada@example.com", PASSWORD).await.is(200).json();
    let end = |body: serde_json::Value| world.call("POST", "/v1/auth/logout").json(body).go();
    end(json!({ "refreshToken": other["refreshToken"] })).await.is(204);
    world.call("GET", "/v1/me").header("authorization", &bearer(&other)).go().await.is(401);
    end(json!({})).await.is(401);
    world.call("POST", "/v1/auth/logout").go().await.is(401);
    rotate(&session["refreshToken"]).await.is(401);
    let told = world.call("GET", "/v1/audit?pageSize=5").by("Max").go().await.is(200).text();
    assert!(told.contains("person.refresh_token_reused"), "{told}");
    // Somebody had a copy, so the family is over.
    world.call("GET", "/v1/me").header("authorization", &bearer(&next)).go().await.is(401);
    rotate(&next["refreshToken"]).await.is(401);
}

#[tokio::test]
async fn a_token_makes_no_stronger_token() {
    let world = World::new().await;
    let make = |bearer: String, scopes: serde_json::Value| {
        let call = world.call("POST", "/v1/tokens").json(json!({ "name": "t", "scopes": scopes }));
        call.header("authorization", &format!("Bearer {bearer}")).go()
    };
    let narrow =
        world.call("POST", "/v1/tokens").by("Ada").json(json!({ "name": "n", "scopes": ["tokens:own"] })).go().await.is(201).json();
    let narrow = narrow["token"].as_str().unwrap().to_owned();
    make(narrow.clone(), json!(["tickets:read"])).await.is(403);
    let child = make(narrow, json!([])).await.is(201).json();
    assert_eq!(child["scopes"], json!(["tokens:own"]));
    let tokens = world.call("GET", "/v1/tokens").by("Ada").go().await.is(200).json();
    assert_eq!(tokens["total"], 3);
    assert!(tokens["items"].as_array().unwrap().iter().all(|it| it.get("token").is_none()));
    let id = child["id"].as_str().unwrap();
    world.call("DELETE", &format!("/v1/tokens/{id}")).by("Otto").go().await.is(404);
    world.call("DELETE", &format!("/v1/tokens/{id}")).by("Ada").go().await.is(204);
}

/// A token of this person with these scopes, as a header.
async fn scoped(world: &World, who: &str, scopes: serde_json::Value) -> String {
    let made = world.call("POST", "/v1/tokens").by(who).json(json!({ "name": "t", "scopes": scopes })).go().await.is(201).json();
    format!("Bearer {}", made["token"].as_str().unwrap())
}

#[tokio::test]
async fn a_token_that_reads_nothing_lists_nothing() {
    let world = World::new().await;
    for (scopes, path, status) in [
        (json!(["notes:read"]), "/v1/tickets", 403),
        (json!(["notes:read"]), "/v1/search?q=x", 403),
        (json!(["notes:read"]), "/v1/portal/tickets", 403),
        (json!(["notes:read"]), "/v1/tokens", 403),
        (json!(["tickets:read"]), "/v1/tickets", 200),
        (json!(["portal:use"]), "/v1/search?q=x", 200),
        (json!(["tokens:own"]), "/v1/tokens", 200),
    ] {
        let bearer = scoped(&world, "Ada", scopes.clone()).await;
        let got = world.call("GET", path).header("authorization", &bearer).go().await.status.as_u16();
        assert_eq!(got, status, "{scopes} {path}");
    }
}

/// Neither a permission nor a ticket's existence shows through complaints about the body.
#[tokio::test]
async fn what_one_may_do_is_decided_before_what_one_sends() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "x" })).await;
    let path = |rest: &str| format!("/v1/tickets/{}{rest}", ticket["number"].as_str().unwrap());
    let nothing = scoped(&world, "Ada", json!(["notes:read"])).await;
    let otto = scoped(&world, "Otto", json!([])).await;
    let rosa = scoped(&world, "Rosa", json!([])).await;
    for (bearer, method, path, status) in [
        (&nothing, "POST", "/v1/tickets".to_owned(), 403),
        (&nothing, "POST", "/v1/portal/incidents".to_owned(), 403),
        (&nothing, "POST", "/v1/search".to_owned(), 403),
        (&nothing, "POST", "/v1/tokens".to_owned(), 403),
        (&rosa, "POST", "/v1/queues".to_owned(), 403),
        (&rosa, "POST", "/v1/teams".to_owned(), 403),
        (&rosa, "POST", "/v1/categories".to_owned(), 403),
        (&rosa, "PUT", path(""), 403),
        (&rosa, "POST", path("/links"), 403),
        (&otto, "PATCH", path(""), 404),
        (&otto, "PUT", path(""), 404),
        (&otto, "POST", path("/comments"), 404),
        (&otto, "POST", path("/links"), 404),
        (&otto, "POST", path("/watchers"), 404),
    ] {
        for (content_type, body) in [("application/json", "{"), ("text/plain", "x"), ("application/json", "{\"title\":5,\"name\":5}")] {
            let got = world.call(method, &path).header("authorization", bearer).bytes(content_type, body).go().await;
            assert_eq!(got.status.as_u16(), status, "{method} {path} {body}");
        }
    }
    for (content_type, body, status) in [("application/json", "{", 400), ("text/plain", "x", 415), ("application/json", "{}", 422)] {
        world.call("POST", &path("/comments")).by("Rosa").bytes(content_type, body).go().await.is(status);
    }
}

#[tokio::test]
async fn who_names_no_topic_hears_what_they_may() {
    let world = World::new().await;
    let (_, agent) = world.call("GET", "/v1/events").by("Ada").open().await;
    let (_, requester) = world.call("GET", "/v1/events").by("Otto").open().await;
    world.lodge("Rosa", json!({ "title": "x" })).await;
    assert_eq!(heard(agent).await, ["ticket.created"]);
    assert!(heard(requester).await.is_empty());
}

#[tokio::test]
async fn a_note_moves_nothing_that_a_requester_sees() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "x" })).await;
    let path = format!("/v1/tickets/{}", ticket["number"].as_str().unwrap());
    let get = |who: &'static str| world.call("GET", &path).by(who).go();
    let (rosa, ada) = (get("Rosa").await, get("Ada").await);
    for _ in 0..2 {
        world.comment("Ada", &ticket, json!({ "body": "between us", "isPrivate": true })).await;
    }
    let now = get("Rosa").await;
    assert_eq!((now.header("etag"), now.json()), (rosa.header("etag"), rosa.json()));
    world.call("GET", &path).by("Rosa").header("if-none-match", rosa.header("etag")).go().await.is(304);
    assert_ne!(get("Ada").await.header("etag"), ada.header("etag"));
    world.comment("Ada", &ticket, json!({ "body": "for all" })).await;
    let after = get("Rosa").await;
    assert_ne!(after.header("etag"), rosa.header("etag"));
    assert_eq!((&after.json()["version"], &get("Ada").await.json()["version"]), (&json!(2), &json!(4)));
    // What was seen is what a change is compared with.
    let solve = |tag: String| world.call("PATCH", &path).by("Rosa").header("if-match", &tag).json(json!({ "status": "resolved" })).go();
    solve(rosa.header("etag").to_owned()).await.is(412);
    solve(after.header("etag").to_owned()).await.is(200);
}

/// The claims of an access token, unproven, as whoever stands behind the desk reads them.
fn claims(session: &serde_json::Value) -> serde_json::Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let part = session["accessToken"].as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn an_access_token_says_who_calls_and_no_more() {
    let world = World::new().await;
    let login = world.call("POST", "/v1/auth/login").json(json!({ "email": "ada@example.com", "password": PASSWORD })).go().await.is(200);
    let session = login.json();
    let said = claims(&session);
    assert_eq!((&said["sub"], &said["email"]), (&session["user"]["id"], &json!("ada@example.com")));
    assert_eq!((&said["user_id"], &said["role"], &said["roles"]), (&said["sub"], &json!("agent"), &json!(["agent"])));
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), session["expiresIn"].as_i64().unwrap());
    let text = session["accessToken"].as_str().unwrap();
    let jti = said["jti"].as_str().unwrap();
    for (token, status) in [(text, 200), (jti, 401), (&text[..text.len() - 2], 401), ("a.b.c", 401), ("..", 401)] {
        world.call("GET", "/v1/me").header("authorization", &format!("Bearer {token}")).go().await.is(status);
    }
    // What a token stands on is no cookie.
    world.call("GET", "/v1/me").header("cookie", &format!("lodge_session={jti}")).go().await.is(401);
}

#[tokio::test]
async fn sessions_are_seen_and_ended_elsewhere() {
    let world = World::new().await;
    let login = || world.call("POST", "/v1/auth/login").json(json!({ "email": "ada@example.com", "password": PASSWORD })).go();
    let bearer = |session: &serde_json::Value| format!("Bearer {}", session["accessToken"].as_str().unwrap());
    let (one, two, three) = (login().await.is(200).json(), login().await.is(200).json(), login().await.is(200).json());
    let list = world.call("GET", "/v1/sessions").header("authorization", &bearer(&one)).go().await.is(200).json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items.iter().filter(|it| it["current"] == json!(true)).map(|it| &it["id"]).collect::<Vec<_>>(), [&claims(&one)["sid"]]);
    let id = claims(&two)["sid"].as_str().unwrap().to_owned();
    // Nobody else learns of it, and an admin may end it.
    world.call("DELETE", &format!("/v1/sessions/{id}")).by("Rosa").go().await.is(404);
    world.call("DELETE", &format!("/v1/sessions/{id}")).by("Max").go().await.is(204);
    world.call("GET", "/v1/me").header("authorization", &bearer(&two)).go().await.is(401);
    world.call("DELETE", &format!("/v1/sessions/{id}")).by("Max").go().await.is(404);
    let ada = one["user"]["id"].as_str().unwrap();
    world.call("GET", &format!("/v1/sessions?person={ada}")).by("Rosa").go().await.is(403);
    assert_eq!(world.call("GET", &format!("/v1/sessions?person={ada}")).by("Max").go().await.is(200).json()["total"], 2);
    world.call("DELETE", "/v1/sessions").header("authorization", &bearer(&one)).go().await.is(204);
    world.call("GET", "/v1/me").header("authorization", &bearer(&three)).go().await.is(401);
    world.call("GET", "/v1/me").header("authorization", &bearer(&one)).go().await.is(200);
}

#[tokio::test]
async fn a_personal_token_is_traded_in_for_a_narrower_one() {
    let world = World::new().await;
    let wanted = json!({ "name": "robot", "scopes": ["tickets:read", "notes:read"] });
    let made = world.call("POST", "/v1/tokens").by("Ada").json(wanted).go().await.is(201).json();
    let ask = |id: &str, secret: &str, scope: &str| {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", scope)];
        let body: String = form.iter().map(|(name, value)| format!("{name}={}&", value.replace(' ', "+"))).collect();
        world.call("POST", "/v1/auth/token").bytes("application/x-www-form-urlencoded", body).go()
    };
    let (id, secret) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let answer = ask(id, secret, "tickets:read people:write").await.is(200).json();
    assert_eq!((&answer["scope"], &answer["token_type"]), (&json!("tickets:read"), &json!("Bearer")));
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    world.call("GET", "/v1/tickets").header("authorization", &bearer).go().await.is(200);
    world.call("GET", "/v1/people").header("authorization", &bearer).go().await.is(403);
    for (id, secret) in [(id, "lodge_pat_x_y"), ("00000000-0000-0000-0000-000000000000", secret), (id, ""), ("", "")] {
        ask(id, secret, "").await.is(401);
    }
    let other = json!({ "grant_type": "password", "client_id": id, "client_secret": secret });
    world.call("POST", "/v1/auth/token").json(other).go().await.is(422);
    // What it stands on is gone, and so is it.
    world.call("DELETE", &format!("/v1/tokens/{id}")).by("Ada").go().await.is(204);
    world.call("GET", "/v1/tickets").header("authorization", &bearer).go().await.is(401);
}

/// From where a desk is open (SEC-03): for everybody, for staff, and never against whoever sets it.
#[tokio::test]
async fn a_desk_is_open_from_the_addresses_that_it_names() {
    let world = World::new().await;
    let set = |from: &'static str, body: Value| world.call("PATCH", "/v1/settings/addresses").by("Max").from(from).json(body).go();
    set("10.0.0.7", json!({ "staff": ["192.0.2.0/24"] })).await.is(422);
    set("10.0.0.7", json!({ "everybody": ["10.0.0.0/8", "192.0.2.0/24"], "staff": ["10.0.0.0/24"] })).await.is(200);
    for (who, from, status) in [
        ("Ada", "10.0.0.9", 200),
        ("Ada", "10.9.0.9", 403),
        ("Ada", "192.0.2.1", 403),
        ("Rosa", "192.0.2.1", 200),
        ("Rosa", "198.51.100.1", 403),
    ] {
        for path in ["/v1/me", "/v1/portal/tickets"] {
            world.call("GET", path).by(who).from(from).go().await.is(status);
        }
    }
    // Whoever is not signed in sees the door from there, or nothing at all.
    for (from, status) in [("192.0.2.1", 200), ("198.51.100.1", 403)] {
        world.call("GET", "/sign-in").from(from).go().await.is(status);
    }
    set("10.9.9.9", json!({ "staff": [] })).await.is(403);
}

/// Scripts of other sites may call the API where the operator lists their site, with a token and never by a cookie.
#[tokio::test]
async fn scripts_of_listed_sites_may_call_the_api_with_a_token() {
    let listed = Options { cors_origins: vec!["https://intranet.example.org".into()], ..Options::default() };
    let world = World::with(listed).await;
    let ask = |origin: &'static str| {
        let call = world.call("OPTIONS", "/v1/tickets").header("origin", origin).header("access-control-request-method", "POST");
        call.header("access-control-request-headers", "authorization,content-type").go()
    };
    let told = ask("https://intranet.example.org").await;
    assert_eq!(told.header("access-control-allow-origin"), "https://intranet.example.org");
    assert!(told.header("access-control-allow-headers").contains("authorization"));
    assert!(!told.headers.contains_key("access-control-allow-credentials"), "cookies stay at home");
    assert!(!ask("https://evil.example").await.headers.contains_key("access-control-allow-origin"));
    let answer = world.call("GET", "/v1/me").by("Ada").header("origin", "https://intranet.example.org").go().await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://intranet.example.org");
    // A desk that lists nobody says nothing of the kind.
    let closed = World::new().await;
    let answer = closed.call("OPTIONS", "/v1/tickets").header("origin", "https://intranet.example.org").go().await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

/// Behind a proxy that ends TLS and is trusted, cookies are for encrypted connections only, whatever is configured; elsewhere a browser
/// would not send them back at all.
#[tokio::test]
async fn cookies_are_for_encrypted_connections_where_the_request_came_over_one() {
    let world = World::with(Options { trusted_proxies: vec!["10.0.0.1".parse().unwrap()], ..Options::default() }).await;
    for (peer, forwarded, is_encrypted) in [("10.0.0.1", "https", true), ("10.0.0.1", "http", false), ("192.0.2.1", "https", false)] {
        let fields = [("email", "rosa@example.com"), ("password", PASSWORD)];
        let answer = world.form("/sign-in", "", &fields).from(peer).header("x-forwarded-proto", forwarded).go().await.is(303);
        let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
        assert!(set.len() >= 2, "{set:?}");
        for cookie in set {
            assert_eq!(cookie.ends_with("; Secure"), is_encrypted, "{peer} {forwarded}: {cookie}");
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
        }
        assert_eq!(answer.headers.contains_key("strict-transport-security"), is_encrypted);
        assert!(answer.header("permissions-policy").contains("camera=()"));
    }
}

#[tokio::test]
async fn who_comes_plain_from_afar_is_sent_to_where_it_is_encrypted() {
    // Whatever is said about cookies and addresses.
    for (cookies_for, base_url) in [(CookiesFor::AsAsked, None), (CookiesFor::Encrypted, Some("https://desk.example:8443".to_owned()))] {
        let trusted_proxies = vec!["10.0.0.1".parse().unwrap()];
        let options = Options { trusted_proxies, encrypted_port: Some(8443), cookies_for, base_url, ..Options::default() };
        let world = World::with(options).await;
        let ask = |peer: &str, forwarded: &str| world.call("GET", "/kb?q=a%20b").from(peer).header("x-forwarded-proto", forwarded).go();
        for peer in ["192.0.2.1", "2001:db8::7"] {
            let answer = ask(peer, "https").await.is(308);
            assert_eq!(answer.header("location"), "https://desk.example:8443/kb?q=a%20b", "{peer}");
        }
        for (peer, forwarded) in [("127.0.0.1", "http"), ("::1", "http"), ("10.0.0.1", "http"), ("10.0.0.1", "https")] {
            assert_ne!(ask(peer, forwarded).await.status, 308, "{peer}");
        }
    }
}

/// The links to settings on a page of the console.
fn settings_links(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
    links.filter(|it| it.starts_with("/agent/admin")).map(str::to_owned).collect()
}

#[tokio::test]
async fn whoever_looks_after_mail_gets_to_its_pages_and_to_nothing_else() {
    let world = World::new().await;
    let role = json!({ "name": "Post room", "permissions": ["tickets:read", "mail:read"], "reach": "all" });
    let role = world.call("POST", "/v1/roles").by("Max").json(role).go().await.is(201).json();
    let log = ["/agent/admin/mail"].as_slice();
    let all = ["/agent/admin/mail", "/agent/admin/mail-filters", "/agent/admin/mail-rules"].as_slice();
    let others = ["/agent/admin/mailboxes", "/agent/admin/people", "/agent/admin/sending", "/agent/admin/mail-templates", "/agent/admin"];
    for (roles, open) in [(json!(["agent"]), [].as_slice()), (json!(["team_lead"]), all), (json!([role["key"]]), log)] {
        let path = format!("/v1/people/{}", world.id("Ada"));
        world.call("PATCH", &path).by("Max").json(json!({ "roles": roles })).go().await.is(200);
        let console = world.call("GET", "/agent/views/all").by("Ada").go().await.is(200).text();
        assert_eq!(settings_links(&console), open, "{roles}");
        for page in all {
            let answer = world.call("GET", page).by("Ada").go().await;
            if !open.contains(page) {
                answer.is(403);
                continue;
            }
            let text = answer.is(200).text();
            assert_eq!(settings_links(text.split("</header>").next().unwrap()), open, "{roles} at {page}");
            let astray: Vec<_> = settings_links(&text).into_iter().filter(|it| !open.contains(&it.split('?').next().unwrap())).collect();
            assert!(astray.is_empty(), "{roles} at {page}: links to what is refused: {astray:?}");
        }
        for page in others {
            world.call("GET", page).by("Ada").go().await.is(403);
        }
    }
    let admin = world.call("GET", "/agent/views/all").by("Max").go().await.is(200).text();
    assert_eq!(settings_links(&admin), ["/agent/admin"], "admins go by the settings");
}

#[tokio::test]
async fn who_is_not_reached_is_said_beside_the_composer() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "The badge reader blinks" })).await;
    let page = format!("/agent/tickets/{}", ticket["number"].as_str().unwrap());
    let told = "Nothing is sent to <strong>rosa@example.com</strong>";
    assert!(!world.call("GET", &page).by("Ada").go().await.is(200).text().contains(told));
    let body = json!({ "address": "Rosa@example.com", "reason": "550 no <such> mailbox" });
    world.call("POST", "/v1/mail/suppressions").by("Max").json(body).go().await.is(201);
    for (who, link) in [("Ada", false), ("Max", true)] {
        let text = world.call("GET", &page).by(who).go().await.is(200).text();
        assert!(text.contains(told) && text.contains("550 no &lt;such&gt; mailbox"), "{who}");
        assert_eq!(text.contains("/agent/admin/sending/addresses"), link, "{who}");
    }
    world.call("DELETE", "/v1/mail/suppressions/rosa@example.com").by("Max").go().await.is(204);
    assert!(!world.call("GET", &page).by("Ada").go().await.is(200).text().contains(told));
}
