//! What the pages of views, macros and ready-made texts share: the rail beside them, and with whom something is shared.

use super::rail;
use crate::web::tongue::{self, t};
use crate::{
    desk::{Tx, actor::Actor, identity::Person, permission::Permission, placeholders, queues, sharing::Sharing},
    error::Result,
    id::{PersonId, TeamId},
    web::{
        admin::shell::Tick,
        answers::{form::Sent, site::Agent},
        console::{shell::RailView, tools::SharingView},
    },
};

/// The rail, with the tool or the report that is open.
pub fn rail(agent: &Agent, current: &str) -> Result<RailView> {
    agent.desk.read(|tx| rail::view(tx, agent, current))
}

/// With whom something is shared, for its form. Whoever may share with everybody may share with every team.
pub fn sharing_view(tx: &Tx, actor: &Actor, it: &Sharing, error: Option<String>) -> Result<SharingView> {
    let all = actor.may(Permission::SettingsWrite);
    let own = match actor.person() {
        Some(id) => tx.get::<Person>(&id)?.map(|it| it.teams).unwrap_or_default(),
        None => Vec::new(),
    };
    let offered = |id: TeamId| all || own.contains(&id) || it.teams().contains(&id);
    let tick =
        |team: queues::Team| Tick { value: team.id.to_string(), on: it.teams().contains(&team.id), label: team.name, ..Tick::default() };
    let teams = queues::teams(tx)?.into_iter().filter(|it| offered(it.id)).map(tick).collect();
    Ok(SharingView { chosen: it.name().to_owned(), teams, may_share_with_all: all, error })
}

/// With whom a form shares.
pub fn sharing_of(sent: &Sent) -> Result<Sharing> {
    Sharing::named(sent.text("sharing"), sent.all("team").filter_map(|it| it.parse().ok()).collect())
}

/// With whom something is shared, in words.
pub fn shared_with(tx: &Tx, actor: &Actor, owner: Option<PersonId>, it: &Sharing) -> Result<String> {
    Ok(match it {
        Sharing::Own if owner.is_some() && owner == actor.person() => t!("tools-only-you").to_owned(),
        Sharing::Own => t!("tools-somebody-own").to_owned(),
        Sharing::Everybody => t!("tools-everybody").to_owned(),
        Sharing::Teams(teams) => {
            let names: Vec<String> = queues::teams(tx)?.into_iter().filter(|it| teams.contains(&it.id)).map(|it| it.name).collect();
            names.join(", ")
        }
    })
}

/// Names that texts may have, and for what they stand.
pub fn placeholder_words() -> Vec<(String, String)> {
    placeholders::NAMES
        .iter()
        .map(|(name, _, about)| ((*name).to_owned(), tongue::named("placeholder-", &name.to_lowercase()).unwrap_or(about).to_owned()))
        .collect()
}
