//! What is refused and what comes out.

use super::*;
use crate::error::Error;

fn refused(occasion: Occasion, subject: &str, body: &str) -> String {
    match check(occasion, &TemplateText { subject: subject.into(), body: body.into() }) {
        Err(Error::Refused(it)) => it.fields.first().map(|it| format!("{}: {}", it.field, it.message)).unwrap_or(it.detail.into()),
        other => panic!("{body:?}: {other:?}"),
    }
}

#[test]
fn every_built_in_text_can_be_written() {
    for occasion in Occasion::ALL {
        for (language, _) in LANGUAGES {
            let text = built_in(occasion, language);
            check(occasion, &text).unwrap_or_else(|it| panic!("{} {language}: {it}", occasion.name()));
            let block = Body { text: "What was said".into(), html: "<p>What was said</p>".into() };
            let body = render::body(&text.body, &sample(), Some(&block).filter(|_| occasion.has_message())).unwrap();
            assert_eq!(body.text.contains("What was said"), occasion.has_message());
            assert_eq!(body.html.contains("<p>What was said</p>"), occasion.has_message());
            assert!(!body.text.contains("{{") && !body.html.contains("{{"));
        }
    }
}

#[test]
fn a_mistake_is_named_with_its_line_and_what_was_meant() {
    for (subject, body, expected) in [
        ("x", "Hello,\n\n{{ ticket.numbr }}", "body: Line 3: there is no placeholder `ticket.numbr`; did you mean `ticket.number`?"),
        ("x", "{{ secret.key }}", "body: Line 1: there is no placeholder `secret.key`; there are "),
        ("{{ message }}", "x", "subject: Line 1: there is no placeholder `message`"),
        ("x", "one\n{{ ticket.number", "body: Line 2: a placeholder stands between"),
        ("x", "{{ ticket.number|reverse }}", "body: Line 1: it uses a filter that there is not"),
        ("x", "{% for a in b %}x{% endfor %}", "there is no `{% for %}` here"),
        ("two\nlines", "x", "subject: A subject is one line"),
        ("x", " ", "body: A mail says something"),
    ] {
        let said = refused(Occasion::Acknowledgement, subject, body);
        assert!(said.contains(expected), "{body:?}: {said}");
    }
    for body in [
        "Hello",
        "Your message",
        "{{ message }} {{ message }}",
        "{{ message|upper }}",
        "{{ 'x' + message }}",
        "{% if ticket.priority == 'P1' %}{{ message }}{% endif %}",
        "{# {{ message }} #}",
    ] {
        assert!(refused(Occasion::Answer, "x", body).contains("{{ message }}"), "{body}");
    }
    let repeated = "{{ ticket.title|upper }}".repeat(1300);
    assert!(check(Occasion::Closed, &TemplateText { subject: "x".into(), body: repeated.clone() }).is_ok());
    let mut values = sample();
    values.set("ticket.title", "x".repeat(1000));
    assert_eq!(render::body(&repeated, &values, None), None, "what comes out is bounded");
}

#[test]
fn values_have_no_meaning_of_their_own() {
    let mut values = sample();
    values.set("ticket.title", "<b>*bold*</b> [x](https://evil.example) {{ desk.name }}");
    let body = render::body("**{{ ticket.title }}** {{ ticket.url }}", &values, None).unwrap();
    assert!(body.html.starts_with("<p><strong>&lt;b&gt;*bold*&lt;/b&gt; [x]("), "{}", body.html);
    assert!(body.html.contains("{{ desk.name }}") && body.html.contains("href=\"https://desk.example.com/tickets/INC-000123\""));
    assert!(!body.html.contains(">x</a>"), "{}", body.html);
    assert_eq!(render::line("{{ ticket.title }}\n", &values).unwrap(), "<b>*bold*</b> [x](https://evil.example) {{ desk.name }}");
}

#[test]
fn languages_are_known_by_their_first_part() {
    for (text, expected) in [("de-AT", Some("de")), ("EN", Some("en")), ("fr_CH", Some("fr")), ("nl", None), ("", None)] {
        assert_eq!(language(text), expected, "{text}");
    }
}
