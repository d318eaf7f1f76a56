//! For whom something is that people make for their work: a view, a macro, a text. One's own, a team's, or everybody's who works tickets.
//! Whoever may use it by this may not for that reason see a ticket or change one.

use minicbor::{Decode, Encode};

use crate::{
    desk::{actor::Actor, identity::Person, permission::Permission, queues::Team},
    error::{Code, Refusal, Result},
    id::{PersonId, TeamId},
    language::say,
    store::Tx,
};

/// Who may use it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub enum Sharing {
    /// Who made it.
    #[n(0)]
    #[default]
    Own,
    /// Everybody who works tickets.
    #[n(1)]
    Everybody,
    /// The members of these teams.
    #[n(2)]
    Teams(#[n(0)] Vec<TeamId>),
}

impl Sharing {
    /// As forms and the API write it, without the teams.
    pub fn name(&self) -> &'static str {
        match self {
            Sharing::Own => "own",
            Sharing::Everybody => "everybody",
            Sharing::Teams(_) => "teams",
        }
    }

    /// Reads what `name` wrote, with the teams beside it.
    pub fn named(text: &str, teams: Vec<TeamId>) -> Result<Sharing> {
        match text.trim() {
            "" | "own" => Ok(Sharing::Own),
            "everybody" => Ok(Sharing::Everybody),
            "teams" if teams.is_empty() => Err(Refusal::field("teams", "required", say!("refused-name-teams")).into()),
            "teams" => Ok(Sharing::Teams(teams)),
            _ => Err(Refusal::field("sharing", "unknown", say!("refused-shared-how")).into()),
        }
    }

    pub fn teams(&self) -> &[TeamId] {
        if let Sharing::Teams(it) = self { it } else { &[] }
    }

    /// As the log writes it.
    pub fn logged(&self) -> String {
        match self {
            Sharing::Teams(teams) => teams.iter().map(TeamId::to_string).collect::<Vec<_>>().join(", "),
            it => it.name().to_owned(),
        }
    }
}

/// What decides about somebody, looked up once.
#[derive(Debug, Clone, Default)]
pub struct Sharer {
    person: Option<PersonId>,
    teams: Vec<TeamId>,
    works: bool,
    /// May share with everybody, and change what others share.
    keeps: bool,
}

impl Sharer {
    pub fn of(tx: &Tx, actor: &Actor) -> Result<Sharer> {
        let person = actor.person();
        let teams = match person {
            Some(id) => tx.get::<Person>(&id)?.map(|it| it.teams).unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(Sharer { person, teams, works: actor.may(Permission::TicketsRead), keeps: actor.may(Permission::SettingsWrite) })
    }

    fn is(&self, owner: Option<PersonId>) -> bool {
        owner.is_some() && owner == self.person
    }

    /// Whether they may use something of this owner.
    pub fn may_use(&self, owner: Option<PersonId>, sharing: &Sharing) -> bool {
        self.works
            && (self.is(owner)
                || match sharing {
                    Sharing::Own => false,
                    Sharing::Everybody => true,
                    Sharing::Teams(teams) => self.keeps || teams.iter().any(|it| self.teams.contains(it)),
                })
    }

    /// Whether they may change it or take it away.
    pub fn may_change(&self, owner: Option<PersonId>, sharing: &Sharing) -> bool {
        self.works
            && match sharing {
                Sharing::Own => self.is(owner),
                Sharing::Everybody => self.keeps,
                Sharing::Teams(teams) => self.keeps || teams.iter().any(|it| self.teams.contains(it)),
            }
    }

    /// Refuses to share something so with whom they may not.
    pub fn need_to_share(&self, tx: &Tx, sharing: &Sharing) -> Result<()> {
        for team in sharing.teams() {
            if !tx.has::<Team>(team)? {
                return Err(Refusal::field("teams", "unknown", say!("refused-no-team")).into());
            }
        }
        let own_team = sharing.teams().iter().all(|it| self.teams.contains(it));
        match sharing {
            Sharing::Own => Ok(()),
            Sharing::Teams(_) if own_team || self.keeps => Ok(()),
            Sharing::Teams(_) => Err(Refusal::new(Code::Forbidden, say!("refused-share-own-teams")).into()),
            Sharing::Everybody if self.keeps => Ok(()),
            Sharing::Everybody => {
                let message = say!("refused-share-everybody", permission = Permission::SettingsWrite.name());
                Err(Refusal::new(Code::Forbidden, message).into())
            }
        }
    }
}

/// A name of one line, of 1 to 100 characters.
pub fn name(field: &str, text: &str) -> Result<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Refusal::field(field, "invalid", say!("refused-needs-name-of-100")).into());
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_things_are_ones_own_and_shared_ones_their_teams() {
        let [rosa, ada, team, other] = [1, 2, 3, 4].map(uuid::Uuid::from_u128);
        let (rosa, ada, team, other) = (PersonId(rosa), PersonId(ada), TeamId(team), TeamId(other));
        let of = |person, works, keeps| Sharer { person: Some(person), teams: vec![team], works, keeps };
        let teams = |it| Sharing::Teams(vec![it]);
        for (who, owner, sharing, uses, changes) in [
            (of(ada, true, false), ada, Sharing::Own, true, true),
            (of(ada, true, true), rosa, Sharing::Own, false, false),
            (of(ada, true, false), rosa, Sharing::Everybody, true, false),
            (of(ada, true, true), rosa, Sharing::Everybody, true, true),
            (of(ada, true, false), rosa, teams(team), true, true),
            (of(ada, true, false), rosa, teams(other), false, false),
            (of(ada, true, true), rosa, teams(other), true, true),
            (of(ada, false, false), ada, Sharing::Everybody, false, false),
        ] {
            assert_eq!((who.may_use(Some(owner), &sharing), who.may_change(Some(owner), &sharing)), (uses, changes), "{who:?} {sharing:?}");
        }
    }
}
