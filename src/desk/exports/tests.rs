//! Who orders files of lists, who gets them, how long they are kept, and what stands in a row.

use super::*;
use crate::{
    desk::{
        attachments::Blob,
        identity::PersonChange,
        stage::{Stage, id_of},
        tickets::{self, TicketChange},
    },
    error::Error,
    id::TicketId,
};

const HASH: BlobHash = BlobHash([9; 32]);

fn new(query: &str) -> NewExport {
    NewExport { query: query.to_owned(), sort: Sort::NEWEST, format: Format::Csv, columns: Vec::new(), language: None, zone: None }
}

fn ordered_by(stage: &Stage, actor: &Actor, new: NewExport) -> Result<Export> {
    let actor = actor.clone();
    stage.write(move |tx| order(tx, &actor, new))
}

fn refused(it: Result<Export>) -> Option<Code> {
    match it {
        Err(Error::Refused(it)) => Some(it.code),
        _ => None,
    }
}

fn finished(stage: &Stage, id: ExportId) -> bool {
    stage.write(move |tx| finish(tx, id, 2, HASH, 40, [0; 32])).unwrap()
}

fn references(stage: &Stage) -> u32 {
    stage.read(|tx| Ok(tx.get::<Blob>(&HASH)?.map_or(0, |it| it.references)))
}

#[test]
fn who_orders_what() {
    let stage = Stage::new();
    assert_eq!(refused(ordered_by(&stage, &stage.rosa, new(""))), Some(Code::Forbidden), "requesters have their tickets before them");
    assert_eq!(refused(ordered_by(&stage, &Actor::system("mail"), new(""))), Some(Code::Forbidden));
    assert_eq!(refused(ordered_by(&stage, &stage.ada, new("nonsense:1"))), Some(Code::Validation));
    let column = NewExport { columns: vec!["colour".into()], ..new("") };
    assert_eq!(refused(ordered_by(&stage, &stage.ada, column)), Some(Code::Validation));
    for _ in 0..limits::LIST_FILES_AT_ONCE {
        ordered_by(&stage, &stage.ada, new("status:open")).unwrap();
    }
    assert_eq!(refused(ordered_by(&stage, &stage.ada, new(""))), Some(Code::Conflict), "so many at once");
    assert_eq!(stage.read(|tx| mine(tx, &stage.ada)).len(), limits::LIST_FILES_AT_ONCE);
    assert!(stage.read(|tx| mine(tx, &stage.max)).is_empty(), "nobody sees those of others");
}

#[test]
fn its_bytes_are_used_until_it_goes() {
    let stage = Stage::new();
    let one = ordered_by(&stage, &stage.ada, new("")).unwrap().id;
    assert!(stage.write(move |tx| advance(tx, one, 0, 2)).unwrap());
    assert!(finished(&stage, one));
    assert!(!finished(&stage, one), "once");
    assert_eq!(references(&stage), 1);
    let (export, hash, size) = stage.read(|tx| file(tx, &stage.ada, one));
    assert_eq!((export.rows, hash, size), (2, HASH, 40));
    assert!(stage.read(|tx| Ok(file(tx, &stage.max, one).is_err())), "it is not theirs");

    let two = ordered_by(&stage, &stage.ada, new("")).unwrap().id;
    assert!(stage.read(|tx| Ok(file(tx, &stage.ada, two).is_err())), "it is not made");
    let ada = stage.ada.clone();
    stage.write(move |tx| cancel(tx, &ada, two)).unwrap();
    assert!(!finished(&stage, two), "nobody wants it any more");
    assert!(stage.read(|tx| Ok(jobs::of(tx, &dedup(two))?.is_none())));
    assert_eq!(references(&stage), 1);

    stage.pass(i64::try_from(limits::LIST_FILE_DAYS).unwrap() * 24 * 3600 + 1);
    assert_eq!(stage.write(|tx| sweep(tx, 10)).unwrap(), 1);
    assert_eq!(references(&stage), 0);
}

#[test]
fn the_oldest_makes_room() {
    let stage = Stage::new();
    for _ in 0..limits::LIST_FILES_KEPT + 3 {
        let id = ordered_by(&stage, &stage.ada, new("")).unwrap().id;
        stage.write(move |tx| fail(tx, id, "the disk is full")).unwrap();
        stage.pass(1);
    }
    let kept = stage.read(|tx| mine(tx, &stage.ada));
    assert_eq!(kept.len(), limits::LIST_FILES_KEPT);
    assert!(kept.windows(2).all(|it| it[0].ordered_at > it[1].ordered_at), "the newest first");
    assert_eq!(kept[0].state, State::Failed("the disk is full".into()));
}

#[test]
fn nobody_gets_more_than_they_ordered_with() {
    let stage = Stage::new();
    let narrowed = Actor { permissions: Permissions::of(&[Permission::TicketsRead]), ..stage.ada.clone() };
    let by_token = ordered_by(&stage, &narrowed, new("")).unwrap().id;
    let (_, runs_as) = stage.read(|tx| ordered(tx, by_token)).unwrap();
    assert!(runs_as.permissions.has(Permission::TicketsRead) && !runs_as.permissions.has(Permission::NotesRead));

    let whole = ordered_by(&stage, &stage.ada, new("")).unwrap().id;
    finished(&stage, whole);
    assert!(stage.read(|tx| Ok(file(tx, &narrowed, whole).is_err())), "it was ordered with more");
    assert!(stage.read(|tx| Ok(file(tx, &stage.ada, whole).is_ok())));

    let (max, ada) = (stage.max.clone(), id_of(&stage.ada));
    let gone = PersonChange { active: Some(false), ..PersonChange::default() };
    stage.write(move |tx| identity::change_person(tx, &max, ada, gone)).unwrap();
    assert!(stage.read(|tx| ordered(tx, by_token)).is_none(), "who ordered it is gone");
}

#[test]
fn how_long_the_rest_takes() {
    let stage = Stage::new();
    let id = ordered_by(&stage, &stage.ada, new("")).unwrap().id;
    stage.write(move |tx| advance(tx, id, 0, 1000)).unwrap();
    stage.pass(10);
    stage.write(move |tx| advance(tx, id, 250, 1000)).unwrap();
    let it = stage.read(|tx| get(tx, &stage.ada, id));
    assert_eq!((it.rows, it.total, it.seconds_left(stage.now())), (250, Some(1000), Some(30)));
}

#[test]
fn a_row_in_words_and_as_programs_know_it() {
    let stage = Stage::new();
    let ticket = stage.ticket(Some(&stage.ada));
    let (ada, id) = (stage.ada.clone(), ticket.id);
    let tags = TicketChange { tags: Some(vec!["vpn".into(), "home".into()]), ..TicketChange::default() };
    stage.write(move |tx| tickets::change(tx, &ada, id, tags)).unwrap();
    let names = ["number", "status", "assignee", "tags", "createdAt", "impact", "comments", "resolvedAt"];
    let row = |actor: &Actor, language: Option<crate::language::Language>| {
        stage.read(|tx| {
            let rows = Rows::of(tx, Column::read(tx, names)?, language)?;
            let stored = stage.stored(TicketId(id.0));
            Ok((rows.headings(), rows.rows(tx, actor, &[stored])?.remove(0)))
        })
    };
    let (headings, cells) = row(&stage.ada, None);
    assert_eq!(headings, names);
    assert_eq!(cells[1], Cell::Text("assigned".into()));
    assert_eq!(cells[3], Cell::Text("vpn, home".into()));
    assert_eq!(cells[4], Cell::Time(ticket.created_at));
    assert!(matches!(cells[5], Cell::Whole(1..=4)));
    assert_eq!(cells[7], Cell::Empty);
    let (headings, cells) = row(&stage.ada, Some(crate::language::Language::German));
    assert_eq!((headings[1].as_str(), &cells[1]), ("Status", &Cell::Text("Zugewiesen".into())));
    let narrowed = Actor { permissions: Permissions::of(&[Permission::TicketsRead]), ..stage.ada.clone() };
    assert_eq!(row(&narrowed, None).1[6], Cell::Empty, "how many messages there are tells of notes");
}
