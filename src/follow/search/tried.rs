//! What would be searched for when somebody types some words: for whoever sets up what words mean.

use crate::error::{Fault, Result};

use super::{
    document::Found,
    index::SearchIndex,
    question::{Asking, Spelling},
    vocabulary::Vocabulary,
    words::{forgiven, respelled, words_asked},
};

/// One word that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedWord {
    /// As the index has it.
    pub word: String,
    /// Other spellings of it.
    pub spelled: Vec<String>,
    /// Words of titles and public texts that are forms of it.
    pub forms: Vec<String>,
    /// What means the same.
    pub synonyms: Vec<String>,
    /// How many typos it forgives.
    pub typos: u8,
}

/// Words that were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    pub words: Vec<TriedWord>,
    /// What means the same as several of them together.
    pub together: Vec<String>,
}

/// Words that are shown.
const WORDS_MAX: usize = 10;

impl SearchIndex {
    /// What is searched for where somebody types this.
    pub fn tried(&self, text: &str, vocabulary: &Vocabulary) -> Result<Tried> {
        let searcher = self.searcher();
        let (fields, zones) = (self.fields(), self.zones());
        let asking = Asking { fields, searcher: &searcher, zones, notes: false, others: true, spelling: Spelling::Forgiving, vocabulary };
        let same = |words: &[&str]| vocabulary.same_as(words).iter().map(|it| it.join(" ")).collect::<Vec<_>>();
        let words: Vec<_> = words_asked(text).into_iter().take(WORDS_MAX).collect();
        let mut tried = Tried::default();
        for word in &words {
            let mut forms = Vec::new();
            for field in [fields.title, fields.names, fields.public_text] {
                forms.extend(asking.forms(field, &word.text).map_err(|cause| Fault::because("looking for other forms of a word", cause))?);
            }
            forms.sort();
            forms.dedup();
            tried.words.push(TriedWord {
                spelled: text.get(word.from..word.to).map(|it| respelled(it, &word.text)).unwrap_or_default(),
                synonyms: same(&[&word.text]),
                typos: forgiven(&word.text),
                word: word.text.clone(),
                forms,
            });
        }
        let all: Vec<&str> = words.iter().map(|it| it.text.as_str()).collect();
        for from in 0..all.len() {
            for to in from + 2..=all.len() {
                tried.together.extend(same(&all[from..to]));
            }
        }
        tried.together.dedup();
        Ok(tried)
    }

    /// How many documents there are: of tickets, articles, people.
    pub fn documents(&self) -> Result<[(Found, u64); 3]> {
        let searcher = self.searcher();
        let of = |what| searcher.doc_freq(&self.fields().type_of(what));
        let counted = of(Found::Article).and_then(|articles| Ok((articles, of(Found::Person)?)));
        let (articles, people) = counted.map_err(|cause| Fault::because("counting what is in the index", cause))?;
        let tickets = searcher.num_docs().saturating_sub(articles + people);
        Ok([(Found::Ticket, tickets), (Found::Article, articles), (Found::Person, people)])
    }
}
