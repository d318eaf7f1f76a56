//! Bringing the data of an older release into the form of this one, and back (BEY-28). A copy is migrated and checked while nothing else
//! happens; only when every store of it is well does it take the place of the files, which are kept beside. A rollback swaps them back and
//! exports what was written since. Both are a row of renames behind a mark, so one that broke off is carried on at the next start.
//!
//! Bytes of files (`blobs/`) never change and are shared by both.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::lease;
use crate::{
    desk::{migrations, tables},
    error::{Code, Error, Fault, Refusal, Result},
    limits,
    store::{Store, check, engine::redb::RedbFile, log, migrate, writer::Options},
    time::Instant,
};

/// How rows lie in a store, below the records. A build refuses what is newer than it knows.
pub const FORMAT: u32 = 1;

const RELEASE: &str = "release.json";
const MARK: &str = "swapping.json";
/// The files of before, the copy while it is made, and what a rollback took out.
const BEFORE: &str = "before";
const NEXT: &str = "next";
const AFTER: &str = "rolled-back";
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// The files of before go when they are of no use any more.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// Which release a data folder is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    pub version: String,
    pub format: u32,
    /// The last step of `desk::migrations` that its desks went through.
    pub layout: u32,
    /// Since when it is, in milliseconds since 1970.
    pub since: i64,
}

/// Two sets of files that change places.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Swap {
    /// Where what is there now goes.
    out: String,
    /// What comes in its place.
    into: String,
    files: Vec<String>,
    becomes: Release,
}

/// How an upgrade or a rollback went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swapped {
    pub from: Option<Release>,
    pub to: Release,
    pub desks: usize,
    /// Events that were written after the upgrade and are in files now.
    pub exported: u64,
}

fn newest() -> u32 {
    migrations::LIST.last().map_or(0, |it| it.number)
}

fn this_release() -> Release {
    Release { version: env!("CARGO_PKG_VERSION").to_owned(), format: FORMAT, layout: newest(), since: Instant::now().as_millis() }
}

/// What a data folder is of; none where nobody wrote it down.
pub fn release_of(data_dir: &Path) -> Result<Option<Release>> {
    read(&data_dir.join(RELEASE))
}

fn read<T: for<'d> Deserialize<'d>>(path: &Path) -> Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|it| Fault::because(format!("reading {}", path.display()), it))?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Fault::because(format!("reading {}", path.display()), error).into()),
    }
}

/// All of it, or what stood there before.
fn write(path: &Path, what: &impl Serialize) -> Result<()> {
    let doing = |it: io::Error| Fault::because(format!("writing {}", path.display()), it);
    let bytes = serde_json::to_vec_pretty(what).map_err(|it| Fault::because(format!("writing {}", path.display()), it))?;
    let aside = path.with_extension("new");
    let mut file = fs::File::create(&aside).map_err(doing)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(doing)?;
    fs::rename(&aside, path).map_err(doing)?;
    flush(path.parent().unwrap_or(path))
}

fn flush(folder: &Path) -> Result<()> {
    let doing = |it: io::Error| Fault::because(format!("flushing {}", folder.display()), it);
    fs::File::open(folder).and_then(|it| it.sync_all()).map_err(|it| doing(it).into())
}

/// Before any store of the folder is opened, and with its lock held: carries on what broke off, refuses what is newer, and brings up what
/// is older.
pub(super) fn prepare(data_dir: &Path) -> Result<()> {
    carry_on(data_dir)?;
    let present = release_of(data_dir)?;
    let this = this_release();
    if !data_dir.join("appliance.redb").exists() {
        return if present.as_ref().is_some_and(|it| is_like(it, &this)) { Ok(()) } else { write(&data_dir.join(RELEASE), &this) };
    }
    if let Some(it) = &present {
        if it.format > FORMAT || it.layout > this.layout {
            let text = format!(
                "{} was written by release {}, which is newer than this one ({}): use that one, or let it go back: lodge rollback",
                data_dir.display(),
                it.version,
                this.version
            );
            return Err(Refusal::new(Code::Conflict, text).into());
        }
        if is_like(it, &this) {
            return forget_old(data_dir, it);
        }
    } else if stores(data_dir)?.iter().skip(1).try_fold(true, |so_far, it| Ok::<_, Error>(so_far && is_newest(&data_dir.join(it))?))? {
        // Made by a restore, or by a build that wrote nothing down.
        return write(&data_dir.join(RELEASE), &this);
    }
    bring_up(data_dir, present, this).map(drop)
}

/// Whether a desk's store needs no step.
fn is_newest(path: &Path) -> Result<bool> {
    let store = opened(path)?;
    let tx = store.read()?;
    Ok(tx.last_seq() == 0 || migrate::number(&tx)? >= newest())
}

/// Of two releases that agree in this, neither has to be migrated for the other.
fn is_like(one: &Release, other: &Release) -> bool {
    one.format == other.format && one.layout == other.layout
}

fn forget_old(data_dir: &Path, present: &Release) -> Result<()> {
    let before = data_dir.join(BEFORE);
    if before.exists() && Instant::now().since(Instant::from_millis(present.since)) > KEPT {
        tracing::info!("the files from before the upgrade are removed: two weeks have passed");
        remove(&before)?;
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Fault::because(format!("removing {}", folder.display()), error).into())
        }
        _ => Ok(()),
    }
}

/// The stores of a data folder, by their place in it: the one above the desks first.
fn stores(data_dir: &Path) -> Result<Vec<String>> {
    let desks = data_dir.join("desks");
    let doing = |it: io::Error| Fault::because(format!("reading {}", desks.display()), it);
    let mut found = vec!["appliance.redb".to_owned()];
    if desks.exists() {
        for entry in fs::read_dir(&desks).map_err(doing)? {
            let name = entry.map_err(doing)?.file_name().to_string_lossy().into_owned();
            let place = format!("desks/{name}/desk.redb");
            if data_dir.join(&place).exists() {
                found.push(place);
            }
        }
    }
    found[1..].sort();
    Ok(found)
}

fn bring_up(data_dir: &Path, from: Option<Release>, to: Release) -> Result<Swapped> {
    let files = stores(data_dir)?;
    let said = from.as_ref().map_or("an older release", |it| it.version.as_str());
    tracing::info!(
        from = said,
        to = to.version,
        layout = to.layout,
        stores = files.len(),
        "the data is of an older release: a copy is migrated"
    );
    let next = data_dir.join(NEXT);
    remove(&next)?;
    room_for(data_dir, &files)?;
    for place in &files {
        copy(&data_dir.join(place), &next.join(place))?;
    }
    if let Err(error) = files.iter().skip(1).try_for_each(|place| migrated(&next.join(place), place)) {
        remove(&next)?;
        return Err(error);
    }
    // An older one is of no use: it is not of the release before.
    remove(&data_dir.join(BEFORE))?;
    let kept = data_dir.join(BEFORE);
    fs::create_dir_all(&kept).map_err(|it| Fault::because(format!("making {}", kept.display()), it))?;
    let unnamed = || Release { version: "unknown".into(), format: 0, layout: 0, since: 0 };
    write(&kept.join(RELEASE), &from.clone().unwrap_or_else(unnamed))?;
    let desks = files.len() - 1;
    write(&data_dir.join(MARK), &Swap { out: BEFORE.into(), into: NEXT.into(), files, becomes: to.clone() })?;
    carry_on(data_dir)?;
    tracing::info!(desks, "the data is of this release now; the files of before are kept for two weeks (`lodge rollback`)");
    Ok(Swapped { from, to, desks, exported: 0 })
}

/// Refuses where a copy has no room.
fn room_for(data_dir: &Path, files: &[String]) -> Result<()> {
    let needed: u64 = files.iter().filter_map(|it| fs::metadata(data_dir.join(it)).ok()).map(|it| it.len()).sum();
    let found = rustix::fs::statvfs(data_dir).map_err(|it| Fault::because("asking for free space", io::Error::from(it)))?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    if free < needed + limits::DISK_FREE_BYTES_MIN {
        let megabytes = |bytes: u64| bytes.div_ceil(1024 * 1024);
        let text = format!(
            "The data is of an older release, and is migrated as a copy, so that nothing can be lost. That needs {} MB, and {} MB are free in {}: \
             free some space, or use the release from before.",
            megabytes(needed + limits::DISK_FREE_BYTES_MIN),
            megabytes(free),
            data_dir.display()
        );
        return Err(Refusal::new(Code::Unavailable, text).into());
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let doing = |it: io::Error| Fault::because(format!("copying {} to {}", from.display(), to.display()), it);
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).map_err(doing)?;
    fs::copy(from, to).map_err(doing)?;
    fs::File::open(to).and_then(|it| it.sync_all()).map_err(doing)?;
    flush(folder)
}

/// Migrates a copy of a desk's store and looks whether everything in it agrees.
fn migrated(path: &Path, place: &str) -> Result<()> {
    let store = opened(path)?;
    migrate::bring_up(&store, migrations::LIST)?;
    let report = check::consistency(&store.read()?, tables::SHAPES, tables::INDEXES)?;
    match report.findings.first() {
        None => Ok(()),
        Some(first) => {
            let count = report.findings.len();
            let text = format!(
                "The migrated copy of {place} is not well ({count} findings, such as: {first}). Nothing was changed: use the release from before, \
                 and report this."
            );
            Err(Refusal::new(Code::Conflict, text).into())
        }
    }
}

fn opened(path: &Path) -> Result<Store> {
    Ok(Store::open(Options::new(RedbFile { path: path.to_owned(), cache_bytes: CACHE_BYTES }))?)
}

/// Ends a swap that was begun: each file is either still where it was or already where it goes.
fn carry_on(data_dir: &Path) -> Result<()> {
    let mark = data_dir.join(MARK);
    let Some(swap) = read::<Swap>(&mark)? else { return Ok(()) };
    let (out, into) = (data_dir.join(&swap.out), data_dir.join(&swap.into));
    let moved = |from: &Path, to: &Path| -> Result<()> {
        let doing = |it: io::Error| Fault::because(format!("moving {} to {}", from.display(), to.display()), it);
        let folder = to.parent().unwrap_or(to);
        fs::create_dir_all(folder).map_err(doing)?;
        fs::rename(from, to).map_err(doing)?;
        flush(folder)
    };
    for place in &swap.files {
        let (here, goes, comes) = (data_dir.join(place), out.join(place), into.join(place));
        if here.exists() && !goes.exists() {
            moved(&here, &goes)?;
        }
        if comes.exists() && !here.exists() {
            moved(&comes, &here)?;
        }
    }
    write(&data_dir.join(RELEASE), &swap.becomes)?;
    remove(&into)?;
    fs::remove_file(&mark).map_err(|it| Fault::because(format!("removing {}", mark.display()), it))?;
    flush(data_dir)
}

/// Goes back to the files from before the upgrade. What was written since is exported, one event a line, and its files are kept as they are,
/// into a folder that is given back.
///
/// # Errors
/// Refused where nothing is kept, and while an appliance runs.
pub fn roll_back(data_dir: &Path) -> Result<(Swapped, PathBuf)> {
    let _lock = super::node::own(data_dir)?;
    carry_on(data_dir)?;
    let before = data_dir.join(BEFORE);
    let Some(to) = read::<Release>(&before.join(RELEASE))? else {
        let text =
            format!("There is nothing in {} to go back to: the files from before an upgrade are kept for two weeks.", data_dir.display());
        return Err(Refusal::new(Code::NotFound, text).into());
    };
    let from = release_of(data_dir)?;
    let name = format!("{AFTER}/{}", Instant::now().timestamp().strftime("%Y%m%d-%H%M%S"));
    let kept = data_dir.join(&name);
    fs::create_dir_all(&kept).map_err(|it| Fault::because(format!("making {}", kept.display()), it))?;
    // Desks that were made since go out, and those that were deleted since come back.
    let mut files = stores(data_dir)?;
    files.extend(stores(&before)?.into_iter().filter(|it| !data_dir.join(it).exists()));
    let mut exported = 0;
    for (i, place) in files.iter().enumerate() {
        let last = if before.join(place).exists() { opened(&before.join(place))?.reader().last_seq() } else { 0 };
        let (here, written) = (data_dir.join(place), kept.join(format!("written-since-{i}.jsonl")));
        if here.exists() {
            exported += written_since(&here, last, &written)?;
            keep_blobs(&here.with_file_name("blobs"), &kept.join(place).with_file_name("blobs"))?;
        }
    }
    // Whoever follows us counts on our stopping when we cannot look.
    lease::carry(&opened(&data_dir.join("appliance.redb"))?, &opened(&before.join("appliance.redb"))?)?;
    let swap =
        Swap { out: name, into: BEFORE.into(), files: files.clone(), becomes: Release { since: Instant::now().as_millis(), ..to.clone() } };
    write(&data_dir.join(MARK), &swap)?;
    carry_on(data_dir)?;
    // They follow the log, and the log is another one.
    for place in files.iter().skip(1) {
        if let Some(folder) = data_dir.join(place).parent() {
            remove(&folder.join("index"))?;
        }
    }
    Ok((Swapped { from, to, desks: files.len() - 1, exported }, kept))
}

/// Keeps the bytes of files that are here, as further names of the same bytes: those that only the newer store knows would be taken for
/// superfluous otherwise.
fn keep_blobs(from: &Path, to: &Path) -> Result<()> {
    let doing = |it: io::Error| Fault::because(format!("keeping the files of {}", from.display()), it);
    let entries = match fs::read_dir(from) {
        Ok(it) => it,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(doing(error).into()),
    };
    fs::create_dir_all(to).map_err(doing)?;
    for entry in entries {
        let entry = entry.map_err(doing)?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().map_err(doing)?.is_dir() {
            keep_blobs(&from, &to)?;
        } else if !to.exists() {
            fs::hard_link(&from, &to).map_err(doing)?;
        }
    }
    Ok(())
}

/// Whether files from before an upgrade are kept, which may need bytes that nothing else needs any more.
pub fn can_go_back(data_dir: &Path) -> bool {
    data_dir.join(BEFORE).exists()
}

/// Writes the events after `last`, each with its proof, and gives how many they are.
fn written_since(path: &Path, last: u64, into: &Path) -> Result<u64> {
    let doing = |it: io::Error| Fault::because(format!("writing {}", into.display()), it);
    let store = opened(path)?;
    let mut out = io::BufWriter::new(fs::File::create(into).map_err(doing)?);
    let mut count = 0;
    log::export(&store.read()?, last, |event, _| {
        let line = serde_json::to_string(&event).map_err(|it| Fault::because("writing an event", it))?;
        writeln!(out, "{line}").map_err(doing)?;
        count += 1;
        Ok(())
    })?;
    out.flush().map_err(doing)?;
    out.get_ref().sync_all().map_err(doing)?;
    drop(out);
    if count == 0 {
        fs::remove_file(into).map_err(doing)?;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        appliance::{Appliance, DeskOptions},
        desk::{
            actor::Actor,
            settings,
            tickets::{self, Channel, Kind, NewTicket, Ticket},
        },
        store::Tx,
    };

    fn open(data: &Path) -> Result<Arc<Appliance>> {
        Appliance::open(data, DeskOptions::default()).map(Arc::new)
    }

    fn lodge(appliance: &Appliance, title: &str) {
        let new = NewTicket { requester: Some("rosa@example.com".into()), ..NewTicket::new(Kind::Incident, title, Channel::Portal) };
        appliance.desk(None).unwrap().write_blocking(move |tx| tickets::create(tx, &Actor::system("operator"), new)).unwrap();
    }

    fn titles(appliance: &Appliance) -> Vec<String> {
        let all = |tx: &Tx| Ok(tx.scan::<Ticket>(&())?.map(|it| it.map(|it| it.title)).collect::<Result<Vec<_>, _>>()?);
        appliance.desk(None).unwrap().read(all).unwrap()
    }

    /// A folder as the release before left it, with one ticket.
    fn older(data: &Path) -> Release {
        let appliance = open(data).unwrap();
        let found = appliance.desk(None).unwrap().write_blocking(|tx| settings::found(tx, &Actor::system("operator"), "Test desk"));
        found.unwrap();
        lodge(&appliance, "Of before");
        drop(appliance);
        let older = Release { version: "0.0.9".into(), layout: newest() - 1, ..this_release() };
        for place in stores(data).unwrap().iter().skip(1) {
            migrate::stand_at(&opened(&data.join(place)).unwrap(), older.layout).unwrap();
        }
        write(&data.join(RELEASE), &older).unwrap();
        older
    }

    #[test]
    fn what_is_older_is_brought_up_as_a_copy_and_goes_back_with_nothing_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let older = older(data);
        let appliance = open(data).unwrap();
        assert_eq!(titles(&appliance), ["Of before"]);
        assert_eq!(release_of(data).unwrap().unwrap().layout, newest());
        assert!(!data.join(NEXT).exists() && !data.join(MARK).exists());
        lodge(&appliance, "Since");
        assert!(roll_back(data).unwrap_err().to_string().contains("owns"), "while it runs");
        drop(appliance);

        let (swapped, kept) = roll_back(data).unwrap();
        assert_eq!((swapped.to.version.as_str(), swapped.desks), ("0.0.9", 1));
        assert!(swapped.exported >= 1);
        let lines: String = fs::read_dir(&kept)
            .unwrap()
            .filter_map(|it| fs::read_to_string(it.unwrap().path()).ok())
            .filter(|it| it.contains("\"header\""))
            .collect();
        assert_eq!(lines.lines().count() as u64, swapped.exported);
        assert_eq!(release_of(data).unwrap().unwrap().layout, older.layout);
        let place = &stores(data).unwrap()[1];
        assert_eq!(migrate::number(&opened(&data.join(place)).unwrap().read().unwrap()).unwrap(), older.layout);
        assert!(kept.join(place).exists(), "what was taken out is kept");
        assert!(roll_back(data).unwrap_err().to_string().contains("nothing"));
        // And forward again.
        assert_eq!(titles(&open(data).unwrap()), ["Of before"]);
    }

    #[test]
    fn a_copy_that_is_not_well_changes_nothing_and_what_is_newer_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let older = older(data);
        let place = data.join(&stores(data).unwrap()[1]);
        let sound = fs::read(&place).unwrap();
        fs::write(&place, b"no store").unwrap();
        assert!(open(data).is_err());
        assert_eq!(fs::read(&place).unwrap(), b"no store");
        assert_eq!(release_of(data).unwrap().unwrap(), older);
        assert!(!data.join(NEXT).exists() && !data.join(BEFORE).exists());
        fs::write(&place, sound).unwrap();
        for newer in [Release { layout: newest() + 1, ..older.clone() }, Release { format: FORMAT + 1, ..older }] {
            write(&data.join(RELEASE), &newer).unwrap();
            assert!(open(data).err().unwrap().to_string().contains("newer"), "{newer:?}");
        }
    }

    /// However many of the renames were done when the machine went down.
    #[test]
    fn a_swap_that_broke_off_anywhere_is_carried_on() {
        let files = ["appliance.redb", "desks/a/desk.redb", "desks/b/desk.redb"];
        for done in 0..=2 * files.len() {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path();
            for (set, text) in [("", "old"), (NEXT, "new")] {
                for it in files {
                    let path = data.join(set).join(it);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, text).unwrap();
                }
            }
            let files: Vec<String> = files.iter().map(|it| (*it).to_owned()).collect();
            write(&data.join(MARK), &Swap { out: BEFORE.into(), into: NEXT.into(), files: files.clone(), becomes: this_release() })
                .unwrap();
            for step in 0..done {
                let place = &files[step / 2];
                let (from, to) = if step % 2 == 0 { ("", BEFORE) } else { (NEXT, "") };
                let to = data.join(to).join(place);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::rename(data.join(from).join(place), to).unwrap();
            }
            carry_on(data).unwrap();
            carry_on(data).unwrap();
            for it in &files {
                assert_eq!(fs::read_to_string(data.join(it)).unwrap(), "new", "{done}: {it}");
                assert_eq!(fs::read_to_string(data.join(BEFORE).join(it)).unwrap(), "old", "{done}: {it}");
            }
            assert!(!data.join(NEXT).exists() && !data.join(MARK).exists());
        }
    }
}
