//! The founding of a desk in a browser. A desk that nobody has set up has no settings and no session, so this stands before the site's
//! middleware goes on; the key in the address, which the server prints when it starts, is what lets somebody in.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    door::about_field,
    sign_in::{open_form, set_cookie},
    site::{page, see},
    trouble,
};
use crate::{
    appliance::{Beginning, Desk, is_start_key},
    desk::identity::{self, rules::AccountRules},
    http::{App, Problem, auth, own_address::own_address, sign_in::Visit},
    language::Language,
    secret::Secret,
    web::{
        components::field::Choice,
        layout::Frame,
        portal::start::{StartView, page as start_page},
        tongue::{self, Reading},
    },
};

/// Where the first page is; the key comes behind.
pub const PATH: &str = "/start/";

/// Answers for a desk that nobody has set up: its first page for whoever holds the key, else a page that says where that is.
pub async fn answer(app: &App, desk: Arc<Desk>, request: Request) -> Response {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).and_then(Language::wanted);
    let reading = Reading { language: accepted.unwrap_or_default(), ..Reading::default() };
    reading.during(begin(app, desk, request)).await
}

async fn begin(app: &App, desk: Arc<Desk>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if !path.strip_prefix(PATH).is_some_and(is_start_key) {
        return page(StatusCode::OK, trouble::not_set_up(desk.now()));
    }
    let done = match *request.method() {
        Method::POST => found(app, &desk, &path, request).await,
        _ => draw(&desk, StartView { action: path, language: tongue::language().tag().to_owned(), ..StartView::default() }, StatusCode::OK),
    };
    private(done.unwrap_or_else(IntoResponse::into_response))
}

fn draw(desk: &Desk, view: StartView, status: StatusCode) -> Result<Response, Problem> {
    let chars_min = desk.read(AccountRules::of)?.password_chars_min;
    let frame = Frame { now: desk.now(), desk: "Lodge".into(), ..Frame::default() };
    let languages = Language::ALL.into_iter().map(|it| Choice::new(it.tag(), it.own_name())).collect();
    Ok(page(status, start_page(&StartView { frame, chars_min, languages, ..view })))
}

#[derive(Deserialize)]
struct Founding {
    desk: String,
    #[serde(default)]
    language: String,
    name: String,
    email: String,
    password: String,
}

async fn found(app: &App, desk: &Arc<Desk>, path: &str, request: Request) -> Result<Response, Problem> {
    let (parts, sent): (_, Founding) = open_form(app, request).await?;
    let visit = Visit::of(app, &parts);
    app.credentials.attempt(visit.address)?;
    let beginning = Beginning {
        desk: sent.desk.clone(),
        language: Some(sent.language.clone()).filter(|it| !it.is_empty()),
        base_url: own_address(app, &parts),
        addresses: app.options.mail_addresses.clone(),
        name: sent.name.clone(),
        email: sent.email.clone(),
        password: Secret::new(sent.password),
    };
    match app.appliance.begin(desk, beginning).await {
        Ok(person) => {
            let started = desk.write(None, move |tx| identity::start_session(tx, person, &visit.origin, false)).await?;
            let mut response = see("/agent/admin/start");
            set_cookie(&mut response, &auth::session_cookie(Some(&started.secret)));
            Ok(response)
        }
        Err(error) => {
            let (status, error) = about_field(error.into())?;
            let Founding { desk: title, language, name, email, .. } = sent;
            let view =
                StartView { action: path.to_owned(), desk: title, language, name, email, error: Some(error), ..StartView::default() };
            draw(desk, view, status)
        }
    }
}

/// The address of the page is a secret: it goes to nobody, and stays in no cache.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
