//! What is searched for when somebody types a word, in the settings; and the index itself.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    appliance::reindexing,
    desk::{
        permission::Permission,
        search_words::{self, LANGUAGES, SearchWords, WordSet},
    },
    error::{Error, Refusal, Result},
    follow::search::Tried,
    http::{Problem, problem, query::Query},
    web::{
        admin::{
            search::{SearchSettingsView, TriedRow, page as search_page},
            shell::SEARCH,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

/// What is tried out, in characters.
const TRIED_CHARS_MAX: usize = 100;

fn filled(admin: &Admin, tried: &str) -> Result<SearchSettingsView> {
    let (words, always) = admin.desk.read(|tx| Ok((SearchWords::of(tx)?, search_words::languages(tx)?)))?;
    let tried: String = tried.chars().take(TRIED_CHARS_MAX).collect();
    let position = admin.desk.index.position();
    let chosen = |tag: &str| words.languages.iter().any(|it| it == tag);
    // English and the desk's own are searched anyhow.
    let offered = LANGUAGES.into_iter().filter(|it| chosen(it) || !always.iter().any(|tag| tag == it));
    Ok(SearchSettingsView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        sets: words.sets.iter().map(|it| (it.to_string(), None)).collect(),
        languages: offered.map(|it| (it, tongue::word("search-language-", it).to_owned(), chosen(it))).collect(),
        rows: if tried.trim().is_empty() { Vec::new() } else { rows(admin, &tried)? },
        tried,
        documents: admin.desk.index.inspect(|it| it.documents())?.map(|it| it.1),
        behind: admin.desk.index_lag(),
        building: position.rebuilding.or(admin.desk.index.building()),
        error: None,
    })
}

fn rows(admin: &Admin, text: &str) -> Result<Vec<TriedRow>> {
    let vocabulary = admin.desk.read(|tx| admin.desk.index.vocabulary(tx))?;
    let Tried { words, together } = admin.desk.index.inspect(|it| it.tried(text, &vocabulary))?;
    let mut rows: Vec<TriedRow> = Vec::new();
    for it in words {
        let lists = [(t!("search-try-spelled"), it.spelled), (t!("search-try-forms"), it.forms), (t!("search-try-same"), it.synonyms)];
        let mut others: Vec<_> = lists.into_iter().filter(|it| !it.1.is_empty()).map(|(what, words)| (what, words.join(", "))).collect();
        if it.typos > 0 {
            others.push((t!("search-try-typos"), it.typos.to_string()));
        }
        rows.push(TriedRow { word: it.word, others });
    }
    if !together.is_empty() {
        rows.push(TriedRow { word: text.trim().to_owned(), others: vec![(t!("search-try-same"), together.join(", "))] });
    }
    Ok(rows)
}

pub async fn show(admin: Admin, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, search_page(&filled(&admin, query.get("try").unwrap_or_default())?)))
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let lines: Vec<String> = sent.all("set").map(str::to_owned).filter(|it| !it.trim().is_empty()).collect();
    let sets = lines.iter().filter_map(|it| WordSet::parse(it)).collect();
    let languages: Vec<String> = sent.all("language").map(str::to_owned).collect();
    let (actor, chosen) = (admin.actor().clone(), languages.clone());
    match admin.desk.write(actor.person(), move |tx| search_words::change(tx, &actor, Some(sets), Some(languages))).await {
        Ok(_) => Ok(see_and_say(SEARCH.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let mut view = filled(&admin, "")?;
            let wrong = |at: usize| message(&refusal, &format!("synonyms[{at}]"));
            // What says nothing at all was left out before it was looked at.
            let said = lines.into_iter().filter(|it| WordSet::parse(it).is_some());
            view.sets = said.enumerate().map(|(at, it)| (it, wrong(at))).collect();
            view.languages.iter_mut().for_each(|it| it.2 = chosen.iter().any(|tag| tag == it.0));
            view.error = elsewhere(&refusal);
            Ok(page(problem::status_of(refusal.code), search_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is wrong with more than one set.
fn elsewhere(refusal: &Refusal) -> Option<String> {
    let shown: Vec<&str> = refusal.fields.iter().map(|it| it.field.as_str()).filter(|it| it.starts_with("synonyms[")).collect();
    whole(refusal, &shown)
}

/// Builds the index anew, beside the one that serves meanwhile.
pub async fn rebuild(admin: Admin, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    reindexing::reindex(&admin.desk, admin.person());
    Ok(see_and_say(SEARCH.href, &said::done(t!("search-index-begun"))))
}
