//! A word to oneself by every way that there is, so that whoever sets them up sees which of them reach.

use super::{Happening, Notification, make_room, push};
use crate::{
    desk::{
        actor::Actor,
        features::{self, Feature},
        notify,
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Error, Refusal, Result},
    id::NotificationId,
    language::Sentence,
    store::Tx,
};

/// Tickets that are looked at for one that the word can be about.
const LOOKED_AT_MAX: usize = 1_000;

/// What came of it.
#[derive(Debug, Clone)]
pub struct Tried {
    /// What stands behind the bell now; none where there is no ticket yet that a word could be about.
    pub notification: Option<NotificationId>,
    /// The address that a mail is on its way to, or why none is.
    pub mail: std::result::Result<String, Sentence>,
    /// Devices that are told; none if nobody is told on devices here.
    pub devices: Option<usize>,
}

/// Tells the actor by every way, whatever their preferences are. `words` is what they are told.
pub fn try_ways(tx: &mut Tx, actor: &Actor, words: &str) -> Result<Tried> {
    actor.need(Permission::SettingsWrite)?;
    let person = actor.person().ok_or_else(|| Refusal::not_found("person"))?;
    let mut about = None;
    for ticket in tx.scan_back::<Ticket>(&())?.take(LOOKED_AT_MAX) {
        let ticket = ticket?;
        if access::may_see(actor, &ticket) {
            about = Some(ticket.id);
            break;
        }
    }
    let (now, has_devices) = (tx.now(), features::is_on(tx, Feature::Push)?);
    let (mut notification, mut devices) = (None, has_devices.then_some(0));
    if let Some(ticket) = about {
        let id = tx.new_id();
        let it = Notification {
            person,
            id,
            happening: Happening::Reminder,
            ticket,
            comment: None,
            by: None,
            words: Some(words.to_owned()),
            created_at: now,
            shown_at: now,
            read_at: None,
            gathered: false,
            aside: false,
        };
        make_room(tx, &it)?;
        tx.put(&it)?;
        if has_devices {
            devices = Some(push::enqueue(tx, person, id, now)?);
        }
        notification = Some(id);
    }
    let mail = match notify::send_test(tx, actor, None, None) {
        Ok(it) => Ok(it.recipients.into_iter().next().map(|it| it.address).unwrap_or_default()),
        Err(Error::Refused(it)) => Err(it.detail),
        Err(error) => return Err(error),
    };
    Ok(Tried { notification, mail, devices })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        jobs::{self, Job},
        notices::{Filter, list},
        settings::{self, SettingsChange},
        stage::Stage,
    };

    #[test]
    fn a_word_goes_by_every_way_and_says_which_does_not_reach() {
        let stage = Stage::new();
        let max = stage.max.clone();
        let tried = stage.write({
            let max = max.clone();
            move |tx| try_ways(tx, &max, "A test")
        });
        let tried = tried.unwrap();
        assert!(tried.notification.is_none() && tried.mail.is_err(), "there is neither a ticket nor an address");
        stage.ticket(None);
        stage.notify();
        let change = SettingsChange { addresses: Some(vec!["desk@example.com".into()]), ..SettingsChange::default() };
        stage.write(move |tx| settings::change(tx, &Actor::system("test"), change)).unwrap();
        let by = max.clone();
        let tried = stage.write(move |tx| try_ways(tx, &by, "A test")).unwrap();
        let seen = stage.read(|tx| list(tx, &max, &Filter::default(), None, 10));
        assert_eq!(seen.iter().map(|it| (Some(it.id), it.words.as_deref())).collect::<Vec<_>>(), [(tried.notification, Some("A test"))]);
        assert!(tried.mail.is_ok());
        assert_eq!(tried.devices, Some(0));
        let jobs: Vec<Job> = stage.read(|tx| Ok(tx.scan::<Job>(&())?.collect::<Result<_, _>>()?));
        assert!(jobs.iter().any(|it| it.kind == crate::desk::mail::outbox::SEND_MAIL && it.state == jobs::JobState::Waiting));
        let rosa = stage.rosa.clone();
        assert!(stage.write(move |tx| try_ways(tx, &rosa, "A test")).is_err());
    }
}
