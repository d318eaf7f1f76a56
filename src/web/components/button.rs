//! A button, or a link that looks like one. It says what it does in words; an icon alone carries its words as a label.

use maud::{Markup, Render, html};

use super::{
    icon::{Icon, icon},
    kbd,
};
use crate::web::keys::Aim;

#[derive(Debug, Clone, Copy)]
enum Does<'a> {
    Submit,
    SubmitAs(&'a str, &'a str),
    Go(&'a str),
    Opens(&'a str),
    Pops(&'a str),
    Closes(&'a str),
    Nothing,
}

/// A button under construction; render it with `(button)`.
#[derive(Debug, Clone, Copy)]
pub struct Button<'a> {
    label: &'a str,
    does: Does<'a>,
    look: Option<&'static str>,
    icon: Option<Icon>,
    only_icon: bool,
    large: bool,
    aim: Option<Aim>,
    shows_key: bool,
    disabled: bool,
    form: Option<&'a str>,
    swap: Option<&'a str>,
    toggles: Option<&'a str>,
}

impl<'a> Button<'a> {
    fn new(label: &'a str, does: Does<'a>) -> Self {
        Button {
            label,
            does,
            look: None,
            icon: None,
            only_icon: false,
            large: false,
            aim: None,
            shows_key: false,
            disabled: false,
            form: None,
            swap: None,
            toggles: None,
        }
    }

    /// Sends the form it stands in.
    pub fn submit(label: &'a str) -> Self {
        Self::new(label, Does::Submit)
    }

    /// Sends the form it stands in, with one more field.
    pub fn submit_as(label: &'a str, name: &'a str, value: &'a str) -> Self {
        Self::new(label, Does::SubmitAs(name, value))
    }

    /// A link to `href`.
    pub fn link(label: &'a str, href: &'a str) -> Self {
        Self::new(label, Does::Go(href))
    }

    /// Opens the dialog or drawer with this id.
    pub fn opens(label: &'a str, id: &'a str) -> Self {
        Self::new(label, Does::Opens(id))
    }

    /// Shows or hides the menu with this id.
    pub fn pops(label: &'a str, id: &'a str) -> Self {
        Self::new(label, Does::Pops(id))
    }

    /// Closes the dialog or drawer with this id.
    pub fn closes(label: &'a str, id: &'a str) -> Self {
        Self::new(label, Does::Closes(id))
    }

    /// A button for a script, found by its aim.
    pub fn plain(label: &'a str) -> Self {
        Self::new(label, Does::Nothing)
    }

    /// The one thing to do on this page.
    pub fn primary(mut self) -> Self {
        self.look = Some("primary");
        self
    }

    /// Beside something louder.
    pub fn quiet(mut self) -> Self {
        self.look = Some("quiet");
        self
    }

    /// It takes something away.
    pub fn danger(mut self) -> Self {
        self.look = Some("danger");
        self
    }

    pub fn large(mut self) -> Self {
        self.large = true;
        self
    }

    pub fn icon(mut self, which: Icon) -> Self {
        self.icon = Some(which);
        self
    }

    /// Shows the icon alone; the label is read out and shown on hover.
    pub fn only_icon(mut self, which: Icon) -> Self {
        self.icon = Some(which);
        self.only_icon = true;
        self
    }

    /// The shortcut that presses this button.
    pub fn aim(mut self, aim: Aim) -> Self {
        self.aim = Some(aim);
        self
    }

    /// Shows the keys of its aim on the button.
    pub fn shows_key(mut self) -> Self {
        self.shows_key = true;
        self
    }

    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// Sends the form with this id instead of the one around it.
    pub fn form(mut self, id: &'a str) -> Self {
        self.form = Some(id);
        self
    }

    /// On a link: replaces the elements with these ids, parted by spaces, instead of the page.
    pub fn swap(mut self, ids: &'a str) -> Self {
        self.swap = Some(ids);
        self
    }

    /// Switches something of the page that the browser remembers: `theme` or `rail`.
    pub fn toggles(mut self, what: &'a str) -> Self {
        self.toggles = Some(what);
        self
    }

    /// The finished button.
    pub fn into_markup(self) -> Markup {
        self.render()
    }

    fn inside(&self) -> Markup {
        html! {
            @if let Some(which) = self.icon { (icon(which)) }
            @if !self.only_icon { span.words { (self.label) } }
            @if self.shows_key { @if let Some(keys) = self.aim.and_then(Aim::keys) { (kbd::keys(keys)) } }
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let label = self.only_icon.then_some(self.label);
        let aim = self.aim.map(Aim::as_str);
        let keys = self.aim.and_then(Aim::aria);
        let size = self.large.then_some("large");
        let only = self.only_icon.then_some("icon");
        if let Does::Go(href) = self.does {
            return html! {
                a.button href=(href) data-look=[self.look] data-size=[size] data-only=[only] data-aim=[aim] aria-keyshortcuts=[keys] aria-label=[label] title=[label]
                    data-swap=[self.swap] data-push[self.swap.is_some()] { (self.inside()) }
            };
        }
        let kind = if matches!(self.does, Does::Submit | Does::SubmitAs(..)) { "submit" } else { "button" };
        let (name, value) = if let Does::SubmitAs(name, value) = self.does { (Some(name), Some(value)) } else { (None, None) };
        let pops = if let Does::Pops(id) = self.does { Some(id) } else { None };
        let (command, target) = match self.does {
            Does::Opens(id) => (Some("show-modal"), Some(id)),
            Does::Closes(id) => (Some("close"), Some(id)),
            _ => (None, None),
        };
        html! {
            button.button type=(kind) name=[name] value=[value] form=[self.form] data-look=[self.look] data-size=[size] data-only=[only] data-aim=[aim]
                aria-keyshortcuts=[keys] aria-label=[label] title=[label] disabled[self.disabled] popovertarget=[pops] data-toggle=[self.toggles]
                command=[command] commandfor=[target] { (self.inside()) }
        }
    }
}
