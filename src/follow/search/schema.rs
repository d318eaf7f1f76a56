//! The fields of the index. Few: four texts, one field of facts, and a column for each instant or order.

use tantivy::{
    TantivyDocument, Term,
    schema::{FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions},
};
use uuid::Uuid;

use crate::{
    desk::query::{SortField, SortKey, TimeField, ticket_number},
    time::Instant,
};

use super::{
    document::{ArticleDocument, Found, PersonDocument, TicketDocument},
    facts::{fact, facts, facts_of_article, facts_of_person, key, time_name},
};

/// Goes up when a document would be built or split into words otherwise than before; an older index is built anew.
pub(super) const SCHEMA_VERSION: u32 = 7;
/// The name under which the analyzer is registered.
pub(super) const ANALYZER: &str = "lodge";

const TIMES: [TimeField; 8] = [
    TimeField::Created,
    TimeField::Updated,
    TimeField::Resolved,
    TimeField::Closed,
    TimeField::Scheduled,
    TimeField::Due,
    TimeField::Response,
    TimeField::UpdatedPublicly,
];

/// The fields, by role.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub schema: Schema,
    /// The id, as a word: what a change replaces.
    pub key: Field,
    pub title: Field,
    pub public_text: Field,
    pub private_text: Field,
    /// What names an article or a person beside the title: tags, a summary, addresses, numbers. Tickets have none.
    pub names: Field,
    pub facts: Field,
    /// As shown; of what is no ticket, what it is.
    pub number: Field,
    pub ordinal: Field,
    pub priority: Field,
    pub id_high: Field,
    pub id_low: Field,
    times: [Field; 8],
}

/// Names of columns that are read by name.
pub(super) mod column {
    pub const ID_HIGH: &str = "id_high";
    pub const ID_LOW: &str = "id_low";
    pub const ORDINAL: &str = "ordinal";
    pub const PRIORITY: &str = "priority";
}

impl Fields {
    pub(super) fn new() -> Fields {
        let mut builder = Schema::builder();
        let words = |option, norms| TextFieldIndexing::default().set_tokenizer(ANALYZER).set_index_option(option).set_fieldnorms(norms);
        let text = TextOptions::default().set_indexing_options(words(IndexRecordOption::WithFreqsAndPositions, true));
        let fact = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::Basic).set_fieldnorms(false),
        );
        Fields {
            key: builder.add_text_field("key", fact.clone()),
            title: builder.add_text_field("title", text.clone()),
            public_text: builder.add_text_field("public_text", text.clone()),
            private_text: builder.add_text_field("private_text", text.clone()),
            names: builder.add_text_field("names", text),
            facts: builder.add_text_field("facts", fact),
            number: builder.add_text_field("number", STORED),
            ordinal: builder.add_u64_field(column::ORDINAL, FAST),
            priority: builder.add_u64_field(column::PRIORITY, FAST),
            id_high: builder.add_u64_field(column::ID_HIGH, FAST),
            id_low: builder.add_u64_field(column::ID_LOW, FAST),
            times: TIMES.map(|time| builder.add_u64_field(time_name(time), FAST)),
            schema: builder.build(),
        }
    }

    /// The column of an instant.
    pub(super) fn time(&self, time: TimeField) -> Field {
        self.times[time as usize]
    }

    /// The term that all documents of a sort have; tickets have none.
    pub(super) fn type_of(&self, what: Found) -> Term {
        let name = match what {
            Found::Ticket => "ticket",
            Found::Article => key::ARTICLE,
            Found::Person => key::PERSON,
        };
        Term::from_field_text(self.facts, &fact(key::TYPE, name))
    }

    /// The term that stands for a document.
    pub(super) fn key_of(&self, id: Uuid) -> Term {
        Term::from_field_text(self.key, id.simple().encode_lower(&mut Uuid::encode_buffer()))
    }

    /// A ticket as the index stores it.
    pub(super) fn document(&self, ticket: &TicketDocument) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.number, &ticket.number);
        document.add_text(self.title, &ticket.title);
        ticket.public_text.iter().for_each(|text| document.add_text(self.public_text, text));
        ticket.private_text.iter().for_each(|text| document.add_text(self.private_text, text));
        facts(ticket).iter().for_each(|fact| document.add_text(self.facts, fact));
        if let Some((prefix, ordinal)) = ticket_number(&ticket.number) {
            document.add_u64(self.ordinal, ordinal);
            document.add_text(self.facts, fact(key::NUMBER, prefix.as_deref().unwrap_or("")));
        }
        document.add_u64(self.priority, u64::from(ticket.priority));
        self.add_id(&mut document, ticket.id);
        for (time, value) in [
            (TimeField::Created, Some(ticket.created)),
            (TimeField::Updated, Some(ticket.updated)),
            (TimeField::UpdatedPublicly, Some(ticket.updated_public)),
            (TimeField::Resolved, ticket.resolved),
            (TimeField::Closed, ticket.closed),
            (TimeField::Scheduled, ticket.scheduled),
            (TimeField::Due, ticket.due),
            (TimeField::Response, ticket.response_due),
        ] {
            if let Some(it) = value {
                document.add_u64(self.time(time), column_value(it));
            }
        }
        document
    }

    fn add_id(&self, document: &mut TantivyDocument, id: Uuid) {
        document.add_text(self.key, id.simple().to_string());
        let (high, low) = id.as_u64_pair();
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
    }

    fn other(&self, id: Uuid, title: &str, facts: &[String], created: Instant, updated: Instant) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        self.add_id(&mut document, id);
        document.add_text(self.title, title);
        facts.iter().for_each(|fact| document.add_text(self.facts, fact));
        for (time, value) in [(TimeField::Created, created), (TimeField::Updated, updated), (TimeField::UpdatedPublicly, updated)] {
            document.add_u64(self.time(time), column_value(value));
        }
        document
    }

    /// An article as the index stores it.
    pub(super) fn article(&self, article: &ArticleDocument) -> TantivyDocument {
        let ArticleDocument { id, title, created, updated, .. } = article;
        let mut document = self.other(*id, title, &facts_of_article(article), *created, *updated);
        article.tags.iter().chain([&article.summary]).for_each(|text| document.add_text(self.names, text));
        document.add_text(self.public_text, &article.text);
        document.add_text(self.number, key::ARTICLE);
        document
    }

    /// A person as the index stores them.
    pub(super) fn person(&self, person: &PersonDocument) -> TantivyDocument {
        let PersonDocument { id, name, created, updated, .. } = person;
        let mut document = self.other(*id, name, &facts_of_person(person), *created, *updated);
        person.names.iter().for_each(|text| document.add_text(self.names, text));
        person.places.iter().for_each(|text| document.add_text(self.public_text, text));
        document.add_text(self.number, key::PERSON);
        document
    }
}

/// An instant as columns hold it.
pub(super) fn column_value(it: Instant) -> u64 {
    SortKey::from_signed(it.as_millis())
}

/// The column that an order reads; relevance has none.
pub(super) fn sort_column(field: SortField) -> Option<&'static str> {
    Some(match field {
        SortField::Created => time_name(TimeField::Created),
        SortField::Updated => time_name(TimeField::Updated),
        SortField::UpdatedPublicly => time_name(TimeField::UpdatedPublicly),
        SortField::Due => time_name(TimeField::Due),
        SortField::Priority => column::PRIORITY,
        SortField::Number => column::ORDINAL,
        SortField::Relevance => return None,
    })
}
