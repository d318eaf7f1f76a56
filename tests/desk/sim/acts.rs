//! What people, mails and the background do to the desk, at random, each with what it must answer. An act looks at the state that it
//! meets, says by its own understanding of the rules what must come of it, and complains where the desk does otherwise.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use lodge::{
    desk::{
        actor::{Actor, Origin},
        attachments::{self, StoredFile},
        duplicates::outage,
        idempotency::{self, Call},
        identity::{self, NewToken, Person, PersonChange},
        tickets::{self, Channel, Comment, Kind, NewComment, NewTicket, ObjectChange, Relation, Ticket, TicketChange},
    },
    error::{Code, Error, Result},
    id::{BlobHash, PersonId, TicketId},
    limits,
    store::Tx,
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    model::{self, Answered, Model, STATES, Told, may_go, sees},
    routing::check_given,
};

pub type Act = Box<dyn FnOnce(&mut Tx) -> Result<Told> + Send>;

/// Where acts say what the desk did wrong.
#[derive(Clone, Default)]
pub struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    pub fn say(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// `wanted` is the code of the refusal, or none if it must go well.
    pub fn judge<T>(&self, what: &str, wanted: Option<Code>, got: &Result<T>) {
        let code = got.as_ref().err().and_then(Error::code);
        if code != wanted || got.is_ok() != wanted.is_none() {
            self.say(format!("{what}: wanted {wanted:?}, got {:?}", got.as_ref().map(|_| "done").map_err(ToString::to_string)));
        }
    }
}

/// A stage for one act: who does it, to which ticket.
pub struct Stage<'a> {
    pub rng: &'a mut StdRng,
    pub model: &'a Model,
    pub complaints: &'a Complaints,
    /// Tickets that are much used, so that acts meet.
    pub tickets: &'a [TicketId],
    pub people: &'a [PersonId],
}

pub fn person(tx: &Tx, id: PersonId) -> Result<Person> {
    Ok(tx.get::<Person>(&id)?.expect("people stay"))
}

pub fn works(person: &Person) -> bool {
    person.active && person.roles.iter().any(|it| it != "requester")
}

pub fn leads(person: &Person) -> bool {
    person.active && person.roles.iter().any(|it| it != "requester" && it != "agent")
}

/// Whether another ticket that lives was merged into this one.
fn goes_on_here(tx: &Tx, id: TicketId) -> Result<bool> {
    for it in tx.scan::<Ticket>(&())? {
        let it = it?;
        if it.deleted_at.is_none() && it.merged.is_some_and(|it| it.into == id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it is the parent of an outage that goes on.
fn is_out(tx: &Tx, id: TicketId) -> Result<bool> {
    Ok(outage::live(tx)?.iter().any(|it| it.state == outage::State::Declared && it.parent == Some(id)))
}

pub fn one(ticket: Ticket) -> Told {
    Told { tickets: vec![ticket], ..Told::default() }
}

/// A file that is in the blob store.
pub fn file(rng: &mut StdRng) -> StoredFile {
    let bytes = [rng.random_range(0..20_u8)];
    StoredFile {
        hash: BlobHash::of(&bytes),
        size: 1,
        sha256: [0; 32],
        filename: "picture.png".into(),
        content_type: "image/png".into(),
        inline: false,
        content_id: None,
        by_mail: false,
        pixels: None,
    }
}

impl Stage<'_> {
    pub fn who(&mut self) -> PersonId {
        *self.people.choose(self.rng).expect("there are people")
    }

    pub fn ticket(&mut self) -> Option<TicketId> {
        self.tickets.choose(self.rng).copied()
    }

    pub fn act(&mut self) -> Act {
        match self.rng.random_range(0..100) {
            0..14 => self.create(),
            14..35 => self.change(),
            35 => self.use_macro(),
            36..38 => self.step(),
            38..50 => self.transition(),
            50..64 => self.comment(),
            64..69 => self.link(),
            69..75 => self.watch(),
            75 => self.delete(),
            76..80 => self.attach(),
            80..83 => self.change_person(),
            83..85 => self.merge(),
            85..89 => self.sign_in(),
            89..91 => self.token(),
            91 => self.repeat(),
            92 => self.write_article(),
            93 => self.put_aside(),
            94..97 => self.route(),
            97 => self.share(),
            _ => sweep(),
        }
    }

    fn create(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let by_system = self.rng.random_bool(0.1);
        let kind = *Kind::ALL.choose(self.rng).expect("kinds");
        let channel = *[Channel::Portal, Channel::Api, Channel::Phone, Channel::Email].choose(self.rng).expect("channels");
        let title = if self.rng.random_bool(0.05) { " \u{7} ".to_owned() } else { format!("Printer {}", self.rng.random::<u32>()) };
        let priority = self.rng.random_bool(0.3).then(|| self.rng.random_range(1..=5));
        let requester = self.rng.random_bool(0.4).then(|| format!("caller{}@far.example", self.rng.random_range(0..30)));
        let assignee = self.rng.random_bool(0.2).then(|| self.who());
        let watchers = if self.rng.random_bool(0.1) { vec![self.who()] } else { Vec::new() };
        let files = if self.rng.random_bool(0.2) { vec![file(self.rng), file(self.rng)] } else { Vec::new() };
        let category = self.rng.random_bool(0.2).then(|| format!("Topic {}", self.rng.random_range(0..6)));
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let actor = if by_system { Actor::system("monitoring") } else { model::actor(&me) };
            let own = requester.is_none();
            let assigned = assignee.map(|it| person(tx, it)).transpose()?;
            let known = category.as_deref().is_none_or(|it| lodge::desk::queues::category_named(tx, it, None).is_ok_and(|it| it.is_some()));
            let free = by_system || works(&me);
            let of_theirs = matches!(channel, Channel::Portal | Channel::Api);
            let reserved = priority.is_some() || assigned.is_some() || !watchers.is_empty() || !of_theirs;
            let wanted = match () {
                () if !free && (!me.active || reserved || !own) => Some(Code::Forbidden),
                () if by_system && own => Some(Code::Validation),
                () if assigned.as_ref().is_some_and(|it| !works(it)) => Some(Code::Validation),
                () if !free && !known => Some(Code::Validation),
                () if title.trim().chars().all(char::is_control) || priority == Some(5) => Some(Code::Validation),
                () => None,
            };
            let before: Vec<Person> = requester.iter().filter_map(|it| identity::person_by_email(tx, it).ok().flatten()).collect();
            let new = NewTicket {
                requester: requester.clone(),
                priority,
                assignee: assignee.map(|it| it.to_string()),
                watchers,
                files,
                category,
                ..NewTicket::new(kind, title, channel)
            };
            let got = tickets::create(tx, &actor, new);
            complaints.judge("create", wanted, &got);
            let ticket = got?;
            let people = if own || !before.is_empty() { Vec::new() } else { vec![person(tx, ticket.requester)?] };
            if ticket.version != 1 || ticket.comment_count != 0 || (ticket.assignee.is_some() != (ticket.state == "assigned")) {
                complaints.say(format!("a new ticket is not new: {ticket:?}"));
            }
            if assignee.is_some() && ticket.assignee != assignee {
                complaints.say("somebody else has it than was said");
            }
            check_given(tx, &ticket, &complaints)?;
            Ok(Told { people, ..one(ticket) })
        })
    }

    fn change(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        // A caller that saw an older state names a version that may be stale by now.
        let expected = self.rng.random_bool(0.3).then(|| self.model.tickets[&id].version.saturating_sub(self.rng.random_range(0..2)));
        let mut change = TicketChange { expected, ..TicketChange::default() };
        let assignee = self.who();
        match self.rng.random_range(0..11) {
            0 => change.title = Some(format!("Printer {}", self.rng.random::<u16>())),
            1 => change.description = Some(format!("It hums {}", self.rng.random::<u16>())),
            2 => change.priority = Some(self.rng.random_bool(0.7).then(|| self.rng.random_range(1..=4))),
            3 => change.impact = Some(self.rng.random_range(1..=4)),
            4 => change.urgency = Some(self.rng.random_range(0..=4)),
            5 => change.assignee = Some(self.rng.random_bool(0.7).then(|| assignee.to_string())),
            6 => change.queue = Some(self.rng.random_bool(0.5).then(|| "Service desk".to_owned())),
            7 => change.tags = Some((0..self.rng.random_range(0..4)).map(|_| format!("Tag {}", self.rng.random_range(0..5))).collect()),
            8 => {
                change.scheduled_at =
                    Some(self.rng.random_bool(0.7).then(|| lodge::time::Instant::from_millis(self.rng.random_range(0..1 << 41))))
            }
            9 => {
                change.custom =
                    Some(ObjectChange::Whole(self.rng.random_bool(0.5).then(|| format!("{{\"floor\":{}}}", self.rng.random_range(0..3)))))
            }
            _ => change.category = Some(self.rng.random_bool(0.8).then(|| format!("Topic {}", self.rng.random_range(0..6)))),
        }
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let bad_assignee = matches!(&change.assignee, Some(Some(_))) && !works(&person(tx, assignee)?);
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if expected.is_some_and(|it| it != before.version_for(works(&me))) => Some(Code::Stale),
                () if !works(&me) => Some(Code::Forbidden),
                () if bad_assignee || change.urgency == Some(0) => Some(Code::Validation),
                () => None,
            };
            let asked = change.clone();
            let got = tickets::change(tx, &model::actor(&me), id, change);
            complaints.judge(&format!("change {asked:?}"), wanted, &got);
            let after = got?;
            changed(&before, &asked, &after, &complaints);
            Ok(one(after))
        })
    }

    fn transition(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let to = *STATES.choose(self.rng).expect("states");
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let guarded = match to {
                "assigned" | "accepted" => before.assignee.is_none(),
                "scheduled" => before.scheduled_at.is_none(),
                _ => false,
            };
            let over = model::is_over(&before.state);
            // A requester says that it is solved, or that it is not.
            let theirs = before.state == to || (to == "resolved" && !over) || (!model::is_over(to) && over);
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if !works(&me) && !theirs => Some(Code::Forbidden),
                () if before.state == to => None,
                () if !works(&me) && is_long_over(&before, tx.now()) => Some(Code::Conflict),
                () if before.merged.is_some() => Some(Code::Conflict),
                () if !may_go(&before.state, to) || guarded => Some(Code::Validation),
                () => None,
            };
            let change = TicketChange { status: Some(to.to_owned()), ..TicketChange::default() };
            let got = tickets::change(tx, &model::actor(&me), id, change);
            complaints.judge(&format!("from {} to {to}", before.state), wanted, &got);
            let after = got?;
            if after.state != to {
                complaints.say(format!("it went to {} instead of {to}", after.state));
            }
            Ok(one(after))
        })
    }

    fn comment(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let is_private = self.rng.random_bool(0.3);
        let body = if self.rng.random_bool(0.03) { String::new() } else { format!("Try again {}", self.rng.random::<u32>()) };
        let files = if self.rng.random_bool(0.2) { vec![file(self.rng)] } else { Vec::new() };
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if is_private && !works(&me) => Some(Code::Forbidden),
                () if before.merged.is_some() => Some(Code::Conflict),
                () if !is_private && !works(&me) && is_long_over(&before, tx.now()) => Some(Code::Conflict),
                () if body.is_empty() && files.is_empty() => Some(Code::Validation),
                () => None,
            };
            let new = NewComment { files, ..NewComment::new(body, is_private, Channel::Portal) };
            let got = tickets::add_comment(tx, &model::actor(&me), id, new);
            complaints.judge("comment", wanted, &got);
            let (ticket, comment) = got?;
            spoken(&before, &ticket, &comment, works(&me), &complaints);
            Ok(Told { comments: vec![comment], ..one(ticket) })
        })
    }

    fn link(&mut self) -> Act {
        let (Some(from), Some(to)) = (self.ticket(), self.ticket()) else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let relation = *Relation::ALL.choose(self.rng).expect("relations");
        let take_away = self.rng.random_bool(0.4);
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let one_end = tx.get::<Ticket>(&from)?.expect("tickets stay");
            let other = tx.get::<Ticket>(&to)?.expect("tickets stay");
            let linked = one_end.links.iter().any(|it| it.relation == relation && it.ticket == to);
            let wanted = match () {
                () if !sees(&me, &one_end) => Some(Code::NotFound),
                () if !works(&me) => Some(Code::Forbidden),
                () if from == to => Some(Code::Validation),
                () if !sees(&me, &other) || (take_away && !linked) => Some(Code::NotFound),
                () if take_away || linked => None,
                () => match relation {
                    Relation::ChildOf => family(tx, &one_end, &other)?,
                    Relation::ParentOf => family(tx, &other, &one_end)?,
                    _ => None,
                },
            };
            let actor = model::actor(&me);
            let got = match take_away {
                true => tickets::unlink(tx, &actor, from, relation, to),
                false => tickets::link(tx, &actor, from, relation, to),
            };
            complaints.judge("link", wanted, &got);
            let after = got?;
            let other = tx.get::<Ticket>(&to)?.expect("tickets stay");
            Ok(Told { tickets: vec![after, other], ..Told::default() })
        })
    }

    /// Merges, or undoes a merge: both threads stay as they are, and the state comes back.
    fn merge(&mut self) -> Act {
        let (Some(from), Some(into)) = (self.ticket(), self.ticket()) else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let undoes = self.model.tickets[&from].merged.is_some() && self.rng.random_bool(0.8);
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&from)?.expect("tickets stay");
            let into = match (&before.merged, undoes) {
                (Some(it), true) => it.into,
                _ => into,
            };
            let other = tx.get::<Ticket>(&into)?.expect("tickets stay");
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if !works(&me) => Some(Code::Forbidden),
                () if undoes => None,
                () if !sees(&me, &other) => Some(Code::NotFound),
                () if before.merged.as_ref().is_some_and(|it| it.into == into) => None,
                () if from == into => Some(Code::Validation),
                () if before.merged.is_some() || other.merged.is_some() => Some(Code::Conflict),
                () if is_out(tx, from)? => Some(Code::Conflict),
                () if other.closed_at.is_some() && before.closed_at.is_none() => Some(Code::Conflict),
                () => None,
            };
            let actor = model::actor(&me);
            let got = if undoes { tickets::unmerge(tx, &actor, from) } else { tickets::merge(tx, &actor, from, into) };
            complaints.judge("merge", wanted, &got);
            let after = got?;
            let survivor = tx.get::<Ticket>(&into)?.expect("tickets stay");
            let follows = |it: PersonId| survivor.participants().any(|known| known == it);
            if !undoes && before.merged.is_none() && !(model::is_over(&after.state) && after.participants().all(follows)) {
                complaints.say(format!("a merge leaves somebody or something behind: {after:?} {survivor:?}"));
            }
            if let (true, Some(merged)) = (undoes, &before.merged)
                && (after.state != merged.state || after.closed_at != merged.closed_at || after.merged.is_some())
            {
                complaints.say(format!("undoing a merge does not bring back what was: {before:?} {after:?}"));
            }
            // Whoever leaves the survivor leaves what that was merged into.
            let mut told = vec![after, survivor];
            while let Some(further) = told.last().and_then(|it| it.merged.as_ref()).map(|it| it.into) {
                told.push(tx.get::<Ticket>(&further)?.expect("tickets stay"));
            }
            Ok(Told { tickets: told, ..Told::default() })
        })
    }

    fn watch(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let ends = self.rng.random_bool(0.3);
        let follows = self.model.tickets[&id].watchers.choose(self.rng).copied().filter(|_| ends);
        let watcher = follows.unwrap_or_else(|| if self.rng.random_bool(0.5) { who } else { self.who() });
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if who != watcher && !works(&me) => Some(Code::Forbidden),
                () => None,
            };
            let actor = model::actor(&me);
            let got = if ends { tickets::unwatch(tx, &actor, id, watcher) } else { tickets::watch(tx, &actor, id, watcher) };
            complaints.judge("watch", wanted, &got);
            let after = got?;
            if after.watchers.contains(&watcher) == ends {
                complaints.say("the watcher is not as asked for");
            }
            Ok(one(after))
        })
    }

    fn delete(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if !leads(&me) => Some(Code::Forbidden),
                () if goes_on_here(tx, id)? || is_out(tx, id)? => Some(Code::Conflict),
                () => None,
            };
            let got = tickets::delete(tx, &model::actor(&me), id, None);
            complaints.judge("delete", wanted, &got);
            got?;
            Ok(one(tx.get::<Ticket>(&id)?.expect("it is only hidden")))
        })
    }

    fn attach(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.create() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let files: Vec<StoredFile> = (0..self.rng.random_range(0..3)).map(|_| file(self.rng)).collect();
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if files.is_empty() => Some(Code::Validation),
                () => None,
            };
            let got = attachments::add(tx, &model::actor(&me), id, files);
            complaints.judge("attach", wanted, &got);
            got?;
            Ok(one(tx.get::<Ticket>(&id)?.expect("tickets stay")))
        })
    }

    fn change_person(&mut self) -> Act {
        let complaints = self.complaints.clone();
        // Mostly somebody who may.
        let admin = self.people.iter().copied().find(|it| self.model.people[it].roles.iter().any(|it| it == "admin"));
        let who = admin.filter(|_| self.rng.random_bool(0.6)).unwrap_or_else(|| self.who());
        let about = self.who();
        let taken = self.model.people[&self.who()].email.clone();
        let change = match self.rng.random_range(0..4) {
            0 => PersonChange { name: Some(format!("Name {}", self.rng.random::<u16>())), ..PersonChange::default() },
            1 => PersonChange { email: Some(taken), ..PersonChange::default() },
            // Mostly back to work, so that the desk does not run out of people.
            _ => PersonChange { active: Some(self.rng.random_bool(0.75)), ..PersonChange::default() },
        };
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let named = match &change.email {
                Some(it) => identity::person_by_email(tx, it)?,
                None => None,
            };
            let wanted = match () {
                () if !me.active || !me.roles.iter().any(|it| it == "admin") => Some(Code::Forbidden),
                () if named.is_some_and(|it| it.id != about) => Some(Code::Conflict),
                () => None,
            };
            // The last admin stays, or nobody could let anybody in again.
            if change.active == Some(false) && person(tx, about)?.roles.iter().any(|it| it == "admin") {
                return Ok(Told::default());
            }
            let got = identity::change_person(tx, &model::actor(&me), about, change);
            complaints.judge("change a person", wanted, &got);
            let after = got?;
            if !after.active && tx.find_keys(&identity::SESSIONS_OF, &about)?.next().is_some() {
                complaints.say("somebody who left is still signed in");
            }
            Ok(Told { people: vec![after], ..Told::default() })
        })
    }

    fn sign_in(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let refreshable = self.rng.random_bool(0.5);
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let started = identity::start_session(tx, who, &Origin::default(), refreshable);
            complaints.judge("sign in", (!me.active).then_some(Code::Unauthenticated), &started);
            let started = started?;
            if identity::session_actor(tx, &started.secret, Origin::default())?.is_none_or(|it| it.0.id != who) {
                complaints.say("a session is worth nothing");
            }
            let Some(refresh) = started.refresh else { return Ok(Told::default()) };
            let again = identity::rotate(tx, &refresh, &Default::default());
            complaints.judge("refresh", None, &again);
            // The used token ends the whole session.
            let stolen = identity::rotate(tx, &refresh, &Default::default())?;
            complaints.judge("refresh twice", Some(Code::Unauthenticated), &stolen);
            if identity::session_actor(tx, &again??.secret, Origin::default())?.is_some() {
                complaints.say("a session outlives the theft of its token");
            }
            Ok(Told::default())
        })
    }

    fn token(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let actor = model::actor(&me);
            let new = NewToken { name: "reports".into(), scopes: vec!["tickets:read".into()], expires_at: None };
            let got = identity::create_token(tx, &actor, who, new);
            complaints.judge("make a token", (!me.active).then_some(Code::Forbidden), &got);
            let (token, text) = got?;
            let bearer = identity::token_actor(tx, &text, Origin::default())?;
            let allowed: Vec<_> = bearer.iter().flat_map(|it| it.1.permissions.iter()).map(|it| it.name()).collect();
            let wanted: &[&str] = if works(&me) { &["tickets:read"] } else { &[] };
            if allowed != wanted {
                complaints.say(format!("a token allows {allowed:?}"));
            }
            identity::end_token(tx, &actor, token.id)?;
            if identity::token_actor(tx, &text, Origin::default())?.is_some() {
                complaints.say("an ended token opens the door");
            }
            Ok(Told::default())
        })
    }

    /// Calls with few keys and bodies, so that many are repeats.
    fn repeat(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let key = format!("key {}", self.rng.random_range(0..15));
        let body = format!("body {}", u8::from(self.rng.random_bool(0.1)));
        let known = self.model.answers.get(&(who, key.clone())).cloned();
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let now = tx.now();
            let call = Call::new(Some(who), "POST /api/v1/tickets", &key, body.as_bytes())?;
            let got = call.earlier(tx);
            if let Some(known) = known.filter(|it| now.since(it.at) < Duration::from_secs(limits::IDEMPOTENCY_HOURS * 3600)) {
                complaints.judge("repeat", (known.body != body).then_some(Code::IdempotencyMismatch), &got);
                if got?.is_none_or(|it| it.body != known.ticket.to_string().into_bytes()) {
                    complaints.say("a repeated call is not answered as the first was");
                }
                return Ok(Told::default());
            }
            // An earlier command of the same batch may have answered it.
            if got?.is_some() {
                return Ok(Told::default());
            }
            let ticket = tickets::create(tx, &model::actor(&me), NewTicket::new(Kind::Request, body.clone(), Channel::Api))?;
            call.keep(tx, 201, ticket.id.to_string().into_bytes())?;
            let answered = vec![((who, key), Answered { at: now, body, ticket: ticket.id })];
            Ok(Told { answered, ..one(ticket) })
        })
    }
}

/// Why a ticket may not become a part of another, if so.
fn family(tx: &Tx, child: &Ticket, above: &Ticket) -> Result<Option<Code>> {
    if tickets::parent(tx, child)?.is_some() {
        return Ok(Some(Code::Conflict));
    }
    let (mut next, mut height) = (Some(above.clone()), 0);
    while let Some(it) = next {
        if it.id == child.id || height >= limits::PARENTS_ABOVE_MAX {
            return Ok(Some(Code::Conflict));
        }
        (next, height) = (tickets::parent(tx, &it)?, height + 1);
    }
    let parts = above.links.iter().filter(|it| it.relation == Relation::ParentOf).count();
    Ok((parts >= limits::CHILDREN_MAX).then_some(Code::Validation))
}

fn sweep() -> Act {
    Box::new(|tx| {
        idempotency::sweep(tx, 5)?;
        identity::sweep_sessions(tx, 5)?;
        Ok(Told::default())
    })
}

/// The ticket is as was asked for, and nothing else is different.
fn changed(before: &Ticket, asked: &TicketChange, after: &Ticket, complaints: &Complaints) {
    let fits = [
        asked.title.as_ref().is_none_or(|it| after.title == *it),
        asked.description.as_ref().is_none_or(|it| after.description == *it),
        asked.impact.is_none_or(|it| after.impact == it),
        asked.urgency.is_none_or(|it| after.urgency == it),
        asked.priority.is_none_or(|it| after.priority_fixed == it.is_some() && it.is_none_or(|it| after.priority == it)),
        asked.assignee.as_ref().is_none_or(|it| after.assignee.map(|it| it.to_string()) == *it),
        asked.queue.as_ref().is_none_or(|it| after.queue.is_some() == it.is_some()),
        asked.scheduled_at.is_none_or(|it| after.scheduled_at == it),
        asked.custom.as_ref().is_none_or(|it| *it == ObjectChange::Whole(after.custom.clone())),
        asked.category.as_ref().is_none_or(|it| after.topic.is_some() == it.is_some()),
        // A priority that nobody set by hand follows impact and urgency; one that somebody set stays.
        after.priority == before.priority || !before.priority_fixed || asked.priority.is_some(),
        after.version == before.version || after.version == before.version + 1,
        (after.version == before.version) == (after == before),
    ];
    if let Some(at) = fits.iter().position(|it| !it) {
        complaints.say(format!("change {at}: {asked:?} made of {before:?} {after:?}"));
    }
}

/// The requester's word reopens; an answer of the desk is the first response; a note does neither.
/// Closed for so long that its people lodge another instead of opening it: thirty days, unless an admin says otherwise.
fn is_long_over(ticket: &Ticket, now: lodge::time::Instant) -> bool {
    ticket.closed_at.is_some_and(|it| now.since(it) > std::time::Duration::from_secs(30 * 24 * 3600))
}

fn spoken(before: &Ticket, after: &Ticket, comment: &Comment, works: bool, complaints: &Complaints) {
    // A colleague who follows speaks for the desk.
    let follows = !works && comment.author.is_some_and(|it| before.watchers.contains(&it));
    let theirs = (comment.author == Some(before.requester) || follows) && comment.author != before.assignee;
    if theirs && !comment.is_private && after.snoozed.is_some() {
        complaints.say("its people have spoken, and it is still put aside");
    }
    let waited = model::is_over(&before.state) || matches!(before.state.as_str(), "awaiting_info" | "awaiting_callback");
    let moves = theirs && !comment.is_private && waited;
    // Whoever answers what nobody has may get it, and then it is assigned.
    let taken = before.assignee.is_none() && after.assignee.is_some() && !theirs && before.state == "new";
    if (before.state != after.state) != (moves || taken) || (moves && model::is_over(&after.state)) {
        complaints.say(format!("a comment moved it from {} to {}", before.state, after.state));
    }
    let answers = !theirs && !comment.is_private;
    if before.responded_at.is_none() && after.responded_at.is_some() != answers {
        complaints.say("the first response is not what it should be");
    }
    if after.comment_count != before.comment_count + 1 {
        complaints.say("the comment is not counted");
    }
}
