//! Our own small set of drawings, inline so that they take the colour of the text. Decorative always: the words beside them speak.

use maud::{Markup, PreEscaped, html};

macro_rules! icons {
    ($($name:ident $path:literal)*) => {
        /// A drawing on a grid of 20 by 20.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $($name),* }

        impl Icon {
            /// All of them, for the style guide.
            pub const ALL: &[Icon] = &[$(Icon::$name),*];

            fn drawing(self) -> &'static str {
                match self { $(Icon::$name => $path),* }
            }
        }
    };
}

icons! {
    Inbox r#"<path d="M3 11.5 5.2 4.6A1.5 1.5 0 0 1 6.6 3.5h6.8a1.5 1.5 0 0 1 1.4 1.1L17 11.5V15a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15zM3 11.5h3.6l1.2 2h4.4l1.2-2H17"/>"#
    Nobody r#"<circle cx="10" cy="7" r="3" stroke-dasharray="2.2 2.2"/><path d="M4.5 16.5c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5" stroke-dasharray="2.6 2.4"/>"#
    Flame r#"<path d="M10 2.5c.6 2.6 4.5 4.3 4.5 8.7a4.5 4.5 0 0 1-9 0c0-1.700.8-2.9 1.7-3.800.2 1.400.8 2.1 1.6 2.4C8.6 7 8.7 4.5 10 2.5z"/>"#
    Pause r#"<circle cx="10" cy="10" r="7"/><path d="M8.2 7.5v5M11.8 7.5v5"/>"#
    Stack r#"<path d="m10 3 7 3.5-7 3.5-7-3.5zM3 10l7 3.5 7-3.5M3 13.5 10 17l7-3.5"/>"#
    Queue r#"<path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h8"/>"#
    Search r#"<circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 3.8 3.8"/>"#
    Plus r#"<path d="M10 4v12M4 10h12"/>"#
    Check r#"<path d="m4.5 10.5 3.7 3.7 7.3-8"/>"#
    Cross r#"<path d="m5.5 5.5 9 9m0-9-9 9"/>"#
    Right r#"<path d="m8 4.5 5.5 5.5L8 15.5"/>"#
    Left r#"<path d="M12 4.5 6.5 10l5.5 5.5"/>"#
    Up r#"<path d="m4.5 12.5 5.5-5.5 5.5 5.5"/>"#
    Down r#"<path d="m4.5 7.5 5.5 5.5 5.5-5.5"/>"#
    More r#"<circle cx="4.5" cy="10" r=".9" fill="currentColor"/><circle cx="10" cy="10" r=".9" fill="currentColor"/><circle cx="15.5" cy="10" r=".9" fill="currentColor"/>"#
    Reply r#"<path d="M8 4.5 3.5 9 8 13.5M3.5 9H12a4.5 4.5 0 0 1 4.5 4.5v2"/>"#
    Note r#"<path d="M4.5 3.5h11v8.5l-4.5 4.5H4.5zM15.5 12H11v4.5"/>"#
    Clip r#"<path d="m16 9.5-5.8 5.8a3.7 3.7 0 0 1-5.2-5.2l6-6a2.45 2.45 0 0 1 3.5 3.5l-6 6a1.2 1.2 0 0 1-1.7-1.7l5.5-5.5"/>"#
    Eye r#"<path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z"/><circle cx="10" cy="10" r="2.2"/>"#
    Link r#"<path d="m8.5 11.5 3-3M9.5 6.5l1.7-1.7a3 3 0 0 1 4.2 4.2l-1.7 1.7M10.5 13.5l-1.7 1.7a3 3 0 0 1-4.2-4.2l1.7-1.7"/>"#
    Clock r#"<circle cx="10" cy="10" r="7"/><path d="M10 6v4l2.7 2"/>"#
    Alert r#"<path d="M10 3.5 17.5 16h-15zM10 8.5v3M10 13.7v.1"/>"#
    Info r#"<circle cx="10" cy="10" r="7"/><path d="M10 9.2v4M10 6.6v.1"/>"#
    Person r#"<circle cx="10" cy="7" r="3"/><path d="M4.5 16.5c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5"/>"#
    People r#"<circle cx="7.5" cy="7.5" r="2.6"/><path d="M2.8 15.5c.5-2.6 2.3-3.9 4.7-3.9s4.2 1.3 4.7 3.9M12.5 5.1a2.6 2.6 0 0 1 0 4.8M14.2 11.9c1.600.4 2.6 1.6 3 3.6"/>"#
    Gear r#"<circle cx="10" cy="10" r="2.5"/><path d="M10 2.8v2M10 15.2v2M2.8 10h2M15.2 10h2M4.9 4.9l1.4 1.4M13.7 13.7l1.4 1.4M4.9 15.1l1.4-1.4M13.7 6.3l1.4-1.4"/>"#
    Moon r#"<path d="M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z"/>"#
    Board r#"<rect x="3" y="3.5" width="14" height="13" rx="1.5"/><path d="M7.7 3.5v13M12.3 3.5v13"/>"#
    Home r#"<path d="M3.5 9.5 10 4l6.5 5.5V16a.8.8 0 0 1-.8.8H12v-4.3H8v4.3H4.3a.8.8 0 0 1-.8-.8z"/>"#
    Panel r#"<rect x="3" y="4" width="14" height="12" rx="2"/><path d="M8 4v12"/>"#
    Menu r#"<path d="M3.5 6h13M3.5 10h13M3.5 14h13"/>"#
    Mail r#"<rect x="3" y="4.5" width="14" height="11" rx="1.5"/><path d="m3.5 6 6.5 5 6.5-5"/>"#
    File r#"<path d="M5.5 3h6l3.5 3.5V17h-9.5zM11.5 3v3.5H15"/>"#
    Picture r#"<rect x="3" y="4" width="14" height="12" rx="1.5"/><circle cx="7.2" cy="8" r="1.2"/><path d="m3.5 14.5 4-3.5 2.5 2 3-3 3.5 3.5"/>"#
    Bolt r#"<path d="M11 2.5 4.5 11.5H10l-1 6 6.5-9H10z"/>"#
    Box r#"<path d="m10 2.8 6.5 3.4v7.6L10 17.2l-6.5-3.4V6.2zM3.7 6.3 10 9.7l6.3-3.4M10 9.7v7.3"/>"#
    Laptop r#"<rect x="4" y="4.5" width="12" height="8.5" rx="1.2"/><path d="M2.5 15.5h15"/>"#
    Key r#"<circle cx="7" cy="13" r="3.2"/><path d="m9.3 10.7 6.2-6.2M13 7l2.2 2.2"/>"#
    Book r#"<path d="M10 5.5C8.5 4.2 6.2 3.8 3.5 4v11.5c2.7-.2 5 .2 6.5 1.5 1.5-1.3 3.8-1.7 6.5-1.5V4c-2.7-.2-5 .2-6.5 1.5zm0 0V17"/>"#
    Tag r#"<path d="M3.5 3.5h6l7 7-6 6-7-7zM6.8 6.8v.1"/>"#
    History r#"<path d="M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7.2M3.5 3.7v3.5H7M10 6.5V10l2.5 1.7"/>"#
    Shield r#"<path d="M10 2.8 4 5v4.5c0 3.8 2.5 6.3 6 7.7 3.5-1.4 6-3.9 6-7.7V5z"/>"#
    Bell r#"<path d="M10 3.2a4.6 4.6 0 0 0-4.6 4.6c0 3.6-1.6 4.9-1.6 4.900h12.4s-1.6-1.3-1.6-4.9A4.6 4.6 0 0 0 10 3.2zM8.3 15.6a1.8 1.8 0 0 0 3.4 0"/>"#
    Pencil r#"<path d="m12.8 4.2 3 3-8.600 8.600-3.700.700.700-3.7zM11.2 5.8l3 3"/>"#
    Pin r#"<path d="M7.5 3.5h5l-.6 5 2.600 2.500H5.5L8.1 8.5zM10 11v5.5"/>"#
    New r#"<circle cx="10" cy="10" r="6.5" stroke-dasharray="2.6 2.5"/>"#
    Active r#"<circle cx="10" cy="10" r="6.5"/><path d="M10 6.7a3.3 3.3 0 0 1 0 6.6z" fill="currentColor"/>"#
    Solved r#"<circle cx="10" cy="10" r="6.5"/><path d="m7.3 10.2 2 2 3.5-4"/>"#
    Closed r#"<circle cx="10" cy="10" r="6.5" fill="currentColor"/><path d="m7.3 10.2 2 2 3.5-4" stroke="var(--paper)"/>"#
}

impl Icon {
    /// It points along the line of reading, and is mirrored where that runs from the right.
    fn points(self) -> bool {
        matches!(self, Icon::Left | Icon::Right | Icon::Reply)
    }
}

/// The drawing, hidden from screen readers.
pub fn icon(which: Icon) -> Markup {
    html! { svg.icon viewBox="0 0 20 20" data-points[which.points()] aria-hidden="true" { (PreEscaped(which.drawing())) } }
}

/// The sign of Lodge: an A-frame with its door open.
pub fn mark() -> Markup {
    html! { svg.mark viewBox="0 0 24 24" aria-hidden="true" fill="currentColor" { path d="M12 2.2a1.3 1.3 0 0 1 1.140.68l9 16.8A1.3 1.3 0 0 1 21 21.6h-4.3a1.3 1.3 0 0 1-1.14-.68L12 14.3l-3.56 6.62a1.3 1.3 0 0 1-1.140.68H3a1.3 1.3 0 0 1-1.14-1.92l9-16.8A1.3 1.3 0 0 1 12 2.2z" {} } }
}

/// The ridge behind the lodge: the portal's one picture.
pub fn ridge() -> Markup {
    html! {
        svg.ridge viewBox="0 0 1440 176" preserveAspectRatio="xMidYMax slice" aria-hidden="true" {
            path.far d="M0 176V96l130-40 90 34 150-66 120 58 96-26 130-50 150 66 110-36 140 54 120-44 204 52v78z" {}
            path.mid d="M0 176v-54l180-30 140 26 190-42 150 34 120-12 180-28 190 40 150-22 140 26v62z" {}
            path.near d="M0 176v-34l210-16 190 14 180-12h280l190 12 200-18 190 16v38z" {}
            path.tree d="m566 132 13-34 13 34zm22 2 10-26 10 26zm222-2 14-38 14 38zm26 2 11-28 11 28zM306 138l10-26 10 26zm766 0 11-28 11 28zm20 2 8-20 8 20z" {}
            path.lodge d="m720 62 43 72h-86z" {}
            path.lit d="m720 99 15 35h-30z" {}
        }
    }
}
