//! What each line of a mail is, by the habits of mail clients alone: somebody's own words, a quote with its announcement, a
//! signature. It does not know what was answered; `answers` does. Invariant: linear, since everything looked for is bounded.

use super::{
    Kind, announcement, head,
    line::{Hint, Line, next_with_words},
    signature,
};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    pub kind: Kind,
    /// Announces a quote or is the head of one: nobody's answer.
    pub frame: bool,
    /// Marked as quoted, so that what stands between is not.
    pub marked: bool,
}

const OWN: Class = Class { kind: Kind::Own, frame: false, marked: false };
const FRAME: Class = Class { kind: Kind::Quote, frame: true, marked: false };
const MARKED: Class = Class { kind: Kind::Quote, frame: false, marked: true };
const HISTORY: Class = Class { kind: Kind::Quote, frame: false, marked: false };
const SIGNATURE: Class = Class { kind: Kind::Signature, frame: false, marked: false };

/// The classes of the lines. `raw` gives a line with its blanks.
pub fn classes<'a>(lines: &[Line<'_>], raw: impl Fn(usize) -> &'a str) -> Vec<Class> {
    let mut found = vec![OWN; lines.len()];
    let answered = containers_with_marks(lines);
    let mut at = 0;
    while at < lines.len() {
        let line = &lines[at];
        if line.depth > 0 {
            found[at] = MARKED;
            at += 1;
            continue;
        }
        if line.is_blank() {
            at += 1;
            continue;
        }
        let (frame, everything_below) = frame_at(lines, at);
        if everything_below {
            found[at..at + frame].fill(FRAME);
            history(lines, at + frame, &mut found);
            break;
        }
        if frame > 0 {
            found[at..at + frame].fill(FRAME);
            at += frame;
            at = indented(lines, at, &mut found);
            continue;
        }
        let contained = line.container.is_some_and(|it| !answered.get(it).copied().unwrap_or(false));
        if contained {
            found[at] = HISTORY;
        } else if line.hint == Hint::Signature {
            found[at] = SIGNATURE;
        } else {
            let signed = signature::at(lines, at, raw(at));
            found[at..at + signed].fill(SIGNATURE);
            at += signed.saturating_sub(1);
        }
        at += 1;
    }
    overflown(lines, &mut found);
    delimiters_at_the_end(lines, &mut found);
    found
}

/// A marked line that a server wrapped leaves its last words unmarked: they stand alone between marked lines.
fn overflown(lines: &[Line<'_>], found: &mut [Class]) {
    for at in 1..lines.len().saturating_sub(1) {
        let between = lines[at - 1].depth > 0 && lines[at].depth == 0 && lines[at + 1].depth > 0 && !lines[at].is_blank();
        let wrapped = lines[at - 1].words.len() >= WRAPPED_BYTES_MIN && lines[at].words.len() < lines[at - 1].words.len();
        if between && wrapped && found[at].kind == Kind::Own && lines[at].container.is_none() {
            found[at] = MARKED;
        }
    }
}

/// Lines are wrapped from about here on, in bytes.
const WRAPPED_BYTES_MIN: usize = 60;

/// Containers in which a quote is marked: what is not marked in them was written between.
fn containers_with_marks(lines: &[Line<'_>]) -> Vec<bool> {
    let mut found = Vec::new();
    for line in lines {
        if let Some(container) = line.container {
            if found.len() <= container {
                found.resize(container + 1, false);
            }
            found[container] |= line.depth > 0;
        }
    }
    found
}

/// The lines that frame a quote here, and whether everything below them is quoted.
fn frame_at(lines: &[Line<'_>], at: usize) -> (usize, bool) {
    if let Some(head) = head::at(lines, at) {
        return (head.lines, !is_marked_below(lines, at + head.lines));
    }
    // In a client's own container, whatever stands above the marks and ends in a colon announces them.
    if lines[at].container.is_some()
        && lines[at].words.ends_with([':', '：'])
        && next_with_words(lines, at + 1, 3).is_some_and(|it| lines[it].depth > 0)
    {
        return (1, false);
    }
    match lines[at].hint {
        Hint::Begins => return (1, !is_marked_below(lines, at + 1)),
        Hint::Announces => return (1, false),
        Hint::None | Hint::Signature => {}
    }
    let Some(it) = announcement::at(lines, at) else { return (0, false) };
    if is_marked_below(lines, at + it.lines) {
        return (it.lines, false);
    }
    match next_with_words(lines, at + it.lines, 6) {
        // A prose line that ends in "he wrote:" is followed by words like any other.
        Some(next) if lines[next].indented => (it.lines, false),
        _ if it.sure => (it.lines, true),
        _ => (0, false),
    }
}

/// Whether the quote that is framed above this line is marked.
fn is_marked_below(lines: &[Line<'_>], from: usize) -> bool {
    next_with_words(lines, from, 6).is_some_and(|it| lines[it].depth > 0)
        // Marks alone on their lines count, too.
        || lines[from.min(lines.len())..].iter().take(3).any(|it| it.depth > 0)
}

/// Everything from here on is an earlier mail.
fn history(lines: &[Line<'_>], from: usize, found: &mut [Class]) {
    for at in from..lines.len() {
        found[at] = if lines[at].depth > 0 { MARKED } else { HISTORY };
    }
    // Heads of still earlier mails inside are nobody's answers.
    let mut at = from;
    while at < lines.len() {
        let frame = head::at(lines, at).map_or(0, |it| it.lines).max(announcement::at(lines, at).map_or(0, |it| it.lines));
        found[at..at + frame].fill(FRAME);
        at += frame.max(1);
    }
}

/// What is indented below an announcement is what it announces; gives where that ends.
fn indented(lines: &[Line<'_>], from: usize, found: &mut [Class]) -> usize {
    let Some(mut at) = next_with_words(lines, from, 6).filter(|it| lines[*it].indented && lines[*it].depth == 0) else { return from };
    while at < lines.len() && (lines[at].indented || lines[at].is_blank()) {
        found[at] = MARKED;
        at += 1;
    }
    at
}

/// Rules and marks without a word at the very end frame nothing any more.
fn delimiters_at_the_end(lines: &[Line<'_>], found: &mut [Class]) {
    let wordless = |it: &Line<'_>| !it.words.chars().any(char::is_alphanumeric) && it.words.chars().count() != 1 && it.words.is_ascii();
    let end = (0..lines.len()).rev().find(|&it| !lines[it].is_blank() && found[it].kind == Kind::Own);
    let Some(mut at) = end else { return };
    // Only below words: a mail of nothing but dots says just that.
    while found[at].kind == Kind::Own && (lines[at].is_blank() || wordless(&lines[at])) {
        if at == 0 {
            return;
        }
        at -= 1;
    }
    let rules =
        lines[at + 1..].iter().zip(&found[at + 1..]).any(|(line, class)| class.kind == Kind::Own && head::is_bare_rule(&line.words));
    if rules {
        for (line, class) in lines[at + 1..].iter().zip(&mut found[at + 1..]) {
            if class.kind == Kind::Own && !line.is_blank() {
                *class = SIGNATURE;
            }
        }
    }
}
