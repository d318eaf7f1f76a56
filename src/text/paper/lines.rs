//! Text as lines of glyphs: broken where words end, each line in the order in which it is read.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

/// DejaVu Sans, cut down to Latin, Greek, Cyrillic, Hebrew, Arabic, Georgian and signs.
static PLAIN: &[u8] = include_bytes!("sans.ttf");
static BOLD: &[u8] = include_bytes!("bold.ttf");

/// Characters of a word that nothing breaks.
const UNBROKEN_MAX: usize = 400;
/// Characters that are laid out at a time.
const AT_ONCE: usize = 4_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Plain,
    Bold,
}

/// The fonts, to measure with and to embed.
pub struct Fonts {
    faces: [rustybuzz::Face<'static>; 2],
    fonts: [Font; 2],
}

impl Fonts {
    pub fn load() -> Option<Fonts> {
        Some(Fonts {
            faces: [rustybuzz::Face::from_slice(PLAIN, 0)?, rustybuzz::Face::from_slice(BOLD, 0)?],
            fonts: [Font::new(PLAIN.into(), 0)?, Font::new(BOLD.into(), 0)?],
        })
    }

    fn face(&self, which: Face) -> &rustybuzz::Face<'static> {
        let [plain, bold] = &self.faces;
        if which == Face::Bold { bold } else { plain }
    }

    pub fn embedded(&self, which: Face) -> Font {
        let [plain, bold] = &self.fonts;
        if which == Face::Bold { bold.clone() } else { plain.clone() }
    }
}

/// Glyphs of one direction, from left to right.
pub struct Run {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub width: f32,
}

/// A line as it is drawn, from left to right.
pub struct Line {
    pub runs: Vec<Run>,
    pub width: f32,
    /// It is of a paragraph that is read from right to left.
    pub is_rtl: bool,
}

/// A text with � for what has no glyph, and for how many; what is never seen is left out.
pub fn printable(fonts: &Fonts, face: Face, text: &str) -> (String, usize) {
    let (mut out, mut replaced) = (String::with_capacity(text.len()), 0);
    for it in text.chars() {
        match it {
            '\t' => out.push_str("    "),
            // Spaces of other widths are spaces.
            it if it.is_whitespace() => out.push(' '),
            // Marks that steer, and pick a form of what stands before.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' => {}
            it if it.is_control() => {}
            it if fonts.face(face).glyph_index(it).is_some() => out.push(it),
            _ => {
                out.push('\u{fffd}');
                replaced += 1;
            }
        }
    }
    (out, replaced)
}

/// Lines that are at most so wide, of the beginning of a paragraph, and what is left of it.
pub fn broken<'t>(fonts: &Fonts, face: Face, size: f32, text: &'t str, room: f32) -> (Vec<Line>, &'t str) {
    let cut = text.char_indices().nth(AT_ONCE).map_or(text.len(), |(at, _)| text[..at].rfind(' ').map_or(at, |it| it + 1));
    let (now, rest) = text.split_at(cut);
    let bidi = BidiInfo::new(now, None);
    let mut lines = Vec::new();
    for paragraph in &bidi.paragraphs {
        for range in ranges(fonts, face, size, now, paragraph.range.clone(), room) {
            let (levels, runs) = bidi.visual_runs(paragraph, range);
            let runs: Vec<Run> = runs
                .into_iter()
                .map(|it| {
                    let is_rtl = levels.get(it.start).is_some_and(Level::is_rtl);
                    shaped(fonts, face, size, &now[it], is_rtl)
                })
                .collect();
            let width = runs.iter().map(|it| it.width).sum();
            lines.push(Line { runs, width, is_rtl: paragraph.level.is_rtl() });
        }
    }
    (lines, rest)
}

/// Where lines begin and end, in bytes; the space at which a line is broken belongs to none.
fn ranges(fonts: &Fonts, face: Face, size: f32, text: &str, of: Range<usize>, room: f32) -> Vec<Range<usize>> {
    let space = width(fonts, face, size, " ");
    let mut found = Vec::new();
    let (mut begin, mut end, mut used) = (of.start, of.start, 0.0);
    for word in words(&text[of.clone()]) {
        let word = of.start + word.start..of.start + word.end;
        for part in parts(fonts, face, size, text, word, room) {
            let wide = width(fonts, face, size, &text[part.clone()]);
            let gap = text[end..part.start].chars().count() as f32 * space;
            if end > begin && used + gap + wide > room {
                found.push(begin..end);
                (begin, used) = (part.start, wide);
            } else {
                used += gap + wide;
            }
            end = part.end;
        }
    }
    if end > begin {
        found.push(begin..end);
    }
    found
}

/// Where words begin and end.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.split(' ').filter_map(move |it| {
        let range = at..at + it.len();
        at = range.end + 1;
        (!it.is_empty()).then_some(range)
    })
}

/// A word, or its parts if it is wider than a line.
fn parts(fonts: &Fonts, face: Face, size: f32, text: &str, word: Range<usize>, room: f32) -> Vec<Range<usize>> {
    let is_short = text[word.clone()].chars().nth(UNBROKEN_MAX).is_none();
    if is_short && width(fonts, face, size, &text[word.clone()]) <= room {
        return vec![word];
    }
    let mut found = Vec::new();
    let (mut begin, mut used) = (word.start, 0.0);
    for (at, it) in text[word.clone()].char_indices() {
        let at = word.start + at;
        let wide = width(fonts, face, size, it.encode_utf8(&mut [0; 4]));
        if at > begin && used + wide > room {
            found.push(begin..at);
            (begin, used) = (at, 0.0);
        }
        used += wide;
    }
    found.push(begin..word.end);
    found
}

fn width(fonts: &Fonts, face: Face, size: f32, text: &str) -> f32 {
    // Letters that stand side by side need no shaping to be measured, as close as it is needed to break a line.
    if text.chars().all(|it| it < '\u{300}') {
        let face = fonts.face(face);
        let of = |it| face.glyph_index(it).and_then(|it| face.glyph_hor_advance(it)).unwrap_or(0);
        let units: u32 = text.chars().map(|it| u32::from(of(it))).sum();
        return units as f32 / face.units_per_em() as f32 * size;
    }
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    let face = fonts.face(face);
    let glyphs = rustybuzz::shape(face, &[], buffer);
    let units: i32 = glyphs.glyph_positions().iter().map(|it| it.x_advance).sum();
    units as f32 / face.units_per_em() as f32 * size
}

fn shaped(fonts: &Fonts, face: Face, size: f32, text: &str, is_rtl: bool) -> Run {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    let face = fonts.face(face);
    let em = face.units_per_em() as f32;
    let shaped = rustybuzz::shape(face, &[], buffer);
    // Which characters a glyph stands for: from its cluster to the next in the order of reading.
    let mut clusters: Vec<usize> = shaped.glyph_infos().iter().map(|it| it.cluster as usize).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let end_of = |start: usize| clusters.get(clusters.partition_point(|it| *it <= start)).copied().unwrap_or(text.len());
    let mut width = 0.0;
    let glyphs = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, place)| {
            let start = info.cluster as usize;
            width += place.x_advance as f32 / em * size;
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                place.x_advance as f32 / em,
                place.x_offset as f32 / em,
                place.y_offset as f32 / em,
                place.y_advance as f32 / em,
                start..end_of(start),
                None,
            )
        })
        .collect();
    Run { text: text.to_owned(), glyphs, width }
}
