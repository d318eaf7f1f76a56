//! How a condition of a filter compares. Letters are compared without regard to case. Patterns are regular expressions of a kind that
//! takes linear time, bounded in size, so that no filter can stop the mail.

use minicbor::{Decode, Encode};
use regex::{Regex, RegexBuilder};

use super::{Condition, Looked};
use crate::{
    error::{Refusal, Result},
    language::say,
    limits::MAIL_FILTER_VALUE_CHARS_MAX,
};

/// A compiled pattern, in bytes of memory.
const PATTERN_BYTES_MAX: usize = 256 * 1024;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Op {
    #[n(0)]
    Is,
    #[n(1)]
    Contains,
    #[n(2)]
    Begins,
    #[n(3)]
    Ends,
    /// A regular expression, found anywhere.
    #[n(4)]
    Matches,
    /// The field is there at all.
    #[n(5)]
    Exists,
    /// None of its values contains it.
    #[n(6)]
    Lacks,
}

/// The comparison itself: what fits, of a value in lower case.
pub enum Test {
    Plain(Op, String),
    Pattern(Box<Regex>),
}

impl Op {
    pub const ALL: [Op; 7] = [Op::Is, Op::Contains, Op::Begins, Op::Ends, Op::Matches, Op::Exists, Op::Lacks];

    pub fn name(self) -> &'static str {
        match self {
            Op::Is => "is",
            Op::Contains => "contains",
            Op::Begins => "begins",
            Op::Ends => "ends",
            Op::Matches => "matches",
            Op::Exists => "exists",
            Op::Lacks => "lacks",
        }
    }

    pub fn named(text: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|it| it.name() == text.trim().to_lowercase())
    }
}

fn test(condition: &Condition) -> Result<Test> {
    if condition.op != Op::Matches {
        return Ok(Test::Plain(condition.op, condition.value.trim().to_lowercase()));
    }
    let pattern = RegexBuilder::new(&condition.value).case_insensitive(true).size_limit(PATTERN_BYTES_MAX).build();
    pattern.map(|it| Test::Pattern(Box::new(it))).map_err(|it| {
        let said = it.to_string().lines().last().unwrap_or_default().to_owned();
        Refusal::field("conditions", "invalid", say!("refused-no-pattern", value = condition.value, said = said)).into()
    })
}

/// Refuses a condition that could never be compared.
pub fn check(condition: &Condition) -> Result<()> {
    let is_empty = condition.value.trim().is_empty();
    if is_empty && condition.op != Op::Exists {
        let said = say!("refused-say-what-compared", field = condition.field.name());
        return Err(Refusal::field("conditions", "required", said).into());
    }
    if condition.value.chars().count() > MAIL_FILTER_VALUE_CHARS_MAX {
        let said = say!("refused-value-most-characters", MAIL_FILTER_VALUE_CHARS_MAX = MAIL_FILTER_VALUE_CHARS_MAX);
        return Err(Refusal::field("conditions", "too_long", said).into());
    }
    test(condition).map(|_| ())
}

/// Whether the condition holds. A pattern that no longer compiles holds for nothing.
pub fn holds(condition: &Condition, looked: &Looked<'_>) -> bool {
    let Ok(test) = test(condition) else { return false };
    let values = looked.values(&condition.field);
    match &test {
        Test::Pattern(pattern) => values.iter().any(|it| pattern.is_match(it)),
        Test::Plain(Op::Exists, _) => values.iter().any(|it| !it.is_empty()),
        Test::Plain(Op::Lacks, wanted) => !values.iter().any(|it| it.to_lowercase().contains(wanted)),
        Test::Plain(op, wanted) => values.iter().any(|it| {
            let value = it.trim().to_lowercase();
            match op {
                Op::Is => value == *wanted,
                Op::Begins => value.starts_with(wanted),
                Op::Ends => value.ends_with(wanted),
                Op::Contains | Op::Matches | Op::Exists | Op::Lacks => value.contains(wanted),
            }
        }),
    }
}
