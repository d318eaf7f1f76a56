//! Signing in under attack: who waits, who does not, and what is written down and told.

use std::sync::atomic::{AtomicI64, Ordering};

use lodge::{
    desk::event::{Changes, EventKind},
    http::Options,
    time::Instant,
};

use crate::world::{Answer, PASSWORD, World};

/// The clock of one world; each test has its own.
macro_rules! clock {
    ($name:ident) => {
        static $name: AtomicI64 = AtomicI64::new(1_777_627_800_000);
    };
}

async fn world(clock: fn() -> Instant) -> World {
    World::with(Options { clock, credentials_per_minute: 10_000.try_into().unwrap(), ..Options::default() }).await
}

async fn enter(world: &World, from: &str, cookies: &str, email: &str, password: &str) -> Answer {
    world.form("/sign-in", cookies, &[("email", email), ("password", password)]).from(from).go().await
}

async fn seen(world: &World, kind: EventKind) -> usize {
    // Failures are written down beside the answer: what is written after them comes after them.
    world.desk.write(None, |_| Ok(())).await.unwrap();
    world.desk.read(|tx| Ok(tx.events_after(0, 10_000)?)).unwrap().iter().filter(|it| it.kind == kind.name()).count()
}

#[tokio::test]
async fn nobody_is_locked_out_by_somebody_else() {
    clock!(NOW);
    let world = world(|| Instant::from_millis(NOW.load(Ordering::Relaxed))).await;
    let ada = "ada@example.com";
    // Ada's own computer, at home.
    let cookies = enter(&world, "203.0.113.7", "", ada, PASSWORD).await.is(303).cookies("");
    let cookies = cookies.split("; ").find(|it| it.starts_with("lodge_device=")).unwrap().to_owned();
    // Somebody guesses, from one address and then from many.
    let mut refused = 0;
    for n in 0..40 {
        let status = enter(&world, &format!("198.51.100.{}", n / 8), "", ada, "guess").await.status;
        assert!(status == 401 || status == 429, "{status}");
        refused += usize::from(status == 429);
    }
    assert!(refused >= 15, "{refused}");
    let waits = enter(&world, "192.0.2.99", "", ada, PASSWORD).await.is(429);
    assert!((1..=45).contains(&waits.header("retry-after").parse::<u64>().unwrap()));
    // Ada gets in: with her device from anywhere, and without it from home.
    enter(&world, "198.51.100.1", &cookies, ada, PASSWORD).await.is(303);
    enter(&world, "203.0.113.7", "", ada, PASSWORD).await.is(303);
    // Otto is not concerned, not even at the attacker's address.
    enter(&world, "198.51.100.1", "", "otto@example.com", PASSWORD).await.is(303);
    // And it passes.
    NOW.fetch_add(60_000, Ordering::Relaxed);
    enter(&world, "192.0.2.99", "", ada, PASSWORD).await.is(303);
    assert!(seen(&world, EventKind::SignInSlowed).await >= 2);
}

#[tokio::test]
async fn an_unknown_account_is_slowed_and_answered_alike() {
    clock!(NOW);
    let world = world(|| Instant::from_millis(NOW.load(Ordering::Relaxed))).await;
    let mut answers = Vec::new();
    for email in ["rosa@example.com", "nobody@example.com"] {
        let mut said = Vec::new();
        for n in 0..14 {
            let answer = enter(&world, "198.51.100.1", "", email, "guess").await;
            said.push((answer.status, answer.header("retry-after").to_owned(), answer.text().replace(email, "")));
            NOW.fetch_add(n * 100, Ordering::Relaxed);
        }
        answers.push(said);
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].iter().any(|it| it.0 == 429));
}

#[tokio::test]
async fn a_guess_writes_down_the_origin_and_nothing_about_strangers() {
    let world = World::new().await;
    for email in ["rosa@example.com", "nobody@example.com"] {
        enter(&world, "198.51.100.1", "", email, "guess").await.is(401);
    }
    assert_eq!(seen(&world, EventKind::SignInFailed).await, 1);
    let events = world.desk.read(|tx| Ok(tx.events_after(0, 1000)?)).unwrap();
    let failed = events.iter().find(|it| it.kind == EventKind::SignInFailed.name()).unwrap();
    assert!(String::from_utf8_lossy(failed.parts[0].as_ref().unwrap()).contains("198.51.100.1"));
    assert_eq!(Changes::of(failed).after("failures"), Some(&1.into()));
}

#[tokio::test]
async fn a_new_device_is_told_of_and_a_known_one_is_not() {
    let world = World::new().await;
    let (home, abroad) = ("203.0.113.7", "198.51.100.1");
    let cookies = enter(&world, home, "", "rosa@example.com", PASSWORD).await.is(303).cookies("");
    assert!(world.account_mails().await.is_empty(), "the first sign-in is no surprise");
    enter(&world, abroad, &cookies, "rosa@example.com", PASSWORD).await.is(303);
    enter(&world, home, "", "rosa@example.com", PASSWORD).await.is(303);
    assert!(world.account_mails().await.is_empty(), "the device travels, and home is known");
    enter(&world, "192.0.2.4", "", "rosa@example.com", PASSWORD).await.is(303);
    let mails = world.account_mails().await;
    assert!(mails.len() == 1 && mails[0].subject.starts_with("A new sign-in") && mails[0].text.contains("192.0.2.4"), "{mails:?}");
    let quiet = serde_json::json!({ "tellNewDevice": false });
    world.call("PATCH", "/v1/settings/accounts").by("Max").json(quiet).go().await.is(200);
    enter(&world, "192.0.2.5", "", "rosa@example.com", PASSWORD).await.is(303);
    assert!(world.account_mails().await.is_empty());
}

#[tokio::test]
async fn another_sites_form_signs_nobody_in() {
    let world = World::new().await;
    for path in ["/sign-in", "/sign-in/code", "/register", "/forgot", "/reset/x", "/verify/x", "/invitation/x"] {
        let call = world.call("POST", path).header("sec-fetch-site", "cross-site");
        call.bytes("application/x-www-form-urlencoded", "email=rosa%40example.com&password=x&code=1&name=x").go().await.is(403);
    }
}
