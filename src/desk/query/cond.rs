//! What a query means: names are ids, dates are instants, words for states are categories. Closed, so that whoever answers it, the
//! board, the index or a rule, covers every case and the compiler says so.
//! It is about one desk, one person and one instant; it is made by `bind` and never stored (a saved view keeps the text).

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    desk::tickets::{Category, Kind},
    time::Instant,
};

/// A condition on a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum Cond {
    /// All of them; an empty one is always true.
    And(Vec<Cond>),
    /// Any of them; an empty one is never true.
    Or(Vec<Cond>),
    Not(Box<Cond>),
    Test(Test),
    Text(TextQuery),
}

impl Cond {
    /// True of every ticket.
    pub fn always() -> Cond {
        Cond::And(Vec::new())
    }

    /// The same condition for those who do not read notes: by what they may know of a ticket.
    pub fn without_notes(self) -> Cond {
        let all = |conds: Vec<Cond>| conds.into_iter().map(Cond::without_notes).collect();
        match self {
            Cond::And(conds) => Cond::And(all(conds)),
            Cond::Or(conds) => Cond::Or(all(conds)),
            Cond::Not(cond) => Cond::Not(Box::new(cond.without_notes())),
            Cond::Test(Test::Time(field, test)) => Cond::Test(Test::Time(field.without_notes(), test)),
            // That somebody has put it aside is between those who work it.
            Cond::Test(Test::Is(Flag::Snoozed)) => Cond::Or(Vec::new()),
            Cond::Test(_) | Cond::Text(_) => self,
        }
    }
}

/// One typed comparison. A set matches if the ticket's value is in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Status(Vec<StatusTest>),
    Kind(BTreeSet<Kind>),
    /// 1 to 4, 1 the most pressing.
    Priority(BTreeSet<u8>),
    /// 1 to 4, 1 the highest; 0 stands for none.
    Impact(BTreeSet<u8>),
    /// 1 to 4, 1 the highest; 0 stands for none.
    Urgency(BTreeSet<u8>),
    Queue(Presence),
    Team(Presence),
    Assignee(Presence),
    Requester(Presence),
    Organization(Presence),
    /// The ticket's category or one above it.
    Category(Presence),
    Asset(Presence),
    Item(Presence),
    /// Who wrote something on it.
    Author(Presence),
    Watcher(Presence),
    Department(Presence),
    /// Lower case; none: no tag at all.
    Tag(Vec<Option<String>>),
    Channel(Vec<&'static str>),
    Time(TimeField, TimeTest),
    Breach(Breach),
    Has(Part),
    Is(Flag),
    Number(NumberTest),
    Custom(CustomTest),
}

/// A state of a lifecycle, or all states of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusTest {
    Category(Category),
    State(String),
}

/// What a ticket may name by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It names something.
    Any,
    /// One of these; `or_none`: or nothing at all.
    OneOf { ids: BTreeSet<Uuid>, or_none: bool },
}

impl Presence {
    /// Whether a ticket that names these, none where it names nothing, is meant.
    pub fn fits(&self, named: &[Option<Uuid>]) -> bool {
        match self {
            Presence::Any => named.iter().any(Option::is_some),
            Presence::OneOf { ids, or_none } => {
                named.iter().flatten().any(|it| ids.contains(it)) || (*or_none && named.iter().all(Option::is_none))
            }
        }
    }
}

/// The instants of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeField {
    Created,
    Updated,
    Resolved,
    Closed,
    Scheduled,
    Due,
    Response,
    /// When it last changed, as those know it who do not read notes. No query names it; [`Cond::without_notes`] puts it in.
    UpdatedPublicly,
}

impl TimeField {
    fn without_notes(self) -> TimeField {
        if self == TimeField::Updated { TimeField::UpdatedPublicly } else { self }
    }
}

/// A test of an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeTest {
    /// There is such an instant.
    Present,
    /// There is none.
    Missing,
    Within(TimeRange),
}

impl TimeTest {
    /// Whether an instant, or that there is none, is meant.
    pub fn fits(&self, at: Option<Instant>) -> bool {
        match self {
            TimeTest::Present => at.is_some(),
            TimeTest::Missing => at.is_none(),
            TimeTest::Within(range) => at.is_some_and(|it| range.contains(it)),
        }
    }
}

/// From the first instant up to, and without, the second; an end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    pub from: Option<Instant>,
    pub before: Option<Instant>,
}

impl TimeRange {
    pub fn contains(self, it: Instant) -> bool {
        self.from.is_none_or(|from| from <= it) && self.before.is_none_or(|before| it < before)
    }
}

/// Which targets were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breach {
    Any,
    None,
    Response,
    Resolution,
}

/// What a ticket may have besides fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Attachment,
    /// A private note; known to those who may read notes only.
    Note,
    Link,
}

/// What a ticket may be, besides its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Its clocks wait.
    Paused,
    /// Its requester or their organization is a VIP.
    Vip,
    /// It is put aside.
    Snoozed,
    /// It is open, and the next word is the desk's: nobody has answered yet, or its people have spoken last.
    OnUs,
    /// It is open, and somebody else has the next word or the next step.
    OnThem,
}

/// A ticket's number: its prefix, if one was written (upper case), and the range of what follows, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberTest {
    pub prefix: Option<String>,
    pub from: u64,
    pub to: u64,
}

/// A comparison of one of the desk's own fields.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomTest {
    pub key: String,
    pub test: CustomMatch,
}

/// How one of the desk's own fields is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum CustomMatch {
    Any,
    None,
    /// One of these texts, in lower case.
    OneOf(Vec<String>),
    /// A number in this range, both ends included.
    Between(f64, f64),
    /// An instant or date in this range.
    Within(TimeRange),
}

/// Words to search for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextQuery {
    /// As written, without quotes.
    pub text: String,
    /// The words must stand side by side, spelled as they are.
    pub phrase: bool,
    /// The last word may go on.
    pub prefix: bool,
    pub scope: TextScope,
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextScope {
    /// Title, texts and the ticket's number.
    All,
    Title,
    /// Description, comments and, for those who may read them, notes.
    Text,
}
