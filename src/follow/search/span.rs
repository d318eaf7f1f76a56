//! Between which values of the column of an order everything lies that a condition lets through. Whoever asks for what is urgent, ordered by
//! priority from the other end, is not led through every zone that begins before it.
//!
//! Invariant: it may be too wide, never too narrow; and where there is one, what has no value in the column does not fit.

use crate::desk::query::{Cond, SortField, Test, TimeField, TimeTest};

use super::schema::column_value;

/// Both ends are within.
pub(super) type Span = (u64, u64);

/// The span of a condition in the column of an order; none where it names no end.
pub(super) fn span(cond: &Cond, field: SortField) -> Option<Span> {
    match cond {
        Cond::And(all) => all.iter().filter_map(|it| span(it, field)).reduce(|a, b| (a.0.max(b.0), a.1.min(b.1))),
        Cond::Or(any) => {
            let spans: Option<Vec<Span>> = any.iter().map(|it| span(it, field)).collect();
            spans?.into_iter().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        }
        Cond::Test(test) => of_test(test, field),
        Cond::Not(_) | Cond::Text(_) => None,
    }
}

fn of_test(test: &Test, field: SortField) -> Option<Span> {
    match (test, field) {
        (Test::Priority(levels), SortField::Priority) => Some((u64::from(*levels.iter().min()?), u64::from(*levels.iter().max()?))),
        (Test::Number(it), SortField::Number) => Some((it.from, it.to)),
        (Test::Time(of, TimeTest::Within(range)), _) if Some(*of) == time_of(field) => {
            let before = |it| column_value(it).saturating_sub(1);
            Some((range.from.map_or(0, column_value), range.before.map_or(u64::MAX, before)))
        }
        _ => None,
    }
}

fn time_of(field: SortField) -> Option<TimeField> {
    match field {
        SortField::Created => Some(TimeField::Created),
        SortField::Updated => Some(TimeField::Updated),
        SortField::UpdatedPublicly => Some(TimeField::UpdatedPublicly),
        SortField::Due => Some(TimeField::Due),
        SortField::Priority | SortField::Number | SortField::Relevance => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{desk::query::Typing, follow::search::tests::cond};

    #[test]
    fn a_condition_that_names_ends_has_them() {
        let all = u64::MAX;
        let cases = [
            ("", SortField::Priority, None),
            ("priority:P3", SortField::Priority, Some((3, 3))),
            ("priority:(P2, P4)", SortField::Priority, Some((2, 4))),
            ("priority:P3", SortField::Created, None),
            ("-priority:P3", SortField::Priority, None),
            ("priority<=P3 priority>=P2", SortField::Priority, Some((2, 3))),
            ("priority:P1 OR priority:P3", SortField::Priority, Some((1, 3))),
            ("priority:P1 OR printer", SortField::Priority, None),
            ("printer number>=17", SortField::Number, Some((17, all))),
            ("due:none", SortField::Due, None),
        ];
        for (text, field, expected) in cases {
            assert_eq!(span(&cond(text, Typing::Done), field), expected, "{text}");
        }
    }

    #[test]
    fn a_time_has_the_values_of_its_column() {
        let day = cond("created:2026-03-02", Typing::Done);
        let (from, to) = span(&day, SortField::Created).unwrap();
        assert_eq!(to - from + 1, 86_400_000);
        assert_eq!(span(&day, SortField::Due), None);
        assert_eq!(span(&cond("created>=2026-03-02", Typing::Done), SortField::Created).unwrap(), (from, u64::MAX));
    }
}
