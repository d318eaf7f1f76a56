//! What the desk has switched on and off.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    desk::{
        features::{self, Feature, Features},
        permission::Permission,
    },
    error::Refusal,
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
    language::say,
};

/// Something that a desk may do without.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeatureView {
    pub name: &'static str,
    pub on: bool,
    /// What is there when it is on.
    pub about: &'static str,
    /// How it is on a desk that has said nothing.
    pub usual: bool,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeaturesView {
    pub features: Vec<FeatureView>,
}

/// Switches by name, such as `{"features": {"checklists": false}}`; what is not named stays.
#[derive(Default, Deserialize, ToSchema)]
pub struct FeaturesPatchInput {
    pub features: BTreeMap<String, bool>,
}

fn view(it: &Features) -> FeaturesView {
    let one =
        |feature: &Feature| FeatureView { name: feature.name(), on: it.is_on(*feature), about: feature.doc(), usual: feature.is_usual() };
    FeaturesView { features: Feature::ALL.iter().map(one).collect() }
}

pub async fn read(caller: Caller) -> Result<axum::Json<FeaturesView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(view(&*caller.desk.read(features::features)?)))
}

pub async fn patch(caller: Caller, json: RawJson) -> Result<axum::Json<FeaturesView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let sent: FeaturesPatchInput = body::value(Value::Object(json.parse()?.object))?;
    let mut wanted = Vec::new();
    for (name, on) in sent.features {
        let it = Feature::named(&name).ok_or_else(|| {
            let known: Vec<&str> = Feature::ALL.iter().map(|it| it.name()).collect();
            Refusal::field(format!("features.{name}"), "unknown", say!("refused-no-feature", name = name, known = known.join(", ")))
        })?;
        wanted.push((it, on));
    }
    let actor = caller.actor.clone();
    Ok(axum::Json(view(&caller.desk.write(actor.person(), move |tx| features::change(tx, &actor, &wanted)).await?)))
}
