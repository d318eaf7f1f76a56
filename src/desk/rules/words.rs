//! Words of a text as a rule compares them: lower case, at every mark a new word. A rule says what it means letter for letter, so there
//! are no stems and no typos here, other than in search. Where a script puts no spaces between words (Chinese, Japanese, Thai, Lao) a word
//! is found within a run of letters; Korean puts spaces, so its words are found whole, or with an ending where the rule says so.

use crate::{
    limits,
    text::letters::{is_tone, is_unspaced},
};

/// The words of a text, in their order.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut end = text.len().min(limits::RULE_TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let parts = text[..end].split(|it: char| !it.is_alphanumeric() && !is_tone(it));
    parts.filter(|it| !it.is_empty()).map(str::to_lowercase).collect()
}

/// Whether the wanted words stand in the text side by side; `prefix`: the last of them may go on.
pub(super) fn stand_in(text: &[String], wanted: &[String], prefix: bool) -> bool {
    let Some((last, first)) = wanted.split_last() else { return false };
    let is_unspaced = wanted.iter().any(|it| it.chars().any(is_unspaced));
    text.windows(wanted.len()).any(|window| {
        let (it, before) = (&window[window.len() - 1], &window[..window.len() - 1]);
        let ends = if is_unspaced { it.contains(last.as_str()) } else { it == last || (prefix && it.starts_with(last.as_str())) };
        ends && before == first
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_a_text_whole_and_in_their_order() {
        for (text, wanted, prefix, expected) in [
            ("The VPN-error is back", "vpn error", false, true),
            ("The error of the VPN", "vpn error", false, false),
            ("printers", "printer", false, false),
            ("printers", "printer", true, true),
            ("Größe ÜBERALL", "überall", false, true),
            ("ネットワークが落ちました", "落ち", false, true),
            ("사무실 프린터 고장", "프린터 고장", false, true),
            ("레이저프린터 고장", "프린터", false, false),
            ("프린터가 고장", "프린터", false, false),
            ("프린터가 고장", "프린터", true, true),
            ("ขอเครื่องพิมพ์ใหม่", "เครื่องพิมพ์", false, true),
            ("ຂໍເຄື່ອງພິມໃໝ່", "ເຄື່ອງພິມ", false, true),
            ("ຂໍຄອມໃໝ່", "ເຄື່ອງພິມ", false, false),
            ("anything", "", false, false),
            ("", "word", true, false),
        ] {
            assert_eq!(stand_in(&words(text), &words(wanted), prefix), expected, "{wanted} in {text}");
        }
    }
}
