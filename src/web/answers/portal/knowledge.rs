//! The knowledge base for whoever reads: signed in or, where the desk shows it to everybody, not.

use axum::{
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use maud::Markup;

use crate::{
    appliance::{Desk, articles},
    desk::{
        Tx,
        attachments::Scan,
        drafts::{self, Place},
        knowledge::{self, Article, ArticleFile, Listed, Question, Readership, Revision, State as Standing, Visibility},
    },
    error::{Code, Error, Refusal, Result},
    http::{
        App, Problem, body,
        bytes::{self, Bytes},
        csrf,
        etag::{ETag, is_known},
        own_address,
        path::Path,
        query::Query,
        sign_in::Visit,
    },
    id::ArticleId,
    language::{Language, say},
    limits,
    text::{html::escape, outline},
    web::{
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{Reader, Site, page, see_and_say},
        },
        components::{
            article::ArticleLine,
            attachment::{FileState, FileView},
        },
        layout::Meta,
        portal::knowledge::{ArticleView, KnowledgeView, ShelfView, article as article_page, page as knowledge_page},
        tongue::{self, t},
    },
};

/// Articles that stand on a shelf before one asks for all of them.
const SHELF_ROWS: usize = 6;
const POPULAR_ROWS: usize = 5;
const FOUND_ROWS: usize = 50;
const RELATED_ROWS: usize = 4;

fn readers(tx: &Tx, site: &Site) -> Result<Readership> {
    Readership::of(tx, site.caller.as_ref().map(|it| &it.actor))
}

/// Asks whoever is not signed in to do so, where nothing is shown to them.
fn need_reader(tx: &Tx, site: &Site) -> Result<Readership> {
    let readers = readers(tx, site)?;
    if site.caller.is_none() && !readers.reads_any() {
        return Err(Refusal::new(Code::Unauthenticated, say!("frame-sign-see-page")).into());
    }
    Ok(readers)
}

/// The tag of a language, where it is not the one in which the page is read.
pub fn foreign(tag: &str) -> Option<String> {
    (Language::of_tag(tag) != Some(tongue::language())).then(|| tag.to_owned())
}

/// A language by its own name, or its tag where we do not know it.
pub fn language_name(tag: &str) -> String {
    Language::of_tag(tag).map_or_else(|| tag.to_owned(), |it| it.own_name().to_owned())
}

pub fn line(it: Article, about: String) -> ArticleLine {
    ArticleLine { href: format!("/knowledge/{}", it.slug), title: it.title, about, language: foreign(&it.language) }
}

fn own_line(it: Article) -> ArticleLine {
    let about = it.summary.clone();
    line(it, about)
}

/// What may answer somebody who begins to write a ticket. `form` is remembered, so that they find back to what they wrote.
pub fn suggested(tx: &Tx, site: &Site, title: &str, text: &str, form: &str) -> Result<Vec<ArticleLine>> {
    let typed: String = title.chars().chain(" ".chars()).chain(text.chars().take(200)).collect();
    let found = suggestions(&site.desk, tx, &readers(tx, site)?, title, &typed)?;
    Ok(found.into_iter().map(|it| with_form(line(it.article, it.preview), form)).collect())
}

fn with_form(it: ArticleLine, form: &str) -> ArticleLine {
    ArticleLine { href: format!("{}?from={form}", it.href), ..it }
}

/// Published articles that have to do with a title, or with some of the words; none while hardly anything was typed.
pub fn suggestions(desk: &Desk, tx: &Tx, readers: &Readership, title: &str, typed: &str) -> Result<Vec<Listed>> {
    if title.trim().chars().count() < 3 || crate::desk::features::need(tx, crate::desk::features::Feature::Knowledge).is_err() {
        return Ok(Vec::new());
    }
    articles::suggest(desk, tx, readers, title, typed, tongue::language().tag(), limits::ARTICLES_SUGGESTED_MAX)
}

pub async fn show(site: Site, query: Query) -> Result<Response, Problem> {
    let typed = query.get("q").unwrap_or_default().trim().to_owned();
    let preferred = tongue::language().tag();
    if !typed.is_empty() {
        site.desk.index_hears_of_others().await;
    }
    let view = site.desk.read(|tx| {
        let readers = need_reader(tx, &site)?;
        if !typed.is_empty() {
            let question = Question {
                text: typed.clone(),
                state: Some(Standing::Published),
                preferred: Some(preferred.to_owned()),
                ..Question::default()
            };
            let found = articles::find(&site.desk, tx, &readers, &question, FOUND_ROWS)?;
            let found = found.into_iter().map(|it| line(it.article, it.preview)).collect();
            return Ok(KnowledgeView { query: typed.clone(), found, ..KnowledgeView::default() });
        }
        let (shelves, rest) = knowledge::shelves(tx, &readers, preferred)?;
        let wanted = query.get("category").and_then(|it| it.parse().ok());
        if let Some(it) = shelves.iter().find(|it| Some(it.place.id) == wanted) {
            let shelf = ShelfView {
                about: it.place.about.clone(),
                articles: it.articles.iter().cloned().map(own_line).collect(),
                ..ShelfView::default()
            };
            return Ok(KnowledgeView { category: it.place.name.clone(), shelves: vec![shelf], ..KnowledgeView::default() });
        }
        let shown = |name: String, about: String, href: String, articles: Vec<Article>| ShelfView {
            name,
            about,
            total: articles.len(),
            href: if articles.len() > SHELF_ROWS { href } else { String::new() },
            articles: articles.into_iter().take(SHELF_ROWS).map(|it| line(it, String::new())).collect(),
        };
        let mut views: Vec<ShelfView> = shelves
            .into_iter()
            .map(|it| shown(it.place.name, it.place.about, format!("/knowledge?category={}", it.place.id), it.articles))
            .collect();
        if !rest.is_empty() {
            let name = if views.is_empty() { String::new() } else { t!("knowledge-further").to_owned() };
            let articles = rest.into_iter().map(|it| line(it, String::new())).collect();
            views.push(ShelfView { name, articles, ..ShelfView::default() });
        }
        let popular = knowledge::popular(tx, &readers, preferred, POPULAR_ROWS)?.into_iter().map(own_line).collect();
        Ok(KnowledgeView { shelves: views, popular, ..KnowledgeView::default() })
    })?;
    Ok(page(StatusCode::OK, knowledge_page(&KnowledgeView { frame: site.frame(), ..view })))
}

/// The article as it was asked for.
fn wanted(tx: &Tx, site: &Site, slug: &str) -> Result<(Readership, Article, Revision)> {
    let readers = need_reader(tx, site)?;
    match knowledge::by_slug(tx, &readers, slug) {
        Ok((it, text)) => Ok((readers, it, text)),
        // Whoever is not signed in is not told whether it is there.
        Err(it) if it.code() == Some(Code::NotFound) && site.caller.is_none() => {
            Err(Refusal::new(Code::Unauthenticated, say!("frame-sign-see-page")).into())
        }
        Err(it) => Err(it),
    }
}

fn view(tx: &Tx, site: &Site, readers: &Readership, it: &Article, text: &Revision) -> Result<ArticleView> {
    let files = knowledge::files(tx, it.id)?;
    let (html, beside) = knowledge::drawn(&text.content, &files, |file| file_address(it, file));
    let (html, headings) = outline::outlined(&html);
    let place = it.category.and_then(|id| readers.library().category(id));
    let translations = knowledge::translations(tx, readers, it)?.into_iter().filter(Article::is_published);
    let near = format!("{} {}", it.title, it.tags.join(" "));
    let near = articles::suggest(&site.desk, tx, readers, &near, &near, &it.language, RELATED_ROWS + 1)?;
    let said = match site.caller.as_ref() {
        Some(caller) => knowledge::vote_of(tx, caller.person.id, it.id)?,
        None => None,
    };
    let writes = site.caller.as_ref().is_some_and(|it| knowledge::may_write(&it.actor));
    Ok(ArticleView {
        slug: it.slug.clone(),
        title: it.title.clone(),
        summary: it.summary.clone(),
        html,
        files: beside.into_iter().map(|file| file_view(it, file)).collect(),
        headings,
        language: foreign(&it.language),
        category: place.map(|it| (it.name.clone(), format!("/knowledge?category={}", it.id))).unwrap_or_default(),
        changed: tongue::day(it.updated_at),
        translations: translations
            .map(|it| (it.language.clone(), language_name(&it.language), format!("/knowledge/{}", it.slug)))
            .collect(),
        related: near
            .into_iter()
            .filter(|other| other.article.original != it.original)
            .take(RELATED_ROWS)
            .map(|it| own_line(it.article))
            .collect(),
        inner: it.visibility == Visibility::Agents,
        state: (!it.is_published()).then(|| tongue::word("knowledge-state-", it.state.name()).to_owned()),
        edit: writes.then(|| format!("/agent/knowledge/{}", it.id)),
        helped: said.as_ref().and_then(|it| it.helped),
        words: said.map(|it| it.words).unwrap_or_default(),
        ..ArticleView::default()
    })
}

pub async fn read(
    State(app): State<App>,
    site: Site,
    Path(slug): Path<String>,
    query: Query,
    headers: HeaderMap,
    parts: Parts,
) -> Result<Response, Problem> {
    let (it, view) = site.desk.read(|tx| {
        let (readers, it, text) = wanted(tx, &site, &slug)?;
        let view = view(tx, &site, &readers, &it, &text)?;
        Ok((it, view))
    })?;
    if it.slug != slug {
        // An address of before leads to the one of now, for good.
        let to = HeaderValue::from_str(&format!("/knowledge/{}", encoded(&it.slug))).unwrap_or(HeaderValue::from_static("/knowledge"));
        return Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response());
    }
    let lodging = match query.get("from") {
        Some("incident") if site.caller.is_some() => Some("incident"),
        Some("request") if site.caller.is_some() => Some("request"),
        _ => None,
    };
    let here = own_address::own_address(&app, &parts);
    let absolute = |path: &str| format!("{here}{path}");
    let meta = Meta {
        description: if it.summary.is_empty() { String::new() } else { it.summary.clone() },
        canonical: absolute(&format!("/knowledge/{}", encoded(&it.slug))),
        alternates: view.translations.iter().map(|(tag, _, href)| (tag.clone(), absolute(href))).collect(),
    };
    let mut frame = site.frame();
    frame.meta = Some(meta);
    let markup = article_page(&ArticleView { frame, lodging, ..view });
    Ok(if site.caller.is_none() { for_everybody(markup, &headers) } else { page(StatusCode::OK, markup) })
}

/// Where pages find a file of an article.
pub fn file_address(it: &Article, file: &ArticleFile) -> String {
    // In a path, a plus is a plus.
    let name = encoded(&file.filename).replace('+', "%20");
    format!("/knowledge/{}/files/{name}", encoded(&it.slug))
}

/// A file of an article as a chip.
pub fn file_view(it: &Article, file: &ArticleFile) -> FileView {
    FileView {
        id: file.id.to_string(),
        name: file.filename.clone(),
        href: file_address(it, file),
        bytes: file.size,
        picture: file.content_type.starts_with("image/"),
        state: match file.scan {
            Some(Scan::Waiting) => FileState::Scanning,
            Some(Scan::Infected(_)) => FileState::Held,
            Some(Scan::Clean | Scan::Unscannable(_)) | None => FileState::Ready,
        },
        thumbnail: None,
    }
}

/// The bytes of a picture or a file.
pub async fn file(site: Site, Path((slug, name)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Problem> {
    let it = site.desk.read(|tx| {
        let (readers, article, _) = wanted(tx, &site, &slug)?;
        knowledge::open_file(tx, &readers, &article, &name)
    })?;
    let bytes = Bytes { hash: it.blob, size: it.size, filename: &it.filename, content_type: &it.content_type };
    let mut response = bytes::hand_out(&site.desk, bytes, &headers).await?;
    // Who may see it can change at any time, and so can what has this name.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A page that is the same for everybody who is not signed in: caches may keep it as long as they ask whether it still holds.
fn for_everybody(markup: Markup, headers: &HeaderMap) -> Response {
    let tag = ETag(format!("\"{}\"", &blake3::hash(markup.0.as_bytes()).to_hex()[..32]));
    let mut response = match is_known(headers, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => page(StatusCode::OK, markup),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("Cookie, Accept-Language"));
    if let Ok(tag) = HeaderValue::from_str(&tag.0) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Takes down whether it helped: of whoever is signed in with their words, of a visitor without.
pub async fn rate(State(app): State<App>, site: Site, Path(slug): Path<String>, request: Request) -> Result<Response, Problem> {
    let id = site.desk.read(|tx| Ok(wanted(tx, &site, &slug)?.1.id))?;
    let actor = site.caller.as_ref().map(|it| it.actor.clone());
    let (helped, words) = if actor.is_some() {
        let sent = Sent::from_request(request, &app).await?;
        (sent.text("helped").to_owned(), Some(sent.text("comment").to_owned()))
    } else {
        let (parts, content) = request.into_parts();
        app.credentials.attempt(Visit::of(&app, &parts).address)?;
        csrf::same_origin(&app, &parts)?;
        let fields = body::form_fields(Request::from_parts(parts, content)).await?;
        (fields.into_iter().find(|it| it.0 == "helped").map(|it| it.1).unwrap_or_default(), None)
    };
    let helped = match helped.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Refusal::field("helped", "invalid", say!("refused-article-helped")).into()),
    };
    let (person, kept) = (actor.as_ref().and_then(|it| it.person()), words.clone());
    let done = site.desk.write(person, move |tx| knowledge::rate(tx, actor.as_ref(), id, helped, kept.as_deref()).map(drop)).await;
    match done {
        Ok(()) => Ok(see_and_say(&format!("/knowledge/{}#feedback", encoded(&slug)), &said::done(t!("knowledge-thank-you")))),
        Err(Error::Refused(refusal)) if refusal.fields.iter().any(|it| it.field == "comment") => {
            let drawn = site.desk.read(|tx| {
                let (readers, it, text) = wanted(tx, &site, &slug)?;
                view(tx, &site, &readers, &it, &text)
            })?;
            let words = words.unwrap_or_default();
            let view = ArticleView { frame: site.frame(), words, helped: Some(helped), error: message(&refusal, "comment"), ..drawn };
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, article_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Somebody who was about to lodge a ticket needs none: what they had begun to write goes.
pub async fn solved(reader: Reader, Path(slug): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let id: ArticleId = reader.desk.read(|tx| Ok(wanted(tx, &reader, &slug)?.1.id))?;
    let form = match sent.text("from") {
        "request" => "request",
        _ => "incident",
    };
    let actor = reader.actor().clone();
    let done = reader.desk.write(Some(reader.person()), move |tx| {
        knowledge::solved(tx, &actor, id)?;
        if let Some(place) = Place::form(form) {
            drafts::discard(tx, &actor, place)?;
        }
        Ok(())
    });
    done.await?;
    Ok(see_and_say("/", &said::done(t!("knowledge-good-to-hear"))))
}

/// What everybody may read, for machines that look for pages.
pub async fn sitemap(State(app): State<App>, site: Site, parts: Parts) -> Result<Response, Problem> {
    let all = site.desk.read(knowledge::public)?;
    if all.is_empty() {
        return Err(Refusal::not_found("page").into());
    }
    let here = own_address::own_address(&app, &parts);
    let mut text =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for it in all {
        let (at, day) = (escape(&format!("{here}/knowledge/{}", encoded(&it.slug))), it.updated_at.to_string());
        text.push_str(&format!("<url><loc>{at}</loc><lastmod>{}</lastmod></url>\n", day.get(..10).unwrap_or_default()));
    }
    text.push_str("</urlset>\n");
    Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")], text).into_response())
}
