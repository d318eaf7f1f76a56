//! Our own mails in `tests/mail`, each with what must become of it, and what happens when their bytes are damaged.

use std::{fs, path::Path};

use lodge::{
    desk::mail::message::{Automatic, ParsedMessage},
    mail::mime,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it == "eml"))
        .map(|it| (it.to_string_lossy().into_owned(), fs::read(&it).unwrap()))
        .collect();
    found.sort();
    found
}

/// The message as the expectations are written.
fn shown(message: &ParsedMessage) -> Value {
    let (automatic, bounced) = match &message.automatic {
        Automatic::No => ("no", Value::Null),
        Automatic::AutoReply { .. } => ("autoReply", Value::Null),
        Automatic::List { .. } => ("list", Value::Null),
        Automatic::Notice { .. } => ("notice", Value::Null),
        Automatic::OwnLoop { .. } => ("ownLoop", Value::Null),
        Automatic::Bounce(report) => {
            let failed: Vec<Value> =
                report.failed_recipients.iter().map(|it| json!({ "address": it.address, "status": it.status })).collect();
            ("bounce", json!({ "failed": failed, "originalMessageId": report.original_message_id }))
        }
    };
    let attachments: Vec<Value> = message
        .attachments
        .iter()
        .map(|it| json!({ "filename": it.filename, "contentType": it.content_type, "contentId": it.content_id, "inline": it.inline, "size": it.bytes.len() }))
        .collect();
    json!({
        "from": message.from.as_ref().map(|it| json!({ "name": it.name, "address": it.address })),
        "to": message.to.iter().map(|it| it.address.clone()).collect::<Vec<_>>(),
        "messageId": message.message_id,
        "inReplyTo": message.in_reply_to,
        "references": message.references,
        "date": message.date.map(|it| it.to_string()),
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "attachments": attachments,
        "automatic": automatic,
        "bounce": bounced,
        "flaws": message.flaws,
        "notes": message.notes,
    })
}

#[test]
fn fixtures_become_what_is_expected() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 15, "only {} fixtures", fixtures.len());
    for (path, raw) in fixtures {
        let message = mime::parse(&raw);
        if std::env::var_os("LODGE_BLESS").is_some() {
            fs::write(path.replace(".eml", ".expected"), serde_json::to_string_pretty(&shown(&message)).unwrap() + "\n").unwrap();
            continue;
        }
        let expected: Value = serde_json::from_slice(&fs::read(path.replace(".eml", ".expected")).unwrap()).unwrap();
        let got = shown(&message);
        assert_eq!(got, expected, "{path}: {}", serde_json::to_string_pretty(&got).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn damaged_mails_are_still_messages(pick in any::<prop::sample::Index>(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..20)) {
        let fixtures = fixtures();
        let mut raw = fixtures[pick.index(fixtures.len())].1.clone();
        for (place, byte, how) in damage {
            if raw.is_empty() {
                break;
            }
            let at = place.index(raw.len());
            match how {
                0 => raw[at] = byte,
                1 => raw.truncate(at),
                2 => raw.insert(at, byte),
                _ => {
                    let copy = raw[at..raw.len().min(at + usize::from(byte))].to_vec();
                    raw.splice(at..at, copy);
                }
            }
        }
        let message = mime::parse(&raw);
        prop_assert!(!message.flaws.iter().any(|it| it.contains("could not be taken apart")), "{message:?}");
        prop_assert!(!message.subject.contains('\n') && !message.text.contains('\0'));
    }
}
