//! How pressing a ticket is. Strongest first: set by hand; what a rule, the requester's standing or the category says; impact and
//! urgency; the desk's default. Requesters say how much it hurts, never what priority that is.

use super::decision::{Question, Reason};
use crate::{
    desk::{queues::Category, settings::Settings, tickets::Ticket},
    error::Result,
    store::Tx,
    time::Instant,
};

/// What the priority is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The priority of the category, and which one says so.
    pub category: Option<(u8, Reason)>,
    /// What a rule says: the level, whether it is a floor, and the rule.
    pub ruled: Option<(u8, bool, Reason)>,
    /// A VIP's ticket is at least this.
    pub vip: Option<u8>,
    /// By impact and urgency, if somebody said how much it hurts.
    pub measured: Option<(u8, Reason)>,
    pub default: u8,
}

/// The priority that follows, and what decided it.
pub fn decide(parts: Parts) -> (u8, Reason) {
    let Parts { category, ruled, vip, measured, default } = parts;
    let (fixed, floor) = match ruled {
        Some((level, true, why)) => (None, Some((level, why))),
        Some((level, false, why)) => (Some((level, why)), None),
        None => (None, None),
    };
    let mut found = fixed.or(category).or(measured).unwrap_or((default, Reason::Default));
    let floors = floor.into_iter().chain(vip.map(|it| (it, Reason::Vip(it))));
    for (level, why) in floors {
        // 1 is the most pressing.
        if level < found.0 {
            found = (level, why);
        }
    }
    found
}

/// Works the priority of a ticket out anew, unless somebody set it by hand.
pub fn apply(tx: &Tx, ticket: &mut Ticket, now: Instant) -> Result<()> {
    if ticket.priority_fixed {
        return Ok(());
    }
    let settings = Settings::of(tx)?;
    let mut category = None;
    for id in [ticket.subtopic, ticket.topic].into_iter().flatten() {
        let level = tx.get::<Category>(&id)?.and_then(|it| it.priority);
        category = category.or(level.map(|it| (it, Reason::Category(id))));
    }
    // Before this was kept, three and three was what nobody had said.
    let measured = ticket.routed.measured || (ticket.impact, ticket.urgency) != (3, 3);
    let (impact, urgency) = (ticket.impact, ticket.urgency);
    let (level, why) = decide(Parts {
        category,
        ruled: ticket
            .routed
            .ruled
            .as_ref()
            .map(|it| (it.priority, it.at_least, Reason::Rule { rule: it.rule, version: it.version, name: it.name.clone() })),
        vip: Some(settings.routing.vip_priority).filter(|it| ticket.vip && *it > 0),
        measured: measured.then(|| (settings.priority(impact, urgency), Reason::Matrix(impact, urgency))),
        default: settings.routing.default_priority,
    });
    ticket.priority = level;
    ticket.routed.note(Question::Priority, why, now);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{CategoryId, RoutingRuleId};

    fn by_rule() -> Reason {
        Reason::Rule { rule: RoutingRuleId::NIL, version: 1, name: "r".into() }
    }

    fn parts(category: Option<u8>, ruled: Option<(u8, bool)>, vip: Option<u8>, measured: Option<u8>) -> Parts {
        Parts {
            category: category.map(|it| (it, Reason::Category(CategoryId::NIL))),
            ruled: ruled.map(|(level, floor)| (level, floor, by_rule())),
            vip,
            measured: measured.map(|it| (it, Reason::Matrix(2, 3))),
            default: 3,
        }
    }

    #[test]
    fn the_strongest_word_wins() {
        for (category, ruled, vip, measured, level, why) in [
            (None, None, None, None, 3, Reason::Default),
            (None, None, None, Some(4), 4, Reason::Matrix(2, 3)),
            (Some(2), None, None, Some(4), 2, Reason::Category(CategoryId::NIL)),
            (Some(4), None, None, Some(1), 4, Reason::Category(CategoryId::NIL)),
            (Some(4), None, Some(2), Some(1), 2, Reason::Vip(2)),
            (Some(1), None, Some(2), None, 1, Reason::Category(CategoryId::NIL)),
            (Some(2), Some((4, false)), None, Some(1), 4, by_rule()),
            (Some(2), Some((4, false)), Some(2), None, 2, Reason::Vip(2)),
            (Some(4), Some((3, true)), None, None, 3, by_rule()),
            (Some(2), Some((3, true)), None, None, 2, Reason::Category(CategoryId::NIL)),
            (None, Some((1, true)), Some(2), Some(4), 1, by_rule()),
        ] {
            assert_eq!(decide(parts(category, ruled, vip, measured)), (level, why), "{category:?} {ruled:?} {vip:?} {measured:?}");
        }
    }

    proptest! {
        /// A floor never makes less pressing, and the result is one of what was said.
        #[test]
        fn floors_only_raise(
            category in prop::option::of(1..=4_u8), level in 1..=4_u8, vip in prop::option::of(1..=4_u8), measured in prop::option::of(1..=4_u8),
        ) {
            let without = decide(parts(category, None, None, measured)).0;
            let with = decide(parts(category, Some((level, true)), vip, measured)).0;
            let expected = [Some(without), Some(level), vip].into_iter().flatten().min();
            prop_assert_eq!(Some(with), expected);
        }
    }
}
