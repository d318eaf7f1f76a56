//! What of a ticket's words tells whether it is about the same as another: three-letter pieces of its title, and the words of both.
//! Quotes, signatures and greetings are left out, and so are words that stand in any complaint (`not working`, `funktioniert nicht`):
//! what is left names the thing that is broken.

use crate::{limits, text::quote};

/// A word or piece of one, by hash: texts are compared and not kept.
pub type Mark = u32;

/// A text, reduced to what is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    /// Pieces of three letters of the title; ascending, each once.
    pub pieces: Vec<Mark>,
    /// Words with digits in the title: inventory numbers, error codes, rooms. Ascending, each once.
    pub codes: Vec<Mark>,
    /// Words of title and text with how often they stand there; ascending by word.
    pub words: Vec<(Mark, u16)>,
    /// Whether the text says more than the title.
    pub has_text: bool,
}

/// Words that say nothing of the matter, in the languages that mail comes in. Weak in a title as well as in a text.
const WEAK: &str = "
 the and for with from this that have has had was were are you your our can could would should will please thanks thank hello dear hi
 regards best kind not no cannot cant can't doesn't doesnt won't wont isn't isnt don't dont didn't work works working worked broken down
 error errors problem problems issue issues help question urgent asap since today yesterday now again still any anymore more get gets
 getting when what how why who all some since there been being but its it's is it in on at to of a an i me my we us be do does did if or
 as by so re fw fwd aw wg tr rv new unable fails failed failing fail does
 der die das den dem des ein eine einen einem einer und oder aber mit von vom zum zur bei beim auf aus für fuer ist sind war waren wird
 werden wurde hat haben hatte kann koennen können nicht kein keine keinen keiner mehr nur noch auch schon seit heute gestern morgen
 bitte danke hallo guten tag morgen liebe lieber sehr geehrte geehrter damen herren gruss gruß gruesse grüße gruessen grüßen
 freundlichen viele mfg vg lg geht gehen ging funktioniert funktionieren fehler problem probleme stoerung störung hilfe frage dringend
 eilt ich mich mir wir uns unser sie ihr ihre ihnen es er im in an am zu wenn wie was wo warum dass habe leider immer wieder moeglich
 möglich lassen laesst lässt laeuft läuft
 le la les un une des du de et ou mais avec pour par sur dans est sont été ne pas plus je nous vous il elle bonjour merci cordialement
 marche fonctionne problème erreur aide depuis aujourd hui
 el los las una unos unas y o pero con por para en es son no mas más yo nosotros usted hola gracias saludos funciona problema ayuda desde
 hoy
";

/// Reads title and text as they stand on the ticket.
pub fn features(title: &str, text: &str) -> Features {
    let mut features = Features::default();
    let mut words: Vec<Mark> = Vec::new();
    for word in strong(without_prefixes(title)) {
        pieces(&word, &mut features.pieces);
        let mark = root(&word);
        if word.chars().count() >= 2 && word.chars().any(|it| it.is_ascii_digit()) {
            features.codes.push(mark);
        }
        words.push(mark);
    }
    let before = words.len();
    let text = own_words(text);
    words.extend(strong(&text).take(limits::ALIKE_WORDS_MAX).map(|it| root(&it)));
    features.has_text = words.len() >= before + 3;
    features.words = counted(words);
    for list in [&mut features.pieces, &mut features.codes] {
        list.sort_unstable();
        list.dedup();
        list.truncate(limits::ALIKE_WORDS_MAX * 2);
    }
    features
}

/// The words that two tickets share, as people read them: of the titles first; at most `limit`.
pub fn shared_words(one: (&str, &str), other: (&str, &str), limit: usize) -> Vec<String> {
    let all = |it: (&str, &str)| -> Vec<String> {
        let text = own_words(it.1);
        strong(without_prefixes(it.0)).chain(strong(&text).take(limits::ALIKE_WORDS_MAX)).collect()
    };
    let theirs: std::collections::BTreeSet<String> = all(other).into_iter().collect();
    let mut found: Vec<String> = Vec::new();
    for word in all(one) {
        if found.len() == limit {
            break;
        }
        if theirs.contains(&word) && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// The words of a text that name something, each once, folded; at most `limit`.
pub fn strong_words(text: &str, limit: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in strong(without_prefixes(text)) {
        if found.len() == limit {
            break;
        }
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// What its writer wrote themselves, without quotes, signature and what mail programs add.
fn own_words(text: &str) -> String {
    let mut end = text.len().min(limits::ALIKE_TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    quote::visible(&text[..end])
}

/// `Re: AW: [INC-12] Printer` is about a printer.
fn without_prefixes(title: &str) -> &str {
    let mut rest = title.trim();
    loop {
        let next = match rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            Some((_, after)) => after,
            None => match rest.split_once(':') {
                Some((first, after)) if first.len() <= 3 && first.chars().all(|it| it.is_ascii_alphabetic()) => after,
                _ => return rest,
            },
        }
        .trim_start();
        if next.is_empty() {
            return rest;
        }
        rest = next;
    }
}

/// The words of a text that name something, folded.
fn strong(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|it: char| !(it.is_alphanumeric() || it == '\'' || it == '’'));
    words.filter(|it| !it.is_empty() && it.len() <= 80).filter(|it| !is_weak(it)).map(folded).filter(|it| it.chars().count() >= 2)
}

fn is_weak(word: &str) -> bool {
    static WORDS: std::sync::LazyLock<std::collections::BTreeSet<&'static str>> =
        std::sync::LazyLock::new(|| WEAK.split_whitespace().collect());
    let lower = word.to_lowercase().replace('’', "'");
    WORDS.contains(lower.as_str())
}

/// Lower case, without accents, umlauts as they are written where there are none.
fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 2);
    for letter in word.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => out.push('a'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' => out.push('o'),
            'ù' | 'ú' | 'û' => out.push('u'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            '\'' | '’' => {}
            it => out.push(it),
        }
    }
    out
}

/// Pieces of three letters of a word with its edges, as in `pg_trgm`: `vpn` is `  v`, ` vp`, `vpn`, `pn `.
fn pieces(word: &str, into: &mut Vec<Mark>) {
    let letters: Vec<char> = "  ".chars().chain(word.chars()).chain(" ".chars()).collect();
    into.extend(letters.windows(3).map(|it| mark(it.iter().copied())));
}

/// FNV-1a over the letters: quick, and the same on every machine and in every release.
fn mark(letters: impl Iterator<Item = char>) -> Mark {
    letters.fold(0x811c_9dc5, |hash, it| (hash ^ u32::from(it)).wrapping_mul(0x0100_0193))
}

/// A word without its ending, so that `mails` is `mail` and `Scannern` is `Scanner`. Crude, and the same for every language.
fn root(word: &str) -> Mark {
    const ENDINGS: [&str; 7] = ["ing", "en", "es", "ed", "n", "s", "e"];
    const LETTERS_MIN: usize = 4;
    let kept = ENDINGS.iter().filter_map(|it| word.strip_suffix(it)).find(|it| it.chars().count() >= LETTERS_MIN);
    mark(kept.unwrap_or(word).chars())
}

fn counted(mut words: Vec<Mark>) -> Vec<(Mark, u16)> {
    words.sort_unstable();
    let mut counted: Vec<(Mark, u16)> = Vec::new();
    for word in words {
        match counted.last_mut() {
            Some(last) if last.0 == word => last.1 = last.1.saturating_add(1),
            _ => counted.push((word, 1)),
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_in_any_complaint_is_left_out() {
        for (title, expected) in [
            ("Re: AW: [INC-000012] VPN funktioniert nicht", "vpn"),
            ("VPN geht nicht mehr!!", "vpn"),
            ("Printer on floor 3 doesn't work", "printer floor"),
            ("Größe der Anhänge", "groesse anhaenge"),
            ("Hilfe", ""),
            ("Problem: Outlook", "outlook"),
        ] {
            let words: Vec<String> = strong(without_prefixes(title)).collect();
            assert_eq!(words.join(" "), expected, "{title}");
        }
    }

    #[test]
    fn quotes_and_signatures_say_nothing_of_the_matter() {
        let plain = features("VPN", "The tunnel drops after ten minutes, gateway timeout 619.");
        let mail = "Hello,\n\nThe tunnel drops after ten minutes, gateway timeout 619.\n\nBest regards\nAnna\n\n-- \nAnna Schmidt\nSales\nACME GmbH, Berlin\n";
        let signed = features("VPN", mail);
        let alien = |it: &str| signed.words.iter().any(|word| word.0 == root(it));
        assert!(!alien("acme") && !alien("berlin") && !alien("sales"), "the signature");
        assert!(plain.words.iter().all(|it| signed.words.iter().any(|other| other.0 == it.0)));
    }

    #[test]
    fn shared_words_are_named() {
        let one = ("VPN keeps dropping", "Gateway timeout in Cologne");
        let other = ("VPN connection drops", "Gateway timeout at home");
        assert_eq!(shared_words(one, other, 5), ["vpn", "gateway", "timeout"]);
        assert_eq!(shared_words(one, other, 1), ["vpn"]);
    }

    #[test]
    fn odd_texts_are_bounded() {
        let long = "ä".repeat(limits::ALIKE_TEXT_BYTES_MAX * 2);
        let many: String = (0..5000).map(|it| format!("word{it} ")).collect();
        for text in ["", "\u{0}\u{1}", "::::", "[]", "[", "Re:", long.as_str(), many.as_str()] {
            let it = features(text, text);
            assert!(it.pieces.len() <= limits::ALIKE_WORDS_MAX * 2 && it.words.len() <= many.len(), "{}", it.words.len());
        }
    }
}
