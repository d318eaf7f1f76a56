//! The desk's language and time zone in the settings.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    desk::{
        permission::Permission,
        settings::{self, Settings, SettingsChange},
    },
    error::{Error, Result},
    http::{Problem, problem},
    language::Language,
    web::{
        admin::{
            language::{DeskLanguageView, page as language_page},
            shell::LANGUAGE,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::t,
    },
};

fn filled(admin: &Admin) -> Result<DeskLanguageView> {
    let settings = admin.desk.read(Settings::of)?;
    let languages = Language::ALL.into_iter().map(|it| Choice::new(it.tag(), it.own_name()));
    Ok(DeskLanguageView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        language: settings.language.clone().unwrap_or_default(),
        languages: std::iter::once(Choice::new("", t!("desk-language-browser"))).chain(languages).collect(),
        time_zone: settings.time_zone.clone(),
        ..DeskLanguageView::default()
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, language_page(&filled(&admin)?)))
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let change = SettingsChange {
        language: Some(sent.get("language").map(str::to_owned)),
        time_zone: Some(sent.text("timeZone").trim().to_owned()),
        ..SettingsChange::default()
    };
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| settings::change(tx, &actor, change)).await {
        Ok(_) => Ok(see_and_say(LANGUAGE.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let view = DeskLanguageView {
                language: sent.text("language").to_owned(),
                time_zone: sent.text("timeZone").to_owned(),
                zone_error: message(&refusal, "timeZone"),
                error: whole(&refusal, &["timeZone"]),
                ..filled(&admin)?
            };
            Ok(page(problem::status_of(refusal.code), language_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
