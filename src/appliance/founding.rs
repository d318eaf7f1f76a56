//! A desk made and set up in one go, with a first owner who has a way in: an invitation by mail, or a link that is shown once where no
//! mail goes out. What cannot be set up is not left behind half made.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Appliance, By, Desk, DeskChange, DeskEntry, Member};
use crate::{
    desk::{
        actor::Actor,
        first_steps,
        identity::{self, NewPerson, account, normal_email, password, rules::AccountRules},
        settings::{self, SettingsChange},
    },
    error::{Code, Refusal, Result},
    id::{DeskId, PersonId},
    language::say,
    limits,
    secret::Secret,
};

/// The role of whoever the desk belongs to.
const OWNER: &str = "tenant_owner";

/// The first person of a desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    pub email: String,
    pub name: String,
}

/// A desk to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewDesk {
    /// Short, for the command line.
    pub name: String,
    /// What its people call it.
    pub title: String,
    /// At least one: with several desks, the host says which is meant.
    pub hosts: Vec<String>,
    pub plan: Option<String>,
    pub owner: Owner,
    /// Its own mail addresses; none: it writes no mail.
    pub addresses: Vec<String>,
    /// The host on which the operator is now: their own desk must go on answering there once the host says which desk is meant.
    pub here: Option<String>,
    /// Where people reach it, for links; without a slash at its end.
    pub base_url: String,
}

/// What was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Founded {
    pub entry: DeskEntry,
    /// The owner's address, as it is kept.
    pub email: String,
    /// The owner's way in, to be shown once; none: it is on its way by mail.
    pub link: Option<String>,
}

/// A desk that its founder sets up in a browser.
#[derive(Debug)]
pub struct Beginning {
    /// What its people call it.
    pub desk: String,
    pub language: Option<String>,
    /// Where people reach it, for links.
    pub base_url: String,
    /// Its own mail addresses, as far as they are configured.
    pub addresses: Vec<String>,
    /// The founder.
    pub name: String,
    pub email: String,
    pub password: Secret,
}

/// What opens the first page of a desk that nobody has set up: new with each start of the process, and told to whoever runs it.
pub fn start_key() -> &'static str {
    static KEY: LazyLock<String> = LazyLock::new(|| URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>()));
    &KEY
}

/// Whether a text is that key. Digests are compared, so that how long it takes says nothing.
pub fn is_start_key(text: &str) -> bool {
    blake3::hash(text.as_bytes()) == blake3::hash(start_key().as_bytes())
}

impl Appliance {
    /// Sets up a desk for its founder, who gets it. Refused once it is set up.
    pub async fn begin(&self, desk: &Desk, it: Beginning) -> Result<PersonId> {
        let Beginning { desk: title, language, base_url, addresses, name, email, password } = it;
        let title = title.trim().to_owned();
        if title.is_empty() || title.chars().count() > limits::TITLE_CHARS_MAX || title.chars().any(char::is_control) {
            let detail = say!("refused-say-what-people-call", title_chars_max = limits::TITLE_CHARS_MAX);
            return Err(Refusal::field("desk", "required", detail).into());
        }
        if name.trim().is_empty() {
            return Err(Refusal::field("name", "required", say!("refused-say-what-you-called")).into());
        }
        let email = normal_email(&email)?;
        let rules = desk.read(AccountRules::of)?;
        identity::password::check(&rules, password::Owner { name: &name, email: &email, desk: &title }, &password)?;
        let phc = super::password::hashed(password).await?;
        let founding = desk.write(None, move |tx| {
            let actor = Actor::system("operator");
            settings::found(tx, &actor, &title)?;
            let change = SettingsChange {
                addresses: Some(addresses).filter(|it| !it.is_empty()),
                base_url: Some(base_url),
                language: Some(language),
                ..SettingsChange::default()
            };
            settings::change(tx, &actor, change)?;
            first_steps::begin(tx)?;
            let owner = NewPerson { email, name, roles: vec![OWNER.into()], password: Some(phc), ..NewPerson::default() };
            Ok(identity::create_person(tx, &actor, owner)?.id)
        });
        let person = founding.await?;
        self.first_operator(Member { desk: desk.id, person })?;
        Ok(person)
    }

    /// Whoever sets the first desk up looks after the server, unless somebody does already: a later desk may be somebody else's.
    pub fn first_operator(&self, member: Member) -> Result<()> {
        let is_first = self.entries()?.first().is_some_and(|it| it.id == member.desk);
        if is_first && self.operators()?.is_empty() {
            self.add_operator(By::CommandLine, member)?;
        }
        Ok(())
    }

    /// Makes a desk and invites its first owner.
    pub async fn found(&self, by: By, new: NewDesk) -> Result<Founded> {
        if new.hosts.is_empty() {
            return Err(Refusal::field("hosts", "required", say!("refused-name-host-such-help")).into());
        }
        if let (By::Operator(it), Some(here)) = (by, &new.here) {
            self.need_own_host(it.desk, here)?;
        }
        let title = new.title.trim();
        if title.is_empty() || title.chars().count() > limits::TITLE_CHARS_MAX || title.chars().any(char::is_control) {
            let detail = say!("refused-say-what-people-call", title_chars_max = limits::TITLE_CHARS_MAX);
            return Err(Refusal::field("title", "required", detail).into());
        }
        normal_email(&new.owner.email)?;
        let entry = self.create(by, &new.name, &new.hosts)?;
        match self.set_up(by, &entry, new).await {
            Ok((entry, email, link)) => Ok(Founded { entry, email, link }),
            Err(refused) => {
                if let Err(error) = self.delete(By::CommandLine, entry.id, &entry.name).await {
                    tracing::error!(%error, desk = entry.name, "a desk that could not be set up could not be taken away again");
                }
                Err(refused)
            }
        }
    }

    fn need_own_host(&self, desk: DeskId, here: &str) -> Result<()> {
        let entry = self.entry(desk)?;
        if entry.hosts.iter().any(|it| it.eq_ignore_ascii_case(here.trim_end_matches('.'))) {
            return Ok(());
        }
        let detail = say!("refused-several-desks-host-name", name = entry.name, here = here);
        Err(Refusal::new(Code::Conflict, detail).into())
    }

    async fn set_up(&self, by: By, entry: &DeskEntry, new: NewDesk) -> Result<(DeskEntry, String, Option<String>)> {
        let entry = match new.plan {
            Some(plan) => self.change(by, entry.id, DeskChange { plan: Some(Some(plan)), ..DeskChange::default() }).await?,
            None => entry.clone(),
        };
        let desk = self.desk_of_id(entry.id)?;
        let NewDesk { title, owner, addresses, base_url, .. } = new;
        let invited = desk.write(None, move |tx| {
            let actor = Actor::system("operator");
            let writes = !addresses.is_empty();
            settings::found(tx, &actor, title.trim())?;
            let change = SettingsChange {
                addresses: Some(addresses).filter(|it| !it.is_empty()),
                base_url: Some(base_url.clone()),
                ..SettingsChange::default()
            };
            settings::change(tx, &actor, change)?;
            first_steps::begin(tx)?;
            let owner = NewPerson { email: owner.email, name: owner.name, roles: vec![OWNER.into()], ..NewPerson::default() };
            if writes {
                return Ok((account::invite(tx, &actor, owner)?.email, None));
            }
            let (person, link) = account::invite_by_hand(tx, &actor, owner)?;
            Ok((person.email, Some(format!("{base_url}{link}"))))
        });
        let (email, link) = invited.await?;
        drop(desk);
        self.count_open().await;
        Ok((entry, email, link))
    }
}
