//! Commands that could never be stored.

use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::RefusedCommandRow;

use super::handle::{History, id};
use crate::{Error, Page, Place};

/// Kind of a refused command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusedKind {
    /// A lead.
    Lead,
    /// The answer of a destination to an offer.
    Answer,
    /// The bids of an auction.
    Bids,
    /// A postback.
    Postback,
    /// A command of another release.
    Other,
}

impl RefusedKind {
    fn of_word(word: &str) -> Self {
        match word {
            "lead" => Self::Lead,
            "answer" => Self::Answer,
            "bids" => Self::Bids,
            "postback" => Self::Postback,
            _ => Self::Other,
        }
    }
}

/// A command that was refused for good: nothing of it is stored but this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCommand {
    /// Its id.
    pub id: Id<kinds::RefusedCommand>,
    /// What it was.
    pub kind: RefusedKind,
    /// Id of the lead, or the click id of a postback as it came.
    pub subject: String,
    /// The source or destination that sent it, if known.
    pub sender: Option<String>,
    /// Why it cannot be stored.
    pub reason: String,
    /// When it was refused.
    pub at: Timestamp,
}

impl RefusedCommand {
    fn of(row: RefusedCommandRow) -> Result<Self, Error> {
        let RefusedCommandRow {
            id: text,
            kind,
            subject,
            sender,
            reason,
            at,
        } = row;
        Ok(Self {
            id: id(&text)?,
            kind: RefusedKind::of_word(&kind),
            subject,
            sender,
            reason,
            at: Timestamp(at),
        })
    }
}

impl History {
    /// What was refused for good, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn refused_commands(
        &self,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<RefusedCommand>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().refused_commands(after, limit).await?;
        Page::of(rows, RefusedCommand::of)
    }
}
