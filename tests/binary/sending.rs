//! Letters over real servers: taken, put off, refused, greylisted, too large; servers that hang, hang up and are away; answers that are
//! taken back; third parties; and signatures that hold.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    appliance::Appliance,
    mail::{header, mail_in},
    postfix::Postfix,
};

pub fn appliance(port: u16, more: &[(&str, &str)]) -> Appliance {
    let port = port.to_string();
    let mut environment = vec![
        ("LODGE_SMTP__HOST", "127.0.0.1"),
        ("LODGE_SMTP__PORT", port.as_str()),
        ("LODGE_SMTP__TLS", "none"),
        ("LODGE_SMTP__FROM", "help@example.com"),
        ("LODGE_SMTP__RETRY_AFTER", "1s"),
        ("LODGE_SMTP__TIMEOUT", "2s"),
        ("LODGE_BASE_URL", "https://desk.example.com"),
    ];
    environment.extend_from_slice(more);
    Appliance::in_folder(TempDir::new().unwrap(), &environment)
}

pub fn hold(appliance: &Appliance, seconds: u32) {
    assert_eq!(appliance.ask("PATCH", "/v1/settings/sending", &json!({ "holdSeconds": seconds })).status, 200);
}

/// A ticket of somebody who wrote a mail.
pub fn ticket(appliance: &Appliance, from: &str, subject: &str) -> String {
    let raw = format!(
        "From: Rosa Lee <{from}>\nTo: help@example.com\nCc: peer@example.org\nSubject: {subject}\nMessage-ID: <{subject}@example.org>\n\nIt is broken.\n"
    );
    mail_in(appliance, &raw)["ticket"]["number"].as_str().unwrap().to_owned()
}

pub fn comment(appliance: &Appliance, ticket: &str, body: &Value) -> Value {
    let answer = appliance.ask("POST", &format!("/v1/tickets/{ticket}/comments"), body);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn forward(appliance: &Appliance, ticket: &str, to: &str) -> Value {
    let answer =
        appliance.ask("POST", &format!("/v1/tickets/{ticket}/forward"), &json!({ "to": [to], "body": "Can you help?", "quote": "thread" }));
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

/// The letters of a comment.
fn letters(appliance: &Appliance, ticket: &str, comment: &Value) -> Vec<Value> {
    let all = appliance.get(&format!("/v1/tickets/{ticket}/comments?pageSize=100")).json();
    let found = all["items"].as_array().unwrap().iter().find(|it| it["id"] == comment["id"]).cloned();
    found.map(|it| it["letters"].as_array().unwrap().clone()).unwrap_or_default()
}

pub fn state(appliance: &Appliance, ticket: &str, comment: &Value) -> String {
    letters(appliance, ticket, comment).first().map(|it| it["state"].as_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn a_real_server_takes_puts_off_refuses_and_greylists() {
    let Some(postfix) = Postfix::start() else { return };
    let appliance = appliance(postfix.port, &[]);
    hold(&appliance, 0);
    let number = ticket(&appliance, "rosa@example.org", "printer");
    appliance.until("the acknowledgement came", |_| postfix.mails("rosa").len() == 1);
    let acknowledgement = postfix.mails("rosa").remove(0);
    assert!(header(&acknowledgement, "Return-Path").starts_with("<help+b-"), "bounces come home: {acknowledgement}");
    assert_eq!(header(&acknowledgement, "X-Auto-Response-Suppress"), "OOF, AutoReply, RN, NRN");

    // One address of two does not exist: the other has the mail, and everybody can see what became of it.
    let answer =
        comment(&appliance, &number, &json!({ "body": "Try **again**.", "cc": ["gone@example.org"], "bcc": ["hidden@example.org"] }));
    appliance.until("the answer ended", |it| state(it, &number, &answer) == "failed");
    let letter = letters(&appliance, &number, &answer).remove(0);
    assert!(letter["answer"].as_str().unwrap().contains("5.1.1"), "{letter}");
    appliance.until("the rest was delivered", |_| postfix.mails("rosa").len() == 2 && postfix.mails("hidden").len() == 1);
    let mail = postfix.mails("rosa").remove(1);
    assert!(header(&mail, "Cc").contains("gone@example.org") && !mail.contains("hidden@"), "{mail}");
    assert!(mail.contains("It is broken"), "the message that is answered stands below: {mail}");
    let suppressed = appliance.get("/v1/mail/suppressions").json();
    assert_eq!(suppressed["items"][0]["address"], "gone@example.org", "{suppressed}");
    let next = comment(&appliance, &number, &json!({ "body": "Still there?", "to": ["gone@example.org"] }));
    appliance.until("nothing is sent to it", |it| state(it, &number, &next) == "suppressed");
    assert_eq!(appliance.ask("DELETE", "/v1/mail/suppressions/gone@example.org", &Value::Null).status, 204);

    let grey = forward(&appliance, &number, "grey@example.net");
    appliance.until("the greylist let it pass", |it| state(it, &number, &grey) == "sent");
    let letter = letters(&appliance, &number, &grey).remove(0);
    assert_eq!(letter["attempts"], 2, "{letter}");

    let policy = forward(&appliance, &number, "policy@example.net");
    appliance.until("it was refused", |it| state(it, &number, &policy) == "failed");
    assert_eq!(appliance.get("/v1/mail/suppressions").json()["total"], 0, "a policy says nothing about an address");

    let later = forward(&appliance, &number, "later@example.net");
    appliance.until("it was put off", |it| state(it, &number, &later) == "deferred");
    let letter = letters(&appliance, &number, &later).remove(0);
    assert!(letter["answer"].as_str().unwrap().contains("Come back another time"), "{letter}");
    let withdrawn = appliance.ask("POST", &format!("/v1/mail/outbox/{}/withdraw", letter["id"].as_str().unwrap()), &Value::Null);
    assert_eq!(withdrawn.json()["state"], "withdrawn");

    let large = comment(&appliance, &number, &json!({ "body": "x ".repeat(150_000) }));
    appliance.until("it was too large", |it| state(it, &number, &large) == "failed");
    assert!(letters(&appliance, &number, &large)[0]["answer"].as_str().unwrap().contains("MiB"));
    appliance.is_well();
}

#[test]
fn a_third_party_answers_where_the_requester_does_not_see_it() {
    let Some(postfix) = Postfix::start() else { return };
    let appliance = appliance(postfix.port, &[]);
    hold(&appliance, 0);
    let number = ticket(&appliance, "rosa@example.org", "scanner");
    forward(&appliance, &number, "supplier@example.net");
    appliance.until("the supplier was asked", |_| postfix.mails("supplier").len() == 1);
    let asked = postfix.mails("supplier").remove(0);
    let (reply_to, id) = (header(&asked, "Reply-To"), header(&asked, "Message-ID"));
    assert!(reply_to.contains("help+x-inc"), "{reply_to}");
    for (n, to, reference) in [(1, reply_to.as_str(), "<none@example.net>"), (2, "help@example.com", id.as_str())] {
        let raw = format!(
            "From: supplier@example.net\nTo: {to}\nSubject: Re: scanner\nMessage-ID: <s{n}@example.net>\nIn-Reply-To: {reference}\n\nOur price is {n} euros.\n"
        );
        let came = mail_in(&appliance, &raw);
        assert_eq!((&came["outcome"], &came["rule"]), (&json!("appended"), &json!("third_party")), "{came}");
    }
    let thread = appliance.get(&format!("/v1/tickets/{number}/comments")).json();
    let theirs: Vec<&Value> = thread["items"].as_array().unwrap().iter().filter(|it| it["thirdParty"] == "supplier@example.net").collect();
    assert!(theirs.len() == 2 && theirs.iter().all(|it| it["isPrivate"] == true), "{thread}");
    comment(&appliance, &number, &json!({ "body": "The last word" }));
    appliance.until("the requester has it", |_| postfix.mails("rosa").iter().any(|it| it.contains("The last word")));
    assert!(!postfix.mails("rosa").iter().any(|it| it.contains("euros")), "the requester was told what a third party wrote");
}

/// A file on a ticket: its id.
fn upload(appliance: &Appliance, ticket: &str, filename: &str, kind: &str, bytes: &[u8]) -> String {
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\nContent-Type: {kind}\r\n\r\n");
    let body = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
    let bearer = format!("Bearer {}", appliance.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    let answer = appliance.try_ask("POST", &format!("/v1/tickets/{ticket}/attachments"), &headers, &body).unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// The smallest picture that there is.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[test]
fn a_picture_stands_in_its_place_and_does_not_come_back_as_a_file() {
    let Some(postfix) = Postfix::start() else { return };
    let appliance = appliance(postfix.port, &[]);
    hold(&appliance, 0);
    let number = ticket(&appliance, "rosa@example.org", "display");
    let bytes = data_encoding::BASE64.decode(PICTURE.as_bytes()).unwrap();
    let picture = upload(&appliance, &number, "the display.png", "image/png", &bytes);
    let log = upload(&appliance, &number, "log.txt", "text/plain", b"all is well");
    let body = format!("Look here:\n\n![The display](/v1/attachments/{picture})\n\nDoes it look like this?");
    let said = comment(&appliance, &number, &json!({ "body": body, "attachments": [log] }));
    let shown = format!("src=\"/v1/attachments/{picture}\"");
    assert!(said["bodyHtml"].as_str().unwrap().contains(&shown), "{said}");
    appliance.until("the answer came", |_| postfix.mails("rosa").iter().any(|it| it.contains("Look here")));
    let mail = postfix.mails("rosa").into_iter().find(|it| it.contains("Look here")).unwrap();
    let order = ["multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png", "log.txt"];
    let places: Vec<_> = order.iter().map(|it| mail.find(it)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{mail}");
    assert!(mail.contains("Content-Disposition: inline") && mail.contains("Content-Disposition: attachment"), "{mail}");
    let id = header(&mail[mail.find("image/png").unwrap() - 400..].replace("\n\n", "\n"), "Content-ID");
    let id = id.trim_matches(['<', '>']);
    assert!(id.ends_with(".picture@example.com"), "{id}");
    let quoted_printable = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    assert!(quoted_printable.contains(&format!("<img src=\"cid:{id}\"")) || quoted_printable.contains(&format!("src=\"cid:{id}\"")));

    // Outlook gives the pictures of a quote ids of its own; what the sender adds is new.
    let message_id = header(&mail, "Message-ID");
    let other = data_encoding::BASE64.encode(&[bytes.as_slice(), b"of Rosa"].concat());
    for (n, cid) in [(1, id), (2, "image001.png@01DC5B2F.8A1B2C30")] {
        let raw = format!(
            "From: Rosa Lee <rosa@example.org>\nTo: {}\nSubject: Re: display\nMessage-ID: <back{n}@example.org>\nIn-Reply-To: {message_id}\n\
             MIME-Version: 1.0\nContent-Type: multipart/related; boundary=r\n\n\
             --r\nContent-Type: text/html; charset=utf-8\n\n<p>Yes, and so: <img src=\"cid:mine{n}@x\"></p><blockquote type=\"cite\"><p>Look here:</p><p><img src=\"cid:{cid}\"></p><p>Does it look like this?</p></blockquote>\n\
             --r\nContent-Type: image/png; name=image001.png\nContent-ID: <{cid}>\nContent-Disposition: inline; filename=image001.png\nContent-Transfer-Encoding: base64\n\n{PICTURE}\n\
             --r\nContent-Type: image/png; name=mine.png\nContent-ID: <mine{n}@x>\nContent-Transfer-Encoding: base64\n\n{other}\n--r--\n",
            header(&mail, "Reply-To"),
        );
        let came = mail_in(&appliance, &raw);
        assert_eq!(came["outcome"], "appended", "{came}");
    }
    let thread = appliance.get(&format!("/v1/tickets/{number}/comments?pageSize=100")).json();
    let back: Vec<&Value> = thread["items"].as_array().unwrap().iter().filter(|it| it["via"] == "email").collect();
    assert_eq!(back.len(), 2, "{thread}");
    for it in back {
        let files = it["attachments"].as_array().unwrap();
        assert!(files.len() == 1 && files[0]["filename"] == "mine.png", "only what is new: {it}");
        let html = it["bodyHtml"].as_str().unwrap();
        let (own, quoted) = (html.find(files[0]["id"].as_str().unwrap()), html.find(&shown));
        assert!(own.is_some() && own < quoted, "{html}");
        assert!(html[..quoted.unwrap()].contains("<details"), "it is folded with the quote: {html}");
    }
}

#[test]
fn an_answer_can_be_taken_back_while_it_is_held() {
    let Some(postfix) = Postfix::start() else { return };
    let appliance = appliance(postfix.port, &[]);
    let number = ticket(&appliance, "rosa@example.org", "keyboard");
    hold(&appliance, 600);
    let wrong = comment(&appliance, &number, &json!({ "body": "The wrong words" }));
    appliance.until("it is held", |it| state(it, &number, &wrong) == "held");
    let path = format!("/v1/tickets/{number}/comments/{}/withdraw", wrong["id"].as_str().unwrap());
    let back = appliance.ask("POST", &path, &Value::Null).json();
    assert!(back["isPrivate"] == true && !back["withdrawnAt"].is_null(), "{back}");
    assert_eq!(state(&appliance, &number, &wrong), "withdrawn");
    hold(&appliance, 0);
    let right = comment(&appliance, &number, &json!({ "body": "The right words" }));
    appliance.until("the next is sent", |it| state(it, &number, &right) == "sent");
    let late = format!("/v1/tickets/{number}/comments/{}/withdraw", right["id"].as_str().unwrap());
    assert_eq!(appliance.ask("POST", &late, &Value::Null).status, 409, "what has left cannot be taken back");
    appliance.until("it has come", |_| postfix.mails("rosa").iter().any(|it| it.contains("The right words")));
    assert!(!postfix.mails("rosa").iter().any(|it| it.contains("The wrong words")));
}

#[test]
fn an_outage_loses_nothing_sends_nothing_twice_and_keeps_the_order() {
    let Some(postfix) = Postfix::start() else { return };
    let mut appliance = appliance(postfix.port, &[]);
    hold(&appliance, 0);
    let number = ticket(&appliance, "rosa@example.org", "outage");
    appliance.until("the acknowledgement came", |_| postfix.mails("rosa").len() == 1);
    postfix.stop();
    for n in 0..6 {
        comment(&appliance, &number, &json!({ "body": format!("word number {n}.") }));
    }
    appliance.until("attempts failed", |it| it.get("/v1/mail/outbox?state=deferred").json()["total"].as_u64() >= Some(1));
    appliance.kill();
    appliance.start();
    postfix.start_again();
    appliance.until("everything came", |_| postfix.mails("rosa").len() == 7);
    // The mail is there before the server's word for it is written down.
    appliance.until("nothing waits any more", |it| it.get("/v1/mail/outbox").json()["total"] == 0);
    let mails = postfix.mails("rosa");
    let ids: BTreeSet<String> = mails.iter().map(|it| header(it, "Message-ID")).collect();
    assert_eq!(ids.len(), 7, "nothing twice");
    let all = appliance.get(&format!("/v1/tickets/{number}/comments")).json();
    let sent: Vec<String> =
        all["items"].as_array().unwrap().iter().map(|it| it["letters"][0]["sentAt"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(sent.len() == 6 && sent.iter().all(|it| !it.is_empty()) && sent.is_sorted(), "{sent:?}");
}

/// A mail server that follows a script, one line for each connection; then it takes everything.
struct Scripted {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Does {
    /// It never greets.
    Hangs,
    /// `421` instead of a greeting.
    IsBusy,
    /// It hangs up when it has the whole mail, without a word.
    CutsAfterData,
    /// It says no to the first DATA, and keeps the transaction open.
    RefusesData,
    Takes,
}

impl Scripted {
    fn start(script: &'static [Does]) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let it = Scripted { port: listener.local_addr().unwrap().port(), taken: Arc::default() };
        let taken = it.taken.clone();
        let mut script = script.iter().copied();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (does, taken) = (script.next().unwrap_or(Does::Takes), taken.clone());
                std::thread::spawn(move || talk(stream, does, &taken));
            }
        });
        it
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn talk(mut stream: TcpStream, does: Does, taken: &Mutex<Vec<String>>) -> Option<()> {
    match does {
        Does::Hangs => {
            // Until the other side has had enough.
            let _ = stream.read(&mut [0; 100]);
            return None;
        }
        Does::IsBusy => return stream.write_all(b"421 4.3.2 Come back later\r\n").ok(),
        Does::CutsAfterData | Does::RefusesData | Does::Takes => stream.write_all(b"220 scripted\r\n").ok()?,
    }
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let (mut is_open, mut refuses) = (false, does == Does::RefusesData);
    while let Some(Ok(line)) = lines.next() {
        let answer = match line.split(' ').next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => "250-scripted\r\n250 SIZE 1000000\r\n",
            "MAIL" if is_open => "503 5.5.1 nested MAIL\r\n",
            "MAIL" => {
                is_open = true;
                "250 2.1.0 fine\r\n"
            }
            "RSET" => {
                is_open = false;
                "250 2.0.0 fine\r\n"
            }
            "DATA" if refuses => {
                refuses = false;
                "554 5.6.0 not this one\r\n"
            }
            "DATA" => {
                is_open = false;
                stream.write_all(b"354 go on\r\n").ok()?;
                let mail: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|it| it != ".").collect();
                taken.lock().unwrap().push(mail.join("\n"));
                if does == Does::CutsAfterData {
                    return None;
                }
                "250 2.0.0 taken\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").ok(),
            _ => "250 2.0.0 fine\r\n",
        };
        stream.write_all(answer.as_bytes()).ok()?;
    }
    None
}

#[test]
fn servers_that_hang_are_busy_or_cut_are_tried_again() {
    let server = Scripted::start(&[Does::Hangs, Does::IsBusy, Does::CutsAfterData]);
    let appliance = appliance(server.port, &[]);
    ticket(&appliance, "rosa@example.org", "patience");
    appliance.until("it was taken in the end", |it| it.get("/v1/mail/outbox?state=sent").json()["total"] == 1);
    let taken = server.taken();
    let ids: BTreeSet<String> = taken.iter().map(|it| header(it, "Message-ID")).collect();
    // The server had the mail and never said so: it comes again, as the same mail.
    assert_eq!((taken.len(), ids.len()), (2, 1));
    let letter = appliance.get("/v1/mail/outbox?state=sent").json()["items"][0].clone();
    assert_eq!(letter["attempts"], 4, "{letter}");
}

#[test]
fn a_refused_mail_does_not_take_the_next_one_with_it() {
    let server = Scripted::start(&[Does::RefusesData]);
    let appliance = appliance(server.port, &[]);
    ticket(&appliance, "rosa@example.org", "refused");
    appliance.until("the first was refused", |it| it.get("/v1/mail/outbox?state=failed").json()["total"] == 1);
    ticket(&appliance, "otto@example.org", "taken");
    appliance.until("the next was taken", |it| it.get("/v1/mail/outbox?state=sent").json()["total"] == 1);
    let sent = appliance.get("/v1/mail/outbox?state=sent").json()["items"][0].clone();
    assert_eq!((&sent["attempts"], server.taken().len()), (&json!(1), 1), "{sent}");
}

/// A name server that knows a few texts. Gives its address.
fn dns(records: Arc<Mutex<Vec<(String, String)>>>) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut packet = [0; 1500];
        while let Ok((size, from)) = socket.recv_from(&mut packet) {
            let question = &packet[..size];
            let (mut at, mut labels) = (12, Vec::new());
            while at < size && question[at] != 0 {
                let end = at + 1 + usize::from(question[at]);
                labels.push(String::from_utf8_lossy(&question[at + 1..end]).to_lowercase());
                at = end;
            }
            let asked = &question[12..at + 5];
            let name = labels.join(".");
            let found: Vec<String> = records.lock().unwrap().iter().filter(|it| it.0 == name).map(|it| it.1.clone()).collect();
            let code = if found.is_empty() { 3 } else { 0 };
            let mut answer = vec![question[0], question[1], 0x84 | (question[2] & 1), 0x80 | code, 0, 1, 0, found.len() as u8, 0, 0, 0, 0];
            answer.extend_from_slice(asked);
            for text in found {
                let pieces: Vec<u8> = text.as_bytes().chunks(255).flat_map(|it| [&[it.len() as u8][..], it].concat()).collect();
                answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1]);
                answer.extend((pieces.len() as u16).to_be_bytes());
                answer.extend(pieces);
            }
            let _ = socket.send_to(&answer, from);
        }
    });
    address
}

#[test]
fn a_key_signs_once_its_record_is_seen_and_the_signature_holds() {
    let server = Scripted::start(&[]);
    let records = Arc::new(Mutex::new(Vec::new()));
    let dns = dns(records.clone());
    let appliance = appliance(server.port, &[("LODGE_MAIL__DNS_SERVER", &dns)]);
    ticket(&appliance, "rosa@example.org", "unsigned");
    appliance.until("the first mail left", |_| server.taken().len() == 1);
    assert_eq!(header(&server.taken()[0], "DKIM-Signature"), "", "nothing is signed without a key");
    let made = ["rsa", "ed25519"].map(|algorithm| {
        let answer = appliance.ask("POST", "/v1/mail/dkim", &json!({ "domain": "example.com", "algorithm": algorithm }));
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    });
    assert!(made.iter().all(|it| it["state"] == "waiting"));
    let check = appliance.ask("POST", "/v1/mail/dns-check", &Value::Null).json();
    assert!(check.to_string().contains("There is no record at"), "{check}");
    for key in &made {
        records.lock().unwrap().push((key["recordName"].as_str().unwrap().to_owned(), key["recordValue"].as_str().unwrap().to_owned()));
    }
    records.lock().unwrap().push(("example.com".into(), "v=spf1 mx -all".into()));
    let check = appliance.ask("POST", "/v1/mail/dns-check", &Value::Null).json();
    assert!(check.to_string().contains("is published") && check.to_string().contains("has no DMARC record"), "{check}");
    let keys = appliance.get("/v1/mail/dkim").json();
    assert!(keys["items"].as_array().unwrap().iter().all(|it| it["state"] == "signing"), "{keys}");
    ticket(&appliance, "rosa@example.org", "signed");
    appliance.until("the second mail left", |_| server.taken().len() == 2);
    let mail = server.taken().remove(1).replace('\n', "\r\n") + "\r\n";
    assert_eq!(mail.matches("DKIM-Signature:").count(), 2);
    assert_eq!(verified(&mail, &dns), [true, true]);
    assert_eq!(verified(&mail.replacen("Subject: Re: signed", "Subject: Re: forged", 1), &dns), [false, false]);
    for second in ["From: Eve <eve@example.com>", "Subject: Another", "To: eve@example.org"] {
        assert_eq!(verified(&mail.replacen("Subject: Re: signed", &format!("{second}\r\nSubject: Re: signed"), 1), &dns), [false, false]);
    }
}

/// Whether each signature of a mail holds, by the records of this name server.
fn verified(mail: &str, dns: &str) -> Vec<bool> {
    use mail_auth::{
        AuthenticatedMessage, DkimResult, MessageAuthenticator,
        hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts},
    };
    let address: std::net::SocketAddr = dns.parse().unwrap();
    let mut server = NameServerConfig::udp(address.ip());
    server.connections[0].port = address.port();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let resolver = MessageAuthenticator::new(ResolverConfig::from_name_servers(vec![server]), ResolverOpts::default()).unwrap();
        let message = AuthenticatedMessage::parse(mail.as_bytes()).unwrap();
        let found = resolver.verify_dkim(&message).await;
        found.iter().map(|it| *it.result() == DkimResult::Pass).collect()
    })
}
