//! Access tokens of mailboxes: signing in for one from the settings, and renewing well before they end. One renewal at a time for a
//! mailbox; what it gives is on the disk before anybody gets it.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{Unread, opened};
use crate::{
    appliance::Desk,
    desk::{
        actor::Actor,
        mail::{
            mailbox::{self, Mailbox, OAuthClient},
            token::{self, Granted, MailboxToken},
        },
    },
    error::{Code, Fault, Refusal, Result},
    id::{MailboxId, PersonId, SessionId},
    language::say,
    limits,
    mail::oauth::{self, Pending, Tokens, Untaken},
    reach::{Trouble, What},
    secret::Secret,
};

const FOR_TOKENS: &str = "token of a mailbox";
const FOR_PENDING: &str = "sign-in for a mailbox that is under way";
/// Tokens that end within this are renewed although nobody asks for them, so that they do not lapse on a mailbox that rests.
const UNUSED_AT_MOST: Duration = Duration::from_secs(24 * 3600);

fn granted(desk: &Desk, tokens: &Tokens) -> Result<Granted> {
    let seal = |it: &Secret| desk.seal.seal(FOR_TOKENS, it.reveal().as_bytes());
    let now = desk.now();
    Ok(Granted {
        access: seal(&tokens.access)?,
        access_ends_at: now.plus(Duration::from_secs(tokens.access_secs)),
        refresh: tokens.refresh.as_ref().map(seal).transpose()?,
        refresh_ends_at: tokens.refresh_secs.map(|it| now.plus(Duration::from_secs(it))),
    })
}

fn unsealed(desk: &Desk, sealed: &[u8]) -> Result<Secret> {
    let text = desk.seal.open(FOR_TOKENS, sealed).and_then(|it| String::from_utf8(it).ok());
    Ok(Secret::new(text.ok_or_else(|| Fault::new("a token cannot be opened: is `seal.key` the one it was sealed with?"))?))
}

fn not_signed_in() -> Trouble {
    Trouble::new(What::Token, "Nobody has signed in for this mailbox.", "Sign in on its page in the settings.")
}

/// An access token of a mailbox that can be used now, for IMAP, POP3 or SMTP; renewed if it ends soon.
///
/// # Errors
/// `unavailable` with the reason in words, when nobody has signed in or the authorization server gives none.
pub async fn access_token(desk: &Arc<Desk>, id: MailboxId) -> Result<Secret> {
    let mailbox = desk.read(|tx| Ok(tx.get::<Mailbox>(&id)?))?.ok_or_else(|| Refusal::not_found("mailbox"))?;
    access(desk, &mailbox).await.map_err(|it| match it {
        Unread::Ours(error) => error,
        Unread::Trouble { trouble, .. } => Refusal::new(Code::Unavailable, trouble.to_string()).into(),
    })
}

pub(super) async fn access(desk: &Arc<Desk>, mailbox: &Mailbox) -> std::result::Result<Secret, Unread> {
    let door = desk.mailboxes.of(mailbox.id);
    let one_at_a_time = door.token.clone().lock_owned().await;
    let found = desk.read(|tx| token::token(tx, mailbox.id))?.ok_or_else(not_signed_in)?;
    if found.is_fresh(desk.now()) {
        return Ok(unsealed(desk, &found.access)?);
    }
    let (desk_of_it, mailbox_of_it, used) = (desk.clone(), mailbox.clone(), found.clone());
    // By itself: whoever asked may go away, and a refresh token that was used and whose successor is not on the disk ends the sign-in.
    let renewing = tokio::spawn(async move {
        let _one_at_a_time = one_at_a_time;
        renewed(&desk_of_it, &mailbox_of_it, &used).await
    });
    match renewing.await.map_err(|it| Fault::because("renewing an access token", it)).map_err(crate::error::Error::from)? {
        Ok(it) => Ok(unsealed(desk, &it.access)?),
        // It could not be renewed, and is good for a while yet.
        Err(Unread::Trouble { trouble, .. }) if found.is_good(desk.now()) => {
            tracing::warn!(mailbox = mailbox.name, "an access token could not be renewed: {trouble}");
            Ok(unsealed(desk, &found.access)?)
        }
        Err(it) => Err(it),
    }
}

fn client_of(mailbox: &Mailbox) -> Result<&OAuthClient> {
    mailbox.oauth().ok_or_else(|| Refusal::new(Code::Conflict, say!("refused-mailbox-signs-password")).into())
}

/// Uses the refresh token, and puts what it gives on the disk together with its successor.
async fn renewed(desk: &Desk, mailbox: &Mailbox, used: &MailboxToken) -> std::result::Result<MailboxToken, Unread> {
    let client = client_of(mailbox)?;
    let Some(refresh) = used.refresh.as_ref().filter(|_| !used.is_refused) else {
        let why = used.trouble.clone().unwrap_or_else(|| "The sign-in for this mailbox has ended.".into());
        return Err(Trouble::new(What::Token, why, "Sign in on its page in the settings.").into());
    };
    let refresh = unsealed(desk, refresh)?;
    let secret = opened(desk, mailbox)?;
    let used = used.clone();
    match oauth::refresh(client, &secret, mailbox.settings.ca.as_deref(), &refresh).await {
        Ok(tokens) => {
            let granted = granted(desk, &tokens)?;
            Ok(desk.write(None, move |tx| token::refreshed(tx, &used, granted)).await?)
        }
        Err(untaken) => {
            metrics::counter!("lodge_mail_token_failures_total", "desk" => desk.name.clone(), "mailbox" => mailbox.name.clone())
                .increment(1);
            let trouble = untaken.trouble().clone();
            let (why, is_refused) = (trouble.to_string(), matches!(untaken, Untaken::Refused(_)));
            desk.write(None, move |tx| token::not_refreshed(tx, &used, &why, is_refused)).await?;
            let what = if is_refused { What::Token } else { trouble.what };
            Err(Trouble { what, ..trouble }.into())
        }
    }
}

/// Renews the tokens of mailboxes that are on and whose token ends soon, whether or not anybody asks for it; gives how many.
pub async fn renew_due(desk: &Arc<Desk>) -> Result<usize> {
    let all = desk.read(mailbox::all)?;
    let mut count = 0;
    for mailbox in all.into_iter().filter(|it| it.enabled && it.oauth().is_some()) {
        let Some(found) = desk.read(|tx| token::token(tx, mailbox.id))? else { continue };
        let unused = desk.now().since(found.refreshed_at.unwrap_or(found.signed_in_at));
        if (!found.is_fresh(desk.now()) || unused > UNUSED_AT_MOST) && !found.is_refused && access(desk, &mailbox).await.is_ok() {
            count += 1;
        }
    }
    Ok(count)
}

/// What a browser carries while its person is at the authorization server.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    mailbox: MailboxId,
    person: PersonId,
    session: Option<SessionId>,
    pending: Pending,
    callback: String,
    until: i64,
}

/// Somebody who is sent away to sign in.
pub struct SentAway {
    pub address: String,
    /// Carried by the browser until they come back, sealed.
    pub under_way: String,
}

/// Begins a sign-in for a mailbox. It ends in the same session of the same person, and not too late.
pub fn begin_sign_in(desk: &Desk, mailbox: &Mailbox, person: PersonId, session: Option<SessionId>, callback: &str) -> Result<SentAway> {
    let client = client_of(mailbox)?;
    let pending = Pending::of(desk.seal.random()?);
    let address = oauth::address(client, &pending, callback, &mailbox.settings.username);
    let until = desk.now().plus(Duration::from_secs(limits::OAUTH_SIGN_IN_SECS_MAX)).as_millis();
    let carried = UnderWay { mailbox: mailbox.id, person, session, pending, callback: callback.to_owned(), until };
    let text = serde_json::to_vec(&carried).map_err(|it| Fault::because("writing down a sign-in", it))?;
    Ok(SentAway { address, under_way: URL_SAFE_NO_PAD.encode(desk.seal.seal(FOR_PENDING, &text)?) })
}

/// What somebody came back with (RFC 6749 4.1.2).
#[derive(Debug, Clone, Default)]
pub struct CameBack {
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

/// Ends a sign-in for a mailbox; gives the mailbox, and why it did not succeed if it did not.
pub async fn finish_sign_in(
    desk: &Desk,
    actor: &Actor,
    session: Option<SessionId>,
    under_way: &str,
    back: CameBack,
) -> Result<(Mailbox, std::result::Result<(), Refusal>)> {
    let carried = URL_SAFE_NO_PAD.decode(under_way).ok().and_then(|it| desk.seal.open(FOR_PENDING, &it));
    let carried = carried.and_then(|it| serde_json::from_slice::<UnderWay>(&it).ok());
    let carried = carried
        .filter(|it| Some(it.person) == actor.person() && it.session == session && it.until > desk.now().as_millis())
        .filter(|it| back.state.as_deref() == Some(it.pending.state.as_str()));
    let late = || Refusal::new(Code::Conflict, say!("refused-sign-took-too-long-2"));
    let carried = carried.ok_or_else(late)?;
    let mailbox = desk.read(|tx| mailbox::mailbox(tx, actor, carried.mailbox))?;
    let client = client_of(&mailbox)?;
    let Some(code) = back.code.filter(|_| back.error.is_none()) else {
        let why = back.error_description.or(back.error).unwrap_or_else(|| "no code came back".into());
        let why: String = why.chars().filter(|it| !it.is_control()).take(300).collect();
        return Ok((mailbox, Err(Refusal::new(Code::Conflict, say!("refused-sign-declined", why = why)))));
    };
    let secret = opened(desk, &mailbox)?;
    let tokens = oauth::trade(client, &secret, mailbox.settings.ca.as_deref(), &carried.pending, &code, &carried.callback).await;
    let tokens = match tokens {
        Ok(it) => it,
        Err(it) => return Ok((mailbox.clone(), Err(Refusal::new(Code::Conflict, it.trouble().to_string())))),
    };
    let granted = granted(desk, &tokens)?;
    let (actor, id) = (actor.clone(), mailbox.id);
    desk.write(actor.person(), move |tx| token::signed_in(tx, &actor, id, granted)).await?;
    desk.mailboxes.call(id, false);
    Ok((mailbox, Ok(())))
}
