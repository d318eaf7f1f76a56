//! A small desk with people who have names: Rosa and Otto lodge, Ada works tickets, Max administers. Each has a token.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode},
};
use http_body_util::BodyExt;
use lodge::{
    api,
    appliance::{Appliance, Desk, DeskOptions},
    desk::{
        actor::Actor,
        identity::{self, NewPerson, NewToken},
        jobs::{self, Ended},
        mail::{
            compose::Outgoing,
            outbox::{self, Attempt, Begun, LetterState, Pace, Said},
        },
        notify::account,
        settings::{self, SettingsChange},
    },
    http::{self, App, Options},
    id::PersonId,
    web,
};
use serde_json::Value;
use tower::ServiceExt;

/// One raw mail that this desk takes, in bytes.
pub const MAIL_BYTES_MAX: usize = 64 * 1024;
pub const PASSWORD: &str = "a long enough password";

pub struct World {
    pub router: Router,
    pub appliance: Arc<Appliance>,
    pub desk: Arc<Desk>,
    people: BTreeMap<&'static str, (PersonId, String)>,
    _stop: tokio::sync::watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// What a browser would send back of the cookies that it was given, after those it had.
    pub fn cookies(&self, before: &str) -> String {
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        let given = self.headers.get_all("set-cookie").iter().filter_map(|it| it.to_str().ok()).filter_map(|it| it.split(';').next());
        for (name, value) in before.split("; ").chain(given).filter_map(|it| it.split_once('=')) {
            all.insert(name.to_owned(), value.to_owned());
        }
        all.retain(|_, value| !value.is_empty());
        all.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The same answer, if it has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }
}

/// A request to be.
pub struct Call<'a> {
    world: &'a World,
    request: axum::http::request::Builder,
    body: Body,
}

impl Call<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    /// From this address.
    pub fn from(mut self, address: &str) -> Self {
        let peer = std::net::SocketAddr::new(address.parse().unwrap(), 40_000);
        self.request = self.request.extension(axum::extract::ConnectInfo(peer));
        self
    }

    /// As this person.
    pub fn by(self, who: &str) -> Self {
        let value = format!("Bearer {}", self.world.people[who].1);
        self.header("authorization", &value)
    }

    pub fn json(self, body: Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub fn bytes(self, content_type: &str, body: impl Into<Body>) -> Self {
        let mut call = self.header("content-type", content_type);
        call.body = body.into();
        call
    }

    pub async fn go(self) -> Answer {
        let response = self.world.router.clone().oneshot(self.request.body(self.body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// The answer's head and its body as it comes, for what never ends.
    pub async fn open(self) -> (StatusCode, Body) {
        let response = self.world.router.clone().oneshot(self.request.body(self.body).unwrap()).await.unwrap();
        (response.status(), response.into_body())
    }
}

impl World {
    pub async fn new() -> World {
        World::with(Options::default()).await
    }

    pub async fn with(doors: Options) -> World {
        let folder = tempfile::tempdir().unwrap();
        let options = DeskOptions {
            store_cache_bytes: 4 * 1024 * 1024,
            index_memory_bytes: 15 * 1024 * 1024,
            mail_bytes_max: MAIL_BYTES_MAX,
            ..DeskOptions::default()
        };
        let appliance = Arc::new(Appliance::open(folder.path(), options).unwrap());
        let desk = appliance.desk(None).unwrap();
        let people = settled(&desk, "Pine Street", "example.com").await;
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let app = App::new(appliance.clone(), doors, None, stopping);
        let router = http::router(app.clone(), api::router(&app).merge(web::routes(&app)));
        World { router: api::with_bare_paths(router), appliance, desk, people, _stop: stop, _folder: folder }
    }

    /// The mails about accounts that wait, written and taken away as a runner would.
    pub async fn account_mails(&self) -> Vec<Outgoing> {
        let written = self.desk.write(None, |tx| {
            for job in jobs::lease(tx, 100, |it| it.kind == account::SEND_ACCOUNT_MAIL)? {
                account::decide(tx, &job)?;
                jobs::end(tx, job.id, job.attempts, Ended::Done)?;
            }
            let mut mails = Vec::new();
            for letter in outbox::letters(tx, &Actor::system("test"), Some(LetterState::Queued))? {
                let Some(job) = jobs::of(tx, &format!("letter-{}", letter.id))?.filter(|_| letter.account.is_some()) else { continue };
                let Begun::Go(letter) = outbox::begin(tx, letter.id, job.id, job.attempts)? else { continue };
                let Some(mail) = account::write(tx, &letter)? else { continue };
                let taken = mail.recipients.iter().map(|it| (it.address.clone(), Said::Accepted("250 taken".into()))).collect();
                outbox::note(tx, Pace::default(), letter.id, letter.attempts, Attempt::Spoken(taken))?;
                mails.push(mail);
            }
            Ok(mails)
        });
        written.await.unwrap()
    }

    /// The cookies of a browser in which this person has signed in.
    pub async fn signed_in(&self, email: &str) -> String {
        self.form("/sign-in", "", &[("email", email), ("password", PASSWORD)]).go().await.is(303).cookies("")
    }

    /// Posts a form as a page of this desk does, with these cookies.
    pub fn form(&self, path: &str, cookies: &str, fields: &[(&str, &str)]) -> Call<'_> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = self.call("POST", path).header("sec-fetch-site", "same-origin").header("cookie", cookies);
        call.bytes("application/x-www-form-urlencoded", body)
    }

    pub fn id(&self, who: &str) -> PersonId {
        self.people[who].0
    }

    /// The personal token of this person.
    pub fn token(&self, who: &str) -> &str {
        &self.people[who].1
    }

    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        self.call_on("desk.example", method, path)
    }

    pub fn call_on(&self, host: &str, method: &str, path: &str) -> Call<'_> {
        Call { world: self, request: Request::builder().method(method).uri(path).header("host", host), body: Body::empty() }
    }

    /// Lodges a ticket and gives its JSON.
    pub async fn lodge(&self, who: &str, body: Value) -> Value {
        self.call("POST", "/v1/tickets").by(who).json(body).go().await.is(201).json()
    }

    /// Comments on a ticket and gives the comment's JSON.
    pub async fn comment(&self, who: &str, ticket: &Value, body: Value) -> Value {
        let path = format!("/v1/tickets/{}/comments", ticket["number"].as_str().unwrap());
        self.call("POST", &path).by(who).json(body).go().await.is(201).json()
    }
}

/// Sets a desk up with its people; gives each one's id and token.
pub async fn settled(desk: &Desk, name: &'static str, domain: &'static str) -> BTreeMap<&'static str, (PersonId, String)> {
    let hashed = lodge::appliance::password::hash(&lodge::secret::Secret::new(PASSWORD)).unwrap();
    let made = desk.write(None, move |tx| {
        let actor = Actor::system("setup");
        settings::found(tx, &actor, name)?;
        let change = SettingsChange {
            addresses: Some(vec!["help@pine.example".into()]),
            base_url: Some("https://desk.example".into()),
            ..SettingsChange::default()
        };
        settings::change(tx, &actor, change)?;
        let mut people = BTreeMap::new();
        for (name, role) in [("Rosa", "requester"), ("Otto", "requester"), ("Ada", "agent"), ("Max", "admin")] {
            let new = NewPerson {
                email: format!("{}@{domain}", name.to_lowercase()),
                name: name.into(),
                roles: vec![role.into()],
                password: Some(hashed.clone()),
                ..NewPerson::default()
            };
            let person = identity::create_person(tx, &actor, new)?;
            let token = NewToken { name: "test".into(), ..NewToken::default() };
            people.insert(name, (person.id, identity::create_token(tx, &actor, person.id, token)?.1));
        }
        Ok(people)
    });
    made.await.unwrap()
}
