//! Files in and out of the real binary: large ones by a public client, in little memory; over a virus scanner; in a store elsewhere; and
//! over a kill.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    appliance::Appliance,
    clamd::{Clamd, eicar},
    s3::{S3, SECRET},
};

const MB: usize = 1024 * 1024;

fn ticket(appliance: &Appliance) -> String {
    let made = appliance.ask("POST", "/v1/tickets", &json!({ "title": "With files" }));
    assert_eq!(made.status, 201, "{}", made.json());
    made.json()["number"].as_str().unwrap().to_owned()
}

/// Begins an upload on a ticket; gives its address.
fn begun(appliance: &Appliance, ticket: &str, filename: &str, size: usize) -> String {
    let made = appliance.ask("POST", &format!("/v1/tickets/{ticket}/attachments"), &json!({ "filename": filename, "size": size }));
    assert_eq!(made.status, 201, "{}", made.json());
    made.json()["uploadUrl"].as_str().unwrap().to_owned()
}

/// Sends a whole file onto a ticket.
fn send_whole(appliance: &Appliance, ticket: &str, filename: &str, bytes: &[u8]) {
    let address = begun(appliance, ticket, filename, bytes.len());
    let headers = [("tus-resumable", "1.0.0"), ("upload-offset", "0"), ("content-type", "application/offset+octet-stream")];
    assert_eq!(appliance.try_ask("PATCH", &address, &headers, bytes).unwrap().status, 204);
}

fn offset(appliance: &Appliance, address: &str) -> usize {
    let answer = appliance.try_ask("HEAD", address, &[("tus-resumable", "1.0.0")], b"").unwrap();
    assert_eq!(answer.status, 200);
    answer.headers["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// The bytes of a file that is never whole in memory: the piece with this number.
fn piece(number: usize) -> Vec<u8> {
    let mut bytes = vec![0; MB];
    for (at, it) in bytes.iter_mut().enumerate() {
        *it = (at * 31 + at / 251 + number * 7) as u8;
    }
    bytes
}

/// Sends pieces from one on, of a file of so many; gives the line to hear the answer from.
fn send(appliance: &Appliance, address: &str, pieces: std::ops::Range<usize>, length: usize) -> TcpStream {
    let mut line = TcpStream::connect(("127.0.0.1", appliance.port())).unwrap();
    let head = format!(
        "PATCH {address} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {}\r\nContent-Type: application/offset+octet-stream\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n",
        appliance.port(),
        pieces.start * MB,
    );
    line.write_all(head.as_bytes()).unwrap();
    for number in pieces {
        line.write_all(&piece(number)).unwrap();
    }
    line
}

/// The head of an answer, as lines.
fn head(line: &mut BufReader<TcpStream>) -> Vec<String> {
    let lines = line.lines().map(Result::unwrap);
    lines.take_while(|it| !it.is_empty()).collect()
}

/// The most memory that a process ever had, in bytes.
fn peak(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[test]
fn a_large_file_goes_in_and_out_in_little_memory() {
    const PIECES: usize = 400;
    let appliance = Appliance::new();
    let ticket = ticket(&appliance);
    let before = peak(appliance.pid());
    let address = begun(&appliance, &ticket, "disk.img", PIECES * MB);
    let answer = head(&mut BufReader::new(send(&appliance, &address, 0..PIECES, PIECES * MB)));
    assert!(answer[0].contains("204"), "{answer:?}");
    let attachment = answer.iter().find_map(|it| it.strip_prefix("lodge-attachment: ")).unwrap();
    let mut line = TcpStream::connect(("127.0.0.1", appliance.port())).unwrap();
    let asked = format!(
        "GET /v1/attachments/{attachment} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        appliance.port(),
        appliance.token
    );
    line.write_all(asked.as_bytes()).unwrap();
    let mut line = BufReader::new(line);
    let answer = head(&mut line);
    assert!(answer[0].contains("200"), "{answer:?}");
    let mut got = vec![0; MB];
    for number in 0..PIECES {
        line.read_exact(&mut got).unwrap();
        assert!(got == piece(number), "piece {number} came back otherwise");
    }
    assert_eq!(line.read(&mut got).unwrap(), 0);
    let grown = peak(appliance.pid()) - before;
    assert!(grown < 96 * MB, "memory grew by {} MB over a file of {PIECES} MB", grown / MB);
}

#[test]
fn an_upload_goes_on_after_a_kill_and_what_was_said_to_have_come_is_there() {
    let mut appliance = Appliance::new();
    let ticket = ticket(&appliance);
    let address = begun(&appliance, &ticket, "disk.img", 8 * MB);
    let answer = head(&mut BufReader::new(send(&appliance, &address, 0..3, 3 * MB)));
    assert!(answer[0].contains("204"), "{answer:?}");
    // In the middle of a piece: nobody was told that it came.
    drop(send(&appliance, &address, 3..4, 2 * MB));
    appliance.kill();
    appliance.start();
    let there = offset(&appliance, &address);
    assert!((3 * MB..=4 * MB).contains(&there), "{there} of what came are left");
    let mut rest: Vec<u8> = (0..8).flat_map(piece).collect();
    let whole = rest.clone();
    rest.drain(..there);
    let headers = [("tus-resumable", "1.0.0"), ("upload-offset", &there.to_string()), ("content-type", "application/offset+octet-stream")];
    let answer = appliance.try_ask("PATCH", &address, &headers, &rest).unwrap();
    assert_eq!(answer.status, 204);
    let file = answer.headers["lodge-attachment"].to_str().unwrap().to_owned();
    assert!(appliance.get(&format!("/v1/attachments/{file}")).body == whole, "it is not what was sent");
    appliance.is_well();
}

#[test]
fn a_public_client_sends_breaks_off_and_goes_on() {
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tus");
    if !client.join("node_modules/tus-js-client").exists() {
        assert!(std::env::var_os("CI").is_none(), "tus-js-client is missing: run `make test`, which installs it");
        return println!("skipped: tus-js-client is missing");
    }
    let appliance = Appliance::new();
    let ticket = ticket(&appliance);
    let done =
        Command::new("node").arg(client.join("client.mjs")).args([&appliance.address(), &appliance.token, &ticket]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let id = String::from_utf8(done.stdout).unwrap().trim().to_owned();
    let bytes = appliance.get(&format!("/v1/attachments/{id}")).body;
    assert_eq!(bytes.len(), 3_000_000);
    assert!(bytes.iter().enumerate().all(|(at, it)| usize::from(*it) == (at * 31) % 251));
    let files = appliance.get(&format!("/v1/tickets/{ticket}")).json()["attachments"].clone();
    assert_eq!((files.as_array().unwrap().len(), files[0]["contentType"].as_str()), (1, Some("application/x-drawing")));
}

fn file(appliance: &Appliance, ticket: &str, name: &str) -> (String, Value) {
    let files = appliance.get(&format!("/v1/tickets/{ticket}")).json()["attachments"].clone();
    let found = files.as_array().unwrap().iter().find(|it| it["filename"] == name).unwrap_or_else(|| panic!("no {name} in {files}"));
    (format!("/v1/attachments/{}", found["id"].as_str().unwrap()), found["scan"].clone())
}

#[test]
fn nobody_opens_what_the_scanner_has_not_seen_or_found_something_in() {
    let Some(mut clamd) = Clamd::new() else { return };
    let address = clamd.address();
    let appliance = Appliance::in_folder(TempDir::new().unwrap(), &[("LODGE_SCANNER__CLAMD", &address)]);
    let number = ticket(&appliance);
    let mail = format!(
        "From: rosa@example.com\r\nTo: help@example.com\r\nSubject: A file\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
         --x\r\n\r\nPlease look.\r\n--x\r\nContent-Type: text/plain; name=bad.txt\r\nContent-Disposition: attachment; filename=bad.txt\r\n\r\n{}\r\n--x--\r\n",
        eicar()
    );
    let bearer = format!("Bearer {}", appliance.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
    let came = appliance.try_ask("POST", "/v1/webhooks/email-inbound", &headers, mail.as_bytes()).unwrap().json();
    assert_eq!(came["outcome"], "created", "a mail is taken with whatever it brings: {came}");
    let by_mail = came["ticket"]["number"].as_str().unwrap().to_owned();
    let large = vec![b'x'; 2 * MB];
    for (name, bytes) in [("good.txt", b"nothing to see".as_slice()), ("eicar.com", eicar().as_bytes()), ("large.bin", &large)] {
        send_whole(&appliance, &number, name, bytes);
    }
    // The scanner is away: everything waits, and nobody opens it.
    let (good, scan) = file(&appliance, &number, "good.txt");
    assert_eq!((scan.as_str(), appliance.get(&good).status), (Some("pending"), 409));
    clamd.start();
    appliance.until("the scanner has seen all", |it| {
        ["good.txt", "eicar.com", "large.bin"].iter().all(|name| file(it, &number, name).1 != "pending")
            && file(it, &by_mail, "bad.txt").1 != "pending"
    });
    for (ticket, name, scan, status) in [
        (&number, "good.txt", "clean", 200),
        (&number, "eicar.com", "infected", 403),
        (&number, "large.bin", "unscannable", 200),
        (&by_mail, "bad.txt", "infected", 403),
    ] {
        let (address, said) = file(&appliance, ticket, name);
        let answer = appliance.get(&address);
        assert_eq!((said.as_str(), answer.status), (Some(scan), status), "{name}");
        assert!(status != 403 || answer.json()["detail"].as_str().unwrap().contains("Eicar-Test-Signature"));
    }
}

#[test]
fn a_damaged_file_stays_closed_and_keeps_no_other_from_its_turn() {
    let Some(mut clamd) = Clamd::new() else { return };
    let address = clamd.address();
    let appliance = Appliance::in_folder(TempDir::new().unwrap(), &[("LODGE_SCANNER__CLAMD", &address)]);
    let number = ticket(&appliance);
    let words: [&[u8]; 4] = [b"changed on the disk", b"cut off on the disk", b"gone from the disk", b"whole"];
    for (name, bytes) in ["changed.txt", "cut.txt", "gone.txt", "whole.txt"].iter().zip(words) {
        send_whole(&appliance, &number, name, bytes);
    }
    let place = |bytes: &[u8]| {
        let name = blake3::hash(bytes).to_hex().to_string();
        let desk = std::fs::read_dir(appliance.path().join("data/desks")).unwrap().next().unwrap().unwrap().path();
        desk.join("blobs").join(&name[..2]).join(&name[2..4]).join(name)
    };
    std::fs::write(place(words[0]), b"chanced on the disk").unwrap();
    std::fs::write(place(words[1]), b"cut").unwrap();
    std::fs::remove_file(place(words[2])).unwrap();
    clamd.start();
    appliance.until("the whole file has been seen and read", |it| file(it, &number, "whole.txt").1 == "clean");
    for name in ["changed.txt", "cut.txt", "gone.txt"] {
        let (address, said) = file(&appliance, &number, name);
        assert_eq!((said.as_str(), appliance.get(&address).status), (Some("pending"), 409), "{name}");
    }
}

#[test]
fn files_lie_in_a_store_elsewhere() {
    let Some(s3) = S3::start() else { return };
    let appliance = s3.appliance(SECRET);
    let number = ticket(&appliance);
    // One that goes in one request, and one that goes in parts.
    for (name, pieces) in [("small.bin", 1), ("large.bin", 20)] {
        let address = begun(&appliance, &number, name, pieces * MB);
        let answer = head(&mut BufReader::new(send(&appliance, &address, 0..pieces, pieces * MB)));
        assert!(answer[0].contains("204"), "{answer:?}: {}", appliance.log_tail());
        let (file, _) = file(&appliance, &number, name);
        let whole: Vec<u8> = (0..pieces).flat_map(piece).collect();
        assert!(appliance.get(&file).body == whole, "{name} came back otherwise");
        let bearer = format!("Bearer {}", appliance.token);
        let part = appliance.try_ask("GET", &file, &[("authorization", &bearer), ("range", "bytes=1000000-1000009")], b"").unwrap();
        assert_eq!((part.status, part.body), (206, whole[1_000_000..1_000_010].to_vec()));
    }
    let mut lengths: Vec<usize> = s3.objects().iter().map(Vec::len).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [MB, 20 * MB]);
    let lies = std::fs::read_dir(appliance.path().join("data/desks")).unwrap().next().unwrap().unwrap().path().join("blobs/incoming");
    assert_eq!(std::fs::read_dir(lies).unwrap().count(), 0, "nothing is left on its way");
    appliance.is_well();
    // A store that is away has not lost anything.
    drop(s3);
    let said = String::from_utf8(appliance.run(&["doctor"]).stdout).unwrap();
    assert!(said.contains("does not answer as it should") && !said.contains("missing or cut"), "{said}");
}

#[test]
fn a_store_that_does_not_know_us_takes_nothing_and_loses_nothing() {
    let Some(s3) = S3::start() else { return };
    let appliance = s3.appliance("another secret");
    let number = ticket(&appliance);
    let address = begun(&appliance, &number, "small.bin", MB);
    let answer = head(&mut BufReader::new(send(&appliance, &address, 0..1, MB)));
    assert!(answer[0].contains("503"), "{answer:?}: {}", appliance.log_tail());
    assert_eq!(appliance.get(&format!("/v1/tickets/{number}")).json()["attachments"], serde_json::json!([]));
    assert!(s3.objects().is_empty());
}
