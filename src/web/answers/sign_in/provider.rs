//! In by somebody else's word: a directory's form, the way to an identity provider and back, the headers of a proxy.
//! Invariant: where a sign-in leads is a path of this desk, checked before it is carried anywhere.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{cookie_value, next_of};
use crate::{
    appliance::directories::{self, CameBack},
    desk::providers::{self, Provider, ProviderKind, SignInMethods},
    error::{Code, Error, Refusal, Result},
    http::{
        App, Problem,
        auth::cookie,
        body, origin,
        own_address::{callback, peer},
        path::Path,
        query::Query,
        sign_in::{self, DirectoryCredentials, Visit},
    },
    id::ProviderId,
    language::say,
    limits,
    secret::Secret,
    web::{
        answers::site::{Site, page, see},
        portal::sign_in as door,
        tongue,
    },
};

/// Holds what must come back with somebody who is at an identity provider. Short-lived, sealed, and for these pages only.
const UNDER_WAY: &str = "lodge_under_way";

/// What the door offers besides a password.
pub(super) fn offers(site: &Site, next: &str) -> Result<(Vec<door::Provider>, bool)> {
    let (all, methods) = site.desk.read(|tx| Ok((providers::enabled(tx)?, SignInMethods::of(tx)?)))?;
    let shown = all.iter().map(|it| door::Provider { name: it.name.clone(), href: address(it, next) }).collect::<Vec<_>>();
    let local = methods.local || shown.is_empty();
    Ok((shown, local))
}

fn address(it: &Provider, next: &str) -> String {
    let way = match it.kind() {
        ProviderKind::Oidc => "oidc",
        ProviderKind::Ldap => "ldap",
        ProviderKind::Header => "header",
    };
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/sign-in/{way}/{}?next={next}", it.id)
}

/// The proxy in front has signed this person in already: the way that needs no button.
pub(super) fn by_header(site: &Site, parts: &Parts, next: &str) -> Option<String> {
    let all = site.desk.read(providers::enabled).ok()?;
    let found = all.iter().find(|it| match &it.settings {
        providers::ProviderSettings::Header(settings) => {
            let is_listed = peer(parts).is_some_and(|peer| settings.ranges().any(|it| it.contains(peer)));
            is_listed && parts.headers.contains_key(settings.subject.as_str())
        }
        _ => false,
    })?;
    Some(address(found, next))
}

fn refused_page(site: &Site, next: String, refusal: &Refusal) -> Result<Response, Problem> {
    let (providers, local) = offers(site, &next)?;
    let view = door::SignInView {
        frame: site.frame(),
        error: Some(tongue::sentence(&refusal.detail)),
        next,
        providers,
        local,
        ..Default::default()
    };
    Ok(page(crate::http::problem::status_of(refusal.code), door::page(&view)))
}

/// A refusal is shown at the door, with every other way in; anything else is trouble.
fn at_the_door(site: &Site, next: String, error: Error) -> Result<Response, Problem> {
    match error {
        Error::Refused(it) if matches!(it.code, Code::Unauthenticated | Code::Unavailable | Code::Forbidden | Code::Validation) => {
            refused_page(site, next, &it)
        }
        it => Err(it.into()),
    }
}

fn entered(secret: &str, next: &str) -> Response {
    let mut response = see(next);
    response.headers_mut().append(header::SET_COOKIE, cookie_value(Some(secret)));
    response
}

fn directory_named(site: &Site, id: ProviderId) -> Result<Provider> {
    let all = site.desk.read(providers::enabled)?;
    let found = all.into_iter().find(|it| it.id == id && it.kind() == ProviderKind::Ldap);
    found.ok_or_else(|| Refusal::not_found("way to sign in").into())
}

pub async fn ldap_form(site: Site, Path(id): Path<ProviderId>, query: Query) -> Result<Response, Problem> {
    let provider = directory_named(&site, id)?;
    let view = door::DirectoryView {
        frame: site.frame(),
        name: provider.name.clone(),
        action: format!("/sign-in/ldap/{id}"),
        next: next_of(query.get("next")),
        ..Default::default()
    };
    Ok(page(StatusCode::OK, door::directory_page(&view)))
}

#[derive(Deserialize)]
struct Typed {
    login: String,
    password: String,
    next: Option<String>,
}

pub async fn ldap(State(app): State<App>, site: Site, Path(id): Path<ProviderId>, request: Request) -> Result<Response, Problem> {
    let provider = directory_named(&site, id)?;
    let (parts, typed): (_, Typed) = super::open_form(&app, request).await?;
    let next = next_of(typed.next.as_deref());
    let credentials = DirectoryCredentials { provider: id, login: typed.login.clone(), password: Secret::new(typed.password), code: None };
    match sign_in::sign_in_by_directory(&app, &site.desk, Visit::of(&app, &parts), credentials, false).await {
        Ok(signed_in) => Ok(super::on(&next, signed_in)),
        Err(Problem { error: Error::Refused(it), retry_after })
            if matches!(it.code, Code::Unauthenticated | Code::Unavailable | Code::RateLimited) =>
        {
            let view = door::DirectoryView {
                frame: site.frame(),
                name: provider.name,
                action: format!("/sign-in/ldap/{id}"),
                login: typed.login,
                error: Some(tongue::sentence(&it.detail)),
                next,
            };
            let told = super::Told { status: crate::http::problem::status_of(it.code), detail: tongue::sentence(&it.detail), retry_after };
            Ok(told.on(door::directory_page(&view)))
        }
        Err(problem) => Err(problem),
    }
}

pub async fn oidc(State(app): State<App>, site: Site, Path(id): Path<ProviderId>, query: Query, parts: Parts) -> Result<Response, Problem> {
    let next = next_of(query.get("next"));
    app.credentials.attempt(origin::address(&app, &parts))?;
    let sent = match directories::send_oidc(&site.desk, id, &callback(&app, &parts, id), &next).await {
        Ok(it) => it,
        Err(it) => return at_the_door(&site, next, it),
    };
    let location = HeaderValue::from_str(&sent.address).map_err(|_| Refusal::not_found("way to sign in"))?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    response.headers_mut().append(header::SET_COOKIE, under_way(Some(&sent.under_way)));
    Ok(response)
}

pub async fn oidc_callback(
    State(app): State<App>,
    site: Site,
    Path(id): Path<ProviderId>,
    query: Query,
    parts: Parts,
) -> Result<Response, Problem> {
    let carried = cookie(&parts.headers, UNDER_WAY).unwrap_or_default().to_owned();
    let text = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let back = CameBack {
        state: text("state"),
        code: text("code"),
        error: text("error"),
        error_description: text("error_description"),
        iss: query.get("iss").map(str::to_owned),
    };
    let outcome = directories::receive_oidc(&site.desk, id, &carried, back, &callback(&app, &parts, id), origin::of(&app, &parts)).await;
    let mut response = match outcome {
        Ok((started, next)) => entered(&started.secret, super::own_path(&next)),
        Err(it) => at_the_door(&site, "/".to_owned(), it)?,
    };
    // It works once.
    response.headers_mut().append(header::SET_COOKIE, under_way(None));
    Ok(response)
}

fn under_way(carried: Option<&str>) -> HeaderValue {
    let age = if carried.is_some() { limits::OIDC_SIGN_IN_SECS_MAX } else { 0 };
    let carried = carried.unwrap_or_default();
    let text = format!("{UNDER_WAY}={carried}; Path=/sign-in/oidc; HttpOnly; SameSite=Lax; Max-Age={age}");
    // What is carried is base64; what is no header value signs nobody in.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The provider itself asks, not a browser: what proves it is its signature (Back-Channel Logout 1.0 section 2.5).
pub async fn oidc_back_channel(site: Site, Path(id): Path<ProviderId>, request: Request) -> Result<Response, Problem> {
    let fields = body::form_fields(request).await?;
    let token = fields.iter().find(|it| it.0 == "logout_token").map_or("", |it| it.1.as_str());
    let ended = directories::end_oidc(&site.desk, id, token).await?;
    tracing::info!(provider = %id, ended, "an identity provider ended sessions");
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}

pub async fn by_proxy(
    State(app): State<App>,
    site: Site,
    Path(id): Path<ProviderId>,
    query: Query,
    parts: Parts,
) -> Result<Response, Problem> {
    let next = next_of(query.get("next"));
    let read = |name: &str| single(&parts.headers, name);
    match directories::sign_in_header(&site.desk, id, peer(&parts), read, origin::of(&app, &parts)).await {
        Ok(Some(started)) => Ok(entered(&started.secret, &next)),
        Ok(None) => {
            let refusal = Refusal::new(Code::Unauthenticated, say!("door-proxy-did-not-say"));
            refused_page(&site, next, &refusal)
        }
        Err(it) => at_the_door(&site, next, it),
    }
}

/// The value of a header that is there once: of two, one may have come past the proxy.
fn single(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(it), None) => Some(String::from_utf8_lossy(it.as_bytes()).into_owned()),
        _ => None,
    }
}
