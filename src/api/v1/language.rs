//! The language and the time zone of the desk, for programs that set it up: those of whoever says none.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::input::given;
use crate::{
    desk::{
        permission::Permission,
        settings::{self, Settings, SettingsChange},
    },
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
    language::Language,
};

/// In which language and zone people read who say none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeskLanguageView {
    /// Tag of a language of the pages, such as `de`; null leaves it to each browser.
    pub language: Option<String>,
    /// IANA name, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The languages that pages have.
    pub languages: Vec<String>,
}

/// Changes to them; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeskLanguagePatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false)]
    pub language: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub time_zone: Option<String>,
}

fn view(it: &Settings) -> DeskLanguageView {
    DeskLanguageView {
        language: it.language.clone(),
        time_zone: it.time_zone.clone(),
        languages: Language::ALL.map(|it| it.tag().to_owned()).to_vec(),
    }
}

pub async fn read(caller: Caller) -> Result<axum::Json<DeskLanguageView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(view(&*caller.desk.read(Settings::of)?)))
}

pub async fn patch(caller: Caller, json: RawJson) -> Result<axum::Json<DeskLanguageView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let DeskLanguagePatchInput { language, time_zone } = body::value(Value::Object(json.parse()?.object))?;
    let (actor, change) = (caller.actor.clone(), SettingsChange { language, time_zone, ..SettingsChange::default() });
    Ok(axum::Json(view(&caller.desk.write(actor.person(), move |tx| settings::change(tx, &actor, change)).await?)))
}
