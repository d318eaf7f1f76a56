//! What a desk can switch on and off, so that a plain helpdesk stays plain (ADM-07, BEY-37). What is off is not there: no page, no button,
//! no address of the API, nothing that happens by itself. What was kept stays, and is there again when it is switched on.
//! Which addresses belong to a feature is the doors' to know (`http/features`).

use std::{collections::BTreeMap, sync::Arc};

use minicbor::{Decode, Encode};

use super::{
    actor::Actor,
    event::{self, About, Changes, EventKind},
    permission::Permission,
};
use crate::{
    error::{Code, Refusal, Result},
    language::{Sentence, say},
    store::{Record, Table, Tx},
};

macro_rules! features {
    ($($name:ident = $text:literal, $id:literal, $on:literal, $doc:literal;)*) => {
        /// Something that a desk may do without.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Feature {
            $(#[doc = $doc] $name,)*
        }

        impl Feature {
            /// All of them, in the order of the settings.
            pub const ALL: &'static [Feature] = &[$(Feature::$name),*];

            /// The name in records and on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Feature::$name => $text),* }
            }

            /// What is there when it is on, in a sentence.
            pub fn doc(self) -> &'static str {
                match self { $(Feature::$name => $doc),* }
            }

            /// What it is called, for people.
            pub fn title(self) -> Sentence {
                match self { $(Feature::$name => say!($id)),* }
            }

            /// Whether a desk that has said nothing has it. What makes a helpdesk more than one is off until somebody wants it.
            pub fn is_usual(self) -> bool {
                match self { $(Feature::$name => $on),* }
            }
        }
    };
}

features! {
    Satisfaction = "satisfaction", "feature-satisfaction", true, "People are asked how they found the work, and the answers are shown.";
    Outages = "outages", "feature-outages", true, "Many tickets alike are gathered under one outage, and its people are told together.";
    Announcements = "announcements", "feature-announcements", true, "What everybody should know stands at the head of the portal and the console.";
    TimeEntries = "time_entries", "feature-time-entries", true, "Agents book the time that they work on tickets.";
    Checklists = "checklists", "feature-checklists", true, "Tickets have steps that are ticked off.";
    Macros = "macros", "feature-macros", true, "Several actions under one name, done as one.";
    Snippets = "snippets", "feature-snippets", true, "Ready-made texts that agents put into answers.";
    TicketTemplates = "ticket_templates", "feature-ticket-templates", true, "Forms that are filled in already where tickets come again and again.";
    RecurringTickets = "recurring_tickets", "feature-recurring-tickets", true, "Templates are lodged on a schedule; what falls due while it is off is made up for once.";
    CalendarFeeds = "calendar_feeds", "feature-calendar-feeds", true, "Calendars of people show what is due, by secret addresses.";
    OnCall = "on_call", "feature-on-call", true, "Rotations of people who are called outside working hours.";
    Push = "push", "feature-push", true, "People can be told on their devices, also when no page is open.";
    Knowledge = "knowledge", "feature-knowledge", true, "Articles that answer what is asked again and again, for requesters and for agents.";
    AccessTokens = "access_tokens", "feature-access-tokens", true, "People make access tokens for programs of their own; those that are there go on when it is off.";
}

const _: () = assert!(Feature::ALL.len() <= 32);

impl Feature {
    pub fn named(text: &str) -> Option<Feature> {
        Feature::ALL.iter().copied().find(|it| it.name() == text)
    }
}

/// What the desk has chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Features {
    /// By name, so that the choice about a feature outlives a release that does not know it.
    #[n(0)]
    chosen: BTreeMap<String, bool>,
}

impl Record for Features {
    type Key = ();
    const TABLE: Table = Table::journalled(0x3d, "features");

    fn key(&self) {}
}

impl Features {
    pub fn is_on(&self, it: Feature) -> bool {
        self.chosen.get(it.name()).copied().unwrap_or(it.is_usual())
    }

    /// Those that are off, small enough to be handed about.
    pub fn off(&self) -> Off {
        Off::of(&Feature::ALL.iter().copied().filter(|it| !self.is_on(*it)).collect::<Vec<_>>())
    }
}

/// What a desk does without; by itself, nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Off(u32);

impl Off {
    /// Without these.
    pub fn of(list: &[Feature]) -> Off {
        Off(list.iter().fold(0, |bits, it| bits | 1 << *it as u8))
    }

    pub fn has(self, it: Feature) -> bool {
        self.0 & (1 << it as u8) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What the desk has chosen.
pub fn features(tx: &Tx) -> Result<Arc<Features>> {
    Ok(tx.get_shared::<Features>(&())?.unwrap_or_default())
}

/// Whether this desk has it.
pub fn is_on(tx: &Tx, it: Feature) -> Result<bool> {
    Ok(features(tx)?.is_on(it))
}

/// Says that something is switched off, and what to do.
pub fn refused(it: Feature) -> Refusal {
    Refusal::new(Code::FeatureOff, say!("refused-feature-off", feature = it.title()))
}

/// Refuses what this desk does without.
pub fn need(tx: &Tx, it: Feature) -> Result<()> {
    if is_on(tx, it)? { Ok(()) } else { Err(refused(it).into()) }
}

/// Switches features on and off; what is not named stays.
pub fn change(tx: &mut Tx, actor: &Actor, wanted: &[(Feature, bool)]) -> Result<Features> {
    actor.need(Permission::SettingsWrite)?;
    let before = features(tx)?;
    let mut after = Features::clone(&before);
    let mut changes = Changes::new();
    for (it, on) in wanted {
        if before.is_on(*it) != *on {
            after.chosen.insert(it.name().to_owned(), *on);
            changes.field(it.name(), !on, *on);
        }
    }
    if !changes.is_empty() {
        tx.put(&after)?;
        let about = About { entity_kind: "features", entity: ENTITY, subject: None };
        event::record(tx, actor, EventKind::FeaturesChanged, about, changes)?;
    }
    Ok(after)
}

/// What the log calls them.
pub const ENTITY: uuid::Uuid = uuid::Uuid::nil();

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::desk::{announcements, stage::Stage};

    #[test]
    fn a_choice_is_kept_told_and_taken_back() {
        let stage = Stage::new();
        let admin = stage.max.clone();
        let switch = |on: bool| {
            let admin = admin.clone();
            stage.write(move |tx| change(tx, &admin, &[(Feature::Checklists, on), (Feature::Macros, true)]))
        };
        assert!(stage.read(|tx| is_on(tx, Feature::Checklists)));
        let events = stage.read(|tx| Ok(tx.last_seq()));
        assert!(!switch(false).unwrap().is_on(Feature::Checklists));
        assert_eq!(stage.read(|tx| Ok(tx.last_seq())), events + 1);
        let refused = stage.read(|tx| Ok(need(tx, Feature::Checklists).unwrap_err()));
        assert_eq!(refused.code(), Some(Code::FeatureOff));
        assert!(stage.read(|tx| Ok(features(tx)?.off())).has(Feature::Checklists));
        switch(false).unwrap();
        assert_eq!(stage.read(|tx| Ok(tx.last_seq())), events + 1, "nothing changed, so nothing is told");
        assert!(switch(true).unwrap().off().is_empty());
    }

    #[test]
    fn only_who_may_change_settings_switches() {
        let stage = Stage::new();
        let agent = stage.ada.clone();
        let refused = stage.write(move |tx| change(tx, &agent, &[(Feature::Push, false)])).unwrap_err();
        assert_eq!(refused.code(), Some(Code::Forbidden));
    }

    #[test]
    fn what_is_off_does_nothing_by_itself_and_keeps_what_it_has() {
        let stage = Stage::new();
        let admin = stage.max.clone();
        let said = announcements::AnnouncementChange {
            title: Some("Water".into()),
            audience: Some(announcements::Audience::Everybody),
            ..Default::default()
        };
        let who = admin.clone();
        stage.write(move |tx| announcements::announce(tx, &who, said)).unwrap();
        for (on, shown) in [(false, 0), (true, 1)] {
            let who = admin.clone();
            stage.write(move |tx| change(tx, &who, &[(Feature::Announcements, on)])).unwrap();
            assert_eq!(stage.read(|tx| announcements::live(tx, true)).len(), shown);
        }
    }

    #[test]
    fn names_are_each_ones_own_and_translated() {
        let names: BTreeSet<&str> = Feature::ALL.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), Feature::ALL.len());
        for it in Feature::ALL {
            assert_eq!(Feature::named(it.name()), Some(*it));
            let german = it.title().read(crate::language::Language::German);
            assert!(!german.is_empty() && !german.starts_with("feature-"), "nobody wrote what {} is called", it.name());
        }
    }
}
