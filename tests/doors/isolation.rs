//! Two desks of one appliance (TEN-10): nobody and nothing of one gets through to the other, by any address of the route tables, id,
//! number, token, cookie, live connection, search or file.

use std::collections::BTreeMap;

use lodge::{
    api::routes,
    appliance::{By, DeskChange, Member},
    id::PersonId,
};
use serde_json::{Value, json};

use crate::{
    pages, second_factor,
    world::{Answer, PASSWORD, World, settled},
};

const HERE: &str = "pine.example";
const THERE: &str = "oak.example";
/// Stands in everything that belongs to the first desk.
const MARK: &str = "zymurgy";

/// What exists on the first desk, by what its addresses call it.
struct Marked {
    world: World,
    /// People of the second desk.
    there: BTreeMap<&'static str, (PersonId, String)>,
    ids: Vec<(&'static str, String)>,
    cookie: String,
    access: String,
}

async fn marked() -> Marked {
    let world = World::new().await;
    let hosts = |host: &str| DeskChange { hosts: Some(vec![host.into()]), ..DeskChange::default() };
    let ticket =
        world.lodge("Rosa", json!({ "title": format!("{MARK} printer"), "description": format!("about {MARK}"), "tags": [MARK] })).await;
    let number = ticket["number"].as_str().unwrap().to_owned();
    let comment = world.comment("Ada", &ticket, json!({ "body": format!("a {MARK} answer") })).await;
    let upload = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{MARK}.txt\"\r\n\r\n{MARK}\r\n--x--\r\n");
    let file = world
        .call("POST", &format!("/v1/tickets/{number}/attachments"))
        .by("Rosa")
        .bytes("multipart/form-data; boundary=x", upload)
        .go()
        .await
        .is(201)
        .json();
    let file = file["items"].get(0).unwrap_or(&file)["id"].as_str().unwrap().to_owned();
    let token = world.call("GET", "/v1/tokens").by("Ada").go().await.is(200).json()["items"][0]["id"].as_str().unwrap().to_owned();
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let session = world.call("POST", "/v1/auth/login").json(login).go().await.is(200).json();
    let entered = world
        .call("POST", "/sign-in")
        .header("sec-fetch-site", "same-origin")
        .bytes("application/x-www-form-urlencoded", "email=max%40example.com&password=a+long+enough+password")
        .go()
        .await
        .is(303);
    let cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    let sessions = world.call("GET", "/v1/sessions").header("cookie", &cookie).go().await.is(200).json();
    let ids = vec![
        ("ticket", ticket["id"].as_str().unwrap().to_owned()),
        ("number", number),
        ("comment", comment["id"].as_str().unwrap().to_owned()),
        ("file", file),
        ("token", token),
        ("person", world.id("Ada").to_string()),
        ("session", sessions["items"][0]["id"].as_str().unwrap().to_owned()),
    ];
    let id = world.appliance.entries().unwrap()[0].id;
    world.appliance.create(By::CommandLine, "oak", &[THERE.to_owned()]).unwrap();
    let there = {
        let oak = world.appliance.desk(Some("oak")).unwrap();
        settled(&oak, "Oak Street", "oak.example").await
    };
    // From here on there are two, and each answers on its own host. The first is open, and goes on being held by the test.
    world.appliance.change(By::CommandLine, id, hosts(HERE)).await.unwrap();
    Marked { there, ids, cookie, access: session["accessToken"].as_str().unwrap().to_owned(), world }
}

impl Marked {
    async fn ask(&self, method: &str, path: &str, host: &str, proof: (&str, &str), body: Option<Value>) -> Answer {
        let call = self.world.call_on(host, &method.to_uppercase(), path).header(proof.0, proof.1);
        let call = if proof.0 == "cookie" { call.header("sec-fetch-site", "same-origin") } else { call };
        match body {
            Some(it) => call.json(it).go().await,
            None => call.go().await,
        }
    }
}

/// Every address of the API and the pages, with each id of the first desk in each of its places.
fn addresses(marked: &Marked) -> Vec<(String, String)> {
    let api = routes::OPEN.iter().chain(routes::CLOSED).map(|it| (it.0, format!("/v1{}", it.1)));
    let mut all = Vec::new();
    for (method, path) in api.chain(pages::all()) {
        if matches!(path.as_str(), "/v1/events" | "/v1/ws") || path.starts_with("/v1/auth/log") || path.starts_with("/sign-") {
            // Live connections and the doors themselves have tests of their own below.
            continue;
        }
        let Some(open) = path.find('{') else {
            all.push((method.to_owned(), path));
            continue;
        };
        for (_, id) in &marked.ids {
            let rest = &path[open..];
            let filled = rest.split('/').map(|it| if it.starts_with('{') { id.as_str() } else { it }).collect::<Vec<_>>().join("/");
            all.push((method.to_owned(), format!("{}{filled}", &path[..open])));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proof_of_one_desk_works_on_the_other() {
    let marked = marked().await;
    let pat = format!("Bearer {}", marked.world.token("Max"));
    let access = format!("Bearer {}", marked.access);
    for (method, path) in addresses(&marked) {
        for proof in [("authorization", pat.as_str()), ("authorization", access.as_str()), ("cookie", marked.cookie.as_str())] {
            let answer = marked.ask(&method, &path, THERE, proof, None).await;
            assert!(!answer.text().contains(MARK), "{method} {path} with {}", proof.0);
            let is_open = path == "/v1/openapi.json"
                || path.starts_with("/v1/auth/")
                || path.starts_with("/v1/csat/")
                || path.starts_with("/v1/files/");
            if path.starts_with("/v1/") && !is_open {
                assert_eq!(answer.status.as_u16(), 401, "{method} {path} with {}: {}", proof.0, answer.text());
            }
        }
    }
    // The same proofs work at home, so it is the desk that makes the difference.
    for proof in [("authorization", pat.as_str()), ("authorization", access.as_str()), ("cookie", marked.cookie.as_str())] {
        assert_eq!(marked.ask("GET", "/v1/me", HERE, proof, None).await.status, 200, "{}", proof.1);
    }
    let live = marked.ask("GET", "/v1/events", THERE, ("cookie", &marked.cookie), None).await;
    assert_eq!(live.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_id_of_one_desk_leads_anywhere_on_the_other() {
    let marked = marked().await;
    let admin = format!("Bearer {}", marked.there["Max"].1);
    let proof = ("authorization", admin.as_str());
    for (method, path) in addresses(&marked) {
        if method == "post" && path.ends_with("/audit/verify") {
            continue;
        }
        let body = (method != "get" && method != "delete")
            .then(|| json!({ "body": "x", "type": "blocks", "target": marked.ids[0].1, "person": marked.ids[5].1 }));
        let answer = marked.ask(&method, &path, THERE, proof, body).await;
        assert!(!answer.text().contains(MARK), "{method} {path}: {}", answer.text());
        let names_one = marked.ids.iter().any(|it| it.0 != "number" && path.contains(&it.1));
        if names_one && path.starts_with("/v1/") {
            assert!(answer.status.is_client_error(), "{method} {path}: {} {}", answer.status, answer.text());
        }
    }
    for path in ["/v1/search?q=zymurgy", "/v1/tickets?q=zymurgy", "/v1/tickets", "/v1/people?q=ada", "/v1/audit"] {
        let answer = marked.ask("GET", path, THERE, proof, None).await;
        assert!(!answer.text().contains(MARK) && !answer.text().contains("example.com"), "{path}: {}", answer.text());
    }
    // And there is nothing wrong with the ids: at home they lead somewhere.
    let home = format!("Bearer {}", marked.world.token("Max"));
    for path in [format!("/v1/tickets/{}", marked.ids[0].1), format!("/v1/attachments/{}", marked.ids[3].1)] {
        assert!(marked.ask("GET", &path, HERE, ("authorization", &home), None).await.text().contains(MARK), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_desk_lets_nobody_in_and_an_unknown_host_leads_nowhere() {
    let marked = marked().await;
    let there = format!("Bearer {}", marked.there["Max"].1);
    let ask = |host: &'static str| marked.ask("GET", "/v1/me", host, ("authorization", there.as_str()), None);
    assert_eq!(ask("elsewhere.example").await.status, 404);
    assert_eq!(ask(THERE).await.status, 200);
    let oak = marked.world.appliance.id_of("oak").unwrap();
    let suspended = |it| DeskChange { suspended: Some(it), ..DeskChange::default() };
    marked.world.appliance.change(By::CommandLine, oak, suspended(true)).await.unwrap();
    assert_eq!(ask(THERE).await.status, 503);
    marked.world.appliance.change(By::CommandLine, oak, suspended(false)).await.unwrap();
    assert_eq!(ask(THERE).await.status, 200);
    let limited = DeskChange { requests_per_minute: Some(Some(2)), ..DeskChange::default() };
    marked.world.appliance.change(By::CommandLine, oak, limited).await.unwrap();
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(ask(THERE).await.status.as_u16());
    }
    assert_eq!(told, [200, 200, 429, 429]);
    marked.world.appliance.delete(By::CommandLine, oak, "oak").await.unwrap();
    // A single desk answers on any host, and knows nobody of the other.
    assert_eq!(ask(THERE).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_both_goes_over_once_and_nobody_else_does() {
    let marked = marked().await;
    let world = &marked.world;
    let oak = world.appliance.desk(Some("oak")).unwrap();
    let (here, there) = (Member { desk: world.desk.id, person: world.id("Max") }, Member { desk: oak.id, person: marked.there["Ada"].0 });
    let go = format!("/account/desks/{}", oak.id);
    let form = async |path: &str, body: String| {
        let call = world.call_on(HERE, "POST", path).header("cookie", &marked.cookie).header("sec-fetch-site", "same-origin");
        call.bytes("application/x-www-form-urlencoded", body).go().await
    };
    let listed = marked.ask("GET", "/account/desks", HERE, ("cookie", &marked.cookie), None).await;
    let token = listed.text().split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(form(&go, format!("csrf={token}")).await.status, 404, "they are strangers");
    world.appliance.join(here, there).unwrap();
    assert_eq!(form(&go, "csrf=x".to_owned()).await.status, 403);
    let leaving = form(&go, format!("csrf={token}")).await.is(200);
    assert_eq!(leaving.header("cache-control"), "no-store");
    let address = leaving.header("refresh").split_once("url=").unwrap().1.to_owned();
    let pass = address.strip_prefix("http://oak.example/enter?pass=").unwrap().to_owned();
    let arrive = async |host: &str, site: &str, pass: &str| {
        let call = world.call_on(host, "POST", "/enter").header("sec-fetch-site", site);
        call.bytes("application/x-www-form-urlencoded", format!("pass={pass}")).go().await
    };
    assert!(world.call_on(THERE, "GET", &format!("/enter?pass={pass}")).go().await.is(200).header("set-cookie").is_empty());
    assert_eq!(arrive(THERE, "cross-site", &pass).await.status, 403, "another site cannot sign anybody in");
    let entered = arrive(THERE, "same-origin", &pass).await.is(303);
    let cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    let me = marked.ask("GET", "/v1/me", THERE, ("cookie", &cookie), None).await.is(200).json();
    assert_eq!(me["email"], "ada@oak.example");
    assert_eq!(marked.ask("GET", "/v1/me", HERE, ("cookie", &cookie), None).await.status, 401);
    assert_eq!(arrive(THERE, "same-origin", &pass).await.status, 409, "it works once");
    let again = form(&go, format!("csrf={token}")).await.is(200);
    let pass = again.header("refresh").split_once("pass=").unwrap().1.to_owned();
    assert_eq!(arrive(HERE, "same-origin", &pass).await.status, 409, "it is for the other desk");

    // Nor does it stand for the second factor that the member has over there.
    let ada = marked.there["Ada"].0;
    let seed = oak.write(None, move |tx| second_factor::set_up(tx, ada)).await.unwrap();
    let again = form(&go, format!("csrf={token}")).await.is(200);
    let pass = again.header("refresh").split_once("pass=").unwrap().1.to_owned();
    let halfway = arrive(THERE, "same-origin", &pass).await.is(303);
    assert!(halfway.header("location").starts_with("/sign-in/code"), "{}", halfway.header("location"));
    let step = halfway.cookies("");
    assert!(step.contains("lodge_step=") && !step.contains("lodge_session="), "{step}");
    let send = async |code: String| {
        let call = world.call_on(THERE, "POST", "/sign-in/code").header("cookie", &step).header("sec-fetch-site", "same-origin");
        call.bytes("application/x-www-form-urlencoded", format!("code={code}")).go().await
    };
    send("000000".to_owned()).await.is(401);
    let cookie = send(second_factor::code(&seed, 0)).await.is(303).cookies("");
    let me = marked.ask("GET", "/v1/me", THERE, ("cookie", &cookie), None).await.is(200).json();
    assert_eq!(me["email"], "ada@oak.example");
}
