//! Mails about an account: links that set a password, and word of what was done to it. Decided when the job runs, not when it is
//! asked for: so asking takes the same time for every address, and a link's secret is in the mail and nowhere else.

use serde::{Deserialize, Serialize};

use crate::{
    desk::{
        actor::Origin,
        identity::{
            self, Person,
            link::{self, Addressee, Purpose},
        },
        jobs::{self, Job},
        mail::{
            compose::{Envelope, Named, Outgoing},
            frame::{self, Framed},
            templates::Body,
        },
        providers,
        settings::Settings,
    },
    error::{Fault, Result},
    id::PersonId,
    store::Tx,
    text,
    time::Instant,
};

/// The kind of job that sends one such mail.
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

/// What came of writing a mail.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    Mail(Box<Outgoing>),
    /// There is nobody to tell, or they were told a moment ago.
    Nothing,
    /// The desk cannot write: why.
    Cannot(&'static str),
}

/// Writes the mail of a job, and makes the link in it. A repeat makes another link, and the one before ends.
pub fn write(tx: &mut Tx, job: &Job) -> Result<Written> {
    let mail: AccountMail = serde_json::from_str(&job.payload).map_err(|it| Fault::because("reading a job", it))?;
    let settings = Settings::of(tx)?;
    if settings.sender().is_none() {
        return Ok(Written::Cannot("the desk has no mail address: set `mail.addresses`"));
    }
    let Some(base) = settings.base_url.clone() else {
        return Ok(Written::Cannot("the desk does not know its own address, which links need: set `base_url`"));
    };
    let letter = match &mail {
        AccountMail::Reset { email } => reset(tx, &settings, &base, email, job)?,
        AccountMail::Register { email, name } => register(tx, &settings, &base, email, name, job)?,
        AccountMail::Invitation { person, by } => invitation(tx, &settings, &base, *person, *by)?,
        AccountMail::PasswordChanged { person, at, address, user_agent } => {
            let what = "Your password was changed.";
            told(tx, &settings, &base, *person, "Your password was changed", what, &place(&settings, *at, address, user_agent))?
        }
        AccountMail::NewDevice { person, at, address, user_agent } => {
            let what = "Somebody signed in with your account, from a device that we had not seen before.";
            told(tx, &settings, &base, *person, "A new sign-in", what, &place(&settings, *at, address, user_agent))?
        }
        AccountMail::FactorChanged { person, set_up, at, address, user_agent } => {
            let (subject, what) = match set_up {
                true => ("Your second factor is set up", "From now on your account asks for a code besides the password."),
                false => ("Your second factor was removed", "Your account asks for no code any more, only for the password."),
            };
            told(tx, &settings, &base, *person, subject, what, &place(&settings, *at, address, user_agent))?
        }
    };
    Ok(letter.map_or(Written::Nothing, |it| Written::Mail(Box::new(it.into_outgoing(&settings, job)))))
}

/// A mail to be.
struct Letter {
    to: String,
    to_name: String,
    subject: String,
    /// Paragraphs; what begins with `https:` or `http:` stands alone and is a link.
    said: Vec<String>,
}

impl Letter {
    fn into_outgoing(self, settings: &Settings, job: &Job) -> Outgoing {
        let from = settings.sender().unwrap_or_default().to_owned();
        let domain = from.rsplit_once('@').map_or("localhost", |it| it.1);
        let hello = if self.to_name.is_empty() { "Hello,".to_owned() } else { format!("Hello {},", self.to_name) };
        let all: Vec<String> = std::iter::once(hello).chain(self.said).collect();
        let subject = format!("{} · {}", self.subject, settings.name);
        let framed = Framed {
            language: "en",
            brand: &settings.name,
            subject: &subject,
            body: Body { text: all.join("\n\n"), html: all.iter().map(|it| paragraph(it)).collect() },
            foot: vec![(settings.name.clone(), None)],
            mark: "lodge-account".into(),
            ..Framed::default()
        };
        Outgoing {
            message_id: format!("{}.account@{domain}", job.id.0.simple()),
            from_name: settings.name.clone(),
            recipients: vec![Envelope { address: self.to.clone(), return_path: Some(from.clone()) }],
            to: vec![Named { name: self.to_name, address: self.to }],
            text: frame::text(&framed),
            html: frame::html(&framed),
            subject,
            auto_submitted: Some("auto-generated"),
            from,
            ..Outgoing::default()
        }
    }
}

fn paragraph(text: &str) -> String {
    let shown = text::html::escape(text);
    if text.starts_with("https:") || text.starts_with("http:") {
        format!("<p><a href=\"{shown}\">{shown}</a></p>")
    } else {
        format!("<p>{shown}</p>")
    }
}

/// Somebody who can be written to: active, at an address that exists and is not ours.
fn reachable(tx: &Tx, settings: &Settings, person: PersonId) -> Result<Option<Person>> {
    Ok(tx.get::<Person>(&person)?.filter(|it| it.active && can_get_mail(settings, &it.email)))
}

fn can_get_mail(settings: &Settings, email: &str) -> bool {
    !email.ends_with(".invalid") && !settings.is_own_address(email)
}

/// Whether a first attempt would repeat what was sent a moment ago.
fn is_repeat(tx: &Tx, purpose: Purpose, email: &str, job: &Job) -> Result<bool> {
    Ok(job.attempts <= 1 && link::was_just_made(tx, purpose, email)?)
}

fn reset(tx: &mut Tx, settings: &Settings, base: &str, email: &str, job: &Job) -> Result<Option<Letter>> {
    let Some(person) = identity::person_by_email(tx, email)? else { return Ok(None) };
    if reachable(tx, settings, person.id)?.is_none() || is_repeat(tx, Purpose::Reset, email, job)? {
        return Ok(None);
    }
    if !providers::may_use_password(tx, &person)? {
        return Ok(Some(Letter {
            to: person.email,
            to_name: person.name,
            subject: "How you sign in".into(),
            said: vec![
                "somebody, most likely you, wants to set a new password for your account. This desk takes no passwords of its own from \
                 you; sign in here with one of the other ways:"
                    .into(),
                format!("{base}/sign-in"),
            ],
        }));
    }
    let link = address(tx, base, Purpose::Reset, Addressee { email, person: Some(person.id), name: "" })?;
    Ok(Some(Letter {
        to: person.email,
        to_name: person.name,
        subject: "Set a new password".into(),
        said: vec![
            "somebody, most likely you, wants to set a new password for your account. This link does it:".into(),
            link,
            "It works once, for an hour. If it was not you, there is nothing to do: your password stays as it is.".into(),
        ],
    }))
}

fn address(tx: &mut Tx, base: &str, purpose: Purpose, to: Addressee) -> Result<String> {
    Ok(format!("{base}{}/{}", purpose.path(), link::make(tx, purpose, to)?))
}

fn register(tx: &mut Tx, settings: &Settings, base: &str, email: &str, name: &str, job: &Job) -> Result<Option<Letter>> {
    if !can_get_mail(settings, email) {
        return Ok(None);
    }
    if let Some(person) = identity::person_by_email(tx, email)? {
        // Whoever only ever wrote mail takes over their account in the same way.
        return exists_already(tx, settings, base, &person, job);
    }
    if is_repeat(tx, Purpose::Verify, email, job)? {
        return Ok(None);
    }
    let link = address(tx, base, Purpose::Verify, Addressee { email, person: None, name })?;
    Ok(Some(Letter {
        to: email.to_owned(),
        // A stranger's words do not go into a mail that we send.
        to_name: String::new(),
        subject: "Finish your registration".into(),
        said: vec![
            "somebody, most likely you, wants an account with this mail address. This link finishes it; you choose a password there:"
                .into(),
            link,
            "It works once, for two days. If it was not you, there is nothing to do: without it there will be no account.".into(),
        ],
    }))
}

fn exists_already(tx: &mut Tx, settings: &Settings, base: &str, person: &Person, job: &Job) -> Result<Option<Letter>> {
    if reachable(tx, settings, person.id)?.is_none() || is_repeat(tx, Purpose::Reset, &person.email, job)? {
        return Ok(None);
    }
    let to = Addressee { email: &person.email, person: Some(person.id), name: "" };
    let link = address(tx, base, Purpose::Reset, to)?;
    Ok(Some(Letter {
        to: person.email.clone(),
        to_name: person.name.clone(),
        subject: "You have an account already".into(),
        said: vec![
            "somebody, most likely you, wanted to register with this mail address. There is an account with it already. If you do not \
             remember its password, or never set one, this link sets it:"
                .into(),
            link,
            "It works once, for an hour. If it was not you, there is nothing to do.".into(),
        ],
    }))
}

fn invitation(tx: &mut Tx, settings: &Settings, base: &str, person: PersonId, by: Option<PersonId>) -> Result<Option<Letter>> {
    let Some(person) = reachable(tx, settings, person)?.filter(|it| it.password.is_none()) else { return Ok(None) };
    let inviter = match by {
        Some(id) => tx.get::<Person>(&id)?.map(|it| it.name),
        None => None,
    };
    let to = Addressee { email: &person.email, person: Some(person.id), name: "" };
    let link = address(tx, base, Purpose::Invitation, to)?;
    let who = inviter.map_or_else(|| "you are invited".to_owned(), |it| format!("{it} invites you"));
    Ok(Some(Letter {
        to: person.email,
        to_name: person.name,
        subject: "Your invitation".into(),
        said: vec![
            format!("{who} to {}. This link leads in; you choose a password there:", settings.name),
            link,
            "It works once, for seven days.".into(),
        ],
    }))
}

/// Word of something that was done, with what to do if it was somebody else.
fn told(tx: &Tx, settings: &Settings, base: &str, person: PersonId, subject: &str, what: &str, place: &str) -> Result<Option<Letter>> {
    let Some(person) = reachable(tx, settings, person)? else { return Ok(None) };
    Ok(Some(Letter {
        to: person.email,
        to_name: person.name,
        subject: subject.to_owned(),
        said: vec![
            what.to_owned(),
            place.to_owned(),
            "If that was you, all is well. If not, set a new password here, which ends every session, and tell the desk:".into(),
            format!("{base}/forgot"),
        ],
    }))
}

/// When and from where, for people.
fn place(settings: &Settings, at: Instant, address: &Option<String>, user_agent: &Option<String>) -> String {
    let zone = jiff::tz::TimeZone::get(&settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let at = at.timestamp().to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z");
    let from = address.as_ref().map(|it| format!(", from the address {it}")).unwrap_or_default();
    let with = user_agent.as_ref().map(|it| format!(", with {it}")).unwrap_or_default();
    format!("When: {at}{from}{with}.")
}
