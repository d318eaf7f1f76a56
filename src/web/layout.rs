//! The frame around every page: the document, the portal's shell, the title, the skip link, the hook against forged requests.
//! The console's rail is in `console/shell`. No script and no style stands inline, so that the content policy can be strict.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    admin::shell::LastChange,
    anywhere, assets,
    components::{
        announcement::{Announced, announced},
        avatar::{Face, avatar},
        banner::{Banner, banner},
        bell::bell,
        icon::mark,
        toast::{Toast, toasts},
    },
};
use crate::{
    desk::{
        appearance::{Density, Theme},
        features::{Feature, Off},
    },
    language::{Language, script_words},
    time::Instant,
    web::tongue::{self, t},
};

/// The policy that every page is served with.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of pages that show mails: they bring inline styles, of which the sanitiser lets through what cannot leave its box or load
/// anything. Style sheets and scripts stay ours.
pub const CONTENT_SECURITY_POLICY_WITH_MAIL: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The person who reads the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The person's id: what a browser keeps for them is kept apart.
    pub id: String,
    pub face: Face,
    /// May see the console.
    pub agent: bool,
    /// May see the settings.
    pub admin: bool,
    /// The pages of mail that are theirs, admin or not.
    pub mail: MailPages,
    /// Looks after all desks of this server.
    pub operator: bool,
    /// What they were told and have not read, counted up to a hundred.
    pub unread: usize,
    /// A word appears in the corner when they are told of something.
    pub toasts: bool,
}

/// Which pages of mail somebody may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MailPages {
    /// The log of mail.
    pub log: bool,
    /// Filters, and what is trusted and bounded.
    pub rules: bool,
}

/// What every page is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// The instant that relative times count from.
    pub now: Instant,
    /// The desk's own name, such as "Acme IT".
    pub desk: String,
    /// The address of the desk's logo; our sign stands where there is none.
    pub logo: Option<String>,
    /// Light, dark, or as the reader's system says. Of whoever is not signed in, the cookie `lodge_theme` tells.
    pub theme: Theme,
    pub density: Density,
    /// What the desk does without.
    pub off: Off,
    /// The token that every form sends back as `csrf`.
    pub csrf: String,
    /// How large a file may be that is uploaded, in bytes.
    pub upload_bytes_max: u64,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// What has just been done.
    pub toasts: Vec<Toast>,
    /// Where the style sheet of the desk's own look is.
    pub style: Option<String>,
    /// What the desk tells everybody who reads such a page.
    pub announced: Vec<Announced>,
    /// Who changed this page of the settings last, if that is said at its end.
    pub touched: Option<LastChange>,
    /// What is still to be set up on this page of the settings; empty if nothing.
    pub still: String,
    /// Somebody still takes the first steps of the desk.
    pub begins: bool,
    /// The reader may look at all that was changed.
    pub audits: bool,
    /// They may see background work.
    pub runs_jobs: bool,
    /// What everybody must know, such as an outage.
    pub banner: Option<Banner>,
    /// Something that agents should look at, and where.
    pub notice: Option<(String, String)>,
    /// The last event before the page was read: live updates go on from it.
    pub seq: u64,
    /// The path of the page, with what is behind the question mark.
    pub address: String,
    /// Nothing in the reader's profile says in which language they read.
    pub may_choose_language: bool,
    /// There is a knowledge base for the reader.
    pub knowledge: bool,
    /// What the page says of itself.
    pub meta: Option<Meta>,
}

impl Frame {
    /// Whether the desk has it.
    pub fn has(&self, it: Feature) -> bool {
        !self.off.has(it)
    }

    /// The hidden field that every form with `method="post"` must hold.
    pub fn csrf(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }
}

/// What a page says of itself to machines that look for pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// May be empty.
    pub description: String,
    /// The one address of the page, whole.
    pub canonical: String,
    /// The same in other languages: tag and address.
    pub alternates: Vec<(String, String)>,
}

/// Which of the portal's pages is shown, for the navigation and the width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Home,
    Tickets,
    Knowledge,
    Form,
    Wide,
    /// Before signing in: no navigation.
    Door,
}

/// For whom a page is drawn: requesters fetch nothing of what only the console and the settings look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Portal,
    Console,
}

/// The document. `scripts` are names of modules beside `lodge.js`.
pub fn document(frame: &Frame, title: &str, side: Side, scripts: &[&str], body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(tongue::language().tag()) dir=(tongue::language().direction()) data-theme=[(frame.theme != Theme::System).then_some(frame.theme.name())] data-density=[(frame.density == Density::Compact).then_some(frame.density.name())] data-zone=[tongue::chosen_zone()] data-person=[frame.viewer.as_ref().map(|it| it.id.as_str())] data-seq=[frame.viewer.as_ref().map(|_| frame.seq)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { (title) @if !frame.desk.is_empty() { " · " (frame.desk) } }
                @if let Some(it) = &frame.meta {
                    @if !it.description.is_empty() { meta name="description" content=(it.description); }
                    link rel="canonical" href=(it.canonical);
                    @for (tag, href) in &it.alternates { link rel="alternate" hreflang=(tag) href=(href); }
                }
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                // Nothing is painted before its place is known: what comes later in the page never moves what is read already.
                link rel="expect" href="#toasts" blocking="render";
                link rel="stylesheet" href=(assets::address("lodge.css"));
                @if side == Side::Console { link rel="stylesheet" href=(assets::address("console.css")); }
                @if let Some(it) = &frame.style { link rel="stylesheet" href=(it); }
                script type="application/json" id="script-words" { (PreEscaped(script_words(tongue::language()))) }
                link rel="icon" type="image/svg+xml" href=(assets::address("lodge.svg"));
                link rel="manifest" href="/manifest.webmanifest";
                link rel="apple-touch-icon" href="/icon-192.png";
                script type="module" src=(assets::address("lodge.js")) {}
                @for name in scripts { script type="module" src=(assets::address(name)) {} }
            }
            (body)
        }
    }
}

/// A page of the portal. Whoever is signed in sees changes as they happen.
pub fn portal(frame: &Frame, room: Room, title: &str, main: Markup) -> Markup {
    let page = match room {
        Room::Home => "home",
        Room::Door => "door",
        _ => "room",
    };
    let wide = matches!(room, Room::Wide | Room::Form).then_some("wide");
    let mut scripts: Vec<&str> = Vec::new();
    if frame.viewer.is_some() {
        scripts.extend(["drafts.js", "live.js", "notify.js", "alike.js", "compose.js"]);
    }
    // A requester's pages stay light: only whoever works tickets has the tools, and only on pages that are their own place of work.
    let tooled = anywhere::are_for(frame) && anywhere::is_own_page(frame);
    if tooled {
        scripts.extend(anywhere::SCRIPTS);
    }
    document(
        frame,
        title,
        if tooled { Side::Console } else { Side::Portal },
        &scripts,
        html! {
            body.portal data-page=(page) {
                a.skip href="#main" { (t!("word-skip-content")) }
                (site_head(frame, room))
                main id="main" tabindex="-1" data-width=[wide] {
                    @if let Some(it) = &frame.banner { (banner(it)) }
                    @if matches!(room, Room::Home | Room::Form) { (announced(&frame.announced)) }
                    (main)
                }
                (site_foot(frame))
                @if tooled { (anywhere::tools(frame)) }
                (toasts(&frame.toasts, &frame.csrf()))
            }
        },
    )
}

/// The desk's sign and name.
pub fn brand(frame: &Frame, href: &str) -> Markup {
    html! {
        a.brand href=(href) { @if let Some(logo) = &frame.logo { img src=(logo) alt=""; } @else { (mark()) } span { (frame.desk) } }
    }
}

fn site_head(frame: &Frame, room: Room) -> Markup {
    html! {
        header.site-head {
            (brand(frame, "/"))
            @if let Some(viewer) = &frame.viewer {
                nav aria-label=(t!("layout-main")) {
                    @if frame.knowledge { a.to-knowledge href="/knowledge" aria-current=[(room == Room::Knowledge).then_some("page")] { (t!("knowledge-nav")) } }
                    a href="/tickets" aria-current=[(room == Room::Tickets).then_some("page")] { (t!("word-my-tickets")) }
                    @if viewer.agent { a.to-console href="/agent" { (t!("layout-console")) } }
                    @if anywhere::is_own_page(frame) { (anywhere::head_tools(viewer)) }
                    (bell(viewer))
                    button.who type="button" popovertarget="me" { (avatar(&viewer.face)) span.sr { (t!("word-your-account")) } }
                    (account_menu(frame, viewer))
                }
            } @else if room != Room::Door {
                nav aria-label=(t!("layout-main")) { @if frame.knowledge { a.to-knowledge href="/knowledge" aria-current=[(room == Room::Knowledge).then_some("page")] { (t!("knowledge-nav")) } } a href="/sign-in" { (t!("layout-sign")) } }
            }
        }
    }
}

/// The menu behind one's own face; its id is `me`.
pub fn account_menu(frame: &Frame, viewer: &Viewer) -> Markup {
    html! {
        div.menu id="me" popover {
            div.menu-head { strong { (viewer.face.name) } (frame.desk) }
            hr;
            a href="/account" { (t!("word-your-account")) }
            @if viewer.agent { a href="/agent" { (t!("layout-console")) } }
            @if viewer.admin { a href="/agent/admin" { (t!("layout-settings")) } }
            @if viewer.operator { a href="/operator/desks" { (t!("layout-desks-server")) } }
            button.with-js type="button" data-toggle="theme" { (t!("layout-light-dark")) }
            form method="post" action="/sign-out" { (frame.csrf()) button type="submit" { (t!("layout-sign-out")) } }
        }
    }
}

fn site_foot(frame: &Frame) -> Markup {
    html! { footer.site-foot { p { (frame.desk) " · " (t!("layout-runs-lodge")) } @if frame.may_choose_language { (languages(frame)) } } }
}

/// Each language by its own name; choosing one works without a script.
fn languages(frame: &Frame) -> Markup {
    let here: String = form_urlencoded::byte_serialize(frame.address.as_bytes()).collect();
    html! {
        nav.languages aria-label=(t!("layout-language")) {
            @for it in Language::ALL {
                a href={ "/language?to=" (it.tag()) "&next=" (here) } lang=(it.tag()) hreflang=(it.tag()) dir=(it.direction())
                    aria-current=[(it == tongue::language()).then_some("true")] { (it.own_name()) }
            }
        }
    }
}
