//! Feeds of due work, read by calendars: the secret in the address is all the proof there is. Whatever is wrong with it, there is no such
//! feed.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::site::Site;
use crate::{
    appliance::feeds,
    desk::{address_rules::AddressRules, calendar_feeds},
    error::Refusal,
    http::{
        App, Problem,
        etag::{ETag, is_known},
        origin, own_address,
        path::Path,
    },
    text::icalendar::write,
};

pub async fn read(State(app): State<App>, site: Site, Path(address): Path<String>, parts: Parts) -> Result<Response, Problem> {
    let missing = || Refusal::not_found("feed");
    let secret = address.strip_suffix(".ics").ok_or_else(missing)?;
    let from = origin::of(&app, &parts);
    let (feed, owner, actor) = site.desk.read(|tx| {
        let (feed, owner, actor) = calendar_feeds::read(tx, secret, from)?;
        // Whoever may not sign in from there is not read from there.
        if !AddressRules::of(tx)?.let_in(tx, &owner, origin::address(&app, &parts))? {
            return Err(missing().into());
        }
        Ok((feed, owner, actor))
    })?;
    let entries = feeds::entries(&site.desk, &feed, &owner, &actor, &own_address::own_address(&app, &parts)).await?;
    let text = write::calendar(&format!("{} – {}", site.settings.name, feed.name), &entries);
    let tag = ETag(format!("\"{}\"", blake3::hash(text.as_bytes()).to_hex()));
    let mut response = match is_known(&parts.headers, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag.0) {
        headers.insert(header::ETAG, tag);
    }
    // A link within an entry does not tell where it was read.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}
