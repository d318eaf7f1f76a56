//! What may be said about a mailbox, and what follows from changing it.

use std::time::Duration;

use super::*;
use crate::{
    desk::{
        mail::{
            token::{self, Granted},
            watch::{self, FolderWatch, Standing},
        },
        settings,
    },
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

fn system() -> Actor {
    Actor::system("setup")
}

fn world() -> Store {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    store.write(|tx| settings::found(tx, &system(), "Test")).unwrap();
    store
}

fn usual() -> MailboxSettings {
    MailboxSettings { address: "Help@Example.com".into(), host: "imap.example.com".into(), ..MailboxSettings::default() }
}

fn new(settings: MailboxSettings) -> NewMailbox {
    NewMailbox { name: "Support".into(), enabled: true, settings, secret: Some(vec![1]) }
}

fn made(store: &Store, settings: MailboxSettings) -> Mailbox {
    store.write(move |tx| create(tx, &system(), new(settings))).unwrap().0
}

#[test]
fn what_may_be_said() {
    let store = world();
    type Change = fn(&mut MailboxSettings);
    let table: &[(&str, Change, Option<&str>)] = &[
        ("usual", |_| {}, None),
        ("no address", |it| it.address.clear(), Some("address")),
        ("an address that is none", |it| it.aliases = vec!["x y".into()], Some("aliases")),
        ("no host", |it| it.host = " ".into(), Some("host")),
        ("a host that is an address", |it| it.host = "imaps://x".into(), Some("host")),
        ("in the clear to elsewhere", |it| it.encryption = Encryption::None, Some("encryption")),
        (
            "in the clear to a name that looks like here",
            |it| (it.encryption, it.host) = (Encryption::None, "localhost.x".into()),
            Some("encryption"),
        ),
        ("in the clear to here", |it| (it.encryption, it.host) = (Encryption::None, "127.0.0.1".into()), None),
        ("a certificate that is none", |it| it.ca = Some("x".into()), Some("ca")),
        ("a folder with a line break", |it| it.folders = vec!["a\nb".into()], Some("folders")),
        ("too many folders", |it| it.folders = (0..99).map(|it| it.to_string()).collect(), Some("folders")),
        ("moved to where it is", |it| it.after = After::Move("inbox".into()), Some("moveTo")),
        ("moved to nowhere", |it| it.after = After::Move(" ".into()), Some("moveTo")),
        ("moved elsewhere", |it| it.after = After::Move("Done".into()), None),
        ("POP3 with folders", |it| (it.protocol, it.folders) = (Protocol::Pop3, vec!["Sent".into()]), Some("folders")),
        ("POP3 that flags", |it| (it.protocol, it.after) = (Protocol::Pop3, After::MarkSeen), Some("after")),
        ("POP3 that deletes", |it| (it.protocol, it.after) = (Protocol::Pop3, After::Delete), None),
        ("looked at all the time", |it| it.poll_secs = 1, Some("pollSeconds")),
        ("an alarm before a look", |it| (it.poll_secs, it.alarm_minutes) = (3600, 5), Some("alarmMinutes")),
        ("a queue that is not there", |it| it.queue = Some(QueueId::NIL), Some("queue")),
        ("OAuth without a client", |it| it.sign_in = SignIn::OAuth(OAuthClient::default()), Some("clientId")),
        (
            "OAuth in the clear",
            |it| {
                it.sign_in = SignIn::OAuth(OAuthClient {
                    authority: Authority::Custom,
                    client_id: "x".into(),
                    authorization_endpoint: "https://x/a".into(),
                    token_endpoint: "http://x/t".into(),
                    ..OAuthClient::default()
                });
            },
            Some("tokenEndpoint"),
        ),
        (
            "a tenant that leads elsewhere",
            |it| {
                it.sign_in = SignIn::OAuth(OAuthClient { client_id: "x".into(), tenant: "a/../b".into(), ..OAuthClient::default() });
            },
            Some("tenant"),
        ),
    ];
    for (what, change, field) in table {
        let mut settings = usual();
        change(&mut settings);
        let outcome = store.write(move |tx| {
            let made = create(tx, &system(), new(settings))?;
            delete(tx, &system(), made.id)
        });
        let refused = match outcome {
            Ok(_) => None,
            Err(crate::error::Error::Refused(it)) => it.fields.first().map(|it| it.field.clone()),
            Err(it) => panic!("{what}: {it}"),
        };
        assert_eq!(refused.as_deref(), *field, "{what}");
    }
}

#[test]
fn usual_things_are_filled_in() {
    let store = world();
    let made = made(&store, usual());
    let it = &made.settings;
    assert_eq!((it.address.as_str(), it.username.as_str(), it.port), ("help@example.com", "help@example.com", 993));
    assert_eq!((it.folders.as_slice(), it.poll_secs, it.alarm_minutes), (&["INBOX".to_owned()][..], 60, 15));
    let google = OAuthClient { authority: Authority::Google, client_id: "c".into(), ..OAuthClient::default() };
    let (id, settings) = (made.id, MailboxSettings { sign_in: SignIn::OAuth(google), ..it.clone() });
    let change = MailboxChange { settings: Some(settings), secret: Some(None), ..MailboxChange::default() };
    let (changed, _) = store.write(move |tx| super::change(tx, &system(), id, change)).unwrap();
    assert_eq!(changed.oauth().unwrap().token_endpoint, "https://oauth2.googleapis.com/token");
}

#[test]
fn a_secret_goes_nowhere_else() {
    let store = world();
    let id = made(&store, usual()).id;
    let change = |settings: MailboxSettings, secret: Option<Option<Vec<u8>>>| {
        let change = MailboxChange { settings: Some(settings), secret, ..MailboxChange::default() };
        store.write(move |tx| super::change(tx, &system(), id, change)).map(|it| it.0)
    };
    let elsewhere = MailboxSettings { host: "imap.evil.example".into(), ..usual() };
    assert!(change(elsewhere.clone(), None).is_err());
    assert_eq!(change(elsewhere, Some(Some(vec![2]))).unwrap().account, 1, "UIDs there mean something else");
    let renamed = MailboxSettings { host: "imap.evil.example".into(), folders: vec!["INBOX".into(), "Sent".into()], ..usual() };
    assert_eq!(change(renamed, None).unwrap().account, 1);
}

#[test]
fn a_rotated_token_is_used_once() {
    let store = world();
    let client = OAuthClient { authority: Authority::Google, client_id: "c".into(), ..OAuthClient::default() };
    let id = made(&store, MailboxSettings { sign_in: SignIn::OAuth(client), ..usual() }).id;
    let granted = |refresh: Option<u8>, secs: u64| {
        move |now: Instant| Granted {
            access: vec![9],
            access_ends_at: now.plus(Duration::from_secs(secs)),
            refresh: refresh.map(|it| vec![it]),
            refresh_ends_at: None,
        }
    };
    let run = |granted: Granted, used: token::MailboxToken| store.write(move |tx| token::refreshed(tx, &used, granted)).unwrap().0;
    let now = store.read().unwrap().now();
    let first = granted(Some(1), 60)(now);
    let first = store.write(move |tx| token::signed_in(tx, &system(), id, first)).unwrap().0;
    assert!(!first.is_fresh(now) && first.is_good(now));
    let second = run(granted(Some(2), 3600)(now), first.clone());
    assert_eq!((second.refresh.clone(), second.refreshed), (Some(vec![2]), 1));
    assert_eq!(run(granted(Some(7), 3600)(now), first.clone()), second, "whoever used the old one comes too late");
    let third = run(granted(None, 3600)(now), second.clone());
    assert_eq!(third.refresh, Some(vec![2]), "a server that gives no new one lets the old one stay");
    store.write(move |tx| token::not_refreshed(tx, &third, "gone", true)).unwrap();
    let tx = store.read().unwrap();
    let mailbox = tx.get::<Mailbox>(&id).unwrap().unwrap();
    assert_eq!(watch::health(&tx, &mailbox).unwrap().standing, Standing::Alarm);
}

#[test]
fn an_alarm_comes_when_nothing_does() {
    let store = world();
    let mailbox = made(&store, usual());
    let health = |at: Duration| {
        let mut tx = store.read().unwrap();
        tx.advance_to(mailbox.created_at.plus(at));
        watch::health(&tx, &mailbox).unwrap().standing
    };
    assert_eq!((health(Duration::ZERO), health(Duration::from_secs(16 * 60))), (Standing::New, Standing::Alarm));
    let (id, folder) = (mailbox.id, mailbox.clone());
    store.write(move |tx| watch::failed(tx, id, None, "wrong_password", "No.")).unwrap();
    assert_eq!(health(Duration::from_secs(60)), Standing::Failing);
    store
        .write(move |tx| {
            let mut it: FolderWatch = watch::of(tx, &folder, "INBOX")?;
            it.succeeded(tx.now());
            watch::save(tx, it)
        })
        .unwrap();
    assert_eq!(health(Duration::from_secs(60)), Standing::Well);
}

#[test]
fn troubled_mails_rest_longer_and_longer() {
    let store = world();
    let mailbox = made(&store, usual());
    let mut it = watch::of(&store.read().unwrap(), &mailbox, "INBOX").unwrap();
    let now = Instant::EPOCH;
    let mut last = Duration::ZERO;
    for _ in 0..20 {
        assert!(it.trouble_with("7", "it breaks off", now));
        let wait = it.next_again().unwrap().since(now);
        assert!(wait >= last && wait <= Duration::from_secs(3600));
        last = wait;
    }
    assert!(it.rests("7", now) && !it.rests("8", now));
    it.counted(5);
    it.cursor = 9;
    it.counted(5);
    assert_eq!((it.cursor, it.recounted), (9, 0));
    it.counted(6);
    assert_eq!((it.cursor, it.recounted, it.troubled.len()), (0, 1, 0), "the server counts anew");
}
