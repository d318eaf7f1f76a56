//! Decisions in sentences, for those who work tickets.

use super::{
    decision::{Decision, Lack, Question, Reason},
    on_call::Rotation,
    strategy::Strategy,
};
use crate::{
    desk::{
        identity::Person,
        queues::{Category, Queue},
        tickets::priority_label,
    },
    error::Result,
    id::{PersonId, QueueId},
    store::Tx,
};

fn person(tx: &Tx, id: PersonId) -> Result<String> {
    Ok(tx.get::<Person>(&id)?.map_or_else(|| "somebody".into(), |it| it.name))
}

fn queue(tx: &Tx, id: QueueId) -> Result<String> {
    Ok(tx.get_shared::<Queue>(&id)?.map_or_else(|| "a queue that is gone".into(), |it| it.name.clone()))
}

/// Why it was decided so, as a sentence.
pub fn why(tx: &Tx, it: &Decision) -> Result<String> {
    Ok(match &it.reason {
        Reason::Said(Some(id)) => format!("{} said so.", person(tx, *id)?),
        Reason::Said(None) => "A mail filter or another part of the desk said so.".into(),
        Reason::Vip(level) => format!("The requester is a VIP, so it is at least {}.", priority_label(*level)),
        Reason::Category(id) => {
            let name = tx.get::<Category>(id)?.map_or_else(|| "(gone)".into(), |it| it.name);
            format!("The category {name} says so.")
        }
        Reason::Matrix(impact, urgency) => format!("It follows from impact {impact} and urgency {urgency}."),
        Reason::Default => match it.question {
            Question::Priority => "Nobody said how much it hurts; this is the desk's default.".into(),
            _ => "No rule fitted; this is the desk's default.".into(),
        },
        Reason::Rule { name, version, .. } => format!("The rule {name} says so (version {version})."),
        Reason::Strategy { strategy, load, instead_of } => {
            let how = match strategy {
                Strategy::Manual => "Chosen among the queue's people".to_owned(),
                Strategy::RoundRobin => "It was their turn".to_owned(),
                Strategy::LeastLoaded => format!("They had the least open work ({load})"),
                Strategy::SkillBased => format!("They know what is needed, and had the least open work ({load})"),
            };
            match instead_of {
                Some(id) => format!("{how}; they stand in for {}.", person(tx, *id)?),
                None => format!("{how}."),
            }
        }
        Reason::OnCall { rotation, .. } => {
            let name = tx.get_shared::<Rotation>(rotation)?.map_or_else(|| "(gone)".into(), |it| it.name.clone());
            format!("They were on call in {name}.")
        }
        Reason::Fallback(id) => format!("Nobody of {} could take it, so that it went to its default person.", queue(tx, *id)?),
        Reason::Nobody { queue: id, why } => {
            let name = queue(tx, *id)?;
            match why {
                Lack::Members => format!("{name} has no team of its own, so nobody was chosen."),
                Lack::Presence => format!("Nobody of {name} was there, so nobody was chosen."),
                Lack::Capacity => format!("Everybody of {name} who was there had as much as they can, so nobody was chosen."),
                Lack::Skills(skills) => format!("Nobody of {name} who was there knows {}, so nobody was chosen.", skills.join(", ")),
            }
        }
        Reason::Full { queue: id, open, limit } => {
            format!("{} was full ({open} tickets, {limit} at most), so that it went elsewhere.", queue(tx, *id)?)
        }
        Reason::Opened => "They opened it first.".into(),
        Reason::Answered => "They answered first.".into(),
    })
}
