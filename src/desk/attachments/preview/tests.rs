//! What waits, what is made, and what becomes of it.

use super::*;
use crate::desk::{
    attachments::{StoredFile, add, attachment, of_ticket, remove},
    stage::Stage,
};

const FILE: BlobHash = BlobHash([7; 32]);
const SMALL: BlobHash = BlobHash([8; 32]);
const LARGE: BlobHash = BlobHash([9; 32]);

fn file() -> StoredFile {
    StoredFile {
        hash: FILE,
        size: 5,
        sha256: [0; 32],
        filename: "plan.pdf".into(),
        content_type: "application/pdf".into(),
        inline: false,
        content_id: None,
        by_mail: false,
        pixels: None,
    }
}

fn attached(stage: &Stage, ticket: TicketId) -> AttachmentId {
    let ada = stage.ada.clone();
    stage.write(move |tx| add(tx, &ada, ticket, vec![file()])).unwrap()[0].id
}

fn picture(blob: BlobHash) -> Option<StoredPicture> {
    Some(StoredPicture { picture: Picture { blob, size: 3, format: Format::Jpeg, width: 10, height: 10 }, sha256: [1; 32] })
}

fn new() -> NewPreview {
    NewPreview { thumbnail: picture(SMALL), preview: picture(LARGE), text: Some("The gearwheel of the pump".into()) }
}

fn take(stage: &Stage, new: NewPreview) {
    assert_eq!(stage.read(next).map(|it| it.0), Some(FILE));
    stage.write(|tx| begin(tx, FILE)).unwrap().unwrap();
    stage.write(move |tx| made(tx, FILE, new)).unwrap();
}

fn uses(stage: &Stage, hash: BlobHash) -> Option<u32> {
    stage.read(|tx| Ok(tx.get::<Blob>(&hash)?.map(|it| it.references)))
}

fn state(stage: &Stage) -> Option<State> {
    stage.read(|tx| Ok(tx.get::<Preview>(&FILE)?.map(|it| it.state)))
}

fn told(stage: &Stage, ticket: TicketId) -> usize {
    let all = stage.read(|tx| Ok(tx.history(ticket.0, None, 100)?));
    all.iter().filter(|it| it.kind == EventKind::AttachmentRead.name()).count()
}

#[test]
fn what_is_made_once_is_shown_on_every_ticket_with_these_bytes() {
    let stage = Stage::new();
    let (one, other, later) = (stage.ticket(None).id, stage.ticket(None).id, stage.ticket(None).id);
    let id = attached(&stage, one);
    attached(&stage, other);
    take(&stage, new());
    assert_eq!((stage.read(next), state(&stage)), (None, Some(State::Made)));
    assert_eq!((told(&stage, one), told(&stage, other)), (1, 1), "both learn of it");
    attached(&stage, later);
    assert_eq!((stage.read(next), told(&stage, later)), (None, 0), "it is there already");
    let it = stage.read(|tx| attachment(tx, &stage.ada, id));
    assert_eq!(it.shown.largest().map(|it| it.blob), Some(LARGE));
    assert_eq!(stage.read(|tx| text(tx, FILE)).as_deref(), Some("The gearwheel of the pump"));
    let history = stage.read(|tx| crate::desk::tickets::history(tx, &stage.ada, &stage.stored(one), None, 0, 100));
    assert!(history.entries.iter().all(|it| it.kind != EventKind::AttachmentRead.name()), "nobody did anything");
}

#[test]
fn what_was_made_goes_with_its_origin_and_not_before() {
    let stage = Stage::new();
    let id = attached(&stage, stage.ticket(None).id);
    take(&stage, new());
    assert_eq!((uses(&stage, SMALL), uses(&stage, LARGE)), (Some(1), Some(1)));
    let ada = stage.ada.clone();
    stage.write(move |tx| remove(tx, &ada, id)).unwrap();
    assert_eq!(uses(&stage, SMALL), Some(1), "the file may be wanted back");
    let grace = limits::BLOB_GRACE_DAYS as i64 * 24 * 3600 + 1;
    stage.pass(grace);
    assert_eq!(stage.read(|tx| blob::unused(tx, 10)), [FILE]);
    stage.write(|tx| blob::forget(tx, FILE)).unwrap();
    assert_eq!((uses(&stage, FILE), uses(&stage, SMALL), uses(&stage, LARGE)), (None, Some(0), Some(0)));
    assert_eq!((state(&stage), stage.read(|tx| text(tx, FILE))), (None, None));
    stage.pass(grace);
    assert_eq!(stage.read(|tx| blob::unused(tx, 10)), [SMALL, LARGE]);
}

#[test]
fn a_picture_that_is_its_own_origin_keeps_nothing_alive() {
    let stage = Stage::new();
    let id = attached(&stage, stage.ticket(None).id);
    take(&stage, NewPreview { thumbnail: picture(FILE), ..NewPreview::default() });
    assert_eq!(uses(&stage, FILE), Some(1));
    let ada = stage.ada.clone();
    stage.write(move |tx| remove(tx, &ada, id)).unwrap();
    assert!(stage.write(|tx| blob::forget(tx, FILE)).unwrap());
}

#[test]
fn nothing_is_taken_apart_that_a_scanner_has_not_let_through() {
    for (said, begun, after) in [
        (Scan::Clean, Some(Attempt::Whole), State::Waiting),
        (Scan::Infected("Eicar".into()), None, State::Nothing),
        (Scan::Unscannable("too large".into()), None, State::Nothing),
    ] {
        let stage = Stage::new();
        stage.write(|tx| blob::set_scanning(tx, true)).unwrap();
        attached(&stage, stage.ticket(None).id);
        assert_eq!(stage.read(next), None, "it waits for the scanner");
        assert_eq!(stage.write(|tx| begin(tx, FILE)).unwrap(), None);
        stage.write(move |tx| blob::scanned(tx, FILE, said)).unwrap();
        assert_eq!(stage.read(next).map(|it| it.0), Some(FILE));
        assert_eq!(stage.write(|tx| begin(tx, FILE)).unwrap(), begun);
        assert_eq!(state(&stage), Some(after));
    }
}

#[test]
fn what_is_found_to_be_infected_later_is_not_shown() {
    let stage = Stage::new();
    let ticket = stage.ticket(None).id;
    let id = attached(&stage, ticket);
    take(&stage, new());
    stage.write(|tx| blob::scanned(tx, FILE, Scan::Infected("Eicar".into()))).unwrap();
    assert_eq!(stage.read(|tx| attachment(tx, &stage.ada, id)).shown, Shown::default());
    assert_eq!(stage.read(|tx| of_ticket(tx, &stage.ada, &stage.stored(ticket)))[0].shown, Shown::default());
}

#[test]
fn a_file_that_breaks_its_reader_is_tried_for_its_text_and_given_up() {
    let stage = Stage::new();
    let ticket = stage.ticket(None).id;
    attached(&stage, ticket);
    let tried = |stage: &Stage| stage.write(|tx| begin(tx, FILE)).unwrap();
    assert_eq!(tried(&stage), Some(Attempt::Whole));
    stage.write(|tx| broke(tx, FILE)).unwrap();
    assert_eq!(tried(&stage), Some(Attempt::TextAlone));
    // What was not its fault does not count.
    stage.write(|tx| give_back(tx, FILE)).unwrap();
    assert_eq!(tried(&stage), Some(Attempt::TextAlone));
    stage.write(|tx| broke(tx, FILE)).unwrap();
    assert_eq!((state(&stage), stage.read(next), told(&stage, ticket)), (Some(State::Failed), None, 0));
    assert_eq!(tried(&stage), None);
}

#[test]
fn a_file_that_brings_the_desk_down_is_given_up() {
    let stage = Stage::new();
    attached(&stage, stage.ticket(None).id);
    // The desk was ended each time before anything was written down.
    let tries: Vec<_> = (0..3).map(|_| stage.write(|tx| begin(tx, FILE)).unwrap()).collect();
    assert_eq!(tries, [Some(Attempt::Whole), Some(Attempt::TextAlone), None]);
    assert_eq!(state(&stage), Some(State::Failed));
}

#[test]
fn files_from_before_are_taken_up_bit_by_bit_and_once() {
    let stage = Stage::new();
    let ids: Vec<_> = (0..5).map(|_| stage.ticket(None).id).collect();
    for it in &ids {
        attached(&stage, *it);
    }
    // As a release left it that knew no previews.
    stage.write(|tx| tx.remove::<Preview>(&FILE)).unwrap();
    let mut rounds = 0;
    while stage.write(|tx| take_up(tx, 2)).unwrap() > 0 {
        rounds += 1;
        assert!(rounds < 20, "it comes to an end");
    }
    assert!(rounds > 2);
    take(&stage, new());
    assert!(ids.iter().all(|it| told(&stage, *it) == 1));
    stage.write(|tx| tx.remove::<Preview>(&FILE)).unwrap();
    assert_eq!(stage.write(|tx| take_up(tx, 2)).unwrap(), 0, "once is enough");
}
