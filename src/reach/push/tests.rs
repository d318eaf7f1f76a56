//! Messages to devices: a device opens what was sealed for it, over a real connection, and services are believed about what became of it.

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifying};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

/// A browser that subscribed: it keeps its private key to itself.
struct Browser {
    own: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Browser {
    fn new() -> Browser {
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let public = own.compute_public_key().unwrap().as_ref().to_vec();
        Browser { own, public, auth: [7; 16] }
    }

    /// Opens a body as RFC 8291 has a browser do it.
    fn open(self, body: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = body.split_first_chunk::<16>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first()?;
        let (sender, record) = rest.split_at_checked(usize::from(*length))?;
        assert!(body.len() <= u32::from_be_bytes(*size) as usize);
        let input = agree_ephemeral(self.own, &UnparsedPublicKey::new(&ECDH_P256, sender), |shared| {
            mac(&mac(&self.auth, &[shared]), &[b"WebPush: info\0", &self.public, sender, &[1]])
        })
        .ok()?;
        let (key, nonce) = content_keys(salt, &input);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut record = record.to_vec();
        let text = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).ok()?;
        let (end, text) = text.split_last()?;
        (*end == 2).then(|| text.to_vec())
    }
}

#[test]
fn a_device_opens_what_was_sealed_for_it_and_no_other_does() {
    let (browser, other) = (Browser::new(), Browser::new());
    let (key, auth) = (browser.public.clone(), browser.auth);
    let device = Device { endpoint: "https://push.example/1", key: &key, auth: &auth };
    let body = sealed(&device, "Grüße".as_bytes()).unwrap();
    assert_ne!(body, sealed(&device, "Grüße".as_bytes()).unwrap(), "a key pair and a salt are used once");
    assert_eq!(other.open(&body), None);
    assert_eq!(browser.open(&body).as_deref(), Some("Grüße".as_bytes()));
    assert!(sealed(&device, &vec![0; limits::PUSH_MESSAGE_BYTES_MAX + 1]).is_err());
    assert!(sealed(&Device { key: &[4; 65], ..device }, b"x").is_err(), "that is no point of the curve");
}

#[test]
fn the_keys_of_a_record_are_those_of_the_standard() {
    // RFC 8188 3.1 with its own input keying material.
    let salt: [u8; 16] = URL_SAFE_NO_PAD.decode("I1BsxtFttlv3u_Oo94xnmw").unwrap().try_into().unwrap();
    let input = URL_SAFE_NO_PAD.decode("yqdlZ-tYemfogSmv7Ws5PQ").unwrap();
    let (key, nonce) = content_keys(&salt, &input);
    assert_eq!(URL_SAFE_NO_PAD.encode(key), "_wniytB-ofscZDh4tbSjHw");
    assert_eq!(URL_SAFE_NO_PAD.encode(nonce), "Bcs8gkIRKLI8GeI8");
}

#[test]
fn the_signed_word_holds_for_one_service_and_half_a_day() {
    let (pkcs8, public) = new_key().unwrap();
    let now = Instant::from_millis(1_800_000_000_000);
    let text = signed(&pkcs8, "https://push.example:8443/abc?d=e", "mailto:it@example.com", now).unwrap();
    let (token, key) = text.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(key).unwrap(), public);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    Verifying::new(&ECDSA_P256_SHA256_FIXED, &public).verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap()).unwrap();
    assert_eq!(claims, json!({ "aud": "https://push.example:8443", "exp": 1_800_043_200, "sub": "mailto:it@example.com" }));
}

/// A push service of one request: gives what it was sent, head and body.
async fn service(status: &'static str) -> (String, tokio::task::JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/send/1", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        loop {
            let mut part = [0; 4096];
            let count = stream.read(&mut part).await.unwrap();
            heard.extend_from_slice(&part[..count]);
            let Some(end) = heard.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
            let head = String::from_utf8(heard[..end].to_vec()).unwrap().to_lowercase();
            let length: usize = head.lines().find_map(|it| it.strip_prefix("content-length: ")).unwrap().parse().unwrap();
            if heard.len() >= end + 4 + length {
                stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await.unwrap();
                return (head, heard[end + 4..].to_vec());
            }
        }
    });
    (address, serving)
}

#[tokio::test]
async fn a_message_goes_over_a_real_connection_and_opens_at_its_end() {
    let (pkcs8, _) = new_key().unwrap();
    for (status, expected) in [
        ("201 Created", Sent::Taken),
        ("410 Gone", Sent::Gone),
        ("404 Not Found", Sent::Gone),
        ("429 Too Many Requests", Sent::Later("The push service answered 429 Too Many Requests.".into())),
        ("503 Service Unavailable", Sent::Later("The push service answered 503 Service Unavailable.".into())),
        ("403 Forbidden", Sent::Later("The push service answered 403 Forbidden.".into())),
    ] {
        let (endpoint, serving) = service(status).await;
        let browser = Browser::new();
        let (key, auth) = (browser.public.clone(), browser.auth);
        let device = Device { endpoint: &endpoint, key: &key, auth: &auth };
        let word = signed(&pkcs8, &endpoint, "https://desk.example", Instant::EPOCH).unwrap();
        let body = sealed(&device, b"hello").unwrap();
        assert_eq!(send(&device, word, body, Urgency::High, Whom::Anybody).await, expected);
        let (head, body) = serving.await.unwrap();
        assert!(head.starts_with("post /send/1 http/1.1"), "{head}");
        for line in ["ttl: 86400", "content-encoding: aes128gcm", "urgency: high", "authorization: vapid t="] {
            assert!(head.contains(line), "{line} in {head}");
        }
        assert_eq!(browser.open(&body).as_deref(), Some(&b"hello"[..]));
    }
}

#[tokio::test]
async fn nobody_within_the_house_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for endpoint in [format!("http://127.0.0.1:{port}/"), format!("https://127.0.0.1:{port}/"), format!("https://localhost:{port}/")] {
        let device = Device { endpoint: &endpoint, key: &[], auth: &[] };
        let sent = send(&device, String::new(), vec![1], Urgency::Normal, Whom::Public).await;
        assert!(matches!(sent, Sent::Refused(_)), "{endpoint}: {sent:?}");
    }
    let nobody = tokio::select! {
        biased;
        _ = listener.accept() => false,
        () = std::future::ready(()) => true,
    };
    assert!(nobody, "a connection was made");
}
