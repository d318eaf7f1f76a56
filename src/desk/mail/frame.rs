//! The frame around every mail: what is said first, then who says it, a way to the ticket, the message that is answered, and a small
//! foot. Tables and inline styles, since some programs draw mail with a word processor; no picture, no script, no background.

use super::templates::Body;
use crate::text::html::escape;

/// What a mail is made of.
#[derive(Debug, Clone, Default)]
pub struct Framed<'a> {
    pub language: &'a str,
    /// The name of the desk.
    pub brand: &'a str,
    pub subject: &'a str,
    pub body: Body,
    pub signature: Option<Body>,
    /// A label and where it leads.
    pub link: Option<(&'a str, &'a str)>,
    /// A question, and its answers: a label each and where it leads.
    pub survey: Option<(&'a str, Vec<(String, String)>)>,
    pub quote: Option<Quote>,
    /// The foot: small words, some of which lead somewhere.
    pub foot: Vec<(String, Option<String>)>,
    /// Marks the message, so that an answer above it can be told from it.
    pub mark: String,
}

/// The message that is answered.
#[derive(Debug, Clone, Default)]
pub struct Quote {
    /// "On ..., Rosa wrote:"
    pub intro: String,
    pub said: Body,
}

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:23px;";

/// The plain text: signature behind the usual mark (RFC 3676 4.3), quote with `>`.
pub fn text(it: &Framed<'_>) -> String {
    let mut out = it.body.text.trim().to_owned();
    if let Some((question, answers)) = &it.survey {
        out.push_str(&format!("\n\n{question}"));
        answers.iter().for_each(|(label, address)| out.push_str(&format!("\n{label}: {address}")));
    }
    let mut below = Vec::new();
    below.extend(it.signature.as_ref().map(|it| it.text.trim().to_owned()).filter(|it| !it.is_empty()));
    below.extend(it.link.map(|(_, address)| address.to_owned()));
    if !below.is_empty() {
        out.push_str("\n\n-- \n");
        out.push_str(&below.join("\n"));
    }
    if let Some(quote) = &it.quote {
        out.push_str("\n\n");
        out.push_str(&quote.intro);
        for line in quote.said.text.trim().lines() {
            out.push_str(if line.starts_with('>') || line.is_empty() { "\n>" } else { "\n> " });
            out.push_str(line);
        }
    }
    let foot: Vec<String> =
        it.foot.iter().map(|(words, to)| to.as_ref().map_or_else(|| words.clone(), |to| format!("{words}: {to}"))).collect();
    if !foot.is_empty() {
        out.push_str("\n\n");
        out.push_str(&foot.join("\n"));
    }
    out.push('\n');
    out
}

/// The HTML.
pub fn html(it: &Framed<'_>) -> String {
    let mut rows = String::new();
    let mut row = |style: &str, inside: &str| {
        rows.push_str(&format!("<tr><td style=\"{FONT}{style}\">{inside}</td></tr>\n"));
    };
    row("padding:0 0 8px 0;", &format!("<div id=\"{}\">{}</div>", escape(&it.mark), styled(&it.body.html)));
    if let Some((question, answers)) = &it.survey {
        let links: Vec<String> = answers.iter().map(|(label, address)| button(label, address)).collect();
        row("padding:8px 0;", &format!("<p style=\"margin:0 0 8px 0;\">{}</p>{}", escape(question), links.join(" ")));
    }
    if let Some(signature) = it.signature.as_ref().filter(|it| !it.html.is_empty()) {
        row("padding:8px 0;color:#555f6b;", &styled(&signature.html));
    }
    if let Some((label, address)) = it.link {
        let (label, address) = (escape(label), escape(address));
        row("padding:8px 0 16px 0;", &format!("<a href=\"{address}\" style=\"color:#1f5fbf;\">{label}</a>"));
    }
    if let Some(quote) = &it.quote {
        let inside = format!(
            "<p style=\"margin:0 0 8px 0;\">{}</p><blockquote type=\"cite\" style=\"margin:0;padding:0 0 0 12px;border-left:3px solid #c8d0d9;\">{}</blockquote>",
            escape(&quote.intro),
            styled(&quote.said.html)
        );
        row("padding:12px 0;color:#555f6b;", &inside);
    }
    let foot: Vec<String> = it.foot.iter().map(|(words, to)| foot(words, to.as_deref())).collect();
    row("padding:16px 0 0 0;border-top:1px solid #dde3ea;font-size:12px;line-height:18px;color:#6b7580;", &foot.join(" &middot; "));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{}</title>\n</head>\n<body style=\"margin:0;padding:0;\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td align=\"left\" style=\"padding:16px;\">\n\
         <table role=\"presentation\" width=\"640\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"width:100%;max-width:640px;\">\n{rows}</table>\n\
         </td></tr></table>\n</body>\n</html>\n",
        escape(it.language),
        escape(it.subject),
    )
}

/// A link that looks like a button, also where only borders are drawn.
fn button(label: &str, address: &str) -> String {
    format!(
        "<a href=\"{}\" style=\"display:inline-block;padding:6px 16px;border:1px solid #1f5fbf;border-radius:6px;color:#1f5fbf;text-decoration:none;\">{}</a>",
        escape(address),
        escape(label)
    )
}

fn foot(words: &str, to: Option<&str>) -> String {
    match to {
        Some(to) => format!("<a href=\"{}\" style=\"color:#6b7580;\">{}</a>", escape(to), escape(words)),
        None => escape(words),
    }
}

/// Tags that mail programs draw in their own ways, and how we want them.
const STYLES: [(&str, &str); 12] = [
    ("p", "margin:0 0 12px 0;"),
    ("ul", "margin:0 0 12px 0;padding:0 0 0 24px;"),
    ("ol", "margin:0 0 12px 0;padding:0 0 0 24px;"),
    ("h1", "margin:0 0 12px 0;font-size:20px;line-height:26px;"),
    ("h2", "margin:0 0 12px 0;font-size:18px;line-height:24px;"),
    ("h3", "margin:0 0 12px 0;font-size:16px;line-height:23px;"),
    ("blockquote", "margin:0 0 12px 0;padding:0 0 0 12px;border-left:3px solid #c8d0d9;"),
    ("pre", "margin:0 0 12px 0;font-family:Consolas,Menlo,monospace;font-size:13px;line-height:19px;white-space:pre-wrap;"),
    ("code", "font-family:Consolas,Menlo,monospace;font-size:13px;"),
    ("table", "border-collapse:collapse;margin:0 0 12px 0;"),
    ("td", "border:1px solid #c8d0d9;padding:4px 8px;"),
    ("th", "border:1px solid #c8d0d9;padding:4px 8px;text-align:left;"),
];

/// Gives bare tags their styles. The HTML is ours, or was made safe before: a tag is written in one way.
fn styled(html: &str) -> String {
    let mut out = without_lost_pictures(html);
    for (tag, style) in STYLES {
        out = out.replace(&format!("<{tag}>"), &format!("<{tag} style=\"{style}\">"));
    }
    out
}

/// A picture that is never wider than its mail.
fn fitted(tag: &str) -> String {
    let inside = tag.trim_end_matches(['>', '/', ' ']);
    if tag.contains(" style=") { tag.to_owned() } else { format!("{inside} style=\"max-width:100%;height:auto;\">") }
}

/// Pictures that were inside another mail, or on other servers, are not sent on.
fn without_lost_pictures(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<img") {
        let Some(end) = rest[at..].find('>') else { break };
        let tag = &rest[at..=at + end];
        out.push_str(&rest[..at]);
        if !tag.contains("data-cid") && !tag.contains("data-remote-src") {
            out.push_str(&fitted(tag));
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        Body { text: text.into(), html: format!("<p>{}</p>", escape(text)) }
    }

    #[test]
    fn the_answer_comes_first_and_the_rest_below_it() {
        let it = Framed {
            language: "en",
            brand: "Desk",
            subject: "Re: <x>",
            body: body("Try again."),
            signature: Some(body("Ada")),
            link: Some(("Open the ticket", "https://desk.example.com/tickets/INC-1")),
            survey: Some(("How was it?", vec![("Good".into(), "https://desk.example.com/csat/x?score=good".into())])),
            quote: Some(Quote { intro: "On Monday, Rosa wrote:".into(), said: body("It is broken\n\n> before") }),
            foot: vec![("Desk · INC-1".into(), None), ("Stop".into(), Some("https://desk.example.com/stop/x".into()))],
            mark: "lodge-message-1".into(),
        };
        let plain = text(&it);
        assert_eq!(
            plain,
            "Try again.\n\nHow was it?\nGood: https://desk.example.com/csat/x?score=good\n\n-- \nAda\nhttps://desk.example.com/tickets/INC-1\n\nOn Monday, Rosa wrote:\n> It is broken\n>\n>> before\n\nDesk · INC-1\nStop: https://desk.example.com/stop/x\n"
        );
        let html = html(&it);
        let order: Vec<_> =
            ["Try again.", "How was it?", "csat/x?score=good", "Ada", "Open the ticket", "Rosa wrote", "It is broken", "Stop"]
                .iter()
                .map(|it| html.find(it))
                .collect();
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}\n{html}");
        assert!(html.contains("<title>Re: &lt;x&gt;</title>") && html.contains("<p style=") && !html.contains("<p>"));
    }

    #[test]
    fn pictures_that_cannot_be_shown_are_left_out() {
        assert_eq!(
            without_lost_pictures("a<img data-cid=\"x\">b<img src=\"https://x\">c<img data-remote-src=\"y\">"),
            "ab<img src=\"https://x\" style=\"max-width:100%;height:auto;\">c"
        );
    }
}
