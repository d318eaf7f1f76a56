//! What the desk writes: acknowledgements and answers, as plain data with the right threading headers. Sending is the wire's.

use super::{ledger::MailEntry, thread};
use crate::{
    desk::{
        actor::Actor,
        attachments::{self, Attachment},
        identity::Person,
        settings::Settings,
        tickets::{BodyFormat, Comment, Ticket, number},
    },
    error::Result,
    store::Tx,
    text,
};

/// References that are carried along; the first and the newest are kept (RFC 5322 3.6.4).
const REFERENCES_MAX: usize = 20;

/// A mail that is ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Without angle brackets; the same for every attempt.
    pub message_id: String,
    pub from_name: String,
    pub from: String,
    pub to_name: String,
    pub to: String,
    /// Carries the reply token, where the server takes `+`.
    pub reply_to: Option<String>,
    pub subject: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub text: String,
    pub html: String,
    /// What RFC 3834 asks of automatic mail: `auto-replied`; none for what a person wrote.
    pub auto_submitted: Option<&'static str>,
    pub files: Vec<Attachment>,
}

/// What is to be said, and to whom.
#[derive(Debug, Clone, Copy)]
pub enum Occasion<'a> {
    /// The ticket was lodged.
    Acknowledgement,
    /// A public comment was added.
    Answer(&'a Comment),
}

/// Writes the mail; none if the desk has no address to send from.
pub fn compose(tx: &Tx, ticket: &Ticket, to: &Person, occasion: Occasion<'_>, unique: &str) -> Result<Option<Outgoing>> {
    let settings = Settings::of(tx)?;
    let Some(from) = settings.sender().map(str::to_owned) else { return Ok(None) };
    let references = earlier_messages(tx, ticket)?;
    let (text, html) = match occasion {
        Occasion::Acknowledgement => acknowledgement(&settings, ticket, to),
        Occasion::Answer(comment) => answer(tx, &settings, ticket, comment)?,
    };
    let files = match occasion {
        Occasion::Answer(comment) => {
            let all = attachments::of_ticket(tx, &Actor::system("notifier"), ticket)?;
            all.into_iter().filter(|it| it.comment == Some(comment.id) && !it.is_private).collect()
        }
        Occasion::Acknowledgement => Vec::new(),
    };
    Ok(Some(Outgoing {
        message_id: thread::message_id(&settings, ticket, unique),
        from_name: settings.name.clone(),
        from,
        to_name: to.name.clone(),
        to: to.email.clone(),
        reply_to: thread::reply_address(&settings, ticket),
        subject: subject(&settings, ticket),
        in_reply_to: references.last().cloned(),
        references,
        text,
        html,
        auto_submitted: matches!(occasion, Occasion::Acknowledgement).then_some("auto-replied"),
        files,
    }))
}

/// `Re: VPN drops [INC-000123]`: what mail programs thread by, and what people search for.
fn subject(settings: &Settings, ticket: &Ticket) -> String {
    let tag = thread::tag(settings, ticket);
    let title = ticket.title.trim();
    let title = if title.get(..3).is_some_and(|it| it.eq_ignore_ascii_case("re:")) { title.to_owned() } else { format!("Re: {title}") };
    if title.contains(&tag) { title } else { format!("{title} {tag}") }
}

/// The Message-IDs of the mails on this ticket, oldest first.
fn earlier_messages(tx: &Tx, ticket: &Ticket) -> Result<Vec<String>> {
    let mut mails = Vec::from_iter(ticket.mail);
    for comment in tx.scan::<Comment>(&ticket.id)? {
        let comment = comment?;
        if !comment.is_private {
            mails.extend(comment.mail);
        }
    }
    let mut ids = Vec::new();
    for mail in mails {
        ids.extend(tx.get::<MailEntry>(&mail)?.and_then(|it| it.message_id));
    }
    if ids.len() > REFERENCES_MAX {
        let newest = ids.split_off(ids.len() - (REFERENCES_MAX - 1));
        ids.truncate(1);
        ids.extend(newest);
    }
    Ok(ids)
}

fn link(settings: &Settings, ticket: &Ticket) -> Option<String> {
    let number = number::text(settings, ticket.kind, ticket.number);
    settings.base_url.as_deref().map(|it| format!("{it}/tickets/{number}"))
}

fn acknowledgement(settings: &Settings, ticket: &Ticket, to: &Person) -> (String, String) {
    let number = number::text(settings, ticket.kind, ticket.number);
    let mut lines = vec![
        format!("Hello {},", to.name),
        format!("we have your message, and it has the number {number}. Answer to this mail to add something."),
    ];
    if let Some(link) = link(settings, ticket) {
        lines.push(format!("You can follow it here: {link}"));
    }
    lines.push(settings.name.clone());
    let html = lines.iter().map(|it| format!("<p>{}</p>", text::html::escape(it))).collect();
    (lines.join("\n\n") + "\n", html)
}

fn answer(tx: &Tx, settings: &Settings, ticket: &Ticket, comment: &Comment) -> Result<(String, String)> {
    let author = match comment.author {
        Some(id) => tx.get::<Person>(&id)?.map(|it| it.name),
        None => None,
    };
    let number = number::text(settings, ticket.kind, ticket.number);
    let signed = format!("{}\n{} · {number}", author.unwrap_or_else(|| settings.name.clone()), settings.name);
    let below = link(settings, ticket).map(|it| format!("\n{it}")).unwrap_or_default();
    let said = match (comment.format, &comment.html) {
        (_, Some(html)) => html.clone(),
        (BodyFormat::Markdown, None) => text::markdown::to_html(&comment.body).html,
        (BodyFormat::Plain, None) => format!("<p>{}</p>", text::html::escape(&comment.body).replace('\n', "<br>")),
    };
    let foot = text::html::escape(&format!("{signed}{below}")).replace('\n', "<br>");
    Ok((format!("{}\n\n-- \n{signed}{below}\n", comment.body.trim_end()), format!("{said}<p>-- <br>{foot}</p>")))
}
