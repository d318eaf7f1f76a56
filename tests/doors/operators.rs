//! The pages of operators: who gets in and who does not, what can be done there, and what nobody may do from there.

use lodge::{
    appliance::{By, DeskChange, Member},
    desk::identity::{self, PersonChange},
    http::Options,
    id::DeskId,
};

use crate::world::{Answer, PASSWORD, World, settled};

const HERE: &str = "pine.example";
const THERE: &str = "oak.example";
const PAGES: [&str; 2] = ["/operator/desks", "/operator/desks/new"];

/// A server of two desks. Max of the first is its operator.
struct Server {
    world: World,
    pine: DeskId,
    oak: DeskId,
    max: String,
    csrf: String,
}

async fn server(doors: Options) -> Server {
    let world = World::with(doors).await;
    let pine = world.desk.id;
    let by = By::CommandLine;
    world.appliance.change(by, pine, DeskChange { hosts: Some(vec![HERE.into()]), ..DeskChange::default() }).await.unwrap();
    let oak = world.appliance.create(by, "oak", &[THERE.to_owned()]).unwrap().id;
    {
        let desk = world.appliance.desk_of_id(oak).unwrap();
        settled(&desk, "Oak Street", "oak.example").await;
    }
    assert!(world.appliance.add_operator(by, Member { desk: pine, person: world.id("Max") }).unwrap());
    let max = signed_in(&world, HERE, "max@example.com").await;
    let page = world.call_on(HERE, "GET", "/operator/desks/new").header("cookie", &max).go().await.is(200).text();
    Server { csrf: token(&page), max, pine, oak, world }
}

/// The cookie of somebody who signed in at a desk.
async fn signed_in(world: &World, host: &str, email: &str) -> String {
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("email", email).append_pair("password", PASSWORD).finish();
    let call = world.call_on(host, "POST", "/sign-in").header("sec-fetch-site", "same-origin");
    let entered = call.bytes("application/x-www-form-urlencoded", body).go().await.is(303);
    entered.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn token(page: &str) -> String {
    page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

impl Server {
    fn desk(&self, id: DeskId) -> String {
        format!("/operator/desks/{id}")
    }

    async fn get(&self, path: &str) -> Answer {
        self.world.call_on(HERE, "GET", path).header("cookie", &self.max).go().await
    }

    async fn post_as(&self, cookie: &str, csrf: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).append_pair("csrf", csrf).finish();
        let call = self.world.call_on(HERE, "POST", path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        call.bytes("application/x-www-form-urlencoded", body).go().await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&self.max, &self.csrf, path, fields).await
    }

    /// Every address there with its method; the desk that is named exists.
    fn addresses(&self) -> Vec<(&'static str, String)> {
        let oak = self.desk(self.oak);
        let mut all: Vec<_> = ["/operator", "/operator/desks", "/operator/desks/new", &oak].map(|it| ("GET", it.to_owned())).into();
        all.push(("POST", "/operator/desks".to_owned()));
        all.extend(["", "/state", "/export", "/delete"].map(|it| ("POST", format!("{oak}{it}"))));
        all
    }
}

/// The names of the desks that there are.
fn names(world: &World) -> Vec<String> {
    world.appliance.entries().unwrap().into_iter().map(|it| it.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_get_in_and_nobody_else_does() {
    let server = server(Options::default()).await;
    let world = &server.world;
    let bearer = format!("Bearer {}", world.token("Max"));
    let login = serde_json::json!({ "email": "max@example.com", "password": PASSWORD });
    let access = world.call_on(HERE, "POST", "/v1/auth/login").json(login).go().await.is(200).json();
    let access = format!("Bearer {}", access["accessToken"].as_str().unwrap());
    let ada = signed_in(world, HERE, "ada@example.com").await;
    let rosa = signed_in(world, HERE, "rosa@example.com").await;
    let owner = signed_in(world, THERE, "max@oak.example").await;
    for (method, path) in server.addresses() {
        for (who, host, proof) in [
            ("an agent", HERE, ("cookie", &ada)),
            ("a requester", HERE, ("cookie", &rosa)),
            ("an admin of another desk", THERE, ("cookie", &owner)),
            ("an operator's token", HERE, ("authorization", &bearer)),
            ("an operator's access token", HERE, ("authorization", &access)),
        ] {
            let call = world.call_on(host, method, &path).header(proof.0, proof.1).header("sec-fetch-site", "same-origin");
            let answer = call.bytes("application/x-www-form-urlencoded", "suspended=yes&confirm=oak&name=x&hosts=x.example").go().await;
            assert_eq!(answer.status, 403, "{who}: {method} {path}");
            assert!(!answer.text().contains("oak.example"), "{who}: {method} {path}");
        }
        let nobody = world.call_on(HERE, method, &path).go().await;
        assert_eq!((nobody.status.as_u16(), nobody.header("location").starts_with("/sign-in")), (303, true), "nobody: {method} {path}");
        if method == "POST" {
            let forged = server.post_as(&server.max, "x", &path, &[("suspended", "yes"), ("confirm", "oak")]).await;
            assert_eq!(forged.status, 403, "without the form's token: {path}");
        } else {
            let answer = server.get(&path).await;
            assert!(matches!(answer.status.as_u16(), 200 | 303), "the operator: {path}: {}", answer.status);
        }
    }
    assert_eq!(names(world), ["main", "oak"]);
    let oak = world.appliance.entry(server.oak).unwrap();
    assert!(oak.suspended_at.is_none() && oak.hosts == [THERE]);
    // Only operators are shown the way.
    let home = |cookie: String| world.call_on(HERE, "GET", "/").header("cookie", &cookie).go();
    assert!(home(server.max.clone()).await.text().contains("/operator/desks"));
    assert!(!home(ada).await.text().contains("/operator/desks"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_operator_any_more_is_out_at_once() {
    let server = server(Options::default()).await;
    let world = &server.world;
    let (max, ada) = (Member { desk: server.pine, person: world.id("Max") }, Member { desk: server.pine, person: world.id("Ada") });
    let cli = By::CommandLine;
    let last = world.appliance.remove_operator(cli, max).unwrap_err().to_string();
    assert!(last.contains("Make somebody else one first"), "{last}");
    assert!(world.appliance.add_operator(cli, ada).unwrap());
    let active = |who: Member, active: bool| {
        let change = PersonChange { active: Some(active), ..PersonChange::default() };
        world.desk.write(None, move |tx| identity::change_person(tx, &lodge::desk::actor::Actor::system("test"), who.person, change))
    };
    // Somebody who cannot sign in is not somebody else who looks after it.
    active(ada, false).await.unwrap();
    assert!(world.appliance.remove_operator(cli, max).is_err());
    active(ada, true).await.unwrap();
    let ada_cookie = signed_in(world, HERE, "ada@example.com").await;
    let look = |cookie: &str| world.call_on(HERE, "GET", PAGES[0]).header("cookie", cookie).go();
    assert_eq!(look(&ada_cookie).await.status, 200);
    world.appliance.remove_operator(By::Operator(ada), max).unwrap();
    assert_eq!(look(&server.max).await.status, 403, "taken back");
    assert!(world.appliance.add_operator(By::Operator(max), max).is_err(), "and it cannot be given to oneself");
    active(ada, false).await.unwrap();
    assert_eq!(look(&ada_cookie).await.status, 303, "deactivated");
    // An operator of a desk that is deleted goes with it.
    let there = signed_in(world, THERE, "max@oak.example").await;
    let of_oak = {
        let desk = world.appliance.desk_of_id(server.oak).unwrap();
        let person = desk.read(|tx| identity::named(tx, "email", "max@oak.example")).unwrap();
        Member { desk: server.oak, person: person.id }
    };
    assert_eq!(world.call_on(THERE, "GET", PAGES[0]).header("cookie", &there).go().await.status, 403);
    assert!(world.appliance.add_operator(cli, of_oak).unwrap());
    assert_eq!(world.call_on(THERE, "GET", PAGES[0]).header("cookie", &there).go().await.status, 200);
    world.appliance.delete(cli, server.oak, "oak").await.unwrap();
    assert_eq!(world.appliance.operators().unwrap(), [ada]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_is_made_with_an_owner_who_gets_in_by_a_link_that_is_shown_once() {
    let server = server(Options::default()).await;
    let world = &server.world;
    let new = [
        ("title", "Elm Street"),
        ("name", "elm"),
        ("hosts", "elm.example\r\nhelp.elm.example"),
        ("plan", "Gold"),
        ("owner_name", "Elma"),
        ("email", "Elma@elm.example"),
    ];
    let but = |name: &str, value: &'static str| new.map(|it| if it.0 == name { (it.0, value) } else { it });
    for (name, value, says) in [
        ("title", " ", "Say what its people call it"),
        ("name", "oak", "There is a desk"),
        ("name", "a b", "The name of a desk"),
        ("hosts", "", "Name a host"),
        ("hosts", THERE, "answers on"),
        ("email", "nobody", "is not a mail address"),
        ("plan", "\u{7}", "A plan is one line"),
    ] {
        let answer = server.post("/operator/desks", &but(name, value)).await;
        assert!(answer.status.is_client_error() && answer.text().contains(says), "{name}={value}: {}", answer.text());
        assert_eq!(names(world), ["main", "oak"], "nothing half made stays: {name}={value}");
    }
    let made = server.post("/operator/desks", &new).await.is(200);
    assert_eq!((made.header("cache-control"), made.header("referrer-policy")), ("no-store", "no-referrer"));
    let text = made.text();
    let link = text.split("http://elm.example").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let elm = world.appliance.entry(world.appliance.id_of("elm").unwrap()).unwrap();
    assert_eq!((elm.hosts.len(), elm.plan.as_deref()), (2, Some("Gold")));
    assert!(!server.get(&server.desk(elm.id)).await.is(200).text().contains(&link), "it is shown once");
    // The owner sets a password by it, and may do everything on their desk.
    assert_eq!(world.call_on(HERE, "GET", &link).go().await.status, 404, "it is for another desk");
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("name", "Elma").append_pair("password", PASSWORD).finish();
    let accept = || {
        let call = world.call_on("elm.example", "POST", &link).header("sec-fetch-site", "same-origin");
        call.bytes("application/x-www-form-urlencoded", body.clone())
    };
    accept().go().await.is(303);
    assert!(accept().go().await.status.is_client_error(), "it works once");
    let elma = signed_in(world, "elm.example", "elma@elm.example").await;
    world.call_on("elm.example", "GET", "/agent/admin/people").header("cookie", &elma).go().await.is(200);
    world.call_on("elm.example", "GET", PAGES[0]).header("cookie", &elma).go().await.is(403);
    let desk = world.appliance.desk_of_id(elm.id).unwrap();
    let owner = desk.read(|tx| identity::named(tx, "email", "elma@elm.example")).unwrap();
    assert_eq!(owner.roles, ["tenant_owner"]);
    let list = server.get("/operator/desks?q=gold").await.is(200).text();
    assert!(list.contains(">elm<") && list.contains("Gold") && !list.contains(">oak<"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_mail_goes_out_the_owner_is_invited_by_mail() {
    let server = server(Options { mail_addresses: vec!["help@pine.example".into()], ..Options::default() }).await;
    let new =
        [("title", "Elm"), ("name", "elm"), ("hosts", "elm.example"), ("plan", ""), ("owner_name", "Elma"), ("email", "elma@elm.example")];
    let made = server.post("/operator/desks", &new).await.is(303);
    let elm = server.world.appliance.desk(Some("elm")).unwrap();
    assert_eq!(made.header("location"), server.desk(elm.id));
    let jobs = elm.read(|tx| Ok(tx.scan::<lodge::desk::jobs::Job>(&())?.collect::<Result<Vec<_>, _>>()?)).unwrap();
    assert_eq!(jobs.iter().map(|it| it.kind.as_str()).collect::<Vec<_>>(), ["send_account_mail"]);
    let settings = elm.read(lodge::desk::settings::Settings::of).unwrap();
    assert_eq!((settings.base_url.as_deref(), settings.sender()), (Some("http://elm.example"), Some("help@pine.example")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_is_changed_suspended_resumed_and_deleted() {
    let server = server(Options::default()).await;
    let (world, oak) = (&server.world, server.desk(server.oak));
    let entry = || world.appliance.entry(server.oak).unwrap();
    let change = [
        ("name", "oak-group"),
        ("hosts", "oak.example, help.oak.example"),
        ("requests_per_minute", "6000"),
        ("plan", " Silver,  5 agents "),
    ];
    server.post(&oak, &change).await.is(303);
    let now = entry();
    assert_eq!((now.name.as_str(), now.requests_per_minute, now.plan.as_deref()), ("oak-group", Some(6000), Some("Silver, 5 agents")));
    assert_eq!(now.hosts, ["oak.example", "help.oak.example"]);
    for (name, value, says) in [
        ("name", "main", "There is a desk"),
        ("hosts", HERE, "answers on"),
        ("requests_per_minute", "many", "whole number"),
        ("requests_per_minute", "0", "is suspended; say so"),
    ] {
        let answer = server.post(&oak, &change.map(|it| if it.0 == name { (it.0, value) } else { it })).await;
        assert!(answer.status.is_client_error() && answer.text().contains(says), "{name}={value}: {}", answer.text());
    }
    let ask = || world.call_on(THERE, "GET", "/").go();
    assert_eq!(ask().await.status, 200);
    server.post(&format!("{oak}/state"), &[("suspended", "maybe")]).await.is(422);
    server.post(&format!("{oak}/state"), &[("suspended", "yes")]).await.is(303);
    assert_eq!(ask().await.status, 503);
    assert!(server.get(&oak).await.is(200).text().contains("Suspended"));
    // What it takes is known although it is closed.
    let usage = world.appliance.overview_of(server.oak).unwrap().usage.unwrap();
    assert_eq!((usage.people, usage.tickets), (4, 0));
    assert!(usage.bytes > 10_000 && usage.changed_at.is_some());
    server.post(&format!("{oak}/state"), &[("suspended", "no")]).await.is(303);
    assert_eq!(ask().await.status, 200);
    let kept = server.post(&format!("{oak}/delete"), &[("confirm", "oak")]).await;
    assert!(kept.status.is_client_error() && kept.text().contains("Repeat its name"));
    server.post(&format!("{oak}/delete"), &[("confirm", "oak-group")]).await.is(303);
    assert_eq!(names(world), ["main"]);
    server.get(&oak).await.is(404);
    server.post(&format!("{oak}/delete"), &[("confirm", "oak-group")]).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_opens_no_desk_and_every_form_carries_the_token() {
    let server = server(Options::default()).await;
    let (world, oak) = (&server.world, server.desk(server.oak));
    // Suspending closes it, and resuming leaves it closed until somebody comes.
    for suspended in ["yes", "no"] {
        server.post(&format!("{oak}/state"), &[("suspended", suspended)]).await.is(303);
    }
    for path in [PAGES[0], PAGES[1], &oak] {
        let page = server.get(path).await.is(200).text();
        for form in page.split("<form").skip(1).filter_map(|it| it.split("</form>").next()) {
            assert!(!form.contains("method=\"post\"") || form.contains("name=\"csrf\""), "{path}: {form}");
        }
        assert!(path != PAGES[0] || page.contains(THERE));
    }
    assert!(world.appliance.open_desks().iter().all(|it| it.id != server.oak), "looking at it opened it");
    assert_eq!(world.call_on(THERE, "GET", "/").go().await.status, 200);
    assert!(world.appliance.open_desks().iter().any(|it| it.id == server.oak), "coming to it opens it");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_locks_themselves_out_from_here() {
    let server = server(Options::default()).await;
    let (world, pine) = (&server.world, server.desk(server.pine));
    for (path, fields) in [
        (format!("{pine}/state"), vec![("suspended", "yes")]),
        (format!("{pine}/delete"), vec![("confirm", "main")]),
        (pine.clone(), vec![("name", "main"), ("hosts", "other.example")]),
    ] {
        let answer = server.post(&path, &fields).await;
        assert!(answer.status.is_client_error() && answer.text().contains("You are signed in at this desk"), "{path}: {}", answer.text());
    }
    let entry = world.appliance.entry(server.pine).unwrap();
    assert!(entry.suspended_at.is_none() && entry.hosts == [HERE]);
    // The command line may, and undo it; but not delete the desk of the last operator.
    assert!(world.appliance.delete(By::CommandLine, server.pine, "main").await.unwrap_err().to_string().contains("All operators"));
    // A second desk would make the host say which is meant, so the first must name the one that the operator came by.
    world.appliance.delete(By::CommandLine, server.oak, "oak").await.unwrap();
    let new = [("title", "Elm"), ("name", "elm"), ("hosts", "elm.example"), ("owner_name", "Elma"), ("email", "elma@elm.example")];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(new).append_pair("csrf", &server.csrf).finish();
    let call = world.call_on("elsewhere.example", "POST", "/operator/desks").header("cookie", &server.max);
    let call = call.header("sec-fetch-site", "same-origin").bytes("application/x-www-form-urlencoded", body);
    let answer = call.go().await.is(409);
    assert!(answer.text().contains("does not name `elsewhere.example`"), "{}", answer.text());
    server.post("/operator/desks", &new).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_a_whole_desk_even_of_a_suspended_one() {
    let server = server(Options::default()).await;
    let oak = server.desk(server.oak);
    server.post(&format!("{oak}/state"), &[("suspended", "yes")]).await.is(303);
    let answer = server.post(&format!("{oak}/export"), &[]).await.is(200);
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/x-tar", "no-store"));
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"oak-20"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("oak.tar");
    std::fs::write(&file, &answer.bytes).unwrap();
    assert!(std::process::Command::new("tar").arg("xf").arg(&file).arg("-C").arg(folder.path()).status().unwrap().success());
    let folder = folder.path().join("oak");
    let desk = lodge::appliance::Desk::open(server.oak, "oak", &folder, lodge::appliance::DeskOptions::default()).unwrap();
    let people = desk.read(|tx| Ok(tx.count::<identity::Person>()?)).unwrap();
    assert_eq!(people, 4);
    assert_eq!(server.world.call_on(THERE, "GET", "/").go().await.status, 503, "it stays suspended");
    let left: Vec<_> = std::fs::read_dir(server.world.appliance.data_dir.join("exporting")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
