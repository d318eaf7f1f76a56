//! What lies in a wrapping inside a mail: `winmail.dat`, an opaque signature, an invitation, another mail. Its text is shown where the
//! mail has none, its files are reachable, and the wrapping itself is kept, unless all that was in it came out.

use super::{
    body::{Assembly, Block, Place},
    nested,
};
use crate::{
    desk::mail::message::{Mailbox, ParsedMessage},
    limits::{MAIL_NESTED_MAX, MAIL_PARTS_MAX},
    mail::{calendar, charset, cms, parts, parts::Part, tnef},
    text::html::escape,
};

impl Assembly {
    /// Looks into a file. True: all that was in it came out, and it need not be kept.
    pub fn unwrap(&mut self, content_type: &str, filename: Option<&str>, bytes: &[u8], part: &Part<'_>, hint: Option<&str>) -> bool {
        let named = |ending: &str| filename.is_some_and(|it| it.to_ascii_lowercase().ends_with(ending));
        match content_type {
            "application/ms-tnef" | "application/vnd.ms-tnef" => self.tnef(bytes),
            "application/octet-stream" if named("winmail.dat") => self.tnef(bytes),
            "text/calendar" | "application/ics" => {
                let declared = part.content.parameter("charset").unwrap_or("utf-8");
                self.calendar(&charset::decode(bytes, Some(declared)).text)
            }
            "application/octet-stream" if named(".ics") => self.calendar(&charset::decode(bytes, Some("utf-8")).text),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => self.envelope(bytes, hint),
            "application/pgp-encrypted" => {
                self.encrypted = true;
                false
            }
            "message/rfc822" | "message/global" => {
                if self.nested.len() < MAIL_NESTED_MAX {
                    self.nested.push(bytes.to_vec());
                }
                false
            }
            _ => false,
        }
    }

    fn tnef(&mut self, bytes: &[u8]) -> bool {
        let Some(found) = tnef::read(bytes) else { return false };
        let room = MAIL_PARTS_MAX.saturating_sub(self.attachments.len());
        let anything = !found.attachments.is_empty() || found.text.is_some() || found.html.is_some();
        let all = found.attachments.len() <= room;
        self.attachments.extend(found.attachments.into_iter().take(room));
        self.subject = self.subject.take().or(found.subject);
        if let Some(address) = found.from_address {
            self.from = self.from.take().or(Some(Mailbox { name: found.from_name.unwrap_or_default(), address }));
        }
        if found.text.is_some() || found.html.is_some() {
            self.spare.push(Block { text: found.text, html: found.html });
        }
        anything && all
    }

    fn calendar(&mut self, text: &str) -> bool {
        if let Some(told) = calendar::describe(text) {
            self.invite(told);
            if let Some(description) = calendar::description(text) {
                self.spare.push(Block { text: Some(description), html: None });
            }
        }
        false
    }

    fn envelope(&mut self, bytes: &[u8], hint: Option<&str>) -> bool {
        match cms::open(bytes) {
            cms::Content::Encrypted | cms::Content::Other => self.encrypted = true,
            cms::Content::Signed(content) if self.depth < MAIL_NESTED_MAX => {
                self.signed = true;
                let (root, _) = parts::read(&content);
                let mut inner = Assembly { depth: self.depth + 1, ..Assembly::default() };
                inner.part(&root, hint, Place { root: true, related: false });
                self.absorb(&mut inner);
                self.blocks.append(&mut inner.blocks);
            }
            cms::Content::Signed(_) => self.signed = true,
        }
        false
    }

    /// Shows the mails in this one, each below its own head, with its files.
    pub fn show_nested(&mut self) {
        if self.depth >= MAIL_NESTED_MAX {
            return;
        }
        for raw in std::mem::take(&mut self.nested) {
            let mut message = nested(&raw, self.depth + 1);
            let room = MAIL_PARTS_MAX.saturating_sub(self.attachments.len());
            self.attachments.extend(std::mem::take(&mut message.attachments).into_iter().take(room));
            self.encrypted |= message.notes.iter().any(|it| it.contains("encrypted"));
            let head = head_of(&message);
            let text = format!("{RULE}\n{}\n\n{}", head.join("\n"), message.text);
            let html = message.html.take().map(|html| {
                let head: Vec<String> = head.iter().map(|it| escape(it)).collect();
                format!("<div class=\"mail-quote\"><p>{RULE}<br>{}</p>{html}</div>", head.join("<br>"))
            });
            self.blocks.push(Block { text: Some(text), html });
        }
    }
}

/// What stands above a mail that is shown inside another: the words that clients know it by.
const RULE: &str = "---------- Forwarded message ----------";

fn head_of(message: &ParsedMessage) -> Vec<String> {
    let mailbox = |it: &Mailbox| if it.name.is_empty() { it.address.clone() } else { format!("{} <{}>", it.name, it.address) };
    let mut head: Vec<String> = message.from.iter().map(|it| format!("From: {}", mailbox(it))).collect();
    head.extend(message.date.map(|it| format!("Date: {}", it.timestamp().strftime("%a %-d %b %Y, %H:%M UTC"))));
    head.push(format!("Subject: {}", message.subject));
    if !message.to.is_empty() {
        head.push(format!("To: {}", message.to.iter().take(5).map(mailbox).collect::<Vec<_>>().join(", ")));
    }
    head
}
