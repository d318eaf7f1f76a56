//! Texts and people as answers show them: HTML that is safe to put into a page, and small objects for what a ticket names.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    desk::{
        attachments::{Attachment, pictures::Pictures},
        identity::Person,
        tickets::{BodyFormat, Cast},
    },
    id::{CommentId, PersonId},
    text::html,
};

/// Something that has a name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedView {
    pub id: Uuid,
    pub name: String,
}

/// A person with an address.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonRefView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
}

impl NamedView {
    pub fn person(cast: &Cast, id: PersonId) -> NamedView {
        NamedView { id: id.0, name: cast.person(id).map(|it| it.name.clone()).unwrap_or_default() }
    }
}

impl PersonRefView {
    pub fn of(cast: &Cast, id: PersonId) -> PersonRefView {
        let text = |get: fn(&Person) -> &String| cast.person(id).map(|it| get(it).clone()).unwrap_or_default();
        PersonRefView { id: id.0, name: text(|it| &it.name), email: text(|it| &it.email) }
    }
}

/// A text as safe HTML: the mail's own where there is one, else as it was written. Its pictures point at the ticket's files.
pub fn body_html(body: &str, format: BodyFormat, mail_html: Option<&str>, files: &[Attachment], of: Option<CommentId>) -> String {
    let files: Vec<&Attachment> = files.iter().collect();
    let pictures = Pictures { files: &files, of };
    let placed = |html: &str| pictures.placed(html, |it| Some(format!("/v1/attachments/{}", it.id)));
    match (mail_html, format) {
        (Some(clean), _) => placed(clean),
        (None, BodyFormat::Markdown) => placed(&pictures.markdown(body)),
        (None, BodyFormat::Plain) => format!("<p>{}</p>", html::escape(body).replace("\r\n", "\n").replace('\n', "<br>")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{AttachmentId, BlobHash, TicketId},
        time::Instant,
    };

    #[test]
    fn texts_are_shown_safely() {
        let file = Attachment {
            id: AttachmentId::NIL,
            ticket: TicketId::NIL,
            comment: None,
            blob: BlobHash([0; 32]),
            filename: "a.png".into(),
            content_type: "image/png".into(),
            size: 1,
            inline: true,
            content_id: Some("<logo@x>".into()),
            is_private: false,
            added_by: None,
            created_at: Instant::EPOCH,
            scan: None,
            shown: Default::default(),
        };
        for (body, format, mail, expected) in [
            ("<b>\nx", BodyFormat::Plain, None, "<p>&lt;b&gt;<br>x</p>".to_owned()),
            ("**x**", BodyFormat::Markdown, None, "<p><strong>x</strong></p>".to_owned()),
            ("", BodyFormat::Plain, Some("<img data-cid=\"logo@x\">"), format!("<img src=\"/v1/attachments/{}\">", AttachmentId::NIL)),
        ] {
            assert_eq!(body_html(body, format, mail, std::slice::from_ref(&file), None).trim(), expected);
        }
    }
}
