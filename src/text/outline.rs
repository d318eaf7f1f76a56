//! The headings of a text, so that a long one has a table of contents. Takes HTML that was made safe, and gives it back with places to
//! jump to.

use super::html::{Reader, Token, decode};

/// One heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 2 to 6: below the page's own.
    pub level: u8,
    pub text: String,
    /// What its element is called.
    pub id: String,
}

/// The level of a heading's element.
fn level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h' | b'H', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

/// The headings, with the highest of them on the second level, and the HTML in which they are so called.
pub fn outlined(html: &str) -> (String, Vec<Heading>) {
    let mut headings: Vec<Heading> = Vec::new();
    let mut open = false;
    for token in Reader::new(html) {
        match token {
            Token::Open(tag) => {
                if let Some(level) = level(tag.name) {
                    headings.push(Heading { level, text: String::new(), id: String::new() });
                    open = true;
                }
            }
            Token::Close(name) if level(name).is_some() => open = false,
            Token::Text(text) => {
                if let Some(it) = headings.last_mut().filter(|_| open) {
                    it.text.push_str(&decode(text));
                }
            }
            Token::Close(_) => {}
        }
    }
    let Some(highest) = headings.iter().map(|it| it.level).min() else { return (html.to_owned(), headings) };
    for nth in 0..headings.len() {
        let it = &mut headings[nth];
        it.level = (it.level - highest + 2).min(6);
        it.text = it.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let id = format!("at-{}", called(&it.text));
        let taken = headings[..nth].iter().filter(|other| other.id == id || other.id.starts_with(&format!("{id}-"))).count();
        headings[nth].id = if taken == 0 { id } else { format!("{id}-{}", taken + 1) };
    }
    (written(html, highest, &headings), headings)
}

fn called(text: &str) -> String {
    let words = text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).take(8);
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

fn written(html: &str, highest: u8, headings: &[Heading]) -> String {
    let mut out = String::with_capacity(html.len() + headings.len() * 24);
    let (mut reader, mut at, mut next) = (Reader::new(html), 0, headings.iter());
    while let Some(token) = reader.next() {
        let end = reader.position();
        let moved = |level: u8| (level - highest.min(level) + 2).min(6);
        match token {
            Token::Open(tag) if level(tag.name).is_some() => {
                if let Some(it) = next.next() {
                    // The id holds letters, digits and dashes only.
                    out.push_str(&format!("<h{} id=\"{}\">", it.level, it.id));
                }
            }
            Token::Close(name) => match level(name) {
                Some(level) => out.push_str(&format!("</h{}>", moved(level))),
                None => out.push_str(&html[at..end]),
            },
            _ => out.push_str(&html[at..end]),
        }
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_get_places_and_go_below_the_page_s_own() {
        let (html, headings) = outlined("<p>x &amp; y</p><h1>Set <em>up</em></h1><p>a</p><h3>On a Mac &amp; more</h3><h1>Set up</h1>");
        assert_eq!(
            html,
            "<p>x &amp; y</p><h2 id=\"at-set-up\">Set <em>up</em></h2><p>a</p><h4 id=\"at-on-a-mac-more\">On a Mac &amp; more</h4>\
             <h2 id=\"at-set-up-2\">Set up</h2>"
        );
        let told: Vec<_> = headings.iter().map(|it| (it.level, it.text.as_str())).collect();
        assert_eq!(told, [(2, "Set up"), (4, "On a Mac & more"), (2, "Set up")]);
    }

    #[test]
    fn what_has_none_stays_as_it_is() {
        for html in ["", "<p>a &lt; b</p>", "plain", "<ul><li>a</li></ul>"] {
            assert_eq!(outlined(html), (html.to_owned(), vec![]), "{html}");
        }
    }
}
