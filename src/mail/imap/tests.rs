//! What an IMAP server may say, and what is made of it: a server of a few scripted lines on a real socket.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    time::Duration,
};

use proptest::prelude::*;

use super::{Imap, Listed, Woken, quoted, set};
use crate::{
    desk::mail::mailbox::Encryption,
    mail::stream::{Credentials, Server},
    reach::{Trouble, What},
    secret::Secret,
};

/// For each line that comes, what is answered; `TAG` stands for the tag of the line. The last answers hang up.
fn server(script: Vec<Vec<u8>>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"* OK ready\r\n");
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        for answer in script {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let tag = line.split(' ').next().unwrap_or_default().trim().as_bytes().to_vec();
            let mut out = Vec::new();
            let mut rest = answer.as_slice();
            while let Some(at) = rest.windows(3).position(|it| it == b"TAG") {
                out.extend_from_slice(&rest[..at]);
                out.extend_from_slice(&tag);
                rest = &rest[at + 3..];
            }
            out.extend_from_slice(rest);
            let _ = stream.write_all(&out);
        }
    });
    Server { host: "127.0.0.1".into(), port, encryption: Encryption::None, ca: None }
}

const LOGIN: &str = "TAG OK in\r\n";
const CAPABILITY: &str = "* CAPABILITY IMAP4rev1 IDLE UIDPLUS\r\nTAG OK done\r\n";

fn script(answers: &[&str]) -> Vec<Vec<u8>> {
    [LOGIN, CAPABILITY].iter().chain(answers).map(|it| it.as_bytes().to_vec()).collect()
}

fn run<T>(what: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what)
}

async fn open(server: &Server) -> Result<Imap, Trouble> {
    let credentials = Credentials::Password { user: "rosa".into(), password: Secret::new("secret") };
    Imap::open(server, &credentials, 1000).await
}

#[test]
fn an_answer_counts_when_it_ends_well() {
    let one = "* 1 FETCH (UID 5 RFC822.SIZE 10)\r\n";
    for (answer, expected) in [
        (format!("{one}TAG OK done\r\n"), Some(1)),
        (format!("{one}TAG NO try later\r\n"), None),
        (format!("{one}TAG BAD what\r\n"), None),
        (format!("{one}* BYE closing\r\n"), None),
        // It hangs up without a word.
        (one.to_owned(), None),
        (format!("{one}%%% garbage\r\nTAG OK done\r\n"), None),
        // Below what was asked for, twice the same, not asked for.
        (format!("{one}{one}* 2 FETCH (UID 4 RFC822.SIZE 1)\r\n* 3 FETCH (FLAGS (\\Seen))\r\nTAG OK done\r\n"), Some(1)),
        ("* 4 EXPUNGE\r\nTAG OK done\r\n".to_owned(), Some(0)),
    ] {
        let server = server(script(&[&answer]));
        let listed = run(async { open(&server).await.unwrap().list(5).await });
        assert_eq!(listed.as_ref().ok().map(Vec::len), expected, "{answer}: {listed:?}");
        if expected == Some(1) {
            assert_eq!(listed.unwrap(), [Listed { uid: 5, size: 10 }]);
        }
    }
}

#[test]
fn mails_come_one_by_one() {
    let answer = "* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n* 2 FETCH (FLAGS (\\Seen) UID 9 BODY[] {4}\r\nelse)\r\n* 3 FETCH (BODY[] {5}\r\nthree UID 3)\r\nTAG OK done\r\n";
    let server = server(script(&[answer]));
    run(async {
        let mut imap = open(&server).await.unwrap();
        let mut mails = imap.fetch(&[1, 2, 3]).await.unwrap();
        assert_eq!(mails.next().await.unwrap().unwrap(), (1, "one".into()));
        assert_eq!(mails.next().await.unwrap().unwrap(), (3, "three".into()));
        assert_eq!(mails.next().await.unwrap(), None);
        assert_eq!(mails.missing().collect::<Vec<_>>(), [2]);
    });
}

#[test]
fn a_mail_that_does_not_come_may_be_there() {
    let fetched = "* 1 FETCH (UID 1 BODY[] NIL)\r\n* 3 FETCH (UID 3 BODY[] {3}\r\none)\r\nTAG OK done\r\n";
    let there = "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 9 FETCH (UID 9)\r\nTAG OK done\r\n";
    let server = server(script(&[fetched, there]));
    run(async {
        let mut imap = open(&server).await.unwrap();
        let mut mails = imap.fetch(&[1, 2, 3, 4]).await.unwrap();
        while mails.next().await.unwrap().is_some() {}
        let missing: Vec<u32> = mails.missing().collect();
        assert_eq!(missing, [1, 2, 4]);
        assert_eq!(imap.present(&missing).await.unwrap().into_iter().collect::<Vec<_>>(), [1, 2], "the fourth is gone");
    });
}

#[test]
fn a_mail_that_is_larger_than_it_was_said_to_be_is_not_read() {
    for answer in ["* 1 FETCH (UID 1 BODY[] {1001}\r\n", "* 1 FETCH (UID 1 BODY[] {99999999999}\r\n"] {
        let server = server(script(&[answer]));
        let failed = run(async { open(&server).await.unwrap().fetch(&[1]).await.unwrap().next().await.unwrap_err() });
        assert_eq!(failed.what, What::TooLarge);
    }
}

#[test]
fn a_mail_that_is_shorter_than_announced_is_none() {
    let server = server(script(&["* 1 FETCH (UID 1 BODY[] {100}\r\nshort)\r\nTAG OK done\r\n"]));
    assert!(run(async { open(&server).await.unwrap().fetch(&[1]).await.unwrap().next().await }).is_err());
}

#[test]
fn a_folder_is_opened_or_not() {
    let fine = "* 3 EXISTS\r\n* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT 1] too low\r\nTAG OK [READ-ONLY] done\r\n";
    let selected = run(async { open(&server(script(&[fine]))).await.unwrap().select("INBOX").await.unwrap() });
    assert_eq!((selected.exists, selected.validity, selected.is_read_only), (3, 77, true));
    for (answer, what) in [
        ("TAG NO [NONEXISTENT] no such thing\r\n", What::FolderNotFound),
        ("* 3 EXISTS\r\nTAG OK done\r\n", What::Answer),
        ("* 3 EXISTS\r\n", What::Refused),
    ] {
        let failed = run(async { open(&server(script(&[answer]))).await.unwrap().select("INBOX").await.unwrap_err() });
        assert_eq!(failed.what, what, "{answer}");
    }
}

#[test]
fn what_came_while_another_folder_was_open_is_news() {
    let of = |count: u32| format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 77] x\r\nTAG OK done\r\n");
    // A server names the last mail whatever is asked for from there on (RFC 3501 6.4.8).
    let last = |uid: u32| format!("* 1 FETCH (UID {uid} RFC822.SIZE 10)\r\nTAG OK done\r\n");
    for (selected, listed, validity, expected) in [
        (of(0), None, 77, false),
        (of(1), Some(last(5)), 77, false),
        (of(2), Some(last(6)), 77, true),
        // Numbered anew since, or never looked at.
        (of(1), None, 76, true),
        (of(0), None, 0, true),
    ] {
        let answers: Vec<_> = std::iter::once(selected.as_str()).chain(listed.as_deref()).collect();
        let has_news = run(async { open(&server(script(&answers))).await.unwrap().select_again("INBOX", validity, 5).await });
        assert_eq!(has_news, Ok(expected), "{answers:?}");
    }
}

#[test]
fn a_folder_that_is_below_another_is_named() {
    let no = "TAG NO Mailbox does not exist\r\n";
    let inbox = "* LIST () \".\" \"INBOX\"\r\nTAG OK done\r\n";
    let both = "* LIST () \".\" \"INBOX\"\r\n* LIST () \".\" \"INBOX.Sales\"\r\nTAG OK done\r\n";
    for (answers, folder, named) in
        [(vec![no, inbox, both], "Sales", true), (vec![no, inbox, both], "Others", false), (vec![no], "INBOX.Others", false)]
    {
        let failed = run(async { open(&server(script(&answers))).await.unwrap().select(folder).await.unwrap_err() });
        assert_eq!((failed.what, failed.advice.contains("`INBOX.Sales`")), (What::FolderNotFound, named), "{folder}: {failed}");
    }
    let server = server(script(&[no, inbox]));
    let failed = run(async { open(&server).await.unwrap().move_to(&[1], "Done").await.unwrap_err() });
    assert!(failed.advice.contains("`INBOX.Done`"), "{failed}");
}

#[test]
fn waiting_ends_with_news() {
    let server = server(script(&["+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n", "A0003 OK done\r\nA0004 OK\r\n"]));
    let woken = run(async { open(&server).await.unwrap().idle(Duration::from_secs(30), std::future::pending()).await });
    // The tag of the library is its own affair; whichever it was, news were seen or the end was not understood.
    assert!(woken.is_err() || woken == Ok(Woken::BySomething), "{woken:?}");
}

#[test]
fn who_is_refused_is_told_why() {
    for (answer, what) in [
        ("TAG NO [AUTHENTICATIONFAILED] Wrong password.\r\n", What::WrongPassword),
        ("TAG NO [UNAVAILABLE] Temporarily unavailable\r\n", What::Refused),
        ("* BYE too many\r\n", What::Refused),
        ("nonsense\r\n", What::Answer),
    ] {
        let server = server(vec![answer.as_bytes().to_vec()]);
        let failed = run(open(&server)).err().unwrap();
        assert_eq!(failed.what, what, "{answer}: {failed}");
        if what == What::WrongPassword {
            assert!(failed.happened.contains("Wrong password"), "{failed}");
        }
    }
}

#[test]
fn sets_and_names() {
    assert_eq!(set(&[5, 1, 2, 3, 9, 2]), "1:3,5,9");
    assert_eq!(quoted(r#"a"b\c&ü"#), r#""a\"b\\c&-&APw-""#);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    /// Whatever a server says, there is an answer or an error, in time.
    #[test]
    fn garbage_ends(garbage in prop::collection::vec(any::<u8>(), 0..400), words in "[*+ A-Z0-9(){}\r\n\\[\\]\"]{0,200}") {
        for text in [garbage, words.into_bytes()] {
            let server = server([LOGIN.as_bytes().to_vec(), CAPABILITY.as_bytes().to_vec(), text].into());
            let ended = run(async {
                let listing = async { open(&server).await.unwrap().list(1).await.map(drop) };
                tokio::time::timeout(Duration::from_secs(20), listing).await
            });
            prop_assert!(ended.is_ok());
        }
    }
}
