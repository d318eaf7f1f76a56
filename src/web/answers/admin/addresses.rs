//! The rules of addresses in the settings: shown, and changed as a whole.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    desk::{
        address_rules::{self, AddressRules, AddressRulesChange},
        permission::Permission,
    },
    error::{Error, Result},
    http::{Problem, problem},
    web::{
        admin::{
            addresses::{AddressRulesView, page as rules_page},
            shell::ADDRESSES,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::t,
    },
};

fn filled(admin: &Admin) -> Result<AddressRulesView> {
    let rules = admin.desk.read(AddressRules::of)?;
    Ok(AddressRulesView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        everybody: rules.everybody.join("\n"),
        staff: rules.staff.join("\n"),
        own: admin.actor().origin.address.clone(),
        ..AddressRulesView::default()
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, rules_page(&filled(&admin)?)))
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let ranges = |name| sent.text(name).split([',', ' ', '\n', '\r']).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let change = AddressRulesChange { everybody: Some(ranges("everybody")), staff: Some(ranges("staff")) };
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| address_rules::change(tx, &actor, change)).await {
        Ok(_) => Ok(see_and_say(ADDRESSES.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let view = AddressRulesView {
                everybody: sent.text("everybody").to_owned(),
                staff: sent.text("staff").to_owned(),
                everybody_error: message(&refusal, "everybody"),
                staff_error: message(&refusal, "staff"),
                error: whole(&refusal, &["everybody", "staff"]),
                ..filled(&admin)?
            };
            Ok(page(problem::status_of(refusal.code), rules_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
