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
