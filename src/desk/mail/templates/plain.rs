//! What a template may hold besides text: placeholders, the three filters, and `{% if %}`. Looked at before anything is parsed, since an
//! engine that counts steps does not count bytes: one step can make a text of any length.
//!
//! It is no parser: it may refuse what would be harmless, and lets nothing pass that makes more of its values than they are.

/// Statements that there are.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];

/// Refuses what templates have no use for: the line, and what is wrong with it.
pub(super) fn check(source: &str) -> Result<(), (usize, String)> {
    let mut rest = source;
    while let Some(at) = rest.find("{%").into_iter().chain(rest.find("{{")).chain(rest.find("{#")).min() {
        let line = 1 + source[..source.len() - rest.len() + at].matches('\n').count();
        let (opening, inside) = rest[at..].split_at(2);
        rest = match opening {
            // The parser says best what it makes of one that does not end.
            "{#" => inside.split_once("#}").map_or("", |it| it.1),
            _ => {
                if opening == "{%" {
                    statement(inside).map_err(|it| (line, it))?;
                }
                let closing = if opening == "{%" { "%}" } else { "}}" };
                let length = expression(inside, closing).map_err(|it| (line, it))?;
                &inside[length..]
            }
        };
    }
    Ok(())
}

fn statement(inside: &str) -> Result<(), String> {
    let words = inside.trim_start_matches(['-', '+']).trim_start();
    let word: &str = words.split(|it: char| !(it.is_alphanumeric() || it == '_')).next().unwrap_or_default();
    if STATEMENTS.contains(&word) {
        return Ok(());
    }
    Err(format!("there is no `{{% {word} %}}` here; there are {}", STATEMENTS.join(", ")))
}

/// The length of an expression up to where it closes; all of it if it does not.
fn expression(inside: &str, closing: &str) -> Result<usize, String> {
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(it), _) if it == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, _) if inside[at..].starts_with(closing) => return Ok(at),
            (None, '*' | '~' | '[' | ']' | '{') => return Err(format!("`{c}` has no place in a placeholder or a condition")),
            (None, _) => {}
        }
    }
    Ok(inside.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_placeholders_filters_and_conditions_pass() {
        for fine in [
            "Hello {{ person.name|default('you') }}",
            "{% if ticket.priority == \"P1\" %}now{% elif days %}soon{% else %}later{%- endif -%}",
            "{{ '~ * {' }} **bold** ~ [link](https://example.com) {# {% for x in y %} #}",
            "not closed {{ ticket.number",
        ] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        for (refused, line) in [
            ("{% set a = 'x' %}", 1),
            ("one\n{%- for a in b %}{% endfor %}", 2),
            ("{{ 'x' * 100000000 }}", 1),
            ("\n\n{{ a ~ a }}", 3),
            ("{{ 'a\\'' * 9 }}", 1),
            ("{% if [1, 2] %}{% endif %}", 1),
            ("{% macro a() %}{% endmacro %}", 1),
            ("{% raw %}{{ x }}{% endraw %}", 1),
            ("{# x #}{% include 'y' %}", 1),
        ] {
            assert_eq!(check(refused).map_err(|it| it.0), Err(line), "{refused}");
        }
    }
}
