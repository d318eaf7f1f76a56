//! Colleagues who are named in a message: `@ada.lovelace`, by the first part of an address or by a name with dots, and `@network`, a
//! team. Whoever is named hears of it and follows the ticket from then on.
//!
//! Invariant: a name gives nobody a sight of what they may not see; whoever may not is not named at all.

use std::collections::BTreeSet;

use crate::{
    desk::{
        actor::{Actor, Origin},
        identity::{self, Person},
        queues::{self, Team},
        tickets::{BodyFormat, Comment, Ticket, access},
    },
    error::Result,
    id::PersonId,
    limits,
    store::Tx,
};

/// A name as it is written after `@`: letters and digits in lower case, anything else one dot.
fn handle(text: &str) -> String {
    let mut handle = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            handle.push(letter);
        } else if !handle.is_empty() && !handle.ends_with('.') {
            handle.push('.');
        }
    }
    handle.trim_end_matches('.').to_owned()
}

/// The names after `@` in a text, once each, in lower case.
fn written(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        // In the middle of a word it is an address.
        let begins = letter == '@' && !before.is_alphanumeric() && before != '`';
        before = letter;
        if !begins || found.len() >= limits::MENTIONS_MAX {
            continue;
        }
        let name: String =
            text[at + 1..].chars().take_while(|it| it.is_alphanumeric() || matches!(it, '.' | '-' | '_')).take(100).collect();
        let name = handle(&name);
        if !name.is_empty() {
            found.insert(name);
        }
    }
    found
}

/// The handles of a person: the first part of the address, and the name.
fn handles(person: &Person) -> [String; 2] {
    [handle(person.email.split('@').next().unwrap_or_default()), handle(&person.name)]
}

/// Whether somebody may be told of this on this ticket.
fn may_know(tx: &Tx, ticket: &Ticket, person: &Person, is_private: bool) -> Result<bool> {
    if !person.is_agent() {
        return Ok(false);
    }
    let actor = identity::actor_of(tx, person, Origin::default())?;
    Ok(access::may_see(&actor, ticket) && (!is_private || access::reads_notes(&actor, ticket)))
}

/// The colleagues whom a comment names, if its author works the ticket.
pub(in crate::desk) fn named(tx: &Tx, actor: &Actor, ticket: &Ticket, comment: &Comment) -> Result<Vec<PersonId>> {
    let by_agent = actor.person().is_some() && actor.person() == comment.author && access::works_on(actor, ticket);
    if !by_agent || comment.format != BodyFormat::Markdown || !comment.body.contains('@') {
        return Ok(Vec::new());
    }
    let names = written(&comment.body);
    let mut people: Vec<PersonId> = Vec::new();
    let agents = identity::agents(tx)?;
    let mut add = |person: &Person| -> Result<()> {
        if Some(person.id) != comment.author && !people.contains(&person.id) && may_know(tx, ticket, person, comment.is_private)? {
            people.push(person.id);
        }
        Ok(())
    };
    for person in agents.iter().filter(|it| handles(it).iter().any(|it| names.contains(it))).take(limits::MENTIONS_MAX) {
        add(person)?;
    }
    for team in queues::teams(tx)?.iter().filter(|it| names.contains(&handle(&it.name))).take(limits::MENTIONS_MAX) {
        for person in queues::team_members(tx, team.id)?.iter().take(limits::MENTIONED_TEAM_MAX) {
            add(person)?;
        }
    }
    Ok(people)
}

/// Has those who are named follow the ticket; gives who did not before.
pub(in crate::desk) fn follow(ticket: &mut Ticket, named: &[PersonId]) -> Vec<PersonId> {
    let mut new = Vec::new();
    for person in named {
        let is_there = ticket.assignee == Some(*person) || ticket.requester == *person || ticket.watchers.contains(person);
        if !is_there && ticket.watchers.len() < limits::WATCHERS_MAX {
            ticket.watchers.push(*person);
            new.push(*person);
        }
    }
    new
}

/// Somebody, or a team, that can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// What is written after `@`.
    pub handle: String,
    pub name: String,
    pub is_team: bool,
}

/// Who can be named by what has been typed so far, people before teams, by name. `ticket` leaves out who may not see it.
pub fn offered(tx: &Tx, typed: &str, ticket: Option<&Ticket>) -> Result<Vec<Offered>> {
    let typed = handle(typed.trim_start_matches('@'));
    let fits = |all: &[String], name: &str| {
        all.iter().any(|it| it.starts_with(&typed)) || name.split_whitespace().any(|it| handle(it).starts_with(&typed))
    };
    let mut found = Vec::new();
    let mut agents = identity::agents(tx)?;
    agents.sort_by_cached_key(|it| it.name.to_lowercase());
    for person in agents {
        let all = handles(&person);
        if found.len() >= limits::MENTIONS_OFFERED_MAX || !fits(&all, &person.name) {
            continue;
        }
        if ticket.map_or(Ok(true), |it| may_know(tx, it, &person, true))? {
            let [handle, _] = all;
            found.push(Offered { handle, name: person.name, is_team: false });
        }
    }
    let mut teams: Vec<Team> = queues::teams(tx)?;
    teams.sort_by_cached_key(|it| it.name.to_lowercase());
    let teams = teams.into_iter().filter(|it| fits(&[handle(&it.name)], &it.name));
    let room = limits::MENTIONS_OFFERED_MAX.saturating_sub(found.len());
    found.extend(teams.take(room).map(|it| Offered { handle: handle(&it.name), name: it.name, is_team: true }));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        notices,
        stage::{Stage, id_of},
        tickets::{self, Channel, NewComment},
    };

    #[test]
    fn names_are_found_where_they_are_meant() {
        for (text, expected) in [
            ("@ada please", vec!["ada"]),
            ("Ask (@Ada.Lovelace) or @bob, thanks.", vec!["ada.lovelace", "bob"]),
            ("write to ada@example.com", vec![]),
            ("`@ada`", vec![]),
            ("@", vec![]),
            ("@ada. Done", vec!["ada"]),
            ("@søren_k", vec!["søren.k"]),
        ] {
            assert_eq!(written(text).into_iter().collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn whoever_is_named_follows_and_is_told_and_nobody_else() {
        for (by_agent, text, named) in [
            (true, "@bob can you look? @rosa.diaz @ada", true),
            (true, "@bob.hale", true),
            (true, "@service.desk", false),
            (false, "@bob", false),
        ] {
            let stage = Stage::new();
            let id = stage.ticket(Some(&stage.ada)).id;
            let by = if by_agent { stage.ada.clone() } else { stage.rosa.clone() };
            let (ticket, comment) =
                stage.write(move |tx| tickets::add_comment(tx, &by, id, NewComment::new(text, false, Channel::Portal))).unwrap();
            let bob = id_of(&stage.bob);
            assert_eq!(comment.mentions, if named { vec![bob] } else { vec![] }, "{text}");
            assert_eq!(ticket.watchers.contains(&bob), named, "{text}");
            stage.notify();
            let told = stage.read(|tx| notices::unread(tx, bob));
            assert_eq!(told, usize::from(named), "{text}");
        }
    }

    #[test]
    fn offers_begin_with_what_was_typed() {
        let stage = Stage::new();
        for (typed, expected) in [("ad", vec!["ada"]), ("@lov", vec!["ada"]), ("serv", vec!["service.desk"]), ("rosa", vec![])] {
            let found = stage.read(|tx| offered(tx, typed, None));
            assert_eq!(found.into_iter().map(|it| it.handle).collect::<Vec<_>>(), expected, "{typed}");
        }
    }
}
