//! The way to what one was told, with how much of it is not read. It is a link, so that it works without a script; with one it shows the
//! newest in place.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::web::{layout::Viewer, tongue::t};

/// Where all of it is.
pub const NOTIFICATIONS: &str = "/notifications";
/// Beyond this the count says only that it is more.
const COUNTED_MAX: usize = 99;

/// The bell; `id="bell"`, live on one's own topic.
pub fn bell(viewer: &Viewer) -> Markup {
    let label = match viewer.unread {
        0 => t!("live-bell-none").to_owned(),
        count => t!("live-bell", count = count.min(COUNTED_MAX)),
    };
    html! {
        a.bell id="bell" href=(NOTIFICATIONS) aria-label=(label) title=(label) data-live="me" data-live-only="notification.created" data-live-src="/notifications/bell"
            data-toasts=(if viewer.toasts { "on" } else { "off" }) data-unread=(viewer.unread) {
            (icon(Icon::Bell))
            @if viewer.unread > COUNTED_MAX { span.count aria-hidden="true" { (COUNTED_MAX) "+" } } @else if viewer.unread > 0 { span.count aria-hidden="true" { (viewer.unread) } }
        }
    }
}
