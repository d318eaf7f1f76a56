//! Every kind of token, spoilt in hundreds of ways: none of them opens anything, none brings the process down, and the whole one still
//! works afterwards. Which ways is decided by a seed, so that a failure can be played again (`LODGE_FORGE_SEED`).

use std::{collections::BTreeMap, num::NonZeroU32};

use lodge::http::{Options, csrf};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::{
    second_factor,
    world::{Answer, PASSWORD, World},
};

/// Spoilt texts that are tried of each kind.
const TRIES: usize = 400;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Personal,
    Access,
    Refresh,
    Session,
    Form,
    Step,
    Reset,
    Invitation,
    Verify,
}

/// A whole token of each kind, made as people and programs get them.
async fn whole(world: &World) -> BTreeMap<Kind, String> {
    let login = world.call("POST", "/v1/auth/login").json(json!({ "email": "max@example.com", "password": PASSWORD })).go().await.is(200);
    let text = |json: &Value, name: &str| json[name].as_str().unwrap().to_owned();
    let fields = [("email", "max@example.com"), ("password", PASSWORD)];
    let session = cookie(&world.form("/sign-in", "", &fields).go().await.is(303), "lodge_session");
    let ada = world.id("Ada");
    world.desk.write(None, move |tx| second_factor::set_up(tx, ada)).await.unwrap();
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    let step = cookie(&world.form("/sign-in", "", &fields).go().await.is(303), "lodge_step");
    world.call("POST", "/v1/auth/forgot").json(json!({ "email": "rosa@example.com" })).go().await.is(202);
    world.call("POST", "/v1/people/invitations").by("Max").json(json!({ "email": "kim@example.com" })).go().await.is(201);
    world.call("PATCH", "/v1/settings/accounts").by("Max").json(json!({ "registration": true })).go().await.is(200);
    world.call("POST", "/v1/auth/register").json(json!({ "email": "lee@example.com", "name": "Lee" })).go().await.is(202);
    let mails = world.account_mails().await;
    let link = |to: &str, way: &str| {
        let text = &mails.iter().find(|it| it.to[0].address == to && it.text.contains(way)).unwrap().text;
        text.split(way).nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    BTreeMap::from([
        (Kind::Personal, world.token("Max").to_owned()),
        (Kind::Access, text(&login.json(), "accessToken")),
        (Kind::Refresh, text(&login.json(), "refreshToken")),
        (Kind::Form, csrf::token(&session)),
        (Kind::Session, session),
        (Kind::Step, step),
        (Kind::Reset, link("rosa@example.com", "/reset/")),
        (Kind::Invitation, link("kim@example.com", "/invitation/")),
        (Kind::Verify, link("lee@example.com", "/verify/")),
    ])
}

fn cookie(answer: &Answer, name: &str) -> String {
    let all = answer.cookies("");
    all.split("; ").find_map(|it| it.strip_prefix(name)?.strip_prefix('=')).unwrap_or_else(|| panic!("no {name} in {all}")).to_owned()
}

/// Sends a token of this kind to where it is taken.
async fn present(world: &World, kind: Kind, token: &str, session: &str) -> Answer {
    let escaped: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
    match kind {
        Kind::Personal | Kind::Access => world.call("GET", "/v1/people").header("authorization", &format!("Bearer {token}")).go().await,
        Kind::Refresh => world.call("POST", "/v1/auth/refresh").json(json!({ "refreshToken": token })).go().await,
        Kind::Session => world.call("GET", "/v1/people").header("cookie", &format!("lodge_session={token}")).go().await,
        Kind::Form => {
            let cookies = format!("lodge_session={session}");
            world.form("/account/profile", &cookies, &[("name", "Max"), ("locale", ""), ("timeZone", ""), ("csrf", token)]).go().await
        }
        // A code that is wrong: whoever gets as far as being asked for another has been believed.
        Kind::Step => world.form("/sign-in/code", &format!("lodge_step={token}"), &[("code", "000000")]).go().await,
        Kind::Reset => world.call("GET", &format!("/reset/{escaped}")).go().await,
        Kind::Invitation => world.call("GET", &format!("/invitation/{escaped}")).go().await,
        Kind::Verify => world.call("GET", &format!("/verify/{escaped}")).go().await,
    }
}

/// Whether the answer lets somebody in by it.
fn is_taken(kind: Kind, answer: &Answer) -> bool {
    match kind {
        Kind::Step => answer.text().contains("This code is not right"),
        _ => answer.status.is_success() || answer.status.is_redirection(),
    }
}

/// The token spoilt in one way, or another token altogether. Only what a header may hold.
fn spoilt(random: &mut StdRng, token: &str, others: &[&String]) -> String {
    let mut bytes = token.as_bytes().to_vec();
    let at = random.random_range(0..bytes.len());
    match random.random_range(0..9) {
        0 => bytes[at] = random.random_range(b'0'..=b'z'),
        1 => bytes.truncate(at),
        2 => bytes.insert(at, random.random_range(b'-'..=b'z')),
        3 => drop(bytes.remove(at)),
        4 => bytes.rotate_left(at),
        5 => bytes = others[random.random_range(0..others.len())].clone().into_bytes(),
        6 => {
            // The parts of two.
            let other = others[random.random_range(0..others.len())].as_bytes();
            bytes.truncate(at);
            bytes.extend_from_slice(&other[at.min(other.len())..]);
        }
        7 => bytes = (0..random.random_range(0..300)).map(|_| random.random_range(b'!'..=b'~')).collect(),
        _ => bytes = token.repeat(random.random_range(2..80)).into_bytes(),
    }
    String::from_utf8(bytes).unwrap().replace([' ', ';', ','], "")
}

#[tokio::test]
async fn no_spoilt_token_opens_anything() {
    let seed = std::env::var("LODGE_FORGE_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let mut random = StdRng::seed_from_u64(seed);
    let plenty = NonZeroU32::new(10_000_000);
    let options = Options {
        credentials_per_minute: plenty.unwrap(),
        requests_per_minute_address: plenty,
        requests_per_minute_person: plenty,
        ..Options::default()
    };
    let world = World::with(options).await;
    let whole = whole(&world).await;
    let session = &whole[&Kind::Session];
    for (kind, token) in &whole {
        // A token of another kind may be one where a bearer is taken: a personal token for an access token, and back.
        let is_bearer = |it: &Kind| matches!(it, Kind::Personal | Kind::Access);
        let others: Vec<_> = whole.iter().filter(|it| it.0 != kind && !(is_bearer(kind) && is_bearer(it.0))).map(|it| it.1).collect();
        for n in 0..TRIES {
            let forged = spoilt(&mut random, token, &others);
            // Ids are read in capitals, too.
            if forged.eq_ignore_ascii_case(token) {
                continue;
            }
            let answer = present(&world, *kind, &forged, session).await;
            assert!(!is_taken(*kind, &answer), "seed {seed}, try {n}: {kind:?} `{forged}` was taken for `{token}`");
            assert!(!answer.status.is_server_error(), "seed {seed}, try {n}: {kind:?} `{forged}`: {}", answer.text());
        }
        assert!(is_taken(*kind, &present(&world, *kind, token, session).await), "{kind:?} itself");
    }
}
