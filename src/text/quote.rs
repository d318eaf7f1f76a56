//! What of a mail its sender wrote, and what is quoted, so that a page can fold it. Nothing is deleted or moved: the ranges cover
//! the whole text, in order, and a reader can open each. First what was answered is compared, if it is known (`original`,
//! `answers`); then the habits of mail clients tell (`habits`); the same for HTML (`html`).
//! Invariant: concatenating the ranges gives the text; something is always shown; linear time.

use std::ops::Range;

mod announcement;
mod answers;
mod habits;
pub mod head;
pub mod html;
mod line;
pub mod markup;
mod original;
mod signature;

use habits::Class;
use line::Line;
use original::Originals;

/// What a stretch of a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What the sender wrote.
    Own,
    /// What the sender wrote inside a quote.
    Answer,
    /// An earlier mail, with what announces it.
    Quote,
    /// A signature below its delimiter, or what a phone added.
    Signature,
}

/// A stretch of whole lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// In bytes of the text.
    pub range: Range<usize>,
    pub kind: Kind,
    /// Shown closed at first. A quote that is answered right below stays open: it is the question.
    pub folded: bool,
}

/// Lines of a quote that stay open above an answer.
const CONTEXT_LINES_MAX: usize = 12;
/// Lines of a longer quote that stay open above an answer: its last paragraph.
const CONTEXT_PARAGRAPH_MAX: usize = 5;

/// Splits a text into what its sender wrote and what is quoted, by the habits of clients.
pub fn folds(text: &str) -> Vec<Fold> {
    folds_against(text, &[])
}

/// The same, knowing what may have been answered: the newest first.
pub fn folds_against(text: &str, originals: &[&str]) -> Vec<Fold> {
    let ranges = line::ranges(text);
    let lines: Vec<Line<'_>> = ranges.iter().map(|it| line::of_text(&text[it.clone()])).collect();
    let judged = judge(&lines, |at| &text[ranges[at].clone()], &Originals::of(originals));
    let mut folds: Vec<Fold> = Vec::new();
    for (range, (kind, folded)) in ranges.into_iter().zip(judged) {
        match folds.last_mut() {
            Some(last) if last.folded == folded && last.kind == kind => last.range.end = range.end,
            _ => folds.push(Fold { range, kind, folded }),
        }
    }
    folds
}

/// What the sender wrote, without quotes and signatures, for previews and for search; the whole text if that is nothing.
pub fn visible(text: &str) -> String {
    let own = |it: &Fold| matches!(it.kind, Kind::Own | Kind::Answer);
    let said: String = folds(text).into_iter().filter(own).map(|it| &text[it.range]).collect();
    if said.trim().is_empty() { text.trim().to_owned() } else { said.trim().to_owned() }
}

/// The kind of each line, and whether it is folded.
fn judge<'a>(lines: &[Line<'_>], raw: impl Fn(usize) -> &'a str, originals: &Originals) -> Vec<(Kind, bool)> {
    let mut classes = habits::classes(lines, raw);
    answers::recognise(lines, originals, &mut classes);
    absorb_blanks(lines, &mut classes);
    let says = |it: &Class| matches!(it.kind, Kind::Own | Kind::Answer);
    // A mail that only quotes, such as a bare forward, is shown: folding it would show nothing.
    if !lines.iter().zip(&classes).any(|(line, class)| says(class) && !line.is_blank()) {
        return classes.iter().map(|it| (it.kind, false)).collect();
    }
    let mut judged: Vec<(Kind, bool)> = classes.iter().map(|it| (it.kind, !says(it))).collect();
    open_questions(lines, &classes, &mut judged);
    judged
}

/// Empty lines belong to what follows them; at the end, to what stands above.
fn absorb_blanks(lines: &[Line<'_>], classes: &mut [Class]) {
    let last = lines.iter().rposition(|it| !it.is_blank()).map(|it| classes[it]);
    let mut below: Option<Class> = last;
    for at in (0..lines.len()).rev() {
        if lines[at].is_blank() && lines[at].depth == 0 {
            classes[at] = below.map_or(classes[at], |it| Class { frame: false, ..it });
        } else {
            below = Some(classes[at]);
        }
    }
}

/// Opens the quotes that are answered right below, so far as they are the question.
fn open_questions(lines: &[Line<'_>], classes: &[Class], judged: &mut [(Kind, bool)]) {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let run = classes[at..].iter().take_while(|it| it.kind == Kind::Quote).count();
        let answered = run > 0 && classes.get(at + run).is_some_and(|it| matches!(it.kind, Kind::Own | Kind::Answer));
        if answered && classes[at..at + run].iter().any(|it| it.marked || classes[at + run].kind == Kind::Answer) {
            runs.push(at..at + run);
        }
        at += run.max(1);
    }
    let interleaved = runs.len() > 1;
    for run in runs {
        let said = |range: Range<usize>| range.filter(|&it| !lines[it].is_blank()).count();
        let from = run.clone().rev().find(|&it| classes[it].frame).map_or(run.start, |it| it + 1);
        let framed = from - run.start;
        let answers = classes.get(run.end).is_some_and(|it| it.kind == Kind::Answer);
        // The whole mail above its answer is no question, but what everybody has read.
        let above = (0..run.start).any(|it| !lines[it].is_blank() && matches!(classes[it].kind, Kind::Own));
        if framed > 0 && !above && !interleaved && !answers {
            continue;
        }
        if said(from..run.end) <= CONTEXT_LINES_MAX {
            // Who was quoted is told in a line or two; the head of a mail stays closed.
            let from = if framed <= 2 { run.start } else { from };
            judged[from..run.end].iter_mut().for_each(|it| it.1 = false);
        } else if interleaved || answers {
            let end = (from..run.end).rev().find(|&it| !lines[it].is_blank()).map_or(run.end, |it| it + 1);
            let paragraph = (from..end).rev().take_while(|&it| !lines[it].is_blank()).take(CONTEXT_PARAGRAPH_MAX).last();
            judged[paragraph.unwrap_or(end)..run.end].iter_mut().for_each(|it| it.1 = false);
        }
    }
}

#[cfg(test)]
mod tests;
