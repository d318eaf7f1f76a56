//! How everybody is told of things, in the settings: shown, and changed as a whole.

use axum::{http::StatusCode, response::Response};

use super::Admin;
use crate::{
    desk::{
        Tx,
        notices::{
            Channel, Happening, Tried,
            preferences::{self, Choice, NotificationRules, NotificationRulesChange},
            try_ways,
        },
        permission::Permission,
    },
    error::{Error, Result},
    http::{Problem, problem},
    web::{
        account::notifications::way_name,
        admin::{
            notifications::{NotificationRulesView, page as rules_page},
            sending::FindingView,
            shell::{NOTIFICATIONS, Tick},
        },
        answers::{
            account::notifications::{rows, ticked},
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

fn view(tx: &Tx, admin: &Admin) -> Result<NotificationRulesView> {
    let rules = NotificationRules::of(tx)?;
    let way = |it: Channel| Tick {
        value: it.name().to_owned(),
        label: way_name(it.name()).to_owned(),
        on: !rules.off.contains(&it),
        fixed: it == Channel::InApp,
        ..Tick::default()
    };
    Ok(NotificationRulesView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        events: rows(true, |it, way| (rules.default_of(it, way), rules.off.contains(&way))),
        locks: rows(true, |it, way| (rules.is_locked(it, way), rules.off.contains(&way))),
        ways: Channel::THERE.map(way).into(),
        to_come: Channel::ALL.into_iter().filter(|it| !it.is_there()).map(Channel::name).collect(),
        findings: Vec::new(),
        error: None,
    })
}

fn finding(fine: bool, text: impl Into<String>, advice: impl Into<String>) -> FindingView {
    FindingView { fine, text: text.into(), advice: advice.into() }
}

/// What came of a word to oneself, way by way.
fn told(it: &Tried) -> Vec<FindingView> {
    let bell = match it.notification {
        Some(_) => finding(true, t!("try-bell"), ""),
        None => finding(false, t!("try-no-bell"), t!("try-no-bell-advice")),
    };
    let mail = match &it.mail {
        Ok(to) => finding(true, t!("try-mail", to = to), t!("try-mail-advice")),
        Err(why) => finding(false, t!("try-no-mail"), tongue::sentence(why)),
    };
    let devices = it.devices.map(|count| match count {
        0 => finding(false, t!("try-no-device"), t!("try-no-device-advice")),
        count => finding(true, t!("try-devices", count = count), ""),
    });
    [Some(bell), Some(mail), devices].into_iter().flatten().collect()
}

/// Tells the reader by every way.
pub async fn test(admin: Admin, _sent: Sent) -> Result<Response, Problem> {
    let (actor, words) = (admin.actor().clone(), t!("try-words"));
    let tried = admin.desk.write(actor.person(), move |tx| try_ways(tx, &actor, words)).await?;
    admin.desk.live.tell_person(admin.person(), admin.desk.reader().last_seq(), tried.notification);
    let view = admin.desk.read(|tx| view(tx, &admin))?;
    Ok(page(StatusCode::OK, rules_page(&NotificationRulesView { findings: told(&tried), ..view })))
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| view(tx, &admin))?;
    Ok(page(StatusCode::OK, rules_page(&view)))
}

/// What the form says, where it differs from what holds: a box that is fixed is not sent.
fn wanted(tx: &Tx, sent: &Sent) -> Result<NotificationRulesChange> {
    let rules = NotificationRules::of(tx)?;
    let mut change = NotificationRulesChange::default();
    for happening in Happening::ALL {
        for channel in Channel::THERE.into_iter().filter(|it| !rules.off.contains(it)) {
            let on = ticked(sent, "way", happening, channel);
            if rules.default_of(happening, channel) != on {
                change.choices.push(Choice { happening, channel, on });
            }
            let on = ticked(sent, "lock", happening, channel);
            if rules.is_locked(happening, channel) != on {
                change.locks.push(Choice { happening, channel, on });
            }
        }
    }
    let is_on = |it: &Channel| *it == Channel::InApp || sent.all("on").any(|on| on == it.name());
    change.off = Some(Channel::THERE.into_iter().filter(|it| !is_on(it)).collect());
    Ok(change)
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let change = admin.desk.read(|tx| wanted(tx, &sent))?;
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| preferences::change_rules(tx, &actor, change).map(drop)).await {
        Ok(()) => Ok(see_and_say(NOTIFICATIONS.href, &said::done(t!("live-saved")))),
        Err(Error::Refused(it)) if !it.fields.is_empty() => {
            let view = admin.desk.read(|tx| view(tx, &admin))?;
            let status = problem::status_of(it.code);
            Ok(page(status, rules_page(&NotificationRulesView { error: Some(tongue::sentence(&it.detail)), ..view })))
        }
        Err(it) => Err(it.into()),
    }
}
