//! Snapshots by the real binary: taken while it serves, in a folder and in a store elsewhere, killed at any moment, damaged, out of room,
//! with a wrong key; and an appliance that is made of one.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    appliance::{Appliance, free_port, lodge},
    disk::SmallDisk,
    s3::{ACCOUNT, BUCKET, S3, SECRET},
};

const KEY: &str = "LODGE_SNAPSHOTS__KEY";

/// A folder that is gone with the test.
struct Place(TempDir);

impl Place {
    fn new() -> Place {
        Place(TempDir::new().unwrap())
    }

    fn text(&self) -> String {
        self.at("vault").display().to_string()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn with_key() -> Appliance {
    Appliance::in_folder(TempDir::new().unwrap(), &[(KEY, "a key of an operator")])
}

fn tickets(appliance: &Appliance, titles: &[&str]) {
    for title in titles {
        assert_eq!(appliance.ask("POST", "/v1/tickets", &json!({ "title": title })).status, 201);
    }
}

fn total(appliance: &Appliance) -> u64 {
    appliance.get("/v1/tickets").json()["total"].as_u64().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeeds(output: Output) -> String {
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

fn fails(output: Output) -> String {
    assert!(!output.status.success(), "{}", said(&output));
    said(&output)
}

/// The files of a folder, with those beneath.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The appliance that is made of the newest snapshot of a place, serving.
fn restored(from: &str, into: TempDir, environment: &[(&str, &str)]) -> Appliance {
    let data = into.path().join("data");
    let command =
        lodge().args(["snapshot", "restore", "--from", from, "--into"]).arg(&data).envs(environment.iter().copied()).output().unwrap();
    succeeds(command);
    Appliance::of_folder(into, environment)
}

#[test]
fn what_was_taken_while_it_served_comes_back_elsewhere_and_holds_still() {
    let (appliance, place) = (with_key(), Place::new());
    tickets(&appliance, &["The first", "The second"]);
    let id = appliance.line(&["snapshot", "create", "--to", &place.text()]);
    tickets(&appliance, &["It came later"]);
    let listed = appliance.line(&["snapshot", "list", "--from", &place.text()]);
    assert!(listed.starts_with(&id) && listed.contains("read back"), "{listed}");
    let proof = succeeds(appliance.run(&["snapshot", "verify", "--from", &place.text()]));
    assert!(proof.contains("is good") && proof.contains("4 tickets searched for and found"), "{proof}");
    assert!(appliance.line(&["snapshot", "list", "--from", &place.text()]).contains("proven"));

    let mut back = restored(&place.text(), TempDir::new().unwrap(), &[(KEY, "a key of an operator")]);
    back.token.clone_from(&appliance.token);
    assert_eq!((total(&appliance), total(&back)), (3, 2));
    assert!(String::from_utf8(back.get("/readyz").body).unwrap().contains("holds still"));
    tickets(&back, &["Somebody writes to the copy"]);
    assert!(String::from_utf8(back.get("/metrics").body).unwrap().contains("lodge_held 1"));
    assert!(succeeds(back.run(&["release"])).contains("sends and fetches again"));
    assert!(!String::from_utf8(back.get("/readyz").body).unwrap().contains("holds still"));
    assert!(fails(back.run(&["release"])).contains("does not hold still"));
    back.is_well();
}

#[test]
fn a_copy_that_holds_still_sends_no_mail_until_it_is_released() {
    let outbox = TempDir::new().unwrap();
    let folder = outbox.path().display().to_string();
    let place = Place::new();
    // Where no mail can leave, it waits.
    let appliance = Appliance::new();
    let mail = "From: Ada <ada@example.org>\r\nTo: help@example.com\r\nMessage-ID: <1@example.org>\r\nSubject: It does not print\r\n\r\nAt all.\r\n";
    succeeds(appliance.run_with(&["mail", "ingest"], &[], mail.as_bytes()));
    appliance.until("a letter waits", |it| {
        let metrics = String::from_utf8(it.get("/metrics").body).unwrap();
        metrics.lines().any(|it| it.starts_with("lodge_mail_letters") && it.contains("queued") && it.ends_with(" 1"))
    });
    appliance.line(&["snapshot", "create", "--to", &place.text()]);
    let mut back = restored(&place.text(), TempDir::new().unwrap(), &[("LODGE_SMTP__FOLDER", &folder)]);
    back.token.clone_from(&appliance.token);
    // Its work within the house goes on.
    succeeds(back.run_with(&["mail", "ingest"], &[], mail.replace("<1@", "<2@").as_bytes()));
    back.until("two letters wait", |it| {
        let metrics = String::from_utf8(it.get("/metrics").body).unwrap();
        metrics.lines().any(|it| it.starts_with("lodge_mail_letters") && it.contains("queued") && it.ends_with(" 2"))
    });
    assert_eq!(files(outbox.path()), [] as [PathBuf; 0]);
    succeeds(back.run(&["release"]));
    back.until("both letters leave", |_| files(outbox.path()).len() == 2);
}

#[test]
fn no_key_or_another_opens_nothing_and_the_lack_of_one_is_told() {
    let (appliance, place) = (with_key(), Place::new());
    appliance.line(&["snapshot", "create", "--to", &place.text()]);
    for (key, expected) in [("", "are encrypted"), ("another key of somebody", "does not open")] {
        for command in ["list", "verify", "prune"] {
            let output = lodge()
                .args(["snapshot", command, "--from", &place.text()])
                .env(KEY, key)
                .env("LODGE_DATA_DIR", place.at("data"))
                .output()
                .unwrap();
            assert!(fails(output).contains(expected), "{command}");
        }
    }
    let output = lodge()
        .args(["snapshot", "restore", "--from", &place.text(), "--into"])
        .arg(place.at("back"))
        .env(KEY, "wrong, and long enough")
        .output()
        .unwrap();
    assert!(fails(output).contains("does not open"));
    assert!(!place.at("back").exists());

    let open = Appliance::new();
    let warned = succeeds(open.run(&["snapshot", "create", "--to", &place.at("open").display().to_string()]));
    assert!(warned.contains("not encrypted"), "{warned}");
    assert!(succeeds(open.run(&["doctor"])).contains("none is taken by itself"));
}

#[test]
fn a_key_is_changed_and_a_kill_in_between_leaves_one_that_opens() {
    let (appliance, place) = (with_key(), Place::new());
    appliance.line(&["snapshot", "create", "--to", &place.text()]);
    for wait in [0, 20, 60, 100, 140, 180, 220] {
        let mut command = lodge();
        command
            .args(["snapshot", "rekey", "--from", &place.text()])
            .env(KEY, "a key of an operator")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"the new key of an operator\n").unwrap();
        killed_after(&mut child, Duration::from_millis(wait));
        let opens =
            |key: &str| lodge().args(["snapshot", "list", "--from", &place.text()]).env(KEY, key).output().unwrap().status.success();
        let (old, new) = (opens("a key of an operator"), opens("the new key of an operator"));
        assert!(old || new, "after {wait} ms");
        if !old {
            // It came to its end: back again, for the next turn.
            let mut command = lodge();
            command
                .args(["snapshot", "rekey", "--from", &place.text()])
                .env(KEY, "the new key of an operator")
                .stdin(Stdio::piped())
                .stdout(Stdio::null());
            let mut child = command.spawn().unwrap();
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"a key of an operator\n").unwrap();
            assert!(child.wait().unwrap().success());
        }
    }
    succeeds(appliance.run(&["snapshot", "verify", "--from", &place.text()]));
}

/// Kills a process when so much time went by, or lets it end before.
fn killed_after(child: &mut std::process::Child, wait: Duration) {
    let until = Instant::now() + wait;
    while Instant::now() < until && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    // That it ended meanwhile is fine.
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_kill_at_any_moment_leaves_a_place_that_goes_on() {
    let (mut appliance, place) = (with_key(), Place::new());
    tickets(&appliance, &["The first", "The second", "The third"]);
    appliance.line(&["snapshot", "create", "--to", &place.text()]);
    appliance.stop();
    let run = |args: &[&str], wait: u64| {
        let mut command = lodge();
        command
            .args(args)
            .env(KEY, "a key of an operator")
            .env("LODGE_DATA_DIR", appliance.path().join("data"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        killed_after(&mut command.spawn().unwrap(), Duration::from_millis(wait));
    };
    let vault = place.text();
    for wait in [50, 120, 160, 200, 240, 280, 320, 400] {
        run(&["snapshot", "create", "--to", &vault], wait);
        run(&["snapshot", "prune", "--from", &vault], wait);
        let into = place.at("back").display().to_string();
        run(&["snapshot", "restore", "--from", &vault, "--into", &into], wait);
        let data = PathBuf::from(&into);
        if data.join("restoring").exists() {
            let output = lodge().arg("serve").env("LODGE_DATA_DIR", &data).output().unwrap();
            assert!(fails(output).contains("restore` again"), "half of it is no appliance");
        }
        let _ = std::fs::remove_dir_all(&data);
        succeeds(appliance.run(&["snapshot", "verify", "--from", &vault]));
    }
    succeeds(appliance.run(&["snapshot", "create", "--to", &vault]));
    succeeds(appliance.run(&["snapshot", "verify", "--from", &vault]));
}

#[test]
fn what_was_changed_in_the_place_is_found_named_and_refused() {
    let (appliance, place) = (with_key(), Place::new());
    tickets(&appliance, &["The first"]);
    appliance.line(&["snapshot", "create", "--to", &place.text()]);
    let chunks = files(&place.at("vault/chunks"));
    let chunk = chunks.iter().max_by_key(|it| std::fs::metadata(it).unwrap().len()).unwrap();
    let bytes = std::fs::read(chunk).unwrap();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 4;
    for damaged in [&flipped[..], &bytes[..bytes.len() / 3]] {
        std::fs::write(chunk, damaged).unwrap();
        let name = chunk.strip_prefix(place.at("vault")).unwrap().display().to_string();
        let verified = fails(appliance.run(&["snapshot", "verify", "--from", &place.text()]));
        assert!(verified.contains(&name) && verified.contains("not good"), "{verified}");
        let id = appliance.line(&["snapshot", "list", "--from", &place.text()]).split('\t').next().unwrap().to_owned();
        let into = place.at("back").display().to_string();
        let refused = fails(appliance.run(&["snapshot", "restore", &id, "--from", &place.text(), "--into", &into]));
        assert!(refused.contains(&name), "{refused}");
        let newest = fails(appliance.run(&["snapshot", "restore", "--from", &place.text(), "--into", &into]));
        assert!(newest.contains("no good snapshot"), "{newest}");
        std::fs::write(chunk, &bytes).unwrap();
        succeeds(appliance.run(&["snapshot", "verify", "--from", &place.text()]));
    }
}

#[test]
fn a_full_place_ends_a_snapshot_with_a_word_and_the_desk_goes_on() {
    let Some(disk) = SmallDisk::mounted() else {
        assert!(std::env::var_os("CI").is_none(), "a small disk could not be mounted; this test needs root");
        println!("skipped: a small disk could not be mounted, which needs root");
        return;
    };
    let appliance = with_key();
    tickets(&appliance, &["The first"]);
    let vault = disk.path().join("vault").display().to_string();
    // Until nothing more fits, or next to nothing.
    assert!(std::fs::write(disk.path().join("ballast"), vec![1; 161 * 1024 * 1024]).is_err());
    let refused = fails(appliance.run(&["snapshot", "create", "--to", &vault]));
    assert!(refused.contains("writing") || refused.contains("making") || refused.contains("opening"), "{refused}");
    tickets(&appliance, &["It goes on"]);
    std::fs::remove_file(disk.path().join("ballast")).unwrap();
    appliance.line(&["snapshot", "create", "--to", &vault]);
    succeeds(appliance.run(&["snapshot", "verify", "--from", &vault]));
    appliance.is_well();
}

#[test]
fn snapshots_are_taken_proven_and_told_of_by_themselves() {
    let place = Place::new();
    let text = place.text();
    let environment = [
        (KEY, "a key of an operator"),
        ("LODGE_SNAPSHOTS__TO", text.as_str()),
        ("LODGE_SNAPSHOTS__EVERY", "60s"),
        ("LODGE_TEST_CLOCK", "1"),
    ];
    let appliance = Appliance::in_folder(TempDir::new().unwrap(), &environment);
    let metric = |it: &Appliance, name: &str| {
        let metrics = String::from_utf8(it.get("/metrics").body).unwrap();
        metrics.lines().find_map(|it| it.strip_prefix(name)?.trim().parse::<f64>().ok())
    };
    appliance.until("one was proven", |it| metric(it, "lodge_snapshot_proven_age_seconds ").is_some());
    let listed = appliance.line(&["snapshot", "list"]);
    assert!(listed.contains("proven"), "{listed}");
    assert!(succeeds(appliance.run(&["doctor"])).contains("ok       snapshots"));
    // Where it cannot be written any more, it is said.
    std::fs::remove_dir_all(place.at("vault")).unwrap();
    std::fs::write(place.at("vault"), b"in the way").unwrap();
    succeeds(appliance.run(&["clock", "--ahead", "3600"]));
    appliance.until("it is tried in vain", |it| metric(it, "lodge_snapshot_failures_total ").is_some_and(|it| it >= 1.0));
    appliance.until("it is told", |it| String::from_utf8_lossy(&it.get("/readyz").body).contains("The last try failed"));
    assert!(fails(appliance.run(&["doctor"])).contains("ILL      snapshots"));
    std::fs::remove_file(place.at("vault")).unwrap();
    succeeds(appliance.run(&["clock", "--ahead", "7200"]));
    appliance.until("it goes on", |it| !String::from_utf8_lossy(&it.get("/readyz").body).contains("Snapshots: "));
}

#[test]
fn what_was_acknowledged_seconds_before_a_loss_comes_back_and_so_does_any_instant() {
    let place = Place::new();
    let text = place.text();
    let environment = [(KEY, "a key of an operator"), ("LODGE_SNAPSHOTS__TO", text.as_str()), ("LODGE_SNAPSHOTS__EVERY", "7d")];
    let mut appliance = Appliance::in_folder(TempDir::new().unwrap(), &environment);
    let waits = |it: &Appliance| {
        let metrics = String::from_utf8(it.get("/metrics").body).unwrap();
        metrics.lines().find_map(|it| it.strip_prefix("lodge_journal_waiting_seconds ")?.parse::<f64>().ok())
    };
    tickets(&appliance, &["The first"]);
    // The journal of an appliance that was just started leads on from a snapshot that it asks for itself.
    appliance.until("a snapshot was taken", |it| {
        let listed = it.run(&["snapshot", "list"]);
        // Until the first one is made, no such place is there and this is refused.
        listed.status.success() && !listed.stdout.is_empty()
    });
    tickets(&appliance, &["The second"]);
    let made = appliance.get("/v1/tickets/INC-000002").json()["createdAt"].as_str().unwrap().to_owned();
    appliance.until("another second has begun", |it| {
        tickets(it, &["One of many"]);
        let last = it.get("/v1/tickets?sort=createdAt:desc&limit=1").json();
        last["items"][0]["createdAt"].as_str().is_some_and(|it| it[..19] > made[..19])
    });
    let count = total(&appliance);
    appliance.until("all is on its way", |it| waits(it) == Some(0.0));
    appliance.kill();
    std::fs::remove_dir_all(appliance.path().join("data")).unwrap();

    let mut back = restored(&text, TempDir::new().unwrap(), &environment);
    back.token.clone_from(&appliance.token);
    assert_eq!(total(&back), count);
    back.is_well();
    let folder = TempDir::new().unwrap();
    let output = lodge()
        .args(["snapshot", "restore", "--from", &text, "--until", &made, "--into"])
        .arg(folder.path().join("data"))
        .envs(environment)
        .output();
    succeeds(output.unwrap());
    let mut then = Appliance::of_folder(folder, &environment);
    then.token.clone_from(&appliance.token);
    assert!((1..count).contains(&total(&then)), "{} of {count}", total(&then));
    then.is_well();
    let odd =
        lodge().args(["snapshot", "restore", "--until", "yesterday", "--into"]).arg(place.at("odd")).envs(environment).output().unwrap();
    assert!(fails(odd).contains("no instant"));
}

#[test]
fn a_place_elsewhere_takes_them_as_well_and_says_so_when_it_is_away() {
    let Some(server) = S3::start() else { return };
    let (endpoint, to) = (server.endpoint(), format!("s3://{BUCKET}/snapshots"));
    let environment = [
        (KEY, "a key of an operator"),
        ("LODGE_SNAPSHOTS__TO", to.as_str()),
        ("LODGE_SNAPSHOTS__ENDPOINT", endpoint.as_str()),
        ("LODGE_SNAPSHOTS__REGION", "eu-central-1"),
        ("LODGE_SNAPSHOTS__ACCOUNT", ACCOUNT),
        ("LODGE_SNAPSHOTS__SECRET", SECRET),
        // Taken by hand here, and not in between by itself.
        ("LODGE_SNAPSHOTS__EVERY", "7d"),
    ];
    let appliance = Appliance::in_folder(TempDir::new().unwrap(), &environment);
    tickets(&appliance, &["The first"]);
    let id = appliance.line(&["snapshot", "create"]);
    assert!(appliance.line(&["snapshot", "list"]).contains(&id));
    succeeds(appliance.run(&["snapshot", "verify", &id]));
    succeeds(appliance.run(&["snapshot", "prune"]));
    let mut back = restored(&to, TempDir::new().unwrap(), &environment);
    back.token.clone_from(&appliance.token);
    assert_eq!(total(&back), 1);
    drop(server);
    let refused = fails(appliance.run(&["snapshot", "create"]));
    assert!(refused.contains(&to), "{refused}");
    tickets(&appliance, &["It goes on"]);
}

#[test]
fn the_drill_that_anyone_can_run_says_what_a_loss_would_cost() {
    let (appliance, place) = (with_key(), Place::new());
    tickets(&appliance, &["The first"]);
    appliance.line(&["snapshot", "create", "--to", &place.text()]);
    let room = TempDir::new().unwrap();
    let mut drill = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("backups/drill"));
    drill.arg(place.text()).current_dir(room.path()).env(KEY, "a key of an operator");
    drill.env("LODGE", env!("CARGO_BIN_EXE_lodge")).env("DRILL_DIR", room.path()).env("DRILL_PORT", free_port().to_string());
    let said = succeeds(drill.output().unwrap());
    for text in ["Restored", "served after", "ok       records and audit log", "Nothing was committed since the snapshot"] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert_eq!(files(room.path()), [] as [PathBuf; 0], "nothing is left behind");
    let nothing = fails(drill.arg("").env(KEY, "another key of somebody").output().unwrap());
    assert!(nothing.contains("does not open"), "{nothing}");
}

/// How long those who write waited at most while a snapshot was taken is measured by the bench; here only that they are answered.
#[test]
fn writers_go_on_while_one_is_taken() {
    let (appliance, place) = (with_key(), Place::new());
    let mut taking = Command::new(env!("CARGO_BIN_EXE_lodge"))
        .args(["snapshot", "create", "--to", &place.text()])
        .env(KEY, "a key of an operator")
        .env("LODGE_DATA_DIR", appliance.path().join("data"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lodged = 0;
    while taking.try_wait().unwrap().is_none() {
        tickets(&appliance, &["While one is taken"]);
        lodged += 1;
    }
    assert!(taking.wait().unwrap().success());
    assert_eq!(total(&appliance), lodged);
    succeeds(appliance.run(&["snapshot", "verify", "--from", &place.text()]));
}
