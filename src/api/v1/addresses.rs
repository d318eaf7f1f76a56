//! From which addresses the desk is open, for programs that set it up.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::input::given;
use crate::{
    desk::{
        address_rules::{self, AddressRules, AddressRulesChange},
        permission::Permission,
    },
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
};

/// Ranges of addresses, such as `10.0.0.0/8`; from anywhere if empty.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddressRulesView {
    pub everybody: Vec<String>,
    /// For those who work tickets or change settings, besides those for everybody.
    pub staff: Vec<String>,
}

/// Changes to them; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressRulesPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub everybody: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub staff: Option<Vec<String>>,
}

fn view(it: AddressRules) -> AddressRulesView {
    // Destructured without `..`, so that a new rule is shown.
    let AddressRules { everybody, staff } = it;
    AddressRulesView { everybody, staff }
}

pub async fn read(caller: Caller) -> Result<axum::Json<AddressRulesView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(view(AddressRules::clone(&*caller.desk.read(AddressRules::of)?))))
}

pub async fn patch(caller: Caller, json: RawJson) -> Result<axum::Json<AddressRulesView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let AddressRulesPatchInput { everybody, staff } = body::value(Value::Object(json.parse()?.object))?;
    let (actor, change) = (caller.actor.clone(), AddressRulesChange { everybody, staff });
    Ok(axum::Json(view(caller.desk.write(actor.person(), move |tx| address_rules::change(tx, &actor, change)).await?)))
}
