//! What the desk writes: a letter of the outbox as plain data with the right headers, made from the ticket when it is sent. Sending is
//! the wire's.

use super::{
    frame::{self, Framed, Quote},
    gathered,
    ledger::MailEntry,
    occasion::Occasion,
    outbox::{self, Letter, Line, Recipient, RecipientState},
    sending::SendingRules,
    signature::{self, Voice},
    stop::{Stop, What},
    templates::{self, Body, TemplateText, Values},
    third_party, thread,
};
use crate::desk::features::{self, Feature};
use crate::{
    desk::{
        attachments::{
            self, Attachment, Scan,
            pictures::{Pictures, is_drawn, mark},
        },
        closing,
        duplicates::outage,
        identity::Person,
        queues::Queue,
        satisfaction::SurveyLink,
        settings::Settings,
        tickets::{BodyFormat, Category, Comment, Ticket, lifecycle::Lifecycle, number},
    },
    error::{Code, Refusal, Result},
    id::{CommentId, PersonId},
    language::say,
    limits,
    store::Tx,
    text,
    time::Instant,
};

/// References that are carried along; the first and the newest are kept (RFC 5322 3.6.4).
const REFERENCES_MAX: usize = 20;

/// Somebody in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub address: String,
}

/// One who gets a mail, and what no other recipient sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    pub address: String,
    /// Where reports about this copy go; none: nowhere (`<>`).
    pub return_path: Option<String>,
}

/// A mail that is ready to be sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outgoing {
    /// Without angle brackets; the same for every attempt.
    pub message_id: String,
    pub from_name: String,
    pub from: String,
    pub to: Vec<Named>,
    pub cc: Vec<Named>,
    /// Who it goes to by this attempt: of those above and of hidden ones.
    pub recipients: Vec<Envelope>,
    /// Carries the reply token, where the server takes `+`.
    pub reply_to: Option<String>,
    pub subject: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub text: String,
    pub html: String,
    /// What RFC 3834 asks of automatic mail; none for what a person wrote.
    pub auto_submitted: Option<&'static str>,
    /// Where whoever gets it stops such mails with one click (RFC 8058).
    pub unsubscribe: Option<String>,
    pub files: Vec<Enclosed>,
}

/// A file that goes along.
#[derive(Debug, Clone, PartialEq)]
pub struct Enclosed {
    pub file: Attachment,
    /// Whether it goes along even if nothing shows it.
    pub goes: bool,
    /// The id by which the HTML shows it; none: it stands beside the text.
    pub content_id: Option<String>,
}

/// Everything that a letter of a ticket is written from.
struct Writing<'a> {
    tx: &'a Tx,
    settings: &'a Settings,
    rules: &'a SendingRules,
    ticket: &'a Ticket,
    letter: &'a Letter,
    voice: Voice,
    language: &'static str,
    comment: Option<Comment>,
}

/// Writes the letter; none if there is nothing to say any more. Refused while the desk has no address to write from.
pub fn compose(tx: &Tx, letter: &Letter) -> Result<Option<Outgoing>> {
    let (settings, rules) = (Settings::of(tx)?, SendingRules::of(tx)?);
    let ticket = match (letter.ticket, &letter.gathered) {
        (Some(it), _) => it,
        (None, Some(it)) => return gathered::compose(tx, &settings, &rules, letter, it),
        (None, None) => return test(tx, &settings, &rules, letter),
    };
    let Some(ticket) = tx.get::<Ticket>(&ticket)?.filter(|it| it.deleted_at.is_none()) else { return Ok(None) };
    let voice = signature::voice(tx, &settings, ticket.queue)?.ok_or_else(no_address)?;
    let person = person(tx, letter.person)?;
    let language = language_of(&rules, letter, person.as_ref());
    let comment = match letter.comment {
        Some(id) => match tx.get::<Comment>(&(ticket.id, id))?.filter(|it| it.withdrawn_at.is_none()) {
            Some(it) => Some(it),
            None => return Ok(None),
        },
        None => None,
    };
    let it = Writing { tx, settings: &settings, rules: &rules, ticket: &ticket, letter, voice, language, comment };
    it.write(person.as_ref()).map(Some)
}

/// It may well have one again, so the letter waits.
pub(in crate::desk) fn no_address() -> Refusal {
    Refusal::new(Code::Conflict, say!("refused-desk-no-mail-address-2"))
}

fn person(tx: &Tx, id: Option<PersonId>) -> Result<Option<Person>> {
    Ok(id.map(|id| tx.get::<Person>(&id)).transpose()?.flatten())
}

/// The person's language if it is known, else the desk's.
pub(in crate::desk) fn language_of(rules: &SendingRules, letter: &Letter, person: Option<&Person>) -> &'static str {
    let own = letter.language.as_deref().or(person.and_then(|it| it.locale.as_deref()));
    own.and_then(templates::language).or_else(|| templates::language(&rules.language)).unwrap_or("en")
}

pub(in crate::desk) fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

impl Writing<'_> {
    fn write(&self, person: Option<&Person>) -> Result<Outgoing> {
        let (ticket, letter, settings) = (self.ticket, self.letter, self.settings);
        let values = self.values(person)?;
        let (text, _) = templates::text(self.tx, letter.occasion, self.language)?;
        let mut files = self.files()?;
        let mut block = self.comment.as_ref().map(|it| self.said_with_pictures(it, &mut files));
        files.retain(|it| it.goes || it.content_id.is_some());
        let left_out = self.without_too_large(&mut files)?;
        if let Some(block) = block.as_mut().filter(|_| !left_out.is_empty()) {
            let line = format!("{} {}", templates::words(self.language).too_large, left_out.join(", "));
            block.html.push_str(&format!("<p>{}</p>", text::html::escape(&line)));
            block.text.push_str(&format!("\n\n{line}"));
        }
        let body = rendered(letter.occasion, self.language, &text, &values, block.as_ref().filter(|_| letter.occasion.has_message()));
        let forward = letter.occasion == Occasion::Forward;
        let references = if forward { Vec::new() } else { earlier_messages(self.tx, ticket, letter)? };
        let stop = Stop::of(letter).and_then(|it| Some((it.what, it.address(settings)?)));
        let link = (!forward).then(|| link(settings, ticket)).flatten();
        let words = templates::words(self.language);
        let framed = Framed {
            language: self.language,
            brand: &settings.name,
            subject: &letter.subject,
            signature: self.signature(&values),
            body,
            link: link.as_deref().map(|it| (words.open, it)),
            survey: self.survey(&words),
            quote: if self.rules.quotes && !forward { self.quote(&words)? } else { None },
            foot: self.foot(&words, stop.as_ref()),
            mark: format!("lodge-message-{}", letter.comment.map_or(letter.id.0, |it| it.0).simple()),
        };
        let named = |line: Line| {
            let list = letter.recipients.iter().filter(|it| it.line == line);
            list.map(|it| Named { name: it.name.clone(), address: it.address.clone() }).collect()
        };
        let reply_to = with_token(settings, &self.voice.reply_to, &self.token());
        Ok(Outgoing {
            message_id: letter.message_id.clone(),
            from_name: self.voice.name.clone(),
            from: self.voice.address.clone(),
            to: named(Line::To),
            cc: named(Line::Cc),
            recipients: letter.open().map(|it| Envelope { address: it.address.clone(), return_path: self.return_path(it) }).collect(),
            reply_to: Some(reply_to).filter(|it| *it != self.voice.address),
            subject: letter.subject.clone(),
            in_reply_to: references.last().cloned(),
            references,
            text: frame::text(&framed),
            html: frame::html(&framed),
            auto_submitted: letter.occasion.auto_submitted(),
            unsubscribe: stop.map(|it| it.1),
            files,
        })
    }

    /// The question how it was, in the mail that says that it is solved, to whom it was solved for. The link is made anew with each attempt.
    fn survey(&self, words: &templates::Words) -> Option<(&'static str, Vec<(String, String)>)> {
        if !features::is_on(self.tx, Feature::Satisfaction).unwrap_or(true) {
            return None;
        }
        let rules = &self.settings.survey;
        let says_solved = match self.letter.occasion {
            Occasion::Resolved => true,
            Occasion::OutageOver => is_solved(self.ticket),
            _ => false,
        };
        if !says_solved || self.letter.person != Some(self.ticket.requester) || !rules.asks_about(self.ticket) {
            return None;
        }
        let address = SurveyLink::of(self.ticket.id, self.ticket.requester, self.tx.now()).address(self.settings)?;
        Some((words.how_was_it, survey_answers(rules.stars, words, &address)))
    }

    fn token(&self) -> String {
        if self.letter.occasion == Occasion::Forward {
            third_party::token(self.settings, self.ticket)
        } else {
            thread::token(self.settings, self.ticket)
        }
    }

    /// Reports come home by the token of the copy, except those of acknowledgements where the desk wants none at all.
    fn return_path(&self, to: &Recipient) -> Option<String> {
        let nowhere = self.letter.occasion == Occasion::Acknowledgement && self.rules.null_return_path;
        let of_ticket = || with_token(self.settings, &self.voice.address, &self.token());
        (!nowhere).then(|| own_return_path(self.settings, &self.voice.address, to).unwrap_or_else(of_ticket))
    }

    fn values(&self, person: Option<&Person>) -> Result<Values> {
        values(self.tx, self.settings, self.ticket, self.letter.occasion, self.comment.as_ref(), person)
    }

    /// What the queue or the desk has below its mails; without one, who speaks and for whom.
    fn signature(&self, values: &Values) -> Option<Body> {
        let usual = if self.letter.occasion.has_message() { "{{ agent.name }}\n{{ desk.name }}" } else { "{{ desk.name }}" };
        let source = if self.voice.signature.trim().is_empty() { usual } else { &self.voice.signature };
        templates::body(source, values, None)
    }

    /// The message that stands before the one that is said; for a reminder, the desk's own last word.
    fn quote(&self, words: &templates::Words) -> Result<Option<Quote>> {
        let reminder = self.letter.occasion == Occasion::Reminder;
        if self.comment.is_none() && !reminder {
            return Ok(None);
        }
        let before: Option<CommentId> = self.comment.as_ref().map(|it| it.id);
        let mut last: Option<Comment> = None;
        for it in self.tx.scan::<Comment>(&self.ticket.id)? {
            let it = it?;
            if Some(it.id) == before {
                break;
            }
            if !it.is_private && !it.automatic {
                last = Some(it);
            }
        }
        let (author, at, said) = match last {
            Some(it) => (it.author, it.created_at, said(&it)),
            None => {
                let it = self.ticket;
                let html = html_of(&it.description, it.description_format, it.description_html.as_deref());
                (Some(it.requester), it.created_at, Body { text: it.description.clone(), html })
            }
        };
        if said.text.trim().is_empty() || said.html.len() > limits::QUOTED_BYTES_MAX || said.text.len() > limits::QUOTED_BYTES_MAX {
            return Ok(None);
        }
        let name = person(self.tx, author)?.map_or_else(|| self.settings.name.clone(), |it| it.name);
        let intro = words.wrote.replace("{date}", &date(self.settings, words, at)).replace("{name}", &name);
        Ok(Some(Quote { intro, said }))
    }

    fn foot(&self, words: &templates::Words, stop: Option<&(What, String)>) -> Vec<(String, Option<String>)> {
        let number = number::text(self.settings, self.ticket.kind, self.ticket.number);
        let mut foot = vec![(format!("{} · {number}", self.settings.name), None)];
        match stop {
            Some((What::Copies, address)) => {
                foot.push((words.follows.to_owned(), None));
                foot.push((words.stop_copies.to_owned(), Some(address.clone())));
            }
            Some((What::Reminders, address)) => foot.push((words.stop_reminders.to_owned(), Some(address.clone()))),
            None => {}
        }
        foot
    }

    /// What the comment says, with its pictures in their places; files that are shown so are marked as such.
    fn said_with_pictures(&self, comment: &Comment, files: &mut [Enclosed]) -> Body {
        let plain = files.iter().map(|it| it.file.clone()).collect::<Vec<_>>();
        let all: Vec<&Attachment> = plain.iter().collect();
        let pictures = Pictures { files: &all, of: Some(comment.id) };
        let domain = self.voice.address.rsplit_once('@').map_or("localhost", |it| it.1);
        let html = match (comment.format, &comment.html) {
            (BodyFormat::Markdown, None) => pictures.markdown(&comment.body),
            _ => said(comment).html,
        };
        let html = pictures.placed(&html, |it| {
            let file = files.iter_mut().find(|file| file.file.id == it.id).filter(|it| is_drawn(&it.file.content_type))?;
            let id = file.content_id.get_or_insert_with(|| format!("{}@{domain}", mark(it.id)));
            Some(format!("cid:{id}"))
        });
        Body { text: comment.body.clone(), html }
    }

    /// Leaves out what is too much for a mail, and gives its names; and what a virus scanner found something in. What it has not looked
    /// at yet keeps the letter waiting.
    fn without_too_large(&self, files: &mut Vec<Enclosed>) -> Result<Vec<String>> {
        let (mut left_out, mut bytes, mut kept) = (Vec::new(), 0, Vec::new());
        for it in std::mem::take(files) {
            match attachments::scan(self.tx, it.file.blob)? {
                Some(Scan::Waiting) => return Err(Refusal::new(Code::Conflict, say!("refused-file-waits", file = it.file.filename)).into()),
                Some(Scan::Infected(_)) => continue,
                _ => {}
            }
            if kept.len() < limits::LETTER_FILES_MAX && bytes + it.file.size <= limits::LETTER_FILE_BYTES_MAX {
                bytes += it.file.size;
                kept.push(it);
            } else {
                left_out.push(it.file.filename);
            }
        }
        *files = kept;
        Ok(left_out)
    }

    /// The files of the comment, those that were chosen to go along, and those of the ticket itself, which a text may show.
    fn files(&self) -> Result<Vec<Enclosed>> {
        let Some(comment) = &self.comment else { return Ok(Vec::new()) };
        let chosen = comment.addressed.as_ref().map(|it| it.files.as_slice()).unwrap_or_default();
        let forward = self.letter.occasion == Occasion::Forward;
        let mut files = Vec::new();
        for it in self.tx.scan::<Attachment>(&self.ticket.id)? {
            let it = it?;
            let goes = it.comment == Some(comment.id) || chosen.contains(&it.id);
            if (goes || it.comment.is_none()) && (forward || !it.is_private) {
                files.push(Enclosed { file: it, goes, content_id: None });
            }
        }
        Ok(files)
    }
}

/// What may be answered, and where each answer leads. Nothing is answered by following one: the page asks once more.
fn survey_answers(stars: bool, words: &templates::Words, address: &str) -> Vec<(String, String)> {
    let to = |score: &str| format!("{address}?score={score}");
    if stars {
        return (1..=5).map(|it| (format!("{it} ★"), to(&it.to_string()))).collect();
    }
    vec![(words.good.to_owned(), to("good")), (words.bad.to_owned(), to("bad"))]
}

/// What a comment says, in both forms.
fn said(comment: &Comment) -> Body {
    Body { text: comment.body.clone(), html: html_of(&comment.body, comment.format, comment.html.as_deref()) }
}

fn html_of(body: &str, format: BodyFormat, html: Option<&str>) -> String {
    match (format, html) {
        (_, Some(html)) => html.to_owned(),
        (BodyFormat::Markdown, None) => text::markdown::to_html(body).html,
        (BodyFormat::Plain, None) => format!("<p>{}</p>", text::html::escape(body).replace("\r\n", "\n").replace('\n', "<br>")),
    }
}

fn date(settings: &Settings, words: &templates::Words, at: Instant) -> String {
    let zone = jiff::tz::TimeZone::get(&settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.timestamp().to_zoned(zone).strftime(words.date).to_string()
}

/// Where reports about this one copy come home to, if it has a token of its own.
pub(in crate::desk) fn own_return_path(settings: &Settings, address: &str, to: &Recipient) -> Option<String> {
    to.token.as_deref().map(|it| with_token(settings, address, &outbox::tag(it)))
}

/// `desk+token@example.com`, where the desk's addresses may carry one.
fn with_token(settings: &Settings, address: &str, token: &str) -> String {
    match address.rsplit_once('@').filter(|_| settings.plus_addresses) {
        Some((local, domain)) => format!("{local}+{token}@{domain}"),
        None => address.to_owned(),
    }
}

/// The text of an occasion; a desk's own that cannot be written any more gives way to the built-in one.
pub(in crate::desk) fn rendered(occasion: Occasion, language: &str, text: &TemplateText, values: &Values, block: Option<&Body>) -> Body {
    templates::body(&text.body, values, block)
        .or_else(|| templates::body(&templates::built_in(occasion, language).body, values, block))
        .unwrap_or_default()
}

/// What the placeholders of a letter stand for: everything that any template may name.
fn values(
    tx: &Tx,
    settings: &Settings,
    ticket: &Ticket,
    occasion: Occasion,
    comment: Option<&Comment>,
    person: Option<&Person>,
) -> Result<Values> {
    let agent = comment.and_then(|it| it.author).or(match occasion {
        Occasion::LodgedForYou => ticket.created_by,
        _ => ticket.assignee,
    });
    let agent = self::person(tx, agent)?.map_or_else(|| settings.name.clone(), |it| it.name);
    let queue = ticket.queue.map(|id| tx.get_shared::<Queue>(&id)).transpose()?.flatten();
    let lifecycle = Lifecycle::of(tx, ticket.kind)?;
    let status = lifecycle.state(&ticket.state).map_or_else(|| ticket.state.clone(), |it| it.label.clone());
    let name = person.map_or("", |it| it.name.as_str());
    let (mut values, rules) = (Values::default(), SendingRules::of(tx)?);
    values
        .set("desk.name", &settings.name)
        .set("desk.url", settings.base_url.clone().unwrap_or_default())
        .set("ticket.number", number::text(settings, ticket.kind, ticket.number))
        .set("ticket.title", ticket.title.trim())
        .set("ticket.status", status)
        .set("ticket.priority", format!("P{}", ticket.priority))
        .set("ticket.url", link(settings, ticket).unwrap_or_default())
        .set("person.name", name)
        .set("person.first_name", first_name(name))
        .set("agent.name", &agent)
        .set("agent.first_name", first_name(&agent))
        .set("queue.name", queue.map_or_else(|| settings.name.clone(), |it| it.name.clone()))
        .set("days", rules.reminder_days.to_string());
    if occasion.is_about_targets() {
        let escalated = ticket.targets.as_ref().and_then(|it| it.escalated.as_ref());
        values.set("ticket.targets", targets(tx, settings, ticket, person)?);
        values.set("ticket.escalation", escalated.map_or_else(String::new, |it| it.reason.clone()));
    }
    if occasion == Occasion::ClosingSoon {
        let language = person.and_then(|it| it.locale.as_deref()).and_then(templates::language).unwrap_or("en");
        let at = closing::closes_at(tx, ticket.id)?;
        values.set("ticket.closes_on", at.map_or_else(String::new, |it| date(settings, &templates::words(language), it)));
    }
    if matches!(occasion, Occasion::Outage | Occasion::OutageOver) {
        values.set("outage.message", outage::said_of(tx, ticket)?);
    }
    if occasion == Occasion::OutageOver {
        let own = person.and_then(|it| it.locale.as_deref()).and_then(templates::language);
        let language = own.or_else(|| templates::language(&rules.language)).unwrap_or("en");
        values.set("outage.solved", if is_solved(ticket) { templates::words(language).solved_with_it } else { "" });
    }
    Ok(values)
}

/// An outage can be over while a ticket of it is not.
fn is_solved(ticket: &Ticket) -> bool {
    matches!(ticket.category, Category::Resolved | Category::Closed)
}

/// The targets of a ticket that are open, one sentence each, in the person's language.
fn targets(tx: &Tx, settings: &Settings, ticket: &Ticket, person: Option<&Person>) -> Result<String> {
    let rules = SendingRules::of(tx)?;
    let own = person.and_then(|it| it.locale.as_deref());
    let language = own.and_then(templates::language).or_else(|| templates::language(&rules.language)).unwrap_or("en");
    let words = templates::words(language);
    let zone = jiff::tz::TimeZone::get(&settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let now = tx.now();
    let clocks = ticket.targets.iter().flat_map(|it| &it.clocks).filter(|it| it.is_open());
    let lines = clocks.filter_map(|it| {
        let due = it.due_at?;
        let at = due.timestamp().to_zoned(zone.clone()).strftime(words.date).to_string();
        Some(format!("{}: {} {at}", templates::target_name(it.target, language), templates::due_word(due <= now, language)))
    });
    Ok(lines.collect::<Vec<_>>().join("  \n"))
}

/// The subject of a letter to this person: what the template says, once `Re:`, and with the ticket's number.
pub fn subject(
    tx: &Tx,
    settings: &Settings,
    ticket: &Ticket,
    occasion: Occasion,
    comment: Option<&Comment>,
    person: Option<&Person>,
) -> Result<String> {
    let rules = SendingRules::of(tx)?;
    let own = person.and_then(|it| it.locale.as_deref());
    let language = own.and_then(templates::language).or_else(|| templates::language(&rules.language)).unwrap_or("en");
    let values = values(tx, settings, ticket, occasion, comment, person)?;
    let (text, _) = templates::text(tx, occasion, language)?;
    let built_in = templates::built_in(occasion, language).subject;
    let said = templates::line(&text.subject, &values).or_else(|| templates::line(&built_in, &values)).unwrap_or_default();
    Ok(tagged(settings, ticket, &said))
}

/// With the ticket's number, and with one `Re:` at most.
pub fn tagged(settings: &Settings, ticket: &Ticket, subject: &str) -> String {
    let mut subject = subject.trim();
    let is_re = |it: &str| it.get(..3).is_some_and(|it| it.eq_ignore_ascii_case("re:"));
    while is_re(subject) && is_re(subject[3..].trim_start()) {
        subject = subject[3..].trim_start();
    }
    let tag = thread::tag(settings, ticket);
    if subject.contains(&tag) { subject.to_owned() } else { format!("{subject} {tag}") }
}

/// The Message-IDs of the mails on this ticket that its requester may have, oldest first: those that came, and those that we sent them.
fn earlier_messages(tx: &Tx, ticket: &Ticket, letter: &Letter) -> Result<Vec<String>> {
    let mut mails = Vec::from_iter(ticket.mail.map(|it| (ticket.created_at, it)));
    for comment in tx.scan::<Comment>(&ticket.id)? {
        let comment = comment?;
        if !comment.is_private {
            mails.extend(comment.mail.map(|it| (comment.created_at, it)));
        }
    }
    let mut found: Vec<(Instant, String)> = Vec::new();
    for (at, mail) in mails {
        found.extend(tx.get::<MailEntry>(&mail)?.and_then(|it| it.message_id).map(|it| (at, it)));
    }
    let requester = person(tx, Some(ticket.requester))?.map(|it| it.email.to_lowercase()).unwrap_or_default();
    for it in outbox::of_ticket(tx, ticket.id)? {
        let theirs = it.recipients.iter().any(|to| to.state == RecipientState::Accepted && to.address.to_lowercase() == requester);
        if theirs && it.occasion != Occasion::Forward && it.id != letter.id {
            found.extend(it.sent_at.map(|at| (at, it.message_id)));
        }
    }
    found.sort_by_key(|it| it.0);
    let mut ids: Vec<String> = found.into_iter().map(|it| it.1).collect();
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

/// A mail as it would be written on an occasion, of a ticket that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What the text would make, in the desk's own name.
pub fn preview(tx: &Tx, occasion: Occasion, language: &'static str, text: &TemplateText) -> Result<Preview> {
    templates::check(occasion, text)?;
    let settings = Settings::of(tx)?;
    let rules = SendingRules::of(tx)?;
    let mut values = templates::sample();
    values.set("desk.name", &settings.name);
    if let Some(base) = &settings.base_url {
        values.set("desk.url", base).set("ticket.url", format!("{base}/tickets/INC-000123"));
    }
    let message =
        "Switch it **off and on again**, please, and tell us what it says then:\n\n- the number on its display\n- the light beside it";
    let block = Body { text: message.to_owned(), html: text::markdown::to_html(message).html };
    let words = templates::words(language);
    let asked = "It jams with every second page.";
    let intro = words.wrote.replace("{date}", &date(&settings, &words, tx.now())).replace("{name}", "Rosa Lee");
    let signature = if rules.voice.signature.is_empty() { "{{ agent.name }}\n{{ desk.name }}" } else { &rules.voice.signature };
    let quotes = rules.quotes && matches!(occasion, Occasion::Answer | Occasion::Reminder);
    let subject = templates::line(&text.subject, &values).unwrap_or_default();
    let ticketless = occasion == Occasion::Test || occasion.is_account();
    let subject = if ticketless { subject } else { format!("{subject} [INC-000123]") };
    let survey =
        settings.base_url.as_deref().filter(|_| occasion == Occasion::Resolved && settings.survey.on).map(|it| format!("{it}/csat/sample"));
    let framed = Framed {
        language,
        brand: &settings.name,
        subject: &subject,
        body: rendered(occasion, language, text, &values, Some(&block).filter(|_| occasion.has_message())),
        signature: templates::body(signature, &values, None),
        link: settings.base_url.as_deref().filter(|_| !ticketless && occasion != Occasion::Forward).map(|it| (words.open, it)),
        survey: survey.as_deref().map(|it| (words.how_was_it, survey_answers(settings.survey.stars, &words, it))),
        quote: quotes.then(|| Quote { intro, said: Body { text: asked.into(), html: format!("<p>{asked}</p>") } }),
        foot: vec![(if ticketless { settings.name.clone() } else { format!("{} · INC-000123", settings.name) }, None)],
        mark: "lodge-message".into(),
    };
    Ok(Preview { text: frame::text(&framed), html: frame::html(&framed), subject })
}

/// A letter of no ticket: an admin tries how a text looks, or whether mail leaves at all.
fn test(tx: &Tx, settings: &Settings, rules: &SendingRules, letter: &Letter) -> Result<Option<Outgoing>> {
    let voice = signature::voice(tx, settings, None)?.ok_or_else(no_address)?;
    let person = person(tx, letter.person)?;
    let language = language_of(rules, letter, person.as_ref());
    let occasion = letter.sample.unwrap_or(Occasion::Test);
    let (text, _) = templates::text(tx, occasion, language)?;
    let Preview { text, html, .. } = preview(tx, occasion, language, &text)?;
    let to = letter.recipients.iter().map(|it| Named { name: it.name.clone(), address: it.address.clone() }).collect();
    Ok(Some(Outgoing {
        message_id: letter.message_id.clone(),
        from_name: voice.name,
        recipients: letter.open().map(|it| Envelope { address: it.address.clone(), return_path: Some(voice.address.clone()) }).collect(),
        from: voice.address,
        to,
        subject: letter.subject.clone(),
        text,
        html,
        auto_submitted: Some("auto-generated"),
        ..Outgoing::default()
    }))
}
