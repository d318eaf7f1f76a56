//! What an admin does about somebody's account: invites, links, signs out, takes a second factor away.

use axum::response::Response;

use super::{
    Admin,
    people::{self, address},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, LastSeen, NewPerson, Person, account, factor},
        permission::Permission,
        providers,
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path},
    id::{PersonId, ProviderId, TokenId},
    language::say,
    text::user_agent,
    web::{
        admin::{
            account::{AccountView, IdentityRow, ProofRow, panels as account_panels},
            person::Panel,
        },
        answers::{form::Sent, said, site::see_and_say, words::face_of},
        components::field::Choice,
        tongue::t,
    },
};

/// The panels of the person's page. Whoever may not change them sees none.
pub fn panels(tx: &Tx, admin: &Admin, person: &Person) -> Result<Vec<Panel>> {
    let actor = admin.actor();
    if !actor.may(Permission::PeopleWrite) {
        return Ok(Vec::new());
    }
    let ways = if actor.may(Permission::SettingsRead) { providers::providers(tx, actor)? } else { Vec::new() };
    let mut identities = Vec::new();
    for (it, seen) in providers::identities_of(tx, actor, person.id)? {
        let roles = it.roles.iter().map(|key| Ok(identity::any_role(tx, key)?.map_or_else(|| key.clone(), |it| it.name)));
        identities.push(IdentityRow {
            provider: ways
                .iter()
                .find(|way| way.id == it.provider)
                .map_or_else(|| t!("person-account-another-way").to_owned(), |way| way.name.clone()),
            provider_id: it.provider.to_string(),
            subject: it.subject.clone(),
            roles: roles.collect::<Result<_>>()?,
            seen: seen.signed_in_at.max(seen.synced_at),
        });
    }
    let sessions = identity::sessions_of(tx, person.id)?.into_iter().map(|it| ProofRow {
        id: it.id.to_string(),
        name: user_agent::device(it.user_agent.as_deref().unwrap_or_default()),
        since: it.started_at,
        until: Some(it.expires_at),
    });
    let tokens = identity::tokens_of(tx, person.id)?;
    let tokens = tokens.into_iter().map(|it| ProofRow { id: it.id.to_string(), name: it.name, since: it.created_at, until: it.expires_at });
    Ok(account_panels(&AccountView {
        frame: admin.frame(),
        at: address(person.id),
        face: face_of(person),
        may_change: identity::need_rank(tx, actor, person).is_ok(),
        has_password: person.password.is_some(),
        signed_in_at: tx.get::<LastSeen>(&person.id)?.and_then(|it| it.signed_in_at),
        second_since: factor::standing(tx, person)?.since,
        identities,
        providers: ways.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect(),
        sessions: sessions.collect(),
        tokens: tokens.collect(),
    }))
}

/// Runs it, and leads back to the person's page with what came of it.
async fn run(
    admin: &Admin,
    id: &str,
    done: &str,
    what: impl FnOnce(&mut Tx, &Actor, PersonId) -> Result<()> + Send + 'static,
) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    actor.need(Permission::PeopleWrite)?;
    let id: PersonId = id.parse().map_err(|_| Refusal::not_found("person"))?;
    let known = move |tx: &mut Tx| {
        tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
        what(tx, &actor, id)
    };
    match admin.desk.write(admin.actor().person(), known).await {
        Ok(()) => Ok(see_and_say(&address(id), &said::done(done))),
        Err(Error::Refused(it)) if it.code != Code::NotFound => people::refused(admin, id, &it),
        Err(error) => Err(error.into()),
    }
}

pub async fn invite(admin: Admin, Path(id): Path<String>, _: Sent) -> Result<Response, Problem> {
    run(&admin, &id, t!("person-account-invitation-way"), |tx, actor, id| {
        let person = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
        account::invite(tx, actor, NewPerson { email: person.email, ..NewPerson::default() }).map(drop)
    })
    .await
}

pub async fn remove_factor(admin: Admin, Path(id): Path<String>, _: Sent) -> Result<Response, Problem> {
    run(&admin, &id, t!("person-account-second-factor-removed"), |tx, actor, id| {
        factor::reset(tx, actor, id)?;
        account::tell_of_factor(tx, id, &actor.origin)
    })
    .await
}

pub async fn remove_picture(admin: Admin, Path(id): Path<String>, _: Sent) -> Result<Response, Problem> {
    run(&admin, &id, t!("person-account-picture-removed"), |tx, actor, id| identity::change_avatar(tx, actor, id, None).map(drop)).await
}

pub async fn end_sessions(admin: Admin, Path(id): Path<String>, _: Sent) -> Result<Response, Problem> {
    run(&admin, &id, t!("person-account-signed-out-everywhere"), |tx, actor, id| identity::end_sessions_of(tx, actor, id, None).map(drop))
        .await
}

pub async fn end_token(admin: Admin, Path((id, token)): Path<(String, TokenId)>, _: Sent) -> Result<Response, Problem> {
    run(&admin, &id, t!("person-account-token-ended"), move |tx, actor, _| identity::end_token(tx, actor, token)).await
}

/// The provider that the form names.
fn provider_of(sent: &Sent) -> Result<ProviderId> {
    let unknown = |_| Refusal::field("provider", "unknown", say!("person-account-there-no-such-way")).into();
    sent.text("provider").parse().map_err(unknown)
}

pub async fn link(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (provider, subject) = (provider_of(&sent), sent.text("subject").to_owned());
    run(&admin, &id, t!("person-account-linked"), move |tx, actor, id| providers::link(tx, actor, provider?, &subject, id).map(drop)).await
}

pub async fn unlink(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (provider, subject) = (provider_of(&sent), sent.text("subject").to_owned());
    run(&admin, &id, t!("person-account-unlinked"), move |tx, actor, _| providers::unlink(tx, actor, provider?, &subject)).await
}
