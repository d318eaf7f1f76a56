//! Whatever strangers send: a clear error or a safe ticket, and the appliance goes on.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::{Value, json};

use crate::appliance::Appliance;

#[test]
fn bad_requests_get_clear_errors_and_change_nothing() {
    let appliance = Appliance::new();
    let bearer = format!("Bearer {}", appliance.token);
    let json_headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let deep = format!("{{\"title\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let huge = format!("{{\"title\":\"x\",\"description\":\"{}\"}}", "x".repeat(4 * 1024 * 1024));
    let cases: &[(&str, &str, &[u8], u16)] = &[
        ("POST", "/v1/tickets", b"{", 400),
        ("POST", "/v1/tickets", b"\xff\xfe", 400),
        ("POST", "/v1/tickets", b"[]", 422),
        ("POST", "/v1/tickets", b"{}", 422),
        ("POST", "/v1/tickets", br#"{"title": 7}"#, 422),
        ("POST", "/v1/tickets", br#"{"title": "x", "priority": 9}"#, 422),
        ("POST", "/v1/tickets", br#"{"title": "x", "kind": "wish"}"#, 422),
        ("POST", "/v1/tickets", deep.as_bytes(), 400),
        ("POST", "/v1/tickets", huge.as_bytes(), 413),
        ("GET", "/v1/tickets/INC-999999", b"", 404),
        ("GET", "/v1/tickets/nonsense", b"", 404),
        ("GET", "/v1/tickets?pageSize=100000", b"", 422),
        ("GET", "/v1/tickets?cursor=nonsense", b"", 422),
        ("GET", "/v1/tickets?q=colour:red", b"", 422),
        ("GET", "/v1/tickets?sort=beauty:asc", b"", 422),
        ("PATCH", "/v1/tickets/INC-000001", b"{", 404),
        ("GET", "/v1/nothing/here", b"", 404),
    ];
    for (method, path, body, expected) in cases {
        let answer = appliance.try_ask(method, path, &json_headers, body).unwrap();
        let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
        // Bytes that do not parse and a ticket that is not there are both true of one of the cases.
        let fine = answer.status == *expected || (*method == "PATCH" && answer.status == 400);
        assert!(fine, "{method} {path} {shown}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        let problem = answer.json();
        for key in ["type", "title", "status", "detail", "code"] {
            assert!(!problem[key].is_null(), "{method} {path}: the problem has no {key}: {problem}");
        }
    }
    assert_eq!(appliance.get("/v1/tickets").json()["total"], 0, "nothing was created by any of them");
    appliance.is_well();
}

/// Sends raw bytes, and gives what comes back.
fn raw(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(crate::appliance::PATIENCE)).unwrap();
    // The far side may hang up in the middle, which is an answer too.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn ten_megabytes_of_headers_are_refused() {
    let appliance = Appliance::new();
    let mut request = b"GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".to_vec();
    request.extend(format!("X-Long: {}\r\n", "y".repeat(10 * 1024 * 1024)).into_bytes());
    request.extend(b"\r\n");
    let answer = raw(appliance.port(), &request);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 400"), "{answer:.200}");
    appliance.is_well();
}

fn mail_in(appliance: &Appliance, raw: &[u8]) -> Value {
    let bearer = format!("Bearer {}", appliance.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
    let answer = appliance.try_ask("POST", "/v1/webhooks/email-inbound", &headers, raw).unwrap();
    assert!(answer.status < 300, "{} {}", answer.status, String::from_utf8_lossy(&answer.body));
    answer.json()
}

#[test]
fn hostile_mail_becomes_a_safe_ticket() {
    let appliance = Appliance::new();
    let script = b"From: eve@example.org\r\nSubject: hello\r\nContent-Type: text/html\r\n\r\n<p onclick=alert(1)>hi</p><script>alert(2)</script><img src=x onerror=alert(3)><a href=\"javascript:alert(4)\">x</a><iframe src=//evil></iframe><style>body{display:none}</style>";
    let ticket = mail_in(&appliance, script)["ticket"]["number"].as_str().unwrap().to_owned();
    let html = appliance.get(&format!("/v1/tickets/{ticket}")).json()["descriptionHtml"].as_str().unwrap().to_owned();
    for bad in ["script", "onclick", "onerror", "javascript:", "iframe", "<style"] {
        assert!(!html.contains(bad), "{bad} in {html}");
    }
    let comment =
        appliance.ask("POST", &format!("/v1/tickets/{ticket}/comments"), &json!({ "body": "**bold** and <script>alert(1)</script>" }));
    let html = comment.json()["bodyHtml"].as_str().unwrap().to_owned();
    assert!(!html.contains("<script") && html.contains("<strong>bold</strong>"), "{html}");

    let mut nested = String::from("From: eve@example.org\r\nSubject: nested\r\n");
    for i in 0..2_000 {
        nested.push_str(&format!("Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"));
    }
    nested.push_str("\r\n\r\ndeep inside");
    let mut headers = b"From: eve@example.org\r\nSubject: long\r\n".to_vec();
    for i in 0..100_000 {
        headers.extend(format!("X-Header-{i}: {}\r\n", "y".repeat(90)).into_bytes());
    }
    headers.extend(b"\r\nbody");
    for raw in [nested.into_bytes(), headers, vec![0; 100_000], b"\r\n".to_vec(), Vec::new()] {
        let said = mail_in(&appliance, &raw);
        assert!(["created", "duplicate"].contains(&said["outcome"].as_str().unwrap()), "{said}");
    }
    appliance.is_well();
}
