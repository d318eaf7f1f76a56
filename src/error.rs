//! What can go wrong, free of any transport. A `Refusal` is something the caller can act on; a `Fault` is ours:
//! the caller gets an id, the log gets the cause. HTTP statuses are chosen in `http/problem.rs`, never here.

use std::fmt;

use crate::language::{Sentence, say};

/// Why a command was refused. The set is closed, so that every door maps it exhaustively.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Bytes that do not parse (HTTP 400).
    Malformed,
    /// Values that do not fit (HTTP 422).
    Validation,
    /// Nobody is signed in, or the credentials are wrong (HTTP 401).
    Unauthenticated,
    /// The password was right, and a code of the second factor is needed too (HTTP 401).
    OtpRequired,
    /// Signed in, but not allowed (HTTP 403).
    Forbidden,
    /// Signed in, but a second factor must be set up before anything else (HTTP 403).
    EnrolmentRequired,
    /// It does not exist, or its existence is private (HTTP 404).
    NotFound,
    /// The desk does without it (HTTP 404).
    FeatureOff,
    /// It contradicts the present state (HTTP 409).
    Conflict,
    /// The caller's version is not the present one (HTTP 412).
    Stale,
    /// A body, list or upload over its limit (HTTP 413).
    TooLarge,
    /// A kind of content that is not taken here (HTTP 415).
    UnsupportedMedia,
    /// The same idempotency key came with another body (HTTP 422).
    IdempotencyMismatch,
    /// Too many calls (HTTP 429).
    RateLimited,
    /// The desk cannot write at present: disk full, I/O error, or its queue is full (HTTP 503).
    Unavailable,
}

impl Code {
    /// Every code, for the printed table.
    pub const ALL: [Code; 15] = [
        Code::Malformed,
        Code::Validation,
        Code::Unauthenticated,
        Code::OtpRequired,
        Code::Forbidden,
        Code::EnrolmentRequired,
        Code::NotFound,
        Code::FeatureOff,
        Code::Conflict,
        Code::Stale,
        Code::TooLarge,
        Code::UnsupportedMedia,
        Code::IdempotencyMismatch,
        Code::RateLimited,
        Code::Unavailable,
    ];

    /// The code on the wire (API-04).
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Malformed => "LODGE_MALFORMED",
            Code::Validation => "LODGE_VALIDATION",
            Code::Unauthenticated => "LODGE_UNAUTHENTICATED",
            Code::OtpRequired => "LODGE_OTP_REQUIRED",
            Code::Forbidden => "LODGE_FORBIDDEN",
            Code::EnrolmentRequired => "LODGE_ENROLMENT_REQUIRED",
            Code::NotFound => "LODGE_NOT_FOUND",
            Code::FeatureOff => "LODGE_FEATURE_OFF",
            Code::Conflict => "LODGE_CONFLICT",
            Code::Stale => "LODGE_STALE",
            Code::TooLarge => "LODGE_TOO_LARGE",
            Code::UnsupportedMedia => "LODGE_UNSUPPORTED_MEDIA",
            Code::IdempotencyMismatch => "LODGE_IDEMPOTENCY_MISMATCH",
            Code::RateLimited => "LODGE_RATE_LIMITED",
            Code::Unavailable => "LODGE_UNAVAILABLE",
        }
    }

    /// A title for people, the same for every refusal with this code.
    pub fn title(self) -> &'static str {
        match self {
            Code::Malformed => "The request could not be read",
            Code::Validation => "Some values do not fit",
            Code::Unauthenticated => "Sign in first",
            Code::OtpRequired => "A code is needed",
            Code::Forbidden => "Not allowed",
            Code::EnrolmentRequired => "Set up a second factor first",
            Code::NotFound => "Not found",
            Code::FeatureOff => "Switched off on this desk",
            Code::Conflict => "It contradicts the present state",
            Code::Stale => "Somebody changed it meanwhile",
            Code::TooLarge => "Too large",
            Code::UnsupportedMedia => "This kind of content is not taken here",
            Code::IdempotencyMismatch => "The idempotency key was used for another request",
            Code::RateLimited => "Too many requests",
            Code::Unavailable => "The desk cannot do this right now",
        }
    }

    /// One sentence on what to do, printed into `docs/errors.md`.
    pub fn advice(self) -> &'static str {
        match self {
            Code::Malformed => "Send well-formed JSON, form data or mail; `detail` names the place.",
            Code::Validation => "Correct the fields listed in `errors` and send it again.",
            Code::Unauthenticated => "Sign in, or send a valid token as `Authorization: Bearer ...`.",
            Code::OtpRequired => "Sign in again with `otp`: the code that your app shows, or a recovery code.",
            Code::Forbidden => "Ask an admin for the permission that `detail` names, or use another account or token.",
            Code::EnrolmentRequired => "Set up a second factor: `POST /v1/me/factors/totp`, or the page “Profile and security”.",
            Code::NotFound => "Check the id or number; it may also belong to somebody else.",
            Code::FeatureOff => "Ask an admin to switch it on, under Settings, Features (`PATCH /v1/settings/features`).",
            Code::Conflict => "Read the present state and decide again.",
            Code::Stale => "Read it again, merge your change, and send it with the new ETag.",
            Code::TooLarge => "Send less; `detail` names the limit.",
            Code::UnsupportedMedia => "Send one of the content types that the API document lists.",
            Code::IdempotencyMismatch => "Use a new key for a new request.",
            Code::RateLimited => "Wait as long as `Retry-After` says.",
            Code::Unavailable => "Try again shortly; an operator finds the cause in `/readyz`.",
        }
    }
}

/// One field that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field as the caller named it, `customer` or `links[2].type`.
    pub field: String,
    /// A short stable word: `required`, `too_long`, `unknown`, `invalid`.
    pub code: &'static str,
    /// A sentence for people.
    pub message: Sentence,
}

/// The caller asked for something that it cannot have, and can do something about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    /// What happened and what to do, in a sentence.
    pub detail: Sentence,
    /// Per field, where the refusal is about fields.
    pub fields: Vec<FieldError>,
}

impl Refusal {
    pub fn new(code: Code, detail: impl Into<Sentence>) -> Self {
        Refusal { code, detail: detail.into(), fields: Vec::new() }
    }

    /// One field does not fit.
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<Sentence>) -> Self {
        let message = message.into();
        Refusal { code: Code::Validation, detail: message.clone(), fields: vec![FieldError { field: field.into(), code, message }] }
    }

    pub fn not_found(what: &str) -> Self {
        let thing = Sentence::of_family("thing-", what);
        Refusal::new(Code::NotFound, say!("refused-not-found", thing = thing))
    }

    pub fn forbidden(permission: &str) -> Self {
        Refusal::new(Code::Forbidden, say!("refused-permission", permission = permission))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

/// We are broken: an invariant does not hold, the disk failed, a record does not decode.
#[derive(Debug)]
pub struct Fault {
    /// What we were doing.
    pub doing: String,
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    pub fn new(doing: impl Into<String>) -> Self {
        Fault { doing: doing.into(), cause: None }
    }

    pub fn because(doing: impl Into<String>, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Fault { doing: doing.into(), cause: Some(cause.into()) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)?;
        let mut cause = self.cause.as_deref().map(|it| it as &dyn std::error::Error);
        while let Some(it) = cause {
            write!(f, ": {it}")?;
            cause = it.source();
        }
        Ok(())
    }
}

/// The one error above the store.
#[derive(Debug)]
pub enum Error {
    Refused(Refusal),
    Broken(Fault),
}

impl Error {
    /// The code, if the caller can act on it.
    pub fn code(&self) -> Option<Code> {
        match self {
            Error::Refused(it) => Some(it.code),
            Error::Broken(_) => None,
        }
    }

    /// Whether nothing can be saved at present, whatever it is about: the disk is full or fails, or too many commands wait. It is tried
    /// again as it is.
    pub fn is_unavailable(&self) -> bool {
        self.code() == Some(Code::Unavailable)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(it) => it.fmt(f),
            Error::Broken(it) => it.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(it: Refusal) -> Self {
        Error::Refused(it)
    }
}

impl From<Fault> for Error {
    fn from(it: Fault) -> Self {
        Error::Broken(it)
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;
