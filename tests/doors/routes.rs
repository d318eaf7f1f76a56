//! Every address, walked from the route table: nobody gets anywhere without signing in, unless the table says so.

use lodge::api::routes;
use serde_json::json;

use crate::world::World;

fn filled(path: &str) -> String {
    path.replace("{id}", "INC-000001")
        .replace("{type}", "blocks")
        .replace("{other}", "INC-000002")
        .replace("{person}", "x")
        .replace("{subject}", "x")
}

#[tokio::test]
async fn nobody_gets_anywhere_without_signing_in() {
    let world = World::new().await;
    for prefix in ["/v1", "/api"] {
        for (method, path) in routes::CLOSED {
            let answer = world.call(&method.to_uppercase(), &format!("{prefix}{}", filled(path))).go().await.is(401);
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{path}");
            assert_eq!(answer.json()["code"], "LODGE_UNAUTHENTICATED");
        }
    }
    for (method, path) in [("GET", "/v1/nothing"), ("POST", "/api/tickets/1/2/3"), ("DELETE", "/v1/me"), ("PATCH", "/v1/tickets")] {
        world.call(method, path).go().await.is(401);
        world.call(method, path).header("authorization", "Bearer nonsense").go().await.is(401);
        world.call(method, path).header("authorization", "Basic YTpi").go().await.is(401);
    }
}

#[tokio::test]
async fn what_is_open_is_named() {
    let world = World::new().await;
    for (method, path) in routes::HEALTH {
        let status = world.call(&method.to_uppercase(), path).go().await.status.as_u16();
        assert!(status == 200 || *path == "/metrics", "{path}: {status}");
    }
    assert_eq!(
        routes::OPEN.iter().map(|it| it.1).collect::<Vec<_>>(),
        [
            "/auth/login",
            "/auth/refresh",
            "/auth/logout",
            "/auth/token",
            "/auth/register",
            "/auth/verify",
            "/auth/forgot",
            "/auth/reset",
            "/auth/accept",
            "/files/{token}",
            "/csat/{token}",
            "/csat/{token}",
            "/openapi.json"
        ]
    );
    let document = world.call("GET", "/v1/openapi.json").go().await.is(200).json();
    assert!(document["paths"].as_object().unwrap().keys().all(|it| it.starts_with("/v1/") || it.starts_with("/api/")));
}

#[tokio::test]
async fn refusals_have_the_status_that_the_contract_names() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer" })).await;
    let path = format!("/v1/tickets/{}", ticket["id"].as_str().unwrap());
    let comments = format!("{path}/comments");
    for (who, method, path, content_type, body, status) in [
        ("Ada", "GET", "/v1/nothing", "", "", 404),
        ("Ada", "DELETE", "/v1/me", "", "", 405),
        ("Ada", "POST", "/v1/tickets", "application/json", "{", 400),
        ("Ada", "POST", "/v1/tickets", "application/json", "[]", 422),
        ("Ada", "POST", "/v1/tickets", "text/plain", "{}", 415),
        ("Ada", "POST", "/v1/tickets", "application/json", "{}", 422),
        ("Ada", "POST", "/v1/tickets", "application/json", r#"{"title":" "}"#, 422),
        ("Ada", "POST", "/v1/tickets", "application/json", "{\"title\":\"\\u0001\"}", 422),
        ("Ada", "POST", "/v1/tickets", "application/json", r#"{"title":"a","priority":9}"#, 422),
        ("Ada", "POST", "/v1/tickets", "application/json", r#"{"title":"a","kind":"riot"}"#, 422),
        ("Ada", "POST", "/v1/tickets", "application/json", r#"{"title":"a","dueAt":"tomorrow"}"#, 422),
        ("Ada", "POST", "/v1/tickets", "application/json", r#"{"title":"a","queue":"nowhere"}"#, 422),
        ("Rosa", "POST", "/v1/tickets", "application/json", r#"{"title":"a","priority":1}"#, 403),
        ("Rosa", "POST", "/v1/tickets", "application/json", r#"{"title":"a","requester":"otto@example.com"}"#, 403),
        ("Rosa", "PATCH", &path, "application/json", r#"{"title":"b"}"#, 403),
        ("Rosa", "DELETE", &path, "", "", 403),
        ("Ada", "DELETE", &path, "", "", 403),
        ("Ada", "PATCH", &path, "application/json", r#"{"title":null}"#, 422),
        ("Ada", "PATCH", &path, "application/json", r#"{"kind":"request"}"#, 422),
        ("Ada", "PATCH", &path, "application/json", r#"{"status":"closed"}"#, 200),
        ("Ada", "PATCH", &path, "application/json", r#"{"status":"resolved"}"#, 422),
        ("Rosa", "POST", &comments, "application/json", r#"{"body":"x","isPrivate":true}"#, 403),
        ("Ada", "POST", &comments, "application/json", r#"{"body":""}"#, 422),
        ("Ada", "GET", "/v1/tickets?pageSize=0", "", "", 422),
        ("Ada", "GET", "/v1/tickets?sort=weather", "", "", 422),
        ("Ada", "GET", "/v1/tickets?cursor=nonsense", "", "", 422),
        ("Ada", "GET", "/v1/tickets?q=wether:fine", "", "", 422),
        ("Ada", "GET", "/v1/tickets?status=nowhere", "", "", 422),
        ("Ada", "GET", "/v1/search", "", "", 422),
        ("Ada", "GET", "/v1/audit", "", "", 403),
        ("Ada", "GET", "/v1/jobs", "", "", 403),
        ("Ada", "POST", "/v1/queues", "application/json", r#"{"name":"Network"}"#, 403),
        ("Max", "POST", "/v1/queues", "application/json", r#"{"name":"Network"}"#, 201),
        ("Max", "POST", "/v1/queues", "application/json", r#"{"name":"network"}"#, 422),
        ("Rosa", "GET", "/v1/people?q=a", "", "", 403),
        ("Rosa", "POST", "/v1/webhooks/email-inbound", "message/rfc822", "From: a@b\r\n\r\nx", 403),
        ("Max", "POST", "/v1/webhooks/email-inbound", "application/json", "{}", 415),
        ("Ada", "GET", "/v1/attachments/not-an-id", "", "", 404),
        ("Ada", "POST", &format!("{path}/attachments"), "application/json", r#"{"filename":"a","size":1,"contentType":"b"}"#, 201),
    ] {
        let call = world.call(method, path).by(who);
        let answer = if content_type.is_empty() { call } else { call.bytes(content_type, body.to_owned()) }.go().await;
        assert_eq!(answer.status.as_u16(), status, "{who} {method} {path} {body}: {}", answer.text());
        if status >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
            let problem = answer.json();
            assert_eq!(problem["status"], status);
            assert_eq!(problem["instance"], path.split('?').next().unwrap());
            assert!(problem["code"].as_str().unwrap().starts_with("LODGE_"));
            assert!(status != 422 || !problem["errors"].as_array().unwrap().is_empty() || body == "[]", "{path} {body}: {problem}");
        }
    }
}

#[tokio::test]
async fn bodies_are_bounded() {
    let world = World::new().await;
    let huge = format!("{{\"title\":\"{}\"}}", "a".repeat(lodge::limits::JSON_BODY_BYTES_MAX));
    world.call("POST", "/v1/tickets").by("Ada").bytes("application/json", huge).go().await.is(413);
    let deep = format!("{{\"title\":\"a\",\"custom\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
    world.call("POST", "/v1/tickets").by("Ada").bytes("application/json", deep).go().await.is(400);
}

#[tokio::test]
async fn answers_carry_what_browsers_and_logs_need() {
    let world = World::new().await;
    let answer = world.call("GET", "/v1/me").by("Ada").header("x-request-id", "abc-1").go().await.is(200);
    assert_eq!(answer.header("x-request-id"), "abc-1");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let answer = world.call("GET", "/v1/me").header("x-request-id", "a b").go().await;
    assert!(!answer.header("x-request-id").is_empty() && answer.header("x-request-id") != "a b");
}
