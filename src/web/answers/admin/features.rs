//! Features in the settings: which are on, and switching them.

use axum::{http::StatusCode, response::Response};

use super::Admin;
use crate::{
    desk::{
        features::{self, Feature},
        permission::Permission,
    },
    http::Problem,
    web::{
        admin::{
            features::{FeaturesView, page as features_page},
            shell::{FEATURES, Tick},
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let chosen = admin.desk.read(features::features)?;
    let tick = |it: &Feature| Tick {
        value: it.name().to_owned(),
        label: tongue::sentence(&it.title()),
        hint: tongue::named("feature-about-", it.name()).unwrap_or(it.doc()).to_owned(),
        on: chosen.is_on(*it),
        fixed: false,
    };
    let view = FeaturesView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        all: Feature::ALL.iter().map(tick).collect(),
    };
    Ok(page(StatusCode::OK, features_page(&view)))
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let wanted: Vec<(Feature, bool)> = Feature::ALL.iter().map(|it| (*it, sent.all("feature").any(|name| name == it.name()))).collect();
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| features::change(tx, &actor, &wanted)).await?;
    Ok(see_and_say(FEATURES.href, &said::done(t!("word-saved"))))
}
