//! Letters over encrypted connections: encryption that is demanded is had or nothing is said; certificates are believed for the right
//! name and of the right authority only; and what somebody puts on the line before encryption is not believed after it.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    appliance::Appliance,
    authority,
    sending::{appliance, ticket},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offers {
    Nothing,
    StartTls,
    /// Whoever is in between adds an answer to the one that begins the encryption.
    StartTlsAndMore,
    /// It says that it does, and cannot.
    StartTlsInVain,
    Tls,
}

/// A mail server for `localhost` that takes everything.
pub struct Encrypted {
    pub port: u16,
    folder: TempDir,
    /// What was said to it in the clear.
    clear: Arc<Mutex<String>>,
    /// What was said to it under encryption.
    hidden: Arc<Mutex<String>>,
}

impl Encrypted {
    pub fn start(offers: Offers) -> Encrypted {
        let folder = TempDir::new().unwrap();
        authority::make(folder.path(), "localhost");
        let certificate = CertificateDer::from_pem_file(folder.path().join("server.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder.path().join("server.key")).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = Arc::new(builder.with_single_cert(vec![certificate], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let it = Encrypted { port: listener.local_addr().unwrap().port(), folder, clear: Arc::default(), hidden: Arc::default() };
        let (clear, hidden) = (it.clear.clone(), it.hidden.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, clear, hidden) = (config.clone(), clear.clone(), hidden.clone());
                std::thread::spawn(move || serve(stream, offers, config, &clear, &hidden));
            }
        });
        it
    }

    fn authority(&self) -> String {
        fs::read_to_string(self.folder.path().join("ca.pem")).unwrap()
    }

    pub fn clear(&self) -> String {
        self.clear.lock().unwrap().clone()
    }

    fn hidden(&self) -> String {
        self.hidden.lock().unwrap().clone()
    }

    /// An appliance that sends by it, under this name and with this encryption; it trusts the authority or not.
    fn appliance(&self, host: &str, encryption: &str, trusts: bool) -> Appliance {
        let file = self.folder.path().join("ca.pem");
        let mut more = vec![
            ("LODGE_SMTP__HOST", host),
            ("LODGE_SMTP__TLS", encryption),
            ("LODGE_SMTP__USERNAME", "desk"),
            ("LODGE_SMTP__PASSWORD", "the server's password"),
        ];
        more.extend(trusts.then(|| ("LODGE_SMTP__CA", file.to_str().unwrap())));
        appliance(self.port, &more)
    }
}

fn serve(mut stream: TcpStream, offers: Offers, config: Arc<ServerConfig>, clear: &Mutex<String>, hidden: &Mutex<String>) -> Option<()> {
    let encrypted = |stream| Some(StreamOwned::new(ServerConnection::new(config).ok()?, stream));
    if offers == Offers::Tls {
        let mut stream = encrypted(stream)?;
        stream.write_all(b"220 hidden\r\n").ok()?;
        return talk(&mut stream, Offers::Nothing, hidden);
    }
    stream.write_all(b"220 open\r\n").ok()?;
    talk(&mut stream, offers, clear)?;
    talk(&mut encrypted(stream)?, Offers::Nothing, hidden)
}

/// Until it is to be encrypted; none when it is over.
fn talk(stream: &mut (impl Read + Write), offers: Offers, heard: &Mutex<String>) -> Option<()> {
    let mut mail: Option<String> = None;
    loop {
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            // One byte at a time: what follows may be encrypted.
            let mut byte = [0];
            stream.read_exact(&mut byte).ok()?;
            line.extend(byte);
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        // A mail is heard as a whole, whoever else speaks at the same time.
        match &mut mail {
            Some(mail) => mail.push_str(&line),
            None if line.trim_end() == "DATA" => mail = Some(line.clone()),
            None => heard.lock().unwrap().push_str(&line),
        }
        let answer = match line.split_whitespace().next().unwrap_or_default() {
            "DATA" => "354 go on\r\n",
            "." => {
                heard.lock().unwrap().push_str(&mail.take()?);
                "250 2.0.0 taken\r\n"
            }
            _ if mail.is_some() => continue,
            "EHLO" if matches!(offers, Offers::Nothing) => "250-here\r\n250 AUTH PLAIN\r\n",
            "EHLO" => "250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n",
            "AUTH" => "235 2.7.0 in\r\n",
            "STARTTLS" => match offers {
                Offers::StartTls => return stream.write_all(b"220 go on\r\n").ok(),
                Offers::StartTlsAndMore => return stream.write_all(b"220 go on\r\n250-here\r\n250 SIZE 1\r\n").ok(),
                Offers::StartTlsInVain => "454 4.7.0 no certificate today\r\n",
                Offers::Nothing | Offers::Tls => "502 5.5.1 what\r\n",
            },
            "QUIT" => return stream.write_all(b"221 bye\r\n").ok().and(None),
            _ => "250 2.0.0 fine\r\n",
        };
        stream.write_all(answer.as_bytes()).ok()?;
    }
}

fn letter(appliance: &Appliance) -> Value {
    appliance.get("/v1/mail/outbox").json()["items"][0].clone()
}

#[test]
fn what_is_demanded_is_had() {
    for (offers, encryption) in [(Offers::StartTls, "starttls"), (Offers::Tls, "tls")] {
        let server = Encrypted::start(offers);
        let appliance = server.appliance("localhost", encryption, true);
        ticket(&appliance, "rosa@example.org", "hidden");
        appliance.until("it was sent", |it| it.get("/v1/mail/outbox?state=sent").json()["total"] == 1);
        assert!(server.hidden().contains("Subject: Re: hidden"), "{encryption}");
        let clear = server.clear();
        let commands: Vec<&str> = clear.lines().filter_map(|it| it.split(' ').next()).collect();
        let expected: &[&str] = if offers == Offers::Tls { &[] } else { &["EHLO", "STARTTLS"] };
        assert_eq!(commands, expected, "nothing else was said in the clear");
        let found = appliance.ask("POST", "/v1/settings/sending/test", &Value::Null).json();
        assert!(found.to_string().contains("the connection is encrypted"), "{found}");
    }
}

#[test]
fn what_is_demanded_and_not_had_leaves_the_letter_here() {
    for (offers, host, encryption, trusts, why) in [
        (Offers::Nothing, "localhost", "starttls", true, "does not offer StartTLS, so nothing is said to it"),
        (Offers::StartTlsInVain, "localhost", "starttls", true, "no certificate today"),
        (Offers::StartTls, "localhost", "starttls", false, "an authority that is not trusted here"),
        (Offers::StartTls, "127.0.0.1", "starttls", true, "another name than 127.0.0.1"),
        (Offers::StartTlsAndMore, "localhost", "starttls", true, "is not TLS"),
        (Offers::Tls, "localhost", "tls", false, "an authority that is not trusted here"),
        (Offers::Tls, "127.0.0.1", "tls", true, "another name than 127.0.0.1"),
        (Offers::Nothing, "localhost", "tls", true, "is not TLS"),
    ] {
        let server = Encrypted::start(offers);
        let appliance = server.appliance(host, encryption, trusts);
        ticket(&appliance, "rosa@example.org", "secret");
        appliance.until("it was put off, and is tried again", |it| {
            let letter = letter(it);
            letter["state"] == "deferred" && letter["attempts"].as_u64() >= Some(2)
        });
        let letter = letter(&appliance);
        assert!(letter["answer"].as_str().is_some_and(|it| it.contains(why)), "{offers:?} {why}: {letter}");
        let said = server.clear() + &server.hidden();
        for secret in ["MAIL FROM", "RCPT", "Subject", "AUTH"] {
            assert!(!said.contains(secret), "{offers:?}: {secret} was said: {said}");
        }
        let found = appliance.ask("POST", "/v1/settings/sending/test", &Value::Null).json();
        assert!(found["findings"][0]["ok"] == false && found.to_string().contains(why), "{found}");
    }
}

#[test]
fn a_desk_of_its_own_server_may_trust_its_own_authority() {
    let server = Encrypted::start(Offers::StartTls);
    let appliance = appliance(1, &[]);
    let with = |ca: Value| {
        let own = json!({ "host": "localhost", "port": server.port, "encryption": "start_tls", "ca": ca });
        appliance.ask("PATCH", "/v1/settings/sending", &json!({ "server": own }))
    };
    assert_eq!(with(json!("no certificate")).status, 422);
    assert_eq!(with(Value::Null).status, 200);
    let found = appliance.ask("POST", "/v1/settings/sending/test", &Value::Null).json();
    assert!(found.to_string().contains("an authority that is not trusted here"), "{found}");
    let saved = with(json!(server.authority()));
    assert_eq!(saved.status, 200, "{saved:?}");
    assert_eq!(saved.json()["server"]["ca"], server.authority().trim());
    let found = appliance.ask("POST", "/v1/settings/sending/test", &Value::Null).json();
    assert!(found.to_string().contains("the connection is encrypted"), "{found}");
    ticket(&appliance, "rosa@example.org", "own");
    appliance.until("it was sent", |it| it.get("/v1/mail/outbox?state=sent").json()["total"] == 1);
    assert!(server.hidden().contains("Subject: Re: own") && !server.clear().contains("MAIL"));
}
