//! The four sorts of promises.

use minicbor::{Decode, Encode};

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Target {
    /// The desk's first word.
    #[n(0)]
    Response,
    /// The end of the work.
    #[n(1)]
    Resolution,
    /// The desk's next word, after each of its words (SLA-13).
    #[n(2)]
    Update,
    /// How long one team may have it, between teams (BEY-19).
    #[n(3)]
    Operational,
}

impl Target {
    pub const ALL: [Target; 4] = [Target::Response, Target::Resolution, Target::Update, Target::Operational];

    /// On the wire, and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Target::Response => "response",
            Target::Resolution => "resolution",
            Target::Update => "update",
            Target::Operational => "operational",
        }
    }

    pub fn named(text: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|it| it.name() == text)
    }

    /// For people, within a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Target::Response => "first response",
            Target::Resolution => "resolution",
            Target::Update => "next update",
            Target::Operational => "team's part",
        }
    }
}
