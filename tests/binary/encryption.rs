//! Connections that the appliance encrypts itself: certificates from files and from an authority (Pebble), read anew while it serves.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    appliance::{Appliance, free_port},
    authority,
    pebble::Pebble,
};

const NAME: &str = "desk.example.test";

/// Asks over an encrypted connection, trusting one authority, and prints the version of HTTP after the body.
fn curl(authority: &Path, port: u16, more: &[&str], path: &str) -> Output {
    Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_version} %{http_code}", "--cacert"])
        .arg(authority)
        .args(["--resolve", &format!("{NAME}:{port}:127.0.0.1")])
        .args(more)
        .arg(format!("https://{NAME}:{port}{path}"))
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn hang_up(appliance: &Appliance) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(appliance.pid()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
}

#[test]
fn connections_are_encrypted_with_the_certificate_of_a_file() {
    let place = TempDir::new().unwrap();
    authority::make(place.path(), NAME);
    let (port, at) = (free_port(), |it: &str| place.path().join(it));
    let listen = format!("127.0.0.1:{port}");
    let paths = [at("server.pem"), at("server.key")].map(|it| it.to_string_lossy().into_owned());
    let environment =
        [("LODGE_TLS__CERTIFICATE", paths[0].as_str()), ("LODGE_TLS__KEY", paths[1].as_str()), ("LODGE_TLS__LISTEN", listen.as_str())];
    let appliance = Appliance::in_folder(TempDir::new().unwrap(), &environment);
    let ca = at("ca.pem");
    let bearer = format!("Authorization: Bearer {}", appliance.token);
    for (how, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
        let answer = curl(&ca, port, &[how], "/healthz");
        assert!(text(&answer).ends_with(&format!("\n{version} 200")), "{how}: {answer:?}");
        let made = json!({ "title": format!("By {how}"), "description": "x" }).to_string();
        let made = curl(&ca, port, &[how, "-H", &bearer, "-H", "Content-Type: application/json", "-d", &made], "/v1/tickets");
        assert!(text(&made).ends_with(" 201"), "{how}: {made:?}");
        let page = curl(&ca, port, &[how, "--include"], "/sign-in");
        let said = text(&page).to_ascii_lowercase();
        assert!(said.contains("strict-transport-security"), "{said}");
        // Where it leads is an address of this desk, whatever version brought the question.
        let form = format!("email=max%40example.com&password={}", crate::appliance::PASSWORD.replace(' ', "+"));
        let origin = format!("Origin: https://{NAME}:{port}");
        let signed_in = text(&curl(&ca, port, &[how, "--include", "-H", &origin, "-d", &form], "/sign-in")).to_ascii_lowercase();
        assert!(signed_in.contains("set-cookie: ") && signed_in.contains("; secure"), "{signed_in}");
        let led = text(&curl(&ca, port, &[how, "--include"], "/tickets?view=open"));
        assert!(led.to_ascii_lowercase().contains("location: /sign-in?"), "{led}");
    }
    assert!(!curl(&ca, port, &["--tls-max", "1.2"], "/healthz").status.success());
    // Local programs ask as before.
    assert_eq!(appliance.get("/healthz").status, 200);
    // It ends in two days.
    let line = appliance.line_of_doctor("certificate");
    assert!(line.starts_with("ILL") && line.contains("renew it now"), "{line}");
    let metrics = String::from_utf8(appliance.get("/metrics").body).unwrap();
    assert!(metrics.contains("lodge_certificate_end_timestamp_seconds 1"), "{metrics}");

    // Half of another pair, then the whole: nobody notices the first.
    let other = TempDir::new().unwrap();
    authority::make(other.path(), NAME);
    std::fs::copy(other.path().join("server.pem"), at("server.pem")).unwrap();
    hang_up(&appliance);
    appliance.until("it is told", |it| String::from_utf8_lossy(&it.get("/readyz").body).contains("tls.key"));
    assert!(text(&curl(&ca, port, &[], "/healthz")).ends_with(" 200"));
    std::fs::copy(other.path().join("server.key"), at("server.key")).unwrap();
    hang_up(&appliance);
    appliance.until("the other one is shown", |_| text(&curl(&other.path().join("ca.pem"), port, &[], "/healthz")).ends_with(" 200"));
    appliance.until("all is well again", |it| !String::from_utf8_lossy(&it.get("/readyz").body).contains("tls.key"));
    assert!(!curl(&ca, port, &[], "/healthz").status.success());

    // The version before is spoken where it is asked for.
    let older: Vec<_> = environment.iter().copied().chain([("LODGE_TLS__OLDEST", "1.2")]).collect();
    drop(appliance);
    let appliance = Appliance::in_folder(TempDir::new().unwrap(), &older);
    assert!(text(&curl(&other.path().join("ca.pem"), port, &["--tls-max", "1.2"], "/healthz")).ends_with(" 200"));
    drop(appliance);
}

#[test]
fn what_cannot_be_shown_is_said_at_the_start() {
    let place = TempDir::new().unwrap();
    authority::make(place.path(), NAME);
    let at = |it: &str| place.path().join(it).to_string_lossy().into_owned();
    let (certificate, key, authority_key) = (at("server.pem"), at("server.key"), at("ca.key"));
    for (certificate, key, said) in [
        (Some(&certificate), None, "tls.key"),
        (None, Some(&key), "tls.certificate"),
        (Some(&certificate), Some(&authority_key), "is no key for"),
        (Some(&key), Some(&key), "holds no certificate"),
        (Some(&certificate), Some(&certificate), "cannot be read"),
        (Some(&at("nothing")), Some(&key), "cannot be read"),
    ] {
        let mut command = crate::appliance::lodge();
        command.arg("serve").env("LODGE_DATA_DIR", place.path().join("data")).env("LODGE_LISTEN", "127.0.0.1:0");
        command.env("LODGE_TLS__LISTEN", "127.0.0.1:0");
        certificate.map(|it| command.env("LODGE_TLS__CERTIFICATE", it));
        key.map(|it| command.env("LODGE_TLS__KEY", it));
        let done = command.output().unwrap();
        let error = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success() && error.contains(said), "{said}: {error}");
    }
}

#[test]
fn a_certificate_is_fetched_by_itself_and_kept() {
    let port = free_port();
    let Some(mut pebble) = Pebble::start(port) else { return };
    let (directory, listen, ca) = (pebble.directory(), format!("127.0.0.1:{port}"), pebble.ca());
    let environment = [
        ("LODGE_ACME__DOMAINS", NAME),
        ("LODGE_ACME__CONTACT", "max@example.com"),
        ("LODGE_ACME__DIRECTORY", directory.as_str()),
        ("LODGE_ACME__CA", ca.as_str()),
        ("LODGE_TLS__LISTEN", listen.as_str()),
    ];
    let mut appliance = Appliance::in_folder(TempDir::new().unwrap(), &environment);
    let root = pebble.root();
    appliance.until("it is shown", |_| text(&curl(&root, port, &["--http2"], "/healthz")).ends_with("\n2 200"));
    appliance.until("doctor knows", |it| it.line_of_doctor("certificate").starts_with("ok"));
    let kept = || {
        let files = std::fs::read_dir(appliance.path().join("data/acme")).unwrap().map(|it| it.unwrap());
        let mut files: Vec<_> = files.map(|it| (it.file_name(), std::fs::read(it.path()).unwrap())).collect();
        files.sort();
        files
    };
    let before = kept();
    assert_eq!(before.len(), 2, "an account and a certificate");
    // It asks nobody again: the authority may be away.
    pebble.end();
    assert_eq!(appliance.stop(), 0);
    appliance.start();
    appliance.until("it is shown again", |_| text(&curl(&root, port, &[], "/healthz")).ends_with(" 200"));
    let files = std::fs::read_dir(appliance.path().join("data/acme")).unwrap().map(|it| it.unwrap());
    let mut files: Vec<_> = files.map(|it| (it.file_name(), std::fs::read(it.path()).unwrap())).collect();
    files.sort();
    assert!(files == before);
}
