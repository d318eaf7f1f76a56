//! Raw mails of every sort that a desk gets: new, answers by token, reference and subject, repeats, answers of machines, reports of
//! failed delivery, the desk's own mail come back, and bytes that are no mail.

use lodge::{
    desk::{
        mail::{ledger::MailEntry, thread},
        settings::Settings,
        tickets::{Ticket, number},
    },
    id::TicketId,
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

pub const DESK: &str = "desk@lodge.example";

/// What must become of a mail if its ticket lives, nobody sent the same before, and its sender is a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Created,
    Appended(TicketId),
    /// Created, with the ticket that the subject names beside it.
    Suggested(TicketId),
    Ignored,
    Quarantined,
    /// Anything, as long as it is something.
    Anything,
}

pub struct Letter {
    pub raw: Vec<u8>,
    pub fate: Fate,
}

/// What letters are made of.
pub struct Desk<'a> {
    pub settings: &'a Settings,
    pub tickets: &'a [&'a Ticket],
    pub mails: &'a [&'a MailEntry],
    pub people: &'a [String],
}

fn letter(from: &str, to: &str, subject: &str, id: &str, more: &str, body: &str) -> Vec<u8> {
    format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n{more}\r\n{body}\r\n").into_bytes()
}

pub fn write(rng: &mut StdRng, desk: &Desk<'_>) -> Letter {
    let id = format!("{:016x}@somewhere.example", rng.random::<u64>());
    let body = format!("It hums again, {}.", rng.random::<u32>());
    let from = match rng.random_bool(0.7) {
        true => desk.people.choose(rng).cloned().unwrap_or_default(),
        false => format!("stranger{}@far.example", rng.random_range(0..40)),
    };
    let plain = |fate, to: &str, subject: &str, more: &str| Letter { raw: letter(&from, to, subject, &id, more, &body), fate };
    let Some(ticket) = desk.tickets.choose(rng) else { return plain(Fate::Created, DESK, "Printer", "") };
    // What the line garbled is no id that anybody could refer to.
    let is_whole = |id: &String| !id.contains(|it: char| it == '<' || it == '>' || it.is_whitespace() || it.is_control());
    let known = desk.mails.choose(rng).and_then(|it| Some((it.message_id.clone().filter(is_whole)?, it.ticket)));
    match rng.random_range(0..12) {
        0..3 => plain(Fate::Created, DESK, "Printer hums", ""),
        3 => {
            let to = thread::reply_address(desk.settings, ticket).unwrap_or_default();
            plain(Fate::Appended(ticket.id), &to, "Re: something", "")
        }
        4 => {
            let sent = thread::message_id(desk.settings, ticket, &format!("{:08x}", rng.random::<u32>()));
            plain(Fate::Appended(ticket.id), DESK, "Re: something", &format!("In-Reply-To: <{sent}>\r\n"))
        }
        5 => match known {
            Some((id, Some(ticket))) => plain(Fate::Appended(ticket), DESK, "Re: something", &format!("References: <{id}>\r\n")),
            _ => plain(Fate::Created, DESK, "No reference", ""),
        },
        6..8 => {
            let named = number::text(desk.settings, ticket.kind, ticket.number);
            // Whether it is appended depends on whether the sender takes part.
            plain(Fate::Suggested(ticket.id), DESK, &format!("Re: [{named}] hums"), "")
        }
        8 => plain(Fate::Quarantined, DESK, "Out of office", "Auto-Submitted: auto-replied\r\n"),
        9 => {
            let sent = thread::message_id(desk.settings, ticket, "0011223344");
            let to = thread::reply_address(desk.settings, ticket).unwrap_or_default();
            let more = format!("Auto-Submitted: auto-replied\r\nIn-Reply-To: <{sent}>\r\n");
            plain(Fate::Appended(ticket.id), &to, "Automatic reply", &more)
        }
        10 => Letter { raw: letter(DESK, "somebody@far.example", "Re: ours", &id, "", &body), fate: Fate::Ignored },
        _ => {
            let mut raw = match rng.random_bool(0.5) {
                true => include_bytes!("../../mail/bounce.eml").to_vec(),
                false => letter(&from, DESK, "Broken", &id, "Content-Type: multipart/mixed; boundary=x\r\n", &body),
            };
            for _ in 0..rng.random_range(0..20) {
                let at = rng.random_range(0..raw.len());
                raw[at] = rng.random();
            }
            raw.truncate(rng.random_range(0..=raw.len()));
            Letter { raw, fate: Fate::Anything }
        }
    }
}
