//! What people wrote, as HTML for a page: quotes told from answers, pictures of a mail pointed at its files. Everything here was made
//! safe by `text`, or is escaped here.

use std::fmt::Write;

use crate::{
    desk::{attachments::Attachment, tickets::BodyFormat},
    text::{html::escape, markdown, quote},
    web::components::attachment::{FileState, FileView},
};

/// A text for a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub html: String,
    /// The quoted part, which is shown folded.
    pub quote: Option<String>,
    /// It came as HTML by mail.
    pub mail: bool,
    /// Pictures of other servers in it.
    pub remote_pictures: usize,
}

/// A text as it was written; `mail_html` was made safe when the mail came in.
pub fn written(body: &str, format: BodyFormat, mail_html: Option<&str>, files: &[&Attachment]) -> Written {
    match (mail_html, format) {
        (Some(clean), _) => {
            Written { html: with_pictures(clean, files), quote: None, mail: true, remote_pictures: clean.matches(REMOTE).count() }
        }
        (None, BodyFormat::Markdown) => Written { html: markdown::to_html(body).html, ..Written::default() },
        (None, BodyFormat::Plain) => plain(body),
    }
}

/// Where a cleaned mail keeps the address of a picture on another server.
const REMOTE: &str = " data-remote-src=\"";

/// Lets the pictures of other servers be fetched.
pub fn with_remote_pictures(html: &str) -> String {
    html.replace(REMOTE, " src=\"")
}

fn with_pictures(clean: &str, files: &[&Attachment]) -> String {
    let mut shown = clean.to_owned();
    for file in files {
        let Some(id) = &file.content_id else { continue };
        let named = format!("data-cid=\"{}\"", escape(id.trim_matches(['<', '>'])));
        shown = shown.replace(&named, &format!("loading=\"lazy\" src=\"{}\"", address(file)));
    }
    shown
}

/// Plain text: what the sender wrote, and below it what is quoted.
fn plain(body: &str) -> Written {
    let (mut own, mut quoted) = (String::new(), String::new());
    for fold in quote::folds(body) {
        let (into, text) = (if fold.folded { &mut quoted } else { &mut own }, &body[fold.range]);
        into.push_str(text);
    }
    let quote = Some(quoted.trim()).filter(|it| !it.is_empty()).map(paragraphs);
    Written { html: paragraphs(own.trim()), quote, ..Written::default() }
}

/// Paragraphs at empty lines, line ends as they are, web addresses as links.
fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    let text = text.replace("\r\n", "\n");
    for paragraph in text.split("\n\n").map(str::trim).filter(|it| !it.is_empty()) {
        html.push_str("<p>");
        let mut at = 0;
        for (from, to) in markdown::addresses(paragraph) {
            html.push_str(&escape(&paragraph[at..from]).replace('\n', "<br>"));
            let address = &paragraph[from..to];
            let scheme = if address.starts_with("www.") { "https://" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(html, "<a href=\"{scheme}{0}\" rel=\"noopener noreferrer nofollow\">{0}</a>", escape(address));
            at = to;
        }
        html.push_str(&escape(&paragraph[at..]).replace('\n', "<br>"));
        html.push_str("</p>");
    }
    html
}

/// Where a file is fetched.
fn address(file: &Attachment) -> String {
    format!("/v1/attachments/{}", file.id)
}

/// A file as pages show it.
pub fn file(it: &Attachment) -> FileView {
    FileView {
        name: it.filename.clone(),
        href: address(it),
        bytes: it.size,
        picture: it.content_type.starts_with("image/"),
        state: FileState::Ready,
    }
}

/// The files that stand beside a text, rather than inside it.
pub fn beside<'a>(files: impl IntoIterator<Item = &'a &'a Attachment>, written: &Written) -> Vec<FileView> {
    let is_inside = |it: &Attachment| it.inline && written.html.contains(&address(it));
    files.into_iter().filter(|it| !is_inside(it)).map(|it| file(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{AttachmentId, BlobHash, TicketId},
        time::Instant,
    };

    fn picture(content_id: &str) -> Attachment {
        Attachment {
            id: AttachmentId::NIL,
            ticket: TicketId::NIL,
            comment: None,
            blob: BlobHash([0; 32]),
            filename: "a.png".into(),
            content_type: "image/png".into(),
            size: 1,
            inline: true,
            content_id: Some(content_id.into()),
            is_private: false,
            added_by: None,
            created_at: Instant::EPOCH,
        }
    }

    #[test]
    fn plain_text_is_escaped_and_its_quote_is_told_apart() {
        let it = written("<b>Yes</b>\nsee https://a.example/?x=1&y=2.\n\n> Did it\n> work?\n", BodyFormat::Plain, None, &[]);
        assert_eq!(
            it.html,
            "<p>&lt;b&gt;Yes&lt;/b&gt;<br>see <a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener noreferrer nofollow\">https://a.example/?x=1&amp;y=2</a>.</p>"
        );
        assert!(it.quote.is_some_and(|it| it.contains("Did it<br>&gt; work?")));
    }

    #[test]
    fn pictures_of_the_mail_are_shown_and_those_of_others_are_not() {
        let file = picture("<logo@x>");
        let html = "<img data-cid=\"logo@x\"><img data-remote-src=\"https://t.example/p.gif\">";
        let it = written("", BodyFormat::Plain, Some(html), &[&file]);
        assert!(it.html.contains(&format!("src=\"/v1/attachments/{}\"", AttachmentId::NIL)) && it.mail);
        assert!(!it.html.contains(" src=\"https:") && it.remote_pictures == 1);
        assert!(with_remote_pictures(&it.html).contains(" src=\"https://t.example/p.gif\""));
        assert!(beside([&&file], &it).is_empty() && beside([&&file], &Written::default()).len() == 1);
    }
}
