//! How one's own pages look.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::input::given;
use crate::{
    desk::{
        appearance::{self, Appearance, AppearanceChange, Density, Theme},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
    language::say,
};

/// How one's own pages look, on every machine.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppearanceView {
    /// `system`, `light` or `dark`.
    pub theme: &'static str,
    /// `comfortable` or `compact`.
    pub density: &'static str,
    /// The console's rail is folded to icons.
    pub narrow_rail: bool,
}

/// Changes to it; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppearancePatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub theme: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub density: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub narrow_rail: Option<bool>,
}

fn view(it: &Appearance) -> AppearanceView {
    AppearanceView {
        theme: it.theme.unwrap_or_default().name(),
        density: it.density.unwrap_or_default().name(),
        narrow_rail: it.narrow_rail.unwrap_or_default(),
    }
}

/// One of a few words.
fn word<T>(field: &str, text: Option<String>, named: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
    let unknown = || Refusal::field(field, "unknown", say!("refused-choose-list"));
    text.map(|it| named(&it).ok_or_else(unknown)).transpose().map_err(Into::into)
}

pub async fn read(caller: Caller) -> Result<axum::Json<AppearanceView>, Problem> {
    caller.actor.need(Permission::PortalUse)?;
    let person = caller.person.id;
    let it = caller.desk.read(|tx| appearance::of(tx, person))?.unwrap_or_else(|| Appearance::unchosen(person));
    Ok(axum::Json(view(&it)))
}

pub async fn patch(caller: Caller, json: RawJson) -> Result<axum::Json<AppearanceView>, Problem> {
    caller.actor.need(Permission::PortalUse)?;
    let sent: AppearancePatchInput = body::value(Value::Object(json.parse()?.object))?;
    let change = AppearanceChange {
        theme: word("theme", sent.theme, Theme::named)?,
        density: word("density", sent.density, Density::named)?,
        narrow_rail: sent.narrow_rail,
    };
    let actor = caller.actor.clone();
    Ok(axum::Json(view(&caller.desk.write(actor.person(), move |tx| appearance::change(tx, &actor, change)).await?)))
}
