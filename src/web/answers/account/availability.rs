//! Whether one is there: read and said. Absences are whole days of the person's own zone.

use axum::{extract::State, http::StatusCode, response::Response};
use jiff::{Span, civil::Date, tz::TimeZone};

use crate::{
    desk::{
        Tx,
        identity::{self, Person},
        permission::Permission,
        routing::{self, Absence, StandingChange},
        settings::Settings,
    },
    error::{Error, Refusal, Result},
    http::{App, Problem, problem},
    id::PersonId,
    language::say,
    time::Instant,
    web::{
        account::availability::{AvailabilityView, page as availability_page},
        answers::{
            form::Sent,
            said,
            site::{Reader, page, see_and_say},
        },
        components::{availability::AbsenceFields, field::Choice},
        tongue::{self, t},
    },
};

/// Empty absences that the form offers besides those that are there.
const SPARE: usize = 1;

/// The zone in which somebody's days begin.
pub fn zone_of(tx: &Tx, person: &Person) -> Result<TimeZone> {
    let own = person.time_zone.as_deref().and_then(|it| TimeZone::get(it).ok());
    Ok(match own {
        Some(it) => it,
        None => TimeZone::get(&Settings::of(tx)?.time_zone).unwrap_or(TimeZone::UTC),
    })
}

/// Absences that are not over, and room for another.
pub fn fields_of(absences: &[Absence], zone: &TimeZone, now: Instant) -> Vec<AbsenceFields> {
    let day = |at: Instant| at.timestamp().to_zoned(zone.clone()).date().to_string();
    // The last moment of an absence is on its last day.
    let last = |at: Instant| day(Instant::from_millis(at.as_millis() - 1));
    let one = |it: &Absence| AbsenceFields {
        first: day(it.from),
        last: last(it.until),
        substitute: it.substitute.map(|it| it.to_string()).unwrap_or_default(),
    };
    let mut fields: Vec<AbsenceFields> = absences.iter().filter(|it| it.until > now).map(one).collect();
    fields.extend(std::iter::repeat_n(AbsenceFields::default(), SPARE));
    fields
}

/// The absences as they stand in a form.
pub fn sent_fields(sent: &Sent) -> Vec<AbsenceFields> {
    let rest = sent.all("last").zip(sent.all("substitute"));
    let all = sent.all("first").zip(rest).map(|(first, (last, substitute))| AbsenceFields {
        first: first.trim().to_owned(),
        last: last.trim().to_owned(),
        substitute: substitute.to_owned(),
    });
    all.collect()
}

/// What the fields mean: from the beginning of the first day to the end of the last. A line without a first day is left out.
pub fn meant(fields: &[AbsenceFields], zone: &TimeZone) -> Result<Vec<Absence>> {
    let refused = || Refusal::field("absences", "invalid", say!("account-absence-first-last-day"));
    let start = |day: Date| -> Result<Instant> { Ok(Instant::from(day.to_zoned(zone.clone()).map_err(|_| refused())?.timestamp())) };
    let mut absences = Vec::new();
    for it in fields.iter().filter(|it| !it.first.is_empty()) {
        let first: Date = it.first.parse().map_err(|_| refused())?;
        let last: Date = if it.last.is_empty() { first } else { it.last.parse().map_err(|_| refused())? };
        let after = last.checked_add(Span::new().days(1)).map_err(|_| refused())?;
        let substitute = match it.substitute.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| Refusal::field("absences", "unknown", say!("account-there-no-such-person")))?),
        };
        absences.push(Absence { from: start(first)?, until: start(after)?, substitute });
    }
    Ok(absences)
}

/// Everybody else who works tickets.
pub fn others(tx: &Tx, person: PersonId) -> Result<Vec<Choice>> {
    let mut people = identity::agents(tx)?;
    people.retain(|it| it.id != person);
    people.sort_by_cached_key(|it| it.name.to_lowercase());
    Ok(people.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect())
}

fn view(app: &App, reader: &Reader) -> Result<AvailabilityView> {
    let parts = super::parts_of(app, reader)?;
    reader.desk.read(|tx| {
        let person = tx.get::<Person>(&reader.person())?.filter(Person::is_agent).ok_or_else(|| Refusal::not_found("page"))?;
        let settings = Settings::of(tx)?;
        Ok(AvailabilityView {
            frame: reader.frame(),
            parts,
            away: person.standing.away,
            absences: fields_of(&person.standing.absences, &zone_of(tx, &person)?, tx.now()),
            people: others(tx, person.id)?,
            open: routing::load_of(tx, &settings.routing, person.id)?.open,
            skills: person.standing.skills.clone(),
            error: None,
        })
    })
}

pub async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    reader.actor().need(Permission::TicketsRead)?;
    Ok(page(StatusCode::OK, availability_page(&view(&app, &reader)?)))
}

pub async fn change(State(app): State<App>, reader: Reader, sent: Sent) -> Result<Response, Problem> {
    reader.actor().need(Permission::TicketsRead)?;
    let (actor, me) = (reader.actor().clone(), reader.person());
    let fields = sent_fields(&sent);
    let wanted = reader.desk.read(|tx| {
        let person = tx.get::<Person>(&me)?.ok_or_else(|| Refusal::not_found("person"))?;
        meant(&fields, &zone_of(tx, &person)?)
    });
    let done = match wanted {
        Err(error) => Err(error),
        Ok(absences) => {
            let change = StandingChange { away: Some(sent.has("away")), absences: Some(absences), ..StandingChange::default() };
            reader.desk.write(Some(me), move |tx| routing::change_standing(tx, &actor, me, change)).await
        }
    };
    match done {
        Ok(_) => Ok(see_and_say("/account/availability", &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let typed = AvailabilityView {
                away: sent.has("away"),
                absences: fields,
                error: Some(tongue::sentence(&refusal.detail)),
                ..view(&app, &reader)?
            };
            Ok(page(problem::status_of(refusal.code), availability_page(&typed)))
        }
        Err(error) => Err(error.into()),
    }
}
