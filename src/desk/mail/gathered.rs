//! A mail that tells an agent of many tickets at once: how many targets it was, the first of the tickets, and where all of them are.
//!
//! Written when it is sent, so it lists what its reader may see then. Where it could list only some, it goes even if none of those may be
//! seen any more: the number and the way to all of them still tell of the others.

use super::{
    compose::{Envelope, Named, Outgoing, first_name, language_of, no_address, own_return_path},
    frame::{self, Framed},
    occasion::Occasion,
    outbox::{Gathered, Letter},
    sending::SendingRules,
    signature,
    templates::{self, Body, Values},
};
use crate::{
    desk::{
        actor::Origin,
        identity::{self, Person},
        settings::Settings,
        tickets::{Ticket, access, number, priority_label},
    },
    error::Result,
    store::Tx,
    text::html::escape,
};

/// What it is about, in the reader's language or else the desk's.
pub(in crate::desk) fn subject(rules: &SendingRules, occasion: Occasion, person: &Person, count: u64) -> String {
    let own = person.locale.as_deref().and_then(templates::language);
    let language = own.or_else(|| templates::language(&rules.language)).unwrap_or("en");
    templates::gathered(occasion, language).subject.replace("{count}", &count.to_string())
}

/// Writes the letter; none if its reader is gone or works no tickets any more, or may see none of all its tickets.
pub(super) fn compose(tx: &Tx, settings: &Settings, rules: &SendingRules, letter: &Letter, it: &Gathered) -> Result<Option<Outgoing>> {
    let Some(person) = letter.person.map(|id| tx.get::<Person>(&id)).transpose()?.flatten() else { return Ok(None) };
    let known = it.tickets.iter().map(|id| tx.get::<Ticket>(id)).filter_map(|it| it.transpose()).collect::<Result<Vec<_>, _>>()?;
    let tickets = seen(tx, &person, &known)?;
    let is_wrong = letter.occasion != Occasion::Digest && !person.is_agent();
    if !person.active || is_wrong || (tickets.is_empty() && !it.is_cut) {
        return Ok(None);
    }
    let voice = match signature::voice(tx, settings, None)? {
        Some(it) => it,
        None => {
            signature::voice(tx, settings, tickets.first().copied().or(known.first()).and_then(|it| it.queue))?.ok_or_else(no_address)?
        }
    };
    let language = language_of(rules, letter, Some(&person));
    let texts = templates::gathered(letter.occasion, language);
    let mut values = Values::default();
    values.set("desk.name", &settings.name).set("person.name", &person.name).set("person.first_name", first_name(&person.name));
    let block = listed(settings, &tickets, &intro(&texts, it, tickets.is_empty()), rest(&texts, it, tickets.len()));
    let view = settings.base_url.as_deref().map(|base| format!("{base}{}", view_of(letter.occasion)));
    let framed = Framed {
        language,
        brand: &settings.name,
        subject: &letter.subject,
        body: templates::body(texts.greeting, &values, Some(&block)).unwrap_or(block),
        signature: templates::body("{{ desk.name }}", &values, None),
        link: view.as_deref().map(|it| (texts.all, it)),
        foot: vec![(settings.name.clone(), None)],
        mark: format!("lodge-message-{}", letter.id.0.simple()),
        ..Framed::default()
    };
    let return_path = |to| Some(own_return_path(settings, &voice.address, to).unwrap_or_else(|| voice.address.clone()));
    Ok(Some(Outgoing {
        message_id: letter.message_id.clone(),
        recipients: letter.open().map(|it| Envelope { address: it.address.clone(), return_path: return_path(it) }).collect(),
        to: letter.recipients.iter().map(|it| Named { name: it.name.clone(), address: it.address.clone() }).collect(),
        subject: letter.subject.clone(),
        text: frame::text(&framed),
        html: frame::html(&framed),
        auto_submitted: letter.occasion.auto_submitted(),
        from_name: voice.name,
        from: voice.address,
        ..Outgoing::default()
    }))
}

/// The view of the console that has all of them.
fn view_of(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Digest => "/notifications",
        Occasion::TargetWarned => "/agent/views/breaching",
        _ => "/agent/views/breached",
    }
}

fn seen<'a>(tx: &Tx, person: &Person, known: &'a [Ticket]) -> Result<Vec<&'a Ticket>> {
    let actor = identity::actor_of(tx, person, Origin::default())?;
    Ok(known.iter().filter(|it| access::may_see(&actor, it)).collect())
}

/// How many targets there were, and when.
fn intro(texts: &templates::GatheredTexts, it: &Gathered, none_seen: bool) -> String {
    let said = if it.for_hours { texts.waited } else { texts.at_once }.replace("{count}", &it.count.to_string());
    said + if none_seen { texts.none_seen } else { texts.tickets }
}

/// What is said of the tickets that do not stand in the list, below it.
fn rest(texts: &templates::GatheredTexts, it: &Gathered, seen: usize) -> Option<&'static str> {
    match (seen, it.is_cut) {
        (0, _) => None,
        (_, true) => Some(texts.more),
        (seen, false) => (seen < it.tickets.len()).then_some(texts.unseen),
    }
}

/// The tickets, a line each, in both forms.
fn listed(settings: &Settings, tickets: &[&Ticket], intro: &str, more: Option<&str>) -> Body {
    let (mut text, mut html) = (format!("{intro}\n"), format!("<p>{}</p>", escape(intro)));
    if !tickets.is_empty() {
        html.push_str("<ul>");
    }
    for it in tickets {
        let number = number::text(settings, it.kind, it.number);
        let said = format!("{} ({})", it.title.trim(), priority_label(it.priority));
        let address = settings.base_url.as_deref().map(|base| format!("{base}/tickets/{number}"));
        text.push_str(&format!("\n- {number}: {said}"));
        match address {
            Some(address) => {
                html.push_str(&format!("<li><a href=\"{}\">{}</a>: {}</li>", escape(&address), escape(&number), escape(&said)))
            }
            None => html.push_str(&format!("<li>{}: {}</li>", escape(&number), escape(&said))),
        }
    }
    if !tickets.is_empty() {
        html.push_str("</ul>");
    }
    if let Some(more) = more {
        text.push_str(&format!("\n\n{more}"));
        html.push_str(&format!("<p>{}</p>", escape(more)));
    }
    Body { text, html }
}
