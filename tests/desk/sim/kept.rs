//! What people put aside and write together, at random: a ticket that leaves somebody's work and comes back, and drafts that several
//! change, of which none is overwritten unread and none is sent twice.

use std::time::Duration;

use lodge::{
    desk::{
        drafts::shared::{self, Written},
        snooze,
        tickets::{Channel, Ticket},
    },
    error::Code,
};
use rand::Rng;

use super::{
    acts::{Act, Stage, one, person, works},
    model::{self, Told, sees},
};

impl Stage<'_> {
    /// Puts a ticket aside, or takes it up again.
    pub fn put_aside(&mut self) -> Act {
        let Some(id) = self.ticket() else { return self.share() };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let (wakes, hours) = (self.rng.random_bool(0.3), self.rng.random_range(0..100));
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            // Now is no time to come back at; none at all is until somebody speaks.
            let until = (hours % 3 > 0).then(|| tx.now().plus(Duration::from_secs(hours / 10 * 3600)));
            let wanted = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if !works(&me) => Some(Code::Forbidden),
                () if wakes => None,
                () if model::is_over(&before.state) => Some(Code::Conflict),
                () if until.is_some_and(|it| it <= tx.now()) => Some(Code::Validation),
                () => None,
            };
            let actor = model::actor(&me);
            let got = if wakes { snooze::wake(tx, &actor, id) } else { snooze::snooze(tx, &actor, id, until) };
            complaints.judge("put aside", wanted, &got);
            let after = got?;
            let aside = after.snoozed.as_ref();
            if aside.is_some() == wakes || aside.is_some_and(|it| it.until != until || it.by != who) {
                complaints.say(format!("it is not put aside as was asked: {after:?}"));
            }
            if (&after.state, after.assignee, after.updated_for(false)) != (&before.state, before.assignee, before.updated_for(false)) {
                complaints.say("putting aside changes more than that");
            }
            Ok(one(after))
        })
    }

    /// Shares a draft, or does something to one that is shared.
    pub fn share(&mut self) -> Act {
        let Some(id) = self.ticket() else { return Box::new(|_| Ok(Told::default())) };
        let (who, complaints) = (self.who(), self.complaints.clone());
        let (what, stale) = (self.rng.random_range(0..5), self.rng.random_bool(0.2));
        let body = format!("Together {}", self.rng.random::<u32>());
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let before = tx.get::<Ticket>(&id)?.expect("tickets stay");
            let actor = model::actor(&me);
            let there: Vec<shared::SharedDraft> = tx.scan(&id)?.collect::<Result<_, _>>()?;
            let written = Written { body, ..Written::default() };
            let hidden = match () {
                () if !sees(&me, &before) => Some(Code::NotFound),
                () if !works(&me) => Some(Code::Forbidden),
                () => None,
            };
            let Some(draft) = there.first().filter(|_| what > 0) else {
                let full = there.len() >= lodge::limits::SHARED_DRAFTS_MAX;
                let got = shared::share(tx, &actor, id, written);
                complaints.judge("share", hidden.or(full.then_some(Code::Validation)), &got);
                got?;
                return Ok(Told::default());
            };
            let version = Some(draft.version - u64::from(stale));
            let refused = hidden.or(stale.then_some(Code::Stale));
            match what {
                1 => {
                    let got = shared::change(tx, &actor, id, draft.id, version, written);
                    complaints.judge("change a shared draft", refused, &got);
                    let after = got?;
                    if after.version != draft.version + 1 || after.last_writer() != Some(who) {
                        complaints.say(format!("a shared draft is not as it was written: {after:?}"));
                    }
                    Ok(Told::default())
                }
                2 => {
                    let got = shared::discard(tx, &actor, id, draft.id, version);
                    complaints.judge("put a shared draft away", refused, &got);
                    got?;
                    Ok(Told::default())
                }
                _ => {
                    let refused = refused.or(before.merged.is_some().then_some(Code::Conflict));
                    let got = shared::send(tx, &actor, id, draft.id, version, Channel::Portal);
                    complaints.judge("send a shared draft", refused, &got);
                    let (ticket, comment) = got?;
                    let others: Vec<_> = draft.writers.iter().copied().filter(|it| *it != who).collect();
                    if comment.body != draft.body || comment.author != Some(who) || comment.drafted_by != others {
                        complaints.say(format!("a shared draft was sent as something else: {comment:?}"));
                    }
                    if shared::send(tx, &actor, id, draft.id, None, Channel::Portal).is_ok() {
                        complaints.say("a shared draft was sent twice");
                    }
                    Ok(Told { comments: vec![comment], ..one(ticket) })
                }
            }
        })
    }
}
