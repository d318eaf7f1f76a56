//! Where the quoted part of a plain-text mail begins, so that a page can fold it. Nothing is deleted or moved: the
//! ranges cover the whole text, in order, and a reader can open each. It does not know the original that was quoted.
//! Invariant: concatenating the ranges gives the text; linear time.

use std::ops::Range;

/// A stretch of whole lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// In bytes of the text.
    pub range: Range<usize>,
    /// Shown closed at first.
    pub folded: bool,
}

/// Lines that may belong to one announcement ("On ... wrote:"), at most.
const ANNOUNCEMENT_LINES_MAX: usize = 4;
/// A longer line is prose, not an announcement, in bytes.
const ANNOUNCEMENT_BYTES_MAX: usize = 400;

/// Splits a text into what its sender wrote and what is quoted.
pub fn folds(text: &str) -> Vec<Fold> {
    let lines = lines(text);
    let mut quoted = vec![false; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        if begins_history(text, &lines, at) {
            quoted[at..].fill(true);
            break;
        }
        let announced = announcement(text, &lines, at);
        if announced > 0 {
            let next = next_with_text(text, &lines, at + announced);
            match next.map(|it| is_marked(&text[lines[it].clone()])) {
                // The quote is marked: only it is folded, so that answers between stay visible.
                Some(true) => quoted[at..at + announced].fill(true),
                // Announced, but unmarked: everything below is the quoted mail.
                _ if announced_surely(text, &lines, at, announced) => {
                    quoted[at..].fill(true);
                    break;
                }
                _ => {}
            }
            at += announced;
            continue;
        }
        quoted[at] = is_marked(&text[lines[at].clone()]);
        at += 1;
    }
    absorb_blanks(text, &lines, &mut quoted);
    join(text, &lines, &quoted)
}

/// The text without what is folded, for previews and for search in what somebody wrote.
pub fn visible(text: &str) -> String {
    folds(text).into_iter().filter(|it| !it.folded).map(|it| &text[it.range]).collect::<String>().trim().to_owned()
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let range = at..at + line.len();
            at += line.len();
            range
        })
        .collect()
}

fn is_marked(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\u{a0}']);
    line.starts_with('>') || line.starts_with('｜') || line.starts_with("|>")
}

fn next_with_text(text: &str, lines: &[Range<usize>], from: usize) -> Option<usize> {
    (from..lines.len().min(from + 4)).find(|&it| !text[lines[it].clone()].trim().is_empty())
}

/// A rule with words, `-----Original Message-----`, in the languages of its senders.
const RULES: [&str; 38] = [
    "original message",
    "original appointment",
    "forwarded message",
    "ursprüngliche nachricht",
    "originalnachricht",
    "urspruengliche nachricht",
    "weitergeleitete nachricht",
    "ursprünglicher termin",
    "message d'origine",
    "message original",
    "message transféré",
    "message initial",
    "mensaje original",
    "mensaje reenviado",
    "oorspronkelijk bericht",
    "origineel bericht",
    "doorgestuurd bericht",
    "messaggio originale",
    "messaggio inoltrato",
    "mensagem original",
    "mensagem encaminhada",
    "oryginalna wiadomość",
    "wiadomość oryginalna",
    "wiadomość przekazana",
    "wiadomość oryginalna",
    "ursprungligt meddelande",
    "originalmeddelande",
    "vidarebefordrat meddelande",
    "元のメッセージ",
    "original mail",
    "転送メッセージ",
    "原始邮件",
    "原始郵件",
    "转发的邮件",
    "邮件原件",
    "reply message",
    "message d’origine",
    "begin forwarded message",
];
/// Labels of a quoted head, each with a language's words for sender, date, recipient, subject.
const FROM_LABELS: [&str; 14] =
    ["from", "von", "de", "van", "da", "od", "från", "差出人", "发件人", "寄件者", "送信者", "fra", "lähettäjä", "寄件人"];
const OTHER_LABELS: [&str; 45] = [
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "reply-to",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "envoyé",
    "envoyé le",
    "à",
    "objet",
    "enviado",
    "enviado el",
    "enviada em",
    "enviada",
    "fecha",
    "para",
    "asunto",
    "verzonden",
    "aan",
    "onderwerp",
    "inviato",
    "data",
    "a",
    "oggetto",
    "assunto",
    "wysłano",
    "do",
    "temat",
    "skickat",
    "till",
    "ämne",
    "送信日時",
    "宛先",
    "件名",
    "发送时间",
    "收件人",
    "主题",
    "寄件日期",
    "收件者",
    "主旨",
    "日期",
];

/// Whether everything from here on is an earlier mail: a rule with words, or the head of a mail in the text.
fn begins_history(text: &str, lines: &[Range<usize>], at: usize) -> bool {
    let line = text[lines[at].clone()].trim();
    if line.len() > ANNOUNCEMENT_BYTES_MAX || line.is_empty() {
        return false;
    }
    let bare = line.trim_matches(|c: char| matches!(c, '-' | '_' | '=' | '*' | ' ' | ':' | '—' | '–' | '>' | '\u{a0}'));
    let ruled = line.starts_with("--") || line.starts_with("__") || line.starts_with("==") || line.starts_with("——");
    if (ruled || line.ends_with(':')) && bare.len() <= 60 && RULES.contains(&bare.to_lowercase().as_str()) {
        return true;
    }
    let is_first = label(line).is_some_and(|it| FROM_LABELS.contains(&it.as_str()));
    is_first && {
        let rest = lines[at + 1..].iter().take(6).map(|it| text[it.clone()].trim());
        // A wrapped value may stand between two labels, but the head ends at an empty line.
        let labels = rest.take_while(|it| !it.is_empty()).filter_map(label).filter(|it| OTHER_LABELS.contains(&it.as_str()));
        labels.count() >= 2
    }
}

/// The label of a line `Label: value`, without emphasis, in lower case.
fn label(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['*', '>', ' ', '_']);
    let (name, _) = line.split_once([':', '：'])?;
    let name = name.trim_matches(|c: char| c == '*' || c == '_' || c.is_whitespace());
    (!name.is_empty() && name.len() <= 30).then(|| name.to_lowercase())
}

/// How announcements begin and end, per language. Both must be met in the same few lines.
const OPENINGS: [&str; 19] = [
    "on ",
    "am ",
    "le ",
    "el ",
    "op ",
    "il ",
    "em ",
    "w dniu ",
    "dnia ",
    "den ",
    "at ",
    "in a message",
    "på ",
    "pe ",
    "il giorno ",
    "a ",
    "no dia ",
    "vào ",
    "ons ",
];
const ENDINGS: [&str; 30] = [
    "wrote",
    "writes",
    "schrieb",
    "a écrit",
    "écrit",
    "escribió",
    "escribio",
    "schreef",
    "ha scritto",
    "scritto",
    "scrive",
    "escreveu",
    "napisał",
    "napisał(a)",
    "napisała",
    "pisze",
    "skrev",
    "のメール",
    "書きました",
    "写道",
    "寫道",
    "写到",
    "さんは書きました",
    "skrev følgende",
    "kirjoitti",
    "schrieb folgendes",
    "wrote the following",
    "said",
    "geschrieben",
    "a écrit ce qui suit",
];

/// The number of lines of an announcement that begins here; zero if none does.
fn announcement(text: &str, lines: &[Range<usize>], at: usize) -> usize {
    let first = text[lines[at].clone()].trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '\u{a0}').to_lowercase();
    if first.is_empty() || first.len() > ANNOUNCEMENT_BYTES_MAX || is_marked(&first) {
        return 0;
    }
    let opened = OPENINGS.iter().any(|it| first.starts_with(it))
        || first.starts_with(|c: char| c.is_ascii_digit())
        || first.contains('@')
        || first.contains("年");
    for count in 1..=ANNOUNCEMENT_LINES_MAX.min(lines.len() - at) {
        let last = text[lines[at + count - 1].clone()].trim();
        if last.is_empty() || is_marked(last) || (!opened && count > 1) {
            return 0;
        }
        if ends_announcement(last) {
            let whole = &text[lines[at].start..lines[at + count - 1].end];
            // Prose also ends in "he wrote:"; a date, a time or an address tells them apart.
            let told = whole.chars().any(|c| c.is_ascii_digit()) || whole.contains('@');
            return if told || !opened && count == 1 { count } else { 0 };
        }
    }
    0
}

fn ends_announcement(line: &str) -> bool {
    let line = line.trim_end_matches(|c: char| c.is_whitespace() || c == '*' || c == '\u{a0}');
    let Some(line) = line.strip_suffix([':', '：']).or_else(|| line.strip_suffix(":-")) else { return false };
    let line = line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '>' | '"')).to_lowercase();
    ENDINGS.iter().any(|it| line.ends_with(it) && (!it.is_ascii() || !line[..line.len() - it.len()].ends_with(|c: char| c.is_alphanumeric())))
        // German puts the verb first: "Am 3. Mai schrieb Erika <e@x>:".
        || [" schrieb ", " wrote ", " schreef ", " skrev ", " napisał", " escreveu ", " escribió ", " a écrit "]
            .iter()
            .any(|it| line.contains(it) && OPENINGS.iter().any(|opening| line.starts_with(opening)))
        || (line.starts_with("schrieb ") || line.starts_with("schreef ") || line.starts_with("skrev ")) && line.contains('@')
}

/// Without marks below it, an announcement must have an opening and a number or address to count.
fn announced_surely(text: &str, lines: &[Range<usize>], at: usize, count: usize) -> bool {
    let whole = text[lines[at].start..lines[at + count - 1].end].trim().trim_start_matches('*').to_lowercase();
    let opened = OPENINGS.iter().any(|it| whole.starts_with(it)) || whole.starts_with(|c: char| c.is_ascii_digit()) || whole.contains('年');
    opened && whole.chars().filter(char::is_ascii_digit).count() >= 3
}

/// Empty lines between two quoted lines belong to the quote; those before it too.
fn absorb_blanks(text: &str, lines: &[Range<usize>], quoted: &mut [bool]) {
    let mut below = false;
    for at in (0..lines.len()).rev() {
        let blank = text[lines[at].clone()].trim().is_empty();
        if blank {
            quoted[at] |= below;
        } else {
            below = quoted[at];
        }
    }
}

fn join(text: &str, lines: &[Range<usize>], quoted: &[bool]) -> Vec<Fold> {
    let mut folds: Vec<Fold> = Vec::new();
    for (line, &folded) in lines.iter().zip(quoted) {
        match folds.last_mut() {
            Some(last) if last.folded == folded => last.range.end = line.end,
            _ => folds.push(Fold { range: line.clone(), folded }),
        }
    }
    // A mail that only quotes, such as a bare forward, is shown: folding it would show nothing.
    let says_nothing = !folds.iter().any(|it| !it.folded && !text[it.range.clone()].trim().is_empty());
    if says_nothing {
        folds.iter_mut().for_each(|it| it.folded = false);
        return if text.is_empty() { Vec::new() } else { vec![Fold { range: 0..text.len(), folded: false }] };
    }
    folds
}

#[cfg(test)]
mod tests;
