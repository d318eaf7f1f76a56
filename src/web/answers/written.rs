//! What people wrote, as HTML for a page: quotes told from answers, pictures of a mail pointed at its files. Everything here was made
//! safe by `text`, or is escaped here.

use std::fmt::Write;

use crate::{
    desk::{
        attachments::{Attachment, Scan, pictures::Pictures},
        tickets::{BodyFormat, Comment, FoldMark, Ticket},
    },
    id::CommentId,
    text::{
        html::escape,
        markdown,
        quote::{self, Kind, head::is_forward},
    },
    web::{
        components::attachment::{FileState, FileView, Thumbnail},
        tongue::t,
    },
};

/// A text for a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// What is quoted in it stands in folds.
    pub html: String,
    /// It came as HTML by mail.
    pub mail: bool,
    /// It brings colours of its own, which are made for white paper.
    pub paper: bool,
    /// Pictures of other servers in it.
    pub remote_pictures: usize,
}

/// A text that somebody wrote, and how.
pub struct Source<'a> {
    pub body: &'a str,
    pub format: BodyFormat,
    /// Made safe when the mail came in.
    pub mail_html: Option<&'a str>,
    /// What is quoted in a plain text, found when it came in.
    pub folds: &'a [FoldMark],
    /// It passes another mail on, which is what it is about.
    pub forward: bool,
    /// Whose text it is; none: the ticket's own.
    pub of: Option<CommentId>,
}

impl<'a> Source<'a> {
    pub fn of_comment(it: &'a Comment) -> Source<'a> {
        Source { body: &it.body, format: it.format, mail_html: it.html.as_deref(), folds: &it.folds, forward: false, of: Some(it.id) }
    }

    pub fn of_ticket(it: &'a Ticket) -> Source<'a> {
        let mail_html = it.description_html.as_deref();
        Source { body: &it.description, format: it.description_format, mail_html, folds: &[], forward: is_forward(&it.title), of: None }
    }
}

/// A text as it was written. Its pictures are among the files, which are those of the ticket that the reader may see.
pub fn written(source: &Source<'_>, files: &[&Attachment]) -> Written {
    let pictures = Pictures { files, of: source.of };
    let placed = |html: &str| pictures.placed(html, |it| Some(address(it))).replace("<img ", "<img loading=\"lazy\" ");
    match (source.mail_html, source.format) {
        (Some(clean), _) => {
            Written { html: placed(clean), mail: true, paper: has_colours(clean), remote_pictures: clean.matches(REMOTE).count() }
        }
        (None, BodyFormat::Markdown) => Written { html: placed(&pictures.markdown(source.body)), ..Written::default() },
        (None, BodyFormat::Plain) => plain(source),
    }
}

/// Whether a mail colours anything itself.
fn has_colours(clean: &str) -> bool {
    ["color:", " bgcolor=\"", "<font color", " color=\""].iter().any(|it| clean.contains(it))
}

/// Where a cleaned mail keeps the address of a picture on another server.
const REMOTE: &str = " data-remote-src=\"";

/// Lets the pictures of other servers be fetched.
pub fn with_remote_pictures(html: &str) -> String {
    html.replace(REMOTE, " src=\"")
}

/// Plain text in its order: what the sender wrote, what is quoted and open, and folds.
fn plain(source: &Source<'_>) -> Written {
    let body = source.body;
    // Marks that do not fit the text are of another text.
    let fits = source.folds.last().is_some_and(|it| it.end as usize == body.len())
        && source.folds.iter().all(|it| body.is_char_boundary(it.end as usize));
    let marks = if source.forward {
        Vec::new()
    } else if fits {
        source.folds.to_vec()
    } else {
        let mark = |it: &quote::Fold| FoldMark {
            end: u32::try_from(it.range.end).unwrap_or(u32::MAX),
            folded: it.folded,
            signature: it.kind == Kind::Signature,
            quoted: it.kind == Kind::Quote,
        };
        quote::folds(body).iter().map(mark).collect()
    };
    if marks.iter().all(|it| !it.folded && !it.quoted) {
        return Written { html: paragraphs(body.trim()), ..Written::default() };
    }
    let mut html = String::with_capacity(body.len() * 2);
    let (mut at, mut index) = (0, 0);
    while let Some(first) = marks.get(index) {
        let run: Vec<&FoldMark> =
            marks[index..].iter().take_while(|it| it.folded == first.folded && (first.folded || it.quoted == first.quoted)).collect();
        index += run.len();
        let end = run.last().map_or(at, |it| it.end as usize).clamp(at, body.len());
        let text = body.get(at..end).unwrap_or_default();
        at = end;
        if text.trim().is_empty() {
            continue;
        }
        let shown = paragraphs(text.trim_matches(['\n', '\r']));
        if first.folded {
            let name = if run.iter().all(|it| it.signature) { t!("written-signature") } else { t!("written-quoted-text") };
            html.push_str(&format!("<details class=\"mail-fold\"><summary>{name}</summary>{shown}</details>"));
        } else if first.quoted {
            html.push_str(&format!("<blockquote class=\"mail-quote\">{shown}</blockquote>"));
        } else {
            html.push_str(&shown);
        }
    }
    Written { html, ..Written::default() }
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
        id: it.id.to_string(),
        name: it.filename.clone(),
        href: address(it),
        bytes: it.size,
        picture: it.content_type.starts_with("image/"),
        state: match it.scan {
            Some(Scan::Waiting) => FileState::Scanning,
            Some(Scan::Infected(_)) => FileState::Held,
            _ => FileState::Ready,
        },
        thumbnail: it.shown.thumbnail.map(|small| Thumbnail {
            src: format!("{}/thumbnail", address(it)),
            width: small.width,
            height: small.height,
            href: format!("{}/preview", address(it)),
        }),
    }
}

/// The files that stand beside a text, rather than inside it.
pub fn beside<'a>(files: impl IntoIterator<Item = &'a &'a Attachment>, written: &Written) -> Vec<FileView> {
    let is_inside = |it: &Attachment| written.html.contains(&format!("src=\"{}\"", address(it)));
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
            scan: None,
            shown: Default::default(),
        }
    }

    #[test]
    fn plain_text_is_escaped_and_its_quote_is_told_apart() {
        let source = |body| Source { body, format: BodyFormat::Plain, mail_html: None, folds: &[], forward: false, of: None };
        let it = written(&source("<b>Yes</b>\nsee https://a.example/?x=1&y=2.\n\n> Did it\n> work?\n"), &[]);
        assert_eq!(
            it.html,
            "<p>&lt;b&gt;Yes&lt;/b&gt;<br>see <a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener noreferrer nofollow\">https://a.example/?x=1&amp;y=2</a>.</p><details class=\"mail-fold\"><summary>Quoted text</summary><p>&gt; Did it<br>&gt; work?</p></details>"
        );
        let it = written(&source("> Is it on?\nYes\n-- \nAnn"), &[]);
        assert_eq!(
            it.html,
            "<blockquote class=\"mail-quote\"><p>&gt; Is it on?</p></blockquote><p>Yes</p><details class=\"mail-fold\"><summary>Signature</summary><p>-- <br>Ann</p></details>"
        );
    }

    #[test]
    fn pictures_of_the_mail_are_shown_and_those_of_others_are_not() {
        let file = picture("<logo@x>");
        let html = "<img data-cid=\"logo@x\"><img data-remote-src=\"https://t.example/p.gif\">";
        let it =
            written(&Source { body: "", format: BodyFormat::Plain, mail_html: Some(html), folds: &[], forward: false, of: None }, &[&file]);
        assert!(it.html.contains(&format!("src=\"/v1/attachments/{}\"", AttachmentId::NIL)) && it.mail);
        assert!(!it.html.contains(" src=\"https:") && it.remote_pictures == 1);
        assert!(with_remote_pictures(&it.html).contains(" src=\"https://t.example/p.gif\""));
        assert!(beside([&&file], &it).is_empty() && beside([&&file], &Written::default()).len() == 1);
    }
}
