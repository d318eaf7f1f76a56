//! Files taken apart by the real binary: what is made of them, that a word in them leads to their ticket, and that hostile ones reach
//! nothing: neither memory nor files, and not the desk.

use std::{
    io::{Cursor, Read, Write},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::appliance::{Appliance, lodge};

/// An archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn word(text: &str) -> Vec<u8> {
    let document = format!("<w:document><w:p><w:t>{text}</w:t></w:p></w:document>");
    archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.as_bytes())])
}

/// A PDF of one page that draws this.
fn pdf(content: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R /Y 7 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        form("/X 7 0 R", &"/X Do ".repeat(60)),
        form("/X 6 0 R", &"/X Do ".repeat(60)),
    ];
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let begin = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    places.iter().for_each(|it| pdf.extend(format!("{it:010} 00000 n \n").bytes()));
    pdf.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF", places.len() + 1).bytes());
    pdf
}

/// A form that draws another, many times: two that name each other never come to an end by themselves.
fn form(others: &str, content: &str) -> String {
    let head = "/Type /XObject /Subtype /Form /BBox [0 0 600 700]";
    format!("<< {head} /Resources << /XObject << {others} >> >> /Length {} >>\nstream\n{content}\nendstream", content.len())
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 90])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A picture that says it has far more pixels than it brings.
fn huge() -> Vec<u8> {
    let mut png = picture(2, 2);
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    png
}

fn send(appliance: &Appliance, to: &str, name: &str, bytes: &[u8]) -> String {
    sent(appliance, to, name, bytes)["id"].as_str().unwrap().to_owned()
}

/// What is answered to a file.
fn sent(appliance: &Appliance, to: &str, name: &str, bytes: &[u8]) -> Value {
    let bearer = format!("Bearer {}", appliance.token);
    let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    let made = appliance.try_ask("POST", to, &headers, &body).unwrap();
    assert_eq!(made.status, 201, "{name}: {}", made.json());
    made.json()
}

fn ticket(appliance: &Appliance, title: &str) -> String {
    let made = appliance.ask("POST", "/v1/tickets", &json!({ "title": title }));
    assert_eq!(made.status, 201, "{}", made.json());
    made.json()["number"].as_str().unwrap().to_owned()
}

/// The tickets that somebody finds by a word.
fn found(appliance: &Appliance, token: &str, word: &str) -> Vec<String> {
    let bearer = format!("Bearer {token}");
    let answer = appliance.try_ask("GET", &format!("/v1/tickets?q={word}"), &[("authorization", &bearer)], b"").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["items"].as_array().unwrap().iter().map(|it| it["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_are_shown_small_and_found_by_what_they_say() {
    let mut appliance = Appliance::new();
    let number = ticket(&appliance, "With files");
    let other = ticket(&appliance, "Without any");
    let add = format!("/v1/tickets/{number}/attachments");
    let photo = send(&appliance, &add, "photo.png", &picture(2000, 1000));
    let plan = send(&appliance, &add, "plan.pdf", &pdf("BT /F1 18 Tf 72 700 Td (The gearwheel) Tj ET"));
    let letter = send(&appliance, &add, "letter.docx", &word("A letter about the crankshaft"));
    appliance.until("the pictures are made", |it| {
        [&photo, &plan].iter().all(|id| it.get(&format!("/v1/attachments/{id}/thumbnail")).status == 200)
    });
    for (id, thumbnail, preview) in [(&photo, (320, 160), (1600, 800)), (&plan, (247, 320), (1236, 1600))] {
        for (which, size) in [("thumbnail", thumbnail), ("preview", preview)] {
            let answer = appliance.get(&format!("/v1/attachments/{id}/{which}"));
            let header = |name: &str| answer.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
            assert_eq!(header("content-type"), "image/jpeg");
            assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert!(header("cache-control").starts_with("private"));
            let small = image::load_from_memory(&answer.body).unwrap();
            assert_eq!((small.width(), small.height()), size, "{which}");
            let (bearer, tag) = (format!("Bearer {}", appliance.token), header("etag").to_owned());
            let headers = [("authorization", bearer.as_str()), ("if-none-match", &tag)];
            assert_eq!(appliance.try_ask("GET", &format!("/v1/attachments/{id}/{which}"), &headers, b"").unwrap().status, 304);
        }
    }
    assert_eq!(appliance.get(&format!("/v1/attachments/{letter}/thumbnail")).status, 404, "a letter without a picture has none");
    let files = appliance.get(&format!("/v1/tickets/{number}")).json()["attachments"].clone();
    let told = |name: &str| files.as_array().unwrap().iter().find(|it| it["filename"] == name).unwrap()["thumbnailUrl"].clone();
    assert_eq!(told("plan.pdf"), json!(format!("/v1/attachments/{plan}/thumbnail")));
    assert!(told("letter.docx").is_null());
    for word in ["gearwheel", "crankshaft"] {
        appliance.until(word, |it| found(it, &it.token, word) == [number.clone()]);
    }
    assert!(!found(&appliance, &appliance.token, "gearwheel").contains(&other));
    // It is all there after a crash, and nothing is made again.
    appliance.kill();
    appliance.start();
    assert_eq!(appliance.get(&format!("/v1/attachments/{plan}/preview")).status, 200);
    appliance.is_well();
}

#[test]
fn requesters_do_not_find_by_what_stands_in_a_file_of_a_note() {
    let appliance = Appliance::new();
    let made = appliance.run_with(&["user", "create", "--email", "rosa@example.com", "--role", "requester"], &[], b"");
    assert!(made.status.success(), "{made:?}");
    let rosa = appliance.line(&["token", "create", "--user", "rosa@example.com", "--name", "hers"]);
    let made = appliance.ask("POST", "/v1/tickets", &json!({ "title": "A matter", "requester": "rosa@example.com" }));
    let number = made.json()["number"].as_str().unwrap().to_owned();
    for (name, private, text) in [("open.docx", false, "It says sundial"), ("secret.docx", true, "It says moonrise")] {
        let kept = send(&appliance, "/v1/attachments", name, &word(text));
        let body = json!({ "body": "A file", "isPrivate": private, "uploads": [kept] });
        let made = appliance.ask("POST", &format!("/v1/tickets/{number}/comments"), &body);
        assert_eq!(made.status, 201, "{}", made.json());
    }
    for word in ["sundial", "moonrise"] {
        appliance.until(word, |it| found(it, &it.token, word) == [number.clone()]);
    }
    appliance.until("she finds what is hers", |it| found(it, &rosa, "sundial") == [number.clone()]);
    assert_eq!(found(&appliance, &rosa, "moonrise"), Vec::<String>::new());
}

#[test]
fn hostile_files_have_no_preview_and_harm_nobody() {
    let appliance = Appliance::new();
    let number = ticket(&appliance, "With bad files");
    let add = format!("/v1/tickets/{number}/attachments");
    let whole = picture(900, 900);
    let swollen = vec![b' '; 300 * 1024 * 1024];
    let began = Instant::now();
    let bad: Vec<String> = [
        ("bomb.docx", archive(&[("[Content_Types].xml", b"<Types/>".as_slice()), ("word/document.xml", &swollen)])),
        ("picture.odt", archive(&[("mimetype", b"x".as_slice()), ("Thumbnails/thumbnail.png", &swollen)])),
        ("huge.png", huge()),
        ("half.png", whole[..whole.len() / 2].to_vec()),
        ("garbage.pdf", [b"%PDF-1.7\n".as_slice(), &whole].concat()),
        ("endless.pdf", pdf(&"/X Do ".repeat(60))),
        ("half.docx", word("words")[..90].to_vec()),
    ]
    .iter()
    .map(|(name, bytes)| send(&appliance, &add, name, bytes))
    .collect();
    let good = send(&appliance, &add, "good.png", &picture(900, 900));
    // One after the other: the good one comes last, whatever became of those before it.
    let patience = Duration::from_secs(240);
    while appliance.get(&format!("/v1/attachments/{good}/thumbnail")).status != 200 {
        assert!(began.elapsed() < patience, "the bad ones hold up the good one: {}", appliance.log_tail());
        assert_eq!(appliance.get("/v1/tickets").status, 200, "the desk answers meanwhile");
        std::thread::sleep(Duration::from_millis(200));
    }
    for id in &bad[..4] {
        assert_eq!(appliance.get(&format!("/v1/attachments/{id}/thumbnail")).status, 404);
    }
    assert!(bad.iter().all(|id| appliance.get(&format!("/v1/attachments/{id}")).status == 200), "they can be fetched as before");
    appliance.is_well();
}

/// The process, with its input still open.
fn child() -> Child {
    let mut command = lodge();
    command.arg("take-apart").env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn the_process_gives_up_all_that_it_does_not_need_before_it_reads() {
    let mut child = child();
    // A byte that it has taken means that it is past its beginning.
    let began = Instant::now();
    let of = |what: &str| std::fs::read_to_string(format!("/proc/{}/{what}", child.id())).unwrap();
    while !of("status").contains("Seccomp:\t2") {
        assert!(began.elapsed() < Duration::from_secs(20), "{}", of("status"));
        std::thread::sleep(Duration::from_millis(20));
    }
    let status = of("status");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    let limits = of("limits");
    for (name, most) in [
        ("Max data size", lodge::limits::PREVIEW_MEMORY_BYTES),
        ("Max cpu time", lodge::limits::PREVIEW_CPU_SECS),
        ("Max file size", 0),
        ("Max core file size", 0),
        ("Max open files", 3),
        ("Max processes", 0),
    ] {
        let line = limits.lines().find(|it| it.starts_with(name)).unwrap();
        assert_eq!(line[name.len()..].split_whitespace().next(), Some(most.to_string().as_str()), "{line}");
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_process_stays_within_its_memory() {
    for bytes in [
        archive(&[("[Content_Types].xml", b"<Types/>".as_slice()), ("word/document.xml", &vec![b'a'; 400 * 1024 * 1024])]),
        huge(),
        picture(7000, 7000),
        pdf(&"/X Do ".repeat(60)),
    ] {
        let began = Instant::now();
        let mut child = child();
        let (id, mut stdin, mut stdout) = (child.id(), child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let fed = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
        let heard = std::thread::spawn(move || drop(stdout.read_to_end(&mut Vec::new())));
        let mut most = 0;
        while child.try_wait().unwrap().is_none() {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            let data = status.lines().find_map(|it| it.strip_prefix("RssAnon:"));
            let data = data.and_then(|it| it.split_whitespace().next()).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) * 1024;
            most = most.max(data);
            assert!(began.elapsed() < Duration::from_secs(lodge::limits::PREVIEW_SECS), "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        fed.join().unwrap();
        heard.join().unwrap();
        assert!(most <= lodge::limits::PREVIEW_MEMORY_BYTES, "it had {most} bytes");
    }
}

#[test]
fn an_article_is_found_by_what_its_files_say() {
    let appliance = Appliance::new();
    let made = appliance.ask("POST", "/v1/kb/articles", &json!({ "title": "The form", "content": "Fill it.", "status": "published" }));
    assert_eq!(made.status, 201, "{}", made.json());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let file = sent(&appliance, &format!("/v1/kb/articles/{id}/files"), "form.docx", &word("It says windmill"))["items"][0]["id"].clone();
    let found = |word: &str| {
        let answer = appliance.get(&format!("/v1/search?q={word}&type=article"));
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    appliance.until("its file is read", |_| found("windmill") == [id.clone()]);
    let gone = appliance.ask("DELETE", &format!("/v1/kb/articles/{id}/files/{}", file.as_str().unwrap()), &json!({}));
    assert!(gone.status < 300, "{}", gone.json());
    appliance.until("it is not found by what is gone", |_| found("windmill").is_empty());
    appliance.is_well();
}
