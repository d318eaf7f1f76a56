//! A line of a mail as the folding sees it, whether it stood in plain text or in HTML: its words, and how deep it is quoted.
//! It judges nothing. Invariant: the lines of a plain text cover it, in order.

use std::{borrow::Cow, ops::Range};

/// What the markup around a line says about it. Plain text says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hint {
    #[default]
    None,
    /// Everything from here on is an earlier mail: a client's divider.
    Begins,
    /// Announces a quote: "On ... wrote:".
    Announces,
    /// Stands in what a client makes for signatures.
    Signature,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line<'a> {
    /// Without line end, marks of quotes and blanks around.
    pub words: Cow<'a, str>,
    /// How deep it is quoted, by marks or by what clients make for quotes.
    pub depth: usize,
    /// Which of the client's containers for quotes it stands in.
    pub container: Option<usize>,
    /// Indented by markup that clients use for quotes and people use for other things.
    pub indented: bool,
    pub hint: Hint,
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        self.words.is_empty()
    }
}

/// The ranges of the lines of a text, line ends included.
pub fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let range = at..at + line.len();
            at += line.len();
            range
        })
        .collect()
}

/// Nesting of quotes that is told apart.
const DEPTH_MAX: usize = 50;

/// A line of a plain text.
pub fn of_text(line: &str) -> Line<'_> {
    let mut rest = line.trim_matches(is_blank);
    let mut depth = 0;
    while depth < DEPTH_MAX {
        let Some(inner) = initials(rest).or_else(|| ["|>", ">", "》", "｜", "&gt;"].iter().find_map(|it| rest.strip_prefix(it))) else {
            break;
        };
        // An arrow or a comparison at the beginning of a line is somebody's own.
        if depth == 0 && rest.starts_with(">") && inner.starts_with('=') {
            break;
        }
        depth += 1;
        rest = inner.trim_start_matches(is_blank);
    }
    Line { words: Cow::Borrowed(rest), depth, ..Line::default() }
}

/// The initials of whoever is quoted, as some clients put before the mark: `AB> `.
fn initials(line: &str) -> Option<&str> {
    let length = line.bytes().take(4).take_while(u8::is_ascii_uppercase).count();
    let rest = line.get(length..)?.strip_prefix('>')?;
    ((1..=3).contains(&length) && (rest.is_empty() || rest.starts_with(' '))).then_some(rest)
}

/// White space and what has no width.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{ad}' | '\u{1427}' | '\u{202a}'..='\u{202e}' | '\u{3164}')
}

/// The next line that says something, among the `within` lines from `from` on.
pub fn next_with_words(lines: &[Line<'_>], from: usize, within: usize) -> Option<usize> {
    (from..lines.len().min(from.saturating_add(within))).find(|&it| !lines[it].is_blank())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_and_taken_off() {
        for (line, depth, words) in [
            ("hello\r\n", 0, "hello"),
            ("> hello", 1, "hello"),
            (">> > hello ", 3, "hello"),
            (" >hello", 1, "hello"),
            (">", 1, ""),
            ("|> hello", 1, "hello"),
            ("AB> hello", 1, "hello"),
            ("NOT> a quote of four", 1, "a quote of four"),
            ("LIST> four letters", 0, "LIST> four letters"),
            (">= 3 of them", 0, ">= 3 of them"),
            ("\u{a0}\u{200b}", 0, ""),
        ] {
            let it = of_text(line);
            assert_eq!((it.depth, it.words.as_ref()), (depth, words), "{line:?}");
        }
    }
}
