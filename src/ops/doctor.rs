//! `lodge doctor`: checks everything that can be checked, slowly and thoroughly, and says what to do.

use std::{fmt, sync::Arc};

use crate::{
    appliance::{Appliance, Certificate, CertificateStanding, Desk, sending, snapshots},
    desk::{
        attachments::Blob,
        identity::Person,
        jobs,
        mail::{
            ledger, mailbox,
            outbox::{self, LetterState},
            watch::{self, Standing},
        },
        permission::Permission,
        settings::Settings,
        tables,
    },
    error::Result,
    limits,
    store::{Tx, check},
};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub health: Health,
    pub what: &'static str,
    /// What was found and, if it is not well, what to do.
    pub said: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Well,
    /// It works, and somebody should know.
    Warning,
    /// It needs attention.
    Ill,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.health {
            Health::Well => "ok     ",
            Health::Warning => "warning",
            Health::Ill => "ILL    ",
        };
        write!(f, "{mark}  {}: {}", self.what, self.said)
    }
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    pub lines: Vec<Line>,
}

impl Report {
    pub fn is_ill(&self) -> bool {
        self.lines.iter().any(|it| it.health == Health::Ill)
    }

    fn add(&mut self, what: &'static str, found: Result<(Health, String)>) {
        let (health, said) = found.unwrap_or_else(|it| (Health::Ill, it.to_string()));
        self.lines.push(Line { health, what, said });
    }
}

/// Looks at everything of a desk, and at what the appliance does for all. Reads all of it, so it takes a while on a large one.
pub async fn examine(appliance: &Appliance, desk: &Arc<Desk>) -> Result<Report> {
    let mut report = Report::default();
    let tx = desk.read(|_| Ok(()));
    report.add("store", tx.map(|()| store(desk)));
    report.add("disk", Ok(disk(desk)));
    report.add("set-up", desk.read(set_up));
    report.add("records and audit log", desk.read(consistency));
    report.add("board", board(desk));
    report.add("search index", index(desk));
    report.add("attachments", blobs(desk).await);
    report.add("mail", desk.read(mail));
    report.add("mailboxes", desk.read(mailboxes));
    report.add("mail out", desk.read(|tx| mail_out(tx, sending::lacks_route(desk))));
    for (health, said) in dns(desk).await {
        report.add("mail's DNS", Ok((health, said)));
    }
    report.add("background work", desk.read(background));
    report.add("snapshots", of_snapshots(appliance, desk));
    if let Some((is_well, said)) = appliance.standbys(desk.now()) {
        report.add("standby", Ok((if is_well { Health::Well } else { Health::Warning }, said)));
    }
    if let Some(certificate) = appliance.certificate() {
        report.add("certificate", Ok(of_certificate(&certificate, desk)));
    }
    report.add("this appliance", held(appliance));
    Ok(report)
}

fn of_snapshots(appliance: &Appliance, desk: &Desk) -> Result<(Health, String)> {
    let Some(watch) = appliance.snapshot_watch()? else {
        return Ok((Health::Warning, "none are taken: set `snapshots.to` to a folder on another disk or an object store".into()));
    };
    Ok(match watch.standing(desk.now()) {
        snapshots::Standing::Well(it) => (Health::Well, it),
        snapshots::Standing::Warning(it) => (Health::Warning, it),
        snapshots::Standing::Alarm(it) => (Health::Ill, it),
    })
}

fn of_certificate(certificate: &Certificate, desk: &Desk) -> (Health, String) {
    match certificate.standing(desk.now()) {
        CertificateStanding::Well(it) => (Health::Well, it),
        CertificateStanding::Warning(it) => (Health::Warning, it),
        CertificateStanding::Alarm(it) => (Health::Ill, it),
    }
}

fn held(appliance: &Appliance) -> Result<(Health, String)> {
    let instance = appliance.instance()?;
    Ok(match (&instance.held_since, &instance.origin) {
        (Some(_), origin) => {
            let from = origin.as_ref().map(|it| format!(" from the snapshot {}", it.snapshot)).unwrap_or_default();
            let text =
                format!("it was restored{from} and holds still: it sends and fetches nothing. When the old one is off: `lodge release`");
            (Health::Warning, text)
        }
        (None, _) => (Health::Well, "it sends and fetches".into()),
    })
}

fn store(desk: &Desk) -> (Health, String) {
    match desk.reader().trouble() {
        Some(it) => (Health::Ill, format!("writes are refused: {it}. It goes on by itself when the cause is gone.")),
        None => (Health::Well, format!("reads and writes, {} events", desk.reader().last_seq())),
    }
}

fn disk(desk: &Desk) -> (Health, String) {
    let Ok(found) = rustix::fs::statvfs(&desk.folder) else { return (Health::Warning, "its free space could not be read".into()) };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let said = format!("{} MB free", free / 1024 / 1024);
    match free {
        it if it < limits::DISK_FREE_BYTES_MIN => (Health::Ill, format!("{said}: nothing is written any more. Free some space.")),
        it if it < 10 * limits::DISK_FREE_BYTES_MIN => (Health::Warning, format!("{said}: it will be full soon. Free some space.")),
        _ => (Health::Well, said),
    }
}

fn set_up(tx: &Tx) -> Result<(Health, String)> {
    if tx.get::<Settings>(&())?.is_none() {
        return Ok((Health::Ill, "the desk was never set up: run `lodge setup`".into()));
    }
    for person in tx.scan::<Person>(&())? {
        let person = person?;
        if person.password.is_some() && crate::desk::identity::permissions_of(tx, &person)?.has(Permission::SettingsWrite) {
            return Ok((Health::Well, "there is an admin who can sign in".into()));
        }
    }
    Ok((Health::Ill, "no admin can sign in: run `lodge user create --role admin --password-stdin ...`".into()))
}

/// Every row, every index entry, and the chain of the log.
fn consistency(tx: &Tx) -> Result<(Health, String)> {
    let found = check::consistency(tx, tables::SHAPES, tables::INDEXES)?;
    if let Some(first) = found.findings.first() {
        return Ok((Health::Ill, format!("{} findings, such as: {first}. Restore a snapshot.", found.findings.len())));
    }
    let log = found.log.map(|it| format!("{} events, chain unbroken, {} payloads erased", it.events, it.erased)).unwrap_or_default();
    Ok((Health::Well, format!("{} rows sound; {log}", found.rows)))
}

fn board(desk: &Desk) -> Result<(Health, String)> {
    let board = desk.board();
    // The board may be a commit ahead of this snapshot on a busy desk; a second look tells.
    for _ in 0..3 {
        match desk.read(|tx| board.difference(tx))? {
            None => return Ok((Health::Well, format!("{} unclosed tickets, as stored", board.len()))),
            Some(_) => continue,
        }
    }
    Ok((Health::Warning, "it differs from what is stored; it is read anew at the next start".into()))
}

fn index(desk: &Desk) -> Result<(Health, String)> {
    let damaged = desk.index.damaged_files()?;
    if !damaged.is_empty() {
        return Ok((Health::Ill, format!("damaged files: {}. Run `lodge reindex`.", damaged.join(", "))));
    }
    let position = desk.index.position();
    Ok(match position.rebuilding {
        Some(done) => (Health::Warning, format!("it is being filled anew, {done} tickets so far")),
        None => (Health::Well, format!("sound, {} events behind", desk.index_lag())),
    })
}

async fn blobs(desk: &Desk) -> Result<(Health, String)> {
    let wanted: Vec<Blob> = desk.read(|tx| Ok(tx.scan::<Blob>(&())?.collect::<Result<_, _>>()?))?;
    let count = wanted.len();
    let mut missing = Vec::new();
    for blob in wanted.into_iter().filter(|it| it.references > 0) {
        match desk.blobs.is_whole(blob.hash, blob.size).await {
            Ok(true) => {}
            Ok(false) => missing.push(blob.hash.to_string()),
            Err(cause) => {
                let what_to_do =
                    "if they lie in an object store, look whether it runs and whether the `blobs` settings name its account and secret";
                return Ok((Health::Ill, format!("the place where files lie does not answer as it should: {cause}; {what_to_do}")));
            }
        }
    }
    Ok(match missing.first() {
        None => (Health::Well, format!("{count} stored, none missing")),
        Some(first) => {
            (Health::Ill, format!("{} of {count} are missing or cut, such as {first}: restore them from a snapshot", missing.len()))
        }
    })
}

fn mail(tx: &Tx) -> Result<(Health, String)> {
    let undecided = ledger::undecided_count(tx, 1000)?;
    let sender = tx.get::<Settings>(&())?.is_some_and(|it| it.sender().is_some());
    Ok(match (undecided, sender) {
        (0, true) => (Health::Well, "everything that came in was decided".into()),
        (0, false) => (Health::Warning, "the desk has no mail address, so it answers nobody by mail".into()),
        (some, _) => (Health::Warning, format!("{some} mails wait to be decided; they are tried again every few minutes")),
    })
}

fn mailboxes(tx: &Tx) -> Result<(Health, String)> {
    let all = mailbox::all(tx)?;
    let on = all.iter().filter(|it| it.enabled).count();
    let mut worst = Health::Well;
    for it in &all {
        worst = match watch::health(tx, it)?.standing {
            Standing::Alarm => Health::Ill,
            Standing::Failing if worst == Health::Well => Health::Warning,
            _ => worst,
        };
    }
    let warnings = watch::warnings(tx)?;
    Ok(match warnings.as_slice() {
        [] => (worst, format!("{} set up, {on} on, all well", all.len())),
        some => (
            if worst == Health::Well { Health::Warning } else { worst },
            some.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        ),
    })
}

/// Letters that wait too long, and those that somebody should look at.
fn mail_out(tx: &Tx, lacks_route: bool) -> Result<(Health, String)> {
    let (counts, oldest) = outbox::census(tx, 10_000)?;
    let count = |wanted: fn(LetterState) -> bool| counts.iter().filter(|it| wanted(it.0)).map(|it| it.1).sum::<usize>();
    let (waiting, trouble) = (count(LetterState::waits), count(LetterState::is_trouble));
    let late = oldest.as_secs() / 3600;
    if lacks_route && (waiting > 0 || Settings::of(tx)?.sender().is_some()) {
        let said = format!("no mail can leave, and {waiting} wait: set `smtp.host`, or a server in the settings under Sending");
        return Ok((Health::Warning, said));
    }
    Ok(match (waiting, trouble) {
        (0, 0) => (Health::Well, "nothing waits, and nothing came back".into()),
        (_, 0) if late < 1 => (Health::Well, format!("{waiting} mails wait to be sent")),
        (_, 0) => (Health::Warning, format!("{waiting} mails wait, the oldest for {late} hours; the settings say why under Sending")),
        _ => {
            (Health::Warning, format!("{trouble} mails were not delivered and {waiting} wait; look at them in the settings under Sending"))
        }
    })
}

/// What the DNS says about the domains that mail is sent from. Nothing here makes the desk ill: it sends all the same.
async fn dns(desk: &Arc<Desk>) -> Vec<(Health, String)> {
    if !sending::domains(desk).is_ok_and(|it| it.iter().any(|it| sending::is_public(it))) {
        return Vec::new();
    }
    let checked = match sending::check_dns(desk).await {
        Ok(it) => it,
        Err(it) => return vec![(Health::Warning, it.to_string())],
    };
    let all = checked.into_iter().filter(|it| sending::is_public(&it.0)).flat_map(|it| it.1);
    all.map(|it| match it.fine {
        true => (Health::Well, it.text),
        false => (Health::Warning, format!("{} {}", it.text, it.advice).trim_end().to_owned()),
    })
    .collect()
}

fn background(tx: &Tx) -> Result<(Health, String)> {
    let (alive, dead) = jobs::counts(tx)?;
    Ok(match dead {
        0 => (Health::Well, format!("{alive} waiting, none failed for good")),
        _ => (Health::Warning, format!("{dead} failed for good and wait for somebody, {alive} waiting")),
    })
}
