//! Signatures that are told surely: below the delimiter `-- ` (RFC 3676, 4.3), and the lines that phones and apps add by themselves.
//! A name below "Kind regards" is not looked for: whoever reads a ticket wants to see who writes.

use super::line::{Line, next_with_words};

/// A longer block below a delimiter is text, in lines with words.
const LINES_MAX: usize = 20;
/// Below a delimiter that lost its blank, signatures are short: two dashes are also a rule between paragraphs.
const LOOSE_LINES_MAX: usize = 12;
/// A longer line is prose, in bytes.
const LINE_BYTES_MAX: usize = 200;
/// Lines that phones and apps add are short, in bytes.
const APP_LINE_BYTES_MAX: usize = 180;

/// How many lines a signature takes that begins here; zero if none does. `raw` is the line with its blanks.
pub fn at(lines: &[Line<'_>], from: usize, raw: &str) -> usize {
    if is_list_rule(raw) {
        return foot_of_list(lines, from);
    }
    if is_delimiter(raw) {
        return delimited(lines, from, raw.trim_end_matches(['\r', '\n']) == "-- ");
    }
    usize::from(is_added_by_app(&lines[from].words) && ends_soon(lines, from + 1))
}

/// Two dashes alone, as typed or as a client replaced them.
fn is_delimiter(raw: &str) -> bool {
    matches!(raw.trim_end_matches(super::line::is_blank), "--" | "—" | "---" | "- --")
}

/// Underscores alone: above the foot of a mailing list, and above signatures of old clients.
fn is_list_rule(raw: &str) -> bool {
    let bare = raw.trim();
    bare.len() >= 2 && bare.bytes().all(|it| it == b'_')
}

/// Lines below a rule of underscores that are a foot and no text.
const FOOT_LINES_MAX: usize = 6;

fn foot_of_list(lines: &[Line<'_>], from: usize) -> usize {
    let below: Vec<&Line<'_>> = lines[from + 1..].iter().filter(|it| !it.is_blank()).take(FOOT_LINES_MAX + 1).collect();
    let own = below.iter().take_while(|it| it.depth == 0 && it.container.is_none()).count();
    let short = below[..own].iter().all(|it| it.words.len() <= 100);
    if own == 0 || own > FOOT_LINES_MAX || !short {
        return 0;
    }
    let last = next_with_words(lines, from + 1, usize::MAX).unwrap_or(from);
    let mut end = last;
    for (at, line) in lines.iter().enumerate().skip(last) {
        if !line.is_blank()
            && (line.depth > 0
                || line.container.is_some()
                || super::head::at(lines, at).is_some()
                || super::announcement::at(lines, at).is_some())
        {
            break;
        }
        end = at + 1;
    }
    end - from
}

fn delimited(lines: &[Line<'_>], from: usize, exact: bool) -> usize {
    let most = if exact { LINES_MAX } else { LOOSE_LINES_MAX };
    let mut said = 0;
    let mut end = from + 1;
    for (at, line) in lines.iter().enumerate().skip(from + 1) {
        if line.depth > 0 || line.container.is_some() {
            break;
        }
        if super::head::at(lines, at).is_some() || super::announcement::at(lines, at).is_some() {
            break;
        }
        if !line.is_blank() {
            said += 1;
            if said > most || line.words.len() > LINE_BYTES_MAX * if exact { 10 } else { 1 } {
                return 0;
            }
        }
        end = at + 1;
    }
    end - from
}

/// What an app adds stands at the end, or right above a quote.
fn ends_soon(lines: &[Line<'_>], from: usize) -> bool {
    let mut at = from;
    for _ in 0..40 {
        let Some(next) = next_with_words(lines, at, usize::MAX) else { return true };
        let line = &lines[next];
        if line.depth > 0
            || line.container.is_some()
            || super::head::at(lines, next).is_some()
            || super::announcement::at(lines, next).is_some()
        {
            return true;
        }
        if !is_added_by_app(&line.words) && !super::head::is_bare_rule(&line.words) && !is_delimiter(&line.words) {
            return false;
        }
        at = next + 1;
    }
    false
}

/// How the lines of phones and apps begin.
const BEGINNINGS: [&str; 84] = [
    "sent from my ",
    "sent from mobile",
    "sent from a mobile",
    "sent from a phone",
    "sent from outlook",
    "sent from yahoo",
    "sent from mail for",
    "sent from windows mail",
    "sent from mailbox",
    "sent from gmail",
    "sent from proton",
    "sent from samsung",
    "sent from android",
    "sent from surface",
    "sent from icloud",
    "sent from email.",
    "sent from type",
    "sent from nine",
    "sent from aol",
    "sent from zoho",
    "sent from ios",
    "sent from iphone",
    "sent from ipad",
    "sent from spark",
    "sent from [mail]",
    "sent from <",
    "sent from for windows",
    "sent via ",
    "sent with ",
    "sent by galaxy",
    "sent using ",
    "sent on the move",
    "sent on my ",
    "from my iphone",
    "from my ipad",
    "from my android",
    "get outlook for",
    "get [outlook for",
    "get bluemail",
    "obtenez outlook pour",
    "outlook für ",
    "holen sie sich outlook",
    "hämta outlook för",
    "obtener outlook para",
    "obter o outlook para",
    "downloaden outlook",
    "download outlook",
    "scarica outlook",
    "pobierz outlook",
    "télécharger outlook",
    "von meinem",
    "gesendet von",
    "gesendet mit",
    "diese nachricht wurde von meinem",
    "gesendet über",
    "envoyé depuis",
    "envoyé de mon",
    "envoyé à partir",
    "envoyé avec",
    "enviado desde",
    "enviado do",
    "enviado de",
    "enviado con",
    "enviado a partir",
    "verzonden vanaf",
    "verzonden met",
    "verstuurd vanaf",
    "inviato da",
    "inviato dal",
    "wysłane z",
    "wysłano z",
    "skickat från",
    "sendt fra",
    "sendt med",
    "lähetetty ",
    "odesláno z",
    "odesláno ze",
    "отправлено с",
    "отправлено из",
    "надіслано з",
    "iphone'umdan gönderildi",
    "发自我的",
    "發自我的",
    "從我的",
];
const ENDINGS: [&str; 14] = [
    "gesendet",
    "から送信",
    "より送信",
    "から送信されました",
    "传送",
    "傳送",
    "에서 보냄",
    "에서 보낸 메일",
    "gönderildi",
    "発信",
    "送信",
    "发送",
    "寄出",
    "iphone에서 보냄",
];
/// Without any of these, a line is a sentence about something that was sent.
const DEVICES: [&str; 66] = [
    "iphon",
    "ipad",
    "ipod",
    "ios",
    "android",
    "samsung",
    "galaxy",
    "huawei",
    "xiaomi",
    "nokia",
    "htc",
    "pixel",
    "blackberry",
    "windows",
    "outlook",
    "mail",
    "phone",
    "mobile",
    "mobil",
    "device",
    "tablet",
    "telefon",
    "teléfono",
    "téléphone",
    "telefoon",
    "telefone",
    "gerät",
    "handy",
    "smartphone",
    "móvil",
    "dispositivo",
    "appareil",
    "cellulare",
    "celular",
    "cell",
    "k-9",
    "airmail",
    "spark",
    "yahoo",
    "gmail",
    "mailbox",
    "proton",
    "tutanota",
    "gmx",
    "web.de",
    "zoho",
    "superhuman",
    "front",
    "missive",
    "bluemail",
    "macbook",
    "imac",
    "mac",
    "apple",
    "watch",
    "laptop",
    "computer",
    "ti-85",
    "alcatel",
    "pc",
    "aquamail",
    "newton",
    "телефон",
    "айфон",
    "手机",
    "핸드폰",
];

/// "Sent from my iPhone", in the languages of phones.
pub fn is_added_by_app(words: &str) -> bool {
    if words.len() > APP_LINE_BYTES_MAX || words.is_empty() {
        return false;
    }
    let lower = words.to_lowercase();
    let bare = lower.trim_matches(|c: char| {
        matches!(c, '<' | '>' | '(' | ')' | '[' | '*' | '_' | '-' | '"' | '“' | '.' | '!') || super::line::is_blank(c)
    });
    // A link to the app's page behind its name says nothing.
    let told = bare.split(['<', '(']).next().unwrap_or(bare).trim();
    let short = told.split_whitespace().count() <= 14;
    let names_device = DEVICES.iter().any(|it| bare.contains(it));
    let begins = BEGINNINGS.iter().any(|it| bare.starts_with(it));
    let ends = ENDINGS.iter().any(|it| told.ends_with(it));
    // "Sent from TypeApp": an app that nobody has heard of yet.
    let plain: Vec<&str> = words.split(['<', '(', '[']).next().unwrap_or(words).split_whitespace().collect();
    let unknown_app = plain.len() == 3
        && ["sent from", "sent via", "sent with", "gesendet von", "gesendet mit", "envoyé depuis"].iter().any(|it| bare.starts_with(it))
        && plain[2].starts_with(char::is_uppercase)
        && !plain[2].ends_with(['.', '?', '!', ':']);
    if unknown_app {
        return true;
    }
    short && names_device && (begins || ends) && !is_prose(told)
}

/// A sentence that goes on, such as "Sent from my iPhone app, the picture is upside down".
fn is_prose(told: &str) -> bool {
    let (first, more) = match told.split_once(['.', ',']) {
        Some((first, more)) => (first, more.trim()),
        None => (told, ""),
    };
    let sorry = [
        "excuse",
        "typo",
        "brevity",
        "sorry",
        "entschuldig",
        "tippfehler",
        "fautes",
        "errores",
        "apolog",
        "kurz",
        "autocorrect",
        "please consider",
        "be aware",
    ];
    let asks = told.ends_with('?')
        || [" is ", " are ", " does ", " doesn", " not ", " isn", " why ", " but ", " ist ", " nicht "].iter().any(|it| first.contains(it));
    asks || (more.split_whitespace().count() > 3 && !sorry.iter().any(|it| more.contains(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apps_add() {
        for (line, expected) in [
            ("Sent from my iPhone", true),
            ("Sent from my HTC M8 Android phone.  Please excuse typoze", true),
            ("Sent from Yahoo Mail on Android", true),
            ("Sent from Mail<https://go.example/x> for Windows 10", true),
            ("Get Outlook for iOS<https://aka.ms/o0ukef>", true),
            ("Von meinem iPhone gesendet", true),
            ("Gesendet von Outlook für Android", true),
            ("Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", true),
            ("Envoyé de mon iPhone", true),
            ("Enviado desde mi iPhone", true),
            ("Verstuurd vanaf mijn iPhone", true),
            ("Inviato da iPhone", true),
            ("Enviado do meu iPhone", true),
            ("Wysłane z iPhone'a", true),
            ("Skickat från min iPhone", true),
            ("Sendt fra min iPhone", true),
            ("Lähetetty iPhonesta", true),
            ("Odesláno z iPhonu", true),
            ("Отправлено с iPhone", true),
            ("iPhone'umdan gönderildi", true),
            ("iPhoneから送信", true),
            ("发自我的iPhone", true),
            ("從我的 iPhone 傳送", true),
            ("나의 iPhone에서 보냄", true),
            ("<<sent by galaxy>>", true),
            ("Sent from my phone, the attachment is not readable", false),
            ("Sent from my mailbox is what the header does not say", false),
            ("The mail was sent from my office", false),
            ("", false),
        ] {
            assert_eq!(is_added_by_app(line), expected, "{line}");
        }
    }
}
