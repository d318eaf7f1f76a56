//! Keys that mail is signed with, in the settings: made, checked against the DNS, taken away.

use axum::{http::StatusCode, response::Response};

use super::{
    Admin,
    sending::{counts, finding},
};
use crate::{
    appliance::sending,
    desk::{
        mail::dkim::{self, Algorithm, DkimKey, DnsRecord, KeyState, suggested_dmarc, suggested_spf},
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::DkimKeyId,
    language::say,
    web::{
        admin::signing::{DomainView, KeyView, RecordView, SigningView, page as signing_page},
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::badge::Tone,
        tongue::{self, t},
    },
};

const HOME: &str = "/agent/admin/sending/signing";

fn record(what: &str, it: DnsRecord, zone: bool) -> RecordView {
    RecordView { what: what.to_owned(), zone: zone.then(|| it.in_zone()), name: it.name, value: it.value }
}

fn key(it: &DkimKey) -> KeyView {
    let (tone, about) = match it.state {
        KeyState::Waiting => (Tone::Warn, t!("signing-publish-record-nothing-signed")),
        KeyState::Signing => (Tone::Ok, t!("signing-mail-signed-leave-record")),
        KeyState::Retired => (Tone::Plain, t!("signing-newer-key-signs-now")),
    };
    let kind = if it.algorithm == Algorithm::Rsa { "RSA" } else { "Ed25519" };
    KeyView {
        id: it.id.to_string(),
        title: format!("{} ({kind})", it.selector),
        state: tongue::word("key-state-", it.state.name()),
        tone,
        about,
        record: record("", it.record(), it.algorithm == Algorithm::Rsa),
    }
}

async fn view(admin: &Admin) -> Result<SigningView> {
    let server = sending::sender(&admin.desk).await.ok().and_then(|it| it.host().map(str::to_owned));
    let (all, (letters, addresses)) = admin.desk.read(|tx| Ok((dkim::keys(tx, admin.actor())?, counts(tx, admin)?)))?;
    let mut domains = sending::domains(&admin.desk)?;
    domains.extend(all.iter().map(|it| it.domain.clone()));
    domains.sort();
    domains.dedup();
    let domains = domains.into_iter().map(|domain| DomainView {
        keys: all.iter().filter(|it| it.domain == domain).map(key).collect(),
        records: vec![
            record(t!("signing-who-may-send-domain"), suggested_spf(&domain, server.as_deref()), false),
            record(t!("signing-what-becomes-mail-fails"), suggested_dmarc(&domain), false),
        ],
        domain,
        ..DomainView::default()
    });
    Ok(SigningView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        domains: domains.collect(),
        letters,
        addresses,
        ..SigningView::default()
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, signing_page(&view(&admin).await?)))
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let unknown = || Refusal::field("algorithm", "unknown", say!("signing-kind-rsa-ed25519"));
    let made = match Algorithm::named(sent.text("algorithm")) {
        Some(it) => sending::make_key(&admin.desk, admin.actor(), sent.text("domain"), it).await,
        None => Err(unknown().into()),
    };
    match made {
        Ok(it) => Ok(see_and_say(HOME, &said::done(t!("signing-key-made-publish-record", selector = it.selector)))),
        Err(Error::Refused(it)) => {
            let view = SigningView {
                typed: sent.text("domain").to_owned(),
                domain_error: Some(tongue::sentence(&it.detail)),
                ..view(&admin).await?
            };
            Ok(page(problem::status_of(it.code), signing_page(&view)))
        }
        Err(it) => Err(it.into()),
    }
}

pub async fn check(admin: Admin, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let found = sending::check_dns(&admin.desk).await?;
    let mut view = view(&admin).await?;
    for (domain, findings) in found {
        if let Some(it) = view.domains.iter_mut().find(|it| it.domain == domain) {
            it.findings = findings.into_iter().map(finding).collect();
        }
    }
    Ok(page(StatusCode::OK, signing_page(&view)))
}

pub async fn delete(admin: Admin, Path(id): Path<DkimKeyId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| dkim::delete(tx, &actor, id)).await?;
    Ok(see_and_say(HOME, &said::done(t!("signing-key-gone"))))
}
