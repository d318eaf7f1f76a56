//! What means the same when something is searched for, and the languages in which people write.

use axum::{http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::one;
use crate::{
    desk::{
        permission::Permission,
        search_words::{self, SearchWords, WordSet},
    },
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
};

/// Words that mean the same, or that mean others.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SynonymsView {
    /// Words or phrases.
    pub words: Vec<String>,
    /// Where one of the words is searched for, these are as well, and not the other way round. Empty: each of the words means the others.
    pub means: Vec<String>,
}

/// Words that are to mean the same, or to mean others.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SynonymsInput {
    /// Words or phrases.
    #[schema(min_items = 1, max_items = 20)]
    pub words: Vec<String>,
    /// Where one of the words is searched for, these are as well, and not the other way round. Empty: each of the words means the others.
    #[serde(default)]
    #[schema(max_items = 20, required = false)]
    pub means: Vec<String>,
}

/// What the desk's words mean, for searching.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchSettingsView {
    pub synonyms: Vec<SynonymsView>,
    /// Tags of languages whose forms of words are found, besides English and the desk's own.
    pub languages: Vec<String>,
}

/// All of it anew; what is absent is taken away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchSettingsInput {
    #[serde(default)]
    #[schema(max_items = 500, required = false)]
    pub synonyms: Vec<SynonymsInput>,
    #[serde(default)]
    #[schema(max_items = 6, required = false)]
    pub languages: Vec<String>,
}

impl SearchSettingsView {
    fn of(it: &SearchWords) -> SearchSettingsView {
        let set = |it: &WordSet| SynonymsView { words: it.words.clone(), means: it.means.clone() };
        SearchSettingsView { synonyms: it.sets.iter().map(set).collect(), languages: it.languages.clone() }
    }
}

pub async fn read(caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    one::read(&caller, &headers, |tx, _| Ok(SearchSettingsView::of(&*SearchWords::of(tx)?)))
}

pub async fn replace(caller: Caller, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let SearchSettingsInput { synonyms, languages } = body::value(Value::Object(json.parse()?.object))?;
    let sets = synonyms.into_iter().map(|it| WordSet { words: it.words, means: it.means }).collect();
    one::change(&caller, &headers, move |tx, actor| {
        let before = SearchSettingsView::of(&*SearchWords::of(tx)?);
        Ok((before, SearchSettingsView::of(&search_words::change(tx, actor, Some(sets), Some(languages))?)))
    })
    .await
}
