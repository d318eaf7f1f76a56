//! Made-up files of every kind, taken apart: what they show, what they say, and that broken ones are no more than nothing.

use std::io::{Cursor, Write};

use image::{ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage, codecs::png::PngEncoder};
use img_parts::{Bytes, ImageEXIF, jpeg::Jpeg};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::previews::{Format, Picture};

fn apart(bytes: &[u8]) -> Made {
    take_apart(bytes.to_vec(), true)
}

fn text(bytes: &[u8]) -> String {
    apart(bytes).text.unwrap_or_default()
}

/// An archive of these files.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Its left half is red, its right half blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([230, 10, 10]) } else { Rgb([10, 10, 230]) })
}

fn written(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// What a camera says that was turned: `turn` is how it must be held (EXIF, tag 0x0112).
fn exif(turn: u16) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    bytes.extend(turn.to_le_bytes());
    bytes.extend([0; 6]);
    bytes
}

fn size(picture: Option<&Picture>) -> Option<(u32, u32)> {
    picture.map(|it| (it.width, it.height))
}

/// A PDF of one page with these words, as old programs write it: a font that is not in it, nothing packed.
fn old_pdf(lines: &[&str]) -> Vec<u8> {
    let words: String = lines.iter().map(|it| format!("({it}) Tj 0 -20 Td ")).collect();
    let content = format!("BT /F1 18 Tf 72 700 Td {words} ET 1 0 0 rg 72 100 200 200 re f");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let begin = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    places.iter().for_each(|it| pdf.extend(format!("{it:010} 00000 n \n").bytes()));
    pdf.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF", places.len() + 1).bytes());
    pdf
}

#[test]
fn pictures_of_every_kind_become_small() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp] {
        let made = apart(&written(&halves(2000, 1000), format));
        assert_eq!(size(made.thumbnail.as_ref()), Some((320, 160)), "{format:?}");
        assert_eq!(size(made.preview.as_ref()), Some((1600, 800)), "{format:?}");
        let small = image::load_from_memory(&made.thumbnail.unwrap().bytes).unwrap().to_rgb8();
        assert!(small.get_pixel(20, 80).0[0] > 180 && small.get_pixel(300, 80).0[2] > 180, "{format:?}");
    }
    let made = apart(&written(&halves(300, 40), ImageFormat::Png));
    assert_eq!((size(made.thumbnail.as_ref()), made.preview), (Some((300, 40)), None), "a small one has no larger one");
}

#[test]
fn what_can_be_seen_through_stays_so() {
    let image = image::RgbaImage::from_pixel(40, 40, image::Rgba([0, 200, 0, 90]));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let thumbnail = apart(&bytes.into_inner()).thumbnail.unwrap();
    assert_eq!(thumbnail.format, Format::Png);
    assert_eq!(image::load_from_memory(&thumbnail.bytes).unwrap().to_rgba8().get_pixel(5, 5).0[3], 90);
}

#[test]
fn pictures_stand_as_the_camera_was_held_and_say_nothing_of_it() {
    let mut jpeg = Jpeg::from_bytes(written(&halves(800, 400), ImageFormat::Jpeg).into()).unwrap();
    jpeg.set_exif(Some(Bytes::from(exif(6))));
    let jpeg = jpeg.encoder().bytes();
    let mut png = Vec::new();
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_exif_metadata(exif(6)).unwrap();
    encoder.write_image(&halves(800, 400), 800, 400, ExtendedColorType::Rgb8).unwrap();
    for bytes in [jpeg.as_ref(), &png] {
        assert!(bytes.windows(8).any(|it| it == b"II*\0\x08\0\0\0"), "it is written down");
        let thumbnail = apart(bytes).thumbnail.unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (160, 320));
        let small = image::load_from_memory(&thumbnail.bytes).unwrap().to_rgb8();
        // Turned to the right: what was left is above.
        assert!(small.get_pixel(80, 20).0[0] > 180 && small.get_pixel(80, 300).0[2] > 180);
        assert!(!thumbnail.bytes.windows(4).any(|it| it == b"Exif" || it == b"eXIf"));
    }
}

#[test]
fn pdf_show_their_first_page_and_say_their_text() {
    let made = apart(&old_pdf(&["Invoice 4711 for the", "gearwheel department"]));
    assert_eq!(made.text.as_deref(), Some("Invoice 4711 for the\ngearwheel department"));
    assert_eq!(size(made.preview.as_ref()), Some((1236, 1600)));
    let page = image::load_from_memory(&made.preview.unwrap().bytes).unwrap().to_rgb8();
    let [red, green, _] = page.get_pixel(300, 1250).0;
    assert!(red > 200 && green < 60, "the red box is drawn");
    assert!(page.get_pixel(20, 20).0.iter().all(|it| *it > 250), "paper is white");
    let without = take_apart(old_pdf(&["Words"]), false);
    assert_eq!((without.thumbnail, without.text.as_deref()), (None, Some("Words")));
}

#[test]
fn office_files_say_their_text() {
    let word = archive(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "word/document.xml",
            "<w:document><w:body><w:p><w:r><w:t>The pump</w:t></w:r><w:r><w:t xml:space=\"preserve\"> no. 3</w:t></w:r></w:p>\
             <w:p><w:r><w:t>Fish &amp; chips &#228;</w:t><w:tab/><w:t>end</w:t></w:r></w:p></w:body></w:document>",
        ),
        ("word/styles.xml", "<w:styles>nothing of this</w:styles>"),
        ("word/header1.xml", "<w:hdr><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>"),
    ]);
    assert_eq!(text(&word), "The pump no. 3\nFish & chips ä end\nHead");
    let table = archive(&[
        ("xl/sharedStrings.xml", "<sst><si><t>Serial</t></si><si><t>Rack</t></si></sst>"),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c><v>88123</v></c><c t=\"inlineStr\"><is><t>cellar</t></is></c></row></sheetData></worksheet>",
        ),
        ("[Content_Types].xml", "<Types/>"),
    ]);
    assert_eq!(text(&table).split_whitespace().collect::<Vec<_>>(), ["Serial", "Rack", "88123", "cellar"]);
    let slides = archive(&[
        ("[Content_Types].xml", "<Types/>"),
        ("ppt/slides/slide10.xml", "<p:sld><a:p><a:r><a:t>tenth</a:t></a:r></a:p></p:sld>"),
        ("ppt/slides/slide2.xml", "<p:sld><a:p><a:r><a:t>second</a:t></a:r></a:p></p:sld>"),
    ]);
    assert_eq!(text(&slides), "second\ntenth");
    let open = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            "<office:text><text:h>Über</text:h><text:p>one<text:s/>two<text:line-break/>three</text:p>\
             <table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></office:text>",
        ),
    ]);
    assert_eq!(text(&open), "Über\none two\nthree\na\nb");
    assert_eq!(apart(&archive(&[("a.txt", "words in a plain archive")])), Made::default());
}

#[test]
fn office_files_show_the_picture_that_they_bring() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("mimetype", b"application/vnd.oasis.opendocument.text".to_vec()),
        ("content.xml", b"<a/>".to_vec()),
        ("Thumbnails/thumbnail.png", written(&halves(200, 256), ImageFormat::Png)),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    let made = apart(&writer.finish().unwrap().into_inner());
    assert_eq!(size(made.thumbnail.as_ref()), Some((200, 256)));
}

#[test]
fn texts_are_read_in_their_charset() {
    let utf16: Vec<u8> = "\u{feff}Größe der Datei".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let table: [(&[u8], &str); 7] = [
        ("Grüße aus Zürich".as_bytes(), "Grüße aus Zürich"),
        (b"Die Gr\xfc\xdfe kommen sp\xe4ter, sch\xf6ne Gr\xfc\xdfe", "Die Grüße kommen später, schöne Grüße"),
        (&utf16, "Größe der Datei"),
        (b"a,b\n1,2", "a,b\n1,2"),
        (b"<!doctype html><title>t</title><p>One<p>Two<script>no()</script>", "One\n\nTwo"),
        (b"<?xml version=\"1.0\"?><a><b>deep</b></a>", "deep"),
        (b"   \n\t ", ""),
    ];
    for (bytes, expected) in table {
        assert_eq!(text(bytes).replace("t\n\nOne", "One"), expected, "{bytes:?}");
    }
}

#[test]
fn text_is_bounded() {
    let long = "wörter ".repeat(PREVIEW_TEXT_BYTES_MAX / 4);
    let read = text(long.as_bytes());
    assert!(read.len() <= PREVIEW_TEXT_BYTES_MAX && read.len() > PREVIEW_TEXT_BYTES_MAX - 16);
}

#[test]
fn what_is_broken_is_nothing_and_stops_nobody() {
    let whole = [
        written(&halves(500, 500), ImageFormat::Png),
        written(&halves(500, 500), ImageFormat::Jpeg),
        written(&halves(50, 50), ImageFormat::Gif),
        old_pdf(&["Some words"]),
        archive(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w:p><w:t>words</w:t></w:p>")]),
    ];
    for bytes in whole {
        for end in [9, 40, bytes.len() / 3, bytes.len() / 2, bytes.len() - 20] {
            // Whether something can still be shown is for the reader to say; that it comes to an end is what counts.
            let _ = apart(&bytes[..end]);
        }
    }
    assert_eq!(apart(b"%PDF-1.7\nnothing of the kind"), Made::default());
    assert_eq!(apart(b"PK\x03\x04[Content_Types].xml and then nothing"), Made::default());
}

/// A picture that says it has this many pixels, and brings none of them.
fn huge(width: u32, height: u32) -> Vec<u8> {
    let mut png = written(&halves(2, 2), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    png
}

#[test]
fn pictures_with_too_many_pixels_are_not_unpacked() {
    let began = Instant::now();
    for (width, height) in [(60_000, 60_000), (7_100, 7_100), (1_000_000, 2)] {
        assert_eq!(apart(&huge(width, height)), Made::default(), "{width} by {height}");
    }
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn archives_that_swell_are_left_at_the_bound() {
    let swollen = format!("<w:p><w:t>{}</w:t></w:p>", "<w:x/>".repeat(12_000_000));
    let bytes = archive(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &swollen), ("word/header1.xml", "<w:t>late</w:t>")]);
    assert!(bytes.len() < 1_000_000, "it is small as it comes");
    assert_eq!(apart(&bytes).text, None, "what stands behind the bound is not read");
}

#[test]
fn rich_text_says_what_stands_in_it_and_not_how() {
    let plain = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\pict\pngblip 89504e47}The \b crankshaft\b0\par of the gr\'fcne pump}";
    assert_eq!(text(plain), "The crankshaft\nof the grüne pump");
    let wrapped = br"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}A {\*\htmltag84 <b>}gearwheel{\*\htmltag92 </b>}{\*\htmltag72 </p>}}";
    assert_eq!(text(wrapped), "A gearwheel");
    assert_eq!(text(br"{\rtf1{\info{\title Secret}}"), "");
}
