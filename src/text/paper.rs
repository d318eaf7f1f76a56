//! A document on paper, as a PDF: headings, facts and passages on A4, in fonts that are embedded as far as they are used. Only this room
//! knows how PDFs are written.
//!
//! Text is set in its own direction, line by line (UAX 9), and Arabic is joined. What the fonts have no glyph for is shown as � and counted,
//! so that the reader is told; nothing is left out silently. The same document gives the same bytes.

mod lines;

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
};

use crate::limits;
use lines::{Face, Fonts, Line, printable};

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
const FOOT: f32 = 34.0;
/// How far facts stand from their labels.
const LABEL: f32 = 120.0;

/// What is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paper {
    /// Tag of the language: `de`.
    pub language: String,
    /// In the head of the first page and the foot of each.
    pub title: String,
    /// Above the title: whose it is, and when it was printed.
    pub about: String,
    pub facts: Vec<(String, String)>,
    pub passages: Vec<Passage>,
    /// Said at the end if there were characters without a glyph.
    pub missing: String,
    /// Said at the end if there was no room for all of it.
    pub cut: String,
}

/// What somebody wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passage {
    /// Who and when.
    pub head: String,
    /// Shown apart: it is not for everybody.
    pub inner: bool,
    pub text: String,
}

/// How text is set.
#[derive(Clone, Copy)]
struct Style {
    face: Face,
    size: f32,
    grey: u8,
    indent: f32,
}

const BODY: Style = Style { face: Face::Plain, size: 10.0, grey: 20, indent: 0.0 };
const HEAD: Style = Style { face: Face::Bold, ..BODY };
const TITLE: Style = Style { face: Face::Bold, size: 16.0, ..BODY };
const QUIET: Style = Style { size: 8.5, grey: 90, ..BODY };

/// Draws it. None if the fonts cannot be read, which a test rules out.
pub fn pdf(paper: &Paper) -> Option<Vec<u8>> {
    let fonts = Fonts::load()?;
    let mut sheet = Sheet { pages: vec![Vec::new()], y: MARGIN, full: false, replaced: 0, fonts: &fonts };
    sheet.text(&paper.about, QUIET, None);
    sheet.text(&paper.title, TITLE, None);
    sheet.y += 6.0;
    for (label, value) in &paper.facts {
        sheet.fact(label, value);
    }
    for it in &paper.passages {
        sheet.y += 10.0;
        sheet.keep(40.0);
        let mark = it.inner.then_some(());
        sheet.rule();
        sheet.text(&it.head, Style { indent: if it.inner { 10.0 } else { 0.0 }, ..HEAD }, mark);
        sheet.text(&it.text, Style { indent: if it.inner { 10.0 } else { 0.0 }, ..BODY }, mark);
    }
    let replaced = sheet.replaced;
    if sheet.full {
        sheet.last_word(&paper.cut);
    } else if replaced > 0 {
        sheet.y += 12.0;
        sheet.text(&paper.missing, QUIET, None);
    }
    draw(paper, &fonts, &sheet.pages)
}

/// What stands where on a page.
enum Piece {
    Line {
        x: f32,
        y: f32,
        line: Line,
        style: Style,
    },
    /// A thin line across.
    Rule {
        y: f32,
    },
    /// The mark beside what is not for everybody.
    Mark {
        from: f32,
        to: f32,
    },
}

struct Sheet<'a> {
    pages: Vec<Vec<Piece>>,
    y: f32,
    /// No room is left on any page.
    full: bool,
    /// Characters without a glyph.
    replaced: usize,
    fonts: &'a Fonts,
}

impl Sheet<'_> {
    fn put(&mut self, piece: Piece) {
        if let Some(page) = self.pages.last_mut() {
            page.push(piece);
        }
    }

    /// Goes to the next page unless there is so much room.
    fn keep(&mut self, height: f32) {
        if self.y + height <= HEIGHT - MARGIN {
            return;
        }
        if self.pages.len() >= limits::PAPER_PAGES_MAX {
            self.full = true;
            return;
        }
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    fn rule(&mut self) {
        if !self.full {
            self.put(Piece::Rule { y: self.y });
            self.y += 6.0;
        }
    }

    fn text(&mut self, text: &str, style: Style, mark: Option<()>) {
        let (from, room) = (MARGIN + style.indent, WIDTH - 2.0 * MARGIN - style.indent);
        for paragraph in text.lines() {
            if self.full {
                return;
            }
            let (shown, replaced) = printable(self.fonts, style.face, paragraph);
            self.replaced += replaced;
            let height = style.size * 1.4;
            if shown.trim().is_empty() {
                self.y += height * 0.6;
                continue;
            }
            let mut left = shown.as_str();
            while !left.is_empty() && !self.full {
                // Some lines at a time, so that a long text costs no more than the pages that there are.
                let (lines, rest) = lines::broken(self.fonts, style.face, style.size, left, room);
                for line in lines {
                    self.keep(height);
                    if self.full {
                        return;
                    }
                    let x = if line.is_rtl { from + (room - line.width).max(0.0) } else { from };
                    if mark.is_some() {
                        self.put(Piece::Mark { from: self.y, to: self.y + height });
                    }
                    self.put(Piece::Line { x, y: self.y + style.size, line, style });
                    self.y += height;
                }
                left = rest;
            }
        }
    }

    /// A label and its value beside it.
    fn fact(&mut self, label: &str, value: &str) {
        let height = BODY.size * 1.4;
        self.keep(height);
        if self.full {
            return;
        }
        let (shown, replaced) = printable(self.fonts, QUIET.face, label);
        self.replaced += replaced;
        if let Some(line) = lines::broken(self.fonts, QUIET.face, QUIET.size, &shown, LABEL - 8.0).0.into_iter().next() {
            self.put(Piece::Line { x: MARGIN, y: self.y + BODY.size, line, style: QUIET });
        }
        let before = self.y;
        self.text(value, Style { indent: LABEL, ..BODY }, None);
        self.y = self.y.max(before + height);
    }

    /// A word at the end of the last page, over whatever stands there.
    fn last_word(&mut self, text: &str) {
        let (shown, _) = printable(self.fonts, HEAD.face, text);
        let line = lines::broken(self.fonts, HEAD.face, HEAD.size, &shown, WIDTH - 2.0 * MARGIN).0.into_iter().next();
        if let Some(line) = line {
            self.put(Piece::Line { x: MARGIN, y: HEIGHT - MARGIN + 6.0, line, style: HEAD });
        }
    }
}

fn draw(paper: &Paper, fonts: &Fonts, pages: &[Vec<Piece>]) -> Option<Vec<u8>> {
    let settings = SerializeSettings { compress_content_streams: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let language = if paper.language.is_empty() { "en" } else { &paper.language };
    document.set_metadata(Metadata::new().title(paper.title.clone()).language(language.to_owned()).creator("Lodge".to_owned()));
    for (at, pieces) in pages.iter().enumerate() {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
        let mut surface = page.surface();
        for piece in pieces {
            match piece {
                Piece::Line { x, y, line, style } => write(&mut surface, fonts, *x, *y, line, style),
                Piece::Rule { y } => fill(&mut surface, Rect::from_xywh(MARGIN, *y, WIDTH - 2.0 * MARGIN, 0.6)?, 200),
                Piece::Mark { from, to } => fill(&mut surface, Rect::from_xywh(MARGIN, *from, 2.0, to - from)?, 120),
            }
        }
        let foot = format!("{} · {} / {}", paper.title, at + 1, pages.len());
        let (foot, _) = printable(fonts, QUIET.face, &foot);
        if let Some(line) = lines::broken(fonts, QUIET.face, QUIET.size, &foot, WIDTH - 2.0 * MARGIN).0.into_iter().next() {
            write(&mut surface, fonts, MARGIN, HEIGHT - FOOT, &line, &QUIET);
        }
        surface.finish();
        page.finish();
    }
    document.finish().ok()
}

fn colour(surface: &mut Surface<'_>, grey: u8) {
    let paint = rgb::Color::new(grey, grey, grey).into();
    surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::default() }));
}

fn fill(surface: &mut Surface<'_>, shape: Rect, grey: u8) {
    let mut path = PathBuilder::new();
    path.push_rect(shape);
    if let Some(path) = path.finish() {
        colour(surface, grey);
        surface.draw_path(&path);
    }
}

fn write(surface: &mut Surface<'_>, fonts: &Fonts, x: f32, y: f32, line: &Line, style: &Style) {
    colour(surface, style.grey);
    let mut x = x;
    for run in &line.runs {
        surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, fonts.embedded(style.face), &run.text, style.size, false);
        x += run.width;
    }
}

#[cfg(test)]
mod tests;
