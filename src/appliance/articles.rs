//! Articles for whoever reads, found by the index: in the portal, in suggestions, beside tickets and by the API. What fits a question and
//! who reads it is the desk's to say (`desk/knowledge`); here the index names the candidates in their order.
//!
//! Invariant: what anybody wrote last is found at once. While the index has not heard of the last change of an article, the records
//! answer, which takes longer and forgives nothing.

use super::Desk;
use crate::{
    desk::{
        Tx,
        knowledge::{self, Listed, Question, Readership, Visibility},
        query::{Cond, Sort, TextQuery, TextScope},
        tickets::access::Scope,
    },
    error::Result,
    follow::search::{Among, Articles, Page, SearchRequest, Spelling},
    id::ArticleId,
    limits,
};

/// What may be read, for the index.
pub(super) fn readable(readers: &Readership) -> Articles {
    let read = Visibility::ALL.into_iter().filter(|it| readers.is_for(*it)).collect();
    Articles { read, all: readers.writes(), ..Articles::default() }
}

/// The articles that fit, the best first; at most `most`.
pub fn find(desk: &Desk, tx: &Tx, readers: &Readership, question: &Question, most: usize) -> Result<Vec<Listed>> {
    let words: Vec<&str> = question.text.split_whitespace().take(limits::ARTICLE_WORDS_ASKED_MAX).collect();
    if words.is_empty() || !desk.index_knows_articles() {
        return knowledge::find(tx, readers, question, most);
    }
    let goes_on = question.text.chars().next_back().is_some_and(char::is_alphanumeric);
    let text = |(at, it): (usize, &&str)| {
        let prefix = goes_on && at + 1 == words.len();
        Cond::Text(TextQuery { text: (*it).to_owned(), phrase: false, prefix, scope: TextScope::All })
    };
    let texts = || words.iter().enumerate().map(text).collect::<Vec<_>>();
    let among = Among {
        articles: Some(Articles {
            state: question.state,
            category: question.category.map(|it| it.0),
            tags: question.tags.clone(),
            language: question.language.clone(),
            ..readable(readers)
        }),
        ..Among::default()
    };
    let vocabulary = desk.index.vocabulary(tx)?;
    let nothing = Scope::Any(Vec::new());
    let ask = |cond: Cond, spelling| -> Result<Vec<ArticleId>> {
        let page = Page::Rows { offset: 0, limit: most.saturating_mul(4).saturating_add(50).min(limits::ARTICLES_MAX) };
        let found = desk.index.search(&SearchRequest {
            cond: &cond,
            scope: nothing.clone(),
            notes: nothing.clone(),
            among: &among,
            vocabulary: &vocabulary,
            spelling,
            sort: Sort::RELEVANCE,
            page,
        })?;
        Ok(found.hits.into_iter().map(|it| ArticleId(it.id)).collect())
    };
    let mut found = if question.loosely { Vec::new() } else { ask(Cond::And(texts()), Spelling::Forgiving)? };
    // Those with all words, else those with some.
    if found.is_empty() && (question.loosely || words.len() > 1) {
        found = ask(Cond::Or(texts()), Spelling::AsWritten)?;
    }
    knowledge::listed(tx, readers, question, &found, most)
}

/// Published articles that may answer what somebody begins to write.
pub fn suggest(desk: &Desk, tx: &Tx, readers: &Readership, title: &str, typed: &str, preferred: &str, most: usize) -> Result<Vec<Listed>> {
    knowledge::suggest(title, typed, preferred, most, |question| find(desk, tx, readers, question, most))
}
