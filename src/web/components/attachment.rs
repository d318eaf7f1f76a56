//! Files: those that are on a ticket, and the box that takes more. Dropping and pasting are the script's; choosing always works.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::{
    limits::FORM_FILE_BYTES_MAX,
    web::tongue::{marked, t},
};

/// Whether a file can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileState {
    #[default]
    Ready,
    /// It waits for the virus scanner.
    Scanning,
    /// The scanner found something.
    Held,
}

/// A file as pages show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileView {
    /// Its attachment's id.
    pub id: String,
    pub name: String,
    pub href: String,
    pub bytes: u64,
    /// It is a picture that a browser can show.
    pub picture: bool,
    pub state: FileState,
    /// A small picture of it.
    pub thumbnail: Option<Thumbnail>,
}

/// A small picture of a file, and where a larger one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub src: String,
    pub width: u32,
    pub height: u32,
    pub href: String,
}

/// A file as a chip, below a small picture of it if there is one. The picture's place is there before the picture is.
pub fn chip(file: &FileView) -> Markup {
    html! {
        @if let Some(it) = file.thumbnail.as_ref().filter(|_| file.state == FileState::Ready) {
            a.thumbnail href=(it.href) target="_blank" rel="noopener" data-words=(lightbox_words()) {
                img src=(it.src) width=(it.width) height=(it.height) loading="lazy" decoding="async" alt=(t!("attachment-preview-of", file = file.name.as_str()));
            }
        }
        (named(file))
    }
}

/// What the script that puts a picture in front of the page says.
fn lightbox_words() -> serde_json::Value {
    serde_json::json!({
        "before": t!("attachment-picture-before"),
        "after": t!("attachment-picture-after"),
        "close": t!("attachment-picture-close"),
        "open": t!("attachment-picture-file"),
    })
}

fn named(file: &FileView) -> Markup {
    let which = if file.picture { Icon::Picture } else { Icon::File };
    match file.state {
        FileState::Ready => {
            html! { a.file href=(file.href) download=(file.name) { (icon(which)) span.name { (file.name) } span.size { (size(file.bytes)) } } }
        }
        FileState::Scanning => {
            html! { span.file { (icon(Icon::Clock)) span.name { (file.name) } span.size { (t!("attachment-being-checked")) } } }
        }
        FileState::Held => {
            html! { span.file data-state="held" { (icon(Icon::Shield)) span.name { (file.name) } span.size { (t!("attachment-held-virus-found")) } } }
        }
    }
}

/// All files of a message; nothing if there are none.
pub fn chips(files: &[FileView]) -> Markup {
    html! { @if !files.is_empty() { ul.files { @for file in files { li.pictured[file.thumbnail.is_some()] { (chip(file)) } } } } }
}

/// A box that takes files, each of `bytes_max` at most; the form around it must be multipart. Sends `files`.
pub fn uploader(label: &str, bytes_max: u64) -> Markup {
    html! {
        div.field {
            label for="files" { (label) span.optional { " " (t!("attachment-optional")) } }
            div.uploader data-uploader {
                (icon(Icon::Clip))
                input type="file" id="files" name="files" multiple data-form-max=(FORM_FILE_BYTES_MAX) aria-describedby="files-hint";
            }
            p.hint id="files-hint" { span.with-js { (t!("attachment-drop-them-anywhere-paste")) " " } span.with-js { (marked!("attachment-up-each", size = size(bytes_max))) } span.without-js { (marked!("attachment-up-each", size = size(bytes_max.min(FORM_FILE_BYTES_MAX)))) } }
        }
    }
}

/// `3 B`, `14 KB`, `2.1 MB`.
pub use crate::web::tongue::bytes as size;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        for (bytes, expected) in
            [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (1_048_576, "1 MB"), (2_202_010, "2.1 MB"), (1_181_116_007, "1.1 GB")]
        {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn a_held_file_has_no_address() {
        let file = FileView { href: "/v1/attachments/1".into(), state: FileState::Held, ..FileView::default() };
        assert!(!chip(&file).into_string().contains("href"));
    }
}
