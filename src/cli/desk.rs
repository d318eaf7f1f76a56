//! `lodge desk`: what an operator does with whole desks. All of it works while the appliance serves.

use std::path::PathBuf;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::local::{Out, say_to};
use crate::{
    appliance::{Appliance, By, DeskChange, Member, Overview, export},
    desk::identity,
    error::{Fault, Result},
};

#[derive(Debug, Clone, PartialEq, Subcommand, Serialize, Deserialize)]
pub enum DeskCommand {
    /// List the desks of this appliance.
    #[command(after_help = "Example:\n  lodge desk list")]
    List,
    /// Make a desk. Set it up with `lodge --desk NAME setup ...`.
    #[command(after_help = "Example:\n  lodge desk create acme --host help.acme.example")]
    Create {
        /// Short, of a to z, 0 to 9 and hyphens.
        name: String,
        /// Host names on which it answers.
        #[arg(long = "host", value_name = "NAME")]
        hosts: Vec<String>,
    },
    /// Give a desk another name.
    #[command(after_help = "Example:\n  lodge desk rename acme acme-group")]
    Rename { name: String, to: String },
    /// Say on which host names a desk answers, instead of those it has.
    #[command(after_help = "Example:\n  lodge desk hosts acme help.acme.example desk.acme.example")]
    Hosts { name: String, hosts: Vec<String> },
    /// Say how many requests all of a desk may make in a minute.
    #[command(after_help = "Examples:\n  lodge desk limit acme 6000\n  lodge desk limit acme none")]
    Limit {
        name: String,
        /// A number, or `none`.
        per_minute: String,
    },
    /// Say what was agreed with whoever has a desk, for operators to read.
    #[command(after_help = "Examples:\n  lodge desk plan acme 'Gold, 50 agents'\n  lodge desk plan acme none")]
    Plan {
        name: String,
        /// One line, or `none`.
        plan: String,
    },
    /// Let nobody in, and send nothing, until it is resumed.
    #[command(after_help = "Example:\n  lodge desk suspend acme")]
    Suspend { name: String },
    /// Let people in again.
    #[command(after_help = "Example:\n  lodge desk resume acme")]
    Resume { name: String },
    /// Write a desk into a folder of its own, while it serves.
    #[command(after_help = "Example:\n  lodge desk export acme ./acme-export")]
    Export { name: String, folder: PathBuf },
    /// Say that two people of two desks are the same person, who may then go from one to the other.
    #[command(after_help = "Example:\n  lodge desk join main max@example.com acme max@example.com")]
    Join { desk: String, email: String, other_desk: String, other_email: String },
    /// Say that a person is nobody else on other desks any more.
    #[command(after_help = "Example:\n  lodge desk part acme max@example.com")]
    Part { desk: String, email: String },
    /// Delete a desk with everything in it.
    #[command(after_help = "Example:\n  lodge desk delete acme --confirm acme")]
    Delete {
        name: String,
        /// The name once more.
        #[arg(long, default_value = "")]
        confirm: String,
    },
}

impl DeskCommand {
    /// With paths as the caller meant them, wherever the appliance was started.
    pub fn here(self) -> Result<DeskCommand> {
        Ok(match self {
            DeskCommand::Export { name, folder } => {
                let folder = std::path::absolute(&folder).map_err(|it| Fault::because(format!("finding {}", folder.display()), it))?;
                DeskCommand::Export { name, folder }
            }
            it => it,
        })
    }
}

pub async fn answer(appliance: &Appliance, command: DeskCommand, out: &Out) -> Result<()> {
    match command {
        DeskCommand::List => {
            appliance.count_open().await;
            for it in appliance.overview()? {
                say_to(out, line(&it)).await;
            }
        }
        DeskCommand::Create { name, hosts } => {
            let made = appliance.create(By::CommandLine, &name, &hosts)?;
            say_to(out, format!("Made the desk `{0}`. Set it up: lodge --desk {0} setup --help", made.name)).await;
            for it in appliance.entries()?.iter().filter(|it| it.hosts.is_empty()) {
                let text = "has no host name, and with several desks the host says which is meant: lodge desk hosts";
                say_to(out, format!("The desk `{0}` {text} {0} NAME", it.name)).await;
            }
        }
        DeskCommand::Rename { name, to } => {
            changed(appliance, &name, DeskChange { name: Some(to), ..DeskChange::default() }, out).await?;
        }
        DeskCommand::Hosts { name, hosts } => {
            changed(appliance, &name, DeskChange { hosts: Some(hosts), ..DeskChange::default() }, out).await?;
        }
        DeskCommand::Limit { name, per_minute } => {
            let limit = match per_minute.as_str() {
                "none" => None,
                it => Some(it.parse().map_err(|_| {
                    crate::error::Refusal::field("per_minute", "invalid", format!("`{it}` is neither a number nor `none`."))
                })?),
            };
            changed(appliance, &name, DeskChange { requests_per_minute: Some(limit), ..DeskChange::default() }, out).await?;
        }
        DeskCommand::Plan { name, plan } => {
            let plan = Some(plan).filter(|it| it != "none");
            changed(appliance, &name, DeskChange { plan: Some(plan), ..DeskChange::default() }, out).await?;
        }
        DeskCommand::Suspend { name } => {
            changed(appliance, &name, DeskChange { suspended: Some(true), ..DeskChange::default() }, out).await?;
        }
        DeskCommand::Resume { name } => {
            changed(appliance, &name, DeskChange { suspended: Some(false), ..DeskChange::default() }, out).await?;
        }
        DeskCommand::Export { name, folder } => {
            let desk = appliance.held(appliance.id_of(&name)?)?;
            let done = tokio::task::spawn_blocking(move || export::export(&desk, &folder)).await;
            let done = done.map_err(|it| Fault::because("exporting a desk", it))??;
            say_to(out, format!("Exported `{name}`: {} rows, {} files, up to event {}.", done.rows, done.files, done.seq)).await;
        }
        DeskCommand::Join { desk, email, other_desk, other_email } => {
            appliance.join(member(appliance, &desk, &email)?, member(appliance, &other_desk, &other_email)?)?;
            say_to(out, format!("{email} of `{desk}` and {other_email} of `{other_desk}` are the same person.")).await;
        }
        DeskCommand::Part { desk, email } => {
            appliance.part(member(appliance, &desk, &email)?)?;
            say_to(out, format!("{email} of `{desk}` is nobody else any more.")).await;
        }
        DeskCommand::Delete { name, confirm } => {
            appliance.delete(By::CommandLine, appliance.id_of(&name)?, &confirm).await?;
            say_to(out, format!("Deleted the desk `{name}`.")).await;
        }
    }
    Ok(())
}

pub fn member(appliance: &Appliance, desk: &str, email: &str) -> Result<Member> {
    let desk = appliance.desk(Some(desk))?;
    let person = desk.read(|tx| identity::named(tx, "email", email))?;
    Ok(Member { desk: desk.id, person: person.id })
}

async fn changed(appliance: &Appliance, name: &str, change: DeskChange, out: &Out) -> Result<()> {
    let entry = appliance.change(By::CommandLine, appliance.id_of(name)?, change).await?;
    say_to(out, line(&appliance.overview_of(entry.id)?)).await;
    Ok(())
}

/// Name, id, state, hosts, limit, plan and usage of a desk, parted by tabs; `-` where there is nothing to say.
fn line(it: &Overview) -> String {
    let Overview { entry, usage } = it;
    let state = if entry.suspended_at.is_some() { "suspended" } else { "active" };
    let or_none = |it: Option<String>| it.filter(|it| !it.is_empty()).unwrap_or_else(|| "-".to_owned());
    let limit = or_none(entry.requests_per_minute.map(|it| format!("{it} requests a minute")));
    let usage = usage.as_ref().map(|it| {
        let (bytes, open) = (it.bytes.div_ceil(1024), it.open_tickets);
        format!("people {}, tickets {} (open {open}), disk {bytes} KiB", it.people, it.tickets)
    });
    let (hosts, plan) = (or_none(Some(entry.hosts.join(","))), or_none(entry.plan.clone()));
    format!("{}\t{}\t{state}\t{hosts}\t{limit}\t{plan}\t{}", entry.name, entry.id, or_none(usage))
}
