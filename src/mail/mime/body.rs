//! The parts of a mail become its text, its HTML and its attachments. Which of several alternatives is shown is decided
//! here, and nothing is dropped: what is not shown is attached. What lies in wrappings is unpacked in `wrapped`.

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    desk::mail::message::{Mailbox, ParsedAttachment, ParsedMessage},
    limits::MAIL_PARTS_MAX,
    mail::{charset, flowed, parts::Part},
    text::{html, plain, sanitize},
};

use super::{
    embedded,
    files::{default_name, filename, without_uuencoded, without_yenc},
};

/// A stretch of the message, in one form or in two.
#[derive(Default)]
pub struct Block {
    pub text: Option<String>,
    pub html: Option<String>,
}

impl Block {
    fn is_blank(&self) -> bool {
        [&self.text, &self.html].into_iter().flatten().all(|it| it.trim().is_empty())
    }
}

/// What was found so far.
#[derive(Default)]
pub struct Assembly {
    pub blocks: Vec<Block>,
    /// Texts that are files, but not said to be kept apart: shown if there is nothing else.
    pub spare: Vec<Block>,
    pub attachments: Vec<ParsedAttachment>,
    /// Invitations in words, shown above everything.
    pub invitations: Vec<String>,
    /// Mails in this one, as they came.
    pub nested: Vec<Vec<u8>>,
    /// Pictures by the address that they have in the HTML, and their content ids.
    pub locations: Vec<(String, String)>,
    /// What a wrapping says about subject and sender, for mails that do not.
    pub subject: Option<String>,
    pub from: Option<Mailbox>,
    pub doubtful_charset: bool,
    pub encrypted: bool,
    pub signed: bool,
    /// How many wrappings lie around this.
    pub depth: usize,
}

/// Fills text, HTML and attachments of the message. `depth`: how many messages lie around it.
pub fn assemble(root: &Part<'_>, hint: Option<&str>, depth: usize, message: &mut ParsedMessage) {
    let mut assembly = Assembly { depth, ..Assembly::default() };
    assembly.part(root, hint, Place { root: true, related: false });
    if assembly.blocks.iter().all(Block::is_blank) {
        assembly.blocks.append(&mut assembly.spare);
    }
    if message.subject.is_empty() {
        message.subject = assembly.subject.take().unwrap_or_default();
    }
    if message.from.is_none() {
        message.from = assembly.from.take();
        message.from_wrapped = message.from.is_some();
    }
    let is_report = root.content.value == "multipart/report";
    let says_nothing = assembly.blocks.iter().all(Block::is_blank);
    if !is_report && (says_nothing || crate::text::quote::head::is_forward(&message.subject)) {
        assembly.show_nested();
    }
    if !assembly.invitations.is_empty() {
        let told = assembly.invitations.join("\n\n");
        assembly.blocks.insert(0, Block { text: Some(told), html: None });
    }
    let cut = write(&assembly, message);
    let has_signed_text = message.text.contains("-----BEGIN PGP SIGNED MESSAGE-----");
    let has_armour = message.text.contains("-----BEGIN PGP MESSAGE-----");
    message.attachments = assembly.attachments;
    let notes = [
        (
            assembly.encrypted || has_armour,
            "This mail, or a part of it, is encrypted. Lodge has no key to it: what is encrypted is kept as it came.",
        ),
        ((assembly.signed || has_signed_text) && !assembly.encrypted, "This mail is signed. The signature was not checked."),
    ];
    message.notes.extend(notes.into_iter().filter(|(applies, _)| *applies).map(|(_, sentence)| sentence.to_owned()));
    let flaws = [
        (cut, "The HTML of the mail is too large; some of it is left out and stands in the raw file."),
        (assembly.doubtful_charset, "The charset of a text is not stated or wrong; it was guessed."),
    ];
    message.flaws.extend(flaws.into_iter().filter(|(applies, _)| *applies).map(|(_, sentence)| sentence.to_owned()));
}

/// Writes the blocks, one after another; tells whether HTML had to be cut.
fn write(assembly: &Assembly, message: &mut ParsedMessage) -> bool {
    let mut cut = false;
    let has_html = assembly.blocks.iter().any(|it| it.html.is_some());
    let (mut texts, mut htmls) = (Vec::new(), Vec::new());
    let place = |address: &str| assembly.locations.iter().find(|(it, _)| it == address).map(|(_, id)| id.clone());
    for block in &assembly.blocks {
        let text = match (&block.text, &block.html) {
            (Some(text), _) if !text.trim().is_empty() => text.clone(),
            (_, Some(html)) => plain::from_html(html),
            (text, None) => text.clone().unwrap_or_default(),
        };
        if has_html {
            match &block.html {
                // Cleaned one by one, so that an element left open in one does not enclose the next.
                Some(html) => {
                    let clean = sanitize::clean_mail(html, &place);
                    cut |= clean.cut;
                    htmls.push(clean.html);
                }
                None => {
                    let shown = format!("<p>{}</p>", html::escape(text.trim()).replace('\n', "<br>"));
                    htmls.push(sanitize::clean(&shown).html);
                }
            }
        }
        let text = text.trim_matches(['\n', '\r']).trim_end();
        if !text.trim().is_empty() {
            texts.push(text.to_owned());
        }
    }
    // A reference in HTML may stand for a NUL.
    message.text = texts.join("\n\n").replace('\0', "");
    message.html = has_html.then(|| htmls.join("\n"));
    cut
}

/// How much is searched, over all the children of one part, for what a child repeats; then only whole repetitions are found.
const SEARCHED_BYTES: usize = 8 * 1024 * 1024;

/// Texts of alternatives, one after the other, without what was there before.
#[derive(Default)]
struct Sum {
    whole: Option<String>,
    seen: BTreeSet<[u8; 32]>,
    searched: usize,
}

impl Sum {
    fn append(&mut self, text: &str) {
        let is_new = self.seen.insert(*blake3::hash(text.trim().as_bytes()).as_bytes());
        let Some(whole) = &mut self.whole else {
            self.whole = Some(text.to_owned());
            return;
        };
        if !is_new {
            return;
        }
        self.searched = self.searched.saturating_add(whole.len());
        if self.searched <= SEARCHED_BYTES && whole.contains(text.trim()) {
            return;
        }
        whole.push_str("\n\n");
        whole.push_str(text);
    }
}

/// Where a part stands.
#[derive(Clone, Copy)]
pub struct Place {
    pub root: bool,
    pub related: bool,
}

impl Assembly {
    pub fn part(&mut self, part: &Part<'_>, hint: Option<&str>, place: Place) {
        let inner = Place { root: false, related: part.content.value == "multipart/related" };
        match part.content.value.as_str() {
            _ if part.children.is_empty() => self.leaf(part, hint, place),
            "multipart/alternative" => self.alternative(part, hint, inner),
            it => {
                self.encrypted |= it == "multipart/encrypted";
                self.signed |= it == "multipart/signed";
                part.children.iter().for_each(|it| self.part(it, hint, inner));
            }
        }
    }

    /// Everything of an inner assembly but its blocks.
    pub fn absorb(&mut self, inner: &mut Assembly) {
        self.attachments.append(&mut inner.attachments);
        self.spare.append(&mut inner.spare);
        for told in inner.invitations.drain(..) {
            self.invite(told);
        }
        self.nested.append(&mut inner.nested);
        self.locations.append(&mut inner.locations);
        self.subject = self.subject.take().or(inner.subject.take());
        self.from = self.from.take().or(inner.from.take());
        self.doubtful_charset |= inner.doubtful_charset;
        self.encrypted |= inner.encrypted;
        self.signed |= inner.signed;
    }

    /// An invitation often comes twice: among the alternatives and as a file.
    pub fn invite(&mut self, told: String) {
        if !self.invitations.contains(&told) {
            self.invitations.push(told);
        }
    }

    /// One text and one HTML, each from the children that have it. Programs that put different things side by side lose nothing.
    fn alternative(&mut self, part: &Part<'_>, hint: Option<&str>, place: Place) {
        let (mut texts, mut htmls) = (Sum::default(), Sum::default());
        for child in &part.children {
            let mut inner = Assembly { depth: self.depth, ..Assembly::default() };
            inner.part(child, hint, place);
            for block in &inner.blocks {
                if let Some(text) = block.text.as_deref().filter(|it| !it.trim().is_empty()) {
                    texts.append(text);
                }
                if let Some(html) = block.html.as_deref() {
                    htmls.append(html);
                }
            }
            self.absorb(&mut inner);
        }
        self.blocks.push(Block { text: texts.whole, html: htmls.whole });
    }

    fn leaf(&mut self, part: &Part<'_>, hint: Option<&str>, place: Place) {
        let content_type = part.content.value.as_str();
        let filename = filename(part);
        // A type that is none means plain text (RFC 2045, 5.2), unless it has the name of a file.
        let is_type = content_type.split_once('/').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
        let is_html = matches!(content_type, "text/html" | "html" | "application/xhtml+xml");
        let unsplit = content_type.starts_with("multipart") && place.root;
        let is_text = is_html || unsplit || content_type == "text/plain" || (!is_type && filename.is_none());
        let is_file = part.disposition.value == "attachment" || (filename.is_some() && !place.root);
        if is_text && !is_file {
            return self.text(part, hint, is_html);
        }
        if is_text && part.disposition.value != "attachment" {
            let mut apart = Assembly::default();
            apart.text(part, hint, is_html);
            self.spare.append(&mut apart.blocks);
        }
        let bytes = part.transfer.decode(part.body).into_owned();
        let filename = filename.or_else(|| default_name(content_type, &bytes));
        if self.unwrap(content_type, filename.as_deref(), &bytes, part, hint) {
            return;
        }
        let stated = part.head.text("content-id").map(|it| it.trim_matches(['<', '>', ' ']).to_owned()).filter(|it| !it.is_empty());
        let location = part.head.text("content-location").filter(|it| self.locations.len() < MAIL_PARTS_MAX && !it.is_empty());
        // A picture that the HTML names by its address gets an id, so that it is found like all others.
        let content_id = stated.clone().or_else(|| location.as_ref().map(|_| embedded::content_id(&bytes)));
        if let (Some(location), Some(id)) = (location, &content_id) {
            self.locations.push((location, id.clone()));
        }
        let inline = part.disposition.value == "inline" || (place.related && stated.is_some() && part.disposition.value != "attachment");
        let content_type = if is_type { content_type } else { "application/octet-stream" };
        self.attachments.push(ParsedAttachment { filename, content_type: content_type.to_owned(), content_id, inline, bytes });
    }

    fn text(&mut self, part: &Part<'_>, hint: Option<&str>, is_html: bool) {
        let bytes = part.transfer.decode(part.body);
        let meta = if is_html { meta_charset(&bytes) } else { None };
        let declared = part.content.parameter("charset").map(str::to_owned).or(meta);
        let (bytes, mut files) = match without_yenc(&bytes).filter(|_| !is_html) {
            Some((kept, files)) => (Cow::Owned(kept), files),
            None => (bytes, Vec::new()),
        };
        self.attachments.append(&mut files);
        let decoded = match &declared {
            Some(label) => charset::decode(&bytes, Some(label)),
            None => charset::undeclared(&bytes, hint),
        };
        self.doubtful_charset |= decoded.doubtful;
        let text = decoded.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        if is_html {
            let (html, mut pictures) = embedded::take_out(text);
            self.attachments.append(&mut pictures);
            return self.blocks.push(Block { text: None, html: Some(html) });
        }
        let is_flowed = part.content.parameter("format").is_some_and(|it| it.eq_ignore_ascii_case("flowed"));
        let delsp = part.content.parameter("delsp").is_some_and(|it| it.eq_ignore_ascii_case("yes"));
        let (text, mut files) = without_uuencoded(text);
        let text = if is_flowed { flowed::unwrap(&text, delsp) } else { text };
        self.blocks.push(Block { text: Some(text), html: None });
        self.attachments.append(&mut files);
    }
}

/// How much of an HTML document may stand before its charset, in bytes.
const META_BYTES: usize = 2048;

fn meta_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(META_BYTES)]).to_ascii_lowercase();
    let (before, after) = head.split_once("charset=")?;
    before
        .contains("<meta")
        .then(|| after.trim_start_matches(['"', '\'']).chars().take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c)).collect())
}
