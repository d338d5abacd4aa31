//! Corrections of revenue and status.

use async_graphql::{Context, Object, Result};
use pointsman_history as history;

use super::lead::{Lead, LeadStatus};
use crate::graphql::{
    asking::Asking as _,
    loaders::LeadById,
    scalars::{Money, Timestamp},
};

/// A correction of a lead.
pub(in crate::graphql) struct Restatement(pub(in crate::graphql) history::Restatement);

/// A correction of the revenue or status of a lead, recomputed from its deliveries and conversions.
#[Object]
impl Restatement {
    /// The lead.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>> {
        let lead = context
            .batches()?
            .load_one(LeadById(self.0.lead_id))
            .await?;
        Ok(lead.map(Lead))
    }

    /// Revenue before the correction.
    async fn revenue_before(&self) -> Money {
        self.0.revenue_before.into()
    }

    /// Revenue after the correction.
    async fn revenue_after(&self) -> Money {
        self.0.revenue_after.into()
    }

    /// Status before the correction.
    async fn status_before(&self) -> LeadStatus {
        self.0.status_before.into()
    }

    /// Status after the correction.
    async fn status_after(&self) -> LeadStatus {
        self.0.status_after.into()
    }

    /// Time of the correction.
    async fn restated_at(&self) -> Timestamp {
        self.0.restated_at.into()
    }
}
