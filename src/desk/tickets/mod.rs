//! Tickets: the one spine of everything on the desk (D8). Incidents, requests, problems, changes and tasks share number, thread,
//! links, watchers and history; each has its own lifecycle. Rules look at the category of a state, never at its name.

pub mod access;
mod amend;
mod as_of;
mod cast;
mod change;
mod comment;
mod create;
mod delete;
mod fields;
mod history;
pub mod lifecycle;
mod link;
pub mod merge;
pub mod number;
mod past;
mod record;
mod redact_beside;
mod requester;
mod watch;

pub use amend::{Redaction, edit_comment, redact};
pub use as_of::{AsOf, Gap, as_of, as_of_instant};
pub use cast::Cast;
pub use change::{ObjectChange, TicketChange, change, transition};
pub(in crate::desk) use change::{put_back, settle};
pub(in crate::desk) use comment::requester_waits;
pub use comment::{Comment, FoldMark, NewComment, add_comment, comments, withdraw_comment};
pub(in crate::desk) use create::tags as normal_tags;
pub use create::{NewTicket, create};
pub use delete::delete;
pub use fields::{custom_values, keywords};
pub use history::{HistoryEntry, HistoryPart, history};
pub use lifecycle::Category;
pub use link::{Relation, children, link, parent, unlink};
pub use merge::{Merged, merge, unmerge};
pub use number::BY_NUMBER;
pub use past::{PastComment, PastTicket, take_in};
pub use record::{BodyFormat, Channel, Kind, Link, Ticket, UNCLOSED, priority_label, priority_named};
pub use requester::{NewRequester, hand_over};
pub use watch::{unwatch, watch};

#[cfg(test)]
mod regressions;
#[cfg(test)]
mod tests;
