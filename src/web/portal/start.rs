//! The very first page of a desk: whoever holds the link that the server printed gives it a name, and themselves an account.

use maud::{Markup, html};

use super::{door::new_password, sign_in::refusal};
use crate::web::{
    components::{
        button::Button,
        field::{Choice, Field, input, select},
    },
    layout::{Frame, Room, portal},
    tongue::t,
};

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct StartView {
    pub frame: Frame,
    /// Where the form goes: the address of the page itself.
    pub action: String,
    pub desk: String,
    pub language: String,
    pub languages: Vec<Choice>,
    pub name: String,
    pub email: String,
    pub chars_min: u32,
    /// About the field of this name, or about none.
    pub error: Option<(String, String)>,
}

impl StartView {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.error.as_ref().filter(|it| it.0 == field).map(|it| it.1.as_str())
    }

    fn field<'a>(&'a self, name: &'a str, label: &'a str, value: &'a str, hint: Option<&'a str>) -> Field<'a> {
        Field { name, label, value, hint, error: self.error_of(name), ..Field::default() }
    }
}

const FIELDS: [&str; 5] = ["desk", "language", "name", "email", "password"];

/// The page at `/start/{key}`; sends `desk`, `language`, `name`, `email` and `password` to its own address.
pub fn page(view: &StartView) -> Markup {
    let beside = view.error.as_ref().filter(|it| !FIELDS.contains(&it.0.as_str())).map(|it| it.1.as_str());
    portal(
        &view.frame,
        Room::Door,
        t!("start-title"),
        html! {
            div.panel {
                div { h1 { (t!("start-title")) } p.lede { (t!("start-about")) } }
                (refusal(beside))
                form.form method="post" action=(view.action) {
                    (input("text", Field { required: true, chars_max: Some(100), autocomplete: Some("organization"), ..view.field("desk", t!("first-steps-desk-name"), &view.desk, Some(t!("first-steps-desk-name-hint"))) }))
                    (select(view.field("language", t!("desk-language-language"), &view.language, None), &view.languages))
                    (input("text", Field { required: true, chars_max: Some(200), autocomplete: Some("name"), ..view.field("name", t!("door-your-name"), &view.name, None) }))
                    (input("email", Field { required: true, chars_max: Some(254), autocomplete: Some("username"), ..view.field("email", t!("start-your-address"), &view.email, None) }))
                    (new_password("password", t!("word-password"), view.chars_min, view.error_of("password")))
                    (Button::submit(t!("start-begin")).primary().large())
                }
            }
        },
    )
}
