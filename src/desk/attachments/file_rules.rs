//! Which files people may send (ATT-13, ATT-16): how large, and of what kind. It holds for what comes by forms, uploads and the API; a
//! mail is taken with whatever it brings, since a mail that is refused is a mail that is lost.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::StoredFile;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    language::say,
    limits,
    store::{Record, Table, Tx},
    text::amount::amount,
};

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FileRules {
    /// One file of a requester, in bytes.
    #[n(0)]
    pub requester_bytes: u64,
    /// One file of somebody who works tickets.
    #[n(1)]
    pub agent_bytes: u64,
    /// Endings of names that nobody may send, in lower case and without a dot.
    #[n(2)]
    pub refused: Vec<String>,
    /// Endings that alone may be sent; empty: any.
    #[n(3)]
    pub allowed: Vec<String>,
    /// Requesters may send programs and scripts, whatever they are called.
    #[n(4)]
    pub programs: bool,
}

impl Default for FileRules {
    fn default() -> Self {
        FileRules {
            requester_bytes: limits::REQUESTER_FILE_BYTES,
            agent_bytes: limits::AGENT_FILE_BYTES,
            refused: Vec::new(),
            allowed: Vec::new(),
            programs: false,
        }
    }
}

impl Record for FileRules {
    type Key = ();
    const TABLE: Table = Table::journalled(0x7d, "file_rules");

    fn key(&self) {}
}

/// What is to change; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct FileRulesChange {
    pub requester_bytes: Option<u64>,
    pub agent_bytes: Option<u64>,
    pub refused: Option<Vec<String>>,
    pub allowed: Option<Vec<String>>,
    pub programs: Option<bool>,
}

/// What a program's file is said to be; see `text::sniff`.
const PROGRAM: &str = "application/x-executable";

impl FileRules {
    pub fn of(tx: &Tx) -> Result<Arc<FileRules>> {
        Ok(tx.get_shared::<FileRules>(&())?.unwrap_or_default())
    }

    /// How large a file of this person may be, in bytes.
    pub fn bytes_max(&self, actor: &Actor) -> u64 {
        if works(actor) { self.agent_bytes } else { self.requester_bytes }
    }

    /// Refuses a file that is too large or is called what nobody may send. Its bytes may still have to come.
    pub fn check(&self, actor: &Actor, name: &str, size: u64) -> Result<()> {
        let most = self.bytes_max(actor);
        if size > most {
            return Err(Refusal::new(Code::TooLarge, say!("refused-larger-than", what = name, amount = amount(most))).into());
        }
        let ending = ending(name);
        let is_named = |list: &[String]| ending.as_ref().is_some_and(|it| list.contains(it));
        if is_named(&self.refused) || !(self.allowed.is_empty() || is_named(&self.allowed)) {
            let allowed = self.allowed.join(", ");
            let detail = match self.allowed.is_empty() {
                true => say!("refused-file-kind", name = name),
                false => say!("refused-file-kind-only", name = name, kinds = allowed),
            };
            return Err(Refusal::field("file", "kind", detail).into());
        }
        Ok(())
    }

    /// The same for a file that has come.
    pub fn check_stored(&self, actor: &Actor, file: &StoredFile) -> Result<()> {
        self.check(actor, &file.filename, file.size)?;
        if !self.programs && !works(actor) && file.content_type == PROGRAM {
            return Err(Refusal::field("file", "kind", say!("refused-file-program", name = file.filename.as_str())).into());
        }
        Ok(())
    }
}

fn works(actor: &Actor) -> bool {
    actor.may(Permission::TicketsWrite)
}

/// The ending of a name, in lower case.
fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.trim().trim_end_matches('.').rsplit_once('.')?;
    Some(ending.to_lowercase())
}

/// Endings as somebody writes them: with or without a dot, each once.
fn endings(field: &'static str, list: Vec<String>) -> Result<Vec<String>> {
    let mut kept: Vec<String> = list.iter().map(|it| it.trim().trim_start_matches(['*', '.']).to_lowercase()).collect();
    kept.retain(|it| !it.is_empty());
    kept.sort();
    kept.dedup();
    if kept.len() > limits::FILE_KINDS_MAX {
        return Err(Refusal::field(field, "too_many", say!("refused-file-kinds-most", most = limits::FILE_KINDS_MAX)).into());
    }
    let is_sane = |it: &String| it.chars().count() <= limits::FILE_KIND_CHARS_MAX && it.chars().all(char::is_alphanumeric);
    match kept.iter().find(|it| !is_sane(it)) {
        Some(it) => Err(Refusal::field(field, "invalid", say!("refused-file-ending", ending = it.as_str())).into()),
        None => Ok(kept),
    }
}

fn bytes(field: &'static str, wanted: u64) -> Result<u64> {
    match wanted {
        limits::FILE_BYTES_MIN..=limits::FILE_SIZE_MAX => Ok(wanted),
        _ => Err(Refusal::field(
            field,
            "out_of_range",
            say!("refused-file-bytes", least = amount(limits::FILE_BYTES_MIN), most = amount(limits::FILE_SIZE_MAX)),
        )
        .into()),
    }
}

pub fn change(tx: &mut Tx, actor: &Actor, change: FileRulesChange) -> Result<FileRules> {
    actor.need(Permission::SettingsWrite)?;
    let before = FileRules::clone(&*FileRules::of(tx)?);
    let mut after = before.clone();
    if let Some(it) = change.requester_bytes {
        after.requester_bytes = bytes("requesterBytes", it)?;
    }
    if let Some(it) = change.agent_bytes {
        after.agent_bytes = bytes("agentBytes", it)?;
    }
    if let Some(it) = change.refused {
        after.refused = endings("refused", it)?;
    }
    if let Some(it) = change.allowed {
        after.allowed = endings("allowed", it)?;
    }
    if let Some(it) = change.programs {
        after.programs = it;
    }
    if after == before {
        return Ok(after);
    }
    tx.put(&after)?;
    let mut changes = Changes::new();
    let FileRules { requester_bytes, agent_bytes, refused, allowed, programs } = &before;
    changes
        .field("requesterBytes", *requester_bytes, after.requester_bytes)
        .field("agentBytes", *agent_bytes, after.agent_bytes)
        .field("refused", refused.join(", "), after.refused.join(", "))
        .field("allowed", allowed.join(", "), after.allowed.join(", "))
        .field("programs", *programs, after.programs);
    event::record(
        tx,
        actor,
        EventKind::FileRulesChanged,
        About { entity_kind: "file_rules", entity: uuid::Uuid::nil(), subject: None },
        changes,
    )?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{desk::stage::Stage, id::BlobHash};

    fn file(filename: &str, size: u64, content_type: &str) -> StoredFile {
        StoredFile {
            hash: BlobHash([0; 32]),
            size,
            sha256: [0; 32],
            filename: filename.into(),
            content_type: content_type.into(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: None,
        }
    }

    #[test]
    fn what_may_be_sent() {
        let stage = Stage::new();
        let rules = FileRules { requester_bytes: 100_000, agent_bytes: 200_000, refused: vec!["exe".into()], ..FileRules::default() };
        let only = FileRules { allowed: vec!["pdf".into(), "png".into()], ..rules.clone() };
        for (rules, who, file, fine) in [
            (&rules, &stage.rosa, file("a.pdf", 100_000, "application/pdf"), true),
            (&rules, &stage.rosa, file("a.pdf", 100_001, "application/pdf"), false),
            (&rules, &stage.ada, file("a.pdf", 200_000, "application/pdf"), true),
            (&rules, &stage.ada, file("a.pdf", 200_001, "application/pdf"), false),
            (&rules, &stage.ada, file("a.EXE", 1, "text/plain"), false),
            (&rules, &stage.ada, file("a.exe.", 1, "text/plain"), false),
            (&rules, &stage.ada, file("exe", 1, "text/plain"), true),
            (&rules, &stage.rosa, file("a.txt", 1, PROGRAM), false),
            (&rules, &stage.ada, file("a.txt", 1, PROGRAM), true),
            (&only, &stage.rosa, file("a.PNG", 1, "image/png"), true),
            (&only, &stage.rosa, file("a.txt", 1, "text/plain"), false),
            (&only, &stage.rosa, file("readme", 1, "text/plain"), false),
        ] {
            assert_eq!(rules.check_stored(who, &file).is_ok(), fine, "{} {}", file.filename, file.size);
        }
    }

    #[test]
    fn admins_say_what_may_be_sent() {
        let stage = Stage::new();
        let wish = |change: FileRulesChange| {
            let max = stage.max.clone();
            stage.write(move |tx| super::change(tx, &max, change))
        };
        let list = |text: &str| Some(text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let kept = wish(FileRulesChange { refused: list(".EXE *.bat exe"), requester_bytes: Some(1 << 20), ..FileRulesChange::default() })
            .unwrap();
        assert_eq!((kept.refused, kept.requester_bytes), (vec!["bat".to_owned(), "exe".to_owned()], 1 << 20));
        for refused in [
            FileRulesChange { refused: list("a/b"), ..FileRulesChange::default() },
            FileRulesChange { allowed: list(&"x".repeat(21)), ..FileRulesChange::default() },
            FileRulesChange { agent_bytes: Some(10), ..FileRulesChange::default() },
            FileRulesChange { refused: Some((0..300).map(|it| format!("e{it}")).collect()), ..FileRulesChange::default() },
        ] {
            assert!(wish(refused).is_err());
        }
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| super::change(tx, &ada, FileRulesChange::default())).is_err());
    }
}
