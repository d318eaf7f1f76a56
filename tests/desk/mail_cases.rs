//! Raw mails of other projects with what those projects expect of them. They lie beside the project, not in it; where
//! they are missing this says so, and fails only where they must be there.

use std::{
    fs,
    time::{Duration, Instant},
};

use lodge::{
    desk::mail::message::{Automatic, ParsedMessage},
    mail::{mime, parts},
};
use serde_json::Value;

use crate::scores::{Score, cases, flat};

#[test]
fn mails_of_other_projects_are_understood() {
    let Some(names) = cases("mail") else { return };
    let mut score = Score::of("mail");
    let mut slowest = (Duration::ZERO, String::new());
    for path in &names {
        let case = path.file_stem().unwrap().to_string_lossy().into_owned();
        let raw = fs::read(path.with_extension("eml")).unwrap();
        let expected: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let started = Instant::now();
        let message = mime::parse(&raw);
        slowest = slowest.max((started.elapsed(), case.clone()));
        let source = expected["source"].as_str().and_then(|it| it.split('@').next()).unwrap_or("unknown");
        let mut sheet = Sheet { source, case: &case, score: &mut score };
        sheet.note("parses", keeps_everything(&raw, &message), || format!("{:?}", message.flaws));
        compare(&expected, &message, &mut sheet);
    }
    println!("{} mails, the slowest is {} with {:?}", names.len(), slowest.1, slowest.0);
    score.settle();
}

/// Where the expectations of one case are noted.
struct Sheet<'s> {
    source: &'s str,
    case: &'s str,
    score: &'s mut Score,
}

impl Sheet<'_> {
    fn note(&mut self, field: &str, holds: bool, detail: impl FnOnce() -> String) {
        self.score.note(self.source, field, self.case, holds, detail);
    }
}

/// Every part that is no container is in the text, in the HTML or among the attachments.
fn keeps_everything(raw: &[u8], message: &ParsedMessage) -> bool {
    fn files_and_texts(part: &parts::Part<'_>, sizes: &mut Vec<usize>, texts: &mut usize) {
        if !part.children.is_empty() {
            return part.children.iter().for_each(|it| files_and_texts(it, sizes, texts));
        }
        let bytes = part.transfer.decode(part.body);
        let is_text =
            part.content.value.starts_with("text/") || !part.content.value.contains('/') || part.content.value.starts_with("multipart");
        if is_text {
            *texts += usize::from(!bytes.trim_ascii().is_empty());
        } else {
            sizes.push(bytes.len());
        }
    }
    let (mut sizes, mut texts) = (Vec::new(), 0);
    files_and_texts(&parts::read(raw).0, &mut sizes, &mut texts);
    let mut kept: Vec<usize> = message.attachments.iter().map(|it| it.bytes.len()).collect();
    let files_kept = sizes.iter().all(|size| kept.iter().position(|it| it == size).map(|at| kept.swap_remove(at)).is_some());
    files_kept && (texts == 0 || !message.text.is_empty() || message.html.is_some() || !kept.is_empty())
}

fn compare(expected: &Value, message: &ParsedMessage, score: &mut Sheet<'_>) {
    let contested: Vec<&str> = expected["contested"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let from = message.from.clone().unwrap_or_default();
    for (field, got) in [
        ("subject", message.subject.as_str()),
        ("from", from.address.as_str()),
        ("from_name", from.name.as_str()),
        ("message_id", message.message_id.as_deref().unwrap_or("")),
    ] {
        if let Some(wanted) = expected[field].as_str() {
            let holds = if field == "from" { got.eq_ignore_ascii_case(wanted) } else { flat(got) == flat(wanted) };
            let name = if contested.contains(&field) { "contested" } else { field };
            score.note(name, holds, || format!("{wanted:?}, got {got:?}"));
        }
    }
    let shown = flat(&format!("{} {}", message.text, message.html.as_deref().unwrap_or("")));
    for wanted in expected["body_contains"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        score.note("body_contains", shown.contains(&flat(wanted)), || {
            format!("{wanted:?}, got {:?}", shown.chars().take(200).collect::<String>())
        });
    }
    attachments(expected, message, &contested, score);
    automatic(expected, message, score);
}

fn attachments(expected: &Value, message: &ParsedMessage, contested: &[&str], score: &mut Sheet<'_>) {
    let names: Vec<_> =
        message.attachments.iter().map(|it| (it.filename.clone().unwrap_or_default(), it.content_type.clone(), it.bytes.len())).collect();
    if let Some(wanted) = expected["attachment_count"].as_u64() {
        score.note("attachment_count", names.len() as u64 == wanted, || format!("{wanted}, got {names:?}"));
    }
    for (index, wanted) in expected["attachments"].as_array().into_iter().flatten().enumerate() {
        let fits = |(name, content_type, size): &(String, String, usize)| {
            wanted["filename"].as_str().is_none_or(|it| flat(it) == flat(name))
                && wanted["content_type"].as_str().is_none_or(|it| it.eq_ignore_ascii_case(content_type))
                && wanted["size"].as_u64().is_none_or(|it| it == *size as u64)
        };
        let field = if contested.contains(&format!("attachments[{index}]").as_str()) { "contested" } else { "attachments" };
        score.note(field, names.iter().any(fits), || format!("{wanted}, got {names:?}"));
    }
    if expected["has_calendar"].as_bool() == Some(true) {
        score.note("has_calendar", names.iter().any(|it| it.1 == "text/calendar"), || format!("{names:?}"));
    }
}

fn automatic(expected: &Value, message: &ParsedMessage, score: &mut Sheet<'_>) {
    let subject = || format!("{:?} {:?}", message.subject, message.automatic);
    if let Some(wanted) = expected["is_bounce"].as_bool() {
        score.note("is_bounce", matches!(message.automatic, Automatic::Bounce(_)) == wanted, || format!("{wanted}, got {}", subject()));
    }
    if let Some(wanted) = expected["is_auto_reply"].as_bool() {
        score.note("is_auto_reply", matches!(message.automatic, Automatic::AutoReply { .. }) == wanted, || {
            format!("{wanted}, got {}", subject())
        });
    }
    if expected["is_feedback_report"].as_bool() == Some(true) {
        score.note("is_feedback_report", matches!(message.automatic, Automatic::Notice { .. }), subject);
    }
    let Automatic::Bounce(report) = &message.automatic else { return };
    for wanted in expected["failed_recipients"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let holds = report.failed_recipients.iter().any(|it| it.address.eq_ignore_ascii_case(wanted));
        score.note("failed_recipients", holds, || format!("{wanted}, got {:?}", report.failed_recipients));
    }
    if !expected["dsn"].is_null() {
        score.note("has_recipient", report.failed_recipients.iter().any(|it| it.address.contains('@')), || {
            format!("{:?}", report.failed_recipients)
        });
    }
    for wanted in expected["dsn"].as_array().into_iter().flatten() {
        // The codes `x.0.9nn` and the like are the source's own inventions where a mail states none.
        let Some(status) = wanted["status"].as_str().filter(|it| !it.contains(".0.")) else { continue };
        let got: Vec<_> = report.failed_recipients.iter().filter_map(|it| it.status.clone()).collect();
        score.note("dsn status", got.iter().any(|it| it == status), || {
            format!("{status}, got {got:?} {:?}", report.failed_recipients.first().map(|it| &it.diagnostic))
        });
    }
}
