//! The flight recorder (BEY-31): how each mail was judged, question by question, each time it was. It is written in the transaction of
//! the decision. What it says about people is what the mail says, so it goes where the mail goes.

use minicbor::{Decode, Encode};

use super::judge::{Judgement, Step};
use crate::{
    desk::actor::Actor,
    error::Result,
    id::{MailId, PersonId},
    limits::MAIL_ROUNDS_KEPT_MAX,
    store::{Record, Table, Tx},
    time::Instant,
};

/// One time that a mail was judged.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Round {
    #[n(0)]
    pub at: Instant,
    /// Who asked for it; none if it was intake itself.
    #[n(1)]
    pub by: Option<PersonId>,
    #[n(2)]
    pub outcome: String,
    #[n(3)]
    pub rule: String,
    #[n(4)]
    pub reason: Option<String>,
    #[n(5)]
    pub steps: Vec<Step>,
}

impl Round {
    /// What this judgement is written down as.
    pub fn of(judgement: &Judgement, at: Instant, by: Option<PersonId>) -> Round {
        Round {
            at,
            by,
            outcome: judgement.verdict.outcome().name().to_owned(),
            rule: judgement.rule.to_owned(),
            reason: judgement.reason.clone(),
            steps: judgement.steps.clone(),
        }
    }

    /// The questions that another round answered differently: the question, here, there.
    pub fn differs_from<'a>(&'a self, other: &'a Round) -> Vec<(&'a str, Option<&'a str>, Option<&'a str>)> {
        let answer = |round: &'a Round, question: &str| round.steps.iter().find(|it| it.question == question).map(|it| it.answer.as_str());
        let mut questions: Vec<&str> = self.steps.iter().map(|it| it.question.as_str()).collect();
        questions.extend(other.steps.iter().map(|it| it.question.as_str()).filter(|it| answer(self, it).is_none()));
        let all = questions.into_iter().map(|it| (it, answer(self, it), answer(other, it)));
        all.filter(|(_, here, there)| here != there).collect()
    }
}

/// Every round of a mail: the first one and the newest.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct MailTrace {
    #[n(0)]
    pub mail: MailId,
    #[n(1)]
    pub rounds: Vec<Round>,
}

impl Record for MailTrace {
    type Key = MailId;
    const TABLE: Table = Table::operational(0x5d, "mail_traces");

    fn key(&self) -> MailId {
        self.mail
    }
}

/// Writes down how a mail was judged.
pub fn keep(tx: &mut Tx, actor: &Actor, mail: MailId, judgement: &Judgement) -> Result<()> {
    let mut trace = tx.get::<MailTrace>(&mail)?.unwrap_or(MailTrace { mail, rounds: Vec::new() });
    let round = Round::of(judgement, tx.now(), actor.person());
    if trace.rounds.len() == MAIL_ROUNDS_KEPT_MAX {
        // The first decision is what people ask about; of the later ones, the newest.
        trace.rounds.remove(1);
    }
    trace.rounds.push(round);
    tx.put(&trace)
}

pub fn rounds(tx: &Tx, mail: MailId) -> Result<Vec<Round>> {
    Ok(tx.get::<MailTrace>(&mail)?.map(|it| it.rounds).unwrap_or_default())
}
