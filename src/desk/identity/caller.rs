//! Somebody who calls or comes by, as whoever answers names them (BEY-39): found by any beginning of a name, an address, a number or an
//! organization, and taken down where there is nobody yet. Who has no mail address gets one that leads nowhere, so that addresses stay
//! what people are known by.

use std::collections::BTreeSet;

use super::{MEMBERS, NewPerson, Person, create_person, find_or_create, normal_email, organizations, person_by_email};
use crate::{
    desk::{
        actor::Actor,
        permission::{Permission, Permissions},
    },
    error::{Refusal, Result},
    id::PersonId,
    language::say,
    limits,
    store::{Index, Tx},
};

/// People by the words that they are looked for by: of their name and address, and the ends of their number.
pub const BY_WORD: Index<Person, String> = Index::new(0xe6, "people_by_word");

/// The domain of people who have no address. Nothing is sent to `.invalid` (RFC 6761).
const NO_MAIL: &str = "no-mail.invalid";
/// Words of one person in the index.
const WORDS_MAX: usize = 24;
/// A word in the index, in characters.
const WORD_CHARS_MAX: usize = 64;
/// Words of a question that are looked at.
const ASKED_MAX: usize = 6;
/// Fewer digits are no number: half the desk has them.
const DIGITS_MIN: usize = 4;
/// A number has at most so many (E.164).
const DIGITS_MAX: usize = 15;
/// So many at the end make two numbers the same, however their beginnings are written.
const SAME_DIGITS: usize = 8;
/// A telephone number as people write it, in characters.
const PHONE_CHARS_MAX: usize = 40;

impl Person {
    /// Whether mail can go to them.
    pub fn has_mail(&self) -> bool {
        !self.email.ends_with(".invalid")
    }

    /// How they are reached: their address, else their number; empty if neither is known.
    pub fn reached_by(&self) -> &str {
        if self.has_mail() { &self.email } else { self.phone.as_deref().unwrap_or_default() }
    }
}

/// The words that a person is found by, each once.
pub(super) fn words(person: &Person) -> BTreeSet<String> {
    let mut words: Vec<String> = parts(&person.name).collect();
    if person.has_mail() {
        words.push(person.email.clone());
        let (local, domain) = person.email.rsplit_once('@').unwrap_or((&person.email, ""));
        words.extend(parts(local));
        words.push(domain.to_owned());
    }
    if let Some(phone) = &person.phone {
        let digits = digits(phone);
        words.extend((0..=digits.len().saturating_sub(DIGITS_MIN)).filter_map(|at| digits.get(at..)).map(numbered));
    }
    let cut = |it: String| it.chars().take(WORD_CHARS_MAX).collect::<String>();
    words.into_iter().filter(|it| !it.is_empty()).map(cut).take(WORDS_MAX).collect()
}

/// What somebody is looked for by besides their name: the address and the number, also by any end of it.
pub fn searched(person: &Person) -> Vec<String> {
    let mut words: Vec<String> = person.has_mail().then(|| person.email.clone()).into_iter().collect();
    if let Some(phone) = &person.phone {
        words.push(phone.clone());
        let digits = digits(phone);
        words.extend((0..=digits.len().saturating_sub(DIGITS_MIN)).filter_map(|at| digits.get(at..)).map(str::to_owned));
    }
    words
}

/// A number as the index has it, apart from words of letters.
fn numbered(digits: &str) -> String {
    if digits.len() < DIGITS_MIN { String::new() } else { format!("#{digits}") }
}

fn parts(text: &str) -> impl Iterator<Item = String> {
    text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).map(plain)
}

/// Without case and marks, as somebody writes a name that they hear.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à'..='æ' | 'ā' | 'ă' | 'ą' => plain.push('a'),
            'ç' | 'ć' | 'č' => plain.push('c'),
            'ď' | 'đ' => plain.push('d'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => plain.push('e'),
            'ğ' => plain.push('g'),
            'ì'..='ï' | 'ı' | 'ī' => plain.push('i'),
            'ł' => plain.push('l'),
            'ñ' | 'ń' | 'ň' => plain.push('n'),
            'ò'..='ö' | 'ø' | 'ő' | 'ō' => plain.push('o'),
            'ř' => plain.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => plain.push('s'),
            'ß' => plain.push_str("ss"),
            'ť' | 'ț' | 'ţ' => plain.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => plain.push('u'),
            'ý' | 'ÿ' => plain.push('y'),
            'ź' | 'ż' | 'ž' => plain.push('z'),
            // A mark that stands for itself.
            '\u{300}'..='\u{36f}' => {}
            it => plain.push(it),
        }
    }
    plain
}

/// The digits of a number, without the zeros by which it is dialled from somewhere.
fn digits(phone: &str) -> String {
    let all: String = phone.chars().filter(char::is_ascii_digit).collect();
    all.trim_start_matches('0').chars().take(DIGITS_MAX).collect()
}

/// Whether somebody writes a telephone number rather than a name.
pub fn is_phone(text: &str) -> bool {
    let fine = text.chars().all(|it| it.is_ascii_digit() || matches!(it, '+' | '-' | '/' | '(' | ')' | '.' | ' ' | '\u{a0}'));
    fine && text.chars().filter(char::is_ascii_digit).count() >= DIGITS_MIN
}

/// People whom a text may mean, by name, at most `limit`: each of its words begins a word of theirs or of their organization, or it is a
/// part of their number. Whoever lodges for others and may look people up asks.
pub fn offered(tx: &Tx, actor: &Actor, text: &str, limit: usize) -> Result<Vec<Person>> {
    actor.need(Permission::TicketsWrite)?;
    actor.need(Permission::PeopleRead)?;
    let mut found = if is_phone(text) { by_number(tx, text)? } else { by_words(tx, text)? };
    found.retain(|it| it.active);
    found.sort_by_cached_key(|it| (plain(&it.name), it.email.clone()));
    found.truncate(limit);
    Ok(found)
}

fn by_number(tx: &Tx, text: &str) -> Result<Vec<Person>> {
    let wanted = digits(text);
    // The end of a number may begin with a zero, and so may a whole one that is dialled.
    let typed: String = text.chars().filter(char::is_ascii_digit).take(DIGITS_MAX).collect();
    let mut ids = candidates(tx, &numbered(&typed))?;
    if wanted.len() >= DIGITS_MIN && wanted != typed {
        ids.extend(candidates(tx, &numbered(&wanted))?);
    }
    let found = read(tx, ids)?;
    if !found.is_empty() || wanted.len() <= SAME_DIGITS {
        return Ok(found);
    }
    // One of the two is written with its country, the other is not.
    read(tx, candidates(tx, &numbered(&wanted[wanted.len() - SAME_DIGITS..]))?)
}

fn by_words(tx: &Tx, text: &str) -> Result<Vec<Person>> {
    let asked: Vec<String> = text
        .split(|it: char| it.is_whitespace() || matches!(it, ',' | ';' | '<' | '>' | '"' | '(' | ')'))
        .map(plain)
        .filter(|it| !it.is_empty())
        .take(ASKED_MAX)
        .collect();
    let mut houses = Vec::new();
    for it in organizations(tx)? {
        houses.push((it.id, parts(&it.name).collect::<Vec<_>>()));
    }
    // Whoever fits has every word: the rarest names the fewest.
    let mut fewest: Option<Vec<PersonId>> = None;
    for word in &asked {
        let mut ids = candidates(tx, word)?;
        for (house, _) in houses.iter().filter(|it| it.1.iter().any(|it| it.starts_with(word))) {
            for id in tx.find_keys(&MEMBERS, house)?.take(limits::CALLERS_LOOKED_AT) {
                ids.push(id?);
            }
        }
        if fewest.as_ref().is_none_or(|it| ids.len() < it.len()) {
            fewest = Some(ids);
        }
    }
    let house_of = |it: &Person| it.organization.and_then(|id| houses.iter().find(|house| house.0 == id)).map(|it| &it.1);
    let mut found = read(tx, fewest.unwrap_or_default())?;
    found.retain(|person| {
        let own = words(person);
        let house = house_of(person);
        asked.iter().all(|word| own.iter().chain(house.into_iter().flatten()).any(|it| it.starts_with(word.as_str())))
    });
    Ok(found)
}

fn candidates(tx: &Tx, word: &str) -> Result<Vec<PersonId>> {
    let (from, to) = (word.to_owned(), format!("{word}{}", char::MAX));
    Ok(tx.find_between(&BY_WORD, &from, &to)?.take(limits::CALLERS_LOOKED_AT).collect::<std::result::Result<_, _>>()?)
}

fn read(tx: &Tx, mut ids: Vec<PersonId>) -> Result<Vec<Person>> {
    ids.sort_unstable();
    ids.dedup();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(tx.get::<Person>(&id)?);
    }
    Ok(found)
}

/// Somebody as they say who they are; each may be empty, not all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCaller {
    pub name: String,
    pub email: String,
    pub phone: String,
}

impl NewCaller {
    pub fn is_empty(&self) -> bool {
        [&self.name, &self.email, &self.phone].iter().all(|it| it.trim().is_empty())
    }
}

/// The person of this address, else of this number and name; a new requester if there is none. For whoever lodges for a caller: it adds
/// somebody who may follow their own tickets and nothing else.
pub fn take_down(tx: &mut Tx, actor: &Actor, caller: &NewCaller) -> Result<Person> {
    actor.need(Permission::TicketsWrite)?;
    let phone = checked_phone(&caller.phone)?;
    if !caller.email.trim().is_empty() {
        let email = normal_email(&caller.email)?;
        return match (person_by_email(tx, &email)?, phone) {
            (None, Some(phone)) => create(tx, actor, email, &caller.name, Some(phone)),
            _ => find_or_create(tx, actor, &email, &caller.name),
        };
    }
    if caller.is_empty() {
        return Err(Refusal::field("requester", "required", say!("refused-caller-empty")).into());
    }
    if let Some(known) = phone.as_deref().map(|it| of_number(tx, it, &caller.name)).transpose()?.flatten() {
        return Ok(known);
    }
    let name = if caller.name.trim().is_empty() { caller.phone.trim() } else { &caller.name };
    let email = free_address(tx, phone.as_deref())?;
    create(tx, actor, email, name, phone)
}

/// Whoever has exactly this number, if it is one person, of this name if one is said.
fn of_number(tx: &Tx, phone: &str, name: &str) -> Result<Option<Person>> {
    let (number, name) = (digits(phone), plain(name.trim()));
    let mut found = by_number(tx, phone)?;
    found.retain(|it| it.active && it.phone.as_deref().is_some_and(|it| digits(it) == number));
    found.retain(|it| name.is_empty() || plain(&it.name) == name);
    Ok(if found.len() == 1 { found.pop() } else { None })
}

fn create(tx: &mut Tx, actor: &Actor, email: String, name: &str, phone: Option<String>) -> Result<Person> {
    let on_behalf = Actor { permissions: actor.permissions.union(Permissions::of(&[Permission::PeopleWrite])), ..actor.clone() };
    create_person(tx, &on_behalf, NewPerson { email, name: name.to_owned(), phone, ..NewPerson::default() })
}

/// An address for somebody who has none.
fn free_address(tx: &mut Tx, phone: Option<&str>) -> Result<String> {
    let plain = phone.map(|it| format!("{}@{NO_MAIL}", digits(it)));
    if let Some(it) = plain
        && person_by_email(tx, &it)?.is_none()
    {
        return Ok(it);
    }
    let id: PersonId = tx.new_id();
    Ok(format!("{id}@{NO_MAIL}"))
}

fn checked_phone(text: &str) -> Result<Option<String>> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Ok(None);
    }
    if !is_phone(&text) || text.chars().count() > PHONE_CHARS_MAX || digits(&text).len() < DIGITS_MIN {
        return Err(Refusal::field("phone", "invalid", say!("refused-caller-phone")).into());
    }
    Ok(Some(text))
}

/// For the migration that follows the index, once: everybody who is there gets their words.
pub(in crate::desk) fn index_all(tx: &mut Tx) -> Result<()> {
    let ids: Vec<PersonId> = tx.scan::<Person>(&())?.map(|it| it.map(|it| it.id)).collect::<std::result::Result<_, _>>()?;
    for id in ids {
        if let Some(person) = tx.get::<Person>(&id)? {
            tx.index_anew(&person)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{
            identity::create_organization,
            stage::Stage,
            tickets::{self, Channel, Kind, NewTicket},
        },
        error::Code,
    };

    fn caller(name: &str, email: &str, phone: &str) -> NewCaller {
        NewCaller { name: name.into(), email: email.into(), phone: phone.into() }
    }

    /// A desk that knows some people, one of them in a house.
    fn house() -> Stage {
        let stage = Stage::new();
        stage
            .write(|tx| {
                let system = Actor::system("test");
                let acme = create_organization(tx, &system, "Acme Werke")?;
                for (name, email, phone, organization) in [
                    ("Jürgen Müller", "j.mueller@mail.example", Some("+49 171 1234567"), Some(acme.id)),
                    ("Mina Park", "mina@mail.example", Some("0049 30 555-0199"), None),
                    ("Mina Miller", "m.miller@other.example", None, None),
                ] {
                    let new = NewPerson {
                        name: name.into(),
                        email: email.into(),
                        phone: phone.map(str::to_owned),
                        organization,
                        ..NewPerson::default()
                    };
                    create_person(tx, &system, new)?;
                }
                Ok(())
            })
            .unwrap();
        stage
    }

    #[test]
    fn people_are_found_by_what_somebody_hears() {
        let stage = house();
        for (text, expected) in [
            ("mina", vec!["Mina Miller", "Mina Park"]),
            ("MINA p", vec!["Mina Park"]),
            ("muller", vec!["Jürgen Müller"]),
            ("jurgen mull", vec!["Jürgen Müller"]),
            ("j.mueller@", vec!["Jürgen Müller"]),
            ("other.ex", vec!["Mina Miller"]),
            ("acme", vec!["Jürgen Müller"]),
            ("werke müller", vec!["Jürgen Müller"]),
            ("acme mina", vec![]),
            ("0171 12345", vec!["Jürgen Müller"]),
            ("+49 (171) 123", vec!["Jürgen Müller"]),
            ("030/5550199", vec!["Mina Park"]),
            ("0199", vec!["Mina Park"]),
            ("0041 171 1234567", vec!["Jürgen Müller"]),
            ("199", vec![]),
            ("zebra", vec![]),
            ("", vec![]),
        ] {
            let found = stage.read(|tx| offered(tx, &stage.ada, text, 10));
            assert_eq!(found.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), expected, "{text}");
        }
        let refused = stage.write({
            let rosa = stage.rosa.clone();
            move |tx| offered(tx, &rosa, "mina", 10)
        });
        assert!(refused.is_err(), "a requester looks nobody up");
    }

    #[test]
    fn whoever_is_not_there_is_taken_down_with_the_ticket() {
        let stage = house();
        let lodge = |it: NewCaller| {
            let ada = stage.ada.clone();
            stage.write(move |tx| {
                let some = |it: String| Some(it).filter(|it| !it.is_empty());
                let new = NewTicket {
                    requester: some(it.email),
                    requester_name: some(it.name),
                    requester_phone: some(it.phone),
                    ..NewTicket::new(Kind::Incident, "No dial tone", Channel::WalkIn)
                };
                let ticket = tickets::create(tx, &ada, new)?;
                Ok(tx.get::<Person>(&ticket.requester)?.unwrap())
            })
        };
        let cases = [
            (caller("", "mina@mail.example", ""), "Mina Park", true),
            (caller("Somebody", "", "030 5550199"), "Somebody", false),
            (caller("", "", "+49 30 5550199"), "Mina Park", true),
            (caller("Joe", "", ""), "Joe", false),
            (caller("", "", "0911 4711"), "0911 4711", false),
            (caller("", "", "0911 47 11"), "0911 4711", false),
            (caller("Zoe", "zoe@mail.example", "0911 4712"), "Zoe", true),
        ];
        for (asked, name, has_mail) in cases {
            let person = lodge(asked.clone()).unwrap();
            assert_eq!((person.name.as_str(), person.has_mail()), (name, has_mail), "{asked:?}");
            assert_eq!(person.roles, ["requester"]);
        }
        let people = |it: &str| stage.read(|tx| offered(tx, &stage.ada, it, 10)).len();
        assert_eq!(people("0911 4711"), 1, "the second call is the same person");
        assert_eq!(people("zoe"), 1);
        for (asked, field) in [(caller("x", "", "call me"), "phone"), (caller("x", "", "12"), "phone")] {
            match lodge(asked).unwrap_err() {
                crate::error::Error::Refused(it) => assert_eq!((it.code, it.fields[0].field.as_str()), (Code::Validation, field)),
                other => panic!("{other}"),
            }
        }
        let rosa = stage.rosa.clone();
        assert!(stage.write(move |tx| take_down(tx, &rosa, &caller("Eve", "", ""))).is_err(), "a requester takes nobody down");
    }

    #[test]
    fn a_number_that_changes_is_found_under_the_new_one_only() {
        let stage = house();
        let mina = stage.read(|tx| offered(tx, &stage.ada, "mina park", 10)).remove(0);
        stage
            .write(move |tx| {
                let change = super::super::PersonChange { phone: Some(Some("040 777 888".into())), ..Default::default() };
                super::super::change_person(tx, &Actor::system("test"), mina.id, change)
            })
            .unwrap();
        assert!(stage.read(|tx| offered(tx, &stage.ada, "5550199", 10)).is_empty());
        assert_eq!(stage.read(|tx| offered(tx, &stage.ada, "040 777", 10)).len(), 1);
    }
}
