//! What was written is put right: a text is edited, or words in it are made unreadable. The text as it was stays in the log, so that
//! nothing is changed unseen (BEY-14); what was redacted is shown from there to nobody but those who read the audit log.
//!
//! A mail that went out is out: an edit here never sends anything.

use super::{BodyFormat, Comment, FoldMark, Ticket, access, create::body, redact_beside};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    id::{CommentId, TicketId},
    language::say,
    limits,
    store::Tx,
};

/// What stands in the place of each letter that was made unreadable.
const BLACK: char = '█';

/// How words are made unreadable.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    /// What nobody may read, as it stands in the text; case counts.
    pub words: Vec<String>,
    /// All of the text instead.
    pub whole: bool,
    /// The same words in every other text of the ticket, too, and in its title.
    pub everywhere: bool,
    /// Why, for the log.
    pub reason: String,
}

/// Puts another text in the place of a message's. Its writer may, and whoever works the ticket; a mail stays as it came.
pub fn edit_comment(tx: &mut Tx, actor: &Actor, id: TicketId, comment: CommentId, text: &str) -> Result<(Ticket, Comment)> {
    let (ticket, before) = amendable(tx, actor, id, comment)?;
    if before.mail.is_some() || before.html.is_some() || before.author.is_none() {
        let detail = say!("refused-mail-stays");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let text = body("body", text.to_owned())?;
    if text.trim().is_empty() {
        return Err(Refusal::field("body", "required", say!("refused-write-or-redact")).into());
    }
    if text == before.body {
        return Ok((ticket, before));
    }
    let after = Comment { body: text, folds: Vec::new(), edited_at: Some(tx.now()), ..before.clone() };
    tx.put(&after)?;
    let ticket = touched(tx, ticket, after.is_private)?;
    let mut changes = Changes::new().set("comment", after.id.to_string()).set("isPrivate", after.is_private);
    changes.field("body", before.body.as_str(), after.body.as_str());
    record(tx, actor, &ticket, Some(&after), EventKind::CommentEdited, changes)?;
    Ok((ticket, after))
}

/// Makes words of a message unreadable, or all of it; `None` means the ticket's own text. Gives how many places were blackened.
pub fn redact(tx: &mut Tx, actor: &Actor, id: TicketId, comment: Option<CommentId>, how: Redaction) -> Result<(Ticket, usize)> {
    let mut ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    let how = how.checked()?;
    let named = comment.map(|it| amendable(tx, actor, id, it)).transpose()?.map(|it| it.1);
    let mut places = match &named {
        Some(it) => redact_comment(tx, actor, &ticket, it, &how, how.whole)?,
        None => redact_own_text(tx, actor, &mut ticket, &how, how.whole)?,
    };
    if how.everywhere && !how.words.is_empty() {
        if named.is_some() {
            places += redact_own_text(tx, actor, &mut ticket, &how, false)?;
        }
        let is_theirs = access::reads_notes(actor, &ticket) && access::need(actor, Permission::NotesWrite, &ticket).is_ok();
        let all: Vec<Comment> = tx.scan::<Comment>(&id)?.collect::<Result<_, _>>()?;
        // What the actor may not see or change is neither blackened nor counted: the count would tell what stands there.
        let others = all.into_iter().filter(|it| Some(it.id) != comment && (!it.is_private || is_theirs));
        for it in others {
            places += redact_comment(tx, actor, &ticket, &it, &how, false)?;
        }
        if is_theirs {
            places += redact_beside::redact(tx, actor, &mut ticket, &how)?;
        }
    }
    if places == 0 {
        return Err(Refusal::field("words", "unknown", say!("refused-words-not-there")).into());
    }
    ticket.redacted_at = Some(tx.now());
    let ticket = touched(tx, ticket, false)?;
    Ok((ticket, places))
}

impl Redaction {
    fn checked(mut self) -> Result<Redaction> {
        self.words.retain(|it| !it.trim().is_empty());
        if self.whole != self.words.is_empty() && !self.everywhere {
            let detail = say!("refused-say-words");
            return Err(Refusal::field("words", "required", detail).into());
        }
        if self.words.len() > limits::REDACTED_WORDS_MAX {
            let detail = say!("refused-passages", most = limits::REDACTED_WORDS_MAX);
            return Err(Refusal::field("words", "too_many", detail).into());
        }
        if self.reason.chars().count() > limits::REASON_CHARS_MAX {
            let detail = say!("refused-reason-length", most = limits::REASON_CHARS_MAX);
            return Err(Refusal::field("reason", "too_long", detail).into());
        }
        // A short passage within a longer one must not take it apart before its turn.
        self.words.sort_by_key(|it| std::cmp::Reverse(it.len()));
        Ok(self)
    }
}

/// The message, for somebody who may change what stands in it.
fn amendable(tx: &Tx, actor: &Actor, id: TicketId, comment: CommentId) -> Result<(Ticket, Comment)> {
    let ticket = access::ticket(tx, actor, id)?;
    let found = tx.get::<Comment>(&(id, comment))?;
    let visible = |it: &Comment| access::reads_notes(actor, &ticket) || !(it.is_private || it.is_held(tx.now()));
    let it = found.filter(visible).ok_or_else(|| Refusal::not_found("comment"))?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    if it.is_private {
        access::need(actor, Permission::NotesWrite, &ticket)?;
    }
    Ok((ticket, it))
}

fn redact_comment(tx: &mut Tx, actor: &Actor, ticket: &Ticket, it: &Comment, how: &Redaction, whole: bool) -> Result<usize> {
    let (body, marks, mut places) = blackened(&it.body, &it.folds, &how.words, whole);
    // HTML may hold the words cut up by elements, so the text takes its place where it holds them at all.
    let html_holds = it.html.as_deref().is_some_and(|html| whole || holds(html, &how.words));
    if places == 0 && !html_holds {
        return Ok(0);
    }
    places = places.max(1);
    let after = Comment {
        body,
        folds: marks,
        html: None,
        format: without_html(it.format, it.html.is_some()),
        redacted_at: Some(tx.now()),
        ..it.clone()
    };
    tx.put(&after)?;
    let changes = Changes::new()
        .set("comment", it.id.to_string())
        .set("isPrivate", it.is_private)
        .set("reason", how.reason.trim())
        .set("original", it.body.as_str());
    record(tx, actor, ticket, Some(&after), EventKind::TextRedacted, changes)?;
    Ok(places)
}

fn redact_own_text(tx: &mut Tx, actor: &Actor, ticket: &mut Ticket, how: &Redaction, whole: bool) -> Result<usize> {
    let (text, _, in_text) = blackened(&ticket.description, &[], &how.words, whole);
    let (title, _, in_title) = blackened(&ticket.title, &[], if how.everywhere { &how.words } else { &[] }, false);
    let html_holds = ticket.description_html.as_deref().is_some_and(|html| whole || holds(html, &how.words));
    let places = (in_text + in_title).max(usize::from(html_holds));
    if places == 0 {
        return Ok(0);
    }
    let original = if in_title > 0 { format!("{}\n\n{}", ticket.title, ticket.description) } else { ticket.description.clone() };
    let changes = Changes::new().set("isPrivate", false).set("reason", how.reason.trim()).set("original", original);
    ticket.description_format = without_html(ticket.description_format, ticket.description_html.is_some());
    ticket.description_html = None;
    ticket.description = text;
    ticket.title = title;
    record(tx, actor, ticket, None, EventKind::TextRedacted, changes)?;
    Ok(places)
}

/// The text of a mail that lost its HTML is shown as it is.
fn without_html(format: BodyFormat, had_html: bool) -> BodyFormat {
    if had_html { BodyFormat::Plain } else { format }
}

fn holds(html: &str, words: &[String]) -> bool {
    let text = crate::text::plain::from_html(html);
    words.iter().any(|it| text.contains(it.as_str()))
}

/// The text with these words unreadable, its marks moved along, and in how many places.
pub(super) fn blackened(text: &str, marks: &[FoldMark], words: &[String], whole: bool) -> (String, Vec<FoldMark>, usize) {
    let mut out = String::with_capacity(text.len());
    let mut moved = marks.to_vec();
    let (mut places, mut at) = (0, 0);
    let black = |passage: &str| passage.chars().map(|it| if it.is_whitespace() { it } else { BLACK }).collect::<String>();
    while at < text.len() {
        let rest = &text[at..];
        let found = if whole { Some(rest) } else { words.iter().map(String::as_str).find(|it| rest.starts_with(*it)) };
        let from = out.len();
        let (before, step) = match found {
            Some(passage) => {
                out.push_str(&black(passage));
                places += 1;
                (at, passage.len())
            }
            None => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                out.push_str(&rest[..length]);
                (at, length)
            }
        };
        at += step;
        for (mark, own) in moved.iter_mut().zip(marks) {
            let end = own.end as usize;
            if end > before && end <= at {
                // A stretch that ends within the passage ends with it.
                mark.end = u32::try_from(if end == at { out.len() } else { from.max(out.len()) }).unwrap_or(u32::MAX);
            }
        }
    }
    (out, moved, places)
}

fn touched(tx: &mut Tx, mut ticket: Ticket, privately: bool) -> Result<Ticket> {
    if privately {
        ticket.touch_privately(tx.now());
    } else {
        ticket.touch(tx.now());
    }
    tx.put(&ticket)?;
    Ok(ticket)
}

fn record(tx: &mut Tx, actor: &Actor, ticket: &Ticket, of: Option<&Comment>, kind: EventKind, changes: Changes) -> Result<()> {
    let subject = of.map_or(Some(ticket.requester), |it| it.author).map(|it| it.0);
    event::record(tx, actor, kind, About { subject, ..ticket.about() }, changes)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desk::{
        stage::Stage,
        tickets::{self, Channel, NewComment},
    };

    fn said(world: &Stage, ticket: TicketId, by: &Actor, text: &str, is_private: bool) -> CommentId {
        let (by, new) = (by.clone(), NewComment::new(text, is_private, Channel::Portal));
        world.write(move |tx| tickets::add_comment(tx, &by, ticket, new)).unwrap().1.id
    }

    fn history_of(world: &Stage, by: &Actor, id: TicketId) -> String {
        let entries = world.read(|tx| tickets::history(tx, by, &tickets::access::ticket(tx, by, id)?, None, 0, 100)).entries;
        entries.iter().map(|it| format!("{} {}\n", it.kind, serde_json::Value::Object(it.changes.clone()))).collect()
    }

    #[test]
    fn words_go_from_fields_steps_time_and_drafts_as_well() {
        use crate::desk::{
            checklists,
            custom::{self, FieldDraft},
            drafts::shared,
            time_entries::{self, NewTimeEntry},
            undo,
        };
        let world = Stage::new();
        let id = world.lodge("The pin is hunter2").id;
        let (ada, max) = (world.ada.clone(), world.max.clone());
        world
            .write(move |tx| {
                custom::create(tx, &max, FieldDraft { label: "Code".into(), key: "code".into(), ..FieldDraft::default() })?;
                let values = serde_json::json!({ "code": "hunter2!" });
                let change = tickets::TicketChange {
                    custom: Some(tickets::ObjectChange::Merged(values.to_string())),
                    ..tickets::TicketChange::default()
                };
                tickets::change(tx, &ada, id, change)?;
                checklists::add(tx, &ada, id, vec![checklists::NewStep { text: "Change hunter2".into(), required: false }])?;
                time_entries::add(tx, &ada, id, NewTimeEntry { minutes: 5, note: "typed hunter2".into(), ..NewTimeEntry::default() })?;
                shared::share(tx, &ada, id, shared::Written { body: "It was hunter2.".into(), ..shared::Written::default() })?;
                Ok(())
            })
            .unwrap();
        // A title is taken back to what it was; what was made unreadable since does not come with it.
        let ada = world.ada.clone();
        let undo = world
            .write(move |tx| {
                let before =
                    tickets::change(tx, &ada, id, tickets::TicketChange { title: Some("hunter2, again".into()), ..Default::default() })?;
                let after = tickets::change(
                    tx,
                    &ada,
                    id,
                    tickets::TicketChange { title: Some("The pin is hunter2".into()), ..Default::default() },
                )?;
                undo::keep(tx, &ada, "the title", &[undo::Done { before, after, comments: Vec::new() }])
            })
            .unwrap()
            .unwrap();
        let ada = world.ada.clone();
        let how = Redaction { words: vec!["hunter2".into()], everywhere: true, ..Redaction::default() };
        let (_, places) = world.write(move |tx| redact(tx, &ada, id, None, how)).unwrap();
        assert_eq!(places, 5);
        let ada = world.ada.clone();
        assert_eq!(world.write(move |tx| undo::undo(tx, &ada, undo)).unwrap().left.len(), 1);
        let left = world.read(|tx| {
            let ticket = tx.get::<Ticket>(&id)?.unwrap();
            let times: Vec<_> = tx.scan::<time_entries::TimeEntry>(&id)?.collect::<Result<_, _>>()?;
            let drafts: Vec<_> = tx.scan::<shared::SharedDraft>(&id)?.collect::<Result<_, _>>()?;
            Ok(format!("{ticket:?} {times:?} {drafts:?}"))
        });
        assert!(!left.contains("hunter2"), "{left}");
        assert!(!history_of(&world, &world.ada, id).contains("hunter2"));
    }

    #[test]
    fn an_edit_keeps_what_was_said_before() {
        let world = Stage::new();
        let id = world.lodge("VPN drops").id;
        let note = said(&world, id, &world.ada, "The router is at fault.", true);
        let ada = world.ada.clone();
        let edited = world.write(move |tx| edit_comment(tx, &ada, id, note, "The cable is at fault.")).unwrap().1;
        assert!(edited.edited_at.is_some() && edited.body.contains("cable"));
        assert!(history_of(&world, &world.ada, id).contains("The router is at fault."));
        for stranger in [world.rosa.clone(), world.otto.clone()] {
            let refused = world.write(move |tx| edit_comment(tx, &stranger, id, note, "x")).unwrap_err();
            assert!(matches!(refused.code(), Some(Code::NotFound | Code::Forbidden)));
        }
        let ada = world.ada.clone();
        assert!(world.write(move |tx| edit_comment(tx, &ada, id, note, "  ")).is_err());
    }

    #[test]
    fn redacted_words_are_gone_from_every_text_and_from_the_history_of_all_but_auditors() {
        let world = Stage::new();
        let id = world.lodge("My password is hunter2").id;
        let first = said(&world, id, &world.rosa, "It is hunter2, really.", false);
        let note = said(&world, id, &world.ada, "She said hunter2", true);
        let ada = world.ada.clone();
        world.write(move |tx| edit_comment(tx, &ada, id, note, "She wrote hunter2")).unwrap();
        let how = Redaction { words: vec!["hunter2".into()], everywhere: true, reason: "A password".into(), ..Redaction::default() };
        let ada = world.ada.clone();
        let (ticket, places) = world.write(move |tx| redact(tx, &ada, id, Some(first), how)).unwrap();
        assert_eq!(places, 3);
        assert_eq!(ticket.title, "My password is ███████");
        for it in world.read(|tx| tickets::comments(tx, &world.ada, &ticket)) {
            assert!(!it.body.contains("hunter2") && it.redacted_at.is_some(), "{}", it.body);
        }
        assert!(!history_of(&world, &world.ada, id).contains("hunter2"));
        assert!(history_of(&world, &world.max, id).contains("hunter2"), "who reads the audit log finds the original");
    }

    #[test]
    fn what_cannot_be_redacted_is_refused_and_changes_nothing() {
        let world = Stage::new();
        let id = world.lodge("Printer").id;
        let first = said(&world, id, &world.rosa, "Paper jam", false);
        let words = |it: &str| Redaction { words: vec![it.into()], ..Redaction::default() };
        let too_many = Redaction { words: vec!["x".into(); limits::REDACTED_WORDS_MAX + 1], ..Redaction::default() };
        let cases = [
            (&world.ada, words("absent")),
            (&world.ada, words(" ")),
            (&world.ada, Redaction::default()),
            (&world.ada, too_many),
            (&world.rosa, words("Paper")),
            (&world.otto, words("Paper")),
        ];
        for (by, how) in cases {
            let (by, shown) = (by.clone(), format!("{how:?}"));
            assert!(world.write(move |tx| redact(tx, &by, id, Some(first), how)).is_err(), "{shown}");
        }
        assert!(world.stored(id).redacted_at.is_none());
        let ada = world.ada.clone();
        let whole = Redaction { whole: true, ..Redaction::default() };
        let after = world.write(move |tx| redact(tx, &ada, id, Some(first), whole)).unwrap().0;
        assert_eq!(world.read(|tx| tickets::comments(tx, &world.ada, &after))[0].body, "█████ ███");
    }

    #[test]
    fn words_become_unreadable_and_nothing_else_moves() {
        let words = ["secret".to_owned(), "pä ß".to_owned()];
        for (text, expected, places) in [
            ("my secret is secret", "my ██████ is ██████", 2),
            ("a pä ß b", "a ██ █ b", 1),
            ("Secret stays", "Secret stays", 0),
            ("", "", 0),
        ] {
            let (out, _, count) = blackened(text, &[], &words, false);
            assert_eq!((out.as_str(), count), (expected, places), "{text}");
        }
        assert_eq!(blackened("two words\n", &[], &[], true).0, "███ █████\n");
    }

    proptest! {
        #[test]
        fn folds_stay_on_the_letters_they_stood_on(text in "[a-cß \n]{0,40}", cut in 0usize..40, word in "[a-cß]{1,3}") {
            let end = (0..=cut.min(text.len())).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
            let mark = FoldMark { end: end as u32, folded: true, signature: false, quoted: true };
            let (out, marks, places) = blackened(&text, &[mark], std::slice::from_ref(&word), false);
            let at = marks[0].end as usize;
            prop_assert!(out.is_char_boundary(at));
            prop_assert_eq!(out.chars().count(), text.chars().count());
            prop_assert!(!out.contains(&word));
            prop_assert_eq!(places, text.matches(&word).count());
            if places == 0 {
                prop_assert_eq!(at, end);
            }
        }
    }
}
