//! What may follow where somebody types a query: fields, and the values of a field. It offers what the asker may see, as [`Names`] tells
//! it, and judges nothing: a query that cannot be read is offered what fits the word at the cursor.

use crate::limits::QUERY_OFFERS_MAX;

use super::{
    bind::{NameKind, Names, usual_values},
    fields::{FIELDS, Field, ValueKind},
};

/// The word at the cursor: where it stands, in bytes, and what it is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub from: usize,
    pub to: usize,
    /// What is typed so far, without an opening quote.
    pub typed: String,
    /// The field whose value it is; none: a word, or a field to be.
    pub field: Option<Asked>,
}

/// A field as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Known(Field),
    Custom(String),
}

/// Something that may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What takes the place of the word.
    pub insert: String,
    /// What people read.
    pub label: String,
    /// A word about it; may be empty.
    pub hint: String,
}

impl Offer {
    /// A value, quoted where it must be.
    pub fn value(value: &str, label: &str) -> Offer {
        let plain = !value.is_empty() && value.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | '@' | '.' | '+'));
        let insert = if plain { value.to_owned() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) };
        Offer { insert, label: label.to_owned(), hint: String::new() }
    }
}

const OPERATORS: [&str; 7] = ["!=", "<=", ">=", ":", "=", "<", ">"];

/// The word at a place of a query, `at` in bytes.
pub fn place(text: &str, at: usize) -> Place {
    let at = text.floor_char_boundary(at);
    let (mut from, mut list, mut quoted): (usize, Option<Asked>, bool) = (0, None, false);
    let mut escaped = false;
    for (index, letter) in text[..at].char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => {
                list = split(&text[from..index]).filter(|it| it.1 == index - from).and_then(|it| it.0);
                from = index + 1;
            }
            ')' => {
                list = None;
                from = index + 1;
            }
            ',' if list.is_some() => from = index + 1,
            _ if letter.is_whitespace() => from = index + letter.len_utf8(),
            _ => {}
        }
    }
    from += text[from..at].len() - text[from..at].trim_start_matches(['-', '+']).len();
    let rest = &text[at..];
    let stop = |it: char| if quoted { it == '"' } else { it.is_whitespace() || matches!(it, '(' | ')' | ',') };
    let to = at + rest.find(stop).map_or(rest.len(), |it| it + usize::from(quoted));
    let (field, from) = match split(&text[from..at]) {
        Some((field, length)) => (field, from + length),
        None => (list, from),
    };
    let typed = text[from..at].trim_start_matches('"').to_owned();
    Place { from, to, typed, field }
}

/// The field and the operator with which a word begins, and how long both are.
fn split(word: &str) -> Option<(Option<Asked>, usize)> {
    let end = word.find([':', '=', '<', '>', '!', '"'])?;
    let operator = OPERATORS.into_iter().find(|it| word[end..].starts_with(it))?;
    let name = &word[..end];
    let custom = || name.get(..7).filter(|it| it.eq_ignore_ascii_case("custom.")).map(|it| Asked::Custom(name[it.len()..].to_owned()));
    Some((Field::named(name).map(Asked::Known).or_else(custom), end + operator.len()))
}

/// Which names a field's values are.
pub fn names_of(field: Field) -> Option<NameKind> {
    Some(match field {
        Field::Queue => NameKind::Queue,
        Field::Team => NameKind::Team,
        Field::Assignee | Field::Requester | Field::Author => NameKind::Person,
        Field::Organization => NameKind::Organization,
        Field::Department => NameKind::Department,
        Field::Category => NameKind::Category,
        Field::Asset => NameKind::Asset,
        Field::Item => NameKind::Item,
        _ => return None,
    })
}

/// What may stand at a place. `more` are values of its field that whoever asks knows of besides, such as tags.
pub fn complete(place: &Place, names: &dyn Names, more: Vec<Offer>) -> Vec<Offer> {
    let typed = place.typed.to_lowercase();
    let mut offers = match &place.field {
        None if typed.is_empty() => Vec::new(),
        None => fields(&typed, names),
        Some(Asked::Custom(_)) => more,
        Some(Asked::Known(field)) => {
            let mut all: Vec<Offer> = usual_values(*field).into_iter().map(|it| Offer::value(it, it)).collect();
            if field.row().values == ValueKind::Status {
                all.extend(names.states().iter().map(|it| Offer::value(it, it)));
            }
            if field.row().values == ValueKind::Instant {
                all.extend(["today", "yesterday", "-7d", "-30d"].map(|it| Offer::value(it, it)));
            }
            if field.row().optional && field.row().values == ValueKind::Name && *field != Field::Assignee {
                all.push(Offer::value("none", "none"));
            }
            all.extend(more);
            if let Some(kind) = names_of(*field) {
                all.extend(names.known(kind).iter().map(|it| Offer::value(it, it)));
            }
            all.retain(|it| begins(&it.label, &typed) || begins(&it.insert, &typed));
            all
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    offers.retain(|it| seen.insert(it.insert.to_lowercase()));
    offers.truncate(QUERY_OFFERS_MAX);
    offers
}

/// Whether a text or one of its words begins so.
fn begins(text: &str, typed: &str) -> bool {
    let text = text.to_lowercase();
    text.starts_with(typed) || text.split(|it: char| !it.is_alphanumeric()).any(|it| !typed.is_empty() && it.starts_with(typed))
}

fn fields(typed: &str, names: &dyn Names) -> Vec<Offer> {
    let field = |name: &str, hint: &str| Offer { insert: format!("{name}:"), label: format!("{name}:"), hint: hint.to_owned() };
    let fits = |it: &&super::FieldRow| it.name.starts_with(typed) || it.aliases.iter().any(|it| it.to_lowercase().starts_with(typed));
    let mut all: Vec<Offer> = FIELDS.iter().filter(fits).map(|it| field(it.name, it.doc)).collect();
    let own = names.customs().into_iter().map(|it| format!("custom.{it}"));
    all.extend(own.filter(|it| it.to_lowercase().starts_with(typed)).map(|it| field(&it, "")));
    all
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    struct Desk;

    impl Names for Desk {
        fn me(&self) -> Option<Uuid> {
            None
        }
        fn find(&self, _: NameKind, _: &str) -> Vec<Uuid> {
            Vec::new()
        }
        fn known(&self, kind: NameKind) -> Vec<String> {
            let all: &[&str] = if kind == NameKind::Queue { &["Network", "Service desk", "Servers"] } else { &[] };
            all.iter().map(|it| (*it).to_owned()).collect()
        }
        fn state(&self, _: &str) -> Vec<String> {
            Vec::new()
        }
        fn states(&self) -> Vec<String> {
            vec!["in_progress".to_owned(), "new".to_owned()]
        }
        fn custom(&self, _: &str) -> bool {
            true
        }
        fn customs(&self) -> Vec<String> {
            vec!["cost_centre".to_owned()]
        }
    }

    #[test]
    fn offers_what_fits_the_word_at_the_cursor() {
        for (text, before, after, offered) in [
            ("sta|", "", "", "status:"),
            ("vpn sta|", "vpn ", "", "status:"),
            ("-sta| vpn", "-", " vpn", "status:"),
            ("status:n|", "status:", "", "new"),
            ("status:|x vpn", "status:", " vpn", "open new active waiting resolved closed in_progress"),
            ("status:(new, i|)", "status:(new, ", ")", "in_progress"),
            ("(status:o|)", "(status:", ")", "open"),
            ("queue:ser|", "queue:", "", "\"Service desk\" Servers"),
            ("queue:\"service d|\" x", "queue:", " x", "\"Service desk\""),
            ("QUEUE!=net|", "QUEUE!=", "", "Network"),
            ("assignee:m|", "assignee:", "", "me"),
            ("created>=-7|", "created>=", "", "-7d"),
            ("cust|", "", "", "requester: custom.cost_centre:"),
            ("priority<=h|", "priority<=", "", "high"),
            ("nothing:x|", "nothing:", "", ""),
            ("|", "", "", ""),
            ("é sta|", "é ", "", "status:"),
        ] {
            let at = text.find('|').unwrap();
            let whole = text.replace('|', "");
            let place = place(&whole, at);
            let offers = complete(&place, &Desk, Vec::new());
            let offered_now = offers.iter().map(|it| it.insert.as_str()).collect::<Vec<_>>().join(" ");
            assert_eq!((&whole[..place.from], &whole[place.to..], offered_now.as_str()), (before, after, offered), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_place(text in "[a-z:()\", \\\\é-]{0,30}", at in 0usize..40) {
            let place = place(&text, at.min(text.len()));
            assert!(place.from <= place.to && text.is_char_boundary(place.from) && text.is_char_boundary(place.to));
        }
    }
}
