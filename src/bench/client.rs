//! One connection that asks one thing after the other, as a browser's tab or a program does.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::error::{Fault, Result};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    pub content_type: Option<&'static str>,
    pub body: Bytes,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Ask {
        Ask { method: "GET", path: path.into(), content_type: None, body: Bytes::new() }
    }

    pub fn post(path: impl Into<String>, content_type: &'static str, body: impl Into<Bytes>) -> Ask {
        Ask { method: "POST", path: path.into(), content_type: Some(content_type), body: body.into() }
    }
}

/// How the caller proves who they are.
#[derive(Debug, Clone)]
pub enum Proof {
    Bearer(String),
    Cookie(String),
}

pub struct Client {
    address: SocketAddr,
    proof: Proof,
    /// The host that is called.
    host: String,
    sender: SendRequest<Full<Bytes>>,
}

/// An answer with the time it took, first byte asked to last byte read.
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
    pub took: Duration,
}

fn fault(doing: &'static str) -> impl Fn(hyper::Error) -> crate::error::Error {
    move |it| Fault::because(doing, it).into()
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.map_err(|it| Fault::because("connecting to the appliance", it))?;
    // Small requests must not wait for one another's acknowledgement.
    let _ = stream.set_nodelay(true);
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(fault("greeting the appliance"))?;
    tokio::spawn(connection);
    Ok(sender)
}

impl Client {
    pub async fn open(address: SocketAddr, proof: Proof) -> Result<Client> {
        Ok(Client { address, proof, host: address.to_string(), sender: connect(address).await? })
    }

    /// From now on, calls this host.
    pub fn call_host(&mut self, host: String) {
        self.host = host;
    }

    fn request(&self, ask: &Ask) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder().method(ask.method).uri(&ask.path).header(header::HOST, &self.host);
        request = match &self.proof {
            Proof::Bearer(it) => request.header(header::AUTHORIZATION, format!("Bearer {it}")),
            Proof::Cookie(it) => request.header(header::COOKIE, format!("lodge_session={it}")).header("sec-fetch-site", "same-origin"),
        };
        if let Some(it) = ask.content_type {
            request = request.header(header::CONTENT_TYPE, it);
        }
        request.body(Full::new(ask.body.clone())).map_err(|it| Fault::because("writing a request", it).into())
    }

    async fn send(&mut self, ask: &Ask) -> Result<hyper::Response<Incoming>> {
        if self.sender.is_closed() {
            self.sender = connect(self.address).await?;
        }
        self.sender.ready().await.map_err(fault("waiting for the connection"))?;
        let request = self.request(ask)?;
        self.sender.send_request(request).await.map_err(fault("asking the appliance"))
    }

    pub async fn ask(&mut self, ask: &Ask) -> Result<Answer> {
        let began = Instant::now();
        let response = self.send(ask).await?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(fault("reading an answer"))?.to_bytes();
        Ok(Answer { status, body, took: began.elapsed() })
    }

    /// Opens a stream of server-sent events and gives its body.
    pub async fn stream(mut self, ask: &Ask) -> Result<Incoming> {
        let response = self.send(ask).await?;
        if response.status() != StatusCode::OK {
            return Err(Fault::new(format!("the live stream was answered with {}", response.status())).into());
        }
        Ok(response.into_body())
    }
}
