//! Answers to creating calls, kept for a day by key, so that a repeated call gets the first answer and does nothing (API-02).
//! The answer is written in the transaction of what it answers: both are there, or neither.

use minicbor::{Decode, Encode};

use crate::{
    error::{Code, Refusal, Result},
    id::PersonId,
    language::say,
    limits,
    store::{Index, Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, Encode, Decode)]
pub struct Answer {
    /// BLAKE3 of person, route and key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// BLAKE3 of the request's body.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub request: [u8; 32],
    #[n(2)]
    pub status: u16,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    #[n(4)]
    pub at: Instant,
    /// The headers that the answer had besides.
    #[n(5)]
    pub etag: Option<String>,
    #[n(6)]
    pub location: Option<String>,
}

pub const BY_TIME: Index<Answer, Instant> = Index::new(0x9a, "answers_by_time");

impl Record for Answer {
    type Key = [u8; 32];
    const TABLE: Table = Table::operational(0x2a, "answers");

    fn key(&self) -> [u8; 32] {
        self.key
    }

    fn indexes(&self, entries: &mut crate::store::record::Entries) {
        entries.add(&BY_TIME, &self.at);
    }
}

/// A call with an `Idempotency-Key`.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    key: [u8; 32],
    request: [u8; 32],
}

impl Call {
    /// `route` is the method and path as called, so that the same key may be used elsewhere.
    pub fn new(person: Option<PersonId>, route: &str, key: &str, body: &[u8]) -> Result<Call> {
        if key.is_empty() || key.len() > limits::IDEMPOTENCY_KEY_BYTES_MAX {
            let detail = say!("refused-idempotency-key-must-1", idempotency_key_bytes_max = limits::IDEMPOTENCY_KEY_BYTES_MAX);
            return Err(Refusal::new(Code::Malformed, detail).into());
        }
        let person = person.unwrap_or(PersonId::NIL);
        let mut hasher = blake3::Hasher::new();
        for part in [person.0.as_bytes().as_slice(), route.as_bytes(), key.as_bytes()] {
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Ok(Call { key: *hasher.finalize().as_bytes(), request: *blake3::hash(body).as_bytes() })
    }

    /// The first answer, if this call was answered before; a refusal if it was another call.
    pub fn earlier(&self, tx: &Tx) -> Result<Option<Answer>> {
        let Some(answer) = tx.get::<Answer>(&self.key)? else { return Ok(None) };
        if tx.now().since(answer.at) > std::time::Duration::from_secs(limits::IDEMPOTENCY_HOURS * 3600) {
            return Ok(None);
        }
        if answer.request != self.request {
            let detail = say!("refused-idempotency-key-used-within");
            return Err(Refusal::new(Code::IdempotencyMismatch, detail).into());
        }
        Ok(Some(answer))
    }

    /// Keeps the answer, in the same transaction as what it answers.
    pub fn keep(&self, tx: &mut Tx, status: u16, body: Vec<u8>) -> Result<()> {
        self.keep_with(tx, status, body, None, None)
    }

    /// The same, with the `ETag` and the `Location` that a repeat is to have again.
    pub fn keep_with(&self, tx: &mut Tx, status: u16, body: Vec<u8>, etag: Option<String>, location: Option<String>) -> Result<()> {
        let at = tx.now();
        tx.put(&Answer { key: self.key, request: self.request, status, body, at, etag, location })
    }
}

/// Drops answers that are older than a day, at most `limit`; gives how many.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<usize> {
    let until = tx.now().minus(std::time::Duration::from_secs(limits::IDEMPOTENCY_HOURS * 3600));
    let old: Vec<[u8; 32]> = tx.find_between(&BY_TIME, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?;
    for key in &old {
        tx.remove::<Answer>(key)?;
    }
    Ok(old.len())
}
