//! What flows: a large file in and out, beside a copy of the same bytes on the same disk, and a list as a file for a spreadsheet.

use std::{
    convert::Infallible,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, StreamBody};
use hyper::{Request, StatusCode, body::Frame, client::conn::http1::handshake, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{
    appliance::Child,
    client::{Ask, Client, Proof},
    report::{Export, Transfer},
};
use crate::error::{Fault, Result};

const MB: usize = 1024 * 1024;
/// What is sent at once.
const PIECE: usize = MB;

fn fault(doing: &'static str) -> impl Fn(hyper::Error) -> crate::error::Error {
    move |it| Fault::because(doing, it).into()
}

/// Bytes that no disk and no file system can make less of.
fn piece(number: usize) -> Bytes {
    let mut reader = blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof();
    let mut bytes = vec![0; PIECE];
    reader.fill(&mut bytes);
    bytes.into()
}

fn per_second(mb: usize, since: Instant) -> f64 {
    mb as f64 / since.elapsed().as_secs_f64().max(0.001)
}

/// Sends a file of so many MB, fetches it again, and copies as much in the folder for comparison; each ends when it is on the disk.
pub async fn transfer(child: &Child, token: &str, folder: &Path, mb: usize) -> Result<Transfer> {
    // A few pieces over and over: making them is not what is measured.
    let pieces: Vec<Bytes> = (0..16).map(piece).collect();
    let copied = copy(folder, &pieces, mb)?;
    let before = child.memory()?.own_mb;
    let mut client = Client::open(child.address, Proof::Bearer(token.to_owned())).await?;
    let made = client.ask(&Ask::post("/v1/tickets", "application/json", r#"{"title":"A disk image"}"#)).await?;
    let ticket = member(&made.body, "number")?;
    let order = format!(r#"{{"filename":"disk.img","size":{}}}"#, mb * MB);
    let begun = client.ask(&Ask::post(format!("/v1/tickets/{ticket}/attachments"), "application/json", order)).await?;
    let address = member(&begun.body, "uploadUrl")?;
    let began = Instant::now();
    let file = send(child.address, &address, pieces, mb).await?;
    let uploaded = per_second(mb, began);
    let began = Instant::now();
    let mut body = client.stream(&Ask::get(format!("/v1/attachments/{file}"))).await?;
    let mut got = 0;
    while let Some(frame) = body.frame().await {
        got += frame.map_err(fault("reading a file"))?.data_ref().map_or(0, Bytes::len);
    }
    if got != mb * MB {
        return Err(Fault::new(format!("{got} bytes came back of {mb} MB")).into());
    }
    let downloaded = per_second(mb, began);
    let grown_mb = (child.memory()?.own_mb - before).max(0.0);
    Ok(Transfer { mb, copied, uploaded, downloaded, grown_mb })
}

/// A member of an answer that is a text.
fn member(body: &[u8], name: &str) -> Result<String> {
    let said: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = said[name].as_str().map(str::to_owned);
    text.ok_or_else(|| Fault::new(format!("an answer has no {name}: {}", String::from_utf8_lossy(body))).into())
}

/// Sends the file in one go; gives its id.
async fn send(to: SocketAddr, address: &str, pieces: Vec<Bytes>, mb: usize) -> Result<String> {
    let stream = TcpStream::connect(to).await.map_err(|it| Fault::because("connecting to the appliance", it))?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(fault("greeting the appliance"))?;
    tokio::spawn(connection);
    let frames = (0..mb).map(move |at| Ok::<_, Infallible>(Frame::data(pieces[at % pieces.len()].clone())));
    let path = address.find("/v1/").map_or(address, |at| &address[at..]);
    let request = Request::patch(path)
        .header(header::HOST, to.to_string())
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", "0")
        .header(header::CONTENT_TYPE, "application/offset+octet-stream")
        .header(header::CONTENT_LENGTH, mb * MB)
        .body(StreamBody::new(futures_util::stream::iter(frames)))
        .map_err(|it| Fault::because("writing a request", it))?;
    let answer = sender.send_request(request).await.map_err(fault("sending a file"))?;
    if answer.status() != StatusCode::NO_CONTENT {
        return Err(Fault::new(format!("the file was answered with {}", answer.status())).into());
    }
    let file = answer.headers().get("lodge-attachment").and_then(|it| it.to_str().ok());
    file.map(str::to_owned).ok_or_else(|| Fault::new("nobody said where the file is").into())
}

/// MB a second of a plain copy.
fn copy(folder: &Path, pieces: &[Bytes], mb: usize) -> Result<f64> {
    let doing = |it: std::io::Error| Fault::because("copying a file", it);
    let (from, to) = (folder.join("copy-from"), folder.join("copy-to"));
    let mut file = std::fs::File::create(&from).map_err(doing)?;
    for at in 0..mb {
        std::io::Write::write_all(&mut file, &pieces[at % pieces.len()]).map_err(doing)?;
    }
    file.sync_all().map_err(doing)?;
    let began = Instant::now();
    std::fs::copy(&from, &to).map_err(doing)?;
    std::fs::File::open(&to).and_then(|it| it.sync_all()).map_err(doing)?;
    let copied = per_second(mb, began);
    std::fs::remove_file(&from).and_then(|()| std::fs::remove_file(&to)).map_err(doing)?;
    Ok(copied)
}

/// Reads a list of everything as a file, for a while.
pub async fn export(child: &Child, token: &str, during: Duration) -> Result<Export> {
    let client = Client::open(child.address, Proof::Bearer(token.to_owned())).await?;
    let began = Instant::now();
    let mut body = client.stream(&Ask::get("/v1/tickets.csv")).await?;
    let (mut rows, mut bytes, mut first) = (0, 0, None);
    while began.elapsed() < during
        && let Some(frame) = body.frame().await
    {
        let frame = frame.map_err(fault("reading a list"))?;
        let data = frame.data_ref().map(Bytes::as_ref).unwrap_or_default();
        first.get_or_insert_with(|| began.elapsed());
        rows += data.iter().filter(|it| **it == b'\n').count();
        bytes += data.len();
    }
    let secs = began.elapsed().as_secs_f64().max(0.001);
    Ok(Export {
        rows,
        rows_per_second: rows as f64 / secs,
        mb_per_second: bytes as f64 / MB as f64 / secs,
        first_ms: first.unwrap_or_default().as_secs_f64() * 1000.0,
    })
}
