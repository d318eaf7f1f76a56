//! A mail that was taken apart: pure data, what the rules of intake decide on. It is not the raw mail, which is kept
//! beside it, and it decides nothing. Invariant: all texts are UTF-8 without NUL, and `html` is safe to show.

use crate::time::Instant;

/// A mail, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParsedMessage {
    /// Without angle brackets. A hint for threading, never a reason to discard.
    pub message_id: Option<String>,
    /// The first id of `In-Reply-To`, without angle brackets.
    pub in_reply_to: Option<String>,
    /// Oldest first, without angle brackets, each once; at most `MAIL_REFERENCES_MAX`.
    pub references: Vec<String>,
    /// The first mailbox of `From`.
    pub from: Option<Mailbox>,
    /// The head has no `From`; `from` stands in a file of the mail, which nobody who checks senders looks at.
    pub from_wrapped: bool,
    pub sender: Option<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    /// `Delivered-To`, `X-Original-To`, `Envelope-To`: the addresses it was delivered for.
    pub delivered_to: Vec<String>,
    pub return_path: ReturnPath,
    /// What the sender's clock said.
    pub date: Option<Instant>,
    /// Decoded, on one line, otherwise as written; empty if there is none.
    pub subject: String,
    /// For reading: the plain text, else the text of the HTML. `format=flowed` is unwrapped.
    pub text: String,
    /// Sanitised once, here; none if the mail has no HTML.
    pub html: Option<String>,
    pub attachments: Vec<ParsedAttachment>,
    pub automatic: Automatic,
    /// The header fields that told `automatic`, as `Name: value`.
    pub automatic_headers: Vec<String>,
    /// Decoded header fields in their order, for people to read; at most `MAIL_FIELDS_KEPT_MAX`.
    pub headers: Vec<(String, String)>,
    /// Of the body and the sender's own headers, raw; the same for two deliveries of one mail (BEY-01).
    pub digest: [u8; 32],
    /// What could not be understood, in sentences.
    pub flaws: Vec<String>,
    /// What a reader must know to judge it: signed and not checked, encrypted. In sentences.
    pub notes: Vec<String>,
    /// What servers say they checked, the nearest first; at most `MAIL_AUTH_RESULTS_MAX`. Whoever sent it may have written some.
    pub authentication: Vec<AuthResult>,
    /// Who wrote the first mail that is enclosed whole, as a file.
    pub enclosed_from: Option<Mailbox>,
}

/// A result of `Authentication-Results` (RFC 8601).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthResult {
    /// In which of the fields it stands, from the nearest.
    pub field: usize,
    /// The server's name for itself (authserv-id), in lower case.
    pub server: String,
    /// `dmarc`, `dkim`, `spf` ...
    pub method: String,
    /// `pass`, `fail`, `none` ...
    pub result: String,
    /// What was checked, if it is said.
    pub domain: Option<String>,
}

/// A name and an address. An address may be anything that stood where one belongs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Mailbox {
    /// Decoded; empty if none is given.
    pub name: String,
    /// As written, without angle brackets.
    pub address: String,
}

/// Where the mail asks that failures be sent (RFC 5321, 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReturnPath {
    /// No such header.
    #[default]
    Unknown,
    /// `<>`: nobody may be answered.
    Null,
    Address(String),
}

/// A part of a mail that is a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParsedAttachment {
    /// Decoded, as the sender wrote it; not yet safe as a name of a file (see `text::filename`).
    pub filename: Option<String>,
    /// As declared, in lower case: `image/png`. A claim, not a fact (see `text::sniff`).
    pub content_type: String,
    /// Without angle brackets; what `data-cid` in the HTML refers to.
    pub content_id: Option<String>,
    /// Meant to be shown in the text.
    pub inline: bool,
    /// Transfer encoding removed.
    pub bytes: Vec<u8>,
}

/// Whether a person wrote the mail. What is automatic is never answered (BEY-03).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Automatic {
    /// Nothing says that a machine wrote it.
    #[default]
    No,
    /// Out of office, vacation, acknowledgement of receipt. The reason is a sentence, here and below.
    AutoReply { reason: String },
    /// A delivery failed or is delayed.
    Bounce(BounceReport),
    /// A message of a mailing list or a newsletter.
    List { reason: String },
    /// Another message of a machine: a read receipt, a report of success or abuse, a notification.
    Notice { reason: String },
    /// Our own mail, come back. Intake finds it, as only it knows our addresses.
    OwnLoop { reason: String },
}

impl Automatic {
    /// Why it counts as automatic, in a sentence.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Automatic::No => None,
            Automatic::Bounce(report) => Some(&report.reason),
            Automatic::AutoReply { reason } | Automatic::List { reason } | Automatic::Notice { reason } | Automatic::OwnLoop { reason } => {
                Some(reason)
            }
        }
    }
}

/// What a mail server reported about a mail it could not deliver.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BounceReport {
    pub action: BounceAction,
    /// At most `MAIL_BOUNCED_MAX`; empty if the report names none.
    pub failed_recipients: Vec<FailedRecipient>,
    /// Of the mail that was not delivered, without angle brackets.
    pub original_message_id: Option<String>,
    /// Why it counts as a bounce, in a sentence.
    pub reason: String,
}

impl BounceReport {
    /// Whether a later attempt is pointless: every recipient failed for good.
    pub fn is_permanent(&self) -> bool {
        self.action == BounceAction::Failed
            && !self.failed_recipients.iter().any(|it| it.status.as_deref().is_some_and(|it| it.starts_with('4')))
    }
}

/// `Action` of RFC 3464, 2.3.3, as far as it is a bounce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BounceAction {
    #[default]
    Failed,
    /// The server is still trying.
    Delayed,
}

/// One address that did not get the mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailedRecipient {
    /// Empty if the report gives only a code.
    pub address: String,
    /// The status of RFC 3463, `5.1.1`.
    pub status: Option<String>,
    /// What the other server said.
    pub diagnostic: Option<String>,
}
