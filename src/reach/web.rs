//! One request over HTTP/1.1, and its answer. No redirect is followed, no connection is kept, and no answer is
//! read beyond its limit.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, StatusCode, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use super::{
    dial::{PATIENCE, dial, dial_public, slow},
    tls,
    trouble::{Trouble, What},
};
use crate::limits;

/// A request to be.
#[derive(Clone)]
pub struct Ask<'a> {
    pub url: &'a str,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: Option<&'a str>,
    pub authorization: Option<String>,
    /// Fields of a form; it is a POST if there are any.
    pub form: Vec<(&'a str, &'a str)>,
    /// Something else than a form to be posted.
    pub body: Body,
    /// More of the head: names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Who may be asked.
    pub whom: Whom,
    /// What kind of answer is wanted.
    pub accept: &'a str,
    /// The version that is known already, as its `ETag` said; the answer to it may be 304.
    pub known: Option<&'a str>,
    /// A longer answer is trouble.
    pub bytes_max: usize,
}

/// What is posted besides a form.
#[derive(Clone, Default)]
pub enum Body {
    #[default]
    Nothing,
    /// With its content type.
    Bytes(&'static str, Vec<u8>),
}

/// Who may be asked: whomever an admin named, or nobody within the house.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whom {
    #[default]
    Anybody,
    Public,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        let (accept, bytes_max) = ("application/json", limits::OIDC_ANSWER_BYTES_MAX);
        let (form, body, headers, whom) = (Vec::new(), Body::Nothing, Vec::new(), Whom::Anybody);
        Ask { url: "", ca: None, authorization: None, form, body, headers, whom, accept, known: None, bytes_max }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
    pub etag: Option<String>,
}

impl Answer {
    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body).map_err(|it| {
            let advice = "Look whether the address is that of an OpenID Connect provider.";
            Trouble::new(What::Answer, format!("The {what} is not what it should be: {it}."), advice)
        })
    }
}

/// Asks, within a limit of time for all of it.
pub async fn ask(it: Ask<'_>) -> Result<Answer, Trouble> {
    // Of an address only the host is named: the rest may be a secret.
    let host = it.url.parse::<Uri>().ok().and_then(|it| it.host().map(str::to_owned));
    match tokio::time::timeout(PATIENCE, send(it)).await {
        Ok(answer) => answer,
        Err(_) => Err(slow(host.as_deref().unwrap_or("The server"))),
    }
}

async fn send(it: Ask<'_>) -> Result<Answer, Trouble> {
    let no_address = || Trouble::new(What::Settings, format!("`{}` is no web address.", it.url), "Look at its spelling.");
    let uri: Uri = it.url.parse().map_err(|_| no_address())?;
    let host = uri.host().ok_or_else(no_address)?.to_owned();
    let encrypted = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
    let request = request(&it, &uri).map_err(|_| no_address())?;
    let tcp = match it.whom {
        Whom::Anybody => dial(&host, port).await?,
        Whom::Public => dial_public(&host, port).await?,
    };
    if !encrypted {
        return exchange(tcp, request, &host, it.bytes_max).await;
    }
    let name = host.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(name).map_err(|_| no_address())?;
    let tls = TlsConnector::from(tls::config(it.ca)?).connect(name, tcp).await.map_err(|error| tls::trouble(&host, &error))?;
    exchange(tls, request, &host, it.bytes_max).await
}

fn request(it: &Ask<'_>, uri: &Uri) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let authority = uri.authority().map_or("", |it| it.as_str());
    let target = uri.path_and_query().map_or("/", |it| it.as_str());
    let mut request = Request::builder()
        .uri(target)
        .header(HOST, authority)
        .header(ACCEPT, it.accept)
        .header(USER_AGENT, concat!("lodge/", env!("CARGO_PKG_VERSION")));
    if let Some(value) = &it.authorization {
        request = request.header(AUTHORIZATION, value);
    }
    if let Some(version) = it.known {
        request = request.header(IF_NONE_MATCH, version);
    }
    for (name, value) in &it.headers {
        request = request.header(*name, value);
    }
    if let Body::Bytes(content_type, bytes) = &it.body {
        return request.method("POST").header(CONTENT_TYPE, *content_type).body(Full::from(bytes.clone()));
    }
    if it.form.is_empty() {
        return request.method("GET").body(Full::default());
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&it.form).finish();
    request.method("POST").header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Full::from(body))
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
    host: &str,
    bytes_max: usize,
) -> Result<Answer, Trouble> {
    let broken = |why: String| Trouble::new(What::Answer, format!("{host} does not speak HTTP as it should: {why}."), "Look at its log.");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|it| broken(it.to_string()))?;
    // Ends with the sender, or with the connection.
    let driving = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|it| broken(it.to_string()))?;
    let status = response.status();
    let etag = response.headers().get(ETAG).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let body = Limited::new(response.into_body(), bytes_max).collect().await;
    driving.abort();
    let body = body.map_err(|it| broken(it.to_string()))?.to_bytes();
    Ok(Answer { status, body, etag })
}
