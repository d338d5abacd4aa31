//! Commands that could not be stored.

use async_graphql::{Enum, Object};
use pointsman_history::{self as history, RefusedKind};

use crate::graphql::scalars::Timestamp;

/// Kind of a refused command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "RefusedKind")]
pub(in crate::graphql) enum RefusedCommandKind {
    /// A lead.
    Lead,
    /// The answer of a destination to an offer; the answer is treated as unknown.
    Answer,
    /// The bids of an auction, which continued without bids.
    Bids,
    /// A postback.
    Postback,
    /// Another command.
    Other,
}

/// A command that could never be stored.
pub(in crate::graphql) struct RefusedCommand(pub(in crate::graphql) history::RefusedCommand);

/// A lead, an answer or a postback that could not be stored and was dropped for good. It is a bug of this server:
/// please report it.
#[Object]
impl RefusedCommand {
    /// Id of this refusal. The error that the sender got names it.
    async fn finding_id(&self) -> String {
        self.0.id.to_string()
    }

    /// Kind of the command.
    async fn kind(&self) -> RefusedCommandKind {
        self.0.kind.into()
    }

    /// Id of the lead, or click id of the postback. A refused lead is not stored.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Source or destination that sent it, if known.
    async fn sender(&self) -> Option<&str> {
        self.0.sender.as_deref()
    }

    /// Why it could not be stored.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Time of the refusal.
    async fn refused_at(&self) -> Timestamp {
        self.0.at.into()
    }
}
