//! What mail clients mark in their HTML: quotes, what announces them, dividers, signatures. The sanitiser drops every class and id of
//! a mail and writes one of ours in their place, so that `html` can fold later. It trusts nothing: a mark only says what to fold.

/// A container that a client makes for quotes; as a `blockquote`, a level of them.
pub const QUOTE: &str = "mail-quote";
/// Everything behind its beginning is an earlier mail.
pub const BEGINS: &str = "mail-begins";
/// Announces a quote.
pub const SAYS: &str = "mail-says";
/// A signature.
pub const SIGN: &str = "mail-sign";
/// What is folded: a `details` of ours.
pub const FOLD: &str = "mail-fold";

/// The classes that cleaned HTML may carry.
pub const ALL: [&str; 5] = [QUOTE, BEGINS, SAYS, SIGN, FOLD];

/// The attributes of an element that clients mark it by.
#[derive(Debug, Default, Clone)]
pub struct Marks {
    pub class: String,
    pub id: String,
    pub name: String,
    pub kind: String,
    pub style: String,
    pub cite: bool,
}

/// Names in `class`, `id` or `name`. Outlook puts `x_` before those of others.
const NAMES: [(&str, &[&str]); 4] = [
    (
        QUOTE,
        &[
            "gmail_quote",
            "gmail_quote_container",
            "yahoo_quoted",
            "yahooquoted",
            "protonmail_quote",
            "tutanota_quote",
            "zmail_extra",
            "gmail_extra",
            "messagereplysection",
            "messagereply",
            "moz-email-quote",
            "front-blockquote",
            "front_quote",
            "isreplycontent",
            "reply-quote",
            "quoted-content",
            "mailbird-quote",
            "aolreplacedbody",
            "bloop_original_html",
            "hmquote",
            "email_quote",
            "mcntmcntdatediv-quote",
            "wordsection-quote",
            "iskonreplay",
            "sfmquote",
            "quoted_text",
            "cite-block",
            "zoho-quote",
            "oldwebkitquote",
            "replyforwardcontainer",
            "olk_src_body_section",
            "mac_outlook_attribution_blockquote",
            "ymail_quoted",
            "mail_quoted",
            "yandex-quote",
        ],
    ),
    (
        BEGINS,
        &[
            "divrplyfwdmsg",
            "appendonsend",
            "mail-editor-reference-message-container",
            "outlookmessageheader",
            "replysplit",
            "stopspelling",
            "hrsortorder",
            "zwchr",
            "zmail_extra_hr",
            "reply-intro-divider",
            "msg-quote-begins",
        ],
    ),
    (
        SAYS,
        &[
            "gmail_attr",
            "moz-cite-prefix",
            "airmail_on",
            "bloop_on",
            "protonmail_quote_header",
            "reply-intro",
            "cite-prefix",
            "moz-forward-container-head",
            "gmail_attr_container",
            "yahoo-quoted-head",
        ],
    ),
    (
        SIGN,
        &[
            "gmail_signature",
            "moz-signature",
            "applemailsignature",
            "ms-outlook-mobile-signature",
            "ms-outlook-signature",
            "protonmail_signature_block",
            "tutanota_signature",
            "bloop_sign",
            "airmail_signature",
            "mailbirdsig",
            "x-apple-signature",
            "signature-container",
            "gmail_signature_prefix",
        ],
    ),
];

/// Which of our marks an element gets.
pub fn of(element: &str, marks: &Marks) -> Option<&'static str> {
    let own = |it: &str| ALL.iter().find(|known| **known == it).copied();
    if let Some(ours) = marks.class.split_ascii_whitespace().find_map(own) {
        return Some(ours);
    }
    let named = [&marks.class, &marks.id, &marks.name].into_iter().flat_map(|it| it.split_ascii_whitespace()).take(20).find_map(|it| {
        let mut name = it.to_ascii_lowercase();
        while let Some(rest) = name.strip_prefix("x_") {
            name = rest.to_owned();
        }
        NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(mark, _)| *mark)
    });
    match element {
        "blockquote" => {
            let lined = marks.style.contains("border-left") || marks.style.contains("border-inline-start");
            (named == Some(QUOTE) || marks.kind.eq_ignore_ascii_case("cite") || marks.cite || lined).then_some(QUOTE)
        }
        // web.de and GMX.
        "div" if marks.name.eq_ignore_ascii_case("quote") => Some(QUOTE),
        _ => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_known_by_their_marks() {
        let marks = |class: &str, id: &str| Marks { class: class.into(), id: id.into(), ..Marks::default() };
        for (element, marks, expected) in [
            ("div", marks("gmail_quote gmail_quote_container", ""), Some(QUOTE)),
            ("div", marks("x_gmail_quote", ""), Some(QUOTE)),
            ("div", marks("", "x_divRplyFwdMsg"), Some(BEGINS)),
            ("div", marks("gmail_attr", ""), Some(SAYS)),
            ("div", marks("moz-cite-prefix", ""), Some(SAYS)),
            ("div", marks("gmail_signature", ""), Some(SIGN)),
            ("blockquote", Marks { kind: "cite".into(), ..Marks::default() }, Some(QUOTE)),
            ("blockquote", Marks { style: "border-left:1px solid".into(), ..Marks::default() }, Some(QUOTE)),
            ("blockquote", Marks::default(), None),
            ("div", Marks { name: "quote".into(), ..Marks::default() }, Some(QUOTE)),
            ("p", marks("MsoNormal", ""), None),
        ] {
            assert_eq!(of(element, &marks), expected, "{element} {marks:?}");
        }
    }
}
