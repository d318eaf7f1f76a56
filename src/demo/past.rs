//! The long past of a large desk: tickets that were lodged, answered and closed somewhere else and brought along, so that millions of them
//! have room and are there soon.

use std::{collections::BTreeMap, time::Duration};

use rand::{Rng, rngs::StdRng};

use super::{
    cast::Cast,
    story::minutes,
    words::{self, Template},
};
use crate::{
    desk::{
        actor::Actor,
        queues,
        tickets::{self, BodyFormat, Kind, PastComment, PastTicket},
    },
    error::Result,
    id::{CategoryId, QueueId},
    store::Tx,
    time::Instant,
};

/// What is younger than this has a whole life in every history.
pub const LATELY: Duration = Duration::from_secs(14 * 86_400);

/// A ticket that is over, and what it is about, by name.
pub struct Past {
    ticket: PastTicket,
    template: Template,
}

/// A queue, a category, and one below it.
type Place = (Option<QueueId>, CategoryId, CategoryId);

/// What the names of templates stand for, by the title of the template.
#[derive(Default)]
pub struct Places(BTreeMap<&'static str, Place>);

impl Past {
    pub fn invent(rng: &mut StdRng, cast: &Cast, at: Instant) -> Past {
        let is_request = rng.random_bool(0.35);
        let template = words::pick(rng, if is_request { words::REQUESTS } else { words::INCIDENTS });
        let (requester, agent) = (words::pick(rng, &cast.requesters), words::pick(rng, &cast.agents));
        let fill = words::Fill::new(rng);
        let done = at.plus(minutes(rng, 10..6_000));
        let mut thread = Vec::new();
        if rng.random_bool(0.5) {
            thread.push(PastComment {
                author: Some(agent),
                body: fill.text(words::pick(rng, template.solutions)),
                format: BodyFormat::Plain,
                is_private: false,
                created_at: done,
            });
        }
        let ticket = PastTicket {
            kind: if is_request { Kind::Request } else { Kind::Incident },
            title: fill.text(template.title),
            description: fill.text(template.description),
            description_format: BodyFormat::Plain,
            requester,
            assignee: Some(agent),
            queue: None,
            topic: None,
            subtopic: None,
            priority: words::pick(rng, &[4, 4, 3, 3, 3, 2, 2, 1]),
            impact: words::pick(rng, &[4, 4, 3, 3, 3, 2, 2, 1]),
            urgency: words::pick(rng, &[4, 3, 3, 3, 2, 2, 1]),
            tags: if rng.random_bool(0.4) { template.tags.iter().map(|it| (*it).to_owned()).collect() } else { Vec::new() },
            metadata: None,
            created_at: at,
            resolved_at: Some(done),
            closed_at: done.plus(Duration::from_secs(3 * 86_400)),
            thread,
        };
        Past { ticket, template }
    }

    /// When it was closed.
    pub fn over_at(&self) -> Instant {
        self.ticket.closed_at
    }

    pub fn happen(self, tx: &mut Tx, places: &mut Places) -> Result<()> {
        let (queue, topic, subtopic) = places.of(tx, &self.template)?;
        let past = PastTicket { queue, topic: Some(topic), subtopic: Some(subtopic), ..self.ticket };
        tickets::take_in(tx, &Actor::system("demo"), past).map(drop)
    }
}

impl Places {
    fn of(&mut self, tx: &mut Tx, template: &Template) -> Result<Place> {
        if let Some(known) = self.0.get(template.title) {
            return Ok(*known);
        }
        let actor = Actor::system("demo");
        let (above, below) = template.category;
        let topic = queues::find_or_create_category(tx, &actor, "category", above, None)?.id;
        let subtopic = queues::find_or_create_category(tx, &actor, "subcategory", below, Some(topic))?.id;
        let queue = queues::queue_named(tx, template.queue)?.map(|it| it.id);
        self.0.insert(template.title, (queue, topic, subtopic));
        Ok((queue, topic, subtopic))
    }
}
