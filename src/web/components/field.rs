//! Fields of forms: each with its label, a hint, and the error that the server found. Names and values go through untouched.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::web::tongue::{Phrase, t};

/// What all fields share.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// The name that is sent; also the id of the control.
    pub name: &'a str,
    pub label: &'a str,
    /// What stands in it already.
    pub value: &'a str,
    /// A sentence that helps before the mistake.
    pub hint: Option<&'a str>,
    /// What is wrong with it, and what to do.
    pub error: Option<&'a str>,
    pub required: bool,
    /// The longest value, in characters.
    pub chars_max: Option<usize>,
    pub placeholder: Option<&'a str>,
    /// The browser's word for what this is, such as `email` or `current-password`.
    pub autocomplete: Option<&'a str>,
    /// Markdown: a script may put an editor of formatted text in its place.
    pub formatted: bool,
}

impl Field<'_> {
    fn about(&self) -> Option<String> {
        match (self.hint, self.error) {
            (None, None) => None,
            (Some(_), None) => Some(format!("{}-hint", self.name)),
            (None, Some(_)) => Some(format!("{}-error", self.name)),
            (Some(_), Some(_)) => Some(format!("{0}-hint {0}-error", self.name)),
        }
    }

    fn wrap(&self, control: Markup) -> Markup {
        html! {
            div.field {
                label for=(self.name) { (self.label) @if !self.required { span.optional { " " (t!("field-optional")) } } }
                @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (hint) } }
                (control)
                (self.problem())
            }
        }
    }

    fn problem(&self) -> Markup {
        html! { @if let Some(error) = self.error { p.error id={ (self.name) "-error" } { (icon(Icon::Alert)) span { (error) } } } }
    }
}

/// A field of one line; `kind` is the input's type.
pub fn input(kind: &str, it: Field) -> Markup {
    input_of(kind, it, None)
}

/// The same with a list of what may stand in it, by the id of that.
pub fn input_of(kind: &str, it: Field, list: Option<&str>) -> Markup {
    it.wrap(html! {
        input.control type=(kind) id=(it.name) name=(it.name) value=(it.value) required[it.required] maxlength=[it.chars_max] placeholder=[it.placeholder]
            autocomplete=[it.autocomplete] list=[list] aria-describedby=[it.about()] aria-invalid=[it.error.map(|_| "true")];
    })
}

/// A picture from the reader's own files. With `shrinks`, a script makes it as small as faces are shown before it is sent.
pub fn picture(it: Field, shrinks: bool) -> Markup {
    it.wrap(html! {
        input.control type="file" id=(it.name) name=(it.name) accept="image/png,image/jpeg,image/webp,image/gif" required[it.required]
            data-shrinks[shrinks] aria-describedby=[it.about()] aria-invalid=[it.error.map(|_| "true")];
    })
}

/// A number between 0 and `max`, chosen on a scale; `scale` names how it is painted.
pub fn slider(it: Field, max: u32, scale: &str) -> Markup {
    it.wrap(html! {
        input.slider type="range" id=(it.name) name=(it.name) value=(it.value) min="0" max=(max) data-scale=(scale)
            aria-describedby=[it.about()] aria-invalid=[it.error.map(|_| "true")];
    })
}

/// A field of many lines.
pub fn textarea(it: Field) -> Markup {
    it.wrap(html! {
        textarea.control id=(it.name) name=(it.name) rows="5" required[it.required] maxlength=[it.chars_max] placeholder=[it.placeholder]
            aria-describedby=[it.about()] aria-invalid=[it.error.map(|_| "true")] data-editor[it.formatted] { (it.value) }
    })
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Choice { value: value.into(), label: label.into() }
    }
}

/// One of a list.
pub fn select(it: Field, choices: &[Choice]) -> Markup {
    it.wrap(html! {
        select.control id=(it.name) name=(it.name) required[it.required] aria-describedby=[it.about()] aria-invalid=[it.error.map(|_| "true")] { (options(choices, it.value)) }
    })
}

/// The `option` elements of a select.
pub fn options(choices: &[Choice], chosen: &str) -> Markup {
    html! { @for it in choices { option value=(it.value) selected[it.value == chosen] { (it.label) } } }
}

/// Yes or no; sends `on` for yes.
pub fn checkbox(name: &str, label: &str, hint: Option<&str>, checked: bool) -> Markup {
    html! {
        label.check { input type="checkbox" name=(name) checked[checked]; span { (label) @if let Some(hint) = hint { span.hint { (hint) } } } }
    }
}

/// A choice that is worth a card: its value, its name and a word about it.
pub type Card = (&'static str, Phrase, Phrase);

/// One of a few, as cards.
pub fn cards(it: Field, class: &str, cards: &[Card]) -> Markup {
    html! {
        fieldset.field aria-describedby=[it.about()] {
            legend { (it.label) }
            @if let Some(hint) = it.hint { p.hint id={ (it.name) "-hint" } { (hint) } }
            div class={ "choices " (class) } {
                @for (value, name, about) in cards {
                    label.choice { input type="radio" name=(it.name) value=(value) checked[*value == it.value] required[it.required]; strong { (name) } span.hint { (about) } }
                }
            }
            (it.problem())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_hint_and_error_belong_to_the_control() {
        let html = input(
            "text",
            Field { name: "title", label: "What?", hint: Some("Short"), error: Some("Say what is wrong."), ..Field::default() },
        )
        .into_string();
        for part in
            ["for=\"title\"", "id=\"title\"", "aria-describedby=\"title-hint title-error\"", "id=\"title-error\"", "aria-invalid=\"true\""]
        {
            assert!(html.contains(part), "{part} is missing in {html}");
        }
    }

    #[test]
    fn values_are_escaped() {
        let html = textarea(Field { name: "x", label: "x", value: "</textarea><script>", ..Field::default() }).into_string();
        assert!(!html.contains("<script>"));
    }
}
