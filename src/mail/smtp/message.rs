//! A composed mail as bytes (RFC 5322, MIME): text and HTML side by side, files after them. Names and subjects are encoded where they
//! need to be (RFC 2047, 2231), and no line is longer than a server takes.

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use crate::desk::mail::compose::{Named, Outgoing};

/// A file of a mail, with its bytes.
#[derive(Debug, Clone)]
pub struct File {
    pub filename: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
    /// The id by which the HTML shows it, without brackets; none: it stands beside the text.
    pub content_id: Option<String>,
}

/// The address as servers take it: its domain in ASCII (RFC 5891). Letters before the `@` stay, for a server that takes them.
pub(super) fn wire_address(text: &str) -> Result<Address, String> {
    let fault = || format!("`{text}` is not an address to send to");
    let (local, domain) = text.rsplit_once('@').ok_or_else(fault)?;
    let domain = if domain.is_ascii() { domain.to_owned() } else { idna::domain_to_ascii(domain).map_err(|_| fault())? };
    Address::new(local, domain).map_err(|it| format!("{}: {it}", fault()))
}

fn named(it: &Named) -> Result<Mailbox, String> {
    let name = it.name.replace(char::is_control, " ");
    Ok(Mailbox::new(Some(name).filter(|it| !it.trim().is_empty()), wire_address(&it.address)?))
}

/// A header that is ASCII on one line.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}

/// The mail as bytes. What cannot be written never will be: why, in words.
pub fn build(mail: &Outgoing, files: Vec<File>) -> Result<Vec<u8>, String> {
    let from = named(&Named { name: mail.from_name.clone(), address: mail.from.clone() })?;
    // The envelope is not the message's: who gets it is said to the server.
    let envelope = Envelope::new(None, vec![from.email.clone()]).map_err(|it| it.to_string())?;
    let subject =
        mail.subject.split(|it: char| it.is_control() || it.is_whitespace()).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    let mut message =
        Message::builder().envelope(envelope).from(from.clone()).subject(subject).message_id(Some(format!("<{}>", mail.message_id)));
    for it in &mail.to {
        message = message.to(named(it)?);
    }
    for it in &mail.cc {
        message = message.cc(named(it)?);
    }
    if let Some(it) = &mail.reply_to {
        message = message.reply_to(Mailbox::new(from.name, wire_address(it)?));
    }
    if let Some(it) = mail.in_reply_to.as_deref().and_then(message_id) {
        message = message.in_reply_to(it);
    }
    let list: Vec<_> = mail.references.iter().filter_map(|it| message_id(it)).collect();
    if !list.is_empty() {
        // Folded by hand: one id may be as long as a line.
        message = message.raw_header(header("References", &list.join("\r\n ")));
    }
    if let Some(it) = mail.auto_submitted {
        // Exchange heeds the second: our automatic mail asks for no automatic answer. `All` would keep back delivery reports as well.
        let unwanted = header("X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN");
        message = message.raw_header(header("Auto-Submitted", it)).raw_header(unwanted);
    }
    if let Some(it) = mail.unsubscribe.as_deref().filter(|it| it.bytes().all(|it| it.is_ascii_graphic())) {
        message = message.raw_header(header("List-Unsubscribe", &format!("<{it}>")));
        message = message.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let (shown, beside): (Vec<File>, Vec<File>) = files.into_iter().partition(|it| it.content_id.is_some());
    let mut body =
        MultiPart::alternative().singlepart(SinglePart::plain(mail.text.clone())).singlepart(SinglePart::html(mail.html.clone()));
    if !shown.is_empty() {
        // Around both texts, as Outlook and Gmail write it themselves: each program then finds the pictures of the HTML beside it.
        body = shown.into_iter().try_fold(related()?.multipart(body), |all, it| part(it).map(|it| all.singlepart(it)))?;
    }
    if !beside.is_empty() {
        body = beside.into_iter().try_fold(MultiPart::mixed().multipart(body), |all, it| part(it).map(|it| all.singlepart(it)))?;
    }
    let built = message.multipart(body);
    built.map(|it| it.formatted()).map_err(|it| it.to_string())
}

/// Says what its first part is, as RFC 2387 3.1 wants.
fn related() -> Result<MultiPart, String> {
    let mut it = MultiPart::related().build();
    let kind = format!("multipart/related; type=\"multipart/alternative\"; boundary=\"{}\"", it.boundary());
    it.headers_mut().set(ContentType::parse(&kind).map_err(|it| it.to_string())?);
    Ok(it)
}

fn part(file: File) -> Result<SinglePart, String> {
    let kind = ContentType::parse(&file.content_type).or_else(|_| ContentType::parse("application/octet-stream"));
    let kind = kind.map_err(|it| it.to_string())?;
    let how = match file.content_id {
        Some(id) => Attachment::new_inline_with_name(id, file.filename),
        None => Attachment::new(file.filename),
    };
    Ok(how.body(file.bytes, kind))
}

/// A Message-ID of somebody else in its brackets; none if it could break the header.
fn message_id(text: &str) -> Option<String> {
    let fine = text.len() <= 900 && text.bytes().all(|it| it.is_ascii_graphic() && it != b'<' && it != b'>');
    fine.then(|| format!("<{text}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::desk::mail::compose::Envelope;

    fn mail() -> Outgoing {
        let named = |name: &str, address: &str| Named { name: name.into(), address: address.into() };
        Outgoing {
            message_id: "abc.inc1-0@example.com".into(),
            from_name: "Größe & Söhne".into(),
            from: "help@example.com".into(),
            to: vec![named("Zoë", "zoe@bücher.example")],
            cc: vec![named("", "b@example.org")],
            recipients: ["zoe@bücher.example", "b@example.org", "hidden@example.org"]
                .map(|it| Envelope { address: it.into(), return_path: None })
                .into(),
            reply_to: Some("help+inc1-0@example.com".into()),
            subject: "Re: Ünïcode\r\nBcc: evil@example.org".into(),
            in_reply_to: Some("one@example.org".into()),
            references: (0..30).map(|it| format!("{it}-{}@example.org", "x".repeat(60))).collect(),
            text: format!("Grüße\n{}", "long ".repeat(400)),
            html: "<p>Grüße</p>".into(),
            auto_submitted: Some("auto-generated"),
            unsubscribe: Some("https://desk.example.com/stop/x".into()),
            ..Outgoing::default()
        }
    }

    #[test]
    fn what_comes_out_is_ascii_in_lines_and_says_what_was_meant() {
        let file = File {
            filename: "Übersicht 2026.pdf".into(),
            content_type: "application/pdf".into(),
            bytes: vec![0, 255, 10],
            content_id: None,
        };
        let bytes = build(&mail(), vec![file]).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.is_ascii() && text.lines().all(|it| it.len() <= 998), "lines");
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|it| it.starts_with("Bcc:")) && !text.contains("hidden@"));
        assert!(head.contains("xn--bcher-kva.example") && head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
        assert!(head.contains("MIME-Version: 1.0") && head.contains("Message-ID: <abc.inc1-0@example.com>"));
        assert!(head.contains("Auto-Submitted: auto-generated") && head.lines().any(|it| it.starts_with("Date: ")), "{head}");
        let parsed = crate::mail::mime::parse(&bytes);
        assert_eq!(parsed.subject, "Re: Ünïcode Bcc: evil@example.org");
        assert_eq!(parsed.from.unwrap().name, "Größe & Söhne");
        assert_eq!(parsed.references.len(), 30);
        assert_eq!(parsed.attachments[0].filename.as_deref(), Some("Übersicht 2026.pdf"));
        assert!(parsed.text.starts_with("Grüße"));
    }

    #[test]
    fn pictures_stand_in_the_text_and_files_beside_it() {
        let file = |filename: &str, content_type: &str, content_id: Option<&str>| File {
            filename: filename.into(),
            content_type: content_type.into(),
            bytes: vec![1, 2, 3],
            content_id: content_id.map(str::to_owned),
        };
        let (shown, beside) = (file("a b.png", "image/png", Some("7.picture@example.com")), file("log.txt", "text/plain", None));
        for (files, expected) in [
            (vec![], "multipart/alternative"),
            (vec![beside.clone()], "multipart/mixed > multipart/alternative"),
            (vec![shown.clone()], "multipart/related > multipart/alternative"),
            (vec![beside, shown], "multipart/mixed > multipart/related > multipart/alternative"),
        ] {
            let count = files.len();
            let html = "<p>Look: <img src=\"cid:7.picture@example.com\"></p>".to_owned();
            let bytes = build(&Outgoing { html, ..mail() }, files).unwrap();
            let text = String::from_utf8(bytes.clone()).unwrap();
            let unfolded = text.replace("\r\n ", " ");
            let kinds: Vec<&str> = unfolded.lines().filter_map(|it| it.strip_prefix("Content-Type: multipart/")).collect();
            let kinds: Vec<String> = kinds.iter().map(|it| format!("multipart/{}", it.split(';').next().unwrap_or_default())).collect();
            assert_eq!(kinds.join(" > "), expected);
            let parsed = crate::mail::mime::parse(&bytes);
            assert_eq!(parsed.attachments.len(), count);
            assert!(parsed.text.starts_with("Grüße"));
            if !expected.contains("related") {
                continue;
            }
            assert!(unfolded.contains("multipart/related; type=\"multipart/alternative\"; boundary="), "{text}");
            assert!(text.contains("Content-ID: <7.picture@example.com>") && text.contains("Content-Disposition: inline"), "{text}");
            let picture = parsed.attachments.iter().find(|it| it.inline).unwrap();
            assert_eq!((picture.filename.as_deref(), picture.content_id.as_deref()), (Some("a b.png"), Some("7.picture@example.com")));
            assert!(parsed.html.unwrap().contains("data-cid=\"7.picture@example.com\""));
        }
    }

    #[test]
    fn what_a_person_wrote_is_not_automatic() {
        let it = Outgoing { auto_submitted: None, unsubscribe: None, references: vec!["a\r\nX: y@b".into()], ..mail() };
        let text = String::from_utf8(build(&it, Vec::new()).unwrap()).unwrap();
        for absent in ["Auto-Submitted", "X-Auto-Response", "List-Unsubscribe", "Precedence", "X: y"] {
            assert!(!text.contains(absent), "{absent}");
        }
    }

    #[test]
    fn addresses_that_cannot_be_written_say_so() {
        for text in ["nobody", "a b@example.org", "@example.org", "a@"] {
            assert!(wire_address(text).is_err(), "{text}");
        }
        assert_eq!(wire_address("a@bücher.example").unwrap().to_string(), "a@xn--bcher-kva.example");
    }
}
