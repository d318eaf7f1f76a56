//! The conversation of a ticket for those who work it: what was said and what happened in between, merged by time.

use maud::html;

use crate::{
    desk::{
        attachments::Attachment,
        mail::outbox::{Letter, LetterState},
        tickets::{Channel, Comment, HistoryEntry, Ticket},
    },
    id::{CommentId, PersonId},
    time::Instant,
    web::{
        answers::{
            admin::letters::tone,
            happened::{Telling, via},
            pictures::{DESCRIPTION, Side},
            words::face,
            written::{Source, Written, beside, written},
        },
        components::{
            avatar::Face,
            delivery::{Delivery, MailState},
            thread::{Audience, Entry, Happening, Message},
        },
        tongue::{self, t},
    },
};

/// What a conversation is made of.
pub struct Spoken<'a> {
    pub ticket: &'a Ticket,
    /// `INC-000123`.
    pub number: &'a str,
    pub comments: &'a [Comment],
    pub files: &'a [Attachment],
    /// Newest first.
    pub history: &'a [HistoryEntry],
    pub telling: Telling<'a>,
    /// The mails of the ticket; none for whoever does not read notes.
    pub letters: &'a [Letter],
    pub now: Instant,
}

/// Puts what the same person did in the same moment into one sentence: taking a ticket moves it to another state, too.
fn joined(told: &mut [Entry], next: &Entry) -> bool {
    match (told.last_mut(), next) {
        (Some(Entry::Happening(last)), Entry::Happening(next)) if last.who == next.who && last.at == next.at => {
            last.text = t!("told-and", first = last.text, second = next.text);
            true
        }
        _ => false,
    }
}

impl Spoken<'_> {
    /// Oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<(Instant, Entry)> = vec![(self.ticket.created_at, Entry::Message(self.description()))];
        entries.extend(self.comments.iter().map(|it| (it.created_at, Entry::Message(self.comment(it)))));
        entries.extend(self.history.iter().rev().filter_map(|it| Some((it.at, Entry::Happening(self.happening(it)?)))));
        // Stable: what happened in one moment stays in the order in which it was told.
        entries.sort_by_key(|it| it.0);
        entries.into_iter().fold(Vec::new(), |mut told, (_, next)| {
            if !joined(&mut told, &next) {
                told.push(next);
            }
            told
        })
    }

    fn all_files(&self) -> Vec<&Attachment> {
        self.files.iter().collect()
    }

    fn files_of(&self, comment: Option<CommentId>) -> Vec<&Attachment> {
        self.files.iter().filter(|it| it.comment == comment).collect()
    }

    fn description(&self) -> Message {
        let it = self.ticket;
        let files = self.files_of(None);
        let text = written(&Source::of_ticket(it), &self.all_files());
        let message = Message {
            id: DESCRIPTION.to_owned(),
            author: face(self.telling.cast, it.requester),
            role: t!("thread-requester").to_owned(),
            audience: Audience::Everybody,
            at: it.created_at,
            via: via(it.channel.name()).to_owned(),
            notes: it.mail_notes.clone(),
            ..self.message(DESCRIPTION, &text, &files)
        };
        if it.description.trim().is_empty() && !text.mail {
            return Message { body_html: html! { p { (t!("thread-only-title")) } }.into_string(), ..message };
        }
        message
    }

    fn comment(&self, it: &Comment) -> Message {
        let files = self.files_of(Some(it.id));
        let text = written(&Source::of_comment(it), &self.all_files());
        let id = it.id.to_string();
        Message {
            author: match (it.author, &it.third_party) {
                (Some(author), _) => face(self.telling.cast, author),
                (None, Some(from)) => Face::named(from.as_str()),
                (None, None) => Face::named(t!("word-desk")),
            },
            role: it.author.map_or("", |it| self.role(it)).to_owned(),
            audience: if it.is_private { Audience::Agents } else { Audience::Everybody },
            at: it.created_at,
            via: came(it),
            notes: it.notes.clone(),
            sending: Box::new(self.sending(it)),
            ..self.message(&id, &text, &files)
        }
    }

    fn message(&self, id: &str, text: &Written, files: &[&Attachment]) -> Message {
        Message {
            id: if id == DESCRIPTION { id.to_owned() } else { format!("c-{id}") },
            author: Face::default(),
            role: String::new(),
            audience: Audience::Everybody,
            at: Instant::EPOCH,
            via: String::new(),
            files: beside(files, text),
            body_html: text.html.clone(),
            notes: Vec::new(),
            mail: text.mail,
            paper: text.paper,
            blocked_pictures: text.remote_pictures,
            show_pictures: Side::Agents.address(self.number, id).into(),
            about: format!("/agent/tickets/{}/messages/{id}", self.number).into(),
            unread: false,
            sending: Box::default(),
        }
    }

    /// To whom it went, and what of that somebody should know.
    fn sending(&self, it: &Comment) -> Delivery {
        let base = format!("/agent/tickets/{}", self.number);
        let held = it.held_until.filter(|until| *until > self.now && it.withdrawn_at.is_none());
        let mut addressed = Vec::new();
        for (line, list) in
            it.addressed.iter().flat_map(|it| [(t!("thread-to"), &it.to), (t!("word-cc"), &it.cc), (t!("thread-bcc"), &it.bcc)])
        {
            if !list.is_empty() {
                addressed.push(format!("{line} {}", list.join(", ")));
            }
        }
        if let Some(from) = &it.third_party {
            addressed.push(t!("thread-third-party", from = from));
        }
        // What simply arrived needs no word.
        let own = self.letters.iter().filter(|letter| letter.comment == Some(it.id));
        let mails = own.filter(|it| it.state.is_trouble() || it.state == LetterState::Deferred).map(|it| MailState {
            to: it.recipients.iter().map(|it| it.address.as_str()).collect::<Vec<_>>().join(", "),
            state: tongue::word("letter-state-", it.state.name()),
            tone: tone(it.state),
            answer: it.answer.clone().unwrap_or_default(),
            retry: (!it.is_cut_down).then(|| format!("{base}/letters/{}/retry", it.id)),
        });
        Delivery {
            addressed: addressed.join(" · "),
            undo: held.map(|until| (format!("{base}/comments/{}/withdraw", it.id), until)),
            withdrawn: it.withdrawn_at.is_some(),
            mails: mails.collect(),
        }
    }

    fn role(&self, person: PersonId) -> &'static str {
        if person == self.ticket.requester {
            t!("thread-requester")
        } else if self.ticket.watchers.contains(&person) && !self.telling.cast.person(person).is_some_and(|it| it.is_agent()) {
            t!("thread-watcher")
        } else {
            ""
        }
    }

    fn happening(&self, it: &HistoryEntry) -> Option<Happening> {
        let (text, icon) = self.telling.in_conversation(it)?;
        Some(Happening { text, who: self.telling.who(it), at: it.at, icon })
    }
}

/// How a message came, and what was done to it since.
fn came(it: &Comment) -> String {
    let way = (it.via != Channel::Portal).then(|| via(it.via.name()));
    let edited = it.edited_at.map(|_| t!("amend-edited"));
    let redacted = it.redacted_at.map(|_| t!("amend-was-redacted"));
    [way, edited, redacted].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
