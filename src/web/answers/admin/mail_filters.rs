//! Filters of incoming mail in the settings: listed, tried on past mail, kept.

use axum::{http::StatusCode, response::Response};

use super::{Keeper, last_change, mail_log::shown, whole};
use crate::{
    appliance::intake,
    desk::{
        Tx,
        mail::filter::{self, Action, Condition, Field, FilterDraft, MailFilter, Op},
        permission::Permission,
        queues,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::MailFilterId,
    language::say,
    web::{
        admin::{
            mail_filters::{ConditionRow, FilterFormView, FilterRow, FiltersView, Trial, TriedRow, form_page, page as filters_page},
            shell::{MAIL_FILTERS, MAIL_LOG, Tick},
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{Phrase, phrase, t},
    },
};

/// Empty conditions that the form offers besides those that are there.
const SPARE: usize = 3;

/// What conditions look at, as the form names it.
const FIELDS: [(&str, Phrase); 13] = [
    ("from", phrase!("word-sender")),
    ("recipient", phrase!("mail-filters-any-recipient")),
    ("subject", phrase!("word-subject")),
    ("text", phrase!("mail-filters-text")),
    ("attachment", phrase!("mail-filters-name-file")),
    ("automatic", phrase!("mail-filters-written-no-auto-reply")),
    ("mailbox", phrase!("mail-filters-how-came")),
    ("header:List-Id", phrase!("mail-filters-field-list-id")),
    ("header:X-Spam-Flag", phrase!("mail-filters-field-x-spam-flag")),
    ("header:X-Spam-Status", phrase!("mail-filters-field-x-spam-status")),
    ("header:X-Priority", phrase!("mail-filters-field-x-priority")),
    ("header:Importance", phrase!("mail-filters-field-importance")),
    ("header:X-Mailer", phrase!("mail-filters-field-x-mailer")),
];

/// Comparisons, as the form names them.
const OPS: [(Op, Phrase); 7] = [
    (Op::Contains, phrase!("mail-filters-contains")),
    (Op::Lacks, phrase!("mail-filters-does-not-contain")),
    (Op::Is, phrase!("mail-filters-is")),
    (Op::Begins, phrase!("mail-filters-begins")),
    (Op::Ends, phrase!("mail-filters-ends")),
    (Op::Matches, phrase!("mail-filters-matches-pattern")),
    (Op::Exists, phrase!("mail-filters-there")),
];

/// What is done or not: how it is written, how the form names it, and a hint.
const DOES: [(Action, Phrase, Phrase); 6] = [
    (Action::Request, phrase!("mail-filters-make-request"), phrase!("mail-filters-not-incident")),
    (Action::LetIn, phrase!("mail-filters-let-although-machine-wrote"), phrase!("mail-filters-monitoring-lists-never-answered")),
    (Action::NoAcknowledgement, phrase!("mail-filters-tell-nobody-came"), Phrase::NONE),
    (Action::RequesterFromReplyTo, phrase!("mail-filters-requester-stands-reply"), phrase!("mail-filters-gateways-web-forms")),
    (Action::Hold, phrase!("mail-filters-hold-until-somebody-looks"), phrase!("mail-filters-spam")),
    (Action::Ignore, phrase!("mail-filters-put-away"), phrase!("mail-filters-kept-log-nothing-else")),
];

fn address(id: MailFilterId) -> String {
    format!("{}/{id}", MAIL_FILTERS.href)
}

fn known(tx: &Tx, id: MailFilterId) -> Result<MailFilter> {
    tx.get::<MailFilter>(&id)?.ok_or_else(|| Refusal::not_found("mail filter").into())
}

fn field_label(name: &str) -> String {
    FIELDS.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map_or_else(|| name.to_owned(), |it| it.1.into())
}

fn in_words(it: &Condition) -> String {
    let field = field_label(&it.field.name());
    let field = field.split(" (").next().unwrap_or(&field);
    let op = OPS.iter().find(|op| op.0 == it.op).map_or("", |it| it.1.text());
    format!("{field} {op} {}", it.value).trim_end().to_owned()
}

fn done_in_words(tx: &Tx, it: &Action) -> Result<String> {
    Ok(match it {
        Action::Queue(id) => {
            t!("mail-filters-queue", name = tx.get::<queues::Queue>(id)?.map_or_else(|| t!("mail-filters-gone").into(), |it| it.name))
        }
        Action::Category(id) => {
            t!("mail-filters-category", name = tx.get::<queues::Category>(id)?.map_or_else(|| t!("mail-filters-gone").into(), |it| it.name))
        }
        Action::Priority(it) => t!("mail-filters-priority-p", it = it),
        Action::Tag(it) => t!("mail-filters-tag", it = it),
        it => DOES.iter().find(|does| does.0 == *it).map_or_else(|| it.describe(), |it| it.1.into()),
    })
}

pub async fn list(admin: Keeper) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let row = |it: MailFilter| -> Result<FilterRow> {
            let then: Vec<String> = it.actions.iter().map(|it| done_in_words(tx, it)).collect::<Result<_>>()?;
            let between = if it.all { t!("mail-filters-all-of") } else { t!("mail-filters-any-of") };
            Ok(FilterRow {
                href: address(it.id),
                when: it.conditions.iter().map(in_words).collect::<Vec<_>>().join(&format!(" {between} ")),
                then: then.join(", "),
                name: it.name,
                position: it.position,
                enabled: it.enabled,
            })
        };
        let filters = filter::all(tx)?.into_iter().map(row).collect::<Result<_>>()?;
        Ok(FiltersView { frame: admin.frame(), filters, may_make: admin.actor().may(Permission::SettingsWrite) })
    })?;
    Ok(page(StatusCode::OK, filters_page(&view)))
}

/// The form of this draft.
fn filled(tx: &Tx, admin: &Keeper, of: Option<&MailFilter>, draft: &FilterDraft) -> Result<FilterFormView> {
    let mut fields: Vec<Choice> = FIELDS.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    let mut conditions = Vec::new();
    for it in &draft.conditions {
        let name = it.field.name();
        if !fields.iter().any(|it| it.value == name) {
            fields.push(Choice::new(name.clone(), name.clone()));
        }
        conditions.push(ConditionRow { field: name, op: it.op.name().into(), value: it.value.clone() });
    }
    let empty = ConditionRow { field: "from".into(), op: Op::Contains.name().into(), value: String::new() };
    conditions.extend(std::iter::repeat_n(empty, SPARE));
    let has = |wanted: &Action| draft.actions.contains(wanted);
    let first = |found: fn(&Action) -> Option<String>| draft.actions.iter().find_map(found).unwrap_or_default();
    let usual = || vec![Choice::new("", t!("word-usual"))];
    let (mut queues_of, mut categories) = (usual(), usual());
    queues_of.extend(queues::queues(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    categories
        .extend(queues::categories(tx)?.into_iter().filter(|it| it.parent.is_none()).map(|it| Choice::new(it.id.to_string(), it.name)));
    let tags: Vec<&str> = draft.actions.iter().filter_map(|it| if let Action::Tag(it) = it { Some(it.as_str()) } else { None }).collect();
    let tick = |(action, label, hint): &(Action, Phrase, Phrase)| Tick {
        value: action.describe(),
        label: (*label).into(),
        hint: (*hint).into(),
        on: has(action),
        fixed: false,
    };
    Ok(FilterFormView {
        frame: admin.frame(),
        action: of.map_or_else(|| MAIL_FILTERS.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        name: draft.name.clone(),
        position: draft.position.to_string(),
        enabled: draft.enabled,
        all: draft.all,
        last: draft.last,
        conditions,
        fields,
        ops: OPS.iter().map(|(op, label)| Choice::new(op.name(), *label)).collect(),
        queue: first(|it| if let Action::Queue(it) = it { Some(it.to_string()) } else { None }),
        queues: queues_of,
        category: first(|it| if let Action::Category(it) = it { Some(it.to_string()) } else { None }),
        categories,
        priority: first(|it| if let Action::Priority(it) = it { Some(it.to_string()) } else { None }),
        tags: tags.join(", "),
        does: DOES.iter().map(tick).collect(),
        changed: of.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..FilterFormView::default()
    })
}

pub async fn form(admin: Keeper) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let draft = FilterDraft { enabled: true, all: true, position: 10, ..FilterDraft::default() };
    let view = admin.desk.read(|tx| filled(tx, &admin, None, &draft))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Keeper, Path(id): Path<MailFilterId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let it = known(tx, id)?;
        let (position, enabled, all, last) = (it.position, it.enabled, it.all, it.last);
        let draft = FilterDraft {
            name: it.name.clone(),
            conditions: it.conditions.clone(),
            actions: it.actions.clone(),
            position,
            enabled,
            all,
            last,
        };
        filled(tx, &admin, Some(&it), &draft)
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// What the form asks for.
fn wanted(tx: &Tx, sent: &Sent) -> Result<FilterDraft> {
    let unknown = |text: &str| Refusal::field("conditions", "unknown", say!("mail-filters-there-no-compare", text = text));
    let mut conditions = Vec::new();
    for ((field, op), value) in sent.all("field").zip(sent.all("op")).zip(sent.all("value")) {
        let op = Op::named(op).ok_or_else(|| unknown(op))?;
        if value.trim().is_empty() && op != Op::Exists {
            continue;
        }
        conditions.push(Condition { field: Field::named(field).ok_or_else(|| unknown(field))?, op, value: value.trim().to_owned() });
    }
    let mut texts: Vec<String> = Vec::new();
    for name in ["queue", "category", "priority"] {
        texts.extend(sent.get(name).map(|it| format!("{name}:{it}")));
    }
    texts.extend(sent.text("tags").split(',').map(str::trim).filter(|it| !it.is_empty()).map(|it| format!("tag:{it}")));
    texts.extend(sent.all("does").map(str::to_owned));
    Ok(FilterDraft {
        name: sent.text("name").to_owned(),
        position: sent.text("position").trim().parse().unwrap_or(10),
        enabled: sent.has("enabled"),
        all: sent.has("all"),
        conditions,
        actions: texts.iter().map(|it| Action::named(tx, it)).collect::<Result<_>>()?,
        last: sent.has("last"),
    })
}

/// The form as it was sent, with what is wrong with it.
fn again(admin: &Keeper, of: Option<&MailFilter>, draft: &FilterDraft, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = FilterFormView {
        name_error: message(&refusal, "name"),
        error: whole(&refusal, &["name"]),
        ..admin.desk.read(|tx| filled(tx, admin, of, draft))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

async fn tried(admin: &Keeper, of: Option<&MailFilter>, draft: FilterDraft) -> Result<Response, Problem> {
    let found = intake::try_filter(&admin.desk, admin.actor(), of.map(|it| it.id), draft.clone()).await;
    let (looked, fits) = match found {
        Ok(it) => it,
        Err(error) => return again(admin, of, &draft, error),
    };
    let row = |it: intake::Tried| TriedRow {
        href: format!("{}/{}", MAIL_LOG.href, it.entry.id),
        was: shown(it.entry.outcome).word,
        would: shown(it.would).word,
        from: it.entry.from.unwrap_or_default(),
        subject: it.entry.subject.unwrap_or_default(),
    };
    let view = FilterFormView {
        trial: Some(Trial { looked, fits: fits.into_iter().map(row).collect() }),
        ..admin.desk.read(|tx| filled(tx, admin, of, &draft))?
    };
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn create(admin: Keeper, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let draft = admin.desk.read(|tx| wanted(tx, &sent))?;
    if sent.has("try") {
        return tried(&admin, None, draft).await;
    }
    let (actor, kept) = (admin.actor().clone(), draft.clone());
    match admin.desk.write(actor.person(), move |tx| filter::create(tx, &actor, kept)).await {
        Ok(it) => Ok(see_and_say(MAIL_FILTERS.href, &said::done(t!("mail-filters-filter-added", name = it.name)))),
        Err(error) => again(&admin, None, &draft, error),
    }
}

pub async fn change(admin: Keeper, Path(id): Path<MailFilterId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (present, draft) = admin.desk.read(|tx| Ok((known(tx, id)?, wanted(tx, &sent)?)))?;
    if sent.has("try") {
        return tried(&admin, Some(&present), draft).await;
    }
    let (actor, kept, version) = (admin.actor().clone(), draft.clone(), sent.text("version").parse().ok());
    match admin.desk.write(actor.person(), move |tx| filter::change(tx, &actor, id, version, kept)).await {
        Ok(it) => Ok(see_and_say(MAIL_FILTERS.href, &said::done(t!("mail-filters-filter-saved", name = it.name)))),
        Err(error) => again(&admin, Some(&present), &draft, error),
    }
}

pub async fn delete(admin: Keeper, Path(id): Path<MailFilterId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let run = move |tx: &mut Tx| {
        let name = known(tx, id)?.name;
        filter::delete(tx, &actor, id)?;
        Ok(name)
    };
    let name = admin.desk.write(admin.actor().person(), run).await?;
    Ok(see_and_say(MAIL_FILTERS.href, &said::done(t!("mail-filters-filter-deleted", name = name))))
}
