//! The parameters by which lists of tickets are narrowed down, as the question that they ask. What a value means is the desk's to say.

use crate::{
    appliance::lists::{Filter, Question},
    desk::query::{Field, Op, Sort},
    follow::search::Spelling,
    http::{page::Page, query::Query},
};

/// Parameters that filter, and the field of the query language that each is.
const FILTERS: &[(&str, Field)] = &[
    ("status", Field::Status),
    ("kind", Field::Kind),
    ("type", Field::Kind),
    ("priority", Field::Priority),
    ("impact", Field::Impact),
    ("urgency", Field::Urgency),
    ("queue", Field::Queue),
    ("team", Field::Team),
    ("assignee", Field::Assignee),
    ("agent", Field::Assignee),
    ("requester", Field::Requester),
    ("customer", Field::Requester),
    ("organization", Field::Organization),
    ("category", Field::Category),
    ("tag", Field::Tag),
    ("tags", Field::Tag),
    ("channel", Field::Channel),
    ("source", Field::Channel),
];

/// The same with an order: the earliest and the latest instant.
const SPANS: &[(&str, Field, Op)] = &[
    ("createdAfter", Field::Created, Op::GreaterOrEqual),
    ("createdBefore", Field::Created, Op::Less),
    ("updatedAfter", Field::Updated, Op::GreaterOrEqual),
    ("updatedBefore", Field::Updated, Op::Less),
];

/// The parameters that `question` understands.
pub fn parameters() -> Vec<&'static str> {
    FILTERS.iter().map(|it| it.0).chain(SPANS.iter().map(|it| it.0)).chain(["q"]).collect()
}

/// The question that the parameters of a list ask.
pub fn question(query: &Query, page: &Page, default: Sort, spelling: Spelling) -> Question {
    let mut filters = Vec::new();
    for (name, field) in FILTERS {
        let values: Vec<String> =
            query.all(name).flat_map(|it| it.split(',')).map(str::to_owned).filter(|it| !it.trim().is_empty()).collect();
        if !values.is_empty() {
            filters.push(Filter { field: *field, op: Op::Is, values, named: (*name).to_owned() });
        }
    }
    for (name, field, op) in SPANS {
        if let Some(value) = query.get(name) {
            filters.push(Filter { field: *field, op: *op, values: vec![value.to_owned()], named: (*name).to_owned() });
        }
    }
    Question {
        text: query.get("q").map(str::to_owned),
        filters,
        sort: page.sort.unwrap_or(default),
        cursor: page.cursor.clone(),
        skip: page.skip(),
        limit: page.size,
        spelling,
    }
}
