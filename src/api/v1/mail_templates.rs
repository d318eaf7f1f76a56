//! What the desk says in its mails, by occasion and language.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    input::{given, required},
    list::ListView,
};
use crate::{
    desk::{
        mail::{
            compose,
            occasion::Occasion,
            templates::{self, TemplateText},
        },
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        page::Page,
        path::Path,
        query::Query,
    },
};

/// The text of one occasion in one language.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailTemplateView {
    pub occasion: &'static str,
    pub language: &'static str,
    pub subject: String,
    /// Markdown with placeholders.
    pub body: String,
    /// The desk's own, rather than the one that comes with Lodge.
    pub is_own: bool,
    /// What it may name.
    pub placeholders: Vec<&'static str>,
}

/// A text to be, or to be looked at.
#[derive(Default, Deserialize, ToSchema)]
pub struct MailTemplateInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true)]
    pub subject: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true)]
    pub body: Option<String>,
}

/// A mail as it would be written, of a ticket that does not exist.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailPreviewView {
    pub subject: String,
    pub text: String,
    pub html: String,
}

fn view(occasion: Occasion, language: &'static str, text: TemplateText, is_own: bool) -> MailTemplateView {
    let TemplateText { subject, body } = text;
    MailTemplateView { occasion: occasion.name(), language, subject, body, is_own, placeholders: occasion.placeholders() }
}

/// What an address names.
fn named(occasion: &str, language: &str) -> Result<(Occasion, &'static str)> {
    let missing = || Refusal::not_found("mail template");
    let language = templates::LANGUAGES.into_iter().map(|it| it.0).find(|it| *it == language).ok_or_else(missing)?;
    Ok((Occasion::named(occasion).ok_or_else(missing)?, language))
}

fn text(json: RawJson) -> Result<TemplateText> {
    let input: MailTemplateInput = body::value(Value::Object(json.parse()?.object))?;
    Ok(TemplateText { subject: required("subject", input.subject)?, body: required("body", input.body)? })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<MailTemplateView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| templates::templates(tx, &caller.actor))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?.map(|it| view(it.occasion, it.language, it.text, it.is_own))))
}

pub async fn read(caller: Caller, Path((occasion, language)): Path<(String, String)>) -> Result<axum::Json<MailTemplateView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let (occasion, language) = named(&occasion, &language)?;
    let (text, is_own) = caller.desk.read(|tx| templates::text(tx, occasion, language))?;
    Ok(axum::Json(view(occasion, language, text, is_own)))
}

pub async fn replace(
    caller: Caller,
    Path((occasion, language)): Path<(String, String)>,
    json: RawJson,
) -> Result<axum::Json<MailTemplateView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (occasion, language) = named(&occasion, &language)?;
    let (actor, new) = (caller.actor.clone(), text(json)?);
    let saved = caller.desk.write(actor.person(), move |tx| {
        templates::save(tx, &actor, occasion, language, new)?;
        templates::text(tx, occasion, language)
    });
    let (text, is_own) = saved.await?;
    Ok(axum::Json(view(occasion, language, text, is_own)))
}

/// Goes back to the text that comes with Lodge.
pub async fn reset(caller: Caller, Path((occasion, language)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (occasion, language) = named(&occasion, &language)?;
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| templates::reset(tx, &actor, occasion, language)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn preview(
    caller: Caller,
    Path((occasion, language)): Path<(String, String)>,
    json: RawJson,
) -> Result<axum::Json<MailPreviewView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let (occasion, language) = named(&occasion, &language)?;
    let text = text(json)?;
    let it = caller.desk.read(|tx| compose::preview(tx, occasion, language, &text))?;
    Ok(axum::Json(MailPreviewView { subject: it.subject, text: it.text, html: it.html }))
}
