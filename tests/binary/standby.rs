//! A standby follows an appliance from the place of its snapshots and takes over; of the two one writes, whatever is cut between them.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    appliance::{Appliance, PATIENCE, lodge},
    faults::Line,
    s3::{ACCOUNT, BUCKET, S3, SECRET},
};

/// A mail, so that there is a file.
const MAIL: &str = "From: Rosa <rosa@example.org>\nTo: help@example.com\nSubject: With a file\nMessage-ID: <1@example.org>\n\
                    Date: Mon, 02 Mar 2026 10:00:00 +0000\n\nWords.\n";

type Settings = Vec<(String, String)>;

fn settings(all: &[(&str, &str)]) -> Settings {
    all.iter().map(|(name, value)| (format!("LODGE_SNAPSHOTS__{name}"), (*value).to_owned())).collect()
}

fn in_folder(place: &Path) -> Settings {
    let to = place.join("vault");
    settings(&[("TO", &to.to_string_lossy()), ("KEY", "a key of an operator"), ("EVERY", "7d")])
}

fn appliance(folder: TempDir, settings: &Settings, is_new: bool) -> Appliance {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if is_new { Appliance::in_folder(folder, &settings) } else { Appliance::of_folder(folder, &settings) }
}

/// A standby in a folder of its own.
struct Standby {
    folder: TempDir,
    settings: Settings,
    process: Option<Child>,
}

impl Standby {
    fn new(settings: &Settings) -> Standby {
        Standby { folder: TempDir::new().unwrap(), settings: settings.clone(), process: None }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = lodge();
        command.args(args).env("LODGE_DATA_DIR", self.data()).envs(self.settings.iter().cloned());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn start(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        self.process = Some(self.command(&["standby"]).stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    fn stop(&mut self) {
        let mut process = self.process.take().unwrap();
        let pid = rustix::process::Pid::from_raw(i32::try_from(process.id()).unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert!(process.wait().unwrap().success(), "{}", self.log());
    }

    /// Tells why, if it cannot follow.
    fn has_failed(&self) -> bool {
        let log = self.log();
        assert!(!log.contains(" ERROR "), "{log}");
        false
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The appliance that it has become.
    fn serving(mut self, token: &str) -> Appliance {
        let mut it = appliance(std::mem::replace(&mut self.folder, TempDir::new().unwrap()), &self.settings, false);
        it.token = token.to_owned();
        it
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn lodge_tickets(appliance: &Appliance, count: usize) {
    for i in 0..count {
        assert_eq!(appliance.ask("POST", "/v1/tickets", &json!({ "title": format!("Number {i}") })).status, 201);
    }
}

fn total(appliance: &Appliance) -> u64 {
    appliance.get("/v1/tickets").json()["total"].as_u64().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn is_followed(appliance: &Appliance) -> bool {
    appliance.line_of_doctor("standby").starts_with("ok")
}

/// Nothing waits to be sent, and there is a snapshot that it leads on from.
fn is_shipped(appliance: &Appliance) -> bool {
    let metrics = String::from_utf8(appliance.get("/metrics").body).unwrap();
    let listed = appliance.run(&["snapshot", "list"]);
    metrics.contains("lodge_journal_waiting_seconds 0\n") && listed.status.success() && !listed.stdout.is_empty()
}

fn writes(appliance: &Appliance) -> bool {
    let body = json!({ "title": "Who writes?" }).to_string().into_bytes();
    let bearer = format!("Bearer {}", appliance.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    appliance.try_ask("POST", "/v1/tickets", &headers, &body).is_ok_and(|it| it.status == 201)
}

#[test]
fn a_standby_takes_over_and_the_other_writes_no_more() {
    let place = TempDir::new().unwrap();
    let settings = in_folder(place.path());
    let mut first = appliance(TempDir::new().unwrap(), &settings, true);
    lodge_tickets(&first, 3);
    let mut standby = Standby::new(&settings);
    first.until("there is a snapshot", is_shipped);
    standby.start();
    first.until("it is followed", |it| is_followed(it) || standby.has_failed());
    lodge_tickets(&first, 3);
    let bytes = first.run_with(&["mail", "ingest"], &[], MAIL.as_bytes());
    assert!(bytes.status.success(), "{}", said(&bytes));
    // It follows only: nobody serves its folder, and it is taken over with nothing else running in it.
    let refused = standby.run(&["promote"]);
    assert!(!refused.status.success() && said(&refused).contains("owns"), "{}", said(&refused));
    standby.stop();
    let refused = standby.run(&["doctor"]);
    assert!(!refused.status.success() && said(&refused).contains("is a standby"), "{}", said(&refused));

    let count = total(&first);
    let began = Instant::now();
    let done = standby.run(&["promote"]);
    assert!(done.status.success() && said(&done).contains("has sent everything"), "{}", said(&done));
    println!("taken over within {:?}", began.elapsed());
    assert!(!writes(&first));
    first.until("the other one ends", |it| it.try_ask("GET", "/healthz", &[], b"").is_err());
    let mut process = lodge();
    process.arg("serve").env("LODGE_DATA_DIR", first.path().join("data")).env("LODGE_LISTEN", "127.0.0.1:0");
    let refused = process.envs(settings.iter().cloned()).output().unwrap();
    assert!(!refused.status.success() && said(&refused).contains("took over"), "{}", said(&refused));
    let refused = first.run(&["user", "create", "--email", "ada@example.com", "--role", "agent"]);
    assert!(!refused.status.success() && said(&refused).contains("took over"), "{}", said(&refused));

    let second = standby.serving(&first.token);
    assert_eq!(total(&second), count);
    let line = second.line_of_doctor("attachments");
    assert!(line.starts_with("ok"), "the raw mail is there: {line}");
    assert!(writes(&second));
    assert!(!String::from_utf8_lossy(&second.get("/readyz").body).contains("holds still"));
    second.is_well();
    // And it is followed in turn.
    let mut third = Standby::new(&settings);
    second.until("its journal leads on", is_shipped);
    third.start();
    second.until("it is followed", |it| is_followed(it) || third.has_failed());
    third.stop();
    assert!(third.run(&["standby", "--leave"]).status.success());
    second.until("it is followed no more", |it| it.line_of_doctor("standby").is_empty());
    first.token.clear();
}

#[test]
fn two_never_write_although_nothing_passes_between_them() {
    let Some(server) = S3::start() else { return };
    let server_port = server.endpoint().rsplit(':').next().unwrap().parse().unwrap();
    let line = Line::to(server_port);
    let to = format!("s3://{BUCKET}/snapshots");
    let at = |endpoint: &str| {
        settings(&[
            ("TO", &to),
            ("KEY", "a key of an operator"),
            ("EVERY", "7d"),
            ("ENDPOINT", endpoint),
            ("REGION", "eu-central-1"),
            ("ACCOUNT", ACCOUNT),
            ("SECRET", SECRET),
        ])
    };
    let first = appliance(TempDir::new().unwrap(), &at(&format!("http://127.0.0.1:{}", line.port)), true);
    lodge_tickets(&first, 3);
    let mut standby = Standby::new(&at(&server.endpoint()));
    first.until("there is a snapshot", is_shipped);
    standby.start();
    first.until("it is followed", |it| is_followed(it) || standby.has_failed());
    lodge_tickets(&first, 3);
    first.until("all is sent", is_shipped);
    let sent = total(&first);
    standby.stop();
    line.cut();
    let mut promoting = standby.command(&["promote"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    // Cut off, it takes writes for as long as nobody can have taken over.
    assert!(writes(&first));
    while promoting.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < PATIENCE, "it does not take over");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(!writes(&first), "it writes although another one took over");
    let done = promoting.wait_with_output().unwrap();
    assert!(done.status.success() && said(&done).contains("may not have come"), "{}", said(&done));
    println!("taken over within {:?}", began.elapsed());
    assert!(String::from_utf8_lossy(&first.get("/readyz").body).contains("standby may have taken over"));
    assert_eq!(first.get("/v1/tickets").status, 200, "it can be read");
    let second = standby.serving(&first.token);
    assert!(total(&second) >= sent);
    assert!(writes(&second));
    second.is_well();
}

#[test]
fn one_that_nobody_knows_is_not_let_and_one_that_is_killed_again_and_again_goes_on() {
    let place = TempDir::new().unwrap();
    let settings = in_folder(place.path());
    let mut first = appliance(TempDir::new().unwrap(), &settings, true);
    lodge_tickets(&first, 5);
    first.until("there is a snapshot", is_shipped);
    // Nothing would stop the first one, which does not know of it.
    let stranger = Standby::new(&settings);
    let refused = stranger.run(&["promote"]);
    assert!(!refused.status.success() && said(&refused).contains("--other-is-off"), "{}", said(&refused));
    assert!(writes(&first));
    let mut standby = Standby::new(&settings);
    for pause in [5, 40, 120, 300, 600, 1200, 2400] {
        lodge_tickets(&first, 2);
        standby.start();
        // Not waiting for anything: a moment at which it is killed, each a different one.
        std::thread::sleep(Duration::from_millis(pause));
        standby.kill();
    }
    // The other one begins anew, and its journal with it.
    assert_eq!(first.stop(), 0);
    first.start();
    lodge_tickets(&first, 3);
    first.until("it leads on", |it| {
        let metrics = String::from_utf8(it.get("/metrics").body).unwrap();
        metrics.contains("lodge_journal_waiting_seconds 0\n") && metrics.contains("lodge_snapshot_seconds_count 1")
    });
    let count = total(&first);
    first.kill();
    assert!(standby.run(&["standby", "--once"]).status.success());
    // Killed while it waits for the one that does not answer any more, it goes on where it was.
    for pause in [50, 400, 1500] {
        let mut promoting = standby.command(&["promote"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        promoting.kill().unwrap();
        promoting.wait().unwrap();
    }
    let done = standby.run(&["promote", "--other-is-off"]);
    assert!(done.status.success(), "{}", said(&done));
    let second = standby.serving(&first.token);
    assert_eq!(total(&second), count);
    second.is_well();
}

/// A snapshot of one desk is none of the others, and takes nothing away.
#[test]
fn a_desk_that_a_snapshot_does_not_have_stays() {
    let place = TempDir::new().unwrap();
    let settings = in_folder(place.path());
    let first = appliance(TempDir::new().unwrap(), &settings, true);
    assert!(first.run(&["desk", "create", "second", "--host", "second.example.com"]).status.success());
    assert!(first.run(&["snapshot", "create"]).status.success());
    let standby = Standby::new(&settings);
    let desks = || {
        std::fs::read_dir(standby.data().join("desks")).unwrap().filter(|it| it.as_ref().unwrap().path().join("desk.redb").exists()).count()
    };
    for _ in 0..2 {
        let done = standby.run(&["standby", "--once"]);
        assert!(done.status.success(), "{}", said(&done));
        assert_eq!(desks(), 2);
        assert!(first.run(&["--desk", "second", "snapshot", "create"]).status.success());
    }
    let done = standby.run(&["standby", "--once"]);
    assert!(done.status.success() && desks() == 2, "{}", said(&done));
}
