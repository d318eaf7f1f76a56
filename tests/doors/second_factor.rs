//! The second factor at both doors: enrolling, the second step, recovery codes, and roles that need one.

use data_encoding::BASE32_NOPAD;
use lodge::{
    desk::{
        Tx,
        actor::{Actor, Origin},
        event::EventKind,
        identity::{self, Person, factor, totp},
    },
    error::Result,
    id::PersonId,
    time::Instant,
};
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World};

/// A code of this seed: of the step now, or of the one after, which is taken too.
pub fn code(seed: &str, steps: i64) -> String {
    let secret = BASE32_NOPAD.decode(seed.as_bytes()).unwrap();
    totp::code_at(&secret, Instant::from_millis(Instant::now().as_millis() + steps * 30_000))
}

async fn login(world: &World, otp: Value) -> Answer {
    world.call("POST", "/v1/auth/login").json(json!({ "email": "ada@example.com", "password": PASSWORD, "otp": otp })).go().await
}

fn bearer(answer: &Answer) -> String {
    format!("Bearer {}", answer.json()["accessToken"].as_str().unwrap())
}

/// Sets up Ada's; gives the seed and the recovery codes.
async fn enrol(world: &World, bearer: &str) -> (String, Vec<String>) {
    let call = |path: &str| world.call("POST", path).header("authorization", bearer);
    let seed = call("/v1/me/factors/totp").go().await.is(201).json()["secret"].as_str().unwrap().to_owned();
    call("/v1/me/factors/totp/confirm").json(json!({ "code": "12345" })).go().await.is(422);
    // The step before, so that the one now and the one after are left.
    let first = code(&seed, -1);
    let codes = call("/v1/me/factors/totp/confirm").json(json!({ "code": first })).go().await.is(200).json();
    (seed, serde_json::from_value(codes["recoveryCodes"].clone()).unwrap())
}

/// Sets one up for this person and gives its seed.
pub fn set_up(tx: &mut Tx, person: PersonId) -> Result<String> {
    let person = tx.get::<Person>(&person)?.unwrap();
    let actor = identity::actor_of(tx, &person, Origin::default())?;
    let seed = factor::begin(tx, &actor)?.typed.replace(' ', "");
    factor::confirm(tx, &actor, &code(&seed, -1))?;
    Ok(seed)
}

#[tokio::test]
async fn programs_send_the_code_with_the_password() {
    let world = World::new().await;
    let bearer = bearer(&login(&world, Value::Null).await.is(200));
    let (seed, recovery) = enrol(&world, &bearer).await;
    assert_eq!(login(&world, Value::Null).await.is(401).json()["code"], "LODGE_OTP_REQUIRED");
    assert_eq!(login(&world, json!("000000")).await.is(401).json()["code"], "LODGE_UNAUTHENTICATED");
    let now = code(&seed, 0);
    login(&world, json!(now)).await.is(200);
    login(&world, json!(now)).await.is(401);
    login(&world, json!(recovery[0])).await.is(200);
    login(&world, json!(recovery[0])).await.is(401);
    let factors = world.call("GET", "/v1/me/factors").header("authorization", &bearer).go().await.is(200).json();
    assert_eq!((&factors["recoveryCodesLeft"], &factors["required"]), (&json!(9), &json!(false)));
    assert!(world.account_mails().await.iter().any(|it| it.subject.starts_with("Your second factor is set up")));
    // A wrong password tells nothing of a second factor.
    let wrong = world.call("POST", "/v1/auth/login").json(json!({ "email": "ada@example.com", "password": "x", "otp": code(&seed, 1) }));
    assert_eq!(wrong.go().await.is(401).json()["detail"], "The mail address or the password is wrong.");
}

#[tokio::test]
async fn pages_ask_for_the_code_in_a_second_step() {
    let world = World::new().await;
    let bearer = bearer(&login(&world, Value::Null).await.is(200));
    let (seed, recovery) = enrol(&world, &bearer).await;
    let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/agent")];
    let first = world.form("/sign-in", "", &fields).go().await.is(303);
    assert_eq!(first.header("location"), "/sign-in/code?next=%2Fagent");
    let step = first.cookies("");
    assert!(!step.contains("lodge_session") && step.contains("lodge_step"), "{step}");
    let closed = world.call("GET", "/agent").header("cookie", &step).go().await.is(303);
    assert_eq!(closed.header("location"), "/sign-in?next=%2Fagent", "nobody is signed in yet");
    world.call("GET", first.header("location")).header("cookie", &step).go().await.is(200);
    let second = |cookies: String, code: String| world.form("/sign-in/code", &cookies, &[("code", &code), ("next", "/agent")]).go();
    second(step.clone(), "000000".into()).await.is(401);
    second(String::new(), code(&seed, 0)).await.is(401);
    let forged = step.replace(|it: char| it.is_ascii_digit(), "1");
    second(forged, code(&seed, 0)).await.is(401);
    let done = second(step.clone(), code(&seed, 0)).await.is(303);
    assert_eq!(done.header("location"), "/agent");
    let cookies = done.cookies(&step);
    assert!(cookies.contains("lodge_session") && cookies.contains("lodge_device") && !cookies.contains("lodge_step"), "{cookies}");
    world.call("GET", "/account").header("cookie", &cookies).go().await.is(200);
    second(step.clone(), code(&seed, 0)).await.is(401);
    second(step.clone(), recovery[1].clone()).await.is(303);
    // The step is over when the password is another.
    let id = world.id("Ada");
    let other = world.desk.write(None, move |tx| lodge::desk::identity::set_password(tx, &Actor::system("test"), id, Some("x".into())));
    other.await.unwrap();
    second(step, recovery[2].clone()).await.is(401);
}

#[tokio::test]
async fn whose_role_needs_one_sets_it_up_before_anything_else() {
    let world = World::new().await;
    world.call("PATCH", "/v1/settings/accounts").by("Max").json(json!({ "secondFactorRoles": ["agent"] })).go().await.is(200);
    let bearer = bearer(&login(&world, Value::Null).await.is(200));
    let get = |path: &str| world.call("GET", path).header("authorization", &bearer).go();
    for path in ["/v1/tickets", "/v1/people", "/api/tokens", "/v1/nothing", "/v1/events"] {
        assert_eq!(get(path).await.is(403).json()["code"], "LODGE_ENROLMENT_REQUIRED", "{path}");
    }
    assert_eq!(get("/v1/me").await.is(200).json()["permissions"], json!([]));
    // The same at the pages.
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    let cookies = world.form("/sign-in", "", &fields).go().await.is(303).cookies("");
    for path in ["/", "/agent", "/account", "/tickets", "/nowhere"] {
        let answer = world.call("GET", path).header("cookie", &cookies).go().await.is(303);
        assert_eq!(answer.header("location"), "/account/second-factor", "{path}");
    }
    world.form("/requests/new", &cookies, &[("title", "x")]).go().await.is(403);
    world.call("GET", "/account/second-factor").header("cookie", &cookies).go().await.is(200);
    enrol(&world, &bearer).await;
    get("/v1/tickets").await.is(200);
    world.call("GET", "/agent/views/all").header("cookie", &cookies).go().await.is(200);
}

#[tokio::test]
async fn an_admin_removes_it_and_a_found_token_does_not() {
    let world = World::new().await;
    let bearer = bearer(&login(&world, Value::Null).await.is(200));
    for (method, path) in [("POST", "/v1/me/factors/totp"), ("GET", "/v1/me/factors")] {
        world.call(method, path).by("Ada").go().await.is(403);
    }
    for path in ["/v1/me/factors/totp/confirm", "/v1/me/factors/recovery-codes", "/v1/me/factors/remove"] {
        world.call("POST", path).by("Ada").json(json!({ "code": "123456" })).go().await.is(403);
    }
    let (_, recovery) = enrol(&world, &bearer).await;
    let reset = |who: &'static str, of: &str| world.call("DELETE", &format!("/v1/people/{}/factors", world.id(of))).by(who).go();
    reset("Ada", "Ada").await.is(403);
    reset("Rosa", "Ada").await.is(403);
    reset("Max", "Rosa").await.is(409);
    reset("Max", "Ada").await.is(204);
    world.call("GET", "/v1/me").header("authorization", &bearer).go().await.is(401);
    let events = world.desk.read(|tx| Ok(tx.events_after(0, 1000)?)).unwrap();
    assert!(events.iter().any(|it| it.kind == EventKind::FactorRemoved.name()));
    let again = login(&world, Value::Null).await.is(200);
    login(&world, json!(recovery[0])).await.is(200);
    let header = self::bearer(&again);
    world.call("POST", "/v1/me/factors/remove").header("authorization", &header).json(json!({ "code": recovery[0] })).go().await.is(409);
}

#[tokio::test]
async fn guessing_codes_is_slowed_like_guessing_passwords() {
    let world = World::new().await;
    let bearer = bearer(&login(&world, Value::Null).await.is(200));
    enrol(&world, &bearer).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(login(&world, json!("000000")).await.status.as_u16());
    }
    assert_eq!(statuses.iter().filter(|it| **it == 429).count(), 3, "{statuses:?}");
    let remove = world.call("POST", "/v1/me/factors/remove").header("authorization", &bearer).json(json!({ "code": "000000" }));
    remove.go().await.is(429);
}

/// A personal token that was found never becomes an account: not by the pages of the account, nor by the sessions of its owner.
#[tokio::test]
async fn a_token_does_nothing_on_the_pages_of_the_account() {
    let world = World::new().await;
    for (method, path) in crate::pages::all().into_iter().filter(|it| it.1.starts_with("/account")) {
        let path = path.replace("{id}", "0193f1c2-7d3a-7000-8000-000000000000");
        let call = world.call(&method.to_uppercase(), &path).by("Max");
        let answer = call.bytes("application/x-www-form-urlencoded", "code=1&current=x&password=y&csrf=x").go().await;
        assert_eq!(answer.status.as_u16(), 403, "{method} {path}");
    }
    let made = world.call("POST", "/v1/tokens").by("Max").json(json!({ "name": "narrow", "scopes": ["tickets:read"] })).go().await.is(201);
    let narrow = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    for (method, path) in [("GET", "/v1/sessions"), ("DELETE", "/v1/sessions")] {
        world.call(method, path).header("authorization", &narrow).go().await.is(403);
    }
    // Nor by the address to which a link for another password would go.
    let made = json!({ "name": "people", "scopes": ["people:read", "people:write"] });
    let made = world.call("POST", "/v1/tokens").by("Max").json(made).go().await.is(201);
    let narrow = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    let path = format!("/v1/people/{}", world.id("Max"));
    let change = |body: Value| world.call("PATCH", &path).header("authorization", &narrow).json(body).go();
    change(json!({ "email": "thief@example.com" })).await.is(403);
    change(json!({ "phone": "1" })).await.is(200);
}
