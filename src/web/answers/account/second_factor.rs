//! The second factor: setting it up, new recovery codes, parting with it.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Deserialize;

use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{Person, account, factor},
    },
    error::{Refusal, Result},
    http::{App, Problem, csrf::Form, own_password, sign_in::Visit},
    web::{
        account::second_factor::{SecondFactorView, SeedView, Stage, codes_page, page as factor_page},
        answers::{
            door::about_field,
            said,
            sign_in::Nothing,
            site::{Reader, page, see, see_and_say},
        },
        tongue::t,
    },
};

const HERE: &str = "/account/second-factor";

pub async fn show(reader: Reader) -> Result<Response, Problem> {
    draw(&reader, StatusCode::OK, None)
}

fn draw(reader: &Reader, status: StatusCode, error: Option<String>) -> Result<Response, Problem> {
    let id = reader.person();
    let view = reader.desk.read(|tx| {
        let person = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
        let standing = factor::standing(tx, &person)?;
        let stage = match (standing.since, factor::begun(tx, &person)?) {
            (Some(_), _) => Stage::SetUp { codes_left: standing.recovery_codes_left },
            (None, Some(seed)) => Stage::Begun(SeedView { uri: seed.uri, typed: seed.typed }),
            (None, None) => Stage::None,
        };
        Ok(SecondFactorView { frame: reader.frame(), stage, required: standing.required, error })
    })?;
    Ok(secret(page(status, factor_page(&view))))
}

/// Seeds and codes stay in no cache.
fn secret(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub async fn begin(reader: Reader, _: Form<Nothing>) -> Result<Response, Problem> {
    let actor = reader.actor().clone();
    reader.desk.write(Some(reader.person()), move |tx| factor::begin(tx, &actor)).await?;
    Ok(see(HERE))
}

#[derive(Deserialize)]
struct CodeSent {
    code: String,
}

/// Runs what needs a code, for a form that has one.
async fn with_code<T: Send + 'static>(
    app: &App,
    request: Request,
    run: impl FnOnce(&mut Tx, &Actor, &str) -> Result<T> + Send + 'static,
) -> Result<(Reader, Result<T, Problem>), Problem> {
    let (mut parts, body) = request.into_parts();
    let reader = Reader::from_request_parts(&mut parts, app).await?;
    let visit = Visit::of(app, &parts);
    let Form(CodeSent { code }) = Form::from_request(Request::from_parts(parts, body), app).await?;
    let done = own_password::with_code(app, &reader.caller, &visit, move |tx, actor| run(tx, actor, &code)).await;
    Ok((reader, done))
}

fn refused(reader: &Reader, problem: Problem) -> Result<Response, Problem> {
    let (status, (_, detail)) = about_field(problem)?;
    draw(reader, status, Some(detail))
}

pub async fn confirm(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (reader, done) = with_code(&app, request, |tx, actor, code| {
        let codes = factor::confirm(tx, actor, code)?;
        tell(tx, actor)?;
        Ok(codes)
    })
    .await?;
    match done {
        Ok(codes) => Ok(secret(page(StatusCode::OK, codes_page(&reader.frame(), &codes)))),
        Err(problem) => refused(&reader, problem),
    }
}

fn tell(tx: &mut Tx, actor: &Actor) -> Result<()> {
    match actor.person() {
        Some(id) => account::tell_of_factor(tx, id, &actor.origin),
        None => Ok(()),
    }
}

pub async fn renew(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (reader, done) = with_code(&app, request, factor::renew_recovery).await?;
    match done {
        Ok(codes) => Ok(secret(page(StatusCode::OK, codes_page(&reader.frame(), &codes)))),
        Err(problem) => refused(&reader, problem),
    }
}

pub async fn remove(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (reader, done) = with_code(&app, request, |tx, actor, code| {
        factor::remove_own(tx, actor, code)?;
        tell(tx, actor)
    })
    .await?;
    match done {
        Ok(()) => Ok(see_and_say("/account", &said::done(t!("account-your-second-factor-removed")))),
        Err(problem) => refused(&reader, problem),
    }
}
