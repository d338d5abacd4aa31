//! Corrections of revenue and status.

use pointsman_lead::{Id, Micros, Timestamp, kinds};
use pointsman_store::RestatementRow;

use super::{
    handle::{History, id},
    lead::LeadStatus,
};
use crate::{Error, Page, Place};

/// A lead whose revenue or status came out otherwise when it was computed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restatement {
    /// The lead.
    pub lead_id: Id<kinds::Lead>,
    /// Its revenue until then.
    pub revenue_before: Micros,
    /// Its revenue from then on.
    pub revenue_after: Micros,
    /// Its status until then.
    pub status_before: LeadStatus,
    /// Its status from then on.
    pub status_after: LeadStatus,
    /// When it was corrected.
    pub restated_at: Timestamp,
}

impl Restatement {
    fn of(row: RestatementRow) -> Result<Self, Error> {
        let RestatementRow {
            lead_id,
            revenue_before,
            revenue_after,
            status_before,
            status_after,
            restated_at,
        } = row;
        Ok(Self {
            lead_id: id(&lead_id)?,
            revenue_before: Micros(revenue_before),
            revenue_after: Micros(revenue_after),
            status_before: status_before.into(),
            status_after: status_after.into(),
            restated_at: Timestamp(restated_at),
        })
    }
}

impl History {
    /// Leads that were corrected, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn restatements(
        &self,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Restatement>, Error> {
        let after = after.map(Place::cursor);
        let rows = self.rows().restatements(after, limit).await?;
        Page::of(rows, Restatement::of)
    }
}
