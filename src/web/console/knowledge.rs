//! Articles in the console: the list by state, one of them with all that is known of it, and what it said before.

use maud::{Markup, PreEscaped, html};

use super::shell::{RailView, shell};
use crate::{
    limits::FORM_FILE_BYTES_MAX,
    text::difference::Fate,
    time::Instant,
    web::{
        admin::shell::removal,
        components::{
            attachment::{FileView, chip, uploader},
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            icon::{Icon, icon},
            moment::moment,
            page_header::page_header,
            pagination::{Pages, pagination},
            search_box::search_within,
            tabs::{Tab, tabs},
        },
        layout::Frame,
        tongue::{marked, t},
    },
};

/// Where all articles are.
pub const HREF: &str = "/agent/knowledge";

/// An article of the list.
#[derive(Debug, Clone, Default)]
pub struct ArticleRow {
    pub id: String,
    pub title: String,
    pub preview: String,
    /// "Network · everybody · de".
    pub about: String,
    pub changed: Instant,
    pub href: String,
    /// It should be looked at again.
    pub due: bool,
    pub state: Option<(Tone, &'static str)>,
}

#[derive(Debug, Clone, Default)]
pub struct ArticlesView {
    pub frame: Frame,
    pub rail: RailView,
    pub tabs: Vec<Tab>,
    /// The state that the search stays in.
    pub state: String,
    pub query: String,
    pub rows: Vec<ArticleRow>,
    pub pages: Pages,
    pub may_write: bool,
    /// The ticket that an article is looked for.
    pub ticket: Option<String>,
}

/// The page at `/agent/knowledge`.
pub fn list(view: &ArticlesView) -> Markup {
    let actions =
        view.may_write.then(|| html! { (Button::link(t!("knowledge-write-one"), "/agent/knowledge/new").primary().icon(Icon::Plus)) });
    let within = match &view.ticket {
        Some(it) => ("ticket", it.as_str()),
        None => ("state", view.state.as_str()),
    };
    shell(
        &view.frame,
        &view.rail,
        t!("knowledge-title"),
        html! {
            div.found id="knowledge" {
                @match &view.ticket {
                    Some(number) => (page_header(&t!("knowledge-choose-for", number = number.as_str()), None, Some(html! { (Button::link(t!("knowledge-back-to-ticket"), &format!("/agent/tickets/{number}")).icon(Icon::Left)) }))),
                    None => (page_header(t!("knowledge-title"), Some(t!("knowledge-about")), actions)),
                }
                (search_within(HREF, t!("knowledge-search"), &view.query, Some(within)))
                @if view.ticket.is_none() { (tabs(t!("knowledge-states"), &view.tabs, None)) }
                @if view.rows.is_empty() { (empty_state(Icon::Book, t!("knowledge-none-here"), t!("knowledge-none-here-hint"), None)) }
                @else {
                    ul.tool-list.articles { @for it in &view.rows { li { (row(view, it)) } } }
                    @if view.pages.previous.is_some() || view.pages.next.is_some() { (pagination(t!("knowledge-title"), &view.pages)) }
                }
            }
        },
    )
}

fn row(view: &ArticlesView, it: &ArticleRow) -> Markup {
    html! {
        div.tool {
            a href=(it.href) { (it.title) }
            @if let Some((tone, name)) = it.state { (badge(tone, name)) }
            @if it.due { (badge(Tone::Warn, t!("knowledge-review-due"))) }
            @if !it.preview.is_empty() { small { (it.preview) } }
            small { (it.about) " · " (moment(it.changed, view.frame.now)) }
        }
        @if let Some(number) = &view.ticket {
            form method="post" action={ "/agent/tickets/" (number) "/articles" } {
                (view.frame.csrf())
                input type="hidden" name="article" value=(it.id);
                button.button type="submit" { (icon(Icon::Link)) span.words { (t!("knowledge-put-on", number = number.as_str())) } }
            }
        }
    }
}

/// What somebody said of it.
#[derive(Debug, Clone, Default)]
pub struct SaidRow {
    pub who: String,
    pub helped: bool,
    pub words: String,
    pub at: Instant,
}

/// A file of the article, and whether its text shows it.
#[derive(Debug, Clone, Default)]
pub struct FileRow {
    pub file: FileView,
    pub shown: bool,
}

/// What is known of one article.
#[derive(Debug, Clone, Default)]
pub struct ArticleView {
    pub frame: Frame,
    pub rail: RailView,
    pub id: String,
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub html: String,
    pub files: Vec<FileRow>,
    pub language: Option<String>,
    pub state: &'static str,
    pub state_name: &'static str,
    pub tone: Tone,
    pub version: u64,
    /// Names and values, in lines.
    pub facts: Vec<(&'static str, String)>,
    pub tags: Vec<String>,
    /// Other languages: tag, name, address.
    pub translations: Vec<(String, String, String)>,
    pub may_write: bool,
    /// May change what readers see.
    pub may_publish: bool,
    /// It may be changed by the reader as it stands.
    pub may_change: bool,
    pub may_delete: bool,
    /// A draft is sent to review before it is published.
    pub reviewed: bool,
    pub changed: Instant,
    /// Helped, did not, visitors' votes, tickets spared.
    pub reception: (u32, u32, u32, u32, u32),
    pub said: Vec<SaidRow>,
    /// Tickets that it has to do with: number, title, how.
    pub tickets: Vec<(String, String, &'static str)>,
}

impl ArticleView {
    fn href(&self) -> String {
        format!("{HREF}/{}", self.id)
    }
}

/// The parts of an article, for its tabs.
pub fn parts(id: &str, current: &str, may_change: bool) -> Vec<Tab> {
    let tab = |label: &str, part: &str| {
        let href = if part.is_empty() { format!("{HREF}/{id}") } else { format!("{HREF}/{id}/{part}") };
        Tab::new(label, href, None, part == current)
    };
    let edit = may_change.then(|| tab(t!("knowledge-edit"), "edit"));
    [tab(t!("knowledge-read"), "")].into_iter().chain(edit).chain([tab(t!("knowledge-revisions"), "revisions")]).collect()
}

/// The page at `/agent/knowledge/{article}`.
pub fn page(view: &ArticleView) -> Markup {
    let language = view.language.as_deref();
    shell(
        &view.frame,
        &view.rail,
        &view.title,
        html! {
            div.found.article-page id="article" {
                div { (breadcrumb(&[(t!("knowledge-title"), HREF)], &view.title)) (page_header(&view.title, None, Some(steps(view)))) }
                @if view.may_write { (tabs(t!("knowledge-parts"), &parts(&view.id, "", view.may_change), None)) }
                p.article-standing {
                    (badge(view.tone, view.state_name)) " "
                    @if view.state == "published" { a href={ "/knowledge/" (view.slug) } { (t!("knowledge-as-readers-see")) } " · " }
                    small { (marked!("knowledge-changed-when", when = moment(view.changed, view.frame.now))) }
                }
                div.article-desk {
                    article.article.panel lang=[language] dir=[language.map(|_| "auto")] {
                        @if !view.summary.is_empty() { p.lede { (view.summary) } }
                        @if view.html.is_empty() { p.hint { (t!("knowledge-no-text-yet")) } } @else { div.prose { (PreEscaped(&view.html)) } }
                    }
                    (known(view))
                }
                @if view.may_delete { (removal(&view.frame, &format!("{}/delete", view.href()), t!("knowledge-delete-about"), t!("knowledge-delete"), html! {})) }
            }
        },
    )
}

/// What can be done with it as it stands.
fn steps(view: &ArticleView) -> Markup {
    let step = |state: &str, label: &str, first: bool| {
        let button = Button::submit_as(label, "state", state);
        html! { @if first { (button.primary()) } @else { (button) } }
    };
    let publishes = view.may_publish && (view.state != "draft" || !view.reviewed);
    html! {
        @if view.may_write {
            form.article-steps method="post" action={ (view.href()) "/state" } {
                (view.frame.csrf())
                input type="hidden" name="version" value=(view.version);
                @match view.state {
                    "draft" => {
                        (step("review", t!("knowledge-send-to-review"), !publishes))
                        @if publishes { (step("published", t!("knowledge-publish"), true)) }
                    }
                    "review" => {
                        (step("draft", t!("knowledge-back-to-draft"), false))
                        @if publishes { (step("published", t!("knowledge-publish"), true)) }
                    }
                    "published" if view.may_publish => {
                        (step("draft", t!("knowledge-unpublish"), false))
                        (step("archived", t!("knowledge-archive"), false))
                    }
                    "archived" => {
                        (step("draft", t!("knowledge-back-to-draft"), false))
                        @if publishes { (step("published", t!("knowledge-publish"), true)) }
                    }
                    _ => {}
                }
            }
        }
    }
}

fn known(view: &ArticleView) -> Markup {
    let (helped, not, visitors, visitors_not, solved) = view.reception;
    html! {
        aside.article-known aria-label=(t!("knowledge-about-it")) {
            section { h2 { (t!("knowledge-about-it")) } dl.facts { @for (name, value) in &view.facts { dt { (name) } dd { (value) } } } }
            @if view.may_change || !view.files.is_empty() { (files(view)) }
            @if !view.tags.is_empty() { section { h2 { (t!("knowledge-tags")) } p.tags { @for it in &view.tags { span.tag { (it) } " " } } } }
            section {
                h2 { (t!("knowledge-translations")) }
                @if !view.translations.is_empty() { ul.small-list { @for (tag, name, href) in &view.translations { li { a href=(href) lang=(tag) hreflang=(tag) { (name) } } } } }
                @if view.may_write { p { a href={ "/agent/knowledge/new?translates=" (view.id) } { (t!("knowledge-translate")) } } }
            }
            section {
                h2 { (t!("knowledge-does-it-help")) }
                @if helped + not + visitors + visitors_not + solved == 0 { p.hint { (t!("knowledge-nobody-said")) } } @else {
                    dl.facts {
                        dt { (t!("knowledge-helped")) } dd { (t!("knowledge-people-and-visitors", people = helped, visitors = visitors)) }
                        dt { (t!("knowledge-not-helped")) } dd { (t!("knowledge-people-and-visitors", people = not, visitors = visitors_not)) }
                        dt { (t!("knowledge-spared")) } dd { (solved) }
                    }
                }
                @if !view.said.is_empty() { ul.said-list { @for it in &view.said { li {
                    (badge(if it.helped { Tone::Ok } else { Tone::Warn }, if it.helped { t!("knowledge-yes") } else { t!("knowledge-no") })) " " (it.words)
                    small { (it.who) " · " (moment(it.at, view.frame.now)) }
                } } } }
            }
            @if !view.tickets.is_empty() { section {
                h2 { (t!("knowledge-tickets")) }
                ul.small-list { @for (number, title, how) in &view.tickets { li { span.kind { (how) } a href={ "/agent/tickets/" (number) } { (number) " " (title) } } } }
            } }
        }
    }
}

/// Pictures and files, and a way to add more.
fn files(view: &ArticleView) -> Markup {
    html! {
        section.known-files {
            h2 { (t!("knowledge-files")) }
            @if !view.files.is_empty() { ul.files { @for it in &view.files { li {
                (chip(&it.file))
                @if it.shown { small { (t!("knowledge-file-shown")) } }
                @if view.may_change {
                    form method="post" action={ (view.href()) "/files/" (it.file.id) "/remove" } {
                        (view.frame.csrf())
                        button.button type="submit" data-look="quiet" { (icon(Icon::Cross)) span.sr { (t!("knowledge-file-remove", name = it.file.name.as_str())) } }
                    }
                }
            } } } }
            @if view.may_change {
                form method="post" action={ (view.href()) "/files" } enctype="multipart/form-data" {
                    (view.frame.csrf())
                    (uploader(t!("knowledge-add-files"), FORM_FILE_BYTES_MAX))
                    p.hint { (t!("knowledge-files-hint")) }
                    (Button::submit(t!("knowledge-files-send")))
                }
            }
        }
    }
}

/// A revision of the list.
#[derive(Debug, Clone, Default)]
pub struct RevisionRow {
    pub number: u64,
    pub who: String,
    pub at: Instant,
    pub note: String,
    pub current: bool,
}

#[derive(Debug, Clone, Default)]
pub struct RevisionsView {
    pub frame: Frame,
    pub rail: RailView,
    pub id: String,
    pub title: String,
    pub rows: Vec<RevisionRow>,
    /// The revisions that are compared.
    pub from: Option<u64>,
    pub to: u64,
    pub lines: Vec<(Fate, String)>,
    pub may_restore: bool,
}

/// The page at `/agent/knowledge/{article}/revisions`.
pub fn revisions(view: &RevisionsView) -> Markup {
    let href = format!("{HREF}/{}/revisions", view.id);
    shell(
        &view.frame,
        &view.rail,
        &view.title,
        html! {
            div.found id="article" {
                div { (breadcrumb(&[(t!("knowledge-title"), HREF), (&view.title, &format!("{HREF}/{}", view.id))], t!("knowledge-revisions"))) (page_header(&view.title, None, None)) }
                (tabs(t!("knowledge-parts"), &parts(&view.id, "revisions", view.may_restore), None))
                ol.revision-list reversed { @for it in &view.rows { li {
                    div.tool {
                        a href={ (href) "?to=" (it.number) } aria-current=[(it.number == view.to).then_some("true")] { (t!("knowledge-revision", number = it.number)) }
                        @if it.current { (badge(Tone::Ok, t!("knowledge-is-read"))) }
                        @if !it.note.is_empty() { span { (it.note) } }
                        small { (it.who) " · " (moment(it.at, view.frame.now)) }
                    }
                    @if !it.current && view.may_restore {
                        form method="post" action={ (href) "/" (it.number) "/restore" } { (view.frame.csrf()) (Button::submit(t!("knowledge-restore")).quiet()) }
                    }
                } } }
                section.difference aria-labelledby="difference" {
                    h2 id="difference" { @match view.from {
                        Some(from) => (t!("knowledge-difference", from = from, to = view.to)),
                        None => (t!("knowledge-difference-first", to = view.to)),
                    } }
                    (difference(&view.lines))
                }
            }
        },
    )
}

/// Lines that stayed, far from any that changed, are left out.
const AROUND: usize = 3;

fn difference(lines: &[(Fate, String)]) -> Markup {
    let near = |at: usize| lines[at.saturating_sub(AROUND)..(at + AROUND + 1).min(lines.len())].iter().any(|it| it.0 != Fate::Stayed);
    let shown: Vec<bool> = (0..lines.len()).map(near).collect();
    html! {
        @if !shown.iter().any(|it| *it) { p.hint { (t!("knowledge-no-difference")) } }
        div.diff {
            @for (at, (fate, text)) in lines.iter().enumerate() {
                @if shown[at] {
                    @match fate {
                        Fate::Stayed => p { (text) },
                        Fate::Added => p data-fate="added" { ins { (text) } },
                        Fate::Removed => p data-fate="removed" { del { (text) } },
                    }
                } @else if at == 0 || shown[at - 1] { p.gap aria-hidden="true" { "⋯" } }
            }
        }
    }
}
