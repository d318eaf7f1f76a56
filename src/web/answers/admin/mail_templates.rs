//! The texts of mails in the settings: listed, changed, previewed in a frame that can do nothing, and sent to oneself.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Admin, whole};
use crate::{
    desk::{
        mail::{
            compose,
            occasion::Occasion,
            templates::{self, TemplateText},
        },
        notify,
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    text::html::escape,
    web::{
        admin::{
            mail_templates::{TemplateRow, TemplateView, TemplatesView, list_page, page as template_page},
            shell::TEMPLATES,
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

/// The page may show a frame of our own; the frame may show styles of its own and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const MAIL_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

type Named = Path<(String, String)>;

fn address(occasion: Occasion, language: &str) -> String {
    format!("{}/{}/{language}", TEMPLATES.href, occasion.name())
}

fn named(occasion: &str, language: &str) -> Result<(Occasion, &'static str, &'static str)> {
    let missing = || Refusal::not_found("mail template");
    let (code, name) = templates::LANGUAGES.into_iter().find(|it| it.0 == language).ok_or_else(missing)?;
    Ok((Occasion::named(occasion).ok_or_else(missing)?, code, name))
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let all = admin.desk.read(|tx| templates::templates(tx, admin.actor()))?;
    let rows = Occasion::ALL.map(|occasion| {
        let texts = all.iter().filter(|it| it.occasion == occasion).map(|it| {
            let name = templates::LANGUAGES.iter().find(|(code, _)| *code == it.language).map_or(it.language, |it| it.1);
            (name.to_owned(), address(occasion, it.language), it.is_own)
        });
        TemplateRow { occasion: tongue::named("occasion-", occasion.name()).unwrap_or(occasion.label()).to_owned(), texts: texts.collect() }
    });
    Ok(page(StatusCode::OK, list_page(&TemplatesView { frame: admin.frame(), rows: rows.to_vec() })))
}

fn view(admin: &Admin, occasion: Occasion, language: &str, name: &str) -> Result<TemplateView> {
    let (text, is_own) = admin.desk.read(|tx| templates::text(tx, occasion, language))?;
    Ok(TemplateView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        occasion: tongue::named("occasion-", occasion.name()).unwrap_or(occasion.label()).to_owned(),
        language: name.to_owned(),
        href: address(occasion, language),
        subject: text.subject,
        body: text.body,
        is_own,
        placeholders: occasion.placeholders().into_iter().map(str::to_owned).collect(),
        ..TemplateView::default()
    })
}

fn draw(status: StatusCode, view: &TemplateView) -> Response {
    let mut response = page(status, template_page(view));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

pub async fn show(admin: Admin, Path((occasion, language)): Named) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let (occasion, language, name) = named(&occasion, &language)?;
    Ok(draw(StatusCode::OK, &view(&admin, occasion, language, name)?))
}

fn sent_text(sent: &Sent) -> TemplateText {
    TemplateText { subject: sent.text("subject").to_owned(), body: sent.text("body").replace("\r\n", "\n") }
}

pub async fn save(admin: Admin, Path((occasion, language)): Named, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (occasion, language, name) = named(&occasion, &language)?;
    let (actor, text) = (admin.actor().clone(), sent_text(&sent));
    let new = text.clone();
    match admin.desk.write(actor.person(), move |tx| templates::save(tx, &actor, occasion, language, new)).await {
        Ok(_) => Ok(see_and_say(&address(occasion, language), &said::done(t!("word-saved")))),
        Err(Error::Refused(it)) => {
            let errors = it.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect();
            let error = whole(&it, &["subject", "body"]);
            let view = TemplateView { subject: text.subject, body: text.body, errors, error, ..view(&admin, occasion, language, name)? };
            Ok(draw(problem::status_of(it.code), &view))
        }
        Err(it) => Err(it.into()),
    }
}

/// A mail, or what is wrong with its text, for the frame.
fn framed(admin: &Admin, occasion: Occasion, language: &'static str, text: &TemplateText) -> Result<Response, Problem> {
    let shown = match admin.desk.read(|tx| compose::preview(tx, occasion, language, text)) {
        Ok(it) => it.html,
        Err(Error::Refused(it)) => {
            let said: Vec<String> = it.fields.iter().map(|it| format!("<p>{}</p>", escape(&it.message))).collect();
            format!(
                "<!DOCTYPE html><meta charset=\"utf-8\"><title>No preview</title><body style=\"font-family:sans-serif\">{}",
                said.join("")
            )
        }
        Err(it) => return Err(it.into()),
    };
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, MAIL_POLICY)];
    Ok((StatusCode::OK, headers, shown).into_response())
}

pub async fn saved(admin: Admin, Path((occasion, language)): Named) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let (occasion, language, _) = named(&occasion, &language)?;
    let (text, _) = admin.desk.read(|tx| templates::text(tx, occasion, language))?;
    framed(&admin, occasion, language, &text)
}

pub async fn preview(admin: Admin, Path((occasion, language)): Named, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let (occasion, language, _) = named(&occasion, &language)?;
    framed(&admin, occasion, language, &sent_text(&sent))
}

pub async fn reset(admin: Admin, Path((occasion, language)): Named, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (occasion, language, _) = named(&occasion, &language)?;
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| templates::reset(tx, &actor, occasion, language)).await?;
    Ok(see_and_say(&address(occasion, language), &said::done(t!("mail-templates-built-text-back"))))
}

pub async fn test(admin: Admin, Path((occasion, language)): Named, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (occasion, language, name) = named(&occasion, &language)?;
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| notify::send_test(tx, &actor, Some(occasion), Some(language))).await {
        Ok(it) => {
            let to = it.recipients.first().map_or("", |it| it.address.as_str());
            Ok(see_and_say(&address(occasion, language), &said::done(t!("mail-templates-way", to = to))))
        }
        Err(Error::Refused(it)) => Ok(draw(
            problem::status_of(it.code),
            &TemplateView { error: Some(tongue::sentence(&it.detail)), ..view(&admin, occasion, language, name)? },
        )),
        Err(it) => Err(it.into()),
    }
}
