//! The rules of local accounts in the settings: shown, and changed as a whole.

use axum::{http::StatusCode, response::Response};

use super::{Admin, roles::role_name, whole};
use crate::{
    desk::{
        Tx,
        identity::{
            self,
            rules::{self, AccountRules, AccountRulesChange},
        },
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, problem},
    language::say,
    web::{
        admin::{
            accounts::{AccountRulesView, page as rules_page},
            shell::{ACCOUNTS, Tick},
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

fn filled(tx: &Tx, admin: &Admin, rules: &AccountRules) -> Result<AccountRulesView> {
    let tick = |it: identity::AnyRole| Tick {
        on: rules.second_factor_roles.contains(&it.key),
        label: role_name(&it),
        value: it.key,
        ..Tick::default()
    };
    Ok(AccountRulesView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        registration: rules.registration,
        domains: rules.registration_domains.join("\n"),
        chars_min: rules.password_chars_min.to_string(),
        tell_new_device: rules.tell_new_device,
        roles: identity::all_roles(tx)?.into_iter().map(tick).collect(),
        ..AccountRulesView::default()
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, &*AccountRules::of(tx)?))?;
    Ok(page(StatusCode::OK, rules_page(&view)))
}

fn wanted(sent: &Sent) -> Result<AccountRulesChange> {
    let chars = sent.text("chars").trim().parse();
    let chars = chars.map_err(|_| Refusal::field("passwordCharsMin", "invalid", say!("accounts-whole-number")))?;
    let domains = sent.text("domains").split([',', ' ', '\n', '\r']).filter(|it| !it.is_empty());
    Ok(AccountRulesChange {
        password_chars_min: Some(chars),
        registration: Some(sent.has("registration")),
        registration_domains: Some(domains.map(str::to_owned).collect()),
        tell_new_device: Some(sent.has("tell")),
        second_factor_roles: Some(sent.all("role").map(str::to_owned).collect()),
    })
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let done = match wanted(&sent) {
        Ok(change) => {
            let actor = admin.actor().clone();
            admin.desk.write(actor.person(), move |tx| rules::change(tx, &actor, change)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_and_say(ACCOUNTS.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, &*AccountRules::of(tx)?))?;
            view.registration = sent.has("registration");
            view.domains = sent.text("domains").to_owned();
            view.chars_min = sent.text("chars").to_owned();
            view.tell_new_device = sent.has("tell");
            view.roles.iter_mut().for_each(|it| it.on = sent.all("role").any(|role| role == it.value));
            view.chars_error = message(&refusal, "passwordCharsMin");
            view.domains_error = message(&refusal, "registrationDomains");
            view.error = whole(&refusal, &["passwordCharsMin", "registrationDomains"]);
            Ok(page(problem::status_of(refusal.code), rules_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
