//! Fetching from servers that are odd in ways that no real one can be made to be: that list a mail and do not send it, use one name for
//! two mails, have names that nobody can read, and say another size each time.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::{Value, json};

use crate::appliance::Appliance;

/// What the server does when it is asked for a mail.
#[derive(Clone, Copy, PartialEq)]
enum Gives {
    All,
    /// It says OK and sends nothing.
    Nothing,
    /// It sends `NIL`.
    Nil,
    /// It lists the mail and says afterwards that there is none.
    Gone,
}

#[derive(Clone)]
struct Lying {
    uid: u32,
    name: Vec<u8>,
    text: String,
    stated: u64,
    gives: Gives,
}

/// One mailbox, by IMAP and POP3.
#[derive(Clone)]
struct Odd {
    imap: u16,
    pop3: u16,
    lying: Arc<Mutex<Vec<Lying>>>,
}

fn mail(uid: u32) -> Lying {
    let text = format!("From: rosa{uid}@example.org\r\nSubject: Mail {uid}\r\nMessage-ID: <{uid}@example.org>\r\n\r\nHello {uid}.\r\n");
    Lying { uid, name: format!("name{uid}").into_bytes(), stated: text.len() as u64, text, gives: Gives::All }
}

/// Whether a number is in a set such as `1,3:5` or `7:*`.
fn has(set: &str, uid: u32) -> bool {
    set.split(',').any(|range| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        (first.parse().unwrap_or(0)..=last.parse().unwrap_or(u32::MAX)).contains(&uid)
    })
}

impl Odd {
    fn start(lying: Vec<Lying>) -> Odd {
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [imap, pop3] = [&listeners[0], &listeners[1]].map(|it| it.local_addr().unwrap().port());
        let it = Odd { imap, pop3, lying: Arc::new(Mutex::new(lying)) };
        let talks: [fn(&Odd, TcpStream) -> Option<()>; 2] = [Odd::talk_imap, Odd::talk_pop3];
        for (listener, talk) in listeners.into_iter().zip(talks) {
            let serving = it.clone();
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let serving = serving.clone();
                    std::thread::spawn(move || talk(&serving, stream));
                }
            });
        }
        it
    }

    fn lying(&self) -> MutexGuard<'_, Vec<Lying>> {
        self.lying.lock().unwrap()
    }

    fn uids(&self) -> Vec<u32> {
        self.lying().iter().map(|it| it.uid).collect()
    }

    fn talk_imap(&self, mut stream: TcpStream) -> Option<()> {
        stream.write_all(b"* OK odd\r\n").ok()?;
        for line in BufReader::new(stream.try_clone().ok()?).lines() {
            let line = line.ok()?;
            let words: Vec<&str> = line.split(' ').collect();
            let (tag, set) = (words[0], words.get(3).copied().unwrap_or_default());
            let mut out = Vec::new();
            match words.get(1..3).unwrap_or_default() {
                ["SELECT", _] => {
                    out.extend(format!("* {} EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n", self.lying().len()).bytes());
                }
                ["UID", "FETCH"] => {
                    for (number, it) in self.lying().iter().enumerate().filter(|(_, it)| has(set, it.uid)) {
                        out.extend(fetched(number + 1, it, &line).into_bytes());
                    }
                }
                ["UID", "EXPUNGE"] => self.lying().retain(|it| !has(set, it.uid)),
                _ if line.contains("CAPABILITY") => out.extend(*b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n"),
                _ => {}
            }
            if line.contains("UID FETCH") && line.ends_with("(UID)") {
                self.lying().retain(|it| it.gives != Gives::Gone);
            }
            out.extend(format!("{tag} OK done\r\n").bytes());
            stream.write_all(&out).ok()?;
        }
        None
    }

    fn talk_pop3(&self, mut stream: TcpStream) -> Option<()> {
        stream.write_all(b"+OK odd\r\n").ok()?;
        let all = self.lying().clone();
        let mut deleted = Vec::new();
        for line in BufReader::new(stream.try_clone().ok()?).lines() {
            let line = line.ok()?;
            let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let named = rest.split(' ').next().and_then(|it| it.parse::<usize>().ok()).and_then(|it| all.get(it - 1));
            let mut out = b"+OK\r\n".to_vec();
            let mut each = |what: fn(&Lying) -> Vec<u8>| {
                for (at, it) in all.iter().enumerate() {
                    out.extend([format!("{} ", at + 1).into_bytes(), what(it), b"\r\n".to_vec()].concat());
                }
                out.extend(*b".\r\n");
            };
            match word {
                "CAPA" => out.extend(*b"TOP\r\nUIDL\r\n.\r\n"),
                "STAT" => out = format!("+OK {} 1000\r\n", all.len()).into_bytes(),
                "UIDL" => each(|it| it.name.clone()),
                "LIST" => each(|it| it.stated.to_string().into_bytes()),
                "RETR" | "TOP" => out.extend(format!("{}.\r\n", named?.text).bytes()),
                "DELE" => deleted.push(named?.uid),
                "QUIT" => self.lying().retain(|it| !deleted.contains(&it.uid)),
                _ => {}
            }
            stream.write_all(&out).ok()?;
        }
        None
    }
}

/// The line for one mail in the answer to a FETCH.
fn fetched(number: usize, it: &Lying, command: &str) -> String {
    let Lying { uid, text, stated, gives, .. } = it;
    if command.contains("RFC822.SIZE") {
        return format!("* {number} FETCH (UID {uid} RFC822.SIZE {stated})\r\n");
    }
    if command.ends_with("(UID)") {
        return if *gives == Gives::Gone { String::new() } else { format!("* {number} FETCH (UID {uid})\r\n") };
    }
    let section = if command.contains("HEADER") { "BODY[HEADER]<0>" } else { "BODY[]" };
    match gives {
        Gives::All => format!("* {number} FETCH (UID {uid} {section} {{{}}}\r\n{text})\r\n", text.len()),
        Gives::Nil => format!("* {number} FETCH (UID {uid} {section} NIL)\r\n"),
        Gives::Nothing | Gives::Gone => String::new(),
    }
}

fn mailbox(appliance: &Appliance, port: u16, protocol: &str) -> String {
    let made = appliance.ask(
        "POST",
        "/v1/mailboxes",
        &json!({
            "name": "Support", "address": "help@example.com", "host": "127.0.0.1", "port": port, "encryption": "none", "secret": "secret",
            "protocol": protocol, "after": "delete", "pollSeconds": 10, "enabled": true,
        }),
    );
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_str().unwrap().to_owned()
}

fn folder(appliance: &Appliance, id: &str) -> Value {
    appliance.get(&format!("/v1/mailboxes/{id}/health")).json()["folders"][0].clone()
}

fn titles(appliance: &Appliance) -> Vec<String> {
    let all = appliance.get("/v1/tickets?pageSize=100").json();
    let mut titles: Vec<_> = all["items"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

fn polled(appliance: &Appliance, id: &str) {
    assert_eq!(appliance.ask("POST", &format!("/v1/mailboxes/{id}/poll"), &Value::Null).status, 204);
}

fn statement(appliance: &Appliance, id: &str) -> Value {
    appliance.ask("POST", &format!("/v1/mailboxes/{id}/statement"), &Value::Null).json()["folders"][0].clone()
}

#[test]
fn a_mail_that_is_listed_and_not_sent_is_told_of() {
    let [nothing, nil, gone] = [(2, Gives::Nothing), (3, Gives::Nil), (4, Gives::Gone)].map(|(uid, gives)| Lying { gives, ..mail(uid) });
    let server = Odd::start(vec![mail(1), nothing, nil, gone]);
    let appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, "imap");
    appliance.until("the first came", |it| titles(it) == ["Mail 1"] && folder(it, &id)["gone"] == 1);
    let said = statement(&appliance, &id);
    assert_eq!((&said["onServer"], &said["lost"]), (&json!(2), &json!(2)), "{said}");
    assert_eq!(folder(&appliance, &id)["troubled"], 2);
    server.lying().iter_mut().for_each(|it| it.gives = Gives::All);
    appliance.until("the others came", |it| {
        polled(it, &id);
        titles(it) == ["Mail 1", "Mail 2", "Mail 3"] && server.uids().is_empty()
    });
    assert_eq!(statement(&appliance, &id)["lost"], 0);

    let off = appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &json!({ "enabled": false }));
    assert_eq!(off.status, 200);
    let refused = appliance.ask("POST", &format!("/v1/mailboxes/{id}/statement"), &Value::Null);
    assert_eq!(refused.status, 409, "a mailbox that is off is not read, whoever asks");
}

#[test]
fn a_mail_that_only_the_server_has_stays_there() {
    let server = Odd::start(vec![Lying { stated: 1 << 30, ..mail(1) }, mail(2)]);
    let appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, "imap");
    appliance.until("the large one is told of", |it| titles(it) == ["Mail 2"] && folder(it, &id)["tooLarge"] == 1);
    appliance.until("the other is deleted", |_| server.uids() == [1]);
    // The folder is looked at as if for the first time.
    for folders in ["Elsewhere", "INBOX"] {
        assert_eq!(appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &json!({ "folders": [folders] })).status, 200);
    }
    server.lying().push(mail(3));
    appliance.until("the next is deleted", |it| {
        polled(it, &id);
        !server.uids().contains(&3)
    });
    assert_eq!(server.uids(), [1], "of the large one only the head is here");
}

#[test]
fn pop3_deletes_only_what_is_here_for_certain() {
    let named = |uid, name: &[u8]| Lying { name: name.to_vec(), ..mail(uid) };
    let large = Lying { stated: 1 << 30, ..mail(5) };
    let server = Odd::start(vec![mail(1), named(2, b"same"), named(3, b"same"), named(4, b"\xff\xfe"), large]);
    let appliance = Appliance::new();
    let id = mailbox(&appliance, server.pop3, "pop3");
    appliance.until("what can be read is here", |it| titles(it) == ["Mail 1", "Mail 2", "Mail 3"]);
    appliance.until("the first is deleted", |_| server.uids() == [2, 3, 4, 5]);
    // It was large, and the server says that it is small by now.
    server.lying().iter_mut().for_each(|it| it.stated = 10);
    server.lying().push(mail(6));
    appliance.until("the next is deleted", |it| {
        polled(it, &id);
        !server.uids().contains(&6)
    });
    assert_eq!(server.uids(), [2, 3, 4, 5]);
    let said = statement(&appliance, &id);
    assert_eq!((&said["onServer"], &said["lost"]), (&json!(4), &json!(1)), "{said}");
    assert_eq!(folder(&appliance, &id)["troubled"], 1);
}
