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
    language::{Sentence, say},
    store::Tx,
};

fn person(tx: &Tx, id: PersonId) -> Result<String> {
    Ok(tx.get::<Person>(&id)?.map_or_else(|| "somebody".into(), |it| it.name))
}

fn queue(tx: &Tx, id: QueueId) -> Result<String> {
    Ok(tx.get_shared::<Queue>(&id)?.map_or_else(|| "a queue that is gone".into(), |it| it.name.clone()))
}

/// Why it was decided so, as a sentence.
pub fn why(tx: &Tx, it: &Decision) -> Result<Sentence> {
    Ok(match &it.reason {
        Reason::Said(Some(id)) => say!("why-said", name = person(tx, *id)?),
        Reason::Said(None) => say!("why-said-by-desk"),
        Reason::Vip(level) => say!("why-vip", priority = priority_label(*level)),
        Reason::Category(id) => {
            let name = tx.get::<Category>(id)?.map_or_else(|| "(gone)".into(), |it| it.name);
            say!("why-category", name = name)
        }
        Reason::Matrix(impact, urgency) => say!("why-matrix", impact = impact, urgency = urgency),
        Reason::Default => match it.question {
            Question::Priority => say!("why-default-priority"),
            _ => say!("why-default"),
        },
        Reason::Rule { name, version, .. } => say!("why-rule", name = name, version = version.to_string()),
        Reason::Strategy { strategy, load, instead_of } => {
            let how = match strategy {
                Strategy::Manual => say!("why-manual"),
                Strategy::RoundRobin => say!("why-turn"),
                Strategy::LeastLoaded => say!("why-least", load = load),
                Strategy::SkillBased => say!("why-skills", load = load),
            };
            match instead_of {
                Some(id) => say!("why-stands-in", how = how, name = person(tx, *id)?),
                None => say!("why-so", how = how),
            }
        }
        Reason::OnCall { rotation, .. } => {
            let name = tx.get_shared::<Rotation>(rotation)?.map_or_else(|| "(gone)".into(), |it| it.name.clone());
            say!("why-on-call", name = name)
        }
        Reason::Fallback(id) => say!("why-fallback", queue = queue(tx, *id)?),
        Reason::Nobody { queue: id, why } => {
            let name = queue(tx, *id)?;
            match why {
                Lack::Members => say!("why-no-team", queue = name),
                Lack::Presence => say!("why-nobody-there", queue = name),
                Lack::Capacity => say!("why-all-full", queue = name),
                Lack::Skills(skills) => say!("why-nobody-knows", queue = name, skills = skills.join(", ")),
            }
        }
        Reason::Full { queue: id, open, limit } => say!("why-queue-full", queue = queue(tx, *id)?, open = open, limit = limit),
        Reason::Opened => say!("why-opened"),
        Reason::Answered => say!("why-answered"),
    })
}
