//! Files as Outlook writes them, and what damage does to them.

use proptest::prelude::*;

use super::*;
use crate::desk::mail::authenticity;

/// An attribute of a file.
fn attribute(level: u8, id: u16, data: &[u8]) -> Vec<u8> {
    let mut out = vec![level];
    out.extend(id.to_le_bytes());
    out.extend([6, 0]);
    out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    out.extend(data);
    let sum = data.iter().fold(0u16, |sum, it| sum.wrapping_add(u16::from(*it)));
    out.extend(sum.to_le_bytes());
    out
}

/// A property whose value has a length of its own.
fn property(kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
    let mut out = kind.to_le_bytes().to_vec();
    out.extend(id.to_le_bytes());
    out.extend(1u32.to_le_bytes());
    out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    out.extend(data);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn list(properties: &[Vec<u8>]) -> Vec<u8> {
    let mut out = u32::try_from(properties.len()).unwrap().to_le_bytes().to_vec();
    properties.iter().for_each(|it| out.extend(it));
    out
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn file(attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut out = SIGNATURE.to_le_bytes().to_vec();
    out.extend([1, 0]);
    attributes.iter().for_each(|it| out.extend(it));
    out
}

fn letter() -> Vec<u8> {
    let of_message = list(&[
        property(0x1f, 0x0037, &utf16("Grüße")),
        property(0x1f, 0x0c1a, &utf16("Ann")),
        property(0x1e, 0x5d01, b"ann@customer.example\0"),
        property(0x102, 0x1013, b"<p>Hello</p>"),
    ]);
    let of_file = list(&[
        property(0x1f, 0x3707, &utf16("Übersicht.pdf")),
        property(0x1e, 0x370e, b"application/pdf\0"),
        property(0x1f, 0x3712, &utf16("<a@b>")),
    ]);
    file(&[
        attribute(1, 0x9007, &[0xe4, 4, 0, 0, 0, 0, 0, 0]),
        attribute(1, 0x9003, &of_message),
        attribute(2, 0x9002, &[1, 0]),
        attribute(2, 0x8010, b"BERSIC~1.PDF\0"),
        attribute(2, 0x800f, b"%PDF"),
        attribute(2, 0x9005, &of_file),
    ])
}

#[test]
fn a_letter_gives_its_text_and_its_files() {
    let found = read(&letter()).unwrap();
    assert_eq!(found.subject.as_deref(), Some("Grüße"));
    assert_eq!((found.from_name.as_deref(), found.from_address.as_deref()), (Some("Ann"), Some("ann@customer.example")));
    assert_eq!(found.html.as_deref(), Some("<p>Hello</p>"));
    let kept = &found.attachments[0];
    assert_eq!(
        (kept.filename.as_deref(), kept.content_type.as_str(), kept.content_id.as_deref()),
        (Some("Übersicht.pdf"), "application/pdf", Some("a@b"))
    );
    assert_eq!(kept.bytes, b"%PDF");
}

#[test]
fn a_message_inside_gives_its_files_too() {
    let mut object = IID_MESSAGE.to_vec();
    object.extend(letter());
    let of_file = list(&[property(0x0d, 0x3701, &object), property(0x1f, 0x3001, &utf16("Inner"))]);
    let found = read(&file(&[attribute(2, 0x9002, &[]), attribute(2, 0x9005, &of_file)])).unwrap();
    let names: Vec<_> = found.attachments.iter().filter_map(|it| it.filename.as_deref()).collect();
    assert_eq!(names, ["Grüße.html", "Übersicht.pdf"]);
}

#[test]
fn a_sender_who_stands_in_a_letter_alone_is_not_believed() {
    let body = data_encoding::BASE64.encode(&letter());
    for (field, expected) in [("To: help@example.com", true), ("From: eve@example.org", false)] {
        let raw = format!("{field}\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n");
        let message = crate::mail::mime::parse(raw.as_bytes());
        assert_eq!(message.from_wrapped, expected, "{field}");
        assert_eq!(message.from.as_ref().is_some_and(|it| it.address == "ann@customer.example"), expected);
        assert_eq!(authenticity::of(&message, &[]).doubt().is_some(), expected);
    }
}

#[test]
fn what_is_none_is_none() {
    assert_eq!(read(b"no file at all"), None);
    assert_eq!(read(&SIGNATURE.to_le_bytes()), Some(Tnef::default()));
}

proptest! {
    #[test]
    fn damage_does_no_harm(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), cut in any::<prop::sample::Index>()) {
        let mut bytes = letter();
        for (place, byte) in damage {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        let total: usize = read(&bytes).iter().flat_map(|it| &it.attachments).map(|it| it.bytes.len()).sum();
        prop_assert!(total <= bytes.len());
    }
}
