//! Office files: archives whose parts are XML. The text of documents, tables and slides, and the small picture of its first page that a
//! program may have put into the file. How much is unpacked is bounded, whatever the archive says of itself.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::{
    Reader,
    events::{BytesRef, Event},
};
use zip::ZipArchive;

use super::{Made, child::Words, picture};
use crate::limits::{PREVIEW_PARTS_MAX, PREVIEW_UNPACKED_BYTES_MAX};

/// Pictures that programs put into their files.
const THUMBNAILS: [&str; 4] = ["Thumbnails/thumbnail.png", "docProps/thumbnail.jpeg", "docProps/thumbnail.jpg", "docProps/thumbnail.png"];
/// A part of text: where its name begins, and where it must not go on.
const TEXTS: [&str; 13] = [
    "content.xml",
    "word/document",
    "word/header",
    "word/footer",
    "word/footnotes",
    "word/endnotes",
    "word/comments",
    "xl/sharedStrings",
    "xl/worksheets/sheet",
    "xl/comments",
    "ppt/slides/slide",
    "ppt/notesSlides/notesSlide",
    "ppt/comments/",
];
/// Elements after which something else begins, by their name without a prefix.
const LINES: [&[u8]; 9] = [b"p", b"h", b"br", b"line-break", b"row", b"tr", b"table-row", b"si", b"is"];
const SPACES: [&[u8]; 6] = [b"tab", b"s", b"c", b"tc", b"table-cell", b"v"];

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

pub fn made(bytes: &[u8], pictures: bool) -> Made {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Made::default() };
    let mut left = PREVIEW_UNPACKED_BYTES_MAX;
    let text = text(&mut archive, &mut left);
    let picture = if pictures { thumbnail(&mut archive, &mut left) } else { None };
    let Made { thumbnail, preview, .. } = picture.unwrap_or_default();
    Made { thumbnail, preview, text }
}

fn thumbnail(archive: &mut Archive<'_>, left: &mut u64) -> Option<Made> {
    let name = THUMBNAILS.into_iter().find(|it| archive.index_for_name(it).is_some())?;
    let mut bytes = Vec::new();
    archive.by_name(name).ok()?.take(*left).read_to_end(&mut bytes).ok()?;
    Some(picture::made(&bytes))
}

fn text(archive: &mut Archive<'_>, left: &mut u64) -> Option<String> {
    let is_text = |it: &String| it.ends_with(".xml") && TEXTS.iter().any(|begin| it.starts_with(begin));
    let names = archive.file_names().take(PREVIEW_PARTS_MAX).filter_map(|it| Some(it.ok()?.into_owned()));
    let mut parts: Vec<String> = names.filter(is_text).collect();
    // The tenth slide comes after the second.
    parts.sort_by_key(|it| (TEXTS.iter().position(|begin| it.starts_with(begin)), it.len(), it.clone()));
    let mut words = Words::default();
    for part in parts {
        if words.is_full() || *left == 0 {
            break;
        }
        let Ok(file) = archive.by_name(&part) else { continue };
        let mut file = file.take(*left);
        read(BufReader::new(&mut file), &mut words);
        *left = file.limit();
        words.line();
    }
    words.whole()
}

/// Takes the words of one part. What is broken in it ends it, and what came before counts.
fn read(part: impl BufRead, words: &mut Words) {
    let mut reader = Reader::from_reader(part);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    // In a table, a number in a cell may be the place of a shared text, which stands elsewhere.
    let mut is_place = false;
    let mut inside_value = false;
    while !words.is_full() {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(it)) => {
                let name = it.local_name();
                if name.as_ref() == b"c" {
                    is_place = it.try_get_attribute("t").ok().flatten().is_some_and(|it| it.value.as_ref() == b"s");
                }
                inside_value |= name.as_ref() == b"v" || name.as_ref() == b"f";
                apart(name.as_ref(), words);
            }
            Ok(Event::Empty(it)) => apart(it.local_name().as_ref(), words),
            Ok(Event::End(it)) => {
                inside_value = false;
                apart(it.local_name().as_ref(), words);
            }
            Ok(Event::Text(it)) => {
                if !(inside_value && is_place) {
                    words.push(&it.decode().unwrap_or_default());
                }
            }
            Ok(Event::CData(it)) => words.push(&it.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(it)) => {
                if let Some(letter) = letter(&it) {
                    words.push(letter.encode_utf8(&mut [0; 4]));
                }
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
        }
    }
}

fn apart(name: &[u8], words: &mut Words) {
    if LINES.contains(&name) {
        words.line();
    } else if SPACES.contains(&name) {
        words.space();
    }
}

/// What a reference stands for. Those that a file defines itself are not followed.
fn letter(it: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(letter)) = it.resolve_char_ref() {
        return Some(letter);
    }
    match &**it {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}
