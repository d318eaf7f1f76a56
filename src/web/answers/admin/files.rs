//! Which files people may send, in the settings.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    appliance::scanning,
    desk::{
        attachments::file_rules::{self, FileRules, FileRulesChange},
        permission::Permission,
    },
    error::{Error, Result},
    http::{Problem, problem},
    limits,
    web::{
        admin::{
            files::{FilesView, page as files_page},
            shell::FILES,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

const MB: u64 = 1024 * 1024;

fn filled(admin: &Admin) -> Result<FilesView> {
    let rules = admin.desk.read(FileRules::of)?;
    Ok(FilesView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        requester: megabytes(rules.requester_bytes),
        agent: megabytes(rules.agent_bytes),
        refused: rules.refused.join(", "),
        allowed: rules.allowed.join(", "),
        programs: rules.programs,
        scanner: admin.desk.scanner.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..FilesView::default()
    })
}

/// Whole megabytes, or with what is left of one.
fn megabytes(bytes: u64) -> String {
    if bytes.is_multiple_of(MB) { (bytes / MB).to_string() } else { format!("{:.2}", bytes as f64 / MB as f64) }
}

/// What somebody typed, in bytes; 0 for what is no number, which is refused as too little.
fn bytes(text: &str) -> u64 {
    let most = (limits::FILE_SIZE_MAX / MB) as f64;
    let typed = text.trim().replace(',', ".").parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
    typed.map_or(0, |it| (it.min(most) * MB as f64) as u64)
}

fn endings(text: &str) -> Vec<String> {
    text.split([',', ';', ' ', '\n']).map(str::to_owned).collect()
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, files_page(&filled(&admin)?)))
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let change = FileRulesChange {
        requester_bytes: Some(bytes(sent.text("requester"))),
        agent_bytes: Some(bytes(sent.text("agent"))),
        refused: Some(endings(sent.text("refused"))),
        allowed: Some(endings(sent.text("allowed"))),
        programs: Some(sent.has("programs")),
    };
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| file_rules::change(tx, &actor, change)).await {
        Ok(_) => Ok(see_and_say(FILES.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let view = FilesView {
                requester: sent.text("requester").to_owned(),
                agent: sent.text("agent").to_owned(),
                refused: sent.text("refused").to_owned(),
                allowed: sent.text("allowed").to_owned(),
                programs: sent.has("programs"),
                requester_error: message(&refusal, "requesterBytes"),
                agent_error: message(&refusal, "agentBytes"),
                refused_error: message(&refusal, "refused"),
                allowed_error: message(&refusal, "allowed"),
                error: whole(&refusal, &["requesterBytes", "agentBytes", "refused", "allowed"]),
                ..filled(&admin)?
            };
            Ok(page(problem::status_of(refusal.code), files_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks the scanner who it is.
pub async fn test(admin: Admin, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let said = match scanning::test(&admin.desk).await {
        Ok(version) => said::done(t!("files-scanner-answers", version = version)),
        Err(why) => said::failed(tongue::sentence(&why)),
    };
    Ok(see_and_say(FILES.href, &said))
}
