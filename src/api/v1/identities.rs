//! By what each provider knows a person (IAM-16), and whether people sign in with passwords of ours at all.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{input::given, list::ListView};
use crate::{
    desk::{
        permission::Permission,
        providers::{self, ExternalIdentity, IdentitySeen, SignInMethods},
    },
    error::Refusal,
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Reply,
        page::Page,
        path::Path,
        query::Query,
    },
    id::{PersonId, ProviderId},
    time::Instant,
};

/// A person as one provider knows them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityView {
    pub provider: Uuid,
    pub subject: String,
    /// Keys of roles that its groups give.
    pub roles: Vec<String>,
    /// Whether the account there is in use.
    pub active: bool,
    pub linked_at: Instant,
    pub last_login_at: Option<Instant>,
    pub last_seen_in_directory_at: Option<Instant>,
}

/// An identity to be linked.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct NewIdentityInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Uuid, required = true)]
    pub provider: Option<ProviderId>,
    /// What the provider knows the person by.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 512)]
    pub subject: Option<String>,
}

/// Which ways to sign in there are besides providers.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInMethodsView {
    /// Whether everybody may sign in with mail address and password. If not, only those who may change settings.
    pub local: bool,
}

/// What is to change about the ways to sign in.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
pub struct SignInMethodsInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = true)]
    pub local: Option<bool>,
}

fn view((it, seen): (ExternalIdentity, IdentitySeen)) -> IdentityView {
    IdentityView {
        provider: it.provider.0,
        subject: it.subject,
        roles: it.roles,
        active: it.active,
        linked_at: it.linked_at,
        last_login_at: seen.signed_in_at,
        last_seen_in_directory_at: seen.synced_at,
    }
}

pub async fn list(caller: Caller, Path(id): Path<PersonId>, query: Query) -> Result<axum::Json<ListView<IdentityView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| providers::identities_of(tx, &caller.actor, id))?;
    Ok(axum::Json(ListView::of_whole(all.into_iter().map(view).collect(), &page)?))
}

pub async fn link(caller: Caller, Path(id): Path<PersonId>, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let input: NewIdentityInput = body::value(Value::Object(json.parse()?.object))?;
    let provider = input.provider.ok_or_else(|| Refusal::field("provider", "required", "`provider` is required."))?;
    let subject = input.subject.ok_or_else(|| Refusal::field("subject", "required", "`subject` is required."))?;
    let actor = caller.actor.clone();
    let made = caller.desk.write(actor.person(), move |tx| providers::link(tx, &actor, provider, &subject, id)).await?;
    let seen = IdentitySeen { provider, subject: made.subject.clone(), signed_in_at: None, synced_at: None };
    Ok(Reply::json(StatusCode::CREATED, &view((made, seen)))?.into_response())
}

pub async fn unlink(caller: Caller, Path((id, subject)): Path<(ProviderId, String)>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| providers::unlink(tx, &actor, id, &subject)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn methods(caller: Caller) -> Result<axum::Json<SignInMethodsView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let SignInMethods { local } = caller.desk.read(SignInMethods::of)?;
    Ok(axum::Json(SignInMethodsView { local }))
}

pub async fn change_methods(caller: Caller, json: RawJson) -> Result<axum::Json<SignInMethodsView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: SignInMethodsInput = body::value(Value::Object(json.parse()?.object))?;
    let local = input.local.ok_or_else(|| Refusal::field("local", "required", "`local` is required."))?;
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| providers::allow_local(tx, &actor, local)).await?;
    Ok(axum::Json(SignInMethodsView { local }))
}
