//! What could never be stored.

use async_graphql::{Enum, Object};
use pointsman_store::RefusedCommandRow;

use crate::graphql::scalars::Timestamp;

/// What a refused command was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum RefusedCommandKind {
    /// A lead.
    Lead,
    /// A destination's answer to an offer; the offer ended as one whose answer is unknown.
    Answer,
    /// The bids of an auction; it went on as if nobody had bid.
    Bids,
    /// A postback.
    Postback,
    /// Something else.
    Other,
}

/// A command that could never be stored.
pub(in crate::graphql) struct RefusedCommand(pub(in crate::graphql) RefusedCommandRow);

/// Something that could never be stored, and was refused for good without harm to anything else. It
/// shows a gap in a check at one of the state.
#[Object]
impl RefusedCommand {
    /// Names the finding, as whoever sent it was told.
    async fn finding_id(&self) -> &str {
        &self.0.id
    }

    /// What it was.
    async fn kind(&self) -> RefusedCommandKind {
        match &*self.0.kind {
            "lead" => RefusedCommandKind::Lead,
            "answer" => RefusedCommandKind::Answer,
            "bids" => RefusedCommandKind::Bids,
            "postback" => RefusedCommandKind::Postback,
            _ => RefusedCommandKind::Other,
        }
    }

    /// The id of the lead, or the click id of a postback. A lead that was refused is not stored.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The source or destination that sent it, where that is known.
    async fn sender(&self) -> Option<&str> {
        self.0.sender.as_deref()
    }

    /// Why it cannot be stored.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When it was refused.
    async fn refused_at(&self) -> Timestamp {
        Timestamp(self.0.at)
    }
}
