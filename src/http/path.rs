//! Names in an address, such as a ticket's number. What cannot be read is refused like any other bytes that do not parse.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

use super::{App, Problem};
use crate::{
    error::{Code, Refusal},
    language::say,
};

pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, app).await {
            Ok(axum::extract::Path(it)) => Ok(Path(it)),
            Err(it) => Err(Refusal::new(Code::Malformed, say!("refused-address-cannot-read", body_text = it.body_text())).into()),
        }
    }
}
