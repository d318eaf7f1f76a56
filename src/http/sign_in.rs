//! Signing in with mail address and password, and perhaps a code, for both doors: slowed by what failed before, compared off the
//! async threads, and answered the same whether the address or the password was wrong. The session itself is the desk's.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::http::{HeaderMap, request::Parts};

use super::{
    App, Problem,
    attempts::{Account, Attempt, Known},
    auth::cookie,
    credential_limit::block,
    origin,
};
use crate::{
    appliance::{
        Desk,
        directories::{self, ByPassword, HalfWay},
        password::{self, Verdict},
    },
    desk::{
        actor::Origin,
        identity::{
            self, Person, Started, device,
            entry::{self, Entered, Entry},
            place,
        },
        settings::Settings,
    },
    error::{Code, Error, Refusal, Result},
    id::{PersonId, ProviderId},
    language::say,
    limits,
    secret::Secret,
    time::Instant,
};

/// The cookie that marks a device on which somebody signed in.
pub const DEVICE_COOKIE: &str = "lodge_device";
/// The cookie between the two steps of a sign-in.
pub const STEP_COOKIE: &str = "lodge_step";
/// Begins the value of `STEP_COOKIE` where a directory compared the password.
const BY_DIRECTORY: &str = "d.";
/// The same where another desk of this machine vouched for somebody.
const BY_PASS: &str = "p.";
/// How long a device keeps its marks: browsers allow no longer.
const DEVICE_DAYS: u64 = 400;

/// Where an attempt comes from.
#[derive(Debug, Clone)]
pub struct Visit {
    pub address: Option<IpAddr>,
    pub origin: Origin,
    /// The value of the device's cookie.
    pub device: String,
}

impl Visit {
    pub fn of(app: &App, parts: &Parts) -> Visit {
        Visit { address: origin::address(app, parts), origin: origin::of(app, parts), device: device_of(&parts.headers) }
    }

    fn block(&self) -> Option<String> {
        self.address.map(|it| block(it).to_string())
    }
}

fn device_of(headers: &HeaderMap) -> String {
    cookie(headers, DEVICE_COOKIE).unwrap_or_default().to_owned()
}

/// What somebody signs in with.
pub struct Credentials {
    pub email: String,
    pub password: Secret,
    /// A code of the second factor, if it is sent at once.
    pub code: Option<String>,
}

/// What came of an attempt whose password was right.
pub enum SignedIn {
    In(Box<Entrance>),
    /// A code is needed too. For pages: the value of `STEP_COOKIE`, with which the second step goes on.
    NeedsCode {
        step: String,
    },
}

/// Somebody is in.
pub struct Entrance {
    pub person: Person,
    pub started: Started,
    /// The new value of the device's cookie.
    pub device: String,
}

/// Starts a session. `refreshable` for programs, which get a refresh token beside the access token.
pub async fn sign_in(app: &App, desk: &Arc<Desk>, visit: Visit, credentials: Credentials, refreshable: bool) -> Result<SignedIn, Problem> {
    app.credentials.attempt(visit.address)?;
    let Credentials { email, password, code } = credentials;
    let person = desk.read(|tx| identity::person_by_email(tx, &email))?.filter(|it| it.active);
    let attempt = begin(app, desk, &visit, &email, person.as_ref())?;
    let stored = person.as_ref().and_then(|it| it.password.clone());
    let verdict = match password::verify(password, stored.clone()).await {
        Ok(it) => it,
        Err(error) => {
            // It was never compared.
            app.attempts.withdrawn(attempt);
            return Err(error.into());
        }
    };
    let rehashed = match verdict {
        Verdict::Wrong => return Err(failed(desk, email, visit.origin)),
        Verdict::Right => None,
        Verdict::RightButOld(fresh) => Some(fresh),
    };
    let Some(person) = person else { return Err(wrong()) };
    let proved = Proved { person, stored, rehashed, code, attempt: Some(attempt), refreshable, by_password: true };
    enter(app, desk, visit, proved).await
}

/// The second step of a page: the password was right a moment ago, as the step's value says; now the code.
pub async fn second_step(app: &App, desk: &Arc<Desk>, visit: Visit, step: &str, code: String) -> Result<Entrance, Problem> {
    app.credentials.attempt(visit.address)?;
    let over = || Refusal::new(Code::Unauthenticated, say!("refused-signing-took-too-long"));
    if let Some(carried) = step.strip_prefix(BY_DIRECTORY) {
        let half_way = directories::half_way(desk, carried).ok_or_else(over)?;
        return finish(app, desk, visit, half_way, code, false).await;
    }
    let handed = step.strip_prefix(BY_PASS);
    let person = desk.read(|tx| person_of_step(tx, handed.unwrap_or(step), tx.now()))?.ok_or_else(over)?;
    let attempt = begin(app, desk, &visit, &person.email, Some(&person))?;
    let stored = person.password.clone();
    let proved = Proved {
        person,
        stored,
        rehashed: None,
        code: Some(code),
        attempt: Some(attempt),
        refreshable: false,
        by_password: handed.is_none(),
    };
    match enter(app, desk, visit, proved).await? {
        SignedIn::In(it) => Ok(*it),
        SignedIn::NeedsCode { .. } => Err(wrong_code()),
    }
}

/// What somebody types into the form of a directory.
pub struct DirectoryCredentials {
    pub provider: ProviderId,
    pub login: String,
    pub password: Secret,
    /// A code of the second factor, if it is sent at once.
    pub code: Option<String>,
}

/// The same with user name and password of a directory, which compares them. The waits of failed sign-ins go by the user name.
pub async fn sign_in_by_directory(
    app: &App,
    desk: &Arc<Desk>,
    visit: Visit,
    credentials: DirectoryCredentials,
    refreshable: bool,
) -> Result<SignedIn, Problem> {
    app.credentials.attempt(visit.address)?;
    let DirectoryCredentials { provider, login, password, code } = credentials;
    // Where people sign in by their address, whoever was here before is known; a user name is a stranger's.
    let known = desk.read(|tx| identity::person_by_email(tx, &login))?.filter(|it| it.active);
    let attempt = begin(app, desk, &visit, &login, known.as_ref())?;
    let outcome = directories::sign_in_ldap(desk, provider, &login, &password, visit.origin.clone(), refreshable).await;
    match outcome {
        Ok(it) => {
            match it {
                ByPassword::In(person, started) => {
                    app.attempts.succeeded(attempt);
                    Ok(SignedIn::In(Box::new(entrance(desk, &visit, person, *started)?)))
                }
                // Half of it is right: that neither counts nor clears what was guessed before.
                ByPassword::NeedsCode(half_way) => match code {
                    Some(code) => {
                        app.attempts.withdrawn(attempt);
                        Ok(SignedIn::In(Box::new(finish(app, desk, visit, half_way, code, refreshable).await?)))
                    }
                    None => {
                        app.attempts.withdrawn(attempt);
                        Ok(SignedIn::NeedsCode { step: format!("{BY_DIRECTORY}{}", directories::carried(desk, &half_way)?) })
                    }
                },
            }
        }
        Err(error) => {
            if matches!(&error, Error::Refused(it) if it.code == Code::Unauthenticated) {
                beside(desk, move |tx| identity::sign_in_failed(tx, &login, &visit.origin));
            } else {
                // Only a wrong password counts; a directory that is down does not.
                app.attempts.withdrawn(attempt);
            }
            Err(error.into())
        }
    }
}

/// The second step of somebody whom a directory knows.
async fn finish(
    app: &App,
    desk: &Arc<Desk>,
    visit: Visit,
    half_way: HalfWay,
    code: String,
    refreshable: bool,
) -> Result<Entrance, Problem> {
    let id = half_way.person;
    let person = desk.read(|tx| Ok(tx.get::<Person>(&id)?))?.ok_or_else(|| Refusal::not_found("person"))?;
    let attempt = begin(app, desk, &visit, &person.email, Some(&person))?;
    let started = directories::finish_ldap(desk, half_way, code, visit.origin.clone(), refreshable).await?;
    let started = started.ok_or_else(wrong_code)?;
    app.attempts.succeeded(attempt);
    entrance(desk, &visit, id, started)
}

fn entrance(desk: &Desk, visit: &Visit, person: PersonId, started: Started) -> Result<Entrance, Problem> {
    let (person, settings) = desk.read(|tx| Ok((tx.get::<Person>(&person)?, Settings::of(tx)?)))?;
    let person = person.ok_or_else(|| Refusal::not_found("person"))?;
    let device = marked(&settings, &visit.device, person.id);
    Ok(Entrance { person, started, device })
}

/// Lets somebody in whom another desk of this machine handed over: to the second step, if they have a second factor here.
pub async fn sign_in_by_pass(app: &App, desk: &Arc<Desk>, visit: Visit, person: PersonId) -> Result<SignedIn, Problem> {
    let person = desk.read(|tx| Ok(tx.get::<Person>(&person)?))?.ok_or_else(|| Refusal::not_found("person"))?;
    let stored = person.password.clone();
    let proved = Proved { person, stored, rehashed: None, code: None, attempt: None, refreshable: false, by_password: false };
    match enter(app, desk, visit, proved).await? {
        SignedIn::NeedsCode { step } => Ok(SignedIn::NeedsCode { step: format!("{BY_PASS}{step}") }),
        it => Ok(it),
    }
}

/// Whoever proved a password.
struct Proved {
    person: Person,
    stored: Option<String>,
    rehashed: Option<String>,
    code: Option<String>,
    /// What counts until it is known to be right; a pass was looked at where it was taken.
    attempt: Option<Attempt>,
    refreshable: bool,
    /// Whether it was a password that was proved, rather than a pass of another desk.
    by_password: bool,
}

async fn enter(app: &App, desk: &Arc<Desk>, visit: Visit, proved: Proved) -> Result<SignedIn, Problem> {
    let Proved { person, stored, rehashed, code, attempt, refreshable, by_password } = proved;
    let settings = desk.read(Settings::of)?;
    let entry = Entry {
        person: person.id,
        compared: stored,
        rehashed,
        code: code.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()),
        block: visit.block(),
        marked: device::mark_of(&settings.key, &visit.device, person.id).is_some(),
        origin: visit.origin,
        refreshable,
        by_password,
    };
    match desk.write(None, move |tx| entry::enter(tx, entry)).await? {
        Entered::In(started) => {
            attempt.into_iter().for_each(|it| app.attempts.succeeded(it));
            let device = marked(&settings, &visit.device, person.id);
            Ok(SignedIn::In(Box::new(Entrance { person, started: *started, device })))
        }
        Entered::NeedsCode => {
            attempt.into_iter().for_each(|it| app.attempts.withdrawn(it));
            Ok(SignedIn::NeedsCode { step: step_of(&settings, &person, desk.now()) })
        }
        Entered::WrongCode => Err(wrong_code()),
        Entered::Outdated => Err(wrong()),
        Entered::Elsewhere => {
            attempt.into_iter().for_each(|it| app.attempts.withdrawn(it));
            let detail = say!("refused-passwords-not-taken-here");
            Err(Refusal::new(Code::Unauthenticated, detail).into())
        }
    }
}

/// The device's cookie with a mark for this person; one that is there stays.
pub fn marked(settings: &Settings, device: &str, person: PersonId) -> String {
    match device::mark_of(&settings.key, device, person) {
        Some(_) => device.to_owned(),
        None => device::with_mark(&settings.key, device, person, rand::random()),
    }
}

/// Counts an attempt on an account; refused while it has to wait, which is written down once.
pub fn begin(app: &App, desk: &Arc<Desk>, visit: &Visit, email: &str, person: Option<&Person>) -> Result<Attempt, Problem> {
    let known = match person {
        Some(person) => desk.read(|tx| known(tx, person.id, visit))?,
        None => Known::Stranger,
    };
    let now = (app.options.clock)();
    app.attempts.begin(now, Account::of(desk.id, email), visit.address, known).map_err(|slowed| {
        metrics::counter!("lodge_sign_in_slowed_total").increment(1);
        if slowed.first {
            let (email, from) = (email.to_owned(), visit.origin.clone());
            beside(desk, move |tx| entry::slowed(tx, &email, &from, slowed.seconds, slowed.everybody));
        }
        slowed.into()
    })
}

fn known(tx: &crate::desk::Tx, person: PersonId, visit: &Visit) -> Result<Known> {
    if let Some(nonce) = device::mark_of(&Settings::of(tx)?.key, &visit.device, person) {
        return Ok(Known::Device(nonce));
    }
    let is_known = match visit.block() {
        Some(block) => place::is_known(tx, person, &block)?,
        None => false,
    };
    Ok(if is_known { Known::Address } else { Known::Stranger })
}

fn wrong() -> Problem {
    Refusal::new(Code::Unauthenticated, say!("refused-mail-address-password-wrong")).into()
}

fn wrong_code() -> Problem {
    Refusal::new(Code::Unauthenticated, say!("refused-code-not-right-take")).into()
}

/// Writes the failure down. Nobody waits for it, so that an address that somebody has takes no longer than one that nobody has.
fn failed(desk: &Arc<Desk>, email: String, from: Origin) -> Problem {
    beside(desk, move |tx| identity::sign_in_failed(tx, &email, &from));
    wrong()
}

fn beside(desk: &Arc<Desk>, run: impl FnOnce(&mut crate::desk::Tx) -> Result<()> + Send + 'static) {
    let desk = desk.clone();
    tokio::spawn(async move {
        if let Err(error) = desk.write(None, run).await {
            tracing::error!(%error, "a failed sign-in could not be written down");
        }
    });
}

/// `<person>.<until>.<tag>`: that this password was right a moment ago. It ends with the password, and opens nothing by itself.
fn step_of(settings: &Settings, person: &Person, now: Instant) -> String {
    let until = now.plus(Duration::from_secs(limits::SIGN_IN_SECOND_STEP_SECS)).as_millis();
    format!("{}.{until}.{}", person.id.0.simple(), step_tag(settings, person, until))
}

fn step_tag(settings: &Settings, person: &Person, until: i64) -> String {
    let key = blake3::derive_key("lodge second step of a sign-in 1", &settings.key);
    let password = person.password.as_deref().unwrap_or_default();
    blake3::keyed_hash(&key, &[person.id.0.as_bytes().as_slice(), &until.to_be_bytes(), password.as_bytes()].concat()).to_hex().to_string()
}

fn person_of_step(tx: &crate::desk::Tx, step: &str, now: Instant) -> Result<Option<Person>> {
    let mut parts = step.split('.');
    let (Some(id), Some(until), Some(tag), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return Ok(None) };
    let (Ok(id), Ok(until)) = (id.parse::<PersonId>(), until.parse::<i64>()) else { return Ok(None) };
    let Some(person) = tx.get::<Person>(&id)?.filter(|it| it.active) else { return Ok(None) };
    let fits = blake3::hash(tag.as_bytes()) == blake3::hash(step_tag(&*Settings::of(tx)?, &person, until).as_bytes());
    Ok(Some(person).filter(|_| fits && until > now.as_millis()))
}

/// The `Set-Cookie` value that keeps a device's marks.
pub fn device_cookie(value: &str) -> String {
    format!("{DEVICE_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}", DEVICE_DAYS * 24 * 3600)
}

/// The `Set-Cookie` value that leads to the second step, or away from it if there is none.
pub fn step_cookie(value: Option<&str>) -> String {
    let age = value.map_or(0, |_| limits::SIGN_IN_SECOND_STEP_SECS);
    format!("{STEP_COOKIE}={}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={age}", value.unwrap_or_default())
}
