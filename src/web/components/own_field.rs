//! A field of the desk's own: on a form, with when it is asked, and as a property that is edited in place. It knows how a control looks,
//! not what a value means.

use maud::{Markup, html};

use super::{
    field::{Choice, options},
    icon::{Icon, icon},
};
use crate::web::{
    assets,
    tongue::{Phrase, phrase, t},
};

/// What takes the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Control {
    #[default]
    Line,
    Lines,
    Number,
    YesNo,
    Date,
    DateTime,
    One,
    Several,
    Email,
    Url,
}

/// One field as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnField {
    /// The name that is sent: `custom.KEY`.
    pub name: String,
    pub label: String,
    /// May be empty.
    pub help: String,
    pub control: Control,
    pub choices: Vec<Choice>,
    /// What stands in it; several only where several can be chosen.
    pub values: Vec<String>,
    pub required: bool,
    pub error: Option<String>,
    /// The name of the field that it depends on, the values of that for which it is asked, and the same in words.
    pub when: Option<(String, Vec<String>, String)>,
    /// Asked for these only; empty: for all.
    pub kinds: Vec<String>,
    pub categories: Vec<String>,
    pub queues: Vec<String>,
}

impl OwnField {
    fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// Whether it is asked at all depends on what else stands in the form.
    fn is_conditional(&self) -> bool {
        self.when.is_some() || !(self.kinds.is_empty() && self.categories.is_empty() && self.queues.is_empty())
    }

    fn about(&self) -> Option<String> {
        let hint = (!self.help.is_empty() || self.when.is_some()).then(|| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        let all: Vec<String> = hint.into_iter().chain(error).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}

const YES_NO: [(&str, Phrase); 3] = [("", phrase!("tools-dash")), ("true", phrase!("tools-yes")), ("false", phrase!("tools-no"))];

/// The control alone; `id` is its own.
fn control(it: &OwnField, id: &str, disabled: bool) -> Markup {
    // Whether what is hidden at first must be filled in is for the server to say; the script asks for it once it is shown.
    let required = it.required && !it.is_conditional();
    let line = |kind: &str, step: Option<&str>| {
        html! {
            input.control type=(kind) id=(id) name=(it.name) value=(it.value()) step=[step] required[required] disabled[disabled]
                aria-describedby=[it.about()] aria-invalid=[it.error.as_ref().map(|_| "true")] autocomplete="off";
        }
    };
    let chosen = |choices: &[Choice]| {
        html! {
            select.control id=(id) name=(it.name) required[required] disabled[disabled] aria-describedby=[it.about()] aria-invalid=[it.error.as_ref().map(|_| "true")] {
                (options(choices, it.value()))
            }
        }
    };
    match it.control {
        Control::Line => line("text", None),
        Control::Number => line("number", Some("any")),
        Control::Date => line("date", None),
        Control::DateTime => line("datetime-local", None),
        Control::Email => line("email", None),
        Control::Url => line("url", None),
        Control::Lines => html! {
            textarea.control id=(id) name=(it.name) rows="3" required[required] disabled[disabled]
                aria-describedby=[it.about()] aria-invalid=[it.error.as_ref().map(|_| "true")] { (it.value()) }
        },
        Control::YesNo => chosen(&YES_NO.map(|(value, label)| Choice::new(value, label.text()))),
        Control::One => {
            let all: Vec<Choice> = std::iter::once(Choice::new("", "—")).chain(it.choices.iter().cloned()).collect();
            chosen(&all)
        }
        Control::Several => html! {
            // So that choosing nothing is said, too.
            input type="hidden" name=(it.name) value="";
            div.tick-list { @for choice in &it.choices {
                label.check { input type="checkbox" name=(it.name) value=(choice.value) checked[it.values.contains(&choice.value)] disabled[disabled]; span { (choice.label) } }
            } }
        },
    }
}

fn problem(it: &OwnField) -> Markup {
    html! { @if let Some(error) = &it.error { p.error id={ (it.name) "-error" } { (icon(Icon::Alert)) span { (error) } } } }
}

fn hint(it: &OwnField) -> Markup {
    html! {
        @if !it.help.is_empty() || it.when.is_some() {
            p.hint id={ (it.name) "-hint" } {
                @if let Some((.., words)) = &it.when { span.without-js { (t!("tools-only-if", words = words.as_str())) " " } }
                (it.help)
            }
        }
    }
}

fn optional(it: &OwnField) -> Markup {
    html! { @if !it.required { span.optional { " " (t!("tools-optional")) } } }
}

/// One field of a form. `fields.js` shows it while it is asked; without it, it is always there and says when it is asked.
fn field(it: &OwnField) -> Markup {
    let list = |all: &[String]| (!all.is_empty()).then(|| all.join(" "));
    let (when, values) = it.when.as_ref().map(|it| (it.0.clone(), it.1.join("\u{1f}"))).unzip();
    html! {
        div.own-field data-own=(it.name) data-when=[when] data-when-values=[values] data-kinds=[list(&it.kinds)] data-categories=[list(&it.categories)] data-queues=[list(&it.queues)] data-required[it.required] {
            @if it.control == Control::Several {
                fieldset.field aria-describedby=[it.about()] { legend { (it.label) (optional(it)) } (hint(it)) (control(it, &it.name, false)) (problem(it)) }
            } @else {
                div.field { label for=(it.name) { (it.label) (optional(it)) } (hint(it)) (control(it, &it.name, false)) (problem(it)) }
            }
        }
    }
}

/// The fields of the desk's own in a form that lodges a ticket.
pub fn own_fields(all: &[OwnField]) -> Markup {
    html! {
        @if !all.is_empty() {
            div.own-fields data-own-fields { @for it in all { (field(it)) } }
            script type="module" src=(assets::address("fields.js")) {}
        }
    }
}

/// One field at the side of a ticket, sent to `action` as soon as it is changed.
pub fn own_property(it: &OwnField, action: &str, csrf: &Markup, may_change: bool) -> Markup {
    let id = format!("property-{}", it.name);
    let was = it.values.join(", ");
    // A text of many lines and a handful of ticks are sent when they are whole.
    let by_itself = !matches!(it.control, Control::Lines | Control::Several);
    // Beside a ticket there is no room for the help: it is the label's title.
    let bare = OwnField { help: String::new(), when: None, error: None, ..it.clone() };
    html! {
        form.property.own-property data-tall[!by_itself] method="post" action=(action) data-swap="ticket list" data-auto[by_itself] {
            (csrf)
            input type="hidden" name="field" value=(it.name);
            input type="hidden" name="was" value=(was);
            @if it.control == Control::Several {
                fieldset { legend.name { (it.label) } (control(&bare, &id, !may_change)) }
            } @else {
                label for=(id) title=[(!it.help.is_empty()).then_some(it.help.as_str())] { (it.label) @if it.required { span.sr { " " (t!("tools-must-fill")) } span.must aria-hidden="true" { "*" } } }
                (control(&bare, &id, !may_change))
            }
            @if may_change && by_itself { button.button.without-js type="submit" { (t!("tools-save")) } }
            @if may_change && !by_itself { button.button.save type="submit" { (t!("tools-save")) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_says_when_it_is_asked_and_values_are_escaped() {
        let it = OwnField {
            name: "custom.serial".into(),
            label: "Serial".into(),
            values: vec!["\"><script>".into()],
            required: true,
            when: Some(("custom.device".into(), vec!["laptop".into()], "if Device is Laptop".into())),
            ..OwnField::default()
        };
        let html = own_fields(std::slice::from_ref(&it)).into_string();
        assert!(html.contains("data-when=\"custom.device\"") && html.contains("Only if Device is Laptop"));
        assert!(!html.contains("<script>"));
        // The browser must not ask for what may not be asked.
        assert!(!html.contains(" required"));
        let always = own_fields(&[OwnField { when: None, ..it }]).into_string();
        assert!(always.contains(" required"));
    }
}
