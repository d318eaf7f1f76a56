//! The declarations of a `style` attribute that may stay: what gives a mail its look, and cannot leave its box, cover anything or load
//! anything. It reads no style sheets: those are dropped. Invariant: what it lets through, it lets through again unchanged.

/// Properties that may stay, whose values are colours, lengths, names and nothing else.
const PROPERTIES: [&str; 57] = [
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-width",
    "color",
    "direction",
    "font-family",
    "font-style",
    "font-weight",
    "font-size",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "unicode-bidi",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-wrap",
];
/// Properties that move what they are given a negative length.
const NEVER_NEGATIVE: [&str; 8] =
    ["margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "text-indent", "letter-spacing", "line-height"];
/// A longer value says nothing that a mail needs, in bytes.
const VALUE_BYTES_MAX: usize = 200;

/// The declarations that may stay.
pub fn calm(value: &str) -> String {
    let mut kept = String::new();
    for declaration in value.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let (mut property, value) = (property.trim().to_ascii_lowercase(), value.trim());
        // The short form with a colour and nothing else is how most mails colour their boxes.
        if property == "background" && is_colour(value) {
            property = "background-color".to_owned();
        }
        if !PROPERTIES.contains(&property.as_str())
            || !is_plain(value)
            || (NEVER_NEGATIVE.contains(&property.as_str()) && value.contains('-'))
        {
            continue;
        }
        if !kept.is_empty() {
            kept.push(';');
        }
        kept.push_str(&property);
        kept.push(':');
        kept.push_str(value);
    }
    kept
}

fn is_plain(value: &str) -> bool {
    let plain =
        !value.is_empty() && value.len() <= VALUE_BYTES_MAX && value.chars().all(|c| c.is_alphanumeric() || " #%.,()'\"-!".contains(c));
    // The only functions are colours: everything else with a bracket may load or compute.
    let mut before: Vec<&str> = value.split('(').collect();
    before.pop();
    plain
        && before.iter().all(|it| {
            let it = it.to_ascii_lowercase();
            ["rgb", "rgba", "hsl", "hsla"].iter().any(|name| it.ends_with(name))
        })
}

fn is_colour(value: &str) -> bool {
    let value = value.trim_end_matches("!important").trim();
    !value.contains(char::is_whitespace) && is_plain(value) || value.starts_with("rgb") && is_plain(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_in_its_box() {
        for (value, expected) in [
            ("color:red", "color:red"),
            ("COLOR : Red ; ", "color:Red"),
            ("background:#fff", "background-color:#fff"),
            ("background:url(http://a)", ""),
            ("background-image:url(x)", ""),
            ("position:fixed;top:0;left:0;z-index:9", ""),
            ("float:left;display:none;opacity:0", ""),
            ("margin:10px;margin-left:-500px", "margin:10px"),
            ("width:expression(alert(1))", ""),
            ("color:rgb(1,2,3)", "color:rgb(1,2,3)"),
            (
                "font-family:Calibri,\"Segoe UI\",sans-serif;font-size:11.0pt",
                "font-family:Calibri,\"Segoe UI\",sans-serif;font-size:11.0pt",
            ),
            ("color:\\65xpression(1)", ""),
            ("width:600px;max-width:100%", "width:600px;max-width:100%"),
            ("behavior:url(#x);-moz-binding:url(x)", ""),
        ] {
            assert_eq!(calm(value), expected, "{value}");
            assert_eq!(calm(&calm(value)), expected, "{value}");
        }
    }
}
