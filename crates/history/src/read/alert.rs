//! What needed a person.

use pointsman_lead::Timestamp;
use pointsman_store::AlertRow;

use super::handle::History;
use crate::{Error, Page, Place};

/// Kind of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertKind {
    /// A destination rests after failures.
    BreakerOpen,
    /// A cap is used up.
    CapReached,
    /// A part of a cap is used.
    CapUsed,
    /// Too many offers to a destination fail.
    ErrorRate,
    /// A source that sent leads does not any more.
    SourceSilent,
    /// An alert of another release.
    Other,
}

impl AlertKind {
    fn of_word(word: &str) -> Self {
        match word {
            "breaker_open" => Self::BreakerOpen,
            "cap_reached" => Self::CapReached,
            "cap_used" => Self::CapUsed,
            "error_rate" => Self::ErrorRate,
            "source_silent" => Self::SourceSilent,
            _ => Self::Other,
        }
    }
}

/// Something that needed a person, and what the webhook was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: String,
    /// What it was.
    pub kind: AlertKind,
    /// The destination, the source, or the cap of a destination.
    pub subject: String,
    /// In words.
    pub message: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was over; `None` while it lasts.
    pub ended_at: Option<Timestamp>,
    /// When the webhook took that it began; `None` if it has not.
    pub told_at: Option<Timestamp>,
    /// When the webhook took that it was over; `None` if it has not.
    pub end_told_at: Option<Timestamp>,
}

impl Alert {
    fn of(row: AlertRow) -> Self {
        let AlertRow {
            id,
            kind,
            subject,
            message,
            began_at,
            ended_at,
            told_at,
            end_told_at,
        } = row;
        Self {
            id,
            kind: AlertKind::of_word(&kind),
            subject,
            message,
            began_at: Timestamp(began_at),
            ended_at: ended_at.map(Timestamp),
            told_at: told_at.map(Timestamp),
            end_told_at: end_told_at.map(Timestamp),
        }
    }
}

impl History {
    /// What needed a person, the latest first.
    ///
    /// * `lasting`: only what lasts, or only what is over; `None`: all.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn alerts(
        &self,
        lasting: Option<bool>,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Alert>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().alerts(lasting, after, limit).await?;
        Page::of(rows, |row| Ok(Alert::of(row)))
    }
}
