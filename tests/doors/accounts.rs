//! How accounts begin and how forgotten passwords end: registration, invitation, reset; and that asking tells nothing.

use std::sync::atomic::{AtomicI64, Ordering};

use lodge::{
    desk::{
        actor::Actor,
        event::EventKind,
        identity::{self, rules},
        mail::compose::Outgoing,
    },
    http::Options,
};
use proptest::strategy::{Strategy, ValueTree};
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World};

const FRESH: &str = "kettle orbit mango";

/// The token of the link in a mail, and its path.
fn link(mail: &Outgoing) -> (String, String) {
    let path = mail.text.lines().find_map(|it| it.strip_prefix("https://desk.example")).expect("a link").to_owned();
    let token = path.rsplit_once('/').expect("a token").1.to_owned();
    (path, token)
}

async fn open_registration(world: &World, domains: &[&str]) {
    let body = json!({ "registration": true, "registrationDomains": domains });
    world.call("PATCH", "/v1/settings/accounts").by("Max").json(body).go().await.is(200);
}

async fn post(world: &World, path: &str, body: Value) -> Answer {
    world.call("POST", path).json(body).go().await
}

async fn login(world: &World, email: &str, password: &str) -> Answer {
    post(world, "/v1/auth/login", json!({ "email": email, "password": password })).await
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_mail_and_once() {
    let world = World::new().await;
    let session = login(&world, "rosa@example.com", PASSWORD).await.is(200).json();
    let bearer = format!("Bearer {}", session["accessToken"].as_str().unwrap());
    post(&world, "/v1/auth/forgot", json!({ "email": " Rosa@Example.com" })).await.is(202);
    let mails = world.account_mails().await;
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!((mail.to[0].address.as_str(), mail.auto_submitted), ("rosa@example.com", Some("auto-generated")));
    let (path, token) = link(mail);
    for _ in 0..2 {
        let page = world.call("GET", &path).go().await.is(200);
        assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
    }
    let reset = |password: &'static str| post(&world, "/v1/auth/reset", json!({ "token": token.clone(), "password": password }));
    for (password, code) in [("short", "too_short"), ("password123", "too_common"), ("Rosa@example.com", "too_personal")] {
        assert_eq!(reset(password).await.is(422).json()["errors"][0]["code"], code);
    }
    reset(FRESH).await.is(204);
    assert_eq!(reset(FRESH).await.is(422).json()["errors"][0]["field"], "token");
    world.call("GET", &path).go().await.is(404);
    world.call("GET", "/v1/me").header("authorization", &bearer).go().await.is(401);
    login(&world, "rosa@example.com", PASSWORD).await.is(401);
    login(&world, "rosa@example.com", FRESH).await.is(200);
    let told = world.account_mails().await;
    assert!(told.len() == 1 && told[0].subject.starts_with("Your password was changed"), "{told:?}");
}

#[tokio::test]
async fn a_mail_about_an_account_is_a_letter_that_shows_no_link() {
    let world = World::new().await;
    world.call("PATCH", "/v1/me").by("Rosa").json(json!({ "locale": "de-AT" })).go().await.is(200);
    post(&world, "/v1/auth/forgot", json!({ "email": "rosa@example.com" })).await.is(202);
    let mails = world.account_mails().await;
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(mail.subject, "Neues Passwort setzen · Pine Street");
    assert!(mail.text.starts_with("Guten Tag Rosa") && mail.html.contains("lang=\"de\""), "{}", mail.text);
    let (path, token) = link(mail);
    let in_html = path.replace('_', "%5F");
    assert!(mail.html.contains(&format!("href=\"https://desk.example{in_html}\"")), "{}", mail.html);
    world.call("GET", &in_html).go().await.is(200);
    let sent = world.call("GET", "/v1/mail/outbox?state=sent").by("Max").go().await.is(200);
    assert!(sent.json()["items"][0]["occasion"] == "password_reset" && sent.json()["total"] == 1, "{}", sent.text());
    for path in ["/v1/mail/outbox?state=sent", "/v1/audit", "/agent/admin/sending/letters?state=sent"] {
        let shown = world.call("GET", path).by("Max").go().await.is(200).text();
        assert!(!shown.contains(&token), "{path} shows a link that works");
    }
    let id = sent.json()["items"][0]["id"].as_str().unwrap().to_owned();
    for who in ["Ada", "Rosa"] {
        let it = world.call("POST", &format!("/v1/mail/outbox/{id}/retry")).by(who).go().await;
        assert!([403, 404].contains(&it.status.as_u16()), "{who}: {:?}", it.status);
    }
    world.call("POST", &format!("/v1/mail/outbox/{id}/retry")).by("Max").go().await.is(409);
}

#[tokio::test]
async fn asking_tells_nothing_of_who_is_here() {
    let world = World::new().await;
    open_registration(&world, &[]).await;
    let mut answers = Vec::new();
    for email in ["rosa@example.com", "nobody@example.com"] {
        let reset = post(&world, "/v1/auth/forgot", json!({ "email": email })).await;
        let register = post(&world, "/v1/auth/register", json!({ "email": email, "name": "Somebody" })).await;
        let forgot_page = world.form("/forgot", "", &[("email", email)]).go().await;
        let register_page = world.form("/register", "", &[("email", email), ("name", "Somebody")]).go().await;
        let said = [reset, register, forgot_page, register_page].map(|it| (it.status, it.text().replace(email, "")));
        answers.push(said);
    }
    assert_eq!(answers[0], answers[1]);
    let mails = world.account_mails().await;
    let to = |email: &str| mails.iter().filter(|it| it.to[0].address == email).map(|it| it.subject.as_str()).collect::<Vec<_>>();
    assert_eq!(to("rosa@example.com"), ["Set a new password · Pine Street"], "one mail a minute, whatever is asked");
    assert_eq!(to("nobody@example.com"), ["Finish your registration · Pine Street"]);
}

#[tokio::test]
async fn an_account_is_made_behind_the_mail_and_not_before() {
    let world = World::new().await;
    let wanted = json!({ "email": "new@birch.example", "name": "Nia Okafor" });
    post(&world, "/v1/auth/register", wanted.clone()).await.is(403);
    world.call("GET", "/register").header("accept", "text/html").go().await.is(404);
    open_registration(&world, &["birch.example"]).await;
    post(&world, "/v1/auth/register", json!({ "email": "new@elsewhere.example", "name": "N" })).await.is(422);
    post(&world, "/v1/auth/register", wanted.clone()).await.is(202);
    assert!(world.desk.read(|tx| identity::person_by_email(tx, "new@birch.example")).unwrap().is_none());
    let mails = world.account_mails().await;
    assert!(!mails[0].text.contains("Nia"), "a stranger's words are not sent by us");
    let (path, token) = link(&mails[0]);
    assert!(world.call("GET", &path).go().await.is(200).text().contains("Nia Okafor"));
    for other in ["/v1/auth/reset", "/v1/auth/accept"] {
        post(&world, other, json!({ "token": token, "password": FRESH })).await.is(422);
    }
    let done = world.form(&path, "", &[("name", "Nia O."), ("password", FRESH)]).go().await.is(303);
    assert_eq!(done.header("location"), "/sign-in");
    let me = login(&world, "new@birch.example", FRESH).await.is(200).json();
    assert_eq!((&me["user"]["name"], &me["user"]["roles"]), (&json!("Nia O."), &json!(["requester"])));
    post(&world, "/v1/auth/verify", json!({ "token": token, "password": FRESH })).await.is(422);
    // Whoever is here already is told so by mail alone.
    post(&world, "/v1/auth/register", wanted).await.is(202);
    assert_eq!(world.account_mails().await[0].subject, "You have an account already · Pine Street");
}

#[tokio::test]
async fn an_invitation_is_taken_with_a_name_and_a_password() {
    let world = World::new().await;
    let body = json!({ "email": "ines@example.com", "roles": ["agent"] });
    world.call("POST", "/v1/people/invitations").by("Ada").json(body.clone()).go().await.is(403);
    world.call("POST", "/v1/people/invitations").by("Max").json(body.clone()).go().await.is(201);
    login(&world, "ines@example.com", "").await.is(401);
    let first = link(&world.account_mails().await[0]).1;
    world.call("POST", "/v1/people/invitations").by("Max").json(body.clone()).go().await.is(201);
    let mails = world.account_mails().await;
    assert!(mails[0].text.contains("Max invites you"));
    let (path, token) = link(&mails[0]);
    let accept = |token: &str| post(&world, "/v1/auth/accept", json!({ "token": token, "name": "Ines", "password": FRESH }));
    accept(&first).await.is(422);
    world.call("GET", &path).go().await.is(200);
    accept(&token).await.is(204);
    let me = login(&world, "ines@example.com", FRESH).await.is(200).json();
    assert_eq!((&me["user"]["name"], &me["user"]["roles"]), (&json!("Ines"), &json!(["agent"])));
    world.call("POST", "/v1/people/invitations").by("Max").json(body).go().await.is(409);
}

#[tokio::test]
async fn whoever_only_wrote_mail_takes_over_their_account() {
    let world = World::new().await;
    let made = world.desk.write(None, |tx| identity::find_or_create(tx, &Actor::system("mail"), "cy@example.com", "Cy"));
    made.await.unwrap();
    login(&world, "cy@example.com", "").await.is(401);
    post(&world, "/v1/auth/forgot", json!({ "email": "cy@example.com" })).await.is(202);
    let token = link(&world.account_mails().await[0]).1;
    post(&world, "/v1/auth/reset", json!({ "token": token, "password": FRESH })).await.is(204);
    login(&world, "cy@example.com", FRESH).await.is(200);
}

#[tokio::test]
async fn links_end_with_the_account_and_with_another_password() {
    let world = World::new().await;
    let ask = async || {
        let id = world.id("Rosa");
        // As if the last mail was long ago.
        world.desk.write(None, |tx| identity::link::drop_all(tx, "rosa@example.com")).await.unwrap();
        post(&world, "/v1/auth/forgot", json!({ "email": "rosa@example.com" })).await.is(202);
        (id, link(&world.account_mails().await[0]).1)
    };
    let change = async |change: identity::PersonChange| {
        let id = world.id("Rosa");
        world.desk.write(None, move |tx| identity::change_person(tx, &Actor::system("test"), id, change)).await.unwrap();
    };
    let try_it = |token: String| post(&world, "/v1/auth/reset", json!({ "token": token, "password": FRESH }));
    let (_, token) = ask().await;
    change(identity::PersonChange { active: Some(false), ..Default::default() }).await;
    try_it(token).await.is(422);
    change(identity::PersonChange { active: Some(true), ..Default::default() }).await;
    let (id, token) = ask().await;
    world.desk.write(None, move |tx| identity::set_password(tx, &Actor::system("test"), id, None)).await.unwrap();
    try_it(token).await.is(422);
    let (_, token) = ask().await;
    change(identity::PersonChange { email: Some("rosa@new.example".into()), ..Default::default() }).await;
    try_it(token).await.is(422);
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let world = World::new().await;
    let session = login(&world, "ada@example.com", PASSWORD).await.is(200).json();
    let bearer = format!("Bearer {}", session["accessToken"].as_str().unwrap());
    let change = |current: &str, password: &str| {
        let call = world.call("POST", "/v1/me/password").header("authorization", &bearer);
        call.json(json!({ "current": current, "password": password })).go()
    };
    assert_eq!(change("wrong", FRESH).await.is(422).json()["errors"][0]["field"], "current");
    assert_eq!(change(PASSWORD, "adaadaada").await.is(422).json()["errors"][0]["field"], "password");
    world.call("POST", "/v1/me/password").by("Ada").json(json!({ "current": PASSWORD, "password": FRESH })).go().await.is(403);
    change(PASSWORD, FRESH).await.is(204);
    world.call("GET", "/v1/me").header("authorization", &bearer).go().await.is(401);
    login(&world, "ada@example.com", FRESH).await.is(200);
    assert!(world.account_mails().await.iter().any(|it| it.subject.starts_with("Your password was changed")));
}

#[tokio::test]
async fn a_profile_is_ones_own_and_holds_nothing_else() {
    let world = World::new().await;
    for (body, status) in [
        (json!({ "name": "Rosa L.", "locale": "de-AT", "timeZone": "Europe/Vienna" }), 200),
        (json!({ "locale": null, "roles": ["admin"], "email": "x@y.example" }), 200),
        (json!({ "name": " " }), 422),
        (json!({ "timeZone": "Mars/Base" }), 422),
        (json!({ "locale": "de AT" }), 422),
    ] {
        world.call("PATCH", "/v1/me").by("Rosa").json(body.clone()).go().await.is(status);
    }
    let me = world.call("GET", "/v1/me").by("Rosa").go().await.json();
    assert_eq!((&me["name"], &me["locale"], &me["timeZone"]), (&json!("Rosa L."), &Value::Null, &json!("Europe/Vienna")));
    assert_eq!((&me["roles"], &me["email"]), (&json!(["requester"]), &json!("rosa@example.com")));
}

#[tokio::test]
async fn an_old_hash_is_kept_better_after_the_next_sign_in() {
    let world = World::new().await;
    let id = world.id("Otto");
    let django = "pbkdf2_sha256$1000$NaClNaCl$DFRHyP75NhhP9KfmBQVw3DRMTlplRxD2m0/X6CUIpWg=";
    world.desk.write(None, move |tx| identity::set_password(tx, &Actor::system("import"), id, Some(django.into()))).await.unwrap();
    login(&world, "otto@example.com", "wrong horse").await.is(401);
    let session = login(&world, "otto@example.com", "correct horse").await.is(200).json();
    let kept = world.desk.read(|tx| identity::person_by_email(tx, "otto@example.com")).unwrap().unwrap().password.unwrap();
    assert!(kept.starts_with("$argon2id$"), "{kept}");
    login(&world, "otto@example.com", "correct horse").await.is(200);
    let bearer = format!("Bearer {}", session["accessToken"].as_str().unwrap());
    world.call("GET", "/v1/me").header("authorization", &bearer).go().await.is(200);
}

#[tokio::test]
async fn rules_are_for_admins() {
    let world = World::new().await;
    let rules = |who: &'static str, body: Value| world.call("PATCH", "/v1/settings/accounts").by(who).json(body).go();
    rules("Ada", json!({ "registration": true })).await.is(403);
    rules("Max", json!({ "passwordCharsMin": 3 })).await.is(422);
    rules("Max", json!({ "registration": null })).await.is(422);
    let shown = rules("Max", json!({ "passwordCharsMin": 20, "secondFactorRoles": ["owner"] })).await.is(200).json();
    assert_eq!((&shown["passwordCharsMin"], &shown["secondFactorRoles"]), (&json!(20), &json!(["tenant_owner"])));
    assert_eq!(world.call("GET", "/v1/settings/accounts").by("Ada").go().await.is(200).json(), shown);
    world.call("GET", "/v1/settings/accounts").by("Rosa").go().await.is(403);
    let changed = world.desk.read(|tx| Ok(tx.events_after(0, 1000)?)).unwrap();
    assert!(changed.iter().any(|it| it.kind == EventKind::SettingsChanged.name() && it.actor.kind == "person"));
}

#[tokio::test]
async fn garbage_links_open_nothing() {
    let world = World::new().await;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = "[A-Za-z0-9_-]{0,90}|[ -~]{0,80}";
    for _ in 0..40 {
        let token = strategy.new_tree(&mut runner).unwrap().current();
        for path in ["/v1/auth/reset", "/v1/auth/verify", "/v1/auth/accept"] {
            post(&world, path, json!({ "token": token, "password": FRESH })).await.is(422);
        }
        let path: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        let status = world.call("GET", &format!("/reset/{}", path.replace('+', "%20"))).header("accept", "text/html").go().await.status;
        assert!(status == 404, "{token}: {status}");
    }
}

/// The clock of the waits below.
static NOW: AtomicI64 = AtomicI64::new(1_777_627_800_000);

#[tokio::test]
async fn links_are_limited_per_address_like_credentials() {
    let clock = || lodge::time::Instant::from_millis(NOW.load(Ordering::Relaxed));
    let world = World::with(Options { credentials_per_minute: 2.try_into().unwrap(), clock, ..Options::default() }).await;
    let ask = || world.call("POST", "/v1/auth/forgot").from("203.0.113.1").json(json!({ "email": "rosa@example.com" })).go();
    ask().await.is(202);
    ask().await.is(202);
    ask().await.is(429);
    let given = rules::AccountRulesChange { registration: Some(true), ..Default::default() };
    world.desk.write(None, |tx| rules::change(tx, &Actor::system("test"), given)).await.unwrap();
    let register = world.call("POST", "/v1/auth/register").from("203.0.113.1").json(json!({ "email": "a@b.example", "name": "A" }));
    register.go().await.is(429);
}
