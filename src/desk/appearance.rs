//! How one person wants pages to look: light or dark, roomy or dense, the rail open or folded (UX-16). It is theirs alone, so it leaves no
//! event; the server keeps it so that it is the same on every machine of theirs.

use minicbor::{Decode, Encode};

use super::{actor::Actor, permission::Permission};
use crate::{
    error::{Refusal, Result},
    id::PersonId,
    store::{Record, Table, Tx},
};

/// Light, dark, or as the reader's system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Theme {
    #[default]
    #[n(0)]
    System,
    #[n(1)]
    Light,
    #[n(2)]
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    pub fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn named(text: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// How much room there is around things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Density {
    #[default]
    #[n(0)]
    Comfortable,
    #[n(1)]
    Compact,
}

impl Density {
    pub const ALL: [Density; 2] = [Density::Comfortable, Density::Compact];

    pub fn name(self) -> &'static str {
        match self {
            Density::Comfortable => "comfortable",
            Density::Compact => "compact",
        }
    }

    pub fn named(text: &str) -> Option<Density> {
        Density::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// What one person has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Appearance {
    #[n(0)]
    pub person: PersonId,
    /// What was never chosen is left to what the browser remembers.
    #[n(1)]
    pub theme: Option<Theme>,
    #[n(2)]
    pub density: Option<Density>,
    /// The console's rail is folded to icons.
    #[n(3)]
    pub narrow_rail: Option<bool>,
}

impl Record for Appearance {
    type Key = PersonId;
    const TABLE: Table = Table::operational(0x3f, "appearances");

    fn key(&self) -> PersonId {
        self.person
    }
}

impl Appearance {
    /// What somebody begins with.
    pub fn unchosen(person: PersonId) -> Appearance {
        Appearance { person, theme: None, density: None, narrow_rail: None }
    }
}

/// What is to change; what is `None` stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AppearanceChange {
    pub theme: Option<Theme>,
    pub density: Option<Density>,
    pub narrow_rail: Option<bool>,
}

/// What somebody has chosen; none if nothing yet.
pub fn of(tx: &Tx, person: PersonId) -> Result<Option<Appearance>> {
    Ok(tx.get::<Appearance>(&person)?)
}

/// Changes how pages look for the actor.
pub fn change(tx: &mut Tx, actor: &Actor, change: AppearanceChange) -> Result<Appearance> {
    let person = actor.person().ok_or_else(|| Refusal::forbidden(Permission::PortalUse.name()))?;
    let before = of(tx, person)?;
    let mut after = before.unwrap_or_else(|| Appearance::unchosen(person));
    let AppearanceChange { theme, density, narrow_rail } = change;
    after.theme = theme.or(after.theme);
    after.density = density.or(after.density);
    after.narrow_rail = narrow_rail.or(after.narrow_rail);
    if before != Some(after) {
        tx.put(&after)?;
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::{Stage, id_of};

    #[test]
    fn it_is_ones_own_and_stays_until_it_is_changed() {
        let stage = Stage::new();
        let (ada, bob) = (stage.ada.clone(), id_of(&stage.bob));
        let events = stage.read(|tx| Ok(tx.last_seq()));
        let set = |it: AppearanceChange| {
            let ada = ada.clone();
            stage.write(move |tx| change(tx, &ada, it)).unwrap()
        };
        set(AppearanceChange { density: Some(Density::Compact), ..AppearanceChange::default() });
        let after = set(AppearanceChange { theme: Some(Theme::Dark), narrow_rail: Some(true), ..AppearanceChange::default() });
        assert_eq!((after.theme, after.density, after.narrow_rail), (Some(Theme::Dark), Some(Density::Compact), Some(true)));
        assert_eq!(stage.read(|tx| of(tx, id_of(&ada))), Some(after));
        assert_eq!(stage.read(|tx| of(tx, bob)), None);
        assert_eq!(stage.read(|tx| Ok(tx.last_seq())), events, "how one's own pages look is nobody else's business");
    }

    #[test]
    fn names_read_as_they_are_written() {
        for it in Theme::ALL {
            assert_eq!(Theme::named(it.name()), Some(it));
        }
        for it in Density::ALL {
            assert_eq!(Density::named(it.name()), Some(it));
        }
    }
}
