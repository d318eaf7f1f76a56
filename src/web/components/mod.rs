//! The parts that pages are made of, one file each; `/styleguide` shows all of them in all their states.
//! Each is a function from typed inputs to HTML and knows no page.

pub mod alike;
pub mod attachment;
pub mod availability;
pub mod avatar;
pub mod badge;
pub mod banner;
pub mod breadcrumb;
pub mod button;
pub mod composer;
pub mod countdown;
pub mod delivery;
pub mod dialog;
pub mod drawer;
pub mod empty_state;
pub mod field;
pub mod icon;
pub mod kbd;
pub mod moment;
pub mod page_header;
pub mod pagination;
pub mod priority;
pub mod qr_code;
pub mod search_box;
pub mod status_pill;
pub mod table;
pub mod tabs;
pub mod thread;
pub mod timeline;
pub mod toast;
pub mod week_strip;
pub mod why;
