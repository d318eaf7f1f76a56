//! `format=flowed` (RFC 3676): lines that a mail program wrapped are joined again for display. Quotes keep their marks.

/// Joins flowed lines. `delsp`: the blank that marks a flowed line is no part of the text.
pub fn unwrap(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The quote depth of the paragraph that still flows.
    let mut flowing: Option<usize> = None;
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let depth = line.bytes().take_while(|it| *it == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature = content == "-- ";
        if flowing != Some(depth) || is_signature {
            if index > 0 {
                out.push('\n');
            }
            if depth > 0 {
                out.extend(std::iter::repeat_n('>', depth));
                out.push(' ');
            }
        }
        let flows = content.ends_with(' ') && !is_signature;
        out.push_str(if flows && delsp { &content[..content.len() - 1] } else { content });
        flowing = flows.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn flowed_lines_are_joined() {
        let table = [
            ("one \ntwo\nthree", false, "one two\nthree"),
            ("one \r\ntwo\r\n", false, "one two\n"),
            ("日 \n本", true, "日本"),
            ("> a \n> b\n> c\nd", false, "> a b\n> c\nd"),
            ("> a \nb", false, "> a \nb"),
            (" >not a quote", false, ">not a quote"),
            ("x\n-- \nme", false, "x\n-- \nme"),
            ("a\n\nb", false, "a\n\nb"),
            ("", false, ""),
        ];
        for (text, delsp, expected) in table {
            assert_eq!(unwrap(text, delsp), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn words_stay(text in "([a-z> ]{0,6}\n){0,6}") {
            let words = |it: &str| it.split(|c: char| c == '>' || c.is_whitespace()).collect::<String>();
            prop_assert_eq!(words(&unwrap(&text, true)), words(&text));
        }
    }
}
