//! For whom a ticket is: somebody who is found while they are typed, chosen among those who were found, or added with the ticket. Without a
//! script the form asks once more, with whom it found.

use maud::{Markup, html};

use super::{
    field::{Field, input},
    icon::{Icon, icon},
};
use crate::web::tongue::t;

/// Somebody who may be meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub id: String,
    pub name: String,
    /// How they are reached, and where they belong.
    pub about: String,
}

/// The part of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallerView {
    /// Where people are looked up; empty for readers who may not: they name an address.
    pub source: String,
    /// What was typed.
    pub text: String,
    /// The id of whoever was chosen, or `new`.
    pub chosen: String,
    /// Whom the text may mean, after it was sent.
    pub found: Vec<Found>,
    pub error: Option<String>,
    /// Somebody must be named: nobody does not mean the reader.
    pub must: bool,
    /// Somebody who is added: name, address, number.
    pub new: [String; 3],
    pub new_errors: [Option<String>; 3],
}

impl CallerView {
    fn adds(&self) -> bool {
        self.new.iter().any(|it| !it.is_empty()) || self.new_errors.iter().any(Option::is_some)
    }
}

/// Sends `requester` (what was typed), `person` (an id, or `new`), and `newName`, `newEmail`, `newPhone`.
pub fn caller(it: &CallerView) -> Markup {
    parts(it, "")
}

/// The same, where several stand on one page: names begin with `prefix`.
pub fn parts(it: &CallerView, prefix: &str) -> Markup {
    let named = |name: &str| format!("{prefix}{name}");
    let requester = named("requester");
    let added = [("newName", "text", t!("word-name")), ("newEmail", "email", t!("caller-mail")), ("newPhone", "tel", t!("caller-phone"))];
    let hint = match (it.source.is_empty(), it.must) {
        (true, true) => t!("caller-must-hint-address"),
        (false, true) => t!("caller-must-hint"),
        (true, false) => t!("caller-hint-address"),
        (false, false) => t!("caller-hint"),
    };
    let whom = Field {
        name: &requester,
        label: if it.must { t!("caller-must") } else { t!("new-ticket-whom") },
        value: &it.text,
        hint: Some(hint),
        error: it.error.as_deref(),
        autocomplete: Some("off"),
        required: it.must,
        ..Field::default()
    };
    html! {
        div.caller data-caller=[Some(it.source.as_str()).filter(|it| !it.is_empty())] {
            (input("text", whom))
            @if it.found.is_empty() { input type="hidden" name="person" value=(if it.chosen == "new" { "" } else { &it.chosen }) data-caller-chosen; }
            @else { (found(it)) }
            details.fold.new-person open[it.adds()] {
                summary { (icon(Icon::Plus)) (t!("caller-new")) }
                p.hint { (t!("caller-new-hint")) }
                @for ((name, kind, label), (value, error)) in added.into_iter().zip(it.new.iter().zip(&it.new_errors)) {
                    (input(kind, Field { name: &named(name), label, value, error: error.as_deref(), chars_max: Some(200), autocomplete: Some("off"), ..Field::default() }))
                }
            }
        }
    }
}

/// Somebody who is known already, found while they are typed; sends `requester` and `person` like the others.
pub fn pick(source: &str, label: &str) -> Markup {
    html! {
        div.caller data-caller=[Some(source).filter(|it| !it.is_empty())] {
            input.control type="text" name="requester" placeholder=(label) aria-label=(label) required autocomplete="off";
            input type="hidden" name="person" data-caller-chosen;
        }
    }
}

/// Whom the text may mean, and the way to say that it is none of them.
fn found(it: &CallerView) -> Markup {
    html! {
        fieldset.field.found-people data-caller-found {
            legend { (t!("caller-which")) }
            @for (at, one) in it.found.iter().enumerate() {
                label.check { input type="radio" name="person" value=(one.id) checked[one.id == it.chosen || (it.chosen.is_empty() && it.found.len() == 1 && at == 0)]; span { (one.name) @if !one.about.is_empty() { span.hint { (one.about) } } } }
            }
            label.check { input type="radio" name="person" value="new" checked[it.chosen == "new"]; span { (t!("caller-none-of-them")) span.hint { (t!("caller-none-hint")) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_say_who_at_a_time() {
        let found = vec![Found { id: "1".into(), name: "Mina".into(), about: String::new() }];
        for (view, hidden, radios, open) in [
            (CallerView::default(), 1, 0, false),
            (CallerView { found: found.clone(), ..CallerView::default() }, 0, 2, false),
            (CallerView { new: ["Mina".into(), String::new(), String::new()], ..CallerView::default() }, 1, 0, true),
        ] {
            let html = caller(&view).into_string();
            assert_eq!(html.matches("data-caller-chosen").count(), hidden);
            assert_eq!(html.matches("type=\"radio\"").count(), radios);
            assert_eq!(html.contains(" open"), open);
        }
    }
}
