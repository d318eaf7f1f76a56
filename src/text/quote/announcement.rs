//! Lines that announce a quote, in the languages of mail clients: "On 3 May 2021, Ann wrote:". They name who wrote and when, and
//! are often wrapped over a few lines. What follows them decides how sure they are; that is told in `habits`.

use super::line::Line;

/// Lines that may belong to one announcement, at most.
const LINES_MAX: usize = 5;
/// A longer announcement is prose, in bytes.
const BYTES_MAX: usize = 500;

/// An announcement that begins at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announcement {
    /// How many lines it takes.
    pub lines: usize,
    /// It opens as announcements do and names a date: no marks are needed below it.
    pub sure: bool,
}

/// How announcements begin. A number, a weekday, an address or a name in quotation marks may stand there, too.
const OPENINGS: [&str; 36] = [
    "在 ",
    "于",
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
    "no dia ",
    "a ",
    "dne ",
    "el día ",
    "il giorno ",
    "vào ",
    "în ",
    "ons ",
    "tor",
    "pá ",
    "po ",
    "út ",
    "st ",
    "čt ",
    "so ",
    "ne ",
    "quoting ",
    "in reply to",
    "στις ",
    "v ",
];
const WEEKDAYS: [&str; 88] = [
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "mo.",
    "di.",
    "mi.",
    "do.",
    "fr.",
    "sa.",
    "so.",
    "mo,",
    "di,",
    "mi,",
    "do,",
    "fr,",
    "sa,",
    "so,",
    "lun",
    "mar",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "mié",
    "mie",
    "jue",
    "vie",
    "sáb",
    "sab",
    "dom",
    "ma ",
    "di ",
    "wo ",
    "do ",
    "vr ",
    "za ",
    "zo ",
    "gio",
    "seg",
    "ter",
    "qua",
    "qui",
    "sex",
    "pon",
    "wt",
    "śr",
    "czw",
    "pt",
    "sob",
    "niedz",
    "mån",
    "tis",
    "ons",
    "tors",
    "fre",
    "lör",
    "sön",
    "man",
    "tir",
    "tor",
    "lør",
    "søn",
    "ma",
    "ti",
    "ke",
    "to ",
    "pe ",
    "la ",
    "su ",
    "пн",
    "вт",
    "ср",
    "чт",
    "пт",
    "сб",
    "вс",
    "нд",
    "понед",
    "втор",
    "pzt",
    "sal",
    "çar",
    "週",
];
/// Verbs of writing. Those that end an announcement in their language, and those that a name may follow.
const LAST: [&str; 55] = [
    "wrote",
    "writes",
    "said",
    "typed",
    "wrote the following",
    "schrieb",
    "schrieb folgendes",
    "geschrieben",
    "schrieben",
    "a écrit",
    "écrit",
    "ecrit",
    "a écrit ce qui suit",
    "escribió",
    "escribio",
    "escribió lo siguiente",
    "schreef",
    "schreef het volgende",
    "geschreven",
    "ha scritto",
    "scritto",
    "scrive",
    "scrisse",
    "escreveu",
    "escreveu o seguinte",
    "napisał",
    "napisał(a)",
    "napisała",
    "napisali",
    "pisze",
    "skrev",
    "skrev følgende",
    "skrev følgjande",
    "kirjoitti",
    "napsal",
    "napsal(a)",
    "napsala",
    "píše",
    "написал",
    "написал(а)",
    "написала",
    "написав",
    "написав(ла)",
    "пишет",
    "пише",
    "yazdı",
    "şunları yazdı",
    "tarihinde şunları yazdı",
    "a scris",
    "írta",
    "ezt írta",
    "έγραψε",
    "đã viết",
    "kirjutas",
    "rašė",
];
const CJK_LAST: [&str; 13] =
    ["のメール", "書きました", "さんは書きました", "写道", "寫道", "写到", "写信道", "님이 작성", "작성", "작성함", "씀", "썼습니다", "写"];
const MIDDLE: [&str; 16] = [
    "schrieb",
    "schreef",
    "skrev",
    "napisał",
    "napisał(a)",
    "napisała",
    "wrote",
    "napsal",
    "написал",
    "yazdı",
    "escribió",
    "escreveu",
    "a écrit",
    "ha scritto",
    "kirjoitti",
    "pisze",
];

/// The announcement that begins at this line, if one does.
pub fn at(lines: &[Line<'_>], from: usize) -> Option<Announcement> {
    let first = bare(&lines[from].words).to_lowercase();
    if first.is_empty() || first.len() > BYTES_MAX {
        return None;
    }
    let depth = lines[from].depth;
    let opened = opens(&first);
    let mut whole = String::new();
    for count in 1..=LINES_MAX.min(lines.len() - from) {
        let line = &lines[from + count - 1];
        // The end of an address that was wrapped looks like the mark of a quote.
        let closes = whole.matches('<').count() > whole.matches('>').count() && line.depth == depth + 1 && line.words.len() < 80;
        // A new beginning inside makes what stood before it prose.
        if ((line.is_blank() || line.depth != depth) && !closes)
            || (count > 1 && (!opened || whole.len() > BYTES_MAX || begins_anew(&line.words)))
        {
            return None;
        }
        if count > 1 {
            whole.push(' ');
        }
        if closes {
            whole.push('>');
        }
        whole.push_str(&bare(&line.words).to_lowercase());
        if ends(&whole) {
            let digits = whole.chars().filter(char::is_ascii_digit).count();
            let told = digits > 0 || whole.contains('@') || WEEKDAYS.iter().any(|it| whole.starts_with(it));
            let sure = (opened && digits >= 3 && names_a_date(&whole)) || (count == 1 && is_address_and_verb(&whole));
            return (told || (!opened && count == 1 && whole.len() < 80 && is_name_and_verb(&whole)))
                .then_some(Announcement { lines: count, sure });
        }
    }
    None
}

/// "On" with a date at the beginning of a later line: the announcement begins there.
fn begins_anew(words: &str) -> bool {
    let lower = bare(words).to_lowercase();
    ["on ", "am ", "le ", "el ", "den ", "op "].iter().any(|it| lower.starts_with(it)) && names_a_date(&lower)
}

fn opens(first: &str) -> bool {
    let start = first.trim_start_matches(['"', '\'', '“', '<', '[', '(']);
    OPENINGS.iter().any(|it| start.starts_with(it))
        || start.starts_with(|c: char| c.is_ascii_digit())
        // Short forms of days are words in other languages; a number follows them in a date.
        || (WEEKDAYS.iter().any(|it| start.starts_with(it)) && start.chars().take(24).any(|c| c.is_ascii_digit()))
        || names_an_address(first)
        || first.contains('年')
        || first.contains('년')
}

/// `a@b.example`, and not `@somebody`.
fn names_an_address(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let after = &text[at + 1..];
        text[..at].ends_with(|c: char| c.is_alphanumeric())
            && after.starts_with(|c: char| c.is_alphanumeric())
            && after.split_whitespace().next().is_some_and(|it| it.contains('.'))
    })
}

/// A year, a time, or a day with a month: what clients always name.
fn names_a_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let time = bytes
        .windows(5)
        .any(|it| it[0].is_ascii_digit() && (it[1] == b':' || it[2] == b':' || it[2] == b'h' || it[2] == b'.') && it[3].is_ascii_digit());
    let is_year = |it: &str| it.len() == 4 && (it.starts_with("19") || it.starts_with("20"));
    let year = text.split(|c: char| !c.is_ascii_digit()).any(is_year);
    time || year || ["年", "년"].iter().any(|it| text.contains(it))
}

/// Without emphasis, links and blanks around.
fn bare(words: &str) -> &str {
    words.trim_matches(|c: char| super::line::is_blank(c) || matches!(c, '*' | '_' | '~'))
}

/// Whether the text, in lower case, ends as announcements do.
fn ends(text: &str) -> bool {
    let stripped = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '-'));
    let colon = stripped.ends_with([':', '：']);
    if !colon && text.is_ascii() && !text.contains('@') && !text.contains(" gmt") {
        return false;
    }
    let body = stripped.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '*' | '>' | '"' | ']' | ')' | '<'));
    let with_bracket = stripped.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '*'));
    let last = |it: &str| {
        [body, with_bracket]
            .iter()
            .any(|text| text.strip_suffix(it).is_some_and(|before| before.is_empty() || before.ends_with(|c: char| !c.is_alphanumeric())))
    };
    if LAST.iter().any(|it| last(it)) {
        // A few clients leave out the colon; then the date must be there.
        return colon || (names_a_date(text) && text.contains('@'));
    }
    if CJK_LAST.iter().any(|it| body.ends_with(it)) {
        return names_a_date(text) || text.contains('@') || colon;
    }
    // Gmail leaves out the verb in many languages: "2021-05-03 10:00 GMT+02:00 Ann <a@x>:".
    let dated = (text.starts_with(|c: char| c.is_ascii_digit()) || opens(text)) && names_a_date(text);
    let whole = text.matches('<').count() == text.matches('>').count();
    if dated && whole && text.contains(" gmt") && text.split_whitespace().count() <= 12
        || (dated && colon && names_an_address(text) && text.trim_end_matches(['\u{202c}', '\u{200f}']).ends_with(">:"))
    {
        return true;
    }
    // The verb comes before the name: "Am 3. Mai schrieb Erika <e@x>:".
    colon && MIDDLE.iter().any(|it| verb_then_name(body, it))
}

/// "schrieb Erika Muster <e@x>" and "Erika schrieb am 3. Mai": a verb with nothing but a name, an address or a date behind it.
fn verb_then_name(body: &str, verb: &str) -> bool {
    body.match_indices(verb).any(|(at, _)| {
        let (before, after) = (&body[..at], body[at + verb.len()..].trim_start());
        let is_word = (before.is_empty() || before.ends_with(|c: char| c.is_whitespace() || c == ','))
            && !body[at + verb.len()..].starts_with(char::is_alphanumeric);
        let short = after.split_whitespace().count() <= 10;
        is_word
            && short
            && (before.is_empty() || opens(before) || names_a_date(after))
            && (after.contains('@') || names_a_date(before) || names_a_date(after))
    })
}

/// `Ann Bee <a@x.example> wrote:` and nothing else.
fn is_address_and_verb(text: &str) -> bool {
    let told = text.trim_end_matches([':', '：', ' ']);
    let Some((before, verb)) = told.rsplit_once('>') else { return false };
    LAST.contains(&verb.trim()) && before.split_whitespace().count() <= 6 && before.contains('<') && before.contains('@')
}

/// A line of no more than a name and the verb.
fn is_name_and_verb(text: &str) -> bool {
    let words: Vec<&str> = text.trim_end_matches([':', '：', ' ']).split_whitespace().collect();
    (2..=6).contains(&words.len())
        && !["he", "she", "they", "i", "you", "we", "it", "er", "sie", "ich", "wir", "il", "elle", "what", "who", "and", "system"]
            .contains(&words[words.len() - 2])
}
