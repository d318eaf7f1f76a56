//! Pictures in texts: which file of a ticket a picture stands for. Markdown names a file of its own message by its name
//! (`![The display](display.png)`) or of the ticket itself, or any by the address that the API gives it; a mail names a part by its content id.
//!
//! It asks nobody whether they may see a file: it is handed the files that the reader may see, and finds no others.

use std::{cell::RefCell, collections::BTreeMap};

use super::{Attachment, StoredFile};
use crate::{
    id::{AttachmentId, CommentId},
    text::{
        html::{decode, escape},
        markdown,
    },
};

/// Where the API gives a file.
const ADDRESS: &str = "/v1/attachments/";

/// What the name of a file in a text ends with.
const MARK: &str = ".picture";

/// What stands for this file in a text, whatever its own content id is; also the left half of the id that it is sent with.
pub fn mark(id: AttachmentId) -> String {
    format!("{}{MARK}", id.0.simple())
}

/// Whether mail programs draw it.
pub fn is_drawn(content_type: &str) -> bool {
    matches!(content_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/bmp")
}

/// What the pictures of one text may stand for.
#[derive(Debug, Clone, Copy)]
pub struct Pictures<'a> {
    /// All files of the ticket that the reader may see.
    pub files: &'a [&'a Attachment],
    /// Whose text it is; none: the ticket's own.
    pub of: Option<CommentId>,
}

/// The files of one text by what a text may call them. Whoever writes chooses how many pictures and files there are, so each is looked up.
struct Names<'a> {
    by_id: BTreeMap<u128, &'a Attachment>,
    own_by_content_id: BTreeMap<&'a str, &'a Attachment>,
    own_by_name: BTreeMap<&'a str, &'a Attachment>,
    beside_by_name: BTreeMap<&'a str, &'a Attachment>,
}

impl<'a> Names<'a> {
    /// Of two files of one name, the first counts.
    fn of(pictures: &Pictures<'a>) -> Names<'a> {
        let mut names = Names {
            by_id: BTreeMap::new(),
            own_by_content_id: BTreeMap::new(),
            own_by_name: BTreeMap::new(),
            beside_by_name: BTreeMap::new(),
        };
        for file in pictures.files.iter().copied() {
            names.by_id.entry(file.id.0.as_u128()).or_insert(file);
            if file.comment == pictures.of {
                names.own_by_name.entry(&file.filename).or_insert(file);
                if let Some(id) = &file.content_id {
                    names.own_by_content_id.entry(id.trim_matches(['<', '>'])).or_insert(file);
                }
            }
            if file.comment.is_none() {
                names.beside_by_name.entry(&file.filename).or_insert(file);
            }
        }
        names
    }

    fn by_id(&self, id: &str) -> Option<&'a Attachment> {
        self.by_id.get(&uuid::Uuid::try_parse(id).ok()?.as_u128()).copied()
    }

    fn by_address(&self, address: &str) -> Option<&'a Attachment> {
        let found = match address.strip_prefix(ADDRESS) {
            Some(id) => self.by_id(id),
            None => self.own_by_name.get(address).or_else(|| self.beside_by_name.get(address)).copied(),
        };
        found.filter(|it| it.content_type.starts_with("image/"))
    }

    fn by_content_id(&self, id: &str) -> Option<&'a Attachment> {
        let marked = || self.by_id(id.split('@').next()?.strip_suffix(MARK)?);
        self.own_by_content_id.get(id).copied().or_else(marked)
    }
}

impl<'a> Pictures<'a> {
    /// Markdown as safe HTML, whose pictures are to be placed.
    pub fn markdown(&self, body: &str) -> String {
        let names = Names::of(self);
        markdown::with_pictures(body, &|address| names.by_address(address).map(|it| mark(it.id))).html
    }

    /// Markdown whose pictures are named by the address that the API gives them, which means the same wherever the text goes.
    pub fn addressed(&self, body: &str) -> String {
        let names = Names::of(self);
        markdown::with_addresses(body, |address| names.by_address(address).map(|it| format!("{ADDRESS}{}", it.id)))
    }

    /// Safe HTML with an address for each picture that is one of the files; others, and those that get none, stay as they are.
    pub fn placed(&self, clean: &str, mut address: impl FnMut(&'a Attachment) -> Option<String>) -> String {
        let names = std::cell::OnceCell::new();
        placed_by(clean, |id| {
            let address = names.get_or_init(|| Names::of(self)).by_content_id(id).and_then(&mut address)?;
            Some(Picture { address, pixels: None })
        })
    }
}

/// The file that an address of the API means.
pub fn id_of(address: &str) -> Option<AttachmentId> {
    address.strip_prefix(ADDRESS)?.parse().ok()
}

/// Where a picture is, and how large, if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub address: String,
    pub pixels: Option<(u32, u32)>,
}

/// Safe HTML with an address for each picture that has one, by what stands for it in the text; others stay as they are.
pub fn placed_by(clean: &str, mut picture: impl FnMut(&str) -> Option<Picture>) -> String {
    const NAMED: &str = "data-cid=\"";
    let mut out = String::with_capacity(clean.len());
    let mut rest = clean;
    while let Some(at) = rest.find(NAMED) {
        let (before, from) = rest.split_at(at);
        let inside = &from[NAMED.len()..];
        let Some(end) = inside.find('"') else { break };
        out.push_str(before);
        match picture(&decode(&inside[..end])) {
            Some(it) => {
                out.push_str(&format!("src=\"{}\"", escape(&it.address)));
                if let Some((width, height)) = it.pixels {
                    out.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
                }
            }
            None => out.push_str(&from[..NAMED.len() + end + 1]),
        }
        rest = &inside[end + 1..];
    }
    out.push_str(rest);
    out
}

/// Says of files that come with a Markdown text which of them it shows.
pub fn note_shown(body: &str, files: &mut [StoredFile]) {
    if files.is_empty() || !body.contains("![") {
        return;
    }
    let seen = RefCell::new(Vec::new());
    markdown::with_pictures(body, &|address| {
        seen.borrow_mut().push(address.to_owned());
        None
    });
    let seen = seen.into_inner();
    for file in files {
        file.inline |= file.content_type.starts_with("image/") && seen.contains(&file.filename);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{BlobHash, TicketId},
        time::Instant,
    };

    fn picture(number: u128, comment: Option<u128>, filename: &str, content_id: Option<&str>) -> Attachment {
        Attachment {
            id: AttachmentId(uuid::Uuid::from_u128(number)),
            ticket: TicketId::NIL,
            comment: comment.map(|it| CommentId(uuid::Uuid::from_u128(it))),
            blob: BlobHash([0; 32]),
            filename: filename.into(),
            content_type: "image/png".into(),
            size: 1,
            inline: false,
            content_id: content_id.map(str::to_owned),
            is_private: false,
            added_by: None,
            created_at: Instant::EPOCH,
            scan: None,
            shown: Default::default(),
        }
    }

    #[test]
    fn a_picture_stands_for_a_file_of_its_text_or_one_that_is_named_by_address() {
        let files = [
            picture(1, Some(7), "a b.png", None),
            picture(2, Some(8), "a b.png", Some("<logo@x>")),
            picture(3, None, "c.png", Some("logo@x")),
            picture(5, Some(8), "d.png", None),
            Attachment { content_type: "text/plain".into(), ..picture(4, Some(7), "log.txt", None) },
        ];
        let files: Vec<&Attachment> = files.iter().collect();
        let of = |it: u128| Some(CommentId(uuid::Uuid::from_u128(it)));
        let shown = |of, markdown: &str| {
            let it = Pictures { files: &files, of };
            let html = it.placed(&it.markdown(markdown), |file| Some(format!("f{}", file.id.0.as_u128())));
            html.split("src=\"").nth(1).and_then(|it| it.split('"').next()).map(str::to_owned)
        };
        for (of, text, expected) in [
            (of(7), "![x](<a b.png>)", Some("f1")),
            (of(7), "![x](a%20b.png)", Some("f1")),
            (of(8), "![x](<a b.png>)", Some("f2")),
            (None, "![x](<a b.png>)", None),
            (of(7), "![x](c.png)", Some("f3")),
            (of(7), "![x](d.png)", None),
            (of(7), "![x](/v1/attachments/00000000-0000-0000-0000-000000000003)", Some("f3")),
            (of(7), "![x](/v1/attachments/00000000-0000-0000-0000-000000000009)", None),
            (of(7), "![x](log.txt)", None),
            (of(8), "![x](cid:logo@x)", Some("f2")),
            (None, "![x](cid:logo@x)", Some("f3")),
            (of(7), "![x](cid:logo@x)", None),
        ] {
            assert_eq!(shown(of, text).as_deref(), expected, "{of:?} {text}");
        }
        let it = Pictures { files: &files, of: of(9) };
        let sent = format!("<img data-cid=\"{}@example.com\"><img data-cid=\"other@x\"><img data-cid=\"", mark(files[0].id));
        assert_eq!(it.placed(&sent, |_| Some("a&b".into())), "<img src=\"a&amp;b\"><img data-cid=\"other@x\"><img data-cid=\"");
        assert_eq!(it.placed(&sent, |_| None), sent);
    }

    #[test]
    fn files_that_a_text_shows_are_known() {
        let file = |filename: &str, content_type: &str| StoredFile {
            hash: BlobHash([0; 32]),
            size: 1,
            sha256: [0; 32],
            filename: filename.into(),
            content_type: content_type.into(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: None,
        };
        let mut files = [file("a b.png", "image/png"), file("c.png", "image/png"), file("d.txt", "text/plain")];
        note_shown("![](a%20b.png) ![](d.txt) [c](c.png) `![](c.png)`", &mut files);
        assert_eq!(files.map(|it| it.inline), [true, false, false]);
    }
}
