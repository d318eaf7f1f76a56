//! A field of the desk's own is changed in place, as any property is: whoever saw an older value is told, and changes nothing.

use axum::response::Response;
use serde_json::Value;

use super::property::{back_and_say, carry_out, refused};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        tickets::{self, ObjectChange, Ticket, TicketChange},
    },
    error::{Code, Refusal, Result},
    http::{Problem, path::Path},
    web::answers::{form::Sent, own_fields, site::Agent},
};
use crate::{
    language::{Sentence, say},
    web::tongue::t,
};

pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    match carry_out(&agent, &text, "the field custom", move |tx, actor, ticket| fulfil(tx, actor, ticket, &sent)).await {
        Ok((ticket, undo)) => Ok(back_and_say(&agent, &ticket, t!("own-field-changed"), undo)),
        Err(error) => refused(&agent, &text, t!("own-field-unchanged").to_owned(), error).await,
    }
}

fn fulfil(tx: &mut Tx, actor: &Actor, ticket: &Ticket, sent: &Sent) -> Result<Ticket> {
    let values = own_fields::sent(tx, sent)?;
    let field = own_fields::of_ticket(tx, ticket)?.into_iter().find(|it| it.name == sent.text("field"));
    let present = field.as_ref().map(|it| it.values.join(", ")).unwrap_or_default();
    if sent.has("was") && sent.text("was") != present {
        let [was, now] =
            [sent.text("was"), present.as_str()].map(|it| if it.is_empty() { say!("own-field-empty") } else { Sentence::from(it) });
        let label = field.map(|it| it.label).unwrap_or_default();
        let detail = say!("own-field-stale", label = label, was = was, now = now);
        return Err(Refusal::new(Code::Stale, detail).into());
    }
    let patch = Value::Object(values).to_string();
    tickets::change(tx, actor, ticket.id, TicketChange { custom: Some(ObjectChange::Merged(patch)), ..TicketChange::default() })
}
