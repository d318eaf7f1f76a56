//! Signing in with a real directory, reading it by sync, and everything that goes wrong between the two.

use lodge::{desk::identity::totp, time::Instant};
use serde_json::{Value, json};

use crate::{
    appliance::{Answer, Appliance},
    slapd::{BASE, CROWD, PASSWORD, SEARCHER, SEARCHER_PASSWORD, Slapd},
};

fn settings(slapd: &Slapd) -> Value {
    json!({
        "name": "Example directory",
        "enabled": true,
        "ldap": {
            "host": "localhost",
            "port": slapd.tls_port,
            "encryption": "tls",
            "ca": slapd.authority(),
            "bindDn": SEARCHER,
            "base": format!("ou=people,{BASE}"),
            "loginFilter": "(&(objectClass=inetOrgPerson)(|(uid={login})(mail={login})))",
            "peopleFilter": "(objectClass=inetOrgPerson)",
            "subject": "entryUUID",
            "groupSearch": { "base": format!("ou=groups,{BASE}"), "filter": "(member={dn})" },
            "pageSize": 10,
        },
        "createsPeople": true,
        "vouchesForMail": true,
        "groupRoles": [{ "group": "helpdesk", "roles": ["agent"] }],
        "secret": SEARCHER_PASSWORD,
    })
}

fn added(appliance: &Appliance, settings: &Value) -> String {
    let made = appliance.ask("POST", "/v1/sign-in-providers", settings);
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.json()["hasSecret"], true);
    assert!(!made.json().to_string().contains(SEARCHER_PASSWORD), "a secret was shown");
    made.json()["id"].as_str().unwrap().to_owned()
}

/// Sends the directory's form as a browser would.
fn sign_in(appliance: &Appliance, provider: &str, login: &str, password: &str) -> Answer {
    let body = ureq_form(&[("login", login), ("password", password), ("next", "/tickets")]);
    let origin = appliance.address();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str())];
    appliance.try_ask("POST", &format!("/sign-in/ldap/{provider}"), &headers, body.as_bytes()).unwrap()
}

fn ureq_form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| text.bytes().map(|it| format!("%{it:02x}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// The session cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap());
    let set = all.filter_map(|it| it.split(';').next()).find(|it| it.starts_with("lodge_session=") && it.len() > 20);
    set.unwrap_or_else(|| panic!("no session: {}", String::from_utf8_lossy(&answer.body))).to_owned()
}

fn status_with(appliance: &Appliance, cookie: &str, path: &str) -> u16 {
    appliance.try_ask("GET", path, &[("cookie", cookie)], b"").unwrap().status
}

/// The person of this address, as the desk knows them.
fn person(appliance: &Appliance, email: &str) -> Option<Value> {
    let found = appliance.get(&format!("/v1/people?q={email}")).json();
    found["items"].as_array().unwrap().iter().find(|it| it["email"] == email).cloned()
}

fn provider(appliance: &Appliance, id: &str) -> Value {
    appliance.get(&format!("/v1/sign-in-providers/{id}")).json()
}

/// Has the directory read, and gives how it went.
fn synced(appliance: &Appliance, id: &str) -> Value {
    let before = provider(appliance, id)["sync"]["beganAt"].clone();
    assert_eq!(appliance.ask("POST", &format!("/v1/sign-in-providers/{id}/sync"), &json!({})).status, 204);
    appliance.until("the directory was read", |it| {
        let sync = &provider(it, id)["sync"];
        let at = |name: &str| sync[name].as_str().and_then(|it| it.parse::<jiff::Timestamp>().ok());
        sync["beganAt"] != before && at("endedAt") >= at("beganAt")
    });
    provider(appliance, id)["sync"].clone()
}

#[test]
fn people_of_a_directory_sign_in() {
    let Some(slapd) = Slapd::start() else { return };
    let appliance = Appliance::new();
    let id = added(&appliance, &settings(&slapd));
    let page = appliance.try_ask("GET", "/sign-in", &[], b"").unwrap();
    let page = String::from_utf8_lossy(&page.body).into_owned();
    assert!(page.contains("Continue with Example directory") && page.contains("name=\"password\""), "{page}");

    for (login, password) in [
        ("rosa", "wrong"),
        ("rosa", ""),
        ("", PASSWORD),
        ("nobody", PASSWORD),
        ("*", PASSWORD),
        ("ros*", PASSWORD),
        ("rosa)(uid=*", PASSWORD),
        ("x)(|(uid=rosa", PASSWORD),
        (SEARCHER, SEARCHER_PASSWORD),
    ] {
        let answer = sign_in(&appliance, &id, login, password);
        assert_eq!(answer.status, 401, "{login}: {}", String::from_utf8_lossy(&answer.body));
        assert!(answer.headers.get("set-cookie").is_none(), "{login}");
    }
    assert_eq!(person(&appliance, "rosa@example.com"), None, "a failed sign-in makes nobody");

    for (login, console) in [("rosa", 403), ("ada@example.com", 200), ("otto", 403)] {
        let answer = sign_in(&appliance, &id, login, PASSWORD);
        assert_eq!(answer.status, 303, "{login}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.headers["location"], "/tickets");
        let cookie = cookie(&answer);
        assert_eq!(status_with(&appliance, &cookie, "/tickets"), 200, "{login}");
        assert_eq!(status_with(&appliance, &cookie, "/agent/views/all"), console, "{login}: roles come from groups");
    }
    let ada = person(&appliance, "ada@example.com").unwrap();
    assert_eq!(ada["name"], "Ada Novak");
    let identities = appliance.get(&format!("/v1/people/{}/identities", ada["id"].as_str().unwrap())).json();
    assert_eq!(identities["items"][0]["roles"], json!(["agent"]));
    assert!(identities["items"][0]["lastLoginAt"].is_string());

    // From another site's page the form is not taken.
    let body = ureq_form(&[("login", "rosa"), ("password", PASSWORD)]);
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://evil.example")];
    assert_eq!(appliance.try_ask("POST", &format!("/sign-in/ldap/{id}"), &headers, body.as_bytes()).unwrap().status, 403);

    // A second factor is asked for after the directory's password, too; programs send it at once.
    let json_post = |path: &str, bearer: &str, body: &Value| {
        let headers = [("content-type", "application/json"), ("authorization", bearer)];
        appliance.try_ask("POST", path, &headers, body.to_string().as_bytes()).unwrap()
    };
    let login = |otp: &str| {
        let body =
            json!({ "email": "otto", "password": PASSWORD, "provider": id, "otp": if otp.is_empty() { Value::Null } else { otp.into() } });
        appliance.try_ask("POST", "/v1/auth/login", &[("content-type", "application/json")], body.to_string().as_bytes()).unwrap()
    };
    let bearer = format!("Bearer {}", login("").json()["accessToken"].as_str().unwrap());
    let seed = json_post("/v1/me/factors/totp", &bearer, &json!({})).json()["secret"].as_str().unwrap().to_owned();
    let secret = data_encoding::BASE32_NOPAD.decode(seed.as_bytes()).unwrap();
    let code = |steps: i64| totp::code_at(&secret, Instant::from_millis(Instant::now().as_millis() + steps * 30_000));
    assert_eq!(json_post("/v1/me/factors/totp/confirm", &bearer, &json!({ "code": code(-1) })).status, 200);
    assert_eq!((login("").status, login("").json()["code"].clone()), (401, json!("LODGE_OTP_REQUIRED")));
    assert_eq!(login("000000").status, 401);
    assert_eq!(login(&code(0)).status, 200);
    let halfway = sign_in(&appliance, &id, "otto", PASSWORD);
    assert_eq!(halfway.headers["location"], "/sign-in/code?next=%2Ftickets");
    assert!(halfway.headers.get_all("set-cookie").iter().all(|it| !it.to_str().unwrap().starts_with("lodge_session=")));

    // StartTLS instead, over the plain port.
    let change = json!({ "ldap": { "port": slapd.port, "encryption": "start_tls" }, "secret": SEARCHER_PASSWORD });
    assert_eq!(appliance.ask("PATCH", &format!("/v1/sign-in-providers/{id}"), &change).status, 200);
    assert_eq!(sign_in(&appliance, &id, "rosa", PASSWORD).status, 303);
    appliance.is_well();
}

#[test]
fn a_test_of_the_connection_says_what_is_wrong() {
    let Some(slapd) = Slapd::start() else { return };
    let appliance = Appliance::new();
    let id = added(&appliance, &settings(&slapd));
    let path = format!("/v1/sign-in-providers/{id}");
    let good = appliance.ask("POST", &format!("{path}/test"), &json!({ "login": "ada" })).json();
    assert_eq!(good["ok"], true, "{good}");
    assert!(good.to_string().contains("cn=helpdesk"), "{good}");

    let closed = crate::appliance::free_port();
    for (ldap, more, expected) in [
        (json!({ "host": "no-such-host.invalid" }), json!({ "secret": SEARCHER_PASSWORD }), "name_not_found"),
        (json!({ "port": closed }), json!({ "secret": SEARCHER_PASSWORD }), "connection_refused"),
        (json!({ "ca": null }), json!({ "secret": SEARCHER_PASSWORD }), "tls_unknown_authority"),
        (json!({ "host": "127.0.0.1" }), json!({ "secret": SEARCHER_PASSWORD }), "tls_name_mismatch"),
        (json!({ "port": slapd.port }), json!({ "secret": SEARCHER_PASSWORD }), "tls"),
        (json!({}), json!({ "secret": "wrong" }), "bind_refused"),
        (json!({ "bindDn": format!("cn=nobody,{BASE}") }), json!({}), "bind_refused"),
        (json!({ "base": format!("ou=nowhere,{BASE}") }), json!({}), "base_not_found"),
        (json!({ "peopleFilter": "(uid=no such person)" }), json!({}), "nobody_found"),
        (json!({ "loginFilter": "(description={login})" }), json!({}), "nobody_found"),
        (json!({ "loginFilter": "(|(uid={login})(objectClass=inetOrgPerson))" }), json!({}), "several_found"),
    ] {
        let mut change = more;
        change["ldap"] = ldap.clone();
        let changed = appliance.ask("PATCH", &path, &change);
        assert_eq!(changed.status, 200, "{ldap}: {}", changed.json());
        let found = appliance.ask("POST", &format!("{path}/test"), &json!({ "login": "ada" })).json();
        let last = found["findings"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((found["ok"].clone(), last["code"].as_str().unwrap()), (json!(false), expected), "{ldap}: {found}");
        assert!(last["advice"].as_str().unwrap().len() > 10 && last["text"].as_str().unwrap().len() > 10, "{last}");
        let mut back = settings(&slapd);
        back["ldap"]["groupSearch"] = json!({ "base": format!("ou=groups,{BASE}"), "filter": "(member={dn})" });
        assert_eq!(appliance.ask("PATCH", &path, &back).status, 200);
    }

    // With an authority that nobody here knows, no password leaves this machine.
    assert_eq!(appliance.ask("PATCH", &path, &json!({ "ldap": { "ca": null }, "secret": SEARCHER_PASSWORD })).status, 200);
    let answer = sign_in(&appliance, &id, "rosa", PASSWORD);
    assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body));
    // A secret does not go to another host than it was given for.
    assert_eq!(appliance.ask("PATCH", &path, &json!({ "ldap": { "host": "elsewhere.example" } })).status, 422);
}

#[test]
fn a_directory_is_followed_by_sync() {
    let Some(mut slapd) = Slapd::start() else { return };
    let appliance = Appliance::new();
    let id = added(&appliance, &settings(&slapd));
    let sync = synced(&appliance, &id);
    assert_eq!((sync["found"].as_u64(), sync["created"].as_u64()), (Some(CROWD as u64 + 3), Some(CROWD as u64 + 3)), "{sync}");
    assert_eq!(sync["trouble"], Value::Null);
    let ada = person(&appliance, "ada@example.com").unwrap();
    let again = synced(&appliance, &id);
    assert_eq!((again["created"].as_u64(), again["changed"].as_u64(), again["disabled"].as_u64()), (Some(0), Some(0), Some(0)), "{again}");

    let rosa = cookie(&sign_in(&appliance, &id, "rosa", PASSWORD));
    slapd.change(&format!(
        "dn: uid=ada,ou=people,{BASE}\nchangetype: modify\nreplace: mail\nmail: ada.berg@example.com\n-\nreplace: displayName\ndisplayName: Ada Berg\n\n\
         dn: uid=rosa,ou=people,{BASE}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n\n\
         dn: uid=p000,ou=people,{BASE}\nchangetype: delete\n\n\
         dn: uid=otto,ou=people,{BASE}\nchangetype: modrdn\nnewrdn: uid=otto.berg\ndeleteoldrdn: 1\n"
    ));
    let sync = synced(&appliance, &id);
    assert_eq!((sync["changed"].as_u64(), sync["disabled"].as_u64(), sync["created"].as_u64()), (Some(1), Some(2), Some(0)), "{sync}");
    let renamed = person(&appliance, "ada.berg@example.com").unwrap();
    assert_eq!((&renamed["id"], renamed["name"].as_str()), (&ada["id"], Some("Ada Berg")));
    assert_eq!(status_with(&appliance, &rosa, "/tickets"), 303, "whoever is disabled there is signed out here");
    assert_eq!(sign_in(&appliance, &id, "rosa", PASSWORD).status, 401);
    assert_eq!(sign_in(&appliance, &id, "otto.berg", PASSWORD).status, 303, "another name is the same person");

    slapd.stop();
    let sync = synced(&appliance, &id);
    assert!(sync["trouble"].as_str().unwrap().contains("does not take connections"), "{sync}");
    assert_eq!(sign_in(&appliance, &id, "p001", PASSWORD).status, 503);
    let ready = appliance.get("/readyz").json().to_string();
    assert!(ready.contains("Example directory"), "{ready}");

    slapd.run();
    slapd.change(&format!("dn: uid=rosa,ou=people,{BASE}\nchangetype: modify\ndelete: pwdAccountLockedTime\n"));
    let sync = synced(&appliance, &id);
    assert_eq!((sync["trouble"].clone(), sync["disabled"].as_u64()), (Value::Null, Some(0)), "{sync}");
    assert_eq!(sign_in(&appliance, &id, "p001", PASSWORD).status, 303, "nobody was disabled by the directory being down");
    assert_eq!(sign_in(&appliance, &id, "rosa", PASSWORD).status, 303, "whoever is back there is back here");

    // A base that shows nearly nobody is a mistake, and not a day on which everybody left.
    slapd.change(&format!("dn: ou=few,{BASE}\nchangetype: add\nobjectClass: organizationalUnit\nou: few\n"));
    let path = format!("/v1/sign-in-providers/{id}");
    assert_eq!(appliance.ask("PATCH", &path, &json!({ "ldap": { "base": format!("ou=few,{BASE}") } })).status, 200);
    let sync = synced(&appliance, &id);
    assert!(sync["trouble"].as_str().unwrap().contains("nobody was disabled"), "{sync}");
    appliance.is_well();
}
