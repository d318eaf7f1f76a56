//! A mailbox that one signs in for at an authorization server: a small one here, and Dovecot, which asks it whether a token is good.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    appliance::{Answer, Appliance, PASSWORD},
    dovecot::{Dovecot, USER},
};

/// What the authorization server knows.
#[derive(Default)]
struct Known {
    count: u32,
    codes: BTreeSet<String>,
    access: BTreeSet<String>,
    /// The one that is good; whoever uses an old one loses all (RFC 6749 10.4).
    refresh: String,
    used_twice: u32,
    access_secs: u64,
    refuses: bool,
    /// Takes the connection and says nothing.
    is_silent: bool,
    /// The next token is traded at once, and said when the other end of this is dropped.
    held: Option<Receiver<()>>,
    verifiers: u32,
}

#[derive(Clone)]
struct Authority {
    port: u16,
    known: Arc<Mutex<Known>>,
}

impl Authority {
    fn start() -> Authority {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let it = Authority {
            port: listener.local_addr().unwrap().port(),
            known: Arc::new(Mutex::new(Known { access_secs: 60, ..Known::default() })),
        };
        let serving = it.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.answer(stream));
            }
        });
        it
    }

    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream.try_clone().ok()?);
        let mut first = String::new();
        lines.read_line(&mut first).ok()?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).ok()?;
            if let Some(it) = line.to_lowercase().strip_prefix("content-length:") {
                length = it.trim().parse().ok()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body).ok()?;
        let path = first.split(' ').nth(1)?.to_owned();
        if self.known.lock().unwrap().is_silent && path.starts_with("/token") {
            // Until the other side has had enough.
            let _ = lines.read(&mut [0]);
            return None;
        }
        let (status, text) = if path.starts_with("/token") { self.token(&String::from_utf8_lossy(&body)) } else { self.is_good(&path) };
        let text = text.to_string();
        let held = self.known.lock().unwrap().held.take_if(|_| path.starts_with("/token"));
        if let Some(held) = held {
            // Ends when whoever holds it lets go.
            let _ = held.recv();
        }
        write!(
            stream,
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        )
        .ok()
    }

    /// The token endpoint: each refresh token is good for one use.
    fn token(&self, form: &str) -> (u16, Value) {
        let field = |name: &str| {
            let found = form.split('&').filter_map(|it| it.split_once('=')).find(|it| it.0 == name);
            found.map(|it| it.1.to_owned()).unwrap_or_default()
        };
        let mut known = self.known.lock().unwrap();
        let fine = match field("grant_type").as_str() {
            "authorization_code" => {
                known.verifiers += u32::from(field("code_verifier").len() >= 43);
                known.codes.remove(&field("code"))
            }
            "refresh_token" if field("refresh_token") == known.refresh => !known.refuses,
            "refresh_token" => {
                known.used_twice += 1;
                false
            }
            _ => false,
        };
        if !fine {
            return (400, json!({ "error": "invalid_grant", "error_description": "This grant is over." }));
        }
        known.count += 1;
        let (access, refresh) = (format!("access{}", known.count), format!("refresh{}", known.count));
        known.access.insert(access.clone());
        known.refresh.clone_from(&refresh);
        (200, json!({ "access_token": access, "token_type": "Bearer", "expires_in": known.access_secs, "refresh_token": refresh }))
    }

    /// What Dovecot asks.
    fn is_good(&self, path: &str) -> (u16, Value) {
        let token = path.rsplit_once("access_token=").map(|it| it.1).unwrap_or_default();
        let is_good = self.known.lock().unwrap().access.contains(token);
        if is_good {
            (200, json!({ "email": USER, "active": "true", "expires_in": 3600, "token_type": "Bearer" }))
        } else {
            (401, json!({ "error": "invalid_token" }))
        }
    }

    /// Somebody says yes there.
    fn code(&self) -> String {
        let mut known = self.known.lock().unwrap();
        known.count += 1;
        let code = format!("code{}", known.count);
        known.codes.insert(code.clone());
        code
    }
}

/// A browser of the admin.
struct Browser<'a> {
    appliance: &'a Appliance,
    cookies: Vec<String>,
}

impl Browser<'_> {
    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let name = set.split('=').next().unwrap().to_owned();
            self.cookies.retain(|it| !it.starts_with(&format!("{name}=")));
            self.cookies.push(set);
        }
    }

    fn get(&mut self, path: &str) -> Answer {
        let answer = self.appliance.try_ask("GET", path, &[("cookie", &self.cookies.join("; "))], b"").unwrap();
        self.keep(&answer);
        answer
    }

    fn of(appliance: &Appliance) -> Browser<'_> {
        let mut it = Browser { appliance, cookies: Vec::new() };
        let origin = appliance.address();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str())];
        let body = format!("email=max%40example.com&password={}&next=%2F", PASSWORD.replace(' ', "+"));
        let answer = appliance.try_ask("POST", "/sign-in", &headers, body.as_bytes()).unwrap();
        assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.body));
        it.keep(&answer);
        it
    }

    /// Sends a form of the page that stands here.
    fn post(&mut self, page: &str, path: &str, fields: &str) -> Answer {
        let shown = String::from_utf8(self.get(page).body).unwrap();
        let token = shown.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let origin = self.appliance.address();
        let cookies = self.cookies.join("; ");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str()), ("cookie", cookies.as_str())];
        self.appliance.try_ask("POST", path, &headers, format!("csrf={token}&{fields}").as_bytes()).unwrap()
    }

    /// Begins a sign-in for a mailbox: gives the state.
    fn begins(&mut self, id: &str) -> String {
        let sent = self.get(&format!("/agent/admin/mailboxes/{id}/sign-in"));
        assert_eq!(sent.status, 303);
        let to = sent.headers["location"].to_str().unwrap();
        assert!(to.contains("code_challenge_method=S256"), "{to}");
        to.split("&state=").nth(1).unwrap().split('&').next().unwrap().to_owned()
    }

    fn comes_back(&mut self, state: &str, code: &str) -> u16 {
        self.get(&format!("/agent/admin/mailboxes/oauth/callback?state={state}&code={code}")).status
    }
}

fn server(authority: &Authority) -> Option<Dovecot> {
    let folder = tempfile::TempDir::with_prefix("dc").unwrap().keep();
    let conf = folder.join("oauth2.conf");
    std::fs::write(
        &conf,
        format!(
            "tokeninfo_url = http://127.0.0.1:{}/info?access_token=\nintrospection_mode = auth\nusername_attribute = email\n\
             active_attribute = active\nactive_value = true\n",
            authority.port
        ),
    )
    .unwrap();
    let _ = std::process::Command::new("chmod").arg("-R").arg("a+rX").arg(&folder).status();
    Dovecot::start_with(&format!(
        "auth_mechanisms = plain xoauth2\npassdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {}\n}}",
        conf.display()
    ))
}

fn mailbox(appliance: &Appliance, port: u16, authority: &Authority, enabled: bool) -> String {
    let base = format!("http://127.0.0.1:{}", authority.port);
    let made = appliance.ask(
        "POST",
        "/v1/mailboxes",
        &json!({
            "name": "Support", "address": USER, "host": "127.0.0.1", "port": port, "encryption": "none", "enabled": enabled,
            "pollSeconds": 10, "secret": "the client's secret",
            "oauth": { "authority": "custom", "clientId": "lodge", "authorizationEndpoint": format!("{base}/authorize"),
                       "tokenEndpoint": format!("{base}/token"), "scopes": ["mail"] },
        }),
    );
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    made.json()["id"].as_str().unwrap().to_owned()
}

fn health(appliance: &Appliance, id: &str) -> Value {
    appliance.get(&format!("/v1/mailboxes/{id}/health")).json()
}

fn count(appliance: &Appliance) -> usize {
    appliance.get("/v1/tickets?pageSize=100").json()["items"].as_array().unwrap().len()
}

fn deliver(server: &Dovecot, number: usize) {
    server.deliver(
        "INBOX",
        &format!("From: rosa@example.org\nSubject: Mail {number}\nMessage-ID: <{number}@example.org>\n\nHello {number}.\n"),
    );
}

/// A mail server that lets in whoever has a token that the authority gave last.
fn smtp(authority: &Authority) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, taken) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default());
    let (authority, ours) = (authority.clone(), taken.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (authority, taken) = (authority.clone(), ours.clone());
            std::thread::spawn(move || take(&authority, stream, &taken));
        }
    });
    (port, taken)
}

fn take(authority: &Authority, mut stream: TcpStream, taken: &Mutex<Vec<String>>) -> Option<()> {
    stream.write_all(b"220 tokens only\r\n").ok()?;
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut user = None;
    while let Some(Ok(line)) = lines.next() {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-tokens\r\n250 AUTH XOAUTH2\r\n",
            "AUTH" => {
                let said = STANDARD.decode(line.strip_prefix("AUTH XOAUTH2 ")?).ok()?;
                let said = String::from_utf8(said).ok()?;
                let (name, token) = said.strip_prefix("user=")?.strip_suffix("\x01\x01")?.split_once("\x01auth=Bearer ")?;
                user = authority.known.lock().unwrap().access.contains(token).then(|| name.to_owned());
                if user.is_some() { "235 2.7.0 in\r\n" } else { "535 5.7.8 not with this token\r\n" }
            }
            "MAIL" if user.is_none() => "530 5.7.0 who are you\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                lines.by_ref().map_while(Result::ok).find(|it| it == ".")?;
                taken.lock().unwrap().push(user.clone()?);
                "250 2.0.0 taken\r\n"
            }
            _ => "250 2.0.0 fine\r\n",
        };
        stream.write_all(answer.as_bytes()).ok()?;
    }
    None
}

#[test]
fn mail_leaves_by_the_sign_in_of_a_mailbox() {
    let authority = Authority::start();
    let (port, taken) = smtp(&authority);
    let appliance = Appliance::new();
    let id = mailbox(&appliance, 1, &authority, false);
    let mut browser = Browser::of(&appliance);
    let form = |mailbox: &str| format!("host=127.0.0.1&port={port}&encryption=none&mailbox={mailbox}");
    let unknown = browser.post("/agent/admin/sending", "/agent/admin/sending/server", &form("00000000-0000-7000-8000-000000000000"));
    assert_eq!(unknown.status, 422);
    let saved = browser.post("/agent/admin/sending", "/agent/admin/sending/server", &form(&id));
    assert_eq!(saved.status, 303, "{}", String::from_utf8_lossy(&saved.body));
    let server = appliance.get("/v1/settings/sending").json()["server"].clone();
    assert_eq!((&server["mailbox"], &server["username"]), (&json!(id), &json!(USER)), "{server}");
    let said = appliance.ask("POST", "/v1/settings/sending/test", &Value::Null);
    assert!(String::from_utf8_lossy(&said.body).contains("Nobody has signed in"), "{said:?}");

    // Each token ends at once, so that each conversation has one of its own.
    authority.known.lock().unwrap().access_secs = 60;
    let state = browser.begins(&id);
    assert_eq!(browser.comes_back(&state, &authority.code()), 303);
    for count in 1..3 {
        let sent = appliance.ask("POST", "/v1/mail/test", &json!({}));
        assert!(sent.status < 300, "{sent:?}");
        appliance.until("it has left", |_| taken.lock().unwrap().len() == count);
    }
    assert_eq!(*taken.lock().unwrap(), [USER, USER]);
    assert_eq!(authority.known.lock().unwrap().used_twice, 0);
}

#[test]
fn whoever_goes_away_does_not_lose_the_sign_in() {
    let authority = Authority::start();
    let appliance = Appliance::new();
    let id = mailbox(&appliance, 1, &authority, false);
    authority.known.lock().unwrap().access_secs = 60;
    let mut browser = Browser::of(&appliance);
    let state = browser.begins(&id);
    assert_eq!(browser.comes_back(&state, &authority.code()), 303);
    for _ in 0..2 {
        let (holding, held) = channel::<()>();
        let before = {
            let mut known = authority.known.lock().unwrap();
            known.held = Some(held);
            known.count
        };
        let mut stream = TcpStream::connect(("127.0.0.1", appliance.port())).unwrap();
        let bearer = &appliance.token;
        write!(
            stream,
            "POST /v1/mailboxes/{id}/test HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\nContent-Length: 0\r\n\r\n"
        )
        .unwrap();
        appliance.until("the token is traded", |_| authority.known.lock().unwrap().count > before);
        // Whoever asked goes away, and is seen to be gone before the token comes.
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
        drop(holding);
    }
    let found = appliance.ask("POST", &format!("/v1/mailboxes/{id}/test"), &Value::Null).json();
    assert_eq!(found["findings"][0]["code"], "connection_refused", "the token was good: {found}");
    assert_eq!(authority.known.lock().unwrap().used_twice, 0);
}

#[test]
fn somebody_signs_in_and_the_token_is_rotated() {
    let authority = Authority::start();
    let Some(server) = server(&authority) else { return };
    let mut appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, &authority, true);
    deliver(&server, 0);
    appliance.until("it is told that nobody signed in", |it| health(it, &id)["standing"] == "alarm");
    {
        let mut browser = Browser::of(&appliance);
        let state = browser.begins(&id);
        assert_eq!(browser.comes_back("another", &authority.code()), 409, "another's state");
        let state = if browser.cookies.iter().any(|it| it.starts_with("lodge_mailbox_sign_in=") && it.len() > 40) {
            state
        } else {
            browser.begins(&id)
        };
        let mut stranger = Browser::of(&appliance);
        stranger.cookies.extend(browser.cookies.iter().filter(|it| it.starts_with("lodge_mailbox")).cloned());
        assert_eq!(stranger.comes_back(&state, &authority.code()), 409, "another session of the same person");
        assert_eq!(browser.comes_back(&state, &authority.code()), 303);
        assert_eq!(authority.known.lock().unwrap().verifiers, 1);
    }
    appliance.until("the mail is here", |it| count(it) == 1);
    appliance.until("it is well", |it| health(it, &id)["standing"] == "well");
    let shown = appliance.get(&format!("/v1/mailboxes/{id}")).body;
    assert!(!String::from_utf8_lossy(&shown).contains("access2") && !String::from_utf8_lossy(&shown).contains("client's secret"));

    // Tokens end at once, so that each conversation needs a new one; killed again and again, none is used twice.
    for round in 1..5 {
        appliance.kill();
        deliver(&server, round);
        appliance.start();
        appliance.until("the next mail is here", |it| count(it) == round + 1);
    }
    assert_eq!(authority.known.lock().unwrap().used_twice, 0);
    assert!(authority.known.lock().unwrap().count > 6, "each start took a new one");

    // A token that ends before its time is replaced, too.
    authority.known.lock().unwrap().access_secs = 3600;
    assert_eq!(appliance.stop(), 0);
    appliance.start();
    appliance.until("it is well", |it| health(it, &id)["standing"] == "well");
    authority.known.lock().unwrap().access.clear();
    assert_eq!(appliance.stop(), 0);
    deliver(&server, 5);
    appliance.start();
    appliance.until("it goes on with another", |it| count(it) == 6);

    // A server that is away for a while is no end.
    authority.known.lock().unwrap().is_silent = true;
    authority.known.lock().unwrap().access.clear();
    assert_eq!(appliance.stop(), 0);
    appliance.start();
    appliance.until("it fails", |it| health(it, &id)["warnings"].as_array().is_some_and(|it| !it.is_empty()));
    authority.known.lock().unwrap().is_silent = false;
    deliver(&server, 6);
    appliance.until("it goes on", |it| {
        it.ask("POST", &format!("/v1/mailboxes/{id}/poll"), &Value::Null);
        count(it) == 7
    });

    // A refusal is, until somebody signs in again.
    authority.known.lock().unwrap().refuses = true;
    authority.known.lock().unwrap().access.clear();
    assert_eq!(appliance.stop(), 0);
    appliance.start();
    appliance.until("it is an alarm", |it| {
        it.ask("POST", &format!("/v1/mailboxes/{id}/poll"), &Value::Null);
        let found = health(it, &id);
        found["standing"] == "alarm" && found["warnings"].to_string().contains("sign in again")
    });
    assert!(appliance.get("/readyz").json().to_string().contains("sign in again"));
    let done = appliance.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&done.stdout).contains("ILL      mailboxes"), "{done:?}");
    authority.known.lock().unwrap().refuses = false;
    deliver(&server, 7);
    let mut browser = Browser::of(&appliance);
    let state = browser.begins(&id);
    assert_eq!(browser.comes_back(&state, &authority.code()), 303);
    appliance.until("it goes on", |it| count(it) == 8);
}
