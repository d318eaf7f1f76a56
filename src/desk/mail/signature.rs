//! In whose voice the desk writes: sender, name, where answers go, and what stands below. A queue may have its own; what it leaves
//! open is the desk's.

use minicbor::{Decode, Encode};

use super::{
    mailbox::{Mailbox, MailboxSettings},
    sending::SendingRules,
    templates,
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity,
        permission::Permission,
        queues::{self, Queue},
        settings::{self, Settings},
    },
    error::{Refusal, Result},
    id::QueueId,
    language::say,
    limits,
    store::Tx,
};

/// How mails are signed; an empty field is the desk's, or what comes by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Voice {
    /// The sender's address.
    #[n(0)]
    pub address: String,
    /// The name beside it.
    #[n(1)]
    pub name: String,
    /// Where answers go; it carries the reply token where the desk's addresses do.
    #[n(2)]
    pub reply_to: String,
    /// Markdown with placeholders, below what is said.
    #[n(3)]
    pub signature: String,
}

impl Voice {
    pub fn is_empty(&self) -> bool {
        self == &Voice::default()
    }

    /// Checks it and brings it into the form in which it is kept.
    pub fn checked(mut self) -> Result<Voice> {
        for (field, address) in [("address", &mut self.address), ("replyTo", &mut self.reply_to)] {
            *address = address.trim().to_owned();
            if !address.is_empty() {
                let normal = identity::normal_email(address);
                *address = normal.map_err(|_| Refusal::field(field, "invalid", say!("refused-not-mail-address-4", address = address)))?;
            }
        }
        self.name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.name.chars().count() > limits::SENDER_NAME_CHARS_MAX {
            let message = say!("refused-senders-name-characters-most", sender_name_chars_max = limits::SENDER_NAME_CHARS_MAX);
            return Err(Refusal::field("name", "too_long", message).into());
        }
        self.signature = self.signature.trim_end().to_owned();
        templates::check_signature(&self.signature)?;
        Ok(self)
    }

    pub(super) fn for_log(&self) -> serde_json::Value {
        let Voice { address, name, reply_to, signature } = self;
        serde_json::json!({ "address": address, "name": name, "replyTo": reply_to, "signature": signature })
    }
}

/// The voice of a letter of this queue, with nothing left open but the signature; none if the desk has no address.
pub fn voice(tx: &Tx, settings: &Settings, queue: Option<QueueId>) -> Result<Option<Voice>> {
    let rules = SendingRules::of(tx)?;
    let own = match queue {
        Some(id) => tx.get_shared::<Queue>(&id)?.and_then(|it| it.voice.clone()).unwrap_or_default(),
        None => Voice::default(),
    };
    let first = |a: &str, b: &str| if a.is_empty() { b.to_owned() } else { a.to_owned() };
    let desk = &rules.voice;
    let address = first(&own.address, &first(&desk.address, settings.sender().unwrap_or_default()));
    if address.is_empty() {
        return Ok(None);
    }
    // A queue that speaks from its own address gets its answers there, unless it says otherwise.
    let reply_to = match (own.reply_to.is_empty(), own.address.is_empty()) {
        (false, _) => own.reply_to.clone(),
        (true, false) => own.address.clone(),
        (true, true) => first(&desk.reply_to, &address),
    };
    let name = first(&own.name, &first(&desk.name, &settings.name));
    Ok(Some(Voice { address, name, reply_to, signature: first(&own.signature, &desk.signature) }))
}

/// Whether this address is one of the desk's, of a mailbox or of a queue's voice: mail to it would come back to ourselves.
pub fn is_own_address(tx: &Tx, settings: &Settings, address: &str) -> Result<bool> {
    if settings.is_own_address(address) {
        return Ok(true);
    }
    let bare = settings::without_plus(address);
    let is_it = |voice: &Voice| [&voice.address, &voice.reply_to].iter().any(|it| !it.is_empty() && it.eq_ignore_ascii_case(&bare));
    if is_it(&SendingRules::of(tx)?.voice) {
        return Ok(true);
    }
    for mailbox in tx.scan::<Mailbox>(&())? {
        let MailboxSettings { address, aliases, .. } = &mailbox?.settings;
        if std::iter::once(address).chain(aliases).any(|it| it.eq_ignore_ascii_case(&bare)) {
            return Ok(true);
        }
    }
    Ok(queues::queues(tx)?.iter().filter_map(|it| it.voice.as_ref()).any(is_it))
}

/// Gives a queue a voice of its own, or the desk's if it is empty.
pub fn give_voice(tx: &mut Tx, actor: &Actor, id: QueueId, voice: Voice) -> Result<Queue> {
    actor.need(Permission::SettingsWrite)?;
    identity::need_unbounded(actor)?;
    let before = tx.get::<Queue>(&id)?.ok_or_else(|| Refusal::not_found("queue"))?;
    let voice = Some(voice.checked()?).filter(|it| !it.is_empty());
    if before.voice == voice {
        return Ok(before);
    }
    let after = Queue { voice, ..before.clone() };
    tx.put(&after)?;
    let said = |it: &Queue| it.voice.as_ref().map(Voice::for_log);
    let mut changes = Changes::new();
    changes.field("voice", said(&before), said(&after));
    let about = About { entity_kind: "queue", entity: id.0, subject: None };
    event::record(tx, actor, EventKind::QueueChanged, about, changes)?;
    Ok(after)
}
