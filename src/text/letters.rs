//! Letters: what their script does with them, and the first one of a text.

/// With a capital at its beginning, as a label has it.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether a letter is of a script that puts no spaces between words: Chinese, Japanese, Thai, Lao. Korean puts spaces, so its letters are
/// none of these (see `is_hangul`).
pub fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}'
        | '\u{0e00}'..='\u{0eff}')
}

/// Whether a letter is a syllable of Korean, whose words stand apart but carry endings that search looks through.
pub fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{ac00}'..='\u{d7af}')
}

/// Whether a sign stands above or below a letter of Thai or Lao and counts as no letter itself: a tone, a silencer. It ends no word.
pub fn is_tone(sign: char) -> bool {
    matches!(sign, '\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eba}' | '\u{ec8}'..='\u{ece}')
}
