//! Corrections of revenue and status.

use async_graphql::{Context, Object, Result};
use pointsman_store::RestatementRow;

use super::lead::{Lead, LeadStatus};
use crate::graphql::{
    asking::Asking as _,
    loaders::LeadById,
    scalars::{Money, Timestamp},
};

/// A restatement row.
pub(in crate::graphql) struct Restatement(pub(in crate::graphql) RestatementRow);

/// A correction of the revenue or status of a lead, recomputed from its deliveries and conversions.
#[Object]
impl Restatement {
    /// The lead.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>> {
        let row = context
            .rows()?
            .load_one(LeadById(self.0.lead_id.clone()))
            .await?;
        Ok(row.map(Lead))
    }

    /// Revenue before the correction.
    async fn revenue_before(&self) -> Money {
        Money(self.0.revenue_before)
    }

    /// Revenue after the correction.
    async fn revenue_after(&self) -> Money {
        Money(self.0.revenue_after)
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
        Timestamp(self.0.restated_at)
    }
}
