//! The parts of a mail become its text, its HTML and its attachments. Which of several alternatives is shown is decided
//! here, and nothing is dropped: what is not shown is attached.

use crate::{
    desk::mail::message::{ParsedAttachment, ParsedMessage},
    mail::{charset, flowed, header::Head, parts::Part, transfer},
    text::{html, plain, sanitize},
};

/// A stretch of the message, in one form or in two.
#[derive(Default)]
struct Block {
    text: Option<String>,
    html: Option<String>,
}

impl Block {
    fn is_blank(&self) -> bool {
        [&self.text, &self.html].into_iter().flatten().all(|it| it.trim().is_empty())
    }
}

#[derive(Default)]
struct Assembly {
    blocks: Vec<Block>,
    /// Texts that are files, but not said to be kept apart: shown if there is nothing else.
    spare: Vec<Block>,
    attachments: Vec<ParsedAttachment>,
    doubtful_charset: bool,
    encrypted: bool,
}

/// Fills text, HTML and attachments of the message.
pub fn assemble(root: &Part<'_>, hint: Option<&str>, message: &mut ParsedMessage) {
    let mut assembly = Assembly::default();
    assembly.part(root, hint, Place { root: true, related: false });
    if assembly.blocks.iter().all(Block::is_blank) {
        assembly.blocks.append(&mut assembly.spare);
    }
    let mut cut = false;
    let has_html = assembly.blocks.iter().any(|it| it.html.is_some());
    let (mut texts, mut htmls) = (Vec::new(), Vec::new());
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
                    let clean = sanitize::clean(html);
                    cut |= clean.cut;
                    htmls.push(clean.html);
                }
                None => htmls.push(format!("<p>{}</p>", html::escape(text.trim()).replace('\n', "<br>"))),
            }
        }
        let text = text.trim_matches(['\n', '\r']).trim_end();
        if !text.trim().is_empty() {
            texts.push(text.to_owned());
        }
    }
    message.text = texts.join("\n\n");
    message.html = has_html.then(|| htmls.join("\n"));
    message.attachments = assembly.attachments;
    let table = [
        (cut, "The HTML of the mail is too large; some of it is left out and stands in the raw file."),
        (assembly.doubtful_charset, "The charset of a text is not stated or wrong; it was guessed."),
        (assembly.encrypted, "The mail is encrypted or sealed; its content is attached as it came."),
    ];
    message.flaws.extend(table.into_iter().filter(|(applies, _)| *applies).map(|(_, sentence)| sentence.to_owned()));
}

/// Where a part stands.
#[derive(Clone, Copy)]
struct Place {
    root: bool,
    related: bool,
}

impl Assembly {
    fn part(&mut self, part: &Part<'_>, hint: Option<&str>, place: Place) {
        let inner = Place { root: false, related: part.content.value == "multipart/related" };
        match part.content.value.as_str() {
            _ if part.children.is_empty() => self.leaf(part, hint, place),
            "multipart/alternative" => self.alternative(part, hint, inner),
            it => {
                self.encrypted |= it == "multipart/encrypted";
                part.children.iter().for_each(|it| self.part(it, hint, inner));
            }
        }
    }

    /// One text and one HTML, each from the children that have it. Programs that put different things side by side lose nothing.
    fn alternative(&mut self, part: &Part<'_>, hint: Option<&str>, place: Place) {
        let mut whole = Block::default();
        let append = |to: &mut Option<String>, text: &str| match to {
            Some(sum) if sum.contains(text.trim()) => {}
            Some(sum) => {
                sum.push_str("\n\n");
                sum.push_str(text);
            }
            None => *to = Some(text.to_owned()),
        };
        for child in &part.children {
            let mut inner = Assembly::default();
            inner.part(child, hint, place);
            for block in &inner.blocks {
                if let Some(text) = block.text.as_deref().filter(|it| !it.trim().is_empty()) {
                    append(&mut whole.text, text);
                }
                if let Some(html) = block.html.as_deref() {
                    append(&mut whole.html, html);
                }
            }
            self.attachments.append(&mut inner.attachments);
            self.spare.append(&mut inner.spare);
            self.doubtful_charset |= inner.doubtful_charset;
            self.encrypted |= inner.encrypted;
        }
        self.blocks.push(whole);
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
        self.encrypted |= matches!(content_type, "application/pkcs7-mime" | "application/x-pkcs7-mime" | "application/pgp-encrypted");
        let bytes = part.transfer.decode(part.body).into_owned();
        let filename = filename.or_else(|| default_name(content_type, &bytes));
        let content_id = part.head.text("content-id").map(|it| it.trim_matches(['<', '>', ' ']).to_owned()).filter(|it| !it.is_empty());
        let inline =
            part.disposition.value == "inline" || (place.related && content_id.is_some() && part.disposition.value != "attachment");
        let content_type = if is_type { content_type } else { "application/octet-stream" };
        self.attachments.push(ParsedAttachment { filename, content_type: content_type.to_owned(), content_id, inline, bytes });
    }

    fn text(&mut self, part: &Part<'_>, hint: Option<&str>, is_html: bool) {
        let bytes = part.transfer.decode(part.body);
        let meta = if is_html { meta_charset(&bytes) } else { None };
        let declared = part.content.parameter("charset").map(str::to_owned).or(meta);
        let decoded = match &declared {
            Some(label) => charset::decode(&bytes, Some(label)),
            None => charset::undeclared(&bytes, hint),
        };
        self.doubtful_charset |= decoded.doubtful;
        let text = decoded.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        if is_html {
            return self.blocks.push(Block { text: None, html: Some(text) });
        }
        let is_flowed = part.content.parameter("format").is_some_and(|it| it.eq_ignore_ascii_case("flowed"));
        let delsp = part.content.parameter("delsp").is_some_and(|it| it.eq_ignore_ascii_case("yes"));
        let (text, mut files) = without_uuencoded(text);
        let text = if is_flowed { flowed::unwrap(&text, delsp) } else { text };
        self.blocks.push(Block { text: Some(text), html: None });
        self.attachments.append(&mut files);
    }
}

/// The name of a part as a file, as its sender wrote it.
fn filename(part: &Part<'_>) -> Option<String> {
    let stated = [part.disposition.parameter("filename"), part.content.parameter("name"), part.disposition.parameter("name")];
    let stated: Vec<&str> = stated.into_iter().flatten().filter(|it| !it.trim().is_empty()).collect();
    // A question mark is where a program lost a character that it could not write; another form may have kept it.
    let whole = stated.iter().find(|it| !it.contains(['?', char::REPLACEMENT_CHARACTER]));
    let stated = whole.or(stated.first()).map(|it| (*it).to_owned());
    // The last word of `Content-Location`, which some programs use instead.
    let location = || {
        let location = part.head.text("content-location")?;
        let is_text = part.content.value.starts_with("text/");
        let name = location.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
        (!is_text && name.contains('.') && !name.contains(['?', '#'])).then_some(name)
    };
    stated.or_else(location)
}

/// A name for what has none, where its content tells one.
fn default_name(content_type: &str, bytes: &[u8]) -> Option<String> {
    match content_type {
        "message/rfc822" | "message/global" => {
            let subject = Head::read(bytes).text("subject").unwrap_or_else(|| "message".to_owned());
            Some(format!("{}.eml", subject.chars().take(100).collect::<String>()))
        }
        "text/calendar" => Some("invitation.ics".to_owned()),
        "application/ms-tnef" | "application/vnd.ms-tnef" => Some("winmail.dat".to_owned()),
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => Some("smime.p7m".to_owned()),
        _ => None,
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

/// Files that old programs wrote into the text between `begin` and `end`. Only whole ones are taken out.
fn without_uuencoded(text: String) -> (String, Vec<ParsedAttachment>) {
    if !text.contains("\nend") || !(text.starts_with("begin ") || text.contains("\nbegin ")) {
        return (text, Vec::new());
    }
    let mut files = Vec::new();
    let mut kept = String::with_capacity(text.len());
    // The file being read: where it began in the text, and its name.
    let mut open: Option<(usize, String)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        match &open {
            None => match begin(trimmed) {
                Some(name) => open = Some((at, name)),
                None => kept.push_str(line),
            },
            Some((from, name)) if trimmed == "end" => {
                let bytes = transfer::uuencode(&text.as_bytes()[*from..at + line.len()]);
                let (filename, content_type) = (Some(name.clone()), "application/octet-stream".to_owned());
                files.push(ParsedAttachment { filename, content_type, content_id: None, inline: false, bytes });
                open = None;
            }
            // A line that cannot be data: it was prose after all.
            Some((from, _)) if !is_uu_line(trimmed) => {
                kept.push_str(&text[*from..at + line.len()]);
                open = None;
            }
            Some(_) => {}
        }
        at += line.len();
    }
    if let Some((from, _)) = open {
        kept.push_str(&text[from..]);
    }
    (kept, files)
}

fn begin(line: &str) -> Option<String> {
    let (mode, name) = line.strip_prefix("begin ")?.split_once(' ')?;
    let is_mode = (3..=4).contains(&mode.len()) && mode.bytes().all(|it| (b'0'..=b'7').contains(&it));
    (is_mode && !name.trim().is_empty()).then(|| name.trim().to_owned())
}

fn is_uu_line(line: &str) -> bool {
    line.len() <= 62 && line.bytes().all(|it| (b' '..=b'`').contains(&it))
}
