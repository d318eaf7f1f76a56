//! Signing in by somebody else's word, from end to end: the provider's settings and secret are read from the desk, the provider is
//! asked (`directory/`), and the desk decides on what it says. Also the sync of a whole directory, and the test of a connection.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::Desk;
use crate::{
    desk::{
        actor::Origin,
        identity::{Started, factor},
        providers::{self, Opened, Provider, ProviderSettings, Said, SyncCounts, SyncState},
    },
    directory::{
        header,
        ldap::Directory,
        oidc::{Client, Pending, Published},
    },
    error::{Code, Fault, Refusal, Result},
    id::{PersonId, ProviderId, SessionId},
    language::say,
    limits,
    reach::{Trouble, What},
    secret::Secret,
    time::Instant,
};
pub use crate::{directory::oidc::CameBack, reach::Finding};

const FOR_SECRETS: &str = "secret of a sign-in provider";
const FOR_PENDING: &str = "sign-in that is under way";
const FOR_HALF_WAY: &str = "first step of a sign-in by a directory";
const FOR_ID_TOKENS: &str = "id token of a session";

/// What providers have published, by provider.
#[derive(Default)]
pub struct Known(Mutex<BTreeMap<ProviderId, Arc<Published>>>);

impl Known {
    fn of(&self, provider: ProviderId) -> Arc<Published> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > limits::PROVIDERS_MAX {
            // Providers that were taken away; the rest is fetched anew.
            all.clear();
        }
        all.entry(provider).or_default().clone()
    }
}

/// A provider's secret as it is kept.
pub fn sealed(desk: &Desk, secret: &Secret) -> Result<Option<Vec<u8>>> {
    if secret.reveal().len() > limits::PROVIDER_SECRET_BYTES_MAX {
        let message = say!("refused-secret-bytes-most", provider_secret_bytes_max = limits::PROVIDER_SECRET_BYTES_MAX);
        return Err(Refusal::field("secret", "too_long", message).into());
    }
    if secret.is_empty() { Ok(None) } else { desk.seal.seal(FOR_SECRETS, secret.reveal().as_bytes()).map(Some) }
}

fn opened(desk: &Desk, provider: &Provider) -> Result<Secret> {
    let Some(it) = &provider.secret else { return Ok(Secret::default()) };
    let text = desk.seal.open(FOR_SECRETS, it).and_then(|it| String::from_utf8(it).ok());
    let lost = || Fault::new(format!("the secret of `{}` cannot be opened: is `seal.key` the one it was sealed with?", provider.name));
    Ok(Secret::new(text.ok_or_else(lost)?))
}

/// The provider of this id, if it is on.
fn current(desk: &Desk, id: ProviderId) -> Result<Provider> {
    let found = desk.read(|tx| Ok(tx.get::<Provider>(&id)?))?.filter(|it| it.enabled);
    found.ok_or_else(|| Refusal::not_found("way to sign in").into())
}

fn directory(desk: &Desk, provider: &Provider) -> Result<Directory> {
    match &provider.settings {
        ProviderSettings::Ldap(it) => {
            Ok(Directory { settings: it.clone(), attributes: provider.attributes.clone(), secret: opened(desk, provider)? })
        }
        _ => Err(Refusal::not_found("directory").into()),
    }
}

fn client(desk: &Desk, provider: &Provider) -> Result<Client> {
    match &provider.settings {
        ProviderSettings::Oidc(it) => {
            Ok(Client { settings: it.clone(), attributes: provider.attributes.clone(), secret: opened(desk, provider)? })
        }
        _ => Err(Refusal::not_found("identity provider").into()),
    }
}

/// What a person is told when their provider could not be asked; the log has the rest.
fn told(provider: &Provider, trouble: &Trouble) -> Refusal {
    metrics::counter!("lodge_sign_in_provider_failures_total", "kind" => provider.kind().name(), "what" => trouble.what.name())
        .increment(1);
    match trouble.what {
        What::WrongPassword | What::Declined | What::Token => {
            tracing::info!(provider = provider.name, what = trouble.what.name(), "a sign-in was refused: {trouble}");
            Refusal::new(Code::Unauthenticated, trouble.to_string())
        }
        _ => {
            tracing::warn!(provider = provider.name, what = trouble.what.name(), "a provider cannot be asked: {trouble}");
            let detail = say!("refused-cannot-asked-present-try", name = provider.name, happened = trouble.happened);
            Refusal::new(Code::Unavailable, detail)
        }
    }
}

/// Lets somebody in whom a provider has vouched for.
async fn let_in(desk: &Desk, provider: Provider, said: Said, from: Origin, opened: Opened) -> Result<Started> {
    let outcome = desk.write(None, move |tx| match providers::admit(tx, &provider, &said)? {
        Ok(it) => providers::enter(tx, provider.id, &said.subject, it.person, &from, opened).map(Ok),
        Err(it) => Ok(Err(it)),
    });
    Ok(outcome.await??)
}

/// Somebody whose password a directory found right, and who has a second factor here: what is known until the code comes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HalfWay {
    provider: ProviderId,
    subject: String,
    pub person: PersonId,
    until: i64,
}

/// What came of a sign-in whose password a directory found right.
pub enum ByPassword {
    In(PersonId, Box<Started>),
    NeedsCode(HalfWay),
}

/// Signs somebody in with user name and password of a directory; `refreshable` for programs, which get a refresh token.
pub async fn sign_in_ldap(
    desk: &Desk,
    id: ProviderId,
    login: &str,
    password: &Secret,
    from: Origin,
    refreshable: bool,
) -> Result<ByPassword> {
    let provider = current(desk, id)?;
    let said = directory(desk, &provider)?.authenticate(login, password).await.map_err(|it| told(&provider, &it))?;
    let until = desk.now().plus(Duration::from_secs(limits::SIGN_IN_SECOND_STEP_SECS)).as_millis();
    let outcome = desk.write(None, move |tx| {
        let person = match providers::admit(tx, &provider, &said)? {
            Ok(it) => it.person,
            Err(it) => return Ok(Err(it)),
        };
        if factor::has_second(tx, person)? {
            return Ok(Ok(ByPassword::NeedsCode(HalfWay { provider: id, subject: said.subject, person, until })));
        }
        let opened = Opened { refreshable, ..Opened::default() };
        let started = providers::enter(tx, id, &said.subject, person, &from, opened)?;
        Ok(Ok(ByPassword::In(person, Box::new(started))))
    });
    Ok(outcome.await??)
}

/// What a browser carries between the two steps, sealed.
pub fn carried(desk: &Desk, half_way: &HalfWay) -> Result<String> {
    let text = serde_json::to_vec(half_way).map_err(|it| Fault::because("writing down a sign-in", it))?;
    Ok(URL_SAFE_NO_PAD.encode(desk.seal.seal(FOR_HALF_WAY, &text)?))
}

/// What a browser brings back, if it was sealed here and not too long ago.
pub fn half_way(desk: &Desk, carried: &str) -> Option<HalfWay> {
    let sealed = URL_SAFE_NO_PAD.decode(carried).ok()?;
    let found: HalfWay = serde_json::from_slice(&desk.seal.open(FOR_HALF_WAY, &sealed)?).ok()?;
    Some(found).filter(|it| it.until > desk.now().as_millis())
}

/// The second step. `None`: the code is not right.
pub async fn finish_ldap(desk: &Desk, half_way: HalfWay, code: String, from: Origin, refreshable: bool) -> Result<Option<Started>> {
    let HalfWay { provider, subject, .. } = half_way;
    current(desk, provider)?;
    let opened = Opened { refreshable, ..Opened::default() };
    desk.write(None, move |tx| providers::enter_with_code(tx, provider, &subject, &code, &from, opened)).await
}

/// What a browser carries while its person is at the provider.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    provider: ProviderId,
    pending: Pending,
    next: String,
    until: i64,
}

/// Somebody who is sent to a provider.
pub struct Sent {
    pub address: String,
    /// Carried by the browser until they come back, sealed.
    pub under_way: String,
}

/// Begins a sign-in at an identity provider. `next` is where it leads afterwards, a path of this desk.
pub async fn send_oidc(desk: &Desk, id: ProviderId, callback: &str, next: &str) -> Result<Sent> {
    let provider = current(desk, id)?;
    let client = client(desk, &provider)?;
    let pending = Pending::of(desk.seal.random()?);
    let now = desk.now();
    let address = client.address(&desk.known.of(id), &pending, callback, now).await.map_err(|it| told(&provider, &it))?;
    let until = now.plus(Duration::from_secs(limits::OIDC_SIGN_IN_SECS_MAX)).as_millis();
    let carried = UnderWay { provider: id, pending, next: next.to_owned(), until };
    let text = serde_json::to_vec(&carried).map_err(|it| Fault::because("writing down a sign-in", it))?;
    Ok(Sent { address, under_way: URL_SAFE_NO_PAD.encode(desk.seal.seal(FOR_PENDING, &text)?) })
}

/// Ends a sign-in at an identity provider: gives the session and where it leads.
pub async fn receive_oidc(
    desk: &Desk,
    id: ProviderId,
    under_way: &str,
    back: CameBack,
    callback: &str,
    from: Origin,
) -> Result<(Started, String)> {
    let provider = current(desk, id)?;
    let client = client(desk, &provider)?;
    let now = desk.now();
    let carried = URL_SAFE_NO_PAD.decode(under_way).ok().and_then(|it| desk.seal.open(FOR_PENDING, &it));
    let carried = carried.and_then(|it| serde_json::from_slice::<UnderWay>(&it).ok());
    let carried = carried
        .filter(|it| it.provider == id && it.until > now.as_millis())
        .ok_or_else(|| Refusal::new(Code::Unauthenticated, say!("refused-sign-took-too-long")))?;
    let published = desk.known.of(id);
    let believed = client.believe(&published, &carried.pending, &back, callback, now).await.map_err(|it| told(&provider, &it))?;
    let id_token = Some(desk.seal.seal(FOR_ID_TOKENS, believed.id_token.as_bytes())?);
    let started = let_in(desk, provider, believed.said, from, Opened { sid: believed.sid, id_token, refreshable: false }).await?;
    Ok((started, carried.next))
}

/// Ends sessions that a provider wants ended (Back-Channel Logout 1.0); gives how many.
pub async fn end_oidc(desk: &Desk, id: ProviderId, token: &str) -> Result<usize> {
    let provider = current(desk, id)?;
    let client = client(desk, &provider)?;
    let out = client.signed_out(&desk.known.of(id), token, desk.now()).await;
    let out = out.map_err(|it| Refusal::new(Code::Malformed, it.to_string()))?;
    desk.write(None, move |tx| providers::end_sessions(tx, id, out.subject.as_deref(), out.sid.as_deref())).await
}

/// Where signing out of this session leads, if its provider takes part in it. Asked before the session ends.
pub async fn sign_out_address(desk: &Desk, session: SessionId, back_to: &str) -> Option<String> {
    let opened = desk.read(|tx| providers::provider_session(tx, session)).ok()??;
    let provider = current(desk, opened.provider).ok()?;
    match &provider.settings {
        ProviderSettings::Oidc(it) if it.signs_out => {
            let token = opened.id_token.and_then(|it| desk.seal.open(FOR_ID_TOKENS, &it)).and_then(|it| String::from_utf8(it).ok());
            let client = client(desk, &provider).ok()?;
            client.sign_out_address(&desk.known.of(provider.id), token.as_deref(), back_to, desk.now()).await
        }
        ProviderSettings::Header(it) => it.sign_out.clone(),
        _ => None,
    }
}

/// Signs in whoever the headers of a trusted proxy name. `None`: no header says anything.
pub async fn sign_in_header(
    desk: &Desk,
    id: ProviderId,
    peer: Option<IpAddr>,
    headers: impl Fn(&str) -> Option<String>,
    from: Origin,
) -> Result<Option<Started>> {
    let provider = current(desk, id)?;
    let ProviderSettings::Header(settings) = &provider.settings else { return Err(Refusal::not_found("proxy").into()) };
    match header::read(settings, &provider.attributes, peer, headers) {
        header::Read::Nothing => Ok(None),
        header::Read::Spoofed => {
            metrics::counter!("lodge_sign_in_headers_refused_total").increment(1);
            let peer = peer.map_or_else(|| "nowhere".to_owned(), |it| it.to_string());
            tracing::warn!(provider = provider.name, peer, "a header that names a person came from somewhere that is not listed");
            Err(Refusal::new(Code::Forbidden, say!("refused-header-says-who-you")).into())
        }
        header::Read::Said(said) => let_in(desk, provider, *said, from, Opened::default()).await.map(Some),
    }
}

/// Reads a whole directory and takes it in.
pub async fn sync(desk: &Arc<Desk>, id: ProviderId) -> Result<SyncState> {
    let provider = current(desk, id)?;
    let directory = directory(desk, &provider)?;
    let run = desk.write(None, move |tx| providers::begin_sync(tx, id)).await?;
    let counts = Arc::new(Mutex::new(SyncCounts::default()));
    let (into, summing) = (desk.clone(), counts.clone());
    // On a task of its own, so that an answer at which the protocol library stops ends this sync and no more.
    let reading = tokio::spawn(tokio::time::timeout(Duration::from_secs(limits::SYNC_SECS_MAX), async move {
        directory.people(|page| take_page(into.clone(), id, run, page, summing.clone())).await
    }));
    let outcome = match reading.await {
        Ok(Ok(it)) => it,
        Ok(Err(_)) => Err(Trouble::new(What::TimedOut, format!("Reading took longer than {} seconds.", limits::SYNC_SECS_MAX), "")),
        Err(_) => Err(Trouble::new(What::Answer, "What the directory answers is not LDAP.", "Look at the host and the port.")),
    };
    if let Err(trouble) = outcome {
        metrics::counter!("lodge_directory_sync_failures_total").increment(1);
        tracing::warn!(
            provider = provider.name,
            what = trouble.what.name(),
            "a directory could not be read; nobody was changed by that: {trouble}"
        );
        let why = trouble.to_string();
        desk.write(None, move |tx| providers::sync_failed(tx, id, &why)).await?;
        return Err(told(&provider, &trouble).into());
    }
    let counts = *counts.lock().unwrap_or_else(PoisonError::into_inner);
    desk.write(None, move |tx| providers::finish_sync(tx, id, run, counts)).await
}

/// People that one command takes in, so that others need not wait long for theirs.
const PEOPLE_AT_ONCE: usize = 100;

async fn take_page(desk: Arc<Desk>, id: ProviderId, run: Instant, page: Vec<Said>, sum: Arc<Mutex<SyncCounts>>) -> Result<()> {
    for some in page.chunks(PEOPLE_AT_ONCE) {
        let some = some.to_vec();
        let counts = desk.write(None, move |tx| providers::sync_some(tx, id, run, &some)).await?;
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.found += counts.found;
        sum.created += counts.created;
        sum.changed += counts.changed;
        sum.disabled += counts.disabled;
        sum.left_out += counts.left_out;
    }
    Ok(())
}

/// What a test of a connection needs to know besides the provider.
pub struct Trial<'a> {
    /// Of OpenID Connect.
    pub callback: &'a str,
    /// Somebody to look for in a directory.
    pub login: Option<&'a str>,
    /// Where the test is asked for from.
    pub peer: Option<IpAddr>,
}

/// Tries a provider, whether or not it is on, and says in words what is right and what is wrong.
pub async fn test(desk: &Desk, provider: &Provider, trial: Trial<'_>) -> Result<Vec<Finding>> {
    Ok(match &provider.settings {
        ProviderSettings::Oidc(_) => client(desk, provider)?.check(trial.callback, desk.now()).await,
        ProviderSettings::Ldap(_) => directory(desk, provider)?.check(trial.login).await,
        ProviderSettings::Header(it) => header::check(it, trial.peer),
    })
}
