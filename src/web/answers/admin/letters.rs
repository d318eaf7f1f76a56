//! Letters and suppressed addresses in the settings: shown, tried again, taken back, released.

use axum::{http::StatusCode, response::Response};

use super::{Admin, page_number, paged, sending::counts};
use crate::{
    desk::{
        Tx,
        mail::{
            outbox::{self, Letter, LetterState},
            suppression,
        },
        permission::Permission,
        tickets::{Ticket, number},
    },
    error::{Error, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::LetterId,
    web::{
        admin::letters::{AddressRow, AddressesView, LetterRow, LettersView, addresses_page, page as letters_page},
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::badge::Tone,
        tongue::{self, Phrase, phrase, t},
    },
};

const HOME: &str = "/agent/admin/sending/letters";
pub const ADDRESSES: &str = "/agent/admin/sending/addresses";
const ROWS: usize = 50;

/// How a state looks.
pub fn tone(state: LetterState) -> Tone {
    match state {
        LetterState::Sent => Tone::Ok,
        LetterState::Failed | LetterState::Bounced | LetterState::Suppressed => Tone::Danger,
        LetterState::Deferred => Tone::Warn,
        LetterState::Held | LetterState::Queued | LetterState::Sending | LetterState::Withdrawn => Tone::Plain,
    }
}

/// What a filter is called, and the states that it shows; `None` for those that wait or are trouble.
const FILTERS: [(Phrase, &str, Option<LetterState>); 5] = [
    (phrase!("letters-waiting-trouble"), "", None),
    (phrase!("letters-deferred"), "deferred", Some(LetterState::Deferred)),
    (phrase!("letters-failed"), "failed", Some(LetterState::Failed)),
    (phrase!("letters-bounced"), "bounced", Some(LetterState::Bounced)),
    (phrase!("letters-sent"), "sent", Some(LetterState::Sent)),
];

pub async fn list(admin: Admin, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    draw(&admin, query.get("state").unwrap_or_default(), page_number(query.get("page")), StatusCode::OK, None)
}

fn draw(admin: &Admin, filter: &str, at: usize, status: StatusCode, error: Option<String>) -> Result<Response, Problem> {
    let state = FILTERS.iter().find(|it| it.1 == filter).and_then(|it| it.2);
    let view = admin.desk.read(|tx| {
        let all = outbox::letters(tx, admin.actor(), state)?;
        let (shown, pages) = paged(all, ROWS, at, |page| format!("{HOME}?state={filter}&page={page}"));
        let rows = shown.iter().map(|it| row(tx, admin, it)).collect::<Result<_>>()?;
        let (letters, addresses) = counts(tx, admin)?;
        let filters = FILTERS.map(|(name, key, _)| {
            let href = if key.is_empty() { HOME.to_owned() } else { format!("{HOME}?state={key}") };
            (name.into(), href, FILTERS.iter().find(|it| it.1 == filter).map_or("", |it| it.1) == key)
        });
        Ok(LettersView { frame: admin.frame(), filters: filters.to_vec(), rows, pages, letters, addresses, error })
    })?;
    Ok(page(status, letters_page(&view)))
}

fn row(tx: &Tx, admin: &Admin, it: &Letter) -> Result<LetterRow> {
    let ticket = it.ticket.map(|id| tx.get::<Ticket>(&id)).transpose()?.flatten();
    let href = ticket.map(|ticket| format!("/agent/tickets/{}", number::text(&admin.settings, ticket.kind, ticket.number)));
    let may = admin.actor().may(Permission::SettingsWrite);
    let to: Vec<&str> = it.recipients.iter().map(|it| it.address.as_str()).collect();
    let again = it.state.is_trouble() || it.state == LetterState::Deferred;
    let back = it.state.waits() && it.state != LetterState::Sending;
    Ok(LetterRow {
        subject: it.subject.clone(),
        href,
        to: to.join(", "),
        state: tongue::word("letter-state-", it.state.name()),
        tone: tone(it.state),
        answer: it.answer.clone().filter(|_| it.state != LetterState::Sent).unwrap_or_default(),
        created: it.created_at,
        due: it.state.waits().then_some(it.due_at),
        attempts: it.attempts,
        retry: (may && again).then(|| format!("{HOME}/{}/retry", it.id)),
        withdraw: (may && back).then(|| format!("{HOME}/{}/withdraw", it.id)),
    })
}

pub async fn retry(admin: Admin, Path(id): Path<LetterId>, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| outbox::retry(tx, &actor, id)).await {
        Ok(_) => Ok(see_and_say(HOME, &said::done(t!("letters-way-again")))),
        Err(Error::Refused(it)) => draw(&admin, "", 1, problem::status_of(it.code), Some(tongue::sentence(&it.detail))),
        Err(it) => Err(it.into()),
    }
}

pub async fn withdraw(admin: Admin, Path(id): Path<LetterId>, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| outbox::withdraw(tx, &actor, id)).await {
        Ok(_) => Ok(see_and_say(HOME, &said::done(t!("letters-taken-back-not-sent")))),
        Err(Error::Refused(it)) => draw(&admin, "", 1, problem::status_of(it.code), Some(tongue::sentence(&it.detail))),
        Err(it) => Err(it.into()),
    }
}

fn addresses_view(admin: &Admin) -> Result<AddressesView> {
    admin.desk.read(|tx| {
        let all = suppression::suppressions(tx, admin.actor())?;
        let (letters, _) = counts(tx, admin)?;
        let rows = all.into_iter().map(|it| AddressRow { address: it.address, reason: it.reason, since: it.since }).collect();
        Ok(AddressesView {
            frame: admin.frame(),
            may_change: admin.actor().may(Permission::SettingsWrite),
            rows,
            letters,
            ..AddressesView::default()
        })
    })
}

pub async fn addresses(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, addresses_page(&addresses_view(&admin)?)))
}

pub async fn suppress(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, address, reason) = (admin.actor().clone(), sent.text("address").to_owned(), sent.text("reason").to_owned());
    match admin.desk.write(actor.person(), move |tx| suppression::add(tx, &actor, &address, &reason)).await {
        Ok(it) => Ok(see_and_say(ADDRESSES, &said::done(t!("letters-nothing-more-sent", address = it.address)))),
        Err(Error::Refused(it)) => {
            let view = AddressesView {
                typed: sent.text("address").to_owned(),
                error: Some(tongue::sentence(&it.detail)),
                ..addresses_view(&admin)?
            };
            Ok(page(problem::status_of(it.code), addresses_page(&view)))
        }
        Err(it) => Err(it.into()),
    }
}

pub async fn release(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, address) = (admin.actor().clone(), sent.text("address").to_owned());
    let told = t!("letters-written-again", address = address);
    admin.desk.write(actor.person(), move |tx| suppression::lift(tx, &actor, &address)).await?;
    Ok(see_and_say(ADDRESSES, &said::done(told)))
}
