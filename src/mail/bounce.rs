//! Reports of mail systems about mail they could not deliver: the form of RFC 3464, and the free texts of qmail, Exim,
//! Exchange, Postfix and their like. It finds who did not get which mail and why; it suppresses nobody.

use std::collections::BTreeSet;

use super::{
    header::{self, Head},
    parts::Part,
};
use crate::{
    desk::mail::message::{Automatic, BounceAction, BounceReport, FailedRecipient, ParsedMessage, ReturnPath},
    language::say,
    limits::MAIL_BOUNCED_MAX,
};

/// How much of a free text is looked at, in bytes: the report stands before the copy of the mail.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// A bounce, or a report of success, or nothing of the kind.
pub fn recognise(root: &Part<'_>, message: &ParsedMessage) -> Option<Automatic> {
    let is_form = |it: &str| matches!(it, "message/delivery-status" | "message/global-delivery-status");
    if let Some(form) = message.attachments.iter().find(|it| is_form(&it.content_type)) {
        return by_form(&form.bytes, root, message);
    }
    by_text(root, message)
}

/// Whether a mail system, and no person, stands as the sender.
pub fn is_mail_system(message: &ParsedMessage) -> bool {
    let Some(from) = &message.from else { return false };
    let local = from.address.split('@').next().unwrap_or("").to_ascii_lowercase();
    let local: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = from.name.to_lowercase();
    ["mailerdaemon", "maildaemon", "mdaemon", "postmaster", "maildeliverysystem"].iter().any(|it| local.starts_with(it))
        || ["mail delivery sub", "mail delivery sys", "mail administrator", "mail delivery service", "mailer-daemon", "microsoft outlook"]
            .iter()
            .any(|it| name.starts_with(it))
}

/// The fields of one group of a delivery status.
fn groups(bytes: &[u8]) -> Vec<Head<'_>> {
    let mut heads = Vec::new();
    let mut rest = bytes;
    while !rest.trim_ascii().is_empty() && heads.len() <= MAIL_BOUNCED_MAX {
        let head = Head::read(rest);
        if head.body == 0 || (head.fields.is_empty() && head.body >= rest.len()) {
            break;
        }
        rest = &rest[head.body..];
        if !head.fields.is_empty() {
            heads.push(head);
        }
    }
    heads
}

/// RFC 3464: fields about the mail, then a group of fields per recipient.
fn by_form(bytes: &[u8], root: &Part<'_>, message: &ParsedMessage) -> Option<Automatic> {
    let mut actions = BTreeSet::new();
    let mut failed: Vec<FailedRecipient> = Vec::new();
    for group in groups(bytes) {
        let action = group.text("action").unwrap_or_default().to_ascii_lowercase();
        let action = action.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("").to_owned();
        let status = group.text("status").and_then(|it| status_codes(&it).into_iter().next());
        let address =
            ["final-recipient", "original-recipient", "x-actual-recipient"].iter().find_map(|it| group.text(it)).map(|it| typed(&it));
        if address.is_none() && status.is_none() {
            continue;
        }
        let diagnostic = group.text("diagnostic-code").map(|it| typed(&it)).filter(|it| !it.is_empty());
        actions.insert(action.clone());
        let arrived =
            matches!(action.as_str(), "delivered" | "relayed" | "expanded") || status.as_deref().is_some_and(|it| it.starts_with('2'));
        if !arrived && failed.len() < MAIL_BOUNCED_MAX {
            // A server that gives no or a vague code often quotes a better one.
            let quoted = diagnostic.as_deref().and_then(failure_code);
            let vague = status.as_deref().is_none_or(|it| it.ends_with(".0.0"));
            let status = if vague { quoted.or(status) } else { status };
            failed.push(FailedRecipient { address: address.unwrap_or_default(), status, diagnostic });
        }
    }
    if failed.is_empty() && !actions.is_empty() {
        return Some(Automatic::Notice { reason: say!("judge-delivered").into() });
    }
    let delayed = actions.contains("delayed") && !actions.contains("failed");
    if failed.is_empty() {
        failed = recipients_in_text(root, message);
    }
    Some(Automatic::Bounce(BounceReport {
        action: if delayed { BounceAction::Delayed } else { BounceAction::Failed },
        failed_recipients: failed,
        original_message_id: original_message_id(message),
        reason: say!("judge-status").into(),
    }))
}

/// `rfc822; a@b` without its type and brackets.
fn typed(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, it)| it).trim();
    value.trim_matches(['<', '>']).to_owned()
}

/// Words of mail systems that say that a delivery failed. In a subject or a text, in lower case.
const FAILED: [&str; 58] = [
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "failure notice",
    "mail delivery failed",
    "mail delivery failure",
    "returned mail",
    "returned to sender",
    "return to sender",
    "could not be delivered",
    "couldn't be delivered",
    "was not delivered",
    "wasn't delivered",
    "not be delivered",
    "non-delivery",
    "nondeliver",
    "non delivery",
    "unable to deliver",
    "unable to send",
    "message not delivered",
    "cannot be delivered",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox unavailable",
    "mailbox is full",
    "mailbox full",
    "over quota",
    "quota exceeded",
    "unroutable address",
    "unrouteable address",
    "host unknown",
    "rejected your message",
    "was rejected",
    "permanent error",
    "permanent failure",
    "fatal error",
    "delivery error",
    "delivery problem",
    "did not reach",
    "undelivered",
    "could not deliver",
    "problem delivering",
    "failed to deliver",
    "bounce",
    "unzustellbar",
    "nicht zugestellt",
    "unzustellbarkeit",
    "non remis",
    "échec de la remise",
    "no se pudo entregar",
    "non recapitabile",
    "onbestelbaar",
    "não entregue",
    "配信不能",
    "退信",
];
const DELAYED: [&str; 12] = [
    "delivery delayed",
    "delayed",
    "has not yet been delivered",
    "could not be delivered within",
    "will be retried",
    "will continue to be",
    "still being retried",
    "still undelivered",
    "still trying",
    "not been delivered yet",
    "temporar",
    "verzögert",
];
/// Words that only a mail system writes, whoever signs.
const UNMISTAKABLE: [&str; 14] = [
    "hi. this is the qmail-send program",
    "this message was created automatically by mail delivery software",
    "this is the postfix program",
    "i wasn't able to deliver your message",
    "the following addresses had permanent fatal errors",
    "the following address(es) failed",
    "your message did not reach some or all of the intended recipients",
    "your message could not be delivered to one or more recipients",
    "delivery to the following recipient failed permanently",
    "delivery to the following recipients failed",
    "i'm sorry to have to inform you that your message could not",
    "--- below this line is a copy of the message",
    "the original message was received at",
    "this is a permanent error; i've given up",
];

/// Free texts of mail servers.
fn by_text(root: &Part<'_>, message: &ParsedMessage) -> Option<Automatic> {
    let text = report_text(message);
    let lower = text.to_lowercase();
    let subject = message.subject.to_lowercase();
    let named = root.head.text("x-failed-recipients");
    let is_report = root.content.value == "multipart/report"
        && root.content.parameter("report-type").is_none_or(|it| it.eq_ignore_ascii_case("delivery-status"));
    let system = is_mail_system(message);
    let says = |words: &[&str]| words.iter().any(|it| subject.contains(it) || lower.contains(it));
    let unmistakable = UNMISTAKABLE.iter().any(|it| lower.contains(it));
    let null_path = message.return_path == ReturnPath::Null;
    let subject_says = FAILED.iter().any(|it| subject.contains(it));
    // A person who forwards a bounce writes from an address of their own, and not with an empty return path.
    let is_bounce = named.is_some()
        || is_report
        || (system && (says(&FAILED) || says(&DELAYED) || !status_codes(text).is_empty()))
        || (unmistakable && (null_path || subject_says) && message.in_reply_to.is_none())
        || (null_path && subject_says);
    if !is_bounce {
        return None;
    }
    let reason = if named.is_some() {
        say!("judge-failed-recipients")
    } else if system {
        say!("judge-not-delivered")
    } else {
        say!("judge-reads-like-report")
    };
    let delayed = says(&DELAYED)
        && !subject.contains("fail")
        && !lower.contains("permanent")
        && !status_codes(text).iter().any(|it| it.starts_with('5'));
    Some(Automatic::Bounce(BounceReport {
        action: if delayed { BounceAction::Delayed } else { BounceAction::Failed },
        failed_recipients: recipients_in_text(root, message),
        original_message_id: original_message_id(message),
        reason: reason.into(),
    }))
}

fn bounded(text: &str) -> &str {
    let end = (0..=text.len().min(TEXT_BYTES_MAX)).rev().find(|&it| text.is_char_boundary(it)).unwrap_or(0);
    &text[..end]
}

/// Where the copy of the mail begins in a free text.
const COPY: [&str; 10] = [
    "below this line is a copy",
    "this is a copy of the message",
    "this is a copy of your message",
    "original message follows",
    "----- original message",
    "--- original message",
    "------ this is",
    "unsent message below",
    "message header follows",
    "the header of the original",
];

/// The text before the copy of the mail.
fn report_text(message: &ParsedMessage) -> &str {
    let text = bounded(&message.text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.to_lowercase();
        if at > 0 && COPY.iter().any(|it| lower.contains(it)) {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// Who did not get the mail, from fields and from lines that begin with an address.
fn recipients_in_text(root: &Part<'_>, message: &ParsedMessage) -> Vec<FailedRecipient> {
    let text = report_text(message);
    let mut found: Vec<FailedRecipient> = Vec::new();
    let mut add = |address: &str, status: Option<String>, diagnostic: Option<String>| {
        if found.len() < MAIL_BOUNCED_MAX && !found.iter().any(|it| it.address.eq_ignore_ascii_case(address)) {
            found.push(FailedRecipient { address: address.to_owned(), status, diagnostic });
        }
    };
    let named = root.head.all("x-failed-recipients").flat_map(|it| super::address::read(it, None));
    let named: Vec<String> = named.map(|it| it.address).filter(|it| it.contains('@')).collect();
    let lines: Vec<&str> = text.lines().collect();
    let all = failure_code(text);
    for (index, line) in lines.iter().enumerate() {
        let Some(address) = leading_address(line).filter(|it| named.is_empty() || named.iter().any(|named| named.eq_ignore_ascii_case(it)))
        else {
            continue;
        };
        // What the server said stands on the same line or on the next few.
        let said = lines[index..].iter().take(6).copied().collect::<Vec<_>>().join(" ");
        let said = said.replacen(address, "", 1);
        let said = said.trim().trim_start_matches(['<', '>', ':', ' ']).chars().take(1000).collect::<String>();
        let status = failure_code(&said).or_else(|| all.clone());
        add(address, status, Some(said).filter(|it| !it.is_empty()));
    }
    for address in &named {
        add(address, all.clone(), None);
    }
    if found.is_empty()
        && let Some(address) = other_address(text, message)
    {
        found.push(FailedRecipient { address, status: all.clone(), diagnostic: None });
    }
    if let Some(status) = all.filter(|_| found.is_empty()) {
        found.push(FailedRecipient { status: Some(status), ..FailedRecipient::default() });
    }
    found
}

/// The address that a line of a report is about.
fn leading_address(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches(['*', '-', ' ']);
    let lower = line.get(..40.min(line.len())).unwrap_or(line).to_ascii_lowercase();
    let label =
        ["to:", "recipient:", "recipient address:", "final-recipient: rfc822;", "rcpt to:", "address:", "user:", "final-recipient:rfc822;"];
    let skip = label.iter().find(|it| lower.starts_with(**it)).map_or(0, |it| it.len());
    let word =
        line.get(skip..)?.split_whitespace().next()?.trim_matches(|c: char| "<>()[]:;,'\"".contains(c)).trim_start_matches("mailto:");
    let (local, host) = word.rsplit_once('@')?;
    let valid = !local.is_empty() && host.contains('.') && host.chars().all(|c| c.is_alphanumeric() || ".-".contains(c));
    valid.then_some(word)
}

/// An address in the running text that is neither the server's nor that of the reader.
fn other_address(text: &str, message: &ParsedMessage) -> Option<String> {
    let known = |it: &str| message.from.iter().chain(&message.to).any(|known| known.address.eq_ignore_ascii_case(it));
    let words = text.split(|c: char| c.is_whitespace() || "<>()[]:;,\"'".contains(c)).filter(|it| it.contains('@'));
    words.filter_map(leading_address).find(|it| !known(it)).map(str::to_owned)
}

/// The first code in a text that is not one of success.
fn failure_code(text: &str) -> Option<String> {
    status_codes(text).into_iter().find(|it| !it.starts_with('2'))
}

/// Status codes of RFC 3463 (`5.1.1`) in a text, in order.
pub fn status_codes(text: &str) -> Vec<String> {
    let is_outside = |c: char| !(c.is_ascii_digit() || c == '.');
    text.split(is_outside)
        .map(|it| it.trim_matches('.'))
        .filter(|it| {
            let parts: Vec<&str> = it.split('.').collect();
            matches!(parts.as_slice(), [class, subject, detail]
                if matches!(*class, "2" | "4" | "5") && (1..=3).contains(&subject.len()) && (1..=3).contains(&detail.len()) && (subject.len() < 2 || *subject == "0"))
        })
        .take(MAIL_BOUNCED_MAX)
        .map(str::to_owned)
        .collect()
}

/// The id of the mail that was not delivered: from its copy, else from its head in the text, else from the thread.
fn original_message_id(message: &ParsedMessage) -> Option<String> {
    let id = |raw: &[u8]| {
        let text = String::from_utf8_lossy(&header::unfold(raw)).into_owned();
        let id = text.split('<').nth(1).and_then(|it| it.split('>').next()).unwrap_or(&text).trim().to_owned();
        (!id.is_empty() && !id.contains(char::is_whitespace)).then_some(id)
    };
    let copies = message.attachments.iter().filter(|it| {
        matches!(it.content_type.as_str(), "message/rfc822" | "text/rfc822-headers" | "message/rfc822-headers" | "message/global")
    });
    let copied = copies.filter_map(|it| Head::read(&it.bytes).raw("message-id").and_then(id)).next();
    let in_text = || {
        let text = bounded(&message.text);
        let line = text
            .lines()
            .map(|it| it.trim_start_matches(['>', ' ']))
            .find(|it| it.get(..11).is_some_and(|it| it.eq_ignore_ascii_case("message-id:")))?;
        id(&line.as_bytes()[11..])
    };
    copied.or_else(in_text).or_else(|| message.in_reply_to.clone()).or_else(|| message.references.last().cloned())
}

#[cfg(test)]
mod tests;
