//! What somebody wrote inside a quote, told by the original: a line of the quote that stands in no mail that was answered is an
//! answer, however the client marked it. And the other way: what stands in the original and was left unmarked is a quote.
//! Invariant: the head of a quote and what is quoted of mails that are not ours never become answers.

use super::{
    Kind,
    habits::Class,
    line::Line,
    original::{Match, Originals},
    signature,
};

/// Words that must be known before unmarked lines count as quoted: a sentence may well be said twice.
const UNMARKED_WORDS_MIN: usize = 12;
/// Banners that gateways put into mails.
const BANNERS: [&str; 12] = [
    "[external",
    "external email",
    "external sender",
    "caution:",
    "this email originated from outside",
    "this message originated from outside",
    "you don't often get email from",
    "you don’t often get email from",
    "achtung: externe",
    "*** externe",
    "vorsicht: diese e-mail",
    "attention: courriel externe",
];

/// Corrects the classes by what is known of the originals.
pub fn recognise(lines: &[Line<'_>], originals: &Originals, classes: &mut [Class]) {
    if originals.is_empty() {
        return;
    }
    let matches = originals.compare(lines);
    unmarked_quotes(lines, &matches, classes);
    let mut at = 0;
    while at < classes.len() {
        let end =
            at + classes[at..].iter().zip(&lines[at..]).take_while(|(class, line)| class.kind == Kind::Quote || line.is_blank()).count();
        if end > at {
            inside(&lines[at..end], &matches[at..end], &mut classes[at..end]);
        }
        at = end.max(at + 1);
    }
}

/// The answers in one stretch of quoted lines, if enough of it is known.
fn inside(lines: &[Line<'_>], matches: &[Match], classes: &mut [Class]) {
    let counted = || matches.iter().zip(classes.iter()).filter(|(_, class)| !class.frame).map(|(it, _)| it);
    let (words, known) = counted().fold((0, 0), |sum, it| (sum.0 + it.words, sum.1 + it.known));
    if words == 0 || known * 5 < words * 2 {
        return;
    }
    // A frame without anything known below it begins a mail that is not ours.
    let mut foreign = false;
    let mut seen_known = false;
    for at in 0..lines.len() {
        if classes[at].frame {
            let until = classes[at + 1..].iter().position(|it| it.frame).map_or(lines.len(), |it| at + 1 + it);
            let below = &matches[at + 1..until];
            let (words, known) = below.iter().fold((0, 0), |sum, it| (sum.0 + it.words, sum.1 + it.known));
            // Within one frame of many lines, the last of them decides.
            foreign = words > 0 && known * 5 < words;
            continue;
        }
        let it = matches[at];
        seen_known |= it.known > 0;
        if !foreign && seen_known && it.is_new() && !is_noise(&lines[at]) {
            classes[at].kind = Kind::Answer;
        }
    }
    above_the_first(lines, matches, classes);
}

/// Some answer above the first quoted line, right below its frame.
fn above_the_first(lines: &[Line<'_>], matches: &[Match], classes: &mut [Class]) {
    let Some(first) = matches.iter().zip(classes.iter()).position(|(it, class)| it.known > 0 && !class.frame) else { return };
    for at in (0..first).rev() {
        if classes[at].frame || classes[at].kind != Kind::Quote {
            return;
        }
        if matches[at].is_new() && matches[at].words >= ABOVE_WORDS_MIN && !is_noise(&lines[at]) {
            classes[at].kind = Kind::Answer;
        }
    }
}

/// A shorter line above the first that is known is the greeting of our own mail.
const ABOVE_WORDS_MIN: usize = 4;

/// Runs of unmarked lines that stand word by word in an original.
fn unmarked_quotes(lines: &[Line<'_>], matches: &[Match], classes: &mut [Class]) {
    let mut at = 0;
    while at < lines.len() {
        let run =
            (at..lines.len()).take_while(|&it| classes[it].kind == Kind::Own && (matches[it].is_known() || matches[it].words == 0)).count();
        let known: usize = matches[at..at + run].iter().map(|it| it.words).sum();
        let told = matches[at..at + run].iter().filter(|it| it.words > 0).count();
        if known >= UNMARKED_WORDS_MIN && told >= 2 {
            classes[at..at + run].iter_mut().for_each(|it| it.kind = Kind::Quote);
        }
        at += run.max(1);
    }
}

/// What clients and gateways put into a quote by themselves.
fn is_noise(line: &Line<'_>) -> bool {
    let lower = line.words.to_lowercase();
    let picture =
        line.words.starts_with("[cid:") || line.words.starts_with("[image") || (line.words.starts_with('[') && line.words.ends_with(']'));
    picture
        || signature::is_added_by_app(&line.words)
        || BANNERS.iter().any(|it| lower.trim_start_matches(['*', ' ', '[', '!']).starts_with(it))
}
