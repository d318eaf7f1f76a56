//! The caller: who they are and what they may do.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{given, nullable},
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        identity::{
            self, Department, Organization, Person, Session,
            account::{self, Profile},
        },
        permission::{Permission, Permissions},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
    time::Instant,
};

/// A signed-in person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// What this session or token may do.
    pub permissions: Vec<&'static str>,
    pub organization: Option<NamedView>,
    pub department: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    pub created_at: Instant,
}

impl MeView {
    pub fn of(tx: &Tx, person: &Person, permissions: Permissions) -> Result<MeView> {
        let organization = match person.organization {
            Some(id) => tx.get::<Organization>(&id)?.map(|it| NamedView { id: it.id.0, name: it.name }),
            None => None,
        };
        let department = match person.department {
            Some(id) => tx.get::<Department>(&id)?.map(|it| it.name),
            None => None,
        };
        Ok(MeView {
            id: person.id.0,
            name: person.name.clone(),
            email: person.email.clone(),
            roles: person.roles.clone(),
            permissions: permissions.iter().map(Permission::name).collect(),
            organization,
            department,
            locale: person.locale.clone(),
            time_zone: person.time_zone.clone(),
            created_at: person.created_at,
        })
    }

    pub fn of_session(tx: &Tx, session: &Session) -> Result<MeView> {
        let person = tx.get::<Person>(&session.person)?.ok_or_else(|| Refusal::not_found("person"))?;
        MeView::of(tx, &person, identity::permissions_of(tx, &person)?)
    }
}

/// What one says about oneself; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfilePatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// A language tag (BCP 47); null for the desk's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub locale: Option<Option<String>>,
    /// An IANA name; null for the desk's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<Option<String>>,
}

pub async fn patch(caller: Caller, json: RawJson) -> Result<axum::Json<MeView>, Problem> {
    caller.actor.need(Permission::PortalUse)?;
    let ProfilePatchInput { name, locale, time_zone } = body::value(Value::Object(json.parse()?.object))?;
    let actor = caller.actor.clone();
    let change = move |tx: &mut Tx| account::change_profile(tx, &actor, Profile { name, locale, time_zone });
    let person = caller.desk.write(Some(caller.person.id), change).await?;
    Ok(axum::Json(caller.desk.read(|tx| MeView::of(tx, &person, caller.actor.permissions))?))
}

pub async fn read(caller: Caller) -> Result<axum::Json<MeView>, Problem> {
    Ok(axum::Json(caller.desk.read(|tx| MeView::of(tx, &caller.person, caller.actor.permissions))?))
}
