//! What begins an earlier mail that stands unmarked in the text: a rule with words, `-----Original Message-----`, or the head of a
//! mail, `From: ... Sent: ... To: ... Subject: ...`, in the languages of mail clients. Below it, everything is the earlier mail.

use std::{collections::HashMap, sync::LazyLock};

use super::line::{Line, next_with_words};
use words::{FORWARDS, LABELS, Label, REPLY_ABOVE, RULES};

mod words;

/// Longer lines are prose, in bytes.
const LINE_BYTES_MAX: usize = 500;
/// Lines of a head that are looked at: recipients are often wrapped.
const HEAD_LINES_MAX: usize = 14;

/// What begins an earlier mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Lines that the head itself takes.
    pub lines: usize,
    /// Its words say that the mail is passed on, rather than answered.
    pub forward: bool,
}

/// A longer line is about something else, in bytes.
const REPLY_ABOVE_BYTES_MAX: usize = 100;

/// The kind of each label. What two languages mean differently counts as the first.
static KINDS: LazyLock<HashMap<&str, Label>> =
    LazyLock::new(|| LABELS.iter().rev().flat_map(|(kind, names)| names.iter().map(|it| (*it, *kind))).collect());

/// What begins here, if an earlier mail does.
pub fn at(lines: &[Line<'_>], from: usize) -> Option<Head> {
    let line = lines[from].words.as_ref();
    if line.len() > LINE_BYTES_MAX || line.is_empty() {
        return None;
    }
    if let Some(forward) = rule(line) {
        let head = next_with_words(lines, from + 1, 4).map_or(0, |it| head(lines, it).map_or(0, |head| it - from - 1 + head));
        return Some(Head { lines: 1 + head, forward });
    }
    if let Some(length) = head(lines, from) {
        return Some(Head { lines: length, forward: false });
    }
    // A bare rule belongs to the head below it.
    if is_bare_rule(line)
        && let Some(below) = next_with_words(lines, from + 1, 4)
        && lines[below].depth == lines[from].depth
    {
        return head(lines, below).map(|it| Head { lines: below - from + it, forward: false });
    }
    None
}

/// Whether a line is a rule with the words of an earlier mail; true inside: of one that is passed on.
fn rule(line: &str) -> Option<bool> {
    let is_mark = |c: char| {
        matches!(
            c,
            '-' | '_' | '=' | '*' | '—' | '–' | '―' | '─' | '━' | '>' | '<' | '#' | '+' | '~' | '|' | '[' | ']' | '(' | ')' | '【' | '】'
        ) || super::line::is_blank(c)
    };
    let bare = line.trim_matches(|c: char| is_mark(c) || matches!(c, ':' | '：' | '.')).to_lowercase();
    if bare.is_empty() || bare.len() > 200 {
        return None;
    }
    let marks = line.chars().take_while(|c| is_mark(*c)).filter(|c| !c.is_whitespace()).count();
    let marks_behind = line.chars().rev().take_while(|c| is_mark(*c)).filter(|c| !c.is_whitespace()).count();
    let ruled = marks >= 2 || (marks >= 1 && marks_behind >= 1);
    let colon = line.trim_end_matches(is_mark).ends_with([':', '：']);
    if bare.len() <= REPLY_ABOVE_BYTES_MAX && REPLY_ABOVE.iter().any(|it| bare.contains(it)) {
        return Some(false);
    }
    if !ruled && !colon {
        return None;
    }
    if FORWARDS.iter().any(|it| bare == *it || (ruled && bare.starts_with(it))) {
        return Some(true);
    }
    // Some clients add who and when: `---- On Mon, 3 May 2021 Ann wrote ----`.
    let told =
        [" wrote", " writes", " schrieb", " schreef", " escribió", " a écrit", " skrev", " написал"].iter().any(|it| bare.ends_with(it))
            || bare.starts_with("am ") && bare.contains(" schrieb")
            || bare.starts_with("le ") && bare.contains("écrit");
    (RULES.contains(&bare.as_str())
        || (ruled && RULES.iter().any(|it| bare.starts_with(it) && bare.len() <= it.len() + 60))
        || (ruled && told))
        .then_some(false)
}

/// A line of dashes or underscores and nothing else.
pub fn is_bare_rule(line: &str) -> bool {
    line.chars().filter(|c| !c.is_whitespace()).count() >= 3
        && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '─' | '━' | '#' | '~' | '+') || c.is_whitespace())
}

/// The number of lines of the head of a mail that begins here.
fn head(lines: &[Line<'_>], from: usize) -> Option<usize> {
    let first = label(&lines[from].words)?;
    let depth = lines[from].depth;
    let (mut kinds, mut last, mut since, mut blanks) = (vec![first.0], from, 0, 0);
    // Everything on one line, as some renderers of HTML leave it.
    if first.0 == Label::From && has_labels_inside(&lines[from].words) {
        return Some(1);
    }
    for (at, line) in lines.iter().enumerate().skip(from + 1).take(HEAD_LINES_MAX) {
        if line.depth != depth {
            break;
        }
        if line.is_blank() {
            blanks += 1;
            // Renderers of HTML may leave an empty line between two fields.
            if blanks > 1 || lines.get(at + 1).is_none_or(|it| label(&it.words).is_none()) {
                break;
            }
            continue;
        }
        match label(&line.words) {
            // No head says twice who it is from: another one begins.
            Some((Label::From | Label::Subject, _)) if last_of(&kinds, &lines[at].words) => break,
            Some((kind, _)) => {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
                (last, since, blanks) = (at, 0, 0);
            }
            // A wrapped value.
            None => {
                since += 1;
                if since > 4 {
                    break;
                }
            }
        }
    }
    let known = kinds.iter().filter(|it| **it != Label::Other).count();
    let has = |it: Label| kinds.contains(&it);
    let complete =
        has(Label::From) && known >= 3 || known == 4 || (has(Label::From) && first.0 == Label::From && has(Label::Date) && first.1);
    complete.then_some(last - from + 1)
}

/// Whether the head has this field already.
fn last_of(kinds: &[Label], words: &str) -> bool {
    label(words).is_some_and(|(kind, _)| kinds.contains(&kind))
}

/// The kind of a line `Label: value`, without emphasis; and whether its value names an address.
fn label(words: &str) -> Option<(Label, bool)> {
    let line = words.trim_start_matches(['*', '_', '|', ' ', '•', '·']);
    // Lotus and Japanese clients put blanks before the colon.
    let (name, value) = line.split_once([':', '：'])?;
    let name = name.trim_matches(|c: char| c == '*' || c == '_' || super::line::is_blank(c));
    if name.is_empty() || name.len() > 40 || value.starts_with("//") {
        return None;
    }
    let name = name.to_lowercase();
    let name: String = if name.is_ascii() { name } else { name.replace(['\u{3000}', '\u{a0}'], "") };
    Some((*KINDS.get(name.as_str())?, value.contains('@')))
}

/// `From: a Sent: b To: c Subject: d` on one line.
fn has_labels_inside(words: &str) -> bool {
    let lower = words.to_lowercase();
    let inside = |kind: Label| LABELS.iter().filter(|it| it.0 == kind).flat_map(|it| it.1).any(|it| lower.contains(&format!(" {it}:")));
    lower.len() > 40 && inside(Label::Subject) && inside(Label::To) && inside(Label::Date)
}

/// Whether a subject says that the mail is passed on: `Fwd:`, `WG:`, `TR:`.
pub fn is_forward(subject: &str) -> bool {
    let subject = subject.trim_start().to_lowercase();
    let Some((prefix, _)) = subject.split_once([':', '：']) else { return false };
    [
        "fwd",
        "fw",
        "wg",
        "tr",
        "rv",
        "enc",
        "i",
        "doorst",
        "vs",
        "vb",
        "vl",
        "pd",
        "pr",
        "转发",
        "轉寄",
        "転送",
        "전달",
        "fs",
        "továbbítás",
        "ilt",
        "tr.",
        "rif",
    ]
    .contains(&prefix.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::quote::line::of_text;

    fn found(text: &str) -> Option<Head> {
        let lines: Vec<Line<'_>> = text.lines().map(of_text).collect();
        at(&lines, 0)
    }

    #[test]
    fn heads_and_rules_of_clients() {
        for (text, lines) in [
            ("-----Original Message-----", Some(1)),
            ("-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Bob\nSubject: x\n\nHello", Some(5)),
            ("________________________________\nVon: Ann\nGesendet: Montag\nAn: Bob\nBetreff: x", Some(5)),
            ("From: Ann\nSent: Monday\nTo: Bob\nSubject: x", Some(4)),
            ("*De :* Ann\n*Envoyé :* lundi\n*À :* Bob\n*Objet :* x", Some(4)),
            ("De: Ana\nEnviado el: lunes\nPara: Luis\nAsunto: x", Some(4)),
            ("Van: An\nVerzonden: maandag\nAan: Bo\nOnderwerp: x", Some(4)),
            ("Da: Ann\nInviato: lunedì\nA: Bob\nOggetto: x", Some(4)),
            ("Från: Ann\nSkickat: måndag\nTill: Bob\nÄmne: x", Some(4)),
            ("Fra: Ann\nSendt: mandag\nTil: Bob\nEmne: x", Some(4)),
            ("Lähettäjä: Ann\nLähetetty: maanantai\nVastaanottaja: Bob\nAihe: x", Some(4)),
            ("Od: Ann\nOdesláno: pondělí\nKomu: Bob\nPředmět: x", Some(4)),
            ("От: Ann\nОтправлено: 3 мая\nКому: Bob\nТема: x", Some(4)),
            ("Kimden: Ann\nGönderildi: 3 Mayıs\nKime: Bob\nKonu: x", Some(4)),
            ("差出人: Ann\n送信日時: 2021年5月3日\n宛先: Bob\n件名: x", Some(4)),
            ("发件人：Ann\n发送时间：2021年5月3日\n收件人：Bob\n主题：x", Some(4)),
            ("보낸 사람: Ann\n보낸 날짜: 2021년\n받는 사람: Bob\n제목: x", Some(4)),
            ("---------- Weitergeleitete Nachricht ----------", Some(1)),
            ("##- Please type your reply above this line -##", Some(1)),
            ("From: the desk we see nothing.\nOr: nearly nothing.", None),
            ("-- ", None),
            ("-----", None),
            ("To: whom it may concern", None),
            ("Original message was fine", None),
        ] {
            assert_eq!(found(text).map(|it| it.lines), lines, "{text}");
        }
    }

    #[test]
    fn forwards_are_told_by_their_subject() {
        for (subject, expected) in [("Fwd: x", true), ("WG: x", true), ("TR : x", true), ("Re: x", false), ("x", false), ("转发：x", true)]
        {
            assert_eq!(is_forward(subject), expected, "{subject}");
        }
    }
}
