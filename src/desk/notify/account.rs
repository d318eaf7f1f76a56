//! Mails about an account: links that set a password, and word of what was done to it. Decided by a job, not when it is asked for, so
//! that asking takes the same time for every address; what is to be sent is then a letter of the outbox like all others.
//!
//! Invariant: a link's secret is in the mail and nowhere else. It is made for one attempt to send the letter, and kept by hash; the next
//! attempt makes another, under another Message-ID, so that no server drops the mail whose link works as a repeat of one whose does not.

use serde::{Deserialize, Serialize};

use super::{message_id, unique};
use crate::{
    desk::{
        actor::Origin,
        identity::{
            self, Person,
            link::{self, Addressee, Purpose},
        },
        jobs::{self, Job},
        mail::{
            compose::{self, Envelope, Named, Outgoing},
            frame::{self, Framed},
            occasion::Occasion,
            outbox::{self, AboutAccount, Letter, Line, NewLetter, Recipient},
            sending::SendingRules,
            signature,
            templates::{self, Values},
        },
        providers,
        settings::Settings,
    },
    error::{Code, Fault, Refusal, Result},
    id::{LetterId, PersonId},
    language::say,
    store::Tx,
    text,
    time::Instant,
};

/// The kind of job that decides about one such mail.
pub const SEND_ACCOUNT_MAIL: &str = "send_account_mail";

/// What a mail is about. The payload of the job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AccountMail {
    /// Somebody asked for another password for this address.
    Reset {
        email: String,
    },
    /// Somebody wants to register with this address.
    Register {
        email: String,
        name: String,
    },
    Invitation {
        person: PersonId,
        by: Option<PersonId>,
    },
    PasswordChanged {
        person: PersonId,
        at: Instant,
        address: Option<String>,
        user_agent: Option<String>,
    },
    NewDevice {
        person: PersonId,
        at: Instant,
        address: Option<String>,
        user_agent: Option<String>,
    },
    FactorChanged {
        person: PersonId,
        set_up: bool,
        at: Instant,
        address: Option<String>,
        user_agent: Option<String>,
    },
}

impl AccountMail {
    pub fn password_changed(person: PersonId, at: Instant, from: &Origin) -> Self {
        AccountMail::PasswordChanged { person, at, address: from.address.clone(), user_agent: from.user_agent.clone() }
    }

    pub fn new_device(person: PersonId, at: Instant, from: &Origin) -> Self {
        AccountMail::NewDevice { person, at, address: from.address.clone(), user_agent: from.user_agent.clone() }
    }

    pub fn factor_changed(person: PersonId, set_up: bool, at: Instant, from: &Origin) -> Self {
        AccountMail::FactorChanged { person, set_up, at, address: from.address.clone(), user_agent: from.user_agent.clone() }
    }
}

/// Enqueues the mail. The same one that still waits is not sent twice.
pub fn send(tx: &mut Tx, mail: &AccountMail) -> Result<()> {
    let payload = serde_json::to_string(mail).map_err(|it| Fault::because("writing a job", it))?;
    let dedup = format!("account-{}", &blake3::hash(payload.as_bytes()).to_hex()[..32]);
    let now = tx.now();
    jobs::enqueue(tx, SEND_ACCOUNT_MAIL, &dedup, payload, now)?;
    Ok(())
}

/// Who is to be written to, and why.
struct Planned {
    occasion: Occasion,
    /// None for somebody who registers.
    person: Option<Person>,
    email: String,
}

/// The link that a mail of this occasion brings; none: it leads to a page for everybody.
fn purpose(occasion: Occasion) -> Option<Purpose> {
    match occasion {
        Occasion::PasswordReset | Occasion::AlreadyRegistered => Some(Purpose::Reset),
        Occasion::Registration => Some(Purpose::Verify),
        Occasion::Invitation => Some(Purpose::Invitation),
        _ => None,
    }
}

/// What follows from what was asked for; none: there is nobody to tell.
fn plan(tx: &Tx, settings: &Settings, mail: &AccountMail) -> Result<Option<Planned>> {
    let to = |occasion, person: Person| Planned { occasion, email: person.email.clone(), person: Some(person) };
    Ok(match mail {
        AccountMail::Reset { email } => {
            let Some(person) = reachable_at(tx, settings, email)? else { return Ok(None) };
            let otherwise = !providers::may_use_password(tx, &person)?;
            Some(to(if otherwise { Occasion::SignInWays } else { Occasion::PasswordReset }, person))
        }
        AccountMail::Register { email, .. } if identity::person_by_email(tx, email)?.is_some() => {
            // Whoever only ever wrote mail takes over their account in the same way.
            reachable_at(tx, settings, email)?.map(|it| to(Occasion::AlreadyRegistered, it))
        }
        AccountMail::Register { email, .. } => {
            let planned = Planned { occasion: Occasion::Registration, person: None, email: email.clone() };
            Some(planned).filter(|it| can_get_mail(settings, &it.email))
        }
        AccountMail::Invitation { person, .. } => {
            reachable(tx, settings, *person)?.filter(|it| it.password.is_none()).map(|it| to(Occasion::Invitation, it))
        }
        AccountMail::PasswordChanged { person, .. } => reachable(tx, settings, *person)?.map(|it| to(Occasion::PasswordChanged, it)),
        AccountMail::NewDevice { person, .. } => reachable(tx, settings, *person)?.map(|it| to(Occasion::NewDevice, it)),
        AccountMail::FactorChanged { person, set_up, .. } => {
            let occasion = if *set_up { Occasion::FactorSet } else { Occasion::FactorRemoved };
            reachable(tx, settings, *person)?.map(|it| to(occasion, it))
        }
    })
}

/// Puts what follows from a job into the outbox; nothing if there is nobody to tell, or they were told a moment ago.
pub fn decide(tx: &mut Tx, job: &Job) -> Result<Option<LetterId>> {
    let mail = read(&job.payload)?;
    let settings = Settings::of(tx)?;
    let Some(Planned { occasion, person, email }) = plan(tx, &settings, &mail)? else { return Ok(None) };
    let purpose = purpose(occasion);
    // Links of one purpose end each other, so only one of them is on its way.
    let only_one = purpose.map_or_else(|| hashed(&job.payload), |it| format!("{} {}", it.path(), email.to_lowercase()));
    let just_made = purpose.filter(|it| *it != Purpose::Invitation).map(|it| link::was_just_made(tx, it, &email)).transpose()?;
    if just_made == Some(true) || outbox::waiting(tx, &only_one)?.is_some() {
        return Ok(None);
    }
    let (rules, now) = (SendingRules::of(tx)?, tx.now());
    let language = language(&rules, person.as_ref());
    let (text, _) = templates::text(tx, occasion, language)?;
    let values = values(tx, &settings, &mail, person.as_ref(), "")?;
    let built_in = templates::built_in(occasion, language).subject;
    let subject = templates::line(&text.subject, &values).or_else(|| templates::line(&built_in, &values)).unwrap_or_default();
    let name = person.as_ref().map_or("", |it| it.name.as_str());
    let letter = NewLetter {
        ticket: None,
        comment: None,
        occasion,
        recipients: vec![Recipient::new(Line::To, name, email.as_str())],
        subject,
        message_id: message_id(&settings, &unique(&["account", &job.id.to_string()]), "account"),
        held_until: None,
        order: tx.last_seq(),
        person: person.map(|it| it.id),
        may_be_stopped: false,
        language: None,
        sample: None,
        account: Some(AboutAccount { what: job.payload.clone(), only_one, expires_at: purpose.map(|it| now.plus(it.lifetime())) }),
        gathered: None,
    };
    outbox::enqueue(tx, letter).map(|it| Some(it.id))
}

fn read(what: &str) -> Result<AccountMail> {
    Ok(serde_json::from_str(what).map_err(|it| Fault::because("reading what a mail is about", it))?)
}

/// From where somebody signed in is kept no longer than it is needed, and so not in a key either.
fn hashed(what: &str) -> String {
    blake3::hash(what.as_bytes()).to_hex().to_string()
}

fn language(rules: &SendingRules, person: Option<&Person>) -> &'static str {
    let own = person.and_then(|it| it.locale.as_deref());
    own.and_then(templates::language).or_else(|| templates::language(&rules.language)).unwrap_or("en")
}

/// Writes a letter about an account for the attempt that has begun, and makes the link in it; none if there is nothing to say any more.
/// Refused while the desk has no address to write from, or does not know its own.
pub fn write(tx: &mut Tx, letter: &Letter) -> Result<Option<Outgoing>> {
    let Some(mail) = letter.account.as_deref().filter(|it| !it.is_empty()).map(read).transpose()? else { return Ok(None) };
    let (settings, rules) = (Settings::of(tx)?, SendingRules::of(tx)?);
    let voice = signature::voice(tx, &settings, None)?.ok_or_else(compose::no_address)?;
    let base = settings.base_url.clone().ok_or_else(no_base)?;
    // A letter goes where it was meant to go, even if the person has another address by now.
    let still = |it: &Planned| it.occasion == letter.occasion && letter.open().any(|to| to.address == it.email);
    let Some(planned) = plan(tx, &settings, &mail)?.filter(still) else { return Ok(None) };
    let (occasion, person) = (planned.occasion, planned.person.as_ref());
    let link = match purpose(occasion) {
        Some(purpose) => {
            let name = if let AccountMail::Register { name, .. } = &mail { name.as_str() } else { "" };
            let to = Addressee { email: &planned.email, person: person.map(|it| it.id), name };
            format!("{base}{}/{}", purpose.path(), link::make(tx, purpose, to)?)
        }
        None if occasion == Occasion::SignInWays => format!("{base}/sign-in"),
        None => format!("{base}/forgot"),
    };
    // As it is now: a report may have come since the attempt began, which may be over, too.
    let is_this_attempt = |it: &Letter| it.state == letter.state && it.attempts == letter.attempts;
    let Some(mut letter) = tx.get::<Letter>(&letter.id)?.filter(is_this_attempt) else { return Ok(None) };
    if purpose(occasion).is_some() {
        letter.message_id = message_id(&settings, &unique(&[&letter.id.to_string(), &letter.attempts.to_string()]), "account");
        tx.put(&letter)?;
    }
    let language = compose::language_of(&rules, &letter, person);
    let values = values(tx, &settings, &mail, person, &link)?;
    let (text, _) = templates::text(tx, occasion, language)?;
    let signature = if voice.signature.trim().is_empty() { "{{ desk.name }}" } else { &voice.signature };
    let framed = Framed {
        language,
        brand: &settings.name,
        subject: &letter.subject,
        body: compose::rendered(occasion, language, &text, &values, None),
        signature: templates::body(signature, &values, None),
        foot: vec![(settings.name.clone(), None)],
        mark: "lodge-account".into(),
        ..Framed::default()
    };
    let (text, html) = (frame::text(&framed), frame::html(&framed));
    let home = |it: &Recipient| compose::own_return_path(&settings, &voice.address, it).unwrap_or_else(|| voice.address.clone());
    let recipients = letter.open().map(|it| Envelope { address: it.address.clone(), return_path: Some(home(it)) }).collect();
    Ok(Some(Outgoing {
        message_id: letter.message_id,
        from_name: voice.name,
        reply_to: Some(voice.reply_to).filter(|it| *it != voice.address),
        recipients,
        from: voice.address,
        to: vec![Named { name: person.map_or("", |it| it.name.as_str()).to_owned(), address: planned.email }],
        subject: letter.subject,
        text,
        html,
        auto_submitted: occasion.auto_submitted(),
        ..Outgoing::default()
    }))
}

/// It may well know it soon, so the letter waits.
fn no_base() -> Refusal {
    Refusal::new(Code::Conflict, say!("refused-desk-does-not-know"))
}

/// What the placeholders stand for.
fn values(tx: &Tx, settings: &Settings, mail: &AccountMail, person: Option<&Person>, link: &str) -> Result<Values> {
    let name = person.map_or("", |it| it.name.as_str());
    let inviter = if let AccountMail::Invitation { by: Some(by), .. } = mail { tx.get::<Person>(by)?.map(|it| it.name) } else { None };
    let agent = inviter.unwrap_or_else(|| settings.name.clone());
    let mut values = Values::default();
    values
        .set("desk.name", &settings.name)
        .set("desk.url", settings.base_url.clone().unwrap_or_default())
        .set("person.name", name)
        .set("person.first_name", compose::first_name(name))
        .set("agent.name", &agent)
        .set("agent.first_name", compose::first_name(&agent))
        .set("queue.name", &settings.name)
        .set("link", link);
    let (AccountMail::PasswordChanged { at, address, user_agent, .. }
    | AccountMail::NewDevice { at, address, user_agent, .. }
    | AccountMail::FactorChanged { at, address, user_agent, .. }) = mail
    else {
        return Ok(values);
    };
    let zone = jiff::tz::TimeZone::get(&settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    values
        .set("event.time", at.timestamp().to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string())
        .set("event.address", address.clone().unwrap_or_default())
        // In our words: what a stranger's program calls itself is text that they choose.
        .set("event.device", user_agent.as_deref().map(text::user_agent::device).unwrap_or_default());
    Ok(values)
}

/// Somebody who can be written to: active, at an address that exists and is not ours.
fn reachable(tx: &Tx, settings: &Settings, person: PersonId) -> Result<Option<Person>> {
    Ok(tx.get::<Person>(&person)?.filter(|it| it.active && can_get_mail(settings, &it.email)))
}

fn reachable_at(tx: &Tx, settings: &Settings, email: &str) -> Result<Option<Person>> {
    Ok(identity::person_by_email(tx, email)?.filter(|it| it.active && can_get_mail(settings, &it.email)))
}

fn can_get_mail(settings: &Settings, email: &str) -> bool {
    !email.ends_with(".invalid") && !settings.is_own_address(email)
}
