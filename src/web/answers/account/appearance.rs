//! How one's own pages look, on every machine: chosen on the profile, or switched in passing by a script.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    desk::appearance::{self, AppearanceChange, Density, Theme},
    error::Refusal,
    http::Problem,
    language::say,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Reader, see_and_say},
        },
        tongue::t,
    },
};

pub async fn change(reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let unknown = |field: &str| Refusal::field(field, "unknown", say!("refused-choose-list"));
    let theme = sent.get("theme").map(|it| Theme::named(it).ok_or_else(|| unknown("theme"))).transpose()?;
    let density = sent.get("density").map(|it| Density::named(it).ok_or_else(|| unknown("density"))).transpose()?;
    let narrow_rail = sent.get("rail").map(|it| it == "narrow");
    let actor = reader.actor().clone();
    let change = AppearanceChange { theme, density, narrow_rail };
    reader.desk.write(Some(reader.person()), move |tx| appearance::change(tx, &actor, change)).await?;
    if sent.has("quiet") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(see_and_say("/account", &said::done(t!("word-saved"))))
}
