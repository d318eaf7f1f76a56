//! Raw mails of other projects with what those projects expect of them. They lie beside the project, not in it; where
//! they are missing this says so, and fails only where they must be there.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use lodge::{
    desk::mail::message::{Automatic, ParsedMessage},
    mail::{mime, parts},
};
use serde_json::Value;

/// The share of stated expectations that must hold, in percent, per field. Where none is named, all must hold. What
/// falls short by intent: mails within mails stay whole, so their files are not counted; notices in JSON of one vendor's
/// cloud are no bounces; and where parsers differ, ours may be the other one.
const FLOORS: [(&str, u32); 6] =
    [("attachment_count", 97), ("attachments", 97), ("contested", 60), ("dsn status", 97), ("has_recipient", 97), ("is_bounce", 98)];

/// Sought upwards from the project: a worktree may lie deeper than the project itself.
fn folder() -> Option<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(3).map(|it| it.join("shared/cases/mail")).find(|it| it.is_dir())
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Expectations that were met and that were not, per field.
#[derive(Default)]
struct Score {
    fields: BTreeMap<&'static str, (u32, Vec<String>)>,
}

impl Score {
    fn note(&mut self, field: &'static str, case: &str, holds: bool, detail: impl FnOnce() -> String) {
        let entry = self.fields.entry(field).or_default();
        if holds {
            entry.0 += 1;
        } else {
            entry.1.push(format!("{case}: {}", detail()));
        }
    }
}

#[test]
fn mails_of_other_projects_are_understood() {
    let Some(folder) = folder() else {
        assert!(std::env::var_os("CI").is_none(), "the shared cases of mail must be there in CI");
        println!("skipped: the shared cases of mail are not beside the project");
        return;
    };
    let mut names: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).filter(|it| it.extension().is_some_and(|it| it == "eml")).collect();
    names.sort();
    assert!(!names.is_empty(), "the folder of cases is empty");
    let mut score = Score::default();
    for path in &names {
        let case = path.file_stem().unwrap().to_string_lossy().into_owned();
        let raw = fs::read(path).unwrap();
        let expected: Value = serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap();
        let message = mime::parse(&raw);
        score.note("parses", &case, keeps_everything(&raw, &message), || format!("{:?}", message.flaws));
        compare(&case, &expected, &message, &mut score);
    }
    let mut below = Vec::new();
    for (field, (held, missed)) in &score.fields {
        let stated = held + u32::try_from(missed.len()).unwrap();
        println!("{field}: {held} of {stated}");
        missed.iter().for_each(|it| println!("    {it}"));
        let floor = FLOORS.iter().find(|(it, _)| it == field).map_or(100, |(_, floor)| *floor);
        if held * 100 < floor * stated {
            below.push(format!("{field}: {held} of {stated} is below {floor} percent"));
        }
    }
    println!("{} mails", names.len());
    assert!(below.is_empty(), "{below:#?}");
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

fn compare(case: &str, expected: &Value, message: &ParsedMessage, score: &mut Score) {
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
            score.note(name, case, holds, || format!("{wanted:?}, got {got:?}"));
        }
    }
    let shown = flat(&format!("{} {}", message.text, message.html.as_deref().unwrap_or("")));
    for wanted in expected["body_contains"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        score.note("body_contains", case, shown.contains(&flat(wanted)), || {
            format!("{wanted:?}, got {:?}", shown.chars().take(200).collect::<String>())
        });
    }
    attachments(case, expected, message, &contested, score);
    automatic(case, expected, message, score);
}

fn attachments(case: &str, expected: &Value, message: &ParsedMessage, contested: &[&str], score: &mut Score) {
    let names: Vec<_> =
        message.attachments.iter().map(|it| (it.filename.clone().unwrap_or_default(), it.content_type.clone(), it.bytes.len())).collect();
    if let Some(wanted) = expected["attachment_count"].as_u64() {
        score.note("attachment_count", case, names.len() as u64 == wanted, || format!("{wanted}, got {names:?}"));
    }
    for (index, wanted) in expected["attachments"].as_array().into_iter().flatten().enumerate() {
        let fits = |(name, content_type, size): &(String, String, usize)| {
            wanted["filename"].as_str().is_none_or(|it| flat(it) == flat(name))
                && wanted["content_type"].as_str().is_none_or(|it| it.eq_ignore_ascii_case(content_type))
                && wanted["size"].as_u64().is_none_or(|it| it == *size as u64)
        };
        let field = if contested.contains(&format!("attachments[{index}]").as_str()) { "contested" } else { "attachments" };
        score.note(field, case, names.iter().any(fits), || format!("{wanted}, got {names:?}"));
    }
    if expected["has_calendar"].as_bool() == Some(true) {
        score.note("has_calendar", case, names.iter().any(|it| it.1 == "text/calendar"), || format!("{names:?}"));
    }
}

fn automatic(case: &str, expected: &Value, message: &ParsedMessage, score: &mut Score) {
    let subject = || format!("{:?} {:?}", message.subject, message.automatic);
    if let Some(wanted) = expected["is_bounce"].as_bool() {
        score.note("is_bounce", case, matches!(message.automatic, Automatic::Bounce(_)) == wanted, || {
            format!("{wanted}, got {}", subject())
        });
    }
    if let Some(wanted) = expected["is_auto_reply"].as_bool() {
        score.note("is_auto_reply", case, matches!(message.automatic, Automatic::AutoReply { .. }) == wanted, || {
            format!("{wanted}, got {}", subject())
        });
    }
    if expected["is_feedback_report"].as_bool() == Some(true) {
        score.note("is_feedback_report", case, matches!(message.automatic, Automatic::Notice { .. }), subject);
    }
    let Automatic::Bounce(report) = &message.automatic else { return };
    for wanted in expected["failed_recipients"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let holds = report.failed_recipients.iter().any(|it| it.address.eq_ignore_ascii_case(wanted));
        score.note("failed_recipients", case, holds, || format!("{wanted}, got {:?}", report.failed_recipients));
    }
    if !expected["dsn"].is_null() {
        score.note("has_recipient", case, report.failed_recipients.iter().any(|it| it.address.contains('@')), || {
            format!("{:?}", report.failed_recipients)
        });
    }
    for wanted in expected["dsn"].as_array().into_iter().flatten() {
        // The codes `x.0.9nn` and the like are the source's own inventions where a mail states none.
        let Some(status) = wanted["status"].as_str().filter(|it| !it.contains(".0.")) else { continue };
        let got: Vec<_> = report.failed_recipients.iter().filter_map(|it| it.status.clone()).collect();
        score.note("dsn status", case, got.iter().any(|it| it == status), || {
            format!("{status}, got {got:?} {:?}", report.failed_recipients.first().map(|it| &it.diagnostic))
        });
    }
}
