//! Profile and security: name, language, time zone, password.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use crate::{
    desk::identity::{
        self, Person,
        account::{self, Profile},
        factor,
        rules::AccountRules,
    },
    http::{App, Problem, auth, csrf::Form, own_password, sign_in::Visit},
    language::Language,
    secret::Secret,
    web::{
        account::profile::{AccountView, SecondFactor, page as account_page},
        answers::{
            door::about_field,
            form::SentPicture,
            said,
            sign_in::set_cookie,
            site::{Reader, page, see_and_say},
        },
        components::field::Choice,
        tongue::t,
    },
};

pub async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let view = view(&app, &reader)?;
    Ok(page(StatusCode::OK, account_page(&view)))
}

fn view(app: &App, reader: &Reader) -> Result<AccountView, Problem> {
    let id = reader.person();
    let (person, standing, rules) = reader.desk.read(|tx| {
        let person = tx.get::<Person>(&id)?.ok_or_else(|| crate::error::Refusal::not_found("person"))?;
        let standing = factor::standing(tx, &person)?;
        Ok((person, standing, AccountRules::of(tx)?))
    })?;
    let locale = person.locale.clone().unwrap_or_default();
    let languages = Language::ALL.into_iter().map(|it| Choice::new(it.tag(), it.own_name()));
    let mut locales: Vec<Choice> = std::iter::once(Choice::new("", t!("account-desks"))).chain(languages).collect();
    if !locales.iter().any(|it| it.value == locale) {
        locales.push(Choice::new(locale.as_str(), locale.as_str()));
    }
    Ok(AccountView {
        frame: reader.frame(),
        email: person.email,
        name: person.name,
        locale,
        time_zone: person.time_zone.unwrap_or_default(),
        locales,
        has_password: person.password.is_some(),
        password_chars_min: rules.password_chars_min,
        second: SecondFactor { since: standing.since, codes_left: standing.recovery_codes_left, required: standing.required },
        parts: super::parts_of(app, reader)?,
        error: None,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileSent {
    name: String,
    locale: String,
    time_zone: String,
}

pub async fn change(State(app): State<App>, reader: Reader, Form(sent): Form<ProfileSent>) -> Result<Response, Problem> {
    let text = |it: &str| Some(it.trim().to_owned()).filter(|it| !it.is_empty());
    let profile = Profile { name: Some(sent.name.clone()), locale: Some(text(&sent.locale)), time_zone: Some(text(&sent.time_zone)) };
    let actor = reader.actor().clone();
    match reader.desk.write(Some(reader.person()), move |tx| account::change_profile(tx, &actor, profile)).await {
        Ok(_) => Ok(see_and_say("/account", &said::done(t!("word-saved")))),
        Err(error) => {
            let (status, error) = about_field(error.into())?;
            let typed = AccountView { name: sent.name, time_zone: sent.time_zone, error: Some(error), ..view(&app, &reader)? };
            Ok(page(status, account_page(&typed)))
        }
    }
}

/// One's own picture: another one, or none.
pub async fn picture(State(app): State<App>, reader: Reader, SentPicture { sent, picture }: SentPicture) -> Result<Response, Problem> {
    let bytes = match picture {
        _ if sent.has("remove") => None,
        Some(it) => Some(it.to_vec()),
        None => {
            let error = Some(("picture".to_owned(), t!("account-picture-none").to_owned()));
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, account_page(&AccountView { error, ..view(&app, &reader)? })));
        }
    };
    let (actor, me) = (reader.actor().clone(), reader.person());
    match reader.desk.write(Some(me), move |tx| identity::change_avatar(tx, &actor, me, bytes)).await {
        Ok(_) => Ok(see_and_say("/account", &said::done(t!("word-saved")))),
        Err(error) => {
            let (status, error) = about_field(error.into())?;
            Ok(page(status, account_page(&AccountView { error: Some(error), ..view(&app, &reader)? })))
        }
    }
}

#[derive(Deserialize)]
struct PasswordSent {
    current: String,
    password: String,
}

pub async fn password(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let reader = Reader::from_request_parts(&mut parts, &app).await?;
    let visit = Visit::of(&app, &parts);
    let request = Request::from_parts(parts, body);
    let Form(sent) = <Form<PasswordSent> as axum::extract::FromRequest<App>>::from_request(request, &app).await?;
    match own_password::change(&app, &reader.caller, visit, Secret::new(sent.current), Secret::new(sent.password)).await {
        Ok(started) => {
            let mut response = see_and_say("/account", &said::done(t!("account-your-password-changed-every")));
            if let Some(started) = started {
                set_cookie(&mut response, &auth::session_cookie(Some(&started.secret)));
            }
            Ok(response)
        }
        Err(problem) => {
            let (status, error) = about_field(problem)?;
            Ok(page(status, account_page(&AccountView { error: Some(error), ..view(&app, &reader)? })))
        }
    }
}
