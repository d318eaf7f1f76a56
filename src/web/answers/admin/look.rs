//! The desk's look in the settings.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    desk::{
        brand::{self, BrandChange},
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, problem},
    language::say,
    web::{
        admin::{
            look::{LookView, page as look_page},
            shell::LOOK,
        },
        answers::{
            form::SentPicture,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::t,
    },
};

fn filled(admin: &Admin) -> Result<LookView> {
    let it = admin.desk.read(brand::brand)?;
    Ok(LookView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        hue: it.hue.to_string(),
        chroma: it.chroma.to_string(),
        has_logo: it.logo.is_some(),
        ..LookView::default()
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, look_page(&filled(&admin)?)))
}

pub async fn change(admin: Admin, SentPicture { sent, picture }: SentPicture) -> Result<Response, Problem> {
    let number = |name: &'static str| {
        let wrong = || Refusal::field(name, "invalid", say!("look-whole-number"));
        sent.text(name).trim().parse::<u16>().map_err(|_| wrong())
    };
    let logo = match picture {
        Some(it) => Some(Some(it.to_vec())),
        None => sent.has("noLogo").then_some(None),
    };
    let actor = admin.actor().clone();
    let done = match (number("hue"), number("chroma")) {
        (Ok(hue), Ok(chroma)) => {
            let change = BrandChange { hue: Some(hue), chroma: Some(chroma), logo };
            admin.desk.write(actor.person(), move |tx| brand::change(tx, &actor, change)).await
        }
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal.into()),
    };
    match done {
        Ok(_) => Ok(see_and_say(LOOK.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let view = LookView {
                hue: sent.text("hue").to_owned(),
                chroma: sent.text("chroma").to_owned(),
                hue_error: message(&refusal, "hue"),
                chroma_error: message(&refusal, "chroma"),
                logo_error: message(&refusal, "logo"),
                error: whole(&refusal, &["hue", "chroma", "logo"]),
                ..filled(&admin)?
            };
            Ok(page(problem::status_of(refusal.code), look_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
