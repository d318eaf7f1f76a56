//! Who wrote the mail that somebody forwards: the sender in the head that mail programs put above it, or of a mail that is enclosed as
//! a file. It only reads; whether that sender becomes the requester is judged elsewhere.

use super::{Mailbox, ParsedMessage};

/// Beginnings of subjects of forwarded mail, in the languages of mail programs.
const FORWARDS: [&str; 16] =
    ["fwd:", "fw:", "wg:", "tr:", "rv:", "i:", "enc:", "doorst:", "vs:", "vb:", "pd:", "转发:", "轉寄:", "転送:", "fwd：", "转发："];
/// Labels of the sender in the head of a forwarded mail.
const FROM: [&str; 16] = [
    "from",
    "von",
    "de",
    "van",
    "da",
    "od",
    "från",
    "fra",
    "lähettäjä",
    "差出人",
    "发件人",
    "寄件者",
    "送信者",
    "от",
    "kimden",
    "보낸 사람",
];
/// Lines of a text in which the head is looked for.
const LINES_MAX: usize = 400;

/// The first sender of a forwarded mail; none if it is no forward, or does not say.
pub fn first_sender(message: &ParsedMessage) -> Option<Mailbox> {
    let subject = message.subject.trim_start().to_lowercase();
    let is_marked = FORWARDS.iter().any(|it| subject.starts_with(it));
    if let Some(from) = &message.enclosed_from {
        return Some(from.clone()).filter(|_| is_marked || says_little(&message.text));
    }
    is_marked.then(|| in_text(&message.text)).flatten()
}

/// An enclosed mail with next to nothing beside it is there to be handed on.
fn says_little(text: &str) -> bool {
    text.split_whitespace().count() <= 60
}

/// The first line `From: Rosa <rosa@example.com>` that has an address, as it is or quoted.
fn in_text(text: &str) -> Option<Mailbox> {
    text.lines().take(LINES_MAX).find_map(|line| {
        let line = line.trim_start_matches(['>', ' ', '*', '\u{a0}', '|', '_']);
        let (label, value) = line.split_once([':', '：'])?;
        let label = label.trim_matches(['*', '_', ' ', '\u{a0}']).to_lowercase();
        FROM.contains(&label.as_str()).then(|| mailbox(value)).flatten()
    })
}

/// `Rosa Diaz <rosa@example.com>`, `rosa@example.com (Rosa)`, `"Rosa" [mailto:rosa@example.com]`.
fn mailbox(text: &str) -> Option<Mailbox> {
    let is_part = |c: char| c.is_alphanumeric() || "._%+-'&=#/!$*~^`{|}?".contains(c);
    let at = text.find('@')?;
    let from = text[..at].rfind(|c| !is_part(c)).map_or(0, |it| it + text[it..].chars().next().map_or(1, char::len_utf8));
    let rest = &text[at + 1..];
    let domain = &rest[..rest.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(rest.len())];
    let domain = domain.trim_end_matches(['.', '-']);
    if from == at || !domain.contains('.') {
        return None;
    }
    let name = text[..from]
        .split(['<', '[', '('])
        .next()
        .unwrap_or("")
        .trim_matches(|c: char| c == '"' || c == '\'' || c == '*' || c.is_whitespace());
    let name = if name.to_lowercase().starts_with("mailto") { "" } else { name };
    Some(Mailbox { name: name.to_owned(), address: format!("{}@{domain}", &text[from..at]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sender_is_found_in_what_programs_write() {
        let rosa = |name: &str| Some((name.to_owned(), "rosa@example.com".to_owned()));
        for (subject, text, expected) in [
            (
                "Fwd: Printer",
                "see below\n\n---------- Forwarded message ---------\nFrom: Rosa Diaz <rosa@example.com>\nDate: x",
                rosa("Rosa Diaz"),
            ),
            ("WG: Drucker", "Von: Rosa Diaz [mailto:rosa@example.com]\nGesendet: x", rosa("Rosa Diaz")),
            ("TR: Imprimante", "*De :* \"Rosa Diaz\" <rosa@example.com>", rosa("Rosa Diaz")),
            ("Fw: Printer", "> From: rosa@example.com (Rosa)", rosa("")),
            ("Fwd: Printer", "From: Rosa Diaz", None),
            ("Printer", "From: Rosa Diaz <rosa@example.com>", None),
            ("Re: Printer", "From: Rosa Diaz <rosa@example.com>", None),
            ("转发: 打印机", "发件人：Rosa <rosa@example.com>", rosa("Rosa")),
            ("Fwd: x", "From: @", None),
            ("Fwd: x", "From: é@é", None),
        ] {
            let message = ParsedMessage { subject: subject.into(), text: text.into(), ..ParsedMessage::default() };
            assert_eq!(first_sender(&message).map(|it| (it.name, it.address)), expected, "{subject}: {text}");
        }
    }

    #[test]
    fn an_enclosed_mail_says_who_sent_it() {
        let enclosed_from = Some(Mailbox { name: "Rosa".into(), address: "rosa@example.com".into() });
        let message = ParsedMessage { text: "fyi".into(), enclosed_from: enclosed_from.clone(), ..ParsedMessage::default() };
        assert_eq!(first_sender(&message), enclosed_from);
        let wordy = ParsedMessage { text: "word ".repeat(100), ..message };
        assert_eq!(first_sender(&wordy), None);
    }
}
