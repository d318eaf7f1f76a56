//! In whose hands a ticket comes, and how pressing it is: priority, routing rules, assignment by queue, limits of open work, on-call
//! rotations. Not who may do what (`tickets::access`), nor mail filters, which look at mails before there is a ticket.
//!
//! Invariants: what somebody decided by hand is never undone by a rule; each decision stands in the ticket with its reason, and in the
//! event; a strategy gives nobody who is absent or full anything; a mail is never refused because a queue is full.
//!
//! The doors are `at_birth`, `after_change`, `opened` and `replied`; tickets call them, and nothing else here changes a ticket but bulk
//! assignment, which goes through `tickets::change`.

mod birth;
mod bulk;
mod changed;
mod decision;
mod hours;
mod load;
mod lodged;
pub mod on_call;
mod priority;
mod queue_rules;
mod rehearse;
mod rule;
mod settings;
mod standing;
mod strategy;
mod taking;
mod vip;
mod wip;
mod words;

#[cfg(test)]
mod tests;

pub use birth::{Said, at_birth};
pub use bulk::{Bulk, By, Outcome, assign};
pub use changed::{Given, after_change};
pub use decision::{Decision, Lack, Question, Reason, Routed, Ruled, is_of_assignment};
pub use hours::When;
pub use load::{LOAD, Load, OPEN_IN, QueueLoad, count, load_of, queue_load};
pub use queue_rules::{Fallback, QueueRules, QueueRulesChange, Takes, change_queue_rules};
pub use rehearse::{Caught, Trial, Would, rehearse};
pub use rule::{Assign, RoutingRule, RuleDraft, Then, change_rule, create_rule, delete_rule, order_rules, rule, rules};
pub use settings::{RoutingRules, RoutingRulesChange, change_routing, log as log_settings};
pub use standing::{Absence, Standing, StandingChange, change_standing, check_skills, is_absent, log as log_standing, present, stands_in};
pub use strategy::{Strategy, Turn};
pub use taking::{opened, replied, would_take};
pub use vip::is_vip;
pub use wip::{Fullness, full};
pub use words::why;
