//! Mail in and out over real protocols: in by the hook and the command line, out by SMTP to a real server, and back as an answer.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::json;
use tempfile::TempDir;

use crate::appliance::{Appliance, free_port};

/// A mail server (aiosmtpd) that keeps what it takes in a Maildir.
/// A mail server that takes everything.
pub struct MailServer {
    process: Child,
    pub port: u16,
    folder: TempDir,
}

/// The Python that has the test tools, as `make test` installs them.
fn python() -> String {
    std::env::var("LODGE_TEST_PYTHON").unwrap_or_else(|_| "python3".into())
}

impl MailServer {
    /// None, and said so, where the Python package is missing.
    pub fn start() -> Option<MailServer> {
        let known = Command::new(python()).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !known.is_ok_and(|it| it.success()) {
            assert!(std::env::var_os("CI").is_none(), "aiosmtpd is missing: run `make test`, which installs it");
            println!("skipped: the Python package aiosmtpd is missing");
            return None;
        }
        let (port, folder) = (free_port(), TempDir::new().unwrap());
        let process = Command::new(python())
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}"), "-c", "aiosmtpd.handlers.Mailbox"])
            .arg(folder.path().join("mail"))
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let began = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < crate::appliance::PATIENCE, "the mail server did not start");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Some(MailServer { process, port, folder })
    }

    /// An appliance whose mail it takes.
    fn appliance(&self) -> Appliance {
        let port = self.port.to_string();
        let environment = [
            ("LODGE_SMTP__HOST", "127.0.0.1"),
            ("LODGE_SMTP__PORT", port.as_str()),
            ("LODGE_SMTP__TLS", "none"),
            ("LODGE_SMTP__FROM", "help@example.com"),
        ];
        Appliance::in_folder(TempDir::new().unwrap(), &environment)
    }

    /// The mails it has taken.
    pub fn taken(&self) -> Vec<String> {
        let folder: PathBuf = self.folder.path().join("mail/new");
        let files = std::fs::read_dir(folder).map(|it| it.flatten().map(|it| it.path()).collect::<Vec<_>>()).unwrap_or_default();
        files.into_iter().map(|it| String::from_utf8_lossy(&std::fs::read(it).unwrap()).into_owned()).collect()
    }

    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A header of a raw mail, unfolded.
pub fn header(mail: &str, name: &str) -> String {
    let mail = mail.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let line = mail.lines().take_while(|it| !it.is_empty()).find(|it| it.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
    line.and_then(|it| it.split_once(':')).map(|it| it.1.trim().to_owned()).unwrap_or_default()
}

pub fn mail_in(appliance: &Appliance, raw: &str) -> serde_json::Value {
    let bearer = format!("Bearer {}", appliance.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
    let answer = appliance.try_ask("POST", "/v1/webhooks/email-inbound", &headers, raw.replace('\n', "\r\n").as_bytes()).unwrap();
    assert!(answer.status < 300, "{answer:?}");
    answer.json()
}

#[test]
fn a_mail_becomes_a_ticket_and_the_answer_finds_its_way_back() {
    let Some(server) = MailServer::start() else { return };
    let appliance = server.appliance();
    let first = mail_in(
        &appliance,
        "From: Rosa <rosa@example.org>\nTo: help@example.com\nSubject: VPN drops\nMessage-ID: <one@example.org>\n\nEvery ten minutes.\n",
    );
    assert_eq!(first["outcome"], "created");
    let number = first["ticket"]["number"].as_str().unwrap();

    appliance.until("the acknowledgement was sent", |_| server.taken().len() == 1);
    let acknowledgement = server.taken().remove(0);
    assert_eq!(header(&acknowledgement, "In-Reply-To"), "<one@example.org>");
    assert_eq!(header(&acknowledgement, "Auto-Submitted"), "auto-replied");
    assert!(header(&acknowledgement, "Subject").contains(&format!("[{number}]")));

    assert_eq!(
        appliance.ask("POST", &format!("/v1/tickets/{number}/comments"), &json!({ "body": "A private thought", "isPrivate": true })).status,
        201
    );
    assert_eq!(appliance.ask("POST", &format!("/v1/tickets/{number}/comments"), &json!({ "body": "Which gateway?" })).status, 201);
    appliance.until("the answer was sent", |_| server.taken().len() == 2);
    let sent = server.taken();
    let answer = sent.iter().find(|it| it.contains("Which gateway?")).expect("the answer");
    assert!(!sent.iter().any(|it| it.contains("A private thought")), "a note was sent out");
    assert!(header(answer, "References").contains("<one@example.org>"));
    assert_eq!(header(answer, "Auto-Submitted"), "", "what a person wrote is not automatic");

    let (id, reply_to) = (header(answer, "Message-ID"), header(answer, "Reply-To"));
    let by_reference = mail_in(
        &appliance,
        &format!(
            "From: rosa@example.org\nTo: help@example.com\nSubject: Re: VPN drops\nMessage-ID: <two@example.org>\nIn-Reply-To: {id}\n\nThe one in Amsterdam.\n"
        ),
    );
    assert_eq!((&by_reference["outcome"], &by_reference["rule"]), (&json!("appended"), &json!("reference")));
    let by_token = mail_in(
        &appliance,
        &format!("From: someone.else@example.org\nTo: {reply_to}\nSubject: about that\nMessage-ID: <three@example.org>\n\nSame here.\n"),
    );
    assert_eq!((&by_token["outcome"], &by_token["rule"]), (&json!("appended"), &json!("reply_token")));
    let again = mail_in(
        &appliance,
        "From: Rosa <rosa@example.org>\nTo: help@example.com\nSubject: VPN drops\nMessage-ID: <one@example.org>\n\nEvery ten minutes.\n",
    );
    assert_eq!(again["outcome"], "duplicate");
    let stranger = mail_in(
        &appliance,
        &format!("From: eve@example.net\nTo: help@example.com\nSubject: [{number}] let me in\nMessage-ID: <eve@example.net>\n\nHello.\n"),
    );
    assert_eq!(stranger["outcome"], "created", "a number in a subject is no authority");
    let absent = mail_in(
        &appliance,
        &format!(
            "From: rosa@example.org\nTo: help@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\nIn-Reply-To: {id}\nMessage-ID: <four@example.org>\n\nI am away.\n"
        ),
    );
    assert_eq!((&absent["outcome"], &absent["automatic"]), (&json!("appended"), &json!(true)));
    let comments = appliance.get(&format!("/v1/tickets/{number}/comments")).json();
    assert_eq!(comments["items"].as_array().unwrap().len(), 5, "{comments}");
}

#[test]
fn a_deleted_index_makes_nobody_be_told_twice() {
    let Some(server) = MailServer::start() else { return };
    let mut appliance = server.appliance();
    for i in 0..5 {
        mail_in(
            &appliance,
            &format!("From: rosa@example.org\nTo: help@example.com\nSubject: jammed {i}\nMessage-ID: <{i}@example.org>\n\nHello.\n"),
        );
    }
    // Not what the server holds: what a kill finds between the server's yes and our record of it is rightly sent once more.
    appliance.until("everybody was told, and it is on record", |it| it.get("/v1/mail/outbox?state=sent").json()["total"] == 5);
    appliance.kill();
    let desks = appliance.path().join("data/desks");
    let desk = std::fs::read_dir(desks).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_dir_all(desk.join("index")).unwrap();
    appliance.start();
    appliance.until("the index is filled", |it| it.get("/v1/search?q=jammed").json()["total"] == 5);
    // One more mail, and its answer: whatever was to be sent again would have been sent before it.
    mail_in(&appliance, "From: rosa@example.org\nTo: help@example.com\nSubject: the last\nMessage-ID: <last@example.org>\n\nHello.\n");
    appliance.until("the last one was told", |_| server.taken().iter().any(|it| header(it, "Subject").contains("the last")));
    assert_eq!(server.taken().len(), 6);
}

#[test]
fn mail_waits_for_a_server_that_is_down() {
    let Some(mut server) = MailServer::start() else { return };
    server.stop();
    let appliance = server.appliance();
    mail_in(&appliance, "From: rosa@example.org\nTo: help@example.com\nSubject: waits\nMessage-ID: <w@example.org>\n\nHello.\n");
    appliance.until("an attempt failed and was noted", |it| it.log_tail().contains("a mail server could not be used"));
    appliance.is_well();
}
