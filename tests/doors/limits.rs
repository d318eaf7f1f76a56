//! What the doors bear: credentials are limited per address and bearers are not, and too much at once is told to come back.

use std::time::Duration;

use axum::body::Body;
use lodge::http::Options;
use serde_json::json;

use crate::world::{MAIL_BYTES_MAX, PASSWORD, World};

#[tokio::test]
async fn credentials_are_limited_per_address_and_bearers_are_not() {
    let options = Options {
        credentials_per_minute: 3.try_into().unwrap(),
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..Options::default()
    };
    let world = World::with(options).await;
    let attempt = |peer: &'static str, client: &'static str| {
        let call = world.call("POST", "/v1/auth/login").from(peer).header("x-forwarded-for", client);
        call.json(json!({ "email": "ada@example.com", "password": PASSWORD })).go()
    };
    for _ in 0..3 {
        attempt("203.0.113.1", "9.9.9.9").await.is(200);
    }
    let refused = attempt("203.0.113.1", "8.8.8.8").await.is(429);
    assert!((1..=60).contains(&refused.header("retry-after").parse::<u64>().unwrap()));
    // Through a trusted proxy each client counts for itself.
    for client in ["7.7.7.1", "7.7.7.2", "7.7.7.3", "7.7.7.4"] {
        attempt("10.0.0.1", client).await.is(200);
    }
    for _ in 0..20 {
        world.call("GET", "/v1/me").from("203.0.113.1").by("Ada").go().await.is(200);
    }
}

#[tokio::test]
async fn too_much_at_once_is_told_to_come_back_and_health_is_not() {
    let world = World::with(Options { in_flight_max: 0, ..Options::default() }).await;
    let refused = world.call("GET", "/v1/me").by("Ada").go().await.is(503);
    assert!(!refused.header("retry-after").is_empty());
    world.call("GET", "/healthz").go().await.is(200);
    world.call("GET", "/readyz").go().await.is(200);
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let world = World::with(Options { handler_timeout: Duration::from_millis(20), ..Options::default() }).await;
    // A body that never comes. Whoever asks before sending is not waited for once more when the answer is there.
    let never = Body::from_stream(futures_util::stream::pending::<Result<&'static [u8], std::io::Error>>());
    let call = world.call("POST", "/v1/tickets").by("Ada").header("expect", "100-continue");
    call.bytes("application/json", never).go().await.is(503);
}

#[tokio::test]
async fn bodies_are_limited_as_the_operator_says() {
    let world = World::with(Options { json_body_bytes_max: 100, ..Options::default() }).await;
    // As long as the limit, and one byte longer.
    for (padding, status) in [(100, 201), (101, 413)] {
        let body = format!("{:<padding$}", json!({ "title": "Printer", "description": "It hums." }).to_string());
        world.call("POST", "/v1/portal/incidents").by("Rosa").bytes("application/json", body).go().await.is(status);
    }
    for (bytes, status) in [(MAIL_BYTES_MAX, 200), (MAIL_BYTES_MAX + 1, 413)] {
        let head = "From: rosa@example.com\r\nSubject: long\r\n\r\n";
        let mail = format!("{head}{}", "x".repeat(bytes - head.len()));
        world.call("POST", "/v1/webhooks/email-inbound").by("Max").bytes("message/rfc822", mail).go().await.is(status);
    }
}

/// A form with files of these sizes.
fn files(sizes: &[usize]) -> String {
    let part = |size: &usize| {
        let bytes = "a".repeat(*size);
        format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{bytes}\r\n")
    };
    sizes.iter().map(part).collect::<String>() + "--x--\r\n"
}

#[tokio::test]
async fn uploads_are_limited_as_the_operator_says() {
    let world = World::with(Options { upload_bytes_max: 1024, upload_request_bytes_max: 3 * 1024, ..Options::default() }).await;
    world.lodge("Rosa", json!({ "title": "With files" })).await;
    for (sizes, status, said) in [
        (vec![1024], 201, ""),
        (vec![1025], 413, "`a.txt` is larger than 1 KB."),
        (vec![900, 900], 201, ""),
        (vec![900, 900, 900, 900], 413, "All files together may have 3 KB at most."),
        (vec![1; lodge::limits::UPLOAD_FILES_MAX], 201, ""),
        (vec![1; lodge::limits::UPLOAD_FILES_MAX + 1], 413, "At most 20 files are taken at once."),
    ] {
        let call = world.call("POST", "/v1/tickets/INC-000001/attachments").by("Rosa");
        let answer = call.bytes("multipart/form-data; boundary=x", files(&sizes)).go().await.is(status);
        assert!(said.is_empty() || answer.json()["detail"] == said, "{sizes:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn whether_one_may_upload_is_told_before_the_body_is_read() {
    let world = World::new().await;
    world.lodge("Rosa", json!({ "title": "With files" })).await;
    let made = world.call("POST", "/v1/tokens").by("Ada").json(json!({ "name": "reads", "scopes": ["tickets:read"] })).go().await;
    let bearer = format!("Bearer {}", made.is(201).json()["token"].as_str().unwrap());
    for (number, status) in [("INC-000001", 403), ("INC-000002", 404)] {
        let never = Body::from_stream(futures_util::stream::pending::<Result<&'static [u8], std::io::Error>>());
        let call = world.call("POST", &format!("/v1/tickets/{number}/attachments")).header("authorization", &bearer);
        let asked = call.header("expect", "100-continue").bytes("multipart/form-data; boundary=x", never).go();
        tokio::time::timeout(Duration::from_secs(10), asked).await.expect("an answer without the body").is(status);
    }
}

#[tokio::test]
async fn live_connections_are_limited() {
    let world = World::with(Options { live_connections_max: 1, ..Options::default() }).await;
    let first = world.call("GET", "/v1/events").by("Rosa").open().await;
    assert_eq!(first.0, 200);
    world.call("GET", "/v1/events").by("Rosa").go().await.is(503);
    let told = world.call("GET", "/readyz").go().await.is(200).json();
    assert_eq!(told["status"], "warning");
    assert!(told["desks"][0]["warnings"][0].as_str().unwrap().starts_with("1 of 1 live connections"), "{told}");
    drop(first);
    assert_eq!(world.call("GET", "/readyz").go().await.json()["desks"][0]["warnings"], json!([]));
    assert_eq!(world.call("GET", "/v1/events").by("Rosa").open().await.0, 200);
}
