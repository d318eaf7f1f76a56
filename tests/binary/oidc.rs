//! Signing in at a real identity provider (oidc-provider, certified): the whole code flow, and everything in it that must be refused.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::appliance::{Answer, Appliance, PATIENCE, free_port, try_ask};

const SECRET: &str = "the client's secret & more";

struct IdentityProvider {
    process: Child,
    port: u16,
}

impl IdentityProvider {
    /// None where it is not installed.
    fn start() -> Option<IdentityProvider> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        if !folder.join("node_modules/oidc-provider").exists() {
            assert!(std::env::var_os("CI").is_none(), "oidc-provider is missing: run `make test`, which installs it");
            println!("skipped: the npm package oidc-provider is missing; run `npm ci` in tests/oidc");
            return None;
        }
        let port = free_port();
        let process = Command::new("node")
            .args(["provider.mjs", &port.to_string()])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "the identity provider did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(IdentityProvider { process, port })
    }

    fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn told(&self, what: &Value) {
        let answer = try_ask(&self.issuer(), "POST", "/control", &[], what.to_string().as_bytes()).unwrap();
        assert_eq!(answer.status, 204, "{}", String::from_utf8_lossy(&answer.body));
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser: it keeps cookies for each host and follows what it is sent to.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<(String, String), String>,
}

impl Browser {
    fn ask(&mut self, method: &str, url: &str, body: &str) -> Answer {
        let (host, path) = parted(url);
        let mine: Vec<_> = self.cookies.iter().filter(|it| it.0.0 == host).map(|((_, name), value)| format!("{name}={value}")).collect();
        let mine = mine.join("; ");
        let mut headers = vec![("origin", host.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        if method == "GET" {
            headers.clear();
        }
        if !mine.is_empty() {
            headers.push(("cookie", &mine));
        }
        let answer = try_ask(&host, method, &path, &headers, body.as_bytes()).unwrap();
        for set in answer.headers.get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            let key = (host.clone(), name.to_owned());
            if value.is_empty() {
                self.cookies.remove(&key)
            } else {
                self.cookies.insert(key, value.to_owned())
            };
        }
        answer
    }

    /// Goes there, and on to where it is sent, until it is sent to something with this beginning; gives that.
    fn goes_until(&mut self, url: &str, wanted: &str) -> String {
        let mut at = url.to_owned();
        for _ in 0..10 {
            if at.starts_with(wanted) {
                return at;
            }
            let answer = self.ask("GET", &at, "");
            let Some(next) = answer.headers.get("location") else {
                panic!("{at} ends with {}: {}", answer.status, String::from_utf8_lossy(&answer.body))
            };
            let next = next.to_str().unwrap();
            at = if next.starts_with('/') { format!("{}{next}", parted(&at).0) } else { next.to_owned() };
        }
        panic!("sent around for ever, at last to {at}");
    }

    fn is_signed_in(&mut self, appliance: &Appliance) -> bool {
        self.ask("GET", &format!("{}/tickets", appliance.address()), "").status == 200
    }
}

/// Scheme and host, and the rest.
fn parted(url: &str) -> (String, String) {
    let at = url["http://".len()..].find('/').map_or(url.len(), |it| it + "http://".len());
    (url[..at].to_owned(), if at == url.len() { "/".to_owned() } else { url[at..].to_owned() })
}

struct World {
    provider: IdentityProvider,
    appliance: Appliance,
    id: String,
}

impl World {
    fn new() -> Option<World> {
        let provider = IdentityProvider::start()?;
        let appliance = Appliance::new();
        let made = appliance.ask(
            "POST",
            "/v1/sign-in-providers",
            &json!({
                "name": "Example login",
                "enabled": true,
                "oidc": {
                    "issuer": provider.issuer(), "clientId": "desk", "scopes": ["email", "profile", "groups"], "signsOut": true,
                },
                "createsPeople": true,
                "domains": ["example.com"],
                "groupRoles": [{ "group": "helpdesk", "roles": ["agent"] }],
                "secret": SECRET,
            }),
        );
        assert_eq!(made.status, 201, "{}", made.json());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let here = appliance.address();
        provider.told(&json!({
            "settings": {
                "callback": format!("{here}/sign-in/oidc/{id}/callback"),
                "backChannel": format!("{here}/sign-in/oidc/{id}/back-channel"),
                "signedOut": format!("{here}/"),
            },
            "person": rosa(),
        }));
        Some(World { provider, appliance, id })
    }

    fn door(&self) -> String {
        format!("{}/sign-in/oidc/{}?next=/tickets", self.appliance.address(), self.id)
    }

    fn callback(&self) -> String {
        format!("{}/sign-in/oidc/{}/callback", self.appliance.address(), self.id)
    }

    /// Signs in and gives the answer of the callback.
    fn sign_in(&self, browser: &mut Browser) -> Answer {
        let back = browser.goes_until(&self.door(), &self.callback());
        browser.ask("GET", &back, "")
    }

    fn person(&self, email: &str) -> Option<Value> {
        let found = self.appliance.get(&format!("/v1/people?q={email}")).json();
        found["items"].as_array().unwrap().iter().find(|it| it["email"] == email).cloned()
    }
}

fn rosa() -> Value {
    json!({ "sub": "rosa-1", "email": "rosa@example.com", "email_verified": true, "name": "Rosa Lind", "groups": ["helpdesk"] })
}

#[test]
fn people_sign_in_at_their_provider_and_out_again() {
    let Some(world) = World::new() else { return };
    let found = world.appliance.ask("POST", &format!("/v1/sign-in-providers/{}/test", world.id), &json!({})).json();
    assert_eq!(found["ok"], true, "{found}");

    let mut browser = Browser::default();
    let answer = world.sign_in(&mut browser);
    assert_eq!((answer.status, answer.headers["location"].to_str().unwrap()), (303, "/tickets"));
    assert!(browser.is_signed_in(&world.appliance));
    let person = world.person("rosa@example.com").unwrap();
    assert_eq!(person["name"], "Rosa Lind");
    assert_eq!(browser.ask("GET", &format!("{}/agent/views/all", world.appliance.address()), "").status, 200, "roles come from groups");

    // Renamed, and in no group any more: the same person, who is no agent now.
    world
        .provider
        .told(&json!({ "person": { "sub": "rosa-1", "email": "rosa.berg@example.com", "email_verified": true, "name": "Rosa Berg" } }));
    assert_eq!(world.sign_in(&mut Browser::default()).status, 303);
    assert_eq!(world.person("rosa.berg@example.com").unwrap()["id"], person["id"]);
    assert_eq!(
        browser.ask("GET", &format!("{}/agent/views/all", world.appliance.address()), "").status,
        403,
        "a role change works at once"
    );

    // Signing out here leads to signing out there, which ends the session that the provider opened for another browser too.
    let page = browser.ask("GET", &format!("{}/tickets", world.appliance.address()), "");
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let token = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let out = browser.ask("POST", &format!("{}/sign-out", world.appliance.address()), &format!("csrf={token}"));
    assert!(!browser.is_signed_in(&world.appliance));
    let leads = out.headers["refresh"].to_str().unwrap().split_once("url=").unwrap().1.to_owned();
    assert!(leads.starts_with(&world.provider.issuer()), "{leads}");
    let asked = browser.ask("GET", &leads, "");
    let asked = String::from_utf8_lossy(&asked.body).into_owned();
    let xsrf = asked.split("name=\"xsrf\" value=\"").nth(1).unwrap_or_else(|| panic!("{asked}")).split('"').next().unwrap().to_owned();
    let confirm = format!("{}/session/end/confirm", world.provider.issuer());
    let gone = browser.ask("POST", &confirm, &format!("xsrf={xsrf}&logout=yes"));
    assert!(gone.headers["location"].to_str().unwrap().starts_with(&world.appliance.address()), "{:?}", gone.headers);
    world.appliance.is_well();
}

#[test]
fn a_provider_ends_the_sessions_that_it_opened() {
    let Some(world) = World::new() else { return };
    let (mut here, mut elsewhere) = (Browser::default(), Browser::default());
    assert_eq!(world.sign_in(&mut here).status, 303);
    assert_eq!(world.sign_in(&mut elsewhere).status, 303);
    let page = here.ask("GET", &format!("{}/session/end?client_id=desk", world.provider.issuer()), "");
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let xsrf = page.split("name=\"xsrf\" value=\"").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap().to_owned();
    here.ask("POST", &format!("{}/session/end/confirm", world.provider.issuer()), &format!("xsrf={xsrf}&logout=yes"));
    let tickets = format!("{}/tickets", world.appliance.address());
    let began = Instant::now();
    while here.ask("GET", &tickets, "").status == 200 {
        assert!(began.elapsed() < PATIENCE, "the session goes on; the log ends with\n{}", world.appliance.log_tail());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(elsewhere.is_signed_in(&world.appliance), "another of its sessions goes on");
    let address = format!("{}/sign-in/oidc/{}/back-channel", world.appliance.address(), world.id);
    for token in ["", "nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb3NhLTEifQ."] {
        assert_eq!(Browser::default().ask("POST", &address, &format!("logout_token={token}")).status, 400, "{token}");
    }
}

#[test]
fn what_is_wrong_with_a_sign_in_lets_nobody_in() {
    let Some(world) = World::new() else { return };
    for (spoil, enters) in [
        ("nonce", false),
        ("no nonce", false),
        ("audience", false),
        ("issuer", false),
        ("expired", false),
        ("future", false),
        ("signature", false),
        ("foreign key", false),
        ("unsigned", false),
        ("shared secret", false),
        ("a little late", true),
        ("a little early", true),
        ("", true),
    ] {
        world.provider.told(&json!({ "spoil": spoil }));
        let mut browser = Browser::default();
        let answer = world.sign_in(&mut browser);
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status == 303, enters, "{spoil}: {} {said}", answer.status);
        assert_eq!(browser.is_signed_in(&world.appliance), enters, "{spoil}");
        assert!(enters || said.contains("Sign in"), "{spoil}: {said}");
    }

    // State: another one, another browser's, none, and one that was used.
    let mut browser = Browser::default();
    let back = browser.goes_until(&world.door(), &world.callback());
    assert_eq!(browser.ask("GET", &back.replace("state=", "state=x"), "").status, 401);
    let mut browser = Browser::default();
    let back = browser.goes_until(&world.door(), &world.callback());
    assert_eq!(Browser::default().ask("GET", &back, "").status, 401, "somebody else's way in");
    let mut other = Browser::default();
    other.goes_until(&world.door(), &world.callback());
    assert_eq!(other.ask("GET", &back, "").status, 401, "somebody else's way in, with one's own cookie");
    assert_eq!(browser.ask("GET", &back, "").status, 303);
    assert_eq!(browser.ask("GET", &back, "").status, 401, "it works once");

    // Whoever the provider does not vouch for.
    for (person, why) in [
        (json!({}), "declined"),
        (json!({ "sub": "x", "email": "max@example.com", "email_verified": false }), "not verified"),
        (json!({ "sub": "x", "email": "x@elsewhere.org", "email_verified": true }), "mail domain"),
        (json!({ "sub": "x" }), "no mail address"),
    ] {
        world.provider.told(&json!({ "person": person }));
        let answer = world.sign_in(&mut Browser::default());
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == 401 && said.contains(why), "{person}: {} {said}", answer.status);
    }
    // By a verified address in an allowed domain, the admin who is here already is the same person.
    world.provider.told(&json!({ "person": { "sub": "max-1", "email": "max@example.com", "email_verified": true } }));
    let mut browser = Browser::default();
    assert_eq!(world.sign_in(&mut browser).status, 303);
    assert_eq!(browser.ask("GET", &format!("{}/agent/admin/sign-in", world.appliance.address()), "").status, 200);

    // It never leads elsewhere.
    for next in ["//evil.example", "https://evil.example", "/%5Cevil.example"] {
        let door = format!("{}/sign-in/oidc/{}?next={next}", world.appliance.address(), world.id);
        let mut browser = Browser::default();
        let back = browser.goes_until(&door, &world.callback());
        assert_eq!(browser.ask("GET", &back, "").headers["location"], "/", "{next}");
    }
}

#[test]
fn keys_that_change_are_followed() {
    let Some(world) = World::new() else { return };
    assert_eq!(world.sign_in(&mut Browser::default()).status, 303);
    world.provider.told(&json!({ "newKey": "ES256" }));
    assert_eq!(world.sign_in(&mut Browser::default()).status, 303, "an unknown key makes us look again");
    world.provider.told(&json!({ "newKey": "RS256" }));
    let answer = world.sign_in(&mut Browser::default());
    assert_eq!(answer.status, 401, "but not again and again");
    assert!(String::from_utf8_lossy(&answer.body).contains("half a minute"));
}

#[test]
fn a_test_of_the_provider_says_what_is_wrong() {
    let Some(world) = World::new() else { return };
    let path = format!("/v1/sign-in-providers/{}", world.id);
    let closed = free_port();
    for (change, expected) in [
        (json!({ "oidc": { "issuer": format!("http://localhost:{}", world.provider.port) }, "secret": SECRET }), "issuer_mismatch"),
        (json!({ "oidc": { "issuer": format!("http://127.0.0.1:{closed}") }, "secret": SECRET }), "connection_refused"),
        (json!({ "oidc": { "issuer": format!("https://127.0.0.1:{}", world.provider.port) }, "secret": SECRET }), "tls"),
        (json!({ "oidc": { "issuer": format!("{}/nowhere", world.provider.issuer()) }, "secret": SECRET }), "unexpected_answer"),
        (json!({ "oidc": { "issuer": world.provider.issuer() }, "secret": "wrong" }), "client_refused"),
        (json!({ "oidc": { "issuer": world.provider.issuer(), "clientId": "nobody" }, "secret": SECRET }), "client_refused"),
    ] {
        let changed = world.appliance.ask("PATCH", &path, &change);
        assert_eq!(changed.status, 200, "{change}: {}", changed.json());
        let found = world.appliance.ask("POST", &format!("{path}/test"), &json!({})).json();
        let wrong = found["findings"].as_array().unwrap().iter().find(|it| it["ok"] == false).unwrap_or_else(|| panic!("{found}"));
        assert_eq!(wrong["code"], expected, "{change}: {found}");
        assert!(wrong["advice"].as_str().unwrap().len() > 10, "{wrong}");
        world.appliance.ask("PATCH", &path, &json!({ "oidc": { "clientId": "desk" } }));
    }
}

/// A proxy that has signed people in: believed from its own address alone.
#[test]
fn a_proxy_is_believed_from_its_own_address_alone() {
    let appliance = Appliance::new();
    let settings = json!({
        "name": "Our proxy", "enabled": true, "creates_people": true,
        "trustedHeader": { "networks": ["127.0.0.0/8"], "subject": "X-Forwarded-User" },
        "createsPeople": true, "vouchesForMail": true,
    });
    let made = appliance.ask("POST", "/v1/sign-in-providers", &settings);
    assert_eq!(made.status, 201, "{}", made.json());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let says = [("x-forwarded-user", "rosa"), ("x-auth-request-email", "rosa@example.com")];
    let door = appliance.try_ask("GET", "/sign-in?next=/tickets", &says, b"").unwrap();
    let way = door.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(way, format!("/sign-in/header/{id}?next=%2Ftickets"));
    let answer = appliance.try_ask("GET", &way, &says, b"").unwrap();
    assert_eq!((answer.status, answer.headers["location"].to_str().unwrap()), (303, "/tickets"));
    assert_eq!(appliance.try_ask("GET", &way, &[], b"").unwrap().status, 401, "without the header");
    let twice = [says[0], says[1], ("x-forwarded-user", "max")];
    assert_eq!(appliance.try_ask("GET", &way, &twice, b"").unwrap().status, 401, "two headers are one too many");

    let change = json!({ "trustedHeader": { "networks": ["10.1.2.3"] } });
    assert_eq!(appliance.ask("PATCH", &format!("/v1/sign-in-providers/{id}"), &change).status, 200);
    let forged = [says[0], says[1], ("x-forwarded-for", "10.1.2.3")];
    let answer = appliance.try_ask("GET", &way, &forged, b"").unwrap();
    assert_eq!(answer.status, 403, "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.headers.get("set-cookie").is_none());
    assert_eq!(appliance.try_ask("GET", "/sign-in", &forged, b"").unwrap().status, 200, "the door shows itself to whoever forges");
    assert!(appliance.log_tail().contains("not listed"));
    let counted = appliance.try_ask("GET", "/metrics", &[], b"").unwrap();
    assert!(String::from_utf8_lossy(&counted.body).contains("lodge_sign_in_headers_refused_total 1"));

    // With passwords switched off, only those who may change settings still use theirs.
    assert_eq!(appliance.ask("PUT", "/v1/sign-in-methods", &json!({ "local": false })).status, 200);
    let page = appliance.try_ask("GET", "/sign-in", &[], b"").unwrap();
    assert!(!String::from_utf8_lossy(&page.body).contains("name=\"password\""));
    let login = json!({ "email": "max@example.com", "password": crate::appliance::PASSWORD });
    assert_eq!(appliance.ask("POST", "/v1/auth/login", &login).status, 200);
}
