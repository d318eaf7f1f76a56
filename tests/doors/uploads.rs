//! Files that come in pieces (tus 1.0), files that are sent before something is made of them, and addresses that give a file without a
//! sign-in.

use data_encoding::BASE64;
use serde_json::{Value, json};
use sha2::Digest;

use crate::world::{Answer, Call, World};

const PIECE: &str = "application/offset+octet-stream";

fn tus<'a>(call: Call<'a>) -> Call<'a> {
    call.header("tus-resumable", "1.0.0")
}

/// Begins an upload as tus does; gives its address.
async fn begun(world: &World, who: &str, size: usize, metadata: &[(&str, &str)]) -> Answer {
    let metadata: Vec<_> = metadata.iter().map(|(name, value)| format!("{name} {}", BASE64.encode(value.as_bytes()))).collect();
    let call = tus(world.call("POST", "/v1/uploads").by(who)).header("upload-length", &size.to_string());
    call.header("upload-metadata", &metadata.join(",")).go().await
}

fn piece<'a>(world: &'a World, address: &str, at: usize, bytes: &[u8]) -> Call<'a> {
    tus(world.call("PATCH", address)).header("upload-offset", &at.to_string()).bytes(PIECE, bytes.to_vec())
}

async fn offset(world: &World, address: &str) -> String {
    tus(world.call("HEAD", address)).go().await.is(200).header("upload-offset").to_owned()
}

fn number(ticket: &Value) -> String {
    ticket["number"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_comes_in_pieces_and_hangs_on_its_ticket() {
    let world = World::new().await;
    let ticket = number(&world.lodge("Rosa", json!({ "title": "With a log" })).await);
    let spoken = world.call("OPTIONS", "/v1/uploads").go().await.is(204);
    assert_eq!(spoken.header("tus-version"), "1.0.0");
    assert!(spoken.header("tus-extension").contains("termination"));
    let made = begun(&world, "Rosa", 10, &[("filename", "../a log.txt"), ("ticket", &ticket)]).await.is(201);
    let address = made.header("location").to_owned();
    assert!(!made.header("upload-expires").is_empty());
    assert_eq!(offset(&world, &address).await, "0");
    // Its address is all that it takes to send it.
    let answer = piece(&world, &address, 0, b"0123").go().await.is(204);
    assert_eq!(answer.header("upload-offset"), "4");
    piece(&world, &address, 3, b"3456").go().await.is(409);
    piece(&world, &address, 4, b"456789and more").go().await.is(413);
    assert_eq!(offset(&world, &address).await, "4", "nothing of what was too much counts");
    let answer = piece(&world, &address, 4, b"456789").go().await.is(204);
    assert_eq!(answer.header("upload-offset"), "10");
    let file = format!("/v1/attachments/{}", answer.header("lodge-attachment"));
    assert_eq!(offset(&world, &address).await, "10");
    let got = world.call("GET", &file).by("Ada").go().await.is(200);
    assert_eq!((got.text().as_str(), got.header("content-length")), ("0123456789", "10"));
    assert!(got.header("content-disposition").contains("a log.txt"));
    let files = world.call("GET", &format!("/v1/tickets/{ticket}")).by("Rosa").go().await.json()["attachments"].clone();
    assert_eq!((files[0]["filename"].as_str(), files[0]["scan"].as_str()), (Some("a log.txt"), Some("unscanned")));
}

#[tokio::test]
async fn what_tus_demands_is_demanded() {
    let world = World::new().await;
    let address = begun(&world, "Ada", 5, &[("filename", "a.txt")]).await.is(201).header("location").to_owned();
    let old = world.call("PATCH", &address).header("upload-offset", "0").bytes(PIECE, "01234").go().await.is(412);
    assert_eq!(old.header("tus-version"), "1.0.0");
    world.call("HEAD", &address).go().await.is(412);
    tus(world.call("PATCH", &address)).header("upload-offset", "0").bytes("text/plain", "01234").go().await.is(415);
    tus(world.call("PATCH", &address)).bytes(PIECE, "01234").go().await.is(400);
    tus(world.call("PATCH", &address)).header("upload-offset", "x").bytes(PIECE, "01234").go().await.is(400);
    tus(world.call("POST", "/v1/uploads").by("Ada")).go().await.is(400);
    tus(world.call("POST", "/v1/uploads").by("Ada")).header("upload-length", "-1").go().await.is(400);
    tus(world.call("POST", "/v1/uploads")).header("upload-length", "1").go().await.is(401);
    let wrong = tus(world.call("POST", "/v1/uploads").by("Ada")).header("upload-length", "1");
    wrong.header("upload-metadata", "filename ***").go().await.is(400);
    // A piece that was damaged on the way counts for nothing, whatever came before it.
    let hash = BASE64.encode(&sha2::Sha256::digest(b"01234"));
    for (sum, bytes, status) in [
        (format!("sha256 {hash}"), "0123x", 460),
        (format!("sha256 {hash}"), "0123", 460),
        (format!("md4 {hash}"), "01234", 400),
        ("sha256".to_owned(), "01234", 400),
    ] {
        piece(&world, &address, 0, bytes.as_bytes()).header("upload-checksum", &sum).go().await.is(status);
        assert_eq!(offset(&world, &address).await, "0", "{sum}");
    }
    piece(&world, &address, 0, b"01234").header("upload-checksum", &format!("sha256 {hash}")).go().await.is(204);
    piece(&world, &address, 5, b"").go().await.is(204);
    // What is given up is gone.
    let other = begun(&world, "Ada", 5, &[]).await.is(201).header("location").to_owned();
    piece(&world, &other, 0, b"01").go().await.is(204);
    tus(world.call("DELETE", &other)).go().await.is(204);
    tus(world.call("HEAD", &other)).go().await.is(404);
    piece(&world, &other, 2, b"234").go().await.is(404);
}

#[tokio::test]
async fn an_upload_is_its_senders_and_whose_address_it_is() {
    let world = World::new().await;
    let address = begun(&world, "Rosa", 5, &[("filename", "a.txt")]).await.is(201).header("location").to_owned();
    let bare = address.split('?').next().unwrap();
    for (who, address, status) in [
        (Some("Rosa"), bare, 200),
        (None, address.as_str(), 200),
        (None, bare, 404),
        (Some("Otto"), bare, 404),
        (Some("Max"), bare, 404),
        (None, &format!("{bare}?key=AAAA"), 404),
        (None, "/v1/uploads/nonsense?key=AAAA", 404),
    ] {
        let call = tus(world.call("HEAD", address));
        let call = if let Some(who) = who { call.by(who) } else { call };
        call.go().await.is(status);
    }
    let ticket = number(&world.lodge("Rosa", json!({ "title": "Hers" })).await);
    begun(&world, "Otto", 5, &[("ticket", &ticket)]).await.is(404);
    begun(&world, "Rosa", lodge::limits::REQUESTER_FILE_BYTES as usize + 1, &[]).await.is(413);
}

#[tokio::test]
async fn what_was_sent_before_comes_with_a_ticket_or_a_comment() {
    let world = World::new().await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n";
    let kept = |who: &'static str| {
        let world = &world;
        async move {
            let call = world.call("POST", "/v1/attachments").by(who);
            call.bytes("multipart/form-data; boundary=x", form).go().await.is(201).json()["id"].as_str().unwrap().to_owned()
        }
    };
    let first = kept("Rosa").await;
    let ticket = world.call("POST", "/v1/tickets").by("Rosa").json(json!({ "title": "With a file", "uploads": [first] })).go().await;
    let ticket = ticket.is(201).json();
    assert_eq!(ticket["attachments"][0]["filename"], "a.txt");
    let comments = format!("/v1/tickets/{}/comments", number(&ticket));
    let comment = |who: &'static str, id: String| {
        let call = world.call("POST", &comments).by(who).json(json!({ "body": "here", "uploads": [id] }));
        async move { call.go().await }
    };
    comment("Rosa", first).await.is(422);
    let theirs = kept("Otto").await;
    comment("Rosa", theirs).await.is(422);
    let second = kept("Ada").await;
    let answer = comment("Ada", second).await.is(201).json();
    assert_eq!(answer["attachments"][0]["size"], 5);
    // The same by JSON, in pieces.
    let input = json!({ "filename": "b.txt", "size": 5 });
    let begun = world.call("POST", "/v1/attachments").by("Ada").json(input).go().await.is(201).json();
    let id = begun["id"].as_str().unwrap().to_owned();
    comment("Ada", id.clone()).await.is(422);
    piece(&world, begun["uploadUrl"].as_str().unwrap(), 0, b"world").go().await.is(204);
    assert_eq!(comment("Ada", id).await.is(201).json()["attachments"][0]["filename"], "b.txt");
}

#[tokio::test]
async fn the_desk_says_what_may_be_sent() {
    let world = World::new().await;
    let change = json!({ "refused": [".exe"], "requesterBytes": 65536 });
    let rules = world.call("PATCH", "/v1/settings/files").by("Max").json(change).go().await.is(200).json();
    assert_eq!(rules["refused"], json!(["exe"]));
    begun(&world, "Ada", 5, &[("filename", "setup.EXE")]).await.is(422);
    begun(&world, "Rosa", 65_537, &[("filename", "a.txt")]).await.is(413);
    // What it is shows in its bytes: a program under another name.
    let address = begun(&world, "Rosa", 8, &[("filename", "a.txt")]).await.is(201).header("location").to_owned();
    piece(&world, &address, 0, b"\x7fELF\x02\x01\x01\0").go().await.is(422);
    tus(world.call("HEAD", &address)).go().await.is(404);
    let address = begun(&world, "Ada", 8, &[("filename", "a.txt")]).await.is(201).header("location").to_owned();
    piece(&world, &address, 0, b"\x7fELF\x02\x01\x01\0").go().await.is(204);
}

#[tokio::test]
async fn an_address_gives_a_file_without_a_sign_in() {
    let world = World::new().await;
    let ticket = number(&world.lodge("Rosa", json!({ "title": "With a file" })).await);
    let address = begun(&world, "Rosa", 5, &[("filename", "a.txt"), ("ticket", &ticket)]).await.is(201).header("location").to_owned();
    let file = piece(&world, &address, 0, b"hello").go().await.is(204).header("lodge-attachment").to_owned();
    let link = format!("/v1/attachments/{file}/link");
    world.call("POST", &link).by("Otto").json(json!({})).go().await.is(404);
    world.call("POST", &link).by("Ada").json(json!({ "minutes": 0 })).go().await.is(422);
    let made = world.call("POST", &link).by("Ada").json(json!({})).go().await.is(201).json();
    let url = made["url"].as_str().unwrap();
    let path = &url[url.find("/v1/").unwrap()..];
    let got = world.call("GET", path).go().await.is(200);
    assert_eq!(got.text(), "hello");
    assert!(got.header("content-security-policy").contains("sandbox"));
    assert_eq!(world.call("GET", path).header("range", "bytes=1-2").go().await.is(206).text(), "el");
    world.call("GET", "/v1/files/nonsense").go().await.is(404);
    // A file that is taken off its ticket is nobody's any more.
    world.call("DELETE", &format!("/v1/attachments/{file}")).by("Rosa").go().await.is(403);
    world.call("DELETE", &format!("/v1/attachments/{file}")).by("Ada").go().await.is(204);
    world.call("GET", path).go().await.is(404);
    world.call("GET", &format!("/v1/attachments/{file}")).by("Ada").go().await.is(404);
    let history = world.call("GET", &format!("/v1/tickets/{ticket}/history")).by("Ada").go().await.text();
    assert!(history.contains("attachment.removed"), "{history}");
}
