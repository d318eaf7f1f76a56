//! Bodies as they come in: bounded, of the right type, well-formed, and only then values. Bytes that do not parse are 400, values that
//! do not fit are 422 and name the field, another content type is 415, too much is 413. Unknown fields are ignored.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{App, Problem};
use crate::{
    error::{Code, Error, FieldError, Refusal, Result},
    language::say,
    limits,
};

/// A JSON object, and the bytes that it came in.
pub struct Json {
    pub object: Map<String, Value>,
    pub raw: Bytes,
}

impl FromRequest<App> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        Ok(RawJson::of(request, app).await.parse()?)
    }
}

/// A body that is to be a JSON object and is not looked at yet. Who may not do a thing, or may not know of it, is told so whatever
/// they send; a handler asks for permission first and parses then.
pub struct RawJson(Result<Bytes>);

impl FromRequest<App> for RawJson {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &App) -> Result<Self, Infallible> {
        Ok(RawJson::of(request, app).await)
    }
}

impl RawJson {
    /// The body of a request that may have brought something else.
    pub async fn of(request: Request, app: &App) -> RawJson {
        let kind = media_type(request.headers());
        if !kind.as_deref().is_some_and(|it| it == "application/json" || (it.starts_with("application/") && it.ends_with("+json"))) {
            return RawJson(Err(Refusal::new(Code::UnsupportedMedia, say!("refused-send-json-content-type")).into()));
        }
        RawJson(read(request, app.options.json_body_bytes_max).await)
    }

    /// The object; 415, 413 or 400 if it is none.
    pub fn parse(self) -> Result<Json> {
        let raw = self.0?;
        let object = parse_object(&raw)?;
        Ok(Json { object, raw })
    }
}

impl Json {
    /// The object as a value of its own type; what does not fit is told by field.
    pub fn into_value<T: DeserializeOwned>(self) -> Result<T> {
        value(Value::Object(self.object))
    }

    /// The same, with the bytes that it came in, by which a repeat is known.
    pub fn into_value_and_raw<T: DeserializeOwned>(self) -> Result<(T, Bytes)> {
        let raw = self.raw.clone();
        Ok((self.into_value()?, raw))
    }
}

/// A body of names and values, as JSON or as a form (RFC 6749 wants a form where the rest of the world sends JSON).
pub async fn form_or_json(request: Request, app: &App) -> Result<Value> {
    if media_type(request.headers()).as_deref() != Some("application/x-www-form-urlencoded") {
        return Ok(Value::Object(RawJson::of(request, app).await.parse()?.object));
    }
    let raw = read(request, app.options.json_body_bytes_max).await?;
    let pairs = form_urlencoded::parse(&raw).map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
    Ok(Value::Object(pairs.collect()))
}

/// The content type without parameters, in lower case.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// The whole body, if it has at most `limit` bytes.
pub async fn read(request: Request, limit: usize) -> Result<Bytes> {
    let too_large = || Refusal::new(Code::TooLarge, say!("refused-body-may-kb-most", limit = limit / 1024)).into();
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|it| it > limit as u64) {
        return Err(too_large());
    }
    let read = tokio::time::timeout(Duration::from_secs(limits::BODY_SECS_MAX), axum::body::to_bytes(request.into_body(), limit)).await;
    let too_slow = |_| Refusal::new(Code::Malformed, say!("refused-body-did-not-come", body_secs_max = limits::BODY_SECS_MAX));
    read.map_err(too_slow)?.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(it) = cause {
            if it.is::<LengthLimitError>() {
                return too_large();
            }
            cause = it.source();
        }
        Refusal::new(Code::Malformed, say!("refused-body-ended-before-complete")).into()
    })
}

fn parse_object(raw: &[u8]) -> Result<Map<String, Value>> {
    if depth(raw) > limits::JSON_DEPTH_MAX {
        return Err(Refusal::new(Code::Malformed, say!("refused-json-may-nested-deep", json_depth_max = limits::JSON_DEPTH_MAX)).into());
    }
    match serde_json::from_slice(raw) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::new(Code::Validation, say!("refused-body-must-json-object")).into()),
        Err(it) => Err(Refusal::new(Code::Malformed, say!("refused-body-not-json", why = it.to_string())).into()),
    }
}

/// How deep brackets are nested, outside strings.
fn depth(raw: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in raw {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A JSON value as a value of its own type.
pub fn value<T: DeserializeOwned>(json: Value) -> Result<T> {
    serde_path_to_error::deserialize(json).map_err(|it| misfit(&it.path().to_string(), &it.inner().to_string()))
}

/// A value that does not fit, told by field.
fn misfit(path: &str, message: &str) -> Error {
    // A missing field is told about its object; the field's name is in the message.
    let missing = message.strip_prefix("missing field `").and_then(|it| it.split('`').next());
    let field = match (path, missing) {
        (".", Some(missing)) => missing.to_owned(),
        (path, Some(missing)) => format!("{path}.{missing}"),
        (path, None) => path.to_owned(),
    };
    let code = if missing.is_some() { "required" } else { "invalid" };
    let message = if missing.is_some() { format!("`{field}` is required.") } else { format!("`{field}` does not fit: {message}.") };
    Refusal { code: Code::Validation, detail: message.clone().into(), fields: vec![FieldError { field, code, message: message.into() }] }
        .into()
}

/// The fields of a form (`application/x-www-form-urlencoded`), in order.
pub async fn form_fields(request: Request) -> Result<Vec<(String, String)>> {
    if media_type(request.headers()).as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(Refusal::new(Code::UnsupportedMedia, say!("refused-send-form-application-x")).into());
    }
    let raw = read(request, limits::JSON_BODY_BYTES_MAX).await?;
    Ok(form_urlencoded::parse(&raw).into_owned().collect())
}

/// A form as a value of its own type. A field that comes several times is a list.
pub fn form_value<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T> {
    let mut map = Map::new();
    for (name, text) in fields {
        let text = Value::String(text.clone());
        match map.get_mut(name) {
            None => {
                map.insert(name.clone(), text);
            }
            Some(Value::Array(list)) => list.push(text),
            Some(one) => *one = Value::Array(vec![one.take(), text]),
        }
    }
    value(Value::Object(map))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Wish {
        title: String,
        count: Option<u8>,
    }

    #[test]
    fn what_does_not_fit_is_told_by_field() {
        for (text, code, field) in [
            (r#"{"title":"a","count":3}"#, None, ""),
            (r#"{"title":"a","other":{}}"#, None, ""),
            (r#"{"count":3}"#, Some(Code::Validation), "title"),
            (r#"{"title":5}"#, Some(Code::Validation), "title"),
            (r#"{"title":"a","count":"x"}"#, Some(Code::Validation), "count"),
            (r#"{"title":"a","count":999}"#, Some(Code::Validation), "count"),
            ("[]", Some(Code::Validation), ""),
            ("{", Some(Code::Malformed), ""),
            ("", Some(Code::Malformed), ""),
            ("{\"title\":\"\u{0}\"}", Some(Code::Malformed), ""),
        ] {
            let parsed = parse_object(text.as_bytes()).and_then(|it| value::<Wish>(Value::Object(it)));
            match (parsed, code) {
                (Ok(it), None) => assert!(it.title == "a" && it.count.is_none_or(|it| it == 3)),
                (Err(Error::Refused(it)), Some(code)) => {
                    assert_eq!(it.code, code, "{text}");
                    assert_eq!(it.fields.first().map_or("", |it| it.field.as_str()), field, "{text}");
                }
                (parsed, _) => panic!("{text}: {parsed:?}"),
            }
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(parse_object(deep(limits::JSON_DEPTH_MAX - 1).as_bytes()).is_ok());
        assert!(parse_object(deep(limits::JSON_DEPTH_MAX).as_bytes()).is_err());
        assert_eq!(depth(br#"{"a":"[[[\"[["}"#), 1);
    }
}
