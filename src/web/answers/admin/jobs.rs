//! What the desk does by itself, in the settings: looked at, and what failed tried again or given up.

use axum::{http::StatusCode, response::Response};

use super::Admin;
use crate::{
    appliance::{
        Work,
        background::{self, Background, Standing, State},
    },
    desk::jobs::{self, Job, JobState},
    error::{Error, Refusal},
    http::{Problem, path::Path, problem},
    id::JobId,
    web::{
        admin::{
            jobs::{FailedRow, JobsView, WorkRow, page as jobs_page},
            shell::{CALENDARS, FILES, JOBS, MAILBOXES, RECURRING, SENDING, SIGN_IN, SLA_POLICIES, TICKET_RULES},
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::badge::Tone,
        tongue::{self, t},
    },
};

fn name_of(work: Work) -> String {
    tongue::named("work-", work.name()).unwrap_or(work.name()).to_owned()
}

fn state(it: State) -> (&'static str, Tone) {
    match it {
        State::Fine => (t!("jobs-state-fine"), Tone::Ok),
        State::Idle => (t!("jobs-state-idle"), Tone::Plain),
        State::Off => (t!("jobs-state-off"), Tone::Plain),
        State::Failing => (t!("jobs-state-failing"), Tone::Warn),
        State::Stuck => (t!("jobs-state-stuck"), Tone::Danger),
    }
}

/// The page that tells more of a work.
fn place(work: Work) -> Option<&'static str> {
    Some(match work {
        Work::MailIn => MAILBOXES.href,
        Work::MailOut => "/agent/admin/sending/letters",
        Work::AccountMail => SENDING.href,
        Work::Clocks | Work::Retime => SLA_POLICIES.href,
        Work::Closing => TICKET_RULES.href,
        Work::Recurring => RECURRING.href,
        Work::Outages => "/agent/outages",
        Work::Holidays => CALENDARS.href,
        Work::Directories => SIGN_IN.href,
        Work::Scanning | Work::Previews => FILES.href,
        Work::Exports => "/agent/exports",
        Work::Notify | Work::Push | Work::Later | Work::Alike | Work::Tidying => return None,
    })
}

fn row(admin: &Admin, it: Standing) -> WorkRow {
    let (state, tone) = state(it.state);
    WorkRow {
        name: name_of(it.work),
        about: tongue::named("work-about-", it.work.name()).unwrap_or_default().to_owned(),
        state,
        tone,
        is_ill: it.pulse.is_ill(),
        done: it.pulse.done,
        failed: it.pulse.failed,
        waiting: it.queue.waiting,
        running: it.queue.running,
        next: it.queue.next,
        href: place(it.work).filter(|href| !crate::http::features::is_away(admin.off, href)),
    }
}

fn failed(it: &Job) -> FailedRow {
    FailedRow {
        id: it.id.to_string(),
        name: Work::of_job(&it.kind).map_or_else(|| it.kind.clone(), name_of),
        why: it.last_error.clone().unwrap_or_default(),
        since: it.created_at,
        attempts: it.attempts,
        next: (it.state == JobState::Waiting).then_some(it.due_at),
    }
}

async fn view(admin: &Admin) -> Result<JobsView, Error> {
    let Background { since, all, failed: jobs, is_part, unsearched } = background::look(&admin.desk, admin.actor()).await?;
    Ok(JobsView {
        frame: admin.frame(),
        since,
        works: all.into_iter().map(|it| row(admin, it)).collect(),
        failed: jobs.iter().map(failed).collect(),
        is_part,
        unsearched,
        error: None,
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    Ok(page(StatusCode::OK, jobs_page(&view(&admin).await?)))
}

async fn refused(admin: &Admin, it: &Refusal) -> Result<Response, Problem> {
    let view = JobsView { error: Some(tongue::sentence(&it.detail)), ..view(admin).await? };
    Ok(page(problem::status_of(it.code), jobs_page(&view)))
}

pub async fn retry(admin: Admin, Path(id): Path<JobId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| jobs::retry(tx, &actor, id)).await {
        Ok(()) => Ok(see_and_say(JOBS.href, &said::done(t!("jobs-retried", count = 1)))),
        Err(Error::Refused(it)) if it.code == crate::error::Code::Conflict => refused(&admin, &it).await,
        Err(it) => Err(it.into()),
    }
}

/// Another round for all that is shown. One that cannot have it keeps none of the others from theirs.
pub async fn retry_all(admin: Admin, _sent: Sent) -> Result<Response, Problem> {
    let all = background::look(&admin.desk, admin.actor()).await?.failed;
    let (mut count, mut left) = (0, None);
    for it in all {
        let actor = admin.actor().clone();
        match admin.desk.write(actor.person(), move |tx| jobs::retry(tx, &actor, it.id)).await {
            Ok(()) => count += 1,
            Err(Error::Refused(it)) => left = Some(it),
            Err(it) => return Err(it.into()),
        }
    }
    match left {
        Some(it) if count == 0 => refused(&admin, &it).await,
        _ => Ok(see_and_say(JOBS.href, &said::done(t!("jobs-retried", count = count)))),
    }
}

pub async fn discard(admin: Admin, Path(id): Path<JobId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| jobs::discard(tx, &actor, id)).await {
        Ok(()) => Ok(see_and_say(JOBS.href, &said::done(t!("jobs-discarded")))),
        Err(Error::Refused(it)) if it.code == crate::error::Code::Conflict => refused(&admin, &it).await,
        Err(it) => Err(it.into()),
    }
}
