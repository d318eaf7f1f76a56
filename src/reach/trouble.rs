//! What can be wrong with another machine, in words for whoever set it up: what happened, and what to do about it.

/// A sort of trouble. The shell goes by it; people read the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    NameNotFound,
    Refused,
    TimedOut,
    TlsUnknownAuthority,
    TlsName,
    TlsExpired,
    TlsOther,
    BindRefused,
    BaseNotFound,
    NobodyFound,
    SeveralFound,
    /// The person's own password, or the account behind it.
    WrongPassword,
    IssuerMismatch,
    ClientRefused,
    /// A token that cannot be believed.
    Token,
    /// The person, or the provider in their name, said no.
    Declined,
    /// A folder of a mailbox.
    FolderNotFound,
    /// An address within the house, where only the open network may be asked.
    NotPublic,
    /// More than is read of it.
    TooLarge,
    /// Anything else that it answered.
    Answer,
    Settings,
}

impl What {
    /// A short stable word for programs.
    pub fn name(self) -> &'static str {
        match self {
            What::NameNotFound => "name_not_found",
            What::Refused => "connection_refused",
            What::TimedOut => "timed_out",
            What::TlsUnknownAuthority => "tls_unknown_authority",
            What::TlsName => "tls_name_mismatch",
            What::TlsExpired => "tls_expired",
            What::TlsOther => "tls",
            What::BindRefused => "bind_refused",
            What::BaseNotFound => "base_not_found",
            What::NobodyFound => "nobody_found",
            What::SeveralFound => "several_found",
            What::WrongPassword => "wrong_password",
            What::IssuerMismatch => "issuer_mismatch",
            What::ClientRefused => "client_refused",
            What::Token => "token_refused",
            What::Declined => "declined",
            What::FolderNotFound => "folder_not_found",
            What::NotPublic => "address_not_public",
            What::TooLarge => "too_large",
            What::Answer => "unexpected_answer",
            What::Settings => "settings",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub what: What,
    /// What happened, in a sentence.
    pub happened: String,
    /// What to do about it, in a sentence; may be empty.
    pub advice: String,
}

impl Trouble {
    pub fn new(what: What, happened: impl Into<String>, advice: impl Into<String>) -> Trouble {
        Trouble { what, happened: happened.into(), advice: advice.into() }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.happened)?;
        if self.advice.is_empty() { Ok(()) } else { write!(f, " {}", self.advice) }
    }
}

/// One thing that a test of the connection found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub fine: bool,
    /// A short stable word for programs: `ok`, or that of the trouble.
    pub code: &'static str,
    pub text: String,
    pub advice: String,
}

impl Finding {
    pub fn fine(text: impl Into<String>) -> Finding {
        Finding { fine: true, code: "ok", text: text.into(), advice: String::new() }
    }
}

impl From<Trouble> for Finding {
    fn from(it: Trouble) -> Finding {
        Finding { fine: false, code: it.what.name(), text: it.happened, advice: it.advice }
    }
}
