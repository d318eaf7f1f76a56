//! `lodge operator`: who looks after all desks of this machine, and by that sees the pages at `/operator/desks`.

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::local::{Out, say_to};
use crate::{
    appliance::{Appliance, By, Member},
    desk::identity,
    error::Result,
};

#[derive(Debug, Clone, PartialEq, Subcommand, Serialize, Deserialize)]
pub enum OperatorCommand {
    /// List the operators of this server.
    #[command(after_help = "Example:\n  lodge operator list")]
    List,
    /// Make a person of a desk an operator.
    #[command(after_help = "Example:\n  lodge operator add max@example.com --desk main")]
    Add {
        /// Mail address of the person.
        email: String,
    },
    /// Take it back. The last operator who can sign in stays one.
    #[command(after_help = "Example:\n  lodge operator remove max@example.com --desk main")]
    Remove {
        /// Mail address of the person.
        email: String,
    },
}

/// `desk` is the one that the person belongs to.
pub async fn answer(appliance: &Appliance, desk: Option<&str>, command: OperatorCommand, out: &Out) -> Result<()> {
    match command {
        OperatorCommand::List => {
            for it in appliance.operators()? {
                say_to(out, line(appliance, it)?).await;
            }
        }
        OperatorCommand::Add { email } => {
            let (member, name) = named(appliance, desk, &email)?;
            let said = match appliance.add_operator(By::CommandLine, member)? {
                true => format!("{email} of `{name}` is an operator of this server."),
                false => format!("{email} of `{name}` is an operator already."),
            };
            say_to(out, said).await;
        }
        OperatorCommand::Remove { email } => {
            let (member, name) = named(appliance, desk, &email)?;
            appliance.remove_operator(By::CommandLine, member)?;
            say_to(out, format!("{email} of `{name}` is no operator any more.")).await;
        }
    }
    Ok(())
}

fn named(appliance: &Appliance, desk: Option<&str>, email: &str) -> Result<(Member, String)> {
    let desk = appliance.desk(desk)?;
    let person = desk.read(|tx| identity::named(tx, "email", email))?;
    Ok((Member { desk: desk.id, person: person.id }, desk.name.clone()))
}

/// Address, name, desk and what keeps them from it, parted by tabs.
fn line(appliance: &Appliance, member: Member) -> Result<String> {
    let desk = appliance.entry(member.desk)?.name;
    Ok(match appliance.operator_person(member)? {
        Some(it) => format!("{}\t{}\t{desk}{}", it.email, it.name, if it.active { "" } else { "\tdisabled" }),
        None => format!("{}\t-\t{desk}\tthe desk is suspended", member.person),
    })
}

/// Whoever sets the first desk up looks after the server, unless somebody does already: a later desk may be somebody else's.
pub fn first(appliance: &Appliance, member: Member) -> Result<()> {
    appliance.first_operator(member)
}
