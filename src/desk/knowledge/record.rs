//! What is kept of an article: a light record, whose text stands in its revisions.

use jiff::civil::Date;
use minicbor::{Decode, Encode};
use serde_json::Value;

use crate::{
    desk::{
        event::{About, EventKind},
        time_entries::date_of,
    },
    id::{ArticleCategoryId, ArticleId, PersonId},
    store::{Index, Record, Table, record::Entries},
    time::Instant,
};

/// Who reads it once it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Visibility {
    /// Everybody, if the desk shows its knowledge base to everybody; else whoever is signed in.
    #[n(0)]
    Public,
    /// Whoever is signed in.
    #[default]
    #[n(1)]
    Tenant,
    /// Those who work tickets.
    #[n(2)]
    Agents,
}

impl Visibility {
    pub const ALL: [Visibility; 3] = [Visibility::Public, Visibility::Tenant, Visibility::Agents];

    pub fn name(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Tenant => "tenant",
            Visibility::Agents => "agents",
        }
    }

    pub fn named(text: &str) -> Option<Visibility> {
        match text {
            "internal" => Some(Visibility::Agents),
            _ => Visibility::ALL.into_iter().find(|it| it.name() == text),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum State {
    #[default]
    #[n(0)]
    Draft,
    /// Somebody who publishes is to look at it.
    #[n(1)]
    Review,
    #[n(2)]
    Published,
    #[n(3)]
    Archived,
}

impl State {
    pub const ALL: [State; 4] = [State::Draft, State::Review, State::Published, State::Archived];

    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Review => "review",
            State::Published => "published",
            State::Archived => "archived",
        }
    }

    pub fn named(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|it| it.name() == text)
    }

    pub(super) fn event(self) -> EventKind {
        match self {
            State::Draft => EventKind::ArticleWithdrawn,
            State::Review => EventKind::ArticleSubmitted,
            State::Published => EventKind::ArticlePublished,
            State::Archived => EventKind::ArticleArchived,
        }
    }
}

/// How it was received. It grows without making another version of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Reception {
    /// People whom it helped, and whom it did not.
    #[n(0)]
    pub helped: u32,
    #[n(1)]
    pub not_helped: u32,
    /// What visitors said of whom nothing is known; one of them may have said it twice.
    #[n(2)]
    pub anonymous_helped: u32,
    #[n(3)]
    pub anonymous_not_helped: u32,
    /// Times that somebody was about to lodge a ticket, read it, said that it solved their matter, and lodged none.
    #[n(4)]
    pub solved: u32,
    /// The day on which a visitor last said something, and how often on that day.
    #[n(5)]
    pub day: i64,
    #[n(6)]
    pub that_day: u32,
}

impl Reception {
    /// Of those who are known and those who are not.
    pub fn all_helped(&self) -> u32 {
        self.helped.saturating_add(self.anonymous_helped)
    }

    pub fn all_not_helped(&self) -> u32 {
        self.not_helped.saturating_add(self.anonymous_not_helped)
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Article {
    #[n(0)]
    pub id: ArticleId,
    /// Its address, which stays when the title changes.
    #[n(1)]
    pub slug: String,
    /// Addresses that it had before; they go on leading to it.
    #[n(2)]
    pub old_slugs: Vec<String>,
    #[n(3)]
    pub title: String,
    #[n(4)]
    pub summary: String,
    #[n(5)]
    pub tags: Vec<String>,
    #[n(6)]
    pub category: Option<ArticleCategoryId>,
    /// `en`, `de-AT`.
    #[n(7)]
    pub language: String,
    /// The article of which all with the same are translations; its own id if it was the first.
    #[n(8)]
    pub original: ArticleId,
    #[n(9)]
    pub visibility: Visibility,
    #[n(10)]
    pub state: State,
    /// Who keeps it right.
    #[n(11)]
    pub owner: Option<PersonId>,
    /// Who wrote it first; none: the desk itself.
    #[n(12)]
    pub author: Option<PersonId>,
    /// The day on which it should be looked at again, from 1970-01-01.
    #[n(13)]
    pub review_day: Option<i32>,
    /// Grows by one with each change.
    #[n(14)]
    pub version: u64,
    /// The number of its newest revision, which holds its text.
    #[n(15)]
    pub revision: u64,
    #[n(16)]
    pub created_at: Instant,
    #[n(17)]
    pub updated_at: Instant,
    /// When it was first published, or published again after it had been taken back.
    #[n(18)]
    pub published_at: Option<Instant>,
    #[n(19)]
    #[cbor(default)]
    pub reception: Reception,
}

/// Articles by their addresses, those of before among them.
pub const BY_SLUG: Index<Article, String> = Index::new(0xea, "articles_by_slug");
/// Articles by the one that they translate.
pub const TRANSLATIONS: Index<Article, ArticleId> = Index::new(0xec, "article_translations");

impl Record for Article {
    type Key = ArticleId;
    const TABLE: Table = Table::journalled(0x4c, "articles");

    fn key(&self) -> ArticleId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_SLUG, &self.slug);
        for it in &self.old_slugs {
            entries.add(&BY_SLUG, it);
        }
        entries.add(&TRANSLATIONS, &self.original);
    }
}

impl Article {
    /// The day on which it should be looked at again.
    pub fn review_on(&self) -> Option<Date> {
        self.review_day.map(date_of)
    }

    /// Whether readers see it.
    pub fn is_published(&self) -> bool {
        self.state == State::Published
    }

    pub(super) fn about(&self) -> About {
        About { entity_kind: "article", entity: self.id.0, subject: None }
    }

    /// What the log tells of it. Its texts stand in its revisions, each as it was, so the log names their numbers.
    pub(super) fn facts(&self) -> Vec<(&'static str, Value)> {
        let id = |it: Option<uuid::Uuid>| it.map(|it| it.to_string()).into();
        vec![
            ("title", self.title.as_str().into()),
            ("slug", self.slug.as_str().into()),
            ("summary", self.summary.as_str().into()),
            ("tags", self.tags.clone().into()),
            ("category", id(self.category.map(|it| it.0))),
            ("language", self.language.as_str().into()),
            ("translationOf", id((self.original != self.id).then_some(self.original.0))),
            ("visibility", self.visibility.name().into()),
            ("status", self.state.name().into()),
            ("owner", id(self.owner.map(|it| it.0))),
            ("reviewOn", self.review_on().map(|it| it.to_string()).into()),
            ("revision", self.revision.into()),
        ]
    }
}
